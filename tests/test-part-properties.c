/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds for each property of each step, source and sink that job files name: another value is notified
 * once and read back; the same one again is notified to nobody. */

#include <libglib-testing/signal-logger.h>

#include "pipeline/mill-registry.h"

static const struct
{
  const char *kind;
  char *(*list) (void);
  GType (*find) (const char *name);
} rooms[] = {
  { "steps", mill_registry_list_steps, mill_registry_find_step },
  { "sources", mill_registry_list_sources, mill_registry_find_source },
  { "sinks", mill_registry_list_sinks, mill_registry_find_sink },
};

/* One of two values. */
static void
choose_value (GParamSpec *pspec, gboolean second, GValue *out)
{
  g_value_init (out, pspec->value_type);
  if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (out, second ? "two" : "one");
  else if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (out, second);
  else if (G_IS_PARAM_SPEC_ENUM (pspec))
    g_value_set_enum (out, G_PARAM_SPEC_ENUM (pspec)->enum_class->values[second ? 1 : 0].value);
  else if (G_IS_PARAM_SPEC_INT (pspec))
    g_value_set_int (out, G_PARAM_SPEC_INT (pspec)->minimum + second);
  else if (G_IS_PARAM_SPEC_UINT (pspec))
    g_value_set_uint (out, G_PARAM_SPEC_UINT (pspec)->minimum + second);
  else if (G_IS_PARAM_SPEC_UINT64 (pspec))
    g_value_set_uint64 (out, G_PARAM_SPEC_UINT64 (pspec)->minimum + second);
  else if (G_IS_PARAM_SPEC_DOUBLE (pspec))
    g_value_set_double (out,
                        second ? G_PARAM_SPEC_DOUBLE (pspec)->maximum : G_PARAM_SPEC_DOUBLE (pspec)->minimum);
  else
    g_error ("no values for %s", g_type_name (pspec->value_type));
}

/* Sets what it is already. */
static void
check_again (GObject *object, GParamSpec *pspec, GtSignalLogger *logger)
{
  g_auto (GValue) now = G_VALUE_INIT;

  g_object_get_property (object, pspec->name, &now);
  g_object_set_property (object, pspec->name, &now);
  gt_signal_logger_assert_no_emissions (logger);
}

static void
check_value (GObject *object, GParamSpec *pspec, gboolean second, GtSignalLogger *logger)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) before = G_VALUE_INIT;
  g_auto (GValue) after = G_VALUE_INIT;

  choose_value (pspec, second, &value);
  g_object_get_property (object, pspec->name, &before);
  g_object_set_property (object, pspec->name, &value);
  if (g_param_values_cmp (pspec, &before, &value) != 0)
    {
      g_assert_cmpuint (gt_signal_logger_get_n_emissions (logger), ==, 1);
      gt_signal_logger_pop_emission (logger, NULL, NULL, NULL, NULL);
    }
  gt_signal_logger_assert_no_emissions (logger);
  g_object_get_property (object, pspec->name, &after);
  g_assert_cmpint (g_param_values_cmp (pspec, &after, &value), ==, 0);
  check_again (object, pspec, logger);
}

static void
check_property (GObject *object, GParamSpec *pspec)
{
  GtSignalLogger *logger = gt_signal_logger_new ();
  g_autofree char *detailed = g_strconcat ("notify::", pspec->name, NULL);

  g_test_message ("%s:%s", G_OBJECT_TYPE_NAME (object), pspec->name);
  g_assert_true (pspec->flags & G_PARAM_READABLE);
  g_assert_true (pspec->flags & G_PARAM_WRITABLE);
  g_assert_true (pspec->flags & G_PARAM_EXPLICIT_NOTIFY);
  gt_signal_logger_connect (logger, object, detailed);
  check_again (object, pspec, logger);
  check_value (object, pspec, FALSE, logger);
  check_value (object, pspec, TRUE, logger);
  check_value (object, pspec, FALSE, logger);
  if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      g_object_set (object, pspec->name, NULL, NULL);
      g_assert_cmpuint (gt_signal_logger_get_n_emissions (logger), ==, 1);
      gt_signal_logger_pop_emission (logger, NULL, NULL, NULL, NULL);
      g_object_set (object, pspec->name, NULL, NULL);
      check_again (object, pspec, logger);
    }
  gt_signal_logger_free (logger);
}

static void
check_part (GType type)
{
  GObject *object = g_object_new (type, NULL);
  g_autofree GParamSpec **properties = NULL;
  guint n;

  properties = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);
  for (guint i = 0; i < n; i++)
    check_property (object, properties[i]);
  g_assert_finalize_object (object);
}

static void
test_room (gconstpointer data)
{
  guint room = GPOINTER_TO_UINT (data);
  g_autofree char *list = rooms[room].list ();
  g_auto (GStrv) names = g_strsplit (list, ", ", -1);

  g_assert_nonnull (names[0]);
  for (char **name = names; *name != NULL; name++)
    check_part (rooms[room].find (*name));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      g_autofree char *path = g_strconcat ("/part-properties/", rooms[i].kind, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_room);
    }
  return g_test_run ();
}
