/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SipHash-2-4, after J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF" (2012). */

#include "config.h"

#include <string.h>

#include "crawl/mill-hash-private.h"

typedef struct
{
  guint64 a, b, c, d;
} SipState;

static guint64
rotate (guint64 x, guint by)
{
  return (x << by) | (x >> (64 - by));
}

static void
sip_round (SipState *s)
{
  s->a += s->b;
  s->c += s->d;
  s->b = rotate (s->b, 13) ^ s->a;
  s->d = rotate (s->d, 16) ^ s->c;
  s->a = rotate (s->a, 32);
  s->c += s->b;
  s->a += s->d;
  s->b = rotate (s->b, 17) ^ s->c;
  s->d = rotate (s->d, 21) ^ s->a;
  s->c = rotate (s->c, 32);
}

static void
sip_word (SipState *s, guint64 word)
{
  s->d ^= word;
  sip_round (s);
  sip_round (s);
  s->a ^= word;
}

/**
 * mill_hash_keyed:
 * @data: any bytes
 * @length: how many
 * @key0: half of the key
 * @key1: the other half
 *
 * The same on every machine and in every run, so that a seed can be part of the key.
 *
 * Returns: the hash
 */
guint64
mill_hash_keyed (const void *data, size_t length, guint64 key0, guint64 key1)
{
  const guchar *p = data;
  SipState s = { key0 ^ 0x736f6d6570736575u, key1 ^ 0x646f72616e646f6du, key0 ^ 0x6c7967656e657261u,
                 key1 ^ 0x7465646279746573u };
  guint64 last = (guint64) length << 56;

  for (; length >= 8; p += 8, length -= 8)
    {
      guint64 word;

      memcpy (&word, p, 8);
      sip_word (&s, GUINT64_FROM_LE (word));
    }
  for (size_t i = 0; i < length; i++)
    last |= (guint64) p[i] << (8 * i);
  sip_word (&s, last);
  s.c ^= 0xff;
  for (int i = 0; i < 4; i++)
    sip_round (&s);
  return s.a ^ s.b ^ s.c ^ s.d;
}

static gpointer
make_key (gpointer unused)
{
  guint64 *key = g_new (guint64, 2);

  for (int i = 0; i < 2; i++)
    key[i] = (guint64) g_random_int () << 32 | g_random_int ();
  return key;
}

/**
 * mill_hash_string:
 * @string: (type utf8): a string
 *
 * A #GHashFunc for strings from outside. Its key is drawn once per process. Any thread.
 *
 * Returns: the hash
 */
guint
mill_hash_string (gconstpointer string)
{
  static GOnce once = G_ONCE_INIT;
  const guint64 *key = g_once (&once, make_key, NULL);

  return (guint) mill_hash_keyed (string, strlen (string), key[0], key[1]);
}
