/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An attempt of a step without a stage. */

#include "config.h"

#include "test-work.h"

void
test_work_init (MillWork *work, MillItem *item)
{
  mill_work_init (work);
  mill_work_take (work, item);
  mill_work_begin (work, 0);
}
