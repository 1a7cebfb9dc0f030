/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mill-css-class.h"

/**
 * mill_css_class_set:
 * @widget: a widget
 * @name: the class
 * @is_set: whether the widget has it from now on
 */
void
mill_css_class_set (GtkWidget *widget, const char *name, gboolean is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}
