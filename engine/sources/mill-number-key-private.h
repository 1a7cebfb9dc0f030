/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key of an item that is known by its number. printf() takes longer than all the rest of an empty item's
 * way. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MILL_NUMBER_KEY_SIZE 21

/* Writes @number's digits at the end of @buffer, and returns where they begin. */
static inline char *
mill_number_key (char buffer[MILL_NUMBER_KEY_SIZE], guint64 number)
{
  char *key = buffer + MILL_NUMBER_KEY_SIZE;

  *--key = '\0';
  do
    *--key = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  return key;
}

G_END_DECLS
