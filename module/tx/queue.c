// SPDX-License-Identifier: GPL-2.0
/*
 * The send queue. Data waits unsent in xtcp_unsent(), and sent but unacknowledged in tcp_rtx_queue, a tree ordered by
 * sequence number; what of that is on its way (neither SACKed nor lost) is in tsorted_sent_queue, too, in the order of
 * transmission. Payload lies in page fragments only, so that a transmission shares it and a retransmission never
 * copies it. Used by sendmsg(), output, retransmission and ACK processing, always under the socket lock; it never
 * sends.
 */
#include "xtcp.h"

#define XTCP_QUEUE_BUFFER_MAX	65536	/* payload of the largest buffers, bytes */

/**
 * xtcp_queue_alloc() - an empty data buffer with room for all headers, charged to the socket
 * @sk: owner
 * @gfp: GFP_KERNEL from a system call, GFP_ATOMIC otherwise
 *
 * Return: the buffer, or NULL if memory or TCP's memory limit is short.
 */
struct sk_buff *xtcp_queue_alloc(struct sock *sk, gfp_t gfp)
{
	unsigned int room = xtcp_out_headroom(__sk_dst_get(sk), xtcp_out_ip_header(sk));
	struct sk_buff *skb = alloc_skb_fclone(room, gfp);

	if (!skb) {
		sk->sk_prot->enter_memory_pressure(sk);
		sk_stream_moderate_sndbuf(sk);
		return NULL;
	}
	skb->truesize = SKB_TRUESIZE(skb_end_offset(skb));
	if (!sk_wmem_schedule(sk, skb->truesize)) {
		__kfree_skb(skb);
		sk_stream_moderate_sndbuf(sk);
		return NULL;
	}
	skb_reserve(skb, room);
	skb->ip_summed = CHECKSUM_PARTIAL;
	memset(skb->cb, 0, sizeof(skb->cb));
	return skb;
}

/**
 * xtcp_queue_alloc_forced() - the same without asking the memory limit: for SYN, FIN, and the halves of what is queued
 * @sk: owner
 * @gfp: allocation context
 *
 * Refusing these would stall the very connection that could free memory.
 */
struct sk_buff *xtcp_queue_alloc_forced(struct sock *sk, gfp_t gfp)
{
	unsigned int room = xtcp_out_headroom(__sk_dst_get(sk), xtcp_out_ip_header(sk));
	struct sk_buff *skb = alloc_skb_fclone(room, gfp);

	if (!skb)
		return NULL;
	skb->truesize = SKB_TRUESIZE(skb_end_offset(skb));
	xtcp_mem_force(sk, skb->truesize);
	skb_reserve(skb, room);
	skb->ip_summed = CHECKSUM_PARTIAL;
	memset(skb->cb, 0, sizeof(skb->cb));
	return skb;
}

static void xtcp_queue_charge(struct sock *sk, struct sk_buff *skb)
{
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
}

/** xtcp_queue_free() - free a buffer that was charged by xtcp_queue_append() or a split */
void xtcp_queue_free(struct sock *sk, struct sk_buff *skb)
{
	sk_wmem_queued_add(sk, -skb->truesize);
	sk_mem_uncharge(sk, skb->truesize);
	__kfree_skb(skb);
}

/** xtcp_queue_append() - put an empty buffer at the unsent end: it starts at write_seq */
void xtcp_queue_append(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);

	XTCP_CB(skb)->seq = tp->write_seq;
	XTCP_CB(skb)->end_seq = tp->write_seq;
	XTCP_CB(skb)->flags = XTCP_ACK;
	xtcp_queue_charge(sk, skb);
	__skb_queue_tail(xtcp_unsent(sk), skb);
}

/** xtcp_queue_set_segs() - note how the super-segment will be cut; a FIN or SYN without payload is one segment */
void xtcp_queue_set_segs(struct sk_buff *skb, u32 mss)
{
	XTCP_CB(skb)->mss = mss;
	XTCP_CB(skb)->segs = skb->len <= mss ? 1 : DIV_ROUND_UP(skb->len, mss);
}

static void xtcp_queue_insert_sent(struct sock *sk, struct sk_buff *skb)
{
	struct rb_node **p = &sk->tcp_rtx_queue.rb_node;
	struct rb_node *parent = NULL;

	while (*p) {
		parent = *p;
		if (xtcp_seq_lt(XTCP_CB(skb)->seq, XTCP_CB(rb_to_skb(parent))->seq))
			p = &parent->rb_left;
		else
			p = &parent->rb_right;
	}
	rb_link_node(&skb->rbnode, parent, p);
	rb_insert_color(&skb->rbnode, &sk->tcp_rtx_queue);
}

/** xtcp_queue_sent() - the first unsent buffer has left: it waits for its ACK now */
void xtcp_queue_sent(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);

	__skb_unlink(skb, xtcp_unsent(sk));
	xtcp_queue_insert_sent(sk, skb);
	list_add_tail(&skb->tcp_tsorted_anchor, &tp->tsorted_sent_queue);
	tp->packets_out += XTCP_CB(skb)->segs;
	WRITE_ONCE(tp->snd_nxt, XTCP_CB(skb)->end_seq);
}

/** xtcp_queue_find() - the sent buffer that covers @seq, or the first one after it; NULL if there is none */
struct sk_buff *xtcp_queue_find(struct sock *sk, u32 seq)
{
	struct rb_node *p = sk->tcp_rtx_queue.rb_node;
	struct sk_buff *best = NULL;

	while (p) {
		struct sk_buff *skb = rb_to_skb(p);

		if (xtcp_seq_lt(seq, XTCP_CB(skb)->end_seq)) {
			best = skb;
			p = p->rb_left;
		} else {
			p = p->rb_right;
		}
	}
	return best;
}

/** xtcp_queue_acked() - unlink a sent buffer and free it; the caller keeps the packet counts */
void xtcp_queue_acked(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tp->retransmit_skb_hint == skb)
		tp->retransmit_skb_hint = NULL;
	rb_erase(&skb->rbnode, &sk->tcp_rtx_queue);
	RB_CLEAR_NODE(&skb->rbnode);
	list_del(&skb->tcp_tsorted_anchor);
	/* the list's place in the buffer is the route's and the destructor's, too */
	tcp_skb_tsorted_anchor_cleanup(skb);
	xtcp_queue_free(sk, skb);
}

/* A sent buffer changed its segment count by @delta: keep the connection's sums true. */
static void xtcp_queue_recount(struct tcp_sock *tp, u8 state, int delta)
{
	tp->packets_out += delta;
	if (state & XTCP_SKB_SACKED)
		tp->sacked_out += delta;
	if (state & XTCP_SKB_LOST)
		tp->lost_out += delta;
	if (state & XTCP_SKB_RETRANS)
		tp->retrans_out += delta;
}

/*
 * May a sent buffer be cut once more? Each piece costs a buffer of its own, and where to cut is the peer's choice: with
 * a tiny MSS and SACKs of every second segment it could make the queue take thirty times the memory of its text
 * (CVE-2019-11478's concern). The first buffer and the last one may always be cut, so that what is owed can leave.
 */
static bool xtcp_queue_may_cut(struct sock *sk, const struct sk_buff *skb)
{
	u32 limit = READ_ONCE(sk->sk_sndbuf) + 2 * SKB_TRUESIZE(XTCP_QUEUE_BUFFER_MAX);

	return (u32)READ_ONCE(sk->sk_wmem_queued) >> 1 <= limit || skb == tcp_rtx_queue_head(sk) ||
	       skb == skb_rb_last(&sk->tcp_rtx_queue);
}

/**
 * xtcp_queue_split() - cut a queued buffer in two
 * @sk: owner
 * @skb: keeps the first @len bytes
 * @len: bytes, 0 < @len < skb->len
 * @sent: it is on the retransmit queue (else on the unsent one)
 * @gfp: allocation context
 *
 * Return: 0, or -ENOMEM with nothing changed: no memory, or the queue is cut too finely already.
 */
int xtcp_queue_split(struct sock *sk, struct sk_buff *skb, u32 len, bool sent, gfp_t gfp)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);
	u32 tail_len = skb->len - len;
	struct sk_buff *tail;
	u32 truesize = skb->truesize;
	int old_segs = cb->segs;
	u32 mss = cb->mss;

	if (unlikely(sent && !xtcp_queue_may_cut(sk, skb))) {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPWqueueTooBig);
		return -ENOMEM;
	}
	/* the charge stays what it was, even if the new head came from a larger slab */
	if (skb_unclone(skb, gfp))
		return -ENOMEM;
	skb->truesize = truesize;
	tail = xtcp_queue_alloc_forced(sk, gfp);
	if (!tail)
		return -ENOMEM;
	/* the payload's share of the charge moves with it */
	xtcp_queue_charge(sk, tail);
	tail->truesize += tail_len;
	skb->truesize -= tail_len;

	*XTCP_CB(tail) = *cb;
	XTCP_CB(tail)->seq = cb->seq + len;
	cb->end_seq = cb->seq + len;
	cb->flags &= ~(XTCP_FIN | XTCP_PSH);
	tail->skb_mstamp_ns = skb->skb_mstamp_ns;
	skb_split(skb, tail, len);
	xtcp_tstamp_split(skb, tail);

	if (!sent) {
		__skb_queue_after(xtcp_unsent(sk), skb, tail);
		return 0;
	}
	xtcp_queue_set_segs(skb, mss);
	xtcp_queue_set_segs(tail, mss);
	xtcp_queue_recount(tp, cb->state, cb->segs + XTCP_CB(tail)->segs - old_segs);
	xtcp_queue_insert_sent(sk, tail);
	if (list_empty(&skb->tcp_tsorted_anchor))
		INIT_LIST_HEAD(&tail->tcp_tsorted_anchor);
	else
		list_add(&tail->tcp_tsorted_anchor, &skb->tcp_tsorted_anchor);
	return 0;
}

/** xtcp_queue_purge() - free everything unsent and unacknowledged, and the counts with it */
void xtcp_queue_purge(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	struct rb_node *p;

	while ((skb = __skb_dequeue(xtcp_unsent(sk))))
		xtcp_queue_free(sk, skb);
	while ((p = rb_first(&sk->tcp_rtx_queue)))
		xtcp_queue_acked(sk, rb_to_skb(p));
	tp->packets_out = 0;
	tp->sacked_out = 0;
	tp->lost_out = 0;
	tp->retrans_out = 0;
	tp->snd_una = tp->write_seq;
	WRITE_ONCE(tp->snd_nxt, tp->write_seq);
	xtcp_sk(sk)->fin_queued = false;
}

/**
 * xtcp_queue_fin() - close the stream: FIN on the last unsent buffer, or on one of its own
 * @sk: owner
 *
 * Return: 0, or -ENOMEM if there was no buffer to put it on, or no sender's part.
 */
int xtcp_queue_fin(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct sk_buff *skb = skb_peek_tail(xtcp_unsent(sk));

	if (!xtcp_sender_get(sk, sk->sk_allocation))
		return -ENOMEM;
	if (!skb) {
		skb = xtcp_queue_alloc_forced(sk, sk->sk_allocation);
		if (!skb)
			return -ENOMEM;
		xtcp_queue_append(sk, skb);
	}
	XTCP_CB(skb)->flags |= XTCP_FIN;
	XTCP_CB(skb)->end_seq++;
	xs->fin_seq = tp->write_seq;
	xs->fin_queued = true;
	WRITE_ONCE(tp->write_seq, tp->write_seq + 1);
	return 0;
}
