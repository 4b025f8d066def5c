// SPDX-License-Identifier: GPL-2.0
/*
 * Ports: which binds conflict, between sockets of both stacks in either order, and which ports connect() chooses. Both
 * stacks draw from one space, so what holds between two sockets of kernel TCP holds between any two: bind(2), ip(7),
 * socket(7).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "xnet.h"

/* Which stack came first to the port, and which comes second. */
FIXTURE(pair) { struct xnet net; };
FIXTURE_VARIANT(pair) {
	struct xnet_variant v;
	enum xnet_stack first;
	enum xnet_stack second;
};

FIXTURE_VARIANT_ADD(pair, ipv4_xtcp_then_tcp) { { AF_INET, XNET_TCP }, XNET_XTCP, XNET_TCP };
FIXTURE_VARIANT_ADD(pair, ipv4_tcp_then_xtcp) { { AF_INET, XNET_TCP }, XNET_TCP, XNET_XTCP };
FIXTURE_VARIANT_ADD(pair, ipv4_xtcp_then_xtcp) { { AF_INET, XNET_TCP }, XNET_XTCP, XNET_XTCP };
FIXTURE_VARIANT_ADD(pair, ipv6_xtcp_then_tcp) { { AF_INET6, XNET_TCP }, XNET_XTCP, XNET_TCP };
FIXTURE_VARIANT_ADD(pair, ipv6_tcp_then_xtcp) { { AF_INET6, XNET_TCP }, XNET_TCP, XNET_XTCP };
FIXTURE_VARIANT_ADD(pair, ipv6_xtcp_then_xtcp) { { AF_INET6, XNET_TCP }, XNET_XTCP, XNET_XTCP };

FIXTURE_SETUP(pair)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
}

FIXTURE_TEARDOWN(pair)
{
	xnet_close(&self->net);
}

enum {
	REUSE = 1,
	LISTEN = 2,
	V6ONLY = 4,
};

/* A socket of STACK on the near host, bound to ADDR; -errno when that fails. */
static int bound(const struct xnet *net, enum xnet_stack stack, const struct xnet_addr *addr, int how)
{
	int fd = xnet_socket(net->ns[XNET_NEAR], stack, addr->sa.sa_family), error;

	if (fd < 0)
		return -errno;
	if (how & REUSE)
		xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (how & V6ONLY)
		xnet_set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (!xnet_bind(fd, addr) && (!(how & LISTEN) || !listen(fd, 5)))
		return fd;
	error = errno;
	close(fd);
	return -error;
}

/* 0, or the errno that the second gets while the first has the port. */
static int conflict(const struct xnet *net, enum xnet_stack first, const struct xnet_addr *first_addr, int first_how,
		    enum xnet_stack second, const struct xnet_addr *second_addr, int second_how)
{
	int fd[2];

	fd[0] = bound(net, first, first_addr, first_how);
	if (fd[0] < 0)
		return -1;
	fd[1] = bound(net, second, second_addr, second_how);
	close(fd[0]);
	if (fd[1] < 0)
		return -fd[1];
	close(fd[1]);
	return 0;
}

/* socket(7), SO_REUSEADDR: the port is shared only if both ask for it and none listens. */
TEST_F(pair, reuseaddr)
{
	static const struct {
		int first;
		int second;
		int error;
	} cases[] = {
		{ 0, 0, EADDRINUSE },
		{ 0, REUSE, EADDRINUSE },
		{ REUSE, 0, EADDRINUSE },
		{ REUSE, REUSE, 0 },
		{ LISTEN, 0, EADDRINUSE },
		{ LISTEN, REUSE, EADDRINUSE },
		{ LISTEN | REUSE, 0, EADDRINUSE },
		{ LISTEN | REUSE, REUSE, EADDRINUSE },
		{ LISTEN | REUSE, LISTEN | REUSE, EADDRINUSE },
		{ REUSE, LISTEN | REUSE, 0 },
	};
	struct xnet_addr any = xnet_any(self->net.family, XNET_PORT);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int error = conflict(&self->net, variant->first, &any, cases[i].first, variant->second, &any,
				     cases[i].second);

		EXPECT_EQ(cases[i].error, error)
			TH_LOG("first %d, second %d: %s", cases[i].first, cases[i].second, strerror(error));
	}
}

/* listen(2): of two that share a port only one may listen, EADDRINUSE. */
TEST_F(pair, both_listen)
{
	struct xnet_addr any = xnet_any(self->net.family, XNET_PORT);
	int fd[2];

	fd[0] = bound(&self->net, variant->first, &any, REUSE);
	ASSERT_LE(0, fd[0]);
	fd[1] = bound(&self->net, variant->second, &any, REUSE);
	ASSERT_LE(0, fd[1]);
	EXPECT_EQ(0, listen(fd[0], 5));
	EXPECT_EQ(-1, listen(fd[1], 5));
	EXPECT_EQ(EADDRINUSE, errno);
}

/* ip(7): an address and the wildcard overlap, two addresses do not, two ports never. */
TEST_F(pair, addresses)
{
	int family = self->net.family;
	struct xnet_addr any = xnet_any(family, XNET_PORT);
	struct xnet_addr link = xnet_address(family, XNET_NEAR, XNET_PORT);
	struct xnet_addr lo = xnet_loopback(family, XNET_PORT);
	struct xnet_addr other = xnet_any(family, XNET_PORT + 1);
	const struct {
		const struct xnet_addr *first;
		const struct xnet_addr *second;
		int error;
	} cases[] = {
		{ &any, &link, EADDRINUSE },
		{ &link, &any, EADDRINUSE },
		{ &link, &link, EADDRINUSE },
		{ &lo, &link, 0 },
		{ &any, &other, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int how = 0; how <= LISTEN; how += LISTEN) {
			int error = conflict(&self->net, variant->first, cases[i].first, how, variant->second,
					     cases[i].second, how);

			EXPECT_EQ(cases[i].error, error)
				TH_LOG("case %zu, how %d: %s", i, how, strerror(error));
		}
	}
}

/* ipv6(7): a wildcard of IPv6 covers IPv4 too, unless IPV6_V6ONLY. */
TEST_F(pair, families)
{
	struct xnet_addr v4 = xnet_any(AF_INET, XNET_PORT), v6 = xnet_any(AF_INET6, XNET_PORT);
	struct xnet_addr v4_link = xnet_address(AF_INET, XNET_NEAR, XNET_PORT);
	struct xnet_addr v6_link = xnet_address(AF_INET6, XNET_NEAR, XNET_PORT);
	const struct {
		const struct xnet_addr *first;
		const struct xnet_addr *second;
		int how;
		int error;
	} cases[] = {
		{ &v6, &v4, LISTEN, EADDRINUSE },
		{ &v4, &v6, LISTEN, EADDRINUSE },
		{ &v6, &v4_link, LISTEN, EADDRINUSE },
		{ &v6, &v4, LISTEN | V6ONLY, 0 },
		{ &v4, &v6, LISTEN | V6ONLY, 0 },
		{ &v6_link, &v4, LISTEN, 0 },
		{ &v6_link, &v4_link, LISTEN, 0 },
		{ &v6, &v6_link, LISTEN | V6ONLY, EADDRINUSE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int error = conflict(&self->net, variant->first, cases[i].first, cases[i].how, variant->second,
				     cases[i].second, cases[i].how);

		EXPECT_EQ(cases[i].error, error)
			TH_LOG("case %zu: %s", i, strerror(error));
	}
}

/* The port of a client belongs to it, chosen or bound: the other stack's bind() is refused until it is gone. */
TEST_F(pair, client_port)
{
	struct xnet *net = &self->net;
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT), name;
	int listener, fd;

	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	fd = xnet_socket(net->ns[XNET_NEAR], variant->first, net->family);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_connect(fd, &far));
	name = xnet_name(fd);
	EXPECT_EQ(-EADDRINUSE, bound(net, variant->second, &name, 0));
	EXPECT_EQ(-EADDRINUSE, bound(net, variant->second, &name, REUSE));
	/* A reset leaves no TIME-WAIT. */
	xnet_linger(fd, 1, 0);
	close(fd);
	fd = bound(net, variant->second, &name, 0);
	EXPECT_LE(0, fd);
}

/* The port of a server: as long as a connection of it lives, it is shared only with SO_REUSEADDR. */
TEST_F(pair, server_port)
{
	struct xnet *net = &self->net;
	struct xnet_addr any = xnet_any(net->family, XNET_PORT);
	struct xnet_addr near = xnet_address(net->family, XNET_NEAR, XNET_PORT);
	int listener, client, fd;

	listener = bound(net, variant->first, &any, LISTEN | REUSE);
	ASSERT_LE(0, listener);
	client = xnet_socket(net->ns[XNET_FAR], XNET_TCP, net->family);
	ASSERT_EQ(0, xnet_connect(client, &near));
	fd = xnet_accept(listener);
	ASSERT_LE(0, fd);
	close(listener);
	EXPECT_EQ(-EADDRINUSE, bound(net, variant->second, &any, LISTEN));
	listener = bound(net, variant->second, &any, LISTEN | REUSE);
	EXPECT_LE(0, listener);
	/* The old connection and the new listener do not disturb each other. */
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(1, xnet_read_all(fd, (char [1]) { 0 }, 1));
	xnet_linger(fd, 1, 0);
	close(fd);
	close(listener);
	listener = bound(net, variant->second, &any, LISTEN);
	EXPECT_LE(0, listener);
}

/* ip(7), ip_local_port_range: connect() gives each connection to one destination a port of its own, to the last. */
TEST_F(pair, ephemeral_ports)
{
	struct xnet *net = &self->net;
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);
	int fd[9], listener, seen = 0;

	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/ip_local_port_range", "40000 40003"));
	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	for (int i = 0; i < 6; i++) {
		struct xnet_addr name;

		fd[i] = xnet_socket(net->ns[XNET_NEAR], i & 1 ? variant->second : variant->first, net->family);
		ASSERT_LE(0, fd[i]);
		if (i >= 4) {
			EXPECT_EQ(-1, xnet_connect(fd[i], &far));
			EXPECT_EQ(EADDRNOTAVAIL, errno);
			continue;
		}
		ASSERT_EQ(0, xnet_connect(fd[i], &far));
		name = xnet_name(fd[i]);
		EXPECT_LE(40000, xnet_port(&name));
		EXPECT_GE(40003, xnet_port(&name));
		seen |= 1 << (xnet_port(&name) - 40000);
	}
	EXPECT_EQ(15, seen);
	/* To another destination the same ports serve again. */
	xnet_set_port(&far, XNET_PORT + 1);
	ASSERT_LE(0, xnet_listen(net, XNET_FAR, XNET_PORT + 1));
	EXPECT_EQ(0, xnet_connect(fd[4], &far));
	EXPECT_EQ(0, xnet_connect(fd[5], &far));
}

/* ip(7): a connection is named by both ends, so there may be as many as ports for each of several destinations. */
TEST_F(pair, destinations)
{
	enum { LOW = 40000, PORTS = 4, FAR = 5, ALL = FAR * PORTS };
	struct xnet *net = &self->net;
	struct xnet_addr far, name;
	int near[ALL], listener[FAR], seen[FAR] = {}, fd;
	char c;

	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/ip_local_port_range", "40000 40003"));
	for (int i = 0; i < FAR; i++) {
		listener[i] = xnet_listen(net, XNET_FAR, XNET_PORT + i);
		ASSERT_LE(0, listener[i]);
	}
	for (int i = 0; i < ALL; i++) {
		far = xnet_address(net->family, XNET_FAR, XNET_PORT + i % FAR);
		near[i] = xnet_socket(net->ns[XNET_NEAR], variant->first, net->family);
		ASSERT_LE(0, near[i]);
		ASSERT_EQ(0, xnet_connect(near[i], &far));
		name = xnet_name(near[i]);
		seen[i % FAR] |= 1 << (xnet_port(&name) - LOW);
		c = i;
		EXPECT_EQ(1, write(near[i], &c, 1));
	}
	for (int i = 0; i < FAR; i++)
		EXPECT_EQ((1 << PORTS) - 1, seen[i]);
	/* each has what was meant for it */
	for (int i = 0; i < ALL; i++) {
		fd = xnet_accept(listener[i % FAR]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(1, xnet_read_all(fd, &c, 1));
		EXPECT_EQ(i, c);
	}
	/* none is left, for either stack, and what the first has the other does not join */
	for (int i = 0; i < 2; i++) {
		fd = xnet_socket(net->ns[XNET_NEAR], i ? variant->second : variant->first, net->family);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-1, xnet_connect(fd, &far));
		EXPECT_EQ(EADDRNOTAVAIL, errno);
	}
}

/* ip(7): bind() to port 0 chooses a free one, never a reserved one; when none is left, EADDRINUSE. */
TEST_F(pair, port_zero)
{
	struct xnet *net = &self->net;
	struct xnet_addr any = xnet_any(net->family, 0), name;
	int fd[3];

	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/ip_local_port_range", "40000 40003"));
	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/ip_local_reserved_ports", "40001"));
	fd[0] = bound(net, variant->first, &any, 0);
	ASSERT_LE(0, fd[0]);
	fd[1] = bound(net, variant->second, &any, 0);
	ASSERT_LE(0, fd[1]);
	fd[2] = bound(net, variant->first, &any, 0);
	ASSERT_LE(0, fd[2]);
	for (int i = 0; i < 3; i++) {
		name = xnet_name(fd[i]);
		EXPECT_LE(40000, xnet_port(&name));
		EXPECT_GE(40003, xnet_port(&name));
		EXPECT_NE(40001, xnet_port(&name));
	}
	EXPECT_EQ(-EADDRINUSE, bound(net, variant->second, &any, 0));
	/* A reserved port may be named. */
	xnet_set_port(&any, 40001);
	EXPECT_LE(0, bound(net, variant->second, &any, 0));
}

/* ip(7): ports below ip_unprivileged_port_start need CAP_NET_BIND_SERVICE, EACCES. */
TEST_F(pair, privileged)
{
	struct xnet *net = &self->net;
	struct xnet_addr any = xnet_any(net->family, 1023);
	int status;
	pid_t child;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		int fd = xnet_socket(net->ns[XNET_NEAR], variant->second, net->family);

		if (setuid(65534))
			_exit(1);
		if (!xnet_bind(fd, &any) || errno != EACCES)
			_exit(2);
		xnet_set_port(&any, 1024);
		_exit(xnet_bind(fd, &any) ? 3 : 0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* bind(2): what is wrong whatever the port. */
TEST_F(pair, errors)
{
	struct xnet *net = &self->net;
	struct xnet_addr addr = xnet_any(net->family, XNET_PORT), odd = addr;
	int fd;

	fd = xnet_socket(net->ns[XNET_NEAR], variant->second, net->family);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, bind(fd, &addr.sa, addr.len - 8));
	EXPECT_EQ(EINVAL, errno);
	odd.sa.sa_family = 77;
	EXPECT_EQ(-1, xnet_bind(fd, &odd));
	EXPECT_EQ(EAFNOSUPPORT, errno);
	odd = xnet_address(net->family, XNET_FAR, XNET_PORT);
	EXPECT_EQ(-1, xnet_bind(fd, &odd));
	EXPECT_EQ(EADDRNOTAVAIL, errno);
	EXPECT_EQ(0, xnet_bind(fd, &addr));
	xnet_set_port(&addr, XNET_PORT + 1);
	EXPECT_EQ(-1, xnet_bind(fd, &addr));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
	/* ip(7), IP_FREEBIND. */
	fd = xnet_socket(net->ns[XNET_NEAR], variant->second, net->family);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_IP, IP_FREEBIND, 1));
	EXPECT_EQ(0, xnet_bind(fd, &odd));
}

/* socket(7), SO_BINDTODEVICE: two devices are two ports. */
TEST_F(pair, devices)
{
	struct xnet *net = &self->net;
	struct xnet_addr any = xnet_any(net->family, XNET_PORT);
	int fd[2];

	for (int i = 0; i < 2; i++) {
		const char *device = i ? "lo" : "veth0";

		fd[i] = xnet_socket(net->ns[XNET_NEAR], i ? variant->second : variant->first, net->family);
		ASSERT_LE(0, fd[i]);
		ASSERT_EQ(0, setsockopt(fd[i], SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1));
		EXPECT_EQ(0, xnet_bind(fd[i], &any));
		EXPECT_EQ(0, listen(fd[i], 1));
	}
}

XNET_MAIN
