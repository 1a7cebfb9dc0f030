/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillProducer: the one who polls a pipeline's source and fills its first queue, as a thread or as a task. */

#pragma once

#include "pipeline/mill-loop-private.h"
#include "pipeline/mill-stage-private.h"

G_BEGIN_DECLS

typedef struct _MillProducer MillProducer;

/* @links: of the first stage. @loop: (nullable): where to run as a task; NULL runs as a thread. */
MillProducer *mill_producer_new (MillSource *source, MillQueue *queue, const MillStageLinks *links,
                                 MillLoop *loop);
void mill_producer_unref (MillProducer *self);
/* Starts and reaps on one thread: the control thread. */
gboolean mill_producer_start (MillProducer *self, GError **error);
/* Asks it to end after the item in its hands was put. Any thread. */
void mill_producer_end (MillProducer *self);
/* Asks it to end now; the item in its hands is returned. Any thread. */
void mill_producer_stop (MillProducer *self);
/* After mill_pipeline_producer_ended(): waits for the thread. */
void mill_producer_reap (MillProducer *self);
/* Gives up on a producer that was asked to end and has not come back from the source since: it touches
 * nothing of the pipeline any more, and what it is given is dropped. FALSE if it is not with the source: then
 * it ends by itself. On the control thread. */
gboolean mill_producer_give_up (MillProducer *self);
/* (transfer full) (nullable): what is known of one that was given up on and has not come back. Any thread. */
MillStuck *mill_producer_describe_stuck (MillProducer *self);
/* Closes the source; if it has not come back, once it does. */
void mill_producer_close_source (MillProducer *self);
MillProducerState mill_producer_get_state (MillProducer *self, const char **why);

G_END_DECLS
