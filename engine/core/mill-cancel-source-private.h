/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCancelSource: a GSource that is dispatched once, at a time or as soon as a cancellable fires, whichever
 * comes first. Private to the engine; every wait of a task that can be cancelled ends by one.
 *
 * In place of GCancellableSource, which GLib 2.74 loses when one thread disposes of it while another is
 * cancelling: the engine's usual case, since the control thread cancels what runs on the loops.
 *
 * The contract (tests/test-cancel-source.c):
 *
 * - The callback runs in the context that the source is attached to, once, whichever thread cancels, also
 * when the cancellable had fired before. What the callback returns does not matter.
 * - After mill_cancel_source_destroy() returned on the context's thread the callback is not called any more.
 *   Destroying does not wait for cancellers, so it may be done with locks held that they are about to take.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MILL_NEVER (-1)

GSource *mill_cancel_source_new (const char *name, gint64 ready_time_us, GCancellable *cancellable,
                                 GSourceFunc callback, gpointer user_data, GDestroyNotify notify);
void mill_cancel_source_destroy (GSource *source);

G_END_DECLS
