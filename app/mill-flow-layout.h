/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the parts of the flow share the room there is: in one row if they fit, else in several, as lines of
 * text are broken. Pure arithmetic. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillFlowBox:
 * @minimum: the least width of the part
 * @natural: the width it would like
 * @limit: it grows up to this width before the pipes do; 0 if it never grows beyond its natural one
 * @is_pipe: whether it is a pipe; pipes take what room is left
 * @may_begin_row: whether a row may begin with it
 * @row: which row it is in; set by mill_flow_layout_arrange()
 * @width: its width; set by mill_flow_layout_arrange()
 *
 * One part.
 */
typedef struct
{
  int minimum;
  int natural;
  int limit;
  gboolean is_pipe;
  gboolean may_begin_row;
  guint row;
  int width;
} MillFlowBox;

int mill_flow_layout_get_minimum (const MillFlowBox *boxes, guint n_boxes);
int mill_flow_layout_get_natural (const MillFlowBox *boxes, guint n_boxes);
guint mill_flow_layout_arrange (MillFlowBox *boxes, guint n_boxes, int width);

G_END_DECLS
