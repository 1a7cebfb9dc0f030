/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: what it does with run files. They may be large, so each is read and written in a thread. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "crawl/mill-crawl-record.h"
#include "crawl/mill-crawl-summary.h"
#include "mill-alert-defaults.h"
#include "mill-run-files.h"
#include "mill-uri-open.h"

#define MAX_BROKEN   100
#define UNDO_SECONDS 8

/* What a run file is loaded for, and what was in it. */
typedef struct
{
  char *path; /* (owned) */
  gboolean is_to_resume;
  MillJob *job;              /* (owned) (nullable) */
  MillPipeline *pipeline;    /* (owned) (nullable): to go on with */
  MillCrawlSummary *summary; /* (owned) (nullable): to look at */
  MillRunFacts *facts;       /* (owned) (nullable): of what is no crawl */
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_free (load->path);
  g_clear_object (&load->job);
  g_clear_object (&load->pipeline);
  g_clear_pointer (&load->summary, mill_crawl_summary_free);
  g_clear_pointer (&load->facts, mill_run_facts_free);
  g_free (load);
}

/* What the run file holds, to look at. */
static gboolean
read_run (Load *load, GError **error)
{
  load->facts = mill_run_facts_read (load->path, error);
  if (load->facts == NULL || !load->facts->is_crawl)
    return load->facts != NULL;
  g_clear_pointer (&load->facts, mill_run_facts_free);
  load->summary = mill_crawl_summary_read (load->path, MAX_BROKEN, error);
  return load->summary != NULL;
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *load = data;
  GError *error = NULL;

  load->job = mill_crawl_read_job (load->path, &error);
  if (load->job != NULL && load->is_to_resume)
    load->pipeline = mill_crawl_resume (load->path, &error);
  else if (load->job != NULL)
    read_run (load, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static MillRun *
run_of_load (const Load *load, GError **error)
{
  if (load->is_to_resume)
    return mill_run_new_resumed (load->job, _ ("crawl"), load->pipeline, load->path);
  if (load->facts != NULL)
    return mill_run_new_recording (load->job, _ ("recording"), load->path, load->facts, error);
  return mill_run_new_stored (load->job, _ ("crawl"), load->path, load->summary, error);
}

/* The tab may have gone to another window by now, or be closed. */
static MillWindow *
find_window (MillTab *tab)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (tab));

  return MILL_IS_WINDOW (root) && gtk_window_get_application (GTK_WINDOW (root)) != NULL ? MILL_WINDOW (root)
                                                                                         : NULL;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MillTab *tab = MILL_TAB (source);
  MillWindow *self = find_window (tab);
  Load *load = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillRun) run = NULL;

  mill_tab_set_loading (tab, NULL);
  if (self == NULL)
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    run = run_of_load (load, &error);
  if (run == NULL)
    {
      g_autofree char *name = g_filename_display_basename (load->path);
      g_autofree char *heading = g_strdup_printf (_ ("“%s” Cannot Be Opened"), name);

      mill_window_show_error (self, heading, error->message);
      return;
    }
  mill_alert_defaults_apply (self->settings, run);
  if (!mill_tab_set_run (tab, run))
    tab = mill_window_show_run (self, run);
  if (load->is_to_resume)
    mill_window_start (self, tab);
  else
    mill_run_files_remember (self->settings, load->path);
}

static void
load_run (MillTab *tab, const char *path, gboolean is_to_resume)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autoptr (GTask) task = NULL;
  Load *load;

  if (mill_tab_is_loading (tab))
    return;
  mill_tab_set_loading (tab, name);
  load = g_new0 (Load, 1);
  load->path = g_canonicalize_filename (path, NULL);
  load->is_to_resume = is_to_resume;
  task = g_task_new (tab, NULL, loaded_cb, NULL);
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * mill_window_open_run:
 * @tab: where to show it
 * @path: a run file
 *
 * Shows what is in it, once that is read.
 */
void
mill_window_open_run (MillTab *tab, const char *path)
{
  load_run (tab, path, FALSE);
}

/**
 * mill_window_resume_run:
 * @tab: where to show it
 * @path: a run file
 *
 * Goes on with the crawl in it, once that is read.
 */
void
mill_window_resume_run (MillTab *tab, const char *path)
{
  load_run (tab, path, TRUE);
}

static void
open_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  mill_window_open_run (mill_window_take_tab (self), g_variant_get_bytestring (parameter));
}

static void
resume_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  mill_window_resume_run (mill_window_take_tab (self), g_variant_get_bytestring (parameter));
}

static void
go_on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  mill_window_resume_run (mill_window_get_tab (self), mill_run_get_path (mill_window_get_run (self)));
}

/* The run file names it, and may be a stranger's: nothing but a folder is opened. */
static void
open_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_bytestring (parameter));
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *path = g_file_get_parse_name (file);
  const char *heading = _ ("The Folder Cannot Be Opened");

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY)
    mill_uri_open (widget, uri, heading);
  else
    mill_window_show_error (MILL_WINDOW (widget), heading, path);
}

/* ---- export ---------------------------------------------------------------------------------------------
 */

typedef struct
{
  char *path; /* (owned) */
  MillExportFormat format;
  GFile *output; /* (owned) */
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_free (export->path);
  g_object_unref (export->output);
  g_free (export);
}

static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Export *export = data;
  MillExportTable table = mill_export_choose_table (export->path);
  GError *error = NULL;

  if (mill_export_run_to_file (export->path, table, export->format, export->output, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MillWindow) self = user_data;
  Export *export = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_file_get_basename (export->output);
  g_autofree char *text = g_markup_printf_escaped (_ ("Exported to “%s”"), name);
  g_autoptr (GError) error = NULL;
  gboolean is_done = g_task_propagate_boolean (G_TASK (result), &error);

  g_application_release (g_application_get_default ());
  if (gtk_window_get_application (GTK_WINDOW (self)) == NULL)
    {
      if (!is_done)
        g_message ("%s", error->message);
    }
  else if (is_done)
    adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (text));
  else
    mill_window_show_error (self, _ ("The Results Could Not Be Exported"), error->message);
}

/* The window may be closed before the end, the last one too: the program stays until all is written. */
static void
export_chosen_cb (MillWindow *self, int response)
{
  g_autoptr (GTask) task = NULL;
  Export *export;

  if (response != GTK_RESPONSE_ACCEPT)
    {
      g_clear_object (&self->chooser);
      return;
    }
  export = g_new (Export, 1);
  *export = (Export){ .path = g_steal_pointer (&self->exported_path),
                      .format = self->export_format,
                      .output = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) };
  g_clear_object (&self->chooser);
  /* The thread may be the last to let go of the task, and is to hold nothing of ours. */
  task = g_task_new (NULL, NULL, exported_cb, g_object_ref (self));
  g_task_set_task_data (task, export, export_free);
  g_application_hold (g_application_get_default ());
  g_task_run_in_thread (task, export_thread);
}

/* "h 2026-11-27 12.00.csv" for "…/h 2026-11-27 12.00.millrace-run" */
static char *
suggest_name (const char *path, const char *suffix)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (g_str_has_suffix (name, MILL_RUN_FILE_SUFFIX))
    name[strlen (name) - strlen (MILL_RUN_FILE_SUFFIX)] = '\0';
  return g_strconcat (name, suffix, NULL);
}

static void
choose_export (MillWindow *self, const char *path, MillExportFormat format)
{
  g_autofree char *suggestion = suggest_name (path, format == MILL_EXPORT_CSV ? ".csv" : ".jsonl");
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autoptr (GFile) folder = g_file_new_for_path (documents != NULL ? documents : g_get_home_dir ());

  if (self->chooser != NULL)
    return;
  g_free (self->exported_path);
  self->exported_path = g_strdup (path);
  self->export_format = format;
  self->chooser = gtk_file_chooser_native_new (_ ("Export the Results"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), suggestion);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (export_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
export_csv_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_export (MILL_WINDOW (widget), g_variant_get_bytestring (parameter), MILL_EXPORT_CSV);
}

static void
export_jsonl_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_export (MILL_WINDOW (widget), g_variant_get_bytestring (parameter), MILL_EXPORT_JSONL);
}

/* ---- removing -------------------------------------------------------------------------------------------
 */

static void
trash_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  mill_run_files_trash (path);
  g_task_return_boolean (task, TRUE);
}

static void
trashed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_application_release (g_application_get_default ());
}

static void
trash (const char *path)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, trashed_cb, NULL);

  g_application_hold (g_application_get_default ());
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, trash_thread);
}

/**
 * mill_window_empty_removed:
 *
 * What was removed and not brought back goes to the trash, before this returns: the program may end then.
 */
void
mill_window_empty_removed (MillWindow *self)
{
  while (self->removed != NULL && self->removed->len > 0)
    {
      g_autofree char *path = g_ptr_array_steal_index (self->removed, 0);

      mill_run_files_forget (self->settings, path);
      mill_run_files_trash (path);
    }
}

/* Returns: (transfer full) (nullable): @path, if it is among what was removed, and no longer is */
static char *
take_removed (MillWindow *self, const char *path)
{
  guint index;

  if (self->removed == NULL || !g_ptr_array_find_with_equal_func (self->removed, path, g_str_equal, &index))
    return NULL;
  return g_ptr_array_steal_index (self->removed, index);
}

static void
toast_dismissed_cb (MillWindow *self, AdwToast *toast)
{
  g_autofree char *path = take_removed (self, g_object_get_data (G_OBJECT (toast), "path"));

  if (path == NULL)
    return;
  mill_run_files_forget (self->settings, path);
  trash (path);
}

/* On all start pages. */
static void
hide_removed (MillWindow *self)
{
  g_autoptr (GPtrArray) tabs = mill_window_list_tabs (self);

  for (guint i = 0; i < tabs->len; i++)
    mill_tab_set_hidden (g_ptr_array_index (tabs, i), self->removed);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  const char *path = g_variant_get_bytestring (parameter);
  g_autofree char *title = g_filename_display_basename (path);
  g_autofree char *text = g_markup_printf_escaped (_ ("“%s” was removed"), title);
  AdwToast *toast = adw_toast_new (text);

  g_ptr_array_add (self->removed, g_strdup (path));
  hide_removed (self);
  g_object_set_data_full (G_OBJECT (toast), "path", g_strdup (path), g_free);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo-remove");
  adw_toast_set_action_target_value (toast, parameter);
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (toast_dismissed_cb), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static void
undo_remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  g_free (take_removed (self, g_variant_get_bytestring (parameter)));
  hide_removed (self);
}

/**
 * mill_window_install_run_actions:
 * @widget_class: the class of #MillWindow
 *
 * Called once, in class_init.
 */
void
mill_window_install_run_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open-run", "ay", open_run_action);
  gtk_widget_class_install_action (widget_class, "win.resume-run", "ay", resume_run_action);
  gtk_widget_class_install_action (widget_class, "win.go-on", NULL, go_on_action);
  gtk_widget_class_install_action (widget_class, "win.open-folder", "ay", open_folder_action);
  gtk_widget_class_install_action (widget_class, "win.export-csv", "ay", export_csv_action);
  gtk_widget_class_install_action (widget_class, "win.export-jsonl", "ay", export_jsonl_action);
  gtk_widget_class_install_action (widget_class, "win.remove-run", "ay", remove_action);
  gtk_widget_class_install_action (widget_class, "win.undo-remove", "ay", undo_remove_action);
}
