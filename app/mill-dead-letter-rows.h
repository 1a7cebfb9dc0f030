/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDeadLetterRows: dead letters as a list of MillItemRow, the oldest first. It follows a pipeline, or is
 * read once from a run file. A row stays the same object as long as its letter is there, and what changes is
 * told in as few changes as can be. Its signal "status" tells that a file was read, or cannot be.
 *
 * Threads: that of the default main context. */

#pragma once

#include <gio/gio.h>

#include "mill-item-row.h"
#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

/* That are read from a file. */
#define MILL_DEAD_LETTER_ROWS_MAX 100000

#define MILL_TYPE_DEAD_LETTER_ROWS (mill_dead_letter_rows_get_type ())
G_DECLARE_FINAL_TYPE (MillDeadLetterRows, mill_dead_letter_rows, MILL, DEAD_LETTER_ROWS, GObject)

MillDeadLetterRows *mill_dead_letter_rows_new (void);

GListModel *mill_dead_letter_rows_get_model (MillDeadLetterRows *self);
void mill_dead_letter_rows_clear (MillDeadLetterRows *self);
void mill_dead_letter_rows_follow (MillDeadLetterRows *self, MillPipeline *pipeline);
void mill_dead_letter_rows_read (MillDeadLetterRows *self, const char *path);
gboolean mill_dead_letter_rows_is_reading (MillDeadLetterRows *self);
const char *mill_dead_letter_rows_get_error (MillDeadLetterRows *self);

G_END_DECLS
