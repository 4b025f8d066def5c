// SPDX-License-Identifier: GPL-2.0
/*
 * The ways to an XTCP socket and what other code sees of it: AF_XTCP with protocol 0 and 1, IPPROTO_XTCP under AF_INET
 * and AF_INET6, dual-stack IPv6 sockets with IPv4 peers (ipv6(7)), sockets that pass for the kernel's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "stream.h"
#include "xnet.h"

FIXTURE(family) { struct xnet net; };

FIXTURE_SETUP(family)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &(struct xnet_variant) { AF_INET, XNET_TCP }));
}

FIXTURE_TEARDOWN(family)
{
	xnet_close(&self->net);
}

/* socket() in the near namespace; -errno when it fails. */
static int near_socket(const struct xnet *net, int family, int type, int protocol)
{
	int fd, error;

	xnet_ns_enter(net->ns[XNET_NEAR]);
	fd = socket(family, type, protocol);
	error = errno;
	xnet_ns_leave();
	return fd < 0 ? -error : fd;
}

/* Every way gives a stream socket of XTCP that says it is TCP. */
TEST_F(family, ways)
{
	static const struct {
		int family;
		int protocol;
		int domain;
	} ways[] = {
		{ AF_XTCP, 0, AF_INET },
		{ AF_XTCP, 1, AF_INET6 },
		{ AF_INET, IPPROTO_XTCP, AF_INET },
		{ AF_INET6, IPPROTO_XTCP, AF_INET6 },
	};
	long before;

	if (!xnet_under_test())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct xnet_addr any = xnet_any(ways[i].domain, 0), name;
		int fd;

		before = xnet_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "sockets");
		fd = near_socket(&self->net, ways[i].family, SOCK_STREAM, ways[i].protocol);
		ASSERT_LE(0, fd)
			TH_LOG("way %zu: %s", i, strerror(-fd));
		EXPECT_EQ(before + 1, xnet_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "sockets"));
		EXPECT_EQ(ways[i].domain, xnet_int(fd, SOL_SOCKET, SO_DOMAIN));
		EXPECT_EQ(IPPROTO_TCP, xnet_int(fd, SOL_SOCKET, SO_PROTOCOL));
		EXPECT_EQ(0, xnet_bind(fd, &any));
		EXPECT_EQ(0, listen(fd, 1));
		name = xnet_name(fd);
		EXPECT_EQ(ways[i].domain, name.sa.sa_family);
		EXPECT_EQ(any.len, name.len);
		close(fd);
	}
}

/* Anything else is refused as socket(2) has it. */
TEST_F(family, refused)
{
	if (!xnet_under_test())
		return;
	EXPECT_EQ(-EPROTONOSUPPORT, near_socket(&self->net, AF_XTCP, SOCK_STREAM, 2));
	EXPECT_EQ(-EPROTONOSUPPORT, near_socket(&self->net, AF_XTCP, SOCK_STREAM, IPPROTO_UDP));
	EXPECT_EQ(-ESOCKTNOSUPPORT, near_socket(&self->net, AF_XTCP, SOCK_DGRAM, 0));
	EXPECT_EQ(-ESOCKTNOSUPPORT, near_socket(&self->net, AF_XTCP, SOCK_RAW, 0));
	EXPECT_GT(0, near_socket(&self->net, AF_INET, SOCK_DGRAM, IPPROTO_XTCP));
}

/* socket(2): SOCK_NONBLOCK and SOCK_CLOEXEC; no socketpair(). */
TEST_F(family, socket_flags)
{
	int fd, pair[2];

	if (!xnet_under_test())
		return;
	fd = near_socket(&self->net, AF_XTCP, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	EXPECT_EQ(-1, socketpair(AF_XTCP, SOCK_STREAM, 0, pair));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

/* Each way at both ends of a connection, with the kernel's TCP and with each other. */
TEST_F(family, each_to_each)
{
	static const struct {
		int family;
		int protocol;
	} ways[] = { { AF_XTCP, 0 }, { AF_INET, IPPROTO_XTCP }, { AF_INET, 0 } };

	if (!xnet_under_test())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(ways); j++) {
			struct xnet_addr addr = xnet_loopback(AF_INET, XNET_PORT + 10 * i + j);
			int listener, fd[2];

			listener = near_socket(&self->net, ways[i].family, SOCK_STREAM, ways[i].protocol);
			ASSERT_EQ(0, xnet_bind(listener, &addr));
			ASSERT_EQ(0, listen(listener, 1));
			fd[0] = near_socket(&self->net, ways[j].family, SOCK_STREAM, ways[j].protocol);
			ASSERT_EQ(0, xnet_connect(fd[0], &addr));
			fd[1] = xnet_accept(listener);
			ASSERT_LE(0, fd[1]);
			struct stream stream = { .tx = fd[0], .rx = fd[1], .bytes = 100000, .seed = i, .end = true };

			EXPECT_EQ(0, stream_run(&stream, 1, XNET_PATIENCE_MS));
		}
	}
}

/* An IPv6 listener on near takes IPv4 connections, and names them ::ffff:a.b.c.d: ipv6(7). */
TEST_F(family, v4_mapped_passive)
{
	struct xnet_addr any = xnet_any(AF_INET6, XNET_PORT), want, name;
	struct xnet_addr near = xnet_address(AF_INET, XNET_NEAR, XNET_PORT);
	struct xnet *net = &self->net;
	int listener, fd[2];

	listener = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, AF_INET6);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, xnet_bind(listener, &any));
	ASSERT_EQ(0, listen(listener, 5));
	fd[XNET_FAR] = xnet_socket(net->ns[XNET_FAR], XNET_TCP, AF_INET);
	ASSERT_EQ(0, xnet_connect(fd[XNET_FAR], &near));
	fd[XNET_NEAR] = xnet_accept(listener);
	ASSERT_LE(0, fd[XNET_NEAR]);
	want = xnet_parse("::ffff:192.0.2.1", XNET_PORT);
	name = xnet_name(fd[XNET_NEAR]);
	EXPECT_TRUE(xnet_same(&want, &name));
	name = xnet_name(fd[XNET_FAR]);
	want = xnet_parse("::ffff:192.0.2.2", xnet_port(&name));
	name = xnet_peer_name(fd[XNET_NEAR]);
	EXPECT_TRUE(xnet_same(&want, &name));
	struct stream both[] = {
		{ .tx = fd[0], .rx = fd[1], .bytes = 300000, .seed = 1, .end = true },
		{ .tx = fd[1], .rx = fd[0], .bytes = 300000, .seed = 2, .end = true },
	};

	EXPECT_EQ(0, stream_run(both, 2, XNET_PATIENCE_MS));

	/* The same listener takes IPv6 too. */
	near = xnet_address(AF_INET6, XNET_NEAR, XNET_PORT);
	fd[XNET_FAR] = xnet_socket(net->ns[XNET_FAR], XNET_TCP, AF_INET6);
	ASSERT_EQ(0, xnet_connect(fd[XNET_FAR], &near));
	fd[XNET_NEAR] = xnet_accept(listener);
	ASSERT_LE(0, fd[XNET_NEAR]);
	name = xnet_name(fd[XNET_NEAR]);
	EXPECT_TRUE(xnet_same(&near, &name));
}

/* An IPv6 socket on near connects to an IPv4 address in its mapped form. */
TEST_F(family, v4_mapped_active)
{
	struct xnet_addr mapped = xnet_parse("::ffff:192.0.2.2", XNET_PORT), name;
	struct xnet *net = &self->net;
	int listener, fd[2];

	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	fd[XNET_NEAR] = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, AF_INET6);
	ASSERT_LE(0, fd[XNET_NEAR]);
	ASSERT_EQ(0, xnet_connect(fd[XNET_NEAR], &mapped));
	fd[XNET_FAR] = xnet_accept(listener);
	ASSERT_LE(0, fd[XNET_FAR]);
	name = xnet_peer_name(fd[XNET_NEAR]);
	EXPECT_TRUE(xnet_same(&mapped, &name));
	name = xnet_name(fd[XNET_NEAR]);
	EXPECT_TRUE(IN6_IS_ADDR_V4MAPPED(&name.in6.sin6_addr));
	struct stream both[] = {
		{ .tx = fd[0], .rx = fd[1], .bytes = 300000, .seed = 1, .end = true },
		{ .tx = fd[1], .rx = fd[0], .bytes = 300000, .seed = 2, .end = true },
	};

	EXPECT_EQ(0, stream_run(both, 2, XNET_PATIENCE_MS));
}

/* ipv6(7), IPV6_V6ONLY: IPv4 is refused, both ways; the option is fixed once bound. */
TEST_F(family, v6only)
{
	struct xnet_addr any = xnet_any(AF_INET6, XNET_PORT), mapped = xnet_parse("::ffff:192.0.2.2", XNET_PORT);
	struct xnet_addr near = xnet_address(AF_INET, XNET_NEAR, XNET_PORT);
	struct xnet *net = &self->net;
	int fd, client;

	fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, AF_INET6);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, xnet_int(fd, IPPROTO_IPV6, IPV6_V6ONLY));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	EXPECT_EQ(-1, xnet_connect(fd, &mapped));
	EXPECT_EQ(ENETUNREACH, errno);
	ASSERT_EQ(0, xnet_bind(fd, &any));
	ASSERT_EQ(0, listen(fd, 5));
	EXPECT_EQ(-1, xnet_set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0));
	EXPECT_EQ(EINVAL, errno);
	client = xnet_socket(net->ns[XNET_FAR], XNET_TCP, AF_INET);
	EXPECT_EQ(-1, xnet_connect(client, &near));
	EXPECT_EQ(ECONNREFUSED, errno);
	close(client);
	near = xnet_address(AF_INET6, XNET_NEAR, XNET_PORT);
	client = xnet_socket(net->ns[XNET_FAR], XNET_TCP, AF_INET6);
	EXPECT_EQ(0, xnet_connect(client, &near));
}

/* A link-local address with its link, sin6_scope_id. */
TEST_F(family, link_local)
{
	struct xnet *net = &self->net;
	struct xnet_addr addr, name;
	int listener, fd, index;

	for (int side = XNET_NEAR; side <= XNET_FAR; side++)
		ASSERT_EQ(0, xnet_run(net->ns[side], "ip addr add fe80::%d/64 dev veth0 nodad", side + 1));
	net->family = AF_INET6;
	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, AF_INET6);
	ASSERT_LE(0, fd);
	xnet_ns_enter(net->ns[XNET_NEAR]);
	index = if_nametoindex("veth0");
	xnet_ns_leave();
	addr = xnet_parse("fe80::2", XNET_PORT);
	addr.in6.sin6_scope_id = index;
	ASSERT_EQ(0, xnet_connect(fd, &addr));
	name = xnet_peer_name(fd);
	EXPECT_TRUE(xnet_same(&addr, &name));
	EXPECT_EQ(index, name.in6.sin6_scope_id);
}

/* What fstat() and /proc/self/fd say of it: a socket. */
TEST_F(family, file)
{
	char link[64] = "", path[64];
	struct stat st;
	int fd;

	fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, AF_INET);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_TRUE(S_ISSOCK(st.st_mode));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	EXPECT_LT(0, readlink(path, link, sizeof(link) - 1));
	EXPECT_EQ(0, strncmp(link, "socket:[", 8));
	EXPECT_EQ(-1, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ(ESPIPE, errno);
}

XNET_MAIN
