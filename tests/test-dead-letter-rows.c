/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDeadLetterRows: what it reads from a file, and what it says of a file that cannot be read. */

#include "config.h"

#include <glib/gstdio.h>

#include "core/mill-error.h"
#include "mill-dead-letter-rows.h"
#include "record/mill-item-rows-private.h"
#include "record/mill-run-file-private.h"

typedef struct
{
  char *folder;             /* (owned) */
  char *path;               /* (owned) */
  MillDeadLetterRows *rows; /* (owned) */
  guint n_told;
} Fixture;

static void
status_cb (Fixture *fixture)
{
  fixture->n_told++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("millrace-letters-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
  fixture->rows = mill_dead_letter_rows_new ();
  g_signal_connect_swapped (fixture->rows, "status", G_CALLBACK (status_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer rows = fixture->rows;

  /* A file that is being read holds it. */
  g_object_add_weak_pointer (rows, &rows);
  g_object_unref (fixture->rows);
  while (rows != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static guint
get_n (Fixture *fixture)
{
  return g_list_model_get_n_items (mill_dead_letter_rows_get_model (fixture->rows));
}

static void
read_file (Fixture *fixture)
{
  mill_dead_letter_rows_read (fixture->rows, fixture->path);
  g_assert_true (mill_dead_letter_rows_is_reading (fixture->rows));
  while (mill_dead_letter_rows_is_reading (fixture->rows))
    g_main_context_iteration (NULL, TRUE);
}

static void
write_nonsense (Fixture *fixture)
{
  g_assert_true (g_file_set_contents (fixture->path, "no run file", -1, NULL));
}

static void
put (MillRunFile *file, guint64 number, const char *key, MillOutcome outcome)
{
  g_autoptr (MillItem) item = mill_item_new (number, key);
  g_autoptr (GError) error = g_error_new_literal (MILL_ERROR, MILL_ERROR_HTTP, "it broke");

  mill_item_rows_put (file, item, outcome, outcome == MILL_OUTCOME_DEAD ? error : NULL);
}

static void
test_read (Fixture *fixture, gconstpointer data)
{
  MillRunFile *file = mill_run_file_create (fixture->path, NULL);
  g_autoptr (MillItemRow) row = NULL;

  put (file, 1, "good", MILL_OUTCOME_DONE);
  put (file, 2, "bad", MILL_OUTCOME_DEAD);
  mill_run_file_commit (file);
  read_file (fixture);
  g_assert_cmpuint (fixture->n_told, ==, 1);
  g_assert_cmpstr (mill_dead_letter_rows_get_error (fixture->rows), ==, NULL);
  g_assert_cmpuint (get_n (fixture), ==, 1);
  row = g_list_model_get_item (mill_dead_letter_rows_get_model (fixture->rows), 0);
  g_assert_cmpstr (mill_item_row_get_key (row), ==, "bad");
  g_assert_true (mill_run_file_close (file, NULL));
  mill_run_file_discard (file, fixture->path);
  mill_run_file_unref (file);
}

/* That is not the same as no letters. */
static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  write_nonsense (fixture);
  read_file (fixture);
  g_assert_cmpuint (fixture->n_told, ==, 1);
  g_assert_nonnull (mill_dead_letter_rows_get_error (fixture->rows));
  g_assert_cmpuint (get_n (fixture), ==, 0);

  mill_dead_letter_rows_clear (fixture->rows);
  g_assert_cmpstr (mill_dead_letter_rows_get_error (fixture->rows), ==, NULL);
}

/* What comes of it then, nobody is told. */
static void
test_cleared_while_reading (Fixture *fixture, gconstpointer data)
{
  gpointer rows = fixture->rows;

  write_nonsense (fixture);
  mill_dead_letter_rows_read (fixture->rows, fixture->path);
  mill_dead_letter_rows_clear (fixture->rows);
  g_assert_false (mill_dead_letter_rows_is_reading (fixture->rows));
  while (G_OBJECT (rows)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_told, ==, 0);
  g_assert_cmpstr (mill_dead_letter_rows_get_error (fixture->rows), ==, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/dead-letter-rows/read", test_read);
  ADD ("/dead-letter-rows/unreadable", test_unreadable);
  ADD ("/dead-letter-rows/cleared-while-reading", test_cleared_while_reading);

  return g_test_run ();
}
