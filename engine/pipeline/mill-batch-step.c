/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillBatchStep: a step that works on several items at a time. The batches are made by the stage's workers
 * (mill-worker.c); here are their limits only. */

#include "config.h"

#include "pipeline/mill-batch-step.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

#include "pipeline/mill-knob.h"

#define MAX_BATCH      100000
#define MAX_LINGER_MS  3600000
#define DEFAULT_BATCH  500
#define DEFAULT_LINGER 200

typedef struct
{
  atomic_uint batch;
  atomic_uint linger_ms;
} MillBatchStepPrivate;

typedef enum
{
  PROP_BATCH = 1,
  PROP_LINGER,
} MillBatchStepProperty;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MillBatchStep, mill_batch_step, MILL_TYPE_STEP)

static MillBatchStepPrivate *
get_private (MillBatchStep *self)
{
  return mill_batch_step_get_instance_private (self);
}

static void
mill_batch_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillBatchStepPrivate *priv = get_private (MILL_BATCH_STEP (object));

  switch ((MillBatchStepProperty) prop_id)
    {
    case PROP_BATCH:
      g_value_set_uint (value, atomic_load (&priv->batch));
      break;
    case PROP_LINGER:
      g_value_set_uint (value, atomic_load (&priv->linger_ms));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_batch_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillBatchStepPrivate *priv = get_private (MILL_BATCH_STEP (object));
  guint before;

  switch ((MillBatchStepProperty) prop_id)
    {
    case PROP_BATCH:
      before = atomic_exchange (&priv->batch, g_value_get_uint (value));
      break;
    case PROP_LINGER:
      before = atomic_exchange (&priv->linger_ms, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  if (before != g_value_get_uint (value))
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_batch_step_constructed (GObject *object)
{
  MillBatchStepClass *klass = MILL_BATCH_STEP_GET_CLASS (object);
  MillBatchStepPrivate *priv = get_private (MILL_BATCH_STEP (object));

  G_OBJECT_CLASS (mill_batch_step_parent_class)->constructed (object);
  atomic_store (&priv->batch, klass->default_batch);
  atomic_store (&priv->linger_ms, klass->default_linger_ms);
}

static void
mill_batch_step_class_init (MillBatchStepClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = mill_batch_step_constructed;
  mill_batch_step_class_set_defaults (klass, DEFAULT_BATCH, DEFAULT_LINGER);
}

static void
mill_batch_step_init (MillBatchStep *self)
{
}

/**
 * mill_batch_step_class_set_defaults:
 * @batch: what #MillBatchStep:batch is at first, at least 1
 * @linger_ms: what #MillBatchStep:linger is at first, in milliseconds
 *
 * For a subclass whose items gain from other batches than a database's: to be called when its class is
 * initialised. It must not have get_property and set_property of its own; but its subclasses may.
 */
void
mill_batch_step_class_set_defaults (MillBatchStepClass *klass, guint batch, guint linger_ms)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamSpec *properties[PROP_LINGER + 1] = { NULL };

  /* A class does not inherit them: they are for the properties that are its own. */
  object_class->get_property = mill_batch_step_get_property;
  object_class->set_property = mill_batch_step_set_property;
  klass->default_batch = batch;
  klass->default_linger_ms = linger_ms;
  /**
   * MillBatchStep:batch:
   *
   * How many items are worked on together at most. Live, from any thread; a batch that is being gathered
   * keeps the size it began with.
   */
  properties[PROP_BATCH] =
      g_param_spec_uint ("batch", _ ("Batch"), _ ("How many items are worked on together at most."), 1,
                         MAX_BATCH, batch, MILL_KNOB_FLAGS);
  /**
   * MillBatchStep:linger:
   *
   * How long a batch that is not full waits for more items, in milliseconds. 0 takes what is there. Live,
   * from any thread.
   */
  properties[PROP_LINGER] = mill_knob_with_unit (
      g_param_spec_uint ("linger", _ ("Linger"),
                         _ ("How long a batch that is not full waits for more items. 0 takes what is there."),
                         0, MAX_LINGER_MS, linger_ms, MILL_KNOB_FLAGS),
      N_ ("ms"));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

/**
 * mill_batch_step_get_batch:
 *
 * Its #MillBatchStep:batch. May be called from any thread.
 *
 * Returns: how many items are worked on together at most
 */
guint
mill_batch_step_get_batch (MillBatchStep *self)
{
  g_return_val_if_fail (MILL_IS_BATCH_STEP (self), 1);
  return atomic_load_explicit (&get_private (self)->batch, memory_order_relaxed);
}

/**
 * mill_batch_step_get_linger_us:
 *
 * Its #MillBatchStep:linger. May be called from any thread.
 *
 * Returns: how long a batch that is not full waits for more items, in microseconds
 */
gint64
mill_batch_step_get_linger_us (MillBatchStep *self)
{
  g_return_val_if_fail (MILL_IS_BATCH_STEP (self), 0);
  return (gint64) atomic_load_explicit (&get_private (self)->linger_ms, memory_order_relaxed) * 1000;
}
