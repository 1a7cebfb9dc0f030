/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The view only remembers what was chosen; a timeline turns it into the time that its plots show, because
 * that depends on the present and on the width of a pixel.
 */
#include "config.h"

#include "mill-timeline-view.h"

struct _MillTimelineView
{
  GObject parent_instance;

  MillTimelineWindow window;
  gint64 length; /* 0 for that of the window */
  gint64 end;    /* the right edge of a frozen view */
  gboolean live;

  gboolean selected;
  gint64 anchor; /* where the selection began */
  gint64 head;   /* where it is dragged to; on either side */

  gboolean has_crosshair;
  gint64 crosshair;
};

typedef enum
{
  PROP_WINDOW = 1,
  PROP_LIVE,
  PROP_LENGTH
} MillTimelineViewProperty;

static GParamSpec *properties[PROP_LENGTH + 1];

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MillTimelineView, mill_timeline_view, G_TYPE_OBJECT)

GType
mill_timeline_window_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { MILL_TIMELINE_WINDOW_10_S, "MILL_TIMELINE_WINDOW_10_S", "10-s" },
        { MILL_TIMELINE_WINDOW_1_MIN, "MILL_TIMELINE_WINDOW_1_MIN", "1-min" },
        { MILL_TIMELINE_WINDOW_10_MIN, "MILL_TIMELINE_WINDOW_10_MIN", "10-min" },
        { MILL_TIMELINE_WINDOW_ALL, "MILL_TIMELINE_WINDOW_ALL", "all" },
        { 0, NULL, NULL },
      };

      g_once_init_leave (&type, g_enum_register_static ("MillTimelineWindow", values));
    }

  return type;
}

static void
changed (MillTimelineView *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Notifies of what differs, then tells that something did. */
static void
show (MillTimelineView *self, MillTimelineWindow window, gboolean live, gint64 length, gint64 end)
{
  const gboolean window_changed = self->window != window;
  const gboolean live_changed = self->live != live;
  const gboolean length_changed = self->length != length;
  const gboolean end_changed = !live && self->end != end;

  if (!window_changed && !live_changed && !length_changed && !end_changed)
    return;
  self->window = window;
  self->live = live;
  self->length = length;
  self->end = end;
  if (window_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WINDOW]);
  if (live_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIVE]);
  if (length_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LENGTH]);
  changed (self);
}

static void
mill_timeline_view_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  MillTimelineView *self = MILL_TIMELINE_VIEW (object);

  switch ((MillTimelineViewProperty) property_id)
    {
    case PROP_WINDOW:
      g_value_set_enum (value, (int) self->window);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case PROP_LENGTH:
      g_value_set_int64 (value, self->length);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_timeline_view_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  MillTimelineView *self = MILL_TIMELINE_VIEW (object);

  switch ((MillTimelineViewProperty) property_id)
    {
    case PROP_WINDOW:
      mill_timeline_view_set_window (self, (MillTimelineWindow) g_value_get_enum (value));
      break;
    case PROP_LIVE:
    case PROP_LENGTH:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
mill_timeline_view_class_init (MillTimelineViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mill_timeline_view_get_property;
  object_class->set_property = mill_timeline_view_set_property;

  properties[PROP_WINDOW] = g_param_spec_enum ("window", NULL, NULL, MILL_TYPE_TIMELINE_WINDOW,
                                               MILL_TIMELINE_WINDOW_1_MIN, flags | G_PARAM_READWRITE);
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, TRUE, flags | G_PARAM_READABLE);
  properties[PROP_LENGTH] =
      g_param_spec_int64 ("length", NULL, NULL, 0, G_MAXINT64, 0, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * MillTimelineView::changed:
   *
   * Something that is shown differs, the selection and the crosshair included.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
mill_timeline_view_init (MillTimelineView *self)
{
  self->window = MILL_TIMELINE_WINDOW_1_MIN;
  self->live = TRUE;
}

/**
 * mill_timeline_view_new:
 *
 * Returns: (transfer full): a view that follows the present and shows one minute
 */
MillTimelineView *
mill_timeline_view_new (void)
{
  return g_object_new (MILL_TYPE_TIMELINE_VIEW, NULL);
}

/**
 * mill_timeline_view_get_window:
 * @self: a view
 *
 * Returns: how much time is shown while it is not zoomed
 */
MillTimelineWindow
mill_timeline_view_get_window (MillTimelineView *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_VIEW (self), MILL_TIMELINE_WINDOW_1_MIN);

  return self->window;
}

/**
 * mill_timeline_view_set_window:
 * @self: a view
 * @window: how much time to show
 *
 * Shows this much time up to the present, and follows it.
 */
void
mill_timeline_view_set_window (MillTimelineView *self, MillTimelineWindow window)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));
  g_return_if_fail (window <= MILL_TIMELINE_WINDOW_ALL);

  show (self, window, TRUE, 0, 0);
}

/**
 * mill_timeline_view_get_live:
 * @self: a view
 *
 * Returns: whether it follows the present
 */
gboolean
mill_timeline_view_get_live (MillTimelineView *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_VIEW (self), TRUE);

  return self->live;
}

/**
 * mill_timeline_view_get_length:
 * @self: a view
 *
 * Returns: how much time is shown, in microseconds, or 0 for that of the window
 */
gint64
mill_timeline_view_get_length (MillTimelineView *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_VIEW (self), 0);

  return self->length;
}

/**
 * mill_timeline_view_get_end:
 * @self: a view that does not follow the present
 *
 * Returns: the time at the right edge, in microseconds
 */
gint64
mill_timeline_view_get_end (MillTimelineView *self)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_VIEW (self), 0);

  return self->end;
}

/**
 * mill_timeline_view_follow:
 * @self: a view
 * @length_us: how much time to show, or 0 for that of the window
 *
 * Follows the present.
 */
void
mill_timeline_view_follow (MillTimelineView *self, gint64 length_us)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));
  g_return_if_fail (length_us >= 0);

  show (self, self->window, TRUE, length_us, 0);
}

/**
 * mill_timeline_view_freeze:
 * @self: a view
 * @t0_us: the left edge
 * @t1_us: the right edge, after @t0_us
 *
 * Stays at a span while time goes on.
 */
void
mill_timeline_view_freeze (MillTimelineView *self, gint64 t0_us, gint64 t1_us)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));
  g_return_if_fail (t1_us > t0_us);

  show (self, self->window, FALSE, t1_us - t0_us, t1_us);
}

/**
 * mill_timeline_view_get_selection:
 * @self: a view
 * @out_from_us: (out) (optional): the begin of the selected span
 * @out_to_us: (out) (optional): its end, not before its begin
 *
 * Returns: %FALSE, with nothing touched, if nothing is selected
 */
gboolean
mill_timeline_view_get_selection (MillTimelineView *self, gint64 *out_from_us, gint64 *out_to_us)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_VIEW (self), FALSE);

  if (!self->selected)
    return FALSE;
  if (out_from_us != NULL)
    *out_from_us = MIN (self->anchor, self->head);
  if (out_to_us != NULL)
    *out_to_us = MAX (self->anchor, self->head);

  return TRUE;
}

/**
 * mill_timeline_view_select:
 * @self: a view
 * @anchor_us: where the span begins, and stays when it is extended
 * @head_us: its other end, on either side
 *
 * Selects a span.
 */
void
mill_timeline_view_select (MillTimelineView *self, gint64 anchor_us, gint64 head_us)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));

  if (self->selected && self->anchor == anchor_us && self->head == head_us)
    return;
  self->selected = TRUE;
  self->anchor = anchor_us;
  self->head = head_us;
  changed (self);
}

/**
 * mill_timeline_view_extend:
 * @self: a view with a selection
 * @head_us: where its moving end is now
 *
 * Extends or shortens the selected span.
 */
void
mill_timeline_view_extend (MillTimelineView *self, gint64 head_us)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));
  g_return_if_fail (self->selected);

  mill_timeline_view_select (self, self->anchor, head_us);
}

/**
 * mill_timeline_view_clear_selection:
 * @self: a view
 *
 * Selects nothing.
 */
void
mill_timeline_view_clear_selection (MillTimelineView *self)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));

  if (!self->selected)
    return;
  self->selected = FALSE;
  changed (self);
}

/**
 * mill_timeline_view_get_crosshair:
 * @self: a view
 * @out_time_us: (out) (optional): where the crosshair is
 *
 * Returns: %FALSE, with @out_time_us untouched, if there is none
 */
gboolean
mill_timeline_view_get_crosshair (MillTimelineView *self, gint64 *out_time_us)
{
  g_return_val_if_fail (MILL_IS_TIMELINE_VIEW (self), FALSE);

  if (!self->has_crosshair)
    return FALSE;
  if (out_time_us != NULL)
    *out_time_us = self->crosshair;

  return TRUE;
}

/**
 * mill_timeline_view_set_crosshair:
 * @self: a view
 * @time_us: a time
 *
 * Puts the crosshair there.
 */
void
mill_timeline_view_set_crosshair (MillTimelineView *self, gint64 time_us)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));

  if (self->has_crosshair && self->crosshair == time_us)
    return;
  self->has_crosshair = TRUE;
  self->crosshair = time_us;
  changed (self);
}

/**
 * mill_timeline_view_clear_crosshair:
 * @self: a view
 *
 * Removes the crosshair.
 */
void
mill_timeline_view_clear_crosshair (MillTimelineView *self)
{
  g_return_if_fail (MILL_IS_TIMELINE_VIEW (self));

  if (!self->has_crosshair)
    return;
  self->has_crosshair = FALSE;
  changed (self);
}
