/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text on a terminal: its width in columns, and tables. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint mill_cli_text_width (const char *text);
char *mill_cli_text_printable (const char *text);
char *mill_cli_text_fit (const char *text, guint columns);

typedef struct _MillCliTable MillCliTable;

MillCliTable *mill_cli_table_new (const char *alignment);
void mill_cli_table_add (MillCliTable *self, const char *first, ...) G_GNUC_NULL_TERMINATED;
char *mill_cli_table_to_string (MillCliTable *self);
void mill_cli_table_free (MillCliTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillCliTable, mill_cli_table_free)

G_END_DECLS
