/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCsvStep: appends items to a file of comma-separated values. One worker at a time makes rows of a batch.
 */

#include "config.h"

#include "sinks/mill-csv-step.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-csv-private.h"
#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "core/mill-record-private.h"
#include "pipeline/mill-knob.h"
#include "sinks/mill-columns-private.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* as spreadsheets put it before the text */

struct _MillCsvStep
{
  MillFileStep parent_instance;

  char *column_names; /* (owned) (nullable) as configured */

  GMutex lock;
  MillColumns *columns; /* (owned) (nullable) (lock) while it is known which there are */
  GArray *cells;        /* (owned) (lock) of MillCell, one a column */
};

typedef enum
{
  PROP_COLUMNS = 1,
} MillCsvStepProperty;

static GParamSpec *properties[PROP_COLUMNS + 1];

G_DEFINE_FINAL_TYPE (MillCsvStep, mill_csv_step, MILL_TYPE_FILE_STEP)

/* ---- columns ---------------------------------------------------------------------------------------- */

/* Takes the columns as all there will be, unless there are none.
 * @columns: (transfer full) */
static void
take_columns_locked (MillCsvStep *self, MillColumns *columns)
{
  g_clear_pointer (&self->columns, mill_columns_free);
  if (mill_columns_get_n (columns) == 0)
    {
      mill_columns_free (columns);
      return;
    }
  mill_columns_close (columns, g_hash_table_new (NULL, NULL));
  g_array_set_size (self->cells, mill_columns_get_n (columns));
  self->columns = columns;
}

static gboolean
is_same (GPtrArray *names, MillColumns *columns)
{
  if (names->len != mill_columns_get_n (columns))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (strcmp (g_ptr_array_index (names, i), mill_columns_get_name (columns, i)) != 0)
      return FALSE;
  return TRUE;
}

/* The chosen columns must be the file's. */
static gboolean
check_names_locked (MillCsvStep *self, GPtrArray *names, GError **error)
{
  g_autofree char *list = NULL;

  if (is_same (names, self->columns))
    return TRUE;
  g_ptr_array_add (names, NULL);
  list = g_strjoinv (", ", (char **) names->pdata);
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
               _ ("the file has the columns %s, which are not those that “columns” names"), list);
  return FALSE;
}

static gboolean
fail_without_names (GError **error)
{
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                       _ ("the first line does not name columns, each of them once"));
  return FALSE;
}

static gboolean
take_names_locked (MillCsvStep *self, GPtrArray *names, GError **error)
{
  g_autoptr (MillColumns) columns = mill_columns_new_without_key (NULL);

  for (guint i = 0; i < names->len; i++)
    if (!mill_columns_add (columns, g_ptr_array_index (names, i), MILL_VALUE_NULL))
      return fail_without_names (error);
  take_columns_locked (self, g_steal_pointer (&columns));
  return TRUE;
}

/* Returns: (transfer full) (nullable): the columns' names; %NULL if the text begins with none */
static GPtrArray *
read_names (const char *text, gsize length)
{
  gsize mark = strlen (BYTE_ORDER_MARK);
  GPtrArray *names;

  if (length >= mark && memcmp (text, BYTE_ORDER_MARK, mark) == 0)
    {
      text += mark;
      length -= mark;
    }
  names = mill_csv_read_line (text, length);
  for (guint i = 0; names != NULL && i < names->len; i++)
    if (!g_utf8_validate (g_ptr_array_index (names, i), -1, NULL))
      g_clear_pointer (&names, g_ptr_array_unref);
  return names;
}

static gboolean
begin_locked (MillCsvStep *self, GBytes *bytes, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  take_columns_locked (self, mill_columns_new_without_key (self->column_names));
  if (length == 0)
    return TRUE;
  names = read_names (text, length);
  if (names == NULL)
    return fail_without_names (error);
  return self->columns != NULL ? check_names_locked (self, names, error)
                               : take_names_locked (self, names, error);
}

static gboolean
mill_csv_step_begin (MillFileStep *step, GBytes *bytes, GError **error)
{
  MillCsvStep *self = MILL_CSV_STEP (step);
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = begin_locked (self, bytes, error);
  g_mutex_unlock (&self->lock);
  return ok;
}

static void
learn_locked (MillCsvStep *self, MillWork *work)
{
  MillColumns *columns = mill_columns_new_without_key (NULL);

  for (guint i = 0; i < mill_work_get_n_items (work); i++)
    mill_columns_learn (columns, mill_work_get_nth_item (work, i));
  take_columns_locked (self, columns);
}

static void
put_names_locked (MillCsvStep *self, GString *head)
{
  for (guint i = 0; i < mill_columns_get_n (self->columns); i++)
    {
      const char *name = mill_columns_get_name (self->columns, i);

      if (i > 0)
        g_string_append_c (head, ',');
      mill_csv_append_text (head, name, strlen (name));
    }
  g_string_append (head, MILL_CSV_END);
}

/* ---- rows ------------------------------------------------------------------------------------------- */

/* Returns: %FALSE if the value is no text */
static gboolean
put_cell (const MillCell *cell, GString *batch)
{
  switch (cell->type)
    {
    case MILL_VALUE_BOOLEAN:
      g_string_append (batch, cell->integer != 0 ? "true" : "false");
      break;
    case MILL_VALUE_INTEGER:
      g_string_append_printf (batch, "%" G_GINT64_FORMAT, cell->integer);
      break;
    case MILL_VALUE_REAL:
      mill_record_append_real (batch, cell->real);
      break;
    case MILL_VALUE_TEXT:
    case MILL_VALUE_JSON:
      if (!g_utf8_validate_len (cell->text, cell->length, NULL))
        return FALSE;
      if (cell->length == 0)
        g_string_append (batch, "\"\"");
      mill_csv_append_text (batch, cell->text, cell->length);
      break;
    case MILL_VALUE_NULL:
    default:
      break;
    }
  return TRUE;
}

static gboolean
put_row_locked (MillCsvStep *self, GString *batch, GError **error)
{
  gsize begin = batch->len;

  for (guint i = 0; i < self->cells->len; i++)
    {
      if (i > 0)
        g_string_append_c (batch, ',');
      if (put_cell (&g_array_index (self->cells, MillCell, i), batch))
        continue;
      g_string_truncate (batch, begin);
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("the text of the field “%s” is not UTF-8"),
                   mill_columns_get_name (self->columns, i));
      return FALSE;
    }
  if (batch->len == begin) /* Readers skip empty lines. */
    g_string_append (batch, "\"\"");
  g_string_append (batch, MILL_CSV_END);
  return TRUE;
}

static gboolean
put_item_locked (MillCsvStep *self, MillItem *item, GString *batch, GError **error)
{
  if (self->columns == NULL)
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("there are no columns yet, and the record has no fields"));
      return FALSE;
    }
  return mill_columns_read (self->columns, item, (MillCell *) (gpointer) self->cells->data, error) ==
             MILL_ROW_READ &&
         put_row_locked (self, batch, error);
}

static void
mill_csv_step_put (MillFileStep *step, MillWork *work, GString *head, GString *batch)
{
  MillCsvStep *self = MILL_CSV_STEP (step);

  g_mutex_lock (&self->lock);
  if (self->columns == NULL)
    learn_locked (self, work);
  if (self->columns != NULL)
    put_names_locked (self, head);
  for (guint i = 0; i < mill_work_get_n_items (work); i++)
    {
      GError *cause = NULL;

      if (!put_item_locked (self, mill_work_get_nth_item (work, i), batch, &cause))
        mill_work_reject (work, i, cause);
    }
  g_mutex_unlock (&self->lock);
}

/* ---- the object ------------------------------------------------------------------------------------- */

static void
mill_csv_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch ((MillCsvStepProperty) prop_id)
    {
    case PROP_COLUMNS:
      g_value_set_string (value, MILL_CSV_STEP (object)->column_names);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_csv_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillCsvStep *self = MILL_CSV_STEP (object);

  switch ((MillCsvStepProperty) prop_id)
    {
    case PROP_COLUMNS:
      if (mill_property_take_string (&self->column_names, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_csv_step_finalize (GObject *object)
{
  MillCsvStep *self = MILL_CSV_STEP (object);

  g_free (self->column_names);
  g_clear_pointer (&self->columns, mill_columns_free);
  g_array_unref (self->cells);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_csv_step_parent_class)->finalize (object);
}

static void
mill_csv_step_class_init (MillCsvStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillFileStepClass *file_class = MILL_FILE_STEP_CLASS (klass);

  object_class->get_property = mill_csv_step_get_property;
  object_class->set_property = mill_csv_step_set_property;
  object_class->finalize = mill_csv_step_finalize;
  file_class->name = "csv";
  file_class->begin = mill_csv_step_begin;
  file_class->put = mill_csv_step_put;

  /**
   * MillCsvStep:columns:
   *
   * The only fields that are written, with commas between them; without any, those of the first batch, or
   * those that the file has.
   */
  properties[PROP_COLUMNS] = g_param_spec_string ("columns", _ ("Columns"),
                                                  _ ("The only fields that are written, with commas between "
                                                     "them; empty: those of the file or, if it is new, "
                                                     "of the first batch"),
                                                  NULL, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_csv_step_init (MillCsvStep *self)
{
  g_mutex_init (&self->lock);
  self->cells = g_array_new (FALSE, FALSE, sizeof (MillCell));
}

/**
 * mill_csv_step_new:
 * @file: (nullable): the file, which may begin with {temp}; without one the step does not open
 * @columns: (nullable): the only fields that are written, with commas between them; %NULL for all
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_csv_step_new (const char *file, const char *columns)
{
  return g_object_new (MILL_TYPE_CSV_STEP, "file", file, "columns", columns, NULL);
}
