/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saving charts: the file that was there before is replaced when the new one is whole. */

#include "config.h"

#include "mill-chart-save.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "mill-message.h"
#include "mill-timeline-export.h"

/* Lives from the question to the end of writing. */
typedef struct
{
  GtkFileChooserNative *chooser; /* (owned) (nullable) */
  GBytes *bytes;                 /* (owned) */
  GtkWindow *window;             /* (unowned) (nullable): a weak pointer */
} Save;

static void
save_free (Save *self)
{
  g_clear_object (&self->chooser);
  g_bytes_unref (self->bytes);
  g_clear_weak_pointer (&self->window);
  g_free (self);
}

static void
show_error (GtkWindow *window, const GError *error)
{
  mill_message_show (window, _ ("The Charts Could Not Be Saved"), error->message);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Save *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_written = g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);

  g_application_release (g_application_get_default ());
  if (!is_written && self->window != NULL)
    show_error (self->window, error);
  else if (!is_written)
    g_message ("%s", error->message);
  save_free (self);
}

/* The program stays until all is written, even if its last window goes. */
static void
chosen_cb (Save *self, int response)
{
  g_autoptr (GFile) file = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    {
      save_free (self);
      return;
    }
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  g_application_hold (g_application_get_default ());
  g_file_replace_contents_bytes_async (file, self->bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, written_cb, self);
}

static GBytes *export(MillTimeline *timeline, MillChartFormat format, GError **error)
{
  switch (format)
    {
    case MILL_CHART_PNG:
      return mill_timeline_export_png (timeline, error);
    case MILL_CHART_SVG:
      return mill_timeline_export_svg (timeline, error);
    case MILL_CHART_CSV:
      return mill_timeline_export_csv (timeline);
    default:
      g_return_val_if_reached (NULL);
    }
}

static void
ask (Save *self, const char *title, const char *name)
{
  const char *folder_path = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);
  g_autoptr (GFile) folder = g_file_new_for_path (folder_path != NULL ? folder_path : g_get_home_dir ());

  self->chooser = gtk_file_chooser_native_new (title, self->window, GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (chosen_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/**
 * mill_chart_save:
 * @timeline: charts that are shown in a window
 * @format: as what
 * @name: the file name to suggest, without its suffix
 *
 * Asks where to save what the charts show now, and saves it there.
 */
void
mill_chart_save (MillTimeline *timeline, MillChartFormat format, const char *name)
{
  static const char *const suffixes[] = { ".png", ".svg", ".csv" };
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (timeline)));
  g_autofree char *file_name = g_strconcat (name, suffixes[format], NULL);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = export(timeline, format, &error);
  Save *self;

  if (bytes == NULL)
    {
      show_error (window, error);
      return;
    }
  self = g_new0 (Save, 1);
  self->bytes = bytes;
  g_set_weak_pointer (&self->window, window);
  ask (self,
       format == MILL_CHART_CSV ? _ ("Save the Data of the Charts") : _ ("Save a Picture of the Charts"),
       file_name);
}
