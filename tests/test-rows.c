/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches of rows for the steps that store them. */

#include "config.h"

#include "test-rows.h"

#include <string.h>

#include "core/mill-record.h"
#include "pipeline/mill-pipeline.h"
#include "steps/mill-json-reader-private.h"
#include "test-parts.h"

void
test_rows_set_up (TestRows *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("mill-rows-XXXXXX", NULL);
  self->pipeline = mill_pipeline_new ("test");
  mill_work_init (&self->work);
}

void
test_rows_tear_down (TestRows *self, gconstpointer data)
{
  mill_work_finalize (&self->work);
  g_clear_error (&self->error);
  if (self->step != NULL)
    mill_step_close (self->step);
  g_clear_object (&self->step);
  g_object_unref (self->pipeline);
  test_remove_tree (self->folder);
  g_free (self->folder);
}

gboolean
test_rows_open (TestRows *self, MillStep *step)
{
  if (self->step != NULL)
    mill_step_close (self->step);
  g_clear_object (&self->step);
  g_clear_error (&self->error);
  self->step = step;
  return mill_step_open (step, self->pipeline, &self->error);
}

char *
test_rows_get_path (TestRows *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

MillItem *
test_row_new (const char *key, const char *json)
{
  g_autoptr (GBytes) payload = g_bytes_new (json, strlen (json));
  g_autoptr (MillRecord) record = mill_record_new ();
  MillItem *item = mill_item_new (1, key);
  gsize offset;

  mill_item_set_payload (item, payload);
  if (mill_json_read_object (json, strlen (json), record, &offset) == NULL)
    mill_item_set_record (item, g_steal_pointer (&record));
  return item;
}

static gboolean
run (TestRows *self, GCancellable *cancellable)
{
  g_clear_error (&self->error);
  mill_work_begin (&self->work, 0);
  return mill_step_run (self->step, &self->work, cancellable, &self->error);
}

static void
take (TestRows *self, va_list pairs)
{
  const char *key;

  mill_work_finalize (&self->work);
  mill_work_init (&self->work);
  while ((key = va_arg (pairs, const char *)) != NULL)
    mill_work_take (&self->work, test_row_new (key, va_arg (pairs, const char *)));
}

gboolean
test_rows_write (TestRows *self, ...)
{
  va_list pairs;

  va_start (pairs, self);
  take (self, pairs);
  va_end (pairs);
  return run (self, NULL);
}

gboolean
test_rows_write_cancellable (TestRows *self, GCancellable *cancellable, ...)
{
  va_list pairs;

  va_start (pairs, cancellable);
  take (self, pairs);
  va_end (pairs);
  return run (self, cancellable);
}

gboolean
test_rows_repeat (TestRows *self)
{
  return run (self, NULL);
}

const char *
test_rows_get_rejection (TestRows *self, guint i)
{
  const GError *error = mill_work_get_rejection (&self->work, i);

  return error != NULL ? error->message : NULL;
}
