/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRecentList: rows are kept from one look to the next, so that nothing flickers. Only runs that are shown
 * have one: each reads its file. */

#include "config.h"

#include "mill-recent-list.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-recent-row.h"
#include "mill-run-files.h"
#include "mill-settings.h"

#define MOST_RUNS  50
#define SHOWN_RUNS 4 /* until all are asked for */

struct _MillRecentList
{
  GtkWidget parent_instance;

  GSettings *settings;       /* (owned) (nullable) */
  GPtrArray *paths;          /* (owned) of the runs, the newest first */
  GPtrArray *hidden;         /* (owned) of paths: as if they were not there */
  GCancellable *cancellable; /* (owned) (nullable): while the files are looked for */
  gboolean shows_all;
  gulong active_handler; /* 0 unless it is in a window */

  /* Template */
  GtkListBox *list;
  GtkWidget *placeholder;
  GtkButton *all_button;
};

G_DEFINE_FINAL_TYPE (MillRecentList, mill_recent_list, GTK_TYPE_WIDGET)

static MillRecentRow *
get_row (MillRecentList *self, int index)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, index);

  return row != NULL ? MILL_RECENT_ROW (row) : NULL;
}

static gboolean
is_hidden (MillRecentList *self, const char *path)
{
  return g_ptr_array_find_with_equal_func (self->hidden, path, g_str_equal, NULL);
}

/* (transfer container): the paths of the runs to show; @n is how many there are */
static GPtrArray *
choose_paths (MillRecentList *self, guint *n)
{
  GPtrArray *chosen = g_ptr_array_new ();

  *n = 0;
  for (guint i = 0; i < self->paths->len; i++)
    {
      gpointer path = g_ptr_array_index (self->paths, i);

      if (is_hidden (self, path))
        continue;
      if (self->shows_all || *n < SHOWN_RUNS)
        g_ptr_array_add (chosen, path);
      ++*n;
    }
  return chosen;
}

static void
show_count (MillRecentList *self, guint n)
{
  g_autofree char *count = mill_format_count (n);
  /* Translators: how many runs there are */
  g_autofree char *label = g_strdup_printf (_ ("Show All %s"), count);

  gtk_button_set_label (self->all_button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->all_button), !self->shows_all && n > SHOWN_RUNS);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (self->placeholder, n == 0);
}

/* (transfer full): path → row, taken out of the list */
static GHashTable *
take_rows (MillRecentList *self)
{
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  MillRecentRow *row;

  while ((row = get_row (self, 0)) != NULL)
    {
      g_hash_table_insert (rows, g_strdup (mill_recent_row_get_path (row)), g_object_ref (row));
      gtk_list_box_remove (self->list, GTK_WIDGET (row));
    }
  return rows;
}

/* The same files in the same order: nothing needs to move. */
static gboolean
is_unchanged (MillRecentList *self, GPtrArray *paths)
{
  for (guint i = 0; i < paths->len; i++)
    {
      MillRecentRow *row = get_row (self, (int) i);

      if (row == NULL || g_strcmp0 (mill_recent_row_get_path (row), g_ptr_array_index (paths, i)) != 0)
        return FALSE;
    }
  return get_row (self, (int) paths->len) == NULL;
}

static void
refresh_rows (MillRecentList *self)
{
  MillRecentRow *row;

  for (int i = 0; (row = get_row (self, i)) != NULL; i++)
    mill_recent_row_refresh (row);
}

static void
set_rows (MillRecentList *self, GPtrArray *paths)
{
  g_autoptr (GHashTable) rows = take_rows (self);

  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      GtkWidget *row = g_hash_table_lookup (rows, path);

      gtk_list_box_append (self->list, row != NULL ? row : mill_recent_row_new (path));
    }
}

static void
update (MillRecentList *self)
{
  guint n;
  g_autoptr (GPtrArray) paths = choose_paths (self, &n);

  if (!is_unchanged (self, paths))
    set_rows (self, paths);
  show_count (self, n);
}

static void
look_thread (GTask *task, gpointer source, gpointer elsewhere, GCancellable *cancellable)
{
  g_autofree char *folder = mill_run_files_get_folder ();

  g_task_return_pointer (task, mill_run_files_list (folder, elsewhere, MOST_RUNS),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MillRecentList *self = MILL_RECENT_LIST (source);
  g_autoptr (GPtrArray) paths = g_task_propagate_pointer (G_TASK (result), NULL);

  if (paths == NULL)
    return;
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->paths);
  self->paths = g_steal_pointer (&paths);
  refresh_rows (self);
  update (self);
}

static void
look (MillRecentList *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, looked_cb, NULL);
  g_task_set_task_data (task, mill_run_files_get_elsewhere (self->settings), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, look_thread);
}

static void
all_clicked_cb (MillRecentList *self)
{
  self->shows_all = TRUE;
  update (self);
}

static void
active_cb (MillRecentList *self, GParamSpec *pspec, GtkWindow *window)
{
  if (gtk_window_is_active (window) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    look (self);
}

static void
mill_recent_list_root (GtkWidget *widget)
{
  MillRecentList *self = MILL_RECENT_LIST (widget);

  GTK_WIDGET_CLASS (mill_recent_list_parent_class)->root (widget);
  if (GTK_IS_WINDOW (gtk_widget_get_root (widget)))
    self->active_handler = g_signal_connect_swapped (gtk_widget_get_root (widget), "notify::is-active",
                                                     G_CALLBACK (active_cb), self);
}

static void
mill_recent_list_unroot (GtkWidget *widget)
{
  g_clear_signal_handler (&MILL_RECENT_LIST (widget)->active_handler, gtk_widget_get_root (widget));
  GTK_WIDGET_CLASS (mill_recent_list_parent_class)->unroot (widget);
}

static void
mill_recent_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_recent_list_parent_class)->map (widget);
  look (MILL_RECENT_LIST (widget));
}

static void
mill_recent_list_dispose (GObject *object)
{
  MillRecentList *self = MILL_RECENT_LIST (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->settings);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mill_recent_list_parent_class)->dispose (object);
}

static void
mill_recent_list_finalize (GObject *object)
{
  MillRecentList *self = MILL_RECENT_LIST (object);

  g_ptr_array_unref (self->paths);
  g_ptr_array_unref (self->hidden);

  G_OBJECT_CLASS (mill_recent_list_parent_class)->finalize (object);
}

static void
mill_recent_list_class_init (MillRecentListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_recent_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_recent_list_finalize;
  widget_class->root = mill_recent_list_root;
  widget_class->unroot = mill_recent_list_unroot;
  widget_class->map = mill_recent_list_map;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/recent-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MillRecentList, list);
  gtk_widget_class_bind_template_child (widget_class, MillRecentList, placeholder);
  gtk_widget_class_bind_template_child (widget_class, MillRecentList, all_button);
  gtk_widget_class_bind_template_callback (widget_class, all_clicked_cb);
}

static void
mill_recent_list_init (MillRecentList *self)
{
  self->settings = mill_settings_new ();
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->hidden = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_recent_list_set_hidden:
 * @paths: (transfer none) (element-type filename): run files
 *
 * Shows all but these.
 */
void
mill_recent_list_set_hidden (MillRecentList *self, GPtrArray *paths)
{
  g_ptr_array_set_size (self->hidden, 0);
  for (guint i = 0; i < paths->len; i++)
    g_ptr_array_add (self->hidden, g_strdup (g_ptr_array_index (paths, i)));
  update (self);
}
