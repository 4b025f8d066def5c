// SPDX-License-Identifier: GPL-2.0
/*
 * Sending again: what is marked lost on the retransmit queue, as far as cwnd allows, and what an expired retransmission
 * timer does. Marking is done by rx/ack.c (duplicate ACKs, SACK) and here (time-out). Socket lock held throughout.
 * RFC 6298 section 5, RFC 5681 3.1, RFC 6675 5.
 */
#include "xtcp.h"

#include <trace/events/xtcp.h>

/** xtcp_retransmit_mark_lost() - this buffer is judged lost (again): it may be retransmitted */
void xtcp_retransmit_mark_lost(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);

	if (cb->state & XTCP_SKB_SACKED)
		return;
	if (cb->state & XTCP_SKB_RETRANS) {
		cb->state &= ~XTCP_SKB_RETRANS;
		tp->retrans_out -= cb->segs;
		tp->lost += cb->segs;
		xtcp_mib_add(sock_net(sk), XTCP_MIB_TCPLostRetransmit, cb->segs);
	}
	if (!(cb->state & XTCP_SKB_LOST)) {
		cb->state |= XTCP_SKB_LOST;
		tp->lost_out += cb->segs;
		tp->lost += cb->segs;
	}
	if (!tp->retransmit_skb_hint || xtcp_seq_lt(cb->seq, XTCP_CB(tp->retransmit_skb_hint)->seq))
		tp->retransmit_skb_hint = skb;
}

/** xtcp_retransmit_all_lost() - after a time-out everything that is not SACKed counts as lost (RFC 6675 5.1) */
void xtcp_retransmit_all_lost(struct sock *sk)
{
	struct sk_buff *skb;

	for (skb = tcp_rtx_queue_head(sk); skb; skb = skb_rb_next(skb))
		xtcp_retransmit_mark_lost(sk, skb);
	tcp_sk(sk)->retransmit_skb_hint = tcp_rtx_queue_head(sk);
}

/* Part of a buffer was acknowledged but could not be cut off for want of memory: try again before it is resent. */
static int xtcp_retransmit_trim(struct sock *sk, struct sk_buff **skbp)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = *skbp;
	struct xtcp_cb *cb = XTCP_CB(skb);
	u8 state = cb->state;
	int err;

	if (!xtcp_seq_lt(cb->seq, tp->snd_una) || xtcp_seq_le(cb->end_seq, tp->snd_una))
		return 0;
	if (tp->snd_una - cb->seq >= skb->len)	/* only its FIN is left */
		return 0;
	err = xtcp_queue_split(sk, skb, tp->snd_una - cb->seq, true, GFP_ATOMIC);
	if (err)
		return err;
	*skbp = skb_rb_next(skb);
	tp->packets_out -= cb->segs;
	if (state & XTCP_SKB_LOST)
		tp->lost_out -= cb->segs;
	if (state & XTCP_SKB_RETRANS)
		tp->retrans_out -= cb->segs;
	xtcp_queue_acked(sk, skb);
	return 0;
}

/* The MSS may have changed since a buffer was first sent: count its segments anew. */
static void xtcp_retransmit_recount(struct tcp_sock *tp, struct sk_buff *skb, u32 mss)
{
	struct xtcp_cb *cb = XTCP_CB(skb);
	int delta = -cb->segs;

	xtcp_queue_set_segs(skb, mss);
	delta += cb->segs;
	tp->packets_out += delta;
	if (cb->state & XTCP_SKB_LOST)
		tp->lost_out += delta;
	if (cb->state & XTCP_SKB_RETRANS)
		tp->retrans_out += delta;
}

/*
 * Send one buffer again, at most @segs segments of it. Returns 0; -EAGAIN if the peer's window shrank below it; or what
 * the transmission said.
 */
static int xtcp_retransmit_some(struct sock *sk, struct sk_buff *skb, u32 segs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 mss = xtcp_output_mss(sk);
	struct xtcp_cb *cb;
	int err;

	err = xtcp_retransmit_trim(sk, &skb);
	if (err)
		return err;
	cb = XTCP_CB(skb);
	/* a peer that takes its window back gets one segment to answer, no more (RFC 9293 3.8.6.2.1) */
	if (xtcp_seq_ge(cb->seq, tp->snd_una + tp->snd_wnd) && cb->seq != tp->snd_una)
		return -EAGAIN;
	if (skb->len > segs * mss) {
		xtcp_retransmit_recount(tp, skb, mss);
		err = xtcp_queue_split(sk, skb, segs * mss, true, GFP_ATOMIC);
		if (err)
			return err;
	}
	err = xtcp_output_transmit(sk, skb, true, GFP_ATOMIC);
	trace_xtcp_retransmit_skb(sk, skb);
	/* it counts as sent either way: the timer backs off instead of spinning on a full device */
	if (!(cb->state & XTCP_SKB_RETRANS)) {
		cb->state |= XTCP_SKB_RETRANS;
		tp->retrans_out += cb->segs;
	}
	cb->state |= XTCP_SKB_EVER_RETRANS;
	if (!tp->retrans_stamp)
		tp->retrans_stamp = max_t(u32, xtcp_clock_ts(tp->tcp_mstamp), 1);
	tp->total_retrans += cb->segs;
	tp->bytes_retrans += skb->len;
	xtcp_mib_add(sock_net(sk), XTCP_MIB_RetransSegs, cb->segs);
	return err;
}

/** xtcp_retransmit_skb() - send one buffer again, whole */
int xtcp_retransmit_skb(struct sock *sk, struct sk_buff *skb)
{
	return xtcp_retransmit_some(sk, skb, max_t(u32, XTCP_CB(skb)->segs, 1));
}

/**
 * xtcp_retransmit_push() - resend what is marked lost, oldest first, within cwnd
 * @sk: connection, locked
 */
void xtcp_retransmit_push(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct sk_buff *skb = tp->retransmit_skb_hint ? : tcp_rtx_queue_head(sk);
	bool sent = false;

	xtcp_clock_refresh(tp);
	while (skb && tp->lost_out > tp->retrans_out) {
		u32 in_flight = tcp_packets_in_flight(tp);
		u32 quota = tp->snd_cwnd > in_flight ? tp->snd_cwnd - in_flight : 0;
		struct xtcp_cb *cb = XTCP_CB(skb);

		if (!quota && !xs->rtx_first)
			break;
		tp->retransmit_skb_hint = skb;
		if (!(cb->state & XTCP_SKB_LOST) || cb->state & (XTCP_SKB_RETRANS | XTCP_SKB_SACKED)) {
			skb = skb_rb_next(skb);
			continue;
		}
		if (xtcp_pace_blocked(sk))
			break;
		if (xtcp_retransmit_some(sk, skb, max(quota, 1u)))
			break;
		xs->rtx_first = false;
		sent = true;
		xtcp_mib_inc(sock_net(sk), inet_csk(sk)->icsk_ca_state == TCP_CA_Loss ? XTCP_MIB_TCPSlowStartRetrans :
			     XTCP_MIB_TCPFastRetrans);
		skb = tp->retransmit_skb_hint ? : tcp_rtx_queue_head(sk);
	}
	if (sent && xs->rtx_mode != XTCP_RTX_RETRANS)
		xtcp_timer_rtx_rearm(sk);
}

/* RFC 5681 3.1 equation 4 and RFC 6298 5.4-5.7: the flight is gone, start again with one segment */
static void xtcp_retransmit_enter_loss(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	/* a second time-out of the same flight must not halve ssthresh again (RFC 5681 3.1) */
	if (icsk->icsk_ca_state <= TCP_CA_Disorder ||
	    (icsk->icsk_ca_state == TCP_CA_Loss && !icsk->icsk_retransmits) ||
	    !xtcp_seq_gt(tp->high_seq, tp->snd_una)) {
		/* a time-out in spite of many SACKs: the patience learnt from reordering was too much */
		tp->reordering = min_t(u32, tp->reordering, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_reordering));
		tp->prior_ssthresh = tp->snd_ssthresh;
		tp->prior_cwnd = tp->snd_cwnd;
		tp->snd_ssthresh = xtcp_cong_ssthresh(sk);
		xtcp_cong_event(sk, CA_EVENT_LOSS);
	}
	if (!tp->rx_opt.sack_ok)
		tp->sacked_out = 0;
	xs->dupacks = 0;
	xs->rtx_first = true;
	xtcp_retransmit_all_lost(sk);
	tp->snd_cwnd = tcp_packets_in_flight(tp) + 1;
	tp->snd_cwnd_cnt = 0;
	tp->snd_cwnd_stamp = tcp_jiffies32;
	tp->high_seq = tp->snd_nxt;
	xtcp_cong_set_state(sk, TCP_CA_Loss);
}

/** xtcp_retransmit_timeout() - the retransmission timer expired, not over its limit yet */
void xtcp_retransmit_timeout(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (!skb)
		return;
	xtcp_clock_refresh(tp);
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPTimeouts);
	/* the route may be the reason: look for another one before trying again */
	if (icsk->icsk_retransmits >= READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_retries1))
		__dst_negative_advice(sk);
	if (!((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)))
		xtcp_retransmit_enter_loss(sk);
	else
		xtcp_retransmit_mark_lost(sk, skb);
	icsk->icsk_retransmits++;
	/* even into a closed window: then it is a probe */
	xtcp_retransmit_some(sk, skb, 1);
	xs->rtx_first = false;
	icsk->icsk_backoff = min_t(u8, icsk->icsk_backoff + 1, 31);
	xtcp_timer_rtx_rearm(sk);
}
