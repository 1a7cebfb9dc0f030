/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillHostList: rows are kept, and told anew what they say, so that neither the focus nor the place in the
 * list is lost five times a second. */

#include "config.h"

#include "mill-host-list.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "mill-format.h"
#include "mill-words.h"

#define MAX_SHOWN  50
#define MIN_WIDTH  340
#define MAX_HEIGHT 360

struct _MillHostList
{
  GtkBox parent_instance;

  MillRun *run;     /* (owned) (nullable) */
  GtkListBox *list; /* (unowned) a descendant */
  GPtrArray *rows;  /* (owned) of (unowned) AdwActionRow */
};

G_DEFINE_FINAL_TYPE (MillHostList, mill_host_list, GTK_TYPE_BOX)

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const MillCrawlHost *const *) a)->name, (*(const MillCrawlHost *const *) b)->name);
}

/* Returns: (transfer full): what is on its way and to come, and the pace */
static char *
describe_work (const MillCrawlHost *host)
{
  g_autofree char *in_flight = mill_format_count (host->in_flight);
  g_autofree char *pending = mill_format_count (host->pending);
  g_autofree char *delay = NULL;

  if (host->delay_us <= 0)
    /* Translators: numbers of pages of a host: being fetched, and still to be */
    return g_strdup_printf (_ ("%s in flight, %s to fetch"), in_flight, pending);
  delay = mill_words_span (host->delay_us);
  /* Translators: numbers of pages of a host: being fetched, and still to be; then the time between two
   * requests, such as "250 ms" */
  return g_strdup_printf (_ ("%s in flight, %s to fetch, one every %s"), in_flight, pending, delay);
}

static void
show_host (AdwActionRow *row, const MillCrawlHost *host)
{
  g_autofree char *work = describe_work (host);
  g_autofree char *wait = host->wait != MILL_CRAWL_WAIT_NONE ? mill_words_host_wait (host) : NULL;
  g_autofree char *text = wait != NULL ? g_strdup_printf ("%s\n%s", work, wait) : g_steal_pointer (&work);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), host->name);
  adw_action_row_set_subtitle (row, text);
}

/* A name is a stranger's: it is no markup. */
static GtkWidget *
new_row (void)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_widget_add_css_class (row, "numeric");
  return row;
}

static void
set_n_rows (MillHostList *self, guint n)
{
  while (self->rows->len < n)
    {
      GtkWidget *row = new_row ();

      gtk_list_box_append (self->list, row);
      g_ptr_array_add (self->rows, row);
    }
  while (self->rows->len > n)
    gtk_list_box_remove (self->list, g_ptr_array_steal_index (self->rows, self->rows->len - 1));
}

static void
show (MillHostList *self)
{
  MillSource *source = mill_pipeline_get_source (mill_run_get_pipeline (self->run));
  g_autoptr (GPtrArray) hosts = mill_crawl_source_get_hosts (MILL_CRAWL_SOURCE (source), MAX_SHOWN);

  g_ptr_array_sort (hosts, compare_names);
  set_n_rows (self, hosts->len);
  for (guint i = 0; i < hosts->len; i++)
    show_host (g_ptr_array_index (self->rows, i), g_ptr_array_index (hosts, i));
}

static void
beat_cb (MillHostList *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    show (self);
}

static void
mill_host_list_map (GtkWidget *widget)
{
  show (MILL_HOST_LIST (widget));
  GTK_WIDGET_CLASS (mill_host_list_parent_class)->map (widget);
}

static void
mill_host_list_dispose (GObject *object)
{
  g_clear_object (&MILL_HOST_LIST (object)->run);
  G_OBJECT_CLASS (mill_host_list_parent_class)->dispose (object);
}

static void
mill_host_list_finalize (GObject *object)
{
  g_ptr_array_unref (MILL_HOST_LIST (object)->rows);
  G_OBJECT_CLASS (mill_host_list_parent_class)->finalize (object);
}

static void
mill_host_list_class_init (MillHostListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mill_host_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_host_list_finalize;
  GTK_WIDGET_CLASS (klass)->map = mill_host_list_map;
}

static void
mill_host_list_init (MillHostList *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *nobody = gtk_label_new (_ ("No host yet"));

  self->rows = g_ptr_array_new ();
  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_placeholder (self->list, nobody);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Hosts"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_widget_set_size_request (scroller, MIN_WIDTH, -1);
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (self), scroller);
}

/**
 * mill_host_list_new:
 * @run: (transfer none): the run of a crawl
 *
 * Returns: (transfer floating): a list of its hosts: those that wait longest and have most to fetch, by name
 */
GtkWidget *
mill_host_list_new (MillRun *run)
{
  MillHostList *self = g_object_new (MILL_TYPE_HOST_LIST, NULL);

  self->run = g_object_ref (run);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
