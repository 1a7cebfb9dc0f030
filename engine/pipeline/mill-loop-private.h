/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLoop: an engine thread that runs a GMainContext of its own. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MillLoop MillLoop;

MillLoop *mill_loop_new (const char *thread_name);
GMainContext *mill_loop_get_context (MillLoop *self);
void mill_loop_call (MillLoop *self, GSourceFunc func, gpointer data);
void mill_loop_hold (MillLoop *self);
void mill_loop_release (MillLoop *self);
void mill_loop_quit (MillLoop *self);
void mill_loop_free (MillLoop *self);

G_END_DECLS
