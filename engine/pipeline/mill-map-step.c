/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillMapStep: a function of one item, called for each of a batch. */

#include "config.h"

#include "pipeline/mill-map-step.h"

#include "core/mill-error.h"
#include "core/mill-prefetch-private.h"
#include "pipeline/mill-work-private.h"

/* Enough for what is done once a batch not to count, and too few to keep other workers waiting. */
#define DEFAULT_BATCH 64

G_DEFINE_ABSTRACT_TYPE (MillMapStep, mill_map_step, MILL_TYPE_BATCH_STEP)

/* Whether only the item is to blame, one of @n. */
static gboolean
is_own_fault (guint n, const GError *error)
{
  return n > 1 && g_error_matches (error, MILL_ERROR, MILL_ERROR_INVALID);
}

static void
unref_record (gpointer record)
{
  if (record != NULL)
    mill_record_unref (record);
}

static gboolean
mill_map_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillMapStep *self = MILL_MAP_STEP (step);
  MillMapStepClass *klass = MILL_MAP_STEP_GET_CLASS (self);
  MillItem *const *items = mill_work_get_items (work);
  guint n = mill_work_get_n_items (work);
  g_autoptr (GPtrArray) records = g_ptr_array_new_full (n, unref_record);

  for (guint i = 0; i < n; i++)
    {
      GError *cause = NULL;
      MillRecord *record = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      mill_prefetch_payload (items, i, n);
      record = klass->map (self, items[i], &cause);
      g_ptr_array_add (records, record);
      if (record != NULL)
        continue;
      if (!is_own_fault (n, cause))
        {
          g_propagate_error (error, cause);
          return FALSE;
        }
      mill_work_reject (work, i, cause);
    }
  for (guint i = 0; i < n; i++)
    if (records->pdata[i] != NULL)
      mill_item_set_record (items[i], g_steal_pointer (&records->pdata[i]));
  return TRUE;
}

static void
mill_map_step_class_init (MillMapStepClass *klass)
{
  MILL_STEP_CLASS (klass)->process = mill_map_step_process;
  /**
   * MillMapStep:batch:
   *
   * #MillBatchStep:batch, but less at first.
   */
  /**
   * MillMapStep:linger:
   *
   * #MillBatchStep:linger, but 0 at first.
   */
  mill_batch_step_class_set_defaults (MILL_BATCH_STEP_CLASS (klass), DEFAULT_BATCH, 0);
}

static void
mill_map_step_init (MillMapStep *self)
{
}
