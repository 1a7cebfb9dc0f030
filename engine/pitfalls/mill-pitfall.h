/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillPitfall:
 *
 * A well-known mistake in a concurrent program, which can be run: once as it is usually written and once
 * cured, with the same load. [class@PitfallRun] runs both.
 *
 * Each pitfall is a class of its own, found by its name; its parameters, such as `items` and `consumers`, are
 * properties that a job file may set in its group `[Pitfall]`. What each does wrong is real code: the
 * programs are in engine/pitfalls/, one file each, written to be read.
 *
 * Threads: one at a time.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MillVariant:
 * @MILL_VARIANT_WRONG: as it is usually written
 * @MILL_VARIANT_CURED: as it should be
 *
 * The two programs of a pitfall.
 */
typedef enum
{
  MILL_VARIANT_WRONG,
  MILL_VARIANT_CURED,
} MillVariant;

/**
 * MILL_N_VARIANTS:
 *
 * How many variants there are.
 */
#define MILL_N_VARIANTS 2

#define MILL_TYPE_PITFALL (mill_pitfall_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillPitfall, mill_pitfall, MILL, PITFALL, GObject)

/**
 * MillPitfallClass:
 *
 * The class of a pitfall.
 */
struct _MillPitfallClass
{
  /*< private >*/
  GObjectClass parent_class;

  gconstpointer info;
};

GType mill_pitfall_find_type (const char *name);
char *mill_pitfall_list_names (void);

const char *mill_pitfall_get_name (MillPitfall *self);
const char *mill_pitfall_get_title (MillPitfall *self);
const char *mill_pitfall_get_advice (MillPitfall *self);
const char *mill_pitfall_get_variant_text (MillPitfall *self, MillVariant variant);
const char *mill_pitfall_get_figure_label (MillPitfall *self);
const char *mill_pitfall_get_unit (MillPitfall *self);
gboolean mill_pitfall_is_wait (MillPitfall *self);
const char *mill_pitfall_get_series_label (MillPitfall *self);
const char *mill_pitfall_get_series_unit (MillPitfall *self);
gboolean mill_pitfall_is_apart (MillPitfall *self);

G_END_DECLS
