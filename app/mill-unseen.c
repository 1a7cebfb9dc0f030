/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mill-unseen.h"

static void
update (GtkWidget *widget)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN,
                               !gtk_widget_get_mapped (widget), -1);
}

/**
 * mill_unseen_hide:
 * @widget: a page of something that shows one at a time
 *
 * Has a screen reader hear of @widget, and of what is in it, only while it can be seen.
 */
void
mill_unseen_hide (GtkWidget *widget)
{
  g_signal_connect_after (widget, "map", G_CALLBACK (update), NULL);
  g_signal_connect_after (widget, "unmap", G_CALLBACK (update), NULL);
  update (widget);
}

/**
 * mill_unseen_hide_children:
 * @widget: a stack that has all its pages
 *
 * Does so with each of its pages.
 */
void
mill_unseen_hide_children (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    mill_unseen_hide (child);
}
