// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a connection: shutdown(), close() with and without linger, disconnect, reset from either side, and the
 * last step that frees a dead socket. RFC 9293 3.6, 3.10.4, 3.10.5; RFC 2525 2.17 (reset when data goes unread).
 */
#include <linux/xfrm.h>
#include <uapi/linux/xtcp_netlink.h>
#include <net/xfrm.h>

#include "xtcp.h"

/**
 * xtcp_close_destroy() - free what a dead socket (SOCK_DEAD, TCP_CLOSE) holds and drop the stack's reference to it
 * @sk: socket
 *
 * The caller holds the lock and a reference of its own. Called once, by whoever brought the orphan to TCP_CLOSE.
 */
void xtcp_close_destroy(struct sock *sk)
{
	WARN_ON(sk->sk_state != TCP_CLOSE);
	WARN_ON(!sock_flag(sk, SOCK_DEAD));

	sk->sk_prot->destroy(sk);
	sk_stream_kill_queues(sk);
	xfrm_sk_free_policy(sk);
	this_cpu_dec(*xtcp_orphans);
	sock_put(sk);
}

/* The end of a connection: whoever is woken must find all of it, so the news comes last. */
static void xtcp_close_finish(struct sock *sk, bool error)
{
	bool over = sk->sk_state == TCP_CLOSE;

	if (!over) {
		xtcp_timer_clear(sk);
		xtcp_state_set(sk, TCP_CLOSE);
		sk->sk_shutdown = SHUTDOWN_MASK;
	}
	if (sock_flag(sk, SOCK_DEAD)) {
		if (!over)
			xtcp_close_destroy(sk);
		return;
	}
	if (error)
		sk_error_report(sk);
	if (!over)
		sk->sk_state_change(sk);
}

/** xtcp_close_done() - the connection is over: TCP_CLOSE; wake the user, or destroy an orphan. Lock held */
void xtcp_close_done(struct sock *sk)
{
	xtcp_close_finish(sk, false);
}

/** xtcp_close_reset() - it ended by @err (a RST, a time-out, ICMP): report that and be done; lock held */
void xtcp_close_reset(struct sock *sk, int err)
{
	WRITE_ONCE(sk->sk_err, err);
	/* paired with the reader of sk_err and sk_shutdown in xtcp_poll() */
	smp_wmb();
	xtcp_queue_purge(sk);
	xtcp_close_finish(sk, true);
}

/** xtcp_close_abort() - RFC 9293 3.10.5 ABORT: send a RST, report @err and be done; lock held */
void xtcp_close_abort(struct sock *sk, int err)
{
	if (xtcp_step_owes_reset(sk->sk_state))
		xtcp_control_reset(sk, GFP_ATOMIC);
	xtcp_close_reset(sk, err);
}

/* ------------------------------------------------------------ the user closes */

/** xtcp_close_state() - the user will send no more: RFC 9293 3.10.4. True if a FIN is to be sent */
bool xtcp_close_state(struct sock *sk)
{
	u8 next = xtcp_step_close(sk->sk_state);

	if (next == sk->sk_state)
		return false;
	xtcp_state_set(sk, next);
	return next != TCP_CLOSE;
}

static void xtcp_close_send_fin(struct sock *sk)
{
	/* memory for one header: a connection that cannot even say goodbye is aborted */
	if (xtcp_queue_fin(sk)) {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortOnMemory);
		xtcp_why_ends(sk, XTCP_REASON_NO_MEMORY);
		/* who aborts in LAST-ACK has sent his FIN, so he owes no RST; this one would leave the peer waiting */
		if (sk->sk_state == TCP_LAST_ACK)
			xtcp_control_reset(sk, GFP_ATOMIC);
		xtcp_close_abort(sk, ENOMEM);
		return;
	}
	xtcp_output_push(sk, true);
}

/** xtcp_close_shutdown() - proto.shutdown; socket locked by the caller */
void xtcp_close_shutdown(struct sock *sk, int how)
{
	if (!(how & SEND_SHUTDOWN))
		return;
	if ((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_SYN_SENT | TCPF_CLOSE_WAIT) && xtcp_close_state(sk))
		xtcp_close_send_fin(sk);
}

/* Throw away what was received and not read. Returns true if there was anything: then the peer must be told. */
static bool xtcp_close_drain(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	bool unread = false;

	while ((skb = __skb_dequeue(&sk->sk_receive_queue))) {
		if (xtcp_seq_gt(XTCP_CB(skb)->end_seq, tp->copied_seq))
			unread = true;
		__kfree_skb(skb);
	}
	sk_mem_reclaim(sk);
	return unread;
}

/* SO_LINGER: wait until our data and FIN are acknowledged, or the time is over. Lock held. */
static void xtcp_close_linger(struct sock *sk, long timeout)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	if (!timeout)
		return;
	add_wait_queue(sk_sleep(sk), &wait);
	do {
		if (sk_wait_event(sk, &timeout, !((1 << READ_ONCE(sk->sk_state)) &
				  (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)), &wait))
			break;
	} while (!signal_pending(current) && timeout);
	remove_wait_queue(sk_sleep(sk), &wait);
}

/* RFC 9293 3.10.4 CLOSE. Lock held. */
static void xtcp_close_connection(struct sock *sk, long timeout)
{
	bool unread;

	sk->sk_shutdown = SHUTDOWN_MASK;
	if (sk->sk_state == TCP_LISTEN) {
		xtcp_listen_stop(sk);
		return;
	}
	unread = xtcp_close_drain(sk);
	if (sk->sk_state == TCP_CLOSE)
		return;
	if (unread) {
		/* the peer believes it was read: RFC 2525 2.17 */
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortOnClose);
		xtcp_why_ends(sk, XTCP_REASON_UNREAD_DATA);
		if (xtcp_step_owes_reset(sk->sk_state))
			xtcp_control_reset(sk, sk->sk_allocation);
		xtcp_timer_clear(sk);
		xtcp_state_set(sk, TCP_CLOSE);
	} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime) {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortOnData);
		xtcp_why_ends(sk, XTCP_REASON_LINGER);
		xtcp_close_disconnect(sk, 0);
	} else if (xtcp_close_state(sk)) {
		xtcp_close_send_fin(sk);
	}
	xtcp_close_linger(sk, timeout);
}

/* shared with the kernel's TCP where it lets modules see its count */
static DEFINE_PER_CPU(unsigned int, xtcp_close_own_orphans);
unsigned int __percpu *xtcp_orphans __read_mostly = &xtcp_close_own_orphans;

static bool xtcp_close_too_many_orphans(struct sock *sk)
{
	unsigned int orphans = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		orphans += READ_ONCE(*per_cpu_ptr(xtcp_orphans, cpu));
	/* tcp_max_orphans is not visible to modules: use its default */
	return (int)orphans > (int)(sock_net(sk)->ipv4.tcp_death_row.hashinfo->ehash_mask / 2 + 1);
}

/* Is memory for sockets (net.ipv4.tcp_mem) used up, and does this one hold a share worth taking back? */
static bool xtcp_close_out_of_memory(const struct sock *sk)
{
	return sk->sk_wmem_queued > SOCK_MIN_SNDBUF && sk_memory_allocated(sk) > sk_prot_mem_limits(sk, 2);
}

/**
 * xtcp_close_crowded() - reset an orphan if there are too many, or no memory for what it still has to send
 * @sk: orphan, locked, not in CLOSE; BH off
 *
 * Asked when it becomes one, and whenever it has waited for its peer in vain. Return: true if it is gone.
 */
bool xtcp_close_crowded(struct sock *sk)
{
	if (!xtcp_close_too_many_orphans(sk) && !xtcp_close_out_of_memory(sk))
		return false;
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortOnMemory);
	xtcp_why_ends(sk, XTCP_REASON_ORPHANS);
	/*
	 * In LAST-ACK and CLOSING, too, where an abort owes no RST because the FIN was sent (RFC 9293 3.10.5): nobody
	 * will send it again if it was lost, and the peer would wait for it for ever.
	 */
	xtcp_control_reset(sk, GFP_ATOMIC);
	xtcp_close_reset(sk, 0);
	return true;
}

/* An orphan lives on by itself, but not for ever. Lock held, BH off. */
static void xtcp_close_orphan(struct sock *sk)
{
	xtcp_state_retire(sk);
	if (sk->sk_state != TCP_CLOSE)
		xtcp_close_crowded(sk);
}

/** xtcp_close() - proto.close: the last descriptor is gone; @timeout jiffies of SO_LINGER. Process context */
void xtcp_close(struct sock *sk, long timeout)
{
	int state;

	lock_sock(sk);
	xtcp_close_connection(sk, timeout);
	state = sk->sk_state;
	sock_hold(sk);
	sock_orphan(sk);
	this_cpu_inc(*xtcp_orphans);
	/* runs the backlog: from here on whoever brings the orphan to TCP_CLOSE destroys it */
	release_sock(sk);

	local_bh_disable();
	bh_lock_sock(sk);
	if (state == TCP_CLOSE)
		xtcp_close_destroy(sk);
	else if (sk->sk_state != TCP_CLOSE)
		xtcp_close_orphan(sk);
	bh_unlock_sock(sk);
	local_bh_enable();
	sock_put(sk);
}

/**
 * xtcp_close_disconnect() - proto.disconnect: connect(AF_UNSPEC), shutdown() of a listener, linger 0
 * @sk: socket, locked
 * @flags: of the descriptor; nothing here waits
 *
 * The socket can be used again afterwards. Return: 0. Lock held.
 */
int xtcp_close_disconnect(struct sock *sk, int flags)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct inet_sock *inet = inet_sk(sk);
	int old = sk->sk_state;

	xtcp_why_ends(sk, old == TCP_SYN_SENT ? XTCP_REASON_CANCELLED : XTCP_REASON_DISCONNECT);
	if (old == TCP_LISTEN) {
		xtcp_listen_stop(sk);
	} else if (xtcp_step_owes_reset(old) || (xs->fin_queued && (1 << old) & (TCPF_CLOSING | TCPF_LAST_ACK) &&
						 xs->tp.snd_nxt != xs->tp.write_seq)) {
		xtcp_control_reset(sk, GFP_KERNEL);
		WRITE_ONCE(sk->sk_err, ECONNRESET);
	} else if (old == TCP_SYN_SENT) {
		WRITE_ONCE(sk->sk_err, ECONNRESET);
	}
	xtcp_timer_clear(sk);
	xtcp_data_purge(sk);
	xtcp_queue_purge(sk);
	if (sk->sk_state != TCP_CLOSE)
		xtcp_state_set(sk, TCP_CLOSE);
	inet->inet_dport = 0;
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		xtcp_family_reset_saddr(sk);
	sk->sk_shutdown = 0;
	sock_reset_flag(sk, SOCK_DONE);
	tcp_saved_syn_free(&xs->tp);
	xtcp_cong_stop(sk);
	sk_dst_reset(sk);
	xtcp_route_forget_rx(sk);
	/* the children of a listener are copies of it, and two must not own one page */
	if (sk->sk_frag.page) {
		put_page(sk->sk_frag.page);
		sk->sk_frag.page = NULL;
		sk->sk_frag.offset = 0;
	}
	xtcp_sock_init_fields(sk);
	sk_error_report(sk);
	return 0;
}
