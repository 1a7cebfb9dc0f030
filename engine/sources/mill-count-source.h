/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillCountSource:
 *
 * Items that are nothing but numbers, 1 to `items`, as fast as they are taken.
 */

#pragma once

#include "pipeline/mill-source.h"

G_BEGIN_DECLS

#define MILL_TYPE_COUNT_SOURCE (mill_count_source_get_type ())
G_DECLARE_FINAL_TYPE (MillCountSource, mill_count_source, MILL, COUNT_SOURCE, MillSource)

MillSource *mill_count_source_new (guint items);

G_END_DECLS
