/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillGlob: state i means that i characters of the pattern, stars not counted, were matched. A star lets the
 * state it stands behind stay, whatever comes. */

#include "config.h"

#include "crawl/mill-glob-private.h"

#include <string.h>

#define BITS      64u
#define MAX_WORDS (MILL_GLOB_MAX_LENGTH / BITS + 1)

struct _MillGlob
{
  guint n_words;
  guint last;                       /* the state in which the whole pattern was matched */
  guint64 stays[MAX_WORDS];         /* states that a star lets stay */
  guint64 (*takes)[G_MAXUINT8 + 1]; /* (owned) for each word and character: states that it leads to */
};

static void
set_bit (guint64 *word, guint state)
{
  *word |= (guint64) 1 << (state % BITS);
}

/**
 * mill_glob_new:
 * @pattern: at most %MILL_GLOB_MAX_LENGTH bytes
 *
 * Returns: (transfer full): the pattern, ready to be matched
 */
MillGlob *
mill_glob_new (const char *pattern)
{
  MillGlob *self = g_new0 (MillGlob, 1);

  g_return_val_if_fail (strlen (pattern) <= MILL_GLOB_MAX_LENGTH, NULL);

  self->n_words = (guint) strlen (pattern) / BITS + 1;
  self->takes = g_malloc0_n (self->n_words, sizeof *self->takes);
  for (const char *p = pattern; *p != '\0'; p++)
    {
      if (*p == '*')
        {
          set_bit (&self->stays[self->last / BITS], self->last);
          continue;
        }
      self->last++;
      for (guint c = 1; c <= G_MAXUINT8; c++)
        if (*p == '?' || (guchar) *p == c)
          set_bit (&self->takes[self->last / BITS][c], self->last);
    }
  return self;
}

void
mill_glob_free (MillGlob *self)
{
  g_free (self->takes);
  g_free (self);
}

/* Moves all states over @c. Returns: whether one is left */
static gboolean
step (const MillGlob *self, guint64 *states, guchar c)
{
  guint64 carry = 0, any = 0;

  for (guint i = 0; i < self->n_words; i++)
    {
      guint64 before = states[i];

      states[i] = ((before << 1 | carry) & self->takes[i][c]) | (before & self->stays[i]);
      carry = before >> (BITS - 1);
      any |= states[i];
    }
  return any != 0;
}

/**
 * mill_glob_matches:
 * @text: what may match
 *
 * Any thread.
 *
 * Returns: whether the pattern matches all of @text
 */
gboolean
mill_glob_matches (const MillGlob *self, const char *text)
{
  guint64 states[MAX_WORDS] = { 1 };

  for (; *text != '\0'; text++)
    if (!step (self, states, (guchar) *text))
      return FALSE;
  return (states[self->last / BITS] >> (self->last % BITS) & 1) != 0;
}
