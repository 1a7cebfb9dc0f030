/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFileStep: appends items to a file. One worker at a time appends a batch. */

#include "config.h"

#include "sinks/mill-file-step.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sinks/mill-batch-file-private.h"

#define MAX_BEGIN 65536

typedef struct
{
  char *file; /* (owned) (nullable) as configured */
  gboolean durable;

  GMutex lock;
  MillBatchFile *output; /* (owned) (nullable) (lock) while open */
} MillFileStepPrivate;

typedef enum
{
  PROP_FILE = 1,
  PROP_DURABLE,
} MillFileStepProperty;

static GParamSpec *properties[PROP_DURABLE + 1];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MillFileStep, mill_file_step, MILL_TYPE_BATCH_STEP)

static MillFileStepPrivate *
get_private (MillFileStep *self)
{
  return mill_file_step_get_instance_private (self);
}

static void
mill_file_step_close (MillStep *step)
{
  g_clear_pointer (&get_private (MILL_FILE_STEP (step))->output, mill_batch_file_close);
}

/* Shows the subclass how the file begins. */
static gboolean
begin (MillFileStep *self, const char *file, GError **error)
{
  MillFileStepClass *klass = MILL_FILE_STEP_GET_CLASS (self);
  g_autoptr (GBytes) bytes = NULL;

  if (klass->begin == NULL)
    return TRUE;
  bytes = mill_batch_file_read_begin (get_private (self)->output, MAX_BEGIN, error);
  if (bytes == NULL)
    return FALSE;
  if (klass->begin (self, bytes, error))
    return TRUE;
  g_prefix_error (error, "%s: ", file);
  return FALSE;
}

static gboolean
mill_file_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillFileStep *self = MILL_FILE_STEP (step);
  MillFileStepPrivate *priv = get_private (self);
  g_autofree char *file = NULL;

  if (priv->file == NULL || priv->file[0] == '\0')
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the %s step needs a “file”"),
                   MILL_FILE_STEP_GET_CLASS (self)->name);
      return FALSE;
    }
  file = mill_pipeline_expand (pipeline, priv->file, error);
  if (file == NULL)
    return FALSE;
  priv->output = mill_batch_file_open (file, priv->durable, error);
  if (priv->output == NULL)
    return FALSE;
  if (begin (self, file, error))
    return TRUE;
  mill_file_step_close (step);
  return FALSE;
}

static gboolean
append (MillFileStep *self, const GString *head, GString *batch, GError **error)
{
  MillFileStepPrivate *priv = get_private (self);
  gboolean ok;

  if (batch->len == 0)
    return TRUE;
  g_mutex_lock (&priv->lock);
  if (mill_batch_file_get_size (priv->output) == 0)
    g_string_prepend_len (batch, head->str, (gssize) head->len);
  ok = mill_batch_file_append (priv->output, batch, error);
  g_mutex_unlock (&priv->lock);
  return ok;
}

static gboolean
mill_file_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillFileStep *self = MILL_FILE_STEP (step);
  g_autoptr (GString) head = g_string_new (NULL);
  g_autoptr (GString) batch = g_string_new (NULL);

  MILL_FILE_STEP_GET_CLASS (self)->put (self, work, head, batch);
  return append (self, head, batch, error);
}

static void
mill_file_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillFileStepPrivate *priv = get_private (MILL_FILE_STEP (object));

  switch ((MillFileStepProperty) prop_id)
    {
    case PROP_FILE:
      g_value_set_string (value, priv->file);
      break;
    case PROP_DURABLE:
      g_value_set_boolean (value, priv->durable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_file_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillFileStepPrivate *priv = get_private (MILL_FILE_STEP (object));
  gboolean changed = FALSE;

  switch ((MillFileStepProperty) prop_id)
    {
    case PROP_FILE:
      changed = mill_property_take_string (&priv->file, value);
      break;
    case PROP_DURABLE:
      changed = mill_property_take_boolean (&priv->durable, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_file_step_finalize (GObject *object)
{
  MillFileStepPrivate *priv = get_private (MILL_FILE_STEP (object));

  mill_file_step_close (MILL_STEP (object));
  g_free (priv->file);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (mill_file_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillFileStep:file:
   *
   * The file, which is made if it is not there.
   */
  properties[PROP_FILE] = g_param_spec_string (
      "file", _ ("File"), _ ("The file that grows; it is made if it is not there"), NULL, MILL_CONFIG_FLAGS);
  /**
   * MillFileStep:durable:
   *
   * Whether each batch is on the disk before it counts as done, so that it survives a power cut. It survives
   * the program's own end, however sudden, in any case.
   */
  properties[PROP_DURABLE] = g_param_spec_boolean (
      "durable", _ ("Durable"),
      _ ("Whether each batch is on the disk, and survives a power cut, before it counts as done"), FALSE,
      MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_file_step_class_init (MillFileStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_file_step_get_property;
  object_class->set_property = mill_file_step_set_property;
  object_class->finalize = mill_file_step_finalize;
  step_class->open = mill_file_step_open;
  step_class->process = mill_file_step_process;
  step_class->close = mill_file_step_close;
  install_properties (object_class);
}

static void
mill_file_step_init (MillFileStep *self)
{
  g_mutex_init (&get_private (self)->lock);
}
