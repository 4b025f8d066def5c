// SPDX-License-Identifier: GPL-2.0
/*
 * The handshake is complete: a socket for the new connection. Made from the listener's clone and the request (or the
 * cookie that stood for one), entered in the connection table, fed the segment that completed it, and queued for
 * accept(). Softirq. RFC 9293 3.10.7.4 fifth check for SYN-RECEIVED.
 */
#include <net/busy_poll.h>
#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

/* A child that nobody has seen yet cannot be used after all. It comes locked. */
static void xtcp_child_discard(struct sock *child)
{
	/* the clone came locked, which sparse cannot know */
	__acquire(&child->sk_lock.slock);
	sock_set_flag(child, SOCK_DEAD);
	this_cpu_inc(*xtcp_orphans);
	inet_sk_set_state(child, TCP_CLOSE);
	xtcp_close_destroy(child);
	bh_unlock_sock(child);
	sock_put(child);
}

static void xtcp_child_fill_options(struct tcp_sock *tp, const struct xtcp_req *req)
{
	u16 mss = max_t(u16, req->opt.mss ? : xtcp_default_mss(xtcp_tuple_is_v4(&req->m.tuple)),
			XTCP_ADVERTISED_MSS_MIN - 40);

	if (tp->rx_opt.user_mss)
		mss = min(mss, tp->rx_opt.user_mss);
	tp->rx_opt.mss_clamp = mss;
	tp->rx_opt.tstamp_ok = req->tstamp_ok;
	tp->rx_opt.sack_ok = req->sack_ok;
	tp->rx_opt.wscale_ok = req->wscale_ok;
	tp->rx_opt.snd_wscale = req->wscale_ok ? req->opt.wscale : 0;
	tp->rx_opt.rcv_wscale = req->wscale_ok ? req->m.wscale : 0;
	tp->rx_opt.ts_recent = req->ts_recent;
	tp->rx_opt.ts_recent_stamp = req->tstamp_ok ? xtcp_clock_s() : 0;
	tp->tcp_header_len = sizeof(struct tcphdr) + (req->tstamp_ok ? XTCP_OPTIONS_TS_BYTES : 0);
	tp->tsoffset = req->ts_offset;
	tp->ecn_flags = req->ecn_ok ? TCP_ECN_MODE_RFC3168 : 0;
}

/* The sequence variables as RFC 9293 3.10.7.2 sets them when it answers a SYN. */
static void xtcp_child_fill_sequence(struct xtcp_sock *xs, const struct xtcp_req *req)
{
	struct tcp_sock *tp = &xs->tp;

	xs->isn = req->isn;
	xs->peer_isn = req->peer_isn;
	tp->snd_una = req->isn + 1;
	tp->snd_nxt = req->isn + 1;
	tp->snd_sml = req->isn + 1;
	tp->high_seq = req->isn + 1;
	tp->snd_up = req->isn + 1;
	tp->write_seq = req->isn + 1;
	tp->rcv_nxt = req->peer_isn + 1;
	tp->rcv_wup = req->peer_isn + 1;
	tp->copied_seq = req->peer_isn + 1;
	xs->last_ack_sent = req->peer_isn + 1;
	tp->snd_wl1 = req->peer_isn;
	tp->rcv_wnd = req->rcv_wnd;
	tp->snd_wnd = req->peer_wnd;
	tp->max_window = req->peer_wnd;
}

/* Clone, addresses, options, route: everything but visibility. Returned locked, or NULL. */
static struct sock *xtcp_child_alloc(struct sock *listener, const struct xtcp_req *req)
{
	struct sock *child = sk_clone_lock(listener, GFP_ATOMIC);
	struct dst_entry *dst;
	struct tcp_sock *tp;

	if (!child)
		return NULL;
	xtcp_family_child_init(child, listener, &req->m.tuple);
	tp = tcp_sk(child);
	inet_sk_set_state(child, TCP_SYN_RECV);
	child->sk_mark = req->mark;
	child->sk_bound_dev_if = req->iif ? : listener->sk_bound_dev_if;
	xtcp_child_fill_options(tp, req);
	xtcp_child_fill_sequence(xtcp_sk(child), req);
	dst = xtcp_route_check(child);
	if (!dst) {
		xtcp_child_discard(child);
		return NULL;
	}
	xtcp_cong_route(child, dst);
	tp->advmss = dst_metric_advmss(dst);
	if (tp->rx_opt.user_mss && tp->rx_opt.user_mss < tp->advmss)
		tp->advmss = tp->rx_opt.user_mss;
	if (req->tstamp_ok)
		tp->advmss -= XTCP_OPTIONS_TS_BYTES;
	inet_csk(child)->icsk_ack.rcv_mss = min_t(u32, tp->advmss, TCP_MSS_DEFAULT);
	xtcp_output_sync_mss(child, dst_mtu(dst));
	if (xtcp_port_inherit(child, listener)) {
		xtcp_child_discard(child);
		return NULL;
	}
	return child;
}

/* The first RTT sample is the handshake's (RFC 6298), unless the SYN-ACK was sent twice (Karn) or was a cookie. */
static void xtcp_child_establish(struct sock *child, const struct xtcp_req *req)
{
	struct tcp_sock *tp = tcp_sk(child);

	xtcp_clock_refresh(tp);
	tp->total_retrans = req->retrans;
	if (!req->retrans && req->sent_us && tp->tcp_mstamp >= req->sent_us)
		xtcp_ack_rtt(child, tp->tcp_mstamp - req->sent_us);
	xtcp_state_set(child, TCP_ESTABLISHED);
	xtcp_connect_established(child);
	xtcp_mib_inc(sock_net(child), XTCP_MIB_PassiveOpens);
}

/* What the segment that makes the child tells of itself. */
static void xtcp_child_note_segment(struct sock *child, struct xtcp_req *req, struct sk_buff *skb)
{
	xtcp_savesyn_inherit(child, req);
	xtcp_family_child_latch(child, skb);
	sk_mark_napi_id(child, skb);
}

/**
 * xtcp_child_create() - the socket for a completed request
 * @listener: it came in by
 * @req: locked, or a cookie's on the stack
 * @skb: the segment that completed the handshake
 *
 * Return: the child, locked (bh_lock_sock), in the connection table, with an extra reference; NULL without memory or
 * route.
 */
struct sock *xtcp_child_create(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb)
{
	struct sock *child = xtcp_child_alloc(listener, req);

	if (!child) {
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_MEMORY);
		xtcp_mib_inc(sock_net(listener), XTCP_MIB_ListenDrops);
		return NULL;
	}
	xtcp_child_note_segment(child, req, skb);
	xtcp_why_begin(child);
	xtcp_policy_apply(child, true);
	xtcp_child_establish(child, req);
	xtcp_demux_hash_conn(child, req->m.hash);
	return child;
}

/**
 * xtcp_child_create_early() - the socket for a SYN that Fast Open lets in: its SYN-ACK is still to be sent
 * @listener: it came in by; under RCU
 * @req: filled from the SYN
 * @skb: the SYN
 *
 * Return: the child in SYN-RECEIVED, locked and in the connection table; NULL without memory or route. The caller has
 * seen to it that the 4-tuple is free.
 */
struct sock *xtcp_child_create_early(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb)
{
	struct sock *child = xtcp_child_alloc(listener, req);
	struct xtcp_sock *xs;

	if (!child) {
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_MEMORY);
		xtcp_mib_inc(sock_net(listener), XTCP_MIB_ListenDrops);
		return NULL;
	}
	xtcp_why_begin(child);
	xtcp_policy_apply(child, true);
	xs = xtcp_sk(child);
	xs->fastopen_child = true;
	xs->tp.snd_una = req->isn;
	xs->tp.snd_nxt = req->isn;
	xs->tp.snd_sml = req->isn;
	xs->tp.snd_up = req->isn;
	xs->tp.high_seq = req->isn;
	xs->tp.write_seq = req->isn;
	xtcp_child_note_segment(child, req, skb);
	xtcp_connect_established(child);
	xtcp_mib_inc(sock_net(child), XTCP_MIB_PassiveOpens);
	xtcp_demux_hash_conn(child, req->m.hash);
	return child;
}

/** xtcp_child_deliver() - queue the child for accept() and give it its first segment; unlocks it; consumes @skb */
void xtcp_child_deliver(struct sock *listener, struct sock *child, struct sk_buff *skb)
{
	__acquire(&child->sk_lock.slock);
	security_inet_conn_established(child, skb);
	if (!xtcp_listen_add(listener, child)) {
		/* the listener closed between the check and now */
		sock_orphan(child);
		this_cpu_inc(*xtcp_orphans);
		xtcp_why_ends(child, XTCP_REASON_LISTENER_CLOSED);
		xtcp_close_abort(child, ECONNRESET);
		xtcp_mib_drop(sock_net(listener), skb, XTCP_DropNoListener);
	} else {
		xtcp_input_segment(child, skb);
		listener->sk_data_ready(listener);
	}
	bh_unlock_sock(child);
	sock_put(child);
}

/** xtcp_child_from_cookie() - the same for a SYN cookie: two copies of the ACK must not make two children */
void xtcp_child_from_cookie(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb)
{
	struct net *net = sock_net(listener);
	struct xtcp_net *xn = xtcp_net(net);
	struct sock *child = NULL, *twin;

	spin_lock(&xn->connect_lock);
	twin = xtcp_demux_find_conn(net, &req->m.tuple, skb->skb_iif, 0);
	if (!twin)
		child = xtcp_child_create(listener, req, skb);
	spin_unlock(&xn->connect_lock);
	if (twin)
		sock_gen_put(twin);
	if (child)
		xtcp_child_deliver(listener, child, skb);
	else
		xtcp_mib_drop(net, skb, XTCP_DropCookie);
}
