/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillQueue's items. First in, first out: producers fill a chunk at their end; a full one goes through a
 * GAsyncQueue to the consumers, who empty one at theirs. So the two ends touch common memory once per chunk.
 * When nothing full is left, a consumer trades its empty chunk for the one being filled.
 *
 * The other orders keep an array, a stack or a binary heap, which both ends share: all locks held.
 */

#include "config.h"

#include "core/mill-queue-private.h"

#define CHUNK_SIZE 62 /* slots; 62 * 16 + 8 bytes are just below one kilobyte, a size of malloc's */

/* Waits of all items are timed up to 1 / READ_EVERY_US a second; above, of so many, of every 16th at least.
 */
#define READ_EVERY_US 2
#define MAX_STRIDE    16

/* How many items of a batch are asked for ahead. Each is likely to be another processor's to begin with, and
 * its count is changed on both sides: one after the other these transfers take as long as all the rest
 * together. */
#define PREFETCH 8

typedef struct
{
  MillItem *item;  /* (owned) */
  gint64 since_us; /* 0: not timed */
  guint64 arrival; /* in `sorted` */
} MillQueueEntry;

typedef struct
{
  MillItem *item;  /* (owned) */
  gint64 since_us; /* 0: not timed */
} MillQueueSlot;

struct _MillQueueChunk
{
  guint begin;
  guint end;
  MillQueueSlot slots[CHUNK_SIZE];
};

static MillQueueChunk *
chunk_new (void)
{
  MillQueueChunk *chunk = g_new (MillQueueChunk, 1);

  chunk->begin = chunk->end = 0;
  return chunk;
}

static void
chunk_free (gpointer data)
{
  MillQueueChunk *chunk = data;

  for (guint i = chunk->begin; i < chunk->end; i++)
    mill_item_unref (chunk->slots[i].item);
  g_free (chunk);
}

static void
entry_clear (gpointer data)
{
  MillQueueEntry *entry = data;

  mill_item_unref (entry->item);
}

void
mill_queue_store_init (MillQueue *self)
{
  self->full = g_async_queue_new_full (chunk_free);
  self->in.chunk = chunk_new ();
  self->in.sampler.stride = self->in.sampler.left = 1;
  self->out.chunk = chunk_new ();
  mill_queue_waits_init (&self->out.waits);
}

void
mill_queue_store_clear (MillQueue *self)
{
  g_clear_pointer (&self->full, g_async_queue_unref);
  g_clear_pointer (&self->in.chunk, chunk_free);
  g_clear_pointer (&self->out.chunk, chunk_free);
  mill_queue_waits_clear (&self->out.waits);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->sorted, g_array_unref);
}

/* ---- how long items wait --------------------------------------------------------------------------------
 */

/* The time if this item is one of the sample, or 0. The stride follows the rate, so that the clock, which
 * costs as much as a put, is read every READ_EVERY_US at most, and for every item when they come slowly. */
static gint64
sample_time (MillQueueSampler *sampler)
{
  gint64 now, per_item_ns;

  if (--sampler->left > 0)
    return 0;
  now = g_get_monotonic_time ();
  per_item_ns = (now - sampler->last_us) * 1000 / sampler->stride;
  sampler->stride = (guint) CLAMP (READ_EVERY_US * 1000 / MAX (per_item_ns, 1), 1, MAX_STRIDE);
  sampler->left = sampler->stride;
  sampler->last_us = now;
  return now;
}

static inline gint64
get_time (MillQueue *self)
{
  return self->clock == NULL ? g_get_monotonic_time () : mill_clock_get_time (self->clock);
}

static gint64
time_arrival_locked (MillQueue *self)
{
  if (!self->statistics)
    return 0;
  return self->clock == NULL ? sample_time (&self->in.sampler) : mill_clock_get_time (self->clock);
}

static void
record_wait_locked (MillQueue *self, MillItem *item, gint64 since_us)
{
  mill_item_set_enqueued (item, since_us);
  if (since_us != 0)
    mill_queue_waits_record (&self->out.waits, mill_item_get_priority (item), get_time (self) - since_us);
}

/* ---- LIFO and PRIORITY ----------------------------------------------------------------------------------
 */

static gboolean
leaves_before (const MillQueueEntry *a, const MillQueueEntry *b)
{
  gint priority_a = mill_item_get_priority (a->item), priority_b = mill_item_get_priority (b->item);

  return priority_a != priority_b ? priority_a < priority_b : a->arrival < b->arrival;
}

static void
swap_entries (GArray *heap, guint i, guint j)
{
  MillQueueEntry *entries = (MillQueueEntry *) (gpointer) heap->data;
  MillQueueEntry entry = entries[i];

  entries[i] = entries[j];
  entries[j] = entry;
}

/* A binary heap: Williams, Algorithm 232, CACM 7 (1964). */
static void
sift_up (GArray *heap, guint i)
{
  while (i > 0 && leaves_before (&g_array_index (heap, MillQueueEntry, i),
                                 &g_array_index (heap, MillQueueEntry, (i - 1) / 2)))
    {
      swap_entries (heap, i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
}

static void
sift_down_from (GArray *heap, guint i, guint length)
{
  guint child;

  while ((child = 2 * i + 1) < length)
    {
      if (child + 1 < length && leaves_before (&g_array_index (heap, MillQueueEntry, child + 1),
                                               &g_array_index (heap, MillQueueEntry, child)))
        child++;
      if (!leaves_before (&g_array_index (heap, MillQueueEntry, child),
                          &g_array_index (heap, MillQueueEntry, i)))
        return;
      swap_entries (heap, i, child);
      i = child;
    }
}

static void
push_sorted_locked (MillQueue *self, MillItem *item, gint64 since_us)
{
  MillQueueEntry entry = { item, since_us, self->arrivals++ };

  if (self->sorted == NULL)
    {
      self->sorted = g_array_new (FALSE, FALSE, sizeof (MillQueueEntry));
      g_array_set_clear_func (self->sorted, entry_clear);
    }
  g_array_append_val (self->sorted, entry);
  if (self->order == MILL_QUEUE_ORDER_PRIORITY)
    sift_up (self->sorted, self->sorted->len - 1);
}

static MillItem *
pop_sorted_locked (MillQueue *self, gint64 *since_us)
{
  guint last;
  MillQueueEntry entry;

  if (self->sorted == NULL || self->sorted->len == 0)
    return NULL;
  last = self->sorted->len - 1;
  if (self->order == MILL_QUEUE_ORDER_PRIORITY)
    {
      swap_entries (self->sorted, 0, last);
      sift_down_from (self->sorted, 0, last);
    }
  entry = g_array_index (self->sorted, MillQueueEntry, last);
  /* Not g_array_set_size(), which would drop the item's reference. */
  self->sorted->len = last;
  *since_us = entry.since_us;
  return entry.item;
}

/* ---- FIFO -----------------------------------------------------------------------------------------------
 */

/* A full chunk is handed on by the put that finds it full, not by the one that filled it: by then all its
 * items are counted in `puts`, and nobody can take one that is not. */
static void
push_chunk_locked (MillQueue *self, MillItem *item, gint64 since_us, gsize puts)
{
  MillQueueChunk *chunk = self->in.chunk;

  if (chunk->end == CHUNK_SIZE)
    {
      atomic_store_explicit (&self->in.puts, puts, memory_order_release);
      g_async_queue_push (self->full, chunk);
      self->in.chunk = chunk = chunk_new ();
    }
  chunk->slots[chunk->end].item = item;
  chunk->slots[chunk->end].since_us = since_us;
  chunk->end++;
}

static void
trade_chunks_locked (MillQueue *self)
{
  MillQueueChunk *empty = self->out.chunk;
  MillQueueChunk *full = g_async_queue_try_pop (self->full);

  /* What is being filled comes after all that is full. */
  if (full != NULL)
    {
      self->out.chunk = full;
      g_free (empty);
      return;
    }
  empty->begin = empty->end = 0;
  self->out.chunk = self->in.chunk;
  self->in.chunk = empty;
}

/* Finds the chunk with the next item after @gets. Returns FALSE if there is none. */
static gboolean
find_chunk_locked (MillQueue *self, gsize gets, gboolean all_held)
{
  MillQueueChunk *full;

  if (self->out.chunk->begin < self->out.chunk->end)
    return TRUE;
  if (atomic_load_explicit (&self->in.puts, memory_order_acquire) == gets)
    return FALSE;
  full = g_async_queue_try_pop (self->full);
  if (full != NULL)
    {
      g_free (self->out.chunk);
      self->out.chunk = full;
      return TRUE;
    }
  if (!all_held)
    mill_lock (&self->in.lock);
  trade_chunks_locked (self);
  if (!all_held)
    g_mutex_unlock (&self->in.lock);
  return TRUE;
}

/* ---- another order --------------------------------------------------------------------------------------
 */

static gint
compare_arrivals (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const MillQueueEntry *) a)->arrival, second = ((const MillQueueEntry *) b)->arrival;

  return first < second ? -1 : first > second;
}

/* Moves what is in the chunk to the array; chunks are in the order of arrival. */
static void
empty_chunk_locked (MillQueue *self, MillQueueChunk *chunk)
{
  for (; chunk->begin < chunk->end; chunk->begin++)
    push_sorted_locked (self, chunk->slots[chunk->begin].item, chunk->slots[chunk->begin].since_us);
  chunk->begin = chunk->end = 0;
}

static void
empty_chunks_locked (MillQueue *self)
{
  MillQueueChunk *full;

  empty_chunk_locked (self, self->out.chunk);
  while ((full = g_async_queue_try_pop (self->full)) != NULL)
    {
      empty_chunk_locked (self, full);
      g_free (full);
    }
  empty_chunk_locked (self, self->in.chunk);
}

static void
fill_chunks_locked (MillQueue *self)
{
  gsize puts = atomic_load_explicit (&self->in.puts, memory_order_relaxed);

  for (guint i = 0; i < self->sorted->len; i++)
    {
      MillQueueEntry *entry = &g_array_index (self->sorted, MillQueueEntry, i);

      push_chunk_locked (self, entry->item, entry->since_us, puts);
    }
  /* Not g_array_set_size(), which would drop the items' references. */
  self->sorted->len = 0;
}

/* With all locks held: what is queued will leave in @order as if it had come in that order's queue. */
void
mill_queue_store_set_order_locked (MillQueue *self, MillQueueOrder order)
{
  MillQueueOrder before = self->order;

  /* While the array is filled from the chunks it only has to be in the order of arrival. */
  self->order = MILL_QUEUE_ORDER_LIFO;
  if (before == MILL_QUEUE_ORDER_FIFO)
    empty_chunks_locked (self);
  else if (before == MILL_QUEUE_ORDER_PRIORITY && self->sorted != NULL)
    g_array_sort (self->sorted, compare_arrivals);
  self->order = order;
  if (self->sorted == NULL)
    return;
  if (order == MILL_QUEUE_ORDER_FIFO)
    fill_chunks_locked (self);
  for (guint i = self->sorted->len / 2; order == MILL_QUEUE_ORDER_PRIORITY && i > 0; i--)
    sift_down_from (self->sorted, i - 1, self->sorted->len);
}

/* ---- both ends ------------------------------------------------------------------------------------------
 */

/* A look at the consumers' count takes their cache line, so that is done only when what is known of it says
 * that the queue is full, or fuller than ever. */
static gsize
look_at_depth (MillQueue *self, gsize puts)
{
  self->in.known_gets = atomic_load_explicit (&self->out.gets, memory_order_acquire);
  return puts - self->in.known_gets;
}

static gboolean
fits (MillQueue *self, gsize bytes, gsize size)
{
  gsize queued = bytes - self->in.known_bytes_out;

  return queued <= self->in.byte_limit && size <= self->in.byte_limit - queued;
}

/* How many of @n_items fit the byte bound. That an empty queue takes an item of any size is not known here.
 */
static gsize
count_fitting (MillQueue *self, MillItem *const *items, gsize n_items)
{
  gsize bytes = self->in.bytes;

  for (gsize i = 0; i < n_items; i++)
    {
      gsize size = mill_item_get_size (items[i]);

      if (!fits (self, bytes, size))
        {
          self->in.known_bytes_out = atomic_load_explicit (&self->out.bytes, memory_order_acquire);
          if (!fits (self, bytes, size))
            return i;
        }
      bytes += size;
    }
  return n_items;
}

gsize
mill_queue_room_quickly (MillQueue *self, MillItem *const *items, gsize n_items)
{
  gsize puts = atomic_load_explicit (&self->in.puts, memory_order_relaxed);
  gsize depth = puts - self->in.known_gets;
  gsize room;

  /* More is queued than the bound allows after that was lowered. */
  if (depth > self->in.limit || self->in.limit - depth < n_items)
    depth = look_at_depth (self, puts);
  room = depth < self->in.limit ? MIN (self->in.limit - depth, n_items) : 0;
  return items != NULL && self->in.byte_limit < G_MAXSIZE ? count_fitting (self, items, room) : room;
}

void
mill_queue_append_locked (MillQueue *self, MillItem *item)
{
  mill_queue_append_many_locked (self, &item, 1);
}

static inline void
prefetch_item (const MillItem *item)
{
  __builtin_prefetch (item, 1);
}

/* Takes a reference of each of a batch that is to be put. */
void
mill_queue_ref_items (MillItem *const *items, guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    {
      if (i + PREFETCH < n_items)
        prefetch_item (items[i + PREFETCH]);
      mill_item_ref (items[i]);
    }
}

/* The count is published once for all, so that the other side's cache line is taken once. */
void
mill_queue_append_many_locked (MillQueue *self, MillItem *const *items, guint n_items)
{
  gsize puts = atomic_load_explicit (&self->in.puts, memory_order_relaxed);

  for (guint i = 0; i < n_items; i++)
    {
      gint64 since_us = time_arrival_locked (self);

      self->in.bytes += mill_item_get_size (items[i]);
      if (self->order != MILL_QUEUE_ORDER_FIFO)
        push_sorted_locked (self, items[i], since_us);
      else
        push_chunk_locked (self, items[i], since_us, puts + i);
    }
  puts += n_items;
  atomic_store_explicit (&self->in.puts, puts, memory_order_release);
  if (puts - self->in.known_gets > self->in.high_water)
    self->in.high_water = MAX (self->in.high_water, look_at_depth (self, puts));
}

static MillItem *
take_one_locked (MillQueue *self, gsize gets, gboolean all_held, gsize *bytes)
{
  gint64 since_us = 0;
  MillItem *item;

  if (self->order != MILL_QUEUE_ORDER_FIFO)
    item = pop_sorted_locked (self, &since_us);
  else if (find_chunk_locked (self, gets, all_held))
    {
      MillQueueSlot *slot = &self->out.chunk->slots[self->out.chunk->begin++];

      if (self->out.chunk->begin + PREFETCH <= self->out.chunk->end)
        prefetch_item (slot[PREFETCH].item);
      item = slot->item;
      since_us = slot->since_us;
    }
  else
    return NULL;
  if (item == NULL)
    return NULL;
  record_wait_locked (self, item, since_us);
  *bytes += mill_item_get_size (item);
  return item;
}

MillItem *
mill_queue_take_locked (MillQueue *self, gboolean all_held)
{
  MillItem *item = NULL;

  mill_queue_take_many_locked (self, &item, 1, all_held);
  return item;
}

guint
mill_queue_take_many_locked (MillQueue *self, MillItem **items, guint max_items, gboolean all_held)
{
  gsize gets = atomic_load_explicit (&self->out.gets, memory_order_relaxed);
  gsize bytes = atomic_load_explicit (&self->out.bytes, memory_order_relaxed);
  guint n = 0;

  while (n < max_items && (items[n] = take_one_locked (self, gets + n, all_held, &bytes)) != NULL)
    n++;
  atomic_store_explicit (&self->out.bytes, bytes, memory_order_release);
  atomic_store_explicit (&self->out.gets, gets + n, memory_order_release);
  return n;
}

/* Exact only with the locks of both ends. */
gsize
mill_queue_depth_locked (MillQueue *self)
{
  return atomic_load_explicit (&self->in.puts, memory_order_relaxed) -
         atomic_load_explicit (&self->out.gets, memory_order_relaxed);
}

guint64
mill_queue_bytes_locked (MillQueue *self)
{
  return self->in.bytes - atomic_load_explicit (&self->out.bytes, memory_order_relaxed);
}
