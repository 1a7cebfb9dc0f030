/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mill-message.h"

#include <glib/gi18n.h>

#define SPACING 10 /* between the heading and what follows, as the dialog itself has it */

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/**
 * mill_message_new:
 * @parent: the window that it is about
 * @heading: what it is about
 * @body: what there is to say of it
 *
 * Makes an #AdwMessageDialog that has no response yet. The heading is a label of ours: the dialog's own is
 * measured for less room than it needs, at which GTK 4.18 complains each time.
 *
 * Returns: (transfer floating): the dialog
 */
GtkWidget *
mill_message_new (GtkWindow *parent, const char *heading, const char *body)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, NULL, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING);

  gtk_box_append (GTK_BOX (box), new_label (heading, "title-2"));
  gtk_box_append (GTK_BOX (box), new_label (body, "body"));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  gtk_window_set_title (GTK_WINDOW (dialog), heading);
  return dialog;
}

/**
 * mill_message_show:
 * @parent: the window that it is about
 * @heading: what it is about
 * @body: what there is to say of it
 *
 * Tells the user, who can only close it.
 */
void
mill_message_show (GtkWindow *parent, const char *heading, const char *body)
{
  GtkWidget *dialog = mill_message_new (parent, heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}
