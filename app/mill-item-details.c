/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillItemDetails: a title above each value, one below the other. */

#include "config.h"

#include "mill-item-details.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mill-item-columns.h"
#include "mill-words.h"

struct _MillItemDetails
{
  GtkBox parent_instance;

  /* Template */
  GtkScrolledWindow *scroller;
  GtkBox *fields;
};

G_DEFINE_FINAL_TYPE (MillItemDetails, mill_item_details, GTK_TYPE_BOX)

/* The columns of a run file, as people call them. */
static const struct
{
  const char *column;
  const char *title;
} titles[] = {
  { "attempts", N_ ("Attempts") },
  { "bytes", N_ ("Size") },
  { "depth", N_ ("Links From the Start") },
  { "error", N_ ("Error") },
  { "fetch_ms", N_ ("Time to Fetch") },
  { "file", N_ ("Saved As") },
  { "finished", N_ ("Finished") },
  { "hash", N_ ("SHA-256") },
  { "header_ms", N_ ("Time to the Header") },
  { "key", N_ ("Key") },
  { "last_modified", N_ ("Last Modified") },
  { "latency_ms", N_ ("Latency") },
  { "location", N_ ("Redirects To") },
  { "number", N_ ("Number") },
  { "outcome", N_ ("State") },
  { "referrer", N_ ("Found On") },
  { "result", N_ ("Result") },
  { "stage", N_ ("Stage") },
  { "started", N_ ("Started") },
  { "status", N_ ("HTTP Status") },
  { "title", N_ ("Title") },
  { "type", N_ ("Type") },
};

static const char *
title_of (const char *column)
{
  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (column, titles[i].column))
      return _ (titles[i].title);
  return column;
}

/* (transfer full) (nullable): NULL if it is not of that form */
static char *
make_span (const char *value)
{
  char *end = NULL;
  double milliseconds = g_ascii_strtod (value, &end);

  return end != value && *end == '\0' && milliseconds >= 0 && milliseconds < 1e12
             ? mill_words_span ((gint64) (milliseconds * 1000))
             : NULL;
}

/* (transfer full) (nullable) */
static char *
make_local_time (const char *value)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (value, utc);
  g_autoptr (GDateTime) local = time != NULL ? g_date_time_to_local (time) : NULL;

  return local != NULL ? g_date_time_format (local, "%F %T") : NULL;
}

/* (transfer full) (nullable) */
static char *
make_size (const char *value)
{
  guint64 size;

  return g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &size, NULL) ? g_format_size (size) : NULL;
}

/* (transfer full) (nullable): the value of a column as people read it; NULL if it is that already */
static char *
make_readable (const char *column, const char *value)
{
  if (g_str_has_suffix (column, "_ms"))
    return make_span (value);
  if (g_str_equal (column, "started") || g_str_equal (column, "finished"))
    return make_local_time (value);
  if (g_str_equal (column, "bytes"))
    return make_size (value);
  return g_str_equal (column, "outcome") ? g_strdup (mill_item_columns_get_state_word (value)) : NULL;
}

static void
mill_item_details_class_init (MillItemDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/millrace/Millrace/ui/item-details.ui");
  gtk_widget_class_bind_template_child (widget_class, MillItemDetails, scroller);
  gtk_widget_class_bind_template_child (widget_class, MillItemDetails, fields);
}

static void
mill_item_details_init (MillItemDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mill_item_details_clear:
 *
 * Forgets the item.
 */
void
mill_item_details_clear (MillItemDetails *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->fields))) != NULL)
    gtk_box_remove (self->fields, child);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/**
 * mill_item_details_add:
 * @title: what it is
 * @value: the value: valid UTF-8
 *
 * Adds a field below those that there are.
 */
void
mill_item_details_add (MillItemDetails *self, const char *title, const char *value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title_label = new_label (title, "caption");
  GtkWidget *value_label = new_label (value, "numeric");

  gtk_widget_add_css_class (title_label, "dim-label");
  gtk_label_set_selectable (GTK_LABEL (value_label), TRUE);
  /* Only for copying with the mouse: Tab is to leave the pane, and Ctrl+C to copy the key. */
  gtk_widget_set_focusable (value_label, FALSE);
  gtk_box_append (GTK_BOX (box), title_label);
  gtk_box_append (GTK_BOX (box), value_label);
  gtk_box_append (self->fields, box);
}

/**
 * mill_item_details_add_column:
 * @column: a column of a run file
 * @value: what is in it: valid UTF-8
 *
 * Adds a field, under a name for people and in a form for people, if there are.
 */
void
mill_item_details_add_column (MillItemDetails *self, const char *column, const char *value)
{
  g_autofree char *readable = make_readable (column, value);

  mill_item_details_add (self, title_of (column), readable != NULL ? readable : value);
}
