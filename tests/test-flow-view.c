/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flow of a run: where its parts lie, whatever its length and width, and that what it shows of a run at
 * rest is what the engine says. */

#include "config.h"

#include <string.h>

#include "mill-flow-view.h"
#include "mill-pipe.h"
#include "mill-run.h"
#include "mill-slots.h"
#include "mill-tank.h"
#include "widget-fixture.h"

#define FLOW_PADDING 28
#define HEIGHT       1000

typedef struct
{
  Fixture fixture;
  MillRun *run; /* (owned) */
  int width;
  gboolean had_beat; /* since it was set to FALSE */
} Flow;

static void
beat_cb (Flow *flow)
{
  flow->had_beat = TRUE;
}

static gboolean
has_its_width (gpointer data)
{
  Flow *flow = data;

  return gtk_widget_get_width (flow->fixture.widget) == flow->width;
}

static void
flow_show (Flow *flow, const char *job_text, int width)
{
  g_autoptr (GBytes) bytes = g_bytes_new (job_text, strlen (job_text));
  g_autoptr (GError) error = NULL;
  g_autoptr (MillJob) job = mill_job_new_from_bytes (bytes, "test", &error);
  GtkWidget *view = mill_flow_view_new ();

  g_assert_no_error (error);
  flow->run = mill_run_new (job, "test", &error);
  g_assert_no_error (error);
  mill_flow_view_set_run (MILL_FLOW_VIEW (view), flow->run);
  g_signal_connect_swapped (flow->run, "beat", G_CALLBACK (beat_cb), flow);
  fixture_show (&flow->fixture, view, width, -1);
  gtk_widget_set_halign (view, GTK_ALIGN_FILL);
  gtk_window_set_default_size (GTK_WINDOW (flow->fixture.window), width, HEIGHT);
  flow->width = width;
  wait_for (has_its_width, flow, "the window's width");
  fixture_wait_for_frame (&flow->fixture);
}

static gboolean
is_over (gpointer data)
{
  return !mill_run_is_active (data);
}

static void
flow_hide (Flow *flow)
{
  if (mill_run_is_active (flow->run))
    mill_run_stop (flow->run);
  wait_for (is_over, flow->run, "the end of the run");
  fixture_hide (&flow->fixture);
  g_clear_object (&flow->run);
}

/* ---- layout -------------------------------------------------------------------------------------------- */

static char *
job_of_stages (guint n_stages)
{
  GString *text = g_string_new ("[Job]\nname=Test\n\n[Source]\ntype=count\nkind=threads\nitems=1000000\n");
  guint i;

  for (i = 0; i < n_stages; i++)
    {
      g_string_append_printf (text,
                              "\n[Stage stage-%u]\nkind=%s\nstep=simulate\nmaxsize=1000\nconsumers=%u\n", i,
                              i % 2 == 0 ? "async" : "threads", 4 + 8 * (i % 3));
      if (i % 2 == 0)
        g_string_append (text, "slots=12\n");
    }
  g_string_append (text, "\n[Sink]\ntype=count\n");

  return g_string_free (text, FALSE);
}

static GtkWidget *
next_part (GtkWidget *part)
{
  part = gtk_widget_get_next_sibling (part);
  while (part != NULL && !gtk_widget_get_child_visible (part))
    part = gtk_widget_get_next_sibling (part);

  return part;
}

static void
get_bounds (GtkWidget *part, GtkWidget *view, graphene_rect_t *bounds)
{
  g_assert_true (gtk_widget_compute_bounds (part, view, bounds));
}

/* A pipe reaches under the tanks beside it, and under nothing else. */
static gboolean
may_overlap (GtkWidget *one, GtkWidget *other)
{
  return (MILL_IS_PIPE (one) && MILL_IS_TANK (other)) || (MILL_IS_TANK (one) && MILL_IS_PIPE (other));
}

static void
assert_apart (GtkWidget *view)
{
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, 0, 0), one, other;
  GtkWidget *part, *later;

  all.size.width = (float) gtk_widget_get_width (view);
  all.size.height = (float) gtk_widget_get_height (view);
  for (part = gtk_widget_get_first_child (view); part != NULL; part = next_part (part))
    {
      get_bounds (part, view, &one);
      g_assert_true (graphene_rect_contains_rect (&all, &one));
      for (later = next_part (part); later != NULL; later = next_part (later))
        {
          get_bounds (later, view, &other);
          g_assert_true (may_overlap (part, later) || !graphene_rect_intersection (&one, &other, NULL));
        }
    }
}

static void
assert_no_figure_is_cut (GtkWidget *widget)
{
  GtkWidget *child;

  /* A name may be as long as it likes. */
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
      strpbrk (gtk_label_get_label (GTK_LABEL (widget)), "0123456789") != NULL &&
      !gtk_widget_has_css_class (widget, "title-4"))
    g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))));
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_no_figure_is_cut (child);
}

static void
test_layout (gconstpointer data)
{
  static const int widths[] = { 900, 1400, 2560 };
  g_autofree char *job = job_of_stages (GPOINTER_TO_UINT (data));
  Flow flow = { 0 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      /* What the window's page leaves of its width. */
      int width = widths[i] - 2 * FLOW_PADDING;
      int minimum;

      flow_show (&flow, job, width);
      gtk_widget_measure (flow.fixture.widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      g_assert_cmpint (minimum, <=, width);
      assert_apart (flow.fixture.widget);
      assert_no_figure_is_cut (flow.fixture.widget);
      flow_hide (&flow);
    }
}

/* ---- figures ------------------------------------------------------------------------------------------- */

static const char figures_job[] =
    "[Job]\nname=Test\n\n"
    "[Source]\ntype=count\nkind=threads\nitems=900\n\n"
    "[Stage work]\nkind=async\nstep=simulate\nmaxsize=40\nconsumers=6\nslots=4\n"
    "latency=4\nspread=0\nretries=1\nbackoff=0\nerror-rate=0.5\n\n"
    "[Stage store]\nkind=threads\nstep=simulate\nmaxsize=7\nconsumers=1\nlatency=6\n\n"
    "[Sink]\ntype=count\n";

static gboolean
has_dead_letters (gpointer data)
{
  mill_run_sample (data);
  return mill_run_get_snapshot (data)->dead >= 3 && mill_run_get_snapshot (data)->done >= 20;
}

/* Paused, and what was being worked on is through. */
static gboolean
is_at_rest (gpointer data)
{
  const MillSnapshot *snapshot;
  guint i;

  mill_run_sample (data);
  snapshot = mill_run_get_snapshot (data);
  for (i = 0; i < snapshot->stages->len; i++)
    {
      const MillStageSnapshot *stage = g_ptr_array_index (snapshot->stages, i);

      if (stage->by_state[MILL_WORKER_PAUSED] + stage->by_state[MILL_WORKER_BLOCKED] < stage->workers)
        return FALSE;
    }
  return snapshot->state == MILL_STATE_PAUSED && snapshot->producer != MILL_PRODUCER_RUNNING;
}

static gboolean
had_beat (gpointer data)
{
  return ((Flow *) data)->had_beat;
}

/* The texts go with a beat. */
static void
wait_for_beat (Flow *flow)
{
  flow->had_beat = FALSE;
  wait_for (had_beat, flow, "a beat");
}

static gboolean
shows_text (GtkWidget *widget, const char *text)
{
  GtkWidget *child;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
      g_str_equal (gtk_label_get_label (GTK_LABEL (widget)), text))
    return TRUE;
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (shows_text (child, text))
      return TRUE;

  return FALSE;
}

G_GNUC_PRINTF (2, 3)
static void
assert_shows (GtkWidget *widget, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (!shows_text (widget, text))
    g_error ("the flow does not show “%s”", text);
}

/* Returns: the child of @view of @type number @index, from 0 */
static GtkWidget *
nth_part (GtkWidget *view, GType type, guint index)
{
  GtkWidget *part = gtk_widget_get_first_child (view);

  while (!g_type_is_a (G_OBJECT_TYPE (part), type) || index-- > 0)
    part = gtk_widget_get_next_sibling (part);

  return part;
}

static GtkWidget *
find_gauge (GtkWidget *widget, GType type)
{
  GtkWidget *child, *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_gauge (child, type);

  return found;
}

/* The value of a gauge for assistive technology. */
static double
get_value (GtkWidget *gauge)
{
  return gtk_level_bar_get_value (GTK_LEVEL_BAR (find_gauge (gauge, GTK_TYPE_LEVEL_BAR)));
}

static void
assert_tank_is (GtkWidget *view, guint index, const MillStageSnapshot *stage)
{
  GtkWidget *tank = nth_part (view, MILL_TYPE_TANK, index);
  GtkWidget *mark = find_gauge (tank, GTK_TYPE_SCALE);
  g_autofree char *maxsize = g_strdup_printf ("%d", stage->queue.maxsize);

  g_assert_cmpuint (mill_tank_get_depth (MILL_TANK (tank)), ==, stage->queue.depth);
  g_assert_cmpuint (mill_tank_get_high_water (MILL_TANK (tank)), ==, stage->queue.high_water);
  g_assert_cmpfloat_with_epsilon (get_value (tank), stage->queue.depth, 1e-9);
  assert_described (mark, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, maxsize);
}

static void
assert_flow_is (GtkWidget *view, const MillSnapshot *snapshot)
{
  const MillStageSnapshot *work = g_ptr_array_index (snapshot->stages, 0);
  const MillStageSnapshot *store = g_ptr_array_index (snapshot->stages, 1);

  assert_tank_is (view, 0, work);
  assert_tank_is (view, 1, store);
  g_assert_cmpfloat_with_epsilon (get_value (find_gauge (view, MILL_TYPE_SLOTS)), work->held, 1e-9);
  assert_shows (view, "slots %u of %u · %u waiting", work->held, work->permits, work->waiting);
  assert_shows (view, "%u", work->consumers);
  assert_shows (view, "%" G_GUINT64_FORMAT " of %" G_GINT64_FORMAT " sent", snapshot->produced,
                snapshot->total);
  assert_shows (view, "%" G_GUINT64_FORMAT, snapshot->done);
  assert_shows (view, "%" G_GUINT64_FORMAT " retried", snapshot->retries);
  assert_shows (view, "%" G_GUINT64_FORMAT " dead letters", snapshot->dead);
}

static void
test_figures_at_rest (void)
{
  g_autoptr (GError) error = NULL;
  const MillSnapshot *snapshot;
  Flow flow = { 0 };

  flow_show (&flow, figures_job, 1000);
  mill_run_start (flow.run, &error);
  g_assert_no_error (error);
  wait_for (has_dead_letters, flow.run, "dead letters");

  mill_run_pause (flow.run, &error);
  g_assert_no_error (error);
  wait_for (is_at_rest, flow.run, "the pause");
  wait_for_beat (&flow);
  snapshot = mill_run_get_snapshot (flow.run);
  g_assert_cmpuint (((MillStageSnapshot *) g_ptr_array_index (snapshot->stages, 0))->queue.depth, >, 0);
  assert_flow_is (flow.fixture.widget, snapshot);

  mill_run_stop (flow.run);
  wait_for (is_over, flow.run, "the end of the run");
  snapshot = mill_run_get_snapshot (flow.run);
  g_assert_cmpuint (snapshot->returned, >, 0);
  assert_flow_is (flow.fixture.widget, snapshot);
  assert_shows (flow.fixture.widget, "%" G_GUINT64_FORMAT " returned", snapshot->returned);
  fixture_wait_for_frame (&flow.fixture);
  assert_no_figure_is_cut (flow.fixture.widget);
  flow_hide (&flow);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_data_func ("/flow-view/layout/1", GUINT_TO_POINTER (1), test_layout);
  g_test_add_data_func ("/flow-view/layout/2", GUINT_TO_POINTER (2), test_layout);
  g_test_add_data_func ("/flow-view/layout/3", GUINT_TO_POINTER (3), test_layout);
  g_test_add_data_func ("/flow-view/layout/5", GUINT_TO_POINTER (5), test_layout);
  g_test_add_data_func ("/flow-view/layout/8", GUINT_TO_POINTER (8), test_layout);
  g_test_add_func ("/flow-view/figures-at-rest", test_figures_at_rest);

  return g_test_run ();
}
