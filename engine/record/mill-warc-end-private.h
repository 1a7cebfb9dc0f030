/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an archive that was left ends. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean mill_warc_check_begin (int fd, const char *name, GError **error);
gboolean mill_warc_find_end (int fd, const char *name, GCancellable *cancellable, goffset *end,
                             GError **error);

G_END_DECLS
