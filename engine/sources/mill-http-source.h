/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillHttpSource:
 *
 * Lines in the bodies of HTTP POST requests that others send to this machine.
 *
 * The contract (tests/test-http-source.c):
 *
 * - It listens as #MillListenSource says, and takes POST to any path. A line of a body ends with LF or CRLF;
 *   what comes after the last is a line, too. Without a drain or a stop it never ends.
 * - The answer comes when all lines of the body are settled: `200` and `{"lines":N,"dead":M}`. M of them
 * became dead letters. Each connection carries one request.
 * - A body is read no faster than the pipeline takes its lines: while the first queue is full, or the
 * pipeline is paused, reading rests, and the sender has to wait. What is kept of a body is at most `max-line`
 * and 192 KiB.
 * - An item's key is "name:line". With a header `Idempotency-Key: name` (1 to 64 of A-Z a-z 0-9 . _ -, with
 * or without quotes) a request that is sent again has the same keys, so that a sink which replaces what has
 * the same key has each line once. Without it, the name is one that no other request has, also in other runs.
 * - A drain closes the port and reads no more. Lines that were read whole are delivered. A request that was
 *   not read to its end is answered with `503`, as is one of which a stop gave back a line.
 *
 * What is answered otherwise: `400` (no such Idempotency-Key), `405` (no POST), `413` (a line longer than
 * `max-line`, or a body longer than `max-body`: the lines before count), `415` (a compressed body), `503`
 * (more than `max-connections`). Then the connection is closed, whatever the sender goes on to send. One that
 * is silent for a minute where something is expected of it is closed as well, as is one that breaks off; its
 * whole lines until then count.
 */

#pragma once

#include "sources/mill-listen-source.h"

G_BEGIN_DECLS

#define MILL_TYPE_HTTP_SOURCE (mill_http_source_get_type ())
G_DECLARE_FINAL_TYPE (MillHttpSource, mill_http_source, MILL, HTTP_SOURCE, MillListenSource)

MillSource *mill_http_source_new (void);

G_END_DECLS
