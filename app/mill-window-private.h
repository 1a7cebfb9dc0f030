/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of MillWindow share: mill-window.c has what frames the tabs, mill-window-tabs.c the tabs,
 * mill-window-leave.c how runs are left behind, mill-window-present.c how one is shown to a room,
 * mill-window-actions.c what buttons and keys do, mill-window-runs.c what it does with run files,
 * mill-window-knobs.c undo and redo. Buttons and keys act on the tab that is shown. */

#pragma once

#include "mill-run.h"
#include "mill-tab.h"
#include "mill-window.h"
#include "record/mill-export.h"

G_BEGIN_DECLS

/* What to do once a run has ended. */
typedef enum
{
  MILL_AFTER_NOTHING,
  MILL_AFTER_BACK,         /* its tab shows the start page */
  MILL_AFTER_CLOSE_TAB,    /* its tab is closed */
  MILL_AFTER_CLOSE_WINDOW, /* the window is closed, when nothing runs in any tab */
} MillAfter;

struct _MillWindow
{
  AdwApplicationWindow parent_instance;

  GSettings *settings;           /* (owned) (nullable): NULL when the schema is nowhere */
  GHashTable *leaving;           /* (owned): MillTab, unowned → MillAfter: agreed to, and still running */
  GtkWindow *question;           /* (unowned) (nullable): while it is open */
  GPtrArray *asked_tabs;         /* (owned) (nullable) of MillTab, owned: what the question is about */
  MillAfter asked_after;         /* what the answer is waited for with */
  GtkFileChooserNative *chooser; /* (owned) (nullable): while it is open */
  char *exported_path;           /* (owned) (nullable): the run file that the chooser is for */
  MillExportFormat export_format;
  AdwToast *knob_toast;   /* (unowned) (nullable): while it is shown */
  GPtrArray *removed;     /* (owned) of paths: removed, but that can still be undone */
  MillRunPage *presented; /* (owned) (nullable): what is presented to a room */
  guint header_timer;     /* 0 unless the header is to be hidden then */
  double pointer_x;
  double pointer_y;

  /* Template */
  AdwToastOverlay *toast_overlay;
  GtkBox *frame;
  GtkWidget *header;
  GtkRevealer *header_revealer;
  AdwWindowTitle *title;
  GtkWidget *run_buttons;
  GtkWidget *drain_button;
  GtkStack *start_stack;
  GtkButton *present_button;
  GtkMenuButton *menu_button;
  GtkWidget *new_tab_button;
  GtkWidget *tab_bar;
  AdwTabView *tab_view;
  GtkWidget *drop_hint;
};

void mill_window_start (MillWindow *self, MillTab *tab);
void mill_window_install_actions (GtkWidgetClass *widget_class);
void mill_window_update_actions (MillWindow *self);
void mill_window_update_title (MillWindow *self);

MillTab *mill_window_get_tab (MillWindow *self);
GPtrArray *mill_window_list_tabs (MillWindow *self);
MillTab *mill_window_take_tab (MillWindow *self);
MillTab *mill_window_show_run (MillWindow *self, MillRun *run);
MillTab *mill_window_open_job (MillWindow *self, MillJob *job, const char *origin);
void mill_window_show_start_tab (MillWindow *self);
void mill_window_init_tabs (MillWindow *self);

void mill_window_install_present_action (GtkWidgetClass *widget_class);
void mill_window_init_presentation (MillWindow *self);
void mill_window_end_presentation (MillWindow *self);

void mill_window_leave (MillWindow *self, GPtrArray *tabs, MillAfter after);
void mill_window_settle (MillWindow *self, MillTab *tab);
void mill_window_stay (MillWindow *self);
gboolean mill_window_has_active_tab (MillWindow *self);

void mill_window_add_filter (GtkFileChooser *chooser, const char *name, const char *pattern);
void mill_window_open_run (MillTab *tab, const char *path);
void mill_window_resume_run (MillTab *tab, const char *path);
void mill_window_install_run_actions (GtkWidgetClass *widget_class);
void mill_window_install_knob_actions (GtkWidgetClass *widget_class);
void mill_window_add_undo_keys (MillWindow *self);
void mill_window_update_knob_actions (MillWindow *self);
void mill_window_empty_removed (MillWindow *self);
void mill_window_show_error (MillWindow *self, const char *heading, const char *message);

G_END_DECLS
