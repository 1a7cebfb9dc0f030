/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A strict reader of web archives: what ISO 28500 leaves to the writer's taste, it wants as libmill does it.
 * Anything that is not so fails the test. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *type;         /* (owned) */
  char *id;           /* (owned) */
  char *uri;          /* (owned) (nullable) of what is no warcinfo */
  GHashTable *fields; /* (owned) name to value */
  GBytes *block;      /* (owned) */
  char *head;         /* (owned) (nullable) of HTTP, with the empty line */
  GBytes *body;       /* (owned) (nullable) of HTTP */
} WarcRecord;

/* (transfer full): of WarcRecord. Reads all of @path: each record is a gzip member of its own, its digests
 * are true, and a request follows the response that it names. */
GPtrArray *warc_read (const char *path);

/* (transfer none) (nullable): the first record of @type of an address that ends in @suffix */
const WarcRecord *warc_find (GPtrArray *records, const char *type, const char *suffix);
guint warc_count (GPtrArray *records, const char *type, const char *suffix);

/* (nullable) */
const char *warc_get (const WarcRecord *record, const char *field);
/* Fails unless the response of @suffix has such a @status, @body (nullable: any) and @cut (nullable: none).
 */
const WarcRecord *warc_assert_response (GPtrArray *records, const char *suffix, guint status,
                                        const char *body, const char *cut);

G_END_DECLS
