/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillJob: reads a key file and builds the pipeline it describes. Checking a job is building it once. */

#include "config.h"

#include "pipeline/mill-job.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-key-file-private.h"
#include "pipeline/mill-registry.h"

#define MAX_FILE_SIZE (1024 * 1024)
#define STAGE_PREFIX  "Stage "
#define PITFALL_GROUP "Pitfall"

struct _MillJob
{
  GObject parent_instance;

  char *file_name;         /* (owned) for messages */
  char *name;              /* (owned) */
  char *description;       /* (owned) */
  GKeyFile *keys;          /* (owned) */
  MillAlertLimits *alerts; /* (owned) */
  char **commands;         /* (owned) */
};

/* A group being read: what it says is handed to these objects, the first that has a property of the key's
 * name. */
typedef struct
{
  MillJob *job;              /* (unowned) */
  const char *group;         /* (unowned) */
  const char *const *extras; /* (unowned) keys that are not properties */
  GObject *objects[3];       /* (unowned) (nullable) */
  gboolean
      any_property; /* not only those marked as knobs or configuration: the demo site knows of no pipeline */
} GroupReader;

typedef GType (*FindFunc) (const char *name);
typedef char *(*ListFunc) (void);

G_DEFINE_FINAL_TYPE (MillJob, mill_job, G_TYPE_OBJECT)

static gboolean fail (MillJob *self, const char *group, const char *key, GError **error, const char *format,
                      ...) G_GNUC_PRINTF (5, 6);

static gboolean
fail (MillJob *self, const char *group, const char *key, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (key != NULL)
    g_set_error (error, MILL_ERROR, MILL_ERROR_JOB, "%s: [%s] %s: %s", self->file_name, group, key, message);
  else if (group != NULL)
    g_set_error (error, MILL_ERROR, MILL_ERROR_JOB, "%s: [%s]: %s", self->file_name, group, message);
  else
    g_set_error (error, MILL_ERROR, MILL_ERROR_JOB, "%s: %s", self->file_name, message);
  return FALSE;
}

/* Names file, group and key in an error that came from elsewhere. */
static gboolean
fail_with (MillJob *self, const char *group, const char *key, GError *cause, GError **error)
{
  fail (self, group, key, error, "%s", cause->message);
  g_error_free (cause);
  return FALSE;
}

/* (transfer full) (nullable): the value of @key; NULL with an error when it is missing or is not text. */
static char *
get_required (MillJob *self, const char *group, const char *key, GError **error)
{
  GError *cause = NULL;
  char *value = NULL;

  if (!g_key_file_has_group (self->keys, group))
    fail (self, group, NULL, error, _ ("the group is missing"));
  else if (!g_key_file_has_key (self->keys, group, key, NULL))
    fail (self, group, key, error, _ ("the key is missing"));
  else
    value = mill_key_file_dup_string (self->keys, group, key, &cause);
  if (cause != NULL)
    fail_with (self, group, key, cause, error);
  return value;
}

/* The value of @key in the user's language, or else the untranslated one; it may be missing. */
static gboolean
read_translated (MillJob *self, const char *group, const char *key, char **out, GError **error)
{
  g_autoptr (GError) cause = NULL;

  *out = mill_key_file_dup_translated (self->keys, group, key, &cause);
  if (*out != NULL || cause->code == G_KEY_FILE_ERROR_KEY_NOT_FOUND ||
      cause->code == G_KEY_FILE_ERROR_GROUP_NOT_FOUND)
    return TRUE;
  return fail_with (self, group, key, g_steal_pointer (&cause), error);
}

static gboolean
is_settable (const GroupReader *reader, GParamSpec *pspec)
{
  if (reader->any_property)
    return (pspec->flags & G_PARAM_WRITABLE) != 0;
  return (pspec->flags & (MILL_PARAM_KNOB | MILL_PARAM_CONFIG)) != 0;
}

static GParamSpec *
find_property (const GroupReader *reader, const char *key, GObject **object)
{
  for (guint i = 0; i < G_N_ELEMENTS (reader->objects) && reader->objects[i] != NULL; i++)
    {
      GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (reader->objects[i]), key);

      if (pspec != NULL && is_settable (reader, pspec))
        {
          *object = reader->objects[i];
          return pspec;
        }
    }
  return NULL;
}

static char *
list_known_keys (const GroupReader *reader)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; reader->extras[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) reader->extras[i]);
  for (guint i = 0; i < G_N_ELEMENTS (reader->objects) && reader->objects[i] != NULL; i++)
    {
      guint n = 0;
      g_autofree GParamSpec **pspecs =
          g_object_class_list_properties (G_OBJECT_GET_CLASS (reader->objects[i]), &n);

      for (guint j = 0; j < n; j++)
        if (is_settable (reader, pspecs[j]))
          g_ptr_array_add (names, (gpointer) pspecs[j]->name);
    }
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

static gboolean
apply_key (const GroupReader *reader, const char *key, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *text = NULL;
  GObject *object = NULL;
  GParamSpec *pspec = find_property (reader, key, &object);
  GError *cause = NULL;

  if (pspec == NULL)
    {
      g_autofree char *known = list_known_keys (reader);

      return fail (reader->job, reader->group, key, error, _ ("unknown key; the keys here are %s"), known);
    }
  text = get_required (reader->job, reader->group, key, error);
  if (text == NULL)
    return FALSE;
  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
  if (!mill_pspec_parse (pspec, text, &value, &cause))
    return fail_with (reader->job, reader->group, key, cause, error);
  g_object_set_property (object, pspec->name, &value);
  return TRUE;
}

static gboolean
read_group (const GroupReader *reader, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (reader->job->keys, reader->group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      if (g_strv_contains (reader->extras, keys[i]))
        continue;
      if (!apply_key (reader, keys[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_kind (MillJob *self, const char *group, MillKind *kind, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_key_file_has_key (self->keys, group, "kind", NULL))
    return TRUE;
  text = get_required (self, group, "kind", error);
  if (text == NULL)
    return FALSE;
  if (g_str_equal (text, "threads"))
    *kind = MILL_KIND_THREADS;
  else if (g_str_equal (text, "async"))
    *kind = MILL_KIND_ASYNC;
  else
    return fail (self, group, "kind", error, _ ("“%s” is not one of threads, async"), text);
  return TRUE;
}

/* (transfer full) (nullable): an object of the type that @key names. */
static gpointer
create (MillJob *self, const char *group, const char *key, FindFunc find, ListFunc list, GError **error)
{
  g_autofree char *type_name = get_required (self, group, key, error);
  g_autofree char *known = NULL;
  GType type;

  if (type_name == NULL)
    return NULL;
  type = find (type_name);
  if (type != G_TYPE_INVALID)
    return g_object_new (type, NULL);
  known = list ();
  fail (self, group, key, error, _ ("“%s” is not one of %s"), type_name, known);
  return NULL;
}

static gboolean
build_source (MillJob *self, MillPipeline *pipeline, GError **error)
{
  static const char *const extras[] = { "type", "kind", NULL };
  g_autoptr (MillSource) source =
      create (self, "Source", "type", mill_registry_find_source, mill_registry_list_sources, error);
  g_autofree char *type_name = mill_key_file_dup_string (self->keys, "Source", "type", NULL);
  GroupReader reader = { self, "Source", extras, { NULL }, FALSE };
  MillKind kind = MILL_KIND_THREADS;

  if (source == NULL)
    return FALSE;
  reader.objects[0] = G_OBJECT (source);
  if (!read_kind (self, "Source", &kind, error) || !read_group (&reader, error))
    return FALSE;
  mill_pipeline_set_source (pipeline, type_name, source, kind);
  return TRUE;
}

static gboolean
check_stage_name (MillJob *self, MillPipeline *pipeline, const char *group, GError **error)
{
  const char *name = group + strlen (STAGE_PREFIX);

  if (*name == '\0' || strpbrk (name, ".=: \t") != NULL || g_str_equal (name, "source"))
    return fail (self, group, NULL, error,
                 _ ("“%s” cannot be a stage's name: it is used in knob paths such as work.maxsize"), name);
  for (guint i = 0; i < mill_pipeline_get_n_stages (pipeline); i++)
    if (g_str_equal (mill_stage_get_name (mill_pipeline_get_stage (pipeline, i)), name))
      return fail (self, group, NULL, error, _ ("there are two stages of this name"));
  return TRUE;
}

static gboolean
check_step (MillJob *self, const char *group, MillStep *step, GError **error)
{
  const char *key = NULL;
  GError *cause = NULL;

  return mill_step_check (step, &key, &cause) || fail_with (self, group, key, cause, error);
}

static gboolean
build_stage (MillJob *self, MillPipeline *pipeline, const char *group, GError **error)
{
  static const char *const extras[] = { "kind", "step", NULL };
  g_autoptr (MillStep) step = NULL;
  g_autoptr (MillStage) stage = NULL;
  GroupReader reader = { self, group, extras, { NULL }, FALSE };
  MillKind kind = MILL_KIND_THREADS;

  if (!check_stage_name (self, pipeline, group, error) || !read_kind (self, group, &kind, error))
    return FALSE;
  step = create (self, group, "step", mill_registry_find_step, mill_registry_list_steps, error);
  if (step == NULL)
    return FALSE;
  stage = mill_stage_new (group + strlen (STAGE_PREFIX), kind, step);
  reader.objects[0] = G_OBJECT (stage);
  reader.objects[1] = G_OBJECT (step);
  reader.objects[2] = G_OBJECT (mill_stage_get_fault (stage));
  if (!read_group (&reader, error) || !check_step (self, group, step, error))
    return FALSE;
  mill_pipeline_add_stage (pipeline, stage);
  return TRUE;
}

static gboolean
build_sink (MillJob *self, MillPipeline *pipeline, GError **error)
{
  static const char *const extras[] = { "type", NULL };
  g_autoptr (MillSink) sink = NULL;
  GroupReader reader = { self, "Sink", extras, { NULL }, FALSE };

  if (!g_key_file_has_group (self->keys, "Sink"))
    return TRUE;
  sink = create (self, "Sink", "type", mill_registry_find_sink, mill_registry_list_sinks, error);
  if (sink == NULL)
    return FALSE;
  reader.objects[0] = G_OBJECT (sink);
  if (!read_group (&reader, error))
    return FALSE;
  mill_pipeline_set_sink (pipeline, sink);
  return TRUE;
}

static gboolean
build_demo_site (MillJob *self, MillPipeline *pipeline, GError **error)
{
  static const char *const extras[] = { NULL };
  g_autoptr (MillDemoSite) site = NULL;
  GroupReader reader = { self, "Demo", extras, { NULL }, FALSE };

  if (!g_key_file_has_group (self->keys, "Demo"))
    return TRUE;
  site = g_object_new (MILL_TYPE_DEMO_SITE, NULL);
  reader.objects[0] = G_OBJECT (site);
  reader.any_property = TRUE;
  if (!read_group (&reader, error))
    return FALSE;
  mill_pipeline_set_demo_site (pipeline, site);
  return TRUE;
}

static gboolean
check_job_group (MillJob *self, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (self->keys, "Job", NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      gsize length = strcspn (keys[i], "[");

      if (strncmp (keys[i], "name", MAX (length, 4)) != 0 &&
          strncmp (keys[i], "description", MAX (length, 11)) != 0)
        return fail (self, "Job", keys[i], error, _ ("unknown key; the keys here are %s"),
                     "name, description");
    }
  return TRUE;
}

static gboolean
build_stages (MillJob *self, MillPipeline *pipeline, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (self->keys, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      static const char *const others[] = { "Job", "Demo", "Source", "Sink", "Alerts", NULL };

      if (g_str_has_prefix (groups[i], STAGE_PREFIX))
        {
          if (!build_stage (self, pipeline, groups[i], error))
            return FALSE;
        }
      else if (!g_strv_contains (others, groups[i]))
        return fail (self, groups[i], NULL, error, _ ("unknown group; the groups are %s"),
                     "Job, Demo, Source, Stage NAME, Sink, Alerts, Pitfall");
    }
  if (mill_pipeline_get_n_stages (pipeline) == 0)
    return fail (self, NULL, NULL, error, _ ("there is no [Stage NAME] group"));
  return TRUE;
}

static void
mill_job_finalize (GObject *object)
{
  MillJob *self = MILL_JOB (object);

  g_free (self->file_name);
  g_free (self->name);
  g_free (self->description);
  g_key_file_unref (self->keys);
  mill_alert_limits_free (self->alerts);
  g_strfreev (self->commands);
  G_OBJECT_CLASS (mill_job_parent_class)->finalize (object);
}

static void
mill_job_class_init (MillJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_job_finalize;
}

static void
mill_job_init (MillJob *self)
{
  self->keys = g_key_file_new ();
  self->alerts = mill_alert_limits_new ();
}

/* A job with a pitfall has nothing else. */
static gboolean
check_pitfall_groups (MillJob *self, GError **error)
{
  static const char *const known[] = { "Job", PITFALL_GROUP, NULL };
  g_auto (GStrv) groups = g_key_file_get_groups (self->keys, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (!g_strv_contains (known, groups[i]))
      return fail (self, groups[i], NULL, error, _ ("unknown group; the groups are %s"), "Job, Pitfall");
  return TRUE;
}

static gboolean
has_stage (MillPipeline *pipeline, const char *name)
{
  for (guint i = 0; i < mill_pipeline_get_n_stages (pipeline); i++)
    if (g_str_equal (mill_stage_get_name (mill_pipeline_get_stage (pipeline, i)), name))
      return TRUE;
  return FALSE;
}

static gboolean
read_alerts (MillJob *self, MillPipeline *pipeline, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (self->keys, "Alerts", NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *text = get_required (self, "Alerts", keys[i], error);
      GError *cause = NULL;

      if (text == NULL)
        return FALSE;
      if (!mill_alert_limits_set (self->alerts, keys[i], text, &cause))
        return fail_with (self, "Alerts", keys[i], cause, error);
    }
  if (self->alerts->queue_stage != NULL && !has_stage (pipeline, self->alerts->queue_stage))
    return fail (self, "Alerts", "queue-stage", error, _ ("there is no stage “%s”"),
                 self->alerts->queue_stage);
  return TRUE;
}

/* (transfer full): @text, in which nothing hides: what does not print, such as a line's end or what turns the
 * direction of writing, is shown by its number. */
static char *
make_visible (const char *text)
{
  GString *visible = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (g_unichar_isprint (c) && !g_unichar_iszerowidth (c))
        g_string_append_unichar (visible, c);
      else
        g_string_append_printf (visible, "<U+%04X>", c);
    }
  return g_string_free (visible, FALSE);
}

static char **
list_commands (MillPipeline *pipeline)
{
  GPtrArray *commands = g_ptr_array_new ();

  for (guint i = 0; i < mill_pipeline_get_n_stages (pipeline); i++)
    {
      MillStep *step = mill_stage_get_step (mill_pipeline_get_stage (pipeline, i));
      g_autofree char *command = mill_step_dup_command (step);

      if (command != NULL)
        g_ptr_array_add (commands, make_visible (command));
    }
  g_ptr_array_add (commands, NULL);
  return (char **) g_ptr_array_free (commands, FALSE);
}

static gboolean
load (MillJob *self, GBytes *bytes, GError **error)
{
  g_autoptr (MillPipeline) pipeline = NULL;
  GError *cause = NULL;

  if (g_bytes_get_size (bytes) > MAX_FILE_SIZE)
    return fail (self, NULL, NULL, error, _ ("larger than 1 MiB, so not a job file"));
  if (!g_utf8_validate (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL))
    return fail (self, NULL, NULL, error, _ ("not UTF-8 text, so not a job file"));
  if (!g_key_file_load_from_bytes (self->keys, bytes, G_KEY_FILE_KEEP_TRANSLATIONS, &cause))
    return fail_with (self, NULL, NULL, cause, error);
  g_free (get_required (self, "Job", "name", &cause));
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  if (!read_translated (self, "Job", "name", &self->name, error) ||
      !read_translated (self, "Job", "description", &self->description, error))
    return FALSE;
  if (mill_job_is_pitfall (self))
    {
      g_autoptr (MillPitfall) pitfall = mill_job_build_pitfall (self, error);

      return pitfall != NULL;
    }
  pipeline = mill_job_build (self, error);
  if (pipeline == NULL)
    return FALSE;
  self->commands = list_commands (pipeline);
  return read_alerts (self, pipeline, error);
}

/**
 * mill_job_new_from_bytes:
 * @bytes: the text of a job file
 * @display_name: what to call it in messages
 *
 * Reads a job and checks all of it.
 *
 * Returns: (transfer full) (nullable): the job; %NULL with %MILL_ERROR_JOB
 */
MillJob *
mill_job_new_from_bytes (GBytes *bytes, const char *display_name, GError **error)
{
  g_autoptr (MillJob) self = g_object_new (MILL_TYPE_JOB, NULL);

  self->file_name = g_strdup (display_name);
  return load (self, bytes, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * mill_job_new_from_file:
 * @file: a job file
 *
 * Reads a job and checks all of it; blocks for the reading.
 *
 * Returns: (transfer full) (nullable): the job; %NULL with %MILL_ERROR_JOB or the error of reading
 */
MillJob *
mill_job_new_from_file (GFile *file, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  /* A byte more than may be, and not the whole film that somebody dropped. */
  g_autofree char *data = g_malloc (MAX_FILE_SIZE + 1);
  g_autofree char *name = g_file_get_parse_name (file);
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;

  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), data, MAX_FILE_SIZE + 1, &size, NULL, error))
    return NULL;
  bytes = g_bytes_new (data, size);
  return mill_job_new_from_bytes (bytes, name, error);
}

/**
 * mill_job_get_name:
 *
 * The job's title.
 *
 * Returns: (transfer none): the name, for people
 */
const char *
mill_job_get_name (MillJob *self)
{
  g_return_val_if_fail (MILL_IS_JOB (self), NULL);
  return self->name;
}

/**
 * mill_job_get_description:
 *
 * What the job is for.
 *
 * Returns: (transfer none) (nullable): what the job shows, for people
 */
const char *
mill_job_get_description (MillJob *self)
{
  g_return_val_if_fail (MILL_IS_JOB (self), NULL);
  return self->description;
}

/**
 * mill_job_get_commands:
 *
 * What programs the job runs. A job may come from anywhere: who starts one that runs programs must have seen
 * these and agreed.
 *
 * Returns: (transfer none) (array zero-terminated=1): the command lines, in the order of the stages; mostly
 * none
 */
const char *const *
mill_job_get_commands (MillJob *self)
{
  g_return_val_if_fail (MILL_IS_JOB (self), NULL);
  return (const char *const *) self->commands;
}

/**
 * mill_job_get_alert_limits:
 *
 * What the job wants to be told of.
 *
 * Returns: (transfer none): the limits, perhaps none
 */
const MillAlertLimits *
mill_job_get_alert_limits (MillJob *self)
{
  g_return_val_if_fail (MILL_IS_JOB (self), NULL);
  return self->alerts;
}

/**
 * mill_job_to_text:
 *
 * What mill_job_new_from_bytes() reads.
 *
 * Returns: (transfer full): the job as the text of a job file
 */
char *
mill_job_to_text (MillJob *self)
{
  g_return_val_if_fail (MILL_IS_JOB (self), NULL);
  return g_key_file_to_data (self->keys, NULL, NULL);
}

/**
 * mill_job_build:
 *
 * Builds the pipeline. A pipeline runs once; build another one to run the job again. Only of a job that
 * mill_job_is_pitfall() says is none; the other has mill_job_build_pitfall().
 *
 * Returns: (transfer full) (nullable): the pipeline, idle
 */
MillPipeline *
mill_job_build (MillJob *self, GError **error)
{
  g_autoptr (MillPipeline) pipeline = NULL;

  g_return_val_if_fail (MILL_IS_JOB (self), NULL);

  pipeline = mill_pipeline_new (self->name);
  if (!check_job_group (self, error) || !build_demo_site (self, pipeline, error) ||
      !build_source (self, pipeline, error) || !build_stages (self, pipeline, error) ||
      !build_sink (self, pipeline, error))
    return NULL;
  return g_steal_pointer (&pipeline);
}

/**
 * mill_job_is_pitfall:
 *
 * What the job describes.
 *
 * Returns: whether a pitfall; otherwise a pipeline
 */
gboolean
mill_job_is_pitfall (MillJob *self)
{
  g_return_val_if_fail (MILL_IS_JOB (self), FALSE);
  return g_key_file_has_group (self->keys, PITFALL_GROUP);
}

/**
 * mill_job_build_pitfall:
 *
 * Builds the pitfall, with the parameters that the job sets.
 *
 * Returns: (transfer full) (nullable): the pitfall; %NULL with %MILL_ERROR_JOB, also when the job has none
 */
MillPitfall *
mill_job_build_pitfall (MillJob *self, GError **error)
{
  static const char *const extras[] = { "name", NULL };
  g_autoptr (MillPitfall) pitfall = NULL;
  GroupReader reader = { self, PITFALL_GROUP, extras, { NULL }, FALSE };

  g_return_val_if_fail (MILL_IS_JOB (self), NULL);

  if (!check_job_group (self, error) || !check_pitfall_groups (self, error))
    return NULL;
  pitfall = create (self, PITFALL_GROUP, "name", mill_pitfall_find_type, mill_pitfall_list_names, error);
  if (pitfall == NULL)
    return NULL;
  reader.objects[0] = G_OBJECT (pitfall);
  return read_group (&reader, error) ? g_steal_pointer (&pitfall) : NULL;
}
