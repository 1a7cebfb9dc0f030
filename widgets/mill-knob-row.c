/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A knob row. Whatever its kind, a number is held by one spin button, which shows it with its unit, takes it
 * typed, and is what assistive technology finds under the row's name; a slider, where there is one, only
 * helps the pointer.
 */
#include "config.h"

#include "mill-knob-row.h"

#include "mill-knob-parts.h"
#include "mill-knob-range.h"
#include "mill-scale.h"

#include <math.h>
#include <string.h>

struct _MillKnobRow
{
  AdwPreferencesRow parent_instance;

  MillKnobKind kind;
  double value;
  MillKnobRange range;
  char *description; /* (owned) (nullable) */

  GtkLabel *label;   /* (unowned): belongs to the row */
  GtkWidget *spin;   /* (unowned) (nullable): NULL for a switch */
  GtkWidget *slider; /* (unowned) (nullable): only for sliders */
  GtkWidget *toggle; /* (unowned) (nullable): only for a switch */
  GtkWidget *reset;  /* (unowned) (nullable): NULL while there is nothing to reset to */
  GtkWidget *box;    /* (unowned): label and controls */
  GtkWidget *hint;   /* (unowned): why what was typed was not taken */
  double usual;      /* what it can be reset to */
  char *shown;       /* (owned) (nullable): the text the spin button was given last */
  gboolean is_typed; /* the last value that the spin button was asked for was typed */
  guint updating;    /* > 0 while the controls are set to the value */
};

typedef enum
{
  PROP_KIND = 1,
  PROP_LABEL,
  PROP_DESCRIPTION,
  PROP_UNIT,
  PROP_VALUE
} MillKnobRowProperty;

static GParamSpec *properties[PROP_VALUE + 1];

enum
{
  SIGNAL_CHANGED_BY_USER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillKnobRow, mill_knob_row, ADW_TYPE_PREFERENCES_ROW)

GType
mill_knob_kind_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { MILL_KNOB_INTEGER_STEPPER, "MILL_KNOB_INTEGER_STEPPER", "integer-stepper" },
        { MILL_KNOB_LOG_SLIDER, "MILL_KNOB_LOG_SLIDER", "log-slider" },
        { MILL_KNOB_LINEAR_SLIDER, "MILL_KNOB_LINEAR_SLIDER", "linear-slider" },
        { MILL_KNOB_SWITCH, "MILL_KNOB_SWITCH", "switch" },
        { 0, NULL, NULL },
      };

      g_once_init_leave (&type, g_enum_register_static ("MillKnobKind", values));
    }

  return type;
}

static void
configure_controls (MillKnobRow *self)
{
  GtkAdjustment *adjustment;
  double step = self->range.step;

  if (self->spin == NULL)
    return;
  if (self->kind == MILL_KNOB_LOG_SLIDER && !mill_knob_range_is_no_limit (&self->range, self->value))
    step = MAX (step, mill_scale_nice_floor (fabs (self->value) / 10.0));

  self->updating++;
  adjustment = gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->spin));
  gtk_adjustment_configure (adjustment, mill_knob_range_to_spin (&self->range, self->value),
                            self->range.lower,
                            self->range.upper + (self->range.no_limit_text != NULL ? self->range.step : 0.0),
                            step, step * 10.0, 0.0);
  if (self->slider != NULL)
    {
      adjustment = gtk_range_get_adjustment (GTK_RANGE (self->slider));
      gtk_adjustment_configure (adjustment, mill_knob_range_to_slider (&self->range, self->value), 0.0,
                                self->range.no_limit_text != NULL ? MILL_KNOB_NO_LIMIT_POSITION : 1.0, 0.01,
                                0.1, 0.0);
    }
  self->updating--;
}

static gboolean
spin_output_cb (MillKnobRow *self)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON (self->spin);
  const double at = gtk_adjustment_get_value (gtk_spin_button_get_adjustment (spin));
  g_autofree char *text = mill_knob_range_format (&self->range, mill_knob_range_from_spin (&self->range, at));

  g_free (self->shown);
  self->shown = g_strdup (text);
  if (strcmp (gtk_editable_get_text (GTK_EDITABLE (spin)), text) != 0)
    {
      /* What was not typed is not the text's to undo: then Ctrl+Z is the window's. */
      gtk_editable_set_enable_undo (GTK_EDITABLE (spin), FALSE);
      gtk_editable_set_text (GTK_EDITABLE (spin), text);
      gtk_editable_set_enable_undo (GTK_EDITABLE (spin), TRUE);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);

  return TRUE;
}

/* Marks a row that does not stand as usual. */
static void
show_mark (MillKnobRow *self)
{
  gboolean is_turned = self->reset != NULL && !mill_knob_same (self->value, self->usual);

  if (self->reset == NULL)
    return;
  if (is_turned)
    gtk_widget_add_css_class (GTK_WIDGET (self), "turned");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "turned");
  mill_knob_reset_button_show (self->reset, is_turned);
}

/* Says what is wrong with what was typed; %NULL (transfer full) when nothing is. */
static void
show_hint (MillKnobRow *self, char *text)
{
  if (text == NULL && !gtk_widget_get_visible (self->hint))
    return;
  gtk_label_set_label (GTK_LABEL (self->hint), text != NULL ? text : "");
  gtk_widget_set_visible (self->hint, text != NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->spin), GTK_ACCESSIBLE_STATE_INVALID,
                               text != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  g_free (text);
}

/* Shows the value in all controls; leaves alone what is being typed. */
static void
show_value (MillKnobRow *self)
{
  show_mark (self);
  if (self->toggle != NULL)
    {
      self->updating++;
      gtk_switch_set_active (GTK_SWITCH (self->toggle), self->value > 0.5);
      self->updating--;
      return;
    }
  if (mill_knob_row_is_editing (self))
    return;

  configure_controls (self);
  spin_output_cb (self);
}

static void
take (MillKnobRow *self, double value)
{
  if (mill_knob_same (self->value, value))
    return;
  self->value = value;
  configure_controls (self);
  show_mark (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
  g_signal_emit (self, signals[SIGNAL_CHANGED_BY_USER], 0, value);
}

/* What was not edited is not read back, for it is rounded. What cannot be read brings back the value there
 * was: an error would make it 0. */
static int
spin_input_cb (MillKnobRow *self, double *out_value)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->spin));
  double value;

  self->is_typed = g_strcmp0 (text, self->shown) != 0;
  if (!self->is_typed)
    value = self->value;
  else if (!mill_knob_range_parse (&self->range, text, &value))
    {
      show_hint (self, mill_knob_range_explain (&self->range, text, NULL));
      value = self->value;
    }
  else
    {
      show_hint (self, mill_knob_range_explain (&self->range, text, &value));
      if (!mill_knob_range_is_no_limit (&self->range, value))
        value = CLAMP (value, self->range.lower, self->range.upper);
    }
  *out_value = mill_knob_range_to_spin (&self->range, value);

  return TRUE;
}

static void
spin_value_changed_cb (MillKnobRow *self)
{
  if (self->updating > 0)
    return;
  if (!self->is_typed)
    show_hint (self, NULL);
  take (self,
        mill_knob_range_from_spin (&self->range, gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->spin))));
}

static void
slider_value_changed_cb (MillKnobRow *self)
{
  if (self->updating > 0)
    return;
  show_hint (self, NULL);
  take (self, mill_knob_range_from_slider (&self->range, gtk_range_get_value (GTK_RANGE (self->slider))));
}

static void
toggle_cb (MillKnobRow *self)
{
  if (self->updating == 0)
    take (self, gtk_switch_get_active (GTK_SWITCH (self->toggle)) ? 1.0 : 0.0);
}

static GtkWidget *
get_control (MillKnobRow *self)
{
  return self->toggle != NULL ? self->toggle : self->spin;
}

static gboolean
mill_knob_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (get_control (MILL_KNOB_ROW (widget)));
}

static void
reset_clicked_cb (MillKnobRow *self)
{
  /* The button goes away, and the focus must not go with it. */
  if (gtk_widget_is_focus (self->reset))
    mill_knob_row_grab_focus (GTK_WIDGET (self));
  if (self->spin != NULL)
    show_hint (self, NULL);
  take (self, self->usual);
  show_value (self);
}

static void
add_spin (MillKnobRow *self, GtkBox *box)
{
  const gboolean stepper = self->kind == MILL_KNOB_INTEGER_STEPPER;

  self->spin = gtk_spin_button_new (NULL, 0.0, 0);
  gtk_widget_add_css_class (self->spin, stepper ? "mill-stepper" : "mill-value");
  gtk_widget_set_valign (self->spin, GTK_ALIGN_CENTER);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->spin), stepper ? 3 : 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->spin), stepper ? 4 : 8);
  gtk_editable_set_alignment (GTK_EDITABLE (self->spin), stepper ? 0.5f : 1.0f);
  mill_knob_arrange_buttons (self->spin, stepper);
  mill_knob_ignore_scrolling (self->spin);
  g_signal_connect_swapped (self->spin, "output", G_CALLBACK (spin_output_cb), self);
  g_signal_connect_object (self->spin, "input", G_CALLBACK (spin_input_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->spin, "value-changed", G_CALLBACK (spin_value_changed_cb), self);
  gtk_box_append (box, self->spin);
}

static void
add_slider (MillKnobRow *self, GtkBox *box)
{
  /* The spin button beside it is what keyboard and assistive technology use. */
  self->slider = g_object_new (GTK_TYPE_SCALE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_add_css_class (self->slider, "mill-slider");
  gtk_widget_set_focusable (self->slider, FALSE);
  gtk_widget_set_hexpand (self->slider, TRUE);
  gtk_widget_set_valign (self->slider, GTK_ALIGN_CENTER);
  mill_knob_ignore_scrolling (self->slider);
  g_signal_connect_swapped (self->slider, "value-changed", G_CALLBACK (slider_value_changed_cb), self);
  gtk_box_append (box, self->slider);
}

static void
add_toggle (MillKnobRow *self, GtkBox *box)
{
  self->toggle = gtk_switch_new ();
  gtk_widget_set_valign (self->toggle, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->toggle, "notify::active", G_CALLBACK (toggle_cb), self);
  gtk_box_append (box, self->toggle);
}

static void
update_accessible (MillKnobRow *self)
{
  GtkWidget *control = get_control (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_label (self->label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->description != NULL ? self->description : "", -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_label (self->label), -1);
}

static void
mill_knob_row_constructed (GObject *object)
{
  MillKnobRow *self = MILL_KNOB_ROW (object);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  G_OBJECT_CLASS (mill_knob_row_parent_class)->constructed (object);

  gtk_widget_add_css_class (GTK_WIDGET (self), "mill-knob");
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class (self->box, "mill-knob-line");
  gtk_box_append (GTK_BOX (column), self->box);
  gtk_box_append (GTK_BOX (column), self->hint);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->label));
  if (self->kind == MILL_KNOB_LOG_SLIDER || self->kind == MILL_KNOB_LINEAR_SLIDER)
    {
      gtk_label_set_width_chars (self->label, 11);
      add_slider (self, GTK_BOX (self->box));
    }
  else
    {
      gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
    }
  if (self->kind == MILL_KNOB_SWITCH)
    add_toggle (self, GTK_BOX (self->box));
  else
    add_spin (self, GTK_BOX (self->box));

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), column);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  show_value (self);
  update_accessible (self);
}

/* A list row takes the focus first and hands it to its child next; here the control is a stop, and the button
 * behind it, if it is there. */
static gboolean
mill_knob_row_focus (GtkWidget *widget, GtkDirectionType direction)
{
  MillKnobRow *self = MILL_KNOB_ROW (widget);
  gboolean can_reset = self->reset != NULL && gtk_widget_get_sensitive (self->reset);
  gboolean is_inside = gtk_widget_get_focus_child (widget) != NULL;
  gboolean is_on_reset = can_reset && gtk_widget_is_focus (self->reset);

  if (can_reset && direction == GTK_DIR_TAB_FORWARD && is_inside && !is_on_reset)
    return gtk_widget_grab_focus (self->reset);
  if (can_reset && direction == GTK_DIR_TAB_BACKWARD && !is_inside)
    return gtk_widget_grab_focus (self->reset);
  if (is_inside && !(is_on_reset && direction == GTK_DIR_TAB_BACKWARD))
    return FALSE;

  return mill_knob_row_grab_focus (widget);
}

static void
mill_knob_row_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillKnobRow *self = MILL_KNOB_ROW (object);

  switch ((MillKnobRowProperty) property_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, (int) self->kind);
      break;
    case PROP_LABEL:
      g_value_set_string (value, mill_knob_row_get_label (self));
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, self->description);
      break;
    case PROP_UNIT:
      g_value_set_string (value, self->range.unit);
      break;
    case PROP_VALUE:
      g_value_set_double (value, self->value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_knob_row_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillKnobRow *self = MILL_KNOB_ROW (object);

  switch ((MillKnobRowProperty) property_id)
    {
    case PROP_KIND:
      self->kind = (MillKnobKind) g_value_get_enum (value);
      self->range.logarithmic = self->kind == MILL_KNOB_LOG_SLIDER;
      break;
    case PROP_LABEL:
      mill_knob_row_set_label (self, g_value_get_string (value));
      break;
    case PROP_DESCRIPTION:
      mill_knob_row_set_description (self, g_value_get_string (value));
      break;
    case PROP_UNIT:
      mill_knob_row_set_unit (self, g_value_get_string (value));
      break;
    case PROP_VALUE:
      mill_knob_row_set_value (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_knob_row_finalize (GObject *object)
{
  MillKnobRow *self = MILL_KNOB_ROW (object);

  g_free (self->description);
  g_free (self->range.unit);
  g_free (self->range.no_limit_text);
  g_free (self->shown);

  G_OBJECT_CLASS (mill_knob_row_parent_class)->finalize (object);
}

static void
mill_knob_row_class_init (MillKnobRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = mill_knob_row_constructed;
  object_class->get_property = mill_knob_row_get_property;
  object_class->set_property = mill_knob_row_set_property;
  object_class->finalize = mill_knob_row_finalize;
  widget_class->focus = mill_knob_row_focus;
  widget_class->grab_focus = mill_knob_row_grab_focus;

  properties[PROP_KIND] =
      g_param_spec_enum ("kind", NULL, NULL, MILL_TYPE_KNOB_KIND, MILL_KNOB_INTEGER_STEPPER,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, "", flags);
  properties[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  properties[PROP_UNIT] = g_param_spec_string ("unit", NULL, NULL, NULL, flags);
  properties[PROP_VALUE] = g_param_spec_double ("value", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0.0, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * MillKnobRow::changed-by-user:
   * @self: the row
   * @value: the new value
   *
   * Emitted when a person, or assistive technology for them, turned the knob.
   */
  signals[SIGNAL_CHANGED_BY_USER] =
      g_signal_new ("changed-by-user", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
mill_knob_row_init (MillKnobRow *self)
{
  self->range.upper = 100.0;
  self->range.step = 1.0;
  self->label = GTK_LABEL (gtk_label_new (NULL));
  self->hint = mill_knob_hint_new ();
  gtk_label_set_xalign (self->label, 0.0f);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
}

/**
 * mill_knob_row_new:
 * @kind: how it is turned
 * @label: what it is called, such as “Max size”
 *
 * Returns: (transfer floating): a row for values from 0 to 100 in steps of 1
 */
GtkWidget *
mill_knob_row_new (MillKnobKind kind, const char *label)
{
  return g_object_new (MILL_TYPE_KNOB_ROW, "kind", kind, "label", label, NULL);
}

/**
 * mill_knob_row_get_kind:
 * @self: a row
 *
 * Returns: how it is turned
 */
MillKnobKind
mill_knob_row_get_kind (MillKnobRow *self)
{
  g_return_val_if_fail (MILL_IS_KNOB_ROW (self), MILL_KNOB_INTEGER_STEPPER);

  return self->kind;
}

/**
 * mill_knob_row_get_value:
 * @self: a row
 *
 * Returns: its value
 */
double
mill_knob_row_get_value (MillKnobRow *self)
{
  g_return_val_if_fail (MILL_IS_KNOB_ROW (self), 0.0);

  return self->value;
}

/**
 * mill_knob_row_set_value:
 * @self: a row
 * @value: its value, brought into the range; or what mill_knob_row_set_no_limit() was given
 *
 * Shows a value. Does not emit #MillKnobRow::changed-by-user, and leaves alone a text being typed.
 */
void
mill_knob_row_set_value (MillKnobRow *self, double value)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));
  g_return_if_fail (isfinite (value));

  if (self->kind == MILL_KNOB_SWITCH)
    value = value > 0.5 ? 1.0 : 0.0;
  else if (!mill_knob_range_is_no_limit (&self->range, value))
    value = CLAMP (value, self->range.lower, self->range.upper);
  if (mill_knob_same (self->value, value))
    return;

  self->value = value;
  show_value (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

/**
 * mill_knob_row_set_range:
 * @self: a row
 * @lower: the least value
 * @upper: the greatest value
 * @step: the least difference; greater than 0
 *
 * Sets the range. The value moves into it without #MillKnobRow::changed-by-user.
 */
void
mill_knob_row_set_range (MillKnobRow *self, double lower, double upper, double step)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));
  g_return_if_fail (lower <= upper && step > 0.0);

  self->range.lower = lower;
  self->range.upper = upper;
  self->range.step = step;
  if (!mill_knob_range_is_no_limit (&self->range, self->value))
    self->value = CLAMP (self->value, lower, upper);
  show_value (self);
}

/**
 * mill_knob_row_set_digits:
 * @self: a row
 * @digits: how many digits after the decimal point
 *
 * Sets the precision values are shown with.
 */
void
mill_knob_row_set_digits (MillKnobRow *self, guint digits)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));

  if (self->range.digits == digits || self->spin == NULL)
    return;
  self->range.digits = digits;
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (self->spin), digits);
  show_value (self);
}

/**
 * mill_knob_row_get_label:
 * @self: a row
 *
 * Returns: what it is called
 */
const char *
mill_knob_row_get_label (MillKnobRow *self)
{
  g_return_val_if_fail (MILL_IS_KNOB_ROW (self), NULL);

  return gtk_label_get_label (self->label);
}

/**
 * mill_knob_row_set_label:
 * @self: a row
 * @label: (nullable): what it is called
 *
 * Names the row and its control.
 */
void
mill_knob_row_set_label (MillKnobRow *self, const char *label)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));

  if (label == NULL)
    label = "";
  if (strcmp (gtk_label_get_label (self->label), label) == 0)
    return;
  gtk_label_set_label (self->label, label);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), label);
  if (self->spin != NULL || self->toggle != NULL)
    update_accessible (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LABEL]);
}

/**
 * mill_knob_row_get_description:
 * @self: a row
 *
 * Returns: (nullable): what it does
 */
const char *
mill_knob_row_get_description (MillKnobRow *self)
{
  g_return_val_if_fail (MILL_IS_KNOB_ROW (self), NULL);

  return self->description;
}

/**
 * mill_knob_row_set_description:
 * @self: a row
 * @description: (nullable): what it does, in a sentence
 *
 * Sets the row's tooltip.
 */
void
mill_knob_row_set_description (MillKnobRow *self, const char *description)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));

  if (g_strcmp0 (self->description, description) == 0)
    return;
  g_free (self->description);
  self->description = g_strdup (description);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), description);
  if (self->spin != NULL || self->toggle != NULL)
    update_accessible (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DESCRIPTION]);
}

/**
 * mill_knob_row_get_unit:
 * @self: a row
 *
 * Returns: (nullable): what follows the number
 */
const char *
mill_knob_row_get_unit (MillKnobRow *self)
{
  g_return_val_if_fail (MILL_IS_KNOB_ROW (self), NULL);

  return self->range.unit;
}

/**
 * mill_knob_row_set_unit:
 * @self: a row
 * @unit: (nullable): what follows the number, such as “ms”
 *
 * Sets the unit. It may be typed, but need not.
 */
void
mill_knob_row_set_unit (MillKnobRow *self, const char *unit)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));

  if (g_strcmp0 (self->range.unit, unit) == 0)
    return;
  g_free (self->range.unit);
  self->range.unit = g_strdup (unit);
  show_value (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNIT]);
}

/**
 * mill_knob_row_set_no_limit:
 * @self: a row with numbers
 * @value: the value that means "no limit", often 0; it may lie in or outside the range
 * @text: (nullable): how that is shown, such as “no limit”; %NULL for no such value
 *
 * Adds a place beyond the upper end that stands for no limit.
 */
void
mill_knob_row_set_no_limit (MillKnobRow *self, double value, const char *text)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));

  self->range.no_limit = value;
  g_free (self->range.no_limit_text);
  self->range.no_limit_text = g_strdup (text);
  show_value (self);
}

/**
 * mill_knob_row_set_usual:
 * @self: a row
 * @value: what it can be reset to
 * @text: what the button for that says, such as “Reset Slots to 32”
 *
 * While the value is another one, the row is marked and has a button that puts it back; pressing that emits
 * #MillKnobRow::changed-by-user.
 */
void
mill_knob_row_set_usual (MillKnobRow *self, double value, const char *text)
{
  g_return_if_fail (MILL_IS_KNOB_ROW (self));

  self->usual = value;
  if (self->reset == NULL)
    {
      self->reset = mill_knob_reset_button_new ();
      g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (reset_clicked_cb), self);
      gtk_box_append (GTK_BOX (self->box), self->reset);
    }
  gtk_widget_set_tooltip_text (self->reset, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  show_mark (self);
}

/**
 * mill_knob_row_is_editing:
 * @self: a row
 *
 * Returns: whether somebody is typing a number that is not taken yet
 */
gboolean
mill_knob_row_is_editing (MillKnobRow *self)
{
  g_return_val_if_fail (MILL_IS_KNOB_ROW (self), FALSE);

  return self->spin != NULL && self->shown != NULL &&
         (gtk_widget_get_state_flags (self->spin) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0 &&
         strcmp (gtk_editable_get_text (GTK_EDITABLE (self->spin)), self->shown) != 0;
}
