// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners: their two queues and what happens when they are full or closed (listen(2), tcp(7), RFC 4987), who gets a
 * connection, what it inherits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"

XNET_FIXTURE(pair);

PEER_FIXTURE(scripted);

/* RFC 9293 3.10.4: closing a listener resets what waits in its queue; the clients are told. */
TEST_F(pair, close_with_queued)
{
	struct xnet *net = &self->net;
	int listener, fd[20];
	char byte;

	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++) {
		fd[i] = xnet_dial(net, XNET_FAR, XNET_PORT);
		ASSERT_LE(0, fd[i]);
		/* Some with data in their queues. */
		if (i & 1)
			ASSERT_EQ(5, write(fd[i], "hello", 5));
	}
	close(listener);
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++) {
		ASSERT_TRUE(xnet_await(fd[i], POLLIN) & POLLIN);
		EXPECT_EQ(-1, read(fd[i], &byte, 1));
		EXPECT_EQ(ECONNRESET, errno);
	}
	EXPECT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets", 0));
	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	EXPECT_LE(0, listener);
	EXPECT_LE(0, xnet_dial(net, XNET_FAR, XNET_PORT));
}

/* The same of what is half open: its last ACK meets nobody. */
TEST_F(scripted, close_with_half_open)
{
	struct peer *peer = &self->peer;
	int listener;

	listener = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, listener);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	close(listener);
	peer_drain(peer);
	peer_send(peer, ACK);
	ASSERT_TRUE(peer_expect(peer, RST));
	EXPECT_EQ(peer->rcv_nxt, peer->last.seq);
	if (xnet_under_test())
		EXPECT_TRUE(xnet_await_sockstat(peer->ns, XNET_XTCP, "requests", 0));
}

/* A listener with a backlog of its own, at XNET_PORT. */
static int listen_backlog(const struct peer *peer, int backlog)
{
	int fd = peer_listen(peer, XNET_PORT);

	return fd < 0 || listen(fd, backlog) ? -1 : fd;
}

/* The next client: another port of the peer. */
static void next_client(struct peer *peer)
{
	peer_reset_variables(peer, peer->port + 1);
	peer->near_port = XNET_PORT;
}

/* listen(2): BACKLOG + 1 connections wait; while they do, SYNs are not answered; then they are. */
TEST_F(scripted, accept_queue_full)
{
	struct peer *peer = &self->peer;
	struct tcp_info info;
	int listener;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_syncookies", "0"));
	listener = listen_backlog(peer, 1);
	ASSERT_LE(0, listener);
	for (int i = 0; i < 2; i++) {
		next_client(peer);
		ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
	}
	ASSERT_EQ(0, xnet_info(listener, &info));
	EXPECT_EQ(2, info.tcpi_unacked);
	EXPECT_EQ(1, info.tcpi_sacked);
	next_client(peer);
	peer_send(peer, SYN);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	EXPECT_LE(1, xnet_counter(peer->ns, XNET_XTCP, "ListenOverflows"));
	EXPECT_LE(1, xnet_counter(peer->ns, XNET_XTCP, "ListenDrops"));
	EXPECT_LE(0, xnet_accept(listener));
	peer_send_at(peer, SYN, peer->iss, 0);
	EXPECT_TRUE(peer_expect(peer, SYN | ACK));
}

/* tcp(7), tcp_abort_on_overflow: a handshake that ends while the queue is full waits, or is reset. */
TEST_F(scripted, overflow)
{
	struct peer *peer = &self->peer;
	int listener, abort;

	for (abort = 0; abort < 2; abort++) {
		struct peer late;

		ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_abort_on_overflow", abort ? "1" : "0"));
		listener = listen_backlog(peer, 0);
		ASSERT_LE(0, listener);
		next_client(peer);
		peer_send(peer, SYN);
		ASSERT_TRUE(peer_expect(peer, SYN | ACK));
		late = *peer;
		next_client(peer);
		ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
		/* The queue is full now. */
		peer_send(&late, ACK);
		if (abort) {
			EXPECT_TRUE(peer_await(&late, RST, XNET_PATIENCE_MS));
		} else {
			EXPECT_LE(0, xnet_accept(listener));
			/* The SYN-ACK comes again and is answered again. */
			ASSERT_TRUE(peer_await(&late, SYN | ACK, XNET_PATIENCE_MS));
			peer_send(&late, ACK);
			EXPECT_LE(0, xnet_accept(listener));
		}
		close(listener);
		peer_drain(peer);
		*peer = late;
		peer->port += 10;
	}
}

/* SYNs from COUNT ports of the peer; how many SYN-ACKs come. The last one's numbers are left in the peer. */
static int flood(struct peer *peer, int count)
{
	int answers = 0;

	for (int i = 0; i < count; i++) {
		next_client(peer);
		peer_send(peer, SYN);
		if (peer_read(peer, PEER_QUIET_MS / 2))
			answers += peer->last.flags == (SYN | ACK);
	}
	return answers;
}

/*
 * RFC 4987 3.6: more SYNs than the queue holds are answered by cookies; the state is bounded, and an honest client's
 * handshake ends in a connection all the same, with the options that the timestamp remembers.
 */
TEST_F(scripted, syn_flood_cookies)
{
	struct peer *peer = &self->peer;
	struct tcp_info info;
	int listener, fd;
	char data[8];

	listener = listen_backlog(peer, 8);
	ASSERT_LE(0, listener);
	EXPECT_EQ(500, flood(peer, 500));
	if (xnet_under_test())
		EXPECT_GE(16, xnet_sockstat(peer->ns, XNET_XTCP, "requests"));
	for (int ts = 0; ts < 2; ts++) {
		next_client(peer);
		peer->ts_on = ts;
		peer->tsval = 1;
		peer->sack_on = ts;
		peer->wscale_on = ts;
		peer->wscale = 5;
		ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
		fd = xnet_accept(listener);
		ASSERT_LE(0, fd);
		EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
		ASSERT_EQ(0, xnet_info(fd, &info));
		EXPECT_EQ(ts ? TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE : 0,
			  info.tcpi_options & (TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE));
		EXPECT_GE(1400, info.tcpi_snd_mss);
		EXPECT_LE(500, info.tcpi_snd_mss);
		peer_send_data(peer, ACK | PSH, "hello", 5);
		EXPECT_EQ(5, xnet_read_all(fd, data, 5));
		EXPECT_EQ(5, write(fd, "world", 5));
		ASSERT_TRUE(peer_await(peer, ACK, XNET_PATIENCE_MS));
		if (!peer->last.len)
			ASSERT_TRUE(peer_expect(peer, ACK));
		EXPECT_EQ(0, memcmp(peer->last.data, "world", 5));
		peer_drain(peer);
	}
	EXPECT_LE(480, xnet_counter(peer->ns, XNET_XTCP, "SyncookiesSent"));
	EXPECT_EQ(2, xnet_counter(peer->ns, XNET_XTCP, "SyncookiesRecv"));
}

/* A cookie that was never given out is no connection: RST. */
TEST_F(scripted, forged_cookie)
{
	struct peer *peer = &self->peer;
	int listener;

	listener = listen_backlog(peer, 8);
	ASSERT_LE(0, listener);
	flood(peer, 50);
	next_client(peer);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	peer_send_at(peer, ACK, peer->snd_nxt, peer->rcv_nxt + 12345);
	ASSERT_TRUE(peer_expect(peer, RST));
	/* Another's cookie: the numbers of one connection sent from another. */
	peer->port += 1000;
	peer_send_at(peer, ACK, peer->snd_nxt, peer->rcv_nxt);
	ASSERT_TRUE(peer_expect(peer, RST));
	xnet_nonblock(listener, true);
	EXPECT_EQ(-1, accept(listener, NULL, NULL));
	EXPECT_EQ(EAGAIN, errno);
}

/* tcp(7), tcp_syncookies=0: what the queue cannot hold is dropped. 2: there is no queue at all. */
TEST_F(scripted, syncookies_sysctl)
{
	struct peer *peer = &self->peer;
	int listener, fd, answers;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_syncookies", "0"));
	listener = listen_backlog(peer, 8);
	ASSERT_LE(0, listener);
	answers = flood(peer, 60);
	EXPECT_LE(4, answers);
	EXPECT_GE(17, answers);
	close(listener);
	peer_drain(peer);

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_syncookies", "2"));
	listener = listen_backlog(peer, 8);
	ASSERT_LE(0, listener);
	next_client(peer);
	peer_send(peer, SYN);
	ASSERT_TRUE(peer_expect(peer, SYN | ACK));
	if (xnet_under_test())
		EXPECT_EQ(0, xnet_sockstat(peer->ns, XNET_XTCP, "requests"));
	peer_send(peer, ACK);
	fd = xnet_accept(listener);
	EXPECT_LE(0, fd);
}

/* tcp(7), tcp_synack_retries: a half open connection is given up after so many SYN-ACKs. */
TEST_F(scripted, half_open_expires)
{
	struct peer *peer = &self->peer;
	int listener, synacks = 0;

	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_synack_retries", "1"));
	listener = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, listener);
	peer_send(peer, SYN);
	while (peer_read(peer, 4000)) {
		EXPECT_EQ(SYN | ACK, peer->last.flags);
		synacks++;
	}
	EXPECT_EQ(2, synacks);
	if (xnet_under_test())
		EXPECT_TRUE(xnet_await_sockstat(peer->ns, XNET_XTCP, "requests", 0));
	EXPECT_TRUE(peer_is_gone(peer));
}

/* tcp(7), TCP_DEFER_ACCEPT: a connection is handed over with its first data, not before. */
TEST_F(scripted, defer_accept)
{
	struct peer *peer = &self->peer;
	int listener, fd;
	char data[8];

	listener = peer_reach(peer, TCP_LISTEN);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, xnet_set_int(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5));
	EXPECT_LE(5, xnet_int(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT));
	ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
	EXPECT_EQ(0, poll(&(struct pollfd) { .fd = listener, .events = POLLIN }, 1, PEER_QUIET_MS));
	peer_send_data(peer, ACK | PSH, "hello", 5);
	fd = xnet_accept(listener);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, recv(fd, data, sizeof(data), MSG_DONTWAIT));
}

/* shutdown(2) of a listener ends the listening, as Linux has it: accept() is EINVAL; listen() begins anew. */
TEST_F(pair, shutdown)
{
	struct xnet *net = &self->net;
	struct xnet_addr addr = xnet_address(net->family, XNET_NEAR, XNET_PORT);
	int listener, fd;

	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, shutdown(listener, SHUT_RD));
	EXPECT_EQ(TCP_CLOSE, xnet_state(listener));
	EXPECT_EQ(-1, accept(listener, NULL, NULL));
	EXPECT_EQ(EINVAL, errno);
	fd = xnet_socket(net->ns[XNET_FAR], net->stack[XNET_FAR], net->family);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	EXPECT_EQ(ECONNREFUSED, errno);
	close(fd);
	ASSERT_EQ(0, listen(listener, 5));
	EXPECT_LE(0, xnet_dial(net, XNET_FAR, XNET_PORT));
	EXPECT_LE(0, xnet_accept(listener));
}

/* accept(2): each connection goes to exactly one of the processes that wait. */
TEST_F(pair, several_acceptors)
{
	struct xnet *net = &self->net;
	int listener, counts[2], total = 0, fd[40];
	pid_t child[4];

	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, pipe(counts));
	for (size_t i = 0; i < ARRAY_SIZE(child); i++) {
		child[i] = fork();
		ASSERT_LE(0, child[i]);
		if (child[i])
			continue;
		for (;;) {
			int got = accept(listener, NULL, NULL);

			if (got < 0 || write(got, "x", 1) != 1 || write(counts[1], "x", 1) != 1)
				_exit(1);
			close(got);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++) {
		fd[i] = xnet_dial(net, XNET_FAR, XNET_PORT);
		ASSERT_LE(0, fd[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++) {
		char data[4];

		EXPECT_EQ(1, xnet_read_all(fd[i], data, sizeof(data)));
		EXPECT_EQ(1, read(counts[0], data, 1));
		total++;
	}
	EXPECT_EQ(40, total);
	for (size_t i = 0; i < ARRAY_SIZE(child); i++) {
		kill(child[i], SIGKILL);
		waitpid(child[i], NULL, 0);
	}
}

/* socket(7), SO_REUSEPORT: the connections spread over the listeners of one port. */
TEST_F(pair, reuseport)
{
	struct xnet *net = &self->net;
	struct xnet_addr any = xnet_any(net->family, XNET_PORT);
	struct pollfd pfd[2];
	int got[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		pfd[i].fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
		pfd[i].events = POLLIN;
		ASSERT_EQ(0, xnet_set_int(pfd[i].fd, SOL_SOCKET, SO_REUSEPORT, 1));
		ASSERT_EQ(0, xnet_bind(pfd[i].fd, &any));
		ASSERT_EQ(0, listen(pfd[i].fd, 100));
	}
	for (int i = 0; i < 60; i++)
		ASSERT_LE(0, xnet_dial(net, XNET_FAR, XNET_PORT));
	while (got[0] + got[1] < 60) {
		ASSERT_LT(0, poll(pfd, 2, XNET_PATIENCE_MS));
		for (int i = 0; i < 2; i++) {
			if (!pfd[i].revents)
				continue;
			EXPECT_LE(0, accept(pfd[i].fd, NULL, NULL));
			got[i]++;
		}
	}
	EXPECT_LT(5, got[0]);
	EXPECT_LT(5, got[1]);
}

/* accept(2): options are inherited from the listener, file status flags are not. */
TEST_F(pair, inherits)
{
	struct xnet *net = &self->net;
	char name[16] = "";
	socklen_t len = sizeof(name);
	int listener, fd;

	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, xnet_set_int(listener, IPPROTO_TCP, TCP_NODELAY, 1));
	ASSERT_EQ(0, xnet_set_int(listener, SOL_SOCKET, SO_KEEPALIVE, 1));
	ASSERT_EQ(0, xnet_set_int(listener, IPPROTO_TCP, TCP_KEEPIDLE, 77));
	ASSERT_EQ(0, xnet_set_int(listener, IPPROTO_TCP, TCP_USER_TIMEOUT, 4711));
	ASSERT_EQ(0, xnet_set_int(listener, SOL_SOCKET, SO_RCVBUF, 20000));
	ASSERT_EQ(0, setsockopt(listener, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	xnet_nonblock(listener, true);
	ASSERT_LE(0, xnet_dial(net, XNET_FAR, XNET_PORT));
	ASSERT_TRUE(xnet_await(listener, POLLIN));
	fd = accept(listener, NULL, NULL);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, xnet_int(fd, IPPROTO_TCP, TCP_NODELAY));
	EXPECT_EQ(1, xnet_int(fd, SOL_SOCKET, SO_KEEPALIVE));
	EXPECT_EQ(1, xnet_int(fd, SOL_SOCKET, SO_REUSEADDR));
	EXPECT_EQ(77, xnet_int(fd, IPPROTO_TCP, TCP_KEEPIDLE));
	EXPECT_EQ(4711, xnet_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	EXPECT_EQ(40000, xnet_int(fd, SOL_SOCKET, SO_RCVBUF));
	EXPECT_FALSE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_ACCEPTCONN));
	EXPECT_EQ(1, xnet_int(listener, SOL_SOCKET, SO_ACCEPTCONN));
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("reno", name);
}

XNET_MAIN
