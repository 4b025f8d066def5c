// SPDX-License-Identifier: GPL-2.0
/*
 * recvmsg() and splice(): bytes from the receive queue to the user, and the window update that follows. Process
 * context. tcp(7), recv(2), RFC 1122 4.2.3.3.
 */
#include "xtcp.h"

#include <linux/splice.h>
#include <net/busy_poll.h>
#include <net/inet_common.h>

/** xtcp_recvmsg_window_update() - the reader made room for @copied bytes: does the peer need to know? Lock held */
void xtcp_recvmsg_window_update(struct sock *sk, int copied)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 mss = inet_csk(sk)->icsk_ack.rcv_mss, full, unacked;
	s32 left;

	if (copied <= 0 || !xtcp_state_wants_data(sk))
		return;
	left = tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt;
	full = max(tcp_full_space(sk), 0);
	unacked = tp->rcv_nxt - xs->last_ack_sent;
	if (tp->window_clamp)
		full = min(full, tp->window_clamp);
	/*
	 * A delayed ACK that covers more than a segment has waited long enough once its data is read. So has that of a
	 * small one if all is read and no answer is to be expected that could carry it: a sender with Nagle's algorithm
	 * may wait for it. And a window that is open by more than half of the largest cannot grow to the double.
	 */
	if ((xs->delack_waits &&
	     (unacked > mss || (unacked < mss && !xs->pingpong && !xtcp_readable(sk)))) ||
	    (!(sk->sk_shutdown & RCV_SHUTDOWN) && full / 2 >= max(left, 0) &&
	     xtcp_window_worth_update(max(left, 0), xtcp_output_would_advertise(sk), full,
				      max(mss, 1u)))) {
		xtcp_clock_refresh(tp);
		xtcp_control_ack(sk);
	}
}

/*
 * The buffer of the receive queue that holds @seq, and the offset in it; buffers read already are freed unless
 * peeking.
 */
static struct sk_buff *xtcp_recvmsg_find(struct sock *sk, u32 seq, bool peek, u32 *offset)
{
	struct sk_buff *skb;

	while ((skb = skb_peek(&sk->sk_receive_queue)) && !peek) {
		*offset = seq - XTCP_CB(skb)->seq;
		if (*offset < skb->len)
			return skb;
		sk_eat_skb(sk, skb);
	}
	skb_queue_walk(&sk->sk_receive_queue, skb) {
		*offset = seq - XTCP_CB(skb)->seq;
		if (*offset < skb->len)
			return skb;
	}
	return NULL;
}

/* Nothing to read and @copied bytes read so far: 1 = wait, 0 = return what there is, negative = error */
static int xtcp_recvmsg_idle(struct sock *sk, int copied, long timeo)
{
	if (copied) {
		if (sk->sk_err || sk->sk_state == TCP_CLOSE || sk->sk_shutdown & RCV_SHUTDOWN || !timeo ||
		    signal_pending(current))
			return 0;
		return 1;
	}
	if (sock_flag(sk, SOCK_DONE))
		return 0;
	if (sk->sk_err)
		return sock_error(sk);
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return 0;
	if (sk->sk_state == TCP_CLOSE)
		return -ENOTCONN;
	if (!timeo)
		return -EAGAIN;
	if (signal_pending(current))
		return sock_intr_errno(timeo);
	return 1;
}

static int xtcp_recvmsg_locked(struct sock *sk, struct msghdr *msg, size_t len, int flags,
			       struct scm_timestamping_internal *ts)
{
	struct tcp_sock *tp = tcp_sk(sk);
	long timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	int target = sock_rcvlowat(sk, flags & MSG_WAITALL, len);
	bool peek = flags & MSG_PEEK;
	u32 seq = tp->copied_seq, offset, n;
	int copied = 0, err;
	bool skip;

	if (sk->sk_state == TCP_LISTEN)
		return -ENOTCONN;
	if (flags & MSG_OOB)
		return xtcp_urgent_recv(sk, msg, len, flags);
	if (peek)
		seq += max(sk_peek_offset(sk, flags), 0);
	do {
		struct sk_buff *skb;

		/* at the mark: what was read so far is returned, so that the reader can ask where it is */
		if (unlikely(tp->urg_data) && tp->urg_seq == seq) {
			if (copied)
				break;
			if (signal_pending(current))
				return timeo ? sock_intr_errno(timeo) : -EAGAIN;
		}
		skb = xtcp_recvmsg_find(sk, seq, peek, &offset);

		if (!skb) {
			if (copied >= target && !READ_ONCE(sk->sk_backlog.tail))
				break;
			err = xtcp_recvmsg_idle(sk, copied, timeo);
			if (err <= 0)
				return copied ? : err;
			xtcp_recvmsg_window_update(sk, copied);
			if (copied >= target) {
				/* what waits on the backlog belongs to this call, too */
				sk_flush_backlog(sk);
				target = copied + 1;
				timeo = 0;
			} else {
				err = sk_wait_data(sk, &timeo, skb_peek_tail(&sk->sk_receive_queue));
				if (err < 0)
					return copied ? : err;
			}
			/* the lock was given back: another reader, or a newer urgent mark, may have moved on */
			if (xtcp_seq_lt(seq, tp->copied_seq))
				seq = tp->copied_seq;
			continue;
		}
		n = xtcp_urgent_limit(sk, seq, min_t(size_t, skb->len - offset, len), &skip);
		offset += skip;
		seq += skip;
		if (!(flags & MSG_TRUNC) && skb_copy_datagram_msg(skb, offset, msg, n))
			return copied ? : -EFAULT;
		if (ts)
			xtcp_tstamp_read(skb, ts);
		seq += n;
		copied += n;
		len -= n;
		if (peek) {
			sk_peek_offset_fwd(sk, n);
		} else {
			WRITE_ONCE(tp->copied_seq, seq);
			sk_peek_offset_bwd(sk, n);
			xtcp_urgent_passed(sk);
		}
	} while (len);
	return copied;
}

/** xtcp_recvmsg_consumed() - @copied bytes were read: free whole buffers, so that the window can open. Lock held */
void xtcp_recvmsg_consumed(struct sock *sk, int copied)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 offset;

	if (copied <= 0)
		return;
	xtcp_recvmsg_find(sk, tp->copied_seq, false, &offset);
	xtcp_clock_refresh(tp);
	xtcp_mem_rcvbuf_adjust(sk);
	xtcp_recvmsg_window_update(sk, copied);
	xtcp_why_read(sk);
}

/** xtcp_recvmsg_peek_off() - proto_ops.set_peek_off: where MSG_PEEK begins (SO_PEEK_OFF); -1: at the first byte */
int xtcp_recvmsg_peek_off(struct sock *sk, int bytes)
{
	WRITE_ONCE(sk->sk_peek_off, bytes);
	return 0;
}

/** xtcp_recvmsg() - proto.recvmsg; bytes read, 0 at the end of the stream, or a negative errno */
int xtcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags, int *addr_len)
{
	struct scm_timestamping_internal ts = {};
	bool stamp;
	int ret, inq;

	if (unlikely(flags & MSG_ERRQUEUE))
		return xtcp_compat_recv_error(sk, msg, len, addr_len);
	if (sk_can_busy_loop(sk) && skb_queue_empty_lockless(&sk->sk_receive_queue) && sk->sk_state == TCP_ESTABLISHED)
		sk_busy_loop(sk, flags & MSG_DONTWAIT);
	lock_sock(sk);
	stamp = xtcp_tstamp_wanted(sk);
	ret = xtcp_recvmsg_locked(sk, msg, len, flags, stamp ? &ts : NULL);
	if (!(flags & MSG_PEEK))
		xtcp_recvmsg_consumed(sk, ret);
	/* at the end of the stream it says 1, so that the reader reads once more */
	inq = xtcp_readable(sk) ? : sock_flag(sk, SOCK_DONE);
	release_sock(sk);
	if (ret < 0)
		return ret;
	if (stamp)
		xtcp_tstamp_report(msg, sk, &ts);
	if (tcp_sk(sk)->recvmsg_inq)
		put_cmsg(msg, SOL_TCP, TCP_CM_INQ, sizeof(inq), &inq);
	if (msg->msg_get_inq)
		msg->msg_inq = inq;
	return ret;
}

/*
 * Move up to @len bytes of the queue's head into @pipe by reference. 0: nothing there, or the mark is reached, which
 * only recv() passes, SO_OOBINLINE or not.
 */
static int xtcp_splice_some(struct sock *sk, struct pipe_inode_info *pipe, size_t len, unsigned int flags)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	int total = 0, n;
	u32 offset;

	while (len && (skb = xtcp_recvmsg_find(sk, tp->copied_seq, false, &offset))) {
		n = min_t(size_t, skb->len - offset, len);
		if (unlikely(tp->urg_data))
			n = min_t(u32, n, tp->urg_seq - tp->copied_seq);
		if (!n)
			break;
		n = skb_splice_bits(skb, sk, offset, pipe, n, flags);
		if (n <= 0)
			return total ? : n;
		WRITE_ONCE(tp->copied_seq, tp->copied_seq + n);
		total += n;
		len -= n;
	}
	return total;
}

/** xtcp_splice_read() - proto_ops.splice_read */
ssize_t xtcp_splice_read(struct socket *sock, loff_t *ppos, struct pipe_inode_info *pipe, size_t len,
			 unsigned int flags)
{
	struct sock *sk = sock->sk;
	ssize_t total = 0;
	long timeo;
	int n;

	if (*ppos)
		return -ESPIPE;
	lock_sock(sk);
	timeo = sock_rcvtimeo(sk, sock->file->f_flags & O_NONBLOCK);
	if (sk->sk_state == TCP_LISTEN) {
		release_sock(sk);
		return -ENOTCONN;
	}
	while (len && !total) {
		n = xtcp_splice_some(sk, pipe, len, flags);
		if (n) {
			total = n;
			break;
		}
		n = xtcp_recvmsg_idle(sk, 0, timeo);
		if (n <= 0) {
			total = n;
			break;
		}
		/* at the mark: more data would not help */
		if (!skb_queue_empty(&sk->sk_receive_queue))
			break;
		n = sk_wait_data(sk, &timeo, NULL);
		if (n < 0) {
			total = n;
			break;
		}
	}
	xtcp_recvmsg_consumed(sk, total);
	release_sock(sk);
	return total;
}
