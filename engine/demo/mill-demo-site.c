/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The demo site's server: one thread, one main context. An answer that takes its time is a paused message and
 * a timeout, so any number can be under way. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "demo/mill-demo-model-private.h"
#include "demo/mill-demo-site.h"

#define BACKLOG 1024 /* connections that may wait to be accepted */

struct _MillDemoSite
{
  GObject parent_instance;

  /* between start and stop */
  SoupServer *server;      /* (owned) (nullable) used by the thread */
  GSocketService *service; /* (owned) (nullable) used by the thread */
  GMainContext *context;   /* (owned) (nullable) */
  GMainLoop *loop;         /* (owned) (nullable) */
  GThread *thread;         /* (owned) (nullable) */
  GOutputStream *log;      /* (owned) (nullable) used by the thread */
  GHashTable *attempts; /* (owned) (nullable) char* path → how often it was asked for; only for the thread */

  GMutex lock;         /* all below */
  MillDemoModel model; /* the settings */
  MillDemoSiteCounts counts;
  char *base;        /* (owned) (nullable) "http://host:port"; NULL while stopped */
  GError *log_error; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (MillDemoSite, mill_demo_site, G_TYPE_OBJECT)

typedef enum
{
  PROP_PAGES = 1,
  PROP_DEAD_LINKS,
  PROP_LATENCY_MS,
  PROP_ERROR_RATE,
  PROP_BUSY_RATE,
  PROP_SEED,
} MillDemoSiteProperty;

static GParamSpec *props[PROP_SEED + 1] = { NULL };

/* A request whose answer is known and waits for its time. */
typedef struct
{
  MillDemoSite *site;         /* (unowned) lives longer than its thread */
  SoupServerMessage *message; /* (owned) */
} Delayed;

static void
delayed_free (gpointer data)
{
  Delayed *delayed = data;

  g_object_unref (delayed->message);
  g_free (delayed);
}

/* Returns: how many requests are being worked on now, with this one */
static guint
count_start (MillDemoSite *self)
{
  guint in_flight;

  g_mutex_lock (&self->lock);
  self->counts.requests++;
  in_flight = ++self->counts.in_flight;
  self->counts.max_in_flight = MAX (self->counts.max_in_flight, in_flight);
  g_mutex_unlock (&self->lock);
  return in_flight;
}

/* A request is over when its answer goes out, not when the client has it: a client with N requests under way
 * would else be seen with more. */
static void
count_end (MillDemoSite *self, guint status)
{
  MillDemoSiteCounts *counts = &self->counts;

  g_mutex_lock (&self->lock);
  counts->in_flight--;
  counts->ok += status == SOUP_STATUS_OK;
  counts->not_found += status == SOUP_STATUS_NOT_FOUND;
  counts->failed += status == SOUP_STATUS_INTERNAL_SERVER_ERROR;
  counts->busy += status == SOUP_STATUS_SERVICE_UNAVAILABLE;
  counts->refused += status == SOUP_STATUS_METHOD_NOT_ALLOWED;
  g_mutex_unlock (&self->lock);
}

static gboolean
delay_over_cb (gpointer data)
{
  Delayed *delayed = data;

  count_end (delayed->site, soup_server_message_get_status (delayed->message));
  soup_server_message_unpause (delayed->message);
  return G_SOURCE_REMOVE;
}

static void
send_after (MillDemoSite *self, SoupServerMessage *message, guint latency_ms)
{
  GSource *source;
  Delayed *delayed;

  if (latency_ms == 0)
    {
      count_end (self, soup_server_message_get_status (message));
      return;
    }
  delayed = g_new (Delayed, 1);
  *delayed = (Delayed){ self, g_object_ref (message) };
  soup_server_message_pause (message);
  source = g_timeout_source_new (latency_ms);
  g_source_set_callback (source, delay_over_cb, delayed, delayed_free);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/* Returns: how often @path was asked for before */
static guint
count_attempt (MillDemoSite *self, const char *path)
{
  guint attempt = GPOINTER_TO_UINT (g_hash_table_lookup (self->attempts, path));

  if (mill_demo_model_may_fail (path))
    g_hash_table_insert (self->attempts, g_strdup (path), GUINT_TO_POINTER (attempt + 1));
  return attempt;
}

static void
answer_plainly (SoupServerMessage *message, guint status)
{
  g_autofree char *text = g_strdup_printf ("%u %s\n", status, soup_status_get_phrase (status));

  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, text, strlen (text));
}

/* Sets status and body. Returns: how long to wait before they go out, in milliseconds */
static guint
answer (MillDemoSite *self, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *base = NULL, *body = NULL;
  const char *content_type;
  MillDemoModel model;
  guint attempt = 0, status = SOUP_STATUS_NOT_FOUND;

  g_mutex_lock (&self->lock);
  model = self->model;
  base = g_strdup (self->base);
  g_mutex_unlock (&self->lock);

  body = mill_demo_model_render (&model, base, path, &content_type);
  if (body != NULL)
    {
      attempt = count_attempt (self, path);
      status = mill_demo_model_status (&model, path, attempt);
    }
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    soup_message_headers_replace (headers, "Retry-After", "1");
  if (status == SOUP_STATUS_OK)
    {
      size_t length = strlen (body);

      soup_server_message_set_status (message, status, NULL);
      soup_server_message_set_response (message, content_type, SOUP_MEMORY_TAKE, g_steal_pointer (&body),
                                        length);
    }
  else
    answer_plainly (message, status);
  return mill_demo_model_latency_ms (&model, path, attempt);
}

static void
keep_log_error (MillDemoSite *self, GError *error)
{
  g_mutex_lock (&self->lock);
  if (self->log_error == NULL)
    self->log_error = g_steal_pointer (&error);
  g_mutex_unlock (&self->lock);
  g_clear_error (&error);
}

/* A log with a hole would tell tales: after a failure nothing more is written. */
static void
write_log (MillDemoSite *self, SoupServerMessage *message, gint64 time_us, guint in_flight, const char *path)
{
  g_autofree char *escaped = g_uri_escape_string (path, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH, FALSE);
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT " %u %u %s %s\n", time_us, in_flight,
                                           soup_server_message_get_status (message),
                                           soup_server_message_get_method (message), escaped);
  GError *error = NULL;

  if (g_output_stream_write_all (self->log, line, strlen (line), NULL, NULL, &error))
    return;
  g_clear_object (&self->log);
  keep_log_error (self, error);
}

static void
handle_request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
                   gpointer user_data)
{
  MillDemoSite *self = user_data;
  const char *method = soup_server_message_get_method (message);
  gint64 time_us = g_get_monotonic_time ();
  guint in_flight = count_start (self), latency_ms = 0;

  if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
    latency_ms = answer (self, message, path);
  else
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", "GET, HEAD");
      answer_plainly (message, SOUP_STATUS_METHOD_NOT_ALLOWED);
    }
  if (self->log != NULL)
    write_log (self, message, time_us, in_flight, path);
  send_after (self, message, latency_ms);
}

static gpointer
serve (gpointer data)
{
  MillDemoSite *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  soup_server_disconnect (self->server);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  MillDemoSite *self = user_data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);

  /* head and body are written apart; the second would wait for the first to be acknowledged */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, NULL);
  return TRUE;
}

static GSocket *
open_socket (guint16 port, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static char *
find_base (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_strdup_printf ("http://127.0.0.1:%u",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
}

/* Opens the port; its sources go to the context that the thread will run.
 *
 * Connections are accepted here and not by libsoup: its listening queue holds 10, so that of 200 connections
 * at once most would wait a second and more for the next try, and version 3.2 loses a GSocket for each. But
 * libsoup keeps connections open between requests only if it listens to something, hence a port of its own
 * that nobody is told.
 *
 * Returns: (nullable): the site's address */
static char *
open_server (MillDemoSite *self, guint16 port, GError **error)
{
  g_autoptr (GSocket) socket = open_socket (port, error);
  g_autoptr (GSocket) other = socket != NULL ? open_socket (0, error) : NULL;
  gboolean ok;

  if (other == NULL)
    {
      g_prefix_error (error, _ ("the demo site cannot use port %u: "), port);
      return NULL;
    }
  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new ("server-header", "Millrace-demo", NULL);
  soup_server_add_handler (self->server, NULL, handle_request_cb, self, NULL);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  ok = soup_server_listen_socket (self->server, other, 0, error) &&
       g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), socket, NULL, error);
  g_main_context_pop_thread_default (self->context);
  return ok ? find_base (socket) : NULL;
}

static void
close_server (MillDemoSite *self)
{
  g_clear_object (&self->service);
  g_clear_object (&self->server);
  g_clear_pointer (&self->attempts, g_hash_table_unref);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
}

static void
mill_demo_site_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillDemoSite *self = MILL_DEMO_SITE (object);

  g_mutex_lock (&self->lock);
  switch ((MillDemoSiteProperty) prop_id)
    {
    case PROP_PAGES:
      g_value_set_uint (value, self->model.pages);
      break;
    case PROP_DEAD_LINKS:
      g_value_set_uint (value, self->model.dead_links);
      break;
    case PROP_LATENCY_MS:
      g_value_set_uint (value, self->model.latency_ms);
      break;
    case PROP_ERROR_RATE:
      g_value_set_double (value, self->model.error_rate);
      break;
    case PROP_BUSY_RATE:
      g_value_set_double (value, self->model.busy_rate);
      break;
    case PROP_SEED:
      g_value_set_uint (value, self->model.seed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  g_mutex_unlock (&self->lock);
}

static void
mill_demo_site_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillDemoSite *self = MILL_DEMO_SITE (object);

  g_mutex_lock (&self->lock);
  switch ((MillDemoSiteProperty) prop_id)
    {
    case PROP_PAGES:
      self->model.pages = g_value_get_uint (value);
      break;
    case PROP_DEAD_LINKS:
      self->model.dead_links = g_value_get_uint (value);
      break;
    case PROP_LATENCY_MS:
      self->model.latency_ms = g_value_get_uint (value);
      break;
    case PROP_ERROR_RATE:
      self->model.error_rate = g_value_get_double (value);
      break;
    case PROP_BUSY_RATE:
      self->model.busy_rate = g_value_get_double (value);
      break;
    case PROP_SEED:
      self->model.seed = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  g_mutex_unlock (&self->lock);
}

static void
mill_demo_site_dispose (GObject *object)
{
  mill_demo_site_stop (MILL_DEMO_SITE (object));

  G_OBJECT_CLASS (mill_demo_site_parent_class)->dispose (object);
}

static void
mill_demo_site_finalize (GObject *object)
{
  MillDemoSite *self = MILL_DEMO_SITE (object);

  g_clear_object (&self->log);
  g_clear_error (&self->log_error);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mill_demo_site_parent_class)->finalize (object);
}

static void
mill_demo_site_class_init (MillDemoSiteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_demo_site_get_property;
  object_class->set_property = mill_demo_site_set_property;
  object_class->dispose = mill_demo_site_dispose;
  object_class->finalize = mill_demo_site_finalize;

  /**
   * MillDemoSite:pages:
   *
   * HTML pages in all, the index among them.
   */
  props[PROP_PAGES] = g_param_spec_uint ("pages", _ ("Pages"), _ ("HTML pages in all, the index among them"),
                                         1, 1000000, 300, flags);
  /**
   * MillDemoSite:dead-links:
   *
   * Links to pages that are not there.
   */
  props[PROP_DEAD_LINKS] = g_param_spec_uint ("dead-links", _ ("Dead links"),
                                              _ ("Links to pages that are not there"), 0, 1000000, 0, flags);
  /**
   * MillDemoSite:latency-ms:
   *
   * Mean time an answer takes, in milliseconds.
   */
  props[PROP_LATENCY_MS] = g_param_spec_uint (
      "latency-ms", _ ("Latency"), _ ("Mean time an answer takes, in milliseconds"), 0, 60000, 0, flags);
  /**
   * MillDemoSite:error-rate:
   *
   * Share of requests for pages and items that fail with 500.
   */
  props[PROP_ERROR_RATE] =
      g_param_spec_double ("error-rate", _ ("Error rate"),
                           _ ("Share of requests for pages and items that fail with 500"), 0, 1, 0, flags);
  /**
   * MillDemoSite:busy-rate:
   *
   * Share of pages and items that answer 503 when first asked.
   */
  props[PROP_BUSY_RATE] =
      g_param_spec_double ("busy-rate", _ ("Busy rate"),
                           _ ("Share of pages and items that answer 503 when first asked"), 0, 1, 0, flags);
  /**
   * MillDemoSite:seed:
   *
   * What pages, times and failures are drawn from.
   */
  props[PROP_SEED] = g_param_spec_uint (
      "seed", _ ("Seed"), _ ("What pages, times and failures are drawn from"), 0, G_MAXUINT, 1, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_demo_site_init (MillDemoSite *self)
{
  g_mutex_init (&self->lock);
}

/**
 * mill_demo_site_new:
 *
 * Creates a site with the default settings; nothing is served yet.
 *
 * Returns: (transfer full): the site
 */
MillDemoSite *
mill_demo_site_new (void)
{
  return g_object_new (MILL_TYPE_DEMO_SITE, NULL);
}

/**
 * mill_demo_site_set_log:
 * @self: a site that is not started
 * @log: (nullable) (transfer none): where to write; only the site writes there while it is started
 *
 * Has the next start write a line for each request, as it comes in: g_get_monotonic_time(), how many requests
 * are being worked on with this one, the status it will have, the method and the escaped path, with spaces
 * between them.
 */
void
mill_demo_site_set_log (MillDemoSite *self, GOutputStream *log)
{
  g_return_if_fail (MILL_IS_DEMO_SITE (self));
  g_return_if_fail (self->thread == NULL);

  g_set_object (&self->log, log);
  g_clear_error (&self->log_error);
}

/**
 * mill_demo_site_check_log:
 * @self: the site
 * @error: return location for what went wrong first
 *
 * Asks whether the log holds each request. After a failure nothing more is written.
 *
 * Returns: whether nothing has failed
 */
gboolean
mill_demo_site_check_log (MillDemoSite *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MILL_IS_DEMO_SITE (self), FALSE);

  locker = g_mutex_locker_new (&self->lock);
  if (self->log_error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->log_error));
  return FALSE;
}

/**
 * mill_demo_site_start:
 * @self: a site that is not started
 * @port: the port on 127.0.0.1, or 0 for any that is free
 * @error: return location for an error
 *
 * Starts the thread that serves the site. Counters and attempts begin at 0. After a failure nothing is
 * started, and another port can be tried. Errors are those of GIO, such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: whether the site is served
 */
gboolean
mill_demo_site_start (MillDemoSite *self, guint16 port, GError **error)
{
  char *base;

  g_return_val_if_fail (MILL_IS_DEMO_SITE (self), FALSE);
  g_return_val_if_fail (self->thread == NULL, FALSE);

  self->context = g_main_context_new ();
  base = open_server (self, port, error);
  if (base == NULL)
    {
      close_server (self);
      return FALSE;
    }
  self->loop = g_main_loop_new (self->context, FALSE);
  self->attempts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_mutex_lock (&self->lock);
  self->counts = (MillDemoSiteCounts){ 0 };
  self->base = base;
  g_mutex_unlock (&self->lock);
  self->thread = g_thread_new ("demo-site", serve, self);
  return TRUE;
}

/* Ends the loop from within: before it runs, quitting it would be forgotten. */
static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/**
 * mill_demo_site_stop:
 * @self: the site
 *
 * Stops serving: connections are closed, answers under way are dropped, the thread is joined. Does nothing if
 * the site is not started.
 */
void
mill_demo_site_stop (MillDemoSite *self)
{
  g_return_if_fail (MILL_IS_DEMO_SITE (self));

  if (self->thread == NULL)
    return;
  g_main_context_invoke_full (self->context, G_PRIORITY_HIGH, quit_cb, self->loop, NULL);
  g_thread_join (g_steal_pointer (&self->thread));
  close_server (self);
  g_mutex_lock (&self->lock);
  self->counts.in_flight = 0;
  g_clear_pointer (&self->base, g_free);
  g_mutex_unlock (&self->lock);
}

/**
 * mill_demo_site_get_uri:
 * @self: the site
 *
 * Where the site is.
 *
 * Returns: (transfer full) (nullable): the index, such as "http://127.0.0.1:34567/"; %NULL while stopped
 */
char *
mill_demo_site_get_uri (MillDemoSite *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MILL_IS_DEMO_SITE (self), NULL);

  locker = g_mutex_locker_new (&self->lock);
  return self->base != NULL ? g_strconcat (self->base, "/", NULL) : NULL;
}

/**
 * mill_demo_site_get_counts:
 * @self: the site
 * @counts: (out caller-allocates): one consistent picture
 *
 * Counts requests since the start.
 */
void
mill_demo_site_get_counts (MillDemoSite *self, MillDemoSiteCounts *counts)
{
  g_return_if_fail (MILL_IS_DEMO_SITE (self));
  g_return_if_fail (counts != NULL);

  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}
