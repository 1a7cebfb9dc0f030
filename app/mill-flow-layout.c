/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows: as few as possible, evenly filled. Widths: everything at its minimum first; then up to natural
 * widths, all alike in proportion; then the parts that can use more, up to their limits; then the pipes. */

#include "config.h"

#include "mill-flow-layout.h"

/* The end of the run of boxes that stay together with the one at @begin. */
static guint
end_of_group (const MillFlowBox *boxes, guint n_boxes, guint begin)
{
  guint end = begin + 1;

  while (end < n_boxes && !boxes[end].may_begin_row)
    end++;

  return end;
}

static int
sum_of_minimums (const MillFlowBox *boxes, guint begin, guint end)
{
  int sum = 0;
  guint i;

  for (i = begin; i < end; i++)
    sum += boxes[i].minimum;

  return sum;
}

/**
 * mill_flow_layout_get_minimum:
 *
 * Returns: the least width that the boxes can be broken into rows for
 */
int
mill_flow_layout_get_minimum (const MillFlowBox *boxes, guint n_boxes)
{
  int widest = 0;
  guint begin, end;

  for (begin = 0; begin < n_boxes; begin = end)
    {
      end = end_of_group (boxes, n_boxes, begin);
      widest = MAX (widest, sum_of_minimums (boxes, begin, end));
    }

  return widest;
}

/**
 * mill_flow_layout_get_natural:
 *
 * Returns: the width of one row of boxes with natural widths
 */
int
mill_flow_layout_get_natural (const MillFlowBox *boxes, guint n_boxes)
{
  int sum = 0;
  guint i;

  for (i = 0; i < n_boxes; i++)
    sum += boxes[i].natural;

  return sum;
}

/* Each row takes as many groups as fit into @width. Returns how many rows there are. */
static guint
fill_rows (MillFlowBox *boxes, guint n_boxes, int width)
{
  guint row = 0, begin, end, i;
  int used = 0;

  for (begin = 0; begin < n_boxes; begin = end)
    {
      int needed;

      end = end_of_group (boxes, n_boxes, begin);
      needed = sum_of_minimums (boxes, begin, end);
      if (used > 0 && used + needed > width)
        {
          row++;
          used = 0;
        }
      used += needed;
      for (i = begin; i < end; i++)
        boxes[i].row = row;
    }

  return row + 1;
}

/* No more rows than needed, and those as even as can be: the width that the fullest needs is as small as it
 * can be without one row more. Returns how many rows there are. */
static guint
break_rows (MillFlowBox *boxes, guint n_boxes, int width)
{
  guint n_rows = fill_rows (boxes, n_boxes, width);
  int enough = width, too_little = 0;

  while (n_rows > 1 && enough - too_little > 1)
    {
      int middle = too_little + (enough - too_little) / 2;

      if (fill_rows (boxes, n_boxes, middle) > n_rows)
        too_little = middle;
      else
        enough = middle;
    }

  return fill_rows (boxes, n_boxes, enough);
}

/* Hands up to @extra out to the boxes in proportion to what each wants. Returns what is left. */
static int
grow_to_natural (MillFlowBox *boxes, guint n_boxes, int extra)
{
  int wanted = 0;
  guint i;

  for (i = 0; i < n_boxes; i++)
    wanted += boxes[i].natural - boxes[i].minimum;
  for (i = 0; i < n_boxes && wanted > 0; i++)
    {
      int want = boxes[i].natural - boxes[i].minimum;
      int given = extra >= wanted ? want : (int) ((gint64) want * extra / wanted);

      boxes[i].width += given;
      extra -= given;
      wanted -= want;
    }

  return extra;
}

/* Hands @extra out evenly to the boxes that may grow, each up to its limit. Returns what is left. */
static int
grow_to_limits (MillFlowBox *boxes, guint n_boxes, int extra)
{
  while (extra > 0)
    {
      int n_growing = 0, share;
      guint i;

      for (i = 0; i < n_boxes; i++)
        n_growing += boxes[i].limit > boxes[i].width;
      if (n_growing == 0)
        break;

      share = MAX (extra / n_growing, 1);
      for (i = 0; i < n_boxes; i++)
        {
          int given = CLAMP (boxes[i].limit - boxes[i].width, 0, MIN (share, extra));

          boxes[i].width += given;
          extra -= given;
        }
    }

  return extra;
}

static void
grow_pipes (MillFlowBox *boxes, guint n_boxes, int extra)
{
  int n_left = 0;
  guint i;

  for (i = 0; i < n_boxes; i++)
    n_left += boxes[i].is_pipe;
  for (i = 0; i < n_boxes && n_left > 0; i++)
    if (boxes[i].is_pipe)
      {
        int given = extra / n_left--;

        boxes[i].width += given;
        extra -= given;
      }
}

static void
arrange_row (MillFlowBox *boxes, guint n_boxes, int width)
{
  int extra = MAX (width - sum_of_minimums (boxes, 0, n_boxes), 0);
  guint i;

  for (i = 0; i < n_boxes; i++)
    boxes[i].width = boxes[i].minimum;
  extra = grow_to_natural (boxes, n_boxes, extra);
  extra = grow_to_limits (boxes, n_boxes, extra);
  grow_pipes (boxes, n_boxes, extra);
}

/**
 * mill_flow_layout_arrange:
 * @width: how wide the rows are
 *
 * Sets row and width of each box. The widths of a row add up to @width, or to the minimum if that is more.
 *
 * Returns: how many rows there are
 */
guint
mill_flow_layout_arrange (MillFlowBox *boxes, guint n_boxes, int width)
{
  guint n_rows = break_rows (boxes, n_boxes, width);
  guint begin, end;

  for (begin = 0; begin < n_boxes; begin = end)
    {
      for (end = begin + 1; end < n_boxes && boxes[end].row == boxes[begin].row; end++)
        ;
      arrange_row (boxes + begin, end - begin, width);
    }

  return n_rows;
}
