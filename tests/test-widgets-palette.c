/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The palettes: what is drawn stands out from its card, and no two colours are one to anybody. Colour vision
 * is simulated as in G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, “A Physiologically-based Model for
 * Simulation of Color Vision Deficiency”, 2009, at full severity; differences are CIE 1976 ones in L*a*b*.
 */
#include "config.h"

#include "mill-palette.h"

#include <math.h>

typedef struct
{
  double red, green, blue; /* linear */
} Light;

typedef enum
{
  NORMAL,
  PROTANOPIA,
  DEUTERANOPIA,
  N_VISIONS
} Vision;

static const double matrices[N_VISIONS][3][3] = {
  [NORMAL] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
  [PROTANOPIA] = { { 0.152286, 1.052583, -0.204868 },
                   { 0.114503, 0.786281, 0.099216 },
                   { -0.003882, -0.048116, 1.051998 } },
  [DEUTERANOPIA] = { { 0.367322, 0.860646, -0.227968 },
                     { 0.280085, 0.672501, 0.047413 },
                     { -0.011820, 0.042940, 0.968881 } },
};

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static Light
light_of (const GdkRGBA *color)
{
  return (Light){ linear ((double) color->red), linear ((double) color->green),
                  linear ((double) color->blue) };
}

static double
mix (const double *row, const Light *light)
{
  return CLAMP (row[0] * light->red + row[1] * light->green + row[2] * light->blue, 0, 1);
}

static Light
see (const Light *light, Vision vision)
{
  return (Light){ mix (matrices[vision][0], light), mix (matrices[vision][1], light),
                  mix (matrices[vision][2], light) };
}

static double
luminance (const Light *light)
{
  return 0.2126 * light->red + 0.7152 * light->green + 0.0722 * light->blue;
}

/* WCAG 2.1 */
static double
contrast (const Light *a, const Light *b)
{
  double one = luminance (a), other = luminance (b);

  return (MAX (one, other) + 0.05) / (MIN (one, other) + 0.05);
}

static double
lab_part (double value)
{
  return value > 216.0 / 24389 ? cbrt (value) : (24389.0 / 27 * value + 16) / 116;
}

static void
to_lab (const Light *light, double *lab)
{
  double x =
      lab_part ((0.4124564 * light->red + 0.3575761 * light->green + 0.1804375 * light->blue) / 0.95047);
  double y = lab_part (luminance (light));
  double z =
      lab_part ((0.0193339 * light->red + 0.1191920 * light->green + 0.9503041 * light->blue) / 1.08883);

  lab[0] = 116 * y - 16;
  lab[1] = 500 * (x - y);
  lab[2] = 200 * (y - z);
}

static double
difference (const Light *a, const Light *b, Vision vision)
{
  Light seen_a = see (a, vision), seen_b = see (b, vision);
  double one[3], other[3];

  to_lab (&seen_a, one);
  to_lab (&seen_b, other);
  return sqrt (pow (one[0] - other[0], 2) + pow (one[1] - other[1], 2) + pow (one[2] - other[2], 2));
}

static Light
get_fill (MillPaletteScheme scheme, gboolean dark, MillColor color)
{
  GdkRGBA rgba;

  mill_palette_get_fill (scheme, dark, color, &rgba);
  return light_of (&rgba);
}

static void
assert_different (MillPaletteScheme scheme, gboolean dark, Vision vision, double least)
{
  for (MillColor i = 0; i <= MILL_COLOR_GREY; i++)
    for (MillColor j = 0; j < i; j++)
      {
        Light a = get_fill (scheme, dark, i), b = get_fill (scheme, dark, j);

        g_test_message ("scheme %d, dark %d, vision %d: colours %d and %d", scheme, dark, vision, j, i);
        g_assert_cmpfloat (difference (&a, &b, vision), >=, least);
      }
}

static void
test_measures (void)
{
  const Light black = { 0, 0, 0 }, white = { 1, 1, 1 }, red = { 1, 0, 0 }, green = { 0, 0.3, 0 };

  g_assert_cmpfloat_with_epsilon (contrast (&black, &white), 21, 1e-6);
  g_assert_cmpfloat_with_epsilon (difference (&black, &white, NORMAL), 100, 0.1);
  g_assert_cmpfloat_with_epsilon (difference (&black, &white, DEUTERANOPIA), 100, 0.1);
  /* Who sees no red confuses what others do not. */
  g_assert_cmpfloat (difference (&red, &green, NORMAL), >, 2 * difference (&red, &green, DEUTERANOPIA));
}

static void
test_normal_vision (void)
{
  for (MillPaletteScheme scheme = MILL_PALETTE_STANDARD; scheme <= MILL_PALETTE_HIGH_CONTRAST; scheme++)
    {
      assert_different (scheme, FALSE, NORMAL, 28);
      assert_different (scheme, TRUE, NORMAL, 28);
    }
}

/* A difference of two or three can just be seen; fifteen is not overlooked. */
static void
test_color_blind (void)
{
  for (Vision vision = NORMAL; vision < N_VISIONS; vision++)
    {
      assert_different (MILL_PALETTE_COLOR_BLIND, FALSE, vision, 15);
      assert_different (MILL_PALETTE_COLOR_BLIND, TRUE, vision, 15);
    }
}

static void
assert_contrast (MillPaletteScheme scheme, gboolean dark, MillColor color, double least)
{
  const GdkRGBA light_card = { 1, 1, 1, 1 }, dark_card = { 0.188f, 0.188f, 0.188f, 1 };
  Light card = light_of (dark ? &dark_card : &light_card);
  Light fill = get_fill (scheme, dark, color);

  g_test_message ("scheme %d, dark %d: colour %d", scheme, dark, color);
  g_assert_cmpfloat (contrast (&fill, &card), >=, least);
}

/* WCAG 2.1 asks for 3 of what is not text. */
static void
test_contrast (void)
{
  for (MillColor color = 0; color <= MILL_COLOR_GREY; color++)
    {
      assert_contrast (MILL_PALETTE_HIGH_CONTRAST, FALSE, color, 4.5);
      assert_contrast (MILL_PALETTE_HIGH_CONTRAST, TRUE, color, 4);
      assert_contrast (MILL_PALETTE_STANDARD, TRUE, color, 3);
      assert_contrast (MILL_PALETTE_COLOR_BLIND, TRUE, color, 3);
      /* Of seven that all must differ, two are bright: their gauges have outlines and patterns. */
      if (color != MILL_COLOR_AMBER && color != MILL_COLOR_ORANGE)
        assert_contrast (MILL_PALETTE_COLOR_BLIND, FALSE, color, 3);
    }
}

static void
test_scheme (void)
{
  g_assert_cmpint (mill_palette_get_scheme (), ==, MILL_PALETTE_STANDARD);
  mill_palette_set_scheme (MILL_PALETTE_COLOR_BLIND);
  g_assert_cmpint (mill_palette_get_scheme (), ==, MILL_PALETTE_COLOR_BLIND);
  mill_palette_set_scheme (MILL_PALETTE_STANDARD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palette/measures", test_measures);
  g_test_add_func ("/palette/normal-vision", test_normal_vision);
  g_test_add_func ("/palette/color-blind", test_color_blind);
  g_test_add_func ("/palette/contrast", test_contrast);
  g_test_add_func ("/palette/scheme", test_scheme);

  return g_test_run ();
}
