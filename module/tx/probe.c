// SPDX-License-Identifier: GPL-2.0
/*
 * The tail loss probe: ACKs stopped coming, so one more segment is sent, new data if there is any, else the last one
 * again; its SACK shows what of the tail is missing long before the retransmission timer would. Called by the timer,
 * socket lock held. What the answer means is judged by core/tlp.c in rx/recover.c. RFC 8985 7.3.
 */
#include "xtcp.h"

/* One segment of new data, if the peer's window has room; cwnd is exceeded by it for once. */
static bool xtcp_probe_new_data(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = skb_peek(xtcp_unsent(sk));
	u32 mss = xtcp_output_mss(sk), cwnd = tp->snd_cwnd, nxt = tp->snd_nxt;

	if (!skb || xtcp_seq_gt(XTCP_CB(skb)->seq + min(skb->len, mss), tp->snd_una + tp->snd_wnd))
		return false;
	tp->snd_cwnd = tcp_packets_in_flight(tp) + 1;
	xtcp_output_push(sk, true);
	tp->snd_cwnd = cwnd;
	return tp->snd_nxt != nxt;
}

/* The last segment once more; a super-segment's last part. */
static bool xtcp_probe_old_data(struct sock *sk)
{
	struct sk_buff *skb = skb_rb_last(&sk->tcp_rtx_queue);
	struct xtcp_cb *cb;

	if (!skb)
		return false;
	cb = XTCP_CB(skb);
	if (cb->segs > 1 && skb->len > cb->mss) {
		if (xtcp_queue_split(sk, skb, (cb->segs - 1) * cb->mss, true, GFP_ATOMIC))
			return false;
		skb = skb_rb_next(skb);
	}
	return !xtcp_retransmit_skb(sk, skb);
}

/** xtcp_probe_send() - the probe time-out expired; lock held */
void xtcp_probe_send(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	bool fresh, sent;

	xtcp_clock_refresh(tp);
	xtcp_why_probe(sk);
	/* from here on the retransmission timer runs, whatever becomes of the probe */
	xs->rtx_mode = XTCP_RTX_RETRANS;
	fresh = xtcp_probe_new_data(sk);
	sent = fresh || xtcp_probe_old_data(sk);
	if (sent) {
		xs->tx->tlp = (struct xtcp_tlp){ .active = true, .end_seq = tp->snd_nxt, .is_retrans = !fresh };
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPLossProbes);
	}
	xtcp_timer_rtx_start(sk, XTCP_RTX_RETRANS,
			     xtcp_rtt_backoff(xs->rto_us, icsk->icsk_backoff, xs->rto_max_us));
}
