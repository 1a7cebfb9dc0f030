/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemRow: keeps the whole key, to copy and to find the item by, beside the line that is shown. */

#include "config.h"

#include "mill-item-row.h"

#include <string.h>

#include "mill-format.h"

struct _MillItemRow
{
  GObject parent_instance;

  gint64 rowid;
  char *key;     /* (owned) */
  char *title;   /* (owned): the key in a line */
  char *outcome; /* (owned) (nullable) */
  gint64 attempts;
  double latency_ms;
  char *result;   /* (owned): "" for none */
  char *finished; /* (owned) (nullable) */
  char *stage;    /* (owned): "" for none */
  gint64 time_us;
};

G_DEFINE_FINAL_TYPE (MillItemRow, mill_item_row, G_TYPE_OBJECT)

static void
mill_item_row_finalize (GObject *object)
{
  MillItemRow *self = MILL_ITEM_ROW (object);

  g_free (self->key);
  g_free (self->title);
  g_free (self->outcome);
  g_free (self->result);
  g_free (self->finished);
  g_free (self->stage);

  G_OBJECT_CLASS (mill_item_row_parent_class)->finalize (object);
}

static void
mill_item_row_class_init (MillItemRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_item_row_finalize;
}

static void
mill_item_row_init (MillItemRow *self)
{
}

static char *
line_of (const char *text)
{
  return text != NULL ? mill_item_row_make_line (text, strlen (text)) : g_strdup ("");
}

/**
 * mill_item_row_make_line:
 * @text: anything
 * @length: its bytes
 *
 * Returns: (transfer full): @text in one line of valid UTF-8, cut off with an ellipsis if it is too long
 */
char *
mill_item_row_make_line (const char *text, gsize length)
{
  gboolean is_cut = length > MILL_ITEM_ROW_MAX_TEXT;
  g_autofree char *valid = NULL;
  g_autoptr (GString) line = g_string_new (NULL);

  if (is_cut)
    length = MILL_ITEM_ROW_MAX_TEXT;
  /* A character is not cut in two. */
  for (guint i = 0; is_cut && i < 3 && length > 0 && ((guchar) text[length] & 0xc0) == 0x80; i++)
    length--;
  valid = g_utf8_make_valid (text, (gssize) length);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (line, g_unichar_iscntrl (g_utf8_get_char (c)) ? ' ' : g_utf8_get_char (c));
  if (is_cut)
    g_string_append (line, "…");
  return g_string_free (g_steal_pointer (&line), FALSE);
}

/**
 * mill_item_row_new:
 * @facts: what it is made of
 *
 * Returns: (transfer full): a row
 */
MillItemRow *
mill_item_row_new (const MillItemFacts *facts)
{
  MillItemRow *self = g_object_new (MILL_TYPE_ITEM_ROW, NULL);

  self->rowid = facts->rowid;
  self->key = g_strdup (facts->key);
  self->title = line_of (facts->key);
  self->outcome = g_strdup (facts->outcome);
  self->attempts = facts->attempts;
  self->latency_ms = facts->latency_ms;
  self->result = line_of (facts->result);
  self->finished = g_strdup (facts->finished);
  self->stage = line_of (facts->stage);
  self->time_us = facts->time_us;
  return self;
}

/**
 * mill_item_row_get_rowid:
 *
 * Returns: its number in the file; 0 in a file whose items have none
 */
gint64
mill_item_row_get_rowid (MillItemRow *self)
{
  return self->rowid;
}

/**
 * mill_item_row_get_key:
 *
 * Returns: (transfer none): the whole key, as it is in the file
 */
const char *
mill_item_row_get_key (MillItemRow *self)
{
  return self->key;
}

/**
 * mill_item_row_get_title:
 *
 * Returns: (transfer none): the key, to be shown
 */
const char *
mill_item_row_get_title (MillItemRow *self)
{
  return self->title;
}

/**
 * mill_item_row_get_outcome:
 *
 * Returns: (transfer none) (nullable): what became of it, as it is in the file; %NULL if it could not be read
 */
const char *
mill_item_row_get_outcome (MillItemRow *self)
{
  return self->outcome;
}

/**
 * mill_item_row_get_attempts:
 *
 * Returns: how often it was tried; 0 if that is not known
 */
gint64
mill_item_row_get_attempts (MillItemRow *self)
{
  return self->attempts;
}

/**
 * mill_item_row_get_latency_ms:
 *
 * Returns: how long it took; negative if that is not known
 */
double
mill_item_row_get_latency_ms (MillItemRow *self)
{
  return self->latency_ms;
}

/**
 * mill_item_row_get_result:
 *
 * Returns: (transfer none): what was made of it, or why it failed; "" if there is nothing to say
 */
const char *
mill_item_row_get_result (MillItemRow *self)
{
  return self->result;
}

/* (transfer none): GLib reads the local zone's file each time that it is asked for, which takes longer than
 * all else that a row does; so it is asked once a second. For the main thread. */
static GTimeZone *
get_local_zone (void)
{
  static GTimeZone *zone;
  static gint64 asked_us;
  gint64 now_us = g_get_monotonic_time ();

  if (zone != NULL && now_us - asked_us < G_USEC_PER_SEC)
    return zone;
  g_clear_pointer (&zone, g_time_zone_unref);
  zone = g_time_zone_new_local ();
  asked_us = now_us;
  return zone;
}

/**
 * mill_item_row_dup_finished:
 *
 * Returns: (transfer full) (nullable): when it was settled, in local time; %NULL if that is not known
 */
GDateTime *
mill_item_row_dup_finished (MillItemRow *self)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time =
      self->finished != NULL ? g_date_time_new_from_iso8601 (self->finished, utc) : NULL;

  return time != NULL ? g_date_time_to_timezone (time, get_local_zone ()) : NULL;
}

/**
 * mill_item_row_get_stage:
 *
 * Returns: (transfer none): where it died; "" if it did not, or that is not known
 */
const char *
mill_item_row_get_stage (MillItemRow *self)
{
  return self->stage;
}

/**
 * mill_item_row_describe_time:
 *
 * Returns: (transfer full): when it was settled, for people: how long after the start, or a date
 */
char *
mill_item_row_describe_time (MillItemRow *self)
{
  g_autoptr (GDateTime) time = NULL;

  if (self->time_us > 0)
    return mill_format_time (self->time_us, 1);
  time = mill_item_row_dup_finished (self);
  return time != NULL ? g_date_time_format (time, "%F %T") : g_strdup ("–");
}

/**
 * mill_item_row_is_address:
 *
 * Returns: whether the key is one that a browser can open
 */
gboolean
mill_item_row_is_address (MillItemRow *self)
{
  return (g_str_has_prefix (self->key, "http://") || g_str_has_prefix (self->key, "https://")) &&
         g_uri_is_valid (self->key, G_URI_FLAGS_NONE, NULL);
}
