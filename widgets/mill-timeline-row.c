/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A row of a timeline: what it is called and made of. How its curves become a picture is in
 * mill-timeline-row-plot.c.
 */
#include "config.h"

#include "mill-timeline-row-private.h"

#include "mill-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* At 5 samples a second: 100 s as they came, 229 KiB at most. */
#define SHARE_CAPACITY 512
#define SHARE_LEVELS   8

G_DEFINE_FINAL_TYPE (MillTimelineRow, mill_timeline_row, G_TYPE_OBJECT)

/* Texts and curves decide how the timeline is laid out. */
static void
changed (MillTimelineRow *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  if (self->timeline != NULL)
    gtk_widget_queue_allocate (self->timeline);
}

static void
clear_curve (MillTimelineCurve *curve)
{
  g_clear_object (&curve->series);
  g_clear_pointer (&curve->name, g_free);
  g_clear_pointer (&curve->columns, g_free);
  mill_text_clear (&curve->legend);
}

static void
init_curve (MillTimelineRow *self, MillTimelineCurve *curve, MillSeries *series, const char *name,
            MillColor color)
{
  curve->series = series;
  curve->name = g_strdup (name);
  curve->color = color;
  mill_text_init (&curve->legend, self->timeline, 0.72, PANGO_WEIGHT_NORMAL);
  mill_text_set (&curve->legend, name);
  changed (self);
}

static void
mill_timeline_row_finalize (GObject *object)
{
  MillTimelineRow *self = MILL_TIMELINE_ROW (object);
  guint i;

  for (i = 0; i < self->n_curves; i++)
    clear_curve (&self->curves[i]);
  clear_curve (&self->limit);
  mill_text_clear (&self->title);
  mill_text_clear (&self->value);
  mill_text_clear (&self->detail);
  mill_text_clear (&self->tick);
  mill_text_clear (&self->span_value);
  mill_text_clear (&self->span_detail);
  g_free (self->span_text);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_free (self->unit);

  G_OBJECT_CLASS (mill_timeline_row_parent_class)->finalize (object);
}

static void
mill_timeline_row_class_init (MillTimelineRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_timeline_row_finalize;
}

static void
mill_timeline_row_init (MillTimelineRow *self)
{
  self->minimum_top = 1.0;
}

/* Returns: (transfer full): a row without curves */
MillTimelineRow *
mill_timeline_row_new (GtkWidget *timeline, MillTimelineKind kind, const char *title, MillColor color)
{
  MillTimelineRow *self = g_object_new (MILL_TYPE_TIMELINE_ROW, NULL);

  self->timeline = timeline;
  self->kind = kind;
  self->color = color;
  mill_text_init (&self->title, timeline, 0.86, PANGO_WEIGHT_SEMIBOLD);
  mill_text_init (&self->value, timeline, 1.36, PANGO_WEIGHT_ULTRABOLD);
  mill_text_init (&self->detail, timeline, 0.82, PANGO_WEIGHT_NORMAL);
  mill_text_init (&self->tick, timeline, 0.70, PANGO_WEIGHT_NORMAL);
  mill_text_init (&self->span_value, timeline, 1.36, PANGO_WEIGHT_ULTRABOLD);
  mill_text_init (&self->span_detail, timeline, 0.82, PANGO_WEIGHT_NORMAL);
  self->span_value.tabular = self->span_detail.tabular = TRUE;
  self->value.tabular = self->detail.tabular = self->tick.tabular = TRUE;
  mill_text_set (&self->title, title);

  return self;
}

/* The timeline lets go of the row; whoever still holds it may use it, but it shows nowhere. */
void
mill_timeline_row_detach (MillTimelineRow *self)
{
  guint i;

  self->timeline = NULL;
  g_clear_object (&self->title.layout);
  g_clear_object (&self->value.layout);
  g_clear_object (&self->detail.layout);
  g_clear_object (&self->tick.layout);
  g_clear_object (&self->span_value.layout);
  g_clear_object (&self->span_detail.layout);
  for (i = 0; i < self->n_curves; i++)
    g_clear_object (&self->curves[i].legend.layout);
  g_clear_object (&self->limit.legend.layout);
}

gboolean
mill_timeline_row_has_data (MillTimelineRow *self)
{
  guint i;

  for (i = 0; i < self->n_curves; i++)
    if (mill_series_get_n_samples (self->curves[i].series) > 0)
      return TRUE;

  return FALSE;
}

const char *
mill_timeline_row_get_name (MillTimelineRow *self, guint curve)
{
  const char *name = self->curves[curve].name;

  return name != NULL && name[0] != '\0' ? name : self->title.string;
}

/* Returns: (transfer full): such as “77 %” */
char *
mill_timeline_row_format_share (double share)
{
  if (!isfinite (share))
    return g_strdup ("–");

  /* Translators: a share in percent */
  return g_strdup_printf (_ ("%d %%"), (int) (CLAMP (share, 0.0, 1.0) * 100.0 + 0.5));
}

/* Whether the curve is named and described; a share of which there is nothing is not. */
gboolean
mill_timeline_row_has_curve (MillTimelineRow *self, guint curve)
{
  return self->kind != MILL_TIMELINE_SHARES || self->curves[curve].present;
}

/* Returns: (transfer full): such as “depth 961” */
char *
mill_timeline_row_format (MillTimelineRow *self, guint curve, double value)
{
  g_autofree char *number = self->kind == MILL_TIMELINE_SHARES ? mill_timeline_row_format_share (value)
                                                               : mill_format_number (value, self->digits);
  const char *name = mill_timeline_row_get_name (self, curve);

  if (self->unit != NULL && self->unit[0] != '\0')
    return g_strdup_printf ("%s %s %s", name, number, self->unit);

  return g_strdup_printf ("%s %s", name, number);
}

/**
 * mill_timeline_row_add_series:
 * @self: a row with fewer than %MILL_TIMELINE_MAX_SERIES series
 * @name: (nullable): what the values are called where they are listed, such as “depth”; %NULL for the row's
 * title
 * @color: its colour
 *
 * Adds a series. Append to it on the main thread, in the time of mill_timeline_set_now().
 *
 * Returns: (transfer none): the series
 */
MillSeries *
mill_timeline_row_add_series (MillTimelineRow *self, const char *name, MillColor color)
{
  MillTimelineCurve *curve;

  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), NULL);
  g_return_val_if_fail (self->n_curves < MILL_TIMELINE_MAX_SERIES, NULL);

  curve = &self->curves[self->n_curves++];
  init_curve (self, curve, mill_series_new (), name, color);

  return curve->series;
}

/**
 * mill_timeline_row_add_share:
 * @self: a row of shares with fewer than %MILL_TIMELINE_MAX_SERIES series
 * @name: what it is the share of, such as “busy”
 * @state: the state whose colour and hatching it has
 *
 * Adds a share on top of the others. Its samples come a few times a second, so it is kept in less memory.
 *
 * Returns: (transfer none): the series, of values from 0 to 1
 */
MillSeries *
mill_timeline_row_add_share (MillTimelineRow *self, const char *name, MillDotState state)
{
  MillTimelineCurve *curve;

  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), NULL);
  g_return_val_if_fail (self->kind == MILL_TIMELINE_SHARES, NULL);
  g_return_val_if_fail (self->n_curves < MILL_TIMELINE_MAX_SERIES, NULL);

  curve = &self->curves[self->n_curves++];
  init_curve (self, curve, mill_series_new_sized (SHARE_CAPACITY, SHARE_LEVELS), name,
              mill_dot_state_get_color (state));
  curve->hatch = mill_dot_state_get_hatch (state);

  return curve->series;
}

/**
 * mill_timeline_row_add_limit:
 * @self: a row without a limit
 * @name: (nullable): what it is called, such as “max size”
 *
 * Adds the dashed line of what bounds the other series.
 *
 * Returns: (transfer none): its series
 */
MillSeries *
mill_timeline_row_add_limit (MillTimelineRow *self, const char *name)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), NULL);
  g_return_val_if_fail (self->limit.series == NULL, NULL);

  init_curve (self, &self->limit, mill_series_new (), name, MILL_COLOR_DIM);

  return self->limit.series;
}

/**
 * mill_timeline_row_get_series:
 * @self: a row
 * @index: a number, in the order they were added
 *
 * Returns: (transfer none) (nullable): that series
 */
MillSeries *
mill_timeline_row_get_series (MillTimelineRow *self, guint index)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), NULL);

  return index < self->n_curves ? self->curves[index].series : NULL;
}

/**
 * mill_timeline_row_get_limit:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the series of its limit
 */
MillSeries *
mill_timeline_row_get_limit (MillTimelineRow *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), NULL);

  return self->limit.series;
}

/**
 * mill_timeline_row_get_kind:
 * @self: a row
 *
 * Returns: how it is drawn
 */
MillTimelineKind
mill_timeline_row_get_kind (MillTimelineRow *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), MILL_TIMELINE_AREA);

  return self->kind;
}

/**
 * mill_timeline_row_get_color:
 * @self: a row
 *
 * Returns: the colour of its area
 */
MillColor
mill_timeline_row_get_color (MillTimelineRow *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), MILL_COLOR_BLUE);

  return self->color;
}

/**
 * mill_timeline_row_set_color:
 * @self: a row
 * @color: the colour of its area and of its first series
 *
 * Recolours the row, for example the depth of a queue that has become full.
 */
void
mill_timeline_row_set_color (MillTimelineRow *self, MillColor color)
{
  g_return_if_fail (MILL_IS_TIMELINE_ROW (self));
  g_return_if_fail (color < MILL_N_COLORS);

  if (self->color == color && (self->n_curves == 0 || self->curves[0].color == color))
    return;
  self->color = color;
  if (self->n_curves > 0)
    self->curves[0].color = color;
  changed (self);
}

/**
 * mill_timeline_row_get_title:
 * @self: a row
 *
 * Returns: its title
 */
const char *
mill_timeline_row_get_title (MillTimelineRow *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_ROW (self), NULL);

  return self->title.string;
}

/**
 * mill_timeline_row_set_title:
 * @self: a row
 * @title: (nullable): its title
 *
 * Sets what it is called.
 */
void
mill_timeline_row_set_title (MillTimelineRow *self, const char *title)
{
  g_return_if_fail (MILL_IS_TIMELINE_ROW (self));

  if (mill_text_set (&self->title, title))
    changed (self);
}

/**
 * mill_timeline_row_set_value:
 * @self: a row
 * @value: (nullable): the current value in large type, such as “942”
 * @detail: (nullable): what stands under it, such as “max 1,000”
 *
 * Sets the texts at the right.
 */
void
mill_timeline_row_set_value (MillTimelineRow *self, const char *value, const char *detail)
{
  gboolean value_changed, detail_changed;

  g_return_if_fail (MILL_IS_TIMELINE_ROW (self));

  value_changed = mill_text_set (&self->value, value);
  detail_changed = mill_text_set (&self->detail, detail);
  if ((value_changed || detail_changed) && self->timeline != NULL)
    {
      gtk_widget_queue_allocate (self->timeline);
      gtk_widget_queue_draw (self->timeline);
    }
}

/**
 * mill_timeline_row_set_unit:
 * @self: a row
 * @unit: (nullable): what follows its values at the crosshair, such as “ms”
 * @digits: how many digits after the decimal point they have there
 *
 * Sets how values are written.
 */
void
mill_timeline_row_set_unit (MillTimelineRow *self, const char *unit, guint digits)
{
  g_return_if_fail (MILL_IS_TIMELINE_ROW (self));

  g_free (self->unit);
  self->unit = g_strdup (unit);
  self->digits = digits;
  changed (self);
}

/**
 * mill_timeline_row_set_minimum_top:
 * @self: a row
 * @top: a value greater than 0; 1 by default
 *
 * Keeps the scale from following values smaller than @top, so that noise stays small.
 */
void
mill_timeline_row_set_minimum_top (MillTimelineRow *self, double top)
{
  g_return_if_fail (MILL_IS_TIMELINE_ROW (self));
  g_return_if_fail (top > 0.0 && isfinite (top));

  self->minimum_top = top;
  changed (self);
}
