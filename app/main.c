/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace: the window. */

#include "config.h"

#include <glib/gi18n.h>

#include "mill-application.h"
#include "mill-language.h"

int
main (int argc, char **argv)
{
  g_autoptr (MillApplication) application = NULL;

  mill_language_set_up ();
  g_set_application_name (_ ("Millrace"));

  application = mill_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
