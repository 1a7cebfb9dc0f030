/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTimerSource: items by the clock. How far it is to the next one is kept in intervals, not in seconds,
 * and from an epoch, not from the item before: so times do not drift, and a new rate only moves the epoch. */

#include "config.h"

#include "sources/mill-timer-source.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/mill-property-private.h"
#include "core/mill-random-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-number-key-private.h"

#define DEFAULT_RATE 10.0
#define MAX_RATE     1e6
#define MOST_OVERDUE ((double) G_USEC_PER_SEC)
/* What a division may be off by, in microseconds: an item is not late for that. */
#define ROUNDING_US 1e-3
#define PLACEHOLDER "{n}"

struct _MillTimerSource
{
  MillSource parent_instance;

  GMutex lock; /* all below */
  double rate; /* a second */
  guint count;
  guint seed;
  MillTimerJitter jitter;
  char *payload;    /* (owned) (nullable) */
  double urgent;    /* per cent */
  double malformed; /* per cent */

  MillClock *clock; /* (owned) (nullable) set by open */
  char **pieces;    /* (owned) (nullable) set by open: the payload, cut at its placeholders */
  guint64 given;
  gboolean is_running; /* since the first poll */
  double epoch_us;
  double distance; /* from the epoch to the next item, in intervals; negative if it was overdue then */
};

typedef enum
{
  PROP_RATE = 1,
  PROP_COUNT,
  PROP_JITTER,
  PROP_SEED,
  PROP_PAYLOAD,
  PROP_URGENT,
  PROP_MALFORMED,
} MillTimerSourceProperty;

static GParamSpec *properties[PROP_MALFORMED + 1];

G_DEFINE_FINAL_TYPE (MillTimerSource, mill_timer_source, MILL_TYPE_SOURCE)

static double
draw_interval_locked (MillTimerSource *self)
{
  guint64 state;

  if (self->jitter == MILL_TIMER_JITTER_FIXED)
    return 1.0;
  state = mill_random_state_for (self->seed, self->given + 1, 0);
  return -log1p (-mill_random_draw (&state));
}

/* When the next item is due; the rate is above 0. */
static double
get_due_locked (MillTimerSource *self)
{
  return self->epoch_us + self->distance * G_USEC_PER_SEC / self->rate - ROUNDING_US;
}

static void
begin_schedule_locked (MillTimerSource *self, double epoch_us)
{
  self->epoch_us = epoch_us;
  self->distance = 0.0;
}

/* What a draw of the present item decides. */
typedef enum
{
  DRAW_URGENT = 1,
  DRAW_MALFORMED,
} Draw;

static gboolean
draw_locked (MillTimerSource *self, Draw draw, double percent)
{
  guint64 state = mill_random_state_for (self->seed, self->given, draw);

  return mill_random_draw (&state) * 100.0 < percent;
}

/* (transfer full): what @key's item carries; a malformed one, as if its writer had died halfway. */
static GBytes *
make_payload_locked (MillTimerSource *self, const char *key)
{
  char *text = g_strjoinv (key, self->pieces);
  gsize length = strlen (text);

  if (draw_locked (self, DRAW_MALFORMED, self->malformed))
    *g_utf8_offset_to_pointer (text, g_utf8_strlen (text, (gssize) length) / 2) = '\0';
  return g_bytes_new_take (text, strlen (text));
}

static MillItem *
make_item_locked (MillTimerSource *self)
{
  char digits[MILL_NUMBER_KEY_SIZE];
  const char *key = mill_number_key (digits, self->given);
  MillItem *item = mill_item_new (self->given, key);

  mill_item_set_priority (item, draw_locked (self, DRAW_URGENT, self->urgent) ? -1 : 0);
  if (self->pieces != NULL)
    {
      g_autoptr (GBytes) payload = make_payload_locked (self, key);

      mill_item_set_payload (item, payload);
    }
  return item;
}

static MillSourceResult
wait_locked (MillSourceYield *yield, double due_us, const char *why)
{
  yield->ready_at_us = due_us < (double) (G_MAXINT64 / 2) ? (gint64) ceil (due_us) : G_MAXINT64;
  yield->why = why;
  return MILL_SOURCE_WAIT;
}

static MillSourceResult
poll_locked (MillTimerSource *self, gint64 now_us, MillSourceYield *yield)
{
  double due_us;

  if (self->count > 0 && self->given == self->count)
    return MILL_SOURCE_END;
  if (!self->is_running)
    {
      begin_schedule_locked (self, (double) now_us);
      self->distance = draw_interval_locked (self);
      self->is_running = TRUE;
    }
  if (self->rate <= 0.0)
    return wait_locked (yield, INFINITY, _ ("its rate is 0"));
  due_us = get_due_locked (self);
  if ((double) now_us < due_us)
    return wait_locked (yield, due_us, _ ("waiting for the next item's time"));
  self->given++;
  if (due_us < (double) now_us - MOST_OVERDUE)
    begin_schedule_locked (self, (double) now_us - MOST_OVERDUE);
  self->distance += draw_interval_locked (self);
  yield->item = make_item_locked (self);
  return MILL_SOURCE_READY;
}

static MillSourceResult
mill_timer_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  MillTimerSource *self = MILL_TIMER_SOURCE (source);
  MillSourceResult result;

  g_mutex_lock (&self->lock);
  result = poll_locked (self, now_us, yield);
  g_mutex_unlock (&self->lock);
  return result;
}

static gboolean
mill_timer_source_open (MillSource *source, MillPipeline *pipeline, GError **error)
{
  MillTimerSource *self = MILL_TIMER_SOURCE (source);

  g_mutex_lock (&self->lock);
  g_set_object (&self->clock, mill_pipeline_get_clock (pipeline));
  g_clear_pointer (&self->pieces, g_strfreev);
  if (self->payload != NULL)
    self->pieces = g_strsplit (self->payload, PLACEHOLDER, -1);
  self->given = 0;
  self->is_running = FALSE;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static gint64
mill_timer_source_get_total (MillSource *source)
{
  MillTimerSource *self = MILL_TIMER_SOURCE (source);
  guint count;

  g_mutex_lock (&self->lock);
  count = self->count;
  g_mutex_unlock (&self->lock);
  return count > 0 ? (gint64) count : -1;
}

static double
mill_timer_source_get_poisson_rate (MillSource *source, double *urgent_share)
{
  MillTimerSource *self = MILL_TIMER_SOURCE (source);
  double rate;

  g_mutex_lock (&self->lock);
  *urgent_share = self->urgent / 100.0;
  rate = self->jitter == MILL_TIMER_JITTER_EXPONENTIAL ? self->rate : -1.0;
  g_mutex_unlock (&self->lock);
  return rate;
}

/* Says whether it was another one before. */
static gboolean
change_rate_locked (MillTimerSource *self, double rate)
{
  if (self->is_running)
    {
      double now_us = (double) mill_clock_get_time (self->clock);

      self->distance -= (now_us - self->epoch_us) * self->rate / G_USEC_PER_SEC;
      self->epoch_us = now_us;
    }
  if (self->rate <= rate && self->rate >= rate)
    return FALSE;
  self->rate = rate;
  return TRUE;
}

static void
mill_timer_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillTimerSource *self = MILL_TIMER_SOURCE (object);

  g_mutex_lock (&self->lock);
  switch ((MillTimerSourceProperty) prop_id)
    {
    case PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    case PROP_JITTER:
      g_value_set_enum (value, (gint) self->jitter);
      break;
    case PROP_SEED:
      g_value_set_uint (value, self->seed);
      break;
    case PROP_PAYLOAD:
      g_value_set_string (value, self->payload);
      break;
    case PROP_URGENT:
      g_value_set_double (value, self->urgent);
      break;
    case PROP_MALFORMED:
      g_value_set_double (value, self->malformed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
change_locked (MillTimerSource *self, MillTimerSourceProperty property, const GValue *value)
{
  MillTimerJitter before = self->jitter;

  switch (property)
    {
    case PROP_RATE:
      return change_rate_locked (self, g_value_get_double (value));
    case PROP_COUNT:
      return mill_property_take_uint (&self->count, value);
    case PROP_JITTER:
      self->jitter = (MillTimerJitter) g_value_get_enum (value);
      return self->jitter != before;
    case PROP_SEED:
      return mill_property_take_uint (&self->seed, value);
    case PROP_URGENT:
      return mill_property_take_double (&self->urgent, value);
    case PROP_MALFORMED:
      return mill_property_take_double (&self->malformed, value);
    case PROP_PAYLOAD:
    default:
      return mill_property_take_string (&self->payload, value);
    }
}

static void
mill_timer_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillTimerSource *self = MILL_TIMER_SOURCE (object);
  gboolean changed;

  if (prop_id < PROP_RATE || prop_id > PROP_MALFORMED)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_mutex_lock (&self->lock);
  changed = change_locked (self, (MillTimerSourceProperty) prop_id, value);
  g_mutex_unlock (&self->lock);
  if (!changed)
    return;
  mill_source_wake (MILL_SOURCE (self));
  g_object_notify_by_pspec (object, pspec);
}

static void
mill_timer_source_finalize (GObject *object)
{
  MillTimerSource *self = MILL_TIMER_SOURCE (object);

  g_clear_object (&self->clock);
  g_strfreev (self->pieces);
  g_free (self->payload);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_timer_source_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillTimerSource:rate:
   *
   * How many items come in a second; at 0 none do. Live, from any thread.
   */
  properties[PROP_RATE] = mill_knob_with_unit (
      g_param_spec_double ("rate", _ ("Rate"), _ ("How many items come in a second; at 0 none do"), 0.0,
                           MAX_RATE, DEFAULT_RATE, MILL_KNOB_FLAGS),
      N_ ("/s"));
  /**
   * MillTimerSource:count:
   *
   * How many items come in all; 0 is no end.
   */
  properties[PROP_COUNT] =
      g_param_spec_uint ("count", _ ("Count"), _ ("How many items come in all; 0 is no end"), 0, 1000000000,
                         0, MILL_CONFIG_FLAGS | MILL_PARAM_UNLIMITED);
  /**
   * MillTimerSource:jitter:
   *
   * How the intervals between items are spread around their mean.
   */
  properties[PROP_JITTER] = g_param_spec_enum (
      "jitter", _ ("Jitter"), _ ("How the intervals between items are spread around their mean"),
      MILL_TYPE_TIMER_JITTER, MILL_TIMER_JITTER_FIXED, MILL_CONFIG_FLAGS);
  /**
   * MillTimerSource:seed:
   *
   * The same seed gives the same intervals.
   */
  properties[PROP_SEED] = g_param_spec_uint ("seed", _ ("Seed"), _ ("The same seed gives the same intervals"),
                                             0, G_MAXUINT, 1, MILL_CONFIG_FLAGS);
  /**
   * MillTimerSource:payload:
   *
   * What an item carries, with {n} in the place of its number.
   */
  properties[PROP_PAYLOAD] =
      g_param_spec_string ("payload", _ ("Payload"), _ ("What an item carries; {n} stands for its number"),
                           NULL, MILL_CONFIG_FLAGS);
  /**
   * MillTimerSource:urgent:
   *
   * How many of a hundred items are urgent, of the priority -1 in place of 0. Live, from any thread.
   */
  properties[PROP_URGENT] = mill_knob_with_unit (
      g_param_spec_double ("urgent", _ ("Urgent"),
                           _ ("How many of a hundred items are urgent: they go first where a stage’s order "
                              "is priority"),
                           0.0, 100.0, 0.0, MILL_KNOB_FLAGS),
      N_ ("%"));
  /**
   * MillTimerSource:malformed:
   *
   * How many of a hundred payloads are cut off in the middle, as lines are whose writer died. Live, from any
   * thread.
   */
  properties[PROP_MALFORMED] = mill_knob_with_unit (
      g_param_spec_double ("malformed", _ ("Malformed"),
                           _ ("How many of a hundred payloads are cut off in the middle"), 0.0, 100.0, 0.0,
                           MILL_KNOB_FLAGS),
      N_ ("%"));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_timer_source_class_init (MillTimerSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_timer_source_get_property;
  object_class->set_property = mill_timer_source_set_property;
  object_class->finalize = mill_timer_source_finalize;
  source_class->open = mill_timer_source_open;
  source_class->poll = mill_timer_source_poll;
  source_class->get_total = mill_timer_source_get_total;
  source_class->get_poisson_rate = mill_timer_source_get_poisson_rate;
  source_class->keeps_time = TRUE;
  install_properties (object_class);
}

static void
mill_timer_source_init (MillTimerSource *self)
{
  g_mutex_init (&self->lock);
  self->rate = DEFAULT_RATE;
  self->seed = 1;
}

/**
 * mill_timer_source_new:
 * @rate: how many items come in a second; at 0 none do
 *
 * Creates a source of items at equal intervals, without an end.
 *
 * Returns: (transfer full): the source
 */
MillSource *
mill_timer_source_new (double rate)
{
  return g_object_new (MILL_TYPE_TIMER_SOURCE, "rate", rate, NULL);
}
