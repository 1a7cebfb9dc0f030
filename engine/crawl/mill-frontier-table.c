/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The crawl frontier in memory. An entry per URL, in a table and, while pending, in its host's queue; a host
 * that has something to fetch stands in a list sorted by the time at which it may. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-hash-private.h"
#include "crawl/mill-url.h"

typedef struct _MillHost MillHost;
typedef struct _MillEntry MillEntry;

enum
{
  ENTRY_PENDING = 1 << 0,
  ENTRY_IN_FLIGHT = 1 << 1,
  ENTRY_UNSETTLED = 1 << 2,
  ENTRY_ROBOTS = 1 << 3,
};

/* There may be millions: one allocation each, and found by `url`, which is the key in the table. */
struct _MillEntry
{
  MillEntry *next;           /* (unowned) (nullable) in the host's queue */
  const MillEntry *referrer; /* (unowned) (nullable) */
  MillHost *host;            /* (unowned) */
  guint32 depth;
  guint32 flags;
  char url[];
};

typedef enum
{
  HOST_IDLE,    /* nothing pending */
  HOST_ROBOTS,  /* waits for its robots.txt */
  HOST_LIMITED, /* max-in-flight reached */
  HOST_READY,   /* may go on at ready_at_us */
  N_HOST_STATES
} MillHostState;

typedef enum
{
  ROBOTS_NONE,    /* not asked for */
  ROBOTS_WANTED,  /* to be handed out before anything else */
  ROBOTS_FETCHED, /* handed out */
  ROBOTS_KNOWN,
} MillRobotsState;

struct _MillHost
{
  char *key;        /* (owned) */
  char *robots_url; /* (owned) */
  MillEntry *head;  /* (unowned) (nullable) queue of pending entries */
  MillEntry *tail;  /* (unowned) (nullable) */
  MillHostState state;
  MillRobotsState robots_state;
  MillRobots *robots; /* (owned) (nullable) */
  gint64 crawl_delay_us;
  guint in_flight;
  gboolean started;
  gint64 last_start_us; /* if started */
  gint64 hold_until_us;
  const char *hold_reason; /* (unowned) (nullable) static */
  gint64 ready_at_us;      /* if HOST_READY */
  GSequenceIter *place;    /* (unowned) (nullable) in `ready` */
};

struct _MillFrontierTable
{
  int max_depth;
  guint64 max_pages;
  char *robots_token; /* (owned) (nullable) */
  guint max_in_flight;
  guint delay_ms;

  GHashTable *entries; /* (owned) set of the `url` of MillEntry, owned */
  GHashTable *hosts;   /* (owned) key → MillHost, owned */
  GHashTable *scope;   /* (owned) set of authorities */
  GSequence *ready;    /* (owned) of MillHost in HOST_READY, the earliest first */
  guint n_hosts[N_HOST_STATES];
  MillFrontierCounts counts;
};

static MillEntry *
entry_of_url (gpointer url)
{
  return (MillEntry *) (gpointer) ((char *) url - G_STRUCT_OFFSET (MillEntry, url));
}

static MillEntry *
find_entry (MillFrontierTable *self, const char *url)
{
  gpointer key = NULL;

  if (url == NULL || !g_hash_table_lookup_extended (self->entries, url, &key, NULL))
    return NULL;
  return entry_of_url (key);
}

static void
entry_free (gpointer url)
{
  g_free (entry_of_url (url));
}

static void
host_free (gpointer data)
{
  MillHost *host = data;

  g_clear_pointer (&host->robots, mill_robots_unref);
  g_free (host->robots_url);
  g_free (host->key);
  g_free (host);
}

static int
compare_ready (gconstpointer a, gconstpointer b, gpointer unused)
{
  const MillHost *left = a, *right = b;

  return left->ready_at_us < right->ready_at_us ? -1 : left->ready_at_us > right->ready_at_us;
}

static MillHostState
find_state (const MillFrontierTable *self, const MillHost *host)
{
  if (host->head == NULL)
    return HOST_IDLE;
  if (host->robots_state == ROBOTS_FETCHED)
    return HOST_ROBOTS;
  if (self->max_in_flight > 0 && host->in_flight >= self->max_in_flight)
    return HOST_LIMITED;
  return HOST_READY;
}

static gint64
delay_end (const MillFrontierTable *self, const MillHost *host)
{
  gint64 delay = MAX ((gint64) self->delay_ms * G_TIME_SPAN_MILLISECOND, host->crawl_delay_us);

  return host->started ? host->last_start_us + delay : G_MININT64;
}

/* Puts a host where it belongs after a change. Returns: whether it may go on, and could not before or only
 * later */
static gboolean
update_host (MillFrontierTable *self, MillHost *host)
{
  MillHostState before = host->state;
  gint64 ready_before = host->ready_at_us;

  self->n_hosts[host->state]--;
  if (host->place != NULL)
    g_sequence_remove (g_steal_pointer (&host->place));
  host->state = find_state (self, host);
  self->n_hosts[host->state]++;
  if (host->state != HOST_READY)
    return FALSE;
  host->ready_at_us = MAX (delay_end (self, host), host->hold_until_us);
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
    changed |= update_host (self, host);
  return changed;
}

static void
push (MillFrontierTable *self, MillEntry *entry)
{
  MillHost *host = entry->host;

  entry->flags |= ENTRY_PENDING;
  entry->next = NULL;
  if (host->tail != NULL)
    host->tail->next = entry;
  else
    host->head = entry;
  host->tail = entry;
  self->counts.pending++;
}

static MillEntry *
pop (MillFrontierTable *self, MillHost *host)
{
  MillEntry *entry = host->head;

  host->head = entry->next;
  if (host->head == NULL)
    host->tail = NULL;
  entry->next = NULL;
  entry->flags &= ~(guint32) ENTRY_PENDING;
  self->counts.pending--;
  return entry;
}

static MillHost *
get_host (MillFrontierTable *self, const char *url)
{
  g_autofree char *key = mill_url_host_key (url);
  MillHost *host = g_hash_table_lookup (self->hosts, key);
  size_t root = (size_t) (mill_url_path_and_query (url) - url);

  if (host != NULL)
    return host;
  host = g_new0 (MillHost, 1);
  host->key = g_steal_pointer (&key);
  host->robots_url = g_strdup_printf ("%.*s/robots.txt", (int) root, url);
  host->robots_state = self->robots_token != NULL ? ROBOTS_WANTED : ROBOTS_NONE;
  host->hold_until_us = G_MININT64;
  self->n_hosts[HOST_IDLE]++;
  g_hash_table_insert (self->hosts, host->key, host);
  return host;
}

static MillEntry *
new_entry (MillFrontierTable *self, MillHost *host, const char *url, guint depth, const MillEntry *referrer)
{
  size_t size = strlen (url) + 1;
  MillEntry *entry = g_malloc (sizeof (MillEntry) + size);

  *entry = (MillEntry){ .host = host, .referrer = referrer, .depth = depth };
  memcpy (entry->url, url, size);
  g_hash_table_add (self->entries, entry->url);
  return entry;
}

static gboolean
limit_reached (const MillFrontierTable *self)
{
  return self->max_pages > 0 && self->counts.taken >= self->max_pages;
}

static gboolean
is_disallowed (const MillFrontierTable *self, const MillHost *host, const char *url)
{
  return host->robots != NULL &&
         !mill_robots_allows (host->robots, self->robots_token, mill_url_path_and_query (url));
}

static gboolean
in_scope (MillFrontierTable *self, const char *url)
{
  g_autofree char *authority = mill_url_authority (url);

  return g_hash_table_contains (self->scope, authority);
}

/* A shorter way to a page counts, as long as the page was not taken. */
static void
shorten (MillEntry *entry, guint depth, const MillEntry *referrer)
{
  if ((entry->flags & ENTRY_PENDING) == 0 || entry->depth <= depth)
    return;
  entry->depth = depth;
  entry->referrer = referrer;
}

/* Gives up what is pending, once max_pages were taken. */
static void
drop_pending (MillFrontierTable *self)
{
  GHashTableIter iter;
  gpointer host;

  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &host))
    while (((MillHost *) host)->head != NULL)
      {
        pop (self, host);
        self->counts.skipped_limit++;
      }
  update_all_hosts (self);
}

/* Drops what a robots.txt that has just come disallows. */
static void
filter_queue (MillFrontierTable *self, MillHost *host)
{
  MillEntry *entry = host->head, *next;

  host->head = host->tail = NULL;
  for (; entry != NULL; entry = next)
    {
      next = entry->next;
      self->counts.pending--;
      if (is_disallowed (self, host, entry->url))
        {
          entry->flags &= ~(guint32) ENTRY_PENDING;
          self->counts.skipped_robots++;
        }
      else
        push (self, entry);
    }
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
  filter_queue (self, host);
  return update_host (self, host);
}

/* A robots.txt that was settled without an answer could not be read: RFC 9309 then disallows everything. */
static gboolean
settle_robots (MillFrontierTable *self, MillEntry *entry)
{
  g_autoptr (MillRobots) nothing = NULL;

  if ((entry->flags & ENTRY_ROBOTS) == 0 || entry->host->robots_state != ROBOTS_FETCHED)
    return FALSE;
  nothing = mill_robots_new_disallow_all ();
  return set_robots (self, entry->host, nothing);
}

static gboolean
finish (MillFrontierTable *self, MillEntry *entry)
{
  if ((entry->flags & ENTRY_IN_FLIGHT) == 0)
    return FALSE;
  entry->flags &= ~(guint32) ENTRY_IN_FLIGHT;
  entry->host->in_flight--;
  return update_host (self, entry->host);
}

static const MillEntry *
take_from (MillFrontierTable *self, MillHost *host, gint64 now_us)
{
  MillEntry *entry;

  if (host->robots_state == ROBOTS_WANTED)
    {
      entry = new_entry (self, host, host->robots_url, 0, NULL);
      entry->flags = ENTRY_ROBOTS;
      host->robots_state = ROBOTS_FETCHED;
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
  if (limit_reached (self))
    drop_pending (self);
  update_host (self, host);
  return entry;
}

/* Why nothing can be taken, if no host is in the list of those that may go on some time. */
static const char *
blocked_reason (const MillFrontierTable *self)
{
  if (self->n_hosts[HOST_LIMITED] > 0)
    return N_ ("per-host limit");
  if (self->n_hosts[HOST_ROBOTS] > 0)
    return N_ ("waiting for robots.txt");
  return N_ ("waiting for links");
}

static const char *
delay_reason (const MillFrontierTable *self, const MillHost *host)
{
  if (host->hold_reason != NULL && host->hold_until_us >= delay_end (self, host))
    return host->hold_reason;
  return N_ ("delay between requests");
}

MillFrontierTable *
mill_frontier_table_new (void)
{
  MillFrontierTable *self = g_new0 (MillFrontierTable, 1);

  self->max_depth = -1;
  self->entries = g_hash_table_new_full (mill_hash_string, g_str_equal, entry_free, NULL);
  self->hosts = g_hash_table_new_full (mill_hash_string, g_str_equal, NULL, host_free);
  self->scope = g_hash_table_new_full (mill_hash_string, g_str_equal, g_free, NULL);
  self->ready = g_sequence_new (NULL);
  return self;
}

void
mill_frontier_table_free (MillFrontierTable *self)
{
  g_sequence_free (self->ready);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->hosts);
  g_hash_table_unref (self->scope);
  g_free (self->robots_token);
  g_free (self);
}

/* Sets what holds for the whole crawl; before anything is added. */
void
mill_frontier_table_set_bounds (MillFrontierTable *self, int max_depth, guint64 max_pages,
                                const char *robots_token)
{
  self->max_depth = max_depth;
  self->max_pages = max_pages;
  g_free (self->robots_token);
  self->robots_token = g_strdup (robots_token);
}

gboolean
mill_frontier_table_set_politeness (MillFrontierTable *self, guint max_in_flight, guint delay_ms)
{
  self->max_in_flight = max_in_flight;
  self->delay_ms = delay_ms;
  return update_all_hosts (self);
}

void
mill_frontier_table_add_scope (MillFrontierTable *self, const char *url)
{
  g_hash_table_add (self->scope, mill_url_authority (url));
}

/* Adds a URL; sets *@changed, but never clears it. */
MillFrontierVerdict
mill_frontier_table_add (MillFrontierTable *self, const char *url, guint depth, const char *referrer,
                         gboolean *changed)
{
  MillEntry *entry = find_entry (self, url);
  MillHost *host;

  if (entry != NULL)
    {
      shorten (entry, depth, find_entry (self, referrer));
      return MILL_FRONTIER_KNOWN;
    }
  if (!in_scope (self, url))
    {
      self->counts.skipped_scope++;
      return MILL_FRONTIER_OUT_OF_SCOPE;
    }
  if (self->max_depth >= 0 && depth > (guint) self->max_depth)
    {
      self->counts.skipped_depth++;
      return MILL_FRONTIER_TOO_DEEP;
    }
  host = get_host (self, url);
  if (host->robots_state != ROBOTS_NONE && strcmp (url, host->robots_url) == 0)
    return MILL_FRONTIER_KNOWN; /* it is fetched anyway, for itself */
  entry = new_entry (self, host, url, depth, find_entry (self, referrer));
  self->counts.known++;
  if (limit_reached (self))
    {
      self->counts.skipped_limit++;
      return MILL_FRONTIER_PAGE_LIMIT;
    }
  if (is_disallowed (self, host, url))
    {
      self->counts.skipped_robots++;
      return MILL_FRONTIER_DISALLOWED;
    }
  push (self, entry);
  if (host->state == HOST_IDLE)
    *changed |= update_host (self, host);
  return MILL_FRONTIER_ADDED;
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
      *why = delay_reason (self, host);
      return MILL_FRONTIER_WAIT;
    }
  taken = take_from (self, host, now_us);
  entry->url = taken->url;
  entry->referrer = taken->referrer != NULL ? taken->referrer->url : NULL;
  entry->depth = taken->depth;
  entry->is_robots = (taken->flags & ENTRY_ROBOTS) != 0;
  return MILL_FRONTIER_READY;
}

gboolean
mill_frontier_table_finish (MillFrontierTable *self, const char *url)
{
  MillEntry *entry = find_entry (self, url);

  return entry != NULL && finish (self, entry);
}

gboolean
mill_frontier_table_settle (MillFrontierTable *self, const char *url)
{
  MillEntry *entry = find_entry (self, url);
  gboolean changed;

  if (entry == NULL || (entry->flags & ENTRY_UNSETTLED) == 0)
    return FALSE;
  changed = finish (self, entry);
  changed |= settle_robots (self, entry);
  entry->flags &= ~(guint32) ENTRY_UNSETTLED;
  self->counts.unsettled--;
  return changed || self->counts.unsettled == 0; /* this may be the end */
}

void
mill_frontier_table_reopen (MillFrontierTable *self, const char *url)
{
  MillEntry *entry = find_entry (self, url);

  if (entry == NULL || (entry->flags & ENTRY_UNSETTLED) != 0)
    return;
  entry->flags |= ENTRY_UNSETTLED;
  self->counts.unsettled++;
}

gboolean
mill_frontier_table_set_robots (MillFrontierTable *self, const char *host_key, MillRobots *robots)
{
  MillHost *host = g_hash_table_lookup (self->hosts, host_key);

  return host != NULL && set_robots (self, host, robots);
}

gboolean
mill_frontier_table_hold (MillFrontierTable *self, const char *host_key, gint64 until_us, const char *reason)
{
  MillHost *host = g_hash_table_lookup (self->hosts, host_key);

  if (host == NULL)
    return FALSE;
  host->hold_until_us = until_us;
  host->hold_reason = reason;
  return update_host (self, host);
}

const MillFrontierCounts *
mill_frontier_table_get_counts (const MillFrontierTable *self)
{
  return &self->counts;
}
