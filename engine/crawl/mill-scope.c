/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillScope: the sites and folders are one sorted list of "host/folder/", none of which begins another, so
 * that of all of them only the one that would stand just before an address can hold it. */

#include "config.h"

#include "crawl/mill-scope.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-glob-private.h"
#include "crawl/mill-hash-private.h"
#include "crawl/mill-url.h"

#define SHOWN_MAX 60 /* characters of a pattern in an error message */

struct _MillScope
{
  gboolean below;
  GHashTable *starts; /* (owned) char* start address → char* its place, both owned */
  GPtrArray *places;  /* (owned) of char*, borrowed from `starts`: sorted */
  GPtrArray *include; /* (owned) of MillGlob */
  GPtrArray *exclude; /* (owned) of MillGlob */
};

G_DEFINE_BOXED_TYPE (MillScope, mill_scope, mill_scope_ref, mill_scope_unref)

static void
refuse_pattern (GError **error, const char *pattern, const char *problem)
{
  g_autofree char *valid = g_utf8_make_valid (pattern, -1);
  g_autofree char *start = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), SHOWN_MAX));

  g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, "“%s%s”: %s", start,
               strlen (start) < strlen (valid) ? "…" : "", problem);
}

/**
 * mill_scope_check_pattern:
 * @pattern: a pattern that a person wrote
 *
 * Checks a pattern, and spells it as addresses are spelled, so that it has no blanks either.
 *
 * Returns: (transfer full): the pattern, or %NULL with %MILL_ERROR_INVALID and a message that helps
 */
char *
mill_scope_check_pattern (const char *pattern, GError **error)
{
  g_autofree char *address = NULL, *canonical = NULL;
  const char *spelled;

  g_return_val_if_fail (pattern != NULL, NULL);

  if (*pattern == '\0' || strchr ("/*?", *pattern) == NULL)
    {
      refuse_pattern (error, pattern, _ ("the pattern can match no address; it begins with “/”, “*” or “?”"));
      return NULL;
    }
  if (strchr (pattern, '#') != NULL)
    {
      refuse_pattern (error, pattern,
                      _ ("the pattern can match no address: what follows “#” is no part of it"));
      return NULL;
    }
  address = g_strconcat (*pattern == '/' ? "http://a" : "http://a/", pattern, NULL);
  canonical = mill_url_canonicalize (NULL, address, MILL_URL_FLAGS_NONE, NULL);
  spelled = canonical != NULL ? mill_url_path_and_query (canonical) + (*pattern == '/' ? 0 : 1) : NULL;
  if (spelled == NULL || strlen (spelled) > MILL_GLOB_MAX_LENGTH)
    {
      refuse_pattern (error, pattern, _ ("the pattern is too long"));
      return NULL;
    }
  return g_strdup (spelled);
}

/* Returns: (transfer full) (nullable): of MillGlob */
static GPtrArray *
read_patterns (const char *const *patterns, const char *place, GError **error)
{
  g_autoptr (GPtrArray) globs = g_ptr_array_new_with_free_func ((GDestroyNotify) mill_glob_free);

  for (; patterns != NULL && *patterns != NULL; patterns++)
    {
      g_autofree char *pattern = mill_scope_check_pattern (*patterns, error);

      if (pattern != NULL && globs->len == MILL_SCOPE_MAX_PATTERNS)
        {
          g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("there are more than %d patterns"),
                       MILL_SCOPE_MAX_PATTERNS);
          g_clear_pointer (&pattern, g_free);
        }
      if (pattern == NULL)
        {
          g_prefix_error (error, "%s: ", place);
          return NULL;
        }
      g_ptr_array_add (globs, mill_glob_new (pattern));
    }
  return g_steal_pointer (&globs);
}

/* An address without its scheme: http and https are one site. */
static const char *
without_scheme (const char *url)
{
  const char *slashes = strstr (url, "://");

  return slashes != NULL ? slashes + 3 : url;
}

/* Returns: (transfer full): "host/", or "host/folder/" of the address */
static char *
get_place (const char *url, gboolean below)
{
  const char *start = without_scheme (url);
  size_t length = below ? strcspn (start, "?") : strcspn (start, "/") + 1;

  while (length > 0 && start[length - 1] != '/')
    length--;
  return g_strndup (start, length);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Makes the list of places; of those within another only the outer one is needed. */
static void
sort_places (MillScope *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_sized_new (g_hash_table_size (self->starts));
  GHashTableIter iter;
  gpointer place;
  const char *outer = NULL;

  g_hash_table_iter_init (&iter, self->starts);
  while (g_hash_table_iter_next (&iter, NULL, &place))
    g_ptr_array_add (all, place);
  g_ptr_array_sort (all, compare_strings);
  for (guint i = 0; i < all->len; i++)
    {
      place = g_ptr_array_index (all, i);
      if (outer != NULL && g_str_has_prefix (place, outer))
        continue;
      g_ptr_array_add (self->places, place);
      outer = place;
    }
}

static MillScope *
scope_new (gboolean below, GPtrArray *include, GPtrArray *exclude)
{
  MillScope *self = g_atomic_rc_box_new0 (MillScope);

  self->below = below;
  self->starts = g_hash_table_new_full (mill_hash_string, g_str_equal, g_free, g_free);
  self->places = g_ptr_array_new ();
  self->include = include;
  self->exclude = exclude;
  return self;
}

static void
scope_clear (gpointer data)
{
  MillScope *self = data;

  g_ptr_array_unref (self->places);
  g_hash_table_unref (self->starts);
  g_ptr_array_unref (self->include);
  g_ptr_array_unref (self->exclude);
}

/**
 * mill_scope_new:
 * @starts: (array zero-terminated=1): the canonical addresses that the crawl begins with
 * @below: whether to stay in their folders
 * @include: (array zero-terminated=1) (nullable): patterns of which one must match
 * @exclude: (array zero-terminated=1) (nullable): patterns of which none may match
 *
 * Creates a scope.
 *
 * Returns: (transfer full): the scope, or %NULL with %MILL_ERROR_INVALID when a pattern is no good
 */
MillScope *
mill_scope_new (const char *const *starts, gboolean below, const char *const *include,
                const char *const *exclude, GError **error)
{
  g_autoptr (GPtrArray) included = read_patterns (include, "include", error);
  g_autoptr (GPtrArray) excluded = included != NULL ? read_patterns (exclude, "exclude", error) : NULL;
  MillScope *self;

  g_return_val_if_fail (starts != NULL, NULL);

  if (excluded == NULL)
    return NULL;
  self = scope_new (below, g_steal_pointer (&included), g_steal_pointer (&excluded));
  for (; *starts != NULL; starts++)
    g_hash_table_insert (self->starts, g_strdup (*starts), get_place (*starts, below));
  sort_places (self);
  return self;
}

/* Whether @to is @from with a slash at its end: the folder that @from lacks the slash of. */
static gboolean
adds_slash (const char *from, const char *to)
{
  size_t length = strlen (without_scheme (from));

  return strncmp (without_scheme (from), without_scheme (to), length) == 0 &&
         strcmp (without_scheme (to) + length, "/") == 0;
}

/* The place that comes with a start address which the start address @from redirects to. */
static char *
get_redirected_place (const MillScope *self, const char *from, const char *to)
{
  const char *place = g_hash_table_lookup (self->starts, from);

  if (place == NULL || !mill_url_same_host (from, to) || adds_slash (from, to))
    return get_place (to, self->below);
  return g_strdup (place);
}

/**
 * mill_scope_new_redirected:
 * @from: a start address
 * @to: the canonical address that it redirects to
 *
 * Creates the scope of a crawl that was sent on: @to is one more start address. On a site of its own it
 * counts as any other; within the site of @from it does not widen the scope. When all that @from lacks is the
 * slash at its end, it is the folder that counts.
 *
 * Returns: (transfer full): the scope
 */
MillScope *
mill_scope_new_redirected (const MillScope *self, const char *from, const char *to)
{
  MillScope *scope =
      scope_new (self->below, g_ptr_array_ref (self->include), g_ptr_array_ref (self->exclude));
  gboolean is_folder = adds_slash (from, to);
  g_autofree char *place = get_redirected_place (self, from, to);
  GHashTableIter iter;
  gpointer start, old;

  g_hash_table_iter_init (&iter, self->starts);
  while (g_hash_table_iter_next (&iter, &start, &old))
    {
      gboolean is_from = is_folder && strcmp (without_scheme (start), without_scheme (from)) == 0;

      g_hash_table_insert (scope->starts, g_strdup (start), g_strdup (is_from ? place : (const char *) old));
    }
  if (!g_hash_table_contains (scope->starts, to))
    g_hash_table_insert (scope->starts, g_strdup (to), g_steal_pointer (&place));
  sort_places (scope);
  return scope;
}

/**
 * mill_scope_new_restored:
 * @to: the canonical address that some start address redirected to in an earlier run
 *
 * Does what mill_scope_new_redirected() does for a start address on the site of @to, if there is one.
 *
 * Returns: (transfer full): the scope
 */
MillScope *
mill_scope_new_restored (const MillScope *self, const char *to)
{
  const char *from = to;
  GHashTableIter iter;
  gpointer start;

  g_hash_table_iter_init (&iter, self->starts);
  while (g_hash_table_iter_next (&iter, &start, NULL))
    if (mill_url_same_host (start, to) && (from == to || adds_slash (start, to)))
      from = start;
  return mill_scope_new_redirected (self, from, to);
}

/**
 * mill_scope_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the scope
 */
MillScope *
mill_scope_ref (MillScope *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * mill_scope_unref:
 *
 * Drops a reference.
 */
void
mill_scope_unref (MillScope *self)
{
  g_atomic_rc_box_release_full (self, scope_clear);
}

static gboolean
matches_any (const GPtrArray *globs, const char *path)
{
  for (guint i = 0; i < globs->len; i++)
    if (mill_glob_matches (g_ptr_array_index (globs, i), path))
      return TRUE;
  return FALSE;
}

/* How many of the places do not come after an address. */
static guint
count_places_before (const MillScope *self, const char *address)
{
  guint low = 0, high = self->places->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (g_ptr_array_index (self->places, middle), address) <= 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether an address is in one of the places: the last one that does not come after it. */
static gboolean
is_in_place (const MillScope *self, const char *url)
{
  const char *address = without_scheme (url);
  guint n_before = count_places_before (self, address);

  return n_before > 0 && g_str_has_prefix (address, g_ptr_array_index (self->places, n_before - 1));
}

/* Whether one of the places is on the address's site: it is "host/" itself or the next after it. */
static gboolean
is_on_site (const MillScope *self, const char *url)
{
  g_autofree char *site = get_place (url, FALSE);
  guint n_before = count_places_before (self, site);

  if (n_before > 0 && strcmp (g_ptr_array_index (self->places, n_before - 1), site) == 0)
    return TRUE;
  return n_before < self->places->len && g_str_has_prefix (g_ptr_array_index (self->places, n_before), site);
}

/**
 * mill_scope_excludes:
 * @url: a canonical address
 *
 * Looks at the patterns to exclude alone.
 *
 * Returns: whether one of them matches @url
 */
gboolean
mill_scope_excludes (const MillScope *self, const char *url)
{
  return matches_any (self->exclude, mill_url_path_and_query (url));
}

/**
 * mill_scope_allows_requisite:
 * @url: the canonical address of what a page in scope needs
 *
 * Looks at the sites and the patterns to exclude.
 *
 * Returns: whether @url may be fetched for the page
 */
gboolean
mill_scope_allows_requisite (const MillScope *self, const char *url)
{
  return g_hash_table_contains (self->starts, url) ||
         (is_on_site (self, url) && !mill_scope_excludes (self, url));
}

/**
 * mill_scope_contains:
 * @url: a canonical address
 *
 * Looks at all rules.
 *
 * Returns: whether @url is in scope
 */
gboolean
mill_scope_contains (const MillScope *self, const char *url)
{
  if (g_hash_table_contains (self->starts, url))
    return TRUE;
  if (!is_in_place (self, url))
    return FALSE;
  if (self->include->len > 0 && !matches_any (self->include, mill_url_path_and_query (url)))
    return FALSE;
  return !mill_scope_excludes (self, url);
}
