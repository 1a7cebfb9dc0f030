/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillCssScan: walks over the addresses in a stylesheet: url(), and what @import names.
 *
 * The tokens of CSS Syntax, level 3, as far as it takes to tell an address from a comment, a string or a
 * name; no rules, no values. Every byte is looked at once, whatever the stylesheet.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MillCssScan:
 *
 * @address: (unowned): where the last address begins, as written, without its quotes
 * @address_end: (unowned): where it ends
 * @quote: the quote around it; 0 is none
 *
 * A position in a stylesheet, to live on the stack. The other fields are private.
 */
typedef struct
{
  const char *address;
  const char *address_end;
  char quote;
  /*< private >*/
  const char *p;         /* (unowned) where to go on */
  const char *end;       /* (unowned) */
  gboolean in_import;    /* a string that comes now is an address */
  gboolean in_namespace; /* an address that comes now is only a name */
} MillCssScan;

void mill_css_scan_init (MillCssScan *self, const char *css, size_t length);
char *mill_css_scan_next (MillCssScan *self);

G_END_DECLS
