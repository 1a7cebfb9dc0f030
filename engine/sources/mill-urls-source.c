/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillUrlsSource: web addresses. The whole list is checked before the start, so that a run does not break off
 * in the middle over line 4,711. */

#include "config.h"

#include "sources/mill-urls-source.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "core/mill-property-private.h"
#include "crawl/mill-url.h"
#include "pipeline/mill-knob.h"
#include "pipeline/mill-pipeline.h"

#define LARGEST_FILE (256 * 1024 * 1024)
#define PLACEHOLDER  "{n}"

struct _MillUrlsSource
{
  MillSource parent_instance;

  char *file;         /* (owned) (nullable) */
  char *url_template; /* (owned) (nullable) */
  guint count;

  /* Made by open; then used by poll alone. Exactly one of the two is set. */
  GPtrArray *urls; /* (owned) (nullable) of strings */
  char **pieces;   /* (owned) (nullable) the template, cut at its placeholders */
  guint total;
  guint given;
};

typedef enum
{
  PROP_FILE = 1,
  PROP_TEMPLATE,
  PROP_COUNT,
} MillUrlsSourceProperty;

static GParamSpec *properties[PROP_COUNT + 1];

G_DEFINE_FINAL_TYPE (MillUrlsSource, mill_urls_source, MILL_TYPE_SOURCE)

/* Adds the address on one line, if there is one. */
static gboolean
add_line (GPtrArray *urls, const char *file, guint number, const char *line, gsize length, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  char *url;

  if (memchr (line, '\0', length) != NULL)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s:%u: a NUL byte is not part of an address"),
                   file, number);
      return FALSE;
    }
  text = g_strstrip (g_strndup (line, length));
  if (text[0] == '\0' || text[0] == '#')
    return TRUE;
  url = mill_url_canonicalize (NULL, text, MILL_URL_FLAGS_REFUSE_CREDENTIALS, &reason);
  if (url == NULL)
    {
      g_set_error (error, reason->domain, reason->code, "%s:%u: %s", file, number, reason->message);
      return FALSE;
    }
  g_ptr_array_add (urls, url);
  return TRUE;
}

static GPtrArray *
parse_list (const char *file, const char *data, gsize length, GError **error)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func (g_free);
  const char *end = data + length;
  guint number = 0;

  while (data < end)
    {
      const char *newline = memchr (data, '\n', (gsize) (end - data));
      const char *line_end = newline != NULL ? newline : end;

      if (!add_line (urls, file, ++number, data, (gsize) (line_end - data), error))
        return NULL;
      data = newline != NULL ? newline + 1 : end;
    }
  if (urls->len == 0)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_INVALID, _ ("%s: there is no address in it"), file);
      return NULL;
    }
  return g_steal_pointer (&urls);
}

static gboolean
load_file (MillUrlsSource *self, MillPipeline *pipeline, GError **error)
{
  g_autofree char *file = mill_pipeline_expand (pipeline, self->file, error);
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GError) reason = NULL;

  if (file == NULL)
    return FALSE;
  mapped = g_mapped_file_new (file, FALSE, &reason);
  if (mapped == NULL)
    {
      g_set_error (error, reason->domain, reason->code, _ ("cannot read the list of addresses: %s"),
                   reason->message);
      return FALSE;
    }
  if (g_mapped_file_get_length (mapped) > LARGEST_FILE)
    {
      g_set_error (error, MILL_ERROR, MILL_ERROR_TOO_LARGE, _ ("%s: a list of more than %d MiB is not read"),
                   file, LARGEST_FILE / (1024 * 1024));
      return FALSE;
    }
  self->urls =
      parse_list (file, g_mapped_file_get_contents (mapped), g_mapped_file_get_length (mapped), error);
  if (self->urls == NULL)
    return FALSE;
  self->total = self->urls->len;
  return TRUE;
}

static char *
fill_template (MillUrlsSource *self, guint number)
{
  char text[12];

  g_snprintf (text, sizeof text, "%u", number);
  return g_strjoinv (text, self->pieces);
}

static gboolean
prepare_template (MillUrlsSource *self, MillPipeline *pipeline, GError **error)
{
  g_autofree char *expanded = mill_pipeline_expand (pipeline, self->url_template, error);
  g_autofree char *first = NULL, *canonical = NULL;

  if (expanded == NULL)
    return FALSE;
  self->pieces = g_strsplit (expanded, PLACEHOLDER, -1);
  self->total = self->count;
  first = fill_template (self, 1);
  canonical = mill_url_canonicalize (NULL, first, MILL_URL_FLAGS_REFUSE_CREDENTIALS, error);
  return canonical != NULL;
}

/* A start that failed may be tried again. */
static void
forget_list (MillUrlsSource *self)
{
  g_clear_pointer (&self->urls, g_ptr_array_unref);
  g_clear_pointer (&self->pieces, g_strfreev);
  self->given = self->total = 0;
}

static gboolean
mill_urls_source_open (MillSource *source, MillPipeline *pipeline, GError **error)
{
  MillUrlsSource *self = MILL_URLS_SOURCE (source);

  forget_list (self);
  if ((self->file != NULL) == (self->url_template != NULL))
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("a list of addresses needs either “file” or “template”, and not both"));
      return FALSE;
    }
  return self->file != NULL ? load_file (self, pipeline, error) : prepare_template (self, pipeline, error);
}

static MillSourceResult
mill_urls_source_poll (MillSource *source, gint64 now_us, MillSourceYield *yield, GError **error)
{
  MillUrlsSource *self = MILL_URLS_SOURCE (source);
  g_autofree char *made = NULL;

  if (self->given == self->total)
    return MILL_SOURCE_END;
  self->given++;
  if (self->urls == NULL)
    made = fill_template (self, self->given);
  yield->item =
      mill_item_new (self->given, made != NULL ? made : g_ptr_array_index (self->urls, self->given - 1));
  return MILL_SOURCE_READY;
}

static gint64
mill_urls_source_get_total (MillSource *source)
{
  MillUrlsSource *self = MILL_URLS_SOURCE (source);

  if (self->urls == NULL && self->pieces == NULL)
    return self->file == NULL ? (gint64) self->count : -1;
  return self->total;
}

static void
mill_urls_source_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MillUrlsSource *self = MILL_URLS_SOURCE (object);

  switch ((MillUrlsSourceProperty) prop_id)
    {
    case PROP_FILE:
      g_value_set_string (value, self->file);
      break;
    case PROP_TEMPLATE:
      g_value_set_string (value, self->url_template);
      break;
    case PROP_COUNT:
      g_value_set_uint (value, self->count);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_urls_source_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MillUrlsSource *self = MILL_URLS_SOURCE (object);
  gboolean changed = FALSE;

  switch ((MillUrlsSourceProperty) prop_id)
    {
    case PROP_FILE:
      changed = mill_property_take_string (&self->file, value);
      break;
    case PROP_TEMPLATE:
      changed = mill_property_take_string (&self->url_template, value);
      break;
    case PROP_COUNT:
      changed = mill_property_take_uint (&self->count, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
mill_urls_source_finalize (GObject *object)
{
  MillUrlsSource *self = MILL_URLS_SOURCE (object);

  forget_list (self);
  g_free (self->url_template);
  g_free (self->file);
  G_OBJECT_CLASS (mill_urls_source_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /**
   * MillUrlsSource:file:
   *
   * A file with one address on each line.
   */
  properties[PROP_FILE] = g_param_spec_string ("file", _ ("File"), _ ("A file with one address on each line"),
                                               NULL, MILL_CONFIG_FLAGS);
  /**
   * MillUrlsSource:template:
   *
   * An address in which {n} stands for a number.
   */
  properties[PROP_TEMPLATE] = g_param_spec_string (
      "template", _ ("Template"), _ ("An address in which {n} stands for a number"), NULL, MILL_CONFIG_FLAGS);
  /**
   * MillUrlsSource:count:
   *
   * How many addresses the template makes.
   */
  properties[PROP_COUNT] = g_param_spec_uint (
      "count", _ ("Count"), _ ("How many addresses the template makes"), 0, 1000000000, 1, MILL_CONFIG_FLAGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mill_urls_source_class_init (MillUrlsSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  MillSourceClass *source_class = MILL_SOURCE_CLASS (klass);

  object_class->get_property = mill_urls_source_get_property;
  object_class->set_property = mill_urls_source_set_property;
  object_class->finalize = mill_urls_source_finalize;
  source_class->open = mill_urls_source_open;
  source_class->poll = mill_urls_source_poll;
  source_class->get_total = mill_urls_source_get_total;
  install_properties (object_class);
}

static void
mill_urls_source_init (MillUrlsSource *self)
{
  self->count = 1;
}

/**
 * mill_urls_source_new:
 *
 * Creates the source; `file` or `template` say what it gives.
 *
 * Returns: (transfer full): the source
 */
MillSource *
mill_urls_source_new (void)
{
  return g_object_new (MILL_TYPE_URLS_SOURCE, NULL);
}
