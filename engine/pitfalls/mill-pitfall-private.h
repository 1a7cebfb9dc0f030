/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pitfall's file says of itself: words, parameters, and the two programs. Everything is static; the
 * words are marked for translation where they stand. */

#pragma once

#include "pitfalls/mill-pitfall.h"
#include "pitfalls/mill-trial-private.h"

G_BEGIN_DECLS

#define MILL_PITFALL_MAX_PARAMETERS 7

/* A whole number that a job file may set. */
typedef struct
{
  const char *name; /* NULL ends the list */
  const char *label;
  const char *help;
  const char *unit; /* (nullable) */
  guint minimum;
  guint maximum;
  guint value; /* unless it is set */
} MillPitfallParameter;

/* Runs the program to its end, on a thread of its own; soon after the trial was cancelled it returns. */
typedef void (*MillPitfallFunc) (MillTrial *trial);

typedef struct
{
  const char *name;
  const char *type_name;
  const char *title;
  const char *advice; /* two sentences: what to look at, and why it is so */
  const char *variants[MILL_N_VARIANTS];
  const char *figure;
  const char *unit;
  const char *series;
  const char *series_unit;
  MillPitfallFunc programs[MILL_N_VARIANTS];
  gboolean figure_is_wait; /* which has no number when the wait cannot end */
  gboolean apart;          /* one after the other, as each would slow the other down */
  MillPitfallParameter parameters[MILL_PITFALL_MAX_PARAMETERS + 1];
} MillPitfallInfo;

extern const MillPitfallInfo mill_pitfall_blocking_call;
extern const MillPitfallInfo mill_pitfall_unbounded_queue;
extern const MillPitfallInfo mill_pitfall_two_worlds;
extern const MillPitfallInfo mill_pitfall_cpu_bound;
extern const MillPitfallInfo mill_pitfall_ungraceful_stop;
extern const MillPitfallInfo mill_pitfall_retry_without_key;
extern const MillPitfallInfo mill_pitfall_reput_sentinel;
extern const MillPitfallInfo mill_pitfall_dying_consumer;
extern const MillPitfallInfo mill_pitfall_forgotten_task_done;

const MillPitfallInfo *mill_pitfall_get_info (MillPitfall *self);
guint mill_pitfall_get_parameter (MillPitfall *self, const char *name);

/* Parameters that several pitfalls have, each with a default of its own. */
#define MILL_PITFALL_ITEMS(value)                                                                            \
  {                                                                                                          \
    "items", N_ ("Items"), N_ ("How many items each variant is given"), NULL, 1, 100000, (value)             \
  }
#define MILL_PITFALL_CONSUMERS(value)                                                                        \
  {                                                                                                          \
    "consumers", N_ ("Consumers"), N_ ("How many take items from the queue at a time"), NULL, 1, 64, (value) \
  }
#define MILL_PITFALL_LATENCY(value)                                                                          \
  {                                                                                                          \
    "latency", N_ ("Latency"), N_ ("How long the work on one item takes"), N_ ("ms"), 0, 5000, (value)       \
  }
#define MILL_PITFALL_MAXSIZE(value)                                                                          \
  {                                                                                                          \
    "maxsize", N_ ("Queue"), N_ ("How many items fit into the bounded queue"), NULL, 1, 100000, (value)      \
  }
#define MILL_PITFALL_HEARTBEAT(value)                                                                        \
  {                                                                                                          \
    "heartbeat", N_ ("Heartbeat"), N_ ("How often the loop's heart beats"), N_ ("ms"), 1, 1000, (value)      \
  }
#define MILL_PITFALL_GIVE_UP(value)                                                                          \
  {                                                                                                          \
    "give-up", N_ ("Give up after"), N_ ("How long a wait that cannot end is watched"), N_ ("ms"), 1, 60000, \
        (value)                                                                                              \
  }

G_END_DECLS
