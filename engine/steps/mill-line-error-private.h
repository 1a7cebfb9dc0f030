/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the steps that read lines say what is wrong with one. */

#pragma once

#include "core/mill-item.h"

G_BEGIN_DECLS

gboolean mill_line_error_set (MillItem *item, gsize offset, const char *problem, GError **error);

G_END_DECLS
