/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures as short words. Numbers keep about three digits: more would only flicker. */

#include "config.h"

#include "mill-words.h"

#include <glib/gi18n.h>

#include "mill-format.h"

/* From here on an estimate is not given in numbers. */
#define LONGEST_LEFT_S (48 * 3600)
/* So many names are read by people. */
#define MAX_NAMES 10
/* What a crawl waits for less long is not worth a sentence, and among so many hosts it is looked for. */
#define SHORTEST_WAIT_US (G_USEC_PER_SEC / 2)
#define MAX_HOSTS        1000

/* How many digits after the point leave three in all. */
static guint
digits_for (double value)
{
  return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

/**
 * mill_words_span:
 * @span_us: a length of time in microseconds
 *
 * Returns: (transfer full): @span_us in a fitting unit, such as "2.10 ms"
 */
char *
mill_words_span (gint64 span_us)
{
  g_autofree char *number = NULL;
  double value = (double) span_us;

  if (value < 1000)
    {
      number = mill_format_number (value, 0);
      /* Translators: microseconds */
      return g_strdup_printf (_ ("%s µs"), number);
    }
  value /= 1000;
  if (value < 1000)
    {
      number = mill_format_number (value, digits_for (value));
      /* Translators: milliseconds */
      return g_strdup_printf (_ ("%s ms"), number);
    }
  value /= 1000;
  if (value < 120)
    {
      number = mill_format_number (value, digits_for (value));
      /* Translators: seconds */
      return g_strdup_printf (_ ("%s s"), number);
    }
  number = mill_format_number (value / 60, 0);
  /* Translators: minutes */
  return g_strdup_printf (_ ("%s min"), number);
}

/**
 * mill_words_rate:
 * @per_second: how many a second
 *
 * Returns: (transfer full): the number, with one digit after the point when it is small
 */
char *
mill_words_rate (double per_second)
{
  return mill_format_number (per_second, per_second > 0 && per_second < 9.95 ? 1 : 0);
}

/**
 * mill_words_percent:
 * @share: from 0 to 1
 *
 * Returns: (transfer full): @share in percent. What is not quite all is not rounded to all, nor to nothing.
 */
char *
mill_words_percent (double share)
{
  double percent = CLAMP (share, 0, 1) * 100;
  int rounded = (int) (percent + 0.5);

  if (rounded == 0 && percent > 0.01)
    /* Translators: a share that is more than nothing */
    return g_strdup (_ ("< 1 %"));
  if (rounded == 100 && percent < 99.95)
    rounded = 99;
  /* Translators: a share in percent */
  return g_strdup_printf (_ ("%d %%"), rounded);
}

static char *
describe_about (int seconds)
{
  if (seconds < 5)
    return g_strdup (_ ("a few seconds left"));
  if (seconds < 60)
    return g_strdup_printf (_ ("about %d s left"), (seconds + 4) / 5 * 5);
  if (seconds < 90 * 60)
    return g_strdup_printf (_ ("about %d min left"), (seconds + 30) / 60);
  return g_strdup_printf (_ ("about %d h left"), (seconds + 1800) / 3600);
}

/* Rounded down: a bound must hold. */
static char *
describe_at_least (int seconds)
{
  if (seconds < 5)
    return g_strdup (_ ("more than a few seconds left"));
  if (seconds < 60)
    return g_strdup_printf (_ ("at least %d s left"), seconds / 5 * 5);
  if (seconds < 90 * 60)
    return g_strdup_printf (_ ("at least %d min left"), seconds / 60);
  return g_strdup_printf (_ ("at least %d h left"), seconds / 3600);
}

/**
 * mill_words_left:
 * @kind: what the estimate is worth
 * @span_us: the estimate in microseconds
 *
 * Returns: (transfer full) (nullable): the estimate, as coarse as an estimate is; %NULL when there is none
 */
char *
mill_words_left (MillEtaKind kind, gint64 span_us)
{
  int seconds = (int) MIN (span_us / G_USEC_PER_SEC, LONGEST_LEFT_S);

  if (kind == MILL_ETA_UNKNOWN)
    return NULL;
  if (seconds == LONGEST_LEFT_S)
    return g_strdup (_ ("days left"));
  return kind == MILL_ETA_AT_LEAST ? describe_at_least (seconds) : describe_about (seconds);
}

/**
 * mill_words_kind:
 * @kind: a kind of workers
 *
 * Returns: (transfer none): its name
 */
const char *
mill_words_kind (MillKind kind)
{
  /* Translators: workers that are threads; workers that are asynchronous tasks */
  return kind == MILL_KIND_THREADS ? _ ("threads") : _ ("async");
}

/**
 * mill_words_worker_state:
 * @state: what a worker does
 *
 * Returns: (transfer none): its name, to follow or to be followed by a number
 */
const char *
mill_words_worker_state (MillWorkerState state)
{
  switch (state)
    {
    case MILL_WORKER_IDLE:
      return _ ("idle");
    case MILL_WORKER_PAUSED:
      return _ ("paused");
    case MILL_WORKER_LIMITED:
      return _ ("waiting for the limiter");
    case MILL_WORKER_WAITING:
      return _ ("waiting for a slot");
    case MILL_WORKER_BUSY:
      return _ ("busy");
    case MILL_WORKER_BACKING_OFF:
      return _ ("backing off");
    case MILL_WORKER_BLOCKED:
      return _ ("blocked");
    default:
      g_return_val_if_reached ("");
    }
}

static char *
name_wait (const MillCrawlHost *host)
{
  if (host->wait == MILL_CRAWL_WAIT_RETRY_AFTER)
    /* Translators: an HTTP status such as 503; the server named a time to wait */
    return g_strdup_printf (_ ("%u, Retry-After"), host->status);
  return g_strdup (mill_crawl_wait_get_label (host->wait));
}

/**
 * mill_words_host_wait:
 * @host: a host of a crawl
 *
 * Returns: (transfer full): why no request to it begins, such as "waits 4.2 s more: 503, Retry-After"
 */
char *
mill_words_host_wait (const MillCrawlHost *host)
{
  g_autofree char *reason = name_wait (host);
  g_autofree char *seconds = NULL;

  if (host->wait_us <= 0)
    return g_steal_pointer (&reason);
  seconds = mill_format_number ((double) host->wait_us / G_USEC_PER_SEC, 1);
  /* Translators: a host that is crawled: seconds, and why it waits */
  return g_strdup_printf (_ ("waits %s s more: %s"), seconds, reason);
}

static gboolean
is_at_rest (const MillSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->stages->len; i++)
    if (((const MillStageSnapshot *) g_ptr_array_index (snapshot->stages, i))->by_state[MILL_WORKER_BUSY] > 0)
      return FALSE;
  return snapshot->state == MILL_STATE_RUNNING && snapshot->producer == MILL_PRODUCER_WAITING;
}

/* (nullable): of those with something to fetch, the one whose turn it is next. */
static const MillCrawlHost *
find_next (GPtrArray *hosts)
{
  const MillCrawlHost *next = NULL;

  for (guint i = 0; i < hosts->len; i++)
    {
      const MillCrawlHost *host = g_ptr_array_index (hosts, i);

      if (host->pending + host->in_flight > 0 && (next == NULL || host->wait_us < next->wait_us))
        next = host;
    }
  return next;
}

/**
 * mill_words_crawl_wait:
 * @source: a run's source
 * @snapshot: the run
 *
 * Returns: (transfer full) (nullable): if nothing moves because the hosts of a crawl wait, which of them is
 * the next to go on, when, and for what it waits
 */
char *
mill_words_crawl_wait (MillSource *source, const MillSnapshot *snapshot)
{
  g_autoptr (GPtrArray) hosts = NULL;
  g_autofree char *wait = NULL;
  const MillCrawlHost *next;

  if (!MILL_IS_CRAWL_SOURCE (source) || !is_at_rest (snapshot))
    return NULL;
  hosts = mill_crawl_source_get_hosts (MILL_CRAWL_SOURCE (source), MAX_HOSTS);
  next = find_next (hosts);
  if (next == NULL || next->wait_us < SHORTEST_WAIT_US)
    return NULL;
  wait = mill_words_host_wait (next);
  /* Translators: a host that is crawled, and why it waits */
  return g_strdup_printf (_ ("%s: %s"), next->name, wait);
}

/**
 * mill_words_stuck:
 * @snapshot: a snapshot
 *
 * Returns: (transfer full) (nullable): who was given up on and has not come back, in a sentence; %NULL when
 * there is nobody
 */
char *
mill_words_stuck (const MillSnapshot *snapshot)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = snapshot->stuck->len;

  if (n == 0)
    return NULL;
  for (guint i = 0; i < MIN (n, MAX_NAMES); i++)
    {
      const MillStuck *stuck = g_ptr_array_index (snapshot->stuck, i);
      g_autofree char *span = mill_words_span (snapshot->time_us - stuck->since_us);

      /* Translators: the name of a worker, and for how long it has not returned */
      g_string_append_printf (names, _ ("%s (%s)"), stuck->name, span);
      g_string_append (names, i + 1 < MIN (n, MAX_NAMES) ? _ (", ") : n > MAX_NAMES ? ", …" : "");
    }
  /* Translators: workers that ignored that they were told to end; then their names */
  return g_strdup_printf (
      ngettext ("%u is stuck and was left behind: %s.", "%u are stuck and were left behind: %s.", n), n,
      names->str);
}

/**
 * mill_words_append_part:
 * @text: parts of a line
 * @part: (transfer full): another one
 *
 * Puts " · " between those that there are.
 */
void
mill_words_append_part (GString *text, char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
  g_free (part);
}

/**
 * mill_words_count_with:
 * @words: with one "%s"
 * @n: how many
 *
 * Returns: (transfer full): @words with the number in place of its "%s"
 */
char *
mill_words_count_with (const char *words, guint64 n)
{
  g_autofree char *count = mill_format_count (n);
  GString *text = g_string_new (words);

  g_string_replace (text, "%s", count, 1);
  return g_string_free (text, FALSE);
}
