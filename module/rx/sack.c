// SPDX-License-Identifier: GPL-2.0
/*
 * The SACK scoreboard: which buffers of the retransmit queue the peer holds above SND.UNA, kept as bits in their
 * control blocks. Called by rx/ack.c. Decides nothing about losses: rx/loss.c does. Every loop is bounded by what is in
 * flight, and blocks that repeat those of the ACK before cost nothing. RFC 2018, RFC 2883, RFC 6675 section 4.
 */
#include "xtcp.h"
#include "rx/ack.h"

static void xtcp_sack_skb(struct sock *sk, struct sk_buff *skb, struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct xtcp_cb *cb = XTCP_CB(skb);

	xtcp_ack_delivered(sk, skb, n);
	if (!(cb->state & XTCP_SKB_EVER_RETRANS))
		n->sack_us = max(n->sack_us, tcp_skb_timestamp_us(skb));
	if (cb->state & XTCP_SKB_RETRANS)
		tp->retrans_out -= cb->segs;
	if (cb->state & XTCP_SKB_LOST)
		tp->lost_out -= cb->segs;
	cb->state = (cb->state & ~(XTCP_SKB_RETRANS | XTCP_SKB_LOST)) | XTCP_SKB_SACKED;
	if (!tp->sacked_out || xtcp_seq_gt(cb->end_seq, xs->tx->sacked_high))
		xs->tx->sacked_high = cb->end_seq;
	tp->sacked_out += cb->segs;
	n->sacked = true;
	/* it is not on its way any more */
	list_del_init(&skb->tcp_tsorted_anchor);
	cb->tx.delivered_us = 0;
}

/*
 * Mark [start, end). Buffers that it covers in part are cut, but only at segment boundaries, so that a hostile peer
 * cannot shred the queue: at most one buffer per segment sent can result.
 */
static void xtcp_sack_range(struct sock *sk, u32 start, u32 end, struct xtcp_ack_news *n)
{
	struct sk_buff *skb = xtcp_queue_find(sk, start);

	while (skb && xtcp_seq_lt(XTCP_CB(skb)->seq, end)) {
		struct xtcp_cb *cb = XTCP_CB(skb);
		u32 mss = max_t(u32, cb->mss, 1);

		if (!(cb->state & XTCP_SKB_SACKED)) {
			if (xtcp_seq_lt(cb->seq, start)) {
				u32 skip = DIV_ROUND_UP(start - cb->seq, mss) * mss;

				/* uncut it stays unmarked as a whole: at worst it is sent again in vain */
				if (skip < skb->len)
					xtcp_queue_split(sk, skb, skip, true, GFP_ATOMIC);
				skb = skb_rb_next(skb);
				continue;
			}
			if (xtcp_seq_gt(cb->end_seq, end)) {
				u32 keep = (end - cb->seq) / mss * mss;

				if (!keep || keep >= skb->len || xtcp_queue_split(sk, skb, keep, true, GFP_ATOMIC))
					return;
			}
			xtcp_sack_skb(sk, skb, n);
		}
		skb = skb_rb_next(skb);
	}
}

/* Mark the part of @b that no block of the ACK before this one covered already: peers repeat themselves. */
static void xtcp_sack_block(struct sock *sk, const struct xtcp_sack *b, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 start = b->start, end = b->end;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tp->recv_sack_cache); i++) {
		u32 c_start = tp->recv_sack_cache[i].start_seq, c_end = tp->recv_sack_cache[i].end_seq;

		if (c_start == c_end || xtcp_seq_le(c_end, start) || xtcp_seq_ge(c_start, end))
			continue;
		if (xtcp_seq_lt(start, c_start))
			xtcp_sack_range(sk, start, c_start, n);
		start = xtcp_seq_max(start, c_end);
		if (xtcp_seq_ge(start, end))
			return;
	}
	xtcp_sack_range(sk, start, end, n);
}

/* RFC 2883: the peer got [start, end) twice. Believed only within what was sent and is not long gone. */
static void xtcp_sack_duplicate(struct sock *sk, const struct xtcp_sack *b, u32 ack, struct xtcp_ack_news *n)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 segs = max_t(u32, 1, DIV_ROUND_UP(b->end - b->start, max(tp->mss_cache, 1u)));

	if (xtcp_seq_gt(b->end, tp->snd_nxt) || xtcp_seq_lt(b->start, ack - max(tp->max_window, 65535u)))
		return;
	n->dsack = true;
	tp->dsack_dups += segs;
	xtcp_mib_inc(sock_net(sk), xtcp_seq_le(b->end, ack) ? XTCP_MIB_TCPDSACKRecv : XTCP_MIB_TCPDSACKOfoRecv);
	/* nothing but a SYN was ever sent twice */
	if (!xs->tx)
		return;
	xtcp_undo_dsack(&xs->tx->undo, b->start, b->end, segs, ack);
	/* a needless retransmission; a probe's copy is no sign of a narrow window (RFC 8985 6.2 step 4) */
	if (!xs->tx->tlp.active || b->end != xs->tx->tlp.end_seq)
		xtcp_rack_dsack(&xs->tx->rack, tp->snd_una, tp->snd_nxt);
}

/** xtcp_sack_rcv() - the SACK option of an ACK: duplicates, and blocks above @ack */
void xtcp_sack_rcv(struct sock *sk, u32 ack, const struct xtcp_options *o, struct xtcp_ack_news *n)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_sack_block fresh[XTCP_OPTIONS_MAX_SACK] = {};
	unsigned int i = 0, nr = 0;

	if (xtcp_recovery_is_dsack(o->sack, o->nr_sack, ack)) {
		xtcp_sack_duplicate(sk, &o->sack[0], ack, n);
		i = 1;
	}
	for (; i < o->nr_sack; i++) {
		if (!xtcp_recovery_sack_ok(&o->sack[i], tp->snd_una, tp->snd_nxt)) {
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPSACKDiscard);
			continue;
		}
		xtcp_sack_block(sk, &o->sack[i], n);
		fresh[nr].start_seq = o->sack[i].start;
		fresh[nr++].end_seq = o->sack[i].end;
	}
	memcpy(tp->recv_sack_cache, fresh, sizeof(tp->recv_sack_cache));
}

/**
 * xtcp_sack_reneged() - RFC 2018 section 8: the peer's first hole begins at data it had SACKed
 * @sk: connection
 *
 * Return: true if it did: it threw that away, so none of it is believed any more, and the caller sends all again.
 */
bool xtcp_sack_reneged(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (!skb || !(XTCP_CB(skb)->state & XTCP_SKB_SACKED) || xtcp_seq_gt(XTCP_CB(skb)->seq, tp->snd_una))
		return false;
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPSACKReneging);
	for (; skb; skb = skb_rb_next(skb)) {
		if (XTCP_CB(skb)->state & XTCP_SKB_SACKED) {
			XTCP_CB(skb)->state &= ~XTCP_SKB_SACKED;
			tp->sacked_out -= XTCP_CB(skb)->segs;
		}
	}
	memset(tp->recv_sack_cache, 0, sizeof(tp->recv_sack_cache));
	xtcp_sk(sk)->tx->lost_below = tp->snd_una;
	return true;
}
