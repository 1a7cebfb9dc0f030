/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The address of a crawl, as people type it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mill_crawl_address_complete (const char *text);

G_END_DECLS
