/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Worker dots. A dot stands for a worker but is no worker in particular: they are sorted by state, so the eye
 * sees amounts, and nothing flickers when two workers change places.
 */
#include "config.h"

#include "mill-dots.h"

#include "mill-dot-glyph.h"
#include "mill-name.h"
#include "mill-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* In units of mill_text_unit(). */
#define PITCH           18.0
#define MIN_PITCH       7.0
#define AGGREGATE_PITCH 12.0
#define DOT             0.72 /* of the pitch */
#define NATURAL_COLUMNS 16
#define MINIMUM_COLUMNS 5
#define NOTE_COLUMNS    4 /* room for the note, in dots */

/* From here on dots stand for several workers each even where there is room. */
#define AGGREGATE_FROM 600

struct _MillDots
{
  GtkWidget parent_instance;

  guint counts[MILL_N_DOT_STATES];
  guint n;
  guint max_rows;
  char *label; /* (owned) (nullable) */
  MillDotGlyphs glyphs;
  MillText note; /* "×3" */
};

typedef struct
{
  double pitch; /* in logical pixels */
  guint columns;
  guint per_dot; /* workers per dot */
} Layout;

/* In which the states are drawn: what works first, what does nothing last. */
static const MillDotState order[MILL_N_DOT_STATES] = {
  MILL_DOT_BUSY,        MILL_DOT_STUCK,   MILL_DOT_LIMITED, MILL_DOT_WAITING,
  MILL_DOT_BACKING_OFF, MILL_DOT_BLOCKED, MILL_DOT_PAUSED,  MILL_DOT_IDLE,
};

typedef enum
{
  PROP_LABEL = 1,
  PROP_MAX_ROWS
} MillDotsProperty;

static GParamSpec *properties[PROP_MAX_ROWS + 1];

G_DEFINE_FINAL_TYPE (MillDots, mill_dots, GTK_TYPE_WIDGET)

static guint
columns_at (double width, double pitch)
{
  return (guint) MAX (floor ((width + pitch * (1.0 - DOT)) / pitch), 1.0);
}

static guint
div_ceil (guint a, guint b)
{
  return (a + b - 1) / b;
}

/* Rounded up state by state: one worker in a state always shows. */
static guint
n_dots (MillDots *self, guint per_dot)
{
  guint n = 0, i;

  for (i = 0; i < MILL_N_DOT_STATES; i++)
    n += div_ceil (self->counts[i], per_dot);

  return n;
}

/* The largest dots that fit into @width and the bounded height; if none do, dots that stand for several
 * workers. */
static Layout
get_layout (MillDots *self, double width)
{
  const double unit = mill_text_unit (GTK_WIDGET (self));
  const double height = self->max_rows * PITCH * unit;
  Layout layout = { .per_dot = 1 };
  double pitch;
  guint room;

  for (pitch = PITCH; pitch >= MIN_PITCH && self->n < AGGREGATE_FROM; pitch -= 0.5)
    {
      layout.pitch = pitch * unit;
      layout.columns = columns_at (width, layout.pitch);
      room = layout.columns * (guint) MAX (floor (height / layout.pitch + 1e-6), 1.0);
      if (self->n <= room)
        return layout;
    }

  layout.pitch = AGGREGATE_PITCH * unit;
  layout.columns = columns_at (width, layout.pitch);
  room = layout.columns * (guint) MAX (floor (height / layout.pitch + 1e-6), 1.0);
  room = MAX (room, NOTE_COLUMNS + MILL_N_DOT_STATES) - NOTE_COLUMNS;
  layout.per_dot = div_ceil (self->n, room);
  while (n_dots (self, layout.per_dot) > room)
    layout.per_dot++;

  return layout;
}

static char *
describe_state (MillDotState state, guint count)
{
  switch (state)
    {
    case MILL_DOT_IDLE:
      return g_strdup_printf (ngettext ("%u idle", "%u idle", count), count);
    case MILL_DOT_BUSY:
      return g_strdup_printf (ngettext ("%u busy", "%u busy", count), count);
    case MILL_DOT_LIMITED:
      return g_strdup_printf (ngettext ("%u waiting for the rate", "%u waiting for the rate", count), count);
    case MILL_DOT_WAITING:
      return g_strdup_printf (ngettext ("%u waiting", "%u waiting", count), count);
    case MILL_DOT_BACKING_OFF:
      return g_strdup_printf (ngettext ("%u backing off", "%u backing off", count), count);
    case MILL_DOT_BLOCKED:
      return g_strdup_printf (ngettext ("%u blocked", "%u blocked", count), count);
    case MILL_DOT_PAUSED:
      return g_strdup_printf (ngettext ("%u paused", "%u paused", count), count);
    case MILL_DOT_STUCK:
      return g_strdup_printf (ngettext ("%u stuck", "%u stuck", count), count);
    case MILL_N_DOT_STATES:
    default:
      g_return_val_if_reached (NULL);
    }
}

static char *
describe (MillDots *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint i;

  for (i = 0; i < MILL_N_DOT_STATES; i++)
    {
      g_autofree char *part = NULL;

      if (self->counts[order[i]] == 0)
        continue;
      part = describe_state (order[i], self->counts[order[i]]);
      if (text->len > 0)
        g_string_append (text, " · ");
      g_string_append (text, part);
    }

  return g_strdup (text->len > 0 ? text->str : _ ("none"));
}

static gboolean
query_tooltip_cb (MillDots *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *text = describe (self);

  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
mill_dots_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                   int *minimum_baseline, int *natural_baseline)
{
  MillDots *self = MILL_DOTS (widget);
  const double pitch = PITCH * mill_text_unit (widget);
  const double gap = pitch * (1.0 - DOT);
  double rows = 1.0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int) ceil (MINIMUM_COLUMNS * pitch - gap);
      *natural = (int) ceil (NATURAL_COLUMNS * pitch - gap);
      return;
    }

  if (for_size < 0)
    rows = div_ceil (MAX (self->n, 1), NATURAL_COLUMNS);
  else
    rows = div_ceil (MAX (self->n, 1), columns_at (for_size, pitch));
  *minimum = *natural = (int) ceil (MIN (rows, self->max_rows) * pitch);
}

static GtkSizeRequestMode
mill_dots_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
snapshot_dot (MillDots *self, GtkSnapshot *snapshot, const Layout *layout, MillDotState state, guint index)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const double diameter = MAX (round (layout->pitch * DOT), 3.0);
  GdkTexture *texture = mill_dot_glyphs_get (&self->glyphs, widget, state, diameter);
  double x = round (index % layout->columns * layout->pitch);
  double y = round (index / layout->columns * layout->pitch + (layout->pitch - diameter) / 2.0);

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = gtk_widget_get_width (widget) - x - diameter;
  gtk_snapshot_append_texture (
      snapshot, texture, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) diameter, (float) diameter));
}

static void
snapshot_note (MillDots *self, GtkSnapshot *snapshot, const Layout *layout, guint index)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint row = index / layout->columns;
  double x = index % layout->columns * layout->pitch + 2.0, width, height;
  g_autofree char *text = g_strdup_printf ("×%u", layout->per_dot);
  GdkRGBA dim;

  mill_text_set (&self->note, text);
  mill_text_get_size (&self->note, &width, &height);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = gtk_widget_get_width (widget) - x - width;
  mill_palette_get (widget, MILL_COLOR_DIM, &dim);
  mill_text_draw (&self->note, snapshot, x, round (row * layout->pitch + (layout->pitch - height) / 2.0),
                  &dim);
}

static void
mill_dots_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillDots *self = MILL_DOTS (widget);
  const Layout layout = get_layout (self, gtk_widget_get_width (widget));
  guint index = 0, i, j;

  for (i = 0; i < MILL_N_DOT_STATES; i++)
    for (j = div_ceil (self->counts[order[i]], layout.per_dot); j > 0; j--)
      snapshot_dot (self, snapshot, &layout, order[i], index++);

  if (layout.per_dot > 1)
    snapshot_note (self, snapshot, &layout, index);
}

static void
mill_dots_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillDots *self = MILL_DOTS (object);

  switch ((MillDotsProperty) property_id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_MAX_ROWS:
      g_value_set_uint (value, self->max_rows);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_dots_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillDots *self = MILL_DOTS (object);

  switch ((MillDotsProperty) property_id)
    {
    case PROP_LABEL:
      mill_dots_set_label (self, g_value_get_string (value));
      break;
    case PROP_MAX_ROWS:
      mill_dots_set_max_rows (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_dots_finalize (GObject *object)
{
  MillDots *self = MILL_DOTS (object);

  mill_dot_glyphs_clear (&self->glyphs);
  mill_text_clear (&self->note);
  g_free (self->label);

  G_OBJECT_CLASS (mill_dots_parent_class)->finalize (object);
}

static void
mill_dots_class_init (MillDotsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_dots_get_property;
  object_class->set_property = mill_dots_set_property;
  object_class->finalize = mill_dots_finalize;
  widget_class->measure = mill_dots_measure;
  widget_class->get_request_mode = mill_dots_get_request_mode;
  widget_class->snapshot = mill_dots_snapshot;

  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_MAX_ROWS] = g_param_spec_uint ("max-rows", NULL, NULL, 1, 100, 3, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "milldots");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mill_dots_init (MillDots *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->max_rows = 3;
  mill_text_init (&self->note, widget, 0.76, PANGO_WEIGHT_NORMAL);
  mill_palette_watch (widget);
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
}

/**
 * mill_dot_state_get_color:
 * @state: a state
 *
 * Returns: the colour that goes with it
 */
MillColor
mill_dot_state_get_color (MillDotState state)
{
  static const MillColor colors[MILL_N_DOT_STATES] = {
    [MILL_DOT_IDLE] = MILL_COLOR_GREY,          [MILL_DOT_BUSY] = MILL_COLOR_BLUE,
    [MILL_DOT_LIMITED] = MILL_COLOR_ORANGE,     [MILL_DOT_WAITING] = MILL_COLOR_ORANGE,
    [MILL_DOT_BACKING_OFF] = MILL_COLOR_PURPLE, [MILL_DOT_BLOCKED] = MILL_COLOR_RED,
    [MILL_DOT_PAUSED] = MILL_COLOR_GREY,        [MILL_DOT_STUCK] = MILL_COLOR_AMBER,
  };

  g_return_val_if_fail (state < MILL_N_DOT_STATES, MILL_COLOR_GREY);

  return colors[state];
}

/**
 * mill_dots_new:
 *
 * Returns: (transfer floating): a widget without dots
 */
GtkWidget *
mill_dots_new (void)
{
  return g_object_new (MILL_TYPE_DOTS, NULL);
}

/**
 * mill_dots_set_states:
 * @self: the dots
 * @states: (array length=n): a #MillDotState for each worker; others are taken as idle
 * @n: how many workers
 *
 * Sets what the workers do. Does nothing if as many as before are in each state.
 */
void
mill_dots_set_states (MillDots *self, const guint8 *states, guint n)
{
  guint counts[MILL_N_DOT_STATES] = { 0 };
  g_autofree char *description = NULL;
  guint i;

  g_return_if_fail (MILL_IS_DOTS (self));
  g_return_if_fail (states != NULL || n == 0);

  for (i = 0; i < n; i++)
    counts[states[i] < MILL_N_DOT_STATES ? states[i] : MILL_DOT_IDLE]++;
  if (memcmp (counts, self->counts, sizeof counts) == 0)
    return;

  memcpy (self->counts, counts, sizeof counts);
  if (self->n != n)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  self->n = n;
  description = describe (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mill_dots_get_n:
 * @self: the dots
 *
 * Returns: how many workers there are
 */
guint
mill_dots_get_n (MillDots *self)
{
  g_return_val_if_fail (MILL_IS_DOTS (self), 0);

  return self->n;
}

/**
 * mill_dots_get_count:
 * @self: the dots
 * @state: a state
 *
 * Returns: how many workers are in @state
 */
guint
mill_dots_get_count (MillDots *self, MillDotState state)
{
  g_return_val_if_fail (MILL_IS_DOTS (self), 0);
  g_return_val_if_fail (state < MILL_N_DOT_STATES, 0);

  return self->counts[state];
}

/**
 * mill_dots_get_max_rows:
 * @self: the dots
 *
 * Returns: the greatest height, in rows of full-size dots
 */
guint
mill_dots_get_max_rows (MillDots *self)
{
  g_return_val_if_fail (MILL_IS_DOTS (self), 0);

  return self->max_rows;
}

/**
 * mill_dots_set_max_rows:
 * @self: the dots
 * @max_rows: the greatest height, in rows of full-size dots; 3 by default
 *
 * Bounds the height. More workers than fit make the dots smaller.
 */
void
mill_dots_set_max_rows (MillDots *self, guint max_rows)
{
  g_return_if_fail (MILL_IS_DOTS (self));

  max_rows = CLAMP (max_rows, 1, 100);
  if (self->max_rows == max_rows)
    return;
  self->max_rows = max_rows;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_ROWS]);
}

/**
 * mill_dots_get_label:
 * @self: the dots
 *
 * Returns: (nullable): its accessible name
 */
const char *
mill_dots_get_label (MillDots *self)
{
  g_return_val_if_fail (MILL_IS_DOTS (self), NULL);

  return self->label;
}

/**
 * mill_dots_set_label:
 * @self: the dots
 * @label: (nullable): its accessible name, such as “fetch workers”
 *
 * Names the dots. Its accessible description is always the counts in words.
 */
void
mill_dots_set_label (MillDots *self, const char *label)
{
  g_return_if_fail (MILL_IS_DOTS (self));

  if (!mill_name_set (GTK_WIDGET (self), &self->label, label))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}
