/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillShutdownStage: lines are kept, and told anew what they say. */

#include "config.h"

#include "mill-shutdown-stage.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-css-class.h"
#include "mill-dot-state.h"
#include "mill-format.h"
#include "mill-shutdown-words.h"
#include "mill-words.h"

/* So many workers are listed; on request, so many. */
#define FEW  3
#define MANY 200

struct _MillShutdownStage
{
  GtkBox parent_instance;

  GPtrArray *lines; /* (owned) of (unowned) GtkLabel */
  GArray *states;   /* (owned) of guint8, a MillDotState each */
  guint n_used;

  /* Template */
  GtkLabel *name_label;
  GtkLabel *state_label;
  GtkLabel *queue_label;
  MillDots *dots;
  GtkBox *lines_box;
  GtkToggleButton *all_button;
};

G_DEFINE_FINAL_TYPE (MillShutdownStage, mill_shutdown_stage, GTK_TYPE_BOX)

static void
add_line (MillShutdownStage *self, const char *text, gboolean is_stuck)
{
  GtkWidget *line;

  if (self->n_used == self->lines->len)
    {
      line = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (line), 0);
      gtk_label_set_ellipsize (GTK_LABEL (line), PANGO_ELLIPSIZE_MIDDLE);
      gtk_widget_add_css_class (line, "caption");
      gtk_widget_add_css_class (line, "numeric");
      gtk_box_append (self->lines_box, line);
      g_ptr_array_add (self->lines, line);
    }
  line = g_ptr_array_index (self->lines, self->n_used++);
  gtk_label_set_label (GTK_LABEL (line), text);
  gtk_widget_set_tooltip_text (line, text);
  mill_css_class_set (line, "warning", is_stuck);
  gtk_widget_set_visible (line, TRUE);
}

/* Those with an item come first, the oldest item at the top; then by number. */
static int
compare_hands (gconstpointer a, gconstpointer b)
{
  const MillHand *one = a;
  const MillHand *two = b;

  if (one->has_item != two->has_item)
    return one->has_item ? -1 : 1;
  if (one->has_item && one->item_since_us != two->item_since_us)
    return one->item_since_us < two->item_since_us ? -1 : 1;
  return one->number < two->number ? -1 : one->number > two->number;
}

/* "fetch-3" is of the stage "fetch", but not of "fetch-more". */
static gboolean
is_of_stage (const MillStuck *stuck, const char *name)
{
  size_t length = strlen (name);

  return stuck->has_item && strncmp (stuck->name, name, length) == 0 && stuck->name[length] == '-' &&
         strspn (stuck->name + length + 1, "0123456789") == strlen (stuck->name + length + 1);
}

static guint
list_stuck (MillShutdownStage *self, const MillSnapshot *snapshot, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < snapshot->stuck->len; i++)
    {
      const MillStuck *stuck = g_ptr_array_index (snapshot->stuck, i);
      g_autofree char *text = NULL;

      if (!is_of_stage (stuck, name))
        continue;
      text = mill_shutdown_words_stuck (stuck, snapshot->time_us);
      add_line (self, text, TRUE);
      n++;
    }
  return n;
}

static void
list_hands (MillShutdownStage *self, const MillSnapshot *snapshot, const MillStageSnapshot *stage)
{
  gboolean all = gtk_toggle_button_get_active (self->all_button);
  g_autoptr (GArray) hands = g_array_copy (stage->hands);
  guint n = 0;

  g_array_sort (hands, compare_hands);
  for (guint i = 0; i < hands->len && n < (all ? MANY : FEW); i++)
    {
      const MillHand *hand = &g_array_index (hands, MillHand, i);
      g_autofree char *text = NULL;

      if (!all && !hand->has_item)
        break;
      text = mill_shutdown_words_hand (stage, hand, snapshot->time_us);
      add_line (self, text, FALSE);
      n++;
    }
}

static void
show_lines (MillShutdownStage *self, const MillSnapshot *snapshot, const MillStageSnapshot *stage)
{
  self->n_used = 0;
  list_stuck (self, snapshot, stage->name);
  list_hands (self, snapshot, stage);
  for (guint i = self->n_used; i < self->lines->len; i++)
    gtk_widget_set_visible (g_ptr_array_index (self->lines, i), FALSE);
}

static void
show_button (MillShutdownStage *self, const MillStageSnapshot *stage)
{
  g_autofree char *count = mill_format_count (MIN (stage->workers, MANY));
  g_autofree char *text = NULL;

  if (gtk_toggle_button_get_active (self->all_button))
    text = g_strdup (_ ("Show fewer"));
  else
    text = g_strdup_printf (ngettext ("Show %s worker", "Show all %s workers", stage->workers), count);
  gtk_button_set_label (GTK_BUTTON (self->all_button), text);
  gtk_widget_set_visible (GTK_WIDGET (self->all_button), stage->workers > 0);
}

static guint
count_stuck (const MillSnapshot *snapshot, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < snapshot->stuck->len; i++)
    n += is_of_stage (g_ptr_array_index (snapshot->stuck, i), name);
  return n;
}

static void
show_dots (MillShutdownStage *self, const MillSnapshot *snapshot, const MillStageSnapshot *stage)
{
  guint n_stuck = count_stuck (snapshot, stage->name);
  guint8 *states;

  g_array_set_size (self->states, stage->workers + n_stuck);
  states = (guint8 *) self->states->data;
  for (guint i = 0; i < stage->workers; i++)
    states[i] = (guint8) mill_dot_state_of (stage->worker_states[i]);
  if (n_stuck > 0)
    memset (states + stage->workers, MILL_DOT_STUCK, n_stuck);
  mill_dots_set_states (self->dots, states, self->states->len);
  gtk_widget_set_visible (GTK_WIDGET (self->dots), self->states->len > 0);
}

static void
mill_shutdown_stage_finalize (GObject *object)
{
  MillShutdownStage *self = MILL_SHUTDOWN_STAGE (object);

  g_ptr_array_unref (self->lines);
  g_array_unref (self->states);
  G_OBJECT_CLASS (mill_shutdown_stage_parent_class)->finalize (object);
}

static void
mill_shutdown_stage_class_init (MillShutdownStageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mill_shutdown_stage_finalize;

  g_type_ensure (MILL_TYPE_DOTS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/shutdown-stage.ui");
  gtk_widget_class_bind_template_child (widget_class, MillShutdownStage, name_label);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownStage, state_label);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownStage, queue_label);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownStage, dots);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownStage, lines_box);
  gtk_widget_class_bind_template_child (widget_class, MillShutdownStage, all_button);
}

static void
mill_shutdown_stage_init (MillShutdownStage *self)
{
  self->lines = g_ptr_array_new ();
  self->states = g_array_new (FALSE, TRUE, sizeof (guint8));
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_shutdown_stage_new:
 *
 * Returns: (transfer floating): a stage with nothing in it yet
 */
GtkWidget *
mill_shutdown_stage_new (void)
{
  return g_object_new (MILL_TYPE_SHUTDOWN_STAGE, NULL);
}

/**
 * mill_shutdown_stage_show:
 * @snapshot: a run
 * @index: which of its stages, from 0
 *
 * Shows the stage.
 */
void
mill_shutdown_stage_show (MillShutdownStage *self, const MillSnapshot *snapshot, guint index)
{
  const MillStageSnapshot *stage = g_ptr_array_index (snapshot->stages, index);
  g_autofree char *queue = mill_shutdown_words_queue (stage);
  g_autofree char *workers = g_strdup_printf (_ ("%s workers"), stage->name);
  guint first = G_MAXUINT;
  gboolean holds = snapshot->ending.began_us > 0 &&
                   mill_shutdown_words_find_holder (snapshot, &first) == MILL_JOIN_STAGE && first == index;

  gtk_label_set_label (self->name_label, stage->name);
  gtk_label_set_label (self->state_label, mill_shutdown_words_queue_state (stage));
  gtk_label_set_label (self->queue_label, queue);
  mill_dots_set_label (self->dots, workers);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, stage->name, -1);
  mill_css_class_set (GTK_WIDGET (self), "holder", holds);
  show_dots (self, snapshot, stage);
  show_lines (self, snapshot, stage);
  show_button (self, stage);
}
