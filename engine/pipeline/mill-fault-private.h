/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFault as the workers meet it: in a thread by waiting, in a task by suspending. */

#pragma once

#include "core/mill-clock.h"
#include "pipeline/mill-fault.h"

G_BEGIN_DECLS

MillFault *mill_fault_new (guint seed);

/* Both: FALSE with %MILL_ERROR_RETRYABLE when the attempt is to fail, or with %G_IO_ERROR_CANCELLED. */
gboolean mill_fault_meet (MillFault *self, MillClock *clock, guint64 item_id, guint attempt,
                          GCancellable *cancellable, GError **error);
/* Calls back on the thread-default main context. */
void mill_fault_meet_async (MillFault *self, MillClock *clock, guint64 item_id, guint attempt,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean mill_fault_meet_finish (MillFault *self, GAsyncResult *result, GError **error);

G_END_DECLS
