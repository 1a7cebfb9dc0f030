/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contracts of the steps that make and change records beside parse-json: MillParseRegexStep,
 * MillFieldsStep, MillTimestampStep and MillHashStep (engine/steps/mill-…-step.h). */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-retry-policy.h"
#include "mill-enum-types.h"
#include "pipeline/mill-pipeline.h"
#include "steps/mill-fields-step.h"
#include "steps/mill-hash-step.h"
#include "steps/mill-parse-json-step.h"
#include "steps/mill-parse-regex-step.h"
#include "steps/mill-timestamp-step.h"
#include "test-work.h"

/* (transfer full) (nullable): what becomes of @item, which is line 17: its record as JSON. */
static char *
run_at (MillStep *step, MillItem *item, GError **error)
{
  g_autoptr (MillPipeline) pipeline = mill_pipeline_new ("test");
  MillWork work;
  gboolean ok;

  g_assert_true (mill_step_open (step, pipeline, NULL));
  test_work_init (&work, mill_item_ref (item));
  ok = mill_step_run (step, &work, NULL, error);
  mill_work_finalize (&work);
  return ok ? mill_record_to_json (mill_item_get_record (item)) : NULL;
}

static MillItem *
new_line (const char *line)
{
  g_autoptr (GBytes) payload = g_bytes_new (line, strlen (line));
  MillItem *item = mill_item_new (17, "17");

  mill_item_set_payload (item, payload);
  return item;
}

/* An item whose record is @json. */
static MillItem *
new_record (const char *json)
{
  g_autoptr (MillStep) parser = mill_parse_json_step_new ();
  MillItem *item = new_line (json);
  g_autofree char *read = run_at (parser, item, NULL);

  g_assert_nonnull (read);
  return item;
}

/* Both take over @item. */
static void
assert_becomes (MillStep *step, MillItem *item, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = run_at (step, item, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json, ==, expected);
  mill_item_unref (item);
}

static void
assert_refused (MillStep *step, MillItem *item, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = run_at (step, item, &error);

  g_assert_null (json);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_false (mill_retry_policy_is_retryable (error));
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” is not in: %s", message, error->message);
  mill_item_unref (item);
}

static void
assert_wrong (MillStep *step, const char *property, const char *value, const char *message)
{
  const char *wrong = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (step, property, value, NULL);
  g_assert_false (mill_step_check (step, &wrong, &error));
  g_assert_cmpstr (wrong, ==, property);
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” is not in: %s", message, error->message);
}

static void
test_groups (void)
{
  g_autoptr (MillStep) step = mill_parse_regex_step_new (
      "(?P<word>\\pL+) (?<number>\\d+)(?: (?'rest'.*))? \\(?<x>\\)?(?:$|(?<never>y))");

  g_object_set (step, "cast", "number:int", NULL);
  assert_becomes (step, new_line (">> größe 12 (<x>)"),
                  "{\"word\":\"größe\",\"number\":12,\"rest\":null,\"never\":null}");
  assert_becomes (step, new_line ("a 1 b c (<x>)"),
                  "{\"word\":\"a\",\"number\":1,\"rest\":\"b c\",\"never\":null}");
  assert_refused (step, new_line ("nothing"), "line 17, character 1: the line does not match the pattern");
  assert_refused (step, new_line ("a 99999999999999999999 (<x>)"),
                  "line 17, character 3: field “number” is not of the kind int");
  assert_refused (step, new_line ("é\xff 1"), "line 17, character 2: this is no UTF-8");
}

static void
test_access_log (void)
{
  g_autoptr (MillStep) step =
      g_object_new (MILL_TYPE_PARSE_REGEX_STEP, "preset", MILL_REGEX_PRESET_NGINX, NULL);

  assert_becomes (
      step,
      new_line ("192.0.2.7 - - [28/Nov/2026:02:38:32 +0000] \"GET /a?b=c HTTP/1.1\" 200 5123 \"-\" "
                "\"Mozilla/5.0 (\\\"X11\\\")\""),
      "{\"host\":\"192.0.2.7\",\"user\":null,\"time\":\"28/Nov/2026:02:38:32 +0000\",\"method\":\"GET\","
      "\"path\":\"/a?b=c\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"bytes\":5123,\"referer\":null,"
      "\"agent\":\"Mozilla/5.0 (\\\\\\\"X11\\\\\\\")\"}");
  /* a scanner's rubbish, and the shorter format */
  assert_becomes (
      step, new_line ("::1 - ann [28/Nov/2026:02:38:32 +0000] \"\\x16\\x03\\x01 x\" 400 -"),
      "{\"host\":\"::1\",\"user\":\"ann\",\"time\":\"28/Nov/2026:02:38:32 +0000\",\"method\":null,"
      "\"path\":\"\\\\x16\\\\x03\\\\x01 x\",\"protocol\":null,\"status\":400,\"bytes\":null,"
      "\"referer\":null,\"agent\":null}");
  assert_refused (step, new_line ("192.0.2.7 - - [28/Nov/2026:02:38:32 +0000] \"GET / HTTP/1.1"),
                  "does not match");
}

static void
test_syslog (void)
{
  g_autoptr (MillStep) step =
      g_object_new (MILL_TYPE_PARSE_REGEX_STEP, "preset", MILL_REGEX_PRESET_SYSLOG, NULL);

  assert_becomes (step, new_line ("Nov  8 02:38:32 box sshd[123]: Accepted: key"),
                  "{\"time\":\"Nov  8 02:38:32\",\"host\":\"box\",\"identifier\":\"sshd\",\"pid\":123,"
                  "\"message\":\"Accepted: key\"}");
  assert_becomes (
      step, new_line ("2026-11-28T02:38:32+0000 box kernel: x"),
      "{\"time\":\"2026-11-28T02:38:32+0000\",\"host\":\"box\",\"identifier\":\"kernel\",\"pid\":null,"
      "\"message\":\"x\"}");
}

/* An expression that would try for ever ends the line, not the run. */
static void
test_backtracking (void)
{
  g_autoptr (MillStep) step = mill_parse_regex_step_new ("^(?<a>(?:x+x+)+)[yz]$");
  g_autofree char *text = g_strnfill (60, 'x');

  assert_becomes (step, new_line ("xxxy"), "{\"a\":\"xxx\"}");
  assert_refused (step, new_line (text), "line 17, character 1: Error while matching regular expression");
}

/* Nor does a long line that an expression reads a character at a time. */
static void
test_long_line (void)
{
  g_autoptr (MillStep) step = mill_parse_regex_step_new ("^(?<a>(?:x|y)*)$");
  g_autofree char *text = g_strnfill (300000, 'x');
  g_autoptr (MillItem) item = new_line (text);
  g_autoptr (GError) error = NULL;
  g_autofree char *json = run_at (step, item, &error);

  g_assert_true (json != NULL || g_error_matches (error, MILL_ERROR, MILL_ERROR_INVALID));
}

static void
test_regex_check (void)
{
  g_autoptr (MillStep) step = mill_parse_regex_step_new (NULL);
  const char *wrong = NULL;

  g_assert_false (mill_step_check (step, &wrong, NULL));
  g_assert_cmpstr (wrong, ==, "pattern");
  assert_wrong (step, "pattern", "(?<a>x", "not a regular expression");
  assert_wrong (step, "pattern", "(a)", "no named group");
  g_object_set (step, "pattern", "(?<a>x)", NULL);
  g_assert_true (mill_step_check (step, NULL, NULL));
  assert_wrong (step, "cast", "a:money", "“money” is not one of text, int, real, bool");
  assert_wrong (step, "cast", "a", "“a” is not of the form");
  g_object_set (step, "cast", NULL, "preset", MILL_REGEX_PRESET_NGINX, NULL);
  g_assert_false (mill_step_check (step, &wrong, NULL));
}

static void
test_fields (void)
{
  g_autoptr (MillStep) step = mill_fields_step_new ();

  assert_becomes (step, new_record ("{\"a\":1,\"b\":[2]}"), "{\"a\":1,\"b\":[2]}");
  g_object_set (step, "rename", "a:x, gone:y", "cast", "x:text,c:int,d:real, e:bool,f:int,y:int", "select",
                "c, x,d,e,b,f,gone", NULL);
  assert_becomes (
      step, new_record ("{\"a\":1,\"b\":{\"k\":null},\"c\":\"42\",\"d\":7,\"e\":\"no\",\"f\":-2.75,\"z\":0}"),
      "{\"c\":42,\"x\":\"1\",\"d\":7.0,\"e\":false,\"b\":{\"k\":null},\"f\":-2,\"gone\":null}");
  assert_becomes (step, new_record ("{\"c\":\"-\",\"d\":\"\",\"e\":null}"),
                  "{\"c\":null,\"x\":null,\"d\":null,\"e\":null,\"b\":null,\"f\":null,\"gone\":null}");
  assert_refused (step, new_record ("{\"c\":\"4x\"}"), "field “c”: “4x” is not of the kind int");
  assert_refused (step, new_record ("{\"f\":1e300}"), "is not of the kind int");
  assert_refused (step, new_record ("{\"d\":\"inf\"}"), "is not of the kind real");
  assert_refused (step, new_line ("{}"), "the item has no fields");
}

/* An item that fails keeps the record it had. */
static void
test_fields_change_nothing (void)
{
  g_autoptr (MillStep) step = mill_fields_step_new ();
  g_autoptr (MillItem) item = new_record ("{\"a\":\"x\"}");
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  g_object_set (step, "rename", "a:b", "cast", "b:int", NULL);
  g_assert_null (run_at (step, item, &error));
  after = mill_record_to_json (mill_item_get_record (item));
  g_assert_cmpstr (after, ==, "{\"a\":\"x\"}");
}

/* A text is as long as it is, whatever is in it. */
static void
test_fields_nul (void)
{
  g_autoptr (MillStep) step = mill_fields_step_new ();
  MillRecord *record = mill_record_new ();
  MillItem *item = new_line ("x");

  mill_record_add_text (record, "a", "12\0three", 8);
  mill_item_set_record (item, record);
  g_object_set (step, "cast", "a:text", NULL);
  assert_becomes (step, mill_item_copy (item),
                  "{\"a\":\"12\xef\xbf\xbd"
                  "three\"}");
  g_object_set (step, "cast", "a:int", NULL);
  assert_refused (step, item, "is not of the kind int");
}

static void
test_journald (void)
{
  g_autoptr (MillStep) step =
      g_object_new (MILL_TYPE_FIELDS_STEP, "preset", MILL_FIELDS_PRESET_JOURNALD, NULL);

  assert_becomes (
      step,
      new_record ("{\"MESSAGE\":\"up\",\"_PID\":\"1\",\"__REALTIME_TIMESTAMP\":\"1700000000123456\","
                  "\"PRIORITY\":\"6\",\"_HOSTNAME\":\"box\",\"__CURSOR\":\"s=1\"}"),
      "{\"time\":1700000000123456,\"host\":\"box\",\"unit\":null,\"identifier\":null,\"pid\":1,"
      "\"priority\":6,\"message\":\"up\"}");
}

static void
test_fields_check (void)
{
  g_autoptr (MillStep) step = mill_fields_step_new ();

  g_assert_true (mill_step_check (step, NULL, NULL));
  assert_wrong (step, "select", "a,,b", "name is missing");
  assert_wrong (step, "cast", "a:b", "“b” is not one of");
  assert_wrong (step, "rename", "a:", "“a:” is not of the form");
}

static void
assert_time (MillTimeForm from, MillTimeTarget to, const char *before, const char *after)
{
  g_autoptr (MillStep) step =
      g_object_new (MILL_TYPE_TIMESTAMP_STEP, "from", from, "to", to, "field", "t", NULL);
  g_autofree char *record = g_strdup_printf ("{\"t\":%s,\"x\":1}", before);
  g_autofree char *expected = after != NULL ? g_strdup_printf ("{\"t\":%s,\"x\":1}", after) : NULL;

  if (after != NULL)
    assert_becomes (step, new_record (record), expected);
  else
    assert_refused (step, new_record (record), "is no time of the form asked for");
}

static void
test_timestamp (void)
{
  const char *iso = "\"2026-11-28T02:38:32.000Z\"";

  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "\"28/Nov/2026:04:08:32 +0130\"", iso);
  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "\"27/Nov/2026:20:38:32 -0600\"", iso);
  assert_time (MILL_TIME_FORM_ISO, MILL_TIME_TARGET_ISO, "\"2026-11-28T02:38:32\"", iso);
  assert_time (MILL_TIME_FORM_ISO, MILL_TIME_TARGET_UNIX_MS, "\"2026-11-28T03:38:32.125+01:00\"",
               "1795833512125");
  assert_time (MILL_TIME_FORM_UNIX, MILL_TIME_TARGET_ISO, "1795833512.125", "\"2026-11-28T02:38:32.125Z\"");
  assert_time (MILL_TIME_FORM_UNIX, MILL_TIME_TARGET_ISO, "\"1795833512\"", iso);
  assert_time (MILL_TIME_FORM_UNIX_MS, MILL_TIME_TARGET_UNIX, "1795833512125", "1795833512.125");
  assert_time (MILL_TIME_FORM_UNIX_US, MILL_TIME_TARGET_ISO, "-1", "\"1969-12-31T23:59:59.999Z\"");
  assert_time (MILL_TIME_FORM_UNIX_US, MILL_TIME_TARGET_UNIX_US, "1795833512125001", "1795833512125001");
  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "null", "null");
}

static void
test_no_time (void)
{
  g_autoptr (MillStep) step = g_object_new (MILL_TYPE_TIMESTAMP_STEP, "from", MILL_TIME_FORM_ISO, NULL);

  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "\"31/Feb/2026:04:08:32 +0130\"", NULL);
  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "\"28/anF/2026:04:08:32 +0130\"", NULL);
  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "\"28/Nov/2026:04:08:32 +0130 x\"", NULL);
  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "\"28/Nov/2026:04:08:32 +-1-1\"", NULL);
  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "\"28/Nov/2026:04:08:32 +9000\"", NULL);
  assert_time (MILL_TIME_FORM_CLF, MILL_TIME_TARGET_ISO, "5", NULL);
  assert_time (MILL_TIME_FORM_ISO, MILL_TIME_TARGET_ISO, "\"yesterday\"", NULL);
  assert_time (MILL_TIME_FORM_UNIX, MILL_TIME_TARGET_ISO, "\"12x\"", NULL);
  assert_time (MILL_TIME_FORM_UNIX, MILL_TIME_TARGET_ISO, "1e300", NULL);
  assert_time (MILL_TIME_FORM_UNIX_US, MILL_TIME_TARGET_ISO, "9223372036854775807", NULL);
  assert_becomes (step, new_record ("{\"x\":1}"), "{\"x\":1,\"time\":null}");
  assert_refused (step, new_line ("x"), "the item has no fields");
}

static void
test_now (void)
{
  g_autoptr (MillStep) step = g_object_new (MILL_TYPE_TIMESTAMP_STEP, "to", MILL_TIME_TARGET_UNIX_US, NULL);
  gint64 before = g_get_real_time ();
  g_autoptr (MillItem) item = new_line ("x");
  gint64 time_us;

  g_free (run_at (step, item, NULL));
  time_us = mill_record_get_integer (mill_item_get_record (item), 0);
  g_assert_cmpstr (mill_record_get_name (mill_item_get_record (item), 0), ==, "time");
  g_assert_cmpint (time_us, >=, before);
  g_assert_cmpint (time_us, <=, g_get_real_time ());
}

/* The digests are coreutils' sha256sum's. */
static void
test_hash (void)
{
  g_autoptr (MillStep) step = mill_hash_step_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MillWork work;

  assert_becomes (step, new_line ("abc"),
                  "{\"sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}");
  g_object_set (step, "rounds", 2, NULL);
  assert_becomes (step, new_line ("abc"),
                  "{\"sha256\":\"dfe7a23fefeea519e9bbfdd1a6be94c4b2e4529dd6b7cbea83f9959c2621b13c\"}");
  g_object_set (step, "rounds", 1, NULL);
  assert_becomes (step, mill_item_new (17, NULL),
                  "{\"sha256\":\"4523540f1504cd17100c4835e85b7eefd49911580f8efff0599a8f283be6b9e3\"}");
  g_object_set (step, "rounds", 1000000, NULL);
  g_cancellable_cancel (cancellable);
  test_work_init (&work, mill_item_new (1, NULL));
  g_assert_false (mill_step_run (step, &work, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mill_work_finalize (&work);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parse-regex/groups", test_groups);
  g_test_add_func ("/parse-regex/access-log", test_access_log);
  g_test_add_func ("/parse-regex/syslog", test_syslog);
  g_test_add_func ("/parse-regex/backtracking", test_backtracking);
  g_test_add_func ("/parse-regex/long-line", test_long_line);
  g_test_add_func ("/parse-regex/check", test_regex_check);
  g_test_add_func ("/fields/changes", test_fields);
  g_test_add_func ("/fields/change-nothing", test_fields_change_nothing);
  g_test_add_func ("/fields/nul", test_fields_nul);
  g_test_add_func ("/fields/journald", test_journald);
  g_test_add_func ("/fields/check", test_fields_check);
  g_test_add_func ("/timestamp/forms", test_timestamp);
  g_test_add_func ("/timestamp/no-time", test_no_time);
  g_test_add_func ("/timestamp/now", test_now);
  g_test_add_func ("/hash/digests", test_hash);

  return g_test_run ();
}
