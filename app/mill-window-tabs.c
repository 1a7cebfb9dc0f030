/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillWindow: its tabs. There is always one; the last that goes takes the window with it. */

#include "config.h"

#include "mill-window-private.h"

#include <glib/gi18n.h>

#include "mill-alert-defaults.h"
#include "mill-run-words.h"

/**
 * mill_window_get_tab:
 *
 * Returns: (transfer none) (nullable): the tab that is shown; %NULL only while the window opens or closes
 */
MillTab *
mill_window_get_tab (MillWindow *self)
{
  AdwTabPage *page = self->tab_view != NULL ? adw_tab_view_get_selected_page (self->tab_view) : NULL;

  return page != NULL ? MILL_TAB (adw_tab_page_get_child (page)) : NULL;
}

/**
 * mill_window_get_run:
 *
 * Returns: (transfer none) (nullable): the run that is shown; %NULL on a start page
 */
MillRun *
mill_window_get_run (MillWindow *self)
{
  MillTab *tab = mill_window_get_tab (self);

  return tab != NULL ? mill_tab_get_run (tab) : NULL;
}

/**
 * mill_window_list_tabs:
 *
 * Returns: (transfer full) (element-type MillTab): the tabs from left to right
 */
GPtrArray *
mill_window_list_tabs (MillWindow *self)
{
  GPtrArray *tabs = g_ptr_array_new_with_free_func (g_object_unref);
  int n = adw_tab_view_get_n_pages (self->tab_view);

  for (int i = 0; i < n; i++)
    g_ptr_array_add (tabs,
                     g_object_ref (adw_tab_page_get_child (adw_tab_view_get_nth_page (self->tab_view, i))));
  return tabs;
}

/**
 * mill_window_has_active_tab:
 *
 * Returns: whether something runs in any of its tabs
 */
gboolean
mill_window_has_active_tab (MillWindow *self)
{
  g_autoptr (GPtrArray) tabs = mill_window_list_tabs (self);

  for (guint i = 0; i < tabs->len; i++)
    if (mill_tab_is_active (g_ptr_array_index (tabs, i)))
      return TRUE;
  return FALSE;
}

static void
select_tab (MillWindow *self, MillTab *tab)
{
  adw_tab_view_set_selected_page (self->tab_view, adw_tab_view_get_page (self->tab_view, GTK_WIDGET (tab)));
}

static MillTab *
add_tab (MillWindow *self)
{
  MillTab *tab = mill_tab_new ();

  if (self->removed->len > 0)
    mill_tab_set_hidden (tab, self->removed);
  adw_tab_view_append (self->tab_view, GTK_WIDGET (tab));
  select_tab (self, tab);

  return tab;
}

/**
 * mill_window_take_tab:
 *
 * Returns: (transfer none): a tab to open something in, which is shown now: the one that was, if it is free,
 * or a new one
 */
MillTab *
mill_window_take_tab (MillWindow *self)
{
  MillTab *tab = mill_window_get_tab (self);

  return tab != NULL && mill_tab_is_free (tab) ? tab : add_tab (self);
}

/**
 * mill_window_show_start_tab:
 *
 * Shows a start page: one that is there, if any.
 */
void
mill_window_show_start_tab (MillWindow *self)
{
  g_autoptr (GPtrArray) tabs = mill_window_list_tabs (self);

  for (guint i = 0; i < tabs->len; i++)
    if (mill_tab_is_free (g_ptr_array_index (tabs, i)))
      {
        select_tab (self, g_ptr_array_index (tabs, i));
        return;
      }
  add_tab (self);
}

/**
 * mill_window_show_run:
 * @run: (transfer none): a run that was not started
 *
 * Shows @run, in a tab that is free.
 *
 * Returns: (transfer none): the tab
 */
MillTab *
mill_window_show_run (MillWindow *self, MillRun *run)
{
  MillTab *tab = mill_window_take_tab (self);

  mill_tab_set_run (tab, run);
  return tab;
}

/**
 * mill_window_open_job:
 * @job: (transfer none): a job
 * @origin: where it is from, in a word for people
 *
 * Shows @job, ready to be started, in a tab that is free. On failure it tells the user.
 *
 * Returns: (transfer none) (nullable): the tab that shows it, or %NULL
 */
MillTab *
mill_window_open_job (MillWindow *self, MillJob *job, const char *origin)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillRun) run = NULL;

  if (mill_job_is_pitfall (job))
    {
      MillTab *tab = mill_window_take_tab (self);

      mill_tab_set_pitfall (tab, job);
      return tab;
    }
  run = mill_run_new (job, origin, &error);
  if (run != NULL)
    {
      mill_alert_defaults_apply (self->settings, run);
      return mill_window_show_run (self, run);
    }
  mill_window_show_error (self, _ ("This Job Cannot Be Run"), error->message);
  return NULL;
}

/**
 * mill_window_show_tab:
 * @id: from mill_tab_get_id()
 *
 * Shows the tab, if it is one of the window's.
 *
 * Returns: whether it is
 */
gboolean
mill_window_show_tab (MillWindow *self, guint id)
{
  g_autoptr (GPtrArray) tabs = mill_window_list_tabs (self);

  for (guint i = 0; i < tabs->len; i++)
    if (mill_tab_get_id (g_ptr_array_index (tabs, i)) == id)
      {
        select_tab (self, g_ptr_array_index (tabs, i));
        return TRUE;
      }
  return FALSE;
}

/* ---- what the tab bar says ------------------------------------------------------------------------------
 */

static void
update_page (MillWindow *self, MillTab *tab)
{
  AdwTabPage *page = adw_tab_view_get_page (self->tab_view, GTK_WIDGET (tab));
  MillRun *run = mill_tab_get_run (tab);
  const char *icon_name = mill_tab_get_icon_name (tab);
  g_autofree char *title = mill_tab_get_title (tab);
  g_autoptr (GIcon) icon = icon_name != NULL ? g_themed_icon_new (icon_name) : NULL;
  g_autofree char *state = NULL;
  g_autofree char *tooltip = NULL;

  adw_tab_page_set_title (page, title);
  adw_tab_page_set_icon (page, icon);
  adw_tab_page_set_loading (page, mill_tab_is_loading (tab));
  if (run != NULL)
    {
      state = g_strdup_printf ("%s · %s", title, mill_state_get_label (mill_run_get_state (run)));
      tooltip = g_markup_escape_text (state, -1);
    }
  adw_tab_page_set_tooltip (page, tooltip != NULL ? tooltip : "");
}

static void
changed_cb (MillWindow *self, MillTab *tab)
{
  update_page (self, tab);
  if (tab != mill_window_get_tab (self))
    return;
  if (mill_tab_get_run (tab) == NULL)
    mill_window_end_presentation (self);
  mill_window_update_title (self);
  mill_window_update_actions (self);
}

static void
beat_cb (MillWindow *self, MillTab *tab)
{
  if (tab == mill_window_get_tab (self))
    mill_window_update_title (self);
}

/* Who looks elsewhere is told. */
static void
notify (MillWindow *self, MillTab *tab, const char *what, const char *body)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  guint id = mill_tab_get_id (tab);
  g_autofree char *notification_id = g_strdup_printf ("%s-%u", what, id);
  g_autoptr (GNotification) notification = NULL;

  if (application == NULL ||
      (self->settings != NULL && !g_settings_get_boolean (self->settings, "notifications")))
    return;
  notification = g_notification_new (mill_job_get_name (mill_run_get_job (mill_tab_get_run (tab))));
  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-tab", "u", id);
  g_application_send_notification (application, notification_id, notification);
}

/* Returns whether the user may not be looking at the tab. */
static gboolean
is_out_of_sight (MillWindow *self, MillTab *tab)
{
  if (tab == mill_window_get_tab (self))
    return !gtk_window_is_active (GTK_WINDOW (self));
  adw_tab_page_set_needs_attention (adw_tab_view_get_page (self->tab_view, GTK_WIDGET (tab)), TRUE);
  return TRUE;
}

static void
alert_cb (MillWindow *self, const char *text, MillTab *tab)
{
  /* Translators: a limit that was passed */
  g_autofree char *message = g_strdup_printf (_ ("Alert: %s"), text);
  g_autofree char *title = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_timeout (toast, 10);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
  if (is_out_of_sight (self, tab))
    notify (self, tab, "run-alert", message);
}

static void
ended_cb (MillWindow *self, MillTab *tab)
{
  if (!g_hash_table_contains (self->leaving, tab) && is_out_of_sight (self, tab))
    {
      g_autofree char *body = mill_run_words_end (mill_tab_get_run (tab));

      notify (self, tab, "run-ended", body);
    }
  mill_window_settle (self, tab);
}

static void
selected_cb (MillWindow *self)
{
  AdwTabPage *page = adw_tab_view_get_selected_page (self->tab_view);

  mill_window_end_presentation (self);
  if (page != NULL)
    adw_tab_page_set_needs_attention (page, FALSE);
  mill_window_update_title (self);
  mill_window_update_actions (self);
}

/* ---- tabs that come and go ------------------------------------------------------------------------------
 */

static void
page_attached_cb (MillWindow *self, AdwTabPage *page)
{
  MillTab *tab = MILL_TAB (adw_tab_page_get_child (page));

  g_signal_connect_object (tab, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tab, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tab, "alert", G_CALLBACK (alert_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tab, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  update_page (self, tab);
}

static void
page_detached_cb (MillWindow *self, AdwTabPage *page)
{
  GtkWidget *tab = adw_tab_page_get_child (page);

  g_signal_handlers_disconnect_by_data (tab, self);
  g_hash_table_remove (self->leaving, tab);
  if (!gtk_widget_in_destruction (GTK_WIDGET (self)) && adw_tab_view_get_n_pages (self->tab_view) == 0)
    gtk_window_close (GTK_WINDOW (self));
}

static gboolean
close_page_cb (MillWindow *self, AdwTabPage *page)
{
  g_autoptr (GPtrArray) tabs = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (tabs, g_object_ref (adw_tab_page_get_child (page)));
  mill_window_leave (self, tabs, MILL_AFTER_CLOSE_TAB);
  return GDK_EVENT_STOP;
}

/* A tab was dragged out of the window. */
static AdwTabView *
create_window_cb (MillWindow *self)
{
  MillWindow *other =
      g_object_new (MILL_TYPE_WINDOW, "application", gtk_window_get_application (GTK_WINDOW (self)), NULL);

  gtk_window_present (GTK_WINDOW (other));
  return other->tab_view;
}

/**
 * mill_window_init_tabs:
 *
 * Called once, when the window is made. It has no tab yet.
 */
void
mill_window_init_tabs (MillWindow *self)
{
  /* In lists, Home and End have a meaning of their own. */
  adw_tab_view_remove_shortcuts (
      self->tab_view, ADW_TAB_VIEW_SHORTCUT_CONTROL_HOME | ADW_TAB_VIEW_SHORTCUT_CONTROL_END |
                          ADW_TAB_VIEW_SHORTCUT_CONTROL_SHIFT_HOME | ADW_TAB_VIEW_SHORTCUT_CONTROL_SHIFT_END);
  g_signal_connect_object (self->tab_view, "page-attached", G_CALLBACK (page_attached_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tab_view, "page-detached", G_CALLBACK (page_detached_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tab_view, "close-page", G_CALLBACK (close_page_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tab_view, "create-window", G_CALLBACK (create_window_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tab_view, "notify::selected-page", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
}
