/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A pipe between two boxes: chevrons that move as fast as items do, or red hatching when nothing can move.
 */
#pragma once

#include <gtk/gtk.h>

#include "mill-palette.h"

G_BEGIN_DECLS

#define MILL_TYPE_PIPE (mill_pipe_get_type ())
G_DECLARE_FINAL_TYPE (MillPipe, mill_pipe, MILL, PIPE, GtkWidget)

GtkWidget *mill_pipe_new (void);

double mill_pipe_get_rate (MillPipe *self);
void mill_pipe_set_rate (MillPipe *self, double rate);
gboolean mill_pipe_get_stalled (MillPipe *self);
void mill_pipe_set_stalled (MillPipe *self, gboolean stalled);
MillColor mill_pipe_get_color (MillPipe *self);
void mill_pipe_set_color (MillPipe *self, MillColor color);
double mill_pipe_get_phase (MillPipe *self);
void mill_pipe_set_phase (MillPipe *self, double phase);
double mill_pipe_get_speed (MillPipe *self);
gboolean mill_pipe_is_moving (MillPipe *self);
const char *mill_pipe_get_label (MillPipe *self);
void mill_pipe_set_label (MillPipe *self, const char *label);

G_END_DECLS
