/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillParseRegexStep: GRegex does not say which groups it knows, so their names are looked for in the
 * pattern; what looks like one there and is none, GRegex does not know. */

#include "config.h"

#include "steps/mill-parse-regex-step.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "mill-enum-types.h"
#include "pipeline/mill-knob.h"
#include "steps/mill-cast-private.h"
#include "steps/mill-line-error-private.h"

/* GRegex has no other way to set it. PCRE2's own limit, ten times as much, is a second for a line. */
#define LIMIT "(*LIMIT_MATCH=1000000)"

#define QUOTED "(?:[^\"\\\\]++|\\\\.)*+"

/* A request that is none, as scanners send them, is all path. */
#define ACCESS_LOG                                                                                           \
  "^(?<host>\\S++) \\S++ (?<user>\\S++) \\[(?<time>[^\\]]++)\\] \"(?:(?<method>[A-Z]++) "                    \
  ")?(?<path>(?:[^\"\\\\]|"                                                                                  \
  "\\\\.)*?)(?: (?<protocol>HTTP/\\d(?:\\.\\d)?))?\" (?<status>\\d{3}) (?<bytes>\\d++|-)(?: "                \
  "\"(?<referer>" QUOTED ")\" \"(?<agent>" QUOTED ")\")?"
#define SYSLOG                                                                                               \
  "^(?<time>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT\\S++) (?<host>\\S++) "        \
  "(?<identifier>[^\\s\\[:]++)(?:\\[(?<pid>\\d++)\\])?: ?(?<message>.*+)$"

static const struct
{
  const char *pattern;
  const char *cast;
} presets[] = {
  [MILL_REGEX_PRESET_NGINX] = { ACCESS_LOG, "status:int,bytes:int" },
  [MILL_REGEX_PRESET_APACHE] = { ACCESS_LOG, "status:int,bytes:int" },
  [MILL_REGEX_PRESET_SYSLOG] = { SYSLOG, "pid:int" },
};

/* A named group. */
typedef struct
{
  char *name;       /* (owned) */
  const char *kind; /* (unowned) the Reader's casts have it, or static */
  gint number;
} Group;

/* What the settings come to. Immutable. */
typedef struct
{
  GRegex *regex;    /* (owned) (nullable) */
  GArray *groups;   /* (owned) of Group, in their order */
  GPtrArray *casts; /* (owned) (nullable) of MillNamePair */
  gboolean dash_is_null;
} Reader;

struct _MillParseRegexStep
{
  MillMapStep parent_instance;

  char *pattern; /* (owned) (nullable) as configured */
  char *cast;    /* (owned) (nullable) as configured */
  MillRegexPreset preset;

  Reader *reader; /* (owned) (nullable) set by open */
};

typedef enum
{
  PROP_PATTERN = 1,
  PROP_PRESET,
  PROP_CAST,
} MillParseRegexStepProperty;

static GParamSpec *properties[PROP_CAST + 1];

G_DEFINE_FINAL_TYPE (MillParseRegexStep, mill_parse_regex_step, MILL_TYPE_MAP_STEP)

static void
reader_free (Reader *self)
{
  g_clear_pointer (&self->regex, g_regex_unref);
  g_array_unref (self->groups);
  g_clear_pointer (&self->casts, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reader, reader_free)

static void
group_clear (gpointer data)
{
  g_free (((Group *) data)->name);
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  return ((const Group *) a)->number - ((const Group *) b)->number;
}

/* (transfer full) (nullable): the name that begins behind “(?” at @at, if it looks like a group's. */
static char *
get_name (const char *at)
{
  gsize length;

  if (*at == 'P')
    at++;
  if (*at != '<' && *at != '\'')
    return NULL;
  length = strspn (at + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");
  return length > 0 ? g_strndup (at + 1, length) : NULL;
}

static gboolean
has_group (const Reader *self, gint number)
{
  for (guint i = 0; i < self->groups->len; i++)
    if (g_array_index (self->groups, Group, i).number == number)
      return TRUE;
  return FALSE;
}

static void
find_groups (Reader *self, const char *pattern)
{
  for (const char *at = strstr (pattern, "(?"); at != NULL; at = strstr (at + 2, "(?"))
    {
      char *name = get_name (at + 2);
      gint number = name != NULL ? g_regex_get_string_number (self->regex, name) : -1;
      Group group = { name, "text", number };

      if (number < 0 || has_group (self, number))
        {
          g_free (name);
          continue;
        }
      for (guint i = 0; i < self->casts->len; i++)
        {
          const MillNamePair *pair = g_ptr_array_index (self->casts, i);

          if (g_str_equal (pair->name, name))
            group.kind = pair->other;
        }
      g_array_append_val (self->groups, group);
    }
  g_array_sort (self->groups, compare_groups);
}

static gboolean
compile (Reader *self, const char *pattern, GError **error)
{
  g_autofree char *limited = g_strconcat (LIMIT, pattern, NULL);
  g_autoptr (GError) cause = NULL;

  self->regex = g_regex_new (limited, G_REGEX_OPTIMIZE, (GRegexMatchFlags) 0, &cause);
  if (self->regex == NULL)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("not a regular expression: %s"), cause->message);
      return FALSE;
    }
  find_groups (self, pattern);
  if (self->groups->len > 0)
    return TRUE;
  g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                       _ ("it has no named group, such as (?<status>\\d+)"));
  return FALSE;
}

/* (transfer full) (nullable): @property is what is wrong. */
static Reader *
create_reader (MillParseRegexStep *self, const char **property, GError **error)
{
  g_autoptr (Reader) reader = g_new0 (Reader, 1);
  gboolean has_preset = self->preset != MILL_REGEX_PRESET_NONE;
  const char *pattern = has_preset ? presets[self->preset].pattern : self->pattern;
  const char *cast = has_preset && self->cast == NULL ? presets[self->preset].cast : self->cast;

  reader->groups = g_array_new (FALSE, FALSE, sizeof (Group));
  g_array_set_clear_func (reader->groups, group_clear);
  reader->dash_is_null = has_preset;
  *property = "cast";
  reader->casts = mill_casts_parse (cast, error);
  if (reader->casts == NULL)
    return NULL;
  *property = "pattern";
  if (pattern == NULL || has_preset == (self->pattern != NULL))
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("either a pattern or a preset is needed"));
      return NULL;
    }
  return compile (reader, pattern, error) ? g_steal_pointer (&reader) : NULL;
}

static gboolean
mill_parse_regex_step_check (MillStep *step, const char **property, GError **error)
{
  g_autoptr (Reader) reader = create_reader (MILL_PARSE_REGEX_STEP (step), property, error);

  return reader != NULL;
}

static gboolean
mill_parse_regex_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillParseRegexStep *self = MILL_PARSE_REGEX_STEP (step);
  const char *property;

  g_clear_pointer (&self->reader, reader_free);
  self->reader = create_reader (self, &property, error);
  return self->reader != NULL;
}

static gboolean
add_group (const Reader *self, const Group *group, MillItem *item, const char *text, GMatchInfo *match,
           MillRecord *record, GError **error)
{
  g_autofree char *problem = NULL;
  gint begin = -1, end = -1;

  if (!g_match_info_fetch_pos (match, group->number, &begin, &end) || begin < 0 ||
      (self->dash_is_null && end - begin == 1 && text[begin] == '-'))
    {
      mill_record_add_null (record, group->name);
      return TRUE;
    }
  if (mill_cast_text (record, group->name, text + begin, (gsize) (end - begin), group->kind))
    return TRUE;
  problem = g_strdup_printf (_ ("field “%s” is not of the kind %s"), group->name, group->kind);
  return mill_line_error_set (item, (gsize) begin, problem, error);
}

static MillRecord *
mill_parse_regex_step_map (MillMapStep *step, MillItem *item, GError **error)
{
  const Reader *self = MILL_PARSE_REGEX_STEP (step)->reader;
  GBytes *payload = mill_item_get_payload (item);
  gsize length = payload != NULL ? g_bytes_get_size (payload) : 0;
  const char *text = length > 0 ? g_bytes_get_data (payload, NULL) : "", *valid_end;
  g_autoptr (MillRecord) record = mill_record_new ();
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GError) cause = NULL;

  if (!g_utf8_validate_len (text, length, &valid_end))
    {
      mill_line_error_set (item, (gsize) (valid_end - text), _ ("this is no UTF-8"), error);
      return NULL;
    }
  if (!g_regex_match_full (self->regex, text, (gssize) length, 0, (GRegexMatchFlags) 0, &match, &cause))
    {
      mill_line_error_set (item, 0,
                           cause != NULL ? cause->message : _ ("the line does not match the pattern"), error);
      return NULL;
    }
  for (guint i = 0; i < self->groups->len; i++)
    if (!add_group (self, &g_array_index (self->groups, Group, i), item, text, match, record, error))
      return NULL;
  return g_steal_pointer (&record);
}

static void
mill_parse_regex_step_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillParseRegexStep *self = MILL_PARSE_REGEX_STEP (object);

  switch ((MillParseRegexStepProperty) prop_id)
    {
    case PROP_PATTERN:
      g_value_set_string (value, self->pattern);
      break;
    case PROP_PRESET:
      g_value_set_enum (value, (gint) self->preset);
      break;
    case PROP_CAST:
      g_value_set_string (value, self->cast);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_parse_regex_step_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillParseRegexStep *self = MILL_PARSE_REGEX_STEP (object);
  gboolean changed = FALSE;

  switch ((MillParseRegexStepProperty) prop_id)
    {
    case PROP_PATTERN:
      changed = mill_property_take_string (&self->pattern, value);
      break;
    case PROP_PRESET:
      changed = self->preset != (MillRegexPreset) g_value_get_enum (value);
      self->preset = (MillRegexPreset) g_value_get_enum (value);
      break;
    case PROP_CAST:
      changed = mill_property_take_string (&self->cast, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_parse_regex_step_finalize (GObject *object)
{
  MillParseRegexStep *self = MILL_PARSE_REGEX_STEP (object);

  g_free (self->pattern);
  g_free (self->cast);
  g_clear_pointer (&self->reader, reader_free);
  G_OBJECT_CLASS (mill_parse_regex_step_parent_class)->finalize (object);
}

static void
mill_parse_regex_step_class_init (MillParseRegexStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  object_class->get_property = mill_parse_regex_step_get_property;
  object_class->set_property = mill_parse_regex_step_set_property;
  object_class->finalize = mill_parse_regex_step_finalize;
  step_class->check = mill_parse_regex_step_check;
  step_class->open = mill_parse_regex_step_open;
  MILL_MAP_STEP_CLASS (klass)->map = mill_parse_regex_step_map;
  /**
   * MillParseRegexStep:pattern:
   *
   * The expression, with named groups.
   */
  properties[PROP_PATTERN] = g_param_spec_string (
      "pattern", _ ("Pattern"), _ ("A regular expression whose named groups, (?<name>…), become fields"),
      NULL, MILL_CONFIG_FLAGS);
  /**
   * MillParseRegexStep:preset:
   *
   * An expression that is ready.
   */
  properties[PROP_PRESET] =
      g_param_spec_enum ("preset", _ ("Preset"), _ ("In place of a pattern: nginx, apache or syslog"),
                         MILL_TYPE_REGEX_PRESET, MILL_REGEX_PRESET_NONE, MILL_CONFIG_FLAGS);
  /**
   * MillParseRegexStep:cast:
   *
   * Of what kinds fields are, such as "status:int, seconds:real"; %NULL as the preset has it.
   */
  properties[PROP_CAST] = g_param_spec_string (
      "cast", _ ("Cast"), _ ("Which fields are no text: status:int, seconds:real, cached:bool"), NULL,
      MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_parse_regex_step_init (MillParseRegexStep *self)
{
}

/**
 * mill_parse_regex_step_new:
 * @pattern: (nullable): the expression; %NULL to set a preset
 *
 * Creates the step.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_parse_regex_step_new (const char *pattern)
{
  return g_object_new (MILL_TYPE_PARSE_REGEX_STEP, "pattern", pattern, NULL);
}
