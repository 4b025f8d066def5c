// SPDX-License-Identifier: GPL-2.0
/*
 * The socket family: how XTCP sockets come into being and vanish, their protocol operations, and connect() up to the
 * moment the SYN leaves. With ip/ this is the only place that tells IPv4 from IPv6.
 *
 * A socket comes from socket(AF_INET or AF_INET6, SOCK_STREAM, IPPROTO_XTCP), which the kernel's inet code creates and
 * we initialize; socket(AF_XTCP, ...) makes the same one and moves it. From then on it calls itself TCP. What works on
 * any stream socket (bind, shutdown, getname, ...) is the kernel's inet code, the engine behind it is ours.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf-cgroup.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <net/addrconf.h>
#include <net/inet_common.h>
#include <net/protocol.h>
#include <net/transp_v6.h>

#include "xtcp.h"

#include <trace/events/xtcp.h>

static int family = AF_XTCP;
module_param(family, int, 0444);
MODULE_PARM_DESC(family, "number of the socket family (default " __stringify(AF_XTCP) ")");

/* inet6_sk_generic() finds it there */
static_assert(XTCP_COMPAT_PINFO_ANYWHERE || offsetofend(struct xtcp6_sock, inet6) == sizeof(struct xtcp6_sock));

/* tcpv6_prot, which not every kernel exports */
static const struct proto *xtcp_family_kernel6 __read_mostly;

/* Never registered: its name is what ss -e shows, and its presence keeps kTLS and sockmap away from the socket. */
static const struct tcp_ulp_ops xtcp_family_tag = {
	.name = "xtcp",
	.owner = THIS_MODULE,
};

/** xtcp_family_kernel_prot() - the kernel's own protocol of @sk's family, whose .hash, .unhash and .put_port we use */
const struct proto *xtcp_family_kernel_prot(const struct sock *sk)
{
	return sk->sk_family == AF_INET6 ? xtcp_family_kernel6 : &tcp_prot;
}

/* ------------------------------------------------------------ birth */

/* IP options changed: less room in a segment. The kernel's IP code calls this for any connection-oriented socket. */
static unsigned int xtcp_family_sync_mss(struct sock *sk, u32 pmtu)
{
	if (pmtu)
		xtcp_output_sync_mss(sk, pmtu);
	return tcp_sk(sk)->mss_cache;
}

static void xtcp_sock_init_sending(struct tcp_sock *tp)
{
	struct sock *sk = (struct sock *)tp;

	sk->tcp_rtx_queue = RB_ROOT;
	INIT_LIST_HEAD(&tp->tsorted_sent_queue);
	/* 0: the ISN is yet to be chosen */
	tp->snd_una = 0;
	WRITE_ONCE(tp->snd_nxt, 0);
	WRITE_ONCE(tp->write_seq, 0);
	tp->pushed_seq = 0;
	tp->tcp_header_len = 0;
	tp->snd_wnd = 0;
	tp->max_window = 0;
	tp->snd_wl1 = 0;
	tp->srtt_us = 0;
	tp->mdev_us = jiffies_to_usecs(TCP_TIMEOUT_INIT);
	tp->mdev_max_us = 0;
	tp->rttvar_us = 0;
	minmax_reset(&tp->rtt_min, tcp_jiffies32, ~0U);

	tp->packets_out = 0;
	tp->retrans_out = 0;
	tp->sacked_out = 0;
	tp->lost_out = 0;
	tp->max_packets_out = 0;
	tp->is_cwnd_limited = 0;
	tp->high_seq = 0;
	tp->undo_marker = 0;
	tp->undo_retrans = -1;
	tp->retrans_stamp = 0;

	tcp_snd_cwnd_set(tp, TCP_INIT_CWND);
	tp->snd_cwnd_cnt = 0;
	tp->snd_cwnd_used = 0;
	tp->snd_cwnd_clamp = ~0;
	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH;
	tp->prior_cwnd = 0;
	tp->prior_ssthresh = 0;
	tp->mss_cache = TCP_MSS_DEFAULT;
	tp->advmss = TCP_MSS_DEFAULT;
	tp->reordering = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_reordering);
	tp->rack.reo_wnd_steps = 1;
	/* no sample of the delivery rate counts before the first ACK */
	tp->app_limited = ~0U;
	tp->rate_app_limited = 1;
	tp->first_tx_mstamp = 0;
	tp->delivered_mstamp = 0;
	tp->rate_delivered = 0;
	tp->rate_interval_us = 0;
	sk->sk_pacing_rate = READ_ONCE(sk->sk_max_pacing_rate);
}

static void xtcp_sock_init_receiving(struct tcp_sock *tp)
{
	u16 user_mss = tp->rx_opt.user_mss;

	tp->out_of_order_queue = RB_ROOT;
	tp->ooo_last_skb = NULL;
	WRITE_ONCE(tp->copied_seq, tp->rcv_nxt);
	WRITE_ONCE(tp->urg_data, 0);
	tp->rcv_wnd = 0;
	tp->rcv_wup = 0;
	tp->rcv_ssthresh = 0;
	xtcp_sk((struct sock *)tp)->grown = 0;
	memset(&tp->rcv_rtt_est, 0, sizeof(tp->rcv_rtt_est));
	memset(&tp->rcvq_space, 0, sizeof(tp->rcvq_space));
	memset(&tp->rx_opt, 0, sizeof(tp->rx_opt));
	tp->rx_opt.user_mss = user_mss;
	tp->rx_opt.mss_clamp = TCP_MSS_DEFAULT;
}

/* What TCP_INFO counts since the connection began. */
static void xtcp_sock_init_statistics(struct tcp_sock *tp)
{
	tp->segs_in = 0;
	tp->segs_out = 0;
	tp->data_segs_in = 0;
	tp->data_segs_out = 0;
	tp->bytes_sent = 0;
	tp->bytes_acked = 0;
	tp->bytes_received = 0;
	tp->bytes_retrans = 0;
	tp->total_retrans = 0;
	tp->delivered = 0;
	tp->delivered_ce = 0;
	tp->lost = 0;
	tp->dsack_dups = 0;
	tp->reord_seen = 0;
	tp->rcv_ooopack = 0;
	memset(tp->chrono_stat, 0, sizeof(tp->chrono_stat));
	tp->chrono_type = TCP_CHRONO_UNSPEC;
}

/**
 * xtcp_sock_init_fields() - all of a connection begins anew; what the user set stays
 * @sk: a new socket, a child, or a disconnected socket whose queues are empty and whose timers are off; locked
 *
 * Congestion controls and tcp_get_info() read the embedded tcp_sock, so its fields start as the kernel's TCP has them
 * (RFC 6298 2.1, RFC 6928).
 */
void xtcp_sock_init_fields(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);

	xtcp_part_drop_sender(sk);
	/* everything of ours that belongs to the connection lies between these two */
	memset((u8 *)xs + offsetof(struct xtcp_sock, fastopen_child), 0,
	       offsetof(struct xtcp_sock, accept_node) - offsetof(struct xtcp_sock, fastopen_child));
	memset(xtcp_why(sk), 0, sizeof(*xtcp_why(sk)));
	xtcp_spare(sk)->fastopen_listener = NULL;
	xs->rto_us = XTCP_RTO_INITIAL_US;
	xs->rtx_mode = XTCP_RTX_NONE;
	xs->isn = 0;
	xs->peer_isn = 0;
	xs->v4 = sk->sk_family == AF_INET;
	INIT_LIST_HEAD(&xs->tp.tsorted_sent_queue);

	memset(&icsk->icsk_ack, 0, sizeof(icsk->icsk_ack));
	icsk->icsk_ack.rcv_mss = TCP_MIN_MSS;
	icsk->icsk_rto = TCP_TIMEOUT_INIT;
	icsk->icsk_retransmits = 0;
	icsk->icsk_backoff = 0;
	icsk->icsk_probes_out = 0;
	icsk->icsk_probes_tstamp = 0;
	icsk->icsk_pmtu_cookie = 0;
	icsk->icsk_ca_state = TCP_CA_Open;

	xtcp_sock_init_sending(&xs->tp);
	xtcp_sock_init_receiving(&xs->tp);
	xtcp_sock_init_statistics(&xs->tp);
}

/* What only a new object needs: everything that others link to, and our place in the counts. */
static void xtcp_sock_init_object(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	sk->sk_tsq_flags = 0;
	xs->tx = NULL;
	xs->listen = NULL;
	xs->client_port = false;
	__skb_queue_head_init(xtcp_unsent(sk));
	xtcp_compat_keep_congestion(&xs->tp);
	xtcp_compat_window_share(&xs->tp);
	INIT_LIST_HEAD(&xs->tp.tsq_node);
	INIT_LIST_HEAD(&xs->accept_node);
	xtcp_timer_init(sk);
	xtcp_pace_init(sk);
	xtcp_dupack_init(sk);

	xtcp_slot_get();
	atomic_inc(&xtcp_sk_net(sk)->sockets);
}

/** xtcp_sock_init() - proto.init: a new socket, all zero but for what the inet code set; may sleep; returns 0 */
int xtcp_sock_init(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct net *net = sock_net(sk);

	xtcp_sk(sk)->xn = xtcp_net(net);
	/* inet_create() has made locks there, which debugging kernels give a value */
	memset(xtcp_spare(sk), 0, sizeof(*xtcp_spare(sk)));
	sk->sk_protocol = IPPROTO_TCP;
	icsk->icsk_ulp_ops = &xtcp_family_tag;
	xtcp_param_init(sk);
	icsk->icsk_sync_mss = xtcp_family_sync_mss;
	sk->sk_write_space = xtcp_mem_write_space;
	sock_set_flag(sk, SOCK_USE_WRITE_QUEUE);
	WRITE_ONCE(sk->sk_sndbuf, READ_ONCE(net->ipv4.sysctl_tcp_wmem[1]));
	WRITE_ONCE(sk->sk_rcvbuf, READ_ONCE(net->ipv4.sysctl_tcp_rmem[1]));
	sk_sockets_allocated_inc(sk);
	set_bit(SOCK_SUPPORT_ZC, &sk->sk_socket->flags);

	xtcp_sock_init_object(sk);
	xtcp_sock_init_fields(sk);
	xtcp_cong_assign(sk);
	return 0;
}

/**
 * xtcp_sock_destroy() - proto.destroy: give back everything a dead socket holds
 * @sk: in TCP_CLOSE, out of all tables; locked or unreachable; any context
 *
 * Also called for a socket whose creation failed, before or after xtcp_sock_init().
 */
void xtcp_sock_destroy(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	if (icsk->icsk_ulp_ops != &xtcp_family_tag)
		return;
	trace_xtcp_destroy_sock(sk);
	xtcp_timer_clear(sk);
	xtcp_pace_stop(sk);
	xtcp_fastopen_destroy(sk);
	xtcp_cong_stop(sk);
	xtcp_queue_purge(sk);
	xtcp_data_purge(sk);
	xtcp_part_drop_sender(sk);
	xtcp_port_put(sk);
	tcp_saved_syn_free(&xtcp_sk(sk)->tp);

	icsk->icsk_ulp_ops = NULL;
	atomic_dec(&xtcp_sk_net(sk)->sockets);
	sk_sockets_allocated_dec(sk);
	xtcp_slot_put();
}

/* ------------------------------------------------------------ children */

static void xtcp_family_child_v4(struct sock *child, const struct xtcp_tuple *t)
{
	struct inet_sock *inet = inet_sk(child);

	inet->inet_saddr = t->laddr.s6_addr32[3];
	inet->inet_rcv_saddr = inet->inet_saddr;
	inet->inet_daddr = t->raddr.s6_addr32[3];
}

/* The listener's IPv6 socket options were copied as they are; what they point to is not the child's. */
static void xtcp_family_child_v6(struct sock *child, const struct sock *listener, const struct xtcp_tuple *t)
{
	struct ipv6_pinfo *np = &((struct xtcp6_sock *)child)->inet6;
	struct inet_sock *inet = inet_sk(child);
	struct ipv6_txoptions *opt;

	inet->pinet6 = np;
	np->ipv6_mc_list = NULL;
	np->ipv6_ac_list = NULL;
	xtcp_compat_forget_labels(child);
	np->pktoptions = NULL;
	np->rxpmtu = NULL;
	RCU_INIT_POINTER(np->opt, NULL);

	np->saddr = t->laddr;
	child->sk_v6_rcv_saddr = t->laddr;
	child->sk_v6_daddr = t->raddr;
	if (xtcp_tuple_is_v4(t)) {
		xtcp_sk(child)->v4 = true;
		return;
	}
	inet->inet_saddr = LOOPBACK4_IPV6;
	inet->inet_rcv_saddr = LOOPBACK4_IPV6;
	inet->inet_daddr = LOOPBACK4_IPV6;

	rcu_read_lock();
	opt = rcu_dereference(inet6_sk(listener)->opt);
	if (opt)
		opt = ipv6_dup_options(child, opt);
	rcu_read_unlock();
	if (!opt)
		return;
	RCU_INIT_POINTER(np->opt, opt);
	inet_csk(child)->icsk_ext_hdr_len = opt->opt_flen + opt->opt_nflen;
}

/**
 * xtcp_family_child_init() - turn the copy of a listener into a socket of its own
 * @child: from sk_clone_lock(), locked, known to nobody; softirq
 * @listener: what it was copied from
 * @t: the connection's addresses
 *
 * Afterwards it has its addresses and ports, no place in any table, no route, and the listener's options.
 */
void xtcp_family_child_init(struct sock *child, const struct sock *listener, const struct xtcp_tuple *t)
{
	struct inet_connection_sock *icsk = inet_csk(child);
	struct inet_sock *inet = inet_sk(child);

	icsk->icsk_bind_hash = NULL;
	icsk->icsk_bind2_hash = NULL;
	memset(&icsk->icsk_accept_queue, 0, sizeof(icsk->icsk_accept_queue));
	/* the listener's part is not the child's */
	child->sk_destruct = xtcp_sk(listener)->listen->destruct;
	/* only listeners are looked up without a reference */
	sock_reset_flag(child, SOCK_RCU_FREE);
	/* a socket of its own has a number of its own */
	atomic64_set(&child->sk_cookie, 0);
	xtcp_sock_init_object(child);
	xtcp_sock_init_fields(child);

	inet->mc_list = NULL;
	RCU_INIT_POINTER(inet->inet_opt, NULL);
	icsk->icsk_ext_hdr_len = 0;
	inet->inet_num = ntohs(t->lport);
	inet->inet_sport = t->lport;
	inet->inet_dport = t->rport;
	atomic_set(&inet->inet_id, get_random_u16());
	if (xtcp_tuple_is_v4(t))
		xtcp_family_child_v4(child, t);
	if (child->sk_family == AF_INET6)
		xtcp_family_child_v6(child, listener, t);
	xtcp_cong_child(child);
}

/**
 * xtcp_family_child_latch() - note what IP_PKTOPTIONS and IPV6_2292PKTOPTIONS tell of how the connection came in
 * @child: new, locked
 * @skb: the segment that completed the handshake, network header set
 */
void xtcp_family_child_latch(struct sock *child, const struct sk_buff *skb)
{
	struct inet_sock *inet = inet_sk(child);

	if (child->sk_family == AF_INET) {
		inet->mc_index = skb->skb_iif;
		inet->mc_ttl = ip_hdr(skb)->ttl;
		inet->rcv_tos = ip_hdr(skb)->tos;
		return;
	}
	inet6_sk(child)->mcast_oif = skb->skb_iif;
	if (xtcp_sk(child)->v4) {
		inet6_sk(child)->mcast_hops = ip_hdr(skb)->ttl;
		inet6_sk(child)->rcv_flowinfo = 0;
		return;
	}
	inet6_sk(child)->mcast_hops = ipv6_hdr(skb)->hop_limit;
	inet6_sk(child)->rcv_flowinfo = ip6_flowinfo(ipv6_hdr(skb));
	if (xtcp_compat_reflect_label(child))
		inet6_sk(child)->flow_label = ip6_flowlabel(ipv6_hdr(skb));
}

/* ------------------------------------------------------------ connect() */

/* Where to: an address of AF_INET. 0.0.0.0 means this host. */
static int xtcp_family_dest4(struct sock *sk, const struct sockaddr_in *sin, int len, struct xtcp_tuple *t)
{
	__be32 addr;

	if (len < sizeof(*sin))
		return -EINVAL;
	if (sin->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	addr = sin->sin_addr.s_addr;
	if (!addr)
		addr = inet_sk(sk)->inet_saddr ?: htonl(INADDR_LOOPBACK);
	if (ipv4_is_multicast(addr))
		return -ENETUNREACH;
	ipv6_addr_set_v4mapped(addr, &t->raddr);
	t->rport = sin->sin_port;
	return 0;
}

/* RFC 4007 6: a link-local address means nothing without the link. */
static int xtcp_family_scope(struct sock *sk, const struct sockaddr_in6 *sin6, int len)
{
	if (len >= sizeof(*sin6) && sin6->sin6_scope_id) {
		if (!sk_dev_equal_l3scope(sk, sin6->sin6_scope_id))
			return -EINVAL;
		sk->sk_bound_dev_if = sin6->sin6_scope_id;
	}
	return sk->sk_bound_dev_if ? 0 : -EINVAL;
}

/* IPV6_FLOWINFO_SEND: the user's flow label, which has to be his */
static int xtcp_family_flow_label(struct sock *sk, const struct sockaddr_in6 *sin6)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct ip6_flowlabel *lease;
	__be32 label = 0;

	if (xtcp_compat_send_flowinfo(sk))
		label = sin6->sin6_flowinfo & IPV6_FLOWINFO_MASK;
	if (label & IPV6_FLOWLABEL_MASK) {
		lease = fl6_sock_lookup(sk, label);
		if (IS_ERR(lease))
			return -EINVAL;
		fl6_sock_release(lease);
	}
	np->flow_label = label;
	return 0;
}

/* Where to: an address of AF_INET6, v4-mapped ones included (RFC 4038 4.2). :: means this host. */
static int xtcp_family_dest6(struct sock *sk, const struct sockaddr_in6 *sin6, int len, struct xtcp_tuple *t)
{
	bool bound4 = ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr);
	int type, err;

	if (len < SIN6_LEN_RFC2133)
		return -EINVAL;
	if (sin6->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	err = xtcp_family_flow_label(sk, sin6);
	if (err)
		return err;

	t->raddr = sin6->sin6_addr;
	t->rport = sin6->sin6_port;
	if (ipv6_addr_any(&t->raddr)) {
		if (bound4)
			ipv6_addr_set_v4mapped(htonl(INADDR_LOOPBACK), &t->raddr);
		else
			t->raddr = in6addr_loopback;
	}
	type = ipv6_addr_type(&t->raddr);
	if (type & IPV6_ADDR_MULTICAST)
		return -ENETUNREACH;
	if (type & IPV6_ADDR_LINKLOCAL) {
		err = xtcp_family_scope(sk, sin6, len);
		if (err)
			return err;
	}
	if (!(type & IPV6_ADDR_MAPPED))
		return bound4 ? -EAFNOSUPPORT : 0;
	return ipv6_only_sock(sk) ? -ENETUNREACH : 0;
}

/* The route chose the source address, maybe the port was chosen too: now see that both are in the tables. */
static int xtcp_family_enter(struct sock *sk, const struct xtcp_tuple *t)
{
	int err;

	/* what the kernel's lookup of IPv4 connections compares must not match by chance */
	if (!xtcp_sk(sk)->v4) {
		inet_sk(sk)->inet_saddr = LOOPBACK4_IPV6;
		inet_sk(sk)->inet_daddr = LOOPBACK4_IPV6;
	}
	if (inet_sk(sk)->inet_num)
		return xtcp_port_enter(sk);
	err = xtcp_port_connect(sk);
	/* rules, multipath hashes and policies may look at the port */
	if (!err && xtcp_sk(sk)->v4)
		err = xtcp_route_connect(sk, t);
	return err;
}

/** xtcp_family_reset_saddr() - forget the source address a route chose; one that the user bound stays; lock held */
void xtcp_family_reset_saddr(struct sock *sk)
{
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		xtcp_port_set_saddr(sk, NULL);
}

/* Connecting failed: the socket is as it was before, still bound if the user had bound it. */
static void xtcp_family_connect_undo(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	xtcp_state_set(sk, TCP_CLOSE);
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		inet_sk(sk)->inet_sport = 0;
	xtcp_family_reset_saddr(sk);
	/* what a TIME-WAIT left for this connection is not for the next one */
	WRITE_ONCE(tp->write_seq, 0);
	tp->rx_opt.ts_recent_stamp = 0;
	__sk_dst_reset(sk);
	xtcp_route_forget_rx(sk);
	sk->sk_route_caps = 0;
	inet_sk(sk)->inet_dport = 0;
	xtcp_sk(sk)->v4 = sk->sk_family == AF_INET;
}

/**
 * xtcp_family_connect() - proto.connect: set the destination, find route and port, and send the SYN
 * @sk: socket, locked, in TCP_CLOSE; process context
 * @uaddr: sockaddr_in or sockaddr_in6, as @sk's family
 * @addr_len: its length
 *
 * Return: 0 with @sk in SYN-SENT, or -EINVAL, -EAFNOSUPPORT, -ENETUNREACH, -EADDRNOTAVAIL, -ENOBUFS, what routing says.
 */
int xtcp_family_connect(struct sock *sk, struct xtcp_compat_sockaddr *uaddr, int addr_len)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct inet_sock *inet = inet_sk(sk);
	struct xtcp_tuple t = {};
	int err;

	sock_owned_by_me(sk);
	if (sk->sk_family == AF_INET6) {
		err = xtcp_family_dest6(sk, (struct sockaddr_in6 *)uaddr, addr_len, &t);
		t.laddr = sk->sk_v6_rcv_saddr;
	} else {
		err = xtcp_family_dest4(sk, (struct sockaddr_in *)uaddr, addr_len, &t);
		ipv6_addr_set_v4mapped(inet->inet_saddr, &t.laddr);
	}
	if (err)
		return err;
	t.lport = inet->inet_sport;

	xs->v4 = xtcp_tuple_is_v4(&t);
	err = xtcp_route_connect(sk, &t);
	if (err)
		goto fail;
	/* segments may find it as soon as it is entered */
	xtcp_state_set(sk, TCP_SYN_SENT);
	err = xtcp_family_enter(sk, &t);
	if (err)
		goto fail;
	err = xtcp_connect_start(sk);
	if (err)
		goto fail;
	return 0;

fail:
	xtcp_family_connect_undo(sk);
	return err;
}

/* The cgroup's BPF programs may refuse the destination or rewrite it. */
static int xtcp_family_pre_connect(struct sock *sk, struct xtcp_compat_sockaddr *uaddr, int addr_len)
{
	sock_owned_by_me(sk);
	if (sk->sk_family == AF_INET6) {
		if (addr_len < SIN6_LEN_RFC2133)
			return -EINVAL;
		return XTCP_COMPAT_CGROUP_CONNECT(6, sk, uaddr, addr_len);
	}
	if (addr_len < sizeof(struct sockaddr_in))
		return -EINVAL;
	return XTCP_COMPAT_CGROUP_CONNECT(4, sk, uaddr, addr_len);
}

/* ------------------------------------------------------------ operations */

static int xtcp_family_hash(struct sock *sk)
{
	struct xtcp_tuple t;

	xtcp_connect_fill_tuple(sk, &t);
	xtcp_demux_hash_conn(sk, xtcp_demux_hash(sock_net(sk), &t));
	return 0;
}

static void xtcp_family_enter_pressure(struct sock *sk)
{
	if (!READ_ONCE(*tcp_prot.memory_pressure))
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPMemoryPressures);
	tcp_prot.enter_memory_pressure(sk);
}

/* sendfile() came to an end that the file did not announce: what MSG_MORE held back goes. */
static void xtcp_family_splice_eof(struct socket *sock)
{
	struct sock *sk = sock->sk;

	lock_sock(sk);
	xtcp_sk(sk)->fed = 0;
	xtcp_output_push_pending(sk);
	release_sock(sk);
}

XTCP_COMPAT_ACCEPT(xtcp_family_accept, xtcp_listen_accept)
XTCP_COMPAT_RECVMSG(xtcp_family_recvmsg, xtcp_recvmsg)
XTCP_COMPAT_IOCTL(xtcp_family_ioctl, xtcp_ioctl)

struct proto xtcp_prot = {
	.name = "XTCP",
	.owner = THIS_MODULE,
	.obj_size = sizeof(struct xtcp_sock),
	.slab_flags = SLAB_TYPESAFE_BY_RCU,
	.init = xtcp_sock_init,
	.destroy = xtcp_sock_destroy,
	.pre_connect = xtcp_family_pre_connect,
	.connect = xtcp_family_connect,
	.accept = xtcp_family_accept,
	.close = xtcp_close,
	.shutdown = xtcp_close_shutdown,
	.disconnect = xtcp_close_disconnect,
	.sendmsg = xtcp_sendmsg,
#ifdef XTCP_COMPAT_SENDPAGE
	.sendpage = xtcp_sendpage,
#endif
	.splice_eof = xtcp_family_splice_eof,
	.recvmsg = xtcp_family_recvmsg,
	.ioctl = xtcp_family_ioctl,
	.setsockopt = xtcp_setsockopt,
	.getsockopt = xtcp_getsockopt,
	.keepalive = xtcp_timer_set_keepalive,
	.backlog_rcv = xtcp_input_backlog_rcv,
	.release_cb = xtcp_input_release_cb,
	.hash = xtcp_family_hash,
	.unhash = xtcp_demux_unhash_conn,
	.get_port = xtcp_port_get,
	.put_port = xtcp_port_put,
	.diag_destroy = xtcp_diag_abort,
	.enter_memory_pressure = xtcp_family_enter_pressure,
	.stream_memory_free = xtcp_mem_stream_free,
	.no_autobind = true,
};

/* the same with other name and size: see xtcp_family_protos_register() */
struct proto xtcp6_prot;

static const struct proto_ops xtcp_family_ops4 = {
	.family = PF_INET,
	.owner = THIS_MODULE,
	.release = inet_release,
	.bind = inet_bind,
	.connect = inet_stream_connect,
	.socketpair = sock_no_socketpair,
	.accept = inet_accept,
	.getname = inet_getname,
	.poll = xtcp_poll,
	.ioctl = inet_ioctl,
	.gettstamp = sock_gettstamp,
	.listen = xtcp_listen_start,
	.shutdown = inet_shutdown,
	.setsockopt = sock_common_setsockopt,
	.getsockopt = sock_common_getsockopt,
	.sendmsg = inet_sendmsg,
	.recvmsg = inet_recvmsg,
	.mmap = xtcp_zcrecv_mmap,
#ifdef XTCP_COMPAT_SENDPAGE
	.sendpage = inet_sendpage,
#endif
	.splice_eof = xtcp_family_splice_eof,
	.splice_read = xtcp_splice_read,
	.sendmsg_locked = xtcp_sendmsg_locked,
	.set_rcvlowat = xtcp_sockopt_rcvlowat,
	.set_peek_off = xtcp_recvmsg_peek_off,
};

static const struct proto_ops xtcp_family_ops6 = {
	.family = PF_INET6,
	.owner = THIS_MODULE,
	.release = inet6_release,
	.bind = inet6_bind,
	.connect = inet_stream_connect,
	.socketpair = sock_no_socketpair,
	.accept = inet_accept,
	.getname = inet6_getname,
	.poll = xtcp_poll,
	.ioctl = inet6_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl = inet6_compat_ioctl,
#endif
	.gettstamp = sock_gettstamp,
	.listen = xtcp_listen_start,
	.shutdown = inet_shutdown,
	.setsockopt = sock_common_setsockopt,
	.getsockopt = sock_common_getsockopt,
	.sendmsg = inet_sendmsg,
	.recvmsg = inet_recvmsg,
	.mmap = xtcp_zcrecv_mmap,
#ifdef XTCP_COMPAT_SENDPAGE
	.sendpage = inet_sendpage,
#endif
	.splice_eof = xtcp_family_splice_eof,
	.splice_read = xtcp_splice_read,
	.sendmsg_locked = xtcp_sendmsg_locked,
	.set_rcvlowat = xtcp_sockopt_rcvlowat,
	.set_peek_off = xtcp_recvmsg_peek_off,
};

/* ------------------------------------------------------------ registration */

static struct inet_protosw xtcp_family_protosw4 = {
	.type = SOCK_STREAM,
	.protocol = IPPROTO_XTCP,
	.prot = &xtcp_prot,
	.ops = &xtcp_family_ops4,
	.flags = INET_PROTOSW_ICSK,
};

static struct inet_protosw xtcp_family_protosw6 = {
	.type = SOCK_STREAM,
	.protocol = IPPROTO_XTCP,
	.prot = &xtcp6_prot,
	.ops = &xtcp_family_ops6,
	.flags = INET_PROTOSW_ICSK,
};

/*
 * socket(AF_XTCP, SOCK_STREAM, @protocol): have the kernel's inet code make the socket that it makes for IPPROTO_XTCP,
 * and move it here. So there is one kind of XTCP socket, and nothing of inet's creation is done again in this file.
 */
static int xtcp_family_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct socket *inner;
	struct sock *sk;
	int pf, err;

	if (sock->type != SOCK_STREAM)
		return -ESOCKTNOSUPPORT;
	if (protocol != XTCPPROTO_IPV4 && protocol != XTCPPROTO_IPV6)
		return -EPROTONOSUPPORT;
	pf = protocol == XTCPPROTO_IPV6 ? PF_INET6 : PF_INET;
	if (pf == PF_INET6 && !ipv6_mod_enabled())
		return -EAFNOSUPPORT;

	err = __sock_create(net, pf, SOCK_STREAM, IPPROTO_XTCP, &inner, kern);
	if (err)
		return err;
	sk = inner->sk;
	inner->sk = NULL;
	sock->ops = inner->ops;
	sock->flags = inner->flags;
	sock->state = SS_UNCONNECTED;
	sock_graft(sk, sock);
	sock_release(inner);
	return 0;
}

static struct net_proto_family xtcp_family_ops = {
	.owner = THIS_MODULE,
	.create = xtcp_family_create,
};

/* Memory accounting, so that one set of limits (net.ipv4.tcp_mem) bounds both TCPs together. */
static void xtcp_family_borrow_accounting(struct proto *prot)
{
	prot->leave_memory_pressure = tcp_prot.leave_memory_pressure;
	prot->sockets_allocated = tcp_prot.sockets_allocated;
	prot->memory_allocated = tcp_prot.memory_allocated;
	prot->per_cpu_fw_alloc = tcp_prot.per_cpu_fw_alloc;
	prot->memory_pressure = tcp_prot.memory_pressure;
	prot->sysctl_mem = tcp_prot.sysctl_mem;
	prot->sysctl_wmem_offset = tcp_prot.sysctl_wmem_offset;
	prot->sysctl_rmem_offset = tcp_prot.sysctl_rmem_offset;
	prot->max_header = tcp_prot.max_header;
}

static int xtcp_family_find_kernel6(void)
{
	struct socket *sock;
	int err;

	if (!ipv6_mod_enabled())
		return 0;
	err = sock_create_kern(&init_net, PF_INET6, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	xtcp_family_kernel6 = sock->sk->sk_prot;
	sock_release(sock);
	return 0;
}

/** xtcp_family_protos_register() - register both protocols and their slabs; what they share with TCP is copied first */
int xtcp_family_protos_register(void)
{
	int err;

	err = xtcp_family_find_kernel6();
	if (err)
		return err;
	xtcp_orphans = xtcp_compat_orphan_count(xtcp_orphans);
	xtcp_family_borrow_accounting(&xtcp_prot);
	xtcp6_prot = xtcp_prot;
	strscpy(xtcp6_prot.name, "XTCPv6", sizeof(xtcp6_prot.name));
	xtcp6_prot.obj_size = sizeof(struct xtcp6_sock);
	xtcp_compat_set_pinfo_offset(&xtcp6_prot, offsetof(struct xtcp6_sock, inet6));

	err = proto_register(&xtcp_prot, 1);
	if (err)
		return err;
	err = proto_register(&xtcp6_prot, 1);
	if (err)
		proto_unregister(&xtcp_prot);
	return err;
}

/** xtcp_family_protos_unregister() - the reverse; no socket is left */
void xtcp_family_protos_unregister(void)
{
	proto_unregister(&xtcp6_prot);
	proto_unregister(&xtcp_prot);
}

/**
 * xtcp_family_register() - open the doors: AF_XTCP, and IPPROTO_XTCP under AF_INET and AF_INET6
 *
 * Return: 0, -EINVAL (no such family number), -EEXIST (it is in use).
 */
int xtcp_family_register(void)
{
	int err;

	if (family <= AF_UNSPEC || family >= NPROTO)
		return -EINVAL;
	inet_register_protosw(&xtcp_family_protosw4);
	if (ipv6_mod_enabled()) {
		err = inet6_register_protosw(&xtcp_family_protosw6);
		if (err)
			goto fail4;
	}
	xtcp_family_ops.family = family;
	err = sock_register(&xtcp_family_ops);
	if (err)
		goto fail6;
	return 0;

fail6:
	if (ipv6_mod_enabled())
		inet6_unregister_protosw(&xtcp_family_protosw6);
fail4:
	inet_unregister_protosw(&xtcp_family_protosw4);
	return err;
}

/** xtcp_family_unregister() - the reverse; no socket is left, and none can be made while the module goes */
void xtcp_family_unregister(void)
{
	sock_unregister(family);
	if (ipv6_mod_enabled())
		inet6_unregister_protosw(&xtcp_family_protosw6);
	inet_unregister_protosw(&xtcp_family_protosw4);
}
