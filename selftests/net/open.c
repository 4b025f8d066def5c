// SPDX-License-Identifier: GPL-2.0
/*
 * How connections open, RFC 9293 3.5: actively and passively against a real peer, at the same time from both ends, and
 * against a scripted peer that checks or spoils each segment of the handshake.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "stream.h"

XNET_FIXTURE(pair);

PEER_FIXTURE(scripted);

/* A byte each way proves that both ends agree on their sequence numbers. */
static int exchange(const int fd[2])
{
	struct stream both[] = {
		{ .tx = fd[XNET_NEAR], .rx = fd[XNET_FAR], .bytes = 1, .seed = 1 },
		{ .tx = fd[XNET_FAR], .rx = fd[XNET_NEAR], .bytes = 1, .seed = 2 },
	};

	return stream_run(both, 2, XNET_PATIENCE_MS);
}

/* RFC 9293 3.5, figure 6: the near end opens actively; both ends name the same four numbers. */
TEST_F(pair, active)
{
	struct xnet_addr want, near, far;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_NEAR]));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_ESTABLISHED));
	want = xnet_address(self->net.family, XNET_FAR, XNET_PORT);
	near = xnet_peer_name(fd[XNET_NEAR]);
	far = xnet_name(fd[XNET_FAR]);
	EXPECT_TRUE(xnet_same(&want, &near));
	EXPECT_TRUE(xnet_same(&want, &far));
	near = xnet_name(fd[XNET_NEAR]);
	far = xnet_peer_name(fd[XNET_FAR]);
	EXPECT_TRUE(xnet_same(&near, &far));
	EXPECT_EQ(0, exchange(fd));
}

/* The same with the near end passive: a real peer opens to it. */
TEST_F(pair, passive)
{
	struct xnet_addr want, near;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_NEAR]));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_FAR]));
	want = xnet_address(self->net.family, XNET_NEAR, XNET_PORT);
	near = xnet_name(fd[XNET_NEAR]);
	EXPECT_TRUE(xnet_same(&want, &near));
	want = xnet_name(fd[XNET_FAR]);
	near = xnet_peer_name(fd[XNET_NEAR]);
	EXPECT_TRUE(xnet_same(&want, &near));
	EXPECT_EQ(0, exchange(fd));
}

/* accept() fills in the peer's address as getpeername() does, and accept4() sets what it is asked to. */
TEST_F(pair, accept_address_and_flags)
{
	struct xnet_addr addr = { .len = sizeof(addr.ss) }, want;
	int listener, fd, far;

	listener = xnet_listen(&self->net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	xnet_nonblock(listener, true);
	EXPECT_EQ(-1, accept(listener, NULL, NULL));
	EXPECT_EQ(EAGAIN, errno);
	far = xnet_dial(&self->net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, far);
	ASSERT_TRUE(xnet_await(listener, POLLIN) & POLLIN);
	fd = accept4(listener, &addr.sa, &addr.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	ASSERT_LE(0, fd);
	want = xnet_name(far);
	EXPECT_TRUE(xnet_same(&want, &addr));
	EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	EXPECT_EQ(-1, accept4(listener, NULL, NULL, 0));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(-1, accept4(listener, NULL, NULL, 1));
	EXPECT_EQ(EINVAL, errno);
}

/* connect(2): EINPROGRESS, then writable without an error, then EISCONN. */
TEST_F(pair, nonblocking_connect)
{
	struct xnet_addr addr = xnet_address(self->net.family, XNET_FAR, XNET_PORT);
	int listener, fd;

	listener = xnet_listen(&self->net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	ASSERT_LE(0, fd);
	xnet_nonblock(fd, true);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(EINPROGRESS, errno);
	EXPECT_EQ(POLLOUT, xnet_await(fd, POLLOUT));
	EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_ERROR));
	/* The first call after the handshake learns its result, the next that it is over. */
	EXPECT_EQ(0, xnet_connect(fd, &addr));
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(EISCONN, errno);
}

/* connect(2): AF_UNSPEC dissolves the association; the socket then connects again. */
TEST_F(pair, disconnect_and_reconnect)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	struct xnet_addr addr;
	int fd[2], listener;

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, connect(fd[XNET_NEAR], &unspec, sizeof(unspec)));
	EXPECT_EQ(TCP_CLOSE, xnet_state(fd[XNET_NEAR]));
	addr = xnet_peer_name(fd[XNET_NEAR]);
	EXPECT_EQ(0, addr.len);
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE));
	close(fd[XNET_FAR]);

	listener = xnet_listen(&self->net, XNET_FAR, XNET_PORT + 1);
	ASSERT_LE(0, listener);
	addr = xnet_address(self->net.family, XNET_FAR, XNET_PORT + 1);
	ASSERT_EQ(0, xnet_connect(fd[XNET_NEAR], &addr));
	fd[XNET_FAR] = xnet_accept(listener);
	ASSERT_LE(0, fd[XNET_FAR]);
	EXPECT_EQ(0, exchange(fd));
}

/* Both ends on one host: loopback, which does not pass early demultiplexing. */
TEST_F(pair, over_loopback)
{
	struct xnet_addr addr = xnet_loopback(self->net.family, XNET_PORT);
	int ns = self->net.ns[XNET_NEAR], listener, fd[2];

	for (int client = XNET_XTCP; client <= XNET_TCP; client++) {
		enum xnet_stack server = client == XNET_XTCP ? variant->v.far : XNET_XTCP;

		listener = xnet_socket(ns, server, self->net.family);
		ASSERT_LE(0, listener);
		ASSERT_EQ(0, xnet_bind(listener, &addr));
		ASSERT_EQ(0, listen(listener, 1));
		fd[0] = xnet_socket(ns, client, self->net.family);
		ASSERT_LE(0, fd[0]);
		ASSERT_EQ(0, xnet_connect(fd[0], &addr));
		fd[1] = xnet_accept(listener);
		ASSERT_LE(0, fd[1]);
		EXPECT_EQ(0, exchange(fd));
		close(listener);
		xnet_linger(fd[0], 1, 0);
		close(fd[0]);
		close(fd[1]);
	}
}

/* RFC 9293 3.5, figure 7, with itself: a socket that connects to its own port opens simultaneously and hears itself. */
TEST_F(pair, self_connect)
{
	struct xnet_addr addr = xnet_loopback(self->net.family, XNET_PORT), name;
	int fd, both[2];

	fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_bind(fd, &addr));
	ASSERT_EQ(0, xnet_connect(fd, &addr));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	name = xnet_peer_name(fd);
	EXPECT_TRUE(xnet_same(&addr, &name));
	both[XNET_NEAR] = fd;
	both[XNET_FAR] = fd;
	for (int i = 0; i < 2; i++) {
		char byte = 'x';

		EXPECT_EQ(1, write(both[i], &byte, 1));
		EXPECT_EQ(1, xnet_read_all(both[i ^ 1], &byte, 1));
		EXPECT_EQ('x', byte);
	}
}

/* RFC 9293 3.5, figure 7, between two hosts: each connects to the other's bound port while its own SYN is under way. */
TEST_F(pair, simultaneous)
{
	struct xnet_addr addr[2];
	int fd[2];

	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	/* The delay makes the SYNs cross. */
	ASSERT_EQ(0, xnet_netem(&self->net, &(struct netem) { .delay_ms = 50 }));
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		addr[side] = xnet_address(self->net.family, side, XNET_PORT);
		fd[side] = xnet_socket(self->net.ns[side], self->net.stack[side], self->net.family);
		ASSERT_LE(0, fd[side]);
		xnet_nonblock(fd[side], true);
		ASSERT_EQ(0, xnet_bind(fd[side], &addr[side]));
	}
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		EXPECT_EQ(-1, xnet_connect(fd[side], &addr[side ^ 1]));
		EXPECT_EQ(EINPROGRESS, errno);
	}
	for (int side = XNET_NEAR; side <= XNET_FAR; side++)
		ASSERT_TRUE(xnet_await_state(fd[side], TCP_ESTABLISHED));
	EXPECT_EQ(0, exchange(fd));
}

/* RFC 9293 3.7.1, RFC 7323 2 and 3, RFC 2018 2: what a SYN offers, and what each sysctl takes out of it. */
TEST_F(scripted, syn_options)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(peer->path.family == AF_INET6 ? 1440 : 1460, peer->last.mss);
	EXPECT_TRUE(peer->last.sack_ok);
	EXPECT_TRUE(peer->last.has_wscale);
	EXPECT_GE(14, peer->last.wscale);
	EXPECT_TRUE(peer->last.has_ts);
	EXPECT_EQ(0, peer->last.tsecr);
	EXPECT_EQ(0, peer->last.ack);
	close(fd);

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_sack", "0"));
	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_timestamps", "0"));
	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_window_scaling", "0"));
	peer_reset_variables(peer, PEER_PORT + 1);
	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	EXPECT_FALSE(peer->last.sack_ok);
	EXPECT_FALSE(peer->last.has_wscale);
	EXPECT_FALSE(peer->last.has_ts);
	close(fd);
}

/* RFC 7323 2.2, 3.2, RFC 2018 2: a SYN-ACK offers only what the SYN offered, and echoes its timestamp. */
TEST_F(scripted, syn_ack_options)
{
	struct peer *peer = &self->peer;
	int listener;

	listener = peer_listen(peer, XNET_PORT);
	ASSERT_LE(0, listener);
	peer->near_port = XNET_PORT;
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	EXPECT_NE(0, peer->last.mss);
	EXPECT_FALSE(peer->last.sack_ok);
	EXPECT_FALSE(peer->last.has_wscale);
	EXPECT_FALSE(peer->last.has_ts);

	peer_reset_variables(peer, PEER_PORT + 1);
	peer->near_port = XNET_PORT;
	peer->sack_on = true;
	peer->ts_on = true;
	peer->tsval = 4711;
	peer->wscale_on = true;
	peer->wscale = 7;
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	EXPECT_TRUE(peer->last.sack_ok);
	EXPECT_TRUE(peer->last.has_wscale);
	EXPECT_TRUE(peer->last.has_ts);
	EXPECT_EQ(4711, peer->last.tsecr);
}

/* RFC 9293 3.8.1, RFC 6298 5: an unanswered SYN is sent again after 1 s, then 2 s, the same sequence number. */
TEST_F(scripted, syn_retransmitted)
{
	struct peer *peer = &self->peer;
	u64 first, again;
	u32 seq;
	int fd;

	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	first = xnet_now_ms();
	seq = peer->last.seq;
	ASSERT_TRUE(peer_expect(peer, SYN));
	EXPECT_EQ(seq, peer->last.seq);
	again = xnet_now_ms();
	EXPECT_LE(900, again - first);
	EXPECT_GE(1900, again - first);
	ASSERT_TRUE(peer_expect(peer, SYN));
	EXPECT_LE(1800, xnet_now_ms() - again);
	/* The answer to the last one still connects. */
	ASSERT_TRUE(peer_answer_connect(peer));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
}

/* The same for a SYN-ACK whose acknowledgment is lost; then the connection is accepted. */
TEST_F(scripted, syn_ack_retransmitted)
{
	struct peer *peer = &self->peer;
	int listener;

	listener = peer_listen(peer, XNET_PORT);
	ASSERT_LE(0, listener);
	peer->near_port = XNET_PORT;
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	EXPECT_EQ(peer->irs, peer->last.seq);
	EXPECT_EQ(peer->iss + 1, peer->last.ack);
	peer_send(peer, ACK);
	EXPECT_LE(0, xnet_accept(listener));
}

/* RFC 9293 3.10.7.4 second step: a SYN sent again in SYN-RECEIVED gets the same SYN-ACK, not a second connection. */
TEST_F(scripted, syn_repeated)
{
	struct peer *peer = &self->peer;
	int listener;

	listener = peer_listen(peer, XNET_PORT);
	ASSERT_LE(0, listener);
	peer->near_port = XNET_PORT;
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	peer_send_at(peer, SYN, peer->iss, 0);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	EXPECT_EQ(peer->irs, peer->last.seq);
	peer_send(peer, ACK);
	EXPECT_LE(0, xnet_accept(listener));
	xnet_nonblock(listener, true);
	EXPECT_EQ(-1, accept(listener, NULL, NULL));
	EXPECT_EQ(EAGAIN, errno);
}

/* RFC 9293 3.10.7.3 first step: a SYN-ACK of what was never sent is answered by RST, and the SYN stays in force. */
TEST_F(scripted, syn_ack_of_nothing)
{
	struct peer *peer = &self->peer;
	u32 wrong;
	int fd;

	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	wrong = peer->rcv_nxt + 77;
	peer_send_at(peer, SYN | ACK, peer->iss, wrong);
	ASSERT_TRUE(peer_expect(peer, RST));
	EXPECT_EQ(wrong, peer->last.seq);
	EXPECT_EQ(TCP_SYN_SENT, xnet_state(fd));
	ASSERT_TRUE(peer_answer_connect(peer));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
}

/* RFC 9293 3.10.7.3 third and fourth step, figure 7: SYN meets SYN. */
TEST_F(scripted, simultaneous)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	EXPECT_EQ(peer->irs, peer->last.seq);
	EXPECT_EQ(peer->iss + 1, peer->last.ack);
	EXPECT_EQ(TCP_SYN_RECV, xnet_state(fd));
	peer_send_at(peer, SYN | ACK, peer->iss, peer->rcv_nxt);
	EXPECT_TRUE(xnet_await_state(fd, TCP_ESTABLISHED));
	peer_drain(peer);
	peer_send_data(peer, ACK | PSH, "hello", 5);
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(peer->snd_nxt, peer->last.ack);
	EXPECT_EQ(5, write(fd, "world", 5));
	EXPECT_TRUE(peer_expect_data(peer, "world", 5));
}

/* RFC 7323 2.2: the window of a SYN-ACK is not scaled, in such an opening either. Linux's own TCP scales it. */
TEST_F(scripted, simultaneous_window)
{
	struct peer *peer = &self->peer;
	static char data[20000];
	int fd;

	peer->wscale_on = true;
	peer->wscale = 7;
	peer->window = 2000;
	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	peer_send_at(peer, SYN | ACK, peer->iss, peer->rcv_nxt);
	EXPECT_TRUE(xnet_await_state(fd, TCP_ESTABLISHED));
	peer_drain(peer);
	EXPECT_LT(0, send(fd, data, sizeof(data), MSG_DONTWAIT));
	while (xnet_under_test() && peer_read(peer, PEER_QUIET_MS))
		EXPECT_GE(2000, (s32)(peer->last.seq + peer->last.len - (peer->irs + 1)));
}

/* The peer's end of a simultaneous opening may be acknowledged by a plain ACK too: RFC 9293 3.10.7.4 fifth step. */
TEST_F(scripted, simultaneous_plain_ack)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_state(fd, TCP_ESTABLISHED));
	EXPECT_EQ(5, write(fd, "world", 5));
	EXPECT_TRUE(peer_expect_data(peer, "world", 5));
}

/* RFC 9293 3.7.1: no segment is larger than the peer's MSS, which is 536 (IPv4) or 1220 (IPv6) if it names none. */
TEST_F(scripted, mss_of_peer)
{
	static const int offered[] = { 800, 0 };
	struct peer *peer = &self->peer;
	char data[4000] = { 0 };
	int fd;

	for (int i = 0; i < 2; i++) {
		unsigned int mss = offered[i] ?: peer->path.family == AF_INET6 ? 1220 : 536;
		size_t got = 0;

		peer_reset_variables(peer, PEER_PORT + i);
		peer->mss = offered[i];
		fd = peer_connected(peer);
		ASSERT_LE(0, fd);
		EXPECT_EQ(sizeof(data), write(fd, data, sizeof(data)));
		while (got < sizeof(data)) {
			ASSERT_TRUE(peer_expect(peer, ACK));
			EXPECT_GE(mss, peer->last.len);
			if (!got)
				EXPECT_EQ(mss, peer->last.len);
			got += peer->last.len;
			peer_send(peer, ACK);
		}
		EXPECT_EQ(sizeof(data), got);
	}
}

/* RFC 9293 3.10.7.4 fifth step: the segment that ends the handshake may carry data, which is kept. */
TEST_F(scripted, data_with_last_ack)
{
	struct peer *peer = &self->peer;
	int listener, fd;
	char data[8];

	listener = peer_listen(peer, XNET_PORT);
	ASSERT_LE(0, listener);
	peer->near_port = XNET_PORT;
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	peer_send_data(peer, ACK | PSH, "hello", 5);
	fd = xnet_accept(listener);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, xnet_read_all(fd, data, 5));
	EXPECT_EQ(0, memcmp(data, "hello", 5));
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(peer->snd_nxt, peer->last.ack);
}

/* RFC 9293 3.10.7.4 eighth step: data and FIN may come before accept(); nothing of it is lost. */
TEST_F(scripted, closed_before_accept)
{
	struct peer *peer = &self->peer;
	int listener, fd;
	char data[8];

	listener = peer_listen(peer, XNET_PORT);
	ASSERT_LE(0, listener);
	ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
	peer_send_data(peer, ACK | PSH | FIN, "bye", 3);
	ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(peer->snd_nxt, peer->last.ack);
	fd = xnet_accept(listener);
	ASSERT_LE(0, fd);
	EXPECT_EQ(3, xnet_read_all(fd, data, sizeof(data)));
	EXPECT_EQ(TCP_CLOSE_WAIT, xnet_state(fd));
}

/* RFC 9293 3.1: options that do not parse, or are unknown, do not keep a connection from opening. */
TEST_F(scripted, odd_options)
{
	static const struct {
		const char *what;
		u8 bytes[12];
		size_t len;
	} cases[] = {
		{ "unknown option", { 77, 4, 1, 2 }, 4 },
		{ "experiment", { 254, 8, 1, 2, 3, 4, 5, 6 }, 8 },
		{ "length zero", { 77, 0, 1, 1 }, 4 },
		{ "beyond the header", { 1, 1, 77, 40 }, 4 },
		{ "MSS of length 3", { 2, 3, 5, 1 }, 4 },
		{ "window scale 200", { 3, 3, 200, 1 }, 4 },
		{ "only NOPs", { 1, 1, 1, 1, 1, 1, 1, 1 }, 8 },
		{ "end of list", { 0, 255, 255, 255 }, 4 },
	};
	struct peer *peer = &self->peer;
	int listener;

	listener = peer_listen(peer, XNET_PORT);
	ASSERT_LE(0, listener);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct segment syn;

		peer_reset_variables(peer, PEER_PORT + i);
		peer->near_port = XNET_PORT;
		syn = peer_segment(peer, SYN);
		syn.raw_options = cases[i].bytes;
		syn.raw_options_len = cases[i].len;
		peer_inject(peer, &syn);
		peer->snd_nxt++;
		ASSERT_TRUE(peer_expect(peer, SYN | ACK))
			TH_LOG("%s", cases[i].what);
		peer_send(peer, ACK);
		EXPECT_LE(0, xnet_accept(listener));
	}
}

/* RFC 9293 3.1: a segment with a wrong checksum is as if it had not come. */
TEST_F(scripted, bad_checksum)
{
	struct peer *peer = &self->peer;
	struct segment seg;
	int listener, fd;

	listener = peer_listen(peer, XNET_PORT);
	ASSERT_LE(0, listener);
	peer->near_port = XNET_PORT;
	seg = peer_segment(peer, SYN);
	seg.bad_checksum = true;
	peer_inject(peer, &seg);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
	fd = xnet_accept(listener);
	ASSERT_LE(0, fd);
	seg = peer_segment(peer, RST | ACK);
	seg.bad_checksum = true;
	peer_inject(peer, &seg);
	seg = peer_segment(peer, ACK);
	seg.bad_checksum = true;
	seg.len = 5;
	peer_inject(peer, &seg);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
}

XNET_MAIN
