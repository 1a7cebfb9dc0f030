/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference of job files: the properties of the parts in the registry, and the few keys that are none. */

#include "config.h"

#include "mill-reference.h"

#include <glib/gi18n.h>

#include "demo/mill-demo-site.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-registry.h"
#include "pipeline/mill-stage.h"
#include "steps/mill-simulate-step.h"

typedef GType (*FindFunc) (const char *name);

/* A key that is no property. */
typedef struct
{
  const char *name;
  const char *value;
  const char *help;
} PlainKey;

/* Of a part that is not among them nothing is said but its keys. */
static const struct
{
  const char *name;
  const char *summary;
} summaries[] = {
  { "command", N_ ("Runs a command for each item, without a shell") },
  { "count", N_ ("Numbered items, or counting what is done") },
  { "crawl", N_ ("The pages of web sites, by the rules of politeness") },
  { "csv", N_ ("Writes records into a CSV file") },
  { "fetch", N_ ("Fetches an item’s address") },
  { "fields", N_ ("Chooses, renames and converts a record’s fields") },
  { "hash", N_ ("Hashes an item: work for a processor") },
  { "http", N_ ("Lines that are posted over HTTP") },
  { "jsonl", N_ ("Writes records as JSON Lines") },
  { "lines", N_ ("The lines of a file") },
  { "links", N_ ("Finds the links of a page, for the source crawl") },
  { "parse-json", N_ ("Parses a line of JSON into a record") },
  { "parse-regex", N_ ("Parses a line into a record by a regular expression") },
  { "postgres", N_ ("Writes records into a PostgreSQL table") },
  { "save", N_ ("Saves what was fetched into a folder") },
  { "simulate", N_ ("Work that takes a random time and sometimes fails") },
  { "sqlite", N_ ("Writes records into a table of an SQLite file") },
  { "tcp", N_ ("Lines that come over TCP") },
  { "timer", N_ ("Numbered items, so many a second") },
  { "timestamp", N_ ("Adds the time to a record") },
  { "urls", N_ ("Addresses, one after the other") },
};

static const PlainKey job_keys[] = {
  { "name", N_ ("text, required"), N_ ("The job’s title; name[zh_CN] is the one in Chinese") },
  { "description", N_ ("text"), N_ ("What it shows, in a sentence or two; can be translated as well") },
};

static const PlainKey source_keys[] = {
  { "type", N_ ("a source, required"), N_ ("Where the items come from") },
  { "kind", N_ ("threads or async; threads unless set"), N_ ("Whether a thread or a task reads them") },
};

static const PlainKey stage_keys[] = {
  { "step", N_ ("a step, required"), N_ ("What happens to each item") },
  { "kind", N_ ("threads or async; threads unless set"), N_ ("Whether threads or tasks do it") },
};

static const PlainKey sink_keys[] = {
  { "type", N_ ("a sink, required"), N_ ("What becomes of the items that went through all stages") },
};

static const PlainKey alert_keys[] = {
  { "queue", N_ ("a percentage, such as 90%"),
    N_ ("Tells when a queue is fuller than this share of its max size") },
  { "queue-stage", N_ ("a stage’s name"), N_ ("Only the queue of this stage") },
  { "queue-for", N_ ("a time, such as 10 s"), N_ ("Only after it has been so for this time") },
  { "dead-letters", N_ ("a whole number"), N_ ("Tells when there are more dead letters than this") },
  { "p99", N_ ("a time, such as 2 s"),
    N_ ("Tells when 99 of a hundred items no longer come through within it") },
  { "no-progress", N_ ("a time, such as 30 s"), N_ ("Tells when no item has moved on for this time") },
};

static void
key_free (gpointer data)
{
  MillReferenceKey *key = data;

  g_free (key->name);
  g_free (key->value);
  g_free (key->help);
  g_free (key);
}

static void
section_free (gpointer data)
{
  MillReferenceSection *section = data;

  g_free (section->name);
  g_free (section->heading);
  g_ptr_array_unref (section->keys);
  g_free (section);
}

static MillReferenceSection *
add_section (GPtrArray *sections, const char *name, char *heading, const char *summary)
{
  MillReferenceSection *section = g_new0 (MillReferenceSection, 1);

  section->name = g_strdup (name);
  section->heading = heading;
  section->summary = summary != NULL ? _ (summary) : NULL;
  section->keys = g_ptr_array_new_with_free_func (key_free);
  g_ptr_array_add (sections, section);
  return section;
}

static void
add_plain_keys (MillReferenceSection *section, const PlainKey *keys, gsize n_keys)
{
  for (gsize i = 0; i < n_keys; i++)
    {
      MillReferenceKey *key = g_new0 (MillReferenceKey, 1);

      key->name = g_strdup (keys[i].name);
      key->value = g_strdup (_ (keys[i].value));
      key->help = g_strdup (_ (keys[i].help));
      g_ptr_array_add (section->keys, key);
    }
}

static char *
list_choices (GParamSpec *pspec)
{
  const GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;
  GString *choices = g_string_new (NULL);

  for (guint i = 0; i < klass->n_values; i++)
    g_string_append_printf (choices, "%s%s", i > 0 ? ", " : "", klass->values[i].value_nick);
  return g_string_free (choices, FALSE);
}

static char *
describe_text (GObject *object, GParamSpec *pspec)
{
  g_autofree char *usual = NULL;

  g_object_get (object, pspec->name, &usual, NULL);
  if (usual == NULL || *usual == '\0')
    return g_strdup (_ ("text"));
  /* Translators: what a key is unless it is set */
  return g_strdup_printf (_ ("text; “%s” unless set"), usual);
}

/* "a number from 0 to 60,000 ms" */
static char *
describe_range (const MillKnob *knob)
{
  const char *unit = mill_knob_get_unit (knob);
  const char *space = *unit != '\0' && *unit != '/' && *unit != '%' ? " " : "";
  g_autofree char *least = g_strdup_printf ("%.10g", mill_knob_get_minimum (knob));
  g_autofree char *most = g_strdup_printf ("%.10g", mill_knob_get_maximum (knob));

  if (mill_knob_is_integer (knob))
    /* Translators: the least, the most, a space or nothing, a unit or nothing */
    return g_strdup_printf (_ ("a whole number from %s to %s%s%s"), least, most, space, unit);
  /* Translators: the least, the most, a space or nothing, a unit or nothing */
  return g_strdup_printf (_ ("a number from %s to %s%s%s"), least, most, space, unit);
}

static char *
describe_kind (GParamSpec *pspec, const MillKnob *knob)
{
  g_autofree char *choices = NULL;

  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    return g_strdup (_ ("true or false"));
  if (!G_IS_PARAM_SPEC_ENUM (pspec))
    return describe_range (knob);
  choices = list_choices (pspec);
  return g_strdup_printf (_ ("one of %s"), choices);
}

static char *
describe_value (GObject *object, GParamSpec *pspec)
{
  g_autoptr (MillKnob) knob = mill_knob_new (object, pspec, "");
  g_autofree char *kind = NULL;
  g_autofree char *usual = NULL;

  if (G_IS_PARAM_SPEC_STRING (pspec))
    return describe_text (object, pspec);
  kind = describe_kind (pspec, knob);
  usual = mill_knob_get_text (knob);
  if ((pspec->flags & MILL_PARAM_UNLIMITED) != 0)
    return g_strdup_printf (_ ("%s, 0 for no limit; %s unless set"), kind, usual);
  return g_strdup_printf (_ ("%s; %s unless set"), kind, usual);
}

static void
add_properties (MillReferenceSection *section, GObject *object, guint flags)
{
  guint n = 0;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++)
    if ((pspecs[i]->flags & flags) != 0)
      {
        MillReferenceKey *key = g_new0 (MillReferenceKey, 1);

        key->name = g_strdup (pspecs[i]->name);
        key->value = describe_value (object, pspecs[i]);
        key->help = g_strdup (g_param_spec_get_blurb (pspecs[i]));
        key->is_live = (pspecs[i]->flags & MILL_PARAM_KNOB) != 0;
        g_ptr_array_add (section->keys, key);
      }
}

static const char *
find_summary (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (summaries); i++)
    if (g_str_equal (summaries[i].name, name))
      return summaries[i].summary;
  return NULL;
}

/* @names: (transfer full): "fetch, links" */
static void
add_parts (GPtrArray *sections, char *names, FindFunc find, const char *group)
{
  g_auto (GStrv) each = g_strsplit (names, ", ", -1);

  g_free (names);
  for (char **name = each; *name != NULL; name++)
    {
      g_autoptr (GObject) part = g_object_new (find (*name), NULL);
      MillReferenceSection *section =
          add_section (sections, *name, g_strconcat (group, *name, NULL), find_summary (*name));

      add_properties (section, part, MILL_PARAM_KNOB | MILL_PARAM_CONFIG);
    }
}

static void
add_stage (GPtrArray *sections)
{
  g_autoptr (MillStep) step = mill_simulate_step_new ();
  g_autoptr (MillStage) stage = mill_stage_new ("stage", MILL_KIND_THREADS, step);
  MillReferenceSection *section = add_section (
      sections, "stage", g_strdup ("[Stage NAME]"),
      N_ ("One group for each stage, in the order of the flow. The keys of its step stand in it, "
          "too"));

  add_plain_keys (section, stage_keys, G_N_ELEMENTS (stage_keys));
  add_properties (section, G_OBJECT (stage), MILL_PARAM_KNOB | MILL_PARAM_CONFIG);
  add_properties (section, G_OBJECT (mill_stage_get_fault (stage)), MILL_PARAM_KNOB | MILL_PARAM_CONFIG);
}

/**
 * mill_reference_new:
 *
 * Returns: (transfer full) (element-type MillReferenceSection): all that may stand in a job file, in the
 *   order in which it does
 */
GPtrArray *
mill_reference_new (void)
{
  GPtrArray *sections = g_ptr_array_new_with_free_func (section_free);
  g_autoptr (GObject) site = g_object_new (MILL_TYPE_DEMO_SITE, NULL);
  MillReferenceSection *section =
      add_section (sections, "job", g_strdup ("[Job]"), N_ ("What the job is called. The first group"));

  add_plain_keys (section, job_keys, G_N_ELEMENTS (job_keys));
  section =
      add_section (sections, "demo", g_strdup ("[Demo]"),
                   N_ ("If it is there, the built-in demo site runs; its address is {demo} in other values"));
  add_properties (section, site, G_PARAM_WRITABLE);
  section = add_section (sections, "source", g_strdup ("[Source]"),
                         N_ ("Where the items come from. The keys of its type stand in it, too"));
  add_plain_keys (section, source_keys, G_N_ELEMENTS (source_keys));
  add_parts (sections, mill_registry_list_sources (), mill_registry_find_source, "[Source] type=");
  add_stage (sections);
  add_parts (sections, mill_registry_list_steps (), mill_registry_find_step, "[Stage NAME] step=");
  section =
      add_section (sections, "sink", g_strdup ("[Sink]"), N_ ("Where the items end; it may be missing"));
  add_plain_keys (section, sink_keys, G_N_ELEMENTS (sink_keys));
  add_parts (sections, mill_registry_list_sinks (), mill_registry_find_sink, "[Sink] type=");
  section = add_section (sections, "alerts", g_strdup ("[Alerts]"),
                         N_ ("Limits that are watched while the job runs; none has to be there"));
  add_plain_keys (section, alert_keys, G_N_ELEMENTS (alert_keys));
  return sections;
}
