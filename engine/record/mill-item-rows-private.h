/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table `item` of a run file: what became of each item, by its key. */

#pragma once

#include "core/mill-item.h"
#include "pipeline/mill-types.h"
#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

/* An item that is tried again takes the place of what it was. One that is returned has no result yet. @error:
 * (nullable) */
void mill_item_rows_put (MillRunFile *file, MillItem *item, MillOutcome outcome, const GError *error);

/* What a dead item's stage is in, for mill_item_rows_put(). */
#define MILL_ITEM_STAGE "stage"

/* Returns: (transfer full) (nullable): what a step made of an item, for people: "200 · text/html · 12.3 kB".
 * Each part: (nullable). @size: in bytes; negative is none */
char *mill_item_rows_describe (const char *status, const char *type, const char *location, gint64 size);

typedef void (*MillItemFileFunc) (const char *key, const char *file, gpointer user_data);

/* Those that were saved: @file is relative to the folder. @func must not use the run file. */
void mill_item_rows_read_files (MillRunFile *file, MillItemFileFunc func, gpointer user_data);

G_END_DECLS
