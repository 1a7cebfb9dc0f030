/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How MillFileReader reads a robots.txt. */

#pragma once

#include "sources/mill-file-reader-private.h"

G_BEGIN_DECLS

extern const MillFileKind mill_robots_file; /* the result is a MillRobots, always */

G_END_DECLS
