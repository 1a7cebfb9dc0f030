/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLineLedger: item numbers are given to streams in blocks of 256, and a table finds the block of a
 * number. A block knows by one bit a line which are settled; it is forgotten once all are, so the first of a
 * stream's blocks is where its gap is. */

#include "config.h"

#include "sources/mill-line-ledger-private.h"

#include <string.h>

#include "sources/mill-number-key-private.h"

#define BLOCK_LINES 256

struct _MillLineStream
{
  gatomicrefcount refs; /* the opener's, and one of each block */
  char *prefix;         /* (owned) of keys: the name and a colon */
  gsize prefix_length;
  MillLineProgress progress; /* (the ledger's lock) */
  gboolean is_told;          /* (the ledger's lock) has progressed, and nobody has asked since */
  GQueue blocks; /* (the ledger's lock) of Block, unowned: from the one with the gap to the one in use */
};

typedef struct
{
  MillLineStream *stream; /* (owned) */
  guint64 number;
  guint32 settled[BLOCK_LINES / 32];
} Block;

struct _MillLineLedger
{
  GFunc progress; /* (nullable) */
  gpointer user_data;
  gint64 born_us; /* what makes its streams' names differ from those of other runs */

  GMutex lock;        /* all below, and what the streams say */
  GHashTable *blocks; /* (owned) their numbers → Block, owned */
  guint64 n_blocks;   /* ever */
  guint64 n_streams;  /* ever */
  guint64 n_items;    /* ever, if there are no blocks */
};

static void
block_free (gpointer data)
{
  Block *block = data;

  mill_line_stream_unref (block->stream);
  g_free (block);
}

MillLineLedger *
mill_line_ledger_new (GFunc progress, gpointer user_data)
{
  MillLineLedger *self = g_new0 (MillLineLedger, 1);

  g_mutex_init (&self->lock);
  self->progress = progress;
  self->user_data = user_data;
  self->born_us = g_get_real_time ();
  self->blocks = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, block_free);
  return self;
}

void
mill_line_ledger_free (MillLineLedger *self)
{
  g_hash_table_unref (self->blocks);
  g_mutex_clear (&self->lock);
  g_free (self);
}

MillLineStream *
mill_line_ledger_open (MillLineLedger *self, const char *name, guint64 before)
{
  MillLineStream *stream = g_new0 (MillLineStream, 1);
  guint64 number;

  g_mutex_lock (&self->lock);
  number = ++self->n_streams;
  g_mutex_unlock (&self->lock);
  g_atomic_ref_count_init (&stream->refs);
  g_queue_init (&stream->blocks);
  stream->progress.before = before;
  if (name != NULL)
    stream->prefix = g_strconcat (name, ":", NULL);
  else /* no sender may say such a name */
    stream->prefix =
        g_strdup_printf ("~%" G_GINT64_MODIFIER "x~%" G_GUINT64_FORMAT ":", (guint64) self->born_us, number);
  stream->prefix_length = strlen (stream->prefix);
  return stream;
}

void
mill_line_stream_unref (MillLineStream *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_queue_clear (&self->blocks);
  g_free (self->prefix);
  g_free (self);
}

/* The number of the item of @stream's next line. */
static guint64
book_line_locked (MillLineLedger *self, MillLineStream *stream)
{
  guint place = (guint) (stream->progress.given++ % BLOCK_LINES);
  Block *block;

  if (self->progress == NULL)
    return ++self->n_items;
  if (place == 0)
    {
      block = g_new0 (Block, 1);
      block->stream = stream;
      g_atomic_ref_count_inc (&stream->refs);
      block->number = self->n_blocks++;
      g_queue_push_tail (&stream->blocks, block);
      g_hash_table_insert (self->blocks, &block->number, block);
    }
  block = g_queue_peek_tail (&stream->blocks);
  return block->number * BLOCK_LINES + place + 1;
}

MillItem *
mill_line_ledger_add (MillLineLedger *self, MillLineStream *stream, const char *line, gsize length)
{
  g_autoptr (GBytes) payload = g_bytes_new (line, length);
  char buffer[MILL_LINE_STREAM_NAME_MAX + 1 + MILL_NUMBER_KEY_SIZE], *key;
  guint64 id, number;
  MillItem *item;

  g_mutex_lock (&self->lock);
  id = book_line_locked (self, stream);
  number = stream->progress.before + stream->progress.given;
  g_mutex_unlock (&self->lock);
  key = mill_number_key (buffer + sizeof buffer - MILL_NUMBER_KEY_SIZE, number);
  key -= stream->prefix_length;
  memcpy (key, stream->prefix, stream->prefix_length);
  item = mill_item_new (id, key);
  mill_item_set_payload (item, payload);
  return item;
}

/* Goes on to the first line of @stream that is not settled. */
static void
close_gap_locked (MillLineLedger *self, MillLineStream *stream)
{
  Block *block;

  while ((block = g_queue_peek_head (&stream->blocks)) != NULL &&
         stream->progress.settled < stream->progress.given)
    {
      guint place = (guint) (stream->progress.settled % BLOCK_LINES);

      if ((block->settled[place / 32] >> (place % 32) & 1) == 0)
        return;
      stream->progress.settled++;
      if (place + 1 < BLOCK_LINES)
        continue;
      g_queue_pop_head (&stream->blocks);
      g_hash_table_remove (self->blocks, &block->number);
    }
}

/* Whether the stream has to be told. */
static gboolean
settle_locked (MillLineLedger *self, guint64 id, gboolean is_dead)
{
  guint64 number = (id - 1) / BLOCK_LINES;
  guint place = (guint) ((id - 1) % BLOCK_LINES);
  Block *block = g_hash_table_lookup (self->blocks, &number);
  MillLineStream *stream = block != NULL ? block->stream : NULL;
  guint64 before;
  gboolean tell;

  /* A dead letter that was tried again has been settled before. */
  if (stream == NULL || (block->settled[place / 32] >> (place % 32) & 1) != 0)
    return FALSE;
  block->settled[place / 32] |= 1U << (place % 32);
  stream->progress.dead += is_dead;
  before = stream->progress.settled;
  g_atomic_ref_count_inc (&stream->refs); /* this may be its last block */
  close_gap_locked (self, stream);
  tell = stream->progress.settled > before && !stream->is_told;
  stream->is_told |= tell;
  mill_line_stream_unref (stream);
  return tell;
}

void
mill_line_ledger_settle (MillLineLedger *self, MillItem *item, MillOutcome outcome)
{
  gboolean tell;

  if (self->progress == NULL || (outcome != MILL_OUTCOME_DONE && outcome != MILL_OUTCOME_DEAD))
    return;
  g_mutex_lock (&self->lock);
  tell = settle_locked (self, mill_item_get_id (item), outcome == MILL_OUTCOME_DEAD);
  g_mutex_unlock (&self->lock);
  if (tell)
    self->progress (self, self->user_data);
}

void
mill_line_ledger_get_progress (MillLineLedger *self, MillLineStream *stream, MillLineProgress *progress)
{
  g_mutex_lock (&self->lock);
  *progress = stream->progress;
  stream->is_told = FALSE;
  g_mutex_unlock (&self->lock);
}

gboolean
mill_line_stream_is_name (const char *name, gsize length)
{
  if (length == 0 || length > MILL_LINE_STREAM_NAME_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && strchr ("._-", name[i]) == NULL)
      return FALSE;
  return TRUE;
}
