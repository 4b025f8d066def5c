// SPDX-License-Identifier: GPL-2.0
/*
 * What is left of connections that ended, and events: why it ended and by whom, totals, the ring and its bound, what is
 * told while it happens, and how much of that. Documentation/netlink.rst, debugging.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "peer.h"
#include "xnet.h"

FIXTURE(record) { struct xnet net; struct genl g, events; int fd[2]; int port; };
XNET_VARIANTS(record);

FIXTURE_SETUP(record)
{
	struct xnet_addr name;

	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
	ASSERT_EQ(0, genl_open(&self->events, self->net.ns[XNET_NEAR]));
	ASSERT_EQ(0, genl_listen(&self->events));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	name = xnet_name(self->fd[XNET_NEAR]);
	self->port = xnet_port(&name);
}

FIXTURE_TEARDOWN(record)
{
	genl_close(&self->g);
	genl_close(&self->events);
	xnet_close(&self->net);
}

/* The reason of the connection's record, once there is one: time-outs take their time on a slow machine. */
static int reason_of(struct genl *g, int port, int *party)
{
	struct nlattr *tb[GENL_ATTRS];

	for (int i = 0; i < 1200; i++) {
		if (genl_last_closed(g, port, tb)) {
			if (party)
				*party = genl_num(tb[XTCP_A_CLOSED_PARTY]);
			return genl_num(tb[XTCP_A_CLOSED_REASON]);
		}
		xnet_sleep_ms(50);
	}
	return -1;
}

TEST_F(record, closed_by_us)
{
	int party = -1;

	close(self->fd[XNET_NEAR]);
	close(self->fd[XNET_FAR]);
	EXPECT_EQ(XTCP_REASON_CLOSED, reason_of(&self->g, self->port, &party));
	EXPECT_EQ(XTCP_PARTY_LOCAL, party);
}

TEST_F(record, closed_by_the_peer)
{
	int party = -1;

	close(self->fd[XNET_FAR]);
	ASSERT_TRUE(xnet_await_state(self->fd[XNET_NEAR], TCP_CLOSE_WAIT));
	close(self->fd[XNET_NEAR]);
	EXPECT_EQ(XTCP_REASON_PEER_CLOSED, reason_of(&self->g, self->port, &party));
	EXPECT_EQ(XTCP_PARTY_PEER, party);
}

TEST_F(record, reset_by_the_peer)
{
	int party = -1;

	xnet_linger(self->fd[XNET_FAR], 1, 0);
	close(self->fd[XNET_FAR]);
	EXPECT_EQ(XTCP_REASON_PEER_RESET, reason_of(&self->g, self->port, &party));
	EXPECT_EQ(XTCP_PARTY_PEER, party);
}

TEST_F(record, linger)
{
	xnet_linger(self->fd[XNET_NEAR], 1, 0);
	close(self->fd[XNET_NEAR]);
	EXPECT_EQ(XTCP_REASON_LINGER, reason_of(&self->g, self->port, NULL));
}

TEST_F(record, unread_data)
{
	ASSERT_EQ(3, write(self->fd[XNET_FAR], "abc", 3));
	ASSERT_TRUE(xnet_await_ioctl(self->fd[XNET_NEAR], FIONREAD, 3));
	close(self->fd[XNET_NEAR]);
	EXPECT_EQ(XTCP_REASON_UNREAD_DATA, reason_of(&self->g, self->port, NULL));
}

TEST_F(record, late_data)
{
	shutdown(self->fd[XNET_NEAR], SHUT_RDWR);
	ASSERT_EQ(3, write(self->fd[XNET_FAR], "abc", 3));
	EXPECT_EQ(XTCP_REASON_LATE_DATA, reason_of(&self->g, self->port, NULL));
}

TEST_F(record, disconnect)
{
	struct sockaddr sa = { .sa_family = AF_UNSPEC };

	ASSERT_EQ(0, connect(self->fd[XNET_NEAR], &sa, sizeof(sa)));
	EXPECT_EQ(XTCP_REASON_DISCONNECT, reason_of(&self->g, self->port, NULL));
}

TEST_F(record, admin)
{
	struct nlmsghdr *nlh = genl_request(&self->g, XTCP_CMD_CONN_ABORT);
	int party = -1;

	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
	ASSERT_EQ(0, genl_do(&self->g, nlh));
	EXPECT_EQ(XTCP_REASON_ADMIN, reason_of(&self->g, self->port, &party));
	EXPECT_EQ(XTCP_PARTY_ADMIN, party);
}

/* Cut the line: what is sent is never acknowledged. */
static void cut(const struct xnet *net)
{
	struct netem netem = { .loss = 100 };

	xnet_netem(net, &netem);
}

TEST_F(record, user_timeout)
{
	struct nlattr *tb[GENL_ATTRS];
	int party = -1;

	/* after one retransmission: on a slow machine the first time-out may be of a second or two */
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/stall_retries", "1"));
	ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_USER_TIMEOUT, 6000));
	cut(&self->net);
	ASSERT_EQ(1, write(self->fd[XNET_NEAR], "x", 1));
	EXPECT_TRUE(genl_await(&self->events, XTCP_CMD_STALLED_NTF, 15000));
	EXPECT_EQ(genl_cookie(self->fd[XNET_NEAR]), genl_num(self->events.tb[XTCP_A_CONN_COOKIE]));
	EXPECT_EQ(XTCP_REASON_USER_TIMEOUT, reason_of(&self->g, self->port, &party));
	EXPECT_EQ(XTCP_PARTY_NETWORK, party);
	ASSERT_TRUE(genl_last_closed(&self->g, self->port, tb));
	EXPECT_EQ(ETIMEDOUT, (int)genl_num(tb[XTCP_A_CLOSED_ERROR]));
	EXPECT_LE(1, (int)genl_num(tb[XTCP_A_CLOSED_RETRANS]));
	EXPECT_LT(0, (int)genl_num(tb[XTCP_A_CLOSED_BYTES_RETRANS]));
}

TEST_F(record, timeout)
{
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/ipv4/tcp_retries2", "3"));
	cut(&self->net);
	ASSERT_EQ(1, write(self->fd[XNET_NEAR], "x", 1));
	EXPECT_EQ(XTCP_REASON_TIMEOUT, reason_of(&self->g, self->port, NULL));
}

TEST_F(record, keepalive)
{
	xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_KEEPIDLE, 1);
	xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_KEEPINTVL, 1);
	xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_KEEPCNT, 2);
	cut(&self->net);
	xnet_set_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_KEEPALIVE, 1);
	EXPECT_EQ(XTCP_REASON_KEEPALIVE, reason_of(&self->g, self->port, NULL));
}

TEST_F(record, listener_closed)
{
	int listener = xnet_listen(&self->net, XNET_NEAR, 7333), fd = xnet_dial(&self->net, XNET_FAR, 7333);

	ASSERT_LE(0, fd);
	ASSERT_TRUE(xnet_await(listener, POLLIN));
	close(listener);
	EXPECT_EQ(XTCP_REASON_LISTENER_CLOSED, reason_of(&self->g, 7333, NULL));
}

static int refused(const struct xnet *net, int port)
{
	struct xnet_addr to = xnet_address(net->family, XNET_FAR, 1), from = xnet_address(net->family, XNET_NEAR, port);
	int fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	int err = xnet_bind(fd, &from) ? 0 : xnet_connect(fd, &to);

	close(fd);
	return err;
}

TEST_F(record, refused)
{
	EXPECT_EQ(-1, refused(&self->net, 5555));
	EXPECT_EQ(XTCP_REASON_REFUSED, reason_of(&self->g, 5555, NULL));
}

TEST_F(record, cancelled)
{
	struct xnet_addr from = xnet_address(self->net.family, XNET_NEAR, 5556);
	struct xnet_addr to = xnet_address(self->net.family, XNET_FAR, 9);
	int fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);

	cut(&self->net);
	ASSERT_EQ(0, xnet_bind(fd, &from));
	xnet_nonblock(fd, true);
	EXPECT_EQ(-1, connect(fd, &to.sa, to.len));
	close(fd);
	EXPECT_EQ(XTCP_REASON_CANCELLED, reason_of(&self->g, 5556, NULL));
}

/* The totals are those of the connection, the time is its own. */
TEST_F(record, totals)
{
	u64 cookie = genl_cookie(self->fd[XNET_NEAR]), sum = 0;
	struct nlattr *tb[GENL_ATTRS], *limits[GENL_ATTRS];
	char data[5000] = "";

	ASSERT_EQ(5000, xnet_write_all(self->fd[XNET_NEAR], data, 5000));
	ASSERT_EQ(5000, xnet_read_all(self->fd[XNET_FAR], data, 5000));
	ASSERT_EQ(7, write(self->fd[XNET_FAR], data, 7));
	ASSERT_EQ(7, xnet_read_all(self->fd[XNET_NEAR], data, 7));
	xnet_sleep_ms(500);
	close(self->fd[XNET_FAR]);
	ASSERT_TRUE(xnet_await_state(self->fd[XNET_NEAR], TCP_CLOSE_WAIT));
	close(self->fd[XNET_NEAR]);
	ASSERT_LE(0, reason_of(&self->g, self->port, NULL));
	ASSERT_TRUE(genl_last_closed(&self->g, self->port, tb));
	EXPECT_EQ(5000, (int)genl_num(tb[XTCP_A_CLOSED_BYTES_SENT]));
	EXPECT_LE(5000, (int)genl_num(tb[XTCP_A_CLOSED_BYTES_ACKED]));
	EXPECT_EQ(7, (int)genl_num(tb[XTCP_A_CLOSED_BYTES_RECEIVED]));
	EXPECT_LE(6, (int)genl_num(tb[XTCP_A_CLOSED_SEGS_OUT]));
	EXPECT_LE(4, (int)genl_num(tb[XTCP_A_CLOSED_SEGS_IN]));
	EXPECT_LE(genl_num(tb[XTCP_A_CLOSED_MIN_RTT_US]), genl_num(tb[XTCP_A_CLOSED_SRTT_US]) + 1000);
	EXPECT_GE(2000000, (long)(time(NULL) * 1000000 - genl_num(tb[XTCP_A_CLOSED_TIME_US])));
	EXPECT_EQ(cookie, genl_num(tb[XTCP_A_CLOSED_COOKIE]));
	EXPECT_LE(500000, (int)genl_num(tb[XTCP_A_CLOSED_DURATION_US]));
	EXPECT_EQ(0, (int)genl_num(tb[XTCP_A_CLOSED_UID]));
	EXPECT_EQ(TCP_LAST_ACK, (int)genl_num(tb[XTCP_A_CLOSED_STATE]));
	EXPECT_STREQ("cubic", mnl_attr_get_str(tb[XTCP_A_CLOSED_CONGESTION]));
	genl_nest(tb[XTCP_A_CLOSED_LIMITS], limits);
	for (int i = XTCP_A_LIMITS_APPLICATION; i <= XTCP_A_LIMITS_DEVICE; i++)
		sum += genl_num(limits[i]);
	EXPECT_EQ(genl_num(tb[XTCP_A_CLOSED_DURATION_US]), sum);
}

/* ------------------------------------------------------------ the ring */

static void count_record(struct genl *g, void *arg)
{
	u64 *seen = arg, seq = genl_num(g->tb[XTCP_A_CLOSED_SEQ]);

	/* in order, each once */
	seen[2] += seq <= seen[1];
	seen[0]++;
	seen[1] = seq;
}

static u64 ring(struct genl *g, u64 since, u64 *last)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_CLOSED_GET);
	u64 seen[3] = {};

	if (since)
		mnl_attr_put_u64(nlh, XTCP_A_CLOSED_SINCE, since);
	if (genl_dump(g, nlh, count_record, seen) || seen[2])
		return ~0ull;
	if (last)
		*last = seen[1];
	return seen[0];
}

/* Never more than net.xtcp.closed_max; the oldest go; "since" tells only what is new. */
TEST_F(record, bounded)
{
	struct genl *g = &self->g;
	u64 last = 0;

	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/closed_max", "5"));
	for (int i = 0; i < 8; i++)
		refused(&self->net, 5600 + i);
	EXPECT_EQ(5, ring(g, 0, &last));
	EXPECT_EQ(8, last);
	EXPECT_EQ(2, ring(g, 6, NULL));
	EXPECT_EQ(0, ring(g, 8, NULL));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/closed_max", "2"));
	refused(&self->net, 5700);
	EXPECT_EQ(2, ring(g, 0, &last));
	EXPECT_EQ(9, last);
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/closed_max", "0"));
	refused(&self->net, 5701);
	EXPECT_EQ(0, ring(g, 0, NULL));
}

/* The ring goes round, and grows and shrinks on the way: its memory comes in blocks of 256. */
TEST_F(record, goes_round)
{
	static const struct {
		const char *most;
		int more;
		u64 left;
	} steps[] = { { "300", 700, 300 }, { "1", 1, 1 }, { "65536", 600, 601 }, { "256", 256, 256 }, { "0", 1, 0 },
		      { "2", 3, 2 } };
	u64 last, seq = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/closed_max", steps[i].most));
		for (int k = 0; k < steps[i].more; k++)
			refused(&self->net, 5600);
		seq += steps[i].more;
		EXPECT_EQ(steps[i].left, ring(&self->g, 0, &last));
		if (steps[i].left)
			EXPECT_EQ(seq, last);
	}
}

TEST_F(record, since_is_a_number)
{
	struct nlmsghdr *nlh = genl_request(&self->g, XTCP_CMD_CLOSED_GET);

	mnl_attr_put_u32(nlh, XTCP_A_CLOSED_SINCE, 1);
	EXPECT_EQ(-EINVAL, genl_dump(&self->g, nlh, count_record, (u64[3]) {}));
	nlh = genl_request(&self->g, XTCP_CMD_CLOSED_GET);
	mnl_attr_put_u64(nlh, XTCP_A_CLOSED_SEQ, 1);
	EXPECT_EQ(-EINVAL, genl_dump(&self->g, nlh, count_record, (u64[3]) {}));
}

/* ------------------------------------------------------------ events */

TEST_F(record, event_established_and_closed)
{
	struct nlattr *tb[GENL_ATTRS];

	ASSERT_TRUE(genl_await(&self->events, XTCP_CMD_ESTABLISHED_NTF, 1000));
	EXPECT_EQ(genl_cookie(self->fd[XNET_NEAR]), genl_num(self->events.tb[XTCP_A_CONN_COOKIE]));
	EXPECT_EQ(self->port, (int)genl_num(self->events.tb[XTCP_A_CONN_LOCAL_PORT]));
	xnet_linger(self->fd[XNET_FAR], 1, 0);
	close(self->fd[XNET_FAR]);
	ASSERT_TRUE(genl_await(&self->events, XTCP_CMD_CLOSED_NTF, 5000));
	genl_nest(self->events.tb[XTCP_A_CONN_CLOSED], tb);
	EXPECT_EQ(XTCP_REASON_PEER_RESET, (int)genl_num(tb[XTCP_A_CLOSED_REASON]));
	EXPECT_EQ(self->port, (int)genl_num(tb[XTCP_A_CLOSED_LOCAL_PORT]));
}

static void put_uid_policy(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *nest;

	(void)arg;
	mnl_attr_put_u32(nlh, XTCP_A_POLICY_UID, 0);
	nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_PARAM);
	mnl_attr_put_u8(nlh, XTCP_A_PARAM_QUICKACK, 1);
	mnl_attr_nest_end(nlh, nest);
}

TEST_F(record, event_policy)
{
	u32 id = 0;

	ASSERT_EQ(0, genl_policy_add(&self->g, put_uid_policy, NULL, &id));
	refused(&self->net, 5800);
	ASSERT_TRUE(genl_await(&self->events, XTCP_CMD_POLICY_NTF, 1000));
	EXPECT_EQ(id, (u32)genl_num(self->events.tb[XTCP_A_CONN_POLICY]));
	EXPECT_EQ(5800, (int)genl_num(self->events.tb[XTCP_A_CONN_LOCAL_PORT]));
}

/* Beyond the rate nothing is told but how much was not. */
TEST_F(record, event_rate)
{
	while (genl_await(&self->events, 0, 100))
		;
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/event_rate", "3"));
	xnet_sleep_ms(1100);
	for (int i = 0; i < 10; i++)
		refused(&self->net, 5900 + i);
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(genl_await(&self->events, XTCP_CMD_CLOSED_NTF, 100));
	EXPECT_FALSE(genl_await(&self->events, XTCP_CMD_CLOSED_NTF, 100));
	xnet_sleep_ms(1100);
	refused(&self->net, 5950);
	ASSERT_TRUE(genl_await(&self->events, XTCP_CMD_CLOSED_NTF, 100));
	EXPECT_EQ(7, (int)genl_num(self->events.tb[XTCP_A_CONN_MISSED]));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/event_rate", "0"));
	xnet_sleep_ms(1100);
	refused(&self->net, 5951);
	EXPECT_FALSE(genl_await(&self->events, XTCP_CMD_CLOSED_NTF, 100));
}

/* Of another namespace nothing is heard. */
TEST_F(record, event_namespaces)
{
	struct genl far;

	ASSERT_EQ(0, genl_open(&far, self->net.ns[XNET_FAR]));
	ASSERT_EQ(0, genl_listen(&far));
	refused(&self->net, 5960);
	EXPECT_TRUE(genl_await(&self->events, XTCP_CMD_CLOSED_NTF, 1000));
	EXPECT_FALSE(genl_await(&far, XTCP_CMD_CLOSED_NTF, 200));
	genl_close(&far);
}

PEER_FIXTURE(probed);

/* A window that stays closed although the peer answers, and then does not. */
TEST_F(probed, probe)
{
	struct peer *peer = &self->peer;
	struct xnet_addr name;
	struct segment shut;
	struct genl g;
	int fd;

	ASSERT_EQ(0, genl_open(&g, peer->ns));
	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_retries2", "3"));
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	shut = peer_segment(peer, ACK);
	shut.win = 0;
	peer_inject(peer, &shut);
	ASSERT_EQ(1, write(fd, "x", 1));
	name = xnet_name(fd);
	EXPECT_EQ(XTCP_REASON_PROBE, reason_of(&g, xnet_port(&name), NULL));
	genl_close(&g);
}

/* A SYN is answered by ICMP. */
TEST_F(probed, unreachable)
{
	struct peer *peer = &self->peer;
	struct xnet_addr name;
	struct genl g;
	int fd;

	ASSERT_EQ(0, genl_open(&g, peer->ns));
	fd = peer_start_connect(peer);
	ASSERT_LE(0, fd);
	name = xnet_name(fd);
	peer_icmp(peer, peer->path.family == AF_INET ? 3 : 1, peer->path.family == AF_INET ? 3 : 4, 0);
	EXPECT_EQ(XTCP_REASON_UNREACHABLE, reason_of(&g, xnet_port(&name), NULL));
	genl_close(&g);
}

XNET_MAIN
