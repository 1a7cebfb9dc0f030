/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWaitsCard: follows a run's `beat`, and changes its figures once a second at most. */

#include "config.h"

#include "mill-waits-card.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-wait-words.h"
#include "mill-words.h"

#define SPACING_US G_USEC_PER_SEC

typedef enum
{
  COLUMN_CLASS,
  COLUMN_ITEMS,
  COLUMN_MEAN,
  COLUMN_P95,
  COLUMN_EXPECTED_MEAN,
  COLUMN_EXPECTED_P95,
  N_COLUMNS,
} Column;

struct _MillWaitsCard
{
  GtkBox parent_instance;

  MillRun *run; /* (owned) (nullable) */
  gboolean presenting;
  gint64 shown_us;   /* 0 before anything was shown */
  GPtrArray *cells;  /* (owned) of (unowned) GtkLabel: N_COLUMNS for each priority */
  GtkLabel *heading; /* (unowned): belongs to the card, as all below */
  GtkLabel *theory;
  GtkLabel *note;
  GtkGrid *grid;
};

G_DEFINE_FINAL_TYPE (MillWaitsCard, mill_waits_card, GTK_TYPE_BOX)

static const char *
name_column (Column column)
{
  switch (column)
    {
    case COLUMN_ITEMS:
      return _ ("Items");
    case COLUMN_MEAN:
      return _ ("Mean wait");
    case COLUMN_P95:
      return _ ("p95");
    case COLUMN_EXPECTED_MEAN:
      return _ ("Mean in theory");
    case COLUMN_EXPECTED_P95:
      return _ ("p95 in theory");
    case COLUMN_CLASS:
    case N_COLUMNS:
    default:
      return "";
    }
}

static GtkLabel *
new_label (const char *text, float xalign, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_widget_add_css_class (label, "numeric");
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return GTK_LABEL (label);
}

static void
add_row (MillWaitsCard *self)
{
  int row = (int) (self->cells->len / N_COLUMNS) + 1;

  for (int column = 0; column < N_COLUMNS; column++)
    {
      GtkLabel *cell = new_label ("", column == COLUMN_CLASS ? 0.0f : 1.0f, NULL);

      if (column >= COLUMN_EXPECTED_MEAN)
        gtk_widget_add_css_class (GTK_WIDGET (cell), "dim-label");
      gtk_grid_attach (self->grid, GTK_WIDGET (cell), column, row, 1, 1);
      g_ptr_array_add (self->cells, cell);
    }
}

static char *
describe (Column column, const MillStageSnapshot *stage, const MillQueueWait *wait)
{
  switch (column)
    {
    case COLUMN_CLASS:
      return mill_wait_words_class (stage, wait);
    case COLUMN_ITEMS:
      return mill_format_count (wait->recent_count);
    case COLUMN_MEAN:
      return wait->recent_count > 0 ? mill_words_span ((gint64) wait->recent_mean_us) : g_strdup ("–");
    case COLUMN_P95:
      return wait->recent_count > 0 ? mill_words_span (wait->recent_p95_us) : g_strdup ("–");
    case COLUMN_EXPECTED_MEAN:
      return mill_wait_words_expected_mean (stage, wait);
    case COLUMN_EXPECTED_P95:
      return mill_wait_words_expected_p95 (stage);
    case N_COLUMNS:
    default:
      g_return_val_if_reached (NULL);
    }
}

static void
show_wait (MillWaitsCard *self, guint row, const MillStageSnapshot *stage, const MillQueueWait *wait)
{
  g_autofree char *class = mill_wait_words_class (stage, wait);

  while (self->cells->len < (row + 1) * N_COLUMNS)
    add_row (self);
  for (guint column = 0; column < N_COLUMNS; column++)
    {
      GtkLabel *cell = g_ptr_array_index (self->cells, row * N_COLUMNS + column);
      g_autofree char *text = describe ((Column) column, stage, wait);
      /* Translators: a kind of items, a measure and its value; read aloud */
      g_autofree char *aloud = g_strdup_printf (_ ("%s, %s: %s"), class, name_column ((Column) column), text);

      gtk_label_set_label (cell, text);
      if (column != COLUMN_CLASS)
        gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, aloud, -1);
    }
}

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

static char *
describe_heading (const MillStageSnapshot *stage)
{
  return g_strdup_printf (_ ("Waits in the queue of “%s”"), stage->name);
}

static void
show (MillWaitsCard *self, const MillStageSnapshot *stage)
{
  g_autofree char *heading = describe_heading (stage);
  g_autofree char *theory = stage->theory != NULL ? mill_wait_words_theory (stage->theory) : NULL;

  gtk_label_set_label (self->heading, heading);
  show_text (self->theory, theory);
  show_text (self->note,
             mill_wait_words_are_recent (stage) ? _ ("Counted since a knob was last turned.") : NULL);
  for (guint i = 0; i < stage->waits->len; i++)
    show_wait (self, i, stage, &g_array_index (stage->waits, MillQueueWait, i));
}

/* A run file has no waits; what theory says of the job as it began is not what the run was. */
static void
show_stored (MillWaitsCard *self, const MillStageSnapshot *stage)
{
  g_autofree char *heading = describe_heading (stage);

  gtk_label_set_label (self->heading, heading);
  show_text (self->theory, NULL);
  show_text (self->note, _ ("How long items waited is not kept in a run file. Run the job again to measure "
                            "it, beside what theory says."));
}

/* (nullable): the first stage of which there is something to tell, or was while it ran. */
static const MillStageSnapshot *
find_stage (const MillSnapshot *snapshot, gboolean is_stored)
{
  for (guint i = 0; i < snapshot->stages->len; i++)
    {
      const MillStageSnapshot *stage = g_ptr_array_index (snapshot->stages, i);

      if (is_stored ? stage->theory != NULL : stage->waits != NULL && mill_wait_words_are_worth_it (stage))
        return stage;
    }
  return NULL;
}

static void
update (MillWaitsCard *self)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (self->run);
  gboolean is_stored = mill_run_is_stored (self->run);
  const MillStageSnapshot *stage = find_stage (snapshot, is_stored);

  self->shown_us = snapshot->time_us;
  gtk_widget_set_visible (GTK_WIDGET (self), stage != NULL && !self->presenting);
  gtk_widget_set_visible (GTK_WIDGET (self->grid), !is_stored);
  if (stage != NULL && is_stored)
    show_stored (self, stage);
  else if (stage != NULL)
    show (self, stage);
}

static void
beat_cb (MillWaitsCard *self)
{
  if (mill_run_get_snapshot (self->run)->time_us - self->shown_us >= SPACING_US)
    update (self);
}

static void
forget_run (MillWaitsCard *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
forget_rows (MillWaitsCard *self)
{
  for (guint i = 0; i < self->cells->len; i++)
    gtk_grid_remove (self->grid, g_ptr_array_index (self->cells, i));
  g_ptr_array_set_size (self->cells, 0);
}

static void
mill_waits_card_dispose (GObject *object)
{
  forget_run (MILL_WAITS_CARD (object));

  G_OBJECT_CLASS (mill_waits_card_parent_class)->dispose (object);
}

static void
mill_waits_card_finalize (GObject *object)
{
  g_ptr_array_unref (MILL_WAITS_CARD (object)->cells);

  G_OBJECT_CLASS (mill_waits_card_parent_class)->finalize (object);
}

static void
mill_waits_card_class_init (MillWaitsCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_waits_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_waits_card_finalize;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
new_words (MillWaitsCard *self)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->heading = new_label ("", 0.0f, "heading");
  self->theory = new_label ("", 0.0f, "caption");
  self->note = new_label ("", 0.0f, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->theory), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->note), "dim-label");
  gtk_label_set_wrap (self->heading, TRUE);
  gtk_label_set_wrap (self->theory, TRUE);
  gtk_label_set_wrap (self->note, TRUE);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->heading));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->theory));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->note));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  return words;
}

static void
mill_waits_card_init (MillWaitsCard *self)
{
  self->cells = g_ptr_array_new ();
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 4);
  gtk_widget_set_valign (GTK_WIDGET (self->grid), GTK_ALIGN_CENTER);
  for (int column = COLUMN_ITEMS; column < N_COLUMNS; column++)
    {
      GtkLabel *header = new_label (name_column ((Column) column), 1.0f, "caption");

      gtk_widget_add_css_class (GTK_WIDGET (header), "dim-label");
      gtk_grid_attach (self->grid, GTK_WIDGET (header), column, 0, 1, 1);
    }
  gtk_box_set_spacing (GTK_BOX (self), 18);
  gtk_box_append (GTK_BOX (self), new_words (self));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->grid));
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "waits-card");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Waits"), -1);
}

/**
 * mill_waits_card_set_run:
 * @run: (transfer none): the run to follow
 *
 * Tells of @run.
 */
void
mill_waits_card_set_run (MillWaitsCard *self, MillRun *run)
{
  forget_run (self);
  forget_rows (self);
  self->run = g_object_ref (run);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * mill_waits_card_set_presenting:
 * @presenting: whether the run is presented to a room
 *
 * Hides the card from a room, which is shown the flow and charts alone.
 */
void
mill_waits_card_set_presenting (MillWaitsCard *self, gboolean presenting)
{
  self->presenting = presenting;
  update (self);
}
