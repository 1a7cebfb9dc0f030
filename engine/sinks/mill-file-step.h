/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillFileStep:
 *
 * What steps that append items to a file have in common. A subclass makes text of the items; the file grows
 * by whole batches.
 *
 * A file has no keys to replace a row by, but what a program that was killed had written of its last batch is
 * taken back when the file is opened again (see the file NAME.batch beside it). So a batch that is tried
 * again is there once; an item that comes again, from a sender or in another run, is there twice.
 *
 * When the disk is full, the run ends. One program at a time writes to a file.
 */

#pragma once

#include "pipeline/mill-batch-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_FILE_STEP (mill_file_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillFileStep, mill_file_step, MILL, FILE_STEP, MillBatchStep)

/**
 * MillFileStepClass:
 * @name: by which job files know the step
 * @begin: (nullable): the file was opened; it begins with these bytes, of which there are none in a new file
 * @put: appends the batch's items to @batch as text, or rejects them, and to @head what a new file is to
 * begin with. Several workers at once
 *
 * A subclass says what it writes.
 */
struct _MillFileStepClass
{
  MillBatchStepClass parent_class;

  const char *name;
  gboolean (*begin) (MillFileStep *self, GBytes *bytes, GError **error);
  void (*put) (MillFileStep *self, MillWork *work, GString *head, GString *batch);

  gpointer padding[4];
};

G_END_DECLS
