// SPDX-License-Identifier: GPL-2.0
/*
 * Calls in the wrong state or with the wrong arguments: the errno of each is the kernel TCP's. socket(7), tcp(7),
 * bind(2), connect(2), listen(2), accept(2), send(2), recv(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "xnet.h"

FIXTURE(pair) {
	struct xnet net;
	int fd;
};

XNET_STOCK_VARIANTS(pair);

FIXTURE_SETUP(pair)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	self->fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(pair)
{
	xnet_close(&self->net);
}

#define EXPECT_FAILS(error, call) \
	do { \
		errno = 0; \
		EXPECT_EQ(-1, call); \
		EXPECT_EQ(error, errno); \
	} while (0)

/* A socket that is neither bound nor connected. */
TEST_F(pair, unconnected)
{
	char byte = 0;

	EXPECT_FAILS(EPIPE, send(self->fd, &byte, 1, MSG_NOSIGNAL));
	EXPECT_FAILS(ENOTCONN, recv(self->fd, &byte, 1, 0));
	EXPECT_FAILS(ENOTCONN, shutdown(self->fd, SHUT_WR));
	EXPECT_FAILS(EINVAL, accept(self->fd, NULL, NULL));
	EXPECT_FAILS(ENOTCONN, getpeername(self->fd, (struct sockaddr [1]) { 0 }, (socklen_t [1]) { 16 }));
	EXPECT_EQ(TCP_CLOSE, xnet_state(self->fd));
	EXPECT_EQ(POLLOUT | POLLHUP, xnet_await(self->fd, POLLIN | POLLOUT));
}

/* connect(2). */
TEST_F(pair, connect)
{
	const struct xnet *net = &self->net;
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT), odd = far;
	int listener;

	EXPECT_FAILS(EINVAL, connect(self->fd, &far.sa, 1));
	EXPECT_FAILS(EINVAL, connect(self->fd, &far.sa, far.len - 8));
	EXPECT_FAILS(EINVAL, connect(self->fd, &far.sa, sizeof(far.ss) + 1));
	EXPECT_FAILS(EFAULT, connect(self->fd, (struct sockaddr *)8, far.len));
	odd.sa.sa_family = 77;
	EXPECT_FAILS(EAFNOSUPPORT, xnet_connect(self->fd, &odd));
	if (net->family == AF_INET) {
		odd = xnet_address(AF_INET6, XNET_FAR, XNET_PORT);
		EXPECT_FAILS(EAFNOSUPPORT, xnet_connect(self->fd, &odd));
		odd = xnet_parse("192.0.2.255", XNET_PORT);
		EXPECT_FAILS(ENETUNREACH, xnet_connect(self->fd, &odd));
		odd = xnet_parse("224.0.0.1", XNET_PORT);
		EXPECT_FAILS(ENETUNREACH, xnet_connect(self->fd, &odd));
	} else {
		odd = xnet_address(AF_INET, XNET_FAR, XNET_PORT);
		EXPECT_FAILS(EINVAL, xnet_connect(self->fd, &odd));
		odd = xnet_parse("ff02::1", XNET_PORT);
		EXPECT_FAILS(ENETUNREACH, xnet_connect(self->fd, &odd));
		/* A link-local address without its link. */
		odd = xnet_parse("fe80::1", XNET_PORT);
		EXPECT_FAILS(EINVAL, xnet_connect(self->fd, &odd));
	}
	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	EXPECT_FAILS(EISCONN, xnet_connect(listener, &far));
	EXPECT_EQ(TCP_LISTEN, xnet_state(listener));
}

/* The unspecified address means this host, connect(2). */
TEST_F(pair, connect_to_unspecified)
{
	struct xnet_addr any = xnet_any(self->net.family, XNET_PORT), name;
	struct xnet_addr lo = xnet_loopback(self->net.family, XNET_PORT);

	EXPECT_FAILS(ECONNREFUSED, xnet_connect(self->fd, &any));
	ASSERT_LE(0, xnet_listen(&self->net, XNET_NEAR, XNET_PORT));
	ASSERT_EQ(0, xnet_connect(self->fd, &any));
	name = xnet_peer_name(self->fd);
	EXPECT_TRUE(xnet_same(&lo, &name));
}

/* listen(2) and accept(2). */
TEST_F(pair, listen)
{
	struct xnet_addr name;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	EXPECT_FAILS(EINVAL, listen(fd[XNET_NEAR], 1));
	EXPECT_FAILS(EINVAL, accept(fd[XNET_NEAR], NULL, NULL));
	/* Without bind(): some port is chosen. */
	EXPECT_EQ(0, listen(self->fd, 1));
	name = xnet_name(self->fd);
	EXPECT_NE(0, xnet_port(&name));
	EXPECT_EQ(0, listen(self->fd, 5));
	xnet_nonblock(self->fd, true);
	EXPECT_FAILS(EAGAIN, accept(self->fd, NULL, NULL));
	EXPECT_FAILS(ENOTCONN, recv(self->fd, fd, 1, 0));
	EXPECT_FAILS(EPIPE, send(self->fd, fd, 1, MSG_NOSIGNAL));
}

/* A connected socket. */
TEST_F(pair, connected)
{
	struct xnet_addr far, any = xnet_any(self->net.family, 0);
	char byte;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	far = xnet_peer_name(fd[XNET_NEAR]);
	EXPECT_FAILS(EISCONN, xnet_connect(fd[XNET_NEAR], &far));
	EXPECT_FAILS(EINVAL, xnet_bind(fd[XNET_NEAR], &any));
	EXPECT_FAILS(EAGAIN, recv(fd[XNET_NEAR], &byte, 1, MSG_DONTWAIT));
	EXPECT_FAILS(EFAULT, send(fd[XNET_NEAR], (void *)8, 100, 0));
	EXPECT_FAILS(EINVAL, recv(fd[XNET_NEAR], &byte, 1, MSG_OOB));
	/* The address is not looked at: send(2) on a connection. */
	EXPECT_EQ(1, sendto(fd[XNET_NEAR], "x", 1, 0, &far.sa, far.len));
	EXPECT_EQ(1, xnet_read_all(fd[XNET_FAR], &byte, 1));
	EXPECT_EQ(0, send(fd[XNET_NEAR], "", 0, 0));
}

/* SO_RCVTIMEO and SO_SNDTIMEO, socket(7): EAGAIN when the time is over; connect() says EINPROGRESS. */
TEST_F(pair, timeouts)
{
	struct timeval tv = { .tv_usec = 200000 };
	struct xnet_addr nowhere;
	static char data[65536];
	u64 begin;
	ssize_t n;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, setsockopt(fd[XNET_NEAR], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	ASSERT_EQ(0, setsockopt(fd[XNET_NEAR], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	begin = xnet_now_ms();
	EXPECT_FAILS(EAGAIN, recv(fd[XNET_NEAR], data, 1, 0));
	/* an emulated machine loses ticks and makes them up in a moment */
	EXPECT_LE(150, xnet_now_ms() - begin);
	do {
		begin = xnet_now_ms();
		n = send(fd[XNET_NEAR], data, sizeof(data), 0);
	} while (n > 0);
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LE(150, xnet_now_ms() - begin);

	nowhere = xnet_parse(self->net.family == AF_INET6 ? "2001:db8::77" : "192.0.2.77", XNET_PORT);
	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	EXPECT_FAILS(EINPROGRESS, xnet_connect(self->fd, &nowhere));
	EXPECT_FAILS(EALREADY, xnet_connect(self->fd, &nowhere));
}

static void ignore(int sig)
{
	(void)sig;
}

/* signal(7): a blocked call is interrupted, EINTR, and nothing of it has happened. */
TEST_F(pair, interrupted)
{
	struct sigaction action = { .sa_handler = ignore };
	int listener, fd[2];
	pid_t parent = getpid(), child;
	char byte;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	listener = xnet_listen(&self->net, XNET_NEAR, XNET_PORT + 1);
	ASSERT_LE(0, listener);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		/* Until it is ended: a signal may come before the call it is to interrupt. */
		for (;;) {
			xnet_sleep_ms(50);
			kill(parent, SIGUSR1);
		}
	}
	EXPECT_FAILS(EINTR, accept(listener, NULL, NULL));
	EXPECT_FAILS(EINTR, recv(fd[XNET_NEAR], &byte, 1, 0));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	EXPECT_EQ(1, write(fd[XNET_FAR], "x", 1));
	EXPECT_EQ(1, xnet_read_all(fd[XNET_NEAR], &byte, 1));
}

/*
 * recv(2): MSG_PEEK leaves the data, MSG_WAITALL waits for all of it, MSG_TRUNC drops it, MSG_DONTWAIT does not wait.
 */
TEST_F(pair, receive_flags)
{
	char data[16] = { 0 };
	int fd[2], n;

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(10, write(fd[XNET_FAR], "0123456789", 10));
	ASSERT_TRUE(xnet_await_ioctl(fd[XNET_NEAR], SIOCINQ, 10));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(4, recv(fd[XNET_NEAR], data, 4, MSG_PEEK));
		EXPECT_EQ(0, memcmp(data, "0123", 4));
	}
	EXPECT_EQ(2, recv(fd[XNET_NEAR], NULL, 2, MSG_TRUNC));
	EXPECT_EQ(3, recv(fd[XNET_NEAR], data, 3, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(data, "234", 3));
	EXPECT_EQ(5, recv(fd[XNET_NEAR], data, sizeof(data), MSG_DONTWAIT));
	EXPECT_EQ(0, memcmp(data, "56789", 5));

	if (!fork()) {
		for (int i = 0; i < 4; i++) {
			xnet_sleep_ms(30);
			if (write(fd[XNET_FAR], "abc", 3) != 3)
				_exit(1);
		}
		_exit(0);
	}
	EXPECT_EQ(12, recv(fd[XNET_NEAR], data, 12, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(data, "abcabcabcabc", 12));
	ASSERT_LT(0, wait(&n));
	EXPECT_EQ(0, n);
}

XNET_MAIN
