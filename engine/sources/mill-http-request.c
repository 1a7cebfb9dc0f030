/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHttpRequest: chunks wait in a short list until their lines are wanted. */

#include "config.h"

#include "sources/mill-http-request-private.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sources/mill-line-buffer-private.h"

/* So many bytes of chunks are enough; with half as many there is room for more. */
#define ENOUGH (64 * 1024)

struct _MillHttpRequest
{
  gatomicrefcount refs;
  MillLineLedger *ledger; /* (unowned) */
  MillLineStream *stream; /* (owned) */
  guint64 max_body;
  MillLineBuffer buffer; /* used by who takes lines alone */

  GMutex lock;   /* all below */
  GQueue chunks; /* of GBytes, owned */
  gsize waiting; /* bytes of them */
  guint64 received;
  gboolean had_enough;  /* and nobody has asked for more since */
  gboolean is_complete; /* the last chunk came */
  gboolean is_broken;   /* and will never come */
  gboolean is_taken;    /* the last line was taken */
  guint refusal;        /* the status that ended it; or 0 */
  guint64 bad_line;     /* which was too long; or 0 */
};

MillHttpRequest *
mill_http_request_new (MillLineLedger *ledger, const char *name, gsize max_line, guint64 max_body)
{
  MillHttpRequest *self = g_new0 (MillHttpRequest, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  g_queue_init (&self->chunks);
  self->ledger = ledger;
  self->stream = mill_line_ledger_open (ledger, name, 0);
  self->max_body = max_body;
  mill_line_buffer_init (&self->buffer, max_line);
  return self;
}

MillHttpRequest *
mill_http_request_ref (MillHttpRequest *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mill_http_request_unref (MillHttpRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_queue_clear_full (&self->chunks, (GDestroyNotify) g_bytes_unref);
  mill_line_stream_unref (self->stream);
  mill_line_buffer_clear (&self->buffer);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
mill_http_request_add_chunk (MillHttpRequest *self, GBytes *chunk)
{
  gboolean enough;

  g_mutex_lock (&self->lock);
  self->received += g_bytes_get_size (chunk);
  if (self->received > self->max_body && self->refusal == 0)
    self->refusal = SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  if (self->refusal == 0)
    {
      g_queue_push_tail (&self->chunks, g_bytes_ref (chunk));
      self->waiting += g_bytes_get_size (chunk);
    }
  self->had_enough = self->waiting >= ENOUGH;
  enough = self->had_enough || self->refusal != 0;
  g_mutex_unlock (&self->lock);
  return enough;
}

void
mill_http_request_complete (MillHttpRequest *self)
{
  g_mutex_lock (&self->lock);
  self->is_complete = TRUE;
  g_mutex_unlock (&self->lock);
}

void
mill_http_request_break_off (MillHttpRequest *self)
{
  g_mutex_lock (&self->lock);
  self->is_broken = TRUE;
  g_mutex_unlock (&self->lock);
}

/* The first chunk's bytes, or as many as there is room for, go into the buffer. */
static void
fill_buffer_locked (MillHttpRequest *self)
{
  GBytes *chunk = g_queue_pop_head (&self->chunks);
  gsize size = g_bytes_get_size (chunk), n = MIN (size, MILL_LINE_BUFFER_READ);

  memcpy (mill_line_buffer_reserve (&self->buffer), g_bytes_get_data (chunk, NULL), n);
  mill_line_buffer_commit (&self->buffer, n);
  self->waiting -= n;
  if (n < size)
    g_queue_push_head (&self->chunks, g_bytes_new_from_bytes (chunk, n, size - n));
  g_bytes_unref (chunk);
}

/* There is no line. LINE stands for: but there are more bytes. */
static MillHttpResult
go_on_locked (MillHttpRequest *self)
{
  if (!g_queue_is_empty (&self->chunks))
    {
      fill_buffer_locked (self);
      return MILL_HTTP_LINE;
    }
  return self->refusal != 0 || self->is_complete || self->is_broken ? MILL_HTTP_END : MILL_HTTP_SILENT;
}

static void
refuse_line (MillHttpRequest *self)
{
  MillLineProgress progress;

  mill_line_ledger_get_progress (self->ledger, self->stream, &progress);
  g_mutex_lock (&self->lock);
  self->refusal = SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  self->bad_line = progress.given + 1;
  g_mutex_unlock (&self->lock);
}

/* Whether the end of the body is that of its last line as well. */
static gboolean
ends_well (MillHttpRequest *self)
{
  gboolean well;

  g_mutex_lock (&self->lock);
  well = self->is_complete && self->refusal == 0;
  g_mutex_unlock (&self->lock);
  return well;
}

static MillHttpResult
take_line (MillHttpRequest *self, const char **line, gsize *length)
{
  for (;;)
    {
      MillLineResult found = mill_line_buffer_next (&self->buffer, line, length);
      MillHttpResult result;

      if (found == MILL_LINE_FOUND)
        return MILL_HTTP_LINE;
      if (found == MILL_LINE_TOO_LONG)
        {
          refuse_line (self);
          return MILL_HTTP_END;
        }
      g_mutex_lock (&self->lock);
      result = go_on_locked (self);
      g_mutex_unlock (&self->lock);
      if (result == MILL_HTTP_END && ends_well (self) &&
          mill_line_buffer_take_rest (&self->buffer, line, length))
        return MILL_HTTP_LINE;
      if (result != MILL_HTTP_LINE)
        return result;
    }
}

static void
note_end (MillHttpRequest *self)
{
  g_mutex_lock (&self->lock);
  self->is_taken = TRUE;
  g_mutex_unlock (&self->lock);
}

MillHttpResult
mill_http_request_take (MillHttpRequest *self, MillItem **item)
{
  const char *line;
  gsize length;
  MillHttpResult result = take_line (self, &line, &length);

  if (result == MILL_HTTP_LINE)
    *item = mill_line_ledger_add (self->ledger, self->stream, line, length);
  if (result == MILL_HTTP_END)
    note_end (self);
  return result;
}

gboolean
mill_http_request_has_chunks (MillHttpRequest *self)
{
  gboolean has_chunks;

  g_mutex_lock (&self->lock);
  has_chunks = !self->is_taken && (!g_queue_is_empty (&self->chunks) || self->is_complete ||
                                   self->is_broken || self->refusal != 0);
  g_mutex_unlock (&self->lock);
  return has_chunks;
}

gboolean
mill_http_request_wants_more (MillHttpRequest *self)
{
  gboolean wants_more;

  g_mutex_lock (&self->lock);
  wants_more = self->had_enough && self->refusal == 0 && self->waiting <= ENOUGH / 2;
  if (wants_more)
    self->had_enough = FALSE;
  g_mutex_unlock (&self->lock);
  return wants_more;
}

static char *
describe_refusal_locked (MillHttpRequest *self)
{
  if (self->bad_line == 0)
    return g_strdup_printf ("{\"error\":\"the body is longer than %" G_GUINT64_FORMAT " bytes\"}\n",
                            self->max_body);
  return g_strdup_printf ("{\"error\":\"line %" G_GUINT64_FORMAT " is longer than %" G_GSIZE_FORMAT
                          " bytes\"}\n",
                          self->bad_line, self->buffer.max_length);
}

static char *
dup_answer_locked (MillHttpRequest *self, gboolean is_last, const MillLineProgress *progress, guint *status)
{
  gboolean is_settled = self->is_taken && progress->settled == progress->given;

  *status = self->refusal;
  if (self->refusal != 0)
    return self->is_taken ? describe_refusal_locked (self) : NULL;
  *status = SOUP_STATUS_OK;
  if (is_settled)
    return g_strdup_printf ("{\"lines\":%" G_GUINT64_FORMAT ",\"dead\":%" G_GUINT64_FORMAT "}\n",
                            progress->given, progress->dead);
  *status = SOUP_STATUS_SERVICE_UNAVAILABLE;
  return is_last ? g_strdup ("{\"error\":\"the run has ended\"}\n") : NULL;
}

char *
mill_http_request_dup_answer (MillHttpRequest *self, gboolean is_last, guint *status)
{
  MillLineProgress progress;
  char *answer;

  g_mutex_lock (&self->lock);
  /* Within the lock: if the last line was taken, then before the lines are counted. */
  mill_line_ledger_get_progress (self->ledger, self->stream, &progress);
  answer = dup_answer_locked (self, is_last, &progress, status);
  g_mutex_unlock (&self->lock);
  return answer;
}
