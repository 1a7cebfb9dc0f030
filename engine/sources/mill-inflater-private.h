/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillInflater: reads a gzip file: members one after the other, as gzip takes them; what comes after the last
 * that is none is left. One thread at a time. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MillInflater MillInflater;

/* Whether @fd, a file that can be sought, goes on with a gzip member. */
gboolean mill_inflater_applies (int fd);
MillInflater *mill_inflater_new (void);
void mill_inflater_free (MillInflater *self);
/* As read(): up to @size bytes of what is in @fd, 0 at the end; -1 with an error. */
gssize mill_inflater_read (MillInflater *self, int fd, char *room, gsize size, GError **error);

G_END_DECLS
