/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One line of text that a widget draws itself: a Pango layout made once and kept.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MillText:
 *
 * A line of text. Initialise with mill_text_init(), release with mill_text_clear(). The layout follows the
 * font of the widget by itself.
 */
typedef struct
{
  GtkWidget *widget;   /* (unowned): outlives this */
  PangoLayout *layout; /* (owned) (nullable): made at first use */
  char *string;        /* (owned): "" for none */
  double scale;        /* of the widget's font size */
  PangoWeight weight;
  gboolean tabular; /* digits of one width, so that changing numbers do not dance */
} MillText;

void mill_text_init (MillText *self, GtkWidget *widget, double scale, PangoWeight weight);
void mill_text_clear (MillText *self);

gboolean mill_text_set (MillText *self, const char *string);
gboolean mill_text_is_empty (MillText *self);
void mill_text_set_max_width (MillText *self, double width);
void mill_text_get_size (MillText *self, double *out_width, double *out_height);
void mill_text_draw (MillText *self, GtkSnapshot *snapshot, double x, double y, const GdkRGBA *color);

double mill_text_unit (GtkWidget *widget);

G_END_DECLS
