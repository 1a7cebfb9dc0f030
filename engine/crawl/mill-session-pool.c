/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSessionPool: for each main context, as many HTTP sessions as its requests need. */

#include "config.h"

#include "crawl/mill-session-pool-private.h"

#include "crawl/mill-http-private.h"

typedef struct
{
  SoupSession *session; /* (owned) */
  guint n_requests;
} Lane;

struct _MillSessionPool
{
  GMutex lock;
  GHashTable *lanes; /* (owned) (lock) GMainContext (owned) to GArray (owned) of Lane, in the order of use */
};

static GHashTable *
lanes_new (void)
{
  return g_hash_table_new_full (NULL, NULL, (GDestroyNotify) g_main_context_unref,
                                (GDestroyNotify) g_array_unref);
}

static void
lane_clear (gpointer data)
{
  Lane *lane = data;

  g_clear_object (&lane->session);
}

MillSessionPool *
mill_session_pool_new (void)
{
  MillSessionPool *self = g_new0 (MillSessionPool, 1);

  g_mutex_init (&self->lock);
  self->lanes = lanes_new ();
  return self;
}

/* After mill_session_pool_close(), unless no session was ever taken. */
void
mill_session_pool_free (MillSessionPool *self)
{
  g_hash_table_unref (self->lanes);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static GArray *
get_lanes_locked (MillSessionPool *self, GMainContext *context)
{
  GArray *lanes = g_hash_table_lookup (self->lanes, context);

  if (lanes == NULL)
    {
      lanes = g_array_new (FALSE, TRUE, sizeof (Lane));
      g_array_set_clear_func (lanes, lane_clear);
      g_hash_table_insert (self->lanes, g_main_context_ref (context), lanes);
    }
  return lanes;
}

static Lane *
find_room_locked (GArray *lanes)
{
  Lane new_lane = { NULL, 0 };

  for (guint i = 0; i < lanes->len; i++)
    if (g_array_index (lanes, Lane, i).n_requests < MILL_REQUESTS_PER_SESSION)
      return &g_array_index (lanes, Lane, i);
  new_lane.session = mill_http_session_new ();
  g_array_append_val (lanes, new_lane);
  return &g_array_index (lanes, Lane, lanes->len - 1);
}

/* For one request on the thread-default main context; (transfer full), to be given back with
 * mill_session_pool_give_back() as well. */
SoupSession *
mill_session_pool_take (MillSessionPool *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  SoupSession *session;
  Lane *lane;

  g_mutex_lock (&self->lock);
  lane = find_room_locked (get_lanes_locked (self, context));
  lane->n_requests++;
  session = g_object_ref (lane->session);
  g_mutex_unlock (&self->lock);
  return session;
}

static void
end_request_locked (GArray *lanes, SoupSession *session)
{
  for (guint i = 0; i < lanes->len; i++)
    {
      Lane *lane = &g_array_index (lanes, Lane, i);

      if (lane->session == session)
        {
          lane->n_requests--;
          return;
        }
    }
}

/* The request has ended. On the context it was taken for; @session: (transfer full) */
void
mill_session_pool_give_back (MillSessionPool *self, SoupSession *session)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GArray *lanes;

  g_mutex_lock (&self->lock);
  lanes = g_hash_table_lookup (self->lanes, context);
  if (lanes != NULL)
    end_request_locked (lanes, session);
  g_mutex_unlock (&self->lock);
  g_object_unref (session);
}

static void
abort_all (GArray *lanes)
{
  for (guint i = 0; i < lanes->len; i++)
    soup_session_abort (g_array_index (lanes, Lane, i).session);
}

static gboolean
abort_all_cb (gpointer user_data)
{
  abort_all (user_data);
  return G_SOURCE_REMOVE;
}

/* Sessions belong to the thread that runs their context, and end there. When none does any more, this thread
 * takes its place. Takes over @lanes. */
static void
close_lanes (GMainContext *context, GArray *lanes)
{
  if (!g_main_context_acquire (context))
    {
      g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, abort_all_cb, lanes,
                                  (GDestroyNotify) g_array_unref);
      return;
    }
  g_main_context_push_thread_default (context);
  abort_all (lanes);
  g_array_unref (lanes);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  g_main_context_release (context);
}

/* Closes all connections. No request may be in flight; sessions may be taken anew afterwards. */
void
mill_session_pool_close (MillSessionPool *self)
{
  g_autoptr (GHashTable) all = NULL;
  GHashTableIter iter;
  gpointer context, lanes;

  g_mutex_lock (&self->lock);
  all = g_steal_pointer (&self->lanes);
  self->lanes = lanes_new ();
  g_mutex_unlock (&self->lock);
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &context, &lanes))
    {
      g_hash_table_iter_steal (&iter);
      close_lanes (context, lanes);
      g_main_context_unref (context);
    }
}
