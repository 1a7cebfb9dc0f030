/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillItemLog. What a row needs is copied when the item is settled, the item itself not being kept: it may be
 * large. The copies are in chunks, which are used again and again: a chunk that the writer freed would have
 * it hold a lock of malloc's, for which a worker would have to wait. */

#include "config.h"

#include "record/mill-item-log-private.h"

#include <stdatomic.h>
#include <string.h>

#include "core/mill-lock-private.h"
#include "record/mill-item-rows-private.h"

#define CHUNK_ITEMS 256
#define CHUNK_TEXT  (64 * 1024) /* bytes, from which on a chunk is full */
#define MOST_TEXT   (4 * CHUNK_TEXT)
#define MOST_CHUNKS 256 /* on their way, before items that are done are left out */
#define MOST_LOST   512 /* before the others are, too */
#define CACHE_LINE  64

/* Where a string is in the text of its chunk; 0 is none. */
typedef guint32 Place;

typedef struct
{
  guint64 id;
  gint64 settled_us; /* g_get_real_time() */
  gint64 latency_us; /* -1 is not known */
  gint64 size;       /* of the payload, in bytes; -1 is none */
  Place key;
  Place error;
  Place status;
  Place type;
  Place location;
  Place file;
  guint attempts;
  guint stage;
  MillOutcome outcome;
  gboolean is_requeued; /* then only id and key count */
} Entry;

typedef struct
{
  MillRunNote note;
  MillItemLog *log; /* (unowned) */
  guint n;
  Entry entries[CHUNK_ITEMS];
  GString *text; /* (owned) strings, each with its end */
} Chunk;

struct _MillItemLog
{
  MillRunWriter *writer;  /* (unowned) */
  char **stages;          /* (owned) names */
  gint64 clock_offset_us; /* from g_get_monotonic_time() to g_get_real_time() */

  guint64 most_items;  /* 0 is no limit */
  atomic_bool is_full; /* most_items are logged */

  /* Of a run at full speed most items are only counted: without the lock, and without taking from the other
   * processors what they look at for each item. */
  guint8 apart_1[CACHE_LINE];
  atomic_uint_fast64_t unrecorded;
  guint8 apart_2[CACHE_LINE];

  GMutex lock;  /* guards the next three; taken by workers only, never by the writer */
  Chunk *chunk; /* (owned) (nullable) that is being filled */
  guint64 n_logged;
  Chunk *spare; /* (owned) (nullable) ready to be filled, linked by note.next */

  Chunk *used;   /* (owned) (nullable) (atomic) which the writer is done with, linked by note.next */
  gint n_chunks; /* (atomic) on their way */

  /* The writing thread's. */
  guint64 n_twins;   /* keys that were made unique by a number of ours */
  gint64 second;     /* that `second_text` is of */
  char *second_text; /* (owned) (nullable) */
};

/* ---- on the writing thread ------------------------------------------------------------------------------
 */

static const char *
get_text (const Chunk *chunk, Place place)
{
  return place > 0 ? chunk->text->str + place : NULL;
}

/* Thousands of items are settled in the same second. */
static void
bind_time (MillItemLog *self, sqlite3_stmt *statement, int column, gint64 time_us)
{
  gint64 second = time_us / G_USEC_PER_SEC;
  char text[40];

  if (second != self->second || self->second_text == NULL)
    {
      g_free (self->second_text);
      self->second_text = mill_run_file_format_time (second * G_USEC_PER_SEC);
      self->second = second;
    }
  g_strlcpy (text, self->second_text, sizeof text);
  g_snprintf (text + strlen (text) - 3, 4, "%03d",
              (int) (time_us % G_USEC_PER_SEC / G_TIME_SPAN_MILLISECOND));
  mill_run_file_bind_text (statement, column, text);
}

static const char *
get_outcome_name (MillOutcome outcome)
{
  if (outcome == MILL_OUTCOME_DONE)
    return "done";
  return outcome == MILL_OUTCOME_DEAD ? "dead" : "returned";
}

/* Returns: whether no other item has the @key */
static gboolean
insert (MillItemLog *self, MillRunFile *file, const Chunk *chunk, const Entry *entry, const char *key)
{
  sqlite3_stmt *put = mill_run_file_prepare (
      file, "INSERT INTO item (key, outcome, finished, attempts, status, type, bytes, location, file, error,"
            " latency_ms, stage, result, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO NOTHING");
  const char *status = get_text (chunk, entry->status), *type = get_text (chunk, entry->type);
  const char *location = get_text (chunk, entry->location);

  mill_run_file_bind_text (put, 1, key);
  mill_run_file_bind_text (put, 2, get_outcome_name (entry->outcome));
  bind_time (self, put, 3, entry->settled_us);
  sqlite3_bind_int64 (put, 4, entry->attempts);
  if (status != NULL)
    sqlite3_bind_int64 (put, 5, g_ascii_strtoll (status, NULL, 10));
  mill_run_file_bind_text (put, 6, type);
  if (entry->size >= 0)
    sqlite3_bind_int64 (put, 7, entry->size);
  mill_run_file_bind_text (put, 8, location);
  mill_run_file_bind_text (put, 9, get_text (chunk, entry->file));
  mill_run_file_bind_text (put, 10, get_text (chunk, entry->error));
  if (entry->latency_us >= 0)
    sqlite3_bind_double (put, 11, (double) entry->latency_us / 1000.0);
  if (entry->outcome != MILL_OUTCOME_DONE)
    mill_run_file_bind_text (put, 12, self->stages[entry->stage]);
  else
    {
      g_autofree char *result = mill_item_rows_describe (status, type, location, entry->size);

      mill_run_file_bind_text (put, 13, result);
    }
  sqlite3_bind_int64 (put, 14, (gint64) entry->id);
  mill_run_file_step (file, put);
  /* Once the file has failed there is no statement. */
  return put == NULL || mill_run_file_n_changed (file) > 0;
}

static char *
make_unique_key (const char *key, guint64 id)
{
  return g_strdup_printf ("%s%s#%" G_GUINT64_FORMAT, key != NULL ? key : "", key != NULL ? " " : "", id);
}

static void
write_settled (MillItemLog *self, MillRunFile *file, const Chunk *chunk, const Entry *entry)
{
  const char *key = get_text (chunk, entry->key);
  g_autofree char *unique = NULL;

  if (key != NULL && insert (self, file, chunk, entry, key))
    return;
  unique = make_unique_key (key, entry->id);
  while (!insert (self, file, chunk, entry, unique))
    {
      /* The same item number, too: steps may emit what they like. */
      g_free (unique);
      unique = g_strdup_printf ("%s #%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, key != NULL ? key : "",
                                entry->id, ++self->n_twins);
    }
}

static void
write_requeued (MillRunFile *file, const Chunk *chunk, const Entry *entry)
{
  sqlite3_stmt *delete = mill_run_file_prepare (
      file, "DELETE FROM item WHERE key IN (?, ?) AND number = ? AND outcome = 'dead'");
  const char *key = get_text (chunk, entry->key);
  g_autofree char *unique = make_unique_key (key, entry->id);

  mill_run_file_bind_text (delete, 1, key);
  mill_run_file_bind_text (delete, 2, unique);
  sqlite3_bind_int64 (delete, 3, (gint64) entry->id);
  mill_run_file_step (file, delete);
}

static void
write_chunk (MillRunNote *note, MillRunFile *file)
{
  Chunk *chunk = (Chunk *) note;

  mill_run_file_begin (file);
  for (guint i = 0; i < chunk->n; i++)
    if (chunk->entries[i].is_requeued)
      write_requeued (file, chunk, &chunk->entries[i]);
    else
      write_settled (chunk->log, file, chunk, &chunk->entries[i]);
  mill_run_file_end (file);
}

/* Gives the chunk back to the workers. */
static void
release_chunk (MillRunNote *note)
{
  Chunk *chunk = (Chunk *) note;
  MillItemLog *self = chunk->log;
  Chunk *newest;

  g_atomic_int_add (&self->n_chunks, -1);
  do
    {
      newest = g_atomic_pointer_get (&self->used);
      chunk->note.next = (MillRunNote *) newest;
    }
  while (!g_atomic_pointer_compare_and_exchange (&self->used, newest, chunk));
}

/* ---- on the workers' threads ----------------------------------------------------------------------------
 */

static Chunk *
chunk_new (MillItemLog *self)
{
  Chunk *chunk = g_new (Chunk, 1);

  chunk->note = (MillRunNote){ NULL, write_chunk, release_chunk };
  chunk->log = self;
  chunk->text = g_string_sized_new (CHUNK_ITEMS * 24);
  return chunk;
}

static void
chunk_free (Chunk *chunk)
{
  g_string_free (chunk->text, TRUE);
  g_free (chunk);
}

static void
chunks_free (Chunk *chunk)
{
  while (chunk != NULL)
    {
      Chunk *next = (Chunk *) chunk->note.next;

      chunk_free (chunk);
      chunk = next;
    }
}

/* A chunk with nothing in it. */
static Chunk *
take_chunk_locked (MillItemLog *self)
{
  Chunk *chunk;

  if (self->spare == NULL)
    self->spare = g_atomic_pointer_exchange (&self->used, NULL);
  chunk = self->spare;
  if (chunk != NULL)
    self->spare = (Chunk *) chunk->note.next;
  else
    chunk = chunk_new (self);
  if (chunk->text->allocated_len > MOST_TEXT)
    {
      g_string_free (chunk->text, TRUE);
      chunk->text = g_string_sized_new (CHUNK_TEXT);
    }
  g_string_truncate (chunk->text, 0);
  g_string_append_c (chunk->text, '\0'); /* no string is at 0 */
  chunk->n = 0;
  return chunk;
}

static void
send_chunk_locked (MillItemLog *self)
{
  Chunk *chunk = g_steal_pointer (&self->chunk);

  if (chunk == NULL)
    return;
  g_atomic_int_inc (&self->n_chunks);
  mill_run_writer_push (self->writer, &chunk->note);
}

static Place
add_text (Chunk *chunk, const char *text)
{
  Place place = (Place) chunk->text->len;

  if (text == NULL)
    return 0;
  g_string_append_len (chunk->text, text, (gssize) strlen (text) + 1);
  return place;
}

static Entry *
add_entry_locked (MillItemLog *self, MillItem *item)
{
  Entry *entry;

  if (self->chunk == NULL)
    self->chunk = take_chunk_locked (self);
  entry = &self->chunk->entries[self->chunk->n++];
  *entry = (Entry){ .id = mill_item_get_id (item), .key = add_text (self->chunk, mill_item_get_key (item)) };
  return entry;
}

static void
send_if_full_locked (MillItemLog *self)
{
  if (self->chunk->n == CHUNK_ITEMS || self->chunk->text->len >= CHUNK_TEXT)
    send_chunk_locked (self);
}

/* Whether there is no place for it, as far as can be seen without the lock. */
static gboolean
is_left_out (MillItemLog *self, MillOutcome outcome)
{
  gint n_chunks = g_atomic_int_get (&self->n_chunks);

  if (mill_run_writer_has_failed (self->writer))
    return TRUE;
  if (outcome != MILL_OUTCOME_DONE)
    return n_chunks >= MOST_LOST;
  return n_chunks >= MOST_CHUNKS || atomic_load_explicit (&self->is_full, memory_order_relaxed);
}

/* Counts it. Returns: FALSE if it is one too many */
static gboolean
admit_locked (MillItemLog *self, MillOutcome outcome)
{
  gboolean has_limit = self->most_items > 0;

  if (outcome != MILL_OUTCOME_DONE)
    return TRUE;
  if (has_limit && self->n_logged >= self->most_items)
    return FALSE;
  self->n_logged++;
  if (has_limit && self->n_logged >= self->most_items)
    atomic_store_explicit (&self->is_full, TRUE, memory_order_relaxed);
  return TRUE;
}

static void
log_locked (MillItemLog *self, guint stage, MillItem *item, MillOutcome outcome, const GError *error,
            guint attempts, gint64 now_us)
{
  Entry *entry = add_entry_locked (self, item);
  gint64 born_us = mill_item_get_born (item);

  entry->settled_us = now_us + self->clock_offset_us;
  entry->latency_us = born_us > 0 ? now_us - born_us : -1;
  entry->size = mill_item_get_payload (item) != NULL ? (gint64) mill_item_get_size (item) : -1;
  entry->status = add_text (self->chunk, mill_item_get_attribute (item, "status"));
  entry->type = add_text (self->chunk, mill_item_get_attribute (item, "content-type"));
  entry->location = add_text (self->chunk, mill_item_get_attribute (item, "location"));
  entry->file = add_text (self->chunk, mill_item_get_attribute (item, "file"));
  entry->error = add_text (self->chunk, error != NULL ? error->message : NULL);
  entry->attempts = attempts;
  entry->stage = stage;
  entry->outcome = outcome;
  send_if_full_locked (self);
}

/* @writer: (transfer none): outlives the log; @stages: their names, in the order of the flow; @most_items:
 * how many are recorded, but for the dead and the returned; 0 is no limit */
MillItemLog *
mill_item_log_new (MillRunWriter *writer, const char *const *stages, guint64 most_items)
{
  MillItemLog *self = g_new0 (MillItemLog, 1);

  g_mutex_init (&self->lock);
  self->writer = writer;
  self->stages = g_strdupv ((char **) stages);
  self->most_items = most_items;
  self->clock_offset_us = g_get_real_time () - g_get_monotonic_time ();
  return self;
}

/* Once the writer is closed. */
void
mill_item_log_free (MillItemLog *self)
{
  chunks_free (self->spare);
  chunks_free (self->used);
  g_clear_pointer (&self->chunk, chunk_free);
  g_strfreev (self->stages);
  g_free (self->second_text);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
mill_item_log_settled (MillItemLog *self, guint stage, MillItem *item, MillOutcome outcome,
                       const GError *error, guint attempts, gint64 now_us)
{
  gboolean is_logged = FALSE;

  if (!is_left_out (self, outcome))
    {
      mill_lock (&self->lock);
      is_logged = admit_locked (self, outcome);
      if (is_logged)
        log_locked (self, stage, item, outcome, error, attempts, now_us);
      g_mutex_unlock (&self->lock);
    }
  if (!is_logged)
    atomic_fetch_add_explicit (&self->unrecorded, 1, memory_order_relaxed);
}

/* A dead item is on its way again. Before it can be settled. */
void
mill_item_log_requeued (MillItemLog *self, MillItem *item)
{
  mill_lock (&self->lock);
  add_entry_locked (self, item)->is_requeued = TRUE;
  send_if_full_locked (self);
  g_mutex_unlock (&self->lock);
}

void
mill_item_log_flush (MillItemLog *self)
{
  mill_lock (&self->lock);
  send_chunk_locked (self);
  g_mutex_unlock (&self->lock);
}

guint64
mill_item_log_get_unrecorded (MillItemLog *self)
{
  return atomic_load_explicit (&self->unrecorded, memory_order_relaxed);
}
