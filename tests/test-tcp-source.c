/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillTcpSource's contract (engine/sources/mill-tcp-source.h). */

#include "config.h"

#include <locale.h>
#include <string.h>
#include <sys/socket.h>

#include "core/mill-error.h"
#include "sources/mill-tcp-connection-private.h"
#include "sources/mill-tcp-source.h"
#include "tests/line-rig.h"

static TestAct
hold_first (guint64 id, guint attempt)
{
  return id == 1 ? TEST_HOLD : TEST_SUCCEED;
}

static MillSource *
acknowledging (void)
{
  return g_object_new (MILL_TYPE_TCP_SOURCE, "ack", TRUE, NULL);
}

static void
end_sending (GSocket *socket)
{
  g_assert_true (g_socket_shutdown (socket, FALSE, TRUE, NULL));
}

static void
assert_payload (LineRig *rig, const char *key, const char *text)
{
  g_autofree char *payload = line_rig_dup_payload (rig, key);

  g_assert_cmpstr (payload, ==, text);
}

/* Whatever a line holds; and the source does not end with its senders. */
static void
test_lines (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;
  gboolean twice;

  line_rig_start (&rig, mill_tcp_source_new (), GPOINTER_TO_INT (data), test_succeed, 10);
  socket = line_rig_connect (&rig);
  line_rig_send (socket, "FROM one 5\ntw\0o\r\n\n\xff\xfe\nla", 23);
  TEST_WAIT (rig.pipeline, s->done == 4);
  line_rig_send (socket, "st", -1);
  end_sending (socket);
  g_assert_null (line_rig_read (socket)); /* nothing is said, the connection ends */
  TEST_WAIT (rig.pipeline, s->done == 5 && s->producer == MILL_PRODUCER_WAITING);
  g_assert_cmpuint (line_rig_count_keys (&rig, "~", &twice), ==, 5);
  g_assert_false (twice);
  line_rig_drain (&rig);
  g_assert_cmpint (mill_pipeline_get_state (rig.pipeline), ==, MILL_STATE_FINISHED);
  line_rig_clear (&rig);
}

/* Two senders' lines have different keys. */
static void
test_own_names (void)
{
  LineRig rig;
  gboolean twice;

  line_rig_start (&rig, mill_tcp_source_new (), MILL_KIND_THREADS, test_succeed, 10);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSocket) socket = line_rig_connect (&rig);

      line_rig_send (socket, "a\nb\n", -1);
      end_sending (socket);
      g_assert_null (line_rig_read (socket));
    }
  TEST_WAIT (rig.pipeline, s->done == 4);
  g_assert_cmpuint (line_rig_count_keys (&rig, "~", &twice), ==, 4);
  g_assert_false (twice);
  line_rig_clear (&rig);
}

/* The sender is told the last number at the end, whatever it was told before. */
static void
read_last_acknowledgement (GSocket *socket, const char *last)
{
  g_autofree char *before = NULL;
  char *line;

  while ((line = line_rig_read (socket)) != NULL)
    {
      g_assert_true (g_str_has_prefix (line, "ACK "));
      g_free (before);
      before = line;
    }
  g_assert_cmpstr (before, ==, last);
}

static void
test_greeting (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;

  line_rig_start (&rig, acknowledging (), GPOINTER_TO_INT (data), test_succeed, 10);
  socket = line_rig_connect (&rig);
  line_rig_send (socket, "FROM web-1.log 41\na\nFROM x 1\n", -1);
  end_sending (socket);
  read_last_acknowledgement (socket, "ACK 43");
  assert_payload (&rig, "web-1.log:42", "a");
  assert_payload (&rig, "web-1.log:43", "FROM x 1"); /* only the first line is a greeting */
  line_rig_clear (&rig);
}

/* Sent once more from the last acknowledged line, each line is there once. */
static void
test_resume (void)
{
  LineRig rig;
  gboolean twice;

  line_rig_start (&rig, acknowledging (), MILL_KIND_THREADS, test_succeed, 10);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSocket) socket = line_rig_connect (&rig);

      line_rig_send (socket, i == 0 ? "FROM log 0\n1\n2\n3\nha" : "FROM log 2\n3\nhalf\n5\n", -1);
      end_sending (socket);
      read_last_acknowledgement (socket, i == 0 ? "ACK 3" : "ACK 5");
    }
  g_assert_cmpuint (line_rig_count_keys (&rig, "log:", &twice), ==, 5);
  assert_payload (&rig, "log:4", "half"); /* not the half that came first */
  line_rig_clear (&rig);
}

/* Lines 2 to 600 are done before the first, and nothing is said. */
static void
test_gap (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 1; i <= 600; i++)
    g_string_append_printf (lines, "%u\n", i);
  line_rig_start (&rig, acknowledging (), GPOINTER_TO_INT (data), hold_first, 10);
  socket = line_rig_connect (&rig);
  line_rig_send (socket, lines->str, -1);
  TEST_WAIT (rig.pipeline, s->done == 599);
  g_assert_false (g_socket_condition_check (socket, G_IO_IN) & G_IO_IN);
  test_step_release (rig.step);
  line_rig_assert_read (socket, "ACK 600");
  line_rig_clear (&rig);
}

static void
test_dead (void)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;

  line_rig_start (&rig, acknowledging (), MILL_KIND_THREADS, line_rig_fail_second, 10);
  socket = line_rig_connect (&rig);
  line_rig_send (socket, "a\nb\nc\n", -1);
  end_sending (socket);
  read_last_acknowledgement (socket, "ACK 3");
  TEST_WAIT (rig.pipeline, s->done == 2 && s->dead == 1);
  line_rig_clear (&rig);
}

/* What a stop gives back is not acknowledged. */
static void
test_stop (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;

  line_rig_start (&rig, acknowledging (), GPOINTER_TO_INT (data), test_hold, 2);
  socket = line_rig_connect (&rig);
  line_rig_send (socket, "a\nb\nc\nd\ne\nf\ng\n", -1);
  TEST_WAIT (rig.pipeline, s->producer == MILL_PRODUCER_BLOCKED);
  mill_pipeline_stop (rig.pipeline);
  line_rig_join (&rig);
  TEST_WAIT (rig.pipeline, s->returned == 7);
  g_assert_null (line_rig_read (socket));
  line_rig_clear (&rig);
}

/* A full queue is felt by the sender. */
static void
test_backpressure (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;
  gsize sent;

  line_rig_start (&rig, mill_tcp_source_new (), GPOINTER_TO_INT (data), test_hold, 2);
  socket = line_rig_connect (&rig);
  sent = line_rig_flood (socket);
  TEST_WAIT (rig.pipeline, s->producer == MILL_PRODUCER_BLOCKED && s->produced == 5);
  test_step_release (rig.step);
  end_sending (socket);
  TEST_WAIT (rig.pipeline, s->done == (sent + LINE_RIG_FLOOD_LINE - 1) / LINE_RIG_FLOOD_LINE);
  line_rig_clear (&rig);
}

/* What was read is delivered; then there is nobody any more. */
static void
test_drain (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *where = NULL;

  line_rig_start (&rig, acknowledging (), GPOINTER_TO_INT (data), test_hold, 2);
  where = mill_source_dup_address (mill_pipeline_get_source (rig.pipeline));
  socket = line_rig_connect (&rig);
  line_rig_send (socket, "a\nb\nc\nd\ne\nf\ng\nhal", -1);
  TEST_WAIT (rig.pipeline, s->producer == MILL_PRODUCER_BLOCKED);
  g_assert_true (mill_pipeline_drain (rig.pipeline, 60.0, NULL));
  test_step_release (rig.step);
  line_rig_join (&rig);
  TEST_WAIT (rig.pipeline, s->done == 7 && s->returned == 0);
  read_last_acknowledgement (socket, "ACK 7");
  line_rig_assert_closed (where);
  line_rig_clear (&rig);
}

static MillSource *
narrow (gboolean ack)
{
  return g_object_new (MILL_TYPE_TCP_SOURCE, "ack", ack, "max-line", 10u, "max-connections", 3u, NULL);
}

static void
assert_refused (LineRig *rig, const char *text, const char *answer)
{
  g_autoptr (GSocket) socket = line_rig_connect (rig);

  line_rig_send (socket, text, -1);
  line_rig_assert_read (socket, answer);
  g_assert_null (line_rig_read (socket));
}

/* An endless line, and what is no greeting, is one sender's affair. */
static void
test_refused (gconstpointer data)
{
  LineRig rig;
  g_autoptr (GSocket) other = NULL;

  line_rig_start (&rig, narrow (TRUE), GPOINTER_TO_INT (data), test_succeed, 10);
  other = line_rig_connect (&rig);
  line_rig_send (other, "FROM x 7\nten bytes!", -1);
  assert_refused (&rig, "12345678901", "ERROR line 1 is longer than 10 bytes");
  assert_refused (&rig, "FROM x 1\n12345678901\n", "ERROR line 2 is longer than 10 bytes");
  assert_refused (&rig, "FROM x\n", "ERROR not a greeting: FROM NAME COUNT");
  assert_refused (&rig, "FROM ~ 1\n", "ERROR not a greeting: FROM NAME COUNT");
  assert_refused (&rig, "FROM a -1\n", "ERROR not a greeting: FROM NAME COUNT");
  line_rig_send (other, "\n", 1);
  end_sending (other);
  read_last_acknowledgement (other, "ACK 8");
  assert_payload (&rig, "x:8", "ten bytes!");
  line_rig_clear (&rig);
}

/* The lines before a long one count. */
static void
test_refused_late (void)
{
  LineRig rig;

  line_rig_start (&rig, narrow (FALSE), MILL_KIND_THREADS, test_succeed, 10);
  assert_refused (&rig, "a\nb\n12345678901\n", "ERROR line 3 is longer than 10 bytes");
  TEST_WAIT (rig.pipeline, s->done == 2);
  line_rig_clear (&rig);
}

static void
test_many_connections (gconstpointer data)
{
  LineRig rig;
  GSocket *sockets[40];
  guint n_refused = 0;

  line_rig_start (&rig, narrow (TRUE), GPOINTER_TO_INT (data), test_succeed, 10);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    sockets[i] = line_rig_connect (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      g_autofree char *line = NULL;

      if (i < 3) /* the first have their places */
        line_rig_send (sockets[i], "a\n", -1);
      line = line_rig_read (sockets[i]);
      n_refused += g_strcmp0 (line, "ERROR too many connections") == 0;
    }
  g_assert_cmpuint (n_refused, ==, G_N_ELEMENTS (sockets) - 3);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    g_object_unref (sockets[i]);
  /* And make room for others when they have gone. */
  for (gboolean is_in = FALSE; !is_in;)
    {
      g_autoptr (GSocket) socket = line_rig_connect (&rig);
      g_autofree char *line = NULL;

      g_socket_send (socket, "a\n", 2, NULL, NULL);
      line = line_rig_read (socket);
      is_in = g_strcmp0 (line, "ACK 1") == 0;
    }
  line_rig_clear (&rig);
}

static void
read_to (GSocket *socket, const char *last)
{
  gboolean is_last = FALSE;

  while (!is_last)
    {
      g_autofree char *line = line_rig_read (socket);

      g_assert_nonnull (line);
      is_last = g_str_equal (line, last);
    }
}

/* A sender that breaks off. */
static void
test_reset (gconstpointer data)
{
  LineRig rig;
  GSocket *socket;
  struct linger at_once = { 1, 0 };

  line_rig_start (&rig, acknowledging (), GPOINTER_TO_INT (data), test_succeed, 10);
  socket = line_rig_connect (&rig);
  line_rig_send (socket, "a\nb\nc", -1);
  read_to (socket, "ACK 2");
  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_object_unref (socket);
  TEST_WAIT (rig.pipeline, s->done == 2 && s->producer == MILL_PRODUCER_WAITING);
  line_rig_drain (&rig);
  line_rig_clear (&rig);
}

static void
never_called (gpointer ledger, gpointer user_data)
{
}

/* For one that does not read, a number is kept. */
static void
test_deaf_sender (void)
{
  MillLineLedger *ledger = mill_line_ledger_new (never_called, NULL);
  g_autoptr (GSocket) sender = NULL;
  MillTcpConnection *connection;
  MillTcpState state = MILL_TCP_ACKNOWLEDGED;
  g_autofree char *last = NULL, *refusal = NULL;
  int fds[2];
  guint n = 0;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  sender = g_socket_new_from_fd (fds[0], NULL);
  connection = mill_tcp_connection_new (g_socket_new_from_fd (fds[1], NULL), ledger, 100, TRUE);
  for (; state == MILL_TCP_ACKNOWLEDGED || n % 100 != 0; n++)
    {
      g_autoptr (MillItem) item = NULL;

      line_rig_send (sender, "x\n", 2);
      g_assert_cmpint (mill_tcp_connection_take (connection, TRUE, &item, &refusal), ==, MILL_TCP_LINE);
      mill_line_ledger_settle (ledger, item, MILL_OUTCOME_DONE);
      state = mill_tcp_connection_acknowledge (connection);
    }
  end_sending (sender);
  last = g_strdup_printf ("ACK %u", n);
  while (mill_tcp_connection_acknowledge (connection) == MILL_TCP_CLOGGED)
    g_free (line_rig_read (sender));
  read_to (sender, last);
  mill_tcp_connection_end (connection);
  g_assert_cmpint (mill_tcp_connection_acknowledge (connection), ==, MILL_TCP_OVER);
  mill_tcp_connection_free (connection);
  mill_line_ledger_free (ledger);
}

/* Takes over @source. */
static void
assert_bad (MillSource *source, const char *prefix)
{
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  g_autoptr (GError) error = NULL;

  g_assert_false (mill_source_open (source, pipeline, &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, prefix));
  mill_source_close (source);
  g_object_unref (source);
}

/* The key is named, and what is wrong with it. */
static void
test_bad_configuration (void)
{
  LineRig rig;
  g_autofree char *where = NULL, *prefix = NULL;
  guint port;

  assert_bad (g_object_new (MILL_TYPE_TCP_SOURCE, "address", "here", NULL), "address: “here”");
  assert_bad (g_object_new (MILL_TYPE_TCP_SOURCE, "address", NULL, NULL), "address: “”");
  line_rig_start (&rig, mill_tcp_source_new (), MILL_KIND_THREADS, test_succeed, 10);
  where = mill_source_dup_address (mill_pipeline_get_source (rig.pipeline));
  g_assert_true (g_str_has_prefix (where, "127.0.0.1:"));
  port = (guint) g_ascii_strtoull (strrchr (where, ':') + 1, NULL, 10);
  prefix = g_strdup_printf ("port: cannot listen at 127.0.0.1 port %u: ", port);
  assert_bad (g_object_new (MILL_TYPE_TCP_SOURCE, "port", port, NULL), prefix);
  line_rig_clear (&rig);
}

/* Which port it is, is an event. */
static void
test_announced (void)
{
  LineRig rig;
  g_autofree char *where = NULL, *text = NULL;
  g_autoptr (GPtrArray) events = NULL;

  line_rig_start (&rig, mill_tcp_source_new (), MILL_KIND_THREADS, test_succeed, 10);
  where = mill_source_dup_address (mill_pipeline_get_source (rig.pipeline));
  text = g_strdup_printf ("listening at %s", where);
  events = mill_pipeline_get_events (rig.pipeline, 0);
  g_assert_cmpuint (events->len, >=, 2);
  g_assert_cmpstr (((MillEvent *) g_ptr_array_index (events, 1))->text, ==, text);
  line_rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  test_add_both ("tcp-source", "lines", test_lines);
  test_add_both ("tcp-source", "greeting", test_greeting);
  test_add_both ("tcp-source", "gap", test_gap);
  test_add_both ("tcp-source", "stop", test_stop);
  test_add_both ("tcp-source", "backpressure", test_backpressure);
  test_add_both ("tcp-source", "drain", test_drain);
  test_add_both ("tcp-source", "refused", test_refused);
  test_add_both ("tcp-source", "many-connections", test_many_connections);
  test_add_both ("tcp-source", "reset", test_reset);
  g_test_add_func ("/tcp-source/own-names", test_own_names);
  g_test_add_func ("/tcp-source/resume", test_resume);
  g_test_add_func ("/tcp-source/dead", test_dead);
  g_test_add_func ("/tcp-source/refused/late", test_refused_late);
  g_test_add_func ("/tcp-source/deaf-sender", test_deaf_sender);
  g_test_add_func ("/tcp-source/bad-configuration", test_bad_configuration);
  g_test_add_func ("/tcp-source/announced", test_announced);
  return g_test_run ();
}
