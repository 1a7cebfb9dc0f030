/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCommandStep: words from a template, a process, and what its end means. Its settings do not change once
 * it is open, so the workers share them without a lock. */

#include "config.h"

#include "steps/mill-command-step.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/wait.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-knob.h"
#include "steps/mill-process-private.h"

#define DEFAULT_MAX_OUTPUT (1024 * 1024)
#define LONGEST_COMPLAINT  200 /* characters of it in a message */

struct _MillCommandStep
{
  MillStep parent_instance;

  char *command;  /* (owned) (nullable) as configured */
  char *retry_on; /* (owned) as configured */
  MillCommandInput input;
  MillCommandOutput output;
  guint64 max_output;

  char **words;  /* (owned) (nullable) the template; set by open */
  char *program; /* (owned) (nullable) its path; set by open */
};

typedef enum
{
  PROP_COMMAND = 1,
  PROP_INPUT,
  PROP_OUTPUT,
  PROP_MAX_OUTPUT,
  PROP_RETRY_ON,
} MillCommandStepProperty;

static GParamSpec *properties[PROP_RETRY_ON + 1];

G_DEFINE_FINAL_TYPE (MillCommandStep, mill_command_step, MILL_TYPE_STEP)

/* ---- the settings ---- */

static char **
split (const char *command, GError **error)
{
  char **words = NULL;
  g_autoptr (GError) cause = NULL;

  if (command == NULL || !g_shell_parse_argv (command, NULL, &words, &cause))
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("not a command line: %s"),
                   cause != NULL ? cause->message : _ ("it is empty"));
      return NULL;
    }
  if (strchr (words[0], '{') == NULL)
    return words;
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
               _ ("the program itself, “%s”, cannot come from an item"), words[0]);
  g_strfreev (words);
  return NULL;
}

/* Whether @text, a list such as "75, 111, signal", holds @status, or "signal" if that is -1; and whether it
 * is such a list at all. */
static gboolean
find_status (const char *text, gint status, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  gboolean found = FALSE;

  for (char **word = words; *word != NULL; word++)
    {
      gint64 number = -1;

      g_strstrip (*word);
      if (**word == '\0' && words[1] == NULL)
        return FALSE;
      if (!g_str_equal (*word, "signal") && !g_ascii_string_to_signed (*word, 10, 1, 255, &number, NULL))
        {
          g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID,
                       _ ("“%s” is neither an exit status from 1 to 255 nor “signal”"), *word);
          return FALSE;
        }
      found |= number == status;
    }
  return found;
}

static gboolean
mill_command_step_check (MillStep *step, const char **property, GError **error)
{
  MillCommandStep *self = MILL_COMMAND_STEP (step);
  g_auto (GStrv) words = NULL;
  GError *cause = NULL;

  *property = "command";
  words = split (self->command, error);
  if (words == NULL)
    return FALSE;
  *property = "retry-on";
  find_status (self->retry_on, 0, &cause);
  if (cause != NULL)
    g_propagate_error (error, cause);
  return cause == NULL;
}

static char *
mill_command_step_dup_command (MillStep *step)
{
  return g_strdup (MILL_COMMAND_STEP (step)->command);
}

static gboolean
mill_command_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillCommandStep *self = MILL_COMMAND_STEP (step);
  const char *property;

  if (!mill_command_step_check (step, &property, error))
    return FALSE;
  g_clear_pointer (&self->words, g_strfreev);
  g_clear_pointer (&self->program, g_free);
  self->words = split (self->command, error);
  self->program = g_find_program_in_path (self->words[0]);
  if (self->program != NULL)
    return TRUE;
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("there is no program “%s”"), self->words[0]);
  return FALSE;
}

/* ---- the words ---- */

/* Appends what @at stands for, if it begins a placeholder; returns how long that is, or 0. */
static gsize
append_placeholder (GString *out, const char *at, MillWork *work)
{
  static const char *const names[] = { "{}", "{payload}", "{key}", "{n}", "{attempt}" };
  MillItem *item = mill_work_get_item (work);
  GBytes *payload = mill_item_get_payload (item);
  const char *key = mill_item_get_key (item);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names) && !g_str_has_prefix (at, names[i]); i++)
    ;
  switch (i)
    {
    case 0:
    case 1:
      if (payload != NULL)
        g_string_append_len (out, g_bytes_get_data (payload, NULL), (gssize) g_bytes_get_size (payload));
      break;
    case 2:
      g_string_append (out, key != NULL ? key : "");
      break;
    case 3:
      g_string_append_printf (out, "%" G_GUINT64_FORMAT, mill_item_get_id (item));
      break;
    case 4:
      g_string_append_printf (out, "%u", mill_work_get_attempt (work));
      break;
    default:
      return 0;
    }
  return strlen (names[i]);
}

/* (transfer full) (nullable): @word with the item's values in it; NULL if it would hold a NUL. */
static char *
fill_word (const char *word, MillWork *work)
{
  GString *out = g_string_new (NULL);

  while (*word != '\0')
    {
      gsize plain = strcspn (word, "{"), placeholder;

      g_string_append_len (out, word, (gssize) plain);
      word += plain;
      placeholder = append_placeholder (out, word, work);
      if (placeholder == 0 && *word != '\0')
        g_string_append_c (out, *word++);
      word += placeholder;
    }
  if (strlen (out->str) == out->len)
    return g_string_free (out, FALSE);
  g_string_free (out, TRUE);
  return NULL;
}

static char **
fill_words (MillCommandStep *self, MillWork *work, GError **error)
{
  guint n = g_strv_length (self->words);
  g_auto (GStrv) filled = g_new0 (char *, n + 1);

  filled[0] = g_strdup (self->program);
  for (guint i = 1; i < n; i++)
    {
      filled[i] = fill_word (self->words[i], work);
      if (filled[i] != NULL)
        continue;
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("the payload holds the character NUL, which no argument can"));
      return NULL;
    }
  return g_steal_pointer (&filled);
}

/* ---- the end ---- */

/* (transfer full): the last line of what the program complained of, or nothing. */
static char *
get_last_line (GByteArray *complaint)
{
  const char *bytes = complaint->len > 0 ? (const char *) complaint->data : "";
  g_autofree char *text = g_utf8_make_valid (bytes, (gssize) complaint->len);
  const char *begin;

  g_strchomp (text);
  begin = strrchr (text, '\n');
  begin = begin != NULL ? begin + 1 : text;
  return g_utf8_substring (begin, 0, MIN (g_utf8_strlen (begin, -1), LONGEST_COMPLAINT));
}

static gboolean
fail_by_status (MillCommandStep *self, const MillProcessResult *result, GError **error)
{
  gboolean by_signal = WIFSIGNALED (result->status);
  gint number = by_signal ? WTERMSIG (result->status) : WEXITSTATUS (result->status);
  gboolean again = find_status (self->retry_on, by_signal ? -1 : number, NULL);
  MillError code = again ? MILL_ERROR_RETRYABLE : MILL_ERROR_FAILED;
  g_autofree char *line = get_last_line (result->complaint);
  const char *separator = *line != '\0' ? ": " : "";

  if (by_signal)
    g_set_error (error, MILL_ERROR, (gint) code, _ ("“%s” was killed by signal %d (%s)%s%s"), self->words[0],
                 number, strsignal (number), separator, line);
  else
    g_set_error (error, MILL_ERROR, (gint) code, _ ("“%s” ended with status %d%s%s"), self->words[0], number,
                 separator, line);
  return FALSE;
}

static gboolean
judge (MillCommandStep *self, const MillProcessResult *result, GCancellable *cancellable, GError **error)
{
  if (result->cancelled)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  if (result->flooded)
    {
      g_autofree char *limit = g_strdup_printf ("%" G_GUINT64_FORMAT, self->max_output);

      g_set_error (error, MILL_ERROR, MILL_ERROR_TOO_LARGE, _ ("“%s” wrote more than %s bytes"),
                   self->words[0], limit);
      return FALSE;
    }
  if (WIFEXITED (result->status) && WEXITSTATUS (result->status) == 0)
    return TRUE;
  return fail_by_status (self, result, error);
}

static gboolean
mill_command_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillCommandStep *self = MILL_COMMAND_STEP (step);
  MillItem *item = mill_work_get_item (work);
  g_auto (GStrv) words = fill_words (self, work, error);
  g_auto (MillProcessResult) result = { 0 };
  const MillProcessPlan plan = {
    .argv = (const char *const *) words,
    .input = self->input == MILL_COMMAND_INPUT_PAYLOAD ? mill_item_get_payload (item) : NULL,
    .keep_output = self->output == MILL_COMMAND_OUTPUT_KEEP,
    .max_output = self->max_output,
  };

  if (words == NULL || !mill_process_run (&plan, cancellable, &result, error) ||
      !judge (self, &result, cancellable, error))
    return FALSE;
  if (result.output != NULL)
    {
      g_autoptr (GBytes) payload = g_byte_array_free_to_bytes (g_steal_pointer (&result.output));

      mill_item_set_payload (item, payload);
    }
  return TRUE;
}

/* ---- the object ---- */

static void
mill_command_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillCommandStep *self = MILL_COMMAND_STEP (object);

  switch ((MillCommandStepProperty) prop_id)
    {
    case PROP_COMMAND:
      g_value_set_string (value, self->command);
      break;
    case PROP_INPUT:
      g_value_set_enum (value, (gint) self->input);
      break;
    case PROP_OUTPUT:
      g_value_set_enum (value, (gint) self->output);
      break;
    case PROP_MAX_OUTPUT:
      g_value_set_uint64 (value, self->max_output);
      break;
    case PROP_RETRY_ON:
      g_value_set_string (value, self->retry_on);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_command_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillCommandStep *self = MILL_COMMAND_STEP (object);
  gboolean changed = FALSE;

  switch ((MillCommandStepProperty) prop_id)
    {
    case PROP_COMMAND:
      changed = mill_property_take_string (&self->command, value);
      break;
    case PROP_INPUT:
      changed = self->input != (MillCommandInput) g_value_get_enum (value);
      self->input = (MillCommandInput) g_value_get_enum (value);
      break;
    case PROP_OUTPUT:
      changed = self->output != (MillCommandOutput) g_value_get_enum (value);
      self->output = (MillCommandOutput) g_value_get_enum (value);
      break;
    case PROP_MAX_OUTPUT:
      changed = mill_property_take_uint64 (&self->max_output, value);
      break;
    case PROP_RETRY_ON:
      changed = mill_property_take_string_or (&self->retry_on, value, "");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_command_step_finalize (GObject *object)
{
  MillCommandStep *self = MILL_COMMAND_STEP (object);

  g_free (self->command);
  g_free (self->retry_on);
  g_strfreev (self->words);
  g_free (self->program);
  G_OBJECT_CLASS (mill_command_step_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillCommandStep:command:
   *
   * The command line, with {payload}, {key}, {n} and {attempt} in it.
   */
  properties[PROP_COMMAND] = g_param_spec_string (
      "command", _ ("Command"),
      _ ("The command line, split into words as by a shell, but run without one. {payload} (or "
         "{}), {key}, {n} and {attempt} in the words after the first stand for the item’s"),
      NULL, MILL_CONFIG_FLAGS);
  /**
   * MillCommandStep:input:
   *
   * What the command reads.
   */
  properties[PROP_INPUT] = g_param_spec_enum (
      "input", _ ("Input"), _ ("What the command reads from its standard input: none or payload"),
      MILL_TYPE_COMMAND_INPUT, MILL_COMMAND_INPUT_NONE, MILL_CONFIG_FLAGS);
  /**
   * MillCommandStep:output:
   *
   * What becomes of what the command writes.
   */
  properties[PROP_OUTPUT] = g_param_spec_enum (
      "output", _ ("Output"),
      _ ("What becomes of the command’s standard output: keep, as the payload, or discard"),
      MILL_TYPE_COMMAND_OUTPUT, MILL_COMMAND_OUTPUT_KEEP, MILL_CONFIG_FLAGS);
  /**
   * MillCommandStep:max-output:
   *
   * How much the command may write.
   */
  properties[PROP_MAX_OUTPUT] = mill_knob_with_unit (
      g_param_spec_uint64 (
          "max-output", _ ("Output limit"),
          _ ("A command that writes more than this to its standard output or error is killed"), 0,
          1024 * 1024 * 1024, DEFAULT_MAX_OUTPUT, MILL_CONFIG_FLAGS),
      _ ("bytes"));
  /**
   * MillCommandStep:retry-on:
   *
   * After which ends another attempt may help.
   */
  properties[PROP_RETRY_ON] = g_param_spec_string ("retry-on", _ ("Retry on"),
                                                   _ ("Exit statuses after which the command is tried again, "
                                                      "and “signal” for being killed by one: 75, signal"),
                                                   "75", MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_command_step_class_init (MillCommandStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_command_step_get_property;
  object_class->set_property = mill_command_step_set_property;
  object_class->finalize = mill_command_step_finalize;
  step_class->check = mill_command_step_check;
  step_class->dup_command = mill_command_step_dup_command;
  step_class->open = mill_command_step_open;
  step_class->process = mill_command_step_process;
  install_properties (object_class);
}

static void
mill_command_step_init (MillCommandStep *self)
{
  self->retry_on = g_strdup ("75");
  self->max_output = DEFAULT_MAX_OUTPUT;
}

/**
 * mill_command_step_new:
 * @command: the command line
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_command_step_new (const char *command)
{
  return g_object_new (MILL_TYPE_COMMAND_STEP, "command", command, NULL);
}
