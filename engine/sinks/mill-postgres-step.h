/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillPostgresStep:
 *
 * Writes items as rows of a table of a PostgreSQL database, each batch in one transaction: by COPY, or, if
 * one of its keys is there already, by way of a temporary table, from which its rows replace those that are
 * there. So a batch that is tried again, be it because nobody knows whether its commit came through, leaves
 * each row once.
 *
 * Columns and key are as #MillTableStep has them. A batch with a row that the database does not take is
 * split by the stage until that row is a dead letter, alone.
 *
 * Each batch that is under way has a connection of its own; the stage's slots bound them. A server that is
 * lost, restarts, or has no room is tried again with the stage's retries. A wrong job (no such database, no
 * right to it, no such table) ends the run, and so does a server that cannot be reached at all at the
 * beginning: one of this machine is looked for when the step opens.
 *
 * Without libpq at build time the step does not open, and says so.
 */

#pragma once

#include "sinks/mill-table-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_POSTGRES_STEP (mill_postgres_step_get_type ())
G_DECLARE_FINAL_TYPE (MillPostgresStep, mill_postgres_step, MILL, POSTGRES_STEP, MillTableStep)

MillStep *mill_postgres_step_new (const char *connection, const char *table);

G_END_DECLS
