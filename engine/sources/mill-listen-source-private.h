/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For the subclasses of MillListenSource. Theirs is `open`, which calls the base's first and then takes the
 * listener and the ledger. */

#pragma once

#include "sources/mill-line-ledger-private.h"
#include "sources/mill-listen-source.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): what `open` has made; it does not block. */
GSocket *mill_listen_source_take_listener (MillListenSource *self);
/* (transfer none): whose lines are counted by mill_source_settled(). @progress: see mill_line_ledger_new() */
MillLineLedger *mill_listen_source_make_ledger (MillListenSource *self, GFunc progress);
/* (transfer none) (nullable): the control loop's. */
GMainContext *mill_listen_source_get_context (MillListenSource *self);
guint mill_listen_source_get_max_connections (MillListenSource *self);
gsize mill_listen_source_get_max_line (MillListenSource *self);

/* Destroys and lets go of what a loop waits for. */
static inline void
mill_clear_watch (GSource **watch)
{
  if (*watch != NULL)
    g_source_destroy (*watch);
  g_clear_pointer (watch, g_source_unref);
}

G_END_DECLS
