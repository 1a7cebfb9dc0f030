/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillJsonlStep: appends items to a file of JSON Lines. One worker at a time appends a batch. */

#include "config.h"

#include "sinks/mill-jsonl-step.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-record.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"
#include "sinks/mill-batch-file-private.h"
#include "sinks/mill-columns-private.h"

struct _MillJsonlStep
{
  MillBatchStep parent_instance;

  char *file; /* (owned) (nullable) as configured */
  gboolean durable;

  GMutex lock;
  MillBatchFile *output; /* (owned) (nullable) (lock) while open */
};

typedef enum
{
  PROP_FILE = 1,
  PROP_DURABLE,
} MillJsonlStepProperty;

static GParamSpec *properties[PROP_DURABLE + 1];

G_DEFINE_FINAL_TYPE (MillJsonlStep, mill_jsonl_step, MILL_TYPE_BATCH_STEP)

static gboolean
mill_jsonl_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillJsonlStep *self = MILL_JSONL_STEP (step);
  g_autofree char *file = NULL;

  if (self->file == NULL || self->file[0] == '\0')
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the jsonl step needs a “file”"));
      return FALSE;
    }
  file = mill_pipeline_expand (pipeline, self->file, error);
  if (file == NULL)
    return FALSE;
  self->output = mill_batch_file_open (file, self->durable, error);
  return self->output != NULL;
}

static void
mill_jsonl_step_close (MillStep *step)
{
  g_clear_pointer (&MILL_JSONL_STEP (step)->output, mill_batch_file_close);
}

/* Returns: (transfer full) (nullable): %NULL with an error if the item is no row */
static char *
write_item (MillItem *item, GError **error)
{
  MillRecord *record = mill_item_get_record (item);
  GBytes *payload = mill_item_get_payload (item);
  gsize length = payload != NULL ? g_bytes_get_size (payload) : 0;
  const char *text = length > 0 ? g_bytes_get_data (payload, NULL) : "";
  g_autoptr (MillRecord) made = NULL;

  if (record != NULL)
    return mill_record_to_json (record);
  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("the payload is not UTF-8, as JSON must be"));
      return NULL;
    }
  made = mill_record_new ();
  mill_record_add_text (made, MILL_COLUMN_PAYLOAD, text, (gssize) length);
  return mill_record_to_json (made);
}

static gboolean
mill_jsonl_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillJsonlStep *self = MILL_JSONL_STEP (step);
  GString *batch = g_string_new (NULL);
  gboolean ok;

  for (guint i = 0; i < mill_work_get_n_items (work); i++)
    {
      GError *cause = NULL;
      g_autofree char *line = write_item (mill_work_get_nth_item (work, i), &cause);

      if (line == NULL)
        mill_work_reject (work, i, cause);
      else
        g_string_append_printf (batch, "%s\n", line);
    }
  g_mutex_lock (&self->lock);
  ok = mill_batch_file_append (self->output, batch, error);
  g_mutex_unlock (&self->lock);
  g_string_free (batch, TRUE);
  return ok;
}

static void
mill_jsonl_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillJsonlStep *self = MILL_JSONL_STEP (object);

  switch ((MillJsonlStepProperty) prop_id)
    {
    case PROP_FILE:
      g_value_set_string (value, self->file);
      break;
    case PROP_DURABLE:
      g_value_set_boolean (value, self->durable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static gboolean
change_string (char **string, const GValue *value)
{
  if (g_strcmp0 (*string, g_value_get_string (value)) == 0)
    return FALSE;
  g_free (*string);
  *string = g_value_dup_string (value);
  return TRUE;
}

static gboolean
change_boolean (gboolean *boolean, const GValue *value)
{
  gboolean before = *boolean;

  *boolean = g_value_get_boolean (value);
  return *boolean != before;
}

static void
mill_jsonl_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillJsonlStep *self = MILL_JSONL_STEP (object);
  gboolean changed = FALSE;

  switch ((MillJsonlStepProperty) prop_id)
    {
    case PROP_FILE:
      changed = change_string (&self->file, value);
      break;
    case PROP_DURABLE:
      changed = change_boolean (&self->durable, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_jsonl_step_finalize (GObject *object)
{
  MillJsonlStep *self = MILL_JSONL_STEP (object);

  mill_jsonl_step_close (MILL_STEP (self));
  g_free (self->file);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_jsonl_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillJsonlStep:file:
   *
   * The file, which is made if it is not there.
   */
  properties[PROP_FILE] = g_param_spec_string (
      "file", _ ("File"), _ ("The file that grows; it is made if it is not there"), NULL, MILL_CONFIG_FLAGS);
  /**
   * MillJsonlStep:durable:
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
mill_jsonl_step_class_init (MillJsonlStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_jsonl_step_get_property;
  object_class->set_property = mill_jsonl_step_set_property;
  object_class->finalize = mill_jsonl_step_finalize;
  step_class->open = mill_jsonl_step_open;
  step_class->process = mill_jsonl_step_process;
  step_class->close = mill_jsonl_step_close;
  install_properties (object_class);
}

static void
mill_jsonl_step_init (MillJsonlStep *self)
{
  g_mutex_init (&self->lock);
}

/**
 * mill_jsonl_step_new:
 * @file: (nullable): the file, which may begin with {temp}; without one the step does not open
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_jsonl_step_new (const char *file)
{
  return g_object_new (MILL_TYPE_JSONL_STEP, "file", file, NULL);
}
