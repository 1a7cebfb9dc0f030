/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillBatchFile: a file that grows by whole batches. Private to the engine.
 *
 * The contract (tests/test-jsonl-step.c):
 *
 * - What is appended is there as a whole or not at all: when there is no more room, what was written of it is
 * taken back; and what a program that was killed had written of its last batch is taken back when the file is
 * opened again. For this a note lies beside the file while it is open, its name with ".batch" at the end:
 * where the batch begins and where it is to end. A file whose end lies elsewhere, since others have written
 * to it, is left as it is.
 * - A last line without an end, as others may leave it, is ended before the first batch.
 * - One program at a time has it open.
 * - @durable: a batch is on the disk when mill_batch_file_append() returns.
 *
 * Threads: one at a time. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MillBatchFile MillBatchFile;

MillBatchFile *mill_batch_file_open (const char *path, gboolean durable, GError **error);
gboolean mill_batch_file_append (MillBatchFile *self, const GString *batch, GError **error);
gint64 mill_batch_file_get_size (const MillBatchFile *self);
GBytes *mill_batch_file_read_begin (const MillBatchFile *self, gsize most, GError **error);
void mill_batch_file_close (MillBatchFile *self);

G_END_DECLS
