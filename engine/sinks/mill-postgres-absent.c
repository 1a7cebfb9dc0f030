/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillPostgresWriter where there is no libpq. */

#include "config.h"

#include "sinks/mill-postgres-writer-private.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"

MillPostgresWriter *
mill_postgres_writer_new (const MillPostgresSettings *settings, GError **error)
{
  g_set_error_literal (
      error, MILL_ERROR, MILL_ERROR_INVALID,
      _ ("this Millrace was built without libpq, so it cannot write to PostgreSQL; “step=sqlite” "
         "writes the same rows to a file"));
  return NULL;
}

void
mill_postgres_writer_free (MillPostgresWriter *self)
{
  g_assert (self == NULL);
}

void
mill_postgres_writer_write (MillPostgresWriter *self, MillWork *work, GTask *task)
{
  g_assert_not_reached ();
}
