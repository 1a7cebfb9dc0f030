/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comma-separated values as RFC 4180 has them. Private to the engine.
 *
 * The contract (tests/test-csv-step.c, tests/test-export.c):
 *
 * - A line ends with MILL_CSV_END; a cell with a comma, a quotation mark or a line end in it is quoted.
 * - No spreadsheet takes a cell for a formula: a text that would be one, behind any apostrophes that it
 * begins with, gets one more apostrophe before it. So a reader that takes away the first apostrophe of what
 * would then be a formula has the text as it was.
 *
 * Threads: any. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MILL_CSV_END "\r\n"

void mill_csv_append_text (GString *line, const char *text, gsize length);
GPtrArray *mill_csv_read_line (const char *text, gsize length);

G_END_DECLS
