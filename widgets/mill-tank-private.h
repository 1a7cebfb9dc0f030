/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the two halves of the tank share: its state and its geometry.
 */
#pragma once

#include <adwaita.h>

#include "mill-tank.h"
#include "mill-text.h"

G_BEGIN_DECLS

struct _MillTank
{
  GtkWidget parent_instance;

  guint64 depth;
  guint64 maxsize; /* 0: unbounded */
  guint64 high_water;
  gboolean blocked;
  gboolean editable;
  char *label; /* (owned) (nullable) */

  GtkWidget *meter; /* (owned): the depth, for assistive technology */
  GtkWidget *mark;  /* (owned): the maximum size, for keyboard and assistive technology; never drawn */

  MillText number;
  MillText of;
  MillText cap;
  MillText caption;

  double scale;         /* the count at the cap's resting height */
  AdwAnimation *settle; /* (owned): moves scale to where it belongs after a drag */
  GtkGesture *drag;     /* (unowned): belongs to the widget */
  gboolean dragging;
  guint64 drag_from; /* the maximum size when the drag began */
  double drag_scale;
  double drag_y; /* of the mark when it began */
  gboolean updating_mark;
};

/* All in logical pixels of the widget. */
typedef struct
{
  double unit;
  graphene_rect_t body;
  double base;   /* y of an empty tank */
  double rest;   /* y at which the count is `scale` */
  double mark;   /* y of the maximum-size mark */
  double handle; /* x of the middle of its handle */
  double handle_radius;
} MillTankGeometry;

void mill_tank_update (MillTank *self);

void mill_tank_init_mark (MillTank *self);
void mill_tank_update_mark (MillTank *self);
void mill_tank_set_scale (MillTank *self, double scale);
gboolean mill_tank_is_on_mark (MillTank *self, double x, double y);

double mill_tank_get_rest_scale (MillTank *self);
void mill_tank_get_geometry (MillTank *self, MillTankGeometry *out);
void mill_tank_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline);
void mill_tank_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

G_END_DECLS
