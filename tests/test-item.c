/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItem's contract (engine/core/mill-item.h): what a copy has, and that it may be made meanwhile. */

#include "config.h"

#include <locale.h>

#include "core/mill-item.h"

static void
test_copy (void)
{
  g_autoptr (MillItem) item = mill_item_new (7, "seven");
  g_autoptr (MillItem) bare = mill_item_new (8, NULL);
  g_autoptr (MillItem) copy = NULL;
  g_autoptr (MillItem) bare_copy = mill_item_copy (bare);
  g_autoptr (GBytes) payload = g_bytes_new_static ("abc", 3);
  MillRecord *record;

  mill_item_set_payload (item, payload);
  mill_item_set_attribute (item, "type", "text");
  mill_item_set_record (item, mill_record_new ());
  mill_item_set_priority (item, 3);
  mill_item_set_attempt (item, 2);
  mill_item_set_born (item, 99);
  copy = mill_item_copy (item);
  mill_item_set_attribute (item, "type", "other");
  mill_item_set_payload (item, NULL);
  mill_record_add_null (record = mill_record_new (), "later");
  mill_item_set_record (item, record);

  g_assert_cmpuint (mill_item_get_id (copy), ==, 7);
  g_assert_cmpstr (mill_item_get_key (copy), ==, "seven");
  g_assert_true (mill_item_get_payload (copy) == payload);
  g_assert_cmpstr (mill_item_get_attribute (copy, "type"), ==, "text");
  g_assert_cmpuint (mill_record_get_n_fields (mill_item_get_record (copy)), ==, 0);
  g_assert_null (mill_item_get_record (bare_copy));
  g_assert_cmpint (mill_item_get_priority (copy), ==, 3);
  g_assert_cmpuint (mill_item_get_attempt (copy), ==, 2);
  g_assert_cmpint (mill_item_get_born (copy), ==, 99);
  g_assert_null (mill_item_get_key (bare_copy));
  g_assert_null (mill_item_get_payload (bare_copy));
}

#define N_CHANGES 2000

static gpointer
change (gpointer item)
{
  static const char *const names[] = { "a", "b", "c", "d", "e", "f" };

  for (guint i = 0; i < N_CHANGES; i++)
    {
      g_autoptr (GBytes) payload = g_bytes_new (&i, sizeof i);

      mill_item_set_attribute (item, names[i % G_N_ELEMENTS (names)], i % 4 == 0 ? NULL : "value");
      mill_item_set_payload (item, payload);
      mill_item_set_record (item, mill_record_new ());
    }
  return NULL;
}

/* Its holder changes the item while somebody else copies it. */
static void
test_copy_meanwhile (void)
{
  g_autoptr (MillItem) item = mill_item_new (1, "one");
  GThread *holder = g_thread_new ("holder", change, item);

  for (guint i = 0; i < N_CHANGES; i++)
    {
      g_autoptr (MillItem) copy = mill_item_copy (item);
      const char *value = mill_item_get_attribute (copy, "b");

      g_assert_true (value == NULL || g_str_equal (value, "value"));
    }
  g_thread_join (holder);
  g_assert_cmpuint (mill_item_get_size (item), ==, sizeof (guint));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/item/copy", test_copy);
  g_test_add_func ("/item/copy-meanwhile", test_copy_meanwhile);

  return g_test_run ();
}
