/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From URL to file name. mill_save_name() is a function of the URL alone and keeps the names of ordinary
 * sites as they are; where two URLs would share a file on some file system, MillSaveNames adds a hash to the
 * later one. */

#include "config.h"

#include <string.h>

#include "crawl/mill-hash-private.h"
#include "crawl/mill-save-name.h"
#include "crawl/mill-url.h"

#define HASH_DIGITS   10
#define EXTENSION_MAX 10 /* bytes, with its dot */

struct _MillSaveNames
{
  GObject parent_instance;

  GMutex lock;
  GHashTable *taken; /* (owned) char* folded path → char* URL of the file, or NULL for a folder; under lock */
};

G_DEFINE_FINAL_TYPE (MillSaveNames, mill_save_names, G_TYPE_OBJECT)

/* Extensions for names that have none, by content type. */
static const struct
{
  const char *type;
  const char *extension;
} extensions[] = {
  { "text/html", ".html" },      { "application/xhtml+xml", ".html" }, { "application/json", ".json" },
  { "text/plain", ".txt" },      { "application/xml", ".xml" },        { "text/xml", ".xml" },
  { "application/pdf", ".pdf" },
};

static const char *
extension_for_type (const char *content_type)
{
  size_t length = content_type != NULL ? strcspn (content_type, "; \t") : 0;

  for (size_t i = 0; i < G_N_ELEMENTS (extensions); i++)
    if (strlen (extensions[i].type) == length &&
        g_ascii_strncasecmp (content_type, extensions[i].type, length) == 0)
      return extensions[i].extension;
  return NULL;
}

/* The extension of @name with its dot, or its end if it has none. */
static const char *
find_extension (const char *name)
{
  const char *end = name + strlen (name), *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || end - dot < 2 || end - dot > EXTENSION_MAX)
    return end;
  for (const char *p = dot + 1; p < end; p++)
    if (!g_ascii_isalnum (*p))
      return end;
  return dot;
}

static gboolean
is_forbidden (guchar c)
{
  return c < ' ' || c == 0x7F || strchr ("/<>:\"|?*\\", c) != NULL;
}

static void
append_escaped (GString *out, guchar c)
{
  g_string_append_printf (out, "%%%02X", c);
}

/* Decodes an escaped letter of another script at @p, so that "%E4%BD%A0.html" is saved under the name that
 * people see. Returns: the length read, or 0 if it is none. */
static size_t
decode_letter (const char *p, const char *end, GString *out)
{
  char bytes[5] = { 0 };
  size_t n = 0;
  gunichar c;

  while (n < 4 && end - p >= 3 * (gssize) (n + 1) && p[3 * n] == '%' && g_ascii_isxdigit (p[3 * n + 1]) &&
         g_ascii_isxdigit (p[3 * n + 2]))
    {
      bytes[n] = (char) (g_ascii_xdigit_value (p[3 * n + 1]) << 4 | g_ascii_xdigit_value (p[3 * n + 2]));
      n++;
    }
  if (n < 2 || (guchar) bytes[0] < 0x80)
    return 0;
  c = g_utf8_get_char_validated (bytes, (gssize) n);
  if (c == (gunichar) -1 || c == (gunichar) -2 || !g_unichar_isgraph (c))
    return 0;
  g_string_append_unichar (out, c);
  return 3 * (size_t) g_unichar_to_utf8 (c, NULL);
}

/* Names that Windows keeps for devices, with or without an extension. */
static gboolean
is_device_name (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
  size_t length = strcspn (name, ".");

  for (size_t i = 0; i < G_N_ELEMENTS (devices); i++)
    if (strlen (devices[i]) == length && g_ascii_strncasecmp (name, devices[i], length) == 0)
      return TRUE;
  return length == 4 && g_ascii_isdigit (name[3]) &&
         (g_ascii_strncasecmp (name, "com", 3) == 0 || g_ascii_strncasecmp (name, "lpt", 3) == 0);
}

static void
escape_at (GString *name, gssize at)
{
  g_autofree char *escape = g_strdup_printf ("%%%02X", (guchar) name->str[at]);

  g_string_erase (name, at, 1);
  g_string_insert (name, at, escape);
}

/* Makes one file or folder name, legal on every common file system, of part of a URL. */
static char *
make_segment (const char *text, size_t length)
{
  g_autoptr (GString) out = g_string_sized_new (length + 8);
  const char *end = text + length;

  for (const char *p = text; p < end;)
    {
      size_t used = decode_letter (p, end, out);

      if (used == 0)
        {
          if (is_forbidden ((guchar) *p) || (guchar) *p >= 0x80)
            append_escaped (out, (guchar) *p);
          else
            g_string_append_c (out, *p);
          used = 1;
        }
      p += used;
    }
  if (out->len == 0)
    g_string_append_c (out, '_');
  if (out->str[out->len - 1] == '.' || out->str[out->len - 1] == ' ')
    escape_at (out, (gssize) out->len - 1); /* so there is no "." and no ".." either */
  if (is_device_name (out->str))
    escape_at (out, 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Length of the longest start of @name, at most @max bytes, that cuts neither a character nor an escape. */
static size_t
cut_length (const char *name, size_t max)
{
  size_t length = strlen (name);

  if (length <= max)
    return length;
  length = max;
  while (length > 0 && ((guchar) name[length] & 0xC0) == 0x80)
    length--;
  for (size_t back = 1; back <= 2 && back <= length; back++)
    if (name[length - back] == '%')
      return length - back;
  return length;
}

/* @name with a hash of @text in it, within the limit, its extension kept: "page~1f0c….html". */
static char *
add_hash (const char *name, const char *text, guint attempt)
{
  g_autofree char *salted = attempt > 0 ? g_strdup_printf ("%s\n%u", text, attempt) : NULL;
  g_autofree char *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, salted != NULL ? salted : text, -1);
  const char *extension = find_extension (name);
  g_autofree char *stem = g_strndup (name, (size_t) (extension - name));
  size_t room = MILL_SAVE_NAME_SEGMENT_MAX - 1 - HASH_DIGITS - strlen (extension);

  return g_strdup_printf ("%.*s~%.*s%s", (int) cut_length (stem, room), stem, HASH_DIGITS, digest, extension);
}

static char *
make_limited_segment (const char *text, size_t length)
{
  g_autofree char *segment = make_segment (text, length);

  if (strlen (segment) <= MILL_SAVE_NAME_SEGMENT_MAX)
    return g_steal_pointer (&segment);
  else
    {
      g_autofree char *whole = g_strndup (text, length);

      return add_hash (segment, whole, 0);
    }
}

static char *
make_host_segment (const char *url)
{
  g_autofree char *host = mill_url_authority (url);
  char *port = strrchr (host, ':');

  if (port != NULL && strchr (port, ']') == NULL)
    *port = '_';
  return make_limited_segment (host, strlen (host));
}

/* The name of the file itself: last segment of the path, query and, if it has none, an extension. */
static char *
make_file_segment (const char *last, const char *content_type)
{
  size_t length = strcspn (last, "?");
  g_autoptr (GString) name = g_string_new_len (last, (gssize) length);
  const char *extension = extension_for_type (content_type);

  if (name->len == 0)
    g_string_append (name, "index.html");
  if (last[length] == '?')
    g_string_append_printf (name, "@%s", last + length + 1);
  if (extension != NULL && *find_extension (name->str) == '\0')
    g_string_append (name, extension);
  return make_limited_segment (name->str, name->len);
}

/* Where the last segment of the path of @url begins. */
static const char *
find_last (const char *path)
{
  const char *last = path, *end = path + strcspn (path, "?");

  for (const char *p = path; p < end; p++)
    if (*p == '/')
      last = p + 1;
  return last;
}

/* The name of a URL whose path is too long to keep: all folders are dropped. */
static char *
make_flat_name (const char *url, const char *content_type)
{
  g_autofree char *host = make_host_segment (url);
  g_autofree char *file = make_file_segment (find_last (mill_url_path_and_query (url)), content_type);
  g_autofree char *hashed = add_hash (file, url, 0);

  return g_strconcat (host, "/", hashed, NULL);
}

/**
 * mill_save_name:
 * @url: a canonical URL
 * @content_type: (nullable): its Content-Type, for an extension where the URL has none
 *
 * Derives the relative path under which a page is saved: host (with "_port" unless it is the default one),
 * then the path; "index.html" for a folder; a query behind "@". The path never leaves the folder it is put
 * in, and its names are legal on Linux, macOS and Windows: at most %MILL_SAVE_NAME_SEGMENT_MAX bytes each and
 * %MILL_SAVE_NAME_MAX in all (what is longer is cut and gets a hash), no control characters, nothing Windows
 * reserves.
 *
 * Two URLs may share a name, such as "/a/" and "/a/index.html", or "/A" and "/a" on file systems that ignore
 * case: use #MillSaveNames for many. Any thread.
 *
 * Returns: (transfer full): the path, in UTF-8
 */
char *
mill_save_name (const char *url, const char *content_type)
{
  g_autofree char *host = NULL, *file = NULL;
  g_autoptr (GString) out = NULL;
  const char *path, *last;

  g_return_val_if_fail (url != NULL, NULL);

  host = make_host_segment (url);
  out = g_string_new (host);
  path = mill_url_path_and_query (url);
  last = find_last (path);
  for (const char *p = path + (*path == '/' ? 1 : 0); p < last;)
    {
      size_t length = strcspn (p, "/");
      g_autofree char *segment = make_limited_segment (p, length);

      g_string_append_printf (out, "/%s", segment);
      p += length + 1;
    }
  file = make_file_segment (last, content_type);
  g_string_append_printf (out, "/%s", file);
  if (out->len > MILL_SAVE_NAME_MAX)
    return make_flat_name (url, content_type);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* What file systems that ignore case or normalise Unicode take as one name. */
static char *
fold (const char *path)
{
  g_autofree char *normal = NULL;

  if (g_str_is_ascii (path))
    return g_ascii_strdown (path, -1);
  normal = g_utf8_normalize (path, -1, G_NORMALIZE_DEFAULT);
  return g_utf8_casefold (normal, -1);
}

/* Appends "/@segment", changed as often as a file stands where the folder should be. */
static void
append_folder (MillSaveNames *self, GString *path, const char *segment, const char *unchanged)
{
  size_t parent = path->len;
  g_autofree char *name = g_strdup (segment);

  for (guint attempt = 0;; attempt++)
    {
      g_autofree char *folded = NULL;
      gpointer url = NULL;

      g_string_append_printf (path, "%s%s", parent > 0 ? "/" : "", name);
      folded = fold (path->str);
      if (!g_hash_table_lookup_extended (self->taken, folded, NULL, &url) || url == NULL)
        return;
      g_string_truncate (path, parent);
      g_free (name);
      name = add_hash (segment, unchanged, attempt);
    }
}

/* Appends "/@segment", changed as often as it is taken by another URL or by a folder. */
static void
append_file (MillSaveNames *self, GString *path, const char *segment, const char *url)
{
  size_t parent = path->len;
  g_autofree char *name = g_strdup (segment);

  for (guint attempt = 0;; attempt++)
    {
      g_autofree char *folded = NULL;
      gpointer owner = NULL;

      g_string_append_printf (path, "/%s", name);
      folded = fold (path->str);
      if (!g_hash_table_lookup_extended (self->taken, folded, NULL, &owner))
        return;
      if (owner != NULL && strcmp (owner, url) == 0)
        return;
      g_string_truncate (path, parent);
      g_free (name);
      name = add_hash (segment, url, attempt);
    }
}

/* Finds a free path close to @wanted. */
static char *
settle (MillSaveNames *self, const char *wanted, const char *url)
{
  g_autoptr (GString) path = g_string_sized_new (strlen (wanted) + 16);
  const char *slash;

  for (const char *p = wanted; (slash = strchr (p, '/')) != NULL; p = slash + 1)
    {
      g_autofree char *segment = g_strndup (p, (size_t) (slash - p));
      g_autofree char *unchanged = g_strndup (wanted, (size_t) (slash - wanted));

      append_folder (self, path, segment, unchanged);
    }
  append_file (self, path, strrchr (wanted, '/') + 1, url);
  return g_string_free (g_steal_pointer (&path), FALSE);
}

/* Records @path as @url's, and the folders above it as folders. */
static void
take (MillSaveNames *self, const char *path, const char *url)
{
  char *folded = fold (path);

  for (char *slash = strchr (folded, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *folder = g_strndup (folded, (size_t) (slash - folded));

      if (!g_hash_table_contains (self->taken, folder))
        g_hash_table_insert (self->taken, g_steal_pointer (&folder), NULL);
    }
  g_hash_table_insert (self->taken, folded, g_strdup (url));
}

static void
mill_save_names_finalize (GObject *object)
{
  MillSaveNames *self = MILL_SAVE_NAMES (object);

  g_hash_table_unref (self->taken);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mill_save_names_parent_class)->finalize (object);
}

static void
mill_save_names_class_init (MillSaveNamesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_save_names_finalize;
}

static void
mill_save_names_init (MillSaveNames *self)
{
  g_mutex_init (&self->lock);
  self->taken = g_hash_table_new_full (mill_hash_string, g_str_equal, g_free, g_free);
}

/**
 * mill_save_names_new:
 *
 * Creates a table in which no name is taken.
 *
 * Returns: (transfer full): the table
 */
MillSaveNames *
mill_save_names_new (void)
{
  return g_object_new (MILL_TYPE_SAVE_NAMES, NULL);
}

/**
 * mill_save_names_reserve:
 * @self: the table
 * @name: a path that mill_save_names_get() returned in an earlier run
 * @url: for what
 *
 * Takes a name for what has it already. Any thread.
 */
void
mill_save_names_reserve (MillSaveNames *self, const char *name, const char *url)
{
  g_return_if_fail (MILL_IS_SAVE_NAMES (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (url != NULL);

  g_mutex_lock (&self->lock);
  take (self, name, url);
  g_mutex_unlock (&self->lock);
}

/**
 * mill_save_names_get:
 * @self: the table
 * @url: a canonical URL
 * @content_type: (nullable): its Content-Type
 *
 * Gives a URL its path: that of mill_save_name() unless another URL has it already, has it in another case,
 * or has a file where this one needs a folder (or the reverse); then with "~" and a hash in the name that is
 * in the way. Asked again with the same arguments, the answer is the same. What comes first keeps the plain
 * name, so to go on with a folder that is partly filled, first reserve the names in it.
 *
 * Any thread.
 *
 * Returns: (transfer full): the path, in UTF-8; no two URLs share one, not even where case is ignored
 */
char *
mill_save_names_get (MillSaveNames *self, const char *url, const char *content_type)
{
  g_autofree char *wanted = NULL, *path = NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MILL_IS_SAVE_NAMES (self), NULL);
  g_return_val_if_fail (url != NULL, NULL);

  wanted = mill_save_name (url, content_type);
  locker = g_mutex_locker_new (&self->lock);
  path = settle (self, wanted, url);
  if (strlen (path) > MILL_SAVE_NAME_MAX)
    {
      g_autofree char *flat = make_flat_name (url, content_type);

      g_free (path);
      path = settle (self, flat, url);
    }
  take (self, path, url);
  return g_steal_pointer (&path);
}
