/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Knob rows: typing, stepping, sliding and switching tell the caller; values from elsewhere do not.
 */
#include "config.h"

#include "mill-choice-row.h"
#include "mill-knob-row.h"

#include "widget-fixture.h"

#include <math.h>

static GtkSpinButton *
knob_spin (Fixture *fixture)
{
  return GTK_SPIN_BUTTON (find_child (fixture->widget, GTK_TYPE_SPIN_BUTTON));
}

static const char *
knob_text (Fixture *fixture)
{
  return gtk_editable_get_text (GTK_EDITABLE (knob_spin (fixture)));
}

static void
type_in (Fixture *fixture, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (knob_spin (fixture)), text);
  gtk_spin_button_update (knob_spin (fixture));
}

static void
assert_changed (Fixture *fixture, double expected)
{
  double value = NAN;

  fixture_pop_signal (fixture, fixture->widget, "changed-by-user", &value);
  g_assert_cmpfloat_with_epsilon (value, expected, 1e-9);
  g_assert_cmpfloat_with_epsilon (mill_knob_row_get_value (MILL_KNOB_ROW (fixture->widget)), expected, 1e-9);
  gt_signal_logger_assert_no_emissions (fixture->logger);
}

static void
test_knob_stepper (void)
{
  Fixture fixture;
  MillKnobRow *row;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_INTEGER_STEPPER, "Consumers"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  mill_knob_row_set_range (row, 0.0, 500.0, 1.0);
  gt_signal_logger_connect (fixture.logger, row, "changed-by-user");
  assert_described (GTK_WIDGET (knob_spin (&fixture)), GTK_ACCESSIBLE_PROPERTY_LABEL, "Consumers");

  mill_knob_row_set_value (row, 39.0);
  g_assert_cmpstr (knob_text (&fixture), ==, "39");
  mill_knob_row_set_value (row, 9999.0);
  g_assert_cmpstr (knob_text (&fixture), ==, "500");
  gt_signal_logger_assert_no_emissions (fixture.logger);

  gtk_spin_button_spin (knob_spin (&fixture), GTK_SPIN_STEP_BACKWARD, 1.0);
  assert_changed (&fixture, 499.0);
  gtk_spin_button_set_value (knob_spin (&fixture), 7.0); /* as assistive technology does */
  assert_changed (&fixture, 7.0);
  type_in (&fixture, "12");
  assert_changed (&fixture, 12.0);
  type_in (&fixture, "many");
  g_assert_cmpstr (knob_text (&fixture), ==, "12");
  type_in (&fixture, "-5");
  assert_changed (&fixture, 0.0);

  /* "−" stands before the number. */
  g_assert_true (GTK_IS_BUTTON (gtk_widget_get_first_child (GTK_WIDGET (knob_spin (&fixture)))));
  fixture_hide (&fixture);
}

static void
test_knob_log_slider (void)
{
  Fixture fixture;
  MillKnobRow *row;
  GtkRange *slider;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_LOG_SLIDER, "Max size"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  slider = GTK_RANGE (find_child (fixture.widget, GTK_TYPE_SCALE));
  mill_knob_row_set_no_limit (row, 0.0, "no limit");
  mill_knob_row_set_range (row, 1.0, 1e6, 1.0);
  mill_knob_row_set_value (row, 1000.0);
  gt_signal_logger_connect (fixture.logger, row, "changed-by-user");

  g_assert_cmpstr (knob_text (&fixture), ==, "1,000");
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (slider), 0.5, 1e-9);
  gtk_range_set_value (slider, 2.0 / 3.0);
  assert_changed (&fixture, 10000.0);
  gtk_range_set_value (slider, 0.0);
  assert_changed (&fixture, 1.0);
  gtk_range_set_value (slider, 1.0);
  assert_changed (&fixture, 1e6);
  gtk_range_set_value (slider, 1.05);
  assert_changed (&fixture, 0.0);
  g_assert_cmpstr (knob_text (&fixture), ==, "no limit");

  type_in (&fixture, "2,500");
  assert_changed (&fixture, 2500.0);
  type_in (&fixture, "1e5");
  assert_changed (&fixture, 100000.0);
  type_in (&fixture, " No Limit ");
  assert_changed (&fixture, 0.0);
  type_in (&fixture, "");
  g_assert_cmpstr (knob_text (&fixture), ==, "no limit");
  mill_knob_row_set_value (row, 50.0);
  mill_knob_row_set_value (row, 0.0);
  g_assert_cmpstr (knob_text (&fixture), ==, "no limit");
  fixture_hide (&fixture);
}

static void
test_knob_linear_slider (void)
{
  Fixture fixture;
  MillKnobRow *row;
  GtkRange *slider;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_LINEAR_SLIDER, "Timeout"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  slider = GTK_RANGE (find_child (fixture.widget, GTK_TYPE_SCALE));
  mill_knob_row_set_unit (row, "s");
  mill_knob_row_set_digits (row, 1);
  mill_knob_row_set_range (row, 0.0, 20.0, 0.1);
  mill_knob_row_set_value (row, 5.0);
  gt_signal_logger_connect (fixture.logger, row, "changed-by-user");

  g_assert_cmpstr (knob_text (&fixture), ==, "5.0 s");
  assert_described (GTK_WIDGET (knob_spin (&fixture)), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "5.0 s");
  gtk_range_set_value (slider, 0.5);
  assert_changed (&fixture, 10.0);
  type_in (&fixture, "2.5 s");
  assert_changed (&fixture, 2.5);
  type_in (&fixture, "3s");
  assert_changed (&fixture, 3.0);
  g_assert_cmpstr (knob_text (&fixture), ==, "3.0 s");

  /* What is only shown rounded stays as it is when the focus leaves. */
  mill_knob_row_set_value (row, 5.04);
  g_assert_cmpstr (knob_text (&fixture), ==, "5.0 s");
  gtk_spin_button_update (knob_spin (&fixture));
  g_assert_cmpfloat_with_epsilon (mill_knob_row_get_value (row), 5.04, 1e-9);
  mill_knob_row_set_range (row, 0.0, 2.0, 0.1);
  g_assert_cmpstr (knob_text (&fixture), ==, "2.0 s");
  fixture_hide (&fixture);
}

static void
test_knob_switch (void)
{
  Fixture fixture;
  MillKnobRow *row;
  GtkSwitch *toggle;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_SWITCH, "Obey robots.txt"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  toggle = GTK_SWITCH (find_child (fixture.widget, GTK_TYPE_SWITCH));
  gt_signal_logger_connect (fixture.logger, row, "changed-by-user");
  mill_knob_row_set_value (row, 1.0);
  g_assert_true (gtk_switch_get_active (toggle));
  gtk_switch_set_active (toggle, FALSE);
  assert_changed (&fixture, 0.0);
  assert_described (GTK_WIDGET (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, "Obey robots.txt");
  fixture_hide (&fixture);
}

/* A value that comes in from elsewhere does not take away what is being typed. */
static void
test_knob_editing (void)
{
  Fixture fixture;
  MillKnobRow *row;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_INTEGER_STEPPER, "Consumers"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  gtk_widget_grab_focus (GTK_WIDGET (knob_spin (&fixture)));
  g_assert_false (mill_knob_row_is_editing (row));
  gtk_editable_set_text (GTK_EDITABLE (knob_spin (&fixture)), "3");
  g_assert_true (mill_knob_row_is_editing (row));
  mill_knob_row_set_value (row, 50.0);
  g_assert_cmpstr (knob_text (&fixture), ==, "3");
  gt_signal_logger_connect (fixture.logger, row, "changed-by-user");
  gtk_spin_button_update (knob_spin (&fixture));
  assert_changed (&fixture, 3.0);
  g_assert_false (mill_knob_row_is_editing (row));
  fixture_hide (&fixture);
}

/* Tab goes from control to control; neither rows nor sliders are stops. */
static void
test_knob_focus (void)
{
  Fixture fixture;
  GtkWidget *list, *second;
  GtkWidget *third = mill_knob_row_new (MILL_KNOB_SWITCH, "Obey robots.txt");

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_LOG_SLIDER, "Max size"), 320, -1);
  list = gtk_widget_get_parent (fixture.widget);
  second = mill_knob_row_new (MILL_KNOB_INTEGER_STEPPER, "Consumers");
  gtk_list_box_append (GTK_LIST_BOX (list), second);
  gtk_list_box_append (GTK_LIST_BOX (list), third);
  fixture_wait_for_frame (&fixture);

  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (knob_spin (&fixture))));
  g_assert_true (gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
  g_assert_nonnull (gtk_widget_get_focus_child (find_child (second, GTK_TYPE_SPIN_BUTTON)));
  g_assert_true (gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_is_focus (find_child (third, GTK_TYPE_SWITCH)));
  g_assert_false (gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_child_focus (list, GTK_DIR_TAB_BACKWARD));
  g_assert_nonnull (gtk_widget_get_focus_child (find_child (second, GTK_TYPE_SPIN_BUTTON)));
  fixture_hide (&fixture);
}

/* A row that does not stand as usual has a button that puts it back; Tab reaches it. */
static void
test_knob_reset (void)
{
  Fixture fixture;
  MillKnobRow *row;
  GtkWidget *reset;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_LOG_SLIDER, "Max size"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  mill_knob_row_set_range (row, 1.0, 1000.0, 1.0);
  mill_knob_row_set_value (row, 50.0);
  mill_knob_row_set_usual (row, 50.0, "Reset Max size to 50");
  gt_signal_logger_connect (fixture.logger, row, "changed-by-user");
  reset = gtk_widget_get_last_child (gtk_widget_get_parent (GTK_WIDGET (knob_spin (&fixture))));
  assert_described (reset, GTK_ACCESSIBLE_PROPERTY_LABEL, "Reset Max size to 50");
  g_assert_false (gtk_widget_get_sensitive (reset));
  g_assert_false (gtk_widget_has_css_class (fixture.widget, "turned"));

  type_in (&fixture, "80");
  assert_changed (&fixture, 80.0);
  g_assert_true (gtk_widget_get_sensitive (reset));
  g_assert_true (gtk_widget_has_css_class (fixture.widget, "turned"));
  gtk_widget_grab_focus (GTK_WIDGET (knob_spin (&fixture)));
  g_assert_true (gtk_widget_child_focus (fixture.widget, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_is_focus (reset));
  g_assert_false (gtk_widget_child_focus (fixture.widget, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_child_focus (fixture.widget, GTK_DIR_TAB_BACKWARD));
  g_assert_nonnull (gtk_widget_get_focus_child (GTK_WIDGET (knob_spin (&fixture))));
  g_signal_emit_by_name (reset, "clicked");
  assert_changed (&fixture, 50.0);
  g_assert_cmpstr (knob_text (&fixture), ==, "50");
  g_assert_false (gtk_widget_get_sensitive (reset));
  fixture_hide (&fixture);
}

static const char *
knob_hint (Fixture *fixture)
{
  GtkWidget *column = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (fixture->widget));
  GtkWidget *hint = gtk_widget_get_last_child (column);

  return gtk_widget_get_visible (hint) ? gtk_label_get_label (GTK_LABEL (hint)) : NULL;
}

/* Whoever types what cannot be taken is told what can. */
static void
test_knob_hint (void)
{
  Fixture fixture;
  MillKnobRow *row;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_LOG_SLIDER, "Rate"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  mill_knob_row_set_unit (row, "/s");
  mill_knob_row_set_range (row, 1.0, 1000.0, 1.0);
  mill_knob_row_set_value (row, 50.0);
  g_assert_null (knob_hint (&fixture));
  type_in (&fixture, "many");
  g_assert_cmpstr (knob_hint (&fixture), ==, "“many” is not a number. From 1 /s to 1,000 /s.");
  type_in (&fixture, "60");
  g_assert_null (knob_hint (&fixture));
  type_in (&fixture, "1001 /s");
  g_assert_cmpstr (knob_hint (&fixture), ==, "“1001 /s” is too much. From 1 /s to 1,000 /s.");
  g_assert_cmpstr (knob_text (&fixture), ==, "1,000 /s");
  mill_knob_row_set_no_limit (row, 0.0, "no limit");
  type_in (&fixture, "-3");
  g_assert_cmpstr (knob_hint (&fixture), ==, "“-3” is too little. From 1 /s to 1,000 /s, or “no limit”.");
  gtk_spin_button_update (knob_spin (&fixture));
  gtk_spin_button_spin (knob_spin (&fixture), GTK_SPIN_STEP_FORWARD, 1.0);
  g_assert_null (knob_hint (&fixture));
  fixture_hide (&fixture);
}

/* Only what was typed is the text's own to undo. */
static void
test_knob_text_undo (void)
{
  Fixture fixture;
  MillKnobRow *row;

  fixture_show (&fixture, mill_knob_row_new (MILL_KNOB_INTEGER_STEPPER, "Slots"), 320, -1);
  row = MILL_KNOB_ROW (fixture.widget);
  mill_knob_row_set_value (row, 7.0);
  mill_knob_row_set_value (row, 9.0);
  gtk_widget_activate_action (find_child (fixture.widget, GTK_TYPE_TEXT), "text.undo", NULL);
  g_assert_cmpstr (knob_text (&fixture), ==, "9");
  fixture_hide (&fixture);
}

/* Choosing tells the caller; what is set does not. What is not usual is marked, and the button goes back. */
static void
test_knob_choice (void)
{
  static const char *const orders[] = { "fifo", "lifo", "priority", NULL };
  Fixture fixture;
  MillChoiceRow *row;
  GtkDropDown *drop_down;
  guint chosen = G_MAXUINT;

  fixture_show (&fixture, mill_choice_row_new ("Order", orders), 320, -1);
  row = MILL_CHOICE_ROW (fixture.widget);
  drop_down = GTK_DROP_DOWN (find_child (fixture.widget, GTK_TYPE_DROP_DOWN));
  gt_signal_logger_connect (fixture.logger, row, "changed-by-user");
  assert_described (GTK_WIDGET (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, "Order");

  mill_choice_row_set_usual (row, 1, "Reset to lifo");
  g_assert_true (gtk_widget_has_css_class (fixture.widget, "turned"));
  mill_choice_row_set_chosen (row, 1);
  g_assert_false (gtk_widget_has_css_class (fixture.widget, "turned"));
  gt_signal_logger_assert_no_emissions (fixture.logger);

  gtk_drop_down_set_selected (drop_down, 2);
  fixture_pop_signal (&fixture, fixture.widget, "changed-by-user", &chosen);
  g_assert_cmpuint (chosen, ==, 2);
  g_assert_cmpuint (mill_choice_row_get_chosen (row), ==, 2);
  g_assert_true (gtk_widget_has_css_class (fixture.widget, "turned"));

  g_signal_emit_by_name (gtk_widget_get_last_child (gtk_widget_get_parent (GTK_WIDGET (drop_down))),
                         "clicked");
  fixture_pop_signal (&fixture, fixture.widget, "changed-by-user", &chosen);
  g_assert_cmpuint (chosen, ==, 1);
  g_assert_false (gtk_widget_has_css_class (fixture.widget, "turned"));
  gt_signal_logger_assert_no_emissions (fixture.logger);
  fixture_hide (&fixture);
}

int
main (int argc, char *argv[])
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/widgets/knob/stepper", test_knob_stepper);
  g_test_add_func ("/widgets/knob/log-slider", test_knob_log_slider);
  g_test_add_func ("/widgets/knob/linear-slider", test_knob_linear_slider);
  g_test_add_func ("/widgets/knob/switch", test_knob_switch);
  g_test_add_func ("/widgets/knob/editing", test_knob_editing);
  g_test_add_func ("/widgets/knob/focus", test_knob_focus);
  g_test_add_func ("/widgets/knob/reset", test_knob_reset);
  g_test_add_func ("/widgets/knob/hint", test_knob_hint);
  g_test_add_func ("/widgets/knob/text-undo", test_knob_text_undo);
  g_test_add_func ("/widgets/knob/choice", test_knob_choice);

  return g_test_run ();
}
