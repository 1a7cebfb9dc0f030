/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A crawl as a job: writes the job file. */

#include "config.h"

#include "crawl/mill-crawl-job.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-scope.h"
#include "crawl/mill-url.h"

#define SOURCE        "Source"
#define FETCH         "Stage fetch"
#define LINKS         "Stage links"
#define SAVE          "Stage save"
#define QUEUE_SIZE    64 /* pages between two stages: enough to even out, little memory */
#define LINKS_THREADS 2
#define SAVE_THREADS  4

/**
 * mill_crawl_options_init:
 * @urls: (array zero-terminated=1): where to start; must outlive @options
 *
 * Sets the polite defaults: robots.txt obeyed, four requests to one host at a time, 100 ms apart.
 */
void
mill_crawl_options_init (MillCrawlOptions *options, const char *const *urls)
{
  *options = (MillCrawlOptions){
    .urls = urls,
    .max_depth = -1,
    .slots = MILL_CRAWL_DEFAULT_SLOTS,
    .per_host = MILL_CRAWL_DEFAULT_PER_HOST,
    .delay_ms = MILL_CRAWL_DEFAULT_DELAY_MS,
    .timeout_s = MILL_CRAWL_DEFAULT_TIMEOUT_S,
    .retries = MILL_CRAWL_DEFAULT_RETRIES,
    .obey_robots = TRUE,
  };
}

/* "localhost:8080/x" looks as if its scheme were "localhost". */
static gboolean
looks_like_host_and_port (const char *text, const char *scheme)
{
  const char *rest = text + strlen (scheme) + 1;

  return g_ascii_isdigit (*rest);
}

/**
 * mill_crawl_check_start:
 * @text: an address that a person wrote
 *
 * Checks where a crawl is to begin.
 *
 * Returns: (transfer full): its canonical form, or %NULL with %MILL_ERROR_INVALID and a message that helps
 */
char *
mill_crawl_check_start (const char *text, GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (text);
  g_autoptr (GError) reason = NULL;
  char *url;

  if (scheme == NULL || looks_like_host_and_port (text, scheme))
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                   _ ("%s: the address has no scheme; is http://%s meant?"), text, text);
      return NULL;
    }
  if (g_ascii_strcasecmp (scheme, "http") != 0 && g_ascii_strcasecmp (scheme, "https") != 0)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                   _ ("%s: only http and https addresses can be crawled"), text);
      return NULL;
    }
  url = mill_url_canonicalize (NULL, text, MILL_URL_FLAGS_REFUSE_CREDENTIALS, &reason);
  if (url == NULL)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, reason->message);
  return url;
}

static void
set_double (GKeyFile *file, const char *group, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_key_file_set_string (file, group, key, g_ascii_formatd (text, sizeof text, "%g", value));
}

static void
set_uint (GKeyFile *file, const char *group, const char *key, guint value)
{
  g_key_file_set_uint64 (file, group, key, value);
}

static gboolean
write_patterns (GKeyFile *file, const char *key, const char *const *patterns, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (; patterns != NULL && *patterns != NULL; patterns++)
    {
      g_autofree char *pattern = mill_scope_check_pattern (*patterns, error);

      if (pattern == NULL)
        {
          g_prefix_error (error, "%s: ", key);
          return FALSE;
        }
      g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", pattern);
    }
  if (list->len > 0)
    g_key_file_set_string (file, SOURCE, key, list->str);
  return TRUE;
}

static gboolean
write_source (GKeyFile *file, const MillCrawlOptions *options, GError **error)
{
  g_autoptr (GString) start = g_string_new (NULL);

  for (const char *const *url = options->urls; url != NULL && *url != NULL; url++)
    {
      g_autofree char *canonical = mill_crawl_check_start (*url, error);

      if (canonical == NULL)
        return FALSE;
      g_string_append_printf (start, "%s%s", start->len > 0 ? " " : "", canonical);
    }
  if (start->len == 0)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("a crawl needs an address to start from"));
      return FALSE;
    }
  g_key_file_set_string (file, SOURCE, "type", "crawl");
  g_key_file_set_string (file, SOURCE, "kind", "async");
  g_key_file_set_string (file, SOURCE, "start", start->str);
  set_uint (file, SOURCE, "max-pages", options->max_pages);
  g_key_file_set_uint64 (file, SOURCE, "max-bytes", options->max_bytes);
  g_key_file_set_integer (file, SOURCE, "max-depth", options->max_depth);
  g_key_file_set_boolean (file, SOURCE, "prefix", options->below);
  g_key_file_set_boolean (file, SOURCE, "requisites", options->requisites);
  g_key_file_set_boolean (file, SOURCE, "sitemaps", options->sitemaps);
  g_key_file_set_boolean (file, SOURCE, "robots", options->obey_robots);
  set_uint (file, SOURCE, "per-host", options->per_host);
  set_uint (file, SOURCE, "delay", options->delay_ms);
  if (options->throttle > 0)
    {
      g_key_file_set_boolean (file, SOURCE, "throttle", TRUE);
      set_double (file, SOURCE, "target-concurrency", options->throttle);
    }
  return write_patterns (file, "include", options->include, error) &&
         write_patterns (file, "exclude", options->exclude, error);
}

static void
write_stages (GKeyFile *file, const MillCrawlOptions *options)
{
  g_key_file_set_string (file, FETCH, "kind", "async");
  g_key_file_set_string (file, FETCH, "step", "fetch");
  set_uint (file, FETCH, "maxsize", MAX (options->slots, 1));
  set_uint (file, FETCH, "consumers", MAX (options->slots, 1));
  set_uint (file, FETCH, "slots", options->slots);
  set_double (file, FETCH, "timeout", options->timeout_s);
  set_uint (file, FETCH, "retries", options->retries);
  if (options->warc != NULL)
    g_key_file_set_string (file, FETCH, "warc", options->warc);

  g_key_file_set_string (file, LINKS, "kind", "threads");
  g_key_file_set_string (file, LINKS, "step", "links");
  set_uint (file, LINKS, "maxsize", QUEUE_SIZE);
  set_uint (file, LINKS, "consumers", LINKS_THREADS);

  if (options->folder == NULL)
    return;
  g_key_file_set_string (file, SAVE, "kind", "threads");
  g_key_file_set_string (file, SAVE, "step", "save");
  set_uint (file, SAVE, "maxsize", QUEUE_SIZE);
  set_uint (file, SAVE, "consumers", SAVE_THREADS);
  g_key_file_set_string (file, SAVE, "folder", options->folder);
  g_key_file_set_boolean (file, SAVE, "offline", options->offline);
}

/**
 * mill_crawl_job_new:
 * @options: what to crawl, and how
 *
 * Makes a job with the stages fetch, links and, when there is a folder, save.
 *
 * Returns: (transfer full): the job, or %NULL with %MILL_ERROR_INVALID when an address cannot be crawled or
 * a pattern is no good
 */
MillJob *
mill_crawl_job_new (const MillCrawlOptions *options, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;
  char *data;
  gsize length;

  name = g_strdup_printf (_ ("Crawl of %s"),
                          options->urls != NULL && *options->urls != NULL ? *options->urls : "");
  g_key_file_set_string (file, "Job", "name", name);
  if (!write_source (file, options, error))
    return NULL;
  write_stages (file, options);
  g_key_file_set_string (file, "Sink", "type", "count");
  data = g_key_file_to_data (file, &length, NULL);
  bytes = g_bytes_new_take (data, length);
  return mill_job_new_from_bytes (bytes, _ ("crawl"), error);
}
