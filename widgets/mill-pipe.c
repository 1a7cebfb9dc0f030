/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pipe. Chevrons pass with a speed that grows with the logarithm of the rate, so that one a second and
 * ten thousand a second can both be followed. Nothing ticks while nothing moves or nobody can see it.
 */
#include "config.h"

#include "mill-pipe.h"

#include "mill-draw.h"
#include "mill-name.h"
#include "mill-pace.h"
#include "mill-text.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define NATURAL_WIDTH  40.0
#define MINIMUM_WIDTH  20.0
#define HEIGHT         18.0
#define SPACING        20.0 /* from one chevron to the next */
#define CHEVRON_WIDTH  8.0
#define CHEVRON_HEIGHT 12.0
#define FADE           12.0 /* over which a chevron appears and disappears */
#define SLOWEST        14.0 /* per second */
#define PER_DECADE     26.0
#define FASTEST        140.0 /* well below half a spacing per redraw, so that it never seems to run backwards */

struct _MillPipe
{
  GtkWidget parent_instance;

  double rate; /* items a second */
  gboolean stalled;
  MillColor color;
  double phase; /* 0 to 1, in spacings */
  char *label;  /* (owned) (nullable) */

  guint tick_id;
  gint64 pace;    /* of mill_pace_is_due() */
  gint64 last_us; /* when the phase last moved; 0 at first */

  GdkTexture *chevron; /* (owned) (nullable): for what follows */
  GdkRGBA chevron_color;
  int chevron_scale;
  double chevron_unit;
  gboolean chevron_rtl;
};

typedef enum
{
  PROP_RATE = 1,
  PROP_STALLED,
  PROP_LABEL
} MillPipeProperty;

static GParamSpec *properties[PROP_LABEL + 1];

G_DEFINE_FINAL_TYPE (MillPipe, mill_pipe, GTK_TYPE_WIDGET)

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MillPipe *self = MILL_PIPE (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);

  if (self->last_us == 0)
    self->last_us = now;
  if (!mill_pace_is_due (&self->pace, now))
    return G_SOURCE_CONTINUE;

  mill_pipe_set_phase (self, self->phase +
                                 mill_pipe_get_speed (self) / SPACING *
                                     ((double) MIN (now - self->last_us, G_USEC_PER_SEC) / G_USEC_PER_SEC));
  self->last_us = now;

  return G_SOURCE_CONTINUE;
}

/* Starts or stops the tick as needed. */
static void
update_tick (MillPipe *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean animations = FALSE;
  gboolean wanted;

  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &animations, NULL);
  wanted = animations && gtk_widget_get_mapped (widget) && mill_pipe_get_speed (self) > 0.0;

  if (wanted && self->tick_id == 0)
    {
      self->last_us = 0;
      self->tick_id = gtk_widget_add_tick_callback (widget, tick_cb, NULL, NULL);
    }
  else if (!wanted && self->tick_id != 0)
    {
      gtk_widget_remove_tick_callback (widget, self->tick_id);
      self->tick_id = 0;
    }
}

static void
mill_pipe_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_pipe_parent_class)->map (widget);
  update_tick (MILL_PIPE (widget));
}

static void
mill_pipe_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_pipe_parent_class)->unmap (widget);
  update_tick (MILL_PIPE (widget));
}

static void
mill_pipe_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  const double unit = mill_text_unit (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int) ceil (MINIMUM_WIDTH * unit);
      *natural = (int) ceil (NATURAL_WIDTH * unit);
    }
  else
    {
      *minimum = *natural = (int) ceil (HEIGHT * unit);
    }
}

static void
make_chevron (MillPipe *self, double unit, int scale, gboolean rtl, const GdkRGBA *color)
{
  const double width = CHEVRON_WIDTH * unit, height = CHEVRON_HEIGHT * unit, line = 2.0 * unit;
  cairo_surface_t *surface = mill_draw_surface (ceil (width), ceil (height), scale);
  cairo_t *cr = cairo_create (surface);

  if (rtl)
    {
      cairo_translate (cr, ceil (width), 0.0);
      cairo_scale (cr, -1.0, 1.0);
    }
  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_width (cr, line);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to (cr, line, line);
  cairo_line_to (cr, width - line, height / 2.0);
  cairo_line_to (cr, line, height - line);
  cairo_stroke (cr);
  cairo_destroy (cr);

  g_clear_object (&self->chevron);
  self->chevron = mill_draw_texture (surface);
  self->chevron_color = *color;
  self->chevron_unit = unit;
  self->chevron_scale = scale;
  self->chevron_rtl = rtl;
}

static void
ensure_chevron (MillPipe *self, double unit, gboolean rtl, const GdkRGBA *color)
{
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->chevron == NULL || fabs (self->chevron_unit - unit) > 1e-6 || self->chevron_scale != scale ||
      self->chevron_rtl != rtl || !gdk_rgba_equal (&self->chevron_color, color))
    make_chevron (self, unit, scale, rtl, color);
}

static void
snapshot_chevrons (MillPipe *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds, double unit)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const double length = (double) bounds->size.width;
  const double width = ceil (CHEVRON_WIDTH * unit), height = ceil (CHEVRON_HEIGHT * unit);
  const double top = round ((double) (bounds->origin.y + bounds->size.height / 2.0f) - height / 2.0);
  const double strength = self->rate > 0.0 ? 1.0 : 0.4;
  GdkRGBA color;
  double middle;

  mill_palette_get (widget, self->color, &color);
  ensure_chevron (self, unit, rtl, &color);

  for (middle = self->phase * SPACING * unit; middle < length; middle += SPACING * unit)
    {
      const double from_end = MIN (middle, length - middle);
      const double fade = CLAMP ((from_end - width / 2.0) / (FADE * unit), 0.0, 1.0);
      const double opacity = strength * fade * (0.45 + 0.35 * middle / length);
      const double left = round ((rtl ? length - middle : middle) - width / 2.0);

      if (opacity < 0.02)
        continue;
      gtk_snapshot_push_opacity (snapshot, opacity);
      gtk_snapshot_append_texture (
          snapshot, self->chevron,
          &GRAPHENE_RECT_INIT ((float) left, (float) top, (float) width, (float) height));
      gtk_snapshot_pop (snapshot);
    }
}

static void
mill_pipe_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillPipe *self = MILL_PIPE (widget);
  const double unit = mill_text_unit (widget);
  const double height = round (HEIGHT * unit);
  graphene_rect_t bounds;
  GdkRGBA color, wash;

  graphene_rect_init (&bounds, 0.0f, (float) floor ((gtk_widget_get_height (widget) - height) / 2.0),
                      (float) gtk_widget_get_width (widget), (float) height);
  mill_palette_get (widget, self->stalled ? MILL_COLOR_RED : self->color, &color);
  wash = color;
  wash.alpha = self->stalled || self->rate > 0.0 ? 0.22f : 0.12f;
  gtk_snapshot_append_color (snapshot, &wash, &bounds);

  if (self->stalled)
    mill_draw_hatch (snapshot, &bounds, 15.0 * unit, 2.5 * unit, -0.45, &color);
  else
    snapshot_chevrons (self, snapshot, &bounds, unit);
}

static void
mill_pipe_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillPipe *self = MILL_PIPE (object);

  switch ((MillPipeProperty) property_id)
    {
    case PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    case PROP_STALLED:
      g_value_set_boolean (value, self->stalled);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_pipe_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillPipe *self = MILL_PIPE (object);

  switch ((MillPipeProperty) property_id)
    {
    case PROP_RATE:
      mill_pipe_set_rate (self, g_value_get_double (value));
      break;
    case PROP_STALLED:
      mill_pipe_set_stalled (self, g_value_get_boolean (value));
      break;
    case PROP_LABEL:
      mill_pipe_set_label (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_pipe_finalize (GObject *object)
{
  MillPipe *self = MILL_PIPE (object);

  g_clear_object (&self->chevron);
  g_free (self->label);

  G_OBJECT_CLASS (mill_pipe_parent_class)->finalize (object);
}

static void
mill_pipe_class_init (MillPipeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_pipe_get_property;
  object_class->set_property = mill_pipe_set_property;
  object_class->finalize = mill_pipe_finalize;
  widget_class->map = mill_pipe_map;
  widget_class->unmap = mill_pipe_unmap;
  widget_class->measure = mill_pipe_measure;
  widget_class->snapshot = mill_pipe_snapshot;

  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0.0, G_MAXDOUBLE, 0.0, flags);
  properties[PROP_STALLED] = g_param_spec_boolean ("stalled", NULL, NULL, FALSE, flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "millpipe");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mill_pipe_init (MillPipe *self)
{
  self->color = MILL_COLOR_BLUE;
  self->phase = 0.5;
  mill_palette_watch (GTK_WIDGET (self));
  g_signal_connect_object (gtk_settings_get_default (), "notify::gtk-enable-animations",
                           G_CALLBACK (update_tick), self, G_CONNECT_SWAPPED);
}

/**
 * mill_pipe_new:
 *
 * Returns: (transfer floating): a pipe in which nothing moves
 */
GtkWidget *
mill_pipe_new (void)
{
  return g_object_new (MILL_TYPE_PIPE, NULL);
}

/**
 * mill_pipe_get_rate:
 * @self: a pipe
 *
 * Returns: items a second
 */
double
mill_pipe_get_rate (MillPipe *self)
{
  g_return_val_if_fail (MILL_IS_PIPE (self), 0.0);

  return self->rate;
}

/**
 * mill_pipe_set_rate:
 * @self: a pipe
 * @rate: items a second; what is not a positive number stands for none
 *
 * Sets how fast the chevrons move.
 */
void
mill_pipe_set_rate (MillPipe *self, double rate)
{
  g_return_if_fail (MILL_IS_PIPE (self));

  rate = isfinite (rate) ? MAX (rate, 0.0) : 0.0;
  if (!(rate < self->rate) && !(rate > self->rate))
    return;
  if ((rate > 0.0) != (self->rate > 0.0))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  self->rate = rate;
  update_tick (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
}

/**
 * mill_pipe_get_stalled:
 * @self: a pipe
 *
 * Returns: whether what feeds it is blocked
 */
gboolean
mill_pipe_get_stalled (MillPipe *self)
{
  g_return_val_if_fail (MILL_IS_PIPE (self), FALSE);

  return self->stalled;
}

/**
 * mill_pipe_set_stalled:
 * @self: a pipe
 * @stalled: whether what feeds it is blocked
 *
 * Stops all movement and hatches the pipe in red.
 */
void
mill_pipe_set_stalled (MillPipe *self, gboolean stalled)
{
  g_return_if_fail (MILL_IS_PIPE (self));

  stalled = stalled != FALSE;
  if (self->stalled == stalled)
    return;
  self->stalled = stalled;
  update_tick (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STALLED]);
}

/**
 * mill_pipe_get_color:
 * @self: a pipe
 *
 * Returns: its colour when it is not stalled
 */
MillColor
mill_pipe_get_color (MillPipe *self)
{
  g_return_val_if_fail (MILL_IS_PIPE (self), MILL_COLOR_BLUE);

  return self->color;
}

/**
 * mill_pipe_set_color:
 * @self: a pipe
 * @color: its colour when it is not stalled; %MILL_COLOR_BLUE by default
 *
 * Colours the pipe.
 */
void
mill_pipe_set_color (MillPipe *self, MillColor color)
{
  g_return_if_fail (MILL_IS_PIPE (self));
  g_return_if_fail (color < MILL_N_COLORS);

  if (self->color == color)
    return;
  self->color = color;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mill_pipe_get_phase:
 * @self: a pipe
 *
 * Returns: where the chevrons are, 0 to 1 of the distance between two
 */
double
mill_pipe_get_phase (MillPipe *self)
{
  g_return_val_if_fail (MILL_IS_PIPE (self), 0.0);

  return self->phase;
}

/**
 * mill_pipe_set_phase:
 * @self: a pipe
 * @phase: where the chevrons are; only its fraction counts
 *
 * Moves the chevrons. Meant for tests and pictures: by itself the pipe does that as its rate tells.
 */
void
mill_pipe_set_phase (MillPipe *self, double phase)
{
  g_return_if_fail (MILL_IS_PIPE (self));
  g_return_if_fail (isfinite (phase));

  self->phase = phase - floor (phase);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mill_pipe_get_speed:
 * @self: a pipe
 *
 * Returns: how fast the chevrons would move, in design pixels a second; 0 if stalled or without a rate
 */
double
mill_pipe_get_speed (MillPipe *self)
{
  g_return_val_if_fail (MILL_IS_PIPE (self), 0.0);

  if (self->stalled || !(self->rate > 0.0))
    return 0.0;

  return MIN (SLOWEST + PER_DECADE * log10 (1.0 + self->rate), FASTEST);
}

/**
 * mill_pipe_is_moving:
 * @self: a pipe
 *
 * Returns: whether it redraws itself now
 */
gboolean
mill_pipe_is_moving (MillPipe *self)
{
  g_return_val_if_fail (MILL_IS_PIPE (self), FALSE);

  return self->tick_id != 0;
}

/**
 * mill_pipe_get_label:
 * @self: a pipe
 *
 * Returns: (nullable): its accessible name
 */
const char *
mill_pipe_get_label (MillPipe *self)
{
  g_return_val_if_fail (MILL_IS_PIPE (self), NULL);

  return self->label;
}

/**
 * mill_pipe_set_label:
 * @self: a pipe
 * @label: (nullable): its accessible name, such as “URLs to fetch, 214 per second”
 *
 * Names the pipe.
 */
void
mill_pipe_set_label (MillPipe *self, const char *label)
{
  g_return_if_fail (MILL_IS_PIPE (self));

  if (!mill_name_set (GTK_WIDGET (self), &self->label, label))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}
