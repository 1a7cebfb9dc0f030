/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillQueueTank: the binding lives as long as the tank it belongs to. */

#include "config.h"

#include "mill-queue-tank.h"

#include <glib/gi18n.h>

#include "mill-tank.h"

/* A forecast further away than this is left out: it would not come true. */
#define FORECAST_LIMIT_S 60.0

typedef struct
{
  MillTank *tank; /* (unowned): owns this */
  MillRun *run;   /* (owned) */
  guint stage;
  MillKnob *maxsize; /* (owned) */
} Binding;

static void
binding_free (gpointer data)
{
  Binding *binding = data;

  g_clear_object (&binding->run);
  g_clear_pointer (&binding->maxsize, mill_knob_unref);
  g_free (binding);
}

static const MillStageSnapshot *
snapshot_of (Binding *binding)
{
  return g_ptr_array_index (mill_run_get_snapshot (binding->run)->stages, binding->stage);
}

static void
sampled_cb (MillTank *tank, MillRun *run)
{
  Binding *binding = g_object_get_data (G_OBJECT (tank), "mill-binding");
  const MillQueueStats *queue = &snapshot_of (binding)->queue;
  double maxsize = mill_run_get_knob_number (run, binding->maxsize);

  mill_tank_set_maxsize (tank, maxsize > 0 ? (guint64) maxsize : 0);
  mill_tank_set_depth (tank, queue->depth);
  mill_tank_set_high_water (tank, queue->high_water);
  mill_tank_set_blocked (tank, queue->putters > 0);
}

/* Whether the queue fills or empties at a pace that means something, and is no mere fluctuation. */
static gboolean
is_moving (const MillQueueStats *queue, double growth)
{
  double threshold = MAX (3.0, 0.02 * MAX (queue->maxsize, 0));

  return growth > threshold || growth < -threshold;
}

/* Returns: seconds until the queue is full or empty at this pace */
static double
forecast (const MillQueueStats *queue, double growth)
{
  return growth > 0 ? ((double) queue->maxsize - queue->depth) / growth : queue->depth / -growth;
}

/* Translators of these: a caption under a queue's gauge; keep it as short as you can. */
static char *
describe (const MillQueueStats *queue, double growth)
{
  gboolean is_bounded = queue->maxsize > 0;
  double seconds;

  if (is_bounded && queue->depth >= (guint) queue->maxsize)
    return g_strdup (queue->putters > 0 ? _ ("full · blocking") : _ ("full"));
  if (queue->depth == 0)
    return g_strdup (_ ("empty"));
  if (!is_moving (queue, growth))
    return g_strdup (_ ("steady"));
  if (growth > 0 && !is_bounded)
    return g_strdup (_ ("filling"));

  seconds = forecast (queue, growth);
  if (seconds > FORECAST_LIMIT_S)
    return g_strdup (growth > 0 ? _ ("filling") : _ ("emptying"));
  return g_strdup_printf (growth > 0 ? _ ("full in %d s") : _ ("empty in %d s"), (int) (seconds + 1));
}

static void
beat_cb (MillTank *tank, MillRun *run)
{
  Binding *binding = g_object_get_data (G_OBJECT (tank), "mill-binding");
  double growth = mill_run_get_figures (run)->stages[binding->stage].growth;
  g_autofree char *caption = describe (&snapshot_of (binding)->queue, growth);

  mill_tank_set_caption (tank, caption);
}

static void
maxsize_changed_cb (MillTank *tank, guint64 maxsize, MillRun *run)
{
  Binding *binding = g_object_get_data (G_OBJECT (tank), "mill-binding");

  mill_run_set_knob (run, binding->maxsize, (double) maxsize);
}

/**
 * mill_queue_tank_new:
 * @run: (transfer none): the run to follow
 * @stage: whose queue, from 0
 *
 * Returns: (transfer floating): a tank
 */
GtkWidget *
mill_queue_tank_new (MillRun *run, guint stage)
{
  GtkWidget *tank = mill_tank_new ();
  Binding *binding = g_new0 (Binding, 1);
  g_autofree char *label = NULL;

  binding->tank = MILL_TANK (tank);
  binding->run = g_object_ref (run);
  binding->stage = stage;
  binding->maxsize = mill_run_get_stage_knob (run, stage, "maxsize");
  g_object_set_data_full (G_OBJECT (tank), "mill-binding", binding, binding_free);

  /* Translators: %s is a stage */
  label = g_strdup_printf (_ ("%s queue depth"), snapshot_of (binding)->name);
  mill_tank_set_label (binding->tank, label);
  mill_tank_set_editable (binding->tank, TRUE);
  gtk_widget_set_valign (tank, GTK_ALIGN_CENTER);

  g_signal_connect_object (run, "sampled", G_CALLBACK (sampled_cb), tank, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), tank, G_CONNECT_SWAPPED);
  g_signal_connect_object (tank, "maxsize-changed", G_CALLBACK (maxsize_changed_cb), run, 0);
  sampled_cb (binding->tank, run);
  beat_cb (binding->tank, run);

  return tank;
}
