/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A keyed hash (SipHash-2-4). Addresses come from other people's servers: with g_str_hash() a page could hold
 * thousands of links of one hash value and turn every table into a list. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint64 mill_hash_keyed (const void *data, size_t length, guint64 key0, guint64 key1);
guint mill_hash_string (gconstpointer string);

G_END_DECLS
