// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink family: each operation, each attribute of a request (right, out of bounds, malformed, oversized, missing,
 * unknown), privileges, namespaces. Documentation/netlink.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "xnet.h"

FIXTURE(genl) { struct xnet net; struct genl g; int fd[2]; };
XNET_STOCK_VARIANTS(genl);

FIXTURE_SETUP(genl)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
}

FIXTURE_TEARDOWN(genl)
{
	genl_close(&self->g);
	xnet_close(&self->net);
}

static const void *addr_bytes(const struct xnet_addr *a, size_t *len)
{
	*len = a->sa.sa_family == AF_INET ? 4 : 16;
	return a->sa.sa_family == AF_INET ? (void *)&a->in.sin_addr : (void *)&a->in6.sin6_addr;
}

/* ------------------------------------------------------------ reading */

/* What is told about a connection is what its own calls say. */
TEST_F(genl, get_tells_the_truth)
{
	struct xnet_addr local = xnet_name(self->fd[XNET_NEAR]), remote = xnet_peer_name(self->fd[XNET_NEAR]);
	struct genl *g = &self->g;
	const struct tcp_info *info;
	struct stat st;
	size_t len;

	ASSERT_EQ(0, genl_get(g, self->fd[XNET_NEAR]));
	EXPECT_EQ(XTCP_KIND_SOCKET, genl_num(g->tb[XTCP_A_CONN_KIND]));
	EXPECT_EQ(TCP_ESTABLISHED, genl_num(g->tb[XTCP_A_CONN_STATE]));
	EXPECT_EQ(self->net.family, (int)genl_num(g->tb[XTCP_A_CONN_FAMILY]));
	EXPECT_EQ(xnet_port(&local), (int)genl_num(g->tb[XTCP_A_CONN_LOCAL_PORT]));
	EXPECT_EQ(xnet_port(&remote), (int)genl_num(g->tb[XTCP_A_CONN_REMOTE_PORT]));
	addr_bytes(&local, &len);
	ASSERT_EQ(len, mnl_attr_get_payload_len(g->tb[XTCP_A_CONN_LOCAL]));
	EXPECT_EQ(0, memcmp(addr_bytes(&local, &len), mnl_attr_get_payload(g->tb[XTCP_A_CONN_LOCAL]), len));
	EXPECT_EQ(0, memcmp(addr_bytes(&remote, &len), mnl_attr_get_payload(g->tb[XTCP_A_CONN_REMOTE]), len));
	EXPECT_EQ(genl_cookie(self->fd[XNET_NEAR]), genl_num(g->tb[XTCP_A_CONN_COOKIE]));
	ASSERT_EQ(0, fstat(self->fd[XNET_NEAR], &st));
	EXPECT_EQ(st.st_ino, genl_num(g->tb[XTCP_A_CONN_INODE]));
	EXPECT_EQ(0, (int)genl_num(g->tb[XTCP_A_CONN_UID]));
	EXPECT_STREQ("cubic", mnl_attr_get_str(g->tb[XTCP_A_CONN_CONGESTION]));
	info = mnl_attr_get_payload(g->tb[XTCP_A_CONN_TCP_INFO]);
	EXPECT_EQ(TCP_ESTABLISHED, info->tcpi_state);
	EXPECT_EQ(10, (int)info->tcpi_snd_cwnd);
	EXPECT_TRUE(g->tb[XTCP_A_CONN_LIMITS] && g->tb[XTCP_A_CONN_PARAM] && g->tb[XTCP_A_CONN_SKMEM]);
}

static struct nlmsghdr *put_tuple(struct genl *g, int fd, unsigned int leave_out)
{
	struct xnet_addr local = xnet_name(fd), remote = xnet_peer_name(fd);
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_CONN_GET);
	const void *bytes;
	size_t len;

	bytes = addr_bytes(&local, &len);
	if (leave_out != XTCP_A_CONN_LOCAL)
		mnl_attr_put(nlh, XTCP_A_CONN_LOCAL, len, bytes);
	bytes = addr_bytes(&remote, &len);
	if (leave_out != XTCP_A_CONN_REMOTE)
		mnl_attr_put(nlh, XTCP_A_CONN_REMOTE, len, bytes);
	if (leave_out != XTCP_A_CONN_LOCAL_PORT)
		mnl_attr_put_u16(nlh, XTCP_A_CONN_LOCAL_PORT, xnet_port(&local));
	if (leave_out != XTCP_A_CONN_REMOTE_PORT)
		mnl_attr_put_u16(nlh, XTCP_A_CONN_REMOTE_PORT, xnet_port(&remote));
	return nlh;
}

/* By its four numbers, all of them; also when only a TIME-WAIT is left of it. */
TEST_F(genl, get_by_numbers)
{
	struct genl *g = &self->g;
	struct nlmsghdr *nlh;

	EXPECT_EQ(0, genl_do(g, put_tuple(g, self->fd[XNET_NEAR], 0)));
	EXPECT_EQ(-EINVAL, genl_do(g, put_tuple(g, self->fd[XNET_NEAR], XTCP_A_CONN_LOCAL)));
	EXPECT_EQ(-EINVAL, genl_do(g, put_tuple(g, self->fd[XNET_NEAR], XTCP_A_CONN_REMOTE)));
	EXPECT_EQ(-EINVAL, genl_do(g, put_tuple(g, self->fd[XNET_NEAR], XTCP_A_CONN_LOCAL_PORT)));
	EXPECT_EQ(-EINVAL, genl_do(g, put_tuple(g, self->fd[XNET_NEAR], XTCP_A_CONN_REMOTE_PORT)));
	EXPECT_EQ(-EINVAL, genl_do(g, genl_request(g, XTCP_CMD_CONN_GET)));
	/* the other end's, seen from here */
	EXPECT_EQ(-ENOENT, genl_do(g, put_tuple(g, self->fd[XNET_FAR], 0)));
	nlh = put_tuple(g, self->fd[XNET_NEAR], XTCP_A_CONN_LOCAL);
	mnl_attr_put(nlh, XTCP_A_CONN_LOCAL, 5, "12345");
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
	nlh = put_tuple(g, self->fd[XNET_NEAR], 0);
	mnl_attr_put_u32(nlh, XTCP_A_CONN_IFINDEX, 77);
	EXPECT_EQ(0, genl_do(g, nlh));

	nlh = put_tuple(g, self->fd[XNET_NEAR], 0);
	memcpy(g->buf + GENL_BYTES / 2, nlh, nlh->nlmsg_len);
	shutdown(self->fd[XNET_NEAR], SHUT_WR);
	close(self->fd[XNET_FAR]);
	ASSERT_TRUE(xnet_await_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait", 1));
	EXPECT_EQ(0, genl_do(g, (struct nlmsghdr *)(g->buf + GENL_BYTES / 2)));
}

TEST_F(genl, get_of_nothing)
{
	struct nlmsghdr *nlh = genl_request(&self->g, XTCP_CMD_CONN_GET);

	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, 1ull << 60);
	EXPECT_EQ(-ENOENT, genl_do(&self->g, nlh));
	nlh = genl_request(&self->g, XTCP_CMD_CONN_GET);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, 0);
	EXPECT_EQ(-ENOENT, genl_do(&self->g, nlh));
}

/* What waits on either side. */
TEST_F(genl, queues)
{
	struct genl *g = &self->g;

	ASSERT_EQ(5, write(self->fd[XNET_FAR], "abcde", 5));
	ASSERT_TRUE(xnet_await_ioctl(self->fd[XNET_NEAR], FIONREAD, 5));
	ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_CORK, 1));
	ASSERT_EQ(7, write(self->fd[XNET_NEAR], "abcdefg", 7));
	ASSERT_EQ(0, genl_get(g, self->fd[XNET_NEAR]));
	EXPECT_EQ(5, (int)genl_num(g->tb[XTCP_A_CONN_RX_QUEUE]));
	EXPECT_EQ(7, (int)genl_num(g->tb[XTCP_A_CONN_TX_QUEUE]));
}

/* Options that tell of the connection, or that it has not: by getsockopt() and setsockopt() as tcp(7) has them. */
TEST_F(genl, options_about_it)
{
	static const int refused[][2] = { { TCP_REPAIR, EPERM }, { TCP_TIMESTAMP, EPERM }, { TCP_ULP, ENOENT } };
	int fd = self->fd[XNET_NEAR];
	char name[16] = "", info[64];
	socklen_t len = sizeof(name);

	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_ULP, name, &len));
	EXPECT_STREQ("xtcp", name);
	len = sizeof(info);
	EXPECT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CC_INFO, info, &len));
	EXPECT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_INQ, 1));
	EXPECT_EQ(1, xnet_int(fd, IPPROTO_TCP, TCP_INQ));
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(-1, xnet_set_int(fd, IPPROTO_TCP, refused[i][0], 1));
		EXPECT_EQ(refused[i][1], errno);
	}
}

/* ------------------------------------------------------------ filters */

struct word {
	int attr;
	int type;	/* width in bytes; 0: text, -1: address */
	u64 value;
	const void *bytes;
	size_t len;
	int prefix;	/* -1: none */
};

static void put_word(struct nlmsghdr *nlh, void *arg)
{
	const struct word *w = arg;

	switch (w->type) {
	case 1:
		mnl_attr_put_u8(nlh, w->attr, w->value);
		break;
	case 2:
		mnl_attr_put_u16(nlh, w->attr, w->value);
		break;
	case 4:
		mnl_attr_put_u32(nlh, w->attr, w->value);
		break;
	case 8:
		mnl_attr_put_u64(nlh, w->attr, w->value);
		break;
	case 0:
		mnl_attr_put_strz(nlh, w->attr, w->bytes);
		break;
	default:
		mnl_attr_put(nlh, w->attr, w->len, w->bytes);
		if (w->prefix >= 0)
			mnl_attr_put_u8(nlh, w->attr + 1, w->prefix);
	}
}

static int count_word(struct genl *g, int attr, int type, u64 value)
{
	struct word w = { .attr = attr, .type = type, .value = value };

	return genl_count(g, put_word, &w);
}

static int count_addr(struct genl *g, int attr, const struct xnet_addr *addr, int prefix)
{
	struct word w = { .attr = attr, .type = -1, .prefix = prefix };

	w.bytes = addr_bytes(addr, &w.len);
	return genl_count(g, put_word, &w);
}

/* Each attribute of a filter lets pass what fits, and nothing else. */
TEST_F(genl, filter_each)
{
	struct xnet_addr local = xnet_name(self->fd[XNET_NEAR]), remote = xnet_peer_name(self->fd[XNET_NEAR]);
	int fd = self->fd[XNET_NEAR], other = self->net.family == AF_INET ? AF_INET6 : AF_INET;
	struct genl *g = &self->g;
	struct word cc = { .attr = XTCP_A_FILTER_CONGESTION, .bytes = "cubic" };

	EXPECT_EQ(1, genl_count(g, NULL, NULL));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_KINDS, 4, 1 << XTCP_KIND_SOCKET));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_KINDS, 4, 14));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_STATES, 4, 1 << TCP_ESTABLISHED));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_STATES, 4, 1 << TCP_CLOSE_WAIT));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_FAMILY, 2, self->net.family));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_FAMILY, 2, other));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_LOCAL_PORT, 2, xnet_port(&local)));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_LOCAL_PORT, 2, 1));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_REMOTE_PORT, 2, xnet_port(&remote)));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_REMOTE_PORT, 2, 1));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_UID, 4, 0));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_UID, 4, 1));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_COOKIE, 8, genl_cookie(fd)));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_COOKIE, 8, 1ull << 50));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_CGROUP, 8, 1ull << 50));
	EXPECT_EQ(0, count_word(g, XTCP_A_FILTER_IFINDEX, 4, 1));
	EXPECT_EQ(1, genl_count(g, put_word, &cc));
	cc.bytes = "reno";
	EXPECT_EQ(0, genl_count(g, put_word, &cc));
	EXPECT_EQ(1, count_addr(g, XTCP_A_FILTER_LOCAL, &local, -1));
	EXPECT_EQ(0, count_addr(g, XTCP_A_FILTER_LOCAL, &remote, -1));
	EXPECT_EQ(1, count_addr(g, XTCP_A_FILTER_LOCAL, &remote, 24));
	EXPECT_EQ(1, count_addr(g, XTCP_A_FILTER_REMOTE, &remote, -1));
	EXPECT_EQ(0, count_addr(g, XTCP_A_FILTER_REMOTE, &local, -1));
	EXPECT_EQ(1, count_addr(g, XTCP_A_FILTER_REMOTE, &local, 0));
}

/* What cannot be is refused, not ignored. */
TEST_F(genl, filter_wrong)
{
	struct word addr = { .attr = XTCP_A_FILTER_LOCAL, .type = -1, .bytes = "0123456789abcdef0123", .prefix = -1 };
	struct word text = { .attr = XTCP_A_FILTER_CONGESTION, .bytes = "a_name_of_16_chr" };
	struct genl *g = &self->g;

	for (addr.len = 0; addr.len <= 20; addr.len++)
		if (addr.len != 4 && addr.len != 16)
			EXPECT_GT(0, genl_count(g, put_word, &addr));
	addr.len = 4;
	addr.prefix = 33;
	EXPECT_EQ(-EINVAL, genl_count(g, put_word, &addr));
	addr.len = 16;
	addr.prefix = 129;
	EXPECT_EQ(-ERANGE, genl_count(g, put_word, &addr));
	EXPECT_EQ(-EINVAL, genl_count(g, put_word, &text));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_LOCAL_PREFIX, 1, 8));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_REMOTE_PREFIX, 1, 8));
	EXPECT_EQ(-ERANGE, count_word(g, XTCP_A_FILTER_KINDS, 4, 0));
	EXPECT_EQ(-ERANGE, count_word(g, XTCP_A_FILTER_KINDS, 4, 16));
	EXPECT_EQ(-ERANGE, count_word(g, XTCP_A_FILTER_STATES, 4, 0x2000));
	EXPECT_EQ(-EAFNOSUPPORT, count_word(g, XTCP_A_FILTER_FAMILY, 2, AF_UNIX));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_UID, 4, ~0u));
	/* of the wrong width, too short, too long, and one that does not exist */
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_UID, 2, 0));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_LOCAL_PORT, 4, 80));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_COOKIE, 4, 80));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_CGROUP, 4, 80));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_IFINDEX, 8, 80));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_MAX + 1, 4, 80));
	EXPECT_EQ(-EINVAL, count_word(g, XTCP_A_FILTER_PAD, 4, 80));
}

/* ------------------------------------------------------------ set */

static const struct param {
	int attr;
	u32 low, high;
} params[] = {
	{ XTCP_A_PARAM_INIT_CWND, 1, 1000 },
	{ XTCP_A_PARAM_RTO_MIN_US, 1000, 120000000 },
	{ XTCP_A_PARAM_RTO_MAX_MS, 1000, 120000 },
	{ XTCP_A_PARAM_DELACK_MAX_MS, 1, 200 },
	{ XTCP_A_PARAM_TIME_WAIT_MS, 1, 600000 },
	{ XTCP_A_PARAM_USER_TIMEOUT_MS, 1, 0x7fffffff },
	{ XTCP_A_PARAM_KEEP_IDLE_S, 1, 32767 },
	{ XTCP_A_PARAM_KEEP_INTERVAL_S, 1, 32767 },
	{ XTCP_A_PARAM_KEEP_COUNT, 1, 127 },
	{ XTCP_A_PARAM_PACING_RATE, 1, ~0u },
	{ XTCP_A_PARAM_NOTSENT_LOWAT, 1, ~0u },
	{ XTCP_A_PARAM_QUICKACK, 0, 1 },
};

static u64 get_param(struct genl *g, int fd, int attr)
{
	struct nlattr *tb[GENL_ATTRS];

	if (genl_get(g, fd))
		return ~0ull;
	genl_nest(g->tb[XTCP_A_CONN_PARAM], tb);
	return genl_num(tb[attr]);
}

/* Every parameter: its bounds can be set and are told, what is beyond them is refused and changes nothing. */
TEST_F(genl, set_each_within_its_bounds)
{
	int fd = self->fd[XNET_NEAR];
	struct genl *g = &self->g;

	for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
		const struct param *p = &params[i];
		/* times of the kernel's are jiffies */
		u32 slack = p->attr == XTCP_A_PARAM_RTO_MIN_US ? 10000 : p->attr == XTCP_A_PARAM_DELACK_MAX_MS ? 10 : 0;

		EXPECT_EQ(0, genl_set_u32(g, fd, p->attr, p->high)) TH_LOG("parameter %d", p->attr);
		EXPECT_EQ(p->high, get_param(g, fd, p->attr)) TH_LOG("parameter %d", p->attr);
		EXPECT_EQ(0, genl_set_u32(g, fd, p->attr, p->low)) TH_LOG("parameter %d", p->attr);
		EXPECT_GE(p->low + slack, get_param(g, fd, p->attr)) TH_LOG("parameter %d", p->attr);
		EXPECT_LE(p->low, get_param(g, fd, p->attr)) TH_LOG("parameter %d", p->attr);
		if (p->low)
			EXPECT_EQ(-ERANGE, genl_set_u32(g, fd, p->attr, p->low - 1)) TH_LOG("parameter %d", p->attr);
		if (p->high != ~0u)
			EXPECT_EQ(-ERANGE, genl_set_u32(g, fd, p->attr, p->high + 1)) TH_LOG("parameter %d", p->attr);
	}
}

/* What is set that way is what the program's own options would have set. */
TEST_F(genl, set_is_seen_by_the_program)
{
	int fd = self->fd[XNET_NEAR];
	struct genl *g = &self->g;

	ASSERT_EQ(0, genl_set_u32(g, fd, XTCP_A_PARAM_USER_TIMEOUT_MS, 1234));
	EXPECT_EQ(1234, xnet_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	ASSERT_EQ(0, genl_set_u32(g, fd, XTCP_A_PARAM_KEEP_IDLE_S, 55));
	EXPECT_EQ(55, xnet_int(fd, IPPROTO_TCP, TCP_KEEPIDLE));
	EXPECT_EQ(1, xnet_int(fd, SOL_SOCKET, SO_KEEPALIVE));
	ASSERT_EQ(0, genl_set_u32(g, fd, XTCP_A_PARAM_KEEP_INTERVAL_S, 7));
	EXPECT_EQ(7, xnet_int(fd, IPPROTO_TCP, TCP_KEEPINTVL));
	ASSERT_EQ(0, genl_set_u32(g, fd, XTCP_A_PARAM_KEEP_COUNT, 3));
	EXPECT_EQ(3, xnet_int(fd, IPPROTO_TCP, TCP_KEEPCNT));
	ASSERT_EQ(0, genl_set_u32(g, fd, XTCP_A_PARAM_NOTSENT_LOWAT, 4321));
	EXPECT_EQ(4321, xnet_int(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT));
	ASSERT_EQ(0, genl_set_u32(g, fd, XTCP_A_PARAM_PACING_RATE, 1000000));
	EXPECT_EQ(1000000, xnet_int(fd, SOL_SOCKET, SO_MAX_PACING_RATE));
	ASSERT_EQ(0, genl_set_u32(g, fd, XTCP_A_PARAM_TIME_WAIT_MS, 3000));
	shutdown(fd, SHUT_WR);
	close(self->fd[XNET_FAR]);
	ASSERT_TRUE(xnet_await_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait", 1));
	xnet_sleep_ms(3500);
	EXPECT_TRUE(xnet_await_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait", 0));
}

static int set_text(struct genl *g, int fd, const char *text, size_t len)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_CONN_SET);
	struct nlattr *nest;

	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(fd));
	nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_PARAM);
	mnl_attr_put(nlh, XTCP_A_PARAM_CONGESTION, len, text);
	mnl_attr_nest_end(nlh, nest);
	return genl_do(g, nlh);
}

TEST_F(genl, set_congestion)
{
	int fd = self->fd[XNET_NEAR];
	char name[16] = "";
	socklen_t len = sizeof(name);

	EXPECT_EQ(0, set_text(&self->g, fd, "reno", 5));
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("reno", name);
	EXPECT_EQ(-ENOENT, set_text(&self->g, fd, "nosuch", 7));
	EXPECT_EQ(-EINVAL, set_text(&self->g, fd, "a_name_of_16_chr", 17));
	EXPECT_EQ(-EINVAL, set_text(&self->g, fd, "reno", 4));
	EXPECT_GT(0, set_text(&self->g, fd, "", 0));
}

/* A cookie, a nest, something in it; nothing unknown, nothing of a wrong width. */
TEST_F(genl, set_wrong)
{
	struct genl *g = &self->g;
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	EXPECT_EQ(-EINVAL, genl_do(g, genl_request(g, XTCP_CMD_CONN_SET)));
	nlh = genl_request(g, XTCP_CMD_CONN_SET);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
	nlh = genl_request(g, XTCP_CMD_CONN_SET);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
	mnl_attr_nest_end(nlh, mnl_attr_nest_start(nlh, XTCP_A_CONN_PARAM));
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
	nlh = genl_request(g, XTCP_CMD_CONN_SET);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, 1ull << 60);
	nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_PARAM);
	mnl_attr_put_u8(nlh, XTCP_A_PARAM_QUICKACK, 1);
	mnl_attr_nest_end(nlh, nest);
	EXPECT_EQ(-ENOENT, genl_do(g, nlh));
	for (int attr = XTCP_A_PARAM_INIT_CWND; attr <= XTCP_A_PARAM_MAX + 1; attr++) {
		nlh = genl_request(g, XTCP_CMD_CONN_SET);
		mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
		nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_PARAM);
		mnl_attr_put_u16(nlh, attr, 1);
		mnl_attr_nest_end(nlh, nest);
		EXPECT_EQ(-EINVAL, genl_do(g, nlh)) TH_LOG("parameter %d", attr);
	}
	nlh = genl_request(g, XTCP_CMD_CONN_SET);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
	nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_PARAM);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_RTO_MIN_US, 100000000);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_RTO_MAX_MS, 1000);
	mnl_attr_nest_end(nlh, nest);
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
	/* not a nest by its flag */
	nlh = genl_request(g, XTCP_CMD_CONN_SET);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
	mnl_attr_put_u32(nlh, XTCP_A_CONN_PARAM, 0);
	EXPECT_EQ(-EINVAL, genl_do(g, nlh));
}

/* ------------------------------------------------------------ ending */

TEST_F(genl, abort_by_cookie)
{
	struct genl *g = &self->g;
	struct nlmsghdr *nlh;
	char byte;

	for (int again = 0; again < 2; again++) {
		nlh = genl_request(g, XTCP_CMD_CONN_ABORT);
		mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
		EXPECT_EQ(again ? -ENOENT : 0, genl_do(g, nlh));
	}
	EXPECT_EQ(-1, read(self->fd[XNET_NEAR], &byte, 1));
	EXPECT_EQ(ECONNABORTED, errno);
	EXPECT_EQ(-1, xnet_read_all(self->fd[XNET_FAR], &byte, 1));
	EXPECT_EQ(ECONNRESET, errno);
	EXPECT_EQ(-EINVAL, genl_do(g, genl_request(g, XTCP_CMD_CONN_ABORT)));
}

/* By a filter: what fits, and only that; listeners and TIME-WAITs too. */
TEST_F(genl, abort_by_filter)
{
	int listener = xnet_listen(&self->net, XNET_NEAR, 7222), other[2];
	struct genl *g = &self->g;
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	ASSERT_LE(0, listener);
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, other));
	ASSERT_EQ(3, genl_count(g, NULL, NULL));
	nlh = genl_request(g, XTCP_CMD_CONN_ABORT);
	nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER);
	mnl_attr_put_u16(nlh, XTCP_A_FILTER_LOCAL_PORT, 7222);
	mnl_attr_nest_end(nlh, nest);
	EXPECT_EQ(0, genl_do(g, nlh));
	EXPECT_EQ(2, genl_count(g, NULL, NULL));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(self->fd[XNET_NEAR]));
	nlh = genl_request(g, XTCP_CMD_CONN_ABORT);
	mnl_attr_nest_end(nlh, mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER));
	EXPECT_EQ(0, genl_do(g, nlh));
	EXPECT_EQ(0, genl_count(g, NULL, NULL));
}

TEST_F(genl, flush_time_wait)
{
	struct genl *g = &self->g;
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	shutdown(self->fd[XNET_NEAR], SHUT_WR);
	close(self->fd[XNET_FAR]);
	ASSERT_TRUE(xnet_await_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait", 1));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_KINDS, 4, 1 << XTCP_KIND_TIMEWAIT));
	EXPECT_EQ(1, count_word(g, XTCP_A_FILTER_STATES, 4, 1 << TCP_TIME_WAIT));
	for (int port = 1; port <= XNET_PORT; port += XNET_PORT - 1) {
		nlh = genl_request(g, XTCP_CMD_TIMEWAIT_FLUSH);
		nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER);
		mnl_attr_put_u16(nlh, XTCP_A_FILTER_REMOTE_PORT, port);
		mnl_attr_nest_end(nlh, nest);
		EXPECT_EQ(0, genl_do(g, nlh));
		EXPECT_EQ(port == 1, xnet_sockstat(self->net.ns[XNET_NEAR], XNET_XTCP, "timewait"));
	}
	EXPECT_EQ(1, xnet_counter(self->net.ns[XNET_NEAR], XNET_XTCP, "TWKilled"));
	EXPECT_EQ(0, genl_do(g, genl_request(g, XTCP_CMD_TIMEWAIT_FLUSH)));
}

/* ------------------------------------------------------------ counters */

struct counters {
	int ns;
	int count;
	int different;
};

static void check_counter(struct genl *g, void *arg)
{
	struct counters *c = arg;

	c->count++;
	if ((long)genl_num(g->tb[XTCP_A_COUNTER_VALUE]) !=
	    xnet_counter(c->ns, XNET_XTCP, mnl_attr_get_str(g->tb[XTCP_A_COUNTER_NAME])))
		c->different++;
}

TEST_F(genl, counters_are_those_of_proc)
{
	struct counters c = { .ns = self->net.ns[XNET_NEAR] };

	ASSERT_EQ(0, genl_dump(&self->g, genl_request(&self->g, XTCP_CMD_COUNTER_GET), check_counter, &c));
	EXPECT_LT(80, c.count);
	EXPECT_EQ(0, c.different);
}

/* ------------------------------------------------------------ who may */

static const int writes[] = { XTCP_CMD_CONN_SET, XTCP_CMD_CONN_ABORT, XTCP_CMD_TIMEWAIT_FLUSH, XTCP_CMD_POLICY_ADD,
			      XTCP_CMD_POLICY_DEL, XTCP_CMD_POLICY_REPLACE };
static const int reads[] = { XTCP_CMD_CONN_GET, XTCP_CMD_COUNTER_GET, XTCP_CMD_CLOSED_GET, XTCP_CMD_POLICY_GET };

static void nothing(struct genl *g, void *arg)
{
	(void)g;
	(void)arg;
}

/* As nobody: 0 if all is as it should be, else what was not. */
static int try_as_nobody(struct genl *inherited, int ns, u64 cookie)
{
	struct nlmsghdr *nlh;
	struct genl g;

	(void)inherited;
	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 100;
	if (genl_open(&g, ns))
		return 101;
	for (size_t i = 0; i < ARRAY_SIZE(writes); i++)
		if (genl_do(&g, genl_request(&g, writes[i])) != -EPERM)
			return 10 + i;
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++)
		if (genl_dump(&g, genl_request(&g, reads[i]), nothing, NULL))
			return 20 + i;
	nlh = genl_request(&g, XTCP_CMD_CONN_GET);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, cookie);
	if (genl_do(&g, nlh))
		return 30;
	/* what routes and filters go by is not everybody's business, as in the kernel's sock_diag */
	return g.tb[XTCP_A_CONN_MARK] ? 31 : 0;
}

/* Reading is everybody's, changing is not. */
TEST_F(genl, privilege)
{
	u64 cookie = genl_cookie(self->fd[XNET_NEAR]);
	int status;
	pid_t pid;

	ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_MARK, 77));
	ASSERT_EQ(0, genl_get(&self->g, self->fd[XNET_NEAR]));
	ASSERT_NE(NULL, self->g.tb[XTCP_A_CONN_MARK]);
	EXPECT_EQ(77, (int)genl_num(self->g.tb[XTCP_A_CONN_MARK]));
	xnet_ns_enter(self->net.ns[XNET_NEAR]);
	pid = fork();
	if (!pid)
		_exit(try_as_nobody(&self->g, -1, cookie));
	xnet_ns_leave();
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(self->fd[XNET_NEAR]));
}

static int try_in_own_userns(void)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct genl g;

	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 100;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return 0;	/* forbidden here */
	if (genl_open(&g, -1))
		return 101;
	if (genl_do(&g, genl_request(&g, XTCP_CMD_TIMEWAIT_FLUSH)))
		return 1;
	nlh = genl_request(&g, XTCP_CMD_POLICY_ADD);
	nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_PARAM);
	mnl_attr_put_u8(nlh, XTCP_A_PARAM_QUICKACK, 1);
	mnl_attr_nest_end(nlh, nest);
	return genl_do(&g, nlh) ? 2 : 0;
}

/* Who owns the namespace's user namespace may: a container's root rules his container. */
TEST_F(genl, privilege_in_a_container)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(try_in_own_userns());
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_EQ(1, genl_count(&self->g, NULL, NULL));
}

/* Of another namespace nothing is seen, and nothing there can be changed from here. */
TEST_F(genl, other_namespace)
{
	struct nlmsghdr *nlh;
	struct genl far;

	ASSERT_EQ(0, genl_open(&far, self->net.ns[XNET_FAR]));
	EXPECT_EQ(0, genl_count(&far, NULL, NULL));
	nlh = genl_request(&far, XTCP_CMD_CONN_ABORT);
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(self->fd[XNET_NEAR]));
	EXPECT_EQ(-ENOENT, genl_do(&far, nlh));
	EXPECT_EQ(-ENOENT, genl_set_u32(&far, self->fd[XNET_NEAR], XTCP_A_PARAM_QUICKACK, 1));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(self->fd[XNET_NEAR]));
	genl_close(&far);
}

/* An operation or a version from the future. */
TEST_F(genl, unknown_operation)
{
	EXPECT_EQ(-EOPNOTSUPP, genl_do(&self->g, genl_request(&self->g, XTCP_CMD_MAX + 1)));
	EXPECT_EQ(-EOPNOTSUPP, genl_do(&self->g, genl_request(&self->g, XTCP_CMD_CLOSED_NTF)));
}

XNET_MAIN
