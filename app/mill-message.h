/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question or a piece of news, in a dialog of its own. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *mill_message_new (GtkWindow *parent, const char *heading, const char *body);
void mill_message_show (GtkWindow *parent, const char *heading, const char *body);

G_END_DECLS
