/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillParseRegexStep:
 *
 * Reads an item's payload, a line of a log, into its record by a regular expression (of Perl's kind, see
 * #GRegex): what each named group, `(?<name>…)`, has matched is a field, in the order of the groups. The
 * payload stays. A field is text unless `cast` says otherwise; a group that took no part is null.
 *
 * `preset` has an expression ready, and its casts: nginx and apache (the formats “combined” and “common”:
 * host, user, time, method, path, protocol, status, bytes, referer, agent; “-” is null), syslog (as
 * journalctl and syslogd write: time, host, identifier, pid, message).
 *
 * A line that does not match fails for good, with its number, and so does one that is no UTF-8, a field that
 * cannot be cast, or a match that needs more than a million steps, as careless expressions do on lines that
 * nearly match.
 */

#pragma once

#include "pipeline/mill-map-step.h"

G_BEGIN_DECLS

/**
 * MillRegexPreset:
 * @MILL_REGEX_PRESET_NONE: the step's own pattern
 * @MILL_REGEX_PRESET_NGINX: nginx's access log, “combined”
 * @MILL_REGEX_PRESET_APACHE: Apache's access log, “combined” or “common”
 * @MILL_REGEX_PRESET_SYSLOG: the lines of syslogd and journalctl
 *
 * Expressions that need not be written.
 */
typedef enum
{
  MILL_REGEX_PRESET_NONE,
  MILL_REGEX_PRESET_NGINX,
  MILL_REGEX_PRESET_APACHE,
  MILL_REGEX_PRESET_SYSLOG,
} MillRegexPreset;

#define MILL_TYPE_PARSE_REGEX_STEP (mill_parse_regex_step_get_type ())
G_DECLARE_FINAL_TYPE (MillParseRegexStep, mill_parse_regex_step, MILL, PARSE_REGEX_STEP, MillMapStep)

MillStep *mill_parse_regex_step_new (const char *pattern);

G_END_DECLS
