/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What most setters of properties do: take the value, and say whether that is another one than before, so
 * that only a change is notified. The caller holds the lock that guards the field, if any. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

gboolean mill_property_take_string (char **field, const GValue *value);
gboolean mill_property_take_string_or (char **field, const GValue *value, const char *otherwise);
gboolean mill_property_take_boolean (gboolean *field, const GValue *value);
gboolean mill_property_take_int (gint *field, const GValue *value);
gboolean mill_property_take_uint (guint *field, const GValue *value);
gboolean mill_property_take_uint64 (guint64 *field, const GValue *value);
gboolean mill_property_take_double (double *field, const GValue *value);

G_END_DECLS
