/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job files that are inside the program. */

#pragma once

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

char **mill_builtin_jobs_list (void);
char **mill_builtin_jobs_list_pitfalls (void);
MillJob *mill_builtin_jobs_load (const char *name, GError **error);

G_END_DECLS
