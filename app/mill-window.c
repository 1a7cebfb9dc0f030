/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: what it shows, its title, and how a run is left behind. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>

#include "crawl/mill-crawl-record.h"
#include "mill-format.h"
#include "mill-run-files.h"
#include "mill-run-words.h"
#include "mill-settings.h"
#include "mill-window-rest.h"
#include "mill-words.h"

G_DEFINE_FINAL_TYPE (MillWindow, mill_window, ADW_TYPE_APPLICATION_WINDOW)

/* A crawl counts from its very beginning, whenever that was, and knows only what it has found so far. */
static char *
describe_progress (MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  guint64 n_before = mill_crawl_get_n_before (mill_run_get_pipeline (run));
  g_autofree char *settled = mill_format_count (n_before + snapshot->done + snapshot->dead);
  g_autofree char *total = NULL;

  if (snapshot->total < 0)
    /* Translators: how many items are through */
    return g_strdup_printf (_ ("%s done"), settled);

  total = mill_format_count (n_before + (guint64) snapshot->total);
  if (mill_run_is_crawl (run))
    return g_strdup_printf (_ ("%s of %s known pages"), settled, total);
  /* Translators: how many items are through, of how many; "9,075 of 21,000" */
  return g_strdup_printf (_ ("%s of %s"), settled, total);
}

/* "crawl · running · 0:42 · 9,075 of 21,000 · about 1 min left" */
static char *
describe_run (MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  gint64 left_us;
  MillEtaKind kind = mill_run_get_left (run, &left_us);
  g_autofree char *clock = mill_format_time (snapshot->elapsed_us, 0);
  g_autofree char *progress = describe_progress (run);
  g_autofree char *left = mill_words_left (kind, left_us);
  g_autoptr (GString) text = g_string_new (mill_run_get_origin (run));

  g_string_append_printf (text, " · %s", mill_state_get_label (snapshot->state));
  if (snapshot->state == MILL_STATE_IDLE)
    return g_strdup (text->str);
  g_string_append_printf (text, " · %s · %s", clock, progress);
  if (left != NULL)
    g_string_append_printf (text, " · %s", left);

  return g_strdup (text->str);
}

static void
beat_cb (MillWindow *self)
{
  g_autofree char *subtitle = describe_run (self->run);

  adw_window_title_set_subtitle (self->run_title, subtitle);
}

static void
forget_run (MillWindow *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
show_start_page (MillWindow *self)
{
  forget_run (self);
  gtk_stack_set_visible_child_name (self->stack, "start");
  gtk_window_set_title (GTK_WINDOW (self), _ ("Millrace"));
  mill_window_update_actions (self);
}

/* Whatever waited for the end can be done, unless the user is still being asked. */
static void
go_after_end (MillWindow *self)
{
  MillAfter after = self->after;

  mill_window_update_actions (self);
  if (self->question != NULL)
    return;

  self->after = MILL_AFTER_NOTHING;
  if (after == MILL_AFTER_BACK)
    show_start_page (self);
  else if (after == MILL_AFTER_CLOSE)
    gtk_window_close (GTK_WINDOW (self));
}

/* Who looks elsewhere is told. */
static void
notify_end (MillWindow *self)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  g_autofree char *id =
      g_strdup_printf ("run-ended-%u", gtk_application_window_get_id (GTK_APPLICATION_WINDOW (self)));
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *body = NULL;

  if (application == NULL || gtk_window_is_active (GTK_WINDOW (self)))
    return;
  body = mill_run_words_end (self->run);
  notification = g_notification_new (mill_job_get_name (mill_run_get_job (self->run)));
  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (
      notification, "app.show-window", "u", gtk_application_window_get_id (GTK_APPLICATION_WINDOW (self)));
  g_application_send_notification (application, id, notification);
}

static void
ended_cb (MillWindow *self)
{
  if (self->after == MILL_AFTER_NOTHING)
    notify_end (self);
  go_after_end (self);
}

/**
 * mill_window_set_run:
 * @run: (transfer none): a run that was not started
 *
 * Shows @run in place of what was shown.
 *
 * Returns: %FALSE, and nothing changes, when the run before is still active
 */
gboolean
mill_window_set_run (MillWindow *self, MillRun *run)
{
  const char *name = mill_job_get_name (mill_run_get_job (run));

  if (self->run != NULL && mill_run_is_active (self->run))
    return FALSE;

  forget_run (self);
  self->run = g_object_ref (run);
  mill_run_page_set_run (self->run_page, run);
  adw_window_title_set_title (self->run_title, name);
  gtk_window_set_title (GTK_WINDOW (self), name);
  gtk_stack_set_visible_child_name (self->stack, "run");
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "state-changed", G_CALLBACK (mill_window_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  beat_cb (self);
  mill_window_update_actions (self);

  return TRUE;
}

static void
question_response_cb (MillWindow *self, const char *response)
{
  self->question = NULL;
  if (g_strcmp0 (response, "stop") != 0)
    {
      self->after = MILL_AFTER_NOTHING;
      return;
    }

  if (mill_run_is_active (self->run))
    mill_run_stop (self->run);
  else
    go_after_end (self);
}

static void
ask_to_stop (MillWindow *self)
{
  const char *body =
      mill_run_get_path (self->run) != NULL
          ? _ ("The crawl is still running. What it has found is kept, and it can go on from there at any "
               "time.")
          : _ ("The pipeline is still running. What has not been processed will be counted as returned.");
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Stop the Run?"), body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Keep Running"), "stop",
                                    _ ("_Stop"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (question_response_cb), self, G_CONNECT_SWAPPED);
  self->question = GTK_WINDOW (dialog);
  gtk_window_present (self->question);
}

/**
 * mill_window_leave:
 * @after: what to do when nothing runs any more
 *
 * Leaves the run: at once if it has ended, else after asking and stopping it.
 */
void
mill_window_leave (MillWindow *self, MillAfter after)
{
  self->after = after;
  if (self->run == NULL || !mill_run_is_active (self->run))
    go_after_end (self);
  else if (self->question == NULL)
    ask_to_stop (self);
  else
    gtk_window_present (self->question);
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
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
mill_window_close_request (GtkWindow *window)
{
  MillWindow *self = MILL_WINDOW (window);

  if (self->run != NULL && mill_run_is_active (self->run))
    {
      mill_window_leave (self, MILL_AFTER_CLOSE);
      return TRUE;
    }

  return GTK_WINDOW_CLASS (mill_window_parent_class)->close_request (window);
}

static gboolean
drop_cb (MillWindow *self, const GValue *value)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

  return files != NULL && mill_window_open_file (self, files->data);
}

static void
accept_drops (MillWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
remember_size (MillWindow *self)
{
  self->settings = mill_settings_new ();
  if (self->settings == NULL)
    return;

  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

static void
mill_window_dispose (GObject *object)
{
  MillWindow *self = MILL_WINDOW (object);

  forget_run (self);
  mill_window_empty_removed (self);
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_pointer (&self->exported_path, g_free);
  g_clear_object (&self->settings);
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (mill_window_parent_class)->dispose (object);
}

static void
mill_window_class_init (MillWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = mill_window_close_request;

  g_type_ensure (MILL_TYPE_START_PAGE);
  g_type_ensure (MILL_TYPE_RUN_PAGE);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, MillWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, run_title);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, start_stack);
  gtk_widget_class_bind_template_child (widget_class, MillWindow, run_page);

  mill_window_install_actions (widget_class);
  mill_window_install_run_actions (widget_class);
}

static void
mill_window_init (MillWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->removed = g_ptr_array_new_with_free_func (g_free);
  remember_size (self);
  mill_window_rest_when_minimized (ADW_APPLICATION_WINDOW (self));
  accept_drops (self);
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
  return g_object_new (MILL_TYPE_WINDOW, "application", application, NULL);
}

/**
 * mill_window_get_run:
 *
 * Returns: (transfer none) (nullable): the run that is shown
 */
MillRun *
mill_window_get_run (MillWindow *self)
{
  return self->run;
}

/**
 * mill_window_is_free:
 *
 * Returns: whether the window is on its start page
 */
gboolean
mill_window_is_free (MillWindow *self)
{
  return self->run == NULL;
}

/**
 * mill_window_show_run:
 * @run: (transfer none): a run that was not started
 *
 * Shows @run; in another window when this one is busy.
 *
 * Returns: (transfer none): the window that shows it
 */
MillWindow *
mill_window_show_run (MillWindow *self, MillRun *run)
{
  MillWindow *other;

  if (mill_window_set_run (self, run))
    return self;

  other = mill_window_new (gtk_window_get_application (GTK_WINDOW (self)));
  mill_window_set_run (other, run);
  gtk_window_present (GTK_WINDOW (other));

  return other;
}

/**
 * mill_window_open_job:
 * @job: (transfer none): a job
 * @origin: where it is from, in a word for people
 *
 * Shows @job, ready to be started; in another window when this one is busy. On failure it tells the user.
 *
 * Returns: (transfer none) (nullable): the window that shows it, or %NULL
 */
MillWindow *
mill_window_open_job (MillWindow *self, MillJob *job, const char *origin)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillRun) run = mill_run_new (job, origin, &error);

  if (run != NULL)
    return mill_window_show_run (self, run);
  mill_window_show_error (self, _ ("This Job Cannot Be Run"), error->message);
  return NULL;
}

/**
 * mill_window_open_file:
 * @file: (transfer none): a job file or a run file
 *
 * Shows the job of @file, as mill_window_open_job() does, or what the run file holds, once that is read.
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
      mill_window_open_run (self, g_file_peek_path (file));
      return TRUE;
    }
  job = mill_job_new_from_file (file, &error);
  if (job != NULL)
    return mill_window_open_job (self, job, name) != NULL;

  heading = g_strdup_printf (_ ("“%s” Cannot Be Opened"), name);
  mill_window_show_error (self, heading, error->message);

  return FALSE;
}
