/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a row says of a span: its own figures of its series, unless whoever fills it knows better.
 */
#include "config.h"

#include "mill-timeline-row-private.h"

#include "mill-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Means have a digit more than what they are of, while they are small. */
static char *
format_mean (MillTimelineRow *self, double value)
{
  return mill_format_number (value, fabs (value) < 100.0 ? self->digits + 1 : self->digits);
}

static char *
format_rate (double per_second)
{
  return mill_format_number (per_second, per_second > 0.0 && per_second < 9.95 ? 2 : 0);
}

static void
append_line (GString *text, MillTimelineRow *self, guint curve, const MillSeriesStats *stats, double seconds)
{
  g_autofree char *mean = format_mean (self, stats->mean);
  g_autofree char *min = mill_format_number (stats->min, self->digits);
  g_autofree char *max = mill_format_number (stats->max, self->digits);
  g_autofree char *sum = mill_format_number (stats->sum, self->digits);
  g_autofree char *rate = format_rate (seconds > 0.0 ? stats->sum / seconds : 0.0);
  const char *name = mill_timeline_row_get_name (self, curve);

  if (text->len > 0)
    g_string_append (text, "; ");
  if (self->kind == MILL_TIMELINE_BARS)
    /* Translators: of a span of time: what was counted, how often, and how often a second */
    g_string_append_printf (text, _ ("%s: %s, %s per second"), name, sum, rate);
  else
    /* Translators: of a span of time: a curve's name, its mean, least and greatest value */
    g_string_append_printf (text, _ ("%s: mean %s, least %s, greatest %s"), name, mean, min, max);
  if (self->unit != NULL && self->unit[0] != '\0')
    g_string_append_printf (text, " %s", self->unit);
}

static void
summarise_curve (MillTimelineRow *self, guint curve, const MillSeriesStats *stats, double seconds,
                 MillTimelineSummary *out)
{
  g_autofree char *mean = format_mean (self, stats->mean);
  g_autofree char *min = mill_format_number (stats->min, self->digits);
  g_autofree char *max = mill_format_number (stats->max, self->digits);
  g_autofree char *rate = format_rate (seconds > 0.0 ? stats->sum / seconds : 0.0);

  if (curve > 0)
    return;
  if (self->kind == MILL_TIMELINE_BARS)
    {
      out->value = mill_format_number (stats->sum, self->digits);
      out->detail = g_strdup_printf (_ ("%s per second"), rate);
      return;
    }
  out->value = g_steal_pointer (&mean);
  /* Translators: below a mean: the least and the greatest value that it is of */
  out->detail = g_strdup_printf (_ ("mean · %s to %s"), min, max);
}

/* The first share, and the greatest of the others. */
static void
summarise_shares (MillTimelineRow *self, gint64 from_us, gint64 to_us, MillTimelineSummary *out)
{
  g_autoptr (GString) text = g_string_new (NULL);
  double greatest = 0.0;
  guint i;

  for (i = 0; i < self->n_curves; i++)
    {
      const char *name = mill_timeline_row_get_name (self, i);
      g_autofree char *share = NULL;
      MillSeriesStats stats;

      if (!mill_series_get_stats (self->curves[i].series, from_us, to_us, &stats))
        continue;
      share = mill_timeline_row_format_share (stats.mean);
      if (stats.mean >= 0.005)
        g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", name, share);
      if (i == 0)
        {
          out->value = g_steal_pointer (&share);
        }
      else if (stats.mean >= 0.005 && stats.mean > greatest)
        {
          greatest = stats.mean;
          g_free (out->detail);
          out->detail = g_strdup_printf ("%s %s", name, share);
        }
    }
  if (out->detail == NULL)
    out->detail = g_strdup (mill_timeline_row_get_name (self, 0));
  if (text->len > 0)
    out->text = g_strdup (text->str);
}

static void
summarise_series (MillTimelineRow *self, gint64 from_us, gint64 to_us, MillTimelineSummary *out)
{
  const double seconds = (double) (to_us - from_us) / G_USEC_PER_SEC;
  g_autoptr (GString) text = g_string_new (NULL);
  MillSeriesStats stats;
  guint i;

  for (i = 0; i < self->n_curves; i++)
    if (mill_series_get_stats (self->curves[i].series, from_us, to_us, &stats))
      {
        append_line (text, self, i, &stats, seconds);
        summarise_curve (self, i, &stats, seconds, out);
      }
  if (text->len > 0)
    out->text = g_strdup (text->str);
}

/* Fills in what the row says of a span. */
void
mill_timeline_row_summarise (MillTimelineRow *self, gint64 from_us, gint64 to_us)
{
  MillTimelineSummary summary = { 0 };

  const gboolean known =
      self->summary_func != NULL && self->summary_func (self, from_us, to_us, &summary, self->summary_data);

  if (!known && self->kind == MILL_TIMELINE_SHARES)
    summarise_shares (self, from_us, to_us, &summary);
  else if (!known)
    summarise_series (self, from_us, to_us, &summary);

  mill_text_set (&self->span_value, summary.value != NULL ? summary.value : "–");
  mill_text_set (&self->span_detail, summary.detail);
  g_free (self->span_text);
  self->span_text = summary.text;
  self->has_span = TRUE;
  g_free (summary.value);
  g_free (summary.detail);
}

void
mill_timeline_row_clear_summary (MillTimelineRow *self)
{
  self->has_span = FALSE;
  g_clear_pointer (&self->span_text, g_free);
}

/* Returns: (transfer none) (nullable): the line of the span, if there was anything in it */
const char *
mill_timeline_row_get_summary (MillTimelineRow *self)
{
  return self->span_text;
}

/**
 * mill_timeline_row_set_summary_func:
 * @self: a row
 * @func: (nullable): says what was in a span; %NULL for statistics of the row's series
 * @user_data: (closure func): handed to @func; must outlive the row's timeline
 *
 * Sets who knows what was in a span, for rows whose curves cannot tell, such as percentiles.
 */
void
mill_timeline_row_set_summary_func (MillTimelineRow *self, MillTimelineSummaryFunc func, gpointer user_data)
{
  g_return_if_fail (MILL_IS_TIMELINE_ROW (self));

  self->summary_func = func;
  self->summary_data = user_data;
}
