/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For languages that get at libmill through introspection: they cannot tell that an array frees its items
 * itself, and would free them again. A list leaves that to its receiver. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the items of @array, which is (transfer full) (nullable). */
static inline GList *
mill_list_steal (GPtrArray *array)
{
  GList *list = NULL;

  if (array == NULL)
    return NULL;
  for (guint i = array->len; i > 0; i--)
    list = g_list_prepend (list, array->pdata[i - 1]);
  g_ptr_array_set_free_func (array, NULL);
  g_ptr_array_unref (array);
  return list;
}

G_END_DECLS
