/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillParseJsonStep:
 *
 * Reads an item's payload, a JSON object such as a line of JSON Lines, into its record. The payload stays.
 *
 * A number is an integer if it has neither fraction nor exponent. Objects and arrays inside become
 * %MILL_VALUE_JSON. Of members with the same name the last counts, at the place of the first. Whatever is no
 * JSON object as RFC 8259 has it fails for good, with the line's number and where in it: the item becomes a
 * dead letter that still has its line. So does what could not be held without loss or harm: an integer of
 * more than 64 bits, a real number beyond double's range, the character NUL, half a surrogate pair, bytes
 * that are no UTF-8, more than 100 levels, more than 1000 members.
 */

#pragma once

#include "pipeline/mill-map-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_PARSE_JSON_STEP (mill_parse_json_step_get_type ())
G_DECLARE_FINAL_TYPE (MillParseJsonStep, mill_parse_json_step, MILL, PARSE_JSON_STEP, MillMapStep)

MillStep *mill_parse_json_step_new (void);

G_END_DECLS
