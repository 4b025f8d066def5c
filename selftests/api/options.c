// SPDX-License-Identifier: GPL-2.0
/*
 * Every option, set and read in several states: the value before, each of several values, the lengths that
 * getsockopt() and setsockopt() take, bad pointers. Both what is refused and what is kept must be the kernel's.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/in6.h>
#include <linux/net_tstamp.h>

#include "api.h"

#ifndef SO_RCVMARK
#define SO_RCVMARK		75
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE	51
#endif
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT	73
#endif
#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP		43
#endif
#ifndef TCP_AO_ADD_KEY
#define TCP_AO_ADD_KEY		38
#define TCP_AO_DEL_KEY		39
#define TCP_AO_INFO		40
#define TCP_AO_GET_KEYS		41
#define TCP_AO_REPAIR		42
#endif
#ifndef TCP_COOKIE_TRANSACTIONS
#define TCP_COOKIE_TRANSACTIONS	15
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS		44
#define TCP_RTO_MIN_US		45
#define TCP_DELACK_MAX_US	46
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE		71
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD		76
#define SO_PEERPIDFD		77
#endif
#ifndef IP_RECVFRAGSIZE
#define IP_RECVFRAGSIZE		25
#endif

#define VARIES	1	/* a value that is not the same in two runs: a cookie, a clock, a buffer that grows */
#define NOT_V6	2
#define ONLY_V6	4

struct option {
	const char *name;
	int level;
	int option;
	int flags;
	int count;
	int values[6];
};

#define OPT(level, option, flags, ...) { \
	#option, level, option, flags, sizeof((int []) { __VA_ARGS__ }) / sizeof(int), { __VA_ARGS__ } \
}

static const struct option options[] = {
	OPT(SOL_SOCKET, SO_DEBUG, 0, 1, 0),
	OPT(SOL_SOCKET, SO_REUSEADDR, 0, 1, 0, 7),
	OPT(SOL_SOCKET, SO_TYPE, 0, 1),
	OPT(SOL_SOCKET, SO_ERROR, 0, 1),
	OPT(SOL_SOCKET, SO_DONTROUTE, 0, 1, 0),
	OPT(SOL_SOCKET, SO_BROADCAST, 0, 1, 0),
	OPT(SOL_SOCKET, SO_SNDBUF, VARIES, 0, 1, 5000, 100000, 1 << 30),
	OPT(SOL_SOCKET, SO_RCVBUF, VARIES, 0, 1, 5000, 100000, 1 << 30),
	OPT(SOL_SOCKET, SO_SNDBUFFORCE, VARIES, 1, 3000000),
	OPT(SOL_SOCKET, SO_RCVBUFFORCE, VARIES, 1, 3000000),
	OPT(SOL_SOCKET, SO_KEEPALIVE, 0, 1, 0, 5),
	OPT(SOL_SOCKET, SO_OOBINLINE, 0, 1, 0),
	OPT(SOL_SOCKET, SO_NO_CHECK, 0, 1, 0),
	OPT(SOL_SOCKET, SO_PRIORITY, 0, 1, 6, 7, 99, -1),
	OPT(SOL_SOCKET, SO_LINGER, 0, 1),
	OPT(SOL_SOCKET, SO_REUSEPORT, 0, 1, 0),
	OPT(SOL_SOCKET, SO_PASSCRED, 0, 1, 0),
	OPT(SOL_SOCKET, SO_RCVLOWAT, 0, 0, 1, 10, -1, 1 << 30),
	OPT(SOL_SOCKET, SO_SNDLOWAT, 0, 1, 10),
	OPT(SOL_SOCKET, SO_RCVTIMEO, 0, 1),
	OPT(SOL_SOCKET, SO_BINDTODEVICE, 0, 0),
	OPT(SOL_SOCKET, SO_TIMESTAMP, 0, 1, 0),
	OPT(SOL_SOCKET, SO_TIMESTAMPNS, 0, 1, 0),
	OPT(SOL_SOCKET, SO_TIMESTAMPING, 0, 0, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE,
	    SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_TX_ACK, 1 << 30, SOF_TIMESTAMPING_OPT_STATS),
	OPT(SOL_SOCKET, SO_ACCEPTCONN, 0, 1),
	OPT(SOL_SOCKET, SO_PEERSEC, 0, 1),
	OPT(SOL_SOCKET, SO_PEERCRED, 0, 1),
	OPT(SOL_SOCKET, SO_PASSSEC, 0, 1),
	OPT(SOL_SOCKET, SO_MARK, 0, 1, 0, -1),
	OPT(SOL_SOCKET, SO_RCVMARK, 0, 1, 0),
	OPT(SOL_SOCKET, SO_PROTOCOL, 0, 1),
	OPT(SOL_SOCKET, SO_DOMAIN, 0, 1),
	OPT(SOL_SOCKET, SO_RXQ_OVFL, 0, 1, 0),
	OPT(SOL_SOCKET, SO_WIFI_STATUS, 0, 1, 0),
	OPT(SOL_SOCKET, SO_PEEK_OFF, 0, 1, 0, -1, -5),
	OPT(SOL_SOCKET, SO_NOFCS, 0, 1, 0),
	OPT(SOL_SOCKET, SO_LOCK_FILTER, 0, 1, 0),
	OPT(SOL_SOCKET, SO_SELECT_ERR_QUEUE, 0, 1, 0),
	OPT(SOL_SOCKET, SO_BUSY_POLL, 0, 10, 0, -1),
	OPT(SOL_SOCKET, SO_PREFER_BUSY_POLL, 0, 1, 0),
	OPT(SOL_SOCKET, SO_BUSY_POLL_BUDGET, 0, 8, 0, -1, 70000),
	OPT(SOL_SOCKET, SO_MAX_PACING_RATE, 0, 1000000, 0, -1),
	OPT(SOL_SOCKET, SO_BPF_EXTENSIONS, 0, 1),
	OPT(SOL_SOCKET, SO_INCOMING_CPU, VARIES, 0, 1, -1),
	OPT(SOL_SOCKET, SO_ATTACH_BPF, 0, -1, 0),
	OPT(SOL_SOCKET, SO_DETACH_FILTER, 0, 0),
	OPT(SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, 0, -1, 0),
	OPT(SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0, 0),
	OPT(SOL_SOCKET, SO_CNX_ADVICE, 0, 1, 0),
	OPT(SOL_SOCKET, SO_MEMINFO, VARIES, 1),
	OPT(SOL_SOCKET, SO_INCOMING_NAPI_ID, VARIES, 1),
	OPT(SOL_SOCKET, SO_COOKIE, VARIES, 1),
	OPT(SOL_SOCKET, SO_PEERGROUPS, 0, 1),
	OPT(SOL_SOCKET, SO_ZEROCOPY, 0, 1, 0, 2, -1),
	OPT(SOL_SOCKET, SO_TXTIME, 0, 1),
	OPT(SOL_SOCKET, SO_BINDTOIFINDEX, 0, 0, 1, 99, -1),
	OPT(SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0, 0),
	OPT(SOL_SOCKET, SO_BUF_LOCK, 0, 0, 1, 3, 4),
	OPT(SOL_SOCKET, SO_RESERVE_MEM, 0, 0, -1),
	OPT(SOL_SOCKET, SO_TXREHASH, 0, 0, 1, -1, 2),
	OPT(SOL_SOCKET, SO_SNDTIMEO, 0, 1),
	OPT(SOL_SOCKET, SO_RCVTIMEO_NEW, 0, 1),
	OPT(SOL_SOCKET, SO_SNDTIMEO_NEW, 0, 1),
	OPT(SOL_SOCKET, SO_TIMESTAMP_NEW, 0, 1, 0),
	OPT(SOL_SOCKET, SO_TIMESTAMPNS_NEW, 0, 1, 0),
	OPT(SOL_SOCKET, SO_TIMESTAMPING_NEW, 0, 0, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE),
	OPT(SOL_SOCKET, SO_ATTACH_FILTER, 0, 1),
	OPT(SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, 0, 1),
	OPT(SOL_SOCKET, SO_NETNS_COOKIE, VARIES, 1),
	OPT(SOL_SOCKET, SO_PEERNAME, VARIES, 1),
	OPT(SOL_SOCKET, SO_BSDCOMPAT, 0, 1),
	OPT(SOL_SOCKET, SO_PASSPIDFD, 0, 1),
	OPT(SOL_SOCKET, SO_PEERPIDFD, 0, 1),
	OPT(SOL_SOCKET, 3333, 0, 1),

	OPT(IPPROTO_TCP, TCP_NODELAY, 0, 1, 0, 9),
	OPT(IPPROTO_TCP, TCP_MAXSEG, VARIES, 0, 87, 88, 536, 1460, 32768),
	OPT(IPPROTO_TCP, TCP_CORK, 0, 1, 0, 9),
	OPT(IPPROTO_TCP, TCP_KEEPIDLE, 0, 0, 1, 32767, 32768, -1),
	OPT(IPPROTO_TCP, TCP_KEEPINTVL, 0, 0, 1, 32767, 32768, -1),
	OPT(IPPROTO_TCP, TCP_KEEPCNT, 0, 0, 1, 127, 128, -1),
	OPT(IPPROTO_TCP, TCP_SYNCNT, 0, 0, 1, 127, 128, -1),
	OPT(IPPROTO_TCP, TCP_LINGER2, 0, 0, 1, 60, 120, 130, -1),
	OPT(IPPROTO_TCP, TCP_DEFER_ACCEPT, 0, 0, 1, 2, 10, 1000, -1),
	OPT(IPPROTO_TCP, TCP_WINDOW_CLAMP, VARIES, 0, 1, 5000, 1000000),
	OPT(IPPROTO_TCP, TCP_QUICKACK, 0, 1, 0, 2, 3),
	OPT(IPPROTO_TCP, TCP_CONGESTION, 0, 0),
	OPT(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 0, 1, 0, 2, -1),
	OPT(IPPROTO_TCP, TCP_THIN_DUPACK, 0, 1, 0, 2, -1),
	OPT(IPPROTO_TCP, TCP_USER_TIMEOUT, 0, 0, 1, 30000, -1),
	OPT(IPPROTO_TCP, TCP_REPAIR_QUEUE, 0, 0, 1, 9),
	OPT(IPPROTO_TCP, TCP_REPAIR_OPTIONS, 0, 0),
	OPT(IPPROTO_TCP, TCP_QUEUE_SEQ, 0, 0),
	OPT(IPPROTO_TCP, TCP_TIMESTAMP, VARIES, 0, 5),
	OPT(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 0, 0, 1, 16384, -1),
	OPT(IPPROTO_TCP, TCP_SAVE_SYN, 0, 0, 1, 2, 3, -1),
	OPT(IPPROTO_TCP, TCP_SAVED_SYN, 0, 0),
	OPT(IPPROTO_TCP, TCP_INQ, 0, 0, 1, 2, -1),
	OPT(IPPROTO_TCP, TCP_TX_DELAY, 0, 0, 1000, -1),
	OPT(IPPROTO_TCP, TCP_MD5SIG, 0, 1),
	OPT(IPPROTO_TCP, TCP_MD5SIG_EXT, 0, 1),
	OPT(IPPROTO_TCP, TCP_AO_ADD_KEY, 0, 1),
	OPT(IPPROTO_TCP, TCP_IS_MPTCP, 0, 1),
	OPT(IPPROTO_TCP, TCP_CC_INFO, 0, 1),
	OPT(IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, VARIES, 1),
	OPT(IPPROTO_TCP, TCP_INFO, VARIES, 1),
	OPT(IPPROTO_TCP, TCP_ULP, 0, 1),
	OPT(IPPROTO_TCP, TCP_REPAIR, 0, 1, 0, -1),
	OPT(IPPROTO_TCP, TCP_REPAIR_WINDOW, 0, 1),
	OPT(IPPROTO_TCP, TCP_COOKIE_TRANSACTIONS, 0, 1),
	OPT(IPPROTO_TCP, TCP_FASTOPEN, 0, 0, 1, 5, 100000, -1),
	OPT(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0, 1, 0, 2, -1),
	OPT(IPPROTO_TCP, TCP_FASTOPEN_KEY, VARIES, 1),
	OPT(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 0, 1, 0, 2, -1),
	OPT(IPPROTO_TCP, TCP_RTO_MAX_MS, 0, 1000, 120000, 999),
	OPT(IPPROTO_TCP, TCP_RTO_MIN_US, 0, 10000, 200000, 0),
	OPT(IPPROTO_TCP, TCP_DELACK_MAX_US, 0, 10000, 200000, 0),
	OPT(IPPROTO_TCP, TCP_AO_DEL_KEY, 0, 1),
	OPT(IPPROTO_TCP, TCP_AO_INFO, 0, 1),
	OPT(IPPROTO_TCP, TCP_AO_GET_KEYS, 0, 1),
	OPT(IPPROTO_TCP, TCP_AO_REPAIR, 0, 1),
	OPT(IPPROTO_TCP, 3333, 0, 1),
	OPT(IPPROTO_TCP, 0, 0, 1),

	OPT(IPPROTO_IP, IP_TOS, 0, 0, 0x10, 0xff, 3, -1),
	OPT(IPPROTO_IP, IP_TTL, 0, 0, 1, 64, 255, 256, -1),
	OPT(IPPROTO_IP, IP_OPTIONS, 0, 0),
	OPT(IPPROTO_IP, IP_RECVOPTS, 0, 1, 0),
	OPT(IPPROTO_IP, IP_RETOPTS, 0, 1, 0),
	OPT(IPPROTO_IP, IP_PKTINFO, 0, 1, 0),
	OPT(IPPROTO_IP, IP_MTU_DISCOVER, 0, 0, 1, 2, 3, 5, 6),
	OPT(IPPROTO_IP, IP_RECVERR, 0, 1, 0),
	OPT(IPPROTO_IP, IP_RECVTTL, 0, 1, 0),
	OPT(IPPROTO_IP, IP_RECVTOS, 0, 1, 0),
	OPT(IPPROTO_IP, IP_MTU, 0, 1000),
	OPT(IPPROTO_IP, IP_FREEBIND, 0, 1, 0),
	OPT(IPPROTO_IP, IP_TRANSPARENT, 0, 1, 0),
	OPT(IPPROTO_IP, IP_MINTTL, 0, 0, 1, 255, 256),
	OPT(IPPROTO_IP, IP_NODEFRAG, 0, 1),
	OPT(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0, 1, 0),
	OPT(IPPROTO_IP, IP_RECVERR_RFC4884, 0, 1),
	OPT(IPPROTO_IP, IP_LOCAL_PORT_RANGE, 0, 0, 1),
	OPT(IPPROTO_IP, IP_MULTICAST_TTL, 0, 1),
	OPT(IPPROTO_IP, IP_ADD_MEMBERSHIP, 0, 1),
	OPT(IPPROTO_IP, IP_HDRINCL, 0, 1),
	OPT(IPPROTO_IP, IP_PKTOPTIONS, 0, 1),
	OPT(IPPROTO_IP, IP_PASSSEC, 0, 1, 0),
	OPT(IPPROTO_IP, IP_RECVORIGDSTADDR, 0, 1, 0),
	OPT(IPPROTO_IP, IP_CHECKSUM, 0, 1, 0),
	OPT(IPPROTO_IP, IP_RECVFRAGSIZE, 0, 1),
	OPT(IPPROTO_IP, IP_ROUTER_ALERT, 0, 1),
	OPT(IPPROTO_IP, IP_UNICAST_IF, 0, 1, 0),
	OPT(IPPROTO_IP, IP_MULTICAST_IF, 0, 1),
	OPT(IPPROTO_IP, IP_MULTICAST_LOOP, 0, 1, 0),
	OPT(IPPROTO_IP, IP_MULTICAST_ALL, 0, 1, 0),
	OPT(IPPROTO_IP, IP_XFRM_POLICY, 0, 1),
	OPT(IPPROTO_IP, 3333, 0, 1),

	OPT(IPPROTO_IPV6, IPV6_V6ONLY, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_TCLASS, 0, 0, 0x20, 255, 256, -1, -2),
	OPT(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 0, 1, 255, 256, -1, 0),
	OPT(IPPROTO_IPV6, IPV6_MTU_DISCOVER, 0, 0, 1, 2, 3, 9),
	OPT(IPPROTO_IPV6, IPV6_MTU, 0, 1280, 1000, 100000),
	OPT(IPPROTO_IPV6, IPV6_RECVERR, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_RECVTCLASS, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_RECVPKTINFO, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_FREEBIND, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_TRANSPARENT, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_MINHOPCOUNT, 0, 0, 1, 255, 256),
	OPT(IPPROTO_IPV6, IPV6_DONTFRAG, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_CHECKSUM, 0, 2),
	OPT(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, 0, 0, 1, 2, 4),
	OPT(IPPROTO_IPV6, IPV6_ADDRFORM, 0, AF_INET, AF_INET6, 99),
	OPT(IPPROTO_IPV6, IPV6_RECVHOPOPTS, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_RECVRTHDR, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_RECVDSTOPTS, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_RECVPATHMTU, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_PATHMTU, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_HOPOPTS, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_RTHDR, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_DSTOPTS, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_PKTINFO, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_2292PKTINFO, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_2292HOPLIMIT, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_ROUTER_ALERT, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_UNICAST_IF, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_MULTICAST_IF, 0, 1),
	OPT(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_ORIGDSTADDR, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_RECVFRAGSIZE, 0, 1, 0),
	OPT(IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, 0, 1),
	OPT(IPPROTO_IPV6, 3333, 0, 1),
	OPT(3333, 1, 0, 1),
};

static int make_new(struct api *a)
{
	return api_socket(a, XNET_NEAR);
}

static int make_listening(struct api *a)
{
	return api_listener(a, XNET_NEAR, a->port + 1);
}

static int make_connected(struct api *a)
{
	int fd[2];

	api_pair(a, false, fd);
	return fd[XNET_NEAR];
}

static int make_accepted(struct api *a)
{
	int fd[2];

	api_pair(a, true, fd);
	return fd[XNET_NEAR];
}

static int make_reset(struct api *a)
{
	int fd[2];

	api_pair(a, false, fd);
	api_reset(fd[XNET_FAR]);
	await_events(a, fd[XNET_NEAR], POLLERR);
	return fd[XNET_NEAR];
}

static const struct {
	const char *name;
	int (*make)(struct api *a);
} places[] = {
	{ "new", make_new },
	{ "listening", make_listening },
	{ "connected", make_connected },
	{ "accepted", make_accepted },
	{ "reset", make_reset },
};

static void read_back(struct api *a, int fd, const struct option *o)
{
	unsigned char data[64] = { 0 };
	socklen_t len = sizeof(data);
	long ret = getsockopt(fd, o->level, o->option, data, &len);

	note_call(a, "get", ret);
	if (ret)
		return;
	if (o->flags & VARIES)
		note(a, "length %u", len);
	else
		note_bytes(a, "value", data, len < sizeof(data) ? len : sizeof(data));
}

static void run_option(struct api *a)
{
	static const socklen_t lengths[] = { 0, 1, 3, 4, 5, -1 };
	const struct option *o = &options[a->c->column];
	int fd = places[a->c->row].make(a), value;
	unsigned char data[64];

	read_back(a, fd, o);
	for (int i = 0; i < o->count; i++) {
		note(a, "set %d", o->values[i]);
		note_call(a, "set", (errno = 0, setsockopt(fd, o->level, o->option, &o->values[i], sizeof(int))));
		read_back(a, fd, o);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		socklen_t len = lengths[i];

		value = 1;
		note(a, "length %d", (int)len);
		note_call(a, "set", (errno = 0, setsockopt(fd, o->level, o->option, &value, len)));
		memset(data, 0x55, sizeof(data));
		errno = 0;
		if (!note_call(a, "get", getsockopt(fd, o->level, o->option, data, &len)))
			note(a, "gave %u", len);
	}
	note_call(a, "set NULL", (errno = 0, setsockopt(fd, o->level, o->option, NULL, sizeof(int))));
	value = sizeof(int);
	note_call(a, "get NULL", (errno = 0, getsockopt(fd, o->level, o->option, (void *)8, (socklen_t *)&value)));
	note_call(a, "get no length", (errno = 0, getsockopt(fd, o->level, o->option, data, NULL)));
	note_poll(a, fd);
	note(a, "state %s", xnet_state_name(xnet_state(fd)));
}

__attribute__((constructor(151))) static void add_options(void)
{
	for (size_t p = 0; p < ARRAY_SIZE(places); p++) {
		for (size_t o = 0; o < ARRAY_SIZE(options); o++)
			api_add(&(struct api_case) {
				.group = "option", .name = places[p].name, .suffix = options[o].name,
				.run = run_option, .row = p, .column = o,
				.family = options[o].level == IPPROTO_IPV6 ? AF_INET6 : 0,
			});
	}
}
