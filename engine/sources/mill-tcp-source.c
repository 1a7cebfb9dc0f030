/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTcpSource: poll reads the sockets, so that they are read just as fast as the producer puts. The
 * pipeline's control loop does the rest: it waits for sockets, on whose word poll looks at them again, and it
 * writes the acknowledgements.
 *
 * A sender is in one of three places: `ready` while poll has to look at it; watched while it is silent; and,
 * once its last line was taken, only on the list, until all is acknowledged. */

#include "config.h"

#include "sources/mill-tcp-source.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-listen-source-private.h"
#include "sources/mill-tcp-connection-private.h"

#define LINES_A_TURN   64
#define ACCEPTS_A_TURN 64
#define ACK_EVERY_MS   10
#define RETRY_US       (G_USEC_PER_SEC / 10) /* when no connection can be had, for want of descriptors */

typedef struct
{
  gatomicrefcount refs;          /* the list's, and one of each watch */
  MillTcpSource *source;         /* (owned) */
  MillTcpConnection *connection; /* (owned) */
  GSource *input_watch;          /* (owned) (nullable) (the source's lock) while it is silent */
  GSource *output_watch;         /* (owned) (nullable) (the source's lock) while it does not read */
  gboolean is_dropped;           /* (the source's lock) */
} Sender;

struct _MillTcpSource
{
  MillListenSource parent_instance;

  gboolean ack;
  GMainContext *context;  /* (unowned) (nullable) set by open */
  MillLineLedger *ledger; /* (unowned) (nullable) set by open */

  /* Used by poll alone. */
  GQueue ready; /* of Sender, unowned */
  guint turn;   /* lines of the first of them */
  gint64 accept_at_us;

  gint something_came;     /* (atomic) there may be something in the next two */
  GMutex lock;             /* all below */
  GQueue woken;            /* of Sender, unowned: silent no more */
  gboolean knocked;        /* there may be a connection to accept */
  GSocket *listener;       /* (owned) (nullable) until it is closed */
  GSource *listener_watch; /* (owned) (nullable) */
  GSource *ack_timer;      /* (owned) (nullable) */
  GPtrArray *senders;      /* (owned) of Sender, owned */
};

typedef enum
{
  PROP_ACK = 1,
} MillTcpSourceProperty;

static GParamSpec *properties[PROP_ACK + 1];

G_DEFINE_FINAL_TYPE (MillTcpSource, mill_tcp_source, MILL_TYPE_LISTEN_SOURCE)

static void
sender_unref (gpointer data)
{
  Sender *sender = data;

  if (!g_atomic_ref_count_dec (&sender->refs))
    return;
  mill_tcp_connection_free (sender->connection);
  g_object_unref (sender->source);
  g_free (sender);
}

static void
drop_sender_locked (MillTcpSource *self, Sender *sender)
{
  sender->is_dropped = TRUE;
  mill_clear_watch (&sender->input_watch);
  mill_clear_watch (&sender->output_watch);
  g_ptr_array_remove_fast (self->senders, sender);
}

/* Has the control loop call @func once when @socket is @condition. By its descriptor: a GSocket's own source
 * looks at the socket while another thread closes it. */
static GSource *
watch_socket (MillTcpSource *self, GSocket *socket, GIOCondition condition, GUnixFDSourceFunc func,
              gpointer user_data, GDestroyNotify destroy)
{
  GSource *watch = g_unix_fd_source_new (g_socket_get_fd (socket), condition);

  g_source_set_static_name (watch, "MillTcpSource socket");
  g_source_set_callback (watch, G_SOURCE_FUNC (func), user_data, destroy);
  g_source_attach (watch, self->context);
  return watch;
}

static gboolean
input_came_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Sender *sender = user_data;
  MillTcpSource *self = sender->source;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&sender->input_watch, g_source_unref);
  if (!sender->is_dropped)
    g_queue_push_tail (&self->woken, sender);
  g_atomic_int_set (&self->something_came, TRUE);
  g_mutex_unlock (&self->lock);
  mill_source_wake (MILL_SOURCE (self));
  return G_SOURCE_REMOVE;
}

static void
watch_input (MillTcpSource *self, Sender *sender)
{
  g_mutex_lock (&self->lock);
  g_atomic_ref_count_inc (&sender->refs);
  sender->input_watch = watch_socket (self, mill_tcp_connection_get_socket (sender->connection), G_IO_IN,
                                      input_came_cb, sender, sender_unref);
  g_mutex_unlock (&self->lock);
}

static gboolean
knocked_cb (int fd, GIOCondition condition, gpointer user_data)
{
  MillTcpSource *self = user_data;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->listener_watch, g_source_unref);
  self->knocked = TRUE;
  g_atomic_int_set (&self->something_came, TRUE);
  g_mutex_unlock (&self->lock);
  mill_source_wake (MILL_SOURCE (self));
  return G_SOURCE_REMOVE;
}

static void
watch_listener_locked (MillTcpSource *self)
{
  self->listener_watch =
      watch_socket (self, self->listener, G_IO_IN, knocked_cb, g_object_ref (self), g_object_unref);
}

static gboolean acknowledge_cb (gpointer user_data);

static gboolean
may_read_on_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Sender *sender = user_data;
  MillTcpSource *self = sender->source;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&sender->output_watch, g_source_unref);
  g_mutex_unlock (&self->lock);
  acknowledge_cb (self);
  return G_SOURCE_REMOVE;
}

static void
acknowledge_locked (MillTcpSource *self, Sender *sender)
{
  MillTcpState state = mill_tcp_connection_acknowledge (sender->connection);

  if (state == MILL_TCP_OVER)
    drop_sender_locked (self, sender);
  else if (state == MILL_TCP_CLOGGED && sender->output_watch == NULL)
    {
      g_atomic_ref_count_inc (&sender->refs);
      sender->output_watch = watch_socket (self, mill_tcp_connection_get_socket (sender->connection),
                                           G_IO_OUT, may_read_on_cb, sender, sender_unref);
    }
}

/* From the end, since it drops those to which nothing is left to say. */
static void
acknowledge_all_locked (MillTcpSource *self)
{
  for (guint i = self->senders->len; i > 0; i--)
    acknowledge_locked (self, g_ptr_array_index (self->senders, i - 1));
}

static gboolean
acknowledge_cb (gpointer user_data)
{
  MillTcpSource *self = user_data;

  g_mutex_lock (&self->lock);
  mill_clear_watch (&self->ack_timer);
  acknowledge_all_locked (self);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

/* Lines were settled; any thread. */
static void
progress_cb (gpointer ledger, gpointer user_data)
{
  MillTcpSource *self = user_data;

  g_mutex_lock (&self->lock);
  if (self->ack_timer == NULL && self->senders->len > 0)
    {
      self->ack_timer = g_timeout_source_new (ACK_EVERY_MS);
      g_source_set_static_name (self->ack_timer, "MillTcpSource acknowledgements");
      g_source_set_callback (self->ack_timer, acknowledge_cb, g_object_ref (self), g_object_unref);
      g_source_attach (self->ack_timer, self->context);
    }
  g_mutex_unlock (&self->lock);
}

static Sender *
sender_new (MillTcpSource *self, GSocket *socket)
{
  Sender *sender = g_new0 (Sender, 1);

  g_atomic_ref_count_init (&sender->refs);
  sender->source = g_object_ref (self);
  sender->connection = mill_tcp_connection_new (
      socket, self->ledger, mill_listen_source_get_max_line (MILL_LISTEN_SOURCE (self)), self->ack);
  return sender;
}

/* Takes over @socket. */
static void
admit_locked (MillTcpSource *self, GSocket *socket)
{
  Sender *sender = sender_new (self, socket);

  if (self->senders->len >= mill_listen_source_get_max_connections (MILL_LISTEN_SOURCE (self)))
    {
      mill_tcp_connection_refuse (sender->connection, "too many connections");
      sender_unref (sender);
      return;
    }
  g_ptr_array_add (self->senders, sender);
  g_queue_push_tail (&self->ready, sender);
}

static void
accept_locked (MillTcpSource *self, gint64 now_us)
{
  self->accept_at_us = G_MAXINT64;
  for (guint i = 0; i < ACCEPTS_A_TURN; i++)
    {
      g_autoptr (GError) error = NULL;
      GSocket *socket = g_socket_accept (self->listener, NULL, &error);

      if (socket != NULL)
        admit_locked (self, socket);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          watch_listener_locked (self);
          return;
        }
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        {
          self->accept_at_us = now_us + RETRY_US;
          return;
        }
    }
  self->accept_at_us = now_us;
}

/* Looks at what the control loop has noticed. */
static void
collect (MillTcpSource *self, gint64 now_us)
{
  Sender *sender;

  if (!g_atomic_int_get (&self->something_came) && now_us < self->accept_at_us)
    return;
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->something_came, FALSE);
  while ((sender = g_queue_pop_head (&self->woken)) != NULL)
    g_queue_push_tail (&self->ready, sender);
  if (self->knocked || now_us >= self->accept_at_us)
    accept_locked (self, now_us);
  self->knocked = FALSE;
  g_mutex_unlock (&self->lock);
}

/* The sender's last line was taken. */
static void
end_sender (MillTcpSource *self, Sender *sender)
{
  g_mutex_lock (&self->lock);
  mill_tcp_connection_end (sender->connection);
  acknowledge_locked (self, sender);
  g_mutex_unlock (&self->lock);
}

static void
drop_sender (MillTcpSource *self, Sender *sender, const char *refusal)
{
  if (refusal != NULL)
    mill_tcp_connection_refuse (sender->connection, refusal);
  g_mutex_lock (&self->lock);
  drop_sender_locked (self, sender);
  g_mutex_unlock (&self->lock);
}

/* The first of those that are ready gives a line, or is ready no more. (nullable): its item */
static MillItem *
take_from_first (MillTcpSource *self)
{
  Sender *sender = g_queue_peek_head (&self->ready);
  g_autofree char *refusal = NULL;
  MillItem *item = NULL;
  MillTcpResult result = mill_tcp_connection_take (sender->connection, TRUE, &item, &refusal);

  if (result == MILL_TCP_LINE && ++self->turn < LINES_A_TURN)
    return item;
  self->turn = 0;
  g_queue_pop_head (&self->ready);
  if (result == MILL_TCP_LINE)
    g_queue_push_tail (&self->ready, sender);
  else if (result == MILL_TCP_SILENT)
    watch_input (self, sender);
  else if (result == MILL_TCP_END)
    end_sender (self, sender);
  else
    drop_sender (self, sender, refusal);
  return item;
}

static MillSourceResult
mill_tcp_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  MillTcpSource *self = MILL_TCP_SOURCE (source);

  collect (self, now_us);
  while (!g_queue_is_empty (&self->ready))
    {
      yield->item = take_from_first (self);
      if (yield->item != NULL)
        return MILL_SOURCE_READY;
    }
  yield->ready_at_us = self->accept_at_us;
  yield->why = _ ("waiting for lines");
  return MILL_SOURCE_WAIT;
}

static void
close_listener_locked (MillTcpSource *self)
{
  mill_clear_watch (&self->listener_watch);
  if (self->listener != NULL)
    g_socket_close (self->listener, NULL);
  g_clear_object (&self->listener);
}

static MillItem *
mill_tcp_source_take_rest (MillSource *source)
{
  MillTcpSource *self = MILL_TCP_SOURCE (source);
  MillItem *item = NULL;

  g_mutex_lock (&self->lock);
  close_listener_locked (self);
  for (guint i = 0; i < self->senders->len && item == NULL; i++)
    {
      Sender *sender = g_ptr_array_index (self->senders, i);
      g_autofree char *refusal = NULL;

      mill_tcp_connection_take (sender->connection, FALSE, &item, &refusal);
    }
  g_mutex_unlock (&self->lock);
  return item;
}

static gboolean
mill_tcp_source_open (MillSource *source, MillPipeline *pipeline, GError **error)
{
  MillTcpSource *self = MILL_TCP_SOURCE (source);
  MillListenSource *listen = MILL_LISTEN_SOURCE (source);

  if (!MILL_SOURCE_CLASS (mill_tcp_source_parent_class)->open (source, pipeline, error))
    return FALSE;
  self->ledger = mill_listen_source_make_ledger (listen, self->ack ? progress_cb : NULL);
  self->context = mill_listen_source_get_context (listen);
  g_queue_clear (&self->ready);
  self->turn = 0;
  self->accept_at_us = G_MAXINT64;
  g_mutex_lock (&self->lock);
  g_queue_clear (&self->woken);
  self->listener = mill_listen_source_take_listener (listen);
  self->knocked = TRUE;
  g_atomic_int_set (&self->something_came, TRUE);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
mill_tcp_source_close (MillSource *source)
{
  MillTcpSource *self = MILL_TCP_SOURCE (source);

  g_mutex_lock (&self->lock);
  close_listener_locked (self);
  mill_clear_watch (&self->ack_timer);
  acknowledge_all_locked (self);
  while (self->senders->len > 0)
    drop_sender_locked (self, g_ptr_array_index (self->senders, 0));
  g_mutex_unlock (&self->lock);
}

static void
mill_tcp_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch ((MillTcpSourceProperty) prop_id)
    {
    case PROP_ACK:
      g_value_set_boolean (value, MILL_TCP_SOURCE (object)->ack);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_tcp_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillTcpSource *self = MILL_TCP_SOURCE (object);

  switch ((MillTcpSourceProperty) prop_id)
    {
    case PROP_ACK:
      if (mill_property_take_boolean (&self->ack, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_tcp_source_finalize (GObject *object)
{
  MillTcpSource *self = MILL_TCP_SOURCE (object);

  g_queue_clear (&self->ready);
  g_queue_clear (&self->woken);
  g_ptr_array_unref (self->senders);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_tcp_source_parent_class)->finalize (object);
}

static void
mill_tcp_source_class_init (MillTcpSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_tcp_source_get_property;
  object_class->set_property = mill_tcp_source_set_property;
  object_class->finalize = mill_tcp_source_finalize;
  source_class->open = mill_tcp_source_open;
  source_class->poll = mill_tcp_source_poll;
  source_class->take_rest = mill_tcp_source_take_rest;
  source_class->close = mill_tcp_source_close;

  /**
   * MillTcpSource:ack:
   *
   * Tell senders how many of their lines are settled, and take greetings.
   */
  properties[PROP_ACK] = g_param_spec_boolean (
      "ack", _ ("Acknowledge"), _ ("Tell senders how many of their lines are settled, and take greetings"),
      FALSE, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_tcp_source_init (MillTcpSource *self)
{
  g_mutex_init (&self->lock);
  self->senders = g_ptr_array_new_with_free_func (sender_unref);
}

/**
 * mill_tcp_source_new:
 *
 * Creates a source that listens on this machine only, at a port that is chosen.
 *
 * Returns: (transfer full): the source
 */
MillSource *
mill_tcp_source_new (void)
{
  return g_object_new (MILL_TYPE_TCP_SOURCE, NULL);
}
