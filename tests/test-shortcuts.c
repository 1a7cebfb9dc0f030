/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of the program and those that the shortcuts window shows are the same. */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "mill-shortcuts.h"

typedef struct
{
  GHashTable *shown; /* (owned): the keys of help-overlay.ui */
  gboolean is_accelerator;
} Overlay;

static void
start_element_cb (GMarkupParseContext *context, const char *element, const char **names, const char **values,
                  gpointer user_data, GError **error)
{
  Overlay *overlay = user_data;

  overlay->is_accelerator = g_str_equal (element, "property") && names[0] != NULL &&
                            g_str_equal (names[0], "name") && g_str_equal (values[0], "accelerator");
}

static void
end_element_cb (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  ((Overlay *) user_data)->is_accelerator = FALSE;
}

static void
text_cb (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  Overlay *overlay = user_data;
  g_auto (GStrv) keys = g_strsplit (text, " ", -1);

  for (guint i = 0; overlay->is_accelerator && keys[i] != NULL; i++)
    g_hash_table_add (overlay->shown, g_strdup (keys[i]));
}

/* Returns: (transfer full): the keys that the shortcuts window shows */
static GHashTable *
read_overlay (void)
{
  const GMarkupParser parser = { .start_element = start_element_cb,
                                 .end_element = end_element_cb,
                                 .text = text_cb };
  Overlay overlay = { .shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "ui", "help-overlay.ui", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &overlay, NULL);
  gsize length;
  GError *error = NULL;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  g_markup_parse_context_parse (context, text, (gssize) length, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  return overlay.shown;
}

/* Returns: (transfer full): the keys of the program */
static GHashTable *
list_keys (void)
{
  GHashTable *keys = g_hash_table_new (g_str_hash, g_str_equal);
  guint n;
  const MillShortcut *shortcuts = mill_shortcuts_list (&n);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; shortcuts[i].accels[j] != NULL; j++)
      {
        g_test_message ("%s", shortcuts[i].accels[j]);
        g_assert_true (
            g_hash_table_add (keys, (gpointer) shortcuts[i].accels[j])); /* no key does two things */
      }
  return keys;
}

static void
test_all_are_shown (void)
{
  g_autoptr (GHashTable) shown = read_overlay ();
  g_autoptr (GHashTable) keys = list_keys ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_test_message ("%s is shown", (const char *) key);
      g_assert_true (g_hash_table_contains (shown, key));
    }
}

/* Keys without Control, Alt or F before them are those of single widgets. */
static gboolean
is_of_program (const char *key)
{
  return strstr (key, "<Control>") != NULL || strstr (key, "<Alt>") != NULL ||
         (key[0] == 'F' && g_ascii_isdigit (key[1]));
}

static void
test_all_shown_exist (void)
{
  g_autoptr (GHashTable) shown = read_overlay ();
  g_autoptr (GHashTable) keys = list_keys ();
  GHashTableIter iter;
  gpointer key;

  g_assert_cmpuint (g_hash_table_size (shown), >, 20);
  g_hash_table_iter_init (&iter, shown);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_test_message ("%s exists", (const char *) key);
      g_assert_true (!is_of_program (key) || g_hash_table_contains (keys, key));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shortcuts/all-are-shown", test_all_are_shown);
  g_test_add_func ("/shortcuts/all-shown-exist", test_all_shown_exist);

  return g_test_run ();
}
