/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillSessionPool: the sentences of its header. */

#include "config.h"

#include "crawl/mill-session-pool-private.h"

static void
test_fills_one_session_first (void)
{
  MillSessionPool *pool = mill_session_pool_new ();
  SoupSession *taken[MILL_REQUESTS_PER_SESSION + 1];
  SoupSession *again;

  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    taken[i] = mill_session_pool_take (pool);
  for (gsize i = 1; i < MILL_REQUESTS_PER_SESSION; i++)
    g_assert_true (taken[i] == taken[0]);
  g_assert_true (taken[MILL_REQUESTS_PER_SESSION] != taken[0]);

  /* The first one with room again. */
  mill_session_pool_give_back (pool, taken[0]);
  again = mill_session_pool_take (pool);
  g_assert_true (again == taken[1]);

  mill_session_pool_give_back (pool, again);
  for (gsize i = 1; i < G_N_ELEMENTS (taken); i++)
    mill_session_pool_give_back (pool, taken[i]);
  again = mill_session_pool_take (pool);
  g_assert_true (again == taken[1]);
  mill_session_pool_give_back (pool, again);
  mill_session_pool_close (pool);
  mill_session_pool_free (pool);
}

static void
test_keeps_contexts_apart (void)
{
  MillSessionPool *pool = mill_session_pool_new ();
  g_autoptr (GMainContext) other = g_main_context_new ();
  SoupSession *here = mill_session_pool_take (pool);
  SoupSession *there;

  g_main_context_push_thread_default (other);
  there = mill_session_pool_take (pool);
  g_assert_true (there != here);
  mill_session_pool_give_back (pool, there);
  g_main_context_pop_thread_default (other);
  mill_session_pool_give_back (pool, here);
  mill_session_pool_close (pool);
  mill_session_pool_free (pool);
}

static void
test_close (void)
{
  MillSessionPool *pool = mill_session_pool_new ();
  SoupSession *session = mill_session_pool_take (pool);
  GWeakRef weak;

  g_weak_ref_init (&weak, session);
  mill_session_pool_give_back (pool, session);
  mill_session_pool_close (pool);
  session = g_weak_ref_get (&weak);
  g_assert_null (session);

  /* Anew. */
  mill_session_pool_give_back (pool, mill_session_pool_take (pool));
  mill_session_pool_close (pool);
  mill_session_pool_close (pool);
  g_weak_ref_clear (&weak);
  mill_session_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-pool/fills-one-session-first", test_fills_one_session_first);
  g_test_add_func ("/session-pool/keeps-contexts-apart", test_keeps_contexts_apart);
  g_test_add_func ("/session-pool/close", test_close);
  return g_test_run ();
}
