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

gboolean mill_export_run (const char *path, MillExportFormat format, GOutputStream *output,
                          GCancellable *cancellable, GError **error);

G_END_DECLS
