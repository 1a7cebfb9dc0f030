/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "core/mill-write-private.h"

#include <errno.h>
#include <unistd.h>

/* Returns: FALSE with errno set; then some of it may have been written */
gboolean
mill_write_all (int fd, gconstpointer data, gsize length)
{
  const char *at = data;

  while (length > 0)
    {
      gssize n = write (fd, at, length);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          at += n;
          length -= (gsize) n;
        }
    }
  return TRUE;
}

/* Whether the error is the disk's, so that no other file could be written to it either. */
gboolean
mill_write_is_hopeless (int errsv)
{
  return errsv == ENOSPC || errsv == EDQUOT || errsv == EROFS || errsv == EIO;
}
