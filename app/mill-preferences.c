/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A palette is a table in widgets/mill-palette.c for what is drawn, and colours of the same names in a file
 * of CSS for what is text. */

#include "config.h"

#include "mill-preferences.h"

#include <adwaita.h>

#include "mill-pace.h"
#include "mill-palette.h"

/* In the order of MillPaletteScheme; the standard colours are in style.css. */
static const char *const palettes[] = { "standard", "color-blind", "high-contrast", NULL };

static void
apply_theme (GSettings *settings)
{
  g_autofree char *theme = g_settings_get_string (settings, "theme");
  AdwColorScheme scheme = g_str_equal (theme, "light")  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                          : g_str_equal (theme, "dark") ? ADW_COLOR_SCHEME_FORCE_DARK
                                                        : ADW_COLOR_SCHEME_DEFAULT;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

/* Above the program's own style, which has the standard colours. */
static void
load_colors (const char *palette)
{
  static GtkCssProvider *provider; /* (owned) (nullable) */
  GdkDisplay *display = gdk_display_get_default ();
  g_autofree char *path = g_strdup_printf ("/io/github/millrace/Millrace/palette-%s.css", palette);

  if (provider != NULL)
    gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (provider));
  g_clear_object (&provider);
  if (g_str_equal (palette, palettes[MILL_PALETTE_STANDARD]))
    return;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, path);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
}

static void
apply_palette (GSettings *settings)
{
  g_autofree char *palette = g_settings_get_string (settings, "palette");

  for (guint i = 0; palettes[i] != NULL; i++)
    if (g_str_equal (palette, palettes[i]))
      {
        mill_palette_set_scheme ((MillPaletteScheme) i);
        load_colors (palette);
      }
}

static void
apply_updates (GSettings *settings)
{
  guint per_second = (guint) g_settings_get_int (settings, "updates-per-second");

  mill_pace_set_limit (per_second < 30 ? per_second : 0);
}

/**
 * mill_preferences_follow:
 * @settings: (transfer none): which must live as long as the program
 *
 * Puts into force what they say now, and from now on.
 */
void
mill_preferences_follow (GSettings *settings)
{
  g_signal_connect (settings, "changed::theme", G_CALLBACK (apply_theme), NULL);
  g_signal_connect (settings, "changed::palette", G_CALLBACK (apply_palette), NULL);
  g_signal_connect (settings, "changed::updates-per-second", G_CALLBACK (apply_updates), NULL);
  apply_theme (settings);
  apply_palette (settings);
  apply_updates (settings);
}
