/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knobs in words. */

#include "config.h"

#include "mill-knob-words.h"

#include <glib/gi18n.h>

#include "mill-format.h"

/* A range that ends here or sooner is turned finely. */
#define SMALL_MAXIMUM 10.0

/**
 * mill_knob_words_digits:
 * @knob: a knob
 *
 * Small numbers need two digits after the point to be turned finely; more digits than that only flicker.
 *
 * Returns: how many digits after the point are worth showing
 */
guint
mill_knob_words_digits (const MillKnob *knob)
{
  double usual = mill_knob_get_default (knob);

  if (mill_knob_is_integer (knob) || mill_knob_is_fault (knob))
    return 0;
  return mill_knob_get_maximum (knob) <= SMALL_MAXIMUM || (usual > 0 && usual < 1) ? 2 : 1;
}

/**
 * mill_knob_words_is_no_limit:
 * @knob: a knob
 * @number: a value of it
 *
 * Returns: whether that stands for no limit
 */
gboolean
mill_knob_words_is_no_limit (const MillKnob *knob, double number)
{
  return !(number > 0) && (mill_knob_get_pspec (knob)->flags & MILL_PARAM_UNLIMITED) != 0;
}

/* (transfer full): one of a few names, as in a job file. */
static char *
get_choice (GParamSpec *pspec, gint number)
{
  const GEnumValue *value = g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class, number);

  return g_strdup (value != NULL ? value->value_nick : "");
}

/**
 * mill_knob_words_number:
 * @knob: a knob
 * @number: a value of it
 *
 * Returns: (transfer full): the value, as people write it, with its unit
 */
char *
mill_knob_words_number (const MillKnob *knob, double number)
{
  const char *unit = mill_knob_get_unit (knob);
  g_autofree char *text = NULL;

  if (G_IS_PARAM_SPEC_BOOLEAN (mill_knob_get_pspec (knob)))
    return g_strdup (number > 0 ? _ ("on") : _ ("off"));
  if (mill_knob_words_is_no_limit (knob, number))
    return g_strdup (_ ("no limit"));
  if (G_IS_PARAM_SPEC_ENUM (mill_knob_get_pspec (knob)))
    return get_choice (mill_knob_get_pspec (knob), (gint) number);
  text = mill_format_number (number, mill_knob_words_digits (knob));
  return *unit != '\0' ? g_strdup_printf ("%s %s", text, unit) : g_steal_pointer (&text);
}

/**
 * mill_knob_words_turn:
 * @knob: a knob
 * @before: where it stood
 * @after: where it stands
 *
 * Returns: (transfer full): "fetch: Slots 24 → 32"
 */
char *
mill_knob_words_turn (const MillKnob *knob, double before, double after)
{
  g_autofree char *old = mill_knob_words_number (knob, before);
  g_autofree char *now = mill_knob_words_number (knob, after);

  /* Translators: a stage, its knob, the value before, the value after; "fetch: Slots 24 → 32" */
  return g_strdup_printf (_ ("%s: %s %s → %s"), mill_knob_get_owner (knob), mill_knob_get_label (knob), old,
                          now);
}
