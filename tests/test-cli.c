/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli from outside: exit statuses, messages, JSON, signals, the progress line. */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "demo/mill-demo-site.h"
#include "test-parts.h"

#define COLUMNS 60

typedef struct
{
  char *folder;  /* (owned) */
  int status;    /* of the last run; negative when a signal ended it */
  char *output;  /* (owned) (nullable) */
  char *errors;  /* (owned) (nullable) */
  JsonNode *end; /* (owned) (nullable) the last line of the output, if it is an object */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("mill-cli-XXXXXX", NULL);
}

static void
forget_run (Fixture *fixture)
{
  g_clear_pointer (&fixture->output, g_free);
  g_clear_pointer (&fixture->errors, g_free);
  g_clear_pointer (&fixture->end, json_node_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  forget_run (fixture);
  test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* Reads the last line of the output, if it is an object. */
static void
read_end (Fixture *fixture)
{
  g_autofree char *text = g_strchomp (g_strdup (fixture->output));
  const char *line = strrchr (text, '\n');

  line = line != NULL ? line + 1 : text;
  if (*line == '{')
    fixture->end = json_from_string (line, NULL);
}

static void
end_run (Fixture *fixture, GSubprocess *child)
{
  if (g_subprocess_get_if_exited (child))
    fixture->status = g_subprocess_get_exit_status (child);
  else
    fixture->status = -g_subprocess_get_term_sig (child);
  read_end (fixture);
}

/* Runs millrace-cli with the words of @command, in the fixture's folder. */
static int
run (Fixture *fixture, const char *command)
{
  g_autofree char *line = g_strdup_printf ("'%s' %s", g_getenv ("MILLRACE_CLI"), command);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;

  forget_run (fixture);
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_subprocess_launcher_set_cwd (launcher, fixture->folder);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *) words, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &fixture->output, &fixture->errors, &error);
  g_assert_no_error (error);
  end_run (fixture, child);
  return fixture->status;
}

static JsonObject *
get_object (Fixture *fixture)
{
  g_assert_nonnull (fixture->end);
  return json_node_get_object (fixture->end);
}

static gint64
get_count (Fixture *fixture, const char *name)
{
  JsonObject *object = get_object (fixture);

  g_assert_true (json_object_has_member (object, name));
  return json_object_get_int_member (object, name);
}

static const char *
get_string (Fixture *fixture, const char *name)
{
  return json_object_get_string_member (get_object (fixture), name);
}

static void
assert_adds_up (Fixture *fixture)
{
  g_assert_cmpint (get_count (fixture, "produced"), ==,
                   get_count (fixture, "done") + get_count (fixture, "dead") +
                       get_count (fixture, "returned") + get_count (fixture, "dropped") +
                       get_count (fixture, "unfinished"));
}

static void
assert_complains (Fixture *fixture, const char *command, int status, const char *word)
{
  g_assert_cmpint (run (fixture, command), ==, status);
  g_assert_true (g_str_has_prefix (fixture->errors, "millrace-cli: "));
  if (strstr (fixture->errors, word) == NULL)
    g_error ("“%s” is not in: %s", word, fixture->errors);
}

static void
write_file (Fixture *fixture, const char *name, const char *contents)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

static void
test_help (Fixture *fixture, gconstpointer data)
{
  static const char *const commands[] = { "run", "crawl", "serve", "check" };

  g_assert_cmpint (run (fixture, "--help"), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *help = g_strconcat (commands[i], " --help", NULL);

      g_assert_nonnull (strstr (fixture->output, commands[i]));
      g_assert_cmpint (run (fixture, help), ==, 0);
      g_assert_cmpint (run (fixture, "--help"), ==, 0);
    }
  g_assert_cmpint (run (fixture, "--version"), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "millrace-cli " MILLRACE_VERSION "\n");
  g_assert_cmpint (run (fixture, ""), ==, 2);
}

/* What is in the run file is not to be said again, not even with its usual value. */
static void
test_options_of_begun_crawls (Fixture *fixture, gconstpointer data)
{
  static const char *const options[] = { "--max-pages 0", "--max-depth -1", "--below",    "--include /a*",
                                         "--exclude /b*", "--requisites",   "--sitemaps", "--slots 16",
                                         "--per-host 4",  "--delay 100",    "--throttle", "--save pages",
                                         "--offline",     "--ignore-robots" };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_auto (GStrv) words = g_strsplit (options[i], " ", 2);
      g_autofree char *complaint = g_strdup_printf ("does not take %s", words[0]);
      g_autofree char *resume = g_strdup_printf ("crawl --resume a.run %s", options[i]);

      assert_complains (fixture, resume, 2, complaint);
    }
  assert_complains (fixture, "crawl --repeat a.run --record b.run --slots 8", 2, "does not take --slots");
  /* Another archive may be begun. */
  assert_complains (fixture, "crawl --resume a.run --warc w.warc.gz", 2, "a.run");
}

static void
test_bad_usage (Fixture *fixture, gconstpointer data)
{
  assert_complains (fixture, "fly", 2, "fly");
  assert_complains (fixture, "run --fast x", 2, "--fast");
  assert_complains (fixture, "run one two", 2, "one job");
  assert_complains (fixture, "run nowhere.millrace", 2, "nowhere.millrace");
  assert_complains (fixture, "run nowhere.millrace", 2, "bounded-thread-queue");
  assert_complains (fixture, "run bounded-thread-queue --duration -1", 2, "--duration");
  assert_complains (fixture, "run bounded-thread-queue --duration soon", 2, "soon");
  assert_complains (fixture, "check", 2, "which job");
  assert_complains (fixture, "crawl", 2, "address");
  assert_complains (fixture, "crawl http://a.invalid --slots 0", 2, "--slots");
  assert_complains (fixture, "crawl http://a.invalid --per-host 0", 2, "--per-host");
  assert_complains (fixture, "crawl http://a.invalid --delay -1", 2, "--delay");
  assert_complains (fixture, "crawl http://a.invalid --sitemaps --ignore-robots", 2, "--sitemaps");
  assert_complains (fixture, "crawl http://a.invalid --offline", 2, "--save");
  assert_complains (fixture, "crawl --resume x --offline", 2, "--offline");
  assert_complains (fixture, "crawl http://a.invalid --include news", 2, "include: “news”");
  assert_complains (fixture, "crawl ftp://x", 2, "ftp://x: only http and https");
  assert_complains (fixture, "crawl example.org", 2, "http://example.org");
  assert_complains (fixture, "crawl --repeat a.run", 2, "--record");
  assert_complains (fixture, "crawl --repeat a.run --record b.run http://a.invalid", 2, "--repeat");
  assert_complains (fixture, "crawl --repeat a.run --resume b.run", 2, "--resume");
  assert_complains (fixture, "crawl --repeat a.run --record b.run", 2, "a.run");
  assert_complains (fixture, "crawl --repeat a.run --record b.run --warc w.warc.gz", 2, "--warc");
  assert_complains (fixture, "export a.run --to csv --what links", 2, "--what");
  assert_complains (fixture, "export a.run", 2, "--to");
  assert_complains (fixture, "serve --port 70000", 2, "--port");
  assert_complains (fixture, "serve --error-rate 2", 2, "--error-rate");
  assert_complains (fixture, "serve here", 2, "options only");
  assert_complains (fixture, "serve --log .", 3, "mill-cli-");
  assert_complains (fixture, "crawl --throttle=0 http://127.0.0.1/", 2, "--throttle");
  assert_complains (fixture, "crawl --throttle=2x http://127.0.0.1/", 2, "--throttle");
}

static void
test_bad_knobs (Fixture *fixture, gconstpointer data)
{
  assert_complains (fixture, "run bounded-thread-queue --set work.speed=1", 2, "work.speed");
  assert_complains (fixture, "run bounded-thread-queue --set work.speed=1", 2, "work.consumers");
  assert_complains (fixture, "run bounded-thread-queue --set work.maxsize=many", 2, "many");
  assert_complains (fixture, "run bounded-thread-queue --set nonsense", 2, "STAGE.KNOB=VALUE");
  assert_complains (fixture, "run bounded-thread-queue --at 1:work.speed=1", 2, "work.consumers");
  assert_complains (fixture, "run bounded-thread-queue --at 1:work.maxsize=many", 2, "work.maxsize");
  assert_complains (fixture, "run bounded-thread-queue --at work.maxsize=1", 2, "SECONDS:STAGE.KNOB=VALUE");
  assert_complains (fixture, "run bounded-thread-queue --at nan:work.maxsize=1", 2, "nan");
}

static void
test_bad_jobs (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "a.millrace",
              "[Job]\nname=a\n[Source]\ntype=count\nitems=1\n[Stage s]\nstep=simulate\nmaxsize=many\n");
  assert_complains (fixture, "check a.millrace", 2, "a.millrace");
  assert_complains (fixture, "check a.millrace", 2, "maxsize");
  assert_complains (fixture, "run a.millrace", 2, "many");
  write_file (fixture, "b.millrace",
              "[Job]\nname=b\n[Source]\ntype=count\nspeed=1\n[Stage s]\nstep=simulate\n");
  assert_complains (fixture, "check b.millrace", 2, "speed");
  write_file (fixture, "c.millrace",
              "[Job]\nname=c\n[Source]\ntype=urls\nfile=gone.txt\n[Stage s]\nkind=async\nstep=fetch\n");
  g_assert_cmpint (run (fixture, "check c.millrace"), ==, 0);
  assert_complains (fixture, "run c.millrace", 3, "gone.txt");
  write_file (fixture, "gone.txt", "http://a.example/\ngopher://a.example/\n");
  assert_complains (fixture, "run c.millrace", 2, "gone.txt:2");
}

static void
test_built_in (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "bounded-thread-queue", "bounded-async-queue", "mixed-pipeline",
                                       "demo-crawl" };

  g_assert_cmpint (run (fixture, "run --list"), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_nonnull (strstr (fixture->output, names[i]));
  g_assert_cmpint (run (fixture, "check bounded-thread-queue bounded-async-queue mixed-pipeline demo-crawl"),
                   ==, 0);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "state",      "produced",   "done",    "dead",    "returned",
                                       "dropped",    "unfinished", "retries", "seconds", "items_per_second",
                                       "latency_ms", "bytes",      "stages",  "limit",   "dead_letters",
                                       "error" };
  JsonObject *stage, *limit;

  g_assert_cmpint (run (fixture, "run bounded-thread-queue --set work.latency=0 --set work.spread=0 --json"),
                   ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (json_object_has_member (get_object (fixture), names[i]));
  g_assert_cmpstr (get_string (fixture, "state"), ==, "finished");
  g_assert_cmpint (get_count (fixture, "done"), ==, 5000);
  g_assert_true (json_object_get_null_member (get_object (fixture), "error"));
  assert_adds_up (fixture);
  /* Too short a run for a claim. */
  limit = json_object_get_object_member (get_object (fixture), "limit");
  g_assert_cmpstr (json_object_get_string_member (limit, "kind"), ==, "unsure");
  stage = json_array_get_object_element (json_object_get_array_member (get_object (fixture), "stages"), 0);
  g_assert_cmpstr (json_object_get_string_member (stage, "name"), ==, "work");
  g_assert_cmpint (json_object_get_int_member (stage, "done"), ==, 5000);
  /* Nothing but the object, and nothing that only a terminal understands. */
  g_assert_null (strchr (fixture->output, '\033'));
  g_assert_cmpstr (fixture->errors, ==, "");
}

/* Two slots for six consumers: what held the run back is in its result, and what would have helped. */
static void
test_limit (Fixture *fixture, gconstpointer data)
{
  JsonObject *limit, *helps;

  write_file (fixture, "a.millrace",
              "[Job]\nname=a\n[Source]\ntype=count\nitems=240\n"
              "[Stage s]\nkind=async\nstep=simulate\ndistribution=fixed\nlatency=20\nmaxsize=20\n"
              "consumers=6\nslots=2\n");
  g_assert_cmpint (run (fixture, "run a.millrace --json"), ==, 0);
  limit = json_object_get_object_member (get_object (fixture), "limit");
  g_assert_cmpstr (json_object_get_string_member (limit, "kind"), ==, "slots");
  g_assert_cmpstr (json_object_get_string_member (limit, "stage"), ==, "s");
  g_assert_cmpfloat (json_object_get_double_member (limit, "seconds"), >=, 1);
  g_assert_cmpfloat (json_object_get_double_member (limit, "in_flight"), <=, 2.01);
  g_assert_cmpfloat (json_object_get_double_member (limit, "waiting"), >, 2);
  helps = json_object_get_object_member (limit, "helps");
  g_assert_cmpstr (json_object_get_string_member (helps, "knob"), ==, "slots");
  g_assert_cmpfloat (json_object_get_double_member (helps, "value"), >, 2);
  g_assert_cmpfloat (json_object_get_double_member (helps, "gain"), >, 0);
}

static void
test_dead_letters (Fixture *fixture, gconstpointer data)
{
  JsonArray *letters;
  JsonObject *letter;

  write_file (
      fixture, "a.millrace",
      "[Job]\nname=a\n[Source]\ntype=count\nitems=1200\n"
      "[Stage "
      "s]\nstep=simulate\nlatency=0\nerror-rate=1\nretries=1\nbackoff=0\nretry-budget=0\nconsumers=4\n");
  g_assert_cmpint (run (fixture, "run a.millrace --json"), ==, 1);
  g_assert_cmpint (get_count (fixture, "dead"), ==, 1200);
  g_assert_cmpint (get_count (fixture, "retries"), ==, 1200);
  letters = json_object_get_array_member (get_object (fixture), "dead_letters");
  g_assert_cmpuint (json_array_get_length (letters), ==, 1000);
  letter = json_array_get_object_element (letters, 0);
  g_assert_cmpint (json_object_get_int_member (letter, "attempts"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (letter, "stage"), ==, "s");
  g_assert_nonnull (json_object_get_string_member (letter, "error"));
  g_assert_nonnull (json_object_get_string_member (letter, "key"));
  g_assert_true (json_object_get_null_member (letter, "referrer"));
  g_assert_cmpint (run (fixture, "run a.millrace"), ==, 1);
  g_assert_nonnull (strstr (fixture->output, "1,200"));
  g_assert_nonnull (strstr (fixture->output, "(2 attempts)"));
}

/* With a budget the retries are ten a second and a share of the items; the others' letters say why there was
 * none. */
static void
test_retry_budget (Fixture *fixture, gconstpointer data)
{
  JsonObject *stage;

  write_file (fixture, "a.millrace",
              "[Job]\nname=a\n[Source]\ntype=count\nitems=1200\n"
              "[Stage s]\nstep=simulate\nlatency=0\nerror-rate=1\nretries=1\nbackoff=0\nconsumers=4\n");
  g_assert_cmpint (run (fixture, "run a.millrace --json --set s.retry-budget=50"), ==, 1);
  g_assert_cmpint (get_count (fixture, "dead"), ==, 1200);
  g_assert_cmpint (get_count (fixture, "retries"), >=, 600);
  g_assert_cmpint (get_count (fixture, "retries"), <, 1200);
  stage = json_array_get_object_element (json_object_get_array_member (get_object (fixture), "stages"), 0);
  g_assert_cmpint (json_object_get_int_member (stage, "retries_refused"), ==,
                   1200 - get_count (fixture, "retries"));
  g_assert_nonnull (strstr (fixture->output, "retry budget is spent"));
}

/* The rate holds to the millisecond: a burst of 5 and then 100 a second are no more than 45 in 0.4 s. */
static void
test_rate (Fixture *fixture, gconstpointer data)
{
  JsonObject *stage;

  write_file (fixture, "a.millrace",
              "[Job]\nname=a\n[Source]\ntype=count\nitems=45\n"
              "[Stage s]\nstep=simulate\nlatency=0\nconsumers=4\nrate=100\nburst=5\n");
  g_assert_cmpint (run (fixture, "run a.millrace --json"), ==, 0);
  g_assert_cmpint (get_count (fixture, "done"), ==, 45);
  g_assert_cmpfloat (json_object_get_double_member (get_object (fixture), "seconds"), >=, 0.4);
  stage = json_array_get_object_element (json_object_get_array_member (get_object (fixture), "stages"), 0);
  g_assert_cmpfloat (json_object_get_double_member (stage, "limited_seconds"), >, 0);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (stage, "rate"), 100, 1e-9);
  g_assert_cmpint (json_object_get_int_member (stage, "burst"), ==, 5);
  g_assert_true (json_object_has_member (stage, "slot_wait_seconds"));
  g_assert_cmpint (run (fixture, "run a.millrace --set s.rate=-1"), ==, 2);
  g_assert_nonnull (strstr (fixture->errors, "“-1” is not a number from 0 to"));
}

/* Knobs turned on the way: the queue fills up to exactly its bound, the producer blocks, then all is worked
 * off. Nothing is before the knob is turned, but for how long the producer was blocked by then is the
 * machine's affair. */
static void
test_at (Fixture *fixture, gconstpointer data)
{
  JsonObject *stage;

  write_file (fixture, "a.millrace",
              "[Job]\nname=a\n[Source]\ntype=count\nitems=300\n"
              "[Stage s]\nstep=simulate\nlatency=20\nmaxsize=100\nconsumers=2\n");
  g_assert_cmpint (run (fixture, "run a.millrace --json --set s.consumers=0 --at 0.3:s.consumers=8"), ==, 0);
  g_assert_cmpint (get_count (fixture, "done"), ==, 300);
  g_assert_cmpfloat (json_object_get_double_member (get_object (fixture), "seconds"), >=, 0.3);
  stage = json_array_get_object_element (json_object_get_array_member (get_object (fixture), "stages"), 0);
  g_assert_cmpint (json_object_get_int_member (stage, "high_water"), ==, 100);
  g_assert_cmpfloat (json_object_get_double_member (stage, "put_blocked_seconds"), >, 0);
}

static void
test_duration (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (
      run (fixture,
           "run bounded-thread-queue --set work.maxsize=10 --set work.latency=50 --duration 0.2 --json"),
      ==, 0);
  g_assert_cmpstr (get_string (fixture, "state"), ==, "finished");
  g_assert_cmpint (get_count (fixture, "done"), <, 5000);
  g_assert_cmpint (get_count (fixture, "done"), ==, get_count (fixture, "produced"));
}

/* Whether the links of the site's first page are written for reading offline, or as they came. */
static void
assert_offline (Fixture *fixture, const char *uri, gboolean is_offline)
{
  g_autofree char *host = g_strndup (uri + strlen ("http://"), strlen (uri) - strlen ("http:///"));
  g_autofree char *path =
      g_build_filename (fixture->folder, "out", g_strdelimit (host, ":", '_'), "index.html", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true ((strstr (text, "href=\"/page/") == NULL) == is_offline);
  g_assert_true ((strstr (text, "href=\"page/") != NULL) == is_offline);
  g_assert_true ((strstr (text, uri) != NULL) == is_offline);
}

/* A site in this process, a crawler in another. */
static void
test_crawl (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site = g_object_new (MILL_TYPE_DEMO_SITE, "pages", 40u, "dead-links", 2u, NULL);
  g_autofree char *uri = NULL, *command = NULL, *out = NULL, *summary = NULL;
  JsonArray *letters;

  g_assert_true (mill_demo_site_start (site, 0, NULL));
  uri = mill_demo_site_get_uri (site);
  command = g_strdup_printf ("crawl %s --delay 0 --per-host 16 --save out --json", uri);
  g_assert_cmpint (run (fixture, command), ==, 1);
  g_assert_cmpint (get_count (fixture, "done"), ==, 40);
  g_assert_cmpint (get_count (fixture, "dead"), ==, 2);
  assert_adds_up (fixture);
  letters = json_object_get_array_member (get_object (fixture), "dead_letters");
  g_assert_cmpuint (json_array_get_length (letters), ==, 2);
  g_assert_true (g_str_has_prefix (
      json_object_get_string_member (json_array_get_object_element (letters, 0), "referrer"), uri));
  out = g_build_filename (fixture->folder, "out", NULL);
  g_assert_true (g_file_test (out, G_FILE_TEST_IS_DIR));
  assert_offline (fixture, uri, FALSE);
  summary = g_strdup_printf ("crawl %s --delay 0 --save out --offline --max-pages 5", uri);
  g_assert_cmpint (run (fixture, summary), ==, 0);
  assert_offline (fixture, uri, TRUE);
  g_free (summary);
  summary = g_strdup_printf ("crawl %s --delay 0 --requisites --sitemaps --max-pages 5", uri);
  g_assert_cmpint (run (fixture, summary), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "limit on pages or bytes"));
  g_free (summary);
  summary = g_strdup_printf (
      "crawl %s --delay 0 --below --include /page/1* --include /page/2* --exclude *2.html", uri);
  g_assert_cmpint (run (fixture, summary), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "out of scope"));
  mill_demo_site_stop (site);
}

/* A crawl, once more: what changed is said, to people and to programs. */
static void
test_repeat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site = g_object_new (MILL_TYPE_DEMO_SITE, "pages", 20u, "dead-links", 2u, NULL);
  g_autofree char *uri = NULL, *command = NULL;
  JsonObject *changes;

  g_assert_true (mill_demo_site_start (site, 0, NULL));
  uri = mill_demo_site_get_uri (site);
  command = g_strdup_printf ("crawl %s --delay 0 --max-pages 10 --record a.run --json", uri);
  run (fixture, command);
  g_assert_false (
      json_object_has_member (json_object_get_object_member (get_object (fixture), "crawl"), "changes"));
  g_assert_cmpint (run (fixture, "crawl --repeat a.run --record b.run --json"), <=, 1);
  changes = json_object_get_object_member (json_object_get_object_member (get_object (fixture), "crawl"),
                                           "changes");
  g_assert_cmpuint (json_object_get_size (changes), ==, 8);
  g_assert_cmpint (json_object_get_int_member (changes, "changed"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (changes, "unchanged"), >, 0);
  g_assert_cmpint (run (fixture, "crawl --repeat b.run --record c.run"), <=, 1);
  g_assert_nonnull (strstr (fixture->output, "Compared with the earlier run"));
  g_assert_cmpint (run (fixture, "export c.run --what changes --to csv"), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "change,url,"));
  assert_complains (fixture, "export a.run --what changes --to csv", 3, "a.run");
  g_assert_cmpint (run (fixture, "export c.run --what broken --to csv"), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "referrer,"));
  g_assert_cmpint (run (fixture, "export c.run --what duplicates --to jsonl"), ==, 0);
  mill_demo_site_stop (site);
}

static void
test_crawl_fails (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (run (fixture, "crawl http://127.0.0.1:1/ --json"), ==, 3);
  g_assert_cmpstr (get_string (fixture, "state"), ==, "failed");
  g_assert_nonnull (strstr (get_string (fixture, "error"), "127.0.0.1:1"));
  write_file (fixture, "file", "");
  assert_complains (fixture, "crawl http://127.0.0.1:1/ --save file/below --json", 3, "file/below");
  g_assert_cmpstr (get_string (fixture, "state"), ==, "failed");
}

/* A run whose errors go to a terminal of so many columns. */
typedef struct
{
  GSubprocess *child; /* (owned) */
  int terminal;       /* (owned) the terminal's other end */
  GString *screen;    /* (owned) all that was written to it */
} Session;

/* Whether there is a terminal to be had: a bare chroot has none. */
static gboolean
session_begin (Session *session, Fixture *fixture, const char *command)
{
  g_autofree char *line = g_strdup_printf ("'%s' %s", g_getenv ("MILLRACE_CLI"), command);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  struct winsize size = { .ws_row = 24, .ws_col = COLUMNS };
  g_auto (GStrv) words = NULL;
  int slave;

  forget_run (fixture);
  if (openpty (&session->terminal, &slave, NULL, NULL, &size) != 0)
    {
      g_test_skip ("no pseudo-terminal can be opened");
      return FALSE;
    }
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_subprocess_launcher_setenv (launcher, "TERM", "xterm", TRUE);
  g_subprocess_launcher_take_stderr_fd (launcher, slave);
  session->child = g_subprocess_launcher_spawnv (launcher, (const char *const *) words, NULL);
  g_assert_nonnull (session->child);
  session->screen = g_string_new (NULL);
  return TRUE;
}

/* Reads what the terminal shows until @word is there, or with NULL until the end. */
static void
session_read_until (Session *session, const char *word)
{
  while (word == NULL || strstr (session->screen->str, word) == NULL)
    {
      char buffer[256];
      gssize n = read (session->terminal, buffer, sizeof buffer);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      g_string_append_len (session->screen, buffer, n);
    }
  if (word != NULL)
    g_assert_nonnull (strstr (session->screen->str, word));
}

static void
session_end (Session *session, Fixture *fixture)
{
  session_read_until (session, NULL);
  g_assert_true (g_subprocess_communicate_utf8 (session->child, NULL, NULL, &fixture->output, NULL, NULL));
  end_run (fixture, session->child);
  g_object_unref (session->child);
  g_string_free (session->screen, TRUE);
  close (session->terminal);
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  Session session;
  g_auto (GStrv) lines = NULL;

  if (!session_begin (&session, fixture, "run bounded-thread-queue --duration 0.6 --json"))
    return;
  session_read_until (&session, "\033[K");
  session_read_until (&session, "done");
  session_read_until (&session, NULL);
  lines = g_strsplit (session.screen->str, "\r\033[K", -1);
  g_assert_cmpuint (g_strv_length (lines), >, 3);
  for (char **line = lines; *line != NULL; line++)
    g_assert_cmpint (g_utf8_strlen (*line, -1), <, COLUMNS);
  /* The line is gone in the end. */
  g_assert_true (g_str_has_suffix (session.screen->str, "\r\033[K"));
  session_end (&session, fixture);
  g_assert_cmpint (fixture->status, ==, 0);
}

static void
test_interrupted_once (Fixture *fixture, gconstpointer data)
{
  Session session;

  if (!session_begin (&session, fixture,
                      "run bounded-thread-queue --set work.maxsize=20 --set work.latency=50 --json"))
    return;
  session_read_until (&session, "source: blocked");
  g_subprocess_send_signal (session.child, SIGINT);
  session_read_until (&session, "Ctrl+C again");
  session_end (&session, fixture);
  g_assert_cmpint (fixture->status, ==, 130);
  g_assert_cmpstr (get_string (fixture, "state"), ==, "finished");
  g_assert_cmpint (get_count (fixture, "done"), ==, get_count (fixture, "produced"));
  g_assert_cmpint (get_count (fixture, "done"), <, 5000);
}

static void
test_interrupted_twice (Fixture *fixture, gconstpointer data)
{
  Session session;

  if (!session_begin (&session, fixture, "run bounded-thread-queue --set work.latency=30000 --json"))
    return;
  session_read_until (&session, "source: blocked");
  g_subprocess_send_signal (session.child, SIGTERM);
  session_read_until (&session, "Ctrl+C again");
  g_subprocess_send_signal (session.child, SIGINT);
  session_end (&session, fixture);
  g_assert_cmpint (fixture->status, ==, 130);
  g_assert_cmpstr (get_string (fixture, "state"), ==, "stopped");
  g_assert_cmpint (get_count (fixture, "returned"), >, 0);
  assert_adds_up (fixture);
}

/* Each request of the crawl has its line in the server's log. */
static void
assert_logged (Fixture *fixture, const char *log)
{
  JsonObject *crawl = json_object_get_object_member (json_node_get_object (fixture->end), "crawl");
  JsonArray *hosts = json_object_get_array_member (crawl, "hosts");
  JsonObject *host = json_array_get_object_element (hosts, 0);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (log, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpint (g_strv_length (lines) - 1, ==, json_object_get_int_member (host, "requests"));
  g_assert_true (g_str_has_suffix (lines[0], " 1 200 GET /robots.txt"));
  g_assert_cmpuint (json_array_get_length (hosts), ==, 1);
  g_assert_cmpint (json_object_get_int_member (host, "pending"), ==, 0);
  g_assert_cmpstr (json_object_get_string_member (host, "wait"), ==, "none");
  g_assert_cmpfloat (json_object_get_double_member (host, "delay_ms"), >, 0.0); /* the throttle's */
}

static void
test_serve (Fixture *fixture, gconstpointer data)
{
  g_autofree char *log = g_build_filename (fixture->folder, "access.log", NULL);
  g_autofree char *command =
      g_strdup_printf ("'%s' serve --pages 5 --log '%s'", g_getenv ("MILLRACE_CLI"), log);
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autofree char *first = NULL, *crawl = NULL;
  g_auto (GStrv) words = NULL;
  const char *uri;

  g_assert_true (g_shell_parse_argv (command, NULL, &words, NULL));
  child = g_subprocess_newv ((const char *const *) words, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  first = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_nonnull (first);
  uri = strstr (first, "http://127.0.0.1:");
  g_assert_nonnull (uri);
  crawl = g_strdup_printf ("crawl %.*s --delay 0 --throttle=4 --json", (int) strcspn (uri, " "), uri);
  g_assert_cmpint (run (fixture, crawl), ==, 0);
  g_assert_cmpint (get_count (fixture, "done"), ==, 5);
  g_subprocess_send_signal (child, SIGINT);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  assert_logged (fixture, log);
}

/* The shipped jobs that need the demo site, to their end. Without their time-outs: how long a request takes
 * on this machine, under a sanitizer perhaps, is not what is tested. */
static void
test_demo_jobs (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (run (fixture, "run bounded-async-queue --set fetch.timeout=0 --json"), ==, 0);
  g_assert_cmpint (get_count (fixture, "done"), ==, 3000);
  g_assert_cmpint (run (fixture, "run mixed-pipeline --set fetch.timeout=0 --json"), ==, 0);
  g_assert_cmpint (get_count (fixture, "done"), ==, 2000);
  g_assert_cmpint (run (fixture, "run demo-crawl --set fetch.timeout=0 --json"), ==, 1);
  g_assert_cmpint (get_count (fixture, "done"), ==, 200);
  g_assert_cmpint (get_count (fixture, "dead"), ==, 5);
  assert_adds_up (fixture);
}

static guint
count_lines (Fixture *fixture, const char *words)
{
  g_auto (GStrv) lines = g_strsplit (fixture->output, "\r\n", -1);
  guint n = 0;

  for (char **line = lines; *line != NULL; line++)
    n += strstr (*line, words) != NULL ? 1 : 0;
  return n;
}

/* What is exported of a run is what the run said. */
static void
test_record (Fixture *fixture, gconstpointer data)
{
  gint64 done, dead;

  write_file (fixture, "mine.millrace",
              "[Job]\nname=Mine\n[Source]\ntype=count\nitems=300\n"
              "[Stage call]\nkind=async\nstep=simulate\nconsumers=8\nretries=0\nlatency=1\n"
              "distribution=uniform\nspread=0.5\nerror-rate=0.3\n[Sink]\ntype=count\n");
  g_assert_cmpint (run (fixture, "run mine.millrace --record mine.run --json --at 0.01:call.slots=7"), ==, 1);
  done = get_count (fixture, "done");
  dead = get_count (fixture, "dead");
  g_assert_cmpint (done + dead, ==, 300);
  g_assert_cmpint (get_count (fixture, "unrecorded"), ==, 0);
  assert_complains (fixture, "run mine.millrace --record mine.run", 3, "is there already");

  g_assert_cmpint (run (fixture, "export mine.run --to csv"), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "key,outcome,attempts,latency_ms,stage,result,error,"));
  g_assert_cmpint (count_lines (fixture, ",done,1,"), ==, done);
  g_assert_cmpint (count_lines (fixture, ",dead,1,"), ==, dead);
  g_assert_cmpint (count_lines (fixture, ",call,"), ==, dead);
  g_assert_cmpint (run (fixture, "export mine.run --what events --to csv"), ==, 0);
  g_assert_cmpuint (count_lines (fixture, ",knob,call.slots 0 → 7"), ==, 1);
  g_assert_cmpuint (count_lines (fixture, ",state,finished"), ==, 1);
  g_assert_cmpint (run (fixture, "export mine.run --what samples --to jsonl"), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "\"stage\":\"call\",\"depth\":"));
  assert_complains (fixture, "crawl --resume mine.run", 2, "only a crawl can go on");
  assert_complains (fixture, "export mine.run --what all --to csv", 2, "items");
}

/* What a run that could not start would have been recorded in is not in the way of the next try. */
static void
test_record_unstarted (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "late.run", NULL);

  write_file (fixture, "late.millrace",
              "[Job]\nname=Late\n[Source]\ntype=lines\nfile=late.txt\n"
              "[Stage call]\nkind=threads\nstep=simulate\nlatency=0\n[Sink]\ntype=count\n");
  assert_complains (fixture, "run late.millrace --record late.run", 3, "late.txt");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  write_file (fixture, "late.txt", "one\ntwo\n");
  g_assert_cmpint (run (fixture, "run late.millrace --record late.run"), ==, 0);
}

/* A stranger's job cannot write to the terminal what it likes. */
static void
test_escapes (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "theirs.millrace",
              "[Job]\nname=Theirs\n[Source]\ntype=count\nitems=\033[2J1\n"
              "[Stage call]\nkind=threads\nstep=simulate\n[Sink]\ntype=count\n");
  assert_complains (fixture, "check theirs.millrace", 2, "[2J1");
  g_assert_null (strchr (fixture->errors, '\033'));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("MILLRACE_CLI"));
#define ADD(name, func) g_test_add ("/cli/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("help", test_help);
  ADD ("bad-usage", test_bad_usage);
  ADD ("options-of-begun-crawls", test_options_of_begun_crawls);
  ADD ("bad-knobs", test_bad_knobs);
  ADD ("bad-jobs", test_bad_jobs);
  ADD ("built-in", test_built_in);
  ADD ("json", test_json);
  ADD ("limit", test_limit);
  ADD ("dead-letters", test_dead_letters);
  ADD ("retry-budget", test_retry_budget);
  ADD ("rate", test_rate);
  ADD ("at", test_at);
  ADD ("duration", test_duration);
  ADD ("record", test_record);
  ADD ("record-unstarted", test_record_unstarted);
  ADD ("escapes", test_escapes);
  ADD ("crawl", test_crawl);
  ADD ("repeat", test_repeat);
  ADD ("crawl-fails", test_crawl_fails);
  ADD ("progress", test_progress);
  ADD ("interrupted-once", test_interrupted_once);
  ADD ("interrupted-twice", test_interrupted_twice);
  ADD ("serve", test_serve);
  ADD ("demo-jobs", test_demo_jobs);
  return g_test_run ();
}
