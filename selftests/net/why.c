// SPDX-License-Identifier: GPL-2.0
/*
 * What a connection waits for: in each of these situations the limiter that is named is the true one. And the time
 * is all of the time. Documentation/debugging.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "peer.h"
#include "stream.h"
#include "xnet.h"

static const char *const names[] = { "application", "send-buffer", "cwnd", "peer-window", "pacing", "nagle",
				     "delayed-ack", "recovery", "device", "rx-peer", "rx-reader", "rx-hole" };

/* The largest part of one side's time. */
static int worst(struct genl *g, int fd, bool receive)
{
	u64 us[__XTCP_LIMIT_MAX], most = 0;
	int from = receive ? XTCP_LIMIT_RX_PEER : 0, to = receive ? __XTCP_LIMIT_MAX : XTCP_LIMIT_RX_PEER;
	int which = -1, err = genl_limits(g, fd, us);
	struct tcp_info info;

	if (err) {
		xnet_log("no limits: %s", strerror(-err));
		return -1;
	}
	for (int i = from; i < to; i++) {
		if (us[i])
			xnet_log("%s %llu us", names[i], (unsigned long long)us[i]);
		if (us[i] > most) {
			most = us[i];
			which = i;
		}
	}
	if (!xnet_info(fd, &info) && info.tcpi_total_retrans)
		xnet_log("sent again: %u segments", info.tcpi_total_retrans);
	return which;
}

FIXTURE(why) { struct xnet net; struct genl g; int fd[2]; };
XNET_VARIANTS(why);

FIXTURE_SETUP(why)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
}

FIXTURE_TEARDOWN(why)
{
	genl_close(&self->g);
	xnet_close(&self->net);
}

static int delay(const struct xnet *net, int ms, int loss)
{
	struct netem netem = { .delay_ms = ms, .loss = loss };

	return xnet_netem(net, &netem);
}

/* Write for MS, as much as there is room for. */
static void write_for(int fd, int ms)
{
	static char data[65536];
	u64 end = xnet_now_ms() + ms;

	xnet_nonblock(fd, true);
	while (xnet_now_ms() < end) {
		struct pollfd pfd = { .fd = fd, .events = POLLOUT };

		if (write(fd, data, sizeof(data)) < 0)
			poll(&pfd, 1, end - xnet_now_ms());
	}
	xnet_nonblock(fd, false);
}

TEST_F(why, slow_writer)
{
	char byte;

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	for (int i = 0; i < 20; i++) {
		ASSERT_EQ(1, write(self->fd[XNET_NEAR], "x", 1));
		ASSERT_EQ(1, xnet_read_all(self->fd[XNET_FAR], &byte, 1));
		xnet_sleep_ms(50);
	}
	EXPECT_EQ(XTCP_LIMIT_APPLICATION, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* The peer's application does not read: its window closes. */
TEST_F(why, zero_window)
{
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	write_for(self->fd[XNET_NEAR], 3000);
	EXPECT_EQ(XTCP_LIMIT_PEER_WINDOW, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* It reads, but slowly. */
TEST_F(why, slow_reader_at_the_peer)
{
	char data[4096];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	xnet_set_int(self->fd[XNET_FAR], SOL_SOCKET, SO_RCVBUF, 16384);
	for (int i = 0; i < 60; i++) {
		write_for(self->fd[XNET_NEAR], 40);
		ASSERT_TRUE(recv(self->fd[XNET_FAR], data, sizeof(data), MSG_DONTWAIT) > 0 || errno == EAGAIN);
	}
	EXPECT_EQ(XTCP_LIMIT_PEER_WINDOW, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* We do not read what is there. */
TEST_F(why, slow_reader_here)
{
	char data[64];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	for (int i = 0; i < 20; i++) {
		ASSERT_EQ(64, write(self->fd[XNET_FAR], data, 64));
		xnet_sleep_ms(100);
		ASSERT_EQ(64, xnet_read_all(self->fd[XNET_NEAR], data, 64));
	}
	EXPECT_EQ(XTCP_LIMIT_RX_READER, worst(&self->g, self->fd[XNET_NEAR], true));
}

TEST_F(why, silent_peer)
{
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	xnet_sleep_ms(1000);
	EXPECT_EQ(XTCP_LIMIT_RX_PEER, worst(&self->g, self->fd[XNET_NEAR], true));
	EXPECT_EQ(XTCP_LIMIT_APPLICATION, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* A long path, a window that begins small and has not had the time to grow. */
TEST_F(why, small_cwnd)
{
	ASSERT_EQ(0, delay(&self->net, 50, 0));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/init_cwnd", "2"));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 450);
	EXPECT_EQ(XTCP_LIMIT_CWND, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* A long path, a send buffer that holds less than it takes. */
TEST_F(why, small_send_buffer)
{
	ASSERT_EQ(0, delay(&self->net, 50, 0));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_SNDBUF, 4608));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 3000);
	EXPECT_EQ(XTCP_LIMIT_SEND_BUFFER, worst(&self->g, self->fd[XNET_NEAR], false));
}

TEST_F(why, paced)
{
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_MAX_PACING_RATE, 100000));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 3000);
	EXPECT_EQ(XTCP_LIMIT_PACING, worst(&self->g, self->fd[XNET_NEAR], false));
}

TEST_F(why, lossy)
{
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	ASSERT_EQ(0, delay(&self->net, 10, 15));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 20000);
	EXPECT_EQ(XTCP_LIMIT_RECOVERY, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* Two small writes in a row, then a wait for the answer: the second is held for an ACK that the peer delays. */
TEST_F(why, nagle_and_delayed_ack)
{
	char data[200] = "";

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	/* beyond the peer's quick ACKs at the start */
	for (int i = 0; i < 60; i++) {
		ASSERT_EQ(100, write(self->fd[XNET_NEAR], data, 100));
		ASSERT_EQ(100, write(self->fd[XNET_NEAR], data, 100));
		ASSERT_EQ(200, xnet_read_all(self->fd[XNET_FAR], data, 200));
		ASSERT_EQ(1, write(self->fd[XNET_FAR], data, 1));
		ASSERT_EQ(1, xnet_read_all(self->fd[XNET_NEAR], data, 1));
	}
	EXPECT_EQ(XTCP_LIMIT_DELAYED_ACK, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* Small writes on a long path: each is held until the ACK of those before it comes. */
TEST_F(why, nagle)
{
	char data[100] = "";

	ASSERT_EQ(0, delay(&self->net, 100, 0));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	for (int i = 0; i < 50; i++) {
		ASSERT_EQ(100, write(self->fd[XNET_NEAR], data, 100));
		xnet_sleep_ms(30);
	}
	EXPECT_EQ(XTCP_LIMIT_NAGLE, worst(&self->g, self->fd[XNET_NEAR], false));
}

TEST_F(why, cork)
{
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_CORK, 1));
	/* the cork gives way after 200 ms; in all, longer than a lost SYN of a link that has only just come up */
	for (int i = 0; i < 10; i++) {
		ASSERT_EQ(3, write(self->fd[XNET_NEAR], "abc", 3));
		xnet_sleep_ms(190);
	}
	EXPECT_EQ(XTCP_LIMIT_NAGLE, worst(&self->g, self->fd[XNET_NEAR], false));
}

/* The time of each side is all the time that the connection has lived. */
TEST_F(why, sums_to_the_whole)
{
	u64 us[__XTCP_LIMIT_MAX], begin = xnet_now_ms(), tx = 0, rx = 0, lived;

	ASSERT_EQ(0, delay(&self->net, 20, 5));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 3000);
	xnet_move(self->fd[XNET_FAR], self->fd[XNET_NEAR], 3000);
	ASSERT_EQ(0, genl_limits(&self->g, self->fd[XNET_NEAR], us));
	lived = xnet_now_ms() - begin;
	for (int i = 0; i < __XTCP_LIMIT_MAX; i++)
		*(i < XTCP_LIMIT_RX_PEER ? &tx : &rx) += us[i];
	EXPECT_LE(tx, lived * 1000 + 1000);
	EXPECT_LE(rx, lived * 1000 + 1000);
	EXPECT_GE(tx, 5900000);
	EXPECT_GE(tx + 1000, rx);
	EXPECT_GE(rx + 1000, tx);
}

/* TCP_INFO's own three accounts say the same. */
TEST_F(why, tcp_info)
{
	struct tcp_info info;

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	write_for(self->fd[XNET_NEAR], 2000);
	ASSERT_EQ(0, xnet_info(self->fd[XNET_NEAR], &info));
	EXPECT_LT(1500000, info.tcpi_rwnd_limited);
	EXPECT_GE(info.tcpi_busy_time, info.tcpi_rwnd_limited);
	EXPECT_GE(2100000, info.tcpi_busy_time);
	EXPECT_EQ(0, info.tcpi_sndbuf_limited);
}

PEER_FIXTURE(scripted);

/* An earlier segment is missing, a later one is here. */
TEST_F(scripted, hole)
{
	struct peer *peer = &self->peer;
	struct genl g;
	int fd;

	ASSERT_EQ(0, genl_open(&g, peer->ns));
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	for (int i = 0; i < 3; i++) {
		struct segment seg = peer_segment(peer, ACK);

		seg.seq += 100;
		memcpy(seg.data, "late", 4);
		seg.len = 4;
		peer_inject(peer, &seg);
		xnet_sleep_ms(300);
	}
	EXPECT_EQ(XTCP_LIMIT_RX_HOLE, worst(&g, fd, true));
	genl_close(&g);
}

/* Two small segments, and the ACK of both: after the path's 50 ms, or that long after one of them was sent again. */
static bool exchange(struct peer *peer, int fd, bool lose)
{
	if (write(fd, "a", 1) != 1 || write(fd, "b", 1) != 1 || !peer_await(peer, ACK, 1000) ||
	    !peer_await(peer, ACK, 1000))
		return false;
	/* no RTT sample, so time-outs are backed off more each time (RFC 6298 5.7) */
	if (lose && !peer_await(peer, ACK, 8000))
		return false;
	xnet_sleep_ms(50);
	peer_drain(peer);
	peer_send(peer, ACK);
	return true;
}

/* Tails are lost and repaired by probes: the connection never enters recovery, and yet that is what it waits for. */
TEST_F(scripted, tail_loss)
{
	struct peer *peer = &self->peer;
	struct genl g;
	int fd;

	ASSERT_EQ(0, genl_open(&g, peer->ns));
	peer->sack_on = true;
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1));
	for (int i = 0; i < 11; i++)
		ASSERT_TRUE(exchange(peer, fd, i >= 5));
	if (xnet_under_test())
		EXPECT_LE(2, xnet_counter(peer->ns, XNET_XTCP, "TCPLossProbes"));
	EXPECT_EQ(XTCP_LIMIT_RECOVERY, worst(&g, fd, false));
	genl_close(&g);
	/* no orphan with so long a time-out, which would keep the module for minutes */
	xnet_linger(fd, 1, 0);
	close(fd);
}

XNET_MAIN
