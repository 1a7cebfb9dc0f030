/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillEventsPage: what happened to the run, in the order of time, newest last. It follows the end as long as
 * its end is in view; it can be searched, kept to one kind, and copied. The list is bounded: what was dropped
 * is counted.
 *
 * Signals: `time-chosen`, with a time since the start of the run in microseconds, when an event is activated.
 */

#pragma once

#include <adwaita.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_EVENTS_PAGE (mill_events_page_get_type ())
G_DECLARE_FINAL_TYPE (MillEventsPage, mill_events_page, MILL, EVENTS_PAGE, AdwBin)

void mill_events_page_set_run (MillEventsPage *self, MillRun *run);

G_END_DECLS
