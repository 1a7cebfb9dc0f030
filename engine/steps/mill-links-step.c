/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillLinksStep: parsing is work for a processor, so this is a step for threads. */

#include "config.h"

#include "steps/mill-links-step.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/mill-error.h"
#include "crawl/mill-links.h"
#include "pipeline/mill-pipeline.h"
#include "sources/mill-crawl-source.h"

struct _MillLinksStep
{
  MillStep parent_instance;

  MillCrawlSource *crawl; /* (owned) (nullable) set by open */
};

G_DEFINE_FINAL_TYPE (MillLinksStep, mill_links_step, MILL_TYPE_STEP)

static gboolean
mill_links_step_open (MillStep *step, MillPipeline *pipeline, GError **error)
{
  MillSource *source = mill_pipeline_get_source (pipeline);

  if (!MILL_IS_CRAWL_SOURCE (source))
    {
      g_set_error_literal (error, MILL_ERROR, MILL_ERROR_INVALID,
                           _ ("the links step finds pages for a crawl: it needs a source of type “crawl”"));
      return FALSE;
    }
  g_set_object (&MILL_LINKS_STEP (step)->crawl, MILL_CRAWL_SOURCE (source));
  return TRUE;
}

/* Whether @content_type, without its parameters, is @media_type. */
static gboolean
is_media_type (const char *content_type, const char *media_type)
{
  gsize length = content_type != NULL ? strcspn (content_type, "; \t") : 0;

  return strlen (media_type) == length && g_ascii_strncasecmp (content_type, media_type, length) == 0;
}

static gboolean
is_html (const char *content_type)
{
  return is_media_type (content_type, "text/html") || is_media_type (content_type, "application/xhtml+xml");
}

/* The address that references in a page are relative to. */
static const char *
get_base (MillItem *page)
{
  const char *url = mill_item_get_attribute (page, "final-url");

  return url != NULL ? url : mill_item_get_key (page);
}

static gboolean
read_html (MillLinksStep *self, MillItem *page, const char *content_type, GError **error)
{
  gboolean has_requisites = mill_crawl_source_get_requisites (self->crawl);
  g_autoptr (GPtrArray) requisites = NULL;
  g_autofree char *title = NULL;
  g_autoptr (GPtrArray) links =
      mill_links_extract (mill_item_get_payload (page), content_type, get_base (page),
                          has_requisites ? &requisites : NULL, &title, NULL, error);

  if (links == NULL)
    return FALSE;
  mill_item_set_attribute (page, "title", title);
  mill_crawl_source_add_links (self->crawl, page, links);
  if (requisites != NULL)
    mill_crawl_source_add_requisites (self->crawl, page, requisites);
  return TRUE;
}

static gboolean
read_css (MillLinksStep *self, MillItem *sheet, const char *content_type, GError **error)
{
  g_autoptr (GPtrArray) requisites =
      mill_links_extract_css (mill_item_get_payload (sheet), content_type, get_base (sheet), NULL, error);

  if (requisites == NULL)
    return FALSE;
  mill_crawl_source_add_requisites (self->crawl, sheet, requisites);
  return TRUE;
}

static gboolean
mill_links_step_process (MillStep *step, MillWork *work, GCancellable *cancellable, GError **error)
{
  MillLinksStep *self = MILL_LINKS_STEP (step);
  MillItem *page = mill_work_get_item (work);
  const char *location = mill_item_get_attribute (page, "location");
  const char *content_type = mill_item_get_attribute (page, "content-type");
  gboolean is_requisite = mill_item_get_attribute (page, "requisite") != NULL;

  if (location != NULL)
    return mill_crawl_source_add_redirect (self->crawl, page, location, error);
  if (mill_item_get_payload (page) == NULL)
    return TRUE;
  if (is_html (content_type) && !is_requisite)
    return read_html (self, page, content_type, error);
  if (is_media_type (content_type, "text/css") && mill_crawl_source_get_requisites (self->crawl))
    return read_css (self, page, content_type, error);
  return TRUE;
}

static void
mill_links_step_finalize (GObject *object)
{
  g_clear_object (&MILL_LINKS_STEP (object)->crawl);
  G_OBJECT_CLASS (mill_links_step_parent_class)->finalize (object);
}

static void
mill_links_step_class_init (MillLinksStepClass *klass)
{
  MillStepClass *step_class = MILL_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mill_links_step_finalize;
  step_class->open = mill_links_step_open;
  step_class->process = mill_links_step_process;
}

static void
mill_links_step_init (MillLinksStep *self)
{
}

/**
 * mill_links_step_new:
 *
 * Creates the step. It can be opened only in a pipeline whose source is a #MillCrawlSource.
 *
 * Returns: (transfer full): the step
 */
MillStep *
mill_links_step_new (void)
{
  return g_object_new (MILL_TYPE_LINKS_STEP, NULL);
}
