/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Accessible names.
 */
#include "config.h"

#include "mill-name.h"

/**
 * mill_name_set:
 * @widget: a widget
 * @name: (inout) (transfer full) (nullable): where its name is kept
 * @new_name: (nullable): its name from now on
 *
 * Returns: whether that is another name
 */
gboolean
mill_name_set (GtkWidget *widget, char **name, const char *new_name)
{
  if (g_strcmp0 (*name, new_name) == 0)
    return FALSE;
  g_free (*name);
  *name = g_strdup (new_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  new_name != NULL ? new_name : "", -1);
  return TRUE;
}
