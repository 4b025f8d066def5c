/* SPDX-License-Identifier: GPL-2.0 */
/* Local ports (port.c), for those who bind, connect, accept and wait; a part of xtcp.h. */
#ifndef XTCP_IP_PORT_H
#define XTCP_IP_PORT_H

int xtcp_port_get(struct sock *sk, unsigned short port);	/* proto.get_port: bind(), autobind */
int xtcp_port_connect(struct sock *sk);			/* choose a local port, enter the connection table */
int xtcp_port_enter(struct sock *sk);			/* explicitly bound: check the 4-tuple and enter */
int xtcp_port_inherit(struct sock *child, const struct sock *listener);
void xtcp_port_put(struct sock *sk);			/* proto.put_port */
struct xtcp_port_hold *xtcp_port_hold_get(struct sock *sk, gfp_t gfp);	/* a stand-in for sk's port; before port_put */
void xtcp_port_hold_put(struct net *net, struct xtcp_port_hold *h);
int xtcp_port_set_saddr(struct sock *sk, const struct in6_addr *saddr);	/* the bind table follows */
bool xtcp_port_client_wait(struct sock *sk);		/* a user of a connect()ed port becomes a TIME-WAIT */
void xtcp_port_client_put(struct net *net, u16 port, bool waiting);	/* one less */
int xtcp_port_init(void);
void xtcp_port_exit(void);
int xtcp_port_net_init(struct net *net);
void xtcp_port_net_exit(struct net *net);

#endif
