// SPDX-License-Identifier: GPL-2.0
/*
 * Memory and buffer sizes: charging TCP's memory account, room for incoming segments, growing both buffers with the
 * path (the send buffer with cwnd, the receive buffer with what the reader takes per round trip), and waking writers.
 * Socket lock held unless noted. tcp(7): tcp_rmem, tcp_wmem, tcp_mem, tcp_moderate_rcvbuf, TCP_NOTSENT_LOWAT.
 */
#include "xtcp.h"

#include <trace/events/xtcp.h>

/**
 * xtcp_mem_force() - charge @size bytes whatever the limit says: for what a connection cannot end without
 * @sk: socket
 * @size: bytes
 *
 * The core never refuses a stream socket that has filled its send buffer (it could not wait for anything), in the
 * memory cgroup either; so a refused charge is asked for once more as such a socket.
 */
void xtcp_mem_force(struct sock *sk, int size)
{
	int delta = size - sk->sk_forward_alloc, sndbuf = sk->sk_sndbuf;
	u8 locks = sk->sk_userlocks;

	if (delta <= 0 || __sk_mem_schedule(sk, delta, SK_MEM_SEND))
		return;
	sk->sk_userlocks = locks | SOCK_SNDBUF_LOCK;
	WRITE_ONCE(sk->sk_sndbuf, 0);
	__sk_mem_schedule(sk, delta, SK_MEM_SEND);
	WRITE_ONCE(sk->sk_sndbuf, sndbuf);
	sk->sk_userlocks = locks;
}

/* ------------------------------------------------------------ sending */

/** xtcp_mem_stream_free() - proto.stream_memory_free: may the user queue more? TCP_NOTSENT_LOWAT; no lock needed */
bool xtcp_mem_stream_free(const struct sock *sk, int wake)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 unsent = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_nxt);

	return (unsent << wake) < tcp_notsent_lowat(tp);
}

/** xtcp_mem_sndbuf_grow() - room for two windows, in flight and being written (tcp_wmem; SO_SNDBUF wins) */
void xtcp_mem_sndbuf_grow(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	u32 per_segment = roundup_pow_of_two(max_t(u32, tp->rx_opt.mss_clamp, tp->mss_cache) + MAX_TCP_HEADER +
					     SKB_DATA_ALIGN(sizeof(struct skb_shared_info))) +
			  SKB_DATA_ALIGN(sizeof(struct sk_buff));
	u32 segments = max3((u32)TCP_INIT_CWND, tp->snd_cwnd, tp->reordering + 1);
	u32 windows = ops && ops->sndbuf_expand ? ops->sndbuf_expand(sk) : 2;
	u64 want = (u64)windows * segments * per_segment;

	if (sk->sk_userlocks & SOCK_SNDBUF_LOCK || tcp_under_memory_pressure(sk))
		return;
	want = min_t(u64, want, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_wmem[2]));
	if (want > sk->sk_sndbuf)
		WRITE_ONCE(sk->sk_sndbuf, (int)want);
}

/** xtcp_mem_write_space() - sk_write_space: wake writers once a third of the buffer is free; any context */
void xtcp_mem_write_space(struct sock *sk)
{
	struct socket *sock = sk->sk_socket;
	struct socket_wq *wq;

	if (!sock || !sk_stream_is_writeable(sk))
		return;
	clear_bit(SOCK_NOSPACE, &sock->flags);
	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
	if (wq && wq->fasync_list && !(sk->sk_shutdown & SEND_SHUTDOWN))
		sock_wake_async(wq, SOCK_WAKE_SPACE, POLL_OUT);
	rcu_read_unlock();
}

/** xtcp_mem_check_space() - an ACK freed part of the send queue: let waiting writers go on */
void xtcp_mem_check_space(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	/* paired with the setting of SOCK_NOSPACE before the last check of the space, in xtcp_poll() and sendmsg() */
	smp_mb();
	if (!sk->sk_socket || !test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		return;
	if (tcp_packets_in_flight(tp) < tp->snd_cwnd || tp->packets_out)
		xtcp_mem_sndbuf_grow(sk);
	sk->sk_write_space(sk);
}

/* ------------------------------------------------------------ receiving */

/**
 * xtcp_mem_rcv_charge() - is there room for @skb? Copies small segments together and prunes out-of-order data if not
 * @sk: connection
 * @skb: received segment, not charged yet
 *
 * Data in order was promised room when the window was advertised, but not how many small segments it would come in: it
 * may take twice the buffer. What an empty receive queue waits for is always taken, or the connection could never move
 * again.
 *
 * Return: 0, or -ENOMEM: drop it, the peer will send it again.
 */
int xtcp_mem_rcv_charge(struct sock *sk, struct sk_buff *skb)
{
	bool in_order = !xtcp_seq_gt(XTCP_CB(skb)->seq, tcp_sk(sk)->rcv_nxt);
	int limit = in_order ? min(sk->sk_rcvbuf, INT_MAX / 2) * 2 : sk->sk_rcvbuf;
	bool collapsed = false, again;

	do {
		if (atomic_read(&sk->sk_rmem_alloc) <= limit && sk_rmem_schedule(sk, skb, skb->truesize))
			return 0;
		again = !collapsed && xtcp_collapse(sk);
		collapsed = true;
		if (!again) {
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_RcvPruned);
			again = xtcp_data_prune(sk);
		}
	} while (again);
	if (!in_order || !skb_queue_empty(&sk->sk_receive_queue))
		return -ENOMEM;
	xtcp_mem_force(sk, skb->truesize);
	return 0;
}

/** xtcp_mem_rcvbuf_init() - connection established: start measuring what the reader takes */
void xtcp_mem_rcvbuf_init(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	xtcp_clock_refresh(tp);
	tp->rcvq_space.space = min_t(u32, tp->rcv_wnd, TCP_INIT_CWND * tp->advmss);
	tp->rcvq_space.time = tp->tcp_mstamp;
	tp->rcvq_space.seq = tp->copied_seq;
	tp->rcv_rtt_est.time = tp->tcp_mstamp;
	tp->rcv_rtt_est.seq = tp->rcv_nxt + tp->rcv_wnd;
	xtcp_mem_sndbuf_grow(sk);
}

/**
 * xtcp_mem_rcv_rtt() - estimate the round trip as a receiver that may send nothing itself
 * @sk: connection
 * @tsecr_rtt_us: age of the timestamp this data segment echoes, us, or 0 if there is none
 * @len: its payload
 *
 * Without timestamps: the time a whole window takes to arrive, an upper bound. Kept as srtt is, scaled by 8.
 */
void xtcp_mem_rcv_rtt(struct sock *sk, u32 tsecr_rtt_us, unsigned int len)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 sample = tsecr_rtt_us, old = tp->rcv_rtt_est.rtt_us;

	if (!sample) {
		if (xtcp_seq_lt(tp->rcv_nxt, tp->rcv_rtt_est.seq))
			return;
		sample = max_t(u32, tp->tcp_mstamp - tp->rcv_rtt_est.time, 1);
		tp->rcv_rtt_est.time = tp->tcp_mstamp;
		tp->rcv_rtt_est.seq = tp->rcv_nxt + tp->rcv_wnd;
	} else if (len < inet_csk(sk)->icsk_ack.rcv_mss) {
		return;		/* it may have waited for the application */
	}
	sample = min(sample, U32_MAX >> 4);
	if (!old || sample < old >> 3)
		tp->rcv_rtt_est.rtt_us = sample << 3;
	else
		tp->rcv_rtt_est.rtt_us = old - (old >> 3) + sample;
}

/**
 * xtcp_mem_rcvbuf_adjust() - dynamic right-sizing: the reader took this much in a round trip, so offer twice that
 * @sk: connection, clock refreshed
 *
 * The buffer holds twice the window it lets us offer (tcp_adv_win_scale), and the sender's own growth within the next
 * round trip is allowed for.
 */
void xtcp_mem_rcvbuf_adjust(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u64 elapsed = tp->tcp_mstamp - tp->rcvq_space.time;
	u32 copied = tp->copied_seq - tp->rcvq_space.seq;
	u64 window, want;

	if (!tp->rcv_rtt_est.rtt_us || elapsed < tp->rcv_rtt_est.rtt_us >> 3)
		return;
	trace_xtcp_rcv_space_adjust(sk);
	if (copied > tp->rcvq_space.space) {
		if (READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_moderate_rcvbuf) &&
		    !(sk->sk_userlocks & SOCK_RCVBUF_LOCK)) {
			window = 2ull * copied + 16 * tp->advmss;
			/* as much faster as it grew last time, twice: a sender in slow start must not wait for us */
			window += 2 * div_u64(window * (copied - tp->rcvq_space.space),
					      max_t(u32, tp->rcvq_space.space, 1));
			want = min_t(u64, 2 * window, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_rmem[2]));
			if (want > sk->sk_rcvbuf)
				WRITE_ONCE(sk->sk_rcvbuf, (int)want);
		}
		tp->rcvq_space.space = copied;
	}
	tp->rcvq_space.seq = tp->copied_seq;
	tp->rcvq_space.time = tp->tcp_mstamp;
}
