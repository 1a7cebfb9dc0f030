/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSitemapReader: a queue of sitemaps for all sites, from which the first whose site is free is taken. */

#include "config.h"

#include "sources/mill-sitemap-reader-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "crawl/mill-hash-private.h"
#include "crawl/mill-sitemap-rows-private.h"
#include "crawl/mill-url.h"

#define MAX_AT_A_TIME 2 /* one may take 200 MB */
#define MAX_NESTING   2 /* of indexes */
#define MAX_REDIRECTS 5
#define TIMEOUT_S     60

typedef struct
{
  char *name; /* (owned) */
  guint n_sitemaps;
  guint delay_ms;
  gboolean is_busy;  /* one of it is being read, or the time to the next is not over */
  gboolean is_empty; /* its limit was told */
} Site;

/* A sitemap to be read. */
typedef struct
{
  MillSitemapReader *reader; /* (unowned) */
  Site *site;                /* (unowned) */
  char *url;                 /* (owned) */
  guint nesting;             /* how many indexes it was found behind */
} Job;

struct _MillSitemapReader
{
  GMainContext *context; /* (owned) */
  MillFileReader *files; /* (unowned) */
  MillRunFile *run_file; /* (owned) */
  MillSitemapFunc func;
  MillSitemapIdleFunc idle;
  gpointer user_data; /* (unowned) not used after a stop */

  GHashTable *sites; /* (owned) name → Site, owned */
  GHashTable *jobs;  /* (owned) url → Job, owned: all there ever were */
  GQueue queue;      /* of Job, borrowed from `jobs`: those still to be read */
  guint n_reading;

  gint n_left;     /* (atomic) sitemaps in the queue or being read */
  gint is_stopped; /* (atomic) */
  GMutex lock;
  GPtrArray *timers; /* (owned) (lock) of GSource */
};

static void start_more (MillSitemapReader *self);

static void
site_free (gpointer data)
{
  Site *site = data;

  g_free (site->name);
  g_free (site);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->url);
  g_free (job);
}

static gpointer
parse (const char *url, const MillHttpResponse *response, const GError *failure, GError **problem)
{
  g_autofree char *status = NULL;

  if (response == NULL)
    {
      g_propagate_error (problem, g_error_copy (failure));
      return NULL;
    }
  if (mill_http_response_is_success (response))
    return mill_sitemap_parse (response->body, url, problem);
  status = mill_http_response_describe_status (response);
  g_set_error_literal (problem, MILL_ERROR, MILL_ERROR_HTTP, status);
  return NULL;
}

static const MillFileKind sitemap_file = {
  /* One byte more than counts, which tells that it was cut off. */
  .limits = { .max_body = MILL_SITEMAP_MAX_BYTES + 1, .truncate = TRUE, .max_redirects = MAX_REDIRECTS },
  .timeout_s = TIMEOUT_S,
  .parse = parse,
  .free_result = (GDestroyNotify) mill_sitemap_unref,
  .is_large = TRUE,
};

static void
tell_problem (MillSitemapReader *self, const char *url, const char *message)
{
  g_autoptr (GError) problem = g_error_new_literal (MILL_ERROR, MILL_ERROR_INVALID, message);

  self->func (url, NULL, problem, self->user_data);
}

/* Whether the site may have one more sitemap; says so once when not. */
static gboolean
take_place (MillSitemapReader *self, Site *site, const char *url)
{
  g_autofree char *message = NULL;

  if (site->n_sitemaps < MILL_SITEMAP_READER_MAX_PER_SITE)
    {
      site->n_sitemaps++;
      return TRUE;
    }
  if (!site->is_empty)
    {
      message = g_strdup_printf (
          _ ("the site has more than %d sitemaps; this one and what comes after it is left out"),
          MILL_SITEMAP_READER_MAX_PER_SITE);
      tell_problem (self, url, message);
    }
  site->is_empty = TRUE;
  return FALSE;
}

static Job *
new_job (MillSitemapReader *self, Site *site, const char *url, guint nesting)
{
  Job *job = g_new0 (Job, 1);

  job->reader = self;
  job->site = site;
  job->url = g_strdup (url);
  job->nesting = nesting;
  g_hash_table_insert (self->jobs, job->url, job);
  return job;
}

static void
enqueue (MillSitemapReader *self, Job *job)
{
  g_queue_push_tail (&self->queue, job);
  g_atomic_int_inc (&self->n_left);
}

static void
add (MillSitemapReader *self, Site *site, const char *url, guint nesting)
{
  const MillSitemapRow row = {
    .url = url, .site = site->name, .nesting = nesting, .delay_ms = site->delay_ms
  };

  if (g_hash_table_contains (self->jobs, url) || !take_place (self, site, url))
    return;
  mill_sitemap_rows_add (self->run_file, &row);
  enqueue (self, new_job (self, site, url, nesting));
}

static void
add_all (MillSitemapReader *self, Site *site, const char *const *urls, guint nesting)
{
  for (; *urls != NULL; urls++)
    add (self, site, *urls, nesting);
}

static gboolean
delay_over_cb (gpointer user_data)
{
  Job *job = user_data;

  if (g_atomic_int_get (&job->reader->is_stopped))
    return G_SOURCE_REMOVE;
  job->site->is_busy = FALSE;
  start_more (job->reader);
  return G_SOURCE_REMOVE;
}

/* Attaches @timer unless there was a stop. */
static void
start_timer (MillSitemapReader *self, GSource *timer)
{
  g_mutex_lock (&self->lock);
  if (!g_atomic_int_get (&self->is_stopped))
    {
      for (guint i = self->timers->len; i > 0; i--)
        if (g_source_is_destroyed (g_ptr_array_index (self->timers, i - 1)))
          g_ptr_array_remove_index_fast (self->timers, i - 1);
      g_ptr_array_add (self->timers, g_source_ref (timer));
      g_source_attach (timer, self->context);
    }
  g_mutex_unlock (&self->lock);
}

/* Lets the next sitemap of the job's site be read after a while. */
static void
delay_next (Job *job)
{
  g_autoptr (GSource) timer = g_timeout_source_new (job->site->delay_ms);

  g_source_set_callback (timer, delay_over_cb, job, NULL);
  start_timer (job->reader, timer);
}

static void
take (MillSitemapReader *self, const Job *job, MillSitemap *sitemap, const GError *problem)
{
  g_autofree char *message = NULL;

  if (sitemap == NULL)
    {
      self->func (job->url, NULL, problem, self->user_data);
      return;
    }
  if (mill_sitemap_is_truncated (sitemap))
    {
      message = g_strdup_printf (_ ("it has more than %d MiB or %d entries; what is beyond is left out"),
                                 MILL_SITEMAP_MAX_BYTES / (1024 * 1024), MILL_SITEMAP_MAX_ENTRIES);
      tell_problem (self, job->url, message);
    }
  if (!mill_sitemap_is_index (sitemap))
    self->func (job->url, sitemap, NULL, self->user_data);
  else if (job->nesting < MAX_NESTING)
    add_all (self, job->site, mill_sitemap_get_urls (sitemap), job->nesting + 1);
  else
    tell_problem (self, job->url, _ ("it is an index within an index within an index, and left out"));
}

static void
read_cb (const char *url, gpointer result, const GError *problem, gpointer user_data)
{
  Job *job = user_data;
  MillSitemapReader *self = job->reader;

  take (self, job, result, problem);
  mill_sitemap_rows_set_state (self->run_file, url,
                               result != NULL ? MILL_SITEMAP_ROW_READ : MILL_SITEMAP_ROW_FAILED);
  self->n_reading--;
  delay_next (job);
  start_more (self);
  if (g_atomic_int_dec_and_test (&self->n_left))
    self->idle (self->user_data);
}

static void
start_more (MillSitemapReader *self)
{
  if (g_atomic_int_get (&self->is_stopped))
    return;
  for (GList *link = self->queue.head, *next; link != NULL && self->n_reading < MAX_AT_A_TIME; link = next)
    {
      Job *job = link->data;

      next = link->next;
      if (job->site->is_busy)
        continue;
      g_queue_delete_link (&self->queue, link);
      job->site->is_busy = TRUE;
      self->n_reading++;
      mill_file_reader_read (self->files, &sitemap_file, job->url, read_cb, job);
    }
}

static Site *
get_site (MillSitemapReader *self, const char *name)
{
  Site *site = g_hash_table_lookup (self->sites, name);

  if (site != NULL)
    return site;
  site = g_new0 (Site, 1);
  site->name = g_strdup (name);
  g_hash_table_insert (self->sites, site->name, site);
  return site;
}

static void
restore_row (const MillSitemapRow *row, gpointer user_data)
{
  MillSitemapReader *self = user_data;
  Site *site = get_site (self, row->site);
  Job *job;

  if (g_hash_table_contains (self->jobs, row->url))
    {
      mill_run_file_fail (self->run_file, _ ("it has an address twice"));
      return;
    }
  job = new_job (self, site, row->url, row->nesting);
  site->n_sitemaps++;
  site->delay_ms = MAX (site->delay_ms, row->delay_ms);
  if (row->state == MILL_SITEMAP_ROW_QUEUED)
    enqueue (self, job);
}

static gboolean
begin_cb (gpointer user_data)
{
  start_more (user_data);
  return G_SOURCE_REMOVE;
}

/* Takes up what another reader left; the reading begins on the loop's thread. */
static void
restore (MillSitemapReader *self)
{
  g_autoptr (GSource) begin = NULL;

  mill_sitemap_rows_read (self->run_file, restore_row, self);
  if (g_queue_is_empty (&self->queue))
    return;
  begin = g_idle_source_new ();
  g_source_set_callback (begin, begin_cb, self, NULL);
  start_timer (self, begin);
}

/**
 * mill_sitemap_reader_new:
 * @context: the context of an engine loop
 * @files: (transfer none): reads files on it; must outlive @self
 * @run_file: (transfer none): keeps what was read, and what is still to be read
 * @func: takes what was read
 * @idle: is told when there is nothing more to read
 * @user_data: for both
 *
 * Returns: (transfer full): a reader with nothing to do but what @run_file says
 */
MillSitemapReader *
mill_sitemap_reader_new (GMainContext *context, MillFileReader *files, MillRunFile *run_file,
                         MillSitemapFunc func, MillSitemapIdleFunc idle, gpointer user_data)
{
  MillSitemapReader *self = g_new0 (MillSitemapReader, 1);

  self->context = g_main_context_ref (context);
  self->files = files;
  self->run_file = mill_run_file_ref (run_file);
  self->func = func;
  self->idle = idle;
  self->user_data = user_data;
  self->sites = g_hash_table_new_full (mill_hash_string, g_str_equal, NULL, site_free);
  self->jobs = g_hash_table_new_full (mill_hash_string, g_str_equal, NULL, job_free);
  self->timers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
  g_queue_init (&self->queue);
  g_mutex_init (&self->lock);
  restore (self);
  return self;
}

/**
 * mill_sitemap_reader_free:
 *
 * Frees a reader that was stopped, when the loop does not run any more.
 */
void
mill_sitemap_reader_free (MillSitemapReader *self)
{
  g_queue_clear (&self->queue);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->sites);
  g_ptr_array_unref (self->timers);
  g_mutex_clear (&self->lock);
  mill_run_file_unref (self->run_file);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * mill_sitemap_reader_add:
 * @robots_url: a robots.txt
 * @sitemaps: (array zero-terminated=1): what it names, as written
 * @delay_ms: how far apart requests to the site are to be
 *
 * Reads the sitemaps of a site.
 */
void
mill_sitemap_reader_add (MillSitemapReader *self, const char *robots_url, const char *const *sitemaps,
                         guint delay_ms)
{
  g_autofree char *name = mill_url_authority (robots_url);
  Site *site = get_site (self, name);

  site->delay_ms = MAX (site->delay_ms, delay_ms);
  for (; *sitemaps != NULL; sitemaps++)
    {
      g_autofree char *url = mill_url_canonicalize (robots_url, *sitemaps, MILL_URL_FLAGS_NONE, NULL);

      if (url == NULL)
        tell_problem (self, *sitemaps, _ ("this is no address"));
      else if (mill_url_same_host (url, robots_url))
        add (self, site, url, 0);
      else
        tell_problem (self, url,
                      _ ("it is on another site than the robots.txt that names it, and left alone"));
    }
  start_more (self);
}

/**
 * mill_sitemap_reader_is_busy:
 *
 * Any thread.
 *
 * Returns: whether there is something to read, or being read
 */
gboolean
mill_sitemap_reader_is_busy (MillSitemapReader *self)
{
  return g_atomic_int_get (&self->n_left) > 0;
}

/**
 * mill_sitemap_reader_stop:
 *
 * Begins to read nothing more. To be called before its files' reader is stopped. Any thread.
 */
void
mill_sitemap_reader_stop (MillSitemapReader *self)
{
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->is_stopped, TRUE);
  for (guint i = 0; i < self->timers->len; i++)
    g_source_destroy (g_ptr_array_index (self->timers, i));
  g_mutex_unlock (&self->lock);
}
