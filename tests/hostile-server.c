/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hostile server: sockets and threads. What it says is the tests' affair. */

#include "config.h"

#include "hostile-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define LONGEST_HEAD (64 * 1024)

typedef struct
{
  HostileAct act;
  gconstpointer user_data; /* (unowned) */
} Behaviour;

struct _HostileServer
{
  GSocketListener *listener;    /* (owned) */
  GTlsCertificate *certificate; /* (owned) (nullable) */
  GCancellable *cancellable;    /* (owned) */
  GThread *thread;              /* (owned) */
  char *base;                   /* (owned) "http://127.0.0.1:PORT" */
  GPtrArray *talkers;           /* (owned) of GThread; the accepting thread's until it has ended */

  GMutex lock;
  GHashTable *behaviours; /* (owned) (lock) path to Behaviour */
  GHashTable *asked;      /* (owned) (lock) path to how often */
  const char *greeting;   /* (unowned) (nullable) (lock) */
  guint n_connections;    /* (lock) */
  guint n_malformed;      /* (lock) */
  guint64 n_sent;         /* (lock) */
};

typedef struct
{
  HostileServer *server;         /* (unowned) */
  GSocketConnection *connection; /* (owned) */
} Connection;

static gboolean
is_well_formed (const char *head, char *const *words)
{
  if (g_strv_length ((GStrv) words) < 3 || !g_str_equal (words[0], "GET") ||
      !g_str_has_prefix (words[2], "HTTP/1.1\r\n") || strstr (head, "\nEvil") != NULL)
    return FALSE;
  for (const char *p = words[1]; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return TRUE;
}

/* (transfer full) (nullable): the path that the client asks for */
static char *
read_path (HostileServer *self, GInputStream *input)
{
  g_autoptr (GString) head = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  char c;

  while (!g_str_has_suffix (head->str, "\r\n\r\n") && head->len < LONGEST_HEAD)
    {
      if (g_input_stream_read (input, &c, 1, self->cancellable, NULL) != 1)
        return NULL;
      g_string_append_c (head, c);
    }
  words = g_strsplit (head->str, " ", 3);
  if (!is_well_formed (head->str, words))
    {
      g_mutex_lock (&self->lock);
      self->n_malformed++;
      g_mutex_unlock (&self->lock);
    }
  return g_strv_length (words) >= 2 ? g_strdup (words[1]) : NULL;
}

static gboolean
find_behaviour_locked (HostileServer *self, const char *path, Behaviour *behaviour)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (path, (gsize) (slash - path) + 1) : g_strdup ("");
  Behaviour *found = g_hash_table_lookup (self->behaviours, path);

  if (found == NULL && strlen (folder) > 1)
    found = g_hash_table_lookup (self->behaviours, folder);
  if (found != NULL)
    *behaviour = *found;
  return found != NULL;
}

static void
answer (HostileTalk *talk)
{
  HostileServer *self = talk->server;
  Behaviour behaviour = { hostile_act_text,
                          "HTTP/1.1 404 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" };

  g_mutex_lock (&self->lock);
  talk->times = GPOINTER_TO_UINT (g_hash_table_lookup (self->asked, talk->path)) + 1;
  g_hash_table_insert (self->asked, g_strdup (talk->path), GUINT_TO_POINTER (talk->times));
  find_behaviour_locked (self, talk->path, &behaviour);
  g_mutex_unlock (&self->lock);
  talk->user_data = behaviour.user_data;
  behaviour.act (talk);
}

/* Returns: whether there is one */
static gboolean
greet (HostileServer *self, GIOStream *stream)
{
  const char *greeting;

  g_mutex_lock (&self->lock);
  greeting = self->greeting;
  g_mutex_unlock (&self->lock);
  if (greeting != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (stream), greeting, strlen (greeting), NULL,
                               self->cancellable, NULL);
  return greeting != NULL;
}

static gpointer
talk_thread (gpointer data)
{
  Connection *connection = data;
  HostileServer *self = connection->server;
  g_autoptr (GIOStream) stream = G_IO_STREAM (g_object_ref (connection->connection));
  g_autofree char *path = NULL;

  if (self->certificate != NULL)
    {
      GIOStream *plain = stream;

      stream = g_tls_server_connection_new (plain, self->certificate, NULL);
      g_object_unref (plain);
    }
  if (!greet (self, stream))
    path = read_path (self, g_io_stream_get_input_stream (stream));
  if (path != NULL)
    {
      HostileTalk talk = { .server = self,
                           .socket = g_socket_connection_get_socket (connection->connection),
                           .input = g_io_stream_get_input_stream (stream),
                           .output = g_io_stream_get_output_stream (stream),
                           .path = path };

      answer (&talk);
    }
  g_io_stream_close (stream, self->cancellable, NULL);
  g_io_stream_close (G_IO_STREAM (connection->connection), NULL, NULL);
  g_object_unref (connection->connection);
  g_free (connection);
  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  HostileServer *self = data;

  for (;;)
    {
      GSocketConnection *accepted = g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL);
      Connection *connection;

      if (accepted == NULL)
        return NULL;
      g_mutex_lock (&self->lock);
      self->n_connections++;
      g_mutex_unlock (&self->lock);
      connection = g_new (Connection, 1);
      *connection = (Connection){ self, accepted };
      g_ptr_array_add (self->talkers, g_thread_new ("hostile-talk", talk_thread, connection));
    }
}

/* @certificate: (nullable): then it speaks TLS */
HostileServer *
hostile_server_new (GTlsCertificate *certificate)
{
  HostileServer *self = g_new0 (HostileServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  g_set_object (&self->certificate, certificate);
  self->behaviours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->talkers = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, any_port, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &address, &error);
  g_assert_no_error (error);
  self->base = g_strdup_printf ("%s://127.0.0.1:%u", certificate != NULL ? "https" : "http",
                                g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  self->thread = g_thread_new ("hostile-server", accept_thread, self);
  return self;
}

void
hostile_server_free (HostileServer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->talkers->len; i++)
    g_thread_join (g_ptr_array_index (self->talkers, i));
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_clear_object (&self->certificate);
  g_ptr_array_unref (self->talkers);
  g_hash_table_unref (self->behaviours);
  g_hash_table_unref (self->asked);
  g_mutex_clear (&self->lock);
  g_free (self->base);
  g_free (self);
}

void
hostile_server_set (HostileServer *self, const char *path, HostileAct act, gconstpointer user_data)
{
  Behaviour *behaviour = g_new (Behaviour, 1);

  *behaviour = (Behaviour){ act, user_data };
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->behaviours, g_strdup (path), behaviour);
  g_mutex_unlock (&self->lock);
}

void
hostile_server_set_greeting (HostileServer *self, const char *greeting)
{
  g_mutex_lock (&self->lock);
  self->greeting = greeting;
  g_mutex_unlock (&self->lock);
}

const char *
hostile_server_get_base (HostileServer *self)
{
  return self->base;
}

guint
hostile_server_get_asked (HostileServer *self, const char *path)
{
  guint asked;

  g_mutex_lock (&self->lock);
  asked = GPOINTER_TO_UINT (g_hash_table_lookup (self->asked, path));
  g_mutex_unlock (&self->lock);
  return asked;
}

guint
hostile_server_get_connections (HostileServer *self)
{
  guint n_connections;

  g_mutex_lock (&self->lock);
  n_connections = self->n_connections;
  g_mutex_unlock (&self->lock);
  return n_connections;
}

guint
hostile_server_get_malformed (HostileServer *self)
{
  guint n_malformed;

  g_mutex_lock (&self->lock);
  n_malformed = self->n_malformed;
  g_mutex_unlock (&self->lock);
  return n_malformed;
}

guint64
hostile_server_get_sent (HostileServer *self)
{
  guint64 n_sent;

  g_mutex_lock (&self->lock);
  n_sent = self->n_sent;
  g_mutex_unlock (&self->lock);
  return n_sent;
}

gboolean
hostile_say_bytes (HostileTalk *talk, gconstpointer data, gsize size)
{
  HostileServer *self = talk->server;
  gsize written;
  gboolean is_there = g_output_stream_write_all (talk->output, data, size, &written, self->cancellable, NULL);

  g_mutex_lock (&self->lock);
  self->n_sent += written;
  g_mutex_unlock (&self->lock);
  return is_there;
}

gboolean
hostile_say (HostileTalk *talk, const char *text)
{
  return hostile_say_bytes (talk, text, strlen (text));
}

void
hostile_say_for_ever (HostileTalk *talk, gconstpointer data, gsize size)
{
  while (hostile_say_bytes (talk, data, size))
    ;
}

/* Waits for the client to go away, but no longer than @at_most_us; -1 is no limit. */
gboolean
hostile_listen (HostileTalk *talk, gint64 at_most_us)
{
  char c;

  if (!g_socket_condition_timed_wait (talk->socket, G_IO_IN, at_most_us, talk->server->cancellable, NULL))
    return !g_cancellable_is_cancelled (talk->server->cancellable);
  return g_input_stream_read (talk->input, &c, 1, talk->server->cancellable, NULL) == 1;
}

void
hostile_say_page (HostileTalk *talk, const char *content_type, gconstpointer data, gsize size)
{
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT
                       "\r\nConnection: close\r\n\r\n",
                       content_type, size);

  if (hostile_say (talk, head))
    hostile_say_bytes (talk, data, size);
}

/* Ends the connection with a RST in place of a FIN. */
void
hostile_reset (HostileTalk *talk)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  g_assert_cmpint (
      setsockopt (g_socket_get_fd (talk->socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), ==, 0);
  g_socket_close (talk->socket, NULL);
}

/* All of it and the end of the connection arrive together: what the client does must not depend on whether it
 * asks for the next page, on a connection that could be kept alive, before or after that has been closed. */
void
hostile_act_text (HostileTalk *talk)
{
#ifdef TCP_CORK
  g_socket_set_option (talk->socket, IPPROTO_TCP, TCP_CORK, TRUE, NULL);
#endif
  hostile_say (talk, talk->user_data);
}

void
hostile_act_html (HostileTalk *talk)
{
  hostile_say_page (talk, "text/html; charset=utf-8", talk->user_data, strlen (talk->user_data));
}

void
hostile_act_silent (HostileTalk *talk)
{
  while (hostile_listen (talk, -1))
    ;
}
