/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job that is a pitfall, in the terminal. */

#pragma once

#include "cli.h"
#include "pipeline/mill-job.h"

G_BEGIN_DECLS

MillCliStatus mill_cli_pitfall_run (MillJob *job, gboolean as_json);

G_END_DECLS
