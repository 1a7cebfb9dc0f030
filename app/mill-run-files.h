/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where run files are, and what they are called. Everything here blocks, if shortly. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MILL_RUN_FILE_SUFFIX ".millrace-run"

char *mill_run_files_get_folder (void);
char *mill_run_files_new_named_path (const char *folder, const char *name, GError **error);
char *mill_run_files_new_path (const char *folder, const char *start, GError **error);
gboolean mill_run_files_is_one (GFile *file);
GPtrArray *mill_run_files_list (const char *folder, const char *const *elsewhere, guint most);
char **mill_run_files_get_elsewhere (GSettings *settings);
void mill_run_files_remember (GSettings *settings, const char *path);
void mill_run_files_forget (GSettings *settings, const char *path);
void mill_run_files_prune (const char *folder, guint kept);
void mill_run_files_delete (const char *path);
void mill_run_files_trash (const char *path);

G_END_DECLS
