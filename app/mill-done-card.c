/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDoneCard: follows a run's `beat`. */

#include "config.h"

#include "mill-done-card.h"

#include <glib/gi18n.h>

#include "mill-css-class.h"
#include "mill-format.h"
#include "mill-words.h"

struct _MillDoneCard
{
  GtkBox parent_instance;

  /* Template */
  GtkLabel *done_label;
  GtkLabel *rate_label;
  GtkWidget *retries_row;
  GtkLabel *retries_label;
  GtkWidget *dead_button;
  GtkWidget *dead_row;
  GtkLabel *dead_label;
  GtkWidget *returned_row;
  GtkLabel *returned_label;
};

G_DEFINE_FINAL_TYPE (MillDoneCard, mill_done_card, GTK_TYPE_BOX)

/* A row is always there, so that nothing jumps when the first item fails; it is dim while there is nothing.
 */
static void
show_tally (GtkWidget *row, GtkLabel *label, const char *text, gboolean is_nothing)
{
  gtk_label_set_label (label, text);
  mill_css_class_set (row, "nothing", is_nothing);
}

static guint
backing_off (const MillSnapshot *snapshot)
{
  guint count = 0, i;

  for (i = 0; i < snapshot->stages->len; i++)
    count +=
        ((MillStageSnapshot *) g_ptr_array_index (snapshot->stages, i))->by_state[MILL_WORKER_BACKING_OFF];

  return count;
}

static void
show_retries (MillDoneCard *self, const MillSnapshot *snapshot)
{
  guint waiting = backing_off (snapshot);
  g_autofree char *count = mill_format_count (snapshot->retries);
  g_autofree char *text = NULL;

  if (waiting > 0)
    {
      g_autofree char *waiting_text = mill_format_count (waiting);

      /* Translators: attempts beyond the first, and how many wait for their next one; "14 retried · 3
       * waiting" */
      text = g_strdup_printf (_ ("%s retried · %s waiting"), count, waiting_text);
    }
  else
    /* Translators: attempts beyond the first */
    text = g_strdup_printf (_ ("%s retried"), count);

  show_tally (self->retries_row, self->retries_label, text, snapshot->retries == 0 && waiting == 0);
}

static void
show_dead (MillDoneCard *self, const MillSnapshot *snapshot)
{
  g_autofree char *count = mill_format_count (snapshot->dead);
  g_autofree char *text =
      g_strdup_printf (ngettext ("%s dead letter", "%s dead letters", (gulong) snapshot->dead), count);

  show_tally (self->dead_row, self->dead_label, text, snapshot->dead == 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dead_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

static void
show_returned (MillDoneCard *self, const MillSnapshot *snapshot)
{
  g_autofree char *count = mill_format_count (snapshot->returned);
  /* Translators: items that were not processed because the run was stopped */
  g_autofree char *text = g_strdup_printf (_ ("%s returned"), count);

  gtk_label_set_label (self->returned_label, text);
  gtk_widget_set_visible (self->returned_row, snapshot->returned > 0);
}

/* While it runs, the rate of the last second; afterwards, that of the whole run. */
static char *
describe_rate (const MillSnapshot *snapshot, double rate)
{
  double seconds = (double) snapshot->elapsed_us / G_USEC_PER_SEC;
  g_autofree char *number = NULL;

  if (!mill_state_is_final (snapshot->state))
    {
      number = mill_words_rate (rate);
      return g_strdup_printf (_ ("%s per second"), number);
    }
  number = mill_words_rate (seconds > 0 ? (double) snapshot->done / seconds : 0);
  /* Translators: items per second, over the whole run */
  return g_strdup_printf (_ ("mean %s per second"), number);
}

static void
beat_cb (MillDoneCard *self, MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  g_autofree char *done = mill_format_count (snapshot->done);
  g_autofree char *rate = describe_rate (snapshot, mill_run_get_figures (run)->rate);

  gtk_label_set_label (self->done_label, done);
  gtk_label_set_label (self->rate_label, rate);
  show_retries (self, snapshot);
  show_dead (self, snapshot);
  show_returned (self, snapshot);
}

static void
mill_done_card_class_init (MillDoneCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/done-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, done_label);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, rate_label);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, retries_row);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, retries_label);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, dead_button);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, dead_row);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, dead_label);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, returned_row);
  gtk_widget_class_bind_template_child (widget_class, MillDoneCard, returned_label);
}

static void
mill_done_card_init (MillDoneCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_done_card_new:
 * @run: (transfer none): the run to follow
 *
 * Returns: (transfer floating): a card of what became of the items
 */
GtkWidget *
mill_done_card_new (MillRun *run)
{
  MillDoneCard *self = g_object_new (MILL_TYPE_DONE_CARD, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Done"), -1);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  beat_cb (self, run);

  return GTK_WIDGET (self);
}
