// SPDX-License-Identifier: GPL-2.0
/*
 * Sending again: what is marked lost on the retransmit queue, as far as cwnd allows, and what an expired retransmission
 * timer does. What is lost is judged by rx/loss.c, and what follows from that by rx/recover.c. Socket lock held
 * throughout. RFC 6298 section 5, RFC 5681 3.1, RFC 6675 5.
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
	/* not on its way any more: no more judged by its age */
	list_del_init(&skb->tcp_tsorted_anchor);
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

/*
 * Part of a buffer was acknowledged but not cut off: that is done before it is resent. What is cut off is freed, so
 * *skbp is another one then.
 */
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
 * Send one buffer, trimmed, again, at most @segs segments of it. Returns 0; -EAGAIN if the peer's window shrank below
 * it; -EBUSY if the last copy is still in a queue of this host; or what the transmission said.
 */
static int xtcp_retransmit_some(struct sock *sk, struct sk_buff *skb, u32 segs)
{
	struct xtcp_sender *tx = xtcp_sk(sk)->tx;
	struct tcp_sock *tp = tcp_sk(sk);
	u32 mss = xtcp_output_mss(sk);
	struct xtcp_cb *cb;
	int err;

	/* the copy sent before has not even left this host: when it has, output resumes */
	if (skb_fclone_busy(sk, skb)) {
		set_bit(XTCP_TSQ_THROTTLED, &sk->sk_tsq_flags);
		/* paired with the test of the bit in xtcp_output_wfree() */
		smp_mb__after_atomic();
		if (skb_fclone_busy(sk, skb))
			return -EBUSY;
	}
	cb = XTCP_CB(skb);
	/* a peer that takes its window back gets one segment to answer, no more (RFC 9293 3.8.6.2.1) */
	if (xtcp_seq_ge(cb->seq, tp->snd_una + tp->snd_wnd) && cb->seq != tp->snd_una)
		return -EAGAIN;
	/* cut for a larger path MTU: as it is, IP would drop it or cut it into fragments */
	if (skb->len > segs * mss || cb->mss > mss)
		xtcp_retransmit_recount(tp, skb, mss);
	if (skb->len > segs * mss) {
		err = xtcp_queue_split(sk, skb, segs * mss, true, GFP_ATOMIC);
		if (err)
			return err;
	}
	err = xtcp_output_transmit(sk, skb, true, GFP_ATOMIC);
	list_move_tail(&skb->tcp_tsorted_anchor, &tp->tsorted_sent_queue);
	trace_xtcp_retransmit_skb(sk, skb);
	/* it counts as sent either way: the timer backs off instead of spinning on a full device */
	if (!(cb->state & XTCP_SKB_RETRANS)) {
		cb->state |= XTCP_SKB_RETRANS;
		tp->retrans_out += cb->segs;
	}
	cb->state |= XTCP_SKB_EVER_RETRANS;
	if (!tp->retrans_stamp)
		tp->retrans_stamp = max_t(u32, xtcp_clock_ts(tp->tcp_mstamp), 1);
	if (tx)
		xtcp_undo_retransmitted(&tx->undo, cb->end_seq, cb->segs,
					xtcp_clock_ts(tcp_skb_timestamp_us(skb)) + tp->tsoffset);
	tp->total_retrans += cb->segs;
	tp->bytes_retrans += skb->len;
	xtcp_mib_add(sock_net(sk), XTCP_MIB_RetransSegs, cb->segs);
	return err;
}

/** xtcp_retransmit_skb() - send one buffer again, whole */
int xtcp_retransmit_skb(struct sock *sk, struct sk_buff *skb)
{
	return xtcp_retransmit_trim(sk, &skb) ? : xtcp_retransmit_some(sk, skb, max_t(u32, XTCP_CB(skb)->segs, 1));
}

/** xtcp_retransmit_uncounted() - resend the first buffer, which is marked lost for another reason than congestion */
void xtcp_retransmit_uncounted(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	xtcp_clock_refresh(tp);
	for (; skb && (XTCP_CB(skb)->state & (XTCP_SKB_LOST | XTCP_SKB_RETRANS)) == XTCP_SKB_LOST;
	     skb = skb_rb_next(skb)) {
		if (xtcp_retransmit_trim(sk, &skb) || xtcp_retransmit_some(sk, skb, 1))
			break;
		/* in flight like new data */
		XTCP_CB(skb)->state &= ~(XTCP_SKB_LOST | XTCP_SKB_RETRANS);
		tp->lost_out -= XTCP_CB(skb)->segs;
		tp->retrans_out -= XTCP_CB(skb)->segs;
	}
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
	bool sent = false, first = false;

	/* F-RTO waits for what the peer says of new data */
	if (xs->tx && xs->tx->frto.step)
		return;
	xtcp_clock_refresh(tp);
	while (skb && tp->lost_out > tp->retrans_out) {
		u32 in_flight = tcp_packets_in_flight(tp);
		u32 quota = tp->snd_cwnd > in_flight ? tp->snd_cwnd - in_flight : 0;
		struct xtcp_cb *cb = XTCP_CB(skb);

		if (!quota && !(xs->tx && xs->tx->rtx_first))
			break;
		tp->retransmit_skb_hint = skb;
		if (!(cb->state & XTCP_SKB_LOST) || cb->state & (XTCP_SKB_RETRANS | XTCP_SKB_SACKED)) {
			skb = skb_rb_next(skb);
			continue;
		}
		if (xtcp_pace_blocked(sk) || xtcp_retransmit_trim(sk, &skb))
			break;
		cb = XTCP_CB(skb);
		if (xtcp_retransmit_some(sk, skb, max(quota, 1u)))
			break;
		if (xs->tx)
			xs->tx->rtx_first = false;
		sent = true;
		first |= !xtcp_seq_lt(tp->snd_una, cb->seq);
		xtcp_mib_inc(sock_net(sk), inet_csk(sk)->icsk_ca_state == TCP_CA_Loss ? XTCP_MIB_TCPSlowStartRetrans :
			     XTCP_MIB_TCPFastRetrans);
		skb = tp->retransmit_skb_hint ? : tcp_rtx_queue_head(sk);
	}
	/* the answer to the oldest text takes a round trip from now, its first time-out may not */
	if (sent && (first || xs->rtx_mode != XTCP_RTX_RETRANS) && xs->rtx_mode != XTCP_RTX_REO)
		xtcp_timer_rtx_rearm(sk);
}

/* TCP_THIN_LINEAR_TIMEOUTS: a stream of few packets does not back off, for a while */
static bool xtcp_retransmit_is_thin(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return sk->sk_state == TCP_ESTABLISHED &&
	       (tp->thin_lto || READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_thin_linear_timeouts)) &&
	       tcp_stream_is_thin((struct tcp_sock *)tp) && inet_csk(sk)->icsk_retransmits <= TCP_THIN_LINEAR_RETRIES;
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
	if (icsk->icsk_retransmits >= READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_retries1)) {
		if (!((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)))
			xtcp_mtuprobe_black_hole(sk);
		__dst_negative_advice(sk);
	}
	/* without a sender's part it is a SYN as well */
	if (xs->tx && !((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)))
		xtcp_recover_timeout(sk);
	else
		xtcp_retransmit_mark_lost(sk, skb);
	icsk->icsk_retransmits++;
	/* even into a closed window: then it is a probe */
	if (!xtcp_retransmit_trim(sk, &skb))
		xtcp_retransmit_some(sk, skb, 1);
	if (xs->tx)
		xs->tx->rtx_first = false;
	icsk->icsk_backoff = xtcp_retransmit_is_thin(sk) ? 0 : min_t(u8, icsk->icsk_backoff + 1, 31);
	xtcp_timer_rtx_rearm(sk);
}
