/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillJsonlStep:
 *
 * Appends items to a file of JSON Lines: the item's record as an object, or for an item without one an object
 * with its payload as "payload", which must be UTF-8.
 *
 * How the file grows, #MillFileStep says.
 */

#pragma once

#include "sinks/mill-file-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_JSONL_STEP (mill_jsonl_step_get_type ())
G_DECLARE_FINAL_TYPE (MillJsonlStep, mill_jsonl_step, MILL, JSONL_STEP, MillFileStep)

MillStep *mill_jsonl_step_new (const char *file);

G_END_DECLS
