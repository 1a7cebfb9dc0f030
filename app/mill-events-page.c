/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillEventsPage: what happened to the run, in the order of time. */

#include "config.h"

#include "mill-events-page.h"

struct _MillEventsPage
{
  AdwBin parent_instance;

  MillRun *run; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MillEventsPage, mill_events_page, ADW_TYPE_BIN)

static void
forget_run (MillEventsPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_events_page_dispose (GObject *object)
{
  forget_run (MILL_EVENTS_PAGE (object));

  G_OBJECT_CLASS (mill_events_page_parent_class)->dispose (object);
}

static void
mill_events_page_class_init (MillEventsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_events_page_dispose;
}

static void
mill_events_page_init (MillEventsPage *self)
{
}

/**
 * mill_events_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_events_page_set_run (MillEventsPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
}
