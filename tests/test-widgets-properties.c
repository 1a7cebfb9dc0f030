/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every property of every type in widgets/: it keeps what it is given, says so exactly once, and says nothing
 * when it is given the same again.
 */
#include "config.h"

#include "mill-choice-row.h"
#include "mill-histogram-view.h"
#include "mill-knob-row.h"
#include "mill-pipe.h"
#include "mill-share-bar.h"
#include "mill-slots.h"
#include "mill-tank.h"
#include "mill-timeline.h"

#include "widget-fixture.h"

static GType
get_type (guint index)
{
  switch (index)
    {
    case 0:
      return MILL_TYPE_CHOICE_ROW;
    case 1:
      return MILL_TYPE_DOTS;
    case 2:
      return MILL_TYPE_HISTOGRAM_VIEW;
    case 3:
      return MILL_TYPE_KNOB_ROW;
    case 4:
      return MILL_TYPE_PIPE;
    case 5:
      return MILL_TYPE_SHARE_BAR;
    case 6:
      return MILL_TYPE_SLOTS;
    case 7:
      return MILL_TYPE_TANK;
    case 8:
      return MILL_TYPE_TIMELINE;
    case 9:
      return MILL_TYPE_TIMELINE_VIEW;
    default:
      return G_TYPE_INVALID;
    }
}

/* One of two values that differ from each other; which one is @second. */
static void
choose_value (GParamSpec *pspec, gboolean second, GValue *out)
{
  const GEnumClass *choices;

  g_value_init (out, pspec->value_type);
  switch (G_TYPE_FUNDAMENTAL (pspec->value_type))
    {
    case G_TYPE_BOOLEAN:
      g_value_set_boolean (out, second);
      break;
    case G_TYPE_INT:
      g_value_set_int (out, second ? 5 : 2);
      break;
    case G_TYPE_UINT:
      g_value_set_uint (out, second ? 5 : 2);
      break;
    case G_TYPE_INT64:
      g_value_set_int64 (out, second ? 5000000 : 2000000);
      break;
    case G_TYPE_UINT64:
      g_value_set_uint64 (out, second ? 5 : 2);
      break;
    case G_TYPE_DOUBLE:
      g_value_set_double (out, second ? 5.0 : 2.0);
      break;
    case G_TYPE_STRING:
      g_value_set_static_string (out, second ? "five" : "two");
      break;
    case G_TYPE_ENUM:
      choices = G_PARAM_SPEC_ENUM (pspec)->enum_class;
      g_assert_cmpuint (choices->n_values, >, 1);
      g_value_set_enum (out, choices->values[second ? 1 : 0].value);
      break;
    case G_TYPE_OBJECT:
      g_value_take_object (out, g_object_new (pspec->value_type, NULL));
      break;
    default:
      g_error ("no values for %s", g_type_name (pspec->value_type));
    }
}

static void
check_value (GObject *object, GParamSpec *pspec, const GValue *value)
{
  GtSignalLogger *logger = gt_signal_logger_new ();
  const char *name = g_param_spec_get_name (pspec);
  g_autofree char *detailed = g_strconcat ("notify::", name, NULL);
  g_auto (GValue) read = G_VALUE_INIT;

  gt_signal_logger_connect (logger, object, detailed);
  g_object_set_property (object, name, value);
  g_assert_cmpuint (gt_signal_logger_get_n_emissions (logger), ==, 1);
  gt_signal_logger_pop_emission (logger, NULL, NULL, NULL, NULL);
  gt_signal_logger_assert_no_emissions (logger);
  g_object_get_property (object, name, &read);
  g_assert_cmpint (g_param_values_cmp (pspec, &read, value), ==, 0);

  g_object_set_property (object, name, value);
  gt_signal_logger_assert_no_emissions (logger);
  gt_signal_logger_free (logger);
}

static void
check_property (GObject *object, GParamSpec *pspec)
{
  guint i;

  g_test_message ("%s:%s", G_OBJECT_TYPE_NAME (object), pspec->name);
  g_assert_true (pspec->flags & G_PARAM_READABLE);
  if (!(pspec->flags & G_PARAM_WRITABLE) || (pspec->flags & G_PARAM_CONSTRUCT_ONLY))
    return;
  g_assert_true (pspec->flags & G_PARAM_EXPLICIT_NOTIFY);

  /* What it is at first may be the first value already. */
  for (i = 0; i < 3; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;
      g_auto (GValue) before = G_VALUE_INIT;

      choose_value (pspec, i % 2 == 0, &value);
      g_object_get_property (object, pspec->name, &before);
      if (g_param_values_cmp (pspec, &before, &value) != 0)
        check_value (object, pspec, &value);
      else
        g_assert_cmpuint (i, ==, 0);
    }
}

static void
test_properties (gconstpointer data)
{
  const GType type = get_type (GPOINTER_TO_UINT (data));
  GObject *object = g_object_new (type, NULL);
  g_autofree GParamSpec **properties = NULL;
  guint n, i;

  if (g_object_is_floating (object))
    g_object_ref_sink (object);
  properties = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);
  for (i = 0; i < n; i++)
    if (properties[i]->owner_type == type)
      check_property (object, properties[i]);
  g_object_unref (object);
}

static gboolean
is_known (const char *type_name)
{
  guint i;

  for (i = 0; get_type (i) != G_TYPE_INVALID; i++)
    if (g_str_equal (g_type_name (get_type (i)), type_name))
      return TRUE;

  return FALSE;
}

/* Whoever adds a widget adds it to the table above. */
static void
test_complete (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "widgets", NULL);
  g_autoptr (GRegex) regex =
      g_regex_new ("G_DECLARE_FINAL_TYPE \\(([^,]+),[^)]*, (Gtk|Adw)[A-Za-z]+\\)", 0, 0, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n_widgets = 0;
  const char *name;

  g_assert_nonnull (folder);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *type_name = NULL;
      g_autofree char *text = NULL;
      g_autoptr (GMatchInfo) match = NULL;

      if (!g_str_has_suffix (name, ".h"))
        continue;
      g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
      if (!g_regex_match (regex, text, 0, &match))
        continue;
      type_name = g_match_info_fetch (match, 1);
      n_widgets++;
      if (!is_known (type_name))
        g_error ("%s is not among the types that are tested here", type_name);
    }
  g_assert_cmpuint (n_widgets, >, 5);
}

int
main (int argc, char *argv[])
{
  guint i;

  fixture_init (&argc, &argv);

  for (i = 0; get_type (i) != G_TYPE_INVALID; i++)
    {
      g_autofree char *path = g_strconcat ("/widgets/properties/", g_type_name (get_type (i)), NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_properties);
    }
  g_test_add_func ("/widgets/properties/complete", test_complete);

  return g_test_run ();
}
