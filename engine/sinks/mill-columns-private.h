/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillColumns: how items become rows of a table. Shared by all sinks that write rows; private to the engine.
 *
 * The contract (tests/test-columns.c):
 *
 * - Column 0 is the key, by which a row that is written again replaces itself: the field that the job names,
 * or else MILL_COLUMN_KEY, which holds the item's own key: a number where the first item's key was one.
 * Columns without a key have the fields alone.
 * - The other columns are the fields' names in the order in which they were learned, or the chosen ones only.
 * An item without a record has one field, MILL_COLUMN_PAYLOAD.
 * - A column's type is that of the values it was learned from: whole and broken numbers together are REAL,
 * all other mixtures TEXT; NULL is of every type.
 * - Names that differ in the case of ASCII letters alone cannot both be columns; nor can more than
 *   MILL_COLUMNS_MAX, nor an empty name, nor one of more than MILL_COLUMNS_MAX_NAME bytes.
 * - A row is read whole or not at all: what has no key, or a field without a column, is no row.
 *
 * Threads: one at a time. */

#pragma once

#include "core/mill-item.h"
#include "core/mill-record.h"

G_BEGIN_DECLS

#define MILL_COLUMN_KEY       "item_key"
#define MILL_COLUMN_PAYLOAD   "payload"
#define MILL_COLUMNS_MAX      256
#define MILL_COLUMNS_MAX_NAME 63 /* as many as PostgreSQL keeps apart */

/* One value of a row; its text is the item's and lives as long as that is not changed. */
typedef struct
{
  MillValueType type;
  gint64 integer; /* of INTEGER and BOOLEAN */
  double real;
  const char *text; /* (nullable) of TEXT and JSON */
  gsize length;
} MillCell;

typedef enum
{
  MILL_ROW_READ,
  MILL_ROW_UNKNOWN, /* has a field that may become a column: mill_columns_learn() */
  MILL_ROW_BAD,
} MillRow;

typedef struct _MillColumns MillColumns;

MillColumns *mill_columns_new (const char *key, const char *chosen);
MillColumns *mill_columns_new_without_key (const char *chosen);
void mill_columns_free (MillColumns *self);
void mill_columns_close (MillColumns *self, GHashTable *names);

guint mill_columns_get_n (MillColumns *self);
const char *mill_columns_get_name (MillColumns *self, guint i);
MillValueType mill_columns_get_value_type (MillColumns *self, guint i);

gboolean mill_columns_add (MillColumns *self, const char *name, MillValueType type);
gboolean mill_columns_learn (MillColumns *self, MillItem *item);
MillRow mill_columns_read (MillColumns *self, MillItem *item, MillCell *cells, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillColumns, mill_columns_free)

G_END_DECLS
