/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People type "example.org"; what they leave out is guessed. */

#include "config.h"

#include "mill-crawl-address.h"

#include <gio/gio.h>
#include <string.h>

/* Whether @address begins with a scheme; an address in its query is no scheme of its own. */
static gboolean
has_scheme (const char *address)
{
  gsize before = strcspn (address, "/?#");

  return before > 0 && g_str_has_prefix (address + before - 1, "://");
}

/* On this machine, and by number, hardly anything speaks TLS. */
static gboolean
is_near (const char *address)
{
  g_autofree char *host = g_strndup (address, strcspn (address, "/?#:"));

  return address[0] == '[' || g_ascii_strcasecmp (host, "localhost") == 0 || g_hostname_is_ip_address (host);
}

/**
 * mill_crawl_address_complete:
 * @text: what was typed
 *
 * Returns: (transfer full): @text with a scheme before it, if it has none, and no blanks around it
 */
char *
mill_crawl_address_complete (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (has_scheme (stripped))
    return g_steal_pointer (&stripped);
  return g_strconcat (is_near (stripped) ? "http://" : "https://", stripped, NULL);
}
