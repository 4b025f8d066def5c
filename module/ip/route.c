// SPDX-License-Identifier: GPL-2.0
/*
 * Routes: of a connection that is being opened (which also chooses its source address), of an open one when the cached
 * route went stale, and of segments without a socket. Called by sock/family.c, ip/port.c and tx/. Sends nothing.
 * RFC 9293 3.9.2, RFC 6724 (through IP's own lookup).
 */
#include <net/inet_ecn.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/transp_v6.h>

#include "xtcp.h"

static bool xtcp_route_is_v4(const struct sock *sk)
{
	return sk->sk_family == AF_INET || xtcp_sk(sk)->v4;
}

/* ------------------------------------------------------------ flows */

/* IPv6: the flow of a socket whose addresses are set, labelled for the LSMs. */
static void xtcp_route_flow6(struct sock *sk, struct flowi6 *fl6)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct ipv6_pinfo *np = inet6_sk(sk);

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_proto = IPPROTO_TCP;
	fl6->flowi6_oif = sk->sk_bound_dev_if;
	fl6->flowi6_mark = READ_ONCE(sk->sk_mark);
	fl6->flowi6_uid = sk->sk_uid;
	fl6->saddr = np->saddr;
	fl6->daddr = sk->sk_v6_daddr;
	fl6->fl6_sport = inet->inet_sport;
	fl6->fl6_dport = inet->inet_dport;
	fl6->flowlabel = ip6_make_flowinfo(np->tclass, np->flow_label);
	security_sk_classify_flow(sk, flowi6_to_flowi_common(fl6));
}

/* With a routing header the route is the first hop's; *fl6 then keeps the final destination's replacement. */
static struct dst_entry *xtcp_route_lookup6(struct net *net, const struct sock *sk, struct flowi6 *fl6)
{
	struct in6_addr final, *final_p = NULL;

	if (sk) {
		rcu_read_lock();
		final_p = fl6_update_dst(fl6, rcu_dereference(inet6_sk(sk)->opt), &final);
		rcu_read_unlock();
	}
	return ip6_dst_lookup_flow(net, sk, fl6, final_p);
}

/* ------------------------------------------------------------ connect() */

/* The source address that the route chose becomes the socket's, in the bind table too if its port is in it already. */
static int xtcp_route_set_source4(struct sock *sk, __be32 saddr)
{
	struct inet_sock *inet = inet_sk(sk);
	struct in6_addr mapped;
	int err;

	if (inet->inet_saddr) {
		sk_rcv_saddr_set(sk, inet->inet_saddr);
	} else {
		ipv6_addr_set_v4mapped(saddr, &mapped);
		err = xtcp_port_set_saddr(sk, &mapped);
		if (err)
			return err;
	}
	if (sk->sk_family == AF_INET6)
		inet6_sk(sk)->saddr = sk->sk_v6_rcv_saddr;
	return 0;
}

static int xtcp_route_connect4(struct sock *sk, const struct xtcp_tuple *t)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;
	const struct ip_options_rcu *opt = rcu_dereference_protected(inet->inet_opt, lockdep_sock_is_held(sk));
	__be32 daddr = t->raddr.s6_addr32[3];
	bool routed = opt && opt->opt.srr;
	struct rtable *rt;
	int err;

	if (routed && !daddr)
		return -EINVAL;
	/* bound to an address that IPv4 cannot have */
	if (sk->sk_family == AF_INET6 && !ipv6_addr_any(&sk->sk_v6_rcv_saddr) &&
	    !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		return -ENETUNREACH;
	rt = ip_route_connect(fl4, routed ? opt->opt.faddr : daddr, inet->inet_saddr, sk->sk_bound_dev_if, IPPROTO_TCP,
			      inet->inet_sport, t->rport, sk);
	if (IS_ERR(rt)) {
		if (PTR_ERR(rt) == -ENETUNREACH)
			IP_INC_STATS(sock_net(sk), IPSTATS_MIB_OUTNOROUTES);
		return PTR_ERR(rt);
	}
	err = -ENETUNREACH;
	if (rt->rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST))
		goto fail;
	err = xtcp_route_set_source4(sk, fl4->saddr);
	if (err)
		goto fail;
	sk_daddr_set(sk, routed ? daddr : fl4->daddr);
	inet->inet_dport = t->rport;
	xtcp_sk(sk)->v4 = true;
	inet_csk(sk)->icsk_ext_hdr_len = opt ? opt->opt.optlen : 0;
	sk->sk_gso_type = SKB_GSO_TCPV4;
	sk_setup_caps(sk, &rt->dst);
	return 0;
fail:
	ip_rt_put(rt);
	return err;
}

static int xtcp_route_set_source6(struct sock *sk, struct in6_addr *saddr)
{
	int err;

	if (ipv6_addr_any(&sk->sk_v6_rcv_saddr)) {
		err = xtcp_port_set_saddr(sk, saddr);
		if (err)
			return err;
	}
	inet6_sk(sk)->saddr = *saddr;
	inet_sk(sk)->inet_rcv_saddr = LOOPBACK4_IPV6;
	return 0;
}

static int xtcp_route_connect6(struct sock *sk, const struct xtcp_tuple *t)
{
	const struct ipv6_txoptions *opt = rcu_dereference_protected(inet6_sk(sk)->opt, lockdep_sock_is_held(sk));
	struct dst_entry *dst;
	struct flowi6 fl6;
	int err;

	if (sk->sk_family != AF_INET6)
		return -EAFNOSUPPORT;
	if (ipv6_addr_is_multicast(&t->raddr) || ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		return -ENETUNREACH;
	if (!ipv6_addr_any(&sk->sk_v6_rcv_saddr))
		inet6_sk(sk)->saddr = sk->sk_v6_rcv_saddr;
	sk->sk_v6_daddr = t->raddr;
	inet_sk(sk)->inet_dport = t->rport;
	xtcp_route_flow6(sk, &fl6);
	dst = xtcp_route_lookup6(sock_net(sk), sk, &fl6);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	err = xtcp_route_set_source6(sk, &fl6.saddr);
	if (err) {
		dst_release(dst);
		return err;
	}
	xtcp_sk(sk)->v4 = false;
	inet_csk(sk)->icsk_ext_hdr_len = opt ? opt->opt_flen + opt->opt_nflen : 0;
	sk->sk_gso_type = SKB_GSO_TCPV6;
	ip6_dst_store(sk, dst, NULL, NULL);
	return 0;
}

/**
 * xtcp_route_connect() - find the route of a connection that is to be opened
 * @sk: locked, in CLOSE; bound address and port are kept if set
 * @t: @raddr and @rport are used (IPv4: v4-mapped)
 *
 * Sets the destination, the source address if the socket has none, the route and what follows from it (device
 * capabilities, length of options). To be called again when the local port is chosen, if a policy or a rule may look at
 * ports: the addresses are kept then. Process context.
 *
 * Return: 0; -ENETUNREACH also for broadcast and multicast destinations; what IP's lookup says (-EACCES, -EHOSTUNREACH,
 * -EINVAL ...); -ENOMEM.
 */
int xtcp_route_connect(struct sock *sk, const struct xtcp_tuple *t)
{
	int err = xtcp_tuple_is_v4(t) ? xtcp_route_connect4(sk, t) : xtcp_route_connect6(sk, t);

	if (err) {
		sk->sk_route_caps = 0;
		inet_sk(sk)->inet_dport = 0;
		return err;
	}
	sk_set_txhash(sk);
	atomic_set(&inet_sk(sk)->inet_id, get_random_u16());
	return 0;
}

/* ------------------------------------------------------------ an open connection */

static int xtcp_route_renew4(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct ip_options_rcu *opt;
	__be32 daddr = inet->inet_daddr;
	struct rtable *rt;

	rcu_read_lock();
	opt = rcu_dereference(inet->inet_opt);
	if (opt && opt->opt.srr)
		daddr = opt->opt.faddr;
	rcu_read_unlock();
	rt = ip_route_output_ports(sock_net(sk), &inet->cork.fl.u.ip4, sk, daddr, inet->inet_saddr, inet->inet_dport,
				   inet->inet_sport, IPPROTO_TCP, xtcp_compat_route_tos(sk), sk->sk_bound_dev_if);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	sk->sk_gso_type = SKB_GSO_TCPV4;
	sk_setup_caps(sk, &rt->dst);
	return 0;
}

static int xtcp_route_renew6(struct sock *sk)
{
	struct dst_entry *dst;
	struct flowi6 fl6;

	xtcp_route_flow6(sk, &fl6);
	dst = xtcp_route_lookup6(sock_net(sk), sk, &fl6);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	sk->sk_gso_type = SKB_GSO_TCPV6;
	ip6_dst_store(sk, dst, NULL, NULL);
	return 0;
}

/**
 * xtcp_route_check() - the connection's route, looked up again if there is none or it went stale
 * @sk: locked; addresses and ports are set and are kept
 *
 * Any context. Return: the route, without a reference, good while the socket is locked; NULL if there is none:
 * sk_err_soft says why.
 */
struct dst_entry *xtcp_route_check(struct sock *sk)
{
	bool v4 = xtcp_route_is_v4(sk);
	struct dst_entry *dst = __sk_dst_check(sk, v4 ? 0 : inet6_sk(sk)->dst_cookie);
	int err;

	if (likely(dst))
		return dst;
	err = v4 ? xtcp_route_renew4(sk) : xtcp_route_renew6(sk);
	if (!err)
		return __sk_dst_get(sk);
	sk->sk_route_caps = 0;
	WRITE_ONCE(sk->sk_err_soft, -err);
	return NULL;
}

/* ------------------------------------------------------------ without a socket */

/*
 * The interface a reply is tied to: the one the listener is bound to, the L3 master (VRF) the segment came in by, or
 * the link of a link-local peer. Other replies go where the routing table says.
 */
static int xtcp_route_mini_oif(struct net *net, const struct sock *listener, const struct xtcp_tuple *t, int ifindex)
{
	int bound = listener ? READ_ONCE(listener->sk_bound_dev_if) : 0;

	if (bound)
		return bound;
	if (!ifindex)
		return 0;
	if (ipv6_addr_type(&t->raddr) & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MULTICAST))
		return ifindex;
	return netif_index_is_l3_master(net, ifindex) ? ifindex : 0;
}

static struct dst_entry *xtcp_route_mini4(struct net *net, const struct sock *sk, const struct sock *listener,
					  const struct xtcp_tuple *t, int oif, u32 mark, u8 tos)
{
	struct flowi4 fl4;
	struct rtable *rt;

	flowi4_init_output(&fl4, oif, mark, RT_TOS(tos), RT_SCOPE_UNIVERSE, IPPROTO_TCP,
			   listener ? inet_sk_flowi_flags(listener) : 0, t->raddr.s6_addr32[3], t->laddr.s6_addr32[3],
			   t->rport, t->lport, sock_net_uid(net, listener));
	security_sk_classify_flow((struct sock *)sk, flowi4_to_flowi_common(&fl4));
	rt = ip_route_output_flow(net, &fl4, sk);
	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *xtcp_route_mini6(struct net *net, const struct sock *sk, const struct sock *listener,
					  const struct xtcp_tuple *t, int oif, u32 mark, u8 tos)
{
	struct dst_entry *dst;
	struct flowi6 fl6 = {};

	fl6.flowi6_proto = IPPROTO_TCP;
	fl6.flowi6_oif = oif;
	fl6.flowi6_mark = mark;
	fl6.flowi6_uid = sock_net_uid(net, listener);
	fl6.saddr = t->laddr;
	fl6.daddr = t->raddr;
	fl6.fl6_sport = t->lport;
	fl6.fl6_dport = t->rport;
	fl6.flowlabel = ip6_make_flowinfo(tos, 0);
	security_sk_classify_flow((struct sock *)sk, flowi6_to_flowi_common(&fl6));
	dst = xtcp_route_lookup6(net, listener, &fl6);
	return IS_ERR(dst) ? NULL : dst;
}

/* ------------------------------------------------------------ in */

/**
 * xtcp_route_note_rx() - keep the route that a segment came in by: IP's early demux takes it for the next ones
 * @sk: connection, locked, in SYN-SENT or ESTABLISHED
 * @skb: has the route, or NULL if it has waited on the backlog; softirq or process context
 *
 * Early demux reads it under RCU, and asks whether it is still valid and of the same interface.
 */
void xtcp_route_note_rx(struct sock *sk, struct sk_buff *skb)
{
	struct dst_entry *old = rcu_dereference_protected(sk->sk_rx_dst, lockdep_sock_is_held(sk));
	struct dst_entry *dst = skb_dst(skb);

	if (!dst)
		return;
	/* where early demux does not look, on loopback, each has a route of its own, and one is as good as another */
	if (old && sk->sk_rx_dst_ifindex == skb->skb_iif && dst_check(old, sk->sk_rx_dst_cookie))
		return;
	xtcp_route_forget_rx(sk);
	if (!dst_hold_safe(dst))
		return;
	sk->sk_rx_dst_ifindex = skb->skb_iif;
	sk->sk_rx_dst_cookie = xtcp_route_is_v4(sk) ? 0 : rt6_get_cookie((const struct rt6_info *)dst);
	rcu_assign_pointer(sk->sk_rx_dst, dst);
}

/** xtcp_route_forget_rx() - no connection any more, or another route; socket locked */
void xtcp_route_forget_rx(struct sock *sk)
{
	dst_release(rcu_replace_pointer(sk->sk_rx_dst, NULL, lockdep_sock_is_held(sk)));
}

/* ------------------------------------------------------------ without a socket */

/**
 * xtcp_route_mini() - route of a segment that has no socket of its own
 * @net: network namespace
 * @listener: for which it is sent (SYN-ACK of a request), or NULL
 * @t: connection
 * @ifindex: interface that the segment to be answered came in by, or 0
 * @mark: routing mark; 0 = the listener's
 * @tos: TOS or traffic class octet
 *
 * Softirq or process context.
 *
 * Return: the route with a reference, or NULL (counted in IP's OutNoRoutes).
 */
struct dst_entry *xtcp_route_mini(struct net *net, const struct sock *listener, const struct xtcp_tuple *t, int ifindex,
				  u32 mark, u8 tos)
{
	int oif = xtcp_route_mini_oif(net, listener, t, ifindex);
	bool v4 = xtcp_tuple_is_v4(t);
	const struct sock *sk = listener;
	struct dst_entry *dst;

	if (!sk)
		sk = v4 ? xtcp_net(net)->ctl4 : xtcp_net(net)->ctl6;
	if (!sk)
		return NULL;
	if (!mark && listener)
		mark = READ_ONCE(listener->sk_mark);
	if (v4)
		dst = xtcp_route_mini4(net, sk, listener, t, oif, mark, tos);
	else
		dst = xtcp_route_mini6(net, sk, listener, t, oif, mark, tos);
	if (!dst && v4)
		IP_INC_STATS(net, IPSTATS_MIB_OUTNOROUTES);
	return dst;
}
