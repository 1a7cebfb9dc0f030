/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFileReader: each file is a Fetch, which is on the reader's list until its answer was told, so that a
 * stop can wait for all of them. */

#include "config.h"

#include "sources/mill-file-reader-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "pipeline/mill-pipeline-private.h"

struct _MillFileReader
{
  GMainContext *context; /* (owned) */

  /* Set before the first file, then constant. */
  MillWarcWriter *archive; /* (owned) (nullable) keeps what is read */
  MillPipeline *pipeline;  /* (unowned) (nullable) of `archive`; outlives its loops */

  /* Used on the loop's thread alone. */
  SoupSession *session; /* (owned) (nullable) made for the first file */

  GMutex lock;
  gboolean is_stopped; /* (lock) */
  GPtrArray *fetches;  /* (owned) (lock) of Fetch, unowned: those under way */
};

typedef struct
{
  MillFileReader *reader;   /* (owned) */
  const MillFileKind *kind; /* (unowned) */
  char *url;                /* (owned) */
  MillFileFunc func;
  gpointer user_data;        /* (unowned) not used after a stop */
  GCancellable *cancellable; /* (owned) */
  GSource *timeout;          /* (owned) (nullable) */
  gboolean is_timed_out;

  MillHttpResponse *response; /* (owned) (nullable) once it has come */
  GError *failure;            /* (owned) (nullable) why there is none */
  gpointer result;            /* (owned by its kind) (nullable) */
  GError *problem;            /* (owned) (nullable) */
} Fetch;

static void
reader_clear (gpointer data)
{
  MillFileReader *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->archive, mill_warc_writer_unref);
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
  g_clear_pointer (&fetch->result, fetch->kind->free_result);
  g_clear_pointer (&fetch->response, mill_http_response_free);
  g_clear_error (&fetch->failure);
  g_clear_error (&fetch->problem);
  g_object_unref (fetch->cancellable);
  g_free (fetch->url);
  mill_file_reader_unref (fetch->reader);
  g_free (fetch);
}

/* Takes the fetch off the list; says whether the answer is still wanted. */
static gboolean
end_fetch (Fetch *fetch)
{
  MillFileReader *self = fetch->reader;
  gboolean is_wanted;

  g_mutex_lock (&self->lock);
  g_ptr_array_remove_fast (self->fetches, fetch);
  is_wanted = !self->is_stopped;
  g_mutex_unlock (&self->lock);
  return is_wanted;
}

static void
parse (Fetch *fetch)
{
  fetch->result = fetch->kind->parse (fetch->url, fetch->response, fetch->failure, &fetch->problem);
}

/* The last of a fetch, on the loop's thread. */
static void
tell (Fetch *fetch)
{
  if (end_fetch (fetch))
    fetch->func (fetch->url, fetch->result, fetch->problem, fetch->user_data);
  fetch_free (fetch);
}

static void
parse_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  parse (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  tell (user_data);
}

/* What a time-out has cut off is archived all the same. */
static void
archive_left (Fetch *fetch, GAsyncResult *result)
{
  MillWarcExchange *left = mill_http_steal_left (result, MILL_WARC_CUT_TIME);

  if (left != NULL && fetch->is_timed_out)
    mill_warc_writer_leave (fetch->reader->archive, left);
  else if (left != NULL)
    mill_warc_exchange_free (left);
}

/* The archive cannot be gone on with: the run ends, and until then the file is not told of, since what could
 * not be archived must not be known. */
static gboolean
end_run (Fetch *fetch)
{
  if (!g_error_matches (fetch->failure, MILL_ERROR, MILL_ERROR_FATAL))
    return FALSE;
  if (end_fetch (fetch))
    mill_pipeline_fail (fetch->reader->pipeline, NULL, fetch->failure);
  fetch_free (fetch);
  return TRUE;
}

static void
got_file_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr (GTask) task = NULL;

  archive_left (fetch, result);
  fetch->response = mill_http_get_finish (result, &fetch->failure);
  g_source_destroy (fetch->timeout);
  if (end_run (fetch))
    return;
  if (fetch->response == NULL && fetch->is_timed_out)
    {
      g_clear_error (&fetch->failure);
      g_set_error (&fetch->failure, MILL_ERROR, MILL_ERROR_TIMED_OUT, _ ("no answer within %d s"),
                   (int) fetch->kind->timeout_s);
    }
  if (fetch->response == NULL || !fetch->kind->is_large)
    {
      parse (fetch);
      tell (fetch);
      return;
    }
  task = g_task_new (NULL, NULL, parsed_cb, fetch);
  g_task_set_task_data (task, fetch, NULL);
  g_task_run_in_thread (task, parse_in_thread);
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
  Fetch *fetch = user_data;
  MillFileReader *self = fetch->reader;

  if (self->session == NULL)
    self->session = mill_http_session_new ();
  fetch->timeout = g_timeout_source_new_seconds (fetch->kind->timeout_s);
  g_source_set_callback (fetch->timeout, timed_out_cb, fetch, NULL);
  g_source_attach (fetch->timeout, self->context);
  mill_http_get_async (self->session, fetch->url, &fetch->kind->limits, self->archive, fetch->cancellable,
                       got_file_cb, fetch);
  return G_SOURCE_REMOVE;
}

/**
 * mill_file_reader_new:
 * @context: the context of an engine loop
 *
 * Returns: (transfer full): a reader with nothing to do
 */
MillFileReader *
mill_file_reader_new (GMainContext *context)
{
  MillFileReader *self = g_atomic_rc_box_new0 (MillFileReader);

  self->context = g_main_context_ref (context);
  self->fetches = g_ptr_array_new ();
  g_mutex_init (&self->lock);
  return self;
}

/**
 * mill_file_reader_set_archive:
 * @archive: where to keep what is read
 * @pipeline: whose files they are; it fails when @archive does
 *
 * Before the first file.
 */
void
mill_file_reader_set_archive (MillFileReader *self, MillWarcWriter *archive, MillPipeline *pipeline)
{
  g_clear_pointer (&self->archive, mill_warc_writer_unref);
  self->archive = mill_warc_writer_ref (archive);
  self->pipeline = pipeline;
}

void
mill_file_reader_unref (MillFileReader *self)
{
  g_atomic_rc_box_release_full (self, reader_clear);
}

/**
 * mill_file_reader_read:
 * @kind: how to read it
 * @url: a file's address
 * @func: what to call with the answer
 * @user_data: for @func
 *
 * Asks for @url; does nothing after a stop. Any thread.
 */
void
mill_file_reader_read (MillFileReader *self, const MillFileKind *kind, const char *url, MillFileFunc func,
                       gpointer user_data)
{
  Fetch *fetch = g_new0 (Fetch, 1);
  gboolean is_wanted;

  fetch->reader = g_atomic_rc_box_acquire (self);
  fetch->kind = kind;
  fetch->url = g_strdup (url);
  fetch->func = func;
  fetch->user_data = user_data;
  fetch->cancellable = g_cancellable_new ();
  g_mutex_lock (&self->lock);
  is_wanted = !self->is_stopped;
  if (is_wanted)
    g_ptr_array_add (self->fetches, fetch);
  g_mutex_unlock (&self->lock);
  if (!is_wanted)
    {
      fetch_free (fetch);
      return;
    }
  g_main_context_invoke (self->context, begin_fetch_cb, fetch);
}

static guint
count_fetches (MillFileReader *self)
{
  guint n_fetches;

  g_mutex_lock (&self->lock);
  n_fetches = self->fetches->len;
  g_mutex_unlock (&self->lock);
  return n_fetches;
}

/**
 * mill_file_reader_stop:
 *
 * Cancels what is under way. No function is called any more, unless one is being called right now. Any
 * thread; on the loop's own, everything has ended on return, so that nothing is left for a loop that is about
 * to end.
 */
void
mill_file_reader_stop (MillFileReader *self)
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
