// SPDX-License-Identifier: GPL-2.0
/*
 * Security modules and connection requests: their hook takes a request of the kernel's TCP, so one is made for the time
 * of the call. It may refuse the SYN. What it writes down in the request (a label for the child) is lost: no module can
 * hand that on to a socket, and the child has its listener's label. Softirq.
 */
#include <linux/security.h>
#include <net/ipv6.h>

#include "xtcp.h"

#ifdef CONFIG_SECURITY_NETWORK

/* All that a security module looks at in a request's operations. */
static struct request_sock_ops xtcp_lsm_ops4 = { .family = PF_INET };
static struct request_sock_ops xtcp_lsm_ops6 = { .family = PF_INET6 };

/* A label that would have been sent as an IP option. That of IPv6 is charged to the listener (ipv6_renew_options()). */
static void xtcp_lsm_drop_label(struct sock *listener, struct inet_request_sock *ireq)
{
	if (ireq->ireq_family == AF_INET) {
		kfree(rcu_dereference_protected(ireq->ireq_opt, true));
	} else if (ireq->ipv6_opt) {
		atomic_sub(ireq->ipv6_opt->tot_len, &listener->sk_omem_alloc);
		txopt_put(ireq->ipv6_opt);
	}
}

/**
 * xtcp_lsm_request() - may this SYN open a connection?
 * @listener: that it is for
 * @skb: the SYN
 * @t: its addresses, seen from here
 *
 * Return: 0, or a negative errno: drop it.
 */
int xtcp_lsm_request(struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t)
{
	struct inet_request_sock ireq = {};
	bool v4 = xtcp_tuple_is_v4(t);
	int err;

	/* by these CALIPSO finds the listener: the request itself is no full socket */
	ireq.ireq_state = TCP_NEW_SYN_RECV;
	ireq.req.rsk_listener = listener;
	ireq.req.rsk_ops = v4 ? &xtcp_lsm_ops4 : &xtcp_lsm_ops6;
	ireq.ireq_family = v4 ? AF_INET : AF_INET6;
	write_pnet(&ireq.ireq_net, sock_net(listener));
	ireq.ir_rmt_port = t->rport;
	ireq.ir_num = ntohs(t->lport);
	if (v4) {
		ireq.ir_loc_addr = t->laddr.s6_addr32[3];
		ireq.ir_rmt_addr = t->raddr.s6_addr32[3];
	} else {
		ireq.ir_v6_loc_addr = t->laddr;
		ireq.ir_v6_rmt_addr = t->raddr;
	}
	err = security_inet_conn_request(listener, skb, &ireq.req);
	xtcp_lsm_drop_label(listener, &ireq);
	return err;
}

#else

int xtcp_lsm_request(struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t)
{
	return 0;
}

#endif
