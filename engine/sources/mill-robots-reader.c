/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRobotsReader: RFC 9309, section 2.3.1. A file that the server says is not there, or that is more than
 * five redirects away, allows all; a server that fails or does not answer allows nothing. */

#include "config.h"

#include "sources/mill-robots-reader-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "crawl/mill-http-private.h"

#define MAX_REDIRECTS 5
#define TIMEOUT_S     20

struct _MillRobotsReader
{
  GMainContext *context; /* (owned) */
  MillRobotsFunc func;
  gpointer user_data; /* (unowned) not used after a stop */

  /* Used on the loop's thread alone. */
  SoupSession *session; /* (owned) (nullable) made for the first file */

  GMutex lock;
  gboolean is_stopped; /* (lock) */
  GPtrArray *fetches;  /* (owned) (lock) of Fetch, unowned: those under way */
};

typedef struct
{
  MillRobotsReader *reader;  /* (owned) */
  char *url;                 /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GSource *timeout;          /* (owned) (nullable) */
  gboolean is_timed_out;
} Fetch;

static void
reader_clear (gpointer data)
{
  MillRobotsReader *self = data;

  g_clear_object (&self->session);
  g_ptr_array_unref (self->fetches);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
}

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  if (fetch->timeout != NULL)
    g_source_destroy (fetch->timeout);
  g_clear_pointer (&fetch->timeout, g_source_unref);
  g_object_unref (fetch->cancellable);
  g_free (fetch->url);
  mill_robots_reader_unref (fetch->reader);
  g_free (fetch);
}

static MillRobots *
robots_from_response (const MillHttpResponse *response, GError **problem)
{
  g_autofree char *status = NULL;

  if (mill_http_response_is_success (response))
    return mill_robots_parse (response->body);
  if (!SOUP_STATUS_IS_SERVER_ERROR (response->status))
    return mill_robots_new_allow_all ();
  status = mill_http_response_describe_status (response);
  g_set_error_literal (problem, MILL_ERROR, MILL_ERROR_HTTP, status);
  return mill_robots_new_disallow_all ();
}

/* Consumes @error. A redirect that leads nowhere is a file that is not there. */
static MillRobots *
robots_from_error (const Fetch *fetch, GError *error, GError **problem)
{
  if (g_error_matches (error, MILL_ERROR, MILL_ERROR_HTTP))
    {
      g_error_free (error);
      return mill_robots_new_allow_all ();
    }
  if (fetch->is_timed_out)
    {
      g_clear_error (&error);
      g_set_error (problem, MILL_ERROR, MILL_ERROR_TIMED_OUT, _ ("no answer within %d s"), TIMEOUT_S);
    }
  else
    g_propagate_error (problem, error);
  return mill_robots_new_disallow_all ();
}

/* Takes the fetch off the list; says whether the answer is still wanted. */
static gboolean
end_fetch (Fetch *fetch)
{
  MillRobotsReader *self = fetch->reader;
  gboolean is_wanted;

  g_mutex_lock (&self->lock);
  g_ptr_array_remove_fast (self->fetches, fetch);
  is_wanted = !self->is_stopped;
  g_mutex_unlock (&self->lock);
  return is_wanted;
}

static void
got_file_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  GError *error = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (MillHttpResponse) response = mill_http_get_finish (result, &error);
  g_autoptr (MillRobots) robots = NULL;

  if (response != NULL)
    robots = robots_from_response (response, &problem);
  else
    robots = robots_from_error (fetch, error, &problem);
  if (end_fetch (fetch))
    fetch->reader->func (fetch->url, robots, problem, fetch->reader->user_data);
  fetch_free (fetch);
}

static gboolean
timed_out_cb (gpointer user_data)
{
  Fetch *fetch = user_data;

  fetch->is_timed_out = TRUE;
  g_cancellable_cancel (fetch->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
begin_fetch_cb (gpointer user_data)
{
  /* One byte more than counts, so that the parser can tell a file that ends there from one that is cut. */
  const MillHttpLimits limits = { .max_body = MILL_ROBOTS_MAX_BYTES + 1,
                                  .truncate = TRUE,
                                  .max_redirects = MAX_REDIRECTS };
  Fetch *fetch = user_data;
  MillRobotsReader *self = fetch->reader;

  if (self->session == NULL)
    self->session = mill_http_session_new ();
  fetch->timeout = g_timeout_source_new_seconds (TIMEOUT_S);
  g_source_set_callback (fetch->timeout, timed_out_cb, fetch, NULL);
  g_source_attach (fetch->timeout, self->context);
  mill_http_get_async (self->session, fetch->url, &limits, fetch->cancellable, got_file_cb, fetch);
  return G_SOURCE_REMOVE;
}

/**
 * mill_robots_reader_new:
 * @context: the context of an engine loop
 * @func: what to call with each answer
 * @user_data: for @func
 *
 * Returns: (transfer full): a reader with nothing to do
 */
MillRobotsReader *
mill_robots_reader_new (GMainContext *context, MillRobotsFunc func, gpointer user_data)
{
  MillRobotsReader *self = g_atomic_rc_box_new0 (MillRobotsReader);

  self->context = g_main_context_ref (context);
  self->func = func;
  self->user_data = user_data;
  self->fetches = g_ptr_array_new ();
  g_mutex_init (&self->lock);
  return self;
}

void
mill_robots_reader_unref (MillRobotsReader *self)
{
  g_atomic_rc_box_release_full (self, reader_clear);
}

/**
 * mill_robots_reader_read:
 * @url: a robots.txt
 *
 * Asks for @url; the answer goes to the reader's function. Any thread.
 */
void
mill_robots_reader_read (MillRobotsReader *self, const char *url)
{
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->reader = g_atomic_rc_box_acquire (self);
  fetch->url = g_strdup (url);
  fetch->cancellable = g_cancellable_new ();
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->fetches, fetch);
  g_mutex_unlock (&self->lock);
  g_main_context_invoke (self->context, begin_fetch_cb, fetch);
}

static guint
count_fetches (MillRobotsReader *self)
{
  guint n_fetches;

  g_mutex_lock (&self->lock);
  n_fetches = self->fetches->len;
  g_mutex_unlock (&self->lock);
  return n_fetches;
}

/**
 * mill_robots_reader_stop:
 *
 * Cancels what is under way. The reader's function is not called any more, unless it is being called right
 * now. Any thread; on the loop's own, everything has ended on return, so that nothing is left for a loop that
 * is about to end.
 */
void
mill_robots_reader_stop (MillRobotsReader *self)
{
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  for (guint i = 0; i < self->fetches->len; i++)
    g_ptr_array_add (cancellables,
                     g_object_ref (((Fetch *) g_ptr_array_index (self->fetches, i))->cancellable));
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < cancellables->len; i++)
    g_cancellable_cancel (g_ptr_array_index (cancellables, i));
  if (!g_main_context_is_owner (self->context))
    return;
  while (count_fetches (self) > 0)
    g_main_context_iteration (self->context, TRUE);
}
