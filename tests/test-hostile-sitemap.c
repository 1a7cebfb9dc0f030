/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sitemaps that lead a crawl astray; the table of engine/docs/crawling.md, row by row. */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "crawl/mill-sitemap.h"
#include "hostile-crawl.h"

#define FOUND_FIRST "<urlset><url><loc>%s/found</loc></url>"

/* More than a sitemap may have, of nothing: (transfer full) */
static GBytes *
bomb (HostileCrawl *crawl)
{
  g_autofree char *start = g_strdup_printf (FOUND_FIRST, hostile_server_get_base (crawl->server));
  g_autofree char *text = g_strnfill (MILL_SITEMAP_MAX_BYTES + 1024 * 1024, ' ');
  g_autoptr (GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1);
  g_autoptr (GOutputStream) bytes = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) packer = g_converter_output_stream_new (bytes, G_CONVERTER (gzip));

  memcpy (text, start, strlen (start));
  g_assert_true (g_output_stream_write_all (packer, text, strlen (text), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (packer, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (bytes));
}

static void
say_bomb (HostileTalk *talk, const char *headers)
{
  GBytes *body = (GBytes *) talk->user_data;
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\n%sContent-Length: %" G_GSIZE_FORMAT
                                           "\r\nConnection: close\r\n\r\n",
                                           headers, g_bytes_get_size (body));

  if (hostile_say (talk, head))
    hostile_say_bytes (talk, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
act_bomb (HostileTalk *talk)
{
  say_bomb (talk, "Content-Type: application/gzip\r\n");
}

/* As an encoding, libsoup unpacks it; as a file, we do. */
static void
act_encoded_bomb (HostileTalk *talk)
{
  say_bomb (talk, "Content-Type: application/xml\r\nContent-Encoding: gzip\r\n");
}

static void
act_endless (HostileTalk *talk)
{
  g_autofree char *block = g_strnfill (64 * 1024, ' ');
  g_autofree char *start = g_strdup_printf (FOUND_FIRST, hostile_server_get_base (talk->server));

  if (hostile_say (talk, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n") && hostile_say (talk, start))
    hostile_say_for_ever (talk, block, strlen (block));
}

static void
act_reset (HostileTalk *talk)
{
  if (hostile_say (talk, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<urlset>"))
    hostile_reset (talk);
}

static void
act_itself (HostileTalk *talk)
{
  g_autofree char *text = g_strdup_printf (
      "<sitemapindex><sitemap><loc>%s/map</loc></sitemap><sitemap><loc>%s/more</loc></sitemap>"
      "</sitemapindex>",
      hostile_server_get_base (talk->server), hostile_server_get_base (talk->server));

  hostile_say_page (talk, "application/xml", text, strlen (text));
}

static void
act_entities (HostileTalk *talk)
{
  static const char text[] = "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM "
                             "\"file:///etc/passwd\">]><urlset><url><loc>http://127.0.0.1/&b;&c;</loc></url>"
                             "</urlset>";

  hostile_say_page (talk, "application/xml", text, sizeof text - 1);
}

/* @words: (nullable): what is told of the sitemap. @pages: how many are done, two when "/found" is not one.
 */
typedef struct
{
  const char *name;
  HostileAct act;
  const char *words;
  guint pages;
} SitemapCase;

static const SitemapCase cases[] = {
  { "bomb", act_bomb, "more than 50 MiB", 4 },
  { "encoded-bomb", act_encoded_bomb, "more than 50 MiB", 4 },
  { "endless", act_endless, "more than 50 MiB", 4 },
  { "reset", act_reset, "reset by peer", 3 },
  { "itself", act_itself, NULL, 4 },
  { "entities", act_entities, NULL, 3 },
};

static void
test_case (HostileCrawl *crawl, gconstpointer data)
{
  const SitemapCase *c = data;
  g_autoptr (GBytes) packed = bomb (crawl);
  g_autofree char *robots = g_strdup_printf ("Sitemap: %s/map\n", hostile_server_get_base (crawl->server));
  g_autofree char *more = g_strdup_printf (FOUND_FIRST "</urlset>", hostile_server_get_base (crawl->server));

  crawl->options.sitemaps = TRUE;
  hostile_server_set (crawl->server, "/robots.txt", hostile_act_html, robots);
  hostile_server_set (crawl->server, "/map", c->act, packed);
  hostile_server_set (crawl->server, "/more", hostile_act_html, more);
  hostile_server_set (crawl->server, "/bad", hostile_act_html, "");
  hostile_server_set (crawl->server, "/found", hostile_act_html, "");
  hostile_crawl_run (crawl, NULL);
  g_assert_cmpuint (crawl->end->dead, ==, 0);
  g_assert_cmpuint (crawl->end->done, ==, c->pages);
  hostile_crawl_assert_asked (crawl, "/map", 1);
  hostile_crawl_assert_asked (crawl, "/found", c->pages == 4 ? 1 : 0);
  g_assert_cmpuint (hostile_server_get_sent (crawl->server), <, 2 * MILL_SITEMAP_MAX_BYTES);
  if (c->words != NULL)
    hostile_crawl_assert_problem (crawl, c->words);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile-sitemap/", cases[i].name, NULL);

      g_test_add (path, HostileCrawl, &cases[i], hostile_crawl_set_up, test_case, hostile_crawl_tear_down);
    }
  return g_test_run ();
}
