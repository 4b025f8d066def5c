// SPDX-License-Identifier: GPL-2.0
/*
 * What is left of connections that ended: why, by whom, after how much, and where their time went. A ring per network
 * namespace, bounded by net.xtcp.closed_max, read by XTCP_CMD_CLOSED_GET, and streamed as events. Written once per
 * connection, in softirq or process context with the socket lock held; allocates until the ring is full, then the
 * oldest record is used again.
 */
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "xtcp.h"
#include "ctl/ctl.h"

#define XTCP_CLOSED_GFP		(GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT)

/* What is allocated from now on is charged to the memory cgroup of @sk. Returns who paid before. */
static struct mem_cgroup *xtcp_closed_bill(const struct sock *sk)
{
#ifdef CONFIG_MEMCG
	if (sk->sk_memcg)
		return set_active_memcg(sk->sk_memcg);
#endif
	return set_active_memcg(NULL);
}

/* Nobody said why: then it is told by the way the states went. */
static u8 xtcp_closed_guess(const struct sock *sk, int state)
{
	if (READ_ONCE(sk->sk_err) == ETIMEDOUT)
		return XTCP_REASON_TIMEOUT;
	switch (state) {
	case TCP_LAST_ACK:
		return XTCP_REASON_PEER_CLOSED;
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
	case TCP_TIME_WAIT:
		return XTCP_REASON_CLOSED;
	case TCP_SYN_SENT:
		return XTCP_REASON_CANCELLED;
	}
	return XTCP_REASON_UNKNOWN;
}

/** xtcp_closed_party() - who ends a connection for this reason */
enum xtcp_party xtcp_closed_party(u8 reason)
{
	switch (reason) {
	case XTCP_REASON_PEER_CLOSED:
	case XTCP_REASON_PEER_RESET:
	case XTCP_REASON_REFUSED:
		return XTCP_PARTY_PEER;
	case XTCP_REASON_TIMEOUT:
	case XTCP_REASON_USER_TIMEOUT:
	case XTCP_REASON_KEEPALIVE:
	case XTCP_REASON_PROBE:
	case XTCP_REASON_UNREACHABLE:
		return XTCP_PARTY_NETWORK;
	case XTCP_REASON_NO_MEMORY:
	case XTCP_REASON_ORPHANS:
		return XTCP_PARTY_HOST;
	case XTCP_REASON_ADMIN:
		return XTCP_PARTY_ADMIN;
	}
	return XTCP_PARTY_LOCAL;
}

static void xtcp_closed_take(struct xtcp_closed *c, struct sock *sk, int state)
{
	const struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcp_sock *tp = &xs->tp;

	c->time_us = div_u64(ktime_get_real_ns(), NSEC_PER_USEC);
	c->duration_us = tp->tcp_mstamp - xtcp_why(sk)->begin_us;
	xtcp_connect_fill_tuple(sk, &c->tuple);
	c->family = sk->sk_family;
	c->cookie = xtcp_diag_cookie(sk);
	c->uid = sk->sk_uid;
	c->cgroup = xtcp_ctl_cgroup(sk);
	c->state = state;
	c->reason = xs->why_reason ? : xtcp_closed_guess(sk, state);
	c->error = READ_ONCE(sk->sk_err);
	c->policy = xs->policy;
	c->bytes_sent = tp->bytes_sent;
	c->bytes_acked = tp->bytes_acked;
	c->bytes_received = tp->bytes_received;
	c->bytes_retrans = tp->bytes_retrans;
	c->segs_out = tp->segs_out;
	c->segs_in = tp->segs_in;
	c->retrans = tp->total_retrans;
	c->srtt_us = tp->srtt_us >> 3;
	c->min_rtt_us = tcp_min_rtt(tp);
	strscpy(c->congestion, inet_csk(sk)->icsk_ca_ops->name, sizeof(c->congestion));
	xtcp_why_sum(xs, tp->tcp_mstamp, c->us);
}

/* Where the block of record @seq hangs. Locked. */
static struct xtcp_closed ***xtcp_closed_block(struct xtcp_ctl *ctl, u64 seq)
{
	return &ctl->closed[seq / XTCP_CLOSED_BLOCK % XTCP_CLOSED_BLOCKS];
}

/* Where record @seq is kept, if it is; NULL: nowhere. Locked. */
static struct xtcp_closed **xtcp_closed_place(struct xtcp_ctl *ctl, u64 seq)
{
	struct xtcp_closed **block = *xtcp_closed_block(ctl, seq);

	return block ? &block[seq % XTCP_CLOSED_BLOCK] : NULL;
}

/* Take the oldest record off the ring, and its block if it was the last of that. Locked. */
static struct xtcp_closed *xtcp_closed_take_first(struct xtcp_ctl *ctl)
{
	u64 seq = ctl->closed_first++;
	struct xtcp_closed ***block = xtcp_closed_block(ctl, seq), **place = xtcp_closed_place(ctl, seq);
	struct xtcp_closed *c = place ? *place : NULL;

	if (c) {
		*place = NULL;
		ctl->closed_count--;
	}
	/* empty: all before it went before */
	if (ctl->closed_first % XTCP_CLOSED_BLOCK == 0 && *block) {
		kfree(ctl->closed_spare);
		ctl->closed_spare = *block;
		*block = NULL;
	}
	return c;
}

/* Take the oldest record off the ring, or get memory for one more; what is beyond the limit is freed. */
static struct xtcp_closed *xtcp_closed_slot(struct xtcp_ctl *ctl, unsigned int most)
{
	struct xtcp_closed *c = NULL, *old;

	spin_lock_bh(&ctl->closed_lock);
	/* records that found no memory have left gaps: the ring must not bite its tail */
	while (ctl->closed_count && (ctl->closed_count >= most ||
				     ctl->closed_seq + 1 - ctl->closed_first >= XTCP_CLOSED_MOST)) {
		old = xtcp_closed_take_first(ctl);
		if (!old)
			continue;
		kfree(c);
		c = old;
	}
	spin_unlock_bh(&ctl->closed_lock);
	return c ? : kmalloc(sizeof(*c), XTCP_CLOSED_GFP);
}

/* Put @c into its place. False: there is no memory for one. Locked. */
static bool xtcp_closed_put(struct xtcp_ctl *ctl, struct xtcp_closed *c)
{
	struct xtcp_closed ***block = xtcp_closed_block(ctl, c->seq);

	if (!*block) {
		*block = ctl->closed_spare ? : kcalloc(XTCP_CLOSED_BLOCK, sizeof(c), XTCP_CLOSED_GFP);
		ctl->closed_spare = NULL;
	}
	if (!*block)
		return false;
	*xtcp_closed_place(ctl, c->seq) = c;
	if (!ctl->closed_count++)
		ctl->closed_first = c->seq;
	return true;
}

/* Give @c its number and its place. False: it has no place, and stays the caller's. *told: a copy, for the event */
static bool xtcp_closed_keep(struct net *net, struct xtcp_closed *c, unsigned int most, struct xtcp_closed **told)
{
	struct xtcp_ctl *ctl = xtcp_net(net)->ctl;
	bool kept;

	spin_lock_bh(&ctl->closed_lock);
	c->seq = ++ctl->closed_seq;
	/* once it is in the ring it may be used again at any moment */
	*told = xtcp_event_wanted(net) ? kmemdup(c, sizeof(*c), GFP_ATOMIC | __GFP_NOWARN) : NULL;
	/* who came between may have filled it: one more goes */
	while (ctl->closed_count && ctl->closed_seq - ctl->closed_first >= XTCP_CLOSED_MOST)
		kfree(xtcp_closed_take_first(ctl));
	kept = most && xtcp_closed_put(ctl, c);
	spin_unlock_bh(&ctl->closed_lock);
	return kept;
}

/**
 * xtcp_closed_record() - a connection is over
 * @sk: locked; its totals are still there
 * @state: the one it was in
 */
void xtcp_closed_record(struct sock *sk, int state)
{
	struct net *net = sock_net(sk);
	struct xtcp_ctl *ctl = xtcp_net(net)->ctl;
	unsigned int most = READ_ONCE(xtcp_net(net)->knobs.closed_max);
	struct xtcp_closed *c, *told = NULL;
	struct mem_cgroup *payer;

	if (!xtcp_why(sk)->begin_us ||
	    (!most && !READ_ONCE(ctl->closed_count) && !xtcp_event_wanted(net)))
		return;
	/* whose connections they were has them on his account */
	payer = xtcp_closed_bill(sk);
	c = xtcp_closed_slot(ctl, most);
	if (c) {
		xtcp_clock_refresh(tcp_sk(sk));
		xtcp_closed_take(c, sk, state);
		xtcp_why(sk)->begin_us = 0;
		if (!xtcp_closed_keep(net, c, most, &told))
			kfree(c);
	}
	set_active_memcg(payer);
	if (told)
		xtcp_event_closed(net, told);
	kfree(told);
}

/** xtcp_closed_net_init() - a network namespace begins, all zero */
void xtcp_closed_net_init(struct xtcp_ctl *ctl)
{
	spin_lock_init(&ctl->closed_lock);
	ctl->closed_first = 1;
}

/** xtcp_closed_net_exit() - free the records; no socket of the namespace is left */
void xtcp_closed_net_exit(struct xtcp_ctl *ctl)
{
	unsigned int i, k;

	for (i = 0; i < XTCP_CLOSED_BLOCKS; i++) {
		for (k = 0; ctl->closed[i] && k < XTCP_CLOSED_BLOCK; k++)
			kfree(ctl->closed[i][k]);
		kfree(ctl->closed[i]);
	}
	kfree(ctl->closed_spare);
}

/* ------------------------------------------------------------ messages */

static int xtcp_closed_fill_totals(struct sk_buff *skb, const struct xtcp_closed *c)
{
	if (nla_put_u64_64bit(skb, XTCP_A_CLOSED_BYTES_SENT, c->bytes_sent, XTCP_A_CLOSED_PAD) ||
	    nla_put_u64_64bit(skb, XTCP_A_CLOSED_BYTES_ACKED, c->bytes_acked, XTCP_A_CLOSED_PAD) ||
	    nla_put_u64_64bit(skb, XTCP_A_CLOSED_BYTES_RECEIVED, c->bytes_received, XTCP_A_CLOSED_PAD) ||
	    nla_put_u64_64bit(skb, XTCP_A_CLOSED_BYTES_RETRANS, c->bytes_retrans, XTCP_A_CLOSED_PAD) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_SEGS_OUT, c->segs_out) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_SEGS_IN, c->segs_in) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_RETRANS, c->retrans) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_SRTT_US, c->srtt_us) ||
	    nla_put_string(skb, XTCP_A_CLOSED_CONGESTION, c->congestion))
		return -EMSGSIZE;
	if (c->min_rtt_us != ~0u && nla_put_u32(skb, XTCP_A_CLOSED_MIN_RTT_US, c->min_rtt_us))
		return -EMSGSIZE;
	return xtcp_fill_limits(skb, XTCP_A_CLOSED_LIMITS, c->us, -1, -1);
}

/** xtcp_closed_fill() - put a record into a message; -EMSGSIZE */
int xtcp_closed_fill(struct sk_buff *skb, const struct xtcp_closed *c, struct user_namespace *user_ns)
{
	static const int attrs[] = { XTCP_A_CLOSED_LOCAL, XTCP_A_CLOSED_REMOTE, XTCP_A_CLOSED_LOCAL_PORT,
				     XTCP_A_CLOSED_REMOTE_PORT };

	if (nla_put_u64_64bit(skb, XTCP_A_CLOSED_SEQ, c->seq, XTCP_A_CLOSED_PAD) ||
	    nla_put_u64_64bit(skb, XTCP_A_CLOSED_TIME_US, c->time_us, XTCP_A_CLOSED_PAD) ||
	    nla_put_u64_64bit(skb, XTCP_A_CLOSED_DURATION_US, c->duration_us, XTCP_A_CLOSED_PAD) ||
	    nla_put_u16(skb, XTCP_A_CLOSED_FAMILY, c->family) ||
	    xtcp_fill_tuple(skb, &c->tuple, c->family, attrs) ||
	    nla_put_u64_64bit(skb, XTCP_A_CLOSED_COOKIE, c->cookie, XTCP_A_CLOSED_PAD) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_UID, from_kuid_munged(user_ns, c->uid)) ||
	    nla_put_u64_64bit(skb, XTCP_A_CLOSED_CGROUP, c->cgroup, XTCP_A_CLOSED_PAD) ||
	    nla_put_u8(skb, XTCP_A_CLOSED_STATE, c->state) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_REASON, c->reason) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_PARTY, xtcp_closed_party(c->reason)) ||
	    nla_put_u32(skb, XTCP_A_CLOSED_ERROR, c->error) ||
	    (c->policy && nla_put_u32(skb, XTCP_A_CLOSED_POLICY, c->policy)))
		return -EMSGSIZE;
	return xtcp_closed_fill_totals(skb, c);
}

/** xtcp_genl_closed_get_start() - XTCP_CMD_CLOSED_GET begins: from which record on? */
int xtcp_genl_closed_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = xtcp_compat_dump_attrs(cb);
	u64 *last = (u64 *)cb->ctx;

	*last = attrs[XTCP_A_CLOSED_SINCE] ? nla_get_u64(attrs[XTCP_A_CLOSED_SINCE]) : 0;
	return 0;
}

/* A copy of the first record after @last. */
static bool xtcp_closed_next(struct xtcp_ctl *ctl, u64 last, struct xtcp_closed *copy)
{
	struct xtcp_closed **place;
	bool found = false;
	u64 seq;

	spin_lock_bh(&ctl->closed_lock);
	/* last + 1 may be 0 */
	seq = max(last, ctl->closed_first - 1) + 1;
	for (; seq && ctl->closed_count && seq <= ctl->closed_seq && !found; seq++) {
		place = xtcp_closed_place(ctl, seq);
		found = place && *place;
		if (found)
			*copy = **place;
	}
	spin_unlock_bh(&ctl->closed_lock);
	return found;
}

/** xtcp_genl_closed_get_dump() - the records, oldest first; those that come meanwhile included */
int xtcp_genl_closed_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct xtcp_ctl *ctl = xtcp_net(sock_net(skb->sk))->ctl;
	struct xtcp_closed *c = kmalloc(sizeof(*c), GFP_KERNEL);
	u64 *last = (u64 *)cb->ctx;
	void *hdr;

	if (!c)
		return -ENOMEM;
	while (xtcp_closed_next(ctl, *last, c)) {
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &xtcp_genl_family, NLM_F_MULTI,
				  XTCP_CMD_CLOSED_GET);
		if (!hdr)
			break;
		if (xtcp_closed_fill(skb, c, sk_user_ns(NETLINK_CB(cb->skb).sk))) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		*last = c->seq;
	}
	kfree(c);
	return skb->len;
}

/** xtcp_genl_closed_get_done() - nothing was held */
int xtcp_genl_closed_get_done(struct netlink_callback *cb)
{
	return 0;
}
