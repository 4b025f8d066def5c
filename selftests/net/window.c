// SPDX-License-Identifier: GPL-2.0
/*
 * Windows, RFC 9293 3.8.6: closed by a reader that does not read, opened when it does, probed while closed, scaled (RFC
 * 7323 2), kept to, and free of silly ones (RFC 9293 3.8.6.2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "stream.h"

XNET_FIXTURE(pair);

PEER_FIXTURE(scripted);

/* Sends until neither end takes more, and has not for a while; what was sent. */
static u64 fill(int tx, u64 seed)
{
	struct pollfd pfd = { .fd = tx, .events = POLLOUT };
	static char data[65536];
	u64 sent = 0;

	do {
		ssize_t n;

		stream_fill(seed, sent, data, sizeof(data));
		n = send(tx, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			sent += n;
	} while (poll(&pfd, 1, 100) == 1 && !(pfd.revents & POLLERR));
	return sent;
}

/* Reads what fill() sent, however long it takes. */
static bool drain(int rx, u64 seed, u64 bytes)
{
	static char data[65536];
	u64 got = 0;

	while (got < bytes) {
		ssize_t n;

		if (!xnet_await(rx, POLLIN))
			return false;
		n = recv(rx, data, sizeof(data), MSG_DONTWAIT);
		if (n <= 0 || !stream_check(seed, got, data, n))
			return false;
		got += n;
	}
	return got == bytes;
}

/*
 * RFC 9293 3.8.6: a reader that stops closes the window and the writer stops with it; when the reader goes on, so does
 * the writer. In both directions, twice, so that a window that was opened closes again.
 */
TEST_F(pair, closes_and_reopens)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		xnet_set_int(fd[side], SOL_SOCKET, SO_RCVBUF, 65536);
		xnet_set_int(fd[side], SOL_SOCKET, SO_SNDBUF, 65536);
	}
	for (int round = 0; round < 4; round++) {
		int tx = fd[round & 1], rx = fd[~round & 1];
		u64 sent = fill(tx, round);

		EXPECT_LT(65536, sent);
		EXPECT_LT(0, xnet_ioctl_int(tx, SIOCOUTQNSD));
		EXPECT_EQ(0, poll(&(struct pollfd) { .fd = tx, .events = POLLOUT }, 1, 0));
		ASSERT_TRUE(drain(rx, round, sent));
		EXPECT_TRUE(xnet_await(tx, POLLOUT) & POLLOUT);
		EXPECT_TRUE(xnet_await_ioctl(tx, SIOCOUTQ, 0));
	}
}

/* A reader that takes a byte at a time, or sleeps between, gets every byte. */
TEST_F(pair, slow_reader)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	for (int tx = XNET_NEAR; tx <= XNET_FAR; tx++) {
		struct stream stream = {
			.tx = fd[tx], .rx = fd[tx ^ 1], .bytes = 30000, .seed = tx, .chunk = 7,
		};

		xnet_set_int(fd[tx ^ 1], SOL_SOCKET, SO_RCVBUF, 4096);
		EXPECT_EQ(0, stream_run(&stream, 1, XNET_PATIENCE_MS));
	}
}

/* RFC 9293 3.8.6.1: a closed window is probed, at growing intervals, for as long as the peer answers. */
TEST_F(scripted, probes)
{
	struct peer *peer = &self->peer;
	u64 before, gap = 0;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	peer->window = 0;
	peer_send(peer, ACK);
	EXPECT_EQ(5, write(fd, "hello", 5));
	before = xnet_now_ms();
	for (int i = 0; i < 4; i++) {
		u64 now, last_gap = gap;

		/* Old data or new, but never more than a byte of it, and never acknowledged here. */
		ASSERT_TRUE(peer_expect(peer, ACK));
		EXPECT_GE(1, peer->last.len);
		now = xnet_now_ms();
		gap = now - before;
		before = now;
		/* it doubles; the emulated machine may be late with either */
		if (i)
			EXPECT_LE(last_gap * 5 / 4, gap);
		peer_send_at(peer, ACK, peer->snd_nxt, peer->irs + 1);
		EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	}
	peer->rcv_nxt = peer->irs + 1;
	peer->window = PEER_WINDOW;
	peer_send(peer, ACK);
	EXPECT_TRUE(peer_expect_data(peer, "hello", 5));
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_ioctl(fd, SIOCOUTQ, 0));
}

/* RFC 9293 3.8.6.1: a lost window update costs a probe's time, no more: the answer to the probe opens the window. */
TEST_F(scripted, lost_update)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	peer->window = 0;
	peer_send(peer, ACK);
	EXPECT_EQ(5, write(fd, "hello", 5));
	ASSERT_TRUE(peer_expect(peer, ACK));
	peer->rcv_nxt = peer->irs + 1;
	peer->window = PEER_WINDOW;
	peer_send(peer, ACK);
	EXPECT_TRUE(peer_expect_data(peer, "hello", 5));
}

/* RFC 9293 3.8.6: no more than the window is sent. */
TEST_F(scripted, keeps_to_window)
{
	struct peer *peer = &self->peer;
	static char data[20000];
	u32 got = 0;
	int fd;

	peer->window = 5000;
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(sizeof(data), write(fd, data, sizeof(data)));
	/* What is in flight is retransmitted; nothing lies beyond the window. */
	for (int i = 0; i < 8 && peer_read(peer, 500); i++) {
		u32 edge = peer->last.seq + peer->last.len - (peer->irs + 1);

		EXPECT_GE(5000, edge);
		if (edge > got)
			got = edge;
	}
	EXPECT_LE(5000 - 1400, got);
}

/* RFC 7323 2.3: the window on the wire is shifted by the peer's scale, except in a SYN-ACK. */
TEST_F(scripted, scaled)
{
	struct peer *peer = &self->peer;
	static char data[20000];
	u32 acked;
	int fd;

	peer->wscale_on = true;
	peer->wscale = 6;
	peer->window = 100;
	/* Unscaled in the SYN-ACK: 100 bytes; the SYN-ACK's own window must not be taken for 6,400. */
	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	peer_send(peer, SYN | ACK);
	ASSERT_TRUE(peer_expect(peer, ACK));
	xnet_set_int(fd, SOL_SOCKET, SO_SNDBUF, 65536);
	EXPECT_LE(6500, write(fd, data, sizeof(data)));
	if (peer_read(peer, PEER_QUIET_MS))
		EXPECT_GE(100, peer->last.len);
	/* Scaled from here on: 6,400 bytes, of which more than 100 come without an acknowledgment. */
	acked = peer->rcv_nxt;
	peer_send(peer, ACK);
	while (peer->rcv_nxt - acked < 500) {
		ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
		EXPECT_GE(6400, peer->last.seq + peer->last.len - acked);
	}
}

/* RFC 7323 2.3: a window that this end advertises, scaled, covers what its buffer takes: over 64 KiB without a stop. */
TEST_F(scripted, advertises_scaled)
{
	struct peer *peer = &self->peer;
	int fd, shift;
	u32 edge;

	peer->wscale_on = true;
	peer->wscale = 0;
	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(peer->last.has_wscale);
	shift = peer->last.wscale;
	ASSERT_TRUE(peer_answer_connect(peer));
	edge = peer->last.ack + (peer->last.win << shift);
	EXPECT_LE(20000, edge - peer->snd_nxt);
	/* Without reading, the right edge never moves left: RFC 9293 3.8.6.2.1. */
	for (int i = 0; i < 30; i++) {
		char block[1000] = { 0 };

		peer_send_data(peer, ACK, block, sizeof(block));
		while (peer_read(peer, 0)) {
			u32 now = peer->last.ack + (peer->last.win << shift);

			EXPECT_LE(0, (s32)(now - edge));
			edge = now;
		}
	}
}

/* RFC 9293 3.8.6.2.2: the receiver advertises zero when full, ignores what comes beyond, and reopens by a real step. */
TEST_F(scripted, receiver_closes)
{
	struct peer *peer = &self->peer;
	static char data[1 << 20];
	char block[1000] = { 0 };
	int fd, sent = 0;
	u32 expected;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_rmem", "4096 8192 8192"));
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	while (peer->last.win >= sizeof(block)) {
		peer_send_data(peer, ACK | PSH, block, sizeof(block));
		sent += sizeof(block);
		ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
		ASSERT_GT(100000, sent);
	}
	if (peer->last.win) {
		int rest = peer->last.win;

		peer_send_data(peer, ACK | PSH, block, rest);
		sent += rest;
		ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	}
	EXPECT_EQ(0, peer->last.win);
	EXPECT_EQ(peer->snd_nxt, peer->last.ack);
	/* The probe: answered, not taken. 3.8.6.1. */
	expected = peer->snd_nxt;
	peer_send_data(peer, ACK | PSH, block, 1);
	ASSERT_TRUE(peer_expect(peer, ACK));
	EXPECT_EQ(expected, peer->last.ack);
	EXPECT_EQ(0, peer->last.win);
	EXPECT_EQ(sent, xnet_ioctl_int(fd, SIOCINQ));
	peer->snd_nxt = expected;
	/* A byte read is no reason to advertise; all of it is, at once. */
	EXPECT_EQ(1, read(fd, data, 1));
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	EXPECT_EQ(sent - 1, read(fd, data, sizeof(data)));
	ASSERT_TRUE(peer_expect(peer, ACK));
	EXPECT_LE(500, peer->last.win);
	EXPECT_EQ(expected, peer->last.ack);
}

/* RFC 9293 3.8.6: a window that shrinks does not break the connection; what no longer fits waits. */
TEST_F(scripted, shrinks)
{
	struct peer *peer = &self->peer;
	static char data[3000];
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(sizeof(data), write(fd, data, sizeof(data)));
	ASSERT_TRUE(peer_expect(peer, ACK));
	peer->rcv_nxt = peer->irs + 1 + 1000;
	peer->window = 0;
	peer_send(peer, ACK);
	peer_drain(peer);
	xnet_sleep_ms(PEER_QUIET_MS);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	peer->window = PEER_WINDOW;
	peer->rcv_nxt = peer->irs + 1 + 1000;
	peer_send(peer, ACK);
	while ((s32)(peer->rcv_nxt - (peer->irs + 1 + sizeof(data))) < 0) {
		ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
		if ((s32)(peer->last.seq - peer->rcv_nxt) <= 0 &&
		    (s32)(peer->last.seq + peer->last.len - peer->rcv_nxt) > 0)
			peer->rcv_nxt = peer->last.seq + peer->last.len;
		peer_send(peer, ACK);
	}
	EXPECT_TRUE(xnet_await_ioctl(fd, SIOCOUTQ, 0));
}

/* RFC 9293 3.10.7.4 first step: of a segment that lies partly outside, the part inside the window is taken. */
TEST_F(scripted, trimmed)
{
	struct peer *peer = &self->peer;
	struct segment seg;
	char data[16];
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	peer_send_data(peer, ACK | PSH, "hello", 5);
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	/* "lo" again, and " world" after it. */
	seg = peer_segment(peer, ACK | PSH);
	seg.seq -= 2;
	seg.len = 8;
	memcpy(seg.data, "lo world", 8);
	peer_inject(peer, &seg);
	peer->snd_nxt += 6;
	EXPECT_EQ(11, xnet_read_all(fd, data, 11));
	EXPECT_EQ(0, memcmp(data, "hello world", 11));
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(peer->snd_nxt, peer->last.ack);
}

/*
 * Tiny segments in large buffers: memory is made by copying them together, whether they wait in order or behind a hole,
 * and no byte is lost (RFC 9293 3.8.6.2.2; what was promised is kept).
 */
static bool tiny_segments(struct peer *peer, int hole)
{
	static char out[1200], in[1200];
	int fd, sniffer;
	u32 base;

	if (xnet_sysctl(peer->ns, "net/ipv4/tcp_rmem", "4096 16384 16384"))
		return false;
	/* somebody who listens in holds every packet for a while: its pages cannot be taken over */
	xnet_ns_enter(peer->ns);
	sniffer = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	xnet_ns_leave();
	if (sniffer < 0)
		return false;
	fd = peer_connected(peer);
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = 'a' + i % 26;
	base = peer->snd_nxt;
	for (size_t i = hole; i < sizeof(out); i++) {
		peer->snd_nxt = base + i;
		peer_send_data(peer, ACK | PSH, out + i, 1);
		peer_drain(peer);
	}
	/* what was not held is sent again, as a real peer does, until everything is acknowledged */
	for (int tries = 0; tries < 20; tries++) {
		u32 have;

		peer->snd_nxt = base;
		peer_send_data(peer, ACK | PSH, out, hole ? hole : 1);
		if (!peer_await(peer, ACK, XNET_PATIENCE_MS))
			return false;
		have = peer->last.ack - base;
		if (have >= sizeof(out))
			break;
		peer->snd_nxt = base + have;
		peer_send_data(peer, ACK | PSH, out + have, sizeof(out) - have);
		peer_drain(peer);
	}
	close(sniffer);
	return fd >= 0 && xnet_read_all(fd, in, sizeof(in)) == sizeof(in) && !memcmp(in, out, sizeof(in));
}

TEST_F(scripted, tiny_segments_in_order)
{
	ASSERT_TRUE(tiny_segments(&self->peer, 0));
	if (xnet_under_test())
		EXPECT_LT(0, xnet_counter(self->peer.ns, XNET_XTCP, "TCPRcvCollapsed"));
}

TEST_F(scripted, tiny_segments_behind_a_hole)
{
	ASSERT_TRUE(tiny_segments(&self->peer, 10));
	if (xnet_under_test())
		EXPECT_LT(0, xnet_counter(self->peer.ns, XNET_XTCP, "TCPRcvCollapsed"));
}

/*
 * RFC 7323 5.3: what was received before does not move TS.Recent (R2 comes before R3), so a needless retransmission
 * does not make the late original of another hole look like an old duplicate. To Linux's own TCP it does, if it ends at
 * RCV.NXT.
 */
TEST_F(scripted, late_original)
{
	struct peer *peer = &self->peer;
	char data[12];
	u32 first;
	int fd;

	peer->ts_on = true;
	peer->tsval = 1000;
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	first = peer->snd_nxt;
	peer->tsval = 2000;
	peer_send_data(peer, ACK | PSH, "aaaa", 4);
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	peer->snd_nxt = first + 8;
	peer->tsval = 2020;
	peer_send_data(peer, ACK | PSH, "cccc", 4);
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(first + 4, peer->last.ack);
	peer->snd_nxt = first;
	peer->tsval = 2100;
	peer_send_data(peer, ACK | PSH, "aaaa", 4);
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	peer->tsval = 2010;
	peer_send_data(peer, ACK | PSH, "bbbb", 4);
	if (!xnet_under_test())
		return;
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(first + 12, peer->last.ack);
	ASSERT_EQ(12, xnet_read_all(fd, data, 12));
	EXPECT_EQ(0, memcmp(data, "aaaabbbbcccc", 12));
}

XNET_MAIN
