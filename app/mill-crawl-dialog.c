/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillCrawlDialog: says in a sentence what will happen, as the fields are filled in. */

#include "config.h"

#include "mill-crawl-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "crawl/mill-crawl-job.h"
#include "mill-crawl-address.h"
#include "mill-css-class.h"
#include "mill-format.h"
#include "mill-run-files.h"

#define MEGABYTE 1000000

struct _MillCrawlDialog
{
  AdwWindow parent_instance;

  GSettings *settings;           /* (owned) (nullable) */
  GFile *folder;                 /* (owned) (nullable): NULL saves nothing */
  char *run_folder;              /* (owned): where the run file goes */
  GtkFileChooserNative *chooser; /* (owned) (nullable): while it is open */
  gboolean chooses_run_folder;   /* it is open for that */

  /* Template */
  GtkWidget *start_button;
  AdwEntryRow *address_row;
  GtkLabel *sentence_label;
  AdwActionRow *folder_row;
  GtkWidget *forget_button;
  GtkWidget *offline_row;
  GtkSwitch *offline_switch;
  AdwActionRow *run_row;
  GtkWidget *run_default_button;
  GtkSpinButton *pages_spin;
  GtkSpinButton *megabytes_spin;
  GtkSwitch *below_switch;
  AdwEntryRow *include_row;
  AdwEntryRow *exclude_row;
  GtkSwitch *requisites_switch;
  GtkSwitch *sitemaps_switch;
  GtkSpinButton *slots_spin;
  GtkSpinButton *per_host_spin;
  GtkSpinButton *delay_spin;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillCrawlDialog, mill_crawl_dialog, ADW_TYPE_WINDOW)

/* Returns: (transfer full) (nullable): the canonical address, or NULL with an error; nothing typed is no
 * error */
static char *
get_address (MillCrawlDialog *self, GError **error)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->address_row));
  g_autofree char *address = mill_crawl_address_complete (text);

  return *text != '\0' ? mill_crawl_check_start (address, error) : NULL;
}

static char *
describe_pages (guint max_pages, guint max_megabytes)
{
  g_autofree char *count = mill_format_count (max_pages);

  if (max_megabytes > 0)
    {
      g_autofree char *pages = describe_pages (max_pages, 0);
      g_autofree char *megabytes = mill_format_count (max_megabytes);

      /* Translators: “at most 1,000 pages” or “all pages”, and a number of megabytes */
      return g_strdup_printf (_ ("%s, up to %s MB"), pages, megabytes);
    }

  if (max_pages == 0)
    return g_strdup (_ ("all pages"));
  return g_strdup_printf (ngettext ("at most %s page", "at most %s pages", max_pages), count);
}

static char *
describe_pace (guint per_host, guint delay_ms)
{
  g_autofree char *count = mill_format_count (per_host);

  if (delay_ms == 0)
    return g_strdup_printf (ngettext ("%s request at a time", "%s requests at a time", per_host), count);
  return g_strdup_printf (
      ngettext ("%s request at a time, %u ms apart", "%s requests at a time, %u ms apart", per_host), count,
      delay_ms);
}

static char *
describe_crawl (MillCrawlDialog *self, const char *address)
{
  guint slots = (guint) gtk_spin_button_get_value_as_int (self->slots_spin);
  guint per_host = (guint) gtk_spin_button_get_value_as_int (self->per_host_spin);
  guint delay_ms = (guint) gtk_spin_button_get_value_as_int (self->delay_spin);
  g_autofree char *pages = describe_pages ((guint) gtk_spin_button_get_value_as_int (self->pages_spin),
                                           (guint) gtk_spin_button_get_value_as_int (self->megabytes_spin));
  g_autofree char *pace = describe_pace (MIN (slots, per_host), delay_ms);
  const char *place = gtk_switch_get_active (self->below_switch) ? _ ("in its folder") : _ ("on that host");
  const char *saved = self->folder != NULL ? _ ("saved in the folder below") : _ ("read, not saved");

  /* Translators: an address; "on that host"; "at most 1,000 pages"; "saved in …"; "4 requests at a time, 100
   * ms apart" */
  return g_strdup_printf (
      _ ("Starts at %s and follows links %s: %s, %s; %s. What robots.txt forbids is left alone."), address,
      place, pages, saved, pace);
}

static void
show_sentence (MillCrawlDialog *self, const char *text, const char *css_class)
{
  gtk_label_set_label (self->sentence_label, text);
  gtk_widget_set_css_classes (GTK_WIDGET (self->sentence_label),
                              (const char *[]){ "numeric", css_class, NULL });
}

/* Returns: (transfer full): the patterns in a row, with blanks between them */
static char **
get_patterns (AdwEntryRow *row)
{
  g_auto (GStrv) parts = g_strsplit (gtk_editable_get_text (GTK_EDITABLE (row)), " ", -1);
  g_autoptr (GStrvBuilder) patterns = g_strv_builder_new ();

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_strv_builder_add (patterns, *part);
  return g_strv_builder_end (patterns);
}

static MillJob *
make_job (MillCrawlDialog *self, const char *address, GError **error)
{
  const char *const urls[] = { address, NULL };
  g_autofree char *folder = self->folder != NULL ? g_file_get_path (self->folder) : NULL;
  g_auto (GStrv) include = get_patterns (self->include_row);
  g_auto (GStrv) exclude = get_patterns (self->exclude_row);
  MillCrawlOptions crawl;

  mill_crawl_options_init (&crawl, urls);
  crawl.max_pages = (guint) gtk_spin_button_get_value_as_int (self->pages_spin);
  crawl.max_bytes = (guint64) gtk_spin_button_get_value_as_int (self->megabytes_spin) * MEGABYTE;
  crawl.below = gtk_switch_get_active (self->below_switch);
  crawl.include = (const char *const *) include;
  crawl.exclude = (const char *const *) exclude;
  crawl.requisites = gtk_switch_get_active (self->requisites_switch);
  crawl.sitemaps = gtk_switch_get_active (self->sitemaps_switch);
  crawl.slots = (guint) gtk_spin_button_get_value_as_int (self->slots_spin);
  crawl.per_host = (guint) gtk_spin_button_get_value_as_int (self->per_host_spin);
  crawl.delay_ms = (guint) gtk_spin_button_get_value_as_int (self->delay_spin);
  crawl.folder = folder;
  crawl.offline = gtk_switch_get_active (self->offline_switch);

  return mill_crawl_job_new (&crawl, error);
}

static void
changed_cb (MillCrawlDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = get_address (self, &error);
  g_autofree char *sentence = address != NULL ? describe_crawl (self, address) : NULL;
  g_autoptr (MillJob) job = address != NULL ? make_job (self, address, &error) : NULL;

  gtk_widget_set_sensitive (self->start_button, job != NULL);
  mill_css_class_set (GTK_WIDGET (self->address_row), "error", address == NULL && error != NULL);
  if (error != NULL)
    show_sentence (self, error->message, "error");
  else if (sentence != NULL)
    show_sentence (self, sentence, "body");
  else
    show_sentence (self, _ ("An address is enough, such as https://www.example.org/."), "dim-label");
}

static void
set_folder (MillCrawlDialog *self, GFile *folder)
{
  g_autofree char *path = folder != NULL ? g_file_get_parse_name (folder) : NULL;

  g_set_object (&self->folder, folder);
  adw_action_row_set_subtitle (self->folder_row, path != NULL ? path : _ ("Nothing is saved"));
  gtk_widget_set_visible (self->forget_button, folder != NULL);
  gtk_widget_set_visible (self->offline_row, folder != NULL);
  changed_cb (self);
}

static void
forget_clicked_cb (MillCrawlDialog *self)
{
  set_folder (self, NULL);
}

/* A path as people write it. */
static char *
abbreviate (const char *path)
{
  g_autofree char *name = g_filename_display_name (path);
  const char *home = g_get_home_dir ();
  gsize length = strlen (home);

  if (length > 1 && g_str_has_prefix (name, home) && (name[length] == '/' || name[length] == '\0'))
    return g_strconcat ("~", name + length, NULL);
  return g_steal_pointer (&name);
}

/* @folder: (nullable): NULL is the usual place */
static void
set_run_folder (MillCrawlDialog *self, const char *folder)
{
  g_autofree char *usual = mill_run_files_get_folder ();
  g_autofree char *path = g_strdup (folder != NULL && *folder != '\0' ? folder : usual);
  g_autofree char *name = abbreviate (path);

  g_free (self->run_folder);
  self->run_folder = g_steal_pointer (&path);
  adw_action_row_set_subtitle (self->run_row, name);
  gtk_widget_set_visible (self->run_default_button, g_strcmp0 (self->run_folder, usual) != 0);
}

static void
run_default_clicked_cb (MillCrawlDialog *self)
{
  set_run_folder (self, NULL);
  if (self->settings != NULL)
    g_settings_reset (self->settings, "run-folder");
}

static void
remember_folder (MillCrawlDialog *self, GFile *folder)
{
  g_autofree char *uri = g_file_get_uri (folder);

  if (self->settings != NULL)
    g_settings_set_string (self->settings, self->chooses_run_folder ? "run-folder" : "crawl-folder", uri);
}

static void
folder_chosen_cb (MillCrawlDialog *self, int response)
{
  g_autoptr (GFile) folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (folder == NULL)
    return;

  if (g_file_peek_path (folder) == NULL)
    {
      show_sentence (self, _ ("Pages and results can be kept in folders of this computer only."), "error");
      return;
    }
  remember_folder (self, folder);
  if (self->chooses_run_folder)
    set_run_folder (self, g_file_peek_path (folder));
  else
    set_folder (self, folder);
}

/* (transfer full) (nullable): the folder that was remembered under that name */
static GFile *
get_remembered (MillCrawlDialog *self, const char *key)
{
  g_autofree char *uri = self->settings != NULL ? g_settings_get_string (self->settings, key) : NULL;

  return uri != NULL && *uri != '\0' ? g_file_new_for_uri (uri) : NULL;
}

static void
choose_folder (MillCrawlDialog *self, const char *title, gboolean chooses_run_folder)
{
  g_autoptr (GFile) last = get_remembered (self, chooses_run_folder ? "run-folder" : "crawl-folder");

  if (self->chooser != NULL)
    return;

  self->chooses_run_folder = chooses_run_folder;
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (last != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), last, NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (folder_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
folder_clicked_cb (MillCrawlDialog *self)
{
  choose_folder (self, _ ("Save the Pages In"), FALSE);
}

static void
run_clicked_cb (MillCrawlDialog *self)
{
  choose_folder (self, _ ("Keep the Results In"), TRUE);
}

/* A spin button takes what is typed when the focus leaves it, and a key that presses Start leaves it there.
 */
static void
take_typed_numbers (MillCrawlDialog *self)
{
  gtk_spin_button_update (self->pages_spin);
  gtk_spin_button_update (self->megabytes_spin);
  gtk_spin_button_update (self->slots_spin);
  gtk_spin_button_update (self->per_host_spin);
  gtk_spin_button_update (self->delay_spin);
}

static void
start_clicked_cb (MillCrawlDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = get_address (self, NULL);
  g_autoptr (MillJob) job = NULL;

  take_typed_numbers (self);
  job = address != NULL ? make_job (self, address, &error) : NULL;
  if (job == NULL)
    {
      if (error != NULL)
        show_sentence (self, error->message, "error");
      return;
    }

  g_object_ref (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, job, self->run_folder);
  g_object_unref (self);
}

static void
mill_crawl_dialog_dispose (GObject *object)
{
  MillCrawlDialog *self = MILL_CRAWL_DIALOG (object);

  g_clear_object (&self->chooser);
  g_clear_object (&self->folder);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->run_folder, g_free);

  G_OBJECT_CLASS (mill_crawl_dialog_parent_class)->dispose (object);
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (widget));

  return TRUE;
}

static void
mill_crawl_dialog_class_init (MillCrawlDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_crawl_dialog_dispose;

  /**
   * MillCrawlDialog::chosen:
   * @job: the job that was asked for
   * @run_folder: where the run file goes
   *
   * The dialog is closed and the crawl is to start.
   */
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 2, MILL_TYPE_JOB, G_TYPE_STRING);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/crawl-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, start_button);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, sentence_label);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, forget_button);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, offline_row);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, offline_switch);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, run_row);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, run_default_button);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, pages_spin);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, megabytes_spin);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, below_switch);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, include_row);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, exclude_row);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, requisites_switch);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, sitemaps_switch);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, slots_spin);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, per_host_spin);
  gtk_widget_class_bind_template_child (widget_class, MillCrawlDialog, delay_spin);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, forget_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, folder_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_default_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_clicked_cb);
}

static void
mill_crawl_dialog_init (MillCrawlDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_value (self->slots_spin, MILL_CRAWL_DEFAULT_SLOTS);
  gtk_spin_button_set_value (self->per_host_spin, MILL_CRAWL_DEFAULT_PER_HOST);
  gtk_spin_button_set_value (self->delay_spin, MILL_CRAWL_DEFAULT_DELAY_MS);
  set_folder (self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->address_row));
}

/**
 * mill_crawl_dialog_new:
 * @parent: (transfer none): over which window
 * @settings: (transfer none) (nullable): where the last folder is remembered
 *
 * Returns: (transfer none): the dialog, owned by GTK
 */
GtkWidget *
mill_crawl_dialog_new (GtkWindow *parent, GSettings *settings)
{
  MillCrawlDialog *self = g_object_new (MILL_TYPE_CRAWL_DIALOG, "transient-for", parent, NULL);
  g_autoptr (GFile) run_folder = NULL;

  g_set_object (&self->settings, settings);
  run_folder = get_remembered (self, "run-folder");
  set_run_folder (self, run_folder != NULL ? g_file_peek_path (run_folder) : NULL);

  return GTK_WIDGET (self);
}
