/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The heads of the records of a web archive: ISO 28500:2017, WARC 1.1. */

#include "config.h"

#include "record/mill-warc-exchange-private.h"

#include <string.h>

#define VERSION "WARC/1.1\r\n"

void
mill_warc_exchange_free (MillWarcExchange *self)
{
  g_free (self->uri);
  g_free (self->ip_address);
  g_bytes_unref (self->request);
  g_bytes_unref (self->response);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/* What it holds of the memory, about. */
gsize
mill_warc_exchange_get_size (const MillWarcExchange *self)
{
  return sizeof *self + g_bytes_get_size (self->request) + g_bytes_get_size (self->response) +
         (self->body != NULL ? g_bytes_get_size (self->body) : 0);
}

/* (transfer full): a record's name, which no other record has */
char *
mill_warc_new_name (void)
{
  g_autofree char *uuid = g_uuid_string_random ();

  return g_strdup_printf ("<urn:uuid:%s>", uuid);
}

void
mill_warc_names_clear (MillWarcNames *names)
{
  g_free (names->warcinfo);
  g_free (names->request);
  g_free (names->response);
}

/* RFC 4648; 20 bytes of SHA-1 are 32 letters, without padding. */
static void
append_base32 (GString *text, const guint8 *data, gsize size)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  guint32 bits = 0;
  guint n_bits = 0;

  for (gsize i = 0; i < size; i++)
    {
      bits = (bits << 8) | data[i];
      for (n_bits += 8; n_bits >= 5; n_bits -= 5)
        g_string_append_c (text, letters[(bits >> (n_bits - 5)) & 31]);
    }
}

/* The form that the tools around web archives compare: "sha1:" and base 32. */
static void
append_digest (GString *text, const char *name, GBytes *first, GBytes *second)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  if (first != NULL)
    g_checksum_update (checksum, g_bytes_get_data (first, NULL), (gssize) g_bytes_get_size (first));
  if (second != NULL)
    g_checksum_update (checksum, g_bytes_get_data (second, NULL), (gssize) g_bytes_get_size (second));
  g_checksum_get_digest (checksum, digest, &size);
  g_string_append_printf (text, "%s: sha1:", name);
  append_base32 (text, digest, size);
  g_string_append (text, "\r\n");
}

static void
append_date (GString *text, gint64 time_us)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (date, "%Y-%m-%dT%H:%M:%S");

  g_string_append_printf (text, "WARC-Date: %s.%06uZ\r\n", seconds, (guint) (time_us % G_USEC_PER_SEC));
}

static GString *
begin_record (const char *type, const char *name, gint64 time_us)
{
  GString *text = g_string_new (VERSION);

  g_string_append_printf (text, "WARC-Type: %s\r\nWARC-Record-ID: %s\r\n", type, name);
  append_date (text, time_us);
  return text;
}

/* Of both records of an exchange. */
static GString *
begin_message (const char *type, const char *name, const MillWarcExchange *exchange, const char *warcinfo)
{
  GString *text = begin_record (type, name, exchange->began_us);

  g_string_append_printf (text,
                          "WARC-Target-URI: %s\r\nWARC-Warcinfo-ID: %s\r\n"
                          "Content-Type: application/http; msgtype=%s\r\n",
                          exchange->uri, warcinfo, type);
  if (exchange->ip_address != NULL)
    g_string_append_printf (text, "WARC-IP-Address: %s\r\n", exchange->ip_address);
  if (exchange->protocol != NULL)
    g_string_append_printf (text, "WARC-Protocol: %s\r\n", exchange->protocol);
  return text;
}

static GString *
end_record (GString *text, gsize length)
{
  g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", length);
  return text;
}

/* @file: the archive's name without its folder, @fields: application/warc-fields */
GString *
mill_warc_describe_info (const char *name, const char *file, const char *fields)
{
  GString *text = begin_record ("warcinfo", name, g_get_real_time ());

  g_string_append_printf (text, "WARC-Filename: %s\r\nContent-Type: application/warc-fields\r\n", file);
  return end_record (text, strlen (fields));
}

GString *
mill_warc_describe_request (const MillWarcExchange *exchange, const MillWarcNames *names)
{
  GString *text = begin_message ("request", names->request, exchange, names->warcinfo);

  g_string_append_printf (text, "WARC-Concurrent-To: %s\r\n", names->response);
  append_digest (text, "WARC-Block-Digest", exchange->request, NULL);
  return end_record (text, g_bytes_get_size (exchange->request));
}

GString *
mill_warc_describe_response (const MillWarcExchange *exchange, const MillWarcNames *names)
{
  GString *text = begin_message ("response", names->response, exchange, names->warcinfo);

  append_digest (text, "WARC-Block-Digest", exchange->response, exchange->body);
  append_digest (text, "WARC-Payload-Digest", exchange->body, NULL);
  if (exchange->cut != NULL)
    g_string_append_printf (text, "WARC-Truncated: %s\r\n", exchange->cut);
  return end_record (text, g_bytes_get_size (exchange->response) +
                               (exchange->body != NULL ? g_bytes_get_size (exchange->body) : 0));
}
