/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHost and MillEntry: the frontier's records in memory. */

#include "config.h"

#include "crawl/mill-frontier-host-private.h"

#include "crawl/mill-url.h"

MillEntry *
mill_entry_of_url (gpointer url)
{
  return (MillEntry *) (gpointer) ((char *) url - G_STRUCT_OFFSET (MillEntry, url));
}

void
mill_entry_free (gpointer url)
{
  MillEntry *entry = mill_entry_of_url (url);

  g_free (entry->referrer);
  g_free (entry);
}

MillHost *
mill_host_new (char *key, gint64 id, const char *url, gboolean robots_wanted)
{
  size_t root = (size_t) (mill_url_path_and_query (url) - url);
  MillHost *self = g_new0 (MillHost, 1);

  self->id = id;
  self->key = key;
  self->robots_url = g_strdup_printf ("%.*s/robots.txt", (int) root, url);
  self->robots_state = robots_wanted ? ROBOTS_WANTED : ROBOTS_NONE;
  self->hold_until_us = G_MININT64;
  return self;
}

void
mill_host_free (gpointer host)
{
  MillHost *self = host;

  g_clear_pointer (&self->robots, mill_robots_unref);
  g_free (self->robots_url);
  g_free (self->key);
  g_free (self);
}

void
mill_host_push (MillHost *self, MillEntry *entry)
{
  entry->flags |= ENTRY_PENDING;
  if (self->tail != NULL)
    self->tail->next = entry;
  else
    self->head = entry;
  self->tail = entry;
  self->cursor = entry->id;
  self->n_window++;
}

MillEntry *
mill_host_shift (MillHost *self)
{
  MillEntry *entry = self->head;

  self->head = entry->next;
  if (self->head == NULL)
    self->tail = NULL;
  entry->next = NULL;
  entry->flags &= (guint16) ~ENTRY_PENDING;
  self->n_window--;
  return entry;
}

MillHostState
mill_host_find_state (const MillHost *self, guint max_in_flight)
{
  if (self->head == NULL)
    return HOST_IDLE;
  if (self->robots_state == ROBOTS_FETCHED)
    return HOST_ROBOTS;
  if (max_in_flight > 0 && self->in_flight >= max_in_flight)
    return HOST_LIMITED;
  return HOST_READY;
}

gint64
mill_host_get_delay_end (const MillHost *self, guint delay_ms)
{
  gint64 delay = MAX ((gint64) delay_ms * G_TIME_SPAN_MILLISECOND, self->crawl_delay_us);

  return self->started ? self->last_start_us + delay : G_MININT64;
}
