/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding the path MTU without ICMP: packetization layer path MTU discovery, RFC 4821, and its smaller half, getting
 * out of a black hole. Sizes are IP packets in bytes; when to send a probe is the caller's.
 */
#ifndef XTCP_CORE_PLPMTU_H
#define XTCP_CORE_PLPMTU_H

#include "platform.h"

/**
 * struct xtcp_plpmtu - the search; all zero = off
 * @low: search_low: packets of this size arrive
 * @high: search_high: the largest that is worth trying
 * @probe: size of the probe under way, 0 = none
 * @probe_start: its first sequence number
 * @probe_end: the one after its last
 * @settled_s: second at which the search ended, if @settled
 * @enabled: the segment size follows @low
 * @settled: low and high are as near as is worth it
 */
struct xtcp_plpmtu {
	u32 low;
	u32 high;
	u32 probe;
	u32 probe_start;
	u32 probe_end;
	u32 settled_s;
	bool enabled;
	bool settled;
};

/** xtcp_plpmtu_begin() - search between @base, which always works, and @most */
void xtcp_plpmtu_begin(struct xtcp_plpmtu *m, u32 base, u32 most);

/**
 * xtcp_plpmtu_next() - size of the next probe, 0 = none now (RFC 4821 7.3: the middle)
 * @m: search
 * @threshold: do not search on between sizes nearer than this
 * @now_s: the clock, seconds
 * @again_s: look for a larger path again after so long
 * @most: the route's MTU
 */
u32 xtcp_plpmtu_next(struct xtcp_plpmtu *m, u32 threshold, u32 now_s, u32 again_s, u32 most);

/** xtcp_plpmtu_arrived() - the probe was acknowledged (RFC 4821 7.6.1) */
void xtcp_plpmtu_arrived(struct xtcp_plpmtu *m);

/** xtcp_plpmtu_lost() - it was lost alone: too large (RFC 4821 7.6.2) */
void xtcp_plpmtu_lost(struct xtcp_plpmtu *m);

/**
 * xtcp_plpmtu_black_hole() - nothing arrives: halve (RFC 4821 7.7)
 * @m: search; begun by this if it was off
 * @base: packet size that always works
 * @floor: never smaller
 * @current_mtu: packet size used now
 */
void xtcp_plpmtu_black_hole(struct xtcp_plpmtu *m, u32 base, u32 floor, u32 current_mtu);

#endif
