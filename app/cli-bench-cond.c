/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bounded queue of the textbook, as a rival to measure against: a ring, a mutex, and a condition variable
 * for each side. */

#include "config.h"

#include "cli-bench-channel.h"

typedef struct
{
  GMutex lock;
  GCond has_items;
  GCond has_room;
  guint head;   /* (lock) */
  guint length; /* (lock) */
  guint size;
  gboolean has_ended; /* (lock) */
  MillItem *items[];  /* (lock) (unowned) */
} CondQueue;

static gpointer
cond_make (int maxsize, gboolean statistics)
{
  CondQueue *self = g_malloc0 (sizeof *self + (gsize) maxsize * sizeof self->items[0]);

  g_mutex_init (&self->lock);
  g_cond_init (&self->has_items);
  g_cond_init (&self->has_room);
  self->size = (guint) maxsize;
  return self;
}

static void
push_locked (CondQueue *self, MillItem *item)
{
  while (self->length == self->size)
    g_cond_wait (&self->has_room, &self->lock);
  self->items[(self->head + self->length++) % self->size] = item;
  g_cond_signal (&self->has_items);
}

static MillItem *
pop_locked (CondQueue *self)
{
  MillItem *item = self->items[self->head];

  self->head = (self->head + 1) % self->size;
  self->length--;
  g_cond_signal (&self->has_room);
  return item;
}

static gboolean
wait_locked (CondQueue *self)
{
  while (self->length == 0 && !self->has_ended)
    g_cond_wait (&self->has_items, &self->lock);
  return self->length > 0;
}

static void
cond_put (gpointer queue, MillItem *item)
{
  CondQueue *self = queue;

  g_mutex_lock (&self->lock);
  push_locked (self, item);
  g_mutex_unlock (&self->lock);
}

static void
cond_put_many (gpointer queue, GPtrArray *items)
{
  CondQueue *self = queue;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < items->len; i++)
    push_locked (self, g_ptr_array_index (items, i));
  g_mutex_unlock (&self->lock);
}

static MillItem *
cond_get (gpointer queue)
{
  CondQueue *self = queue;
  MillItem *item;

  g_mutex_lock (&self->lock);
  item = wait_locked (self) ? pop_locked (self) : NULL;
  g_mutex_unlock (&self->lock);
  return item;
}

static gboolean
cond_get_many (gpointer queue, MillBenchBatch *batch)
{
  CondQueue *self = queue;

  batch->n_items = 0;
  g_mutex_lock (&self->lock);
  wait_locked (self);
  while (self->length > 0 && batch->n_items < batch->capacity)
    batch->items[batch->n_items++] = pop_locked (self);
  g_mutex_unlock (&self->lock);
  return batch->n_items > 0;
}

static void
cond_done (gpointer queue, MillItem *item)
{
}

static void
cond_done_many (gpointer queue, MillBenchBatch *batch)
{
}

static void
cond_end (gpointer queue, guint n_getters)
{
  CondQueue *self = queue;

  g_mutex_lock (&self->lock);
  self->has_ended = TRUE;
  g_cond_broadcast (&self->has_items);
  g_mutex_unlock (&self->lock);
}

static void
cond_free (gpointer queue)
{
  CondQueue *self = queue;

  g_cond_clear (&self->has_room);
  g_cond_clear (&self->has_items);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const MillBenchChannel mill_bench_cond_queue = {
  .id = "cond",
  .name = "GMutex + GCond",
  .bounded = TRUE,
  .make = cond_make,
  .put = cond_put,
  .put_many = cond_put_many,
  .get = cond_get,
  .get_many = cond_get_many,
  .done = cond_done,
  .done_many = cond_done_many,
  .end = cond_end,
  .free = cond_free,
};
