/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillMapStep (engine/pipeline/mill-map-step.h): what becomes of a batch. */

#include "config.h"

#include <locale.h>

#include "core/mill-error.h"
#include "pipeline/mill-map-step.h"
#include "pipeline/mill-work-private.h"

#define N 5

/* Makes of an item a record with its number; but of one of them an error. */
#define TEST_TYPE_NUMBERS (test_numbers_get_type ())
G_DECLARE_FINAL_TYPE (TestNumbers, test_numbers, TEST, NUMBERS, MillMapStep)

struct _TestNumbers
{
  MillMapStep parent_instance;

  guint64 bad;
  MillError code;            /* of the error */
  GCancellable *cancellable; /* (unowned) (nullable) is cancelled in place of the error */
};

G_DEFINE_FINAL_TYPE (TestNumbers, test_numbers, MILL_TYPE_MAP_STEP)

static MillRecord *
test_numbers_map (MillMapStep *step, MillItem *item, GError **error)
{
  TestNumbers *self = TEST_NUMBERS (step);
  MillRecord *record;

  if (mill_item_get_id (item) == self->bad && self->cancellable == NULL)
    {
      g_set_error_literal (error, MILL_ERROR, (gint) self->code, "bad");
      return NULL;
    }
  if (mill_item_get_id (item) == self->bad)
    g_cancellable_cancel (self->cancellable);
  record = mill_record_new ();
  mill_record_add_integer (record, "id", (gint64) mill_item_get_id (item));
  return record;
}

static void
test_numbers_class_init (TestNumbersClass *klass)
{
  MILL_MAP_STEP_CLASS (klass)->map = test_numbers_map;
}

static void
test_numbers_init (TestNumbers *self)
{
}

typedef struct
{
  TestNumbers *step;
  GCancellable *cancellable;
  MillWork work; /* at the items 1 to N */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->step = g_object_new (TEST_TYPE_NUMBERS, NULL);
  fixture->cancellable = g_cancellable_new ();
  mill_work_init (&fixture->work);
  for (guint64 id = 1; id <= N; id++)
    mill_work_take (&fixture->work, mill_item_new (id, NULL));
  mill_work_begin (&fixture->work, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mill_work_finalize (&fixture->work);
  g_object_unref (fixture->cancellable);
  g_object_unref (fixture->step);
}

static gboolean
run (Fixture *fixture, GError **error)
{
  return mill_step_run (MILL_STEP (fixture->step), &fixture->work, fixture->cancellable, error);
}

static guint
count_records (Fixture *fixture)
{
  guint n = 0;

  for (guint i = 0; i < N; i++)
    {
      MillItem *item = mill_work_get_nth_item (&fixture->work, i);
      MillRecord *record = mill_item_get_record (item);

      if (record == NULL)
        continue;
      g_assert_cmpint (mill_record_get_integer (record, 0), ==, (gint64) mill_item_get_id (item));
      n++;
    }
  return n;
}

static void
test_all_good (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (run (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_records (fixture), ==, N);
  for (guint i = 0; i < N; i++)
    g_assert_null (mill_work_get_rejection (&fixture->work, i));
}

/* A bad item is rejected, and the others are done. */
static void
test_one_bad (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->step->bad = 3;
  fixture->step->code = MILL_ERROR_INVALID;
  g_assert_true (run (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_records (fixture), ==, N - 1);
  g_assert_null (mill_item_get_record (mill_work_get_nth_item (&fixture->work, 2)));
  for (guint i = 0; i < N; i++)
    g_assert_true ((mill_work_get_rejection (&fixture->work, i) != NULL) == (i == 2));
  g_assert_error (mill_work_get_rejection (&fixture->work, 2), MILL_ERROR, MILL_ERROR_INVALID);
}

/* What may go better is tried again as a whole, and finds the items as they were. */
static void
test_for_now (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->step->bad = 3;
  fixture->step->code = MILL_ERROR_RETRYABLE;
  g_assert_false (run (fixture, &error));
  g_assert_error (error, MILL_ERROR, MILL_ERROR_RETRYABLE);
  g_assert_cmpuint (count_records (fixture), ==, 0);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->step->bad = 2;
  fixture->step->cancellable = fixture->cancellable;
  g_assert_false (run (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_records (fixture), ==, 0);
}

static void
assert_default (GObject *object, const char *name, guint expected)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);
  guint value = 0, n_properties, n_found = 0;
  g_autofree GParamSpec **properties =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n_properties);

  g_assert_cmpuint (G_PARAM_SPEC_UINT (pspec)->default_value, ==, expected);
  g_object_get (object, name, &value, NULL);
  g_assert_cmpuint (value, ==, expected);
  for (guint i = 0; i < n_properties; i++)
    n_found += g_str_equal (properties[i]->name, name);
  g_assert_cmpuint (n_found, ==, 1);
}

/* Its batches are its own, and are set as any other step's. */
static void
test_defaults (Fixture *fixture, gconstpointer data)
{
  assert_default (G_OBJECT (fixture->step), "batch", 64);
  assert_default (G_OBJECT (fixture->step), "linger", 0);
  g_object_set (fixture->step, "batch", 7, "linger", 9, NULL);
  g_assert_cmpuint (mill_batch_step_get_batch (MILL_BATCH_STEP (fixture->step)), ==, 7);
  g_assert_cmpint (mill_batch_step_get_linger_us (MILL_BATCH_STEP (fixture->step)), ==, 9000);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add ("/map-step/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("all-good", test_all_good);
  ADD ("one-bad", test_one_bad);
  ADD ("for-now", test_for_now);
  ADD ("cancelled", test_cancelled);
  ADD ("defaults", test_defaults);

  return g_test_run ();
}
