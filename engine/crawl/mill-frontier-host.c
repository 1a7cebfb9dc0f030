/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHost and MillEntry: the frontier's records in memory. */

#include "config.h"

#include "crawl/mill-frontier-host-private.h"

#include <string.h>

#include "crawl/mill-url.h"

MillEntry *
mill_entry_of_url (gpointer url)
{
  return (MillEntry *) (gpointer) ((char *) url - G_STRUCT_OFFSET (MillEntry, url));
}

void
mill_entry_free (gpointer url)
{
  MillEntry *entry = mill_entry_of_url (url);

  g_free (entry->referrer);
  g_free (entry);
}

MillHost *
mill_host_new (char *key, gint64 id, const char *url, gboolean robots_wanted)
{
  size_t root = (size_t) (mill_url_path_and_query (url) - url);
  MillHost *self = g_new0 (MillHost, 1);

  self->id = id;
  self->key = key;
  self->robots_url = g_strdup_printf ("%.*s/robots.txt", (int) root, url);
  self->robots_state = robots_wanted ? ROBOTS_WANTED : ROBOTS_NONE;
  self->hold_until_us = G_MININT64;
  self->least_gap_us = G_MAXINT64;
  return self;
}

void
mill_host_free (gpointer host)
{
  MillHost *self = host;

  g_clear_pointer (&self->robots, mill_robots_unref);
  g_free (self->robots_url);
  g_free (self->key);
  g_free (self);
}

void
mill_host_push (MillHost *self, MillEntry *entry)
{
  entry->flags |= ENTRY_PENDING;
  if (self->tail != NULL)
    self->tail->next = entry;
  else
    self->head = entry;
  self->tail = entry;
  self->cursor = entry->id;
  self->n_window++;
}

MillEntry *
mill_host_shift (MillHost *self)
{
  MillEntry *entry = self->head;

  self->head = entry->next;
  if (self->head == NULL)
    self->tail = NULL;
  entry->next = NULL;
  entry->flags &= (guint16) ~ENTRY_PENDING;
  self->n_window--;
  return entry;
}

MillHostState
mill_host_find_state (const MillHost *self, const MillPoliteness *politeness)
{
  if (self->head == NULL)
    return HOST_IDLE;
  if (self->robots_state == ROBOTS_FETCHED)
    return HOST_ROBOTS;
  if (politeness->max_in_flight > 0 && self->in_flight >= politeness->max_in_flight)
    return HOST_LIMITED;
  return HOST_READY;
}

static MillThrottleBounds
get_bounds (const MillHost *self, const MillPoliteness *politeness)
{
  return (MillThrottleBounds){
    .min_us = MAX (politeness->delay_ms * G_TIME_SPAN_MILLISECOND, self->crawl_delay_us),
    .max_us = politeness->max_delay_ms * G_TIME_SPAN_MILLISECOND,
    .target_concurrency = politeness->target_concurrency,
  };
}

/* From one start to the next. */
static gint64
get_delay (const MillHost *self, const MillPoliteness *politeness)
{
  MillThrottleBounds bounds = get_bounds (self, politeness);

  return politeness->target_concurrency > 0 ? mill_throttle_get_delay (&self->throttle, &bounds)
                                            : bounds.min_us;
}

/* The threads that tell the time need not come in its order, so without a delay the last start says nothing.
 */
static gint64
add_delay (gboolean has_last, gint64 last_us, gint64 delay_us)
{
  return has_last && delay_us > 0 ? last_us + delay_us : G_MININT64;
}

gint64
mill_host_get_ready_at (const MillHost *self, const MillPoliteness *politeness)
{
  return MAX (add_delay (self->started, self->last_start_us, get_delay (self, politeness)),
              self->hold_until_us);
}

static void
note_request (MillHost *self, gint64 now_us)
{
  if (self->n_requests++ > 0)
    self->least_gap_us = MIN (self->least_gap_us, MAX (now_us - self->last_request_us, 0));
  self->last_request_us = now_us;
  self->last_start_us = self->started ? MAX (self->last_start_us, now_us) : now_us;
  self->started = TRUE;
}

gboolean
mill_host_begin (MillHost *self, const MillPoliteness *politeness, gint64 now_us, gint64 *ready_at_us)
{
  *ready_at_us = MAX (add_delay (self->n_requests > 0, self->last_request_us, get_delay (self, politeness)),
                      self->hold_until_us);
  if (now_us < *ready_at_us)
    return FALSE;
  note_request (self, now_us);
  return TRUE;
}

void
mill_host_answered (MillHost *self, const MillPoliteness *politeness, gint64 latency_us, gboolean is_success)
{
  MillThrottleBounds bounds = get_bounds (self, politeness);

  if (politeness->target_concurrency > 0)
    mill_throttle_answered (&self->throttle, &bounds, latency_us, is_success);
}

/* What the delay is owed to. */
static MillCrawlWait
find_delay (const MillHost *self, const MillPoliteness *politeness)
{
  gint64 fixed_us = politeness->delay_ms * G_TIME_SPAN_MILLISECOND;

  if (get_delay (self, politeness) > MAX (fixed_us, self->crawl_delay_us))
    return MILL_CRAWL_WAIT_THROTTLE;
  return self->crawl_delay_us > fixed_us ? MILL_CRAWL_WAIT_CRAWL_DELAY : MILL_CRAWL_WAIT_DELAY;
}

MillCrawlWait
mill_host_find_wait (const MillHost *self, const MillPoliteness *politeness, gint64 now_us, gint64 *until_us)
{
  gboolean is_at_work = self->head != NULL || self->in_flight > 0;

  *until_us = G_MAXINT64;
  if (self->is_left_alone)
    return MILL_CRAWL_WAIT_LEFT_ALONE;
  if (self->robots_state == ROBOTS_FETCHED)
    return MILL_CRAWL_WAIT_ROBOTS;
  if (is_at_work && self->hold_until_us > now_us)
    {
      *until_us = MAX (self->hold_until_us, mill_host_get_ready_at (self, politeness));
      return MILL_CRAWL_WAIT_RETRY_AFTER;
    }
  if (self->state == HOST_LIMITED)
    return MILL_CRAWL_WAIT_PER_HOST;
  if (self->state != HOST_READY || self->ready_at_us <= now_us)
    return MILL_CRAWL_WAIT_NONE;
  *until_us = self->ready_at_us;
  return find_delay (self, politeness);
}

static MillCrawlHost *
describe (const MillHost *self, const MillPoliteness *politeness, gint64 now_us)
{
  MillCrawlHost *host = g_new0 (MillCrawlHost, 1);
  gint64 until_us;

  host->wait = mill_host_find_wait (self, politeness, now_us, &until_us);
  host->wait_us = until_us < G_MAXINT64 ? until_us - now_us : 0;
  host->name = g_strdup (self->key);
  host->pending = self->n_window + self->n_beyond;
  host->in_flight = self->in_flight;
  host->requests = self->n_requests;
  host->delay_us = get_delay (self, politeness);
  host->least_gap_us = self->least_gap_us < G_MAXINT64 ? self->least_gap_us : -1;
  host->status = host->wait == MILL_CRAWL_WAIT_RETRY_AFTER ? self->hold_status : 0;
  return host;
}

/* Whole seconds, so that the order is not that of what comes next within one. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const MillCrawlHost *left = *(const MillCrawlHost *const *) a, *right = *(const MillCrawlHost *const *) b;
  gint64 left_s = left->wait_us / G_USEC_PER_SEC, right_s = right->wait_us / G_USEC_PER_SEC;
  guint64 left_n = left->pending + left->in_flight, right_n = right->pending + right->in_flight;

  if (left_s != right_s)
    return left_s > right_s ? -1 : 1;
  if (left_n != right_n)
    return left_n > right_n ? -1 : 1;
  return strcmp (left->name, right->name);
}

GPtrArray *
mill_host_describe_all (GHashTable *hosts, const MillPoliteness *politeness, gint64 now_us, guint most)
{
  GPtrArray *described =
      g_ptr_array_new_full (g_hash_table_size (hosts), (GDestroyNotify) mill_crawl_host_free);
  GHashTableIter iter;
  gpointer host;

  g_hash_table_iter_init (&iter, hosts);
  while (g_hash_table_iter_next (&iter, NULL, &host))
    g_ptr_array_add (described, describe (host, politeness, now_us));
  g_ptr_array_sort (described, compare);
  if (described->len > most)
    g_ptr_array_set_size (described, (int) most);
  return described;
}
