/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mill-consent.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-message.h"

#define MAX_CHARACTERS 800 /* of commands that are shown without scrolling */
#define LIST_HEIGHT    240 /* of more */

static char *
get_digest (MillJob *job)
{
  g_autofree char *text = mill_job_to_text (job);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/* (transfer none): set of digests; as long as the program. */
static GHashTable *
get_given (void)
{
  static GHashTable *given;

  if (given == NULL)
    given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return given;
}

/**
 * mill_consent_is_needed:
 * @job: a job that is about to be run
 *
 * Returns: whether it runs commands, and nobody has agreed to it yet
 */
gboolean
mill_consent_is_needed (MillJob *job)
{
  g_autofree char *digest = NULL;

  if (mill_job_get_commands (job)[0] == NULL)
    return FALSE;
  digest = get_digest (job);
  return !g_hash_table_contains (get_given (), digest);
}

/**
 * mill_consent_give:
 * @job: a job
 *
 * Notes that the user agreed.
 */
void
mill_consent_give (MillJob *job)
{
  g_hash_table_add (get_given (), get_digest (job));
}

static GtkWidget *
new_command (const char *command)
{
  GtkWidget *label = gtk_label_new (command);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "command");
  return label;
}

/* All of them, however many: if there is too much to read for a dialog, it is scrolled to. */
static GtkWidget *
new_list (MillJob *job)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scroller;
  glong n_characters = 0;

  for (const char *const *command = mill_job_get_commands (job); *command != NULL; command++)
    {
      gtk_box_append (GTK_BOX (box), new_command (*command));
      n_characters += 50 + g_utf8_strlen (*command, -1); /* a line of its own, at least */
    }
  if (n_characters <= MAX_CHARACTERS)
    {
      gtk_widget_add_css_class (box, "card");
      return box;
    }
  scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), LIST_HEIGHT);
  gtk_widget_add_css_class (scroller, "card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (scroller), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Commands"),
                                  -1);
  return scroller;
}

static gboolean
has_braces (MillJob *job)
{
  for (const char *const *command = mill_job_get_commands (job); *command != NULL; command++)
    if (strchr (*command, '{') != NULL)
      return TRUE;
  return FALSE;
}

/* What a reader has to know who has not written the job. */
static GtkWidget *
new_legend (void)
{
  GtkWidget *label =
      gtk_label_new (_ ("In braces is what each item puts there: {n} its number, {key} its key, "
                        "{payload} or {} its text, {attempt} which try it is."));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_top (label, 6);
  return label;
}

/**
 * mill_consent_dialog_new:
 * @parent: the window with the job
 * @job: a job that runs commands
 *
 * Makes the question, which shows the commands. Its response is "run" if the user agrees.
 *
 * Returns: (transfer floating): the dialog
 */
GtkWidget *
mill_consent_dialog_new (GtkWindow *parent, MillJob *job)
{
  g_autofree char *body = g_strdup_printf (
      _ ("“%s” runs these commands, and they can do whatever you can. Run them only if you trust "
         "where the job comes from."),
      mill_job_get_name (job));
  GtkWidget *dialog = mill_message_new (parent, _ ("Run Commands?"), body);
  GtkWidget *box = adw_message_dialog_get_extra_child (ADW_MESSAGE_DIALOG (dialog));

  gtk_box_append (GTK_BOX (box), new_list (job));
  if (has_braces (job))
    gtk_box_append (GTK_BOX (box), new_legend ());
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "run",
                                    _ ("_Run Commands"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "run", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  return dialog;
}
