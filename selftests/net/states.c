// SPDX-License-Identifier: GPL-2.0
/*
 * The eleven states of RFC 9293 3.3.2, figure 5: each transition by itself against a scripted peer, and the paths that
 * a real peer takes. What a state does with resets is in reset.c, how long TIME-WAIT lasts in timewait.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"

XNET_FIXTURE(pair);

PEER_FIXTURE(scripted);

/* CLOSED to LISTEN by listen(), and back by close(): a SYN gets SYN-ACK, then RST. */
TEST_F(scripted, closed_listen_closed)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_socket(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(TCP_CLOSE, xnet_state(fd));
	close(fd);
	fd = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, fd);
	EXPECT_EQ(TCP_LISTEN, xnet_state(fd));
	peer_send(peer, SYN);
	EXPECT_TRUE(peer_expect(peer, SYN | ACK));
	peer_send_at(peer, RST, peer->snd_nxt, 0);
	close(fd);
	peer_reset_variables(peer, PEER_PORT + 1);
	peer->near_port = XNET_PORT;
	peer_send(peer, SYN);
	EXPECT_TRUE(peer_expect(peer, RST | ACK));
	EXPECT_EQ(peer->snd_nxt, peer->last.ack);
}

/* LISTEN to SYN-RECEIVED to ESTABLISHED: 3.10.7.2 third step, 3.10.7.4 fifth step. */
TEST_F(scripted, listen_syn_received_established)
{
	struct peer *peer = &self->peer;
	int listener, fd;

	listener = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, listener);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	EXPECT_EQ(0, poll(&(struct pollfd) { .fd = listener, .events = POLLIN }, 1, 0));
	if (xnet_under_test())
		EXPECT_EQ(1, xnet_sockstat(peer->ns, XNET_XTCP, "requests"));
	peer_send(peer, ACK);
	fd = xnet_accept(listener);
	ASSERT_LE(0, fd);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	EXPECT_EQ(TCP_LISTEN, xnet_state(listener));
	if (xnet_under_test())
		EXPECT_EQ(0, xnet_sockstat(peer->ns, XNET_XTCP, "requests"));
}

/* CLOSED to SYN-SENT to ESTABLISHED: 3.10.7.3 fourth step. */
TEST_F(scripted, closed_syn_sent_established)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(TCP_SYN_SENT, xnet_state(fd));
	ASSERT_TRUE(peer_answer_connect(peer));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	EXPECT_EQ(peer->irs + 1, peer->last.seq);
}

/* SYN-SENT to SYN-RECEIVED to ESTABLISHED: both opened at once. */
TEST_F(scripted, syn_sent_syn_received_established)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_reach(peer, TCP_SYN_RECV);
	ASSERT_LE(0, fd);
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_state(fd, TCP_ESTABLISHED));
}

/* SYN-SENT to CLOSED by close(): 3.10.4. A late SYN-ACK finds nobody. */
TEST_F(scripted, syn_sent_closed)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_reach(peer, TCP_SYN_SENT);
	ASSERT_LE(0, fd);
	close(fd);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	peer_send(peer, SYN | ACK);
	ASSERT_TRUE(peer_expect(peer, RST));
	EXPECT_EQ(peer->rcv_nxt, peer->last.seq);
}

/* SYN-RECEIVED to FIN-WAIT-1 by close(): 3.10.4. */
TEST_F(scripted, syn_received_fin_wait_1)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_reach(peer, TCP_SYN_RECV);
	ASSERT_LE(0, fd);
	close(fd);
	/* Linux sends the FIN at once or with the end of the handshake. */
	peer_send(peer, ACK);
	ASSERT_TRUE(peer_await(peer, FIN | ACK, XNET_PATIENCE_MS));
	EXPECT_EQ(peer->irs + 1, peer->last.seq);
	peer_send(peer, FIN | ACK);
	EXPECT_TRUE(peer_expect_ack(peer, peer->snd_nxt));
}

/* ESTABLISHED to FIN-WAIT-1 to FIN-WAIT-2 to TIME-WAIT: the one who closes first, 3.6, figure 12. */
TEST_F(scripted, established_fin_wait_1_fin_wait_2_time_wait)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	EXPECT_EQ(TCP_FIN_WAIT1, xnet_state(fd));
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_state(fd, TCP_FIN_WAIT2));
	peer_send(peer, FIN | ACK);
	EXPECT_TRUE(peer_expect_ack(peer, peer->snd_nxt));
	EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	EXPECT_EQ(1, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
	EXPECT_TRUE(peer_in_time_wait(peer));
}

/* The same by close(): nobody holds the socket, the states are passed all the same. */
TEST_F(scripted, established_closed_by_orphan)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	peer_send(peer, ACK);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	peer_send(peer, FIN | ACK);
	EXPECT_TRUE(peer_expect_ack(peer, peer->snd_nxt));
	EXPECT_TRUE(peer_in_time_wait(peer));
}

/* FIN-WAIT-1 to CLOSING to TIME-WAIT: the FINs cross, 3.6, figure 13. */
TEST_F(scripted, fin_wait_1_closing_time_wait)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_reach(peer, TCP_CLOSING);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	EXPECT_EQ(1, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
	EXPECT_TRUE(peer_in_time_wait(peer));
}

/* FIN-WAIT-1 to TIME-WAIT: the peer's FIN acknowledges ours, 3.10.7.4 eighth step. */
TEST_F(scripted, fin_wait_1_time_wait)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_reach(peer, TCP_FIN_WAIT1);
	ASSERT_LE(0, fd);
	peer_send(peer, FIN | ACK);
	EXPECT_TRUE(peer_expect_ack(peer, peer->snd_nxt));
	EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	EXPECT_TRUE(peer_in_time_wait(peer));
}

/* ESTABLISHED to CLOSE-WAIT to LAST-ACK to CLOSED: the one who closes last, 3.6, figure 12. */
TEST_F(scripted, established_close_wait_last_ack_closed)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_accepted(peer);
	ASSERT_LE(0, fd);
	peer_send(peer, FIN | ACK);
	ASSERT_TRUE(peer_expect_ack(peer, peer->snd_nxt));
	EXPECT_EQ(TCP_CLOSE_WAIT, xnet_state(fd));
	ASSERT_EQ(0, shutdown(fd, SHUT_WR));
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	EXPECT_EQ(TCP_LAST_ACK, xnet_state(fd));
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_state(fd, TCP_CLOSE));
	EXPECT_EQ(0, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
	EXPECT_TRUE(peer_is_gone(peer));
}

/* A FIN is acknowledged whenever it comes again: LAST-ACK and CLOSING do not forget, 3.10.7.4 eighth step. */
TEST_F(scripted, repeated_fin)
{
	static const int states[] = { TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSING };
	struct peer *peer = &self->peer;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		int fd;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, states[i]);
		ASSERT_LE(0, fd);
		peer_send_at(peer, FIN | ACK, peer->snd_nxt - 1, peer->rcv_nxt - (states[i] != TCP_CLOSE_WAIT));
		EXPECT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS))
			TH_LOG("%s", xnet_state_name(states[i]));
		EXPECT_EQ(peer->snd_nxt, peer->last.ack);
		EXPECT_EQ(states[i], xnet_state(fd));
		xnet_linger(fd, 1, 0);
		close(fd);
	}
}

/* In every state a segment outside the window is answered by an ACK of what is expected: 3.10.7.4 first step. */
TEST_F(scripted, out_of_window)
{
	static const int states[] = {
		TCP_SYN_RECV, TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_CLOSE_WAIT, TCP_CLOSING, TCP_LAST_ACK,
		TCP_TIME_WAIT,
	};
	struct peer *peer = &self->peer;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		u32 expected;
		int fd;

		peer_reset_variables(peer, PEER_PORT + i);
		fd = peer_reach(peer, states[i]);
		ASSERT_LE(0, fd);
		expected = peer->snd_nxt;
		peer_drain(peer);
		peer_send_at(peer, ACK, expected - 100000, peer->rcv_nxt - 1);
		EXPECT_TRUE(peer_read(peer, XNET_PATIENCE_MS))
			TH_LOG("%s", xnet_state_name(states[i]));
		EXPECT_EQ(ACK, peer->last.flags & (ACK | RST | FIN));
		EXPECT_EQ(expected, peer->last.ack);
		EXPECT_EQ(states[i] == TCP_TIME_WAIT ? TCP_CLOSE : states[i], xnet_state(fd));
		xnet_linger(fd, 1, 0);
		close(fd);
	}
}

/* FIN-WAIT-2 of a closed socket ends by itself: tcp_fin_timeout, tcp(7). Then the peer's FIN meets nobody. */
TEST_F(scripted, fin_wait_2_timeout)
{
	struct peer *peer = &self->peer;
	u64 deadline;
	int fd;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_fin_timeout", "1"));
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_TRUE(peer_expect(peer, FIN | ACK));
	peer_send(peer, ACK);
	deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	for (;;) {
		peer_send_at(peer, ACK, peer->snd_nxt, peer->rcv_nxt);
		if (peer_read(peer, 200) && peer->last.flags == RST)
			break;
		ASSERT_GT(deadline, xnet_now_ms());
	}
	EXPECT_EQ(peer->rcv_nxt, peer->last.seq);
	EXPECT_EQ(0, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
}

/* With a real peer: every state that closing near first passes, 3.6, figure 12. */
TEST_F(pair, near_closes_first)
{
	struct xnet *net = &self->net;
	char byte;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_WR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_FIN_WAIT2));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE_WAIT));
	EXPECT_EQ(0, xnet_read_all(fd[XNET_FAR], &byte, 1));
	ASSERT_EQ(0, shutdown(fd[XNET_FAR], SHUT_WR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE));
	EXPECT_EQ(0, xnet_read_all(fd[XNET_NEAR], &byte, 1));
	EXPECT_EQ(1, xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait"));
	EXPECT_EQ(0, xnet_sockstat(net->ns[XNET_FAR], net->stack[XNET_FAR], "timewait"));
}

/* The mirror image: the far end closes first and keeps the TIME-WAIT. */
TEST_F(pair, far_closes_first)
{
	struct xnet *net = &self->net;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(net, XNET_FAR, fd));
	ASSERT_EQ(0, shutdown(fd[XNET_FAR], SHUT_WR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_FIN_WAIT2));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE_WAIT));
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_WR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
	EXPECT_EQ(0, xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait"));
	EXPECT_EQ(1, xnet_sockstat(net->ns[XNET_FAR], net->stack[XNET_FAR], "timewait"));
}

/* With the link cut the states that wait for an answer stay; when it heals they go on. */
TEST_F(pair, waits_for_answers)
{
	static const struct netem cut = { .loss = 100 };
	struct xnet *net = &self->net;
	struct xnet_addr addr;
	int fd[2], listener;

	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	/* Neighbours are known before the link is cut: their discovery has time-outs of its own. */
	fd[XNET_NEAR] = xnet_dial(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, fd[XNET_NEAR]);
	fd[XNET_FAR] = xnet_accept(listener);
	ASSERT_LE(0, fd[XNET_FAR]);
	ASSERT_EQ(0, xnet_netem(net, &cut));
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_WR));
	xnet_sleep_ms(PEER_QUIET_MS);
	EXPECT_EQ(TCP_FIN_WAIT1, xnet_state(fd[XNET_NEAR]));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_FAR]));
	ASSERT_EQ(0, xnet_netem(net, NULL));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_FIN_WAIT2));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE_WAIT));

	ASSERT_EQ(0, xnet_netem(net, &cut));
	ASSERT_EQ(0, shutdown(fd[XNET_FAR], SHUT_WR));
	xnet_sleep_ms(PEER_QUIET_MS);
	EXPECT_EQ(TCP_LAST_ACK, xnet_state(fd[XNET_FAR]));
	EXPECT_EQ(TCP_FIN_WAIT2, xnet_state(fd[XNET_NEAR]));
	ASSERT_EQ(0, xnet_netem(net, NULL));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));

	ASSERT_EQ(0, xnet_netem(net, &cut));
	addr = xnet_address(net->family, XNET_FAR, XNET_PORT);
	fd[XNET_NEAR] = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	xnet_nonblock(fd[XNET_NEAR], true);
	EXPECT_EQ(-1, xnet_connect(fd[XNET_NEAR], &addr));
	EXPECT_EQ(EINPROGRESS, errno);
	EXPECT_EQ(-1, xnet_connect(fd[XNET_NEAR], &addr));
	EXPECT_EQ(EALREADY, errno);
	EXPECT_EQ(TCP_SYN_SENT, xnet_state(fd[XNET_NEAR]));
	ASSERT_EQ(0, xnet_netem(net, NULL));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_ESTABLISHED));
	fd[XNET_FAR] = xnet_accept(listener);
	ASSERT_LE(0, fd[XNET_FAR]);

	/* LAST-ACK of the near end: the far end's FIN arrived, the near end's is lost. */
	ASSERT_EQ(0, shutdown(fd[XNET_FAR], SHUT_WR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE_WAIT));
	ASSERT_EQ(0, xnet_netem(net, &cut));
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_WR));
	xnet_sleep_ms(PEER_QUIET_MS);
	EXPECT_EQ(TCP_LAST_ACK, xnet_state(fd[XNET_NEAR]));
	ASSERT_EQ(0, xnet_netem(net, NULL));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
}

/* Both close while the other's FIN is under way: CLOSING and TIME-WAIT on both ends, 3.6, figure 13. */
TEST_F(pair, both_close)
{
	struct xnet *net = &self->net;
	int fd[2];

	if (!xnet_have_netem())
		XNET_SKIP(return, "no netem");
	ASSERT_EQ(0, xnet_pair(net, XNET_NEAR, fd));
	ASSERT_EQ(0, xnet_netem(net, &(struct netem) { .delay_ms = 100 }));
	ASSERT_EQ(0, shutdown(fd[XNET_NEAR], SHUT_WR));
	ASSERT_EQ(0, shutdown(fd[XNET_FAR], SHUT_WR));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSING));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
	EXPECT_TRUE(xnet_await_state(fd[XNET_FAR], TCP_CLOSE));
	EXPECT_EQ(1, xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait"));
	EXPECT_EQ(1, xnet_sockstat(net->ns[XNET_FAR], net->stack[XNET_FAR], "timewait"));
}

XNET_MAIN
