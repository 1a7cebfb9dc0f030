/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flock(), which no other part of a process gives up by accident, and the set of the files that this process
 * has locked. */

#include "config.h"

#include "record/mill-run-lock-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES        5
#define TRY_EVERY_US 2000

static GMutex lock;
static GHashTable *ours; /* (owned) (nullable) (lock) set of device:inode, owned */

static char *
make_key (const struct stat *status)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) status->st_dev,
                          (guint64) status->st_ino);
}

static void
remember_locked (int fd)
{
  struct stat status;

  if (fstat (fd, &status) != 0)
    return;
  if (ours == NULL)
    ours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (ours, make_key (&status));
}

static void
forget_locked (int fd)
{
  struct stat status;
  g_autofree char *key = fstat (fd, &status) == 0 ? make_key (&status) : NULL;

  if (key != NULL && ours != NULL)
    g_hash_table_remove (ours, key);
}

/* Of one that is open to us; -1 and errno EWOULDBLOCK else. */
static int
try_lock (const char *path, int operation)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  int problem;

  if (fd < 0 || flock (fd, operation | LOCK_NB) == 0)
    return fd;
  problem = errno;
  close (fd);
  errno = problem;
  return -1;
}

static gboolean
is_ours_locked (const char *path)
{
  struct stat status;
  g_autofree char *key = stat (path, &status) == 0 ? make_key (&status) : NULL;

  return key != NULL && ours != NULL && g_hash_table_contains (ours, key);
}

/* Again and again for a moment: who only asks has the lock for about as long as a system call takes. */
static int
lock_for_writing (const char *path)
{
  int fd = try_lock (path, LOCK_EX);

  for (guint i = 0; fd < 0 && errno == EWOULDBLOCK && i < TRIES; i++)
    {
      g_usleep (TRY_EVERY_US);
      fd = try_lock (path, LOCK_EX);
    }
  return fd;
}

int
mill_run_lock_take (const char *path)
{
  int fd = -1, problem = EWOULDBLOCK;

  g_mutex_lock (&lock);
  if (!is_ours_locked (path))
    {
      fd = lock_for_writing (path);
      problem = errno;
    }
  if (fd >= 0)
    remember_locked (fd);
  g_mutex_unlock (&lock);
  errno = problem;
  return fd;
}

void
mill_run_lock_give_back (int fd)
{
  g_mutex_lock (&lock);
  forget_locked (fd);
  close (fd);
  g_mutex_unlock (&lock);
}

gboolean
mill_run_lock_is_taken (const char *path)
{
  gboolean is_taken;
  int fd;

  g_mutex_lock (&lock);
  is_taken = is_ours_locked (path);
  if (!is_taken)
    {
      fd = try_lock (path, LOCK_SH);
      is_taken = fd < 0 && errno == EWOULDBLOCK;
      if (fd >= 0)
        close (fd);
    }
  g_mutex_unlock (&lock);
  return is_taken;
}
