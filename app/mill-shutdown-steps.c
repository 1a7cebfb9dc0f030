/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownSteps: rows are kept, and told anew what they say. */

#include "config.h"

#include "mill-shutdown-steps.h"

#include <glib/gi18n.h>

#include "mill-css-class.h"
#include "mill-format.h"
#include "mill-words.h"

typedef struct
{
  GtkLabel *sign;   /* (unowned) children */
  GtkLabel *what;   /* (unowned) */
  GtkLabel *status; /* (unowned) */
} Row;

struct _MillShutdownSteps
{
  GtkBox parent_instance;

  GArray *rows; /* (owned) of Row */
  guint n_used;
  gint64 last_us;      /* when the last step that was shown was done; 0 is none */
  gboolean is_waiting; /* a step that is not done was shown */
  gboolean has_begun;  /* the end */
};

G_DEFINE_FINAL_TYPE (MillShutdownSteps, mill_shutdown_steps, GTK_TYPE_BOX)

static GtkLabel *
append_label (GtkWidget *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
add_row (MillShutdownSteps *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  Row row;

  row.sign = append_label (box, "step-sign");
  gtk_label_set_width_chars (row.sign, 2);
  gtk_label_set_xalign (row.sign, 0.5f);
  row.what = append_label (box, NULL);
  gtk_label_set_ellipsize (row.what, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (row.what), TRUE);
  row.status = append_label (box, "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (row.status), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (row.status), "dim-label");
  gtk_box_append (GTK_BOX (self), box);
  g_array_append_val (self->rows, row);
}

static Row *
next_row (MillShutdownSteps *self)
{
  Row *row;

  if (self->n_used == self->rows->len)
    add_row (self);
  row = &g_array_index (self->rows, Row, self->n_used++);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (row->what)), TRUE);
  return row;
}

/* @done_us: when it was done; 0 is not yet. @waiting_for: (nullable): what it waits for, when it is its turn.
 */
static void
show_step (MillShutdownSteps *self, const char *what, gint64 done_us, const char *waiting_for)
{
  Row *row = next_row (self);
  gboolean is_done = done_us > 0;
  gboolean is_turn = self->has_begun && !is_done && !self->is_waiting;
  g_autofree char *span = NULL;

  if (is_done)
    {
      /* A stop shuts the later queues down before the earlier ones are joined. */
      span = mill_words_span (self->last_us > 0 ? MAX (done_us - self->last_us, 0) : 0);
      self->last_us = MAX (self->last_us, done_us);
    }
  self->is_waiting |= !is_done;
  gtk_label_set_label (row->sign, is_done ? "✓" : is_turn ? "▸" : "·");
  gtk_label_set_label (row->what, what);
  gtk_label_set_label (row->status, is_done ? span : is_turn && waiting_for != NULL ? waiting_for : "");
  mill_css_class_set (GTK_WIDGET (row->sign), "done", is_done);
  mill_css_class_set (gtk_widget_get_parent (GTK_WIDGET (row->what)), "turn", is_turn);
  mill_css_class_set (GTK_WIDGET (row->what), "dim-label", self->has_begun && !is_done && !is_turn);
}

static void
show_stage (MillShutdownSteps *self, const MillStageSnapshot *stage)
{
  g_autofree char *closed = g_strdup_printf (_ ("Queue of %s is shut down"), stage->name);
  g_autofree char *joined = g_strdup_printf (_ ("%s is joined: nothing unfinished in it"), stage->name);
  g_autofree char *count = mill_format_count (stage->queue.unfinished);
  /* Translators: how many items of a stage are not done with */
  g_autofree char *unfinished = g_strdup_printf (_ ("%s unfinished"), count);

  show_step (self, closed, stage->closed_us, NULL);
  show_step (self, joined, stage->joined_us, unfinished);
}

static char *
describe_workers (const MillSnapshot *snapshot)
{
  g_autofree char *alive = mill_format_count (snapshot->workers_alive);

  /* Translators: how many workers have not ended */
  return g_strdup_printf (_ ("%s left"), alive);
}

static char *
describe_wrap_up (const MillSnapshot *snapshot)
{
  double share = (double) snapshot->progress_done / (double) MAX (snapshot->progress_total, 1);

  return snapshot->progress_total > 0 ? mill_words_percent (share) : g_strdup (_ ("under way"));
}

static const char *
name_end (const MillSnapshot *snapshot)
{
  if (mill_state_is_final (snapshot->state))
    return mill_state_get_label (snapshot->state);
  return mill_state_get_label (snapshot->ending.stop_us > 0 ? MILL_STATE_STOPPED : MILL_STATE_FINISHED);
}

/* The last row's own part is nothing; it says how long all of them took. */
static void
show_total (MillShutdownSteps *self, const MillSnapshot *snapshot)
{
  g_autofree char *span = mill_words_span (MAX (snapshot->ending.end_us - snapshot->ending.began_us, 0));
  /* Translators: how long the end of a run took */
  g_autofree char *total = g_strdup_printf (_ ("%s in all"), span);

  if (snapshot->ending.end_us > 0)
    gtk_label_set_label (g_array_index (self->rows, Row, self->n_used - 1).status, total);
}

static void
hide_rest (MillShutdownSteps *self)
{
  for (guint i = self->n_used; i < self->rows->len; i++)
    gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (g_array_index (self->rows, Row, i).what)),
                            FALSE);
}

static void
mill_shutdown_steps_finalize (GObject *object)
{
  g_array_unref (MILL_SHUTDOWN_STEPS (object)->rows);
  G_OBJECT_CLASS (mill_shutdown_steps_parent_class)->finalize (object);
}

static void
mill_shutdown_steps_class_init (MillShutdownStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_shutdown_steps_finalize;
}

static void
mill_shutdown_steps_init (MillShutdownSteps *self)
{
  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
}

/**
 * mill_shutdown_steps_show:
 * @snapshot: a run
 *
 * Shows how far its end has come.
 */
void
mill_shutdown_steps_show (MillShutdownSteps *self, const MillSnapshot *snapshot)
{
  const MillEnding *ending = &snapshot->ending;
  g_autofree char *source = g_strdup_printf (_ ("Source %s ends"), snapshot->source_name);
  g_autofree char *workers = describe_workers (snapshot);
  g_autofree char *wrap_up = describe_wrap_up (snapshot);

  self->n_used = 0;
  self->last_us = ending->began_us;
  self->has_begun = ending->began_us > 0;
  self->is_waiting = FALSE;
  show_step (self, source, ending->source_us, _ ("not yet"));
  for (guint i = 0; i < snapshot->stages->len; i++)
    show_stage (self, g_ptr_array_index (snapshot->stages, i));
  show_step (self, _ ("All workers end"), ending->wrap_up_us, workers);
  show_step (self, _ ("Steps wrap up"), ending->end_us, wrap_up);
  show_step (self, name_end (snapshot), ending->end_us, NULL);
  show_total (self, snapshot);
  hide_rest (self);
}
