/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mill-item-entries.h"

#include <string.h>

#define SIGN     (G_GUINT64_CONSTANT (1) << 63)
#define N_DIGITS 65536 /* of the ranks that are sorted by */

static inline guint64
get_rank (const MillItemEntry *entry, gboolean is_by_rowid)
{
  return is_by_rowid ? (guint64) entry->rowid ^ SIGN : entry->rank;
}

static gboolean
are_sorted (GArray *entries, gboolean is_by_rowid)
{
  const MillItemEntry *all = (const MillItemEntry *) (gpointer) entries->data;

  for (guint i = 1; i < entries->len; i++)
    if (get_rank (&all[i - 1], is_by_rowid) > get_rank (&all[i], is_by_rowid))
      return FALSE;
  return TRUE;
}

/* Sorts by 16 bits, and leaves those in order that are equal. */
static void
sort_by_digit (const MillItemEntry *from, MillItemEntry *to, guint n, gboolean is_by_rowid, guint shift,
               guint *counts)
{
  guint place = 0;

  memset (counts, 0, N_DIGITS * sizeof *counts);
  for (guint i = 0; i < n; i++)
    counts[get_rank (&from[i], is_by_rowid) >> shift & (N_DIGITS - 1)]++;
  for (guint digit = 0; digit < N_DIGITS; digit++)
    {
      guint n_these = counts[digit];

      counts[digit] = place;
      place += n_these;
    }
  for (guint i = 0; i < n; i++)
    to[counts[get_rank (&from[i], is_by_rowid) >> shift & (N_DIGITS - 1)]++] = from[i];
}

/* Knuth, "The Art of Computer Programming", vol. 3, 5.2.5, algorithm R. */
static void
sort_by (GArray *entries, gboolean is_by_rowid)
{
  MillItemEntry *from = (MillItemEntry *) (gpointer) entries->data, *to;
  g_autofree MillItemEntry *others = NULL;
  g_autofree guint *counts = NULL;

  if (are_sorted (entries, is_by_rowid))
    return;
  others = to = g_new (MillItemEntry, entries->len);
  counts = g_new (guint, N_DIGITS);
  /* An even number of passes, so that they end where they began. */
  for (guint shift = 0; shift < 64; shift += 16)
    {
      MillItemEntry *swap = from;

      sort_by_digit (from, to, entries->len, is_by_rowid, shift, counts);
      from = to;
      to = swap;
    }
}

/**
 * mill_item_entry_rank:
 * @value: no NaN
 *
 * Returns: a number in the order of the values
 */
guint64
mill_item_entry_rank (double value)
{
  guint64 bits;

  value += 0.0; /* there are two zeros */
  memcpy (&bits, &value, sizeof bits);
  return (bits & SIGN) != 0 ? ~bits : bits | SIGN;
}

/**
 * mill_item_entries_sort:
 * @entries: (element-type MillItemEntry): they are put in the order of their ranks, and where these are equal
 *   of their numbers
 */
void
mill_item_entries_sort (GArray *entries)
{
  /* Mostly they come in one order or the other by themselves. */
  sort_by (entries, TRUE);
  sort_by (entries, FALSE);
}
