// SPDX-License-Identifier: GPL-2.0
/*
 * Segments without data: ACKs, challenge ACKs, SYNs, probes and resets, of a connection and of none. Called by every
 * part that has to answer the peer; decides nothing but rate limits. RFC 9293 3.5, 3.8.6.1, 3.10.7; RFC 5961 section 7.
 */
#include "xtcp.h"

#include <trace/events/xtcp.h>

#define XTCP_CONTROL_ACK_RETRY_US	200000u

/** xtcp_control_ack() - acknowledge what has arrived, now; without memory, try again by the delayed ACK timer */
void xtcp_control_ack(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (sk->sk_state == TCP_CLOSE)
		return;
	if (unlikely(xtcp_output_control(sk, XTCP_ACK, tp->snd_nxt, GFP_ATOMIC) == -ENOBUFS))
		xtcp_timer_delack_start(sk, XTCP_CONTROL_ACK_RETRY_US);
}

/**
 * xtcp_control_answered() - was something unacceptable answered a moment ago? Then no more for a while
 * @net: namespace: net.ipv4.tcp_invalid_ratelimit
 * @last: tcp_jiffies32 of that answer, or 0
 *
 * So no two stacks that disagree loop, and no forger makes us flood a third. Counts what is left unanswered.
 */
bool xtcp_control_answered(struct net *net, u32 last)
{
	s32 since = tcp_jiffies32 - last;

	if (!last || since < 0 || since >= READ_ONCE(net->ipv4.sysctl_tcp_invalid_ratelimit))
		return false;
	xtcp_mib_inc(net, XTCP_MIB_TCPACKSkipped);
	return true;
}

/*
 * How many this second: somewhere around net.ipv4.tcp_challenge_ack_limit. With a number that is known, who shares it
 * with a connection by one of his own can count whether his forgery for the other was answered.
 */
static u32 xtcp_control_challenge_limit(const struct net *net)
{
	u32 limit = READ_ONCE(net->ipv4.sysctl_tcp_challenge_ack_limit);

	if (limit == INT_MAX || !limit)
		return limit ? ~0u : 0;
	return (limit + 1) / 2 + get_random_u32_below(limit);
}

/** xtcp_control_challenge() - RFC 5961: make the peer prove itself; limited per netns (section 7) and per connection */
void xtcp_control_challenge(struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct xtcp_net *xn = xtcp_net(net);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 now_s = xtcp_clock_s();
	bool ok;

	if (xtcp_control_answered(net, tp->last_oow_ack_time))
		return;
	spin_lock_bh(&xn->reply_lock);
	if (xtcp_budget_over(&xn->challenge, now_s))
		xn->challenge_most = xtcp_control_challenge_limit(net);
	ok = xtcp_budget_take(&xn->challenge, now_s, xn->challenge_most);
	spin_unlock_bh(&xn->reply_lock);
	if (!ok) {
		xtcp_mib_inc(net, XTCP_MIB_TCPACKSkipped);
		return;
	}
	tp->last_oow_ack_time = tcp_jiffies32;
	xtcp_mib_inc(net, XTCP_MIB_TCPChallengeACK);
	xtcp_control_ack(sk);
}

/** xtcp_control_dup_ack() - RFC 9293 3.10.7.4: answer an unacceptable segment, but let no two stacks loop */
void xtcp_control_dup_ack(struct sock *sk, const struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct xtcp_cb *cb = XTCP_CB(skb);

	if (cb->end_seq == cb->seq || cb->flags & XTCP_SYN) {
		if (xtcp_control_answered(sock_net(sk), tp->last_oow_ack_time))
			return;
		tp->last_oow_ack_time = tcp_jiffies32;
	}
	xtcp_control_ack(sk);
}

/** xtcp_control_reset() - RFC 9293 3.10.4/5: abort the connection; best effort */
void xtcp_control_reset(struct sock *sk, gfp_t gfp)
{
	struct tcp_sock *tp = tcp_sk(sk);

	xtcp_clock_refresh(tp);
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_OutRsts);
	trace_xtcp_send_reset(sk, NULL);
	if (xtcp_output_control(sk, XTCP_RST | XTCP_ACK, tp->snd_nxt, gfp))
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortFailed);
}

/* The SYN occupies a sequence number, so it waits on the retransmit queue like data. */
static int xtcp_control_queue_syn(struct sock *sk, u8 flags)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = xtcp_queue_alloc_forced(sk, sk_gfp_mask(sk, GFP_ATOMIC));

	if (!skb)
		return -ENOBUFS;
	xtcp_queue_append(sk, skb);
	XTCP_CB(skb)->flags = flags;
	XTCP_CB(skb)->end_seq++;
	WRITE_ONCE(tp->write_seq, tp->write_seq + 1);
	xtcp_queue_set_segs(skb, tp->mss_cache);
	xtcp_clock_refresh(tp);
	/* lost or not sent at all: the retransmission timer does not care */
	xtcp_output_transmit(sk, skb, false, sk_gfp_mask(sk, GFP_ATOMIC));
	xtcp_queue_sent(sk, skb);
	xtcp_timer_rtx_rearm(sk);
	return 0;
}

/* A buffer with the first @len bytes of what sendmsg() was given; NULL if that cannot be had */
static struct sk_buff *xtcp_control_syn_text(struct sock *sk, u32 len)
{
	struct sk_buff *text = NULL;

	if (xtcp_sender_get(sk, sk->sk_allocation))
		text = xtcp_queue_alloc(sk, sk->sk_allocation);
	if (!text)
		return NULL;
	xtcp_queue_append(sk, text);
	XTCP_CB(text)->flags |= XTCP_PSH;
	xtcp_sendmsg_fill(sk, text, tcp_sk(sk)->fastopen_req->data, len);
	if (text->len) {
		xtcp_queue_set_segs(text, tcp_sk(sk)->mss_cache);
		return text;
	}
	__skb_unlink(text, xtcp_unsent(sk));
	xtcp_queue_free(sk, text);
	return NULL;
}

/* The SYN and text in one segment, on the queue as two (RFC 7413 4.2.1). */
static int xtcp_control_fast_syn(struct sock *sk, u8 flags, u32 len)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *syn = xtcp_queue_alloc_forced(sk, sk_gfp_mask(sk, GFP_ATOMIC)), *text;

	if (!syn)
		return -ENOBUFS;
	xtcp_queue_append(sk, syn);
	XTCP_CB(syn)->flags = flags;
	XTCP_CB(syn)->end_seq++;
	WRITE_ONCE(tp->write_seq, tp->write_seq + 1);
	xtcp_queue_set_segs(syn, tp->mss_cache);
	text = xtcp_control_syn_text(sk, len);
	xtcp_clock_refresh(tp);
	if (text)
		xtcp_output_syn_text(sk, syn, text);
	else
		xtcp_output_transmit(sk, syn, false, sk_gfp_mask(sk, GFP_ATOMIC));
	xtcp_queue_sent(sk, syn);
	if (text)
		xtcp_queue_sent(sk, text);
	xtcp_timer_rtx_rearm(sk);
	return 0;
}

/** xtcp_control_syn() - send the first SYN of connect(), with text if Fast Open allows it */
int xtcp_control_syn(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	u8 flags = XTCP_SYN | xtcp_ecn_syn(sk);
	u32 text = xs->fastopen_used ? xtcp_fastopen_space(sk) : 0;
	int err;

	err = text ? xtcp_control_fast_syn(sk, flags, text) : xtcp_control_queue_syn(sk, flags);
	/* a SYN sent again is a plain one: middleboxes drop what they do not know (RFC 7413 4.1.3) */
	xs->fastopen_option = XTCP_FASTOPEN_NONE;
	return err;
}

/** xtcp_control_synack_first() - the SYN-ACK of a child that Fast Open made; it waits on the queue for its ACK */
int xtcp_control_synack_first(struct sock *sk)
{
	u8 ece = tcp_sk(sk)->ecn_flags & TCP_ECN_MODE_RFC3168 ? XTCP_ECE : 0;

	return xtcp_control_queue_syn(sk, XTCP_SYN | XTCP_ACK | ece);
}

/** xtcp_control_synack() - simultaneous open: the SYN on the queue goes out again with an ACK (RFC 9293 figure 7) */
int xtcp_control_synack(struct sock *sk)
{
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (!skb || !(XTCP_CB(skb)->flags & XTCP_SYN))
		return -EFAULT;
	XTCP_CB(skb)->flags = XTCP_SYN | XTCP_ACK | (tcp_sk(sk)->ecn_flags & TCP_ECN_MODE_RFC3168 ? XTCP_ECE : 0);
	XTCP_CB(skb)->state |= XTCP_SKB_EVER_RETRANS;
	return xtcp_output_transmit(sk, skb, true, sk_gfp_mask(sk, GFP_ATOMIC));
}

/** xtcp_control_probe() - a segment that the peer must answer: one byte below SND.UNA, no data (RFC 9293 3.8.4) */
void xtcp_control_probe(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	xtcp_clock_refresh(tp);
	xtcp_output_control(sk, XTCP_ACK, tp->snd_una - 1, GFP_ATOMIC);
}

/**
 * xtcp_control_wakeup() - zero-window probe (RFC 9293 3.8.6.1)
 * @sk: connection
 *
 * If the window is open after all, data goes instead. Return: as xtcp_output_transmit(), 0 for a pure probe.
 */
int xtcp_control_wakeup(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb = skb_peek(xtcp_unsent(sk));
	u32 mss = xtcp_output_mss(sk);
	u32 usable;
	int err;

	xtcp_clock_refresh(tp);
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPWinProbe);
	if (!skb)
		goto pure;
	usable = xtcp_window_usable(tp->snd_una, tp->snd_wnd, XTCP_CB(skb)->seq);
	if (!usable)
		goto pure;
	/* SWS avoidance held it back for a whole time-out: enough (RFC 1122 4.2.3.4) */
	xtcp_queue_set_segs(skb, mss);
	if (skb->len > min(usable, mss) && xtcp_queue_split(sk, skb, min(usable, mss), false, GFP_ATOMIC))
		goto pure;
	XTCP_CB(skb)->flags |= XTCP_PSH;
	xtcp_queue_set_segs(skb, mss);
	err = xtcp_output_transmit(sk, skb, false, GFP_ATOMIC);
	if (!err)
		xtcp_queue_sent(sk, skb);
	return err;
pure:
	xtcp_control_probe(sk);
	return 0;
}

/* ------------------------------------------------------------ without a connection */

/* Build and send one segment of a connection that has no socket. Takes over the route. */
static int xtcp_control_stateless(struct net *net, struct sock *listener, const struct xtcp_tuple *t,
				  const struct xtcp_segment *seg, const struct xtcp_options *o, struct dst_entry *dst,
				  u32 mark, u8 tos)
{
	unsigned int hlen = sizeof(struct tcphdr) + (o ? xtcp_options_size(o) : 0);
	unsigned int room = xtcp_out_headroom(dst, xtcp_tuple_is_v4(t) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
	struct sk_buff *skb = alloc_skb(room, GFP_ATOMIC | __GFP_NOWARN);
	struct tcphdr *th;

	if (!skb) {
		dst_release(dst);
		return -ENOBUFS;
	}
	skb_reserve(skb, room);
	th = skb_push(skb, hlen);
	skb_reset_transport_header(skb);
	memset(th, 0, sizeof(*th));
	th->source = t->lport;
	th->dest = t->rport;
	th->seq = htonl(seg->seq);
	th->ack_seq = htonl(seg->ack);
	((u8 *)th)[12] = hlen / 4 << 4;
	((u8 *)th)[13] = seg->flags;
	th->window = htons(seg->wnd);
	if (o)
		xtcp_options_write((u8 *)(th + 1), o);
	xtcp_out_checksum(t, skb);
	xtcp_mib_inc(net, XTCP_MIB_OutSegs);
	return xtcp_out_stateless(net, listener, skb, t, dst, mark, tos);
}

/**
 * xtcp_control_req_synack() - send the SYN-ACK of a request (or of a SYN cookie)
 * @req: on the table, or a cookie's temporary one
 * @isn: SEG.SEQ
 * @ts: TSval, offset included
 *
 * Return: 0 or a negative errno; softirq.
 */
int xtcp_control_req_synack(struct xtcp_req *req, u32 isn, u32 ts)
{
	struct net *net = read_pnet(&req->m.net);
	struct xtcp_segment seg = {
		.seq = isn,
		.ack = req->peer_isn + 1,
		.flags = XTCP_SYN | XTCP_ACK | (req->ecn_ok ? XTCP_ECE : 0),
		.wnd = min(req->rcv_wnd, 65535u),
	};
	struct xtcp_options o = {
		.has_ts = req->tstamp_ok,
		.tsval = ts,
		.tsecr = req->ts_recent,
		.has_wscale = req->wscale_ok,
		.wscale = req->m.wscale,
		.sack_ok = req->sack_ok,
	};
	u16 user_mss = READ_ONCE(tcp_sk(req->listener)->rx_opt.user_mss);
	struct dst_entry *dst;

	dst = xtcp_route_mini(net, req->listener, &req->m.tuple, req->m.ifindex ? : req->iif, req->mark, req->m.tos);
	if (IS_ERR_OR_NULL(dst))
		return dst ? PTR_ERR(dst) : -EHOSTUNREACH;
	if (req->fastopen)
		xtcp_fastopen_give(req->listener, &req->m.tuple, &o);
	o.mss = dst_metric_advmss(dst);
	if (user_mss && user_mss < o.mss)
		o.mss = user_mss;
	return xtcp_control_stateless(net, req->listener, &req->m.tuple, &seg, &o, dst, req->mark, req->m.tos);
}

/** xtcp_control_stateless_ack() - an ACK for a request or TIME-WAIT; @wnd is the field's value (scaled); softirq */
void xtcp_control_stateless_ack(struct xtcp_mini *m, u32 seq, u32 ack, u32 wnd, const struct xtcp_options *o, u8 tos,
				u32 mark)
{
	struct xtcp_segment seg = { .seq = seq, .ack = ack, .flags = XTCP_ACK, .wnd = min(wnd, 65535u) };
	struct net *net = read_pnet(&m->net);
	struct dst_entry *dst = xtcp_route_mini(net, NULL, &m->tuple, m->ifindex, mark, tos);

	if (!IS_ERR_OR_NULL(dst))
		xtcp_control_stateless(net, NULL, &m->tuple, &seg, o, dst, mark, tos);
}

/** xtcp_control_stateless_reset() - answer @skb, for no connection, with a RST (RFC 9293 3.10.7.1) */
void xtcp_control_stateless_reset(struct net *net, struct sk_buff *skb, const struct xtcp_tuple *t, int ifindex)
{
	const struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_segment seg = {
		.seq = cb->seq, .end_seq = cb->end_seq, .ack = cb->rx.ack, .flags = cb->flags,
	};
	struct xtcp_segment rst = {};
	struct dst_entry *dst;

	if (!xtcp_reply_reset(&seg, &rst))
		return;
	dst = xtcp_route_mini(net, NULL, t, ifindex, skb->mark, 0);
	if (IS_ERR_OR_NULL(dst))
		return;
	xtcp_mib_inc(net, XTCP_MIB_OutRsts);
	xtcp_control_stateless(net, NULL, t, &rst, NULL, dst, skb->mark, 0);
}
