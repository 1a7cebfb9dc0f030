/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokenizer behind the links of stylesheets; see the header. */

#include "config.h"

#include "crawl/mill-css-scan-private.h"

#include <string.h>

#define NAME_KEPT  16 /* bytes of a name that are kept: more than those that matter have */
#define HEX_DIGITS 6  /* of an escape, at most */

/**
 * mill_css_scan_init:
 * @self: (out caller-allocates): the scan
 * @css: (nullable): the stylesheet, in UTF-8 or any encoding whose ASCII is ASCII; must outlive @self
 * @length: its length in bytes
 *
 * Begins at the top of a stylesheet, or of a list of declarations.
 */
void
mill_css_scan_init (MillCssScan *self, const char *css, size_t length)
{
  const char *start = css != NULL ? css : "";

  *self = (MillCssScan){ .p = start, .end = start + length };
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static gboolean
is_newline (char c)
{
  return c == '\n' || c == '\r' || c == '\f';
}

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_' || (guchar) c >= 0x80;
}

static void
skip_blanks (MillCssScan *self)
{
  while (self->p < self->end && is_blank (*self->p))
    self->p++;
}

/* At a backslash: whether it begins an escape. */
static gboolean
is_escape (const MillCssScan *self)
{
  return *self->p == '\\' && self->p + 1 < self->end && !is_newline (self->p[1]);
}

/* At an escape: reads it. */
static void
read_escape (MillCssScan *self, GString *out)
{
  gunichar c = 0;
  guint digits = 0;

  self->p++;
  for (; self->p < self->end && digits < HEX_DIGITS && g_ascii_isxdigit (*self->p); self->p++, digits++)
    c = c * 16 + (gunichar) g_ascii_xdigit_value (*self->p);
  if (digits == 0)
    {
      g_string_append_c (out, *self->p);
      self->p++;
      return;
    }
  g_string_append_unichar (out, c != 0 && g_unichar_validate (c) ? c : 0xFFFD);
  if (self->end - self->p >= 2 && self->p[0] == '\r' && self->p[1] == '\n')
    self->p += 2;
  else if (self->p < self->end && is_blank (*self->p))
    self->p++;
}

/* At "/": skips a comment, or the slash. */
static void
skip_comment (MillCssScan *self)
{
  const char *close;

  self->p++;
  if (self->p == self->end || *self->p != '*')
    return;
  self->p++;
  close = memmem (self->p, (size_t) (self->end - self->p), "*/", 2);
  self->p = close != NULL ? close + 2 : self->end;
}

/* At a quote: reads the string. Returns: (transfer full) (nullable): %NULL if a line ends within */
static char *
read_string (MillCssScan *self)
{
  g_autoptr (GString) out = g_string_new (NULL);
  char quote = *self->p++;

  self->quote = quote;
  self->address = self->p;
  while (self->p < self->end && *self->p != quote)
    {
      if (is_newline (*self->p))
        return NULL;
      if (is_escape (self))
        read_escape (self, out);
      else if (*self->p == '\\')
        {
          /* a line that goes on in the next one; at the very end, nothing */
          self->p++;
          if (self->end - self->p >= 2 && self->p[0] == '\r' && self->p[1] == '\n')
            self->p++;
          self->p = MIN (self->p + 1, self->end);
        }
      else
        g_string_append_c (out, *self->p++);
    }
  self->address_end = self->p;
  self->p = MIN (self->p + 1, self->end);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Skips what is left of an address that is none. */
static char *
skip_bad_url (MillCssScan *self)
{
  while (self->p < self->end && *self->p != ')')
    self->p += is_escape (self) ? 2 : 1;
  return NULL;
}

/* Behind "url(" without a quote. Returns: (transfer full) (nullable): the address */
static char *
read_bare_url (MillCssScan *self)
{
  g_autoptr (GString) out = g_string_new (NULL);

  self->quote = '\0';
  self->address = self->address_end = self->p;
  while (self->p < self->end && *self->p != ')')
    {
      if (is_blank (*self->p))
        {
          skip_blanks (self);
          if (self->p < self->end && *self->p != ')')
            return skip_bad_url (self);
          return g_string_free (g_steal_pointer (&out), FALSE);
        }
      else if (is_escape (self))
        read_escape (self, out);
      else if (strchr ("\"'(\\", *self->p) != NULL || g_ascii_iscntrl (*self->p))
        return skip_bad_url (self);
      else
        g_string_append_c (out, *self->p++);
      self->address_end = self->p;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
read_url (MillCssScan *self)
{
  skip_blanks (self);
  if (self->p < self->end && (*self->p == '"' || *self->p == '\''))
    return read_string (self);
  return read_bare_url (self);
}

static gboolean
begins_name (const MillCssScan *self)
{
  return self->p < self->end && (is_name_char (*self->p) || is_escape (self));
}

static void
keep (char name[NAME_KEPT], gsize *length, const char *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes && *length + 1 < NAME_KEPT; i++)
    name[(*length)++] = bytes[i];
}

/* Reads a name, as far as it fits; there may be none. */
static void
read_name (MillCssScan *self, char name[NAME_KEPT])
{
  gsize length = 0;

  while (begins_name (self))
    if (*self->p == '\\')
      {
        g_autoptr (GString) escaped = g_string_new (NULL);

        read_escape (self, escaped);
        keep (name, &length, escaped->str, escaped->len);
      }
    else
      keep (name, &length, self->p++, 1);
  name[length] = '\0';
}

static void
end_statement (MillCssScan *self)
{
  self->in_import = FALSE;
  self->in_namespace = FALSE;
}

/* At "@". */
static void
read_at_rule (MillCssScan *self)
{
  char name[NAME_KEPT];

  self->p++;
  read_name (self, name);
  self->in_import = g_ascii_strcasecmp (name, "import") == 0;
  self->in_namespace = g_ascii_strcasecmp (name, "namespace") == 0;
}

/* At a name. Returns: (transfer full) (nullable): the address, if it is a url() */
static char *
read_word (MillCssScan *self)
{
  gboolean is_number = g_ascii_isdigit (*self->p); /* or begins with one, and is no function then */
  g_autofree char *url = NULL;
  char name[NAME_KEPT];

  read_name (self, name);
  if (is_number || self->p == self->end || *self->p != '(')
    {
      self->in_import = FALSE;
      return NULL;
    }
  self->p++;
  self->in_import = FALSE;
  if (g_ascii_strcasecmp (name, "url") != 0)
    return NULL;
  url = read_url (self);
  return self->in_namespace ? NULL : g_steal_pointer (&url);
}

/* Returns: (transfer full) (nullable): the address, if it is one of an @import */
static char *
read_quoted (MillCssScan *self)
{
  g_autofree char *string = read_string (self);
  gboolean is_address = self->in_import;

  self->in_import = FALSE;
  return is_address ? g_steal_pointer (&string) : NULL;
}

static void
read_sign (MillCssScan *self)
{
  char name[NAME_KEPT];

  if (*self->p == ';' || *self->p == '{' || *self->p == '}')
    end_statement (self);
  else if (!is_blank (*self->p))
    self->in_import = FALSE;
  if (*self->p++ == '#')
    read_name (self, name); /* "#url(" is no function */
}

/* Reads one token. Returns: (transfer full) (nullable): the address, if it is one */
static char *
read_token (MillCssScan *self)
{
  if (begins_name (self))
    return read_word (self);
  switch (*self->p)
    {
    case '/':
      skip_comment (self);
      return NULL;
    case '@':
      read_at_rule (self);
      return NULL;
    case '"':
    case '\'':
      return read_quoted (self);
    default:
      read_sign (self);
      return NULL;
    }
}

/**
 * mill_css_scan_next:
 * @self: the scan
 *
 * Goes to the next address.
 *
 * Returns: (transfer full) (nullable): the reference, escapes decoded; as valid UTF-8 as the stylesheet is;
 * %NULL at the end
 */
char *
mill_css_scan_next (MillCssScan *self)
{
  while (self->p < self->end)
    {
      char *url = read_token (self);

      if (url != NULL)
        return url;
    }
  return NULL;
}
