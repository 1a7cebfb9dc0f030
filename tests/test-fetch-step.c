/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFetchStep against a server that answers well, badly, too much or not at all. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "pipeline/mill-pipeline.h"
#include "steps/mill-fetch-step.h"
#include "test-web-server.h"
#include "test-work.h"

#define MIB (1024 * 1024)

typedef struct
{
  TestWebServer *server;     /* (owned) */
  MillPipeline *pipeline;    /* (owned) for the step's open */
  MillStep *step;            /* (owned) */
  GCancellable *cancellable; /* (owned) */
  MillWork work;
  GError *error; /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->pipeline = mill_pipeline_new ("test");
  fixture->step = mill_fetch_step_new ();
  fixture->cancellable = g_cancellable_new ();
  g_assert_true (mill_step_open (fixture->step, fixture->pipeline, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mill_step_close (fixture->step);
  mill_work_finalize (&fixture->work);
  g_clear_error (&fixture->error);
  g_object_unref (fixture->cancellable);
  g_object_unref (fixture->step);
  g_object_unref (fixture->pipeline);
  test_web_server_free (fixture->server);
}

static gboolean
fetch_url (Fixture *fixture, const char *url)
{
  mill_work_finalize (&fixture->work);
  g_clear_error (&fixture->error);
  test_work_init (&fixture->work, mill_item_new (1, url));
  return mill_step_run (fixture->step, &fixture->work, fixture->cancellable, &fixture->error);
}

static gboolean
fetch (Fixture *fixture, const char *path)
{
  g_autofree char *url = test_web_server_url (fixture->server, path);

  return fetch_url (fixture, url);
}

static const char *
attribute (Fixture *fixture, const char *name)
{
  return mill_item_get_attribute (mill_work_get_item (&fixture->work), name);
}

static void
assert_body (Fixture *fixture, const char *body)
{
  GBytes *payload = mill_item_get_payload (mill_work_get_item (&fixture->work));

  g_assert_nonnull (payload);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), body, strlen (body));
}

static void
test_success (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/a", "text/plain; charset=utf-8", "hello");
  g_assert_true (fetch (fixture, "/a"));
  assert_body (fixture, "hello");
  g_assert_cmpstr (attribute (fixture, "status"), ==, "200");
  g_assert_cmpstr (attribute (fixture, "content-type"), ==, "text/plain; charset=utf-8");
  g_assert_null (attribute (fixture, "final-url"));
  g_assert_null (attribute (fixture, "location"));
}

/* What a later run can compare, and how long it took. */
static void
test_particulars (Fixture *fixture, gconstpointer data)
{
  gint64 before = g_get_real_time (), started;

  test_web_server_set (fixture->server, "/a",
                       "HTTP/1.1 200 OK\r\nETag: W/\"x y\"\r\nLast-Modified: yesterday\x01\r\n"
                       "Content-Length: 1\r\nConnection: close\r\n\r\na");
  g_assert_true (fetch (fixture, "/a"));
  g_assert_cmpstr (attribute (fixture, "etag"), ==, "W/\"x y\"");
  g_assert_cmpstr (attribute (fixture, "last-modified"), ==, "yesterday ");
  started = g_ascii_strtoll (attribute (fixture, "started-us"), NULL, 10);
  g_assert_cmpint (started, >=, before);
  g_assert_cmpint (started, <=, g_get_real_time ());
  g_assert_cmpint (g_ascii_strtoll (attribute (fixture, "header-us"), NULL, 10), >, 0);
  g_assert_cmpint (g_ascii_strtoll (attribute (fixture, "fetch-us"), NULL, 10), >=,
                   g_ascii_strtoll (attribute (fixture, "header-us"), NULL, 10));
}

/* Nothing is left of an attempt when the next one has no answer. */
static void
test_forgets_particulars (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/a", "500 Oops", "ETag: \"1\"\r\n");
  g_assert_false (fetch (fixture, "/a"));
  g_assert_cmpstr (attribute (fixture, "etag"), ==, "\"1\"");
  test_web_server_set (fixture->server, "/a", "");
  g_clear_error (&fixture->error);
  g_assert_false (mill_step_run (fixture->step, &fixture->work, fixture->cancellable, &fixture->error));
  g_assert_null (attribute (fixture, "etag"));
  g_assert_null (attribute (fixture, "fetch-us"));
  g_assert_nonnull (attribute (fixture, "started-us"));
}

/* An empty body is a body. */
static void
test_empty (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/empty", "200 OK", "");
  g_assert_true (fetch (fixture, "/empty"));
  assert_body (fixture, "");
}

static GBytes *
compress (GBytes *plain)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (compressor));

  g_output_stream_write_all (stream, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), NULL, NULL,
                             NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* @size zeros, as gzip; the connection closes before the last @missing bytes. */
static void
serve_compressed (Fixture *fixture, const char *path, gsize size, guint missing)
{
  g_autoptr (GBytes) plain = g_bytes_new_take (g_malloc0 (size), size);
  g_autoptr (GBytes) packed = compress (plain);
  guint length = (guint) g_bytes_get_size (packed);
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %u\r\nConnection: close\r\n\r\n", length);

  g_byte_array_append (answer, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (answer, g_bytes_get_data (packed, NULL), length - missing);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&answer));
  test_web_server_set_bytes (fixture->server, path, bytes);
}

/* The limit is on what comes out, not on what comes in. */
static void
test_compressed (Fixture *fixture, gconstpointer data)
{
  g_object_set (fixture->step, "max-body", 1u, NULL);
  serve_compressed (fixture, "/fits", MIB, 0);
  g_assert_true (fetch (fixture, "/fits"));
  g_assert_cmpuint (mill_item_get_size (mill_work_get_item (&fixture->work)), ==, MIB);
  serve_compressed (fixture, "/bomb", MIB + 1, 0);
  g_assert_false (fetch (fixture, "/bomb"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
  g_assert_null (mill_item_get_payload (mill_work_get_item (&fixture->work)));
}

/* A server that announces too much is not even listened to; one that lies is cut off. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *body = g_strnfill (MIB + 10, 'x');
  g_autofree char *unannounced = g_strconcat ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", body, NULL);

  g_object_set (fixture->step, "max-body", 1u, NULL);
  test_web_server_set (fixture->server, "/announced",
                       "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\nabc");
  g_assert_false (fetch (fixture, "/announced"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
  test_web_server_set (fixture->server, "/unannounced", unannounced);
  g_assert_false (fetch (fixture, "/unannounced"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_TOO_LARGE);
}

typedef struct
{
  const char *status;
  gboolean may_pass;
} Status;

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  static const Status statuses[] = {
    { "400 Bad Request", FALSE },      { "403 Forbidden", FALSE },
    { "300 Multiple Choices", FALSE }, { "304 Not Modified", FALSE },
    { "404 Not Found", FALSE },        { "410 Gone", FALSE },
    { "501 Not Implemented", FALSE },  { "408 Request Timeout", TRUE },
    { "429 Too Many Requests", TRUE }, { "500 Internal Server Error", TRUE },
    { "502 Bad Gateway", TRUE },       { "503 Service Unavailable", TRUE },
    { "504 Gateway Timeout", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      int code = statuses[i].may_pass ? MILL_ERROR_RETRYABLE : MILL_ERROR_HTTP;

      test_web_server_set_status (fixture->server, "/status", statuses[i].status, "");
      g_assert_false (fetch (fixture, "/status"));
      g_assert_error (fixture->error, MILL_ERROR, code);
      g_assert_cmpstr (fixture->error->message, ==, statuses[i].status);
      g_assert_cmpint (mill_retry_policy_is_retryable (fixture->error), ==, statuses[i].may_pass);
      g_assert_cmpfloat (fixture->work.retry_after_s, <, 0.0);
      g_assert_null (mill_item_get_payload (mill_work_get_item (&fixture->work)));
    }
}

/* Nobody asks for a password; a login page is a failure like another. */
static void
test_login (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/login", "401 Unauthorized",
                              "WWW-Authenticate: Basic realm=\"x\"\r\n");
  g_assert_false (fetch (fixture, "/login"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_HTTP);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/login"), ==, 1);
}

static double
retry_after (Fixture *fixture, const char *value)
{
  g_autofree char *header = g_strdup_printf ("Retry-After: %s\r\n", value);

  test_web_server_set_status (fixture->server, "/busy", "503 Service Unavailable", header);
  g_assert_false (fetch (fixture, "/busy"));
  return fixture->work.retry_after_s;
}

static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, 60);
  g_autoptr (GDateTime) later = NULL;
  g_autofree char *date = g_date_time_format (then, "%a, %d %b %Y %H:%M:%S GMT");
  double seconds, passed;

  g_assert_cmpfloat_with_epsilon (retry_after (fixture, "7"), 7.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (retry_after (fixture, "0"), 0.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (retry_after (fixture, "100000"), 120.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (retry_after (fixture, "Fri, 31 Dec 1999 23:59:59 GMT"), 0.0, 1e-9);
  seconds = retry_after (fixture, date);
  later = g_date_time_new_now_utc ();
  passed = (double) g_date_time_difference (later, now) / G_TIME_SPAN_SECOND;
  /* The date has no fraction of a second. */
  g_assert_cmpfloat (seconds, >=, MAX (60.0 - 2.0 - passed, 0.0));
  g_assert_cmpfloat (seconds, <=, 60.0);
  g_assert_cmpfloat (retry_after (fixture, "soon"), <, 0.0);
  g_assert_cmpfloat (retry_after (fixture, "-5"), <, 0.0);
  g_assert_cmpfloat (retry_after (fixture, "\xff\xfe"), <, 0.0);
}

static void
test_follows_redirects (Fixture *fixture, gconstpointer data)
{
  g_autofree char *target = test_web_server_url (fixture->server, "/b/c");

  test_web_server_set_status (fixture->server, "/a", "301 Moved Permanently", "Location: b/x\r\n");
  test_web_server_set_status (fixture->server, "/b/x", "307 Temporary Redirect", "Location: c\r\n");
  test_web_server_set_page (fixture->server, "/b/c", "text/plain", "there");
  g_assert_true (fetch (fixture, "/a"));
  assert_body (fixture, "there");
  g_assert_cmpstr (attribute (fixture, "final-url"), ==, target);
  g_assert_cmpstr (attribute (fixture, "status"), ==, "200");
}

static void
test_redirects_end (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_status (fixture->server, "/loop", "302 Found", "Location: /loop\r\n");
  g_assert_false (fetch (fixture, "/loop"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_HTTP);
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/loop"), ==, 21);
  test_web_server_set_status (fixture->server, "/out", "302 Found", "Location: ftp://127.0.0.1/x\r\n");
  g_assert_false (fetch (fixture, "/out"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_HTTP);
  g_assert_nonnull (strstr (fixture->error->message, "ftp://127.0.0.1/x"));
  test_web_server_set_status (fixture->server, "/nowhere", "302 Found", "");
  g_assert_false (fetch (fixture, "/nowhere"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_HTTP);
}

static void
test_leaves_redirects (Fixture *fixture, gconstpointer data)
{
  g_autofree char *target = test_web_server_url (fixture->server, "/b");

  g_object_set (fixture->step, "follow-redirects", FALSE, NULL);
  test_web_server_set_status (fixture->server, "/a", "302 Found", "Location: b#part\r\n");
  g_assert_true (fetch (fixture, "/a"));
  g_assert_cmpstr (attribute (fixture, "location"), ==, target);
  g_assert_null (mill_item_get_payload (mill_work_get_item (&fixture->work)));
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/b"), ==, 0);
  test_web_server_set_status (fixture->server, "/bad", "302 Found", "Location: javascript:alert(1)\r\n");
  g_assert_false (fetch (fixture, "/bad"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_HTTP);
}

/* What a broken server sends is a failure, never a page. */
static void
test_broken_answers (Fixture *fixture, gconstpointer data)
{
  test_web_server_set (fixture->server, "/short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  g_assert_false (fetch (fixture, "/short"));
  g_assert_true (mill_retry_policy_is_retryable (fixture->error));
  g_assert_null (mill_item_get_payload (mill_work_get_item (&fixture->work)));
  test_web_server_set (fixture->server, "/garbage", "\x01\x02\x03 nonsense\r\n\r\n");
  g_assert_false (fetch (fixture, "/garbage"));
  test_web_server_set (fixture->server, "/nothing", "");
  g_assert_false (fetch (fixture, "/nothing"));
  serve_compressed (fixture, "/cut-gzip", MIB, 100);
  g_assert_false (fetch (fixture, "/cut-gzip"));
  test_web_server_set (fixture->server, "/type",
                       "HTTP/1.1 200 OK\r\nContent-Type: \xff\xfe\r\nContent-Length: 1\r\n\r\nx");
  g_assert_true (fetch (fixture, "/type"));
  g_assert_true (attribute (fixture, "content-type") == NULL ||
                 g_utf8_validate (attribute (fixture, "content-type"), -1, NULL));
}

static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  g_assert_false (fetch_url (fixture, "gopher://127.0.0.1/x"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (fixture->error->message, "gopher://127.0.0.1/x"));
  g_assert_false (fetch_url (fixture, "file:///etc/passwd"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (fetch_url (fixture, "17"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (fetch_url (fixture, NULL));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (fetch_url (fixture, "http://"));
  g_assert_error (fixture->error, MILL_ERROR, MILL_ERROR_INVALID);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *base = NULL;
  G_GNUC_UNUSED g_autoptr (GSocket) port = test_refusing_port_new (&base);
  g_autofree char *url = g_strconcat (base, "/", NULL);

  g_assert_false (fetch_url (fixture, url));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_true (mill_retry_policy_is_retryable (fixture->error));
}

typedef struct
{
  gboolean returned;
  GError *error; /* (owned) (nullable) */
} Outcome;

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (mill_step_process_finish (MILL_STEP (object), result, &outcome->error));
  outcome->returned = TRUE;
}

/* A server that does not answer holds nobody. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = test_web_server_url (fixture->server, "/silent");
  Outcome outcome = { FALSE, NULL };

  test_web_server_set (fixture->server, "/silent", TEST_SILENCE);
  test_work_init (&fixture->work, mill_item_new (1, url));
  mill_step_process_async (fixture->step, &fixture->work, fixture->cancellable, ended_cb, &outcome);
  while (test_web_server_get_asked (fixture->server, "/silent") == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (outcome.returned);
  g_cancellable_cancel (fixture->cancellable);
  while (!outcome.returned)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_error_free (outcome.error);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/fetch/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("success", test_success);
  ADD ("particulars", test_particulars);
  ADD ("forgets-particulars", test_forgets_particulars);
  ADD ("empty", test_empty);
  ADD ("compressed", test_compressed);
  ADD ("too-large", test_too_large);
  ADD ("failures", test_failures);
  ADD ("login", test_login);
  ADD ("retry-after", test_retry_after);
  ADD ("follows-redirects", test_follows_redirects);
  ADD ("redirects-end", test_redirects_end);
  ADD ("leaves-redirects", test_leaves_redirects);
  ADD ("broken-answers", test_broken_answers);
  ADD ("addresses", test_addresses);
  ADD ("refused", test_refused);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
