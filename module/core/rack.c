// SPDX-License-Identifier: GPL-2.0
/*
 * RACK's arithmetic: which delivery counts, how wide the reordering window is, and how long a segment may still take.
 *
 * For: module/rx/rack.c. Never: walks a queue, reads a clock, arms a timer, or marks anything.
 *
 * RFC 8985 5.2, 6.2.
 */
#include "rack.h"
#include "seq.h"

#define RACK_LATE_MAX_SRTT	4u	/* measured reordering is believed up to so many SRTTs */

bool xtcp_rack_sent_after(u64 t1, u32 end1, u64 t2, u32 end2)
{
	return t1 > t2 || (t1 == t2 && xtcp_seq_gt(end1, end2));
}

/* Step 2: of all that was delivered, the segment sent last tells how old the path's news is. */
static void rack_update(struct xtcp_rack *r, const struct xtcp_rack_seg *seg, u64 now_us, u32 min_rtt_us)
{
	u64 rtt = now_us - seg->xmit_us;

	/* the ACK may be for the original of what was retransmitted: then it says nothing about the copy */
	if (seg->retransmitted && (seg->echo_older || rtt < min_rtt_us))
		return;
	if (!xtcp_rack_sent_after(seg->xmit_us, seg->end_seq, r->xmit_us, r->end_seq))
		return;
	r->xmit_us = seg->xmit_us;
	r->end_seq = seg->end_seq;
	r->rtt_us = min_t(u64, rtt, ~0u >> 1);
}

bool xtcp_rack_delivered(struct xtcp_rack *r, const struct xtcp_rack_seg *seg, u64 now_us, u32 min_rtt_us)
{
	bool reordered = false;
	u64 took = now_us - seg->xmit_us;

	if (xtcp_seq_gt(seg->end_seq, r->fack))
		r->fack = seg->end_seq;
	if (xtcp_seq_lt(seg->end_seq, seg->prior_fack) && !seg->retransmitted) {
		reordered = true;
		r->reordering_seen = true;
		if (r->xmit_us && took > r->rtt_us)
			r->late_us = max_t(u64, r->late_us, min_t(u64, took - r->rtt_us, ~0u >> 2));
	}
	rack_update(r, seg, now_us, min_rtt_us);
	return reordered;
}

void xtcp_rack_dsack(struct xtcp_rack *r, u32 snd_una, u32 snd_nxt)
{
	if (r->in_round && xtcp_seq_lt(snd_una, r->round_end))
		return;
	r->in_round = true;
	r->round_end = snd_nxt;
	if (r->mult < XTCP_RACK_MULT_MAX - 1)
		r->mult++;
	r->persist = XTCP_RACK_PERSIST;
}

void xtcp_rack_spurious(struct xtcp_rack *r, u32 took_us)
{
	r->reordering_seen = true;
	if (took_us > r->rtt_us)
		r->late_us = max(r->late_us, took_us - r->rtt_us);
}

void xtcp_rack_recovered(struct xtcp_rack *r)
{
	r->late_us -= r->late_us >> 4;
	if (r->persist && !--r->persist)
		r->mult = 0;
}

u32 xtcp_rack_window(const struct xtcp_rack *r, const struct xtcp_rack_wnd_in *in)
{
	u64 wnd, late;

	/* nothing was ever reordered: three SACKed segments are proof enough, and recovery needs no patience */
	if (!r->reordering_seen && (in->recovering || in->sacked >= in->dupthresh))
		return 0;
	wnd = (u64)(in->min_rtt_us / 4) * (r->mult + 1u);
	wnd = min_t(u64, wnd, in->srtt_us);
	late = min_t(u64, r->late_us + r->late_us / 4, (u64)in->srtt_us * RACK_LATE_MAX_SRTT);
	return min_t(u64, max(wnd, late), ~0u >> 1);
}

s64 xtcp_rack_remaining(const struct xtcp_rack *r, u64 xmit_us, u32 wnd_us, u64 now_us)
{
	return (s64)(xmit_us + r->rtt_us + wnd_us - now_us);
}
