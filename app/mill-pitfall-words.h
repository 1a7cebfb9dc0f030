/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a pitfall's variants. Each returns a new string, in the language of the session. */

#pragma once

#include "pitfalls/mill-pitfall-run.h"

G_BEGIN_DECLS

const char *mill_pitfall_words_variant (MillVariant variant);
char *mill_pitfall_words_number (double number, const char *unit);
char *mill_pitfall_words_figure (MillPitfall *pitfall, const MillTrialResult *result);
char *mill_pitfall_words_done (const MillTrialResult *result);
char *mill_pitfall_words_end (const MillTrialResult *result);

G_END_DECLS
