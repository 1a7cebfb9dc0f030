/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tests/frontier-parts.h"

MillFrontier *
frontier_parts_new (guint max_in_flight, guint delay_ms)
{
  MillFrontier *frontier = mill_frontier_new (-1, 0, NULL);

  mill_frontier_set_max_in_flight (frontier, max_in_flight);
  mill_frontier_set_delay_ms (frontier, delay_ms);
  return frontier;
}

void
frontier_parts_assert_end (MillFrontier *frontier)
{
  MillFrontierEntry entry;

  g_assert_cmpint (mill_frontier_take (frontier, G_MAXINT64, &entry, NULL, NULL), ==, MILL_FRONTIER_END);
}

void
frontier_parts_assert_conserved (MillFrontier *frontier)
{
  MillFrontierCounts c;

  mill_frontier_get_counts (frontier, &c);
  g_assert_cmpuint (c.known, ==, c.pending + c.taken + c.skipped_robots + c.skipped_limit);
}
