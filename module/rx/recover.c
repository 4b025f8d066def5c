// SPDX-License-Identifier: GPL-2.0
/*
 * Loss recovery as a machine of five states: open, disorder, CWR (the peer or our own queue asked for less), recovery
 * (fast retransmission), loss (after a time-out). Called by rx/ack.c for every ACK that is not plain progress, and by
 * the timers; socket lock held.
 *
 *                     ECE, probe repaired a loss
 *      +------+ ---------------------------------> +-----+
 *      | OPEN |                                    | CWR |
 *      +------+ <--------------------------------- +-----+
 *       |    ^            high_seq acknowledged       |
 *  SACK |    | all in order                      loss |
 *       v    |                                        v
 *    +----------+             loss            +----------+     RTO     +------+
 *    | DISORDER | --------------------------> | RECOVERY | ----------> | LOSS |  (RTO: from every state)
 *    +----------+ <-------------------------- +----------+             +------+
 *         ^    high_seq acknowledged, or undone                            |
 *         +----------------------------------------------------------------+
 *
 * A reduction that proves needless (core/undo.h) is taken back whole; what is lost all the same is found again by time.
 * RFC 5681 3.2, RFC 6582, RFC 6675 5, RFC 8985, RFC 6937bis, RFC 5682, RFC 4015.
 */
#include "xtcp.h"
#include "rx/ack.h"

/* ------------------------------------------------------------ reductions */

/* Fill in what a reduction of cwnd needs: ssthresh, PRR's books, and the way back. */
static void xtcp_recover_reduce(struct sock *sk, u32 in_flight)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	tp->high_seq = tp->snd_nxt;
	tp->prior_cwnd = tp->snd_cwnd;
	tp->snd_cwnd_cnt = 0;
	tp->snd_ssthresh = xtcp_cong_ssthresh(sk);
	xs->tx->prr = (struct xtcp_prr){ .recover_fs = in_flight, .ssthresh = tp->snd_ssthresh };
	xtcp_ecn_reduced(sk);
}

static bool xtcp_recover_reducing(const struct sock *sk)
{
	u8 state = inet_csk(sk)->icsk_ca_state;

	return state == TCP_CA_CWR || state == TCP_CA_Recovery;
}

/**
 * xtcp_recover_cwr() - reduce cwnd without a loss: the path is marked (ECN), or a probe repaired one
 * @sk: connection
 * @in_flight: packets
 */
void xtcp_recover_cwr(struct sock *sk, u32 in_flight)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (inet_csk(sk)->icsk_ca_state >= TCP_CA_CWR || !xtcp_sk(sk)->tx)
		return;
	tp->prior_ssthresh = 0;
	xtcp_undo_end(&xtcp_sk(sk)->tx->undo);
	xtcp_recover_reduce(sk, in_flight);
	xtcp_cong_set_state(sk, TCP_CA_CWR);
}

static void xtcp_recover_enter(struct sock *sk, u32 in_flight)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	xtcp_mib_inc(sock_net(sk), tp->rx_opt.sack_ok ? XTCP_MIB_TCPSackRecovery : XTCP_MIB_TCPRenoRecovery);
	xtcp_undo_begin(&xs->tx->undo, tp->snd_una, tp->retrans_out);
	if (xtcp_recover_reducing(sk)) {
		/* reduced already within this flight */
		tp->prior_ssthresh = 0;
		tp->high_seq = tp->snd_nxt;
	} else {
		tp->prior_ssthresh = tcp_current_ssthresh(sk);
		xtcp_recover_reduce(sk, in_flight);
	}
	xs->tx->rtx_first = true;
	tp->retrans_stamp = 0;
	xtcp_cong_set_state(sk, TCP_CA_Recovery);
}

static void xtcp_recover_open(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 state = tp->sacked_out ? TCP_CA_Disorder : TCP_CA_Open;

	if (inet_csk(sk)->icsk_ca_state != state)
		xtcp_cong_set_state(sk, state);
}

/* high_seq is acknowledged: whatever it was is over */
static void xtcp_recover_leave(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	if (xtcp_recover_reducing(sk) && !icsk->icsk_ca_ops->cong_control && tp->snd_ssthresh < TCP_INFINITE_SSTHRESH)
		tp->snd_cwnd = max(1u, tp->snd_ssthresh);
	tp->snd_cwnd_stamp = tcp_jiffies32;
	if (icsk->icsk_ca_state == TCP_CA_Recovery)
		xtcp_rack_recovered(&xs->tx->rack);
	xs->tx->dupacks = 0;
	xs->tx->rtx_first = false;
	xs->tx->frto.step = 0;
	tp->retrans_stamp = 0;
	if (!tp->rx_opt.sack_ok)
		tp->sacked_out = 0;
	xtcp_cong_event(sk, CA_EVENT_COMPLETE_CWR);
	xtcp_recover_open(sk);
}

/* ------------------------------------------------------------ taking it back */

static void xtcp_recover_unmark(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	/* from the last one on, as each goes to the front */
	for (skb = skb_rb_last(&sk->tcp_rtx_queue); skb; skb = skb_rb_prev(skb)) {
		struct xtcp_cb *cb = XTCP_CB(skb);

		if (!(cb->state & XTCP_SKB_LOST))
			continue;
		cb->state &= ~XTCP_SKB_LOST;
		/* back among what is in flight, by its age: at the front */
		if (list_empty(&skb->tcp_tsorted_anchor))
			list_add(&skb->tcp_tsorted_anchor, &tp->tsorted_sent_queue);
	}
	tp->lost_out = 0;
	tp->retransmit_skb_hint = NULL;
	xtcp_sk(sk)->tx->lost_below = tp->snd_una;
}

/* RFC 4015 3.2: the reduction was needless: cwnd and ssthresh as before it, and what is not lost is not resent */
static void xtcp_recover_undo(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	xtcp_recover_unmark(sk);
	if (tp->prior_ssthresh) {
		tp->snd_cwnd = max(tp->snd_cwnd, xtcp_cong_undo(sk));
		if (tp->prior_ssthresh > tp->snd_ssthresh) {
			tp->snd_ssthresh = tp->prior_ssthresh;
			xtcp_ecn_withdraw(sk);
		}
	}
	tp->snd_cwnd_stamp = tcp_jiffies32;
	tp->retrans_stamp = 0;
	inet_csk(sk)->icsk_retransmits = 0;
	xs->tx->frto.step = 0;
	xs->tx->rtx_first = false;
	xs->tx->dupacks = 0;
	xtcp_undo_end(&xs->tx->undo);
	xtcp_recover_open(sk);
}

/* Does this ACK prove the retransmissions needless? Then they are undone. */
static bool xtcp_recover_try_undo(struct sock *sk, const struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	bool loss = inet_csk(sk)->icsk_ca_state == TCP_CA_Loss;
	u32 took_ms = 0;

	if (n->dsack && xtcp_undo_all_duplicates(&xs->tx->undo)) {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPDSACKUndo);
	} else if (n->advanced && xtcp_undo_eifel(&xs->tx->undo, n->has_ts, n->tsecr)) {
		xtcp_mib_inc(sock_net(sk), loss ? XTCP_MIB_TCPLossUndo : XTCP_MIB_TCPFullUndo);
		if (loss)
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPSpuriousRTOs);
		took_ms = xtcp_clock_ts(xs->tp.tcp_mstamp) + xs->tp.tsoffset - n->tsecr;
	} else {
		return false;
	}
	if (!loss)
		xtcp_rack_spurious(&xs->tx->rack, min_t(u32, took_ms, 10 * MSEC_PER_SEC) * USEC_PER_MSEC);
	xtcp_recover_undo(sk);
	return true;
}

/* F-RTO: was the time-out right? True if it was undone. */
static bool xtcp_recover_frto(struct sock *sk, const struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	const struct sk_buff *skb = skb_peek(xtcp_unsent(sk));
	struct xtcp_frto_in in = {
		.advanced = n->advanced,
		.dup = n->dup,
		.sacked_new = n->sacked,
		.original = n->original,
		.complete = !xtcp_seq_lt(tp->snd_una, tp->high_seq),
		.sack = tp->rx_opt.sack_ok,
		.new_data = skb && xtcp_seq_lt(XTCP_CB(skb)->seq, tp->snd_una + tp->snd_wnd),
	};

	if (xtcp_frto_ack(&xs->tx->frto, &in) != XTCP_FRTO_SPURIOUS)
		return false;
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPSpuriousRTOs);
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPLossUndo);
	xtcp_recover_undo(sk);
	return true;
}

/* ------------------------------------------------------------ detection */

/* Without SACK every duplicate ACK stands for one packet that arrived out of order (RFC 5681 3.2, RFC 6582). */
static void xtcp_recover_count_dupacks(struct sock *sk, struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 room;

	if (n->advanced) {
		u32 eaten = n->acked > 1 ? n->acked - 1 : 0;

		xs->tx->dupacks = 0;
		tp->sacked_out -= min(tp->sacked_out, eaten);
		if (tp->sacked_out + tp->lost_out > tp->packets_out)
			tp->sacked_out = tp->packets_out - min(tp->packets_out, tp->lost_out);
		return;
	}
	if (!n->dup)
		return;
	xs->tx->dupacks++;
	room = tp->packets_out - min(tp->packets_out, tp->lost_out);
	if (tp->sacked_out < room) {
		tp->sacked_out++;
		tp->delivered++;
		n->delivered++;
	}
}

/* Mark what is lost by now; the wait until more may be, us, is kept for the timer */
static void xtcp_recover_detect(struct sock *sk, const struct xtcp_ack_news *n)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	if (tp->rx_opt.sack_ok) {
		if (xtcp_loss_uses_rack(sk))
			xs->tx->reo_wait_us = xtcp_loss_by_time(sk);
		else if (n->sacked)
			xtcp_loss_by_sack(sk);
		return;
	}
	/* RFC 6582 3.2 step 2, and step 3: a partial ACK points at the next hole */
	if (icsk->icsk_ca_state == TCP_CA_Recovery ? n->advanced :
	    icsk->icsk_ca_state < TCP_CA_Recovery && xs->tx->dupacks >= XTCP_DUPTHRESH &&
	    xtcp_seq_ge(tp->snd_una, tp->high_seq))
		xtcp_loss_head(sk);
}

/* A probe's episode may end, and may have hidden a loss from congestion control (RFC 8985 7.4) */
static void xtcp_recover_probe(struct sock *sk, const struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (xtcp_tlp_ack(&xs->tx->tlp, xs->tp.snd_una, n->advanced, n->dsack, n->bare) != XTCP_TLP_REPAIRED ||
	    inet_csk(sk)->icsk_ca_state >= TCP_CA_CWR)
		return;
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPLossProbeRecovery);
	xtcp_recover_cwr(sk, n->prior_in_flight);
	xtcp_recover_leave(sk);
}

/* ------------------------------------------------------------ entry */

/**
 * xtcp_recover_ack() - one ACK's consequences for recovery
 * @sk: connection, locked, clock refreshed; its ACK and SACKs are on the books
 * @n: what it told
 */
void xtcp_recover_ack(struct sock *sk, struct xtcp_ack_news *n)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	/* ECE stays in the ACKs until CWR, behind high_seq, arrives: one reduction a flight (RFC 3168 6.1.2) */
	bool complete = n->advanced && (icsk->icsk_ca_state == TCP_CA_CWR ? xtcp_seq_gt(tp->snd_una, tp->high_seq) :
					!xtcp_seq_lt(tp->snd_una, tp->high_seq));

	/* what was in flight was a SYN */
	if (!xs->tx)
		return;
	xs->tx->reo_wait_us = 0;
	if (xs->tx->tlp.active)
		xtcp_recover_probe(sk, n);
	if (!tp->rx_opt.sack_ok)
		xtcp_recover_count_dupacks(sk, n);
	if (!(icsk->icsk_ca_state == TCP_CA_Loss && xtcp_recover_frto(sk, n)) && !xtcp_recover_try_undo(sk, n) &&
	    icsk->icsk_ca_state >= TCP_CA_CWR && complete)
		xtcp_recover_leave(sk);
	if (n->ece)
		xtcp_recover_cwr(sk, n->prior_in_flight);
	xtcp_recover_detect(sk, n);
	if (xtcp_mtuprobe_ack(sk)) {
		/* resent in smaller segments, in addition to what cwnd allows: nothing is congested */
		xtcp_retransmit_uncounted(sk);
		return;
	}
	if (icsk->icsk_ca_state >= TCP_CA_Recovery)
		return;
	if (tp->lost_out)
		xtcp_recover_enter(sk, n->prior_in_flight);
	else if (icsk->icsk_ca_state != TCP_CA_CWR)
		xtcp_recover_open(sk);
}

/** xtcp_recover_overdue() - the reordering timer expired: what did not come in time is lost (RFC 8985 6.2 step 5) */
void xtcp_recover_overdue(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 in_flight = tcp_packets_in_flight(tp);
	u32 lost = tp->lost;

	xtcp_clock_refresh(tp);
	xs->tx->reo_wait_us = xtcp_loss_by_time(sk);
	if (tp->lost != lost) {
		if (icsk->icsk_ca_state < TCP_CA_Recovery) {
			xtcp_recover_enter(sk, in_flight);
			if (!icsk->icsk_ca_ops->cong_control)
				tp->snd_cwnd = xtcp_prr_cwnd(&xs->tx->prr, 0, tcp_packets_in_flight(tp), false);
		}
		xtcp_retransmit_push(sk);
	}
	xtcp_timer_rtx_rearm(sk);
}

/**
 * xtcp_recover_timeout() - the retransmission timer expired (RFC 5681 3.1 equation 4, RFC 6298 5.4-5.7)
 * @sk: connection, clock refreshed
 *
 * The flight is gone: start again with one segment.
 */
void xtcp_recover_timeout(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	bool fresh = icsk->icsk_ca_state < TCP_CA_Recovery;

	/* a second time-out of the same flight must not halve ssthresh again (RFC 5681 3.1) */
	if (fresh || (icsk->icsk_ca_state == TCP_CA_Loss && !icsk->icsk_retransmits) ||
	    !xtcp_seq_gt(tp->high_seq, tp->snd_una)) {
		tp->prior_ssthresh = tcp_current_ssthresh(sk);
		tp->prior_cwnd = tp->snd_cwnd;
		tp->snd_ssthresh = xtcp_cong_ssthresh(sk);
		xtcp_cong_event(sk, CA_EVENT_LOSS);
		xtcp_undo_begin(&xs->tx->undo, tp->snd_una, tp->retrans_out);
	}
	/* a time-out in spite of many SACKs: the patience learnt from reordering was too much */
	if (icsk->icsk_ca_state <= TCP_CA_Disorder)
		tp->reordering = min_t(u32, tp->reordering, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_reordering));
	if (!tp->rx_opt.sack_ok)
		tp->sacked_out = 0;
	xs->tx->dupacks = 0;
	xs->tx->rtx_first = true;
	xs->tx->tlp.active = false;
	xtcp_loss_on_timeout(sk);
	tp->snd_cwnd = tcp_packets_in_flight(tp) + 1;
	tp->snd_cwnd_cnt = 0;
	tp->snd_cwnd_stamp = tcp_jiffies32;
	tp->high_seq = tp->snd_nxt;
	xtcp_ecn_reduced(sk);
	xtcp_cong_set_state(sk, TCP_CA_Loss);
	xtcp_frto_begin(&xs->tx->frto,
			fresh && !icsk->icsk_retransmits && READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_frto));
}
