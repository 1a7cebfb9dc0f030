/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDeadLettersPage: the items that failed for good, and why. */

#include "config.h"

#include "mill-dead-letters-page.h"

struct _MillDeadLettersPage
{
  AdwBin parent_instance;

  MillRun *run; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MillDeadLettersPage, mill_dead_letters_page, ADW_TYPE_BIN)

static void
forget_run (MillDeadLettersPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_dead_letters_page_dispose (GObject *object)
{
  forget_run (MILL_DEAD_LETTERS_PAGE (object));

  G_OBJECT_CLASS (mill_dead_letters_page_parent_class)->dispose (object);
}

static void
mill_dead_letters_page_class_init (MillDeadLettersPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_dead_letters_page_dispose;
}

static void
mill_dead_letters_page_init (MillDeadLettersPage *self)
{
}

/**
 * mill_dead_letters_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_dead_letters_page_set_run (MillDeadLettersPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
}
