/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The few shapes that several widgets draw.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mill_draw_box (GtkSnapshot *snapshot, const graphene_rect_t *bounds, double radius,
                    const GdkRGBA *color);
void mill_draw_outline (GtkSnapshot *snapshot, const graphene_rect_t *bounds, double radius, double width,
                        const GdkRGBA *color);
void mill_draw_hatch (GtkSnapshot *snapshot, const graphene_rect_t *bounds, double spacing, double thickness,
                      double slope, const GdkRGBA *color);
void mill_draw_dashes (GtkSnapshot *snapshot, const graphene_rect_t *line, double dash, double gap,
                       const GdkRGBA *color);

GdkTexture *mill_draw_texture (cairo_surface_t *surface);
cairo_surface_t *mill_draw_surface (double width, double height, int scale);

G_END_DECLS
