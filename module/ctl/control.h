/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control plane as the rest of the module sees it: what a listener counts, where the time goes, net.xtcp, and what
 * is called when something happens. Part of xtcp.h; what the files of ctl/ share is ctl/ctl.h.
 */
#ifndef XTCP_CTL_CONTROL_H
#define XTCP_CTL_CONTROL_H

#include <net/sock.h>
#include <net/tcp.h>

#include "core/limit.h"

/* enum xtcp_listen_count - what a listener counts */
enum xtcp_listen_count {
	XTCP_LISTEN_ACCEPTED,
	XTCP_LISTEN_COOKIES_SENT,
	XTCP_LISTEN_COOKIES_RECEIVED,
	XTCP_LISTEN_COOKIES_FAILED,
	XTCP_LISTEN_DROP_ACCEPT_QUEUE,
	XTCP_LISTEN_DROP_SYN_QUEUE,
	XTCP_LISTEN_DROP_MEMORY,
	XTCP_LISTEN_DROP_TIMEOUT,
	XTCP_LISTEN_DROP_RESET,
	XTCP_LISTEN_COUNTS
};

/**
 * struct xtcp_listen_stats - a listener's record; any context, no lock (ctl/listen.c)
 * @counts: by enum xtcp_listen_count
 * @accept_high: the longest accept queue; written under accept_lock
 * @syn_high: the most requests
 * @told_at: jiffies of the last event about a drop, and about a queue that is too full
 */
struct xtcp_listen_stats {
	atomic64_t counts[XTCP_LISTEN_COUNTS];
	u32 accept_high;
	atomic_t syn_high;
	unsigned long told_at[2];
};

/**
 * struct xtcp_why - a connection's time by what it waited for (ctl/why.c); socket lock
 * @begin_us: when it was opened
 * @rx_since_us: since when the receiver waits for xtcp_sock.why_rx
 * @rx_us: time of all earlier waits of the receiver, by enum xtcp_limit_kind, but for XTCP_BY_RX_PEER: that is the rest
 *
 * The sender's account is in struct xtcp_sender; until there is one it waits for the application.
 */
struct xtcp_why {
	u64 begin_us;
	u64 rx_since_us;
	u64 rx_us[XTCP_BYS - XTCP_BY_RX_PEER - 1];
};

/**
 * struct xtcp_knobs - net.xtcp, as far as it is not older than this; a new namespace has the first one's values
 * @congestion_control: algorithm of new sockets, "" = net.ipv4.tcp_congestion_control
 * @init_cwnd: initial window, segments
 * @rto_min_us: of new connections
 * @rto_max_ms: of new connections
 * @delack_max_ms: of new connections
 * @quickack: acknowledge every segment at once
 * @closed_max: records of closed connections
 * @event_rate: events a second
 * @stall_retries: time-outs in a row that make a connection a stalled one
 * @listen_alarm_percent: a fuller queue of a listener is an event, 0 = none
 * @policy_max: policies
 */
struct xtcp_knobs {
	char congestion_control[TCP_CA_NAME_MAX];
	unsigned int init_cwnd;
	unsigned int rto_min_us;
	unsigned int rto_max_ms;
	unsigned int delack_max_ms;
	unsigned int quickack;
	unsigned int closed_max;
	unsigned int event_rate;
	unsigned int stall_retries;
	unsigned int listen_alarm_percent;
	unsigned int policy_max;
};

int xtcp_net_register(void);
void xtcp_net_unregister(void);
int xtcp_sysctl_net_init(struct net *net);
void xtcp_sysctl_net_exit(struct net *net);
int xtcp_proc_net_init(struct net *net);
void xtcp_proc_net_exit(struct net *net);
/* xtcp_diag_abort() - proto.diag_destroy: ss -K; process context */
int xtcp_diag_abort(struct sock *sk, int err);
u64 xtcp_diag_cookie(struct sock *sk);			/* SO_COOKIE */

int xtcp_ctl_init(void);
void xtcp_ctl_exit(void);
int xtcp_ctl_net_init(struct net *net);
void xtcp_ctl_net_exit(struct net *net);

/* where the time goes: called at the end of each step, socket locked, clock fresh */
void xtcp_why_begin(struct sock *sk);			/* the connection begins */
void xtcp_why_update(struct sock *sk);
void xtcp_why_read(struct sock *sk);
void xtcp_why_timeout(struct sock *sk);			/* an RTO was waited for in vain */
void xtcp_why_probe(struct sock *sk);			/* a tail loss probe leaves */
void xtcp_why_refresh(struct sock *sk);			/* the same as update, reads the clock */
void xtcp_why_ends(struct sock *sk, u8 reason);		/* enum xtcp_reason; the first one given counts */
void xtcp_closed_record(struct sock *sk, int state);	/* it was in @state and is over */

void xtcp_listen_count(struct sock *listener, enum xtcp_listen_count what);	/* softirq */
void xtcp_listen_queued(struct sock *listener, bool accept);	/* a queue grew */

void xtcp_param_init(struct sock *sk);			/* the netns's values, for a new connection */
void xtcp_param_own(struct sock *sk, int optname);	/* a socket option was set by the program */
void xtcp_policy_apply(struct sock *sk, bool accepted);	/* addresses are set, nothing was sent */
void xtcp_event_established(struct sock *sk);
void xtcp_event_stalled(struct sock *sk);		/* after a time-out */

#endif
