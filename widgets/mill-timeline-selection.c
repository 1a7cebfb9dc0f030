/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The selected span: a wash over all plots with its length, and its statistics in place of the present values
 * at the right, which the rows make.
 */
#include "config.h"

#include "mill-timeline-private.h"

#include "mill-draw.h"
#include "mill-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* In units of mill_text_unit(). */
#define PILL_PADDING 8.0
#define PILL_HEIGHT  18.0
#define TOP          19.0 /* below the markers' pills */

#define WASH 0.13f

/* "22.2 s", or from a minute on "1:22". */
static char *
format_length (gint64 length_us)
{
  const double seconds = (double) length_us / G_USEC_PER_SEC;
  g_autofree char *number = NULL;

  if (seconds >= 60.0)
    return mill_format_time (length_us, 0);

  number = mill_format_number (seconds, seconds < 1.0 ? 3 : seconds < 10.0 ? 2 : 1);
  /* Translators: a length of time in seconds, such as “22.2 s” */
  return g_strdup_printf (_ ("%s s"), number);
}

static void
update_rows (MillTimeline *self, gint64 from, gint64 to)
{
  guint i;

  for (i = 0; i < self->rows->len; i++)
    mill_timeline_row_summarise (g_ptr_array_index (self->rows, i), from, to);
  self->stats_from = from;
  self->stats_to = to;
  self->stats_settled = self->now > to + 2 * G_USEC_PER_SEC;
}

static void
forget_rows (MillTimeline *self)
{
  guint i;

  for (i = 0; i < self->rows->len; i++)
    mill_timeline_row_clear_summary (g_ptr_array_index (self->rows, i));
  self->stats_from = 0;
  self->stats_to = -1;
}

/* Brings the statistics up to date with the selection, once per frame in which anything changed. */
void
mill_timeline_update_selection (MillTimeline *self)
{
  g_autofree char *length = NULL;
  gint64 from, to;

  if (!mill_timeline_view_get_selection (self->view, &from, &to))
    {
      if (self->stats_to >= self->stats_from)
        forget_rows (self);
      return;
    }
  if (self->stats_from == from && self->stats_to == to && self->stats_settled)
    return;
  update_rows (self, from, to);
  length = format_length (to - from);
  mill_text_set (&self->selection_text, length);
}

/**
 * mill_timeline_describe_selection:
 * @self: a timeline
 *
 * Returns: (transfer full) (nullable): the statistics of the selected span, one line for the span and one for
 * each row, or %NULL if nothing is selected
 */
char *
mill_timeline_describe_selection (MillTimeline *self)
{
  g_autofree char *begin = NULL;
  g_autofree char *end = NULL;
  g_autofree char *length = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 from, to;
  guint digits, i;

  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  if (!mill_timeline_view_get_selection (self->view, &from, &to))
    return NULL;
  mill_timeline_update_selection (self);
  digits = MAX (mill_timeline_time_digits (self), 1);
  begin = mill_format_time (from - self->origin, digits);
  end = mill_format_time (to - self->origin, digits);
  length = format_length (to - from);
  /* Translators: a span of time; its begin, its end, and how long it is, such as “0:12.0 to 0:34.2 (22.2 s)”
   */
  g_string_append_printf (text, _ ("%s to %s (%s)"), begin, end, length);
  for (i = 0; i < self->rows->len; i++)
    {
      const char *line = mill_timeline_row_get_summary (g_ptr_array_index (self->rows, i));

      if (line != NULL)
        g_string_append_printf (text, "\n%s", line);
    }

  return g_strdup (text->str);
}

/* On the time axis, whose numbers it covers. */
static void
snapshot_length (MillTimeline *self, GtkSnapshot *snapshot, double left, double right, const GdkRGBA *blue)
{
  const MillTimelineLayout *layout = &self->layout;
  const double height = round (PILL_HEIGHT * layout->unit);
  double width, text_height, x;
  graphene_rect_t bounds;
  GdkRGBA ink;

  mill_text_get_size (&self->selection_text, &width, &text_height);
  width = ceil (width + 2.0 * PILL_PADDING * layout->unit);
  x = CLAMP ((left + right - width) / 2.0, layout->plot_x,
             MAX (layout->plot_x + layout->plot_width - width, layout->plot_x));
  graphene_rect_init (&bounds, (float) round (x), (float) layout->plots_bottom + 1.0f, (float) width,
                      (float) height);
  mill_palette_get_on (blue, &ink);
  mill_draw_box (snapshot, &bounds, 3.0 * layout->unit, blue);
  mill_text_draw (&self->selection_text, snapshot, (double) bounds.origin.x + PILL_PADDING * layout->unit,
                  (double) bounds.origin.y + floor ((height - text_height) / 2.0), &ink);
}

void
mill_timeline_snapshot_selection (MillTimeline *self, GtkSnapshot *snapshot)
{
  const MillTimelineLayout *layout = &self->layout;
  const double top = round (TOP * layout->unit);
  const float height = (float) (layout->plots_bottom - top);
  double left, right;
  GdkRGBA blue, wash;
  gint64 from, to;

  if (!mill_timeline_view_get_selection (self->view, &from, &to) || to < self->t0 || from > self->t1)
    return;
  left = round (MAX (mill_timeline_time_to_x (self, from), layout->plot_x));
  right = round (MIN (mill_timeline_time_to_x (self, to), layout->plot_x + layout->plot_width));
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_BLUE, &blue);
  wash = blue;
  wash.alpha = WASH;
  gtk_snapshot_append_color (snapshot, &wash,
                             &GRAPHENE_RECT_INIT ((float) left, (float) top, (float) (right - left), height));
  gtk_snapshot_append_color (snapshot, &blue, &GRAPHENE_RECT_INIT ((float) left, (float) top, 1.0f, height));
  gtk_snapshot_append_color (snapshot, &blue, &GRAPHENE_RECT_INIT ((float) right, (float) top, 1.0f, height));
  snapshot_length (self, snapshot, left, right, &blue);
}
