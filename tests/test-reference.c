/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference of job files: it names what there is, and nothing else. */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>

#include "mill-reference.h"
#include "core/mill-error.h"
#include "pipeline/mill-job.h"
#include "pipeline/mill-registry.h"

static const MillReferenceSection *
find_section (GPtrArray *sections, const char *heading)
{
  for (guint i = 0; i < sections->len; i++)
    {
      const MillReferenceSection *section = g_ptr_array_index (sections, i);

      if (g_str_equal (section->heading, heading))
        return section;
    }
  g_error ("there is no %s", heading);
}

static const MillReferenceKey *
find_key (const MillReferenceSection *section, const char *name)
{
  for (guint i = 0; i < section->keys->len; i++)
    {
      const MillReferenceKey *key = g_ptr_array_index (section->keys, i);

      if (g_str_equal (key->name, name))
        return key;
    }
  g_error ("%s has no %s", section->heading, name);
}

static void
assert_parts (GPtrArray *sections, char *names, const char *group)
{
  g_auto (GStrv) each = g_strsplit (names, ", ", -1);

  g_free (names);
  g_assert_cmpuint (g_strv_length (each), >, 0);
  for (char **name = each; *name != NULL; name++)
    {
      g_autofree char *heading = g_strconcat (group, *name, NULL);

      g_assert_cmpstr (find_section (sections, heading)->name, ==, *name);
    }
}

/* Each part in the registry has a section, each key says what it takes and what it does. */
static void
test_complete (void)
{
  g_autoptr (GPtrArray) sections = mill_reference_new ();

  assert_parts (sections, mill_registry_list_sources (), "[Source] type=");
  assert_parts (sections, mill_registry_list_steps (), "[Stage NAME] step=");
  assert_parts (sections, mill_registry_list_sinks (), "[Sink] type=");
  for (guint i = 0; i < sections->len; i++)
    {
      const MillReferenceSection *section = g_ptr_array_index (sections, i);

      for (guint j = 0; j < section->keys->len; j++)
        {
          const MillReferenceKey *key = g_ptr_array_index (section->keys, j);

          if (key->help == NULL || *key->help == '\0' || *key->value == '\0')
            g_error ("%s %s says nothing", section->heading, key->name);
        }
    }
}

/* A value tells the type, the range, the unit, what it is unless set, and whether it is live. */
static void
test_values (void)
{
  g_autoptr (GPtrArray) sections = mill_reference_new ();
  const MillReferenceSection *stage = find_section (sections, "[Stage NAME]");
  const MillReferenceSection *simulate = find_section (sections, "[Stage NAME] step=simulate");

  g_assert_cmpstr (find_key (stage, "consumers")->value, ==, "a whole number from 0 to 10000; 4 unless set");
  g_assert_true (find_key (stage, "consumers")->is_live);
  g_assert_cmpstr (find_key (stage, "timeout")->value, ==,
                   "a number from 0 to 86400 s, 0 for no limit; 0 unless set");
  g_assert_cmpstr (find_key (stage, "order")->value, ==, "one of fifo, lifo, priority; fifo unless set");
  g_assert_cmpstr (find_key (stage, "fault-stall")->value, ==, "true or false; false unless set");
  g_assert_false (find_key (stage, "grace")->is_live);
  g_assert_cmpstr (find_key (simulate, "latency")->value, ==, "a number from 0 to 60000 ms; 10 unless set");
  find_key (stage, "kind");
  find_key (find_section (sections, "[Job]"), "description");
  find_key (find_section (sections, "[Demo]"), "dead-links");
}

/* The alerts' keys are no properties: those that are named are those that are taken. */
static void
test_alerts (void)
{
  g_autoptr (GPtrArray) sections = mill_reference_new ();
  const MillReferenceSection *alerts = find_section (sections, "[Alerts]");
  g_autoptr (MillAlertLimits) limits = mill_alert_limits_new ();
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < alerts->keys->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            ((const MillReferenceKey *) g_ptr_array_index (alerts->keys, i))->name);
  g_assert_false (mill_alert_limits_set (limits, "nonsense", "1", &error));
  g_assert_nonnull (strstr (error->message, names->str));
}

/* Runs "reference" with these arguments; returns whether it succeeded. */
static gboolean
ask (const char *first, const char *second, char **output, char **complaint)
{
  const char *command[] = { g_getenv ("MILLRACE_CLI"), "reference", first, second, NULL };
  gint status;

  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, output, complaint,
                               &status, NULL));
  return g_spawn_check_wait_status (status, NULL);
}

/* The man page has all of it, and its example is a job. */
static void
test_man_page (void)
{
  g_autoptr (GPtrArray) sections = mill_reference_new ();
  g_autofree char *path = g_strdup_printf ("%s/../data/man/millrace-job.5.in", g_getenv ("G_TEST_SRCDIR"));
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) example = NULL;
  g_autoptr (MillJob) job = NULL;
  char *begin, *end;

  g_assert_true (ask ("--man", path, &page, NULL));
  for (guint i = 0; i < sections->len; i++)
    {
      const MillReferenceSection *section = g_ptr_array_index (sections, i);
      g_autoptr (GString) heading = g_string_new (section->heading);

      g_string_replace (heading, "-", "\\-", 0);
      g_string_prepend (heading, ".SS ");
      g_assert_nonnull (strstr (page, heading->str));
    }
  g_assert_nonnull (strstr (page, ".SH SEE ALSO"));
  begin = strstr (page, ".RS\n");
  end = strstr (page, "\n.RE");
  g_assert_true (begin != NULL && begin < end);
  example = g_bytes_new (begin + 4, (gsize) (end - begin - 4));
  job = mill_job_new_from_bytes (example, "example", &error);
  g_assert_no_error (error);
}

/* (transfer full): the last example of the man page that is a job. */
static char *
read_example (void)
{
  g_autofree char *path = g_strdup_printf ("%s/../data/man/millrace-job.5.in", g_getenv ("G_TEST_SRCDIR"));
  g_autofree char *page = NULL;
  char *begin, *end;
  GString *example;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  begin = g_strrstr (page, ".RS\n[Job]") + strlen (".RS\n");
  end = strstr (begin, ".RE");
  example = g_string_new_len (begin, end - begin);
  g_string_replace (example, "\\-", "-", 0);
  return g_string_free (example, FALSE);
}

static void
assert_counted (const char *folder, guint status, gint expected)
{
  g_autofree char *path = g_build_filename (folder, "status.db", NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *query = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT count(*) FROM items WHERE status = ?1", -1, &query, NULL),
                   ==, SQLITE_OK);
  sqlite3_bind_int (query, 1, (int) status);
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (query, 0), ==, expected);
  sqlite3_finalize (query);
  sqlite3_close (db);
}

static void
remove_in (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_remove (path);
}

/* The example that counts status codes does: the second time as well, and without the line that is none. It
 * is under 15 lines. */
static void
test_status_codes (void)
{
  static const guint statuses[] = { 200, 404, 200, 500, 200 };
  g_autofree char *folder = g_dir_make_tmp ("millrace-reference-XXXXXX", NULL);
  g_autofree char *log_path = g_build_filename (folder, "access.log", NULL);
  g_autofree char *job_path = g_build_filename (folder, "status.millrace", NULL);
  g_autofree char *example = read_example ();
  g_auto (GStrv) lines = g_strsplit (g_strchomp (example), "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *command[] = { g_getenv ("MILLRACE_CLI"), "run", "status.millrace", NULL };
  gint status;

  g_assert_cmpuint (g_strv_length (lines), <, 15);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    g_string_append_printf (
        text, "10.0.0.%u - - [27/Nov/2026:10:00:0%u +0000] \"GET /%u HTTP/1.1\" %u 12 \"-\" \"curl\"\n", i, i,
        i, statuses[i]);
  g_string_append (text, "none of nginx's\n");
  g_assert_true (g_file_set_contents (log_path, text->str, -1, NULL));
  g_assert_true (g_file_set_contents (job_path, example, -1, NULL));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (g_spawn_sync (folder, (char **) command, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                                   NULL, NULL, &status, NULL));
      /* One dead letter. */
      g_assert_cmpint (WEXITSTATUS (status), ==, 1);
      assert_counted (folder, 200, 3);
      assert_counted (folder, 404, 1);
      assert_counted (folder, 500, 1);
    }
  remove_in (folder, "access.log");
  remove_in (folder, "status.millrace");
  remove_in (folder, "status.db");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_command (void)
{
  g_autofree char *output = NULL;
  g_autofree char *complaint = NULL;

  g_assert_true (ask ("Simulate", NULL, &output, NULL));
  g_assert_true (g_str_has_prefix (output, "[Stage NAME] step=simulate\n"));
  g_assert_nonnull (strstr (output, "latency\n      a number from 0 to 60000 ms; 10 unless set; live\n"));
  g_assert_null (strstr (output, "[Source]"));
  g_assert_false (ask ("magic", NULL, NULL, &complaint));
  g_assert_nonnull (strstr (complaint, "there is no “magic”"));
  g_assert_nonnull (strstr (complaint, "simulate"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reference/complete", test_complete);
  g_test_add_func ("/reference/values", test_values);
  g_test_add_func ("/reference/alerts", test_alerts);
  g_test_add_func ("/reference/man-page", test_man_page);
  g_test_add_func ("/reference/status-codes", test_status_codes);
  g_test_add_func ("/reference/command", test_command);
  return g_test_run ();
}
