/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillCrawlFacts: a grid with a row for each fact: its name, what it is, and what can be done about it. */

#include "config.h"

#include "mill-crawl-facts.h"

#include <glib/gi18n.h>

#include "mill-crawl-words.h"
#include "sources/mill-crawl-source.h"

#define MAX_PROBLEMS 3

struct _MillCrawlFacts
{
  GtkWidget parent_instance;

  GtkGrid *grid; /* (owned) by the widget tree */
  int n_rows;
};

G_DEFINE_FINAL_TYPE (MillCrawlFacts, mill_crawl_facts, GTK_TYPE_WIDGET)

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "numeric");
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

/* Returns: (transfer none): the label of the value */
static GtkLabel *
add_row (MillCrawlFacts *self, const char *name, const char *value, GtkAlign alignment)
{
  GtkWidget *name_label = new_label (name, "dim-label");
  GtkWidget *value_label = new_label (value, NULL);

  gtk_widget_set_valign (name_label, alignment);
  gtk_widget_set_valign (value_label, alignment);
  gtk_label_set_wrap (GTK_LABEL (value_label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (value_label), TRUE);
  gtk_widget_set_hexpand (value_label, TRUE);
  gtk_grid_attach (self->grid, name_label, 0, self->n_rows, 1, 1);
  gtk_grid_attach (self->grid, value_label, 1, self->n_rows, 1, 1);
  self->n_rows++;
  return GTK_LABEL (value_label);
}

static void
add_fact (MillCrawlFacts *self, const char *name, const char *value)
{
  add_row (self, name, value, GTK_ALIGN_START);
}

static void
add_fact_if_any (MillCrawlFacts *self, const char *name, char *value)
{
  if (value != NULL)
    add_fact (self, name, value);
  g_free (value);
}

static GtkWidget *
new_button (const char *label, const char *action, const char *path)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), g_variant_new_bytestring (path));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static GtkWidget *
new_export_button (const char *path)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();
  const struct
  {
    const char *label;
    const char *action;
  } items[] = { { _ ("As _CSV…"), "win.export-csv" }, { _ ("As _JSON Lines…"), "win.export-jsonl" } };

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (items[i].label, NULL);

      g_menu_item_set_action_and_target_value (item, items[i].action, g_variant_new_bytestring (path));
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("_Export"));
  gtk_menu_button_set_use_underline (GTK_MENU_BUTTON (button), TRUE);
  return button;
}

/* @path: of a file or a folder; @folder: what the button opens; @second: (nullable): another button */
static void
add_place (MillCrawlFacts *self, const char *name, const char *path, const char *folder, GtkWidget *second)
{
  g_autofree char *text = g_filename_display_name (path);
  GtkLabel *label = add_row (self, name, text, GTK_ALIGN_CENTER);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_label_set_wrap (label, FALSE);
  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), text);
  if (second != NULL)
    gtk_box_append (GTK_BOX (buttons), second);
  gtk_box_append (GTK_BOX (buttons), new_button (_ ("Open _Folder"), "win.open-folder", folder));
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  gtk_widget_set_valign (buttons, GTK_ALIGN_CENTER);
  gtk_grid_attach (self->grid, buttons, 2, self->n_rows - 1, 1, 1);
}

static void
add_source_facts (MillCrawlFacts *self, MillRun *run)
{
  MillCrawlSource *source = MILL_CRAWL_SOURCE (mill_pipeline_get_source (mill_run_get_pipeline (run)));
  g_auto (GStrv) problems = mill_crawl_source_dup_problems (source);
  MillFrontierCounts counts;

  if (mill_crawl_source_get_counts (source, &counts))
    add_fact_if_any (self, _ ("Links Not Followed"), mill_crawl_words_not_followed (&counts));
  for (guint i = 0; problems[i] != NULL && i < MAX_PROBLEMS; i++)
    add_fact (self, i == 0 ? _ ("Problems") : "", problems[i]);
}

static void
clear (MillCrawlFacts *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  self->n_rows = 0;
}

static void
mill_crawl_facts_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mill_crawl_facts_parent_class)->dispose (object);
}

static void
mill_crawl_facts_class_init (MillCrawlFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_crawl_facts_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
mill_crawl_facts_init (MillCrawlFacts *self)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_widget_set_parent (GTK_WIDGET (self->grid), GTK_WIDGET (self));
}

/**
 * mill_crawl_facts_show:
 * @run: (transfer none): a crawl that has ended, or a stored one
 *
 * Shows what is known of it.
 */
void
mill_crawl_facts_show (MillCrawlFacts *self, MillRun *run)
{
  const MillCrawlSummary *summary = mill_run_get_summary (run);
  const char *path = mill_run_get_path (run);

  clear (self);
  if (summary != NULL)
    {
      add_fact_if_any (self, _ ("Pages"), mill_crawl_words_pages (summary));
      add_fact_if_any (self, _ ("Not Fetched"), mill_crawl_words_not_fetched (summary));
    }
  add_source_facts (self, run);
  if (summary != NULL && summary->folder != NULL)
    add_place (self, _ ("Files"), summary->folder, summary->folder, NULL);
  if (path != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (path);

      add_place (self, _ ("Run File"), path, folder, new_export_button (path));
    }
}
