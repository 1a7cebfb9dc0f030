/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDeadLetterRows: both the letters of a pipeline and its rows are in the order of their numbers, so what
 * has gone and what is new is found by going along both. */

#include "config.h"

#include "mill-dead-letter-rows.h"

#include "mill-item-file.h"

struct _MillDeadLetterRows
{
  GObject parent_instance;

  GListStore *store;         /* (owned) (element-type MillItemRow) */
  GCancellable *cancellable; /* (owned) (nullable): while a file is read */
  char *error;               /* (owned) (nullable): why none could be read */
};

enum
{
  SIGNAL_STATUS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillDeadLetterRows, mill_dead_letter_rows, G_TYPE_OBJECT)

static void
mill_dead_letter_rows_finalize (GObject *object)
{
  MillDeadLetterRows *self = MILL_DEAD_LETTER_ROWS (object);

  g_clear_object (&self->cancellable);
  g_object_unref (self->store);
  g_free (self->error);

  G_OBJECT_CLASS (mill_dead_letter_rows_parent_class)->finalize (object);
}

static void
mill_dead_letter_rows_class_init (MillDeadLetterRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_dead_letter_rows_finalize;

  signals[SIGNAL_STATUS] = g_signal_new ("status", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
}

static void
mill_dead_letter_rows_init (MillDeadLetterRows *self)
{
  self->store = g_list_store_new (MILL_TYPE_ITEM_ROW);
}

static guint
get_n (MillDeadLetterRows *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->store));
}

/**
 * mill_dead_letter_rows_new:
 *
 * Returns: (transfer full): no letters
 */
MillDeadLetterRows *
mill_dead_letter_rows_new (void)
{
  return g_object_new (MILL_TYPE_DEAD_LETTER_ROWS, NULL);
}

/**
 * mill_dead_letter_rows_get_model:
 *
 * Returns: (transfer none): the rows
 */
GListModel *
mill_dead_letter_rows_get_model (MillDeadLetterRows *self)
{
  return G_LIST_MODEL (self->store);
}

/**
 * mill_dead_letter_rows_clear:
 *
 * Forgets the letters, and a file that is being read.
 */
void
mill_dead_letter_rows_clear (MillDeadLetterRows *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->error, g_free);
  g_list_store_remove_all (self->store);
}

/* ---- of a pipeline ---------------------------------------------------------------------------------------
 */

/* %G_MAXUINT64 behind the last one */
static guint64
get_id (MillDeadLetterRows *self, guint position)
{
  g_autoptr (MillItemRow) row = g_list_model_get_item (G_LIST_MODEL (self->store), position);

  return row != NULL ? (guint64) mill_item_row_get_rowid (row) : G_MAXUINT64;
}

static MillItemRow *
new_row (const MillDeadLetter *letter)
{
  const char *key = mill_item_get_key (letter->item);
  MillItemFacts facts = {
    .rowid = (gint64) letter->id,
    .key = key != NULL ? key : "",
    .outcome = "dead",
    .attempts = letter->attempts,
    .latency_ms = -1,
    .result = letter->error->message,
    .stage = letter->stage,
    .time_us = MAX (letter->time_us, 1),
  };

  return mill_item_row_new (&facts);
}

static guint64
id_of (GPtrArray *letters, guint index)
{
  return index < letters->len ? ((MillDeadLetter *) g_ptr_array_index (letters, index))->id : G_MAXUINT64;
}

/* Takes the rows at @position away whose numbers are below @id. */
static void
remove_below (MillDeadLetterRows *self, guint position, guint64 id)
{
  guint n = 0;

  while (get_id (self, position + n) < id)
    n++;
  g_list_store_splice (self->store, position, n, NULL, 0);
}

/* Puts rows at @position, of the letters from @first on whose numbers are below @id. Returns how many. */
static guint
insert_below (MillDeadLetterRows *self, guint position, GPtrArray *letters, guint first, guint64 id)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  while (id_of (letters, first + rows->len) < id)
    g_ptr_array_add (rows, new_row (g_ptr_array_index (letters, first + rows->len)));
  g_list_store_splice (self->store, position, 0, rows->pdata, rows->len);
  return rows->len;
}

/**
 * mill_dead_letter_rows_follow:
 * @pipeline: (transfer none): whose letters to show; the same one each time, or after a clear
 *
 * Takes over what has changed.
 */
void
mill_dead_letter_rows_follow (MillDeadLetterRows *self, MillPipeline *pipeline)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (pipeline);
  guint position = 0, i = 0;

  while (position < get_n (self) || i < letters->len)
    {
      guint64 shown = get_id (self, position), wanted = id_of (letters, i);

      if (shown < wanted)
        remove_below (self, position, wanted);
      else if (shown == wanted)
        {
          position++;
          i++;
        }
      else
        {
          guint n = insert_below (self, position, letters, i, shown);

          position += n;
          i += n;
        }
    }
}

/* ---- of a run file ---------------------------------------------------------------------------------------
 */

static void
read_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  const MillItemQuery dead = { .sort = MILL_ITEM_SORT_SETTLED, .outcome = (char *) "dead" };
  GError *error = NULL;
  g_autoptr (MillItemFile) file = mill_item_file_open (path, &error);
  g_autoptr (MillItemOrder) order =
      file != NULL ? mill_item_file_order (file, &dead, 0, cancellable, &error) : NULL;
  GPtrArray *rows;

  if (order == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < MIN (mill_item_order_get_length (order), MILL_DEAD_LETTER_ROWS_MAX); i++)
    g_ptr_array_add (rows, mill_item_file_read (file, order, i));
  g_task_return_pointer (task, rows, (GDestroyNotify) g_ptr_array_unref);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MillDeadLetterRows) self = user_data;
  gboolean is_outdated = g_task_get_cancellable (G_TASK (result)) != self->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = g_task_propagate_pointer (G_TASK (result), &error);

  if (is_outdated)
    return;
  g_clear_object (&self->cancellable);
  if (rows != NULL)
    g_list_store_splice (self->store, 0, get_n (self), rows->pdata, rows->len);
  else
    self->error = g_strdup (error->message);
  g_signal_emit (self, signals[SIGNAL_STATUS], 0);
}

/**
 * mill_dead_letter_rows_read:
 * @path: a run file
 *
 * Shows the letters in it once they are read, the first %MILL_DEAD_LETTER_ROWS_MAX if there are more.
 */
void
mill_dead_letter_rows_read (MillDeadLetterRows *self, const char *path)
{
  g_autoptr (GTask) task = NULL;

  mill_dead_letter_rows_clear (self);
  self->cancellable = g_cancellable_new ();
  /* The thread may be the last to let go of the task, and is to hold nothing of ours. */
  task = g_task_new (NULL, self->cancellable, read_cb, g_object_ref (self));
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, read_thread);
}

/**
 * mill_dead_letter_rows_is_reading:
 *
 * Returns: whether a file is being read, and it is not known yet which letters there are
 */
gboolean
mill_dead_letter_rows_is_reading (MillDeadLetterRows *self)
{
  return self->cancellable != NULL;
}

/**
 * mill_dead_letter_rows_get_error:
 *
 * Returns: (transfer none) (nullable): why the file could not be read; %NULL if it was, or is being read
 */
const char *
mill_dead_letter_rows_get_error (MillDeadLetterRows *self)
{
  return self->error;
}
