/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema is looked for where schemas are installed, then in the build folder, so that the program runs
 * uninstalled too. */

#include "config.h"

#include "mill-settings.h"

static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  GSettingsSchema *schema = NULL;

  if (installed != NULL)
    schema = g_settings_schema_source_lookup (installed, MILLRACE_APP_ID, TRUE);
  if (schema != NULL)
    return schema;

  built = g_settings_schema_source_new_from_directory (MILLRACE_BUILD_ROOT "/data", installed, FALSE, NULL);
  return built != NULL ? g_settings_schema_source_lookup (built, MILLRACE_APP_ID, FALSE) : NULL;
}

/**
 * mill_settings_new:
 *
 * Returns: (transfer full) (nullable): the settings, or %NULL when their schema is nowhere; then nothing is
 *   remembered
 */
GSettings *
mill_settings_new (void)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
