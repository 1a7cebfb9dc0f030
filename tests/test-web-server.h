/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server on loopback that answers each path with the very bytes a test gives it, whole or broken, one
 * connection after the other, on a thread of its own. */

#pragma once

#include <gio/gio.h>
#include <string.h>

/* Answers nothing until the client goes away. */
#define TEST_SILENCE "silence"

typedef struct
{
  GSocketListener *listener; /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GThread *thread;           /* (owned) */
  char *base;                /* (owned) "http://127.0.0.1:PORT" */
  GMutex lock;
  GHashTable *answers; /* (owned) (lock) path to GBytes */
  GHashTable *asked;   /* (owned) (lock) path to how often */
} TestWebServer;

/* Reads up to the end of the request's head; returns its path. */
static char *
test_web_server_read_path (GInputStream *input, GCancellable *cancellable)
{
  g_autoptr (GString) head = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  char c;

  while (strstr (head->str, "\r\n\r\n") == NULL && g_input_stream_read (input, &c, 1, cancellable, NULL) == 1)
    g_string_append_c (head, c);
  words = g_strsplit (head->str, " ", 3);
  return g_strv_length (words) >= 2 ? g_strdup (words[1]) : NULL;
}

static void
test_web_server_answer (TestWebServer *self, GIOStream *connection, const char *path)
{
  GInputStream *input = g_io_stream_get_input_stream (connection);
  GOutputStream *output = g_io_stream_get_output_stream (connection);
  g_autoptr (GBytes) answer = NULL;
  const char *data;
  gsize size;
  char c;

  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->asked, g_strdup (path),
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (self->asked, path)) + 1));
  answer = g_hash_table_lookup (self->answers, path);
  answer = answer != NULL ? g_bytes_ref (answer)
                          : g_bytes_new_static ("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", 37);
  g_mutex_unlock (&self->lock);
  data = g_bytes_get_data (answer, &size);
  if (size == strlen (TEST_SILENCE) && memcmp (data, TEST_SILENCE, size) == 0)
    g_input_stream_read (input, &c, 1, self->cancellable, NULL);
  else
    g_output_stream_write_all (output, data, size, NULL, self->cancellable, NULL);
}

static gpointer
test_web_server_thread (gpointer data)
{
  TestWebServer *self = data;

  for (;;)
    {
      g_autoptr (GSocketConnection) connection =
          g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL);
      g_autofree char *path = NULL;

      if (connection == NULL)
        return NULL;
      path = test_web_server_read_path (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                        self->cancellable);
      if (path != NULL)
        test_web_server_answer (self, G_IO_STREAM (connection), path);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
    }
}

static inline TestWebServer *
test_web_server_new (void)
{
  TestWebServer *self = g_new0 (TestWebServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, any_port, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &address, &error);
  g_assert_no_error (error);
  self->base = g_strdup_printf ("http://127.0.0.1:%u",
                                g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  self->thread = g_thread_new ("test-web-server", test_web_server_thread, self);
  return self;
}

static inline void
test_web_server_free (TestWebServer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->asked);
  g_mutex_clear (&self->lock);
  g_free (self->base);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestWebServer, test_web_server_free)

static inline void
test_web_server_set_bytes (TestWebServer *self, const char *path, GBytes *answer)
{
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->answers, g_strdup (path), g_bytes_ref (answer));
  g_mutex_unlock (&self->lock);
}

static inline void
test_web_server_set (TestWebServer *self, const char *path, const char *answer)
{
  g_autoptr (GBytes) bytes = g_bytes_new (answer, strlen (answer));

  test_web_server_set_bytes (self, path, bytes);
}

/* 200 with a body. */
static inline void
test_web_server_set_page (TestWebServer *self, const char *path, const char *content_type, const char *body)
{
  g_autofree char *answer = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %u\r\nConnection: close\r\n\r\n%s",
      content_type, (guint) strlen (body), body);

  test_web_server_set (self, path, answer);
}

/* A status without a body; @headers is "" or lines that end in CRLF. */
static inline void
test_web_server_set_status (TestWebServer *self, const char *path, const char *status, const char *headers)
{
  g_autofree char *answer =
      g_strdup_printf ("HTTP/1.1 %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n", status, headers);

  test_web_server_set (self, path, answer);
}

static inline guint
test_web_server_get_asked (TestWebServer *self, const char *path)
{
  guint asked;

  g_mutex_lock (&self->lock);
  asked = GPOINTER_TO_UINT (g_hash_table_lookup (self->asked, path));
  g_mutex_unlock (&self->lock);
  return asked;
}

static inline char *
test_web_server_url (TestWebServer *self, const char *path)
{
  return g_strconcat (self->base, path, NULL);
}

/* A port at which nobody listens, nor can anybody else begin to while it is held: whoever connects to *@base
 * (transfer full), "http://127.0.0.1:PORT", is refused. */
static inline GSocket *
test_refusing_port_new (char **base)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  GSocket *self = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (self, any_port, FALSE, NULL));
  address = g_socket_get_local_address (self, &error);
  g_assert_no_error (error);
  *base = g_strdup_printf ("http://127.0.0.1:%u",
                           g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  return self;
}
