/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillUrlsSource:
 *
 * A list of web addresses, from a file with one on each line (a line that begins with # is a
 * comment), or from a template in which {n} stands for 1 to `count`.
 */

#pragma once

#include "pipeline/mill-source.h"

G_BEGIN_DECLS

#define MILL_TYPE_URLS_SOURCE (mill_urls_source_get_type ())
G_DECLARE_FINAL_TYPE (MillUrlsSource, mill_urls_source, MILL, URLS_SOURCE, MillSource)

MillSource *mill_urls_source_new (void);

G_END_DECLS
