/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPipeline's dead letters on their way back. A requeue is booked at once, by the caller; the control
 * thread then puts the item into the queue of the stage where it died, waiting for room as any producer. The
 * queue is not shut down before all that was booked for it is in; after a stop, the puts fail and the items
 * are returned. So a requeue that was accepted cannot be lost.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "pipeline/mill-pipeline-private.h"

static void feed (MillPipeline *self, guint index);

/* Private; at the very end, when no item is left in them. */
void
mill_pipeline_free_feeds (MillPipeline *self)
{
  g_clear_pointer (&self->feeds, g_free);
}

/* Private; on the control thread. Whether the queue of stage @index can be shut down now; if not, it will be
 * once its requeued items are in. Nothing is requeued into it any more in either case. */
gboolean
mill_pipeline_may_close (MillPipeline *self, guint index)
{
  MillFeed *feed = &self->feeds[index];

  g_mutex_lock (&self->lock);
  feed->is_closed = TRUE;
  feed->closing = feed->items.length > 0;
  g_mutex_unlock (&self->lock);
  return !feed->closing;
}

/* The item at the head was put, or refused because of a stop. */
static void
settle_head (MillPipeline *self, guint index, gboolean ok)
{
  g_autoptr (MillItem) item = NULL;

  g_mutex_lock (&self->lock);
  item = g_queue_pop_head (&self->feeds[index].items);
  g_mutex_unlock (&self->lock);
  if (!ok)
    mill_pipeline_item_lost (self, index, item, MILL_OUTCOME_RETURNED, NULL, 0);
}

static void
put_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree MillMessage *message = user_data;
  MillPipeline *self = message->pipeline;
  guint index = GPOINTER_TO_UINT (message->subject);

  self->feeds[index].putting = FALSE;
  settle_head (self, index, mill_queue_put_finish (MILL_QUEUE (object), result, NULL));
  feed (self, index);
}

static void
put_when_there_is_room (MillPipeline *self, guint index, MillItem *item)
{
  MillMessage *message = g_new (MillMessage, 1);

  *message = (MillMessage){ self, GUINT_TO_POINTER (index) };
  self->feeds[index].putting = TRUE;
  mill_queue_put_async (mill_stage_get_queue (g_ptr_array_index (self->stages, index)), item, NULL, put_cb,
                        message);
}

/* (transfer none) (nullable): the item to be put next; only this thread takes it away. */
static MillItem *
peek (MillPipeline *self, guint index)
{
  MillItem *item;

  g_mutex_lock (&self->lock);
  item = g_queue_peek_head (&self->feeds[index].items);
  g_mutex_unlock (&self->lock);
  return item;
}

/* Puts what can be put, and comes back when there is room for the rest. On the control thread. */
static void
feed (MillPipeline *self, guint index)
{
  MillQueue *queue = mill_stage_get_queue (g_ptr_array_index (self->stages, index));
  MillItem *item;

  if (self->feeds[index].putting)
    return;
  while ((item = peek (self, index)) != NULL)
    {
      if (!mill_queue_try_put (queue, item, NULL))
        {
          put_when_there_is_room (self, index, item);
          return;
        }
      settle_head (self, index, TRUE);
    }
  if (!self->feeds[index].closing)
    return;
  self->feeds[index].closing = FALSE;
  mill_pipeline_close_stage (self, index);
}

static gboolean
feed_cb (gpointer user_data)
{
  g_autofree MillMessage *message = user_data;

  feed (message->pipeline, GPOINTER_TO_UINT (message->subject));
  return G_SOURCE_REMOVE;
}

static guint
find_stage (MillPipeline *self, const MillDeadLetter *letter)
{
  guint index = 0;

  while (g_strcmp0 (mill_stage_get_name (g_ptr_array_index (self->stages, index)), letter->stage) != 0)
    index++;
  return index;
}

static gboolean
is_open_locked (MillPipeline *self)
{
  return self->state == MILL_STATE_RUNNING || self->state == MILL_STATE_PAUSED;
}

static MillDeadLetter *
steal_letter_locked (MillPipeline *self, guint64 id)
{
  for (GList *l = self->dead_letters.head; l != NULL; l = l->next)
    {
      MillDeadLetter *letter = l->data;

      if (letter->id != id)
        continue;
      g_queue_delete_link (&self->dead_letters, l);
      return letter;
    }
  return NULL;
}

/* (transfer full) (nullable): letter @id, which nobody else can requeue from now on. */
static MillDeadLetter *
take_letter (MillPipeline *self, guint64 id, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, id);
  MillDeadLetter *letter = NULL;
  MillState state;
  gboolean is_open;

  g_mutex_lock (&self->lock);
  state = self->state;
  is_open = is_open_locked (self);
  if (is_open)
    letter = steal_letter_locked (self, id);
  g_mutex_unlock (&self->lock);
  if (!is_open)
    mill_pipeline_refuse (state, error);
  else if (letter == NULL)
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("there is no dead letter number %s"), number);
  return letter;
}

static gint
compare_letters (gconstpointer a, gconstpointer b, gpointer user_data)
{
  guint64 id_a = ((const MillDeadLetter *) a)->id;
  guint64 id_b = ((const MillDeadLetter *) b)->id;

  return id_a < id_b ? -1 : id_a > id_b;
}

/* Books @item (transfer full) into stage @index, in the place of @letter; otherwise the letter is back where
 * it was. Both sides of the choice are seen at once. */
static gboolean
book (MillPipeline *self, guint index, MillItem *item, MillDeadLetter *letter)
{
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = is_open_locked (self) && !self->feeds[index].is_closed;
  if (ok)
    {
      if (self->recorder != NULL)
        mill_recorder_requeued (self->recorder, item);
      mill_ledger_requeue (self->ledger, index);
      g_queue_push_tail (&self->feeds[index].items, item);
      mill_pipeline_tell_control (self, feed_cb, GUINT_TO_POINTER (index));
    }
  else
    g_queue_insert_sorted (&self->dead_letters, letter, compare_letters, NULL);
  g_mutex_unlock (&self->lock);
  return ok;
}

/**
 * mill_pipeline_requeue_dead_letter:
 * @self: the pipeline
 * @id: the letter's number, #MillDeadLetter.id
 *
 * Sends a dead letter's item back into the stage where it died, with all its attempts again. Never waits:
 * with a full queue the item is unfinished, and goes in when there is room. Any thread.
 *
 * Returns: %FALSE with %MILL_ERROR_STATE unless the pipeline is running or paused and that stage still takes
 * items, or with %MILL_ERROR_INVALID when there is no such letter (any more); nothing has changed then
 */
gboolean
mill_pipeline_requeue_dead_letter (MillPipeline *self, guint64 id, GError **error)
{
  MillDeadLetter *letter;
  g_autoptr (MillItem) item = NULL;
  g_autoptr (GError) why = NULL;
  guint attempts;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), FALSE);

  letter = take_letter (self, id, error);
  if (letter == NULL)
    return FALSE;
  /* A new one: whoever has a copy of the letter may be reading its item. */
  item = mill_item_copy (letter->item);
  mill_item_set_attempt (item, 0);
  /* Once it is booked, the letter may be anybody's. */
  why = g_error_copy (letter->error);
  attempts = letter->attempts;
  /* Before it can be settled again. */
  mill_source_requeued (self->source, item);
  if (book (self, find_stage (self, letter), mill_item_ref (item), letter))
    {
      mill_dead_letter_free (letter);
      return TRUE;
    }
  mill_item_unref (item);
  mill_item_set_attempt (item, attempts > 0 ? attempts - 1 : 0);
  mill_source_settled (self->source, item, MILL_OUTCOME_DEAD, why);
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_STATE,
                       _ ("the stage where it died takes no more items"));
  return FALSE;
}

/**
 * mill_pipeline_requeue_dead_letters:
 * @self: the pipeline
 *
 * Sends all dead letters back, the oldest first, as mill_pipeline_requeue_dead_letter() does. Those whose
 * stage takes no more items stay dead. Any thread.
 *
 * Returns: how many were sent back, which may be 0; -1 with %MILL_ERROR_STATE unless the pipeline is running
 * or paused
 */
gint
mill_pipeline_requeue_dead_letters (MillPipeline *self, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  MillState state;
  gboolean is_open;
  gint n = 0;

  g_return_val_if_fail (MILL_IS_PIPELINE (self), -1);

  g_mutex_lock (&self->lock);
  state = self->state;
  is_open = is_open_locked (self);
  for (GList *l = self->dead_letters.head; l != NULL; l = l->next)
    g_array_append_val (ids, ((MillDeadLetter *) l->data)->id);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; is_open && i < ids->len; i++)
    n += mill_pipeline_requeue_dead_letter (self, g_array_index (ids, guint64, i), NULL) ? 1 : 0;
  if (is_open)
    return n;
  mill_pipeline_refuse (state, error);
  return -1;
}
