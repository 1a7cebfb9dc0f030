/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillSaveStep:
 *
 * Writes the item's payload to a file whose name is derived from the item's URL, and sets the
 * attribute "saved-as" to its path. Items without a payload, such as redirects, pass through.
 *
 * With #MillSaveStep:offline, when all items are through, the links in the saved pages and stylesheets are
 * rewritten: those to files that were saved become relative paths, all others absolute addresses.
 *
 * A page that cannot be saved fails. When no other could be either, because the disk is full or the folder is
 * gone or closed, the run ends with it.
 */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_SAVE_STEP (mill_save_step_get_type ())
G_DECLARE_FINAL_TYPE (MillSaveStep, mill_save_step, MILL, SAVE_STEP, MillStep)

MillStep *mill_save_step_new (const char *folder);

G_END_DECLS
