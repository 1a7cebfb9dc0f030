/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRecord's contract (engine/core/mill-record.h). */

#include "config.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "core/mill-record.h"

static void
assert_json (const MillRecord *record, const char *expected)
{
  g_autofree char *json = mill_record_to_json (record);

  g_assert_cmpstr (json, ==, expected);
}

static MillRecord *
make_one_of_each (void)
{
  MillRecord *record = mill_record_new ();

  mill_record_add_null (record, "none");
  mill_record_add_boolean (record, "yes", TRUE);
  mill_record_add_integer (record, "least", G_MININT64);
  mill_record_add_real (record, "half", 0.5);
  mill_record_add_text (record, "word", "wörd", -1);
  mill_record_add_json (record, "list", "[1,2]", 5);
  return record;
}

static void
test_kinds (void)
{
  g_autoptr (MillRecord) record = make_one_of_each ();
  static const char *const texts[] = { NULL, "true", "-9223372036854775808", "0.5", "wörd", "[1,2]" };
  gsize length;

  g_assert_cmpuint (mill_record_get_n_fields (record), ==, G_N_ELEMENTS (texts));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = mill_record_dup_as_text (record, i);

      g_assert_cmpint (mill_record_get_value_type (record, i), ==, i);
      g_assert_cmpstr (text, ==, texts[i]);
    }
  g_assert_true (mill_record_get_boolean (record, 1));
  g_assert_cmpint (mill_record_get_integer (record, 2), ==, G_MININT64);
  g_assert_cmpfloat_with_epsilon (mill_record_get_real (record, 3), 0.5, 1e-300);
  g_assert_cmpfloat_with_epsilon (mill_record_get_real (record, 2), (double) G_MININT64, 1e-300);
  g_assert_cmpstr (mill_record_get_text (record, 4, &length), ==, "wörd");
  g_assert_cmpuint (length, ==, 5);
  g_assert_cmpstr (mill_record_get_text (record, 5, &length), ==, "[1,2]");
  g_assert_cmpuint (length, ==, 5);
}

/* Asked for another kind than it is, a value says nothing. */
static void
test_other_kinds (void)
{
  g_autoptr (MillRecord) record = make_one_of_each ();
  gsize length = 7;

  g_assert_false (mill_record_get_boolean (record, 2));
  g_assert_cmpint (mill_record_get_integer (record, 3), ==, 0);
  g_assert_cmpfloat_with_epsilon (mill_record_get_real (record, 4), 0.0, 1e-300);
  g_assert_null (mill_record_get_text (record, 2, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (mill_record_get_text (record, 0, NULL));
}

static void
test_json (void)
{
  g_autoptr (MillRecord) record = make_one_of_each ();
  g_autoptr (MillRecord) empty = mill_record_new ();
  g_autoptr (MillRecord) hard = mill_record_new ();

  assert_json (record, "{\"none\":null,\"yes\":true,\"least\":-9223372036854775808,\"half\":0.5,"
                       "\"word\":\"wörd\",\"list\":[1,2]}");
  assert_json (empty, "{}");
  mill_record_add_text (hard, "a\"b", "back\\slash \n\t\r\x01", -1);
  mill_record_add_text (hard, "latin", "caf\xe9", -1);
  mill_record_add_text (hard, "nul", "a\0b", 3);
  mill_record_add_real (hard, "nan", (double) NAN);
  mill_record_add_real (hard, "whole", 3.0);
  mill_record_add_real (hard, "tenth", 0.1);
  mill_record_add_real (hard, "third", 1.0 / 3.0);
  assert_json (hard, "{\"a\\\"b\":\"back\\\\slash \\n\\t\\r\\u0001\",\"latin\":\"caf\xef\xbf\xbd\","
                     "\"nul\":\"a\xef\xbf\xbd"
                     "b\",\"nan\":null,\"whole\":3.0,\"tenth\":0.1,\"third\":0.33333333333333331}");
}

static void
test_names (void)
{
  g_autoptr (MillRecord) record = make_one_of_each ();

  for (guint hint = 0; hint < 9; hint++)
    g_assert_cmpint (mill_record_find (record, "half", hint), ==, 3);
  g_assert_cmpint (mill_record_find (record, "hal", 3), ==, -1);
  g_assert_cmpint (mill_record_find (record, "", 0), ==, -1);
  mill_record_add_text (record, "", "of no name", -1);
  g_assert_cmpint (mill_record_find (record, "", 0), ==, 6);
}

/* A name that is there gets the new value, where it is. */
static void
test_replace (void)
{
  g_autoptr (MillRecord) record = make_one_of_each ();

  mill_record_add_text (record, "none", "some", -1);
  mill_record_add_integer (record, "word", 4);
  mill_record_add_null (record, "half");
  mill_record_add_json (record, "least", "{}", -1);
  mill_record_add_boolean (record, "list", FALSE);
  mill_record_add_real (record, "yes", -1e300);
  assert_json (record,
               "{\"none\":\"some\",\"yes\":-1e+300,\"least\":{},\"half\":null,\"word\":4,\"list\":false}");
}

static void
test_remove_and_rename (void)
{
  g_autoptr (MillRecord) record = make_one_of_each ();

  g_assert_true (mill_record_remove (record, 2));
  g_assert_false (mill_record_remove (record, 5));
  assert_json (record, "{\"none\":null,\"yes\":true,\"half\":0.5,\"word\":\"wörd\",\"list\":[1,2]}");
  mill_record_rename (record, 1, "no");
  mill_record_rename (record, 1, "no");
  mill_record_rename (record, 4, "none");
  assert_json (record, "{\"no\":true,\"half\":0.5,\"word\":\"wörd\",\"none\":[1,2]}");
  while (mill_record_remove (record, 0))
    ;
  assert_json (record, "{}");
}

/* More fields, and longer texts, than a record has room for at first. */
static void
test_large (void)
{
  g_autoptr (MillRecord) record = mill_record_new ();
  g_autoptr (MillRecord) copy = NULL;
  g_autofree char *long_text = g_strnfill (100000, 'x');

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("field %u", i);

      if (i % 2 == 0)
        mill_record_add_integer (record, name, i);
      else
        mill_record_add_text (record, name, name, -1);
    }
  mill_record_add_text (record, "long", long_text, -1);
  copy = mill_record_copy (record);
  mill_record_add_text (record, "field 7", "changed", -1);
  while (mill_record_get_n_fields (record) > 1)
    mill_record_remove (record, 1);

  g_assert_cmpuint (mill_record_get_n_fields (copy), ==, 201);
  g_assert_cmpint (mill_record_get_integer (copy, 198), ==, 198);
  g_assert_cmpstr (mill_record_get_text (copy, 7, NULL), ==, "field 7");
  g_assert_cmpstr (mill_record_get_text (copy, 200, NULL), ==, long_text);
  mill_record_add_text (copy, "more", "after a copy", -1);
  g_assert_cmpstr (mill_record_get_text (copy, 201, NULL), ==, "after a copy");
}

/* A record's own text, and name, may be what is added to it, though adding moves them. */
static void
test_own_text (void)
{
  g_autoptr (MillRecord) record = mill_record_new ();
  g_autofree char *text = g_strnfill (170, 'y');

  mill_record_add_text (record, "text", text, -1);
  mill_record_add_text (record, "a name that does not fit any more", mill_record_get_text (record, 0, NULL),
                        -1);
  mill_record_add_text (record, mill_record_get_text (record, 0, NULL), mill_record_get_name (record, 0), -1);
  mill_record_rename (record, 1, mill_record_get_name (record, 0));
  g_assert_cmpuint (mill_record_get_n_fields (record), ==, 2);
  g_assert_cmpstr (mill_record_get_name (record, 0), ==, "text");
  g_assert_cmpstr (mill_record_get_text (record, 0, NULL), ==, text);
  g_assert_cmpstr (mill_record_get_name (record, 1), ==, text);
  g_assert_cmpstr (mill_record_get_text (record, 1, NULL), ==, "text");
}

static void
make_log_line (MillRecord *record)
{
  mill_record_add_integer (record, "id", 12345);
  mill_record_add_text (record, "path", "/some/page.html", 15);
  mill_record_add_integer (record, "status", 200);
  mill_record_add_real (record, "seconds", 0.125);
  mill_record_add_text (record, "agent", "Mozilla/5.0 (X11)", 17);
}

/* With -m perf: what making and freeing one costs. */
static void
test_speed (void)
{
  gint64 started_us = g_get_monotonic_time ();
  const guint n = 2000000;
  guint fields = 0;

  if (!g_test_perf ())
    {
      g_test_skip ("measured with -m perf");
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MillRecord) record = mill_record_new ();

      make_log_line (record);
      fields += mill_record_get_n_fields (record);
    }
  g_assert_cmpuint (fields, ==, 5 * n);
  g_test_minimized_result ((double) (g_get_monotonic_time () - started_us) * 1000.0 / n, "%.1f ns per record",
                           (double) (g_get_monotonic_time () - started_us) * 1000.0 / n);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/record/kinds", test_kinds);
  g_test_add_func ("/record/other-kinds", test_other_kinds);
  g_test_add_func ("/record/json", test_json);
  g_test_add_func ("/record/names", test_names);
  g_test_add_func ("/record/replace", test_replace);
  g_test_add_func ("/record/remove-and-rename", test_remove_and_rename);
  g_test_add_func ("/record/large", test_large);
  g_test_add_func ("/record/own-text", test_own_text);
  g_test_add_func ("/record/speed", test_speed);

  return g_test_run ();
}
