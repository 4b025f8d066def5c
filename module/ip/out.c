// SPDX-License-Identifier: GPL-2.0
/*
 * Segments out: gives a finished TCP segment to IPv4 or IPv6, which add their header and send it. Called by tx/ with
 * the socket lock held, or for a connection without a socket in softirq. Chooses nothing but what the IP header needs.
 * RFC 9293 3.9.2.
 */
#include <linux/netfilter.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>

#include "xtcp.h"

#define XTCP_OUT_TCP_HEADER_MAX	60u
#define XTCP_OUT_HEADROOM	SKB_WITH_OVERHEAD(512u)

static bool xtcp_out_is_v4(const struct sock *sk)
{
	return sk->sk_family == AF_INET || xtcp_sk(sk)->v4;
}

/* ------------------------------------------------------------ checksum */

/* The device or the stack below sums up the segment; the field holds the sum of the pseudo header (RFC 9293 3.1). */
static void xtcp_out_checksum_partial(struct sk_buff *skb, __sum16 pseudo)
{
	tcp_hdr(skb)->check = ~pseudo;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

/**
 * xtcp_out_checksum() - prepare the checksum of a segment without a socket
 * @t: its connection
 * @skb: TCP header at skb->data, transport header set
 */
void xtcp_out_checksum(const struct xtcp_tuple *t, struct sk_buff *skb)
{
	if (xtcp_tuple_is_v4(t))
		xtcp_out_checksum_partial(skb, tcp_v4_check(skb->len, t->laddr.s6_addr32[3], t->raddr.s6_addr32[3], 0));
	else
		xtcp_out_checksum_partial(skb, tcp_v6_check(skb->len, &t->laddr, &t->raddr, 0));
}

/** xtcp_out_checksum_sk() - the same for a segment of @sk */
void xtcp_out_checksum_sk(const struct sock *sk, struct sk_buff *skb)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (xtcp_out_is_v4(sk))
		xtcp_out_checksum_partial(skb, tcp_v4_check(skb->len, inet->inet_saddr, inet->inet_daddr, 0));
	else
		xtcp_out_checksum_partial(skb, tcp_v6_check(skb->len, &inet6_sk(sk)->saddr, &sk->sk_v6_daddr, 0));
}

/* ------------------------------------------------------------ with a socket */

/* IP copies the addresses from here, whether or not it looks up the route again. */
static int xtcp_out_xmit4(struct sock *sk, struct sk_buff *skb)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;
	const struct ip_options_rcu *opt;

	rcu_read_lock();
	opt = rcu_dereference(inet->inet_opt);
	fl4->saddr = inet->inet_saddr;
	fl4->daddr = opt && opt->opt.srr ? opt->opt.faddr : inet->inet_daddr;
	rcu_read_unlock();
	return ip_queue_xmit(sk, skb, &inet->cork.fl);
}

static int xtcp_out_xmit6(struct sock *sk, struct sk_buff *skb)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct dst_entry *dst = xtcp_route_check(sk);
	struct flowi6 fl6 = {};
	int err;

	if (!dst) {
		xtcp_mib_drop(sock_net(sk), skb, XTCP_DropRoute);
		return -EHOSTUNREACH;
	}
	fl6.flowi6_proto = IPPROTO_TCP;
	fl6.flowi6_oif = sk->sk_bound_dev_if;
	fl6.flowi6_mark = READ_ONCE(sk->sk_mark);
	fl6.flowi6_uid = sk->sk_uid;
	fl6.saddr = np->saddr;
	fl6.daddr = sk->sk_v6_daddr;
	fl6.fl6_sport = inet_sk(sk)->inet_sport;
	fl6.fl6_dport = inet_sk(sk)->inet_dport;
	fl6.flowlabel = np->flow_label;
	IP6_ECN_flow_xmit(sk, fl6.flowlabel);

	rcu_read_lock();
	skb_dst_set_noref(skb, dst);
	err = ip6_xmit(sk, skb, &fl6, fl6.flowi6_mark, rcu_dereference(np->opt), np->tclass,
		       READ_ONCE(sk->sk_priority));
	rcu_read_unlock();
	return err;
}

/**
 * xtcp_out_xmit() - give one segment (a super-segment too) of a connection to IP
 * @sk: connection, locked
 * @skb: TCP header at skb->data, xtcp_out_headroom() before the payload, checksum prepared, owner and GSO fields set;
 *	consumed
 *
 * Return: 0, a positive NET_XMIT_* code, or a negative errno (-EHOSTUNREACH: no route).
 */
int xtcp_out_xmit(struct sock *sk, struct sk_buff *skb)
{
	return xtcp_out_is_v4(sk) ? xtcp_out_xmit4(sk, skb) : xtcp_out_xmit6(sk, skb);
}

/** xtcp_out_ip_header() - bytes that IP puts in front of the TCP header: header, options, extension headers */
unsigned int xtcp_out_ip_header(const struct sock *sk)
{
	return inet_csk(sk)->icsk_ext_hdr_len + (xtcp_out_is_v4(sk) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
}

/**
 * xtcp_out_headroom() - bytes to leave for all headers in front of a segment's payload
 * @dst: its route, or NULL
 * @ip_header: bytes of IP header, options and extension headers
 *
 * A buffer's head comes in powers of two, and is cleared where the machine wants that: most devices are served by half
 * of what the worst needs. Where a route turns out to need more, IP makes room.
 */
unsigned int xtcp_out_headroom(const struct dst_entry *dst, unsigned int ip_header)
{
	unsigned int need;

	if (!dst || !dst->dev)
		return MAX_TCP_HEADER;
	need = LL_RESERVED_SPACE(dst->dev) + dst->header_len + ip_header + XTCP_OUT_TCP_HEADER_MAX;
	return need <= XTCP_OUT_HEADROOM ? XTCP_OUT_HEADROOM : MAX_TCP_HEADER;
}

/** xtcp_out_same_host() - does the connection stay on this machine? Socket lock held. */
bool xtcp_out_same_host(const struct sock *sk)
{
	const struct dst_entry *dst = __sk_dst_get((struct sock *)sk);

	return dst && dst->dev && dst->dev->flags & IFF_LOOPBACK;
}

/** xtcp_out_tos() - the TOS or traffic class octet of what @sk sends */
u8 xtcp_out_tos(const struct sock *sk)
{
	return xtcp_out_is_v4(sk) ? inet_sk(sk)->tos : inet6_sk(sk)->tclass;
}

/* ------------------------------------------------------------ without one */

static int xtcp_out_stateless6(const struct sock *from, const struct sock *listener, struct sk_buff *skb,
			       const struct xtcp_tuple *t, u32 mark, u8 tos)
{
	struct ipv6_txoptions *opt = NULL;
	struct flowi6 fl6 = {};
	int err;

	fl6.flowi6_proto = IPPROTO_TCP;
	fl6.flowi6_mark = mark;
	fl6.saddr = t->laddr;
	fl6.daddr = t->raddr;
	fl6.fl6_sport = t->lport;
	fl6.fl6_dport = t->rport;
	fl6.flowi6_uid = sock_net_uid(sock_net(from), listener);

	rcu_read_lock();
	if (listener)
		opt = rcu_dereference(inet6_sk(listener)->opt);
	err = ip6_xmit(from, skb, &fl6, mark, opt, tos, READ_ONCE(from->sk_priority));
	rcu_read_unlock();
	return err;
}

/* Without options: nobody remembers here what the peer's SYN carried. */
static int xtcp_out_stateless4(struct net *net, const struct sock *from, struct sk_buff *skb,
			       const struct xtcp_tuple *t, u8 tos)
{
	int ttl = READ_ONCE(inet_sk(from)->uc_ttl);
	struct dst_entry *dst = skb_dst(skb);
	struct iphdr *iph;

	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*iph = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tos = tos,
		.ttl = ttl < 0 ? ip4_dst_hoplimit(dst) : ttl,
		.protocol = IPPROTO_TCP,
		.saddr = t->laddr.s6_addr32[3],
		.daddr = t->raddr.s6_addr32[3],
	};
	/* RFC 6864 4.1: what is never fragmented needs no ID; every link carries 576 octets (RFC 791) */
	if (skb->len <= 576 || ip_dont_fragment(from, dst))
		iph->frag_off = htons(IP_DF);
	else
		iph->id = (__force __be16)get_random_u16();
	skb->priority = READ_ONCE(from->sk_priority);
	if (!skb->mark)
		skb->mark = READ_ONCE(from->sk_mark);
	return ip_local_out(net, skb->sk, skb);
}

/**
 * xtcp_out_stateless() - send a segment that has no socket of its own
 * @net: network namespace
 * @listener: whose TTL, priority and IPv6 options it gets (SYN-ACK of a request), or NULL: the namespace's defaults
 * @skb: TCP header at skb->data, headroom for IP's, checksum prepared; consumed
 * @t: connection
 * @dst: route from xtcp_route_mini(); the reference is consumed
 * @mark: routing mark; 0 = the listener's
 * @tos: TOS or traffic class octet
 *
 * The namespace's control socket is shared by all CPUs, so nothing of a segment is put there. Softirq or process
 * context.
 *
 * Return: as xtcp_out_xmit().
 */
int xtcp_out_stateless(struct net *net, const struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t,
		       struct dst_entry *dst, u32 mark, u8 tos)
{
	bool v4 = xtcp_tuple_is_v4(t);
	const struct sock *from = listener;

	if (!from)
		from = v4 ? xtcp_net(net)->ctl4 : xtcp_net(net)->ctl6;
	if (unlikely(!from)) {
		dst_release(dst);
		xtcp_mib_drop(net, skb, XTCP_DropRoute);
		return -EAFNOSUPPORT;
	}
	if (!mark && listener)
		mark = READ_ONCE(listener->sk_mark);
	skb_dst_set(skb, dst);
	skb->mark = mark;
	if (v4)
		return xtcp_out_stateless4(net, from, skb, t, tos);
	return xtcp_out_stateless6(from, listener, skb, t, mark, tos);
}
