/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillRecord:
 *
 * What a line has been parsed into: named values, in order. A name is there once. Names and texts are copied
 * into the record, since they come from data.
 *
 * Threads: one holder at a time may change a record, and none once an item has it (see
 * mill_item_set_record()): who would change an item's record changes a copy and gives it that. A record that
 * nobody changes may be read on any thread. References may be taken and dropped on any thread.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillValueType:
 * @MILL_VALUE_NULL: there is no value
 * @MILL_VALUE_BOOLEAN: true or false
 * @MILL_VALUE_INTEGER: a whole number of 64 bits with a sign
 * @MILL_VALUE_REAL: a double
 * @MILL_VALUE_TEXT: a text
 * @MILL_VALUE_JSON: the JSON text of an object or an array
 *
 * Of what kind a field's value is.
 */
typedef enum
{
  MILL_VALUE_NULL,
  MILL_VALUE_BOOLEAN,
  MILL_VALUE_INTEGER,
  MILL_VALUE_REAL,
  MILL_VALUE_TEXT,
  MILL_VALUE_JSON,
} MillValueType;

#define MILL_TYPE_RECORD (mill_record_get_type ())

typedef struct _MillRecord MillRecord;

GType mill_record_get_type (void);

MillRecord *mill_record_new (void);
MillRecord *mill_record_ref (MillRecord *self);
void mill_record_unref (MillRecord *self);
MillRecord *mill_record_copy (const MillRecord *self);

guint mill_record_get_n_fields (const MillRecord *self);
const char *mill_record_get_name (const MillRecord *self, guint i);
MillValueType mill_record_get_value_type (const MillRecord *self, guint i);
gboolean mill_record_get_boolean (const MillRecord *self, guint i);
gint64 mill_record_get_integer (const MillRecord *self, guint i);
double mill_record_get_real (const MillRecord *self, guint i);
const char *mill_record_get_text (const MillRecord *self, guint i, gsize *length);
char *mill_record_dup_as_text (const MillRecord *self, guint i);
gint mill_record_find (const MillRecord *self, const char *name, guint hint);

void mill_record_add_null (MillRecord *self, const char *name);
void mill_record_add_boolean (MillRecord *self, const char *name, gboolean value);
void mill_record_add_integer (MillRecord *self, const char *name, gint64 value);
void mill_record_add_real (MillRecord *self, const char *name, double value);
void mill_record_add_text (MillRecord *self, const char *name, const char *text, gssize length);
void mill_record_add_json (MillRecord *self, const char *name, const char *json, gssize length);
gboolean mill_record_remove (MillRecord *self, guint i);
void mill_record_rename (MillRecord *self, guint i, const char *name);

char *mill_record_to_json (const MillRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillRecord, mill_record_unref)

G_END_DECLS
