/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers that are functions of (seed, item, attempt) alone: two runs agree whatever the order in
 * which workers took the items, and workers share no random state. Any thread.
 *
 * The output function and the increment are those of SplitMix64: Steele, Lea and Flood, "Fast Splittable
 * Pseudorandom Number Generators", OOPSLA 2014. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MILL_GOLDEN_GAMMA G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static inline guint64
mill_random_mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* What mill_random_draw() begins with. */
static inline guint64
mill_random_state_for (guint seed, guint64 item_id, guint attempt)
{
  guint64 state = mill_random_mix (seed + MILL_GOLDEN_GAMMA);

  state = mill_random_mix (state ^ (item_id + MILL_GOLDEN_GAMMA));
  return mill_random_mix (state ^ (attempt + MILL_GOLDEN_GAMMA));
}

/* In [0, 1), all 53 bits of a double's fraction random. */
static inline double
mill_random_draw (guint64 *state)
{
  *state += MILL_GOLDEN_GAMMA;
  return (double) (mill_random_mix (*state) >> 11) * 0x1.0p-53;
}

G_END_DECLS
