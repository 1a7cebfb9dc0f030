/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillCrawlDialog: asks what to crawl; an address is enough. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MILL_TYPE_CRAWL_DIALOG (mill_crawl_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MillCrawlDialog, mill_crawl_dialog, MILL, CRAWL_DIALOG, AdwWindow)

GtkWidget *mill_crawl_dialog_new (GtkWindow *parent, GSettings *settings);

G_END_DECLS
