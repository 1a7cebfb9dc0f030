/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillAlertRows: while a switch is off, its value waits beside it. */

#include "config.h"

#include "mill-alert-rows.h"

#include <glib/gi18n.h>

struct _MillAlertRows
{
  AdwPreferencesGroup parent_instance;

  MillAlertLimits *limits; /* (owned) */
  gboolean is_filling;     /* it is not the user who changes them */

  /* Template */
  GtkSwitch *queue_switch;
  GtkSpinButton *queue_spin;
  AdwComboRow *stage_row;
  GtkSpinButton *queue_for_spin;
  GtkSwitch *dead_letters_switch;
  GtkSpinButton *dead_letters_spin;
  GtkSwitch *p99_switch;
  GtkSpinButton *p99_spin;
  GtkSwitch *progress_switch;
  GtkSpinButton *progress_spin;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillAlertRows, mill_alert_rows, ADW_TYPE_PREFERENCES_GROUP)

/* ---- from the rows to the limits ------------------------------------------------------------------------
 */

static void
announce (MillAlertRows *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* The value beside a switch, or @off. */
static double
get_value (GtkSwitch *on, GtkSpinButton *spin, double off)
{
  return gtk_switch_get_active (on) ? gtk_spin_button_get_value (spin) : off;
}

static void
queue_changed_cb (MillAlertRows *self)
{
  if (self->is_filling)
    return;
  self->limits->queue = get_value (self->queue_switch, self->queue_spin, 0) / 100;
  announce (self);
}

static void
queue_for_changed_cb (MillAlertRows *self)
{
  if (self->is_filling)
    return;
  self->limits->queue_for_s = gtk_spin_button_get_value (self->queue_for_spin);
  announce (self);
}

/* The first is every stage. */
static void
stage_changed_cb (MillAlertRows *self)
{
  GtkStringObject *chosen = adw_combo_row_get_selected_item (self->stage_row);

  if (self->is_filling)
    return;
  g_clear_pointer (&self->limits->queue_stage, g_free);
  if (chosen != NULL && adw_combo_row_get_selected (self->stage_row) > 0)
    self->limits->queue_stage = g_strdup (gtk_string_object_get_string (chosen));
  announce (self);
}

static void
dead_letters_changed_cb (MillAlertRows *self)
{
  if (self->is_filling)
    return;
  self->limits->dead_letters = (gint64) get_value (self->dead_letters_switch, self->dead_letters_spin, -1);
  announce (self);
}

static void
p99_changed_cb (MillAlertRows *self)
{
  if (self->is_filling)
    return;
  self->limits->p99_s = get_value (self->p99_switch, self->p99_spin, 0) / 1000;
  announce (self);
}

static void
progress_changed_cb (MillAlertRows *self)
{
  if (self->is_filling)
    return;
  self->limits->no_progress_s = get_value (self->progress_switch, self->progress_spin, 0);
  announce (self);
}

/* ---- from the limits to the rows ------------------------------------------------------------------------
 */

/* A limit that is not set leaves the value beside its switch alone. */
static void
fill_limit (GtkSwitch *on, GtkSpinButton *spin, gboolean is_set, double value)
{
  gtk_switch_set_active (on, is_set);
  if (is_set)
    gtk_spin_button_set_value (spin, value);
}

static void
fill_stage (MillAlertRows *self)
{
  GListModel *names = adw_combo_row_get_model (self->stage_row);
  guint n = g_list_model_get_n_items (names), selected = 0;

  for (guint i = 1; i < n && self->limits->queue_stage != NULL; i++)
    if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (names), i), self->limits->queue_stage))
      selected = i;
  adw_combo_row_set_selected (self->stage_row, selected);
}

static void
fill (MillAlertRows *self)
{
  const MillAlertLimits *limits = self->limits;

  self->is_filling = TRUE;
  fill_limit (self->queue_switch, self->queue_spin, limits->queue > 0, limits->queue * 100);
  gtk_spin_button_set_value (self->queue_for_spin, limits->queue_for_s);
  fill_stage (self);
  fill_limit (self->dead_letters_switch, self->dead_letters_spin, limits->dead_letters >= 0,
              (double) limits->dead_letters);
  fill_limit (self->p99_switch, self->p99_spin, limits->p99_s > 0, limits->p99_s * 1000);
  fill_limit (self->progress_switch, self->progress_spin, limits->no_progress_s > 0, limits->no_progress_s);
  self->is_filling = FALSE;
}

static void
mill_alert_rows_finalize (GObject *object)
{
  mill_alert_limits_free (MILL_ALERT_ROWS (object)->limits);

  G_OBJECT_CLASS (mill_alert_rows_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/alert-rows.ui");
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, queue_switch);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, queue_spin);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, stage_row);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, queue_for_spin);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, dead_letters_switch);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, dead_letters_spin);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, p99_switch);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, p99_spin);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, progress_switch);
  gtk_widget_class_bind_template_child (widget_class, MillAlertRows, progress_spin);
  gtk_widget_class_bind_template_callback (widget_class, queue_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, queue_for_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stage_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, dead_letters_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, p99_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, progress_changed_cb);
}

static void
mill_alert_rows_class_init (MillAlertRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_alert_rows_finalize;

  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", MILL_TYPE_ALERT_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
mill_alert_rows_init (MillAlertRows *self)
{
  self->limits = mill_alert_limits_new ();
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  mill_alert_rows_set_stages (self, NULL);
}

/**
 * mill_alert_rows_get_limits:
 *
 * Returns: (transfer none): what is chosen now
 */
const MillAlertLimits *
mill_alert_rows_get_limits (MillAlertRows *self)
{
  return self->limits;
}

/**
 * mill_alert_rows_set_limits:
 * @limits: what to show
 *
 * Shows these, and does not emit `changed`.
 */
void
mill_alert_rows_set_limits (MillAlertRows *self, const MillAlertLimits *limits)
{
  mill_alert_limits_free (self->limits);
  self->limits = mill_alert_limits_copy (limits);
  fill (self);
}

/**
 * mill_alert_rows_set_stages:
 * @names: (nullable) (array zero-terminated=1): whose queues there are
 *
 * Lets the user choose whose queue is watched; %NULL takes the choice away. Call it before
 * mill_alert_rows_set_limits().
 */
void
mill_alert_rows_set_stages (MillAlertRows *self, const char *const *names)
{
  const char *const first[] = { _ ("Every queue"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (first);

  if (names != NULL)
    gtk_string_list_splice (list, 1, 0, names);
  gtk_widget_set_visible (GTK_WIDGET (self->stage_row), names != NULL);
  self->is_filling = TRUE;
  adw_combo_row_set_model (self->stage_row, G_LIST_MODEL (list));
  self->is_filling = FALSE;
}
