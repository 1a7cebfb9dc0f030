/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of MillFrontier share. */

#pragma once

#include "crawl/mill-frontier-table-private.h"
#include "crawl/mill-frontier.h"

G_BEGIN_DECLS

typedef struct
{
  MillFrontierWakeFunc func;
  gpointer user_data;     /* (owned by `destroy`) */
  GDestroyNotify destroy; /* (nullable) */
} MillWake;

struct _MillFrontier
{
  GObject parent_instance;

  /* construct-only */
  int max_depth;
  guint64 max_pages;
  guint64 max_bytes;
  char *robots_token; /* (owned) (nullable) */

  MillRunFile *file; /* (owned) */

  GMutex lock; /* all below */
  MillPoliteness politeness;
  MillFrontierTable *table; /* (owned) */
  MillWake *wake; /* (owned) (nullable) reference-counted, so that it can be called without the lock */
};

void mill_frontier_unlock_and_wake (MillFrontier *self, gboolean changed);

G_END_DECLS
