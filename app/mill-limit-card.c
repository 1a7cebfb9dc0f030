/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLimitCard: follows a run's `beat`, and changes its words once a second at most, unless it says
 * something else. */

#include "config.h"

#include "mill-limit-card.h"

#include <glib/gi18n.h>

#include "mill-css-class.h"
#include "mill-limit-evidence.h"
#include "mill-limit-words.h"

#define SPACING_US G_USEC_PER_SEC

struct _MillLimitCard
{
  GtkBox parent_instance;

  MillRun *run;       /* (owned) (nullable) */
  MillLimitKind kind; /* what it says */
  MillLimitDoubt doubt;
  gint stage;
  gint64 said_us; /* when; 0 before anything was said */

  /* Template */
  GtkImage *icon;
  GtkLabel *heading_sizer;
  GtkLabel *caption_sizer;
  GtkLabel *sentence_label;
  GtkLabel *advice_label;
  GtkWidget *why_button;
  GtkPopover *why_popover;
};

G_DEFINE_FINAL_TYPE (MillLimitCard, mill_limit_card, GTK_TYPE_BOX)

static const char *
icon_of (const MillLimitFinding *finding)
{
  if (finding->kind == MILL_LIMIT_NOT_STARTED)
    return "media-playback-start-symbolic";
  if (finding->kind == MILL_LIMIT_PAUSED)
    return "media-playback-pause-symbolic";
  if (finding->kind == MILL_LIMIT_DRAINING)
    return "mill-drain-symbolic";
  if (finding->kind == MILL_LIMIT_ENDED)
    return "media-playback-stop-symbolic";
  if (finding->kind == MILL_LIMIT_UNSURE)
    return "dialog-question-symbolic";
  return "emblem-important-symbolic";
}

/* No line begins with the sign of a percentage. */
static char *
with_bound_percents (const char *text)
{
  GString *bound = g_string_new (text);

  g_string_replace (bound, " %", "\302\240%", 0);

  return g_string_free (bound, FALSE);
}

static void
set_text (GtkLabel *label, const char *text)
{
  g_autofree char *bound = with_bound_percents (text);

  gtk_label_set_label (label, bound);
  /* What does not fit can be read all the same. */
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), *text != '\0' ? text : NULL);
}

static void
say (MillLimitCard *self, const MillLimitFinding *finding)
{
  MillSnapshot *snapshot = mill_run_get_snapshot (self->run);
  g_autofree char *sentence = mill_limit_words_sentence (finding, snapshot);
  g_autofree char *advice = mill_limit_words_advice (finding, snapshot);

  gtk_image_set_from_icon_name (self->icon, icon_of (finding));
  mill_css_class_set (GTK_WIDGET (self), "binding", mill_limit_finding_is_sure (finding));
  set_text (self->sentence_label, sentence);
  set_text (self->advice_label, advice);
  gtk_widget_set_visible (GTK_WIDGET (self->advice_label), *advice != '\0');
  gtk_widget_set_sensitive (self->why_button, finding->kind != MILL_LIMIT_NOT_STARTED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, advice, -1);
}

static void
beat_cb (MillLimitCard *self)
{
  const MillLimitFinding *finding = mill_limit_get_finding (mill_run_get_limit (self->run));
  gint64 now_us = mill_run_get_snapshot (self->run)->time_us;
  gboolean is_news =
      finding->kind != self->kind || finding->doubt != self->doubt || finding->stage != self->stage;

  if (self->said_us != 0 && !is_news && now_us - self->said_us < SPACING_US)
    return;
  self->kind = finding->kind;
  self->doubt = finding->doubt;
  self->stage = finding->stage;
  self->said_us = now_us;
  say (self, finding);
}

/* What there is to tell then is in the summary. */
static void
ended_cb (MillLimitCard *self)
{
  gtk_popover_popdown (self->why_popover);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
forget_run (MillLimitCard *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_limit_card_dispose (GObject *object)
{
  forget_run (MILL_LIMIT_CARD (object));

  G_OBJECT_CLASS (mill_limit_card_parent_class)->dispose (object);
}

static void
mill_limit_card_class_init (MillLimitCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_limit_card_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/limit-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MillLimitCard, icon);
  gtk_widget_class_bind_template_child (widget_class, MillLimitCard, heading_sizer);
  gtk_widget_class_bind_template_child (widget_class, MillLimitCard, caption_sizer);
  gtk_widget_class_bind_template_child (widget_class, MillLimitCard, sentence_label);
  gtk_widget_class_bind_template_child (widget_class, MillLimitCard, advice_label);
  gtk_widget_class_bind_template_child (widget_class, MillLimitCard, why_button);
  gtk_widget_class_bind_template_child (widget_class, MillLimitCard, why_popover);
}

static void
mill_limit_card_init (MillLimitCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_label (self->heading_sizer, " ");
  gtk_label_set_label (self->caption_sizer, " \n ");
}

/**
 * mill_limit_card_set_run:
 * @run: (transfer none): the run to follow
 *
 * Says what holds @run back, unless it has ended long ago.
 */
void
mill_limit_card_set_run (MillLimitCard *self, MillRun *run)
{
  forget_run (self);
  self->run = g_object_ref (run);
  self->said_us = 0;
  gtk_popover_set_child (self->why_popover, mill_limit_evidence_new (run));
  gtk_widget_set_visible (GTK_WIDGET (self), !mill_run_is_stored (run));
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  beat_cb (self);
}
