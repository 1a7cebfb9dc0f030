/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHttpRequest: the body of one request to a MillHttpSource, from the chunks that come in to the lines
 * that go out.
 *
 * Threads: lines are taken by one thread, the source's poll; all else any thread may do. */

#pragma once

#include "sources/mill-line-ledger-private.h"

G_BEGIN_DECLS

typedef struct _MillHttpRequest MillHttpRequest;

/* @name: (nullable): of the stream. */
MillHttpRequest *mill_http_request_new (MillLineLedger *ledger, const char *name, gsize max_line,
                                        guint64 max_body);
MillHttpRequest *mill_http_request_ref (MillHttpRequest *self);
void mill_http_request_unref (MillHttpRequest *self);

/* What the sender does. After a chunk: whether it is enough for now. */
gboolean mill_http_request_add_chunk (MillHttpRequest *self, GBytes *chunk);
void mill_http_request_complete (MillHttpRequest *self);
void mill_http_request_break_off (MillHttpRequest *self);

typedef enum
{
  MILL_HTTP_LINE,   /* an item */
  MILL_HTTP_SILENT, /* nothing now */
  MILL_HTTP_END,    /* nothing any more */
} MillHttpResult;

/* @item: (out) (transfer full): after LINE. To be called by one thread. */
MillHttpResult mill_http_request_take (MillHttpRequest *self, MillItem **item);
/* Whether there may be a line. */
gboolean mill_http_request_has_chunks (MillHttpRequest *self);
/* Whether there is room for chunks again, for the first time after there was not. */
gboolean mill_http_request_wants_more (MillHttpRequest *self);

/* (transfer full) (nullable): what is to be answered, once there is something, and the HTTP status.
 * @is_last: there will be nothing any more. */
char *mill_http_request_dup_answer (MillHttpRequest *self, gboolean is_last, guint *status);

G_END_DECLS
