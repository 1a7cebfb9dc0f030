/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures as short words: spans of time, rates, shares. Each returns a new string, in the language of the
 * session. */

#pragma once

#include <glib.h>

#include "pipeline/mill-eta.h"
#include "pipeline/mill-snapshot.h"
#include "sources/mill-crawl-source.h"

G_BEGIN_DECLS

char *mill_words_span (gint64 span_us);
char *mill_words_rate (double per_second);
char *mill_words_percent (double share);
char *mill_words_left (MillEtaKind kind, gint64 span_us);
const char *mill_words_kind (MillKind kind);
const char *mill_words_worker_state (MillWorkerState state);
char *mill_words_host_wait (const MillCrawlHost *host);
char *mill_words_crawl_wait (MillSource *source, const MillSnapshot *snapshot);
char *mill_words_stuck (const MillSnapshot *snapshot);
void mill_words_append_part (GString *text, char *part);
char *mill_words_count_with (const char *words, guint64 n);

G_END_DECLS
