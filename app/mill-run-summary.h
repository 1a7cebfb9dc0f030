/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of a crawl that no run file keeps. */

#pragma once

#include "crawl/mill-crawl-summary.h"
#include "pipeline/mill-pipeline.h"

G_BEGIN_DECLS

MillCrawlSummary *mill_run_summary_of_pipeline (MillPipeline *pipeline, guint max_broken);

G_END_DECLS
