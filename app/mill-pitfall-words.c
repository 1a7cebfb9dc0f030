/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a pitfall's variants, in the terminal and in the window. */

#include "config.h"

#include "mill-pitfall-words.h"

#include <glib/gi18n.h>

#include "mill-format.h"

/**
 * mill_pitfall_words_variant:
 *
 * Returns: (transfer none): what the variant is called
 */
const char *
mill_pitfall_words_variant (MillVariant variant)
{
  return variant == MILL_VARIANT_WRONG ? _ ("As Usually Written") : _ ("Cured");
}

static guint
get_digits (double figure)
{
  double rounded = (double) (gint64) figure;

  if (figure >= 100.0 || (figure - rounded < 1e-9 && rounded - figure < 1e-9))
    return 0;
  return figure >= 10.0 ? 1 : 2;
}

/**
 * mill_pitfall_words_number:
 * @number: a figure, or a value of a curve
 * @unit: its unit; "" for none
 *
 * Returns: (transfer full): the two, with as many digits as make sense
 */
char *
mill_pitfall_words_number (double number, const char *unit)
{
  g_autofree char *text = mill_format_number (number, get_digits (number));

  if (*unit == '\0')
    return g_steal_pointer (&text);
  /* Translators: a figure and its unit, “312 ms” */
  return g_strdup_printf (_ ("%s %s"), text, unit);
}

/**
 * mill_pitfall_words_figure:
 * @pitfall: the pitfall
 * @result: how one of its variants gets on, or ended
 *
 * Returns: (transfer full): the figure with its unit, such as “312 ms”; what there is instead of one
 */
char *
mill_pitfall_words_figure (MillPitfall *pitfall, const MillTrialResult *result)
{
  if (result->state == MILL_TRIAL_WAITING)
    return g_strdup ("–");
  if (result->hangs && mill_pitfall_is_wait (pitfall))
    return g_strdup (_ ("does not return"));
  return mill_pitfall_words_number (result->figure, mill_pitfall_get_unit (pitfall));
}

/**
 * mill_pitfall_words_done:
 * @result: how a variant gets on, or ended
 *
 * Returns: (transfer full): how many items are done, such as “12 of 600”
 */
char *
mill_pitfall_words_done (const MillTrialResult *result)
{
  g_autofree char *done = mill_format_count (result->done);
  g_autofree char *items = mill_format_count (result->items);

  /* Translators: items that are done, of how many */
  return g_strdup_printf (_ ("%s of %s"), done, items);
}

/**
 * mill_pitfall_words_end:
 * @result: how a variant gets on, or ended
 *
 * Returns: (transfer full): whether and when it ended, such as “after 2.0 s”
 */
char *
mill_pitfall_words_end (const MillTrialResult *result)
{
  g_autofree char *seconds = mill_format_number (result->seconds, 1);
  g_autofree char *unfinished = mill_format_count (result->unfinished);

  if (result->hangs)
    return g_strdup_printf (ngettext ("never: %s unfinished item, given up after %s s",
                                      "never: %s unfinished items, given up after %s s",
                                      (gulong) result->unfinished),
                            unfinished, seconds);
  switch (result->state)
    {
    case MILL_TRIAL_WAITING:
      return g_strdup (_ ("begins when the other has ended"));
    case MILL_TRIAL_RUNNING:
      return g_strdup_printf (_ ("running for %s s"), seconds);
    case MILL_TRIAL_FINISHED:
      return g_strdup_printf (_ ("after %s s"), seconds);
    case MILL_TRIAL_CANCELLED:
      return g_strdup_printf (_ ("stopped after %s s"), seconds);
    default:
      g_return_val_if_reached (g_strdup (""));
    }
}
