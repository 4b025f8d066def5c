// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners: listen(), accept(), the accept queue, and segments that reach a listener. The SYN queue is request.c's. A
 * listener is never locked by the receive path: see the locking essay in xtcp.h. RFC 9293 3.10.7.2.
 */
#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

/**
 * xtcp_listen_start() - proto_ops.listen
 * @sock: unconnected stream socket
 * @backlog: bound of the accept queue, capped by somaxconn already; may be changed by calling again
 *
 * Return: 0, -EINVAL in a wrong state, -EADDRINUSE.
 */
int xtcp_listen_start(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;
	int err = -EINVAL;

	lock_sock(sk);
	if (sock->state != SS_UNCONNECTED || !((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN)))
		goto out;
	WRITE_ONCE(sk->sk_max_ack_backlog, backlog);
	err = 0;
	if (sk->sk_state == TCP_LISTEN)
		goto out;

	err = -ENOBUFS;
	if (!xtcp_part_listen(sk))
		goto out;
	sk->sk_ack_backlog = 0;
	sock_set_flag(sk, SOCK_RCU_FREE);
	/* the bind table judges a listener more strictly than a bound socket, so the state comes first */
	inet_sk_set_state(sk, TCP_LISTEN);
	err = xtcp_port_get(sk, inet_sk(sk)->inet_num);
	if (err) {
		inet_sk_set_state(sk, TCP_CLOSE);
		err = -EADDRINUSE;
		goto out;
	}
	inet_sk(sk)->inet_sport = htons(inet_sk(sk)->inet_num);
	sk_dst_reset(sk);
	err = xtcp_demux_add_listener(sk);
	if (err)
		xtcp_state_set(sk, TCP_CLOSE);
out:
	release_sock(sk);
	return err;
}

/* Wait until the accept queue is not empty. Socket locked. */
static int xtcp_listen_wait(struct sock *sk, long timeo)
{
	struct xtcp_listen *l = xtcp_sk(sk)->listen;
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		prepare_to_wait_exclusive(sk_sleep(sk), &wait, TASK_INTERRUPTIBLE);
		release_sock(sk);
		if (list_empty_careful(&l->accept_queue))
			timeo = schedule_timeout(timeo);
		sched_annotate_sleep();
		lock_sock(sk);
		if (!list_empty_careful(&l->accept_queue))
			break;
		err = -EINVAL;
		if (sk->sk_state != TCP_LISTEN)
			break;
		err = sock_intr_errno(timeo);
		if (signal_pending(current))
			break;
		err = -EAGAIN;
		if (!timeo)
			break;
		err = 0;
	}
	finish_wait(sk_sleep(sk), &wait);
	return err;
}

/** xtcp_listen_accept() - proto.accept: the oldest finished connection; may sleep. Errors: EINVAL, EAGAIN, EINTR */
struct sock *xtcp_listen_accept(struct sock *sk, int flags, int *err, bool kern)
{
	struct xtcp_listen *l = xtcp_sk(sk)->listen;
	struct xtcp_sock *child = NULL;
	int error = -EINVAL;

	lock_sock(sk);
	while (sk->sk_state == TCP_LISTEN) {
		spin_lock_bh(&l->accept_lock);
		child = list_first_entry_or_null(&l->accept_queue, struct xtcp_sock, accept_node);
		if (child) {
			list_del_init(&child->accept_node);
			sk_acceptq_removed(sk);
		}
		spin_unlock_bh(&l->accept_lock);
		error = 0;
		if (child)
			break;
		error = -EAGAIN;
		if (flags & O_NONBLOCK)
			break;
		error = xtcp_listen_wait(sk, sock_rcvtimeo(sk, false));
		if (error)
			break;
		error = -EINVAL;
	}
	release_sock(sk);
	if (error)
		*err = error;
	else
		xtcp_memcg_accept((struct sock *)child);
	return (struct sock *)child;
}

/** xtcp_listen_add() - queue a new child; softirq, child locked. False if the listener stopped listening meanwhile */
bool xtcp_listen_add(struct sock *listener, struct sock *child)
{
	struct xtcp_listen *l = xtcp_sk(listener)->listen;
	bool ok;

	spin_lock(&l->accept_lock);
	ok = listener->sk_state == TCP_LISTEN;
	if (ok) {
		list_add_tail(&xtcp_sk(child)->accept_node, &l->accept_queue);
		sk_acceptq_added(listener);
	}
	if (ok)
		xtcp_listen_queued(listener, true);
	spin_unlock(&l->accept_lock);
	if (ok)
		xtcp_listen_count(listener, XTCP_LISTEN_ACCEPTED);
	return ok;
}

/* A connection nobody will accept: reset it (RFC 9293 3.10.4, LISTEN). */
static void xtcp_listen_drop_child(struct sock *child)
{
	sock_hold(child);
	local_bh_disable();
	bh_lock_sock(child);
	sock_orphan(child);
	xtcp_why_ends(child, XTCP_REASON_LISTENER_CLOSED);
	this_cpu_inc(*xtcp_orphans);
	if (child->sk_state == TCP_CLOSE)
		xtcp_close_destroy(child);
	else
		xtcp_close_abort(child, ECONNRESET);
	bh_unlock_sock(child);
	local_bh_enable();
	sock_put(child);
}

/** xtcp_listen_stop() - leave LISTEN; connections not accepted yet are reset. Process context, locked */
void xtcp_listen_stop(struct sock *sk)
{
	struct xtcp_listen *l = xtcp_sk(sk)->listen;
	struct xtcp_sock *child, *next;
	LIST_HEAD(orphans);

	xtcp_demux_del_listener(sk);
	spin_lock_bh(&l->accept_lock);
	xtcp_state_set(sk, TCP_CLOSE);
	list_splice_init(&l->accept_queue, &orphans);
	sk->sk_ack_backlog = 0;
	spin_unlock_bh(&l->accept_lock);
	if (atomic_read(&l->requests))
		xtcp_req_flush(sock_net(sk), sk);
	list_for_each_entry_safe(child, next, &orphans, accept_node) {
		list_del_init(&child->accept_node);
		xtcp_listen_drop_child((struct sock *)child);
		cond_resched();
	}
}

/* ------------------------------------------------------------ cookies come back */

struct xtcp_listen_cookie {
	const struct xtcp_tuple *t;
	u32 salt;
};

static u32 xtcp_listen_cookie_hash(const void *ctx, u32 count)
{
	const struct xtcp_listen_cookie *c = ctx;

	return xtcp_connect_hash(c->t, c->salt + 1 + (count << 4));
}

/** xtcp_listen_cookie_in() - what core/cookie.c needs for @t; @ctx must outlive @in */
static void xtcp_listen_cookie_in(struct xtcp_cookie_in *in, struct xtcp_listen_cookie *ctx, struct net *net,
				  const struct xtcp_tuple *t, u32 peer_isn)
{
	ctx->t = t;
	ctx->salt = 8 + net_hash_mix(net) * 16;
	in->hash1 = xtcp_connect_hash(t, ctx->salt);
	in->hash2 = xtcp_listen_cookie_hash;
	in->ctx = ctx;
	in->peer_isn = peer_isn;
	in->count = xtcp_clock_s() / XTCP_COOKIE_PERIOD_S;
}

/** xtcp_listen_cookie_make() - ISN of a SYN-ACK that keeps nothing here; @mss_out gets what it can carry */
u32 xtcp_listen_cookie_make(struct net *net, const struct xtcp_tuple *t, u32 peer_isn, u16 mss, u16 *mss_out)
{
	struct xtcp_listen_cookie ctx;
	struct xtcp_cookie_in in;

	xtcp_listen_cookie_in(&in, &ctx, net, t, peer_isn);
	return xtcp_cookie_make(&in, mss, mss_out);
}

/* An ACK for no request: if it returns a cookie, the request it stands for is rebuilt on the stack. */
static bool xtcp_listen_cookie_rcv(struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t,
				   struct xtcp_options *o, struct xtcp_req *req)
{
	struct net *net = sock_net(listener);
	const struct xtcp_cb *cb = XTCP_CB(skb);
	unsigned long overflow = READ_ONCE(xtcp_sk(listener)->listen->syn_overflow_at);
	struct xtcp_listen_cookie ctx;
	struct xtcp_cookie_in in;
	bool ecn = false;
	u16 mss;

	if (!READ_ONCE(net->ipv4.sysctl_tcp_syncookies) || !overflow ||
	    time_after(jiffies, overflow + XTCP_COOKIE_PERIOD_S * XTCP_COOKIE_MAX_STEPS * HZ))
		return false;
	xtcp_listen_cookie_in(&in, &ctx, net, t, cb->seq - 1);
	mss = xtcp_cookie_check(&in, cb->rx.ack - 1);
	if (!mss) {
		xtcp_listen_count(listener, XTCP_LISTEN_COOKIES_FAILED);
		xtcp_mib_inc(net, XTCP_MIB_SyncookiesFailed);
		return false;
	}
	memset(req, 0, sizeof(*req));
	req->ts_offset = xtcp_connect_ts_offset(net, t);
	req->opt.mss = mss;
	if (o->has_ts) {
		xtcp_cookie_ts_read(o->tsecr - req->ts_offset, &req->opt, &ecn);
		req->opt.has_ts = true;
		req->opt.tsval = o->tsval;
	}
	xtcp_req_fill(req, listener, skb, t, cb->seq - 1, cb->rx.ack - 1);
	req->ecn_ok = ecn && READ_ONCE(net->ipv4.sysctl_tcp_ecn);
	/* a cookie does not tell when it left */
	req->sent_us = 0;
	xtcp_listen_count(listener, XTCP_LISTEN_COOKIES_RECEIVED);
	xtcp_mib_inc(net, XTCP_MIB_SyncookiesRecv);
	return true;
}

/* ------------------------------------------------------------ segments for a listener */

static void xtcp_listen_rcv_ack(struct sock *listener, struct sk_buff *skb, struct xtcp_tuple *t,
				struct xtcp_options *o)
{
	struct net *net = sock_net(listener);
	struct xtcp_req req;

	if (!xtcp_listen_cookie_rcv(listener, skb, t, o, &req)) {
		/* RFC 9293 3.10.7.2 second check: any ACK that reaches a listener is bad */
		xtcp_control_stateless_reset(net, skb, t, listener->sk_bound_dev_if);
		xtcp_mib_drop(net, skb, XTCP_DropNoListener);
		return;
	}
	if (sk_acceptq_is_full(listener)) {
		xtcp_listen_count(listener, XTCP_LISTEN_DROP_ACCEPT_QUEUE);
		xtcp_mib_inc(net, XTCP_MIB_ListenOverflows);
		xtcp_mib_drop(net, skb, XTCP_DropAcceptQueue);
		return;
	}
	xtcp_child_from_cookie(listener, &req, skb);
}

/**
 * xtcp_listen_rcv() - a segment that matched no connection, for a listener (RFC 9293 3.10.7.2)
 * @listener: under RCU, not locked
 * @skb: consumed
 * @t: addresses, seen from here
 *
 * Return: 0. Softirq.
 */
int xtcp_listen_rcv(struct sock *listener, struct sk_buff *skb, struct xtcp_tuple *t)
{
	const struct tcphdr *th = tcp_hdr(skb);
	const struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_options o;

	if (cb->flags & XTCP_RST) {
		xtcp_mib_drop(sock_net(listener), skb, XTCP_DropRst);
		return 0;
	}
	xtcp_options_parse(&o, (const u8 *)(th + 1), th->doff * 4 - sizeof(*th), th->syn);
	if (cb->flags & XTCP_ACK) {
		xtcp_listen_rcv_ack(listener, skb, t, &o);
		return 0;
	}
	if (!(cb->flags & XTCP_SYN) || cb->flags & XTCP_FIN) {
		xtcp_mib_drop(sock_net(listener), skb, XTCP_DropFlags);
		return 0;
	}
	xtcp_req_syn(listener, skb, t, &o);
	return 0;
}
