/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rig: how long the items of a large run file take to be listed, to be sorted by latency, and to scroll
 * from end to end. tests/tools/big-items makes the file and says what is too slow.
 *
 * usage: rig-items RUN      prints one JSON object
 */

#include "config.h"

#include <adwaita.h>
#include <stdlib.h>
#include <time.h>

#include "mill-item-columns.h"
#include "mill-item-list.h"

#define N_FRAMES 300

typedef struct
{
  GtkWidget *window;
  GtkColumnView *view;
  GtkAdjustment *adjustment;
  MillItemList *list;
  double frame_began_cpu_ms;
  GArray *cpu;    /* (owned) (element-type double): milliseconds of the processor in each */
  GArray *frames; /* (owned) (element-type double): milliseconds each */
  gint64 frame_began_us;
  guint n_frames;
} Rig;

static double
since (gint64 began_us)
{
  return (double) (g_get_monotonic_time () - began_us) / 1000.0;
}

static double
get_cpu_ms (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec * 1000.0 + (double) time.tv_nsec / 1e6;
}

static void
painted_cb (gboolean *is_painted)
{
  *is_painted = TRUE;
}

/* Until what there is now is on the screen. */
static void
wait_for_frame (Rig *rig)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (rig->window);
  gboolean is_painted = FALSE;
  gulong handler = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (painted_cb), &is_painted);

  gtk_widget_queue_draw (rig->window);
  while (!is_painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

static double
measure_query (Rig *rig, MillItemSort sort)
{
  const MillItemQuery query = { .sort = sort, .is_descending = TRUE };
  gint64 began_us = g_get_monotonic_time ();

  mill_item_list_set_query (rig->list, &query);
  while (mill_item_list_is_busy (rig->list))
    g_main_context_iteration (NULL, TRUE);
  wait_for_frame (rig);
  return since (began_us);
}

static double
measure_opening (Rig *rig, const char *path)
{
  gint64 began_us = g_get_monotonic_time ();

  mill_item_list_set_path (rig->list, path);
  while (mill_item_list_is_busy (rig->list))
    g_main_context_iteration (NULL, TRUE);
  wait_for_frame (rig);
  return since (began_us);
}

static void
frame_begins_cb (Rig *rig)
{
  double lower = gtk_adjustment_get_lower (rig->adjustment);
  double range =
      gtk_adjustment_get_upper (rig->adjustment) - gtk_adjustment_get_page_size (rig->adjustment) - lower;

  rig->frame_began_us = g_get_monotonic_time ();
  rig->frame_began_cpu_ms = get_cpu_ms (CLOCK_THREAD_CPUTIME_ID);
  gtk_adjustment_set_value (rig->adjustment, lower + range * rig->n_frames / (N_FRAMES - 1));
}

static void
frame_ends_cb (Rig *rig)
{
  double took_ms = since (rig->frame_began_us);
  double cpu_ms = get_cpu_ms (CLOCK_THREAD_CPUTIME_ID) - rig->frame_began_cpu_ms;

  g_array_append_val (rig->cpu, cpu_ms);
  g_array_append_val (rig->frames, took_ms);
  rig->n_frames++;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

/* Each frame shows another part of the list; what it takes is from the frame's beginning to the end of its
 * painting. */
static void
scroll (Rig *rig)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (rig->window);
  gulong begins = g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (frame_begins_cb), rig);
  gulong ends = g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (frame_ends_cb), rig);

  g_array_set_size (rig->frames, 0);
  g_array_set_size (rig->cpu, 0);
  rig->n_frames = 0;
  gdk_frame_clock_begin_updating (clock);
  while (rig->n_frames < N_FRAMES)
    g_main_context_iteration (NULL, TRUE);
  gdk_frame_clock_end_updating (clock);
  g_signal_handler_disconnect (clock, begins);
  g_signal_handler_disconnect (clock, ends);
  qsort (rig->frames->data, rig->frames->len, sizeof (double), compare);
  qsort (rig->cpu->data, rig->cpu->len, sizeof (double), compare);
}

static double
percentile (GArray *sorted, double share)
{
  return g_array_index (sorted, double, (guint) (share * (sorted->len - 1)));
}

/* What was done just now, by the clock and of the processor. */
static void
print_work (const char *name, double took_ms, double began_cpu_ms)
{
  g_print ("\"%s_ms\":%.0f,\"%s_cpu_ms\":%.0f,", name, took_ms, name,
           get_cpu_ms (CLOCK_PROCESS_CPUTIME_ID) - began_cpu_ms);
}

static void
print_frames (Rig *rig, const char *prefix)
{
  g_print ("\"%sframe_ms_p50\":%.1f,\"%sframe_ms_p99\":%.1f,\"%sframe_cpu_ms_p50\":%.1f,"
           "\"%sframe_cpu_ms_p99\":%.1f,",
           prefix, percentile (rig->frames, 0.5), prefix, percentile (rig->frames, 0.99), prefix,
           percentile (rig->cpu, 0.5), prefix, percentile (rig->cpu, 0.99));
}

static void
build_window (Rig *rig)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkSingleSelection *selection;

  rig->list = mill_item_list_new ();
  selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (rig->list)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  rig->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (rig->view), "data-table");
  mill_item_columns_add (rig->view);
  gtk_column_view_set_model (rig->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (rig->view));
  rig->adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  rig->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (rig->window), 1280, 800);
  adw_window_set_content (ADW_WINDOW (rig->window), scroller);
  gtk_window_present (GTK_WINDOW (rig->window));
  while (!gtk_widget_get_mapped (rig->window))
    g_main_context_iteration (NULL, TRUE);
  wait_for_frame (rig);
}

int
main (int argc, char **argv)
{
  Rig rig = { .frames = g_array_new (FALSE, FALSE, sizeof (double)),
              .cpu = g_array_new (FALSE, FALSE, sizeof (double)) };
  double began_cpu_ms;

  if (argc != 2)
    return EXIT_FAILURE;
  adw_init ();
  build_window (&rig);
  g_print ("{");
  began_cpu_ms = get_cpu_ms (CLOCK_PROCESS_CPUTIME_ID);
  print_work ("open", measure_opening (&rig, argv[1]), began_cpu_ms);
  scroll (&rig);
  print_frames (&rig, "");
  began_cpu_ms = get_cpu_ms (CLOCK_PROCESS_CPUTIME_ID);
  print_work ("sort", measure_query (&rig, MILL_ITEM_SORT_LATENCY), began_cpu_ms);
  scroll (&rig);
  print_frames (&rig, "sorted_");
  g_print ("\"items\":%u}\n", g_list_model_get_n_items (G_LIST_MODEL (rig.list)));
  mill_item_list_set_path (rig.list, NULL);
  gtk_window_destroy (GTK_WINDOW (rig.window));
  g_object_unref (rig.list);
  g_array_unref (rig.frames);
  g_array_unref (rig.cpu);
  return EXIT_SUCCESS;
}
