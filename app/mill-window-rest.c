/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mill_window_rest: unmaps the window's content, so that all in it stops asking for frames. */

#include "config.h"

#include "mill-window-rest.h"

static void
state_changed_cb (AdwApplicationWindow *window, GParamSpec *pspec, GdkToplevel *toplevel)
{
  gboolean is_minimized = (gdk_toplevel_get_state (toplevel) & GDK_TOPLEVEL_STATE_MINIMIZED) != 0;
  GtkWidget *content = adw_application_window_get_content (window);

  gtk_widget_set_child_visible (content, !is_minimized);
  if (!is_minimized)
    gtk_widget_queue_resize (content);
}

static void
realized_cb (AdwApplicationWindow *window)
{
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (window)), "notify::state",
                           G_CALLBACK (state_changed_cb), window, G_CONNECT_SWAPPED);
}

/**
 * mill_window_rest_when_minimized:
 * @window: a window that is not realized yet
 *
 * Sees to it from now on.
 */
void
mill_window_rest_when_minimized (AdwApplicationWindow *window)
{
  g_signal_connect (window, "realize", G_CALLBACK (realized_cb), NULL);
}
