/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTcpConnection: one sender of a MillTcpSource, whose header says what is spoken.
 *
 * Threads: it is read by one thread, the source's poll; all else any thread may do. */

#pragma once

#include <gio/gio.h>

#include "sources/mill-line-ledger-private.h"

G_BEGIN_DECLS

typedef struct _MillTcpConnection MillTcpConnection;

typedef enum
{
  MILL_TCP_LINE,    /* an item */
  MILL_TCP_SILENT,  /* nothing now */
  MILL_TCP_END,     /* nothing any more, and all is well */
  MILL_TCP_REFUSED, /* nothing any more, and the sender is to be told why */
  MILL_TCP_BROKEN,  /* nothing any more, and nobody is there to be told */
} MillTcpResult;

/* Takes over @socket. @has_protocol: acknowledges lines, and may be greeted by FROM. */
MillTcpConnection *mill_tcp_connection_new (GSocket *socket, MillLineLedger *ledger, gsize max_line,
                                            gboolean has_protocol);
void mill_tcp_connection_free (MillTcpConnection *self);
GSocket *mill_tcp_connection_get_socket (MillTcpConnection *self);

/* The next line. @reads: whether the socket may be read for it. @item: (out) (transfer full): after LINE.
 * @refusal: (out) (transfer full): after REFUSED. To be called by one thread. */
MillTcpResult mill_tcp_connection_take (MillTcpConnection *self, gboolean reads, MillItem **item,
                                        char **refusal);
/* Tells why and says good-bye, if the sender takes that now. */
void mill_tcp_connection_refuse (MillTcpConnection *self, const char *refusal);

/* From the reader: no line comes any more. */
void mill_tcp_connection_end (MillTcpConnection *self);

typedef enum
{
  MILL_TCP_ACKNOWLEDGED, /* all that is settled by now */
  MILL_TCP_CLOGGED,      /* the sender has to read first */
  MILL_TCP_GONE,         /* nobody is there to be told */
  MILL_TCP_OVER,         /* after the end: there is nothing left to tell */
} MillTcpState;

/* Writes what is to be acknowledged, as far as the sender takes it. */
MillTcpState mill_tcp_connection_acknowledge (MillTcpConnection *self);

G_END_DECLS
