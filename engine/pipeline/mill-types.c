/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small enumerations that the pipeline's types share: their names for programs and for people. */

#include "config.h"

#include "pipeline/mill-types.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *id;
  const char *label;
} StateName;

static const StateName state_names[] = {
  [MILL_STATE_IDLE] = { "idle", N_ ("ready") },
  [MILL_STATE_RUNNING] = { "running", N_ ("running") },
  [MILL_STATE_PAUSED] = { "paused", N_ ("paused") },
  [MILL_STATE_DRAINING] = { "draining", N_ ("draining") },
  [MILL_STATE_STOPPING] = { "stopping", N_ ("stopping") },
  [MILL_STATE_FINISHED] = { "finished", N_ ("finished") },
  [MILL_STATE_STOPPED] = { "stopped", N_ ("stopped") },
  [MILL_STATE_FAILED] = { "failed", N_ ("failed") },
};

/**
 * mill_state_get_id:
 * @state: a state
 *
 * The state for programs.
 *
 * Returns: the state's name for programs, as in the command line's JSON
 */
const char *
mill_state_get_id (MillState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), NULL);
  return state_names[state].id;
}

/**
 * mill_state_get_label:
 * @state: a state
 *
 * The state for people.
 *
 * Returns: the state's name for people, translated
 */
const char *
mill_state_get_label (MillState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), NULL);
  return _ (state_names[state].label);
}

/**
 * mill_state_is_final:
 * @state: a state
 *
 * Whether a state is the end.
 *
 * Returns: whether nothing comes after it
 */
gboolean
mill_state_is_final (MillState state)
{
  return state == MILL_STATE_FINISHED || state == MILL_STATE_STOPPED || state == MILL_STATE_FAILED;
}
