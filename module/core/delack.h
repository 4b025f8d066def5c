/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When to acknowledge: RFC 9293 3.8.6.3, RFC 5681 4.2. The clock and the timer are the caller's.
 */
#ifndef XTCP_CORE_DELACK_H
#define XTCP_CORE_DELACK_H

#include "platform.h"

#define XTCP_DELACK_MIN_US	40000u
#define XTCP_DELACK_MAX_US	200000u
#define XTCP_DELACK_STRETCH	262144u	/* bytes that one ACK may cover while the reader is behind */

/** struct xtcp_delack_in - the receive side after a segment was taken
 * @unacked: bytes received and not acknowledged yet (RCV.NXT - Last.ACK.sent)
 * @mss: the peer's segment size as estimated from what arrives, bytes
 * @quick: quick-ack credits left (connection start, after idle, after a hole was filled)
 * @ooo: the out-of-order queue is not empty, or this segment was out of order or filled a hole
 * @window_grew: xtcp_window_select() would advertise at least as much as now
 * @pingpong: the application answers what it reads: wait for its data to carry the ACK
 * @fin: the segment carried FIN
 * @behind: somebody will read what waits, and nothing of the window it takes can be given back before that
 * @window: the largest RCV.WND so far, bytes
 */
struct xtcp_delack_in {
	u32 unacked;
	u32 mss;
	u32 quick;
	bool ooo;
	bool window_grew;
	bool pingpong;
	bool fin;
	bool behind;
	u32 window;
};

/** xtcp_delack_now() - acknowledge at once rather than start or leave running the delayed ACK timer? */
bool xtcp_delack_now(const struct xtcp_delack_in *in);

/** xtcp_delack_timeout() - how long to wait, us, from the smoothed inter-arrival time @ato_us and SRTT (unscaled) */
u32 xtcp_delack_timeout(u32 ato_us, u32 srtt_us, bool pingpong);

#endif
