/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several pages of a window have the key: that one acts which is shown. */

#include "config.h"

#include "mill-search-key.h"

static gboolean
search_cb (GtkWidget *page, GVariant *arguments, gpointer entry)
{
  return gtk_widget_get_mapped (entry) && gtk_widget_grab_focus (entry);
}

/**
 * mill_search_key_add:
 * @page: a page of a window
 * @entry: (transfer none): a child of it
 *
 * Has Ctrl+F go to @entry whenever it is shown, wherever the focus is in the window.
 */
void
mill_search_key_add (GtkWidget *page, GtkWidget *entry)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_f, GDK_CONTROL_MASK),
                        gtk_callback_action_new (search_cb, entry, NULL)));
  gtk_widget_add_controller (page, controller);
}
