/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillLinesSource:
 *
 * The lines of a file, or of the standard input ("-"). An item's key is the line's number,
 * its payload the line without its end (LF or CRLF). (tests/test-sources.c, tests/test-lines-files.c)
 *
 * - A file that begins as gzip does is decompressed, whatever its name. One that is cut off or damaged is an
 *   error, after the lines before that. A pipe is taken as it is.
 * - With `follow`, the source does not end with its file but waits for more, as `tail -F` does; also for
 *   a file that is not there yet. When the file was truncated, it goes on at its beginning; when another is
 * in its place that is not empty, with that one, after all that was written to the old one until then. The
 * numbers of the lines go on. A last line without an end is a line when its file was left, and waits for its
 * end otherwise. It looks four times a second. A file that was truncated and has grown beyond where it was
 * within that time looks like one that grew.
 * - What was read from a pipe when a drain begins is delivered, but for half a line.
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
