/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Crawls that are kept in a run file, and go on from there. */

#pragma once

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

gboolean mill_crawl_record (MillPipeline *pipeline, MillJob *job, const char *path, GError **error);
MillPipeline *mill_crawl_resume (const char *path, GError **error);
MillPipeline *mill_crawl_repeat (const char *earlier, const char *path, GError **error);
MillJob *mill_crawl_read_job (const char *path, GError **error);
guint64 mill_crawl_get_n_before (MillPipeline *pipeline);

G_END_DECLS
