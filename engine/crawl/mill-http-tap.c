/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHttpTap: a GConverter that keeps what goes through it. */

#include "config.h"

#include "crawl/mill-http-tap-private.h"

#include <string.h>

struct _MillHttpTap
{
  GObject parent_instance;

  gsize limit;
  GByteArray *kept; /* (owned) (nullable) until it is in `bytes` */
  GBytes *bytes;    /* (owned) (nullable) */
  gboolean is_cut;
  gboolean is_whole;
};

static void mill_http_tap_init_converter (GConverterIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MillHttpTap, mill_http_tap, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_CONVERTER, mill_http_tap_init_converter))

static void
keep (MillHttpTap *self, const guint8 *data, gsize size)
{
  gsize n = MIN (size, self->limit - self->kept->len);

  g_byte_array_append (self->kept, data, (guint) n);
  if (n < size)
    self->is_cut = TRUE;
}

static GConverterResult
mill_http_tap_convert (GConverter *converter, const void *in, gsize in_size, void *out, gsize out_size,
                       GConverterFlags flags, gsize *bytes_read, gsize *bytes_written, GError **error)
{
  MillHttpTap *self = MILL_HTTP_TAP (converter);
  gsize n = MIN (in_size, out_size);
  gboolean at_end = (flags & G_CONVERTER_INPUT_AT_END) != 0 && n == in_size;

  if (n > 0)
    memcpy (out, in, n);
  keep (self, in, n);
  *bytes_read = *bytes_written = n;
  if (at_end)
    self->is_whole = TRUE;
  return at_end ? G_CONVERTER_FINISHED : G_CONVERTER_CONVERTED;
}

static void
mill_http_tap_reset (GConverter *converter)
{
}

static void
mill_http_tap_init_converter (GConverterIface *iface)
{
  iface->convert = mill_http_tap_convert;
  iface->reset = mill_http_tap_reset;
}

static void
mill_http_tap_finalize (GObject *object)
{
  MillHttpTap *self = MILL_HTTP_TAP (object);

  g_clear_pointer (&self->kept, g_byte_array_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  G_OBJECT_CLASS (mill_http_tap_parent_class)->finalize (object);
}

static void
mill_http_tap_class_init (MillHttpTapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mill_http_tap_finalize;
}

static void
mill_http_tap_init (MillHttpTap *self)
{
  self->kept = g_byte_array_new ();
}

/* @limit: how many bytes to keep, below 4 GiB */
MillHttpTap *
mill_http_tap_new (gsize limit)
{
  MillHttpTap *self = g_object_new (MILL_TYPE_HTTP_TAP, NULL);

  self->limit = MIN (limit, G_MAXINT);
  return self;
}

GBytes *
mill_http_tap_get_bytes (MillHttpTap *self)
{
  if (self->bytes == NULL)
    self->bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->kept));
  return self->bytes;
}

gboolean
mill_http_tap_is_cut (MillHttpTap *self)
{
  return self->is_cut;
}

gboolean
mill_http_tap_is_whole (MillHttpTap *self)
{
  return self->is_whole;
}
