/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillKnobHistory: a list of steps, each a list of turns, and where in it we are. */

#include "config.h"

#include "mill-knob-history.h"

struct _MillKnobHistory
{
  guint capacity;
  GPtrArray *steps;  /* (owned) of (owned) GPtrArray of (owned) MillKnobTurn */
  guint n_done;      /* the steps before it can be undone, the others redone */
  gboolean is_open;  /* the last step takes whatever comes */
  gint64 last_us;    /* of the last turn */
  gboolean may_join; /* the last step takes turns of the same knob that follow closely */
};

static void
turn_free (gpointer data)
{
  MillKnobTurn *turn = data;

  g_free (turn->path);
  g_free (turn);
}

static gboolean
is_idle (const MillKnobTurn *turn)
{
  return !(turn->before < turn->after) && !(turn->before > turn->after);
}

/**
 * mill_knob_history_new:
 * @capacity: how many steps to remember; more than 0
 *
 * Returns: (transfer full): an empty history
 */
MillKnobHistory *
mill_knob_history_new (guint capacity)
{
  MillKnobHistory *self = g_new0 (MillKnobHistory, 1);

  self->capacity = capacity;
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
mill_knob_history_free (MillKnobHistory *self)
{
  g_ptr_array_unref (self->steps);
  g_free (self);
}

static GPtrArray *
get_last (MillKnobHistory *self)
{
  return g_ptr_array_index (self->steps, self->n_done - 1);
}

static void
push_step (MillKnobHistory *self)
{
  g_ptr_array_set_size (self->steps, (gint) self->n_done);
  if (self->n_done == self->capacity)
    {
      g_ptr_array_remove_index (self->steps, 0);
      self->n_done--;
    }
  g_ptr_array_add (self->steps, g_ptr_array_new_with_free_func (turn_free));
  self->n_done++;
}

static void
drop_if_empty (MillKnobHistory *self)
{
  if (get_last (self)->len > 0)
    return;
  self->n_done--;
  g_ptr_array_set_size (self->steps, (gint) self->n_done);
  self->may_join = FALSE;
}

/**
 * mill_knob_history_begin:
 *
 * All turns until mill_knob_history_end() are one step.
 */
void
mill_knob_history_begin (MillKnobHistory *self)
{
  g_return_if_fail (!self->is_open);

  push_step (self);
  self->is_open = TRUE;
}

/**
 * mill_knob_history_end:
 *
 * The step is complete; if nothing was turned there is none.
 */
void
mill_knob_history_end (MillKnobHistory *self)
{
  g_return_if_fail (self->is_open);

  self->is_open = FALSE;
  self->may_join = FALSE;
  drop_if_empty (self);
}

/* The turn of the last step that goes on with one of @path at @now_us, or -1. */
static gint
find_turn (MillKnobHistory *self, const char *path, gint64 now_us)
{
  const GPtrArray *last = self->n_done > 0 ? get_last (self) : NULL;
  gboolean is_close = self->may_join && now_us - self->last_us <= MILL_KNOB_DRAG_US;

  for (guint i = 0; last != NULL && (self->is_open || is_close) && i < last->len; i++)
    if (g_str_equal (((MillKnobTurn *) g_ptr_array_index (last, i))->path, path))
      return (gint) i;
  return -1;
}

static void
add_turn (MillKnobHistory *self, const char *path, double before, double after)
{
  MillKnobTurn *turn = g_new (MillKnobTurn, 1);

  *turn = (MillKnobTurn){ g_strdup (path), before, after };
  if (!self->is_open)
    push_step (self);
  g_ptr_array_add (get_last (self), turn);
  self->may_join = !self->is_open;
}

/**
 * mill_knob_history_add:
 * @path: a knob
 * @before: where it stood
 * @after: where it stands now
 * @now_us: the monotonic time
 *
 * A person has turned a knob. What was undone can no longer be redone.
 */
void
mill_knob_history_add (MillKnobHistory *self, const char *path, double before, double after, gint64 now_us)
{
  gint index = find_turn (self, path, now_us);

  if (index >= 0)
    {
      MillKnobTurn *turn = g_ptr_array_index (get_last (self), index);

      turn->after = after;
      if (is_idle (turn))
        g_ptr_array_remove_index (get_last (self), (guint) index);
      if (!self->is_open)
        drop_if_empty (self);
    }
  else if (!is_idle (&(MillKnobTurn){ NULL, before, after }))
    add_turn (self, path, before, after);
  self->last_us = now_us;
}

/**
 * mill_knob_history_can_undo:
 *
 * Returns: whether there is a step to undo
 */
gboolean
mill_knob_history_can_undo (const MillKnobHistory *self)
{
  return self->n_done > 0 && !self->is_open;
}

/**
 * mill_knob_history_can_redo:
 *
 * Returns: whether there is a step to redo
 */
gboolean
mill_knob_history_can_redo (const MillKnobHistory *self)
{
  return self->n_done < self->steps->len && !self->is_open;
}

/**
 * mill_knob_history_undo:
 *
 * Goes back a step. The caller turns the knobs to where they stood before.
 *
 * Returns: (transfer none) (nullable) (element-type MillKnobTurn): the step; valid until the next call that
 *   changes the history; %NULL when there is none
 */
const GPtrArray *
mill_knob_history_undo (MillKnobHistory *self)
{
  if (!mill_knob_history_can_undo (self))
    return NULL;
  self->may_join = FALSE;
  self->n_done--;
  return g_ptr_array_index (self->steps, self->n_done);
}

/**
 * mill_knob_history_redo:
 *
 * Goes forth a step. The caller turns the knobs to where they stood after.
 *
 * Returns: (transfer none) (nullable) (element-type MillKnobTurn): the step, as of mill_knob_history_undo()
 */
const GPtrArray *
mill_knob_history_redo (MillKnobHistory *self)
{
  if (!mill_knob_history_can_redo (self))
    return NULL;
  self->may_join = FALSE;
  self->n_done++;
  return g_ptr_array_index (self->steps, self->n_done - 1);
}
