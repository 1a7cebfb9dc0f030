/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSessionPool: the HTTP sessions of a step that runs on several main contexts.
 *
 * - A session serves one context only: connections stay in one thread.
 * - A session has at most %MILL_REQUESTS_PER_SESSION requests at a time. For each request libsoup looks
 * through all messages of the session and asks each idle connection whether it is still open, so that one
 * session's requests cost the more the more there are; several small sessions in one context do not.
 * - The first session with room is taken, so that few requests share few connections.
 *
 * Threads: any. mill_session_pool_take() is called with the context as the thread-default one.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define MILL_REQUESTS_PER_SESSION 4

typedef struct _MillSessionPool MillSessionPool;

MillSessionPool *mill_session_pool_new (void);
void mill_session_pool_free (MillSessionPool *self);

SoupSession *mill_session_pool_take (MillSessionPool *self);
void mill_session_pool_give_back (MillSessionPool *self, SoupSession *session);
void mill_session_pool_close (MillSessionPool *self);

G_END_DECLS
