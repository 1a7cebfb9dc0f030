/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any job file: read, and built into a pipeline that is never started. */

#include "config.h"

#include "core/mill-error.h"
#include "fuzz.h"
#include "pipeline/mill-job.h"

static void
check_knobs (MillPipeline *pipeline)
{
  g_autoptr (GPtrArray) knobs = mill_pipeline_list_knobs (pipeline);

  for (guint i = 0; i < knobs->len; i++)
    {
      MillKnob *knob = g_ptr_array_index (knobs, i);
      g_autoptr (MillKnob) found = mill_pipeline_find_knob (pipeline, mill_knob_get_path (knob), NULL);
      double number = mill_knob_get_number (knob);

      g_assert_cmpstr (mill_knob_get_path (found), ==, mill_knob_get_path (knob));
      g_assert_true (number >= mill_knob_get_minimum (knob) && number <= mill_knob_get_maximum (knob));
    }
}

static void
check_pitfall (MillJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPitfall) pitfall = mill_job_build_pitfall (job, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mill_pitfall_get_name (pitfall), !=, "");
}

static void
check_job (MillJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = mill_job_build (job, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mill_pipeline_get_n_stages (pipeline), >, 0);
  g_assert_true (g_utf8_validate (mill_job_get_name (job), -1, NULL));
  check_knobs (pipeline);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = fuzz_take_rest (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_job_new_from_bytes (bytes, "fuzz.millrace", &error);

  if (job != NULL)
    {
      g_assert_no_error (error);
      if (mill_job_is_pitfall (job))
        check_pitfall (job);
      else
        check_job (job);
      return 0;
    }
  g_assert_error (error, MILL_ERROR, MILL_ERROR_JOB);
  g_assert_true (g_str_has_prefix (error->message, "fuzz.millrace: "));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
