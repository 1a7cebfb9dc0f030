/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was said over HTTP, for an archive. libsoup gives neither the bytes of the heads nor a body's transfer
 * coding, so the heads are put together again of what it read, as HTTP/1.x, and say what is true of the body
 * beside them: what they said of its framing is kept under another name. */

#include "config.h"

#include <string.h>

#include "core/mill-integer-private.h"
#include "crawl/mill-http-private.h"

#define OLD_NAME "X-Archive-Orig-" /* as the Internet Archive names headers that it had to change */

typedef struct
{
  GString *text; /* (owned) */
  gsize length;  /* of the body */
  gboolean is_length_told;
  gboolean is_length_wanted;
} Head;

/* (transfer full): @text on one line and without blanks, whatever it is */
static char *
escape (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (; *text != '\0'; text++)
    g_string_append_printf (escaped, g_ascii_iscntrl (*text) || *text == ' ' ? "%%%02X" : "%c", *text);
  return g_string_free (escaped, FALSE);
}

static gboolean
is_secret (const char *name)
{
  return g_ascii_strcasecmp (name, "Authorization") == 0 ||
         g_ascii_strcasecmp (name, "Proxy-Authorization") == 0;
}

static void
add_request_header_cb (const char *name, const char *value, gpointer user_data)
{
  if (!is_secret (name))
    g_string_append_printf (user_data, "%s: %s\r\n", name, value);
}

static gboolean
says_length (const Head *head, const char *value)
{
  guint64 length;

  return mill_integer_read_unsigned (value, &length) && length == head->length;
}

static void
add_response_header_cb (const char *name, const char *value, gpointer user_data)
{
  Head *head = user_data;
  const char *prefix = "";

  if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0)
    {
      prefix = OLD_NAME;
      head->is_length_wanted = TRUE;
    }
  else if (g_ascii_strcasecmp (name, "Content-Length") == 0 &&
           (head->is_length_told || !says_length (head, value)))
    {
      prefix = OLD_NAME;
      head->is_length_wanted = TRUE;
    }
  else if (g_ascii_strcasecmp (name, "Content-Length") == 0)
    head->is_length_told = TRUE;
  g_string_append_printf (head->text, "%s%s: %s\r\n", prefix, name, value);
}

static GBytes *
take_text (GString *text)
{
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

static GBytes *
describe_request (SoupMessage *message, GUri *uri)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  const char *path = g_uri_get_path (uri), *query = g_uri_get_query (uri);
  g_autofree char *target = g_strconcat (*path != '\0' ? path : "/", query != NULL ? "?" : NULL, query, NULL);
  g_autofree char *escaped = escape (target);
  GString *text = g_string_new (soup_message_get_method (message));

  g_string_append_printf (text, " %s HTTP/1.1\r\n", escaped);
  if (soup_message_headers_get_one (headers, "Host") == NULL)
    {
      g_string_append_printf (text, strchr (g_uri_get_host (uri), ':') != NULL ? "Host: [%s]" : "Host: %s",
                              g_uri_get_host (uri));
      if (g_uri_get_port (uri) > 0)
        g_string_append_printf (text, ":%d", g_uri_get_port (uri));
      g_string_append (text, "\r\n");
    }
  soup_message_headers_foreach (headers, add_request_header_cb, text);
  return take_text (text);
}

static GBytes *
describe_response (SoupMessage *message, gsize length)
{
  const char *version = soup_message_get_http_version (message) == SOUP_HTTP_1_0 ? "1.0" : "1.1";
  const char *phrase = soup_message_get_reason_phrase (message);
  Head head = { .text = g_string_new (NULL), .length = length };

  g_string_append_printf (head.text, "HTTP/%s %u %s\r\n", version, soup_message_get_status (message),
                          phrase != NULL ? phrase : "");
  soup_message_headers_foreach (soup_message_get_response_headers (message), add_response_header_cb, &head);
  if (head.is_length_wanted && !head.is_length_told)
    g_string_append_printf (head.text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
  return take_text (head.text);
}

/**
 * mill_http_dup_ip_address:
 * @message: whose response is coming
 *
 * Returns: (transfer full) (nullable): the address of the other end
 */
char *
mill_http_dup_ip_address (SoupMessage *message)
{
  GSocketAddress *address = soup_message_get_remote_address (message);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/**
 * mill_http_describe_exchange:
 * @message: a request whose response has come, at least its head
 * @began_us: when it was sent, in microseconds since 1970
 * @ip_address: (nullable): who answered
 * @body: (nullable): what followed the head, without its transfer coding
 * @cut: (nullable): why that is not all of it
 *
 * Returns: (transfer full): all of it for an archive, without credentials
 */
MillWarcExchange *
mill_http_describe_exchange (SoupMessage *message, gint64 began_us, const char *ip_address, GBytes *body,
                             const char *cut)
{
  MillWarcExchange *exchange = g_new0 (MillWarcExchange, 1);
  g_autoptr (GUri) uri =
      soup_uri_copy (soup_message_get_uri (message), SOUP_URI_USER, NULL, SOUP_URI_PASSWORD, NULL,
                     SOUP_URI_AUTH_PARAMS, NULL, SOUP_URI_FRAGMENT, NULL, SOUP_URI_NONE);
  g_autofree char *address = g_uri_to_string (uri);

  exchange->uri = escape (address);
  exchange->began_us = began_us;
  exchange->ip_address = g_strdup (ip_address);
  if (soup_message_get_http_version (message) == SOUP_HTTP_2_0)
    exchange->protocol = "h2";
  exchange->request = describe_request (message, uri);
  exchange->response = describe_response (message, body != NULL ? g_bytes_get_size (body) : 0);
  exchange->body = body != NULL ? g_bytes_ref (body) : NULL;
  exchange->cut = cut;
  return exchange;
}
