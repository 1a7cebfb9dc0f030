/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWorker: giving up on one whose step does not end. The design is in mill-worker-private.h. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "pipeline/mill-pipeline-private.h"
#include "pipeline/mill-worker-private.h"

/* Looks after the attempt in hand. Any thread, with the stage's lock held. Sets @overdue (transfer full) to
 * what is to be cancelled, its time being over, and @give_up when the control thread has just claimed the
 * attempt's end. Returns when to look again; %G_MAXINT64 when there is no need to. */
gint64
mill_worker_look (MillWorker *self, gint64 now_us, gint64 grace_us, GCancellable **overdue, gboolean *give_up)
{
  gint64 next = G_MAXINT64;

  *overdue = NULL;
  *give_up = FALSE;
  g_mutex_lock (&self->lock);
  if (self->attempt_open && self->deadline_us > 0 && self->deadline_us <= now_us)
    {
      self->deadline_us = 0;
      self->timed_out = TRUE;
      g_atomic_int_set (&self->work.timed_out, TRUE);
      if (self->cancelled_us == 0)
        self->cancelled_us = now_us;
      *overdue = g_object_ref (self->attempt);
    }
  if (self->attempt_open && self->cancelled_us > 0)
    next = self->cancelled_us + grace_us;
  else if (self->attempt_open && self->deadline_us > 0)
    next = self->deadline_us;
  if (self->attempt_open && self->cancelled_us > 0 && next <= now_us && *overdue == NULL)
    {
      self->attempt_open = FALSE;
      self->given_up = *give_up = TRUE;
      next = G_MAXINT64;
    }
  g_mutex_unlock (&self->lock);
  return next;
}

/* The step has returned. FALSE if the worker was given up on before: the result is nobody's. */
gboolean
mill_worker_claim_result (MillWorker *self)
{
  gboolean claimed;

  g_mutex_lock (&self->lock);
  claimed = !self->given_up;
  self->attempt_open = FALSE;
  self->deadline_us = 0;
  g_mutex_unlock (&self->lock);
  return claimed;
}

/* The attempt has met the stage's faults, and the step runs next if it @goes_on; otherwise this is its end,
 * and it counts. FALSE if the worker was given up on before. */
gboolean
mill_worker_leave_fault (MillWorker *self, gboolean goes_on)
{
  gboolean claimed;

  g_mutex_lock (&self->lock);
  claimed = !self->given_up;
  if (claimed)
    self->in_fault = FALSE;
  if (claimed && !goes_on)
    {
      self->attempt_open = FALSE;
      self->deadline_us = 0;
    }
  g_mutex_unlock (&self->lock);
  return claimed;
}

/* Of a worker that was given up on: whether it will come back from there, and on its loop if it has one. */
gboolean
mill_worker_is_in_fault (MillWorker *self)
{
  gboolean in_fault;

  g_mutex_lock (&self->lock);
  in_fault = self->in_fault;
  g_mutex_unlock (&self->lock);
  return in_fault;
}

/* Before the start: begins with @items (transfer full), which another worker was given up on for. */
void
mill_worker_inherit (MillWorker *self, GPtrArray *items, guint attempt, gint64 retry_at_us)
{
  mill_work_take_many (&self->work, items);
  mill_work_begin (&self->work, attempt);
  self->inherited_retry_us = MAX (retry_at_us, 1); /* a virtual clock may begin at 0 */
}

static char *
describe_item (MillItem *item)
{
  const char *key = mill_item_get_key (item);

  if (key == NULL)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, mill_item_get_id (item));
  return g_strdup_printf ("%" G_GUINT64_FORMAT " (%s)", mill_item_get_id (item), key);
}

static void
report (MillWorker *self, MillItem *item, MillVerdict verdict, double seconds)
{
  g_autofree char *name = mill_worker_dup_name (self);
  g_autofree char *what = describe_item (item);
  char *text;

  if (verdict == MILL_VERDICT_RETRY)
    /* Translators: a worker's name, seconds, an item's number and name */
    text = g_strdup_printf (_ ("%s has not returned for %.3g s; its item %s was given to another worker"),
                            name, seconds, what);
  else if (verdict == MILL_VERDICT_DEAD)
    text = g_strdup_printf (_ ("%s has not returned for %.3g s; its item %s is a dead letter"), name, seconds,
                            what);
  else
    text =
        g_strdup_printf (_ ("%s has not returned for %.3g s; its item %s was returned"), name, seconds, what);
  mill_pipeline_report_fault (mill_stage_get_links (self->stage)->pipeline, text);
}

/* What is to become of the item: as after any attempt that took too long, or was stopped. */
static MillVerdict
judge (MillWorker *self, double seconds, GError **error, gint64 *retry_at_us)
{
  if (g_cancellable_is_cancelled (self->stop))
    return MILL_VERDICT_RETURN;
  g_set_error (error, MILL_ERROR, MILL_ERROR_TIMED_OUT,
               _ ("no result within %.3g s, and no end when it was cancelled"), seconds);
  return mill_worker_judge (self, 0, error, retry_at_us);
}

static void
settle (MillWorker *self, MillItem *item, MillOutcome outcome, const GError *error)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);

  if (links->watcher != NULL)
    mill_source_left_stage (links->watcher, item, links->index);
  mill_pipeline_item_lost (links->pipeline, links->index, item, outcome, error, self->work.attempt + 1);
}

/* (transfer full): copies of the @n items from @first on: the step may still be using them. */
static GPtrArray *
copy_items (MillWorker *self, guint first, guint n)
{
  GPtrArray *copies = g_ptr_array_new_full (n, (GDestroyNotify) mill_item_unref);

  for (guint i = first; i < first + n; i++)
    g_ptr_array_add (copies, mill_item_copy (g_ptr_array_index (self->work.items, i)));
  return copies;
}

/* What of a batch waited for its turn goes to another worker, or else the same way as the part before it. */
static guint
rescue_rest (MillWorker *self, MillOutcome outcome, const GError *error)
{
  guint first = self->work.first + self->work.n;
  guint n = self->work.items->len - first;
  g_autoptr (GPtrArray) rest = copy_items (self, first, n);

  if (n == 0 || (outcome == MILL_OUTCOME_DEAD && mill_stage_hand_over (self->stage, rest, 0, 0)))
    return 0;
  for (guint i = 0; i < n; i++)
    settle (self, g_ptr_array_index (rest, i), outcome, error);
  return n;
}

/* Takes over what the worker held, which was just given up on. On the control thread, holding no lock and a
 * reference. Returns how many items were settled: `task_done` is due for them. */
guint
mill_worker_rescue (MillWorker *self)
{
  const MillStageLinks *links = mill_stage_get_links (self->stage);
  g_autoptr (GPtrArray) part = copy_items (self, self->work.first, self->work.n);
  g_autoptr (GError) error = NULL;
  gint64 spent_us = g_get_monotonic_time () - self->attempt_began_us;
  double seconds = (double) spent_us / G_USEC_PER_SEC;
  gint64 retry_at_us = 0;
  MillVerdict verdict = judge (self, seconds, &error, &retry_at_us);
  MillOutcome outcome;

  mill_stage_record_service (self->stage, spent_us);
  mill_semaphore_release (mill_stage_get_semaphore (self->stage), self->slot);
  if (verdict == MILL_VERDICT_RETRY &&
      !mill_stage_hand_over (self->stage, part, self->work.attempt + 1, retry_at_us))
    verdict = MILL_VERDICT_DEAD;
  if (verdict == MILL_VERDICT_RETRY)
    mill_ledger_retry (links->ledger, links->index);
  report (self, mill_work_get_item (&self->work), verdict, seconds);
  outcome = verdict == MILL_VERDICT_RETURN ? MILL_OUTCOME_RETURNED : MILL_OUTCOME_DEAD;
  for (guint i = 0; verdict != MILL_VERDICT_RETRY && i < part->len; i++)
    settle (self, g_ptr_array_index (part, i), outcome, error);
  return (verdict != MILL_VERDICT_RETRY ? part->len : 0) + rescue_rest (self, outcome, error);
}

/* The step of a worker that was given up on has returned after all. The last act of whoever ran it: @self may
 * be gone afterwards. */
void
mill_worker_came_back (MillWorker *self)
{
  mill_stage_worker_came_back (self->stage, self);
}

/* (transfer full): the stage's lock is held, so the worker has not come back. */
MillStuck *
mill_worker_describe_stuck (MillWorker *self)
{
  MillStuck *stuck = g_new0 (MillStuck, 1);

  stuck->name = mill_worker_dup_name (self);
  stuck->has_item = TRUE;
  stuck->item_id = mill_item_get_id (mill_work_get_item (&self->work));
  stuck->item_key = g_strdup (mill_item_get_key (mill_work_get_item (&self->work)));
  stuck->since_us = self->attempt_began_us;
  return stuck;
}
