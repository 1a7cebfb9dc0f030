/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRecorder: what happens to a pipeline as a whole, and to each of its items, kept in a run file.
 *
 * Contract (tests/test-run-record.c):
 *
 * - From the start to the end there is a row of `run`, with the counts as of the last sample; ten times a
 * second a sample of each stage; and each event. Once the pipeline is joined, all of it is in the file, and
 * done, dead and returned rows of `item` and what was not recorded are together what was produced and not
 * dropped.
 * - If the file cannot be written to, the run goes on; a fault among its events says that the recording has
 *   ended. Not so a crawl, whose checkpoint the file is, too: the crawl fails.
 * - Memory has a bound, however long the run: that of the items on their way (MillItemLog), of a minute's
 * samples, and 4 MiB of the file; of a crawl, what its file keeps.
 * - A crawl keeps its results by itself; of one only `run`, samples and events are written here.
 *
 * Threads: made, started and ended by its pipeline; what items tell it: any.
 */

#pragma once

#include "pipeline/mill-pipeline.h"
#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

typedef struct _MillRecorder MillRecorder;

MillRecorder *mill_recorder_new (MillRunFile *file, gboolean has_items, guint64 most_items);
void mill_recorder_free (MillRecorder *self);

void mill_recorder_start (MillRecorder *self, MillPipeline *pipeline);
void mill_recorder_end (MillRecorder *self, MillState state);

void mill_recorder_settled (MillRecorder *self, guint stage, MillItem *item, MillOutcome outcome,
                            const GError *error, guint attempts, gint64 now_us);
void mill_recorder_requeued (MillRecorder *self, MillItem *item);
guint64 mill_recorder_get_unrecorded (MillRecorder *self);

G_END_DECLS
