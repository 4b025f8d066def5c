// SPDX-License-Identifier: GPL-2.0
/*
 * Loss recovery's judgements: which ACKs are duplicates, which SACK blocks to believe, and how cwnd falls.
 *
 * For: module/rx/ack.c. Never: walks or marks the retransmission queue, or chooses ssthresh (the congestion control's).
 *
 * RFC 5681 2 and 3.2, RFC 6675 2 and 4, RFC 2018 8, RFC 2883 4, draft-ietf-tcpm-prr-rfc6937bis.
 */
#include "recovery.h"
#include "seq.h"

bool xtcp_recovery_is_dupack(u32 ack, u32 snd_una, u32 snd_nxt, u32 seg_len, bool wnd_changed, bool had_sack_news)
{
	/* RFC 5681 2 (a): nothing outstanding, nothing to report missing. */
	if (snd_una == snd_nxt)
		return false;

	/* RFC 6675 2: new SACK information counts, whatever else the segment carries. */
	if (had_sack_news)
		return true;

	/* RFC 5681 2 (b) no text, (c) no SYN or FIN: seg_len counts both; (d) same ACK; (e) same window */
	return !seg_len && ack == snd_una && !wnd_changed;
}

bool xtcp_recovery_sack_ok(const struct xtcp_sack *b, u32 snd_una, u32 snd_nxt)
{
	u32 start = b->start - snd_una;
	u32 end = b->end - snd_una;

	/* A block at SND.UNA itself would be covered by the cumulative ACK: such a receiver is wrong or reneged. */
	return start && start < end && end <= snd_nxt - snd_una;
}

bool xtcp_recovery_is_dsack(const struct xtcp_sack *b, unsigned int nr, u32 ack)
{
	if (!nr || !xtcp_seq_lt(b[0].start, b[0].end))
		return false;
	if (xtcp_seq_le(b[0].end, ack))
		return true;
	return nr > 1 && xtcp_seq_ge(b[0].start, b[1].start) && xtcp_seq_le(b[0].end, b[1].end);
}

/* 6937bis section 6: SndCnt, in packets; may be negative while more was sent than the ACKs paid for. */
static s64 prr_send_count(const struct xtcp_prr *p, u32 newly_delivered, u32 in_flight, bool safe)
{
	u32 flight = max(p->recover_fs, 1u);
	s64 count;

	/* Proportional part: send ssthresh packets for every RecoverFS delivered, rounded up. */
	if (in_flight > p->ssthresh)
		return (s64)div_u64((u64)p->delivered * p->ssthresh + flight - 1, flight) - p->out;

	/* Below the target: packet conservation, catching up; or one more per ACK while recovery goes well. */
	count = max_t(s64, (s64)p->delivered - p->out, newly_delivered);
	if (safe)
		count++;
	return min_t(s64, count, p->ssthresh - in_flight);
}

u32 xtcp_prr_cwnd(struct xtcp_prr *p, u32 newly_delivered, u32 in_flight, bool safe)
{
	s64 count;

	p->delivered += newly_delivered;
	count = prr_send_count(p, newly_delivered, in_flight, safe);
	/* the fast retransmission itself must leave */
	count = max_t(s64, count, p->out ? 0 : 1);

	/* Never 0: with nothing in flight no ACK would come to raise it. */
	return clamp((s64)in_flight + count, (s64)1, (s64)~0u);
}
