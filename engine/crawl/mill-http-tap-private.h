/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHttpTap: a GConverter that changes nothing and keeps what goes through it, up to a limit. For a
 * compressed body, which an archive wants as it came.
 *
 * Threads: one at a time. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MILL_TYPE_HTTP_TAP (mill_http_tap_get_type ())
G_DECLARE_FINAL_TYPE (MillHttpTap, mill_http_tap, MILL, HTTP_TAP, GObject)

MillHttpTap *mill_http_tap_new (gsize limit);
/* (transfer none): what was kept. Nothing may go through afterwards. */
GBytes *mill_http_tap_get_bytes (MillHttpTap *self);
/* More went through than was kept. */
gboolean mill_http_tap_is_cut (MillHttpTap *self);
/* The stream has ended, in good order. */
gboolean mill_http_tap_is_whole (MillHttpTap *self);

G_END_DECLS
