// SPDX-License-Identifier: GPL-2.0
/*
 * Text and FIN of acceptable segments: the receive queue, the out-of-order queue, the SACK blocks that describe it, and
 * the decision to acknowledge. Socket lock held. RFC 9293 3.10.7.4 seventh and eighth check, RFC 2018 section 4,
 * RFC 2883, RFC 5681 4.2.
 */
#include "xtcp.h"

#define XTCP_DATA_QUICK_ACKS	16

/* ------------------------------------------------------------ SACK blocks to report */

static bool xtcp_data_touch(const struct xtcp_sack *b, u32 start, u32 end)
{
	return xtcp_seq_le(b->start, end) && xtcp_seq_le(start, b->end);
}

/* RFC 2018 section 4: the block with the newest segment comes first, then those reported before */
static void xtcp_data_sack_add(struct xtcp_sock *xs, u32 start, u32 end)
{
	struct xtcp_sack b = { start, end };
	unsigned int i, n = 0;
	struct xtcp_sack rest[XTCP_MAX_OOO_SACKS] = {}, *sacks = xtcp_sacks(xs);

	for (i = 0; i < xs->tp.rx_opt.num_sacks; i++) {
		if (xtcp_data_touch(&sacks[i], b.start, b.end)) {
			b.start = xtcp_seq_min(b.start, sacks[i].start);
			b.end = xtcp_seq_max(b.end, sacks[i].end);
		} else {
			rest[n++] = sacks[i];
		}
	}
	sacks[0] = b;
	n = min_t(unsigned int, n, XTCP_MAX_OOO_SACKS - 1);
	memcpy(&sacks[1], rest, n * sizeof(rest[0]));
	xs->tp.rx_opt.num_sacks = n + 1;
}

/** xtcp_data_trim_sacks() - RCV.NXT moved: forget the blocks it has passed */
void xtcp_data_trim_sacks(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_sack *sacks = xtcp_sacks(xs);
	unsigned int i, n = 0;

	if (RB_EMPTY_ROOT(&xs->tp.out_of_order_queue)) {
		xs->tp.rx_opt.num_sacks = 0;
		return;
	}
	for (i = 0; i < xs->tp.rx_opt.num_sacks; i++) {
		if (xtcp_seq_gt(sacks[i].start, xs->tp.rcv_nxt))
			sacks[n++] = sacks[i];
	}
	xs->tp.rx_opt.num_sacks = n;
}

/** xtcp_data_dsack() - report [start, end) as received twice in the next ACK (RFC 2883) */
void xtcp_data_dsack(struct sock *sk, u32 start, u32 end)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (!xs->tp.rx_opt.sack_ok || !READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_dsack) || start == end)
		return;
	xtcp_mib_inc(sock_net(sk), xtcp_seq_lt(start, xs->tp.rcv_nxt) ? XTCP_MIB_TCPDSACKOldSent :
		     XTCP_MIB_TCPDSACKOfoSent);
	xtcp_dsack(xs)->start = start;
	xtcp_dsack(xs)->end = end;
}

/* ------------------------------------------------------------ the receive queue */

/* Append @skb to @to if its bytes follow directly and its pages can be taken over. */
static bool xtcp_data_coalesce(struct sock *sk, struct sk_buff *to, struct sk_buff *skb)
{
	bool stolen;
	int delta;

	if (XTCP_CB(to)->end_seq != XTCP_CB(skb)->seq || !skb_try_coalesce(to, skb, &stolen, &delta))
		return false;
	atomic_add(delta, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, delta);
	XTCP_CB(to)->end_seq = XTCP_CB(skb)->end_seq;
	XTCP_CB(to)->flags |= XTCP_CB(skb)->flags;
	xtcp_tstamp_coalesced(to, skb);
	xtcp_mib_sk_add(sk, XTCP_MIB_TCPRcvCoalesce, 1);
	kfree_skb_partial(skb, stolen);
	return true;
}

static void xtcp_data_advance(struct tcp_sock *tp, u32 seq)
{
	tp->bytes_received += (u32)(seq - tp->rcv_nxt);
	WRITE_ONCE(tp->rcv_nxt, seq);
}

/*
 * Take @skb, which covers RCV.NXT, in order. A FIN takes its sequence number here but never a place in the queue:
 * returns true if there was one.
 */
static bool xtcp_data_append(struct sock *sk, struct sk_buff *skb, bool owned)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	bool fin = XTCP_CB(skb)->flags & XTCP_FIN;

	xtcp_data_advance(tp, XTCP_CB(skb)->end_seq);
	XTCP_CB(skb)->end_seq -= fin;
	XTCP_CB(skb)->flags &= ~XTCP_FIN;
	if (fin)
		tp->bytes_received--;
	if (!skb->len) {
		consume_skb(skb);
	} else if (!tail || !xtcp_data_coalesce(sk, tail, skb)) {
		if (!owned)
			skb_set_owner_r(skb, sk);
		__skb_queue_tail(&sk->sk_receive_queue, skb);
	}
	return fin;
}

/* Wake the reader once at least SO_RCVLOWAT bytes wait, or can wait no longer for want of room. */
static void xtcp_data_wake(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 avail = tp->rcv_nxt - tp->copied_seq;

	if (sock_flag(sk, SOCK_DEAD))
		return;
	if (avail < READ_ONCE(sk->sk_rcvlowat) && !xtcp_sk(sk)->fin_rcvd &&
	    atomic_read(&sk->sk_rmem_alloc) < sk->sk_rcvbuf / 2 && tp->rcv_wnd > inet_csk(sk)->icsk_ack.rcv_mss)
		return;
	sk->sk_data_ready(sk);
}

/* ------------------------------------------------------------ out of order */

/** xtcp_data_ooo_purge() - free the out-of-order queue: it is not wanted, or (behind a FIN) never was in the stream */
void xtcp_data_ooo_purge(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct rb_node *p;

	while ((p = rb_first(&tp->out_of_order_queue))) {
		struct sk_buff *skb = rb_to_skb(p);

		rb_erase(&skb->rbnode, &tp->out_of_order_queue);
		RB_CLEAR_NODE(&skb->rbnode);
		kfree_skb(skb);
	}
	tp->ooo_last_skb = NULL;
	tcp_sk(sk)->rx_opt.num_sacks = 0;
}

static void xtcp_data_ooo_erase(struct tcp_sock *tp, struct sk_buff *skb)
{
	if (tp->ooo_last_skb == skb) {
		struct rb_node *prev = rb_prev(&skb->rbnode);

		tp->ooo_last_skb = prev ? rb_to_skb(prev) : NULL;
	}
	rb_erase(&skb->rbnode, &tp->out_of_order_queue);
	RB_CLEAR_NODE(&skb->rbnode);
}

/* The hole is filled up to some point: what follows it without a gap moves to the receive queue. */
static bool xtcp_data_ooo_drain(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct rb_node *p;
	bool fin = false;

	while (!fin && (p = rb_first(&tp->out_of_order_queue))) {
		struct sk_buff *skb = rb_to_skb(p);

		if (xtcp_seq_gt(XTCP_CB(skb)->seq, tp->rcv_nxt))
			break;
		xtcp_data_ooo_erase(tp, skb);
		if (xtcp_seq_le(XTCP_CB(skb)->end_seq, tp->rcv_nxt)) {
			xtcp_mib_drop(sock_net(sk), skb, XTCP_DropOldData);
			continue;
		}
		fin = xtcp_data_append(sk, skb, true);
	}
	return fin;
}

/* What lies wholly inside the new segment is held twice: free it. */
static void xtcp_data_ooo_absorb(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct rb_node *p;

	while ((p = rb_next(&skb->rbnode))) {
		struct sk_buff *next = rb_to_skb(p);

		if (xtcp_seq_lt(XTCP_CB(skb)->end_seq, XTCP_CB(next)->end_seq) ||
		    (XTCP_CB(next)->flags & XTCP_FIN && !(XTCP_CB(skb)->flags & XTCP_FIN)))
			return;
		xtcp_data_ooo_erase(tp, next);
		xtcp_data_dsack(sk, XTCP_CB(next)->seq, XTCP_CB(next)->end_seq);
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPOFOMerge);
		xtcp_mib_drop(sock_net(sk), next, XTCP_DropOldData);
	}
}

/* Insert by sequence number. Takes @skb over; it is charged already. */
static void xtcp_data_ooo_insert(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct rb_node **p = &tp->out_of_order_queue.rb_node;
	struct rb_node *parent = NULL;
	struct xtcp_cb *cb = XTCP_CB(skb);
	struct sk_buff *prev = NULL;

	while (*p) {
		struct sk_buff *at = rb_to_skb(*p);

		parent = *p;
		if (xtcp_seq_lt(cb->seq, XTCP_CB(at)->seq)) {
			p = &parent->rb_left;
		} else {
			prev = at;
			p = &parent->rb_right;
		}
	}
	if (prev && xtcp_seq_le(cb->end_seq, XTCP_CB(prev)->end_seq)) {
		xtcp_data_dsack(sk, cb->seq, cb->end_seq);
		xtcp_mib_drop(sock_net(sk), skb, XTCP_DropOldData);
		return;
	}
	if (prev && !(cb->flags & XTCP_FIN) && xtcp_data_coalesce(sk, prev, skb)) {
		xtcp_data_ooo_absorb(sk, prev);
		return;
	}
	rb_link_node(&skb->rbnode, parent, p);
	rb_insert_color(&skb->rbnode, &tp->out_of_order_queue);
	skb_set_owner_r(skb, sk);
	if (!rb_next(&skb->rbnode))
		tp->ooo_last_skb = skb;
	xtcp_data_ooo_absorb(sk, skb);
}

static void xtcp_data_out_of_order(struct sock *sk, struct sk_buff *skb)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 seq = XTCP_CB(skb)->seq, end_seq = XTCP_CB(skb)->end_seq;

	xs->ack_dup = true;	/* RFC 5681 4.2: a duplicate ACK */
	if (xtcp_mem_rcv_charge(sk, skb)) {
		xs->ack_now = true;
		xtcp_mib_drop(sock_net(sk), skb, XTCP_DropRcvbuf);
		return;
	}
	tp->rcv_ooopack += max_t(u16, 1, skb_shinfo(skb)->gso_segs);
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPOFOQueue);
	xtcp_data_ooo_insert(sk, skb);
	if (tp->rx_opt.sack_ok)
		xtcp_data_sack_add(xs, seq, end_seq);
}

/**
 * xtcp_data_prune() - memory is short: give up out-of-order data, which the peer still has (RFC 2018 section 8)
 * @sk: connection
 *
 * Return: true if something was freed. Acknowledged data is never touched.
 */
bool xtcp_data_prune(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int goal = sk->sk_rcvbuf >> 3;
	bool freed = false;

	while (tp->ooo_last_skb && goal > 0) {
		struct sk_buff *skb = tp->ooo_last_skb;

		goal -= skb->truesize;
		xtcp_data_ooo_erase(tp, skb);
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_OfoPruned);
		xtcp_mib_drop(sock_net(sk), skb, XTCP_DropOfoPruned);
		freed = true;
	}
	/* what was reported is not there any more */
	if (freed)
		tcp_sk(sk)->rx_opt.num_sacks = 0;
	return freed;
}

/** xtcp_data_purge() - the connection is over or nobody will read: free both queues */
void xtcp_data_purge(struct sock *sk)
{
	__skb_queue_purge(&sk->sk_receive_queue);
	xtcp_data_ooo_purge(sk);
}

/* ------------------------------------------------------------ acknowledging */

/* What a full segment of the peer's is, judged by what it sends; drives delayed ACKs and the window's step. */
static void xtcp_data_measure_mss(struct sock *sk, const struct sk_buff *skb)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 len = skb_shinfo(skb)->gso_size ? : skb->len;

	if (len >= icsk->icsk_ack.rcv_mss)
		icsk->icsk_ack.rcv_mss = min_t(u32, len, max_t(u32, tcp_sk(sk)->advmss, TCP_MSS_DEFAULT));
	else if (len == icsk->icsk_ack.last_seg_size && len > TCP_MIN_MSS)
		icsk->icsk_ack.rcv_mss = len;	/* two alike in a row: the path or the peer got smaller */
	icsk->icsk_ack.last_seg_size = len;
}

/* Inter-arrival time of data, for the delayed ACK's length. */
static void xtcp_data_measure_ato(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	u64 gap = xs->tp.tcp_mstamp - xs->last_data_us;

	if (!xs->last_data_us || gap > xs->rto_us) {
		/* first data, or a pause: the sender may be in slow start and lives by our ACKs */
		xs->quick = max_t(u8, xs->quick, XTCP_DATA_QUICK_ACKS);
		xs->ato_us = XTCP_DELACK_MIN_US;
	} else {
		xs->ato_us = (xs->ato_us >> 1) + (u32)min_t(u64, gap, XTCP_DELACK_MAX_US) / 2;
	}
	xs->last_data_us = xs->tp.tcp_mstamp;
	xs->answered = false;
	icsk->icsk_ack.ato = usecs_to_jiffies(xs->ato_us);
	icsk->icsk_ack.lrcvtime = tcp_jiffies32;
}

/** xtcp_data_ack() - the segment is dealt with: acknowledge now, start the delayed ACK timer, or owe nothing */
void xtcp_data_ack(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	s32 left = tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt;
	struct xtcp_delack_in in = {
		.unacked = tp->rcv_nxt - xs->last_ack_sent,
		.mss = inet_csk(sk)->icsk_ack.rcv_mss,
		.quick = xs->quickack ? 1 : xs->quick,
		.ooo = !RB_EMPTY_ROOT(&tp->out_of_order_queue),
		.pingpong = xs->pingpong && !xs->quickack,
		/* of a window that is nearly shut half is no measure: before the reader has read no ACK can open it */
		.window = max(tp->rcv_wnd, tp->rcv_ssthresh),
	};
	u32 offer;

	if (xs->ack_now || (xs->ack_dup && (xtcp_dsack(xs)->start != xtcp_dsack(xs)->end || !xtcp_dupack_hold(sk)))) {
		xtcp_control_ack(sk);
		return;
	}
	if (xs->ack_dup) {
		xs->ack_dup = false;
		return;
	}
	if (!in.unacked)
		return;
	/* for a single segment the window does not matter, unless it is a small one */
	if (in.unacked > in.mss || in.unacked >= in.window / 2) {
		offer = xtcp_output_would_advertise(sk);
		in.window_grew = offer >= max(left, 0);
		/* more waits than this segment brought: the reader acknowledges when it is through (sock/recvmsg.c) */
		in.behind = offer < tp->rcv_wnd && !sock_flag(sk, SOCK_DEAD) &&
			    xtcp_readable(sk) >= READ_ONCE(sk->sk_rcvlowat);
	}
	if (xtcp_delack_now(&in)) {
		xtcp_control_ack(sk);
	} else if (!xs->delack_waits) {
		xtcp_timer_delack_start(sk, min(xtcp_delack_timeout(xs->ato_us, tp->srtt_us >> 3, xs->pingpong),
						jiffies_to_usecs(inet_csk(sk)->icsk_delack_max)));
	}
}

/* ------------------------------------------------------------ entry */

static void xtcp_data_in_order(struct sock *sk, struct sk_buff *skb)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	bool fin, charged = skb->sk == sk;

	if (skb->len && !charged && xtcp_mem_rcv_charge(sk, skb)) {
		xs->ack_now = true;
		xtcp_mib_drop(sock_net(sk), skb, XTCP_DropRcvbuf);
		return;
	}
	if (xtcp_seq_lt(XTCP_CB(skb)->seq, tp->rcv_nxt))
		xtcp_data_dsack(sk, XTCP_CB(skb)->seq, tp->rcv_nxt);
	fin = xtcp_data_append(sk, skb, charged);
	if (unlikely(!RB_EMPTY_ROOT(&tp->out_of_order_queue))) {
		if (!fin)
			fin = xtcp_data_ooo_drain(sk);
		/* RFC 5681 4.2: filling a hole is acknowledged at once */
		if (fin || RB_EMPTY_ROOT(&tp->out_of_order_queue))
			xs->ack_now = true;
	}
	if (xs->tp.rx_opt.num_sacks)
		xtcp_data_trim_sacks(sk);
	if (fin) {
		xtcp_state_fin(sk);
		if (sk->sk_state == TCP_CLOSE)
			return;
	}
	xtcp_data_wake(sk);
}

/**
 * xtcp_data_rcv_syn() - the text of a SYN that Fast Open lets in (RFC 7413 4.2.2)
 * @sk: the new child, locked
 * @skb: the SYN, header still in front; consumed. A FIN in it is left to be sent again.
 */
void xtcp_data_rcv_syn(struct sock *sk, struct sk_buff *skb)
{
	struct xtcp_cb *cb = XTCP_CB(skb);

	skb_dst_drop(skb);
	tcp_sk(sk)->segs_in++;
	cb->seq++;
	cb->end_seq -= !!(cb->flags & XTCP_FIN);
	cb->flags &= ~(XTCP_SYN | XTCP_FIN);
	if (cb->seq == cb->end_seq) {
		consume_skb(skb);
		return;
	}
	__skb_pull(skb, tcp_hdrlen(skb));
	tcp_sk(sk)->data_segs_in++;
	xtcp_data_measure_mss(sk, skb);
	xtcp_data_in_order(sk, skb);
	/* the SYN-ACK acknowledges it */
	xtcp_sk(sk)->ack_now = false;
}

/**
 * xtcp_data_rcv() - the text and FIN of an acceptable segment
 * @sk: connection, locked
 * @skb: header still in front; consumed
 */
void xtcp_data_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);

	if (cb->seq == cb->end_seq) {
		xtcp_mib_sk_add(sk, XTCP_MIB_TCPPureAcks, 1);
		consume_skb(skb);
		return;
	}
	/* RFC 9293 3.10.7.4 seventh check: after the peer's FIN there can be no text */
	if (!xtcp_state_wants_data(sk)) {
		xtcp_mib_drop(sock_net(sk), skb, XTCP_DropAfterClose);
		return;
	}
	__skb_pull(skb, tcp_hdrlen(skb));
	tp->data_segs_in += max_t(u16, 1, skb_shinfo(skb)->gso_segs);
	if (skb->len) {
		xtcp_data_measure_mss(sk, skb);
		xtcp_data_measure_ato(sk);
		xtcp_ecn_rcv(sk, cb);
	}
	if (xtcp_seq_gt(cb->seq, tp->rcv_nxt))
		xtcp_data_out_of_order(sk, skb);
	else
		xtcp_data_in_order(sk, skb);
}
