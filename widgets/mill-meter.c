/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GTK exports the Value interface of AT-SPI for its own gauges only: setting the value properties of a widget
 * of another class, whatever its role, exports nothing a reader could read. So a gauge drawn by hand keeps a
 * level bar inside itself, never drawn and never hit, which carries role, name, range, value and its text.
 */
#include "config.h"

#include "mill-meter.h"

/**
 * mill_meter_new:
 * @parent: the gauge; it must allocate the meter, must not draw it, and must unparent it in dispose
 *
 * Returns: (transfer none): a child of @parent with the role of a meter
 */
GtkWidget *
mill_meter_new (GtkWidget *parent)
{
  GtkWidget *meter = g_object_new (GTK_TYPE_LEVEL_BAR, "accessible-role", GTK_ACCESSIBLE_ROLE_METER,
                                   "can-target", FALSE, NULL);

  gtk_widget_set_parent (meter, parent);

  return meter;
}

/**
 * mill_meter_allocate:
 * @meter: a meter, or another child that is never drawn
 * @width: of the gauge
 * @height: of the gauge
 *
 * Gives the meter the gauge's place, for assistive technology that shows where things are.
 */
void
mill_meter_allocate (GtkWidget *meter, int width, int height)
{
  int minimum_width, minimum_height;

  gtk_widget_measure (meter, GTK_ORIENTATION_HORIZONTAL, -1, &minimum_width, NULL, NULL, NULL);
  gtk_widget_measure (meter, GTK_ORIENTATION_VERTICAL, -1, &minimum_height, NULL, NULL, NULL);
  gtk_widget_size_allocate (
      meter, &(GtkAllocation){ 0, 0, MAX (width, minimum_width), MAX (height, minimum_height) }, -1);
}

/**
 * mill_meter_set_label:
 * @meter: a meter
 * @label: (nullable): its name
 *
 * Names the meter.
 */
void
mill_meter_set_label (GtkWidget *meter, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (meter), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label != NULL ? label : "", -1);
}

/**
 * mill_meter_set:
 * @meter: a meter
 * @value: where it stands, from 0
 * @maximum: its range
 * @text: the value in words
 *
 * Moves the meter. Call it only when something changed: each call is a message to assistive technology.
 */
void
mill_meter_set (GtkWidget *meter, double value, double maximum, const char *text)
{
  GtkLevelBar *bar = GTK_LEVEL_BAR (meter);

  gtk_level_bar_set_max_value (bar, MAX (maximum, MAX (value, 1.0)));
  gtk_level_bar_set_value (bar, value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (meter), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}
