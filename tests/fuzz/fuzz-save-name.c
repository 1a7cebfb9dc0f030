/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any addresses, saved into one folder one after the other: one in a line, behind it, after a tab, its
 * Content-Type. */

#include "config.h"

#include "crawl/mill-save-name.h"
#include "crawl/mill-url.h"
#include "fuzz.h"

#define PAGES_MAX 16

typedef struct
{
  char *url;          /* (owned) */
  char *content_type; /* (owned) (nullable) */
  char *name;         /* (owned) */
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_free (page->url);
  g_free (page->content_type);
  g_free (page->name);
  g_free (page);
}

/* Whether a segment is a name on every common file system. */
static void
check_segment (const char *segment)
{
  size_t length = strlen (segment);

  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, MILL_SAVE_NAME_SEGMENT_MAX);
  g_assert_true (segment[length - 1] != '.' && segment[length - 1] != ' ');
  g_assert_null (strpbrk (segment, "<>:\"|?*\\"));
  for (const char *p = segment; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

static void
check_name (const char *name)
{
  g_auto (GStrv) segments = g_strsplit (name, "/", -1);

  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (strlen (name), <=, MILL_SAVE_NAME_MAX);
  g_assert_cmpuint (g_strv_length (segments), >=, 2);
  for (guint i = 0; segments[i] != NULL; i++)
    check_segment (segments[i]);
}

/* As a file system sees it that ignores case and how a letter is composed. */
static char *
fold (const char *name)
{
  g_autofree char *normal = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT);
  g_autofree char *folded = g_utf8_casefold (normal, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_DEFAULT);
}

static void
check_folders (GHashTable *files, const char *folded)
{
  for (const char *slash = strchr (folded, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *folder = g_strndup (folded, (size_t) (slash - folded));

      g_assert_false (g_hash_table_contains (files, folder));
    }
}

/* No two addresses share a file, and no file is in the way of a folder. */
static void
check_apart (GPtrArray *pages)
{
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer folded;

  for (guint i = 0; i < pages->len; i++)
    {
      Page *page = g_ptr_array_index (pages, i);
      char *name = fold (page->name);
      const char *owner = g_hash_table_lookup (files, name);

      g_assert_true (owner == NULL || g_str_equal (owner, page->url));
      g_hash_table_insert (files, name, page->url);
    }
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &folded, NULL))
    check_folders (files, folded);
}

/* Returns: (transfer full) (nullable): what a line says; NULL if its address is none */
static Page *
read_page (const char *line)
{
  const char *tab = strchr (line, '\t');
  g_autofree char *ref = tab != NULL ? g_strndup (line, (size_t) (tab - line)) : g_strdup (line);
  char *url = mill_url_canonicalize (NULL, ref, MILL_URL_FLAGS_NONE, NULL);
  Page *page;

  if (url == NULL)
    return NULL;
  page = g_new0 (Page, 1);
  page->url = url;
  page->content_type = tab != NULL ? g_strdup (tab + 1) : NULL;
  return page;
}

/* The list of addresses may come from a file, and then nobody has made them canonical. */
static void
check_raw (const char *line)
{
  g_autofree char *url = g_strconcat ("http://", line, NULL);
  g_autofree char *name = mill_save_name (url, NULL);

  check_name (name);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (MillSaveNames) names = mill_save_names_new ();
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (page_free);

  while (size > 0 && pages->len < PAGES_MAX)
    {
      g_autofree char *line = fuzz_take_line (&data, &size);
      Page *page = read_page (line);

      check_raw (line);
      if (page == NULL)
        continue;
      page->name = mill_save_names_get (names, page->url, page->content_type);
      check_name (page->name);
      g_ptr_array_add (pages, page);
    }
  check_apart (pages);
  for (guint i = 0; i < pages->len; i++)
    {
      Page *page = g_ptr_array_index (pages, i);
      g_autofree char *again = mill_save_names_get (names, page->url, page->content_type);

      g_assert_cmpstr (again, ==, page->name);
    }
  return 0;
}
