/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCountSource: numbered items, for experiments. */

#include "config.h"

#include "sources/mill-count-source.h"

#include <glib/gi18n-lib.h>

#include "core/mill-property-private.h"
#include "pipeline/mill-knob.h"
#include "sources/mill-number-key-private.h"

#define DEFAULT_ITEMS 1000

struct _MillCountSource
{
  MillSource parent_instance;

  guint items;
  guint given; /* used by poll alone */
};

typedef enum
{
  PROP_ITEMS = 1,
} MillCountSourceProperty;

static GParamSpec *properties[PROP_ITEMS + 1];

G_DEFINE_FINAL_TYPE (MillCountSource, mill_count_source, MILL_TYPE_SOURCE)

static MillSourceResult
mill_count_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  MillCountSource *self = MILL_COUNT_SOURCE (source);
  char digits[MILL_NUMBER_KEY_SIZE];

  if (self->given == self->items)
    return MILL_SOURCE_END;
  self->given++;
  yield->item = mill_item_new (self->given, mill_number_key (digits, self->given));
  return MILL_SOURCE_READY;
}

static gint64
mill_count_source_get_total (MillSource *source)
{
  return MILL_COUNT_SOURCE (source)->items;
}

static void
mill_count_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch ((MillCountSourceProperty) prop_id)
    {
    case PROP_ITEMS:
      g_value_set_uint (value, MILL_COUNT_SOURCE (object)->items);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_count_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillCountSource *self = MILL_COUNT_SOURCE (object);

  switch ((MillCountSourceProperty) prop_id)
    {
    case PROP_ITEMS:
      if (mill_property_take_uint (&self->items, value))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_count_source_class_init (MillCountSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_count_source_get_property;
  object_class->set_property = mill_count_source_set_property;
  source_class->poll = mill_count_source_poll;
  source_class->get_total = mill_count_source_get_total;

  /**
   * MillCountSource:items:
   *
   * How many items there are.
   */
  properties[PROP_ITEMS] = g_param_spec_uint ("items", _ ("Items"), _ ("How many items there are"), 0,
                                              1000000000, DEFAULT_ITEMS, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_count_source_init (MillCountSource *self)
{
  self->items = DEFAULT_ITEMS;
}

/**
 * mill_count_source_new:
 * @items: how many items to give
 *
 * Creates the source.
 *
 * Returns: (transfer full): the source
 */
MillSource *
mill_count_source_new (guint items)
{
  return g_object_new (MILL_TYPE_COUNT_SOURCE, "items", items, NULL);
}
