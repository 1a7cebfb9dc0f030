/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillHtmlScan: walks over the start tags of an HTML page and their attributes.
 *
 * A tokenizer after the HTML standard (section 13.2.5) and nothing more: no tree, no stack, no repair. A
 * crawler needs no tree, and building one, even as libxml2's SAX parser does it, takes time quadratic in the
 * depth and in the attributes of a tag: a page of 360 kB made to hurt took 2.9 s there, one of 10 MB would
 * take half an hour. Here every byte is looked at once, whatever the page.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillHtmlScan:
 *
 * A position in a page, to live on the stack. The fields are private.
 */
typedef struct
{
  /*< private >*/
  const char *p;         /* (unowned) where to go on */
  const char *end;       /* (unowned) */
  const char *raw;       /* (unowned) (nullable) name of the element whose content is text, not tags */
  gboolean in_tag;       /* attributes of the current tag are left */
  gboolean self_closing; /* the current tag ended with "/>" */
  gboolean cut;          /* the page ended within the current tag */
  gboolean xhtml;
} MillHtmlScan;

/**
 * MillHtmlAttribute:
 * @name: (unowned): the name, as written; not NUL-terminated
 * @name_length: its length in bytes
 * @value: (unowned): the value, as written, with its character references; not NUL-terminated
 * @value_length: its length in bytes
 */
typedef struct
{
  const char *name;
  size_t name_length;
  const char *value;
  size_t value_length;
} MillHtmlAttribute;

void mill_html_scan_init (MillHtmlScan *self, const char *html, size_t length, gboolean xhtml);
gboolean mill_html_scan_next_tag (MillHtmlScan *self, const char **name, size_t *length);
gboolean mill_html_scan_next_attribute (MillHtmlScan *self, MillHtmlAttribute *attribute);

void mill_html_scan_take_text (MillHtmlScan *self, const char **text, size_t *length);
gboolean mill_html_scan_is_cut (const MillHtmlScan *self);

gboolean mill_html_name_is (const char *name, size_t length, const char *lower);
size_t mill_html_decode_next (const char *value, size_t length, GString *out);
char *mill_html_decode (const char *value, size_t length);

G_END_DECLS
