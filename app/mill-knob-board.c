/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobBoard: turns knobs and remembers how they stood. */

#include "config.h"

#include "mill-knob-board.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mill-knob-history.h"
#include "mill-knob-words.h"

/* A knob that is dragged is turned this often, not with every motion: each turn is an event of the run. */
#define TURN_SPACING_US (100 * G_TIME_SPAN_MILLISECOND)
#define MAX_STEPS       500

struct _MillKnobBoard
{
  GObject parent_instance;

  GPtrArray *knobs;         /* (owned) of (owned) MillKnob */
  GArray *job_numbers;      /* (owned) of double: where each stood in the job */
  MillKnobHistory *history; /* (owned) */
  MillKnob *turning;        /* (unowned) (nullable): a knob still to be set, to turning_value */
  double turning_value;
  gint64 last_turn_us;
  guint turn_timer; /* 0 unless a knob is still to be set */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillKnobBoard, mill_knob_board, G_TYPE_OBJECT)

static gboolean
is_same (double a, double b)
{
  return !(a < b) && !(a > b);
}

static gboolean
is_same_knob (const MillKnob *a, const MillKnob *b)
{
  return g_str_equal (mill_knob_get_path (a), mill_knob_get_path (b));
}

static void
set_number (MillKnobBoard *self, MillKnob *knob, double value)
{
  g_autoptr (GError) error = NULL;

  self->last_turn_us = g_get_monotonic_time ();
  if (!mill_knob_set_number (knob, value, &error))
    g_warning ("%s", error->message);
}

static void
turn_pending (MillKnobBoard *self)
{
  MillKnob *knob = g_steal_pointer (&self->turning);

  g_clear_handle_id (&self->turn_timer, g_source_remove);
  if (knob != NULL)
    set_number (self, knob, self->turning_value);
}

static gboolean
turn_timer_cb (gpointer user_data)
{
  turn_pending (user_data);

  return G_SOURCE_REMOVE;
}

/* At once, or while it is being dragged, a tenth of a second later. */
static void
turn_soon (MillKnobBoard *self, MillKnob *knob, double value)
{
  gint64 since_us = g_get_monotonic_time () - self->last_turn_us;

  if (self->turning != NULL && !is_same_knob (self->turning, knob))
    turn_pending (self);

  if (self->turning == NULL && since_us >= TURN_SPACING_US)
    {
      set_number (self, knob, value);
      return;
    }

  self->turning = mill_knob_board_find (self, mill_knob_get_path (knob));
  self->turning_value = value;
  if (self->turn_timer == 0)
    self->turn_timer = g_timeout_add (TURN_SPACING_US / G_TIME_SPAN_MILLISECOND, turn_timer_cb, self);
}

static double
get_job_number (MillKnobBoard *self, guint index)
{
  return g_array_index (self->job_numbers, double, index);
}

/* Turns it now, and remembers that. */
static void
turn_now (MillKnobBoard *self, MillKnob *knob, double value)
{
  double before = mill_knob_get_number (knob);

  if (is_same (before, value))
    return;
  mill_knob_history_add (self->history, mill_knob_get_path (knob), before, value, g_get_monotonic_time ());
  set_number (self, knob, value);
}

static void
mill_knob_board_dispose (GObject *object)
{
  MillKnobBoard *self = MILL_KNOB_BOARD (object);

  g_clear_handle_id (&self->turn_timer, g_source_remove);
  self->turning = NULL;

  G_OBJECT_CLASS (mill_knob_board_parent_class)->dispose (object);
}

static void
mill_knob_board_finalize (GObject *object)
{
  MillKnobBoard *self = MILL_KNOB_BOARD (object);

  g_clear_pointer (&self->knobs, g_ptr_array_unref);
  g_array_unref (self->job_numbers);
  mill_knob_history_free (self->history);

  G_OBJECT_CLASS (mill_knob_board_parent_class)->finalize (object);
}

static void
mill_knob_board_class_init (MillKnobBoardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mill_knob_board_dispose;
  object_class->finalize = mill_knob_board_finalize;

  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", MILL_TYPE_KNOB_BOARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mill_knob_board_init (MillKnobBoard *self)
{
  self->job_numbers = g_array_new (FALSE, FALSE, sizeof (double));
  self->history = mill_knob_history_new (MAX_STEPS);
}

/**
 * mill_knob_board_new:
 * @pipeline: (transfer none): a pipeline as its job describes it
 *
 * Returns: (transfer full): a board of its knobs, with an empty history
 */
MillKnobBoard *
mill_knob_board_new (MillPipeline *pipeline)
{
  MillKnobBoard *self = g_object_new (MILL_TYPE_KNOB_BOARD, NULL);

  self->knobs = mill_pipeline_list_knobs (pipeline);
  for (guint i = 0; i < self->knobs->len; i++)
    {
      double number = mill_knob_get_number (g_ptr_array_index (self->knobs, i));

      g_array_append_val (self->job_numbers, number);
    }
  return self;
}

/**
 * mill_knob_board_get_knobs:
 *
 * Returns: (transfer none) (element-type MillKnob): all knobs, in the order of the flow
 */
GPtrArray *
mill_knob_board_get_knobs (MillKnobBoard *self)
{
  return self->knobs;
}

/**
 * mill_knob_board_find:
 * @path: "stage.knob"
 *
 * Returns: (transfer none) (nullable): the knob
 */
MillKnob *
mill_knob_board_find (MillKnobBoard *self, const char *path)
{
  for (guint i = 0; i < self->knobs->len; i++)
    if (g_str_equal (mill_knob_get_path (g_ptr_array_index (self->knobs, i)), path))
      return g_ptr_array_index (self->knobs, i);
  return NULL;
}

/**
 * mill_knob_board_get_number:
 * @knob: one of the knobs
 *
 * Returns: the value of @knob, or what it will be in a moment
 */
double
mill_knob_board_get_number (MillKnobBoard *self, const MillKnob *knob)
{
  if (self->turning != NULL && is_same_knob (self->turning, knob))
    return self->turning_value;

  return mill_knob_get_number (knob);
}

/**
 * mill_knob_board_get_job_number:
 * @knob: one of the knobs
 *
 * Returns: where @knob stands in the job
 */
double
mill_knob_board_get_job_number (MillKnobBoard *self, const MillKnob *knob)
{
  for (guint i = 0; i < self->knobs->len; i++)
    if (is_same_knob (g_ptr_array_index (self->knobs, i), knob))
      return get_job_number (self, i);
  g_return_val_if_reached (0);
}

/**
 * mill_knob_board_turn:
 * @knob: one of the knobs
 * @value: its new value; brought into its range
 *
 * Turns the knob, at once or, while it is being dragged, a tenth of a second later.
 */
void
mill_knob_board_turn (MillKnobBoard *self, MillKnob *knob, double value)
{
  double allowed = CLAMP (value, mill_knob_get_minimum (knob), mill_knob_get_maximum (knob));
  double before = mill_knob_board_get_number (self, knob);

  if (mill_knob_is_integer (knob))
    allowed = round (allowed);
  mill_knob_history_add (self->history, mill_knob_get_path (knob), before, allowed, g_get_monotonic_time ());
  turn_soon (self, knob, allowed);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * mill_knob_board_is_as_in_job:
 *
 * Returns: whether all knobs stand as in the job
 */
gboolean
mill_knob_board_is_as_in_job (MillKnobBoard *self)
{
  for (guint i = 0; i < self->knobs->len; i++)
    if (!is_same (mill_knob_board_get_number (self, g_ptr_array_index (self->knobs, i)),
                  get_job_number (self, i)))
      return FALSE;
  return TRUE;
}

/**
 * mill_knob_board_reset:
 *
 * Turns all knobs to where they stand in the job, in one step of the history.
 */
void
mill_knob_board_reset (MillKnobBoard *self)
{
  turn_pending (self);
  mill_knob_history_begin (self->history);
  for (guint i = 0; i < self->knobs->len; i++)
    turn_now (self, g_ptr_array_index (self->knobs, i), get_job_number (self, i));
  mill_knob_history_end (self->history);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
is_fault_on (MillKnobBoard *self, const MillKnob *knob)
{
  return mill_knob_is_fault (knob) &&
         !is_same (mill_knob_board_get_number (self, knob), mill_knob_get_default (knob));
}

/**
 * mill_knob_board_has_faults_on:
 * @owner: (nullable): a stage; %NULL for any
 *
 * Returns: whether trouble is made for it
 */
gboolean
mill_knob_board_has_faults_on (MillKnobBoard *self, const char *owner)
{
  for (guint i = 0; i < self->knobs->len; i++)
    {
      const MillKnob *knob = g_ptr_array_index (self->knobs, i);

      if (is_fault_on (self, knob) && (owner == NULL || g_str_equal (mill_knob_get_owner (knob), owner)))
        return TRUE;
    }
  return FALSE;
}

/**
 * mill_knob_board_turn_faults_off:
 *
 * Ends all the trouble that is made, in one step of the history.
 */
void
mill_knob_board_turn_faults_off (MillKnobBoard *self)
{
  turn_pending (self);
  mill_knob_history_begin (self->history);
  for (guint i = 0; i < self->knobs->len; i++)
    {
      MillKnob *knob = g_ptr_array_index (self->knobs, i);

      if (is_fault_on (self, knob))
        turn_now (self, knob, mill_knob_get_default (knob));
    }
  mill_knob_history_end (self->history);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * mill_knob_board_can_undo:
 *
 * Returns: whether there is a turn to undo
 */
gboolean
mill_knob_board_can_undo (MillKnobBoard *self)
{
  return mill_knob_history_can_undo (self->history);
}

/**
 * mill_knob_board_can_redo:
 *
 * Returns: whether there is a turn to redo
 */
gboolean
mill_knob_board_can_redo (MillKnobBoard *self)
{
  return mill_knob_history_can_redo (self->history);
}

/* (transfer full): the step in words. */
static char *
describe (MillKnobBoard *self, const GPtrArray *step)
{
  const MillKnobTurn *turn = g_ptr_array_index (step, 0);

  if (step->len == 1)
    return mill_knob_words_turn (mill_knob_board_find (self, turn->path), turn->before, turn->after);
  return g_strdup_printf (ngettext ("%u knob", "%u knobs", step->len), step->len);
}

static void
apply (MillKnobBoard *self, const GPtrArray *step, gboolean forth)
{
  for (guint i = 0; i < step->len; i++)
    {
      const MillKnobTurn *turn = g_ptr_array_index (step, i);

      set_number (self, mill_knob_board_find (self, turn->path), forth ? turn->after : turn->before);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * mill_knob_board_undo:
 *
 * Takes the last step back.
 *
 * Returns: (transfer full) (nullable): what was undone, in words; %NULL when there was nothing
 */
char *
mill_knob_board_undo (MillKnobBoard *self)
{
  const GPtrArray *step;
  g_autofree char *what = NULL;

  turn_pending (self);
  step = mill_knob_history_undo (self->history);
  if (step == NULL)
    return NULL;
  what = describe (self, step);
  apply (self, step, FALSE);
  /* Translators: what was undone, as “fetch: Slots 24 → 32” or “3 knobs” */
  return g_strdup_printf (_ ("%s undone"), what);
}

/**
 * mill_knob_board_redo:
 *
 * Takes the step that was undone last again.
 *
 * Returns: (transfer full) (nullable): what was redone, in words; %NULL when there was nothing
 */
char *
mill_knob_board_redo (MillKnobBoard *self)
{
  const GPtrArray *step;
  g_autofree char *what = NULL;

  turn_pending (self);
  step = mill_knob_history_redo (self->history);
  if (step == NULL)
    return NULL;
  what = describe (self, step);
  apply (self, step, TRUE);
  /* Translators: what was redone, as “fetch: Slots 24 → 32” or “3 knobs” */
  return g_strdup_printf (_ ("%s redone"), what);
}
