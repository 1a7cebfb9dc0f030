/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillJsonlStep: appends items to a file of JSON Lines. */

#include "config.h"

#include "sinks/mill-jsonl-step.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-record.h"
#include "sinks/mill-columns-private.h"

struct _MillJsonlStep
{
  MillFileStep parent_instance;
};

G_DEFINE_FINAL_TYPE (MillJsonlStep, mill_jsonl_step, MILL_TYPE_FILE_STEP)

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

static void
mill_jsonl_step_put (MillFileStep *step, MillWork *work, GString *head, GString *batch)
{
  for (guint i = 0; i < mill_work_get_n_items (work); i++)
    {
      GError *cause = NULL;
      g_autofree char *line = write_item (mill_work_get_nth_item (work, i), &cause);

      if (line == NULL)
        mill_work_reject (work, i, cause);
      else
        g_string_append_printf (batch, "%s\n", line);
    }
}

static void
mill_jsonl_step_class_init (MillJsonlStepClass *klass)
{
  MillFileStepClass *file_class = MILL_FILE_STEP_CLASS (klass);

  file_class->name = "jsonl";
  file_class->put = mill_jsonl_step_put;
}

static void
mill_jsonl_step_init (MillJsonlStep *self)
{
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
