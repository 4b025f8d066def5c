// SPDX-License-Identifier: GPL-2.0
/*
 * Acknowledge now or later?
 *
 * For: module/rx/data.c after each segment with text or FIN, and when the delayed ACK timer is to be armed. Never:
 * sends, arms the timer, or spends quick-ack credits.
 *
 * RFC 9293 3.8.6.3, RFC 5681 4.2 (every second full segment, at once around holes), RFC 1122 4.2.3.2 (within 0.5 s).
 */
#include "delack.h"

static_assert(XTCP_DELACK_MAX_US < 500000, "RFC 9293 MUST-40");

bool xtcp_delack_now(const struct xtcp_delack_in *in)
{
	u32 mss = max(in->mss, 1u);

	/* RFC 5681 4.2: out of order or filling a hole: the sender's loss recovery waits for it. FIN: for our close. */
	if (in->ooo || in->fin)
		return true;
	if (!in->unacked)
		return false;
	if (in->quick && !in->pingpong)
		return true;

	/*
	 * RFC 5681 4.2: at least every second full-sized segment. But an ACK that the reader will owe in a moment, with
	 * the window it makes, does the work of several (RFC 5690's concern): so there is none before that, unless the
	 * sender could run dry: half of the window, or a few of the largest bursts.
	 */
	if (in->behind)
		return in->unacked >= min(in->window / 2, XTCP_DELACK_STRETCH);
	if (in->unacked / 2 >= mss)
		return true;

	/* More than one segment, and the ACK has no window to take back: a peer with a small cwnd gets going sooner. */
	return in->unacked > mss && in->window_grew;
}

u32 xtcp_delack_timeout(u32 ato_us, u32 srtt_us, bool pingpong)
{
	u32 most = XTCP_DELACK_MAX_US;

	/*
	 * Beyond one round trip the sender only idles. An application that answers may need longer than that, and its
	 * answer saves the ACK.
	 */
	if (srtt_us && !pingpong)
		most = clamp(srtt_us, XTCP_DELACK_MIN_US, XTCP_DELACK_MAX_US);
	return clamp(ato_us, XTCP_DELACK_MIN_US, most);
}
