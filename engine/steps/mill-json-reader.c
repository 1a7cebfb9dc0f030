/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over the text, a function per rule of the grammar. The members of the outermost object are added
 * to the record as they are read; what lies deeper is checked and kept as it is written. */

#include "config.h"

#include "steps/mill-json-reader-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/mill-integer-private.h"

#define SHORT 64 /* a name or number that fits on the stack, with its NUL */

typedef struct
{
  const char *at;
  const char *end;
  guint depth;
  guint n_members;     /* of the outermost object */
  const char *problem; /* (nullable) a static text for people; it is at @at */
  MillRecord *record;  /* (unowned) */
} Reader;

/* A string as it is written, without its quotation marks. */
typedef struct
{
  const char *begin;
  gsize length;
  gboolean is_escaped;
} Written;

/* A number that has been read. */
typedef struct
{
  gboolean is_real;
  gint64 integer;
  double real;
} Number;

static gboolean skip_value (Reader *reader);

static gboolean
fail (Reader *reader, const char *problem)
{
  reader->problem = problem;
  return FALSE;
}

static gboolean
fail_at (Reader *reader, const char *at, const char *problem)
{
  reader->at = at;
  return fail (reader, problem);
}

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end &&
         (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r'))
    reader->at++;
}

/* NUL at the end: none is part of a text that is JSON. */
static char
peek (const Reader *reader)
{
  return reader->at < reader->end ? *reader->at : '\0';
}

/* ---- strings ---- */

static gboolean
read_hex (const char **at, const char *end, guint *value)
{
  *value = 0;
  for (guint i = 0; i < 4; i++, (*at)++)
    {
      gint digit = *at < end ? g_ascii_xdigit_value (**at) : -1;

      if (digit < 0)
        return FALSE;
      *value = *value * 16 + (guint) digit;
    }
  return TRUE;
}

/* Behind “\u”: a character, of one or two code units. A pair of surrogates is one character, half a pair is
 * none:
 * @value stays a surrogate. */
static gboolean
read_character (const char **at, const char *end, guint *value)
{
  const char *next;
  guint low;

  if (!read_hex (at, end, value))
    return FALSE;
  next = *at;
  if (*value < 0xd800 || *value >= 0xdc00 || end - next < 6 || next[0] != '\\' || next[1] != 'u')
    return TRUE;
  next += 2;
  if (!read_hex (&next, end, &low) || low < 0xdc00 || low >= 0xe000)
    return TRUE;
  *value = 0x10000 + ((*value - 0xd800) << 10) + (low - 0xdc00);
  *at = next;
  return TRUE;
}

static gboolean
skip_character (Reader *reader)
{
  const char *begin = reader->at;
  guint value;

  if (!read_character (&reader->at, reader->end, &value))
    return fail (reader, _ ("four hexadecimal digits must follow \\u"));
  if (value == 0)
    return fail_at (reader, begin, _ ("a text cannot hold the character NUL"));
  if (value >= 0xd800 && value < 0xe000)
    return fail_at (reader, begin, _ ("half a surrogate pair"));
  return TRUE;
}

/* Behind the opening quotation mark, and past the closing one. */
static gboolean
skip_string (Reader *reader, Written *written)
{
  *written = (Written){ reader->at, 0, FALSE };
  while (reader->at < reader->end)
    {
      guchar c = (guchar) *reader->at;

      if (c < 0x20)
        return fail (reader, _ ("a control character in a string"));
      reader->at++;
      if (c == '"')
        {
          written->length = (gsize) (reader->at - 1 - written->begin);
          return TRUE;
        }
      if (c != '\\')
        continue;
      written->is_escaped = TRUE;
      c = (guchar) peek (reader);
      if (c == '\0' || strchr ("\"\\/bfnrtu", c) == NULL)
        return fail (reader, _ ("an unknown escape sequence"));
      reader->at++;
      if (c == 'u' && !skip_character (reader))
        return FALSE;
    }
  return fail (reader, _ ("a string has no end"));
}

/* (transfer full): what a string that was skipped says. */
static GString *
unescape (const Written *written)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  GString *text = g_string_sized_new (written->length);
  const char *at = written->begin, *end = at + written->length;

  while (at < end)
    {
      const char *escape = memchr (at, '\\', (gsize) (end - at));
      guint value;

      g_string_append_len (text, at, (escape != NULL ? escape : end) - at);
      if (escape == NULL)
        break;
      at = escape + 2;
      if (escape[1] != 'u')
        g_string_append_c (text, meanings[strchr (letters, escape[1]) - letters]);
      else if (read_character (&at, end, &value))
        g_string_append_unichar (text, value);
    }
  return text;
}

static void
add_text (Reader *reader, const char *name, const Written *written)
{
  if (written->is_escaped)
    {
      GString *text = unescape (written);

      mill_record_add_text (reader->record, name, text->str, (gssize) text->len);
      g_string_free (text, TRUE);
    }
  else
    mill_record_add_text (reader->record, name, written->begin, (gssize) written->length);
}

/* ---- numbers ---- */

/* Skips digits, and appends them to the decimal number @value, which says too little once it is too large. */
static guint
skip_digits (Reader *reader, guint64 *value)
{
  const char *begin = reader->at;

  for (; reader->at < reader->end && g_ascii_isdigit (*reader->at); reader->at++)
    *value = *value * 10 + (guint64) (*reader->at - '0');
  return (guint) (reader->at - begin);
}

/* The text since @begin, as a text with an end. */
static const char *
terminate (const Reader *reader, const char *begin, char *buffer, char **allocated)
{
  gsize length = (gsize) (reader->at - begin);

  if (length >= SHORT)
    return *allocated = g_strndup (begin, length);
  memcpy (buffer, begin, length);
  buffer[length] = '\0';
  return buffer;
}

/* Up to 15 digits and 22 powers of ten a quotient of two doubles is exact but for one rounding: Clinger, "How
 * to Read Floating Point Numbers Accurately", 1990. */
static gboolean
read_real (Reader *reader, const char *begin, guint n_digits, guint n_fraction, guint64 digits,
           gboolean has_exponent, double *value)
{
  static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                   1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20 };
  char buffer[SHORT];
  g_autofree char *allocated = NULL;

  if (!has_exponent && n_digits <= 15)
    {
      *value = (double) digits / powers[n_fraction];
      if (*begin == '-')
        *value = -*value;
      return TRUE;
    }
  *value = g_ascii_strtod (terminate (reader, begin, buffer, &allocated), NULL);
  return isfinite (*value) || fail_at (reader, begin, _ ("a number is too large"));
}

static gboolean
read_integer (Reader *reader, const char *begin, guint n_digits, guint64 digits, gint64 *value)
{
  char buffer[SHORT];
  g_autofree char *allocated = NULL;

  if (n_digits <= 18)
    {
      *value = *begin == '-' ? -(gint64) digits : (gint64) digits;
      return TRUE;
    }
  return mill_integer_read (terminate (reader, begin, buffer, &allocated), value) ||
         fail_at (reader, begin, _ ("a number is too large"));
}

static gboolean
read_exponent (Reader *reader, gboolean *has_exponent)
{
  guint64 ignored = 0;

  *has_exponent = peek (reader) == 'e' || peek (reader) == 'E';
  if (!*has_exponent)
    return TRUE;
  reader->at++;
  if (peek (reader) == '+' || peek (reader) == '-')
    reader->at++;
  return skip_digits (reader, &ignored) > 0 || fail (reader, _ ("a digit is missing"));
}

static gboolean
read_number (Reader *reader, Number *number)
{
  const char *begin = reader->at;
  guint64 digits = 0;
  guint n_digits, n_fraction = 0;
  gboolean has_exponent;

  if (peek (reader) == '-')
    reader->at++;
  if (peek (reader) == '0')
    {
      n_digits = 1;
      reader->at++;
    }
  else
    n_digits = skip_digits (reader, &digits);
  if (n_digits == 0)
    return fail (reader, _ ("a digit is missing"));
  number->is_real = peek (reader) == '.';
  if (number->is_real)
    {
      reader->at++;
      n_fraction = skip_digits (reader, &digits);
      if (n_fraction == 0)
        return fail (reader, _ ("a digit is missing"));
    }
  if (!read_exponent (reader, &has_exponent))
    return FALSE;
  number->is_real |= has_exponent;
  if (number->is_real)
    return read_real (reader, begin, n_digits + n_fraction, n_fraction, digits, has_exponent, &number->real);
  return read_integer (reader, begin, n_digits, digits, &number->integer);
}

/* ---- values ---- */

static gboolean
skip_word (Reader *reader, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (reader->end - reader->at) < length || memcmp (reader->at, word, length) != 0)
    return fail (reader, _ ("a value is missing"));
  reader->at += length;
  return TRUE;
}

/* A member's name and the colon behind it. */
static gboolean
skip_name (Reader *reader, Written *name)
{
  skip_space (reader);
  if (peek (reader) != '"')
    return fail (reader, _ ("a name in quotation marks is missing"));
  reader->at++;
  if (!skip_string (reader, name))
    return FALSE;
  skip_space (reader);
  if (peek (reader) != ':')
    return fail (reader, _ ("“:” is missing"));
  reader->at++;
  skip_space (reader);
  return TRUE;
}

static gboolean
add_value (Reader *reader, const char *name)
{
  const char *begin = reader->at;
  char first = peek (reader);
  Written written;
  Number number;

  if (first == '"')
    {
      reader->at++;
      if (!skip_string (reader, &written))
        return FALSE;
      add_text (reader, name, &written);
      return TRUE;
    }
  if (first == '-' || g_ascii_isdigit (first))
    {
      if (!read_number (reader, &number))
        return FALSE;
      if (number.is_real)
        mill_record_add_real (reader->record, name, number.real);
      else
        mill_record_add_integer (reader->record, name, number.integer);
      return TRUE;
    }
  if (!skip_value (reader))
    return FALSE;
  if (first == 'n')
    mill_record_add_null (reader->record, name);
  else if (first == 't' || first == 'f')
    mill_record_add_boolean (reader->record, name, first == 't');
  else
    mill_record_add_json (reader->record, name, begin, reader->at - begin);
  return TRUE;
}

/* A member of the outermost object. */
static gboolean
add_member (Reader *reader)
{
  Written name;
  char buffer[SHORT];

  if (++reader->n_members > MILL_JSON_MAX_MEMBERS)
    return fail (reader, _ ("there are too many members"));
  if (!skip_name (reader, &name))
    return FALSE;
  if (name.is_escaped || name.length >= SHORT)
    {
      g_autofree char *text = g_string_free (unescape (&name), FALSE);

      return add_value (reader, text);
    }
  memcpy (buffer, name.begin, name.length);
  buffer[name.length] = '\0';
  return add_value (reader, buffer);
}

static gboolean
skip_member (Reader *reader)
{
  Written name;

  return skip_name (reader, &name) && skip_value (reader);
}

/* Behind the opening bracket. */
static gboolean
read_container (Reader *reader, char closing, gboolean (*read_one) (Reader *reader))
{
  if (++reader->depth > MILL_JSON_MAX_DEPTH)
    return fail (reader, _ ("objects and arrays lie too deep in each other"));
  skip_space (reader);
  if (peek (reader) == closing)
    {
      reader->at++;
      reader->depth--;
      return TRUE;
    }
  while (TRUE)
    {
      if (!read_one (reader))
        return FALSE;
      skip_space (reader);
      if (peek (reader) == closing)
        break;
      if (peek (reader) != ',')
        return fail (reader, closing == '}' ? _ ("“,” or “}” is missing") : _ ("“,” or “]” is missing"));
      reader->at++;
    }
  reader->at++;
  reader->depth--;
  return TRUE;
}

static gboolean
skip_value (Reader *reader)
{
  Written written;
  Number number;

  skip_space (reader);
  switch (peek (reader))
    {
    case '"':
      reader->at++;
      return skip_string (reader, &written);
    case '{':
      reader->at++;
      return read_container (reader, '}', skip_member);
    case '[':
      reader->at++;
      return read_container (reader, ']', skip_value);
    case 't':
      return skip_word (reader, "true");
    case 'f':
      return skip_word (reader, "false");
    case 'n':
      return skip_word (reader, "null");
    default:
      if (peek (reader) == '-' || g_ascii_isdigit (peek (reader)))
        return read_number (reader, &number);
      return fail (reader, _ ("a value is missing"));
    }
}

/* Most texts are ASCII, which is seen eight bytes at a time. */
static gboolean
is_ascii (const char *text, gsize length)
{
  guint64 all = 0, some;
  gsize i = 0;

  for (; i + sizeof some <= length; i += sizeof some)
    {
      memcpy (&some, text + i, sizeof some);
      all |= some;
    }
  for (; i < length; i++)
    all |= (guchar) text[i];
  return (all & G_GUINT64_CONSTANT (0x8080808080808080)) == 0;
}

/* Adds the members of the object that @text is to @record. (nullable): what is wrong with it, a static text
 * for people,
 * @offset bytes from its begin; then @record has some of the members. */
const char *
mill_json_read_object (const char *text, gsize length, MillRecord *record, gsize *offset)
{
  Reader reader = { text, text + length, 0, 0, NULL, record };
  const char *valid_end = NULL;

  /* what comes behind a NUL need not be looked at: there is no place for one */
  if (!is_ascii (text, length) && !g_utf8_validate_len (text, length, &valid_end) && *valid_end != '\0')
    fail_at (&reader, valid_end, _ ("this is no UTF-8"));
  else
    {
      skip_space (&reader);
      if (peek (&reader) != '{')
        fail (&reader, _ ("a JSON object is missing"));
      else
        {
          reader.at++;
          if (read_container (&reader, '}', add_member))
            {
              skip_space (&reader);
              if (reader.at != reader.end)
                fail (&reader, _ ("there is something behind the object’s end"));
            }
        }
    }
  *offset = (gsize) (reader.at - text);
  return reader.problem;
}
