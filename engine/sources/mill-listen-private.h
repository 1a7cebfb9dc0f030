/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the sources that listen have in common: opening the port, and saying where it is. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MILL_LISTEN_ADDRESS   "127.0.0.1"
#define MILL_LISTEN_MAX_LINE  (64 * 1024)        /* at first */
#define MILL_LISTEN_MOST_LINE (16 * 1024 * 1024) /* that may be asked for */

/* (transfer full) (nullable): a socket that listens and does not block. @address: an IP address. @port: 0
 * chooses one. @backlog: how many may wait to be accepted. The error begins with the job file's key. */
GSocket *mill_listen (const char *address, guint port, gint backlog, GError **error);
/* (transfer full): "127.0.0.1:7070", "[::1]:7070" */
char *mill_listen_describe (GSocket *socket);

G_END_DECLS
