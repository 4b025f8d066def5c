// SPDX-License-Identifier: GPL-2.0
/*
 * Urgent data: the mark that reading stops at, the byte beside the stream or in it, SIGURG, POLLPRI and SIOCATMARK, in
 * both directions with every kind of peer, and what is on the wire. tcp(7), RFC 9293 3.8.5, RFC 6093.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "xnet.h"

XNET_FIXTURE(stream);

PEER_FIXTURE(scripted);

static volatile sig_atomic_t urgent_signals;

static void on_sigurg(int sig __attribute__((unused)))
{
	urgent_signals++;
}

static int at_mark(int fd)
{
	return xnet_ioctl_int(fd, SIOCATMARK);
}

/* "abc", urgent "X", "def": what the reader sees, step by step. */
TEST_F(stream, beside_the_stream)
{
	char data[16];
	int fd[2];

	for (int from = XNET_NEAR; from <= XNET_FAR; from++) {
		int tx, rx;

		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
		tx = fd[from];
		rx = fd[from ^ 1];
		EXPECT_EQ(-1, recv(rx, data, 1, MSG_OOB));
		EXPECT_EQ(EINVAL, errno);
		ASSERT_EQ(3, send(tx, "abc", 3, 0));
		ASSERT_EQ(1, send(tx, "X", 1, MSG_OOB));
		ASSERT_EQ(3, send(tx, "def", 3, 0));
		ASSERT_TRUE(xnet_await_ioctl(rx, SIOCINQ, 3));
		EXPECT_TRUE(xnet_await(rx, POLLPRI) & POLLPRI);
		EXPECT_EQ(0, at_mark(rx));
		EXPECT_EQ(1, recv(rx, data, 1, MSG_OOB | MSG_PEEK));
		EXPECT_EQ('X', data[0]);
		EXPECT_EQ(1, recv(rx, data, 5, MSG_OOB));
		EXPECT_EQ('X', data[0]);
		EXPECT_EQ(-1, recv(rx, data, 1, MSG_OOB));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(3, recv(rx, data, sizeof(data), 0));
		EXPECT_EQ(0, memcmp(data, "abc", 3));
		EXPECT_EQ(1, at_mark(rx));
		EXPECT_EQ(3, xnet_read_all(rx, data, 3));
		EXPECT_EQ(0, memcmp(data, "def", 3));
		EXPECT_EQ(0, at_mark(rx));
		close(fd[0]);
		close(fd[1]);
	}
}

/* SO_OOBINLINE: the byte is in the stream, reading stops before it all the same. */
TEST_F(stream, in_the_stream)
{
	char data[16];
	int fd[2];

	for (int from = XNET_NEAR; from <= XNET_FAR; from++) {
		int rx;

		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
		rx = fd[from ^ 1];
		ASSERT_EQ(0, xnet_set_int(rx, SOL_SOCKET, SO_OOBINLINE, 1));
		ASSERT_EQ(4, send(fd[from], "abcX", 4, MSG_OOB));
		ASSERT_EQ(3, send(fd[from], "def", 3, 0));
		ASSERT_TRUE(xnet_await_ioctl(rx, SIOCINQ, 7));
		EXPECT_EQ(-1, recv(rx, data, 1, MSG_OOB));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(3, recv(rx, data, sizeof(data), 0));
		EXPECT_EQ(1, at_mark(rx));
		EXPECT_EQ(4, recv(rx, data, sizeof(data), 0));
		EXPECT_EQ(0, memcmp(data, "Xdef", 4));
		close(fd[0]);
		close(fd[1]);
	}
}

/* A second urgent byte before the first was read: the first is no longer urgent, and not in the stream either. */
TEST_F(stream, twice)
{
	char data[16];
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
	ASSERT_EQ(2, send(fd[XNET_FAR], "aX", 2, MSG_OOB));
	ASSERT_TRUE(xnet_await_ioctl(fd[XNET_NEAR], SIOCINQ, 1));
	EXPECT_EQ(1, recv(fd[XNET_NEAR], data, sizeof(data), 0));
	EXPECT_EQ(1, at_mark(fd[XNET_NEAR]));
	ASSERT_EQ(2, send(fd[XNET_FAR], "bY", 2, MSG_OOB));
	EXPECT_EQ(1, xnet_read_all(fd[XNET_NEAR], data, 1));
	EXPECT_EQ('b', data[0]);
	EXPECT_EQ(1, recv(fd[XNET_NEAR], data, 1, MSG_OOB));
	EXPECT_EQ('Y', data[0]);
}

/* SIGURG goes to the owner. */
TEST_F(stream, signal)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
	urgent_signals = 0;
	signal(SIGURG, on_sigurg);
	ASSERT_EQ(0, fcntl(fd[XNET_NEAR], F_SETOWN, getpid()));
	ASSERT_EQ(1, send(fd[XNET_FAR], "X", 1, MSG_OOB));
	for (int i = 0; i < 2000 && !urgent_signals; i++)
		xnet_sleep_ms(1);
	EXPECT_LE(1, urgent_signals);
}

/* On the wire: URG, and a pointer just behind the byte (RFC 6093 2.1); none once it is acknowledged. */
TEST_F(scripted, pointer)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(4, send(fd, "abcX", 4, MSG_OOB));
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_TRUE(peer->last.flags & URG);
	EXPECT_EQ(4, peer->last.len);
	EXPECT_EQ(4, peer->last.urg);
	peer->rcv_nxt += 4;
	peer_send(peer, ACK);
	ASSERT_EQ(1, send(fd, "d", 1, 0));
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_FALSE(peer->last.flags & URG);
}

/* A closed window does not keep the news back: the probe carries it. */
TEST_F(scripted, closed_window)
{
	struct peer *peer = &self->peer;
	int fd;

	peer->window = 0;
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	peer->window = 0;
	peer_send(peer, ACK);
	ASSERT_EQ(1, send(fd, "X", 1, MSG_OOB));
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_TRUE(peer->last.flags & URG);
	EXPECT_EQ(peer->irs + 2, peer->last.seq + peer->last.urg);
}

XNET_MAIN
