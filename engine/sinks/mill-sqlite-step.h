/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillSqliteStep:
 *
 * Writes items as rows of a table of an SQLite database, each batch in one transaction. A row whose key is
 * there already replaces that one, so a batch that is tried again, or an item that comes again, leaves one
 * row.
 *
 * Columns and key are as #MillTableStep has them.
 *
 * The file is in WAL mode, so that others can read while it is written. That it is locked by somebody else
 * passes: the batch is tried again. A disk that is full, or a database that is damaged, ends the run.
 */

#pragma once

#include "sinks/mill-table-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_SQLITE_STEP (mill_sqlite_step_get_type ())
G_DECLARE_FINAL_TYPE (MillSqliteStep, mill_sqlite_step, MILL, SQLITE_STEP, MillTableStep)

MillStep *mill_sqlite_step_new (const char *file, const char *table);

G_END_DECLS
