/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillHashStep:
 *
 * Work for a processor: SHA-256 of an item's payload, then of that digest's hexadecimal digits, and so on,
 * `rounds` times in all. Of an item without payload its number is taken. The digest is added to the item's
 * record as the field “sha256”.
 */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_HASH_STEP (mill_hash_step_get_type ())
G_DECLARE_FINAL_TYPE (MillHashStep, mill_hash_step, MILL, HASH_STEP, MillStep)

MillStep *mill_hash_step_new (guint rounds);

G_END_DECLS
