/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The demo site's pages, times and failures. Everything is drawn from a keyed hash of the seed and of what it
 * is drawn for, so nothing depends on the order of requests. */

#include "config.h"

#include <math.h>
#include <string.h>

#include "crawl/mill-hash-private.h"
#include "demo/mill-demo-model-private.h"

#define LINKS_MIN     5
#define LINKS_MAX     12
#define CHILDREN      4 /* links that make a tree, so that every page is reachable */
#define PRIVATE_PAGES 3
#define SITEMAP_MAX   50000 /* as the sitemap protocol has it */

/* With sigma = 0.702 the 99th percentile of a log-normal is 4 times its mean:
 * exp (2.326 sigma - sigma² / 2) = 4. */
#define LATENCY_SIGMA 0.702
#define LATENCY_CAP   20.0 /* times the mean */

static guint64
draw (const MillDemoModel *self, const char *what, guint64 number)
{
  return mill_hash_keyed (what, strlen (what), self->seed, number);
}

/* Returns: a number in [0, 1) */
static double
draw_share (const MillDemoModel *self, const char *what, guint64 number)
{
  return (double) (draw (self, what, number) >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

static double
draw_share_for (const MillDemoModel *self, const char *purpose, const char *path, guint attempt)
{
  g_autofree char *what = g_strconcat (purpose, path, NULL);

  return draw_share (self, what, attempt);
}

static const char *
draw_word (const MillDemoModel *self, const char *const *words, const char *what, guint64 number)
{
  return words[draw (self, what, number) % g_strv_length ((char **) words)];
}

static void
append_sentence (const MillDemoModel *self, GString *out, guint64 number)
{
  static const char *const subjects[] = {
    "The miller", "The race",     "A full hopper", "The old wheel",   "The apprentice",
    "The sluice", "A slow stone", "The carter",    "The river guard", "The ledger",
    NULL
  };
  static const char *const verbs[] = { "waits for", "feeds",   "counts",   "slows down", "listens to",
                                       "returns",   "carries", "holds up", "measures",   NULL };
  static const char *const objects[] = {
    "the second stone",       "every sack of rye",  "the water behind the gate",
    "what the day brings",    "a queue of carts",   "the bell in the loft",
    "the flour that is left", "a mark on the beam", NULL
  };
  static const char *const ends[] = { "until noon",          "while the pond is full",
                                      "and writes it down",  "before the frost",
                                      "one sack at a time",  "as long as it takes",
                                      "when the wind turns", NULL };

  g_string_append_printf (out, "%s %s %s %s. ", draw_word (self, subjects, "subject", number),
                          draw_word (self, verbs, "verb", number),
                          draw_word (self, objects, "object", number), draw_word (self, ends, "end", number));
}

static void
append_path (GString *out, guint page)
{
  if (page == 0)
    g_string_append_c (out, '/');
  else
    g_string_append_printf (out, "/page/%u.html", page);
}

static void
append_link (GString *out, guint page)
{
  g_string_append (out, "<li><a href=\"");
  append_path (out, page);
  g_string_append_printf (out, "\">Page %u</a></li>\n", page);
}

/* Links to the pages below this one in the tree, then to any, none twice. */
static void
append_links (const MillDemoModel *self, GString *out, guint page)
{
  guint wanted = LINKS_MIN + (guint) (draw (self, "links", page) % (LINKS_MAX - LINKS_MIN + 1));
  guint targets[LINKS_MAX], n = 0;

  for (guint64 child = (guint64) page * CHILDREN + 1; child <= (guint64) page * CHILDREN + CHILDREN; child++)
    if (child < self->pages)
      targets[n++] = (guint) child;
  for (guint i = 0; i < 4 * LINKS_MAX && n < wanted; i++)
    {
      guint target = (guint) (draw (self, "target", (guint64) page << 8 | i) % self->pages);
      gboolean repeated = target == page;

      for (guint j = 0; j < n; j++)
        repeated |= targets[j] == target;
      if (!repeated)
        targets[n++] = target;
    }
  for (guint i = 0; i < n; i++)
    append_link (out, targets[i]);
}

/* Links that lead nowhere, or where robots.txt forbids to go. */
static void
append_traps (const MillDemoModel *self, GString *out, guint page)
{
  for (guint64 dead = page; dead < self->dead_links; dead += self->pages)
    g_string_append_printf (out, "<li><a href=\"/missing/%u.html\">A page that is gone</a></li>\n",
                            (guint) dead);
  if (page % 10 == 0)
    g_string_append_printf (out, "<li><a href=\"/private/%u.html\">The miller's own book</a></li>\n",
                            page / 10 % PRIVATE_PAGES + 1);
}

static void
append_head (GString *out, const char *title)
{
  g_string_append_printf (out,
                          "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<title>%s</title>\n</head>\n<body>\n<nav><a href=\"/\">Index</a></nav>\n"
                          "<h1>%s</h1>\n",
                          title, title);
}

static char *
render_page (const MillDemoModel *self, guint page)
{
  GString *out = g_string_sized_new (2048);
  g_autofree char *title = page == 0 ? g_strdup ("The mill") : g_strdup_printf ("The mill, page %u", page);
  guint sentences = 6 + (guint) (draw (self, "sentences", page) % 10);

  append_head (out, title);
  g_string_append (out, "<p>");
  for (guint i = 0; i < sentences; i++)
    append_sentence (self, out, (guint64) page << 8 | i);
  g_string_append (out, "</p>\n<ul>\n");
  append_links (self, out, page);
  append_traps (self, out, page);
  g_string_append (out, "</ul>\n</body>\n</html>\n");
  return g_string_free (out, FALSE);
}

static char *
render_item (const MillDemoModel *self, guint item)
{
  GString *out = g_string_sized_new (192);

  g_string_append_printf (out, "{\"item\":%u,\"weight\":%u,\"text\":\"", item,
                          (guint) (draw (self, "weight", item) % 1000));
  append_sentence (self, out, item);
  g_string_truncate (out, out->len - 1);
  g_string_append (out, "\"}\n");
  return g_string_free (out, FALSE);
}

static char *
render_private (guint page)
{
  GString *out = g_string_sized_new (256);

  append_head (out, "The miller's own book");
  g_string_append_printf (
      out, "<p>Leaf %u. Whoever reads this did not ask robots.txt.</p>\n</body>\n</html>\n", page);
  return g_string_free (out, FALSE);
}

static char *
render_sitemap (const MillDemoModel *self, const char *base)
{
  GString *out = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");

  for (guint page = 0; page < MIN (self->pages, SITEMAP_MAX); page++)
    {
      g_string_append_printf (out, "<url><loc>%s", base);
      append_path (out, page);
      g_string_append (out, "</loc></url>\n");
    }
  g_string_append (out, "</urlset>\n");
  return g_string_free (out, FALSE);
}

/* Reads "@prefix<number>@suffix", the number without leading zeros. */
static gboolean
parse_number (const char *path, const char *prefix, const char *suffix, guint *number)
{
  const char *digits = path + strlen (prefix);
  guint64 value;
  char *end;

  if (!g_str_has_prefix (path, prefix) || !g_ascii_isdigit (*digits) ||
      (*digits == '0' && digits[1] != *suffix))
    return FALSE;
  value = g_ascii_strtoull (digits, &end, 10);
  if (strcmp (end, suffix) != 0 || value > G_MAXUINT32)
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

/**
 * mill_demo_model_render:
 * @self: the settings
 * @base: how the site is reached, "http://host:port" without a slash at the end
 * @path: the path asked for
 * @content_type: (out): the body's content type
 *
 * Writes what is at @path.
 *
 * Returns: (transfer full) (nullable): the body, or %NULL if nothing is there
 */
char *
mill_demo_model_render (const MillDemoModel *self, const char *base, const char *path,
                        const char **content_type)
{
  guint number = 0;

  *content_type = "text/html; charset=utf-8";
  if (strcmp (path, "/") == 0 || (parse_number (path, "/page/", ".html", &number) && number > 0))
    return number < self->pages ? render_page (self, number) : NULL;
  if (parse_number (path, "/private/", ".html", &number))
    return number >= 1 && number <= PRIVATE_PAGES ? render_private (number) : NULL;
  if (parse_number (path, "/item/", "", &number))
    {
      *content_type = "application/json";
      return render_item (self, number);
    }
  if (strcmp (path, "/robots.txt") == 0)
    {
      *content_type = "text/plain; charset=utf-8";
      return g_strdup_printf ("User-agent: *\nDisallow: /private/\n\nSitemap: %s/sitemap.xml\n", base);
    }
  if (strcmp (path, "/sitemap.xml") == 0)
    {
      *content_type = "application/xml";
      return render_sitemap (self, base);
    }
  return NULL;
}

/**
 * mill_demo_model_may_fail:
 * @path: a path that is there
 *
 * Tells whether failures are drawn for a path: for pages and items, but not for the index and robots.txt,
 * without which no crawl would begin.
 *
 * Returns: whether it may fail
 */
gboolean
mill_demo_model_may_fail (const char *path)
{
  return g_str_has_prefix (path, "/page/") || g_str_has_prefix (path, "/item/");
}

/**
 * mill_demo_model_status:
 * @self: the settings
 * @path: a path that is there
 * @attempt: how many times it was asked for before
 *
 * Draws how a request ends.
 *
 * Returns: 200, 500 or 503
 */
guint
mill_demo_model_status (const MillDemoModel *self, const char *path, guint attempt)
{
  if (!mill_demo_model_may_fail (path))
    return 200;
  if (attempt == 0 && draw_share_for (self, "busy", path, 0) < self->busy_rate)
    return 503;
  return draw_share_for (self, "error", path, attempt) < self->error_rate ? 500 : 200;
}

/**
 * mill_demo_model_latency_ms:
 * @self: the settings
 * @path: any path
 * @attempt: how many times it was asked for before
 *
 * Draws how long an answer takes: log-normal, with the mean asked for and a 99th percentile of 4 times that.
 *
 * Returns: milliseconds
 */
guint
mill_demo_model_latency_ms (const MillDemoModel *self, const char *path, guint attempt)
{
  double normal, factor;

  if (self->latency_ms == 0)
    return 0;
  /* Box and Muller, A note on the generation of random normal deviates (1958) */
  normal = sqrt (-2.0 * log (1.0 - draw_share_for (self, "radius", path, attempt))) *
           cos (2.0 * G_PI * draw_share_for (self, "angle", path, attempt));
  factor = exp (LATENCY_SIGMA * normal - LATENCY_SIGMA * LATENCY_SIGMA / 2.0);
  return (guint) (self->latency_ms * MIN (factor, LATENCY_CAP) + 0.5);
}
