/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli bench from outside: every kind with few items, its JSON, its table, and what it refuses. Never
 * how fast anything is. */

#include "config.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "core/mill-queue.h"
#include "demo/mill-demo-site.h"

typedef struct
{
  int status;
  char *output;     /* (owned) (nullable) */
  char *errors;     /* (owned) (nullable) */
  JsonNode *result; /* (owned) (nullable) the last line of the output, if it is an object */
} Fixture;

static void
forget_run (Fixture *fixture)
{
  g_clear_pointer (&fixture->output, g_free);
  g_clear_pointer (&fixture->errors, g_free);
  g_clear_pointer (&fixture->result, json_node_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  forget_run (fixture);
}

static void
read_result (Fixture *fixture)
{
  g_autofree char *text = g_strchomp (g_strdup (fixture->output));
  const char *newline = strrchr (text, '\n');
  const char *line = newline != NULL ? newline + 1 : text;

  if (*line == '{')
    fixture->result = json_from_string (line, NULL);
}

/* Runs "millrace-cli bench" with the words of @arguments. */
static int
run (Fixture *fixture, const char *arguments)
{
  g_autofree char *line = g_strdup_printf ("'%s' bench %s", g_getenv ("MILLRACE_CLI"), arguments);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;

  forget_run (fixture);
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  child = g_subprocess_newv ((const char *const *) words,
                             G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &fixture->output, &fixture->errors, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (child))
    g_error ("signal %d: %s %s", g_subprocess_get_term_sig (child), arguments, fixture->errors);
  fixture->status = g_subprocess_get_exit_status (child);
  read_result (fixture);
  return fixture->status;
}

static JsonObject *
get_result (Fixture *fixture)
{
  g_assert_nonnull (fixture->result);
  return json_node_get_object (fixture->result);
}

/* Runs a kind that must succeed, and looks at the members that every kind has. */
static JsonObject *
run_kind (Fixture *fixture, const char *arguments, gint64 items)
{
  static const char *const names[] = { "bench",          "state",   "produced",
                                       "done",           "dead",    "returned",
                                       "retries",        "seconds", "items_per_second",
                                       "cpu_ns_per_item" };
  g_autofree char *command = g_strconcat (arguments, " --json", NULL);
  g_autofree char *kind = g_strndup (arguments, strcspn (arguments, " "));
  JsonObject *result;

  g_assert_cmpint (run (fixture, command), ==, 0);
  g_assert_cmpstr (fixture->errors, ==, "");
  result = get_result (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (json_object_has_member (result, names[i]));
  g_assert_cmpstr (json_object_get_string_member (result, "bench"), ==, kind);
  g_assert_cmpstr (json_object_get_string_member (result, "state"), ==, "finished");
  g_assert_cmpint (json_object_get_int_member (result, "produced"), ==, items);
  g_assert_cmpint (json_object_get_int_member (result, "done"), ==, items);
  g_assert_cmpint (json_object_get_int_member (result, "dead"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (result, "returned"), ==, 0);
  g_assert_cmpfloat (json_object_get_double_member (result, "items_per_second"), >, 0);
  return result;
}

static void
assert_times (JsonObject *result, const char *name)
{
  static const char *const parts[] = { "p50", "p95", "p99", "max" };
  JsonObject *times;
  double before = 0;

  g_assert_true (json_object_has_member (result, name));
  times = json_object_get_object_member (result, name);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      double part = json_object_get_double_member (times, parts[i]);

      g_assert_cmpfloat (part, >=, before);
      before = part;
    }
}

static void
assert_refuses (Fixture *fixture, const char *arguments, const char *word)
{
  g_assert_cmpint (run (fixture, arguments), ==, 2);
  g_assert_true (g_str_has_prefix (fixture->errors, "millrace-cli: "));
  g_assert_cmpstr (fixture->output, ==, "");
  if (strstr (fixture->errors, word) == NULL)
    g_error ("“%s” is not in: %s", word, fixture->errors);
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  static const char *const kinds[] = { "queue", "latency", "hop", "stage", "memory", "fetch" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *help = g_strconcat (kinds[i], " --help", NULL);

      g_assert_cmpint (run (fixture, "--help"), ==, 0);
      g_assert_nonnull (strstr (fixture->output, kinds[i]));
      g_assert_cmpint (run (fixture, help), ==, 0);
      g_assert_nonnull (strstr (fixture->output, "--json"));
    }
}

static void
test_bad_usage (Fixture *fixture, gconstpointer data)
{
  assert_refuses (fixture, "", "which kind");
  assert_refuses (fixture, "speed", "speed");
  assert_refuses (fixture, "queue --speed", "--speed");
  assert_refuses (fixture, "queue here", "here");
  assert_refuses (fixture, "queue --items many", "many");
  assert_refuses (fixture, "queue --producers 0", "--producers");
  assert_refuses (fixture, "queue --consumers 100000", "--consumers");
  assert_refuses (fixture, "queue --maxsize -1", "--maxsize");
  assert_refuses (fixture, "queue --items 0", "--items");
  assert_refuses (fixture, "queue --batch 0", "--batch");
  assert_refuses (fixture, "queue --work -1", "--work");
  assert_refuses (fixture, "queue --rival go", "--rival");
  assert_refuses (fixture, "queue --rival cond --maxsize 0", "--maxsize");
  assert_refuses (fixture, "latency --items 0", "--items");
  assert_refuses (fixture, "latency --interval 0", "--interval");
  assert_refuses (fixture, "hop --maxsize 0", "--maxsize");
  assert_refuses (fixture, "stage --workers 0", "--workers");
  assert_refuses (fixture, "stage --rounds 0", "--rounds");
  assert_refuses (fixture, "memory --items 0", "--items");
  assert_refuses (fixture, "fetch", "--url");
  assert_refuses (fixture, "fetch --url http://a.invalid/ --slots 0", "--slots");
  assert_refuses (fixture, "fetch --url example", "example");
}

static void
test_queue (Fixture *fixture, gconstpointer data)
{
  /* The batches do not divide the items, nor fit the bound. */
  static const char *const ways[] = {
    "",
    " --batch 7",
    " --maxsize 0 --batch 7",
    " --maxsize 3 --batch 64",
    " --rival gasyncqueue",
    " --rival gasyncqueue --batch 7",
    " --rival cond",
    " --rival cond --maxsize 3 --batch 7",
    " --work 1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *command =
          g_strconcat ("queue --items 1001 --producers 3 --consumers 4", ways[i], NULL);
      JsonObject *result = run_kind (fixture, command, 1001);

      assert_times (result, "latency_ms");
      g_assert_cmpint (json_object_get_int_member (result, "producers"), ==, 3);
      g_assert_cmpint (json_object_get_int_member (result, "consumers"), ==, 4);
      g_assert_true (json_object_has_member (result, "contestant"));
      g_assert_true (json_object_has_member (result, "statistics"));
    }
  run_kind (fixture, "queue --items 1", 1);
}

static void
test_statistics (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (MILL_TYPE_QUEUE);
  JsonObject *result;

  if (g_object_class_find_property (G_OBJECT_CLASS (klass), "statistics") == NULL)
    {
      assert_refuses (fixture, "queue --items 10 --no-statistics", "--no-statistics");
      return;
    }
  result = run_kind (fixture, "queue --items 10 --no-statistics", 10);
  g_assert_cmpstr (json_object_get_string_member (result, "statistics"), ==, "off");
}

static void
test_latency (Fixture *fixture, gconstpointer data)
{
  JsonObject *result = run_kind (fixture, "latency --items 5 --interval 100", 5);

  assert_times (result, "latency_ms");
  assert_times (result, "cond_latency_ms");
  g_assert_true (json_object_has_member (result, "p99_above_cond_us"));
}

static void
test_hop (Fixture *fixture, gconstpointer data)
{
  static const char *const ways[] = { "thread_to_loop", "loop_to_thread" };
  JsonObject *result;

  /* The items of both ways. */
  run_kind (fixture, "hop --items 1000 --maxsize 100 --try-first", 2000);
  result = run_kind (fixture, "hop --items 100 --maxsize 3", 200);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    g_assert_cmpfloat (
        json_object_get_double_member (json_object_get_object_member (result, ways[i]), "items_per_second"),
        >, 0);
}

static void
test_stage (Fixture *fixture, gconstpointer data)
{
  JsonObject *result = run_kind (fixture, "stage --items 100 --rounds 1 --maxsize 5", 100);

  g_assert_cmpfloat (json_object_get_double_member (result, "cpu_us_per_item"), >, 0);
  g_assert_cmpfloat (json_object_get_double_member (result, "cpu_us_per_item_unlimited"), >, 0);
  g_assert_nonnull (strstr (json_object_get_string_member (result, "limits"),
                            "slots max-bytes timeout retries backoff rate burst"));
}

static void
test_memory (Fixture *fixture, gconstpointer data)
{
  JsonObject *result;

  if (!g_file_test ("/proc/self/statm", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is no /proc to ask");
      return;
    }
  result = run_kind (fixture, "memory --items 10000", 10000);
  /* A pointer each at the least. */
  g_assert_cmpfloat (json_object_get_double_member (result, "bytes_per_item"), >=, sizeof (gpointer));
  g_assert_true (json_object_has_member (result, "bytes"));
}

static void
test_fetch (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site = mill_demo_site_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL, *command = NULL, *missing = NULL;
  JsonObject *result;

  g_object_set (site, "pages", 10u, "latency-ms", 0u, "error-rate", 0.0, NULL);
  mill_demo_site_start (site, 0, &error);
  g_assert_no_error (error);
  uri = mill_demo_site_get_uri (site);
  command = g_strdup_printf ("fetch --url %s --items 50 --slots 20", uri);
  result = run_kind (fixture, command, 50);
  assert_times (result, "latency_ms");
  g_assert_cmpint (json_object_get_int_member (result, "slots"), ==, 20);
  g_assert_cmpint (json_object_get_int_member (result, "bytes"), >, 0);

  /* Requests that fail are counted, and the first one is named. */
  missing = g_strdup_printf ("fetch --url %snot-there/{n} --items 3 --slots 2 --json", uri);
  g_assert_cmpint (run (fixture, missing), ==, 1);
  g_assert_nonnull (strstr (fixture->errors, "404"));
  g_assert_cmpint (json_object_get_int_member (get_result (fixture), "dead"), ==, 3);
  mill_demo_site_stop (site);
}

static void
test_table (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (run (fixture, "queue --items 100"), ==, 0);
  g_assert_null (fixture->result);
  g_assert_nonnull (strstr (fixture->output, "MillQueue"));
  g_assert_nonnull (strstr (fixture->output, "items/s"));
  g_assert_nonnull (strstr (fixture->output, "p99"));
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, NULL, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/cli-bench/help", test_help);
  add ("/cli-bench/bad-usage", test_bad_usage);
  add ("/cli-bench/queue", test_queue);
  add ("/cli-bench/statistics", test_statistics);
  add ("/cli-bench/latency", test_latency);
  add ("/cli-bench/hop", test_hop);
  add ("/cli-bench/stage", test_stage);
  add ("/cli-bench/memory", test_memory);
  add ("/cli-bench/fetch", test_fetch);
  add ("/cli-bench/table", test_table);
  return g_test_run ();
}
