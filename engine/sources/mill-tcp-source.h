/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * MillTcpSource:
 *
 * Lines that others send to a TCP port of this machine.
 *
 * The contract (tests/test-tcp-source.c):
 *
 * - It listens as #MillListenSource says. Without a drain or a stop it never ends.
 * - A line ends with LF or CRLF, and may hold any other bytes. What comes after the last line end before the
 *   sender says that it has ended is a line, too.
 * - A sender is read no faster than the pipeline takes its lines: while the first queue is full, or the
 *   pipeline is paused, no socket is read, and the sender has to wait. What is kept of a connection is at
 * most `max-line` and 64 KiB. Connections have their turns, 64 lines each.
 * - A drain closes the port and reads no more. Lines that were read whole are delivered. Connections are
 *   closed when the run has ended.
 *
 * With `ack`, sender and source speak a protocol, so that a sender knows where to go on after either died:
 *
 * - The source writes `ACK n` when the sender's first n lines are all done or dead letters, not before; a
 * line that a stop returned is never acknowledged. Of several such numbers only the highest is written, at
 * least every 10 ms if there is one.
 * - A first line `FROM name n` is a greeting. It says that the first n lines of the stream of this name have
 *   been acknowledged, and that the next line is line n + 1. A name has 1 to 64 of A-Z a-z 0-9 . _ -
 * - An item's key is "name:line"; lines that are sent again have the keys they had, so that a sink which
 *   replaces what has the same key has each line once. Without a greeting, the name is one that no other
 *   connection has, also in other runs.
 * - What comes after the last line end is no line: the sender may have died while it wrote. It sends it
 * again.
 * - A sender that has said its last is told of all its lines, then the connection is closed.
 *
 * What a hostile sender can do:
 *
 * - A line longer than `max-line`, or a bad greeting: it gets a line `ERROR reason` and is closed. Its lines
 *   before that count, and the other connections live on.
 * - More connections than `max-connections`: the last is told `ERROR too many connections`, and closed.
 * - It may be silent as long as it likes; but a peer that is gone without a word is noticed by TCP
 * keep-alive, within two minutes. It takes a place among the connections until then.
 * - If it does not read its acknowledgements, one number is kept for it and nothing more; once all it sent is
 *   settled, it is closed without the last.
 */

#pragma once

#include "sources/mill-listen-source.h"

G_BEGIN_DECLS

#define MILL_TYPE_TCP_SOURCE (mill_tcp_source_get_type ())
G_DECLARE_FINAL_TYPE (MillTcpSource, mill_tcp_source, MILL, TCP_SOURCE, MillListenSource)

MillSource *mill_tcp_source_new (void);

G_END_DECLS
