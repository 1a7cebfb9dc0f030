/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli from outside: exit statuses, messages, JSON. */

#include "config.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

#include "cli-fixture.h"
#include "demo/mill-demo-site.h"
#include "test-parts.h"

static void
test_help (CliFixture *fixture, gconstpointer data)
{
  static const char *const commands[] = { "run", "crawl", "serve", "check" };

  g_assert_cmpint (cli_run (fixture, "--help"), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *help = g_strconcat (commands[i], " --help", NULL);

      g_assert_nonnull (strstr (fixture->output, commands[i]));
      g_assert_cmpint (cli_run (fixture, help), ==, 0);
      g_assert_cmpint (cli_run (fixture, "--help"), ==, 0);
    }
  g_assert_cmpint (cli_run (fixture, "--version"), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "millrace-cli " MILLRACE_VERSION "\n");
  g_assert_cmpint (cli_run (fixture, ""), ==, 2);
}

/* What is in the run file is not to be said again, not even with its usual value. */
static void
test_options_of_begun_crawls (CliFixture *fixture, gconstpointer data)
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

      cli_assert_complains (fixture, resume, 2, complaint);
    }
  cli_assert_complains (fixture, "crawl --repeat a.run --record b.run --slots 8", 2, "does not take --slots");
  /* Another archive may be begun. */
  cli_assert_complains (fixture, "crawl --resume a.run --warc w.warc.gz", 2, "a.run");
}

static void
test_bad_usage (CliFixture *fixture, gconstpointer data)
{
  cli_assert_complains (fixture, "fly", 2, "fly");
  cli_assert_complains (fixture, "run --fast x", 2, "--fast");
  cli_assert_complains (fixture, "run one two", 2, "one job");
  cli_assert_complains (fixture, "run nowhere.millrace", 2, "nowhere.millrace");
  cli_assert_complains (fixture, "run nowhere.millrace", 2, "bounded-thread-queue");
  cli_assert_complains (fixture, "run bounded-thread-queue --duration -1", 2, "--duration");
  cli_assert_complains (fixture, "run bounded-thread-queue --duration soon", 2, "soon");
  cli_assert_complains (fixture, "check", 2, "which job");
  cli_assert_complains (fixture, "crawl", 2, "address");
  cli_assert_complains (fixture, "crawl http://a.invalid --slots 0", 2, "--slots");
  cli_assert_complains (fixture, "crawl http://a.invalid --per-host 0", 2, "--per-host");
  cli_assert_complains (fixture, "crawl http://a.invalid --delay -1", 2, "--delay");
  cli_assert_complains (fixture, "crawl http://a.invalid --sitemaps --ignore-robots", 2, "--sitemaps");
  cli_assert_complains (fixture, "crawl http://a.invalid --offline", 2, "--save");
  cli_assert_complains (fixture, "crawl --resume x --offline", 2, "--offline");
  cli_assert_complains (fixture, "crawl http://a.invalid --include news", 2, "include: “news”");
  cli_assert_complains (fixture, "crawl ftp://x", 2, "ftp://x: only http and https");
  cli_assert_complains (fixture, "crawl example.org", 2, "http://example.org");
  cli_assert_complains (fixture, "crawl --repeat a.run", 2, "--record");
  cli_assert_complains (fixture, "crawl --repeat a.run --record b.run http://a.invalid", 2, "--repeat");
  cli_assert_complains (fixture, "crawl --repeat a.run --resume b.run", 2, "--resume");
  cli_assert_complains (fixture, "crawl --repeat a.run --record b.run", 2, "a.run");
  cli_assert_complains (fixture, "crawl --repeat a.run --record b.run --warc w.warc.gz", 2, "--warc");
  cli_assert_complains (fixture, "export a.run --to csv --what links", 2, "--what");
  cli_assert_complains (fixture, "export a.run", 2, "--to");
  cli_assert_complains (fixture, "serve --port 70000", 2, "--port");
  cli_assert_complains (fixture, "serve --error-rate 2", 2, "--error-rate");
  cli_assert_complains (fixture, "serve here", 2, "options only");
  cli_assert_complains (fixture, "serve --log .", 3, "mill-cli-");
  cli_assert_complains (fixture, "crawl --throttle=0 http://127.0.0.1/", 2, "--throttle");
  cli_assert_complains (fixture, "crawl --throttle=2x http://127.0.0.1/", 2, "--throttle");
}

static void
test_bad_knobs (CliFixture *fixture, gconstpointer data)
{
  cli_assert_complains (fixture, "run bounded-thread-queue --set work.speed=1", 2, "work.speed");
  cli_assert_complains (fixture, "run bounded-thread-queue --set work.speed=1", 2, "work.consumers");
  cli_assert_complains (fixture, "run bounded-thread-queue --set work.maxsize=many", 2, "many");
  cli_assert_complains (fixture, "run bounded-thread-queue --set nonsense", 2, "STAGE.KNOB=VALUE");
  cli_assert_complains (fixture, "run bounded-thread-queue --at 1:work.speed=1", 2, "work.consumers");
  cli_assert_complains (fixture, "run bounded-thread-queue --at 1:work.maxsize=many", 2, "work.maxsize");
  cli_assert_complains (fixture, "run bounded-thread-queue --at work.maxsize=1", 2,
                        "SECONDS:STAGE.KNOB=VALUE");
  cli_assert_complains (fixture, "run bounded-thread-queue --at nan:work.maxsize=1", 2, "nan");
}

static void
test_bad_jobs (CliFixture *fixture, gconstpointer data)
{
  cli_write_file (fixture, "a.millrace",
                  "[Job]\nname=a\n[Source]\ntype=count\nitems=1\n[Stage s]\nstep=simulate\nmaxsize=many\n");
  cli_assert_complains (fixture, "check a.millrace", 2, "a.millrace");
  cli_assert_complains (fixture, "check a.millrace", 2, "maxsize");
  cli_assert_complains (fixture, "run a.millrace", 2, "many");
  cli_write_file (fixture, "b.millrace",
                  "[Job]\nname=b\n[Source]\ntype=count\nspeed=1\n[Stage s]\nstep=simulate\n");
  cli_assert_complains (fixture, "check b.millrace", 2, "speed");
  cli_write_file (fixture, "c.millrace",
                  "[Job]\nname=c\n[Source]\ntype=urls\nfile=gone.txt\n[Stage s]\nkind=async\nstep=fetch\n");
  g_assert_cmpint (cli_run (fixture, "check c.millrace"), ==, 0);
  cli_assert_complains (fixture, "run c.millrace", 3, "gone.txt");
  cli_write_file (fixture, "gone.txt", "http://a.example/\ngopher://a.example/\n");
  cli_assert_complains (fixture, "run c.millrace", 2, "gone.txt:2");
}

static void
test_built_in (CliFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "bounded-thread-queue", "bounded-async-queue", "mixed-pipeline",
                                       "demo-crawl" };

  g_assert_cmpint (cli_run (fixture, "run --list"), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_nonnull (strstr (fixture->output, names[i]));
  g_assert_cmpint (
      cli_run (fixture, "check bounded-thread-queue bounded-async-queue mixed-pipeline demo-crawl"), ==, 0);
}

static void
test_json (CliFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "state",      "produced",   "done",    "dead",    "returned",
                                       "dropped",    "unfinished", "retries", "seconds", "items_per_second",
                                       "latency_ms", "bytes",      "stages",  "limit",   "dead_letters",
                                       "error" };
  JsonObject *stage, *limit;

  g_assert_cmpint (
      cli_run (fixture, "run bounded-thread-queue --set work.latency=0 --set work.spread=0 --json"), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (json_object_has_member (cli_get_object (fixture), names[i]));
  g_assert_cmpstr (cli_get_string (fixture, "state"), ==, "finished");
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 5000);
  g_assert_true (json_object_get_null_member (cli_get_object (fixture), "error"));
  cli_assert_adds_up (fixture);
  /* Too short a run for a claim. */
  limit = json_object_get_object_member (cli_get_object (fixture), "limit");
  g_assert_cmpstr (json_object_get_string_member (limit, "kind"), ==, "unsure");
  stage =
      json_array_get_object_element (json_object_get_array_member (cli_get_object (fixture), "stages"), 0);
  g_assert_cmpstr (json_object_get_string_member (stage, "name"), ==, "work");
  g_assert_cmpint (json_object_get_int_member (stage, "done"), ==, 5000);
  /* Nothing but the object, and nothing that only a terminal understands. */
  g_assert_null (strchr (fixture->output, '\033'));
  g_assert_cmpstr (fixture->errors, ==, "");
}

/* Two slots for six consumers: what held the run back is in its result, and what would have helped. */
static void
test_limit (CliFixture *fixture, gconstpointer data)
{
  JsonObject *limit, *helps;

  cli_write_file (fixture, "a.millrace",
                  "[Job]\nname=a\n[Source]\ntype=count\nitems=240\n"
                  "[Stage s]\nkind=async\nstep=simulate\ndistribution=fixed\nlatency=20\nmaxsize=20\n"
                  "consumers=6\nslots=2\n");
  g_assert_cmpint (cli_run (fixture, "run a.millrace --json"), ==, 0);
  limit = json_object_get_object_member (cli_get_object (fixture), "limit");
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
test_dead_letters (CliFixture *fixture, gconstpointer data)
{
  JsonArray *letters;
  JsonObject *letter;

  cli_write_file (
      fixture, "a.millrace",
      "[Job]\nname=a\n[Source]\ntype=count\nitems=1200\n"
      "[Stage "
      "s]\nstep=simulate\nlatency=0\nerror-rate=1\nretries=1\nbackoff=0\nretry-budget=0\nconsumers=4\n");
  g_assert_cmpint (cli_run (fixture, "run a.millrace --json"), ==, 1);
  g_assert_cmpint (cli_get_count (fixture, "dead"), ==, 1200);
  g_assert_cmpint (cli_get_count (fixture, "retries"), ==, 1200);
  letters = json_object_get_array_member (cli_get_object (fixture), "dead_letters");
  g_assert_cmpuint (json_array_get_length (letters), ==, 1000);
  letter = json_array_get_object_element (letters, 0);
  g_assert_cmpint (json_object_get_int_member (letter, "attempts"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (letter, "stage"), ==, "s");
  g_assert_nonnull (json_object_get_string_member (letter, "error"));
  g_assert_nonnull (json_object_get_string_member (letter, "key"));
  g_assert_true (json_object_get_null_member (letter, "referrer"));
  g_assert_cmpint (cli_run (fixture, "run a.millrace"), ==, 1);
  g_assert_nonnull (strstr (fixture->output, "1,200"));
  g_assert_nonnull (strstr (fixture->output, "(2 attempts)"));
}

/* With a budget the retries are ten a second and a share of the items; the others' letters say why there was
 * none. */
static void
test_retry_budget (CliFixture *fixture, gconstpointer data)
{
  JsonObject *stage;

  cli_write_file (fixture, "a.millrace",
                  "[Job]\nname=a\n[Source]\ntype=count\nitems=1200\n"
                  "[Stage s]\nstep=simulate\nlatency=0\nerror-rate=1\nretries=1\nbackoff=0\nconsumers=4\n");
  g_assert_cmpint (cli_run (fixture, "run a.millrace --json --set s.retry-budget=50"), ==, 1);
  g_assert_cmpint (cli_get_count (fixture, "dead"), ==, 1200);
  g_assert_cmpint (cli_get_count (fixture, "retries"), >=, 600);
  g_assert_cmpint (cli_get_count (fixture, "retries"), <, 1200);
  stage =
      json_array_get_object_element (json_object_get_array_member (cli_get_object (fixture), "stages"), 0);
  g_assert_cmpint (json_object_get_int_member (stage, "retries_refused"), ==,
                   1200 - cli_get_count (fixture, "retries"));
  g_assert_nonnull (strstr (fixture->output, "retry budget is spent"));
}

/* The rate holds to the millisecond: a burst of 5 and then 100 a second are no more than 45 in 0.4 s. */
static void
test_rate (CliFixture *fixture, gconstpointer data)
{
  JsonObject *stage;

  cli_write_file (fixture, "a.millrace",
                  "[Job]\nname=a\n[Source]\ntype=count\nitems=45\n"
                  "[Stage s]\nstep=simulate\nlatency=0\nconsumers=4\nrate=100\nburst=5\n");
  g_assert_cmpint (cli_run (fixture, "run a.millrace --json"), ==, 0);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 45);
  g_assert_cmpfloat (json_object_get_double_member (cli_get_object (fixture), "seconds"), >=, 0.4);
  stage =
      json_array_get_object_element (json_object_get_array_member (cli_get_object (fixture), "stages"), 0);
  g_assert_cmpfloat (json_object_get_double_member (stage, "limited_seconds"), >, 0);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (stage, "rate"), 100, 1e-9);
  g_assert_cmpint (json_object_get_int_member (stage, "burst"), ==, 5);
  g_assert_true (json_object_has_member (stage, "slot_wait_seconds"));
  g_assert_cmpint (cli_run (fixture, "run a.millrace --set s.rate=-1"), ==, 2);
  g_assert_nonnull (strstr (fixture->errors, "“-1” is not a number from 0 to"));
}

/* Knobs turned on the way: the queue fills up to exactly its bound, the producer blocks, then all is worked
 * off. Nothing is before the knob is turned, but for how long the producer was blocked by then is the
 * machine's affair. */
static void
test_at (CliFixture *fixture, gconstpointer data)
{
  JsonObject *stage;

  cli_write_file (fixture, "a.millrace",
                  "[Job]\nname=a\n[Source]\ntype=count\nitems=300\n"
                  "[Stage s]\nstep=simulate\nlatency=20\nmaxsize=100\nconsumers=2\n");
  g_assert_cmpint (cli_run (fixture, "run a.millrace --json --set s.consumers=0 --at 0.3:s.consumers=8"), ==,
                   0);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 300);
  g_assert_cmpfloat (json_object_get_double_member (cli_get_object (fixture), "seconds"), >=, 0.3);
  stage =
      json_array_get_object_element (json_object_get_array_member (cli_get_object (fixture), "stages"), 0);
  g_assert_cmpint (json_object_get_int_member (stage, "high_water"), ==, 100);
  g_assert_cmpfloat (json_object_get_double_member (stage, "put_blocked_seconds"), >, 0);
}

static void
test_duration (CliFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (
      cli_run (fixture,
               "run bounded-thread-queue --set work.maxsize=10 --set work.latency=50 --duration 0.2 --json"),
      ==, 0);
  g_assert_cmpstr (cli_get_string (fixture, "state"), ==, "finished");
  g_assert_cmpint (cli_get_count (fixture, "done"), <, 5000);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, cli_get_count (fixture, "produced"));
}

/* Whether the links of the site's first page are written for reading offline, or as they came. */
static void
assert_offline (CliFixture *fixture, const char *uri, gboolean is_offline)
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
test_crawl (CliFixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site = g_object_new (MILL_TYPE_DEMO_SITE, "pages", 40u, "dead-links", 2u, NULL);
  g_autofree char *uri = NULL, *command = NULL, *out = NULL, *summary = NULL;
  JsonArray *letters;

  g_assert_true (mill_demo_site_start (site, 0, NULL));
  uri = mill_demo_site_get_uri (site);
  command = g_strdup_printf ("crawl %s --delay 0 --per-host 16 --save out --json", uri);
  g_assert_cmpint (cli_run (fixture, command), ==, 1);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 40);
  g_assert_cmpint (cli_get_count (fixture, "dead"), ==, 2);
  cli_assert_adds_up (fixture);
  letters = json_object_get_array_member (cli_get_object (fixture), "dead_letters");
  g_assert_cmpuint (json_array_get_length (letters), ==, 2);
  g_assert_true (g_str_has_prefix (
      json_object_get_string_member (json_array_get_object_element (letters, 0), "referrer"), uri));
  out = g_build_filename (fixture->folder, "out", NULL);
  g_assert_true (g_file_test (out, G_FILE_TEST_IS_DIR));
  assert_offline (fixture, uri, FALSE);
  summary = g_strdup_printf ("crawl %s --delay 0 --save out --offline --max-pages 5", uri);
  g_assert_cmpint (cli_run (fixture, summary), ==, 0);
  assert_offline (fixture, uri, TRUE);
  g_free (summary);
  summary = g_strdup_printf ("crawl %s --delay 0 --requisites --sitemaps --max-pages 5", uri);
  g_assert_cmpint (cli_run (fixture, summary), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "limit on pages or bytes"));
  g_free (summary);
  summary = g_strdup_printf (
      "crawl %s --delay 0 --below --include /page/1* --include /page/2* --exclude *2.html", uri);
  g_assert_cmpint (cli_run (fixture, summary), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "out of scope"));
  mill_demo_site_stop (site);
}

/* A crawl, once more: what changed is said, to people and to programs. */
static void
test_repeat (CliFixture *fixture, gconstpointer data)
{
  g_autoptr (MillDemoSite) site = g_object_new (MILL_TYPE_DEMO_SITE, "pages", 20u, "dead-links", 2u, NULL);
  g_autofree char *uri = NULL, *command = NULL;
  JsonObject *changes;

  g_assert_true (mill_demo_site_start (site, 0, NULL));
  uri = mill_demo_site_get_uri (site);
  command = g_strdup_printf ("crawl %s --delay 0 --max-pages 10 --record a.run --json", uri);
  cli_run (fixture, command);
  g_assert_false (
      json_object_has_member (json_object_get_object_member (cli_get_object (fixture), "crawl"), "changes"));
  g_assert_cmpint (cli_run (fixture, "crawl --repeat a.run --record b.run --json"), <=, 1);
  changes = json_object_get_object_member (json_object_get_object_member (cli_get_object (fixture), "crawl"),
                                           "changes");
  g_assert_cmpuint (json_object_get_size (changes), ==, 8);
  g_assert_cmpint (json_object_get_int_member (changes, "changed"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (changes, "unchanged"), >, 0);
  g_assert_cmpint (cli_run (fixture, "crawl --repeat b.run --record c.run"), <=, 1);
  g_assert_nonnull (strstr (fixture->output, "Compared with the earlier run"));
  g_assert_cmpint (cli_run (fixture, "export c.run --what changes --to csv"), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "change,url,"));
  cli_assert_complains (fixture, "export a.run --what changes --to csv", 3, "a.run");
  g_assert_cmpint (cli_run (fixture, "export c.run --what broken --to csv"), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "referrer,"));
  g_assert_cmpint (cli_run (fixture, "export c.run --what duplicates --to jsonl"), ==, 0);
  mill_demo_site_stop (site);
}

static void
test_crawl_fails (CliFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (cli_run (fixture, "crawl http://127.0.0.1:1/ --json"), ==, 3);
  g_assert_cmpstr (cli_get_string (fixture, "state"), ==, "failed");
  g_assert_nonnull (strstr (cli_get_string (fixture, "error"), "127.0.0.1:1"));
  cli_write_file (fixture, "file", "");
  cli_assert_complains (fixture, "crawl http://127.0.0.1:1/ --save file/below --json", 3, "file/below");
  g_assert_cmpstr (cli_get_string (fixture, "state"), ==, "failed");
}

/* Each request of the crawl has its line in the server's log. */
static void
assert_logged (CliFixture *fixture, const char *log)
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
test_serve (CliFixture *fixture, gconstpointer data)
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
  g_assert_cmpint (cli_run (fixture, crawl), ==, 0);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 5);
  g_subprocess_send_signal (child, SIGINT);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  assert_logged (fixture, log);
}

/* The shipped jobs that need the demo site, to their end. Without their time-outs: how long a request takes
 * on this machine, under a sanitizer perhaps, is not what is tested. */
static void
test_demo_jobs (CliFixture *fixture, gconstpointer data)
{
  g_assert_cmpint (cli_run (fixture, "run bounded-async-queue --set fetch.timeout=0 --json"), ==, 0);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 3000);
  g_assert_cmpint (cli_run (fixture, "run mixed-pipeline --set fetch.timeout=0 --json"), ==, 0);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 2000);
  g_assert_cmpint (cli_run (fixture, "run demo-crawl --set fetch.timeout=0 --json"), ==, 1);
  g_assert_cmpint (cli_get_count (fixture, "done"), ==, 200);
  g_assert_cmpint (cli_get_count (fixture, "dead"), ==, 5);
  cli_assert_adds_up (fixture);
}

static guint
count_lines (CliFixture *fixture, const char *words)
{
  g_auto (GStrv) lines = g_strsplit (fixture->output, "\r\n", -1);
  guint n = 0;

  for (char **line = lines; *line != NULL; line++)
    n += strstr (*line, words) != NULL ? 1 : 0;
  return n;
}

/* What is exported of a run is what the run said. */
static void
test_record (CliFixture *fixture, gconstpointer data)
{
  gint64 done, dead;

  cli_write_file (fixture, "mine.millrace",
                  "[Job]\nname=Mine\n[Source]\ntype=count\nitems=300\n"
                  "[Stage call]\nkind=async\nstep=simulate\nconsumers=8\nretries=0\nlatency=1\n"
                  "distribution=uniform\nspread=0.5\nerror-rate=0.3\n[Sink]\ntype=count\n");
  g_assert_cmpint (cli_run (fixture, "run mine.millrace --record mine.run --json --at 0.01:call.slots=7"), ==,
                   1);
  done = cli_get_count (fixture, "done");
  dead = cli_get_count (fixture, "dead");
  g_assert_cmpint (done + dead, ==, 300);
  g_assert_cmpint (cli_get_count (fixture, "unrecorded"), ==, 0);
  cli_assert_complains (fixture, "run mine.millrace --record mine.run", 3, "is there already");

  g_assert_cmpint (cli_run (fixture, "export mine.run --to csv"), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "key,outcome,attempts,latency_ms,stage,result,error,"));
  g_assert_cmpint (count_lines (fixture, ",done,1,"), ==, done);
  g_assert_cmpint (count_lines (fixture, ",dead,1,"), ==, dead);
  g_assert_cmpint (count_lines (fixture, ",call,"), ==, dead);
  g_assert_cmpint (cli_run (fixture, "export mine.run --what events --to csv"), ==, 0);
  g_assert_cmpuint (count_lines (fixture, ",knob,call.slots 0 → 7"), ==, 1);
  g_assert_cmpuint (count_lines (fixture, ",state,finished"), ==, 1);
  g_assert_cmpint (cli_run (fixture, "export mine.run --what samples --to jsonl"), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "\"stage\":\"call\",\"depth\":"));
  cli_assert_complains (fixture, "crawl --resume mine.run", 2, "only a crawl can go on");
  cli_assert_complains (fixture, "export mine.run --what all --to csv", 2, "items");
}

/* What a run that could not start would have been recorded in is not in the way of the next try. */
static void
test_record_unstarted (CliFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "late.run", NULL);

  cli_write_file (fixture, "late.millrace",
                  "[Job]\nname=Late\n[Source]\ntype=lines\nfile=late.txt\n"
                  "[Stage call]\nkind=threads\nstep=simulate\nlatency=0\n[Sink]\ntype=count\n");
  cli_assert_complains (fixture, "run late.millrace --record late.run", 3, "late.txt");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  cli_write_file (fixture, "late.txt", "one\ntwo\n");
  g_assert_cmpint (cli_run (fixture, "run late.millrace --record late.run"), ==, 0);
}

/* A stranger's job cannot write to the terminal what it likes. */
static void
test_escapes (CliFixture *fixture, gconstpointer data)
{
  cli_write_file (fixture, "theirs.millrace",
                  "[Job]\nname=Theirs\n[Source]\ntype=count\nitems=\033[2J1\n"
                  "[Stage call]\nkind=threads\nstep=simulate\n[Sink]\ntype=count\n");
  cli_assert_complains (fixture, "check theirs.millrace", 2, "[2J1");
  g_assert_null (strchr (fixture->errors, '\033'));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("MILLRACE_CLI"));
#define ADD(name, func) g_test_add ("/cli/" name, CliFixture, NULL, cli_set_up, func, cli_tear_down)
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
  ADD ("serve", test_serve);
  ADD ("demo-jobs", test_demo_jobs);
  return g_test_run ();
}
