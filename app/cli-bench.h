/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds of `millrace-cli bench` have in common: their entry points, and the checking of their
 * options. Each kind measures through the engine's public functions alone. */

#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* Each takes the command line from "bench KIND" on, as one word, and measures to the end. */
MillCliStatus mill_cli_bench_queue (char **arguments);
MillCliStatus mill_cli_bench_latency (char **arguments);
MillCliStatus mill_cli_bench_hop (char **arguments);
MillCliStatus mill_cli_bench_stage (char **arguments);
MillCliStatus mill_cli_bench_memory (char **arguments);
MillCliStatus mill_cli_bench_fetch (char **arguments);

gboolean mill_cli_bench_parse (char ***arguments, const char *summary, const GOptionEntry *entries);

G_END_DECLS
