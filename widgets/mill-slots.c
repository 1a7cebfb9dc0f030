/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slot cells. Young ones are plain, older ones bear one tick, old ones two, as well as their colour; free
 * ones are hollow. Cells shrink so that any number of them stays within the given number of rows.
 */
#include "config.h"

#include "mill-slots.h"

#include "mill-draw.h"
#include "mill-meter.h"
#include "mill-name.h"
#include "mill-palette.h"
#include "mill-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* In units of mill_text_unit(). */
#define MAX_PITCH       24.0
#define MIN_PITCH       16.0 /* below, cells get lower as well */
#define ROW_PITCH       16.0
#define ASPECT          0.8 /* of a shrunk cell, height to width */
#define GAP             3.0
#define NATURAL_COLUMNS 14
#define MINIMUM_COLUMNS 5

typedef enum
{
  AGE_FREE,
  AGE_YOUNG,
  AGE_OLDER,
  AGE_OLD,
  N_AGES
} Age;

typedef struct
{
  double pitch_x; /* in logical pixels */
  double pitch_y;
  double gap;
  guint columns;
} Layout;

struct _MillSlots
{
  GtkWidget parent_instance;

  GByteArray *ages; /* (owned): one Age per cell */
  guint n_held;
  guint limit;
  guint max_rows;
  gint64 amber_us;
  gint64 orange_us;
  char *label; /* (owned) (nullable) */

  GtkWidget *meter; /* (owned) */

  GdkTexture *textures[N_AGES]; /* (owned) (nullable): a cell of each age, for what follows */
  GdkRGBA colors[N_AGES];
  int texture_width;
  int texture_height;
  int texture_scale;
};

typedef enum
{
  PROP_LABEL = 1,
  PROP_MAX_ROWS
} MillSlotsProperty;

static GParamSpec *properties[PROP_MAX_ROWS + 1];

enum
{
  SIGNAL_QUERY_SLOT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillSlots, mill_slots, GTK_TYPE_WIDGET)

static guint
div_ceil (guint a, guint b)
{
  return (a + b - 1) / b;
}

/* As few rows as keep the cells a comfortable width; if that takes too many, smaller cells. */
static Layout
get_layout (MillSlots *self, double width)
{
  const double unit = mill_text_unit (GTK_WIDGET (self));
  const guint n = MAX (self->ages->len, 1);
  const double height = self->max_rows * ROW_PITCH * unit;
  Layout layout = { .pitch_y = ROW_PITCH * unit, .gap = GAP * unit };
  guint rows;

  width += layout.gap;
  for (rows = 1; rows <= self->max_rows; rows++)
    {
      layout.columns = div_ceil (n, rows);
      layout.pitch_x = MIN (width / layout.columns, MAX_PITCH * unit);
      if (layout.pitch_x >= MIN_PITCH * unit)
        return layout;
    }

  for (layout.pitch_x = MIN_PITCH * unit; layout.pitch_x > 2.0; layout.pitch_x -= 0.5)
    {
      layout.pitch_y = layout.pitch_x * ASPECT;
      layout.columns = MAX ((guint) (width / layout.pitch_x), 1);
      layout.gap = MIN (GAP * unit, layout.pitch_x * 0.25);
      if (layout.columns * (guint) MAX (floor (height / layout.pitch_y), 1.0) >= n)
        break;
    }

  return layout;
}

static void
get_cell (MillSlots *self, const Layout *layout, guint index, graphene_rect_t *out)
{
  const double x = round (index % layout->columns * layout->pitch_x);
  const double y = round (index / layout->columns * layout->pitch_y);
  const double width = MAX (round (layout->pitch_x - layout->gap), 1.0);
  const double height = MAX (round (layout->pitch_y - layout->gap), 1.0);

  graphene_rect_init (out, (float) x, (float) y, (float) width, (float) height);
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    out->origin.x = (float) gtk_widget_get_width (GTK_WIDGET (self)) - out->origin.x - out->size.width;
}

static void
get_age_color (MillSlots *self, Age age, GdkRGBA *out)
{
  static const MillColor colors[N_AGES] = {
    [AGE_FREE] = MILL_COLOR_GREY,
    [AGE_YOUNG] = MILL_COLOR_BLUE,
    [AGE_OLDER] = MILL_COLOR_AMBER,
    [AGE_OLD] = MILL_COLOR_ORANGE,
  };

  mill_palette_get (GTK_WIDGET (self), colors[age], out);
}

static void
path_round (cairo_t *cr, double inset, double width, double height, double radius)
{
  const double right = width - inset - radius, bottom = height - inset - radius;
  const double near = inset + radius;

  cairo_new_path (cr);
  cairo_arc (cr, right, near, radius, -G_PI / 2.0, 0.0);
  cairo_arc (cr, right, bottom, radius, 0.0, G_PI / 2.0);
  cairo_arc (cr, near, bottom, radius, G_PI / 2.0, G_PI);
  cairo_arc (cr, near, near, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
draw_ticks (cairo_t *cr, double width, double height, guint n, const GdkRGBA *fill)
{
  const double tick = MAX (round (width * 0.1), 1.0);
  const double spread = tick * 1.5;
  const double tall = round (height * 0.38);
  GdkRGBA on;
  guint i;

  mill_palette_get_on (fill, &on);
  on.alpha *= 0.5f;
  gdk_cairo_set_source_rgba (cr, &on);
  for (i = 0; i < n; i++)
    {
      double x = width / 2.0 + (n == 1 ? 0.0 : i == 0 ? -spread : spread);

      cairo_rectangle (cr, x - tick / 2.0, (height - tall) / 2.0, tick, tall);
    }
  cairo_fill (cr);
}

static GdkTexture *
make_texture (Age age, int width, int height, int scale, const GdkRGBA *color)
{
  cairo_surface_t *surface = mill_draw_surface (width, height, scale);
  cairo_t *cr = cairo_create (surface);
  const double radius = MIN (MIN (width, height) * 0.25, 4.0 * height / 13.0);

  gdk_cairo_set_source_rgba (cr, color);
  if (age == AGE_FREE)
    {
      path_round (cr, 0.5, width, height, radius);
      cairo_set_line_width (cr, 1.0);
      cairo_stroke (cr);
    }
  else
    {
      path_round (cr, 0.0, width, height, radius);
      cairo_fill (cr);
    }
  if (age > AGE_YOUNG && height >= 7)
    draw_ticks (cr, width, height, age - AGE_YOUNG, color);
  cairo_destroy (cr);

  return mill_draw_texture (surface);
}

static void
clear_textures (MillSlots *self)
{
  guint i;

  for (i = 0; i < N_AGES; i++)
    g_clear_object (&self->textures[i]);
}

static GdkTexture *
get_texture (MillSlots *self, Age age, int width, int height)
{
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  GdkRGBA color;

  if (width != self->texture_width || height != self->texture_height || scale != self->texture_scale)
    {
      clear_textures (self);
      self->texture_width = width;
      self->texture_height = height;
      self->texture_scale = scale;
    }

  get_age_color (self, age, &color);
  if (self->textures[age] != NULL && gdk_rgba_equal (&color, &self->colors[age]))
    return self->textures[age];

  g_clear_object (&self->textures[age]);
  self->colors[age] = color;
  self->textures[age] = make_texture (age, width, height, scale, &color);

  return self->textures[age];
}

static char *
describe (MillSlots *self)
{
  return g_strdup_printf (_ ("%u of %u slots held"), self->n_held, self->limit);
}

static gboolean
query_tooltip_cb (MillSlots *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *text = NULL;
  int slot = keyboard ? -1 : mill_slots_get_slot_at (self, x, y);

  if (slot >= 0)
    g_signal_emit (self, signals[SIGNAL_QUERY_SLOT], 0, (guint) slot, &text);
  if (text == NULL)
    text = describe (self);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
mill_slots_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                    int *minimum_baseline, int *natural_baseline)
{
  MillSlots *self = MILL_SLOTS (widget);
  const double unit = mill_text_unit (widget);
  Layout layout;
  guint rows;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int) ceil ((MINIMUM_COLUMNS * MAX_PITCH - GAP) * unit);
      *natural = (int) ceil ((NATURAL_COLUMNS * MAX_PITCH - GAP) * unit);
      return;
    }

  layout = get_layout (self, for_size >= 0 ? for_size : (NATURAL_COLUMNS * MAX_PITCH - GAP) * unit);
  rows = div_ceil (MAX (self->ages->len, 1), layout.columns);
  *minimum = *natural = (int) ceil (MIN (rows * layout.pitch_y, self->max_rows * ROW_PITCH * unit));
}

static GtkSizeRequestMode
mill_slots_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mill_slots_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MillSlots *self = MILL_SLOTS (widget);

  mill_meter_allocate (self->meter, width, height);
}

static void
mill_slots_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillSlots *self = MILL_SLOTS (widget);
  const Layout layout = get_layout (self, gtk_widget_get_width (widget));
  graphene_rect_t cell;
  guint i;

  for (i = 0; i < self->ages->len; i++)
    {
      get_cell (self, &layout, i, &cell);
      gtk_snapshot_append_texture (
          snapshot, get_texture (self, self->ages->data[i], (int) cell.size.width, (int) cell.size.height),
          &cell);
    }
}

static void
mill_slots_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillSlots *self = MILL_SLOTS (object);

  switch ((MillSlotsProperty) property_id)
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
mill_slots_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillSlots *self = MILL_SLOTS (object);

  switch ((MillSlotsProperty) property_id)
    {
    case PROP_LABEL:
      mill_slots_set_label (self, g_value_get_string (value));
      break;
    case PROP_MAX_ROWS:
      mill_slots_set_max_rows (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_slots_dispose (GObject *object)
{
  MillSlots *self = MILL_SLOTS (object);

  g_clear_pointer (&self->meter, gtk_widget_unparent);

  G_OBJECT_CLASS (mill_slots_parent_class)->dispose (object);
}

static void
mill_slots_finalize (GObject *object)
{
  MillSlots *self = MILL_SLOTS (object);

  clear_textures (self);
  g_byte_array_unref (self->ages);
  g_free (self->label);

  G_OBJECT_CLASS (mill_slots_parent_class)->finalize (object);
}

static gboolean
first_string (GSignalInvocationHint *hint, GValue *result, const GValue *value, gpointer user_data)
{
  g_value_copy (value, result);

  return g_value_get_string (value) == NULL;
}

static void
mill_slots_class_init (MillSlotsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_slots_get_property;
  object_class->set_property = mill_slots_set_property;
  object_class->dispose = mill_slots_dispose;
  object_class->finalize = mill_slots_finalize;
  widget_class->measure = mill_slots_measure;
  widget_class->get_request_mode = mill_slots_get_request_mode;
  widget_class->size_allocate = mill_slots_size_allocate;
  widget_class->snapshot = mill_slots_snapshot;

  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_MAX_ROWS] = g_param_spec_uint ("max-rows", NULL, NULL, 1, 100, 3, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * MillSlots::query-slot:
   * @self: the slots
   * @slot: the number of the slot under the pointer, from 0
   *
   * Asks what holds a slot.
   *
   * Returns: (transfer full) (nullable): the text of its tooltip
   */
  signals[SIGNAL_QUERY_SLOT] = g_signal_new ("query-slot", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                             first_string, NULL, NULL, G_TYPE_STRING, 1, G_TYPE_UINT);

  gtk_widget_class_set_css_name (widget_class, "millslots");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mill_slots_init (MillSlots *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->ages = g_byte_array_new ();
  self->max_rows = 3;
  self->amber_us = G_USEC_PER_SEC;
  self->orange_us = 5 * G_USEC_PER_SEC;
  self->meter = mill_meter_new (widget);
  mill_palette_watch (widget);
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
}

static Age
age_of (MillSlots *self, const MillSlotCell *cell)
{
  if (!cell->held)
    return AGE_FREE;
  if (cell->age_us >= self->orange_us)
    return AGE_OLD;

  return cell->age_us >= self->amber_us ? AGE_OLDER : AGE_YOUNG;
}

static void
update_meter (MillSlots *self)
{
  g_autofree char *text = describe (self);

  mill_meter_set (self->meter, self->n_held, self->limit, text);
}

/* Returns whether any cell looks different. */
static gboolean
set_ages (MillSlots *self, const MillSlotCell *cells, guint n, guint total)
{
  gboolean changed = FALSE;
  guint i;

  if (total != self->ages->len)
    {
      g_byte_array_set_size (self->ages, total);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      changed = TRUE;
    }
  for (i = 0; i < total; i++)
    {
      guint8 age = i < n ? (guint8) age_of (self, &cells[i]) : AGE_FREE;

      changed |= self->ages->data[i] != age;
      self->ages->data[i] = age;
    }

  return changed;
}

/**
 * mill_slots_new:
 *
 * Returns: (transfer floating): a widget without slots
 */
GtkWidget *
mill_slots_new (void)
{
  return g_object_new (MILL_TYPE_SLOTS, NULL);
}

/**
 * mill_slots_set:
 * @self: the slots
 * @cells: (array length=n): the slots, by number
 * @n: how many are described
 * @limit: how many may be held at once; slots not described are free, held ones beyond it are still shown
 *
 * Sets who holds what. Redraws only if a cell looks different.
 */
void
mill_slots_set (MillSlots *self, const MillSlotCell *cells, guint n, guint limit)
{
  guint n_held = 0, i;
  gboolean counts_changed;

  g_return_if_fail (MILL_IS_SLOTS (self));
  g_return_if_fail (cells != NULL || n == 0);

  for (i = 0; i < n; i++)
    n_held += cells[i].held ? 1 : 0;
  while (n > limit && !cells[n - 1].held)
    n--;

  counts_changed = n_held != self->n_held || limit != self->limit;
  self->n_held = n_held;
  self->limit = limit;
  if (set_ages (self, cells, n, MAX (n, limit)))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  if (counts_changed)
    update_meter (self);
}

/**
 * mill_slots_set_thresholds:
 * @self: the slots
 * @amber_us: from which age on a slot is older, in microseconds
 * @orange_us: from which age on it is old
 *
 * Sets what counts as old, for the next mill_slots_set().
 */
void
mill_slots_set_thresholds (MillSlots *self, gint64 amber_us, gint64 orange_us)
{
  g_return_if_fail (MILL_IS_SLOTS (self));
  g_return_if_fail (amber_us <= orange_us);

  self->amber_us = amber_us;
  self->orange_us = orange_us;
}

/**
 * mill_slots_get_n:
 * @self: the slots
 *
 * Returns: how many cells are shown
 */
guint
mill_slots_get_n (MillSlots *self)
{
  g_return_val_if_fail (MILL_IS_SLOTS (self), 0);

  return self->ages->len;
}

/**
 * mill_slots_get_n_held:
 * @self: the slots
 *
 * Returns: how many are held
 */
guint
mill_slots_get_n_held (MillSlots *self)
{
  g_return_val_if_fail (MILL_IS_SLOTS (self), 0);

  return self->n_held;
}

/**
 * mill_slots_get_limit:
 * @self: the slots
 *
 * Returns: how many may be held at once
 */
guint
mill_slots_get_limit (MillSlots *self)
{
  g_return_val_if_fail (MILL_IS_SLOTS (self), 0);

  return self->limit;
}

/**
 * mill_slots_get_slot_at:
 * @self: the slots
 * @x: in logical pixels of the widget
 * @y: in logical pixels of the widget
 *
 * Returns: the number of the slot there, or -1
 */
int
mill_slots_get_slot_at (MillSlots *self, double x, double y)
{
  Layout layout;
  guint column, row, index;

  g_return_val_if_fail (MILL_IS_SLOTS (self), -1);

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x;
  if (x < 0.0 || y < 0.0)
    return -1;

  layout = get_layout (self, gtk_widget_get_width (GTK_WIDGET (self)));
  column = (guint) (x / layout.pitch_x);
  row = (guint) (y / layout.pitch_y);
  index = row * layout.columns + column;

  return column < layout.columns && index < self->ages->len ? (int) index : -1;
}

/**
 * mill_slots_get_max_rows:
 * @self: the slots
 *
 * Returns: the greatest height, in rows of full-size cells
 */
guint
mill_slots_get_max_rows (MillSlots *self)
{
  g_return_val_if_fail (MILL_IS_SLOTS (self), 0);

  return self->max_rows;
}

/**
 * mill_slots_set_max_rows:
 * @self: the slots
 * @max_rows: the greatest height, in rows of full-size cells; 3 by default
 *
 * Bounds the height. More slots than fit make the cells smaller.
 */
void
mill_slots_set_max_rows (MillSlots *self, guint max_rows)
{
  g_return_if_fail (MILL_IS_SLOTS (self));

  max_rows = CLAMP (max_rows, 1, 100);
  if (self->max_rows == max_rows)
    return;
  self->max_rows = max_rows;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_ROWS]);
}

/**
 * mill_slots_get_label:
 * @self: the slots
 *
 * Returns: (nullable): its accessible name
 */
const char *
mill_slots_get_label (MillSlots *self)
{
  g_return_val_if_fail (MILL_IS_SLOTS (self), NULL);

  return self->label;
}

/**
 * mill_slots_set_label:
 * @self: the slots
 * @label: (nullable): its accessible name, such as “fetch slots”
 *
 * Names the slots and the meter in them.
 */
void
mill_slots_set_label (MillSlots *self, const char *label)
{
  g_return_if_fail (MILL_IS_SLOTS (self));

  if (!mill_name_set (GTK_WIDGET (self), &self->label, label))
    return;
  mill_meter_set_label (self->meter, label);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}
