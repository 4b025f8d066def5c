// SPDX-License-Identifier: GPL-2.0
/*
 * Driving a congestion control algorithm, ours or the kernel's: which of its operations is called when. The embedded
 * tcp_sock carries all that the algorithms read. Called by rx/ack.c and tx/ with the socket lock held.
 * RFC 5681, RFC 6937bis.
 */
#include "xtcp.h"

#include <trace/events/xtcp.h>

/** xtcp_cong_set_state() - change the recovery state (TCP_CA_*) and tell the algorithm */
void xtcp_cong_set_state(struct sock *sk, u8 ca_state)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	trace_xtcp_cong_state_set(sk, ca_state);
	if (icsk->icsk_ca_ops->set_state)
		icsk->icsk_ca_ops->set_state(sk, ca_state);
	icsk->icsk_ca_state = ca_state;
}

/** xtcp_cong_event() - tell the algorithm about @ev */
void xtcp_cong_event(struct sock *sk, enum tcp_ca_event ev)
{
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;

	if (ev == CA_EVENT_TX_START)
		xtcp_compat_cong_tx_start(ops, sk);
	else if (ops->cwnd_event)
		ops->cwnd_event(sk, ev);
}

/** xtcp_cong_ssthresh() - the algorithm's answer to loss, packets, at least 2 (RFC 5681 equation 4) */
u32 xtcp_cong_ssthresh(struct sock *sk)
{
	return max(2u, inet_csk(sk)->icsk_ca_ops->ssthresh(sk));
}

/** xtcp_cong_undo() - the cwnd to return to when a reduction proves unfounded, packets */
u32 xtcp_cong_undo(struct sock *sk)
{
	return inet_csk(sk)->icsk_ca_ops->undo_cwnd(sk);
}

/**
 * xtcp_cong_acked() - an ACK came: tell the algorithm
 * @sk: connection
 * @pkts: packets below the new SND.UNA, 0 = none
 * @rtt_us: of the latest packet newly ACKed or SACKed, -1 = no sample
 * @in_flight: packets, before it
 * @ece: it echoes CE
 *
 * A SACK alone is a sample, too: where packets overtake each other there is hardly anything else, and HyStart
 * (RFC 9406) would not see the queue that slow start builds.
 */
void xtcp_cong_acked(struct sock *sk, u32 pkts, s32 rtt_us, u32 in_flight, bool ece)
{
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	struct ack_sample sample = { .pkts_acked = pkts, .rtt_us = rtt_us, .in_flight = in_flight };

	if (ops->in_ack_event)
		ops->in_ack_event(sk, CA_ACK_SLOWPATH | (ece ? CA_ACK_ECE : 0));
	if ((pkts || rtt_us >= 0) && ops->pkts_acked)
		ops->pkts_acked(sk, &sample);
}

/**
 * xtcp_cong_control() - one ACK is digested: set cwnd and the pacing rate
 * @sk: connection
 * @ack: SEG.ACK
 * @delivered: packets newly ACKed or SACKed
 * @advanced: SND.UNA moved
 * @rs: delivery rate sample
 */
void xtcp_cong_control(struct sock *sk, u32 ack, u32 delivered, bool advanced, const struct rate_sample *rs)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	if (icsk->icsk_ca_ops->cong_control) {
		xtcp_compat_cong_control(icsk->icsk_ca_ops, sk, ack, rs);
		return;
	}
	if (icsk->icsk_ca_state == TCP_CA_Recovery || icsk->icsk_ca_state == TCP_CA_CWR) {
		tp->snd_cwnd = xtcp_prr_cwnd(&xs->tx->prr, delivered, tcp_packets_in_flight(tp),
					     advanced && !rs->losses);
	} else if (delivered && (advanced || tp->reordering > READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_reordering))) {
		/* where the path is known to reorder, SACKed data is progress, too */
		icsk->icsk_ca_ops->cong_avoid(sk, ack, delivered);
		tp->snd_cwnd_stamp = tcp_jiffies32;
	}
	xtcp_pace_rate_update(sk);
}
