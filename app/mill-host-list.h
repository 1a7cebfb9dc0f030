/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillHostList: the hosts of a crawl, with what each has in work and to fetch, and why it waits. Follows the
 * run as long as somebody looks.
 *
 * Threads: the main thread only.
 */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_HOST_LIST (mill_host_list_get_type ())
G_DECLARE_FINAL_TYPE (MillHostList, mill_host_list, MILL, HOST_LIST, GtkBox)

GtkWidget *mill_host_list_new (MillRun *run);

G_END_DECLS
