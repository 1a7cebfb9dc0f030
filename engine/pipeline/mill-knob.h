/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillKnob:
 *
 * One live tunable of a pipeline. A knob is a GObject property with the flag %MILL_PARAM_KNOB; its
 * range, default, nick (the label) and blurb (the help) are the GParamSpec's. The window, `--set`, job files
 * and recorded changes all read the one list that mill_pipeline_list_knobs() makes of them.
 *
 * Threads: every function may be called from any thread.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MILL_PARAM_KNOB:
 *
 * The flag of a property that a person may turn while the pipeline runs.
 */
#define MILL_PARAM_KNOB (1 << G_PARAM_USER_SHIFT)
/**
 * MILL_PARAM_CONFIG:
 *
 * The flag of a property that a job file may set.
 */
#define MILL_PARAM_CONFIG (1 << (G_PARAM_USER_SHIFT + 1))
/**
 * MILL_PARAM_FAULT:
 *
 * The flag of a knob that makes trouble on purpose, so that every face can mark it. Turning one is an event
 * of the kind %MILL_EVENT_FAULT. At its default it does nothing.
 */
#define MILL_PARAM_FAULT (1 << (G_PARAM_USER_SHIFT + 2))
/**
 * MILL_PARAM_UNLIMITED:
 *
 * The flag of a knob whose 0 stands for no limit, which is more than any other number.
 */
#define MILL_PARAM_UNLIMITED (1 << (G_PARAM_USER_SHIFT + 3))

/**
 * MILL_KNOB_FLAGS:
 *
 * What nearly every knob's property says; its setter compares and notifies.
 */
#define MILL_KNOB_FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_NAME | MILL_PARAM_KNOB)
/**
 * MILL_FAULT_FLAGS:
 *
 * What the property of a fault says.
 */
#define MILL_FAULT_FLAGS (MILL_KNOB_FLAGS | MILL_PARAM_FAULT)
/**
 * MILL_CONFIG_FLAGS:
 *
 * What a property says that a job file may set and that does not change while the pipeline runs.
 */
#define MILL_CONFIG_FLAGS                                                                                    \
  (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_NAME | MILL_PARAM_CONFIG)

#define MILL_TYPE_KNOB (mill_knob_get_type ())

typedef struct _MillKnob MillKnob;

GType mill_knob_get_type (void);

MillKnob *mill_knob_new (GObject *target, GParamSpec *pspec, const char *owner);
MillKnob *mill_knob_ref (MillKnob *self);
void mill_knob_unref (MillKnob *self);

const char *mill_knob_get_path (const MillKnob *self);
const char *mill_knob_get_owner (const MillKnob *self);
const char *mill_knob_get_name (const MillKnob *self);
const char *mill_knob_get_label (const MillKnob *self);
const char *mill_knob_get_help (const MillKnob *self);
const char *mill_knob_get_unit (const MillKnob *self);
GParamSpec *mill_knob_get_pspec (const MillKnob *self);

double mill_knob_get_number (const MillKnob *self);
double mill_knob_get_minimum (const MillKnob *self);
double mill_knob_get_maximum (const MillKnob *self);
double mill_knob_get_default (const MillKnob *self);
gboolean mill_knob_is_integer (const MillKnob *self);
gboolean mill_knob_is_fault (const MillKnob *self);
gboolean mill_knob_set_number (MillKnob *self, double value, GError **error);

char *mill_knob_get_text (const MillKnob *self);
gboolean mill_knob_set_text (MillKnob *self, const char *text, GError **error);

GParamSpec *mill_knob_with_unit (GParamSpec *pspec, const char *unit);

gboolean mill_pspec_parse (GParamSpec *pspec, const char *text, GValue *value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillKnob, mill_knob_unref)

G_END_DECLS
