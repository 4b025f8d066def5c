// SPDX-License-Identifier: GPL-2.0
/*
 * sendmsg() and sendfile(): bytes from the user into the send queue. Data is copied once, into page fragments, in
 * buffers as large as a super-segment; output cuts them only when they are sent. Process context, socket locked.
 * tcp(7), send(2).
 */
#include "xtcp.h"

/* More of a sendfile() is to come at once: if it has not by then, jiffies, what waits for it may go. */
#define XTCP_SENDPAGE_HOLD	(HZ / 100 + 1)

/*
 * Payload that one buffer should hold: as many whole segments as the device takes at once. The size of a segment is
 * that of the last one sent; if it has changed since, output cuts accordingly.
 */
static u32 xtcp_sendmsg_goal(struct sock *sk)
{
	u32 mss = tcp_sk(sk)->mss_cache, most;

	if (!sk_can_gso(sk))
		return mss;
	/* room for headers is taken off sk_gso_max_size already */
	most = min_t(u32, sk->sk_gso_max_size, 65535 - MAX_TCP_HEADER);
	return max(mss, rounddown(most, mss));
}

/* The unsent buffer to append to, or a new one. NULL: no memory or no room in the send buffer, wait. */
static struct sk_buff *xtcp_sendmsg_tail(struct sock *sk, u32 goal, const struct ubuf_info *uarg)
{
	struct sk_buff *skb = skb_peek_tail(xtcp_unsent(sk));

	if (skb && skb->len < goal && skb_shinfo(skb)->nr_frags < MAX_SKB_FRAGS &&
	    (!uarg || xtcp_zerocopy_fits(skb, uarg)))
		return skb;
	if (!sk_stream_memory_free(sk) || !xtcp_sender_get(sk, sk->sk_allocation))
		return NULL;
	skb = xtcp_queue_alloc(sk, sk->sk_allocation);
	if (skb)
		xtcp_queue_append(sk, skb);
	return skb;
}

static void xtcp_sendmsg_added(struct tcp_sock *tp, struct sk_buff *skb, u32 len)
{
	WRITE_ONCE(tp->write_seq, tp->write_seq + len);
	XTCP_CB(skb)->end_seq += len;
}

/* A buffer that got nothing after all must not stay: it would be sent as an empty segment. */
static void xtcp_sendmsg_drop_empty(struct sock *sk)
{
	struct sk_buff *skb = skb_peek_tail(xtcp_unsent(sk));

	if (skb && XTCP_CB(skb)->end_seq == XTCP_CB(skb)->seq) {
		__skb_unlink(skb, xtcp_unsent(sk));
		xtcp_queue_free(sk, skb);
	}
}

/* Copy up to @want bytes into @skb. Returns the bytes copied, 0 to wait for memory, or -EFAULT. */
static int xtcp_sendmsg_copy(struct sock *sk, struct sk_buff *skb, struct msghdr *msg, u32 want)
{
	struct page_frag *pfrag = sk_page_frag(sk);
	int i = skb_shinfo(skb)->nr_frags;
	bool merge;
	int err;

	if (!sk_page_frag_refill(sk, pfrag))
		return 0;
	merge = skb_can_coalesce(skb, i, pfrag->page, pfrag->offset);
	if (!merge && i >= MAX_SKB_FRAGS)
		return 0;
	want = min_t(u32, want, pfrag->size - pfrag->offset);
	if (!sk_wmem_schedule(sk, want))
		return 0;
	skb_zcopy_downgrade_managed(skb);
	err = skb_copy_to_page_nocache(sk, &msg->msg_iter, skb, pfrag->page, pfrag->offset, want);
	if (err)
		return err;
	if (merge) {
		skb_frag_size_add(&skb_shinfo(skb)->frags[i - 1], want);
	} else {
		skb_fill_page_desc(skb, i, pfrag->page, pfrag->offset, want);
		page_ref_inc(pfrag->page);
	}
	pfrag->offset += want;
	return want;
}

/** xtcp_sendmsg_fill() - copy up to @want bytes of @msg into @skb, the last unsent buffer; as many as memory allows */
void xtcp_sendmsg_fill(struct sock *sk, struct sk_buff *skb, struct msghdr *msg, u32 want)
{
	int n;

	while (want) {
		n = xtcp_sendmsg_copy(sk, skb, msg, want);
		if (n <= 0)
			break;
		xtcp_sendmsg_added(tcp_sk(sk), skb, n);
		want -= n;
	}
}

/* Send what was queued so far; MSG_MORE corks the tail for this call. */
static void xtcp_sendmsg_push(struct sock *sk, int flags)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = skb_peek_tail(xtcp_unsent(sk));
	u8 nonagle = tp->nonagle;

	xtcp_sk(sk)->fed = 0;
	if (!skb)
		return;
	if (flags & MSG_OOB)
		xtcp_urgent_sent(sk);
	if (flags & MSG_MORE)
		tp->nonagle |= TCP_NAGLE_CORK;
	else
		XTCP_CB(skb)->flags |= XTCP_PSH;
	xtcp_output_push(sk, false);
	tp->nonagle = nonagle;
}

/* Wait for room. 0: go on; else the error that ends the call. */
static int xtcp_sendmsg_wait(struct sock *sk, int flags, long *timeo)
{
	xtcp_sendmsg_drop_empty(sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	/* also what earlier calls held back: nothing else would make room */
	xtcp_sendmsg_push(sk, flags & ~MSG_MORE);
	xtcp_why_refresh(sk);
	return sk_stream_wait_memory(sk, timeo);
}

/* May this socket send at all? Waits for a connect() in progress. */
static int xtcp_sendmsg_ready(struct sock *sk, long *timeo)
{
	int err;

	if ((1 << sk->sk_state) & ~(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT) &&
	    !(sk->sk_state == TCP_SYN_RECV && !xtcp_opening(sk))) {
		err = sk_stream_wait_connect(sk, timeo);
		if (err)
			return err;
	}
	sk_clear_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	if (sk->sk_err || sk->sk_shutdown & SEND_SHUTDOWN)
		return -EPIPE;
	return 0;
}

static int xtcp_sendmsg_finish(struct sock *sk, int flags, size_t copied, int err)
{
	if (copied) {
		xtcp_sendmsg_push(sk, flags);
		return copied;
	}
	err = sk_stream_error(sk, flags, err);
	/* edge-triggered writers must hear again even if this call queued nothing */
	if (unlikely(skb_queue_empty(xtcp_unsent(sk)) && tcp_rtx_queue_empty(sk) && err == -EAGAIN))
		sk->sk_write_space(sk);
	return err;
}

/* Control messages: SCM of SO_TIMESTAMPING; what the socket asks for without one */
static int xtcp_sendmsg_control(struct sock *sk, struct msghdr *msg, u16 *tsflags)
{
	struct sockcm_cookie c;

	sockcm_init(&c, sk);
	if (unlikely(msg->msg_controllen) && sock_cmsg_send(sk, msg, &c))
		return -EINVAL;
	*tsflags = c.tsflags;
	return 0;
}

/* Append pages of splice() or sendfile() by reference. Returns the bytes taken, 0 to wait, or a negative errno. */
static int xtcp_sendmsg_splice(struct sock *sk, struct sk_buff *skb, struct msghdr *msg, u32 want)
{
	int n;

	if (!sk_wmem_schedule(sk, want))
		return 0;
	n = xtcp_compat_splice(skb, &msg->msg_iter, want, sk->sk_allocation);
	if (n <= 0)
		return n == -EMSGSIZE ? 0 : n;
	skb_zcopy_downgrade_managed(skb);
	skb_shinfo(skb)->flags |= SKBFL_SHARED_FRAG;
	sk_wmem_queued_add(sk, n);
	sk_mem_charge(sk, n);
	return n;
}

/* By copying, or by reference to the user's pages */
static int xtcp_sendmsg_add(struct sock *sk, struct sk_buff *skb, struct msghdr *msg, u32 want, struct ubuf_info *uarg)
{
	if (msg->msg_flags & XTCP_COMPAT_SPLICE_PAGES && sk->sk_route_caps & NETIF_F_SG)
		return xtcp_sendmsg_splice(sk, skb, msg, want);
	if (uarg && sk->sk_route_caps & NETIF_F_SG)
		return xtcp_zerocopy_add(sk, skb, msg, want, uarg);
	return xtcp_sendmsg_copy(sk, skb, msg, want);
}

/** xtcp_sendmsg_locked() - sendmsg() with the socket locked; bytes queued or a negative errno */
int xtcp_sendmsg_locked(struct sock *sk, struct msghdr *msg, size_t size)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int flags = msg->msg_flags, err, n;
	long timeo = sock_sndtimeo(sk, flags & MSG_DONTWAIT);
	struct ubuf_info *uarg;
	struct sk_buff *skb;
	size_t copied = 0;
	u16 tsflags = 0;
	u32 goal;

	if (unlikely(flags & MSG_FASTOPEN || xtcp_compat_deferred(sk))) {
		err = xtcp_fastopen_sendmsg(sk, msg, size, &copied);
		if (err == -EINPROGRESS && copied)
			return copied;
		if (err)
			return xtcp_sendmsg_finish(sk, flags, 0, err);
	}
	uarg = xtcp_zerocopy_begin(sk, msg, size);
	if (IS_ERR(uarg))
		return xtcp_sendmsg_finish(sk, flags, copied, PTR_ERR(uarg));
	err = xtcp_sendmsg_ready(sk, &timeo);
	if (!err)
		err = xtcp_sendmsg_control(sk, msg, &tsflags);
	if (err)
		goto out;
	xtcp_rate_app_limited(sk);
	goal = xtcp_sendmsg_goal(sk);
	while (msg_data_left(msg)) {
		skb = xtcp_sendmsg_tail(sk, goal, uarg);
		n = skb ? xtcp_sendmsg_add(sk, skb, msg, min_t(size_t, goal - skb->len, msg_data_left(msg)), uarg) : 0;
		if (n < 0) {
			xtcp_sendmsg_drop_empty(sk);
			err = n;
			goto out;
		}
		if (n) {
			xtcp_sendmsg_added(tp, skb, n);
			copied += n;
			/* a full buffer with nothing before it can leave while the next one is filled */
			if (skb->len >= goal && skb == skb_peek(xtcp_unsent(sk)) && msg_data_left(msg))
				xtcp_output_push(sk, false);
			continue;
		}
		err = xtcp_sendmsg_wait(sk, flags, &timeo);
		if (!err && (sk->sk_err || sk->sk_shutdown & SEND_SHUTDOWN))
			err = -EPIPE;
		if (err)
			goto out;
		goal = xtcp_sendmsg_goal(sk);
	}
out:
	if (copied)
		xtcp_tstamp_sent(sk, tsflags);
	if (uarg && copied)
		net_zcopy_put(uarg);
	else if (uarg)
		net_zcopy_put_abort(uarg, true);
	return xtcp_sendmsg_finish(sk, flags, copied, err);
}

/** xtcp_sendmsg() - proto.sendmsg */
int xtcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size)
{
	int ret;

	lock_sock(sk);
	ret = xtcp_sendmsg_locked(sk, msg, size);
	release_sock(sk);
	return ret;
}

#ifdef XTCP_COMPAT_SENDPAGE

/* Append a page of the page cache by reference. Returns the bytes taken, or 0 to wait. */
static u32 xtcp_sendpage_add(struct sock *sk, struct sk_buff *skb, struct page *page, int offset, u32 want)
{
	int i = skb_shinfo(skb)->nr_frags;
	bool merge = skb_can_coalesce(skb, i, page, offset);

	if ((!merge && i >= MAX_SKB_FRAGS) || !sk_wmem_schedule(sk, want))
		return 0;
	if (merge) {
		skb_frag_size_add(&skb_shinfo(skb)->frags[i - 1], want);
	} else {
		get_page(page);
		skb_fill_page_desc_noacc(skb, i, page, offset, want);
	}
	skb_zcopy_downgrade_managed(skb);
	skb_shinfo(skb)->flags |= SKBFL_SHARED_FRAG;
	skb_len_add(skb, want);
	sk_wmem_queued_add(sk, want);
	sk_mem_charge(sk, want);
	return want;
}

/*
 * The next page of the same sendfile() is coming: a buffer that has room for it waits, or it would leave in pieces. If
 * only MSG_MORE says so, and nobody else might ever push, it waits for an ACK at most.
 */
static bool xtcp_sendpage_holds(const struct sock *sk, u32 goal, int flags)
{
	const struct sk_buff *skb = skb_peek_tail(xtcp_unsent(sk));

	if (!(flags & MSG_SENDPAGE_NOTLAST) && !(flags & MSG_MORE && tcp_sk(sk)->packets_out))
		return false;
	return skb && skb->len < goal && skb_shinfo(skb)->nr_frags < MAX_SKB_FRAGS;
}

/* What is left of the last call to sendpage(), less than a segment, is not worth one if more is promised. */
static void xtcp_sendpage_keep(struct sock *sk, u32 mss, int flags)
{
	const struct sk_buff *skb = skb_peek(xtcp_unsent(sk));

	if (flags & MSG_MORE && skb && skb->len < mss && skb_queue_is_last(xtcp_unsent(sk), skb))
		xtcp_sk(sk)->fed = (u16)(jiffies + XTCP_SENDPAGE_HOLD) ? : 1;
}

/*
 * The last buffer waits. One that this page has filled, @filled, leaves; those before it have had their chance, and go
 * when an ACK comes. With the next page at hand, an ACK does not make the last one leave either.
 */
static void xtcp_sendpage_hold(struct sock *sk, int flags, bool filled)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xs->fed = (u16)(jiffies + XTCP_SENDPAGE_HOLD) ? : 1;
	if (filled)
		xtcp_output_push(sk, false);
	if (!(flags & MSG_SENDPAGE_NOTLAST))
		xs->fed = 0;
}

/**
 * xtcp_sendpage() - sendfile() and splice(): queue part of a page by reference
 * @sk: connection, not locked
 * @page: a reference is taken
 * @offset: first byte
 * @size: bytes
 * @flags: MSG_*; MSG_SENDPAGE_NOTLAST: more pages follow
 *
 * Return: bytes queued or a negative errno. Process context.
 */
int xtcp_sendpage(struct sock *sk, struct page *page, int offset, size_t size, int flags)
{
	int more = flags & MSG_SENDPAGE_NOTLAST ? MSG_MORE : 0;
	struct sk_buff *last = NULL;
	bool filled = false;
	size_t copied = 0;
	u32 goal = 0, n;
	long timeo;
	int err;

	if (!sendpage_ok(page))
		return sock_no_sendpage(sk->sk_socket, page, offset, size, flags);
	lock_sock(sk);
	xtcp_sk(sk)->fed = 0;
	timeo = sock_sndtimeo(sk, flags & MSG_DONTWAIT);
	err = xtcp_sendmsg_ready(sk, &timeo);
	xtcp_rate_app_limited(sk);
	while (!err && copied < size) {
		struct sk_buff *skb;

		goal = xtcp_sendmsg_goal(sk);
		skb = xtcp_sendmsg_tail(sk, goal, NULL);
		n = 0;
		if (skb)
			n = xtcp_sendpage_add(sk, skb, page, offset + copied,
					      min_t(size_t, goal - skb->len, size - copied));
		if (n) {
			xtcp_sendmsg_added(tcp_sk(sk), skb, n);
			copied += n;
			filled |= last && last != skb;
			last = skb;
			continue;
		}
		err = xtcp_sendmsg_wait(sk, flags, &timeo);
		last = NULL;
		if (!err && (sk->sk_err || sk->sk_shutdown & SEND_SHUTDOWN))
			err = -EPIPE;
	}
	if (copied == size && xtcp_sendpage_holds(sk, goal, flags)) {
		xtcp_sendpage_hold(sk, flags, filled);
		err = copied;
	} else {
		err = xtcp_sendmsg_finish(sk, flags | more, copied, err);
		xtcp_sendpage_keep(sk, tcp_sk(sk)->mss_cache, flags | more);
	}
	release_sock(sk);
	return err;
}

#endif
