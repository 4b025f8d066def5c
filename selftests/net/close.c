// SPDX-License-Identifier: GPL-2.0
/*
 * How connections end, RFC 9293 3.6: half closes and their data, lost and early FINs, what close() and SO_LINGER do
 * with data that is unread or unsent. The states passed on the way are in states.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "stream.h"

#define MIB	(1024 * 1024)

XNET_FIXTURE(pair);

PEER_FIXTURE(scripted);

/* One side closes its half; the other half still carries MiBs, then closes too. */
static int half_close(const int fd[2], enum xnet_side first)
{
	struct stream stream = {
		.tx = fd[first ^ 1], .rx = fd[first], .bytes = MIB, .seed = 3, .end = true,
	};
	char byte;

	if (shutdown(fd[first], SHUT_WR))
		return -1;
	if (xnet_read_all(fd[first ^ 1], &byte, 1))
		return -1;
	return stream_run(&stream, 1, XNET_PATIENCE_MS);
}

/* RFC 9293 3.6 case 1: near closes its half, and receives on. */
TEST_F(pair, half_close_near)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	EXPECT_EQ(0, half_close(fd, XNET_NEAR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE));
}

/* RFC 9293 3.6 case 2: the peer closes its half, near sends on in CLOSE-WAIT. */
TEST_F(pair, half_close_far)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
	EXPECT_EQ(0, half_close(fd, XNET_FAR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE));
}

/* Both close at once with data under way: all of it arrives, then the end. */
TEST_F(pair, both_with_data)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	struct stream both[] = {
		{ .tx = fd[XNET_NEAR], .rx = fd[XNET_FAR], .bytes = MIB, .seed = 1, .end = true },
		{ .tx = fd[XNET_FAR], .rx = fd[XNET_NEAR], .bytes = MIB, .seed = 2, .end = true },
	};

	EXPECT_EQ(0, stream_run(both, 2, XNET_PATIENCE_MS));
}

/* tcp(7): close() with all read sends what is unsent, then FIN; the process need not wait. */
TEST_F(pair, close_sends_all)
{
	static char data[100000];
	int fd[2], sent = 0, got = 0;
	ssize_t n;

	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		ASSERT_EQ(0, xnet_pair(&self->net, side, fd));
		stream_fill(7, 0, data, sizeof(data));
		sent = send(fd[XNET_NEAR], data, sizeof(data), MSG_DONTWAIT);
		ASSERT_LT(0, sent);
		close(fd[XNET_NEAR]);
		got = 0;
		while ((n = xnet_read_all(fd[XNET_FAR], data, sizeof(data))) > 0) {
			EXPECT_TRUE(stream_check(7, got, data, n));
			got += n;
		}
		EXPECT_EQ(0, n);
		EXPECT_EQ(sent, got);
		close(fd[XNET_FAR]);
		/* The first round's connection is in TIME-WAIT at either end; its port is not in the way. */
	}
}

/* RFC 9293 3.6 (RFC 2525 2.17): close() with unread data tells the peer by RST that it is lost. */
TEST_F(pair, close_with_unread_data)
{
	int fd[2];
	char byte;

	for (int closer = XNET_NEAR; closer <= XNET_FAR; closer++) {
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
		ASSERT_EQ(5, write(fd[closer ^ 1], "stays", 5));
		ASSERT_TRUE(xnet_await_ioctl(fd[closer], SIOCINQ, 5));
		close(fd[closer]);
		ASSERT_TRUE(xnet_await(fd[closer ^ 1], POLLIN) & POLLIN);
		EXPECT_EQ(-1, read(fd[closer ^ 1], &byte, 1));
		EXPECT_EQ(ECONNRESET, errno);
		EXPECT_EQ(TCP_CLOSE, xnet_state(fd[closer ^ 1]));
		close(fd[closer ^ 1]);
	}
	EXPECT_EQ(0, xnet_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait"));
}

/* socket(7), SO_LINGER of 0 s: close() resets; nothing lingers, at either end. */
TEST_F(pair, linger_zero_resets)
{
	char byte;
	int fd[2];

	for (int closer = XNET_NEAR; closer <= XNET_FAR; closer++) {
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
		ASSERT_EQ(0, xnet_linger(fd[closer], 1, 0));
		close(fd[closer]);
		ASSERT_TRUE(xnet_await(fd[closer ^ 1], POLLIN) & POLLIN);
		EXPECT_EQ(-1, read(fd[closer ^ 1], &byte, 1));
		EXPECT_EQ(ECONNRESET, errno);
		close(fd[closer ^ 1]);
	}
	EXPECT_EQ(0, xnet_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait"));
}

/* After the peer is gone: the first write is taken and answered by RST, then EPIPE, and SIGPIPE unless MSG_NOSIGNAL. */
TEST_F(pair, write_to_gone_peer)
{
	int fd[2];

	signal(SIGPIPE, SIG_IGN);
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	close(fd[XNET_FAR]);
	ASSERT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE_WAIT));
	EXPECT_EQ(1, write(fd[XNET_NEAR], "x", 1));
	ASSERT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
	/* In CLOSE-WAIT the reset reads as EPIPE, once; writing says the same. */
	EXPECT_EQ(EPIPE, xnet_int(fd[XNET_NEAR], SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(0, xnet_int(fd[XNET_NEAR], SOL_SOCKET, SO_ERROR));
	EXPECT_EQ(-1, write(fd[XNET_NEAR], "x", 1));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(-1, send(fd[XNET_NEAR], "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
}

static volatile sig_atomic_t sigpipes;

static void count_sigpipe(int sig)
{
	(void)sig;
	sigpipes++;
}

/* shutdown(2): after SHUT_WR writing is EPIPE with SIGPIPE; after SHUT_RD reading is the end, whatever is queued. */
TEST_F(pair, after_shutdown)
{
	char byte;
	int fd[2];

	signal(SIGPIPE, count_sigpipe);
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_WR));
	EXPECT_EQ(-1, send(fd[XNET_NEAR], "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(0, sigpipes);
	EXPECT_EQ(-1, write(fd[XNET_NEAR], "x", 1));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(1, sigpipes);
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_RD));
	EXPECT_EQ(0, recv(fd[XNET_NEAR], &byte, 1, 0));
	EXPECT_EQ(0, recv(fd[XNET_NEAR], &byte, 1, MSG_DONTWAIT));
}

/* shutdown(2) where it has no meaning. */
TEST_F(pair, shutdown_errors)
{
	int fd;

	fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, shutdown(fd, SHUT_RDWR));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, shutdown(fd, 17));
	EXPECT_EQ(EINVAL, errno);
}

/* 3.10.4: the FIN follows the data it was queued after, in the segment with the last byte when it fits. */
TEST_F(scripted, fin_with_data)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	/* A full window keeps both back until they can go together. */
	peer->window = 0;
	peer_send(peer, ACK);
	EXPECT_EQ(5, write(fd, "hello", 5));
	EXPECT_EQ(0, shutdown(fd, SHUT_WR));
	EXPECT_EQ(TCP_FIN_WAIT1, xnet_state(fd));
	peer_drain(peer);
	peer->window = PEER_WINDOW;
	peer_send(peer, ACK);
	ASSERT_TRUE(peer_await(peer, FIN | ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(5, peer->last.len);
	EXPECT_EQ(0, memcmp(peer->last.data, "hello", 5));
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_state(fd, TCP_FIN_WAIT2));
}

/* RFC 6298 5: a lost FIN is sent again, with its sequence number. */
TEST_F(scripted, lost_fin)
{
	struct peer *peer = &self->peer;
	u32 seq;
	int fd;

	fd = peer_reach(peer, TCP_FIN_WAIT1);
	ASSERT_LE(0, fd);
	seq = peer->last.seq;
	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(peer_expect(peer, FIN | ACK));
		EXPECT_EQ(seq, peer->last.seq);
	}
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_state(fd, TCP_FIN_WAIT2));
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
}

/*
 * The same of the one who closes last: LAST-ACK holds until the FIN is acknowledged, also when nobody holds the socket.
 */
TEST_F(scripted, lost_last_fin)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_reach(peer, TCP_CLOSE_WAIT);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	peer_send(peer, ACK);
	EXPECT_TRUE(peer_is_gone(peer));
}

/* 3.10.7.4 eighth step: a FIN that comes before the data it follows counts only when they are there. */
TEST_F(scripted, fin_before_data)
{
	struct peer *peer = &self->peer;
	u32 first;
	char data[16];
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	first = peer->snd_nxt;
	peer->snd_nxt += 5;
	peer_send_data(peer, FIN | ACK, "world", 5);
	ASSERT_TRUE(peer_expect_ack(peer, first));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	EXPECT_EQ(-1, read(fd, data, 1));
	EXPECT_EQ(EAGAIN, errno);
	peer->snd_nxt = first;
	peer_send_data(peer, ACK, "hello", 5);
	peer->snd_nxt += 6;
	ASSERT_TRUE(peer_expect_ack(peer, peer->snd_nxt));
	EXPECT_EQ(TCP_CLOSE_WAIT, xnet_state(fd));
	EXPECT_EQ(10, xnet_read_all(fd, data, sizeof(data)));
	EXPECT_EQ(0, memcmp(data, "helloworld", 10));
}

/* 3.10.7.4 seventh step: FIN-WAIT-1 and FIN-WAIT-2 take data as ESTABLISHED does. */
TEST_F(scripted, data_after_own_fin)
{
	static const int states[] = { TCP_FIN_WAIT1, TCP_FIN_WAIT2 };
	struct peer *peer = &self->peer;
	char data[8];
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct segment seg;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, states[i]);
		ASSERT_LE(0, fd);
		/* In FIN-WAIT-1 the FIN is not acknowledged by the data either. */
		seg = peer_segment(peer, ACK | PSH);
		seg.ack -= states[i] == TCP_FIN_WAIT1;
		seg.len = 5;
		memcpy(seg.data, "hello", 5);
		peer_inject(peer, &seg);
		peer->snd_nxt += 5;
		EXPECT_EQ(5, xnet_read_all(fd, data, 5));
		EXPECT_EQ(states[i], xnet_state(fd));
		ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
		EXPECT_EQ(peer->snd_nxt, peer->last.ack);
		xnet_linger(fd, 1, 0);
		close(fd);
	}
}

/* RFC 9293 3.6.1, RFC 1122 4.2.2.13: new data for a socket that is closed is lost, and the peer told so by RST. */
TEST_F(scripted, data_after_close)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	peer_send(peer, ACK);
	peer_send_data(peer, ACK | PSH, "late", 4);
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_TRUE(peer->last.flags & RST);
	EXPECT_TRUE(peer_is_gone(peer));
}

/* 3.10.7.4 seventh step: after the peer's FIN its data has no place; nothing is delivered. */
TEST_F(scripted, data_after_fin)
{
	struct peer *peer = &self->peer;
	u32 expected;
	char data[8];
	int fd;

	fd = peer_reach(peer, TCP_CLOSE_WAIT);
	ASSERT_LE(0, fd);
	expected = peer->snd_nxt;
	peer_send_data(peer, ACK | PSH, "late", 4);
	EXPECT_EQ(0, read(fd, data, sizeof(data)));
	EXPECT_EQ(0, read(fd, data, sizeof(data)));
	EXPECT_EQ(TCP_CLOSE_WAIT, xnet_state(fd));
	if (peer_read(peer, PEER_QUIET_MS))
		EXPECT_EQ(expected, peer->last.ack);
	EXPECT_EQ(5, write(fd, "reply", 5));
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(expected, peer->last.ack);
}

/* socket(7), SO_LINGER: close() of a blocking socket waits for the peer's acknowledgment, or for the time to end. */
TEST_F(scripted, linger_waits)
{
	struct peer *peer = &self->peer;
	int fd, status;
	pid_t child;
	u64 begin;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	xnet_nonblock(fd, false);
	ASSERT_EQ(0, xnet_linger(fd, 1, 1));
	begin = xnet_now_ms();
	close(fd);
	EXPECT_LE(900, xnet_now_ms() - begin);
	EXPECT_GE(5000, xnet_now_ms() - begin);
	EXPECT_TRUE(peer_await(peer, FIN | ACK, XNET_PATIENCE_MS));

	peer_drain(peer);
	peer_reset_variables(peer, PEER_PORT + 1);
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	xnet_nonblock(fd, false);
	ASSERT_EQ(0, xnet_linger(fd, 1, 20));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		begin = xnet_now_ms();
		close(fd);
		_exit(xnet_now_ms() - begin > 10000);
	}
	close(fd);
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	peer_send(peer, FIN | ACK);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* tcp(7), TCP_LINGER2: how long this socket's FIN-WAIT-2 lasts after close(); negative: not at all. */
TEST_F(scripted, linger2)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_LINGER2, -1));
	EXPECT_EQ(-1, xnet_int(fd, IPPROTO_TCP, TCP_LINGER2));
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	peer_send(peer, ACK);
	ASSERT_TRUE(xnet_await_state(fd, TCP_FIN_WAIT2));
	close(fd);
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_TRUE(peer->last.flags & RST);
	EXPECT_TRUE(peer_is_gone(peer));
}

XNET_MAIN
