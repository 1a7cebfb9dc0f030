/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What queueing theory says about a queue with several servers. Functions of numbers alone: any thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

double mill_erlang_b (guint servers, double offered);
double mill_erlang_c (guint servers, double offered);
double mill_erlang_mean_wait (guint servers, double arrival_rate, double service_s);
double mill_erlang_wait_percentile (guint servers, double arrival_rate, double service_s, double percentile);
double mill_erlang_priority_mean_wait (guint servers, double before_rate, double own_rate, double other_rate,
                                       double service_s);

G_END_DECLS
