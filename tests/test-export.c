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

/* Of the body that all have, by sha256sum. */
#define HASH "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"

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
  mill_item_set_attribute (item, "referrer", g_str_has_suffix (url, "/d") ? "http://h/a" : NULL);
  mill_item_set_attribute (item, MILL_ITEM_STAGE, "fetch");
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

/* One that redirects. */
static void
put_redirect (MillRunFile *file, const char *url, const char *location)
{
  g_autoptr (MillItem) item = mill_item_new (1, url);

  mill_item_set_attribute (item, "status", "301");
  mill_item_set_attribute (item, "location", location);
  mill_item_rows_put (file, item, MILL_OUTCOME_DONE, NULL);
}

/* (transfer full) */
static char *
export_table (Fixture *fixture, MillExportTable table, MillExportFormat format)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  mill_export_run (fixture->path, table, format, stream, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

/* (transfer full) */
static char *export(Fixture *fixture, MillExportFormat format)
{
  return export_table (fixture, MILL_EXPORT_PAGES, format);
}

static void
test_csv (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = export(fixture, MILL_EXPORT_CSV);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 6);
  g_assert_cmpstr (
      lines[0], ==,
      "url,outcome,status,type,bytes,title,depth,level,referrer,location,redirects,file,attempts,"
      "started,header_ms,fetch_ms,finished,hash,etag,last_modified,latency_ms,stage,result,error");
  g_assert_true (g_str_has_prefix (lines[1], "http://h/a,done,200,text/html,5,,1,,,,,,1,,,,2"));
  g_assert_true (g_str_has_suffix (lines[1], "," HASH ",,,,,200 · text/html · 5 bytes,"));
  g_assert_true (g_str_has_prefix (
      lines[2], "\"http://h/b?x=1,2\",done,200,\"'=HYPERLINK(\"\"http://evil/\"\")\",5,,1,"));
  g_assert_true (g_str_has_suffix (lines[3], ",\"line one\nline \"\"two\"\"\x01\""));
  g_assert_true (g_str_has_prefix (lines[4], "http://h/d,dead,404,\"'@SUM(1)\",,,1,"));
  g_assert_true (g_str_has_suffix (lines[4], ",fetch,,404 Not Found"));
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
      g_assert_cmpuint (json_object_get_size (object), ==, 24);
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

/* All that the steps tell of a page. */
static void
test_particulars (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file = mill_run_file_open (fixture->path, NULL);
  g_autoptr (MillItem) item = mill_item_new (1, "http://h/1");
  g_autofree char *text = NULL;

  mill_item_set_attribute (item, "title", "Ärger, \"groß\"");
  mill_item_set_attribute (item, "etag", "W/\"1\"");
  mill_item_set_attribute (item, "last-modified", "Fri, 27 Nov 2026 12:00:00 GMT");
  mill_item_set_attribute (item, "started-us", "1795780800123456");
  mill_item_set_attribute (item, "header-us", "1500");
  mill_item_set_attribute (item, "fetch-us", "2000250");
  mill_item_rows_put (file, item, MILL_OUTCOME_DONE, NULL);
  mill_run_file_unref (file);
  text = export(fixture, MILL_EXPORT_JSONL);
  g_assert_nonnull (strstr (text, "\"title\":\"Ärger, \\\"groß\\\"\""));
  g_assert_nonnull (strstr (text, "\"started\":\"2026-11-27 12:00:00.123\""));
  g_assert_nonnull (strstr (text, "\"header_ms\":1.5,\"fetch_ms\":2000.25,"));
  g_assert_nonnull (strstr (text, "\"hash\":null,\"etag\":\"W/\\\"1\\\"\","
                                  "\"last_modified\":\"Fri, 27 Nov 2026 12:00:00 GMT\""));
}

/* As far as a redirect was gone after; a loop has an end. */
static void
test_redirects (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file = mill_run_file_open (fixture->path, NULL);
  g_autofree char *csv = NULL, *json = NULL;

  put_redirect (file, "http://h/1", "http://h/2");
  put_redirect (file, "http://h/2", "http://h/a");
  put_redirect (file, "http://h/8", "http://h/9");
  put_redirect (file, "http://h/9", "http://h/8");
  put_redirect (file, "http://h/0", "http://elsewhere/");
  mill_run_file_unref (file);
  csv = export(fixture, MILL_EXPORT_CSV);
  json = export(fixture, MILL_EXPORT_JSONL);
  g_assert_nonnull (strstr (csv, "\r\nhttp://h/1,done,301,,,,,,,http://h/2,http://h/2 http://h/a,,1,"));
  g_assert_nonnull (strstr (csv, "\r\nhttp://h/8,done,301,,,,,,,http://h/9,http://h/9 http://h/8,,1,"));
  g_assert_nonnull (strstr (json, "\"redirects\":[\"http://h/2\",\"http://h/a\"]"));
  g_assert_nonnull (strstr (json, "\"redirects\":[\"http://elsewhere/\"]"));
  g_assert_nonnull (strstr (json, "\"redirects\":[]"));
}

/* Where they stand. */
static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = export_table (fixture, MILL_EXPORT_BROKEN, MILL_EXPORT_CSV);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_cmpstr (lines[0], ==, "referrer,referrer_title,url,status,error,depth,attempts,finished");
  g_assert_true (g_str_has_prefix (lines[1], ",,http://h/c,,\"line one\n"));
  g_assert_true (g_str_has_prefix (lines[2], "http://h/a,,http://h/d,404,404 Not Found,1,1,2"));
}

static void
test_duplicates (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file = mill_run_file_open (fixture->path, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  put (file, "http://h/e", "200", "text/html", NULL);
  put_redirect (file, "http://h/1", "http://h/2");
  put_redirect (file, "http://h/2", "http://h/1");
  mill_run_file_unref (file);
  text = export_table (fixture, MILL_EXPORT_DUPLICATES, MILL_EXPORT_CSV);
  lines = g_strsplit (text, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_cmpstr (lines[0], ==, "hash,copies,url,type,bytes,title,depth,file");
  g_assert_cmpstr (lines[1], ==, HASH ",3,http://h/a,text/html,5,,1,");
  g_assert_true (g_str_has_prefix (lines[2], HASH ",3,\"http://h/b?x=1,2\","));
  g_assert_cmpstr (lines[3], ==, HASH ",3,http://h/e,text/html,5,,1,");
}

/* A run file that repeats no other has none. */
static void
test_no_changes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_assert_false (
      mill_export_run (fixture->path, MILL_EXPORT_CHANGES, MILL_EXPORT_CSV, stream, NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "run.sqlite is not compared"));
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)), ==, 0);
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
  g_assert_false (mill_export_run (fixture->path, MILL_EXPORT_PAGES, MILL_EXPORT_CSV, stream, NULL, &error));
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
  ADD ("particulars", test_particulars);
  ADD ("redirects", test_redirects);
  ADD ("broken", test_broken);
  ADD ("duplicates", test_duplicates);
  ADD ("no-changes", test_no_changes);
  ADD ("in-use", test_in_use);
  ADD ("refused", test_refused);
#undef ADD

  return g_test_run ();
}
