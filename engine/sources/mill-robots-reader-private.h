/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillRobotsReader: fetches robots.txt files on an engine loop, beside the pipeline's own items. */

#pragma once

#include <gio/gio.h>

#include "crawl/mill-robots.h"

G_BEGIN_DECLS

typedef struct _MillRobotsReader MillRobotsReader;

/**
 * MillRobotsFunc:
 * @url: the robots.txt that was asked for
 * @robots: what it says, or what to do without it
 * @problem: (nullable): why it could not be read, so that the site is left alone
 * @user_data: as given to mill_robots_reader_new()
 *
 * Called on the loop's thread.
 */
typedef void (*MillRobotsFunc) (const char *url, MillRobots *robots, const GError *problem,
                                gpointer user_data);

MillRobotsReader *mill_robots_reader_new (GMainContext *context, MillRobotsFunc func, gpointer user_data);
void mill_robots_reader_read (MillRobotsReader *self, const char *url);
void mill_robots_reader_stop (MillRobotsReader *self);
void mill_robots_reader_unref (MillRobotsReader *self);

G_END_DECLS
