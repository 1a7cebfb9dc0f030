/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSummaryCard: filled in once, from the last snapshot. */

#include "config.h"

#include "mill-summary-card.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-crawl-facts.h"
#include "mill-crawl-words.h"
#include "mill-format.h"
#include "mill-item-row.h"
#include "mill-run-words.h"
#include "mill-summary-words.h"
#include "mill-words.h"

#define MAX_DEAD_SHOWN 100
/* The list shows at least this many rows; a row has two lines. */
#define MIN_ROWS_SEEN 5
#define ROW_HEIGHT    42

struct _MillSummaryCard
{
  GtkBox parent_instance;

  /* Template */
  GtkImage *icon;
  GtkLabel *sentence_label;
  GtkLabel *sum_label;
  GtkWidget *again_button;
  GtkWidget *go_on_button;
  GtkFlowBox *tiles;
  MillCrawlFacts *facts;
  GtkExpander *dead_expander;
  GtkScrolledWindow *dead_scroller;
  GtkListBox *dead_list;
  GtkWidget *dead_button;
};

G_DEFINE_FINAL_TYPE (MillSummaryCard, mill_summary_card, GTK_TYPE_BOX)

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_add_css_class (label, "numeric");

  return label;
}

static void
add_tile (MillSummaryCard *self, const char *title, const char *value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title_label = new_label (title, "caption");

  gtk_widget_add_css_class (title_label, "dim-label");
  gtk_box_append (GTK_BOX (box), title_label);
  gtk_box_append (GTK_BOX (box), new_label (value, "heading"));
  gtk_flow_box_insert (self->tiles, box, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (box), FALSE);
}

static void
clear_flow_box (GtkFlowBox *box)
{
  GtkFlowBoxChild *child;

  while ((child = gtk_flow_box_get_child_at_index (box, 0)) != NULL)
    gtk_flow_box_remove (box, GTK_WIDGET (child));
}

static void
add_latency_tile (MillSummaryCard *self, const MillSnapshot *snapshot)
{
  g_autofree char *p50 = NULL;
  g_autofree char *p95 = NULL;
  g_autofree char *p99 = NULL;
  g_autofree char *value = NULL;
  MillTimes times;

  mill_times_of (&times, snapshot->latency, NULL);
  if (times.count == 0)
    return;
  p50 = mill_words_span (times.p50_us);
  p95 = mill_words_span (times.p95_us);
  p99 = mill_words_span (times.p99_us);
  value = g_strdup_printf ("%s · %s · %s", p50, p95, p99);
  /* Translators: how long items took from entering the pipeline to its end: median, 95th and 99th percentile
   */
  add_tile (self, _ ("Latency p50 · p95 · p99"), value);
}

static void
add_blocked_tile (MillSummaryCard *self, const MillSnapshot *snapshot)
{
  const MillStageSnapshot *first = g_ptr_array_index (snapshot->stages, 0);
  double share = (double) first->queue.put_blocked_us / (double) MAX (snapshot->elapsed_us, 1);
  g_autofree char *span = mill_words_span (first->queue.put_blocked_us);
  g_autofree char *percent = mill_words_percent (share);
  /* Translators: a span of time and its part of the whole; "3.20 s (61 %)" */
  g_autofree char *value = g_strdup_printf (_ ("%s (%s)"), span, percent);

  add_tile (self, _ ("Producer blocked"), first->queue.put_blocked_us > 0 ? value : _ ("never"));
}

static void
show_tiles (MillSummaryCard *self, const MillSnapshot *snapshot)
{
  g_autofree char *span = mill_words_span (snapshot->elapsed_us);
  double seconds = MAX ((double) snapshot->elapsed_us / G_USEC_PER_SEC, 0.001);
  g_autofree char *rate = mill_words_rate ((double) snapshot->done / seconds);
  g_autofree char *retries = mill_format_count (snapshot->retries);

  clear_flow_box (self->tiles);
  add_tile (self, _ ("Time"), span);
  add_tile (self, _ ("Per second"), rate);
  add_latency_tile (self, snapshot);
  add_blocked_tile (self, snapshot);
  add_tile (self, _ ("Retries"), retries);
  if (snapshot->bytes > 0)
    {
      g_autofree char *size = g_format_size (snapshot->bytes);

      add_tile (self, _ ("Data"), size);
    }
}

/* What is in a run file may be of any length, and no text at all.
 * @what: (nullable) */
static GtkWidget *
new_reason_row (const char *what, const char *reason)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *key_line = what != NULL ? mill_item_row_make_line (what, strlen (what)) : NULL;
  g_autofree char *reason_line = mill_item_row_make_line (reason, strlen (reason));
  GtkWidget *key = new_label (key_line, "body");
  GtkWidget *reason_label = new_label (reason_line, "caption");

  gtk_label_set_ellipsize (GTK_LABEL (key), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_selectable (GTK_LABEL (key), TRUE);
  gtk_label_set_wrap (GTK_LABEL (reason_label), TRUE);
  gtk_widget_add_css_class (reason_label, "dim-label");
  gtk_box_append (GTK_BOX (box), key);
  gtk_box_append (GTK_BOX (box), reason_label);

  return box;
}

static GtkWidget *
new_dead_row (const MillDeadLetter *letter)
{
  g_autofree char *attempts =
      g_strdup_printf (ngettext ("%u attempt", "%u attempts", letter->attempts), letter->attempts);
  g_autofree char *reason = g_strdup_printf ("%s: %s · %s", letter->stage, letter->error->message, attempts);

  return new_reason_row (mill_item_get_key (letter->item), reason);
}

static GtkWidget *
new_broken_row (const MillBrokenLink *link)
{
  g_autofree char *place = link->referrer != NULL ? g_strdup_printf (_ ("linked from %s"), link->referrer)
                                                  : g_strdup (_ ("a start address"));
  g_autofree char *reason = g_strdup_printf ("%s · %s", link->error, place);

  return new_reason_row (link->url, reason);
}

static void
clear_list (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static char *
describe_dead (guint64 n_dead, guint n_shown)
{
  g_autofree char *count = mill_format_count (n_dead);
  g_autofree char *shown = mill_format_count (n_shown);

  if (n_dead > n_shown)
    /* Translators: such as “50,000 dead letters, 10 of them here” */
    return g_strdup_printf (_ ("%s dead letters, %s of them here"), count, shown);
  return g_strdup_printf (ngettext ("%s dead letter", "%s dead letters", (gulong) n_dead), count);
}

/* Shows the list under @title, or nothing if there is nothing in it. */
static void
show_list (MillSummaryCard *self, const char *title, guint n_shown)
{
  gtk_scrolled_window_set_min_content_height (self->dead_scroller,
                                              (int) MIN (n_shown, MIN_ROWS_SEEN) * ROW_HEIGHT);
  gtk_expander_set_label (self->dead_expander, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dead_expander), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_widget_set_visible (GTK_WIDGET (self->dead_expander), n_shown > 0);
  gtk_widget_set_visible (self->dead_button, n_shown > 0);
}

static void
show_broken (MillSummaryCard *self, const MillCrawlSummary *summary)
{
  g_autofree char *title = mill_crawl_words_broken (summary->dead, summary->broken->len);
  guint i;

  for (i = 0; i < summary->broken->len; i++)
    gtk_list_box_append (self->dead_list, new_broken_row (g_ptr_array_index (summary->broken, i)));
  show_list (self, title, summary->broken->len);
}

static void
show_dead_letters (MillSummaryCard *self, MillRun *run)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (mill_run_get_pipeline (run));
  guint n_shown = MIN (letters->len, MAX_DEAD_SHOWN);
  g_autofree char *title = describe_dead (mill_run_get_snapshot (run)->dead, n_shown);
  guint i;

  for (i = 0; i < n_shown; i++)
    gtk_list_box_append (self->dead_list, new_dead_row (g_ptr_array_index (letters, i)));
  show_list (self, title, n_shown);
}

static void
show_dead (MillSummaryCard *self, MillRun *run)
{
  const MillCrawlSummary *summary = mill_run_get_summary (run);

  clear_list (self->dead_list);
  if (summary != NULL)
    show_broken (self, summary);
  else
    show_dead_letters (self, run);
}

/* Returns the name of an icon, and of the colour that goes with it. */
static const char *
icon_of (MillRun *run, const char **css_class)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  const MillCrawlSummary *summary = mill_run_get_summary (run);
  const MillRunFacts *facts = mill_run_get_facts (run);
  MillState state = facts != NULL ? facts->state : snapshot->state;
  guint64 dead = facts != NULL ? facts->dead : summary != NULL ? summary->dead : snapshot->dead;

  *css_class = state == MILL_STATE_FAILED ? "error" : "warning";
  if (state == MILL_STATE_FAILED)
    return "dialog-error-symbolic";
  if (state == MILL_STATE_STOPPED || mill_run_can_go_on (run) || (facts != NULL && facts->is_cut_off))
    return "media-playback-stop-symbolic";
  if (dead > 0 || snapshot->stuck->len > 0)
    return "dialog-warning-symbolic";
  *css_class = "success";
  return "object-select-symbolic";
}

static void
show_icon (MillSummaryCard *self, MillRun *run)
{
  const char *css_class;

  gtk_image_set_from_icon_name (self->icon, icon_of (run, &css_class));
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), (const char *[]){ css_class, NULL });
}

/* What is most likely wanted next stands out. */
static void
show_buttons (MillSummaryCard *self, MillRun *run)
{
  gboolean can_go_on = mill_run_can_go_on (run);

  gtk_widget_set_visible (self->go_on_button, can_go_on);
  if (can_go_on)
    gtk_widget_remove_css_class (self->again_button, "suggested-action");
  else
    gtk_widget_add_css_class (self->again_button, "suggested-action");
}

static void
mill_summary_card_class_init (MillSummaryCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MILL_TYPE_CRAWL_FACTS);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/summary-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, again_button);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, go_on_button);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, facts);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, icon);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, sentence_label);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, sum_label);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, tiles);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, dead_expander);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, dead_scroller);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, dead_list);
  gtk_widget_class_bind_template_child (widget_class, MillSummaryCard, dead_button);
}

static void
mill_summary_card_init (MillSummaryCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_summary_card_show:
 * @run: (transfer none): a run that has ended, or a stored one
 *
 * Describes how it ended, or how far it is.
 */
void
mill_summary_card_show (MillSummaryCard *self, MillRun *run)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (run);
  g_autofree char *sentence = mill_run_words_end (run);
  g_autofree char *sum = mill_summary_words_sum (snapshot);
  gboolean is_stored = mill_run_is_stored (run);

  show_icon (self, run);
  show_buttons (self, run);
  gtk_label_set_label (self->sentence_label, sentence);
  gtk_label_set_label (self->sum_label, sum);
  gtk_widget_set_visible (GTK_WIDGET (self->sum_label), !is_stored);
  gtk_widget_set_visible (GTK_WIDGET (self->tiles), !is_stored);
  if (!is_stored)
    show_tiles (self, snapshot);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), mill_run_is_crawl (run));
  if (mill_run_is_crawl (run))
    mill_crawl_facts_show (self->facts, run);
  show_dead (self, run);
}
