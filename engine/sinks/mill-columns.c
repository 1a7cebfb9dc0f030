/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillColumns: how items become rows of a table. Most records have the fields of the one before in the same
 * places, so each column remembers where its field was last. */

#include "config.h"

#include "sinks/mill-columns-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"

#define MOST_DIGITS 18 /* that any gint64 has room for */

typedef struct
{
  char *name; /* (owned) */
  MillValueType type;
  gint place; /* of its field in the record read last; -1: there was none */
} Column;

struct _MillColumns
{
  GArray *columns; /* (owned) of Column; the first is the key, if there is one */
  gboolean has_key;
  gboolean key_is_item;
  gboolean key_is_learned; /* its type, if it is the item's */
  gboolean is_chosen;      /* other fields are left out */
  GHashTable *closed;      /* (owned) (nullable) set of names, folded: there will be no other columns */
};

static void
clear_column (gpointer data)
{
  g_free (((Column *) data)->name);
}

static Column *
get_column (MillColumns *self, guint i)
{
  return &g_array_index (self->columns, Column, i);
}

static void
add_column (MillColumns *self, const char *name, MillValueType type)
{
  Column column = { g_strdup (name), type, -1 };

  g_array_append_val (self->columns, column);
}

/* The column whose name is @name but for the case of its letters. */
static Column *
find_alike (MillColumns *self, const char *name)
{
  for (guint i = 0; i < self->columns->len; i++)
    if (g_ascii_strcasecmp (get_column (self, i)->name, name) == 0)
      return get_column (self, i);
  return NULL;
}

/* @chosen: (nullable): names with commas between them. */
static void
add_chosen (MillColumns *self, const char *chosen)
{
  g_auto (GStrv) names = g_strsplit (chosen != NULL ? chosen : "", ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *name = g_strstrip (names[i]);

      if (name[0] == '\0')
        continue;
      self->is_chosen = TRUE;
      if (find_alike (self, name) == NULL)
        add_column (self, name, MILL_VALUE_NULL);
    }
}

static MillColumns *
new_empty (void)
{
  MillColumns *self = g_new0 (MillColumns, 1);

  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self->columns, clear_column);
  return self;
}

/* @key: (nullable): the field that is the key; %NULL or "": the item's own.
 * @chosen: (nullable): the only fields that become columns, with commas between them; %NULL or "": all. */
MillColumns *
mill_columns_new (const char *key, const char *chosen)
{
  MillColumns *self = new_empty ();

  self->has_key = TRUE;
  self->key_is_item = key == NULL || key[0] == '\0';
  add_column (self, self->key_is_item ? MILL_COLUMN_KEY : key, MILL_VALUE_NULL);
  add_chosen (self, chosen);
  return self;
}

/* For rows that do not replace each other.
 * @chosen: (nullable): as for mill_columns_new(). */
MillColumns *
mill_columns_new_without_key (const char *chosen)
{
  MillColumns *self = new_empty ();

  add_chosen (self, chosen);
  return self;
}

void
mill_columns_free (MillColumns *self)
{
  g_array_unref (self->columns);
  g_clear_pointer (&self->closed, g_hash_table_unref);
  g_free (self);
}

/* From now on only fields of these names may become columns.
 * @names: (transfer full): a set of names in lower case (of ASCII). */
void
mill_columns_close (MillColumns *self, GHashTable *names)
{
  g_clear_pointer (&self->closed, g_hash_table_unref);
  self->closed = names;
}

guint
mill_columns_get_n (MillColumns *self)
{
  return self->columns->len;
}

const char *
mill_columns_get_name (MillColumns *self, guint i)
{
  return get_column (self, i)->name;
}

MillValueType
mill_columns_get_value_type (MillColumns *self, guint i)
{
  return get_column (self, i)->type;
}

/* ---- keys ------------------------------------------------------------------------------------------- */

/* Whether @key is a number as one writes it, so that nothing is lost if it is kept as one. */
static gboolean
parse_key (const char *key, gint64 *number)
{
  gsize length = strlen (key);
  gint64 value = 0;

  if (length == 0 || length > MOST_DIGITS || (key[0] == '0' && length > 1))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (key[i]))
        return FALSE;
      value = value * 10 + (key[i] - '0');
    }
  *number = value;
  return TRUE;
}

static void
learn_item_key (MillColumns *self, MillItem *item)
{
  const char *key = mill_item_get_key (item);
  gint64 number;

  if (!self->key_is_item || self->key_is_learned)
    return;
  self->key_is_learned = TRUE;
  get_column (self, 0)->type = key == NULL || parse_key (key, &number) ? MILL_VALUE_INTEGER : MILL_VALUE_TEXT;
}

static gboolean
read_item_key (MillColumns *self, MillItem *item, MillCell *cell, GError **error)
{
  const char *key = mill_item_get_key (item);

  if (get_column (self, 0)->type != MILL_VALUE_INTEGER)
    {
      *cell = (MillCell){ .type = MILL_VALUE_TEXT, .text = key != NULL ? key : "" };
      cell->length = strlen (cell->text);
      return TRUE;
    }
  *cell = (MillCell){ .type = MILL_VALUE_INTEGER, .integer = (gint64) mill_item_get_id (item) };
  if (key == NULL || parse_key (key, &cell->integer))
    return TRUE;
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the key “%s” is no number, as those before were"),
               key);
  return FALSE;
}

/* ---- fields ----------------------------------------------------------------------------------------- */

static MillValueType
merge_types (MillValueType one, MillValueType other)
{
  gboolean is_number = (one == MILL_VALUE_INTEGER && other == MILL_VALUE_REAL) ||
                       (one == MILL_VALUE_REAL && other == MILL_VALUE_INTEGER);

  if (one == other || other == MILL_VALUE_NULL)
    return one;
  if (one == MILL_VALUE_NULL)
    return other;
  return is_number ? MILL_VALUE_REAL : MILL_VALUE_TEXT;
}

/* Whether @name may be one more column. */
static gboolean
is_welcome (MillColumns *self, const char *name)
{
  g_autofree char *folded = NULL;

  if (self->is_chosen || self->columns->len >= MILL_COLUMNS_MAX || name[0] == '\0' ||
      strlen (name) > MILL_COLUMNS_MAX_NAME)
    return FALSE;
  if (self->closed == NULL)
    return TRUE;
  folded = g_ascii_strdown (name, -1);
  return g_hash_table_contains (self->closed, folded);
}

/* Adds a column that is known beforehand. Returns: %FALSE if there can be none of this name */
gboolean
mill_columns_add (MillColumns *self, const char *name, MillValueType type)
{
  if (find_alike (self, name) != NULL || !is_welcome (self, name))
    return FALSE;
  add_column (self, name, type);
  return TRUE;
}

static gboolean
learn_field (MillColumns *self, const char *name, MillValueType type)
{
  Column *alike = find_alike (self, name);

  if (alike == NULL)
    return mill_columns_add (self, name, type);
  if (strcmp (alike->name, name) == 0 && !(self->key_is_item && alike == get_column (self, 0)))
    alike->type = merge_types (alike->type, type);
  return FALSE;
}

/* Takes up the item's fields that are no columns yet, and the types of all.
 * Returns: whether there are more columns than before */
gboolean
mill_columns_learn (MillColumns *self, MillItem *item)
{
  MillRecord *record = mill_item_get_record (item);
  gboolean grown = FALSE;

  learn_item_key (self, item);
  if (record == NULL)
    return learn_field (self, MILL_COLUMN_PAYLOAD, MILL_VALUE_TEXT);
  for (guint i = 0; i < mill_record_get_n_fields (record); i++)
    grown |= learn_field (self, mill_record_get_name (record, i), mill_record_get_value_type (record, i));
  return grown;
}

static void
read_field (MillRecord *record, guint place, MillCell *cell)
{
  *cell = (MillCell){ .type = mill_record_get_value_type (record, place) };
  switch (cell->type)
    {
    case MILL_VALUE_BOOLEAN:
      cell->integer = mill_record_get_boolean (record, place);
      break;
    case MILL_VALUE_INTEGER:
      cell->integer = mill_record_get_integer (record, place);
      break;
    case MILL_VALUE_REAL:
      cell->real = mill_record_get_real (record, place);
      break;
    case MILL_VALUE_TEXT:
    case MILL_VALUE_JSON:
      cell->text = mill_record_get_text (record, place, &cell->length);
      break;
    case MILL_VALUE_NULL:
    default:
      break;
    }
}

/* What is wrong with the first of the record's fields that has no column. */
static MillRow
judge_unknown (MillColumns *self, MillRecord *record, GError **error)
{
  for (guint i = 0; i < mill_record_get_n_fields (record); i++)
    {
      const char *name = mill_record_get_name (record, i);
      Column *alike = find_alike (self, name);

      if (alike == NULL && is_welcome (self, name))
        return MILL_ROW_UNKNOWN;
      if (alike == NULL)
        g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the field “%s” has no column"), name);
      else if (strcmp (alike->name, name) != 0 || (self->key_is_item && alike == get_column (self, 0)))
        g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                     _ ("the field “%s” cannot be told from the column “%s”"), name, alike->name);
      else
        continue;
      return MILL_ROW_BAD;
    }
  return MILL_ROW_READ;
}

static MillRow
read_record (MillColumns *self, MillRecord *record, MillCell *cells, GError **error)
{
  guint n_found = 0;

  for (guint i = self->key_is_item ? 1 : 0; i < self->columns->len; i++)
    {
      Column *column = get_column (self, i);
      gint place = mill_record_find (record, column->name, (guint) MAX (column->place, 0));

      if (place < 0)
        {
          cells[i] = (MillCell){ .type = MILL_VALUE_NULL };
          continue;
        }
      column->place = place;
      read_field (record, (guint) place, &cells[i]);
      n_found++;
    }
  if (self->is_chosen || n_found == mill_record_get_n_fields (record))
    return MILL_ROW_READ;
  return judge_unknown (self, record, error);
}

static MillRow
read_payload (MillColumns *self, MillItem *item, MillCell *cells, GError **error)
{
  GBytes *payload = mill_item_get_payload (item);
  gboolean found = FALSE;

  for (guint i = self->key_is_item ? 1 : 0; i < self->columns->len; i++)
    {
      cells[i] = (MillCell){ .type = MILL_VALUE_NULL };
      if (strcmp (get_column (self, i)->name, MILL_COLUMN_PAYLOAD) != 0)
        continue;
      found = TRUE;
      if (payload == NULL)
        continue;
      cells[i].type = MILL_VALUE_TEXT;
      cells[i].text = g_bytes_get_data (payload, &cells[i].length);
      if (cells[i].text == NULL) /* as GBytes has it that are empty */
        cells[i].text = "";
    }
  if (found || self->is_chosen)
    return MILL_ROW_READ;
  if (is_welcome (self, MILL_COLUMN_PAYLOAD))
    return MILL_ROW_UNKNOWN;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                       _ ("the item has no fields, and there is no column for its payload"));
  return MILL_ROW_BAD;
}

/* Reads the item as a row.
 * @cells: (out caller-allocates): as many as there are columns
 * Returns: %MILL_ROW_BAD with an error if it is none */
MillRow
mill_columns_read (MillColumns *self, MillItem *item, MillCell *cells, GError **error)
{
  MillRecord *record = mill_item_get_record (item);
  MillRow row;

  row = record != NULL ? read_record (self, record, cells, error) : read_payload (self, item, cells, error);
  if (row != MILL_ROW_READ)
    return row;
  if (self->key_is_item)
    return read_item_key (self, item, &cells[0], error) ? MILL_ROW_READ : MILL_ROW_BAD;
  if (!self->has_key || cells[0].type != MILL_VALUE_NULL)
    return MILL_ROW_READ;
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the key field “%s” is missing or null"),
               get_column (self, 0)->name);
  return MILL_ROW_BAD;
}
