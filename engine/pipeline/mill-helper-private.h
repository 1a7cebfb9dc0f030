/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHelper: a thread that does one worker's blocking work, so that the engine's main loop never blocks. */

#pragma once

#include "pipeline/mill-worker-private.h"

G_BEGIN_DECLS

MillHelper *mill_helper_new (const char *name, GError **error);
void mill_helper_free (MillHelper *self);
/* @error: (transfer full) (nullable) */
typedef void (*MillHelperFunc) (MillWorker *worker, gboolean ok, GError *error);

/* Runs the step on @worker's attempt; one at a time. @func is called on the worker's loop, unless the worker
 * was given up on meanwhile: then the helper ends by itself, and the worker with it. */
void mill_helper_run (MillHelper *self, MillWorker *worker, MillHelperFunc func);

G_END_DECLS
