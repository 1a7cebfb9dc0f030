/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemRow: what a run file says of one item, as a list shows it: valid UTF-8, in one line and not too
 * long, whatever the file holds. Immutable. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Bytes of a text that a list shows. */
#define MILL_ITEM_ROW_MAX_TEXT 400

#define MILL_TYPE_ITEM_ROW (mill_item_row_get_type ())
G_DECLARE_FINAL_TYPE (MillItemRow, mill_item_row, MILL, ITEM_ROW, GObject)

/* What a row is made of; the strings are copied. */
typedef struct
{
  gint64 rowid;        /* or the dead letter's number; 0 in a file whose items have none */
  const char *key;     /* whole */
  const char *outcome; /* (nullable): NULL if the item could not be read */
  gint64 attempts;
  double latency_ms;    /* negative if it is not known */
  const char *result;   /* (nullable) */
  const char *finished; /* (nullable): UTC, as SQLite writes it */
  const char *stage;    /* (nullable): where it died */
  gint64 time_us;       /* since the start of the run, of what comes from the engine; else 0 */
} MillItemFacts;

MillItemRow *mill_item_row_new (const MillItemFacts *facts);

gint64 mill_item_row_get_rowid (MillItemRow *self);
const char *mill_item_row_get_key (MillItemRow *self);
const char *mill_item_row_get_title (MillItemRow *self);
const char *mill_item_row_get_outcome (MillItemRow *self);
gint64 mill_item_row_get_attempts (MillItemRow *self);
double mill_item_row_get_latency_ms (MillItemRow *self);
const char *mill_item_row_get_result (MillItemRow *self);
const char *mill_item_row_get_stage (MillItemRow *self);
char *mill_item_row_describe_time (MillItemRow *self);
GDateTime *mill_item_row_dup_finished (MillItemRow *self);
gboolean mill_item_row_is_address (MillItemRow *self);

char *mill_item_row_make_line (const char *text, gsize length);

G_END_DECLS
