/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillListenSource:
 *
 * What the sources that listen have in common: where they do, and how much they bear.
 *
 * - It listens at `address` (127.0.0.1: this machine only) and `port`; port 0 chooses one, which
 *   mill_source_dup_address() and an event of the run say. An error at the start names the key that is wrong.
 * - No line is longer than `max-line`; no more than `max-connections` are connected at a time.
 */

#pragma once

#include "pipeline/mill-source.h"

G_BEGIN_DECLS

#define MILL_TYPE_LISTEN_SOURCE (mill_listen_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (MillListenSource, mill_listen_source, MILL, LISTEN_SOURCE, MillSource)

/**
 * MillListenSourceClass:
 *
 * Subclassed within libmill.
 */
struct _MillListenSourceClass
{
  /*< private >*/
  MillSourceClass parent_class;
};

G_END_DECLS
