// SPDX-License-Identifier: GPL-2.0
/*
 * What a policy costs a connection: the time of connect() to a port where nobody listens, without policies and with
 * 10,000 of four kinds, of which the last one tried matches. Rounds alternate; medians are compared.
 * TAP: at most 1 us more on a real processor.
 *
 *   policy [CONNECTS]      in each round (400); --icount makes the figures repeat
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "genl.h"
#include "xnet.h"

#define ROUNDS		5
#define POLICIES	10000
/* With --icount a nanosecond is an instruction; a processor of today does more than two of them in one. */
#define MOST_NS		2000

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static struct nlmsghdr *fill(struct genl *g, int count)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_POLICY_REPLACE);

	for (int i = 0; i < count; i++) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_ENTRY), *param;
		u32 addr = htonl(0x0a000000 + (i << 8));

		if (i == count - 1) {
			/* the least special one, tried last */
			mnl_attr_put_u32(nlh, XTCP_A_POLICY_DIRECTION, XTCP_DIRECTION_CONNECT);
		} else {
			mnl_attr_put(nlh, XTCP_A_POLICY_REMOTE, 4, &addr);
			mnl_attr_put_u8(nlh, XTCP_A_POLICY_REMOTE_PREFIX, i % 2 ? 24 : 32);
			if (i % 3 == 0)
				mnl_attr_put_u16(nlh, XTCP_A_POLICY_REMOTE_PORT, 443);
		}
		param = mnl_attr_nest_start(nlh, XTCP_A_POLICY_PARAM);
		mnl_attr_put_u32(nlh, XTCP_A_PARAM_INIT_CWND, 20);
		mnl_attr_nest_end(nlh, param);
		mnl_attr_nest_end(nlh, nest);
	}
	return nlh;
}

/* Nanoseconds of one connect(), the mean of COUNT. */
static u64 round_ns(const struct xnet *net, int count)
{
	struct xnet_addr to = xnet_loopback(net->family, 9);
	u64 spent = 0;

	for (int i = 0; i < count; i++) {
		int fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
		u64 begin = now_ns();

		if (!connect(fd, &to.sa, to.len) || errno != ECONNREFUSED)
			perror("# connect");
		spent += now_ns() - begin;
		close(fd);
	}
	return spent / count;
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	struct xnet_variant variant = { AF_INET, XNET_TCP };
	int count = argc > 1 ? atoi(argv[1]) : 400, failed;
	u64 ns[2][ROUNDS];
	struct xnet net;
	struct genl g;

	puts("TAP version 13\n1..1");
	xnet_run(-1, "ip link set lo up");
	if (xnet_open(&net, &variant) || genl_open(&g, net.ns[XNET_NEAR])) {
		puts("not ok 1 no network");
		return 1;
	}
	xnet_run(net.ns[XNET_NEAR], "ip link set lo up");
	round_ns(&net, count);
	for (int i = 0; i < ROUNDS; i++)
		for (int with = 0; with < 2; with++) {
			if (genl_do(&g, with ? fill(&g, POLICIES) : genl_request(&g, XTCP_CMD_POLICY_REPLACE))) {
				puts("not ok 1 policies are refused");
				return 1;
			}
			ns[with][i] = round_ns(&net, count);
		}
	for (int with = 0; with < 2; with++)
		qsort(ns[with], ROUNDS, sizeof(u64), by_value);
	failed = ns[1][ROUNDS / 2] > ns[0][ROUNDS / 2] + MOST_NS;
	printf("# connect() %llu ns, with %d policies %llu ns\n", (unsigned long long)ns[0][ROUNDS / 2], POLICIES,
	       (unsigned long long)ns[1][ROUNDS / 2]);
	printf("%sok 1 %d policies cost a connection at most %d instructions\n", failed ? "not " : "", POLICIES, MOST_NS);
	genl_close(&g);
	xnet_close(&net);
	return failed;
}
