/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config.h"

#include "core/mill-queue-order.h"

GType
mill_queue_order_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { MILL_QUEUE_ORDER_FIFO, "MILL_QUEUE_ORDER_FIFO", "fifo" },
    { MILL_QUEUE_ORDER_LIFO, "MILL_QUEUE_ORDER_LIFO", "lifo" },
    { MILL_QUEUE_ORDER_PRIORITY, "MILL_QUEUE_ORDER_PRIORITY", "priority" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("MillQueueOrder", values));
  return type;
}
