/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillAlertsWindow: the rows, and a way back to what the job says. */

#include "config.h"

#include "mill-alerts-window.h"

#include "mill-alert-rows.h"

struct _MillAlertsWindow
{
  AdwWindow parent_instance;

  MillRun *run; /* (owned) */

  /* Template */
  AdwWindowTitle *title;
  MillAlertRows *rows;
  GtkWidget *reset_button;
};

G_DEFINE_FINAL_TYPE (MillAlertsWindow, mill_alerts_window, ADW_TYPE_WINDOW)

static const MillAlertLimits *
get_limits_of_job (MillAlertsWindow *self)
{
  return mill_job_get_alert_limits (mill_run_get_job (self->run));
}

static void
update_reset (MillAlertsWindow *self)
{
  gtk_widget_set_sensitive (
      self->reset_button,
      !mill_alert_limits_equal (mill_run_get_alert_limits (self->run), get_limits_of_job (self)));
}

static void
changed_cb (MillAlertsWindow *self)
{
  mill_run_set_alert_limits (self->run, mill_alert_rows_get_limits (self->rows));
  update_reset (self);
}

static void
reset_cb (MillAlertsWindow *self)
{
  mill_run_set_alert_limits (self->run, get_limits_of_job (self));
  mill_alert_rows_set_limits (self->rows, mill_run_get_alert_limits (self->run));
  update_reset (self);
}

/* What was typed, and not yet taken, counts. */
static gboolean
mill_alerts_window_close_request (GtkWindow *window)
{
  gtk_window_set_focus (window, NULL);

  return GTK_WINDOW_CLASS (mill_alerts_window_parent_class)->close_request (window);
}

static void
mill_alerts_window_dispose (GObject *object)
{
  g_clear_object (&MILL_ALERTS_WINDOW (object)->run);

  G_OBJECT_CLASS (mill_alerts_window_parent_class)->dispose (object);
}

static void
mill_alerts_window_class_init (MillAlertsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_alerts_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = mill_alerts_window_close_request;

  g_type_ensure (MILL_TYPE_ALERT_ROWS);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/alerts-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MillAlertsWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MillAlertsWindow, rows);
  gtk_widget_class_bind_template_child (widget_class, MillAlertsWindow, reset_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);
}

static void
mill_alerts_window_init (MillAlertsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Returns: (transfer full): the names of the stages */
static char **
list_stages (MillPipeline *pipeline)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < mill_pipeline_get_n_stages (pipeline); i++)
    g_strv_builder_add (names, mill_stage_get_name (mill_pipeline_get_stage (pipeline, i)));
  return g_strv_builder_end (names);
}

/**
 * mill_alerts_window_new:
 * @parent: (transfer none): the window that it belongs to
 * @run: (transfer none): whose limits it shows and changes
 *
 * Returns: (transfer none): the window, owned by GTK
 */
GtkWidget *
mill_alerts_window_new (GtkWindow *parent, MillRun *run)
{
  MillAlertsWindow *self = g_object_new (MILL_TYPE_ALERTS_WINDOW, "transient-for", parent, NULL);
  g_auto (GStrv) stages = list_stages (mill_run_get_pipeline (run));

  self->run = g_object_ref (run);
  adw_window_title_set_subtitle (self->title, mill_job_get_name (mill_run_get_job (run)));
  mill_alert_rows_set_stages (self->rows, (const char *const *) stages);
  mill_alert_rows_set_limits (self->rows, mill_run_get_alert_limits (run));
  update_reset (self);

  return GTK_WIDGET (self);
}
