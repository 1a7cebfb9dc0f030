/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemsPage: what became of each item. */

#include "config.h"

#include "mill-items-page.h"

struct _MillItemsPage
{
  AdwBin parent_instance;

  MillRun *run; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MillItemsPage, mill_items_page, ADW_TYPE_BIN)

static void
forget_run (MillItemsPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_items_page_dispose (GObject *object)
{
  forget_run (MILL_ITEMS_PAGE (object));

  G_OBJECT_CLASS (mill_items_page_parent_class)->dispose (object);
}

static void
mill_items_page_class_init (MillItemsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_items_page_dispose;
}

static void
mill_items_page_init (MillItemsPage *self)
{
}

/**
 * mill_items_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_items_page_set_run (MillItemsPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
}
