/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the demo site is made of: a function of settings and path, the same on every machine. No server here.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillDemoModel:
 * @pages: HTML pages in all, the index among them
 * @dead_links: links to pages that are not there
 * @latency_ms: mean time an answer takes, in milliseconds
 * @error_rate: share of requests for pages and items that fail with 500
 * @busy_rate: share of pages and items that answer 503 when first asked
 * @seed: what the rest is drawn from
 */
typedef struct
{
  guint pages;
  guint dead_links;
  guint latency_ms;
  double error_rate;
  double busy_rate;
  guint seed;
} MillDemoModel;

char *mill_demo_model_render (const MillDemoModel *self, const char *base, const char *path,
                              const char **content_type);
gboolean mill_demo_model_may_fail (const char *path);
guint mill_demo_model_status (const MillDemoModel *self, const char *path, guint attempt);
guint mill_demo_model_latency_ms (const MillDemoModel *self, const char *path, guint attempt);

G_END_DECLS
