/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillTicket: numbers that stand for those who wait for a callback. Shared by all pipelines, since a callback
 * may come when its own is long gone. */

#include "config.h"

#include "pipeline/mill-ticket-private.h"

static GMutex lock;
static GHashTable *subjects; /* of numbers and (unowned) subjects */
static gsize last;           /* numbers begin again after 2^32 callbacks on a 32-bit machine, else never */

gpointer
mill_ticket_new (gpointer subject)
{
  gpointer ticket;

  g_mutex_lock (&lock);
  if (subjects == NULL)
    subjects = g_hash_table_new (NULL, NULL);
  ticket = GSIZE_TO_POINTER (++last);
  g_hash_table_insert (subjects, ticket, subject);
  g_mutex_unlock (&lock);
  return ticket;
}

gpointer
mill_ticket_redeem (gpointer ticket)
{
  gpointer subject = NULL;

  g_mutex_lock (&lock);
  if (subjects != NULL)
    g_hash_table_steal_extended (subjects, ticket, NULL, &subject);
  g_mutex_unlock (&lock);
  return subject;
}
