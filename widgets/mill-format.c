/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Formatting of numbers and times for gauges and charts. printf's own grouping flag is not ISO C, hence by
 * hand.
 */
#include "config.h"

#include "mill-format.h"

#include <langinfo.h>
#include <math.h>
#include <string.h>

static const char *
separator (void)
{
  const char *from_locale = nl_langinfo (THOUSEP);

  return from_locale[0] != '\0' && g_utf8_validate (from_locale, -1, NULL) ? from_locale : ",";
}

/* Groups the digits that @number begins with (after a sign); what follows them stays. */
static char *
group (const char *number)
{
  GString *grouped = g_string_new (NULL);
  gsize n_digits, i;

  if (*number == '-')
    g_string_append_c (grouped, *number++);

  n_digits = strspn (number, "0123456789");
  for (i = 0; i < n_digits; i++)
    {
      if (i > 0 && (n_digits - i) % 3 == 0)
        g_string_append (grouped, separator ());
      g_string_append_c (grouped, number[i]);
    }
  g_string_append (grouped, number + n_digits);

  return g_string_free (grouped, FALSE);
}

/**
 * mill_format_count:
 * @count: a number of things
 *
 * Returns: (transfer full): @count with its thousands grouped, such as “1,000”
 */
char *
mill_format_count (guint64 count)
{
  g_autofree char *plain = g_strdup_printf ("%" G_GUINT64_FORMAT, count);

  return group (plain);
}

/**
 * mill_format_number:
 * @number: a number
 * @digits: how many digits after the decimal point
 *
 * Returns: (transfer full): @number, its thousands grouped, or “–” when it is not finite
 */
char *
mill_format_number (double number, guint digits)
{
  g_autofree char *plain = NULL;

  if (!isfinite (number))
    return g_strdup ("–");

  plain = g_strdup_printf ("%.*f", (int) MIN (digits, 9), number);

  return group (plain);
}

/**
 * mill_format_time:
 * @time_us: microseconds since the origin; may be negative
 * @digits: how many digits of a second, 0 to 3
 *
 * Returns: (transfer full): @time_us as “m:ss”, from an hour on “h:mm:ss”
 */
char *
mill_format_time (gint64 time_us, guint digits)
{
  const gint64 unit_us = digits == 0 ? G_USEC_PER_SEC : digits == 1 ? 100000 : digits == 2 ? 10000 : 1000;
  const char *sign = time_us < 0 ? "−" : "";
  gint64 units = ABS (time_us) / unit_us;
  gint64 seconds = units * unit_us / G_USEC_PER_SEC;
  gint64 fraction = units % (G_USEC_PER_SEC / unit_us);
  g_autoptr (GString) text = g_string_new (sign);

  if (seconds >= 3600)
    g_string_append_printf (text, "%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600, (int) (seconds / 60 % 60),
                            (int) (seconds % 60));
  else
    g_string_append_printf (text, "%d:%02d", (int) (seconds / 60), (int) (seconds % 60));

  if (digits > 0)
    g_string_append_printf (text, "%s%0*d", nl_langinfo (RADIXCHAR), (int) MIN (digits, 3), (int) fraction);

  return g_strdup (text->str);
}
