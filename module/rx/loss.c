// SPDX-License-Identifier: GPL-2.0
/*
 * Which segments are lost: by time (RACK), by the number of SACKed segments above (RFC 6675, where RACK is switched off
 * by net.ipv4.tcp_recovery), or by duplicate ACKs without SACK (RFC 6582). Called by rx/recover.c and by the reordering
 * timer, socket lock held. Marks only; what follows from a mark is rx/recover.c's. RFC 8985 section 6.
 */
#include "xtcp.h"
#include "rx/ack.h"

#define XTCP_LOSS_RACK		0x1	/* bits of tcp_recovery */
#define XTCP_LOSS_STATIC_WND	0x2
#define XTCP_LOSS_NO_DUPTHRESH	0x4

/** xtcp_loss_uses_rack() - does this connection detect losses by time? */
bool xtcp_loss_uses_rack(const struct sock *sk)
{
	return tcp_sk(sk)->rx_opt.sack_ok && READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_recovery) & XTCP_LOSS_RACK;
}

static u32 xtcp_loss_window(struct sock *sk)
{
	const struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcp_sock *tp = &xs->tp;
	u8 how = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_recovery);
	struct xtcp_rack rack = xs->tx->rack;
	struct xtcp_rack_wnd_in in = {
		.min_rtt_us = tcp_min_rtt(tp),
		.srtt_us = tp->srtt_us >> 3,
		.sacked = how & XTCP_LOSS_NO_DUPTHRESH ? 0 : tp->sacked_out,
		.dupthresh = tp->reordering,
		.recovering = inet_csk(sk)->icsk_ca_state >= TCP_CA_Recovery,
	};

	if (how & XTCP_LOSS_STATIC_WND) {
		rack.mult = 0;
		rack.late_us = 0;
	}
	return xtcp_rack_window(&rack, &in);
}

/**
 * xtcp_loss_by_time() - RFC 8985 6.2 step 5: mark what was sent before the newest delivery and is overdue
 * @sk: connection, clock refreshed
 *
 * Walks what is in flight in the order of transmission, and stops at the first segment sent after that delivery.
 *
 * Return: us until the next segment may become overdue, 0 if there is none to wait for.
 */
u32 xtcp_loss_by_time(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct sk_buff *skb, *next;
	u32 wnd, wait = 0;

	if (!xs->tx->rack.xmit_us || list_empty(&tp->tsorted_sent_queue))
		return 0;
	wnd = xtcp_loss_window(sk);
	list_for_each_entry_safe(skb, next, &tp->tsorted_sent_queue, tcp_tsorted_anchor) {
		u64 sent = tcp_skb_timestamp_us(skb);
		s64 left;

		if (!xtcp_rack_sent_after(xs->tx->rack.xmit_us, xs->tx->rack.end_seq, sent, XTCP_CB(skb)->end_seq))
			break;
		left = xtcp_rack_remaining(&xs->tx->rack, sent, wnd, tp->tcp_mstamp);
		if (left <= 0)
			xtcp_retransmit_mark_lost(sk, skb);
		else
			wait = max_t(u32, wait, left);
	}
	return wait;
}

/** xtcp_loss_on_timeout() - RFC 8985 6.3: the retransmission timer expired: the first segment, and what is overdue */
void xtcp_loss_on_timeout(struct sock *sk)
{
	struct sk_buff *skb = tcp_rtx_queue_head(sk);
	const struct xtcp_rack *rack = &xtcp_sk(sk)->tx->rack;

	if (!xtcp_loss_uses_rack(sk) || !rack->xmit_us) {
		xtcp_retransmit_all_lost(sk);
		return;
	}
	for (; skb; skb = skb_rb_next(skb)) {
		u64 sent = tcp_skb_timestamp_us(skb);

		if (skb == tcp_rtx_queue_head(sk) ||
		    xtcp_rack_remaining(rack, sent, xtcp_loss_window(sk), tcp_sk(sk)->tcp_mstamp) <= 0)
			xtcp_retransmit_mark_lost(sk, skb);
	}
	tcp_sk(sk)->retransmit_skb_hint = tcp_rtx_queue_head(sk);
}

/**
 * xtcp_loss_by_sack() - RFC 6675 IsLost(): what has enough SACKed segments above it is lost
 * @sk: connection
 *
 * Walk down from the highest SACK until that many were seen; all un-SACKed buffers below that point qualify, and all
 * below lost_below were marked by an earlier ACK.
 */
void xtcp_loss_by_sack(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 seen = 0, top = 0, enough = xtcp_ack_dupthresh(tp);
	struct sk_buff *skb;

	if (tp->sacked_out < enough)
		return;
	skb = xtcp_queue_find(sk, xs->tx->sacked_high - 1);
	for (; skb && seen < enough; skb = skb_rb_prev(skb)) {
		if (XTCP_CB(skb)->state & XTCP_SKB_SACKED)
			seen += XTCP_CB(skb)->segs;
		top = XTCP_CB(skb)->seq;
	}
	if (seen < enough)
		return;
	for (; skb && xtcp_seq_ge(XTCP_CB(skb)->seq, xs->tx->lost_below); skb = skb_rb_prev(skb)) {
		if (!(XTCP_CB(skb)->state & (XTCP_SKB_SACKED | XTCP_SKB_LOST)))
			xtcp_retransmit_mark_lost(sk, skb);
	}
	if (xtcp_seq_gt(top, xs->tx->lost_below))
		xs->tx->lost_below = top;
}

/** xtcp_loss_head() - without SACK: only the first segment out is known to be missing */
void xtcp_loss_head(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (!skb || XTCP_CB(skb)->state & (XTCP_SKB_LOST | XTCP_SKB_SACKED))
		return;
	if (XTCP_CB(skb)->segs > 1 && xtcp_queue_split(sk, skb, XTCP_CB(skb)->mss, true, GFP_ATOMIC))
		return;
	xtcp_retransmit_mark_lost(sk, skb);
	if (tp->sacked_out + tp->lost_out > tp->packets_out)
		tp->sacked_out = tp->packets_out - tp->lost_out;
}
