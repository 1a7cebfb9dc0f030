/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a run file says of its run, in short. */

#pragma once

#include "pipeline/mill-types.h"

G_BEGIN_DECLS

#define MILL_TYPE_RUN_FACTS (mill_run_facts_get_type ())

/**
 * MillRunFacts:
 * @name: the job's name, translated if the job is
 * @is_crawl: whether it is a crawl, of which mill_crawl_summary_read() says more
 * @is_in_use: a program is writing to the file
 * @is_cut_off: nobody is, and the end of the run is not in it
 * @state: the state, as of the last sample; %MILL_STATE_IDLE if there is none
 * @error: (nullable): why it failed
 * @started: (nullable): when it began last, UTC
 * @ended: (nullable): when it ended, UTC
 * @produced: items the source produced, plus those that steps added
 * @done: went through
 * @dead: failed for good
 * @returned: not processed
 * @retries: attempts beyond the first
 * @unrecorded: items that have no row in the file
 *
 * What a run file says of its run, or of the last one, if it was gone on with.
 */
typedef struct
{
  char *name; /* (owned) */
  gboolean is_crawl;
  gboolean is_in_use;
  gboolean is_cut_off;
  MillState state;
  char *error;        /* (owned) (nullable) */
  GDateTime *started; /* (owned) (nullable) */
  GDateTime *ended;   /* (owned) (nullable) */
  guint64 produced;
  guint64 done;
  guint64 dead;
  guint64 returned;
  guint64 retries;
  guint64 unrecorded;
} MillRunFacts;

GType mill_run_facts_get_type (void);
MillRunFacts *mill_run_facts_copy (const MillRunFacts *self);
void mill_run_facts_free (MillRunFacts *self);

MillRunFacts *mill_run_facts_read (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillRunFacts, mill_run_facts_free)

G_END_DECLS
