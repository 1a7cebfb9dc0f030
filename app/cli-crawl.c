/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli crawl: makes a job of its options and runs it. */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-watch.h"
#include "cli.h"
#include "crawl/mill-crawl-job.h"
#include "crawl/mill-crawl-record.h"
#include "crawl/mill-crawl-summary.h"
#include "mill-format.h"
#include "steps/mill-fetch-step.h"

/* Of a number that was not given. */
#define UNSET      G_MININT
#define MOST_BYTES 1e15

typedef struct
{
  int max_pages;
  guint64 max_bytes;
  int max_depth;
  int slots;
  int per_host;
  int delay_ms;
  gboolean throttle;
  double concurrency; /* of the throttle */
  gboolean below;
  char **include; /* (owned) (nullable) */
  char **exclude; /* (owned) (nullable) */
  gboolean requisites;
  gboolean sitemaps;
  char *folder; /* (owned) (nullable) */
  gboolean offline;
  char *warc;   /* (owned) (nullable) */
  char *record; /* (owned) (nullable) */
  char *resume; /* (owned) (nullable) */
  char *repeat; /* (owned) (nullable) */
  gboolean ignore_robots;
  gboolean as_json;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->folder);
  g_free (options->warc);
  g_free (options->record);
  g_free (options->resume);
  g_free (options->repeat);
  g_strfreev (options->include);
  g_strfreev (options->exclude);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* The option's value may be left out, which only a callback can do. */
static gboolean
parse_throttle_cb (const char *name, const char *value, gpointer data, GError **error)
{
  Options *options = data;
  char *rest = NULL;

  options->throttle = TRUE;
  if (value == NULL)
    return TRUE;
  options->concurrency = g_ascii_strtod (value, &rest);
  if (rest != value && *rest == '\0' && options->concurrency >= 0.01 && options->concurrency <= 1000.0)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--throttle takes a number from 0.01 to 1000, not “%s”"), value);
  return FALSE;
}

/* "10M"; an int would be too small, and nobody counts the zeros. */
static gboolean
parse_bytes_cb (const char *name, const char *value, gpointer data, GError **error)
{
  Options *options = data;
  char *rest = NULL;
  double bytes = g_ascii_strtod (value, &rest);
  double unit = g_str_equal (rest, "")    ? 1
                : g_str_equal (rest, "k") ? 1e3
                : g_str_equal (rest, "M") ? 1e6
                : g_str_equal (rest, "G") ? 1e9
                                          : 0;

  if (rest != value && unit > 0 && bytes >= 0 && bytes * unit <= MOST_BYTES)
    {
      options->max_bytes = (guint64) (bytes * unit);
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--max-bytes takes a number, with k, M or G for thousands, millions or billions, not “%s”"),
               value);
  return FALSE;
}

static gboolean
parse (char ***words, Options *options)
{
  const GOptionEntry entries[] = {
    { "max-pages", 0, 0, G_OPTION_ARG_INT, &options->max_pages,
      N_ ("Fetch this many pages at most (no limit)"), N_ ("N") },
    { "max-bytes", 0, 0, G_OPTION_ARG_CALLBACK, parse_bytes_cb,
      N_ ("Fetch no more after this many bytes, such as 10M (no limit)"), N_ ("N") },
    { "max-depth", 0, 0, G_OPTION_ARG_INT, &options->max_depth,
      N_ ("Follow links this far at most (no limit)"), N_ ("N") },
    { "below", 0, 0, G_OPTION_ARG_NONE, &options->below, N_ ("Stay in the folders of the start addresses"),
      NULL },
    { "include", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->include,
      N_ ("Go only where such a pattern matches path and query; may be repeated"), N_ ("GLOB") },
    { "exclude", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->exclude,
      N_ ("Go nowhere where such a pattern matches; may be repeated"), N_ ("GLOB") },
    { "requisites", 0, 0, G_OPTION_ARG_NONE, &options->requisites,
      N_ ("Also fetch images, stylesheets, scripts and the like"), NULL },
    { "sitemaps", 0, 0, G_OPTION_ARG_NONE, &options->sitemaps,
      N_ ("Also fetch the pages that the sites' sitemaps name"), NULL },
    { "slots", 0, 0, G_OPTION_ARG_INT, &options->slots, N_ ("Requests at a time (16)"), N_ ("N") },
    { "per-host", 0, 0, G_OPTION_ARG_INT, &options->per_host, N_ ("Requests to one host at a time (4)"),
      N_ ("N") },
    { "delay", 0, 0, G_OPTION_ARG_INT, &options->delay_ms,
      N_ ("Least time between two requests to one host (100)"), N_ ("MS") },
    { "throttle", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, parse_throttle_cb,
      N_ ("Ask a host less often the longer it takes to answer, for N requests at a time (1)"), N_ ("N") },
    { "save", 0, 0, G_OPTION_ARG_FILENAME, &options->folder, N_ ("Save the pages here"), N_ ("DIR") },
    { "offline", 0, 0, G_OPTION_ARG_NONE, &options->offline,
      N_ ("At the end, make the links of what was saved lead from file to file"), NULL },
    { "warc", 0, 0, G_OPTION_ARG_FILENAME, &options->warc,
      N_ ("Keep all that is asked and all that comes in this web archive"), N_ ("FILE.warc.gz") },
    { "record", 0, 0, G_OPTION_ARG_FILENAME, &options->record,
      N_ ("Keep the crawl in this new run file, to go on from whatever happens"), N_ ("RUN") },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &options->resume,
      N_ ("Go on with the crawl in this run file, as it was begun"), N_ ("RUN") },
    { "repeat", 0, 0, G_OPTION_ARG_FILENAME, &options->repeat,
      N_ ("Do the crawl in this run file once more, and say what changed; needs --record"), N_ ("RUN") },
    { "ignore-robots", 0, 0, G_OPTION_ARG_NONE, &options->ignore_robots,
      N_ ("Fetch what robots.txt asks to leave alone"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->as_json, N_ ("Print the result as one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  return mill_cli_parse_into (words, _ ("URL…"),
                              _ ("Fetches pages and what they link to on the same sites, politely."), entries,
                              options);
}

/* (nullable): the first option among those that a crawl is begun with, and that are in its run file. */
static const char *
find_crawl_option (const Options *options)
{
  const struct
  {
    const char *name;
    gboolean is_given;
  } all[] = {
    { "--max-pages", options->max_pages != UNSET },
    { "--max-bytes", options->max_bytes != 0 },
    { "--max-depth", options->max_depth != UNSET },
    { "--below", options->below },
    { "--include", options->include != NULL },
    { "--exclude", options->exclude != NULL },
    { "--requisites", options->requisites },
    { "--sitemaps", options->sitemaps },
    { "--slots", options->slots != UNSET },
    { "--per-host", options->per_host != UNSET },
    { "--delay", options->delay_ms != UNSET },
    { "--throttle", options->throttle },
    { "--save", options->folder != NULL },
    { "--offline", options->offline },
    { "--ignore-robots", options->ignore_robots },
    /* To go on, another archive can be chosen. */
    { "--warc", options->warc != NULL && options->resume == NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i].is_given)
      return all[i].name;
  return NULL;
}

/* What was begun goes on, or is done again, as it was begun: whoever wants it otherwise is told. */
static gboolean
check_begun (const Options *options)
{
  const char *option = find_crawl_option (options);
  g_autofree char *message = NULL;

  if (option == NULL || (options->resume == NULL && options->repeat == NULL))
    return TRUE;
  /* Translators: two options, such as "--resume" and "--slots" */
  message =
      g_strdup_printf (_ ("crawl: %s goes by the options that the crawl was begun with; it does not take %s"),
                       options->resume != NULL ? "--resume" : "--repeat", option);
  mill_cli_complain (message);
  return FALSE;
}

static void
set_default (int *number, int value)
{
  if (*number == UNSET)
    *number = value;
}

static void
set_defaults (Options *options)
{
  set_default (&options->max_pages, 0);
  set_default (&options->max_depth, -1);
  set_default (&options->slots, MILL_CRAWL_DEFAULT_SLOTS);
  set_default (&options->per_host, MILL_CRAWL_DEFAULT_PER_HOST);
  set_default (&options->delay_ms, MILL_CRAWL_DEFAULT_DELAY_MS);
}

static gboolean
check_options (const Options *options)
{
  return mill_cli_check_range ("crawl", "max-pages", options->max_pages, 0, G_MAXINT) &&
         mill_cli_check_range ("crawl", "max-depth", options->max_depth, -1, G_MAXINT) &&
         mill_cli_check_range ("crawl", "slots", options->slots, 1, 1000) &&
         mill_cli_check_range ("crawl", "per-host", options->per_host, 1, 1000) &&
         mill_cli_check_range ("crawl", "delay", options->delay_ms, 0, 3600000);
}

/* (transfer full) (nullable): a crawl that is ready to start. */
static MillPipeline *
build (const char *const *urls, const Options *options, GError **error)
{
  g_autofree char *folder = options->folder != NULL ? g_canonicalize_filename (options->folder, NULL) : NULL;
  g_autofree char *warc = options->warc != NULL ? g_canonicalize_filename (options->warc, NULL) : NULL;
  MillCrawlOptions job_options;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;

  mill_crawl_options_init (&job_options, urls);
  job_options.max_pages = (guint) options->max_pages;
  job_options.max_bytes = options->max_bytes;
  job_options.max_depth = options->max_depth;
  job_options.below = options->below;
  job_options.include = (const char *const *) options->include;
  job_options.exclude = (const char *const *) options->exclude;
  job_options.requisites = options->requisites;
  job_options.sitemaps = options->sitemaps;
  job_options.slots = (guint) options->slots;
  job_options.per_host = (guint) options->per_host;
  job_options.delay_ms = (guint) options->delay_ms;
  job_options.throttle = options->throttle ? options->concurrency : 0;
  job_options.obey_robots = !options->ignore_robots;
  job_options.folder = folder;
  job_options.offline = options->offline;
  job_options.warc = warc;
  job = mill_crawl_job_new (&job_options, error);
  pipeline = job != NULL ? mill_job_build (job, error) : NULL;
  if (pipeline == NULL ||
      (options->record != NULL && !mill_crawl_record (pipeline, job, options->record, error)))
    return NULL;
  return g_steal_pointer (&pipeline);
}

/* (transfer full) (nullable): a crawl that is ready to go on. */
static MillPipeline *
resume (const Options *options, GError **error)
{
  MillPipeline *pipeline = mill_crawl_resume (options->resume, error);
  g_autofree char *warc = options->warc != NULL ? g_canonicalize_filename (options->warc, NULL) : NULL;

  for (guint i = 0; warc != NULL && pipeline != NULL && i < mill_pipeline_get_n_stages (pipeline); i++)
    {
      MillStep *step = mill_stage_get_step (mill_pipeline_get_stage (pipeline, i));

      if (MILL_IS_FETCH_STEP (step))
        g_object_set (step, "warc", warc, NULL);
    }
  return pipeline;
}

/* (transfer full) (nullable): a crawl that is ready to start, whichever way it was asked for. */
static MillPipeline *
prepare (const char *const *urls, const Options *options, GError **error)
{
  if (options->resume != NULL)
    return resume (options, error);
  if (options->repeat != NULL)
    return mill_crawl_repeat (options->repeat, options->record, error);
  return build (urls, options, error);
}

/* What was not fetched is not lost, and how to get it is said. */
static void
say_how_to_go_on (const char *path)
{
  g_autoptr (MillCrawlSummary) summary = mill_crawl_summary_read (path, 0, NULL);
  g_autofree char *quoted = g_shell_quote (path);
  g_autofree char *command = g_strdup_printf ("millrace-cli crawl --resume %s", quoted);
  g_autofree char *left = NULL;

  if (summary == NULL || mill_crawl_summary_is_finished (summary))
    return;
  left = mill_format_count (summary->left);
  g_printerr (ngettext ("%s known page is left. To go on: %s\n", "%s known pages are left. To go on: %s\n",
                        (gulong) summary->left),
              left, command);
}

static MillCliStatus
crawl (const char *const *urls, const Options *options)
{
  const MillCliWatchOptions watch = {
    .as_json = options->as_json,
    .run_file = options->resume != NULL   ? options->resume
                : options->repeat != NULL ? options->record
                                          : NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = prepare (urls, options, &error);

  const char *path = options->resume != NULL ? options->resume : options->record;
  MillCliStatus status;

  if (pipeline == NULL)
    {
      mill_cli_complain (error->message);
      return MILL_CLI_USAGE;
    }
  status = mill_cli_watch (pipeline, &watch);
  if (options->resume == NULL)
    mill_cli_forget_unstarted (&pipeline, options->record);
  if (path != NULL && !options->as_json)
    say_how_to_go_on (path);
  return status;
}

/**
 * mill_cli_crawl:
 * @arguments: "crawl", then options and addresses
 *
 * Crawls to the end.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_crawl (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  g_auto (Options) options = {
    .max_pages = UNSET,
    .max_depth = UNSET,
    .slots = UNSET,
    .per_host = UNSET,
    .delay_ms = UNSET,
    .concurrency = MILL_CRAWL_DEFAULT_CONCURRENCY,
  };

  if (!parse (&words, &options) || !check_begun (&options))
    return MILL_CLI_USAGE;
  set_defaults (&options);
  if (!check_options (&options))
    return MILL_CLI_USAGE;
  if (options.resume != NULL && (words[1] != NULL || options.record != NULL || options.repeat != NULL))
    {
      mill_cli_complain (
          _ ("crawl: --resume goes on with what is in the run file; it takes no addresses, --record or "
             "--repeat"));
      return MILL_CLI_USAGE;
    }
  if (options.repeat != NULL && (words[1] != NULL || options.record == NULL))
    {
      mill_cli_complain (
          _ ("crawl: --repeat does what is in the run file once more; it takes no addresses, and needs "
             "--record for a new one"));
      return MILL_CLI_USAGE;
    }
  if (options.offline && options.folder == NULL)
    {
      mill_cli_complain (_ ("crawl: --offline is about saved pages; it needs --save"));
      return MILL_CLI_USAGE;
    }
  if (options.sitemaps && options.ignore_robots)
    {
      mill_cli_complain (
          _ ("crawl: --sitemaps needs robots.txt, which names them; leave out --ignore-robots"));
      return MILL_CLI_USAGE;
    }
  if (words[1] == NULL && options.resume == NULL && options.repeat == NULL)
    {
      mill_cli_complain (_ ("crawl: where to? Give an address to start from"));
      return MILL_CLI_USAGE;
    }
  return crawl ((const char *const *) words + 1, &options);
}
