/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An attempt of a step without a stage. */

#pragma once

#include "pipeline/mill-work-private.h"

/* The first attempt at @item (transfer full); ended by mill_work_finalize(). */
void test_work_init (MillWork *work, MillItem *item);
