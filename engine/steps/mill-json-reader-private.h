/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a JSON object, as RFC 8259 has it, into a record, without a tree in between: a line of a log is read
 * once, and there are millions. What cannot be held without loss or harm is refused: json-glib would read an
 * integer that does not fit into 64 bits as another one, an octal number, or the first of two objects. */

#pragma once

#include "core/mill-record.h"

G_BEGIN_DECLS

/* How deep objects and arrays may lie in each other, and how many members the outermost object may have. */
#define MILL_JSON_MAX_DEPTH   100
#define MILL_JSON_MAX_MEMBERS 1000

const char *mill_json_read_object (const char *text, gsize length, MillRecord *record, gsize *offset);

G_END_DECLS
