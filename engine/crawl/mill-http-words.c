/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server did wrong, in words. libsoup and GIO name the error; a person wants to know what to do about
 * it, and the retry policy whether another try may help. */

#include "config.h"

#include "crawl/mill-http-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"

#define LONGEST_QUOTE 200 /* characters */

static const struct
{
  GTlsCertificateFlags flag;
  const char *words;
} certificate_faults[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, N_ ("no authority that is known here has signed it") },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, N_ ("it belongs to another host") },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, N_ ("it is not valid yet") },
  { G_TLS_CERTIFICATE_EXPIRED, N_ ("it has expired") },
  { G_TLS_CERTIFICATE_REVOKED, N_ ("it was revoked") },
  { G_TLS_CERTIFICATE_INSECURE, N_ ("its algorithm is not safe") },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, N_ ("it cannot be checked") },
};

static char *
describe_certificate_faults (GTlsCertificateFlags flags)
{
  GString *words = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (certificate_faults); i++)
    if ((flags & certificate_faults[i].flag) != 0)
      g_string_append_printf (words, "%s%s", words->len > 0 ? "; " : "", _ (certificate_faults[i].words));
  return g_string_free (words, FALSE);
}

static char *
explain_certificate (SoupMessage *message, const GError *error)
{
  g_autofree char *faults =
      describe_certificate_faults (soup_message_get_tls_peer_certificate_errors (message));

  return g_strdup_printf (_ ("the server's certificate is refused: %s"),
                          *faults != '\0' ? faults : error->message);
}

/* libsoup has no code for it. */
static gboolean
is_long_header (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) &&
         g_str_equal (error->message, g_dgettext ("libsoup-3.0", "Header too big"));
}

/**
 * mill_http_clean_header:
 * @value: what a server sent
 *
 * Returns: (transfer full): the same as valid UTF-8 and without control characters, so that it can be shown
 * anywhere
 */
char *
mill_http_clean_header (const char *value)
{
  char *clean = g_utf8_make_valid (value, -1);

  for (char *p = clean; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return clean;
}

/**
 * mill_http_shorten:
 * @text: UTF-8, however long
 *
 * Returns: (transfer full): its beginning, to be shown in a message
 */
char *
mill_http_shorten (const char *text)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (text, -1) <= LONGEST_QUOTE)
    return g_strdup (text);
  start = g_utf8_substring (text, 0, LONGEST_QUOTE);
  return g_strconcat (start, "…", NULL);
}

/**
 * mill_http_explain_error:
 * @message: the request
 * @error: (transfer full): why it has no response
 *
 * Returns: (transfer full): the error with a message that says what the server did. The code stays, but for a
 * header that is too large
 */
GError *
mill_http_explain_error (SoupMessage *message, GError *error)
{
  char *words = NULL;

  if (is_long_header (error))
    {
      g_error_free (error);
      return g_error_new_literal (MILL_ERROR, MILL_ERROR_TOO_LARGE,
                                  _ ("the header of the response is too large"));
    }
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    words = explain_certificate (message, error);
  else if (error->domain == G_TLS_ERROR)
    words = g_strdup_printf (_ ("the secure connection failed: %s"), error->message);
  else if (g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING))
    words = g_strdup (_ ("what the server sent is not an HTTP response"));
  else if (g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_ENCODING))
    words = g_strdup (_ ("the length or the transfer encoding of the response makes no sense"));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    words = g_strdup_printf (_ ("the compressed body is damaged: %s"), error->message);
  if (words == NULL)
    return error;
  g_free (error->message);
  error->message = words;
  return error;
}
