/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts as values of other kinds, and lists of them as people write them: "status:int, seconds:real". */

#pragma once

#include <gio/gio.h>

#include "core/mill-record.h"

G_BEGIN_DECLS

/* Two names: of a field, and what to make of it. */
typedef struct
{
  char *name;  /* (owned) */
  char *other; /* (owned) */
} MillNamePair;

GPtrArray *mill_name_pairs_parse (const char *text, GError **error);

GPtrArray *mill_casts_parse (const char *text, GError **error);
gboolean mill_cast_text (MillRecord *record, const char *name, const char *text, gsize length,
                         const char *kind);
gboolean mill_cast_field (MillRecord *record, guint i, const char *kind, GError **error);

G_END_DECLS
