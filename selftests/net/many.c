// SPDX-License-Identifier: GPL-2.0
/*
 * Many connections at once: 500, opened together, each with data of its own, either way round; and many after another.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "stream.h"
#include "xnet.h"

#define MANY		500
#define MANY_BYTES	3000

XNET_FIXTURE(pair);

/* Ends of connection i: fd[side][i]. */
struct many {
	int fd[2][MANY];
};

/* All connects first, without waiting for one. */
static bool many_connect(const struct xnet *net, enum xnet_side client, struct many *many)
{
	struct xnet_addr to = xnet_address(net->family, client ^ 1, XNET_PORT);

	for (int i = 0; i < MANY; i++) {
		int fd = xnet_socket(net->ns[client], net->stack[client], net->family);

		many->fd[client][i] = fd;
		xnet_nonblock(fd, true);
		if (xnet_connect(fd, &to) && errno != EINPROGRESS) {
			xnet_log("connect %d: %s", i, strerror(errno));
			return false;
		}
	}
	return true;
}

/* Accepts them all; which is which the ports say. */
static bool many_accept(int listener, enum xnet_side client, struct many *many)
{
	static int by_port[65536];

	for (int i = 0; i < MANY; i++) {
		struct xnet_addr name;

		if (!(xnet_await(many->fd[client][i], POLLOUT) & POLLOUT))
			return false;
		if (xnet_int(many->fd[client][i], SOL_SOCKET, SO_ERROR))
			return false;
		name = xnet_name(many->fd[client][i]);
		if (by_port[xnet_port(&name)]) {
			xnet_log("port %d twice", xnet_port(&name));
			return false;
		}
		by_port[xnet_port(&name)] = i + 1;
	}
	for (int i = 0; i < MANY; i++) {
		struct xnet_addr name;
		int fd = xnet_accept(listener);

		if (fd < 0)
			return false;
		name = xnet_peer_name(fd);
		many->fd[client ^ 1][by_port[xnet_port(&name)] - 1] = fd;
	}
	return true;
}

static bool many_exchange(const struct many *many)
{
	char data[MANY_BYTES];

	for (int i = 0; i < MANY; i++) {
		for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
			stream_fill(2 * i + side, 0, data, sizeof(data));
			if (xnet_write_all(many->fd[side][i], data, sizeof(data)) < 0)
				return false;
		}
	}
	for (int i = 0; i < MANY; i++) {
		for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
			if (xnet_read_all(many->fd[side ^ 1][i], data, sizeof(data)) != sizeof(data))
				return false;
			if (!stream_check(2 * i + side, 0, data, sizeof(data)))
				return false;
		}
	}
	return true;
}

/* Half are closed by one end first, half by the other; then no end has anything left but TIME-WAITs. */
static bool many_close(const struct xnet *net, const struct many *many)
{
	char byte;

	for (int i = 0; i < MANY; i++) {
		shutdown(many->fd[i & 1][i], SHUT_WR);
		if (xnet_read_all(many->fd[~i & 1][i], &byte, 1))
			return false;
		close(many->fd[~i & 1][i]);
		if (xnet_read_all(many->fd[i & 1][i], &byte, 1))
			return false;
		close(many->fd[i & 1][i]);
	}
	return xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait", MANY / 2);
}

static bool many_case(const struct xnet *net, enum xnet_side client)
{
	static struct many many;
	int listener = xnet_listen(net, client ^ 1, XNET_PORT);
	long before = xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets");

	return listener >= 0 && many_connect(net, client, &many) && many_accept(listener, client, &many) &&
	       many_exchange(&many) && many_close(net, &many) &&
	       xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets", before);
}

/* 500 out. */
TEST_F_TIMEOUT(pair, near_connects, 60)
{
	EXPECT_TRUE(many_case(&self->net, XNET_NEAR));
}

/* 500 in, at one listener. */
TEST_F_TIMEOUT(pair, far_connects, 60)
{
	EXPECT_TRUE(many_case(&self->net, XNET_FAR));
}

/* 500 one after another, each with a byte: ports and TIME-WAITs add up, nothing else does. */
TEST_F_TIMEOUT(pair, one_after_another, 60)
{
	const struct xnet *net = &self->net;
	int listener;
	char byte;

	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	for (int i = 0; i < MANY; i++) {
		int near, far;

		near = xnet_dial(net, XNET_NEAR, XNET_PORT);
		ASSERT_LE(0, near);
		far = xnet_accept(listener);
		ASSERT_LE(0, far);
		ASSERT_EQ(1, write(near, "x", 1));
		ASSERT_EQ(1, xnet_read_all(far, &byte, 1));
		shutdown(near, SHUT_WR);
		ASSERT_EQ(0, xnet_read_all(far, &byte, 1));
		close(far);
		close(near);
	}
	EXPECT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait", MANY));
	EXPECT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets", 0));
}

XNET_MAIN
