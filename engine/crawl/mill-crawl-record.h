/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Crawls that are kept in a run file, and go on from there. */

#pragma once

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

gboolean mill_crawl_record (MillPipeline *pipeline, MillJob *job, const char *path, GError **error);
MillPipeline *mill_crawl_resume (const char *path, GError **error);
MillPipeline *mill_crawl_repeat (const char *earlier, const char *path, GError **error);

G_END_DECLS
