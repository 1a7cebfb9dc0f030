/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillCrawlFacts: what became of a crawl's pages, what it left out and why, and where its files are. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_CRAWL_FACTS (mill_crawl_facts_get_type ())
G_DECLARE_FINAL_TYPE (MillCrawlFacts, mill_crawl_facts, MILL, CRAWL_FACTS, GtkWidget)

void mill_crawl_facts_show (MillCrawlFacts *self, MillRun *run);

G_END_DECLS
