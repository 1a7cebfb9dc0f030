/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least a program with libadwaita can show: an empty window. Prints when its first frame was done, as
 * millrace
 * --perf-report does. tests/tools/perf-window builds and runs it. */

#include <adwaita.h>

static gint64 started_us;

static void
after_paint_cb (GdkFrameClock *clock, GtkApplication *application)
{
  g_print ("{\"first_frame_ms\":%.3f}\n", (double) (g_get_monotonic_time () - started_us) / 1000.0);
  g_application_quit (G_APPLICATION (application));
}

/* The clock also turns without painting. */
static void
paint_cb (GdkFrameClock *clock, GtkApplication *application)
{
  g_signal_handlers_disconnect_by_func (clock, G_CALLBACK (paint_cb), application);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), application);
}

static void
activate_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (window), "paint", G_CALLBACK (paint_cb), application);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  started_us = g_get_monotonic_time ();
  application = adw_application_new ("io.github.millrace.EmptyWindow", G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
