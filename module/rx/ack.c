// SPDX-License-Identifier: GPL-2.0
/*
 * The ACK field: what the peer has and what that says about the path. Cleans the retransmit queue, measures RTT, keeps
 * the send window, and hands what it learnt to recovery (rx/recover.c) and congestion control. Socket lock held.
 * RFC 9293 3.10.7.4 fifth check, RFC 5681, RFC 6298, RFC 7323 4.
 */
#include "xtcp.h"
#include "rx/ack.h"

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
	if (distance > tp->reordering)
		tp->reordering = min_t(u32, distance, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_max_reordering));
}

/**
 * xtcp_ack_dupthresh() - how many SACKed packets above a hole make it a loss
 * @tp: connection
 *
 * With a small flight there may never be that many: half of it must do, but never less than three (RFC 5827's
 * concern).
 */
u32 xtcp_ack_dupthresh(const struct tcp_sock *tp)
{
	return min_t(u32, max_t(u32, tp->reordering, XTCP_DUPTHRESH), max_t(u32, tp->packets_out / 2, XTCP_DUPTHRESH));
}

/* ------------------------------------------------------------ delivery */

/** xtcp_ack_delivered() - @skb is newly known to be with the peer, by ACK or by SACK: books, RACK, rate sample */
void xtcp_ack_delivered(struct sock *sk, struct sk_buff *skb, struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct xtcp_cb *cb = XTCP_CB(skb);
	u64 sent = tcp_skb_timestamp_us(skb);
	struct xtcp_rack_seg seg = {
		.xmit_us = sent,
		.end_seq = cb->end_seq,
		.prior_fack = n->prior_fack,
		.retransmitted = cb->state & XTCP_SKB_EVER_RETRANS,
	};

	if (seg.retransmitted)
		seg.echo_older = n->has_ts && xtcp_seq_lt(n->tsecr, xtcp_clock_ts(sent) + tp->tsoffset);
	else if (xtcp_seq_le(cb->end_seq, tp->high_seq))
		n->original = true;
	xtcp_ack_note_reordering(sk, skb, n);
	/* without a sender's part it is a SYN's */
	if (xs->tx && xtcp_rack_delivered(&xs->tx->rack, &seg, tp->tcp_mstamp, tcp_min_rtt(tp)))
		tp->reord_seen++;
	n->delivered += cb->segs;
	tp->delivered += cb->segs;
	if (n->ece)
		tp->delivered_ce += cb->segs;
	xtcp_rate_delivered(sk, skb, &n->rs);
}

/* ------------------------------------------------------------ cumulative ACK */

/* One buffer, or its first part, lies below SEG.ACK: off the books. */
static void xtcp_ack_retire(struct sock *sk, struct sk_buff *skb, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);
	u64 sent = tcp_skb_timestamp_us(skb);

	if (unlikely(cb->stamp_ack))
		xtcp_tstamp_acked(sk, skb, n->prior_una);
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
	if (cb->state & XTCP_SKB_SACKED)
		tp->sacked_out -= cb->segs;
	else
		xtcp_ack_delivered(sk, skb, n);
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

/* ------------------------------------------------------------ RTT */

static_assert(sizeof(struct xtcp_minrtt) == sizeof_field(struct tcp_sock, rtt_min));
static_assert(offsetof(struct minmax_sample, t) == 0 && offsetof(struct minmax_sample, v) == sizeof(u32));

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
	xtcp_minrtt_update((struct xtcp_minrtt *)&tp->rtt_min, win, tcp_jiffies32, us);
	xs->rto_us = xtcp_rtt_rto(&r, xtcp_timer_rto_min_us(sk), xs->rto_max_us);
	icsk->icsk_rto = usecs_to_jiffies(xs->rto_us);
	/* and not before: the ACK of a retransmission says nothing about a path that became slow (RFC 6298 5.7) */
	icsk->icsk_backoff = 0;
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
	struct sk_buff *skb = skb_peek(xtcp_unsent(sk));

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
	if (xs->tx && xtcp_seq_lt(xs->tx->lost_below, xs->tp.snd_una))
		xs->tx->lost_below = xs->tp.snd_una;
	if (xtcp_seq_lt(xs->tp.snd_up, xs->tp.snd_una))
		xs->tp.snd_up = xs->tp.snd_una;
	sk_dst_confirm(sk);
	xtcp_mem_check_space(sk);
}

/** xtcp_ack_syn_text() - the SYN-ACK acknowledges text of the SYN, up to @ack; lock held, clock refreshed */
void xtcp_ack_syn_text(struct sock *sk, u32 ack)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_ack_news n = { .prior_una = tp->snd_una, .prior_fack = xtcp_sk(sk)->tx->rack.fack };

	xtcp_ack_clean(sk, xtcp_seq_min(ack, tp->snd_nxt), &n);
	xtcp_ack_progress(sk, &n);
	xtcp_timer_rtx_rearm(sk);
}

/* Is the ACK field to be processed? Else *drop says whether the segment goes with it. */
static bool xtcp_ack_wanted(struct sock *sk, struct sk_buff *skb, bool *drop)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	*drop = false;
	switch (xtcp_accept_ack(XTCP_CB(skb)->rx.ack, tp->snd_una, tp->snd_nxt, tp->max_window)) {
	case XTCP_ACK_FUTURE:
		xtcp_control_dup_ack(sk, skb);
		*drop = true;
		return false;
	case XTCP_ACK_TOO_OLD:
		xtcp_control_challenge(sk);
		*drop = true;
		return false;
	case XTCP_ACK_OLD:
		return false;
	case XTCP_ACK_NEW:
	case XTCP_ACK_SAME:
		break;
	}
	return true;
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
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	const struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_ack_news n = {
		.prior_una = tp->snd_una,
		.prior_in_flight = tcp_packets_in_flight(tp),
		.prior_lost = tp->lost,
		.prior_fack = xs->tx ? xs->tx->rack.fack : tp->snd_una,
		.tsecr = o->tsecr,
		.has_ts = o->has_ts && tp->rx_opt.tstamp_ok,
		.had_sacked = tp->sacked_out && tp->rx_opt.sack_ok,
		.sacked_high = xs->tx ? xs->tx->sacked_high : tp->snd_una,
		.ece = xtcp_ecn_echo(sk, cb),
	};
	u32 text = skb->len - tcp_hdrlen(skb);
	bool wnd_changed, drop;

	if (!xtcp_ack_wanted(sk, skb, &drop))
		return !drop;
	n.rs.prior_in_flight = n.prior_in_flight;
	if (cb->rx.ack != tp->snd_una)
		xtcp_ack_clean(sk, cb->rx.ack, &n);
	wnd_changed = xtcp_ack_window(sk, cb, n.prior_una);
	tp->rcv_tstamp = tcp_jiffies32;
	xtcp_ack_probe_answered(sk);
	if (o->nr_sack)
		xtcp_sack_rcv(sk, cb->rx.ack, o, &n);
	if (!n.prior_in_flight && !n.advanced && !tp->packets_out && !n.dsack)
		return true;

	if (n.advanced) {
		xtcp_ack_progress(sk, &n);
		if (tp->sacked_out && tp->rx_opt.sack_ok && xtcp_sack_reneged(sk))
			xtcp_retransmit_all_lost(sk);
	}
	n.dup = xtcp_recovery_is_dupack(cb->rx.ack, n.prior_una, tp->snd_nxt, text, wnd_changed, n.sacked);
	n.bare = n.dup && !o->nr_sack;
	xtcp_ack_measure(sk, o, &n);
	xtcp_recover_ack(sk, &n);
	if (n.advanced || n.sacked || (xs->tx && xs->tx->reo_wait_us))
		xtcp_timer_rtx_rearm(sk);
	xtcp_mib_sk_add(sk, XTCP_MIB_TCPDelivered, n.delivered);
	if (n.ece)
		xtcp_mib_add(sock_net(sk), XTCP_MIB_TCPDeliveredCE, n.delivered);
	xtcp_rate_generate(sk, n.delivered, tp->lost - n.prior_lost, &n.rs);
	xtcp_cong_acked(sk, n.acked, n.rs.rtt_us >= 0 ? n.rs.rtt_us : -1, n.prior_in_flight, n.ece);
	xtcp_cong_control(sk, cb->rx.ack, n.delivered, n.advanced, &n.rs);
	if (!tp->packets_out && xs->tx)
		xs->tx->lost_below = tp->snd_una;
	return true;
}
