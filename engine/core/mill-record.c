/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRecord: named values in order. One is made per line, so a usual one is a single block: the fields and
 * the text of all names and values are in it, until there are more than fit. Texts are known by their
 * offsets, so growing does not touch the fields. Searched in order: fields are few, and their place is mostly
 * known. */

#include "config.h"

#include "core/mill-record.h"

#include <math.h>
#include <string.h>

#include "core/mill-record-private.h"

/* A record goes from one processor's cache to another's: so it is small. */
typedef struct
{
  guint32 name; /* offset of the text */
  MillValueType type;
  union
  {
    gboolean boolean;
    gint64 integer;
    double real;
    struct
    {
      guint32 offset;
      guint32 length;
    } text; /* of TEXT and JSON */
  } value;
} MillField;

#define N_INSIDE    8
#define TEXT_INSIDE 216 /* so that all is 384 bytes */

struct _MillRecord
{
  gatomicrefcount refs;
  guint32 n_fields;
  guint32 n_allocated;
  guint32 text_used;
  guint32 text_allocated;
  MillField *fields; /* (owned) unless it is fields_inside */
  char *text;        /* (owned) unless it is text_inside; NUL after each */
  MillField fields_inside[N_INSIDE];
  char text_inside[TEXT_INSIDE];
};

G_DEFINE_BOXED_TYPE (MillRecord, mill_record, mill_record_ref, mill_record_unref)

/**
 * mill_record_new:
 *
 * Creates a record without fields.
 *
 * Returns: (transfer full): the record
 */
MillRecord *
mill_record_new (void)
{
  MillRecord *self = g_slice_new (MillRecord);

  g_atomic_ref_count_init (&self->refs);
  self->n_fields = 0;
  self->n_allocated = N_INSIDE;
  self->fields = self->fields_inside;
  self->text = self->text_inside;
  self->text_used = 0;
  self->text_allocated = TEXT_INSIDE;
  return self;
}

/**
 * mill_record_ref:
 *
 * Takes one more reference. May be called from any thread.
 *
 * Returns: (transfer full): @self
 */
MillRecord *
mill_record_ref (MillRecord *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mill_record_unref:
 *
 * Drops a reference; the last one frees the record. May be called from any thread.
 */
void
mill_record_unref (MillRecord *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->fields != self->fields_inside)
    g_free (self->fields);
  if (self->text != self->text_inside)
    g_free (self->text);
  g_slice_free (MillRecord, self);
}

/**
 * mill_record_copy:
 *
 * Makes a record of its own with the same fields.
 *
 * Returns: (transfer full): the copy
 */
MillRecord *
mill_record_copy (const MillRecord *self)
{
  MillRecord *copy = mill_record_new ();

  if (self->n_fields > N_INSIDE)
    {
      copy->fields = g_new (MillField, self->n_fields);
      copy->n_allocated = self->n_fields;
    }
  if (self->text_used > TEXT_INSIDE)
    {
      copy->text = g_malloc (self->text_used);
      copy->text_allocated = self->text_used;
    }
  memcpy (copy->fields, self->fields, self->n_fields * sizeof (MillField));
  memcpy (copy->text, self->text, self->text_used);
  copy->n_fields = self->n_fields;
  copy->text_used = self->text_used;
  return copy;
}

/* Copies @length bytes, which may be the record's own, to the end of its text, with a NUL after them; returns
 * where they are. More than 2 GiB is as more memory than there is. */
static guint32
store (MillRecord *self, const char *data, gsize length)
{
  guint32 offset = self->text_used, needed;
  char *before = NULL; /* (owned) (nullable) */

  if (length >= G_MAXINT32 - (gsize) offset)
    g_error ("a record of more than 2 GiB of text");
  needed = offset + (guint32) length + 1;
  if (needed > self->text_allocated)
    {
      char *larger = g_malloc (2 * (gsize) needed);

      memcpy (larger, self->text, offset);
      before = self->text != self->text_inside ? self->text : NULL;
      self->text = larger;
      self->text_allocated = 2 * needed;
    }
  memcpy (self->text + offset, data, length);
  self->text[offset + length] = '\0';
  self->text_used = needed;
  g_free (before);
  return offset;
}

static MillField *
append (MillRecord *self, const char *name)
{
  if (self->n_fields == self->n_allocated)
    {
      MillField *larger = g_new (MillField, 2 * self->n_allocated);

      memcpy (larger, self->fields, self->n_fields * sizeof (MillField));
      if (self->fields != self->fields_inside)
        g_free (self->fields);
      self->fields = larger;
      self->n_allocated *= 2;
    }
  self->fields[self->n_fields].name = store (self, name, strlen (name));
  return &self->fields[self->n_fields++];
}

static gboolean
has_name (const MillRecord *self, guint i, const char *name)
{
  const char *other = self->text + self->fields[i].name;

  return other[0] == name[0] && strcmp (other, name) == 0;
}

/* The field of that name, made if there is none. */
static MillField *
find_or_append (MillRecord *self, const char *name)
{
  for (guint i = 0; i < self->n_fields; i++)
    if (has_name (self, i, name))
      return &self->fields[i];
  return append (self, name);
}

/**
 * mill_record_get_n_fields:
 *
 * How many fields there are.
 *
 * Returns: the number; a field's index is less
 */
guint
mill_record_get_n_fields (const MillRecord *self)
{
  return self->n_fields;
}

/**
 * mill_record_get_name:
 * @i: a field's index
 *
 * A field's name.
 *
 * Returns: (transfer none): the name, valid until the record is changed
 */
const char *
mill_record_get_name (const MillRecord *self, guint i)
{
  return self->text + self->fields[i].name;
}

/**
 * mill_record_get_value_type:
 * @i: a field's index
 *
 * Of what kind a field's value is.
 *
 * Returns: the kind
 */
MillValueType
mill_record_get_value_type (const MillRecord *self, guint i)
{
  return self->fields[i].type;
}

/**
 * mill_record_get_boolean:
 * @i: a field's index
 *
 * The value of a field of %MILL_VALUE_BOOLEAN.
 *
 * Returns: the value; %FALSE of any other kind
 */
gboolean
mill_record_get_boolean (const MillRecord *self, guint i)
{
  const MillField *field = &self->fields[i];

  return field->type == MILL_VALUE_BOOLEAN && field->value.boolean;
}

/**
 * mill_record_get_integer:
 * @i: a field's index
 *
 * The value of a field of %MILL_VALUE_INTEGER.
 *
 * Returns: the value; 0 of any other kind
 */
gint64
mill_record_get_integer (const MillRecord *self, guint i)
{
  const MillField *field = &self->fields[i];

  return field->type == MILL_VALUE_INTEGER ? field->value.integer : 0;
}

/**
 * mill_record_get_real:
 * @i: a field's index
 *
 * The value of a field of %MILL_VALUE_REAL or %MILL_VALUE_INTEGER.
 *
 * Returns: the value; 0 of any other kind
 */
double
mill_record_get_real (const MillRecord *self, guint i)
{
  const MillField *field = &self->fields[i];

  if (field->type == MILL_VALUE_REAL)
    return field->value.real;
  return field->type == MILL_VALUE_INTEGER ? (double) field->value.integer : 0.0;
}

static gboolean
is_text (const MillField *field)
{
  return field->type == MILL_VALUE_TEXT || field->type == MILL_VALUE_JSON;
}

/**
 * mill_record_get_text:
 * @i: a field's index
 * @length: (out) (optional): its length in bytes; it may hold NUL bytes, and one more follows it
 *
 * The value of a field of %MILL_VALUE_TEXT, or the JSON text of one of %MILL_VALUE_JSON.
 *
 * Returns: (nullable) (transfer none): the text, valid until the record is changed; %NULL of any other kind
 */
const char *
mill_record_get_text (const MillRecord *self, guint i, gsize *length)
{
  const MillField *field = &self->fields[i];
  gboolean is = is_text (field);

  if (length != NULL)
    *length = is ? field->value.text.length : 0;
  return is ? self->text + field->value.text.offset : NULL;
}

/* Appends the shortest digits that read back as the same number; with a point or an exponent, so that it is
 * read as a real one. */
void
mill_record_append_real (GString *out, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  double back;

  if (!isfinite (value))
    {
      g_string_append (out, isnan (value) ? "nan" : value > 0 ? "inf" : "-inf");
      return;
    }
  g_ascii_formatd (digits, sizeof digits, "%.15g", value);
  back = g_ascii_strtod (digits, NULL);
  if (back < value || back > value)
    g_ascii_dtostr (digits, sizeof digits, value);
  g_string_append (out, digits);
  if (strpbrk (digits, ".e") == NULL)
    g_string_append (out, ".0");
}

static char *
dup_real (double value)
{
  GString *out = g_string_new (NULL);

  mill_record_append_real (out, value);
  return g_string_free (out, FALSE);
}

/**
 * mill_record_dup_as_text:
 * @i: a field's index
 *
 * A field's value, of whatever kind, as people write it: "true", "42", "0.5".
 *
 * Returns: (nullable) (transfer full): the text; %NULL of %MILL_VALUE_NULL
 */
char *
mill_record_dup_as_text (const MillRecord *self, guint i)
{
  const MillField *field = &self->fields[i];

  switch (field->type)
    {
    case MILL_VALUE_BOOLEAN:
      return g_strdup (field->value.boolean ? "true" : "false");
    case MILL_VALUE_INTEGER:
      return g_strdup_printf ("%" G_GINT64_FORMAT, field->value.integer);
    case MILL_VALUE_REAL:
      return dup_real (field->value.real);
    case MILL_VALUE_TEXT:
    case MILL_VALUE_JSON:
      return g_strdup (self->text + field->value.text.offset);
    case MILL_VALUE_NULL:
    default:
      return NULL;
    }
}

/**
 * mill_record_find:
 * @name: a field's name
 * @hint: where the field may well be, such as where another record had it; looked at first
 *
 * Looks for a field.
 *
 * Returns: its index; -1 if there is none of that name
 */
gint
mill_record_find (const MillRecord *self, const char *name, guint hint)
{
  if (hint < self->n_fields && has_name (self, hint, name))
    return (gint) hint;
  for (guint i = 0; i < self->n_fields; i++)
    if (has_name (self, i, name))
      return (gint) i;
  return -1;
}

/**
 * mill_record_add_null:
 * @name: a name, copied
 *
 * Adds a field that has no value, or takes the value of the one of that name away.
 */
void
mill_record_add_null (MillRecord *self, const char *name)
{
  find_or_append (self, name)->type = MILL_VALUE_NULL;
}

/**
 * mill_record_add_boolean:
 * @name: a name, copied
 * @value: the value
 *
 * Adds a field, or changes the value of the one of that name.
 */
void
mill_record_add_boolean (MillRecord *self, const char *name, gboolean value)
{
  MillField *field = find_or_append (self, name);

  field->type = MILL_VALUE_BOOLEAN;
  field->value.boolean = value;
}

/**
 * mill_record_add_integer:
 * @name: a name, copied
 * @value: the value
 *
 * Adds a field, or changes the value of the one of that name.
 */
void
mill_record_add_integer (MillRecord *self, const char *name, gint64 value)
{
  MillField *field = find_or_append (self, name);

  field->type = MILL_VALUE_INTEGER;
  field->value.integer = value;
}

/**
 * mill_record_add_real:
 * @name: a name, copied
 * @value: the value
 *
 * Adds a field, or changes the value of the one of that name.
 */
void
mill_record_add_real (MillRecord *self, const char *name, double value)
{
  MillField *field = find_or_append (self, name);

  field->type = MILL_VALUE_REAL;
  field->value.real = value;
}

static void
add_text (MillRecord *self, const char *name, MillValueType type, const char *text, gssize length)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  gboolean is_own = text >= self->text && text < self->text + self->text_used;
  gsize own = is_own ? (gsize) (text - self->text) : 0;
  MillField *field = find_or_append (self, name);

  /* a name that was stored may have moved it */
  field->value.text.offset = store (self, is_own ? self->text + own : text, n_bytes);
  field->value.text.length = (guint32) n_bytes;
  field->type = type;
}

/**
 * mill_record_add_text:
 * @name: a name, copied
 * @text: the value, copied; should be UTF-8
 * @length: its length in bytes; -1 if a NUL ends it
 *
 * Adds a field, or changes the value of the one of that name.
 */
void
mill_record_add_text (MillRecord *self, const char *name, const char *text, gssize length)
{
  add_text (self, name, MILL_VALUE_TEXT, text, length);
}

/**
 * mill_record_add_json:
 * @name: a name, copied
 * @json: the text of an object or an array, copied; the caller vouches for its being JSON
 * @length: its length in bytes; -1 if a NUL ends it
 *
 * Adds a field, or changes the value of the one of that name.
 */
void
mill_record_add_json (MillRecord *self, const char *name, const char *json, gssize length)
{
  add_text (self, name, MILL_VALUE_JSON, json, length);
}

/**
 * mill_record_remove:
 * @i: an index
 *
 * Takes a field out; those behind it move up.
 *
 * Returns: whether there was one
 */
gboolean
mill_record_remove (MillRecord *self, guint i)
{
  if (i >= self->n_fields)
    return FALSE;
  self->n_fields--;
  memmove (&self->fields[i], &self->fields[i + 1], (self->n_fields - i) * sizeof (MillField));
  return TRUE;
}

/**
 * mill_record_rename:
 * @i: a field's index
 * @name: its new name, copied; if another field has it, that one is taken out
 *
 * Gives a field another name. It keeps its place among those that stay.
 */
void
mill_record_rename (MillRecord *self, guint i, const char *name)
{
  guint32 offset = store (self, name, strlen (name));
  gint other = mill_record_find (self, self->text + offset, i);

  self->fields[i].name = offset;
  if (other >= 0 && other != (gint) i)
    mill_record_remove (self, (guint) other);
}

static void
append_escaped (GString *out, const char *text, gsize length)
{
  static const char hex[] = "0123456789abcdef";

  g_string_append_c (out, '"');
  for (gsize i = 0, begin = 0; i <= length; i++)
    {
      guchar c = i < length ? (guchar) text[i] : '\0';

      if (i < length && c >= 0x20 && c != '"' && c != '\\')
        continue;
      g_string_append_len (out, text + begin, (gssize) (i - begin));
      begin = i + 1;
      if (i == length)
        break;
      g_string_append_c (out, '\\');
      if (c == '"' || c == '\\')
        g_string_append_c (out, (char) c);
      else if (c == '\n' || c == '\t' || c == '\r')
        g_string_append_c (out, c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
      else
        {
          g_string_append (out, "u00");
          g_string_append_c (out, hex[c >> 4]);
          g_string_append_c (out, hex[c & 15]);
        }
    }
  g_string_append_c (out, '"');
}

/* As a JSON string. */
static void
append_string (GString *out, const char *text, gsize length)
{
  g_autofree char *valid = NULL;

  if (g_utf8_validate_len (text, length, NULL))
    {
      append_escaped (out, text, length);
      return;
    }
  valid = g_utf8_make_valid (text, (gssize) length);
  append_escaped (out, valid, strlen (valid));
}

static void
append_value (GString *out, const MillRecord *self, const MillField *field)
{
  switch (field->type)
    {
    case MILL_VALUE_BOOLEAN:
      g_string_append (out, field->value.boolean ? "true" : "false");
      break;
    case MILL_VALUE_INTEGER:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, field->value.integer);
      break;
    case MILL_VALUE_REAL:
      if (isfinite (field->value.real))
        mill_record_append_real (out, field->value.real);
      else
        g_string_append (out, "null");
      break;
    case MILL_VALUE_TEXT:
      append_string (out, self->text + field->value.text.offset, field->value.text.length);
      break;
    case MILL_VALUE_JSON:
      g_string_append_len (out, self->text + field->value.text.offset, (gssize) field->value.text.length);
      break;
    case MILL_VALUE_NULL:
    default:
      g_string_append (out, "null");
    }
}

/**
 * mill_record_to_json:
 *
 * Writes the record as a JSON object on one line, provided that its values of %MILL_VALUE_JSON are on one.
 * Numbers that JSON has no word for become null; bytes that are no UTF-8, and NUL bytes, become U+FFFD.
 *
 * Returns: (transfer full): the text
 */
char *
mill_record_to_json (const MillRecord *self)
{
  GString *out = g_string_sized_new (self->text_used + 16 * self->n_fields + 3);

  g_string_append_c (out, '{');
  for (guint i = 0; i < self->n_fields; i++)
    {
      const char *name = mill_record_get_name (self, i);

      if (i > 0)
        g_string_append_c (out, ',');
      append_string (out, name, strlen (name));
      g_string_append_c (out, ':');
      append_value (out, self, &self->fields[i]);
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}
