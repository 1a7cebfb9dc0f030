/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: what its buttons and keys do. Every action is there all the time; which are enabled follows
 * from the state of the run. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>

#include "mill-alerts-window.h"
#include "mill-consent.h"
#include "mill-crawl-dialog.h"
#include "mill-run-files.h"

static MillState
get_state (MillWindow *self)
{
  MillRun *run = mill_window_get_run (self);

  return run != NULL ? mill_run_get_state (run) : MILL_STATE_IDLE;
}

/**
 * mill_window_update_actions:
 *
 * Enables the actions that the state of what is shown allows, and shows the buttons that go with it.
 */
void
mill_window_update_actions (MillWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  MillTab *tab = mill_window_get_tab (self);
  MillRun *run = mill_window_get_run (self);
  MillPitfallPage *pitfall = tab != NULL ? mill_tab_get_pitfall_page (tab) : NULL;
  gboolean is_pitfall_running = pitfall != NULL && mill_pitfall_page_is_running (pitfall);
  gboolean is_pitfall_ready = pitfall != NULL && !is_pitfall_running;
  MillState state = get_state (self);
  /* What is being loaded takes the place of the run that is shown, which is left as it is until then. */
  gboolean is_settled = run != NULL && !mill_tab_is_loading (tab);
  gboolean is_active = run != NULL && mill_run_is_active (run);
  gboolean is_running = is_active && state == MILL_STATE_RUNNING;
  gboolean can_go_on = run != NULL && mill_run_can_go_on (run);
  gboolean is_paused = is_active && state == MILL_STATE_PAUSED;

  gtk_widget_action_set_enabled (widget, "win.back", is_settled || pitfall != NULL);
  gtk_widget_action_set_enabled (widget, "win.start", (is_settled && !is_active) || is_pitfall_ready);
  gtk_widget_action_set_enabled (widget, "win.pause", is_running);
  gtk_widget_action_set_enabled (widget, "win.resume", is_paused);
  gtk_widget_action_set_enabled (widget, "win.toggle-pause", is_running || is_paused);
  gtk_widget_action_set_enabled (widget, "win.drain", is_running || is_paused);
  gtk_widget_action_set_enabled (widget, "win.run-again", (is_settled && !is_active) || is_pitfall_ready);
  gtk_widget_action_set_enabled (widget, "win.go-on", is_settled && can_go_on);
  gtk_widget_action_set_enabled (widget, "win.stop",
                                 (is_active && state != MILL_STATE_STOPPING) || is_pitfall_running);
  gtk_widget_action_set_enabled (widget, "win.show-page", run != NULL && self->presented == NULL);
  gtk_widget_action_set_enabled (widget, "win.present", run != NULL);
  gtk_widget_action_set_enabled (widget, "win.alerts", run != NULL && self->presented == NULL);

  gtk_widget_set_visible (self->run_buttons, run != NULL || pitfall != NULL);
  gtk_widget_set_visible (self->drain_button, run != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->present_button), run != NULL);
  gtk_widget_set_visible (self->new_tab_button, run != NULL || pitfall != NULL);
  mill_window_update_knob_actions (self);
  gtk_stack_set_visible_child_name (self->start_stack, can_go_on    ? "go-on"
                                                       : !is_active ? "start"
                                                       : is_paused  ? "resume"
                                                                    : "pause");
}

/* A pipeline runs once: starting again is starting another one like it. */
static gboolean
renew_run (MillWindow *self, MillTab *tab)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillRun) run = mill_run_new_again (mill_tab_get_run (tab), &error);

  if (run == NULL)
    {
      mill_window_show_error (self, _ ("This Job Cannot Be Run"), error->message);
      return FALSE;
    }

  return mill_tab_set_run (tab, run);
}

static void
prune_thread (GTask *task, gpointer source, gpointer kept, GCancellable *cancellable)
{
  g_autofree char *folder = mill_run_files_get_folder ();

  mill_run_files_prune (folder, GPOINTER_TO_UINT (kept));
  g_task_return_boolean (task, TRUE);
}

/* Crawls were told where to be recorded when they were chosen; of other runs the newest are kept. */
static void
prepare_recording (MillWindow *self, MillRun *run)
{
  gboolean is_wanted = self->settings != NULL && g_settings_get_boolean (self->settings, "record-runs");
  g_autofree char *folder = is_wanted ? mill_run_files_get_folder () : NULL;
  g_autoptr (GTask) task = NULL;

  if (mill_run_is_crawl (run))
    return;
  mill_run_record_in (run, folder);
  if (!is_wanted)
    return;
  /* The new one is one of them. */
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, GUINT_TO_POINTER (g_settings_get_uint (self->settings, "kept-runs") - 1), NULL);
  g_task_run_in_thread (task, prune_thread);
}

/* What the question about a job's commands is for. */
typedef struct
{
  GWeakRef window;
  MillTab *tab; /* (owned) */
  MillRun *run; /* (owned) */
} Asked;

static void
asked_free (gpointer data, GClosure *closure)
{
  Asked *asked = data;

  g_weak_ref_clear (&asked->window);
  g_object_unref (asked->tab);
  g_object_unref (asked->run);
  g_free (asked);
}

static void
consent_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (MillWindow) self = g_weak_ref_get (&asked->window);

  if (!g_str_equal (response, "run"))
    return;
  mill_consent_give (mill_run_get_job (asked->run));
  if (self != NULL && mill_tab_get_run (asked->tab) == asked->run)
    mill_window_start (self, asked->tab);
}

static void
ask_for_consent (MillWindow *self, MillTab *tab)
{
  MillRun *run = mill_tab_get_run (tab);
  GtkWidget *dialog = mill_consent_dialog_new (GTK_WINDOW (self), mill_run_get_job (run));
  Asked *asked = g_new0 (Asked, 1);

  g_weak_ref_init (&asked->window, self);
  asked->tab = g_object_ref (tab);
  asked->run = g_object_ref (run);
  g_signal_connect_data (dialog, "response", G_CALLBACK (consent_cb), asked, asked_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * mill_window_start:
 * @tab: one of its tabs, with a run that was not started
 *
 * Starts the run; if it runs commands that the user has not agreed to, then only after asking. On failure it
 * tells the user.
 */
void
mill_window_start (MillWindow *self, MillTab *tab)
{
  MillRun *run = mill_tab_get_run (tab);
  g_autoptr (GError) error = NULL;

  if (mill_consent_is_needed (mill_run_get_job (run)))
    {
      ask_for_consent (self, tab);
      return;
    }
  mill_window_stay (self);
  prepare_recording (self, run);
  if (!mill_run_start (run, &error))
    {
      mill_window_show_error (self, _ ("The Run Could Not Start"), error->message);
      renew_run (self, tab);
    }
  else if (mill_run_get_path (run) != NULL)
    mill_run_files_remember (self->settings, mill_run_get_path (run));
  mill_window_update_actions (self);
}

/* Begins anew, whatever there was. */
static void
run_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  MillTab *tab = mill_window_get_tab (self);

  if (mill_tab_get_pitfall_page (tab) != NULL)
    mill_pitfall_page_start (mill_tab_get_pitfall_page (tab));
  else if (renew_run (self, tab))
    mill_window_start (self, tab);
}

/* What can go on does. */
static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  MillTab *tab = mill_window_get_tab (self);
  MillRun *run = mill_tab_get_run (tab);

  if (run == NULL)
    run_again_action (widget, name, parameter);
  else if (mill_run_can_go_on (run))
    mill_window_resume_run (tab, mill_run_get_path (run));
  else if (get_state (self) == MILL_STATE_IDLE && !mill_run_is_stored (run))
    mill_window_start (self, tab);
  else
    run_again_action (widget, name, parameter);
}

/* The states change by themselves too: an action may come a moment too late, which nobody needs to be told
 * of. */
static void
report (MillWindow *self, const GError *error)
{
  if (error != NULL)
    g_message ("%s", error->message);
  mill_window_update_actions (self);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autoptr (GError) error = NULL;

  mill_run_pause (mill_window_get_run (self), &error);
  report (self, error);
}

static void
resume_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autoptr (GError) error = NULL;

  mill_run_resume (mill_window_get_run (self), &error);
  report (self, error);
}

static void
toggle_pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (get_state (MILL_WINDOW (widget)) == MILL_STATE_PAUSED)
    resume_action (widget, name, parameter);
  else
    pause_action (widget, name, parameter);
}

static void
drain_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autoptr (GError) error = NULL;

  mill_run_drain (mill_window_get_run (self), &error);
  report (self, error);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  MillPitfallPage *pitfall = mill_tab_get_pitfall_page (mill_window_get_tab (self));

  if (pitfall != NULL)
    mill_pitfall_page_stop (pitfall);
  else
    mill_run_stop (mill_window_get_run (self));
  mill_window_update_actions (self);
}

/* Returns: (transfer full): the tab that is shown, as a list of one */
static GPtrArray *
list_shown_tab (MillWindow *self)
{
  GPtrArray *tabs = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (tabs, g_object_ref (mill_window_get_tab (self)));
  return tabs;
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autoptr (GPtrArray) tabs = list_shown_tab (self);

  mill_window_leave (self, tabs, MILL_AFTER_BACK);
}

static void
new_tab_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mill_window_show_start_tab (MILL_WINDOW (widget));
}

/* The last tab takes the window with it. */
static void
close_tab_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  if (adw_tab_view_get_n_pages (self->tab_view) > 1)
    adw_tab_view_close_page (self->tab_view, adw_tab_view_get_selected_page (self->tab_view));
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
show_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillRunPage *page = mill_tab_get_run_page (mill_window_get_tab (MILL_WINDOW (widget)));

  mill_run_page_show_page (page, g_variant_get_string (parameter, NULL));
}

static void
open_builtin_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mill_window_open_builtin (MILL_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
chosen_cb (MillWindow *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GListModel) files = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      mill_window_open_file (self, file);
    }
}

/**
 * mill_window_add_filter:
 * @name: what the files are called
 * @pattern: which names they have
 *
 * Lets the user choose to see such files only.
 */
void
mill_window_add_filter (GtkFileChooser *chooser, const char *name, const char *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Open Jobs and Runs"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  mill_window_add_filter (GTK_FILE_CHOOSER (self->chooser), _ ("Millrace jobs and runs"), "*.millrace*");
  mill_window_add_filter (GTK_FILE_CHOOSER (self->chooser), _ ("All files"), "*");
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
crawl_cb (MillWindow *self, MillJob *job, const char *run_folder)
{
  MillTab *tab = mill_window_open_job (self, job, _ ("crawl"));

  if (tab == NULL)
    return;
  mill_run_record_in (mill_tab_get_run (tab), run_folder);
  mill_window_start (self, tab);
}

static void
new_crawl_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  GtkWidget *dialog = mill_crawl_dialog_new (GTK_WINDOW (self), self->settings);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (crawl_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
alerts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillRun *run = mill_window_get_run (MILL_WINDOW (widget));

  gtk_window_present (GTK_WINDOW (mill_alerts_window_new (GTK_WINDOW (widget), run)));
}

/* Under its usual name GTK would build it with each window, which takes as long as the whole start page. */
static void
show_help_overlay_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/io/github/millrace/Millrace/ui/help-overlay.ui");
  GtkWindow *overlay = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));

  gtk_window_set_transient_for (overlay, GTK_WINDOW (widget));
  gtk_window_set_destroy_with_parent (overlay, TRUE);
  gtk_window_present (overlay);
}

/**
 * mill_window_install_actions:
 * @widget_class: the class of #MillWindow
 *
 * Called once, in class_init.
 */
void
mill_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "win.run-again", NULL, run_again_action);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "win.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "win.toggle-pause", NULL, toggle_pause_action);
  gtk_widget_class_install_action (widget_class, "win.drain", NULL, drain_action);
  gtk_widget_class_install_action (widget_class, "win.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.new-tab", NULL, new_tab_action);
  gtk_widget_class_install_action (widget_class, "win.close-tab", NULL, close_tab_action);
  gtk_widget_class_install_action (widget_class, "win.show-page", "s", show_page_action);
  gtk_widget_class_install_action (widget_class, "win.alerts", NULL, alerts_action);
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.open-builtin", "s", open_builtin_action);
  gtk_widget_class_install_action (widget_class, "win.new-crawl", NULL, new_crawl_action);
  gtk_widget_class_install_action (widget_class, "win.show-help-overlay", NULL, show_help_overlay_action);
}
