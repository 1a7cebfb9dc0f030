/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parser and matcher of robots.txt after RFC 9309. Patterns and paths are brought into one form before they
 * are compared; patterns are matched in one pass, so that a hostile file costs no more than its length. */

#include "config.h"

#include <math.h>
#include <string.h>

#include "crawl/mill-hash-private.h"
#include "crawl/mill-robots.h"

#define SITEMAPS_MAX    1000
#define CRAWL_DELAY_MAX 86400.0 /* seconds */

typedef struct
{
  char *pattern;  /* (owned) normalised; "*" stands for anything, a "$" at the end is cut off into `whole` */
  char *in_query; /* (owned) (nullable) the pattern if what is behind its first "*" lies in a query */
  size_t weight;  /* octets of the pattern: the more, the more specific */
  gboolean whole; /* must match to the end of the path */
  gboolean allow;
} MillRule;

/* A path to be matched, normalised. */
typedef struct
{
  const char *text;  /* (unowned) */
  const char *query; /* where its "?" is, or its end */
  const char *end;
} MillRobotsPath;

typedef enum
{
  NORMALIZE_PATH,
  NORMALIZE_PATTERN,
  NORMALIZE_PATTERN_IN_QUERY, /* as if the first "*" reached into the query */
} MillRobotsForm;

/* What is said of one crawler, by its name. */
typedef struct
{
  GPtrArray *groups; /* (owned) of GArray of MillRule, borrowed from `groups` of MillRobots */
  GPtrArray *delays; /* (owned) of double*, borrowed from `delays` of MillRobots */
} MillAgent;

struct _MillRobots
{
  GPtrArray *groups;   /* (owned) of GArray of MillRule, the most specific first, Allow before Disallow */
  GPtrArray *delays;   /* (owned) of double*: seconds; < 0: none */
  GHashTable *agents;  /* (owned) char* product token in lower case → MillAgent, owned */
  GPtrArray *sitemaps; /* (owned) of char*, NULL-terminated */
};

typedef struct
{
  MillRobots *robots;   /* (unowned) */
  GArray *group;        /* (unowned) (nullable) where rules go; NULL before the first User-agent */
  double *delay;        /* (unowned) (nullable) where a Crawl-delay goes */
  gboolean after_rule;  /* since the last User-agent there was a rule */
  gboolean after_delay; /* or a Crawl-delay */
} MillRobotsParser;

G_DEFINE_BOXED_TYPE (MillRobots, mill_robots, mill_robots_ref, mill_robots_unref)

static void
rule_clear (gpointer data)
{
  MillRule *rule = data;

  g_free (rule->pattern);
  g_free (rule->in_query);
}

static GArray *
group_new (void)
{
  GArray *group = g_array_new (FALSE, FALSE, sizeof (MillRule));

  g_array_set_clear_func (group, rule_clear);
  return group;
}

static double *
delay_new (void)
{
  double *delay = g_new (double, 1);

  *delay = -1;
  return delay;
}

static MillAgent *
agent_new (void)
{
  MillAgent *agent = g_new (MillAgent, 1);

  agent->groups = g_ptr_array_new ();
  agent->delays = g_ptr_array_new ();
  return agent;
}

static void
agent_free (gpointer data)
{
  MillAgent *agent = data;

  g_ptr_array_unref (agent->groups);
  g_ptr_array_unref (agent->delays);
  g_free (agent);
}

static MillRobots *
robots_new (void)
{
  MillRobots *self = g_atomic_rc_box_new0 (MillRobots);

  self->groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->delays = g_ptr_array_new_with_free_func (g_free);
  self->agents = g_hash_table_new_full (mill_hash_string, g_str_equal, g_free, agent_free);
  self->sitemaps =
      g_ptr_array_new_null_terminated (1, g_free, TRUE); /* 1: so that it is never without its NULL */
  return self;
}

static void
append_escaped (GString *out, guchar c)
{
  static const char hex[] = "0123456789ABCDEF";

  g_string_append_c (out, '%');
  g_string_append_c (out, hex[c >> 4]);
  g_string_append_c (out, hex[c & 15]);
}

/* Whether an escaped @c means the same as a plain one: unreserved characters, and behind the "?" those that
 * have no meaning there (RFC 9309, section 2.2.2, second example). */
static gboolean
is_same_escaped (guchar c, gboolean in_query)
{
  if (g_ascii_isalnum (c))
    return TRUE;
  return c != '\0' && (strchr ("-._~", c) != NULL || (in_query && strchr (":/?@", c) != NULL));
}

static gboolean
is_plain (guchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("-._~!&'()+,;=:@/?", c) != NULL);
}

/* Brings a path, or a pattern, in which "*" is special, into the form in which they are compared. */
static char *
normalize (const char *text, size_t length, MillRobotsForm form)
{
  GString *out = g_string_sized_new (length + 16);
  gboolean in_query = FALSE;

  for (size_t i = 0; i < length; i++)
    {
      guchar c = (guchar) text[i];

      if (c == '%' && i + 2 < length && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2]))
        {
          c = (guchar) (g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
          if (is_same_escaped (c, in_query))
            g_string_append_c (out, (char) c);
          else
            append_escaped (out, c);
          i += 2;
          continue;
        }
      in_query |= c == '?' || (c == '*' && form == NORMALIZE_PATTERN_IN_QUERY);
      if (is_plain (c) || (c == '*' && form != NORMALIZE_PATH))
        g_string_append_c (out, (char) c);
      else
        append_escaped (out, c);
    }
  return g_string_free (out, FALSE);
}

/* Takes the next line off @text, its end, comment and blanks cut off. */
static gboolean
next_line (const char **text, size_t *left, const char **line, size_t *length)
{
  const char *comment;
  size_t n = 0;

  if (*left == 0)
    return FALSE;
  while (n < *left && (*text)[n] != '\n' && (*text)[n] != '\r')
    n++;
  *line = *text;
  *length = n;
  n = MIN (n + 1, *left); /* the LF of a CRLF makes one more line, an empty one */
  *text += n;
  *left -= n;

  comment = memchr (*line, '#', *length);
  if (comment != NULL)
    *length = (size_t) (comment - *line);
  while (*length > 0 && g_ascii_isspace ((*line)[*length - 1]))
    --*length;
  while (*length > 0 && g_ascii_isspace (**line))
    ++*line, --*length;
  return TRUE;
}

/* Splits "key: value". */
static gboolean
split_line (const char *line, size_t length, size_t *key_length, const char **value, size_t *value_length)
{
  const char *colon = memchr (line, ':', length);

  if (colon == NULL)
    return FALSE;
  *key_length = (size_t) (colon - line);
  while (*key_length > 0 && g_ascii_isspace (line[*key_length - 1]))
    --*key_length;
  *value = colon + 1;
  *value_length = (size_t) (line + length - *value);
  while (*value_length > 0 && g_ascii_isspace (**value))
    ++*value, --*value_length;
  return TRUE;
}

static gboolean
key_is (const char *key, size_t length, const char *name)
{
  return strlen (name) == length && g_ascii_strncasecmp (key, name, length) == 0;
}

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_' || c == '.';
}

/* The product token at the start of @value: "ExampleBot/1.2 (…)" is "examplebot". What is no token is
 * nobody's, such as "*bot", which is not "*". */
static char *
read_token (const char *value, size_t length)
{
  size_t n = 0;

  if (length > 0 && value[0] == '*' && (length == 1 || g_ascii_isspace (value[1])))
    return g_strdup ("*");
  while (n < length && is_token_char (value[n]))
    n++;
  return g_ascii_strdown (value, (gssize) n);
}

/* Appends @member unless it is the last already, as when a crawler is named twice in a row. */
static void
add_once (GPtrArray *array, gpointer member)
{
  if (array->len == 0 || g_ptr_array_index (array, array->len - 1) != member)
    g_ptr_array_add (array, member);
}

/* Reads a User-agent. Rules make the group: a Crawl-delay does not end it (RFC 9309, section 2.2.4), but
 * holds only for the crawlers named since the one before, as whoever writes "User-agent: a, Crawl-delay: 9"
 * means. */
static void
add_agent (MillRobotsParser *self, const char *value, size_t length)
{
  MillRobots *robots = self->robots;
  g_autofree char *token = read_token (value, length);
  MillAgent *agent = g_hash_table_lookup (robots->agents, token);

  if (self->group == NULL || self->after_rule)
    {
      self->group = group_new ();
      g_ptr_array_add (robots->groups, self->group);
    }
  if (self->delay == NULL || self->after_rule || self->after_delay)
    {
      self->delay = delay_new ();
      g_ptr_array_add (robots->delays, self->delay);
    }
  if (agent == NULL)
    {
      agent = agent_new ();
      g_hash_table_insert (robots->agents, g_steal_pointer (&token), agent);
    }
  add_once (agent->groups, self->group);
  add_once (agent->delays, self->delay);
  self->after_rule = self->after_delay = FALSE;
}

/* Returns: (transfer full): the pattern, its first slash added where it lacks: a common slip, and its meaning
 * is plain */
static char *
read_pattern (const char *value, size_t length, MillRobotsForm form)
{
  g_autofree char *pattern = normalize (value, length, form);

  if (pattern[0] == '/' || pattern[0] == '*')
    return g_steal_pointer (&pattern);
  return g_strconcat ("/", pattern, NULL);
}

static void
add_rule (GArray *group, gboolean allow, const char *value, size_t length)
{
  MillRule rule = { .allow = allow };

  if (length == 0)
    return; /* "Disallow:" disallows nothing */
  if (value[length - 1] == '$')
    {
      rule.whole = TRUE;
      length--;
    }
  rule.pattern = read_pattern (value, length, NORMALIZE_PATTERN);
  if (memchr (value, '*', length) != NULL)
    rule.in_query = read_pattern (value, length, NORMALIZE_PATTERN_IN_QUERY);
  if (rule.in_query != NULL && strcmp (rule.in_query, rule.pattern) == 0)
    g_clear_pointer (&rule.in_query, g_free);
  rule.weight = strlen (rule.pattern) + (rule.whole ? 1 : 0);
  g_array_append_val (group, rule);
}

static void
set_crawl_delay (double *crawl_delay, const char *value, size_t length)
{
  g_autofree char *text = g_strndup (value, length);
  char *end;
  double delay = g_ascii_strtod (text, &end);

  if (end != text && isfinite (delay) && delay >= 0)
    *crawl_delay = MIN (delay, CRAWL_DELAY_MAX);
}

static void
add_sitemap (MillRobots *self, const char *value, size_t length)
{
  if (length > 0 && self->sitemaps->len < SITEMAPS_MAX && g_utf8_validate_len (value, length, NULL))
    g_ptr_array_add (self->sitemaps, g_strndup (value, length));
}

static int
compare_rules (gconstpointer a, gconstpointer b)
{
  const MillRule *left = a, *right = b;

  if (left->weight != right->weight)
    return left->weight > right->weight ? -1 : 1;
  return right->allow - left->allow;
}

static void
parse_lines (MillRobots *robots, const char *text, size_t left)
{
  MillRobotsParser self = { .robots = robots };
  const char *line, *value;
  size_t length, key_length, value_length;

  while (next_line (&text, &left, &line, &length))
    {
      gboolean allow;

      if (!split_line (line, length, &key_length, &value, &value_length))
        continue;
      allow = key_is (line, key_length, "allow");
      if (key_is (line, key_length, "user-agent"))
        add_agent (&self, value, value_length);
      else if (key_is (line, key_length, "sitemap"))
        add_sitemap (robots, value, value_length);
      else if (self.delay != NULL && key_is (line, key_length, "crawl-delay"))
        {
          set_crawl_delay (self.delay, value, value_length);
          self.after_delay = TRUE;
        }
      else if (self.group != NULL && (allow || key_is (line, key_length, "disallow")))
        {
          add_rule (self.group, allow, value, value_length);
          self.after_rule = TRUE;
        }
    }
}

/* How much of a file counts: whole lines within the limit, which may end with what ends the last of them. */
static size_t
limited_length (const char *text, size_t length)
{
  if (length <= MILL_ROBOTS_MAX_BYTES)
    return length;
  length = MILL_ROBOTS_MAX_BYTES + 1;
  while (length > 0 && text[length - 1] != '\n' && text[length - 1] != '\r')
    length--;
  return length;
}

/**
 * mill_robots_parse:
 * @body: a robots.txt; any bytes
 *
 * Reads a robots.txt. What cannot be read is passed over, as RFC 9309 asks; of a file longer than
 * %MILL_ROBOTS_MAX_BYTES the whole lines up to there count.
 *
 * Returns: (transfer full): what it asks
 */
MillRobots *
mill_robots_parse (GBytes *body)
{
  MillRobots *self;
  size_t length;
  const char *text;

  g_return_val_if_fail (body != NULL, NULL);

  self = robots_new ();
  text = g_bytes_get_data (body, &length);
  length = limited_length (text, length);
  if (length >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
    {
      text += 3;
      length -= 3;
    }
  parse_lines (self, text, length);
  for (guint i = 0; i < self->groups->len; i++)
    g_array_sort (g_ptr_array_index (self->groups, i), compare_rules);
  return self;
}

/**
 * mill_robots_new_allow_all:
 *
 * What a robots.txt means that is not there (the server answered 4xx).
 *
 * Returns: (transfer full): rules that allow everything
 */
MillRobots *
mill_robots_new_allow_all (void)
{
  return robots_new ();
}

/**
 * mill_robots_new_disallow_all:
 *
 * What a robots.txt means that could not be read (5xx, or the server cannot be reached).
 *
 * Returns: (transfer full): rules that allow nothing
 */
MillRobots *
mill_robots_new_disallow_all (void)
{
  static const char text[] = "User-agent: *\nDisallow: /\n";
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));

  return mill_robots_parse (body);
}

/**
 * mill_robots_ref:
 * @self: the rules
 *
 * Takes one more reference. May be called from any thread.
 *
 * Returns: (transfer full): @self with one more reference
 */
MillRobots *
mill_robots_ref (MillRobots *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
robots_clear (gpointer data)
{
  MillRobots *self = data;

  g_hash_table_unref (self->agents);
  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->delays);
  g_ptr_array_unref (self->sitemaps);
}

/**
 * mill_robots_unref:
 * @self: (transfer full): the rules
 *
 * Drops a reference.
 */
void
mill_robots_unref (MillRobots *self)
{
  g_atomic_rc_box_release_full (self, robots_clear);
}

/* What counts for a crawler: what is said of its name, else of "*". Returns: (nullable) */
static const MillAgent *
find_agent (const MillRobots *self, const char *product_token)
{
  g_autofree char *token = product_token != NULL ? g_ascii_strdown (product_token, -1) : NULL;
  const MillAgent *agent = token != NULL ? g_hash_table_lookup (self->agents, token) : NULL;

  return agent != NULL ? agent : g_hash_table_lookup (self->agents, "*");
}

static const char *
find_end (const char *from, const char *end, const char *part, size_t length)
{
  const char *found = memmem (from, (size_t) (end - from), part, length);

  return found != NULL ? found + length : NULL;
}

static gboolean
ends_with (const char *from, const char *end, const char *part, size_t length)
{
  return (size_t) (end - from) >= length && memcmp (end - length, part, length) == 0;
}

/* Goes on behind the "*" at @star. Returns: the part of the pattern up to the next one */
static const char *
next_part (const char **star, size_t *length)
{
  const char *part = *star + 1;

  *star = strchrnul (part, '*');
  *length = (size_t) (*star - part);
  return part;
}

/* Each literal part is taken where it first ends: with "*" as the only wildcard that is never too early, and
 * no path is looked at more than twice. */
static gboolean
rule_matches (const MillRule *rule, const MillRobotsPath *path)
{
  const char *star = strchrnul (rule->pattern, '*'), *at = path->text;
  const char *query_star = rule->in_query != NULL ? strchrnul (rule->in_query, '*') : NULL;
  size_t length = (size_t) (star - rule->pattern), query_length = 0;

  if (length > (size_t) (path->end - at) || memcmp (rule->pattern, at, length) != 0)
    return FALSE;
  at += length;
  while (*star == '*')
    {
      const char *part = next_part (&star, &length), *end;
      const char *query_part = query_star != NULL ? next_part (&query_star, &query_length) : NULL;
      const char *query = MAX (at, path->query);

      if (*star == '\0' && rule->whole)
        return ends_with (at, path->end, part, length) ||
               (query_part != NULL && ends_with (query, path->end, query_part, query_length));
      end = find_end (at, path->end, part, length);
      if (query_part != NULL)
        {
          const char *query_end = find_end (query, path->end, query_part, query_length);

          if (end == NULL || (query_end != NULL && query_end < end))
            end = query_end;
        }
      if (end == NULL)
        return FALSE;
      at = end;
    }
  return !rule->whole || at == path->end;
}

/* Of the rules that match, the one that decides. Returns: (nullable) */
static const MillRule *
find_rule (const MillAgent *agent, const MillRobotsPath *path)
{
  const MillRule *best = NULL;

  for (guint i = 0; i < agent->groups->len; i++)
    {
      const GArray *rules = g_ptr_array_index (agent->groups, i);

      for (guint j = 0; j < rules->len; j++)
        {
          const MillRule *rule = &g_array_index (rules, MillRule, j);

          if (best != NULL && compare_rules (best, rule) <= 0)
            break;
          if (rule_matches (rule, path))
            {
              best = rule;
              break;
            }
        }
    }
  return best;
}

/**
 * mill_robots_allows:
 * @self: the rules
 * @product_token: (nullable): the crawler's name, as in its User-Agent before the slash; %NULL: any crawler
 * @path_and_query: what would be requested, from the path's first slash on
 *
 * Tells whether a crawler may fetch a path: the longest pattern that matches decides, and of an Allow and a
 * Disallow of one length the Allow. /robots.txt itself is always allowed.
 *
 * Returns: whether it may
 */
gboolean
mill_robots_allows (const MillRobots *self, const char *product_token, const char *path_and_query)
{
  const MillAgent *agent = find_agent (self, product_token);
  g_autofree char *text = NULL;
  const MillRule *rule;
  MillRobotsPath path;

  if (agent == NULL)
    return TRUE;
  text = normalize (path_and_query, strlen (path_and_query), NORMALIZE_PATH);
  if (strcmp (text, "/robots.txt") == 0)
    return TRUE;
  path = (MillRobotsPath){ text, strchrnul (text, '?'), text + strlen (text) };
  rule = find_rule (agent, &path);
  return rule == NULL || rule->allow;
}

/**
 * mill_robots_get_crawl_delay:
 * @self: the rules
 * @product_token: (nullable): the crawler's name
 *
 * Gives the pause between two requests that the site asks for. Not part of RFC 9309, but common.
 *
 * Returns: seconds, at most a day; < 0 if it does not ask
 */
double
mill_robots_get_crawl_delay (const MillRobots *self, const char *product_token)
{
  const MillAgent *agent = find_agent (self, product_token);
  double delay = -1;

  for (guint i = 0; agent != NULL && i < agent->delays->len; i++)
    delay = MAX (delay, *(const double *) g_ptr_array_index (agent->delays, i));
  return delay;
}

/**
 * mill_robots_get_sitemaps:
 * @self: the rules
 *
 * Where the site says its pages are listed.
 *
 * Returns: (transfer none): the sitemaps named, as written, in order; valid as long as @self
 */
const char *const *
mill_robots_get_sitemaps (const MillRobots *self)
{
  return (const char *const *) self->sitemaps->pdata;
}
