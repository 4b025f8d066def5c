// SPDX-License-Identifier: GPL-2.0
/*
 * Local ports, shared with the kernel's TCP. Every bound XTCP socket - listener, client, accepted connection - is
 * itself in the kernel's bind table, entered through inet_csk_get_port() and left through the kernel protocol's
 * put_port. So who may bind what beside whom, reserved and privileged ranges, and the choice for port 0 are the
 * kernel's, in both directions. This file adds what a client needs (a port and with it a 4-tuple nobody has: RFC
 * 6056) and what keeps a port taken during TIME-WAIT.
 *
 * Called from bind(), connect(), the birth and death of connections, and TIME-WAIT. It never touches the table itself.
 *
 * A client's port is taken with SO_REUSEADDR off, so that the kernel's connect() passes it by. Clients of XTCP share it
 * if their destinations differ, as the kernel's share theirs: who does is counted per port in xtcp_net.client_ports.
 *
 * A TIME-WAIT whose port connect() had chosen has nothing in the bind table, only its count. So the kernel's sockets
 * may take that port, which does no harm: their connections are found first. Ours may not: connect() looks for the
 * 4-tuple, bind() and listen() for TIME-WAITs that TCP would count as a conflict. What had called bind() has a
 * stand-in.
 *
 * The table sorts by address too. A socket whose address changes while it is bound (connect(), disconnecting) leaves
 * it and enters it again; the stand-in that TIME-WAIT uses keeps the port meanwhile.
 */
#include <net/ip.h>

#include "xtcp.h"

/* SK_FORCE_REUSE: enter whoever else is there; the caller knows better than the table (4-tuples differ) */

/**
 * struct xtcp_port_hold - keeps a local port taken for the TIME-WAITs that use it
 * @node: in xtcp_net.holds, by address and port (hold_lock)
 * @users: TIME-WAITs (hold_lock)
 * @stub: what the bind table sees: the start of an inet_connection_sock in TCP_TIME_WAIT, up to its last field that the
 *	table uses. Nothing but the table ever sees it. All zero but for what the table reads.
 */
struct xtcp_port_hold {
	struct hlist_node node;
	unsigned int users;
	unsigned char stub[offsetofend(struct inet_connection_sock, icsk_bind2_hash)]
		__aligned(__alignof__(struct inet_connection_sock));
};

static struct kmem_cache *xtcp_port_hold_slab __read_mostly;

/**
 * struct xtcp_port_count - who has a port that connect() had chosen
 * @live: sockets; they are in the bind table, where none but ours is beside them
 * @waiting: TIME-WAITs; they are not in the bind table
 *
 * The sum is no more than U16_MAX. hold_lock for writers.
 */
struct xtcp_port_count {
	u16 live;
	u16 waiting;
};

#define XTCP_PORT_TRIES		16	/* ports that the kernel may propose to bind(0) */

/* ------------------------------------------------------------ the bind table */

/* Enter the bind table at @port as if the socket had SO_REUSEADDR set to @reuse and no SO_REUSEPORT. */
static int xtcp_port_get_as(struct sock *sk, unsigned short port, unsigned char reuse)
{
	unsigned char asked = sk->sk_reuse;
	bool reuseport = sk->sk_reuseport;
	int err;

	sk->sk_reuse = reuse;
	if (reuse == SK_NO_REUSE)
		sk->sk_reuseport = 0;
	err = inet_csk_get_port(sk, port);
	sk->sk_reuse = asked;
	sk->sk_reuseport = reuseport;
	return err;
}

/* TIME-WAITs that have @port without a place in the bind table. */
static u16 xtcp_port_waiting(const struct sock *sk, u16 port)
{
	const struct xtcp_port_count *counts = READ_ONCE(xtcp_sk_net(sk)->client_ports);

	return counts ? READ_ONCE(counts[port].waiting) : 0;
}

/* Do the addresses that @sk is bound to meet those of the TIME-WAIT? As TCP has it, quirk included: see below. */
static bool xtcp_port_addr_meets(const struct sock *sk, const struct xtcp_tw *tw)
{
	const struct in6_addr *laddr = &tw->m.tuple.laddr;
	bool v4 = xtcp_tuple_is_v4(&tw->m.tuple);
	__be32 bound4 = sk->sk_rcv_saddr;

	if (sk->sk_family == AF_INET6) {
		if (ipv6_addr_any(&sk->sk_v6_rcv_saddr))
			return !v4 || !ipv6_only_sock(sk);
		if (!ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
			return ipv6_addr_equal(&sk->sk_v6_rcv_saddr, laddr);
		bound4 = sk->sk_v6_rcv_saddr.s6_addr32[3];
	}
	/* 0.0.0.0 conflicts with a connection over IPv6 whose socket might have had IPv4 peers */
	if (!bound4)
		return v4 || !tw->v6only;
	return v4 && bound4 == laddr->s6_addr32[3];
}

/* Would the bind table refuse @arg, a socket, for this TIME-WAIT? */
static bool xtcp_port_conflicts(const struct xtcp_tw *tw, const void *arg)
{
	const struct sock *sk = arg;

	if (!tw->client_port)
		return false;
	if (sk->sk_bound_dev_if && tw->m.ifindex && sk->sk_bound_dev_if != tw->m.ifindex)
		return false;
	if ((sk->sk_reuse && tw->reuse) || (sk->sk_reuseport && tw->reuseport))
		return false;
	return xtcp_port_addr_meets(sk, tw);
}

/* The range, from a place in it, for a port that no client of ours has: where the kernel proposes others only. */
static int xtcp_port_search(struct sock *sk)
{
	const struct xtcp_port_count *counts = READ_ONCE(xtcp_sk_net(sk)->client_ports);
	int low, high;
	u32 i, start;

	inet_sk_get_local_port_range(sk, &low, &high);
	start = get_random_u32_below(high - low + 1);
	for (i = 0; i <= high - low; i++) {
		u16 port = low + (start + i) % (high - low + 1);

		cond_resched();
		if (READ_ONCE(counts[port].live) || READ_ONCE(counts[port].waiting) ||
		    inet_is_local_reserved_port(sock_net(sk), port))
			continue;
		if (!inet_csk_get_port(sk, port))
			return 0;
	}
	return -EADDRINUSE;
}

/* Any port: the kernel proposes, we refuse those of TIME-WAITs. */
static int xtcp_port_get_any(struct sock *sk)
{
	int err, tries;

	for (tries = 0; tries < XTCP_PORT_TRIES; tries++) {
		err = inet_csk_get_port(sk, 0);
		if (err || !xtcp_port_waiting(sk, inet_sk(sk)->inet_num))
			return err;
		xtcp_family_kernel_prot(sk)->put_port(sk);
	}
	return xtcp_port_search(sk);
}

/**
 * xtcp_port_get() - proto.get_port: bind() to @port, or to one that is free if 0; again when a socket begins to listen
 * @sk: socket, locked; process context, may sleep
 * @port: host byte order
 *
 * Only who asks for a port that is in TIME-WAIT here pays for the search for what it might conflict with: a walk
 * through all TIME-WAITs. The port is taken first: what becomes a TIME-WAIT meanwhile was in the bind table before.
 *
 * Return: 0 with inet_num set, or -EADDRINUSE.
 */
int xtcp_port_get(struct sock *sk, unsigned short port)
{
	bool bound = inet_csk(sk)->icsk_bind_hash;
	int err;

	if (!port)
		return xtcp_port_get_any(sk);
	err = inet_csk_get_port(sk, port);
	if (err || !xtcp_port_waiting(sk, port) ||
	    !xtcp_demux_any_tw(sock_net(sk), htons(port), xtcp_port_conflicts, sk))
		return err;
	if (!bound)
		xtcp_family_kernel_prot(sk)->put_port(sk);
	return -EADDRINUSE;
}

/**
 * xtcp_port_inherit() - an accepted connection joins its listener on the port
 * @child: new, locked; inet_sport and its addresses are set; softirq
 * @listener: the listener; may have closed meanwhile, which is the accept queue's business
 *
 * Return: 0, or -EADDRINUSE if memory is short.
 */
int xtcp_port_inherit(struct sock *child, const struct sock *listener)
{
	int err;

	err = xtcp_port_get_as(child, ntohs(inet_sk(child)->inet_sport), SK_FORCE_REUSE);
	child->sk_reuse = listener->sk_reuse;
	return err;
}

/** xtcp_port_put() - proto.put_port: leave the bind table, if in it; any context */
void xtcp_port_put(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (xs->client_port) {
		xs->client_port = false;
		xtcp_port_client_put(sock_net(sk), inet_sk(sk)->inet_num, false);
	}
	if (inet_csk(sk)->icsk_bind_hash)
		xtcp_family_kernel_prot(sk)->put_port(sk);
}

/* ------------------------------------------------------------ connect() */

/* Does any stack have a connection with the 4-tuple @t that @sk would meet? */
static bool xtcp_port_tuple_taken(const struct sock *sk, const struct xtcp_tuple *t)
{
	struct sock *other;

	rcu_read_lock();
	other = xtcp_demux_find_conn(sock_net(sk), t, sk->sk_bound_dev_if, 0);
	rcu_read_unlock();
	if (!other)
		return false;
	sock_gen_put(other);
	return true;
}

/*
 * May @sk have the 4-tuple @t? Not if any stack has a connection of that name; if one is in TIME-WAIT here, only if
 * that lets a new incarnation begin (RFC 6191), and then it is gone. Under connect_lock.
 */
static bool xtcp_port_tuple_free(struct sock *sk, const struct xtcp_tuple *t, u32 hash)
{
	struct net *net = sock_net(sk);
	struct xtcp_mini *m;
	bool tw;

	if (xtcp_port_tuple_taken(sk, t))
		return false;
	m = xtcp_demux_find_mini(net, t, hash, sk->sk_bound_dev_if, 0);
	if (!m)
		return true;
	tw = m->kind == XTCP_MINI_TW;
	xtcp_demux_put_mini(m);
	return tw && xtcp_timewait_reuse(net, t, sk);
}

/**
 * xtcp_port_enter() - enter the connection table with the port the socket is bound to
 * @sk: socket, locked, in SYN-SENT; addresses and ports are set; process context
 *
 * That the 4-tuple is free and that it is taken are one step (connect_lock of the namespace).
 *
 * Return: 0, or -EADDRNOTAVAIL if the 4-tuple is taken.
 */
int xtcp_port_enter(struct sock *sk)
{
	struct xtcp_net *xn = xtcp_sk_net(sk);
	struct xtcp_tuple t;
	u32 hash;
	bool ok;

	xtcp_connect_fill_tuple(sk, &t);
	hash = xtcp_demux_hash(sock_net(sk), &t);
	spin_lock_bh(&xn->connect_lock);
	ok = xtcp_port_tuple_free(sk, &t, hash);
	if (ok)
		xtcp_demux_hash_conn(sk, hash);
	spin_unlock_bh(&xn->connect_lock);
	return ok ? 0 : -EADDRNOTAVAIL;
}

/* The counters of client ports, allocated by the first client. NULL: no memory. May sleep. */
static struct xtcp_port_count *xtcp_port_counters(struct xtcp_net *xn)
{
	struct xtcp_port_count *counters = READ_ONCE(xn->client_ports);

	if (likely(counters))
		return counters;
	counters = kvcalloc(U16_MAX + 1, sizeof(*counters), GFP_KERNEL_ACCOUNT);
	if (counters && cmpxchg(&xn->client_ports, NULL, counters))
		kvfree(counters);
	return READ_ONCE(xn->client_ports);
}

/* One user more; false: as many as can be counted use it already. */
static bool xtcp_port_client_get(struct sock *sk, u16 port)
{
	struct xtcp_net *xn = xtcp_sk_net(sk);
	struct xtcp_port_count *c = &xn->client_ports[port];
	bool room;

	spin_lock_bh(&xn->hold_lock);
	room = c->live + c->waiting < U16_MAX;
	if (room)
		WRITE_ONCE(c->live, c->live + 1);
	spin_unlock_bh(&xn->hold_lock);
	xtcp_sk(sk)->client_port = room;
	return room;
}

/**
 * xtcp_port_client_wait() - a socket becomes a TIME-WAIT, which has its place among the users of the port from now on
 * @sk: locked, still in the bind table; any context
 *
 * Return: whether connect() had chosen the port; if so, xtcp_port_client_put() is to follow.
 */
bool xtcp_port_client_wait(struct sock *sk)
{
	struct xtcp_net *xn = xtcp_sk_net(sk);
	struct xtcp_port_count *c;

	if (!xtcp_sk(sk)->client_port)
		return false;
	xtcp_sk(sk)->client_port = false;
	c = &xn->client_ports[inet_sk(sk)->inet_num];
	spin_lock_bh(&xn->hold_lock);
	WRITE_ONCE(c->live, c->live - 1);
	WRITE_ONCE(c->waiting, c->waiting + 1);
	spin_unlock_bh(&xn->hold_lock);
	return true;
}

/**
 * xtcp_port_client_put() - one user less of a port that connect() had chosen; any context
 * @net: network namespace
 * @port: host byte order
 * @waiting: it was a TIME-WAIT, not a socket
 */
void xtcp_port_client_put(struct net *net, u16 port, bool waiting)
{
	struct xtcp_net *xn = xtcp_net(net);
	u16 *n = waiting ? &xn->client_ports[port].waiting : &xn->client_ports[port].live;

	spin_lock_bh(&xn->hold_lock);
	if (!WARN_ON_ONCE(!*n))
		WRITE_ONCE(*n, *n - 1);
	spin_unlock_bh(&xn->hold_lock);
}

/* Try one port: the bind table first, then the connection table. */
static int xtcp_port_claim(struct sock *sk, u16 port, unsigned char reuse)
{
	int err;

	err = xtcp_port_get_as(sk, port, reuse);
	if (err)
		return err;
	inet_sk(sk)->inet_sport = htons(port);
	err = xtcp_port_client_get(sk, port) ? xtcp_port_enter(sk) : -EADDRNOTAVAIL;
	if (err) {
		xtcp_port_put(sk);
		inet_sk(sk)->inet_sport = 0;
	}
	return err;
}

/**
 * struct xtcp_port_range - the ports a client may get, in the order they are tried
 * @low: the first of the range
 * @count: how many it has
 * @start: where to begin, an offset from @low
 */
struct xtcp_port_range {
	u32 low;
	u32 count;
	u32 start;
};

/*
 * RFC 6056 3.3.3, algorithm 3: a keyed hash of the addresses moved on by a step per connection, so that ports are
 * neither guessable from another destination nor reused soon. The step is random, so that it tells little of how many
 * connections there are.
 */
static void xtcp_port_range_init(struct sock *sk, const struct xtcp_tuple *t, struct xtcp_port_range *r)
{
	struct xtcp_net *xn = xtcp_sk_net(sk);
	int low, high;
	u32 step;

	inet_sk_get_local_port_range(sk, &low, &high);
	r->low = low;
	r->count = high - low + 1;
	step = atomic_add_return(1 + get_random_u32_below(8), &xn->port_step);
	r->start = (xtcp_connect_hash(t, 0) + step) % r->count;
}

/* Is a request or a TIME-WAIT of the 4-tuple @t in the way of @sk? */
static bool xtcp_port_tuple_waits(const struct sock *sk, const struct xtcp_tuple *t)
{
	struct net *net = sock_net(sk);
	struct xtcp_mini *m = xtcp_demux_find_mini(net, t, xtcp_demux_hash(net, t), sk->sk_bound_dev_if, 0);
	bool waits;

	if (!m)
		return false;
	waits = m->kind != XTCP_MINI_TW || !xtcp_timewait_may_reuse(net, container_of(m, struct xtcp_tw, m));
	xtcp_demux_put_mini(m);
	return waits;
}

/*
 * One pass over the range: ports without a TIME-WAIT (@waiting false), whether nobody has them or XTCP clients with
 * other destinations, or the others.
 */
static int xtcp_port_scan(struct sock *sk, struct xtcp_tuple *t, const struct xtcp_port_range *r, bool waiting)
{
	const struct xtcp_port_count *counts = READ_ONCE(xtcp_sk_net(sk)->client_ports);
	struct net *net = sock_net(sk);
	u32 i;

	for (i = 0; i < r->count; i++) {
		u16 port = r->low + (r->start + i) % r->count;
		u16 live = READ_ONCE(counts[port].live);

		if (waiting != !!READ_ONCE(counts[port].waiting))
			continue;
		if (inet_is_local_reserved_port(net, port))
			continue;
		cond_resched();
		/* looking is cheaper than claiming the port to find out */
		t->lport = htons(port);
		if ((live && xtcp_port_tuple_taken(sk, t)) || (waiting && xtcp_port_tuple_waits(sk, t)))
			continue;
		/* a port that has TIME-WAITs only may be a kernel socket's by now, which is not joined */
		if (!xtcp_port_claim(sk, port, live ? SK_FORCE_REUSE : SK_NO_REUSE))
			return 0;
	}
	return -EADDRNOTAVAIL;
}

/**
 * xtcp_port_connect() - choose a local port for a client and enter the connection table with it
 * @sk: socket, locked, in SYN-SENT, not bound to a port; addresses and remote port are set; process context
 *
 * Return: 0 with inet_num and inet_sport set, -EADDRNOTAVAIL if no port is left for this destination, -ENOMEM.
 */
int xtcp_port_connect(struct sock *sk)
{
	struct xtcp_port_range r;
	struct xtcp_tuple t;
	int err;

	if (!xtcp_port_counters(xtcp_sk_net(sk)))
		return -ENOMEM;
	xtcp_connect_fill_tuple(sk, &t);
	t.lport = 0;
	xtcp_port_range_init(sk, &t, &r);
	err = xtcp_port_scan(sk, &t, &r, false);
	if (err)
		err = xtcp_port_scan(sk, &t, &r, true);
	return err;
}

/* ------------------------------------------------------------ TIME-WAIT */

static struct sock *xtcp_port_hold_sk(struct xtcp_port_hold *h)
{
	return (struct sock *)h->stub;
}

static struct hlist_head *xtcp_port_hold_slot(struct xtcp_net *xn, const struct sock *sk)
{
	struct xtcp_tuple t = { .lport = htons(inet_sk(sk)->inet_num) };

	if (sk->sk_family == AF_INET6)
		t.laddr = sk->sk_v6_rcv_saddr;
	else
		ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, &t.laddr);
	t.raddr = t.laddr;
	return &xn->holds[xtcp_connect_hash(&t, 0) % ARRAY_SIZE(xn->holds)];
}

/* Would a stand-in for @sk be just like @h? */
static bool xtcp_port_hold_fits(struct xtcp_port_hold *h, const struct sock *sk)
{
	const struct sock *hk = xtcp_port_hold_sk(h);

	if (hk->sk_num != inet_sk(sk)->inet_num || hk->sk_family != sk->sk_family ||
	    hk->sk_bound_dev_if != sk->sk_bound_dev_if || hk->sk_reuse != sk->sk_reuse ||
	    hk->sk_reuseport != sk->sk_reuseport || hk->sk_ipv6only != sk->sk_ipv6only)
		return false;
	if (sk->sk_family == AF_INET6)
		return ipv6_addr_equal(&hk->sk_v6_rcv_saddr, &sk->sk_v6_rcv_saddr);
	return hk->sk_rcv_saddr == sk->sk_rcv_saddr;
}

static struct xtcp_port_hold *xtcp_port_hold_find(const struct hlist_head *slot, const struct sock *sk)
{
	struct xtcp_port_hold *h;

	hlist_for_each_entry(h, slot, node)
		if (xtcp_port_hold_fits(h, sk))
			return h;
	return NULL;
}

/* A stand-in that the bind table takes for a socket of the kernel in TIME-WAIT: all that its conflict check reads. */
static struct xtcp_port_hold *xtcp_port_hold_new(const struct sock *sk, gfp_t gfp)
{
	struct xtcp_port_hold *h = kmem_cache_zalloc(xtcp_port_hold_slab, gfp);
	struct sock *hk;

	if (!h)
		return NULL;
	hk = xtcp_port_hold_sk(h);
	rwlock_init(&hk->sk_callback_lock);
	sock_net_set(hk, sock_net(sk));
	hk->sk_prot = sk->sk_prot;
	hk->sk_family = sk->sk_family;
	hk->sk_state = TCP_TIME_WAIT;
	hk->sk_bound_dev_if = sk->sk_bound_dev_if;
	hk->sk_reuseport = sk->sk_reuseport;
	hk->sk_ipv6only = sk->sk_ipv6only;
	hk->sk_rcv_saddr = sk->sk_rcv_saddr;
	hk->sk_v6_rcv_saddr = sk->sk_v6_rcv_saddr;
	hk->sk_uid = sk->sk_uid;
	hk->sk_reuse = SK_FORCE_REUSE;
	if (inet_csk_get_port(hk, inet_sk(sk)->inet_num)) {
		kmem_cache_free(xtcp_port_hold_slab, h);
		return NULL;
	}
	hk->sk_reuse = sk->sk_reuse;
	h->users = 1;
	return h;
}

/**
 * xtcp_port_hold_get() - keep @sk's local port and address taken in the bind table after @sk has left it
 * @sk: socket, locked, still in the bind table; any context
 * @gfp: allocation context
 *
 * All TIME-WAITs of one address, port and device whose sockets had the same SO_REUSEADDR and the like share one
 * stand-in.
 *
 * Return: a reference, to be given back by xtcp_port_hold_put(), or NULL: no memory.
 */
struct xtcp_port_hold *xtcp_port_hold_get(struct sock *sk, gfp_t gfp)
{
	struct xtcp_net *xn = xtcp_sk_net(sk);
	struct hlist_head *slot = xtcp_port_hold_slot(xn, sk);
	struct xtcp_port_hold *h;

	spin_lock_bh(&xn->hold_lock);
	h = xtcp_port_hold_find(slot, sk);
	if (h)
		h->users++;
	spin_unlock_bh(&xn->hold_lock);
	if (h)
		return h;

	h = xtcp_port_hold_new(sk, gfp);
	if (!h)
		return NULL;
	/* if another CPU was quicker there are two, which does no harm */
	spin_lock_bh(&xn->hold_lock);
	hlist_add_head(&h->node, slot);
	spin_unlock_bh(&xn->hold_lock);
	return h;
}

/** xtcp_port_hold_put() - a TIME-WAIT is over; any context */
void xtcp_port_hold_put(struct net *net, struct xtcp_port_hold *h)
{
	struct xtcp_net *xn = xtcp_net(net);
	bool last;

	spin_lock_bh(&xn->hold_lock);
	last = !--h->users;
	if (last)
		hlist_del(&h->node);
	spin_unlock_bh(&xn->hold_lock);
	if (!last)
		return;
	xtcp_family_kernel_prot(xtcp_port_hold_sk(h))->put_port(xtcp_port_hold_sk(h));
	kmem_cache_free(xtcp_port_hold_slab, h);
}

/* ------------------------------------------------------------ another source address */

/* What the bind table sorts by, and the address that goes with it. */
struct xtcp_port_saddr {
	__be32 source;
	__be32 bound4;
	struct in6_addr bound6;
};

static void xtcp_port_read_saddr(const struct sock *sk, struct xtcp_port_saddr *a)
{
	a->source = inet_sk(sk)->inet_saddr;
	a->bound4 = sk->sk_rcv_saddr;
	a->bound6 = sk->sk_v6_rcv_saddr;
}

static void xtcp_port_write_saddr(struct sock *sk, const struct xtcp_port_saddr *a)
{
	inet_sk(sk)->inet_saddr = a->source;
	sk->sk_rcv_saddr = a->bound4;
	sk->sk_v6_rcv_saddr = a->bound6;
}

/* Leave the bind table with one address, enter it with another. A stand-in keeps the port meanwhile. */
static int xtcp_port_move(struct sock *sk, const struct xtcp_port_saddr *to)
{
	struct xtcp_port_hold *h = xtcp_port_hold_get(sk, GFP_ATOMIC);
	u16 port = inet_sk(sk)->inet_num;
	struct xtcp_port_saddr from;
	int err;

	if (!h)
		return -ENOMEM;
	xtcp_port_read_saddr(sk, &from);
	xtcp_family_kernel_prot(sk)->put_port(sk);
	xtcp_port_write_saddr(sk, to);
	err = xtcp_port_get_as(sk, port, SK_FORCE_REUSE);
	if (err) {
		/* the stand-in holds all that the old place takes, so there nothing can fail */
		xtcp_port_write_saddr(sk, &from);
		WARN_ON_ONCE(xtcp_port_get_as(sk, port, SK_FORCE_REUSE));
		err = -ENOMEM;
	}
	xtcp_port_hold_put(sock_net(sk), h);
	return err;
}

/**
 * xtcp_port_set_saddr() - give a socket another source address, in the bind table too if it is in it
 * @sk: socket, locked, in no table of connections; any context
 * @saddr: the address, IPv4 as a mapped one; NULL: back to the wildcard address
 *
 * Return: 0, or -ENOMEM with nothing changed. The wildcard address is always set: a socket that cannot be moved for
 * want of memory leaves the bind table, and is no longer bound.
 */
int xtcp_port_set_saddr(struct sock *sk, const struct in6_addr *saddr)
{
	struct xtcp_port_saddr to = {};
	int err = 0;

	if (saddr && ipv6_addr_v4mapped(saddr)) {
		to.source = saddr->s6_addr32[3];
		to.bound4 = to.source;
		to.bound6 = *saddr;
	} else if (saddr) {
		xtcp_port_read_saddr(sk, &to);
		to.bound6 = *saddr;
	} else if (sk->sk_family == AF_INET6) {
		inet6_sk(sk)->saddr = in6addr_any;
	}
	if (inet_csk(sk)->icsk_bind_hash)
		err = xtcp_port_move(sk, &to);
	else
		xtcp_port_write_saddr(sk, &to);
	if (err && !saddr) {
		xtcp_port_put(sk);
		xtcp_port_write_saddr(sk, &to);
		inet_sk(sk)->inet_sport = 0;
		err = 0;
	}
	return err;
}

/* ------------------------------------------------------------ coming and going */

/** xtcp_port_net_init() - nothing to allocate yet: see xtcp_port_counters() */
int xtcp_port_net_init(struct net *net)
{
	atomic_set(&xtcp_net(net)->port_step, get_random_u32());
	return 0;
}

/** xtcp_port_net_exit() - free what the ports of @net took; no socket and no TIME-WAIT of @net is left */
void xtcp_port_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(xn->holds); i++)
		WARN_ON_ONCE(!hlist_empty(&xn->holds[i]));
	kvfree(xn->client_ports);
	xn->client_ports = NULL;
}

/** xtcp_port_init() - memory for stand-ins; -ENOMEM */
int xtcp_port_init(void)
{
	xtcp_port_hold_slab = KMEM_CACHE(xtcp_port_hold, SLAB_ACCOUNT);
	return xtcp_port_hold_slab ? 0 : -ENOMEM;
}

/** xtcp_port_exit() - the reverse */
void xtcp_port_exit(void)
{
	kmem_cache_destroy(xtcp_port_hold_slab);
}
