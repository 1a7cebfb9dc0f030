/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTicket: what a step's callback is handed instead of a pointer. It can be redeemed once; a step that
 * calls back twice, or for somebody who is gone, holds a number that means nothing. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @subject must live until the ticket is redeemed or for ever. Any thread. */
gpointer mill_ticket_new (gpointer subject);
/* (nullable): the subject, the first time; %NULL from then on. Any thread. */
gpointer mill_ticket_redeem (gpointer ticket);

G_END_DECLS
