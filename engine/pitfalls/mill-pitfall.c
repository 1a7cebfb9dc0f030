/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPitfall: the table of all pitfalls, and the class that is made of each row of it. */

#include "config.h"

#include "pitfalls/mill-pitfall-private.h"

#include <glib/gi18n-lib.h>

#include "pipeline/mill-knob.h"

/* In the order in which one meets them. */
static const MillPitfallInfo *const pitfalls[] = {
  &mill_pitfall_blocking_call,  &mill_pitfall_cpu_bound,       &mill_pitfall_unbounded_queue,
  &mill_pitfall_two_worlds,     &mill_pitfall_dying_consumer,  &mill_pitfall_forgotten_task_done,
  &mill_pitfall_reput_sentinel, &mill_pitfall_ungraceful_stop, &mill_pitfall_retry_without_key,
};

typedef struct
{
  guint values[MILL_PITFALL_MAX_PARAMETERS];
} MillPitfallPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MillPitfall, mill_pitfall, G_TYPE_OBJECT)

/* Property N + 1 is parameter N. */
static void
mill_pitfall_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillPitfallPrivate *priv = mill_pitfall_get_instance_private (MILL_PITFALL (object));

  g_return_if_fail (property_id >= 1 && property_id <= MILL_PITFALL_MAX_PARAMETERS);
  g_value_set_uint (value, priv->values[property_id - 1]);
}

static void
mill_pitfall_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillPitfallPrivate *priv = mill_pitfall_get_instance_private (MILL_PITFALL (object));

  g_return_if_fail (property_id >= 1 && property_id <= MILL_PITFALL_MAX_PARAMETERS);
  if (priv->values[property_id - 1] == g_value_get_uint (value))
    return;
  priv->values[property_id - 1] = g_value_get_uint (value);
  g_object_notify_by_pspec (object, pspec);
}

static void
mill_pitfall_constructed (GObject *object)
{
  MillPitfall *self = MILL_PITFALL (object);
  MillPitfallPrivate *priv = mill_pitfall_get_instance_private (self);
  const MillPitfallInfo *info = mill_pitfall_get_info (self);

  for (guint i = 0; info->parameters[i].name != NULL; i++)
    priv->values[i] = info->parameters[i].value;
  G_OBJECT_CLASS (mill_pitfall_parent_class)->constructed (object);
}

static void
mill_pitfall_class_init (MillPitfallClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = mill_pitfall_constructed;
}

static void
mill_pitfall_init (MillPitfall *self)
{
}

/* Of the class of one row of the table. */
static void
row_class_init (gpointer klass, gpointer class_data)
{
  const MillPitfallInfo *info = class_data;

  MILL_PITFALL_CLASS (klass)->info = info;
  /* GObject does not inherit these. */
  G_OBJECT_CLASS (klass)->get_property = mill_pitfall_get_property;
  G_OBJECT_CLASS (klass)->set_property = mill_pitfall_set_property;
  for (guint i = 0; info->parameters[i].name != NULL; i++)
    {
      const MillPitfallParameter *parameter = &info->parameters[i];
      GParamSpec *pspec =
          g_param_spec_uint (parameter->name, _ (parameter->label), _ (parameter->help), parameter->minimum,
                             parameter->maximum, parameter->value, MILL_CONFIG_FLAGS);

      g_assert (i < MILL_PITFALL_MAX_PARAMETERS);
      if (parameter->unit != NULL)
        mill_knob_with_unit (pspec, parameter->unit);
      g_object_class_install_property (G_OBJECT_CLASS (klass), i + 1, pspec);
    }
}

static GType
get_row_type (const MillPitfallInfo *info)
{
  static GMutex lock;
  GType type;

  g_mutex_lock (&lock);
  type = g_type_from_name (info->type_name);
  if (type == G_TYPE_INVALID)
    {
      const GTypeInfo type_info = {
        .class_size = sizeof (MillPitfallClass),
        .class_init = row_class_init,
        .class_data = info,
        .instance_size = sizeof (MillPitfall),
      };

      type = g_type_register_static (MILL_TYPE_PITFALL, info->type_name, &type_info, G_TYPE_FLAG_FINAL);
    }
  g_mutex_unlock (&lock);
  return type;
}

/* Private: what the pitfall's file says of it. */
const MillPitfallInfo *
mill_pitfall_get_info (MillPitfall *self)
{
  return MILL_PITFALL_GET_CLASS (self)->info;
}

/* Private: what the parameter is set to; it must have one of that name. */
guint
mill_pitfall_get_parameter (MillPitfall *self, const char *name)
{
  MillPitfallPrivate *priv = mill_pitfall_get_instance_private (self);
  const MillPitfallInfo *info = mill_pitfall_get_info (self);

  for (guint i = 0; info->parameters[i].name != NULL; i++)
    if (g_str_equal (info->parameters[i].name, name))
      return priv->values[i];
  g_return_val_if_reached (0);
}

/**
 * mill_pitfall_find_type:
 * @name: (nullable): a name such as "blocking-call"
 *
 * Looks up a pitfall's name.
 *
 * Returns: the type, a subclass of #MillPitfall; %G_TYPE_INVALID when there is none of that name
 */
GType
mill_pitfall_find_type (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pitfalls); i++)
    if (g_strcmp0 (pitfalls[i]->name, name) == 0)
      return get_row_type (pitfalls[i]);
  return G_TYPE_INVALID;
}

/**
 * mill_pitfall_list_names:
 *
 * Names the pitfalls there are.
 *
 * Returns: (transfer full): the names, in the order in which one meets them: "blocking-call, cpu-bound, …"
 */
char *
mill_pitfall_list_names (void)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (pitfalls); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", pitfalls[i]->name);
  return g_string_free (names, FALSE);
}

/**
 * mill_pitfall_get_name:
 * @self: a pitfall
 *
 * What job files call it.
 *
 * Returns: (transfer none): its name, such as "blocking-call"
 */
const char *
mill_pitfall_get_name (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  return mill_pitfall_get_info (self)->name;
}

/**
 * mill_pitfall_get_title:
 * @self: a pitfall
 *
 * What people call it.
 *
 * Returns: (transfer none): its title, translated
 */
const char *
mill_pitfall_get_title (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  return _ (mill_pitfall_get_info (self)->title);
}

/**
 * mill_pitfall_get_advice:
 * @self: a pitfall
 *
 * What to look at, and why it is so.
 *
 * Returns: (transfer none): two sentences, translated
 */
const char *
mill_pitfall_get_advice (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  return _ (mill_pitfall_get_info (self)->advice);
}

/**
 * mill_pitfall_get_variant_text:
 * @self: a pitfall
 * @variant: one of its programs
 *
 * What the program does.
 *
 * Returns: (transfer none): a few words, translated
 */
const char *
mill_pitfall_get_variant_text (MillPitfall *self, MillVariant variant)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  g_return_val_if_fail (variant < MILL_N_VARIANTS, NULL);
  return _ (mill_pitfall_get_info (self)->variants[variant]);
}

/**
 * mill_pitfall_get_figure_label:
 * @self: a pitfall
 *
 * What is measured of each variant.
 *
 * Returns: (transfer none): the figure's name, translated, such as "Longest freeze"
 */
const char *
mill_pitfall_get_figure_label (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  return _ (mill_pitfall_get_info (self)->figure);
}

/**
 * mill_pitfall_get_unit:
 * @self: a pitfall
 *
 * In what the figure is measured.
 *
 * Returns: (transfer none): its unit, translated, such as "ms"
 */
const char *
mill_pitfall_get_unit (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  return _ (mill_pitfall_get_info (self)->unit);
}

/**
 * mill_pitfall_is_wait:
 * @self: a pitfall
 *
 * What kind of figure it is.
 *
 * Returns: whether it is how long a wait took, so that of one that hangs there is no number
 */
gboolean
mill_pitfall_is_wait (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), FALSE);
  return mill_pitfall_get_info (self)->figure_is_wait;
}

/**
 * mill_pitfall_get_series_label:
 * @self: a pitfall
 *
 * What the samples of a run are of.
 *
 * Returns: (transfer none): the name of a curve, translated
 */
const char *
mill_pitfall_get_series_label (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  return _ (mill_pitfall_get_info (self)->series);
}

/**
 * mill_pitfall_get_series_unit:
 * @self: a pitfall
 *
 * In what the samples of a run are measured.
 *
 * Returns: (transfer none): their unit, translated; "" when they are plain numbers
 */
const char *
mill_pitfall_get_series_unit (MillPitfall *self)
{
  const char *unit;

  g_return_val_if_fail (MILL_IS_PITFALL (self), NULL);
  unit = mill_pitfall_get_info (self)->series_unit;
  return unit != NULL ? _ (unit) : "";
}

/**
 * mill_pitfall_is_apart:
 * @self: a pitfall
 *
 * How its variants are run.
 *
 * Returns: whether one after the other, as each would slow the other down; otherwise at the same time
 */
gboolean
mill_pitfall_is_apart (MillPitfall *self)
{
  g_return_val_if_fail (MILL_IS_PITFALL (self), FALSE);
  return mill_pitfall_get_info (self)->apart;
}
