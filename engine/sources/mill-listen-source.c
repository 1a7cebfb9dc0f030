/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillListenSource: opens the port. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-listen-source-private.h"

#define LOOPBACK            "127.0.0.1"
#define BACKLOG             64 /* connections that may wait to be accepted */
#define DEFAULT_CONNECTIONS 100
#define DEFAULT_LINE        (64 * 1024)
#define MOST_LINE           (16 * 1024 * 1024)

typedef struct
{
  char *address; /* (owned) (nullable) */
  guint port;
  guint max_connections;
  guint max_line;

  /* Made by open. */
  GSocket *listener;      /* (owned) (nullable) until the subclass takes it */
  GMainContext *context;  /* (owned) (nullable) */
  MillLineLedger *ledger; /* (owned) (nullable) */
  char *where;            /* (owned) (nullable) */
} MillListenSourcePrivate;

typedef enum
{
  PROP_ADDRESS = 1,
  PROP_PORT,
  PROP_MAX_CONNECTIONS,
  PROP_MAX_LINE,
} MillListenSourceProperty;

static GParamSpec *properties[PROP_MAX_LINE + 1];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MillListenSource, mill_listen_source, MILL_TYPE_SOURCE)

static MillListenSourcePrivate *
get_private (gpointer self)
{
  return mill_listen_source_get_instance_private (MILL_LISTEN_SOURCE (self));
}

/* A start that failed may be tried again. */
static void
forget_run (MillListenSourcePrivate *priv)
{
  g_clear_object (&priv->listener);
  g_clear_pointer (&priv->ledger, mill_line_ledger_free);
  g_clear_pointer (&priv->context, g_main_context_unref);
  g_clear_pointer (&priv->where, g_free);
}

static gboolean
try_listen (GSocket *socket, GSocketAddress *address, GError **error)
{
  if (socket == NULL)
    return FALSE;
  g_socket_set_listen_backlog (socket, BACKLOG);
  g_socket_set_blocking (socket, FALSE);
  return g_socket_bind (socket, address, TRUE, error) && g_socket_listen (socket, error);
}

/* (transfer full) (nullable) */
static GSocket *
open_port (const char *address, guint port, GError **error)
{
  g_autoptr (GSocketAddress) socket_address =
      address != NULL ? g_inet_socket_address_new_from_string (address, port) : NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) reason = NULL;

  if (socket_address == NULL)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                   _ ("address: “%s” is not an IP address such as 127.0.0.1 or ::1"),
                   address != NULL ? address : "");
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (socket_address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, &reason);
  if (try_listen (socket, socket_address, reason == NULL ? &reason : NULL))
    return g_steal_pointer (&socket);
  /* Translators: “port” is a key of the job file and stays; then an address, a port, and why */
  g_set_error (error, reason->domain, reason->code, _ ("port: cannot listen at %s port %u: %s"), address,
               port, reason->message);
  return NULL;
}

/* (transfer full): "127.0.0.1:7070", "[::1]:7070" */
static char *
describe (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;
}

static gboolean
mill_listen_source_open (MillSource *source, MillPipeline *pipeline, GError **error)
{
  MillListenSourcePrivate *priv = get_private (source);
  GMainContext *context = mill_pipeline_get_context (pipeline);

  forget_run (priv);
  priv->listener = open_port (priv->address, priv->port, error);
  if (priv->listener == NULL)
    return FALSE;
  priv->where = describe (priv->listener);
  priv->context = context != NULL ? g_main_context_ref (context) : NULL;
  return TRUE;
}

static void
mill_listen_source_settled (MillSource *source, MillItem *item, MillOutcome outcome, const GError *error)
{
  mill_line_ledger_settle (get_private (source)->ledger, item, outcome);
}

static char *
mill_listen_source_dup_address (MillSource *source)
{
  return g_strdup (get_private (source)->where);
}

static void
mill_listen_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillListenSourcePrivate *priv = get_private (object);

  switch ((MillListenSourceProperty) prop_id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, priv->address);
      break;
    case PROP_PORT:
      g_value_set_uint (value, priv->port);
      break;
    case PROP_MAX_CONNECTIONS:
      g_value_set_uint (value, priv->max_connections);
      break;
    case PROP_MAX_LINE:
      g_value_set_uint (value, priv->max_line);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static gboolean
change (MillListenSourcePrivate *priv, MillListenSourceProperty property, const GValue *value)
{
  switch (property)
    {
    case PROP_PORT:
      return mill_property_take_uint (&priv->port, value);
    case PROP_MAX_CONNECTIONS:
      return mill_property_take_uint (&priv->max_connections, value);
    case PROP_MAX_LINE:
      return mill_property_take_uint (&priv->max_line, value);
    case PROP_ADDRESS:
    default:
      return mill_property_take_string (&priv->address, value);
    }
}

static void
mill_listen_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (prop_id < PROP_ADDRESS || prop_id > PROP_MAX_LINE)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  else if (change (get_private (object), (MillListenSourceProperty) prop_id, value))
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_listen_source_finalize (GObject *object)
{
  MillListenSourcePrivate *priv = get_private (object);

  forget_run (priv);
  g_free (priv->address);
  G_OBJECT_CLASS (mill_listen_source_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillListenSource:address:
   *
   * The IP address to listen at.
   */
  properties[PROP_ADDRESS] = g_param_spec_string (
      "address", _ ("Address"), _ ("The IP address to listen at; 127.0.0.1 is for this machine only"),
      LOOPBACK, MILL_CONFIG_FLAGS);
  /**
   * MillListenSource:port:
   *
   * The port to listen at; 0 chooses one.
   */
  properties[PROP_PORT] = g_param_spec_uint ("port", _ ("Port"), _ ("The port to listen at; 0 chooses one"),
                                             0, G_MAXUINT16, 0, MILL_CONFIG_FLAGS);
  /**
   * MillListenSource:max-connections:
   *
   * How many may be connected at a time.
   */
  properties[PROP_MAX_CONNECTIONS] =
      g_param_spec_uint ("max-connections", _ ("Most connections"), _ ("How many may be connected at a time"),
                         1, 10000, DEFAULT_CONNECTIONS, MILL_CONFIG_FLAGS);
  /**
   * MillListenSource:max-line:
   *
   * The longest line, in bytes.
   */
  properties[PROP_MAX_LINE] = mill_knob_with_unit (
      g_param_spec_uint ("max-line", _ ("Longest line"), _ ("The longest line; a longer one is refused"), 1,
                         MOST_LINE, DEFAULT_LINE, MILL_CONFIG_FLAGS),
      N_ ("bytes"));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_listen_source_class_init (MillListenSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_listen_source_get_property;
  object_class->set_property = mill_listen_source_set_property;
  object_class->finalize = mill_listen_source_finalize;
  source_class->open = mill_listen_source_open;
  source_class->settled = mill_listen_source_settled;
  source_class->dup_address = mill_listen_source_dup_address;
  install_properties (object_class);
}

static void
mill_listen_source_init (MillListenSource *self)
{
  MillListenSourcePrivate *priv = get_private (self);

  priv->address = g_strdup (LOOPBACK);
  priv->max_connections = DEFAULT_CONNECTIONS;
  priv->max_line = DEFAULT_LINE;
}

GSocket *
mill_listen_source_take_listener (MillListenSource *self)
{
  return g_steal_pointer (&get_private (self)->listener);
}

MillLineLedger *
mill_listen_source_make_ledger (MillListenSource *self, GFunc progress)
{
  MillListenSourcePrivate *priv = get_private (self);

  priv->ledger = mill_line_ledger_new (progress, self);
  return priv->ledger;
}

GMainContext *
mill_listen_source_get_context (MillListenSource *self)
{
  return get_private (self)->context;
}

guint
mill_listen_source_get_max_connections (MillListenSource *self)
{
  return get_private (self)->max_connections;
}

gsize
mill_listen_source_get_max_line (MillListenSource *self)
{
  return get_private (self)->max_line;
}
