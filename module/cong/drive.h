/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Congestion control as the rest of the module sees it: choosing an algorithm (borrow.c), calling it (drive.c), its
 * parameters (params.c), ECN (ecn.c). Only xtcp.h includes it. Socket lock held unless told otherwise.
 */
#ifndef XTCP_CONG_DRIVE_H
#define XTCP_CONG_DRIVE_H

int xtcp_cong_net_init(struct net *net);
void xtcp_cong_net_exit(struct net *net);
void xtcp_cong_assign(struct sock *sk);			/* the netns's default, or reno; not started yet */
const struct tcp_congestion_ops *xtcp_cong_find(struct net *net, const char *name);	/* for later; may sleep */
void xtcp_cong_use(struct sock *sk, const struct tcp_congestion_ops *ops);	/* not started yet; any context */
int xtcp_cong_set(struct sock *sk, const char *name, bool may_any);	/* TCP_CONGESTION; ENOENT, EPERM; may sleep */
void xtcp_cong_start(struct sock *sk);			/* connection established: ops->init */
void xtcp_cong_stop(struct sock *sk);			/* ops->release */
void xtcp_cong_child(struct sock *child);		/* same algorithm as the listener's */
void xtcp_cong_set_state(struct sock *sk, u8 ca_state);
void xtcp_cong_event(struct sock *sk, enum tcp_ca_event ev);
u32 xtcp_cong_ssthresh(struct sock *sk);
u32 xtcp_cong_undo(struct sock *sk);
void xtcp_cong_acked(struct sock *sk, u32 pkts, s32 rtt_us, u32 in_flight, bool ece);
/* one ACK is digested: the algorithm, or PRR in recovery, sets cwnd; delivered in packets */
void xtcp_cong_control(struct sock *sk, u32 ack, u32 delivered, bool advanced, const struct rate_sample *rs);
extern struct tcp_congestion_ops xtcp_cong_ops;		/* the algorithm "xtcp", for the kernel's TCP too */
void xtcp_cong_route(struct sock *sk, const struct dst_entry *dst);	/* what the route says (congctl); any context */
int xtcp_params_net_init(struct net *net);		/* the algorithm's parameters, net.xtcp.cong_*; ENOMEM */
void xtcp_params_net_exit(struct net *net);
extern const struct attribute_group xtcp_params_group;	/* /sys/kernel/xtcp/congestion */
int xtcp_cong_register(void);
void xtcp_cong_unregister(void);

u8 xtcp_ecn_syn(struct sock *sk);
u8 xtcp_ecn_syn_flags(struct sock *sk, u8 flags, bool retrans);
void xtcp_ecn_synack_rcv(struct sock *sk, u8 flags);
void xtcp_ecn_syn_rcv(struct sock *sk, u8 flags);
bool xtcp_ecn_accept(const struct sock *listener, const struct xtcp_cb *cb, const struct dst_entry *dst);
u8 xtcp_ecn_send(struct sock *sk, struct sk_buff *skb, const struct xtcp_cb *cb, bool retrans);
void xtcp_ecn_reduced(struct sock *sk);
void xtcp_ecn_withdraw(struct sock *sk);
bool xtcp_ecn_echo(const struct sock *sk, const struct xtcp_cb *cb);
void xtcp_ecn_rcv(struct sock *sk, const struct xtcp_cb *cb);

#endif
