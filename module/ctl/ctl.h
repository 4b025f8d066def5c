/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the control plane share among themselves: parameters, policies, records of closed connections,
 * events. The rest of the module sees of it only what xtcp.h declares.
 */
#ifndef XTCP_CTL_CTL_H
#define XTCP_CTL_CTL_H

#include <linux/cgroup.h>
#include <linux/rcupdate.h>

#include "core/match.h"
#include "ctl/netlink.h"

struct xtcp_policy_table;
struct xtcp_closed;

#define XTCP_CLOSED_MOST	65536u	/* net.xtcp.closed_max */
#define XTCP_CLOSED_BLOCK	256u
#define XTCP_CLOSED_BLOCKS	(XTCP_CLOSED_MOST / XTCP_CLOSED_BLOCK + 1)

/**
 * struct xtcp_ctl - the control plane's part of a network namespace
 * @policy_mutex: writers of @policies
 * @policies: NULL: none; readers use RCU
 * @policy_id: the last number given
 * @closed_lock: guards what follows, to @closed_first
 * @closed: the ring of closed connections: struct xtcp_closed by number, in blocks of which only those are there that
 *	have any
 * @closed_spare: a block, or NULL
 * @closed_count: records
 * @closed_seq: number of the last one
 * @closed_first: there is none before this number
 * @event_lock: the budget of events
 * @events: that budget
 * @missed: events suppressed since the last one
 */
struct xtcp_ctl {
	struct mutex policy_mutex;	/* writers of policies */
	struct xtcp_policy_table __rcu *policies;
	u32 policy_id;

	spinlock_t closed_lock;		/* closed ... closed_first */
	struct xtcp_closed **closed[XTCP_CLOSED_BLOCKS];
	struct xtcp_closed **closed_spare;
	unsigned int closed_count;
	u64 closed_seq;
	u64 closed_first;

	spinlock_t event_lock;		/* events, missed */
	struct xtcp_budget events;
	u32 missed;
};

/**
 * struct xtcp_params - what can be set on a socket or by a policy
 * @set: bits by XTCP_A_PARAM_*: which of these are
 * @ops: the congestion control, borrowed already
 * @val: by XTCP_A_PARAM_*, but for those that follow
 * @pacing_rate: bytes a second
 */
struct xtcp_params {
	u32 set;
	const struct tcp_congestion_ops *ops;
	u32 val[XTCP_A_PARAM_MAX + 1];
	u64 pacing_rate;
};

/**
 * struct xtcp_closed - a connection that ended
 * @seq: its number
 * @time_us: wall clock
 * @duration_us: from its beginning
 * @tuple: addresses
 * @family: of the socket
 * @cookie: of the socket
 * @uid: owner
 * @cgroup: identifier
 * @state: it ended in
 * @reason: enum xtcp_reason
 * @error: errno or 0
 * @policy: number or 0
 * @bytes_sent: totals as struct tcp_info has them
 * @bytes_acked: the same
 * @bytes_received: the same
 * @bytes_retrans: the same
 * @segs_out: the same
 * @segs_in: the same
 * @retrans: segments sent again
 * @srtt_us: smoothed RTT at the end
 * @min_rtt_us: the least, ~0u: none was measured
 * @congestion: name
 * @us: time by limit
 */
struct xtcp_closed {
	u64 seq;
	u64 time_us;
	u64 duration_us;
	struct xtcp_tuple tuple;
	u16 family;
	u64 cookie;
	kuid_t uid;
	u64 cgroup;
	u8 state;
	u8 reason;
	u16 error;
	u32 policy;
	u64 bytes_sent;
	u64 bytes_acked;
	u64 bytes_received;
	u64 bytes_retrans;
	u32 segs_out;
	u32 segs_in;
	u32 retrans;
	u32 srtt_us;
	u32 min_rtt_us;
	char congestion[TCP_CA_NAME_MAX];
	u64 us[XTCP_BYS];
};

/** xtcp_ctl_cgroup() - identifier of the cgroup (v2) that opened the socket, 0 without */
static inline u64 xtcp_ctl_cgroup(const struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	const struct cgroup *cgrp = sock_cgroup_ptr((struct sock_cgroup_data *)&sk->sk_cgrp_data);

	return cgrp ? cgroup_id(cgrp) : 0;
#else
	return 0;
#endif
}

/* why.c */
void xtcp_why_sum(const struct xtcp_sock *xs, u64 now_us, u64 us[XTCP_BYS]);

/* closed.c */
void xtcp_closed_net_init(struct xtcp_ctl *ctl);
void xtcp_closed_net_exit(struct xtcp_ctl *ctl);
enum xtcp_party xtcp_closed_party(u8 reason);
int xtcp_closed_fill(struct sk_buff *skb, const struct xtcp_closed *c, struct user_namespace *user_ns);

/**
 * struct xtcp_reader - who asks, and what may be told to him
 * @user_ns: his user namespace
 * @admin: has CAP_NET_ADMIN over the network namespace; else marks are left out, as in the kernel's sock_diag
 */
struct xtcp_reader {
	struct user_namespace *user_ns;
	bool admin;
};

/* fill.c: parts of messages; -EMSGSIZE */
int xtcp_fill_tuple(struct sk_buff *skb, const struct xtcp_tuple *t, u16 family, const int attrs[4]);
int xtcp_fill_limits(struct sk_buff *skb, int attr, const u64 us[XTCP_BYS], int tx, int rx);
int xtcp_fill_listen(struct sk_buff *skb, struct sock *sk);
int xtcp_fill_sock(struct sk_buff *skb, struct sock *sk, const struct xtcp_reader *reader);
int xtcp_fill_mini(struct sk_buff *skb, struct xtcp_mini *m, const struct xtcp_reader *reader);
int xtcp_fill_address(const struct nlattr *attr, struct in6_addr *addr, struct netlink_ext_ack *extack);
int xtcp_fill_prefix(const struct nlattr *attr, const struct nlattr *len, struct xtcp_prefix *p,
		     struct netlink_ext_ack *extack);

extern const int xtcp_fill_conn_attrs[4];

/* event.c */
bool xtcp_event_wanted(struct net *net);
void xtcp_event_closed(struct net *net, const struct xtcp_closed *c);
void xtcp_event_listener(struct sock *listener, u8 cmd, enum xtcp_cause cause);
void xtcp_event_policy(struct sock *sk);

/* param.c */
int xtcp_param_parse(struct net *net, const struct nlattr *nest, struct xtcp_params *p, struct netlink_ext_ack *extack);
int xtcp_param_fill(struct sk_buff *skb, int attr, const struct xtcp_params *p);
void xtcp_param_begin(struct sock *sk, bool accepted);
void xtcp_param_read(const struct sock *sk, struct xtcp_params *p);
void xtcp_param_apply(struct sock *sk, const struct xtcp_params *p, bool force);

/* policy.c */
void xtcp_policy_net_exit(struct net *net);

int xtcp_sysfs_init(void);
void xtcp_sysfs_exit(void);

#endif
