/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillFileReader: fetches what a crawl must know of a site, robots.txt and sitemaps, on an engine loop,
 * beside the pipeline's own items. */

#pragma once

#include <gio/gio.h>

#include "crawl/mill-http-private.h"
#include "pipeline/mill-types.h"

G_BEGIN_DECLS

typedef struct _MillFileReader MillFileReader;

/**
 * MillFileParseFunc:
 * @url: the file that was asked for
 * @response: (nullable): what the server answered, with whatever status; %NULL if it did not
 * @failure: (nullable): why there is no @response
 * @problem: return location for what a person should know, also when there is a result
 *
 * Returns: (transfer full) (nullable): what the file says, or what to do without it
 */
typedef gpointer (*MillFileParseFunc) (const char *url, const MillHttpResponse *response,
                                       const GError *failure, GError **problem);

/**
 * MillFileKind:
 * @limits: of the request
 * @timeout_s: seconds that the request may take
 * @parse: makes a result of the response
 * @free_result: frees the result
 * @is_large: parse on a thread of its own, not on the loop's
 *
 * How files of a kind are read. Static.
 */
typedef struct
{
  MillHttpLimits limits;
  guint timeout_s;
  MillFileParseFunc parse;
  GDestroyNotify free_result;
  gboolean is_large;
} MillFileKind;

/**
 * MillFileFunc:
 * @url: the file that was asked for
 * @result: (nullable): what was made of it; freed afterwards
 * @problem: (nullable): what a person should know
 * @user_data: as given to mill_file_reader_read()
 *
 * Called on the loop's thread.
 */
typedef void (*MillFileFunc) (const char *url, gpointer result, const GError *problem, gpointer user_data);

MillFileReader *mill_file_reader_new (GMainContext *context);
void mill_file_reader_set_archive (MillFileReader *self, MillWarcWriter *archive, MillPipeline *pipeline);
void mill_file_reader_read (MillFileReader *self, const MillFileKind *kind, const char *url,
                            MillFileFunc func, gpointer user_data);
void mill_file_reader_stop (MillFileReader *self);
void mill_file_reader_unref (MillFileReader *self);

G_END_DECLS
