/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a run stands, and how it ended, in words that fit what it is. */

#pragma once

#include "mill-run.h"

G_BEGIN_DECLS

char *mill_run_words_now (MillRun *run);
char *mill_run_words_end (MillRun *run);

G_END_DECLS
