/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers as dots, one each, by state; with hundreds of workers the dots shrink, then become a proportional
 * grid.
 */
#pragma once

#include <gtk/gtk.h>

#include "mill-palette.h"

G_BEGIN_DECLS

/**
 * MillDotState:
 * @MILL_DOT_IDLE: nothing to do; a hollow grey ring
 * @MILL_DOT_BUSY: at work; a blue disc
 * @MILL_DOT_LIMITED: waiting for the rate; an orange ring with hands like a clock's
 * @MILL_DOT_WAITING: waiting for a slot; an orange ring with a bar
 * @MILL_DOT_BACKING_OFF: waiting before a retry; a purple ring with a point
 * @MILL_DOT_BLOCKED: its output is full; a red square with a bar
 * @MILL_DOT_PAUSED: paused; a grey ring with two bars
 * @MILL_DOT_STUCK: at work for too long; an amber diamond
 * @MILL_N_DOT_STATES: how many states there are
 *
 * What a worker is doing. The shape differs as well as the colour.
 */
typedef enum
{
  MILL_DOT_IDLE,
  MILL_DOT_BUSY,
  MILL_DOT_LIMITED,
  MILL_DOT_WAITING,
  MILL_DOT_BACKING_OFF,
  MILL_DOT_BLOCKED,
  MILL_DOT_PAUSED,
  MILL_DOT_STUCK,
  MILL_N_DOT_STATES
} MillDotState;

MillColor mill_dot_state_get_color (MillDotState state);

#define MILL_TYPE_DOTS (mill_dots_get_type ())
G_DECLARE_FINAL_TYPE (MillDots, mill_dots, MILL, DOTS, GtkWidget)

GtkWidget *mill_dots_new (void);

void mill_dots_set_states (MillDots *self, const guint8 *states, guint n);
guint mill_dots_get_n (MillDots *self);
guint mill_dots_get_count (MillDots *self, MillDotState state);
guint mill_dots_get_max_rows (MillDots *self);
void mill_dots_set_max_rows (MillDots *self, guint max_rows);
const char *mill_dots_get_label (MillDots *self);
void mill_dots_set_label (MillDots *self, const char *label);

G_END_DECLS
