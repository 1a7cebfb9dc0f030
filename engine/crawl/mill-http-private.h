/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One bounded GET: what the fetch step and the reader of robots.txt have in common. */

#pragma once

#include <libsoup/soup.h>

#include "record/mill-warc-writer-private.h"

G_BEGIN_DECLS

#define MILL_HTTP_USER_AGENT        "Millrace/" MILLRACE_VERSION
#define MILL_HTTP_TOO_MANY_REQUESTS 429 /* RFC 6585; libsoup does not know it */

/**
 * MillHttpLimits:
 * @max_body: the longest body, in bytes after decompression
 * @truncate: cut a longer body there; otherwise it is %MILL_ERROR_TOO_LARGE
 * @max_redirects: how many redirects to follow; with 0, a redirect is the response
 * @max_stall_s: how long it may come slower than @min_speed before it is %MILL_ERROR_TIMED_OUT; 0 is no limit
 * @min_speed: in bytes of the body per second; with 0, any byte is progress
 */
typedef struct
{
  gsize max_body;
  gboolean truncate;
  guint max_redirects;
  double max_stall_s;
  guint min_speed;
} MillHttpLimits;

/**
 * MillHttpResponse:
 * @status: the HTTP status
 * @url: the address that answered, after redirects
 * @content_type: the header's value, made valid UTF-8 without control characters
 * @location: where a redirect that was not followed leads, as the server wrote it, but for the same
 * @etag: the header's value, likewise
 * @last_modified: the header's value, likewise
 * @retry_after_s: seconds the server asks to wait; negative when it does not say
 * @header_us: how long the header took, from the request on, in microseconds; redirects and connecting count
 * @total_us: how long all of it took
 * @body: the body of a 2xx response; others are read and discarded
 */
typedef struct
{
  guint status;
  char *url;           /* (owned) */
  char *content_type;  /* (owned) (nullable) */
  char *location;      /* (owned) (nullable) */
  char *etag;          /* (owned) (nullable) */
  char *last_modified; /* (owned) (nullable) */
  double retry_after_s;
  gint64 header_us;
  gint64 total_us;
  GBytes *body; /* (owned) (nullable) */
} MillHttpResponse;

void mill_http_response_free (MillHttpResponse *self);
gboolean mill_http_response_is_success (const MillHttpResponse *self);
char *mill_http_response_describe_status (const MillHttpResponse *self);

SoupSession *mill_http_session_new (void);

/* mill-http-words.c */
char *mill_http_clean_header (const char *value);
char *mill_http_shorten (const char *text);
GError *mill_http_explain_error (SoupMessage *message, GError *error);

/* mill-http-exchange.c */
char *mill_http_dup_ip_address (SoupMessage *message);
MillWarcExchange *mill_http_describe_exchange (SoupMessage *message, gint64 began_us, const char *ip_address,
                                               GBytes *body, const char *cut);

void mill_http_get_async (SoupSession *session, const char *url, const MillHttpLimits *limits,
                          MillWarcWriter *archive, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
MillWarcExchange *mill_http_steal_left (GAsyncResult *result, const char *cut);
MillHttpResponse *mill_http_get_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillHttpResponse, mill_http_response_free)

G_END_DECLS
