/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sign of each worker state, as a small picture made once per size and style.
 */
#pragma once

#include <gtk/gtk.h>

#include "mill-dots.h"

G_BEGIN_DECLS

/**
 * MillDotGlyphs:
 *
 * The signs of all states in one size. Zero-initialise, release with mill_dot_glyphs_clear().
 */
typedef struct
{
  GdkTexture *textures[MILL_N_DOT_STATES]; /* (owned) (nullable): made for what follows */
  GdkRGBA colors[MILL_N_DOT_STATES];
  double diameter;
  int scale;
} MillDotGlyphs;

void mill_dot_glyphs_clear (MillDotGlyphs *self);
GdkTexture *mill_dot_glyphs_get (MillDotGlyphs *self, GtkWidget *widget, MillDotState state, double diameter);

G_END_DECLS
