/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillJsonlStep:
 *
 * Appends items to a file of JSON Lines: the item's record as an object, or for an item without one an object
 * with its payload as "payload", which must be UTF-8.
 *
 * A file has no keys to replace a row by, but grows by whole batches: what a program that was killed had
 * written of its last one is taken back when the file is opened again (see the file NAME.batch beside it). So
 * a batch that is tried again is there once; an item that comes again, from a sender or in another run, is
 * there twice.
 *
 * When the disk is full, the run ends. One program at a time writes to a file.
 */

#pragma once

#include "pipeline/mill-batch-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_JSONL_STEP (mill_jsonl_step_get_type ())
G_DECLARE_FINAL_TYPE (MillJsonlStep, mill_jsonl_step, MILL, JSONL_STEP, MillBatchStep)

MillStep *mill_jsonl_step_new (const char *file);

G_END_DECLS
