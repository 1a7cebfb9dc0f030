/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillFieldsStep:
 *
 * Changes an item's record: renames fields, then makes values of other kinds of them, then selects some, in
 * this order; so what is cast and selected has its new name.
 *
 * A field that is selected and not there is null, so all records have the same fields in the same order; one
 * that is to be renamed or cast and is not there stays away. A value that cannot be cast, and an item without
 * a record, fail for good. Null stays null, and so become, as numbers, an empty text and “-”.
 *
 * `preset=journald` is for the lines of `journalctl --output=json`, behind a step parse-json: time (in
 * microseconds since 1970), host, unit, identifier, pid, priority and message. The step's own settings come
 * after it.
 */

#pragma once

#include "pipeline/mill-map-step.h"

G_BEGIN_DECLS

/**
 * MillFieldsPreset:
 * @MILL_FIELDS_PRESET_NONE: the step's own settings only
 * @MILL_FIELDS_PRESET_JOURNALD: what matters most of an entry of the journal
 *
 * Settings that need not be written.
 */
typedef enum
{
  MILL_FIELDS_PRESET_NONE,
  MILL_FIELDS_PRESET_JOURNALD,
} MillFieldsPreset;

#define MILL_TYPE_FIELDS_STEP (mill_fields_step_get_type ())
G_DECLARE_FINAL_TYPE (MillFieldsStep, mill_fields_step, MILL, FIELDS_STEP, MillMapStep)

MillStep *mill_fields_step_new (void);

G_END_DECLS
