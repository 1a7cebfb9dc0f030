/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MillJobCard: picture, name, description, and the figures of each stage; of a pitfall, what is measured. */

#include "config.h"

#include "mill-job-card.h"

#include <glib/gi18n.h>

#include "mill-format.h"
#include "mill-job-picture.h"
#include "mill-words.h"

struct _MillJobCard
{
  GtkButton parent_instance;

  /* Template */
  MillJobPicture *picture;
  GtkLabel *name_label;
  GtkLabel *description_label;
  GtkLabel *facts_label;
};

G_DEFINE_FINAL_TYPE (MillJobCard, mill_job_card, GTK_TYPE_BUTTON)

static const char *
describe_workers (MillKind kind, guint n)
{
  return kind == MILL_KIND_THREADS ? ngettext ("thread", "threads", n) : mill_words_kind (kind);
}

/* "200 async, queue 1,000" */
static char *
describe_stage (const MillStageSnapshot *stage)
{
  g_autofree char *consumers = mill_format_count (stage->consumers);
  g_autofree char *maxsize = mill_format_count ((guint64) MAX (stage->queue.maxsize, 0));

  if (stage->queue.maxsize > 0)
    /* Translators: a stage in few words: its number of workers, their kind, its queue's size; "200 async,
     * queue 1,000" */
    return g_strdup_printf (_ ("%s %s, queue %s"), consumers,
                            describe_workers (stage->kind, stage->consumers), maxsize);
  return g_strdup_printf (_ ("%s %s, no limit"), consumers, describe_workers (stage->kind, stage->consumers));
}

static char *
describe_pipeline (MillPipeline *pipeline)
{
  g_autoptr (MillSnapshot) snapshot = mill_pipeline_snapshot (pipeline);
  g_autoptr (GString) text = g_string_new (NULL);
  guint i;

  for (i = 0; i < snapshot->stages->len; i++)
    {
      g_autofree char *stage = describe_stage (g_ptr_array_index (snapshot->stages, i));

      g_string_append_printf (text, "%s%s", i > 0 ? " → " : "", stage);
    }

  return g_strdup (text->str);
}

static void
mill_job_card_class_init (MillJobCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MILL_TYPE_JOB_PICTURE);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/millrace/Millrace/ui/job-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MillJobCard, picture);
  gtk_widget_class_bind_template_child (widget_class, MillJobCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, MillJobCard, description_label);
  gtk_widget_class_bind_template_child (widget_class, MillJobCard, facts_label);
}

static void
mill_job_card_init (MillJobCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Returns: (transfer full): what is told of the job in few words; the picture is drawn as well */
static char *
show_content (MillJobCard *self, MillJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MillPitfall) pitfall = NULL;
  g_autoptr (MillPipeline) pipeline = NULL;

  if (mill_job_is_pitfall (job))
    {
      gtk_widget_set_visible (GTK_WIDGET (self->picture), FALSE);
      pitfall = mill_job_build_pitfall (job, &error);
      return g_strdup (pitfall != NULL ? mill_pitfall_get_figure_label (pitfall) : error->message);
    }
  pipeline = mill_job_build (job, &error);
  if (pipeline == NULL)
    return g_strdup (error->message);
  mill_job_picture_set_pipeline (self->picture, pipeline);
  return describe_pipeline (pipeline);
}

/**
 * mill_job_card_new:
 * @id: the built-in job's name
 * @job: (transfer none): the job
 *
 * Returns: (transfer floating): a card
 */
GtkWidget *
mill_job_card_new (const char *id, MillJob *job)
{
  MillJobCard *self = g_object_new (MILL_TYPE_JOB_CARD, NULL);
  g_autofree char *facts = show_content (self, job);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", id);
  gtk_label_set_label (self->name_label, mill_job_get_name (job));
  gtk_label_set_label (self->description_label, mill_job_get_description (job));
  gtk_label_set_label (self->facts_label, facts);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts_label), facts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  mill_job_get_name (job), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  mill_job_get_description (job), -1);

  return GTK_WIDGET (self);
}
