/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The share bar: each share in its state's colour, and with its own hatching where the state is a kind of
 * waiting.
 */
#include "config.h"

#include "mill-share-bar.h"

#include "mill-draw.h"
#include "mill-hatch.h"
#include "mill-name.h"
#include "mill-text.h"

#include <math.h>

/* In units of mill_text_unit(). */
#define BAR_HEIGHT    8.0
#define GAP           4.0
#define MINIMUM_WIDTH 60.0
#define NATURAL_WIDTH 200.0
/* Narrower than this the legend has two lines, whatever it says now: the height must not follow the text. */
#define ONE_LINE_WIDTH 290.0
#define N_LINES        2
#define SEPARATOR      " · "

struct _MillShareBar
{
  GtkWidget parent_instance;

  double shares[MILL_N_DOT_STATES];
  char *legend;            /* (owned): "" for none */
  MillText lines[N_LINES]; /* what is drawn of it */
  char *label;             /* (owned) (nullable) */
};

typedef enum
{
  PROP_LABEL = 1,
  PROP_LEGEND
} MillShareBarProperty;

static GParamSpec *properties[PROP_LEGEND + 1];

/* In which the shares are drawn; what is left over is idle. */
static const MillDotState order[] = {
  MILL_DOT_BUSY,        MILL_DOT_STUCK,   MILL_DOT_LIMITED, MILL_DOT_WAITING,
  MILL_DOT_BACKING_OFF, MILL_DOT_BLOCKED, MILL_DOT_PAUSED,
};

G_DEFINE_FINAL_TYPE (MillShareBar, mill_share_bar, GTK_TYPE_WIDGET)

static guint
count_lines (MillShareBar *self, double width)
{
  if (self->legend[0] == '\0')
    return 0;

  return width < ONE_LINE_WIDTH * mill_text_unit (GTK_WIDGET (self)) ? 2 : 1;
}

static double
line_height (MillShareBar *self)
{
  double height;

  mill_text_get_size (&self->lines[0], NULL, &height);

  return ceil (height);
}

static double
legend_height (MillShareBar *self, double width)
{
  const guint n_lines = count_lines (self, width);

  return n_lines > 0 ? n_lines * line_height (self) + ceil (GAP * mill_text_unit (GTK_WIDGET (self))) : 0.0;
}

static gboolean
fits (MillText *line, const char *text, double width)
{
  double needed;

  mill_text_set (line, text);
  mill_text_set_max_width (line, -1.0);
  mill_text_get_size (line, &needed, NULL);

  return needed <= width;
}

/* At the last place from which on the second line takes over; what does not fit all the same is ellipsized.
 */
static void
break_legend (MillShareBar *self, double width)
{
  g_autofree char *head = g_strdup (self->legend);
  char *end = head + strlen (head);
  const char *tail = "";

  while (!fits (&self->lines[0], head, width) && (end = g_strrstr_len (head, -1, SEPARATOR)) != NULL)
    {
      *end = '\0';
      tail = self->legend + (end - head) + strlen (SEPARATOR);
    }

  mill_text_set (&self->lines[1], tail);
  mill_text_set_max_width (&self->lines[0], width);
  mill_text_set_max_width (&self->lines[1], width);
}

static void
lay_out_legend (MillShareBar *self)
{
  const double width = gtk_widget_get_width (GTK_WIDGET (self));

  if (count_lines (self, width) == N_LINES)
    {
      break_legend (self, width);
      return;
    }
  mill_text_set (&self->lines[0], self->legend);
  mill_text_set (&self->lines[1], NULL);
  mill_text_set_max_width (&self->lines[0], width > 0.0 ? width : -1.0);
}

static GtkSizeRequestMode
mill_share_bar_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mill_share_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  MillShareBar *self = MILL_SHARE_BAR (widget);
  const double unit = mill_text_unit (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int) ceil (MINIMUM_WIDTH * unit);
      *natural = (int) ceil (NATURAL_WIDTH * unit);
    }
  else
    {
      const double width = for_size >= 0 ? for_size : NATURAL_WIDTH * unit;

      *minimum = *natural = (int) ceil (legend_height (self, width) + BAR_HEIGHT * unit);
    }
}

static void
mill_share_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  lay_out_legend (MILL_SHARE_BAR (widget));
}

static void
snapshot_pattern (GtkSnapshot *snapshot, MillDotState state, const graphene_rect_t *bounds, double unit,
                  const GdkRGBA *fill)
{
  const MillHatch hatch = mill_dot_state_get_hatch (state);
  GdkRGBA on;

  if (!(hatch.spacing > 0.0))
    return;
  mill_palette_get_on (fill, &on);
  on.alpha *= hatch.alpha;
  mill_draw_hatch (snapshot, bounds, hatch.spacing * unit, hatch.thickness * unit, hatch.slope, &on);
}

static double
snapshot_share (MillShareBar *self, GtkSnapshot *snapshot, MillDotState state, double left,
                const graphene_rect_t *bar)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const double unit = mill_text_unit (widget);
  double length = round (self->shares[state] * (double) bar->size.width);
  graphene_rect_t bounds;
  GdkRGBA fill;

  if (!(self->shares[state] > 0.0))
    return left;

  length = MIN (MAX (length, 2.0), (double) bar->size.width - left); /* a small share shows */
  graphene_rect_init (&bounds, (float) left, bar->origin.y, (float) length, bar->size.height);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    bounds.origin.x = bar->size.width - (float) (left + length);

  mill_palette_get (widget, mill_dot_state_get_color (state), &fill);
  gtk_snapshot_append_color (snapshot, &fill, &bounds);
  snapshot_pattern (snapshot, state, &bounds, unit, &fill);

  return left + length;
}

/* Close to the bar: where there is room for two lines and only one is used, the upper one is free. */
static void
snapshot_legend (MillShareBar *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const double width = gtk_widget_get_width (widget);
  const guint n_used = mill_text_is_empty (&self->lines[1]) ? 1 : 2;
  double y = (count_lines (self, width) - n_used) * line_height (self), text_width;
  GdkRGBA color;
  guint i;

  mill_palette_get (widget, MILL_COLOR_DIM, &color);
  for (i = 0; i < n_used; i++)
    {
      mill_text_get_size (&self->lines[i], &text_width, NULL);
      mill_text_draw (&self->lines[i], snapshot, rtl ? width - text_width : 0.0, y, &color);
      y += line_height (self);
    }
}

static void
mill_share_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillShareBar *self = MILL_SHARE_BAR (widget);
  const double unit = mill_text_unit (widget);
  const double width = gtk_widget_get_width (widget);
  double left = 0.0;
  GskRoundedRect rounded;
  graphene_rect_t bar;
  GdkRGBA color;
  guint i;

  if (self->legend[0] != '\0')
    snapshot_legend (self, snapshot);

  graphene_rect_init (&bar, 0.0f, (float) legend_height (self, width), (float) width,
                      (float) round (BAR_HEIGHT * unit));
  mill_palette_get (widget, MILL_COLOR_LINE, &color);
  color.alpha = MIN (color.alpha, 0.25f); /* in high contrast a line is as strong as a share */
  gsk_rounded_rect_init_from_rect (&rounded, &bar, (float) (2.0 * unit));
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, &color, &bar);
  for (i = 0; i < G_N_ELEMENTS (order); i++)
    left = snapshot_share (self, snapshot, order[i], left, &bar);
  gtk_snapshot_pop (snapshot);
}

static void
mill_share_bar_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillShareBar *self = MILL_SHARE_BAR (object);

  switch ((MillShareBarProperty) property_id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_LEGEND:
      g_value_set_string (value, self->legend);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_share_bar_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillShareBar *self = MILL_SHARE_BAR (object);

  switch ((MillShareBarProperty) property_id)
    {
    case PROP_LABEL:
      mill_share_bar_set_label (self, g_value_get_string (value));
      break;
    case PROP_LEGEND:
      mill_share_bar_set_legend (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_share_bar_finalize (GObject *object)
{
  MillShareBar *self = MILL_SHARE_BAR (object);

  mill_text_clear (&self->lines[0]);
  mill_text_clear (&self->lines[1]);
  g_free (self->legend);
  g_free (self->label);

  G_OBJECT_CLASS (mill_share_bar_parent_class)->finalize (object);
}

static void
mill_share_bar_class_init (MillShareBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_share_bar_get_property;
  object_class->set_property = mill_share_bar_set_property;
  object_class->finalize = mill_share_bar_finalize;
  widget_class->measure = mill_share_bar_measure;
  widget_class->get_request_mode = mill_share_bar_get_request_mode;
  widget_class->size_allocate = mill_share_bar_size_allocate;
  widget_class->snapshot = mill_share_bar_snapshot;

  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_LEGEND] = g_param_spec_string ("legend", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "millsharebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mill_share_bar_init (MillShareBar *self)
{
  self->legend = g_strdup ("");
  mill_text_init (&self->lines[0], GTK_WIDGET (self), 0.86, PANGO_WEIGHT_NORMAL);
  mill_text_init (&self->lines[1], GTK_WIDGET (self), 0.86, PANGO_WEIGHT_NORMAL);
  mill_palette_watch (GTK_WIDGET (self));
}

/* What is not a number or negative is nothing; more than the whole is brought down to it. */
static void
normalise (const double shares[MILL_N_DOT_STATES], double out[MILL_N_DOT_STATES])
{
  double sum = 0.0;
  guint i;

  for (i = 0; i < MILL_N_DOT_STATES; i++)
    {
      out[i] = isfinite (shares[i]) ? MAX (shares[i], 0.0) : 0.0;
      sum += out[i];
    }
  for (i = 0; i < MILL_N_DOT_STATES && sum > 1.0; i++)
    out[i] /= sum;
}

/**
 * mill_share_bar_new:
 *
 * Returns: (transfer floating): a bar without shares
 */
GtkWidget *
mill_share_bar_new (void)
{
  return g_object_new (MILL_TYPE_SHARE_BAR, NULL);
}

/**
 * mill_share_bar_set_shares:
 * @self: a bar
 * @shares: (array fixed-size=8): the share of each #MillDotState, 0 to 1; the rest of the bar is idle
 *
 * Sets the shares.
 */
void
mill_share_bar_set_shares (MillShareBar *self, const double shares[MILL_N_DOT_STATES])
{
  double normal[MILL_N_DOT_STATES];

  g_return_if_fail (MILL_IS_SHARE_BAR (self));

  normalise (shares, normal);
  if (memcmp (normal, self->shares, sizeof normal) == 0)
    return;
  memcpy (self->shares, normal, sizeof normal);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mill_share_bar_get_share:
 * @self: a bar
 * @state: a state
 *
 * Returns: its share, 0 to 1
 */
double
mill_share_bar_get_share (MillShareBar *self, MillDotState state)
{
  g_return_val_if_fail (MILL_IS_SHARE_BAR (self), 0.0);
  g_return_val_if_fail (state < MILL_N_DOT_STATES, 0.0);

  return self->shares[state];
}

/**
 * mill_share_bar_get_legend:
 * @self: a bar
 *
 * Returns: the text above it
 */
const char *
mill_share_bar_get_legend (MillShareBar *self)
{
  g_return_val_if_fail (MILL_IS_SHARE_BAR (self), NULL);

  return self->legend;
}

/**
 * mill_share_bar_set_legend:
 * @self: a bar
 * @legend: (nullable): the text above it, such as “busy 77 % · waiting for a slot 15 %”
 *
 * In a narrow bar it has two lines, broken at a “ · ”.
 * Sets the text, which is also the tooltip and the accessible description.
 */
void
mill_share_bar_set_legend (MillShareBar *self, const char *legend)
{
  gboolean was_empty;

  g_return_if_fail (MILL_IS_SHARE_BAR (self));

  if (legend == NULL)
    legend = "";
  if (g_strcmp0 (self->legend, legend) == 0)
    return;
  was_empty = self->legend[0] == '\0';
  g_free (self->legend);
  self->legend = g_utf8_make_valid (legend, -1);
  lay_out_legend (self);
  if (was_empty != (self->legend[0] == '\0'))
    gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->legend);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, self->legend,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEGEND]);
}

/**
 * mill_share_bar_get_label:
 * @self: a bar
 *
 * Returns: (nullable): its accessible name
 */
const char *
mill_share_bar_get_label (MillShareBar *self)
{
  g_return_val_if_fail (MILL_IS_SHARE_BAR (self), NULL);

  return self->label;
}

/**
 * mill_share_bar_set_label:
 * @self: a bar
 * @label: (nullable): its accessible name, such as “what fetch’s workers did”
 *
 * Names the bar.
 */
void
mill_share_bar_set_label (MillShareBar *self, const char *label)
{
  g_return_if_fail (MILL_IS_SHARE_BAR (self));

  if (!mill_name_set (GTK_WIDGET (self), &self->label, label))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}
