/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillDemoSite: what it serves, that it can be repeated, and that it is honest about time, failures and
 * numbers. */

#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "crawl/mill-links.h"
#include "crawl/mill-robots.h"
#include "crawl/mill-url.h"
#include "demo/mill-demo-model-private.h"
#include "demo/mill-demo-site.h"

typedef struct
{
  MillDemoSite *site;   /* (owned) */
  SoupSession *session; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->site = mill_demo_site_new ();
  fixture->session = soup_session_new_with_options ("max-conns", 256, "max-conns-per-host", 256, NULL);
  mill_demo_site_start (fixture->site, 0, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  soup_session_abort (fixture->session);
  g_object_unref (fixture->session);
  g_object_unref (fixture->site);
}

static char *
url_for (MillDemoSite *site, const char *path)
{
  g_autofree char *uri = mill_demo_site_get_uri (site);

  return g_strconcat (uri, path + 1, NULL);
}

static SoupMessage *
fetch (Fixture *fixture, const char *method, const char *path, GBytes **body)
{
  g_autofree char *url = url_for (fixture->site, path);
  SoupMessage *message = soup_message_new (method, url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read (fixture->session, message, NULL, &error);

  g_assert_no_error (error);
  if (body != NULL)
    *body = g_steal_pointer (&bytes);
  return message;
}

static void
assert_status (Fixture *fixture, const char *path, guint status)
{
  g_autoptr (SoupMessage) message = fetch (fixture, "GET", path, NULL);

  g_test_message ("%s", path);
  g_assert_cmpuint (soup_message_get_status (message), ==, status);
}

static void
test_paths (Fixture *fixture, gconstpointer unused)
{
  MillDemoSiteCounts counts;

  g_object_set (fixture->site, "pages", 20, NULL);
  assert_status (fixture, "/", 200);
  assert_status (fixture, "/page/1.html", 200);
  assert_status (fixture, "/page/19.html", 200);
  assert_status (fixture, "/private/1.html", 200);
  assert_status (fixture, "/item/0", 200);
  assert_status (fixture, "/item/4294967295", 200);
  assert_status (fixture, "/robots.txt", 200);
  assert_status (fixture, "/sitemap.xml", 200);
  assert_status (fixture, "/page/0.html", 404);
  assert_status (fixture, "/page/20.html", 404);
  assert_status (fixture, "/page/01.html", 404);
  assert_status (fixture, "/page/-1.html", 404);
  assert_status (fixture, "/page/1.htm", 404);
  assert_status (fixture, "/page/18446744073709551617.html", 404);
  assert_status (fixture, "/private/4.html", 404);
  assert_status (fixture, "/item/4294967296", 404);
  assert_status (fixture, "/item/", 404);
  assert_status (fixture, "/missing/0.html", 404);
  assert_status (fixture, "/../etc/passwd", 404);
  mill_demo_site_get_counts (fixture->site, &counts);
  g_assert_cmpuint (counts.requests, ==, 19);
  g_assert_cmpuint (counts.ok, ==, 8);
  g_assert_cmpuint (counts.not_found, ==, 11);
  g_assert_cmpuint (counts.in_flight, ==, 0);
  g_assert_cmpuint (counts.max_in_flight, ==, 1);
}

static void
test_methods (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) head_body = NULL;
  g_autoptr (SoupMessage) head = fetch (fixture, "HEAD", "/", &head_body);
  g_autoptr (SoupMessage) post = fetch (fixture, "POST", "/", NULL);

  g_assert_cmpuint (soup_message_get_status (head), ==, 200);
  g_assert_cmpuint (g_bytes_get_size (head_body), ==, 0);
  g_assert_cmpuint (soup_message_get_status (post), ==, 405);
  g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (post), "Allow"), ==,
                   "GET, HEAD");
}

static void
test_robots_and_sitemap (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) robots_body = NULL, sitemap_body = NULL;
  g_autoptr (SoupMessage) asked = fetch (fixture, "GET", "/robots.txt", &robots_body);
  g_autoptr (SoupMessage) map = NULL;
  g_autoptr (MillRobots) robots = mill_robots_parse (robots_body);
  g_autofree char *sitemap = url_for (fixture->site, "/sitemap.xml");
  g_autofree char *last = url_for (fixture->site, "/page/9.html");
  g_autofree char *text = NULL;

  g_assert_cmpuint (soup_message_get_status (asked), ==, 200);
  g_assert_true (mill_robots_allows (robots, "Millrace", "/page/1.html"));
  g_assert_false (mill_robots_allows (robots, "Millrace", "/private/1.html"));
  g_assert_cmpstr (mill_robots_get_sitemaps (robots)[0], ==, sitemap);

  g_object_set (fixture->site, "pages", 10, NULL);
  map = fetch (fixture, "GET", "/sitemap.xml", &sitemap_body);
  text = g_strndup (g_bytes_get_data (sitemap_body, NULL), g_bytes_get_size (sitemap_body));
  g_assert_cmpuint (soup_message_get_status (map), ==, 200);
  g_assert_nonnull (strstr (text, last));
  g_assert_null (strstr (text, "page/10.html"));
}

/* A connection is used again, also after an answer that took its time. */
static void
test_keep_alive (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (SoupMessage) first = fetch (fixture, "GET", "/", NULL);
  g_autoptr (SoupMessage) second = NULL, third = NULL;

  g_object_set (fixture->site, "latency-ms", 5, NULL);
  second = fetch (fixture, "GET", "/nothing", NULL);
  third = fetch (fixture, "GET", "/item/1", NULL);
  g_assert_cmpuint (soup_message_get_connection_id (first), ==, soup_message_get_connection_id (second));
  g_assert_cmpuint (soup_message_get_connection_id (second), ==, soup_message_get_connection_id (third));
}

/* Crawls pages of a model without a server. Returns: the paths found, as a set */
static GHashTable *
crawl_model (const MillDemoModel *model)
{
  GHashTable *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GQueue queue = G_QUEUE_INIT;
  char *path;

  g_queue_push_tail (&queue, g_strdup ("/"));
  g_hash_table_add (found, g_strdup ("/"));
  while ((path = g_queue_pop_head (&queue)) != NULL)
    {
      const char *type;
      char *html = mill_demo_model_render (model, "http://h", path, &type);
      g_autofree char *url = g_strconcat ("http://h", path, NULL);

      if (html != NULL)
        {
          g_autoptr (GBytes) bytes = g_bytes_new_take (html, strlen (html));
          g_autoptr (GPtrArray) links = mill_links_extract (bytes, type, url, NULL, NULL, NULL, NULL);

          if (model->pages > 50 && !g_str_has_prefix (path, "/private/"))
            {
              g_assert_cmpuint (links->len, >=, 5);
              g_assert_cmpuint (links->len, <=, 12 + 1 + 1 + model->dead_links / model->pages + 1);
            }
          for (guint i = 0; i < links->len; i++)
            {
              const char *link = mill_url_path_and_query (g_ptr_array_index (links, i));

              if (g_hash_table_add (found, g_strdup (link)))
                g_queue_push_tail (&queue, g_strdup (link));
            }
        }
      g_free (path);
    }
  return found;
}

static guint
count_prefix (GHashTable *set, const char *prefix)
{
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    n += g_str_has_prefix (key, prefix);
  return n;
}

static void
test_graph (void)
{
  static const guint sizes[] = { 1, 2, 7, 300, 3000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint seed = 0; seed < 3; seed++)
      {
        MillDemoModel model = { .pages = sizes[i], .dead_links = i * 7, .seed = seed };
        g_autoptr (GHashTable) found = crawl_model (&model);

        g_assert_cmpuint (count_prefix (found, "/page/") + 1, ==, model.pages);
        g_assert_cmpuint (count_prefix (found, "/missing/"), ==, model.dead_links);
        g_assert_cmpuint (count_prefix (found, "/private/"), ==, MIN ((model.pages + 9) / 10, 3));
      }
}

static void
test_repeatable (void)
{
  const MillDemoModel model = {
    .pages = 100, .latency_ms = 50, .error_rate = 0.3, .busy_rate = 0.3, .seed = 7
  };
  MillDemoModel other = model;
  guint differ = 0;

  other.seed = 8;
  for (guint i = 1; i < 100; i++)
    {
      g_autofree char *path = g_strdup_printf ("/page/%u.html", i);
      const char *type;
      g_autofree char *a = mill_demo_model_render (&model, "http://h", path, &type);
      g_autofree char *b = mill_demo_model_render (&model, "http://h", path, &type);
      g_autofree char *c = mill_demo_model_render (&other, "http://h", path, &type);

      g_assert_cmpstr (a, ==, b);
      g_assert_cmpstr (a, !=, c);
      g_assert_cmpuint (mill_demo_model_status (&model, path, 2), ==,
                        mill_demo_model_status (&model, path, 2));
      g_assert_cmpuint (mill_demo_model_latency_ms (&model, path, 2), ==,
                        mill_demo_model_latency_ms (&model, path, 2));
      differ += mill_demo_model_status (&model, path, 1) != mill_demo_model_status (&other, path, 1);
    }
  g_assert_cmpuint (differ, >, 10);
  /* the same on every machine */
  g_assert_cmpuint (mill_demo_model_latency_ms (&model, "/item/1", 0), ==, 55);
  g_assert_cmpuint (mill_demo_model_latency_ms (&model, "/item/2", 0), ==, 30);
}

static int
compare_uints (gconstpointer a, gconstpointer b)
{
  guint left = *(const guint *) a, right = *(const guint *) b;

  return left < right ? -1 : left > right;
}

static void
test_distribution (void)
{
  const MillDemoModel model = {
    .pages = 1, .latency_ms = 1000, .error_rate = 0.05, .busy_rate = 0.2, .seed = 1
  };
  const guint n = 100000;
  g_autofree guint *latencies = g_new (guint, n);
  double sum = 0;
  guint errors = 0, busy = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/item/%u", i);

      latencies[i] = mill_demo_model_latency_ms (&model, path, 0);
      sum += latencies[i];
      busy += mill_demo_model_status (&model, path, 0) == 503;
      errors += mill_demo_model_status (&model, path, 1) == 500;
      g_assert_cmpuint (mill_demo_model_status (&model, path, 1), !=, 503);
    }
  qsort (latencies, n, sizeof *latencies, compare_uints);
  g_test_message ("mean %.0f, p50 %u, p99 %u, busy %u, errors %u", sum / n, latencies[n / 2],
                  latencies[n / 100 * 99], busy, errors);
  g_assert_cmpfloat_with_epsilon (sum / n, 1000.0, 15.0);
  g_assert_cmpfloat_with_epsilon (latencies[n / 100 * 99], 4000.0, 150.0);
  g_assert_cmpfloat_with_epsilon ((double) busy / n, 0.2, 0.005);
  g_assert_cmpfloat_with_epsilon ((double) errors / n, 0.05, 0.003);
  g_assert_cmpuint (mill_demo_model_status (&model, "/", 0), ==, 200);
}

static void
test_failures (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (SoupMessage) busy = NULL;
  MillDemoSiteCounts counts;

  g_object_set (fixture->site, "busy-rate", 1.0, NULL);
  busy = fetch (fixture, "GET", "/item/1", NULL);
  g_assert_cmpuint (soup_message_get_status (busy), ==, 503);
  g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (busy), "Retry-After"), ==,
                   "1");
  assert_status (fixture, "/item/1", 200);
  assert_status (fixture, "/item/1", 200);
  g_object_set (fixture->site, "busy-rate", 0.0, "error-rate", 1.0, NULL);
  assert_status (fixture, "/item/2", 500);
  assert_status (fixture, "/page/1.html", 500);
  assert_status (fixture, "/", 200);
  assert_status (fixture, "/robots.txt", 200);
  assert_status (fixture, "/nothing", 404);
  mill_demo_site_get_counts (fixture->site, &counts);
  g_assert_cmpuint (counts.busy, ==, 1);
  g_assert_cmpuint (counts.failed, ==, 2);
  g_assert_cmpuint (counts.ok, ==, 4);
  g_assert_cmpuint (counts.not_found, ==, 1);
}

typedef struct
{
  Fixture *fixture;
  GCancellable *cancellable; /* (owned) */
  guint next;
  guint last;
  guint in_flight;
  guint done;
  guint failed;
} Load;

static void start_one (Load *load);

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (object), result, NULL);

  load->in_flight--;
  load->done++;
  load->failed += body == NULL;
  start_one (load);
}

static void
start_one (Load *load)
{
  g_autofree char *path = g_strdup_printf ("/item/%u", load->next);
  g_autofree char *url = NULL;
  g_autoptr (SoupMessage) message = NULL;

  if (load->next == load->last || g_cancellable_is_cancelled (load->cancellable))
    return;
  load->next++;
  load->in_flight++;
  url = url_for (load->fixture->site, path);
  message = soup_message_new ("GET", url);
  soup_session_send_and_read_async (load->fixture->session, message, G_PRIORITY_DEFAULT, load->cancellable,
                                    loaded_cb, load);
}

static void
start_load (Load *load, Fixture *fixture, guint requests, guint in_flight)
{
  *load = (Load){ .fixture = fixture, .cancellable = g_cancellable_new (), .last = requests };
  for (guint i = 0; i < in_flight; i++)
    start_one (load);
}

static guint
site_in_flight (Fixture *fixture)
{
  MillDemoSiteCounts counts;

  mill_demo_site_get_counts (fixture->site, &counts);
  return counts.in_flight;
}

/* The site counts no more under way than the client has, and latency is spent side by side. */
static void
test_in_flight (Fixture *fixture, gconstpointer unused)
{
  MillDemoSiteCounts counts;
  double seconds;
  Load load;

  g_object_set (fixture->site, "latency-ms", 20, NULL);
  g_test_timer_start ();
  start_load (&load, fixture, 500, 50);
  while (load.in_flight > 0)
    g_main_context_iteration (NULL, TRUE);
  seconds = g_test_timer_elapsed ();
  mill_demo_site_get_counts (fixture->site, &counts);
  g_test_message ("%.2f s, at most %u in flight", seconds, counts.max_in_flight);
  g_assert_cmpuint (load.failed, ==, 0);
  g_assert_cmpuint (counts.ok, ==, 500);
  g_assert_cmpuint (counts.in_flight, ==, 0);
  g_assert_cmpuint (counts.max_in_flight, <=, 50);
  g_assert_cmpuint (counts.max_in_flight, >, 1);
  g_object_unref (load.cancellable);
}

/* Clients that go away while they are kept waiting do no harm. */
static void
test_clients_go (Fixture *fixture, gconstpointer unused)
{
  Load load;

  g_object_set (fixture->site, "latency-ms", 200, NULL);
  /* Always 50 of them, so that some are kept waiting whenever this thread comes to it. */
  start_load (&load, fixture, G_MAXUINT, 50);
  while (site_in_flight (fixture) < 50 && load.done == 0)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (load.cancellable);
  while (load.in_flight > 0 || site_in_flight (fixture) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (load.failed, >, 0);
  g_object_set (fixture->site, "latency-ms", 0, NULL);
  assert_status (fixture, "/", 200);
  g_object_unref (load.cancellable);
}

/* Stopping does not wait for answers under way. */
static void
test_stop (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *before = mill_demo_site_get_uri (fixture->site);
  g_autofree char *stopped = NULL, *again = NULL;
  MillDemoSiteCounts counts;
  Load load;

  g_object_set (fixture->site, "latency-ms", 60000, NULL);
  start_load (&load, fixture, 50, 50);
  while (site_in_flight (fixture) < 50)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (load.cancellable); /* else the session would ask again */
  mill_demo_site_stop (fixture->site);
  while (load.in_flight > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (load.failed, ==, 50);
  stopped = mill_demo_site_get_uri (fixture->site);
  g_assert_nonnull (before);
  g_assert_null (stopped);
  mill_demo_site_stop (fixture->site);

  g_assert_true (mill_demo_site_start (fixture->site, 0, NULL));
  again = mill_demo_site_get_uri (fixture->site);
  g_assert_true (g_str_has_prefix (again, "http://127.0.0.1:"));
  g_object_set (fixture->site, "latency-ms", 0, NULL);
  assert_status (fixture, "/", 200);
  mill_demo_site_get_counts (fixture->site, &counts);
  g_assert_cmpuint (counts.requests, ==, 1);
  g_object_unref (load.cancellable);
}

static void
test_start_stop (void)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (MillDemoSite) site = mill_demo_site_new ();

      g_assert_true (mill_demo_site_start (site, 0, NULL));
      if (i % 2)
        mill_demo_site_stop (site);
    }
}

static void
test_port_in_use (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MillDemoSite) second = mill_demo_site_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = mill_demo_site_get_uri (fixture->site);
  g_autofree char *expected = NULL;
  guint16 port = (guint16) atoi (strrchr (uri, ':') + 1);

  g_assert_false (mill_demo_site_start (second, port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  expected = g_strdup_printf ("the demo site cannot use port %u: ", port);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, expected));
  mill_demo_site_stop (fixture->site);
  g_assert_true (mill_demo_site_start (second, port, NULL));
}

static void
test_throughput (Fixture *fixture, gconstpointer unused)
{
  const guint n = g_test_perf () ? 50000 : 2000;
  double seconds;
  Load load;

  g_test_timer_start ();
  start_load (&load, fixture, n, 32);
  while (load.in_flight > 0)
    g_main_context_iteration (NULL, TRUE);
  seconds = g_test_timer_elapsed ();
  g_assert_cmpuint (load.failed, ==, 0);
  g_assert_cmpuint (load.done, ==, n);
  g_test_message ("%.0f requests/s", n / seconds);
  g_object_unref (load.cancellable);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  g_test_add_func ("/demo-site/graph", test_graph);
  g_test_add_func ("/demo-site/repeatable", test_repeatable);
  g_test_add_func ("/demo-site/distribution", test_distribution);
  ADD ("/demo-site/paths", test_paths);
  ADD ("/demo-site/methods", test_methods);
  ADD ("/demo-site/keep-alive", test_keep_alive);
  ADD ("/demo-site/robots-and-sitemap", test_robots_and_sitemap);
  ADD ("/demo-site/failures", test_failures);
  ADD ("/demo-site/in-flight", test_in_flight);
  ADD ("/demo-site/clients-go", test_clients_go);
  ADD ("/demo-site/stop", test_stop);
  g_test_add_func ("/demo-site/start-stop", test_start_stop);
  ADD ("/demo-site/port-in-use", test_port_in_use);
  ADD ("/demo-site/throughput", test_throughput);
#undef ADD

  return g_test_run ();
}
