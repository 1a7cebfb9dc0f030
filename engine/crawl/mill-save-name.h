/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File names for saved pages: derived from the URL, never taken from a server, and never outside their
 * folder. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MILL_SAVE_NAME_MAX:
 *
 * The longest path, in bytes.
 */
#define MILL_SAVE_NAME_MAX 1000
/**
 * MILL_SAVE_NAME_SEGMENT_MAX:
 *
 * The longest name of one file or folder in it, in bytes.
 */
#define MILL_SAVE_NAME_SEGMENT_MAX 200

char *mill_save_name (const char *url, const char *content_type);

/**
 * MillSaveNames:
 *
 * The file names given so far in one folder, so that no two pages get the same one. Thread-safe.
 */
#define MILL_TYPE_SAVE_NAMES (mill_save_names_get_type ())
G_DECLARE_FINAL_TYPE (MillSaveNames, mill_save_names, MILL, SAVE_NAMES, GObject)

MillSaveNames *mill_save_names_new (void);
void mill_save_names_reserve (MillSaveNames *self, const char *name, const char *url);
char *mill_save_names_get (MillSaveNames *self, const char *url, const char *content_type);

G_END_DECLS
