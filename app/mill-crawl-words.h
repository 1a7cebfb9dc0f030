/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl in sentences. Each function returns a new string, in the language of the session. */

#pragma once

#include "crawl/mill-crawl-summary.h"
#include "crawl/mill-frontier.h"
#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

char *mill_crawl_words_sentence (const MillCrawlSummary *summary, const MillSnapshot *end);
char *mill_crawl_words_pages (const MillCrawlSummary *summary);
char *mill_crawl_words_not_fetched (const MillCrawlSummary *summary);
char *mill_crawl_words_not_followed (const MillFrontierCounts *counts);
char *mill_crawl_words_broken (guint64 n_broken, guint n_shown);
char *mill_crawl_words_when (GDateTime *when, GDateTime *now);
char *mill_crawl_words_row (const MillCrawlSummary *summary, GDateTime *now);

G_END_DECLS
