// SPDX-License-Identifier: GPL-2.0
/*
 * IP's slot for protocol 6: where segments and ICMP errors come in. XTCP puts itself in front of the kernel's TCP,
 * takes what belongs to its own connections and listeners, and hands on everything else untouched. Called by IP in
 * softirq, under RCU. Does what IP leaves to TCP (checksum, IPsec policy, socket filter); never looks at a segment's
 * meaning. RFC 9293 3.10.7 up to the choice of the connection.
 *
 * Order, cheapest for the kernel's traffic first: a socket found by early demux; the kernel's connection table;
 * requests and TIME-WAITs; listeners. With no XTCP socket anywhere a static key skips it all.
 *
 * Unloading. The old entry goes back into the slot only while ours is there. If another module has put itself on top,
 * it holds our function pointers, and our code must stay. A module's exit cannot refuse, so XTCP looks after every
 * module that loads or goes whether it is still on top, and holds a reference on itself while it is not: rmmod then
 * says "in use". What that misses (a module that replaces the slot later than at its load) is caught in exit, which
 * waits until the slot is free: rmmod hangs, nothing breaks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/notifier.h>
#include <net/busy_poll.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/protocol.h>
#include <net/xfrm.h>

#include "xtcp.h"

#include <trace/events/xtcp.h>

#define XTCP_SLOT_LINGER	(5 * HZ)	/* stay switched on so long after the last socket */
#define XTCP_SLOT_LATER_MAX	64u		/* segments that wait for the end of a pass */

static struct net_protocol *xtcp_slot_kernel4 __read_mostly;
static struct net_protocol xtcp_slot_own4 __read_mostly;
static struct inet6_protocol *xtcp_slot_kernel6 __read_mostly;
static struct inet6_protocol xtcp_slot_own6 __read_mostly;

/* ------------------------------------------------------------ switched on while a socket exists */

/*
 * What is given back is subtracted only by delayed work, after a grace period: so a softirq that found a listener under
 * RCU can still take one for its child, though the listener, the last socket of all, is closed at that moment.
 */
static DEFINE_STATIC_KEY_FALSE(xtcp_slot_active);
static DEFINE_MUTEX(xtcp_slot_lock);		/* guards the key and @xtcp_slot_pinned */
static atomic_t xtcp_slot_users = ATOMIC_INIT(0);
static atomic_t xtcp_slot_returned = ATOMIC_INIT(0);
static bool xtcp_slot_closed;

static void xtcp_slot_reap(struct work_struct *work)
{
	int n;

	mutex_lock(&xtcp_slot_lock);
	n = atomic_read(&xtcp_slot_returned);
	synchronize_rcu();
	atomic_sub(n, &xtcp_slot_returned);
	if (n && atomic_sub_and_test(n, &xtcp_slot_users))
		static_branch_disable(&xtcp_slot_active);
	mutex_unlock(&xtcp_slot_lock);
}

static DECLARE_DELAYED_WORK(xtcp_slot_reap_work, xtcp_slot_reap);

/**
 * xtcp_slot_get() - a socket or TIME-WAIT that can receive exists: switch the slot on
 *
 * The first may sleep; who was led here by a socket that holds one (its listener's child, its TIME-WAIT) may call in
 * softirq. The grace period sees to it that no handler that still skips XTCP is under way when the first connection is
 * entered.
 */
void xtcp_slot_get(void)
{
	if (likely(atomic_inc_not_zero(&xtcp_slot_users)))
		return;
	might_sleep();
	mutex_lock(&xtcp_slot_lock);
	if (!static_key_enabled(&xtcp_slot_active)) {
		static_branch_enable(&xtcp_slot_active);
		synchronize_rcu_expedited();
	}
	atomic_inc(&xtcp_slot_users);
	mutex_unlock(&xtcp_slot_lock);
}

/** xtcp_slot_put() - the reverse; the slot stays switched on for a while after the last. Any context. */
void xtcp_slot_put(void)
{
	rcu_read_lock();
	atomic_inc(&xtcp_slot_returned);
	if (!READ_ONCE(xtcp_slot_closed))
		schedule_delayed_work(&xtcp_slot_reap_work, XTCP_SLOT_LINGER);
	rcu_read_unlock();
}

/* No more work from here on: what the last TIME-WAITs put in pernet exit comes too late to matter. */
static void xtcp_slot_close(void)
{
	WRITE_ONCE(xtcp_slot_closed, true);
	synchronize_rcu();
	cancel_delayed_work_sync(&xtcp_slot_reap_work);
}

/* ------------------------------------------------------------ checks that IP leaves to TCP */

/* struct xtcp_slot_rx - what is read from a segment before its skb->cb changes hands */
struct xtcp_slot_rx {
	struct net *net;
	struct xtcp_tuple t;
	u32 hash;		/* of @t, if no connection was found */
	int ifindex;
	int sdif;
	bool v6;
};

static void xtcp_slot_read(struct xtcp_slot_rx *rx, const struct sk_buff *skb, bool v6)
{
	rx->net = dev_net(skb->dev);
	rx->v6 = v6;
	rx->hash = 0;
	rx->ifindex = v6 ? inet6_iif(skb) : inet_iif(skb);
	rx->sdif = v6 ? inet6_sdif(skb) : inet_sdif(skb);
}

/* Header and checksum; counts the segment. False: the segment was dropped. */
static bool xtcp_slot_check_segment(const struct xtcp_slot_rx *rx, struct sk_buff *skb)
{
	enum xtcp_drop why = XTCP_DropHeader;
	bool bad;

	xtcp_mib_add(rx->net, XTCP_MIB_InSegs, max_t(unsigned int, 1, skb_shinfo(skb)->gso_segs));
	if (!pskb_may_pull(skb, sizeof(struct tcphdr)) || tcp_hdrlen(skb) < sizeof(struct tcphdr) ||
	    !pskb_may_pull(skb, tcp_hdrlen(skb)))
		goto drop;
	if (rx->v6)
		bad = skb_checksum_validate(skb, IPPROTO_TCP, ip6_compute_pseudo);
	else
		bad = skb_checksum_validate(skb, IPPROTO_TCP, inet_compute_pseudo);
	if (likely(!bad))
		return true;
	why = XTCP_DropChecksum;
	trace_xtcp_bad_csum(skb);
drop:
	xtcp_mib_inc(rx->net, XTCP_MIB_InErrs);
	xtcp_mib_drop(rx->net, skb, why);
	return false;
}

/* RFC 5082: a segment that came from further away than the user allows? */
static bool xtcp_slot_ttl_ok(const struct sock *sk, const struct sk_buff *skb, bool v6)
{
	if (v6)
		return ipv6_hdr(skb)->hop_limit >= READ_ONCE(inet6_sk(sk)->min_hopcount);
	return ip_hdr(skb)->ttl >= READ_ONCE(inet_sk(sk)->min_ttl);
}

/* What a socket, or without one the namespace, has to say. False: the segment was dropped. */
static bool xtcp_slot_check_socket(const struct xtcp_slot_rx *rx, struct sock *sk, struct sk_buff *skb)
{
	enum xtcp_drop why = XTCP_DropMinTtl;

	if (sk && unlikely(!xtcp_slot_ttl_ok(sk, skb, rx->v6)))
		goto drop;
	why = XTCP_DropPolicy;
	if (!(rx->v6 ? xfrm6_policy_check(sk, XFRM_POLICY_IN, skb) : xfrm4_policy_check(sk, XFRM_POLICY_IN, skb)))
		goto drop;
	nf_reset_ct(skb);
	why = XTCP_DropFilter;
	if (sk && sk_filter_trim_cap(sk, skb, tcp_hdrlen(skb)))
		goto drop;
	return true;
drop:
	if (sk)
		xtcp_compat_drops_add(sk, skb);
	xtcp_mib_drop(rx->net, skb, why);
	return false;
}

/* From here on skb->cb is XTCP's. The interface a segment came in by stays in skb_iif. */
static void xtcp_slot_adopt(const struct xtcp_slot_rx *rx, struct sk_buff *skb)
{
	if (rx->v6)
		skb->skb_iif = rx->ifindex;
	xtcp_input_fill_cb(skb);
	XTCP_CB(skb)->rx.isn_floor = 0;
	XTCP_CB(skb)->rx.hash = rx->hash;
	skb->dev = NULL;
}

/* ------------------------------------------------------------ ours: each consumes the segment and the reference */

static void xtcp_slot_to_socket(const struct xtcp_slot_rx *rx, struct sock *sk, struct sk_buff *skb)
{
	if (!xtcp_slot_check_segment(rx, skb) || !xtcp_slot_check_socket(rx, sk, skb))
		goto put;
	xtcp_slot_adopt(rx, skb);
	sk_incoming_cpu_update(sk);
	sk_mark_napi_id(sk, skb);

	xtcp_input_deliver(sk, skb);
put:
	sock_put(sk);
}

static void xtcp_slot_to_listener(struct xtcp_slot_rx *rx, struct sock *listener, struct sk_buff *skb)
{
	if (!xtcp_slot_check_segment(rx, skb) || !xtcp_slot_check_socket(rx, listener, skb))
		return;
	xtcp_slot_adopt(rx, skb);
	xtcp_listen_rcv(listener, skb, &rx->t);
}

static void xtcp_slot_to_request(const struct xtcp_slot_rx *rx, struct xtcp_req *req, struct sk_buff *skb)
{
	if (!xtcp_slot_check_segment(rx, skb) || !xtcp_slot_check_socket(rx, req->listener, skb)) {
		xtcp_demux_put_mini(&req->m);
		return;
	}
	xtcp_slot_adopt(rx, skb);
	xtcp_req_rcv(req, skb);
}

/*
 * RFC 9293 3.10.7.4, TIME-WAIT: a SYN may open the next incarnation, if somebody listens. False: that is the kernel,
 * and the TIME-WAIT has given way.
 */
static bool xtcp_slot_to_timewait(struct xtcp_slot_rx *rx, struct xtcp_tw *tw, struct sk_buff *skb)
{
	struct sock *listener = NULL;
	u32 isn_floor = 0;
	bool syn;

	if (!xtcp_slot_check_segment(rx, skb))
		goto put;
	syn = tcp_hdr(skb)->syn && !tcp_hdr(skb)->ack;
	if (syn && atomic_read(&xtcp_net(rx->net)->listeners))
		listener = xtcp_demux_find_listener(rx->net, &rx->t, rx->hash, rx->ifindex, rx->sdif, skb);
	if (syn && !listener && xtcp_demux_kernel_listens(rx->net, &rx->t, rx->ifindex, rx->sdif) &&
	    xtcp_timewait_yield(tw, skb)) {
		xtcp_demux_put_mini(&tw->m);
		return false;
	}
	if (!xtcp_slot_check_socket(rx, listener, skb))
		goto put;
	xtcp_slot_adopt(rx, skb);
	if (xtcp_timewait_rcv(tw, skb, listener, &isn_floor)) {
		XTCP_CB(skb)->rx.isn_floor = isn_floor;
		xtcp_listen_rcv(listener, skb, &rx->t);
	}
	return true;
put:
	xtcp_demux_put_mini(&tw->m);
	return true;
}

/* ------------------------------------------------------------ whose is it */

static int xtcp_slot_rcv(struct sk_buff *skb, bool v6, int (*kernel)(struct sk_buff *skb));

/* A socket of the connection table. If it is the kernel's, save it the search: hand it over as early demux would. */
static bool xtcp_slot_take_conn(const struct xtcp_slot_rx *rx, struct sock *sk, struct sk_buff *skb)
{
	if (xtcp_is_ours(sk)) {
		xtcp_slot_to_socket(rx, sk, skb);
		return true;
	}
	skb->sk = sk;
	skb->destructor = sock_edemux;
	return false;
}

/*
 * Not in the connection table when it was searched. A child enters there before its request leaves the table of minis,
 * so what is found in neither is searched once more before a listener takes it for a stranger.
 */
static bool xtcp_slot_take_new(struct xtcp_slot_rx *rx, struct sk_buff *skb)
{
	struct xtcp_net *xn = xtcp_net(rx->net);
	struct sock *listener, *sk;
	struct xtcp_mini *m;

	if (atomic_read(&xn->requests) || READ_ONCE(xn->tw_count)) {
		m = xtcp_demux_find_mini(rx->net, &rx->t, rx->hash, rx->ifindex, rx->sdif);
		if (m && m->kind == XTCP_MINI_TW)
			return xtcp_slot_to_timewait(rx, container_of(m, struct xtcp_tw, m), skb);
		if (m) {
			xtcp_slot_to_request(rx, container_of(m, struct xtcp_req, m), skb);
			return true;
		}
	}
	if (!atomic_read(&xn->listeners))
		return false;
	listener = xtcp_demux_find_listener(rx->net, &rx->t, rx->hash, rx->ifindex, rx->sdif, skb);
	if (!listener)
		return false;
	/* pairs with the locks of both tables in the child's way: into the one, then out of the other */
	smp_rmb();
	sk = xtcp_demux_find_conn(rx->net, &rx->t, rx->ifindex, rx->sdif);
	if (unlikely(sk))
		return xtcp_slot_take_conn(rx, sk, skb);
	xtcp_slot_to_listener(rx, listener, skb);
	return true;
}

/* Early demux, TPROXY or a BPF program has chosen the socket already, and it is ours. */
static void xtcp_slot_take_assigned(struct xtcp_slot_rx *rx, struct sk_buff *skb)
{
	bool refcounted = !skb_sk_is_prefetched(skb) || sk_is_refcounted(skb->sk);
	struct sock *sk = skb->sk;

	skb->sk = NULL;
	skb->destructor = NULL;
	/* a BPF program may choose what it likes: a broadcast, an IPv4 socket for an IPv6 segment */
	if (skb->pkt_type != PACKET_HOST || (rx->v6 && sk->sk_family != AF_INET6) ||
	    !pskb_may_pull(skb, sizeof(struct tcphdr)) ||
	    (!refcounted && !refcount_inc_not_zero(&sk->sk_refcnt))) {
		xtcp_mib_drop(rx->net, skb, XTCP_DropNoListener);
		if (refcounted)
			sock_put(sk);
		return;
	}
	if (inet_sk_state_load(sk) != TCP_LISTEN) {
		xtcp_slot_to_socket(rx, sk, skb);
		return;
	}
	xtcp_demux_read_tuple(skb, &rx->t);
	rx->hash = xtcp_demux_hash(rx->net, &rx->t);
	xtcp_slot_to_listener(rx, sk, skb);
	sock_put(sk);
}

/*
 * A device may receive while it sends (tc's mirred): then segments come in while this CPU is handing another one to the
 * kernel. They wait until that is done, since whoever takes them may need a lock whose holder waits for the end of this
 * very pass. The outer segment's RCU section keeps their device and route.
 */
struct xtcp_slot_later {
	struct sk_buff_head queue;
	bool busy;
};

static DEFINE_PER_CPU(struct xtcp_slot_later, xtcp_slot_later);

static int xtcp_slot_put_off(struct sk_buff *skb)
{
	struct sk_buff_head *queue = &this_cpu_ptr(&xtcp_slot_later)->queue;

	if (skb_queue_len(queue) < XTCP_SLOT_LATER_MAX)
		__skb_queue_tail(queue, skb);
	else
		xtcp_mib_drop(dev_net(skb->dev), skb, XTCP_DropBacklog);
	return 0;
}

/** xtcp_slot_catch_up() - a pass is over: take what came in meanwhile; in the same RCU section, softirq */
void xtcp_slot_catch_up(void)
{
	struct xtcp_slot_later *later = this_cpu_ptr(&xtcp_slot_later);
	struct sk_buff *skb;

	if (likely(skb_queue_empty(&later->queue)) || later->busy)
		return;
	/* not one within the other, however many passes that takes */
	later->busy = true;
	while ((skb = __skb_dequeue(&later->queue))) {
		if (skb->protocol == htons(ETH_P_IPV6))
			xtcp_slot_rcv(skb, true, xtcp_slot_kernel6->handler);
		else
			xtcp_slot_rcv(skb, false, xtcp_slot_kernel4->handler);
	}
	later->busy = false;
}

/* Nobody's: the kernel may have a listener for it or answers with a RST. See "the pass gate" in demux.c. */
static int xtcp_slot_pass(const struct xtcp_slot_rx *rx, struct sk_buff *skb, int (*kernel)(struct sk_buff *skb))
{
	struct sock *sk;
	int ret;

	xtcp_demux_pass_begin(rx->hash);
	sk = xtcp_demux_find_conn(rx->net, &rx->t, rx->ifindex, rx->sdif);
	if (unlikely(sk)) {
		/* entered just now, by either TCP: the kernel need not search */
		xtcp_demux_pass_end(rx->hash);
		return xtcp_slot_take_conn(rx, sk, skb) ? 0 : kernel(skb);
	}
	ret = kernel(skb);
	xtcp_demux_pass_end(rx->hash);
	xtcp_slot_catch_up();
	return ret;
}

static int xtcp_slot_rcv(struct sk_buff *skb, bool v6, int (*kernel)(struct sk_buff *skb))
{
	struct xtcp_slot_rx rx;
	struct sock *sk = skb->sk;

	if (sk && !xtcp_is_ours(sk))
		return kernel(skb);
	if (unlikely(xtcp_demux_passing()))
		return xtcp_slot_put_off(skb);
	xtcp_slot_read(&rx, skb, v6);
	if (sk) {
		xtcp_slot_take_assigned(&rx, skb);
		return 0;
	}
	/* the kernel drops and counts both without a search */
	if (skb->pkt_type != PACKET_HOST || !pskb_may_pull(skb, sizeof(struct tcphdr)))
		return kernel(skb);
	xtcp_demux_read_tuple(skb, &rx.t);
	/* RFC 4291 2.5.5.2: no v4-mapped address is ever on the wire */
	if (v6 && unlikely(ipv6_addr_v4mapped(&rx.t.raddr) || ipv6_addr_v4mapped(&rx.t.laddr)))
		return kernel(skb);

	sk = xtcp_demux_find_conn(rx.net, &rx.t, rx.ifindex, rx.sdif);
	if (likely(sk))
		return xtcp_slot_take_conn(&rx, sk, skb) ? 0 : kernel(skb);
	rx.hash = xtcp_demux_hash(rx.net, &rx.t);
	/* a TIME-WAIT is entered before its socket leaves the table just searched */
	smp_rmb();
	if (xtcp_slot_take_new(&rx, skb))
		return 0;
	if (unlikely(skb->sk))
		return kernel(skb);
	return xtcp_slot_pass(&rx, skb, kernel);
}

/* ------------------------------------------------------------ the four handlers */

static int xtcp_slot_rcv4(struct sk_buff *skb)
{
	if (static_branch_unlikely(&xtcp_slot_active))
		return xtcp_slot_rcv(skb, false, xtcp_slot_kernel4->handler);
	return xtcp_slot_kernel4->handler(skb);
}

static int xtcp_slot_rcv6(struct sk_buff *skb)
{
	if (static_branch_unlikely(&xtcp_slot_active))
		return xtcp_slot_rcv(skb, true, xtcp_slot_kernel6->handler);
	return xtcp_slot_kernel6->handler(skb);
}

static int xtcp_slot_err4(struct sk_buff *skb, u32 info)
{
	if (static_branch_unlikely(&xtcp_slot_active))
		return xtcp_icmp4_err(skb, info, xtcp_slot_kernel4);
	return xtcp_slot_kernel4->err_handler(skb, info);
}

static int xtcp_slot_err6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type, u8 code, int offset, __be32 info)
{
	if (static_branch_unlikely(&xtcp_slot_active))
		return xtcp_icmp6_err(skb, opt, type, code, offset, info, xtcp_slot_kernel6);
	return xtcp_slot_kernel6->err_handler(skb, opt, type, code, offset, info);
}

/* ------------------------------------------------------------ in and out of the slot */

/* The slots as plain pointers: the only way to replace an entry in one step is cmpxchg(). */
static struct net_protocol **xtcp_slot_place4(void)
{
	return (struct net_protocol __force **)&inet_protos[IPPROTO_TCP];
}

static struct inet6_protocol **xtcp_slot_place6(void)
{
	return (struct inet6_protocol __force **)&inet6_protos[IPPROTO_TCP];
}

static int xtcp_slot_replace4(void)
{
	struct net_protocol *old = READ_ONCE(*xtcp_slot_place4());

	if (!old)
		return -ENOENT;
	xtcp_slot_kernel4 = old;
	xtcp_slot_own4 = *old;
	xtcp_slot_own4.handler = xtcp_slot_rcv4;
	xtcp_slot_own4.err_handler = xtcp_slot_err4;
	return cmpxchg(xtcp_slot_place4(), old, &xtcp_slot_own4) == old ? 0 : -EBUSY;
}

/* A machine without IPv6 has no entry, and XTCP then no IPv6 either. */
static int xtcp_slot_replace6(void)
{
	struct inet6_protocol *old = READ_ONCE(*xtcp_slot_place6());

	if (!old)
		return 0;
	xtcp_slot_own6 = *old;
	xtcp_slot_own6.handler = xtcp_slot_rcv6;
	xtcp_slot_own6.err_handler = xtcp_slot_err6;
	xtcp_slot_kernel6 = old;
	if (cmpxchg(xtcp_slot_place6(), old, &xtcp_slot_own6) == old)
		return 0;
	xtcp_slot_kernel6 = NULL;
	return -EBUSY;
}

static bool xtcp_slot_intact(void)
{
	return READ_ONCE(*xtcp_slot_place4()) == &xtcp_slot_own4 &&
	       (!xtcp_slot_kernel6 || READ_ONCE(*xtcp_slot_place6()) == &xtcp_slot_own6);
}

/* Put the kernel's entry back; true if it is there. */
static bool xtcp_slot_restore4(void)
{
	struct net_protocol *seen = cmpxchg(xtcp_slot_place4(), &xtcp_slot_own4, xtcp_slot_kernel4);

	return seen == &xtcp_slot_own4 || seen == xtcp_slot_kernel4;
}

static bool xtcp_slot_restore6(void)
{
	struct inet6_protocol *seen;

	if (!xtcp_slot_kernel6)
		return true;
	seen = cmpxchg(xtcp_slot_place6(), &xtcp_slot_own6, xtcp_slot_kernel6);
	return seen == &xtcp_slot_own6 || seen == xtcp_slot_kernel6;
}

static bool xtcp_slot_pinned;

/* Some module has been loaded or has gone: is it, or was it, on top of us? */
static int xtcp_slot_module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	bool intact;

	if (event != MODULE_STATE_LIVE && event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mutex_lock(&xtcp_slot_lock);
	intact = xtcp_slot_intact();
	if (!intact && !xtcp_slot_pinned && try_module_get(THIS_MODULE)) {
		xtcp_slot_pinned = true;
		pr_warn("another module replaced the handler of IP protocol 6: xtcp stays loaded until that one is gone\n");
	} else if (intact && xtcp_slot_pinned) {
		xtcp_slot_pinned = false;
		module_put(THIS_MODULE);
	}
	mutex_unlock(&xtcp_slot_lock);
	return NOTIFY_OK;
}

static struct notifier_block xtcp_slot_notifier = { .notifier_call = xtcp_slot_module_event };

/**
 * xtcp_slot_register() - put XTCP in front of the kernel's TCP, IPv4 and IPv6
 *
 * Return: 0; -ENOENT if IPv4 has no TCP; -EBUSY if somebody replaces the entry at the same moment; from registering the
 * notifier. Process context.
 */
int xtcp_slot_register(void)
{
	int cpu, err;

	for_each_possible_cpu(cpu)
		__skb_queue_head_init(&per_cpu_ptr(&xtcp_slot_later, cpu)->queue);
	err = xtcp_slot_replace4();
	if (err)
		goto fail;
	err = xtcp_slot_replace6();
	if (err)
		goto fail_slot4;
	err = register_module_notifier(&xtcp_slot_notifier);
	if (err)
		goto fail_slot6;
	return 0;

fail_slot6:
	xtcp_slot_restore6();
fail_slot4:
	xtcp_slot_restore4();
	synchronize_net();
fail:
	xtcp_slot_close();
	return err;
}

/**
 * xtcp_slot_unregister() - give the slot back to the kernel's TCP; no socket is left
 *
 * Waits as long as another module is on top (see the head of this file). Afterwards no handler of ours is running.
 *
 * Return: 0.
 */
int xtcp_slot_unregister(void)
{
	bool told = false;

	unregister_module_notifier(&xtcp_slot_notifier);
	while (!xtcp_slot_restore4() || !xtcp_slot_restore6()) {
		if (!told)
			pr_err("another module replaced the handler of IP protocol 6: waiting until it is unloaded\n");
		told = true;
		schedule_timeout_idle(HZ / 10);
	}
	synchronize_net();
	xtcp_slot_close();
	return 0;
}
