// SPDX-License-Identifier: GPL-2.0
/*
 * What does a connection wait for?
 *
 * For: module/ctl/why.c after each step of a connection. Never: reads a clock, counts, changes a connection.
 *
 * RFC 4898 3.3 has the same question (SndLim*), with fewer answers.
 */
#include "limit.h"

#define XTCP_LIMIT_NOISE_US	1000u

enum xtcp_limit_kind xtcp_limit_tx(const struct xtcp_limit_in *in)
{
	u32 quota = in->cwnd > in->in_flight ? in->cwnd - in->in_flight : 0;

	if (in->recovering && in->unacked)
		return XTCP_BY_RECOVERY;
	if (!in->queued)
		return in->unacked && in->full ? XTCP_BY_SEND_BUFFER : XTCP_BY_APPLICATION;
	if (in->paced)
		return XTCP_BY_PACING;
	if (in->throttled)
		return in->capped ? XTCP_BY_PACING : XTCP_BY_DEVICE;
	if (in->usable < min(in->queued, in->mss))
		return XTCP_BY_PEER_WINDOW;
	if (!quota)
		return XTCP_BY_CWND;
	/* a small rest is held by the rules against small segments, unless the writer was stopped before it grew */
	if (in->queued < in->mss)
		return in->full ? XTCP_BY_SEND_BUFFER : XTCP_BY_NAGLE;
	/* it could leave, but waits to become a larger burst: for the window that is nearer to its end */
	return in->usable < (u64)quota * in->mss ? XTCP_BY_PEER_WINDOW : XTCP_BY_CWND;
}

enum xtcp_limit_kind xtcp_limit_rx(bool hole, u32 readable)
{
	if (hole)
		return XTCP_BY_RX_HOLE;
	return readable ? XTCP_BY_RX_READER : XTCP_BY_RX_PEER;
}

u64 xtcp_limit_ack_delay(u64 waited_us, u32 min_rtt_us)
{
	u64 path;

	if (min_rtt_us == ~0u)
		return 0;
	path = (u64)min_rtt_us + min_rtt_us / 4 + XTCP_LIMIT_NOISE_US;
	return waited_us > path ? waited_us - min_rtt_us : 0;
}
