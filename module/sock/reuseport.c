// SPDX-License-Identifier: GPL-2.0
/*
 * SO_REUSEPORT groups: listeners that share an address and port, and the program that chooses among them
 * (SO_ATTACH_REUSEPORT_CBPF and _EBPF, BPF_PROG_TYPE_SK_REUSEPORT). Groups, programs and their rules are the kernel's
 * own; a group of XTCP's has listeners of XTCP only. Called by ip/demux.c. socket(7).
 */
#include <net/addrconf.h>
#include <net/sock_reuseport.h>

#include "xtcp.h"

static bool xtcp_reuseport_is_any(const struct sock *sk)
{
	if (sk->sk_family == AF_INET6)
		return ipv6_addr_any(&sk->sk_v6_rcv_saddr);
	return !sk->sk_rcv_saddr;
}

/* Bound to the same address, which may be the wildcard? Both are of one family. */
static bool xtcp_reuseport_same_address(const struct sock *a, const struct sock *b)
{
	if (a->sk_family == AF_INET6)
		return ipv6_addr_equal(&a->sk_v6_rcv_saddr, &b->sk_v6_rcv_saddr);
	return a->sk_rcv_saddr == b->sk_rcv_saddr;
}

/* Are both of one group: same address, port, device and owner? */
static bool xtcp_reuseport_twins(const struct sock *a, struct sock *b, kuid_t uid)
{
	return a != b && b->sk_reuseport && a->sk_family == b->sk_family && net_eq(sock_net(a), sock_net(b)) &&
	       inet_sk(a)->inet_num == inet_sk(b)->inet_num && ipv6_only_sock(a) == ipv6_only_sock(b) &&
	       a->sk_bound_dev_if == b->sk_bound_dev_if && uid_eq(uid, xtcp_compat_uid(b)) &&
	       xtcp_reuseport_same_address(a, b);
}

/**
 * xtcp_reuseport_join() - make a listener with SO_REUSEPORT a member of its group, or found one
 * @sk: locked, not yet in @chain; process context, lock of the table of listeners held
 * @chain: listeners of the same port
 *
 * Return: 0, or -ENOMEM.
 */
int xtcp_reuseport_join(struct sock *sk, const struct hlist_nulls_head *chain)
{
	const struct hlist_nulls_node *n;
	kuid_t uid = xtcp_compat_uid(sk);
	struct sock *other;

	sk_nulls_for_each_rcu(other, n, chain) {
		if (xtcp_reuseport_twins(sk, other, uid))
			return reuseport_add_sock(sk, other, xtcp_reuseport_is_any(sk));
	}
	return reuseport_alloc(sk, xtcp_reuseport_is_any(sk));
}

/**
 * xtcp_reuseport_select() - which member of its group takes a new connection
 * @sk: any member, found under RCU
 * @skb: the segment, data at the TCP header; NULL: no program is asked
 * @hash: keyed hash of the connection's addresses
 *
 * Softirq. Return: the program's choice, the hash's without one, @sk if neither has one; NULL: the program refuses.
 */
struct sock *xtcp_reuseport_select(struct sock *sk, struct sk_buff *skb, u32 hash)
{
	unsigned int hlen = skb ? tcp_hdrlen(skb) : 0;
	struct sock *chosen;

	chosen = reuseport_select_sock(sk, hash, skb, hlen);
	if (IS_ERR(chosen))
		return NULL;
	return !chosen || chosen->sk_prot != sk->sk_prot ? sk : chosen;
}
