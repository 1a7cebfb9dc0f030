/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCrawlSource with a run file. */

#pragma once

#include "record/mill-run-file-private.h"
#include "sources/mill-crawl-source.h"

G_BEGIN_DECLS

/* Has the next run keep what it knows and what becomes of its pages in @file (transfer none), and go on from
 * what is there. Before the start. */
void mill_crawl_source_set_run_file (MillCrawlSource *self, MillRunFile *file);
/* (transfer none) (nullable) */
MillRunFile *mill_crawl_source_get_run_file (MillCrawlSource *self);

G_END_DECLS
