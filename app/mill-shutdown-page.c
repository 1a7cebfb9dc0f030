/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownPage: how the run ends, and what holds it up. */

#include "config.h"

#include "mill-shutdown-page.h"

struct _MillShutdownPage
{
  AdwBin parent_instance;

  MillRun *run; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MillShutdownPage, mill_shutdown_page, ADW_TYPE_BIN)

static void
forget_run (MillShutdownPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_shutdown_page_dispose (GObject *object)
{
  forget_run (MILL_SHUTDOWN_PAGE (object));

  G_OBJECT_CLASS (mill_shutdown_page_parent_class)->dispose (object);
}

static void
mill_shutdown_page_class_init (MillShutdownPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_shutdown_page_dispose;
}

static void
mill_shutdown_page_init (MillShutdownPage *self)
{
}

/**
 * mill_shutdown_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_shutdown_page_set_run (MillShutdownPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
}
