/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemFile: one SQLite connection of its own. Numbers are sorted here, which takes a fraction of what it
 * takes SQLite; texts by SQLite, which does not keep them in memory. */

#include "config.h"

#include "mill-item-file.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "mill-item-entries.h"

#define MAX_VALUE    (1024 * 1024) /* bytes of one that is read */
#define MAX_FIELD    4096          /* bytes of one that is shown */
#define BUSY_MS      200
#define STEPS_A_LOOK 20000 /* of SQLite's machine, between two looks at a cancellable */
#define MIN_GUESSED  50000 /* items, before their order is guessed */
#define MIN_ROW      32    /* bytes that an item takes at least in a file */
#define MAX_SPREAD   16    /* numbers for each item, of which it is noted whether they are an item's */

struct _MillItemFile
{
  sqlite3 *db;         /* (owned) */
  GHashTable *columns; /* (owned): a set of the names of those that there are */
  gboolean has_rowids;
  sqlite3_stmt *read; /* (owned): one item */
  sqlite3_stmt *last; /* (owned) (nullable): the last rowid; NULL without rowids */
};

void
mill_item_query_copy (const MillItemQuery *self, MillItemQuery *copy)
{
  *copy = *self;
  copy->outcome = g_strdup (self->outcome);
  copy->text = g_strdup (self->text);
}

void
mill_item_query_clear (MillItemQuery *self)
{
  g_clear_pointer (&self->outcome, g_free);
  g_clear_pointer (&self->text, g_free);
}

void
mill_item_order_free (MillItemOrder *self)
{
  g_clear_pointer (&self->rowids, g_array_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_free (self);
}

guint
mill_item_order_get_length (const MillItemOrder *self)
{
  return self->rowids != NULL ? self->rowids->len : self->keys->len;
}

/**
 * mill_item_order_is_same:
 *
 * Returns: whether two orders of one file have the same item at these places
 */
gboolean
mill_item_order_is_same (const MillItemOrder *self, guint index, const MillItemOrder *other,
                         guint other_index)
{
  if (self->rowids != NULL && other->rowids != NULL)
    return g_array_index (self->rowids, gint64, index) == g_array_index (other->rowids, gint64, other_index);
  return self->keys != NULL && other->keys != NULL &&
         g_str_equal (g_ptr_array_index (self->keys, index), g_ptr_array_index (other->keys, other_index));
}

void
mill_item_field_free (MillItemField *self)
{
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static void
set_error (MillItemFile *self, GError **error)
{
  g_autofree char *message = g_utf8_make_valid (sqlite3_errmsg (self->db), -1);

  if ((sqlite3_errcode (self->db) & 0xff) == SQLITE_INTERRUPT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, message);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, message);
}

static void
close_database (MillItemFile *self)
{
  g_clear_pointer (&self->read, sqlite3_finalize);
  g_clear_pointer (&self->last, sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close);
}

static gboolean
connect_to (MillItemFile *self, const char *name, int flags)
{
  const int all_flags = flags | SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

  if (sqlite3_open_v2 (name, &self->db, all_flags, NULL) != SQLITE_OK)
    return FALSE;
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_limit (self->db, SQLITE_LIMIT_LENGTH, MAX_VALUE);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  return sqlite3_exec (self->db, "PRAGMA cache_size = -16384; SELECT count (*) FROM sqlite_schema", NULL,
                       NULL, NULL) == SQLITE_OK;
}

/* One that is finished may lie where SQLite cannot make the files it wants beside it. */
static gboolean
connect_to_unchanging (MillItemFile *self, const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *uri = NULL, *unchanging = NULL;
  int code = sqlite3_errcode (self->db) & 0xff;

  if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || g_access (log, F_OK) == 0)
    return FALSE;
  close_database (self);
  uri = g_filename_to_uri (absolute, NULL, NULL);
  unchanging = g_strconcat (uri, "?immutable=1", NULL);
  return connect_to (self, unchanging, SQLITE_OPEN_URI);
}

static sqlite3_stmt *
prepare (MillItemFile *self, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);
  return statement;
}

static void
find_columns (MillItemFile *self)
{
  sqlite3_stmt *query = prepare (self, "SELECT lower (name) FROM pragma_table_info ('item')");

  while (sqlite3_step (query) == SQLITE_ROW)
    if (sqlite3_column_text (query, 0) != NULL)
      g_hash_table_add (self->columns, g_strdup ((const char *) sqlite3_column_text (query, 0)));
  sqlite3_finalize (query);
}

static gboolean
has_column (MillItemFile *self, const char *name)
{
  return g_hash_table_contains (self->columns, name);
}

/* The column, or in a file without it, nothing. */
static const char *
column (MillItemFile *self, const char *name)
{
  return has_column (self, name) ? name : "NULL";
}

/* (transfer full): what the item is found by, as SQL */
static char *
make_read_sql (MillItemFile *self)
{
  return g_strdup_printf (
      "SELECT key, %s, %s, coalesce (%s, %s), %s, %s, %s, %s, %s, %s, %s FROM item WHERE %s = ?",
      column (self, "outcome"), column (self, "attempts"), column (self, "latency_ms"),
      column (self, "fetch_ms"), column (self, "status"), column (self, "type"), column (self, "bytes"),
      column (self, "result"), column (self, "error"), column (self, "finished"), column (self, "stage"),
      self->has_rowids ? "rowid" : "key");
}

static gboolean
prepare_all (MillItemFile *self)
{
  g_autofree char *sql = NULL;

  find_columns (self);
  self->last = prepare (self, "SELECT max (rowid) FROM item");
  self->has_rowids = self->last != NULL;
  sql = make_read_sql (self);
  self->read = prepare (self, sql);
  return self->read != NULL;
}

/**
 * mill_item_file_open:
 * @path: a run file, which may be in use
 *
 * Returns: (transfer full) (nullable): its items, or %NULL with @error set
 */
MillItemFile *
mill_item_file_open (const char *path, GError **error)
{
  g_autoptr (MillItemFile) self = g_new0 (MillItemFile, 1);

  self->columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if ((connect_to (self, path, 0) || connect_to_unchanging (self, path)) && prepare_all (self))
    return g_steal_pointer (&self);
  set_error (self, error);
  return NULL;
}

void
mill_item_file_free (MillItemFile *self)
{
  close_database (self);
  g_hash_table_unref (self->columns);
  g_free (self);
}

/**
 * mill_item_file_get_last_rowid:
 *
 * Quick, however many items there are.
 *
 * Returns: the number of the item that was settled last; 0 if there is none, or they have no numbers, and -1
 * if it cannot be told now
 */
gint64
mill_item_file_get_last_rowid (MillItemFile *self)
{
  gint64 rowid = -1;

  if (self->last == NULL)
    return 0;
  if (sqlite3_step (self->last) == SQLITE_ROW)
    rowid = sqlite3_column_int64 (self->last, 0);
  sqlite3_reset (self->last);
  return rowid;
}

/* ---- order ----------------------------------------------------------------------------------------------
 */

static gboolean
is_numeric (MillItemSort sort)
{
  return sort == MILL_ITEM_SORT_ATTEMPTS || sort == MILL_ITEM_SORT_LATENCY;
}

/* (transfer full): what is compared, as SQL; "NULL" if they come in the right order by themselves */
static char *
make_value_sql (MillItemFile *self, MillItemSort sort)
{
  switch (sort)
    {
    case MILL_ITEM_SORT_STATE:
      return g_strdup (column (self, "outcome"));
    case MILL_ITEM_SORT_KEY:
      return g_strdup ("key");
    case MILL_ITEM_SORT_ATTEMPTS:
      return g_strdup (column (self, "attempts"));
    case MILL_ITEM_SORT_LATENCY:
      return g_strdup_printf ("coalesce (%s, %s)", column (self, "latency_ms"), column (self, "fetch_ms"));
    case MILL_ITEM_SORT_RESULT:
      return g_strdup_printf ("coalesce (%s, %s, %s || '')", column (self, "error"), column (self, "result"),
                              column (self, "status"));
    case MILL_ITEM_SORT_SETTLED:
    default:
      return g_strdup ("NULL");
    }
}

/* (transfer full): "" where the order is made here */
static char *
make_order_sql (MillItemFile *self, const MillItemQuery *query, const char *value)
{
  const char *place = self->has_rowids ? "rowid" : "key";
  const char *direction = query->is_descending ? " DESC" : "";

  if (is_numeric (query->sort) || (query->sort == MILL_ITEM_SORT_SETTLED && self->has_rowids))
    return g_strdup ("");
  if (query->sort == MILL_ITEM_SORT_SETTLED)
    return g_strdup_printf (" ORDER BY %s%s, key%s", column (self, "finished"), direction, direction);
  if (query->sort == MILL_ITEM_SORT_KEY) /* is never NULL, and has an index */
    return g_strdup_printf (" ORDER BY key%s", direction);
  return g_strdup_printf (" ORDER BY %s IS NULL, %s%s, %s", value, value, direction, place);
}

/* (transfer full): 1 for those that are asked for, as SQL with parameters 1 and 2 */
static char *
make_match_sql (MillItemFile *self, const MillItemQuery *query)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  if (query->outcome != NULL)
    g_string_append_printf (sql, "%s IS ?1", column (self, "outcome"));
  if (query->text != NULL)
    g_string_append_printf (sql, "%skey LIKE ?2 ESCAPE '\\'", sql->len > 0 ? " AND " : "");
  return g_strdup (sql->len > 0 ? sql->str : "1");
}

/* (transfer full): a pattern of what has @text in it */
static char *
make_pattern (const char *text)
{
  GString *pattern = g_string_new ("%");

  for (const char *c = text; *c != '\0'; c++)
    {
      if (strchr ("%_\\", *c) != NULL)
        g_string_append_c (pattern, '\\');
      g_string_append_c (pattern, *c);
    }
  g_string_append_c (pattern, '%');
  return g_string_free (pattern, FALSE);
}

static sqlite3_stmt *
prepare_order (MillItemFile *self, const MillItemQuery *query, gint64 after)
{
  g_autofree char *value = make_value_sql (self, query->sort);
  g_autofree char *match = make_match_sql (self, query);
  g_autofree char *order = make_order_sql (self, query, value);
  g_autofree char *sql = g_strdup_printf (
      "SELECT %s, %s, %s FROM item%s%s", self->has_rowids ? "rowid" : "key", match,
      is_numeric (query->sort) ? value : "NULL", after > 0 ? " WHERE rowid > ?3" : "", order);
  sqlite3_stmt *statement = prepare (self, sql);

  if (statement == NULL)
    return NULL;
  if (query->outcome != NULL)
    sqlite3_bind_text (statement, 1, query->outcome, -1, SQLITE_TRANSIENT);
  if (query->text != NULL)
    sqlite3_bind_text (statement, 2, make_pattern (query->text), -1, g_free);
  if (after > 0)
    sqlite3_bind_int64 (statement, 3, after);
  return statement;
}

/* What is no number comes last, up or down. */
static double
value_of (sqlite3_stmt *statement, const MillItemQuery *query)
{
  int type = sqlite3_column_type (statement, 2);
  double value = sqlite3_column_double (statement, 2);

  if (!is_numeric (query->sort))
    return query->is_descending ? -sqlite3_column_double (statement, 0) : 0;
  if ((type != SQLITE_INTEGER && type != SQLITE_FLOAT) || isnan (value))
    return INFINITY;
  return query->is_descending ? -value : value;
}

static void
take_entry (MillItemFile *self, sqlite3_stmt *statement, const MillItemQuery *query, GArray *entries,
            GPtrArray *keys)
{
  MillItemEntry entry = { .rank = mill_item_entry_rank (value_of (statement, query)) };

  if (self->has_rowids)
    entry.rowid = sqlite3_column_int64 (statement, 0);
  else
    {
      const char *key = (const char *) sqlite3_column_text (statement, 0);

      entry.rowid = keys->len;
      g_ptr_array_add (keys, g_strdup (key != NULL ? key : ""));
    }
  g_array_append_val (entries, entry);
}

/* (transfer full): @entries, which are sorted if SQLite did not, without their values */
static MillItemOrder *
make_order (MillItemFile *self, const MillItemQuery *query, GArray *entries, GPtrArray *keys)
{
  MillItemOrder *order = g_new0 (MillItemOrder, 1);

  if (is_numeric (query->sort) || (query->sort == MILL_ITEM_SORT_SETTLED && self->has_rowids))
    mill_item_entries_sort (entries);
  if (self->has_rowids)
    order->rowids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), entries->len);
  else
    order->keys = g_ptr_array_new_full (entries->len, g_free);
  for (guint i = 0; i < entries->len; i++)
    {
      gint64 rowid = g_array_index (entries, MillItemEntry, i).rowid;

      if (self->has_rowids)
        g_array_append_val (order->rowids, rowid);
      else
        g_ptr_array_add (order->keys, g_steal_pointer (&g_ptr_array_index (keys, rowid)));
    }
  return order;
}

static int
look_cb (gpointer cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

/* Runs a query for numbers, and gives the first row. */
static gboolean
step_once (sqlite3_stmt *statement)
{
  return statement != NULL && sqlite3_step (statement) == SQLITE_ROW;
}

/* Whether it asks for all items, in an order that their numbers tell. */
static gboolean
is_by_number (MillItemFile *self, const MillItemQuery *query, gint64 after)
{
  return self->has_rowids && query->sort == MILL_ITEM_SORT_SETTLED && query->outcome == NULL &&
         query->text == NULL && after == 0;
}

/* (transfer full): the numbers from @first, of which each has its bit in @used; all, if that is %NULL */
static GArray *
list_numbers (gint64 first, gint64 n, const guint8 *used, gint64 n_used, gboolean is_descending)
{
  GArray *rowids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), (guint) n_used);

  for (gint64 i = 0; i < n; i++)
    {
      gint64 place = is_descending ? n - 1 - i : i, rowid = first + place;

      if (used == NULL || (used[place / 8] >> (place % 8) & 1) != 0)
        g_array_append_val (rowids, rowid);
    }
  return rowids;
}

/* (transfer full) (nullable): a bit for each of the @n numbers from @first: whether there is an item. They
 * are looked up in the index of the keys, which is a fraction of the table. %NULL on error. */
static guint8 *
find_used (MillItemFile *self, gint64 first, gint64 n)
{
  g_autofree guint8 *used = g_malloc0 ((gsize) n / 8 + 1);
  sqlite3_stmt *statement = prepare (self, "SELECT rowid FROM item");
  int code = SQLITE_ERROR;

  while (statement != NULL && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      gint64 place = sqlite3_column_int64 (statement, 0) - first;

      /* The index of a broken file may say what the table does not. */
      if (place >= 0 && place < n)
        used[place / 8] |= (guint8) (1 << (place % 8));
    }
  sqlite3_finalize (statement);
  return code == SQLITE_DONE ? g_steal_pointer (&used) : NULL;
}

/* (transfer full) (nullable): the order without a look at any item, where their numbers (nearly) follow each
 * other; %NULL if they do not, or on error. Within a transaction. */
static MillItemOrder *
order_by_number (MillItemFile *self, gboolean is_descending)
{
  sqlite3_stmt *statement = prepare (self, "SELECT (SELECT count (*) FROM item),"
                                           " (SELECT min (rowid) FROM item), (SELECT max (rowid) FROM item)");
  gboolean is_read = step_once (statement);
  gint64 n = is_read ? sqlite3_column_int64 (statement, 0) : 0;
  gint64 first = is_read ? sqlite3_column_int64 (statement, 1) : 0;
  gint64 last = is_read ? sqlite3_column_int64 (statement, 2) : 0;
  g_autofree guint8 *used = NULL;
  MillItemOrder *order;

  sqlite3_finalize (statement);
  /* The numbers of a stranger's file may be anything. */
  if (n <= 0 || n > G_MAXUINT / 2 || first < 0 || last < first || last - first >= n * MAX_SPREAD)
    return NULL;
  if (last - first + 1 != n && (used = find_used (self, first, last - first + 1)) == NULL)
    return NULL;
  order = g_new0 (MillItemOrder, 1);
  order->rowids = list_numbers (first, last - first + 1, used, n, is_descending);
  order->n_total = (guint64) n;
  order->last_rowid = last;
  return order;
}

/**
 * mill_item_file_guess_order:
 * @query: what is asked for
 *
 * Looks at nearly nothing. An item whose number was left out is there as well.
 *
 * Returns: (transfer full) (nullable): the order, unless numbers were left out; %NULL if they do not tell it,
 * or there are so few that it is known soon anyway
 */
MillItemOrder *
mill_item_file_guess_order (MillItemFile *self, const MillItemQuery *query)
{
  sqlite3_stmt *statement;
  gint64 first = 0, last = 0, size = 0;
  MillItemOrder *order;

  if (!is_by_number (self, query, 0))
    return NULL;
  statement = prepare (self, "SELECT (SELECT min (rowid) FROM item), (SELECT max (rowid) FROM item),"
                             " page_count * page_size FROM pragma_page_count, pragma_page_size");
  if (step_once (statement))
    {
      first = sqlite3_column_int64 (statement, 0);
      last = sqlite3_column_int64 (statement, 1);
      size = sqlite3_column_int64 (statement, 2);
    }
  sqlite3_finalize (statement);
  /* The numbers of a stranger's file may be anything. */
  if (first < 0 || last - first < MIN_GUESSED || last - first > MIN (size / MIN_ROW, G_MAXUINT / 2))
    return NULL;
  order = g_new0 (MillItemOrder, 1);
  order->rowids = list_numbers (first, last - first + 1, NULL, last - first + 1, query->is_descending);
  order->n_total = order->rowids->len;
  order->last_rowid = last;
  return order;
}

/**
 * mill_item_file_order:
 * @query: what is asked for
 * @after: only of those with a higher number than this; 0 for all
 * @cancellable: (nullable): to stop it
 *
 * Looks at every item, which takes about a second for a million; but their numbers alone tell the order of
 * settling of all.
 *
 * Returns: (transfer full) (nullable): where they are, or %NULL with @error set
 */
MillItemOrder *
mill_item_file_order (MillItemFile *self, const MillItemQuery *query, gint64 after, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (MillItemEntry));
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  MillItemOrder *order = NULL;
  sqlite3_stmt *statement = NULL;
  guint64 n_total = 0;
  gint64 last_rowid = after;
  int code = SQLITE_ERROR;

  sqlite3_progress_handler (self->db, STEPS_A_LOOK, look_cb, cancellable);
  if (is_by_number (self, query, after))
    {
      mill_item_file_begin (self);
      order = order_by_number (self, query->is_descending);
      mill_item_file_end (self);
    }
  if (order != NULL)
    {
      sqlite3_progress_handler (self->db, 0, NULL, NULL);
      return order;
    }
  statement = prepare_order (self, query, after);
  while (statement != NULL && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      n_total++;
      if (self->has_rowids)
        last_rowid = MAX (last_rowid, sqlite3_column_int64 (statement, 0));
      if (sqlite3_column_int (statement, 1) != 0)
        take_entry (self, statement, query, entries, keys);
    }
  if (code != SQLITE_DONE)
    set_error (self, error);
  else
    order = make_order (self, query, entries, keys);
  sqlite3_finalize (statement);
  sqlite3_progress_handler (self->db, 0, NULL, NULL);
  if (order == NULL)
    return NULL;
  order->n_total = n_total;
  order->last_rowid = last_rowid;
  return order;
}

/* ---- one item -------------------------------------------------------------------------------------------
 */

/* (nullable): as text, whatever type it has; valid until the next step */
static const char *
text_of (sqlite3_stmt *statement, int place)
{
  return (const char *) sqlite3_column_text (statement, place);
}

static double
latency_of (sqlite3_stmt *statement)
{
  int type = sqlite3_column_type (statement, 3);
  double latency_ms = sqlite3_column_double (statement, 3);

  return (type == SQLITE_INTEGER || type == SQLITE_FLOAT) && latency_ms >= 0 && isfinite (latency_ms)
             ? latency_ms
             : -1;
}

static void
append_part (GString *text, const char *part)
{
  if (part != NULL && *part != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

/* (transfer full): why it failed; or what was made of it; or status, type and size, which files of versions 1
 * and 2 have instead */
static char *
describe_result (sqlite3_stmt *statement)
{
  const char *error = text_of (statement, 8), *result = text_of (statement, 7),
             *type = text_of (statement, 5);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *media_type = type != NULL ? g_strndup (type, strcspn (type, "; ")) : NULL;
  g_autofree char *size = NULL;

  if (error != NULL || result != NULL)
    return g_strdup (error != NULL ? error : result);
  if (sqlite3_column_type (statement, 6) == SQLITE_INTEGER && sqlite3_column_int64 (statement, 6) >= 0)
    size = g_format_size ((guint64) sqlite3_column_int64 (statement, 6));
  append_part (text, text_of (statement, 4));
  append_part (text, media_type);
  append_part (text, size);
  return g_strdup (text->str);
}

static MillItemRow *
make_row (MillItemFile *self, gint64 rowid)
{
  g_autofree char *result = describe_result (self->read);
  const char *key = text_of (self->read, 0);
  const char *outcome = text_of (self->read, 1);
  MillItemFacts facts = {
    .rowid = rowid,
    .key = key != NULL ? key : "",
    .outcome = outcome != NULL ? outcome : "",
    .attempts = sqlite3_column_int64 (self->read, 2),
    .latency_ms = latency_of (self->read),
    .result = result,
    .finished = text_of (self->read, 9),
    .stage = text_of (self->read, 10),
  };

  return mill_item_row_new (&facts);
}

/* Of one that is not there any more, or not to be read. */
static MillItemRow *
make_lost_row (MillItemFile *self, gint64 rowid, const char *key)
{
  MillItemFacts facts = { .rowid = rowid, .key = key != NULL ? key : "", .latency_ms = -1 };

  return mill_item_row_new (&facts);
}

/**
 * mill_item_file_begin:
 *
 * Begins to read several items, which takes less time together than one by one.
 */
void
mill_item_file_begin (MillItemFile *self)
{
  sqlite3_exec (self->db, "BEGIN", NULL, NULL, NULL);
}

/**
 * mill_item_file_end:
 *
 * Ends what mill_item_file_begin() began, and lets who writes go on as he likes.
 */
void
mill_item_file_end (MillItemFile *self)
{
  sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);
}

/**
 * mill_item_file_read:
 * @order: from this file
 * @index: a place in it
 *
 * Returns: (transfer full): the item; without an outcome if it is not there any more
 */
MillItemRow *
mill_item_file_read (MillItemFile *self, const MillItemOrder *order, guint index)
{
  gint64 rowid = order->rowids != NULL ? g_array_index (order->rowids, gint64, index) : 0;
  const char *key = order->keys != NULL ? g_ptr_array_index (order->keys, index) : NULL;
  MillItemRow *row;

  if (order->rowids != NULL)
    sqlite3_bind_int64 (self->read, 1, rowid);
  else
    sqlite3_bind_text (self->read, 1, key, -1, SQLITE_STATIC);
  row = sqlite3_step (self->read) == SQLITE_ROW ? make_row (self, rowid) : make_lost_row (self, rowid, key);
  sqlite3_reset (self->read);
  sqlite3_clear_bindings (self->read);
  return row;
}

/* (transfer full) (nullable): to be shown in several lines; NULL if there is nothing */
static char *
dup_field (sqlite3_stmt *statement, int place)
{
  const char *text = text_of (statement, place);
  gsize length = (gsize) sqlite3_column_bytes (statement, place);
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, (gssize) MIN (length, MAX_FIELD)) : NULL;

  if (valid == NULL || *valid == '\0')
    return NULL;
  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) && *c != '\n')
      *c = ' ';
  return length > MAX_FIELD ? g_strconcat (valid, "…", NULL) : g_steal_pointer (&valid);
}

static void
add_field (GPtrArray *fields, sqlite3_stmt *query, int place)
{
  const char *name = sqlite3_column_name (query, place);
  char *value = dup_field (query, place);
  MillItemField *field;

  if (name == NULL || value == NULL)
    return;
  field = g_new (MillItemField, 1);
  field->name = mill_item_row_make_line (name, strlen (name));
  field->value = value;
  g_ptr_array_add (fields, field);
}

/**
 * mill_item_file_read_fields:
 * @row: an item of this file
 *
 * Returns: (transfer full) (element-type MillItemField): all that the file says of it, without what is empty
 */
GPtrArray *
mill_item_file_read_fields (MillItemFile *self, MillItemRow *row)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_field_free);
  sqlite3_stmt *query = prepare (self, self->has_rowids ? "SELECT * FROM item WHERE rowid = ?"
                                                        : "SELECT * FROM item WHERE key = ?");

  if (self->has_rowids)
    sqlite3_bind_int64 (query, 1, mill_item_row_get_rowid (row));
  else
    sqlite3_bind_text (query, 1, mill_item_row_get_key (row), -1, SQLITE_TRANSIENT);
  if (sqlite3_step (query) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count (query); i++)
      add_field (fields, query, i);
  sqlite3_finalize (query);
  return fields;
}
