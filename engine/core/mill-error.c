/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one error domain of the engine. */

#include "config.h"

#include "core/mill-error.h"

/* clang-format off */
G_DEFINE_QUARK (mill-error-quark, mill_error)
/* clang-format on */
