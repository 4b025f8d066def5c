// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes: from one to 100 MiB, either way and both at once, over links that are clean, lossy, duplicating, reordering,
 * corrupting, or cut for a while. Every byte is checked at its offset; RFC 9293 2.2.
 *
 * XTCP_BULK_MIB and XTCP_SPOILED_KIB set the sizes. Over spoiled links they depend on whether waiting is free.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "stream.h"
#include "xnet.h"

#define KIB	1024ull
#define MIB	(1024 * KIB)

/* Nothing moved for so long: a stall. Back-off over a bad link reaches tens of seconds. */
#define STALL_MS	120000

XNET_FIXTURE(clean);

XNET_FIXTURE(spoiled);

static u64 size_from(const char *name, u64 unit, u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) * unit : otherwise;
}

/* One size for the way that a variant is about, a sixteenth for the others, so that the suite stays quick. */
static u64 bulk_bytes(bool whole)
{
	u64 bytes = size_from("XTCP_BULK_MIB", MIB, 100 * MIB);

	return whole ? bytes : bytes / 16;
}

static u64 spoiled_bytes(void)
{
	return size_from("XTCP_SPOILED_KIB", KIB, xnet_virtual_time() ? MIB : 384 * KIB);
}

/* BYTES from one end to the other, then the end of the stream. */
static int one_way(const int fd[2], enum xnet_side from, u64 bytes)
{
	struct stream stream = {
		.tx = fd[from], .rx = fd[from ^ 1], .bytes = bytes, .seed = bytes + from, .end = true,
	};

	return stream_run(&stream, 1, STALL_MS);
}

static int both_ways(const int fd[2], u64 bytes, size_t chunk)
{
	struct stream both[] = {
		{ .tx = fd[0], .rx = fd[1], .bytes = bytes, .seed = 1, .chunk = chunk, .end = true },
		{ .tx = fd[1], .rx = fd[0], .bytes = bytes, .seed = 2, .chunk = chunk, .end = true },
	};

	return stream_run(both, 2, STALL_MS);
}

/* The least: a byte each way. */
TEST_F(clean, one_byte)
{
	int fd[2];

	for (int client = XNET_NEAR; client <= XNET_FAR; client++) {
		ASSERT_EQ(0, xnet_pair(&self->net, client, fd));
		EXPECT_EQ(0, both_ways(fd, 1, 1));
		close(fd[0]);
		close(fd[1]);
	}
}

/* No data at all: open, close. */
TEST_F(clean, nothing)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	EXPECT_EQ(0, both_ways(fd, 0, 0));
}

static int exchange(const int fd[2], int count)
{
	char c = 'x';

	for (int i = 0; i < count; i++)
		for (int from = 0; from < 2; from++)
			if (write(fd[from], &c, 1) != 1 || !(xnet_await(fd[from ^ 1], POLLIN) & POLLIN) ||
			    read(fd[from ^ 1], &c, 1) != 1)
				return -1;
	return 0;
}

/* A connection knows the route its segments come in by: it goes stale when routes change, and may not be asked for. */
TEST_F(clean, route_in)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, exchange(fd, 3));
	for (int side = 0; side < 2; side++) {
		ASSERT_EQ(0, xnet_run(self->net.ns[side], "ip route add blackhole 198.51.100.0/24"));
		ASSERT_EQ(0, xnet_run(self->net.ns[side], "ip -6 route add blackhole 2001:db8:ffff::/64"));
	}
	EXPECT_EQ(0, exchange(fd, 3));
	for (int side = 0; side < 2; side++)
		ASSERT_EQ(0, xnet_sysctl(self->net.ns[side], "net/ipv4/ip_early_demux", "0"));
	EXPECT_EQ(0, exchange(fd, 3));
	for (int side = 0; side < 2; side++) {
		ASSERT_EQ(0, xnet_run(self->net.ns[side], "ip route del blackhole 198.51.100.0/24"));
		ASSERT_EQ(0, xnet_sysctl(self->net.ns[side], "net/ipv4/ip_early_demux", "1"));
	}
	EXPECT_EQ(0, exchange(fd, 3));
	/* the socket's next connection begins without */
	ASSERT_EQ(0, connect(fd[0], &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(struct sockaddr)));
	close(fd[0]);
	close(fd[1]);
}

/* Sizes around those of segments, so that every boundary is met. */
TEST_F(clean, sizes_around_a_segment)
{
	static const int sizes[] = {
		2, 535, 536, 537, 1447, 1448, 1449, 1459, 1460, 1461, 2896, 4095, 4096, 65535, 65537,
	};
	int fd[2];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(0, xnet_pair(&self->net, i & 1, fd));
		EXPECT_EQ(0, both_ways(fd, sizes[i], 0))
			TH_LOG("%d bytes", sizes[i]);
		close(fd[0]);
		close(fd[1]);
	}
}

/* 100 MiB out: whole with IPv4 to a stock peer, a part in the other variants. */
TEST_F_TIMEOUT(clean, bulk_near_sends, 180)
{
	bool whole = variant->v.family == AF_INET && variant->v.far == XNET_TCP;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	EXPECT_EQ(0, one_way(fd, XNET_NEAR, bulk_bytes(whole)));
}

/* 100 MiB in: whole with IPv6. */
TEST_F_TIMEOUT(clean, bulk_far_sends, 180)
{
	bool whole = variant->v.family == AF_INET6 && variant->v.far == XNET_TCP;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
	EXPECT_EQ(0, one_way(fd, XNET_FAR, bulk_bytes(whole)));
}

/* Both ways at once: ACKs ride on data. */
TEST_F_TIMEOUT(clean, bulk_both_ways, 180)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	EXPECT_EQ(0, both_ways(fd, bulk_bytes(false), 0));
}

/* Writes and reads of 100 bytes, with and without Nagle's algorithm. */
TEST_F_TIMEOUT(clean, small_writes, 60)
{
	int fd[2];

	for (int nodelay = 0; nodelay < 2; nodelay++) {
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
		xnet_set_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_NODELAY, nodelay);
		EXPECT_EQ(0, both_ways(fd, 100 * KIB, 100));
		close(fd[0]);
		close(fd[1]);
	}
}

/* The small buffers that setsockopt() allows still carry everything. */
TEST_F_TIMEOUT(clean, small_buffers, 60)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		xnet_set_int(fd[side], SOL_SOCKET, SO_SNDBUF, 4608);
		xnet_set_int(fd[side], SOL_SOCKET, SO_RCVBUF, 4096);
	}
	EXPECT_EQ(0, both_ways(fd, 256 * KIB, 0));
}

/* Reads until the end of the stream, by a third of a write, so that others get their turn; REPORT gets the bytes. */
static void reader(int fd, int report)
{
	char data[100];
	long sum = 0;
	ssize_t n;

	while ((n = read(fd, data, sizeof(data))) > 0) {
		sum += n;
		xnet_sleep_ms(1);
	}
	_exit(n || write(report, &sum, sizeof(sum)) != sizeof(sum));
}

/* Several readers wait on one socket: what one of them takes is no other's, and nothing is lost between them. */
TEST_F(clean, readers)
{
	const int readers = 3, writes = 100, size = 300;
	long sum = 0, part;
	char data[300];
	int fd[2], report[2], status;

	memset(data, 'x', sizeof(data));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, pipe(report));
	for (int i = 0; i < readers; i++)
		if (!fork())
			reader(fd[XNET_NEAR], report[1]);
	for (int i = 0; i < writes; i++) {
		ASSERT_EQ(size, xnet_write_all(fd[XNET_FAR], data, size));
		xnet_sleep_ms(2);
	}
	shutdown(fd[XNET_FAR], SHUT_WR);
	for (int i = 0; i < readers; i++) {
		ASSERT_EQ((int)sizeof(part), read(report[0], &part, sizeof(part)));
		sum += part;
		ASSERT_LT(0, wait(&status));
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(writes * size, sum);
}

/* writev() and readv() with odd pieces, sendfile() from a file: the same bytes. */
TEST_F(clean, vectors_and_files)
{
	static char out[60000], in[60000], file[] = "/tmp/xtcp-transfer-XXXXXX";
	struct iovec vec[5], got[3];
	int fd[2], tmp;
	off_t at = 0;

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	stream_fill(5, 0, out, sizeof(out));
	for (int i = 0; i < 5; i++)
		vec[i] = (struct iovec) { out + 1000 * i, 1000 };
	ASSERT_EQ(5000, writev(fd[XNET_NEAR], vec, 5));
	for (int left = 5000, n; left; left -= n) {
		got[0] = (struct iovec) { in + 5000 - left, left > 7 ? 7 : left };
		got[1] = (struct iovec) { in + 5000 - left + 7, left > 7 ? left - 7 : 0 };
		ASSERT_TRUE(xnet_await(fd[XNET_FAR], POLLIN));
		n = readv(fd[XNET_FAR], got, 2);
		ASSERT_LT(0, n);
	}
	EXPECT_TRUE(stream_check(5, 0, in, 5000));

	tmp = mkstemp(file);
	ASSERT_LE(0, tmp);
	unlink(file);
	ASSERT_EQ(sizeof(out), write(tmp, out, sizeof(out)));
	while (at < (off_t)sizeof(out)) {
		off_t begin = at;
		ssize_t n = sendfile(fd[XNET_NEAR], tmp, &at, sizeof(out) - at);

		ASSERT_LT(0, n);
		ASSERT_EQ(n, xnet_read_all(fd[XNET_FAR], in, n));
		EXPECT_TRUE(stream_check(5, begin, in, n));
	}
}

/* What each link does to packets, both ways; whether to super-segments, and must show as retransmissions. */
struct link {
	struct netem netem;
	bool loses;
	bool whole;
};

#define AWFUL	{ .delay_ms = 3, .jitter_ms = 2, .loss = 2, .duplicate = 2, .corrupt = 1, .reorder = 10 }

static const struct link lossy = { .netem = { .delay_ms = 1, .loss = 5 }, .loses = true };
static const struct link duplicating = { .netem = { .delay_ms = 1, .duplicate = 10 } };
static const struct link reordering = { .netem = { .delay_ms = 2, .reorder = 50 } };
static const struct link corrupting = { .netem = { .delay_ms = 1, .corrupt = 3 }, .loses = true };
static const struct link awful = { .netem = AWFUL, .loses = true };
static const struct link awful_whole = { .netem = AWFUL, .whole = true };

/* By both ends of a connection. */
static u64 retransmissions(const int fd[2])
{
	struct tcp_info info[2];

	if (xnet_info(fd[XNET_NEAR], &info[0]) || xnet_info(fd[XNET_FAR], &info[1]))
		return 0;
	return info[0].tcpi_total_retrans + info[1].tcpi_total_retrans;
}

/* Empty when all went well, else what did not. */
static const char *over(struct xnet *net, const struct link *link)
{
	int fd[2];

	if (!link->whole && xnet_segmentation_off(net))
		return "no rtnetlink";
	if (xnet_pair(net, XNET_NEAR, fd))
		return "no connection";
	if (xnet_netem(net, &link->netem))
		return "no netem";
	if (both_ways(fd, spoiled_bytes(), 0))
		return "the transfer failed";
	/*
	 * The sockets remember; without a retransmission the link would not have been spoiled. Of the 530 segments of
	 * the smallest transfer at least 2 in 100 are lost: none is, once in 40,000 runs.
	 */
	if (link->loses && !retransmissions(fd))
		return "nothing was retransmitted";
	return "";
}

TEST_F_TIMEOUT(spoiled, lossy, 900)
{
	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	EXPECT_STREQ("", over(&self->net, &lossy));
}

TEST_F_TIMEOUT(spoiled, duplicating, 900)
{
	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	EXPECT_STREQ("", over(&self->net, &duplicating));
}

TEST_F_TIMEOUT(spoiled, reordering, 900)
{
	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	EXPECT_STREQ("", over(&self->net, &reordering));
}

TEST_F_TIMEOUT(spoiled, corrupting, 900)
{
	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	EXPECT_STREQ("", over(&self->net, &corrupting));
}

TEST_F_TIMEOUT(spoiled, all_at_once, 900)
{
	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	EXPECT_STREQ("", over(&self->net, &awful));
}

/* The same to super-segments, which netem cuts where it must: retransmission by parts of them. */
TEST_F_TIMEOUT(spoiled, all_at_once_to_super_segments, 900)
{
	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	EXPECT_STREQ("", over(&self->net, &awful_whole));
}

/* Handshake and close over the lossy link too: 20 short connections. */
TEST_F_TIMEOUT(spoiled, short_connections, 900)
{
	int listener, fd[2], count = xnet_virtual_time() ? 20 : 4;

	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	listener = xnet_listen(&self->net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	/* With a real clock three lost SYNs in a row would use up the patience: make that rare. */
	ASSERT_EQ(0, xnet_netem(&self->net, &(struct netem) { .loss = xnet_virtual_time() ? 10 : 2 }));
	for (int i = 0; i < count; i++) {
		fd[XNET_NEAR] = xnet_dial(&self->net, XNET_NEAR, XNET_PORT);
		ASSERT_LE(0, fd[XNET_NEAR]);
		/* The handshake's last ACK may be lost: the first data makes up for it. */
		ASSERT_EQ(1, send(fd[XNET_NEAR], "", 1, 0));
		fd[XNET_FAR] = xnet_accept(listener);
		ASSERT_LE(0, fd[XNET_FAR]);
		ASSERT_EQ(1, xnet_read_all(fd[XNET_FAR], (char [1]) { 0 }, 1));
		EXPECT_EQ(0, both_ways(fd, 1000, 0));
		close(fd[0]);
		close(fd[1]);
	}
}

/* A link cut in the middle, for longer than several retransmissions: the transfer goes on when it heals. */
TEST_F_TIMEOUT(spoiled, cut, 900)
{
	static char data[1000000];
	int fd[2], sent, got = 0;

	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, xnet_netem(&self->net, &(struct netem) { .loss = 100 }));
	stream_fill(9, 0, data, sizeof(data));
	sent = send(fd[XNET_NEAR], data, sizeof(data), MSG_DONTWAIT);
	ASSERT_LT(0, sent);
	xnet_sleep_ms(xnet_virtual_time() ? 100000 : 1500);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_NEAR]));
	ASSERT_EQ(0, xnet_netem(&self->net, NULL));
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_WR));
	while (got < sent) {
		struct pollfd pfd = { .fd = fd[XNET_FAR], .events = POLLIN };
		ssize_t n;

		ASSERT_EQ(1, poll(&pfd, 1, STALL_MS));
		n = recv(fd[XNET_FAR], data, sizeof(data), MSG_DONTWAIT);
		ASSERT_LT(0, n);
		ASSERT_TRUE(stream_check(9, got, data, n));
		got += n;
	}
	EXPECT_EQ(sent, got);
}

XNET_MAIN
