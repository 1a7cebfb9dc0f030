/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillPreferencesWindow: a row for each key of the settings; what a list offers is in the order of its table.
 */

#include "config.h"

#include "mill-preferences-window.h"

#include "mill-alert-defaults.h"
#include "mill-alert-rows.h"

struct _MillPreferencesWindow
{
  AdwWindow parent_instance;

  GSettings *settings; /* (owned) */

  /* Template */
  AdwComboRow *theme_row;
  AdwComboRow *palette_row;
  AdwComboRow *updates_row;
  GtkSwitch *notifications_switch;
  GtkSwitch *record_switch;
  GtkSpinButton *kept_spin;
  MillAlertRows *alert_rows;
};

G_DEFINE_FINAL_TYPE (MillPreferencesWindow, mill_preferences_window, ADW_TYPE_WINDOW)

static const char *const themes[] = { "system", "light", "dark", NULL };
static const char *const palettes[] = { "standard", "color-blind", "high-contrast", NULL };
static const int updates[] = { 30, 15, 10, 5 };

static gboolean
index_of_word (GValue *value, GVariant *variant, gpointer words)
{
  const char *const *list = words;

  for (guint i = 0; list[i] != NULL; i++)
    if (g_str_equal (list[i], g_variant_get_string (variant, NULL)))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
word_of_index (const GValue *value, const GVariantType *type, gpointer words)
{
  const char *const *list = words;
  guint index = g_value_get_uint (value);

  return index < g_strv_length ((char **) words) ? g_variant_new_string (list[index]) : NULL;
}

/* What was written into the settings by other means is shown as the next lower step. */
static gboolean
index_of_updates (GValue *value, GVariant *variant, gpointer user_data)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (updates) - 1 && updates[i] > g_variant_get_int32 (variant))
    i++;
  g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
updates_of_index (const GValue *value, const GVariantType *type, gpointer user_data)
{
  guint index = g_value_get_uint (value);

  return index < G_N_ELEMENTS (updates) ? g_variant_new_int32 (updates[index]) : NULL;
}

static void
alerts_changed_cb (MillPreferencesWindow *self)
{
  mill_alert_defaults_write (self->settings, mill_alert_rows_get_limits (self->alert_rows));
}

static void
mill_preferences_window_dispose (GObject *object)
{
  g_clear_object (&MILL_PREFERENCES_WINDOW (object)->settings);

  G_OBJECT_CLASS (mill_preferences_window_parent_class)->dispose (object);
}

static void
mill_preferences_window_class_init (MillPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_preferences_window_dispose;

  g_type_ensure (MILL_TYPE_ALERT_ROWS);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MillPreferencesWindow, theme_row);
  gtk_widget_class_bind_template_child (widget_class, MillPreferencesWindow, palette_row);
  gtk_widget_class_bind_template_child (widget_class, MillPreferencesWindow, updates_row);
  gtk_widget_class_bind_template_child (widget_class, MillPreferencesWindow, notifications_switch);
  gtk_widget_class_bind_template_child (widget_class, MillPreferencesWindow, record_switch);
  gtk_widget_class_bind_template_child (widget_class, MillPreferencesWindow, kept_spin);
  gtk_widget_class_bind_template_child (widget_class, MillPreferencesWindow, alert_rows);
  gtk_widget_class_bind_template_callback (widget_class, alerts_changed_cb);
}

static void
mill_preferences_window_init (MillPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_preferences_window_new:
 * @parent: (transfer none) (nullable): the window that it belongs to
 * @settings: (transfer none): what it shows and changes
 *
 * Returns: (transfer none): the window, owned by GTK
 */
GtkWidget *
mill_preferences_window_new (GtkWindow *parent, GSettings *settings)
{
  MillPreferencesWindow *self = g_object_new (MILL_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
  g_autoptr (MillAlertLimits) alerts = mill_alert_defaults_read (settings);

  self->settings = g_object_ref (settings);
  g_settings_bind_with_mapping (settings, "theme", self->theme_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                index_of_word, word_of_index, (gpointer) themes, NULL);
  g_settings_bind_with_mapping (settings, "palette", self->palette_row, "selected", G_SETTINGS_BIND_DEFAULT,
                                index_of_word, word_of_index, (gpointer) palettes, NULL);
  g_settings_bind_with_mapping (settings, "updates-per-second", self->updates_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, index_of_updates, updates_of_index, NULL, NULL);
  g_settings_bind (settings, "notifications", self->notifications_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "record-runs", self->record_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "kept-runs", self->kept_spin, "value", G_SETTINGS_BIND_DEFAULT);

  mill_alert_rows_set_limits (self->alert_rows, alerts);

  return GTK_WIDGET (self);
}
