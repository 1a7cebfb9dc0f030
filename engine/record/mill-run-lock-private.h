/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who writes to a run file: one program at a time, from when it opens the file until it closes it. SQLite's
 * own locks come and go with each transaction.
 *
 * To close any descriptor of a file gives up all of a process's POSIX locks on it, SQLite's among them; so
 * this process remembers which files it writes to, and does not ask about these in that way. A reader loses
 * by it only the lock that says that the file is open: those of its transactions are on the -shm file.
 *
 * Threads: any.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A descriptor that holds the lock, or -1 with errno set; EWOULDBLOCK is that somebody else has it. */
int mill_run_lock_take (const char *path);

/* Once SQLite has closed the file. */
void mill_run_lock_give_back (int fd);

/* FALSE also when it cannot be found out. */
gboolean mill_run_lock_is_taken (const char *path);

G_END_DECLS
