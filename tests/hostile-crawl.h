/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A crawl of a hostile server through the whole pipeline, and what must be true of every one of them: it
 * finishes, nothing is lost, and the page after the bad one is fetched. */

#pragma once

#include "crawl/mill-crawl-job.h"
#include "hostile-server.h"
#include "sources/mill-crawl-source.h"

G_BEGIN_DECLS

typedef struct
{
  HostileServer *server;    /* (owned) its "/" leads to "/bad", then to "/good" */
  char *folder;             /* (owned) where pages are saved */
  char *start[2];           /* (owned) (nullable) what the options' addresses are */
  const char *urls[3];      /* (unowned) */
  MillCrawlOptions options; /* quick, not polite */
  guint max_body;           /* MiB */
  double max_stall;         /* seconds */
  guint min_speed;          /* bytes per second */
  const char *limit;        /* (unowned) (nullable) see hostile_crawl_limit_bad() */
  double limit_s;           /* likewise */
  double usual_limit_s;     /* likewise */
  HostileAct bad_act;       /* likewise */
  gconstpointer bad_data;   /* (unowned) (nullable) likewise */
  MillPipeline *pipeline;   /* (owned) (nullable) */
  MillSnapshot *end;        /* (owned) (nullable) */
} HostileCrawl;

void hostile_crawl_set_up (HostileCrawl *crawl, gconstpointer data);
void hostile_crawl_tear_down (HostileCrawl *crawl, gconstpointer data);

/* At "/bad" the server does @act. The knob @limit is @seconds for this request alone: how long the other
 * answers take on this machine, which may be busy, is not what is tested. */
void hostile_crawl_limit_bad (HostileCrawl *crawl, const char *limit, double seconds, HostileAct act,
                              gconstpointer user_data);

/* @start: (nullable): a second address to start from */
void hostile_crawl_run (HostileCrawl *crawl, const char *start);
/* The same, where the start pages cannot be had. */
void hostile_crawl_run_to_failure (HostileCrawl *crawl);

/* What became of "/bad": a page, or a dead letter whose error says @words, after @times requests. */
void hostile_crawl_assert_done (HostileCrawl *crawl);
void hostile_crawl_assert_dead (HostileCrawl *crawl, const char *path, const char *words, guint times);
void hostile_crawl_assert_asked (HostileCrawl *crawl, const char *path, guint times);
/* A site was left alone, and @words say why. */
void hostile_crawl_assert_problem (HostileCrawl *crawl, const char *words);
guint hostile_crawl_count_files (HostileCrawl *crawl);

G_END_DECLS
