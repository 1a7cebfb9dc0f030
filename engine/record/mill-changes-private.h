/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run beside the earlier one: the table `earlier`, and the SQL that tells what changed. */

#pragma once

#include "record/mill-changes.h"
#include "record/mill-run-file-private.h"

G_BEGIN_DECLS

/* The key in `meta` of what the earlier run was; there is none in a run that is not compared. */
#define MILL_CHANGES_META_EARLIER "earlier"

/* Page by page, what is known now (i, f) beside what was known before (e), either of which may be missing. */
#define MILL_CHANGES_FROM                                                                                    \
  " FROM item i FULL JOIN earlier e ON e.key = i.key LEFT JOIN frontier f ON f.url = ifnull (i.key, e.key)"

/* What became of a page, or NULL. While addresses wait to be fetched, nobody knows where they lead. */
#define MILL_CHANGES_KIND                                                                                    \
  "CASE"                                                                                                     \
  " WHEN i.outcome = 'done' AND e.outcome IS NOT 'done' THEN 'new'"                                          \
  " WHEN i.outcome = 'done' THEN CASE"                                                                       \
  "  WHEN i.status IS NOT e.status OR i.location IS NOT e.location OR i.bytes IS NOT e.bytes"                \
  "   OR i.hash <> e.hash THEN 'changed'"                                                                    \
  "  WHEN i.bytes IS NULL OR i.hash = e.hash THEN 'unchanged'"                                               \
  "  ELSE 'unknown' END"                                                                                     \
  " WHEN i.outcome = 'dead' AND e.outcome IS 'dead' THEN NULL"                                               \
  " WHEN i.outcome = 'dead' AND e.outcome IS 'done' AND i.status IN (404, 410) THEN 'gone'"                  \
  " WHEN i.outcome = 'dead' THEN 'failed'"                                                                   \
  " WHEN e.outcome <> 'done' THEN NULL"                                                                      \
  " WHEN f.state IN (0, 3) OR EXISTS (SELECT 1 FROM frontier WHERE state = 0)"                               \
  "  OR EXISTS (SELECT 1 FROM sitemap WHERE state = 0) THEN 'unfetched'"                                     \
  " ELSE 'unlinked' END"

/* Has @file compared with what is in @earlier, a run that @name stands for. */
gboolean mill_changes_take_earlier (MillRunFile *file, MillRunFile *earlier, const char *name,
                                    GError **error);
gboolean mill_changes_has_earlier (MillRunFile *file);

G_END_DECLS
