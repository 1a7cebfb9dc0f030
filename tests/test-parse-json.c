/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillParseJsonStep's contract (engine/steps/mill-parse-json-step.h). */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "steps/mill-parse-json-step.h"
#include "test-work.h"

/* Runs the step at @line, which is not ended by a NUL; (transfer full): the item. */
static MillItem *
parse_bytes (const char *line, gsize length, const char *key, GError **error)
{
  g_autoptr (MillStep) step = mill_parse_json_step_new ();
  g_autoptr (GBytes) payload = g_bytes_new (line, length);
  MillItem *item = mill_item_new (1, key);
  MillWork work;
  gboolean ok;

  mill_item_set_payload (item, payload);
  test_work_init (&work, mill_item_ref (item));
  ok = mill_step_run (step, &work, NULL, error);
  g_assert_true (ok == (mill_item_get_record (item) != NULL));
  g_assert_true (mill_item_get_payload (item) == payload);
  mill_work_finalize (&work);
  return item;
}

static void
assert_parsed (const char *line, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillItem) item = parse_bytes (line, strlen (line), "1", &error);
  g_autofree char *json = NULL;

  g_assert_no_error (error);
  json = mill_record_to_json (mill_item_get_record (item));
  g_assert_cmpstr (json, ==, expected);
}

static void
assert_bytes_refused (const char *line, gsize length, const char *message)
{
  g_autoptr (GError) error = NULL;

  mill_item_unref (parse_bytes (line, length, "17", &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (mill_retry_policy_is_retryable (error));
  g_assert_cmpstr (error->message, ==, message);
}

static void
assert_refused (const char *line, const char *message)
{
  assert_bytes_refused (line, strlen (line), message);
}

static void
test_kinds (void)
{
  static const MillValueType kinds[] = {
    MILL_VALUE_INTEGER, MILL_VALUE_REAL, MILL_VALUE_REAL, MILL_VALUE_TEXT, MILL_VALUE_TEXT,
    MILL_VALUE_BOOLEAN, MILL_VALUE_NULL, MILL_VALUE_JSON, MILL_VALUE_JSON,
  };
  const char *line = "{\"i\":-12, \"r\":2.0,\"e\":1e2,\"t\":\"x\\n\\u00e9\\ud83d\\ude00\", \"\":\"\" "
                     ",\"b\":false,\"n\":null,"
                     "\"o\":{\"a\":[1,{}]},\"l\":[ ]}";
  g_autoptr (MillItem) item = parse_bytes (line, strlen (line), NULL, NULL);
  const MillRecord *record = mill_item_get_record (item);

  g_assert_cmpuint (mill_record_get_n_fields (record), ==, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpint (mill_record_get_value_type (record, i), ==, kinds[i]);
  g_assert_cmpstr (mill_record_get_text (record, 3, NULL), ==, "x\né😀");
  assert_parsed (line, "{\"i\":-12,\"r\":2.0,\"e\":100.0,\"t\":\"x\\né😀\",\"\":\"\",\"b\":false,\"n\":null,"
                       "\"o\":{\"a\":[1,{}]},\"l\":[ ]}");
}

static void
test_whole_range (void)
{
  assert_parsed ("{}", "{}");
  assert_parsed (" \t{ } \r\n", "{}");
  assert_parsed ("\xef\xbb\xbf{\"a\":1}", "{\"a\":1}");
  assert_parsed (
      "{\"a\":9223372036854775807,\"b\":-9223372036854775808,\"c\":-0,\"d\":1.7976931348623157e308}",
      "{\"a\":9223372036854775807,\"b\":-9223372036854775808,\"c\":0,\"d\":1.7976931348623157e+308}");
  assert_parsed (
      "{\"a\":12345678901234567890.5,\"b\":0.0000000000000000000000001,\"c\":0.3,\"d\":-123456.789012345}",
      "{\"a\":1.2345678901234567e+19,\"b\":1e-25,\"c\":0.3,\"d\":-123456.789012345}");
}

/* The last of the same name counts, where the first was. */
static void
test_same_names (void)
{
  assert_parsed ("{\"a\":1,\"b\":2,\"a\":\"x\"}", "{\"a\":\"x\",\"b\":2}");
}

static void
test_broken (void)
{
  assert_refused ("", "line 17, character 1: a JSON object is missing");
  assert_refused ("   ", "line 17, character 4: a JSON object is missing");
  assert_refused ("[1]", "line 17, character 1: a JSON object is missing");
  assert_refused ("{\"a\":1", "line 17, character 7: “,” or “}” is missing");
  assert_refused ("{\"é\":1,}", "line 17, character 8: a name in quotation marks is missing");
  assert_refused ("{\"a\":1}{\"b\":2}", "line 17, character 8: there is something behind the object’s end");
  assert_refused ("{\"a\" 1}", "line 17, character 6: “:” is missing");
  assert_refused ("{\"a\":}", "line 17, character 6: a value is missing");
  assert_refused ("{\"a\":nul", "line 17, character 6: a value is missing");
  assert_refused ("{\"a\":[1 2]}", "line 17, character 9: “,” or “]” is missing");
  assert_refused ("{\"a\":\"b", "line 17, character 8: a string has no end");
  assert_refused ("{\"a\":\"tab\there\"}", "line 17, character 10: a control character in a string");
  assert_refused ("{\"a\":\"\\x\"}", "line 17, character 8: an unknown escape sequence");
  assert_refused ("{\"a\":\"\\u12g4\"}", "line 17, character 11: four hexadecimal digits must follow \\u");
}

/* What json-glib would take. */
static void
test_lenient (void)
{
  assert_refused ("var x = {\"a\":1};", "line 17, character 1: a JSON object is missing");
  assert_refused ("/* c */{\"a\":1}", "line 17, character 1: a JSON object is missing");
  assert_refused ("{'a':1}", "line 17, character 2: a name in quotation marks is missing");
  assert_refused ("{\"a\":0777}", "line 17, character 7: “,” or “}” is missing");
  assert_refused ("{\"a\":0x10}", "line 17, character 7: “,” or “}” is missing");
  assert_refused ("{\"a\":.5}", "line 17, character 6: a value is missing");
  assert_refused ("{\"a\":1.}", "line 17, character 8: a digit is missing");
  assert_refused ("{\"a\":1e}", "line 17, character 8: a digit is missing");
  assert_refused ("{\"a\":- 1}", "line 17, character 7: a digit is missing");
}

/* What could not be held without loss. */
static void
test_loss (void)
{
  assert_refused ("{\"a\":9223372036854775808}", "line 17, character 6: a number is too large");
  assert_refused ("{\"a\":[-99999999999999999999999]}", "line 17, character 7: a number is too large");
  assert_refused ("{\"a\":1e400}", "line 17, character 6: a number is too large");
  assert_refused ("{\"a\":1e400", "line 17, character 6: a number is too large");
  assert_refused ("{\"a\":\"\\u0000b\"}", "line 17, character 9: a text cannot hold the character NUL");
  assert_refused ("{\"a\":\"\\ud83d\"}", "line 17, character 9: half a surrogate pair");
  assert_refused ("{\"a\":\"\\ude00\\ud83d\"}", "line 17, character 9: half a surrogate pair");
  assert_refused ("{\"é\":\"caf\xe9\"}", "line 17, character 10: this is no UTF-8");
  assert_bytes_refused ("{\"a\":\"x\0y\"}", 11, "line 17, character 8: a control character in a string");
  assert_bytes_refused ("{\"a\":1}\0", 8, "line 17, character 8: there is something behind the object’s end");
}

/* @n times @begin, then @middle, then @n times @end. */
static char *
repeat (guint n, const char *begin, const char *middle, const char *end)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, begin);
  g_string_append (text, middle);
  for (guint i = 0; i < n; i++)
    g_string_append (text, end);
  return g_string_free (text, FALSE);
}

static void
test_bombs (void)
{
  g_autofree char *deepest = repeat (99, "[", "1", "]");
  g_autofree char *deepest_line = g_strdup_printf ("{\"a\":%s}", deepest);
  g_autofree char *bomb = repeat (300000, "{\"a\":", "1", "}");
  g_autofree char *member = repeat (999, "\"x\":1,", "\"y\":2", "");
  g_autofree char *most = g_strdup_printf ("{%s}", member);
  g_autofree char *more = g_strdup_printf ("{%s,\"z\":1}", member);

  assert_parsed (deepest_line, deepest_line);
  assert_refused (bomb, "line 17, character 502: objects and arrays lie too deep in each other");
  assert_parsed (most, "{\"x\":1,\"y\":2}");
  assert_refused (more, "line 17, character 6002: there are too many members");
}

/* Not every item's key is a line's number, and not every item has a key, or a payload. */
static void
test_other_items (void)
{
  g_autoptr (MillStep) step = mill_parse_json_step_new ();
  g_autoptr (GError) of_key = NULL;
  g_autoptr (GError) of_none = NULL;
  g_autoptr (GError) of_nothing = NULL;
  MillWork work;

  mill_item_unref (parse_bytes ("x", 1, "c3:17", &of_key));
  mill_item_unref (parse_bytes ("x", 1, NULL, &of_none));
  g_assert_cmpstr (of_key->message, ==, "c3:17, character 1: a JSON object is missing");
  g_assert_cmpstr (of_none->message, ==, "character 1: a JSON object is missing");
  test_work_init (&work, mill_item_new (1, "2"));
  g_assert_false (mill_step_run (step, &work, NULL, &of_nothing));
  g_assert_cmpstr (of_nothing->message, ==, "line 2, character 1: a JSON object is missing");
  mill_work_finalize (&work);
}

/* With -m perf: what a line costs. */
static void
test_speed (void)
{
  const char *line = "{\"id\":12345,\"path\":\"/some/"
                     "page.html\",\"status\":200,\"seconds\":0.125,\"agent\":\"Mozilla/5.0 (X11)\"}";
  g_autoptr (MillStep) step = mill_parse_json_step_new ();
  g_autoptr (GBytes) payload = g_bytes_new_static (line, strlen (line));
  gint64 started_us = g_get_monotonic_time ();
  const guint n = 1000000;

  if (!g_test_perf ())
    {
      g_test_skip ("measured with -m perf");
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      MillWork work;

      test_work_init (&work, mill_item_new (i, "1"));
      mill_item_set_payload (mill_work_get_item (&work), payload);
      g_assert_true (mill_step_run (step, &work, NULL, NULL));
      mill_work_finalize (&work);
    }
  g_test_minimized_result ((double) (g_get_monotonic_time () - started_us) * 1000.0 / n, "%.0f ns per line",
                           (double) (g_get_monotonic_time () - started_us) * 1000.0 / n);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parse-json/kinds", test_kinds);
  g_test_add_func ("/parse-json/whole-range", test_whole_range);
  g_test_add_func ("/parse-json/same-names", test_same_names);
  g_test_add_func ("/parse-json/broken", test_broken);
  g_test_add_func ("/parse-json/lenient", test_lenient);
  g_test_add_func ("/parse-json/loss", test_loss);
  g_test_add_func ("/parse-json/bombs", test_bombs);
  g_test_add_func ("/parse-json/other-items", test_other_items);
  g_test_add_func ("/parse-json/speed", test_speed);

  return g_test_run ();
}
