/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of records, what only the engine needs. Threads: any. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void mill_record_append_real (GString *out, double value);

G_END_DECLS
