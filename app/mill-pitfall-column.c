/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPitfallColumn: the samples that came since it looked last are added to the curve; when the run has made
 * its samples coarser, or has ended, all of them are read anew. */

#include "config.h"

#include "mill-pitfall-column.h"

#include <glib/gi18n.h>

#include "mill-pitfall-words.h"

/* As wide as it likes to be, so that two stand side by side where there is room for both. */
#define NATURAL_WIDTH 400

struct _MillPitfallColumn
{
  GtkWidget parent_instance;

  MillPitfall *pitfall; /* (owned) (nullable) until it is set up */
  MillVariant variant;
  MillTimeline *timeline; /* (unowned): a child of the frame */
  MillTimelineRow *row;   /* (unowned): the timeline's */
  MillSeries *series;     /* (unowned): the row's */
  GArray *samples;        /* (owned) of MillTrialSample: scratch */
  guint n_shown;          /* samples in the series */
  gboolean is_complete;   /* nothing more comes */
  gint64 now_us;
  double most; /* the greatest value */

  /* Template */
  GtkWidget *card;
  GtkImage *icon;
  GtkLabel *name_label;
  GtkLabel *program_label;
  GtkLabel *figure_label;
  GtkLabel *figure_name_label;
  GtkLabel *done_label;
  GtkLabel *end_name_label;
  GtkLabel *end_label;
  GtkBox *frame;
};

G_DEFINE_FINAL_TYPE (MillPitfallColumn, mill_pitfall_column, GTK_TYPE_WIDGET)

static void
add_samples (MillPitfallColumn *self, guint from)
{
  for (guint i = from; i < self->samples->len; i++)
    {
      const MillTrialSample *sample = &g_array_index (self->samples, MillTrialSample, i);

      mill_series_append (self->series, sample->time_us, sample->value);
      self->most = MAX (self->most, sample->value);
    }
  self->n_shown = self->samples->len;
}

static void
read_samples (MillPitfallColumn *self, MillPitfallRun *run, gboolean is_last)
{
  guint n_samples = mill_pitfall_run_get_samples (run, self->variant, self->samples);

  /* The newest one may still change. */
  if (!is_last && n_samples > 0)
    g_array_set_size (self->samples, n_samples - 1);
  if (self->samples->len < self->n_shown || is_last)
    {
      mill_series_clear (self->series);
      self->n_shown = 0;
    }
  add_samples (self, self->n_shown);
}

/* Beside the curve: where it is, and how far it went. */
static void
show_values (MillPitfallColumn *self)
{
  double last = 0.0;
  g_autofree char *value = NULL;
  g_autofree char *most = NULL;
  g_autofree char *detail = NULL;

  if (!mill_series_get_last (self->series, NULL, &last))
    return;
  value = mill_pitfall_words_number (last, mill_pitfall_get_series_unit (self->pitfall));
  most = mill_pitfall_words_number (self->most, mill_pitfall_get_series_unit (self->pitfall));
  /* Translators: below the present value of a curve: its greatest one, such as “at most 12.5 ms” */
  detail = g_strdup_printf (_ ("at most %s"), most);
  mill_timeline_row_set_value (self->row, value, detail);
}

static void
show_words (MillPitfallColumn *self, const MillTrialResult *result)
{
  g_autofree char *figure = mill_pitfall_words_figure (self->pitfall, result);
  g_autofree char *done = mill_pitfall_words_done (result);
  g_autofree char *end = mill_pitfall_words_end (result);

  gtk_label_set_label (self->figure_label, figure);
  gtk_label_set_label (self->done_label, done);
  /* Translators: of a program, before what it does now, such as “running for 2.3 s” */
  gtk_label_set_label (self->end_name_label, self->is_complete ? _ ("Ended") : _ ("Now"));
  gtk_label_set_label (self->end_label, end);
}

static void
mill_pitfall_column_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  MillPitfallColumn *self = MILL_PITFALL_COLUMN (widget);

  gtk_widget_measure (self->card, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, NATURAL_WIDTH);
}

static void
mill_pitfall_column_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (MILL_PITFALL_COLUMN (widget)->card, width, height, baseline, NULL);
}

static GtkSizeRequestMode
mill_pitfall_column_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mill_pitfall_column_dispose (GObject *object)
{
  MillPitfallColumn *self = MILL_PITFALL_COLUMN (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->pitfall);
  g_clear_pointer (&self->samples, g_array_unref);

  G_OBJECT_CLASS (mill_pitfall_column_parent_class)->dispose (object);
}

static void
mill_pitfall_column_class_init (MillPitfallColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_pitfall_column_dispose;
  widget_class->measure = mill_pitfall_column_measure;
  widget_class->size_allocate = mill_pitfall_column_size_allocate;
  widget_class->get_request_mode = mill_pitfall_column_get_request_mode;

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/pitfall-column.ui");
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, card);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, icon);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, name_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, program_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, figure_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, figure_name_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, done_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, end_name_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, end_label);
  gtk_widget_class_bind_template_child (widget_class, MillPitfallColumn, frame);
}

static void
mill_pitfall_column_init (MillPitfallColumn *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->samples = g_array_new (FALSE, FALSE, sizeof (MillTrialSample));
  self->timeline = MILL_TIMELINE (mill_timeline_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->timeline), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->timeline), -1, 220);
  gtk_box_append (self->frame, GTK_WIDGET (self->timeline));
}

static void
set_up_chart (MillPitfallColumn *self, MillTimelineView *view, const char *label)
{
  MillColor color = self->variant == MILL_VARIANT_WRONG ? MILL_COLOR_ORANGE : MILL_COLOR_GREEN;
  const char *title = mill_pitfall_get_series_label (self->pitfall);

  mill_timeline_remove_all_rows (self->timeline);
  mill_timeline_set_view (self->timeline, view);
  mill_timeline_set_label (self->timeline, label);
  mill_timeline_set_empty_text (self->timeline, _ ("Start it to see the curve"));
  self->row = mill_timeline_add_row (self->timeline, MILL_TIMELINE_AREA, title, color);
  self->series = mill_timeline_row_add_series (self->row, title, color);
  mill_timeline_row_set_unit (self->row, mill_pitfall_get_series_unit (self->pitfall), 1);
}

/**
 * mill_pitfall_column_set_up:
 * @pitfall: (transfer none): whose variant
 * @variant: which one
 * @view: (transfer none): shared with the other column
 *
 * Shows what is known before the run: to be called once for each pitfall.
 */
void
mill_pitfall_column_set_up (MillPitfallColumn *self, MillPitfall *pitfall, MillVariant variant,
                            MillTimelineView *view)
{
  const char *name = mill_pitfall_words_variant (variant);
  const char *program = mill_pitfall_get_variant_text (pitfall, variant);
  /* Translators: the name of a chart: which program’s, and of what */
  g_autofree char *chart = g_strdup_printf (_ ("%s: %s"), name, mill_pitfall_get_series_label (pitfall));
  gboolean is_wrong = variant == MILL_VARIANT_WRONG;

  g_set_object (&self->pitfall, pitfall);
  self->variant = variant;
  gtk_widget_add_css_class (self->card, is_wrong ? "wrong" : "cured");
  gtk_image_set_from_icon_name (self->icon, is_wrong ? "dialog-warning-symbolic" : "object-select-symbolic");
  gtk_label_set_label (self->name_label, name);
  gtk_label_set_label (self->program_label, program);
  gtk_label_set_label (self->figure_label, "–");
  gtk_label_set_label (self->figure_name_label, mill_pitfall_get_figure_label (pitfall));
  gtk_label_set_label (self->done_label, "–");
  gtk_label_set_label (self->end_name_label, _ ("Ended"));
  gtk_label_set_label (self->end_label, "–");
  set_up_chart (self, view, chart);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, program, -1);
}

/**
 * mill_pitfall_column_show_run:
 * @run: (transfer none): a run of the pitfall
 * @is_new: whether it is another run than last time
 *
 * Shows how far the variant is.
 */
void
mill_pitfall_column_show_run (MillPitfallColumn *self, MillPitfallRun *run, gboolean is_new)
{
  MillTrialResult result;

  if (is_new)
    {
      mill_series_clear (self->series);
      self->n_shown = 0;
      self->most = 0.0;
      self->is_complete = FALSE;
    }
  if (self->is_complete)
    return;
  mill_pitfall_run_get_result (run, self->variant, &result);
  self->is_complete = result.state >= MILL_TRIAL_FINISHED;
  self->now_us = (gint64) (result.seconds * G_USEC_PER_SEC);
  read_samples (self, run, self->is_complete);
  show_words (self, &result);
  show_values (self);
}

/**
 * mill_pitfall_column_get_now:
 *
 * Returns: how long the variant has run, in microseconds
 */
gint64
mill_pitfall_column_get_now (MillPitfallColumn *self)
{
  return self->now_us;
}

/**
 * mill_pitfall_column_get_top:
 *
 * Returns: the greatest value of its curve
 */
double
mill_pitfall_column_get_top (MillPitfallColumn *self)
{
  return self->most;
}

/**
 * mill_pitfall_column_set_axes:
 * @now_us: how far its time reaches
 * @top: how far its values reach
 *
 * Makes its axes those of all columns.
 */
void
mill_pitfall_column_set_axes (MillPitfallColumn *self, gint64 now_us, double top)
{
  mill_timeline_row_set_minimum_top (self->row, top);
  mill_timeline_set_now (self->timeline, now_us);
}
