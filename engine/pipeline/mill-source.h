/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillSource:
 *
 * Where items come from. One producer per pipeline, a thread or a task, polls the source and puts
 * what it yields into the first queue: a full queue blocks the thread, or suspends the task.
 *
 * `poll` never waits for anything but the item's own input: a source with nothing to give now says until when
 * (and why), or calls mill_source_wake() once it has something. So one implementation serves both worlds.
 * One that has not returned from `poll` for a while after the run was told to end is given up on; what it
 * yields then is dropped. `poll` is called by one thread at a time; `left_stage` and `settled` by any, also
 * while `poll` runs.
 */

#pragma once

#include <gio/gio.h>

#include "core/mill-item.h"
#include "pipeline/mill-types.h"

G_BEGIN_DECLS

#define MILL_TYPE_SOURCE (mill_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillSource, mill_source, MILL, SOURCE, GObject)

/**
 * MillSourceResult:
 * @MILL_SOURCE_READY: here is an item
 * @MILL_SOURCE_WAIT: nothing now; ask again at a time, or when woken
 * @MILL_SOURCE_END: nothing any more
 * @MILL_SOURCE_ERROR: reading failed; nothing any more
 *
 * What a source has to give.
 */
typedef enum
{
  MILL_SOURCE_READY,
  MILL_SOURCE_WAIT,
  MILL_SOURCE_END,
  MILL_SOURCE_ERROR,
} MillSourceResult;

/**
 * MillSourceYield:
 * @item: (transfer full): the item, after %MILL_SOURCE_READY
 * @ready_at_us: after %MILL_SOURCE_WAIT, when to ask again, in microseconds of the pipeline's clock;
 *   %G_MAXINT64 when only a wake-up will do
 * @why: (nullable) (transfer none): after %MILL_SOURCE_WAIT, a static translated reason
 *
 * What a source gives its producer.
 */
typedef struct
{
  MillItem *item;
  gint64 ready_at_us;
  const char *why;
} MillSourceYield;

void mill_source_yield_set_item (MillSourceYield *self, MillItem *item);
void mill_source_yield_set_wait (MillSourceYield *self, gint64 ready_at_us, const char *why);

/**
 * MillSourceClass:
 * @open: called once, before the start, on the starting thread; checks the configuration
 * @poll: asks for the next item; `now_us` is the time of the pipeline's clock
 * @left_stage: an item went through stage number @stage (0 is the first)
 * @settled: what became of an item; @error (nullable) says why it is dead
 * @get_total: how many items it will have produced in the end, or -1 if that is not known
 * @requeued: a dead item is on its way again, and will be settled once more
 * @close: called once, after the last worker has ended; if `poll` has not returned then, once it does
 * @take_rest: after the last `poll` of a run that was told to end, until it returns %NULL: an item that was
 *   taken from a sender already. Takes nothing new, and never waits
 * @dup_address: where the source listens, %NULL if it does not; after `open`, any thread
 * @get_poisson_rate: see mill_source_get_poisson_rate(); any thread
 * @reads_blocking: `poll` may wait for a file: it needs kind=threads
 * @keeps_time: it knows of no other time than the pipeline's clock, so that the run can leap
 */
struct _MillSourceClass
{
  GObjectClass parent_class;

  gboolean (*open) (MillSource *self, MillPipeline *pipeline, GError **error);
  MillSourceResult (*poll) (MillSource *self, gint64 now_us, MillSourceYield *yield, GError **error);
  void (*left_stage) (MillSource *self, MillItem *item, guint stage);
  void (*settled) (MillSource *self, MillItem *item, MillOutcome outcome, const GError *error);
  gint64 (*get_total) (MillSource *self);
  void (*close) (MillSource *self);
  void (*requeued) (MillSource *self, MillItem *item);
  MillItem *(*take_rest) (MillSource *self);
  char *(*dup_address) (MillSource *self);

  gboolean reads_blocking;
  gboolean keeps_time;
  double (*get_poisson_rate) (MillSource *self, double *urgent_share);
  gpointer padding[2];
};

gboolean mill_source_open (MillSource *self, MillPipeline *pipeline, GError **error);
MillSourceResult mill_source_poll (MillSource *self, gint64 now_us, MillSourceYield *yield, GError **error);
void mill_source_left_stage (MillSource *self, MillItem *item, guint stage);
gboolean mill_source_is_watcher (MillSource *self);
void mill_source_settled (MillSource *self, MillItem *item, MillOutcome outcome, const GError *error);
void mill_source_requeued (MillSource *self, MillItem *item);
MillItem *mill_source_take_rest (MillSource *self);
gint64 mill_source_get_total (MillSource *self);
char *mill_source_dup_address (MillSource *self);
gboolean mill_source_reads_blocking (MillSource *self);
gboolean mill_source_keeps_time (MillSource *self);
double mill_source_get_poisson_rate (MillSource *self, double *urgent_share);
void mill_source_close (MillSource *self);

void mill_source_wake (MillSource *self);
void mill_source_set_wake_func (MillSource *self, GFunc func, gpointer user_data);

G_END_DECLS
