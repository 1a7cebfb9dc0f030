/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One face for all queues that are measured in this program, so that they are measured by the same code:
 * MillQueue, a bare GAsyncQueue (without a bound, as GLib gives it), and the bounded ring of the textbook, a
 * mutex and two condition variables. Each is used in the way that is natural for it. */

#pragma once

#include "core/mill-item.h"

G_BEGIN_DECLS

/**
 * MillBenchBatch:
 * @items: (array length=n_items): items that were taken
 * @n_items: how many
 * @capacity: how many @items has room for
 * @owner: (nullable): the array that @items belongs to, for a queue that makes one
 *
 * What a consumer has in its hands.
 */
typedef struct
{
  MillItem **items;
  guint n_items;
  guint capacity;
  GPtrArray *owner;
} MillBenchBatch;

/**
 * MillBenchChannel:
 * @id: its name in options and in JSON
 * @name: its name for people
 * @make: makes one; @maxsize is at least 1 where @bounded
 * @put: puts one item and waits while there is no room
 * @put_many: the same for many
 * @get: takes one item and waits while there is none; %NULL is the end
 * @get_many: takes at least one item; %FALSE is the end
 * @done: gives back what @get took
 * @done_many: gives back what @get_many took
 * @end: nothing more will be put; every one of @n_getters consumers is to see the end
 */
typedef struct
{
  const char *id;
  const char *name;
  gboolean bounded;

  gpointer (*make) (int maxsize, gboolean statistics);
  void (*put) (gpointer queue, MillItem *item);
  void (*put_many) (gpointer queue, GPtrArray *items);
  MillItem *(*get) (gpointer queue);
  gboolean (*get_many) (gpointer queue, MillBenchBatch *batch);
  void (*done) (gpointer queue, MillItem *item);
  void (*done_many) (gpointer queue, MillBenchBatch *batch);
  void (*end) (gpointer queue, guint n_getters);
  void (*free) (gpointer queue);
} MillBenchChannel;

extern const MillBenchChannel mill_bench_mill_queue;
extern const MillBenchChannel mill_bench_async_queue;
extern const MillBenchChannel mill_bench_cond_queue;

const MillBenchChannel *mill_bench_channel_find (const char *id);
gboolean mill_bench_has_statistics (void);
GPtrArray *mill_bench_items_new (guint n_items);

G_END_DECLS
