// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets, listeners, requests and TIME-WAITs as netlink attributes. Called by genl.c for dumps and single answers, by
 * event.c for events. Reads only; every function returns -EMSGSIZE when the message is full.
 */
#include <linux/sock_diag.h>

#include "xtcp.h"
#include "ctl/ctl.h"

const int xtcp_fill_conn_attrs[4] = { XTCP_A_CONN_LOCAL, XTCP_A_CONN_REMOTE, XTCP_A_CONN_LOCAL_PORT,
				      XTCP_A_CONN_REMOTE_PORT };

/**
 * xtcp_fill_tuple() - addresses and ports
 * @skb: message
 * @t: IPv4 is v4-mapped
 * @family: AF_INET: addresses of 4 bytes; AF_INET6: 16 bytes, v4-mapped ones among them
 * @attrs: numbers of local, remote, local port, remote port
 */
int xtcp_fill_tuple(struct sk_buff *skb, const struct xtcp_tuple *t, u16 family, const int attrs[4])
{
	unsigned int skip = family == AF_INET ? 12 : 0;

	if (nla_put(skb, attrs[0], 16 - skip, (u8 *)&t->laddr + skip) ||
	    nla_put(skb, attrs[1], 16 - skip, (u8 *)&t->raddr + skip) ||
	    nla_put_u16(skb, attrs[2], ntohs(t->lport)) || nla_put_u16(skb, attrs[3], ntohs(t->rport)))
		return -EMSGSIZE;
	return 0;
}

/** xtcp_fill_limits() - time by limit, us; @tx, @rx: what is waited for now, -1: it is over */
int xtcp_fill_limits(struct sk_buff *skb, int attr, const u64 us[XTCP_BYS], int tx, int rx)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	unsigned int i;

	static_assert(XTCP_A_LIMITS_APPLICATION + XTCP_BYS - 1 == XTCP_A_LIMITS_MAX);
	if (!nest)
		return -EMSGSIZE;
	if ((tx >= 0 && nla_put_u32(skb, XTCP_A_LIMITS_NOW, tx)) ||
	    (rx >= 0 && nla_put_u32(skb, XTCP_A_LIMITS_RX_NOW, rx)))
		goto full;
	for (i = 0; i < XTCP_BYS; i++)
		if (nla_put_u64_64bit(skb, XTCP_A_LIMITS_APPLICATION + i, us[i], XTCP_A_LIMITS_PAD))
			goto full;
	nla_nest_end(skb, nest);
	return 0;
full:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

/** xtcp_fill_listen() - the queues of a listener and what they refused; any context */
int xtcp_fill_listen(struct sk_buff *skb, struct sock *sk)
{
	struct xtcp_listen *l = xtcp_sk(sk)->listen;
	struct nlattr *nest = nla_nest_start(skb, XTCP_A_CONN_LISTEN);
	unsigned int i;

	static_assert(XTCP_A_LISTEN_ACCEPTED + XTCP_LISTEN_COUNTS - 1 == XTCP_A_LISTEN_MAX);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, XTCP_A_LISTEN_BACKLOG, READ_ONCE(sk->sk_max_ack_backlog)) ||
	    nla_put_u32(skb, XTCP_A_LISTEN_ACCEPT_QUEUE, READ_ONCE(sk->sk_ack_backlog)) ||
	    nla_put_u32(skb, XTCP_A_LISTEN_ACCEPT_HIGH, READ_ONCE(l->stats.accept_high)) ||
	    nla_put_u32(skb, XTCP_A_LISTEN_SYN_QUEUE, atomic_read(&l->requests)) ||
	    nla_put_u32(skb, XTCP_A_LISTEN_SYN_HIGH, atomic_read(&l->stats.syn_high)))
		goto full;
	for (i = 0; i < XTCP_LISTEN_COUNTS; i++)
		if (nla_put_u64_64bit(skb, XTCP_A_LISTEN_ACCEPTED + i, atomic64_read(&l->stats.counts[i]),
				      XTCP_A_LISTEN_PAD))
			goto full;
	nla_nest_end(skb, nest);
	return 0;
full:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

static void xtcp_fill_memory(struct sock *sk, u32 mem[SK_MEMINFO_VARS])
{
	memset(mem, 0, SK_MEMINFO_VARS * sizeof(*mem));
	mem[SK_MEMINFO_RMEM_ALLOC] = sk_rmem_alloc_get(sk);
	mem[SK_MEMINFO_RCVBUF] = READ_ONCE(sk->sk_rcvbuf);
	mem[SK_MEMINFO_WMEM_ALLOC] = sk_wmem_alloc_get(sk);
	mem[SK_MEMINFO_SNDBUF] = READ_ONCE(sk->sk_sndbuf);
	mem[SK_MEMINFO_FWD_ALLOC] = READ_ONCE(sk->sk_forward_alloc);
	mem[SK_MEMINFO_WMEM_QUEUED] = READ_ONCE(sk->sk_wmem_queued);
	mem[SK_MEMINFO_OPTMEM] = atomic_read(&sk->sk_omem_alloc);
	mem[SK_MEMINFO_BACKLOG] = READ_ONCE(sk->sk_backlog.len);
	mem[SK_MEMINFO_DROPS] = atomic_read(&sk->sk_drops);
}

static int xtcp_fill_mark(struct sk_buff *skb, u32 mark, const struct xtcp_reader *reader)
{
	return reader->admin ? nla_put_u32(skb, XTCP_A_CONN_MARK, mark) : 0;
}

/* What every socket has. */
static int xtcp_fill_common(struct sk_buff *skb, struct sock *sk, const struct xtcp_reader *reader)
{
	struct xtcp_tuple t;
	u32 mem[SK_MEMINFO_VARS];
	int state = inet_sk_state_load(sk);

	xtcp_connect_fill_tuple(sk, &t);
	if (state == TCP_LISTEN)
		t.raddr = (struct in6_addr){};
	xtcp_fill_memory(sk, mem);
	if (nla_put_u16(skb, XTCP_A_CONN_FAMILY, sk->sk_family) || nla_put_u8(skb, XTCP_A_CONN_STATE, state) ||
	    xtcp_fill_tuple(skb, &t, sk->sk_family, xtcp_fill_conn_attrs) ||
	    nla_put_u64_64bit(skb, XTCP_A_CONN_COOKIE, xtcp_diag_cookie(sk), XTCP_A_CONN_PAD) ||
	    nla_put_u32(skb, XTCP_A_CONN_IFINDEX, READ_ONCE(sk->sk_bound_dev_if)) ||
	    nla_put_u32(skb, XTCP_A_CONN_UID, from_kuid_munged(reader->user_ns, sk->sk_uid)) ||
	    nla_put_u32(skb, XTCP_A_CONN_INODE, sock_i_ino(sk)) ||
	    xtcp_fill_mark(skb, READ_ONCE(sk->sk_mark), reader) ||
	    nla_put_u64_64bit(skb, XTCP_A_CONN_CGROUP, xtcp_ctl_cgroup(sk), XTCP_A_CONN_PAD) ||
	    nla_put_string(skb, XTCP_A_CONN_CONGESTION, READ_ONCE(inet_csk(sk)->icsk_ca_ops)->name) ||
	    nla_put(skb, XTCP_A_CONN_SKMEM, sizeof(mem), mem))
		return -EMSGSIZE;
	return 0;
}

static int xtcp_fill_connection(struct sk_buff *skb, struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_params p = {};
	struct tcp_info info;
	u64 us[XTCP_BYS];
	int tx, rx, readable;
	u32 unacked, policy;

	tcp_get_info(sk, &info);
	lock_sock(sk);
	xtcp_why_sum(xs, xtcp_clock_us(), us);
	tx = xs->tx ? xs->tx->why : XTCP_BY_APPLICATION;
	rx = xs->why_rx;
	unacked = xs->tp.write_seq - xs->tp.snd_una;
	readable = xtcp_readable(sk);
	policy = xs->policy;
	xtcp_param_read(sk, &p);
	release_sock(sk);
	if (nla_put(skb, XTCP_A_CONN_TCP_INFO, sizeof(info), &info) ||
	    nla_put_u32(skb, XTCP_A_CONN_RX_QUEUE, max(readable, 0)) ||
	    nla_put_u32(skb, XTCP_A_CONN_TX_QUEUE, unacked) ||
	    (policy && nla_put_u32(skb, XTCP_A_CONN_POLICY, policy)) ||
	    xtcp_param_fill(skb, XTCP_A_CONN_PARAM, &p))
		return -EMSGSIZE;
	return xtcp_fill_limits(skb, XTCP_A_CONN_LIMITS, us, tx, rx);
}

/**
 * xtcp_fill_sock() - a socket or listener
 * @skb: message
 * @sk: with a reference, not locked; process context
 * @reader: who asks
 *
 * Return: 0, -EMSGSIZE.
 */
int xtcp_fill_sock(struct sk_buff *skb, struct sock *sk, const struct xtcp_reader *reader)
{
	bool listener = inet_sk_state_load(sk) == TCP_LISTEN;

	if (nla_put_u32(skb, XTCP_A_CONN_KIND, listener ? XTCP_KIND_LISTENER : XTCP_KIND_SOCKET) ||
	    xtcp_fill_common(skb, sk, reader))
		return -EMSGSIZE;
	return listener ? xtcp_fill_listen(skb, sk) : xtcp_fill_connection(skb, sk);
}

static int xtcp_fill_req(struct sk_buff *skb, struct xtcp_req *req, const struct xtcp_reader *reader)
{
	struct sock *listener = req->listener;
	s32 left = READ_ONCE(req->timer.expires) - jiffies;

	if (nla_put_u8(skb, XTCP_A_CONN_STATE, TCP_SYN_RECV) ||
	    nla_put_u32(skb, XTCP_A_CONN_EXPIRES_MS, left > 0 ? jiffies_to_msecs(left) : 0) ||
	    nla_put_u32(skb, XTCP_A_CONN_RETRANS, READ_ONCE(req->retrans)) ||
	    xtcp_fill_mark(skb, req->mark, reader) ||
	    nla_put_u64_64bit(skb, XTCP_A_CONN_COOKIE, xtcp_diag_cookie(listener), XTCP_A_CONN_PAD) ||
	    nla_put_u32(skb, XTCP_A_CONN_UID, from_kuid_munged(reader->user_ns, listener->sk_uid)) ||
	    nla_put_u64_64bit(skb, XTCP_A_CONN_CGROUP, xtcp_ctl_cgroup(listener), XTCP_A_CONN_PAD))
		return -EMSGSIZE;
	return 0;
}

/** xtcp_fill_mini() - a request or a TIME-WAIT; the caller holds a reference. A request's cookie is its listener's. */
int xtcp_fill_mini(struct sk_buff *skb, struct xtcp_mini *m, const struct xtcp_reader *reader)
{
	u16 family = xtcp_tuple_is_v4(&m->tuple) ? AF_INET : AF_INET6;
	bool request = m->kind == XTCP_MINI_REQ;
	const struct xtcp_tw *tw = container_of(m, struct xtcp_tw, m);

	if (nla_put_u32(skb, XTCP_A_CONN_KIND, request ? XTCP_KIND_REQUEST : XTCP_KIND_TIMEWAIT) ||
	    nla_put_u16(skb, XTCP_A_CONN_FAMILY, family) ||
	    xtcp_fill_tuple(skb, &m->tuple, family, xtcp_fill_conn_attrs) ||
	    nla_put_u32(skb, XTCP_A_CONN_IFINDEX, m->ifindex))
		return -EMSGSIZE;
	if (request)
		return xtcp_fill_req(skb, container_of(m, struct xtcp_req, m), reader);
	if (nla_put_u8(skb, XTCP_A_CONN_STATE, READ_ONCE(tw->fin_wait2) ? TCP_FIN_WAIT2 : TCP_TIME_WAIT) ||
	    nla_put_u32(skb, XTCP_A_CONN_EXPIRES_MS, xtcp_timewait_left_ms(tw)) ||
	    xtcp_fill_mark(skb, tw->mark, reader))
		return -EMSGSIZE;
	return 0;
}

/** xtcp_fill_address() - read an address of 4 or 16 bytes, the former as v4-mapped; -EINVAL */
int xtcp_fill_address(const struct nlattr *attr, struct in6_addr *addr, struct netlink_ext_ack *extack)
{
	if (xtcp_match_address(nla_data(attr), nla_len(attr), addr->s6_addr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 or 16 bytes");
	return -EINVAL;
}

/**
 * xtcp_fill_prefix() - read an address and the length of its prefix
 * @attr: the address, or NULL: any
 * @len: the length, or NULL: the whole of it
 * @p: filled
 * @extack: for what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int xtcp_fill_prefix(const struct nlattr *attr, const struct nlattr *len, struct xtcp_prefix *p,
		     struct netlink_ext_ack *extack)
{
	struct xtcp_prefix_in in = {
		.addr = attr ? nla_data(attr) : NULL, .len = attr ? nla_len(attr) : 0,
		.has_bits = len, .bits = len ? nla_get_u8(len) : 0,
	};

	switch (xtcp_match_prefix(&in, p)) {
	case XTCP_PREFIX_OK:
		return 0;
	case XTCP_PREFIX_ALONE:
		NL_SET_ERR_MSG_ATTR(extack, len, "a prefix length without its address");
		break;
	case XTCP_PREFIX_ADDRESS:
		NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 or 16 bytes");
		break;
	case XTCP_PREFIX_LONG:
		NL_SET_ERR_MSG_ATTR(extack, len, "longer than the address");
		break;
	}
	return -EINVAL;
}
