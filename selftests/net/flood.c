// SPDX-License-Identifier: GPL-2.0
/*
 * Floods and greedy peers: SYN, ACK, RST, FIN, ICMP, out of order, overlapping, one byte at a time, windows of zero,
 * ACKs of what was not sent, SACKs that cut everything into pieces, connections past every limit. For each: what is
 * kept has a bound, a segment costs at the end what it cost at the beginning, and an honest client is served all the
 * time (RFC 4987, RFC 5961, RFC 5927, RFC 9293 3.10.7.4; CVE-2018-5390, CVE-2019-11477 to 11479, "sockstress").
 *
 * The flood comes from a scripted host, the honest client from the kernel's TCP. XTCP_FLOOD=N: so many segments each
 * (2000).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "kselftest_harness.h"
#include "peer.h"
#include "rnd.h"
#include "stream.h"

#define HONEST_PORT	7002
#define HONEST_EVERY	400	/* segments */
#define GROWTH_MOST	12	/* times: a segment at the end against one at the beginning */

struct attack {
	struct peer peer;
	struct rnd r;
	int count;
	int honest;		/* listener of XTCP */
	int served;
	u64 *cost;		/* ticks that each segment took */
};

FIXTURE(flood) { struct attack attack; };

PEER_VARIANTS(flood);

FIXTURE_SETUP(flood)
{
	XNET_FILTER();
	self->attack.count = rnd_environment("XTCP_FLOOD", 2000);
	self->attack.r = rnd_seed(rnd_environment("XTCP_SEED", 1), variant->family);
	self->attack.served = 0;
	self->attack.cost = calloc(self->attack.count, sizeof(u64));
	ASSERT_NE(NULL, self->attack.cost);
	ASSERT_EQ(0, peer_open(&self->attack.peer, variant->family));
	ASSERT_EQ(0, xnet_sysctl(self->attack.peer.ns, "net/ipv4/tcp_invalid_ratelimit", "500"));
	self->attack.honest = peer_listen(&self->attack.peer, HONEST_PORT);
	ASSERT_LE(0, self->attack.honest);
}

FIXTURE_TEARDOWN(flood)
{
	close(self->attack.honest);
	peer_close(&self->attack.peer);
	free(self->attack.cost);
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* The lower quartile, which the machine's other work does not reach; sorts. */
static u64 quartile(u64 *cost, int count)
{
	qsort(cost, count, sizeof(*cost), compare);
	return cost[count / 4];
}

/* A count that goes on while virtual time stands still. */
static u64 ticks(void)
{
#if defined(__x86_64__)
	return __rdtsc();
#else
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
#endif
}

/* A client of LISTENER's port gets 1,000 bytes and their echo. */
static bool serve(struct attack *self, int listener)
{
	struct xnet_addr addr = xnet_name(listener), to = xnet_loopback(self->peer.path.family, xnet_port(&addr));
	int client = xnet_socket(self->peer.ns, XNET_TCP, self->peer.path.family), fd, i;
	static char data[1000];
	bool ok = false;

	/* with the queue full the SYN comes again, when what is before it was taken */
	xnet_nonblock(client, true);
	if (xnet_connect(client, &to) && errno != EINPROGRESS) {
		xnet_log("the honest client: connect: %s", strerror(errno));
		close(client);
		return false;
	}
	stream_fill(3, 0, data, sizeof(data));
	/* others may be before it in the queue */
	for (i = 0; i < 3000 && !ok; i++) {
		struct xnet_addr from, me = xnet_name(client);

		fd = xnet_accept(listener);
		if (fd < 0)
			break;
		from = xnet_peer_name(fd);
		if (xnet_same(&from, &me))
			ok = !xnet_nonblock(client, false) && xnet_write_all(fd, data, sizeof(data)) == sizeof(data) &&
			     xnet_read_all(client, data, sizeof(data)) == sizeof(data) &&
			     stream_check(3, 0, data, sizeof(data));
		close(fd);
	}
	close(client);
	self->served += ok;
	return ok;
}

/* Each step of a flood: SEND makes one segment. False when an honest client was not served. */
static bool flood(struct attack *self, int listener, void (*send_one)(struct attack *self, int n))
{
	for (int n = 0; n < self->count; n++) {
		u64 begin = ticks();

		send_one(self, n);
		self->cost[n] = ticks() - begin;
		peer_drain(&self->peer);
		if (n % HONEST_EVERY == HONEST_EVERY - 1 && !serve(self, listener))
			return false;
	}
	return true;
}

static bool cost_is_flat(struct attack *self)
{
	int quarter = self->count / 4;
	u64 first = quartile(self->cost, quarter), last = quartile(self->cost + self->count - quarter, quarter);

	xnet_log("%d segments, %llu ticks each at first, %llu at last; %d clients served", self->count,
		 first, last, self->served);
	return last <= GROWTH_MOST * (first + 1);
}

static bool received_is_bounded(int fd)
{
	u32 info[9] = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return false;
	xnet_log("%u bytes kept, the buffer is %u", info[0], info[1]);
	return info[0] <= info[1] + (1 << 16);
}

static bool sent_is_bounded(int fd)
{
	u32 info[9] = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return false;
	xnet_log("%u bytes queued, the buffer is %u", info[5], info[3]);
	return info[5] <= 2 * info[3] + (1 << 17);
}

/* --- floods of the handshake */

/* From an address and port that nobody has. */
static void spoof(struct attack *self, u8 flags)
{
	struct segment_path path = self->peer.path;
	struct segment seg = peer_segment(&self->peer, flags);
	u8 packet[SEGMENT_PACKET_MAX];
	size_t len;

	path.from[path.family == AF_INET6 ? 15 : 3] = 3 + rnd_below(&self->r, 250);
	if (path.family == AF_INET6)
		path.from[14] = rnd_u32(&self->r);
	seg.sport = 1024 + rnd_below(&self->r, 60000);
	seg.dport = HONEST_PORT;
	seg.seq = rnd_u32(&self->r);
	seg.ack = rnd_u32(&self->r);
	len = segment_build(&path, &seg, packet);
	if (write(self->peer.tun, packet, len) != (ssize_t)len)
		xnet_log("tun: %s", strerror(errno));
}

static void send_syn(struct attack *self, int n)
{
	(void)n;
	spoof(self, SYN);
}

/* RFC 4987: a queue that is full turns to cookies; what is kept is the queue. */
TEST_F_TIMEOUT(flood, syn, 600)
{
	long most = 0;

	ASSERT_EQ(0, listen(self->attack.honest, 64));
	EXPECT_TRUE(flood(&self->attack, self->attack.honest, send_syn));
	most = xnet_sockstat(self->attack.peer.ns, XNET_XTCP, "requests");
	xnet_log("%ld requests, a queue of 64", most);
	if (xnet_under_test())
		EXPECT_GE(65, most);
	EXPECT_EQ(self->attack.count / HONEST_EVERY, self->attack.served);
	EXPECT_TRUE(cost_is_flat(&self->attack));
}

/* Segments of no connection: cookies that nobody made, resets. Nothing is kept. */
static void send_stray(struct attack *self, int n)
{
	static const u8 flags[] = { ACK, RST, FIN | ACK, SYN | ACK, RST | ACK, 0, ACK | PSH };

	spoof(self, flags[n % ARRAY_SIZE(flags)]);
}

TEST_F_TIMEOUT(flood, stray, 600)
{
	long before = xnet_sockstat(self->attack.peer.ns, XNET_XTCP, "sockets");

	EXPECT_TRUE(flood(&self->attack, self->attack.honest, send_stray));
	EXPECT_TRUE(xnet_await_sockstat(self->attack.peer.ns, XNET_XTCP, "sockets", before));
	EXPECT_EQ(self->attack.count / HONEST_EVERY, self->attack.served);
	EXPECT_TRUE(cost_is_flat(&self->attack));
}

/* Whole handshakes, more than the accept queue takes. */
static void send_handshake(struct attack *self, int n)
{
	struct peer *peer = &self->peer;

	peer_reset_variables(peer, 2000 + n % 60000);
	peer->near_port = HONEST_PORT;
	peer_send(peer, SYN);
	if (peer_read(peer, 0) && peer->last.flags == (SYN | ACK))
		peer_send(peer, ACK);
}

TEST_F_TIMEOUT(flood, connections, 600)
{
	long most = 0;

	ASSERT_EQ(0, listen(self->attack.honest, 16));
	for (int round = 0; round < 4; round++) {
		for (int n = 0; n < self->attack.count / 16; n++)
			send_handshake(&self->attack, round * self->attack.count / 16 + n);
		most = xnet_sockstat(self->attack.peer.ns, XNET_XTCP, "sockets");
		/* the listener, a queue of 17, and those that were taken from it and closed: the peer does not close */
		EXPECT_GE(1 + 17 + 18 * round, most);
		EXPECT_TRUE(serve(&self->attack, self->attack.honest));
	}
	xnet_log("%d handshakes, %ld sockets at most", self->attack.count / 4, most);
}

/* Connections that end here: TIME-WAITs have a number. */
TEST_F_TIMEOUT(flood, time_wait, 600)
{
	struct peer *peer = &self->attack.peer;
	int i;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, xnet_under_test() ? "net/xtcp/time_wait_max" : "net/ipv4/tcp_max_tw_buckets",
				 "50"));
	for (i = 0; i < 300; i++) {
		int fd;

		peer_reset_variables(peer, 2000 + i);
		fd = peer_accepted(peer);
		ASSERT_LE(0, fd);
		close(fd);
		ASSERT_TRUE(peer_await(peer, FIN | ACK, XNET_PATIENCE_MS));
		peer_send(peer, FIN | ACK);
		peer_drain(peer);
		EXPECT_GE(50, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
	}
	EXPECT_TRUE(serve(&self->attack, self->attack.honest));
}

/* --- floods on a connection that lives */

static void send_blind(struct attack *self, int n)
{
	static const u8 flags[] = { RST, SYN, FIN | ACK, RST | ACK, ACK, SYN | ACK, ACK | PSH };
	struct segment seg = peer_segment(&self->peer, flags[n % ARRAY_SIZE(flags)]);

	/* in the window half of the time, but never right */
	seg.seq += rnd_chance(&self->r, 1, 2) ? 1 + rnd_below(&self->r, 20000) : rnd_u32(&self->r) | 0x40000000;
	seg.ack += 100000 + rnd_below(&self->r, 0x70000000);
	if (seg.seq == self->peer.rcv_nxt)
		seg.seq++;
	peer_inject(&self->peer, &seg);
}

/* RFC 5961: a guess ends nothing and puts nothing into the stream. */
TEST_F_TIMEOUT(flood, blind, 600)
{
	int fd = peer_connected(&self->attack.peer);
	u32 nxt;
	char text[4];

	ASSERT_LE(0, fd);
	nxt = self->attack.peer.snd_nxt;
	EXPECT_TRUE(flood(&self->attack, self->attack.honest, send_blind));
	self->attack.peer.snd_nxt = nxt;
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	peer_send_data(&self->attack.peer, ACK, "true", 4);
	ASSERT_TRUE(xnet_await(fd, POLLIN) & POLLIN);
	EXPECT_EQ(4, read(fd, text, 4));
	EXPECT_EQ(0, memcmp("true", text, 4));
	EXPECT_TRUE(cost_is_flat(&self->attack));
	close(fd);
}

static void send_icmp(struct attack *self, int n)
{
	static const u8 types[2][4] = { { 3, 11, 12, 3 }, { 1, 2, 3, 4 } };
	bool v6 = self->peer.path.family == AF_INET6;

	u8 code = v6 && n % 4 == 1 ? 0 : rnd_below(&self->r, 16);

	peer_icmp(&self->peer, types[v6][n % 4], code, 68 + rnd_below(&self->r, 1500));
}

/* RFC 5927: errors about what was said before, and is acknowledged by now, are old news. */
TEST_F_TIMEOUT(flood, icmp, 600)
{
	int fd = peer_connected(&self->attack.peer);

	ASSERT_LE(0, fd);
	EXPECT_TRUE(flood(&self->attack, self->attack.honest, send_icmp));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	EXPECT_EQ(4, write(fd, "true", 4));
	EXPECT_TRUE(peer_expect_data(&self->attack.peer, "true", 4));
	EXPECT_TRUE(cost_is_flat(&self->attack));
	close(fd);
}

/* --- what a receiver keeps */

static void text_at(struct attack *self, u32 offset, size_t len)
{
	struct segment seg = peer_segment(&self->peer, ACK);

	seg.seq = self->peer.iss + 1 + offset;
	seg.len = len;
	stream_fill(5, offset, seg.data, len);
	peer_inject(&self->peer, &seg);
}

static void send_every_other(struct attack *self, int n)
{
	text_at(self, 1 + 2 * n % 60000, 1);
}

static void send_backwards(struct attack *self, int n)
{
	text_at(self, 60000 - 2 * n % 59998, 1);
}

static void send_anywhere(struct attack *self, int n)
{
	(void)n;
	text_at(self, 1 + rnd_below(&self->r, 58000), 1 + rnd_below(&self->r, 1400));
}

/* Then the holes are filled, and the stream is whole. CVE-2018-5390. */
static void holes(struct __test_metadata *_metadata, struct attack *self,
		  void (*send_one)(struct attack *self, int n))
{
	static char data[1 << 16];
	ssize_t n = 0, got = 0;
	int fd;

	fd = peer_socket(&self->peer);
	close(fd);
	self->peer.sack_on = true;
	fd = peer_connected(&self->peer);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(flood(self, self->honest, send_one));
	EXPECT_TRUE(received_is_bounded(fd));
	EXPECT_EQ(0, xnet_ioctl_int(fd, FIONREAD));
	EXPECT_TRUE(cost_is_flat(self));
	for (u32 at = 0; at < 60000; at += 1000) {
		text_at(self, at, 1000);
		while ((n = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0) {
			EXPECT_TRUE(stream_check(5, got, data, n));
			got += n;
		}
	}
	EXPECT_LE(60000, got);
	close(fd);
}

TEST_F_TIMEOUT(flood, every_other_byte, 600)
{
	holes(_metadata, &self->attack, send_every_other);
}

TEST_F_TIMEOUT(flood, every_other_byte_backwards, 600)
{
	holes(_metadata, &self->attack, send_backwards);
}

TEST_F_TIMEOUT(flood, overlapping, 600)
{
	holes(_metadata, &self->attack, send_anywhere);
}

static void send_byte(struct attack *self, int n)
{
	text_at(self, n, 1);
}

/* One byte at a time to a reader that sleeps: what was acknowledged is there when it wakes. */
TEST_F_TIMEOUT(flood, one_byte_each, 600)
{
	int fd = peer_connected(&self->attack.peer);
	static char data[1 << 16];
	ssize_t n, got = 0;
	u32 acked;

	ASSERT_LE(0, fd);
	EXPECT_TRUE(flood(&self->attack, self->attack.honest, send_byte));
	EXPECT_TRUE(received_is_bounded(fd));
	EXPECT_TRUE(cost_is_flat(&self->attack));
	xnet_sleep_ms(1000);
	peer_drain(&self->attack.peer);
	acked = self->attack.peer.snd_una - self->attack.peer.iss - 1;
	while ((n = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0) {
		EXPECT_TRUE(stream_check(5, got, data, n));
		got += n;
	}
	EXPECT_EQ(acked, got);
	close(fd);
}

/* --- what a sender keeps */

/* "sockstress": many connections that take no byte. Their ends are orphans, and go. */
TEST_F_TIMEOUT(flood, windows_of_zero, 900)
{
	static char data[1 << 16];
	struct peer *peer = &self->attack.peer;
	int i, fd;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_orphan_retries", "2"));
	for (i = 0; i < 150; i++) {
		peer_reset_variables(peer, 3000 + i);
		peer->window = 0;
		fd = peer_accepted(peer);
		ASSERT_LE(0, fd);
		EXPECT_LT(0, send(fd, data, sizeof(data), MSG_DONTWAIT));
		if (i % 2)
			close(fd);
		else if (i < 3)
			EXPECT_TRUE(sent_is_bounded(fd));
	}
	EXPECT_TRUE(serve(&self->attack, self->attack.honest));
	/* those that the program still has it may keep; the others go although the peer answers nothing */
	for (i = 0; i < 400 && xnet_sockstat(peer->ns, XNET_XTCP, "sockets") > 1 + 75; i++)
		xnet_sleep_ms(1000);
	EXPECT_GE(1 + 75, xnet_sockstat(peer->ns, XNET_XTCP, "sockets"));
}

/* ACKs of what was never sent move nothing, RFC 9293 3.10.7.4. */
static void send_optimistic(struct attack *self, int n)
{
	u32 ack = self->peer.rcv_nxt + 100000 + rnd_below(&self->r, 0x70000000);

	(void)n;
	peer_send_at(&self->peer, ACK, self->peer.snd_nxt, ack);
}

TEST_F_TIMEOUT(flood, optimistic_acks, 600)
{
	static char data[1 << 20];
	struct tcp_info before, after;
	int fd = peer_connected(&self->attack.peer);

	ASSERT_LE(0, fd);
	ASSERT_LT(0, send(fd, data, sizeof(data), MSG_DONTWAIT));
	ASSERT_EQ(0, xnet_info(fd, &before));
	EXPECT_TRUE(flood(&self->attack, self->attack.honest, send_optimistic));
	ASSERT_EQ(0, xnet_info(fd, &after));
	EXPECT_EQ(TCP_ESTABLISHED, after.tcpi_state);
	EXPECT_EQ(before.tcpi_snd_cwnd, after.tcpi_snd_cwnd);
	EXPECT_TRUE(sent_is_bounded(fd));
	close(fd);
}

/* SACKs of every other segment of the smallest size. CVE-2019-11477, 11478. */
static void send_sacks(struct attack *self, int n)
{
	struct segment seg = peer_segment(&self->peer, ACK);
	u32 una = self->peer.irs + 1, step = 48;

	(void)n;
	seg.ack = una;
	seg.sacks = 3;
	for (int i = 0; i < 3; i++) {
		seg.sack[i][0] = una + (1 + 2 * rnd_below(&self->r, 600)) * step + rnd_below(&self->r, 8) * (n % 3);
		seg.sack[i][1] = seg.sack[i][0] + 1 + rnd_below(&self->r, step);
	}
	peer_inject(&self->peer, &seg);
}

TEST_F_TIMEOUT(flood, sack_pieces, 600)
{
	static char data[1 << 20];
	struct peer *peer = &self->attack.peer;
	ssize_t sent;
	u64 end;
	int fd;

	peer->sack_on = true;
	peer->mss = 48;
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	stream_fill(6, 0, data, sizeof(data));
	sent = send(fd, data, sizeof(data), MSG_DONTWAIT);
	ASSERT_LT(0, sent);
	EXPECT_TRUE(flood(&self->attack, self->attack.honest, send_sacks));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	EXPECT_TRUE(sent_is_bounded(fd));
	EXPECT_TRUE(cost_is_flat(&self->attack));
	/* the peer becomes honest: everything comes, as it was sent */
	peer->rcv_nxt = peer->irs + 1;
	end = xnet_now_ms() + 400000;
	while (peer->rcv_nxt - peer->irs - 1 < (u32)sent && xnet_now_ms() < end) {
		u32 before = peer->rcv_nxt;

		peer_send(peer, ACK);
		while (peer_read(peer, before == peer->rcv_nxt ? 500 : 0)) {
			struct segment *seg = &peer->last;
			u32 offset = seg->seq - peer->irs - 1;

			if (seg->len && offset < (u32)sent)
				EXPECT_TRUE(stream_check(6, offset, seg->data, seg->len));
			/* resent in other pieces than before */
			if ((s32)(peer->rcv_nxt - seg->seq) > 0 &&
			    (s32)(seg->seq + (u32)seg->len - peer->rcv_nxt) > 0)
				peer->rcv_nxt = seg->seq + seg->len;
		}
	}
	EXPECT_EQ((u32)sent, peer->rcv_nxt - peer->irs - 1);
	close(fd);
}

XNET_MAIN
