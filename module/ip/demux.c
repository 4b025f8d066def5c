// SPDX-License-Identifier: GPL-2.0
/*
 * Whose segment is it: the table of small connections (requests and TIME-WAITs), the table of listeners, and the doors
 * to the kernel's connection table. Called by slot.c and icmp.c for every segment, by conn/ and port.c to enter and
 * leave. Never looks at a segment beyond its addresses, never changes a connection.
 *
 * Requests are SLAB_TYPESAFE_BY_RCU objects: a lookup without locks may stand on one that is freed and born
 * again as another. So a chain ends in a marker that tells its bucket (a walk that ends in the wrong one starts again),
 * a reference is taken before the key is believed, and who allocates one must not clear @node.next.
 *
 * THE PASS GATE. XTCP's connections are in the table that the kernel's TCP searches too, yet its engine must never
 * process one. slot.c searches first, but a connection may be entered between its search and the kernel's own. So a
 * segment that belongs to nobody is handed on within xtcp_demux_pass_begin()/_end(), after one more search, and a
 * connection is entered only while no such segment of the same hash is on its way. Both sides are counters of one gate
 * per hash: each raises its own before it reads the other's, the segment steps back if both are up. Who enters may hold
 * locks, so nothing that takes locks of ours runs within a pass.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/rculist_nulls.h>
#include <net/inet6_hashtables.h>
#include <net/netns/hash.h>
#include <net/sock_reuseport.h>

#include "ip/tuple.h"
#include "xtcp.h"

#define XTCP_DEMUX_LISTEN_BITS	10
#define XTCP_DEMUX_GATES	1024u
#define XTCP_DEMUX_MINIS_MIN	1024u
#define XTCP_DEMUX_MINIS_MAX	65536u
#define XTCP_DEMUX_BATCH	256u	/* buckets that a walk looks at before it lets others run */

struct xtcp_demux_bucket {
	struct hlist_nulls_head chain;
	spinlock_t lock;		/* guards @chain against other writers */
};

struct xtcp_demux_gate {
	atomic_t passing;
	atomic_t entering;
};

static unsigned int xtcp_demux_buckets;
module_param_named(minis, xtcp_demux_buckets, uint, 0444);
MODULE_PARM_DESC(minis, "Hash buckets for requests and TIME-WAITs, a power of two (0: by memory size)");

static struct xtcp_demux_bucket *xtcp_demux_minis __read_mostly;
static u32 xtcp_demux_mask __read_mostly;
static hsiphash_key_t xtcp_demux_key __aligned(HSIPHASH_ALIGNMENT) __read_mostly;

static struct hlist_nulls_head xtcp_demux_listeners[1 << XTCP_DEMUX_LISTEN_BITS];
static DEFINE_SPINLOCK(xtcp_demux_listen_lock);

static struct xtcp_demux_gate xtcp_demux_gates[XTCP_DEMUX_GATES];
static DEFINE_PER_CPU(unsigned int, xtcp_demux_passes);

/* ------------------------------------------------------------ keys */

/**
 * xtcp_demux_hash() - keyed hash of a connection in a network namespace
 * @net: the namespace
 * @t: addresses and ports
 *
 * The key is random, so that a peer cannot choose addresses that collide.
 */
u32 xtcp_demux_hash(const struct net *net, const struct xtcp_tuple *t)
{
	return xtcp_tuple_place(t, net_hash_mix(net), &xtcp_demux_key);
}

/**
 * xtcp_demux_read_tuple() - addresses and ports of a received segment, seen from here
 * @skb: network and transport header are set, and 4 bytes of the latter are in the linear part
 * @t: filled
 */
void xtcp_demux_read_tuple(const struct sk_buff *skb, struct xtcp_tuple *t)
{
	const struct tcphdr *th = tcp_hdr(skb);
	const struct iphdr *iph = ip_hdr(skb);

	if (iph->version == 4) {
		ipv6_addr_set_v4mapped(iph->daddr, &t->laddr);
		ipv6_addr_set_v4mapped(iph->saddr, &t->raddr);
	} else {
		t->laddr = ipv6_hdr(skb)->daddr;
		t->raddr = ipv6_hdr(skb)->saddr;
	}
	t->lport = th->dest;
	t->rport = th->source;
}

static bool xtcp_demux_same_tuple(const struct xtcp_tuple *a, const struct xtcp_tuple *b)
{
	return a->lport == b->lport && a->rport == b->rport && ipv6_addr_equal(&a->raddr, &b->raddr) &&
	       ipv6_addr_equal(&a->laddr, &b->laddr);
}

static bool xtcp_demux_mini_is(const struct xtcp_mini *m, const struct net *net, const struct xtcp_tuple *t, u32 hash)
{
	return READ_ONCE(m->hash) == hash &&
	       /* without a reference a request may be half filled for its next life: it is compared again with one */
	       data_race(net_eq(read_pnet(&m->net), net) && xtcp_demux_same_tuple(&m->tuple, t));
}

/* ------------------------------------------------------------ small connections */

static struct xtcp_demux_bucket *xtcp_demux_bucket(u32 hash)
{
	return &xtcp_demux_minis[hash & xtcp_demux_mask];
}

/* The next node of a chain, NULL if the object under it was cleared by a new owner: the walk has to start again. */
static struct hlist_nulls_node *xtcp_demux_next(struct hlist_nulls_node *n)
{
	return rcu_dereference_raw(hlist_nulls_next_rcu(n));
}

/* One walk. Returns the object with a reference, NULL, or an error pointer if the walk went astray. */
static struct xtcp_mini *xtcp_demux_walk(struct net *net, const struct xtcp_tuple *t, u32 hash, int ifindex, int sdif)
{
	struct xtcp_demux_bucket *b = xtcp_demux_bucket(hash);
	struct hlist_nulls_node *n;
	struct xtcp_mini *m;
	int bound;

	for (n = rcu_dereference_raw(hlist_nulls_first_rcu(&b->chain)); n && !is_a_nulls(n); n = xtcp_demux_next(n)) {
		m = hlist_nulls_entry(n, struct xtcp_mini, node);
		if (!xtcp_demux_mini_is(m, net, t, hash))
			continue;
		bound = READ_ONCE(m->ifindex);
		if (bound && bound != ifindex && bound != sdif)
			continue;
		if (!refcount_inc_not_zero(&m->refs))
			return ERR_PTR(-EAGAIN);
		/* was it still that object when the reference was taken? */
		if (likely(!hlist_nulls_unhashed_lockless(&m->node) && xtcp_demux_mini_is(m, net, t, hash)))
			return m;
		xtcp_demux_put_mini(m);
		return ERR_PTR(-EAGAIN);
	}
	if (!n || get_nulls_value(n) != (hash & xtcp_demux_mask))
		return ERR_PTR(-EAGAIN);
	return NULL;
}

/**
 * xtcp_demux_find_mini() - the request or TIME-WAIT of a connection
 * @net: network namespace
 * @t: addresses and ports, seen from here
 * @hash: of both: xtcp_demux_hash()
 * @ifindex: device of the segment (an L3 master, if it has one), or the one a socket is bound to
 * @sdif: the device below the L3 master, or 0
 *
 * An object that is just going away counts as gone. Any context.
 *
 * Return: the object with a reference (xtcp_demux_put_mini()), or NULL.
 */
struct xtcp_mini *xtcp_demux_find_mini(struct net *net, const struct xtcp_tuple *t, u32 hash, int ifindex, int sdif)
{
	struct xtcp_mini *m;

	rcu_read_lock();
	do {
		m = xtcp_demux_walk(net, t, hash, ifindex, sdif);
	} while (IS_ERR(m));
	rcu_read_unlock();
	return m;
}

/**
 * xtcp_demux_insert_mini() - enter a request or TIME-WAIT
 * @m: all but @node is set; @refs, set last, holds the caller's own reference
 *
 * That the connection has no full socket is the caller's to know. Any context.
 *
 * Return: true if entered, the table has then a reference of its own; false if the same addresses, ports and device are
 * there already.
 */
bool xtcp_demux_insert_mini(struct xtcp_mini *m)
{
	struct xtcp_demux_bucket *b = xtcp_demux_bucket(m->hash);
	const struct hlist_nulls_node *n;
	const struct xtcp_mini *other;
	bool free = true;

	spin_lock_bh(&b->lock);
	hlist_nulls_for_each_entry(other, n, &b->chain, node) {
		if (other->ifindex == m->ifindex &&
		    xtcp_demux_mini_is(other, read_pnet(&m->net), &m->tuple, m->hash)) {
			free = false;
			break;
		}
	}
	if (free) {
		refcount_inc(&m->refs);
		hlist_nulls_add_head_rcu(&m->node, &b->chain);
	}
	spin_unlock_bh(&b->lock);
	return free;
}

/**
 * xtcp_demux_remove_mini() - take a request or TIME-WAIT out of the table
 * @m: was entered; the caller holds a reference or knows that the table's is still there
 *
 * Return: true for the one caller who unlinked it; the table's reference is now the caller's.
 */
bool xtcp_demux_remove_mini(struct xtcp_mini *m)
{
	struct xtcp_demux_bucket *b = xtcp_demux_bucket(m->hash);
	bool linked;

	spin_lock_bh(&b->lock);
	linked = !hlist_nulls_unhashed(&m->node);
	if (linked)
		hlist_nulls_del_init_rcu(&m->node);
	spin_unlock_bh(&b->lock);
	return linked;
}

/** xtcp_demux_put_mini() - drop a reference; the last one frees the object. Any context. */
void xtcp_demux_put_mini(struct xtcp_mini *m)
{
	if (!refcount_dec_and_test(&m->refs))
		return;
	if (m->kind == XTCP_MINI_TW)
		xtcp_timewait_free(m);
	else
		xtcp_req_free(m);
}

/**
 * xtcp_demux_each_mini() - call @fn for every request or TIME-WAIT of a network namespace
 * @net: network namespace
 * @kind: which of the two
 * @fn: called under RCU with a reference held for the call; may remove the object; may see one object twice
 * @arg: for @fn
 *
 * What is entered meanwhile may be missed. Any context; walks the whole table.
 */
void xtcp_demux_each_mini(struct net *net, enum xtcp_mini_kind kind, void (*fn)(struct xtcp_mini *m, void *arg),
			  void *arg)
{
	struct hlist_nulls_node *n;
	struct xtcp_mini *m;
	u32 i;

	for (i = 0; i <= xtcp_demux_mask; i++) {
		rcu_read_lock();
again:
		n = rcu_dereference_raw(hlist_nulls_first_rcu(&xtcp_demux_minis[i].chain));
		while (n && !is_a_nulls(n)) {
			m = hlist_nulls_entry(n, struct xtcp_mini, node);
			/* the same: looked at again with a reference */
			if (READ_ONCE(m->kind) != kind || data_race(!net_eq(read_pnet(&m->net), net)) ||
			    !refcount_inc_not_zero(&m->refs)) {
				n = xtcp_demux_next(n);
				continue;
			}
			if (m->kind == kind && net_eq(read_pnet(&m->net), net) &&
			    !hlist_nulls_unhashed_lockless(&m->node))
				fn(m, arg);
			n = xtcp_demux_next(n);
			xtcp_demux_put_mini(m);
		}
		if (!n || get_nulls_value(n) != i)
			goto again;
		rcu_read_unlock();
	}
}

/* The order within a bucket: minis have no number, but no two have the same addresses and device. */
static int xtcp_demux_compare(const struct xtcp_mini *m, const struct xtcp_mini_key *key)
{
	int n = memcmp(&m->tuple, &key->tuple, sizeof(key->tuple));

	if (n)
		return n;
	return m->ifindex < key->ifindex ? -1 : m->ifindex > key->ifindex;
}

/* The first of a chain beyond @last, with a reference. Bucket locked, so what is linked is alive. */
static struct xtcp_mini *xtcp_demux_first_beyond(struct net *net, struct xtcp_demux_bucket *b,
						 const struct xtcp_mini_key *last)
{
	struct xtcp_mini *m, *best = NULL;
	const struct hlist_nulls_node *n;
	struct xtcp_mini_key key;

	hlist_nulls_for_each_entry(m, n, &b->chain, node) {
		if (!net_eq(read_pnet(&m->net), net) || (last->started && xtcp_demux_compare(m, last) <= 0))
			continue;
		if (best && xtcp_demux_compare(m, &key) >= 0)
			continue;
		best = m;
		key.tuple = m->tuple;
		key.ifindex = m->ifindex;
	}
	if (best)
		refcount_inc(&best->refs);
	return best;
}

/**
 * xtcp_demux_next_mini() - walk the requests and TIME-WAITs of a network namespace, at any pace
 * @net: network namespace
 * @bucket: where the walk is; 0 at first
 * @last: the one it is at; not started at first
 *
 * What is there from the beginning to the end of the walk is met once, whatever comes and goes. Process context.
 *
 * Return: the next with a reference, @bucket and @last moved to it; NULL at the end.
 */
struct xtcp_mini *xtcp_demux_next_mini(struct net *net, u32 *bucket, struct xtcp_mini_key *last)
{
	struct xtcp_mini *m = NULL;

	for (; *bucket <= xtcp_demux_mask; ++*bucket, last->started = false) {
		struct xtcp_demux_bucket *b = &xtcp_demux_minis[*bucket];

		if (is_a_nulls(READ_ONCE(b->chain.first)))
			continue;
		spin_lock_bh(&b->lock);
		m = xtcp_demux_first_beyond(net, b, last);
		spin_unlock_bh(&b->lock);
		if (m)
			break;
		cond_resched();
	}
	if (m) {
		last->tuple = m->tuple;
		last->ifindex = m->ifindex;
		last->started = true;
	}
	return m;
}

/* May this process sleep? Not if a BPF program of a cgroup has called bind(): it is within an RCU section. */
static bool xtcp_demux_may_sleep(void)
{
#ifdef CONFIG_BPF_SYSCALL
	return !current->bpf_ctx;
#else
	return true;
#endif
}

/**
 * xtcp_demux_any_tw() - is there a TIME-WAIT of a local port that @fn is true for?
 * @net: network namespace
 * @lport: local port
 * @fn: called with the bucket locked
 * @arg: for @fn
 *
 * Process context, may sleep. Walks the whole table.
 */
bool xtcp_demux_any_tw(struct net *net, __be16 lport, bool (*fn)(const struct xtcp_tw *tw, const void *arg),
		       const void *arg)
{
	const struct hlist_nulls_node *n;
	struct xtcp_mini *m;
	bool found = false;
	u32 i;

	for (i = 0; i <= xtcp_demux_mask && !found; i++) {
		struct xtcp_demux_bucket *b = &xtcp_demux_minis[i];

		if (!(i % XTCP_DEMUX_BATCH) && xtcp_demux_may_sleep())
			cond_resched();
		if (is_a_nulls(READ_ONCE(b->chain.first)))
			continue;
		spin_lock_bh(&b->lock);
		hlist_nulls_for_each_entry(m, n, &b->chain, node) {
			if (m->kind != XTCP_MINI_TW || m->tuple.lport != lport || !net_eq(read_pnet(&m->net), net))
				continue;
			found = fn(container_of(m, struct xtcp_tw, m), arg);
			if (found)
				break;
		}
		spin_unlock_bh(&b->lock);
	}
	return found;
}

/* ------------------------------------------------------------ the kernel's connection table */

/**
 * xtcp_demux_find_conn() - the socket of a connection in the kernel's table, of whatever stack
 * @net: network namespace
 * @t: addresses and ports, seen from here
 * @ifindex: as in xtcp_demux_find_mini()
 * @sdif: as in xtcp_demux_find_mini()
 *
 * Return: a full socket, request or TIME-WAIT of the kernel or a full socket of ours, with a reference
 * (sock_gen_put()); or NULL. Under RCU.
 */
struct sock *xtcp_demux_find_conn(struct net *net, const struct xtcp_tuple *t, int ifindex, int sdif)
{
	if (xtcp_tuple_is_v4(t))
		return xtcp_compat_lookup4(net, t->raddr.s6_addr32[3], t->rport, t->laddr.s6_addr32[3],
					   ntohs(t->lport), ifindex, sdif);
	return xtcp_compat_lookup6(net, &t->raddr, t->rport, &t->laddr, ntohs(t->lport), ifindex, sdif);
}

/**
 * xtcp_demux_kernel_listens() - does a socket of the kernel's TCP listen for this?
 * @net: network namespace
 * @t: addresses and ports, seen from here
 * @ifindex: as in xtcp_demux_find_mini()
 * @sdif: as in xtcp_demux_find_mini()
 *
 * Under RCU.
 */
bool xtcp_demux_kernel_listens(struct net *net, const struct xtcp_tuple *t, int ifindex, int sdif)
{
	if (xtcp_tuple_is_v4(t))
		return xtcp_compat_listener4(net, t->raddr.s6_addr32[3], t->rport, t->laddr.s6_addr32[3],
					     ntohs(t->lport), ifindex, sdif);
	return xtcp_compat_listener6(net, &t->raddr, t->rport, &t->laddr, ntohs(t->lport), ifindex, sdif);
}

/**
 * xtcp_demux_hash_conn() - enter a connection into the kernel's table
 * @sk: addresses, ports and state (not CLOSE, not LISTEN) are set; its 4-tuple was found free
 * @hash: xtcp_demux_hash() of that
 *
 * Socket lock held, or the socket is not yet known to anybody. May spin as long as one segment takes the kernel.
 */
void xtcp_demux_hash_conn(struct sock *sk, u32 hash)
{
	struct xtcp_demux_gate *gate = &xtcp_demux_gates[hash % XTCP_DEMUX_GATES];

	local_bh_disable();
	atomic_inc(&gate->entering);
	/* pairs with xtcp_demux_pass_begin(): one of the two sees the other */
	smp_mb__after_atomic();
	/* never within a pass of this CPU, whose end it would wait for: slot.c puts off what comes in then */
	WARN_ON_ONCE(xtcp_demux_passing());
	while (atomic_read(&gate->passing) && !xtcp_demux_passing())
		cpu_relax();
	xtcp_family_kernel_prot(sk)->hash(sk);
	/* entered first, then let pass */
	smp_mb__before_atomic();
	atomic_dec(&gate->entering);
	local_bh_enable();
}

/** xtcp_demux_unhash_conn() - leave the kernel's table; not entered is fine; socket lock held */
void xtcp_demux_unhash_conn(struct sock *sk)
{
	xtcp_family_kernel_prot(sk)->unhash(sk);
}

/**
 * xtcp_demux_pass_begin() - from here on no connection with this hash is entered into the kernel's table
 * @hash: xtcp_demux_hash() of the segment that is about to be handed to the kernel's TCP
 *
 * Softirq, or BH disabled. Search the table once more after this call.
 */
void xtcp_demux_pass_begin(u32 hash)
{
	struct xtcp_demux_gate *gate = &xtcp_demux_gates[hash % XTCP_DEMUX_GATES];

	for (;;) {
		atomic_inc(&gate->passing);
		/* pairs with xtcp_demux_hash_conn() */
		smp_mb__after_atomic();
		if (likely(!atomic_read(&gate->entering)))
			break;
		atomic_dec(&gate->passing);
		while (atomic_read(&gate->entering))
			cpu_relax();
	}
	__this_cpu_inc(xtcp_demux_passes);
}

/** xtcp_demux_passing() - is this CPU within a pass? Softirq, or BH disabled */
bool xtcp_demux_passing(void)
{
	return __this_cpu_read(xtcp_demux_passes);
}

/** xtcp_demux_pass_end() - the kernel is done with the segment */
void xtcp_demux_pass_end(u32 hash)
{
	__this_cpu_dec(xtcp_demux_passes);
	/* the kernel's search first, then let enter */
	smp_mb__before_atomic();
	atomic_dec(&xtcp_demux_gates[hash % XTCP_DEMUX_GATES].passing);
}

/* ------------------------------------------------------------ listeners */

/* By port and address, so that who listens on many addresses makes no long chain; the wildcards share one. */
static u32 xtcp_demux_listen_hash(const struct net *net, const struct in6_addr *addr, __be16 port)
{
	struct xtcp_tuple t = { .lport = port };

	if (!ipv6_addr_v4mapped(addr) || addr->s6_addr32[3])
		t.laddr = *addr;
	/* half the work, if that is an IPv4 address */
	t.raddr = t.laddr;
	return xtcp_demux_hash(net, &t) % ARRAY_SIZE(xtcp_demux_listeners);
}

static struct hlist_nulls_head *xtcp_demux_listen_chain(const struct sock *sk)
{
	struct in6_addr addr = sk->sk_v6_rcv_saddr;

	if (sk->sk_family == AF_INET)
		ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, &addr);
	return &xtcp_demux_listeners[xtcp_demux_listen_hash(sock_net(sk), &addr, htons(inet_sk(sk)->inet_num))];
}

/* How well the bound address fits: -1 not at all, 0 it is a wildcard, 1 exactly */
static int xtcp_demux_addr_fit(const struct sock *sk, const struct xtcp_tuple *t)
{
	bool v4 = xtcp_tuple_is_v4(t);

	if (sk->sk_family == AF_INET) {
		if (!v4)
			return -1;
		if (!sk->sk_rcv_saddr)
			return 0;
		return sk->sk_rcv_saddr == t->laddr.s6_addr32[3] ? 1 : -1;
	}
	if (v4 && ipv6_only_sock(sk))
		return -1;
	if (ipv6_addr_any(&sk->sk_v6_rcv_saddr))
		return 0;
	if (v4 && ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr) && !sk->sk_v6_rcv_saddr.s6_addr32[3])
		return 0;
	return ipv6_addr_equal(&sk->sk_v6_rcv_saddr, &t->laddr) ? 1 : -1;
}

/* An exact address beats a bound device beats the own family beats the CPU; -1: not a candidate. */
static int xtcp_demux_score(const struct sock *sk, struct net *net, const struct xtcp_tuple *t, int ifindex, int sdif)
{
	int bound = READ_ONCE(sk->sk_bound_dev_if);
	int fit;

	if (inet_sk(sk)->inet_num != ntohs(t->lport) || !net_eq(sock_net(sk), net) ||
	    inet_sk_state_load(sk) != TCP_LISTEN)
		return -1;
	if (!inet_sk_bound_dev_eq(net, bound, ifindex, sdif))
		return -1;
	fit = xtcp_demux_addr_fit(sk, t);
	if (fit < 0)
		return -1;
	return fit * 8 + (bound ? 4 : 0) + (sk->sk_family == (xtcp_tuple_is_v4(t) ? AF_INET : AF_INET6) ? 2 : 0) +
	       (READ_ONCE(sk->sk_incoming_cpu) == raw_smp_processor_id() ? 1 : 0);
}

/*
 * The best of one chain. A listener that stops and then connects goes over to a chain of connections while a walk
 * stands on it: who does not arrive at this chain's end begins again.
 */
static struct sock *xtcp_demux_walk_listeners(struct net *net, u32 hash, const struct xtcp_tuple *t, int ifindex,
					      int sdif)
{
	const struct hlist_nulls_node *n;
	struct sock *sk, *best;
	int score, top;

	do {
		best = NULL;
		top = -1;
		sk_nulls_for_each_rcu(sk, n, &xtcp_demux_listeners[hash]) {
			score = xtcp_demux_score(sk, net, t, ifindex, sdif);
			if (score <= top)
				continue;
			top = score;
			best = sk;
		}
	} while (unlikely(get_nulls_value(n) != LISTENING_NULLS_BASE + hash));
	return best;
}

/**
 * xtcp_demux_find_listener() - the listener that a segment is for
 * @net: network namespace
 * @t: the segment's addresses and ports, seen from here
 * @hash: xtcp_demux_hash() of both
 * @ifindex: as in xtcp_demux_find_mini()
 * @sdif: as in xtcp_demux_find_mini()
 * @skb: the segment, data at the TCP header, for a BPF program that chooses; NULL: none is asked
 *
 * In a SO_REUSEPORT group its BPF program chooses, or a keyed hash of @t, so that a connection's segments keep to one
 * as long as none is opened or closed.
 *
 * Return: a listener, without a reference, good until the RCU section ends; or NULL. Under RCU.
 */
struct sock *xtcp_demux_find_listener(struct net *net, const struct xtcp_tuple *t, u32 hash, int ifindex, int sdif,
				      struct sk_buff *skb)
{
	struct sock *best;

	/* whoever is bound to the address comes before a wildcard */
	best = xtcp_demux_walk_listeners(net, xtcp_demux_listen_hash(net, &t->laddr, t->lport), t, ifindex, sdif);
	if (!best)
		best = xtcp_demux_walk_listeners(net, xtcp_demux_listen_hash(net, &in6addr_any, t->lport), t, ifindex,
						 sdif);
	if (best && best->sk_reuseport)
		best = xtcp_reuseport_select(best, skb, hash);
	return best;
}

/**
 * xtcp_demux_add_listener() - segments may find a listener from now on; process context
 * @sk: socket, locked, its state is LISTEN
 *
 * It is linked by the node that links a socket of the kernel into its tables, so that what asks whether a socket is
 * hashed (BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, SO_ATTACH_REUSEPORT_*) gets the answer that is true.
 *
 * Return: 0, or -ENOMEM (a SO_REUSEPORT group could not be joined).
 */
int xtcp_demux_add_listener(struct sock *sk)
{
	struct hlist_nulls_head *chain = xtcp_demux_listen_chain(sk);
	int err = 0;

	sock_set_flag(sk, SOCK_RCU_FREE);
	spin_lock_bh(&xtcp_demux_listen_lock);
	if (sk->sk_reuseport)
		err = xtcp_reuseport_join(sk, chain);
	if (!err)
		__sk_nulls_add_node_rcu(sk, chain);
	spin_unlock_bh(&xtcp_demux_listen_lock);
	if (!err)
		atomic_inc(&xtcp_sk_net(sk)->listeners);
	return err;
}

/**
 * xtcp_demux_next_listener() - walk the listeners of a network namespace, at any pace
 * @net: network namespace
 * @bucket: where the walk is; 0 at first
 * @cookie: of the one it is at; 0 at first
 *
 * Those that listen from the beginning to the end of the walk are met once. Process context.
 *
 * Return: the next with a reference, @bucket and @cookie moved to it; NULL at the end.
 */
struct sock *xtcp_demux_next_listener(struct net *net, u32 *bucket, u64 *cookie)
{
	const struct hlist_nulls_node *n;
	struct sock *sk, *best = NULL;

	for (; !best && *bucket < ARRAY_SIZE(xtcp_demux_listeners); ) {
		u64 least = 0;

		spin_lock_bh(&xtcp_demux_listen_lock);
		sk_nulls_for_each(sk, n, &xtcp_demux_listeners[*bucket]) {
			u64 number;

			if (!net_eq(sock_net(sk), net))
				continue;
			number = xtcp_diag_cookie(sk);
			if (number <= *cookie || (best && number >= least))
				continue;
			best = sk;
			least = number;
		}
		if (best)
			sock_hold(best);
		spin_unlock_bh(&xtcp_demux_listen_lock);
		*cookie = least;
		if (!best)
			++*bucket;
	}
	return best;
}

/** xtcp_demux_del_listener() - the reverse; those who found it before may use it until their RCU section ends */
void xtcp_demux_del_listener(struct sock *sk)
{
	bool linked;

	spin_lock_bh(&xtcp_demux_listen_lock);
	linked = __sk_nulls_del_node_init_rcu(sk);
	if (linked && rcu_access_pointer(sk->sk_reuseport_cb))
		reuseport_stop_listen_sock(sk);
	spin_unlock_bh(&xtcp_demux_listen_lock);
	if (linked)
		atomic_dec(&xtcp_sk_net(sk)->listeners);
}

/* ------------------------------------------------------------ life */

static u32 xtcp_demux_size(void)
{
	unsigned long n = xtcp_demux_buckets ? : totalram_pages() / 64;

	return roundup_pow_of_two(clamp_t(unsigned long, n, XTCP_DEMUX_MINIS_MIN, XTCP_DEMUX_MINIS_MAX));
}

/** xtcp_demux_init() - module load; 0 or -ENOMEM */
int xtcp_demux_init(void)
{
	u32 i, n = xtcp_demux_size();

	xtcp_demux_minis = kvmalloc_array(n, sizeof(*xtcp_demux_minis), GFP_KERNEL);
	if (!xtcp_demux_minis)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		INIT_HLIST_NULLS_HEAD(&xtcp_demux_minis[i].chain, i);
		spin_lock_init(&xtcp_demux_minis[i].lock);
	}
	/* a walk of the connection table may stray into a chain of listeners: it must see that this is another one */
	for (i = 0; i < ARRAY_SIZE(xtcp_demux_listeners); i++)
		INIT_HLIST_NULLS_HEAD(&xtcp_demux_listeners[i], LISTENING_NULLS_BASE + i);
	xtcp_demux_mask = n - 1;
	xtcp_demux_buckets = n;
	get_random_bytes(&xtcp_demux_key, sizeof(xtcp_demux_key));
	return 0;
}

/** xtcp_demux_exit() - module unload; the tables are empty */
void xtcp_demux_exit(void)
{
	kvfree(xtcp_demux_minis);
	xtcp_demux_minis = NULL;
}

/** xtcp_demux_net_exit() - end the requests of a network namespace that goes; its listeners are gone. May sleep. */
void xtcp_demux_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);

	WARN_ON_ONCE(atomic_read(&xn->listeners));
	if (atomic_read(&xn->requests))
		xtcp_req_flush(net, NULL);
}
