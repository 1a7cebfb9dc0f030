/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strict reader of web archives. */

#include "config.h"

#include "warc-reader.h"

#include <string.h>

#define PREFIX   "WARC/1.1\r\n"
#define OUT_SIZE 4096

static void
record_free (gpointer data)
{
  WarcRecord *record = data;

  g_free (record->type);
  g_free (record->id);
  g_free (record->uri);
  g_hash_table_unref (record->fields);
  g_clear_pointer (&record->block, g_bytes_unref);
  g_free (record->head);
  g_clear_pointer (&record->body, g_bytes_unref);
  g_free (record);
}

/* (transfer full): what the gzip member at @offset holds, which is moved to its end */
static GByteArray *
read_member (const char *data, gsize size, gsize *offset)
{
  g_autoptr (GZlibDecompressor) gzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  GByteArray *plain = g_byte_array_new ();
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result != G_CONVERTER_FINISHED)
    {
      g_autoptr (GError) error = NULL;
      guint8 out[OUT_SIZE];
      gsize n_read, n_written;

      g_assert_cmpuint (*offset, <, size);
      result = g_converter_convert (G_CONVERTER (gzip), data + *offset, size - *offset, out, sizeof out,
                                    G_CONVERTER_INPUT_AT_END, &n_read, &n_written, &error);
      g_assert_no_error (error);
      *offset += n_read;
      g_byte_array_append (plain, out, (guint) n_written);
    }
  return plain;
}

static char *
base32 (const guint8 *data, gsize size)
{
  GString *text = g_string_new (NULL);

  for (gsize bit = 0; bit < size * 8; bit += 5)
    {
      guint value = 0;

      for (gsize i = bit; i < bit + 5; i++)
        value = value * 2 + (i < size * 8 ? (data[i / 8] >> (7 - i % 8)) & 1u : 0u);
      g_string_append_c (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value]);
    }
  return g_string_free (text, FALSE);
}

static void
assert_digest (const WarcRecord *record, const char *field, GBytes *bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;
  g_autofree char *letters = NULL, *expected = NULL;

  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_checksum_get_digest (checksum, digest, &size);
  letters = base32 (digest, size);
  expected = g_strconcat ("sha1:", letters, NULL);
  g_assert_cmpstr (warc_get (record, field), ==, expected);
}

/* Fills in what the lines say; each is "Name: value", and no name comes twice. */
static void
read_fields (WarcRecord *record, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  for (char **line = lines; **line != '\0'; line++)
    {
      char *colon = strstr (*line, ": ");

      g_assert_nonnull (colon);
      g_assert_null (strpbrk (*line, "\r\n"));
      *colon = '\0';
      g_assert_true (g_hash_table_insert (record->fields, g_strdup (*line), g_strdup (colon + 2)));
    }
}

static void
split_http (WarcRecord *record)
{
  gsize size;
  const char *data = g_bytes_get_data (record->block, &size);
  const char *end = g_strstr_len (data, (gssize) size, "\r\n\r\n");
  gsize length;

  g_assert_nonnull (end);
  length = (gsize) (end - data) + 4;
  record->head = g_strndup (data, length);
  record->body = g_bytes_new_from_bytes (record->block, length, size - length);
}

/* The framing that the head tells of is that of the body beside it. */
static void
assert_framing (const WarcRecord *record)
{
  g_auto (GStrv) lines = g_strsplit (record->head, "\r\n", -1);
  guint n_lengths = 0;

  for (char **line = lines + 1; *line != NULL; line++)
    {
      g_assert_null (strchr (*line, '\n'));
      g_assert_false (g_ascii_strncasecmp (*line, "Transfer-Encoding:", 18) == 0);
      g_assert_false (g_ascii_strncasecmp (*line, "Authorization:", 14) == 0);
      if (g_ascii_strncasecmp (*line, "Content-Length:", 15) != 0)
        continue;
      g_assert_cmpuint (n_lengths++, ==, 0);
      g_assert_cmpuint (g_ascii_strtoull (*line + 15, NULL, 10), ==, g_bytes_get_size (record->body));
    }
}

static void
check_message (WarcRecord *record)
{
  g_autofree char *media = g_strconcat ("application/http; msgtype=", record->type, NULL);

  g_assert_cmpstr (warc_get (record, "Content-Type"), ==, media);
  g_assert_nonnull (record->uri);
  g_assert_null (strchr (record->uri, '@'));
  g_assert_cmpstr (warc_get (record, "WARC-IP-Address"), ==, "127.0.0.1");
  assert_digest (record, "WARC-Block-Digest", record->block);
  split_http (record);
  assert_framing (record);
  if (g_str_equal (record->type, "request"))
    {
      g_assert_true (g_regex_match_simple ("^GET /\\S* HTTP/1\\.1\r\n", record->head, 0, 0));
      g_assert_nonnull (strstr (record->head, "\r\nHost: 127.0.0.1:"));
      g_assert_nonnull (strstr (record->head, "\r\nUser-Agent: Millrace/"));
      g_assert_cmpuint (g_bytes_get_size (record->body), ==, 0);
      return;
    }
  g_assert_true (g_regex_match_simple ("^HTTP/1\\.[01] \\d\\d\\d .*\r\n", record->head, 0, 0));
  assert_digest (record, "WARC-Payload-Digest", record->body);
}

static WarcRecord *
parse_record (GByteArray *plain)
{
  WarcRecord *record = g_new0 (WarcRecord, 1);
  const char *text = (const char *) plain->data;
  const char *end = g_strstr_len (text, plain->len, "\r\n\r\n");
  g_autofree char *fields = NULL;
  gsize length;

  g_assert_nonnull (end);
  g_assert_true (g_str_has_prefix (text, PREFIX));
  fields = g_strndup (text + strlen (PREFIX), (gsize) (end - text) + 2 - strlen (PREFIX));
  record->fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  read_fields (record, fields);
  record->type = g_strdup (warc_get (record, "WARC-Type"));
  record->id = g_strdup (warc_get (record, "WARC-Record-ID"));
  record->uri = g_strdup (warc_get (record, "WARC-Target-URI"));
  length = (gsize) g_ascii_strtoull (warc_get (record, "Content-Length"), NULL, 10);
  g_assert_cmpuint ((gsize) (end - text) + 4 + length + 4, ==, plain->len);
  g_assert_cmpmem (text + plain->len - 4, 4, "\r\n\r\n", 4);
  record->block = g_bytes_new (end + 4, length);
  g_assert_true (
      g_regex_match_simple ("^<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>$", record->id, 0, 0));
  g_assert_true (g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$",
                                       warc_get (record, "WARC-Date"), 0, 0));
  if (!g_str_equal (record->type, "warcinfo"))
    check_message (record);
  return record;
}

/* What records say of each other. */
static void
check_order (GPtrArray *records)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  const char *info = NULL;

  for (guint i = 0; i < records->len; i++)
    {
      const WarcRecord *record = g_ptr_array_index (records, i);
      const WarcRecord *other;

      g_assert_true (g_hash_table_add (ids, record->id));
      if (g_str_equal (record->type, "warcinfo"))
        {
          info = record->id;
          continue;
        }
      g_assert_nonnull (info);
      g_assert_cmpstr (warc_get (record, "WARC-Warcinfo-ID"), ==, info);
      if (g_str_equal (record->type, "response"))
        continue;
      g_assert_cmpstr (record->type, ==, "request");
      g_assert_cmpuint (i, >, 0);
      other = g_ptr_array_index (records, i - 1);
      g_assert_cmpstr (other->type, ==, "response");
      g_assert_cmpstr (other->uri, ==, record->uri);
      g_assert_cmpstr (warc_get (other, "WARC-Date"), ==, warc_get (record, "WARC-Date"));
      g_assert_cmpstr (warc_get (record, "WARC-Concurrent-To"), ==, other->id);
    }
}

GPtrArray *
warc_read (const char *path)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (record_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size, offset = 0;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  while (offset < size)
    {
      g_autoptr (GByteArray) plain = read_member (data, size, &offset);

      g_ptr_array_add (records, parse_record (plain));
    }
  check_order (records);
  return records;
}

static gboolean
matches (const WarcRecord *record, const char *type, const char *suffix)
{
  return g_str_equal (record->type, type) && (record->uri == NULL || g_str_has_suffix (record->uri, suffix));
}

const WarcRecord *
warc_find (GPtrArray *records, const char *type, const char *suffix)
{
  for (guint i = 0; i < records->len; i++)
    if (matches (g_ptr_array_index (records, i), type, suffix))
      return g_ptr_array_index (records, i);
  return NULL;
}

guint
warc_count (GPtrArray *records, const char *type, const char *suffix)
{
  guint n = 0;

  for (guint i = 0; i < records->len; i++)
    n += matches (g_ptr_array_index (records, i), type, suffix);
  return n;
}

const char *
warc_get (const WarcRecord *record, const char *field)
{
  return g_hash_table_lookup (record->fields, field);
}

const WarcRecord *
warc_assert_response (GPtrArray *records, const char *suffix, guint status, const char *body, const char *cut)
{
  const WarcRecord *record = warc_find (records, "response", suffix);

  g_assert_nonnull (record);
  g_assert_cmpuint (g_ascii_strtoull (record->head + strlen ("HTTP/1.1 "), NULL, 10), ==, status);
  if (body != NULL)
    g_assert_cmpmem (g_bytes_get_data (record->body, NULL), g_bytes_get_size (record->body), body,
                     strlen (body));
  g_assert_cmpstr (warc_get (record, "WARC-Truncated"), ==, cut);
  return record;
}
