/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStartPage: the recent runs, and one card for each built-in job. */

#include "config.h"

#include "mill-start-page.h"

#include "mill-builtin-jobs.h"
#include "mill-job-card.h"
#include "mill-recent-list.h"

struct _MillStartPage
{
  GtkWidget parent_instance;

  /* Template */
  MillRecentList *recent_list;
  GtkFlowBox *gallery;
};

G_DEFINE_FINAL_TYPE (MillStartPage, mill_start_page, GTK_TYPE_WIDGET)

static void
add_card (MillStartPage *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_builtin_jobs_load (id, &error);

  GtkWidget *card;

  if (job == NULL)
    {
      g_warning ("%s", error->message);
      return;
    }

  card = mill_job_card_new (id, job);
  gtk_flow_box_insert (self->gallery, card, -1);
  /* The card itself takes the focus. */
  gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
}

static void
mill_start_page_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mill_start_page_parent_class)->dispose (object);
}

static void
mill_start_page_class_init (MillStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_start_page_dispose;

  g_type_ensure (MILL_TYPE_RECENT_LIST);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillStartPage, gallery);
  gtk_widget_class_bind_template_child (widget_class, MillStartPage, recent_list);
}

static void
mill_start_page_init (MillStartPage *self)
{
  g_auto (GStrv) ids = mill_builtin_jobs_list ();
  guint i;

  gtk_widget_init_template (GTK_WIDGET (self));
  for (i = 0; ids[i] != NULL; i++)
    add_card (self, ids[i]);
}

/**
 * mill_start_page_set_hidden:
 * @paths: (transfer none) (element-type filename): run files
 *
 * Shows all recent runs but these.
 */
void
mill_start_page_set_hidden (MillStartPage *self, GPtrArray *paths)
{
  mill_recent_list_set_hidden (self->recent_list, paths);
}
