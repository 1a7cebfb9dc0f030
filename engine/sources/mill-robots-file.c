/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 9309, section 2.3.1: a robots.txt that the server says is not there, or that is more than five
 * redirects away, allows all; a server that fails or does not answer allows nothing. */

#include "config.h"

#include "sources/mill-robots-file-private.h"

#include "core/mill-error.h"
#include "crawl/mill-robots.h"

#define MAX_REDIRECTS 5
#define TIMEOUT_S     20

static gpointer
parse (const char *url, const MillHttpResponse *response, const GError *failure, GError **problem)
{
  g_autofree char *status = NULL;

  /* a redirect that leads nowhere is a file that is not there */
  if (response == NULL && g_error_matches (failure, MILL_ERROR, MILL_ERROR_HTTP))
    return mill_robots_new_allow_all ();
  if (response == NULL)
    {
      g_propagate_error (problem, g_error_copy (failure));
      return mill_robots_new_disallow_all ();
    }
  if (mill_http_response_is_success (response))
    return mill_robots_parse (response->body);
  if (!SOUP_STATUS_IS_SERVER_ERROR (response->status))
    return mill_robots_new_allow_all ();
  status = mill_http_response_describe_status (response);
  g_set_error_literal (problem, MILL_ERROR, MILL_ERROR_HTTP, status);
  return mill_robots_new_disallow_all ();
}

/* One byte more than counts, so that the parser can tell a file that ends there from one that is cut. */
const MillFileKind mill_robots_file = {
  .limits = { .max_body = MILL_ROBOTS_MAX_BYTES + 1, .truncate = TRUE, .max_redirects = MAX_REDIRECTS },
  .timeout_s = TIMEOUT_S,
  .parse = parse,
  .free_result = (GDestroyNotify) mill_robots_unref,
};
