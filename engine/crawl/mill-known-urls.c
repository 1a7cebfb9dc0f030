/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillKnownUrls: one slot for each value of the hash's last bits; the latest wins. */

#include "config.h"

#include "crawl/mill-known-urls-private.h"

#include <string.h>

#include "crawl/mill-hash-private.h"

#define N_SLOTS (1 << 17) /* 2 MiB */

typedef struct
{
  guint64 hash; /* 0 is none */
  guint depth;
} Slot;

struct _MillKnownUrls
{
  guint64 keys[2];
  Slot slots[N_SLOTS];
};

MillKnownUrls *
mill_known_urls_new (void)
{
  MillKnownUrls *self = g_new0 (MillKnownUrls, 1);

  for (guint i = 0; i < 4; i++)
    self->keys[i / 2] = self->keys[i / 2] << 32 | g_random_int ();
  return self;
}

void
mill_known_urls_free (MillKnownUrls *self)
{
  g_free (self);
}

guint64
mill_known_urls_get_hash (const MillKnownUrls *self, const char *url)
{
  guint64 hash = mill_hash_keyed (url, strlen (url), self->keys[0], self->keys[1]);

  return hash != 0 ? hash : 1;
}

gboolean
mill_known_urls_has (const MillKnownUrls *self, guint64 hash, guint depth)
{
  const Slot *slot = &self->slots[hash % N_SLOTS];

  return slot->hash == hash && slot->depth <= depth;
}

void
mill_known_urls_note (MillKnownUrls *self, guint64 hash, guint depth)
{
  self->slots[hash % N_SLOTS] = (Slot){ hash, depth };
}
