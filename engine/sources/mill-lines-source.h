/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillLinesSource:
 *
 * The lines of a file, or of the standard input ("-"). An item's key is the line's number,
 * its payload the line without its end (LF or CRLF).
 */

#pragma once

#include "pipeline/mill-source.h"

G_BEGIN_DECLS

/**
 * MILL_LINES_MAX_LENGTH:
 *
 * The longest line, in bytes.
 */
#define MILL_LINES_MAX_LENGTH (1024 * 1024)

#define MILL_TYPE_LINES_SOURCE (mill_lines_source_get_type ())
G_DECLARE_FINAL_TYPE (MillLinesSource, mill_lines_source, MILL, LINES_SOURCE, MillSource)

MillSource *mill_lines_source_new (const char *file);

G_END_DECLS
