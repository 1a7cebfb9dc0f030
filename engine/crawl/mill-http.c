/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One bounded GET. libsoup would follow redirects and log in by itself, but reads the bodies of the responses
 * in between without a limit, so redirects are followed here and there is no login. It would decompress as
 * well, but takes a compressed body that breaks off for a whole one, so that is done here too. */

#include "config.h"

#include "crawl/mill-http-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-cancel-source-private.h"
#include "core/mill-error.h"
#include "core/mill-integer-private.h"
#include "crawl/mill-http-tap-private.h"
#include "crawl/mill-url.h"

#define CHUNK               (64 * 1024)
#define FIRST_ALLOCATION    (1024 * 1024) /* at most, whatever length the server announces */
#define DISCARD_CHUNK       (8 * 1024)
#define DISCARD_LIMIT       (256 * 1024) /* a longer body costs more than a new connection */
#define LONGEST_RETRY_AFTER 120.0
#define MAX_INFORMATIONAL   16 /* such as 103 Early Hints, before the response itself */

/* Why a request was broken off from within. */
typedef enum
{
  BROKEN_OFF_NOT,
  BROKEN_OFF_STALLED,
  BROKEN_OFF_INFORMATIONAL,
} BrokenOff;

typedef struct
{
  SoupSession *session; /* (owned) */
  char *url;            /* (owned) */
  MillHttpLimits limits;
  guint redirects;
  gint64 begun_us;
  gint64 head_us;            /* when the header was there */
  GCancellable *cancellable; /* (owned) (nullable) the caller's */
  /* Fires when the caller's does, but on this context: libsoup 3.2 crashes on a cancellation from another
   * thread. */
  GCancellable *here; /* (owned) */
  /* (owned) (nullable) Fires with the caller's cancellable, and at the end of each stretch of max_stall_s. A
   * response that takes no longer than one costs no timer. */
  GSource *watch;
  gboolean has_head;     /* of the response at hand */
  gboolean head_is_news; /* it came in this stretch */
  gsize n_news;          /* bytes of the body that came in this stretch */
  guint n_informational;
  BrokenOff broken_off;

  SoupMessage *message; /* (owned) (nullable) the request on its way */
  GInputStream *stream; /* (owned) (nullable) its body, as it comes */
  GInputStream *tapped; /* (owned) (nullable) the same by way of `tap` */
  GInputStream *plain;  /* (owned) (nullable) the same, decompressed; NULL when it is not compressed */

  gboolean keeps_body;
  guint8 *body; /* (owned) (nullable) what was kept, until it is in `kept` */
  GBytes *kept; /* (owned) (nullable) */
  gsize length;
  gsize capacity;
  gsize n_discarded;
  guint8 scratch[DISCARD_CHUNK]; /* what was not */

  /* For the archive. */
  MillWarcWriter *archive; /* (owned) (nullable) */
  MillHttpTap *tap;        /* (owned) (nullable) a compressed body as it comes */
  gint64 began_us;         /* real time */
  char *ip_address;        /* (owned) (nullable) who answers */
  const char *cut;         /* (nullable) static; why the body at hand is not all of it */
  GError *failure;         /* (owned) (nullable) what to say once what came is archived */
  MillWarcExchange *left;  /* (owned) (nullable) what had come when the caller cancelled */
} Request;

static void send_request (GTask *task);
static void read_more (GTask *task);
static void discard_more (GTask *task);

/* The session may keep the message for longer. */
static void
drop_message (Request *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
}

static void
request_free (gpointer data)
{
  Request *self = data;

  g_clear_pointer (&self->watch, mill_cancel_source_destroy);
  g_object_unref (self->here);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->plain);
  g_clear_object (&self->tapped);
  g_clear_object (&self->stream);
  drop_message (self);
  g_clear_object (&self->session);
  g_clear_object (&self->tap);
  g_clear_pointer (&self->archive, mill_warc_writer_unref);
  g_clear_pointer (&self->left, mill_warc_exchange_free);
  g_clear_error (&self->failure);
  g_free (self->ip_address);
  g_clear_pointer (&self->kept, g_bytes_unref);
  g_free (self->body);
  g_free (self->url);
  g_free (self);
}

static const char *
get_header (SoupMessage *message, const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (message), name);
}

/* RFC 9110, 10.2.3: a number of seconds or a date. What is neither says nothing. */
static double
parse_retry_after (const char *text)
{
  guint64 seconds;

  if (text == NULL)
    return -1.0;
  if (mill_integer_read_unsigned (text, &seconds))
    return MIN ((double) seconds, LONGEST_RETRY_AFTER);
  if (g_utf8_validate (text, -1, NULL))
    {
      g_autoptr (GDateTime) date = soup_date_time_new_from_http_string (text);
      g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

      if (date != NULL)
        return CLAMP ((double) g_date_time_difference (date, now) / G_TIME_SPAN_SECOND, 0.0,
                      LONGEST_RETRY_AFTER);
    }
  return -1.0;
}

/* (nullable): where the response sends the client, as the server wrote it. */
static const char *
get_redirect (const Request *self)
{
  guint status = soup_message_get_status (self->message);

  if (status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND ||
      status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT ||
      status == SOUP_STATUS_PERMANENT_REDIRECT)
    return get_header (self->message, "Location");
  return NULL;
}

/* Returns: (transfer full) (nullable): a header's value as it can be shown */
static char *
dup_header (const Request *self, const char *name)
{
  const char *value = get_header (self->message, name);

  return value != NULL ? mill_http_clean_header (value) : NULL;
}

/* The length that the server announced; 0 if it did not. */
static goffset
get_announced (const Request *self)
{
  return soup_message_headers_get_content_length (soup_message_get_response_headers (self->message));
}

static gboolean
is_success (const Request *self)
{
  return SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (self->message));
}

/* (transfer none) (nullable): what was kept of the body */
static GBytes *
take_body (Request *self)
{
  if (self->kept == NULL && self->keeps_body)
    {
      if (self->capacity > self->length)
        self->body = g_realloc (self->body, self->length);
      self->kept = g_bytes_new_take (g_steal_pointer (&self->body), self->length);
    }
  return self->kept;
}

static void
return_response (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  MillHttpResponse *response = g_new0 (MillHttpResponse, 1);

  response->status = soup_message_get_status (self->message);
  response->url = g_steal_pointer (&self->url);
  response->content_type = dup_header (self, "Content-Type");
  response->etag = dup_header (self, "ETag");
  response->last_modified = dup_header (self, "Last-Modified");
  response->header_us = self->head_us - self->begun_us;
  response->total_us = g_get_monotonic_time () - self->begun_us;
  response->retry_after_s = parse_retry_after (get_header (self->message, "Retry-After"));
  if (get_redirect (self) != NULL)
    response->location = mill_http_clean_header (get_redirect (self));
  if (is_success (self))
    response->body = g_bytes_ref (take_body (self));
  g_task_return_pointer (task, response, (GDestroyNotify) mill_http_response_free);
}

static void
follow_redirect (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  g_autofree char *location = mill_http_clean_header (get_redirect (self));
  g_autofree char *shown = mill_http_shorten (location);
  g_autoptr (GError) error = NULL;
  char *target = NULL;

  if (++self->redirects > self->limits.max_redirects)
    {
      g_task_return_new_error (task, MILL_ERROR, MILL_ERROR_HTTP,
                               _ ("more than %u redirects, the last one to “%s”"), self->limits.max_redirects,
                               shown);
      return;
    }
  target = mill_url_canonicalize (self->url, location, MILL_URL_FLAGS_NONE, &error);
  if (target == NULL)
    {
      g_task_return_new_error (task, MILL_ERROR, MILL_ERROR_HTTP, _ ("redirects to “%s”: %s"), shown,
                               error->message);
      return;
    }
  g_free (self->url);
  self->url = target;
  send_request (task);
}

/* Gives the connection back before anything else asks for one; a body not read to its end closes the
 * connection. Neither waits. */
static void
close_body (Request *self)
{
  g_clear_object (&self->plain);
  g_clear_object (&self->tapped);
  g_input_stream_close (self->stream, NULL, NULL);
  g_clear_object (&self->stream);
}

static void
answer (GTask *task)
{
  Request *self = g_task_get_task_data (task);

  if (self->limits.max_redirects > 0 && get_redirect (self) != NULL)
    follow_redirect (task);
  else
    return_response (task);
}

/* Ends what has no response; consumes @error, which only says "cancelled" when the reason is another. */
static void
fail_request (GTask *task, GError *error)
{
  Request *self = g_task_get_task_data (task);

  if (self->broken_off == BROKEN_OFF_NOT)
    {
      g_task_return_error (task, mill_http_explain_error (self->message, error));
      return;
    }
  g_error_free (error);
  if (self->broken_off == BROKEN_OFF_INFORMATIONAL)
    g_task_return_new_error (task, MILL_ERROR, MILL_ERROR_FAILED,
                             _ ("the server sent more than %u interim responses (1xx) and no real one"),
                             MAX_INFORMATIONAL);
  else if (self->has_head)
    g_task_return_new_error (task, MILL_ERROR, MILL_ERROR_TIMED_OUT,
                             _ ("the body comes too slowly: %u bytes within %g s"), (guint) self->n_news,
                             self->limits.max_stall_s);
  else
    g_task_return_new_error (task, MILL_ERROR, MILL_ERROR_TIMED_OUT, _ ("no answer within %g s"),
                             self->limits.max_stall_s);
}

/* (transfer full): the request at hand and what came of it, as it came */
static MillWarcExchange *
make_exchange (Request *self)
{
  GBytes *body = self->tap == NULL ? take_body (self) : mill_http_tap_get_bytes (self->tap);

  if (self->cut == NULL && self->tap != NULL && mill_http_tap_is_cut (self->tap))
    self->cut = MILL_WARC_CUT_LENGTH;
  if (self->cut == NULL && body != NULL && get_announced (self) > (goffset) g_bytes_get_size (body))
    self->cut = MILL_WARC_CUT_DISCONNECT;
  return mill_http_describe_exchange (self->message, self->began_us, self->ip_address, body, self->cut);
}

static void
archived_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mill_warc_writer_write_finish (result, &error))
    g_task_return_error (task, error);
  else if (self->failure != NULL)
    fail_request (task, g_steal_pointer (&self->failure));
  else
    answer (task);
}

/* The body has ended, in whatever way: on to the archive, if there is one, and then to who asked. */
static void
end_response (GTask *task)
{
  Request *self = g_task_get_task_data (task);

  close_body (self);
  if (self->archive == NULL)
    answer (task);
  else
    mill_warc_writer_write_async (self->archive, make_exchange (self), self->cancellable, archived_cb,
                                  g_object_ref (task));
}

static gboolean
was_cancelled (const Request *self)
{
  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

/* Why what came of the body is not all, when reading more of it failed. */
static const char *
explain_cut (const Request *self, const GError *error)
{
  if (self->broken_off == BROKEN_OFF_STALLED)
    return MILL_WARC_CUT_TIME;
  if (self->tap != NULL && mill_http_tap_is_whole (self->tap))
    return NULL;
  if (g_error_matches (error, MILL_ERROR, MILL_ERROR_TOO_LARGE))
    return MILL_WARC_CUT_LENGTH;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    return MILL_WARC_CUT_DISCONNECT;
  return MILL_WARC_CUT_OTHERWISE;
}

/* The body cannot be had. */
static void
fail (GTask *task, GError *error)
{
  Request *self = g_task_get_task_data (task);

  if (self->archive == NULL)
    {
      close_body (self);
      fail_request (task, error);
      return;
    }
  self->cut = explain_cut (self, error);
  if (was_cancelled (self))
    {
      close_body (self);
      self->left = make_exchange (self);
      fail_request (task, error);
      return;
    }
  self->failure = error;
  end_response (task);
}

static void
end_long_body (GTask *task)
{
  Request *self = g_task_get_task_data (task);

  if (self->limits.truncate || !is_success (self))
    {
      self->length = MIN (self->length, self->limits.max_body);
      self->cut = MILL_WARC_CUT_LENGTH;
      end_response (task);
      return;
    }
  fail (task, g_error_new (MILL_ERROR, MILL_ERROR_TOO_LARGE, _ ("the body is larger than %u MiB"),
                           (guint) (self->limits.max_body / (1024 * 1024))));
}

static void
discarded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    {
      self->n_discarded += (gsize) n;
      self->n_news += (gsize) n;
    }
  if (self->n_discarded > DISCARD_LIMIT)
    self->cut = MILL_WARC_CUT_LENGTH;
  else if (n < 0)
    self->cut = MILL_WARC_CUT_DISCONNECT;
  /* What goes wrong here costs a connection, not the response. */
  if (n <= 0 || self->n_discarded > DISCARD_LIMIT)
    end_response (task);
  else
    discard_more (task);
}

/* A connection can be used again only after the whole body was read. */
static void
discard_more (GTask *task)
{
  Request *self = g_task_get_task_data (task);

  g_input_stream_read_async (self->tapped != NULL ? self->tapped : self->stream, self->scratch,
                             sizeof self->scratch, G_PRIORITY_DEFAULT, self->here, discarded_cb,
                             g_object_ref (task));
}

/* A body that announces its length and then the end of the connection is whole for libsoup wherever it ends.
 */
static gboolean
breaks_off (const Request *self)
{
  return self->plain == NULL && self->length < (guint64) get_announced (self);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n > 0)
    {
      self->length += (gsize) n;
      self->n_news += (gsize) n;
    }
  if (n < 0 && (is_success (self) || was_cancelled (self)))
    fail (task, error);
  else if (n < 0)
    {
      self->cut = explain_cut (self, error);
      g_error_free (error);
      end_response (task);
    }
  else if (self->length > self->limits.max_body)
    end_long_body (task);
  else if (n > 0)
    read_more (task);
  else if (breaks_off (self) && !is_success (self))
    {
      self->cut = MILL_WARC_CUT_DISCONNECT;
      end_response (task);
    }
  else if (breaks_off (self))
    fail (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                                     _ ("the body ends before the length that was announced")));
  else if (self->plain != NULL)
    discard_more (task); /* the end of what is compressed may come before that of the body */
  else
    end_response (task);
}

static void
read_more (GTask *task)
{
  Request *self = g_task_get_task_data (task);

  if (self->capacity - self->length < CHUNK)
    {
      self->capacity = MIN (MAX (self->length + CHUNK, 2 * self->capacity), self->limits.max_body + CHUNK);
      self->body = g_realloc (self->body, self->capacity);
    }
  g_input_stream_read_async (self->plain != NULL ? self->plain : self->stream, self->body + self->length,
                             self->capacity - self->length, G_PRIORITY_DEFAULT, self->here, read_cb,
                             g_object_ref (task));
}

static gboolean
is_compressed (const Request *self)
{
  const char *encoding = get_header (self->message, "Content-Encoding");

  return encoding != NULL &&
         (g_ascii_strcasecmp (encoding, "gzip") == 0 || g_ascii_strcasecmp (encoding, "x-gzip") == 0);
}

static void
begin_decompression (Request *self)
{
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

  if (self->archive != NULL)
    {
      self->tap = mill_http_tap_new (self->limits.max_body);
      self->tapped = g_converter_input_stream_new (self->stream, G_CONVERTER (self->tap));
      g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->tapped), FALSE);
    }
  self->plain = g_converter_input_stream_new (self->tapped != NULL ? self->tapped : self->stream,
                                              G_CONVERTER (decompressor));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->plain), FALSE);
}

static void
begin_body (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  goffset announced = get_announced (self);

  self->keeps_body = is_success (self) || self->archive != NULL;
  if (!self->keeps_body)
    {
      discard_more (task);
      return;
    }
  if (is_success (self) && is_compressed (self))
    begin_decompression (self);
  else if (is_success (self) && !self->limits.truncate && (guint64) announced > self->limits.max_body)
    {
      end_long_body (task);
      return;
    }
  self->capacity = (gsize) CLAMP (announced, 0, FIRST_ALLOCATION) + CHUNK;
  self->body = g_malloc (self->capacity);
  read_more (task);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    {
      fail_request (task, error);
      return;
    }
  self->has_head = self->head_is_news = TRUE;
  self->head_us = g_get_monotonic_time ();
  self->ip_address = mill_http_dup_ip_address (self->message);
  begin_body (task);
}

/* libsoup reads on for as long as they come, without a look at anything else. */
static void
got_informational_cb (SoupMessage *message, gpointer user_data)
{
  Request *self = user_data;

  if (++self->n_informational <= MAX_INFORMATIONAL)
    return;
  self->broken_off = BROKEN_OFF_INFORMATIONAL;
  g_cancellable_cancel (self->here);
}

static gboolean
has_host (GUri *uri)
{
  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0';
}

/* Before a redirect is followed. */
static void
forget_response (Request *self)
{
  drop_message (self);
  g_clear_object (&self->tap);
  g_clear_pointer (&self->kept, g_bytes_unref);
  g_clear_pointer (&self->body, g_free);
  g_clear_pointer (&self->ip_address, g_free);
  self->length = self->capacity = self->n_discarded = 0;
  self->cut = NULL;
}

static void
send_request (GTask *task)
{
  Request *self = g_task_get_task_data (task);
  g_autoptr (GUri) uri = g_uri_parse (self->url, SOUP_HTTP_URI_FLAGS, NULL);

  forget_response (self);
  if (!has_host (uri))
    {
      g_task_return_new_error (task, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not a valid web address"),
                               self->url);
      return;
    }
  self->message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  self->has_head = FALSE;
  self->began_us = g_get_real_time ();
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (self->message, "got-informational", G_CALLBACK (got_informational_cb), self);
  soup_message_headers_replace (soup_message_get_request_headers (self->message), "Accept-Encoding", "gzip");
  soup_session_send_async (self->session, self->message, G_PRIORITY_DEFAULT, self->here, sent_cb,
                           g_object_ref (task));
}

void
mill_http_response_free (MillHttpResponse *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->last_modified);
  g_free (self->etag);
  g_free (self->location);
  g_free (self->content_type);
  g_free (self->url);
  g_free (self);
}

gboolean
mill_http_response_is_success (const MillHttpResponse *self)
{
  return SOUP_STATUS_IS_SUCCESSFUL (self->status);
}

/**
 * mill_http_response_describe_status:
 *
 * Returns: (transfer full): such as "404 Not Found"; the standard's phrase, not the server's
 */
char *
mill_http_response_describe_status (const MillHttpResponse *self)
{
  const char *phrase = self->status == MILL_HTTP_TOO_MANY_REQUESTS ? "Too Many Requests"
                                                                   : soup_status_get_phrase (self->status);

  return g_strdup_printf ("%u %s", self->status, phrase);
}

/**
 * mill_http_session_new:
 *
 * Creates a session for use in the calling thread's default main context. It has no limit on connections of
 * its own, since the pipeline's semaphores are the gate, and no time-out, since the caller cancels.
 *
 * Returns: (transfer full): the session
 */
SoupSession *
mill_http_session_new (void)
{
  SoupSession *session =
      g_object_new (SOUP_TYPE_SESSION, "max-conns", 10000, "max-conns-per-host", 10000, "timeout", 0u,
                    "idle-timeout", 30u, "user-agent", MILL_HTTP_USER_AGENT, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

static gboolean watch_cb (gpointer user_data);

static void
begin_stretch (Request *self, GMainContext *context)
{
  gint64 end_us = MILL_NEVER;

  if (self->limits.max_stall_s > 0.0)
    end_us = g_get_monotonic_time () + (gint64) (self->limits.max_stall_s * G_USEC_PER_SEC);
  else if (self->cancellable == NULL)
    return;
  self->n_news = 0;
  self->head_is_news = FALSE;
  self->watch = mill_cancel_source_new ("mill http", end_us, self->cancellable, watch_cb, self, NULL);
  g_source_attach (self->watch, context);
}

static gboolean
is_stalled (const Request *self)
{
  return !self->head_is_news &&
         (double) self->n_news < MAX (self->limits.min_speed * self->limits.max_stall_s, 1.0);
}

static gboolean
watch_cb (gpointer user_data)
{
  Request *self = user_data;
  GMainContext *context = g_source_get_context (self->watch);

  if (self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable))
    g_cancellable_cancel (self->here);
  else if (is_stalled (self))
    {
      self->broken_off = BROKEN_OFF_STALLED;
      g_cancellable_cancel (self->here);
    }
  else
    {
      g_clear_pointer (&self->watch, mill_cancel_source_destroy);
      begin_stretch (self, context);
    }
  return G_SOURCE_REMOVE;
}

/**
 * mill_http_get_async:
 * @session: a session of the thread-default main context
 * @url: an http or https address
 * @archive: (nullable): where to keep what was asked and what came
 *
 * Fetches @url. A response with whatever status is a success; no response, a body beyond the limit or too
 * slow, and a redirect that leads nowhere are errors. Cancelling closes the connection.
 *
 * With an archive, whatever has a head is in there before this ends, redirects that are followed and
 * responses that break off included; if that fails, so does this. Only what a cancellation breaks off is left
 * to the caller, who knows why: see mill_http_steal_left().
 */
void
mill_http_get_async (SoupSession *session, const char *url, const MillHttpLimits *limits,
                     MillWarcWriter *archive, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *self = g_new0 (Request, 1);

  self->session = g_object_ref (session);
  self->url = g_strdup (url);
  self->limits = *limits;
  self->begun_us = g_get_monotonic_time ();
  self->archive = archive != NULL ? mill_warc_writer_ref (archive) : NULL;
  self->here = g_cancellable_new ();
  g_set_object (&self->cancellable, cancellable);
  g_task_set_task_data (task, self, request_free);
  if (g_task_return_error_if_cancelled (task))
    return;
  begin_stretch (self, g_main_context_get_thread_default ());
  send_request (task);
}

/**
 * mill_http_get_finish:
 *
 * Returns: (transfer full) (nullable): the response, or %NULL with @error set
 */
MillHttpResponse *
mill_http_get_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mill_http_steal_left:
 * @result: of a request that was cancelled; before mill_http_get_finish()
 * @cut: (nullable): what was done about it, such as %MILL_WARC_CUT_TIME
 *
 * Returns: (transfer full) (nullable): what had come and is in no archive
 */
MillWarcExchange *
mill_http_steal_left (GAsyncResult *result, const char *cut)
{
  Request *self = g_task_get_task_data (G_TASK (result));
  MillWarcExchange *left = g_steal_pointer (&self->left);

  if (left != NULL)
    left->cut = cut;
  return left;
}
