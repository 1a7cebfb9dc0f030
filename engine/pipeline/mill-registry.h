/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names by which job files know the steps, sources and sinks. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

GType mill_registry_find_step (const char *name);
GType mill_registry_find_source (const char *name);
GType mill_registry_find_sink (const char *name);

char *mill_registry_list_steps (void);
char *mill_registry_list_sources (void);
char *mill_registry_list_sinks (void);

G_END_DECLS
