/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDeadLettersPage: the items that failed for good, and why: to sort, to look at, and while the run goes
 * on, to send back. It works only while it is mapped. */

#pragma once

#include <adwaita.h>

#include "mill-run.h"

G_BEGIN_DECLS

#define MILL_TYPE_DEAD_LETTERS_PAGE (mill_dead_letters_page_get_type ())
G_DECLARE_FINAL_TYPE (MillDeadLettersPage, mill_dead_letters_page, MILL, DEAD_LETTERS_PAGE, AdwBin)

void mill_dead_letters_page_set_run (MillDeadLettersPage *self, MillRun *run);

G_END_DECLS
