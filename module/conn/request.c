// SPDX-License-Identifier: GPL-2.0
/*
 * The SYN queue: connection requests in SYN-RECEIVED, a few hundred bytes each, until the handshake's last ACK makes a
 * socket of them (child.c). Softirq and timer context; each request has its own lock. RFC 9293 3.10.7.4 for
 * SYN-RECEIVED, RFC 4987, RFC 6298 5.
 */
#include <linux/slab.h>

#include "xtcp.h"

#include <trace/events/xtcp.h>

static struct kmem_cache *xtcp_req_cache;

/** xtcp_req_init() - module load */
int xtcp_req_init(void)
{
	xtcp_req_cache = kmem_cache_create("xtcp_req", sizeof(struct xtcp_req), 0,
					   SLAB_TYPESAFE_BY_RCU | SLAB_ACCOUNT, NULL);
	return xtcp_req_cache ? 0 : -ENOMEM;
}

/** xtcp_req_exit() - module unload; waits for readers of freed requests */
void xtcp_req_exit(void)
{
	kmem_cache_destroy(xtcp_req_cache);
}

/** xtcp_req_free() - the last reference is gone */
void xtcp_req_free(struct xtcp_mini *m)
{
	struct xtcp_req *req = container_of(m, struct xtcp_req, m);

	atomic_dec(&xtcp_net(read_pnet(&m->net))->requests);
	sock_put(req->listener);
	kfree(req->saved_syn);
	kmem_cache_free(xtcp_req_cache, req);
}

static u32 xtcp_req_tsval(const struct xtcp_req *req)
{
	return xtcp_clock_ts(xtcp_clock_us()) + req->ts_offset;
}

/* Take a request off the table. True if it was us; the caller then drops the table's reference. */
static bool xtcp_req_unlink(struct xtcp_req *req)
{
	if (!xtcp_demux_remove_mini(&req->m))
		return false;
	atomic_dec(&xtcp_sk(req->listener)->listen->requests);
	return true;
}

static void xtcp_req_kill(struct xtcp_req *req)
{
	if (!xtcp_req_unlink(req))
		return;
	/* the timer holds a reference while it is pending */
	if (xtcp_compat_timer_delete(&req->timer))
		xtcp_demux_put_mini(&req->m);
	xtcp_demux_put_mini(&req->m);
}

/* RFC 6298: the SYN-ACK is retransmitted after 1, 2, 4 ... seconds, tcp_synack_retries times */
static void xtcp_req_expired(struct timer_list *t)
{
	struct xtcp_req *req = xtcp_compat_timer_of(req, t, timer);
	struct sock *listener = req->listener;
	struct net *net = sock_net(listener);
	u32 most = READ_ONCE(inet_csk(listener)->icsk_syn_retries) ? : READ_ONCE(net->ipv4.sysctl_tcp_synack_retries);

	spin_lock(&req->lock);
	/* who flushes or aborts requests unlinks them without their lock */
	if (hlist_nulls_unhashed_lockless(&req->m.node))
		goto gone;
	if (inet_sk_state_load(listener) != TCP_LISTEN || req->retrans >= most) {
		xtcp_mib_inc(net, XTCP_MIB_AttemptFails);
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_TIMEOUT);
		spin_unlock(&req->lock);
		xtcp_req_kill(req);
		goto put;
	}
	req->retrans++;
	xtcp_mib_inc(net, XTCP_MIB_TCPTimeouts);
	trace_xtcp_retransmit_synack(listener, req);
	/* an ACK that TCP_DEFER_ACCEPT or a full accept queue put off is asked for again by the same means */
	if (!xtcp_control_req_synack(req, req->isn, xtcp_req_tsval(req)))
		xtcp_mib_inc(net, XTCP_MIB_RetransSegs);
	mod_timer(&req->timer, jiffies + usecs_to_jiffies(xtcp_rtt_backoff(XTCP_RTO_INITIAL_US, req->retrans,
									   XTCP_RTO_MAX_US)));
	spin_unlock(&req->lock);
	return;
gone:
	spin_unlock(&req->lock);
put:
	xtcp_demux_put_mini(&req->m);
}

/**
 * xtcp_req_fill() - what a request takes from the listener and the segment
 * @req: options (@opt) already read
 * @listener: under RCU
 * @skb: SYN, or the ACK that returned a cookie
 * @t: addresses
 * @peer_isn: IRS
 * @isn: ISS
 */
void xtcp_req_fill(struct xtcp_req *req, struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t,
		   u32 peer_isn, u32 isn)
{
	struct net *net = sock_net(listener);
	int space = tcp_full_space(listener);

	write_pnet(&req->m.net, net);
	req->m.tuple = *t;
	WRITE_ONCE(req->m.hash, XTCP_CB(skb)->rx.hash);
	WRITE_ONCE(req->m.ifindex, READ_ONCE(listener->sk_bound_dev_if));
	WRITE_ONCE(req->m.kind, XTCP_MINI_REQ);
	req->m.wscale = 0;
	req->listener = listener;
	req->isn = isn;
	req->peer_isn = peer_isn;
	req->iif = req->m.ifindex;
	if (!req->iif && ipv6_addr_type(&t->raddr) & IPV6_ADDR_LINKLOCAL)
		req->iif = skb->skb_iif;
	req->mark = READ_ONCE(net->ipv4.sysctl_tcp_fwmark_accept) ? skb->mark : READ_ONCE(listener->sk_mark);
	req->peer_wnd = XTCP_CB(skb)->wnd;
	req->m.tos = xtcp_out_tos(listener);
	req->tstamp_ok = req->opt.has_ts && READ_ONCE(net->ipv4.sysctl_tcp_timestamps);
	req->ts_recent = req->opt.tsval;
	req->sack_ok = req->opt.sack_ok && READ_ONCE(net->ipv4.sysctl_tcp_sack);
	req->wscale_ok = req->opt.has_wscale && READ_ONCE(net->ipv4.sysctl_tcp_window_scaling);
	xtcp_connect_rcv_wnd_init(listener, space, req->opt.mss ? : TCP_MSS_DEFAULT, req->wscale_ok, &req->rcv_wnd,
				  &req->m.wscale);
	req->sent_us = xtcp_clock_us();
}

/* Fill a request, all zero, from a SYN. False: a security module refuses, and the SYN was dropped. */
static bool xtcp_req_take(struct xtcp_req *req, struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t,
			  const struct xtcp_options *o, u32 isn)
{
	struct net *net = sock_net(listener);

	req->opt = *o;
	req->ts_offset = xtcp_connect_ts_offset(net, t);
	xtcp_req_fill(req, listener, skb, t, XTCP_CB(skb)->seq, isn);
	req->ecn_ok = xtcp_ecn_accept(listener, XTCP_CB(skb), NULL);
	if (likely(!xtcp_lsm_request(listener, skb, t)))
		return true;
	xtcp_mib_inc(net, XTCP_MIB_ListenDrops);
	xtcp_mib_drop(net, skb, XTCP_DropPolicy);
	return false;
}

/* The SYN queue is full: answer without keeping anything (RFC 4987 3.6); consumes @skb. */
static noinline void xtcp_req_cookie(struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t,
				     const struct xtcp_options *o)
{
	struct net *net = sock_net(listener);
	u32 ts = xtcp_clock_ts(xtcp_clock_us());
	struct xtcp_req on_stack = {}, *req = &on_stack;
	u16 mss;
	u32 isn;

	xtcp_mib_inc(net, XTCP_MIB_TCPReqQFullDoCookies);
	if (!xtcp_req_take(req, listener, skb, t, o, 0))
		return;
	WRITE_ONCE(xtcp_sk(listener)->listen->syn_overflow_at, jiffies | 1);
	/* without a timestamp to carry them, scale, SACK and ECN cannot be remembered */
	if (!req->tstamp_ok) {
		req->wscale_ok = false;
		req->sack_ok = false;
		req->ecn_ok = false;
		req->m.wscale = 0;
	}
	isn = xtcp_listen_cookie_make(net, t, XTCP_CB(skb)->seq,
				      req->opt.mss ? : xtcp_default_mss(xtcp_tuple_is_v4(t)), &mss);
	xtcp_control_req_synack(req, isn, xtcp_cookie_ts(ts, &req->opt, req->ecn_ok) + req->ts_offset);
	xtcp_listen_count(listener, XTCP_LISTEN_COOKIES_SENT);
	xtcp_mib_inc(net, XTCP_MIB_SyncookiesSent);
	consume_skb(skb);
}

static bool xtcp_req_bad_address(const struct in6_addr *a)
{
	if (ipv6_addr_v4mapped(a))
		return ipv4_is_multicast(a->s6_addr32[3]) || ipv4_is_lbcast(a->s6_addr32[3]);
	return ipv6_addr_is_multicast(a);
}

/* Put a new request on the table with its timer running. */
static void xtcp_req_enter(struct xtcp_req *req)
{
	struct net *net = read_pnet(&req->m.net);

	spin_lock_init(&req->lock);
	timer_setup(&req->timer, xtcp_req_expired, TIMER_PINNED);
	sock_hold(req->listener);
	atomic_inc(&xtcp_net(net)->requests);
	/* one reference for this function, one more for the timer; insertion adds the table's */
	/* a lookup that stands on recycled memory must not take it half filled: xtcp_demux_find_mini() */
	smp_wmb();
	refcount_set(&req->m.refs, 2);
	if (!xtcp_demux_insert_mini(&req->m)) {
		/* a twin came first, from another CPU */
		xtcp_demux_put_mini(&req->m);
		xtcp_demux_put_mini(&req->m);
		return;
	}
	spin_lock(&req->lock);
	atomic_inc(&xtcp_sk(req->listener)->listen->requests);
	xtcp_listen_queued(req->listener, false);
	mod_timer(&req->timer, jiffies + usecs_to_jiffies(XTCP_RTO_INITIAL_US));
	xtcp_control_req_synack(req, req->isn, xtcp_req_tsval(req));
	spin_unlock(&req->lock);
	/* a listener that closed meanwhile has flushed its requests, perhaps before this one was there */
	if (inet_sk_state_load(req->listener) != TCP_LISTEN)
		xtcp_req_kill(req);
	xtcp_demux_put_mini(&req->m);
}

/** xtcp_req_syn() - a SYN for @listener (RFC 9293 3.10.7.2 third check); consumes @skb; softirq, RCU */
void xtcp_req_syn(struct sock *listener, struct sk_buff *skb, struct xtcp_tuple *t, struct xtcp_options *o)
{
	struct net *net = sock_net(listener);
	int cookies = READ_ONCE(net->ipv4.sysctl_tcp_syncookies);
	bool full = atomic_read(&xtcp_sk(listener)->listen->requests) > (int)READ_ONCE(listener->sk_max_ack_backlog);
	struct xtcp_req *req;
	u32 isn;

	if (xtcp_req_bad_address(&t->laddr) || xtcp_req_bad_address(&t->raddr)) {
		xtcp_mib_drop(net, skb, XTCP_DropBroadcast);
		return;
	}
	if (sk_acceptq_is_full(listener)) {
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_ACCEPT_QUEUE);
		xtcp_mib_inc(net, XTCP_MIB_ListenOverflows);
		xtcp_mib_inc(net, XTCP_MIB_ListenDrops);
		xtcp_mib_drop(net, skb, XTCP_DropAcceptQueue);
		return;
	}
	if (full && !cookies) {
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_SYN_QUEUE);
		xtcp_mib_inc(net, XTCP_MIB_TCPReqQFullDrop);
		xtcp_mib_inc(net, XTCP_MIB_ListenDrops);
		xtcp_mib_drop(net, skb, XTCP_DropSynQueue);
		return;
	}
	if (full || cookies == 2) {
		xtcp_req_cookie(listener, skb, t, o);
		return;
	}
	req = kmem_cache_alloc(xtcp_req_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!req) {
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_MEMORY);
		xtcp_mib_inc(net, XTCP_MIB_ListenDrops);
		xtcp_mib_drop(net, skb, XTCP_DropMemory);
		return;
	}
	/* the head may still be looked at by a reader of its former life, and is set by insertion */
	memset((char *)req + sizeof(req->m), 0, sizeof(*req) - sizeof(req->m));
	isn = XTCP_CB(skb)->rx.isn_floor ? : xtcp_connect_isn(net, t);
	if (!xtcp_req_take(req, listener, skb, t, o, isn)) {
		kmem_cache_free(xtcp_req_cache, req);
		return;
	}
	xtcp_savesyn_keep(req, skb);
	if (xtcp_fastopen_judge(listener, XTCP_CB(skb), t, o, &req->fastopen) &&
	    xtcp_fastopen_open(listener, req, skb)) {
		/* the child has taken it, if there is a child */
		kfree(req->saved_syn);
		kmem_cache_free(xtcp_req_cache, req);
		return;
	}
	xtcp_req_enter(req);
	consume_skb(skb);
}

static void xtcp_req_flush_one(struct xtcp_mini *m, void *listener)
{
	struct xtcp_req *req = container_of(m, struct xtcp_req, m);

	if (!listener || req->listener == listener)
		xtcp_req_kill(req);
}

/** xtcp_req_flush() - drop the requests of @listener, or all of @net if it is NULL; process context */
void xtcp_req_flush(struct net *net, struct sock *listener)
{
	xtcp_demux_each_mini(net, XTCP_MINI_REQ, xtcp_req_flush_one, listener);
}

/** xtcp_req_err() - ICMP says the peer is unreachable; @seq is the quoted segment's (RFC 5927 4.1) */
void xtcp_req_err(struct xtcp_req *req, u32 seq)
{
	struct net *net = read_pnet(&req->m.net);

	if (seq != req->isn) {
		xtcp_mib_inc(net, XTCP_MIB_OutOfWindowIcmps);
		return;
	}
	xtcp_mib_inc(net, XTCP_MIB_AttemptFails);
	xtcp_listen_count(req->listener, XTCP_LISTEN_DROP_RESET);
	xtcp_req_kill(req);
}

/** xtcp_req_abort() - an administrator ends it; the caller holds a reference, and keeps it; any context */
void xtcp_req_abort(struct xtcp_req *req)
{
	xtcp_req_kill(req);
}

/* May something that is not acceptable be answered now? Lock held. */
static bool xtcp_req_may_answer(struct xtcp_req *req)
{
	if (xtcp_control_answered(read_pnet(&req->m.net), req->answered_at))
		return false;
	req->answered_at = tcp_jiffies32;
	return true;
}

/* The SYN came again: our SYN-ACK may be lost, or it is a forgery; either way one more, but not one for each. */
static void xtcp_req_syn_again(struct xtcp_req *req)
{
	if (!xtcp_req_may_answer(req))
		return;
	if (!xtcp_control_req_synack(req, req->isn, xtcp_req_tsval(req)))
		xtcp_mib_inc(read_pnet(&req->m.net), XTCP_MIB_RetransSegs);
}

/*
 * Judge a segment for a request, whose lock is held (RFC 9293 3.10.7.4 for SYN-RECEIVED from a passive open). True: it
 * completes the handshake. Else *why says what to count; answers are sent from here. *kill: the request is over.
 */
static bool xtcp_req_judge(struct xtcp_req *req, const struct sk_buff *skb, const struct xtcp_options *o,
			   enum xtcp_drop *why, bool *kill, bool *reset)
{
	const struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_segment seg = {
		.seq = cb->seq, .end_seq = cb->end_seq, .ack = cb->rx.ack, .wnd = cb->wnd, .flags = cb->flags,
	};
	struct xtcp_accept_in in = {
		.rcv_nxt = req->peer_isn + 1,
		.rcv_wnd = req->rcv_wnd,
		.ts_recent = req->ts_recent,
		.ts_ok = req->tstamp_ok,
	};
	struct xtcp_options reply = {
		.has_ts = req->tstamp_ok, .tsval = xtcp_req_tsval(req), .tsecr = req->ts_recent,
	};

	*why = XTCP_DropRequest;
	if ((cb->flags & (XTCP_SYN | XTCP_ACK | XTCP_RST)) == XTCP_SYN && cb->seq == req->peer_isn) {
		xtcp_req_syn_again(req);
		return false;
	}
	switch (xtcp_accept_segment(&in, &seg, o)) {
	case XTCP_ACCEPT:
		break;
	case XTCP_RESET:
		/* RFC 9293 3.10.7.4 second check: back to LISTEN */
		*kill = true;
		xtcp_listen_count(req->listener, XTCP_LISTEN_DROP_RESET);
		*why = XTCP_DropReset;
		return false;
	case XTCP_DROP_SILENT:
		*why = XTCP_DropRst;
		return false;
	default:
		if (xtcp_req_may_answer(req))
			xtcp_control_stateless_ack(&req->m, req->isn + 1, req->peer_isn + 1,
						   req->rcv_wnd >> req->m.wscale, &reply, req->m.tos, req->mark);
		*why = XTCP_DropSequence;
		return false;
	}
	if (!(cb->flags & XTCP_ACK)) {
		*why = XTCP_DropFlags;
		return false;
	}
	if (cb->rx.ack != req->isn + 1) {
		*reset = true;
		*why = XTCP_DropAck;
		return false;
	}
	return true;
}

/* The handshake is over but nobody can take the connection now. True: not yet (or, *kill and *reset, never). */
static bool xtcp_req_put_off(struct xtcp_req *req, const struct sk_buff *skb, enum xtcp_drop *why, bool *kill,
			     bool *reset)
{
	struct net *net = read_pnet(&req->m.net);
	struct sock *listener = req->listener;

	if (sk_acceptq_is_full(listener)) {
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_ACCEPT_QUEUE);
		xtcp_mib_inc(net, XTCP_MIB_ListenOverflows);
		xtcp_mib_inc(net, XTCP_MIB_ListenDrops);
		*kill = READ_ONCE(net->ipv4.sysctl_tcp_abort_on_overflow);
		*reset = *kill;
		*why = XTCP_DropAcceptQueue;
		return true;
	}
	/* TCP_DEFER_ACCEPT: wake the server for data, not for a bare ACK */
	if (READ_ONCE(xtcp_sk(listener)->defer_accept) > req->retrans &&
	    XTCP_CB(skb)->end_seq == req->peer_isn + 1) {
		xtcp_mib_inc(net, XTCP_MIB_TCPDeferAcceptDrop);
		*why = XTCP_DropDeferAccept;
		return true;
	}
	return false;
}

/*
 * Another CPU has just made a socket of this request: the segment is that one's. False: it is not there, or not ours.
 */
static bool xtcp_req_overtaken(const struct xtcp_req *req, struct sk_buff *skb)
{
	struct sock *sk = xtcp_demux_find_conn(read_pnet(&req->m.net), &req->m.tuple, skb->skb_iif, 0);
	bool ours = sk && xtcp_is_ours(sk);

	if (ours)
		xtcp_input_deliver(sk, skb);
	if (sk)
		sock_gen_put(sk);
	return ours;
}

/** xtcp_req_rcv() - a segment for a request; consumes @skb and the caller's reference; softirq */
void xtcp_req_rcv(struct xtcp_req *req, struct sk_buff *skb)
{
	struct net *net = read_pnet(&req->m.net);
	const struct tcphdr *th = tcp_hdr(skb);
	struct sock *child = NULL, *listener = req->listener;
	enum xtcp_drop why = XTCP_DropRequest;
	bool kill = false, reset = false, alive;
	struct xtcp_options o;

	xtcp_options_parse(&o, (const u8 *)(th + 1), th->doff * 4 - sizeof(*th), th->syn);
	spin_lock(&req->lock);
	alive = !hlist_nulls_unhashed_lockless(&req->m.node) && inet_sk_state_load(listener) == TCP_LISTEN;
	if (alive && xtcp_req_judge(req, skb, &o, &why, &kill, &reset) &&
	    !xtcp_req_put_off(req, skb, &why, &kill, &reset)) {
		if (o.has_ts && req->tstamp_ok)
			req->ts_recent = o.tsval;
		child = xtcp_child_create(listener, req, skb);
		if (child)
			kill = true;
		else
			why = XTCP_DropMemory;
	}
	/* before the lock goes: who waits for it must not make a second child */
	if (kill)
		xtcp_req_kill(req);
	spin_unlock(&req->lock);

	if (reset)
		xtcp_control_stateless_reset(net, skb, &req->m.tuple, req->m.ifindex);
	if (child)
		xtcp_child_deliver(listener, child, skb);
	else if (alive || !xtcp_req_overtaken(req, skb))
		xtcp_mib_drop(net, skb, why);
	xtcp_demux_put_mini(&req->m);
}
