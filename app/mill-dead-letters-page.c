/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDeadLettersPage: asks the engine for the letters only when their number has changed. Of a stored run
 * they are in its file. */

#include "config.h"

#include "mill-dead-letters-page.h"

#include <glib/gi18n.h>

#include "mill-dead-letter-columns.h"
#include "mill-dead-letter-rows.h"
#include "mill-format.h"
#include "mill-item-details.h"
#include "mill-unseen.h"

/* So many letters are not asked for with every beat: they are copied while the run waits. */
#define MANY 1000

struct _MillDeadLettersPage
{
  AdwBin parent_instance;

  MillRun *run;                  /* (owned) (nullable) */
  MillDeadLetterRows *rows;      /* (owned) */
  GtkSingleSelection *selection; /* (owned): of the rows as they are sorted */
  guint64 n_seen;                /* dead letters when the engine was asked last, */
  gint64 seen_us;                /* at this monotonic time */
  gboolean is_sending;           /* some back, in a thread */

  /* Template */
  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  AdwStatusPage *nothing_page;
  GtkLabel *why_label;
  GtkLabel *count_label;
  GtkColumnView *view;
  MillItemDetails *details;
};

G_DEFINE_FINAL_TYPE (MillDeadLettersPage, mill_dead_letters_page, ADW_TYPE_BIN)

static guint
get_n (MillDeadLettersPage *self)
{
  return g_list_model_get_n_items (mill_dead_letter_rows_get_model (self->rows));
}

static MillItemRow *
get_selected (MillDeadLettersPage *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

/* Not all are kept, neither in the engine nor here. */
static guint64
count_all (MillDeadLettersPage *self)
{
  const MillCrawlSummary *summary = mill_run_get_summary (self->run);
  const MillRunFacts *facts = mill_run_get_facts (self->run);
  guint64 n = mill_run_get_snapshot (self->run)->dead;

  if (mill_run_is_stored (self->run))
    n = facts != NULL ? facts->dead : summary != NULL ? summary->dead : 0;
  return MAX (n, get_n (self));
}

static char *
describe_count (MillDeadLettersPage *self)
{
  guint64 n_all = count_all (self);
  g_autofree char *shown = mill_format_count (get_n (self));
  g_autofree char *all = mill_format_count (n_all);

  if (mill_dead_letter_rows_is_reading (self->rows))
    return g_strdup (_ ("Reading…"));
  if (n_all > get_n (self))
    /* Translators: how many dead letters are listed, of how many */
    return g_strdup_printf (ngettext ("%s of %s dead letter", "%s of %s dead letters", (gulong) n_all), shown,
                            all);
  return g_strdup_printf (ngettext ("%s dead letter", "%s dead letters", (gulong) n_all), all);
}

/* ---- what is shown ---------------------------------------------------------------------------------------
 */

static gboolean
can_requeue (MillDeadLettersPage *self)
{
  MillState state = mill_run_get_state (self->run);

  return mill_run_is_active (self->run) && (state == MILL_STATE_RUNNING || state == MILL_STATE_PAUSED);
}

static void
say_nothing (MillDeadLettersPage *self, const char *icon_name, const char *title, const char *description)
{
  g_autofree char *markup = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->nothing_page, icon_name);
  adw_status_page_set_title (self->nothing_page, title);
  adw_status_page_set_description (self->nothing_page, markup);
  gtk_stack_set_visible_child_name (self->stack, "nothing");
}

static void
choose_page (MillDeadLettersPage *self)
{
  const char *error = mill_dead_letter_rows_get_error (self->rows);

  if (error != NULL)
    say_nothing (self, "dialog-error-symbolic", _ ("The Run File Cannot Be Read"), error);
  else if (get_n (self) > 0 || mill_dead_letter_rows_is_reading (self->rows))
    gtk_stack_set_visible_child_name (self->stack, "letters");
  else
    say_nothing (
        self, "object-select-symbolic", _ ("No Item Has Failed"),
        _ ("An item that has failed for good, after all its attempts, is kept here with the reason."));
}

static void
update (MillDeadLettersPage *self)
{
  g_autofree char *count = NULL;
  gboolean can;

  if (self->run == NULL)
    return;
  can = can_requeue (self);
  count = describe_count (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "letters.requeue",
                                 can && !self->is_sending && get_selected (self) != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "letters.requeue-all", can && !self->is_sending);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "letters.copy", get_selected (self) != NULL);
  gtk_label_set_label (self->why_label, can ? "" : _ ("Items can be sent back only while the run goes on."));
  gtk_label_set_label (self->count_label, count);
  choose_page (self);
}

static void
add_payload (MillDeadLettersPage *self, MillItemRow *row)
{
  g_autoptr (GPtrArray) letters = mill_pipeline_get_dead_letters (mill_run_get_pipeline (self->run));

  for (guint i = 0; i < letters->len; i++)
    {
      const MillDeadLetter *letter = g_ptr_array_index (letters, i);
      g_autofree char *size = NULL;

      if (letter->id != (guint64) mill_item_row_get_rowid (row) ||
          mill_item_get_payload (letter->item) == NULL)
        continue;
      size = g_format_size (mill_item_get_size (letter->item));
      mill_item_details_add (self->details, _ ("Payload"), size);
    }
}

static void
show_details (MillDeadLettersPage *self)
{
  MillItemRow *row = get_selected (self);
  g_autofree char *attempts = NULL;
  g_autofree char *time = NULL;
  g_autofree char *key = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->details), row != NULL);
  mill_item_details_clear (self->details);
  if (row == NULL)
    return;
  attempts = mill_format_count ((guint64) MAX (mill_item_row_get_attempts (row), 0));
  time = mill_item_row_describe_time (row);
  key = g_utf8_make_valid (mill_item_row_get_key (row), -1);
  mill_item_details_add (self->details, _ ("Reason"), mill_item_row_get_result (row));
  mill_item_details_add (self->details, _ ("Key"), key);
  if (*mill_item_row_get_stage (row) != '\0')
    mill_item_details_add (self->details, _ ("Stage"), mill_item_row_get_stage (row));
  mill_item_details_add (self->details, _ ("Attempts"), attempts);
  mill_item_details_add (self->details, _ ("Failed At"), time);
  if (!mill_run_is_stored (self->run))
    add_payload (self, row);
}

static void
selected_cb (MillDeadLettersPage *self)
{
  if (self->run == NULL)
    return;
  show_details (self);
  update (self);
}

static void
toast (MillDeadLettersPage *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *message = adw_toast_new (markup);

  adw_toast_set_timeout (message, 4);
  adw_toast_overlay_add_toast (self->toast_overlay, message);
}

/* ---- back into the run ------------------------------------------------------------------------------------
 */

/* What is sent back: one item, or all of them. */
typedef struct
{
  MillPipeline *pipeline; /* (owned) */
  guint64 id;             /* of the letter; 0: all */
  char *stage;            /* (owned) (nullable): where the one goes */
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  g_object_unref (sending->pipeline);
  g_free (sending->stage);
  g_free (sending);
}

static void
refresh (MillDeadLettersPage *self)
{
  mill_run_sample (self->run);
  mill_dead_letter_rows_follow (self->rows, mill_run_get_pipeline (self->run));
  self->n_seen = mill_run_get_snapshot (self->run)->dead;
  self->seen_us = g_get_monotonic_time ();
  update (self);
}

/* For a crawl, each is written to the run file. */
static void
requeue_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Sending *sending = data;
  GError *error = NULL;
  gint n;

  if (sending->id == 0)
    n = mill_pipeline_requeue_dead_letters (sending->pipeline, &error);
  else
    n = mill_pipeline_requeue_dead_letter (sending->pipeline, sending->id, &error) ? 1 : -1;
  if (n >= 0)
    g_task_return_int (task, n);
  else
    g_task_return_error (task, error);
}

static char *
describe_sent (const Sending *sending, gssize n)
{
  g_autofree char *count = mill_format_count ((guint64) n);

  if (sending->stage != NULL)
    /* Translators: one item; the word is a stage's name */
    return g_strdup_printf (_ ("Sent back into “%s”"), sending->stage);
  return g_strdup_printf (ngettext ("%s item was sent back", "%s items were sent back", (gulong) n), count);
}

static void
requeued_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MillDeadLettersPage) self = user_data;
  const Sending *sending = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gssize n = g_task_propagate_int (G_TASK (result), &error);
  g_autofree char *text = error == NULL ? describe_sent (sending, n) : NULL;

  self->is_sending = FALSE;
  if (self->run == NULL)
    return;
  toast (self, text != NULL ? text : error->message);
  if (sending->pipeline == mill_run_get_pipeline (self->run))
    refresh (self);
  else
    update (self);
}

/* @row: (nullable): what to send; %NULL sends all */
static void
requeue (MillDeadLettersPage *self, MillItemRow *row)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, requeued_cb, g_object_ref (self));
  Sending *sending = g_new0 (Sending, 1);

  sending->pipeline = g_object_ref (mill_run_get_pipeline (self->run));
  if (row != NULL)
    {
      sending->id = (guint64) mill_item_row_get_rowid (row);
      sending->stage = g_strdup (mill_item_row_get_stage (row));
    }
  self->is_sending = TRUE;
  update (self);
  g_task_set_task_data (task, sending, sending_free);
  g_task_run_in_thread (task, requeue_thread);
}

static void
requeue_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillDeadLettersPage *self = MILL_DEAD_LETTERS_PAGE (widget);

  requeue (self, get_selected (self));
}

static void
requeue_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  requeue (MILL_DEAD_LETTERS_PAGE (widget), NULL);
}

/* ---- copies -----------------------------------------------------------------------------------------------
 */

static void
append_line (GString *text, MillItemRow *row)
{
  g_autofree char *key = g_utf8_make_valid (mill_item_row_get_key (row), -1);

  g_string_append_printf (text, "%s\t%s\t%" G_GINT64_FORMAT "\t%s\n", key, mill_item_row_get_stage (row),
                          mill_item_row_get_attempts (row), mill_item_row_get_result (row));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_line (text, get_selected (MILL_DEAD_LETTERS_PAGE (widget)));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
}

/* In the order that is shown. */
static void
copy_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MillDeadLettersPage *self = MILL_DEAD_LETTERS_PAGE (widget);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->selection)); i++)
    {
      g_autoptr (MillItemRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      append_line (text, row);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  toast (self, _ ("The list was copied"));
}

/* ---- the run ----------------------------------------------------------------------------------------------
 */

static gboolean
is_due (MillDeadLettersPage *self)
{
  return get_n (self) <= MANY || g_get_monotonic_time () - self->seen_us >= G_USEC_PER_SEC;
}

static void
beat_cb (MillDeadLettersPage *self)
{
  guint64 n_dead;

  if (self->run == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  n_dead = mill_run_get_snapshot (self->run)->dead;
  if (!mill_run_is_stored (self->run) && n_dead != self->n_seen && is_due (self))
    {
      self->n_seen = n_dead;
      self->seen_us = g_get_monotonic_time ();
      mill_dead_letter_rows_follow (self->rows, mill_run_get_pipeline (self->run));
    }
  update (self);
}

/* There may be no beat to come. */
static void
follow (MillDeadLettersPage *self)
{
  self->seen_us = 0;
  beat_cb (self);
}

static void
mill_dead_letters_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mill_dead_letters_page_parent_class)->map (widget);
  follow (MILL_DEAD_LETTERS_PAGE (widget));
}

static void
forget_run (MillDeadLettersPage *self)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
}

static void
mill_dead_letters_page_dispose (GObject *object)
{
  MillDeadLettersPage *self = MILL_DEAD_LETTERS_PAGE (object);

  forget_run (self);
  if (self->rows != NULL)
    mill_dead_letter_rows_clear (self->rows);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);

  G_OBJECT_CLASS (mill_dead_letters_page_parent_class)->dispose (object);
}

static void
mill_dead_letters_page_class_init (MillDeadLettersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_dead_letters_page_dispose;
  widget_class->map = mill_dead_letters_page_map;

  g_type_ensure (MILL_TYPE_ITEM_DETAILS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/dead-letters-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MillDeadLettersPage, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, MillDeadLettersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MillDeadLettersPage, nothing_page);
  gtk_widget_class_bind_template_child (widget_class, MillDeadLettersPage, why_label);
  gtk_widget_class_bind_template_child (widget_class, MillDeadLettersPage, count_label);
  gtk_widget_class_bind_template_child (widget_class, MillDeadLettersPage, view);
  gtk_widget_class_bind_template_child (widget_class, MillDeadLettersPage, details);
  gtk_widget_class_install_action (widget_class, "letters.requeue", NULL, requeue_action);
  gtk_widget_class_install_action (widget_class, "letters.requeue-all", NULL, requeue_all_action);
  gtk_widget_class_install_action (widget_class, "letters.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "letters.copy-all", NULL, copy_all_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "letters.copy", NULL);
}

static void
mill_dead_letters_page_init (MillDeadLettersPage *self)
{
  GtkSortListModel *sorted;

  gtk_widget_init_template (GTK_WIDGET (self));
  mill_unseen_hide_children (GTK_WIDGET (self->stack));
  self->rows = mill_dead_letter_rows_new ();
  mill_dead_letter_columns_add (self->view);
  sorted = gtk_sort_list_model_new (g_object_ref (mill_dead_letter_rows_get_model (self->rows)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  gtk_sort_list_model_set_incremental (sorted, TRUE);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mill_dead_letter_rows_get_model (self->rows), "items-changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->rows, "status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

/**
 * mill_dead_letters_page_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces what was shown.
 */
void
mill_dead_letters_page_set_run (MillDeadLettersPage *self, MillRun *run)
{
  forget_run (self);
  mill_dead_letter_rows_clear (self->rows);
  self->run = g_object_ref (run);
  self->n_seen = 0;
  if (mill_run_is_stored (run))
    mill_dead_letter_rows_read (self->rows, mill_run_get_path (run));
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  follow (self);
  update (self);
}
