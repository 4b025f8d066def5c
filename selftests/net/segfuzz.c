// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong, mutated and crafted segments into live connections of every state. The kernel's TCP gets the same, relative
 * to its own numbers, so a connection that survives there has to survive here. XTCP_FUZZ_SEGMENTS=N: so many for each
 * stack (5000), XTCP_SEED=N: others.
 *
 * A session is a connection in one of the 11 states of RFC 9293 3.3.2 with drawn options, and up to 150 segments and
 * a few calls on its socket. Segments are built from the connection's live numbers: numbers at the edges of the
 * window and of the sequence circle, any flags, options of any bytes, SACK blocks anywhere, bytes changed behind a
 * right checksum, ICMP errors. Each byte of text is a function of its sequence number, so whatever is accepted, in
 * any order and overlap, must be read as that: a check beside the bed's own (KASAN, lockdep, kmemleak).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "rnd.h"

#define SESSION_SEGMENTS	150
#define STATES			TCP_CLOSING

/* One stack's side of a session. */
struct target {
	struct peer peer;
	enum xnet_stack stack;
	int fd;
	bool check;		/* the stream's beginning is known */
	u32 read_seq;		/* sequence number of the next byte read */
	u64 bytes;		/* read and right, in all */
	bool wrong;
	char last[128];		/* the last segment, in words, where XTCP_VERBOSE is set */
};

/* What the two did, in all. */
struct tally {
	u64 segments;
	u64 sessions;
	u64 calls;
	u64 alive[2];
	u64 here_only;		/* ended here, alive there */
	u64 there_only;
};

static u8 text_byte(u32 seq)
{
	return (seq * 2654435761u) >> 24;
}

/* --- making segments */

static u32 edge(struct rnd *r, u32 window)
{
	const u32 edges[] = { 0, 1, -1, 2, -2, 3, 88, 536, 1399, 1400, -1400, window - 1, window, window + 1, -window,
			      65535, -65535, 0x7fffffff, 0x80000000, 0x80000001, 0x40000000 };

	return rnd_chance(r, 4, 5) ? edges[rnd_below(r, ARRAY_SIZE(edges))] : rnd_u32(r) >> rnd_below(r, 32);
}

static u8 some_flags(struct rnd *r)
{
	static const u8 usual[] = { ACK, ACK, ACK, ACK, ACK | PSH, ACK | PSH, FIN | ACK, RST, RST | ACK, SYN, SYN | ACK,
				    ACK | URG, ACK | ECE, ACK | CWR, 0, SYN | FIN, SYN | RST, FIN };

	return rnd_chance(r, 7, 8) ? usual[rnd_below(r, ARRAY_SIZE(usual))] : rnd_u32(r);
}

static void some_options(struct rnd *r, const struct peer *peer, struct segment *seg, u8 *raw)
{
	if (rnd_chance(r, 1, 6) && seg->has_ts)
		seg->tsval += edge(r, 1000);
	if (rnd_chance(r, 1, 10) && seg->has_ts)
		seg->tsecr += edge(r, 1000);
	if (rnd_chance(r, 1, 12))
		seg->has_ts = !seg->has_ts;
	if (rnd_chance(r, 1, 3)) {
		seg->sacks = rnd_below(r, seg->has_ts ? 4 : 5);
		for (int i = 0; i < seg->sacks; i++) {
			seg->sack[i][0] = peer->rcv_nxt + edge(r, 3000);
			seg->sack[i][1] = seg->sack[i][0] + edge(r, 1400);
		}
	}
	if (rnd_chance(r, 1, 6) && !seg->sacks) {
		seg->raw_options_len = rnd_below(r, 21);
		for (size_t i = 0; i < seg->raw_options_len; i++)
			raw[i] = rnd_chance(r, 1, 2) ? rnd_below(r, 36) : rnd_u32(r);
		seg->raw_options = raw;
	}
}

/* By the live numbers of the connection; half of them nearly right. */
static struct segment some_segment(struct rnd *r, struct peer *peer, u8 *raw)
{
	struct segment seg = peer_segment(peer, rnd_chance(r, 1, 2) ? ACK : some_flags(r));

	if (rnd_chance(r, 1, 2))
		seg.seq += edge(r, peer->window);
	if (rnd_chance(r, 1, 3))
		seg.ack = peer->rcv_nxt + edge(r, 3000);
	if (rnd_chance(r, 1, 4))
		seg.win = edge(r, 0);
	if (rnd_chance(r, 1, 8))
		seg.urg = edge(r, 100);
	if (rnd_chance(r, 1, 2))
		seg.len = rnd_chance(r, 1, 3) ? rnd_below(r, 4) : rnd_below(r, 1401);
	some_options(r, peer, &seg, raw);
	return seg;
}

/* Text is what its sequence numbers say, wherever the header's numbers came from. */
static void put_text(struct segment *seg)
{
	u32 seq = seg->seq + !!(seg->flags & SYN);

	for (size_t i = 0; i < seg->len; i++)
		seg->data[i] = text_byte(seq + i);
}

/* Some bytes of header and options change; text and checksum are made to fit what came out. */
static size_t mutate(struct rnd *r, const struct segment_path *path, u8 *packet, size_t len)
{
	size_t ip = path->family == AF_INET6 ? 40 : 20, header;
	u8 *tcp = packet + ip;
	u32 seq;

	for (int n = 1 + rnd_below(r, 4); n--;) {
		/* not the ports: it would be another connection */
		size_t at = 4 + rnd_below(r, (tcp[12] >> 4) * 4 > 4 ? (tcp[12] >> 4) * 4 - 4 : 16);

		if (ip + at < len)
			tcp[at] = rnd_chance(r, 1, 2) ? rnd_u32(r) : tcp[at] ^ 1u << rnd_below(r, 8);
	}
	if (rnd_chance(r, 1, 10))
		len = ip + 20 + rnd_below(r, len - ip - 20 + 1);
	header = (tcp[12] >> 4) * 4;
	seq = (u32)tcp[4] << 24 | tcp[5] << 16 | tcp[6] << 8 | tcp[7];
	seq += !!(tcp[13] & SYN);
	for (size_t i = header; ip + i < len; i++)
		tcp[i] = text_byte(seq + i - header);
	segment_finish(path, packet, len);
	return len;
}

static void inject_icmp(struct rnd *r, struct target *t)
{
	static const u8 types[2][6] = { { 3, 3, 3, 4, 11, 12 }, { 1, 1, 2, 2, 3, 4 } };
	struct segment quoted = { .sport = t->peer.near_port, .dport = t->peer.port, .flags = ACK };
	struct segment_path back = t->peer.path;
	u8 packet[SEGMENT_PACKET_MAX], inner[SEGMENT_PACKET_MAX];
	u32 info = rnd_chance(r, 1, 2) ? edge(r, 1500) : 68 + rnd_below(r, 1500);
	u8 type = types[back.family == AF_INET6][rnd_below(r, 6)], code = rnd_below(r, 17);
	size_t len;

	memcpy(back.from, t->peer.path.to, 16);
	memcpy(back.to, t->peer.path.from, 16);
	quoted.seq = t->peer.snd_una ? t->peer.rcv_nxt : t->peer.irs;
	quoted.seq += rnd_chance(r, 1, 2) ? 0u : edge(r, 3000);
	len = segment_build(&back, &quoted, inner);
	len = segment_icmp(&t->peer.path, type, code, info, inner, rnd_chance(r, 1, 8) ? rnd_below(r, len) : len,
			   packet);
	if (write(t->peer.tun, packet, len) != (ssize_t)len)
		xnet_log("tun: %s", strerror(errno));
}

/* --- a stack's side of a session */

/* Relative to the connection's numbers as they are known to the peer. */
static void describe(struct target *t, const u8 *packet, size_t len)
{
	const u8 *tcp = packet + (t->peer.path.family == AF_INET6 ? 40 : 20);
	u32 seq = (u32)tcp[4] << 24 | tcp[5] << 16 | tcp[6] << 8 | tcp[7];
	u32 ack = (u32)tcp[8] << 24 | tcp[9] << 16 | tcp[10] << 8 | tcp[11];
	int at;

	if (!getenv("XTCP_VERBOSE"))
		return;
	at = snprintf(t->last, sizeof(t->last), "flags %02x seq snd_nxt%+d = snd_una%+d ack rcv_nxt%+d len %zu win %u ",
		      tcp[13], (int)(seq - t->peer.snd_nxt), (int)(seq - t->peer.snd_una), (int)(ack - t->peer.rcv_nxt),
		      len, tcp[14] << 8 | tcp[15]);
	for (int i = 20; i < (tcp[12] >> 4) * 4 && at < (int)sizeof(t->last); i++)
		at += snprintf(t->last + at, sizeof(t->last) - at, "%02x", tcp[i]);
}

/* R is a copy, so both stacks get the same, each by its own numbers. */
static void inject(struct rnd r, struct target *t)
{
	u8 packet[SEGMENT_PACKET_MAX], raw[40];
	struct segment seg;
	size_t len;

	if (rnd_chance(&r, 1, 25)) {
		strcpy(t->last, "ICMP");
		inject_icmp(&r, t);
		return;
	}
	seg = some_segment(&r, &t->peer, raw);
	put_text(&seg);
	seg.bad_checksum = rnd_chance(&r, 1, 100);
	len = segment_build(&t->peer.path, &seg, packet);
	if (rnd_chance(&r, 1, 4) && !seg.bad_checksum)
		len = mutate(&r, &t->peer.path, packet, len);
	describe(t, packet, len);
	if (write(t->peer.tun, packet, len) != (ssize_t)len)
		xnet_log("tun: %s", strerror(errno));
	/* in order and right: the peer goes on from there, so later segments are near the window */
	if (seg.flags == ACK && seg.seq == t->peer.snd_nxt && seg.len && rnd_chance(&r, 1, 2))
		t->peer.snd_nxt += seg.len;
}

static void take(struct target *t, int fd)
{
	u8 data[4096];
	ssize_t n;

	while ((n = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0) {
		if (!t->check)
			continue;
		for (ssize_t i = 0; i < n; i++) {
			if (data[i] == text_byte(t->read_seq + i))
				continue;
			if (!t->wrong)
				xnet_log("byte at %u is %#x, not %#x", t->read_seq + (u32)i - t->peer.iss, data[i],
					 text_byte(t->read_seq + i));
			t->wrong = true;
			return;
		}
		t->read_seq += n;
		t->bytes += n;
	}
}

/* A call of the socket's owner. */
static void call(struct rnd r, struct target *t, int state)
{
	static char data[8192];
	int fd = t->fd, child, one = 1, flags = MSG_DONTWAIT | MSG_NOSIGNAL;

	switch (rnd_below(&r, state == TCP_LISTEN ? 2 : 12)) {
	case 0:
	case 1:
		child = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
		if (child >= 0)
			close(child);
		break;
	case 2:
		shutdown(fd, rnd_chance(&r, 1, 4) ? SHUT_WR : 17);
		break;
	case 3:
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		flags |= rnd_chance(&r, 1, 10) ? MSG_OOB : 0;
		send(fd, data, rnd_below(&r, sizeof(data)), flags);
		break;
	default:
		take(t, fd);
	}
}

static bool begin(struct target *t, struct rnd r, int state, u16 port)
{
	peer_drain(&t->peer);
	peer_reset_variables(&t->peer, port);
	t->peer.iss = rnd_chance(&r, 1, 3) ? -rnd_below(&r, 20000) : rnd_u32(&r) | 1;
	t->peer.snd_nxt = t->peer.iss;
	t->peer.ts_on = rnd_chance(&r, 1, 2);
	t->peer.tsval = rnd_u32(&r);
	t->peer.sack_on = rnd_chance(&r, 2, 3);
	t->peer.wscale_on = rnd_chance(&r, 1, 2);
	t->peer.wscale = rnd_below(&r, 15);
	t->peer.window = rnd_chance(&r, 1, 4) ? rnd_below(&r, 3000) : PEER_WINDOW;
	t->fd = peer_reach(&t->peer, state);
	if (t->fd < 0)
		return false;
	xnet_nonblock(t->fd, true);
	if (state != TCP_LISTEN)
		xnet_set_int(t->fd, SOL_SOCKET, SO_OOBINLINE, 1);
	t->check = state != TCP_LISTEN && state != TCP_SYN_SENT && state != TCP_SYN_RECV;
	t->read_seq = t->peer.iss + 1;
	return true;
}

static bool alive(const struct target *t)
{
	return xnet_state(t->fd) != TCP_CLOSE;
}

/* What is kept for a peer that never plays by the rules has a limit: the buffer, and some for the books of it. */
static bool bounded(const struct target *t)
{
	u32 info[9] = {};
	socklen_t len = sizeof(info);

	if (getsockopt(t->fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return true;
	if (info[0] <= 2 * info[1] + (1 << 18))
		return true;
	xnet_log("%u bytes received and kept, the buffer is %u", info[0], info[1]);
	return false;
}

static void end(struct target *t)
{
	int child;

	take(t, t->fd);
	while ((child = accept4(t->fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		xnet_linger(child, 1, 0);
		close(child);
	}
	xnet_linger(t->fd, 1, 0);
	close(t->fd);
}

/* --- a session on both */

/* What parted the two. */
static void tell_parted(const struct target t[2], u64 session, int segment, bool called)
{
	xnet_log("session %llu, segment %d%s:", session, segment, called ? " and call" : "");
	for (int i = 0; i < 2; i++)
		xnet_log("  %s %s after %s", i ? "the kernel's" : "XTCP", xnet_state_name(xnet_state(t[i].fd)),
			 t[i].last);
}

static bool play(struct target t[2], struct rnd *r, struct tally *tally)
{
	int state = 1 + rnd_below(r, STATES), segments = 1 + rnd_below(r, SESSION_SEGMENTS);
	u16 port = 1024 + tally->sessions % 60000;
	struct rnd recipe = { rnd_u32(r) * 2ull + 1 }, first = *r;
	bool on[2], told = !getenv("XTCP_VERBOSE");

	if (state == TCP_CLOSE)
		state = TCP_ESTABLISHED;
	tally->sessions++;
	for (int i = 0; i < 2; i++) {
		if (!begin(&t[i], recipe, state, port)) {
			xnet_log("session %llu: stack %d does not reach %s", tally->sessions, i,
				 xnet_state_name(state));
			return false;
		}
	}
	for (int n = 0; n < segments; n++) {
		bool calls = rnd_chance(r, 1, 8);

		recipe.state = rnd_u32(r) * 2ull + 1;
		rnd_u32(&recipe);
		for (int i = 0; i < 2; i++) {
			inject(recipe, &t[i]);
			if (calls)
				call(recipe, &t[i], state);
			peer_drain(&t[i].peer);
		}
		tally->calls += calls;
		tally->segments++;
		if (!told && alive(&t[0]) != alive(&t[1])) {
			told = true;
			tell_parted(t, tally->sessions, n, calls);
		}
	}
	for (int i = 0; i < 2; i++) {
		on[i] = alive(&t[i]);
		tally->alive[i] += on[i];
		if (!bounded(&t[i]))
			return false;
	}
	if (on[0] != on[1]) {
		tally->here_only += on[1];
		tally->there_only += on[0];
		if (getenv("XTCP_VERBOSE"))
			xnet_log("session %llu from %llx in %s: XTCP %s, the kernel's %s", tally->sessions, first.state,
				 xnet_state_name(state), xnet_state_name(xnet_state(t[0].fd)),
				 xnet_state_name(xnet_state(t[1].fd)));
	}
	for (int i = 0; i < 2; i++)
		end(&t[i]);
	return !t[0].wrong && !t[1].wrong;
}

FIXTURE(segfuzz) { struct target t[2]; };
PEER_VARIANTS(segfuzz);

FIXTURE_SETUP(segfuzz)
{
	XNET_FILTER();
	memset(self->t, 0, sizeof(self->t));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, peer_open(&self->t[i].peer, variant->family));
		self->t[i].peer.stack = i ? XNET_TCP : XNET_XTCP;
	}
}

FIXTURE_TEARDOWN(segfuzz)
{
	for (int i = 0; i < 2; i++)
		peer_close(&self->t[i].peer);
}

TEST_F_TIMEOUT(segfuzz, every_state, 7000)
{
	u64 count = rnd_environment("XTCP_FUZZ_SEGMENTS", 5000), seed = rnd_environment("XTCP_SEED", 1);
	struct rnd r = rnd_seed(seed, variant->family);
	struct target *t = self->t;
	struct tally tally = {};
	int fd;

	while (tally.segments < count) {
		ASSERT_TRUE(play(t, &r, &tally))
			TH_LOG("seed %llu, session %llu", seed, tally.sessions);
	}
	xnet_log("seed %llu: %llu sessions, %llu segments for each stack", seed, tally.sessions, tally.segments);
	xnet_log("alive after it: XTCP %llu, the kernel's %llu", tally.alive[0], tally.alive[1]);
	xnet_log("ended here alone %llu, there alone %llu; read and right: %llu and %llu bytes", tally.here_only,
		 tally.there_only, t[0].bytes, t[1].bytes);
	/* it still works */
	peer_drain(&t[0].peer);
	peer_reset_variables(&t[0].peer, PEER_PORT);
	fd = peer_connected(&t[0].peer);
	ASSERT_LE(0, fd);
	xnet_linger(fd, 1, 0);
	close(fd);
	EXPECT_TRUE(xnet_await_sockstat(t[0].peer.ns, XNET_XTCP, "sockets", 0));
}

XNET_MAIN
