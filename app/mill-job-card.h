/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillJobCard: one built-in job in the gallery of the start page. */

#pragma once

#include <gtk/gtk.h>

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

#define MILL_TYPE_JOB_CARD (mill_job_card_get_type ())
G_DECLARE_FINAL_TYPE (MillJobCard, mill_job_card, MILL, JOB_CARD, GtkButton)

GtkWidget *mill_job_card_new (const char *id, MillJob *job);

G_END_DECLS
