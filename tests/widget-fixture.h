/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of widgets share: a window with one widget in it, waiting for frames, looking at pixels, and
 * acting as the user does through the widget's own controllers.
 */
#pragma once

#include <adwaita.h>
#include <libglib-testing/signal-logger.h>

G_BEGIN_DECLS

typedef struct
{
  GtkWidget *window;      /* (owned) */
  GtkWidget *widget;      /* (unowned): the one under test, in the window */
  GtSignalLogger *logger; /* (owned) */
} Fixture;

/* The logger's macros print objects with %p, which wants a void pointer. */
#define fixture_pop_notify(self, object, property)                                                           \
  gt_signal_logger_assert_notify_emission_pop ((self)->logger, (gpointer) (object), property)
#define fixture_pop_signal(self, object, signal, ...)                                                        \
  gt_signal_logger_assert_emission_pop ((self)->logger, (gpointer) (object), signal, __VA_ARGS__)

void fixture_init (int *argc, char ***argv);
void fixture_show (Fixture *self, GtkWidget *widget, int width, int height);
void fixture_hide (Fixture *self);
void fixture_wait_for_frame (Fixture *self);
cairo_surface_t *fixture_render (Fixture *self);

void wait_for (gboolean (*condition) (gpointer data), gpointer data, const char *what);
gboolean is_mapped (gpointer widget);

guint32 pixel_at (cairo_surface_t *surface, int x, int y);
char hue_of (guint32 pixel);
guint count_hue (cairo_surface_t *surface, char hue);

GtkEventController *find_controller (GtkWidget *widget, GType type);
GtkWidget *find_child (GtkWidget *parent, GType type);
gboolean press (GtkWidget *widget, guint keyval, GdkModifierType modifiers);
void assert_described (GtkWidget *widget, GtkAccessibleProperty property, const char *expected);

G_END_DECLS
