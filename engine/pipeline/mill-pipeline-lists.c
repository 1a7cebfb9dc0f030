/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPipeline's lists for other languages: lists instead of arrays. */

#include "config.h"

#include "core/mill-list-private.h"
#include "pipeline/mill-pipeline.h"

/**
 * mill_pipeline_get_event_list: (rename-to mill_pipeline_get_events)
 * @since: the number of the first event wanted; 0 for all that are kept
 *
 * The same as mill_pipeline_get_events(), with a list.
 *
 * Returns: (transfer full) (element-type MillEvent): copies, oldest first
 */
GList *
mill_pipeline_get_event_list (MillPipeline *self, guint64 since)
{
  return mill_list_steal (mill_pipeline_get_events (self, since));
}

/**
 * mill_pipeline_get_dead_letter_list: (rename-to mill_pipeline_get_dead_letters)
 *
 * The same as mill_pipeline_get_dead_letters(), with a list.
 *
 * Returns: (transfer full) (element-type MillDeadLetter): copies, oldest first
 */
GList *
mill_pipeline_get_dead_letter_list (MillPipeline *self)
{
  return mill_list_steal (mill_pipeline_get_dead_letters (self));
}

/**
 * mill_pipeline_get_returned_list: (rename-to mill_pipeline_get_returned)
 *
 * The same as mill_pipeline_get_returned(), with a list.
 *
 * Returns: (transfer full) (element-type MillItem): the items that were not processed because the run was
 *   stopped
 */
GList *
mill_pipeline_get_returned_list (MillPipeline *self)
{
  return mill_list_steal (mill_pipeline_get_returned (self));
}

/**
 * mill_pipeline_get_knob_list: (rename-to mill_pipeline_list_knobs)
 *
 * The same as mill_pipeline_list_knobs(), with a list.
 *
 * Returns: (transfer full) (element-type MillKnob): all knobs: the source's, then each stage's with its
 *   step's
 */
GList *
mill_pipeline_get_knob_list (MillPipeline *self)
{
  return mill_list_steal (mill_pipeline_list_knobs (self));
}
