/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a record's values are written as text. Private to the engine. Threads: any. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void mill_record_append_real (GString *out, double value);

G_END_DECLS
