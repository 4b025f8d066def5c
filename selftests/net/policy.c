// SPDX-License-Identifier: GPL-2.0
/*
 * Policies: which one a connection gets, what it does for a program that knows nothing of it, and what the table does.
 * Documentation/netlink.rst.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/xtcp.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "xnet.h"

struct match {
	const char *remote, *local;
	int remote_bits, local_bits;	/* 0: the whole address */
	int remote_port, local_port;
	u32 direction;
	int owner;			/* uid + 1; 0: any */
	u64 cgroup;
	u32 cwnd;			/* what it sets */
};

#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS		44
#define TCP_RTO_MIN_US		45
#define TCP_DELACK_MAX_US	46
#endif
#ifndef MSG_FASTOPEN
#define MSG_FASTOPEN		0x20000000
#endif

#define MATCH(...)	(&(struct match){ __VA_ARGS__ })

static void put_addr(struct nlmsghdr *nlh, int attr, const char *text, int bits)
{
	u8 bytes[16];
	int v4 = inet_pton(AF_INET, text, bytes);

	if (v4 != 1)
		inet_pton(AF_INET6, text, bytes);
	mnl_attr_put(nlh, attr, v4 == 1 ? 4 : 16, bytes);
	if (bits)
		mnl_attr_put_u8(nlh, attr + 1, bits < 0 ? 0 : bits);
}

static void put_match(struct nlmsghdr *nlh, void *arg)
{
	const struct match *m = arg;
	struct nlattr *nest;

	if (m->remote)
		put_addr(nlh, XTCP_A_POLICY_REMOTE, m->remote, m->remote_bits);
	if (m->local)
		put_addr(nlh, XTCP_A_POLICY_LOCAL, m->local, m->local_bits);
	if (m->remote_port)
		mnl_attr_put_u16(nlh, XTCP_A_POLICY_REMOTE_PORT, m->remote_port);
	if (m->local_port)
		mnl_attr_put_u16(nlh, XTCP_A_POLICY_LOCAL_PORT, m->local_port);
	if (m->direction)
		mnl_attr_put_u32(nlh, XTCP_A_POLICY_DIRECTION, m->direction);
	if (m->owner)
		mnl_attr_put_u32(nlh, XTCP_A_POLICY_UID, m->owner - 1);
	if (m->cgroup)
		mnl_attr_put_u64(nlh, XTCP_A_POLICY_CGROUP, m->cgroup);
	nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_PARAM);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_INIT_CWND, m->cwnd ? m->cwnd : 33);
	mnl_attr_nest_end(nlh, nest);
}

static int add(struct genl *g, struct match *m)
{
	return genl_policy_add(g, put_match, m, NULL);
}

/* The initial window shows which policy a connection got: 10 without. */
static int cwnd_of(int fd)
{
	struct tcp_info info;

	return xnet_info(fd, &info) ? -1 : (int)info.tcpi_snd_cwnd;
}

FIXTURE(policy) { struct xnet net; struct genl g; const char *near, *far; int listener; };
XNET_STOCK_VARIANTS(policy);

FIXTURE_SETUP(policy)
{
	bool v4 = variant->v.family == AF_INET;

	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
	self->near = v4 ? "192.0.2.1" : "2001:db8::1";
	self->far = v4 ? "192.0.2.2" : "2001:db8::2";
	self->listener = xnet_listen(&self->net, XNET_FAR, XNET_PORT);
	ASSERT_LE(0, self->listener);
}

FIXTURE_TEARDOWN(policy)
{
	genl_close(&self->g);
	xnet_close(&self->net);
}

/* The window that a new connection begins with. */
static int dial_cwnd(const struct xnet *net)
{
	int fd = xnet_dial(net, XNET_NEAR, XNET_PORT), cwnd = fd < 0 ? -1 : cwnd_of(fd);

	xnet_linger(fd, 1, 0);
	close(fd);
	return cwnd;
}

/* The longest prefix of the peer's address wins; then the local one; then ports, cgroup, uid, direction. */
TEST_F(policy, longest_match)
{
	struct genl *g = &self->g;
	int wide = self->net.family == AF_INET ? 8 : 16, narrow = self->net.family == AF_INET ? 24 : 64;

	EXPECT_EQ(10, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.direction = XTCP_DIRECTION_CONNECT, .cwnd = 11)));
	EXPECT_EQ(11, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.owner = 1, .cwnd = 12)));
	EXPECT_EQ(12, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.remote_port = XNET_PORT, .cwnd = 13)));
	EXPECT_EQ(13, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.local = self->near, .cwnd = 14)));
	EXPECT_EQ(14, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.remote = self->far, .remote_bits = wide, .cwnd = 15)));
	EXPECT_EQ(15, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.remote = self->far, .remote_bits = narrow, .cwnd = 16)));
	EXPECT_EQ(16, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.remote = self->far, .remote_bits = wide, .remote_port = XNET_PORT, .cwnd = 17)));
	EXPECT_EQ(16, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.remote = self->far, .cwnd = 18)));
	EXPECT_EQ(18, dial_cwnd(&self->net));
	ASSERT_EQ(0, add(g, MATCH(.remote = self->far, .remote_port = XNET_PORT, .cwnd = 19)));
	EXPECT_EQ(19, dial_cwnd(&self->net));
	EXPECT_EQ(0, genl_policy_flush(g));
	EXPECT_EQ(10, dial_cwnd(&self->net));
}

/* What does not fit does nothing. */
TEST_F(policy, no_match)
{
	struct genl *g = &self->g;

	ASSERT_EQ(0, add(g, MATCH(.remote_port = XNET_PORT + 1)));
	ASSERT_EQ(0, add(g, MATCH(.local_port = 1)));
	ASSERT_EQ(0, add(g, MATCH(.owner = 4712)));
	ASSERT_EQ(0, add(g, MATCH(.remote = self->near)));
	ASSERT_EQ(0, add(g, MATCH(.local = self->far)));
	ASSERT_EQ(0, add(g, MATCH(.direction = XTCP_DIRECTION_ACCEPT)));
	ASSERT_EQ(0, add(g, MATCH(.cgroup = 1ull << 50)));
	EXPECT_EQ(10, dial_cwnd(&self->net));
}

/* Accepted connections: by the listener's port and the direction. */
TEST_F(policy, accepted)
{
	struct genl *g = &self->g;
	int fd[2];

	ASSERT_EQ(0, add(g, MATCH(.direction = XTCP_DIRECTION_CONNECT, .cwnd = 21)));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
	EXPECT_EQ(10, cwnd_of(fd[XNET_NEAR]));
	ASSERT_EQ(0, add(g, MATCH(.direction = XTCP_DIRECTION_ACCEPT, .local_port = XNET_PORT, .cwnd = 22)));
	close(fd[XNET_NEAR]);
	close(fd[XNET_FAR]);
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, fd));
	EXPECT_EQ(22, cwnd_of(fd[XNET_NEAR]));
}

static void put_everything(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_PARAM);

	(void)arg;
	mnl_attr_put_strz(nlh, XTCP_A_PARAM_CONGESTION, "reno");
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_INIT_CWND, 4);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_RTO_MIN_US, 40000);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_RTO_MAX_MS, 5000);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_DELACK_MAX_MS, 40);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_TIME_WAIT_MS, 2000);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_USER_TIMEOUT_MS, 7000);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_KEEP_IDLE_S, 100);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_KEEP_INTERVAL_S, 10);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_KEEP_COUNT, 3);
	mnl_attr_put_u64(nlh, XTCP_A_PARAM_PACING_RATE, 5000000);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_NOTSENT_LOWAT, 20000);
	mnl_attr_put_u8(nlh, XTCP_A_PARAM_QUICKACK, 1);
	mnl_attr_nest_end(nlh, nest);
}

/* Each parameter reaches a program that sets none, by connect() and by accept(). */
TEST_F(policy, every_parameter)
{
	char name[16] = "";
	socklen_t len = sizeof(name);
	struct tcp_info info;
	int fd[2];

	ASSERT_EQ(0, genl_policy_add(&self->g, put_everything, NULL, NULL));
	close(self->listener);
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		ASSERT_EQ(0, xnet_pair(&self->net, side, fd));
		ASSERT_EQ(0, getsockopt(fd[XNET_NEAR], IPPROTO_TCP, TCP_CONGESTION, name, &len));
		EXPECT_STREQ("reno", name);
		ASSERT_EQ(0, xnet_info(fd[XNET_NEAR], &info));
		EXPECT_EQ(4, (int)info.tcpi_snd_cwnd);
		if (xnet_virtual_time())
			EXPECT_GE(60000, (int)info.tcpi_rto);
		EXPECT_EQ(7000, xnet_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_USER_TIMEOUT));
		EXPECT_EQ(1, xnet_int(fd[XNET_NEAR], SOL_SOCKET, SO_KEEPALIVE));
		EXPECT_EQ(100, xnet_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_KEEPIDLE));
		EXPECT_EQ(10, xnet_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_KEEPINTVL));
		EXPECT_EQ(3, xnet_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_KEEPCNT));
		EXPECT_EQ(5000000, xnet_int(fd[XNET_NEAR], SOL_SOCKET, SO_MAX_PACING_RATE));
		EXPECT_EQ(20000, xnet_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_NOTSENT_LOWAT));
		ASSERT_EQ(0, genl_get(&self->g, fd[XNET_NEAR]));
		EXPECT_EQ(1, (int)genl_num(self->g.tb[XTCP_A_CONN_POLICY]));
		close(fd[XNET_NEAR]);
		close(fd[XNET_FAR]);
	}
	xnet_sleep_ms(2500);
	EXPECT_TRUE(xnet_await_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait", 0));
}

/* What the program has set itself stays as it is. */
TEST_F(policy, the_program_knows_better)
{
	struct xnet_addr addr = xnet_address(self->net.family, XNET_FAR, XNET_PORT);
	int fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	char name[16] = "";
	socklen_t len = sizeof(name);

	ASSERT_EQ(0, genl_policy_add(&self->g, put_everything, NULL, NULL));
	ASSERT_EQ(0, setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 9000));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 999));
	ASSERT_EQ(0, xnet_set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, 8));
	ASSERT_EQ(0, xnet_set_int(fd, SOL_SOCKET, SO_MAX_PACING_RATE, 1000));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_RTO_MIN_US, 100000));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_RTO_MAX_MS, 9000));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_DELACK_MAX_US, 20000));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_XTCP_TIME_WAIT_MS, 77000));
	ASSERT_EQ(0, xnet_connect(fd, &addr));
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("cubic", name);
	EXPECT_EQ(100000, xnet_int(fd, IPPROTO_TCP, TCP_RTO_MIN_US));
	EXPECT_EQ(9000, xnet_int(fd, IPPROTO_TCP, TCP_RTO_MAX_MS));
	EXPECT_EQ(20000, xnet_int(fd, IPPROTO_TCP, TCP_DELACK_MAX_US));
	EXPECT_EQ(77000, xnet_int(fd, IPPROTO_TCP, TCP_XTCP_TIME_WAIT_MS));
	EXPECT_EQ(9000, xnet_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	EXPECT_EQ(999, xnet_int(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT));
	EXPECT_EQ(8, xnet_int(fd, IPPROTO_TCP, TCP_KEEPIDLE));
	EXPECT_EQ(1000, xnet_int(fd, SOL_SOCKET, SO_MAX_PACING_RATE));
}

/* A policy is one connection's: the next one of the same socket begins without it, with the values of that moment. */
TEST_F(policy, one_connection)
{
	struct xnet_addr addr = xnet_address(self->net.family, XNET_FAR, XNET_PORT);
	int fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	char name[16] = "";
	socklen_t len = sizeof(name);

	ASSERT_EQ(0, genl_policy_add(&self->g, put_everything, NULL, NULL));
	ASSERT_EQ(0, xnet_connect(fd, &addr));
	EXPECT_EQ(7000, xnet_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	EXPECT_EQ(40000, xnet_int(fd, IPPROTO_TCP, TCP_RTO_MIN_US));
	ASSERT_EQ(0, genl_policy_flush(&self->g));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/rto_max_ms", "33000"));
	ASSERT_EQ(0, connect(fd, &none, sizeof(none)));
	ASSERT_EQ(0, xnet_connect(fd, &addr));
	ASSERT_EQ(0, genl_get(&self->g, fd));
	EXPECT_EQ(NULL, self->g.tb[XTCP_A_CONN_POLICY]);
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("cubic", name);
	EXPECT_EQ(10, cwnd_of(fd));
	EXPECT_EQ(200000, xnet_int(fd, IPPROTO_TCP, TCP_RTO_MIN_US));
	EXPECT_EQ(33000, xnet_int(fd, IPPROTO_TCP, TCP_RTO_MAX_MS));
	EXPECT_EQ(200000, xnet_int(fd, IPPROTO_TCP, TCP_DELACK_MAX_US));
	EXPECT_EQ(0, xnet_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	EXPECT_EQ(0, xnet_int(fd, SOL_SOCKET, SO_KEEPALIVE));
	EXPECT_EQ(7200, xnet_int(fd, IPPROTO_TCP, TCP_KEEPIDLE));
	EXPECT_EQ(-1, xnet_int(fd, SOL_SOCKET, SO_MAX_PACING_RATE));
	EXPECT_NE(20000, xnet_int(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT));
}

/* Children of a listener begin with the values of their moment, but for what was set on the listener. */
TEST_F(policy, children)
{
	int near = xnet_listen(&self->net, XNET_NEAR, XNET_PORT), fd;

	ASSERT_LE(0, near);
	ASSERT_EQ(0, xnet_set_int(near, IPPROTO_TCP, TCP_RTO_MIN_US, 100000));
	ASSERT_EQ(0, xnet_set_int(near, IPPROTO_TCP, TCP_XTCP_TIME_WAIT_MS, 5000));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/rto_max_ms", "44000"));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/rto_min_us", "50000"));
	ASSERT_LE(0, xnet_dial(&self->net, XNET_FAR, XNET_PORT));
	fd = xnet_accept(near);
	EXPECT_EQ(44000, xnet_int(fd, IPPROTO_TCP, TCP_RTO_MAX_MS));
	EXPECT_EQ(100000, xnet_int(fd, IPPROTO_TCP, TCP_RTO_MIN_US));
	EXPECT_EQ(5000, xnet_int(fd, IPPROTO_TCP, TCP_XTCP_TIME_WAIT_MS));
}

/* A connection that its SYN opens, text and all, gets its policy and leaves its record as any other. */
TEST_F(policy, fast_open)
{
	struct xnet_addr addr = xnet_address(self->net.family, XNET_NEAR, XNET_PORT);
	int near, fd, child;

	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/ipv4/tcp_fastopen", "1538"));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_FAR], "net/ipv4/tcp_fastopen", "5"));
	near = xnet_listen(&self->net, XNET_NEAR, XNET_PORT);
	ASSERT_EQ(0, add(&self->g, MATCH(.direction = XTCP_DIRECTION_ACCEPT, .local_port = XNET_PORT, .cwnd = 22)));
	fd = xnet_socket(self->net.ns[XNET_FAR], XNET_TCP, self->net.family);
	ASSERT_EQ(1, sendto(fd, "x", 1, MSG_FASTOPEN, &addr.sa, addr.len));
	child = xnet_accept(near);
	ASSERT_LE(0, child);
	EXPECT_EQ(1, xnet_counter(self->net.ns[XNET_NEAR], XNET_XTCP, "TCPFastOpenPassive"));
	EXPECT_LE(22, cwnd_of(child));
	ASSERT_EQ(0, genl_get(&self->g, child));
	EXPECT_EQ(1, (int)genl_num(self->g.tb[XTCP_A_CONN_POLICY]));
	EXPECT_NE(NULL, self->g.tb[XTCP_A_CONN_LIMITS]);
	xnet_linger(child, 1, 0);
	close(child);
	struct nlattr *tb[GENL_ATTRS] = {};

	EXPECT_TRUE(genl_last_closed(&self->g, XNET_PORT, tb));
}

/* ------------------------------------------------------------ the table */

static void note_policy(struct genl *g, void *arg)
{
	u32 *ids = arg;

	ids[0]++;
	ids[1] = genl_num(g->tb[XTCP_A_POLICY_ID]);
	ids[2] = genl_num(g->tb[XTCP_A_POLICY_HITS]);
}

static void table(struct genl *g, u32 ids[3])
{
	memset(ids, 0, 3 * sizeof(*ids));
	genl_dump(g, genl_request(g, XTCP_CMD_POLICY_GET), note_policy, ids);
}

TEST_F(policy, add_get_delete)
{
	struct genl *g = &self->g;
	struct nlmsghdr *nlh;
	u32 id = 0, ids[3];

	ASSERT_EQ(0, genl_policy_add(g, put_match, MATCH(.remote_port = 1), &id));
	EXPECT_EQ(1, id);
	EXPECT_EQ(-EEXIST, add(g, MATCH(.remote_port = 1)));
	ASSERT_EQ(0, genl_policy_add(g, put_match, MATCH(.remote_port = XNET_PORT), &id));
	table(g, ids);
	EXPECT_EQ(2, ids[0]);
	EXPECT_EQ(id, ids[1]);
	EXPECT_EQ(0, ids[2]);
	dial_cwnd(&self->net);
	table(g, ids);
	EXPECT_EQ(1, ids[2]);
	for (int round = 0; round < 2; round++) {
		nlh = genl_request(g, XTCP_CMD_POLICY_GET);
		mnl_attr_put_u32(nlh, XTCP_A_POLICY_ID, id);
		EXPECT_EQ(round ? -ENOENT : 0, genl_do(g, nlh));
		nlh = genl_request(g, XTCP_CMD_POLICY_DEL);
		mnl_attr_put_u32(nlh, XTCP_A_POLICY_ID, id);
		EXPECT_EQ(round ? -ENOENT : 0, genl_do(g, nlh));
	}
	table(g, ids);
	EXPECT_EQ(1, ids[0]);
	EXPECT_EQ(-EINVAL, genl_do(g, genl_request(g, XTCP_CMD_POLICY_DEL)));
	EXPECT_EQ(-EINVAL, genl_do(g, genl_request(g, XTCP_CMD_POLICY_GET)));
}

static struct nlmsghdr *replace_with(struct genl *g, int count, int first_port, bool spoil)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_POLICY_REPLACE);

	for (int i = 0; i < count; i++) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_ENTRY);

		put_match(nlh, MATCH(.remote_port = first_port + i, .cwnd = 40));
		mnl_attr_nest_end(nlh, nest);
	}
	if (spoil) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_ENTRY);

		put_match(nlh, MATCH(.remote_port = first_port));
		mnl_attr_nest_end(nlh, nest);
	}
	return nlh;
}

/* The whole table or nothing. */
TEST_F(policy, replace)
{
	struct genl *g = &self->g;
	u32 ids[3];

	ASSERT_EQ(0, add(g, MATCH(.remote_port = XNET_PORT)));
	EXPECT_EQ(-EEXIST, genl_do(g, replace_with(g, 10, 100, true)));
	table(g, ids);
	EXPECT_EQ(1, ids[0]);
	EXPECT_EQ(33, dial_cwnd(&self->net));
	EXPECT_EQ(0, genl_do(g, replace_with(g, 10, XNET_PORT, false)));
	table(g, ids);
	EXPECT_EQ(10, ids[0]);
	EXPECT_EQ(40, dial_cwnd(&self->net));
	EXPECT_EQ(0, genl_do(g, replace_with(g, 0, 0, false)));
	table(g, ids);
	EXPECT_EQ(0, ids[0]);
}

/* As many as net.xtcp.policy_max says, in as many kinds of match as the table takes. */
TEST_F(policy, limits)
{
	struct genl *g = &self->g;
	int err = 0, i;

	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/policy_max", "3"));
	EXPECT_EQ(-ENOSPC, genl_do(g, replace_with(g, 4, 1, false)));
	EXPECT_EQ(0, genl_do(g, replace_with(g, 3, 1, false)));
	EXPECT_EQ(-ENOSPC, add(g, MATCH(.remote_port = 9)));
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/policy_max", "100"));
	for (i = 1; i <= 32 && !err; i++)
		err = add(g, MATCH(.remote = self->far, .remote_bits = i));
	EXPECT_EQ(-ENOSPC, err);
	EXPECT_EQ(33, i);
}

TEST_F(policy, wrong)
{
	struct genl *g = &self->g;
	struct nlmsghdr *nlh;

	EXPECT_EQ(-EINVAL, genl_do(g, genl_request(g, XTCP_CMD_POLICY_ADD)));
	EXPECT_EQ(-EINVAL, add(g, MATCH(.remote = "192.0.2.1", .remote_bits = 33)));
	EXPECT_EQ(-ERANGE, add(g, MATCH(.local = "2001:db8::", .local_bits = 129)));
	EXPECT_EQ(-ERANGE, add(g, MATCH(.direction = 3)));
	for (int attr = XTCP_A_POLICY_DIRECTION; attr <= XTCP_A_POLICY_CGROUP; attr++) {
		nlh = genl_request(g, XTCP_CMD_POLICY_ADD);
		mnl_attr_put(nlh, attr, 3, "abc");
		put_match(nlh, MATCH(.cwnd = 5));
		EXPECT_EQ(-EINVAL, genl_do(g, nlh)) TH_LOG("attribute %d", attr);
		nlh = genl_request(g, XTCP_CMD_POLICY_ADD);
		mnl_attr_put(nlh, attr, 20, "abcdefghijklmnopqrst");
		put_match(nlh, MATCH(.cwnd = 5));
		EXPECT_GT(0, genl_do(g, nlh)) TH_LOG("attribute %d", attr);
	}
	nlh = genl_request(g, XTCP_CMD_POLICY_ADD);
	mnl_attr_put_u16(nlh, XTCP_A_POLICY_REMOTE_PORT, 0);
	put_match(nlh, MATCH(.cwnd = 5));
	EXPECT_EQ(-ERANGE, genl_do(g, nlh));
	nlh = genl_request(g, XTCP_CMD_POLICY_ADD);
	mnl_attr_put_u8(nlh, XTCP_A_POLICY_REMOTE_PREFIX, 8);
	put_match(nlh, MATCH(.cwnd = 5));
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
	nlh = genl_request(g, XTCP_CMD_POLICY_ADD);
	mnl_attr_put_u8(nlh, XTCP_A_POLICY_LOCAL_PREFIX, 8);
	put_match(nlh, MATCH(.cwnd = 5));
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
	/* numbers and hits are not the caller's to give */
	nlh = genl_request(g, XTCP_CMD_POLICY_ADD);
	mnl_attr_put_u64(nlh, XTCP_A_POLICY_HITS, 8);
	put_match(nlh, MATCH(.cwnd = 5));
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
	nlh = genl_request(g, XTCP_CMD_POLICY_DEL);
	mnl_attr_put_u32(nlh, XTCP_A_POLICY_ID, 0);
	EXPECT_EQ(-ERANGE, genl_do(g, nlh));
}

/* Each namespace has its own. */
TEST_F(policy, namespaces)
{
	struct genl far;
	u32 ids[3];

	ASSERT_EQ(0, genl_open(&far, self->net.ns[XNET_FAR]));
	ASSERT_EQ(0, add(&far, MATCH(.owner = 1)));
	EXPECT_EQ(10, dial_cwnd(&self->net));
	table(&self->g, ids);
	EXPECT_EQ(0, ids[0]);
	table(&far, ids);
	EXPECT_EQ(1, ids[0]);
	genl_close(&far);
}

/* ------------------------------------------------------------ cgroups */

static int in_cgroup(const char *path, const struct xnet *net)
{
	char name[256], pid[16];
	int status = -1, fd;
	pid_t child = fork();

	if (child) {
		waitpid(child, &status, 0);
		return WEXITSTATUS(status);
	}
	snprintf(name, sizeof(name), "%s/cgroup.procs", path);
	snprintf(pid, sizeof(pid), "%d", getpid());
	fd = open(name, O_WRONLY);
	if (fd < 0 || write(fd, pid, strlen(pid)) < 0)
		_exit(255);
	_exit(dial_cwnd(net));
}

/* A policy of a cgroup is for those below it too; the nearest wins. */
TEST_F(policy, cgroup)
{
	char root[] = "/tmp/xtcp-cgroup-XXXXXX", path[3][96];
	struct stat st;

	ASSERT_NE(NULL, mkdtemp(root));
	ASSERT_EQ(0, mount("none", root, "cgroup2", 0, NULL));
	snprintf(path[0], sizeof(path[0]), "%s/a%d", root, getpid());
	snprintf(path[1], sizeof(path[1]), "%s/a%d/b", root, getpid());
	snprintf(path[2], sizeof(path[2]), "%s/c%d", root, getpid());
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, mkdir(path[i], 0755));
	ASSERT_EQ(0, stat(path[0], &st));
	ASSERT_EQ(0, add(&self->g, MATCH(.cgroup = st.st_ino, .cwnd = 51)));
	EXPECT_EQ(51, in_cgroup(path[0], &self->net));
	EXPECT_EQ(51, in_cgroup(path[1], &self->net));
	EXPECT_EQ(10, in_cgroup(path[2], &self->net));
	ASSERT_EQ(0, stat(path[1], &st));
	ASSERT_EQ(0, add(&self->g, MATCH(.cgroup = st.st_ino, .cwnd = 52)));
	EXPECT_EQ(51, in_cgroup(path[0], &self->net));
	EXPECT_EQ(52, in_cgroup(path[1], &self->net));
	rmdir(path[1]);
	rmdir(path[0]);
	rmdir(path[2]);
	umount(root);
	rmdir(root);
}

/* ------------------------------------------------------------ many */

/* Ten thousand, of which one fits. */
TEST_F(policy, ten_thousand)
{
	struct genl *g = &self->g;
	u32 ids[3];

	ASSERT_EQ(0, genl_do(g, replace_with(g, 10000, 1000, false)));
	table(g, ids);
	EXPECT_EQ(10000, ids[0]);
	EXPECT_EQ(40, dial_cwnd(&self->net));
}

XNET_MAIN
