/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What MillFrontierTable has of one host in memory: its window of pending URLs, what its robots.txt says, and
 * when it may be asked again. */

#pragma once

#include "crawl/mill-crawl-host.h"
#include "crawl/mill-robots.h"
#include "crawl/mill-throttle-private.h"

G_BEGIN_DECLS

typedef struct _MillHost MillHost;
typedef struct _MillEntry MillEntry;

enum
{
  ENTRY_PENDING = 1 << 0,
  ENTRY_IN_FLIGHT = 1 << 1,
  ENTRY_UNSETTLED = 1 << 2,
  ENTRY_ROBOTS = 1 << 3,
};

/* In a host's window, or out. Found by `url`, which is the key in the table. */
struct _MillEntry
{
  gint64 id;       /* of its row; 0 for a robots.txt */
  MillEntry *next; /* (unowned) (nullable) in the host's window */
  MillHost *host;  /* (unowned) */
  char *referrer;  /* (owned) (nullable) a page, or a sitemap */
  guint32 depth;
  guint16 flags;
  guint8 redirects; /* how many in a row led here */
  guint8 level;     /* of a requisite */
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

/* What holds for every host; the knobs. */
typedef struct
{
  guint max_in_flight; /* 0: any number */
  guint delay_ms;
  double target_concurrency; /* of the throttle; 0: there is none */
  guint max_delay_ms;        /* of the throttle */
} MillPoliteness;

struct _MillHost
{
  gint64 id;
  char *key;        /* (owned) */
  char *robots_url; /* (owned) */
  MillEntry *head;  /* (unowned) (nullable) window: the pending entries that are in memory */
  MillEntry *tail;  /* (unowned) (nullable) */
  guint n_window;
  gint64 cursor;
  guint64 n_beyond; /* queued rows beyond it */
  MillHostState state;
  MillRobotsState robots_state;
  MillRobots *robots;     /* (owned) (nullable) */
  gboolean is_left_alone; /* its robots.txt could not be read */
  gint64 crawl_delay_us;
  MillThrottle throttle;
  guint in_flight;
  gboolean started;
  gint64 last_start_us;   /* if started: when a URL was taken or a request began */
  guint64 n_requests;     /* that began */
  gint64 last_request_us; /* if there was one */
  gint64 least_gap_us;    /* between two of them; G_MAXINT64 before the second */
  gint64 hold_until_us;
  guint hold_status;    /* of the answer that asked for it */
  gint64 ready_at_us;   /* if HOST_READY */
  GSequenceIter *place; /* (unowned) (nullable) in `ready` */
};

MillHost *mill_host_new (char *key, gint64 id, const char *url, gboolean robots_wanted);
void mill_host_free (gpointer host);
/* Adds to the window what follows on its cursor. */
void mill_host_push (MillHost *self, MillEntry *entry);
/* (transfer none): the first of the window, which is not pending any more. */
MillEntry *mill_host_shift (MillHost *self);
MillHostState mill_host_find_state (const MillHost *self, const MillPoliteness *politeness);
/* When the next URL may be taken as far as time is concerned, in microseconds. */
gint64 mill_host_get_ready_at (const MillHost *self, const MillPoliteness *politeness);
/* Begins a request if it is time; otherwise sets *@ready_at_us to when it is. */
gboolean mill_host_begin (MillHost *self, const MillPoliteness *politeness, gint64 now_us,
                          gint64 *ready_at_us);
void mill_host_answered (MillHost *self, const MillPoliteness *politeness, gint64 latency_us,
                         gboolean is_success);
/* For what it waits, and until when: G_MAXINT64 when that is no matter of time. */
MillCrawlWait mill_host_find_wait (const MillHost *self, const MillPoliteness *politeness, gint64 now_us,
                                   gint64 *until_us);
/* (transfer full): see mill_crawl_source_get_hosts(). @hosts: of MillHost */
GPtrArray *mill_host_describe_all (GHashTable *hosts, const MillPoliteness *politeness, gint64 now_us,
                                   guint most);

/* @url: as in the entry */
MillEntry *mill_entry_of_url (gpointer url);
void mill_entry_free (gpointer url);

G_END_DECLS
