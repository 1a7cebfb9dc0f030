/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any page: its Content-Type in the first line, its address in the second, then the page. */

#include "config.h"

#include "crawl/mill-links.h"
#include "crawl/mill-url.h"
#include "fuzz.h"

static void
check_links (GPtrArray *links)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (links->len, <=, MILL_LINKS_MAX);
  for (guint i = 0; i < links->len; i++)
    {
      char *link = g_ptr_array_index (links, i);
      g_autofree char *again = mill_url_canonicalize (NULL, link, MILL_URL_FLAGS_REFUSE_CREDENTIALS, NULL);

      g_assert_cmpstr (again, ==, link);
      g_assert_true (g_hash_table_add (seen, link));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *content_type = fuzz_take_line (&data, &size);
  g_autofree char *page_url = fuzz_take_line (&data, &size);
  g_autoptr (GBytes) html = fuzz_take_rest (data, size);
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  gboolean truncated = TRUE;
  g_autoptr (GPtrArray) requisites = NULL;
  g_autoptr (GPtrArray) links = mill_links_extract (html, *content_type != '\0' ? content_type : NULL,
                                                    page_url, &requisites, &title, &truncated, &error);

  g_assert_true ((links == NULL) == (error != NULL));
  if (links == NULL)
    return 0;
  g_assert_false (truncated && links->len < MILL_LINKS_MAX && requisites->len < MILL_LINKS_MAX);
  check_links (links);
  check_links (requisites);
  g_assert_true (title == NULL || (*title != '\0' && g_utf8_validate (title, -1, NULL) &&
                                   g_utf8_strlen (title, -1) <= MILL_LINKS_MAX_TITLE));
  return 0;
}
