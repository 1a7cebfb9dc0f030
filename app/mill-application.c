/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillApplication: `millrace [FILE|SCENARIO]…` */

#include "config.h"

#include "mill-application.h"

#include <glib/gi18n.h>

#include "mill-builtin-jobs.h"
#include "mill-perf-report.h"
#include "mill-preferences-window.h"
#include "mill-reference-window.h"
#include "mill-preferences.h"
#include "mill-settings.h"
#include "mill-shortcuts.h"
#include "mill-style.h"
#include "mill-window.h"

struct _MillApplication
{
  AdwApplication parent_instance;

  GSettings *settings; /* (owned) (nullable): NULL when the schema is nowhere */
  gint64 started_us;
  MillPerfReport *report;      /* (owned) (nullable): while one is taken */
  GtkWindow *help_window;      /* (weak) (nullable): while it is open */
  GtkWindow *reference_window; /* (weak) (nullable): while it is open */
};

G_DEFINE_FINAL_TYPE (MillApplication, mill_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
  { "perf-report", 0, 0, G_OPTION_ARG_DOUBLE, NULL,
    N_ ("Start what is opened, print what drawing it costs, and quit"), N_ ("SECONDS") },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL,
    N_ ("[FILE.millrace|FILE.millrace-run|SCENARIO]…") },
  { NULL },
};

/* The window that was used last, or a new one. Dialogs are among the windows, too. */
static MillWindow *
get_window (MillApplication *self)
{
  GList *link = gtk_application_get_windows (GTK_APPLICATION (self));

  while (link != NULL && !MILL_IS_WINDOW (link->data))
    link = link->next;
  return link != NULL ? MILL_WINDOW (link->data) : mill_window_new (GTK_APPLICATION (self));
}

/* Opens what somebody named on the command line: a file if there is one, else a scenario. */
static gboolean
open_argument (MillWindow *window, GApplicationCommandLine *command_line, const char *argument)
{
  g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (command_line, argument);
  g_auto (GStrv) scenarios = mill_builtin_jobs_list ();
  g_auto (GStrv) pitfalls = mill_builtin_jobs_list_pitfalls ();

  if (!g_file_query_exists (file, NULL) && (g_strv_contains ((const char *const *) scenarios, argument) ||
                                            g_strv_contains ((const char *const *) pitfalls, argument)))
    return mill_window_open_builtin (window, argument);

  return mill_window_open_file (window, file);
}

static void
print_report_cb (MillPerfReport *report, gpointer user_data)
{
  MillApplication *self = user_data;
  MillRun *run = mill_perf_report_get_run (report);
  g_autofree char *json = mill_perf_report_to_json (report);

  g_print ("%s\n", json);
  if (run == NULL || !mill_run_is_active (run))
    {
      g_application_quit (G_APPLICATION (self));
      return;
    }
  g_signal_connect_object (run, "ended", G_CALLBACK (g_application_quit), self, G_CONNECT_SWAPPED);
  mill_run_stop (run);
}

/* Starts what the window shows, if that is a run, and reports on it. */
static void
take_report (MillApplication *self, MillWindow *window, double seconds)
{
  MillRun *run = mill_window_get_run (window);

  self->report = mill_perf_report_new (GTK_WINDOW (window), run, self->started_us);
  mill_perf_report_take (self->report, seconds, print_report_cb, self);
  if (run != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.start", NULL);
}

static int
mill_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  MillApplication *self = MILL_APPLICATION (application);
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **arguments = NULL;
  MillWindow *window;
  gboolean is_ok = TRUE;
  double seconds;
  guint i;

  g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&ay", &arguments);
  window = get_window (self);
  for (i = 0; arguments != NULL && arguments[i] != NULL; i++)
    is_ok = open_argument (window, command_line, arguments[i]) && is_ok;
  gtk_window_present (GTK_WINDOW (window));
  if (is_ok && g_variant_dict_lookup (dict, "perf-report", "d", &seconds))
    take_report (self, window, seconds);

  return is_ok ? 0 : 2;
}

static int
mill_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("Millrace %s\n", MILLRACE_VERSION);
      return 0;
    }
  if (!gtk_init_check ())
    {
      g_printerr ("%s\n",
                  _ ("There is no display to open a window on; millrace-cli runs jobs in a terminal."));
      return 1;
    }

  /* What is measured is this process, not one that was there before. */
  if (g_variant_dict_contains (dict, "perf-report"))
    g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);

  return G_APPLICATION_CLASS (mill_application_parent_class)->handle_local_options (application, dict);
}

static void
mill_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (MILL_APPLICATION (application))));
}

static void
mill_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  MillWindow *window = get_window (MILL_APPLICATION (application));

  for (int i = 0; i < n_files; i++)
    mill_window_open_file (window, files[i]);
  gtk_window_present (GTK_WINDOW (window));
}

static void
new_window_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (mill_window_new (GTK_APPLICATION (user_data))));
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MillApplication *self = MILL_APPLICATION (user_data);

  gtk_window_present (
      GTK_WINDOW (mill_preferences_window_new (GTK_WINDOW (get_window (self)), self->settings)));
}

/* One window is enough, whichever asked for it. */
static void
help_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MillApplication *self = MILL_APPLICATION (user_data);

  if (self->help_window == NULL)
    {
      g_autoptr (GtkBuilder) builder =
          gtk_builder_new_from_resource ("/io/github/millrace/Millrace/ui/help-window.ui");

      g_set_weak_pointer (&self->help_window, GTK_WINDOW (gtk_builder_get_object (builder, "help_window")));
      gtk_window_set_transient_for (self->help_window, GTK_WINDOW (get_window (self)));
      gtk_window_set_application (self->help_window, GTK_APPLICATION (self));
    }
  gtk_window_present (self->help_window);
}

static void
reference_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MillApplication *self = MILL_APPLICATION (user_data);

  if (self->reference_window == NULL)
    {
      g_set_weak_pointer (&self->reference_window, mill_reference_window_new ());
      gtk_window_set_application (self->reference_window, GTK_APPLICATION (self));
    }
  gtk_window_present (self->reference_window);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (user_data)), "application-name",
                         _ ("Millrace"), "application-icon", MILLRACE_APP_ID, "version", MILLRACE_VERSION,
                         "comments", _ ("Runs concurrent pipelines and shows them running."),
                         "developer-name", _ ("The Millrace contributors"), "license-type",
                         GTK_LICENSE_GPL_3_0, "translator-credits",
                         /* Translators: your name, one a line, for the window About Millrace */
                         _ ("translator-credits"), NULL);
}

/* Each window asks for itself whether a run that is going on may be stopped. Windows take others with them.
 */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (user_data));
  g_autolist (GtkWindow) copy = g_list_copy_deep (windows, (GCopyFunc) (GCallback) g_object_ref, NULL);

  for (GList *link = copy; link != NULL; link = link->next)
    gtk_window_close (GTK_WINDOW (link->data));
}

/* Whichever window it is in by now. */
static void
show_tab_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *link = gtk_application_get_windows (GTK_APPLICATION (user_data));

  for (; link != NULL; link = link->next)
    if (MILL_IS_WINDOW (link->data) && mill_window_show_tab (link->data, g_variant_get_uint32 (parameter)))
      {
        gtk_window_present (link->data);
        return;
      }
  g_application_activate (G_APPLICATION (user_data));
}

static const GActionEntry actions[] = {
  { .name = "new-window", .activate = new_window_action },
  { .name = "show-tab", .activate = show_tab_action, .parameter_type = "u" },
  { .name = "preferences", .activate = preferences_action },
  { .name = "help", .activate = help_action },
  { .name = "reference", .activate = reference_action },
  { .name = "about", .activate = about_action },
  { .name = "quit", .activate = quit_action },
};

/* Without settings there is nothing to prefer. */
static void
set_up_preferences (MillApplication *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "preferences");

  self->settings = mill_settings_new ();
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), self->settings != NULL);
  if (self->settings != NULL)
    mill_preferences_follow (self->settings);
}

static void
mill_application_startup (GApplication *application)
{
  const MillShortcut *shortcuts;
  guint i, n;

  /* See mill-style.h. */
  adw_init ();
  g_application_set_resource_base_path (application, NULL);
  G_APPLICATION_CLASS (mill_application_parent_class)->startup (application);

  mill_style_load ();
  gtk_window_set_default_icon_name (MILLRACE_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  set_up_preferences (MILL_APPLICATION (application));
  shortcuts = mill_shortcuts_list (&n);
  for (i = 0; i < n; i++)
    if (shortcuts[i].action != NULL)
      gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action,
                                             shortcuts[i].accels);
}

static void
mill_application_dispose (GObject *object)
{
  MillApplication *self = MILL_APPLICATION (object);

  g_clear_weak_pointer (&self->help_window);
  g_clear_weak_pointer (&self->reference_window);
  g_clear_object (&self->report);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (mill_application_parent_class)->dispose (object);
}

static void
mill_application_class_init (MillApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mill_application_dispose;
  application_class->startup = mill_application_startup;
  application_class->activate = mill_application_activate;
  application_class->open = mill_application_open;
  application_class->command_line = mill_application_command_line;
  application_class->handle_local_options = mill_application_handle_local_options;
}

static void
mill_application_init (MillApplication *self)
{
  self->started_us = g_get_monotonic_time ();
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _ ("Runs concurrent pipelines and shows them running."));
}

/**
 * mill_application_new:
 *
 * Returns: (transfer full): the program
 */
MillApplication *
mill_application_new (void)
{
  return g_object_new (MILL_TYPE_APPLICATION, "application-id", MILLRACE_APP_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN, NULL);
}
