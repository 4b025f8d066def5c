// SPDX-License-Identifier: GPL-2.0
/*
 * Small segments in large buffers: when received data takes much more memory than it has bytes, it is copied together.
 * Called by sock/mem.c when the receive buffer is full, before anything has to be dropped; socket lock held, softirq or
 * process context. Never loses a byte, and never moves RCV.NXT.
 */
#include "xtcp.h"

#define XTCP_COLLAPSE_BYTES	SKB_MAX_ORDER(0, 0)	/* payload of a buffer whose head is one page */

/* Is this buffer mostly air? */
static bool xtcp_collapse_wasteful(const struct sk_buff *skb)
{
	return skb->len < XTCP_COLLAPSE_BYTES / 2 && skb->truesize > 2 * skb->len;
}

/* Bytes of the neighbours from @skb on that fit one new buffer; *n of them */
static u32 xtcp_collapse_run(struct sk_buff *skb, struct sk_buff *(*next)(const struct sk_buff *skb, void *queue),
			     void *queue, unsigned int *n)
{
	u32 bytes = 0, seq = XTCP_CB(skb)->seq;

	*n = 0;
	while (skb && xtcp_collapse_wasteful(skb) && bytes + skb->len <= XTCP_COLLAPSE_BYTES &&
	       XTCP_CB(skb)->seq == seq && !(XTCP_CB(skb)->flags & XTCP_FIN)) {
		bytes += skb->len;
		seq = XTCP_CB(skb)->end_seq;
		++*n;
		skb = next(skb, queue);
	}
	return bytes;
}

/* A new buffer for @bytes that begins as @first does; NULL without memory */
static struct sk_buff *xtcp_collapse_alloc(const struct sk_buff *first, u32 bytes)
{
	struct sk_buff *to = alloc_skb(bytes, GFP_ATOMIC | __GFP_NOWARN);

	if (!to)
		return NULL;
	memcpy(to->cb, first->cb, sizeof(to->cb));
	XTCP_CB(to)->end_seq = XTCP_CB(to)->seq;
	to->protocol = first->protocol;
	to->dev = NULL;
	return to;
}

static void xtcp_collapse_take(struct sk_buff *to, const struct sk_buff *from)
{
	WARN_ON_ONCE(skb_copy_bits(from, 0, skb_put(to, from->len), from->len));
	XTCP_CB(to)->end_seq = XTCP_CB(from)->end_seq;
	XTCP_CB(to)->flags |= XTCP_CB(from)->flags;
	/* SO_TIMESTAMP tells when the last byte came */
	to->tstamp = from->tstamp;
	to->skb_iif = from->skb_iif;
	*skb_hwtstamps(to) = *skb_hwtstamps((struct sk_buff *)from);
}

/* ------------------------------------------------------------ the receive queue */

static struct sk_buff *xtcp_collapse_next_queued(const struct sk_buff *skb, void *queue)
{
	struct sk_buff_head *list = queue;

	return skb_queue_is_last(list, skb) ? NULL : skb_queue_next(list, skb);
}

static bool xtcp_collapse_receive_queue(struct sock *sk)
{
	struct sk_buff_head *list = &sk->sk_receive_queue;
	struct sk_buff *skb = skb_peek(list), *next, *to;
	bool done = false;
	unsigned int n;
	u32 bytes;

	for (; skb; skb = next) {
		next = xtcp_collapse_next_queued(skb, list);
		bytes = xtcp_collapse_run(skb, xtcp_collapse_next_queued, list, &n);
		if (n < 2)
			continue;
		to = xtcp_collapse_alloc(skb, bytes);
		if (!to)
			break;
		__skb_queue_before(list, skb, to);
		for (; n; n--, skb = next) {
			next = xtcp_collapse_next_queued(skb, list);
			xtcp_collapse_take(to, skb);
			__skb_unlink(skb, list);
			__kfree_skb(skb);
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPRcvCollapsed);
		}
		skb_set_owner_r(to, sk);
		done = true;
	}
	return done;
}

/* ------------------------------------------------------------ the out-of-order queue */

static struct sk_buff *xtcp_collapse_next_ooo(const struct sk_buff *skb, void *queue)
{
	return skb_rb_next(skb);
}

static bool xtcp_collapse_ooo(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = skb_rb_first(&tp->out_of_order_queue), *next, *to;
	bool done = false;
	unsigned int n;
	u32 bytes;

	for (; skb; skb = next) {
		next = skb_rb_next(skb);
		bytes = xtcp_collapse_run(skb, xtcp_collapse_next_ooo, NULL, &n);
		if (n < 2)
			continue;
		to = xtcp_collapse_alloc(skb, bytes);
		if (!to)
			break;
		xtcp_collapse_take(to, skb);
		rb_replace_node(&skb->rbnode, &to->rbnode, &tp->out_of_order_queue);
		if (tp->ooo_last_skb == skb)
			tp->ooo_last_skb = to;
		RB_CLEAR_NODE(&skb->rbnode);
		__kfree_skb(skb);
		for (n--, skb = next; n; n--, skb = next) {
			next = skb_rb_next(skb);
			xtcp_collapse_take(to, skb);
			rb_erase(&skb->rbnode, &tp->out_of_order_queue);
			if (tp->ooo_last_skb == skb)
				tp->ooo_last_skb = to;
			RB_CLEAR_NODE(&skb->rbnode);
			__kfree_skb(skb);
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPRcvCollapsed);
		}
		skb_set_owner_r(to, sk);
		done = true;
	}
	return done;
}

/**
 * xtcp_collapse() - copy together what was received in small pieces
 * @sk: connection
 *
 * Return: true if that may have freed memory.
 */
bool xtcp_collapse(struct sock *sk)
{
	bool done = xtcp_collapse_receive_queue(sk);

	done |= xtcp_collapse_ooo(sk);
	sk_mem_reclaim(sk);
	return done;
}
