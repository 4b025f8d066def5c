// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT, RFC 9293 3.6.1: what it answers, how long it lasts, that its port is refused meanwhile and free
 * afterwards, and the new connections that may end it early (RFC 6191).
 *
 * Where waiting is not free and the stack can be told so, TIME-WAIT is shortened by the sysctl net.xtcp.time_wait_ms.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"

#define TIME_WAIT_MS		60000
#define TIME_WAIT_SHORT_MS	3000

FIXTURE(pair) {
	struct xnet net;
	int time_wait_ms;
};

XNET_STOCK_VARIANTS(pair);

/* What TIME-WAIT lasts in NS from here on. */
static int set_time_wait(int ns)
{
	int ms = xnet_virtual_time() ? TIME_WAIT_MS : TIME_WAIT_SHORT_MS;
	char text[16];

	if (!xnet_under_test())
		return TIME_WAIT_MS;
	snprintf(text, sizeof(text), "%d", ms);
	return xnet_sysctl(ns, "net/xtcp/time_wait_ms", text) ? -1 : ms;
}

FIXTURE_SETUP(pair)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	self->time_wait_ms = set_time_wait(self->net.ns[XNET_NEAR]);
	ASSERT_LT(0, self->time_wait_ms);
}

FIXTURE_TEARDOWN(pair)
{
	xnet_close(&self->net);
}

PEER_FIXTURE(scripted);

/*
 * A connection between NEAR_PORT and XNET_PORT that the near end closed first; near keeps the TIME-WAIT. REUSE: its
 * socket had SO_REUSEADDR, which is what lets others with it have the port.
 */
static int make_time_wait(const struct xnet *net, int near_port, bool reuse)
{
	struct xnet_addr near = xnet_address(net->family, XNET_NEAR, near_port);
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);
	long before = xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait");
	int listener, fd[2];

	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	fd[XNET_NEAR] = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	xnet_set_int(fd[XNET_NEAR], SOL_SOCKET, SO_REUSEADDR, reuse);
	if (listener < 0 || fd[XNET_NEAR] < 0 || xnet_bind(fd[XNET_NEAR], &near))
		return -1;
	if (xnet_connect(fd[XNET_NEAR], &far))
		return -1;
	fd[XNET_FAR] = xnet_accept(listener);
	close(listener);
	close(fd[XNET_NEAR]);
	close(fd[XNET_FAR]);
	return xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait", before + 1) ? 0 : -1;
}

static int try_bind(int ns, enum xnet_stack stack, int family, int port, bool reuse)
{
	struct xnet_addr addr = xnet_address(family, XNET_NEAR, port);
	int fd = xnet_socket(ns, stack, family);
	int error;

	if (reuse)
		xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	error = xnet_bind(fd, &addr) ? errno : 0;
	close(fd);
	return error;
}

/*
 * The port of a TIME-WAIT is refused to bind() of both stacks, but for SO_REUSEADDR; it holds for the time set, and
 * then the port is free. RFC 9293 3.6.1, socket(7).
 */
TEST_F_TIMEOUT(pair, holds_its_port, 200)
{
	const struct xnet *net = &self->net;
	int ns = net->ns[XNET_NEAR];
	u64 begin, held;

	begin = xnet_now_ms();
	ASSERT_EQ(0, make_time_wait(net, 5000, false));
	ASSERT_EQ(0, make_time_wait(net, 5001, true));
	for (int stack = XNET_XTCP; stack <= XNET_TCP; stack++) {
		EXPECT_EQ(EADDRINUSE, try_bind(ns, stack, net->family, 5000, false));
		EXPECT_EQ(EADDRINUSE, try_bind(ns, stack, net->family, 5000, true));
		EXPECT_EQ(EADDRINUSE, try_bind(ns, stack, net->family, 5001, false));
		EXPECT_EQ(0, try_bind(ns, stack, net->family, 5001, true));
		EXPECT_EQ(0, try_bind(ns, stack, net->family, 5002, false));
	}
	EXPECT_EQ(2, xnet_sockstat(ns, XNET_XTCP, "timewait"));
	/* With the kernel's TCP as the stack under test there is nothing to shorten: that it holds is enough. */
	if (!xnet_under_test() && !xnet_virtual_time())
		return;
	while (try_bind(ns, XNET_XTCP, net->family, 5000, false)) {
		ASSERT_GT(self->time_wait_ms + XNET_PATIENCE_MS, (int)(xnet_now_ms() - begin));
		xnet_sleep_ms(50);
	}
	held = xnet_now_ms() - begin;
	TH_LOG("held for %d of %d ms", (int)held, self->time_wait_ms);
	EXPECT_LE(self->time_wait_ms - 100, (int)held);
	EXPECT_GE(self->time_wait_ms * 5 / 4 + 1000, (int)held);
	EXPECT_TRUE(xnet_await_sockstat(ns, XNET_XTCP, "timewait", 0));
	EXPECT_EQ(0, try_bind(ns, XNET_TCP, net->family, 5000, false));
	ASSERT_EQ(0, make_time_wait(net, 5000, false));
}

/*
 * The same with a port that connect() chose, which is returned; 0 is an error. The far end's socket has closed, too.
 */
static int make_client_time_wait(const struct xnet *net, bool reuse)
{
	long before = xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait");
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT), near;
	int listener, fd[2];

	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	fd[XNET_NEAR] = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	if (listener < 0 || fd[XNET_NEAR] < 0)
		return 0;
	xnet_set_int(fd[XNET_NEAR], SOL_SOCKET, SO_REUSEADDR, reuse);
	if (xnet_connect(fd[XNET_NEAR], &far))
		return 0;
	near = xnet_name(fd[XNET_NEAR]);
	fd[XNET_FAR] = xnet_accept(listener);
	close(listener);
	close(fd[XNET_NEAR]);
	close(fd[XNET_FAR]);
	if (!xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait", before + 1))
		return 0;
	return xnet_port(&near);
}

/* errno of bind() to ADDR, then of listen(), in the near host. */
static int try_addr(const struct xnet *net, const struct xnet_addr *addr, bool reuse, bool v6only)
{
	int fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, addr->sa.sa_family);
	int error;

	if (reuse)
		xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (v6only)
		xnet_set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	error = xnet_bind(fd, addr) || listen(fd, 1) ? errno : 0;
	close(fd);
	return error;
}

/*
 * A port that connect() chose is in TIME-WAIT for bind() as one that was bound: refused where addresses meet and not
 * both have SO_REUSEADDR. socket(7), RFC 9293 3.6.1.
 */
TEST_F(pair, client_port_refused)
{
	const struct xnet *net = &self->net;
	int plain, reuse;

	plain = make_client_time_wait(net, false);
	ASSERT_LT(0, plain);
	reuse = make_client_time_wait(net, true);
	ASSERT_LT(0, reuse);
	for (int on = 0; on < 2; on++) {
		struct xnet_addr any = xnet_any(net->family, plain), own = xnet_address(net->family, XNET_NEAR, plain);
		struct xnet_addr other = xnet_loopback(net->family, plain);

		EXPECT_EQ(EADDRINUSE, try_addr(net, &any, on, false));
		EXPECT_EQ(EADDRINUSE, try_addr(net, &own, on, false));
		EXPECT_EQ(0, try_addr(net, &other, on, false));
		if (net->family == AF_INET) {
			any = xnet_any(AF_INET6, plain);
			EXPECT_EQ(EADDRINUSE, try_addr(net, &any, on, false));
			EXPECT_EQ(0, try_addr(net, &any, on, true));
		} else {
			EXPECT_EQ(EADDRINUSE, try_addr(net, &any, on, true));
			other = xnet_address(AF_INET, XNET_NEAR, plain);
			EXPECT_EQ(0, try_addr(net, &other, on, false));
			any = xnet_any(AF_INET, plain);
			EXPECT_EQ(EADDRINUSE, try_addr(net, &any, on, false));
		}
		xnet_set_port(&own, reuse);
		EXPECT_EQ(on ? 0 : EADDRINUSE, try_addr(net, &own, on, false));
	}
	EXPECT_EQ(2, xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait"));
}

/* Is it one of @size that nobody has had? */
static bool take(bool *taken, unsigned int size, unsigned int nth)
{
	if (nth >= size || taken[nth])
		return false;
	taken[nth] = true;
	return true;
}

/* bind() to port 0, listen() without bind() and connect() pass ports in TIME-WAIT by; RFC 6191 is off. */
TEST_F(pair, client_port_passed_by)
{
	enum { LOW = 30000, PORTS = 8, WAIT = 3 };
	struct xnet_addr far = xnet_address(self->net.family, XNET_FAR, XNET_PORT);
	struct xnet_addr zero = xnet_any(self->net.family, 0);
	const struct xnet *net = &self->net;
	int fd[PORTS + 1], listener, ns = net->ns[XNET_NEAR], n;
	bool taken[PORTS] = {};

	ASSERT_EQ(0, xnet_sysctl(ns, "net/ipv4/ip_local_port_range", "30000 30007"));
	ASSERT_EQ(0, xnet_sysctl(ns, "net/ipv4/tcp_tw_reuse", "0"));
	for (int i = 0; i < WAIT; i++)
		ASSERT_TRUE(take(taken, PORTS, make_client_time_wait(net, false) - LOW));
	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	for (n = 0; n < PORTS; n++) {
		struct xnet_addr got;

		fd[n] = xnet_socket(ns, XNET_XTCP, net->family);
		ASSERT_LE(0, fd[n]);
		if (n % 3 == 0 ? xnet_bind(fd[n], &zero) : n % 3 == 1 ? listen(fd[n], 1) : xnet_connect(fd[n], &far))
			break;
		got = xnet_name(fd[n]);
		EXPECT_TRUE(take(taken, PORTS, xnet_port(&got) - LOW));
	}
	ASSERT_EQ(PORTS - WAIT, n);
	/* none is left, whoever asks */
	close(fd[n]);
	fd[n] = xnet_socket(ns, XNET_XTCP, net->family);
	EXPECT_EQ(-1, xnet_bind(fd[n], &zero));
	EXPECT_EQ(EADDRINUSE, errno);
	EXPECT_EQ(-1, listen(fd[n], 1));
	EXPECT_EQ(EADDRINUSE, errno);
	EXPECT_EQ(-1, xnet_connect(fd[n], &far));
	EXPECT_EQ(EADDRNOTAVAIL, errno);
	EXPECT_EQ(WAIT, xnet_sockstat(ns, XNET_XTCP, "timewait"));
}

/* Is what one end sends what the other one reads, both ways? */
static bool talk(int a, int b)
{
	int end[2] = { a, b };
	char text[6];

	for (int i = 0; i < 2; i++)
		if (xnet_write_all(end[i], "across", 6) != 6 || xnet_read_all(end[!i], text, 6) != 6 ||
		    memcmp(text, "across", 6))
			return false;
	return true;
}

/* A port that connect() chose is no longer in the bind table: the kernel's TCP may connect from the very 4-tuple. */
TEST_F(pair, client_port_connects)
{
	const struct xnet *net = &self->net;
	int ns = net->ns[XNET_NEAR];

	if (!xnet_under_test())
		return;
	for (int reuse = 0; reuse < 2; reuse++) {
		int port = make_client_time_wait(net, false), listener, fd[2];
		struct xnet_addr near = xnet_address(net->family, XNET_NEAR, port);
		struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);

		ASSERT_LT(0, port);
		listener = xnet_listen(net, XNET_FAR, XNET_PORT);
		ASSERT_LE(0, listener);
		fd[XNET_NEAR] = xnet_socket(ns, XNET_TCP, net->family);
		ASSERT_LE(0, fd[XNET_NEAR]);
		xnet_set_int(fd[XNET_NEAR], SOL_SOCKET, SO_REUSEADDR, reuse);
		ASSERT_EQ(0, xnet_bind(fd[XNET_NEAR], &near));
		ASSERT_EQ(0, xnet_connect(fd[XNET_NEAR], &far));
		fd[XNET_FAR] = xnet_accept(listener);
		ASSERT_LE(0, fd[XNET_FAR]);
		EXPECT_TRUE(talk(fd[XNET_NEAR], fd[XNET_FAR]));
		EXPECT_EQ(reuse + 1, xnet_sockstat(ns, XNET_XTCP, "timewait"));
		/* it is the kernel's now, so ours may not have it */
		EXPECT_EQ(EADDRINUSE, try_bind(ns, XNET_XTCP, net->family, port, false));
		close(fd[XNET_FAR]);
		close(fd[XNET_NEAR]);
		close(listener);
	}
}

/* ... and may listen there: a SYN of the very 4-tuple that is newer (RFC 6191) ends the TIME-WAIT and reaches it. */
TEST_F(pair, client_port_listens)
{
	const struct xnet *net = &self->net;
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT), near;
	int port, listener, fd[2], ns = net->ns[XNET_NEAR];
	u64 begin;

	if (!xnet_under_test())
		return;
	port = make_client_time_wait(net, false);
	ASSERT_LT(0, port);
	near = xnet_address(net->family, XNET_NEAR, port);
	listener = xnet_socket(ns, XNET_TCP, net->family);
	ASSERT_LE(0, listener);
	ASSERT_EQ(0, xnet_bind(listener, &near));
	ASSERT_EQ(0, listen(listener, 1));
	/* the clock of timestamps moves on */
	xnet_sleep_ms(20);
	fd[XNET_FAR] = xnet_socket(net->ns[XNET_FAR], net->stack[XNET_FAR], net->family);
	ASSERT_LE(0, fd[XNET_FAR]);
	xnet_set_int(fd[XNET_FAR], SOL_SOCKET, SO_REUSEADDR, 1);
	ASSERT_EQ(0, xnet_bind(fd[XNET_FAR], &far));
	begin = xnet_now_ms();
	ASSERT_EQ(0, xnet_connect(fd[XNET_FAR], &near));
	/* by the first SYN */
	EXPECT_GT(900, (int)(xnet_now_ms() - begin));
	fd[XNET_NEAR] = xnet_accept(listener);
	ASSERT_LE(0, fd[XNET_NEAR]);
	EXPECT_TRUE(talk(fd[XNET_NEAR], fd[XNET_FAR]));
	EXPECT_EQ(0, xnet_sockstat(ns, XNET_XTCP, "timewait"));
	EXPECT_EQ(1, xnet_counter(ns, XNET_XTCP, "TWRecycled"));
}

/* The same connection again, four numbers alike, is refused while its TIME-WAIT holds: connect(2), EADDRNOTAVAIL. */
TEST_F(pair, same_connection_refused)
{
	const struct xnet *net = &self->net;
	struct xnet_addr near = xnet_address(net->family, XNET_NEAR, 5000);
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);
	int fd, listener;

	/* With timestamps it could be told from the old one. */
	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/tcp_tw_reuse", "0"));
	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/tcp_timestamps", "0"));
	ASSERT_EQ(0, make_time_wait(net, 5000, true));
	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	ASSERT_LE(0, fd);
	xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	ASSERT_EQ(0, xnet_bind(fd, &near));
	EXPECT_EQ(-1, xnet_connect(fd, &far));
	EXPECT_EQ(EADDRNOTAVAIL, errno);
	close(fd);
	/* Another connection of the same port is no conflict. */
	fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	ASSERT_LE(0, fd);
	xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	ASSERT_EQ(0, xnet_bind(fd, &near));
	close(listener);
	listener = xnet_listen(net, XNET_FAR, XNET_PORT + 1);
	ASSERT_LE(0, listener);
	xnet_set_port(&far, XNET_PORT + 1);
	EXPECT_EQ(0, xnet_connect(fd, &far));
}

/* RFC 6191, tcp_tw_reuse=1: with timestamps, once the clock has moved on, the same connection opens again. */
TEST_F(pair, same_connection_reused)
{
	const struct xnet *net = &self->net;
	struct xnet_addr near = xnet_address(net->family, XNET_NEAR, 5000);
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	int fd, listener;

	ASSERT_EQ(0, xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/tcp_tw_reuse", "1"));
	ASSERT_EQ(0, make_time_wait(net, 5000, true));
	listener = xnet_listen(net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, listener);
	fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	ASSERT_LE(0, fd);
	xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	ASSERT_EQ(0, xnet_bind(fd, &near));
	while (xnet_connect(fd, &far)) {
		ASSERT_EQ(EADDRNOTAVAIL, errno);
		ASSERT_GT(deadline, xnet_now_ms());
		xnet_sleep_ms(50);
	}
	EXPECT_LE(0, xnet_accept(listener));
	EXPECT_EQ(0, xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait"));
}

/* A server that closes first has its listening port in TIME-WAIT; it starts again with SO_REUSEADDR, socket(7). */
TEST_F(pair, server_restarts)
{
	const struct xnet *net = &self->net;
	int fd[2], listener;
	char byte;

	ASSERT_EQ(0, xnet_pair(net, XNET_FAR, fd));
	close(fd[XNET_NEAR]);
	EXPECT_EQ(0, xnet_read_all(fd[XNET_FAR], &byte, 1));
	close(fd[XNET_FAR]);
	ASSERT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "timewait", 1));
	EXPECT_EQ(EADDRINUSE, try_bind(net->ns[XNET_NEAR], XNET_XTCP, net->family, XNET_PORT, false));
	EXPECT_EQ(EADDRINUSE, try_bind(net->ns[XNET_NEAR], XNET_TCP, net->family, XNET_PORT, false));
	listener = xnet_listen(net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, listener);
	fd[XNET_FAR] = xnet_dial(net, XNET_FAR, XNET_PORT);
	EXPECT_LE(0, fd[XNET_FAR]);
	EXPECT_LE(0, xnet_accept(listener));
	/* SO_REUSEADDR is no licence to take a port that listens. */
	EXPECT_EQ(0, close(listener));
}

/* RFC 9293 3.6.1: the FIN sent again is acknowledged, and TIME-WAIT begins anew; other old segments get an ACK too. */
TEST_F(scripted, answers)
{
	struct peer *peer = &self->peer;
	struct segment seg;
	int fd;

	fd = peer_reach(peer, TCP_TIME_WAIT);
	ASSERT_LE(0, fd);
	close(fd);
	EXPECT_TRUE(peer_in_time_wait(peer));
	seg = peer_segment(peer, ACK | PSH);
	seg.seq = peer->snd_nxt - 1 - 5;
	seg.len = 5;
	peer_inject(peer, &seg);
	ASSERT_TRUE(peer_read(peer, XNET_PATIENCE_MS));
	EXPECT_EQ(ACK, peer->last.flags);
	EXPECT_EQ(peer->snd_nxt, peer->last.ack);
	EXPECT_EQ(peer->rcv_nxt, peer->last.seq);
	/* An ACK that is as it should be needs no answer. */
	peer_send(peer, ACK);
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	EXPECT_EQ(1, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
}

/* RFC 9293 3.6.1: each FIN sent again starts the 2 MSL anew. */
TEST_F_TIMEOUT(scripted, begins_anew, 300)
{
	struct peer *peer = &self->peer;
	int time_wait_ms, fd;
	u64 begin;

	time_wait_ms = set_time_wait(peer->ns);
	ASSERT_LT(0, time_wait_ms);
	if (!xnet_under_test() && !xnet_virtual_time())
		return;
	fd = peer_reach(peer, TCP_TIME_WAIT);
	ASSERT_LE(0, fd);
	close(fd);
	for (int i = 0; i < 3; i++) {
		xnet_sleep_ms(time_wait_ms * 3 / 4);
		ASSERT_TRUE(peer_in_time_wait(peer));
	}
	begin = xnet_now_ms();
	while (xnet_sockstat(peer->ns, XNET_XTCP, "timewait") > 0) {
		ASSERT_GT(time_wait_ms + XNET_PATIENCE_MS, (int)(xnet_now_ms() - begin));
		xnet_sleep_ms(50);
	}
	EXPECT_TRUE(peer_is_gone(peer));
}

/* RFC 9293 3.6.1, RFC 6191: a SYN with a greater sequence number or timestamp opens a new connection; others do not. */
TEST_F(scripted, new_connection)
{
	struct peer *peer = &self->peer;
	int listener, fd, old;
	u32 snd_nxt;

	for (int ts = 0; ts < 2; ts++) {
		peer_reset_variables(peer, PEER_PORT + ts);
		peer->ts_on = ts;
		peer->tsval = 1000;
		listener = peer_reach(peer, TCP_LISTEN);
		ASSERT_LE(0, listener);
		ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
		fd = xnet_accept(listener);
		ASSERT_LE(0, fd);
		close(fd);
		ASSERT_TRUE(peer_expect(peer, FIN | ACK));
		peer_send(peer, FIN | ACK);
		ASSERT_TRUE(peer_expect_ack(peer, peer->snd_nxt));
		ASSERT_TRUE(peer_in_time_wait(peer));
		snd_nxt = peer->snd_nxt;
		old = peer->irs;

		/* Below the old numbers, in both: an old duplicate. */
		peer_drain(peer);
		peer->tsval -= 500;
		peer_send_at(peer, SYN, snd_nxt - 100000, 0);
		/* The answer's rate is limited; no answer is as good. */
		if (peer_read(peer, PEER_QUIET_MS))
			EXPECT_EQ(ACK, peer->last.flags);
		peer->tsval += 1000;

		peer_reset_variables(peer, PEER_PORT + ts);
		peer->iss = snd_nxt + 100000;
		peer->snd_nxt = peer->iss;
		ASSERT_TRUE(peer_handshake(peer, XNET_PORT));
		EXPECT_NE(old, peer->irs);
		fd = xnet_accept(listener);
		ASSERT_LE(0, fd);
		EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
		EXPECT_EQ(0, xnet_sockstat(peer->ns, XNET_XTCP, "timewait"));
		xnet_linger(fd, 1, 0);
		close(fd);
		close(listener);
		peer_drain(peer);
	}
}

XNET_MAIN
