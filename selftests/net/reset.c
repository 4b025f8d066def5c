// SPDX-License-Identifier: GPL-2.0
/*
 * Resets: what a RST does in each state (RFC 9293 3.10.7, RFC 5961 3), which RSTs do nothing, and which segments are
 * answered by one (RFC 9293 3.5.2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"

XNET_FIXTURE(pair);

PEER_FIXTURE(scripted);

/* The states a RST with the expected sequence number ends, and what the user is told, as Linux has it. */
static const struct {
	int state;
	int error;
} ended_by_reset[] = {
	{ TCP_SYN_RECV, ECONNRESET },
	{ TCP_ESTABLISHED, ECONNRESET },
	{ TCP_FIN_WAIT1, ECONNRESET },
	{ TCP_FIN_WAIT2, ECONNRESET },
	{ TCP_CLOSE_WAIT, EPIPE },
	{ TCP_CLOSING, ECONNRESET },
	{ TCP_LAST_ACK, ECONNRESET },
};

/* 3.10.7.4 second step: in each synchronised state the RST ends the connection. */
TEST_F(scripted, every_state)
{
	struct peer *peer = &self->peer;

	for (size_t i = 0; i < ARRAY_SIZE(ended_by_reset); i++) {
		int state = ended_by_reset[i].state, fd, error;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, state);
		ASSERT_LE(0, fd);
		peer_drain(peer);
		peer_send_at(peer, RST, peer->snd_nxt, 0);
		EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE))
			TH_LOG("%s", xnet_state_name(state));
		error = xnet_int(fd, SOL_SOCKET, SO_ERROR);
		EXPECT_EQ(ended_by_reset[i].error, error)
			TH_LOG("%s: %s", xnet_state_name(state), strerror(error));
		EXPECT_TRUE(peer_silence(peer, 0));
		EXPECT_TRUE(peer_is_gone(peer))
			TH_LOG("%s", xnet_state_name(state));
		close(fd);
	}
}

/* The same for sockets that nobody holds any more. */
TEST_F(scripted, every_orphan_state)
{
	static const int states[] = { TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_CLOSING, TCP_LAST_ACK };
	struct peer *peer = &self->peer;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		int fd;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, states[i]);
		ASSERT_LE(0, fd);
		close(fd);
		peer_drain(peer);
		peer_send_at(peer, RST, peer->snd_nxt, 0);
		EXPECT_TRUE(peer_is_gone(peer))
			TH_LOG("%s", xnet_state_name(states[i]));
	}
}

/* The kernel's account of TCP's memory does not see the first MiB of each processor. */
static bool fill(int fd)
{
	static char data[65536];
	long sum = 0, n;

	if (xnet_set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, 4000000))
		return false;
	xnet_nonblock(fd, true);
	while ((n = write(fd, data, sizeof(data))) > 0)
		sum += n;
	return sum > 2000000;
}

/*
 * Who closes with much to send while memory is short is reset at once, and his peer is told so in each state: in
 * LAST-ACK, too, where an abort owes no RST because the FIN was sent (3.10.5). Here it was not, or nobody would send it
 * again, and the peer would wait for the end of the stream for ever.
 */
TEST_F(scripted, orphan_without_memory)
{
	static const int states[] = { TCP_ESTABLISHED, TCP_CLOSE_WAIT };
	int limits = open("/proc/sys/net/ipv4/tcp_mem", O_RDWR);
	struct peer *peer = &self->peer;
	char before[64] = "";

	ASSERT_LT(0, read(limits, before, sizeof(before) - 1));
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		bool reset = false;
		int fd;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, states[i]);
		ASSERT_LE(0, fd);
		ASSERT_TRUE(fill(fd));
		ASSERT_EQ(5, pwrite(limits, "1 2 3", 5, 0));
		close(fd);
		ASSERT_LT(0, pwrite(limits, before, strlen(before), 0));
		while (!reset && peer_read(peer, PEER_QUIET_MS))
			reset = peer->last.flags & RST;
		EXPECT_TRUE(reset)
			TH_LOG("%s", xnet_state_name(states[i]));
	}
	close(limits);
}

/* 3.10.7.3 second step: in SYN-SENT a RST counts only if it acknowledges the SYN. */
TEST_F(scripted, syn_sent)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_reach(peer, TCP_SYN_SENT);
	ASSERT_LE(0, fd);
	peer_send_at(peer, RST, 0, 0);
	peer_send_at(peer, RST | ACK, 0, peer->rcv_nxt + 1);
	peer_send_at(peer, RST | ACK, 0, peer->irs);
	/* Linux takes them for the ghost of an earlier connection and soon tries the SYN again. */
	while (peer_read(peer, PEER_QUIET_MS))
		EXPECT_EQ(SYN, peer->last.flags);
	EXPECT_EQ(TCP_SYN_SENT, xnet_state(fd));
	peer_send_at(peer, RST | ACK, 0, peer->rcv_nxt);
	EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	EXPECT_EQ(ECONNREFUSED, xnet_int(fd, SOL_SOCKET, SO_ERROR));
}

/* 3.10.7.4 second step: a passive opening that is reset leaves the listener as it was, and nothing to accept. */
TEST_F(scripted, passive_syn_received)
{
	struct peer *peer = &self->peer;
	int listener;

	listener = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, listener);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	peer_send_at(peer, RST, peer->snd_nxt, 0);
	if (xnet_under_test())
		EXPECT_TRUE(xnet_await_sockstat(peer->ns, XNET_XTCP, "requests", 0));
	/* What acknowledges the forgotten SYN-ACK is answered by RST. */
	EXPECT_TRUE(peer_is_gone(peer));
	xnet_nonblock(listener, true);
	EXPECT_EQ(-1, accept(listener, NULL, NULL));
	EXPECT_EQ(EAGAIN, errno);
	peer_reset_variables(peer, PEER_PORT + 1);
	ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
	EXPECT_LE(0, xnet_accept(listener));
}

/* A connection reset before accept() is still handed over, with its error: Linux, unlike BSD's ECONNABORTED. */
TEST_F(scripted, before_accept)
{
	struct peer *peer = &self->peer;
	int listener, fd;
	char byte;

	listener = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, listener);
	ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
	ASSERT_TRUE(xnet_await(listener, POLLIN));
	peer_send_at(peer, RST, peer->snd_nxt, 0);
	fd = xnet_accept(listener);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ECONNRESET, errno);
}

/* 3.10.7.2 first step: LISTEN ignores a RST, and answers an ACK by RST. */
TEST_F(scripted, listen)
{
	struct peer *peer = &self->peer;
	int listener;

	listener = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, listener);
	peer_send_at(peer, RST, 1, 0);
	peer_send_at(peer, RST | ACK, 1, 1);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	peer_send_at(peer, ACK, 7, 4711);
	ASSERT_TRUE(peer_expect(peer, RST));
	EXPECT_EQ(4711, peer->last.seq);
	peer_send_at(peer, SYN | ACK, 7, 4712);
	ASSERT_TRUE(peer_expect(peer, RST));
	EXPECT_EQ(4712, peer->last.seq);
	/* Neither SYN nor ACK nor RST: dropped. */
	peer_send_at(peer, 0, 7, 0);
	peer_send_at(peer, FIN, 7, 0);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	EXPECT_EQ(TCP_LISTEN, xnet_state(listener));
}

/* 3.10.7.1: where there is no connection, all but a RST is answered by RST, numbered by what provoked it. */
TEST_F(scripted, closed)
{
	struct peer *peer = &self->peer;
	struct segment seg;

	peer->near_port = XNET_PORT;
	peer_send_at(peer, RST, 1, 0);
	peer_send_at(peer, RST | ACK, 1, 1);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	peer_send_at(peer, ACK, 100, 200);
	ASSERT_TRUE(peer_expect(peer, RST));
	EXPECT_EQ(200, peer->last.seq);
	peer_send_at(peer, SYN, 100, 0);
	ASSERT_TRUE(peer_expect(peer, RST | ACK));
	EXPECT_EQ(0, peer->last.seq);
	EXPECT_EQ(101, peer->last.ack);
	seg = peer_segment(peer, FIN);
	seg.seq = 100;
	seg.len = 10;
	peer_inject(peer, &seg);
	ASSERT_TRUE(peer_expect(peer, RST | ACK));
	EXPECT_EQ(0, peer->last.seq);
	EXPECT_EQ(111, peer->last.ack);
}

/* RFC 5961 3.2: a RST elsewhere in the window is answered by a challenge ACK; outside it, by nothing. */
TEST_F(scripted, blind)
{
	static const int states[] = { TCP_ESTABLISHED, TCP_FIN_WAIT2, TCP_CLOSE_WAIT };
	struct peer *peer = &self->peer;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		u32 expected;
		int fd;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, states[i]);
		ASSERT_LE(0, fd);
		peer_drain(peer);
		expected = peer->snd_nxt;
		peer_send_at(peer, RST, expected + 100, 0);
		EXPECT_TRUE(peer_expect_ack(peer, expected))
			TH_LOG("%s", xnet_state_name(states[i]));
		peer_send_at(peer, RST, expected - 2, 0);
		peer_send_at(peer, RST, expected + 0x40000000, 0);
		EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS))
			TH_LOG("%s", xnet_state_name(states[i]));
		EXPECT_EQ(states[i], xnet_state(fd));
		xnet_linger(fd, 1, 0);
		close(fd);
	}
}

/* RFC 5961 4.2: a SYN on a connection is answered by a challenge ACK, wherever its sequence number lies. */
TEST_F(scripted, blind_syn)
{
	static const int states[] = { TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_CLOSE_WAIT };
	static const int at[] = { -1, 0, 100, 0x40000000 };
	struct peer *peer = &self->peer;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		u32 expected;
		int fd;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, states[i]);
		ASSERT_LE(0, fd);
		expected = peer->snd_nxt;
		for (size_t j = 0; j < ARRAY_SIZE(at); j++) {
			peer_drain(peer);
			peer_send_at(peer, SYN, expected + at[j], 0);
			ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS))
				TH_LOG("%s, %d", xnet_state_name(states[i]), at[j]);
			EXPECT_EQ(expected, peer->last.ack);
		}
		EXPECT_EQ(states[i], xnet_state(fd));
		xnet_linger(fd, 1, 0);
		close(fd);
	}
}

/* RFC 5961 5.2: an ACK of what was never sent is answered by an ACK, and its data not taken. */
TEST_F(scripted, blind_data)
{
	struct peer *peer = &self->peer;
	struct segment seg;
	char byte;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	seg = peer_segment(peer, ACK | PSH);
	seg.ack += 1000;
	seg.len = 5;
	peer_inject(peer, &seg);
	/* Linux 6.1 drops it in silence. */
	if (peer_read(peer, xnet_under_test() ? XNET_PATIENCE_MS : PEER_QUIET_MS) || xnet_under_test())
		EXPECT_EQ(peer->snd_nxt, peer->last.ack);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
}

/* RFC 5961 7: challenge ACKs are limited, so that they cannot be provoked without end. */
TEST_F(scripted, challenge_limit)
{
	struct peer *peer = &self->peer;
	int fd, answers = 0;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_invalid_ratelimit", "500"));
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	for (int i = 0; i < 50; i++)
		peer_send_at(peer, RST, peer->snd_nxt + 100, 0);
	while (peer_read(peer, PEER_QUIET_MS))
		answers++;
	EXPECT_LE(1, answers);
	EXPECT_GE(5, answers);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
}

/* RFC 1337, tcp_rfc1337=1: TIME-WAIT is not assassinated by a RST. */
TEST_F(scripted, time_wait)
{
	struct peer *peer = &self->peer;
	int fd;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_rfc1337", "1"));
	fd = peer_reach(peer, TCP_TIME_WAIT);
	ASSERT_LE(0, fd);
	peer_drain(peer);
	peer_send_at(peer, RST, peer->snd_nxt, 0);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	EXPECT_TRUE(peer_in_time_wait(peer));
	EXPECT_EQ(1, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
}

/* What the user sees of a reset: ECONNRESET once, then the end of the stream; EPIPE on writing. */
TEST_F(scripted, seen_by_user)
{
	struct peer *peer = &self->peer;
	char data[8];
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	peer_send_data(peer, ACK | PSH, "lost", 4);
	ASSERT_TRUE(xnet_await(fd, POLLIN) & POLLIN);
	peer_send_at(peer, RST, peer->snd_nxt, 0);
	ASSERT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	EXPECT_EQ(POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP,
		  xnet_await(fd, POLLIN | POLLOUT | POLLRDHUP));
	/* What was received before it can still be read. */
	EXPECT_EQ(4, read(fd, data, sizeof(data)));
	EXPECT_EQ(-1, read(fd, data, sizeof(data)));
	EXPECT_EQ(ECONNRESET, errno);
	EXPECT_EQ(0, read(fd, data, sizeof(data)));
	EXPECT_EQ(-1, send(fd, data, 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
}

/* A reset between real hosts, in both directions, wakes a blocked reader with ECONNRESET. */
TEST_F(pair, wakes_reader)
{
	char byte;
	int fd[2];

	for (int closer = XNET_NEAR; closer <= XNET_FAR; closer++) {
		pid_t child;
		int status;

		ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			close(fd[closer]);
			_exit(read(fd[closer ^ 1], &byte, 1) == -1 && errno == ECONNRESET ? 0 : 1);
		}
		xnet_sleep_ms(PEER_QUIET_MS);
		xnet_linger(fd[closer], 1, 0);
		close(fd[closer]);
		ASSERT_EQ(child, waitpid(child, &status, 0));
		EXPECT_EQ(0, status);
		close(fd[closer ^ 1]);
	}
}

XNET_MAIN
