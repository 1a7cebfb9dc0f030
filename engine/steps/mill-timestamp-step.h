/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillTimestampStep:
 *
 * Gives an item's record a time in one form, whatever form it came in: the field `field`, read as `from`
 * says, is written as `to` says. With `from=now` it is the time at which the item passes here. A field that
 * is null or not there becomes null; one that cannot be read fails for good, and so does an item without a
 * record unless the time is now: that gets one.
 */

#pragma once

#include "pipeline/mill-map-step.h"

G_BEGIN_DECLS

/**
 * MillTimeForm:
 * @MILL_TIME_FORM_NOW: no form, but the present time
 * @MILL_TIME_FORM_ISO: ISO 8601, "2026-11-28T02:38:32.123Z"; without a time zone it is read as UTC
 * @MILL_TIME_FORM_CLF: as in access logs, "28/Nov/2026:02:38:32 +0000"
 * @MILL_TIME_FORM_UNIX: seconds since 1970, with or without a fraction
 * @MILL_TIME_FORM_UNIX_MS: milliseconds since 1970
 * @MILL_TIME_FORM_UNIX_US: microseconds since 1970
 *
 * In what form a time is read.
 */
typedef enum
{
  MILL_TIME_FORM_NOW,
  MILL_TIME_FORM_ISO,
  MILL_TIME_FORM_CLF,
  MILL_TIME_FORM_UNIX,
  MILL_TIME_FORM_UNIX_MS,
  MILL_TIME_FORM_UNIX_US,
} MillTimeForm;

/**
 * MillTimeTarget:
 * @MILL_TIME_TARGET_ISO: ISO 8601 in UTC, to the millisecond, as text; such texts sort by time
 * @MILL_TIME_TARGET_UNIX: seconds since 1970, as a real number
 * @MILL_TIME_TARGET_UNIX_MS: milliseconds since 1970, as an integer
 * @MILL_TIME_TARGET_UNIX_US: microseconds since 1970, as an integer
 *
 * In what form a time is written.
 */
typedef enum
{
  MILL_TIME_TARGET_ISO,
  MILL_TIME_TARGET_UNIX,
  MILL_TIME_TARGET_UNIX_MS,
  MILL_TIME_TARGET_UNIX_US,
} MillTimeTarget;

#define MILL_TYPE_TIMESTAMP_STEP (mill_timestamp_step_get_type ())
G_DECLARE_FINAL_TYPE (MillTimestampStep, mill_timestamp_step, MILL, TIMESTAMP_STEP, MillMapStep)

MillStep *mill_timestamp_step_new (void);

G_END_DECLS
