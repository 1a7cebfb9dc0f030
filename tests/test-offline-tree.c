/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl saved for reading offline: every link leads to a file or to the network, also after it went on, and
 * nothing outside the folder is touched. libxml2 reads the pages here, which has no part in rewriting them.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <libxml/HTMLparser.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crawl/mill-crawl-job.h"
#include "crawl/mill-crawl-record.h"
#include "crawl/mill-offline-tree-private.h"
#include "record/mill-item-rows-private.h"
#include "record/mill-offline-rows-private.h"
#include "steps/mill-save-step.h"
#include "test-parts.h"
#include "test-web-server.h"

#define HTML "text/html; charset=utf-8"

typedef struct
{
  TestWebServer *server; /* (owned) */
  char *root;            /* (owned) a folder for the test alone */
  char *out;             /* (owned) where pages are saved */
  char *run;             /* (owned) the run file's path */
  GError *error;         /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_web_server_new ();
  fixture->root = g_dir_make_tmp ("mill-offline-XXXXXX", NULL);
  fixture->out = g_build_filename (fixture->root, "out", NULL);
  fixture->run = g_build_filename (fixture->root, "run.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_web_server_free (fixture->server);
  test_remove_tree (fixture->root);
  g_free (fixture->root);
  g_free (fixture->out);
  g_free (fixture->run);
  g_clear_error (&fixture->error);
}

/* --- The reader --- */

typedef struct
{
  guint n_links;
  guint n_relative;
  guint n_absolute;
} Links;

static void
check_link (const char *folder, const char *link, Links *links)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *path = NULL;

  links->n_links++;
  if (g_str_has_prefix (link, "http://"))
    {
      links->n_absolute++;
      return;
    }
  uri = g_uri_parse_relative (NULL, link, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL) /* only an address with a scheme parses on its own */
    {
      g_autofree char *base = g_filename_to_uri (folder, NULL, NULL);
      g_autofree char *slashed = g_strconcat (base, "/", NULL);
      g_autofree char *target = g_uri_resolve_relative (slashed, link, G_URI_FLAGS_NONE, NULL);
      char *end = target + strcspn (target, "?#");

      g_assert_cmpint (*end, !=, '?');
      *end = '\0';
      path = g_filename_from_uri (target, NULL, NULL);
    }
  g_test_message ("%s: %s", link, path);
  g_assert_nonnull (path);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  links->n_relative++;
}

static void
read_node (const char *folder, xmlNode *node, Links *links)
{
  static const char *const names[] = { "href", "src" };

  for (; node != NULL; node = node->next)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        {
          xmlChar *value = xmlGetProp (node, (const xmlChar *) names[i]);

          if (value != NULL)
            check_link (folder, (const char *) value, links);
          xmlFree (value);
        }
      read_node (folder, node->children, links);
    }
}

static void
read_tree (const char *path, Links *links)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_assert_false (g_str_has_suffix (name, ".part"));
      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        read_tree (child, links);
      else if (g_str_has_suffix (name, ".html"))
        {
          xmlDoc *doc =
              htmlReadFile (child, "UTF-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);

          g_assert_nonnull (doc);
          read_node (path, xmlDocGetRootElement (doc), links);
          xmlFreeDoc (doc);
        }
    }
}

/* How many links there are, without a look at where they lead. */
static guint
count_in (const char *text, const char *what)
{
  guint n = 0;

  for (const char *p = text; (p = strstr (p, what)) != NULL; p++)
    n++;
  return n;
}

static guint
count_links (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      g_autofree char *text = NULL;

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        n += count_links (child);
      else if (g_file_get_contents (child, &text, NULL, NULL))
        n += count_in (text, "href=") + count_in (text, "src=");
    }
  return n;
}

/* --- Crawls --- */

static MillPipeline *
build (Fixture *fixture, const char *start, const char *folder, guint max_pages, gboolean offline,
       gboolean record)
{
  const char *urls[] = { start, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  MillPipeline *pipeline;
  MillCrawlOptions options;

  mill_crawl_options_init (&options, urls);
  options.delay_ms = 0;
  options.max_pages = max_pages;
  options.requisites = TRUE;
  options.folder = folder;
  options.offline = offline;
  job = mill_crawl_job_new (&options, &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  if (record)
    mill_crawl_record (pipeline, job, fixture->run, &error);
  g_assert_no_error (error);
  return pipeline;
}

static void
crawl (Fixture *fixture, const char *path, guint max_pages, gboolean record)
{
  g_autofree char *start = test_web_server_url (fixture->server, path);
  g_autoptr (MillPipeline) pipeline = build (fixture, start, fixture->out, max_pages, TRUE, record);

  test_start (pipeline);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_FINISHED);
}

static void
go_on (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPipeline) pipeline = mill_crawl_resume (fixture->run, &error);

  g_assert_no_error (error);
  g_object_set (mill_pipeline_get_source (pipeline), "max-pages", 0, NULL);
  test_start (pipeline);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  g_assert_cmpint (mill_pipeline_get_state (pipeline), ==, MILL_STATE_FINISHED);
}

/* (transfer full): the path of a file of the server's */
static char *
get_path (Fixture *fixture, const char *name)
{
  const char *authority = strstr (fixture->server->base, "//") + 2;
  g_autofree char *host = g_strdelimit (g_strdup (authority), ":", '_');

  return g_build_filename (fixture->out, host, name, NULL);
}

/* @expected: each "~" stands for the server's address */
static void
assert_file (Fixture *fixture, const char *name, const char *expected)
{
  g_autofree char *path = get_path (fixture, name);
  g_auto (GStrv) parts = g_strsplit (expected, "~", -1);
  g_autofree char *filled = g_strjoinv (fixture->server->base, parts);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, filled);
}

/* --- The tests --- */

/* Every link of the demo site, between its pages, to what it has not and to what robots.txt forbids. */
static void
test_demo_site (Fixture *fixture, gconstpointer data)
{
  g_autofree char *plain = g_build_filename (fixture->root, "plain", NULL);
  g_autoptr (MillDemoSite) site = g_object_new (MILL_TYPE_DEMO_SITE, "pages", 60, "seed", 5, NULL);
  g_autofree char *start = NULL;
  Links links = { 0 };

  g_assert_true (mill_demo_site_start (site, 0, NULL));
  start = mill_demo_site_get_uri (site);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MillPipeline) pipeline =
          build (fixture, start, i == 0 ? plain : fixture->out, 0, i == 1, FALSE);

      test_start (pipeline);
      g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
    }
  read_tree (fixture->out, &links);
  g_assert_cmpuint (links.n_links, ==, count_links (plain));
  g_assert_cmpuint (links.n_links, ==, links.n_relative + links.n_absolute);
  g_assert_cmpuint (links.n_relative, >, 120);
  g_assert_cmpuint (links.n_absolute, >, 0);
  mill_demo_site_stop (site);
}

/* Requisites, queries, redirects, a type that has no links. */
static void
test_site (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/", HTML,
                            "<link rel=stylesheet href=/css/s.css?v=2><a href='d/p?a=1&amp;b=2#f'>"
                            "<a href=/old#g><a href=/gone><a href=text><img src=//other.invalid/i>");
  test_web_server_set_page (fixture->server, "/css/s.css?v=2", "text/css",
                            "a{b:url(../i.png)} c{d:url(no.png)}");
  test_web_server_set_page (fixture->server, "/i.png", "image/png", "<a href='/'>");
  test_web_server_set_page (fixture->server, "/d/p?a=1&b=2", HTML,
                            "<base href='/d/e/'><a href='../../'><a href=x>");
  test_web_server_set_status (fixture->server, "/old", "301 Moved Permanently", "Location: /older\r\n");
  test_web_server_set_status (fixture->server, "/older", "302 Found", "Location: /new\r\n");
  test_web_server_set_page (fixture->server, "/new", HTML, "<a href=old>");
  test_web_server_set_page (fixture->server, "/text", "text/plain", "<a href=old>");
  crawl (fixture, "/", 0, FALSE);
  assert_file (fixture, "index.html",
               "<link rel=stylesheet href=css/s.css@v=2><a href='d/p@a=1%26b=2.html#f'>"
               "<a href=new.html#g><a href=~/gone><a href=text.txt><img src=http://other.invalid/i>");
}

/* The first run saves one page, the second the others: what was absolute leads from file to file then. */
static void
test_goes_on (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/d/", HTML,
                            "<base href=/><a href=d/a#x><a href='b'><a href=gone>");
  test_web_server_set_page (fixture->server, "/d/a", HTML, "<a href=./><a href=../b>");
  test_web_server_set_page (fixture->server, "/b", HTML, "<a href=/d/>");
  crawl (fixture, "/d/", 1, TRUE);
  assert_file (fixture, "d/index.html", "<base href=\"\"><a href=~/d/a#x><a href='~/b'><a href=~/gone>");
  go_on (fixture);
  assert_file (fixture, "d/index.html",
               "<base href=\"\"><a href=a.html#x><a href='../b.html'><a href=~/gone>");
  assert_file (fixture, "d/a.html", "<a href=index.html><a href=../b.html>");
  assert_file (fixture, "b.html", "<a href=d/index.html>");
  g_assert_cmpuint (test_web_server_get_asked (fixture->server, "/d/"), ==, 1);
}

/* Where the page that went to "/b" would be if it had been one of the site's: a relative link that was
 * rewritten must not be taken for one of the page's own. */
static void
test_goes_on_at_names (Fixture *fixture, gconstpointer data)
{
  test_web_server_set_page (fixture->server, "/", HTML, "<a href=b/>");
  test_web_server_set_page (fixture->server, "/b/", HTML, "<a href=/b/index.html>");
  test_web_server_set_page (fixture->server, "/b/index.html", HTML, "<a href=/>");
  crawl (fixture, "/", 2, TRUE);
  assert_file (fixture, "index.html", "<a href=b/index.html>");
  assert_file (fixture, "b/index.html", "<a href=~/b/index.html>");
  go_on (fixture);
  assert_file (fixture, "index.html", "<a href=b/index.html>");
}

/* What a step that follows redirects has fetched. */
static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = g_build_filename (fixture->root, "list", NULL);
  g_autofree char *urls = g_strdup_printf ("%s/from\n%s/b\n", fixture->server->base, fixture->server->base);
  g_autofree char *text =
      g_strdup_printf ("[Job]\nname=x\n[Source]\ntype=urls\nfile=%s\n[Stage fetch]\nkind=async\nstep=fetch\n"
                       "[Stage save]\nkind=threads\nstep=save\nfolder=%s\noffline=true\n",
                       list, fixture->out);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;

  test_web_server_set_status (fixture->server, "/from", "301 Moved Permanently", "Location: /d/to\r\n");
  test_web_server_set_page (fixture->server, "/d/to", HTML, "<a href=x><a href=../b>");
  test_web_server_set_page (fixture->server, "/b", HTML, "<a href=from><a href=d/to>");
  g_assert_true (g_file_set_contents (list, urls, -1, NULL));
  job = mill_job_new_from_bytes (bytes, "list", &error);
  g_assert_no_error (error);
  pipeline = mill_job_build (job, &error);
  g_assert_no_error (error);
  test_start (pipeline);
  g_assert_true (mill_pipeline_join (pipeline, NULL, NULL));
  assert_file (fixture, "from.html", "<a href=~/d/x><a href=b.html>");
  assert_file (fixture, "b.html", "<a href=from.html><a href=from.html>");
}

/* --- The pass alone --- */

static void
note_progress (guint64 n_done, guint64 n_files, gpointer calls)
{
  guint *n = calls;

  g_assert_cmpuint (n_done, ==, ++*n);
  g_assert_cmpuint (n_done, <=, n_files);
}

static void
add_row (MillRunFile *file, const char *key, const char *path, const char *type)
{
  g_autoptr (MillItem) item = mill_item_new (1, key);

  mill_item_set_attribute (item, "file", path);
  mill_item_set_attribute (item, "content-type", type);
  mill_item_rows_put (file, item, MILL_OUTCOME_DONE, NULL);
}

/* (transfer full): the path of the file that was written */
static char *
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return g_steal_pointer (&path);
}

static void
assert_text (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static gboolean
rewrite (Fixture *fixture, MillRunFile *file, guint *n)
{
  guint unused = 0;

  g_clear_error (&fixture->error);
  return mill_offline_tree_rewrite (fixture->out, file, note_progress, n != NULL ? n : &unused, NULL,
                                    &fixture->error);
}

static guint64
get_inode (const char *path, guint *mode)
{
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  if (mode != NULL)
    *mode = status.st_mode & 0777;
  return status.st_ino;
}

static void
test_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = write_file (fixture, "out/h/a.html", "<a href=b><a href=c>");
  g_autofree char *b = write_file (fixture, "out/h/b.html", "<a href=http://h/x>");
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->run, NULL);
  guint n = 0, mode;
  guint64 inode_a, inode_b = get_inode (b, NULL);

  g_chmod (a, 0640);
  add_row (file, "http://h/a", "h/a.html", HTML);
  add_row (file, "http://h/b", "h/b.html", HTML);
  g_assert_true (rewrite (fixture, file, &n));
  g_assert_cmpuint (n, ==, 2);
  assert_text (a, "<a href=b.html><a href=http://h/c>");
  inode_a = get_inode (a, &mode);
  g_assert_cmpuint (mode, ==, 0640);
  g_assert_cmpuint (get_inode (b, NULL), ==, inode_b);
  g_assert_true (rewrite (fixture, file, NULL));
  g_assert_cmpuint (get_inode (a, NULL), ==, inode_a);
}

/* The digest is there, and the program was killed before the file had its name. */
static void
test_killed (Fixture *fixture, gconstpointer data)
{
  static const char after[] = "<a href=b/index.html>";
  g_autofree char *a = write_file (fixture, "out/h/a.html", "<a href=b/>");
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, after, -1);
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->run, NULL);
  g_autoptr (MillRunFile) again = NULL;

  add_row (file, "http://h/a", "h/a.html", HTML);
  add_row (file, "http://h/b/", "h/b/index.html", "text/plain");
  mill_offline_rows_set_digest (file, "h/a.html", digest);
  g_assert_true (rewrite (fixture, file, NULL));
  assert_text (a, after);
  g_clear_pointer (&file, mill_run_file_unref);
  again = mill_run_file_open (fixture->run, NULL);
  g_assert_true (rewrite (fixture, again, NULL));
  assert_text (a, after);
}

/* Whatever the run file says and whatever lies in the folder. */
static void
test_stays_inside (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "<a href=x>";
  static const char *const bad[] = { "../away/f.html", "/etc/f.html", "h/../../away/f.html", "",
                                     "h//f.html",      "./h/f.html",  "folder/f.html",       "link.html",
                                     "h/pipe.html",    "h",           "h/none.html" };
  g_autofree char *away = write_file (fixture, "away/f.html", text);
  g_autofree char *good = write_file (fixture, "out/h/f.html", text);
  g_autofree char *folder = g_build_filename (fixture->out, "folder", NULL);
  g_autofree char *link = g_build_filename (fixture->out, "link.html", NULL);
  g_autofree char *pipe_path = g_build_filename (fixture->out, "h", "pipe.html", NULL);
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->run, NULL);
  guint n = 0;

  g_assert_cmpint (symlink ("../away", folder), ==, 0);
  g_assert_cmpint (symlink ("../away/f.html", link), ==, 0);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *key = g_strdup_printf ("http://h/%" G_GSIZE_FORMAT, i);

      add_row (file, key, bad[i], HTML);
    }
  add_row (file, "http://h/z", "h/f.html", HTML);
  g_assert_false (rewrite (fixture, file, &n));
  g_assert_nonnull (strstr (fixture->error->message, "11 files"));
  g_assert_cmpuint (n, ==, 12);
  assert_text (away, text);
  assert_text (good, "<a href=http://h/x>");
}

/* A link never leads out of the folder either. */
static void
test_links_stay_inside (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = write_file (fixture, "out/h/a.html", "<a href=b><a href=c>");
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->run, NULL);

  add_row (file, "http://h/a", "h/a.html", HTML);
  add_row (file, "http://h/b", "../../etc/passwd", "text/plain");
  add_row (file, "http://h/c", "/etc/passwd", NULL);
  g_assert_true (rewrite (fixture, file, NULL));
  assert_text (a, "<a href=http://h/b><a href=http://h/c>");
}

/* Redirects without end lead nowhere. */
static void
test_loop (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = write_file (fixture, "out/h/a.html", "<a href=l>");
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->run, NULL);
  g_autoptr (MillItem) item = mill_item_new (1, "http://h/l");

  add_row (file, "http://h/a", "h/a.html", HTML);
  mill_item_set_attribute (item, "location", "http://h/l");
  mill_item_rows_put (file, item, MILL_OUTCOME_DONE, NULL);
  g_assert_true (rewrite (fixture, file, NULL));
  assert_text (a, "<a href=http://h/l>");
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->run, NULL);

  g_assert_false (rewrite (fixture, file, NULL));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
cancel_soon (guint64 n_done, guint64 n_files, gpointer cancellable)
{
  if (n_done == 1)
    g_cancellable_cancel (cancellable);
}

/* Between two files, and the rest as it was. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = write_file (fixture, "out/h/a.html", "<a href=x>");
  g_autofree char *b = write_file (fixture, "out/h/b.html", "<a href=x>");
  g_autoptr (MillRunFile) file = mill_run_file_create (fixture->run, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add_row (file, "http://h/a", "h/a.html", HTML);
  add_row (file, "http://h/b", "h/b.html", HTML);
  g_assert_false (
      mill_offline_tree_rewrite (fixture->out, file, cancel_soon, cancellable, cancellable, &fixture->error));
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_text (a, "<a href=http://h/x>");
  assert_text (b, "<a href=x>");
}

#define ADD(name, func) g_test_add ("/offline-tree/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  ADD ("demo-site", test_demo_site);
  ADD ("site", test_site);
  ADD ("goes-on", test_goes_on);
  ADD ("goes-on-at-names", test_goes_on_at_names);
  ADD ("list", test_list);
  ADD ("again", test_again);
  ADD ("killed", test_killed);
  ADD ("stays-inside", test_stays_inside);
  ADD ("links-stay-inside", test_links_stay_inside);
  ADD ("loop", test_loop);
  ADD ("no-folder", test_no_folder);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
