// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps while connections come and go: none that stays is missed or told twice, and the dump ends.
 * XTCP_DUMP_SOCKETS=N: so many connections (20000; 2000 on the emulated machine, where each takes milliseconds).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "xnet.h"

#define CHURN		200	/* connections that come and go */
#define PER_READ	20	/* so many of them between two reads of the dump */

struct flock_of {
	struct xnet net;
	struct genl g;
	int listener;
	int count;
	int *near, *far;
	u64 *cookies;
	u8 *seen;
	int churn[CHURN][2];
	unsigned int turn;
	int twice, told;
};

static int wanted(void)
{
	const char *text = getenv("XTCP_DUMP_SOCKETS");

	if (text)
		return atoi(text);
	return xnet_virtual_time() ? 20000 : 2000;
}

static int one(struct flock_of *f, int *near, int *far)
{
	*near = xnet_dial(&f->net, XNET_NEAR, XNET_PORT);
	*far = *near < 0 ? -1 : xnet_accept(f->listener);
	return *far < 0 ? -1 : 0;
}

static int gather(struct flock_of *f)
{
	struct rlimit limit = { .rlim_cur = 100000, .rlim_max = 100000 };

	setrlimit(RLIMIT_NOFILE, &limit);
	f->count = wanted();
	f->near = calloc(f->count, sizeof(int));
	f->far = calloc(f->count, sizeof(int));
	f->cookies = calloc(f->count, sizeof(u64));
	f->seen = calloc(f->count, 1);
	xnet_sysctl(f->net.ns[XNET_NEAR], "net/ipv4/ip_local_port_range", "1025 65000");
	f->listener = xnet_listen(&f->net, XNET_FAR, XNET_PORT);
	for (int i = 0; i < f->count; i++) {
		if (one(f, &f->near[i], &f->far[i]))
			return -1;
		f->cookies[i] = genl_cookie(f->near[i]);
	}
	for (int i = 0; i < CHURN; i++)
		if (one(f, &f->churn[i][0], &f->churn[i][1]))
			return -1;
	return 0;
}

static void scatter(struct flock_of *f)
{
	for (int i = 0; i < f->count; i++) {
		xnet_linger(f->near[i], 1, 0);
		close(f->near[i]);
		close(f->far[i]);
	}
	free(f->near);
	free(f->far);
	free(f->cookies);
	free(f->seen);
}

static void stir(struct flock_of *f)
{
	for (int i = 0; i < PER_READ; i++) {
		int *pair = f->churn[f->turn++ % CHURN];

		/* half of them by a reset, half to a TIME-WAIT */
		if (f->turn & 1)
			xnet_linger(pair[0], 1, 0);
		close(pair[0]);
		close(pair[1]);
		one(f, &pair[0], &pair[1]);
	}
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void met(struct genl *g, void *arg)
{
	struct flock_of *f = arg;
	u64 cookie = genl_num(g->tb[XTCP_A_CONN_COOKIE]), *at;

	f->told++;
	at = bsearch(&cookie, f->cookies, f->count, sizeof(u64), by_value);
	if (at && f->seen[at - f->cookies]++)
		f->twice++;
}

struct reader {
	struct flock_of *f;
	genl_fn fn;
};

static int attribute(const struct nlattr *attr, void *data)
{
	struct genl *g = data;

	if (mnl_attr_get_type(attr) < GENL_ATTRS)
		g->tb[mnl_attr_get_type(attr)] = (struct nlattr *)attr;
	return MNL_CB_OK;
}

static int entry(const struct nlmsghdr *nlh, void *data)
{
	struct flock_of *f = data;

	memset(f->g.tb, 0, sizeof(f->g.tb));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), attribute, &f->g);
	met(&f->g, f);
	return MNL_CB_OK;
}

/* Read a dump in small pieces and stir between them. The number of pieces, or -1. */
static int dump_while_stirring(struct flock_of *f)
{
	struct nlmsghdr *nlh = genl_request(&f->g, XTCP_CMD_CONN_GET);
	static char piece[65536];
	int n, reads = 0, ret = MNL_CB_OK;

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (mnl_socket_sendto(f->g.sock, nlh, nlh->nlmsg_len) < 0)
		return -1;
	/* more than this would be a loop */
	while (ret > MNL_CB_STOP && reads < 20 * f->count + 100000) {
		n = mnl_socket_recvfrom(f->g.sock, piece, sizeof(piece));
		if (n < 0)
			return -1;
		reads++;
		ret = mnl_cb_run(piece, n, 0, 0, entry, f);
		if (ret < 0)
			return -1;
		if (reads < 3000)
			stir(f);
	}
	return ret == MNL_CB_STOP ? reads : -1;
}

FIXTURE(dump) { struct flock_of f; };
XNET_STOCK_VARIANTS(dump);

FIXTURE_SETUP(dump)
{
	XNET_FILTER();
	memset(&self->f, 0, sizeof(self->f));
	ASSERT_EQ(0, xnet_open(&self->f.net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->f.g, self->f.net.ns[XNET_NEAR]));
	ASSERT_EQ(0, gather(&self->f))
		TH_LOG("%d connections: %s", self->f.count, strerror(errno));
}

FIXTURE_TEARDOWN(dump)
{
	scatter(&self->f);
	genl_close(&self->f.g);
	xnet_close(&self->f.net);
}

TEST_F_TIMEOUT(dump, while_they_come_and_go, 600)
{
	struct flock_of *f = &self->f;
	int reads, missed = 0;

	qsort(f->cookies, f->count, sizeof(u64), by_value);
	reads = dump_while_stirring(f);
	for (int i = 0; i < f->count; i++)
		missed += !f->seen[i];
	xnet_log("%d connections stayed, %u came and went, %d entries in %d reads", f->count, f->turn, f->told, reads);
	EXPECT_LT(0, reads);
	EXPECT_EQ(0, missed);
	EXPECT_EQ(0, f->twice);
}

XNET_MAIN
