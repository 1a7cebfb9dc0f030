/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds a run back, in sentences: first what it is, with its numbers; then what follows from them. */

#include "config.h"

#include "mill-limit-words.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mill-format.h"
#include "mill-words.h"

/* Who has had an item for so long may hang. */
#define LONG_US (3 * G_USEC_PER_SEC)

static const char *
name_of (const MillSnapshot *snapshot, gint stage)
{
  return ((const MillStageSnapshot *) g_ptr_array_index (snapshot->stages, MAX (stage, 0)))->name;
}

/**
 * mill_limit_words_mean:
 * @number: a mean, such as 31.62
 *
 * Returns: (transfer full): it in short, such as "31.6"; what is whole but for a trifle is whole
 */
char *
mill_limit_words_mean (double number)
{
  gboolean is_whole = fabs (number - round (number)) < 0.05;

  return mill_format_number (number, number < 99.95 && !is_whole ? 1 : 0);
}

/* For ngettext(): what is not whole is several. */
static gulong
plural_of (double mean)
{
  return fabs (mean - round (mean)) < 0.05 ? (gulong) round (mean) : 2;
}

static char *
span (double seconds)
{
  g_autofree char *number = mill_format_number (seconds, seconds < 9.5 ? 1 : 0);

  /* Translators: seconds */
  return g_strdup_printf (_ ("%s s"), number);
}

/* ---- what it is ---- */

static char *
brief_slots (const MillLimitFinding *finding, const char *name, const char *seconds)
{
  g_autofree char *held = mill_limit_words_mean (finding->load.in_flight);
  g_autofree char *permits = mill_format_count (finding->load.permits);
  g_autofree char *waiting = mill_limit_words_mean (finding->waiting);

  if (finding->with_consumers)
    /* Translators: name of a stage; slots held on average, slots; a time such as "10 s" */
    return g_strdup_printf (_ ("%s’s slots and consumers: %s of %s slots held over %s, a consumer for each"),
                            name, held, permits, seconds);
  /* Translators: name of a stage; slots held on average, slots; a time such as "10 s"; how many workers wait
   */
  return g_strdup_printf (ngettext ("%s’s slots: %s of %s held over %s, %s worker waiting for one",
                                    "%s’s slots: %s of %s held over %s, %s workers waiting for one",
                                    plural_of (finding->waiting)),
                          name, held, permits, seconds, waiting);
}

static char *
brief_consumers (const MillLimitFinding *finding, const char *name, const char *seconds)
{
  const MillStageLoad *load = &finding->load;
  g_autofree char *busy = mill_limit_words_mean (load->workers * (1 - load->shares[MILL_WORKER_IDLE]));
  g_autofree char *consumers = mill_format_count (load->consumers);
  g_autofree char *depth = mill_limit_words_mean (load->depth);

  /* Translators: name of a stage; consumers at work on average, consumers; a time such as "10 s"; items */
  return g_strdup_printf (ngettext ("%s’s consumers: %s of %s at work over %s, %s item waiting for one",
                                    "%s’s consumers: %s of %s at work over %s, %s items waiting for one",
                                    plural_of (load->depth)),
                          name, busy, consumers, seconds, depth);
}

static char *
brief_rate (const MillLimitFinding *finding, const char *name, const char *seconds)
{
  g_autofree char *used = mill_words_rate (finding->load.attempt_rate);
  g_autofree char *rate = mill_words_rate (finding->load.rate);
  g_autofree char *waiting = mill_limit_words_mean (finding->waiting);

  /* Translators: name of a stage; two rates; a time such as "10 s"; how many workers wait */
  return g_strdup_printf (ngettext ("%s’s rate: %s of %s a second used over %s, %s worker waiting for it",
                                    "%s’s rate: %s of %s a second used over %s, %s workers waiting for it",
                                    plural_of (finding->waiting)),
                          name, used, rate, seconds, waiting);
}

static char *
brief_share (const char *words, const char *name, double share, const char *seconds)
{
  g_autofree char *percent = mill_words_percent (share);
  GString *text = g_string_new (words);

  g_string_replace (text, "{stage}", name, 1);
  g_string_replace (text, "{share}", percent, 1);
  g_string_replace (text, "{time}", seconds, 1);
  return g_string_free (text, FALSE);
}

static char *
brief_source (const MillLimitFinding *finding, const MillSnapshot *snapshot, const char *seconds)
{
  const char *name = name_of (snapshot, 0);
  double idle = finding->load.shares[MILL_WORKER_IDLE];
  g_autofree char *rate = mill_words_rate (finding->load.put_rate);
  g_autofree char *words = NULL;

  if (finding->kind == MILL_LIMIT_SOURCE_WAITING && finding->why != NULL)
    /* Translators: for what the source waits, such as "waiting for input"; leave {stage}, {share} and {time}
     */
    words =
        g_strdup_printf (_ ("the source (%s): {stage}’s workers idle for {share} of {time}"), finding->why);
  else
    /* Translators: items a second; leave {stage}, {share} and {time} */
    words = g_strdup_printf (
        _ ("the source: %s items a second, {stage}’s workers idle for {share} of {time}"), rate);
  return brief_share (words, name, idle, seconds);
}

static char *
brief_queue (const MillLimitFinding *finding, const char *name)
{
  g_autofree char *maxsize = mill_format_count ((guint64) MAX (finding->load.maxsize, 0));

  /* Translators: name of a stage; the max size of its queue */
  return g_strdup_printf (
      _ ("%s’s queue: with a max size of %s it is now empty, now full, and both sides wait"), name, maxsize);
}

/**
 * mill_limit_words_brief:
 * @finding: a finding that is sure
 * @snapshot: of the run
 *
 * Returns: (transfer full): what binds, with its numbers, to follow "The limit is"
 */
char *
mill_limit_words_brief (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  const char *name = name_of (snapshot, finding->stage);
  g_autofree char *seconds = span (finding->seconds);
  g_autofree char *depth = mill_limit_words_mean (finding->load.depth);

  if (finding->kind == MILL_LIMIT_FAILURES)
    /* Translators: leave {stage}, {share} and {time} */
    return brief_share (_ ("{stage}’s failures: {share} of its attempts failed over {time}"), name,
                        finding->load.failed, seconds);
  if (finding->resource == MILL_LIMIT_SLOTS)
    return brief_slots (finding, name, seconds);
  if (finding->resource == MILL_LIMIT_CONSUMERS)
    return brief_consumers (finding, name, seconds);
  if (finding->resource == MILL_LIMIT_NO_CONSUMERS)
    /* Translators: name of a stage; items */
    return g_strdup_printf (ngettext ("%s, which has no consumers: %s item waits",
                                      "%s, which has no consumers: %s items wait",
                                      plural_of (finding->load.depth)),
                            name, depth);
  if (finding->resource == MILL_LIMIT_RATE)
    return brief_rate (finding, name, seconds);
  if (finding->resource == MILL_LIMIT_BACKOFF)
    /* Translators: leave {stage}, {share} and {time} */
    return brief_share (_ ("{stage}’s backoff: its workers waited {share} of {time} to try again"), name,
                        finding->load.shares[MILL_WORKER_BACKING_OFF], seconds);
  if (finding->resource == MILL_LIMIT_QUEUE)
    return brief_queue (finding, name);
  if (finding->resource == MILL_LIMIT_CPU)
    /* Translators: leave {share} and {time} */
    return brief_share (_ ("the processors: {share} of all of them used by this run over {time}"), name,
                        finding->cpu, seconds);
  return brief_source (finding, snapshot, seconds);
}

static char *
describe_doubt (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  if (finding->doubt == MILL_LIMIT_DOUBT_CHANGED)
    return g_strdup (_ ("A knob was turned; soon it shows what that does."));
  if (finding->doubt == MILL_LIMIT_DOUBT_TOO_FEW)
    /* Translators: name of a stage */
    return g_strdup_printf (_ ("Not sure yet what the limit is: too few attempts of %s have ended."),
                            name_of (snapshot, finding->stage));
  if (finding->doubt == MILL_LIMIT_DOUBT_MIXED)
    return g_strdup (_ ("Not sure what the limit is: none stands out."));
  return g_strdup (_ ("Not sure yet what the limit is: it has just begun."));
}

static char *
describe_drain (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  g_autofree char *left = mill_format_count (snapshot->unfinished);
  g_autofree char *brief = NULL;

  if (!mill_limit_finding_is_sure (finding))
    return g_strdup_printf (ngettext ("Draining: %s item is left.", "Draining: %s items are left.",
                                      (gulong) snapshot->unfinished),
                            left);
  brief = mill_limit_words_brief (finding, snapshot);
  /* Translators: items; then what they wait for, such as "fetch’s slots: …" */
  return g_strdup_printf (_ ("Draining, %s left. The limit is %s."), left, brief);
}

/**
 * mill_limit_words_sentence:
 * @finding: a finding
 * @snapshot: of the run
 *
 * Returns: (transfer full): what holds the run back, or why that is not known
 */
char *
mill_limit_words_sentence (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  g_autofree char *brief = NULL;

  if (finding->kind == MILL_LIMIT_UNSURE)
    return describe_doubt (finding, snapshot);
  if (finding->kind == MILL_LIMIT_NOT_STARTED)
    return g_strdup (_ ("Press Start: here you will read what holds the run back."));
  if (finding->kind == MILL_LIMIT_PAUSED)
    return g_strdup (_ ("Paused: nothing moves before you resume."));
  if (finding->kind == MILL_LIMIT_ENDED)
    return g_strdup (mill_state_is_final (snapshot->state) ? _ ("The run is over.") : _ ("Stopping…"));
  if (finding->kind == MILL_LIMIT_DRAINING)
    return describe_drain (finding, snapshot);
  brief = mill_limit_words_brief (finding, snapshot);
  /* Translators: what it is, such as "fetch’s slots: 31.6 of 32 held over 10 s" */
  return g_strdup_printf (_ ("The limit is %s."), brief);
}

/* ---- what follows ---- */

/* " " between the sentences that there are, but after a full stop that has its own room, as the Chinese one.
 */
static void
append (GString *text, char *sentence)
{
  const gboolean apart = text->len > 0 && !g_str_has_suffix (text->str, "\343\200\202");

  if (sentence != NULL)
    g_string_append_printf (text, "%s%s", apart ? " " : "", sentence);
  g_free (sentence);
}

/* (nullable): who has to wait for the limit: the backpressure. */
static char *
describe_pushed_back (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  g_autofree char *percent = mill_words_percent (finding->source_blocked);

  if (finding->stage < 0 || finding->pushed_back == finding->stage)
    return NULL;
  if (finding->pushed_back < 0)
    /* Translators: backpressure; a share in percent */
    return g_strdup_printf (_ ("Backpressure: full queues make the source wait %s of the time."), percent);
  /* Translators: backpressure; name of a stage */
  return g_strdup_printf (_ ("Backpressure: its full queue makes %s wait."),
                          name_of (snapshot, finding->pushed_back));
}

static const char *
name_vain (const MillLimitFinding *finding)
{
  if (finding->kind == MILL_LIMIT_SLOTS)
    return finding->with_consumers ? _ ("More of the one without the other will not help.")
                                   : _ ("More consumers will not help.");
  if (finding->kind == MILL_LIMIT_CONSUMERS)
    return finding->load.permits > 0 ? _ ("More slots or a longer queue will not help.")
                                     : _ ("A longer queue will not help.");
  if (finding->kind == MILL_LIMIT_RATE)
    return _ ("More consumers or slots will not help.");
  if (finding->kind == MILL_LIMIT_BACKOFF)
    return _ ("More slots will not help.");
  if (finding->kind == MILL_LIMIT_QUEUE)
    return _ ("More consumers will not help; a longer queue may.");
  if (finding->kind == MILL_LIMIT_CPU)
    return _ ("More consumers or slots will not help: no processor is free for them.");
  if (finding->kind == MILL_LIMIT_SOURCE || finding->kind == MILL_LIMIT_SOURCE_WAITING)
    return _ ("More consumers, slots or a longer queue will not help.");
  return NULL;
}

/* What uses up the time that failures take. */
static char *
describe_failures (const MillLimitFinding *finding)
{

  if (finding->kind != MILL_LIMIT_FAILURES)
    return NULL;
  if (finding->resource == MILL_LIMIT_BACKOFF)
    return g_strdup (_ ("The consumers spend their time waiting to try again; more of them try more often."));
  if (finding->resource == MILL_LIMIT_SLOTS)
    return g_strdup (_ ("They take up the slots; more slots would let as large a part fail."));
  return g_strdup (_ ("They take up the consumers; more consumers would let as large a part fail."));
}

/* What would be set, and to what. */
static char *
name_change (const MillLimitFinding *finding)
{
  g_autofree char *value = mill_format_count ((guint64) MAX (finding->value, 0));
  g_autofree char *rate = mill_words_rate (finding->value);

  if (finding->helps == MILL_LIMIT_RATE)
    /* Translators: a rate; the beginning of "A rate of 100 would give about +100 %" */
    return g_strdup_printf (_ ("A rate of %s"), rate);
  if (finding->helps == MILL_LIMIT_CONSUMERS)
    /* Translators: a number; the beginning of "Consumers at 16 would give about +100 %" */
    return g_strdup_printf (_ ("Consumers at %s"), value);
  if (finding->with_consumers)
    /* Translators: a number; the beginning of "Slots and consumers at 40 would give about +20 %" */
    return g_strdup_printf (_ ("Slots and consumers at %s"), value);
  /* Translators: a number; the beginning of "Slots at 40 would give about +20 %" */
  return g_strdup_printf (_ ("Slots at %s"), value);
}

static char *
name_next (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  const char *name = name_of (snapshot, finding->until_stage);

  if (finding->until == MILL_LIMIT_SOURCE)
    return g_strdup (_ ("the source"));
  if (finding->until == MILL_LIMIT_CPU)
    return g_strdup (_ ("the processors"));
  if (finding->until_stage != finding->stage)
    return g_strdup (name);
  if (finding->until == MILL_LIMIT_SLOTS)
    /* Translators: name of a stage */
    return g_strdup_printf (_ ("%s’s slots"), name);
  if (finding->until == MILL_LIMIT_RATE)
    /* Translators: name of a stage */
    return g_strdup_printf (_ ("%s’s rate"), name);
  /* Translators: name of a stage */
  return g_strdup_printf (_ ("%s’s consumers"), name);
}

/* (nullable): a faster source, which no knob makes. */
static char *
describe_spare (const MillLimitFinding *finding, const char *next)
{
  g_autofree char *times = mill_format_number (1 + finding->gain, 1);

  if (finding->gain <= 0)
    return NULL;
  if (finding->until == MILL_LIMIT_UNSURE)
    /* Translators: a factor such as 10 */
    return g_strdup_printf (_ ("The stages could take %s times as much, or more."), times);
  /* Translators: a factor such as 4.0, and what binds then */
  return g_strdup_printf (_ ("The stages could take about %s times as much; then the limit is %s."), times,
                          next);
}

/* (nullable) */
static char *
describe_help (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  g_autofree char *next = name_next (finding, snapshot);
  g_autofree char *change = name_change (finding);
  g_autofree char *percent = mill_format_number (finding->gain * 100, 0);

  if (finding->helps == MILL_LIMIT_UNSURE)
    return NULL;
  if (finding->helps == MILL_LIMIT_SOURCE)
    return describe_spare (finding, next);
  if (finding->gain <= 0)
    /* Translators: what binds next */
    return g_strdup_printf (_ ("To raise it gives little: the next limit, %s, is near."), next);
  if (finding->until == MILL_LIMIT_UNSURE)
    /* Translators: such as "Slots at 40"; a number of percent */
    return g_strdup_printf (_ ("%s would give up to +%s %%, if attempts take no longer then."), change,
                            percent);
  /* Translators: such as "Slots at 40"; a number of percent; what binds then */
  return g_strdup_printf (_ ("%s would give about +%s %%; then the limit is %s."), change, percent, next);
}

/**
 * mill_limit_words_little:
 * @load: of a stage
 *
 * Returns: (transfer full) (nullable): whether L = λW, with the numbers; %NULL when no attempt ended
 */
char *
mill_limit_words_little (const MillStageLoad *load)
{
  g_autofree char *in_flight = mill_limit_words_mean (load->in_flight);
  g_autofree char *rate = mill_words_rate (load->attempt_rate);
  g_autofree char *service = mill_words_span ((gint64) load->service_us);

  if (load->attempts == 0)
    return NULL;
  if (mill_stage_load_check_little (load))
    /* Translators: Little’s law: attempts in work, attempts a second, the mean time of one */
    return g_strdup_printf (_ ("L = λW checks: %s ≈ %s/s × %s."), in_flight, rate, service);
  /* Translators: Little’s law: attempts in work, attempts a second, the mean time of one */
  return g_strdup_printf (_ ("L = λW does not check, for the flow is not steady: %s ≠ %s/s × %s."), in_flight,
                          rate, service);
}

/* Returns: (nullable): whoever has had an item for longest */
static const MillHand *
find_oldest (const MillStageSnapshot *stage)
{
  const MillHand *oldest = NULL;

  for (guint i = 0; stage->hands != NULL && i < stage->hands->len; i++)
    {
      const MillHand *hand = &g_array_index (stage->hands, MillHand, i);

      if (hand->has_item && (oldest == NULL || hand->item_since_us < oldest->item_since_us))
        oldest = hand;
    }
  return oldest;
}

/* Where hardly anything ends, somebody may wait for ever. */
static char *
describe_hang (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  const MillStageSnapshot *stage = g_ptr_array_index (snapshot->stages, finding->stage);
  const MillHand *oldest = find_oldest (stage);
  gint64 held_us = oldest != NULL ? snapshot->time_us - oldest->item_since_us : 0;
  g_autofree char *id = NULL;
  g_autofree char *held = NULL;

  if (held_us < LONG_US)
    return NULL;
  id = g_strdup_printf ("%" G_GUINT64_FORMAT, oldest->item_id);
  held = mill_words_span (held_us);
  /* Translators: a worker’s stage and number, its item, for how long it has had it; “send-3 has had item 12
   * for 8.1 s” */
  return g_strdup_printf (_ ("It may hang: %s-%u has had item %s for %s."), stage->name, oldest->number, id,
                          held);
}

/**
 * mill_limit_words_advice:
 * @finding: a finding
 * @snapshot: of the run
 *
 * Returns: (transfer full): what the limit does to others, what will not help and what will, and whether the
 * numbers agree; or what may hang; empty if there is nothing to say
 */
char *
mill_limit_words_advice (const MillLimitFinding *finding, const MillSnapshot *snapshot)
{
  GString *text = g_string_new (NULL);

  if (finding->kind == MILL_LIMIT_NOT_STARTED)
    append (text, g_strdup (_ ("A run is as fast as its narrowest place: everything else waits for it.")));
  if (finding->kind == MILL_LIMIT_UNSURE && finding->doubt == MILL_LIMIT_DOUBT_TOO_FEW)
    append (text, describe_hang (finding, snapshot));
  if (mill_limit_finding_is_sure (finding) && finding->kind != MILL_LIMIT_DRAINING)
    {
      append (text, describe_pushed_back (finding, snapshot));
      append (text, g_strdup (name_vain (finding)));
      append (text, describe_failures (finding));
      append (text, describe_help (finding, snapshot));
    }
  if (mill_limit_finding_is_sure (finding) && finding->stage >= 0)
    append (text, mill_limit_words_little (&finding->load));
  return g_string_free (text, FALSE);
}
