/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillColumns (engine/sinks/mill-columns-private.h), sentence by sentence. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "sinks/mill-columns-private.h"
#include "test-rows.h"

static gboolean
learn (MillColumns *columns, const char *key, const char *json)
{
  g_autoptr (MillItem) item = test_row_new (key, json);

  return mill_columns_learn (columns, item);
}

/* The row as text: values with "|" between them; or the error, or "?" if a column may be learned. */
static char *
read_row (MillColumns *columns, const char *key, const char *json)
{
  g_autoptr (MillItem) item = test_row_new (key, json);
  g_autofree MillCell *cells = g_new (MillCell, mill_columns_get_n (columns));
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);
  MillRow row = mill_columns_read (columns, item, cells, &error);

  g_assert_true ((row == MILL_ROW_BAD) == (error != NULL));
  if (row != MILL_ROW_READ)
    g_string_append (text, row == MILL_ROW_BAD ? error->message : "?");
  for (guint i = 0; row == MILL_ROW_READ && i < mill_columns_get_n (columns); i++)
    {
      g_string_append (text, i > 0 ? "|" : "");
      if (cells[i].type == MILL_VALUE_TEXT || cells[i].type == MILL_VALUE_JSON)
        g_string_append_len (text, cells[i].text, (gssize) cells[i].length);
      else if (cells[i].type == MILL_VALUE_REAL)
        g_string_append_printf (text, "%g", cells[i].real);
      else if (cells[i].type != MILL_VALUE_NULL)
        g_string_append_printf (text, "%" G_GINT64_FORMAT, cells[i].integer);
    }
  return g_string_free (text, FALSE);
}

static void
assert_row (MillColumns *columns, const char *key, const char *json, const char *expected)
{
  g_autofree char *row = read_row (columns, key, json);

  g_assert_cmpstr (row, ==, expected);
}

static void
assert_names (MillColumns *columns, const char *expected)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < mill_columns_get_n (columns); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", mill_columns_get_name (columns, i));
  g_assert_cmpstr (names->str, ==, expected);
  g_string_free (names, TRUE);
}

static void
test_item_key (void)
{
  g_autoptr (MillColumns) numbers = mill_columns_new (NULL, NULL);
  g_autoptr (MillColumns) texts = mill_columns_new ("", NULL);

  g_assert_true (learn (numbers, "12", "{\"a\":1}"));
  assert_names (numbers, "item_key a");
  g_assert_cmpint (mill_columns_get_value_type (numbers, 0), ==, MILL_VALUE_INTEGER);
  assert_row (numbers, "13", "{\"a\":2}", "13|2");
  assert_row (numbers, "c:1", "{\"a\":2}", "the key “c:1” is no number, as those before were");
  assert_row (numbers, "007", "{\"a\":2}", "the key “007” is no number, as those before were");

  g_assert_true (learn (texts, "c:1", "{\"a\":1}"));
  g_assert_cmpint (mill_columns_get_value_type (texts, 0), ==, MILL_VALUE_TEXT);
  assert_row (texts, "13", "{\"a\":2}", "13|2");
  assert_row (texts, "1", "{\"item_key\":2}",
              "the field “item_key” cannot be told from the column “item_key”");
}

static void
test_field_key (void)
{
  g_autoptr (MillColumns) columns = mill_columns_new ("id", NULL);

  learn (columns, "1", "{\"a\":1,\"id\":5}");
  assert_names (columns, "id a");
  assert_row (columns, "1", "{\"a\":1,\"id\":6}", "6|1");
  assert_row (columns, "1", "{\"a\":1}", "the key field “id” is missing or null");
  assert_row (columns, "1", "{\"a\":1,\"id\":null}", "the key field “id” is missing or null");
}

static void
test_fields (void)
{
  g_autoptr (MillColumns) columns = mill_columns_new (NULL, NULL);

  learn (columns, "1", "{\"a\":1,\"b\":\"x\"}");
  assert_row (columns, "2", "{\"b\":\"y\",\"a\":2}", "2|2|y");
  assert_row (columns, "2", "{\"b\":\"y\"}", "2||y");
  assert_row (columns, "2", "{\"b\":\"y\",\"c\":[1]}", "?");
  g_assert_false (learn (columns, "2", "{\"a\":2}"));
  g_assert_true (learn (columns, "2", "{\"c\":[1]}"));
  assert_row (columns, "2", "{\"b\":\"y\",\"c\":[1]}", "2||y|[1]");
  assert_row (columns, "2", "{\"B\":1}", "the field “B” cannot be told from the column “b”");
  assert_row (columns, "2", "{\"\":1}", "the field “” has no column");
}

static void
test_payload (void)
{
  g_autoptr (MillColumns) columns = mill_columns_new (NULL, NULL);

  assert_row (columns, "1", "no JSON", "?");
  learn (columns, "1", "no JSON");
  assert_names (columns, "item_key payload");
  assert_row (columns, "2", "text", "2|text");
  assert_row (columns, "2", "", "2|");
}

static void
test_types (void)
{
  g_autoptr (MillColumns) columns = mill_columns_new (NULL, NULL);
  static const MillValueType expected[] = { MILL_VALUE_INTEGER, MILL_VALUE_REAL, MILL_VALUE_TEXT,
                                            MILL_VALUE_BOOLEAN, MILL_VALUE_NULL };

  learn (columns, "1", "{\"a\":1,\"b\":1,\"c\":1,\"d\":null,\"e\":null}");
  learn (columns, "1", "{\"a\":null,\"b\":1.5,\"c\":\"x\",\"d\":true}");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (mill_columns_get_value_type (columns, i + 1), ==, expected[i]);
}

static void
test_chosen (void)
{
  g_autoptr (MillColumns) columns = mill_columns_new ("id", " b, a ,id,");

  assert_names (columns, "id b a");
  g_assert_false (learn (columns, "1", "{\"id\":1,\"x\":1}"));
  assert_row (columns, "1", "{\"x\":1,\"a\":2,\"id\":3}", "3||2");
}

static void
test_limits (void)
{
  g_autoptr (MillColumns) columns = mill_columns_new (NULL, NULL);
  g_autofree char *longest = g_strnfill (MILL_COLUMNS_MAX_NAME, 'n');
  g_autofree char *fits = g_strdup_printf ("{\"%s\":1}", longest),
                  *too_long = g_strdup_printf ("{\"%sn\":1}", longest);

  g_assert_true (learn (columns, "1", fits));
  g_assert_false (learn (columns, "1", too_long));
  for (guint i = 2; i < MILL_COLUMNS_MAX; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"f%u\":1}", i);

      g_assert_true (learn (columns, "1", json));
    }
  g_assert_false (learn (columns, "1", "{\"more\":1}"));
  g_assert_cmpuint (mill_columns_get_n (columns), ==, MILL_COLUMNS_MAX);
}

static void
test_closed (void)
{
  g_autoptr (MillColumns) columns = mill_columns_new (NULL, NULL);
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_hash_table_add (names, g_strdup ("a"));
  mill_columns_close (columns, names);
  g_assert_true (learn (columns, "1", "{\"A\":1,\"b\":2}"));
  assert_names (columns, "item_key A");
  assert_row (columns, "1", "{\"A\":1,\"b\":2}", "the field “b” has no column");
  assert_row (columns, "1", "{\"A\":1}", "1|1");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/columns/item-key", test_item_key);
  g_test_add_func ("/columns/field-key", test_field_key);
  g_test_add_func ("/columns/fields", test_fields);
  g_test_add_func ("/columns/payload", test_payload);
  g_test_add_func ("/columns/types", test_types);
  g_test_add_func ("/columns/chosen", test_chosen);
  g_test_add_func ("/columns/limits", test_limits);
  g_test_add_func ("/columns/closed", test_closed);
  return g_test_run ();
}
