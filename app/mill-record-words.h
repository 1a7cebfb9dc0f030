/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded run in sentences. Each function returns a new string, in the language of the session. */

#pragma once

#include "record/mill-run-facts.h"

G_BEGIN_DECLS

char *mill_record_words_sentence (const MillRunFacts *facts);
char *mill_record_words_unrecorded (guint64 unrecorded);
char *mill_record_words_row (const MillRunFacts *facts, GDateTime *now);

G_END_DECLS
