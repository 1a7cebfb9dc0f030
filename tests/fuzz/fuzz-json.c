/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any line as a JSON object. What is taken, json-glib takes too, and reads as the same; and written and read
 * again it is the same record. What is refused is refused for a reason, at a place in the line. */

#include "config.h"

#include <json-glib/json-glib.h>

#include "fuzz.h"
#include "steps/mill-json-reader-private.h"

static void
compare_value (const MillRecord *record, guint i, JsonNode *node)
{
  switch (mill_record_get_value_type (record, i))
    {
    case MILL_VALUE_BOOLEAN:
      g_assert_cmpint (mill_record_get_boolean (record, i), ==, json_node_get_boolean (node));
      break;
    case MILL_VALUE_INTEGER:
      g_assert_cmpint (mill_record_get_integer (record, i), ==, json_node_get_int (node));
      break;
    case MILL_VALUE_REAL:
      g_assert_cmpfloat_with_epsilon (mill_record_get_real (record, i), json_node_get_double (node),
                                      0x1p-1022);
      break;
    case MILL_VALUE_TEXT:
      g_assert_cmpstr (mill_record_get_text (record, i, NULL), ==, json_node_get_string (node));
      break;
    case MILL_VALUE_JSON:
      g_assert_true (JSON_NODE_HOLDS_OBJECT (node) || JSON_NODE_HOLDS_ARRAY (node));
      break;
    case MILL_VALUE_NULL:
    default:
      g_assert_true (JSON_NODE_HOLDS_NULL (node));
    }
}

static void
compare_with_tree (const MillRecord *record, const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpuint (json_object_get_size (object), ==, mill_record_get_n_fields (record));
  for (guint i = 0; i < mill_record_get_n_fields (record); i++)
    {
      JsonNode *node = json_object_get_member (object, mill_record_get_name (record, i));

      g_assert_nonnull (node);
      compare_value (record, i, node);
    }
}

static void
read_again (const MillRecord *record)
{
  g_autofree char *text = mill_record_to_json (record);
  g_autofree char *same = NULL;
  g_autoptr (MillRecord) again = mill_record_new ();
  gsize offset;

  g_assert_null (mill_json_read_object (text, strlen (text), again, &offset));
  same = mill_record_to_json (again);
  g_assert_cmpstr (same, ==, text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *text = size > 0 ? (const char *) data : "";
  g_autoptr (MillRecord) record = mill_record_new ();
  gsize offset = 0;
  const char *problem = mill_json_read_object (text, size, record, &offset);

  g_assert_cmpuint (offset, <=, size);
  if (problem != NULL)
    return 0;
  compare_with_tree (record, text, size);
  read_again (record);
  return 0;
}
