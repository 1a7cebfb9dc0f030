/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHelper: a thread that does one worker's blocking work, so that the engine's main loop never blocks. */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

typedef struct _MillHelper MillHelper;

MillHelper *mill_helper_new (const char *name, GError **error);
void mill_helper_free (MillHelper *self);
/* One at a time. @work and @cancellable must live until the callback, in the thread-default main context. */
void mill_helper_run (MillHelper *self, MillStep *step, MillWork *work, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data);
gboolean mill_helper_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
