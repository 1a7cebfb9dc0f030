/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rewriting links in place. The scanners say where in the page an address stands; only its bytes are
 * replaced, and of those not the fragment. */

#include "config.h"

#include "crawl/mill-offline-links-private.h"

#include <string.h>

#include "crawl/mill-css-scan-private.h"
#include "crawl/mill-html-charset-private.h"
#include "crawl/mill-html-scan-private.h"
#include "crawl/mill-html-values-private.h"
#include "crawl/mill-url.h"

/* What an attribute's value is. */
typedef enum
{
  VALUE_ADDRESS,
  VALUE_SRCSET,
  VALUE_STYLE,
  VALUE_REFRESH,
  VALUE_WORDS, /* it says what another one is */
} ValueKind;

/* The attributes that matter, and the elements on which they do, with blanks around each; %NULL is all. */
static const struct
{
  const char *name;
  ValueKind kind;
  const char *elements; /* (nullable) */
} attributes[] = {
  { "href", VALUE_ADDRESS, " a area link image use " },
  { "src", VALUE_ADDRESS, " img script iframe frame embed input source track audio video bgsound " },
  { "srcset", VALUE_SRCSET, " img source " },
  { "imagesrcset", VALUE_SRCSET, " link " },
  { "poster", VALUE_ADDRESS, " video " },
  { "data", VALUE_ADDRESS, " object " },
  { "action", VALUE_ADDRESS, " form " },
  { "formaction", VALUE_ADDRESS, " button input " },
  { "background", VALUE_ADDRESS, " body table thead tbody tfoot tr td th " },
  { "cite", VALUE_ADDRESS, " blockquote q ins del " },
  { "longdesc", VALUE_ADDRESS, " img frame iframe " },
  { "lowsrc", VALUE_ADDRESS, " img " },
  { "xlink:href", VALUE_ADDRESS, " a image use " },
  { "style", VALUE_STYLE, NULL },
  { "content", VALUE_REFRESH, " meta " },
  { "http-equiv", VALUE_WORDS, " meta " },
};

#define N_ATTRIBUTES G_N_ELEMENTS (attributes)
#define HREF         0
#define HTTP_EQUIV   (N_ATTRIBUTES - 1)
#define ELEMENT_MAX  16 /* bytes; the longest name in the table is shorter */

/* How an address is written. */
typedef enum
{
  WRITTEN_IN_HTML = 1 << 0, /* within an attribute */
  WRITTEN_IN_CSS = 1 << 1,
  WRITTEN_IN_QUOTES = 1 << 2,
  WRITTEN_IN_SRCSET = 1 << 3,
} Written;

typedef struct
{
  const char *charset; /* (unowned) */
  GUri *base;     /* (owned) (nullable) what references are relative to; NULL leaves relative ones alone */
  char *page_url; /* (owned) (nullable) canonical */
  gboolean base_given; /* a <base href> was seen; the first counts */
  gboolean base_moved; /* it says something else than the page's own address */
  MillOfflineFunc func;
  gpointer user_data;
  guint n_links;

  const char *copied; /* (unowned) up to where the page is in `out` */
  const char *end;    /* (unowned) of the page */
  GString *out;       /* (owned) */
  gboolean is_too_large;
} Rewriter;

/* A position in an attribute's value, as written and as decoded. It only goes forward. */
typedef struct
{
  const char *raw; /* (unowned) */
  const char *end; /* (unowned) */
  gsize decoded;
} Cursor;

static const char *
seek (Cursor *self, gsize decoded)
{
  char buffer[64];
  GString letter = { buffer, 0, sizeof buffer };

  while (self->decoded < decoded && self->raw < self->end)
    {
      letter.len = 0;
      self->raw += mill_html_decode_next (self->raw, (gsize) (self->end - self->raw), &letter);
      self->decoded += letter.len;
    }
  return self->raw;
}

/* Puts @text in the place of what stands from @start to @end of the page. */
static void
edit (Rewriter *self, const char *start, const char *end, const char *text)
{
  gsize length = strlen (text);

  if ((gsize) (end - start) == length && memcmp (start, text, length) == 0)
    return;
  if (self->out->len + length + (gsize) (self->end - self->copied) > MILL_OFFLINE_SIZE_MAX)
    {
      self->is_too_large = TRUE;
      return;
    }
  g_string_append_len (self->out, self->copied, start - self->copied);
  g_string_append_len (self->out, text, (gssize) length);
  self->copied = end;
}

/* A canonical URL as it has to be written there. Those have neither blanks nor <, >, ", \ in them. */
static char *
write_url (const char *url, Written written, char css_quote)
{
  GString *out = g_string_sized_new (strlen (url) + 16);

  for (const char *p = url; *p != '\0'; p++)
    {
      gboolean is_css_sign = css_quote != '\0' ? *p == css_quote : *p == '\'' || *p == '(' || *p == ')';

      if ((written & WRITTEN_IN_CSS) && is_css_sign)
        g_string_append_c (out, '\\');
      if (*p == '&' && (written & WRITTEN_IN_HTML))
        g_string_append (out, "&amp;");
      else if (*p == '\'' && (written & WRITTEN_IN_QUOTES))
        g_string_append (out, "%27"); /* it would end the address; strictly, that is another one */
      else if (*p == ',' && p[1] == '\0' && (written & WRITTEN_IN_SRCSET))
        g_string_append (out, "%2C"); /* it would be no part of the address */
      else if (*p == '\'' && (written & WRITTEN_IN_HTML))
        g_string_append (out, "&#39;");
      else
        g_string_append_c (out, *p);
    }
  return g_string_free (out, FALSE);
}

static gboolean
is_absolute (const char *ref)
{
  return g_ascii_strncasecmp (ref, "http://", 7) == 0 || g_ascii_strncasecmp (ref, "https://", 8) == 0;
}

/* What stands in the page from @start to @end is the reference @ref, in UTF-8, its fragment left out. */
static void
rewrite_reference (Rewriter *self, const char *start, const char *end, const char *ref, Written written,
                   char css_quote)
{
  g_autofree char *url = NULL, *local = NULL, *remote = NULL;

  if (self->is_too_large || self->n_links >= MILL_OFFLINE_LINKS_MAX)
    return;
  if (*ref == '\0' && !self->base_moved)
    return; /* the page itself, or a place in it */
  self->n_links++;
  url = mill_url_resolve (self->base, ref, MILL_URL_FLAGS_NONE, NULL);
  if (url == NULL)
    return;
  local = self->func (url, self->user_data);
  if (local != NULL)
    edit (self, start, end, local);
  else if (!is_absolute (ref))
    {
      remote = write_url (url, written, css_quote);
      edit (self, start, end, remote);
    }
}

/* Narrows what stands from @start to @end of the decoded @text to an address without blanks around it and
 * without its fragment. */
static void
narrow (const char *text, gsize *start, gsize *end)
{
  const char *hash;

  while (*start < *end && (guchar) text[*start] <= ' ')
    (*start)++;
  while (*end > *start && (guchar) text[*end - 1] <= ' ')
    (*end)--;
  hash = memchr (text + *start, '#', *end - *start);
  if (hash != NULL)
    *end = (gsize) (hash - text);
}

/* An address from @start to @end of the decoded value. */
static void
rewrite_part (Rewriter *self, Cursor *cursor, const char *text, gsize start, gsize end, Written written)
{
  const char *raw, *raw_end;
  g_autoptr (GBytes) utf8 = NULL;
  g_autofree char *ref = NULL;

  narrow (text, &start, &end);
  raw = seek (cursor, start);
  raw_end = seek (cursor, end);
  utf8 = mill_html_piece_to_utf8 (raw, (gsize) (raw_end - raw), self->charset);
  ref = mill_html_decode (g_bytes_get_data (utf8, NULL), g_bytes_get_size (utf8));
  rewrite_reference (self, raw, raw_end, ref, written, '\0');
}

static void
rewrite_srcset (Rewriter *self, Cursor *cursor, const char *text)
{
  const char *p = text, *start;
  gsize length;

  while ((start = mill_srcset_next (&p, &length)) != NULL)
    rewrite_part (self, cursor, text, (gsize) (start - text), (gsize) (start - text) + length,
                  WRITTEN_IN_HTML | WRITTEN_IN_SRCSET);
}

static void
rewrite_refresh (Rewriter *self, Cursor *cursor, const char *text)
{
  gsize length;
  const char *start = mill_refresh_find (text, &length);

  if (start != NULL)
    rewrite_part (self, cursor, text, (gsize) (start - text), (gsize) (start - text) + length,
                  WRITTEN_IN_HTML | (start[-1] == '\'' ? WRITTEN_IN_QUOTES : 0));
}

/* Whether an address of a stylesheet can be told for sure: its letters are UTF-8, or nothing of it is
 * escaped. */
static gboolean
is_plain (Rewriter *self, const char *start, gsize length, const char *ref)
{
  return strcmp (self->charset, "UTF-8") == 0 || g_str_is_ascii (ref) ||
         (memchr (start, '\\', length) == NULL && memchr (start, '&', length) == NULL);
}

/* Cuts the fragment off @ref. Returns: how much of @start it leaves: nothing of a place in the same page,
 * which whatever a <base> says is one; negative if that cannot be told */
static gssize
cut_css_fragment (const char *start, gsize length, char *ref)
{
  const char *hash = memchr (start, '#', length);
  char *cut = strchr (ref, '#');

  if (cut == NULL)
    return (gssize) length;
  if (hash == NULL || memchr (start, '\\', (gsize) (hash - start)) != NULL)
    return -1;
  *cut = '\0';
  return hash - start;
}

/* @cursor: (nullable): %NULL if @css stands in the page as it is */
static void
rewrite_css (Rewriter *self, Cursor *cursor, const char *css, gsize length)
{
  MillCssScan scan;
  char *next;

  mill_css_scan_init (&scan, css, length);
  while ((next = mill_css_scan_next (&scan)) != NULL)
    {
      g_autofree char *ref = next;
      g_autoptr (GBytes) utf8 = NULL;
      g_autofree char *decoded = NULL;
      const char *raw = scan.address, *raw_end;
      gssize left = cut_css_fragment (scan.address, (gsize) (scan.address_end - scan.address), ref);

      if (left <= 0 || *ref == '\0' || !is_plain (self, scan.address, (gsize) left, ref))
        continue;
      raw_end = raw + left;
      if (cursor != NULL)
        {
          raw = seek (cursor, (gsize) (scan.address - css));
          raw_end = seek (cursor, (gsize) (scan.address - css + left));
        }
      utf8 = mill_html_piece_to_utf8 (ref, strlen (ref), self->charset);
      decoded = g_strndup (g_bytes_get_data (utf8, NULL), g_bytes_get_size (utf8));
      rewrite_reference (self, raw, raw_end, g_strstrip (decoded),
                         WRITTEN_IN_CSS | (cursor != NULL ? WRITTEN_IN_HTML : 0), scan.quote);
    }
}

/* Some encodings have a backslash as the second byte of a letter, where CSS sees an escape. */
static gboolean
has_doubtful_backslash (Rewriter *self, const char *css, gsize length)
{
  const char *end = css + length;

  if (strcmp (self->charset, "UTF-8") == 0)
    return FALSE;
  for (const char *p = css; (p = memchr (p, '\\', (gsize) (end - p))) != NULL; p++)
    if (p > css && (guchar) p[-1] >= 0x80)
      return TRUE;
  return FALSE;
}

static void
rewrite_sheet (Rewriter *self, const char *css, gsize length)
{
  if (length > 0 && !has_doubtful_backslash (self, css, length))
    rewrite_css (self, NULL, css, length);
}

static void
rewrite_style (Rewriter *self, Cursor *cursor, const char *text)
{
  gsize length = strlen (text);

  if (!has_doubtful_backslash (self, text, length))
    rewrite_css (self, cursor, text, length);
}

static void
rewrite_value (Rewriter *self, ValueKind kind, const MillHtmlAttribute *attribute)
{
  g_autofree char *text = mill_html_decode (attribute->value, attribute->value_length);
  Cursor cursor = { attribute->value, attribute->value + attribute->value_length, 0 };

  switch (kind)
    {
    case VALUE_ADDRESS:
      rewrite_part (self, &cursor, text, 0, strlen (text), WRITTEN_IN_HTML);
      break;
    case VALUE_SRCSET:
      rewrite_srcset (self, &cursor, text);
      break;
    case VALUE_STYLE:
      rewrite_style (self, &cursor, text);
      break;
    case VALUE_REFRESH:
      rewrite_refresh (self, &cursor, text);
      break;
    case VALUE_WORDS:
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Takes over what a <base> says; what is relative to it will be so to the page. */
static void
rewrite_base (Rewriter *self, const MillHtmlAttribute *href)
{
  g_autoptr (GBytes) utf8 = NULL;
  g_autofree char *ref = NULL, *url = NULL;
  GUri *base;
  char before;

  if (self->base == NULL || self->base_given)
    return;
  self->base_given = TRUE;
  if (href->value_length == 0)
    return;
  utf8 = mill_html_piece_to_utf8 (href->value, href->value_length, self->charset);
  ref = mill_html_decode (g_bytes_get_data (utf8, NULL), g_bytes_get_size (utf8));
  url = mill_url_resolve (self->base, ref, MILL_URL_FLAGS_NONE, NULL);
  base = url != NULL ? mill_url_parse_base (url, NULL) : NULL;
  if (base != NULL)
    {
      self->base_moved = g_strcmp0 (url, self->page_url) != 0;
      g_uri_unref (self->base);
      self->base = base;
    }
  before = href->value[-1]; /* there is an "=" at least */
  edit (self, href->value, href->value + href->value_length, before == '"' || before == '\'' ? "" : "\"\"");
}

/* The attributes of a tag that matter, by their place in the table; those it has not are without a value. */
typedef MillHtmlAttribute Tag[N_ATTRIBUTES];

/* Returns: whether the tag is whole */
static gboolean
read_tag (MillHtmlScan *scan, Tag tag)
{
  MillHtmlAttribute attribute;

  memset (tag, 0, sizeof (Tag));
  while (mill_html_scan_next_attribute (scan, &attribute))
    for (gsize i = 0; i < N_ATTRIBUTES; i++)
      if (mill_html_name_is (attribute.name, attribute.name_length, attributes[i].name))
        {
          if (tag[i].value == NULL) /* of two with one name the first counts */
            tag[i] = attribute;
          break;
        }
  return !mill_html_scan_is_cut (scan);
}

/* Whether @element, in lower case with blanks around it, may have the attribute. */
static gboolean
has_attribute (gsize which, const char *element)
{
  return attributes[which].elements == NULL || strstr (attributes[which].elements, element) != NULL;
}

static gboolean
refreshes (const Tag tag)
{
  const MillHtmlAttribute *equiv = &tag[HTTP_EQUIV];
  g_autofree char *word = equiv->value != NULL ? mill_html_decode (equiv->value, equiv->value_length) : NULL;

  return word != NULL && g_ascii_strcasecmp (g_strstrip (word), "refresh") == 0;
}

/* Returns: the place in the table of the first attribute behind @after in the page; or the table's length */
static gsize
find_next (const Tag tag, const char *after)
{
  gsize next = N_ATTRIBUTES;

  for (gsize i = 0; i < N_ATTRIBUTES; i++)
    if (tag[i].value != NULL && tag[i].value > after &&
        (next == N_ATTRIBUTES || tag[i].value < tag[next].value))
      next = i;
  return next;
}

static void
rewrite_tag (Rewriter *self, const char *element, const Tag tag)
{
  const char *after = NULL;
  gsize i;

  while ((i = find_next (tag, after)) < N_ATTRIBUTES)
    {
      after = tag[i].value;
      if (i == HREF && strcmp (element, " base ") == 0)
        rewrite_base (self, &tag[i]);
      else if (has_attribute (i, element) && (attributes[i].kind != VALUE_REFRESH || refreshes (tag)))
        rewrite_value (self, attributes[i].kind, &tag[i]);
    }
}

static void
rewrite_html (Rewriter *self, const char *html, gsize length, gboolean is_xhtml)
{
  MillHtmlScan scan;
  const char *name;
  gsize name_length;

  mill_html_scan_init (&scan, html, length, is_xhtml);
  while (!self->is_too_large && mill_html_scan_next_tag (&scan, &name, &name_length))
    {
      char element[ELEMENT_MAX + 3] = " ";
      Tag tag;

      if (name_length <= ELEMENT_MAX)
        {
          for (gsize i = 0; i < name_length; i++)
            element[1 + i] = g_ascii_tolower (name[i]);
          element[1 + name_length] = ' ';
        }
      if (!read_tag (&scan, tag))
        return;
      rewrite_tag (self, element, tag);
      if (strcmp (element, " style ") == 0)
        {
          const char *text;
          gsize text_length;

          mill_html_scan_take_text (&scan, &text, &text_length);
          rewrite_sheet (self, text, text_length);
        }
    }
}

static gboolean
is_media_type (const char *content_type, const char *media_type)
{
  gsize length = content_type != NULL ? strcspn (content_type, "; \t") : 0;

  return strlen (media_type) == length && g_ascii_strncasecmp (content_type, media_type, length) == 0;
}

/**
 * mill_offline_is_rewritable:
 * @content_type: (nullable): a Content-Type header
 *
 * Returns: whether what is of that type has links that can be rewritten
 */
gboolean
mill_offline_is_rewritable (const char *content_type)
{
  return is_media_type (content_type, "text/html") || is_media_type (content_type, "text/css") ||
         mill_html_is_xhtml (content_type);
}

/* Returns: (transfer full) (nullable): the page with its links rewritten */
static GBytes *
rewrite (Rewriter *self, GBytes *page, const char *content_type)
{
  gsize length;
  const char *data = g_bytes_get_data (page, &length);

  self->copied = data;
  self->end = data + length;
  self->out = g_string_new (NULL);
  if (is_media_type (content_type, "text/css"))
    rewrite_sheet (self, data, length);
  else
    rewrite_html (self, data, length, mill_html_is_xhtml (content_type));
  if (self->is_too_large || self->copied == data)
    {
      g_string_free (self->out, TRUE);
      return self->is_too_large ? NULL : g_bytes_ref (page);
    }
  g_string_append_len (self->out, self->copied, self->end - self->copied);
  return g_string_free_to_bytes (self->out);
}

/**
 * mill_offline_rewrite:
 * @page: an HTML page or a stylesheet; any bytes
 * @content_type: its Content-Type header; mill_offline_is_rewritable() knows which will do
 * @page_url: where it was fetched from, after redirects
 * @is_settled: whether it was rewritten before: what is relative in it stays as it is
 * @func: says what stands for a page that is there; not called from another thread
 * @user_data: for @func
 *
 * Rewrites the links of a page, as this header says.
 *
 * Returns: (transfer full) (nullable): the page, which is @page itself when nothing changes; %NULL when it is
 * or would become longer than %MILL_OFFLINE_SIZE_MAX, or @page_url is no web address
 */
GBytes *
mill_offline_rewrite (GBytes *page, const char *content_type, const char *page_url, gboolean is_settled,
                      MillOfflineFunc func, gpointer user_data)
{
  g_autofree char *charset = NULL, *canonical = NULL;
  Rewriter self = { .func = func, .user_data = user_data };
  GBytes *rewritten;

  if (g_bytes_get_size (page) > MILL_OFFLINE_SIZE_MAX)
    return NULL;
  charset = mill_html_find_charset (page, content_type);
  if (g_bytes_get_size (page) == 0 || !mill_html_is_ascii_based (charset))
    return g_bytes_ref (page);
  canonical = mill_url_canonicalize (NULL, page_url, MILL_URL_FLAGS_NONE, NULL);
  if (canonical == NULL)
    return NULL;
  self.charset = charset;
  self.page_url = canonical;
  self.base = is_settled ? NULL : mill_url_parse_base (canonical, NULL);
  rewritten = rewrite (&self, page, content_type);
  g_clear_pointer (&self.base, g_uri_unref);
  return rewritten;
}

static void
append_escaped (GString *out, const char *path)
{
  static const char hex[] = "0123456789ABCDEF";

  for (const char *p = path; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      if (g_ascii_isalnum (c) || strchr ("-._~/@=+", c) != NULL)
        g_string_append_c (out, (char) c);
      else
        {
          g_string_append_c (out, '%');
          g_string_append_c (out, hex[c >> 4]);
          g_string_append_c (out, hex[c & 15]);
        }
    }
}

/**
 * mill_offline_reference:
 * @from: the path of a file
 * @to: that of another, relative to the same folder; neither has "." or ".." in it
 *
 * Makes the reference by which the one links to the other.
 *
 * Returns: (transfer full): a relative path, escaped for any place in HTML and CSS
 */
char *
mill_offline_reference (const char *from, const char *to)
{
  GString *out = g_string_new (NULL);
  gsize common = 0;

  for (gsize i = 0; from[i] != '\0' && from[i] == to[i]; i++)
    if (from[i] == '/')
      common = i + 1;
  for (const char *p = from + common; (p = strchr (p, '/')) != NULL; p++)
    g_string_append (out, "../");
  append_escaped (out, to + common);
  return g_string_free (out, FALSE);
}
