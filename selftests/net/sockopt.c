// SPDX-License-Identifier: GPL-2.0
/*
 * Socket options and ioctls: what each returns and, where a case can see it, does. socket(7), tcp(7), ip(7), ipv6(7),
 * tcp(7) ioctls.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "stream.h"

FIXTURE(pair) {
	struct xnet net;
	int fd[2];
};

XNET_VARIANTS(pair);

FIXTURE_SETUP(pair)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
}

FIXTURE_TEARDOWN(pair)
{
	xnet_close(&self->net);
}

PEER_FIXTURE(scripted);

/* What a socket says it is: TCP, as the kernel's own would. */
TEST_F(pair, identity)
{
	int fd = self->fd[XNET_NEAR];

	EXPECT_EQ(self->net.family, xnet_int(fd, SOL_SOCKET, SO_DOMAIN));
	EXPECT_EQ(IPPROTO_TCP, xnet_int(fd, SOL_SOCKET, SO_PROTOCOL));
	EXPECT_EQ(SOCK_STREAM, xnet_int(fd, SOL_SOCKET, SO_TYPE));
	EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_ACCEPTCONN));
	EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_ERROR));
}

/* Options that are numbers: the value before, one to set, what is read then. */
struct option_case {
	const char *name;
	int level;
	int option;
	int before;
	int value;
	int after;
};

#define OPTION(level, option, before, value, after)	{ #option, level, option, before, value, after }

static const struct option_case options[] = {
	OPTION(SOL_SOCKET, SO_REUSEADDR, 0, 1, 1),
	OPTION(SOL_SOCKET, SO_REUSEPORT, 0, 1, 1),
	OPTION(SOL_SOCKET, SO_KEEPALIVE, 0, 1, 1),
	OPTION(SOL_SOCKET, SO_OOBINLINE, 0, 1, 1),
	OPTION(SOL_SOCKET, SO_RCVLOWAT, 1, 10, 10),
	OPTION(SOL_SOCKET, SO_PRIORITY, 0, 6, 6),
	OPTION(SOL_SOCKET, SO_MARK, 0, 77, 77),
	OPTION(IPPROTO_TCP, TCP_NODELAY, 0, 1, 1),
	OPTION(IPPROTO_TCP, TCP_CORK, 0, 1, 1),
	OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 7200, 60, 60),
	OPTION(IPPROTO_TCP, TCP_KEEPINTVL, 75, 10, 10),
	OPTION(IPPROTO_TCP, TCP_KEEPCNT, 9, 3, 3),
	OPTION(IPPROTO_TCP, TCP_SYNCNT, 6, 3, 3),
	OPTION(IPPROTO_TCP, TCP_LINGER2, 60, 10, 10),
	OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT, 0, 30000, 30000),
	OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP, -2, 5000, 5000),
	OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 0, 16384, 16384),
	OPTION(IPPROTO_TCP, TCP_QUICKACK, -2, 1, 1),
	OPTION(IPPROTO_IP, IP_TTL, 64, 33, 33),
	OPTION(IPPROTO_IP, IP_RECVERR, 0, 1, 1),
	OPTION(IPPROTO_IP, IP_FREEBIND, 0, 1, 1),
	OPTION(IPPROTO_IP, IP_TOS, 0, 0x10, 0x10),
};

TEST_F(pair, numbers)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option_case *o = &options[i];
		int fd = self->fd[XNET_NEAR];

		if (o->before != -2)
			EXPECT_EQ(o->before, xnet_int(fd, o->level, o->option))
				TH_LOG("%s at first", o->name);
		EXPECT_EQ(0, xnet_set_int(fd, o->level, o->option, o->value))
			TH_LOG("%s", o->name);
		EXPECT_EQ(o->after, xnet_int(fd, o->level, o->option))
			TH_LOG("%s set to %d", o->name, o->value);
	}
}

/* Values out of range, options that no socket has, buffers too short. */
TEST_F(pair, refused)
{
	static const struct option_case cases[] = {
		OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 0, 0, EINVAL),
		OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 0, 40000, EINVAL),
		OPTION(IPPROTO_TCP, TCP_KEEPINTVL, 0, 0, EINVAL),
		OPTION(IPPROTO_TCP, TCP_KEEPCNT, 0, 128, EINVAL),
		OPTION(IPPROTO_TCP, TCP_SYNCNT, 0, 0, EINVAL),
		OPTION(IPPROTO_TCP, TCP_SYNCNT, 0, 128, EINVAL),
		OPTION(IPPROTO_TCP, TCP_MAXSEG, 0, 10, EINVAL),
		OPTION(IPPROTO_TCP, TCP_MAXSEG, 0, 40000, EINVAL),
		OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT, 0, -1, EINVAL),
		OPTION(IPPROTO_TCP, 3333, 0, 1, ENOPROTOOPT),
		OPTION(SOL_SOCKET, 3333, 0, 1, ENOPROTOOPT),
		OPTION(SOL_SOCKET, SO_TYPE, 0, 1, ENOPROTOOPT),
		OPTION(SOL_SOCKET, SO_ACCEPTCONN, 0, 1, ENOPROTOOPT),
		OPTION(3333, 1, 0, 1, ENOPROTOOPT),
		OPTION(IPPROTO_IP, IP_TTL, 0, 256, EINVAL),
	};
	int fd = self->fd[XNET_NEAR], value = 0;
	socklen_t len = -1;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		errno = 0;
		EXPECT_EQ(-1, xnet_set_int(fd, cases[i].level, cases[i].option, cases[i].value))
			TH_LOG("%s", cases[i].name);
		EXPECT_EQ(cases[i].after, errno)
			TH_LOG("%s set to %d", cases[i].name, cases[i].value);
	}
	EXPECT_EQ(-1, setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, NULL, sizeof(value)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, xnet_int(fd, IPPROTO_TCP, 3333));
	EXPECT_EQ(ENOPROTOOPT, errno);
}

/* SO_SNDBUF and SO_RCVBUF double what they are given, within their sysctls. */
TEST_F(pair, buffers)
{
	int fd = self->fd[XNET_NEAR];

	for (int option = SO_SNDBUF; option <= SO_RCVBUF; option++) {
		EXPECT_LT(4096, xnet_int(fd, SOL_SOCKET, option));
		EXPECT_EQ(0, xnet_set_int(fd, SOL_SOCKET, option, 20000));
		EXPECT_EQ(40000, xnet_int(fd, SOL_SOCKET, option));
		EXPECT_EQ(0, xnet_set_int(fd, SOL_SOCKET, option, 1));
		EXPECT_LT(2000, xnet_int(fd, SOL_SOCKET, option));
		EXPECT_GT(10000, xnet_int(fd, SOL_SOCKET, option));
		EXPECT_EQ(0, xnet_set_int(fd, SOL_SOCKET, option, 1 << 30));
		EXPECT_GT(1 << 30, xnet_int(fd, SOL_SOCKET, option));
	}
}

/* SO_LINGER and the timeouts are structures. */
TEST_F(pair, structures)
{
	struct timeval tv = { .tv_sec = 3, .tv_usec = 500000 }, got_tv = { 0 };
	struct linger got = { 0 };
	int fd = self->fd[XNET_NEAR];
	socklen_t len = sizeof(got);

	EXPECT_EQ(0, xnet_linger(fd, 1, 17));
	EXPECT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &len));
	EXPECT_EQ(1, got.l_onoff);
	EXPECT_EQ(17, got.l_linger);
	for (int option = SO_RCVTIMEO; option <= SO_SNDTIMEO; option++) {
		len = sizeof(got_tv);
		EXPECT_EQ(0, setsockopt(fd, SOL_SOCKET, option, &tv, sizeof(tv)));
		EXPECT_EQ(0, getsockopt(fd, SOL_SOCKET, option, &got_tv, &len));
		EXPECT_EQ(3, got_tv.tv_sec);
		EXPECT_EQ(500000, got_tv.tv_usec);
	}
}

/* TCP_CONGESTION: the namespace's default at first, any algorithm there is, ENOENT for one there is not; tcp(7). */
TEST_F(pair, congestion)
{
	int fd = self->fd[XNET_NEAR];
	struct stream stream = {
		.tx = fd, .rx = self->fd[XNET_FAR], .bytes = 200000, .seed = 1,
	};
	char name[16] = "";
	socklen_t len = sizeof(name);

	EXPECT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("cubic", name);
	EXPECT_EQ(-1, setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nonesuch", 8));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(0, setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	len = sizeof(name);
	EXPECT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("reno", name);
	EXPECT_EQ(0, stream_run(&stream, 1, XNET_PATIENCE_MS));
	/* In the middle of a connection. */
	EXPECT_EQ(0, setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5));
	stream.sent = 0;
	stream.received = 0;
	EXPECT_EQ(0, stream_run(&stream, 1, XNET_PATIENCE_MS));
}

/* The namespace's default, net.ipv4.tcp_congestion_control, is what a new socket gets. */
TEST_F(pair, congestion_default)
{
	char name[16] = "";
	socklen_t len = sizeof(name);
	int fd;

	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/ipv4/tcp_congestion_control", "reno"));
	fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("reno", name);
}

/* TCP_INFO: what it says of a connection that has carried data both ways is true. */
TEST_F(pair, info)
{
	struct stream both[] = {
		{ .tx = self->fd[0], .rx = self->fd[1], .bytes = 100000, .seed = 1 },
		{ .tx = self->fd[1], .rx = self->fd[0], .bytes = 50000, .seed = 2 },
	};
	struct tcp_info info;

	ASSERT_EQ(0, stream_run(both, 2, XNET_PATIENCE_MS));
	ASSERT_TRUE(xnet_await_ioctl(self->fd[0], SIOCOUTQ, 0));
	ASSERT_EQ(0, xnet_info(self->fd[0], &info));
	EXPECT_EQ(TCP_ESTABLISHED, info.tcpi_state);
	EXPECT_EQ(TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE,
		  info.tcpi_options & (TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE));
	EXPECT_EQ(self->net.family == AF_INET ? 1448 : 1428, info.tcpi_snd_mss);
	EXPECT_EQ(1500, info.tcpi_pmtu);
	EXPECT_LE(10, info.tcpi_snd_cwnd);
	EXPECT_LE(200000, info.tcpi_rto);
	EXPECT_GE(1000000, info.tcpi_rtt);
	EXPECT_EQ(0, info.tcpi_unacked);
	EXPECT_EQ(0, info.tcpi_lost);
	EXPECT_EQ(0, info.tcpi_retrans);
	/* The SYN counts as a byte. */
	EXPECT_LE(100000, info.tcpi_bytes_acked);
	EXPECT_GE(100001, info.tcpi_bytes_acked);
	EXPECT_EQ(100000, info.tcpi_bytes_sent - info.tcpi_bytes_retrans);
	EXPECT_EQ(50000, info.tcpi_bytes_received);
	EXPECT_LE(69, info.tcpi_data_segs_out);
	EXPECT_LT(0, info.tcpi_data_segs_in);
	EXPECT_LE(info.tcpi_data_segs_out, info.tcpi_segs_out);
	EXPECT_LT(0, info.tcpi_delivered);
	EXPECT_EQ(0, info.tcpi_notsent_bytes);
}

/* SIOCINQ, SIOCOUTQ, SIOCOUTQNSD: unread, unacknowledged, unsent bytes; tcp(7). */
TEST_F(pair, queue_lengths)
{
	int near = self->fd[XNET_NEAR], far = self->fd[XNET_FAR], listener;
	char data[5000] = { 0 };

	EXPECT_EQ(0, xnet_ioctl_int(near, SIOCINQ));
	EXPECT_EQ(0, xnet_ioctl_int(near, SIOCOUTQ));
	ASSERT_EQ(sizeof(data), write(far, data, sizeof(data)));
	EXPECT_TRUE(xnet_await_ioctl(near, SIOCINQ, sizeof(data)));
	EXPECT_EQ(1000, read(near, data, 1000));
	EXPECT_EQ(4000, xnet_ioctl_int(near, SIOCINQ));
	ASSERT_EQ(sizeof(data), write(near, data, sizeof(data)));
	EXPECT_TRUE(xnet_await_ioctl(near, SIOCOUTQ, 0));
	EXPECT_EQ(0, xnet_ioctl_int(near, SIOCOUTQNSD));
	/* The peer's FIN is no byte. */
	shutdown(far, SHUT_WR);
	EXPECT_TRUE(xnet_await_state(near, TCP_CLOSE_WAIT));
	EXPECT_EQ(4000, xnet_ioctl_int(near, SIOCINQ));

	listener = xnet_listen(&self->net, XNET_NEAR, XNET_PORT + 1);
	ASSERT_LE(0, listener);
	EXPECT_EQ(-1, xnet_ioctl_int(listener, SIOCINQ));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, xnet_ioctl_int(listener, SIOCOUTQ));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, xnet_ioctl_int(near, 0x4711));
	EXPECT_EQ(ENOTTY, errno);
}

/* SIOCOUTQ against a peer that acknowledges when the script says so. */
TEST_F(scripted, unacknowledged)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(5, write(fd, "hello", 5));
	ASSERT_TRUE(peer_expect_data(peer, "hello", 5));
	EXPECT_EQ(5, xnet_ioctl_int(fd, SIOCOUTQ));
	EXPECT_EQ(0, xnet_ioctl_int(fd, SIOCOUTQNSD));
	peer->window = 0;
	peer_send(peer, ACK);
	EXPECT_TRUE(xnet_await_ioctl(fd, SIOCOUTQ, 0));
	EXPECT_EQ(5, write(fd, "hello", 5));
	EXPECT_EQ(5, xnet_ioctl_int(fd, SIOCOUTQNSD));
}

/*
 * RFC 9293 3.7.4: Nagle's algorithm holds back a small segment while another is unacknowledged; TCP_NODELAY does not.
 */
TEST_F(scripted, nodelay)
{
	struct peer *peer = &self->peer;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, write(fd, "a", 1));
	ASSERT_TRUE(peer_expect_data(peer, "a", 1));
	EXPECT_EQ(1, write(fd, "b", 1));
	EXPECT_EQ(1, write(fd, "c", 1));
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	peer_send(peer, ACK);
	EXPECT_TRUE(peer_expect_data(peer, "bc", 2));
	peer_send(peer, ACK);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1));
	EXPECT_EQ(1, write(fd, "d", 1));
	EXPECT_TRUE(peer_expect_data(peer, "d", 1));
	EXPECT_EQ(1, write(fd, "e", 1));
	EXPECT_TRUE(peer_expect_data(peer, "e", 1));
}

/* tcp(7), TCP_CORK and MSG_MORE: nothing partial leaves until the cork is drawn; after 200 ms all the same. */
TEST_F(scripted, cork)
{
	struct peer *peer = &self->peer;
	u64 begin;
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_CORK, 1));
	EXPECT_EQ(3, write(fd, "abc", 3));
	EXPECT_EQ(3, write(fd, "def", 3));
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_CORK, 0));
	EXPECT_TRUE(peer_expect_data(peer, "abcdef", 6));
	peer_send(peer, ACK);
	EXPECT_EQ(3, send(fd, "ghi", 3, MSG_MORE));
	EXPECT_TRUE(peer_silence(peer, PEER_QUIET_MS));
	EXPECT_EQ(3, send(fd, "jkl", 3, 0));
	EXPECT_TRUE(peer_expect_data(peer, "ghijkl", 6));
	peer_send(peer, ACK);
	begin = xnet_now_ms();
	EXPECT_EQ(3, send(fd, "mno", 3, MSG_MORE));
	EXPECT_TRUE(peer_expect_data(peer, "mno", 3));
	EXPECT_LE(150, xnet_now_ms() - begin);
}

/* TCP_MAXSEG: what is set before connecting is offered in the SYN and kept to; tcp(7). */
TEST_F(scripted, maxseg)
{
	struct peer *peer = &self->peer;
	struct xnet_addr addr = peer_address(peer);
	static char data[3000];
	int fd;

	fd = peer_socket(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_MAXSEG, 700));
	xnet_nonblock(fd, true);
	EXPECT_EQ(-1, xnet_connect(fd, &addr));
	ASSERT_TRUE(peer_expect(peer, SYN));
	EXPECT_EQ(700, peer->last.mss);
	ASSERT_TRUE(peer_answer_connect(peer));
	EXPECT_EQ(700, xnet_int(fd, IPPROTO_TCP, TCP_MAXSEG));
	EXPECT_EQ(sizeof(data), write(fd, data, sizeof(data)));
	ASSERT_TRUE(peer_expect(peer, ACK));
	EXPECT_EQ(700, peer->last.len);
}

/* IP_TTL, IP_TOS and their like of IPv6 are in the packets. */
TEST_F(scripted, ip_header)
{
	struct peer *peer = &self->peer;
	bool v6 = peer->path.family == AF_INET6;
	int fd, tos;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	if (v6) {
		ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 33));
		ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x28));
	} else {
		ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_IP, IP_TTL, 33));
		ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_IP, IP_TOS, 0x28));
	}
	EXPECT_EQ(5, write(fd, "hello", 5));
	ASSERT_TRUE(peer_expect_data(peer, "hello", 5));
	EXPECT_EQ(33, peer->last_packet[v6 ? 7 : 8]);
	tos = v6 ? (peer->last_packet[0] & 15) << 4 | peer->last_packet[1] >> 4 : peer->last_packet[1];
	EXPECT_EQ(0x28, tos);
}

/* SO_RCVLOWAT: poll() reports data when so much is there. */
TEST_F(pair, rcvlowat)
{
	int near = self->fd[XNET_NEAR], far = self->fd[XNET_FAR];
	struct pollfd pfd = { .fd = near, .events = POLLIN };

	ASSERT_EQ(0, xnet_set_int(near, SOL_SOCKET, SO_RCVLOWAT, 10));
	ASSERT_EQ(5, write(far, "01234", 5));
	ASSERT_TRUE(xnet_await_ioctl(near, SIOCINQ, 5));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(5, write(far, "56789", 5));
	EXPECT_TRUE(xnet_await(near, POLLIN) & POLLIN);
}

XNET_MAIN
