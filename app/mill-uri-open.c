/* SPDX-License-Identifier: GPL-3.0-or-later */
/* There may be no program for it, or it may not start: that is said. */

#include "config.h"

#include "mill-uri-open.h"

#include "mill-message.h"

typedef struct
{
  GtkWindow *window; /* (unowned) (nullable): a weak pointer */
  char *heading;     /* (owned) */
} Opening;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error) && opening->window != NULL)
    mill_message_show (opening->window, opening->heading, error->message);
  g_clear_weak_pointer (&opening->window);
  g_free (opening->heading);
  g_free (opening);
}

/**
 * mill_uri_open:
 * @widget: in a window
 * @uri: what to show
 * @heading: what could not be done, if it cannot be shown
 *
 * Has the program that is there for it show @uri. On failure it tells the user.
 */
void
mill_uri_open (GtkWidget *widget, const char *uri, const char *heading)
{
  GdkDisplay *display = gtk_widget_get_display (widget);
  g_autoptr (GdkAppLaunchContext) context = gdk_display_get_app_launch_context (display);
  Opening *opening = g_new0 (Opening, 1);

  g_set_weak_pointer (&opening->window, GTK_WINDOW (gtk_widget_get_root (widget)));
  opening->heading = g_strdup (heading);
  g_app_info_launch_default_for_uri_async (uri, G_APP_LAUNCH_CONTEXT (context), NULL, opened_cb, opening);
}
