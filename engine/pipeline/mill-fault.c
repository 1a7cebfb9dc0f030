/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFault: extra latency, errors and stalls. A stall is a closed gate. */

#include "config.h"

#include "pipeline/mill-fault-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-cancel-source-private.h"
#include "core/mill-error.h"
#include "core/mill-random-private.h"
#include "pipeline/mill-gate-private.h"
#include "pipeline/mill-knob.h"

#define MAX_LATENCY_MS 60000.0

struct _MillFault
{
  GObject parent_instance;

  guint seed;
  gint on;        /* (atomic) written with the lock held */
  MillGate *gate; /* (owned) closed while the stage is stalled */

  GMutex lock; /* guards the rest */
  double latency_ms;
  double errors_percent;
  gboolean stall;
};

typedef enum
{
  PROP_FAULT_LATENCY = 1,
  PROP_FAULT_ERRORS,
  PROP_FAULT_STALL,
} MillFaultProperty;

static GParamSpec *props[PROP_FAULT_STALL + 1];

G_DEFINE_FINAL_TYPE (MillFault, mill_fault, G_TYPE_OBJECT)

static gint64
get_latency_us (MillFault *self)
{
  double latency_ms;

  g_mutex_lock (&self->lock);
  latency_ms = self->latency_ms;
  g_mutex_unlock (&self->lock);
  return (gint64) (latency_ms * 1000.0);
}

/* Whether the attempt may go on to its step. */
static gboolean
draw (MillFault *self, guint64 item_id, guint attempt, GError **error)
{
  guint64 state = mill_random_state_for (self->seed, item_id, attempt);
  double errors_percent;

  g_mutex_lock (&self->lock);
  errors_percent = self->errors_percent;
  g_mutex_unlock (&self->lock);
  if (mill_random_draw (&state) * 100.0 >= errors_percent)
    return TRUE;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_RETRYABLE, _ ("injected error"));
  return FALSE;
}

/* In the world of threads. */

gboolean
mill_fault_meet (MillFault *self, MillClock *clock, guint64 item_id, guint attempt, GCancellable *cancellable,
                 GError **error)
{
  gint64 latency_us;

  if (!mill_gate_pass (self->gate, cancellable))
    {
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return FALSE;
    }
  latency_us = get_latency_us (self);
  if (latency_us > 0 &&
      !mill_clock_wait_until (clock, mill_clock_get_time (clock) + latency_us, cancellable, error))
    return FALSE;
  return draw (self, item_id, attempt, error);
}

/* In the world of tasks. */

typedef struct
{
  MillClock *clock; /* (owned) */
  guint64 item_id;
  guint attempt;
  GSource *timer; /* (owned) (nullable) while it waits for the time */
  GSource *stop;  /* (owned) (nullable) ends that early */
} Meeting;

static void
clear_sources (Meeting *meeting)
{
  if (meeting->timer != NULL)
    g_source_destroy (meeting->timer);
  g_clear_pointer (&meeting->timer, g_source_unref);
  g_clear_pointer (&meeting->stop, mill_cancel_source_destroy);
}

static void
meeting_free (gpointer data)
{
  Meeting *meeting = data;

  clear_sources (meeting);
  g_object_unref (meeting->clock);
  g_free (meeting);
}

static void
end_meeting (GTask *task)
{
  MillFault *self = g_task_get_source_object (task);
  Meeting *meeting = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (draw (self, meeting->item_id, meeting->attempt, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The time has come, or the attempt is to end: whichever is first. */
static gboolean
waited_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  clear_sources (g_task_get_task_data (task));
  end_meeting (task);
  return G_SOURCE_REMOVE;
}

static void
wait_async (GTask *task, gint64 latency_us)
{
  Meeting *meeting = g_task_get_task_data (task);
  GMainContext *context = g_task_get_context (task);

  meeting->timer = mill_clock_source_new (meeting->clock, mill_clock_get_time (meeting->clock) + latency_us);
  g_source_set_callback (meeting->timer, waited_cb, g_object_ref (task), g_object_unref);
  meeting->stop = mill_cancel_source_new ("mill fault", MILL_NEVER, g_task_get_cancellable (task), waited_cb,
                                          g_object_ref (task), g_object_unref);
  g_source_attach (meeting->timer, context);
  g_source_attach (meeting->stop, context);
}

static void
passed_gate_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  gint64 latency_us = get_latency_us (g_task_get_source_object (task));

  if (mill_gate_pass_finish (MILL_GATE (object), result) && latency_us > 0)
    wait_async (task, latency_us);
  else
    end_meeting (task);
}

void
mill_fault_meet_async (MillFault *self, MillClock *clock, guint64 item_id, guint attempt,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Meeting *meeting = g_new0 (Meeting, 1);

  meeting->clock = g_object_ref (clock);
  meeting->item_id = item_id;
  meeting->attempt = attempt;
  g_task_set_task_data (task, meeting, meeting_free);
  /* Those that the stall has let go, and those that met their time, are served even if they are cancelled
   * meanwhile; end_meeting() looks for itself. */
  g_task_set_check_cancellable (task, FALSE);
  mill_gate_pass_async (self->gate, cancellable, passed_gate_cb, task);
}

gboolean
mill_fault_meet_finish (MillFault *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
mill_fault_finalize (GObject *object)
{
  MillFault *self = MILL_FAULT (object);

  g_object_unref (self->gate);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_fault_parent_class)->finalize (object);
}

static void
mill_fault_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillFault *self = MILL_FAULT (object);

  g_mutex_lock (&self->lock);
  switch ((MillFaultProperty) prop_id)
    {
    case PROP_FAULT_LATENCY:
      g_value_set_double (value, self->latency_ms);
      break;
    case PROP_FAULT_ERRORS:
      g_value_set_double (value, self->errors_percent);
      break;
    case PROP_FAULT_STALL:
      g_value_set_boolean (value, self->stall);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  g_mutex_unlock (&self->lock);
}

static gboolean
change_number (double *number, double value)
{
  gboolean changed = *number < value || *number > value;

  *number = value;
  return changed;
}

static gboolean
change_locked (MillFault *self, MillFaultProperty property, const GValue *value)
{
  gboolean before = self->stall;

  switch (property)
    {
    case PROP_FAULT_LATENCY:
      return change_number (&self->latency_ms, g_value_get_double (value));
    case PROP_FAULT_ERRORS:
      return change_number (&self->errors_percent, g_value_get_double (value));
    case PROP_FAULT_STALL:
    default:
      self->stall = g_value_get_boolean (value);
      return self->stall != before;
    }
}

static gboolean
is_stalled (MillFault *self)
{
  gboolean stall;

  g_mutex_lock (&self->lock);
  stall = self->stall;
  g_mutex_unlock (&self->lock);
  return stall;
}

/* Not with the lock held, for those who waited may go on within the call. Whoever moves the gate last looks
 * again after it, so in the end it stands as it should. */
static void
move_gate (MillFault *self)
{
  gboolean stall;

  do
    {
      stall = is_stalled (self);
      mill_gate_set_open (self->gate, !stall);
    }
  while (is_stalled (self) != stall);
}

static void
mill_fault_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillFault *self = MILL_FAULT (object);
  gboolean changed;

  if (prop_id < PROP_FAULT_LATENCY || prop_id > PROP_FAULT_STALL)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_mutex_lock (&self->lock);
  changed = change_locked (self, (MillFaultProperty) prop_id, value);
  g_atomic_int_set (&self->on, self->stall || self->latency_ms > 0 || self->errors_percent > 0);
  g_mutex_unlock (&self->lock);
  move_gate (self);
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillFault:fault-latency:
   *
   * How much longer each attempt takes, in milliseconds; for attempts that begin from now on. Live, from any
   * thread.
   */
  props[PROP_FAULT_LATENCY] = mill_knob_with_unit (
      g_param_spec_double ("fault-latency", _ ("Extra latency"),
                           _ ("Fault: each attempt takes this much longer, as if the other side were slow."),
                           0, MAX_LATENCY_MS, 0, MILL_FAULT_FLAGS),
      N_ ("ms"));
  /**
   * MillFault:fault-errors:
   *
   * The share of attempts that fail, and may be tried again, in percent. Live, from any thread.
   */
  props[PROP_FAULT_ERRORS] = mill_knob_with_unit (
      g_param_spec_double ("fault-errors", _ ("Errors"),
                           _ ("Fault: this share of the attempts fails, as if the other side were broken. "
                              "They may be tried again."),
                           0, 100, 0, MILL_FAULT_FLAGS),
      N_ ("%"));
  /**
   * MillFault:fault-stall:
   *
   * Whether every attempt waits until this is off again. Live, from any thread.
   */
  props[PROP_FAULT_STALL] = g_param_spec_boolean (
      "fault-stall", _ ("Stall"),
      _ ("Fault: every attempt waits until this is off again, as if the other side did not answer."), FALSE,
      MILL_FAULT_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_fault_class_init (MillFaultClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mill_fault_finalize;
  object_class->get_property = mill_fault_get_property;
  object_class->set_property = mill_fault_set_property;
  install_properties (object_class);
}

static void
mill_fault_init (MillFault *self)
{
  g_mutex_init (&self->lock);
  self->gate = mill_gate_new ();
}

/* (transfer full): one that is off. */
MillFault *
mill_fault_new (guint seed)
{
  MillFault *self = g_object_new (MILL_TYPE_FAULT, NULL);

  self->seed = seed;
  return self;
}

/**
 * mill_fault_is_on:
 *
 * Whether an attempt that begins now meets any trouble.
 *
 * Returns: %FALSE when all faults are at their defaults
 */
gboolean
mill_fault_is_on (MillFault *self)
{
  return g_atomic_int_get (&self->on);
}
