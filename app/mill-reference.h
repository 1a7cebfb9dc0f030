/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may stand in a job file: all groups, the parts that they can name, and their keys. Made of the parts
 * themselves, so that what is added to the registry is in it. No GTK. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillReferenceKey:
 * @name: the key
 * @value: what it takes and what it is unless it is set, for people
 * @help: (nullable): what it does
 * @is_live: whether it can be turned while the job runs
 */
typedef struct
{
  char *name;  /* (owned) */
  char *value; /* (owned) */
  char *help;  /* (owned) (nullable) */
  gboolean is_live;
} MillReferenceKey;

/**
 * MillReferenceSection:
 * @name: by which it is asked for: "stage", "timer"
 * @heading: as in a job file: "[Source] type=timer"
 * @summary: (nullable): what it is
 * @keys: (element-type MillReferenceKey): its keys
 *
 * A group, or what one part adds to its group.
 */
typedef struct
{
  char *name;          /* (owned) */
  char *heading;       /* (owned) */
  const char *summary; /* (static) (nullable) translated */
  GPtrArray *keys;     /* (owned) */
} MillReferenceSection;

GPtrArray *mill_reference_new (void);

G_END_DECLS
