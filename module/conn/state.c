// SPDX-License-Identifier: GPL-2.0
/*
 * The states of RFC 9293 figure 5. Which one follows is core/step.c's; every change of a connection's sk_state goes
 * through xtcp_state_set(), and what else a state needs that an acceptable ACK or the peer's FIN leads to is one small
 * handler per state. Socket lock held.
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
	return xtcp_step_hears(sk->sk_state);
}

static bool xtcp_state_fin_acked(const struct xtcp_sock *xs)
{
	return xs->fin_queued && xtcp_seq_gt(xs->tp.snd_una, xs->fin_seq);
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

/* ------------------------------------------------------------ a state is entered */

static void xtcp_state_enter_fin_wait2(struct sock *sk)
{
	xtcp_state_set(sk, TCP_FIN_WAIT2);
	sk->sk_shutdown |= SEND_SHUTDOWN;
	sk_dst_confirm(sk);
	/* an orphan is retired once the whole segment is dealt with: the peer's FIN may be in it */
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_state_change(sk);
}

static void xtcp_state_enter_close_wait(struct sock *sk)
{
	xtcp_state_set(sk, TCP_CLOSE_WAIT);
	xtcp_sk(sk)->pingpong = true;
}

static void xtcp_state_enter_closing(struct sock *sk)
{
	xtcp_state_set(sk, TCP_CLOSING);
}

static void xtcp_state_enter_time_wait(struct sock *sk)
{
	xtcp_timewait_enter(sk, false);
	xtcp_close_done(sk);
}

static void (*const xtcp_state_enter[])(struct sock *sk) = {
	[TCP_FIN_WAIT2] = xtcp_state_enter_fin_wait2,
	[TCP_TIME_WAIT] = xtcp_state_enter_time_wait,
	[TCP_CLOSE] = xtcp_close_done,
	[TCP_CLOSE_WAIT] = xtcp_state_enter_close_wait,
	[TCP_CLOSING] = xtcp_state_enter_closing,
};

/** xtcp_state_after_ack() - RFC 9293 3.10.7.4 fifth check: is our FIN acknowledged? May end in CLOSE. */
void xtcp_state_after_ack(struct sock *sk)
{
	u8 next = xtcp_step_fin_acked(sk->sk_state);

	/* CLOSING: text that came with the FIN is long queued, and a retransmitted FIN finds the TIME-WAIT */
	if (next != sk->sk_state && xtcp_state_fin_acked(xtcp_sk(sk)))
		xtcp_state_enter[next](sk);
}

/** xtcp_state_fin() - RFC 9293 3.10.7.4 eighth check: the peer's FIN is here, in order. May end in CLOSE. */
void xtcp_state_fin(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	u8 next = xtcp_step_fin(sk->sk_state);

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

	/* who has closed has nothing more to send that could carry the ACK */
	if (next == TCP_CLOSING || next == TCP_TIME_WAIT)
		xtcp_control_ack(sk);
	if (next != sk->sk_state)
		xtcp_state_enter[next](sk);
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_state_change(sk);
		if (sk->sk_shutdown == SHUTDOWN_MASK || sk->sk_state == TCP_CLOSE)
			sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_HUP);
		else
			sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
	}
}
