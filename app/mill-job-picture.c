/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillJobPicture: threads are discs, tasks are rings; the levels in the tanks are decoration. */

#include "config.h"

#include "mill-job-picture.h"

#include "mill-palette.h"

#define PICTURE_HEIGHT 84
#define TANK_WIDTH     20.0f
#define TANK_HEIGHT    44.0f
#define DOT            7.0f
#define DOT_GAP        3.0f
#define DOT_ROWS       4
#define MAX_DOTS       16
#define PIPE           6.0f
#define END            12.0f

typedef struct
{
  MillKind kind;
  guint n_dots;
} Stage;

struct _MillJobPicture
{
  GtkWidget parent_instance;

  GArray *stages; /* (owned) (element-type Stage) */
};

G_DEFINE_FINAL_TYPE (MillJobPicture, mill_job_picture, GTK_TYPE_WIDGET)

static float
dots_width (const Stage *stage)
{
  guint n_columns = (stage->n_dots + DOT_ROWS - 1) / DOT_ROWS;

  return (float) MAX (n_columns, 1) * (DOT + DOT_GAP) - DOT_GAP;
}

static void
append_rounded (GtkSnapshot *snapshot, const graphene_rect_t *bounds, float radius, const GdkRGBA *color)
{
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, bounds, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, color, bounds);
  gtk_snapshot_pop (snapshot);
}

static void
append_outline (GtkSnapshot *snapshot, const graphene_rect_t *bounds, float radius, float width,
                const GdkRGBA *color)
{
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, bounds, radius);
  gtk_snapshot_append_border (snapshot, &rounded, (float[4]){ width, width, width, width },
                              (GdkRGBA[4]){ *color, *color, *color, *color });
}

static void
draw_pipe (MillJobPicture *self, GtkSnapshot *snapshot, float x, float middle, float width)
{
  GdkRGBA color;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_LINE, &color);
  gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (x, middle - PIPE / 2, width, PIPE));
}

static void
draw_end (MillJobPicture *self, GtkSnapshot *snapshot, float x, float middle, MillColor which)
{
  GdkRGBA color;

  mill_palette_get (GTK_WIDGET (self), which, &color);
  append_rounded (snapshot, &GRAPHENE_RECT_INIT (x, middle - END / 2, END, END), END / 2, &color);
}

static void
draw_tank (MillJobPicture *self, GtkSnapshot *snapshot, float x, float middle, float level)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (x, middle - TANK_HEIGHT / 2, TANK_WIDTH, TANK_HEIGHT);
  float fill = (TANK_HEIGHT - 6) * level;
  graphene_rect_t water =
      GRAPHENE_RECT_INIT (x + 3, middle + TANK_HEIGHT / 2 - 3 - fill, TANK_WIDTH - 6, fill);
  GdkRGBA color;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_TRACK, &color);
  append_rounded (snapshot, &bounds, 5, &color);
  mill_palette_get (GTK_WIDGET (self), level > 0.8f ? MILL_COLOR_AMBER : MILL_COLOR_GREEN, &color);
  append_rounded (snapshot, &water, 3, &color);
}

static void
draw_dots (MillJobPicture *self, GtkSnapshot *snapshot, float x, float middle, const Stage *stage)
{
  guint n_rows = MIN (stage->n_dots, DOT_ROWS);
  float top = middle - ((float) n_rows * (DOT + DOT_GAP) - DOT_GAP) / 2;
  GdkRGBA color;
  guint i;

  mill_palette_get (GTK_WIDGET (self), MILL_COLOR_BLUE, &color);
  for (i = 0; i < stage->n_dots; i++)
    {
      graphene_rect_t bounds = GRAPHENE_RECT_INIT (x + (float) (i / DOT_ROWS) * (DOT + DOT_GAP),
                                                   top + (float) (i % DOT_ROWS) * (DOT + DOT_GAP), DOT, DOT);

      if (stage->kind == MILL_KIND_THREADS)
        append_rounded (snapshot, &bounds, DOT / 2, &color);
      else
        append_outline (snapshot, &bounds, DOT / 2, 2, &color);
    }
}

static float
parts_width (MillJobPicture *self)
{
  float width = 2 * END;
  guint i;

  for (i = 0; i < self->stages->len; i++)
    width += TANK_WIDTH + dots_width (&g_array_index (self->stages, Stage, i));

  return width;
}

static void
mill_job_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MillJobPicture *self = MILL_JOB_PICTURE (widget);
  float middle = (float) gtk_widget_get_height (widget) / 2;
  float room = (float) gtk_widget_get_width (widget) - parts_width (self);
  float pipe = CLAMP (room / (float) (2 * self->stages->len + 3), 4, 26);
  float x = (room - pipe * (float) (2 * self->stages->len + 1)) / 2;
  guint i;

  draw_end (self, snapshot, x, middle, MILL_COLOR_GREY);
  x += END;
  for (i = 0; i < self->stages->len; i++)
    {
      const Stage *stage = &g_array_index (self->stages, Stage, i);

      draw_pipe (self, snapshot, x, middle, pipe);
      draw_tank (self, snapshot, x + pipe, middle, i == 0 ? 0.85f : 0.35f);
      draw_pipe (self, snapshot, x + pipe + TANK_WIDTH, middle, pipe - DOT_GAP);
      draw_dots (self, snapshot, x + 2 * pipe + TANK_WIDTH, middle, stage);
      x += 2 * pipe + TANK_WIDTH + dots_width (stage);
    }
  draw_pipe (self, snapshot, x + DOT_GAP, middle, pipe - DOT_GAP);
  draw_end (self, snapshot, x + pipe, middle, MILL_COLOR_GREEN);
}

static void
mill_job_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? PICTURE_HEIGHT : 160;
}

static void
mill_job_picture_finalize (GObject *object)
{
  MillJobPicture *self = MILL_JOB_PICTURE (object);

  g_clear_pointer (&self->stages, g_array_unref);

  G_OBJECT_CLASS (mill_job_picture_parent_class)->finalize (object);
}

static void
mill_job_picture_class_init (MillJobPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mill_job_picture_finalize;
  widget_class->measure = mill_job_picture_measure;
  widget_class->snapshot = mill_job_picture_snapshot;

  gtk_widget_class_set_css_name (widget_class, "jobpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
mill_job_picture_init (MillJobPicture *self)
{
  self->stages = g_array_new (FALSE, FALSE, sizeof (Stage));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  mill_palette_watch (GTK_WIDGET (self));
}

/**
 * mill_job_picture_set_pipeline:
 * @pipeline: (transfer none): what to draw; it is read now, not kept
 */
void
mill_job_picture_set_pipeline (MillJobPicture *self, MillPipeline *pipeline)
{
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);
  guint i;

  g_array_set_size (self->stages, 0);
  for (i = 0; i < snapshot->stages->len; i++)
    {
      const MillStageSnapshot *from = g_ptr_array_index (snapshot->stages, i);
      Stage stage = { .kind = from->kind, .n_dots = CLAMP (from->consumers, 1, MAX_DOTS) };

      g_array_append_val (self->stages, stage);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
