/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillTableStep:
 *
 * What steps that write items as rows of a database's table have in common: which table, by which key a row
 * replaces the one that is there, and which columns there are.
 *
 * The row's columns are the fields of the item's record; an item without one has the column "payload". The
 * key is the field #MillTableStep:key; without one it is the column "item_key" with the item's own key. The
 * table and columns that are missing are made, unless #MillTableStep:create forbids it; then an item with a
 * field that has no column is a dead letter, as is one that the database does not take, alone.
 *
 * Threads: a step's; its settings do not change once it is open.
 */

#pragma once

#include "pipeline/mill-batch-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_TABLE_STEP (mill_table_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillTableStep, mill_table_step, MILL, TABLE_STEP, MillBatchStep)

/**
 * MillTableStepClass:
 *
 * A subclass implements the faces of #MillStep.
 */
struct _MillTableStepClass
{
  MillBatchStepClass parent_class;

  gpointer padding[4];
};

const char *mill_table_step_get_table (MillTableStep *self);
const char *mill_table_step_get_key (MillTableStep *self);
const char *mill_table_step_get_columns (MillTableStep *self);
gboolean mill_table_step_get_create (MillTableStep *self);

G_END_DECLS
