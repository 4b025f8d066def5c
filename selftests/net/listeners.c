// SPDX-License-Identifier: GPL-2.0
/*
 * What a listener tells of itself: how full its queues are and ever were, what it turned away and why, and the
 * events about it. Documentation/netlink.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "peer.h"
#include "xnet.h"

/* One value of the listener FD. */
static long queue(struct genl *g, int fd, int attr)
{
	struct nlattr *tb[GENL_ATTRS];
	int err = genl_get(g, fd);

	if (err)
		return err;
	genl_nest(g->tb[XTCP_A_CONN_LISTEN], tb);
	return tb[attr] ? (long)genl_num(tb[attr]) : -ENODATA;
}

static bool await_queue(struct genl *g, int fd, int attr, long value)
{
	for (int i = 0; i < 200; i++) {
		if (queue(g, fd, attr) == value)
			return true;
		xnet_sleep_ms(20);
	}
	xnet_log("%d is %ld, not %ld", attr, queue(g, fd, attr), value);
	return false;
}

FIXTURE(listener) { struct xnet net; struct genl g, events; int fd; };
XNET_STOCK_VARIANTS(listener);

FIXTURE_SETUP(listener)
{
	struct xnet_addr addr;

	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
	ASSERT_EQ(0, genl_open(&self->events, self->net.ns[XNET_NEAR]));
	ASSERT_EQ(0, genl_listen(&self->events));
	self->fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	addr = xnet_address(self->net.family, XNET_NEAR, XNET_PORT);
	ASSERT_EQ(0, xnet_bind(self->fd, &addr));
	ASSERT_EQ(0, listen(self->fd, 3));
}

FIXTURE_TEARDOWN(listener)
{
	genl_close(&self->g);
	genl_close(&self->events);
	xnet_close(&self->net);
}

/* A connection that is begun; it may or may not come about. */
static int begin(const struct xnet *net)
{
	struct xnet_addr addr = xnet_address(net->family, XNET_NEAR, XNET_PORT);
	int fd = xnet_socket(net->ns[XNET_FAR], XNET_XTCP, net->family);

	xnet_nonblock(fd, true);
	connect(fd, &addr.sa, addr.len);
	return fd;
}

static void only_cookie(struct nlmsghdr *nlh, void *arg)
{
	mnl_attr_put_u64(nlh, XTCP_A_FILTER_COOKIE, genl_cookie(*(int *)arg));
}

TEST_F(listener, accept_queue)
{
	struct genl *g = &self->g;
	int fd[4];

	EXPECT_EQ(3, queue(g, self->fd, XTCP_A_LISTEN_BACKLOG));
	EXPECT_EQ(0, queue(g, self->fd, XTCP_A_LISTEN_ACCEPT_HIGH));
	for (int i = 0; i < 3; i++)
		fd[i] = begin(&self->net);
	EXPECT_TRUE(await_queue(g, self->fd, XTCP_A_LISTEN_ACCEPT_QUEUE, 3));
	EXPECT_EQ(3, queue(g, self->fd, XTCP_A_LISTEN_ACCEPTED));
	close(xnet_accept(self->fd));
	EXPECT_EQ(2, queue(g, self->fd, XTCP_A_LISTEN_ACCEPT_QUEUE));
	EXPECT_EQ(3, queue(g, self->fd, XTCP_A_LISTEN_ACCEPT_HIGH));
	EXPECT_EQ(0, queue(g, self->fd, XTCP_A_LISTEN_DROP_ACCEPT_QUEUE));
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

/* SO_COOKIE of an accepted connection is its own, not its listener's. */
TEST_F(listener, cookies_differ)
{
	int fd = begin(&self->net), accepted;

	ASSERT_NE(0, genl_cookie(self->fd));
	accepted = xnet_accept(self->fd);
	ASSERT_LE(0, accepted);
	EXPECT_NE(genl_cookie(self->fd), genl_cookie(accepted));
	EXPECT_EQ(1, genl_count(&self->g, only_cookie, &accepted));
	close(accepted);
	close(fd);
}

/* Full: what is turned away is counted and told, once a second at the most. */
TEST_F(listener, accept_queue_overflow)
{
	struct nlattr *tb[GENL_ATTRS];
	struct genl *g = &self->g;
	int fd[12];

	for (int i = 0; i < 12; i++)
		fd[i] = begin(&self->net);
	EXPECT_TRUE(await_queue(g, self->fd, XTCP_A_LISTEN_ACCEPT_HIGH, 4));
	EXPECT_LT(0, queue(g, self->fd, XTCP_A_LISTEN_DROP_ACCEPT_QUEUE));
	ASSERT_TRUE(genl_await(&self->events, XTCP_CMD_OVERFLOW_NTF, 5000));
	EXPECT_EQ(XTCP_CAUSE_ACCEPT_QUEUE, (int)genl_num(self->events.tb[XTCP_A_CONN_CAUSE]));
	EXPECT_EQ(XNET_PORT, (int)genl_num(self->events.tb[XTCP_A_CONN_LOCAL_PORT]));
	EXPECT_EQ(genl_cookie(self->fd), genl_num(self->events.tb[XTCP_A_CONN_COOKIE]));
	genl_nest(self->events.tb[XTCP_A_CONN_LISTEN], tb);
	EXPECT_EQ(3, (int)genl_num(tb[XTCP_A_LISTEN_BACKLOG]));
	EXPECT_FALSE(genl_await(&self->events, XTCP_CMD_OVERFLOW_NTF, 500));
	for (int i = 0; i < 12; i++)
		close(fd[i]);
}

/* net.xtcp.listen_alarm_percent: told before anything is turned away. */
TEST_F(listener, alarm)
{
	int fd[2];

	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/xtcp/listen_alarm_percent", "50"));
	fd[0] = begin(&self->net);
	EXPECT_TRUE(await_queue(&self->g, self->fd, XTCP_A_LISTEN_ACCEPT_QUEUE, 1));
	EXPECT_FALSE(genl_await(&self->events, XTCP_CMD_ALARM_NTF, 100));
	fd[1] = begin(&self->net);
	ASSERT_TRUE(genl_await(&self->events, XTCP_CMD_ALARM_NTF, 2000));
	EXPECT_EQ(XTCP_CAUSE_ACCEPT_QUEUE, (int)genl_num(self->events.tb[XTCP_A_CONN_CAUSE]));
	close(fd[0]);
	close(fd[1]);
}

static void only_requests(struct nlmsghdr *nlh, void *arg)
{
	(void)arg;
	mnl_attr_put_u32(nlh, XTCP_A_FILTER_KINDS, 1 << XTCP_KIND_REQUEST);
}

PEER_FIXTURE(flood);

static void syn(struct peer *peer, int port, u16 from)
{
	struct segment seg = peer_segment(peer, SYN);

	seg.sport = from;
	seg.dport = port;
	seg.ack = 0;
	peer_inject(peer, &seg);
}

/* SYNs without more: the queue fills, then cookies or drops; what never was answered times out. */
TEST_F(flood, syn_queue)
{
	struct peer *peer = &self->peer;
	struct segment forged;
	struct genl g;
	int fd;

	ASSERT_EQ(0, genl_open(&g, peer->ns));
	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_synack_retries", "1"));
	fd = peer_listen(peer, 7000);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, listen(fd, 4));
	for (int i = 0; i < 10; i++)
		syn(peer, 7000, 20000 + i);
	EXPECT_TRUE(await_queue(&g, fd, XTCP_A_LISTEN_SYN_QUEUE, 5));
	EXPECT_EQ(5, queue(&g, fd, XTCP_A_LISTEN_SYN_HIGH));
	EXPECT_EQ(5, genl_count(&g, only_requests, NULL));
	EXPECT_EQ(5, queue(&g, fd, XTCP_A_LISTEN_COOKIES_SENT));
	EXPECT_EQ(0, queue(&g, fd, XTCP_A_LISTEN_DROP_SYN_QUEUE));
	forged = peer_segment(peer, ACK);
	forged.sport = 22000;
	forged.dport = 7000;
	peer_inject(peer, &forged);
	EXPECT_TRUE(await_queue(&g, fd, XTCP_A_LISTEN_COOKIES_FAILED, 1));
	ASSERT_EQ(0, xnet_sysctl(peer->ns, "net/ipv4/tcp_syncookies", "0"));
	syn(peer, 7000, 21000);
	EXPECT_TRUE(await_queue(&g, fd, XTCP_A_LISTEN_DROP_SYN_QUEUE, 1));
	xnet_sleep_ms(5000);
	EXPECT_EQ(0, queue(&g, fd, XTCP_A_LISTEN_SYN_QUEUE));
	EXPECT_EQ(5, queue(&g, fd, XTCP_A_LISTEN_DROP_TIMEOUT));
	EXPECT_EQ(5, queue(&g, fd, XTCP_A_LISTEN_SYN_HIGH));
	genl_close(&g);
}

/* The SYN-ACK was sent again once, the next one is due; anything else makes *arg -1. */
static void check_request(struct genl *g, void *arg)
{
	if (genl_num(g->tb[XTCP_A_CONN_RETRANS]) != 1 || genl_num(g->tb[XTCP_A_CONN_EXPIRES_MS]) > 2000 ||
	    genl_num(g->tb[XTCP_A_CONN_STATE]) != TCP_SYN_RECV)
		*(int *)arg = -1;
}

/* A request is told with its listener's cookie, and can be ended; a RST ends it too. */
TEST_F(flood, requests)
{
	struct peer *peer = &self->peer;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct segment seg;
	struct genl g;
	int fd;

	ASSERT_EQ(0, genl_open(&g, peer->ns));
	fd = peer_listen(peer, 7000);
	ASSERT_LE(0, fd);
	syn(peer, 7000, 20000);
	syn(peer, 7000, 20001);
	ASSERT_TRUE(await_queue(&g, fd, XTCP_A_LISTEN_SYN_QUEUE, 2));
	xnet_sleep_ms(1500);
	nlh = genl_request(&g, XTCP_CMD_CONN_GET);
	nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER);
	mnl_attr_put_u32(nlh, XTCP_A_FILTER_KINDS, 1 << XTCP_KIND_REQUEST);
	mnl_attr_nest_end(nlh, nest);
	ASSERT_EQ(0, genl_dump(&g, nlh, check_request, &fd));
	nlh = genl_request(&g, XTCP_CMD_CONN_ABORT);
	nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER);
	mnl_attr_put_u32(nlh, XTCP_A_FILTER_KINDS, 1 << XTCP_KIND_REQUEST);
	mnl_attr_put_u16(nlh, XTCP_A_FILTER_REMOTE_PORT, 20000);
	mnl_attr_put_u64(nlh, XTCP_A_FILTER_COOKIE, genl_cookie(fd));
	mnl_attr_nest_end(nlh, nest);
	EXPECT_EQ(0, genl_do(&g, nlh));
	EXPECT_LE(0, fd);
	EXPECT_EQ(1, genl_count(&g, only_requests, NULL));
	seg = peer_segment(peer, RST);
	seg.sport = 20001;
	seg.dport = 7000;
	seg.seq++;
	peer_inject(peer, &seg);
	EXPECT_TRUE(await_queue(&g, fd, XTCP_A_LISTEN_DROP_RESET, 1));
	EXPECT_EQ(0, genl_count(&g, only_requests, NULL));
	genl_close(&g);
}

XNET_MAIN
