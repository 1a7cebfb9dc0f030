/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFetchStep: HTTP, asynchronous. Each main context that runs the step has sessions of its own, see
 * mill-session-pool-private.h. */

#include "config.h"

#include "steps/mill-fetch-step.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "crawl/mill-http-private.h"
#include "crawl/mill-session-pool-private.h"
#include "crawl/mill-url.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-crawl-source-private.h"

#define MAX_REDIRECTS    20
#define DEFAULT_MAX_BODY 64
#define MIB              (1024 * 1024)
#define DEFAULT_STALL    15.0
#define DEFAULT_SPEED    100

struct _MillFetchStep
{
  MillStep parent_instance;

  guint max_body;     /* (atomic) MiB */
  guint max_stall_ms; /* (atomic) */
  guint min_speed;    /* (atomic) bytes per second */
  gboolean follow_redirects;
  char *warc;                /* (owned) (nullable) as configured */
  MillWarcWriter *archive;   /* (owned) (nullable) from open to close */
  MillCrawlSource *crawl;    /* (owned) (nullable) then its frontier takes redirects and requests to wait */
  MillSessionPool *sessions; /* (owned) */
};

/* One attempt. */
typedef struct
{
  MillWork *work;          /* (unowned) */
  SoupSession *session;    /* (owned) (nullable) until it is given back to the pool */
  MillWarcWriter *archive; /* (owned) (nullable) */
  gint64 begun_us;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_pointer (&fetch->archive, mill_warc_writer_unref);
  g_free (fetch);
}

typedef enum
{
  PROP_MAX_BODY = 1,
  PROP_FOLLOW_REDIRECTS,
  PROP_MAX_STALL,
  PROP_MIN_SPEED,
  PROP_WARC,
} MillFetchStepProperty;

static GParamSpec *properties[PROP_WARC + 1];

G_DEFINE_FINAL_TYPE (MillFetchStep, mill_fetch_step, MILL_TYPE_STEP)

/* (transfer full): who writes the archive, as application/warc-fields */
static char *
describe_archive (MillFetchStep *self, MillPipeline *pipeline)
{
  g_autofree char *name = mill_http_clean_header (mill_pipeline_get_name (pipeline));
  GString *fields = g_string_new (NULL);
  gboolean obeys;

  g_string_append_printf (fields,
                          "software: Millrace/%s\r\nformat: WARC File Format 1.1\r\n"
                          "conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/"
                          "warc-1.1/\r\nisPartOf: %s\r\nhttp-header-user-agent: %s\r\n",
                          MILLRACE_VERSION, name, MILL_HTTP_USER_AGENT);
  if (self->crawl != NULL)
    {
      g_object_get (self->crawl, "robots", &obeys, NULL);
      g_string_append_printf (fields, "robots: %s\r\n", obeys ? "obey" : "ignore");
    }
  return g_string_free (fields, FALSE);
}

static gboolean
open_archive (MillFetchStep *self, MillPipeline *pipeline, GError **error)
{
  g_autofree char *expanded = NULL, *path = NULL, *fields = NULL;

  g_clear_pointer (&self->archive, mill_warc_writer_unref);
  if (self->warc == NULL || *self->warc == '\0')
    return TRUE;
  expanded = mill_pipeline_expand (pipeline, self->warc, error);
  if (expanded == NULL)
    return FALSE;
  path = g_canonicalize_filename (expanded, NULL);
  fields = describe_archive (self, pipeline);
  self->archive = mill_warc_writer_new (path, fields, error);
  if (self->archive != NULL && self->crawl != NULL)
    mill_crawl_source_set_archive (self->crawl, self->archive, pipeline);
  return self->archive != NULL;
}

static gboolean
mill_fetch_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillFetchStep *self = MILL_FETCH_STEP (step);
  MillSource *source = mill_pipeline_get_source (pipeline);

  g_clear_object (&self->crawl);
  if (MILL_IS_CRAWL_SOURCE (source))
    self->crawl = MILL_CRAWL_SOURCE (g_object_ref (source));
  return open_archive (self, pipeline, error);
}

static gboolean
check_url (const char *url, GError **error)
{
  g_autofree char *scheme = url != NULL ? g_uri_parse_scheme (url) : NULL;

  if (url == NULL)
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the item has no address to fetch"));
  else if (scheme == NULL)
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not a web address"), url);
  else if (g_ascii_strcasecmp (scheme, "http") != 0 && g_ascii_strcasecmp (scheme, "https") != 0)
    g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                 _ ("“%s” has the scheme %s; only http and https addresses can be fetched"), url, scheme);
  else
    return TRUE;
  return FALSE;
}

static gboolean
may_pass (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case MILL_HTTP_TOO_MANY_REQUESTS:
    case SOUP_STATUS_INTERNAL_SERVER_ERROR:
    case SOUP_STATUS_BAD_GATEWAY:
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
accept_redirect (MillItem *item, const MillHttpResponse *response, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *target =
      mill_url_canonicalize (response->url, response->location, MILL_URL_FLAGS_NONE, &reason);

  if (target == NULL)
    {
      g_autofree char *shown = mill_http_shorten (response->location);

      g_set_error (error, MILL_ERROR, MILL_ERROR_HTTP, _ ("redirects to “%s”: %s"), shown, reason->message);
      return FALSE;
    }
  mill_item_set_attribute (item, "location", target);
  mill_item_set_payload (item, NULL);
  return TRUE;
}

/* The item waits; in a crawl, so does all else that is bound for the host. */
static void
obey_retry_after (MillFetchStep *self, MillWork *work, const MillHttpResponse *response)
{
  double seconds = response->retry_after_s;

  if (seconds < 0.0)
    return;
  mill_work_set_retry_after (work, seconds);
  if (self->crawl != NULL)
    mill_crawl_source_hold_host (self->crawl, mill_item_get_key (mill_work_get_item (work)), seconds,
                                 response->status);
}

static gboolean
fail_with_status (MillFetchStep *self, MillWork *work, const MillHttpResponse *response, GError **error)
{
  g_autofree char *status = mill_http_response_describe_status (response);

  if (may_pass (response->status))
    {
      obey_retry_after (self, work, response);
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_RETRYABLE, status);
    }
  else
    g_set_error_literal (error, MILL_ERROR, MILL_ERROR_HTTP, status);
  return FALSE;
}

static void
set_number (MillItem *item, const char *name, gint64 number)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
  mill_item_set_attribute (item, name, text);
}

/* @response: (nullable): %NULL before it is there, so that nothing is left of an earlier attempt */
static void
set_particulars (MillItem *item, const MillHttpResponse *response)
{
  mill_item_set_attribute (item, "etag", response != NULL ? response->etag : NULL);
  mill_item_set_attribute (item, "last-modified", response != NULL ? response->last_modified : NULL);
  if (response == NULL)
    {
      set_number (item, "started-us", g_get_real_time ());
      mill_item_set_attribute (item, "header-us", NULL);
      mill_item_set_attribute (item, "fetch-us", NULL);
      return;
    }
  set_number (item, "header-us", response->header_us);
  set_number (item, "fetch-us", response->total_us);
}

/* Tells the item what came, and says whether that is a success. */
static gboolean
accept_response (MillFetchStep *self, MillWork *work, const MillHttpResponse *response, GError **error)
{
  MillItem *item = mill_work_get_item (work);

  set_number (item, "status", response->status);
  mill_item_set_attribute (item, "content-type", response->content_type);
  mill_item_set_attribute (item, "final-url",
                           g_strcmp0 (response->url, mill_item_get_key (item)) != 0 ? response->url : NULL);
  set_particulars (item, response);
  if (response->location != NULL)
    return accept_redirect (item, response, error);
  if (!mill_http_response_is_success (response))
    return fail_with_status (self, work, response, error);
  mill_item_set_payload (item, response->body);
  if (self->crawl != NULL && response->body != NULL)
    mill_crawl_source_received (self->crawl, g_bytes_get_size (response->body));
  return TRUE;
}

/* In a crawl, the host's throttle learns how long it took. */
static void
tell_throttle (MillFetchStep *self, const Fetch *fetch, const MillHttpResponse *response)
{
  const char *url = mill_item_get_key (mill_work_get_item (fetch->work));

  if (self->crawl == NULL)
    return;
  if (response != NULL)
    mill_crawl_source_answered (self->crawl, url, response->header_us,
                                mill_http_response_is_success (response));
  else
    mill_crawl_source_answered (self->crawl, url, g_get_monotonic_time () - fetch->begun_us, FALSE);
}

/* What a time-out has cut off is archived all the same; what a stop has is fetched again. */
static void
archive_left (MillFetchStep *self, Fetch *fetch, GAsyncResult *result)
{
  MillWarcExchange *left = mill_http_steal_left (result, MILL_WARC_CUT_TIME);

  if (left != NULL && fetch->archive != NULL && mill_work_is_timed_out (fetch->work))
    mill_warc_writer_leave (fetch->archive, left);
  else if (left != NULL)
    mill_warc_exchange_free (left);
}

static void
got_response_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MillFetchStep *self = g_task_get_source_object (task);
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MillHttpResponse) response = NULL;

  archive_left (self, fetch, result);
  response = mill_http_get_finish (result, &error);
  mill_session_pool_give_back (self->sessions, g_steal_pointer (&fetch->session));
  tell_throttle (self, fetch, response);
  if (response == NULL || !accept_response (self, fetch->work, response, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* In a crawl, whether it is the host's turn; the work waits otherwise. */
static gboolean
begin_request (MillFetchStep *self, MillWork *work, const char *url, GError **error)
{
  gint64 wait_us = self->crawl != NULL ? mill_crawl_source_begin_request (self->crawl, url) : 0;

  if (wait_us == 0)
    return TRUE;
  mill_work_postpone (work, wait_us);
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_RETRYABLE, _ ("the host may not be asked yet"));
  return FALSE;
}

static void
mill_fetch_step_process_async (MillStep *step, MillWork *work, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  MillFetchStep *self = MILL_FETCH_STEP (step);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);
  const char *url = mill_item_get_key (mill_work_get_item (work));
  MillHttpLimits limits = { .max_body = (gsize) g_atomic_int_get (&self->max_body) * MIB,
                            .max_stall_s = (guint) g_atomic_int_get (&self->max_stall_ms) / 1000.0,
                            .min_speed = (guint) g_atomic_int_get (&self->min_speed) };
  GError *error = NULL;

  fetch->work = work;
  g_task_set_task_data (task, fetch, fetch_free);
  if (!check_url (url, &error) || !begin_request (self, work, url, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->follow_redirects && self->crawl == NULL)
    limits.max_redirects = MAX_REDIRECTS;
  set_particulars (mill_work_get_item (work), NULL);
  fetch->begun_us = g_get_monotonic_time ();
  fetch->session = mill_session_pool_take (self->sessions);
  fetch->archive = self->archive != NULL ? mill_warc_writer_ref (self->archive) : NULL;
  mill_http_get_async (fetch->session, url, &limits, fetch->archive, cancellable, got_response_cb,
                       g_steal_pointer (&task));
}

static gboolean
mill_fetch_step_process_finish (MillStep *step, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What is left of the archive is written now. It fails without a word: what an item waited for is in there.
 */
static void
mill_fetch_step_close (MillStep *step)
{
  MillFetchStep *self = MILL_FETCH_STEP (step);

  mill_session_pool_close (self->sessions);
  if (self->archive != NULL)
    mill_warc_writer_close (self->archive, NULL);
  g_clear_pointer (&self->archive, mill_warc_writer_unref);
}

static void
mill_fetch_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillFetchStep *self = MILL_FETCH_STEP (object);

  switch ((MillFetchStepProperty) prop_id)
    {
    case PROP_MAX_BODY:
      g_value_set_uint (value, (guint) g_atomic_int_get (&self->max_body));
      break;
    case PROP_FOLLOW_REDIRECTS:
      g_value_set_boolean (value, self->follow_redirects);
      break;
    case PROP_MAX_STALL:
      g_value_set_double (value, (guint) g_atomic_int_get (&self->max_stall_ms) / 1000.0);
      break;
    case PROP_MIN_SPEED:
      g_value_set_uint (value, (guint) g_atomic_int_get (&self->min_speed));
      break;
    case PROP_WARC:
      g_value_set_string (value, self->warc);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_atomic (MillFetchStep *self, guint *field, guint value, GParamSpec *pspec)
{
  if ((guint) g_atomic_int_exchange ((gint *) field, (gint) value) != value)
    g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
mill_fetch_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillFetchStep *self = MILL_FETCH_STEP (object);

  switch ((MillFetchStepProperty) prop_id)
    {
    case PROP_MAX_BODY:
      set_atomic (self, &self->max_body, g_value_get_uint (value), pspec);
      break;
    case PROP_FOLLOW_REDIRECTS:
      if (self->follow_redirects != g_value_get_boolean (value))
        {
          self->follow_redirects = g_value_get_boolean (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_MAX_STALL:
      set_atomic (self, &self->max_stall_ms, (guint) (g_value_get_double (value) * 1000.0 + 0.5), pspec);
      break;
    case PROP_MIN_SPEED:
      set_atomic (self, &self->min_speed, g_value_get_uint (value), pspec);
      break;
    case PROP_WARC:
      if (g_strcmp0 (self->warc, g_value_get_string (value)) != 0)
        {
          g_free (self->warc);
          self->warc = g_value_dup_string (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_fetch_step_finalize (GObject *object)
{
  MillFetchStep *self = MILL_FETCH_STEP (object);

  g_clear_object (&self->crawl);
  g_clear_pointer (&self->archive, mill_warc_writer_unref);
  g_free (self->warc);
  mill_session_pool_free (self->sessions);
  G_OBJECT_CLASS (mill_fetch_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillFetchStep:max-body:
   *
   * A longer response, once decompressed, is a failure, in MiB. Live, from any thread.
   */
  properties[PROP_MAX_BODY] =
      mill_knob_with_unit (g_param_spec_uint ("max-body", _ ("Longest body"),
                                              _ ("A longer response, once decompressed, is a failure"), 1,
                                              2047, DEFAULT_MAX_BODY, MILL_KNOB_FLAGS),
                           N_ ("MiB"));
  /**
   * MillFetchStep:follow-redirects:
   *
   * Fetch what a redirect points to. In a crawl its target is queued like any link instead.
   */
  properties[PROP_FOLLOW_REDIRECTS] = g_param_spec_boolean (
      "follow-redirects", _ ("Follow redirects"),
      _ ("Fetch what a redirect points to. In a crawl its target is queued like any link instead"), TRUE,
      MILL_CONFIG_FLAGS);
  /**
   * MillFetchStep:max-stall:
   *
   * For how long a response may come slower than [property@Mill.FetchStep:min-speed], in seconds; 0 is no
   * limit. It is measured from one such stretch to the next, the first of which holds the connecting and the
   * waiting for the answer. Live, from any thread, for requests that begin.
   */
  properties[PROP_MAX_STALL] = mill_knob_with_unit (
      g_param_spec_double ("max-stall", _ ("Longest stall"),
                           _ ("A response that stays below the least speed for so long is given up; 0 is no "
                              "limit"),
                           0.0, 3600.0, DEFAULT_STALL, MILL_KNOB_FLAGS | MILL_PARAM_UNLIMITED),
      N_ ("s"));
  /**
   * MillFetchStep:min-speed:
   *
   * What is no stall, in bytes of the decompressed body per second; with 0, any byte will do. Live, from any
   * thread, for requests that begin.
   */
  properties[PROP_MIN_SPEED] = mill_knob_with_unit (
      g_param_spec_uint ("min-speed", _ ("Least speed"),
                         _ ("A response that is slower counts as stalled; with 0, any byte is progress"), 0,
                         G_MAXINT, DEFAULT_SPEED, MILL_KNOB_FLAGS),
      N_ ("B/s"));
  /**
   * MillFetchStep:warc:
   *
   * Keep what was asked and what came, whatever its status, in this web archive: a file whose name ends in
   * `.warc.gz` (WARC 1.1). One that is there already is added to. In a crawl, robots.txt and sitemaps are
   * kept as well. A page goes on only when it is in the archive; if that cannot be written, the run ends.
   */
  properties[PROP_WARC] = g_param_spec_string (
      "warc", _ ("Web archive"),
      _ ("Keep what was asked and what came in this file, whose name ends in .warc.gz; one that is there "
         "already is added to"),
      NULL, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_fetch_step_class_init (MillFetchStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_fetch_step_get_property;
  object_class->set_property = mill_fetch_step_set_property;
  object_class->finalize = mill_fetch_step_finalize;
  step_class->open = mill_fetch_step_open;
  step_class->process_async = mill_fetch_step_process_async;
  step_class->process_finish = mill_fetch_step_process_finish;
  step_class->close = mill_fetch_step_close;
  install_properties (object_class);
}

static void
mill_fetch_step_init (MillFetchStep *self)
{
  self->max_body = DEFAULT_MAX_BODY;
  self->max_stall_ms = (guint) (DEFAULT_STALL * 1000.0);
  self->min_speed = DEFAULT_SPEED;
  self->follow_redirects = TRUE;
  self->sessions = mill_session_pool_new ();
}

/**
 * mill_fetch_step_new:
 *
 * Creates the step with its defaults: bodies up to 64 MiB, no slower than 100 bytes per second for 15
 * seconds, redirects followed.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_fetch_step_new (void)
{
  return g_object_new (MILL_TYPE_FETCH_STEP, NULL);
}
