/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokenizer behind link extraction; see the header for why there is one. Character references are
 * libxml2's. */

#include "config.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#include "crawl/mill-html-scan-private.h"

#define REFERENCE_MAX 32 /* bytes of a character reference's name; HTML 4's longest has 8 */

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static gboolean
ends_name (char c)
{
  return is_blank (c) || c == '/' || c == '>';
}

/**
 * mill_html_name_is:
 * @name: a name as written; not NUL-terminated
 * @length: its length in bytes
 * @lower: the name to compare with, in lower case
 *
 * Returns: whether they are the same name, whatever the case of @name
 */
gboolean
mill_html_name_is (const char *name, size_t length, const char *lower)
{
  return strlen (lower) == length && g_ascii_strncasecmp (name, lower, length) == 0;
}

/**
 * mill_html_scan_init:
 * @self: (out caller-allocates): the scan
 * @html: (nullable): the page, in UTF-8 or any encoding in which bytes below 0x40 are ASCII's; must outlive
 * @self
 * @length: its length in bytes
 * @xhtml: whether "/>" ends an element, as in XHTML
 *
 * Begins at the top of a page.
 */
void
mill_html_scan_init (MillHtmlScan *self, const char *html, size_t length, gboolean xhtml)
{
  const char *start = html != NULL ? html : ""; /* as an empty GBytes has it */

  *self = (MillHtmlScan){ .p = start, .end = start + length, .xhtml = xhtml };
}

/* Names the elements with text content, in which "<" starts no tag. */
static const char *
raw_text_name (const char *name, size_t length)
{
  static const char *const names[] = { "script", "style", "textarea", "title", "xmp", "iframe", "noembed" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    if (mill_html_name_is (name, length, names[i]))
      return names[i];
  return NULL;
}

/* Moves behind the next @needle, or to the end. */
static void
skip_past (MillHtmlScan *self, const char *needle)
{
  const char *found = memmem (self->p, (size_t) (self->end - self->p), needle, strlen (needle));

  self->p = found != NULL ? found + strlen (needle) : self->end;
}

/* Moves to the end tag of the raw text element that was entered; without one the rest of the page is text.
 * Returns: where the text ends */
static const char *
skip_raw_text (MillHtmlScan *self)
{
  const char *raw = g_steal_pointer (&self->raw);
  size_t length = strlen (raw);

  if (self->self_closing && self->xhtml)
    return self->p;
  while (self->p < self->end)
    {
      skip_past (self, "</");
      if ((size_t) (self->end - self->p) > length && g_ascii_strncasecmp (self->p, raw, length) == 0 &&
          (is_blank (self->p[length]) || self->p[length] == '>' || self->p[length] == '/'))
        {
          self->in_tag = TRUE; /* end tags may have attributes too; they are skipped alike */
          self->p += length;
          return self->p - length - strlen ("</");
        }
    }
  return self->end;
}

/* Within a comment: moves behind its end, "-->" or "--!>". */
static void
skip_comment (MillHtmlScan *self)
{
  const char *start = self->p;

  self->p -= 2; /* "<!-->" and "<!--->" are whole comments: the dashes may be those that began it */
  while (self->p < self->end)
    {
      size_t left;

      skip_past (self, "--");
      left = (size_t) (self->end - self->p);
      if (left >= 1 && self->p[0] == '>')
        {
          self->p += 1;
          return;
        }
      if (self->p > start && left >= 2 && self->p[0] == '!' && self->p[1] == '>')
        {
          self->p += 2;
          return;
        }
      if (left >= 1 && self->p[0] == '-')
        self->p--; /* of three dashes the last two count */
    }
}

/* At "<!": a comment, a doctype, or what the standard calls a bogus comment. */
static void
skip_declaration (MillHtmlScan *self)
{
  if (self->end - self->p >= 3 && strncmp (self->p, "!--", 3) == 0)
    {
      self->p += 3;
      skip_comment (self);
    }
  else
    skip_past (self, ">");
}

static void
read_name (MillHtmlScan *self, const char **name, size_t *length)
{
  *name = self->p;
  while (self->p < self->end && !ends_name (*self->p))
    self->p++;
  *length = (size_t) (self->p - *name);
}

static void
skip_attributes (MillHtmlScan *self)
{
  MillHtmlAttribute attribute;

  while (mill_html_scan_next_attribute (self, &attribute))
    continue;
}

/**
 * mill_html_scan_next_tag:
 * @self: the scan
 * @name: (out) (transfer none): the tag's name, as written; not NUL-terminated
 * @length: (out): its length in bytes
 *
 * Goes to the next start tag, over text, comments, end tags, scripts and what attributes were not read.
 *
 * Returns: %FALSE at the end of the page
 */
gboolean
mill_html_scan_next_tag (MillHtmlScan *self, const char **name, size_t *length)
{
  for (;;)
    {
      const char *open;

      skip_attributes (self);
      if (self->raw != NULL)
        {
          skip_raw_text (self);
          continue;
        }
      open = memchr (self->p, '<', (size_t) (self->end - self->p));
      if (open == NULL || open + 1 == self->end)
        return FALSE;
      self->p = open + 1;
      if (g_ascii_isalpha (*self->p))
        {
          read_name (self, name, length);
          self->in_tag = TRUE;
          self->self_closing = FALSE;
          self->raw = raw_text_name (*name, *length);
          return self->p < self->end;
        }
      if (*self->p == '/' && self->p + 1 < self->end && g_ascii_isalpha (self->p[1]))
        self->in_tag = TRUE;
      else if (*self->p == '!')
        skip_declaration (self);
      else if (*self->p == '?' || *self->p == '/')
        skip_past (self, ">");
    }
}

/* Ends the scan: what is left is a tag without end. */
static gboolean
drop_rest (MillHtmlScan *self)
{
  self->cut = TRUE;
  self->p = self->end;
  self->in_tag = FALSE;
  return FALSE;
}

/* Goes to the next attribute's name. Returns: %FALSE if the tag ends first. */
static gboolean
find_attribute (MillHtmlScan *self)
{
  while (self->p < self->end && (is_blank (*self->p) || *self->p == '/'))
    {
      self->self_closing = *self->p == '/';
      self->p++;
    }
  if (self->p == self->end)
    return drop_rest (self);
  if (*self->p != '>')
    return TRUE;
  self->p++;
  self->in_tag = FALSE;
  return FALSE;
}

static void
skip_blanks (MillHtmlScan *self)
{
  while (self->p < self->end && is_blank (*self->p))
    self->p++;
}

/* Behind "=". Returns: %FALSE if the page ends within the value. */
static gboolean
read_value (MillHtmlScan *self, MillHtmlAttribute *attribute)
{
  const char *close;

  skip_blanks (self);
  if (self->p == self->end)
    return FALSE;
  if (*self->p == '"' || *self->p == '\'')
    {
      close = memchr (self->p + 1, *self->p, (size_t) (self->end - self->p - 1));
      if (close == NULL)
        return FALSE;
      attribute->value = self->p + 1;
      attribute->value_length = (size_t) (close - attribute->value);
      self->p = close + 1;
      return TRUE;
    }
  attribute->value = self->p;
  while (self->p < self->end && !is_blank (*self->p) && *self->p != '>')
    self->p++;
  attribute->value_length = (size_t) (self->p - attribute->value);
  return self->p < self->end;
}

/**
 * mill_html_scan_next_attribute:
 * @self: the scan, at a tag
 * @attribute: (out caller-allocates): the attribute; its pointers point into the page
 *
 * Reads the next attribute of the current tag. Of two with one name, the first counts: that is left to the
 * caller.
 *
 * Returns: %FALSE when the tag has no more
 */
gboolean
mill_html_scan_next_attribute (MillHtmlScan *self, MillHtmlAttribute *attribute)
{
  if (!self->in_tag || !find_attribute (self))
    return FALSE;
  *attribute = (MillHtmlAttribute){ .name = self->p, .value = self->p };
  self->p++; /* a "=" here is part of the name */
  while (self->p < self->end && !ends_name (*self->p) && *self->p != '=')
    self->p++;
  attribute->name_length = (size_t) (self->p - attribute->name);
  skip_blanks (self);
  if (self->p == self->end || *self->p != '=')
    return TRUE;
  self->p++;
  return read_value (self, attribute) || drop_rest (self);
}

/**
 * mill_html_scan_take_text:
 * @self: the scan, after the last attribute of a tag
 * @text: (out) (transfer none): the element's text, as written; not NUL-terminated
 * @length: (out): its length in bytes
 *
 * Reads the content of an element in which "<" starts no tag, such as style; others have none here.
 */
void
mill_html_scan_take_text (MillHtmlScan *self, const char **text, size_t *length)
{
  *text = self->p;
  *length = self->raw != NULL && !self->in_tag ? (size_t) (skip_raw_text (self) - *text) : 0;
}

/**
 * mill_html_scan_is_cut:
 * @self: the scan, after the last attribute of a tag
 *
 * Returns: whether the page ended within the tag; browsers then drop it
 */
gboolean
mill_html_scan_is_cut (const MillHtmlScan *self)
{
  return self->cut;
}

/* Behind "&#". Returns: the length read, or 0 if this is no reference. */
static size_t
decode_number (const char *text, size_t length, GString *out)
{
  gboolean hex = length > 0 && (text[0] == 'x' || text[0] == 'X');
  size_t i = hex ? 1 : 0, digits = 0;
  gunichar c = 0;

  for (; i < length && (hex ? g_ascii_isxdigit (text[i]) : g_ascii_isdigit (text[i])); i++, digits++)
    if (c <= 0x10FFFF)
      c = c * (hex ? 16 : 10) + (gunichar) g_ascii_xdigit_value (text[i]);
  if (digits == 0)
    return 0;
  g_string_append_unichar (out, c != 0 && g_unichar_validate (c) ? c : 0xFFFD);
  return i < length && text[i] == ';' ? i + 1 : i;
}

/* Behind "&". Names count only with their semicolon: "?a=1&copy=2" is how addresses are written. */
static size_t
decode_name (const char *text, size_t length, GString *out)
{
  char name[REFERENCE_MAX + 1];
  const htmlEntityDesc *entity;
  size_t n = 0;

  while (n < length && n < REFERENCE_MAX && g_ascii_isalnum (text[n]))
    {
      name[n] = text[n];
      n++;
    }
  name[n] = '\0';
  if (n == 0 || n == length || text[n] != ';')
    return 0;
  entity = htmlEntityLookup ((const xmlChar *) name);
  if (entity == NULL)
    return 0;
  g_string_append_unichar (out, entity->value);
  return n + 1;
}

/**
 * mill_html_decode_next:
 * @value: an attribute's value or what is left of it, as written; not empty
 * @length: its length in bytes
 * @out: where to append
 *
 * Decodes a character reference, or takes over one byte; NUL becomes U+FFFD.
 *
 * Returns: how many bytes of @value that took
 */
size_t
mill_html_decode_next (const char *value, size_t length, GString *out)
{
  size_t used = 0;

  if (value[0] == '&' && length > 1)
    used = value[1] == '#' ? decode_number (value + 2, length - 2, out)
                           : decode_name (value + 1, length - 1, out);
  if (used > 0)
    return used + (value[1] == '#' ? 2 : 1);
  if (value[0] == '\0')
    g_string_append (out, "\xEF\xBF\xBD");
  else
    g_string_append_c (out, value[0]);
  return 1;
}

/**
 * mill_html_decode:
 * @value: an attribute's value, as written
 * @length: its length in bytes
 *
 * Replaces character references, and NUL by U+FFFD.
 *
 * Returns: (transfer full): the value, NUL-terminated; as valid UTF-8 as @value is
 */
char *
mill_html_decode (const char *value, size_t length)
{
  GString *out = g_string_sized_new (length + 1);

  for (size_t i = 0; i < length;)
    i += mill_html_decode_next (value + i, length - i, out);
  return g_string_free (out, FALSE);
}
