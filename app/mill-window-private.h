/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of MillWindow share: mill-window.c has the life of the window, mill-window-actions.c what
 * its buttons and keys do, mill-window-runs.c what it does with run files. */

#pragma once

#include "mill-run-page.h"
#include "mill-run.h"
#include "mill-start-page.h"
#include "mill-window.h"
#include "record/mill-export.h"

G_BEGIN_DECLS

/* What to do once the run has ended. */
typedef enum
{
  MILL_AFTER_NOTHING,
  MILL_AFTER_BACK,
  MILL_AFTER_CLOSE,
} MillAfter;

struct _MillWindow
{
  AdwApplicationWindow parent_instance;

  GSettings *settings; /* (owned) (nullable): NULL when the schema is nowhere */
  MillRun *run;        /* (owned) (nullable): NULL on the start page */
  MillAfter after;
  GtkFileChooserNative *chooser; /* (owned) (nullable): while it is open */
  GtkWindow *question;           /* (unowned) (nullable): while it is open */
  gboolean is_loading;           /* a run file is being opened */
  char *exported_path;           /* (owned) (nullable): the run file that the chooser is for */
  MillExportFormat export_format;
  GPtrArray *removed; /* (owned) of paths: removed, but that can still be undone */

  /* Template */
  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  MillStartPage *start_page;
  AdwWindowTitle *run_title;
  GtkStack *start_stack;
  MillRunPage *run_page;
};

void mill_window_install_actions (GtkWidgetClass *widget_class);
void mill_window_update_actions (MillWindow *self);

MillRun *mill_window_get_run (MillWindow *self);
gboolean mill_window_set_run (MillWindow *self, MillRun *run);
MillWindow *mill_window_show_run (MillWindow *self, MillRun *run);
void mill_window_add_filter (GtkFileChooser *chooser, const char *name, const char *pattern);
void mill_window_leave (MillWindow *self, MillAfter after);
void mill_window_open_run (MillWindow *self, const char *path);
void mill_window_resume_run (MillWindow *self, const char *path);
void mill_window_install_run_actions (GtkWidgetClass *widget_class);
void mill_window_empty_removed (MillWindow *self);
void mill_window_show_error (MillWindow *self, const char *heading, const char *message);

G_END_DECLS
