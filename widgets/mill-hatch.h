/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hatching of each worker state: one for each kind of waiting, so that none is told by colour alone.
 */
#pragma once

#include "mill-dots.h"

G_BEGIN_DECLS

/**
 * MillHatch:
 * @spacing: from one stripe to the next, measured along x, in units of mill_text_unit(); 0 for no stripes
 * @thickness: of a stripe, measured along x
 * @slope: dx/dy of the stripes; negative leans right at the top
 * @alpha: how strong they are, in black or white
 *
 * Stripes.
 */
typedef struct
{
  double spacing;
  double thickness;
  double slope;
  float alpha;
} MillHatch;

MillHatch mill_dot_state_get_hatch (MillDotState state);

G_END_DECLS
