/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillFlowView: builds the parts and binds the pipes; how the parts share the room is in mill-flow-layout.c.
 * Pipes reach under the tanks, whose widgets are a little wider than what they draw. */

#include "config.h"

#include "mill-flow-view.h"

#include <math.h>

#include "mill-done-card.h"
#include "mill-flow-layout.h"
#include "mill-pipe.h"
#include "mill-queue-tank.h"
#include "mill-source-card.h"
#include "mill-stage-card.h"
#include "mill-text.h"

#define PIPE_MIN_WIDTH 8.0 /* beside what runs under a tank */
#define ROW_SPACING    18
#define WIDEST         10000 /* pixels; no line is broken in so many */
/* What the parts ask for, in units of their font. It does not follow from their texts: those change all the
 * time, and nothing may jump. */
#define CARD_WIDTH        172.0
#define SMALL_STAGE_WIDTH 230.0
#define SMALL_STAGE_LIMIT 300.0
#define LARGE_STAGE_WIDTH 340.0
#define LARGE_STAGE_LIMIT 440.0
#define PIPE_WIDTH        26.0
/* A stage with slots to show, or with more consumers than this, is given more room. */
#define MANY_CONSUMERS 16
/* The room that a tank keeps at each side for its handle, in units of its font. */
#define TANK_SIDE 15.0

typedef enum
{
  PART_CARD,
  PART_SMALL_STAGE,
  PART_LARGE_STAGE,
  PART_TANK,
  PART_PIPE,
} PartKind;

typedef struct
{
  GtkWidget *widget; /* (owned): a child */
  PartKind kind;
} Part;

struct _MillFlowView
{
  GtkWidget parent_instance;

  MillRun *run;     /* (owned) (nullable) */
  GArray *parts;    /* (owned) (element-type Part): from left to right */
  GPtrArray *pipes; /* (owned) (element-type MillPipe): unowned, from left to right; two for each stage and a
                       last one */
};

G_DEFINE_FINAL_TYPE (MillFlowView, mill_flow_view, GTK_TYPE_WIDGET)

static Part *
part_at (MillFlowView *self, guint index)
{
  return &g_array_index (self->parts, Part, index);
}

static void
clear_parts (MillFlowView *self)
{
  guint i;

  for (i = 0; i < self->parts->len; i++)
    gtk_widget_unparent (part_at (self, i)->widget);
  g_array_set_size (self->parts, 0);
  g_ptr_array_set_size (self->pipes, 0);
}

static void
add_part (MillFlowView *self, GtkWidget *widget, PartKind kind)
{
  Part part = { .widget = widget, .kind = kind };

  gtk_widget_set_parent (widget, GTK_WIDGET (self));
  g_array_append_val (self->parts, part);
}

static void
add_pipe (MillFlowView *self, MillColor color)
{
  GtkWidget *pipe = mill_pipe_new ();

  mill_pipe_set_color (MILL_PIPE (pipe), color);
  gtk_widget_set_valign (pipe, GTK_ALIGN_CENTER);
  add_part (self, pipe, PART_PIPE);
  g_ptr_array_add (self->pipes, pipe);
}

static PartKind
get_stage_kind (MillFlowView *self, guint index)
{
  const MillStageSnapshot *stage = g_ptr_array_index (mill_run_get_snapshot (self->run)->stages, index);

  return stage->permits > 0 || stage->consumers > MANY_CONSUMERS ? PART_LARGE_STAGE : PART_SMALL_STAGE;
}

static void
build_parts (MillFlowView *self)
{
  guint n_stages = mill_pipeline_get_n_stages (mill_run_get_pipeline (self->run));
  guint i;

  add_part (self, mill_source_card_new (self->run), PART_CARD);
  for (i = 0; i < n_stages; i++)
    {
      add_pipe (self, MILL_COLOR_BLUE);
      add_part (self, mill_queue_tank_new (self->run, i), PART_TANK);
      add_pipe (self, MILL_COLOR_BLUE);
      add_part (self, mill_stage_card_new (self->run, i), get_stage_kind (self, i));
    }
  add_pipe (self, MILL_COLOR_GREEN);
  add_part (self, mill_done_card_new (self->run), PART_CARD);
}

static void
set_pipe (MillFlowView *self, guint index, double rate, gboolean is_stalled)
{
  MillPipe *pipe = g_ptr_array_index (self->pipes, index);

  mill_pipe_set_rate (pipe, rate);
  mill_pipe_set_stalled (pipe, is_stalled);
}

/* More workers blocked on the next queue than not. */
static gboolean
is_output_stalled (const MillStageSnapshot *stage)
{
  return stage->by_state[MILL_WORKER_BLOCKED] * 2 > stage->workers;
}

static void
beat_cb (MillFlowView *self)
{
  const MillSnapshot *snapshot = mill_run_get_snapshot (self->run);
  const MillFigures *figures = mill_run_get_figures (self->run);
  gboolean is_moving = mill_run_is_active (self->run) && snapshot->state != MILL_STATE_PAUSED;
  double rate = is_moving ? figures->produced_rate : 0;
  gboolean is_stalled = is_moving && snapshot->producer == MILL_PRODUCER_BLOCKED;
  guint i;

  for (i = 0; i < figures->n_stages; i++)
    {
      const MillStageSnapshot *stage = g_ptr_array_index (snapshot->stages, i);

      set_pipe (self, 2 * i, rate, is_stalled);
      rate = is_moving ? figures->stages[i].rate : 0;
      set_pipe (self, 2 * i + 1, rate, is_moving && stage->queue.depth > 0 && stage->workers == 0);
      is_stalled = is_moving && is_output_stalled (stage);
    }
  set_pipe (self, 2 * figures->n_stages, is_moving ? figures->rate : 0, FALSE);
}

static gboolean
is_stage (const Part *part)
{
  return part->kind == PART_SMALL_STAGE || part->kind == PART_LARGE_STAGE;
}

/* Sets what a part wants, and up to where it takes what room is left; in units of the font. */
static void
get_wanted_width (PartKind kind, double *wanted, double *limit)
{
  *wanted = *limit = 0;
  switch (kind)
    {
    case PART_CARD:
      *wanted = CARD_WIDTH;
      break;
    case PART_SMALL_STAGE:
      *wanted = SMALL_STAGE_WIDTH;
      *limit = SMALL_STAGE_LIMIT;
      break;
    case PART_LARGE_STAGE:
      *wanted = LARGE_STAGE_WIDTH;
      *limit = LARGE_STAGE_LIMIT;
      break;
    case PART_PIPE:
      *wanted = PIPE_WIDTH;
      break;
    case PART_TANK:
    default:
      break;
    }
}

static gboolean
is_tank (MillFlowView *self, guint index)
{
  return index < self->parts->len && part_at (self, index)->kind == PART_TANK;
}

/* A row may begin with the pipe that leads from a stage into a tank or to the end. */
static MillFlowBox
get_box (MillFlowView *self, guint index)
{
  const Part *part = part_at (self, index);
  double unit = mill_text_unit (GTK_WIDGET (self));
  double wanted, limit;
  MillFlowBox box = { 0 };

  get_wanted_width (part->kind, &wanted, &limit);
  gtk_widget_measure (part->widget, GTK_ORIENTATION_HORIZONTAL, -1, &box.minimum, &box.natural, NULL, NULL);
  if (part->kind == PART_PIPE && (is_tank (self, index - 1) || is_tank (self, index + 1)))
    box.minimum = (int) ceil (PIPE_MIN_WIDTH * unit);
  if (part->kind != PART_TANK)
    box.natural = MAX (box.minimum, (int) (wanted * unit));
  box.limit = (int) (limit * unit);
  box.is_pipe = part->kind == PART_PIPE;
  box.may_begin_row = part->kind == PART_PIPE && is_stage (part_at (self, index - 1));

  return box;
}

/* Returns: (transfer full): a box for each part */
static MillFlowBox *
new_boxes (MillFlowView *self)
{
  MillFlowBox *boxes = g_new0 (MillFlowBox, self->parts->len);
  guint i;

  for (i = 0; i < self->parts->len; i++)
    boxes[i] = get_box (self, i);

  return boxes;
}

static int
measure_height (MillFlowView *self, guint index, int width)
{
  const Part *part = part_at (self, index);
  int natural;

  gtk_widget_measure (part->widget, GTK_ORIENTATION_VERTICAL, part->kind == PART_PIPE ? -1 : width, NULL,
                      &natural, NULL, NULL);

  return natural;
}

/* Returns: the height of the row that begins with part @begin; sets @end to the first part of the next row */
static int
measure_row (MillFlowView *self, const MillFlowBox *boxes, guint begin, guint *end)
{
  int height = 0;
  guint i;

  for (i = begin; i < self->parts->len && boxes[i].row == boxes[begin].row; i++)
    height = MAX (height, measure_height (self, i, boxes[i].width));
  *end = i;

  return height;
}

static int
measure_rows (MillFlowView *self, int width)
{
  g_autofree MillFlowBox *boxes = new_boxes (self);
  int height = 0;
  guint begin, end, n_rows;

  n_rows = mill_flow_layout_arrange (boxes, self->parts->len, width);
  for (begin = 0; begin < self->parts->len; begin = end)
    height += measure_row (self, boxes, begin, &end);

  return height + (int) (n_rows - 1) * ROW_SPACING;
}

static void
mill_flow_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  MillFlowView *self = MILL_FLOW_VIEW (widget);
  g_autofree MillFlowBox *boxes = new_boxes (self);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = mill_flow_layout_get_minimum (boxes, self->parts->len);
      *natural = mill_flow_layout_get_natural (boxes, self->parts->len);
    }
  else if (for_size >= 0)
    *minimum = *natural = measure_rows (self, for_size);
  else
    {
      /* No width may need less than this. */
      *minimum = measure_rows (self, WIDEST);
      *natural = MAX (*minimum, measure_rows (self, mill_flow_layout_get_natural (boxes, self->parts->len)));
    }
}

static GtkSizeRequestMode
mill_flow_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* A pipe reaches to what its neighbours draw. */
static void
stretch_pipe (MillFlowView *self, guint index, int *x, int *width)
{
  int side = (int) (TANK_SIDE * mill_text_unit (GTK_WIDGET (self)));

  if (is_tank (self, index - 1))
    {
      *x -= side;
      *width += side;
    }
  if (is_tank (self, index + 1))
    *width += side;
}

static void
allocate_row (MillFlowView *self, const MillFlowBox *boxes, guint begin, guint end, int y, int height)
{
  int total = gtk_widget_get_width (GTK_WIDGET (self));
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int x = 0;
  guint i;

  for (i = begin; i < end; i++)
    {
      int left = x, width = boxes[i].width;

      if (boxes[i].is_pipe)
        stretch_pipe (self, i, &left, &width);
      if (is_rtl)
        left = total - left - width;
      gtk_widget_size_allocate (part_at (self, i)->widget, &(GtkAllocation){ left, y, width, height }, -1);
      x += boxes[i].width;
    }
}

static void
mill_flow_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MillFlowView *self = MILL_FLOW_VIEW (widget);
  g_autofree MillFlowBox *boxes = new_boxes (self);
  guint n_rows = mill_flow_layout_arrange (boxes, self->parts->len, width);
  guint begin, end;
  int y = 0;

  for (begin = 0; begin < self->parts->len; begin = end)
    {
      int row_height = measure_row (self, boxes, begin, &end);

      if (n_rows == 1)
        row_height = height;
      allocate_row (self, boxes, begin, end, y, row_height);
      y += row_height + ROW_SPACING;
    }
}

/* Pipes first: they lie under what they lead to. */
static void
mill_flow_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillFlowView *self = MILL_FLOW_VIEW (widget);
  guint i;

  for (i = 0; i < self->parts->len; i++)
    if (part_at (self, i)->kind == PART_PIPE)
      gtk_widget_snapshot_child (widget, part_at (self, i)->widget, snapshot);
  for (i = 0; i < self->parts->len; i++)
    if (part_at (self, i)->kind != PART_PIPE)
      gtk_widget_snapshot_child (widget, part_at (self, i)->widget, snapshot);
}

static void
mill_flow_view_dispose (GObject *object)
{
  MillFlowView *self = MILL_FLOW_VIEW (object);

  clear_parts (self);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (mill_flow_view_parent_class)->dispose (object);
}

static void
mill_flow_view_finalize (GObject *object)
{
  MillFlowView *self = MILL_FLOW_VIEW (object);

  g_clear_pointer (&self->parts, g_array_unref);
  g_clear_pointer (&self->pipes, g_ptr_array_unref);

  G_OBJECT_CLASS (mill_flow_view_parent_class)->finalize (object);
}

static void
mill_flow_view_class_init (MillFlowViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mill_flow_view_dispose;
  object_class->finalize = mill_flow_view_finalize;
  widget_class->measure = mill_flow_view_measure;
  widget_class->get_request_mode = mill_flow_view_get_request_mode;
  widget_class->size_allocate = mill_flow_view_size_allocate;
  widget_class->snapshot = mill_flow_view_snapshot;

  gtk_widget_class_set_css_name (widget_class, "flow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mill_flow_view_init (MillFlowView *self)
{
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  self->pipes = g_ptr_array_new ();
}

GtkWidget *
mill_flow_view_new (void)
{
  return g_object_new (MILL_TYPE_FLOW_VIEW, NULL);
}

/**
 * mill_flow_view_set_run:
 * @run: (transfer none): what to show
 *
 * Replaces all parts.
 */
void
mill_flow_view_set_run (MillFlowView *self, MillRun *run)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  clear_parts (self);
  g_set_object (&self->run, run);
  build_parts (self);
  g_signal_connect_object (run, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  beat_cb (self);
}
