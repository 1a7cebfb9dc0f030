/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The picture is what the timeline draws, on its view's colour and without the pointer's crosshair. The table
 * has one row for each time at which any series has a sample.
 */
#include "config.h"

#include "mill-timeline-export.h"

#include "mill-timeline-private.h"

#include <cairo-svg.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

/* Around the picture, in units of mill_text_unit(). */
#define MARGIN 16.0

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static void
get_size (MillTimeline *self, int *out_width, int *out_height)
{
  const int margin = (int) (2.0 * MARGIN * mill_text_unit (GTK_WIDGET (self)));

  *out_width = gtk_widget_get_width (GTK_WIDGET (self)) + margin;
  *out_height = gtk_widget_get_height (GTK_WIDGET (self)) + margin;
}

static void
draw (MillTimeline *self, cairo_t *cr)
{
  const double margin = MARGIN * mill_text_unit (GTK_WIDGET (self));
  const gboolean has_pointer = self->has_pointer;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  GdkRGBA view;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_VIEW, &view);
  gdk_cairo_set_source_rgba (cr, &view);
  cairo_paint (cr);

  self->has_pointer = FALSE;
  mill_timeline_snapshot (GTK_WIDGET (self), snapshot);
  self->has_pointer = has_pointer;
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return;
  cairo_translate (cr, (int) margin, (int) margin);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
}

/* Takes over @surface and what was written for it. */
static GBytes *
finish (cairo_surface_t *surface, cairo_status_t status, GByteArray *bytes, GError **error)
{
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);

  g_byte_array_unref (bytes);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, cairo_status_to_string (status));

  return NULL;
}

/**
 * mill_timeline_export_png:
 * @self: a timeline that is shown
 * @error: return location
 *
 * Draws what is shown into a PNG file, with as many pixels as the screen has for it.
 *
 * Returns: (transfer full): the file, or %NULL with @error set
 */
GBytes *
mill_timeline_export_png (MillTimeline *self, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_status_t status;
  int width, height, scale;
  cairo_t *cr;

  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  get_size (self, &width, &height);
  scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width * scale, height * scale);
  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  draw (self, cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, write_cb, bytes);

  return finish (surface, status, bytes, error);
}

/**
 * mill_timeline_export_svg:
 * @self: a timeline that is shown
 * @error: return location
 *
 * Draws what is shown into an SVG file. Text and lines are vectors, the curves pictures.
 *
 * Returns: (transfer full): the file, or %NULL with @error set
 */
GBytes *
mill_timeline_export_svg (MillTimeline *self, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_status_t status;
  int width, height;
  cairo_t *cr;

  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  get_size (self, &width, &height);
  surface = cairo_svg_surface_create_for_stream (write_cb, bytes, width, height);
  cr = cairo_create (surface);
  self->embeds_plots = TRUE;
  draw (self, cr);
  self->embeds_plots = FALSE;
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);

  return finish (surface, status, bytes, error);
}

/* One column of the table. */
typedef struct
{
  GArray *times;  /* (owned) (element-type gint64) */
  GArray *values; /* (owned) (element-type double) */
  gboolean counts;
  guint next; /* the first row not written yet */
} Column;

static void
column_free (gpointer data)
{
  Column *self = data;

  g_array_unref (self->times);
  g_array_unref (self->values);
  g_free (self);
}

static void
collect_cb (const MillSeriesEntry *entry, gpointer user_data)
{
  Column *column = user_data;
  const double value = column->counts ? entry->sum : entry->sum / entry->n;

  g_array_append_val (column->times, entry->t1);
  g_array_append_val (column->values, value);
}

static void
append_field (GString *text, const char *field)
{
  const char *c;

  if (strpbrk (field, ",;\"\r\n") == NULL)
    {
      g_string_append (text, field);
      return;
    }
  g_string_append_c (text, '"');
  for (c = field; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}

static void
add_column (MillTimeline *self, GPtrArray *columns, GString *text, MillTimelineRow *row,
            MillTimelineCurve *curve)
{
  Column *column = g_new0 (Column, 1);
  const char *name = curve->name != NULL ? curve->name : "";
  g_autofree char *title = NULL;

  column->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  column->values = g_array_new (FALSE, FALSE, sizeof (double));
  column->counts = row->kind == MILL_TIMELINE_BARS;
  mill_series_foreach (curve->series, self->t0, self->t1, collect_cb, column);
  g_ptr_array_add (columns, column);

  if (row->unit != NULL && row->unit[0] != '\0')
    title = g_strdup_printf ("%s: %s (%s)", row->title.string, name, row->unit);
  else
    title = g_strdup_printf ("%s: %s", row->title.string, name);
  g_string_append_c (text, ',');
  append_field (text, title);
}

/* The first time that is not written yet, or FALSE. */
static gboolean
next_time (GPtrArray *columns, gint64 *out_time_us)
{
  gboolean found = FALSE;
  guint i;

  for (i = 0; i < columns->len; i++)
    {
      const Column *column = g_ptr_array_index (columns, i);
      gint64 time;

      if (column->next == column->times->len)
        continue;
      time = g_array_index (column->times, gint64, column->next);
      *out_time_us = found ? MIN (*out_time_us, time) : time;
      found = TRUE;
    }

  return found;
}

static void
append_row (GPtrArray *columns, GString *text, gint64 time_us, gint64 origin_us)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  guint i;

  g_string_append (
      text, g_ascii_formatd (number, sizeof number, "%.6f", (double) (time_us - origin_us) / G_USEC_PER_SEC));
  for (i = 0; i < columns->len; i++)
    {
      Column *column = g_ptr_array_index (columns, i);

      g_string_append_c (text, ',');
      if (column->next == column->times->len ||
          g_array_index (column->times, gint64, column->next) != time_us)
        continue;
      g_string_append (
          text, g_ascii_dtostr (number, sizeof number, g_array_index (column->values, double, column->next)));
      /* Of samples at one time, the newest. */
      do
        column->next++;
      while (column->next < column->times->len &&
             g_array_index (column->times, gint64, column->next) == time_us);
    }
  g_string_append (text, "\r\n");
}

/**
 * mill_timeline_export_csv:
 * @self: a timeline that is shown
 *
 * Writes the samples of what is shown as a table (RFC 4180, UTF-8): the time in seconds since the origin,
 * then a column for each series and limit, with its unit. Of old samples, whose neighbours were merged, there
 * is the mean, or the sum of those that count, at the time of the last.
 *
 * Returns: (transfer full): the file
 */
GBytes *
mill_timeline_export_csv (MillTimeline *self)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (column_free);
  GString *text;
  gint64 time;
  guint i, j;

  g_return_val_if_fail (MILL_IS_TIMELINE (self), NULL);

  /* Translators: the first column of a table */
  text = g_string_new (_ ("Time (s)"));
  for (i = 0; i < self->rows->len; i++)
    {
      MillTimelineRow *row = g_ptr_array_index (self->rows, i);

      for (j = 0; j < row->n_curves; j++)
        add_column (self, columns, text, row, &row->curves[j]);
      if (row->limit.series != NULL)
        add_column (self, columns, text, row, &row->limit);
    }
  g_string_append (text, "\r\n");
  while (next_time (columns, &time))
    append_row (columns, text, time, self->origin);

  return g_string_free_to_bytes (text);
}
