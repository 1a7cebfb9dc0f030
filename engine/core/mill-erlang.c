/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The M/M/c queue: arrivals of a Poisson process, service times that are exponential, c servers, room for
 * all. */

#include "config.h"

#include "core/mill-erlang.h"

#include <math.h>

/**
 * mill_erlang_b:
 * @servers: how many servers there are
 * @offered: the load offered to them, in erlangs: arrivals a second times seconds of service
 *
 * Erlang's loss formula: which share of arrivals would find all servers busy if nobody waited.
 *
 * A. K. Erlang, "Solution of some Problems in the Theory of Probabilities of Significance in Automatic
 * Telephone Exchanges", Elektroteknikeren 13 (1917). By the recursion over the number of servers, of which
 * all terms lie between 0 and 1, whatever their number (R. B. Cooper, "Introduction to Queueing Theory", 2nd
 * ed., 1981, ch. 3); the powers and factorials of the formula itself would overflow.
 *
 * Returns: from 0 to 1
 */
double
mill_erlang_b (guint servers, double offered)
{
  double blocked = 1.0;

  for (guint n = 1; n <= servers; n++)
    blocked = offered * blocked / (n + offered * blocked);
  return blocked;
}

/**
 * mill_erlang_c:
 * @servers: how many servers there are
 * @offered: the load offered to them, in erlangs
 *
 * Erlang's delay formula, of the same paper: which share of arrivals has to wait. It follows from the loss
 * formula by a division: Cooper, as above.
 *
 * Returns: from 0 to 1; 1 if the load is more than the servers can take
 */
double
mill_erlang_c (guint servers, double offered)
{
  double blocked = mill_erlang_b (servers, offered);

  return offered < servers ? blocked / (1.0 - offered / servers * (1.0 - blocked)) : 1.0;
}

/**
 * mill_erlang_mean_wait:
 * @servers: how many servers there are
 * @arrival_rate: arrivals a second
 * @service_s: how long a service takes on average, in seconds
 *
 * How long arrivals wait on average before their service begins, whatever the order in which they are served,
 * as long as that does not look at how long a service will take: L. Kleinrock, "Queueing Systems", vol. 1
 * (1975), sec. 3.5, with Little's law.
 *
 * Returns: the mean wait, in seconds; infinite if the load is more than the servers can take
 */
double
mill_erlang_mean_wait (guint servers, double arrival_rate, double service_s)
{
  double spare = servers / service_s - arrival_rate;

  return spare > 0.0 ? mill_erlang_c (servers, arrival_rate * service_s) / spare : INFINITY;
}

/**
 * mill_erlang_wait_percentile:
 * @servers: how many servers there are
 * @arrival_rate: arrivals a second
 * @service_s: how long a service takes on average, in seconds
 * @percentile: from 0 to 100
 *
 * How long this many of a hundred arrivals wait at most, first come, first served: then the wait of those who
 * wait is exponential with the rate by which service is faster than arrivals (Cooper, as above).
 *
 * Returns: the wait, in seconds; infinite if the load is more than the servers can take
 */
double
mill_erlang_wait_percentile (guint servers, double arrival_rate, double service_s, double percentile)
{
  double spare = servers / service_s - arrival_rate;
  double longer = 1.0 - percentile / 100.0;

  if (spare <= 0.0)
    return INFINITY;
  return MAX (log (mill_erlang_c (servers, arrival_rate * service_s) / longer) / spare, 0.0);
}

/**
 * mill_erlang_priority_mean_wait:
 * @servers: how many servers there are
 * @before_rate: how many arrivals a second go before these
 * @own_rate: how many arrivals a second are of this priority
 * @other_rate: how many arrivals a second come after these
 * @service_s: how long a service takes on average, in seconds, whatever the priority
 *
 * How long arrivals of one priority wait on average, where a service that has begun is not interrupted and
 * equals are served as they came: A. Cobham, "Priority Assignment in Waiting Line Problems", Journal of the
 * Operations Research Society of America 2 (1954), with a service time that is common to all.
 *
 * Returns: the mean wait, in seconds; infinite if those that go before, and these, are more than the servers
 * can take
 */
double
mill_erlang_priority_mean_wait (guint servers, double before_rate, double own_rate, double other_rate,
                                double service_s)
{
  double work = service_s / servers;
  double before = 1.0 - before_rate * work;
  double up_to = 1.0 - (before_rate + own_rate) * work;
  double all_rate = before_rate + own_rate + other_rate;

  return up_to > 0.0 ? mill_erlang_c (servers, all_rate * service_s) * work / (before * up_to) : INFINITY;
}
