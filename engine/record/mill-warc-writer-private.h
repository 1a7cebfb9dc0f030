/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWarcWriter: a web archive that is being written (WARC 1.1, a gzip member for each record).
 *
 * The contract (tests/test-warc-writer.c):
 *
 * - A file that is there already is gone on with: half a record at its end, which a program that was killed
 *   may have left, is cut off, and a new warcinfo record begins what is added. A file that is no such
 * archive, is damaged further ahead, or is being written by somebody else is refused, and not touched.
 * - An exchange is two records, response and request. mill_warc_writer_write_finish() returns once the system
 *   has them both: whatever becomes of the program then, they are in the file. Nothing is forced to the disk.
 * - Memory is bounded by the callers, since each waits for its own exchange: when the disk is slow, so are
 *   they. What is left with mill_warc_writer_leave(), for which nobody waits, is dropped beyond 16 MiB.
 * - A wait that is cancelled ends at once, also while the disk hangs. An exchange whose turn had not come is
 *   not written then.
 * - The first error is the last: what comes after fails with it, a %MILL_ERROR_FATAL. What was written before
 *   stays a readable archive.
 * - mill_warc_writer_close() waits until all that was accepted is written. A file that nothing came into, and
 *   that was not there before, is gone then.
 *
 * Threads: any; the files are written by a thread of the writer's own. Who waits keeps a reference meanwhile.
 */

#pragma once

#include <gio/gio.h>

#include "record/mill-warc-exchange-private.h"

G_BEGIN_DECLS

typedef struct _MillWarcWriter MillWarcWriter;

MillWarcWriter *mill_warc_writer_new (const char *path, const char *fields, GError **error);
MillWarcWriter *mill_warc_writer_ref (MillWarcWriter *self);
void mill_warc_writer_unref (MillWarcWriter *self);
gboolean mill_warc_writer_close (MillWarcWriter *self, GError **error);

/* @exchange: (transfer full) */
void mill_warc_writer_write_async (MillWarcWriter *self, MillWarcExchange *exchange,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean mill_warc_writer_write_finish (GAsyncResult *result, GError **error);
void mill_warc_writer_leave (MillWarcWriter *self, MillWarcExchange *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillWarcWriter, mill_warc_writer_unref)

G_END_DECLS
