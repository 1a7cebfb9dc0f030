/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which dot shows which state of a worker. */

#pragma once

#include "mill-dots.h"
#include "pipeline/mill-types.h"

G_BEGIN_DECLS

MillDotState mill_dot_state_of (MillWorkerState state);

G_END_DECLS
