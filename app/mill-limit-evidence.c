/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLimitEvidence: a row for each measure, a column for each stage; filled in once a second while it is
 * seen. */

#include "config.h"

#include "mill-limit-evidence.h"

#include <glib/gi18n.h>

#include "mill-css-class.h"
#include "mill-format.h"
#include "mill-limit-words.h"
#include "mill-words.h"

#define SPACING_US G_USEC_PER_SEC
/* Half a millisecond of a second. */
#define NEXT_TO_NOTHING 0.0005
/* Between what workers did, the queue, and the terms of Little's law. */
#define GROUP_SPACING 10

/* The measures that follow the workers' states. */
typedef enum
{
  MEASURE_WORKERS,
  MEASURE_DEPTH,
  MEASURE_FULL,
  MEASURE_IN_FLIGHT,
  MEASURE_RATE,
  MEASURE_SERVICE,
  MEASURE_P99,
  MEASURE_FAILED,
  N_MEASURES,
} Measure;

/* A worker may be paused as well, but then the table stands still. */
static const MillWorkerState states[] = {
  MILL_WORKER_BUSY,        MILL_WORKER_WAITING, MILL_WORKER_LIMITED,
  MILL_WORKER_BACKING_OFF, MILL_WORKER_BLOCKED, MILL_WORKER_IDLE,
};

#define N_ROWS (G_N_ELEMENTS (states) + N_MEASURES)

struct _MillLimitEvidence
{
  GtkBox parent_instance;

  MillRun *run; /* (owned) (nullable) */
  gint64 shown_us;
  GtkLabel *note;     /* (unowned) a child */
  GPtrArray *headers; /* (owned) of (unowned) GtkLabel: a stage's name */
  GPtrArray *cells;   /* (owned) of (unowned) GtkLabel: N_ROWS for each stage */
};

G_DEFINE_FINAL_TYPE (MillLimitEvidence, mill_limit_evidence, GTK_TYPE_BOX)

static const char *
name_measure (Measure measure)
{
  switch (measure)
    {
    case MEASURE_WORKERS:
      return _ ("workers");
    case MEASURE_DEPTH:
      /* Translators: items in a stage's queue, on average */
      return _ ("in its queue");
    case MEASURE_FULL:
      /* Translators: the part of the time that a stage's queue was full */
      return _ ("queue full");
    case MEASURE_IN_FLIGHT:
      /* Translators: L of Little's law */
      return _ ("L: in work");
    case MEASURE_RATE:
      /* Translators: λ of Little's law */
      return _ ("λ: attempts a second");
    case MEASURE_SERVICE:
      /* Translators: W of Little's law */
      return _ ("W: time of an attempt");
    case MEASURE_P99:
      return _ ("99th percentile of it");
    case MEASURE_FAILED:
      return _ ("attempts that failed");
    case N_MEASURES:
    default:
      g_return_val_if_reached ("");
    }
}

static const char *
name_row (guint row)
{
  return row < G_N_ELEMENTS (states) ? mill_words_worker_state (states[row])
                                     : name_measure (row - G_N_ELEMENTS (states));
}

static char *
describe_depth (const MillStageLoad *load)
{
  g_autofree char *depth = mill_limit_words_mean (load->depth);
  g_autofree char *maxsize = mill_format_count ((guint64) MAX (load->maxsize, 0));

  /* Translators: items in a queue, of its max size; "942 of 1,000" */
  return load->maxsize > 0 ? g_strdup_printf (_ ("%s of %s"), depth, maxsize) : g_steal_pointer (&depth);
}

static char *
describe_measure (Measure measure, const MillStageLoad *load, const MillTimes *times)
{
  switch (measure)
    {
    case MEASURE_WORKERS:
      return mill_limit_words_mean (load->workers);
    case MEASURE_DEPTH:
      return describe_depth (load);
    case MEASURE_FULL:
      return load->maxsize > 0 ? mill_words_percent (load->full) : g_strdup ("–");
    case MEASURE_IN_FLIGHT:
      return mill_limit_words_mean (load->in_flight);
    case MEASURE_RATE:
      return mill_words_rate (load->attempt_rate);
    case MEASURE_SERVICE:
      return load->attempts > 0 ? mill_words_span ((gint64) load->service_us) : g_strdup ("–");
    case MEASURE_P99:
      return times->count > 0 ? mill_words_span (times->p99_us) : g_strdup ("–");
    case MEASURE_FAILED:
      return mill_words_percent (load->failed);
    case N_MEASURES:
    default:
      g_return_val_if_reached (NULL);
    }
}

/* Milliseconds of each second of a worker's. */
static char *
describe_share (double share)
{
  g_autofree char *number = mill_format_number (share * 1000, 0);

  /* Translators: milliseconds */
  return g_strdup_printf (_ ("%s ms"), number);
}

static void
show_stage (MillLimitEvidence *self, guint stage, const MillStageLoad *load)
{
  const MillTimes *times = &mill_run_get_figures (self->run)->stages[stage].service;
  const char *name = gtk_label_get_label (g_ptr_array_index (self->headers, stage));

  for (guint row = 0; row < N_ROWS; row++)
    {
      GtkLabel *cell = g_ptr_array_index (self->cells, stage * N_ROWS + row);
      gboolean is_state = row < G_N_ELEMENTS (states);
      g_autofree char *text = is_state ? describe_share (load->shares[states[row]])
                                       : describe_measure (row - G_N_ELEMENTS (states), load, times);
      /* Translators: a stage, a measure and its value; read aloud */
      g_autofree char *name_and_value = g_strdup_printf (_ ("%s, %s: %s"), name, name_row (row), text);

      gtk_label_set_label (cell, text);
      mill_css_class_set (GTK_WIDGET (cell), "dim-label",
                          is_state && load->shares[states[row]] < NEXT_TO_NOTHING);
      gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, name_and_value,
                                      -1);
    }
}

static char *
describe_time (const MillLimitFinding *finding, double seconds)
{
  g_autofree char *number = mill_format_number (seconds, seconds < 9.95 ? 1 : 0);
  g_autofree char *blocked = mill_words_percent (finding->source_blocked);
  g_autofree char *cpu = finding->cpu >= 0 ? mill_words_percent (finding->cpu) : g_strdup ("–");

  /* Translators: seconds; two shares in percent */
  return g_strdup_printf (
      _ ("Seen over %s s. The source waited for room %s of the time; processors in use: %s."), number,
      blocked, cpu);
}

static void
show (MillLimitEvidence *self)
{
  const MillLimit *limit = mill_run_get_limit (self->run);
  const MillLimitFinding *finding = mill_limit_get_finding (limit);
  g_autofree char *time = NULL;

  self->shown_us = mill_run_get_snapshot (self->run)->time_us;
  for (guint i = 0; i < self->headers->len; i++)
    {
      const MillStageLoad *load = mill_limit_get_load (limit, i);
      GtkWidget *header = g_ptr_array_index (self->headers, i);

      if (load == NULL)
        return;
      show_stage (self, i, load);
      mill_css_class_set (header, "binding",
                          mill_limit_finding_is_sure (finding) && finding->stage == (gint) i);
    }
  time = describe_time (finding, mill_limit_get_load (limit, 0)->seconds);
  gtk_label_set_label (self->note, time);
}

static void
beat_cb (MillLimitEvidence *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      mill_run_get_snapshot (self->run)->time_us - self->shown_us >= SPACING_US)
    show (self);
}

static void
mill_limit_evidence_map (GtkWidget *widget)
{
  show (MILL_LIMIT_EVIDENCE (widget));
  GTK_WIDGET_CLASS (mill_limit_evidence_parent_class)->map (widget);
}

static void
mill_limit_evidence_dispose (GObject *object)
{
  g_clear_object (&MILL_LIMIT_EVIDENCE (object)->run);
  G_OBJECT_CLASS (mill_limit_evidence_parent_class)->dispose (object);
}

static void
mill_limit_evidence_finalize (GObject *object)
{
  MillLimitEvidence *self = MILL_LIMIT_EVIDENCE (object);

  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->cells);
  G_OBJECT_CLASS (mill_limit_evidence_parent_class)->finalize (object);
}

static void
mill_limit_evidence_class_init (MillLimitEvidenceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_limit_evidence_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_limit_evidence_finalize;
  GTK_WIDGET_CLASS (klass)->map = mill_limit_evidence_map;
}

static void
mill_limit_evidence_init (MillLimitEvidence *self)
{
  self->headers = g_ptr_array_new ();
  self->cells = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 10);
  gtk_widget_add_css_class (GTK_WIDGET (self), "limit-evidence");
}

static GtkWidget *
new_label (const char *text, float xalign, const char *const *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_widget_set_css_classes (label, (const char **) classes);
  return label;
}

/* The states add up to a second; what follows are other things. */
static void
attach (GtkGrid *grid, GtkWidget *label, guint column, guint row)
{
  guint measure = row - G_N_ELEMENTS (states);

  if (row >= G_N_ELEMENTS (states) && (measure == MEASURE_WORKERS || measure == MEASURE_IN_FLIGHT))
    gtk_widget_set_margin_top (label, GROUP_SPACING);
  gtk_grid_attach (grid, label, (int) column, (int) row + 1, 1, 1);
}

static void
add_stage (MillLimitEvidence *self, GtkGrid *grid, guint stage, const char *name)
{
  GtkWidget *header = new_label (name, 1, (const char *[]){ "heading", NULL });

  gtk_label_set_ellipsize (GTK_LABEL (header), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (header), 12);
  gtk_grid_attach (grid, header, (int) stage + 1, 0, 1, 1);
  g_ptr_array_add (self->headers, header);
  for (guint row = 0; row < N_ROWS; row++)
    {
      GtkWidget *cell = new_label ("–", 1, (const char *[]){ "numeric", NULL });

      /* So that the columns stay where they are. */
      gtk_label_set_width_chars (GTK_LABEL (cell), 8);
      attach (grid, cell, stage + 1, row);
      g_ptr_array_add (self->cells, cell);
    }
}

static GtkWidget *
new_table (MillLimitEvidence *self)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (self->run);
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *corner = new_label (_ ("Of each worker’s second"), 0, (const char *[]){ "dim-label", NULL });

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_attach (GTK_GRID (grid), corner, 0, 0, 1, 1);
  for (guint row = 0; row < N_ROWS; row++)
    {
      GtkWidget *name = new_label (name_row (row), 0, (const char *[]){ "dim-label", NULL });

      attach (GTK_GRID (grid), name, 0, row);
    }
  for (guint i = 0; i < snapshot->stages->len; i++)
    add_stage (self, GTK_GRID (grid), i,
               ((MillStageSnapshot *) g_ptr_array_index (snapshot->stages, i))->name);
  return grid;
}

/**
 * mill_limit_evidence_new:
 * @run: (transfer none): the run to follow
 *
 * Returns: (transfer floating): the evidence for what is said of its limit
 */
GtkWidget *
mill_limit_evidence_new (MillRun *run)
{
  MillLimitEvidence *self = g_object_new (MILL_TYPE_LIMIT_EVIDENCE, NULL);
  GtkWidget *note = new_label (NULL, 0, (const char *[]){ "caption", "dim-label", "numeric", NULL });

  self->run = g_object_ref (run);
  gtk_box_append (GTK_BOX (self), new_table (self));
  self->note = GTK_LABEL (note);
  gtk_label_set_wrap (self->note, TRUE);
  gtk_label_set_max_width_chars (self->note, 48);
  gtk_box_append (GTK_BOX (self), note);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
