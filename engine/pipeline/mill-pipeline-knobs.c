/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPipeline's knobs: listing, finding, turning them, and turning them later. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-queue-private.h"
#include "pipeline/mill-knob-private.h"
#include "pipeline/mill-pipeline-private.h"

typedef struct
{
  double at_s;
  MillKnob *knob; /* (owned) */
  char *text;     /* (owned) */
} ScheduledKnob;

/* What is told of a change; it may outlive the pipeline. */
typedef struct
{
  MillEventLog *events; /* (owned) */
  GPtrArray *stages;    /* (owned) of (owned) MillStage */
} Audience;

static Audience *
audience_new (MillPipeline *pipeline)
{
  Audience *self = g_new (Audience, 1);

  self->events = mill_event_log_ref (pipeline->events);
  self->stages = g_ptr_array_ref (pipeline->stages);
  return self;
}

static void
audience_free (gpointer data)
{
  Audience *self = data;

  mill_event_log_unref (self->events);
  g_ptr_array_unref (self->stages);
  g_free (self);
}

static void
knob_changed (MillKnob *knob, const char *before, const char *after, gpointer user_data)
{
  const Audience *audience = user_data;
  const char *unit = mill_knob_get_unit (knob);

  for (guint i = 0; i < audience->stages->len; i++)
    mill_queue_mark_waits (mill_stage_get_queue (g_ptr_array_index (audience->stages, i)));
  mill_event_log_add (audience->events, mill_knob_is_fault (knob) ? MILL_EVENT_FAULT : MILL_EVENT_KNOB,
                      g_strdup_printf ("%s %s → %s%s%s", mill_knob_get_path (knob), before, after,
                                       *unit != '\0' ? " " : "", unit));
}

static void
add_knobs (MillPipeline *self, GPtrArray *knobs, gpointer object, const char *owner)
{
  guint n = 0;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++)
    if ((pspecs[i]->flags & MILL_PARAM_KNOB) != 0)
      {
        MillKnob *knob = mill_knob_new (object, pspecs[i], owner);

        mill_knob_set_changed_func (knob, knob_changed, audience_new (self), audience_free);
        g_ptr_array_add (knobs, knob);
      }
}

/**
 * mill_pipeline_list_knobs:
 *
 * All that can be turned while the pipeline runs.
 *
 * Returns: (transfer full) (element-type MillKnob): all knobs: the source's, then each stage's with its
 * step's and its faults
 */
GPtrArray *
mill_pipeline_list_knobs (MillPipeline *self)
{
  GPtrArray *knobs = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_knob_unref);

  g_return_val_if_fail (MILL_IS_PIPELINE (self), knobs);

  if (self->source != NULL)
    add_knobs (self, knobs, self->source, "source");
  for (guint i = 0; i < self->stages->len; i++)
    {
      MillStage *stage = g_ptr_array_index (self->stages, i);

      add_knobs (self, knobs, stage, mill_stage_get_name (stage));
      add_knobs (self, knobs, mill_stage_get_step (stage), mill_stage_get_name (stage));
      add_knobs (self, knobs, mill_stage_get_fault (stage), mill_stage_get_name (stage));
    }
  return knobs;
}

/**
 * mill_pipeline_find_knob:
 * @path: "stage.knob"
 *
 * Looks a knob up.
 *
 * Returns: (transfer full) (nullable): the knob, or %NULL with %MILL_ERROR_INVALID and the list of those
 * there are
 */
MillKnob *
mill_pipeline_find_knob (MillPipeline *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) knobs = mill_pipeline_list_knobs (self);
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < knobs->len; i++)
    {
      MillKnob *knob = g_ptr_array_index (knobs, i);

      if (g_strcmp0 (mill_knob_get_path (knob), path) == 0)
        return mill_knob_ref (knob);
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", mill_knob_get_path (knob));
    }
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("there is no knob “%s”; the knobs are %s"), path,
               known->str);
  return NULL;
}

/**
 * mill_pipeline_set_knob:
 * @path: "stage.knob"
 * @text: the value, as in a job file
 *
 * Turns a knob, now.
 *
 * Returns: %FALSE with %MILL_ERROR_INVALID when there is no such knob or it does not take the value
 */
gboolean
mill_pipeline_set_knob (MillPipeline *self, const char *path, const char *text, GError **error)
{
  g_autoptr (MillKnob) knob = mill_pipeline_find_knob (self, path, error);

  return knob != NULL && mill_knob_set_text (knob, text, error);
}

/* Private; for the pipeline's list of those that wait for the start. */
void
mill_scheduled_knob_free (gpointer user_data)
{
  ScheduledKnob *scheduled = user_data;

  mill_knob_unref (scheduled->knob);
  g_free (scheduled->text);
  g_free (scheduled);
}

static gboolean
scheduled_knob_cb (gpointer user_data)
{
  ScheduledKnob *scheduled = user_data;

  mill_knob_set_text (scheduled->knob, scheduled->text, NULL);
  return G_SOURCE_REMOVE;
}

/* Takes over one of `scheduled`. The start is known. */
void
mill_pipeline_attach_scheduled (MillPipeline *self, gpointer data)
{
  ScheduledKnob *scheduled = data;
  gint64 after_us = (gint64) (MIN (scheduled->at_s, MILL_MOST_SECONDS) * G_USEC_PER_SEC);
  g_autoptr (GSource) timer = NULL;

  if (self->is_leaping)
    timer = mill_clock_source_new (self->clock, self->clock_start_us + after_us);
  else
    {
      timer = g_timeout_source_new (0);
      g_source_set_ready_time (timer, self->start_us + after_us);
    }
  g_source_set_callback (timer, scheduled_knob_cb, scheduled, mill_scheduled_knob_free);
  g_source_attach (timer, mill_loop_get_context (self->is_leaping ? self->loops[0] : self->control));
}

static gboolean
check_knob_text (MillKnob *knob, const char *text, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GParamSpec *pspec = mill_knob_get_pspec (knob);

  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
  if (mill_pspec_parse (pspec, text, &value, error))
    return TRUE;
  g_prefix_error (error, "%s: ", mill_knob_get_path (knob));
  return FALSE;
}

/**
 * mill_pipeline_schedule_knob:
 * @at_s: when, in seconds since the start
 * @path: "stage.knob"
 * @text: the value, as in a job file
 *
 * Turns a knob later. What is wrong with it is said now. Before or after the start; forgotten when the run
 * ends first.
 *
 * Returns: %FALSE with %MILL_ERROR_INVALID when there is no such knob or it does not take the value
 */
gboolean
mill_pipeline_schedule_knob (MillPipeline *self, double at_s, const char *path, const char *text,
                             GError **error)
{
  g_autoptr (MillKnob) knob = mill_pipeline_find_knob (self, path, error);
  ScheduledKnob *scheduled;

  if (knob == NULL || !check_knob_text (knob, text, error))
    return FALSE;
  scheduled = g_new (ScheduledKnob, 1);
  *scheduled = (ScheduledKnob){ at_s, g_steal_pointer (&knob), g_strdup (text) };
  g_mutex_lock (&self->lock);
  if (self->state == MILL_STATE_IDLE)
    g_ptr_array_add (self->scheduled, scheduled);
  else if (self->control != NULL)
    mill_pipeline_attach_scheduled (self, scheduled);
  else
    mill_scheduled_knob_free (scheduled);
  g_mutex_unlock (&self->lock);
  return TRUE;
}
