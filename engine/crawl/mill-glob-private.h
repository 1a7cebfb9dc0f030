/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillGlob: a pattern for addresses, in which "*" stands for anything and "?" for any one character.
 *
 * An automaton whose states are the bits of a few words, all moved at once: a match takes one pass over the
 * text and, per character, as many words as the pattern has 64s. No pattern makes it slower.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MILL_GLOB_MAX_LENGTH:
 *
 * The longest pattern, in bytes.
 */
#define MILL_GLOB_MAX_LENGTH 1024

typedef struct _MillGlob MillGlob;

MillGlob *mill_glob_new (const char *pattern);
void mill_glob_free (MillGlob *self);
gboolean mill_glob_matches (const MillGlob *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillGlob, mill_glob_free)

G_END_DECLS
