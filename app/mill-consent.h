/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the user has agreed to the commands that a job runs. Asked once per session and content of a job: a
 * file that was changed is asked about again. */

#pragma once

#include <adwaita.h>

#include "pipeline/mill-job.h"

G_BEGIN_DECLS

gboolean mill_consent_is_needed (MillJob *job);
void mill_consent_give (MillJob *job);
GtkWidget *mill_consent_dialog_new (GtkWindow *parent, MillJob *job);

G_END_DECLS
