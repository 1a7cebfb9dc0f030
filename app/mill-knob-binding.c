/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a knob of the engine becomes a row of the panel. What kind of control it gets follows from its range
 * alone, so that a new knob needs nothing here. */

#include "config.h"

#include "mill-knob-binding.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mill-choice-row.h"
#include "mill-knob-row.h"
#include "mill-knob-words.h"

/* A whole number up to this that only counts is stepped one by one; others are slid over powers of ten. */
#define STEPPER_MAXIMUM 10000
/* A slider by powers of ten begins here when the range begins at zero, which stands for no limit. */
#define SMALLEST_FRACTION 0.01
#define LINEAR_MAXIMUM    10.0

typedef struct
{
  MillRun *run;   /* (owned) */
  MillKnob *knob; /* (owned) */
} Binding;

static GQuark
binding_quark (void)
{
  return g_quark_from_static_string ("mill-knob-binding");
}

static void
binding_free (gpointer data)
{
  Binding *binding = data;

  g_clear_object (&binding->run);
  g_clear_pointer (&binding->knob, mill_knob_unref);
  g_free (binding);
}

static gboolean
is_mere_count (MillKnob *knob)
{
  return *mill_knob_get_unit (knob) == '\0';
}

static gboolean
is_percentage (MillKnob *knob)
{
  return g_str_equal (mill_knob_get_unit (knob), "%") && mill_knob_get_maximum (knob) <= 100;
}

static MillKnobKind
kind_of (MillKnob *knob)
{
  double maximum = mill_knob_get_maximum (knob);

  if (G_IS_PARAM_SPEC_BOOLEAN (mill_knob_get_pspec (knob)))
    return MILL_KNOB_SWITCH;
  if (mill_knob_is_integer (knob))
    return maximum <= STEPPER_MAXIMUM && is_mere_count (knob) ? MILL_KNOB_INTEGER_STEPPER
                                                              : MILL_KNOB_LOG_SLIDER;
  return maximum <= LINEAR_MAXIMUM || is_percentage (knob) ? MILL_KNOB_LINEAR_SLIDER : MILL_KNOB_LOG_SLIDER;
}

static void
changed_by_user_cb (GtkWidget *row, double value)
{
  Binding *binding = g_object_get_qdata (G_OBJECT (row), binding_quark ());

  mill_run_set_knob (binding->run, binding->knob, value);
}

/* Where 0 stands for no limit it is above all; else it is where the scale begins. */
static void
set_log_range (MillKnobRow *row, MillKnob *knob)
{
  double minimum = mill_knob_get_minimum (knob);
  gboolean is_unlimited = mill_knob_words_is_no_limit (knob, minimum);
  double least = mill_knob_is_integer (knob) ? 1 : SMALLEST_FRACTION;

  mill_knob_row_set_range (row, is_unlimited ? MAX (minimum, least) : minimum, mill_knob_get_maximum (knob),
                           pow (10, -(double) mill_knob_words_digits (knob)));
  if (is_unlimited)
    mill_knob_row_set_no_limit (row, 0, _ ("no limit"));
}

static void
set_range (MillKnobRow *row, MillKnob *knob)
{
  double minimum = mill_knob_get_minimum (knob);
  double maximum = mill_knob_get_maximum (knob);

  switch (kind_of (knob))
    {
    case MILL_KNOB_INTEGER_STEPPER:
      mill_knob_row_set_range (row, minimum, maximum, 1);
      break;
    case MILL_KNOB_LOG_SLIDER:
      set_log_range (row, knob);
      break;
    case MILL_KNOB_LINEAR_SLIDER:
      mill_knob_row_set_range (row, minimum, maximum, (maximum - minimum) / 100);
      break;
    case MILL_KNOB_SWITCH:
    default:
      break;
    }
  mill_knob_row_set_digits (row, mill_knob_words_digits (knob));
}

/* What the row can be reset to, and (transfer full) how that is called. */
static double
get_usual (MillRun *run, MillKnob *knob, char **text)
{
  double usual = mill_knob_board_get_job_number (mill_run_get_knobs (run), knob);
  g_autofree char *number = mill_knob_words_number (knob, usual);

  /* Translators: a knob's name, then its value; for a button that turns the knob to what the job says */
  *text = g_strdup_printf (_ ("Reset %s to %s, as in the job"), mill_knob_get_label (knob), number);
  return usual;
}

static const GEnumClass *
get_choices (MillKnob *knob)
{
  return G_PARAM_SPEC_ENUM (mill_knob_get_pspec (knob))->enum_class;
}

/* The place of a value among the choices. */
static guint
get_place (MillKnob *knob, double value)
{
  const GEnumClass *choices = get_choices (knob);
  guint place = 0;

  while (place + 1 < choices->n_values && choices->values[place].value != (gint) value)
    place++;
  return place;
}

static void
chosen_by_user_cb (GtkWidget *row, guint choice)
{
  Binding *binding = g_object_get_qdata (G_OBJECT (row), binding_quark ());

  mill_run_set_knob (binding->run, binding->knob, get_choices (binding->knob)->values[choice].value);
}

/* A choice among names has no place on a scale. */
static GtkWidget *
new_choice_row (MillRun *run, MillKnob *knob)
{
  const GEnumClass *choices = get_choices (knob);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *text = NULL;
  double usual = get_usual (run, knob, &text);
  GtkWidget *row;

  for (guint i = 0; i < choices->n_values; i++)
    g_ptr_array_add (names, (gpointer) choices->values[i].value_nick);
  g_ptr_array_add (names, NULL);
  row = mill_choice_row_new (mill_knob_get_label (knob), (const char *const *) names->pdata);
  mill_choice_row_set_description (MILL_CHOICE_ROW (row), mill_knob_get_help (knob));
  mill_choice_row_set_usual (MILL_CHOICE_ROW (row), get_place (knob, usual), text);
  g_signal_connect (row, "changed-by-user", G_CALLBACK (chosen_by_user_cb), NULL);
  return row;
}

static GtkWidget *
new_number_row (MillRun *run, MillKnob *knob)
{
  GtkWidget *widget = mill_knob_row_new (kind_of (knob), mill_knob_get_label (knob));
  MillKnobRow *row = MILL_KNOB_ROW (widget);
  g_autofree char *text = NULL;
  double usual = get_usual (run, knob, &text);

  set_range (row, knob);
  mill_knob_row_set_unit (row, mill_knob_get_unit (knob));
  mill_knob_row_set_description (row, mill_knob_get_help (knob));
  mill_knob_row_set_usual (row, usual, text);
  g_signal_connect (row, "changed-by-user", G_CALLBACK (changed_by_user_cb), NULL);
  return widget;
}

/**
 * mill_knob_binding_new_row:
 * @run: (transfer none): the run
 * @knob: (transfer none): one of its knobs
 *
 * Returns: (transfer floating): a row that turns @knob
 */
GtkWidget *
mill_knob_binding_new_row (MillRun *run, MillKnob *knob)
{
  gboolean is_choice = G_IS_PARAM_SPEC_ENUM (mill_knob_get_pspec (knob));
  GtkWidget *row = is_choice ? new_choice_row (run, knob) : new_number_row (run, knob);
  Binding *binding = g_new0 (Binding, 1);

  binding->run = g_object_ref (run);
  binding->knob = mill_knob_ref (knob);
  g_object_set_qdata_full (G_OBJECT (row), binding_quark (), binding, binding_free);
  mill_knob_binding_refresh (row);

  return row;
}

/**
 * mill_knob_binding_refresh:
 * @row: a row of mill_knob_binding_new_row()
 *
 * Shows the knob's value as it is now, unless it is in the user's hands.
 */
void
mill_knob_binding_refresh (GtkWidget *row)
{
  Binding *binding = g_object_get_qdata (G_OBJECT (row), binding_quark ());

  double value = mill_run_get_knob_number (binding->run, binding->knob);

  if (MILL_IS_CHOICE_ROW (row))
    mill_choice_row_set_chosen (MILL_CHOICE_ROW (row), get_place (binding->knob, value));
  else if (!mill_knob_row_is_editing (MILL_KNOB_ROW (row)))
    mill_knob_row_set_value (MILL_KNOB_ROW (row), value);
}
