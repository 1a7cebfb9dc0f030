/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillStageCard: gauges follow a run's `sampled`, text its `beat`. */

#include "config.h"

#include "mill-stage-card.h"

#include <glib/gi18n.h>

#include "mill-css-class.h"
#include "mill-dot-state.h"
#include "mill-format.h"
#include "mill-share-bar.h"
#include "mill-slots.h"
#include "mill-words.h"

/* Fewer attempts than this say little about what is long. */
#define MIN_FOR_THRESHOLDS 20
/* A share smaller than this is drawn, but not named. */
#define NAMED_SHARE 0.02

struct _MillStageCard
{
  GtkBox parent_instance;

  MillRun *run; /* (owned) */
  guint stage;
  MillKnob *consumers; /* (owned) */
  GArray *cells;       /* (owned) (element-type MillSlotCell): scratch */
  GArray *states;      /* (owned) (element-type guint8): scratch */

  /* Template */
  GtkLabel *name_label;
  GtkLabel *kind_label;
  GtkWidget *fewer_button;
  GtkLabel *consumers_label;
  GtkWidget *more_button;
  MillDots *dots;
  GtkWidget *slots_box;
  GtkLabel *slots_label;
  MillSlots *slots;
  GtkLabel *service_label;
  MillShareBar *share_bar;
};

G_DEFINE_FINAL_TYPE (MillStageCard, mill_stage_card, GTK_TYPE_BOX)

/* The order in which shares are named and their parts follow one another. */
static const MillWorkerState share_order[] = {
  MILL_WORKER_BUSY,    MILL_WORKER_LIMITED, MILL_WORKER_WAITING, MILL_WORKER_BACKING_OFF,
  MILL_WORKER_BLOCKED, MILL_WORKER_IDLE,    MILL_WORKER_PAUSED,
};

static const MillStageSnapshot *
snapshot_of (MillStageCard *self)
{
  return g_ptr_array_index (mill_run_get_snapshot (self->run)->stages, self->stage);
}

/* Before the start, the workers that there will be. */
static void
plan_dots (MillStageCard *self, guint n_workers)
{
  guint i;

  g_array_set_size (self->states, n_workers);
  for (i = 0; i < n_workers; i++)
    g_array_index (self->states, guint8, i) = MILL_DOT_IDLE;
}

static void
show_dots (MillStageCard *self, const MillStageSnapshot *stage)
{
  MillState state = mill_run_get_state (self->run);
  guint i;

  /* The dots of the workers that have ended go; the card keeps its height. */
  if (mill_state_is_final (state) && gtk_widget_get_height (GTK_WIDGET (self->dots)) > 0)
    gtk_widget_set_size_request (GTK_WIDGET (self->dots), -1,
                                 gtk_widget_get_height (GTK_WIDGET (self->dots)));

  g_array_set_size (self->states, stage->workers);
  for (i = 0; i < stage->workers; i++)
    g_array_index (self->states, guint8, i) = (guint8) mill_dot_state_of (stage->worker_states[i]);
  if (state == MILL_STATE_IDLE)
    plan_dots (self, stage->consumers);
  mill_dots_set_states (self->dots, (const guint8 *) self->states->data, self->states->len);
}

static void
show_slots_text (MillStageCard *self, const MillStageSnapshot *stage)
{
  g_autofree char *held = mill_format_count (stage->held);
  g_autofree char *permits = mill_format_count (stage->permits);
  g_autofree char *waiting = mill_format_count (stage->waiting);
  /* Translators: how many of a stage's slots are held, and how many workers wait for one */
  g_autofree char *text = g_strdup_printf (_ ("slots %s of %s · %s waiting"), held, permits, waiting);

  gtk_label_set_label (self->slots_label, text);
}

static void
show_slots (MillStageCard *self, const MillStageSnapshot *stage, gint64 now_us)
{
  guint i;

  gtk_widget_set_visible (self->slots_box, stage->permits > 0);
  if (stage->permits == 0)
    return;

  g_array_set_size (self->cells, stage->slots->len);
  for (i = 0; i < stage->slots->len; i++)
    {
      const MillSlot *slot = &g_array_index (stage->slots, MillSlot, i);

      g_array_index (self->cells, MillSlotCell, i) = (MillSlotCell){
        .held = slot->held,
        .age_us = slot->held ? MAX (now_us - slot->since_us, 0) : 0,
      };
    }
  show_slots_text (self, stage);
  mill_slots_set (self->slots, &g_array_index (self->cells, MillSlotCell, 0), self->cells->len,
                  stage->permits);
}

static void
sampled_cb (MillStageCard *self)
{
  const MillStageSnapshot *stage = snapshot_of (self);

  show_dots (self, stage);
  show_slots (self, stage, mill_run_get_snapshot (self->run)->time_us);
}

static void
show_consumers (MillStageCard *self, const MillStageSnapshot *stage)
{
  double consumers = mill_run_get_knob_number (self->run, self->consumers);
  g_autofree char *wanted = mill_format_number (consumers, 0);
  g_autofree char *workers = mill_format_count (stage->workers);
  g_autofree char *kind = NULL;

  gtk_label_set_label (self->consumers_label, wanted);
  gtk_widget_set_sensitive (self->fewer_button, consumers > mill_knob_get_minimum (self->consumers));
  gtk_widget_set_sensitive (self->more_button, consumers < mill_knob_get_maximum (self->consumers));

  /* Translators: the kind of a stage's workers and how many there are; "threads · 8" */
  kind = g_strdup_printf (_ ("%s · %s"), mill_words_kind (stage->kind), workers);
  gtk_label_set_label (self->kind_label,
                       mill_run_is_active (self->run) ? kind : mill_words_kind (stage->kind));
}

/* Two lines, whatever they say: the card keeps its height. */
static char *
describe_service (const MillStageSnapshot *stage, const MillTimes *times)
{
  g_autofree char *mean = mill_words_span (times->mean_us);
  g_autofree char *p99 = mill_words_span (times->p99_us);

  if (times->count == 0)
    return g_strdup_printf ("%s\n", stage->done > 0 ? _ ("none in the last 10 s") : _ ("no item yet"));
  if (stage->batching)
    return g_strdup_printf (_ ("%s per batch\np99 %s"), mean, p99);
  /* Translators: two lines: the mean time of one item, and the 99th percentile; "2.1 ms per item", "p99 8.4
   * ms"
   */
  return g_strdup_printf (_ ("%s per item\np99 %s"), mean, p99);
}

static void
show_service (MillStageCard *self, const MillStageSnapshot *stage, const MillTimes *times)
{
  g_autofree char *text = describe_service (stage, times);

  gtk_label_set_label (self->service_label, text);
}

static char *
describe_shares (const double shares[MILL_N_WORKER_STATES], MillState state)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint i, named = 0;

  for (i = 0; i < G_N_ELEMENTS (share_order) && named < 3; i++)
    {
      g_autofree char *percent = NULL;

      if (shares[share_order[i]] < NAMED_SHARE)
        continue;
      percent = mill_words_percent (shares[share_order[i]]);
      g_string_append_printf (text, "%s%s %s", named > 0 ? " · " : "",
                              mill_words_worker_state (share_order[i]), percent);
      named++;
    }

  if (named == 0)
    return g_strdup (state == MILL_STATE_IDLE ? _ ("not started") : _ ("no workers"));
  return g_strdup (text->str);
}

static void
show_shares (MillStageCard *self, const double shares[MILL_N_WORKER_STATES])
{
  double by_dot[MILL_N_DOT_STATES] = { 0 };
  g_autofree char *legend = describe_shares (shares, mill_run_get_state (self->run));
  guint i;

  for (i = 0; i < MILL_N_WORKER_STATES; i++)
    by_dot[mill_dot_state_of (i)] = shares[i];
  mill_share_bar_set_shares (self->share_bar, by_dot);
  mill_share_bar_set_legend (self->share_bar, legend);
}

/* A slot is held for long when most attempts are shorter. */
static void
show_thresholds (MillStageCard *self, const MillTimes *times)
{
  if (times->count >= MIN_FOR_THRESHOLDS)
    mill_slots_set_thresholds (self->slots, times->p95_us, 2 * times->p95_us);
}

/* What holds the run back stands out, and not by its colour only: a screen reader says so as well. */
static void
show_limit (MillStageCard *self)
{
  const MillLimitFinding *finding = mill_limit_get_finding (mill_run_get_limit (self->run));
  gboolean is_binding = mill_limit_finding_is_sure (finding) && finding->stage == (gint) self->stage;

  mill_css_class_set (GTK_WIDGET (self), "binding", is_binding);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  is_binding ? _ ("the limit of the run") : "", -1);
}

static void
beat_cb (MillStageCard *self)
{
  const MillStageSnapshot *stage = snapshot_of (self);
  const MillStageFigures *figures = &mill_run_get_figures (self->run)->stages[self->stage];

  show_consumers (self, stage);
  show_service (self, stage, &figures->service);
  show_thresholds (self, &figures->service);
  show_shares (self, figures->shares);
  show_limit (self);
}

static void
step_consumers (MillStageCard *self, double by)
{
  mill_run_set_knob (self->run, self->consumers, mill_run_get_knob_number (self->run, self->consumers) + by);
  beat_cb (self);
}

static void
fewer_clicked_cb (MillStageCard *self)
{
  step_consumers (self, -1);
}

static void
more_clicked_cb (MillStageCard *self)
{
  step_consumers (self, 1);
}

/* The tooltip of a slot: its item and how long it has been held. */
static char *
query_slot_cb (MillStageCard *self, guint index)
{
  const MillStageSnapshot *stage = snapshot_of (self);
  g_autofree char *age = NULL;
  g_autofree char *id = NULL;
  const MillSlot *slot;

  if (index >= stage->slots->len)
    return NULL;
  slot = &g_array_index (stage->slots, MillSlot, index);
  if (!slot->held)
    return g_strdup (_ ("free"));

  age = mill_words_span (MAX (mill_run_get_snapshot (self->run)->time_us - slot->since_us, 0));
  id = g_strdup_printf ("%" G_GUINT64_FORMAT, slot->item_id);
  /* Translators: who holds a slot, and for how long; "item 4711 · 148 ms" */
  return g_strdup_printf (_ ("item %s · %s"), id, age);
}

static void
set_names (MillStageCard *self, const char *name)
{
  g_autofree char *fewer = g_strdup_printf (_ ("%s: one consumer fewer"), name);
  g_autofree char *more = g_strdup_printf (_ ("%s: one consumer more"), name);
  g_autofree char *workers = g_strdup_printf (_ ("%s workers"), name);
  g_autofree char *slots = g_strdup_printf (_ ("%s slots"), name);
  g_autofree char *shares = g_strdup_printf (_ ("%s workers’ time"), name);

  gtk_label_set_label (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->fewer_button), GTK_ACCESSIBLE_PROPERTY_LABEL, fewer,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more_button), GTK_ACCESSIBLE_PROPERTY_LABEL, more,
                                  -1);
  mill_dots_set_label (self->dots, workers);
  mill_slots_set_label (self->slots, slots);
  mill_share_bar_set_label (self->share_bar, shares);
}

static void
mill_stage_card_finalize (GObject *object)
{
  MillStageCard *self = MILL_STAGE_CARD (object);

  g_clear_object (&self->run);
  g_clear_pointer (&self->consumers, mill_knob_unref);
  g_clear_pointer (&self->cells, g_array_unref);
  g_clear_pointer (&self->states, g_array_unref);

  G_OBJECT_CLASS (mill_stage_card_parent_class)->finalize (object);
}

static void
mill_stage_card_class_init (MillStageCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mill_stage_card_finalize;

  g_type_ensure (MILL_TYPE_DOTS);
  g_type_ensure (MILL_TYPE_SLOTS);
  g_type_ensure (MILL_TYPE_SHARE_BAR);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/stage-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, kind_label);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, fewer_button);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, consumers_label);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, more_button);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, dots);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, slots_box);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, slots_label);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, slots);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, service_label);
  gtk_widget_class_bind_template_child (widget_class, MillStageCard, share_bar);
  gtk_widget_class_bind_template_callback (widget_class, fewer_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_clicked_cb);
}

static void
mill_stage_card_init (MillStageCard *self)
{
  self->cells = g_array_new (FALSE, TRUE, sizeof (MillSlotCell));
  self->states = g_array_new (FALSE, TRUE, sizeof (guint8));
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_stage_card_new:
 * @run: (transfer none): the run to follow
 * @stage: which of its stages, from 0
 *
 * Returns: (transfer floating): a card of that stage
 */
GtkWidget *
mill_stage_card_new (MillRun *run, guint stage)
{
  MillStageCard *self = g_object_new (MILL_TYPE_STAGE_CARD, NULL);
  const char *name;

  self->run = g_object_ref (run);
  self->stage = stage;
  name = snapshot_of (self)->name;
  self->consumers = mill_run_get_stage_knob (run, stage, "consumers");
  set_names (self, name);
  g_signal_connect_object (run, "sampled", G_CALLBACK (sampled_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->slots, "query-slot", G_CALLBACK (query_slot_cb), self, G_CONNECT_SWAPPED);
  sampled_cb (self);
  beat_cb (self);

  return GTK_WIDGET (self);
}
