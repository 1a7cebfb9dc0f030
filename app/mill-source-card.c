/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSourceCard: follows a run's `beat`. */

#include "config.h"

#include "mill-source-card.h"

#include <glib/gi18n.h>

#include "mill-css-class.h"
#include "mill-format.h"
#include "mill-host-list.h"
#include "mill-words.h"

/* The name of a host and why it waits take more room than other states. */
#define CRAWL_STATE_LINES 3

struct _MillSourceCard
{
  GtkBox parent_instance;

  /* Template */
  GtkLabel *name_label;
  GtkLabel *sent_label;
  GtkProgressBar *blocked_bar;
  GtkLabel *state_label;
  GtkMenuButton *hosts_button;
  GtkPopover *hosts_popover;
};

G_DEFINE_FINAL_TYPE (MillSourceCard, mill_source_card, GTK_TYPE_BOX)

static void
show_sent (MillSourceCard *self, const MillSnapshot *snapshot)
{
  g_autofree char *produced = mill_format_count (snapshot->produced);
  g_autofree char *text = NULL;

  if (snapshot->total >= 0)
    {
      g_autofree char *total = mill_format_count ((guint64) snapshot->total);

      /* Translators: "10,180 of 21,000 sent" */
      text = g_strdup_printf (_ ("%s of %s sent"), produced, total);
    }
  else
    /* Translators: how many items a source sent so far */
    text = g_strdup_printf (_ ("%s sent"), produced);

  gtk_label_set_label (self->sent_label, text);
}

/* What the producer does, in words; blocked is the thing to see, so it wins while the pipeline runs. */
static char *
describe_state (MillRun *run, double blocked)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  g_autofree char *host = NULL;

  if (blocked > 0 && snapshot->producer != MILL_PRODUCER_ENDED)
    {
      g_autofree char *percent = mill_words_percent (blocked);

      /* Translators: the part of the last ten seconds that the producer waited for room; "blocked 61 % of the
       * time" */
      return g_strdup_printf (_ ("blocked %s of the time"), percent);
    }
  switch (snapshot->producer)
    {
    case MILL_PRODUCER_RUNNING:
      return g_strdup (snapshot->state == MILL_STATE_IDLE ? _ ("not started") : _ ("not blocked"));
    case MILL_PRODUCER_BLOCKED:
      return g_strdup (_ ("blocked"));
    case MILL_PRODUCER_WAITING:
      host = mill_words_crawl_wait (mill_pipeline_get_source (mill_run_get_pipeline (run)), snapshot);
      if (host != NULL)
        return g_steal_pointer (&host);
      return g_strdup (snapshot->why != NULL ? snapshot->why : _ ("waiting"));
    case MILL_PRODUCER_PAUSED:
      return g_strdup (_ ("paused"));
    case MILL_PRODUCER_ENDED:
      return g_strdup (_ ("ended"));
    default:
      g_return_val_if_reached (NULL);
    }
}

static void
beat_cb (MillSourceCard *self, MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  gboolean has_ended = snapshot->producer == MILL_PRODUCER_ENDED;
  double blocked = has_ended ? 0 : mill_run_get_figures (run)->blocked;
  g_autofree char *state = describe_state (run, blocked);
  MillLimitKind limit = mill_limit_get_finding (mill_run_get_limit (run))->kind;

  show_sent (self, snapshot);
  gtk_progress_bar_set_fraction (self->blocked_bar, blocked);
  gtk_label_set_label (self->state_label, state);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state_label), state);
  mill_css_class_set (GTK_WIDGET (self), "binding",
                      limit == MILL_LIMIT_SOURCE || limit == MILL_LIMIT_SOURCE_WAITING);
  mill_css_class_set (GTK_WIDGET (self->state_label), "error", blocked > 0);
  mill_css_class_set (GTK_WIDGET (self->state_label), "dim-label", blocked <= 0);
}

static void
mill_source_card_class_init (MillSourceCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/source-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MillSourceCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, MillSourceCard, sent_label);
  gtk_widget_class_bind_template_child (widget_class, MillSourceCard, blocked_bar);
  gtk_widget_class_bind_template_child (widget_class, MillSourceCard, state_label);
  gtk_widget_class_bind_template_child (widget_class, MillSourceCard, hosts_button);
  gtk_widget_class_bind_template_child (widget_class, MillSourceCard, hosts_popover);
}

static void
mill_source_card_init (MillSourceCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_source_card_new:
 * @run: (transfer none): the run to follow
 *
 * Returns: (transfer floating): a card of its source
 */
GtkWidget *
mill_source_card_new (MillRun *run)
{
  MillSourceCard *self = g_object_new (MILL_TYPE_SOURCE_CARD, NULL);
  const char *name = mill_run_get_snapshot (run)->source_name;

  if (MILL_IS_CRAWL_SOURCE (mill_pipeline_get_source (mill_run_get_pipeline (run))))
    {
      gtk_popover_set_child (self->hosts_popover, mill_host_list_new (run));
      gtk_widget_set_visible (GTK_WIDGET (self->hosts_button), TRUE);
      gtk_label_set_lines (self->state_label, CRAWL_STATE_LINES);
    }
  gtk_label_set_label (self->name_label, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  beat_cb (self, run);

  return GTK_WIDGET (self);
}
