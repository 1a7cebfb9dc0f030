/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a run file holds, for other programs. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MillExportFormat:
 * @MILL_EXPORT_CSV: comma-separated values (RFC 4180) in UTF-8, names first. A cell that a spreadsheet would
 * take for a formula begins with an apostrophe
 * @MILL_EXPORT_JSONL: a JSON object in each line
 *
 * How results are written.
 */
typedef enum
{
  MILL_EXPORT_CSV,
  MILL_EXPORT_JSONL,
} MillExportFormat;

/**
 * MillExportTable:
 * @MILL_EXPORT_PAGES: what became of each page, in the order in which they were found
 * @MILL_EXPORT_BROKEN: the pages that failed for good, by the page that leads to them
 * @MILL_EXPORT_DUPLICATES: the pages whose bodies are the same, one group after the other
 * @MILL_EXPORT_CHANGES: the pages that are not as they were in the earlier run, see mill_crawl_repeat()
 * @MILL_EXPORT_ITEMS: what became of each item of any run, in the order in which they were settled
 * @MILL_EXPORT_EVENTS: what happened
 * @MILL_EXPORT_SAMPLES: what each stage was like, ten times a second
 *
 * Which results are written.
 */
typedef enum
{
  MILL_EXPORT_PAGES,
  MILL_EXPORT_BROKEN,
  MILL_EXPORT_DUPLICATES,
  MILL_EXPORT_CHANGES,
  MILL_EXPORT_ITEMS,
  MILL_EXPORT_EVENTS,
  MILL_EXPORT_SAMPLES,
} MillExportTable;

MillExportTable mill_export_choose_table (const char *path);
gboolean mill_export_run (const char *path, MillExportTable table, MillExportFormat format,
                          GOutputStream *output, GCancellable *cancellable, GError **error);
gboolean mill_export_run_to_file (const char *path, MillExportTable table, MillExportFormat format,
                                  GFile *output, GError **error);

G_END_DECLS
