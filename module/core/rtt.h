/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Round-trip time and retransmission time-out: RFC 6298. All times in microseconds.
 */
#ifndef XTCP_CORE_RTT_H
#define XTCP_CORE_RTT_H

#include "platform.h"

#define XTCP_RTO_INITIAL_US	1000000u
#define XTCP_RTO_MIN_US		200000u
#define XTCP_RTO_MAX_US		120000000u

/**
 * struct xtcp_rtt - the estimator; zeroed means "no sample yet"
 * @srtt_us: SRTT, scaled by 8 (as struct tcp_sock keeps it)
 * @rttvar_us: RTTVAR, scaled by 4
 */
struct xtcp_rtt {
	u32 srtt_us;
	u32 rttvar_us;
};

/** xtcp_rtt_sample() - take one measurement (RFC 6298 2.2, 2.3); @rtt_us of 0 counts as 1. Saturates, no overflow. */
void xtcp_rtt_sample(struct xtcp_rtt *r, u32 rtt_us);

/**
 * xtcp_rtt_rto() - SRTT + max(@min_us, 4 * RTTVAR), bounded by @max_us; XTCP_RTO_INITIAL_US without a sample
 *
 * As Linux does, the minimum is applied to the variance term, so that the RTO always exceeds SRTT by @min_us.
 */
u32 xtcp_rtt_rto(const struct xtcp_rtt *r, u32 min_us, u32 max_us);

/** xtcp_rtt_backoff() - @rto_us doubled @shift times, bounded by @max_us (RFC 6298 5.5) */
u32 xtcp_rtt_backoff(u32 rto_us, unsigned int shift, u32 max_us);

/**
 * struct xtcp_minrtt - windowed minimum of the RTT (Kathleen Nichols' algorithm: best three of a sliding window)
 * @s: samples: t in us (wrapping 32 bit clock), v in us
 */
struct xtcp_minrtt {
	struct {
		u32 t;
		u32 v;
	} s[3];
};

/** xtcp_minrtt_update() - feed a sample, return the minimum over the last @win (same unit as @now) */
u32 xtcp_minrtt_update(struct xtcp_minrtt *m, u32 win, u32 now, u32 rtt_us);

#endif
