/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an SQLSTATE means to a batch. Private to the engine. */

#pragma once

#include "core/mill-error.h"

G_BEGIN_DECLS

MillError mill_postgres_judge (const char *sqlstate);
gboolean mill_postgres_find_state (const char *message, char state[6]);
char *mill_postgres_tidy (const char *message);

G_END_DECLS
