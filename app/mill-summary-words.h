/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A finished run in sentences. Each function returns a new string, in the language of the session. */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

char *mill_summary_words_sentence (const MillSnapshot *snapshot);
char *mill_summary_words_sum (const MillSnapshot *snapshot);

G_END_DECLS
