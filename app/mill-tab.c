/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillTab: its pages are made when they are first needed. */

#include "config.h"

#include "mill-tab.h"

#include <glib/gi18n.h>

#include "mill-start-page.h"
#include "mill-unseen.h"

struct _MillTab
{
  AdwBin parent_instance;

  guint id;           /* no other tab of the program has it */
  MillRun *run;       /* (owned) (nullable): NULL on the start page */
  char *loading_name; /* (owned) (nullable): what is being opened in it */
  GPtrArray *hidden;  /* (owned) (nullable) of paths: run files that the start page leaves out */

  GtkStack *stack;               /* (unowned): the only child */
  MillStartPage *start_page;     /* (unowned) (nullable): not made yet */
  MillRunPage *run_page;         /* (unowned) (nullable): not made yet */
  MillPitfallPage *pitfall_page; /* (unowned) (nullable): there is one only while it is shown */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_BEAT,
  SIGNAL_ALERT,
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillTab, mill_tab, ADW_TYPE_BIN)

static void
announce (MillTab *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
beat_cb (MillTab *self)
{
  g_signal_emit (self, signals[SIGNAL_BEAT], 0);
}

static void
alert_cb (MillTab *self, const char *text)
{
  g_signal_emit (self, signals[SIGNAL_ALERT], 0, text);
}

static void
ended_cb (MillTab *self)
{
  announce (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

static void
forget_run (MillTab *self)
{
  if (self->run != NULL)
    {
      g_signal_handlers_disconnect_by_data (mill_run_get_knobs (self->run), self);
      g_signal_handlers_disconnect_by_data (self->run, self);
    }
  g_clear_object (&self->run);
}

static void
forget_pitfall (MillTab *self)
{
  if (self->pitfall_page == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->pitfall_page, self);
  gtk_stack_remove (self->stack, GTK_WIDGET (g_steal_pointer (&self->pitfall_page)));
}

static GtkWidget *
ensure_start_page (MillTab *self)
{
  if (self->start_page == NULL)
    {
      self->start_page = g_object_new (MILL_TYPE_START_PAGE, NULL);
      if (self->hidden != NULL)
        mill_start_page_set_hidden (self->start_page, self->hidden);
      mill_unseen_hide (GTK_WIDGET (self->start_page));
      gtk_stack_add_child (self->stack, GTK_WIDGET (self->start_page));
    }
  return GTK_WIDGET (self->start_page);
}

static GtkWidget *
ensure_run_page (MillTab *self)
{
  if (self->run_page == NULL)
    {
      self->run_page = g_object_new (MILL_TYPE_RUN_PAGE, NULL);
      mill_unseen_hide (GTK_WIDGET (self->run_page));
      gtk_stack_add_child (self->stack, GTK_WIDGET (self->run_page));
    }
  return GTK_WIDGET (self->run_page);
}

/* What is being opened will be there in a moment: nothing else needs to be shown first. */
static void
show_page (MillTab *self)
{
  if (self->run != NULL)
    gtk_stack_set_visible_child (self->stack, ensure_run_page (self));
  else if (self->pitfall_page != NULL)
    gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->pitfall_page));
  else if (self->loading_name == NULL)
    gtk_stack_set_visible_child (self->stack, ensure_start_page (self));
}

static void
mill_tab_map (GtkWidget *widget)
{
  show_page (MILL_TAB (widget));
  GTK_WIDGET_CLASS (mill_tab_parent_class)->map (widget);
}

static void
mill_tab_dispose (GObject *object)
{
  MillTab *self = MILL_TAB (object);

  forget_run (self);
  g_clear_pointer (&self->hidden, g_ptr_array_unref);

  G_OBJECT_CLASS (mill_tab_parent_class)->dispose (object);
}

static void
mill_tab_finalize (GObject *object)
{
  g_free (MILL_TAB (object)->loading_name);

  G_OBJECT_CLASS (mill_tab_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, MILL_TYPE_TAB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mill_tab_class_init (MillTabClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mill_tab_dispose;
  object_class->finalize = mill_tab_finalize;
  GTK_WIDGET_CLASS (klass)->map = mill_tab_map;

  signals[SIGNAL_CHANGED] = new_signal ("changed");
  signals[SIGNAL_BEAT] = new_signal ("beat");
  signals[SIGNAL_ENDED] = new_signal ("ended");
  signals[SIGNAL_ALERT] = g_signal_new ("alert", MILL_TYPE_TAB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
mill_tab_init (MillTab *self)
{
  static guint last_id;

  self->id = ++last_id;
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_transition_type (self->stack, GTK_STACK_TRANSITION_TYPE_CROSSFADE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
  mill_unseen_hide (GTK_WIDGET (self));
}

/**
 * mill_tab_new:
 *
 * Returns: (transfer floating): a tab on its start page
 */
MillTab *
mill_tab_new (void)
{
  return g_object_new (MILL_TYPE_TAB, NULL);
}

/**
 * mill_tab_get_id:
 *
 * Returns: a number that no other tab of the program has, or had
 */
guint
mill_tab_get_id (MillTab *self)
{
  return self->id;
}

/**
 * mill_tab_get_run:
 *
 * Returns: (transfer none) (nullable): what it shows; %NULL on the start page
 */
MillRun *
mill_tab_get_run (MillTab *self)
{
  return self->run;
}

/**
 * mill_tab_get_run_page:
 *
 * Returns: (transfer none) (nullable): the pages of its run; %NULL on the start page
 */
MillRunPage *
mill_tab_get_run_page (MillTab *self)
{
  return self->run != NULL ? self->run_page : NULL;
}

/**
 * mill_tab_is_active:
 *
 * Returns: whether something runs in it
 */
gboolean
mill_tab_is_active (MillTab *self)
{
  return self->run != NULL && mill_run_is_active (self->run);
}

/**
 * mill_tab_is_free:
 *
 * Returns: whether something new may be opened in it
 */
gboolean
mill_tab_is_free (MillTab *self)
{
  return self->run == NULL && self->pitfall_page == NULL && self->loading_name == NULL;
}

/**
 * mill_tab_is_loading:
 *
 * Returns: whether something is being opened in it
 */
gboolean
mill_tab_is_loading (MillTab *self)
{
  return self->loading_name != NULL;
}

/**
 * mill_tab_set_run:
 * @run: (transfer none): a run that was not started
 *
 * Shows @run in place of what was shown.
 *
 * Returns: %FALSE, and nothing changes, when the run before is still active
 */
gboolean
mill_tab_set_run (MillTab *self, MillRun *run)
{
  if (mill_tab_is_active (self))
    return FALSE;

  forget_run (self);
  self->run = g_object_ref (run);
  mill_run_page_set_run (MILL_RUN_PAGE (ensure_run_page (self)), run);
  show_page (self);
  forget_pitfall (self);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "state-changed", G_CALLBACK (announce), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "alert", G_CALLBACK (alert_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mill_run_get_knobs (run), "changed", G_CALLBACK (announce), self,
                           G_CONNECT_SWAPPED);
  announce (self);

  return TRUE;
}

/**
 * mill_tab_get_pitfall_page:
 *
 * Returns: (transfer none) (nullable): the page of its pitfall; %NULL when it shows none
 */
MillPitfallPage *
mill_tab_get_pitfall_page (MillTab *self)
{
  return self->pitfall_page;
}

/**
 * mill_tab_set_pitfall:
 * @job: (transfer none): a job that is a pitfall
 *
 * Shows it, ready to be started, in place of what was shown.
 *
 * Returns: %FALSE, and nothing changes, when the run before is still active
 */
gboolean
mill_tab_set_pitfall (MillTab *self, MillJob *job)
{
  if (mill_tab_is_active (self))
    return FALSE;

  forget_run (self);
  forget_pitfall (self);
  self->pitfall_page = g_object_new (MILL_TYPE_PITFALL_PAGE, NULL);
  mill_pitfall_page_set_job (self->pitfall_page, job);
  mill_unseen_hide (GTK_WIDGET (self->pitfall_page));
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->pitfall_page));
  show_page (self);
  g_signal_connect_object (self->pitfall_page, "changed", G_CALLBACK (announce), self, G_CONNECT_SWAPPED);
  announce (self);

  return TRUE;
}

/**
 * mill_tab_show_start:
 *
 * Takes its run or its pitfall from it, and shows the start page.
 */
void
mill_tab_show_start (MillTab *self)
{
  forget_run (self);
  forget_pitfall (self);
  show_page (self);
  announce (self);
}

/**
 * mill_tab_set_loading:
 * @name: (nullable): what is being opened in it; %NULL when that is done
 */
void
mill_tab_set_loading (MillTab *self, const char *name)
{
  g_free (self->loading_name);
  self->loading_name = g_strdup (name);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_page (self);
  announce (self);
}

/**
 * mill_tab_set_hidden:
 * @paths: (transfer none) (element-type filename): run files
 *
 * Has the start page show all recent runs but these.
 */
void
mill_tab_set_hidden (MillTab *self, GPtrArray *paths)
{
  g_clear_pointer (&self->hidden, g_ptr_array_unref);
  self->hidden = g_ptr_array_ref (paths);
  if (self->start_page != NULL)
    mill_start_page_set_hidden (self->start_page, paths);
}

/**
 * mill_tab_get_title:
 *
 * Returns: (transfer full): what it shows, in a word
 */
char *
mill_tab_get_title (MillTab *self)
{
  if (self->loading_name != NULL)
    return g_strdup (self->loading_name);
  if (self->run != NULL)
    return g_strdup (mill_job_get_name (mill_run_get_job (self->run)));
  if (self->pitfall_page != NULL)
    return g_strdup (mill_job_get_name (mill_pitfall_page_get_job (self->pitfall_page)));
  /* Translators: the title of a tab that shows the scenarios, recent runs and ways to open others */
  return g_strdup (C_ ("tab", "Start"));
}

/**
 * mill_tab_get_icon_name:
 *
 * Returns: (nullable): an icon for the state that its run is in; %NULL for what was not started
 */
const char *
mill_tab_get_icon_name (MillTab *self)
{
  if (self->run == NULL)
    return NULL;
  switch (mill_run_get_state (self->run))
    {
    case MILL_STATE_RUNNING:
      return "media-playback-start-symbolic";
    case MILL_STATE_PAUSED:
      return "media-playback-pause-symbolic";
    case MILL_STATE_DRAINING:
    case MILL_STATE_STOPPING:
      return "mill-drain-symbolic";
    case MILL_STATE_FINISHED:
      return "object-select-symbolic";
    case MILL_STATE_STOPPED:
      return "media-playback-stop-symbolic";
    case MILL_STATE_FAILED:
      return "dialog-warning-symbolic";
    case MILL_STATE_IDLE:
    default:
      return NULL;
    }
}
