/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "failing-vfs.h"

#include <sqlite3.h>

/* A file, followed by that of the system. */
typedef struct
{
  sqlite3_file base;
  sqlite3_file *real; /* (unowned) behind this struct */
} File;

static sqlite3_vfs *system_vfs;
static sqlite3_vfs vfs;
static gint is_armed; /* (atomic) */
static gint n_left;   /* (atomic) */
static gint n_failed; /* (atomic) */
static int failure;

static sqlite3_file *
get_real (sqlite3_file *file)
{
  return ((File *) file)->real;
}

static gboolean
is_to_fail (void)
{
  if (!g_atomic_int_get (&is_armed) || g_atomic_int_add (&n_left, -1) > 0)
    return FALSE;
  g_atomic_int_inc (&n_failed);
  return TRUE;
}

static int
file_close (sqlite3_file *file)
{
  return get_real (file)->pMethods->xClose (get_real (file));
}

static int
file_read (sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
  return get_real (file)->pMethods->xRead (get_real (file), data, size, offset);
}

static int
file_write (sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
  return is_to_fail () ? failure : get_real (file)->pMethods->xWrite (get_real (file), data, size, offset);
}

static int
file_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return get_real (file)->pMethods->xTruncate (get_real (file), size);
}

static int
file_sync (sqlite3_file *file, int flags)
{
  return SQLITE_OK;
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return get_real (file)->pMethods->xFileSize (get_real (file), size);
}

static int
file_lock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xLock (get_real (file), level);
}

static int
file_unlock (sqlite3_file *file, int level)
{
  return get_real (file)->pMethods->xUnlock (get_real (file), level);
}

static int
file_check_lock (sqlite3_file *file, int *result)
{
  return get_real (file)->pMethods->xCheckReservedLock (get_real (file), result);
}

static int
file_control (sqlite3_file *file, int what, void *argument)
{
  return get_real (file)->pMethods->xFileControl (get_real (file), what, argument);
}

static int
file_sector_size (sqlite3_file *file)
{
  return get_real (file)->pMethods->xSectorSize (get_real (file));
}

static int
file_characteristics (sqlite3_file *file)
{
  return get_real (file)->pMethods->xDeviceCharacteristics (get_real (file));
}

static int
file_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
  return get_real (file)->pMethods->xShmMap (get_real (file), page, size, extend, memory);
}

static int
file_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return get_real (file)->pMethods->xShmLock (get_real (file), offset, n, flags);
}

static void
file_shm_barrier (sqlite3_file *file)
{
  get_real (file)->pMethods->xShmBarrier (get_real (file));
}

static int
file_shm_unmap (sqlite3_file *file, int delete)
{
  return get_real (file)->pMethods->xShmUnmap (get_real (file), delete);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = file_close,
  .xRead = file_read,
  .xWrite = file_write,
  .xTruncate = file_truncate,
  .xSync = file_sync,
  .xFileSize = file_size,
  .xLock = file_lock,
  .xUnlock = file_unlock,
  .xCheckReservedLock = file_check_lock,
  .xFileControl = file_control,
  .xSectorSize = file_sector_size,
  .xDeviceCharacteristics = file_characteristics,
  .xShmMap = file_shm_map,
  .xShmLock = file_shm_lock,
  .xShmBarrier = file_shm_barrier,
  .xShmUnmap = file_shm_unmap,
};

static int
open_file (sqlite3_vfs *self, sqlite3_filename name, sqlite3_file *base, int flags, int *out_flags)
{
  File *file = (File *) base;
  int code;

  file->real = (sqlite3_file *) (file + 1);
  code = system_vfs->xOpen (system_vfs, name, file->real, flags, out_flags);
  base->pMethods = code == SQLITE_OK ? &methods : NULL;
  return code;
}

void
failing_vfs_arm (guint n_good, int code)
{
  if (system_vfs == NULL)
    {
      system_vfs = sqlite3_vfs_find (NULL);
      vfs = *system_vfs;
      vfs.zName = "failing";
      vfs.szOsFile += (int) sizeof (File);
      vfs.xOpen = open_file;
      g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
    }
  failure = code;
  g_atomic_int_set (&n_failed, 0);
  g_atomic_int_set (&n_left, (gint) n_good);
  g_atomic_int_set (&is_armed, 1);
}

gboolean
failing_vfs_has_failed (void)
{
  return g_atomic_int_get (&n_failed) > 0;
}

gboolean
failing_vfs_disarm (void)
{
  g_atomic_int_set (&is_armed, 0);
  return failing_vfs_has_failed ();
}
