// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces: two networks with the same addresses and the same ports know nothing of each other: connections, binds,
 * sysctls, counters. network_namespaces(7).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "stream.h"
#include "xnet.h"

FIXTURE(twins) { struct xnet net[2]; };
XNET_VARIANTS(twins);

FIXTURE_SETUP(twins)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net[0], &variant->v));
	ASSERT_EQ(0, xnet_open(&self->net[1], &variant->v));
}

FIXTURE_TEARDOWN(twins)
{
	xnet_close(&self->net[0]);
	xnet_close(&self->net[1]);
}

/* The connection of all four numbers the same: near port 5000, far port XNET_PORT. */
static int connect_twin(const struct xnet *net, int fd[2])
{
	struct xnet_addr near = xnet_address(net->family, XNET_NEAR, 5000);
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);
	int listener = xnet_listen(net, XNET_FAR, XNET_PORT);

	fd[XNET_NEAR] = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	if (listener < 0 || xnet_bind(fd[XNET_NEAR], &near) || xnet_connect(fd[XNET_NEAR], &far))
		return -1;
	fd[XNET_FAR] = xnet_accept(listener);
	close(listener);
	return fd[XNET_FAR] < 0 ? -1 : 0;
}

/* Two connections alike in all four numbers, at the same time, each with its own bytes. */
TEST_F(twins, same_four_numbers)
{
	int one[2], two[2];

	ASSERT_EQ(0, connect_twin(&self->net[0], one));
	ASSERT_EQ(0, connect_twin(&self->net[1], two));
	struct stream streams[] = {
		{ .tx = one[0], .rx = one[1], .bytes = 300000, .seed = 1, .end = true },
		{ .tx = one[1], .rx = one[0], .bytes = 300000, .seed = 2, .end = true },
		{ .tx = two[0], .rx = two[1], .bytes = 300000, .seed = 3, .end = true },
		{ .tx = two[1], .rx = two[0], .bytes = 300000, .seed = 4, .end = true },
	};

	EXPECT_EQ(0, stream_run(streams, 4, XNET_PATIENCE_MS));
}

/* What ends one connection does not touch its twin. */
TEST_F(twins, reset_of_one)
{
	int one[2], two[2];
	char byte;

	ASSERT_EQ(0, connect_twin(&self->net[0], one));
	ASSERT_EQ(0, connect_twin(&self->net[1], two));
	xnet_linger(one[XNET_FAR], 1, 0);
	close(one[XNET_FAR]);
	ASSERT_TRUE(xnet_await_state(one[XNET_NEAR], TCP_CLOSE));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(two[XNET_NEAR]));
	EXPECT_EQ(1, write(two[XNET_FAR], "x", 1));
	EXPECT_EQ(1, xnet_read_all(two[XNET_NEAR], &byte, 1));
}

/* A listener is seen in its own namespace only; the same port is free in every other, to both stacks. */
TEST_F(twins, listeners)
{
	struct xnet_addr addr = xnet_address(self->net[0].family, XNET_NEAR, XNET_PORT);
	struct xnet *net = self->net;
	int listener, fd;

	listener = xnet_listen(&net[0], XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	for (int stack = XNET_XTCP; stack <= XNET_TCP; stack++) {
		fd = xnet_socket(net[1].ns[XNET_NEAR], stack, net[1].family);
		EXPECT_EQ(0, xnet_bind(fd, &addr));
		EXPECT_EQ(0, listen(fd, 1));
		close(fd);
	}
	fd = xnet_socket(net[1].ns[XNET_NEAR], XNET_XTCP, net[1].family);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(ECONNREFUSED, errno);
	close(fd);
	fd = xnet_socket(net[0].ns[XNET_NEAR], XNET_XTCP, net[0].family);
	EXPECT_EQ(0, xnet_connect(fd, &addr));
}

/* Counts and TIME-WAITs are of one namespace. */
TEST_F(twins, counts)
{
	struct xnet *net = self->net;
	int fd[2];

	ASSERT_EQ(0, connect_twin(&net[0], fd));
	EXPECT_EQ(1, xnet_sockstat(net[0].ns[XNET_NEAR], XNET_XTCP, "sockets"));
	EXPECT_EQ(0, xnet_sockstat(net[1].ns[XNET_NEAR], XNET_XTCP, "sockets"));
	EXPECT_EQ(1, xnet_counter(net[0].ns[XNET_NEAR], XNET_XTCP, "ActiveOpens"));
	EXPECT_EQ(0, xnet_counter(net[1].ns[XNET_NEAR], XNET_XTCP, "ActiveOpens"));
	close(fd[XNET_NEAR]);
	close(fd[XNET_FAR]);
	EXPECT_TRUE(xnet_await_sockstat(net[0].ns[XNET_NEAR], XNET_XTCP, "timewait", 1));
	EXPECT_EQ(0, xnet_sockstat(net[1].ns[XNET_NEAR], XNET_XTCP, "timewait"));
	/* Its port is in use there, and there only. */
	ASSERT_EQ(0, connect_twin(&net[1], fd));
}

/* Sysctls of one namespace, the kernel's and XTCP's own. */
TEST_F(twins, sysctls)
{
	struct xnet *net = self->net;
	struct tcp_info info;
	int fd[2];

	ASSERT_EQ(0, xnet_sysctl(net[0].ns[XNET_NEAR], "net/ipv4/tcp_timestamps", "0"));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, connect_twin(&net[i], fd));
		ASSERT_EQ(0, xnet_info(fd[XNET_NEAR], &info));
		EXPECT_EQ(i, !!(info.tcpi_options & TCPI_OPT_TIMESTAMPS));
	}
	if (!xnet_under_test())
		return;
	ASSERT_EQ(0, xnet_sysctl(net[0].ns[XNET_NEAR], "net/xtcp/time_wait_ms", "1234"));
	EXPECT_EQ(1234, xnet_sysctl_read(net[0].ns[XNET_NEAR], "net/xtcp/time_wait_ms"));
	EXPECT_EQ(60000, xnet_sysctl_read(net[1].ns[XNET_NEAR], "net/xtcp/time_wait_ms"));
}

/* A process may go to another namespace; its socket stays where it was made. */
TEST_F(twins, socket_stays)
{
	struct xnet *net = self->net;
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);
	int fd, error;

	ASSERT_LE(0, xnet_listen(&net[0], XNET_FAR, XNET_PORT));
	fd = xnet_socket(net[0].ns[XNET_NEAR], XNET_XTCP, net[0].family);
	ASSERT_LE(0, fd);
	xnet_ns_enter(net[1].ns[XNET_NEAR]);
	error = xnet_connect(fd, &far) ? errno : 0;
	xnet_ns_leave();
	EXPECT_EQ(0, error);
}

XNET_MAIN
