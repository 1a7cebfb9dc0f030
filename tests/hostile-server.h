/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server on loopback that behaves as badly as a test wants: each path has an act, which talks to the client
 * byte by byte. Each connection has a thread of its own and serves one request, so that an act may last until
 * the client goes away. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HostileServer HostileServer;

/* One request, while it is being answered. */
typedef struct
{
  HostileServer *server;   /* (unowned) */
  GSocket *socket;         /* (unowned) */
  GInputStream *input;     /* (unowned) */
  GOutputStream *output;   /* (unowned) */
  const char *path;        /* (unowned) as asked for */
  guint times;             /* how often this path was asked for, this time included */
  gconstpointer user_data; /* (unowned) of the act */
} HostileTalk;

typedef void (*HostileAct) (HostileTalk *talk);

HostileServer *hostile_server_new (GTlsCertificate *certificate);
void hostile_server_free (HostileServer *self);

/* @path: exact, or a folder with its slash for all that is in it and has no act of its own. What has none is
 * 404. */
void hostile_server_set (HostileServer *self, const char *path, HostileAct act, gconstpointer user_data);

/* What is said to every client before it has asked for anything; a static string. Then the connection ends.
 */
void hostile_server_set_greeting (HostileServer *self, const char *greeting);

const char *hostile_server_get_base (HostileServer *self);
guint hostile_server_get_asked (HostileServer *self, const char *path);
guint hostile_server_get_connections (HostileServer *self);
/* Requests that are not "GET PATH HTTP/1.1" with a path of printable ASCII, or that have a header "Evil". */
guint hostile_server_get_malformed (HostileServer *self);
guint64 hostile_server_get_sent (HostileServer *self);

/* These return FALSE as soon as the client is gone. */
gboolean hostile_say (HostileTalk *talk, const char *text);
gboolean hostile_say_bytes (HostileTalk *talk, gconstpointer data, gsize size);
gboolean hostile_listen (HostileTalk *talk, gint64 at_most_us);
void hostile_say_for_ever (HostileTalk *talk, gconstpointer data, gsize size);
void hostile_say_page (HostileTalk *talk, const char *content_type, gconstpointer data, gsize size);
void hostile_reset (HostileTalk *talk);

/* Acts. */
void hostile_act_text (HostileTalk *talk);   /* user_data is the whole answer */
void hostile_act_html (HostileTalk *talk);   /* user_data is the page */
void hostile_act_silent (HostileTalk *talk); /* says nothing until the client goes away */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostileServer, hostile_server_free)

G_END_DECLS
