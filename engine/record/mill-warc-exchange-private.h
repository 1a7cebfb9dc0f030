/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillWarcExchange: a request and what came of it, as a web archive keeps them. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why a response is not whole (WARC 1.1, 5.13). */
#define MILL_WARC_CUT_LENGTH     "length"
#define MILL_WARC_CUT_TIME       "time"
#define MILL_WARC_CUT_DISCONNECT "disconnect"
#define MILL_WARC_CUT_OTHERWISE  "unspecified"

/**
 * MillWarcExchange:
 * @uri: what was asked for; without credentials
 * @began_us: when, in microseconds since 1970
 * @ip_address: who answered
 * @protocol: if that is not what the heads say, as ALPN names it
 * @request: the head of the request, with the empty line
 * @response: the head of the response, with the empty line
 * @body: what followed
 * @cut: why that is not all
 */
typedef struct
{
  char *uri; /* (owned) */
  gint64 began_us;
  char *ip_address;     /* (owned) (nullable) */
  const char *protocol; /* (nullable) static */
  GBytes *request;      /* (owned) */
  GBytes *response;     /* (owned) */
  GBytes *body;         /* (owned) (nullable) */
  const char *cut;      /* (nullable) static */
} MillWarcExchange;

void mill_warc_exchange_free (MillWarcExchange *self);
gsize mill_warc_exchange_get_size (const MillWarcExchange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillWarcExchange, mill_warc_exchange_free)

/* The names of an exchange's two records. */
typedef struct
{
  char *warcinfo; /* (owned) of the archive's part */
  char *request;  /* (owned) */
  char *response; /* (owned) */
} MillWarcNames;

char *mill_warc_new_name (void);
void mill_warc_names_clear (MillWarcNames *names);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MillWarcNames, mill_warc_names_clear)

/* (transfer full): the heads of the records, with their empty lines */
GString *mill_warc_describe_info (const char *name, const char *file, const char *fields);
GString *mill_warc_describe_request (const MillWarcExchange *exchange, const MillWarcNames *names);
GString *mill_warc_describe_response (const MillWarcExchange *exchange, const MillWarcNames *names);

G_END_DECLS
