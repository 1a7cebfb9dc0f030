/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillParseJsonStep: the reader's record, or its complaint. */

#include "config.h"

#include "steps/mill-parse-json-step.h"

#include <string.h>

#include "steps/mill-json-reader-private.h"
#include "steps/mill-line-error-private.h"

struct _MillParseJsonStep
{
  MillMapStep parent_instance;
};

G_DEFINE_FINAL_TYPE (MillParseJsonStep, mill_parse_json_step, MILL_TYPE_MAP_STEP)

/* A byte order mark may stand at a file's begin. */
static gsize
get_mark_length (const char *text, gsize length)
{
  return length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static MillRecord *
mill_parse_json_step_map (MillMapStep *step, MillItem *item, GError **error)
{
  GBytes *payload = mill_item_get_payload (item);
  gsize length = payload != NULL ? g_bytes_get_size (payload) : 0;
  const char *text = length > 0 ? g_bytes_get_data (payload, NULL) : "";
  gsize begin = get_mark_length (text, length), offset;
  g_autoptr (MillRecord) record = mill_record_new ();
  const char *problem = mill_json_read_object (text + begin, length - begin, record, &offset);

  if (problem == NULL)
    return g_steal_pointer (&record);
  mill_line_error_set (item, begin + offset, problem, error);
  return NULL;
}

static void
mill_parse_json_step_class_init (MillParseJsonStepClass *klass)
{
  MILL_MAP_STEP_CLASS (klass)->map = mill_parse_json_step_map;
}

static void
mill_parse_json_step_init (MillParseJsonStep *self)
{
}

/**
 * mill_parse_json_step_new:
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_parse_json_step_new (void)
{
  return g_object_new (MILL_TYPE_PARSE_JSON_STEP, NULL);
}
