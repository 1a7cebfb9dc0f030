/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSource: where items come from. */

#include "config.h"

#include "pipeline/mill-source.h"

typedef struct
{
  GMutex lock;     /* guards the two below: a producer may end while another thread wakes it */
  GFunc wake_func; /* (nullable) */
  gpointer wake_data;
} MillSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MillSource, mill_source, G_TYPE_OBJECT)

static void
mill_source_finalize (GObject *object)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (MILL_SOURCE (object));

  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (mill_source_parent_class)->finalize (object);
}

static void
mill_source_class_init (MillSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_source_finalize;
}

static void
mill_source_init (MillSource *self)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (self);

  g_mutex_init (&priv->lock);
}

gboolean
mill_source_open (MillSource *self, MillPipeline *pipeline, GError **error)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  return klass->open == NULL || klass->open (self, pipeline, error);
}

MillSourceResult
mill_source_poll (MillSource *self, gint64 now_us, MillSourceYield *yield, GError **error)
{
  *yield = (MillSourceYield){ NULL, G_MAXINT64, NULL };
  return MILL_SOURCE_GET_CLASS (self)->poll (self, now_us, yield, error);
}

void
mill_source_left_stage (MillSource *self, MillItem *item, guint stage)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->left_stage != NULL)
    klass->left_stage (self, item, stage);
}

void
mill_source_settled (MillSource *self, MillItem *item, MillOutcome outcome, const GError *error)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->settled != NULL)
    klass->settled (self, item, outcome, error);
}

void
mill_source_requeued (MillSource *self, MillItem *item)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->requeued != NULL)
    klass->requeued (self, item);
}

gint64
mill_source_get_total (MillSource *self)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  return klass->get_total != NULL ? klass->get_total (self) : -1;
}

gboolean
mill_source_reads_blocking (MillSource *self)
{
  return MILL_SOURCE_GET_CLASS (self)->reads_blocking;
}

void
mill_source_close (MillSource *self)
{
  MillSourceClass *klass = MILL_SOURCE_GET_CLASS (self);

  if (klass->close != NULL)
    klass->close (self);
}

void
mill_source_wake (MillSource *self)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  if (priv->wake_func != NULL)
    priv->wake_func (self, priv->wake_data);
  g_mutex_unlock (&priv->lock);
}

void
mill_source_set_wake_func (MillSource *self, GFunc func, gpointer user_data)
{
  MillSourcePrivate *priv = mill_source_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  priv->wake_func = func;
  priv->wake_data = user_data;
  g_mutex_unlock (&priv->lock);
}
