/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHashStep: nothing is shared by the workers but a number, so that it grows with the processors. */

#include "config.h"

#include "steps/mill-hash-step.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pipeline/mill-knob.h"

#define DEFAULT_ROUNDS    1000
#define ROUNDS_PER_GLANCE 256 /* at the cancellable */

struct _MillHashStep
{
  MillStep parent_instance;

  guint rounds; /* (atomic) */
};

typedef enum
{
  PROP_ROUNDS = 1,
} MillHashStepProperty;

static GParamSpec *properties[PROP_ROUNDS + 1];

G_DEFINE_FINAL_TYPE (MillHashStep, mill_hash_step, MILL_TYPE_STEP)

/* What the first round is about. */
static void
take_in (GChecksum *checksum, MillItem *item)
{
  GBytes *payload = mill_item_get_payload (item);
  g_autofree char *number = NULL;

  if (payload != NULL)
    g_checksum_update (checksum, g_bytes_get_data (payload, NULL), (gssize) g_bytes_get_size (payload));
  else
    {
      number = g_strdup_printf ("%" G_GUINT64_FORMAT, mill_item_get_id (item));
      g_checksum_update (checksum, (const guchar *) number, -1);
    }
}

static gboolean
mill_hash_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  guint rounds = (guint) g_atomic_int_get (&MILL_HASH_STEP (step)->rounds);
  MillItem *item = mill_work_get_item (work);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  MillRecord *before = mill_item_get_record (item), *record;
  char digest[65];

  take_in (checksum, item);
  for (guint round = 1; round < rounds; round++)
    {
      if (round % ROUNDS_PER_GLANCE == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_strlcpy (digest, g_checksum_get_string (checksum), sizeof digest);
      g_checksum_reset (checksum);
      g_checksum_update (checksum, (const guchar *) digest, 64);
    }
  record = before != NULL ? mill_record_copy (before) : mill_record_new ();
  mill_record_add_text (record, "sha256", g_checksum_get_string (checksum), -1);
  mill_item_set_record (item, record);
  return TRUE;
}

static void
mill_hash_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_ROUNDS)
    g_value_set_uint (value, (guint) g_atomic_int_get (&MILL_HASH_STEP (object)->rounds));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
mill_hash_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillHashStep *self = MILL_HASH_STEP (object);
  gint rounds;

  if (prop_id != PROP_ROUNDS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  rounds = (gint) g_value_get_uint (value);
  if (g_atomic_int_get (&self->rounds) == rounds)
    return;
  g_atomic_int_set (&self->rounds, rounds);
  g_object_notify_by_pspec (object, pspec);
}

static void
mill_hash_step_class_init (MillHashStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mill_hash_step_get_property;
  object_class->set_property = mill_hash_step_set_property;
  MILL_STEP_CLASS (klass)->process = mill_hash_step_process;
  /**
   * MillHashStep:rounds:
   *
   * How often it is hashed.
   */
  properties[PROP_ROUNDS] =
      g_param_spec_uint ("rounds", _ ("Rounds"), _ ("How often each item is hashed: the work it makes"), 1,
                         1000000, DEFAULT_ROUNDS, MILL_KNOB_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_hash_step_init (MillHashStep *self)
{
  self->rounds = DEFAULT_ROUNDS;
}

/**
 * mill_hash_step_new:
 * @rounds: how often each item is hashed; at least 1
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_hash_step_new (guint rounds)
{
  return g_object_new (MILL_TYPE_HASH_STEP, "rounds", rounds, NULL);
}
