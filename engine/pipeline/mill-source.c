/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSource: where items come from. */

#include "config.h"

#include "pipeline/mill-source.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"

typedef struct
{
  GMutex lock;     /* guards the two below: a producer may end while another thread wakes it */
  GFunc wake_func; /* (nullable) */
  gpointer wake_data;
} MillSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MillSource, mill_source, G_TYPE_OBJECT)

static void
mill_source_finalize (GObject *object)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (MILL_SOURCE (object));

  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (mill_source_parent_class)->finalize (object);
}

static void
mill_source_class_init (MillSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_source_finalize;
}

static void
mill_source_init (MillSource *self)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (self);

  g_mutex_init (&priv->lock);
}

/**
 * mill_source_yield_set_item:
 * @item: (transfer none): the item; a reference is taken
 *
 * Hands the producer an item, to go with %MILL_SOURCE_READY. In C the fields can be set as well.
 */
void
mill_source_yield_set_item (MillSourceYield *self, MillItem *item)
{
  self->item = mill_item_ref (item);
}

/**
 * mill_source_yield_set_wait:
 * @ready_at_us: when to ask again, in microseconds of the pipeline's clock; %G_MAXINT64 when only a
 *   wake-up will do
 * @why: (nullable): for what the source waits, translated; kept for ever, so one of a few
 *
 * Says for what the source waits, to go with %MILL_SOURCE_WAIT. In C the fields can be set as well.
 */
void
mill_source_yield_set_wait (MillSourceYield *self, gint64 ready_at_us, const char *why)
{
  self->ready_at_us = ready_at_us;
  self->why = g_intern_string (why);
}

/**
 * mill_source_open:
 * @pipeline: (transfer none): whose source it is
 *
 * Called once, before the start, on the starting thread: checks the configuration. Without an implementation
 * it succeeds.
 *
 * Returns: %FALSE with an error for people if the source cannot begin
 */
gboolean
mill_source_open (MillSource *self, MillPipeline *pipeline, GError **error)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  return klass->open == NULL || klass->open (self, pipeline, error);
}

/**
 * mill_source_poll:
 * @now_us: the time, in microseconds of the pipeline's clock
 * @yield: filled by the source, see [struct@Mill.SourceYield]; the item in it is the caller's
 *
 * Asks for the next item. Called by one thread at a time, and must not wait; a subclass implements it.
 *
 * Returns: what is in @yield, or that nothing more will come; after %MILL_SOURCE_ERROR @error says why
 */
MillSourceResult
mill_source_poll (MillSource *self, gint64 now_us, MillSourceYield *yield, GError **error)
{
  GError *local_error = NULL;
  MillSourceResult result;

  *yield = (MillSourceYield){ NULL, G_MAXINT64, NULL };
  result = MILL_SOURCE_GET_CLASS (self)->poll (self, now_us, yield, &local_error);
  /* What another language's exception looks like: neither an item nor an error. */
  if (result == MILL_SOURCE_READY && yield->item == NULL)
    result = MILL_SOURCE_ERROR;
  if (result == MILL_SOURCE_ERROR && local_error == NULL)
    g_set_error_literal (&local_error, MILL_ERROR, MILL_ERROR_FAILED,
                         _ ("the source failed and did not say why"));
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  return result;
}

/**
 * mill_source_left_stage:
 * @item: (transfer none): the item
 * @stage: the stage's number, 0 is the first
 *
 * Tells the source that an item went through a stage. Called by any thread, also while `poll` runs.
 */
void
mill_source_left_stage (MillSource *self, MillItem *item, guint stage)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->left_stage != NULL)
    klass->left_stage (self, item, stage);
}

/**
 * mill_source_settled:
 * @item: (transfer none): the item
 * @outcome: what became of it
 * @error: (nullable): why it is dead
 *
 * Tells the source what became of an item. Called by any thread, also while `poll` runs.
 */
void
mill_source_settled (MillSource *self, MillItem *item, MillOutcome outcome, const GError *error)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->settled != NULL)
    klass->settled (self, item, outcome, error);
}

/**
 * mill_source_requeued:
 * @self: the source
 * @item: a dead letter's item, which is about to be tried again
 *
 * Tells a source that an item it was told is dead is not. Called by any thread, before the item can be
 * settled again.
 */
void
mill_source_requeued (MillSource *self, MillItem *item)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->requeued != NULL)
    klass->requeued (self, item);
}

/**
 * mill_source_is_watcher:
 * @self: the source
 *
 * Whether the source wants to hear what becomes of its items.
 *
 * Returns: whether mill_source_left_stage(), mill_source_settled() or mill_source_requeued() do anything
 */
gboolean
mill_source_is_watcher (MillSource *self)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  return klass->left_stage != NULL || klass->settled != NULL || klass->requeued != NULL;
}

/**
 * mill_source_get_total:
 *
 * How many items the source will have produced in the end. Called by any thread.
 *
 * Returns: the number, or -1 if it is not known
 */
gint64
mill_source_get_total (MillSource *self)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  return klass->get_total != NULL ? klass->get_total (self) : -1;
}

/**
 * mill_source_take_rest:
 * @self: the source
 *
 * After the last poll of a run that was told to end: asks for what the source took from a sender and has not
 * given yet. Called by the thread that polled, until there is nothing more.
 *
 * Returns: (transfer full) (nullable): the next item
 */
MillItem *
mill_source_take_rest (MillSource *self)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  return klass->take_rest != NULL ? klass->take_rest (self) : NULL;
}

/**
 * mill_source_dup_address:
 * @self: the source
 *
 * Where others send what becomes items. Called by any thread, once the source is open.
 *
 * Returns: (transfer full) (nullable): what to connect to, or %NULL if it does not listen
 */
char *
mill_source_dup_address (MillSource *self)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  return klass->dup_address != NULL ? klass->dup_address (self) : NULL;
}

/**
 * mill_source_reads_blocking:
 *
 * Whether `poll` may wait for a file.
 *
 * Returns: %TRUE if the source needs %MILL_KIND_THREADS
 */
gboolean
mill_source_reads_blocking (MillSource *self)
{
  return MILL_SOURCE_GET_CLASS (self)->reads_blocking;
}

/**
 * mill_source_close:
 *
 * Called once, after the last worker has ended.
 */
void
mill_source_close (MillSource *self)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->close != NULL)
    klass->close (self);
}

/**
 * mill_source_wake:
 *
 * From a subclass, on any thread: something may be ready now. Called without a lock that `poll` takes.
 */
void
mill_source_wake (MillSource *self)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  if (priv->wake_func != NULL)
    priv->wake_func (self, priv->wake_data);
  g_mutex_unlock (&priv->lock);
}

/**
 * mill_source_set_wake_func: (skip)
 * @func: (nullable): what to call, on any thread
 * @user_data: for @func
 *
 * From the producer: what to call on a wake-up.
 */
void
mill_source_set_wake_func (MillSource *self, GFunc func, gpointer user_data)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  priv->wake_func = func;
  priv->wake_data = user_data;
  g_mutex_unlock (&priv->lock);
}

/**
 * mill_source_keeps_time:
 * @self: the source
 *
 * Whether the source knows of no other time than the pipeline's clock.
 *
 * Returns: whether a run with it can leap over waits, see mill_pipeline_set_leaping()
 */
gboolean
mill_source_keeps_time (MillSource *self)
{
  return MILL_SOURCE_GET_CLASS (self)->keeps_time;
}

/**
 * mill_source_get_poisson_rate:
 * @self: the source
 * @urgent_share: (out): which share of the items is urgent (of a priority below 0), from 0 to 1
 *
 * How many items come in a second, if they come at random: as a Poisson process. Called by any thread.
 *
 * Returns: the rate now, or -1 if they come otherwise
 */
double
mill_source_get_poisson_rate (MillSource *self, double *urgent_share)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  *urgent_share = 0.0;
  return klass->get_poisson_rate != NULL ? klass->get_poisson_rate (self, urgent_share) : -1.0;
}
