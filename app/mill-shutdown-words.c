/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run ends, in words. */

#include "config.h"

#include "mill-shutdown-words.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-words.h"

static const MillStageSnapshot *
get_stage (const MillSnapshot *snapshot, guint index)
{
  return g_ptr_array_index (snapshot->stages, index);
}

/**
 * mill_shutdown_words_find_holder:
 * @snapshot: a run
 * @stage: (out) (optional): which stage it is, for %MILL_JOIN_STAGE
 *
 * Returns: for what a join waits, or would wait first
 */
MillJoinHolder
mill_shutdown_words_find_holder (const MillSnapshot *snapshot, guint *stage)
{
  if (snapshot->state == MILL_STATE_IDLE || mill_state_is_final (snapshot->state))
    return MILL_JOIN_NOBODY;
  if (snapshot->ending.began_us > 0 && snapshot->ending.source_us == 0)
    return MILL_JOIN_SOURCE;
  for (guint i = 0; i < snapshot->stages->len; i++)
    if (get_stage (snapshot, i)->unfinished > 0 || get_stage (snapshot, i)->queue.unfinished > 0)
      {
        if (stage != NULL)
          *stage = i;
        return MILL_JOIN_STAGE;
      }
  if (snapshot->ending.source_us == 0)
    return MILL_JOIN_SOURCE;
  return snapshot->ending.wrap_up_us == 0 ? MILL_JOIN_WORKERS : MILL_JOIN_STEPS;
}

/**
 * mill_shutdown_words_find_oldest:
 * @stage: a stage
 *
 * Returns: (transfer none) (nullable): the worker that has held its item for the longest time
 */
const MillHand *
mill_shutdown_words_find_oldest (const MillStageSnapshot *stage)
{
  const MillHand *oldest = NULL;

  for (guint i = 0; i < stage->hands->len; i++)
    {
      const MillHand *hand = &g_array_index (stage->hands, MillHand, i);

      if (hand->has_item && (oldest == NULL || hand->item_since_us < oldest->item_since_us))
        oldest = hand;
    }
  return oldest;
}

static char *
name_unfinished (guint64 n)
{
  g_autofree char *count = mill_format_count (n);

  return g_strdup_printf (ngettext ("%s unfinished item", "%s unfinished items", (gulong) n), count);
}

static char *
name_end (const MillSnapshot *snapshot)
{
  g_autofree char *span = mill_words_span (MAX (snapshot->ending.end_us - snapshot->ending.began_us, 0));

  if (snapshot->state == MILL_STATE_FAILED)
    /* Translators: a span of time: how long the end of a run took */
    return g_strdup_printf (_ ("Failed: it took %s to end"), span);
  if (snapshot->state == MILL_STATE_STOPPED)
    /* Translators: a span of time: how long the end of a run took */
    return g_strdup_printf (_ ("Stopped: it took %s to end"), span);
  /* Translators: a span of time: how long the end of a run took */
  return g_strdup_printf (_ ("Finished: it took %s to end"), span);
}

static char *
title_of_end (const MillSnapshot *snapshot)
{
  guint stage = 0;
  gboolean is_stop = snapshot->state == MILL_STATE_STOPPING;

  switch (mill_shutdown_words_find_holder (snapshot, &stage))
    {
    case MILL_JOIN_SOURCE:
      return g_strdup_printf (is_stop ? _ ("Stopping: the source “%s” has not ended yet")
                                      : _ ("Draining: the source “%s” has not ended yet"),
                              snapshot->source_name);
    case MILL_JOIN_STAGE:
      return g_strdup_printf (is_stop ? _ ("Stopping: “%s” holds join up")
                                      : _ ("Draining: “%s” holds join up"),
                              get_stage (snapshot, stage)->name);
    case MILL_JOIN_WORKERS:
      return g_strdup (_ ("All items are through; the last workers end"));
    case MILL_JOIN_STEPS:
      return g_strdup (_ ("All workers have ended; the steps wrap up"));
    case MILL_JOIN_NOBODY:
    default:
      return name_end (snapshot);
    }
}

/**
 * mill_shutdown_words_title:
 * @snapshot: a run
 *
 * Returns: (transfer full): where the run is on its way to the end, in a line
 */
char *
mill_shutdown_words_title (const MillSnapshot *snapshot)
{
  g_autofree char *unfinished = NULL;

  if (snapshot->state == MILL_STATE_IDLE)
    return g_strdup (_ ("Not started"));
  if (snapshot->ending.began_us > 0)
    return title_of_end (snapshot);
  unfinished = name_unfinished (snapshot->unfinished);
  if (snapshot->state == MILL_STATE_PAUSED)
    /* Translators: “12 unfinished items” */
    return g_strdup_printf (_ ("Paused: join would wait for %s"), unfinished);
  /* Translators: “12 unfinished items” */
  return g_strdup_printf (_ ("Running: join would wait for %s"), unfinished);
}

/**
 * mill_shutdown_words_oldest:
 * @snapshot: a run
 * @stage: one of its stages
 *
 * Returns: (transfer full) (nullable): who holds the stage's oldest item, which, and for how long
 */
char *
mill_shutdown_words_oldest (const MillSnapshot *snapshot, const MillStageSnapshot *stage)
{
  const MillHand *hand = mill_shutdown_words_find_oldest (stage);

  return hand != NULL ? mill_shutdown_words_hand (stage, hand, snapshot->time_us) : NULL;
}

/* What holds the join up, of a run that ends. */
static char *
describe_holder (const MillSnapshot *snapshot)
{
  guint index = 0;
  g_autofree char *unfinished = NULL;
  g_autofree char *oldest = NULL;
  const MillStageSnapshot *stage;

  if (mill_shutdown_words_find_holder (snapshot, &index) != MILL_JOIN_STAGE)
    return g_strdup (snapshot->producer == MILL_PRODUCER_BLOCKED
                         ? _ ("It has an item in its hands and waits for room in the first queue.")
                         : "");
  stage = get_stage (snapshot, index);
  unfinished = name_unfinished (stage->queue.unfinished);
  oldest = mill_shutdown_words_oldest (snapshot, stage);
  if (oldest == NULL)
    /* Translators: a stage's name, then “12 unfinished items” */
    return g_strdup_printf (_ ("%s has %s, and nobody works on them."), stage->name, unfinished);
  /* Translators: a stage's name, “12 unfinished items”, and such as “fetch-3 · busy · item 4711 · 12.3 s” */
  return g_strdup_printf (_ ("%s has %s. The oldest in work: %s."), stage->name, unfinished, oldest);
}

/**
 * mill_shutdown_words_returns:
 * @snapshot: a run
 *
 * Returns: (transfer full): what a stop would return now: how much is queued, how much in work
 */
char *
mill_shutdown_words_returns (const MillSnapshot *snapshot)
{
  guint64 queued = 0;
  g_autofree char *queued_text = NULL;
  g_autofree char *work_text = NULL;

  for (guint i = 0; i < snapshot->stages->len; i++)
    queued += get_stage (snapshot, i)->queue.depth;
  queued = MIN (queued, snapshot->unfinished);
  queued_text = mill_format_count (queued);
  work_text = mill_format_count (snapshot->unfinished - queued);
  /* Translators: numbers of items: in the queues, and in the hands of workers and of the source */
  return g_strdup_printf (_ ("%s queued · %s in work"), queued_text, work_text);
}

static char *
describe_choices (const MillSnapshot *snapshot, double deadline_s)
{
  g_autofree char *deadline = mill_words_span ((gint64) (deadline_s * G_USEC_PER_SEC));
  g_autofree char *count = mill_format_count (snapshot->unfinished);
  g_autofree char *returns = mill_shutdown_words_returns (snapshot);

  /* Translators: a span of time; a number of items; “12 queued · 3 in work” */
  return g_strdup_printf (_ ("A drain ends the source, shuts each queue down once the one before is joined, "
                             "and works everything off; "
                             "if that takes longer than %s, it becomes a stop. A stop cancels everything now "
                             "and returns %s unprocessed "
                             "(%s): none is lost."),
                          deadline, count, returns);
}

/**
 * mill_shutdown_words_detail:
 * @snapshot: a run
 * @deadline_s: how long a drain may take, in seconds
 *
 * Returns: (transfer full): while it runs, what a drain and a stop would do; while it ends, what holds it up
 */
char *
mill_shutdown_words_detail (const MillSnapshot *snapshot, double deadline_s)
{
  if (snapshot->state == MILL_STATE_IDLE)
    return g_strdup (
        _ ("Start the run. Then this page shows who holds what, and what a drain or a stop would do; and "
           "while it ends, what is done and what is waited for."));
  if (snapshot->ending.began_us == 0)
    return describe_choices (snapshot, deadline_s);
  return describe_holder (snapshot);
}

/**
 * mill_shutdown_words_queue_state:
 * @stage: a stage
 *
 * Returns: (transfer none): whether its queue is open, shut down, drained or joined
 */
const char *
mill_shutdown_words_queue_state (const MillStageSnapshot *stage)
{
  if (stage->joined_us > 0)
    /* Translators: a queue: every item that was put has been reported done */
    return _ ("joined");
  if (!stage->queue.is_shut_down)
    /* Translators: a queue that takes items */
    return _ ("open");
  /* Translators: a queue that takes no items any more: empty; with items still in it */
  return stage->queue.depth == 0 ? _ ("drained") : _ ("shut down");
}

/**
 * mill_shutdown_words_queue:
 * @stage: a stage
 *
 * A join of the queue waits until its workers have reported each item done; one that waits for room in the
 * next queue has not, though its item is in the next stage's books already.
 *
 * Returns: (transfer full): what is queued, in work and unfinished
 */
char *
mill_shutdown_words_queue (const MillStageSnapshot *stage)
{
  const MillQueueStats *queue = &stage->queue;
  guint64 queued = MIN (queue->depth, queue->unfinished);
  g_autofree char *depth = mill_format_count (queued);
  g_autofree char *work = mill_format_count (queue->unfinished - queued);
  g_autofree char *unfinished = mill_format_count (queue->unfinished);

  /* Translators: numbers of items of a stage */
  return g_strdup_printf (_ ("%s queued + %s in work = %s unfinished"), depth, work, unfinished);
}

/**
 * mill_shutdown_words_hand:
 * @stage: a stage
 * @hand: one of its workers
 * @now_us: g_get_monotonic_time() of the snapshot
 *
 * Returns: (transfer full): the worker, what it does, with which item, and since when
 */
char *
mill_shutdown_words_hand (const MillStageSnapshot *stage, const MillHand *hand, gint64 now_us)
{
  gint64 since_us = hand->has_item ? hand->item_since_us : hand->state_since_us;
  g_autofree char *span = mill_words_span (MAX (now_us - since_us, 0));
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, hand->item_id);

  if (!hand->has_item)
    /* Translators: a worker's stage and number, what it does, for how long; “fetch-3 · idle · 2.1 s” */
    return g_strdup_printf (_ ("%s-%u · %s · %s"), stage->name, hand->number,
                            mill_words_worker_state (hand->state), span);
  /* Translators: a worker's stage and number, what it does, its item, for how long it has had it; “fetch-3 ·
   * busy · item 4711 · 12.3 s” */
  return g_strdup_printf (_ ("%s-%u · %s · item %s · %s"), stage->name, hand->number,
                          mill_words_worker_state (hand->state), id, span);
}

/**
 * mill_shutdown_words_stuck:
 * @stuck: somebody who was given up on
 * @now_us: g_get_monotonic_time() of the snapshot
 *
 * Returns: (transfer full): who it is, with which item, and for how long it has not returned
 */
char *
mill_shutdown_words_stuck (const MillStuck *stuck, gint64 now_us)
{
  g_autofree char *span = mill_words_span (MAX (now_us - stuck->since_us, 0));
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, stuck->item_id);

  if (!stuck->has_item)
    /* Translators: who ignored that it was told to end, and for how long */
    return g_strdup_printf (_ ("%s · stuck, given up on · %s"), stuck->name, span);
  /* Translators: who ignored that it was told to end, its item, and for how long */
  return g_strdup_printf (_ ("%s · stuck, given up on · item %s · %s"), stuck->name,
                          stuck->item_key != NULL ? stuck->item_key : id, span);
}
