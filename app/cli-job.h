/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a job: a file, or one that is built in. */

#pragma once

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

MillJob *mill_cli_job_load (const char *name_or_path, GError **error);
void mill_cli_job_print_list (void);

G_END_DECLS
