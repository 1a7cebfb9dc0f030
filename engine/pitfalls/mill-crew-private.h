/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrew: some threads that do the same, and how many of them have not returned yet.
 *
 * Threads: made and ended by one thread; the number may be asked for from any. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MillCrew MillCrew;

MillCrew *mill_crew_start (guint n_threads, GThreadFunc func, gpointer data);
guint mill_crew_get_alive (MillCrew *self);
void mill_crew_end (MillCrew *self);

G_END_DECLS
