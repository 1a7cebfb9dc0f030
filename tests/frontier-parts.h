/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of frontiers have in common. */

#pragma once

#include "crawl/mill-frontier.h"

G_BEGIN_DECLS

MillFrontier *frontier_parts_new (guint max_in_flight, guint delay_ms);
/* All is fetched, or will never be. */
void frontier_parts_assert_end (MillFrontier *frontier);
/* Each URL is counted once. */
void frontier_parts_assert_conserved (MillFrontier *frontier);

G_END_DECLS
