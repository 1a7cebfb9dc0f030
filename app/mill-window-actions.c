/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: what its buttons and keys do. Every action is there all the time; which are enabled follows
 * from the state of the run. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>

#include "mill-builtin-jobs.h"
#include "mill-crawl-dialog.h"
#include "mill-run-files.h"

static MillState
get_state (MillWindow *self)
{
  return self->run != NULL ? mill_run_get_state (self->run) : MILL_STATE_IDLE;
}

/**
 * mill_window_update_actions:
 *
 * Enables the actions that the run's state allows, and shows the button that goes with it.
 */
void
mill_window_update_actions (MillWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  MillState state = get_state (self);
  gboolean is_active = self->run != NULL && mill_run_is_active (self->run);
  gboolean is_running = is_active && state == MILL_STATE_RUNNING;
  gboolean can_go_on = self->run != NULL && mill_run_can_go_on (self->run);
  gboolean is_paused = is_active && state == MILL_STATE_PAUSED;

  gtk_widget_action_set_enabled (widget, "win.back", self->run != NULL);
  gtk_widget_action_set_enabled (widget, "win.start", self->run != NULL && !is_active);
  gtk_widget_action_set_enabled (widget, "win.pause", is_running);
  gtk_widget_action_set_enabled (widget, "win.resume", is_paused);
  gtk_widget_action_set_enabled (widget, "win.toggle-pause", is_running || is_paused);
  gtk_widget_action_set_enabled (widget, "win.drain", is_running || is_paused);
  gtk_widget_action_set_enabled (widget, "win.run-again", self->run != NULL && !is_active);
  gtk_widget_action_set_enabled (widget, "win.go-on", can_go_on);
  gtk_widget_action_set_enabled (widget, "win.stop", is_active && state != MILL_STATE_STOPPING);

  gtk_stack_set_visible_child_name (self->start_stack, can_go_on    ? "go-on"
                                                       : !is_active ? "start"
                                                       : is_paused  ? "resume"
                                                                    : "pause");
}

/* A pipeline runs once: starting again is starting another one like it. */
static gboolean
renew_run (MillWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillRun) run = mill_run_new_again (self->run, &error);

  if (run == NULL)
    {
      mill_window_show_error (self, _ ("This Job Cannot Be Run"), error->message);
      return FALSE;
    }

  return mill_window_set_run (self, run);
}

static void
start_run (MillWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (!mill_run_start (self->run, &error))
    {
      mill_window_show_error (self, _ ("The Run Could Not Start"), error->message);
      renew_run (self);
    }
  else if (mill_run_get_path (self->run) != NULL)
    mill_run_files_remember (self->settings, mill_run_get_path (self->run));
  mill_window_update_actions (self);
}

/* Begins anew, whatever there was. */
static void
run_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  if (renew_run (self))
    start_run (self);
}

/* What can go on does. */
static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  if (mill_run_can_go_on (self->run))
    mill_window_resume_run (self, mill_run_get_path (self->run));
  else if (get_state (self) == MILL_STATE_IDLE && !mill_run_is_stored (self->run))
    start_run (self);
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

  mill_run_pause (self->run, &error);
  report (self, error);
}

static void
resume_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autoptr (GError) error = NULL;

  mill_run_resume (self->run, &error);
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

  mill_run_drain (self->run, &error);
  report (self, error);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);

  mill_run_stop (self->run);
  mill_window_update_actions (self);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mill_window_leave (MILL_WINDOW (widget), MILL_AFTER_BACK);
}

static void
open_builtin_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_builtin_jobs_load (g_variant_get_string (parameter, NULL), &error);

  if (job != NULL)
    mill_window_open_job (self, job, _ ("scenario"));
  else
    mill_window_show_error (self, _ ("This Scenario Cannot Be Opened"), error->message);
}

static void
chosen_cb (MillWindow *self, int response)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (file != NULL)
    mill_window_open_file (self, file);
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

  self->chooser = gtk_file_chooser_native_new (_ ("Open a Job or a Run"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  mill_window_add_filter (GTK_FILE_CHOOSER (self->chooser), _ ("Millrace jobs and runs"), "*.millrace*");
  mill_window_add_filter (GTK_FILE_CHOOSER (self->chooser), _ ("All files"), "*");
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
crawl_cb (MillWindow *self, MillJob *job, const char *run_folder)
{
  MillWindow *window = mill_window_open_job (self, job, _ ("crawl"));

  if (window == NULL)
    return;
  mill_run_record_in (window->run, run_folder);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.start", NULL);
}

static void
new_crawl_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillWindow *self = MILL_WINDOW (widget);
  GtkWidget *dialog = mill_crawl_dialog_new (GTK_WINDOW (self), self->settings);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (crawl_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
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
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.open-builtin", "s", open_builtin_action);
  gtk_widget_class_install_action (widget_class, "win.new-crawl", NULL, new_crawl_action);
}
