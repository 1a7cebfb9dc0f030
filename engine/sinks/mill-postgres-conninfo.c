/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be known of a connection before there is one. */

#include "config.h"

#include "sinks/mill-postgres-conninfo-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <libpq-fe.h>

#include "core/mill-error.h"

/* Seconds; libpq takes no less. */
#define PATIENCE "2"

static gboolean
has_password (const PQconninfoOption *options)
{
  for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
    if (g_str_has_suffix (option->keyword, "password") && option->val != NULL && option->val[0] != '\0')
      return TRUE;
  return FALSE;
}

/* Whether @conninfo can be understood and has no password. libpq's own message is not shown: it may quote
 * one. */
gboolean
mill_postgres_check_conninfo (const char *conninfo, GError **error)
{
  PQconninfoOption *options = PQconninfoParse (conninfo, NULL);
  gboolean ok = options != NULL && !has_password (options);

  if (options == NULL)
    g_set_error_literal (
        error, MILL_ERROR, MILL_ERROR_INVALID,
        _ ("the “connection” is neither “keyword=value …” nor “postgresql://…” as libpq wants it"));
  else if (!ok)
    g_set_error_literal (
        error, MILL_ERROR, MILL_ERROR_INVALID,
        _ ("a password has no place in a job, which is shown and recorded: put it into ~/.pgpass "
           "or the environment’s PGPASSWORD"));
  PQconninfoFree (options);
  return ok;
}

/* (nullable): the value of a @keyword that has one */
static const char *
find_value (const PQconninfoOption *options, const char *keyword)
{
  for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++)
    if (g_str_equal (option->keyword, keyword) && option->val != NULL && option->val[0] != '\0')
      return option->val;
  return NULL;
}

/* What a connection's text says, and what the environment says in its place. */
typedef struct
{
  PQconninfoOption *said;      /* (owned) (nullable) */
  PQconninfoOption *otherwise; /* (owned) (nullable) */
} Options;

/* (transfer none) (nullable) */
static const char *
get_value (const Options *options, const char *keyword)
{
  const char *value = find_value (options->said, keyword);

  return value != NULL ? value : find_value (options->otherwise, keyword);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_str_equal (host, "localhost") || (address != NULL && g_inet_address_get_is_loopback (address));
}

/* Whether the server is of this machine for certain. */
static gboolean
is_here (const Options *options)
{
  const char *host = get_value (options, "host"), *address = get_value (options, "hostaddr");

  if (get_value (options, "service") != NULL)
    return FALSE;
  if (address != NULL)
    return is_loopback (address);
  /* A folder is where its socket is. */
  return host == NULL || host[0] == '/' || host[0] == '@' || is_loopback (host);
}

/* (transfer full): @conninfo, or what the environment says in its place */
static char *
describe (const char *conninfo, const Options *options)
{
  const char *host = get_value (options, "host"), *port = get_value (options, "port");

  if (conninfo[0] != '\0')
    return g_strdup (conninfo);
  return g_strdup_printf ("%s%s%sport=%s", host != NULL ? "host=" : "", host != NULL ? host : "",
                          host != NULL ? " " : "", port);
}

/* If the server that @conninfo names is of this machine, whether it is there: that is known at once. Any
 * other might take long to answer. */
gboolean
mill_postgres_check_server (const char *conninfo, GError **error)
{
  const char *keywords[] = { "dbname", "connect_timeout", NULL };
  const char *values[] = { conninfo, PATIENCE, NULL };
  Options options = { PQconninfoParse (conninfo, NULL), PQconndefaults () };
  gboolean ok = !is_here (&options) || PQpingParams (keywords, values, 1) != PQPING_NO_RESPONSE;

  if (!ok)
    {
      g_autofree char *where = describe (conninfo, &options);

      g_set_error (
          error, MILL_ERROR, MILL_ERROR_FATAL,
          _ ("no PostgreSQL server answers at “%s”. Start one, or put where one is behind “connection=”. "
             "The same rows can go into an SQLite file, which needs no server: put “step=sqlite” and "
             "“file=rows.sqlite” in place of “step=postgres” and “connection=…”."),
          where);
    }
  PQconninfoFree (options.said);
  PQconninfoFree (options.otherwise);
  return ok;
}
