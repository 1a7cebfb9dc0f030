/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Link extraction: what a person could follow from a page, and what a browser fetches to show it; each
 * address once, in the order of the page. */

#include "config.h"

#include <string.h>

#include "crawl/mill-css-scan-private.h"
#include "crawl/mill-hash-private.h"
#include "crawl/mill-html-charset-private.h"
#include "crawl/mill-html-scan-private.h"
#include "crawl/mill-html-values-private.h"
#include "crawl/mill-links.h"
#include "crawl/mill-url.h"

/* Bytes of a title that are looked at: the longest character reference to each of its characters. */
#define RAW_TITLE_MAX (32 * MILL_LINKS_MAX_TITLE)

/* The links of one kind. */
typedef struct
{
  GHashTable *refs; /* (owned) of char*: references as written, so that each is resolved once */
  GHashTable *urls; /* (owned) of char* borrowed from `links` */
  GPtrArray *links; /* (owned) of char* */
  gboolean is_cut;  /* there were more than %MILL_LINKS_MAX */
} MillLinkList;

typedef struct
{
  GUri *base;              /* (owned) what references are relative to */
  gboolean base_given;     /* a <base> was seen; the first counts */
  gboolean nofollow;       /* the page asks that none of its links be followed */
  gboolean has_requisites; /* they are wanted */
  gboolean wants_title;    /* it is wanted, and was not seen yet */
  char *title;             /* (owned) (nullable) */
  MillLinkList follow;
  MillLinkList requisites;
} MillLinks;

/* The attributes that matter, by their place in the table of names. */
typedef enum
{
  ATTRIBUTE_HREF,
  ATTRIBUTE_SRC,
  ATTRIBUTE_SRCSET,
  ATTRIBUTE_POSTER,
  ATTRIBUTE_REL,
  ATTRIBUTE_STYLE,
  ATTRIBUTE_HTTP_EQUIV,
  ATTRIBUTE_NAME,
  ATTRIBUTE_CONTENT,
  ATTRIBUTE_TYPE,
  N_ATTRIBUTES,
} MillLinksAttribute;

static const char *const attribute_names[N_ATTRIBUTES] = {
  "href", "src", "srcset", "poster", "rel", "style", "http-equiv", "name", "content", "type"
};

/* What a tag says in them; those it has not are empty and without a value. */
typedef MillHtmlAttribute MillTag[N_ATTRIBUTES];

static void
list_init (MillLinkList *list)
{
  list->refs = g_hash_table_new_full (mill_hash_string, g_str_equal, g_free, NULL);
  list->urls = g_hash_table_new (mill_hash_string, g_str_equal);
  list->links = g_ptr_array_new_with_free_func (g_free);
}

/* Returns: (transfer full): the links */
static GPtrArray *
list_steal (MillLinkList *list)
{
  g_hash_table_unref (list->urls);
  g_hash_table_unref (list->refs);
  return g_steal_pointer (&list->links);
}

static gboolean
is_token (const char *token, size_t length, const char *wanted)
{
  return length == strlen (wanted) && g_ascii_strncasecmp (token, wanted, length) == 0;
}

static gboolean
has_token (const char *list, size_t length, const char *token)
{
  for (size_t i = 0; i < length;)
    {
      size_t start;

      while (i < length && g_ascii_isspace (list[i]))
        i++;
      for (start = i; i < length && !g_ascii_isspace (list[i]);)
        i++;
      if (is_token (list + start, i - start, token))
        return TRUE;
    }
  return FALSE;
}

static gboolean
attribute_has (const MillTag tag, MillLinksAttribute which, const char *token)
{
  return tag[which].value != NULL && has_token (tag[which].value, tag[which].value_length, token);
}

static void
note_attribute (MillTag tag, const MillHtmlAttribute *attribute)
{
  for (guint i = 0; i < N_ATTRIBUTES; i++)
    if (mill_html_name_is (attribute->name, attribute->name_length, attribute_names[i]))
      {
        if (tag[i].value == NULL) /* of two with one name the first counts */
          tag[i] = *attribute;
        return;
      }
}

/* Returns: whether the tag is whole */
static gboolean
read_tag (MillHtmlScan *scan, MillTag tag)
{
  MillHtmlAttribute attribute;

  memset (tag, 0, sizeof (MillTag));
  while (mill_html_scan_next_attribute (scan, &attribute))
    note_attribute (tag, &attribute);
  return !mill_html_scan_is_cut (scan);
}

/* Adds what a reference means; consumes it. */
static void
add_reference (MillLinks *self, MillLinkList *list, char *reference)
{
  g_autofree char *ref = reference;
  char *url;

  if (g_hash_table_contains (list->refs, ref))
    return;
  if (list->links->len == MILL_LINKS_MAX)
    {
      list->is_cut = TRUE;
      return;
    }
  url = mill_url_resolve (self->base, ref, MILL_URL_FLAGS_NONE, NULL);
  g_hash_table_add (list->refs, g_steal_pointer (&ref));
  if (url == NULL || g_hash_table_contains (list->urls, url))
    {
      g_free (url);
      return;
    }
  g_ptr_array_add (list->links, url);
  g_hash_table_add (list->urls, url);
}

static void
follow (MillLinks *self, const MillHtmlAttribute *reference)
{
  const char *hash;
  gboolean escaped;
  size_t length = reference->value_length;

  if (reference->value == NULL)
    return;
  hash = memchr (reference->value, '#', length);
  escaped = memchr (reference->value, '&', length) != NULL;
  /* "#" may be part of a character reference, but without one nothing behind it matters */
  if (hash != NULL && !escaped)
    length = (size_t) (hash - reference->value);
  if (length == 0 && hash != NULL)
    return; /* a place on this page */
  add_reference (self, &self->follow, mill_html_decode (reference->value, length));
}

/* Consumes @reference. One that is empty, or a place on the page, is nothing to fetch. */
static void
add_requisite (MillLinks *self, char *reference)
{
  gsize blanks = strspn (reference, " \t\n\f\r");

  if (reference[blanks] == '\0' || reference[blanks] == '#')
    g_free (reference);
  else
    add_reference (self, &self->requisites, reference);
}

static void
require (MillLinks *self, const MillHtmlAttribute *reference)
{
  if (reference->value != NULL)
    add_requisite (self, mill_html_decode (reference->value, reference->value_length));
}

static void
require_css (MillLinks *self, const char *css, size_t length)
{
  MillCssScan scan;
  char *reference;

  mill_css_scan_init (&scan, css, length);
  while ((reference = mill_css_scan_next (&scan)) != NULL)
    add_requisite (self, reference);
}

static void
require_srcset (MillLinks *self, const MillHtmlAttribute *set)
{
  g_autofree char *text =
      set->value != NULL ? mill_html_decode (set->value, set->value_length) : g_strdup ("");
  const char *p = text, *start;
  gsize length;

  while ((start = mill_srcset_next (&p, &length)) != NULL)
    add_requisite (self, g_strndup (start, length));
}

static void
read_a (MillLinks *self, const MillTag tag)
{
  if (!attribute_has (tag, ATTRIBUTE_REL, "nofollow"))
    follow (self, &tag[ATTRIBUTE_HREF]);
}

static void
read_frame (MillLinks *self, const MillTag tag)
{
  if (!attribute_has (tag, ATTRIBUTE_REL, "nofollow"))
    follow (self, &tag[ATTRIBUTE_SRC]);
}

static void
read_base (MillLinks *self, const MillTag tag)
{
  const MillHtmlAttribute *reference = &tag[ATTRIBUTE_HREF];
  g_autofree char *ref = NULL, *url = NULL;
  GUri *base;

  if (self->base_given || reference->value == NULL)
    return;
  ref = mill_html_decode (reference->value, reference->value_length);
  url = mill_url_resolve (self->base, ref, MILL_URL_FLAGS_NONE, NULL);
  base = url != NULL ? mill_url_parse_base (url, NULL) : NULL;
  self->base_given = TRUE;
  if (base == NULL)
    return;
  g_uri_unref (self->base);
  self->base = base;
  g_hash_table_remove_all (self->follow.refs);
  g_hash_table_remove_all (self->requisites.refs);
}

static void
read_link (MillLinks *self, const MillTag tag)
{
  static const char *const required[] = { "stylesheet", "icon", "apple-touch-icon",
                                          "apple-touch-icon-precomposed", "mask-icon" };

  if (attribute_has (tag, ATTRIBUTE_REL, "canonical") && !attribute_has (tag, ATTRIBUTE_REL, "nofollow"))
    follow (self, &tag[ATTRIBUTE_HREF]);
  for (gsize i = 0; self->has_requisites && i < G_N_ELEMENTS (required); i++)
    if (attribute_has (tag, ATTRIBUTE_REL, required[i]))
      {
        require (self, &tag[ATTRIBUTE_HREF]);
        return;
      }
}

static void
read_meta (MillLinks *self, const MillTag tag)
{
  const MillHtmlAttribute *content = &tag[ATTRIBUTE_CONTENT];
  g_autofree char *text =
      content->value != NULL ? mill_html_decode (content->value, content->value_length) : NULL;
  const char *target;
  gsize length;

  if (text == NULL)
    return;
  if (attribute_has (tag, ATTRIBUTE_NAME, "robots") || attribute_has (tag, ATTRIBUTE_NAME, "millrace"))
    {
      g_strdelimit (text, ",", ' ');
      if (has_token (text, strlen (text), "nofollow") || has_token (text, strlen (text), "none"))
        self->nofollow = TRUE;
    }
  else if (attribute_has (tag, ATTRIBUTE_HTTP_EQUIV, "refresh"))
    {
      target = mill_refresh_find (text, &length);
      if (target != NULL)
        add_reference (self, &self->follow, g_strndup (target, length));
    }
}

static void
read_image (MillLinks *self, const MillTag tag)
{
  require (self, &tag[ATTRIBUTE_SRC]);
  require_srcset (self, &tag[ATTRIBUTE_SRCSET]);
}

static void
read_media (MillLinks *self, const MillTag tag)
{
  require (self, &tag[ATTRIBUTE_SRC]);
  require (self, &tag[ATTRIBUTE_POSTER]);
}

static void
read_input (MillLinks *self, const MillTag tag)
{
  if (attribute_has (tag, ATTRIBUTE_TYPE, "image"))
    require (self, &tag[ATTRIBUTE_SRC]);
}

/* The elements that lead anywhere, and how to read them. */
static const struct
{
  const char *name;
  void (*read) (MillLinks *self, const MillTag tag);
  gboolean for_requisites; /* for nothing else */
} elements[] = {
  { "a", read_a, FALSE },          { "area", read_a, FALSE },     { "frame", read_frame, FALSE },
  { "iframe", read_frame, FALSE }, { "base", read_base, FALSE },  { "link", read_link, FALSE },
  { "meta", read_meta, FALSE },    { "img", read_image, TRUE },   { "source", read_image, TRUE },
  { "script", read_media, TRUE },  { "video", read_media, TRUE }, { "audio", read_media, TRUE },
  { "track", read_media, TRUE },   { "input", read_input, TRUE },
};

/* Returns: the element's place in the table, or the table's length */
static gsize
find_element (const MillLinks *self, const char *name, size_t length)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (elements) && !mill_html_name_is (name, length, elements[i].name))
    i++;
  return i < G_N_ELEMENTS (elements) && elements[i].for_requisites && !self->has_requisites
             ? G_N_ELEMENTS (elements)
             : i;
}

static void
read_styles (MillLinks *self, MillHtmlScan *scan, const char *name, size_t length, const MillTag tag)
{
  const MillHtmlAttribute *style = &tag[ATTRIBUTE_STYLE];

  if (style->value != NULL)
    {
      g_autofree char *css = mill_html_decode (style->value, style->value_length);

      require_css (self, css, strlen (css));
    }
  if (mill_html_name_is (name, length, "style"))
    {
      const char *text;

      mill_html_scan_take_text (scan, &text, &length);
      require_css (self, text, length);
    }
}

/* Returns: (transfer full) (nullable): a title in one line, cut where it gets long; %NULL if it says nothing
 */
static char *
tidy_title (const char *text, size_t length)
{
  g_autofree char *decoded = mill_html_decode (text, MIN (length, RAW_TITLE_MAX));
  g_autofree char *valid = g_utf8_make_valid (decoded, -1);
  g_autoptr (GString) title = g_string_new (NULL);
  gboolean is_apart = FALSE;
  guint n = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          is_apart = title->len > 0;
          continue;
        }
      n += is_apart ? 2 : 1;
      if (n > MILL_LINKS_MAX_TITLE)
        break;
      if (is_apart)
        g_string_append_c (title, ' ');
      g_string_append_unichar (title, c);
      is_apart = FALSE;
    }
  return title->len > 0 ? g_string_free (g_steal_pointer (&title), FALSE) : NULL;
}

/* The first title counts, but drawings have titles of their own. Returns: whether the tag was read */
static gboolean
look_for_title (MillLinks *self, MillHtmlScan *scan, const char *name, size_t length)
{
  MillHtmlAttribute attribute;
  const char *text;

  if (mill_html_name_is (name, length, "svg"))
    self->wants_title = FALSE;
  if (!self->wants_title || !mill_html_name_is (name, length, "title"))
    return FALSE;
  while (mill_html_scan_next_attribute (scan, &attribute))
    continue;
  mill_html_scan_take_text (scan, &text, &length);
  self->title = tidy_title (text, length);
  self->wants_title = FALSE;
  return TRUE;
}

static void
scan_page (MillLinks *self, MillHtmlScan *scan)
{
  const char *name;
  size_t length;

  while (mill_html_scan_next_tag (scan, &name, &length))
    {
      gsize element = find_element (self, name, length);
      MillTag tag;

      if (self->wants_title && look_for_title (self, scan, name, length))
        continue;
      if (element == G_N_ELEMENTS (elements) && !self->has_requisites)
        continue;
      if (!read_tag (scan, tag))
        return;
      if (element < G_N_ELEMENTS (elements))
        elements[element].read (self, tag);
      if (self->has_requisites)
        read_styles (self, scan, name, length, tag);
    }
}

static gboolean
begin (MillLinks *self, const char *url, GError **error)
{
  *self = (MillLinks){ .base = mill_url_parse_base (url, error) };
  if (self->base == NULL)
    return FALSE;
  list_init (&self->follow);
  list_init (&self->requisites);
  return TRUE;
}

/* Hands out the @requisites, if they are wanted. Returns: (transfer full): the links to follow */
static GPtrArray *
end (MillLinks *self, GPtrArray **requisites)
{
  GPtrArray *links = list_steal (&self->follow);
  g_autoptr (GPtrArray) required = list_steal (&self->requisites);

  if (self->nofollow)
    g_ptr_array_set_size (links, 0);
  if (requisites != NULL)
    *requisites = g_steal_pointer (&required);
  g_uri_unref (self->base);
  return links;
}

/**
 * mill_links_extract:
 * @html: the page; any bytes
 * @content_type: (nullable): its Content-Type header, for the encoding
 * @page_url: where the page was fetched from, after redirects
 * @requisites: (out) (optional) (transfer container) (element-type utf8): what it takes to show the page
 * @title: (out) (optional) (nullable) (transfer full): the page's title in one line of valid UTF-8, at most
 *   %MILL_LINKS_MAX_TITLE characters; %NULL if it has none
 * @truncated: (out) (optional): whether there were more than %MILL_LINKS_MAX links
 * @error: return location for an error
 *
 * Finds the addresses that the page leads to: those of its a, area, frame and iframe elements, its canonical
 * address and where it refreshes to. They are canonical (mill_url_canonicalize()), each once, in the order of
 * the page. Honours the first <base href>; leaves out rel="nofollow", places within the page, and everything
 * that is not http or https. A page whose <meta name="robots"> says nofollow or none leads nowhere.
 *
 * With @requisites also finds its images, stylesheets, scripts, media, icons, and what its style elements and
 * attributes name.
 *
 * Any thread; takes time linear in the page's size, whatever is in it. Fails only if @page_url is no web
 * address.
 *
 * Returns: (transfer container) (element-type utf8): the links to follow, or %NULL with @error set
 */
GPtrArray *
mill_links_extract (GBytes *html, const char *content_type, const char *page_url, GPtrArray **requisites,
                    char **title, gboolean *truncated, GError **error)
{
  g_autoptr (GBytes) utf8 = NULL;
  MillLinks self;
  MillHtmlScan scan;

  g_return_val_if_fail (html != NULL, NULL);
  g_return_val_if_fail (page_url != NULL, NULL);

  if (!begin (&self, page_url, error))
    return NULL;
  self.has_requisites = requisites != NULL;
  self.wants_title = title != NULL;
  utf8 = mill_html_to_utf8 (html, content_type);
  mill_html_scan_init (&scan, g_bytes_get_data (utf8, NULL), g_bytes_get_size (utf8),
                       mill_html_is_xhtml (content_type));
  scan_page (&self, &scan);
  if (title != NULL)
    *title = g_steal_pointer (&self.title);
  if (truncated != NULL)
    *truncated = self.follow.is_cut || self.requisites.is_cut;
  return end (&self, requisites);
}

/**
 * mill_links_extract_css:
 * @css: the stylesheet; any bytes
 * @content_type: (nullable): its Content-Type header, for the encoding
 * @css_url: where it was fetched from, after redirects
 * @truncated: (out) (optional): whether there were more than %MILL_LINKS_MAX links
 * @error: return location for an error
 *
 * Finds what a stylesheet needs: the addresses of its url() and @import. Otherwise as mill_links_extract().
 *
 * Returns: (transfer container) (element-type utf8): the requisites, or %NULL with @error set
 */
GPtrArray *
mill_links_extract_css (GBytes *css, const char *content_type, const char *css_url, gboolean *truncated,
                        GError **error)
{
  g_autoptr (GBytes) utf8 = NULL;
  GPtrArray *requisites = NULL;
  MillLinks self;

  g_return_val_if_fail (css != NULL, NULL);
  g_return_val_if_fail (css_url != NULL, NULL);

  if (!begin (&self, css_url, error))
    return NULL;
  utf8 = mill_html_to_utf8 (css, content_type);
  require_css (&self, g_bytes_get_data (utf8, NULL), g_bytes_get_size (utf8));
  if (truncated != NULL)
    *truncated = self.requisites.is_cut;
  g_ptr_array_unref (end (&self, &requisites));
  return requisites;
}
