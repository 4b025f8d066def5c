// SPDX-License-Identifier: GPL-2.0
/*
 * Owners that die: a process killed in the middle of a transfer or of any call, a namespace deleted with everything in
 * it. The peer is told what RFC 9293 3.6 has for it, and nothing stays behind.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "stream.h"

XNET_FIXTURE(pair);

/* A child that sends the stream 1 on FD until it is killed. The caller has no copy of FD afterwards. */
static pid_t sender(int fd, int other)
{
	static char data[65536];
	pid_t child = fork();
	u64 sent = 0;

	if (child) {
		close(fd);
		return child;
	}
	close(other);
	for (;;) {
		ssize_t n;

		stream_fill(1, sent, data, sizeof(data));
		n = send(fd, data, sizeof(data), MSG_NOSIGNAL);
		if (n <= 0)
			_exit(1);
		sent += n;
	}
}

/* A child that reads FD until it is killed. */
static pid_t receiver(int fd, int other)
{
	static char data[65536];
	pid_t child = fork();

	if (child) {
		close(fd);
		return child;
	}
	close(other);
	while (recv(fd, data, sizeof(data), 0) > 0)
		;
	_exit(1);
}

/*
 * Reads the stream 1, BYTES of it or to its end; false if anything in it is wrong. errno: why it ended, 0 for the end.
 */
static bool read_stream(int fd, u64 *at, u64 bytes)
{
	static char data[65536];
	u64 end = *at + bytes;
	ssize_t n = 1;

	while (*at < end) {
		if (!xnet_await(fd, POLLIN))
			return false;
		n = recv(fd, data, sizeof(data), MSG_DONTWAIT);
		if (n <= 0)
			break;
		if (!stream_check(1, *at, data, n))
			return false;
		*at += n;
	}
	if (n >= 0)
		errno = 0;
	return true;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* The sender is killed: what it had written arrives, then the end, as if it had closed. From either end. */
TEST_F(pair, sender_killed)
{
	struct xnet *net = &self->net;
	u64 got;
	int fd[2];

	for (int dies = XNET_NEAR; dies <= XNET_FAR; dies++) {
		pid_t child;

		ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
		child = sender(fd[dies], fd[dies ^ 1]);
		ASSERT_LT(0, child);
		got = 0;
		ASSERT_TRUE(read_stream(fd[dies ^ 1], &got, 1 << 20));
		end_child(child);
		EXPECT_TRUE(read_stream(fd[dies ^ 1], &got, 1ull << 40));
		EXPECT_EQ(0, errno);
		EXPECT_LE(1 << 20, got);
		close(fd[dies ^ 1]);
	}
	EXPECT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets", 0));
}

/* The receiver is killed with data unread or on its way: the sender is reset. */
TEST_F(pair, receiver_killed)
{
	static char data[65536];
	struct xnet *net = &self->net;
	int fd[2];

	for (int dies = XNET_NEAR; dies <= XNET_FAR; dies++) {
		int alive, sent = 0;
		pid_t child;
		ssize_t n;

		ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
		alive = fd[dies ^ 1];
		child = receiver(fd[dies], alive);
		ASSERT_LT(0, child);
		do {
			n = send(alive, data, sizeof(data), MSG_NOSIGNAL);
			sent += n > 0 ? n : 0;
			if (sent > 1 << 20 && child) {
				end_child(child);
				child = 0;
			}
		} while (n > 0);
		EXPECT_TRUE(errno == ECONNRESET || errno == EPIPE);
		EXPECT_EQ(TCP_CLOSE, xnet_state(alive));
		close(alive);
	}
	EXPECT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets", 0));
}

/* A socket that two processes hold lives as long as one of them. */
TEST_F(pair, shared_by_fork)
{
	pid_t child;
	char byte;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		for (;;)
			pause();
	}
	end_child(child);
	EXPECT_EQ(1, write(fd[XNET_NEAR], "x", 1));
	EXPECT_EQ(1, xnet_read_all(fd[XNET_FAR], &byte, 1));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_NEAR]));
}

/* A descriptor on its way in another socket, SCM_RIGHTS, keeps the connection; when the carrier dies it is closed. */
TEST_F(pair, passed_on)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr msg = {
		.msg_iov = &(struct iovec) { "x", 1 }, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int fd[2], carrier[2];
	char byte;

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, carrier));
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd[XNET_NEAR], sizeof(int));
	ASSERT_EQ(1, sendmsg(carrier[0], &msg, 0));
	close(fd[XNET_NEAR]);
	EXPECT_EQ(1, write(fd[XNET_FAR], "y", 1));
	xnet_sleep_ms(PEER_QUIET_MS);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_FAR]));
	close(carrier[0]);
	close(carrier[1]);
	/* With a byte unread: reset. */
	ASSERT_TRUE(xnet_await(fd[XNET_FAR], POLLIN) & POLLIN);
	EXPECT_EQ(-1, read(fd[XNET_FAR], &byte, 1));
	EXPECT_EQ(ECONNRESET, errno);
}

/* Killed inside connect(), accept(), recv() and send(): the sockets are gone. */
TEST_F(pair, killed_in_a_call)
{
	struct xnet *net = &self->net;
	struct xnet_addr nowhere = xnet_parse(net->family == AF_INET6 ? "2001:db8::77" : "192.0.2.77", XNET_PORT);
	static char data[65536];

	for (int call = 0; call < 4; call++) {
		pid_t child;
		int fd[2];

		ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			int sock = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);

			close(fd[XNET_FAR]);
			if (call == 0)
				xnet_connect(sock, &nowhere);
			if (call == 1 && !listen(sock, 1))
				accept(sock, NULL, NULL);
			if (call == 2)
				recv(fd[XNET_NEAR], data, 1, 0);
			while (call == 3 && send(fd[XNET_NEAR], data, sizeof(data), 0) > 0)
				;
			_exit(1);
		}
		close(fd[XNET_NEAR]);
		xnet_sleep_ms(PEER_QUIET_MS);
		end_child(child);
		close(fd[XNET_FAR]);
		EXPECT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets", 0));
	}
}

/*
 * The near host goes: this process keeps nothing of it, so its last user is the child. Its end of the link vanishing is
 * what shows that the namespace is gone, with all that held it.
 */
static bool near_is_deleted(struct xnet *net)
{
	u64 deadline = xnet_now_ms() + (xnet_virtual_time() ? 600000 : 20000);
	bool there = true;

	while (there && xnet_now_ms() < deadline) {
		xnet_sleep_ms(20);
		xnet_ns_enter(net->ns[XNET_FAR]);
		there = if_nametoindex("veth0");
		xnet_ns_leave();
	}
	return !there;
}

/* Deleted while it sends and the far host listens: what had left arrives intact. */
TEST_F_TIMEOUT(pair, namespace_deleted_while_sending, 700)
{
	struct xnet *net = &self->net;
	pid_t child;
	u64 got = 0;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
	xnet_leave(net, XNET_NEAR);
	child = sender(fd[XNET_NEAR], fd[XNET_FAR]);
	ASSERT_LT(0, child);
	ASSERT_TRUE(read_stream(fd[XNET_FAR], &got, 1 << 20));
	end_child(child);
	EXPECT_TRUE(read_stream(fd[XNET_FAR], &got, 1ull << 40));
	close(fd[XNET_FAR]);
	EXPECT_TRUE(near_is_deleted(net));
}

/* Deleted while it receives: the far host, which sends on, is reset. */
TEST_F_TIMEOUT(pair, namespace_deleted_while_receiving, 700)
{
	static char data[65536];
	struct xnet *net = &self->net;
	int fd[2], sent = 0;
	pid_t child;
	ssize_t n;

	ASSERT_EQ(0, xnet_pair(net, XNET_FAR, fd));
	xnet_leave(net, XNET_NEAR);
	child = receiver(fd[XNET_NEAR], fd[XNET_FAR]);
	ASSERT_LT(0, child);
	do {
		n = send(fd[XNET_FAR], data, sizeof(data), MSG_NOSIGNAL);
		sent += n > 0 ? n : 0;
		if (sent > 1 << 20 && child) {
			end_child(child);
			child = 0;
		}
	} while (n > 0);
	EXPECT_TRUE(near_is_deleted(net));
}

/*
 * Deleted in FIN-WAIT-2: the far host never closes. What waits for its FIN does so without a socket, tcp_fin_timeout
 * long, and does not keep the namespace.
 */
TEST_F_TIMEOUT(pair, namespace_deleted_in_fin_wait_2, 700)
{
	struct xnet *net = &self->net;
	u64 begin;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
	xnet_leave(net, XNET_NEAR);
	close(fd[XNET_NEAR]);
	ASSERT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE_WAIT));
	begin = xnet_now_ms();
	EXPECT_TRUE(near_is_deleted(net));
	EXPECT_GE(20000, xnet_now_ms() - begin);
}

/*
 * Deleted with data that nobody acknowledges: the orphan gives up after tcp_orphan_retries, and the namespace follows.
 */
TEST_F_TIMEOUT(pair, namespace_deleted_with_orphans, 700)
{
	static char data[100000];
	struct xnet *net = &self->net;
	pid_t child;
	int fd[2];

	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/tcp_orphan_retries", "1"));
	ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
	ASSERT_EQ(0, xnet_netem_side(net, XNET_FAR, &(struct netem) { .loss = 100 }));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		send(fd[XNET_NEAR], data, sizeof(data), MSG_DONTWAIT);
		_exit(0);
	}
	xnet_leave(net, XNET_NEAR);
	close(fd[XNET_NEAR]);
	waitpid(child, NULL, 0);
	EXPECT_TRUE(near_is_deleted(net));
}

/* Deleted with everything a namespace can hold: a listener with connections to accept, half open ones, TIME-WAITs. */
TEST_F_TIMEOUT(pair, namespace_deleted_with_everything, 700)
{
	struct xnet *net = &self->net;
	int listener, fd[2], far[8];
	pid_t child;
	char byte;

	/* Two TIME-WAITs. */
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
		close(fd[XNET_NEAR]);
		EXPECT_EQ(0, xnet_read_all(fd[XNET_FAR], &byte, 1));
		close(fd[XNET_FAR]);
	}
	ASSERT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait", 2));
	/* A queue: what does not fit into it stays half open, or in SYN-SENT. */
	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, listen(listener, 3));
	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		struct xnet_addr addr = xnet_address(net->family, XNET_NEAR, XNET_PORT);

		far[i] = xnet_socket(net->ns[XNET_FAR], net->stack[XNET_FAR], net->family);
		xnet_nonblock(far[i], true);
		xnet_connect(far[i], &addr);
	}
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		for (;;)
			pause();
	}
	xnet_leave(net, XNET_NEAR);
	close(listener);
	end_child(child);
	EXPECT_TRUE(near_is_deleted(net));
}

XNET_MAIN
