// SPDX-License-Identifier: GPL-2.0
/*
 * The ACK field: what the peer has, what that says about the path, and what is lost. Cleans the retransmit queue, keeps
 * the SACK scoreboard, measures RTT, moves between open, recovery and loss, and hands the result to congestion control.
 * Socket lock held. RFC 9293 3.10.7.4 fifth check, RFC 5681, RFC 6582, RFC 6675, RFC 6937, RFC 6298.
 */
#include "xtcp.h"

/**
 * struct xtcp_ack_news - what one ACK told
 * @prior_una: SND.UNA before it
 * @prior_in_flight: packets in flight before it
 * @delivered: packets newly known to be with the peer
 * @acked: of those, packets below the new SND.UNA
 * @lost: packets newly marked lost
 * @first_us: send time of the earliest never-retransmitted packet newly ACKed, 0 if none
 * @last_us: the same of the latest
 * @sack_us: the same of the latest newly SACKed
 * @sacked_high: end of the highest SACKed byte before it, if @had_sacked
 * @advanced: SND.UNA moved
 * @sacked: something was newly SACKed
 * @had_sacked: something was SACKed before
 * @retrans_acked: a retransmitted packet was among those ACKed (Karn)
 * @rs: delivery rate sample
 */
struct xtcp_ack_news {
	u32 prior_una;
	u32 prior_in_flight;
	u32 delivered;
	u32 acked;
	u32 lost;
	u64 first_us;
	u64 last_us;
	u64 sack_us;
	u32 sacked_high;
	bool advanced;
	bool sacked;
	bool had_sacked;
	bool retrans_acked;
	struct rate_sample rs;
};

/* ------------------------------------------------------------ reordering */

/*
 * A packet sent once that arrives after later ones: it was overtaken, not lost. How far that goes on this path is how
 * many packets must be SACKed above a hole before it counts as a loss (RFC 6675's DupThresh, made to fit; RFC 4653's
 * concern).
 */
static void xtcp_ack_note_reordering(struct sock *sk, const struct sk_buff *skb, const struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct xtcp_cb *cb = XTCP_CB(skb);
	u32 distance;

	if (!n->had_sacked || cb->state & XTCP_SKB_EVER_RETRANS || !xtcp_seq_lt(cb->seq, n->sacked_high))
		return;
	distance = (n->sacked_high - cb->seq) / max(tp->mss_cache, 1u);
	tp->reord_seen++;
	if (distance > tp->reordering)
		tp->reordering = min_t(u32, distance, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_max_reordering));
}

/*
 * With a small flight there may never be that many: half of it must do, but never less than three (RFC 5827's
 * concern).
 */
static u32 xtcp_ack_dupthresh(const struct tcp_sock *tp)
{
	return min_t(u32, max_t(u32, tp->reordering, XTCP_DUPTHRESH), max_t(u32, tp->packets_out / 2, XTCP_DUPTHRESH));
}

/* ------------------------------------------------------------ cumulative ACK */

/* One buffer, or its first part, lies below SEG.ACK: off the books. */
static void xtcp_ack_retire(struct sock *sk, struct sk_buff *skb, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);
	u64 sent = tcp_skb_timestamp_us(skb);

	if (cb->state & XTCP_SKB_EVER_RETRANS) {
		n->retrans_acked = true;
	} else if (!(cb->state & XTCP_SKB_SACKED)) {
		n->last_us = sent;
		if (!n->first_us)
			n->first_us = sent;
	}
	if (cb->state & XTCP_SKB_RETRANS)
		tp->retrans_out -= cb->segs;
	if (cb->state & XTCP_SKB_LOST)
		tp->lost_out -= cb->segs;
	if (cb->state & XTCP_SKB_SACKED) {
		tp->sacked_out -= cb->segs;
	} else {
		xtcp_ack_note_reordering(sk, skb, n);
		n->delivered += cb->segs;
		tp->delivered += cb->segs;
		xtcp_rate_delivered(sk, skb, &n->rs);
	}
	n->acked += cb->segs;
	tp->packets_out -= cb->segs;
	xtcp_queue_acked(sk, skb);
}

/* RFC 9293 3.10.7.4: segments on the retransmission queue that are entirely acknowledged are removed */
static void xtcp_ack_clean(struct sock *sk, u32 ack, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	tp->bytes_acked += (u32)(ack - tp->snd_una);
	WRITE_ONCE(tp->snd_una, ack);
	n->advanced = true;
	while ((skb = tcp_rtx_queue_head(sk))) {
		struct xtcp_cb *cb = XTCP_CB(skb);

		if (xtcp_seq_ge(cb->seq, ack))
			break;
		if (xtcp_seq_gt(cb->end_seq, ack)) {
			u32 done = (ack - cb->seq) / max_t(u32, cb->mss, 1) * cb->mss;

			/* whole segments of it only; a retransmission trims the rest (tx/retransmit.c) */
			if (!done || done >= skb->len || xtcp_queue_split(sk, skb, done, true, GFP_ATOMIC))
				break;
		}
		xtcp_ack_retire(sk, skb, n);
	}
}

/* ------------------------------------------------------------ SACK scoreboard */

static void xtcp_ack_sack_skb(struct sock *sk, struct sk_buff *skb, struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct xtcp_cb *cb = XTCP_CB(skb);

	if (cb->state & XTCP_SKB_SACKED)
		return;
	xtcp_ack_note_reordering(sk, skb, n);
	if (!(cb->state & XTCP_SKB_EVER_RETRANS))
		n->sack_us = max(n->sack_us, tcp_skb_timestamp_us(skb));
	if (cb->state & XTCP_SKB_RETRANS)
		tp->retrans_out -= cb->segs;
	if (cb->state & XTCP_SKB_LOST)
		tp->lost_out -= cb->segs;
	cb->state = (cb->state & ~(XTCP_SKB_RETRANS | XTCP_SKB_LOST)) | XTCP_SKB_SACKED;
	if (!tp->sacked_out || xtcp_seq_gt(cb->end_seq, xs->sacked_high))
		xs->sacked_high = cb->end_seq;
	tp->sacked_out += cb->segs;
	tp->delivered += cb->segs;
	n->delivered += cb->segs;
	n->sacked = true;
	xtcp_rate_delivered(sk, skb, &n->rs);
}

/*
 * Mark [start, end). Buffers that it covers in part are cut, but only at segment boundaries, so that a hostile peer
 * cannot shred the queue: at most one buffer per segment sent can result.
 */
static void xtcp_ack_sack_range(struct sock *sk, u32 start, u32 end, struct xtcp_ack_news *n)
{
	struct sk_buff *skb = xtcp_queue_find(sk, start);

	while (skb && xtcp_seq_lt(XTCP_CB(skb)->seq, end)) {
		struct xtcp_cb *cb = XTCP_CB(skb);
		u32 mss = max_t(u32, cb->mss, 1);

		if (!(cb->state & XTCP_SKB_SACKED)) {
			if (xtcp_seq_lt(cb->seq, start)) {
				u32 skip = DIV_ROUND_UP(start - cb->seq, mss) * mss;

				if (skip >= skb->len) {
					skb = skb_rb_next(skb);
					continue;
				}
				if (xtcp_queue_split(sk, skb, skip, true, GFP_ATOMIC))
					return;
				skb = skb_rb_next(skb);
				continue;
			}
			if (xtcp_seq_gt(cb->end_seq, end)) {
				u32 keep = (end - cb->seq) / mss * mss;

				if (!keep || keep >= skb->len || xtcp_queue_split(sk, skb, keep, true, GFP_ATOMIC))
					return;
			}
			xtcp_ack_sack_skb(sk, skb, n);
		}
		skb = skb_rb_next(skb);
	}
}

/* Mark the part of @b that no block of the ACK before this one covered already: peers repeat themselves. */
static void xtcp_ack_sack_block(struct sock *sk, const struct xtcp_sack *b, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 start = b->start, end = b->end;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tp->recv_sack_cache); i++) {
		u32 c_start = tp->recv_sack_cache[i].start_seq, c_end = tp->recv_sack_cache[i].end_seq;

		if (c_start == c_end || xtcp_seq_le(c_end, start) || xtcp_seq_ge(c_start, end))
			continue;
		if (xtcp_seq_lt(start, c_start))
			xtcp_ack_sack_range(sk, start, c_start, n);
		start = xtcp_seq_max(start, c_end);
		if (xtcp_seq_ge(start, end))
			return;
	}
	xtcp_ack_sack_range(sk, start, end, n);
}

static void xtcp_ack_sack(struct sock *sk, u32 ack, const struct xtcp_options *o, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_sack_block fresh[XTCP_OPTIONS_MAX_SACK] = {};
	unsigned int i = 0, nr = 0;

	if (xtcp_recovery_is_dsack(o->sack, o->nr_sack, ack)) {
		tp->dsack_dups++;
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPDSACKRecv);
		i = 1;
	}
	for (; i < o->nr_sack; i++) {
		if (!xtcp_recovery_sack_ok(&o->sack[i], tp->snd_una, tp->snd_nxt)) {
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPSACKDiscard);
			continue;
		}
		xtcp_ack_sack_block(sk, &o->sack[i], n);
		fresh[nr].start_seq = o->sack[i].start;
		fresh[nr++].end_seq = o->sack[i].end;
	}
	memcpy(tp->recv_sack_cache, fresh, sizeof(tp->recv_sack_cache));
}

/*
 * RFC 8985's predecessor, RFC 6675 IsLost(): what has enough SACKed segments above it is lost. Walk down from
 * the highest SACK until that many were seen; all un-SACKed buffers below that point qualify, and all below lost_below
 * were marked by an earlier ACK.
 */
static void xtcp_ack_mark_by_sack(struct sock *sk, struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct sk_buff *skb;
	u32 seen = 0, top = 0, before = tp->lost, enough = xtcp_ack_dupthresh(tp);

	if (tp->sacked_out < enough)
		return;
	skb = xtcp_queue_find(sk, xs->sacked_high - 1);
	for (; skb && seen < enough; skb = skb_rb_prev(skb)) {
		if (XTCP_CB(skb)->state & XTCP_SKB_SACKED)
			seen += XTCP_CB(skb)->segs;
		top = XTCP_CB(skb)->seq;
	}
	if (seen < enough)
		return;
	for (; skb && xtcp_seq_ge(XTCP_CB(skb)->seq, xs->lost_below); skb = skb_rb_prev(skb)) {
		if (!(XTCP_CB(skb)->state & (XTCP_SKB_SACKED | XTCP_SKB_LOST)))
			xtcp_retransmit_mark_lost(sk, skb);
	}
	if (xtcp_seq_gt(top, xs->lost_below))
		xs->lost_below = top;
	n->lost += tp->lost - before;
}

/* RFC 2018 section 8: the peer's first hole begins at data it had SACKed: it threw that away, so believe none of it */
static bool xtcp_ack_reneged(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (!skb || !(XTCP_CB(skb)->state & XTCP_SKB_SACKED) || xtcp_seq_gt(XTCP_CB(skb)->seq, tp->snd_una))
		return false;
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPSACKReneging);
	for (; skb; skb = skb_rb_next(skb)) {
		if (XTCP_CB(skb)->state & XTCP_SKB_SACKED) {
			XTCP_CB(skb)->state &= ~XTCP_SKB_SACKED;
			tp->sacked_out -= XTCP_CB(skb)->segs;
		}
	}
	memset(tp->recv_sack_cache, 0, sizeof(tp->recv_sack_cache));
	xtcp_sk(sk)->lost_below = tp->snd_una;
	return true;
}

/* ------------------------------------------------------------ RTT */

/** xtcp_ack_rtt() - take an RTT measurement (us) and derive the RTO (RFC 6298 2.2-2.5) */
void xtcp_ack_rtt(struct sock *sk, s64 rtt_us)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct xtcp_rtt r = { .srtt_us = tp->srtt_us, .rttvar_us = tp->rttvar_us };
	u32 win = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_min_rtt_wlen) * HZ;
	u32 us = clamp_t(s64, rtt_us, 1, U32_MAX >> 4);

	xtcp_rtt_sample(&r, us);
	tp->srtt_us = r.srtt_us;
	tp->rttvar_us = r.rttvar_us;
	tp->mdev_us = r.rttvar_us;
	tp->rtt_min.s[0].v = xtcp_minrtt_update(&xs->minrtt, win, tcp_jiffies32, us);
	xs->rto_us = xtcp_rtt_rto(&r, jiffies_to_usecs(icsk->icsk_rto_min), xs->rto_max_us);
	icsk->icsk_rto = usecs_to_jiffies(xs->rto_us);
}

/* The best sample this ACK offers: never from a retransmission (Karn), else from the timestamp echo (RFC 7323 4.1) */
static void xtcp_ack_measure(struct sock *sk, const struct xtcp_options *o, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	s64 rtt = -1;

	n->rs.rtt_us = -1;
	if (n->first_us && !n->retrans_acked) {
		rtt = tp->tcp_mstamp - n->first_us;
		n->rs.rtt_us = tp->tcp_mstamp - n->last_us;
	} else if (n->sack_us) {
		rtt = tp->tcp_mstamp - n->sack_us;
		n->rs.rtt_us = rtt;
	} else if (n->advanced && o->has_ts && o->tsecr && tp->rx_opt.tstamp_ok) {
		u32 delta_ms = xtcp_clock_ts(tp->tcp_mstamp) + tp->tsoffset - o->tsecr;

		/* an echo from the future or from long ago is not ours to believe */
		if (delta_ms < 120 * MSEC_PER_SEC)
			rtt = (s64)max(delta_ms, 1u) * USEC_PER_MSEC;
	}
	if (rtt >= 0)
		xtcp_ack_rtt(sk, rtt);
}

/* ------------------------------------------------------------ recovery */

static void xtcp_ack_enter_recovery(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	xtcp_mib_inc(sock_net(sk), tp->rx_opt.sack_ok ? XTCP_MIB_TCPSackRecovery : XTCP_MIB_TCPRenoRecovery);
	tp->high_seq = tp->snd_nxt;
	tp->prior_ssthresh = tp->snd_ssthresh;
	tp->prior_cwnd = tp->snd_cwnd;
	tp->snd_ssthresh = xtcp_cong_ssthresh(sk);
	tp->snd_cwnd_cnt = 0;
	xs->prr = (struct xtcp_prr){ .prior_cwnd = tp->snd_cwnd, .ssthresh = tp->snd_ssthresh };
	xs->rtx_first = true;
	tp->retrans_stamp = 0;
	xtcp_cong_set_state(sk, TCP_CA_Recovery);
}

static void xtcp_ack_leave_recovery(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	if (icsk->icsk_ca_state == TCP_CA_Recovery && !icsk->icsk_ca_ops->cong_control)
		tp->snd_cwnd = max(1u, tp->snd_ssthresh);
	tp->snd_cwnd_stamp = tcp_jiffies32;
	xs->dupacks = 0;
	xs->rtx_first = false;
	tp->retrans_stamp = 0;
	if (!tp->rx_opt.sack_ok)
		tp->sacked_out = 0;
	xtcp_cong_event(sk, CA_EVENT_COMPLETE_CWR);
	xtcp_cong_set_state(sk, tp->sacked_out ? TCP_CA_Disorder : TCP_CA_Open);
}

/* Without SACK every duplicate ACK stands for one packet that arrived out of order (RFC 5681 3.2, RFC 6582). */
static void xtcp_ack_count_dupacks(struct sock *sk, bool dup, struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 room;

	if (n->advanced) {
		u32 eaten = n->acked > 1 ? n->acked - 1 : 0;

		xs->dupacks = 0;
		tp->sacked_out -= min(tp->sacked_out, eaten);
		if (tp->sacked_out + tp->lost_out > tp->packets_out)
			tp->sacked_out = tp->packets_out - min(tp->packets_out, tp->lost_out);
		return;
	}
	if (!dup)
		return;
	xs->dupacks++;
	room = tp->packets_out - min(tp->packets_out, tp->lost_out);
	if (tp->sacked_out < room) {
		tp->sacked_out++;
		tp->delivered++;
		n->delivered++;
	}
}

static void xtcp_ack_mark_head(struct sock *sk, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);
	u32 before = tp->lost;

	if (!skb || XTCP_CB(skb)->state & (XTCP_SKB_LOST | XTCP_SKB_SACKED))
		return;
	/* only its first segment is known to be missing */
	if (XTCP_CB(skb)->segs > 1 && xtcp_queue_split(sk, skb, XTCP_CB(skb)->mss, true, GFP_ATOMIC))
		return;
	xtcp_retransmit_mark_lost(sk, skb);
	if (tp->sacked_out + tp->lost_out > tp->packets_out)
		tp->sacked_out = tp->packets_out - tp->lost_out;
	n->lost += tp->lost - before;
}

/* Open, disorder, recovery, loss: RFC 5681 3.2, RFC 6582 3.2, RFC 6675 5 */
static void xtcp_ack_recovery(struct sock *sk, bool dup, struct xtcp_ack_news *n)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	if (!tp->rx_opt.sack_ok)
		xtcp_ack_count_dupacks(sk, dup, n);
	if (icsk->icsk_ca_state >= TCP_CA_Recovery && n->advanced && !xtcp_seq_lt(tp->snd_una, tp->high_seq))
		xtcp_ack_leave_recovery(sk);
	if (tp->rx_opt.sack_ok) {
		if (n->sacked)
			xtcp_ack_mark_by_sack(sk, n);
	} else if (icsk->icsk_ca_state == TCP_CA_Recovery && n->advanced) {
		/* RFC 6582 3.2 step 3: a partial ACK points at the next hole */
		xtcp_ack_mark_head(sk, n);
	}
	switch (icsk->icsk_ca_state) {
	case TCP_CA_Open:
	case TCP_CA_Disorder:
		if (!tp->rx_opt.sack_ok && xs->dupacks >= XTCP_DUPTHRESH && xtcp_seq_ge(tp->snd_una, tp->high_seq))
			xtcp_ack_mark_head(sk, n);
		if (tp->lost_out)
			xtcp_ack_enter_recovery(sk);
		else if (icsk->icsk_ca_state != (tp->sacked_out ? TCP_CA_Disorder : TCP_CA_Open))
			xtcp_cong_set_state(sk, tp->sacked_out ? TCP_CA_Disorder : TCP_CA_Open);
		break;
	default:
		break;
	}
}

/* ------------------------------------------------------------ window */

/* RFC 9293 3.10.7.4: the send window; returns true if it changed */
static bool xtcp_ack_window(struct sock *sk, const struct xtcp_cb *cb, u32 prior_una)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 wnd = (u32)cb->wnd << tp->rx_opt.snd_wscale;
	bool changed;

	if (!xtcp_window_update_ok(cb->seq, cb->rx.ack, tp->snd_wl1, prior_una, wnd, tp->snd_wnd))
		return false;
	changed = wnd != tp->snd_wnd;
	tp->snd_wl1 = cb->seq;
	tp->snd_wnd = wnd;
	if (wnd > tp->max_window) {
		tp->max_window = wnd;
		xtcp_output_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
	}
	return changed;
}

/* The peer answers: probes count from zero again, and an open window ends probing (RFC 9293 3.8.6.1). */
static void xtcp_ack_probe_answered(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct sk_buff *skb = skb_peek(&sk->sk_write_queue);

	icsk->icsk_probes_out = 0;
	icsk->icsk_probes_tstamp = 0;
	if (xs->rtx_mode != XTCP_RTX_PROBE)
		return;
	if (!skb || xtcp_seq_lt(XTCP_CB(skb)->seq, xs->tp.snd_una + xs->tp.snd_wnd)) {
		icsk->icsk_backoff = 0;
		xtcp_timer_rtx_stop(sk);
	}
}

/* ------------------------------------------------------------ entry */

static void xtcp_ack_progress(struct sock *sk, struct xtcp_ack_news *n)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);

	icsk->icsk_retransmits = 0;
	icsk->icsk_backoff = 0;
	if (xtcp_seq_lt(xs->lost_below, xs->tp.snd_una))
		xs->lost_below = xs->tp.snd_una;
	/* RFC 6298 5.3: the timer starts anew for what is still out */
	xtcp_timer_rtx_rearm(sk);
	sk_dst_confirm(sk);
	xtcp_mem_check_space(sk);
}

/**
 * xtcp_ack_rcv() - process the ACK field of an acceptable segment
 * @sk: connection in a synchronized state, locked
 * @skb: the segment; stays the caller's
 * @o: its options
 *
 * Return: false if the segment must be dropped (it acknowledges what was never sent, or is far too old; answered here).
 */
bool xtcp_ack_rcv(struct sock *sk, struct sk_buff *skb, const struct xtcp_options *o)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	const struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_ack_news n = { .prior_una = tp->snd_una, .prior_in_flight = tcp_packets_in_flight(tp) };
	u32 text = skb->len - tcp_hdrlen(skb);
	bool wnd_changed, dup;

	switch (xtcp_accept_ack(cb->rx.ack, tp->snd_una, tp->snd_nxt, tp->max_window)) {
	case XTCP_ACK_FUTURE:
		xtcp_control_dup_ack(sk, skb);
		return false;
	case XTCP_ACK_TOO_OLD:
		xtcp_control_challenge(sk);
		return false;
	case XTCP_ACK_OLD:
		return true;
	case XTCP_ACK_NEW:
	case XTCP_ACK_SAME:
		break;
	}
	n.rs.prior_in_flight = n.prior_in_flight;
	n.had_sacked = tp->sacked_out && tp->rx_opt.sack_ok;
	n.sacked_high = xs->sacked_high;
	if (cb->rx.ack != tp->snd_una)
		xtcp_ack_clean(sk, cb->rx.ack, &n);
	wnd_changed = xtcp_ack_window(sk, cb, n.prior_una);
	tp->rcv_tstamp = tcp_jiffies32;
	xtcp_ack_probe_answered(sk);
	if (o->nr_sack)
		xtcp_ack_sack(sk, cb->rx.ack, o, &n);
	if (!n.prior_in_flight && !n.advanced && !tp->packets_out)
		return true;

	if (n.advanced) {
		xtcp_ack_progress(sk, &n);
		if (tp->sacked_out && tp->rx_opt.sack_ok && xtcp_ack_reneged(sk) &&
		    icsk->icsk_ca_state < TCP_CA_Recovery)
			xtcp_retransmit_all_lost(sk);
	}
	dup = xtcp_recovery_is_dupack(cb->rx.ack, n.prior_una, tp->snd_nxt, text, wnd_changed, n.sacked);
	xtcp_ack_measure(sk, o, &n);
	if (dup || n.sacked || icsk->icsk_ca_state != TCP_CA_Open)
		xtcp_ack_recovery(sk, dup, &n);
	xtcp_mib_add(sock_net(sk), XTCP_MIB_TCPDelivered, n.delivered);
	xtcp_rate_generate(sk, n.delivered, n.lost, &n.rs);
	if (n.acked || n.sacked)
		xtcp_cong_acked(sk, n.acked, n.rs.rtt_us >= 0 ? n.rs.rtt_us : -1, n.prior_in_flight);
	xtcp_cong_control(sk, cb->rx.ack, n.delivered, n.advanced, &n.rs);
	if (!tp->packets_out)
		xs->lost_below = tp->snd_una;
	return true;
}
