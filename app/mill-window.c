/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: what frames the tabs: the header, the question before it closes, what is dropped on it. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>

#include "mill-builtin-jobs.h"
#include "mill-message.h"
#include "mill-run-files.h"
#include "mill-run-words.h"
#include "mill-settings.h"
#include "mill-unseen.h"
#include "mill-window-rest.h"

G_DEFINE_FINAL_TYPE (MillWindow, mill_window, ADW_TYPE_APPLICATION_WINDOW)

/**
 * mill_window_update_title:
 *
 * Says which run is shown and where it stands.
 */
void
mill_window_update_title (MillWindow *self)
{
  MillRun *run = mill_window_get_run (self);
  MillTab *tab = mill_window_get_tab (self);
  gboolean is_start = tab == NULL || (run == NULL && mill_tab_get_pitfall_page (tab) == NULL);
  g_autofree char *title = is_start ? g_strdup (_ ("Millrace")) : mill_tab_get_title (tab);
  g_autofree char *subtitle = run != NULL ? mill_run_words_now (run) : NULL;

  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle : "");
  /* The window manager is told each time, also when it stays the same. */
  if (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (self)), title) != 0)
    gtk_window_set_title (GTK_WINDOW (self), title);
}

/* A dialog breaks lines between words, and a path or an address has none: it may break after a slash as well.
 */
static char *
break_after_slashes (const char *message)
{
  GString *text = g_string_new (message);

  g_string_replace (text, "/", "/\342\200\213", 0);
  return g_string_free (text, FALSE);
}

/**
 * mill_window_show_error:
 * @heading: what could not be done
 * @message: why
 *
 * Tells the user.
 */
void
mill_window_show_error (MillWindow *self, const char *heading, const char *message)
{
  g_autofree char *body = break_after_slashes (message);
  mill_message_show (GTK_WINDOW (self), heading, body);
}

static gboolean
mill_window_close_request (GtkWindow *window)
{
  MillWindow *self = MILL_WINDOW (window);

  if (mill_window_has_active_tab (self))
    {
      g_autoptr (GPtrArray) tabs = mill_window_list_tabs (self);

      mill_window_leave (self, tabs, MILL_AFTER_CLOSE_WINDOW);
      return TRUE;
    }

  return GTK_WINDOW_CLASS (mill_window_parent_class)->close_request (window);
}

static GdkDragAction
drop_enter_cb (MillWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, TRUE);
  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (MillWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, FALSE);
}

static gboolean
drop_cb (MillWindow *self, const GValue *value)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));
  gboolean is_ok = FALSE;

  drop_leave_cb (self);
  for (GSList *link = files; link != NULL; link = link->next)
    is_ok = mill_window_open_file (self, link->data) || is_ok;
  return is_ok;
}

static void
accept_drops (MillWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "enter", G_CALLBACK (drop_enter_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "leave", G_CALLBACK (drop_leave_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* A new window is as large as the one that was resized last; those that are open stay as they are. */
static void
remember_size (MillWindow *self)
{
  const GSettingsBindFlags flags = G_SETTINGS_BIND_GET | G_SETTINGS_BIND_SET | G_SETTINGS_BIND_GET_NO_CHANGES;

  self->settings = mill_settings_new ();
  if (self->settings == NULL)
    return;

  g_settings_bind (self->settings, "window-width", self, "default-width", flags);
  g_settings_bind (self->settings, "window-height", self, "default-height", flags);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", flags);
}

static void
mill_window_dispose (GObject *object)
{
  MillWindow *self = MILL_WINDOW (object);

  /* Its tabs go with it; that is no reason to close it once more. */
  if (self->tab_view != NULL)
    g_signal_handlers_disconnect_by_data (self->tab_view, self);

  mill_window_empty_removed (self);
  g_clear_handle_id (&self->header_timer, g_source_remove);
  g_clear_object (&self->presented);
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_pointer (&self->asked_tabs, g_ptr_array_unref);
  g_clear_pointer (&self->exported_path, g_free);
  g_clear_object (&self->settings);
  g_clear_object (&self->chooser);
  g_clear_weak_pointer (&self->knob_toast);

  G_OBJECT_CLASS (mill_window_parent_class)->dispose (object);
}

static void
mill_window_finalize (GObject *object)
{
  g_hash_table_unref (MILL_WINDOW (object)->leaving);

  G_OBJECT_CLASS (mill_window_parent_class)->finalize (object);
}

static void
mill_window_class_init (MillWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = mill_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, MillWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, frame);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, header);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, header_revealer);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, run_buttons);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, drain_button);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, start_stack);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, present_button);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, new_tab_button);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, tab_bar);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, tab_view);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, drop_hint);

  mill_window_install_actions (widget_class);
  mill_window_install_present_action (widget_class);
  mill_window_install_run_actions (widget_class);
  mill_window_install_knob_actions (widget_class);
}

static void
mill_window_init (MillWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  mill_unseen_hide_children (GTK_WIDGET (self->start_stack));
  self->removed = g_ptr_array_new_with_free_func (g_free);
  self->leaving = g_hash_table_new (NULL, NULL);
  remember_size (self);
  mill_window_rest_when_minimized (ADW_APPLICATION_WINDOW (self));
  accept_drops (self);
  mill_window_init_tabs (self);
  mill_window_add_undo_keys (self);
  mill_window_init_presentation (self);
  mill_window_update_actions (self);
}

/**
 * mill_window_new:
 * @application: (transfer none): whose window
 *
 * Returns: (transfer none): a window on its start page, owned by GTK
 */
MillWindow *
mill_window_new (GtkApplication *application)
{
  MillWindow *self = g_object_new (MILL_TYPE_WINDOW, "application", application, NULL);

  mill_window_show_start_tab (self);
  return self;
}

/**
 * mill_window_open_builtin:
 * @id: one of mill_builtin_jobs_list() or mill_builtin_jobs_list_pitfalls()
 *
 * Shows a scenario, ready to be started. On failure it tells the user.
 *
 * Returns: whether it is shown
 */
gboolean
mill_window_open_builtin (MillWindow *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_builtin_jobs_load (id, &error);

  if (job != NULL)
    return mill_window_open_job (self, job, _ ("scenario")) != NULL;
  mill_window_show_error (self, _ ("This Scenario Cannot Be Opened"), error->message);
  return FALSE;
}

/**
 * mill_window_open_file:
 * @file: (transfer none): a job file or a run file
 *
 * Shows the job of @file, ready to be started, or what the run file holds, once that is read; in a tab that
 * is free. On failure it tells the user.
 *
 * Returns: whether it is shown, or will be
 */
gboolean
mill_window_open_file (MillWindow *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autofree char *heading = NULL;

  if (g_file_peek_path (file) != NULL && mill_run_files_is_one (file))
    {
      mill_window_open_run (mill_window_take_tab (self), g_file_peek_path (file));
      return TRUE;
    }
  job = mill_job_new_from_file (file, &error);
  if (job != NULL)
    return mill_window_open_job (self, job, name) != NULL;

  heading = g_strdup_printf (_ ("“%s” Cannot Be Opened"), name);
  mill_window_show_error (self, heading, error->message);

  return FALSE;
}
