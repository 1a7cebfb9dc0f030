/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any sitemap. After a first line "gzip" the rest is compressed before it is read, which must change nothing:
 * a mutated gzip file seldom has the right checksum. */

#include "config.h"

#include <gio/gio.h>

#include "core/mill-error.h"
#include "crawl/mill-sitemap.h"
#include "crawl/mill-url.h"
#include "fuzz.h"

#define HERE   "http://h/maps/site.xml"
#define PACKED "gzip\n"

static void
check_sitemap (const MillSitemap *sitemap)
{
  const char *const *urls = mill_sitemap_get_urls (sitemap);

  g_assert_cmpuint (g_strv_length ((char **) urls), <=, MILL_SITEMAP_MAX_ENTRIES);
  for (; *urls != NULL; urls++)
    {
      g_autofree char *again = mill_url_canonicalize (NULL, *urls, MILL_URL_FLAGS_NONE, NULL);

      g_assert_cmpstr (again, ==, *urls);
      g_assert_true (mill_url_same_host (*urls, HERE));
    }
}

/* Returns: (transfer full) (nullable): the sitemap, which was checked */
static MillSitemap *
parse (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  MillSitemap *sitemap = mill_sitemap_parse (body, HERE, &error);

  if (sitemap != NULL)
    {
      g_assert_no_error (error);
      check_sitemap (sitemap);
      return sitemap;
    }
  g_assert_true (g_error_matches (error, MILL_ERROR, MILL_ERROR_INVALID) || error->domain == G_IO_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return NULL;
}

static GBytes *
compress (GBytes *body)
{
  g_autoptr (GZlibCompressor) deflater = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (deflater));
  gsize length;
  gconstpointer data = g_bytes_get_data (body, &length);

  g_assert_true (g_output_stream_write_all (stream, data, length, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static gboolean
is_packed (GBytes *body)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  return length >= 2 && memcmp (data, "\x1f\x8b", 2) == 0;
}

static void
check_packed (GBytes *plain)
{
  g_autoptr (GBytes) packed = compress (plain);
  g_autoptr (MillSitemap) from_plain = parse (plain);
  g_autoptr (MillSitemap) from_packed = parse (packed);

  /* What is gzip itself would be unpacked twice. */
  if (is_packed (plain))
    return;
  g_assert_true ((from_plain == NULL) == (from_packed == NULL));
  if (from_plain == NULL)
    return;
  g_assert_cmpint (mill_sitemap_is_index (from_plain), ==, mill_sitemap_is_index (from_packed));
  g_assert_true (g_strv_equal (mill_sitemap_get_urls (from_plain), mill_sitemap_get_urls (from_packed)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  gboolean is_to_be_packed = size >= strlen (PACKED) && memcmp (data, PACKED, strlen (PACKED)) == 0;
  size_t skipped = is_to_be_packed ? strlen (PACKED) : 0;
  g_autoptr (GBytes) body = fuzz_take_rest (data + skipped, size - skipped);
  g_autoptr (MillSitemap) sitemap = NULL;

  if (is_to_be_packed)
    check_packed (body);
  else
    sitemap = parse (body);
  return 0;
}
