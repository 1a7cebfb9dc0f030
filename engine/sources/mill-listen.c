/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a port. */

#include "config.h"

#include "sources/mill-listen-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"

static gboolean
try_listen (GSocket *socket, GSocketAddress *address, gint backlog, GError **error)
{
  if (socket == NULL)
    return FALSE;
  g_socket_set_listen_backlog (socket, backlog);
  g_socket_set_blocking (socket, FALSE);
  return g_socket_bind (socket, address, TRUE, error) && g_socket_listen (socket, error);
}

GSocket *
mill_listen (const char *address, guint port, gint backlog, GError **error)
{
  g_autoptr (GSocketAddress) socket_address =
      address != NULL ? g_inet_socket_address_new_from_string (address, port) : NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) reason = NULL;

  if (socket_address == NULL)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                   _ ("address: “%s” is not an IP address such as 127.0.0.1 or ::1"),
                   address != NULL ? address : "");
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (socket_address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, &reason);
  if (try_listen (socket, socket_address, backlog, reason == NULL ? &reason : NULL))
    return g_steal_pointer (&socket);
  /* Translators: “port” is a key of the job file and stays; then an address, a port, and why */
  g_set_error (error, reason->domain, reason->code, _ ("port: cannot listen at %s port %u: %s"), address,
               port, reason->message);
  return NULL;
}

char *
mill_listen_describe (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;
}
