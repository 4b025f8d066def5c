// SPDX-License-Identifier: GPL-2.0
/*
 * Congestion controls are borrowed from the kernel. The table of algorithms is not open to modules, but a kernel TCP
 * socket can be told to use one by name, and then its icsk_ca_ops are what that name means: loaded on demand,
 * permission checked by the kernel, and the module that holds the code referenced for as long as the socket lives.
 * One such socket per network namespace and algorithm is kept until the namespace (or this module) goes; XTCP sockets
 * only copy the pointer. So a socket that uses an algorithm never outlives its code, and a softirq never has to
 * create or release a socket. A softirq that meets a new default of the namespace pins its module instead.
 *
 * The algorithm "xtcp" is this module's own and needs no lender: every XTCP socket keeps the module already, and a
 * lender would keep it for ever.
 *
 * Called from socket creation, TCP_CONGESTION, and the beginning and end of connections. What an algorithm is told
 * while a connection lives is drive.c's part.
 */
#include <linux/bpf.h>
#include <linux/net.h>

#include "xtcp.h"

/**
 * struct xtcp_cong - a borrowed algorithm
 * @node: in xtcp_net.cong; added under cong_lock, read under RCU, removed only when the namespace exits
 * @ops: the algorithm
 * @lender: the kernel socket that uses it, and so keeps it; NULL: its module is pinned
 */
struct xtcp_cong {
	struct list_head node;
	const struct tcp_congestion_ops *ops;
	struct socket *lender;
};

/* Reno is built into the kernel, so it needs no lender. */
static const struct tcp_congestion_ops *xtcp_cong_reno;

static bool xtcp_cong_known(struct xtcp_net *xn, const struct tcp_congestion_ops *ops)
{
	struct xtcp_cong *c;

	if (ops == &xtcp_cong_ops)
		return true;
	list_for_each_entry_rcu(c, &xn->cong, node, lockdep_is_held(&xn->cong_lock))
		if (c->ops == ops)
			return true;
	return false;
}

/* A kernel TCP socket that uses algorithm @name, or the namespace's default if NULL. */
static struct socket *xtcp_cong_lender(struct net *net, const char *name)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(net, PF_INET, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return ERR_PTR(err);
	if (!name)
		return sock;
	err = sock->ops->setsockopt(sock, SOL_TCP, TCP_CONGESTION, KERNEL_SOCKPTR((void *)name), strlen(name));
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	return sock;
}

/*
 * Add @ops to the namespace's list, kept by @lender or by the caller's reference to its module. -EEXIST: it is there.
 */
static int xtcp_cong_remember(struct xtcp_net *xn, const struct tcp_congestion_ops *ops, struct socket *lender,
			      gfp_t gfp)
{
	struct xtcp_cong *c = kmalloc(sizeof(*c), gfp);
	int err = 0;

	if (!c)
		return -ENOMEM;
	c->ops = ops;
	c->lender = lender;
	spin_lock_bh(&xn->cong_lock);
	if (xtcp_cong_known(xn, ops))
		err = -EEXIST;
	else
		list_add_rcu(&c->node, &xn->cong);
	spin_unlock_bh(&xn->cong_lock);
	if (err)
		kfree(c);
	return err;
}

/*
 * The algorithm @name (NULL: the namespace's default), borrowed now if it was not before. Returns an error pointer:
 * what the kernel says to TCP_CONGESTION, or -ENOMEM. May sleep and load modules.
 */
static const struct tcp_congestion_ops *xtcp_cong_borrow(struct net *net, const char *name)
{
	struct xtcp_net *xn = xtcp_net(net);
	const struct tcp_congestion_ops *ops;
	struct socket *lender;
	int err;

	lender = xtcp_cong_lender(net, name);
	if (IS_ERR(lender))
		return ERR_CAST(lender);
	ops = inet_csk(lender->sk)->icsk_ca_ops;
	if (ops == &xtcp_cong_ops) {
		sock_release(lender);
		return ops;
	}
	err = xtcp_cong_remember(xn, ops, lender, GFP_KERNEL_ACCOUNT);
	if (err)
		sock_release(lender);
	return err && err != -EEXIST ? ERR_PTR(err) : ops;
}

/* The algorithm @name if it was borrowed before and this caller may use it. */
static const struct tcp_congestion_ops *xtcp_cong_cached(struct xtcp_net *xn, const char *name, bool may_any)
{
	const struct tcp_congestion_ops *ops = NULL;
	struct xtcp_cong *c;

	if (!strcmp(name, xtcp_cong_ops.name))
		return &xtcp_cong_ops;
	rcu_read_lock();
	list_for_each_entry_rcu(c, &xn->cong, node) {
		if (strcmp(c->ops->name, name))
			continue;
		if (may_any || c->ops->flags & TCP_CONG_NON_RESTRICTED)
			ops = c->ops;
		break;
	}
	rcu_read_unlock();
	return ops;
}

/** xtcp_cong_use() - use a borrowed algorithm; none is running; socket locked, or a child nobody knows */
void xtcp_cong_use(struct sock *sk, const struct tcp_congestion_ops *ops)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	WRITE_ONCE(icsk->icsk_ca_ops, ops);
	memset(icsk->icsk_ca_priv, 0, sizeof(icsk->icsk_ca_priv));
}

/**
 * xtcp_cong_find() - an algorithm by name, borrowed so that it can be used in @net from now on, by softirqs too
 * @net: network namespace
 * @name: its name
 *
 * May sleep and load modules. The caller may choose any algorithm. Return: it, or an error as xtcp_cong_set() has them.
 */
const struct tcp_congestion_ops *xtcp_cong_find(struct net *net, const char *name)
{
	return xtcp_cong_cached(xtcp_net(net), name, true) ? : xtcp_cong_borrow(net, name);
}

/* What net.xtcp.congestion_control names, if it was borrowed in this namespace already. */
static const struct tcp_congestion_ops *xtcp_cong_preferred(struct net *net)
{
	const char *name = xtcp_net(net)->knobs.congestion_control;

	return name[0] ? xtcp_cong_cached(xtcp_net(net), name, true) : NULL;
}

/**
 * xtcp_cong_assign() - give a new socket its namespace's default algorithm, or Reno if that cannot be borrowed
 * @sk: new socket; process context, may sleep
 *
 * As with the kernel's TCP, a later change of the default leaves existing sockets alone. The algorithm starts when a
 * connection is established, see xtcp_cong_start().
 */
void xtcp_cong_assign(struct sock *sk)
{
	struct net *net = sock_net(sk);
	const struct tcp_congestion_ops *ops = xtcp_cong_preferred(net);
	const char *name = xtcp_net(net)->knobs.congestion_control;

	/* a namespace that began with the host's choice borrows it when it is first needed */
	if (!ops && name[0]) {
		ops = xtcp_cong_borrow(net, name);
		ops = IS_ERR(ops) ? NULL : ops;
	}
	if (ops) {
		xtcp_cong_use(sk, ops);
		return;
	}
	rcu_read_lock();
	ops = rcu_dereference(net->ipv4.tcp_congestion_control);
	if (ops != xtcp_cong_reno && !xtcp_cong_known(xtcp_net(net), ops))
		ops = NULL;
	rcu_read_unlock();

	if (!ops)
		ops = xtcp_cong_borrow(net, NULL);
	xtcp_cong_use(sk, IS_ERR(ops) ? xtcp_cong_reno : ops);
}

/**
 * xtcp_cong_set() - TCP_CONGESTION: change the algorithm of one socket
 * @sk: unlocked, the lock is taken; process context, loads the algorithm's module if need be
 * @name: its name
 * @may_any: the caller may choose algorithms that are not in net.ipv4.tcp_allowed_congestion_control
 *
 * On a connection the old algorithm is stopped and the new one started at once.
 *
 * Return: 0, -ENOENT (no such algorithm), -EPERM (a restricted one, or the route dictates it), -EBUSY (being unloaded),
 * -ENOMEM.
 */
int xtcp_cong_set(struct sock *sk, const char *name, bool may_any)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_congestion_ops *ops;
	int err = 0;

	ops = xtcp_cong_cached(xtcp_sk_net(sk), name, may_any);
	if (!ops)
		ops = xtcp_cong_borrow(sock_net(sk), name);
	if (IS_ERR(ops))
		return PTR_ERR(ops);

	lock_sock(sk);
	if (icsk->icsk_ca_dst_locked) {
		err = -EPERM;
		goto out;
	}
	if (ops != icsk->icsk_ca_ops) {
		bool running = icsk->icsk_ca_initialized;

		xtcp_cong_stop(sk);
		xtcp_cong_use(sk, ops);
		if (running)
			xtcp_cong_start(sk);
	}
	icsk->icsk_ca_setsockopt = 1;
out:
	release_sock(sk);
	return err;
}

/* The namespace's default, usable from now on; NULL if it cannot be kept. Softirq. */
static const struct tcp_congestion_ops *xtcp_cong_current(struct net *net)
{
	const struct tcp_congestion_ops *ops = xtcp_cong_preferred(net);
	struct xtcp_net *xn = xtcp_net(net);
	int err = 0;

	if (ops)
		return ops;
	rcu_read_lock();
	ops = rcu_dereference(net->ipv4.tcp_congestion_control);
	if (ops == xtcp_cong_reno || xtcp_cong_known(xn, ops))
		goto out;
	/* an algorithm made of BPF programs has no module to pin: it waits for a process to borrow it */
	err = XTCP_COMPAT_IS_BPF_OWNER(ops->owner) || !try_module_get(ops->owner) ? -ENOENT : 0;
	if (err)
		goto out;
	err = xtcp_cong_remember(xn, ops, NULL, GFP_ATOMIC);
	if (err)
		module_put(ops->owner);
out:
	rcu_read_unlock();
	return err && err != -EEXIST ? NULL : ops;
}

/** xtcp_cong_child() - a child uses what its listener was told to, else the default of now; softirq, child locked */
void xtcp_cong_child(struct sock *child)
{
	struct inet_connection_sock *icsk = inet_csk(child);
	const struct tcp_congestion_ops *ops = NULL;

	icsk->icsk_ca_initialized = 0;
	icsk->icsk_ca_state = TCP_CA_Open;
	if (!icsk->icsk_ca_setsockopt)
		ops = xtcp_cong_current(sock_net(child));
	/* a setsockopt() may have changed the listener's since it was copied: both are borrowed, so both are good */
	xtcp_cong_use(child, ops ? : icsk->icsk_ca_ops);
}

/* ------------------------------------------------------------ the route's choice */

static const struct tcp_congestion_ops *xtcp_cong_by_key(struct xtcp_net *xn, u32 key)
{
	const struct tcp_congestion_ops *ops = NULL;
	struct xtcp_cong *c;

	if (xtcp_cong_ops.key == key)
		return &xtcp_cong_ops;
	if (xtcp_cong_reno->key == key)
		return xtcp_cong_reno;
	rcu_read_lock();
	list_for_each_entry_rcu(c, &xn->cong, node)
		if (c->ops->key == key)
			ops = c->ops;
	rcu_read_unlock();
	return ops;
}

static void xtcp_cong_unpin(const struct tcp_congestion_ops *ops)
{
	if (!XTCP_COMPAT_IS_BPF_OWNER(ops->owner))
		module_put(ops->owner);
}

/*
 * An algorithm that the namespace has not met. The table of algorithms is closed, but the kernel looks it up for us, as
 * for a child of its own: @sk uses it then, and its module is pinned. The pin goes to the namespace.
 */
static const struct tcp_congestion_ops *xtcp_cong_meet(struct sock *sk, const struct dst_entry *dst, u32 key)
{
	const struct tcp_congestion_ops *before = inet_csk(sk)->icsk_ca_ops, *ops;
	int err = -ENOENT;

	xtcp_cong_use(sk, before);
	if (!xtcp_compat_ca_openreq_child(sk, dst))
		return NULL;
	ops = inet_csk(sk)->icsk_ca_ops;
	/* unregistered since the route was made: then it is some other one */
	if (ops->key == key)
		err = xtcp_cong_remember(xtcp_sk_net(sk), ops, NULL, GFP_ATOMIC);
	if (err)
		xtcp_cong_unpin(ops);
	xtcp_cong_use(sk, before);
	return err && err != -EEXIST ? NULL : ops;
}

/**
 * xtcp_cong_route() - the algorithm that the route to the peer names (ip route ... congctl [lock] NAME), if any
 * @sk: connection that begins, no algorithm running; locked, or a child nobody knows
 * @dst: its route
 *
 * As for the kernel's TCP it comes before setsockopt()'s; locked, it cannot be changed. Any context.
 */
void xtcp_cong_route(struct sock *sk, const struct dst_entry *dst)
{
	u32 key = dst_metric(dst, RTAX_CC_ALGO);
	const struct tcp_congestion_ops *ops;

	if (key == TCP_CA_UNSPEC)
		return;
	ops = xtcp_cong_by_key(xtcp_sk_net(sk), key);
	if (!ops)
		ops = xtcp_cong_meet(sk, dst, key);
	if (!ops)
		return;
	xtcp_cong_use(sk, ops);
	inet_csk(sk)->icsk_ca_dst_locked = !!dst_metric_locked(dst, RTAX_CC_ALGO);
}

/** xtcp_cong_start() - the connection is established: let the algorithm set itself up; socket lock held */
void xtcp_cong_start(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	tcp_sk(sk)->prior_ssthresh = 0;
	if (icsk->icsk_ca_ops->init)
		icsk->icsk_ca_ops->init(sk);
	icsk->icsk_ca_initialized = 1;
}

/** xtcp_cong_stop() - let the algorithm release what it holds for @sk; it may be started again; socket lock held */
void xtcp_cong_stop(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	if (icsk->icsk_ca_initialized && icsk->icsk_ca_ops->release)
		icsk->icsk_ca_ops->release(sk);
	icsk->icsk_ca_initialized = 0;
	memset(icsk->icsk_ca_priv, 0, sizeof(icsk->icsk_ca_priv));
}

/** xtcp_cong_net_init() - nothing is borrowed until it is asked for, but the way out (Reno) has to be known */
int xtcp_cong_net_init(struct net *net)
{
	struct socket *sock;

	if (xtcp_cong_reno)
		return 0;
	sock = xtcp_cong_lender(net, "reno");
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	xtcp_cong_reno = inet_csk(sock->sk)->icsk_ca_ops;
	sock_release(sock);
	return 0;
}

/** xtcp_cong_net_exit() - give back all that was borrowed; no socket of @net is left */
void xtcp_cong_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	struct xtcp_cong *c, *next;

	list_for_each_entry_safe(c, next, &xn->cong, node) {
		list_del(&c->node);
		if (c->lender)
			sock_release(c->lender);
		else
			xtcp_cong_unpin(c->ops);
		kfree(c);
	}
}
