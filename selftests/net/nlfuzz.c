// SPDX-License-Identifier: GPL-2.0
/*
 * Random and mutated messages to the netlink family. What is right is taken, what is wrong is refused, and nothing
 * shows on the kernel's log, which the bed judges. XTCP_FUZZ_MESSAGES=N: so many (20000), XTCP_SEED=N: others.
 *
 * A third are well-formed requests with values from the edges, a third are those with bytes changed, cut off or
 * repeated, a third are noise behind a right header. Connections are there to be met, policies stay from one to the
 * next.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "xnet.h"

#define PAIRS	8

static u64 state;

static u32 rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 11;
}

static u64 edgy(void)
{
	static const u64 edges[] = { 0, 1, 2, 3, 15, 16, 127, 128, 129, 255, 256, 1000, 65535, 65536, 0x7fffffff,
				     0x80000000, 0xffffffff, 0x100000000, ~0ull };

	return rnd() % 3 ? edges[rnd() % ARRAY_SIZE(edges)] : (u64)rnd() << rnd() % 32;
}

static void put_some(struct nlmsghdr *nlh, int most_type, int depth)
{
	static const char *const texts[] = { "cubic", "reno", "", "nosuch", "aaaaaaaaaaaaaaaaaaaaaaaa" };
	int count = rnd() % 8;

	while (count-- && nlh->nlmsg_len < 3000) {
		int type = rnd() % (most_type + 3);
		u8 bytes[40];

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = rnd();
		switch (rnd() % 8) {
		case 0:
			mnl_attr_put_u8(nlh, type, edgy());
			break;
		case 1:
			mnl_attr_put_u16(nlh, type, edgy());
			break;
		case 2:
			mnl_attr_put_u32(nlh, type, edgy());
			break;
		case 3:
			mnl_attr_put_u64(nlh, type, edgy());
			break;
		case 4:
			mnl_attr_put_strz(nlh, type, texts[rnd() % ARRAY_SIZE(texts)]);
			break;
		case 5:
			mnl_attr_put(nlh, type, rnd() % 2 ? 4 : rnd() % 2 ? 16 : rnd() % sizeof(bytes), bytes);
			break;
		default:
			if (depth < 4) {
				struct nlattr *nest = mnl_attr_nest_start(nlh, type);

				put_some(nlh, 16, depth + 1);
				mnl_attr_nest_end(nlh, nest);
			}
		}
	}
}

/* What a careful program would send, but for the values. */
static void put_right(struct nlmsghdr *nlh, int cmd, const u64 *cookies)
{
	struct nlattr *nest, *inner;

	switch (cmd) {
	case XTCP_CMD_CONN_SET:
		mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, cookies[rnd() % PAIRS]);
		nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_PARAM);
		mnl_attr_put_u32(nlh, XTCP_A_PARAM_INIT_CWND + rnd() % 9, edgy());
		mnl_attr_nest_end(nlh, nest);
		break;
	case XTCP_CMD_POLICY_REPLACE:
	case XTCP_CMD_POLICY_ADD:
		nest = cmd == XTCP_CMD_POLICY_REPLACE ? mnl_attr_nest_start(nlh, XTCP_A_POLICY_ENTRY) : NULL;
		mnl_attr_put(nlh, XTCP_A_POLICY_REMOTE, 4, &(u32){ rnd() });
		mnl_attr_put_u8(nlh, XTCP_A_POLICY_REMOTE_PREFIX, rnd() % 34);
		mnl_attr_put_u32(nlh, XTCP_A_POLICY_DIRECTION, rnd() % 4);
		inner = mnl_attr_nest_start(nlh, XTCP_A_POLICY_PARAM);
		mnl_attr_put_u32(nlh, XTCP_A_PARAM_INIT_CWND + rnd() % 9, edgy());
		mnl_attr_nest_end(nlh, inner);
		if (nest)
			mnl_attr_nest_end(nlh, nest);
		break;
	case XTCP_CMD_POLICY_GET:
	case XTCP_CMD_POLICY_DEL:
		mnl_attr_put_u32(nlh, XTCP_A_POLICY_ID, rnd() % 100);
		break;
	case XTCP_CMD_CLOSED_GET:
		mnl_attr_put_u64(nlh, XTCP_A_CLOSED_SINCE, edgy());
		break;
	default:
		if (rnd() % 2) {
			mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, rnd() % 2 ? cookies[rnd() % PAIRS] : edgy());
			break;
		}
		nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER);
		put_some(nlh, XTCP_A_FILTER_MAX, 2);
		mnl_attr_nest_end(nlh, nest);
	}
}

static void mutate(struct nlmsghdr *nlh)
{
	u8 *body = (u8 *)nlh + NLMSG_HDRLEN + sizeof(struct genlmsghdr);
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN - sizeof(struct genlmsghdr);

	for (int n = 1 + rnd() % 4; n-- && len;)
		switch (rnd() % 4) {
		case 0:
			body[rnd() % len] = rnd();
			break;
		case 1:
			body[rnd() % len] ^= 1 << rnd() % 8;
			break;
		case 2:
			len = rnd() % (len + 1);
			break;
		default:
			if (len < 1500) {
				memcpy(body + len, body, len);
				len *= 2;
			}
		}
	nlh->nlmsg_len = len + NLMSG_HDRLEN + sizeof(struct genlmsghdr);
}

static void make(struct genl *g, struct nlmsghdr **out, const u64 *cookies)
{
	int cmd = 1 + rnd() % (XTCP_CMD_MAX + 2), kind = rnd() % 3;
	struct nlmsghdr *nlh = genl_request(g, cmd);

	if (kind < 2)
		put_right(nlh, cmd, cookies);
	else
		put_some(nlh, XTCP_A_CONN_MAX, 0);
	if (kind == 1)
		mutate(nlh);
	nlh->nlmsg_flags |= rnd() % 3 ? 0 : NLM_F_DUMP;
	/* everything would be ended too often to meet anything */
	if (cmd == XTCP_CMD_CONN_ABORT && rnd() % 50)
		((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->cmd = XTCP_CMD_CONN_GET;
	*out = nlh;
}

/* Take what comes, without waiting for more. */
static void drain(struct genl *g)
{
	while (recv(mnl_socket_get_fd(g->sock), g->buf, GENL_BYTES, MSG_DONTWAIT) > 0)
		;
}

FIXTURE(nlfuzz) { struct xnet net; struct genl g; int fd[PAIRS][2]; u64 cookies[PAIRS]; };
XNET_STOCK_VARIANTS(nlfuzz);

static int refresh(const struct xnet *net, int fd[PAIRS][2], u64 cookies[PAIRS])
{
	int listener = xnet_listen(net, XNET_FAR, XNET_PORT);

	for (int i = 0; i < PAIRS; i++) {
		if (fd[i][0] > 0) {
			xnet_linger(fd[i][0], 1, 0);
			close(fd[i][0]);
			close(fd[i][1]);
		}
		fd[i][0] = xnet_dial(net, XNET_NEAR, XNET_PORT);
		fd[i][1] = xnet_accept(listener);
		if (fd[i][1] < 0)
			return -1;
		cookies[i] = genl_cookie(fd[i][0]);
	}
	close(listener);
	return 0;
}

FIXTURE_SETUP(nlfuzz)
{
	XNET_FILTER();
	memset(self->fd, 0, sizeof(self->fd));
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
}

FIXTURE_TEARDOWN(nlfuzz)
{
	genl_close(&self->g);
	xnet_close(&self->net);
}

TEST_F_TIMEOUT(nlfuzz, anything, 3000)
{
	const char *seed = getenv("XTCP_SEED"), *text = getenv("XTCP_FUZZ_MESSAGES");
	long count = text ? atol(text) : 20000, taken = 0, n;
	struct nlmsghdr *nlh;

	state = 88172645463325252ull + (seed ? strtoull(seed, NULL, 0) : 1) + self->net.family;
	xnet_log("%ld messages, seed %s", count, seed ? seed : "1");
	for (n = 0; n < count; n++) {
		if (n % 5000 == 0) {
			genl_policy_flush(&self->g);
			ASSERT_EQ(0, refresh(&self->net, self->fd, self->cookies));
		}
		make(&self->g, &nlh, self->cookies);
		taken += mnl_socket_sendto(self->g.sock, nlh, nlh->nlmsg_len) > 0;
		drain(&self->g);
	}
	EXPECT_LT(count / 2, taken);
	/* it still works */
	EXPECT_EQ(0, genl_policy_flush(&self->g));
	EXPECT_EQ(0, refresh(&self->net, self->fd, self->cookies));
	EXPECT_EQ(0, genl_get(&self->g, self->fd[0][0]));
}

XNET_MAIN
