/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The crawl frontier. All URLs are rows of the run file's table; in memory are those that are out, and for
 * each host the next few that are to be, so that what a crawl knows may be much more than what memory holds.
 *
 * - A row stays queued until its URL is settled. What is out when the program ends is so queued again.
 * - Rows are handed out in the order of their ids. `cursor` is the last one that a host's window has seen:
 *   what is queued beyond it is still to come, what is queued before it is in the window or out.
 * - Most links lead to URLs that are known: MillKnownUrls answers for these without a look into the file.
 *
 * A host that has something to fetch stands in a list sorted by the time at which it may.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "crawl/mill-frontier-host-private.h"
#include "crawl/mill-frontier-rows-private.h"
#include "crawl/mill-frontier-table-inside-private.h"
#include "crawl/mill-hash-private.h"
#include "crawl/mill-sitemap-rows-private.h"
#include "crawl/mill-url.h"

MillEntry *
mill_frontier_table_find_entry (MillFrontierTable *self, const char *url)
{
  gpointer key = NULL;

  if (url == NULL || !g_hash_table_lookup_extended (self->entries, url, &key, NULL))
    return NULL;
  return mill_entry_of_url (key);
}

static int
compare_ready (gconstpointer a, gconstpointer b, gpointer unused)
{
  const MillHost *left = a, *right = b;

  return left->ready_at_us < right->ready_at_us ? -1 : left->ready_at_us > right->ready_at_us;
}

gboolean
mill_frontier_table_update_host (MillFrontierTable *self, MillHost *host)
{
  MillHostState before = host->state;
  gint64 ready_before = host->ready_at_us;

  self->n_hosts[host->state]--;
  if (host->place != NULL)
    g_sequence_remove (g_steal_pointer (&host->place));
  host->state = mill_host_find_state (host, &self->politeness);
  self->n_hosts[host->state]++;
  if (host->state != HOST_READY)
    return FALSE;
  host->ready_at_us = mill_host_get_ready_at (host, &self->politeness);
  host->place = g_sequence_insert_sorted (self->ready, host, compare_ready, NULL);
  return before != HOST_READY || host->ready_at_us < ready_before;
}

static gboolean
update_all_hosts (MillFrontierTable *self)
{
  GHashTableIter iter;
  gpointer host;
  gboolean changed = FALSE;

  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &host))
    changed |= mill_frontier_table_update_host (self, host);
  return changed;
}

MillEntry *
mill_frontier_table_new_entry (MillFrontierTable *self, MillHost *host, gint64 id, const char *url,
                               const MillFrontierOrigin *origin)
{
  size_t size = strlen (url) + 1;
  MillEntry *entry = g_malloc (sizeof (MillEntry) + size);

  *entry = (MillEntry){ .id = id,
                        .host = host,
                        .depth = origin->depth,
                        .level = (guint8) origin->level,
                        .redirects = (guint8) origin->redirects,
                        .referrer = g_strdup (origin->referrer_url) };
  memcpy (entry->url, url, size);
  g_hash_table_add (self->entries, entry->url);
  return entry;
}

static void
forget_entry (MillFrontierTable *self, MillEntry *entry)
{
  g_hash_table_remove (self->entries, entry->url);
}

gboolean
mill_frontier_table_is_disallowed (const MillFrontierTable *self, const MillHost *host, const char *url)
{
  return host->robots != NULL &&
         !mill_robots_allows (host->robots, self->robots_token, mill_url_path_and_query (url));
}

void
mill_frontier_table_disallow (MillFrontierTable *self, gint64 id)
{
  mill_frontier_rows_set_state (self->file, id, MILL_FRONTIER_ROW_DISALLOWED);
  self->counts.pending--;
  self->counts.skipped_robots++;
}

typedef struct
{
  MillFrontierTable *table;
  MillHost *host;
  GArray *disallowed; /* of gint64: ids */
} Reading;

static void
read_row (const MillFrontierRow *row, gpointer user_data)
{
  Reading *reading = user_data;
  MillHost *host = reading->host;

  host->cursor = row->id;
  if (g_hash_table_contains (reading->table->entries, row->url))
    mill_run_file_fail (reading->table->file, _ ("it has an address twice"));
  else if (mill_frontier_table_is_disallowed (reading->table, host, row->url))
    g_array_append_val (reading->disallowed, row->id);
  else
    mill_host_push (host,
                    mill_frontier_table_new_entry (reading->table, host, row->id, row->url, &row->origin));
}

/* Reads the next rows into the window. */
static void
read_window (MillFrontierTable *self, MillHost *host)
{
  g_autoptr (GArray) disallowed = g_array_new (FALSE, FALSE, sizeof (gint64));
  Reading reading = { self, host, disallowed };
  guint n = mill_frontier_rows_read_queued (self->file, host->id, host->cursor, MILL_FRONTIER_WINDOW,
                                            read_row, &reading);

  /* Fewer than there were to be only if the file has failed. */
  host->n_beyond = n > 0 ? host->n_beyond - MIN (n, host->n_beyond) : 0;
  for (guint i = 0; i < disallowed->len; i++)
    mill_frontier_table_disallow (self, g_array_index (disallowed, gint64, i));
}

static void
fill_window (MillFrontierTable *self, MillHost *host)
{
  while (host->head == NULL && host->n_beyond > 0)
    read_window (self, host);
}

static MillEntry *
pop (MillFrontierTable *self, MillHost *host)
{
  MillEntry *entry = mill_host_shift (host);

  self->counts.pending--;
  fill_window (self, host);
  return entry;
}

static MillHost *
add_host (MillFrontierTable *self, char *key, gint64 id, const char *url)
{
  MillHost *host = mill_host_new (key, id, url, self->robots_token != NULL);

  self->n_hosts[HOST_IDLE]++;
  g_hash_table_insert (self->hosts, host->key, host);
  return host;
}

MillHost *
mill_frontier_table_get_host (MillFrontierTable *self, const char *url)
{
  g_autofree char *key = mill_url_host_key (url);
  MillHost *host = g_hash_table_lookup (self->hosts, key);
  gint64 id;

  if (host != NULL)
    return host;
  id = mill_frontier_rows_add_host (self->file, key);
  return add_host (self, g_steal_pointer (&key), id, url);
}

gboolean
mill_frontier_table_limit_reached (const MillFrontierTable *self)
{
  return (self->max_pages > 0 && self->counts.taken >= self->max_pages) ||
         (self->max_bytes > 0 && self->counts.bytes >= self->max_bytes);
}

/* Gives up what is pending, once max_pages were taken or max_bytes came. The rows stay queued: a later run
 * may want more. */
static void
drop_pending (MillFrontierTable *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MillHost *host = value;

      host->n_beyond = 0;
      while (host->head != NULL)
        forget_entry (self, mill_host_shift (host));
    }
  self->counts.skipped_limit += self->counts.pending;
  self->counts.pending = 0;
  update_all_hosts (self);
}

/* Drops what a robots.txt that has just come disallows of the window; what is beyond is looked at when it is
 * read. */
static void
filter_window (MillFrontierTable *self, MillHost *host)
{
  MillEntry *entry = host->head, *next;
  gint64 cursor = host->cursor;

  host->head = host->tail = NULL;
  host->n_window = 0;
  for (; entry != NULL; entry = next)
    {
      next = entry->next;
      entry->next = NULL;
      if (mill_frontier_table_is_disallowed (self, host, entry->url))
        {
          mill_frontier_table_disallow (self, entry->id);
          forget_entry (self, entry);
        }
      else
        mill_host_push (host, entry);
    }
  host->cursor = cursor;
  fill_window (self, host);
}

static gboolean
set_robots (MillFrontierTable *self, MillHost *host, MillRobots *robots)
{
  double delay = mill_robots_get_crawl_delay (robots, self->robots_token);

  mill_robots_ref (robots);
  g_clear_pointer (&host->robots, mill_robots_unref);
  host->robots = robots;
  host->robots_state = ROBOTS_KNOWN;
  host->crawl_delay_us = delay > 0 ? (gint64) (delay * G_USEC_PER_SEC) : 0;
  filter_window (self, host);
  return mill_frontier_table_update_host (self, host);
}

/* A robots.txt that was settled without an answer could not be read: RFC 9309 then disallows everything. */
static gboolean
settle_robots (MillFrontierTable *self, MillEntry *entry)
{
  g_autoptr (MillRobots) nothing = NULL;

  if ((entry->flags & ENTRY_ROBOTS) == 0 || entry->host->robots_state != ROBOTS_FETCHED)
    return FALSE;
  nothing = mill_robots_new_disallow_all ();
  entry->host->is_left_alone = TRUE;
  return set_robots (self, entry->host, nothing);
}

static gboolean
finish (MillFrontierTable *self, MillEntry *entry)
{
  if ((entry->flags & ENTRY_IN_FLIGHT) == 0)
    return FALSE;
  entry->flags &= (guint16) ~ENTRY_IN_FLIGHT;
  entry->host->in_flight--;
  return mill_frontier_table_update_host (self, entry->host);
}

static const MillEntry *
take_from (MillFrontierTable *self, MillHost *host, gint64 now_us)
{
  MillEntry *entry;
  gint64 ready_at_us;

  if (host->robots_state == ROBOTS_WANTED)
    {
      entry = mill_frontier_table_new_entry (self, host, 0, host->robots_url, &(MillFrontierOrigin){ 0 });
      entry->flags = ENTRY_ROBOTS;
      host->robots_state = ROBOTS_FETCHED;
      mill_host_begin (host, &self->politeness, now_us, &ready_at_us); /* it is the first */
    }
  else
    {
      entry = pop (self, host);
      self->counts.taken++;
    }
  entry->flags |= ENTRY_IN_FLIGHT | ENTRY_UNSETTLED;
  self->counts.unsettled++;
  host->in_flight++;
  host->started = TRUE;
  host->last_start_us = now_us;
  if (mill_frontier_table_limit_reached (self))
    drop_pending (self);
  mill_frontier_table_update_host (self, host);
  return entry;
}

/* Why nothing can be taken, if no host is in the list of those that may go on some time. */
static const char *
blocked_reason (const MillFrontierTable *self)
{
  if (self->n_hosts[HOST_LIMITED] > 0)
    return mill_crawl_wait_get_label (MILL_CRAWL_WAIT_PER_HOST);
  if (self->n_hosts[HOST_ROBOTS] > 0)
    return mill_crawl_wait_get_label (MILL_CRAWL_WAIT_ROBOTS);
  return _ ("waiting for links");
}

static const char *
delay_reason (const MillFrontierTable *self, const MillHost *host, gint64 now_us)
{
  gint64 until_us;

  return mill_crawl_wait_get_label (mill_host_find_wait (host, &self->politeness, now_us, &until_us));
}

static void
read_scope (gpointer authority, gpointer user_data)
{
  g_hash_table_add (((MillFrontierTable *) user_data)->scope, g_strdup (authority));
}

static void
read_host (gint64 id, const char *key, const char *url, guint64 n_queued, gpointer user_data)
{
  MillFrontierTable *self = user_data;

  if (g_hash_table_contains (self->hosts, key))
    mill_run_file_fail (self->file, _ ("it has a host twice"));
  else
    add_host (self, g_strdup (key), id, url)->n_beyond = n_queued;
}

static void
count_rows (MillFrontierRowState state, guint64 n, gpointer user_data)
{
  MillFrontierCounts *counts = user_data;

  counts->known += n;
  switch (state)
    {
    case MILL_FRONTIER_ROW_QUEUED:
      counts->pending += n;
      break;
    case MILL_FRONTIER_ROW_DISALLOWED:
      counts->skipped_robots += n;
      break;
    case MILL_FRONTIER_ROW_DONE:
    case MILL_FRONTIER_ROW_DEAD:
    default:
      counts->taken += n;
    }
}

MillFrontierTable *
mill_frontier_table_new (MillRunFile *file)
{
  MillFrontierTable *self = g_new0 (MillFrontierTable, 1);

  self->file = mill_run_file_ref (file);
  self->max_depth = -1;
  self->entries = g_hash_table_new_full (mill_hash_string, g_str_equal, mill_entry_free, NULL);
  self->hosts = g_hash_table_new_full (mill_hash_string, g_str_equal, NULL, mill_host_free);
  self->scope = g_hash_table_new_full (mill_hash_string, g_str_equal, g_free, NULL);
  self->ready = g_sequence_new (NULL);
  self->known = mill_known_urls_new ();
  return self;
}

void
mill_frontier_table_free (MillFrontierTable *self)
{
  g_sequence_free (self->ready);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->hosts);
  g_hash_table_unref (self->scope);
  mill_known_urls_free (self->known);
  g_free (self->robots_token);
  mill_run_file_unref (self->file);
  g_free (self);
}

/* Sets what holds for the whole crawl, and takes up what the file holds of it; before anything is added. */
void
mill_frontier_table_set_bounds (MillFrontierTable *self, int max_depth, guint64 max_pages,
                                const char *robots_token)
{
  GHashTableIter iter;
  gpointer host;

  self->max_depth = max_depth;
  self->max_pages = max_pages;
  g_free (self->robots_token);
  self->robots_token = g_strdup (robots_token);
  mill_run_file_begin (self->file);
  mill_frontier_rows_read_scope (self->file, read_scope, self);
  mill_frontier_rows_read_hosts (self->file, read_host, self);
  mill_frontier_rows_count (self->file, count_rows, &self->counts);
  if (mill_frontier_table_limit_reached (self))
    drop_pending (self);
  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &host))
    fill_window (self, host);
  mill_run_file_end (self->file);
  update_all_hosts (self);
}

/* After mill_frontier_table_set_bounds(): what came in an earlier run counts. */
void
mill_frontier_table_set_max_bytes (MillFrontierTable *self, guint64 max_bytes)
{
  self->max_bytes = max_bytes;
  if (max_bytes == 0)
    return;
  mill_run_file_begin (self->file);
  self->counts.bytes = mill_frontier_rows_sum_bytes (self->file);
  mill_run_file_end (self->file);
  if (mill_frontier_table_limit_reached (self))
    drop_pending (self);
}

gboolean
mill_frontier_table_set_politeness (MillFrontierTable *self, const MillPoliteness *politeness)
{
  self->politeness = *politeness;
  return update_all_hosts (self);
}

MillFrontierResult
mill_frontier_table_take (MillFrontierTable *self, gint64 now_us, MillFrontierEntry *entry,
                          gint64 *ready_at_us, const char **why)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->ready);
  const MillEntry *taken;
  MillHost *host;

  *why = NULL;
  *ready_at_us = G_MAXINT64;
  if (g_sequence_iter_is_end (first))
    {
      if (self->counts.pending == 0 && self->counts.unsettled == 0)
        return MILL_FRONTIER_END;
      *why = blocked_reason (self);
      return MILL_FRONTIER_WAIT;
    }
  host = g_sequence_get (first);
  *ready_at_us = host->ready_at_us;
  if (host->ready_at_us > now_us)
    {
      *why = delay_reason (self, host, now_us);
      return MILL_FRONTIER_WAIT;
    }
  mill_run_file_begin (self->file);
  taken = take_from (self, host, now_us);
  mill_run_file_end (self->file);
  entry->url = taken->url;
  entry->referrer = taken->referrer;
  entry->depth = taken->depth;
  entry->level = taken->level;
  entry->is_robots = (taken->flags & ENTRY_ROBOTS) != 0;
  return MILL_FRONTIER_READY;
}

gboolean
mill_frontier_table_begin (MillFrontierTable *self, const char *url, gint64 now_us, gint64 *ready_at_us)
{
  const MillEntry *entry = mill_frontier_table_find_entry (self, url);

  *ready_at_us = now_us;
  if (entry == NULL)
    return TRUE;
  if (!mill_host_begin (entry->host, &self->politeness, now_us, ready_at_us))
    return FALSE;
  mill_frontier_table_update_host (self, entry->host);
  return TRUE;
}

gboolean
mill_frontier_table_answered (MillFrontierTable *self, const char *url, gint64 latency_us,
                              gboolean is_success)
{
  const MillEntry *entry = mill_frontier_table_find_entry (self, url);

  if (entry == NULL || self->politeness.target_concurrency <= 0)
    return FALSE;
  mill_host_answered (entry->host, &self->politeness, latency_us, is_success);
  return mill_frontier_table_update_host (self, entry->host);
}

/* Books what came. */
gboolean
mill_frontier_table_received (MillFrontierTable *self, guint64 n_bytes)
{
  gboolean was_reached = mill_frontier_table_limit_reached (self);

  if (self->max_bytes == 0)
    return FALSE;
  self->counts.bytes += n_bytes;
  if (was_reached || !mill_frontier_table_limit_reached (self))
    return FALSE;
  drop_pending (self);
  return TRUE; /* this may be the end */
}

GPtrArray *
mill_frontier_table_get_hosts (const MillFrontierTable *self, gint64 now_us, guint most)
{
  return mill_host_describe_all (self->hosts, &self->politeness, now_us, most);
}

gboolean
mill_frontier_table_finish (MillFrontierTable *self, const char *url)
{
  MillEntry *entry = mill_frontier_table_find_entry (self, url);

  return entry != NULL && finish (self, entry);
}

gboolean
mill_frontier_table_settle (MillFrontierTable *self, const char *url, MillOutcome outcome)
{
  MillEntry *entry = mill_frontier_table_find_entry (self, url);
  gboolean changed;

  if (entry == NULL || (entry->flags & ENTRY_UNSETTLED) == 0)
    return FALSE;
  mill_run_file_begin (self->file);
  changed = finish (self, entry);
  changed |= settle_robots (self, entry);
  if (entry->id != 0 && outcome != MILL_OUTCOME_RETURNED)
    mill_frontier_rows_set_state (self->file, entry->id,
                                  outcome == MILL_OUTCOME_DEAD ? MILL_FRONTIER_ROW_DEAD
                                                               : MILL_FRONTIER_ROW_DONE);
  mill_run_file_end (self->file);
  forget_entry (self, entry);
  self->counts.unsettled--;
  return changed || self->counts.unsettled == 0; /* this may be the end */
}

void
mill_frontier_table_reopen (MillFrontierTable *self, const char *url)
{
  MillFrontierOrigin origin;
  MillEntry *entry;
  gint64 id;

  if (mill_frontier_table_find_entry (self, url) != NULL)
    return;
  mill_run_file_begin (self->file);
  id = mill_frontier_rows_find_settled (self->file, url, &origin);
  if (id != 0)
    {
      entry =
          mill_frontier_table_new_entry (self, mill_frontier_table_get_host (self, url), id, url, &origin);
      entry->flags = ENTRY_UNSETTLED;
      self->counts.unsettled++;
      mill_frontier_rows_set_state (self->file, id, MILL_FRONTIER_ROW_QUEUED);
    }
  mill_run_file_end (self->file);
}

gboolean
mill_frontier_table_set_robots (MillFrontierTable *self, const char *host_key, MillRobots *robots)
{
  MillHost *host = g_hash_table_lookup (self->hosts, host_key);
  gboolean changed;

  if (host == NULL)
    return FALSE;
  mill_run_file_begin (self->file);
  changed = set_robots (self, host, robots);
  mill_run_file_end (self->file);
  return changed;
}

gboolean
mill_frontier_table_hold (MillFrontierTable *self, const char *host_key, gint64 until_us, guint status)
{
  MillHost *host = g_hash_table_lookup (self->hosts, host_key);

  if (host == NULL)
    return FALSE;
  host->hold_until_us = until_us;
  host->hold_status = status;
  return mill_frontier_table_update_host (self, host);
}

const MillFrontierCounts *
mill_frontier_table_get_counts (const MillFrontierTable *self)
{
  return &self->counts;
}
