// SPDX-License-Identifier: GPL-2.0
/*
 * The states of RFC 9293 figure 5. Every change of a connection's sk_state goes through xtcp_state_set(); what an
 * acceptable ACK or the peer's FIN does to a connection is one small handler per state. Socket lock held.
 */
#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

/**
 * xtcp_state_set() - change sk_state
 * @sk: socket, locked (or a new one nobody else sees)
 * @state: TCP_*
 *
 * Entering TCP_CLOSE takes the connection out of the tables and gives an automatically chosen port back.
 */
void xtcp_state_set(struct sock *sk, int state)
{
	int old = sk->sk_state;

	if (state == TCP_CLOSE) {
		if (old == TCP_CLOSE_WAIT || old == TCP_ESTABLISHED)
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_EstabResets);
		if (old == TCP_SYN_SENT || old == TCP_SYN_RECV)
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_AttemptFails);
		if (old != TCP_LISTEN && old != TCP_CLOSE)
			xtcp_closed_record(sk, old);
		if (old != TCP_LISTEN)
			xtcp_demux_unhash_conn(sk);
	}
	inet_sk_set_state(sk, state);
	if (old == TCP_SYN_RECV)
		xtcp_fastopen_settled(sk);
	if (state == TCP_CLOSE && inet_csk(sk)->icsk_bind_hash && !(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		xtcp_port_put(sk);
}

/** xtcp_state_wants_data() - may text still arrive, the peer's FIN not being here yet? */
bool xtcp_state_wants_data(const struct sock *sk)
{
	return (1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2);
}

static bool xtcp_state_fin_acked(const struct xtcp_sock *xs)
{
	return xs->fin_queued && xtcp_seq_gt(xs->tp.snd_una, xs->fin_seq);
}

/**
 * struct xtcp_state - what one state does
 * @fin_acked: the peer acknowledged our FIN; NULL: means nothing here
 * @fin: the peer's FIN was taken in order; NULL: there was one before
 */
struct xtcp_state {
	void (*fin_acked)(struct sock *sk);
	void (*fin)(struct sock *sk);
};

/* ------------------------------------------------------------ our FIN was acknowledged */

static void xtcp_state_ack_fin_wait1(struct sock *sk)
{
	xtcp_state_set(sk, TCP_FIN_WAIT2);
	sk->sk_shutdown |= SEND_SHUTDOWN;
	sk_dst_confirm(sk);
	/* an orphan is retired once the whole segment is dealt with: the peer's FIN may be in it */
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_state_change(sk);
}

/**
 * xtcp_state_retire() - an orphan in FIN-WAIT-2 waits for the peer's FIN without a socket, and for a bounded time only
 * @sk: socket, locked; destroyed if it is one
 *
 * What does not need a socket keeps no memory for one, and no network namespace.
 */
void xtcp_state_retire(struct sock *sk)
{
	if (sk->sk_state != TCP_FIN_WAIT2 || !sock_flag(sk, SOCK_DEAD))
		return;
	if (READ_ONCE(tcp_sk(sk)->linger2) < 0) {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortOnLinger);
		xtcp_why_ends(sk, XTCP_REASON_LINGER);
		xtcp_close_abort(sk, 0);
		return;
	}
	xtcp_timewait_enter(sk, true);
	xtcp_close_done(sk);
}

static void xtcp_state_ack_closing(struct sock *sk)
{
	xtcp_timewait_enter(sk, false);
	xtcp_close_done(sk);
}

static void xtcp_state_ack_last_ack(struct sock *sk)
{
	xtcp_close_done(sk);
}

/* ------------------------------------------------------------ the peer's FIN */

static void xtcp_state_fin_established(struct sock *sk)
{
	xtcp_state_set(sk, TCP_CLOSE_WAIT);
	xtcp_sk(sk)->pingpong = true;
}

static void xtcp_state_fin_fin_wait1(struct sock *sk)
{
	/* ours is not acknowledged yet, or we would be in FIN-WAIT-2: simultaneous close */
	xtcp_control_ack(sk);
	xtcp_state_set(sk, TCP_CLOSING);
}

static void xtcp_state_fin_fin_wait2(struct sock *sk)
{
	xtcp_control_ack(sk);
	xtcp_timewait_enter(sk, false);
	xtcp_close_done(sk);
}

static const struct xtcp_state xtcp_states[] = {
	[TCP_ESTABLISHED] = { .fin = xtcp_state_fin_established },
	[TCP_FIN_WAIT1] = { .fin_acked = xtcp_state_ack_fin_wait1, .fin = xtcp_state_fin_fin_wait1 },
	[TCP_FIN_WAIT2] = { .fin = xtcp_state_fin_fin_wait2 },
	[TCP_CLOSING] = { .fin_acked = xtcp_state_ack_closing },
	[TCP_LAST_ACK] = { .fin_acked = xtcp_state_ack_last_ack },
	[TCP_NEW_SYN_RECV] = {},
};

/** xtcp_state_after_ack() - RFC 9293 3.10.7.4 fifth check: is our FIN acknowledged? May end in CLOSE. */
void xtcp_state_after_ack(struct sock *sk)
{
	const struct xtcp_state *state = &xtcp_states[sk->sk_state];

	/* CLOSING: text that came with the FIN is long queued, and a retransmitted FIN finds the TIME-WAIT */
	if (state->fin_acked && xtcp_state_fin_acked(xtcp_sk(sk)))
		state->fin_acked(sk);
}

/** xtcp_state_fin() - RFC 9293 3.10.7.4 eighth check: the peer's FIN is here, in order. May end in CLOSE. */
void xtcp_state_fin(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	const struct xtcp_state *state = &xtcp_states[sk->sk_state];

	xs->fin_rcvd = true;
	/* who reads to the end closes in turn, as a rule at once: that FIN carries the ACK, else the timer sends it */
	if (sk->sk_state == TCP_ESTABLISHED && !sock_flag(sk, SOCK_DEAD) && !xs->quickack)
		xs->pingpong = true;
	else
		xs->ack_now = true;
	sk->sk_shutdown |= RCV_SHUTDOWN;
	sock_set_flag(sk, SOCK_DONE);
	/* nothing can follow a FIN: what lies behind it never was part of the stream */
	xtcp_data_ooo_purge(sk);

	if (state->fin)
		state->fin(sk);
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_state_change(sk);
		if (sk->sk_shutdown == SHUTDOWN_MASK || sk->sk_state == TCP_CLOSE)
			sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_HUP);
		else
			sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
	}
}
