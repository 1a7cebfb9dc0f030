/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillGate: what a paused pipeline's workers wait at. Open, it costs an atomic read. */

#pragma once

#include "core/mill-waiter-private.h"

G_BEGIN_DECLS

#define MILL_TYPE_GATE (mill_gate_get_type ())
G_DECLARE_FINAL_TYPE (MillGate, mill_gate, MILL, GATE, GObject)

MillGate *mill_gate_new (void);
gboolean mill_gate_is_open (MillGate *self);
void mill_gate_set_open (MillGate *self, gboolean open);
/* Blocks while the gate is closed. FALSE if @cancellable fired first. */
gboolean mill_gate_pass (MillGate *self, GCancellable *cancellable);
void mill_gate_pass_async (MillGate *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean mill_gate_pass_finish (MillGate *self, GAsyncResult *result);

G_END_DECLS
