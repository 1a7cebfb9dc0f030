/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillFetchStep:
 *
 * Gets the item's key, a URL, over HTTP.
 *
 * On success the item carries the body, and the attributes "status", "content-type", "etag" and
 * "last-modified" (when the server says them) and "final-url" (when redirects were followed). A redirect that
 * is not followed is a success without a body, with the attribute "location". "started-us" is when the
 * request began, in microseconds since 1970; "header-us" and "fetch-us" are how long it took until the header
 * and the whole body were there, connecting and redirects included.
 */

#pragma once

#include "pipeline/mill-step.h"

G_BEGIN_DECLS

#define MILL_TYPE_FETCH_STEP (mill_fetch_step_get_type ())
G_DECLARE_FINAL_TYPE (MillFetchStep, mill_fetch_step, MILL, FETCH_STEP, MillStep)

MillStep *mill_fetch_step_new (void);

G_END_DECLS
