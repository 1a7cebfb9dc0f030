/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillLimitEvidence: a table of what each stage's workers did lately, from which it follows what holds the
 * run back: milliseconds of each second, the queues, and the terms of Little's law. */

#pragma once

#include <gtk/gtk.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_LIMIT_EVIDENCE (mill_limit_evidence_get_type ())
G_DECLARE_FINAL_TYPE (MillLimitEvidence, mill_limit_evidence, MILL, LIMIT_EVIDENCE, GtkBox)

GtkWidget *mill_limit_evidence_new (MillRun *run);

G_END_DECLS
