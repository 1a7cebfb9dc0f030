/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRecentRow: acts through the window's actions, whose target is the path. */

#include "config.h"

#include "mill-recent-row.h"

#include <glib/gi18n.h>

#include "crawl/mill-crawl-summary.h"
#include "mill-crawl-words.h"

struct _MillRecentRow
{
  AdwActionRow parent_instance;

  char *path;                /* (owned) */
  char *menu_state;          /* (owned) (nullable): what the menu depends on, as it is */
  GCancellable *cancellable; /* (owned) (nullable): while the file is read */

  /* Template */
  GtkImage *state_image;
  GtkWidget *resume_button;
  GtkMenuButton *menu_button;
};

G_DEFINE_FINAL_TYPE (MillRecentRow, mill_recent_row, ADW_TYPE_ACTION_ROW)

static void
show_state (MillRecentRow *self, const char *icon_name, const char *css_class)
{
  gtk_image_set_from_icon_name (self->state_image, icon_name);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_image), (const char *[]){ css_class, NULL });
}

static void
add_item (MillRecentRow *self, GMenu *menu, const char *label, const char *action, const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, g_variant_new_bytestring (target));
  g_menu_append_item (menu, item);
}

/* A menu that may be open stays as it is unless it must change. */
static gboolean
note_menu_state (MillRecentRow *self, const MillCrawlSummary *summary)
{
  g_autofree char *state = summary != NULL ? g_strdup_printf ("%d %s", summary->is_in_use,
                                                              summary->folder != NULL ? summary->folder : "")
                                           : g_strdup ("");

  if (g_strcmp0 (state, self->menu_state) == 0)
    return FALSE;
  g_free (self->menu_state);
  self->menu_state = g_steal_pointer (&state);
  return TRUE;
}

/* @summary: (nullable): NULL when the file cannot be read */
static void
fill_menu (MillRecentRow *self, const MillCrawlSummary *summary)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (!note_menu_state (self, summary))
    return;
  if (summary != NULL)
    {
      add_item (self, menu, _ ("_Open"), "win.open-run", self->path);
      add_item (self, menu, _ ("Export as _CSV…"), "win.export-csv", self->path);
      add_item (self, menu, _ ("Export as _JSON Lines…"), "win.export-jsonl", self->path);
    }
  if (summary != NULL && summary->folder != NULL)
    add_item (self, menu, _ ("Open the Folder of the _Pages"), "win.open-folder", summary->folder);
  add_item (self, menu, _ ("Open the Folder of the _Run File"), "win.open-folder", folder);
  if (summary == NULL || !summary->is_in_use)
    add_item (self, menu, _ ("Re_move"), "win.remove-run", self->path);
  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
}

/* What it is of is the title then, so the file's name comes last. */
static void
show_summary (MillRecentRow *self, const MillCrawlSummary *summary)
{
  g_autofree char *name = g_filename_display_basename (self->path);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *words = mill_crawl_words_row (summary, now);
  g_autofree char *text = g_strdup_printf ("%s · %s", words, name);
  gboolean is_finished = mill_crawl_summary_is_finished (summary);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), summary->start);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  if (summary->is_in_use)
    show_state (self, "media-playback-start-symbolic", "accent");
  else if (is_finished)
    show_state (self, "object-select-symbolic", summary->dead > 0 ? "warning" : "success");
  else
    show_state (self, "media-playback-pause-symbolic", "dim-label");
  gtk_widget_set_visible (self->resume_button, !is_finished && !summary->is_in_use);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
  fill_menu (self, summary);
}

/* The message names the file by its path, the title by its name already. */
static void
show_error (MillRecentRow *self, const GError *error)
{
  g_autofree char *path = g_filename_display_name (self->path);
  g_autofree char *name = g_filename_display_basename (self->path);
  g_autoptr (GString) message = g_string_new (error->message);

  g_string_replace (message, path, name, 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), message->str);
  show_state (self, "dialog-warning-symbolic", "error");
  gtk_widget_set_visible (self->resume_button, FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  fill_menu (self, NULL);
}

static void
read_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  MillCrawlSummary *summary;

  if (g_task_return_error_if_cancelled (task))
    return;
  summary = mill_crawl_summary_read (path, 0, &error);
  if (summary != NULL)
    g_task_return_pointer (task, summary, (GDestroyNotify) mill_crawl_summary_free);
  else
    g_task_return_error (task, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MillRecentRow *self = MILL_RECENT_ROW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (MillCrawlSummary) summary = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (summary != NULL)
    show_summary (self, summary);
  else
    show_error (self, error);
}

static void
mill_recent_row_dispose (GObject *object)
{
  MillRecentRow *self = MILL_RECENT_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (mill_recent_row_parent_class)->dispose (object);
}

static void
mill_recent_row_finalize (GObject *object)
{
  MillRecentRow *self = MILL_RECENT_ROW (object);

  g_free (self->path);
  g_free (self->menu_state);

  G_OBJECT_CLASS (mill_recent_row_parent_class)->finalize (object);
}

static void
mill_recent_row_class_init (MillRecentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_recent_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_recent_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/recent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MillRecentRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, MillRecentRow, resume_button);
  gtk_widget_class_bind_template_child (widget_class, MillRecentRow, menu_button);
}

static void
mill_recent_row_init (MillRecentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_recent_row_new:
 * @path: a run file
 *
 * Returns: (transfer full): a row that begins to read it
 */
GtkWidget *
mill_recent_row_new (const char *path)
{
  MillRecentRow *self = g_object_new (MILL_TYPE_RECENT_ROW, NULL);
  g_autofree char *name = g_filename_display_basename (path);
  GVariant *target = g_variant_new_bytestring (path);

  self->path = g_strdup (path);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), name);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self), "win.open-run");
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->resume_button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->resume_button), "win.resume-run");
  fill_menu (self, NULL);
  mill_recent_row_refresh (self);

  return GTK_WIDGET (self);
}

/**
 * mill_recent_row_get_path:
 *
 * Returns: (transfer none): the run file
 */
const char *
mill_recent_row_get_path (MillRecentRow *self)
{
  return self->path;
}

/**
 * mill_recent_row_refresh:
 *
 * Reads the file again, unless that is being done. What is shown stays until then.
 */
void
mill_recent_row_refresh (MillRecentRow *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, read_cb, NULL);
  g_task_set_task_data (task, g_strdup (self->path), g_free);
  g_task_run_in_thread (task, read_thread);
}
