/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language the programs speak. */

#include "config.h"

#include "mill-language.h"

#include <glib/gi18n.h>
#include <locale.h>

/**
 * mill_language_is_uninstalled:
 *
 * Returns: whether this program runs in the folder it was built in, where its translations and its settings
 * schema are newer than any installed ones
 */
gboolean
mill_language_is_uninstalled (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL && g_str_has_prefix (program, MILLRACE_BUILD_ROOT "/");
}

/**
 * mill_language_set_up:
 *
 * Takes the language from the environment. Before anything that is shown is made.
 */
void
mill_language_set_up (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE,
                  mill_language_is_uninstalled () ? MILLRACE_BUILD_LOCALEDIR : MILLRACE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
