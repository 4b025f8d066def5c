// SPDX-License-Identifier: GPL-2.0
/*
 * What goes wrong, and what the user is told: refused, timed out, unreachable (tcp(7), connect(2)), ICMP errors taken
 * and not taken (RFC 5927, RFC 9293 3.9.2.2), silent peers (RFC 9293 3.8.3, 3.8.4, RFC 5482), paths with a small MTU
 * (RFC 1191, RFC 8201). Calls that are wrong by themselves are in calls.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/icmp.h>
#include <linux/icmpv6.h>

#include "kselftest_harness.h"
#include "peer.h"

XNET_FIXTURE(pair);

PEER_FIXTURE(scripted);

/* connect() from near to ADDR; its errno. */
static int connect_error(const struct xnet *net, const struct xnet_addr *addr)
{
	int fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	int error = xnet_connect(fd, addr) ? errno : 0;

	close(fd);
	return error;
}

/* ECONNREFUSED: nobody listens. Both ways, between hosts and on loopback; the socket can be used again. */
TEST_F(pair, refused)
{
	const struct xnet *net = &self->net;
	struct xnet_addr addr = xnet_address(net->family, XNET_FAR, XNET_PORT);
	int fd, listener;

	EXPECT_EQ(ECONNREFUSED, connect_error(net, &addr));
	addr = xnet_loopback(net->family, XNET_PORT);
	EXPECT_EQ(ECONNREFUSED, connect_error(net, &addr));
	fd = xnet_socket(net->ns[XNET_FAR], net->stack[XNET_FAR], net->family);
	ASSERT_LE(0, fd);
	addr = xnet_address(net->family, XNET_NEAR, XNET_PORT);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(ECONNREFUSED, errno);
	close(fd);

	fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	ASSERT_LE(0, fd);
	addr = xnet_address(net->family, XNET_FAR, XNET_PORT);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(ECONNREFUSED, errno);
	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	EXPECT_EQ(0, xnet_connect(fd, &addr));
	EXPECT_LE(0, xnet_accept(listener));
}

/* The same without blocking: POLLERR and SO_ERROR say it, once. */
TEST_F(pair, refused_nonblocking)
{
	const struct xnet *net = &self->net;
	struct xnet_addr addr = xnet_address(net->family, XNET_FAR, XNET_PORT);
	int fd;

	fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	ASSERT_LE(0, fd);
	xnet_nonblock(fd, true);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(EINPROGRESS, errno);
	EXPECT_EQ(POLLOUT | POLLIN | POLLERR | POLLHUP, xnet_await(fd, POLLIN | POLLOUT));
	EXPECT_EQ(ECONNREFUSED, xnet_int(fd, SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_ERROR));
}

/* ENETUNREACH without a route, and what the special routes of ip-route(8) say. */
TEST_F(pair, no_route)
{
	const struct xnet *net = &self->net;
	bool v6 = net->family == AF_INET6;
	struct xnet_addr addr = xnet_parse(v6 ? "2001:db8:77::1" : "203.0.113.1", XNET_PORT);
	static const struct {
		const char *type;
		int error;
	} routes[] = {
		{ "unreachable", EHOSTUNREACH },
		{ "prohibit", EACCES },
		{ "blackhole", EINVAL },
	};

	EXPECT_EQ(ENETUNREACH, connect_error(net, &addr));
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		ASSERT_EQ(0, xnet_run(net->ns[XNET_NEAR], "ip route replace %s %s", routes[i].type,
				      v6 ? "2001:db8:77::/48" : "203.0.113.0/24"));
		EXPECT_EQ(routes[i].error, connect_error(net, &addr))
			TH_LOG("%s", routes[i].type);
		ASSERT_EQ(0, xnet_run(net->ns[XNET_NEAR], "ip route del %s %s", routes[i].type,
				      v6 ? "2001:db8:77::/48" : "203.0.113.0/24"));
	}
}

/* EHOSTUNREACH: nobody on the link has the address, which the neighbour discovery finds out. */
TEST_F(pair, no_neighbour)
{
	const struct xnet *net = &self->net;
	struct xnet_addr addr = xnet_parse(net->family == AF_INET6 ? "2001:db8::77" : "192.0.2.77", XNET_PORT);

	EXPECT_EQ(EHOSTUNREACH, connect_error(net, &addr));
}

/* ETIMEDOUT: no answer to TCP_SYNCNT SYNs, tcp(7); RFC 6298 doubles the 1 s between them. */
TEST_F_TIMEOUT(scripted, connect_times_out, 100)
{
	struct peer *peer = &self->peer;
	struct xnet_addr addr = peer_address(peer);
	u64 begin = xnet_now_ms(), took;
	int fd, count = xnet_virtual_time() ? 4 : 1, syns = 1;

	fd = peer_socket(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_SYNCNT, count));
	EXPECT_EQ(count, xnet_int(fd, IPPROTO_TCP, TCP_SYNCNT));
	xnet_nonblock(fd, true);
	ASSERT_EQ(-1, xnet_connect(fd, &addr));
	ASSERT_EQ(EINPROGRESS, errno);
	ASSERT_TRUE(peer_expect(peer, SYN));
	while (poll(&(struct pollfd) { .fd = fd, .events = POLLOUT }, 1, 0) == 0)
		syns += peer_read(peer, 20);
	took = xnet_now_ms() - begin;
	EXPECT_EQ(ETIMEDOUT, xnet_int(fd, SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(1 + count, syns);
	/* 1 + 2 + ... + 2^count seconds. */
	EXPECT_LE(((2 << count) - 1) * 900, (int)took);
	EXPECT_GE(((2 << count) - 1) * 1300, (int)took);
}

/* The default, 6 SYNs again, is 127 s. */
TEST_F_TIMEOUT(scripted, connect_times_out_by_default, 200)
{
	struct peer *peer = &self->peer;
	struct xnet_addr addr = peer_address(peer);
	u64 begin = xnet_now_ms();
	int fd;

	if (!xnet_virtual_time())
		ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_syn_retries", "1"));
	fd = peer_socket(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(ETIMEDOUT, errno);
	EXPECT_LE(xnet_virtual_time() ? 120000 : 2800, xnet_now_ms() - begin);
	EXPECT_GE(xnet_virtual_time() ? 135000 : 6000, xnet_now_ms() - begin);
}

/* RFC 6298 5.5: unacknowledged data is sent again at intervals that double; tcp_retries2 ends it: RFC 9293 3.8.3. */
TEST_F_TIMEOUT(scripted, backs_off_and_times_out, 2000)
{
	struct peer *peer = &self->peer;
	u64 before, gap = 0;
	int fd, count = 0;
	char byte;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_retries2", xnet_virtual_time() ? "8" : "3"));
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, write(fd, "hello", 5));
	ASSERT_TRUE(peer_expect_data(peer, "hello", 5));
	before = xnet_now_ms();
	while (xnet_state(fd) == TCP_ESTABLISHED) {
		u64 now, last_gap = gap;

		if (!peer_read(peer, 20))
			continue;
		EXPECT_EQ(peer->irs + 1, peer->last.seq);
		EXPECT_EQ(5, peer->last.len);
		now = xnet_now_ms();
		gap = now - before;
		before = now;
		if (xnet_virtual_time())
			EXPECT_LE(190, gap);
		/* A loaded machine with a real clock sees the segments late: there only their number counts. */
		if (count++ && xnet_virtual_time())
			EXPECT_LE(last_gap * 8 / 5, gap);
		if (count > 1 && last_gap > 390 && xnet_virtual_time())
			EXPECT_GE(last_gap * 5 / 2 + 100, gap);
	}
	EXPECT_LE(3, count);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ETIMEDOUT, errno);
}

/* tcp_retries2 is a time, however short the RTO may be: R2 of RFC 9293 3.8.3, ip-sysctl. */
TEST_F(scripted, short_rto_has_patience)
{
	struct peer *peer = &self->peer;
	u64 begin;
	char byte;
	int fd;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_retries2", "3"));
	if (xnet_under_test())
		ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/xtcp/rto_min_us", "1000"));
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, write(fd, "hello", 5));
	begin = xnet_now_ms();
	ASSERT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	/* 200 ms, and 400, 800, 1600 */
	EXPECT_LE(2900, xnet_now_ms() - begin);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ETIMEDOUT, errno);
}

/* tcp(7), TCP_USER_TIMEOUT: how long data may stay unacknowledged; RFC 9293 3.10.8. */
TEST_F(scripted, user_timeout)
{
	struct peer *peer = &self->peer;
	u64 begin;
	char byte;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 1500));
	EXPECT_EQ(1500, xnet_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	begin = xnet_now_ms();
	EXPECT_EQ(5, write(fd, "hello", 5));
	ASSERT_TRUE(xnet_await(fd, POLLIN) & POLLIN);
	EXPECT_LE(1300, xnet_now_ms() - begin);
	EXPECT_GE(4000, xnet_now_ms() - begin);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ETIMEDOUT, errno);
}

/* RFC 9293 3.8.4: keepalives probe an idle connection; answers keep it, silence ends it with ETIMEDOUT and a RST. */
TEST_F(scripted, keepalive)
{
	struct peer *peer = &self->peer;
	char byte;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, 1));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, 1));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, 2));
	EXPECT_TRUE(peer_silence(peer, 1500));
	ASSERT_EQ(0, xnet_set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(peer_expect(peer, ACK));
		EXPECT_EQ(peer->rcv_nxt - 1, peer->last.seq);
		EXPECT_GE(1, peer->last.len);
		peer_send(peer, ACK);
		EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	}
	for (int i = 0; i < 2; i++)
		ASSERT_TRUE(peer_expect(peer, ACK));
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_TRUE(peer->last.flags & RST);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ETIMEDOUT, errno);
}

/* Which ICMP error means which errno. */
static const struct icmp_case {
	int family;
	u8 type;
	u8 code;
	int error;
} icmp_cases[] = {
	{ AF_INET, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, ENETUNREACH },
	{ AF_INET, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, EHOSTUNREACH },
	{ AF_INET, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, ENOPROTOOPT },
	{ AF_INET, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, ECONNREFUSED },
	{ AF_INET, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, EHOSTUNREACH },
	{ AF_INET, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, EHOSTUNREACH },
	{ AF_INET, ICMP_PARAMETERPROB, 0, EPROTO },
	{ AF_INET6, ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, ENETUNREACH },
	{ AF_INET6, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, EACCES },
	{ AF_INET6, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, EHOSTUNREACH },
	{ AF_INET6, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, ECONNREFUSED },
	{ AF_INET6, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, EHOSTUNREACH },
	{ AF_INET6, ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR, EPROTO },
};

/* connect(2): while connecting every ICMP error ends the attempt, as Linux has it. */
TEST_F(scripted, icmp_while_connecting)
{
	struct peer *peer = &self->peer;

	for (size_t i = 0; i < ARRAY_SIZE(icmp_cases); i++) {
		const struct icmp_case *c = &icmp_cases[i];
		int fd;

		if (c->family != peer->path.family)
			continue;
		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_start_connect(peer);
		ASSERT_LE(0, fd);
		peer_icmp(peer, c->type, c->code, 0);
		EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE))
			TH_LOG("type %d code %d", c->type, c->code);
		EXPECT_EQ(c->error, xnet_int(fd, SOL_SOCKET, SO_ERROR))
			TH_LOG("type %d code %d", c->type, c->code);
		close(fd);
	}
}

/* RFC 9293 3.9.2.2, RFC 5927 6: on an established connection they are hints only: it lives, and carries on. */
TEST_F(scripted, icmp_when_established)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	for (size_t i = 0; i < ARRAY_SIZE(icmp_cases); i++) {
		const struct icmp_case *c = &icmp_cases[i];

		if (c->family != peer->path.family)
			continue;
		EXPECT_EQ(5, write(fd, "hello", 5));
		ASSERT_TRUE(peer_expect_data(peer, "hello", 5));
		peer_icmp(peer, c->type, c->code, 0);
		EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
		/* The hint is there for who asks, once, until progress proves it wrong. */
		EXPECT_EQ(c->error, xnet_int(fd, SOL_SOCKET, SO_ERROR))
			TH_LOG("type %d code %d", c->type, c->code);
		EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_ERROR));
		peer_send(peer, ACK);
		EXPECT_TRUE(xnet_await_ioctl(fd, SIOCOUTQ, 0));
	}
}

/* ip(7), IP_RECVERR: who asks for them is told at once; the connection lives all the same. */
TEST_F(scripted, icmp_with_recverr)
{
	struct peer *peer = &self->peer;
	bool v6 = peer->path.family == AF_INET6;
	char byte;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR : IP_RECVERR, 1));
	EXPECT_EQ(5, write(fd, "hello", 5));
	ASSERT_TRUE(peer_expect_data(peer, "hello", 5));
	peer_icmp(peer, v6 ? ICMPV6_DEST_UNREACH : ICMP_DEST_UNREACH, v6 ? ICMPV6_ADDR_UNREACH : ICMP_HOST_UNREACH, 0);
	EXPECT_TRUE(xnet_await(fd, 0) & POLLERR);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(EHOSTUNREACH, errno);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_ioctl(fd, SIOCOUTQ, 0));
}

/* RFC 5927 4: an ICMP error about a segment that was never sent is forged. */
TEST_F(scripted, icmp_forged)
{
	struct peer *peer = &self->peer;
	bool v6 = peer->path.family == AF_INET6;
	u8 *seq;
	int fd;

	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	seq = peer->last_packet + (v6 ? 40 : 20) + 4;
	seq[0] ^= 0x40;
	peer_icmp(peer, v6 ? ICMPV6_DEST_UNREACH : ICMP_DEST_UNREACH, v6 ? ICMPV6_PORT_UNREACH : ICMP_PORT_UNREACH, 0);
	xnet_sleep_ms(PEER_QUIET_MS);
	EXPECT_EQ(TCP_SYN_SENT, xnet_state(fd));
	EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_ERROR));
	seq[0] ^= 0x40;
	peer_icmp(peer, v6 ? ICMPV6_DEST_UNREACH : ICMP_DEST_UNREACH, v6 ? ICMPV6_PORT_UNREACH : ICMP_PORT_UNREACH, 0);
	EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE));
}

/* RFC 1191, RFC 8201: a router's MTU is taken over, and what was too large sent again in smaller segments. */
TEST_F(scripted, path_mtu)
{
	struct peer *peer = &self->peer;
	bool v6 = peer->path.family == AF_INET6;
	size_t limit = v6 ? 1280 - 60 : 1000 - 40, got = 0;
	static char data[2800];
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(sizeof(data), write(fd, data, sizeof(data)));
	ASSERT_TRUE(peer_expect(peer, ACK));
	EXPECT_EQ(1400, peer->last.len);
	peer->rcv_nxt = peer->irs + 1;
	peer_icmp(peer, v6 ? ICMPV6_PKT_TOOBIG : ICMP_DEST_UNREACH, v6 ? 0 : ICMP_FRAG_NEEDED, v6 ? 1280 : 1000);
	/* What was on its way before the error is dropped by that router. */
	while (got < sizeof(data)) {
		ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
		if (peer->last.len > limit) {
			peer->rcv_nxt = peer->irs + 1 + got;
			continue;
		}
		if (peer->last.seq == peer->irs + 1 + got)
			got += peer->last.len;
		peer->rcv_nxt = peer->irs + 1 + got;
		peer_send(peer, ACK);
	}
	EXPECT_TRUE(xnet_await_ioctl(fd, SIOCOUTQ, 0));
}

/* RFC 1191 and RFC 5927 7: an absurd MTU does not make segments absurd. */
TEST_F(scripted, path_mtu_absurd)
{
	struct peer *peer = &self->peer;
	bool v6 = peer->path.family == AF_INET6;
	static char data[1400];
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(sizeof(data), write(fd, data, sizeof(data)));
	ASSERT_TRUE(peer_expect(peer, ACK));
	peer->rcv_nxt = peer->irs + 1;
	peer_icmp(peer, v6 ? ICMPV6_PKT_TOOBIG : ICMP_DEST_UNREACH, v6 ? 0 : ICMP_FRAG_NEEDED, 68);
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_LE(400, peer->last.len);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
}

XNET_MAIN
