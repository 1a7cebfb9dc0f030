/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A timeline as a file: the picture of what is shown, and the samples behind it.
 */
#pragma once

#include "mill-timeline.h"

G_BEGIN_DECLS

GBytes *mill_timeline_export_png (MillTimeline *self, GError **error);
GBytes *mill_timeline_export_svg (MillTimeline *self, GError **error);
GBytes *mill_timeline_export_csv (MillTimeline *self);

G_END_DECLS
