/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the pipeline makes a snapshot. */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

MillSnapshot *mill_snapshot_new (void);

G_END_DECLS
