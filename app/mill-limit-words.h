/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds a run back, in sentences. Each function returns a new string, in the language of the session. */

#pragma once

#include "pipeline/mill-limit.h"

G_BEGIN_DECLS

char *mill_limit_words_mean (double number);
char *mill_limit_words_brief (const MillLimitFinding *finding, const MillSnapshot *snapshot);
char *mill_limit_words_sentence (const MillLimitFinding *finding, const MillSnapshot *snapshot);
char *mill_limit_words_advice (const MillLimitFinding *finding, const MillSnapshot *snapshot);
char *mill_limit_words_little (const MillStageLoad *load);

G_END_DECLS
