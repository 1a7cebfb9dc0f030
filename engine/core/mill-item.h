/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillItem:
 *
 * What travels through a pipeline. An atomically reference-counted record.
 *
 * Threads: an item belongs to whoever holds it between a `get` and a `put`. Several holders may read it; only
 * a sole holder may call a setter. References may be taken and dropped on any thread.
 */

#pragma once

#include <glib-object.h>

#include "core/mill-record.h"

G_BEGIN_DECLS

#define MILL_TYPE_ITEM (mill_item_get_type ())

typedef struct _MillItem MillItem;

GType mill_item_get_type (void);

MillItem *mill_item_new (guint64 id, const char *key);
MillItem *mill_item_ref (MillItem *self);
void mill_item_unref (MillItem *self);
MillItem *mill_item_copy (MillItem *self);

guint64 mill_item_get_id (const MillItem *self);
const char *mill_item_get_key (const MillItem *self);

GBytes *mill_item_get_payload (const MillItem *self);
void mill_item_set_payload (MillItem *self, GBytes *payload);
gsize mill_item_get_size (const MillItem *self);

MillRecord *mill_item_get_record (const MillItem *self);
void mill_item_set_record (MillItem *self, MillRecord *record);

const char *mill_item_get_attribute (const MillItem *self, const char *name);
void mill_item_set_attribute (MillItem *self, const char *name, const char *value);

gint mill_item_get_priority (const MillItem *self);
void mill_item_set_priority (MillItem *self, gint priority);

guint mill_item_get_attempt (const MillItem *self);
void mill_item_set_attempt (MillItem *self, guint attempt);

gint64 mill_item_get_born (const MillItem *self);
void mill_item_set_born (MillItem *self, gint64 time_us);
gint64 mill_item_get_enqueued (const MillItem *self);
void mill_item_set_enqueued (MillItem *self, gint64 time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillItem, mill_item_unref)

G_END_DECLS
