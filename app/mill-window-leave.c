/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: how runs are left behind. Those that still run are asked about, all in one question; then they
 * are stopped, and what they were to be left for waits until their last thread has ended. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>

#include "mill-message.h"

static AdwTabPage *
get_page (MillWindow *self, MillTab *tab)
{
  return adw_tab_view_get_page (self->tab_view, GTK_WIDGET (tab));
}

/* Nothing runs in @tab any more. */
static void
go (MillWindow *self, MillTab *tab, MillAfter after)
{
  g_hash_table_remove (self->leaving, tab);
  switch (after)
    {
    case MILL_AFTER_BACK:
      mill_tab_show_start (tab);
      break;
    case MILL_AFTER_CLOSE_TAB:
      adw_tab_view_close_page_finish (self->tab_view, get_page (self, tab), TRUE);
      break;
    case MILL_AFTER_CLOSE_WINDOW:
      if (!mill_window_has_active_tab (self))
        gtk_window_close (GTK_WINDOW (self));
      break;
    case MILL_AFTER_NOTHING:
    default:
      break;
    }
}

/**
 * mill_window_settle:
 * @tab: a tab whose run has ended
 *
 * Does what waited for that.
 */
void
mill_window_settle (MillWindow *self, MillTab *tab)
{
  go (self, tab, GPOINTER_TO_INT (g_hash_table_lookup (self->leaving, tab)));
}

/**
 * mill_window_stay:
 *
 * Forgets that the window was to be closed: something new was started in it.
 */
void
mill_window_stay (MillWindow *self)
{
  GHashTableIter iter;
  gpointer after;

  g_hash_table_iter_init (&iter, self->leaving);
  while (g_hash_table_iter_next (&iter, NULL, &after))
    if (GPOINTER_TO_INT (after) == MILL_AFTER_CLOSE_WINDOW)
      g_hash_table_iter_remove (&iter);
}

static void
stop (MillWindow *self, MillTab *tab, MillAfter after)
{
  MillRun *run = mill_tab_get_run (tab);

  g_hash_table_insert (self->leaving, tab, GINT_TO_POINTER (after));
  if (mill_run_get_state (run) != MILL_STATE_STOPPING)
    mill_run_stop (run);
}

static void
leave_now (MillWindow *self, GPtrArray *tabs, MillAfter after)
{
  for (guint i = 0; i < tabs->len; i++)
    {
      MillTab *tab = g_ptr_array_index (tabs, i);

      if (mill_tab_is_active (tab))
        stop (self, tab, after);
      else if (after != MILL_AFTER_CLOSE_WINDOW)
        go (self, tab, after);
    }
  if (after == MILL_AFTER_CLOSE_WINDOW && !mill_window_has_active_tab (self))
    gtk_window_close (GTK_WINDOW (self));
}

/* A tab that is not told so waits for an answer for ever: it could never be closed. */
static void
keep (MillWindow *self, GPtrArray *tabs, MillAfter after)
{
  if (after != MILL_AFTER_CLOSE_TAB)
    return;
  for (guint i = 0; i < tabs->len; i++)
    adw_tab_view_close_page_finish (self->tab_view, get_page (self, g_ptr_array_index (tabs, i)), FALSE);
}

static void
question_response_cb (MillWindow *self, const char *response)
{
  g_autoptr (GPtrArray) tabs = g_steal_pointer (&self->asked_tabs);

  self->question = NULL;
  if (g_strcmp0 (response, "stop") == 0)
    leave_now (self, tabs, self->asked_after);
  else
    keep (self, tabs, self->asked_after);
}

static char *
describe_one (MillRun *run)
{
  return g_strdup (
      mill_run_get_path (run) != NULL && mill_run_is_crawl (run)
          ? _ ("The crawl is still running. What it has found is kept, and it can go on from there at any "
               "time.")
          : _ ("The pipeline is still running. What has not been processed will be counted as returned."));
}

/* Names them all. */
static char *
describe_several (GPtrArray *tabs)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < tabs->len; i++)
    {
      g_autofree char *title = mill_tab_get_title (g_ptr_array_index (tabs, i));

      g_string_append_printf (text, "%s• %s", i > 0 ? "\n" : "", title);
    }
  g_string_append_printf (
      text, "\n\n%s",
      _ ("They are still running. What has not been processed will be counted as returned; "
         "a crawl that is kept in a run file can go on from there at any time."));
  return g_strdup (text->str);
}

/* Returns: (transfer full): those of @tabs in which something runs that was not agreed to be stopped */
static GPtrArray *
list_to_ask (MillWindow *self, GPtrArray *tabs)
{
  GPtrArray *running = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < tabs->len; i++)
    {
      MillTab *tab = g_ptr_array_index (tabs, i);

      if (mill_tab_is_active (tab) && !g_hash_table_contains (self->leaving, tab))
        g_ptr_array_add (running, g_object_ref (tab));
    }
  return running;
}

static void
ask_to_stop (MillWindow *self, GPtrArray *running)
{
  guint n = running->len;
  g_autofree char *heading = n == 1 ? g_strdup (_ ("Stop the Run?"))
                                    /* Translators: there are at least two */
                                    : g_strdup_printf (ngettext ("Stop %u Run?", "Stop %u Runs?", n), n);
  g_autofree char *body =
      n == 1 ? describe_one (mill_tab_get_run (g_ptr_array_index (running, 0))) : describe_several (running);
  GtkWidget *dialog = mill_message_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Keep Running"), "stop",
                                    _ ("_Stop"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (question_response_cb), self, G_CONNECT_SWAPPED);
  self->question = GTK_WINDOW (dialog);
  gtk_window_present (self->question);
}

/**
 * mill_window_leave:
 * @tabs: (transfer none) (element-type MillTab): some of its tabs, at least one
 * @after: what to do when nothing runs in them any more
 *
 * Leaves their runs: at once if they have ended, else after asking and stopping them. While something is
 * asked already, that is shown, and they stay.
 */
void
mill_window_leave (MillWindow *self, GPtrArray *tabs, MillAfter after)
{
  g_autoptr (GPtrArray) running = list_to_ask (self, tabs);

  if (running->len == 0)
    leave_now (self, tabs, after);
  else if (self->question == NULL)
    {
      self->asked_tabs = g_ptr_array_ref (tabs);
      self->asked_after = after;
      ask_to_stop (self, running);
    }
  else
    {
      keep (self, tabs, after);
      gtk_window_present (self->question);
    }
}
