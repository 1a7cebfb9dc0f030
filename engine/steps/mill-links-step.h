/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillLinksStep:
 *
 * Finds the links of an HTML page and tells the crawl that the page comes from, and sets the attribute
 * "title". If the crawl wants requisites, finds those of HTML pages and of stylesheets too.
 */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_LINKS_STEP (mill_links_step_get_type ())
G_DECLARE_FINAL_TYPE (MillLinksStep, mill_links_step, MILL, LINKS_STEP, MillStep)

MillStep *mill_links_step_new (void);

G_END_DECLS
