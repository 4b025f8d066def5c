/* SPDX-License-Identifier: GPL-2.0 */
/* TIME-WAITs (timewait.c), for those who become one, meet one or end one; a part of xtcp.h. */
#ifndef XTCP_CONN_TIMEWAIT_H
#define XTCP_CONN_TIMEWAIT_H

int xtcp_timewait_init(void);
void xtcp_timewait_exit(void);
int xtcp_timewait_net_init(struct net *net);
void xtcp_timewait_net_exit(struct net *net);
void xtcp_timewait_enter(struct sock *sk, bool fin_wait2);	/* replaces the socket, which is then destroyed */
void xtcp_timewait_free(struct xtcp_mini *m);
void xtcp_timewait_kill(struct xtcp_tw *tw);
u32 xtcp_timewait_left_ms(const struct xtcp_tw *tw);
/*
 * A segment for a TIME-WAIT; consumes the reference. Returns true if a new incarnation opens (only if @listening): the
 * caller goes on to the listener with skb, *isn_floor is the earliest ISN it may choose. Otherwise skb is consumed.
 */
bool xtcp_timewait_rcv(struct xtcp_tw *tw, struct sk_buff *skb, bool listening, u32 *isn_floor);
bool xtcp_timewait_yield(struct xtcp_tw *tw, const struct sk_buff *skb);	/* to a listener of the kernel */
bool xtcp_timewait_may_reuse(const struct net *net, const struct xtcp_tw *tw);
bool xtcp_timewait_reuse(struct net *net, const struct xtcp_tuple *t, struct sock *sk);	/* connect() over one */

#endif
