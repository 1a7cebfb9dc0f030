/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Export of a run file: what RFC 4180 and RFC 8259 ask for, whatever a server has put into the cells. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

#include "core/mill-error.h"
#include "record/mill-export.h"
#include "record/mill-item-rows-private.h"

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) */
} Fixture;

static void
put (MillRunFile *file, const char *url, const char *status, const char *type, const char *problem)
{
  g_autoptr (MillItem) item = mill_item_new (1, url);
  g_autoptr (GBytes) body = g_bytes_new_static ("12345", 5);
  g_autoptr (GError) error =
      problem != NULL ? g_error_new_literal (MILL_ERROR, MILL_ERROR_FAILED, problem) : NULL;

  mill_item_set_payload (item, problem == NULL ? body : NULL);
  mill_item_set_attribute (item, "status", status);
  mill_item_set_attribute (item, "content-type", type);
  mill_item_set_attribute (item, "depth", "1");
  mill_item_rows_put (file, item, problem != NULL ? MILL_OUTCOME_DEAD : MILL_OUTCOME_DONE, error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file;

  fixture->folder = g_dir_make_tmp ("millrace-export-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
  file = mill_run_file_create (fixture->path, NULL);
  put (file, "http://h/a", "200", "text/html", NULL);
  put (file, "http://h/b?x=1,2", "200", "=HYPERLINK(\"http://evil/\")", NULL);
  put (file, "http://h/c", NULL, NULL, "line one\nline \"two\"\x01");
  put (file, "http://h/d", "404", "@SUM(1)", "404 Not Found");
  mill_run_file_unref (file);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* (transfer full) */
static char *export(Fixture *fixture, MillExportFormat format)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  mill_export_run (fixture->path, format, stream, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

static void
test_csv (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = export(fixture, MILL_EXPORT_CSV);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 6);
  g_assert_cmpstr (lines[0], ==,
                   "url,outcome,status,type,bytes,depth,referrer,location,file,attempts,finished,error");
  g_assert_true (g_str_has_prefix (lines[1], "http://h/a,done,200,text/html,5,1,,,,1,2"));
  g_assert_true (g_str_has_prefix (
      lines[2], "\"http://h/b?x=1,2\",done,200,\"'=HYPERLINK(\"\"http://evil/\"\")\",5,1,"));
  g_assert_true (g_str_has_suffix (lines[3], ",\"line one\nline \"\"two\"\"\x01\""));
  g_assert_true (g_str_has_prefix (lines[4], "http://h/d,dead,404,\"'@SUM(1)\",,1,"));
  g_assert_cmpstr (lines[5], ==, "");
}

static void
test_jsonl (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = export(fixture, MILL_EXPORT_JSONL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = json_from_string (lines[i], &error);
      JsonObject *object;

      g_assert_no_error (error);
      object = json_node_get_object (node);
      g_assert_cmpuint (json_object_get_size (object), ==, 12);
      if (i == 1)
        g_assert_cmpstr (json_object_get_string_member (object, "type"), ==, "=HYPERLINK(\"http://evil/\")");
      if (i == 2)
        {
          g_assert_true (json_object_get_null_member (object, "status"));
          g_assert_cmpstr (json_object_get_string_member (object, "error"), ==, "line one\nline \"two\"\x01");
        }
      if (i == 3)
        g_assert_cmpint (json_object_get_int_member (object, "status"), ==, 404);
    }
}

/* A run that goes on can be read as of its last commit. */
static void
test_in_use (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file = mill_run_file_open (fixture->path, NULL);
  g_autofree char *before = NULL, *after = NULL;

  put (file, "http://h/e", "200", NULL, NULL);
  before = export(fixture, MILL_EXPORT_JSONL);
  mill_run_file_commit (file);
  after = export(fixture, MILL_EXPORT_JSONL);
  mill_run_file_unref (file);
  g_assert_null (strstr (before, "http://h/e"));
  g_assert_nonnull (strstr (after, "http://h/e"));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path,
                                      "no database at all, whatever its name may say it to be"
                                      "..................................................",
                                      -1, NULL));
  g_assert_false (mill_export_run (fixture->path, MILL_EXPORT_CSV, stream, NULL, &error));
  g_assert_nonnull (strstr (error->message, "not a run file"));
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)), ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/export/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("csv", test_csv);
  ADD ("jsonl", test_jsonl);
  ADD ("in-use", test_in_use);
  ADD ("refused", test_refused);
#undef ADD

  return g_test_run ();
}
