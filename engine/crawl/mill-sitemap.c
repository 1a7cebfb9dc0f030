/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSitemap: one scan over the tags. A tree of a sitemap of 50 MiB takes several times its size, and an XML
 * parser would have to be kept from what a DTD can do; neither is needed to find the text of the loc
 * elements. */

#include "config.h"

#include "crawl/mill-sitemap.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-html-charset-private.h"
#include "crawl/mill-html-scan-private.h"
#include "crawl/mill-url.h"

#define CHUNK     (64 * 1024)
#define SHOWN_MAX 40 /* bytes of a name in an error message */

struct _MillSitemap
{
  gboolean is_index;
  gboolean is_truncated;
  GPtrArray *urls; /* (owned) of char*, NULL-terminated */
};

typedef struct
{
  const char *p;        /* (unowned) where to go on */
  const char *end;      /* (unowned) */
  const char *url;      /* (unowned) of the sitemap */
  MillSitemap *sitemap; /* (unowned) what is being made */
  guint n_entries;      /* also those left out */
} Scan;

/* A start or end tag; the name is not NUL-terminated. */
typedef struct
{
  const char *name; /* (unowned) */
  gsize length;
  gboolean is_end;
} Tag;

G_DEFINE_BOXED_TYPE (MillSitemap, mill_sitemap, mill_sitemap_ref, mill_sitemap_unref)

static void
sitemap_clear (gpointer data)
{
  g_ptr_array_unref (((MillSitemap *) data)->urls);
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static gboolean
begins_with (const Scan *scan, const char *text)
{
  gsize length = strlen (text);

  return (gsize) (scan->end - scan->p) >= length && memcmp (scan->p, text, length) == 0;
}

/* Moves behind the next @needle, or to the end. */
static void
skip_past (Scan *scan, const char *needle)
{
  const char *found = memmem (scan->p, (gsize) (scan->end - scan->p), needle, strlen (needle));

  scan->p = found != NULL ? found + strlen (needle) : scan->end;
}

/* At a quote: moves behind the next one of its kind, or to the end. */
static void
skip_quoted (Scan *scan)
{
  const char quote[] = { *scan->p, '\0' };

  scan->p++;
  skip_past (scan, quote);
}

/* Within a doctype: moves behind its end. What it declares between brackets has ends of its own. */
static void
skip_doctype (Scan *scan)
{
  gboolean in_brackets = FALSE;

  while (scan->p < scan->end)
    {
      if (begins_with (scan, "<!--"))
        skip_past (scan, "-->");
      else if (*scan->p == '"' || *scan->p == '\'')
        skip_quoted (scan);
      else
        {
          char c = *scan->p++;

          in_brackets = (in_brackets || c == '[') && c != ']';
          if (c == '>' && !in_brackets)
            return;
        }
    }
}

/* At "<": skips what is no tag. Returns: whether there was such a thing */
static gboolean
skip_markup (Scan *scan)
{
  if (begins_with (scan, "<!--"))
    {
      scan->p += strlen ("<!--");
      skip_past (scan, "-->");
    }
  else if (begins_with (scan, "<![CDATA["))
    skip_past (scan, "]]>");
  else if (begins_with (scan, "<?"))
    skip_past (scan, "?>");
  else if (begins_with (scan, "<!"))
    {
      scan->p += strlen ("<!");
      skip_doctype (scan);
    }
  else
    return FALSE;
  return TRUE;
}

/* Within a tag, behind its name: moves behind its end. */
static void
skip_attributes (Scan *scan)
{
  while (scan->p < scan->end && *scan->p != '>')
    if (*scan->p == '"' || *scan->p == '\'')
      skip_quoted (scan);
    else
      scan->p++;
  scan->p = MIN (scan->p + 1, scan->end);
}

/* Goes to the next tag. Returns: %FALSE at the end */
static gboolean
next_tag (Scan *scan, Tag *tag)
{
  for (;;)
    {
      const char *open = memchr (scan->p, '<', (gsize) (scan->end - scan->p));

      if (open == NULL)
        return FALSE;
      scan->p = open;
      if (skip_markup (scan))
        continue;
      scan->p++;
      tag->is_end = scan->p < scan->end && *scan->p == '/';
      if (tag->is_end)
        scan->p++;
      tag->name = scan->p;
      while (scan->p < scan->end && !is_blank (*scan->p) && *scan->p != '/' && *scan->p != '>')
        scan->p++;
      tag->length = (gsize) (scan->p - tag->name);
      skip_attributes (scan);
      return TRUE;
    }
}

/* Behind a start tag: reads the text up to the next tag, without blanks around it. Returns: (transfer full)
 * (nullable): %NULL if it is too long to be an address */
static char *
read_text (Scan *scan)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (scan->p < scan->end)
    {
      gboolean is_literal = begins_with (scan, "<![CDATA[");
      const char *start = scan->p + (is_literal ? strlen ("<![CDATA[") : 0);
      const char *stop;

      if (is_literal)
        {
          skip_past (scan, "]]>");
          stop = MAX (scan->p - strlen ("]]>"), start);
        }
      else if (*scan->p == '<')
        {
          if (!skip_markup (scan))
            break;
          continue;
        }
      else
        {
          stop = memchr (start, '<', (gsize) (scan->end - start));
          scan->p = stop = stop != NULL ? stop : scan->end;
          while (start < stop && is_blank (*start))
            start++;
          while (stop > start && is_blank (stop[-1]))
            stop--;
        }
      if (text->len + (gsize) (stop - start) > MILL_SITEMAP_MAX_LENGTH)
        return NULL;
      if (is_literal)
        g_string_append_len (text, start, stop - start);
      else
        {
          g_autofree char *decoded = mill_html_decode (start, (gsize) (stop - start));

          g_string_append (text, decoded);
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Returns: %FALSE when there must be no more entries */
static gboolean
add_entry (Scan *scan, const char *address)
{
  g_autofree char *url = NULL;

  if (scan->n_entries == MILL_SITEMAP_MAX_ENTRIES)
    {
      scan->sitemap->is_truncated = TRUE;
      return FALSE;
    }
  scan->n_entries++;
  url = address != NULL ? mill_url_canonicalize (NULL, address, MILL_URL_FLAGS_NONE, NULL) : NULL;
  if (url != NULL && mill_url_same_host (url, scan->url))
    g_ptr_array_add (scan->sitemap->urls, g_steal_pointer (&url));
  return TRUE;
}

/* Whether the tag's name is @local with the prefix of the root element, which is that of the sitemap's own
 * names: image:loc and the like are not. */
static gboolean
is_named (const Tag *tag, const Tag *root, gsize prefix_length, const char *local)
{
  return tag->length == prefix_length + strlen (local) &&
         memcmp (tag->name, root->name, prefix_length) == 0 &&
         memcmp (tag->name + prefix_length, local, strlen (local)) == 0;
}

static gsize
get_prefix_length (const Tag *root)
{
  const char *colon = memchr (root->name, ':', root->length);

  return colon != NULL ? (gsize) (colon + 1 - root->name) : 0;
}

static void
read_entries (Scan *scan, const Tag *root, gsize prefix_length)
{
  const char *entry = scan->sitemap->is_index ? "sitemap" : "url";
  gboolean in_entry = FALSE;
  Tag tag;

  while (next_tag (scan, &tag))
    if (is_named (&tag, root, prefix_length, entry))
      in_entry = !tag.is_end;
    else if (in_entry && !tag.is_end && is_named (&tag, root, prefix_length, "loc"))
      {
        g_autofree char *address = read_text (scan);

        if (!add_entry (scan, address))
          return;
        in_entry = FALSE;
      }
}

static gboolean
read_xml (Scan *scan, GError **error)
{
  g_autofree char *shown = NULL;
  gsize prefix_length;
  Tag root;

  if (!next_tag (scan, &root))
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("there is no XML element in it"));
      return FALSE;
    }
  prefix_length = get_prefix_length (&root);
  scan->sitemap->is_index = is_named (&root, &root, prefix_length, "sitemapindex");
  if (scan->sitemap->is_index || is_named (&root, &root, prefix_length, "urlset"))
    {
      read_entries (scan, &root, prefix_length);
      return TRUE;
    }
  shown = g_utf8_make_valid (root.name, (gssize) MIN (root.length, SHOWN_MAX));
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("its element <%s> is not that of a sitemap"), shown);
  return FALSE;
}

static gboolean
is_address (const char *line, gsize length)
{
  return (length > 7 && g_ascii_strncasecmp (line, "http://", 7) == 0) ||
         (length > 8 && g_ascii_strncasecmp (line, "https://", 8) == 0);
}

/* An address a line. */
static gboolean
read_lines (Scan *scan, GError **error)
{
  while (scan->p < scan->end)
    {
      const char *line = scan->p, *stop = memchr (line, '\n', (gsize) (scan->end - line));
      g_autofree char *address = NULL;

      stop = stop != NULL ? stop : scan->end;
      scan->p = MIN (stop + 1, scan->end);
      while (line < stop && is_blank (*line))
        line++;
      if (!is_address (line, (gsize) (stop - line)))
        continue;
      if (stop - line <= MILL_SITEMAP_MAX_LENGTH)
        address = g_strndup (line, (gsize) (stop - line));
      if (!add_entry (scan, address))
        return TRUE;
    }
  if (scan->n_entries > 0)
    return TRUE;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                       _ ("there is neither XML nor an address in it"));
  return FALSE;
}

static gboolean
is_gzip (const guint8 *data, gsize length)
{
  return length >= 2 && data[0] == 0x1f && data[1] == 0x8b;
}

/* Decompresses up to the limit, all parts of the file. */
static gboolean
inflate_into (GByteArray *out, const guint8 *data, gsize length, GError **error)
{
  g_autoptr (GZlibDecompressor) inflater = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  gsize used = 0;

  while (out->len <= MILL_SITEMAP_MAX_BYTES && is_gzip (data + used, length - used))
    {
      GConverterResult result = G_CONVERTER_CONVERTED;

      g_converter_reset (G_CONVERTER (inflater));
      while (result == G_CONVERTER_CONVERTED && out->len <= MILL_SITEMAP_MAX_BYTES)
        {
          gsize before = out->len, n_read = 0, n_written = 0;

          g_byte_array_set_size (out, (guint) before + CHUNK);
          result =
              g_converter_convert (G_CONVERTER (inflater), data + used, length - used, out->data + before,
                                   CHUNK, G_CONVERTER_INPUT_AT_END, &n_read, &n_written, error);
          g_byte_array_set_size (out, (guint) (before + n_written));
          used += n_read;
        }
      if (result == G_CONVERTER_ERROR)
        {
          g_prefix_error (error, "gzip: ");
          return FALSE;
        }
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable): the sitemap's text in UTF-8 and within the limit; sets *@is_cut, but
 * never clears it */
static GBytes *
get_text (GBytes *body, gboolean *is_cut, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  g_autoptr (GBytes) plain = NULL;

  if (is_gzip (data, length))
    {
      g_autoptr (GByteArray) out = g_byte_array_new ();

      if (!inflate_into (out, data, length, error))
        return NULL;
      plain = g_byte_array_free_to_bytes (g_steal_pointer (&out));
    }
  else
    plain = g_bytes_ref (body);
  if (g_bytes_get_size (plain) > MILL_SITEMAP_MAX_BYTES)
    {
      g_autoptr (GBytes) whole = g_steal_pointer (&plain);

      plain = g_bytes_new_from_bytes (whole, 0, MILL_SITEMAP_MAX_BYTES);
      *is_cut = TRUE;
    }
  return mill_html_to_utf8 (plain, NULL);
}

/**
 * mill_sitemap_parse:
 * @body: the file; any bytes
 * @url: the canonical address that it has
 * @error: return location for an error
 *
 * Reads a sitemap. Any thread. Fails with %MILL_ERROR_INVALID if it is none, and with GIO's errors if it
 * cannot be decompressed.
 *
 * Returns: (transfer full): the sitemap, or %NULL with @error set
 */
MillSitemap *
mill_sitemap_parse (GBytes *body, const char *url, GError **error)
{
  g_autoptr (MillSitemap) self = NULL;
  g_autoptr (GBytes) text = NULL;
  gboolean is_read;
  Scan scan;
  gsize length;

  g_return_val_if_fail (body != NULL, NULL);
  g_return_val_if_fail (url != NULL, NULL);

  self = g_atomic_rc_box_new0 (MillSitemap);
  self->urls =
      g_ptr_array_new_null_terminated (1, g_free, TRUE); /* 1: so that it is never without its NULL */
  text = get_text (body, &self->is_truncated, error);
  if (text == NULL)
    return NULL;
  scan = (Scan){ .p = g_bytes_get_data (text, &length), .url = url, .sitemap = self };
  scan.p = scan.p != NULL ? scan.p : "";
  scan.end = scan.p + length;
  if (begins_with (&scan, "\xEF\xBB\xBF"))
    scan.p += strlen ("\xEF\xBB\xBF");
  while (scan.p < scan.end && is_blank (*scan.p))
    scan.p++;
  is_read = scan.p < scan.end && *scan.p == '<' ? read_xml (&scan, error) : read_lines (&scan, error);
  return is_read ? g_steal_pointer (&self) : NULL;
}

/**
 * mill_sitemap_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the sitemap
 */
MillSitemap *
mill_sitemap_ref (MillSitemap *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mill_sitemap_unref:
 *
 * Drops a reference.
 */
void
mill_sitemap_unref (MillSitemap *self)
{
  g_atomic_rc_box_release_full (self, sitemap_clear);
}

/**
 * mill_sitemap_is_index:
 *
 * Tells of what the addresses are.
 *
 * Returns: whether they are more sitemaps, not pages
 */
gboolean
mill_sitemap_is_index (const MillSitemap *self)
{
  return self->is_index;
}

/**
 * mill_sitemap_is_truncated:
 *
 * Tells whether there was more than counts.
 *
 * Returns: whether the file was cut off
 */
gboolean
mill_sitemap_is_truncated (const MillSitemap *self)
{
  return self->is_truncated;
}

/**
 * mill_sitemap_get_urls:
 *
 * Tells what the site has.
 *
 * Returns: (transfer none) (array zero-terminated=1): canonical addresses, in the order of the file
 */
const char *const *
mill_sitemap_get_urls (const MillSitemap *self)
{
  return (const char *const *) self->urls->pdata;
}
