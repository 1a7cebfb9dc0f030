/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any robots.txt: a crawler's name in the first line, a path in the second, then the file. What must not
 * change the answer is tried on each: another case of the name, an escaped path, a byte order mark, records
 * behind the file that are nobody's. The first line is also tried as a pattern, against a matcher that is
 * slow and plain. */

#include "config.h"

#include "crawl/mill-robots.h"
#include "fuzz.h"

/* One octet of a pattern or a path. */
typedef struct
{
  guchar c;
  gboolean escaped;
  gboolean in_query; /* of a path only */
} Octet;

static GArray *
read_octets (const char *text)
{
  GArray *octets = g_array_new (FALSE, FALSE, sizeof (Octet));
  gboolean in_query = FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      Octet octet = { (guchar) *p, FALSE, in_query };

      in_query |= *p == '?';
      if (*p == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
        {
          octet.c = (guchar) (g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2]));
          octet.escaped = TRUE;
          p += 2;
        }
      g_array_append_val (octets, octet);
    }
  return octets;
}

/* Only a reserved octet differs from itself escaped (RFC 3986, section 2.2), and in a query not all do. */
static gboolean
octets_match (const Octet *pattern, const Octet *path)
{
  if (pattern->c != path->c)
    return FALSE;
  if (pattern->escaped == path->escaped || pattern->c == '\0')
    return TRUE;
  return strchr (path->in_query ? "!&'()+,;=" : "!&'()+,;=:@/?", pattern->c) == NULL;
}

/* Tells for each number of octets of the path whether the pattern may have matched them, one octet of the
 * pattern after the other. */
static gboolean
slow_match (const GArray *pattern, gboolean whole, const GArray *path)
{
  g_autofree gboolean *reached = g_new0 (gboolean, path->len + 1);
  gboolean any = FALSE;

  reached[0] = TRUE;
  for (guint i = 0; i < pattern->len; i++)
    {
      const Octet *octet = &g_array_index (pattern, Octet, i);

      if (octet->c == '*' && !octet->escaped)
        for (guint j = 1; j <= path->len; j++)
          reached[j] |= reached[j - 1];
      else
        {
          for (guint j = path->len; j > 0; j--)
            reached[j] = reached[j - 1] && octets_match (octet, &g_array_index (path, Octet, j - 1));
          reached[0] = FALSE;
        }
    }
  for (guint j = 0; j <= path->len; j++)
    any |= reached[j];
  return whole ? reached[path->len] : any;
}

/* Escapes what means the same when it is escaped. */
static char *
escape (const char *path)
{
  GString *out = g_string_new (NULL);

  for (const char *p = path; *p != '\0'; p++)
    if (*p == '%' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
      {
        g_string_append_len (out, p, 3);
        p += 2;
      }
    else if (g_ascii_isalnum (*p) || *p == '-' || *p == '~' || (guchar) *p >= 0x80)
      g_string_append_printf (out, "%%%02x", (guchar) *p);
    else
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

static gboolean
allows (const void *data, size_t size, const char *before, const char *after, const char *token,
        const char *path)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (MillRobots) robots = NULL;

  g_byte_array_append (text, (const guint8 *) before, (guint) strlen (before));
  g_byte_array_append (text, data, (guint) size);
  g_byte_array_append (text, (const guint8 *) after, (guint) strlen (after));
  body = g_byte_array_free_to_bytes (g_steal_pointer (&text));
  robots = mill_robots_parse (body);
  return mill_robots_allows (robots, token, path);
}

/* Whether the path is compared with nothing escaped in it. "*20" matches "%20" by RFC 9309, which compares
 * escapes as they are written; slow_match () does not see that. */
static gboolean
is_without_escapes (const GArray *path)
{
  for (guint i = 0; i < path->len; i++)
    {
      const Octet *octet = &g_array_index (path, Octet, i);
      const char *plain = !octet->escaped ? "-._~!&'()+,;=:@/?" : octet->in_query ? "-._~:@/?" : "-._~";

      if (!g_ascii_isalnum (octet->c) && (octet->c == '\0' || strchr (plain, octet->c) == NULL))
        return FALSE;
    }
  return TRUE;
}

static void
check_match (const char *value, const char *path)
{
  g_autofree char *text = g_strconcat ("User-agent: *\nDisallow: /", value, NULL);
  gboolean whole = g_str_has_suffix (value, "$");
  g_autofree char *pattern = g_strdup_printf ("/%.*s", (int) strlen (value) - whole, value);
  g_autoptr (GArray) pattern_octets = read_octets (pattern), path_octets = read_octets (path);
  gboolean allowed = allows (text, strlen (text), "", "", NULL, path);
  gboolean matches = slow_match (pattern_octets, whole, path_octets);

  if (strpbrk (value, "#\r \t\v\f") != NULL)
    return;
  if (matches || is_without_escapes (path_octets))
    g_assert_cmpint (matches, ==, !allowed);
}

static void
check_rest (MillRobots *robots, const char *token)
{
  double delay = mill_robots_get_crawl_delay (robots, token);
  const char *const *sitemaps = mill_robots_get_sitemaps (robots);

  g_assert_true (delay < 0 || delay <= 86400.0); /* not a number fails both */
  for (guint i = 0; sitemaps[i] != NULL; i++)
    g_assert_true (*sitemaps[i] != '\0' && g_utf8_validate (sitemaps[i], -1, NULL));
  g_assert_true (mill_robots_allows (robots, token, "/robots.txt"));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *token = fuzz_take_line (&data, &size);
  g_autofree char *rest = fuzz_take_line (&data, &size);
  g_autofree char *path = g_strconcat ("/", rest, NULL);
  g_autofree char *upper = g_ascii_strup (token, -1);
  g_autofree char *escaped = escape (path);
  g_autoptr (GBytes) body = fuzz_take_rest (data, size);
  g_autoptr (MillRobots) robots = mill_robots_parse (body);
  g_autoptr (MillRobots) nothing = mill_robots_new_disallow_all ();
  gboolean allowed = mill_robots_allows (robots, token, path);

  check_rest (robots, token);
  if (!mill_robots_allows (nothing, token, path)) /* as /robots.txt is, in any spelling */
    check_match (token, path);
  g_assert_cmpint (mill_robots_allows (robots, upper, path), ==, allowed);
  g_assert_cmpint (mill_robots_allows (robots, token, escaped), ==, allowed);
  if (size + 64 > MILL_ROBOTS_MAX_BYTES)
    return 0;
  if (size < 3 || memcmp (data, "\xEF\xBB\xBF", 3) != 0)
    g_assert_cmpint (allows (data, size, "\xEF\xBB\xBF", "", token, path), ==, allowed);
  g_assert_cmpint (allows (data, size, "", "\r\n# end\r\nSitemap: /s\rHost: x\nnonsense", token, path), ==,
                   allowed);
  return 0;
}
