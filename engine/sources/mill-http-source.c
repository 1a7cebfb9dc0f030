/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHttpSource: libsoup reads the requests, on the pipeline's control loop, and is paused while there is
 * enough of a body; poll takes the lines. What poll or a settled line changes, attend_cb() sees to on the
 * loop.
 *
 * An answer is a few bytes, and some have to go out before the body was read, or when the loop is about to
 * end. libsoup does neither: it is written to the socket, whose connection then ends; libsoup sees that it
 * broke. */

#include "config.h"

#include "sources/mill-http-source.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-http-request-private.h"
#include "sources/mill-listen-source-private.h"

#define LINES_A_TURN 64
#define ATTEND_MS    10  /* at most so long after lines were settled */
#define RETRY_MS     100 /* when no connection can be had, for want of descriptors */
#define PATIENCE_S   60
#define MAX_BODY     (1024.0 * 1024.0 * 1024.0)
#define REQUEST      "mill-http-request"
#define SOCKET       "mill-http-socket"

/* It is forgotten by the loop when its message has finished and poll has taken its last line. */
typedef struct
{
  MillHttpSource *source;   /* (unowned) */
  MillHttpRequest *request; /* (owned) */
  gboolean is_ready;        /* (the source's lock) poll is to look at it, or does */

  /* Used by the loop alone. */
  SoupServerMessage *message; /* (owned) */
  gboolean is_paused;
  gboolean is_answered;
  gboolean is_finished;
} Post;

struct _MillHttpSource
{
  MillListenSource parent_instance;

  double max_body;

  /* Set by open. */
  GMainContext *context;  /* (unowned) (nullable) */
  MillLineLedger *ledger; /* (unowned) (nullable) */
  SoupServer *server;     /* (owned) (nullable) used by the loop alone */

  guint n_connections; /* used by the loop alone */

  /* Used by poll alone. */
  Post *current; /* (unowned) (nullable) of those that are ready */
  guint turn;    /* lines of it */

  GMutex lock;       /* all below */
  GQueue ready;      /* of Post, unowned */
  GPtrArray *posts;  /* (owned) of Post, owned: all whose messages have not finished */
  GSocket *listener; /* (owned) (nullable) until it is closed */
  GSource *door;     /* (owned) (nullable) waits for connections */
  GSource *attend;   /* (owned) (nullable) */
};

typedef enum
{
  PROP_MAX_BODY = 1,
} MillHttpSourceProperty;

static GParamSpec *properties[PROP_MAX_BODY + 1];

G_DEFINE_FINAL_TYPE (MillHttpSource, mill_http_source, MILL_TYPE_LISTEN_SOURCE)

static void
post_free (gpointer data)
{
  Post *post = data;

  g_signal_handlers_disconnect_by_data (post->message, post);
  mill_http_request_unref (post->request);
  g_object_unref (post->message);
  g_free (post);
}

/* The loop looks after what has changed, within so many milliseconds. */
static void
call_attend_locked (MillHttpSource *self, guint within_ms)
{
  gint64 time_us = g_get_monotonic_time () + (gint64) within_ms * 1000, before_us;

  if (self->attend == NULL)
    return;
  before_us = g_source_get_ready_time (self->attend);
  if (before_us < 0 || time_us < before_us)
    g_source_set_ready_time (self->attend, time_us);
}

static void
progress_cb (gpointer ledger, gpointer user_data)
{
  MillHttpSource *self = user_data;

  g_mutex_lock (&self->lock);
  call_attend_locked (self, ATTEND_MS);
  g_mutex_unlock (&self->lock);
}

static void
write_answer (GSocket *socket, guint status, const char *body, const char *header)
{
  g_autofree char *text =
      g_strdup_printf ("HTTP/1.1 %u %s\r\nContent-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT
                       "\r\nConnection: close\r\n%s\r\n%s",
                       status, soup_status_get_phrase (status), strlen (body), header, body);

  g_socket_send (socket, text, strlen (text), NULL, NULL);
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

/* libsoup does not tell by whose connection a message came, but for the address that was given with it. */
static GSocket *
get_socket (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (soup_server_message_get_remote_address (message)), SOCKET);
}

/* Has poll look at a request. */
static void
tell_poll (MillHttpSource *self, Post *post)
{
  g_mutex_lock (&self->lock);
  if (!post->is_ready)
    g_queue_push_tail (&self->ready, post);
  post->is_ready = TRUE;
  g_mutex_unlock (&self->lock);
  mill_source_wake (MILL_SOURCE (self));
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  Post *post = user_data;

  if (mill_http_request_add_chunk (post->request, chunk) && !post->is_paused)
    {
      soup_server_message_pause (message);
      post->is_paused = TRUE;
    }
  tell_poll (post->source, post);
}

static void
finished_cb (SoupServerMessage *message, gpointer user_data)
{
  Post *post = user_data;

  post->is_finished = TRUE;
  mill_http_request_break_off (post->request);
  tell_poll (post->source, post);
}

/* Takes the rest of @message, unless the run is about to end. */
static gboolean
add_post (MillHttpSource *self, SoupServerMessage *message, const char *name)
{
  Post *post;

  g_mutex_lock (&self->lock);
  if (self->listener == NULL)
    {
      g_mutex_unlock (&self->lock);
      return FALSE;
    }
  post = g_new0 (Post, 1);
  post->source = self;
  post->message = g_object_ref (message);
  post->request =
      mill_http_request_new (self->ledger, name, mill_listen_source_get_max_line (MILL_LISTEN_SOURCE (self)),
                             (guint64) self->max_body);
  g_ptr_array_add (self->posts, post);
  g_mutex_unlock (&self->lock);
  g_object_set_data (G_OBJECT (message), REQUEST, post);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), post);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), post);
  return TRUE;
}

static void
refuse (SoupServerMessage *message, guint status, const char *reason, const char *header)
{
  g_autofree char *body = g_strdup_printf ("{\"error\":\"%s\"}\n", reason);

  write_answer (get_socket (message), status, body, header);
}

/* (transfer full) (nullable): the name in the Idempotency-Key. FALSE if there is one that is not a name. */
static gboolean
read_name (SoupMessageHeaders *headers, char **name)
{
  const char *key = soup_message_headers_get_one (headers, "Idempotency-Key");
  gsize length = key != NULL ? strlen (key) : 0;

  if (key == NULL)
    return TRUE;
  if (length >= 2 && key[0] == '"' && key[length - 1] == '"')
    {
      key++;
      length -= 2;
    }
  *name = g_strndup (key, length);
  return mill_line_stream_is_name (key, length);
}

/* The headers are there, the body is not. */
static void
got_headers_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
                gpointer user_data)
{
  MillHttpSource *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *coding = soup_message_headers_get_one (headers, "Content-Encoding");
  g_autofree char *name = NULL;

  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  if (soup_server_message_get_method (message) != SOUP_METHOD_POST)
    refuse (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "lines are taken by POST", "Allow: POST\r\n");
  else if (coding != NULL && g_ascii_strcasecmp (coding, "identity") != 0)
    refuse (message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "a compressed body is not taken", "");
  else if (!read_name (headers, &name))
    refuse (message, SOUP_STATUS_BAD_REQUEST, "the Idempotency-Key is not 1 to 64 of A-Z a-z 0-9 . _ -", "");
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           (double) soup_message_headers_get_content_length (headers) > self->max_body)
    refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "the body is too long", "");
  else if (!add_post (self, message, name))
    refuse (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "the run is ending", "");
}

/* The last chunk has come. */
static void
got_body_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
             gpointer user_data)
{
  MillHttpSource *self = user_data;
  Post *post = g_object_get_data (G_OBJECT (message), REQUEST);

  /* libsoup wants a status. What is answered it does not see. */
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (post == NULL)
    return;
  if (!post->is_paused)
    soup_server_message_pause (message);
  post->is_paused = TRUE;
  mill_http_request_complete (post->request);
  tell_poll (self, post);
}

static void
unpause (Post *post)
{
  if (post->is_paused)
    soup_server_message_unpause (post->message);
  post->is_paused = FALSE;
}

/* @is_last: the run has ended. */
static void
answer_post (Post *post, gboolean is_last)
{
  g_autofree char *answer = NULL;
  guint status;

  if (post->is_answered || post->is_finished)
    return;
  answer = mill_http_request_dup_answer (post->request, is_last, &status);
  if (answer == NULL)
    return;
  post->is_answered = TRUE;
  write_answer (get_socket (post->message), status, answer, "");
  unpause (post);
}

static gboolean
attend_cb (gpointer user_data)
{
  MillHttpSource *self = user_data;

  g_mutex_lock (&self->lock);
  /* From the end, since it forgets those that are over. */
  for (guint i = self->posts->len; i > 0; i--)
    {
      Post *post = g_ptr_array_index (self->posts, i - 1);

      answer_post (post, FALSE);
      if (mill_http_request_wants_more (post->request))
        unpause (post);
      if (post->is_finished && !post->is_ready)
        g_ptr_array_remove_index_fast (self->posts, i - 1);
    }
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

static gboolean
attend_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static GSourceFuncs attend_funcs = { .dispatch = attend_dispatch };

static void
connection_gone_cb (gpointer user_data, GObject *connection)
{
  MillHttpSource *self = user_data;

  self->n_connections--;
  g_object_unref (self);
}

static void
admit (MillHttpSource *self, GSocket *socket)
{
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);

  if (remote == NULL) /* it has gone */
    return;
  g_socket_set_blocking (socket, FALSE);
  if (self->n_connections == mill_listen_source_get_max_connections (MILL_LISTEN_SOURCE (self)))
    {
      write_answer (socket, SOUP_STATUS_SERVICE_UNAVAILABLE, "{\"error\":\"too many connections\"}\n", "");
      return;
    }
  /* Of a sender's silence, while it is read. */
  g_socket_set_timeout (socket, PATIENCE_S);
  self->n_connections++;
  g_object_set_data_full (G_OBJECT (remote), SOCKET, g_object_ref (socket), g_object_unref);
  g_object_weak_ref (G_OBJECT (connection), connection_gone_cb, g_object_ref (self));
  soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, NULL);
}

static void open_door_locked (MillHttpSource *self);

static gboolean
reopen_door_cb (gpointer user_data)
{
  MillHttpSource *self = user_data;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->door, g_source_unref);
  open_door_locked (self);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

static void
start_door_locked (MillHttpSource *self, GSource *door, GSourceFunc func)
{
  g_source_set_static_name (door, "MillHttpSource door");
  g_source_set_callback (door, func, g_object_ref (self), g_object_unref);
  g_source_attach (door, self->context);
  self->door = door;
}

static gboolean
knocked_cb (int fd, GIOCondition condition, gpointer user_data)
{
  MillHttpSource *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = NULL;
  gboolean is_open;

  g_mutex_lock (&self->lock);
  socket = self->listener != NULL ? g_socket_accept (self->listener, NULL, &error) : NULL;
  is_open = error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
            g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  if (!is_open)
    {
      g_clear_pointer (&self->door, g_source_unref);
      start_door_locked (self, g_timeout_source_new (RETRY_MS), reopen_door_cb);
    }
  g_mutex_unlock (&self->lock);
  if (socket != NULL)
    admit (self, socket);
  return is_open ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Lets connections in, if it is not open already. By the descriptor: a GSocket's own source looks at the
 * socket while another thread closes it. */
static void
open_door_locked (MillHttpSource *self)
{
  if (self->listener != NULL && self->door == NULL)
    start_door_locked (self, g_unix_fd_source_new (g_socket_get_fd (self->listener), G_IO_IN),
                       G_SOURCE_FUNC (knocked_cb));
}

static void
close_listener_locked (MillHttpSource *self)
{
  mill_clear_watch (&self->door);
  if (self->listener != NULL)
    g_socket_close (self->listener, NULL);
  g_clear_object (&self->listener);
}

/* Whose lines are taken now. (nullable) */
static Post *
get_current (MillHttpSource *self)
{
  if (self->current != NULL)
    return self->current;
  g_mutex_lock (&self->lock);
  open_door_locked (self);
  self->current = g_queue_pop_head (&self->ready);
  g_mutex_unlock (&self->lock);
  return self->current;
}

/* The turn of the current one is over: it has its next when there is more of it. */
static void
end_turn (MillHttpSource *self, gboolean has_more)
{
  Post *post = g_steal_pointer (&self->current);

  self->turn = 0;
  g_mutex_lock (&self->lock);
  post->is_ready = has_more || mill_http_request_has_chunks (post->request);
  if (post->is_ready)
    g_queue_push_tail (&self->ready, post);
  call_attend_locked (self, 0);
  g_mutex_unlock (&self->lock);
}

static MillSourceResult
mill_http_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  MillHttpSource *self = MILL_HTTP_SOURCE (source);
  Post *post;

  while ((post = get_current (self)) != NULL)
    {
      MillHttpResult result = mill_http_request_take (post->request, &yield->item);

      if (result != MILL_HTTP_LINE || ++self->turn == LINES_A_TURN)
        end_turn (self, result == MILL_HTTP_LINE);
      if (result == MILL_HTTP_LINE)
        return MILL_SOURCE_READY;
    }
  yield->why = _ ("waiting for lines");
  return MILL_SOURCE_WAIT;
}

static MillItem *
mill_http_source_take_rest (MillSource *source)
{
  MillHttpSource *self = MILL_HTTP_SOURCE (source);
  MillItem *item = NULL;

  g_mutex_lock (&self->lock);
  close_listener_locked (self);
  for (guint i = 0; i < self->posts->len && item == NULL; i++)
    mill_http_request_take (((Post *) g_ptr_array_index (self->posts, i))->request, &item);
  if (item == NULL)
    call_attend_locked (self, 0);
  g_mutex_unlock (&self->lock);
  return item;
}

static void
start_attending (MillHttpSource *self)
{
  self->attend = g_source_new (&attend_funcs, sizeof (GSource));
  g_source_set_static_name (self->attend, "MillHttpSource attend");
  g_source_set_callback (self->attend, attend_cb, g_object_ref (self), g_object_unref);
  g_source_attach (self->attend, self->context);
}

static gboolean
mill_http_source_open (MillSource *source, MillPipeline *pipeline, GError **error)
{
  MillHttpSource *self = MILL_HTTP_SOURCE (source);
  MillListenSource *listen = MILL_LISTEN_SOURCE (source);

  if (!MILL_SOURCE_CLASS (mill_http_source_parent_class)->open (source, pipeline, error))
    return FALSE;
  self->ledger = mill_listen_source_make_ledger (listen, progress_cb);
  self->context = mill_listen_source_get_context (listen);
  self->current = NULL;
  self->turn = 0;
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_early_handler (self->server, NULL, got_headers_cb, self, NULL);
  soup_server_add_handler (self->server, NULL, got_body_cb, self, NULL);
  g_mutex_lock (&self->lock);
  g_queue_clear (&self->ready);
  self->listener = mill_listen_source_take_listener (listen);
  start_attending (self);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
mill_http_source_close (MillSource *source)
{
  MillHttpSource *self = MILL_HTTP_SOURCE (source);

  g_mutex_lock (&self->lock);
  close_listener_locked (self);
  mill_clear_watch (&self->attend);
  for (guint i = 0; i < self->posts->len; i++)
    answer_post (g_ptr_array_index (self->posts, i), TRUE);
  g_ptr_array_set_size (self->posts, 0);
  g_mutex_unlock (&self->lock);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
}

static void
mill_http_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch ((MillHttpSourceProperty) prop_id)
    {
    case PROP_MAX_BODY:
      g_value_set_double (value, MILL_HTTP_SOURCE (object)->max_body);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_http_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillHttpSource *self = MILL_HTTP_SOURCE (object);

  switch ((MillHttpSourceProperty) prop_id)
    {
    case PROP_MAX_BODY:
      if (mill_property_take_double (&self->max_body, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_http_source_finalize (GObject *object)
{
  MillHttpSource *self = MILL_HTTP_SOURCE (object);

  g_queue_clear (&self->ready);
  g_ptr_array_unref (self->posts);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_http_source_parent_class)->finalize (object);
}

static void
mill_http_source_class_init (MillHttpSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_http_source_get_property;
  object_class->set_property = mill_http_source_set_property;
  object_class->finalize = mill_http_source_finalize;
  source_class->open = mill_http_source_open;
  source_class->poll = mill_http_source_poll;
  source_class->take_rest = mill_http_source_take_rest;
  source_class->close = mill_http_source_close;

  /**
   * MillHttpSource:max-body:
   *
   * The longest body, in bytes.
   */
  properties[PROP_MAX_BODY] = mill_knob_with_unit (
      g_param_spec_double ("max-body", _ ("Longest body"), _ ("The longest body; a longer one is refused"),
                           1.0, 1e15, MAX_BODY, MILL_CONFIG_FLAGS),
      N_ ("bytes"));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_http_source_init (MillHttpSource *self)
{
  g_mutex_init (&self->lock);
  self->posts = g_ptr_array_new_with_free_func (post_free);
  self->max_body = MAX_BODY;
}

/**
 * mill_http_source_new:
 *
 * Creates a source that listens on this machine only, at a port that is chosen.
 *
 * Returns: (transfer full): the source
 */
MillSource *
mill_http_source_new (void)
{
  return g_object_new (MILL_TYPE_HTTP_SOURCE, NULL);
}
