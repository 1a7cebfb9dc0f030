/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStartPage: the recent runs, and one card for each built-in job and each pitfall. Only the cards that
 * are in sight at first are there for the first frame; the others come right after it. */

#include "config.h"

#include "mill-start-page.h"

#include "mill-builtin-jobs.h"
#include "mill-job-card.h"
#include "mill-recent-list.h"

/* Two rows of three; of a third, a window of the usual size shows the top, a frame later. */
#define FIRST_CARDS 6

struct _MillStartPage
{
  GtkWidget parent_instance;

  GStrv ids;        /* (owned): the built-in jobs that are pipelines */
  guint n_cards;    /* how many of them have a card */
  guint first_tick; /* 0 unless it waits for the first frame */
  guint idle;       /* 0 unless the other cards are due */

  /* Template */
  MillRecentList *recent_list;
  GtkFlowBox *gallery;
  GtkFlowBox *pitfalls;
};

G_DEFINE_FINAL_TYPE (MillStartPage, mill_start_page, GTK_TYPE_WIDGET)

static void
add_card (GtkFlowBox *gallery, const char *id)
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
  gtk_flow_box_insert (gallery, card, -1);
  /* The card itself takes the focus. */
  gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
}

static void
add_cards (MillStartPage *self, guint n)
{
  for (; self->n_cards < n && self->ids[self->n_cards] != NULL; self->n_cards++)
    add_card (self->gallery, self->ids[self->n_cards]);
}

static void
add_pitfalls (MillStartPage *self)
{
  g_auto (GStrv) ids = mill_builtin_jobs_list_pitfalls ();

  for (char **id = ids; *id != NULL; id++)
    add_card (self->pitfalls, *id);
}

/* All at once, as the tallest card decides how tall the others are. */
static gboolean
add_rest_cb (gpointer user_data)
{
  MillStartPage *self = user_data;

  self->idle = 0;
  add_cards (self, G_MAXUINT);
  add_pitfalls (self);
  return G_SOURCE_REMOVE;
}

/* The frame that has begun is drawn before anything idle gets its turn. */
static gboolean
first_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MillStartPage *self = MILL_START_PAGE (widget);

  self->first_tick = 0;
  self->idle = g_idle_add (add_rest_cb, self);
  return G_SOURCE_REMOVE;
}

static void
mill_start_page_map (GtkWidget *widget)
{
  MillStartPage *self = MILL_START_PAGE (widget);

  GTK_WIDGET_CLASS (mill_start_page_parent_class)->map (widget);
  if (self->ids[self->n_cards] != NULL && self->first_tick == 0 && self->idle == 0)
    self->first_tick = gtk_widget_add_tick_callback (widget, first_tick_cb, NULL, NULL);
}

static void
mill_start_page_dispose (GObject *object)
{
  MillStartPage *self = MILL_START_PAGE (object);
  GtkWidget *child;

  if (self->first_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->first_tick);
  self->first_tick = 0;
  g_clear_handle_id (&self->idle, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mill_start_page_parent_class)->dispose (object);
}

static void
mill_start_page_finalize (GObject *object)
{
  g_strfreev (MILL_START_PAGE (object)->ids);

  G_OBJECT_CLASS (mill_start_page_parent_class)->finalize (object);
}

static void
mill_start_page_class_init (MillStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_start_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_start_page_finalize;
  widget_class->map = mill_start_page_map;

  g_type_ensure (MILL_TYPE_RECENT_LIST);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillStartPage, gallery);
  gtk_widget_class_bind_template_child (widget_class, MillStartPage, pitfalls);
  gtk_widget_class_bind_template_child (widget_class, MillStartPage, recent_list);
}

static void
mill_start_page_init (MillStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->ids = mill_builtin_jobs_list ();
  add_cards (self, FIRST_CARDS);
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
