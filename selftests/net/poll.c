// SPDX-License-Identifier: GPL-2.0
/*
 * poll(2) and epoll(7): which events each situation gives, level- and edge-triggered, and who is woken.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "xnet.h"

#define ALL	(POLLIN | POLLOUT | POLLPRI | POLLRDHUP)

FIXTURE(pair) {
	struct xnet net;
	int fd[2];
	int near;
	int far;
};

XNET_VARIANTS(pair);

FIXTURE_SETUP(pair)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	self->near = self->fd[XNET_NEAR];
	self->far = self->fd[XNET_FAR];
}

FIXTURE_TEARDOWN(pair)
{
	xnet_close(&self->net);
}

/* What is to be seen now, without waiting. */
static short now(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = ALL };

	poll(&pfd, 1, 0);
	return pfd.revents;
}

/* Until all of EVENTS are to be seen; what is. */
static short await_all(int fd, short events)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;

	while ((now(fd) & events) != events && xnet_now_ms() < deadline)
		xnet_sleep_ms(1);
	return now(fd);
}

/* poll(2) along the life of a connection. */
TEST_F(pair, life)
{
	char byte;

	EXPECT_EQ(POLLOUT, now(self->near));
	ASSERT_EQ(1, write(self->far, "x", 1));
	EXPECT_EQ(POLLIN | POLLOUT, await_all(self->near, POLLIN));
	ASSERT_EQ(1, read(self->near, &byte, 1));
	EXPECT_EQ(POLLOUT, now(self->near));
	shutdown(self->far, SHUT_WR);
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP, await_all(self->near, POLLRDHUP));
	shutdown(self->near, SHUT_WR);
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLHUP, await_all(self->near, POLLHUP));
}

/* One's own shutdown(): of reading it reads as the peer's, of both as the end. */
TEST_F(pair, own_shutdown)
{
	shutdown(self->near, SHUT_RD);
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP, now(self->near));
	shutdown(self->near, SHUT_WR);
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLHUP, now(self->near));
}

/* A reset. */
TEST_F(pair, reset)
{
	xnet_linger(self->far, 1, 0);
	close(self->far);
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLERR | POLLHUP, await_all(self->near, POLLERR));
	EXPECT_EQ(ECONNRESET, xnet_int(self->near, SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP | POLLHUP, now(self->near));
}

/* Sockets that are not connected, and listeners. */
TEST_F(pair, unconnected)
{
	struct xnet_addr name, addr;
	int fd, client;

	fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	ASSERT_LE(0, fd);
	EXPECT_EQ(POLLOUT | POLLHUP, now(fd));
	ASSERT_EQ(0, listen(fd, 1));
	EXPECT_EQ(0, now(fd));
	name = xnet_name(fd);
	addr = xnet_loopback(self->net.family, xnet_port(&name));
	client = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	ASSERT_EQ(0, xnet_connect(client, &addr));
	EXPECT_EQ(POLLIN, await_all(fd, POLLIN));
	close(accept(fd, NULL, NULL));
	EXPECT_EQ(0, now(fd));
}

/* A full send queue is not writable; it is again when a good part of it has gone: socket(7), SO_SNDBUF. */
TEST_F(pair, writable)
{
	static char data[65536];

	xnet_set_int(self->near, SOL_SOCKET, SO_SNDBUF, 32768);
	xnet_set_int(self->far, SOL_SOCKET, SO_RCVBUF, 32768);
	do {
		while (send(self->near, data, sizeof(data), MSG_DONTWAIT) > 0)
			;
		xnet_sleep_ms(50);
	} while (now(self->near) & POLLOUT);
	while (!(now(self->near) & POLLOUT)) {
		ASSERT_TRUE(xnet_await(self->far, POLLIN));
		ASSERT_LT(0, recv(self->far, data, sizeof(data), MSG_DONTWAIT));
		xnet_sleep_ms(1);
	}
	EXPECT_LT(0, send(self->near, data, sizeof(data), MSG_DONTWAIT));
}

static int watch(int epoll, int fd, u32 events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* The events of the one watched descriptor, waiting MS at most; 0 for none. */
static u32 next_event(int epoll, int ms)
{
	struct epoll_event event = { 0 };

	return epoll_wait(epoll, &event, 1, ms) == 1 ? event.events : 0;
}

/* epoll(7), level-triggered: as long as it is so. */
TEST_F(pair, epoll_level)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	char data[8];

	ASSERT_EQ(0, watch(epoll, self->near, EPOLLIN));
	EXPECT_EQ(0, next_event(epoll, 0));
	ASSERT_EQ(5, write(self->far, "hello", 5));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(EPOLLIN, next_event(epoll, XNET_PATIENCE_MS));
	EXPECT_EQ(2, read(self->near, data, 2));
	EXPECT_EQ(EPOLLIN, next_event(epoll, 0));
	EXPECT_EQ(3, read(self->near, data, 8));
	EXPECT_EQ(0, next_event(epoll, 0));
}

/* epoll(7), edge-triggered: once for what arrives, also if there was something before. */
TEST_F(pair, epoll_edge)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, watch(epoll, self->near, EPOLLIN | EPOLLRDHUP | EPOLLET));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(1, write(self->far, "x", 1));
		EXPECT_EQ(EPOLLIN, next_event(epoll, XNET_PATIENCE_MS));
		EXPECT_EQ(0, next_event(epoll, 0));
	}
	EXPECT_EQ(3, xnet_ioctl_int(self->near, SIOCINQ));
	shutdown(self->far, SHUT_WR);
	EXPECT_EQ(EPOLLIN | EPOLLRDHUP, next_event(epoll, XNET_PATIENCE_MS));
	EXPECT_EQ(0, next_event(epoll, 0));
}

/* The edge of writing: none while there is room, one when a full queue has room again. */
TEST_F(pair, epoll_edge_out)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	static char data[65536];

	ASSERT_EQ(0, watch(epoll, self->near, EPOLLOUT | EPOLLET));
	EXPECT_EQ(EPOLLOUT, next_event(epoll, 0));
	EXPECT_EQ(0, next_event(epoll, 0));
	do {
		while (send(self->near, data, sizeof(data), MSG_DONTWAIT) > 0)
			;
	} while (next_event(epoll, 100));
	while (send(self->near, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	for (;;) {
		if (recv(self->far, data, sizeof(data), MSG_DONTWAIT) < 0)
			ASSERT_EQ(EAGAIN, errno);
		if (next_event(epoll, 10))
			break;
	}
	EXPECT_LT(0, send(self->near, data, sizeof(data), MSG_DONTWAIT));
}

/* epoll(7), EPOLLONESHOT: once, until armed again. */
TEST_F(pair, epoll_oneshot)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };

	ASSERT_EQ(0, watch(epoll, self->near, EPOLLIN | EPOLLONESHOT));
	ASSERT_EQ(1, write(self->far, "x", 1));
	EXPECT_EQ(EPOLLIN, next_event(epoll, XNET_PATIENCE_MS));
	ASSERT_EQ(1, write(self->far, "x", 1));
	EXPECT_EQ(0, next_event(epoll, 50));
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_MOD, self->near, &event));
	EXPECT_EQ(EPOLLIN, next_event(epoll, XNET_PATIENCE_MS));
}

/* EPOLLHUP and EPOLLERR come unasked. */
TEST_F(pair, epoll_unasked)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, watch(epoll, self->near, 0));
	EXPECT_EQ(0, next_event(epoll, 0));
	xnet_linger(self->far, 1, 0);
	close(self->far);
	EXPECT_EQ(EPOLLERR | EPOLLHUP, next_event(epoll, XNET_PATIENCE_MS));
}

/* A closed descriptor leaves its epoll set. */
TEST_F(pair, epoll_closed)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, watch(epoll, self->near, EPOLLIN));
	close(self->near);
	EXPECT_EQ(0, next_event(epoll, 20));
}

/* epoll(7), EPOLLEXCLUSIVE: of the processes that watch a listener not all are woken for one connection. */
TEST_F(pair, epoll_exclusive)
{
	int listener, results[2], woken = 0;
	pid_t child[4];
	char byte;

	listener = xnet_listen(&self->net, XNET_NEAR, XNET_PORT + 1);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, pipe(results));
	for (size_t i = 0; i < ARRAY_SIZE(child); i++) {
		child[i] = fork();
		ASSERT_LE(0, child[i]);
		if (!child[i]) {
			int epoll = epoll_create1(EPOLL_CLOEXEC);

			if (watch(epoll, listener, EPOLLIN | EPOLLEXCLUSIVE))
				_exit(1);
			if (write(results[1], "r", 1) != 1)
				_exit(1);
			if (next_event(epoll, XNET_PATIENCE_MS) && write(results[1], "w", 1) != 1)
				_exit(1);
			_exit(0);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(child); i++) {
		ASSERT_EQ(1, read(results[0], &byte, 1));
		ASSERT_EQ('r', byte);
	}
	xnet_sleep_ms(50);
	ASSERT_LE(0, xnet_dial(&self->net, XNET_FAR, XNET_PORT + 1));
	ASSERT_EQ(1, read(results[0], &byte, 1));
	xnet_nonblock(results[0], true);
	for (woken = 1; poll(&(struct pollfd) { .fd = results[0], .events = POLLIN }, 1, 100) == 1; woken++)
		ASSERT_EQ(1, read(results[0], &byte, 1));
	EXPECT_GT(4, woken);
	for (size_t i = 0; i < ARRAY_SIZE(child); i++) {
		kill(child[i], SIGKILL);
		waitpid(child[i], NULL, 0);
	}
}

static volatile sig_atomic_t sigio;

static void on_sigio(int sig)
{
	(void)sig;
	sigio++;
}

/* fcntl(2), O_ASYNC: data raises SIGIO. */
TEST_F(pair, sigio)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;

	signal(SIGIO, on_sigio);
	ASSERT_EQ(0, fcntl(self->near, F_SETOWN, getpid()));
	ASSERT_EQ(0, fcntl(self->near, F_SETFL, fcntl(self->near, F_GETFL) | O_ASYNC));
	ASSERT_EQ(1, write(self->far, "x", 1));
	while (!sigio && xnet_now_ms() < deadline)
		xnet_sleep_ms(1);
	EXPECT_LE(1, sigio);
}

XNET_MAIN
