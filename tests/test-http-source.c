/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillHttpSource's contract (engine/sources/mill-http-source.h). Requests are written as the bytes they are.
 */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "sources/mill-http-source.h"
#include "tests/line-rig.h"

/* @headers: each with its CRLF. */
static GSocket *
begin (LineRig *rig, const char *method, const char *headers)
{
  GSocket *socket = line_rig_connect (rig);
  g_autofree char *head = g_strdup_printf ("%s /in HTTP/1.1\r\nHost: x\r\n%s\r\n", method, headers);

  line_rig_send (socket, head, -1);
  return socket;
}

static GSocket *
post (LineRig *rig, const char *headers, const char *body, gsize length)
{
  g_autofree char *all = g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n%s", length, headers);
  GSocket *socket = begin (rig, "POST", all);

  line_rig_send (socket, body, (gssize) length);
  return socket;
}

static void
read_head (GSocket *socket)
{
  gboolean is_head = TRUE;

  while (is_head)
    {
      g_autofree char *line = line_rig_read (socket);

      g_assert_nonnull (line);
      is_head = !g_str_equal (line, "\r");
    }
}

/* Takes over @socket: the answer, and nothing after it. */
static void
assert_answer (GSocket *socket, guint status, const char *body)
{
  g_autofree char *first = line_rig_read (socket);
  g_autofree char *start = g_strdup_printf ("HTTP/1.1 %u ", status);

  g_assert_nonnull (first);
  g_assert_true (g_str_has_prefix (first, start));
  read_head (socket);
  line_rig_assert_read (socket, body);
  g_assert_null (line_rig_read (socket));
  g_object_unref (socket);
}

static void
test_lines (gconstpointer data)
{
  LineRig rig;
  gboolean twice;

  line_rig_start (&rig, mill_http_source_new (), GPOINTER_TO_INT (data), test_succeed, 10);
  assert_answer (post (&rig, "", "a\ntw\0o\r\n\n\xff\xfe\nlast", 16), 200, "{\"lines\":5,\"dead\":0}");
  assert_answer (post (&rig, "", "", 0), 200, "{\"lines\":0,\"dead\":0}");
  TEST_WAIT (rig.pipeline, s->done == 5 && s->producer == MILL_PRODUCER_WAITING);
  g_assert_cmpuint (line_rig_count_keys (&rig, "~", &twice), ==, 5);
  g_assert_false (twice);
  line_rig_drain (&rig);
  g_assert_cmpint (mill_pipeline_get_state (rig.pipeline), ==, MILL_STATE_FINISHED);
  line_rig_clear (&rig);
}

/* However the body comes. */
static void
test_chunked (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;

  line_rig_start (&rig, mill_http_source_new (), GPOINTER_TO_INT (data), test_succeed, 10);
  socket = begin (&rig, "POST", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n");
  line_rig_assert_read (socket, "HTTP/1.1 100 Continue\r");
  read_head (socket);
  line_rig_send (socket, "4\r\none\n\r\n", -1);
  TEST_WAIT (rig.pipeline, s->done == 1); /* it does not wait for the end */
  line_rig_send (socket, "2\r\ntw\r\n1\r\no\r\n0\r\n\r\n", -1);
  assert_answer (g_steal_pointer (&socket), 200, "{\"lines\":2,\"dead\":0}");
  line_rig_clear (&rig);
}

static void
test_dead (void)
{
  LineRig rig;

  line_rig_start (&rig, mill_http_source_new (), MILL_KIND_THREADS, line_rig_fail_second, 10);
  assert_answer (post (&rig, "", "a\nb\nc\n", 6), 200, "{\"lines\":3,\"dead\":1}");
  line_rig_clear (&rig);
}

/* The same key, the same lines. */
static void
test_key (void)
{
  LineRig rig;
  g_autofree char *payload = NULL;
  gboolean twice;

  line_rig_start (&rig, mill_http_source_new (), MILL_KIND_THREADS, test_succeed, 10);
  assert_answer (post (&rig, "Idempotency-Key: \"job-7\"\r\n", "a\nb\n", 4), 200, "{\"lines\":2,\"dead\":0}");
  assert_answer (post (&rig, "Idempotency-Key: job-7\r\n", "a\nb\nc\n", 6), 200, "{\"lines\":3,\"dead\":0}");
  g_assert_cmpuint (line_rig_count_keys (&rig, "job-7:", &twice), ==, 3);
  g_assert_true (twice);
  payload = line_rig_dup_payload (&rig, "job-7:3");
  g_assert_cmpstr (payload, ==, "c");
  line_rig_clear (&rig);
}

/* Nothing is promised before it is kept. */
static void
test_settled_first (gconstpointer data)
{
  LineRig rig;
  GSocket *socket;

  line_rig_start (&rig, mill_http_source_new (), GPOINTER_TO_INT (data), test_hold, 10);
  socket = post (&rig, "", "a\nb\n", 4);
  TEST_WAIT (rig.pipeline, s0->by_state[MILL_WORKER_BUSY] == 2 && s->producer == MILL_PRODUCER_WAITING);
  g_assert_false (g_socket_condition_check (socket, G_IO_IN) & G_IO_IN);
  test_step_release (rig.step);
  assert_answer (socket, 200, "{\"lines\":2,\"dead\":0}");
  line_rig_clear (&rig);
}

/* A full queue is felt by the sender. */
static void
test_backpressure (gconstpointer data)
{
  LineRig rig;
  GSocket *socket;
  gsize sent;

  line_rig_start (&rig, mill_http_source_new (), GPOINTER_TO_INT (data), test_hold, 2);
  socket = begin (&rig, "POST", "Content-Length: 67108864\r\n");
  sent = line_rig_flood (socket);
  TEST_WAIT (rig.pipeline, s->producer == MILL_PRODUCER_BLOCKED && s->produced == 5);
  test_step_release (rig.step);
  g_object_unref (socket); /* breaks off: its whole lines count */
  TEST_WAIT (rig.pipeline, s->producer == MILL_PRODUCER_WAITING && s->done > 64);
  g_assert_cmpuint (line_rig_count_keys (&rig, "~", &(gboolean){ FALSE }), <=, sent / LINE_RIG_FLOOD_LINE);
  assert_answer (post (&rig, "", "a\n", 2), 200, "{\"lines\":1,\"dead\":0}");
  line_rig_clear (&rig);
}

/* A long body comes through whole. */
static void
test_long_body (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GString) body = g_string_new (NULL);
  gboolean twice;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (body, "line %u of them\r\n", i);
  line_rig_start (&rig, mill_http_source_new (), GPOINTER_TO_INT (data), test_succeed, 3);
  assert_answer (post (&rig, "", body->str, body->len), 200, "{\"lines\":20000,\"dead\":0}");
  g_assert_cmpuint (line_rig_count_keys (&rig, "~", &twice), ==, 20000);
  g_assert_false (twice);
  line_rig_clear (&rig);
}

static MillSource *
narrow (void)
{
  return g_object_new (MILL_TYPE_HTTP_SOURCE, "max-line", 10u, "max-body", 20.0, "max-connections", 2u, NULL);
}

static void
test_refused (gconstpointer data)
{
  LineRig rig;

  line_rig_start (&rig, narrow (), GPOINTER_TO_INT (data), test_succeed, 10);
  assert_answer (begin (&rig, "GET", ""), 405, "{\"error\":\"lines are taken by POST\"}");
  assert_answer (begin (&rig, "POST", "Content-Length: 21\r\n"), 413, "{\"error\":\"the body is too long\"}");
  assert_answer (begin (&rig, "POST", "Content-Length: 2\r\nContent-Encoding: gzip\r\n"), 415,
                 "{\"error\":\"a compressed body is not taken\"}");
  assert_answer (begin (&rig, "POST", "Content-Length: 2\r\nIdempotency-Key: a b\r\n"), 400,
                 "{\"error\":\"the Idempotency-Key is not 1 to 64 of A-Z a-z 0-9 . _ -\"}");
  g_assert_cmpuint (line_rig_count_keys (&rig, "", &(gboolean){ FALSE }), ==, 0);
  /* The lines before what is wrong count. */
  assert_answer (post (&rig, "", "a\n12345678901", 13), 413,
                 "{\"error\":\"line 2 is longer than 10 bytes\"}");
  TEST_WAIT (rig.pipeline, s->done == 1);
  {
    GSocket *socket = begin (&rig, "POST", "Transfer-Encoding: chunked\r\n");

    line_rig_send (socket, "15\r\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\r\n", -1);
    assert_answer (socket, 413, "{\"error\":\"the body is longer than 20 bytes\"}");
  }
  assert_answer (post (&rig, "", "0123456789\n", 11), 200, "{\"lines\":1,\"dead\":0}");
  line_rig_clear (&rig);
}

static void
test_no_http (void)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *line = NULL;

  line_rig_start (&rig, mill_http_source_new (), MILL_KIND_THREADS, test_succeed, 10);
  socket = line_rig_connect (&rig);
  line_rig_send (socket, "\x16\x03\x01 nonsense\r\n\r\n", -1);
  line = line_rig_read (socket);
  g_assert_true (line == NULL || strstr (line, " 400 ") != NULL);
  assert_answer (post (&rig, "", "a\n", 2), 200, "{\"lines\":1,\"dead\":0}");
  line_rig_clear (&rig);
}

static void
test_many_connections (gconstpointer data)
{
  LineRig rig;
  GSocket *sockets[2];
  gboolean is_in = FALSE;

  line_rig_start (&rig, narrow (), GPOINTER_TO_INT (data), test_succeed, 10);
  for (guint i = 0; i < 2; i++)
    sockets[i] = begin (&rig, "POST", "Content-Length: 2\r\n");
  assert_answer (line_rig_connect (&rig), 503, "{\"error\":\"too many connections\"}");
  for (guint i = 0; i < 2; i++)
    {
      line_rig_send (sockets[i], "a\n", 2);
      assert_answer (sockets[i], 200, "{\"lines\":1,\"dead\":0}");
    }
  /* And there is room for others. */
  while (!is_in)
    {
      g_autoptr (GSocket) socket = line_rig_connect (&rig);
      g_autofree char *line = NULL;

      g_socket_send (socket, "GET / HTTP/1.0\r\n\r\n", 18, NULL, NULL);
      line = line_rig_read (socket);
      is_in = g_str_has_prefix (line, "HTTP/1.1 405 ");
    }
  line_rig_clear (&rig);
}

/* What was read is delivered; who was not read to the end is told. */
static void
test_drain (gconstpointer data)
{
  LineRig rig;
  GSocket *whole, *half;
  g_autofree char *where = NULL;

  line_rig_start (&rig, mill_http_source_new (), GPOINTER_TO_INT (data), test_hold, 2);
  where = mill_source_dup_address (mill_pipeline_get_source (rig.pipeline));
  half = begin (&rig, "POST", "Content-Length: 100\r\n");
  line_rig_send (half, "a\nb\nc\nd", -1);
  TEST_WAIT (rig.pipeline, s->produced == 3 && s->producer == MILL_PRODUCER_WAITING);
  whole = post (&rig, "", "a\nb\nc\nd", 7);
  TEST_WAIT (rig.pipeline, s->producer == MILL_PRODUCER_BLOCKED);
  g_assert_true (mill_pipeline_drain (rig.pipeline, 60.0, NULL));
  test_step_release (rig.step);
  line_rig_join (&rig);
  assert_answer (whole, 200, "{\"lines\":4,\"dead\":0}");
  assert_answer (half, 503, "{\"error\":\"the run has ended\"}");
  TEST_WAIT (rig.pipeline, s->done == 7 && s->returned == 0);
  line_rig_assert_closed (where);
  line_rig_clear (&rig);
}

static void
test_stop (gconstpointer data)
{
  LineRig rig;
  GSocket *socket;

  line_rig_start (&rig, mill_http_source_new (), GPOINTER_TO_INT (data), test_hold, 2);
  socket = post (&rig, "", "a\nb\nc\nd\ne\nf\n", 12);
  TEST_WAIT (rig.pipeline, s->producer == MILL_PRODUCER_BLOCKED);
  mill_pipeline_stop (rig.pipeline);
  line_rig_join (&rig);
  TEST_WAIT (rig.pipeline, s->returned == 6);
  assert_answer (socket, 503, "{\"error\":\"the run has ended\"}");
  line_rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  test_add_both ("http-source", "lines", test_lines);
  test_add_both ("http-source", "chunked", test_chunked);
  test_add_both ("http-source", "settled-first", test_settled_first);
  test_add_both ("http-source", "backpressure", test_backpressure);
  test_add_both ("http-source", "long-body", test_long_body);
  test_add_both ("http-source", "refused", test_refused);
  test_add_both ("http-source", "many-connections", test_many_connections);
  test_add_both ("http-source", "drain", test_drain);
  test_add_both ("http-source", "stop", test_stop);
  g_test_add_func ("/http-source/dead", test_dead);
  g_test_add_func ("/http-source/key", test_key);
  g_test_add_func ("/http-source/no-http", test_no_http);
  return g_test_run ();
}
