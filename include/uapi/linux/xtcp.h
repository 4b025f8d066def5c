/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * XTCP sockets, as user space sees them.
 *
 * A socket of XTCP is opened in one of three ways; the result is the same:
 *
 *   socket(AF_XTCP, SOCK_STREAM, XTCPPROTO_IPV4)
 *   socket(AF_XTCP, SOCK_STREAM, XTCPPROTO_IPV6)      dual-stack, unless IPV6_V6ONLY is set
 *   socket(AF_INET or AF_INET6, SOCK_STREAM, IPPROTO_XTCP)
 *
 * From there on it is used as a TCP socket is: tcp(7), ip(7), ipv6(7) and socket(7) describe it. Addresses are
 * sockaddr_in or sockaddr_in6. SO_DOMAIN answers AF_INET or AF_INET6, SO_PROTOCOL answers IPPROTO_TCP. On the wire it
 * speaks TCP (RFC 9293, IP protocol 6), so the peer may be any TCP.
 *
 * This file is append-only: numbers never change their meaning.
 */
#ifndef _UAPI_LINUX_XTCP_H
#define _UAPI_LINUX_XTCP_H

/*
 * The number of AF_ASH, which Linux never implemented. The module's parameter "family" chooses another one, which is
 * then found in /sys/module/xtcp/parameters/family.
 */
#ifndef AF_XTCP
#define AF_XTCP		18
#endif
#ifndef PF_XTCP
#define PF_XTCP		AF_XTCP
#endif

/* The third argument of socket(AF_XTCP, ...). */
#define XTCPPROTO_IPV4	0
#define XTCPPROTO_IPV6	1

/*
 * The third argument of socket(AF_INET or AF_INET6, ...): a number for experiments (RFC 3692). It names the socket
 * type inside this host and never appears in a packet.
 */
#ifndef IPPROTO_XTCP
#define IPPROTO_XTCP	253
#endif

/*
 * Options at level SOL_TCP that only XTCP has.
 *
 * TCP_XTCP_TIME_WAIT_MS (int): length of this connection's TIME-WAIT in milliseconds, 0 to 600000; 0 is
 * net.xtcp.time_wait_ms. Connections accepted from a listener inherit its value.
 */
#define TCP_XTCP_TIME_WAIT_MS	200

#endif /* _UAPI_LINUX_XTCP_H */
