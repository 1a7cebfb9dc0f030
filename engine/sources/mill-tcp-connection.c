/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTcpConnection: reads lines and writes acknowledgements. Of those, only the newest is of use, so what
 * waits for a sender that does not read is one number. */

#include "config.h"

#include "sources/mill-tcp-connection-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "core/mill-integer-private.h"
#include "sources/mill-line-buffer-private.h"

#define GREETING "FROM "

/* A peer that is gone without a word is noticed after so many seconds of silence, and so many more times as
 * many between so many questions. */
#define KEEPALIVE_IDLE_S     60
#define KEEPALIVE_INTERVAL_S 10
#define KEEPALIVE_QUESTIONS  6

struct _MillTcpConnection
{
  GSocket *socket;        /* (owned) */
  MillLineLedger *ledger; /* (unowned) */
  gboolean has_protocol;

  /* Used by the reader alone. */
  MillLineBuffer buffer;
  gboolean is_at_end; /* the sender has said its last */

  GMutex lock;            /* all below; the reader, who alone makes the stream, reads it without */
  MillLineStream *stream; /* (owned) (nullable) made at the first line, which may name it */
  gboolean has_ended;     /* and its last line was taken */
  guint64 told;           /* how many lines it knows to be settled */
  char out[32];           /* what is being written */
  gsize out_length, out_written;
};

MillTcpConnection *
mill_tcp_connection_new (GSocket *socket, MillLineLedger *ledger, gsize max_line, gboolean has_protocol)
{
  MillTcpConnection *self = g_new0 (MillTcpConnection, 1);

  self->socket = socket;
  self->ledger = ledger;
  self->has_protocol = has_protocol;
  mill_line_buffer_init (&self->buffer, max_line);
  g_mutex_init (&self->lock);
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_QUESTIONS, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  return self;
}

void
mill_tcp_connection_free (MillTcpConnection *self)
{
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_clear_pointer (&self->stream, mill_line_stream_unref);
  mill_line_buffer_clear (&self->buffer);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GSocket *
mill_tcp_connection_get_socket (MillTcpConnection *self)
{
  return self->socket;
}

/* "FROM NAME N", whatever the two are: FALSE if they are not right. */
static gboolean
parse_greeting (const char *line, gsize length, char **name, guint64 *before)
{
  g_autofree char *text = g_strndup (line, length);
  g_auto (GStrv) words = g_strsplit (text, " ", 4);

  return strlen (text) == length && g_strv_length (words) == 3 &&
         mill_line_stream_is_name (words[1], strlen (words[1])) &&
         mill_integer_read_unsigned (words[2], before) && *before <= G_MAXINT64 &&
         (*name = g_strdup (words[1])) != NULL;
}

static void
open_stream (MillTcpConnection *self, const char *name, guint64 before)
{
  MillLineStream *stream = mill_line_ledger_open (self->ledger, name, before);

  g_mutex_lock (&self->lock);
  self->stream = stream;
  self->told = before;
  g_mutex_unlock (&self->lock);
}

/* Looks whether the first line is a greeting. TRUE if it is and was understood. */
static gboolean
read_greeting (MillTcpConnection *self, const char *line, gsize length, char **refusal)
{
  g_autofree char *name = NULL;
  guint64 before = 0;

  if (!self->has_protocol || length < strlen (GREETING) || memcmp (line, GREETING, strlen (GREETING)) != 0)
    {
      open_stream (self, NULL, 0);
      return FALSE;
    }
  if (!parse_greeting (line, length, &name, &before))
    {
      *refusal = g_strdup ("not a greeting: FROM NAME COUNT");
      return FALSE;
    }
  open_stream (self, name, before);
  return TRUE;
}

/* For the sender's programmer, and so in English. */
static char *
describe_long_line (MillTcpConnection *self)
{
  MillLineProgress progress = { 0 };

  if (self->stream != NULL)
    mill_line_ledger_get_progress (self->ledger, self->stream, &progress);
  return g_strdup_printf ("line %" G_GUINT64_FORMAT " is longer than %" G_GSIZE_FORMAT " bytes",
                          progress.before + progress.given + 1, self->buffer.max_length);
}

/* LINE stands for: something was read. */
static MillTcpResult
read_socket (MillTcpConnection *self)
{
  g_autoptr (GError) error = NULL;
  char *room = mill_line_buffer_reserve (&self->buffer);
  gssize n = g_socket_receive (self->socket, room, MILL_LINE_BUFFER_READ, NULL, &error);

  if (n < 0)
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? MILL_TCP_SILENT : MILL_TCP_BROKEN;
  self->is_at_end = n == 0;
  mill_line_buffer_commit (&self->buffer, (gsize) n);
  return MILL_TCP_LINE;
}

/* The next line, complete or, at the end, without its end. */
static MillTcpResult
take_line (MillTcpConnection *self, gboolean reads, const char **line, gsize *length, char **refusal)
{
  for (;;)
    {
      MillLineResult found = mill_line_buffer_next (&self->buffer, line, length);
      MillTcpResult result;

      if (found == MILL_LINE_FOUND)
        return MILL_TCP_LINE;
      if (found == MILL_LINE_TOO_LONG)
        {
          *refusal = describe_long_line (self);
          return MILL_TCP_REFUSED;
        }
      /* Of a sender that is acknowledged, half a line is one that it will send again. */
      if (self->is_at_end)
        return !self->has_protocol && mill_line_buffer_take_rest (&self->buffer, line, length) ? MILL_TCP_LINE
                                                                                               : MILL_TCP_END;
      result = reads ? read_socket (self) : MILL_TCP_SILENT;
      if (result != MILL_TCP_LINE)
        return result;
    }
}

MillTcpResult
mill_tcp_connection_take (MillTcpConnection *self, gboolean reads, MillItem **item, char **refusal)
{
  const char *line;
  gsize length;
  MillTcpResult result = take_line (self, reads, &line, &length, refusal);

  if (result == MILL_TCP_LINE && self->stream == NULL && read_greeting (self, line, length, refusal))
    result = take_line (self, reads, &line, &length, refusal);
  if (result != MILL_TCP_LINE)
    return result;
  if (self->stream == NULL)
    return MILL_TCP_REFUSED;
  *item = mill_line_ledger_add (self->ledger, self->stream, line, length);
  return MILL_TCP_LINE;
}

void
mill_tcp_connection_refuse (MillTcpConnection *self, const char *refusal)
{
  g_autofree char *line = g_strdup_printf ("ERROR %s\n", refusal);

  g_mutex_lock (&self->lock);
  /* Not in the middle of an acknowledgement. */
  if (self->out_written == self->out_length)
    g_socket_send (self->socket, line, strlen (line), NULL, NULL);
  g_mutex_unlock (&self->lock);
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
}

void
mill_tcp_connection_end (MillTcpConnection *self)
{
  g_mutex_lock (&self->lock);
  self->has_ended = TRUE;
  g_mutex_unlock (&self->lock);
}

/* Writes what is in `out`. A sender that is gone is noticed by who reads. */
static MillTcpState
write_out_locked (MillTcpConnection *self)
{
  while (self->out_written < self->out_length)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_send (self->socket, self->out + self->out_written,
                                self->out_length - self->out_written, NULL, &error);

      if (n < 0)
        return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? MILL_TCP_CLOGGED : MILL_TCP_GONE;
      self->out_written += (gsize) n;
    }
  return MILL_TCP_ACKNOWLEDGED;
}

static MillTcpState
acknowledge_locked (MillTcpConnection *self)
{
  MillLineProgress progress = { 0 };
  MillTcpState state = write_out_locked (self);

  if (self->stream != NULL && self->has_protocol)
    mill_line_ledger_get_progress (self->ledger, self->stream, &progress);
  if (state == MILL_TCP_ACKNOWLEDGED && self->told < progress.before + progress.settled)
    {
      self->told = progress.before + progress.settled;
      self->out_length =
          (gsize) g_snprintf (self->out, sizeof self->out, "ACK %" G_GUINT64_FORMAT "\n", self->told);
      self->out_written = 0;
      state = write_out_locked (self);
    }
  /* One that does not read what it asked for is not waited for. */
  return self->has_ended && progress.settled == progress.given ? MILL_TCP_OVER : state;
}

MillTcpState
mill_tcp_connection_acknowledge (MillTcpConnection *self)
{
  MillTcpState state;

  g_mutex_lock (&self->lock);
  state = acknowledge_locked (self);
  g_mutex_unlock (&self->lock);
  return state;
}
