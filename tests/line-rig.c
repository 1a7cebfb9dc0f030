/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tests/line-rig.h"

#include <string.h>

#define TIMEOUT_S  60
#define MOST_FLOOD (64 * 1024 * 1024) /* far more than a connection holds */

#define TEST_TYPE_KEY_SINK (test_key_sink_get_type ())
G_DECLARE_FINAL_TYPE (TestKeySink, test_key_sink, TEST, KEY_SINK, MillSink)

struct _TestKeySink
{
  MillSink parent_instance;

  GMutex lock;
  GHashTable *payloads; /* (owned) (lock) key → GBytes */
  gboolean twice;       /* (lock) a key came again */
};

G_DEFINE_FINAL_TYPE (TestKeySink, test_key_sink, MILL_TYPE_SINK)

static void
test_key_sink_accept (MillSink *sink, MillItem *item)
{
  TestKeySink *self = TEST_KEY_SINK (sink);
  GBytes *payload = mill_item_get_payload (item);

  g_mutex_lock (&self->lock);
  if (!g_hash_table_replace (self->payloads, g_strdup (mill_item_get_key (item)), g_bytes_ref (payload)))
    self->twice = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
test_key_sink_finalize (GObject *object)
{
  TestKeySink *self = TEST_KEY_SINK (object);

  g_hash_table_unref (self->payloads);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (test_key_sink_parent_class)->finalize (object);
}

static void
test_key_sink_class_init (TestKeySinkClass *klass)
{
  MILL_SINK_CLASS (klass)->accept = test_key_sink_accept;
  G_OBJECT_CLASS (klass)->finalize = test_key_sink_finalize;
}

static void
test_key_sink_init (TestKeySink *self)
{
  g_mutex_init (&self->lock);
  self->payloads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

TestAct
line_rig_fail_second (guint64 id, guint attempt)
{
  return id == 2 ? TEST_FAIL : TEST_SUCCEED;
}

void
line_rig_start (LineRig *rig, MillSource *source, MillKind kind, TestPlan plan, gint maxsize)
{
  g_autoptr (MillSink) sink = g_object_new (TEST_TYPE_KEY_SINK, NULL);

  rig->step = test_step_new (plan);
  rig->sink = sink;
  rig->pipeline =
      test_pipeline_new (source, kind, test_stage_new ("work", kind, rig->step, maxsize, 2), NULL);
  mill_pipeline_set_sink (rig->pipeline, sink);
  test_start (rig->pipeline);
}

void
line_rig_join (LineRig *rig)
{
  test_join (rig->pipeline);
  test_assert_conserved (rig->pipeline);
}

void
line_rig_drain (LineRig *rig)
{
  g_assert_true (mill_pipeline_drain (rig->pipeline, TIMEOUT_S, NULL));
  line_rig_join (rig);
}

void
line_rig_clear (LineRig *rig)
{
  if (!mill_state_is_final (mill_pipeline_get_state (rig->pipeline)))
    {
      mill_pipeline_stop (rig->pipeline);
      line_rig_join (rig);
    }
  g_clear_object (&rig->pipeline);
}

char *
line_rig_dup_payload (LineRig *rig, const char *key)
{
  TestKeySink *sink = TEST_KEY_SINK (rig->sink);
  char *text = NULL;
  GBytes *payload;

  g_mutex_lock (&sink->lock);
  payload = g_hash_table_lookup (sink->payloads, key);
  if (payload != NULL)
    text = g_strndup (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  g_mutex_unlock (&sink->lock);
  return text;
}

guint
line_rig_count_keys (LineRig *rig, const char *prefix, gboolean *twice)
{
  TestKeySink *sink = TEST_KEY_SINK (rig->sink);
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  g_mutex_lock (&sink->lock);
  g_hash_table_iter_init (&iter, sink->payloads);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    n += g_str_has_prefix (key, prefix);
  *twice = sink->twice;
  g_mutex_unlock (&sink->lock);
  return n;
}

GSocket *
line_rig_try_connect (const char *where, GError **error)
{
  const char *colon = strrchr (where, ':');
  g_autofree char *host = g_strndup (where, (gsize) (colon - where));
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string (host, (guint) g_ascii_strtoull (colon + 1, NULL, 10));
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_socket_set_timeout (socket, TIMEOUT_S);
  if (!g_socket_connect (socket, address, NULL, error))
    g_clear_object (&socket);
  return socket;
}

GSocket *
line_rig_connect (LineRig *rig)
{
  g_autofree char *where = mill_source_dup_address (mill_pipeline_get_source (rig->pipeline));
  g_autoptr (GError) error = NULL;
  GSocket *socket = line_rig_try_connect (where, &error);

  g_assert_no_error (error);
  return socket;
}

void
line_rig_assert_closed (const char *where)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (line_rig_try_connect (where, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

void
line_rig_send (GSocket *socket, const char *text, gssize length)
{
  gsize left = length < 0 ? strlen (text) : (gsize) length;
  g_autoptr (GError) error = NULL;

  while (left > 0)
    {
      gssize n = g_socket_send (socket, text, left, NULL, &error);

      g_assert_no_error (error);
      text += n;
      left -= (gsize) n;
    }
}

gsize
line_rig_flood (GSocket *socket)
{
  char line[LINE_RIG_FLOOD_LINE];
  gsize sent = 0;

  memset (line, 'x', sizeof line - 1);
  line[sizeof line - 1] = '\n';
  g_socket_set_blocking (socket, FALSE);
  do
    {
      gssize n =
          g_socket_send (socket, line + sent % sizeof line, sizeof line - sent % sizeof line, NULL, NULL);

      sent += n > 0 ? (gsize) n : 0;
      g_assert_cmpuint (sent, <, MOST_FLOOD);
    }
  while (g_socket_condition_check (socket, G_IO_OUT) & G_IO_OUT);
  g_socket_set_blocking (socket, TRUE);
  return sent;
}

char *
line_rig_read (GSocket *socket)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char byte;

  for (;;)
    {
      gssize n = g_socket_receive (socket, &byte, 1, NULL, &error);

      /* The end that a sender sees that was refused while it sent. */
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        return NULL;
      g_assert_no_error (error);
      if (n == 0)
        return NULL;
      if (byte == '\n')
        return g_string_free (g_steal_pointer (&line), FALSE);
      g_string_append_c (line, byte);
    }
}

void
line_rig_assert_read (GSocket *socket, const char *line)
{
  g_autofree char *read = line_rig_read (socket);

  g_assert_cmpstr (read, ==, line);
}
