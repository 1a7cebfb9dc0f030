/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillAlertWatch: says when a limit is passed. */

#include "config.h"

#include "pipeline/mill-alert-watch.h"

#include <glib/gi18n-lib.h>

/* Below this share of a limit it is armed again. */
#define WELL_BELOW 0.9
/* The window of the 99th percentile, how finely it moves, and how often it is looked at. */
#define WINDOW_US  (10 * G_USEC_PER_SEC)
#define SPACING_US G_USEC_PER_SEC
#define P99_US     (G_USEC_PER_SEC / 2)

/* A queue's. */
typedef struct
{
  gint64 above_since_us; /* 0 is not above */
  gboolean has_fired;
  guint depth;  /* when it was last seen above */
  gint maxsize; /* then */
} QueueGuard;

struct _MillAlertWatch
{
  GObject parent_instance;

  MillAlertLimits *limits; /* (owned) */
  MillSnapshot *last;      /* (owned) (nullable): what was looked at last */
  GArray *queues;          /* (owned) of QueueGuard, one for each stage */
  gboolean queue_is_new;   /* the limit was set since it was looked at */
  gboolean dead_has_fired;
  gboolean p99_has_fired;
  gboolean p99_is_new; /* the limit was set since it was looked at */
  double p99_s;        /* when it was last seen above */
  gint64 p99_looked_us;
  GQueue history; /* of (owned) MillSnapshot, oldest first, a second apart */
  gboolean stall_has_fired;
  guint64 moves;         /* how often items had moved */
  gint64 moved_since_us; /* since when there were no more moves; 0 is not known */
  guint64 count;
  MillAlertFunc func; /* (nullable): while it looks */
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (MillAlertWatch, mill_alert_watch, G_TYPE_OBJECT)

static const MillStageSnapshot *
get_stage (const MillSnapshot *snapshot, guint index)
{
  return g_ptr_array_index (snapshot->stages, index);
}

/* Takes over @text. */
static void
fire (MillAlertWatch *self, char *text)
{
  self->count++;
  if (self->func != NULL)
    self->func (text, self->user_data);
  g_free (text);
}

static char *
say_queue (MillAlertWatch *self, const QueueGuard *guard, const char *stage)
{
  /* Translators: a stage's name, a share in percent, a queue's depth and its bound */
  return g_strdup_printf (_ ("the queue of %s is above %.0f %%: %u of %d"), stage, self->limits->queue * 100,
                          guard->depth, guard->maxsize);
}

static void
look_at_queue (MillAlertWatch *self, const MillStageSnapshot *stage, QueueGuard *guard, gint64 now_us)
{
  double level = (double) stage->queue.depth / MAX (stage->queue.maxsize, 1);
  /* A full queue is above any limit. */
  gboolean is_above = level > self->limits->queue || level >= 1;
  gboolean is_below = self->queue_is_new ? !is_above : level < self->limits->queue * WELL_BELOW;

  if (stage->queue.maxsize <= 0 || is_below)
    {
      *guard = (QueueGuard){ 0 };
      return;
    }
  if (is_above)
    {
      guard->depth = stage->queue.depth;
      guard->maxsize = stage->queue.maxsize;
    }
  if (guard->above_since_us == 0 && is_above)
    guard->above_since_us = now_us;
  if (guard->above_since_us == 0 ||
      (double) (now_us - guard->above_since_us) < self->limits->queue_for_s * G_USEC_PER_SEC)
    {
      guard->has_fired = FALSE;
      return;
    }
  if (guard->has_fired)
    return;
  guard->has_fired = TRUE;
  fire (self, say_queue (self, guard, stage->name));
}

static void
look_at_queues (MillAlertWatch *self, const MillSnapshot *snapshot)
{
  const char *only = self->limits->queue_stage;

  g_array_set_size (self->queues, snapshot->stages->len);
  for (guint i = 0; i < snapshot->stages->len; i++)
    {
      const MillStageSnapshot *stage = get_stage (snapshot, i);
      QueueGuard *guard = &g_array_index (self->queues, QueueGuard, i);

      if (only == NULL || g_str_equal (only, stage->name))
        look_at_queue (self, stage, guard, snapshot->time_us);
      else
        *guard = (QueueGuard){ 0 };
    }
  self->queue_is_new = FALSE;
}

static char *
say_dead_letters (MillAlertWatch *self, guint64 dead)
{
  g_autofree char *n = g_strdup_printf ("%" G_GUINT64_FORMAT, dead);
  g_autofree char *limit = g_strdup_printf ("%" G_GINT64_FORMAT, self->limits->dead_letters);

  /* Translators: two numbers of dead letters */
  return g_strdup_printf (_ ("%s dead letters, more than %s"), n, limit);
}

static void
look_at_dead_letters (MillAlertWatch *self, const MillSnapshot *snapshot)
{
  gboolean is_over = snapshot->dead > (guint64) self->limits->dead_letters;

  if (is_over && !self->dead_has_fired)
    fire (self, say_dead_letters (self, snapshot->dead));
  self->dead_has_fired = is_over;
}

/* Keeps one snapshot that is at least as old as the window, if there is one. */
static void
remember (MillAlertWatch *self, MillSnapshot *snapshot)
{
  const MillSnapshot *last = g_queue_peek_tail (&self->history);

  if (last == NULL || snapshot->time_us - last->time_us >= SPACING_US)
    g_queue_push_tail (&self->history, mill_snapshot_ref (snapshot));
  while (self->history.length > 1)
    {
      const MillSnapshot *second = g_queue_peek_nth (&self->history, 1);

      if (snapshot->time_us - second->time_us < WINDOW_US)
        return;
      mill_snapshot_unref (g_queue_pop_head (&self->history));
    }
}

static char *
say_latency (MillAlertWatch *self)
{
  /* Translators: two spans of time in seconds */
  return g_strdup_printf (_ ("the 99th percentile of the latency is %.3g s, above %.3g s"), self->p99_s,
                          self->limits->p99_s);
}

/* Whether it is armed again. */
static gboolean
is_well_below (MillAlertWatch *self, double p99_s)
{
  return self->p99_is_new ? p99_s <= self->limits->p99_s : p99_s < self->limits->p99_s * WELL_BELOW;
}

static void
compare_latency (MillAlertWatch *self, double p99_s)
{
  if (p99_s > self->limits->p99_s)
    {
      self->p99_s = p99_s;
      if (!self->p99_has_fired)
        fire (self, say_latency (self));
      self->p99_has_fired = TRUE;
    }
  else if (is_well_below (self, p99_s))
    self->p99_has_fired = FALSE;
  self->p99_is_new = FALSE;
}

static void
look_at_latency (MillAlertWatch *self, MillSnapshot *snapshot)
{
  const MillSnapshot *then;
  g_autoptr (MillHistogram) window = NULL;

  remember (self, snapshot);
  if (snapshot->time_us - self->p99_looked_us < P99_US)
    return;
  self->p99_looked_us = snapshot->time_us;
  then = g_queue_peek_head (&self->history);
  window = mill_histogram_copy (snapshot->latency);
  mill_histogram_subtract (window, then->latency);
  if (mill_histogram_get_count (window) < MILL_ALERT_LEAST_ITEMS)
    return;
  compare_latency (self, (double) mill_histogram_get_percentile (window, 99) / G_USEC_PER_SEC);
}

/* Grows whenever an item moves. */
static guint64
count_moves (const MillSnapshot *snapshot)
{
  guint64 moves = snapshot->produced + snapshot->done + snapshot->dead + snapshot->returned +
                  snapshot->dropped + snapshot->progress_done;

  for (guint i = 0; i < snapshot->stages->len; i++)
    moves += get_stage (snapshot, i)->done;
  return moves;
}

/* In figures that people read: 1.25, 30.4, 1234. */
static char *
say_stall (gint64 stalled_us)
{
  double seconds = (double) stalled_us / G_USEC_PER_SEC;

  if (seconds >= 100)
    /* Translators: a span of time in seconds */
    return g_strdup_printf (_ ("no item has moved on for %.0f s"), seconds);
  /* Translators: a span of time in seconds */
  return g_strdup_printf (_ ("no item has moved on for %.3g s"), seconds);
}

static void
look_at_progress (MillAlertWatch *self, const MillSnapshot *snapshot)
{
  guint64 moves = count_moves (snapshot);
  gint64 stalled_us;

  if (self->moved_since_us == 0 || moves != self->moves || snapshot->state == MILL_STATE_PAUSED)
    {
      self->moves = moves;
      self->moved_since_us = snapshot->time_us;
    }
  stalled_us = snapshot->time_us - self->moved_since_us;
  if ((double) stalled_us < self->limits->no_progress_s * G_USEC_PER_SEC)
    {
      self->stall_has_fired = FALSE;
      return;
    }
  if (!self->stall_has_fired)
    fire (self, say_stall (stalled_us));
  self->stall_has_fired = TRUE;
}

static void
forget_latency (MillAlertWatch *self)
{
  g_queue_clear_full (&self->history, (GDestroyNotify) mill_snapshot_unref);
  self->p99_has_fired = FALSE;
  self->p99_looked_us = 0;
}

static void
forget_progress (MillAlertWatch *self)
{
  self->stall_has_fired = FALSE;
  self->moved_since_us = 0;
}

/* What is not watched has nothing to remember. */
static void
forget_what_is_off (MillAlertWatch *self)
{
  if (self->limits->queue <= 0)
    g_array_set_size (self->queues, 0);
  if (self->limits->dead_letters < 0)
    self->dead_has_fired = FALSE;
  if (self->limits->p99_s <= 0)
    forget_latency (self);
  if (self->limits->no_progress_s <= 0)
    forget_progress (self);
}

static void
mill_alert_watch_finalize (GObject *object)
{
  MillAlertWatch *self = MILL_ALERT_WATCH (object);

  forget_latency (self);
  g_array_unref (self->queues);
  g_clear_pointer (&self->last, mill_snapshot_unref);
  g_clear_pointer (&self->limits, mill_alert_limits_free);
  G_OBJECT_CLASS (mill_alert_watch_parent_class)->finalize (object);
}

static void
mill_alert_watch_class_init (MillAlertWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_alert_watch_finalize;
}

static void
mill_alert_watch_init (MillAlertWatch *self)
{
  self->queues = g_array_new (FALSE, TRUE, sizeof (QueueGuard));
  self->limits = mill_alert_limits_new ();
}

/**
 * mill_alert_watch_new:
 * @limits: what to watch, which is copied
 *
 * Makes a watch that has not looked yet.
 *
 * Returns: (transfer full): a watch
 */
MillAlertWatch *
mill_alert_watch_new (const MillAlertLimits *limits)
{
  MillAlertWatch *self = g_object_new (MILL_TYPE_ALERT_WATCH, NULL);

  mill_alert_watch_set_limits (self, limits);
  return self;
}

/**
 * mill_alert_watch_get_limits:
 *
 * What is watched.
 *
 * Returns: (transfer none): the limits, valid until they are set again
 */
const MillAlertLimits *
mill_alert_watch_get_limits (MillAlertWatch *self)
{
  g_return_val_if_fail (MILL_IS_ALERT_WATCH (self), NULL);
  return self->limits;
}

/**
 * mill_alert_watch_set_limits:
 * @limits: what to watch from now on, which is copied
 *
 * What was passed and is above its new limit as well is the same alert; it does not alert once more.
 */
void
mill_alert_watch_set_limits (MillAlertWatch *self, const MillAlertLimits *limits)
{
  g_return_if_fail (MILL_IS_ALERT_WATCH (self));
  g_return_if_fail (limits != NULL);

  g_clear_pointer (&self->limits, mill_alert_limits_free);
  self->limits = mill_alert_limits_copy (limits);
  self->queue_is_new = self->p99_is_new = TRUE;
  self->p99_looked_us = 0;
  forget_what_is_off (self);
}

/**
 * mill_alert_watch_look:
 * @snapshot: the run now; no older than the one before
 * @func: (scope call) (nullable): is called for each limit that was passed since
 * @user_data: for @func
 *
 * Looks at the run. Cheap enough for 30 times a second.
 */
void
mill_alert_watch_look (MillAlertWatch *self, MillSnapshot *snapshot, MillAlertFunc func, gpointer user_data)
{
  const MillAlertLimits *limits;
  gboolean is_final = mill_state_is_final (snapshot->state);

  g_return_if_fail (MILL_IS_ALERT_WATCH (self));

  limits = self->limits;
  if (snapshot->state == MILL_STATE_IDLE)
    return;
  g_clear_pointer (&self->last, mill_snapshot_unref);
  self->last = mill_snapshot_ref (snapshot);
  self->func = func;
  self->user_data = user_data;
  if (limits->dead_letters >= 0)
    look_at_dead_letters (self, snapshot);
  if (limits->queue > 0 && !is_final)
    look_at_queues (self, snapshot);
  if (limits->p99_s > 0 && !is_final)
    look_at_latency (self, snapshot);
  if (limits->no_progress_s > 0 && !is_final)
    look_at_progress (self, snapshot);
  self->func = NULL;
}

/**
 * mill_alert_watch_get_count:
 *
 * How many alerts there have been.
 *
 * Returns: the number of alerts so far
 */
guint64
mill_alert_watch_get_count (MillAlertWatch *self)
{
  g_return_val_if_fail (MILL_IS_ALERT_WATCH (self), 0);
  return self->count;
}

static void
add_queues (MillAlertWatch *self, GPtrArray *texts)
{
  for (guint i = 0; i < self->queues->len; i++)
    {
      const QueueGuard *guard = &g_array_index (self->queues, QueueGuard, i);

      if (guard->has_fired)
        g_ptr_array_add (texts, say_queue (self, guard, get_stage (self->last, i)->name));
    }
}

/**
 * mill_alert_watch_list_passed:
 *
 * Says which limits are passed, as of the last look: those that alerted and are not armed again. Each is
 * named as in its alert, with what was last measured above the limit.
 *
 * Returns: (transfer full) (array zero-terminated=1): a text for each, translated
 */
char **
mill_alert_watch_list_passed (MillAlertWatch *self)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  gboolean is_running;

  g_return_val_if_fail (MILL_IS_ALERT_WATCH (self), NULL);

  is_running = self->last != NULL && !mill_state_is_final (self->last->state);
  if (is_running)
    add_queues (self, texts);
  if (self->dead_has_fired)
    g_ptr_array_add (texts, say_dead_letters (self, self->last->dead));
  if (is_running && self->p99_has_fired)
    g_ptr_array_add (texts, say_latency (self));
  if (is_running && self->stall_has_fired)
    g_ptr_array_add (texts, say_stall (self->last->time_us - self->moved_since_us));
  g_ptr_array_add (texts, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}
