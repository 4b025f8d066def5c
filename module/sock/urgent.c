// SPDX-License-Identifier: GPL-2.0
/*
 * Urgent data: one byte beside the stream (or in it, SO_OOBINLINE), a mark that reading stops at, SIGURG and POLLPRI.
 * Called by rx/input.c for segments with URG, by recvmsg(), and by sendmsg(MSG_OOB). The pointer's meaning is
 * core/urgent.c's. State in the embedded tcp_sock: urg_data (TCP_URG_* and the byte), urg_seq, snd_up. Socket lock
 * held. tcp(7), send(2), recv(2), RFC 9293 3.8.5, RFC 6093.
 */
#include "xtcp.h"

/* The urgent byte the user never asked for was next to be read: it must not turn up as ordinary data now. */
static void xtcp_urgent_skip_old(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = skb_peek(&sk->sk_receive_queue);

	if (tp->urg_seq != tp->copied_seq || !tp->urg_data || sock_flag(sk, SOCK_URGINLINE) ||
	    tp->copied_seq == tp->rcv_nxt)
		return;
	WRITE_ONCE(tp->copied_seq, tp->copied_seq + 1);
	if (skb && !xtcp_seq_lt(tp->copied_seq, XTCP_CB(skb)->end_seq))
		sk_eat_skb(sk, skb);
}

/* RFC 9293 3.10.7.4 sixth check */
static void xtcp_urgent_mark(struct sock *sk, const struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_urgent_in in = {
		.seq = XTCP_CB(skb)->seq,
		.field = ntohs(tcp_hdr(skb)->urg_ptr),
		.stdurg = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_stdurg),
		.rcv_nxt = tp->rcv_nxt,
		.copied_seq = tp->copied_seq,
		.known = tp->urg_data,
		.urg_seq = tp->urg_seq,
	};
	u32 at;

	if (!xtcp_urgent_news(&in, &at))
		return;
	sk_send_sigurg(sk);
	xtcp_urgent_skip_old(sk);
	WRITE_ONCE(tp->urg_data, TCP_URG_NOTYET);
	WRITE_ONCE(tp->urg_seq, at);
}

/**
 * xtcp_urgent_rcv() - take note of URG, and of the urgent byte if it is in this segment
 * @sk: connection
 * @skb: header still in front; its text has not been queued yet
 */
void xtcp_urgent_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 offset;
	u8 byte;

	if (!xtcp_state_wants_data(sk))
		return;
	if (XTCP_CB(skb)->flags & XTCP_URG)
		xtcp_urgent_mark(sk, skb);
	if (tp->urg_data != TCP_URG_NOTYET)
		return;
	offset = tp->urg_seq - XTCP_CB(skb)->seq + tcp_hdrlen(skb);
	if (xtcp_seq_lt(tp->urg_seq, XTCP_CB(skb)->seq) || offset >= skb->len || skb_copy_bits(skb, offset, &byte, 1))
		return;
	WRITE_ONCE(tp->urg_data, TCP_URG_VALID | byte);
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_data_ready(sk);
}

/** xtcp_urgent_sent() - sendmsg(MSG_OOB): the last byte queued is urgent */
void xtcp_urgent_sent(struct sock *sk)
{
	tcp_sk(sk)->snd_up = tcp_sk(sk)->write_seq;
}

/** xtcp_urgent_at_mark() - is the byte that is read next the urgent one (SIOCATMARK)? No lock needed */
bool xtcp_urgent_at_mark(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return READ_ONCE(tp->urg_data) && READ_ONCE(tp->urg_seq) == READ_ONCE(tp->copied_seq);
}

/** xtcp_urgent_readable() - bytes that can be read before reading stops: at the mark, or where there are no more */
int xtcp_urgent_readable(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	int n = max(xtcp_readable(sk), 0);

	if (tp->urg_data && !sock_flag(sk, SOCK_URGINLINE) && tp->urg_seq - tp->copied_seq < (u32)n)
		n = tp->urg_seq - tp->copied_seq;
	return n;
}

/**
 * xtcp_urgent_limit() - reading stops at the mark
 * @sk: connection
 * @seq: what is read next
 * @len: bytes at hand
 * @skip: out: the byte at @seq is the urgent one and is not part of the stream
 *
 * Return: bytes that may be read in one go, after the skipped one.
 */
u32 xtcp_urgent_limit(const struct sock *sk, u32 seq, u32 len, bool *skip)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 ahead = tp->urg_seq - seq;

	*skip = false;
	if (likely(!tp->urg_data) || ahead >= len)
		return len;
	if (ahead)
		return ahead;
	*skip = !sock_flag(sk, SOCK_URGINLINE);
	return len - *skip;
}

/** xtcp_urgent_passed() - the user has read beyond the mark: forget it */
void xtcp_urgent_passed(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (unlikely(tp->urg_data) && xtcp_seq_gt(tp->copied_seq, tp->urg_seq))
		WRITE_ONCE(tp->urg_data, 0);
}

/**
 * xtcp_urgent_recv() - recv(MSG_OOB)
 * @sk: connection
 * @msg: gets the byte
 * @len: room
 * @flags: MSG_PEEK leaves it there, MSG_TRUNC copies nothing
 *
 * Return: 1 or 0 bytes; -EINVAL if there is none, it was read already, or it is in the stream; -EAGAIN if it is still
 * on its way; -ENOTCONN; -EFAULT.
 */
int xtcp_urgent_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 byte = tp->urg_data;

	if (sock_flag(sk, SOCK_URGINLINE) || !tp->urg_data || tp->urg_data == TCP_URG_READ)
		return -EINVAL;
	if (sk->sk_state == TCP_CLOSE && !sock_flag(sk, SOCK_DONE))
		return -ENOTCONN;
	if (!(tp->urg_data & TCP_URG_VALID))
		return sk->sk_state == TCP_CLOSE || sk->sk_shutdown & RCV_SHUTDOWN ? 0 : -EAGAIN;
	if (!(flags & MSG_PEEK))
		WRITE_ONCE(tp->urg_data, TCP_URG_READ);
	msg->msg_flags |= MSG_OOB;
	if (!len) {
		msg->msg_flags |= MSG_TRUNC;
		return 0;
	}
	if (!(flags & MSG_TRUNC) && memcpy_to_msg(msg, &byte, 1))
		return -EFAULT;
	return 1;
}
