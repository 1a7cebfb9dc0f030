/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of sources that listen have in common: a sink that knows what came, a pipeline around the
 * source, and a sender: a socket that blocks, on the test's thread. */

#pragma once

#include "tests/test-parts.h"

G_BEGIN_DECLS

#define LINE_RIG_FLOOD_LINE 1024 /* the length of the lines that flood, with their ends */

typedef struct
{
  MillPipeline *pipeline; /* (owned) */
  MillStep *step;         /* (unowned) */
  MillSink *sink;         /* (unowned) */
} LineRig;

/* What becomes of the lines: the second fails. */
TestAct line_rig_fail_second (guint64 id, guint attempt);

/* Takes over @source. Two workers, a queue of @maxsize. */
void line_rig_start (LineRig *rig, MillSource *source, MillKind kind, TestPlan plan, gint maxsize);
void line_rig_join (LineRig *rig);
/* Ends the run with all that came, and waits for that. */
void line_rig_drain (LineRig *rig);
void line_rig_clear (LineRig *rig);
/* (transfer full) (nullable): the payload that came with @key, NUL-terminated. */
char *line_rig_dup_payload (LineRig *rig, const char *key);
/* How many different keys came that begin with @prefix, and whether one came twice. */
guint line_rig_count_keys (LineRig *rig, const char *prefix, gboolean *twice);

GSocket *line_rig_connect (LineRig *rig);
/* (transfer full) (nullable). @where: "127.0.0.1:7070" */
GSocket *line_rig_try_connect (const char *where, GError **error);
/* Nobody listens there any more. */
void line_rig_assert_closed (const char *where);
void line_rig_send (GSocket *socket, const char *text, gssize length);
/* Sends lines until no more go out; how many bytes that were. */
gsize line_rig_flood (GSocket *socket);
/* (transfer full) (nullable): the next line without its end; NULL at the end of the connection. */
char *line_rig_read (GSocket *socket);
void line_rig_assert_read (GSocket *socket, const char *line);

G_END_DECLS
