/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillEventRow: one event of a run. */

#include "config.h"

#include "mill-event-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-format.h"

struct _MillEventRow
{
  GObject parent_instance;

  MillEvent *event; /* (owned) */
};

G_DEFINE_FINAL_TYPE (MillEventRow, mill_event_row, G_TYPE_OBJECT)

static void
mill_event_row_finalize (GObject *object)
{
  g_clear_pointer (&MILL_EVENT_ROW (object)->event, mill_event_free);
  G_OBJECT_CLASS (mill_event_row_parent_class)->finalize (object);
}

static void
mill_event_row_class_init (MillEventRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_event_row_finalize;
}

static void
mill_event_row_init (MillEventRow *self)
{
}

/**
 * mill_event_row_new:
 * @event: an event, which is copied
 *
 * Returns: (transfer full): a row
 */
MillEventRow *
mill_event_row_new (const MillEvent *event)
{
  MillEventRow *self = g_object_new (MILL_TYPE_EVENT_ROW, NULL);

  self->event = mill_event_copy (event);
  return self;
}

/**
 * mill_event_row_get_event:
 *
 * Returns: (transfer none): the event
 */
const MillEvent *
mill_event_row_get_event (MillEventRow *self)
{
  return self->event;
}

/**
 * mill_event_row_describe_time:
 *
 * Returns: (transfer full): when it was, since the start, to the tenth of a second
 */
char *
mill_event_row_describe_time (MillEventRow *self)
{
  return mill_format_time (self->event->time_us, 1);
}

/**
 * mill_event_row_matches:
 * @kind: a #MillEventKind; -1 is any
 * @folded: (nullable): what is searched for, case-folded; %NULL is anything
 *
 * Returns: whether the event is of that kind and its text, kind or time has what is searched for in it
 */
gboolean
mill_event_row_matches (MillEventRow *self, int kind, const char *folded)
{
  g_autofree char *text = NULL;
  g_autofree char *time = NULL;
  g_autofree char *name = NULL;

  if (kind >= 0 && (int) self->event->kind != kind)
    return FALSE;
  if (folded == NULL)
    return TRUE;
  text = g_utf8_casefold (self->event->text, -1);
  if (strstr (text, folded) != NULL)
    return TRUE;
  name = g_utf8_casefold (mill_event_kind_get_label (self->event->kind), -1);
  time = mill_event_row_describe_time (self);
  return strstr (name, folded) != NULL || strstr (time, folded) != NULL;
}

/**
 * mill_event_kind_get_label:
 * @kind: a kind of event
 *
 * Returns: (transfer none): its name, for people
 */
const char *
mill_event_kind_get_label (MillEventKind kind)
{
  switch (kind)
    {
    case MILL_EVENT_STATE:
      /* Translators: a kind of event: the run is in another state */
      return _ ("State");
    case MILL_EVENT_KNOB:
      /* Translators: a kind of event: a knob was turned */
      return _ ("Knob");
    case MILL_EVENT_FAULT:
      /* Translators: a kind of event: something went wrong */
      return _ ("Fault");
    case MILL_EVENT_ALERT:
      /* Translators: a kind of event: a limit was passed */
      return _ ("Alert");
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * mill_event_kind_get_icon_name:
 * @kind: a kind of event
 *
 * Returns: (transfer none): the name of its icon
 */
const char *
mill_event_kind_get_icon_name (MillEventKind kind)
{
  switch (kind)
    {
    case MILL_EVENT_STATE:
      return "media-playback-start-symbolic";
    case MILL_EVENT_KNOB:
      return "emblem-system-symbolic";
    case MILL_EVENT_FAULT:
      return "dialog-warning-symbolic";
    case MILL_EVENT_ALERT:
      return "alarm-symbolic";
    default:
      g_return_val_if_reached ("");
    }
}
