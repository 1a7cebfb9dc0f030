/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Link extraction: what a person could follow from a page, each address once, in the order of the page. */

#include "config.h"

#include <string.h>

#include "crawl/mill-hash-private.h"
#include "crawl/mill-html-charset-private.h"
#include "crawl/mill-html-scan-private.h"
#include "crawl/mill-links.h"
#include "crawl/mill-url.h"

typedef struct
{
  GUri *base;          /* (owned) what references are relative to */
  gboolean base_given; /* a <base> was seen; the first counts */
  GHashTable *refs;    /* (owned) of char*: references as written, so that each is resolved once */
  GHashTable *urls;    /* (owned) of char* borrowed from `links` */
  GPtrArray *links;    /* (owned) of char* */
} MillLinks;

/* The elements that lead to other pages, and where they say so. */
static const struct
{
  const char *element;
  const char *attribute;
} sources[] = {
  { "a", "href" },
  { "area", "href" },
  { "frame", "src" },
  { "iframe", "src" },
};

static const char *
source_attribute (const char *name, size_t length)
{
  for (size_t i = 0; i < G_N_ELEMENTS (sources); i++)
    if (mill_html_name_is (name, length, sources[i].element))
      return sources[i].attribute;
  return NULL;
}

static gboolean
has_token (const char *list, size_t length, const char *token)
{
  size_t n = strlen (token);

  for (size_t i = 0; i < length;)
    {
      size_t start;

      while (i < length && g_ascii_isspace (list[i]))
        i++;
      for (start = i; i < length && !g_ascii_isspace (list[i]);)
        i++;
      if (i - start == n && g_ascii_strncasecmp (list + start, token, n) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Reads a tag. Returns: whether it has the attribute @wanted, and no rel="nofollow" */
static gboolean
read_reference (MillHtmlScan *scan, const char *wanted, MillHtmlAttribute *reference)
{
  MillHtmlAttribute attribute;
  gboolean found = FALSE, follow = TRUE;

  while (mill_html_scan_next_attribute (scan, &attribute))
    {
      if (!found && mill_html_name_is (attribute.name, attribute.name_length, wanted))
        {
          *reference = attribute;
          found = TRUE;
        }
      else if (mill_html_name_is (attribute.name, attribute.name_length, "rel"))
        follow = follow && !has_token (attribute.value, attribute.value_length, "nofollow");
    }
  return found && follow && !mill_html_scan_is_cut (scan);
}

static void
set_base (MillLinks *self, const MillHtmlAttribute *reference)
{
  g_autofree char *ref = mill_html_decode (reference->value, reference->value_length);
  g_autofree char *url = mill_url_resolve (self->base, ref, MILL_URL_FLAGS_NONE, NULL);
  GUri *base = url != NULL ? mill_url_parse_base (url, NULL) : NULL;

  self->base_given = TRUE;
  if (base == NULL)
    return;
  g_uri_unref (self->base);
  self->base = base;
  g_hash_table_remove_all (self->refs);
}

static void
add_link (MillLinks *self, const MillHtmlAttribute *reference)
{
  const char *hash = memchr (reference->value, '#', reference->value_length);
  gboolean escaped = memchr (reference->value, '&', reference->value_length) != NULL;
  /* "#" may be part of a character reference, but without one nothing behind it matters */
  size_t length = hash != NULL && !escaped ? (size_t) (hash - reference->value) : reference->value_length;
  g_autofree char *ref = NULL;
  char *url;

  if (length == 0 && hash != NULL)
    return; /* a place on this page */
  ref = mill_html_decode (reference->value, length);
  if (g_hash_table_contains (self->refs, ref))
    return;
  url = mill_url_resolve (self->base, ref, MILL_URL_FLAGS_NONE, NULL);
  g_hash_table_add (self->refs, g_steal_pointer (&ref));
  if (url == NULL || g_hash_table_contains (self->urls, url))
    {
      g_free (url);
      return;
    }
  g_ptr_array_add (self->links, url);
  g_hash_table_add (self->urls, url);
}

/* Returns: whether the limit cut the list short */
static gboolean
scan_page (MillLinks *self, MillHtmlScan *scan)
{
  const char *name;
  size_t length;

  while (mill_html_scan_next_tag (scan, &name, &length))
    {
      const char *wanted = source_attribute (name, length);
      MillHtmlAttribute reference;

      if (wanted != NULL && read_reference (scan, wanted, &reference))
        {
          if (self->links->len == MILL_LINKS_MAX)
            return TRUE;
          add_link (self, &reference);
        }
      else if (!self->base_given && mill_html_name_is (name, length, "base") &&
               read_reference (scan, "href", &reference))
        set_base (self, &reference);
    }
  return FALSE;
}

/**
 * mill_links_extract:
 * @html: the page; any bytes
 * @content_type: (nullable): its Content-Type header, for the encoding
 * @page_url: where the page was fetched from, after redirects
 * @truncated: (out) (optional): whether there were more than %MILL_LINKS_MAX links
 * @error: return location for an error
 *
 * Finds the addresses that the page's a, area, frame and iframe elements lead to: canonical
 * (mill_url_canonicalize()), each once, in the order of the page. Honours the first <base href>; leaves out
 * rel="nofollow", places within the page, and everything that is not http or https.
 *
 * Any thread; takes time linear in the page's size, whatever is in it. Fails only if @page_url is no web
 * address.
 *
 * Returns: (transfer container) (element-type utf8): the links, or %NULL with @error set
 */
GPtrArray *
mill_links_extract (GBytes *html, const char *content_type, const char *page_url, gboolean *truncated,
                    GError **error)
{
  g_autoptr (GBytes) utf8 = NULL;
  MillLinks self = { 0 };
  MillHtmlScan scan;
  gboolean cut;

  g_return_val_if_fail (html != NULL, NULL);
  g_return_val_if_fail (page_url != NULL, NULL);

  self.base = mill_url_parse_base (page_url, error);
  if (self.base == NULL)
    return NULL;
  self.refs = g_hash_table_new_full (mill_hash_string, g_str_equal, g_free, NULL);
  self.urls = g_hash_table_new (mill_hash_string, g_str_equal);
  self.links = g_ptr_array_new_with_free_func (g_free);

  utf8 = mill_html_to_utf8 (html, content_type);
  mill_html_scan_init (&scan, g_bytes_get_data (utf8, NULL), g_bytes_get_size (utf8),
                       mill_html_is_xhtml (content_type));
  cut = scan_page (&self, &scan);
  if (truncated != NULL)
    *truncated = cut;

  g_hash_table_unref (self.urls);
  g_hash_table_unref (self.refs);
  g_uri_unref (self.base);
  return self.links;
}
