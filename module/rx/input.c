// SPDX-License-Identifier: GPL-2.0
/*
 * A segment arrives at its connection: RFC 9293 3.10.7.4, step by step. Called with the socket lock held, from the
 * slot's softirq or from release_sock() for what waited on the backlog. Verdicts come from core/accept.c; the ACK field
 * is rx/ack.c's, text and FIN are rx/data.c's, state changes conn/state.c's.
 */
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

#include <trace/events/xtcp.h>

#define XTCP_INPUT_BACKLOG_BYTES 65536u	/* beside the buffers: bursts while a process holds the socket */
#define XTCP_INPUT_REORDER_MS	1000u	/* older timestamps by more than this are not reordering */

/** xtcp_input_fill_cb() - read the header of @skb (validated, linear) into XTCP_CB(); overwrites IP's control block */
void xtcp_input_fill_cb(struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);
	struct xtcp_cb *cb = XTCP_CB(skb);

	memset(cb, 0, sizeof(*cb));
	cb->seq = ntohl(th->seq);
	cb->end_seq = cb->seq + th->syn + th->fin + skb->len - th->doff * 4;
	cb->flags = ((const u8 *)th)[13];
	cb->wnd = ntohs(th->window);
	cb->rx.ack = ntohl(th->ack_seq);
	cb->ecn = INET_ECN_MASK & (skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->tos :
				   ipv6_get_dsfield(ipv6_hdr(skb)));
}

static void xtcp_input_options(struct sock *sk, const struct sk_buff *skb, struct xtcp_options *o)
{
	const struct tcphdr *th = tcp_hdr(skb);
	const u8 *p = (const u8 *)(th + 1);
	unsigned int len = th->doff * 4 - sizeof(*th);

	if (len == XTCP_OPTIONS_TS_BYTES && xtcp_options_fast_ts(o, p, len)) {
		o->mss = 0;
		o->has_wscale = false;
		o->sack_ok = false;
		o->has_fo = false;
	} else {
		xtcp_options_parse(o, p, len, th->syn);
	}
	/* a SACK that was never agreed means nothing (RFC 2018 section 2) */
	if (!tcp_sk(sk)->rx_opt.sack_ok)
		o->nr_sack = 0;
}

static void xtcp_input_drop(struct sock *sk, struct sk_buff *skb, enum xtcp_drop why)
{
	xtcp_mib_drop(sock_net(sk), skb, why);
}

/* An unacceptable segment with text that was received before: the peer learns that it came twice (RFC 2883). */
static void xtcp_input_repeated(struct sock *sk, const struct xtcp_cb *cb)
{
	u32 rcv_nxt = tcp_sk(sk)->rcv_nxt;

	if (cb->seq != cb->end_seq && xtcp_seq_lt(cb->seq, rcv_nxt))
		xtcp_data_dsack(sk, cb->seq, xtcp_seq_min(cb->end_seq, rcv_nxt));
}

/*
 * RFC 9293 3.10.7.4 first to fourth check. Returns true if the segment goes on to its ACK field; else it was
 * consumed.
 */
static bool xtcp_input_acceptable(struct sock *sk, struct sk_buff *skb, const struct xtcp_options *o)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_segment seg = {
		.seq = cb->seq, .end_seq = cb->end_seq, .ack = cb->rx.ack, .wnd = cb->wnd, .flags = cb->flags,
	};
	s32 left = tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt;
	struct xtcp_accept_in in = {
		.rcv_nxt = tp->rcv_nxt,
		.rcv_wnd = max(left, 0),
		.rcv_old = max_t(u32, READ_ONCE(sk->sk_rcvbuf), U16_MAX),
		.ts_recent = tp->rx_opt.ts_recent,
		.ts_recent_age_s = xtcp_clock_s() - (u32)tp->rx_opt.ts_recent_stamp,
		.ts_ok = tp->rx_opt.tstamp_ok,
		.fin_received = xtcp_step_heard_fin(sk->sk_state),
	};

	switch (xtcp_accept_segment(&in, &seg, o)) {
	case XTCP_ACCEPT:
		break;
	case XTCP_DROP_SILENT:
		xtcp_input_drop(sk, skb, XTCP_DropRst);
		return false;
	case XTCP_DROP_ACK:
		xtcp_input_repeated(sk, cb);
		xtcp_control_dup_ack(sk, skb);
		xtcp_input_drop(sk, skb, XTCP_DropSequence);
		return false;
	case XTCP_DROP_PAWS:
		/* pure ACKs overtake each other on hosts with several CPUs; what the older one says is known already */
		xtcp_input_repeated(sk, cb);
		if (cb->seq != cb->end_seq || in.ts_recent - o->tsval > XTCP_INPUT_REORDER_MS)
			xtcp_control_dup_ack(sk, skb);
		xtcp_input_drop(sk, skb, XTCP_DropPaws);
		return false;
	case XTCP_DROP_DUP:
		xtcp_data_dsack(sk, cb->seq, cb->end_seq);
		xtcp_sk(sk)->quick = max_t(u8, xtcp_sk(sk)->quick, 2);
		xtcp_sk(sk)->ack_now = true;
		xtcp_mib_count_drop(sock_net(sk), XTCP_DropOldData);
		/* it was acknowledged, or would have been soon: the peer has waited for that in vain */
		if (cb->end_seq != cb->seq)
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_DelayedACKLost);
		/* its text is old, its ACK may be news: go on without the text */
		cb->end_seq = cb->seq;
		cb->flags &= ~XTCP_FIN;
		/* nor does its timestamp count (RFC 7323 5.3 R2 before R3): the originals of other holes are older */
		return true;
	case XTCP_CHALLENGE:
		if (cb->flags & XTCP_SYN)
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPSYNChallenge);
		xtcp_control_challenge(sk);
		xtcp_input_drop(sk, skb, XTCP_DropSynInWindow);
		return false;
	case XTCP_RESET:
		trace_xtcp_receive_reset(sk);
		xtcp_why_ends(sk, XTCP_REASON_PEER_RESET);
		xtcp_close_reset(sk, sk->sk_state == TCP_CLOSE_WAIT ? EPIPE : ECONNRESET);
		xtcp_input_drop(sk, skb, XTCP_DropReset);
		return false;
	}
	if (o->has_ts && tp->rx_opt.tstamp_ok &&
	    xtcp_accept_ts_update(&in, &seg, o, xtcp_sk(sk)->last_ack_sent)) {
		tp->rx_opt.ts_recent = o->tsval;
		tp->rx_opt.ts_recent_stamp = xtcp_clock_s();
	}
	return true;
}

/* Simultaneous open: the peer's SYN-ACK repeats a SYN we have; what counts is its ACK (RFC 9293 figure 7). */
static void xtcp_input_strip_syn(const struct sock *sk, struct xtcp_cb *cb)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if ((cb->flags & (XTCP_SYN | XTCP_ACK | XTCP_RST)) == (XTCP_SYN | XTCP_ACK) && cb->seq + 1 == tp->rcv_nxt &&
	    cb->rx.ack == tp->snd_nxt) {
		cb->flags &= ~XTCP_SYN;
		cb->seq++;
		/* a SYN's window is never scaled (RFC 7323 2.2), what it is taken for now would be */
		cb->wnd >>= tp->rx_opt.snd_wscale;
	}
}

/* Fast Open: the SYN came again, so our SYN-ACK may be lost. True: it was answered. */
static bool xtcp_input_syn_again(struct sock *sk, const struct xtcp_cb *cb)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (!xs->fastopen_child || cb->seq != xs->peer_isn ||
	    (cb->flags & (XTCP_SYN | XTCP_ACK | XTCP_RST)) != XTCP_SYN)
		return false;
	if (!xtcp_control_answered(sock_net(sk), xs->tp.last_oow_ack_time)) {
		xs->tp.last_oow_ack_time = tcp_jiffies32;
		xtcp_control_synack(sk);
	}
	return true;
}

/* RFC 9293 3.10.7.4 fifth check, SYN-RECEIVED STATE; false: consumed */
static bool xtcp_input_syn_received(struct sock *sk, struct sk_buff *skb)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_tuple t;

	if (xtcp_seq_gt(cb->rx.ack, tp->snd_una) && xtcp_seq_le(cb->rx.ack, tp->snd_nxt)) {
		xtcp_connect_finish(sk);
		return true;
	}
	xtcp_connect_fill_tuple(sk, &t);
	xtcp_control_stateless_reset(sock_net(sk), skb, &t, sk->sk_bound_dev_if);
	xtcp_input_drop(sk, skb, XTCP_DropAck);
	return false;
}

/*
 * New data for an application that closed: nobody will read it, and the peer must know (RFC 9293 3.6.1, RFC 2525
 * 2.17)
 */
static bool xtcp_input_after_close(const struct sock *sk, const struct xtcp_cb *cb)
{
	u32 data_end = cb->end_seq - !!(cb->flags & XTCP_FIN);

	return sk->sk_shutdown & RCV_SHUTDOWN && (1 << sk->sk_state) & (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2) &&
	       data_end != cb->seq && xtcp_seq_gt(data_end, tcp_sk(sk)->rcv_nxt);
}

/* How long is the round trip, seen from a receiver? What this segment echoes left here that long ago. */
static void xtcp_input_rcv_rtt(struct sock *sk, const struct sk_buff *skb, const struct xtcp_options *o)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 age_ms = 0;

	if (o->has_ts && tp->rx_opt.tstamp_ok && o->tsecr) {
		/* the same echo again: it waited at the peer, not on the path */
		if (tp->rcv_rtt_last_tsecr == o->tsecr)
			return;
		tp->rcv_rtt_last_tsecr = o->tsecr;
		age_ms = max(xtcp_clock_ts(tp->tcp_mstamp) + tp->tsoffset - o->tsecr, 1u);
		if (age_ms > 60 * MSEC_PER_SEC)
			return;
	}
	xtcp_mem_rcv_rtt(sk, age_ms * USEC_PER_MSEC, skb->len - tcp_hdrlen(skb));
}

/*
 * Text in order, and there is memory at hand: it is charged before its ACK gives back that of our own text. So in an
 * exchange of small messages one page serves both, and need not be given back and asked for again in between. Only
 * where nothing can end the connection before the segment is on the receive queue.
 */
static void xtcp_input_charge_early(struct sock *sk, struct sk_buff *skb)
{
	const struct xtcp_cb *cb = XTCP_CB(skb);

	if (cb->end_seq != cb->seq && cb->seq == tcp_sk(sk)->rcv_nxt && sk->sk_state == TCP_ESTABLISHED &&
	    (int)skb->truesize <= sk->sk_forward_alloc && atomic_read(&sk->sk_rmem_alloc) <= sk->sk_rcvbuf)
		skb_set_owner_r(skb, sk);
}

static void xtcp_input_synchronized(struct sock *sk, struct sk_buff *skb, struct xtcp_options *o)
{
	struct xtcp_cb *cb = XTCP_CB(skb);

	if (unlikely(sk->sk_state == TCP_SYN_RECV)) {
		if (xtcp_input_syn_again(sk, cb)) {
			xtcp_input_drop(sk, skb, XTCP_DropRequest);
			return;
		}
		xtcp_input_strip_syn(sk, cb);
	}
	if (!xtcp_input_acceptable(sk, skb, o))
		return;
	if (unlikely(!(cb->flags & XTCP_ACK))) {
		xtcp_input_drop(sk, skb, XTCP_DropFlags);
		return;
	}
	if (unlikely(sk->sk_state == TCP_SYN_RECV) && !xtcp_input_syn_received(sk, skb))
		return;
	xtcp_input_charge_early(sk, skb);
	if (!xtcp_ack_rcv(sk, skb, o)) {
		xtcp_input_drop(sk, skb, XTCP_DropAck);
		return;
	}
	if (unlikely(sk->sk_state != TCP_ESTABLISHED)) {
		xtcp_state_after_ack(sk);
		if (sk->sk_state == TCP_CLOSE) {
			consume_skb(skb);
			return;
		}
		if (xtcp_input_after_close(sk, cb)) {
			xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortOnData);
			xtcp_why_ends(sk, XTCP_REASON_LATE_DATA);
			xtcp_close_abort(sk, ECONNRESET);
			xtcp_input_drop(sk, skb, XTCP_DropAfterClose);
			return;
		}
	}
	if (cb->end_seq != cb->seq)
		xtcp_input_rcv_rtt(sk, skb, o);
	if (unlikely(cb->flags & XTCP_URG || tcp_sk(sk)->urg_data == TCP_URG_NOTYET))
		xtcp_urgent_rcv(sk, skb);
	xtcp_data_rcv(sk, skb);
	if (sk->sk_state == TCP_CLOSE)
		return;
	xtcp_output_push_pending(sk);
	xtcp_data_ack(sk);
	xtcp_why_update(sk);
	if (unlikely(sk->sk_state == TCP_FIN_WAIT2))
		xtcp_state_retire(sk);
}

/**
 * xtcp_input_segment() - SEGMENT ARRIVES (RFC 9293 3.10.7)
 * @sk: connection; the lock is held by a softirq (bh_lock_sock, not owned) or by a process
 * @skb: its segment, header validated, XTCP_CB filled; consumed
 */
void xtcp_input_segment(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_options o;

	sock_owned_by_me(sk);
	if (unlikely(skb_dst(skb) != rcu_access_pointer(sk->sk_rx_dst)) &&
	    (1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_SYN_SENT))
		xtcp_route_note_rx(sk, skb);
	skb_dst_drop(skb);
	tp->segs_in += max_t(u16, 1, skb_shinfo(skb)->gso_segs);
	xtcp_clock_refresh(tp);
	trace_xtcp_probe(sk, skb);
	xtcp_input_options(sk, skb, &o);
	switch (sk->sk_state) {
	case TCP_CLOSE:
	case TCP_LISTEN:
		xtcp_input_drop(sk, skb, XTCP_DropAfterClose);
		return;
	case TCP_SYN_SENT:
		xtcp_connect_rcv(sk, skb, &o);
		return;
	default:
		xtcp_input_synchronized(sk, skb, &o);
	}
}

/**
 * xtcp_input_deliver() - give @skb to a connection found in the table: process it, or leave it for the socket's owner
 * @sk: ours, not locked; the caller holds a reference
 * @skb: header validated, XTCP_CB filled; consumed
 *
 * Softirq.
 */
void xtcp_input_deliver(struct sock *sk, struct sk_buff *skb)
{
	u64 room;

	bh_lock_sock_nested(sk);
	if (likely(!sock_owned_by_user(sk))) {
		xtcp_input_segment(sk, skb);
	} else {
		skb_dst_drop(skb);
		/* twice: what release_sock() has moved to the receive queue counts until the backlog is empty */
		room = 2 * (u64)READ_ONCE(sk->sk_rcvbuf) + READ_ONCE(sk->sk_sndbuf) + XTCP_INPUT_BACKLOG_BYTES;
		if (unlikely(sk_add_backlog(sk, skb, min_t(u64, room, UINT_MAX)))) {
			xtcp_compat_drops_add(sk, skb);
			xtcp_input_drop(sk, skb, XTCP_DropBacklog);
		}
	}
	bh_unlock_sock(sk);
}

/** xtcp_input_backlog_rcv() - sk_backlog_rcv: a segment that waited while a process owned the socket */
int xtcp_input_backlog_rcv(struct sock *sk, struct sk_buff *skb)
{
	xtcp_input_segment(sk, skb);
	return 0;
}

/** xtcp_input_release_cb() - proto.release_cb: work that softirqs left for the socket's owner; lock held, BH off */
void xtcp_input_release_cb(struct sock *sk)
{
	const unsigned long mask = BIT(XTCP_DEFER_RTX) | BIT(XTCP_DEFER_DELACK) | BIT(XTCP_DEFER_KEEP) |
				   BIT(XTCP_DEFER_TSQ) | BIT(XTCP_DEFER_MTU) | BIT(XTCP_DEFER_DUPACK);
	unsigned long old, new;

	do {
		old = READ_ONCE(sk->sk_tsq_flags);
		if (!(old & mask))
			return;
		new = old & ~mask;
	} while (cmpxchg(&sk->sk_tsq_flags, old, new) != old);

	xtcp_timer_deferred(sk, old);
}
