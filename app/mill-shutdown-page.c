/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownPage: how the run ends, and what holds it up. It is filled in with each beat while it can be
 * seen. */

#include "config.h"

#include "mill-shutdown-page.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-run-words.h"
#include "mill-shutdown-stage.h"
#include "mill-shutdown-steps.h"
#include "mill-shutdown-words.h"
#include "mill-summary-words.h"
#include "mill-words.h"

#define N_TILES 4

/* A figure, what it is, and a remark. */
typedef struct
{
  GtkLabel *title;  /* (unowned) children */
  GtkLabel *value;  /* (unowned) */
  GtkLabel *remark; /* (unowned) */
} Tile;

struct _MillShutdownPage
{
  AdwBin parent_instance;

  MillRun *run; /* (owned) (nullable) */
  Tile tiles[N_TILES];
  GPtrArray *stages; /* (owned) of (unowned) MillShutdownStage */

  /* Template */
  GtkLabel *title_label;
  GtkLabel *detail_label;
  GtkWidget *buttons_box;
  GtkBox *tiles_box;
  GtkLabel *sum_label;
  MillShutdownSteps *steps;
  GtkBox *stages_box;
};

G_DEFINE_FINAL_TYPE (MillShutdownPage, mill_shutdown_page, ADW_TYPE_BIN)

static GtkLabel *
append_label (GtkWidget *box, const char *css_class, gboolean is_dim)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_add_css_class (label, "numeric");
  if (is_dim)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
add_tile (MillShutdownPage *self, Tile *tile)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "panel");
  tile->title = append_label (box, "caption", TRUE);
  tile->value = append_label (box, "title-2", FALSE);
  tile->remark = append_label (box, "caption", TRUE);
  gtk_box_append (self->tiles_box, box);
}

static void
set_tile (const Tile *tile, const char *title, const char *value, const char *remark)
{
  gtk_label_set_label (tile->title, title);
  gtk_label_set_label (tile->value, value);
  gtk_label_set_label (tile->remark, remark);
  gtk_widget_set_tooltip_text (GTK_WIDGET (tile->remark), remark);
}

/* (nullable): the oldest item of the stage that holds a join up, or would. */
static const MillHand *
find_oldest (const MillSnapshot *snapshot, const MillStageSnapshot **stage)
{
  guint index = 0;

  if (mill_shutdown_words_find_holder (snapshot, &index) != MILL_JOIN_STAGE)
    return NULL;
  *stage = g_ptr_array_index (snapshot->stages, index);
  return mill_shutdown_words_find_oldest (*stage);
}

static void
show_oldest (MillShutdownPage *self, const MillSnapshot *snapshot)
{
  const MillStageSnapshot *stage = NULL;
  const MillHand *hand = find_oldest (snapshot, &stage);
  g_autofree char *span = NULL;
  g_autofree char *id = NULL;
  g_autofree char *remark = NULL;

  if (hand == NULL)
    {
      set_tile (&self->tiles[1], _ ("Oldest in Work"), "–", _ ("nobody holds an item"));
      return;
    }
  span = mill_words_span (MAX (snapshot->time_us - hand->item_since_us, 0));
  id = g_strdup_printf ("%" G_GUINT64_FORMAT, hand->item_id);
  /* Translators: an item's number, then the worker that holds it: a stage's name and a number */
  remark = g_strdup_printf (_ ("item %s, held by %s-%u"), id, stage->name, hand->number);
  set_tile (&self->tiles[1], _ ("Oldest in Work"), span, remark);
}

/* How long it takes to work off what is in the pipeline, at the pace of the last second. */
static char *
estimate_drain (MillShutdownPage *self, const MillSnapshot *snapshot)
{
  double rate = mill_run_get_figures (self->run)->rate;

  if (snapshot->unfinished == 0)
    return g_strdup (_ ("no time"));
  if (rate <= 0)
    /* Translators: nobody knows how long it takes */
    return g_strdup (_ ("unknown"));
  return mill_words_span ((gint64) ((double) snapshot->unfinished / rate * G_USEC_PER_SEC));
}

static char *
describe_deadline (const MillSnapshot *snapshot)
{
  g_autofree char *span = NULL;

  if (snapshot->ending.stop_us > 0)
    return g_strdup (_ ("everything was cancelled"));
  if (snapshot->ending.began_us == 0)
    {
      span = mill_words_span ((gint64) (MILL_RUN_DRAIN_DEADLINE_S * G_USEC_PER_SEC));
      /* Translators: a drain that takes longer than this span becomes a stop */
      return g_strdup_printf (_ ("deadline %s"), span);
    }
  if (snapshot->ending.deadline_us == 0)
    return g_strdup (_ ("no deadline"));
  span = mill_words_span (MAX (snapshot->ending.deadline_us - snapshot->time_us, 0));
  /* Translators: a drain becomes a stop in this span of time */
  return g_strdup_printf (_ ("becomes a stop in %s"), span);
}

static void
show_tiles_of_run (MillShutdownPage *self, const MillSnapshot *snapshot)
{
  g_autofree char *unfinished = mill_format_count (snapshot->unfinished);
  g_autofree char *drain = estimate_drain (self, snapshot);
  g_autofree char *deadline = describe_deadline (snapshot);
  g_autofree char *returns = mill_shutdown_words_returns (snapshot);

  set_tile (&self->tiles[0], _ ("Unfinished"), unfinished, _ ("join waits for all of them"));
  show_oldest (self, snapshot);
  set_tile (&self->tiles[2],
            snapshot->ending.began_us > 0 ? _ ("Left at This Pace") : _ ("A Drain Takes About"), drain,
            deadline);
  set_tile (&self->tiles[3], _ ("A Stop Returns Now"), unfinished, returns);
}

static void
show_tiles_of_end (MillShutdownPage *self, const MillSnapshot *snapshot)
{
  g_autofree char *unfinished = mill_format_count (snapshot->unfinished);
  g_autofree char *done = mill_format_count (snapshot->done);
  g_autofree char *dead = mill_format_count (snapshot->dead);
  g_autofree char *returned = mill_format_count (snapshot->returned);

  set_tile (&self->tiles[0], _ ("Unfinished"), unfinished, _ ("join waits for nothing"));
  set_tile (&self->tiles[1], _ ("Done"), done, _ ("went all the way"));
  set_tile (&self->tiles[2], _ ("Dead Letters"), dead, _ ("failed for good"));
  set_tile (&self->tiles[3], _ ("Returned"), returned, _ ("not processed, not lost"));
}

static void
show_verdict (MillShutdownPage *self, const MillSnapshot *snapshot)
{
  gboolean is_over = mill_state_is_final (snapshot->state);
  g_autofree char *title = mill_shutdown_words_title (snapshot);
  g_autofree char *detail = is_over ? mill_run_words_end (self->run)
                                    : mill_shutdown_words_detail (snapshot, MILL_RUN_DRAIN_DEADLINE_S);
  g_autofree char *sum = mill_summary_words_sum (snapshot);

  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->detail_label, detail);
  gtk_label_set_label (self->sum_label, sum);
  gtk_widget_set_visible (GTK_WIDGET (self->sum_label), is_over);
  gtk_widget_set_visible (self->buttons_box, !is_over);
}

static void
show_stages (MillShutdownPage *self, const MillSnapshot *snapshot)
{
  while (self->stages->len < snapshot->stages->len)
    {
      GtkWidget *stage = mill_shutdown_stage_new ();

      gtk_box_append (self->stages_box, stage);
      g_ptr_array_add (self->stages, stage);
    }
  while (self->stages->len > snapshot->stages->len)
    gtk_box_remove (self->stages_box, g_ptr_array_steal_index (self->stages, self->stages->len - 1));
  for (guint i = 0; i < self->stages->len; i++)
    mill_shutdown_stage_show (g_ptr_array_index (self->stages, i), snapshot, i);
}

static void
show (MillShutdownPage *self)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (self->run);

  show_verdict (self, snapshot);
  if (mill_state_is_final (snapshot->state))
    show_tiles_of_end (self, snapshot);
  else
    show_tiles_of_run (self, snapshot);
  mill_shutdown_steps_show (self->steps, snapshot);
  show_stages (self, snapshot);
}

static void
beat_cb (MillShutdownPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    show (self);
}

static void
mill_shutdown_page_map (GtkWidget *widget)
{
  MillShutdownPage *self = MILL_SHUTDOWN_PAGE (widget);

  if (self->run != NULL)
    show (self);
  GTK_WIDGET_CLASS (mill_shutdown_page_parent_class)->map (widget);
}

static void
forget_run (MillShutdownPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_shutdown_page_dispose (GObject *object)
{
  forget_run (MILL_SHUTDOWN_PAGE (object));
  G_OBJECT_CLASS (mill_shutdown_page_parent_class)->dispose (object);
}

static void
mill_shutdown_page_finalize (GObject *object)
{
  g_ptr_array_unref (MILL_SHUTDOWN_PAGE (object)->stages);
  G_OBJECT_CLASS (mill_shutdown_page_parent_class)->finalize (object);
}

static void
mill_shutdown_page_class_init (MillShutdownPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_shutdown_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = mill_shutdown_page_finalize;
  widget_class->map = mill_shutdown_page_map;

  g_type_ensure (MILL_TYPE_SHUTDOWN_STEPS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/shutdown-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillShutdownPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownPage, detail_label);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownPage, buttons_box);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownPage, tiles_box);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownPage, sum_label);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownPage, steps);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownPage, stages_box);
}

static void
mill_shutdown_page_init (MillShutdownPage *self)
{
  self->stages = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_TILES; i++)
    add_tile (self, &self->tiles[i]);
}

/**
 * mill_shutdown_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_shutdown_page_set_run (MillShutdownPage *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  beat_cb (self);
}
