/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run ended, in a sentence that fits what it was. */

#pragma once

#include "mill-run.h"

G_BEGIN_DECLS

char *mill_run_words_end (MillRun *run);

G_END_DECLS
