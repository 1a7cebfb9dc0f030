/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The job files that are inside the program, by their names without the suffix. */

#include "config.h"

#include "mill-builtin-jobs.h"

#include <string.h>

#define FOLDER "/io/github/millrace/Millrace/jobs"
#define SUFFIX ".millrace"
/* What the names of those that are pitfalls begin with. */
#define PITFALL "pitfall-"

/* From what is plain to what it is good for: each shows one thing more than those before it. */
static const char *const teaching_order[] = {
  "bounded-thread-queue",
  "bounded-async-queue",
  "mixed-pipeline",
  "backpressure",
  "either-world",
  "three-limits",
  "timeouts",
  "retry-budget",
  "dead-letters",
  "graceful-shutdown",
  "stuck",
  "checkout",
  "hash",
  "commands",
  "demo-crawl",
  "log-to-sqlite",
  "log-to-postgres",
  "http-to-postgres",
  "follow-log",
  "pitfall-blocking-call",
  "pitfall-cpu-bound",
  "pitfall-unbounded-queue",
  "pitfall-two-worlds",
  "pitfall-dying-consumer",
  "pitfall-forgotten-task-done",
  "pitfall-reput-sentinel",
  "pitfall-ungraceful-stop",
  "pitfall-retry-without-key",
};

static gsize
get_place (const char *name)
{
  gsize place = 0;

  while (place < G_N_ELEMENTS (teaching_order) && !g_str_equal (teaching_order[place], name))
    place++;
  return place;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *name_a = *(char *const *) a, *name_b = *(char *const *) b;
  gsize place_a = get_place (name_a), place_b = get_place (name_b);

  return place_a != place_b ? (place_a < place_b ? -1 : 1) : g_strcmp0 (name_a, name_b);
}

static char **
list (gboolean of_pitfalls)
{
  g_auto (GStrv) files = g_resources_enumerate_children (FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; files != NULL && files[i] != NULL; i++)
    if (g_str_has_suffix (files[i], SUFFIX) && g_str_has_prefix (files[i], PITFALL) == of_pitfalls)
      g_ptr_array_add (names, g_strndup (files[i], strlen (files[i]) - strlen (SUFFIX)));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/**
 * mill_builtin_jobs_list:
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the pipelines, in the order in which they
 * teach
 */
char **
mill_builtin_jobs_list (void)
{
  return list (FALSE);
}

/**
 * mill_builtin_jobs_list_pitfalls:
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the pitfalls, in the order in which they
 * teach
 */
char **
mill_builtin_jobs_list_pitfalls (void)
{
  return list (TRUE);
}

/**
 * mill_builtin_jobs_load:
 * @name: a name from these lists, or any other
 *
 * Returns: (transfer full) (nullable): the job, or %NULL with %G_RESOURCE_ERROR_NOT_FOUND or the error of
 *   mill_job_new_from_bytes()
 */
MillJob *
mill_builtin_jobs_load (const char *name, GError **error)
{
  g_autofree char *file_name = g_strconcat (name, SUFFIX, NULL);
  g_autofree char *path = g_build_filename (FOLDER, file_name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (bytes == NULL)
    return NULL;

  return mill_job_new_from_bytes (bytes, file_name, error);
}
