/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference of job files, to be read beside an editor: groups and parts to unfold, each with its keys. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWindow *mill_reference_window_new (void);

G_END_DECLS
