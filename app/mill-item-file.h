/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemFile: the items of a run file, to be looked at. It reads the columns that there are, whatever the
 * file's version, and never writes. The file may be written to meanwhile, and may come from anybody: nothing
 * in it runs, a text of more than a MiB is not read, and an item that cannot be read is one without an
 * outcome.
 *
 * MillItemOrder: which items, in what order. It holds where each of them is, 8 bytes an item; in files of
 * versions 1 and 2, whose items have no numbers, their keys.
 *
 * Threads: one at a time.
 */

#pragma once

#include <gio/gio.h>

#include "mill-item-row.h"

G_BEGIN_DECLS

typedef enum
{
  MILL_ITEM_SORT_SETTLED, /* in the order in which they were settled */
  MILL_ITEM_SORT_STATE,
  MILL_ITEM_SORT_KEY,
  MILL_ITEM_SORT_ATTEMPTS,
  MILL_ITEM_SORT_LATENCY,
  MILL_ITEM_SORT_RESULT,
} MillItemSort;

/* What is asked for. Of items that are equal, the one that was settled first comes first; what has no value
 * comes last, up or down. */
typedef struct
{
  MillItemSort sort;
  gboolean is_descending;
  char *outcome; /* (owned) (nullable): only these */
  char *text;    /* (owned) (nullable): only those with it in their key, in capitals or not */
} MillItemQuery;

void mill_item_query_copy (const MillItemQuery *self, MillItemQuery *copy);
void mill_item_query_clear (MillItemQuery *self);

typedef struct
{
  GArray *rowids;    /* (owned) (element-type gint64) (nullable) */
  GPtrArray *keys;   /* (owned) (element-type utf8) (nullable): in place of rowids */
  guint64 n_total;   /* items in the file, whatever was asked for */
  gint64 last_rowid; /* of these; 0 if there is none */
} MillItemOrder;

void mill_item_order_free (MillItemOrder *self);
guint mill_item_order_get_length (const MillItemOrder *self);
gboolean mill_item_order_is_same (const MillItemOrder *self, guint index, const MillItemOrder *other,
                                  guint other_index);

/* A column of an item, and what is in it. */
typedef struct
{
  char *name;  /* (owned) */
  char *value; /* (owned): may have several lines */
} MillItemField;

void mill_item_field_free (MillItemField *self);

typedef struct _MillItemFile MillItemFile;

MillItemFile *mill_item_file_open (const char *path, GError **error);
void mill_item_file_free (MillItemFile *self);

gint64 mill_item_file_get_last_rowid (MillItemFile *self);
MillItemOrder *mill_item_file_guess_order (MillItemFile *self, const MillItemQuery *query);
MillItemOrder *mill_item_file_order (MillItemFile *self, const MillItemQuery *query, gint64 after,
                                     GCancellable *cancellable, GError **error);
void mill_item_file_begin (MillItemFile *self);
void mill_item_file_end (MillItemFile *self);
MillItemRow *mill_item_file_read (MillItemFile *self, const MillItemOrder *order, guint index);
GPtrArray *mill_item_file_read_fields (MillItemFile *self, MillItemRow *row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillItemOrder, mill_item_order_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillItemFile, mill_item_file_free)

G_END_DECLS
