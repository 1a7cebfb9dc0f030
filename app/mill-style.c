/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The standard style always, and what is different in the dark above it. */

#include "config.h"

#include "mill-style.h"

#define FOLDER "/io/github/millrace/Millrace/"

/* Returns: (transfer full) */
static GtkCssProvider *
add_provider (const char *path)
{
  GtkCssProvider *provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, path);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  return provider;
}

static void
dark_cb (AdwStyleManager *manager)
{
  static GtkCssProvider *dark; /* (owned) (nullable): while it is dark */

  if (adw_style_manager_get_dark (manager) == (dark != NULL))
    return;
  if (dark == NULL)
    {
      dark = add_provider (FOLDER "style-dark.css");
      return;
    }
  gtk_style_context_remove_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (dark));
  g_clear_object (&dark);
}

/**
 * mill_style_load:
 *
 * Puts them into force, for as long as the program lives. Called once, when there is a display.
 */
void
mill_style_load (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_object_unref (add_provider (FOLDER "style.css"));
  g_signal_connect (manager, "notify::dark", G_CALLBACK (dark_cb), NULL);
  dark_cb (manager);
}
