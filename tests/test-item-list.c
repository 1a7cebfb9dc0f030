/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemList and MillItemFile: each sentence of their contracts, and SQLite asked the same in its own
 * words. */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "mill-item-list.h"
#include "record/mill-item-rows-private.h"
#include "record/mill-run-file-private.h"

#define N_MANY 100000

/* As of version 3, and as of version 2. */
#define COLUMNS                                                                                              \
  "outcome TEXT NOT NULL, finished TEXT NOT NULL, attempts INTEGER NOT NULL, status INTEGER, type TEXT,"     \
  " bytes INTEGER, error TEXT, fetch_ms REAL"
#define WITH_ROWIDS                                                                                          \
  "CREATE TABLE item (key TEXT NOT NULL PRIMARY KEY, " COLUMNS ", latency_ms REAL, stage TEXT, result TEXT)"
#define WITHOUT_ROWIDS "CREATE TABLE item (key TEXT PRIMARY KEY, " COLUMNS ") WITHOUT ROWID"

typedef struct
{
  char *folder;       /* (owned) */
  char *path;         /* (owned) */
  sqlite3 *db;        /* (owned): writes, as the recorder does */
  MillItemList *list; /* (owned) */
  guint position;     /* of the last change, */
  guint removed;      /* in all of them */
  guint added;
  guint n_changes;
  guint n_changing;
} Fixture;

static void
run_sql (Fixture *fixture, const char *sql)
{
  char *message = NULL;

  sqlite3_exec (fixture->db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

static void
items_changed_cb (Fixture *fixture, guint position, guint removed, guint added)
{
  fixture->position = position;
  fixture->removed += removed;
  fixture->added += added;
  fixture->n_changes++;
}

static void
changing_cb (Fixture *fixture)
{
  fixture->n_changing++;
}

/* @data: the table's SQL */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("millrace-items-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "run.sqlite", NULL);
  g_assert_cmpint (sqlite3_open (fixture->path, &fixture->db), ==, SQLITE_OK);
  run_sql (fixture, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
  run_sql (fixture, data);
  fixture->list = mill_item_list_new ();
  g_signal_connect_swapped (fixture->list, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  g_signal_connect_swapped (fixture->list, "changing", G_CALLBACK (changing_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  gpointer list = fixture->list;

  /* A job that is at work holds it. */
  g_object_add_weak_pointer (list, &list);
  mill_item_list_set_path (fixture->list, NULL);
  g_object_unref (fixture->list);
  while (list != NULL)
    g_main_context_iteration (NULL, TRUE);
  sqlite3_close (fixture->db);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (fixture->path, suffixes[i], NULL);

      g_chmod (fixture->folder, 0700);
      g_remove (name);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
wait_while_busy (Fixture *fixture)
{
  while (mill_item_list_is_busy (fixture->list))
    g_main_context_iteration (NULL, TRUE);
}

static void
ask (Fixture *fixture, MillItemSort sort, gboolean is_descending, const char *outcome, const char *text)
{
  const MillItemQuery query = { sort, is_descending, (char *) outcome, (char *) text };

  mill_item_list_set_query (fixture->list, &query);
  wait_while_busy (fixture);
  g_assert_cmpstr (mill_item_list_get_error (fixture->list), ==, NULL);
}

static void
open_list (Fixture *fixture)
{
  mill_item_list_set_path (fixture->list, fixture->path);
  wait_while_busy (fixture);
}

static guint
get_n (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->list));
}

static void
assert_keys (Fixture *fixture, const char *wanted)
{
  g_autoptr (GString) keys = g_string_new (NULL);

  for (guint i = 0; i < get_n (fixture); i++)
    {
      g_autoptr (MillItemRow) row = g_list_model_get_item (G_LIST_MODEL (fixture->list), i);

      g_string_append_printf (keys, "%s%s", i > 0 ? " " : "", mill_item_row_get_key (row));
    }
  g_assert_cmpstr (keys->str, ==, wanted);
}

/* Looks for new items until there are so many. */
static void
poll_until (Fixture *fixture, guint64 n_total)
{
  while (mill_item_list_get_total (fixture->list) != n_total)
    {
      mill_item_list_poll (fixture->list);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
put_few (Fixture *fixture)
{
  run_sql (fixture,
           "INSERT INTO item (key, outcome, finished, attempts, status, type, bytes, error, fetch_ms) VALUES"
           " ('m', 'done', '2026-11-27 12:00:01.000', 1, 200, 'text/html; charset=utf-8', 2048, NULL, 30),"
           " ('B', 'dead', '2026-11-27 12:00:02.000', 3, NULL, NULL, NULL, 'timed out', NULL),"
           " ('a%z', 'done', '2026-11-27 12:00:03.000', 1, 200, 'image/png', 10, NULL, 10),"
           " ('c_z', 'returned', '2026-11-27 12:00:04.000', 2, 404, NULL, 0, NULL, 20)");
}

/* In both versions: the natural order, each sort both ways, both filters, and back. */
static void
test_orders (Fixture *fixture, gconstpointer data)
{
  put_few (fixture);
  open_list (fixture);
  assert_keys (fixture, "m B a%z c_z");
  ask (fixture, MILL_ITEM_SORT_KEY, FALSE, NULL, NULL);
  assert_keys (fixture, "B a%z c_z m");
  ask (fixture, MILL_ITEM_SORT_KEY, TRUE, NULL, NULL);
  assert_keys (fixture, "m c_z a%z B");
  ask (fixture, MILL_ITEM_SORT_LATENCY, FALSE, NULL, NULL);
  assert_keys (fixture, "a%z c_z m B");
  /* What is not known comes last both ways. */
  ask (fixture, MILL_ITEM_SORT_LATENCY, TRUE, NULL, NULL);
  assert_keys (fixture, "m c_z a%z B");
  ask (fixture, MILL_ITEM_SORT_ATTEMPTS, TRUE, NULL, NULL);
  g_assert_cmpuint (get_n (fixture), ==, 4);
  ask (fixture, MILL_ITEM_SORT_STATE, FALSE, NULL, NULL);
  g_assert_cmpuint (get_n (fixture), ==, 4);
  ask (fixture, MILL_ITEM_SORT_SETTLED, TRUE, NULL, NULL);
  assert_keys (fixture, "c_z a%z B m");
  ask (fixture, MILL_ITEM_SORT_RESULT, TRUE, NULL, NULL);
  g_assert_cmpuint (get_n (fixture), ==, 4);

  ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, "done", NULL);
  assert_keys (fixture, "m a%z");
  g_assert_cmpuint (mill_item_list_get_total (fixture->list), ==, 4);
  /* The text is not a pattern, and capitals do not matter. */
  ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, NULL, "%");
  assert_keys (fixture, "a%z");
  ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, NULL, "_Z");
  assert_keys (fixture, "c_z");
  ask (fixture, MILL_ITEM_SORT_KEY, TRUE, "done", "Z");
  assert_keys (fixture, "a%z");
  ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, "dead", "z");
  assert_keys (fixture, "");
  g_assert_cmpuint (mill_item_list_get_total (fixture->list), ==, 4);
  ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, NULL, NULL);
  assert_keys (fixture, "m B a%z c_z");
}

static MillItemRow *
get_row (Fixture *fixture, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (fixture->list), position);
}

static void
test_rows_and_fields (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillItemRow) page = NULL, dead = NULL;
  g_autoptr (GPtrArray) fields = NULL;
  g_autoptr (GDateTime) time = NULL;

  put_few (fixture);
  open_list (fixture);
  page = get_row (fixture, 0);
  g_assert_cmpstr (mill_item_row_get_result (page), ==, "200 · text/html · 2.0\302\240kB");
  g_assert_cmpstr (mill_item_row_get_outcome (page), ==, "done");
  g_assert_cmpfloat_with_epsilon (mill_item_row_get_latency_ms (page), 30, 1e-9);
  g_assert_false (mill_item_row_is_address (page));
  time = mill_item_row_dup_finished (page);
  g_assert_cmpint (g_date_time_to_unix (time), ==, 1795780801);
  dead = get_row (fixture, 1);
  g_assert_cmpstr (mill_item_row_get_result (dead), ==, "timed out");
  g_assert_true (mill_item_row_get_latency_ms (dead) < 0);
  g_assert_cmpint (mill_item_row_get_attempts (dead), ==, 3);
  g_assert_cmpuint (mill_item_list_find (fixture->list, dead), ==, 1);

  fields = mill_item_list_read_fields (fixture->list, dead);
  g_assert_cmpuint (fields->len, ==, 5);
  g_assert_cmpstr (((MillItemField *) g_ptr_array_index (fields, 0))->name, ==, "key");
  g_assert_cmpstr (((MillItemField *) g_ptr_array_index (fields, 0))->value, ==, "B");
}

/* New items come at the end, and what was there is not touched. */
static void
test_growing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillItemRow) first = NULL, again = NULL;

  put_few (fixture);
  open_list (fixture);
  first = get_row (fixture, 0);
  fixture->removed = fixture->added = fixture->n_changes = 0;
  run_sql (fixture,
           "INSERT INTO item (key, outcome, finished, attempts) VALUES ('aa', 'done', '2026-11-28', 1),"
           " ('zz', 'dead', '2026-11-29', 1)");
  poll_until (fixture, 6);
  assert_keys (fixture, "m B a%z c_z aa zz");
  g_assert_cmpuint (fixture->position, ==, 4);
  g_assert_cmpuint (fixture->removed, ==, 0);
  g_assert_cmpuint (fixture->added, ==, 2);
  g_assert_cmpuint (fixture->n_changing, ==, 0);
  again = get_row (fixture, 0);
  g_assert_cmpstr (mill_item_row_get_key (again), ==, mill_item_row_get_key (first));

  /* Among those that are asked for. */
  ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, "dead", NULL);
  assert_keys (fixture, "B zz");
  run_sql (fixture,
           "INSERT INTO item (key, outcome, finished, attempts) VALUES ('d', 'dead', '2026-11-30', 1),"
           " ('e', 'done', '2026-11-30', 1)");
  poll_until (fixture, 8);
  assert_keys (fixture, "B zz d");

  /* In another order, where they belong. */
  ask (fixture, MILL_ITEM_SORT_KEY, FALSE, "dead", NULL);
  run_sql (fixture,
           "INSERT INTO item (key, outcome, finished, attempts) VALUES ('c', 'dead', '2026-12-01', 1)");
  poll_until (fixture, 9);
  assert_keys (fixture, "B c d zz");
}

/* A row that is replaced has a new number; the list finds out when it reads the old one. */
static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  put_few (fixture);
  open_list (fixture);
  run_sql (fixture, "INSERT OR REPLACE INTO item (key, outcome, finished, attempts)"
                    " VALUES ('B', 'done', '2026-11-28', 1)");
  poll_until (fixture, 5); /* the old one still counts */
  assert_keys (fixture, "m  a%z c_z B");
  poll_until (fixture, 4);
  assert_keys (fixture, "m a%z c_z B");
  g_assert_cmpuint (fixture->n_changing, ==, 1);
}

/* What is asked for before the answer to the last question is there, is answered; the last question counts.
 */
static void
test_late_results (Fixture *fixture, gconstpointer data)
{
  const MillItemQuery up = { MILL_ITEM_SORT_KEY, FALSE, NULL, NULL };
  const MillItemQuery down = { MILL_ITEM_SORT_KEY, TRUE, NULL, NULL };

  put_few (fixture);
  open_list (fixture);
  fixture->n_changes = 0;
  for (guint i = 0; i < 5; i++)
    {
      mill_item_list_set_query (fixture->list, &up);
      mill_item_list_set_query (fixture->list, &down);
    }
  assert_keys (fixture, "m B a%z c_z");
  wait_while_busy (fixture);
  assert_keys (fixture, "m c_z a%z B");
  g_assert_cmpuint (fixture->n_changes, ==, 1);

  /* Of a file that is not looked at any more, nothing comes. */
  mill_item_list_set_query (fixture->list, &up);
  mill_item_list_set_path (fixture->list, NULL);
  g_assert_cmpuint (get_n (fixture), ==, 0);
  g_assert_false (mill_item_list_is_busy (fixture->list));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (get_n (fixture), ==, 0);
}

/* Whatever a stranger has put into the cells. */
static void
test_odd_values (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillItemRow) odd = NULL, large = NULL, huge = NULL;
  g_autoptr (GPtrArray) fields = NULL;

  run_sql (fixture,
           "INSERT INTO item (key, outcome, finished, attempts, latency_ms, result) VALUES"
           " (CAST (x'61ff0a62' AS TEXT), x'c328', 7.5, 'often', 'slow', x'00'),"
           " ('http://h/' || replace (hex (zeroblob (5000)), '0', 'ä'), 'done', 'soon', -3, 9e999, ''),"
           " (replace (hex (zeroblob (600000)), '0', 'x'), 'done', '', 1, 1, NULL)");
  open_list (fixture);
  g_assert_cmpuint (get_n (fixture), ==, 3);
  odd = get_row (fixture, 0);
  g_assert_cmpstr (mill_item_row_get_title (odd), ==, "a\357\277\275 b");
  g_assert_true (mill_item_row_get_latency_ms (odd) < 0);
  g_assert_cmpint (mill_item_row_get_attempts (odd), ==, 0);
  g_assert_null (mill_item_row_dup_finished (odd));
  fields = mill_item_list_read_fields (fixture->list, odd);
  g_assert_cmpuint (fields->len, >, 3);
  for (guint i = 0; i < fields->len; i++)
    g_assert_true (g_utf8_validate (((MillItemField *) g_ptr_array_index (fields, i))->value, -1, NULL));

  large = get_row (fixture, 1);
  g_assert_true (g_utf8_validate (mill_item_row_get_title (large), -1, NULL));
  g_assert_cmpuint (strlen (mill_item_row_get_title (large)), <=, MILL_ITEM_ROW_MAX_TEXT + strlen ("…"));
  g_assert_cmpuint (strlen (mill_item_row_get_key (large)), >, MILL_ITEM_ROW_MAX_TEXT);
  g_assert_null (mill_item_row_dup_finished (large));
  g_assert_true (mill_item_row_get_latency_ms (large) < 0);

  huge = get_row (fixture, 2);
  g_assert_null (mill_item_row_get_outcome (huge));
  ask (fixture, MILL_ITEM_SORT_LATENCY, TRUE, NULL, NULL);
  g_assert_cmpuint (get_n (fixture), ==, 3);
}

static void
test_no_items (Fixture *fixture, gconstpointer data)
{
  mill_item_list_set_path (fixture->list, "/nowhere/at/all");
  wait_while_busy (fixture);
  g_assert_nonnull (mill_item_list_get_error (fixture->list));
  g_assert_cmpuint (get_n (fixture), ==, 0);

  open_list (fixture);
  g_assert_nonnull (strstr (mill_item_list_get_error (fixture->list), "item"));
  g_assert_false (mill_item_list_is_read (fixture->list));

  g_assert_true (
      g_file_set_contents (fixture->path, "This is no database at all, whatever it is called.", -1, NULL));
  mill_item_list_set_path (fixture->list, NULL);
  open_list (fixture);
  g_assert_nonnull (mill_item_list_get_error (fixture->list));
}

/* What the recorder writes now, whichever version that is. */
static void
test_of_the_recorder (void)
{
  g_autofree char *folder = g_dir_make_tmp ("millrace-items-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.sqlite", NULL);
  MillRunFile *file = mill_run_file_create (path, NULL);
  Fixture fixture = { .path = path, .list = mill_item_list_new () };
  g_autoptr (MillItem) item = mill_item_new (1, "http://h/a");
  g_autoptr (MillItemRow) row = NULL;

  mill_item_set_attribute (item, "status", "200");
  mill_item_rows_put (file, item, MILL_OUTCOME_DONE, NULL);
  mill_run_file_commit (file);
  open_list (&fixture);
  assert_keys (&fixture, "http://h/a");
  row = get_row (&fixture, 0);
  g_assert_true (mill_item_row_is_address (row));
  g_assert_true (g_str_has_prefix (mill_item_row_get_result (row), "200"));
  g_assert_nonnull (mill_item_row_get_outcome (row));
  mill_item_list_set_path (fixture.list, NULL);
  g_object_unref (fixture.list);
  g_assert_true (mill_run_file_close (file, NULL));
  mill_run_file_discard (file, path);
  mill_run_file_unref (file);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* The list beside a plain query, row by row. */
static void
compare (Fixture *fixture, const char *sql)
{
  sqlite3_stmt *query = NULL;
  guint i = 0;

  g_assert_cmpint (sqlite3_prepare_v2 (fixture->db, sql, -1, &query, NULL), ==, SQLITE_OK);
  for (; sqlite3_step (query) == SQLITE_ROW; i++)
    {
      g_autoptr (MillItemRow) row = get_row (fixture, i);

      g_assert_cmpstr (mill_item_row_get_key (row), ==, (const char *) sqlite3_column_text (query, 0));
    }
  g_assert_cmpuint (i, ==, get_n (fixture));
  g_assert_cmpuint (i, >, 0);
  sqlite3_finalize (query);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
      " INSERT INTO item (key, outcome, finished, attempts, latency_ms, error)"
      " SELECT printf ('item-%%06d', i * 7919 %% 100003), CASE WHEN i %% 10 = 0 THEN 'dead' ELSE 'done' END,"
      " '2026-11-27', 1 + i %% 3, CASE WHEN i %% 5 = 0 THEN NULL ELSE i * 31 %% 9973 END, NULL FROM n",
      N_MANY);

  run_sql (fixture, sql);
  open_list (fixture);
  compare (fixture, "SELECT key FROM item ORDER BY rowid");
  ask (fixture, MILL_ITEM_SORT_LATENCY, TRUE, NULL, NULL);
  compare (fixture, "SELECT key FROM item ORDER BY latency_ms DESC, rowid");
  ask (fixture, MILL_ITEM_SORT_LATENCY, FALSE, "dead", "9");
  compare (fixture, "SELECT key FROM item WHERE outcome = 'dead' AND instr (key, '9')"
                    " ORDER BY latency_ms IS NULL, latency_ms, rowid");
  ask (fixture, MILL_ITEM_SORT_STATE, TRUE, NULL, NULL);
  compare (fixture, "SELECT key FROM item ORDER BY outcome DESC, rowid");
}

/* Numbers that are missing, and such as lie far apart, up and down. */
static void
test_gaps (Fixture *fixture, gconstpointer data)
{
  static const char *const changes[] = {
    "DELETE FROM item WHERE rowid % 3 = 1 OR rowid IN (2, 20) OR rowid > 990",
    "UPDATE item SET rowid = rowid + 5000 WHERE rowid BETWEEN 100 AND 200",
    "UPDATE item SET rowid = 9223372036854775806 WHERE rowid = 5",
    "UPDATE item SET rowid = -9 WHERE rowid = 6",
  };

  run_sql (fixture, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                    " INSERT INTO item (key, outcome, finished, attempts)"
                    " SELECT i * 7919 % 100003, 'done', '2026-11-27', 1 FROM n");
  open_list (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      run_sql (fixture, changes[i]);
      ask (fixture, MILL_ITEM_SORT_SETTLED, TRUE, NULL, NULL);
      compare (fixture, "SELECT key FROM item ORDER BY rowid DESC");
      ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, NULL, NULL);
      compare (fixture, "SELECT key FROM item ORDER BY rowid");
    }
  run_sql (fixture, "DELETE FROM item");
  ask (fixture, MILL_ITEM_SORT_SETTLED, FALSE, NULL, NULL);
  g_assert_cmpuint (get_n (fixture), ==, 0);
}

/* Of very many, those whose numbers are there or lie between are shown at once. */
static void
test_guessed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
      " INSERT INTO item (key, outcome, finished, attempts) SELECT i, 'done', '2026-11-27', 1 FROM n",
      N_MANY);

  run_sql (fixture, sql);
  open_list (fixture);
  compare (fixture, "SELECT key FROM item ORDER BY rowid");
  g_assert_cmpuint (fixture->n_changes, ==, 1);

  mill_item_list_set_path (fixture->list, NULL);
  run_sql (fixture, "DELETE FROM item WHERE rowid IN (3, 99990)");
  open_list (fixture);
  compare (fixture, "SELECT key FROM item ORDER BY rowid");
  g_assert_cmpuint (mill_item_list_get_total (fixture->list), ==, N_MANY - 2);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(path, sql, func) g_test_add (path, Fixture, sql, set_up, func, tear_down)
  ADD ("/item-list/orders", WITH_ROWIDS, test_orders);
  ADD ("/item-list/orders-by-key", WITHOUT_ROWIDS, test_orders);
  ADD ("/item-list/rows-and-fields", WITH_ROWIDS, test_rows_and_fields);
  ADD ("/item-list/rows-and-fields-by-key", WITHOUT_ROWIDS, test_rows_and_fields);
  ADD ("/item-list/growing", WITH_ROWIDS, test_growing);
  ADD ("/item-list/growing-by-key", WITHOUT_ROWIDS, test_growing);
  ADD ("/item-list/replaced", WITH_ROWIDS, test_replaced);
  ADD ("/item-list/late-results", WITH_ROWIDS, test_late_results);
  ADD ("/item-list/odd-values", WITH_ROWIDS, test_odd_values);
  ADD ("/item-list/no-items", "CREATE TABLE other (key)", test_no_items);
  ADD ("/item-list/many", WITH_ROWIDS, test_many);
  ADD ("/item-list/gaps", WITH_ROWIDS, test_gaps);
  ADD ("/item-list/guessed", WITH_ROWIDS, test_guessed);
  g_test_add_func ("/item-list/of-the-recorder", test_of_the_recorder);

  return g_test_run ();
}
