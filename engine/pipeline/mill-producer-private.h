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
void mill_producer_free (MillProducer *self);
/* Starts and reaps on one thread: the control thread. */
gboolean mill_producer_start (MillProducer *self, GError **error);
/* Asks it to end after the item in its hands was put. Any thread. */
void mill_producer_end (MillProducer *self);
/* Asks it to end now; the item in its hands is returned. Any thread. */
void mill_producer_stop (MillProducer *self);
/* After mill_pipeline_producer_ended(): waits for the thread. */
void mill_producer_reap (MillProducer *self);
MillProducerState mill_producer_get_state (MillProducer *self, const char **why);

G_END_DECLS
