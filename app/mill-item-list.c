/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemList: one job at a time works out an order, on a connection of its own. Another connection reads
 * the pages, here: a page takes less than a millisecond. */

#include "config.h"

#include "mill-item-list.h"

#define PAGE_ROWS 32
#define MAX_PAGES 128
/* A view looks among items that are put in the place of others for those that it has shown, and so reads them
 * all. */
#define MAX_REPLACED 2000
/* A file that grows is not gone through again and again: this many times as long as it took is left in
 * between. */
#define REST_FACTOR 5

typedef struct
{
  char *path;           /* (owned) */
  MillItemQuery query;  /* (owned) */
  gint64 after;         /* the new items only; 0 for all */
  gboolean is_guess;    /* the order may hold items that there are not */
  MillItemFile *file;   /* (owned) (nullable): once it is open */
  MillItemOrder *order; /* (owned) (nullable): once it is done */
  gint64 took_us;
} Job;

/* Items that follow each other. */
typedef struct
{
  guint number;
  GPtrArray *rows; /* (owned) (element-type MillItemRow) */
} Page;

struct _MillItemList
{
  GObject parent_instance;

  char *path;                /* (owned) (nullable) */
  MillItemQuery query;       /* (owned) */
  MillItemFile *file;        /* (owned) (nullable): to read pages */
  MillItemOrder *order;      /* (owned) (nullable) */
  char *error;               /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): of the job that is at work */
  gboolean is_wanted;        /* another job, when this one has ended */
  gboolean is_busy;          /* the list is not what was asked for */
  gboolean is_stale;         /* an item of the order was not there any more */
  gint64 rest_until_us;
  GHashTable *pages; /* (owned): number → Page in recent */
  GQueue recent;     /* of (owned) Page, the last one used first */
};

enum
{
  SIGNAL_CHANGING,
  SIGNAL_STATUS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void start_job (MillItemList *self, gint64 after, gboolean may_guess);

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->rows);
  g_free (page);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  mill_item_query_clear (&job->query);
  g_clear_pointer (&job->file, mill_item_file_free);
  g_clear_pointer (&job->order, mill_item_order_free);
  g_free (job);
}

/* ---- pages ----------------------------------------------------------------------------------------------
 */

static void
forget_pages (MillItemList *self)
{
  g_hash_table_remove_all (self->pages);
  g_queue_clear_full (&self->recent, page_free);
}

static void
forget_page (MillItemList *self, GList *link)
{
  Page *page = link->data;

  g_hash_table_remove (self->pages, GUINT_TO_POINTER (page->number));
  g_queue_delete_link (&self->recent, link);
  page_free (page);
}

static GList *
read_page (MillItemList *self, guint number)
{
  guint first = number * PAGE_ROWS;
  guint n = MIN (PAGE_ROWS, mill_item_order_get_length (self->order) - first);
  Page *page = g_new (Page, 1);

  page->number = number;
  page->rows = g_ptr_array_new_full (n, g_object_unref);
  mill_item_file_begin (self->file);
  for (guint i = 0; i < n; i++)
    {
      MillItemRow *row = mill_item_file_read (self->file, self->order, first + i);

      self->is_stale |= mill_item_row_get_outcome (row) == NULL;
      g_ptr_array_add (page->rows, row);
    }
  mill_item_file_end (self->file);
  if (self->recent.length >= MAX_PAGES)
    forget_page (self, self->recent.tail);
  g_queue_push_head (&self->recent, page);
  g_hash_table_insert (self->pages, GUINT_TO_POINTER (number), self->recent.head);
  return self->recent.head;
}

static Page *
get_page (MillItemList *self, guint number)
{
  GList *link = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (number));

  if (link == NULL)
    return read_page (self, number)->data;
  g_queue_unlink (&self->recent, link);
  g_queue_push_head_link (&self->recent, link);
  return link->data;
}

/* ---- the list -------------------------------------------------------------------------------------------
 */

static GType
get_item_type (GListModel *list)
{
  return MILL_TYPE_ITEM_ROW;
}

static guint
get_n_items (GListModel *list)
{
  MillItemList *self = MILL_ITEM_LIST (list);

  return self->order != NULL ? mill_item_order_get_length (self->order) : 0;
}

static gpointer
get_item (GListModel *list, guint position)
{
  MillItemList *self = MILL_ITEM_LIST (list);

  if (position >= get_n_items (list))
    return NULL;
  return g_object_ref (g_ptr_array_index (get_page (self, position / PAGE_ROWS)->rows, position % PAGE_ROWS));
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MillItemList, mill_item_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tell_status (MillItemList *self)
{
  g_signal_emit (self, signals[SIGNAL_STATUS], 0);
}

/* How many items at the beginning, or after that at the end, are the same. */
static guint
count_same (const MillItemOrder *a, const MillItemOrder *b, guint n_before, gboolean from_end)
{
  guint n_a = mill_item_order_get_length (a), n_b = mill_item_order_get_length (b);
  guint most = MIN (n_a, n_b) - n_before;
  guint n = 0;

  while (n < most && mill_item_order_is_same (a, from_end ? n_a - 1 - n : n, b, from_end ? n_b - 1 - n : n))
    n++;
  return n;
}

/* @order: (transfer full) (nullable) */
static void
replace_order (MillItemList *self, MillItemOrder *order)
{
  g_autoptr (MillItemOrder) before = self->order;
  guint n_before = get_n_items (G_LIST_MODEL (self));
  guint n_after = order != NULL ? mill_item_order_get_length (order) : 0;
  guint head = before != NULL && order != NULL ? count_same (before, order, 0, FALSE) : 0;
  guint tail = before != NULL && order != NULL ? count_same (before, order, head, TRUE) : 0;
  guint n_removed = n_before - head - tail, n_added = n_after - head - tail;

  if (n_before > head)
    g_signal_emit (self, signals[SIGNAL_CHANGING], 0);
  forget_pages (self);
  self->is_stale = FALSE;
  self->order = NULL;
  if (n_removed > 0 && n_added > MAX_REPLACED)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, 0);
      head = 0;
      n_removed = 0;
      n_added = n_after;
    }
  self->order = order;
  if (n_removed > 0 || n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), head, n_removed, n_added);
}

/* The page that had room for them is read anew. */
static void
append_order (MillItemList *self, const MillItemOrder *more)
{
  guint n_before = get_n_items (G_LIST_MODEL (self));
  GList *link = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (n_before / PAGE_ROWS));

  if (link != NULL)
    forget_page (self, link);
  g_array_append_vals (self->order->rowids, more->rowids->data, more->rowids->len);
  self->order->n_total += more->n_total;
  self->order->last_rowid = MAX (self->order->last_rowid, more->last_rowid);
  if (more->rowids->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, more->rowids->len);
}

/* ---- jobs -----------------------------------------------------------------------------------------------
 */

static void
job_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gint64 began_us = g_get_monotonic_time ();

  job->file = mill_item_file_open (job->path, &error);
  if (job->file != NULL && job->is_guess)
    job->order = mill_item_file_guess_order (job->file, &job->query);
  job->is_guess = job->order != NULL;
  if (job->file != NULL && !job->is_guess)
    job->order = mill_item_file_order (job->file, &job->query, job->after, cancellable, &error);
  job->took_us = g_get_monotonic_time () - began_us;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
take_result (MillItemList *self, Job *job)
{
  g_clear_pointer (&self->error, g_free);
  self->is_busy = FALSE;
  self->rest_until_us = g_get_monotonic_time () + REST_FACTOR * job->took_us;
  if (self->file == NULL)
    self->file = g_steal_pointer (&job->file);
  if (job->after > 0)
    append_order (self, job->order);
  else
    replace_order (self, g_steal_pointer (&job->order));
}

/* While the first items are drawn, it is made sure that there are all of them. */
static void
take_guess (MillItemList *self, Job *job)
{
  if (self->file == NULL)
    self->file = g_steal_pointer (&job->file);
  start_job (self, 0, FALSE);
  replace_order (self, g_steal_pointer (&job->order));
}

static void
take_error (MillItemList *self, const GError *error)
{
  g_free (self->error);
  self->error = g_strdup (error->message);
  self->is_busy = FALSE;
  self->rest_until_us = g_get_monotonic_time () + G_USEC_PER_SEC;
  replace_order (self, NULL);
}

static void
job_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MillItemList) self = user_data;
  Job *job = g_task_get_task_data (G_TASK (result));
  gboolean is_outdated = g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)));
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->cancellable);
  g_task_propagate_boolean (G_TASK (result), &error);
  if (!is_outdated && error == NULL && job->is_guess)
    take_guess (self, job);
  else if (!is_outdated && error == NULL)
    take_result (self, job);
  else if (!is_outdated)
    take_error (self, error);
  if (self->is_wanted && self->path != NULL && self->cancellable == NULL)
    start_job (self, 0, self->order == NULL);
  tell_status (self);
}

/* Asks for it all, or only for what came @after. */
static void
start_job (MillItemList *self, gint64 after, gboolean may_guess)
{
  g_autoptr (GTask) task = NULL;
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (self->path);
  job->after = after;
  job->is_guess = may_guess;
  mill_item_query_copy (&self->query, &job->query);
  self->is_wanted = FALSE;
  self->cancellable = g_cancellable_new ();
  /* The thread may be the last to let go of the task, and is to hold nothing of ours. */
  task = g_task_new (NULL, self->cancellable, job_cb, g_object_ref (self));
  /* What was asked for last is what counts, and the job says itself that it was cancelled. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, job_thread);
}

static void
ask_again (MillItemList *self)
{
  self->is_wanted = self->is_busy = self->path != NULL;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else if (self->is_wanted)
    start_job (self, 0, self->order == NULL);
  tell_status (self);
}

static void
mill_item_list_dispose (GObject *object)
{
  MillItemList *self = MILL_ITEM_LIST (object);

  /* A job holds the list, so there is none. */
  forget_pages (self);
  g_clear_pointer (&self->order, mill_item_order_free);
  g_clear_pointer (&self->file, mill_item_file_free);

  G_OBJECT_CLASS (mill_item_list_parent_class)->dispose (object);
}

static void
mill_item_list_finalize (GObject *object)
{
  MillItemList *self = MILL_ITEM_LIST (object);

  g_hash_table_unref (self->pages);
  mill_item_query_clear (&self->query);
  g_free (self->path);
  g_free (self->error);

  G_OBJECT_CLASS (mill_item_list_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, MILL_TYPE_ITEM_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mill_item_list_class_init (MillItemListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_item_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_item_list_finalize;

  signals[SIGNAL_CHANGING] = new_signal ("changing");
  signals[SIGNAL_STATUS] = new_signal ("status");
}

static void
mill_item_list_init (MillItemList *self)
{
  self->pages = g_hash_table_new (g_direct_hash, g_direct_equal);
}

/**
 * mill_item_list_new:
 *
 * Returns: (transfer full): an empty list
 */
MillItemList *
mill_item_list_new (void)
{
  return g_object_new (MILL_TYPE_ITEM_LIST, NULL);
}

/**
 * mill_item_list_set_path:
 * @path: (nullable): a run file; %NULL for none
 *
 * Empties the list, and fills it with the items of another file, in the order that was asked for, when they
 * are read.
 */
void
mill_item_list_set_path (MillItemList *self, const char *path)
{
  if (g_strcmp0 (path, self->path) == 0)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  g_clear_pointer (&self->error, g_free);
  replace_order (self, NULL);
  g_clear_pointer (&self->file, mill_item_file_free);
  ask_again (self);
}

/**
 * mill_item_list_set_query:
 * @query: which items, in what order
 *
 * Asks for others, or another order.
 */
void
mill_item_list_set_query (MillItemList *self, const MillItemQuery *query)
{
  mill_item_query_clear (&self->query);
  mill_item_query_copy (query, &self->query);
  ask_again (self);
}

/**
 * mill_item_list_poll:
 *
 * Looks for new items, unless that is being done. For five times a second; a large list in another order than
 * that of settling is worked out anew less often.
 */
void
mill_item_list_poll (MillItemList *self)
{
  gboolean can_append = self->order != NULL && self->order->rowids != NULL && !self->is_stale &&
                        self->query.sort == MILL_ITEM_SORT_SETTLED && !self->query.is_descending &&
                        self->order->last_rowid > 0;
  gint64 last_rowid;

  if (self->path == NULL || self->cancellable != NULL)
    return;
  if (self->order == NULL || self->order->keys != NULL || self->is_stale)
    {
      if (g_get_monotonic_time () >= self->rest_until_us)
        start_job (self, 0, FALSE);
      return;
    }
  last_rowid = mill_item_file_get_last_rowid (self->file);
  if (last_rowid <= self->order->last_rowid)
    return;
  if (can_append)
    start_job (self, self->order->last_rowid, FALSE);
  else if (g_get_monotonic_time () >= self->rest_until_us)
    start_job (self, 0, FALSE);
}

/**
 * mill_item_list_is_busy:
 *
 * Returns: whether something else was asked for than what the list holds
 */
gboolean
mill_item_list_is_busy (MillItemList *self)
{
  return self->is_busy;
}

/**
 * mill_item_list_is_read:
 *
 * Returns: whether the file was read
 */
gboolean
mill_item_list_is_read (MillItemList *self)
{
  return self->order != NULL;
}

/**
 * mill_item_list_get_error:
 *
 * Returns: (transfer none) (nullable): why the file cannot be read
 */
const char *
mill_item_list_get_error (MillItemList *self)
{
  return self->error;
}

/**
 * mill_item_list_get_total:
 *
 * Returns: how many items are in the file, whatever was asked for
 */
guint64
mill_item_list_get_total (MillItemList *self)
{
  return self->order != NULL ? self->order->n_total : 0;
}

/**
 * mill_item_list_find:
 * @row: an item
 *
 * Returns: its place in the list, or %G_MAXUINT
 */
guint
mill_item_list_find (MillItemList *self, MillItemRow *row)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  for (guint i = 0; i < n; i++)
    if (self->order->rowids != NULL
            ? g_array_index (self->order->rowids, gint64, i) == mill_item_row_get_rowid (row)
            : g_str_equal (g_ptr_array_index (self->order->keys, i), mill_item_row_get_key (row)))
      return i;
  return G_MAXUINT;
}

/**
 * mill_item_list_read_fields:
 * @row: an item of the list
 *
 * Returns: (transfer full) (element-type MillItemField): all that the file says of it
 */
GPtrArray *
mill_item_list_read_fields (MillItemList *self, MillItemRow *row)
{
  if (self->file == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) mill_item_field_free);
  return mill_item_file_read_fields (self->file, row);
}
