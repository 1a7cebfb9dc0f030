/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillKnob: a property seen as a live tunable, and the one parser of knob values. */

#include "config.h"

#include "pipeline/mill-knob-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"

struct _MillKnob
{
  gatomicrefcount refs;
  GObject *target;                /* (owned) */
  GParamSpec *pspec;              /* (owned) */
  char *owner;                    /* (owned) */
  char *path;                     /* (owned) */
  MillKnobChangedFunc changed;    /* (nullable) */
  gpointer changed_data;          /* (owned) (nullable) by changed_destroy */
  GDestroyNotify changed_destroy; /* (nullable) */
};

static G_DEFINE_QUARK (mill - knob - unit, unit);

G_DEFINE_BOXED_TYPE (MillKnob, mill_knob, mill_knob_ref, mill_knob_unref)

typedef struct
{
  double minimum;
  double maximum;
  double default_value;
  gboolean is_integer;
} Range;

static Range
get_range (GParamSpec *pspec)
{
  if (G_IS_PARAM_SPEC_INT (pspec))
    {
      GParamSpecInt *spec = G_PARAM_SPEC_INT (pspec);

      return (Range){ spec->minimum, spec->maximum, spec->default_value, TRUE };
    }
  if (G_IS_PARAM_SPEC_UINT (pspec))
    {
      GParamSpecUInt *spec = G_PARAM_SPEC_UINT (pspec);

      return (Range){ spec->minimum, spec->maximum, spec->default_value, TRUE };
    }
  if (G_IS_PARAM_SPEC_UINT64 (pspec))
    {
      GParamSpecUInt64 *spec = G_PARAM_SPEC_UINT64 (pspec);

      return (Range){ (double) spec->minimum, (double) spec->maximum, (double) spec->default_value, TRUE };
    }
  if (G_IS_PARAM_SPEC_DOUBLE (pspec))
    {
      GParamSpecDouble *spec = G_PARAM_SPEC_DOUBLE (pspec);

      return (Range){ spec->minimum, spec->maximum, spec->default_value, FALSE };
    }
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    return (Range){ 0, 1, G_PARAM_SPEC_BOOLEAN (pspec)->default_value, TRUE };
  if (G_IS_PARAM_SPEC_ENUM (pspec))
    {
      GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;

      return (Range){ klass->minimum, klass->maximum, G_PARAM_SPEC_ENUM (pspec)->default_value, TRUE };
    }
  return (Range){ 0, 0, 0, FALSE };
}

static gboolean
parse_integer (GParamSpec *pspec, const char *text, GValue *value, GError **error)
{
  Range range = get_range (pspec);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gint64 number;

  if (!g_ascii_string_to_signed (stripped, 10, G_MININT64, G_MAXINT64, &number, NULL) ||
      (double) number < range.minimum || (double) number > range.maximum)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not a whole number from %.0f to %.0f"),
                   text, range.minimum, range.maximum);
      return FALSE;
    }
  if (G_IS_PARAM_SPEC_INT (pspec))
    g_value_set_int (value, (gint) number);
  else if (G_IS_PARAM_SPEC_UINT (pspec))
    g_value_set_uint (value, (guint) number);
  else
    g_value_set_uint64 (value, (guint64) number);
  return TRUE;
}

static gboolean
parse_double (GParamSpec *pspec, const char *text, GValue *value, GError **error)
{
  Range range = get_range (pspec);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *end = NULL;
  double number = g_ascii_strtod (stripped, &end);

  if (end == stripped || *end != '\0' || !(number >= range.minimum && number <= range.maximum))
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not a number from %.10g to %.10g"),
                   text, range.minimum, range.maximum);
      return FALSE;
    }
  g_value_set_double (value, number);
  return TRUE;
}

static gboolean
parse_boolean (const char *text, GValue *value, GError **error)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };
  g_autofree char *stripped = g_strstrip (g_ascii_strdown (text, -1));

  if (!g_strv_contains (yes, stripped) && !g_strv_contains (no, stripped))
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not true or false"), text);
      return FALSE;
    }
  g_value_set_boolean (value, g_strv_contains (yes, stripped));
  return TRUE;
}

static gboolean
parse_enum (GParamSpec *pspec, const char *text, GValue *value, GError **error)
{
  GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  GEnumValue *choice = g_enum_get_value_by_nick (klass, stripped);
  g_autoptr (GString) wanted = NULL;

  if (choice != NULL)
    {
      g_value_set_enum (value, choice->value);
      return TRUE;
    }
  wanted = g_string_new (NULL);
  for (guint i = 0; i < klass->n_values; i++)
    g_string_append_printf (wanted, "%s%s", i > 0 ? ", " : "", klass->values[i].value_nick);
  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("“%s” is not one of %s"), text, wanted->str);
  return FALSE;
}

/**
 * mill_pspec_parse:
 * @pspec: a property of a number, boolean, enumeration or string
 * @text: what a person wrote
 * @value: initialised to the property's type
 *
 * Reads a value that a person wrote.
 *
 * Returns: whether @text was understood and in range; otherwise @error (%MILL_ERROR_INVALID) says what was
 * wanted
 */
gboolean
mill_pspec_parse (GParamSpec *pspec, const char *text, GValue *value, GError **error)
{
  g_return_val_if_fail (G_IS_PARAM_SPEC (pspec), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  if (G_IS_PARAM_SPEC_STRING (pspec))
    {
      g_value_set_string (value, text);
      return TRUE;
    }
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    return parse_boolean (text, value, error);
  if (G_IS_PARAM_SPEC_ENUM (pspec))
    return parse_enum (pspec, text, value, error);
  if (G_IS_PARAM_SPEC_DOUBLE (pspec))
    return parse_double (pspec, text, value, error);
  if (G_IS_PARAM_SPEC_INT (pspec) || G_IS_PARAM_SPEC_UINT (pspec) || G_IS_PARAM_SPEC_UINT64 (pspec))
    return parse_integer (pspec, text, value, error);
  g_return_val_if_reached (FALSE);
}

/**
 * mill_knob_with_unit:
 * @pspec: (transfer none): a property
 * @unit: (transfer none): a static, translatable unit
 *
 * Gives a property a unit; used in a class's init.
 *
 * Returns: (transfer none): @pspec
 */
GParamSpec *
mill_knob_with_unit (GParamSpec *pspec, const char *unit)
{
  g_param_spec_set_qdata (pspec, unit_quark (), (gpointer) unit);
  return pspec;
}

/**
 * mill_knob_new:
 * @target: the object whose property it is
 * @pspec: the property
 * @owner: the stage's name, or "source"
 *
 * Makes a knob of a property. [method@Pipeline.list_knobs] makes all of a pipeline's.
 *
 * Returns: (transfer full): the knob
 */
MillKnob *
mill_knob_new (GObject *target, GParamSpec *pspec, const char *owner)
{
  MillKnob *self = g_new0 (MillKnob, 1);

  g_atomic_ref_count_init (&self->refs);
  self->target = g_object_ref (target);
  self->pspec = g_param_spec_ref (pspec);
  self->owner = g_strdup (owner);
  self->path = g_strdup_printf ("%s.%s", owner, pspec->name);
  return self;
}

/* Private: @changed is called, in the changing thread, after each change made through the knob. */
void
mill_knob_set_changed_func (MillKnob *self, MillKnobChangedFunc changed, gpointer user_data,
                            GDestroyNotify destroy)
{
  self->changed = changed;
  self->changed_data = user_data;
  self->changed_destroy = destroy;
}

/**
 * mill_knob_ref:
 *
 * Takes one more reference. May be called from any thread.
 *
 * Returns: (transfer full): @self
 */
MillKnob *
mill_knob_ref (MillKnob *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mill_knob_unref:
 *
 * Drops a reference; the last one frees the knob. May be called from any thread.
 */
void
mill_knob_unref (MillKnob *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->changed_destroy != NULL)
    self->changed_destroy (self->changed_data);
  g_object_unref (self->target);
  g_param_spec_unref (self->pspec);
  g_free (self->owner);
  g_free (self->path);
  g_free (self);
}

/**
 * mill_knob_get_path:
 *
 * Where the knob is.
 *
 * Returns: "work.maxsize": stage and knob
 */
const char *
mill_knob_get_path (const MillKnob *self)
{
  return self->path;
}

/**
 * mill_knob_get_owner:
 *
 * Whose knob it is.
 *
 * Returns: the stage's name, such as "work", or "source"
 */
const char *
mill_knob_get_owner (const MillKnob *self)
{
  return self->owner;
}

/**
 * mill_knob_get_name:
 *
 * What the knob is called in job files.
 *
 * Returns: the property's name, such as "maxsize"
 */
const char *
mill_knob_get_name (const MillKnob *self)
{
  return self->pspec->name;
}

/**
 * mill_knob_get_label:
 *
 * What the knob is called in a window.
 *
 * Returns: its label, translated
 */
const char *
mill_knob_get_label (const MillKnob *self)
{
  return g_param_spec_get_nick (self->pspec);
}

/**
 * mill_knob_get_help:
 *
 * What the knob does.
 *
 * Returns: a sentence or two, translated
 */
const char *
mill_knob_get_help (const MillKnob *self)
{
  return g_param_spec_get_blurb (self->pspec);
}

/**
 * mill_knob_get_unit:
 *
 * In what the knob's number is measured.
 *
 * Returns: its unit, translated, such as "s" or "ms"; "" when it has none
 */
const char *
mill_knob_get_unit (const MillKnob *self)
{
  const char *unit = g_param_spec_get_qdata (self->pspec, unit_quark ());

  return unit != NULL ? _ (unit) : "";
}

/**
 * mill_knob_get_pspec:
 *
 * The property that the knob turns.
 *
 * Returns: (transfer none): its specification
 */
GParamSpec *
mill_knob_get_pspec (const MillKnob *self)
{
  return self->pspec;
}

/**
 * mill_knob_get_number:
 *
 * Where the knob stands, as a number: booleans are 0 and 1, enumerations their value.
 *
 * Returns: the value now, in the knob's unit
 */
double
mill_knob_get_number (const MillKnob *self)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) number = G_VALUE_INIT;

  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (self->pspec));
  g_value_init (&number, G_TYPE_DOUBLE);
  g_object_get_property (self->target, self->pspec->name, &value);
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    return g_value_get_boolean (&value);
  if (G_VALUE_HOLDS_ENUM (&value))
    return g_value_get_enum (&value);
  g_value_transform (&value, &number);
  return g_value_get_double (&number);
}

/**
 * mill_knob_get_minimum:
 *
 * How low the knob goes.
 *
 * Returns: the least number it takes
 */
double
mill_knob_get_minimum (const MillKnob *self)
{
  return get_range (self->pspec).minimum;
}

/**
 * mill_knob_get_maximum:
 *
 * How high the knob goes.
 *
 * Returns: the greatest number it takes
 */
double
mill_knob_get_maximum (const MillKnob *self)
{
  return get_range (self->pspec).maximum;
}

/**
 * mill_knob_get_default:
 *
 * Where the knob stands unless it is turned.
 *
 * Returns: its number then
 */
double
mill_knob_get_default (const MillKnob *self)
{
  return get_range (self->pspec).default_value;
}

/**
 * mill_knob_is_integer:
 *
 * What numbers the knob takes.
 *
 * Returns: whether they are whole
 */
gboolean
mill_knob_is_integer (const MillKnob *self)
{
  return get_range (self->pspec).is_integer;
}

/**
 * mill_knob_is_fault:
 *
 * What the knob is there for.
 *
 * Returns: whether it makes trouble on purpose, when it does not stand at its default
 */
gboolean
mill_knob_is_fault (const MillKnob *self)
{
  return (self->pspec->flags & MILL_PARAM_FAULT) != 0;
}

/* The text that mill_knob_set_text() understands, whatever the locale. */
static char *
number_to_text (const MillKnob *self, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (G_IS_PARAM_SPEC_BOOLEAN (self->pspec))
    return g_strdup (number > 0 ? "true" : "false");
  if (G_IS_PARAM_SPEC_ENUM (self->pspec))
    {
      const GEnumValue *value = g_enum_get_value (G_PARAM_SPEC_ENUM (self->pspec)->enum_class, (gint) number);

      return g_strdup (value != NULL ? value->value_nick : "");
    }
  return g_strdup (
      g_ascii_formatd (buffer, sizeof buffer, mill_knob_is_integer (self) ? "%.0f" : "%.10g", number));
}

/**
 * mill_knob_set_number:
 * @value: the new value, in the knob's unit
 *
 * Turns the knob; live, from any thread.
 *
 * Returns: %FALSE with %MILL_ERROR_INVALID when @value is out of range; nothing has changed then
 */
gboolean
mill_knob_set_number (MillKnob *self, double value, GError **error)
{
  g_autofree char *text = number_to_text (self, value);

  return mill_knob_set_text (self, text, error);
}

/**
 * mill_knob_get_text:
 *
 * Where the knob stands, as in job files and on the command line.
 *
 * Returns: (transfer full): the value now, as in a job file
 */
char *
mill_knob_get_text (const MillKnob *self)
{
  return number_to_text (self, mill_knob_get_number (self));
}

/**
 * mill_knob_set_text:
 * @text: the new value, as in a job file
 *
 * Turns the knob; live, from any thread.
 *
 * Returns: %FALSE with %MILL_ERROR_INVALID, naming the knob, when @text is not understood or out of range;
 * nothing has changed then
 */
gboolean
mill_knob_set_text (MillKnob *self, const char *text, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *before = mill_knob_get_text (self);
  g_autofree char *after = NULL;

  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (self->pspec));
  if (!mill_pspec_parse (self->pspec, text, &value, error))
    {
      g_prefix_error (error, "%s: ", self->path);
      return FALSE;
    }
  g_object_set_property (self->target, self->pspec->name, &value);
  after = mill_knob_get_text (self);
  if (self->changed != NULL && g_strcmp0 (before, after) != 0)
    self->changed (self, before, after, self->changed_data);
  return TRUE;
}
