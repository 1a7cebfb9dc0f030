/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLineLedger: makes the items of lines that others send, and knows which of them are settled for good, so
 * that the sender can be told.
 *
 * A MillLineStream is the lines of one sender. The key of its n-th line is "NAME:n"; NAME is what the sender
 * calls it, or a name that no other stream has, not even in another run. A line is settled when its item is
 * done or dead; one that was returned or dropped never is. Items come back in any order; what counts is how
 * many lines from the first on are settled without a gap.
 *
 * It costs a bit for each line from the oldest unsettled one of a stream on, and a few words for 256 of them.
 *
 * Threads: any; the progress function is called without the lock. */

#pragma once

#include "core/mill-item.h"
#include "pipeline/mill-types.h"

G_BEGIN_DECLS

typedef struct _MillLineLedger MillLineLedger;
typedef struct _MillLineStream MillLineStream;

typedef struct
{
  guint64 before;  /* lines of the stream that were settled when it was opened */
  guint64 given;   /* lines since */
  guint64 settled; /* of those, from the first on without a gap */
  guint64 dead;    /* of those given, wherever */
} MillLineProgress;

/* A stream's name: 1 to so many of A-Z a-z 0-9 . _ - */
#define MILL_LINE_STREAM_NAME_MAX 64

/* @progress: called with @user_data after a stream has progressed, and not again before somebody has asked
 * that stream for its progress; nullable: then nothing is kept, and settling does nothing. */
MillLineLedger *mill_line_ledger_new (GFunc progress, gpointer user_data);
void mill_line_ledger_free (MillLineLedger *self);
/* @name: (nullable): of a stream that gets a name of its own. @before: how many of its lines came earlier. */
MillLineStream *mill_line_ledger_open (MillLineLedger *self, const char *name, guint64 before);
/* (transfer full): the item of the stream's next line. */
MillItem *mill_line_ledger_add (MillLineLedger *self, MillLineStream *stream, const char *line, gsize length);
void mill_line_ledger_settle (MillLineLedger *self, MillItem *item, MillOutcome outcome);
void mill_line_ledger_get_progress (MillLineLedger *self, MillLineStream *stream, MillLineProgress *progress);

void mill_line_stream_unref (MillLineStream *self);
gboolean mill_line_stream_is_name (const char *name, gsize length);

G_END_DECLS
