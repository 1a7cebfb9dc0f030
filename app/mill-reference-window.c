/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window of mill-reference.c. What it shows does not change, so it is only put together. */

#include "config.h"

#include "mill-reference-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-reference.h"

static GtkWidget *
new_key_row (const MillReferenceKey *key)
{
  GtkWidget *row = adw_action_row_new ();
  /* Translators: what a key takes, when it can be turned while the job runs */
  g_autofree char *value =
      key->is_live ? g_strdup_printf (_ ("%s; live"), key->value) : g_strdup (key->value);
  g_autofree char *text = key->help != NULL ? g_strdup_printf ("%s\n%s", key->help, value) : g_strdup (value);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), key->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  return row;
}

/* "[Source] type=timer" belongs to "[Source]". */
static gboolean
begins_group (const MillReferenceSection *section)
{
  return strchr (section->heading, '=') == NULL;
}

/* "type=timer" for one that belongs to a group. */
static const char *
get_title (const MillReferenceSection *section)
{
  return begins_group (section) ? section->heading : strstr (section->heading, "] ") + 2;
}

static GtkWidget *
new_section_row (const MillReferenceSection *section)
{
  GtkWidget *row = adw_expander_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), get_title (section));
  if (section->summary != NULL)
    adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), section->summary);
  for (guint i = 0; i < section->keys->len; i++)
    adw_expander_row_add_row (ADW_EXPANDER_ROW (row), new_key_row (g_ptr_array_index (section->keys, i)));
  if (section->keys->len == 0)
    adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (row), FALSE);
  return row;
}

static GtkWidget *
new_page (void)
{
  g_autoptr (GPtrArray) sections = mill_reference_new ();
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = NULL;

  for (guint i = 0; i < sections->len; i++)
    {
      const MillReferenceSection *section = g_ptr_array_index (sections, i);

      if (group == NULL || begins_group (section))
        {
          group = adw_preferences_group_new ();
          adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
        }
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_section_row (section));
    }
  gtk_widget_set_vexpand (page, TRUE);
  return page;
}

/* Closes it. */
static void
close_by_escape (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, controller);
}

/**
 * mill_reference_window_new:
 *
 * Returns: (transfer none): the window, not shown yet
 */
GtkWindow *
mill_reference_window_new (void)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_window_set_title (GTK_WINDOW (window), _ ("Job File Reference"));
  gtk_window_set_default_size (GTK_WINDOW (window), 680, 760);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), new_page ());
  adw_window_set_content (ADW_WINDOW (window), box);
  close_by_escape (window);
  return GTK_WINDOW (window);
}
