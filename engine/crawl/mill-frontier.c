/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFrontier: the lock, the wake-up and the properties around MillFrontierTable, which does the work. What
 * is said of URLs is in mill-frontier-urls.c. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "crawl/mill-frontier-private.h"

#define DEFAULT_MAX_IN_FLIGHT 4
#define DEFAULT_DELAY_MS      100

G_DEFINE_FINAL_TYPE (MillFrontier, mill_frontier, G_TYPE_OBJECT)

typedef enum
{
  PROP_MAX_DEPTH = 1,
  PROP_MAX_PAGES,
  PROP_MAX_BYTES,
  PROP_ROBOTS_TOKEN,
  PROP_MAX_IN_FLIGHT,
  PROP_DELAY_MS,
  PROP_RUN_FILE,
} MillFrontierProperty;

static GParamSpec *props[PROP_RUN_FILE + 1] = { NULL };

static void
wake_clear (gpointer data)
{
  MillWake *wake = data;

  if (wake->destroy != NULL)
    wake->destroy (wake->user_data);
}

static void
wake_unref (MillWake *wake)
{
  g_atomic_rc_box_release_full (wake, wake_clear);
}

/* Ends a critical section; then wakes the feeder if @changed. */
void
mill_frontier_unlock_and_wake (MillFrontier *self, gboolean changed)
{
  MillWake *wake = changed && self->wake != NULL ? g_atomic_rc_box_acquire (self->wake) : NULL;

  g_mutex_unlock (&self->lock);
  if (wake == NULL)
    return;
  wake->func (self, wake->user_data);
  wake_unref (wake);
}

/* @number: one of `politeness` */
static guint
get_number (MillFrontier *self, const guint *number)
{
  guint value;

  g_mutex_lock (&self->lock);
  value = *number;
  g_mutex_unlock (&self->lock);
  return value;
}

static void
set_number (MillFrontier *self, guint *number, guint value, MillFrontierProperty property)
{
  g_mutex_lock (&self->lock);
  if (*number == value)
    {
      g_mutex_unlock (&self->lock);
      return;
    }
  *number = value;
  mill_frontier_unlock_and_wake (self, mill_frontier_table_set_politeness (self->table, &self->politeness));
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
mill_frontier_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillFrontier *self = MILL_FRONTIER (object);

  switch ((MillFrontierProperty) prop_id)
    {
    case PROP_MAX_DEPTH:
      g_value_set_int (value, self->max_depth);
      break;
    case PROP_MAX_PAGES:
      g_value_set_uint64 (value, self->max_pages);
      break;
    case PROP_MAX_BYTES:
      g_value_set_uint64 (value, self->max_bytes);
      break;
    case PROP_ROBOTS_TOKEN:
      g_value_set_string (value, self->robots_token);
      break;
    case PROP_MAX_IN_FLIGHT:
      g_value_set_uint (value, mill_frontier_get_max_in_flight (self));
      break;
    case PROP_DELAY_MS:
      g_value_set_uint (value, mill_frontier_get_delay_ms (self));
      break;
    case PROP_RUN_FILE: /* is for writing only */
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_frontier_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillFrontier *self = MILL_FRONTIER (object);

  switch ((MillFrontierProperty) prop_id)
    {
    case PROP_MAX_DEPTH:
      self->max_depth = g_value_get_int (value);
      break;
    case PROP_MAX_PAGES:
      self->max_pages = g_value_get_uint64 (value);
      break;
    case PROP_MAX_BYTES:
      self->max_bytes = g_value_get_uint64 (value);
      break;
    case PROP_ROBOTS_TOKEN:
      self->robots_token = g_value_dup_string (value);
      break;
    case PROP_MAX_IN_FLIGHT:
      mill_frontier_set_max_in_flight (self, g_value_get_uint (value));
      break;
    case PROP_DELAY_MS:
      mill_frontier_set_delay_ms (self, g_value_get_uint (value));
      break;
    case PROP_RUN_FILE:
      self->file = g_value_get_pointer (value); /* borrowed until it is constructed */
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_frontier_constructed (GObject *object)
{
  MillFrontier *self = MILL_FRONTIER (object);

  G_OBJECT_CLASS (mill_frontier_parent_class)->constructed (object);

  self->file = self->file != NULL ? mill_run_file_ref (self->file) : mill_run_file_new_temporary ();
  self->table = mill_frontier_table_new (self->file);
  mill_frontier_table_set_politeness (self->table, &self->politeness);
  mill_frontier_table_set_bounds (self->table, self->max_depth, self->max_pages, self->robots_token);
  mill_frontier_table_set_max_bytes (self->table, self->max_bytes);
}

static void
mill_frontier_finalize (GObject *object)
{
  MillFrontier *self = MILL_FRONTIER (object);

  g_clear_pointer (&self->wake, wake_unref);
  mill_frontier_table_free (self->table);
  mill_run_file_unref (self->file);
  g_free (self->robots_token);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_frontier_parent_class)->finalize (object);
}

static void
mill_frontier_class_init (MillFrontierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags fixed = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags live = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_frontier_get_property;
  object_class->set_property = mill_frontier_set_property;
  object_class->constructed = mill_frontier_constructed;
  object_class->finalize = mill_frontier_finalize;

  /**
   * MillFrontier:max-depth:
   *
   * How many links away from a start page to go; -1: any number.
   */
  props[PROP_MAX_DEPTH] = g_param_spec_int ("max-depth", _ ("Depth limit"),
                                            _ ("How many links away from a start page to go; -1: any number"),
                                            -1, G_MAXINT, -1, fixed);
  /**
   * MillFrontier:max-pages:
   *
   * How many pages to fetch at most; 0: any number.
   */
  props[PROP_MAX_PAGES] =
      g_param_spec_uint64 ("max-pages", _ ("Page limit"),
                           _ ("How many pages to fetch at most; 0: any number"), 0, G_MAXUINT64, 0, fixed);
  /**
   * MillFrontier:max-bytes:
   *
   * After how many bytes to hand out no more pages, see mill_frontier_received(); 0: never.
   */
  props[PROP_MAX_BYTES] = g_param_spec_uint64 ("max-bytes", _ ("Byte limit"),
                                               _ ("After how many bytes to hand out no more pages; 0: never"),
                                               0, G_MAXUINT64, 0, fixed);
  /**
   * MillFrontier:robots-token:
   *
   * The crawler's name in robots.txt; none: do not ask for it.
   */
  props[PROP_ROBOTS_TOKEN] =
      g_param_spec_string ("robots-token", _ ("Name in robots.txt"),
                           _ ("The crawler's name in robots.txt; none: do not ask for it"), NULL, fixed);
  /**
   * MillFrontier:max-in-flight:
   *
   * How many requests to one host may be under way at a time; 0: any number.
   */
  props[PROP_MAX_IN_FLIGHT] =
      g_param_spec_uint ("max-in-flight", _ ("Per host"),
                         _ ("How many requests to one host may be under way at a time; 0: any number"), 0,
                         G_MAXUINT, DEFAULT_MAX_IN_FLIGHT, live);
  /**
   * MillFrontier:delay-ms:
   *
   * Milliseconds between the starts of two requests to one host.
   */
  props[PROP_DELAY_MS] = g_param_spec_uint ("delay-ms", _ ("Delay"),
                                            _ ("Milliseconds between the starts of two requests to one host"),
                                            0, 24 * 3600 * 1000, DEFAULT_DELAY_MS, live);
  /**
   * MillFrontier:run-file: (skip)
   *
   * Where to keep what is known; the engine's own.
   */
  props[PROP_RUN_FILE] = g_param_spec_pointer (
      "run-file", NULL, NULL, G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_frontier_init (MillFrontier *self)
{
  g_mutex_init (&self->lock);
  self->politeness.max_in_flight = DEFAULT_MAX_IN_FLIGHT;
  self->politeness.delay_ms = DEFAULT_DELAY_MS;
}

GPtrArray *
mill_frontier_get_hosts (MillFrontier *self, gint64 now_us, guint most)
{
  GPtrArray *hosts;

  g_mutex_lock (&self->lock);
  hosts = mill_frontier_table_get_hosts (self->table, now_us, most);
  g_mutex_unlock (&self->lock);
  return hosts;
}

/* Private: one that keeps what it knows in @file (transfer none), and goes on from what is there. */
MillFrontier *
mill_frontier_new_recorded (int max_depth, guint64 max_pages, guint64 max_bytes, const char *robots_token,
                            MillRunFile *file)
{
  return g_object_new (MILL_TYPE_FRONTIER, "max-depth", max_depth, "max-pages", max_pages, "max-bytes",
                       max_bytes, "robots-token", robots_token, "run-file", file, NULL);
}

/**
 * mill_frontier_new:
 * @max_depth: how many links away from a start page to go, or -1
 * @max_pages: how many pages to hand out at most, or 0
 * @robots_token: (nullable): the crawler's name in robots.txt, or %NULL to ask for none
 *
 * Creates a frontier that knows nothing yet.
 *
 * Returns: (transfer full): the frontier
 */
MillFrontier *
mill_frontier_new (int max_depth, guint64 max_pages, const char *robots_token)
{
  return g_object_new (MILL_TYPE_FRONTIER, "max-depth", max_depth, "max-pages", max_pages, "robots-token",
                       robots_token, NULL);
}

/**
 * mill_frontier_get_max_in_flight:
 * @self: the frontier
 *
 * How many URLs of one host may be out at a time.
 *
 * Returns: how many URLs of one host may be out at a time; 0: any number
 */
guint
mill_frontier_get_max_in_flight (MillFrontier *self)
{
  return get_number (self, &self->politeness.max_in_flight);
}

/**
 * mill_frontier_set_max_in_flight:
 * @self: the frontier
 * @max_in_flight: how many URLs of one host may be out at a time; 0: any number
 *
 * Sets the limit, at once for all hosts. What is out stays out.
 */
void
mill_frontier_set_max_in_flight (MillFrontier *self, guint max_in_flight)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));

  set_number (self, &self->politeness.max_in_flight, max_in_flight, PROP_MAX_IN_FLIGHT);
}

/**
 * mill_frontier_get_delay_ms:
 * @self: the frontier
 *
 * How far apart requests to one host start.
 *
 * Returns: milliseconds between two starts on one host
 */
guint
mill_frontier_get_delay_ms (MillFrontier *self)
{
  return get_number (self, &self->politeness.delay_ms);
}

/**
 * mill_frontier_set_delay_ms:
 * @self: the frontier
 * @delay_ms: milliseconds between two starts on one host
 *
 * Sets the delay, at once for all hosts: counted from each one's last start.
 */
void
mill_frontier_set_delay_ms (MillFrontier *self, guint delay_ms)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));

  set_number (self, &self->politeness.delay_ms, delay_ms, PROP_DELAY_MS);
}

/**
 * mill_frontier_set_throttle:
 * @self: the frontier
 * @target_concurrency: how many requests a host is to have in work on average; 0: do not throttle
 * @max_delay_ms: the longest that the throttle may make the delay of a host
 *
 * Sets the throttle, at once for all hosts: with it a host's delay follows how long it takes to answer, as
 * mill_frontier_answered() tells. It is never shorter than `delay-ms` and the host's Crawl-delay. At first
 * there is no throttle.
 */
void
mill_frontier_set_throttle (MillFrontier *self, double target_concurrency, guint max_delay_ms)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (target_concurrency >= 0);

  g_mutex_lock (&self->lock);
  self->politeness.target_concurrency = target_concurrency;
  self->politeness.max_delay_ms = max_delay_ms;
  mill_frontier_unlock_and_wake (self, mill_frontier_table_set_politeness (self->table, &self->politeness));
}

/* Private: (transfer none): the run file, a temporary one if none was given. */
MillRunFile *
mill_frontier_get_run_file (MillFrontier *self)
{
  return self->file;
}

/**
 * mill_frontier_check:
 * @self: the frontier
 *
 * Asks whether what is known is kept.
 *
 * Returns: %FALSE with @error set to what went wrong first, if anything has
 */
gboolean
mill_frontier_check (MillFrontier *self, GError **error)
{
  g_return_val_if_fail (MILL_IS_FRONTIER (self), FALSE);
  return mill_run_file_check (self->file, error);
}

/**
 * mill_frontier_set_robots:
 * @self: the frontier
 * @host_key: a host of which something was added, as from mill_url_host_key()
 * @robots: what its robots.txt asks
 *
 * Tells what a host's robots.txt says, and drops what it disallows. May be called again when it changes; what
 * was dropped stays dropped.
 */
void
mill_frontier_set_robots (MillFrontier *self, const char *host_key, MillRobots *robots)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (host_key != NULL);
  g_return_if_fail (robots != NULL);

  g_mutex_lock (&self->lock);
  mill_frontier_unlock_and_wake (self, mill_frontier_table_set_robots (self->table, host_key, robots));
}

/**
 * mill_frontier_hold_host:
 * @self: the frontier
 * @host_key: a host of which something was added, as from mill_url_host_key()
 * @until_us: when it may be asked again
 * @status: the status of the answer that asked for it, such as 503
 *
 * Leaves a host alone for a while. Of several holds the last counts.
 */
void
mill_frontier_hold_host (MillFrontier *self, const char *host_key, gint64 until_us, guint status)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (host_key != NULL);

  g_mutex_lock (&self->lock);
  mill_frontier_unlock_and_wake (self, mill_frontier_table_hold (self->table, host_key, until_us, status));
}

/**
 * mill_frontier_get_counts:
 * @self: the frontier
 * @counts: (out caller-allocates): one consistent picture
 *
 * Counts URLs by what became of them.
 */
void
mill_frontier_get_counts (MillFrontier *self, MillFrontierCounts *counts)
{
  g_return_if_fail (MILL_IS_FRONTIER (self));
  g_return_if_fail (counts != NULL);

  g_mutex_lock (&self->lock);
  *counts = *mill_frontier_table_get_counts (self->table);
  g_mutex_unlock (&self->lock);
}

/**
 * mill_frontier_set_wake:
 * @self: the frontier
 * @wake: (nullable): what to call when mill_frontier_take() may answer differently
 * @user_data: for @wake
 * @destroy: (nullable): frees @user_data, once no call is under way
 *
 * Sets the one function to be told; see #MillFrontierWakeFunc.
 */
void
mill_frontier_set_wake (MillFrontier *self, MillFrontierWakeFunc wake, gpointer user_data,
                        GDestroyNotify destroy)
{
  MillWake *old, *new = wake != NULL ? g_atomic_rc_box_new (MillWake) : NULL;

  g_return_if_fail (MILL_IS_FRONTIER (self));

  if (new != NULL)
    *new = (MillWake){ wake, user_data, destroy };
  g_mutex_lock (&self->lock);
  old = self->wake;
  self->wake = new;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&old, wake_unref);
}
