/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* srcset and meta refresh, as the HTML standard parses them. */

#include "config.h"

#include "crawl/mill-html-values-private.h"

#include <string.h>

static gboolean
is_srcset_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Skips the size behind an address of a srcset, up to the comma that no bracket holds. */
static const char *
skip_descriptor (const char *p)
{
  guint depth = 0;

  for (; *p != '\0' && (*p != ',' || depth > 0); p++)
    if (*p == '(')
      depth++;
    else if (*p == ')' && depth > 0)
      depth--;
  return p;
}

/* The standard's "parse a srcset attribute": addresses, each with a size behind it, and commas in between. */
const char *
mill_srcset_next (const char **p, gsize *length)
{
  const char *start, *end;

  while (is_srcset_blank (**p) || **p == ',')
    (*p)++;
  if (**p == '\0')
    return NULL;
  for (start = *p; **p != '\0' && !is_srcset_blank (**p);)
    (*p)++;
  for (end = *p; end > start && end[-1] == ',';)
    end--;
  if (end == *p)
    *p = skip_descriptor (*p);
  *length = (gsize) (end - start);
  return start;
}

static const char *
skip_blanks (const char *p)
{
  while (g_ascii_isspace (*p))
    p++;
  return p;
}

/* Behind the "url" of a refresh, if there is one: "url = 'x'". Returns: where the address begins */
static const char *
skip_url_word (const char *p)
{
  const char *sign;

  if (g_ascii_strncasecmp (p, "url", 3) != 0)
    return p;
  sign = skip_blanks (p + 3);
  return *sign == '=' ? skip_blanks (sign + 1) : p;
}

/* The standard's "shared declarative refresh steps", for "5; url=x". */
const char *
mill_refresh_find (const char *content, gsize *length)
{
  const char *p = skip_blanks (content), *time = p;

  while (g_ascii_isdigit (*p) || *p == '.')
    p++;
  if (p == time || (*p != ';' && *p != ',' && !g_ascii_isspace (*p)))
    return NULL;
  p = skip_blanks (p);
  if (*p == ';' || *p == ',')
    p = skip_blanks (p + 1);
  p = skip_url_word (p);
  if (*p == '\0')
    return NULL;
  if (*p == '"' || *p == '\'')
    {
      const char quote[] = { *p, '\0' };

      p++;
      *length = strcspn (p, quote);
    }
  else
    *length = strlen (p);
  return p;
}
