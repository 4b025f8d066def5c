// SPDX-License-Identifier: GPL-2.0
/*
 * IP_RECVERR and IPV6_RECVERR: an ICMP error that ends a connect() is put on the error queue as it came, with who sent
 * it, for recvmsg(MSG_ERRQUEUE). Called by ip/icmp.c. ip(7), ipv6(7).
 */
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>

#include "xtcp.h"

/* Where recvmsg() finds the address that the quoted segment was for: from the network header, bytes. */
static u16 xtcp_errqueue_address(const struct sk_buff *skb, bool v4)
{
	const u8 *quoted = skb->data, *base = skb_network_header(skb);

	if (v4)
		return quoted + offsetof(struct iphdr, daddr) - base;
	return quoted + offsetof(struct ipv6hdr, daddr) - base;
}

static bool xtcp_errqueue_wanted(const struct sock *sk, bool v4)
{
	return xtcp_compat_recverr(sk, v4 || sk->sk_family != AF_INET6);
}

/**
 * xtcp_errqueue_icmp() - put an ICMP error on @sk's error queue, if it asked for that
 * @sk: connection being opened, locked by a softirq
 * @skb: the error, quoted IP header at skb->data; not consumed
 * @err: errno that it means
 * @info: third word of the message
 * @offset: of the quoted TCP header from skb->data, bytes; 8 bytes of it are in the linear part
 */
void xtcp_errqueue_icmp(struct sock *sk, const struct sk_buff *skb, int err, u32 info, unsigned int offset)
{
	bool v4 = xtcp_sk(sk)->v4;
	struct sock_exterr_skb *serr;
	struct sk_buff *note;

	if (!xtcp_errqueue_wanted(sk, v4))
		return;
	note = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);
	if (!note)
		return;
	serr = SKB_EXT_ERR(note);
	serr->ee = (struct sock_extended_err){
		.ee_errno = err,
		.ee_origin = v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6,
		.ee_type = v4 ? icmp_hdr(skb)->type : icmp6_hdr(skb)->icmp6_type,
		.ee_code = v4 ? icmp_hdr(skb)->code : icmp6_hdr(skb)->icmp6_code,
		.ee_info = info,
	};
	serr->addr_offset = xtcp_errqueue_address(skb, v4);
	serr->port = ((const struct tcphdr *)(skb->data + offset))->dest;
	if (!skb_pull(note, offset)) {
		kfree_skb(note);
		return;
	}
	skb_reset_transport_header(note);
	if (sock_queue_err_skb(sk, note))
		kfree_skb(note);
}
