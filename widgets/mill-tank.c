/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tank: its properties and texts. How it looks is in mill-tank-snapshot.c, its mark in mill-tank-mark.c.
 */
#include "config.h"

#include "mill-tank-private.h"

#include "mill-format.h"
#include "mill-meter.h"
#include "mill-name.h"
#include "mill-palette.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  PROP_DEPTH = 1,
  PROP_MAXSIZE,
  PROP_HIGH_WATER,
  PROP_BLOCKED,
  PROP_EDITABLE,
  PROP_LABEL,
  PROP_CAPTION
} MillTankProperty;

static GParamSpec *properties[PROP_CAPTION + 1];

G_DEFINE_FINAL_TYPE (MillTank, mill_tank, GTK_TYPE_WIDGET)

static char *
describe (MillTank *self)
{
  g_autofree char *depth = mill_format_count (self->depth);
  g_autofree char *maxsize = mill_format_count (self->maxsize);

  if (self->maxsize == 0)
    return g_strdup_printf (_ ("%s queued, no limit"), depth);
  if (self->blocked)
    return g_strdup_printf (_ ("%s of %s queued, producers blocked"), depth, maxsize);

  return g_strdup_printf (_ ("%s of %s queued"), depth, maxsize);
}

static void
update_texts (MillTank *self)
{
  g_autofree char *depth = mill_format_count (self->depth);
  g_autofree char *maxsize = mill_format_count (self->maxsize);
  g_autofree char *high_water = mill_format_count (self->high_water);
  g_autofree char *of = NULL;

  if (self->maxsize > 0)
    of = g_strdup_printf (_ ("of %s"), maxsize);
  else
    of = g_strdup_printf (C_ ("highest queue depth", "high %s"), high_water);

  mill_text_set (&self->number, depth);
  mill_text_set (&self->of, of);
  mill_text_set (&self->cap, self->maxsize > 0 ? _ ("max size") : _ ("no limit"));
}

/* After a change of depth or limit; a drag keeps its own scale. */
void
mill_tank_update (MillTank *self)
{
  g_autofree char *text = describe (self);

  update_texts (self);
  mill_meter_set (self->meter, (double) self->depth, mill_tank_get_rest_scale (self), text);
  if (!self->dragging && adw_animation_get_state (self->settle) != ADW_ANIMATION_PLAYING)
    mill_tank_set_scale (self, mill_tank_get_rest_scale (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
query_tooltip_cb (MillTank *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *text = describe (self);
  g_autofree char *high_water = mill_format_count (self->high_water);
  g_autofree char *all = NULL;

  if (mill_tank_is_on_mark (self, x, y))
    all = g_strdup_printf (_ ("%s · highest %s\nDrag the mark to change the max size"), text, high_water);
  else
    all = g_strdup_printf (_ ("%s · highest %s"), text, high_water);
  gtk_tooltip_set_text (tooltip, all);

  return TRUE;
}

static void
mill_tank_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MillTank *self = MILL_TANK (widget);
  MillTankGeometry geometry;
  GtkRequisition mark;
  int mark_y;

  mill_tank_get_geometry (self, &geometry);
  gtk_widget_measure (self->mark, GTK_ORIENTATION_HORIZONTAL, -1, &mark.width, NULL, NULL, NULL);
  gtk_widget_measure (self->mark, GTK_ORIENTATION_VERTICAL, -1, &mark.height, NULL, NULL, NULL);
  mark.width = MAX (mark.width, width);
  mark_y = (int) geometry.rest - mark.height / 2;
  gtk_widget_size_allocate (self->mark, &(GtkAllocation){ 0, mark_y, mark.width, mark.height }, -1);

  mill_meter_allocate (self->meter, width, height);
}

static gboolean
mill_tank_focus (GtkWidget *widget, GtkDirectionType direction)
{
  MillTank *self = MILL_TANK (widget);

  /* Up and down turn the mark; only Tab leaves it. */
  if (!self->editable || gtk_widget_has_focus (self->mark))
    return FALSE;

  return gtk_widget_grab_focus (self->mark);
}

static gboolean
mill_tank_grab_focus (GtkWidget *widget)
{
  MillTank *self = MILL_TANK (widget);

  return self->editable && gtk_widget_grab_focus (self->mark);
}

static void
mill_tank_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillTank *self = MILL_TANK (object);

  switch ((MillTankProperty) property_id)
    {
    case PROP_DEPTH:
      g_value_set_uint64 (value, self->depth);
      break;
    case PROP_MAXSIZE:
      g_value_set_uint64 (value, self->maxsize);
      break;
    case PROP_HIGH_WATER:
      g_value_set_uint64 (value, self->high_water);
      break;
    case PROP_BLOCKED:
      g_value_set_boolean (value, self->blocked);
      break;
    case PROP_EDITABLE:
      g_value_set_boolean (value, self->editable);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_CAPTION:
      g_value_set_string (value, self->caption.string);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_tank_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillTank *self = MILL_TANK (object);

  switch ((MillTankProperty) property_id)
    {
    case PROP_DEPTH:
      mill_tank_set_depth (self, g_value_get_uint64 (value));
      break;
    case PROP_MAXSIZE:
      mill_tank_set_maxsize (self, g_value_get_uint64 (value));
      break;
    case PROP_HIGH_WATER:
      mill_tank_set_high_water (self, g_value_get_uint64 (value));
      break;
    case PROP_BLOCKED:
      mill_tank_set_blocked (self, g_value_get_boolean (value));
      break;
    case PROP_EDITABLE:
      mill_tank_set_editable (self, g_value_get_boolean (value));
      break;
    case PROP_LABEL:
      mill_tank_set_label (self, g_value_get_string (value));
      break;
    case PROP_CAPTION:
      mill_tank_set_caption (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_tank_dispose (GObject *object)
{
  MillTank *self = MILL_TANK (object);

  if (self->settle != NULL)
    adw_animation_skip (self->settle);
  g_clear_object (&self->settle);
  g_clear_pointer (&self->meter, gtk_widget_unparent);
  g_clear_pointer (&self->mark, gtk_widget_unparent);

  G_OBJECT_CLASS (mill_tank_parent_class)->dispose (object);
}

static void
mill_tank_finalize (GObject *object)
{
  MillTank *self = MILL_TANK (object);

  mill_text_clear (&self->number);
  mill_text_clear (&self->of);
  mill_text_clear (&self->cap);
  mill_text_clear (&self->caption);
  g_free (self->label);

  G_OBJECT_CLASS (mill_tank_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_DEPTH] = g_param_spec_uint64 ("depth", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_MAXSIZE] = g_param_spec_uint64 ("maxsize", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_HIGH_WATER] = g_param_spec_uint64 ("high-water", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_BLOCKED] = g_param_spec_boolean ("blocked", NULL, NULL, FALSE, flags);
  properties[PROP_EDITABLE] = g_param_spec_boolean ("editable", NULL, NULL, TRUE, flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  properties[PROP_CAPTION] = g_param_spec_string ("caption", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_tank_class_init (MillTankClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mill_tank_get_property;
  object_class->set_property = mill_tank_set_property;
  object_class->dispose = mill_tank_dispose;
  object_class->finalize = mill_tank_finalize;
  widget_class->measure = mill_tank_measure;
  widget_class->size_allocate = mill_tank_size_allocate;
  widget_class->snapshot = mill_tank_snapshot;
  widget_class->focus = mill_tank_focus;
  widget_class->grab_focus = mill_tank_grab_focus;

  install_properties (object_class);

  /**
   * MillTank::maxsize-changed:
   * @self: the tank
   * @maxsize: what the user wants; 0, no limit, only where a drag that began there is cancelled
   *
   * Emitted whenever the user moves the mark, by dragging, by keyboard or by assistive technology; also for
   * the way back when a drag is cancelled.
   */
  g_signal_new ("maxsize-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_UINT64);

  gtk_widget_class_set_css_name (widget_class, "milltank");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mill_tank_init (MillTank *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  mill_text_init (&self->number, widget, 1.5, PANGO_WEIGHT_ULTRABOLD);
  mill_text_init (&self->of, widget, 0.86, PANGO_WEIGHT_SEMIBOLD);
  mill_text_init (&self->cap, widget, 0.76, PANGO_WEIGHT_NORMAL);
  mill_text_init (&self->caption, widget, 0.86, PANGO_WEIGHT_NORMAL);
  self->number.tabular = TRUE;

  self->editable = TRUE;
  self->meter = mill_meter_new (widget);
  mill_tank_init_mark (self);
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  mill_palette_watch (widget);
  mill_tank_update_mark (self);
  mill_tank_update (self);
}

/**
 * mill_tank_new:
 *
 * Returns: (transfer floating): an empty, unbounded tank
 */
GtkWidget *
mill_tank_new (void)
{
  return g_object_new (MILL_TYPE_TANK, NULL);
}

/**
 * mill_tank_get_depth:
 * @self: a tank
 *
 * Returns: how many items are queued
 */
guint64
mill_tank_get_depth (MillTank *self)
{
  g_return_val_if_fail (MILL_IS_TANK (self), 0);

  return self->depth;
}

/**
 * mill_tank_set_depth:
 * @self: a tank
 * @depth: how many items are queued; more than the maximum size is drawn above the mark
 *
 * Sets the level.
 */
void
mill_tank_set_depth (MillTank *self, guint64 depth)
{
  g_return_if_fail (MILL_IS_TANK (self));

  if (self->depth == depth)
    return;
  self->depth = depth;
  mill_tank_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEPTH]);
}

/**
 * mill_tank_get_maxsize:
 * @self: a tank
 *
 * Returns: the maximum size; 0 for no limit
 */
guint64
mill_tank_get_maxsize (MillTank *self)
{
  g_return_val_if_fail (MILL_IS_TANK (self), 0);

  return self->maxsize;
}

/**
 * mill_tank_set_maxsize:
 * @self: a tank
 * @maxsize: the maximum size; 0 for no limit
 *
 * Moves the mark. Does not emit #MillTank::maxsize-changed.
 */
void
mill_tank_set_maxsize (MillTank *self, guint64 maxsize)
{
  g_return_if_fail (MILL_IS_TANK (self));

  if (self->maxsize == maxsize)
    return;
  self->maxsize = maxsize;
  mill_tank_update_mark (self);
  mill_tank_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAXSIZE]);
}

/**
 * mill_tank_get_high_water:
 * @self: a tank
 *
 * Returns: the greatest depth there has been
 */
guint64
mill_tank_get_high_water (MillTank *self)
{
  g_return_val_if_fail (MILL_IS_TANK (self), 0);

  return self->high_water;
}

/**
 * mill_tank_set_high_water:
 * @self: a tank
 * @high_water: the greatest depth there has been
 *
 * Sets the high-water line. It is also what an unbounded tank is scaled by.
 */
void
mill_tank_set_high_water (MillTank *self, guint64 high_water)
{
  g_return_if_fail (MILL_IS_TANK (self));

  if (self->high_water == high_water)
    return;
  self->high_water = high_water;
  mill_tank_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HIGH_WATER]);
}

/**
 * mill_tank_get_blocked:
 * @self: a tank
 *
 * Returns: whether a producer is blocked by it
 */
gboolean
mill_tank_get_blocked (MillTank *self)
{
  g_return_val_if_fail (MILL_IS_TANK (self), FALSE);

  return self->blocked;
}

/**
 * mill_tank_set_blocked:
 * @self: a tank
 * @blocked: whether a producer is blocked by it
 *
 * Draws the level red and hatched however full it is.
 */
void
mill_tank_set_blocked (MillTank *self, gboolean blocked)
{
  g_return_if_fail (MILL_IS_TANK (self));

  blocked = blocked != FALSE;
  if (self->blocked == blocked)
    return;
  self->blocked = blocked;
  mill_tank_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BLOCKED]);
}

/**
 * mill_tank_get_editable:
 * @self: a tank
 *
 * Returns: whether the mark can be moved
 */
gboolean
mill_tank_get_editable (MillTank *self)
{
  g_return_val_if_fail (MILL_IS_TANK (self), FALSE);

  return self->editable;
}

/**
 * mill_tank_set_editable:
 * @self: a tank
 * @editable: whether the mark can be moved
 *
 * Shows or hides the mark's handle.
 */
void
mill_tank_set_editable (MillTank *self, gboolean editable)
{
  g_return_if_fail (MILL_IS_TANK (self));

  editable = editable != FALSE;
  if (self->editable == editable)
    return;
  self->editable = editable;
  gtk_widget_set_visible (self->mark, editable);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EDITABLE]);
}

/**
 * mill_tank_get_label:
 * @self: a tank
 *
 * Returns: (nullable): its accessible name
 */
const char *
mill_tank_get_label (MillTank *self)
{
  g_return_val_if_fail (MILL_IS_TANK (self), NULL);

  return self->label;
}

/**
 * mill_tank_set_label:
 * @self: a tank
 * @label: (nullable): its accessible name, such as “fetch queue”
 *
 * Names the tank, its level and its mark.
 */
void
mill_tank_set_label (MillTank *self, const char *label)
{
  g_autofree char *mark_label = NULL;

  g_return_if_fail (MILL_IS_TANK (self));

  if (!mill_name_set (GTK_WIDGET (self), &self->label, label))
    return;
  mark_label = g_strdup_printf (_ ("%s: max size"), label != NULL ? label : "");
  mill_meter_set_label (self->meter, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_LABEL, mark_label, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}

/**
 * mill_tank_get_caption:
 * @self: a tank
 *
 * Returns: the text under it
 */
const char *
mill_tank_get_caption (MillTank *self)
{
  g_return_val_if_fail (MILL_IS_TANK (self), NULL);

  return self->caption.string;
}

/**
 * mill_tank_set_caption:
 * @self: a tank
 * @caption: (nullable): the text under it
 *
 * Sets the caption. It never makes the tank wider than it is, but may be ellipsized.
 */
void
mill_tank_set_caption (MillTank *self, const char *caption)
{
  g_return_if_fail (MILL_IS_TANK (self));

  if (!mill_text_set (&self->caption, caption))
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->caption.string, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAPTION]);
}
