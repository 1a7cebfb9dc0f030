/* SPDX-License-Identifier: GPL-3.0-or-later */
/* millrace-cli reference: what may stand in a job file, for people or as the tables of its man page. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli.h"
#include "mill-reference.h"

#define MARK "@REFERENCE@\n"

static void
append_key (GString *text, const MillReferenceKey *key)
{
  g_string_append_printf (text, "\n  %s\n      %s%s\n", key->name, key->value,
                          key->is_live ? _ ("; live") : "");
  if (key->help != NULL)
    g_string_append_printf (text, "      %s\n", key->help);
}

static char *
to_text (const MillReferenceSection *section)
{
  GString *text = g_string_new (section->heading);

  g_string_append_c (text, '\n');
  if (section->summary != NULL)
    g_string_append_printf (text, "  %s.\n", section->summary);
  for (guint i = 0; i < section->keys->len; i++)
    append_key (text, g_ptr_array_index (section->keys, i));
  return g_string_free (text, FALSE);
}

/* (transfer full): no line of @text is a request, no hyphen is a dash, and no backslash an escape. */
static char *
to_roff (const char *text)
{
  GString *roff = g_string_new (text);

  g_string_replace (roff, "\\", "\\e", 0);
  g_string_replace (roff, "-", "\\-", 0);
  if (*text == '.' || *text == '\'')
    g_string_prepend (roff, "\\&");
  return g_string_free (roff, FALSE);
}

static void
append_roff (GString *text, const char *format, const char *value, const char *more)
{
  g_autofree char *roff = to_roff (value);

  g_string_append_printf (text, "%s%s%s", format, roff, more);
}

static char *
to_man (const MillReferenceSection *section)
{
  GString *text = g_string_new (NULL);

  append_roff (text, ".SS ", section->heading, "\n");
  if (section->summary != NULL)
    append_roff (text, "", section->summary, ".\n");
  for (guint i = 0; i < section->keys->len; i++)
    {
      const MillReferenceKey *key = g_ptr_array_index (section->keys, i);

      append_roff (text, ".TP\n.B ", key->name, "\n");
      if (key->help != NULL)
        append_roff (text, "", key->help, g_str_has_suffix (key->help, ".") ? "\n.br\n" : ".\n.br\n");
      append_roff (text, "", key->value, key->is_live ? "; live.\n" : ".\n");
    }
  return g_string_free (text, FALSE);
}

/* The man page: a file, with the reference in the place of its mark. */
static MillCliStatus
print_man (const char *path)
{
  g_autoptr (GPtrArray) sections = mill_reference_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *page = NULL;
  char *mark;

  if (!g_file_get_contents (path, &page, NULL, &error))
    {
      mill_cli_complain (error->message);
      return MILL_CLI_FAILED;
    }
  mark = strstr (page, MARK);
  g_print ("%.*s", mark != NULL ? (int) (mark - page) : (int) strlen (page), page);
  for (guint i = 0; mark != NULL && i < sections->len; i++)
    {
      g_autofree char *text = to_man (g_ptr_array_index (sections, i));

      g_print ("%s", text);
    }
  g_print ("%s", mark != NULL ? mark + strlen (MARK) : "");
  return MILL_CLI_FINISHED;
}

static MillCliStatus
print_named (const char *name)
{
  g_autoptr (GPtrArray) sections = mill_reference_new ();
  g_autoptr (GString) known = g_string_new (NULL);
  g_autofree char *message = NULL;
  guint n = 0;

  for (guint i = 0; i < sections->len; i++)
    {
      const MillReferenceSection *section = g_ptr_array_index (sections, i);
      g_autofree char *text = NULL;

      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", section->name);
      if (name != NULL && g_ascii_strcasecmp (section->name, name) != 0)
        continue;
      text = to_text (section);
      g_print ("%s%s", n++ > 0 ? "\n" : "", text);
    }
  if (n > 0)
    return MILL_CLI_FINISHED;
  message = g_strdup_printf (_ ("reference: there is no “%s”; there are %s"), name, known->str);
  mill_cli_complain (message);
  return MILL_CLI_USAGE;
}

/**
 * mill_cli_reference:
 * @arguments: "reference", then options and the name of a group or a part
 *
 * Prints what may stand in a job file.
 *
 * Returns: the exit status
 */
MillCliStatus
mill_cli_reference (char **arguments)
{
  g_auto (GStrv) words = g_strdupv (arguments);
  g_autofree char *man = NULL;
  const GOptionEntry entries[] = {
    { "man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &man, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!mill_cli_parse (
          &words, _ ("[NAME]"),
          _ ("Says what may stand in a job file: all of it, or one group (source, stage, …) or part "
             "(timer, simulate, …)."),
          entries))
    return MILL_CLI_USAGE;
  if (man != NULL)
    return print_man (man);
  return print_named (words[1]);
}
