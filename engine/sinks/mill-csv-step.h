/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillCsvStep:
 *
 * Appends items as rows to a file of comma-separated values (RFC 4180), in UTF-8 and with CRLF at the end of
 * each line: the fields of the item's record, or for an item without one its payload as "payload". A value
 * that is missing or null is an empty cell; an empty text is a pair of quotation marks, and so is a null that
 * would be a line by itself.
 *
 * The first line names the columns: those of #MillCsvStep:columns, and then other fields are left out; or
 * else the fields of the first batch. A file that is there already keeps its first line, which must name the
 * same columns as #MillCsvStep:columns, if that is set. An item with a field that has no column is a dead
 * letter, as is one whose text is not UTF-8.
 *
 * A text that a spreadsheet would take for a formula, since it begins with =, +, -, @, a tab or a carriage
 * return, gets an apostrophe before it; numbers are written as they are.
 *
 * How the file grows, #MillFileStep says.
 */

#pragma once

#include "sinks/mill-file-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_CSV_STEP (mill_csv_step_get_type ())
G_DECLARE_FINAL_TYPE (MillCsvStep, mill_csv_step, MILL, CSV_STEP, MillFileStep)

MillStep *mill_csv_step_new (const char *file, const char *columns);

G_END_DECLS
