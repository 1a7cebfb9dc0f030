/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches of rows for the steps that store them. */

#pragma once

#include "pipeline/mill-batch-step.h"
#include "pipeline/mill-work-private.h"

G_BEGIN_DECLS

/* An open step, and what became of its last batch. */
typedef struct
{
  char *folder;           /* (owned) for the test alone */
  MillPipeline *pipeline; /* (owned) for the step's open */
  MillStep *step;         /* (owned) (nullable) */
  MillWork work;
  GError *error; /* (owned) (nullable) */
} TestRows;

void test_rows_set_up (TestRows *self, gconstpointer data);
void test_rows_tear_down (TestRows *self, gconstpointer data);

/* @step: (transfer full): takes the place of the one before. */
gboolean test_rows_open (TestRows *self, MillStep *step);
char *test_rows_get_path (TestRows *self, const char *name);

/* One batch: pairs of a key and a JSON object, or of a key and a text that is none and becomes the payload of
 * an item without a record. */
gboolean test_rows_write (TestRows *self, ...) G_GNUC_NULL_TERMINATED;
gboolean test_rows_write_cancellable (TestRows *self, GCancellable *cancellable, ...) G_GNUC_NULL_TERMINATED;
/* The same batch once more. */
gboolean test_rows_repeat (TestRows *self);
/* (nullable): why item @i of the last batch was rejected. */
const char *test_rows_get_rejection (TestRows *self, guint i);

MillItem *test_row_new (const char *key, const char *json);

G_END_DECLS
