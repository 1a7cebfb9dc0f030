/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzz targets share. libFuzzer calls LLVMFuzzerTestOneInput () with one input after the other; a
 * target takes it apart, calls the code under test and asserts what must hold whatever the input is. */

#pragma once

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* GLib ends a program by SIGTRAP, which libFuzzer does not catch: the input would be lost. */
static void
on_trap (int number)
{
  abort ();
}

/* What GLib complains about is a finding too. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  signal (SIGTRAP, on_trap);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  return 0;
}

/* Takes the first line off the input. Returns: (transfer full): the line up to its end or a NUL */
static inline char *
fuzz_take_line (const guint8 **data, size_t *size)
{
  const guint8 *end = *size > 0 ? memchr (*data, '\n', *size) : NULL;
  size_t length = end != NULL ? (size_t) (end - *data) : *size;
  char *line = g_strndup ((const char *) *data, length);
  size_t used = MIN (length + 1, *size);

  *data += used;
  *size -= used;
  return line;
}

/* Returns: (transfer full): what is left, in place, so that a read past its end is seen */
static inline GBytes *
fuzz_take_rest (const guint8 *data, size_t size)
{
  return g_bytes_new_static (data, size);
}
