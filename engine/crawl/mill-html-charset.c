/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which encoding a page is in: byte order mark, then Content-Type, then <meta>, then a guess. The labels are
 * those of the Encoding standard (https://encoding.spec.whatwg.org), under which "iso-8859-1" means
 * windows-1252. */

#include "config.h"

#include <errno.h>
#include <string.h>

#include "crawl/mill-html-charset-private.h"
#include "crawl/mill-html-scan-private.h"

#define PRESCAN_BYTES 4096 /* the standard asks for 1024; some pages begin with a long comment */

/* Labels that mean something else than iconv takes them for. */
static const struct
{
  const char *label;
  const char *iconv_name;
} aliases[] = {
  { "ascii", "WINDOWS-1252" },
  { "us-ascii", "WINDOWS-1252" },
  { "latin1", "WINDOWS-1252" },
  { "iso8859-1", "WINDOWS-1252" },
  { "iso-8859-1", "WINDOWS-1252" },
  { "iso-8859-9", "WINDOWS-1254" },
  { "gb2312", "GB18030" },
  { "gbk", "GB18030" },
  { "x-gbk", "GB18030" },
  { "shift_jis", "CP932" },
  { "shift-jis", "CP932" },
  { "x-sjis", "CP932" },
  { "euc-kr", "CP949" },
  { "ks_c_5601-1987", "CP949" },
  { "big5", "BIG5-HKSCS" },
  { "utf8", "UTF-8" },
  { "utf-8", "UTF-8" },
  { "utf-16", "UTF-16LE" },
};

/**
 * mill_html_is_xhtml:
 * @content_type: (nullable): the Content-Type header
 *
 * Returns: whether the page is XHTML, where "/>" ends an element
 */
gboolean
mill_html_is_xhtml (const char *content_type)
{
  return content_type != NULL && g_ascii_strncasecmp (content_type, "application/xhtml+xml", 21) == 0;
}

/* Makes a name for iconv of a label nobody has checked: no options ("//IGNORE"), no paths, and not UTF-7, in
 * which plain ASCII can hide tags. Returns: (transfer full) (nullable) */
static char *
checked_label (const char *label, size_t length)
{
  g_autofree char *name = NULL;

  while (length > 0 && g_ascii_isspace (label[0]))
    label++, length--;
  while (length > 0 && g_ascii_isspace (label[length - 1]))
    length--;
  if (length == 0 || length > 40)
    return NULL;
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_' && label[i] != ':' &&
        label[i] != '.')
      return NULL;
  name = g_ascii_strdown (label, (gssize) length);
  if (g_str_has_prefix (name, "utf-7") || g_str_has_prefix (name, "utf7"))
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (strcmp (name, aliases[i].label) == 0)
      return g_strdup (aliases[i].iconv_name);
  return g_steal_pointer (&name);
}

/* Finds "charset=…" in a Content-Type. Returns: (transfer full) (nullable) */
static char *
charset_of_type (const char *type, size_t length)
{
  for (size_t i = 0; i + 8 < length; i++)
    {
      const char *p = type + i + 7, *end = type + length, *close;

      if (g_ascii_strncasecmp (type + i, "charset", 7) != 0)
        continue;
      while (p < end && g_ascii_isspace (*p))
        p++;
      if (p == end || *p++ != '=')
        continue;
      while (p < end && (g_ascii_isspace (*p) || *p == '"' || *p == '\''))
        p++;
      for (close = p; close < end && strchr ("\"'; \t", *close) == NULL;)
        close++;
      return checked_label (p, (size_t) (close - p));
    }
  return NULL;
}

/* Returns: (transfer full) (nullable): the charset that a <meta> declares */
static char *
charset_of_meta (MillHtmlScan *scan)
{
  MillHtmlAttribute attribute;
  g_autofree char *charset = NULL, *of_content = NULL;
  gboolean is_type = FALSE;

  while (mill_html_scan_next_attribute (scan, &attribute))
    {
      if (mill_html_name_is (attribute.name, attribute.name_length, "charset") && charset == NULL)
        charset = checked_label (attribute.value, attribute.value_length);
      else if (mill_html_name_is (attribute.name, attribute.name_length, "http-equiv"))
        is_type = mill_html_name_is (attribute.value, attribute.value_length, "content-type");
      else if (mill_html_name_is (attribute.name, attribute.name_length, "content") && of_content == NULL)
        of_content = charset_of_type (attribute.value, attribute.value_length);
    }
  if (charset == NULL && is_type)
    return g_steal_pointer (&of_content);
  return g_steal_pointer (&charset);
}

static char *
prescan (const char *html, size_t length)
{
  MillHtmlScan scan;
  const char *name;
  size_t name_length;

  mill_html_scan_init (&scan, html, MIN (length, PRESCAN_BYTES), FALSE);
  while (mill_html_scan_next_tag (&scan, &name, &name_length))
    {
      char *charset = NULL;

      if (mill_html_name_is (name, name_length, "meta"))
        charset = charset_of_meta (&scan);
      /* a page whose <meta> can be read is not in UTF-16, whatever it says */
      if (charset != NULL && g_ascii_strncasecmp (charset, "utf-16", 6) == 0)
        memcpy (charset, "UTF-8", 6);
      if (charset != NULL)
        return charset;
    }
  return NULL;
}

/**
 * mill_html_find_charset:
 * @html: the page
 * @content_type: (nullable): its Content-Type header
 *
 * Finds out which encoding the page is in, as browsers do. Any thread.
 *
 * Returns: (transfer full): a name for iconv, which may not know it
 */
char *
mill_html_find_charset (GBytes *html, const char *content_type)
{
  size_t length;
  const char *data = g_bytes_get_data (html, &length);
  char *charset = NULL;

  if (length >= 3 && memcmp (data, "\xEF\xBB\xBF", 3) == 0)
    return g_strdup ("UTF-8");
  if (length >= 2 && memcmp (data, "\xFE\xFF", 2) == 0)
    return g_strdup ("UTF-16BE");
  if (length >= 2 && memcmp (data, "\xFF\xFE", 2) == 0)
    return g_strdup ("UTF-16LE");
  if (content_type != NULL)
    charset = charset_of_type (content_type, strlen (content_type));
  if (charset == NULL && length > 0)
    charset = prescan (data, length);
  if (charset == NULL)
    charset = g_strdup (length == 0 || g_utf8_validate_len (data, length, NULL) ? "UTF-8" : "WINDOWS-1252");
  return charset;
}

/* How many bytes of an invalid sequence to pass over, so as to stay aligned. */
static size_t
unit_size (const char *charset)
{
  if (g_ascii_strncasecmp (charset, "utf-16", 6) == 0 || g_ascii_strncasecmp (charset, "ucs-2", 5) == 0)
    return 2;
  return g_ascii_strncasecmp (charset, "utf-32", 6) == 0 || g_ascii_strncasecmp (charset, "ucs-4", 5) == 0
             ? 4
             : 1;
}

/* Converts @left bytes at @in; what is not valid becomes U+FFFD, @unit bytes at a time. */
static GBytes *
convert (GIConv conv, char *in, size_t left, size_t unit)
{
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint) MIN (left + left / 4, G_MAXUINT / 4));
  char buffer[16 * 1024];

  while (left > 0)
    {
      char *to = buffer;
      size_t room = sizeof buffer;
      size_t result = g_iconv (conv, &in, &left, &to, &room);
      int saved = errno;

      g_byte_array_append (out, (const guint8 *) buffer, (guint) (to - buffer));
      if (result != (size_t) -1 || saved == E2BIG)
        continue;
      g_byte_array_append (out, (const guint8 *) "\xEF\xBF\xBD", 3);
      g_iconv (conv, NULL, NULL, NULL, NULL);
      in += MIN (unit, left);
      left -= MIN (unit, left);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/**
 * mill_html_to_utf8:
 * @html: the page
 * @content_type: (nullable): its Content-Type header
 *
 * Turns a page into UTF-8. A page that is in UTF-8 comes back as it is, with whatever is invalid in it; so
 * does one in an encoding that is not known here. Any thread.
 *
 * Returns: (transfer full): the page in UTF-8
 */
GBytes *
mill_html_to_utf8 (GBytes *html, const char *content_type)
{
  g_autofree char *charset = mill_html_find_charset (html, content_type);
  size_t length;
  const char *data = g_bytes_get_data (html, &length);
  GBytes *out;
  GIConv conv;

  if (length == 0 || strcmp (charset, "UTF-8") == 0)
    return g_bytes_ref (html);
  conv = g_iconv_open ("UTF-8", charset);
  if (conv == (GIConv) -1)
    return g_bytes_ref (html);
  out = convert (conv, (char *) data, length, unit_size (charset));
  g_iconv_close (conv);
  return out;
}

/**
 * mill_html_is_ascii_based:
 * @charset: from mill_html_find_charset()
 *
 * Tells whether a page can be scanned as it is: whether what looks like ASCII is ASCII, as it is not in
 * UTF-16 or, for the shifts in it, in ISO-2022-JP. An encoding that is not known here counts as one that can.
 * Any thread.
 *
 * Returns: whether it can
 */
gboolean
mill_html_is_ascii_based (const char *charset)
{
  /* without the two that are other letters in some encodings; then what shifts in HZ and ISO 2022 */
  static const char sample[] = "\t\n\f\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
                               "abcdefghijklmnopqrstuvwxyz{|}+AGE-~{VP~}\x1b$B0l\x1b(B\x0e!!\x0f";
  GIConv conv = g_iconv_open ("UTF-8", charset);
  g_autoptr (GBytes) decoded = NULL;

  if (conv == (GIConv) -1)
    return TRUE;
  decoded = convert (conv, (char *) sample, strlen (sample), 1);
  g_iconv_close (conv);
  return g_bytes_get_size (decoded) == strlen (sample) &&
         memcmp (g_bytes_get_data (decoded, NULL), sample, strlen (sample)) == 0;
}

/**
 * mill_html_piece_to_utf8:
 * @text: part of a page
 * @length: its length in bytes
 * @charset: from mill_html_find_charset()
 *
 * Does for a part what mill_html_to_utf8() does for a page. Any thread.
 *
 * Returns: (transfer full): the part in UTF-8, or as it is when @charset is not known here
 */
GBytes *
mill_html_piece_to_utf8 (const char *text, size_t length, const char *charset)
{
  GIConv conv = strcmp (charset, "UTF-8") != 0 ? g_iconv_open ("UTF-8", charset) : (GIConv) -1;
  GBytes *out;

  if (conv == (GIConv) -1)
    return g_bytes_new (text, length);
  out = convert (conv, (char *) text, length, unit_size (charset));
  g_iconv_close (conv);
  return out;
}
