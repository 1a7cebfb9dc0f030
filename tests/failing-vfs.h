/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite on a disk that fails when a test wants it to: a layer over the system's own VFS, and the default one
 * from the first call of failing_vfs_arm() on. Nothing waits for the disk, so that tests are quick. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The next @n_good writes go well; each one after them fails with @code, a code of SQLite. */
void failing_vfs_arm (guint n_good, int code);

/* Whether a write failed since it was armed. Any thread. */
gboolean failing_vfs_has_failed (void);

/* The disk works again. Returns: whether a write failed since it was armed */
gboolean failing_vfs_disarm (void);

G_END_DECLS
