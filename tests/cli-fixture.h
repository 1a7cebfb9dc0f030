/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli from outside: runs it in a folder of its own, and keeps what came of it. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct
{
  char *folder;  /* (owned) */
  int status;    /* of the last run; negative when a signal ended it */
  char *output;  /* (owned) (nullable) */
  char *errors;  /* (owned) (nullable) */
  JsonNode *end; /* (owned) (nullable) the last line of the output, if it is an object */
} CliFixture;

void cli_set_up (CliFixture *fixture, gconstpointer data);
void cli_forget_run (CliFixture *fixture);
void cli_tear_down (CliFixture *fixture, gconstpointer data);
void cli_end_run (CliFixture *fixture, GSubprocess *child);
GSubprocess *cli_begin (CliFixture *fixture, const char *command);
int cli_run (CliFixture *fixture, const char *command);
JsonObject *cli_get_object (CliFixture *fixture);
gint64 cli_get_count (CliFixture *fixture, const char *name);
const char *cli_get_string (CliFixture *fixture, const char *name);
void cli_assert_adds_up (CliFixture *fixture);
void cli_assert_complains (CliFixture *fixture, const char *command, int status, const char *word);
void cli_write_file (CliFixture *fixture, const char *name, const char *contents);
