// SPDX-License-Identifier: GPL-2.0
/*
 * Explicit congestion notification: negotiation, marking what leaves, echoing marks that arrive, and obeying echoes.
 * Called by conn/ (handshakes), tx/output.c and rx/. Algorithms that need ECN (dctcp) have every packet marked and
 * see each change of the mark; the others get RFC 3168, one reduction per round trip. Socket lock held.
 * RFC 3168 6.1, RFC 8257, RFC 8311.
 */
#include <net/inet_ecn.h>

#include "xtcp.h"

/* ------------------------------------------------------------ negotiation */

static bool xtcp_ecn_route(const struct dst_entry *dst)
{
	return dst && dst_feature(dst, DST_FEATURE_ECN_MASK);
}

/** xtcp_ecn_syn() - flags for connect()'s SYN: does it ask for ECN? */
u8 xtcp_ecn_syn(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	tp->ecn_flags = 0;
	if (READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_ecn) != 1 && !tcp_ca_needs_ecn(sk) &&
	    !xtcp_ecn_route(__sk_dst_get(sk)))
		return 0;
	tp->ecn_flags = TCP_ECN_MODE_RFC3168;
	return XTCP_ECE | XTCP_CWR;
}

/** xtcp_ecn_syn_flags() - RFC 3168 6.1.1.1: a SYN sent again asks no more, lest its bits are why it was lost */
u8 xtcp_ecn_syn_flags(struct sock *sk, u8 flags, bool retrans)
{
	if (retrans && !(flags & XTCP_ACK) && READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_ecn_fallback))
		flags &= ~(XTCP_ECE | XTCP_CWR);
	return flags;
}

/** xtcp_ecn_synack_rcv() - connect(): does the SYN-ACK agree? ECE without CWR (RFC 3168 6.1.1) */
void xtcp_ecn_synack_rcv(struct sock *sk, u8 flags)
{
	if ((flags & (XTCP_ECE | XTCP_CWR)) != XTCP_ECE)
		tcp_sk(sk)->ecn_flags = 0;
}

/** xtcp_ecn_syn_rcv() - simultaneous open: the peer's SYN must ask, too */
void xtcp_ecn_syn_rcv(struct sock *sk, u8 flags)
{
	if ((flags & (XTCP_ECE | XTCP_CWR)) != (XTCP_ECE | XTCP_CWR))
		tcp_sk(sk)->ecn_flags = 0;
}

/**
 * xtcp_ecn_accept() - listener: is the ECN that a SYN asks for agreed?
 * @listener: under RCU
 * @cb: the SYN
 * @dst: route to the peer, or NULL
 *
 * A SYN with ECT itself is odd and refused, unless the algorithm needs ECN (RFC 3168 6.1.1, RFC 8257 3.1).
 */
bool xtcp_ecn_accept(const struct sock *listener, const struct xtcp_cb *cb, const struct dst_entry *dst)
{
	if ((cb->flags & (XTCP_ECE | XTCP_CWR)) != (XTCP_ECE | XTCP_CWR))
		return false;
	if (tcp_ca_needs_ecn(listener) || xtcp_ecn_route(dst))
		return true;
	return cb->ecn == INET_ECN_NOT_ECT && READ_ONCE(sock_net(listener)->ipv4.sysctl_tcp_ecn);
}

/* ------------------------------------------------------------ sending */

/**
 * xtcp_ecn_send() - set the IP header's ECN field for the next segment and return the flags it gets
 * @sk: connection
 * @skb: the segment, no header yet
 * @cb: its control block
 * @retrans: it is sent again
 *
 * RFC 3168 6.1.2 to 6.1.5: data sent for the first time is ECT; pure ACKs, retransmissions and probes are not.
 */
u8 xtcp_ecn_send(struct sock *sk, struct sk_buff *skb, const struct xtcp_cb *cb, bool retrans)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 flags = cb->flags;

	if (!(tp->ecn_flags & TCP_ECN_MODE_RFC3168))
		return flags;
	if (flags & XTCP_SYN) {
		if (tcp_ca_needs_ecn(sk))
			INET_ECN_xmit(sk);
		return flags;
	}
	if (skb->len && !retrans) {
		INET_ECN_xmit(sk);
		if (tp->ecn_flags & TCP_ECN_QUEUE_CWR) {
			tp->ecn_flags &= ~TCP_ECN_QUEUE_CWR;
			flags |= XTCP_CWR;
		}
	} else if (!tcp_ca_needs_ecn(sk)) {
		INET_ECN_dontxmit(sk);
	}
	if (tp->ecn_flags & TCP_ECN_DEMAND_CWR)
		flags |= XTCP_ECE;
	return flags;
}

/** xtcp_ecn_reduced() - cwnd was reduced: the next new data says so (RFC 3168 6.1.2) */
void xtcp_ecn_reduced(struct sock *sk)
{
	if (tcp_sk(sk)->ecn_flags & TCP_ECN_MODE_RFC3168)
		tcp_sk(sk)->ecn_flags |= TCP_ECN_QUEUE_CWR;
}

/** xtcp_ecn_withdraw() - the reduction was undone */
void xtcp_ecn_withdraw(struct sock *sk)
{
	tcp_sk(sk)->ecn_flags &= ~TCP_ECN_QUEUE_CWR;
}

/** xtcp_ecn_echo() - does this ACK echo congestion? */
bool xtcp_ecn_echo(const struct sock *sk, const struct xtcp_cb *cb)
{
	return tcp_sk(sk)->ecn_flags & TCP_ECN_MODE_RFC3168 && (cb->flags & (XTCP_ECE | XTCP_SYN)) == XTCP_ECE;
}

/* ------------------------------------------------------------ receiving */

/* An algorithm that needs every mark: what came before a change is acknowledged with the old mark (RFC 8257 3.2). */
static void xtcp_ecn_tell(struct sock *sk, bool ce)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	if (ce != !!(tp->ecn_flags & TCP_ECN_DEMAND_CWR) && xs->last_ack_sent != tp->rcv_nxt)
		xtcp_control_ack(sk);
	xtcp_cong_event(sk, ce ? CA_EVENT_ECN_IS_CE : CA_EVENT_ECN_NO_CE);
	if (inet_csk(sk)->icsk_ack.pending & ICSK_ACK_NOW) {
		inet_csk(sk)->icsk_ack.pending = 0;
		xs->ack_now = true;
	}
}

/** xtcp_ecn_rcv() - data arrived: RFC 3168 6.1.3: echo CE until the peer says it has reduced; before RCV.NXT moves */
void xtcp_ecn_rcv(struct sock *sk, const struct xtcp_cb *cb)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	bool every = tcp_ca_needs_ecn(sk);

	if (!(tp->ecn_flags & TCP_ECN_MODE_RFC3168))
		return;
	if (cb->flags & XTCP_CWR) {
		tp->ecn_flags &= ~TCP_ECN_DEMAND_CWR;
		/* its reduction may wait for this ACK */
		xs->ack_now = true;
	}
	switch (cb->ecn) {
	case INET_ECN_NOT_ECT:
		/* it sent ECT before: probably a retransmission, of which it has few, so each ACK counts */
		if (tp->ecn_flags & TCP_ECN_SEEN)
			xs->quick = max_t(u8, xs->quick, 2);
		break;
	case INET_ECN_CE:
		if (every)
			xtcp_ecn_tell(sk, true);
		if (!(tp->ecn_flags & TCP_ECN_DEMAND_CWR)) {
			xs->quick = max_t(u8, xs->quick, 2);
			tp->ecn_flags |= TCP_ECN_DEMAND_CWR;
		}
		tp->ecn_flags |= TCP_ECN_SEEN;
		break;
	default:
		if (every)
			xtcp_ecn_tell(sk, false);
		tp->ecn_flags |= TCP_ECN_SEEN;
	}
}
