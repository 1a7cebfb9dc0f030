/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the tank looks: geometry, level, texts and the mark.
 */
#include "config.h"

#include "mill-tank-private.h"

#include "mill-draw.h"
#include "mill-palette.h"
#include "mill-scale.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define BODY_WIDTH      92.0
#define BODY_MIN_WIDTH  64.0
#define BODY_HEIGHT     156.0
#define BODY_MIN_HEIGHT 84.0
#define BODY_RADIUS     14.0
#define INSET           4.0
#define LEVEL_RADIUS    9.0
#define SIDE            15.0 /* room for the handle, both sides so that the body is centred */
#define CAP_DISTANCE    14.0 /* from the body's top to the mark */
#define HANDLE_RADIUS   7.0
#define CAPTION_GAP     10.0

/* Full at 85 %, filling up at 60 %. */
static MillColor
level_color (MillTank *self)
{
  double share;

  if (self->blocked)
    return MILL_COLOR_RED;
  if (self->maxsize == 0)
    return MILL_COLOR_GREEN;

  share = (double) self->depth / (double) self->maxsize;

  return share > 0.85 ? MILL_COLOR_RED : share >= 0.60 ? MILL_COLOR_AMBER : MILL_COLOR_GREEN;
}

/* The count at the mark's resting height when nobody drags: the maximum size, or what exceeds it. */
double
mill_tank_get_rest_scale (MillTank *self)
{
  if (self->maxsize == 0)
    return mill_scale_nice_ceil (MAX (MAX ((double) self->depth, (double) self->high_water), 10.0));

  return (double) MAX (self->maxsize, self->depth);
}

static double
count_to_y (const MillTankGeometry *geometry, double scale, double count)
{
  return geometry->base - count / scale * (geometry->base - geometry->rest);
}

void
mill_tank_get_geometry (MillTank *self, MillTankGeometry *out)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const double unit = mill_text_unit (widget);
  const double width = gtk_widget_get_width (widget);
  const double height = gtk_widget_get_height (widget);
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double cap_height, caption_height, body_width, top;

  mill_text_get_size (&self->cap, NULL, &cap_height);
  mill_text_get_size (&self->caption, NULL, &caption_height);
  body_width = CLAMP (width - 2.0 * SIDE * unit, 1.0, BODY_WIDTH * 1.25 * unit);
  top = ceil (cap_height + 2.0 * unit);

  out->unit = unit;
  graphene_rect_init (&out->body, (float) floor ((width - body_width) / 2.0), (float) top,
                      (float) floor (body_width),
                      (float) MAX (floor (height - top - caption_height - CAPTION_GAP * unit), 1.0));
  out->base = (double) (out->body.origin.y + out->body.size.height) - INSET * unit;
  out->rest = MIN (top + CAP_DISTANCE * unit, out->base - 1.0);
  out->mark = self->maxsize == 0 ? out->rest : count_to_y (out, self->scale, (double) self->maxsize);
  out->mark = CLAMP (out->mark, out->rest, out->base);
  out->handle_radius = HANDLE_RADIUS * unit;
  out->handle = rtl ? (double) out->body.origin.x - 6.0 * unit
                    : (double) (out->body.origin.x + out->body.size.width) + 6.0 * unit;
}

void
mill_tank_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  MillTank *self = MILL_TANK (widget);
  const double unit = mill_text_unit (widget);
  double cap_height, caption_height;

  mill_text_get_size (&self->cap, NULL, &cap_height);
  mill_text_get_size (&self->caption, NULL, &caption_height);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int) ceil ((BODY_MIN_WIDTH + 2.0 * SIDE) * unit);
      *natural = (int) ceil ((BODY_WIDTH + 2.0 * SIDE) * unit);
      return;
    }

  *minimum = (int) ceil (BODY_MIN_HEIGHT * unit + cap_height + caption_height + (CAPTION_GAP + 3.0) * unit);
  *natural = *minimum + (int) ceil ((BODY_HEIGHT - BODY_MIN_HEIGHT) * unit);
}

static void
snapshot_body (MillTank *self, GtkSnapshot *snapshot, const MillTankGeometry *geometry)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const float radius = (float) (BODY_RADIUS * geometry->unit);
  GdkRGBA track, line, clear;
  GskRoundedRect rounded;

  mill_palette_get (widget, MILL_COLOR_TRACK, &track);
  mill_palette_get (widget, MILL_COLOR_LINE, &line);

  if (self->maxsize > 0)
    {
      mill_draw_box (snapshot, &geometry->body, (double) radius, &track);
      mill_draw_outline (snapshot, &geometry->body, (double) radius, 1.0, &line);
      return;
    }

  /* An unbounded tank has no lid. */
  clear = track;
  clear.alpha = 0.0f;
  gsk_rounded_rect_init_from_rect (&rounded, &geometry->body, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_linear_gradient (
      snapshot, &geometry->body, &geometry->body.origin,
      &GRAPHENE_POINT_INIT (geometry->body.origin.x, (float) geometry->base),
      (GskColorStop[3]){ { 0.0f, clear }, { 0.35f, track }, { 1.0f, track } }, 3);
  gtk_snapshot_pop (snapshot);
  clear = line;
  clear.alpha = 0.0f;
  gsk_rounded_rect_init (&rounded, &geometry->body, &GRAPHENE_SIZE_INIT_ZERO, &GRAPHENE_SIZE_INIT_ZERO,
                         &GRAPHENE_SIZE_INIT (radius, radius), &GRAPHENE_SIZE_INIT (radius, radius));
  gtk_snapshot_append_border (snapshot, &rounded, (float[4]){ 0.0f, 1.0f, 1.0f, 1.0f },
                              (GdkRGBA[4]){ clear, line, line, line });
}

/* The level; an empty box when the tank is empty. */
static void
get_level (MillTank *self, const MillTankGeometry *geometry, graphene_rect_t *out)
{
  const double inset = INSET * geometry->unit;
  const double highest = (double) geometry->body.origin.y + inset;
  double y = count_to_y (geometry, self->scale, (double) self->depth);

  if (self->depth > 0)
    y = MIN (y, geometry->base - 3.0 * geometry->unit); /* a single item shows */
  y = round (CLAMP (y, highest, geometry->base));
  graphene_rect_init (out, geometry->body.origin.x + (float) inset, (float) y,
                      geometry->body.size.width - 2.0f * (float) inset, (float) (geometry->base - y));
}

static void
snapshot_level (MillTank *self, GtkSnapshot *snapshot, const MillTankGeometry *geometry,
                const graphene_rect_t *level, const GdkRGBA *fill)
{
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, level, (float) (LEVEL_RADIUS * geometry->unit));
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, fill, level);
  if (level_color (self) == MILL_COLOR_RED)
    mill_draw_hatch (snapshot, level, 12.0 * geometry->unit, 5.0 * geometry->unit, -0.5,
                     &(GdkRGBA){ 0.0f, 0.0f, 0.0f, 0.13f });
  gtk_snapshot_pop (snapshot);
}

/* A tick at each wall, as on a measuring glass. */
static void
snapshot_high_water (MillTank *self, GtkSnapshot *snapshot, const MillTankGeometry *geometry,
                     const graphene_rect_t *level)
{
  const double unit = geometry->unit;
  const double y = round (count_to_y (geometry, self->scale, (double) self->high_water));
  const float width = (float) round (7.0 * unit);
  const float height = (float) MAX (round (1.5 * unit), 1.0);
  const float right = geometry->body.origin.x + geometry->body.size.width;
  GdkRGBA dim;

  if (self->high_water <= self->depth || y > (double) level->origin.y - 3.0 * unit || y < geometry->rest)
    return;
  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  gtk_snapshot_append_color (snapshot, &dim,
                             &GRAPHENE_RECT_INIT (geometry->body.origin.x, (float) y, width, height));
  gtk_snapshot_append_color (snapshot, &dim, &GRAPHENE_RECT_INIT (right - width, (float) y, width, height));
}

/* A centred line of text at @y. */
static void
snapshot_text (MillText *text, GtkSnapshot *snapshot, double middle, double y, const GdkRGBA *color)
{
  double width;

  mill_text_get_size (text, &width, NULL);
  mill_text_draw (text, snapshot, round (middle - width / 2.0), y, color);
}

static void
snapshot_numbers (MillTank *self, GtkSnapshot *snapshot, const MillTankGeometry *geometry,
                  const graphene_rect_t *clip, const GdkRGBA *color)
{
  const double middle = (double) (geometry->body.origin.x + geometry->body.size.width / 2.0f);
  double number_height, of_height, y;

  if (clip->size.height <= 0.0f)
    return;

  mill_text_get_size (&self->number, NULL, &number_height);
  mill_text_get_size (&self->of, NULL, &of_height);
  y = (double) geometry->body.origin.y +
      round (((double) geometry->body.size.height - number_height - of_height) / 2.0);

  gtk_snapshot_push_clip (snapshot, clip);
  snapshot_text (&self->number, snapshot, middle, y, color);
  snapshot_text (&self->of, snapshot, middle, y + number_height - 2.0 * geometry->unit, color);
  gtk_snapshot_pop (snapshot);
}

/* The numbers, in one colour above the level's surface and in another below it. */
static void
snapshot_all_numbers (MillTank *self, GtkSnapshot *snapshot, const MillTankGeometry *geometry,
                      const graphene_rect_t *level, const GdkRGBA *fill)
{
  graphene_rect_t above = geometry->body;
  GdkRGBA text, on;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_TEXT, &text);
  mill_palette_get_on (fill, &on);
  above.size.height = level->origin.y - above.origin.y;
  snapshot_numbers (self, snapshot, geometry, &above, &text);
  snapshot_numbers (self, snapshot, geometry, level, &on);
}

static void
snapshot_mark (MillTank *self, GtkSnapshot *snapshot, const MillTankGeometry *geometry)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const double unit = geometry->unit;
  const double radius = geometry->handle_radius;
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const double overhang = 6.0 * unit;
  const double thickness = MAX (round (2.0 * unit), 1.0);
  const double left = (double) geometry->body.origin.x - (rtl ? 0.0 : overhang);
  graphene_rect_t handle, line;
  GdkRGBA text, view, focus;

  mill_palette_get (widget, MILL_COLOR_TEXT, &text);
  mill_palette_get (widget, MILL_COLOR_VIEW, &view);
  mill_palette_get (widget, MILL_COLOR_BLUE, &focus);

  graphene_rect_init (&line, (float) left, (float) round (geometry->mark - thickness / 2.0),
                      geometry->body.size.width + (float) overhang, (float) thickness);
  if (self->maxsize > 0)
    mill_draw_dashes (snapshot, &line, round (5.0 * unit), round (3.0 * unit), &text);
  if (!self->editable)
    return;

  graphene_rect_init (&handle, (float) (geometry->handle - radius),
                      line.origin.y + line.size.height / 2.0f - (float) radius, (float) (2.0 * radius),
                      (float) (2.0 * radius));
  mill_draw_box (snapshot, &handle, radius, &view);
  mill_draw_outline (snapshot, &handle, radius, thickness, &text);
  if (gtk_widget_get_state_flags (self->mark) & GTK_STATE_FLAG_FOCUS_VISIBLE)
    {
      focus.alpha = 0.6f;
      graphene_rect_inset (&handle, -4.0f, -4.0f);
      mill_draw_outline (snapshot, &handle, radius + 4.0, 2.0, &focus);
    }
}

static void
snapshot_captions (MillTank *self, GtkSnapshot *snapshot, const MillTankGeometry *geometry)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self));
  const double below = (double) (geometry->body.origin.y + geometry->body.size.height);
  GdkRGBA dim;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_DIM, &dim);
  snapshot_text (&self->cap, snapshot, width / 2.0, 0.0, &dim);
  mill_text_set_max_width (&self->caption, width);
  snapshot_text (&self->caption, snapshot, width / 2.0, below + CAPTION_GAP * geometry->unit, &dim);
}

void
mill_tank_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillTank *self = MILL_TANK (widget);
  MillTankGeometry geometry;
  graphene_rect_t level;
  GdkRGBA fill;

  mill_tank_get_geometry (self, &geometry);
  get_level (self, &geometry, &level);
  mill_palette_get (widget, level_color (self), &fill);

  snapshot_body (self, snapshot, &geometry);
  if (self->depth > 0)
    snapshot_level (self, snapshot, &geometry, &level, &fill);
  snapshot_high_water (self, snapshot, &geometry, &level);
  snapshot_all_numbers (self, snapshot, &geometry, &level, &fill);
  snapshot_mark (self, snapshot, &geometry);
  snapshot_captions (self, snapshot, &geometry);
}
