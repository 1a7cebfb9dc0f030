/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillEta:
 *
 * An estimate of the time that is left, from what was seen lately. It says what the evidence allows and no
 * more.
 *
 * With `done` items settled and `left` known to be left at each time, over the last Δt:
 *
 *     rate = Δdone / Δt
 *     time left = left / rate
 *
 * Δt is the shortest span of at least %MILL_ETA_MIN_SPAN_S seconds in which %MILL_ETA_ENOUGH items were
 * settled, so a fast run's estimate follows its rate soon and a slow one's does not jump; at most
 * %MILL_ETA_MAX_SPAN_S seconds. There is no estimate from less than %MILL_ETA_MIN_SPAN_S seconds or fewer
 * than %MILL_ETA_LEAST items.
 *
 * When done + left grew in Δt, as in a crawl that still finds pages, more is to come and nobody knows how
 * much: the estimate is a lower bound.
 *
 * Threads: it has no lock; one thread at a time. There is no clock inside: times are the caller's.
 */

#pragma once

#include "pipeline/mill-snapshot.h"

G_BEGIN_DECLS

/**
 * MILL_ETA_MIN_SPAN_S:
 *
 * How many seconds an estimate needs at least.
 */
#define MILL_ETA_MIN_SPAN_S 3
/**
 * MILL_ETA_MAX_SPAN_S:
 *
 * How many seconds back it looks at most.
 */
#define MILL_ETA_MAX_SPAN_S 60
/**
 * MILL_ETA_ENOUGH:
 *
 * With this many settled items it need not look further back.
 */
#define MILL_ETA_ENOUGH 30
/**
 * MILL_ETA_LEAST:
 *
 * From fewer settled items there is no estimate.
 */
#define MILL_ETA_LEAST 5

/**
 * MillEtaKind:
 * @MILL_ETA_UNKNOWN: there is too little to tell
 * @MILL_ETA_ABOUT: at the rate of late, about so long
 * @MILL_ETA_AT_LEAST: so long at the rate of late, and more comes in all the time
 *
 * What an estimate is worth.
 */
typedef enum
{
  MILL_ETA_UNKNOWN,
  MILL_ETA_ABOUT,
  MILL_ETA_AT_LEAST,
} MillEtaKind;

#define MILL_TYPE_ETA (mill_eta_get_type ())

typedef struct _MillEta MillEta;

GType mill_eta_get_type (void);

MillEta *mill_eta_new (void);
MillEta *mill_eta_copy (const MillEta *self);
void mill_eta_free (MillEta *self);

void mill_eta_clear (MillEta *self);
void mill_eta_add (MillEta *self, gint64 time_us, guint64 done, guint64 left);
void mill_eta_add_snapshot (MillEta *self, const MillSnapshot *snapshot);
MillEtaKind mill_eta_estimate (const MillEta *self, gint64 *left_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MillEta, mill_eta_free)

G_END_DECLS
