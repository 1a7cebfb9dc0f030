/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillAlertBanner: follows a run's `beat`. What it says of the same limits changes once a second at most. */

#include "config.h"

#include "mill-alert-banner.h"

#include <glib/gi18n.h>

#define SPACING_US G_USEC_PER_SEC

struct _MillAlertBanner
{
  GtkButton parent_instance;

  MillRun *run;        /* (owned) (nullable) */
  gboolean presenting; /* to a room, which is told by toasts alone */
  guint n_passed;      /* what it says */
  gint64 said_us;      /* when */

  /* Template */
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (MillAlertBanner, mill_alert_banner, GTK_TYPE_BUTTON)

static void
say (MillAlertBanner *self, char **passed)
{
  g_autofree char *line = g_strjoinv (" · ", passed);
  g_autofree char *text = g_strdup_printf (_ ("Alert: %s"), line);
  g_autofree char *lines = g_strjoinv ("\n", passed);

  gtk_label_set_label (self->label, text);
  /* What does not fit can be read all the same. */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), lines);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
update (MillAlertBanner *self, gboolean force)
{
  g_auto (GStrv) passed = mill_run_list_alerts (self->run);
  guint n_passed = g_strv_length (passed);
  gint64 now_us = mill_run_get_snapshot (self->run)->time_us;

  if (!force && n_passed == self->n_passed && now_us - self->said_us < SPACING_US)
    return;
  self->n_passed = n_passed;
  self->said_us = now_us;
  if (n_passed > 0)
    say (self, passed);
  gtk_widget_set_visible (GTK_WIDGET (self), n_passed > 0 && !self->presenting);
}

static void
beat_cb (MillAlertBanner *self)
{
  update (self, FALSE);
}

static void
limits_changed_cb (MillAlertBanner *self)
{
  update (self, TRUE);
}

static void
forget_run (MillAlertBanner *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_alert_banner_dispose (GObject *object)
{
  forget_run (MILL_ALERT_BANNER (object));

  G_OBJECT_CLASS (mill_alert_banner_parent_class)->dispose (object);
}

static void
mill_alert_banner_class_init (MillAlertBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_alert_banner_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/alert-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, MillAlertBanner, label);
}

static void
mill_alert_banner_init (MillAlertBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_alert_banner_set_run:
 * @run: (transfer none): the run to follow
 *
 * Names the limits that @run passes.
 */
void
mill_alert_banner_set_run (MillAlertBanner *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "limits-changed", G_CALLBACK (limits_changed_cb), self, G_CONNECT_SWAPPED);
  update (self, TRUE);
}

/**
 * mill_alert_banner_set_presenting:
 * @presenting: whether the run is presented to a room
 *
 * Leaves the room to the flow, or is there again.
 */
void
mill_alert_banner_set_presenting (MillAlertBanner *self, gboolean presenting)
{
  self->presenting = presenting;
  update (self, TRUE);
}
