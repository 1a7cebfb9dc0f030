/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The axis goes by eighths of a power of two, each a bar; the buckets that are given are finer and add up
 * into the bar of their middle. Bars are as many as the values need, so that the picture does not depend on
 * the width.
 */
#include "config.h"

#include "mill-histogram-view.h"

#include "mill-draw.h"
#include "mill-format.h"
#include "mill-name.h"
#include "mill-palette.h"
#include "mill-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Bars per power of two. */
#define STEPS 8

/* 2^37 us, 38 hours, is the longest that anything counts. */
#define N_BARS (38 * STEPS)

#define N_MARKS 3

/* In units of mill_text_unit(). */
#define MINIMUM_WIDTH  240.0
#define NATURAL_WIDTH  600.0
#define MINIMUM_HEIGHT 120.0
#define NATURAL_HEIGHT 240.0
#define AXIS           20.0
#define MARK_GAP       5.0  /* from a mark's line to its name */
#define HEAD           42.0 /* for the caption and the marks' names */
#define TICK_DISTANCE  80.0

typedef struct
{
  gint64 value_us;
  MillText text;
} Mark;

struct _MillHistogramView
{
  GtkWidget parent_instance;

  guint64 bars[N_BARS];
  guint64 count;
  guint64 highest; /* of all bars */
  guint first;     /* the bars that are shown */
  guint last;
  Mark marks[N_MARKS];
  int pointed; /* the bar that is described, or -1 */

  MillText caption;
  MillText readout;
  MillText tick;
  char *label; /* (owned) (nullable) */
};

typedef enum
{
  PROP_LABEL = 1,
  PROP_CAPTION
} MillHistogramViewProperty;

static GParamSpec *properties[PROP_CAPTION + 1];

G_DEFINE_FINAL_TYPE (MillHistogramView, mill_histogram_view, GTK_TYPE_WIDGET)

static double
bar_of (double value_us)
{
  return log2 (MAX (value_us, 1.0)) * STEPS;
}

static double
value_of (double bar)
{
  return exp2 (bar / STEPS);
}

/* "4.19 ms", or "5 ms" for a round value. */
static char *
format_span (double value_us, gboolean is_round)
{
  const guint unit = value_us < 999.5 ? 0 : value_us < 999500.0 ? 1 : 2;
  const double value = unit == 0 ? value_us : unit == 1 ? value_us / 1.0e3 : value_us / 1.0e6;
  g_autofree char *number = mill_format_number (value, unit == 0 || value >= 99.5 ? 0
                                                       : value >= 9.95            ? 1
                                                                                  : 2);

  if (unit == 0)
    return g_strdup_printf (_ ("%s µs"), number);
  if (unit == 1)
    return g_strdup_printf (_ ("%s ms"), number);
  return g_strdup_printf (_ ("%s s"), number);
}

static double
plot_top (MillHistogramView *self)
{
  return round (HEAD * mill_text_unit (GTK_WIDGET (self)));
}

static double
plot_bottom (MillHistogramView *self)
{
  return MAX (gtk_widget_get_height (GTK_WIDGET (self)) - round (AXIS * mill_text_unit (GTK_WIDGET (self))),
              plot_top (self) + 1.0);
}

static double
bar_width (MillHistogramView *self)
{
  return (double) gtk_widget_get_width (GTK_WIDGET (self)) / (double) (self->last - self->first + 1);
}

static double
x_of (MillHistogramView *self, double bar)
{
  return (bar - self->first) * bar_width (self);
}

static char *
describe_bar (MillHistogramView *self, guint bar)
{
  g_autofree char *low = format_span (value_of (bar), FALSE);
  g_autofree char *high = format_span (value_of (bar + 1), FALSE);
  g_autofree char *count = mill_format_count (self->bars[bar]);
  g_autofree char *percent =
      mill_format_number (self->count > 0 ? 100.0 * (double) self->bars[bar] / (double) self->count : 0.0, 1);

  /* Translators: the bounds of a bar, how many durations were within, and what part of all that is */
  return g_strdup_printf (_ ("%s to %s: %s (%s %%)"), low, high, count, percent);
}

static void
point_at (MillHistogramView *self, int bar)
{
  g_autofree char *text = bar >= 0 ? describe_bar (self, (guint) bar) : NULL;

  self->pointed = bar;
  mill_text_set (&self->readout, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : self->caption.string, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
snapshot_bars (MillHistogramView *self, GtkSnapshot *snapshot)
{
  const double top = plot_top (self), bottom = plot_bottom (self), width = bar_width (self);
  GdkRGBA blue, strong, line;
  guint i;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_BLUE, &strong);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_LINE, &line);
  blue = strong;
  blue.alpha = 0.62f;
  for (i = self->first; i <= self->last; i++)
    {
      const double left = round (x_of (self, i));
      const double right = MAX (round (x_of (self, i + 1)) - (width >= 4.0 ? 1.0 : 0.0), left + 1.0);
      double height = (double) self->bars[i] / (double) MAX (self->highest, 1) * (bottom - top);

      if (self->bars[i] == 0)
        continue;
      height = MAX (round (height), 1.0); /* a single one shows */
      gtk_snapshot_append_color (snapshot, (int) i == self->pointed ? &strong : &blue,
                                 &GRAPHENE_RECT_INIT ((float) left, (float) (bottom - height),
                                                      (float) (right - left), (float) height));
    }
  gtk_snapshot_append_color (
      snapshot, &line,
      &GRAPHENE_RECT_INIT (0.0f, (float) bottom, (float) gtk_widget_get_width (GTK_WIDGET (self)), 1.0f));
}

/* Round values, 1, 2 and 5 of each power of ten where there is room, else the powers. */
static void
snapshot_axis (MillHistogramView *self, GtkSnapshot *snapshot)
{
  static const double steps[] = { 1.0, 2.0, 5.0 };
  const double unit = mill_text_unit (GTK_WIDGET (self));
  const double bottom = plot_bottom (self), room = gtk_widget_get_width (GTK_WIDGET (self));
  const gboolean fine = STEPS * log2 (2.0) * bar_width (self) > TICK_DISTANCE * unit;
  double decade, free_from = 0.0;
  GdkRGBA dim, line;
  guint i;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_LINE, &line);
  for (decade = 1.0; bar_of (decade) <= self->last + 1; decade *= 10.0)
    for (i = 0; i < (fine ? G_N_ELEMENTS (steps) : 1); i++)
      {
        const double x = round (x_of (self, bar_of (decade * steps[i])));
        g_autofree char *text = format_span (decade * steps[i], TRUE);
        double width;

        if (x < 0.0 || x > room)
          continue;
        gtk_snapshot_append_color (
            snapshot, &line, &GRAPHENE_RECT_INIT ((float) x, (float) bottom, 1.0f, (float) (4.0 * unit)));
        mill_text_set (&self->tick, text);
        mill_text_get_size (&self->tick, &width, NULL);
        if (x - width / 2.0 < free_from || x + width / 2.0 > room)
          continue;
        mill_text_draw (&self->tick, snapshot, round (x - width / 2.0), bottom + 4.0 * unit, &dim);
        free_from = x + width / 2.0 + 8.0 * unit;
      }
}

/* From the right, so that the highest percentile keeps its name where they crowd. */
static void
snapshot_marks (MillHistogramView *self, GtkSnapshot *snapshot)
{
  static const MillColor colors[N_MARKS] = { MILL_COLOR_BLUE, MILL_COLOR_AMBER, MILL_COLOR_ORANGE };
  const double unit = mill_text_unit (GTK_WIDGET (self));
  const double bottom = plot_bottom (self), top = round (20.0 * unit);
  double free_until = gtk_widget_get_width (GTK_WIDGET (self));
  GdkRGBA text, color;
  guint i;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_TEXT, &text);
  for (i = N_MARKS; i-- > 0;)
    {
      Mark *mark = &self->marks[i];
      const double x = round (x_of (self, bar_of ((double) mark->value_us)));
      double width, height, left;

      if (mill_text_is_empty (&mark->text) || self->count == 0)
        continue;
      mill_palette_get (GTK_WIDGET (self), colors[i], &color);
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT ((float) x, (float) top, 2.0f, (float) (bottom - top)));
      mill_text_get_size (&mark->text, &width, &height);
      /* On the other side of its line where the right one is taken. */
      left = x + MARK_GAP * unit;
      if (left + width > free_until)
        left = x - (MARK_GAP - 2.0) * unit - width;
      if (left + width > free_until || left < 0.0)
        continue;
      mill_text_draw (&mark->text, snapshot, round (left), top, &text);
      free_until = left - 6.0 * unit;
    }
}

static void
mill_histogram_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillHistogramView *self = MILL_HISTOGRAM_VIEW (widget);
  const double room = gtk_widget_get_width (widget);
  double width;
  GdkRGBA text, dim;

  mill_palette_get (widget, MILL_COLOR_TEXT, &text);
  mill_palette_get (widget, MILL_COLOR_DIM, &dim);
  mill_text_draw (&self->caption, snapshot, 0.0, 0.0, &dim);
  mill_text_get_size (&self->readout, &width, NULL);
  mill_text_draw (&self->readout, snapshot, room - width, 0.0, &text);
  if (self->count == 0)
    return;
  snapshot_bars (self, snapshot);
  snapshot_axis (self, snapshot);
  snapshot_marks (self, snapshot);
}

static void
mill_histogram_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                             int *natural, int *minimum_baseline, int *natural_baseline)
{
  const double unit = mill_text_unit (widget);
  const gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = (int) ceil ((across ? MINIMUM_WIDTH : MINIMUM_HEIGHT) * unit);
  *natural = (int) ceil ((across ? NATURAL_WIDTH : NATURAL_HEIGHT) * unit);
}

static void
motion_cb (MillHistogramView *self, double x, double y)
{
  const int bar = (int) self->first + (int) floor (x / bar_width (self));

  if (self->count > 0 && bar >= (int) self->first && bar <= (int) self->last)
    point_at (self, bar);
}

static void
leave_cb (MillHistogramView *self)
{
  point_at (self, -1);
}

/* To the next bar that counts something. */
static gboolean
key_pressed_cb (MillHistogramView *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  const int step = keyval == GDK_KEY_Left || keyval == GDK_KEY_End ? -1 : 1;
  int bar = self->pointed;

  if (keyval == GDK_KEY_Escape && bar >= 0)
    {
      point_at (self, -1);
      return GDK_EVENT_STOP;
    }
  if (self->count == 0 ||
      (keyval != GDK_KEY_Left && keyval != GDK_KEY_Right && keyval != GDK_KEY_Home && keyval != GDK_KEY_End))
    return GDK_EVENT_PROPAGATE;

  if (keyval == GDK_KEY_Home || (bar < 0 && step > 0))
    bar = (int) self->first - 1;
  else if (keyval == GDK_KEY_End || bar < 0)
    bar = (int) self->last + 1;
  for (bar += step; bar >= (int) self->first && bar <= (int) self->last; bar += step)
    if (self->bars[bar] > 0)
      {
        point_at (self, bar);
        break;
      }

  return GDK_EVENT_STOP;
}

static void
mill_histogram_view_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillHistogramView *self = MILL_HISTOGRAM_VIEW (object);

  switch ((MillHistogramViewProperty) property_id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_CAPTION:
      g_value_set_string (value, self->caption.string);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_histogram_view_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillHistogramView *self = MILL_HISTOGRAM_VIEW (object);

  switch ((MillHistogramViewProperty) property_id)
    {
    case PROP_LABEL:
      mill_histogram_view_set_label (self, g_value_get_string (value));
      break;
    case PROP_CAPTION:
      mill_histogram_view_set_caption (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_histogram_view_finalize (GObject *object)
{
  MillHistogramView *self = MILL_HISTOGRAM_VIEW (object);
  guint i;

  for (i = 0; i < N_MARKS; i++)
    mill_text_clear (&self->marks[i].text);
  mill_text_clear (&self->caption);
  mill_text_clear (&self->readout);
  mill_text_clear (&self->tick);
  g_free (self->label);

  G_OBJECT_CLASS (mill_histogram_view_parent_class)->finalize (object);
}

static void
mill_histogram_view_class_init (MillHistogramViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_histogram_view_get_property;
  object_class->set_property = mill_histogram_view_set_property;
  object_class->finalize = mill_histogram_view_finalize;
  widget_class->measure = mill_histogram_view_measure;
  widget_class->snapshot = mill_histogram_view_snapshot;

  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_CAPTION] = g_param_spec_string ("caption", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "millhistogram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mill_histogram_view_init (MillHistogramView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  guint i;

  for (i = 0; i < N_MARKS; i++)
    mill_text_init (&self->marks[i].text, widget, 0.80, PANGO_WEIGHT_SEMIBOLD);
  mill_text_init (&self->caption, widget, 0.86, PANGO_WEIGHT_NORMAL);
  mill_text_init (&self->readout, widget, 0.86, PANGO_WEIGHT_SEMIBOLD);
  mill_text_init (&self->tick, widget, 0.72, PANGO_WEIGHT_NORMAL);
  self->readout.tabular = TRUE;
  self->pointed = -1;
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (widget, keys);
  gtk_widget_set_focusable (widget, TRUE);
  mill_palette_watch (widget);
}

/**
 * mill_histogram_view_new:
 *
 * Returns: (transfer floating): a histogram of nothing
 */
GtkWidget *
mill_histogram_view_new (void)
{
  return g_object_new (MILL_TYPE_HISTOGRAM_VIEW, NULL);
}

/* Room of half a power of two at both sides, and no fewer than two of them. */
static void
choose_range (MillHistogramView *self)
{
  guint first = 0, last = N_BARS - 1;

  while (first < last && self->bars[first] == 0)
    first++;
  while (last > first && self->bars[last] == 0)
    last--;
  self->first = first > STEPS / 2 ? first - STEPS / 2 : 0;
  self->last = MIN (MAX (last + STEPS / 2, self->first + 3 * STEPS), N_BARS - 1);
}

/**
 * mill_histogram_view_set_buckets:
 * @self: a view
 * @buckets: (array length=n_buckets): what was counted
 * @n_buckets: how many
 *
 * Shows another histogram.
 */
void
mill_histogram_view_set_buckets (MillHistogramView *self, const MillHistogramBucket *buckets, guint n_buckets)
{
  guint i;

  g_return_if_fail (MILL_IS_HISTOGRAM_VIEW (self));

  memset (self->bars, 0, sizeof self->bars);
  self->count = self->highest = 0;
  for (i = 0; i < n_buckets; i++)
    {
      const double middle = ((double) buckets[i].low_us + (double) buckets[i].high_us) / 2.0;
      const guint bar = (guint) MIN (bar_of (middle), N_BARS - 1);

      self->bars[bar] += buckets[i].count;
      self->count += buckets[i].count;
      self->highest = MAX (self->highest, self->bars[bar]);
    }
  choose_range (self);
  if (self->pointed >= 0)
    point_at (self, CLAMP (self->pointed, (int) self->first, (int) self->last));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mill_histogram_view_set_mark:
 * @self: a view
 * @index: which mark, from 0 to 2, the shortest first
 * @name: (nullable): what stands at it, such as “p99”; %NULL for no mark
 * @value_us: where it is, in microseconds
 *
 * Marks a value.
 */
void
mill_histogram_view_set_mark (MillHistogramView *self, guint index, const char *name, gint64 value_us)
{
  g_autofree char *value = format_span ((double) value_us, FALSE);
  g_autofree char *text = NULL;

  g_return_if_fail (MILL_IS_HISTOGRAM_VIEW (self));
  g_return_if_fail (index < N_MARKS);

  if (name != NULL)
    text = g_strdup_printf ("%s %s", name, value);
  self->marks[index].value_us = value_us;
  mill_text_set (&self->marks[index].text, text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mill_histogram_view_get_count:
 * @self: a view
 *
 * Returns: how many durations all bars count together
 */
guint64
mill_histogram_view_get_count (MillHistogramView *self)
{
  g_return_val_if_fail (MILL_IS_HISTOGRAM_VIEW (self), 0);

  return self->count;
}

/**
 * mill_histogram_view_get_caption:
 * @self: a view
 *
 * Returns: what stands above it
 */
const char *
mill_histogram_view_get_caption (MillHistogramView *self)
{
  g_return_val_if_fail (MILL_IS_HISTOGRAM_VIEW (self), NULL);

  return self->caption.string;
}

/**
 * mill_histogram_view_set_caption:
 * @self: a view
 * @caption: (nullable): what it is of, such as “4,711 attempts”
 *
 * Sets what stands above it, which is also its accessible description while no bar is pointed at.
 */
void
mill_histogram_view_set_caption (MillHistogramView *self, const char *caption)
{
  g_return_if_fail (MILL_IS_HISTOGRAM_VIEW (self));

  if (!mill_text_set (&self->caption, caption))
    return;
  if (self->pointed < 0)
    point_at (self, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAPTION]);
}

/**
 * mill_histogram_view_get_label:
 * @self: a view
 *
 * Returns: (nullable): its accessible name
 */
const char *
mill_histogram_view_get_label (MillHistogramView *self)
{
  g_return_val_if_fail (MILL_IS_HISTOGRAM_VIEW (self), NULL);

  return self->label;
}

/**
 * mill_histogram_view_set_label:
 * @self: a view
 * @label: (nullable): its accessible name, such as “fetch service time”
 *
 * Names the histogram.
 */
void
mill_histogram_view_set_label (MillHistogramView *self, const char *label)
{
  g_return_if_fail (MILL_IS_HISTOGRAM_VIEW (self));

  if (!mill_name_set (GTK_WIDGET (self), &self->label, label))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}
