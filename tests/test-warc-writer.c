/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWarcWriter: the contract in its header. */

#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/mill-error.h"
#include "record/mill-warc-end-private.h"
#include "record/mill-warc-writer-private.h"
#include "test-parts.h"
#include "warc-reader.h"

#define FIELDS    "software: test\r\n"
#define N_THREADS 4
#define N_WRITES  100

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) of the archive, which is not there yet */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("millrace-warc-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "a.warc.gz", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_remove_tree (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* @body: (transfer full) (nullable) */
static MillWarcExchange *
make_exchange (const char *path, GBytes *body)
{
  MillWarcExchange *exchange = g_new0 (MillWarcExchange, 1);

  exchange->uri = g_strconcat ("http://127.0.0.1:80", path, NULL);
  exchange->began_us = G_GINT64_CONSTANT (1795780800123456); /* 2026-11-27 12:00 */
  exchange->ip_address = g_strdup ("127.0.0.1");
  exchange->request = text_bytes ("GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\nUser-Agent: Millrace/1\r\n\r\n");
  exchange->response = text_bytes ("HTTP/1.1 200 OK\r\n\r\n");
  exchange->body = body;
  return exchange;
}

static MillWarcWriter *
open_writer (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  MillWarcWriter *writer = mill_warc_writer_new (fixture->path, FIELDS, &error);

  g_assert_no_error (error);
  return writer;
}

static void
close_writer (MillWarcWriter *writer)
{
  g_autoptr (GError) error = NULL;

  mill_warc_writer_close (writer, &error);
  g_assert_no_error (error);
  mill_warc_writer_unref (writer);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  g_assert_null (*place);
  *place = g_object_ref (result);
}

static gboolean
write_one (MillWarcWriter *writer, MillWarcExchange *exchange, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GMainContext *context = g_main_context_get_thread_default ();

  mill_warc_writer_write_async (writer, exchange, cancellable, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  return mill_warc_writer_write_finish (result, error);
}

static void
write_path (MillWarcWriter *writer, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (write_one (writer, make_exchange (path, text_bytes (path)), NULL, &error));
  g_assert_no_error (error);
}

static void
test_goes_on (Fixture *fixture, gconstpointer data)
{
  MillWarcWriter *writer = open_writer (fixture);
  g_autoptr (GPtrArray) records = NULL;

  write_path (writer, "/one");
  mill_warc_writer_leave (writer, make_exchange ("/left", NULL));
  close_writer (writer);
  writer = open_writer (fixture);
  write_path (writer, "/two");
  close_writer (writer);
  /* Nothing was to be written, so there is no third part. */
  close_writer (open_writer (fixture));
  records = warc_read (fixture->path);
  g_assert_cmpuint (records->len, ==, 2 + 3 * 2);
  g_assert_cmpuint (warc_count (records, "warcinfo", ""), ==, 2);
  g_assert_cmpstr (warc_get (g_ptr_array_index (records, 0), "WARC-Filename"), ==, "a.warc.gz");
  warc_assert_response (records, "/one", 200, "/one", NULL);
  warc_assert_response (records, "/left", 200, "", NULL);
  warc_assert_response (records, "/two", 200, "/two", NULL);
  g_assert_cmpstr (warc_get (warc_find (records, "response", "/two"), "WARC-Date"), ==,
                   "2026-11-27T12:00:00.123456Z");
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  close_writer (open_writer (fixture));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* Wherever a program was killed in the second exchange, the first stays and half a record goes. */
static void
test_half_record (Fixture *fixture, gconstpointer data)
{
  MillWarcWriter *writer = open_writer (fixture);
  g_autofree char *contents = NULL;
  gsize first, whole;
  guint n_responses = 0, n_lengths = 0;

  write_path (writer, "/one");
  g_assert_true (g_file_get_contents (fixture->path, &contents, &first, NULL));
  g_free (g_steal_pointer (&contents));
  write_path (writer, "/two");
  close_writer (writer);
  g_assert_true (g_file_get_contents (fixture->path, &contents, &whole, NULL));
  for (gsize length = first + 1; length < whole; length += 7)
    {
      g_autoptr (GPtrArray) records = NULL;

      g_assert_true (g_file_set_contents (fixture->path, contents, (gssize) length, NULL));
      writer = open_writer (fixture);
      write_path (writer, "/three");
      close_writer (writer);
      records = warc_read (fixture->path);
      warc_assert_response (records, "/one", 200, "/one", NULL);
      warc_assert_response (records, "/three", 200, "/three", NULL);
      g_assert_null (warc_find (records, "request", "/two"));
      n_responses += warc_count (records, "response", "/two");
      n_lengths++;
    }
  g_assert_cmpuint (n_responses, >, 0);
  g_assert_cmpuint (n_responses, <, n_lengths);
}

static void
assert_refused (Fixture *fixture, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize size_before, size_after;

  g_assert_true (g_file_get_contents (fixture->path, &before, &size_before, NULL));
  g_assert_null (mill_warc_writer_new (fixture->path, FIELDS, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, "a.warc.gz"));
  g_assert_true (g_file_get_contents (fixture->path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size_before, after, size_after);
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  static const guint8 gzip_of_x[] = { 0x1f, 0x8b, 8,    0,    0,    0,    0, 0, 0, 3,
                                      0xab, 0,    0x83, 0x16, 0xdc, 0x8c, 1, 0, 0, 0 };

  g_assert_true (g_file_set_contents (fixture->path, "my diary", -1, NULL));
  assert_refused (fixture, "is no archive");
  g_assert_true (g_file_set_contents (fixture->path, (const char *) gzip_of_x, sizeof gzip_of_x, NULL));
  assert_refused (fixture, "is no archive");
}

static void
test_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.warc", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (mill_warc_writer_new (path, FIELDS, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, ".warc.gz"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  MillWarcWriter *writer = open_writer (fixture);

  g_assert_null (mill_warc_writer_new (fixture->path, FIELDS, &error));
  g_assert_nonnull (strstr (error->message, "another crawl"));
  close_writer (writer);
  close_writer (open_writer (fixture));
}

/* A record in the middle is damaged: what is behind it might be lost, so nothing is touched. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  MillWarcWriter *writer = open_writer (fixture);
  g_autofree char *contents = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  gsize first, size, size_after;

  write_path (writer, "/one");
  g_assert_true (g_file_get_contents (fixture->path, &contents, &first, NULL));
  g_free (g_steal_pointer (&contents));
  write_path (writer, "/two");
  write_path (writer, "/three");
  close_writer (writer);
  g_assert_true (g_file_get_contents (fixture->path, &contents, &size, NULL));
  memset (contents + first + 40, 0xff, 20);
  g_assert_true (g_file_set_contents (fixture->path, contents, (gssize) size, NULL));
  writer = open_writer (fixture);
  g_assert_false (write_one (writer, make_exchange ("/four", NULL), NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_FATAL);
  g_assert_nonnull (strstr (error->message, "is damaged"));
  mill_warc_writer_unref (writer);
  g_assert_true (g_file_get_contents (fixture->path, &after, &size_after, NULL));
  g_assert_cmpmem (contents, size, after, size_after);
}

/* Random bytes, which no compressor makes smaller. */
static GBytes *
noise (gsize size)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int (random);
  return g_bytes_new_take (data, size);
}

/* The disk is full after some exchanges: they stay, and nothing comes after them. */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  MillWarcWriter *writer = open_writer (fixture);
  struct rlimit unlimited, limited;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_autoptr (GError) at_close = NULL;
  g_autoptr (GPtrArray) records = NULL;

  write_path (writer, "/one");
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  limited = unlimited;
  limited.rlim_cur = 1024 * 1024;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limited), ==, 0);
  write_path (writer, "/two");
  g_assert_false (write_one (writer, make_exchange ("/large", noise (2 * 1024 * 1024)), NULL, &error));
  g_assert_false (write_one (writer, make_exchange ("/small", NULL), NULL, &again));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  g_assert_error (error, MILL_ERROR, MILL_ERROR_FATAL);
  g_assert_nonnull (strstr (error->message, "cannot be written"));
  g_assert_cmpstr (again->message, ==, error->message);
  g_assert_false (mill_warc_writer_close (writer, &at_close));
  g_assert_cmpstr (at_close->message, ==, error->message);
  mill_warc_writer_unref (writer);
  records = warc_read (fixture->path);
  g_assert_cmpuint (records->len, ==, 1 + 2 * 2);
}

static void
test_too_late (Fixture *fixture, gconstpointer data)
{
  MillWarcWriter *writer = open_writer (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_true (mill_warc_writer_close (writer, NULL));
  g_assert_false (write_one (writer, make_exchange ("/late", NULL), NULL, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_STATE);
  mill_warc_writer_leave (writer, make_exchange ("/left", NULL));
  mill_warc_writer_unref (writer);
}

typedef struct
{
  MillWarcWriter *writer; /* (unowned) */
  guint number;
  gboolean cancels;
  guint n_written;
} Author;

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  g_object_unref (cancellable);
  return NULL;
}

static gpointer
author_thread (gpointer data)
{
  Author *author = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < N_WRITES; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autofree char *path = g_strdup_printf ("/%u/%u", author->number, i);
      g_autoptr (GError) error = NULL;
      GThread *canceller = NULL;

      if (author->cancels && i % 4 == 0)
        canceller = g_thread_new ("cancel", cancel_thread, g_object_ref (cancellable));
      if (write_one (author->writer, make_exchange (path, text_bytes (path)), cancellable, &error))
        author->n_written++;
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_pointer (&canceller, g_thread_join);
    }
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* Several loops at once, some of whose waits are cancelled at any moment: what was said to be written is. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  MillWarcWriter *writer = open_writer (fixture);
  Author authors[N_THREADS];
  GThread *threads[N_THREADS];
  g_autoptr (GPtrArray) records = NULL;

  for (guint i = 0; i < N_THREADS; i++)
    {
      authors[i] = (Author){ writer, i, i % 2 == 1, 0 };
      threads[i] = g_thread_new ("author", author_thread, &authors[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  close_writer (writer);
  records = warc_read (fixture->path);
  for (guint i = 0; i < N_THREADS; i++)
    {
      guint n_found = 0;

      for (guint j = 0; j < N_WRITES; j++)
        {
          g_autofree char *suffix = g_strdup_printf (":80/%u/%u", i, j);

          n_found += warc_count (records, "response", suffix);
        }
      if (authors[i].cancels)
        g_assert_cmpuint (n_found, >=, authors[i].n_written);
      else
        g_assert_cmpuint (n_found, ==, N_WRITES);
      g_assert_cmpuint (authors[i].n_written, >=, authors[i].cancels ? N_WRITES / 4 * 3 : N_WRITES);
    }
}

/* One that had been cancelled before is not even begun, unless its turn comes at once. */
static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  MillWarcWriter *writer = open_writer (fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = NULL;
  gboolean written;

  g_cancellable_cancel (cancellable);
  written = write_one (writer, make_exchange ("/cancelled", NULL), cancellable, &error);
  g_assert_true (written || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  write_path (writer, "/next");
  close_writer (writer);
  records = warc_read (fixture->path);
  if (written)
    g_assert_cmpuint (warc_count (records, "response", "/cancelled"), ==, 1);
  g_assert_cmpuint (warc_count (records, "response", "/next"), ==, 1);
}

#define ADD(name, func) g_test_add ("/warc-writer/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("goes-on", test_goes_on);
  ADD ("nothing", test_nothing);
  ADD ("half-record", test_half_record);
  ADD ("foreign", test_foreign);
  ADD ("name", test_name);
  ADD ("in-use", test_in_use);
  ADD ("damaged", test_damaged);
  ADD ("full-disk", test_full_disk);
  ADD ("too-late", test_too_late);
  ADD ("many", test_many);
  ADD ("cancelled-before", test_cancelled_before);
  return g_test_run ();
}
