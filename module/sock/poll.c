// SPDX-License-Identifier: GPL-2.0
/*
 * poll(), select() and epoll: which events are true now. Runs without the socket lock, so every field is read once and
 * the order of reads is the reverse of the order of writes. poll(2), epoll(7), tcp(7).
 */
#include <linux/poll.h>

#include "xtcp.h"

static __poll_t xtcp_poll_writable(struct sock *sk)
{
	const __poll_t out = EPOLLOUT | EPOLLWRNORM;

	if (READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN || __sk_stream_is_writeable(sk, 1))
		return out;
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	/* an ACK may have come between the check and the flag: paired with xtcp_mem_check_space() */
	smp_mb__after_atomic();
	return __sk_stream_is_writeable(sk, 1) ? out : 0;
}

/** xtcp_poll() - proto_ops.poll */
__poll_t xtcp_poll(struct file *file, struct socket *sock, poll_table *wait)
{
	struct sock *sk = sock->sk;
	__poll_t mask = 0;
	int state;
	u8 shut;

	sock_poll_wait(file, sock, wait);
	state = inet_sk_state_load(sk);
	if (state == TCP_LISTEN)
		return list_empty_careful(&xtcp_sk(sk)->listen->accept_queue) ? 0 : EPOLLIN | EPOLLRDNORM;

	shut = READ_ONCE(sk->sk_shutdown);
	if (shut == SHUTDOWN_MASK || state == TCP_CLOSE)
		mask |= EPOLLHUP;
	if (shut & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (state == TCP_SYN_SENT && xtcp_compat_deferred(sk)) {
		/* the SYN waits for what is written */
		mask |= EPOLLOUT | EPOLLWRNORM;
	} else if (!xtcp_opening(sk)) {
		/* an urgent byte beside the stream is not there to be read */
		bool aside = xtcp_urgent_at_mark(sk) && !sock_flag(sk, SOCK_URGINLINE);

		if (xtcp_readable(sk) >= sock_rcvlowat(sk, 0, INT_MAX) + aside)
			mask |= EPOLLIN | EPOLLRDNORM;
		if (READ_ONCE(tcp_sk(sk)->urg_data) & TCP_URG_VALID)
			mask |= EPOLLPRI;
		mask |= xtcp_poll_writable(sk);
	}
	/* paired with xtcp_close_reset() */
	smp_rmb();
	if (READ_ONCE(sk->sk_err) || !skb_queue_empty_lockless(&sk->sk_error_queue))
		mask |= EPOLLERR;
	return mask;
}
