/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of MillWindow share: mill-window.c has the life of the window, mill-window-actions.c what
 * its buttons and keys do. */

#pragma once

#include "mill-run-page.h"
#include "mill-run.h"
#include "mill-start-page.h"
#include "mill-window.h"

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

  /* Template */
  GtkStack *stack;
  MillStartPage *start_page;
  AdwWindowTitle *run_title;
  GtkStack *start_stack;
  MillRunPage *run_page;
};

void mill_window_install_actions (GtkWidgetClass *widget_class);
void mill_window_update_actions (MillWindow *self);

gboolean mill_window_set_run (MillWindow *self, MillRun *run);
void mill_window_leave (MillWindow *self, MillAfter after);
void mill_window_show_error (MillWindow *self, const char *heading, const char *message);

G_END_DECLS
