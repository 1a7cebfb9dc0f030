/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillRecentRow: acts through the window's actions, whose target is the path. */

#include "config.h"

#include "mill-recent-row.h"

#include <glib/gi18n.h>

#include "crawl/mill-crawl-summary.h"
#include "mill-crawl-words.h"
#include "mill-record-words.h"

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

/* What is shown of a file. */
typedef struct
{
  MillCrawlSummary *summary; /* (owned) (nullable): of a crawl */
  MillRunFacts *facts;       /* (owned) (nullable): of any other run */
} Shown;

static void
shown_free (Shown *shown)
{
  g_clear_pointer (&shown->summary, mill_crawl_summary_free);
  g_clear_pointer (&shown->facts, mill_run_facts_free);
  g_free (shown);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shown, shown_free)

static void
add_item (MillRecentRow *self, GMenu *menu, const char *label, const char *action, const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, g_variant_new_bytestring (target));
  g_menu_append_item (menu, item);
}

/* A menu that may be open stays as it is unless it must change. */
static gboolean
note_menu_state (MillRecentRow *self, gboolean is_readable, gboolean is_in_use, const char *pages)
{
  g_autofree char *state = g_strdup_printf ("%d %d %s", is_readable, is_in_use, pages != NULL ? pages : "");

  if (g_strcmp0 (state, self->menu_state) == 0)
    return FALSE;
  g_free (self->menu_state);
  self->menu_state = g_steal_pointer (&state);
  return TRUE;
}

/* @pages: (nullable): the folder where a crawl saves them */
static void
fill_menu (MillRecentRow *self, gboolean is_readable, gboolean is_in_use, const char *pages)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (!note_menu_state (self, is_readable, is_in_use, pages))
    return;
  if (is_readable)
    {
      add_item (self, menu, _ ("_Open"), "win.open-run", self->path);
      add_item (self, menu, _ ("Export as _CSV…"), "win.export-csv", self->path);
      add_item (self, menu, _ ("Export as _JSON Lines…"), "win.export-jsonl", self->path);
    }
  if (pages != NULL)
    add_item (self, menu, _ ("Open the Folder of the _Pages"), "win.open-folder", pages);
  add_item (self, menu, _ ("Open the Folder of the _Run File"), "win.open-folder", folder);
  if (!is_in_use)
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
  fill_menu (self, TRUE, summary->is_in_use, summary->folder);
}

static void
show_state_of_run (MillRecentRow *self, const MillRunFacts *facts)
{
  if (facts->is_in_use)
    show_state (self, "media-playback-start-symbolic", "accent");
  else if (facts->state == MILL_STATE_FAILED)
    show_state (self, "dialog-error-symbolic", "error");
  else if (facts->state == MILL_STATE_FINISHED)
    show_state (self, "object-select-symbolic", facts->dead > 0 ? "warning" : "success");
  else
    show_state (self, "media-playback-stop-symbolic", "dim-label");
}

static void
show_facts (MillRecentRow *self, const MillRunFacts *facts)
{
  g_autofree char *name = g_filename_display_basename (self->path);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *words = mill_record_words_row (facts, now);
  g_autofree char *text = g_strdup_printf ("%s · %s", words, name);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), facts->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  show_state_of_run (self, facts);
  gtk_widget_set_visible (self->resume_button, FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
  fill_menu (self, TRUE, facts->is_in_use, NULL);
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
  fill_menu (self, FALSE, FALSE, NULL);
}

static void
read_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  g_autoptr (Shown) shown = g_new0 (Shown, 1);
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  shown->facts = mill_run_facts_read (path, &error);
  if (shown->facts != NULL && shown->facts->is_crawl)
    shown->summary = mill_crawl_summary_read (path, 0, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&shown), (GDestroyNotify) shown_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MillRecentRow *self = MILL_RECENT_ROW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (Shown) shown = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (shown == NULL)
    show_error (self, error);
  else if (shown->summary != NULL)
    show_summary (self, shown->summary);
  else
    show_facts (self, shown->facts);
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
 * Returns: (transfer floating): a row that begins to read it
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
  fill_menu (self, FALSE, FALSE, NULL);
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
