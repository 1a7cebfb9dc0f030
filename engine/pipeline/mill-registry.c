/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names by which job files know the steps, sources and sinks: one table of each. */

#include "config.h"

#include "pipeline/mill-registry.h"

#include "sinks/mill-count-sink.h"
#include "sinks/mill-csv-step.h"
#include "sinks/mill-jsonl-step.h"
#include "sinks/mill-postgres-step.h"
#include "sinks/mill-sqlite-step.h"
#include "sources/mill-count-source.h"
#include "sources/mill-crawl-source.h"
#include "sources/mill-http-source.h"
#include "sources/mill-lines-source.h"
#include "sources/mill-tcp-source.h"
#include "sources/mill-timer-source.h"
#include "sources/mill-urls-source.h"
#include "steps/mill-command-step.h"
#include "steps/mill-fetch-step.h"
#include "steps/mill-fields-step.h"
#include "steps/mill-hash-step.h"
#include "steps/mill-links-step.h"
#include "steps/mill-parse-json-step.h"
#include "steps/mill-parse-regex-step.h"
#include "steps/mill-save-step.h"
#include "steps/mill-simulate-step.h"
#include "steps/mill-timestamp-step.h"

typedef struct
{
  const char *name;
  GType (*get_type) (void);
} Entry;

/* One a line, in order. */
/* clang-format off */
static const Entry steps[] = {
  { "command", mill_command_step_get_type },
  { "csv", mill_csv_step_get_type },
  { "fetch", mill_fetch_step_get_type },
  { "fields", mill_fields_step_get_type },
  { "hash", mill_hash_step_get_type },
  { "jsonl", mill_jsonl_step_get_type },
  { "links", mill_links_step_get_type },
  { "parse-json", mill_parse_json_step_get_type },
  { "parse-regex", mill_parse_regex_step_get_type },
  { "postgres", mill_postgres_step_get_type },
  { "save", mill_save_step_get_type },
  { "simulate", mill_simulate_step_get_type },
  { "sqlite", mill_sqlite_step_get_type },
  { "timestamp", mill_timestamp_step_get_type },
};
/* clang-format on */

static const Entry sources[] = {
  { "count", mill_count_source_get_type }, { "crawl", mill_crawl_source_get_type },
  { "http", mill_http_source_get_type },   { "lines", mill_lines_source_get_type },
  { "tcp", mill_tcp_source_get_type },     { "timer", mill_timer_source_get_type },
  { "urls", mill_urls_source_get_type },
};

static const Entry sinks[] = {
  { "count", mill_count_sink_get_type },
};

static GType
find (const Entry *entries, gsize n_entries, const char *name)
{
  for (gsize i = 0; i < n_entries; i++)
    if (g_strcmp0 (entries[i].name, name) == 0)
      return entries[i].get_type ();
  return G_TYPE_INVALID;
}

static char *
list (const Entry *entries, gsize n_entries)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < n_entries; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", entries[i].name);
  return g_string_free (names, FALSE);
}

/**
 * mill_registry_find_step:
 * @name: (nullable): a name such as "fetch"
 *
 * Looks up a step's name.
 *
 * Returns: the type, a subclass of #MillStep; %G_TYPE_INVALID when there is none of that name
 */
GType
mill_registry_find_step (const char *name)
{
  return find (steps, G_N_ELEMENTS (steps), name);
}

/**
 * mill_registry_find_source:
 * @name: (nullable): a name such as "urls"
 *
 * Looks up a source's name.
 *
 * Returns: the type, a subclass of #MillSource; %G_TYPE_INVALID when there is none of that name
 */
GType
mill_registry_find_source (const char *name)
{
  return find (sources, G_N_ELEMENTS (sources), name);
}

/**
 * mill_registry_find_sink:
 * @name: (nullable): a name such as "count"
 *
 * Looks up a sink's name.
 *
 * Returns: the type, a subclass of #MillSink; %G_TYPE_INVALID when there is none of that name
 */
GType
mill_registry_find_sink (const char *name)
{
  return find (sinks, G_N_ELEMENTS (sinks), name);
}

/**
 * mill_registry_list_steps:
 *
 * Names the steps there are.
 *
 * Returns: (transfer full): the names of all steps for an error message: "fetch, links, …"
 */
char *
mill_registry_list_steps (void)
{
  return list (steps, G_N_ELEMENTS (steps));
}

/**
 * mill_registry_list_sources:
 *
 * Names the sources there are.
 *
 * Returns: (transfer full): the names of all sources for an error message
 */
char *
mill_registry_list_sources (void)
{
  return list (sources, G_N_ELEMENTS (sources));
}

/**
 * mill_registry_list_sinks:
 *
 * Names the sinks there are.
 *
 * Returns: (transfer full): the names of all sinks for an error message
 */
char *
mill_registry_list_sinks (void)
{
  return list (sinks, G_N_ELEMENTS (sinks));
}
