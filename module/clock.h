/* SPDX-License-Identifier: GPL-2.0 */
/* The clocks of a connection: part of xtcp.h, used by every file that sends, receives or waits. */
#ifndef XTCP_CLOCK_H
#define XTCP_CLOCK_H

#include <linux/ktime.h>
#include <linux/tcp.h>

/** xtcp_clock_refresh() - read the clock once per segment or call; the rest of the path uses tp->tcp_mstamp (us) */
static inline void xtcp_clock_refresh(struct tcp_sock *tp)
{
	u64 ns = ktime_get_ns();

	tp->tcp_clock_cache = ns;
	tp->tcp_mstamp = div_u64(ns, NSEC_PER_USEC);
}

/** xtcp_clock_ts() - our timestamp clock (ms), without a connection's offset, at @us */
static inline u32 xtcp_clock_ts(u64 us)
{
	return (u32)div_u64(us, USEC_PER_MSEC);
}

/** xtcp_clock_us() - now, us */
static inline u64 xtcp_clock_us(void)
{
	return div_u64(ktime_get_ns(), NSEC_PER_USEC);
}

/** xtcp_clock_s() - now, seconds, for ages */
static inline u32 xtcp_clock_s(void)
{
	return (u32)ktime_get_seconds();
}

#endif
