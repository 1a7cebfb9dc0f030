/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillItem: what travels through a pipeline. One owner at a time may change it, so it has no lock of its own;
 * the hand-over through a queue orders the memory. Only mill_item_copy() may look at an item that somebody
 * else is changing: it and the setters exclude each other with one of a few locks that all items share. */

#include "config.h"

#include "core/mill-item.h"

#include <string.h>

typedef struct
{
  const char *name; /* (interned) */
  char *value;      /* (owned) */
} MillAttribute;

/* There may be millions of them: one block each, the key at its end. What each passage through a queue
 * touches comes first, for it to be in one cache line most times. */
struct _MillItem
{
  gatomicrefcount refs;
  gboolean has_key;
  GBytes *payload; /* (owned) (nullable) */
  gint64 enqueued_us;
  GArray *attributes; /* (owned) (nullable) of MillAttribute; few, so searched in order */
  MillRecord *record; /* (owned) (nullable) */
  gint64 born_us;
  guint64 id;
  gint priority;
  guint attempt;
  char key[];
};

#define N_LOCKS 16

static GMutex locks[N_LOCKS];

G_DEFINE_BOXED_TYPE (MillItem, mill_item, mill_item_ref, mill_item_unref)

static GMutex *
lock_of (const MillItem *self)
{
  return &locks[(GPOINTER_TO_SIZE (self) / sizeof (MillItem)) % N_LOCKS];
}

static void
attribute_clear (gpointer data)
{
  MillAttribute *attribute = data;

  g_free (attribute->value);
}

static MillAttribute *
find_attribute (const MillItem *self, const char *interned)
{
  if (self->attributes == NULL)
    return NULL;
  for (guint i = 0; i < self->attributes->len; i++)
    {
      MillAttribute *attribute = &g_array_index (self->attributes, MillAttribute, i);

      if (attribute->name == interned)
        return attribute;
    }
  return NULL;
}

/* How much of GSlice an item takes. Items are born on one processor and die on another: that sends malloc's
 * locks to and fro for each of them, and GSlice's magazines for some dozens; where GLib still has these,
 * which is before 2.76, an empty item's whole way costs a third less. */
static gsize
size_with_key (const char *key)
{
  return sizeof (MillItem) + (key != NULL ? strlen (key) + 1 : 0);
}

/**
 * mill_item_new:
 * @id: a number that is unique within the run
 * @key: (nullable): what the item is about, such as a URL or a line's number; primary key of its result
 *
 * Creates an item with no payload, on its first attempt (0).
 *
 * Returns: (transfer full): the item
 */
MillItem *
mill_item_new (guint64 id, const char *key)
{
  gsize size = size_with_key (key);
  MillItem *self = g_slice_alloc (size);

  *self = (MillItem){ .id = id, .has_key = key != NULL };
  g_atomic_ref_count_init (&self->refs);
  if (key != NULL)
    memcpy (self->key, key, size - sizeof *self);
  return self;
}

/**
 * mill_item_ref:
 *
 * Takes one more reference. May be called from any thread.
 *
 * Returns: (transfer full): @self
 */
MillItem *
mill_item_ref (MillItem *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mill_item_unref:
 *
 * Drops a reference; the last one frees the item. May be called from any thread.
 */
void
mill_item_unref (MillItem *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_pointer (&self->attributes, g_array_unref);
  g_clear_pointer (&self->record, mill_record_unref);
  g_slice_free1 (size_with_key (self->has_key ? self->key : NULL), self);
}

static GArray *
copy_attributes (const MillItem *self)
{
  GArray *copies;

  if (self->attributes == NULL)
    return NULL;
  copies = g_array_new (FALSE, FALSE, sizeof (MillAttribute));
  g_array_set_clear_func (copies, attribute_clear);
  for (guint i = 0; i < self->attributes->len; i++)
    {
      const MillAttribute *attribute = &g_array_index (self->attributes, MillAttribute, i);
      MillAttribute copy = { attribute->name, g_strdup (attribute->value) };

      g_array_append_val (copies, copy);
    }
  return copies;
}

/**
 * mill_item_copy:
 *
 * Makes an item of its own with the same id, key, payload, record and attributes. May be called from any
 * thread, also while the item's holder sets its payload, record or attributes.
 *
 * Returns: (transfer full): the copy
 */
MillItem *
mill_item_copy (MillItem *self)
{
  MillItem *copy = mill_item_new (self->id, mill_item_get_key (self));

  g_mutex_lock (lock_of (self));
  copy->payload = self->payload != NULL ? g_bytes_ref (self->payload) : NULL;
  copy->record = self->record != NULL ? mill_record_ref (self->record) : NULL;
  copy->attributes = copy_attributes (self);
  g_mutex_unlock (lock_of (self));
  copy->born_us = self->born_us;
  copy->priority = self->priority;
  copy->attempt = self->attempt;
  return copy;
}

/**
 * mill_item_get_id:
 *
 * The item's number.
 *
 * Returns: a number that is unique within the run
 */
guint64
mill_item_get_id (const MillItem *self)
{
  return self->id;
}

/**
 * mill_item_get_key:
 *
 * What the item is about, such as a URL or a line's number.
 *
 * Returns: (nullable) (transfer none): the key, valid as long as the item
 */
const char *
mill_item_get_key (const MillItem *self)
{
  return self->has_key ? self->key : NULL;
}

/**
 * mill_item_get_payload:
 *
 * What the item carries.
 *
 * Returns: (nullable) (transfer none): the data the item carries
 */
GBytes *
mill_item_get_payload (const MillItem *self)
{
  return self->payload;
}

/**
 * mill_item_set_payload:
 * @payload: (nullable) (transfer none): the new data; %NULL to carry none
 *
 * Gives the item something else to carry.
 */
void
mill_item_set_payload (MillItem *self, GBytes *payload)
{
  GBytes *before;

  if (payload != NULL)
    g_bytes_ref (payload);
  g_mutex_lock (lock_of (self));
  before = self->payload;
  self->payload = payload;
  g_mutex_unlock (lock_of (self));
  if (before != NULL)
    g_bytes_unref (before);
}

/**
 * mill_item_get_size:
 *
 * How much the item carries; what a queue's byte bound counts.
 *
 * Returns: the payload's size in bytes; 0 without one
 */
gsize
mill_item_get_size (const MillItem *self)
{
  return self->payload != NULL ? g_bytes_get_size (self->payload) : 0;
}

/**
 * mill_item_get_record:
 *
 * What the payload has been parsed into. It is not to be changed: other holders of the item, and of its
 * copies, may be reading it.
 *
 * Returns: (nullable) (transfer none): the record, or %NULL when no step has parsed the item
 */
MillRecord *
mill_item_get_record (const MillItem *self)
{
  return self->record;
}

/**
 * mill_item_set_record:
 * @record: (nullable) (transfer full): the record, which nobody changes from now on; %NULL for none
 *
 * Gives the item what its payload has been parsed into, in place of what it had. The payload stays.
 */
void
mill_item_set_record (MillItem *self, MillRecord *record)
{
  MillRecord *before;

  g_mutex_lock (lock_of (self));
  before = self->record;
  self->record = record;
  g_mutex_unlock (lock_of (self));
  if (before != NULL)
    mill_record_unref (before);
}

/**
 * mill_item_get_attribute:
 * @name: a static or interned string
 *
 * Looks up a fact that an earlier step recorded, such as a response's content type.
 *
 * Returns: (nullable) (transfer none): the value, or %NULL when no step recorded one
 */
const char *
mill_item_get_attribute (const MillItem *self, const char *name)
{
  const MillAttribute *attribute;

  if (self->attributes == NULL)
    return NULL;
  attribute = find_attribute (self, g_intern_string (name));
  return attribute != NULL ? attribute->value : NULL;
}

static void
set_attribute_locked (MillItem *self, const char *interned, const char *value)
{
  MillAttribute *attribute = find_attribute (self, interned);

  if (attribute == NULL && value == NULL)
    return;
  if (attribute == NULL)
    {
      MillAttribute fresh = { interned, NULL };

      if (self->attributes == NULL)
        {
          self->attributes = g_array_new (FALSE, FALSE, sizeof (MillAttribute));
          g_array_set_clear_func (self->attributes, attribute_clear);
        }
      g_array_append_val (self->attributes, fresh);
      attribute = &g_array_index (self->attributes, MillAttribute, self->attributes->len - 1);
    }
  g_free (attribute->value);
  attribute->value = g_strdup (value);
}

/**
 * mill_item_set_attribute:
 * @name: a static or interned string; names come from programs, never from data, since they are interned
 * @value: (nullable): the value, copied; %NULL forgets it
 *
 * Records a fact for later steps, or forgets one.
 */
void
mill_item_set_attribute (MillItem *self, const char *name, const char *value)
{
  const char *interned = g_intern_string (name);

  g_mutex_lock (lock_of (self));
  set_attribute_locked (self, interned, value);
  g_mutex_unlock (lock_of (self));
}

/**
 * mill_item_get_priority:
 *
 * Its place in a queue of priorities.
 *
 * Returns: its place in a queue of %MILL_QUEUE_ORDER_PRIORITY, the lowest first; 0 unless set
 */
gint
mill_item_get_priority (const MillItem *self)
{
  return self->priority;
}

/**
 * mill_item_set_priority:
 * @priority: its place in a queue of %MILL_QUEUE_ORDER_PRIORITY, the lowest first
 *
 * Only before the item is put.
 */
void
mill_item_set_priority (MillItem *self, gint priority)
{
  self->priority = priority;
}

/**
 * mill_item_get_attempt:
 *
 * How often the current stage has failed at it.
 *
 * Returns: how often the current stage has failed at the item so far; 0 on the first attempt
 */
guint
mill_item_get_attempt (const MillItem *self)
{
  return self->attempt;
}

/**
 * mill_item_set_attempt:
 * @attempt: how often the current stage has failed at it
 *
 * Notes a failure. For the engine.
 */
void
mill_item_set_attempt (MillItem *self, guint attempt)
{
  self->attempt = attempt;
}

/**
 * mill_item_get_born:
 *
 * When the item entered its pipeline.
 *
 * Returns: when the item entered its pipeline, in microseconds of g_get_monotonic_time()
 */
gint64
mill_item_get_born (const MillItem *self)
{
  return self->born_us;
}

/**
 * mill_item_set_born:
 * @time_us: when, in microseconds of g_get_monotonic_time()
 *
 * Notes when the item entered its pipeline. For the engine.
 */
void
mill_item_set_born (MillItem *self, gint64 time_us)
{
  self->born_us = time_us;
}

/**
 * mill_item_get_enqueued:
 *
 * When the item entered the queue it came from.
 *
 * Returns: when the item entered the queue it came from, in microseconds of g_get_monotonic_time(); 0 if the
 *   queue did not time it, see mill_queue_get_waits()
 */
gint64
mill_item_get_enqueued (const MillItem *self)
{
  return self->enqueued_us;
}

/**
 * mill_item_set_enqueued:
 * @time_us: when, in microseconds of g_get_monotonic_time(); 0 is not known
 *
 * Notes when the item entered a queue. For the queue.
 */
void
mill_item_set_enqueued (MillItem *self, gint64 time_us)
{
  self->enqueued_us = time_us;
}
