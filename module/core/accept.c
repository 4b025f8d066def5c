// SPDX-License-Identifier: GPL-2.0
/*
 * Is this segment ours to process? Sequence, RST, SYN, ACK and timestamp checks as verdicts.
 *
 * For: module/rx/ on every segment off the fast path, module/conn/timewait.c for a SYN that meets TIME-WAIT. Never:
 * acts on its verdicts, counts them, or limits the rate of the answers they call for.
 *
 * RFC 9293 3.10.7.4 (checks in order), RFC 5961 3.2, 4.2, 5.2 (blind attacks), RFC 7323 4.3, 5.3, 5.5 (PAWS), RFC 6191
 */
#include "accept.h"
#include "seq.h"

/* RFC 7323 5.5: past 24 days of silence the peer's timestamp clock may have gone half way round: TS.Recent is void. */
#define TS_RECENT_VALID_S	(24 * 24 * 3600u)

bool xtcp_accept_sequence(const struct xtcp_accept_in *in, const struct xtcp_segment *seg)
{
	u32 edge = in->rcv_nxt + in->rcv_wnd;

	/*
	 * No text: table 6 says [RCV.NXT, RCV.NXT + RCV.WND), and RCV.NXT itself for a window of 0. The edge itself is
	 * let in always: it is the SND.NXT of a peer that has filled the window, whose ACKs must not be lost while its
	 * data is on the way (3.10.7.4: "special allowance should be made to accept valid ACKs").
	 */
	if (seg->seq == seg->end_seq)
		return xtcp_seq_in(seg->seq, in->rcv_nxt, edge);

	/*
	 * Text: table 6 asks whether its first or its last byte is in the window. Overlap says the same, and also takes
	 * a segment that is larger than the window and covers it. With no window nothing overlaps (MUST NOT take text).
	 */
	return in->rcv_wnd && xtcp_seq_lt(seg->seq, edge) && xtcp_seq_gt(seg->end_seq, in->rcv_nxt);
}

bool xtcp_accept_paws(const struct xtcp_accept_in *in, const struct xtcp_options *o)
{
	if (!in->ts_ok || !o->has_ts)
		return false;
	return xtcp_seq_lt(o->tsval, in->ts_recent) && in->ts_recent_age_s <= TS_RECENT_VALID_S;
}

/*
 * RFC 5961 3.2, on the sequence number alone. The right edge counts as inside: it is where a peer resets that has
 * filled the window and lost some of it; the challenge makes it repeat the RST at RCV.NXT, silence would leave us
 * hanging.
 */
static enum xtcp_verdict judge_reset(const struct xtcp_accept_in *in, u32 seq)
{
	if (seq == in->rcv_nxt)
		return XTCP_RESET;
	/* Some peers reset at the number of their FIN, not beyond it; they would not answer a challenge either. */
	if (in->fin_received && seq == in->rcv_nxt - 1)
		return XTCP_RESET;
	if (xtcp_seq_in(seq, in->rcv_nxt, in->rcv_nxt + in->rcv_wnd))
		return XTCP_CHALLENGE;
	return XTCP_DROP_SILENT;
}

enum xtcp_verdict xtcp_accept_segment(const struct xtcp_accept_in *in, const struct xtcp_segment *seg,
				      const struct xtcp_options *o)
{
	/* A RST passes PAWS (RFC 7323 5.2), and its sequence check answers differently: judge it apart. */
	if (seg->flags & XTCP_RST)
		return judge_reset(in, seg->seq);

	/* RFC 9293 3.10.7.4 first step: PAWS comes before the sequence number (RFC 7323 5.3 R1). */
	if (xtcp_accept_paws(in, o))
		return XTCP_DROP_PAWS;

	/* RFC 5961 4.2: "irrespective of the sequence number", so before that check rather than fourth. */
	if (seg->flags & XTCP_SYN)
		return XTCP_CHALLENGE;

	if (xtcp_accept_sequence(in, seg))
		return XTCP_ACCEPT;

	/* Text all of which we have had: our ACK was lost or late. A retransmitted FIN is the shortest case. */
	if (seg->seq != seg->end_seq && xtcp_seq_le(seg->end_seq, in->rcv_nxt) && in->rcv_nxt - seg->seq <= in->rcv_old)
		return XTCP_DROP_DUP;
	return XTCP_DROP_ACK;
}

enum xtcp_ack_verdict xtcp_accept_ack(u32 ack, u32 snd_una, u32 snd_nxt, u32 max_wnd)
{
	if (ack == snd_una)
		return XTCP_ACK_SAME;
	if (xtcp_seq_gt(ack, snd_una))
		return ack - snd_una <= snd_nxt - snd_una ? XTCP_ACK_NEW : XTCP_ACK_FUTURE;

	/* RFC 5961 5.2: SND.UNA - MAX.SND.WND <= SEG.ACK, else a blind guess. */
	return snd_una - ack <= max_wnd ? XTCP_ACK_OLD : XTCP_ACK_TOO_OLD;
}

bool xtcp_accept_ts_update(const struct xtcp_accept_in *in, const struct xtcp_segment *seg,
			   const struct xtcp_options *o, u32 last_ack_sent)
{
	/* Not PAWS: SEG.TSval >= TS.Recent, or TS.Recent is void and any value replaces it (RFC 7323 5.5). */
	if (!in->ts_ok || !o->has_ts || xtcp_accept_paws(in, o))
		return false;

	/* RFC 7323 4.3 (2): only a segment that the next ACK is about, lest delayed ACKs echo too young a value. */
	return xtcp_seq_le(seg->seq, last_ack_sent);
}

bool xtcp_accept_reuse(u32 rcv_nxt, u32 ts_recent, bool ts_ok, const struct xtcp_segment *seg,
		       const struct xtcp_options *o)
{
	/*
	 * RFC 6191 2 would also let any SYN with timestamps follow an incarnation without them, because PAWS would stop
	 * what is left of the old one. It does not here: segments without timestamps pass (struct xtcp_accept_in).
	 */
	if (ts_ok && o->has_ts && o->tsval != ts_recent)
		return xtcp_seq_gt(o->tsval, ts_recent);
	return xtcp_seq_gt(seg->seq, rcv_nxt);
}
