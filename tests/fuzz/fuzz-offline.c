/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any page to be read offline: its Content-Type in the first line, its address in the second, then the page.
 */

#include "config.h"

#include <string.h>

#include "crawl/mill-offline-links-private.h"
#include "crawl/mill-url.h"
#include "fuzz.h"

/* Half of all pages are there. */
static char *
find_half (const char *url, gpointer user_data)
{
  g_autofree char *again = mill_url_canonicalize (NULL, url, MILL_URL_FLAGS_REFUSE_CREDENTIALS, NULL);

  g_assert_cmpstr (again, ==, url);
  return g_str_hash (url) % 2 == 0 ? mill_offline_reference ("h/d/page", "h/e/it (there)") : NULL;
}

static char *
find_none (const char *url, gpointer user_data)
{
  return NULL;
}

static guint
count (GBytes *bytes, const char *text)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *at = data != NULL ? data : "";
  const char *end = at + size;
  guint n = 0;

  while (at < end && (at = memmem (at, (gsize) (end - at), text, strlen (text))) != NULL)
    {
      at += strlen (text);
      n++;
    }
  return n;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *content_type = fuzz_take_line (&data, &size);
  g_autofree char *page_url = fuzz_take_line (&data, &size);
  g_autoptr (GBytes) page = fuzz_take_rest (data, size);
  g_autoptr (GBytes) same = mill_offline_rewrite (page, content_type, page_url, TRUE, find_none, NULL);
  g_autoptr (GBytes) once = mill_offline_rewrite (page, content_type, page_url, FALSE, find_half, NULL);
  g_autoptr (GBytes) twice = NULL;

  g_assert_true ((same == NULL) == (once == NULL));
  if (once == NULL)
    return 0;
  /* What is settled stays when nothing is there; what was rewritten stays when nothing has come. */
  g_assert_true (same == page);
  /* But a quote of the page's own address, which cannot stand between two of them, makes it another address.
   */
  if (count (once, "%27") > count (page, "%27"))
    return 0;
  twice = mill_offline_rewrite (once, content_type, page_url, TRUE, find_half, NULL);
  g_assert_true (twice == once);
  return 0;
}
