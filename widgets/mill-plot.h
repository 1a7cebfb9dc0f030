/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small picture that a chart is drawn into, one pixel column after the other.
 */
#pragma once

#include <gtk/gtk.h>

#include "mill-series.h"

G_BEGIN_DECLS

typedef struct _MillPlot MillPlot;

MillPlot *mill_plot_new (guint width, guint height);
void mill_plot_free (MillPlot *self);
GskRenderNode *mill_plot_free_to_node (MillPlot *self, int scale);

guint mill_plot_get_width (MillPlot *self);
guint mill_plot_get_height (MillPlot *self);
guint32 mill_plot_get_pixel (MillPlot *self, guint x, guint y);

void mill_plot_add_column (MillPlot *self, int x, double y0, double y1, const GdkRGBA *color);
void mill_plot_add_stripes (MillPlot *self, int x, double y0, double y1, double spacing, double thickness,
                            double slope, const GdkRGBA *color);
void mill_plot_add_area (MillPlot *self, const MillSeriesColumn *columns, double top, double pad,
                         const GdkRGBA *color);
void mill_plot_add_line (MillPlot *self, const MillSeriesColumn *columns, double top, double pad,
                         double thickness, const GdkRGBA *color);
void mill_plot_add_dashes (MillPlot *self, const MillSeriesColumn *columns, double top, double pad,
                           double thickness, guint dash, guint gap, const GdkRGBA *color);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillPlot, mill_plot_free)

G_END_DECLS
