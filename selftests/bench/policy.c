// SPDX-License-Identifier: GPL-2.0
/*
 * What a policy costs a connection: the time of connect() to a port where nobody listens, without policies and with
 * 10,000, of which the last one tried matches: of five kinds (combinations of prefix lengths and fields), and of as
 * many as there may be. Rounds alternate; medians are compared. TAP: at most 1 us more on a real processor.
 *
 *   policy [CONNECTS]      in each round (400); --icount makes the figures repeat
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "genl.h"
#include "xnet.h"

#define ROUNDS		3
#define CASES		3
#define FEW		5
#define MANY		31
#define POLICIES	10000
/*
 * With --icount a nanosecond is an instruction; a processor of today does more than two of them in one, and four of a
 * lookup's, whose products wait for nothing (0.36 us for 31 kinds, measured on one).
 */
#define MOST_NS(kinds)	((kinds) == FEW ? 2000 : 4000)

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* The prefix of policy number I, of so many KINDS; whether it has a port as well. */
static int prefix(int i, int kinds, u32 *addr, bool *port)
{
	if (kinds == FEW) {
		*addr = htonl(0x0a000000 + (i << 8));
		*port = i % 3 == 0;
		return i % 2 ? 24 : 32;
	}
	*addr = htonl(0x0a000000 + (i / 30 << 14));
	*port = i / 15 % 2;
	return 32 - i % 15;
}

static struct nlmsghdr *fill(struct genl *g, int kinds)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_POLICY_REPLACE);

	for (int i = 0; kinds && i < POLICIES; i++) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_ENTRY), *param;
		bool port;
		u32 addr;
		int bits = prefix(i, kinds, &addr, &port);

		if (i == POLICIES - 1) {
			/* the least special one, tried last */
			mnl_attr_put_u32(nlh, XTCP_A_POLICY_DIRECTION, XTCP_DIRECTION_CONNECT);
		} else {
			mnl_attr_put(nlh, XTCP_A_POLICY_REMOTE, 4, &addr);
			mnl_attr_put_u8(nlh, XTCP_A_POLICY_REMOTE_PREFIX, bits);
			if (port)
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

/* Without any, with few kinds, with many, in turns; ns[] gets the medians. */
static int measure(const struct xnet *net, struct genl *g, int count, u64 ns[CASES])
{
	static const int kinds[CASES] = { 0, FEW, MANY };
	u64 all[CASES][ROUNDS];

	round_ns(net, count);
	for (int i = 0; i < ROUNDS; i++)
		for (int k = 0; k < CASES; k++) {
			int err = genl_do(g, fill(g, kinds[k]));

			if (err) {
				printf("# policies are refused: %s\n", strerror(-err));
				return -1;
			}
			all[k][i] = round_ns(net, count);
		}
	for (int k = 0; k < CASES; k++) {
		qsort(all[k], ROUNDS, sizeof(u64), by_value);
		ns[k] = all[k][ROUNDS / 2];
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct xnet_variant variant = { AF_INET, XNET_TCP };
	int count = argc > 1 ? atoi(argv[1]) : 400, failed = 0;
	u64 ns[CASES];
	struct xnet net;
	struct genl g;

	puts("TAP version 13\n1..2");
	xnet_run(-1, "ip link set lo up");
	if (xnet_open(&net, &variant) || genl_open(&g, net.ns[XNET_NEAR])) {
		puts("Bail out! no network");
		return 1;
	}
	xnet_run(net.ns[XNET_NEAR], "ip link set lo up");
	if (measure(&net, &g, count, ns)) {
		puts("Bail out! no figures");
		return 1;
	}
	for (int k = 1; k < CASES; k++) {
		int kinds = k == 1 ? FEW : MANY;
		bool bad = ns[k] > ns[0] + MOST_NS(kinds);

		printf("# connect() %llu ns, with %d policies of %d kinds %llu ns\n", (unsigned long long)ns[0],
		       POLICIES, kinds, (unsigned long long)ns[k]);
		printf("%sok %d %d policies of %d kinds cost a connection at most %d instructions\n",
		       bad ? "not " : "", k, POLICIES, kinds, MOST_NS(kinds));
		failed |= bad;
	}
	genl_close(&g);
	xnet_close(&net);
	return failed;
}
