// SPDX-License-Identifier: GPL-2.0
/*
 * Who may not: another user, another namespace. Ports that a user listens on with SO_REUSEPORT are his in both stacks,
 * options want the capabilities that they want of TCP, and what is in one namespace cannot be named from another.
 * Beside this: bind (ports), genl and policy (who may change what), sysctl, netns, api (cgroups).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "xnet.h"

#define NOBODY	65534

XNET_STOCK_FIXTURE(pair);

/* The errno of WHAT, done by another user; 0 for success, -1 if that could not be tried. */
static int as_nobody(int (*what)(const struct xnet *net, long arg), const struct xnet *net, long arg)
{
	int status = -1;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child) {
		if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY))
			_exit(255);
		/* entering a namespace needs root: before the rest is given up */
		xnet_ns_enter(net->ns[XNET_NEAR]);
		if (setresuid(NOBODY, NOBODY, NOBODY))
			_exit(255);
		_exit(what(net, arg));
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == 255)
		return -1;
	return WEXITSTATUS(status);
}

static int listen_too(const struct xnet *net, long stack)
{
	struct xnet_addr addr = xnet_any(net->family, XNET_PORT);
	int fd = xnet_socket(-1, stack, net->family);

	if (fd < 0 || xnet_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1))
		return 254;
	xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return xnet_bind(fd, &addr) || listen(fd, 1) ? errno : 0;
}

/* SO_REUSEPORT is for sockets of one user, socket(7): else connections could be stolen. */
TEST_F(pair, port_of_another_user)
{
	struct xnet *net = &self->net;
	struct xnet_addr addr = xnet_any(net->family, XNET_PORT);

	for (int mine = XNET_XTCP; mine <= XNET_TCP; mine++) {
		int fd = xnet_socket(net->ns[XNET_NEAR], mine, net->family);

		ASSERT_EQ(0, xnet_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1));
		ASSERT_EQ(0, xnet_bind(fd, &addr));
		ASSERT_EQ(0, listen(fd, 1));
		for (long theirs = XNET_XTCP; theirs <= XNET_TCP; theirs++) {
			EXPECT_EQ(EADDRINUSE, as_nobody(listen_too, net, theirs))
				TH_LOG("mine %d, theirs %ld", mine, theirs);
		}
		close(fd);
	}
	EXPECT_EQ(0, as_nobody(listen_too, net, XNET_XTCP));
}

static const int privileged[][3] = {
	{ SOL_SOCKET, SO_MARK, 7 }, { SOL_SOCKET, SO_RCVBUFFORCE, 100000 }, { SOL_SOCKET, SO_SNDBUFFORCE, 100000 },
	{ SOL_SOCKET, SO_PRIORITY, 7 }, { SOL_SOCKET, SO_DEBUG, 1 }, { IPPROTO_IP, 19 /* IP_TRANSPARENT */, 1 },
	{ IPPROTO_IPV6, 75 /* IPV6_TRANSPARENT */, 1 }, { IPPROTO_TCP, 19 /* TCP_REPAIR */, 1 },
	{ SOL_SOCKET, SO_BUSY_POLL, 1000 },
};

static int set_option(const struct xnet *net, long arg)
{
	const int *option = privileged[arg / 2];
	int fd = xnet_socket(-1, arg % 2, net->family);

	return xnet_set_int(fd, option[0], option[1], option[2]) ? errno : 0;
}

TEST_F(pair, options_that_want_a_capability)
{
	for (size_t i = 0; i < ARRAY_SIZE(privileged); i++) {
		int tcp = as_nobody(set_option, &self->net, 2 * i + XNET_TCP);

		EXPECT_LE(0, tcp);
		EXPECT_EQ(tcp, as_nobody(set_option, &self->net, 2 * i + XNET_XTCP))
			TH_LOG("level %d, option %d", privileged[i][0], privileged[i][1]);
	}
}

static int ask(struct genl *g, int cmd, u64 cookie)
{
	struct nlmsghdr *nlh = genl_request(g, cmd);

	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, cookie);
	return genl_do(g, nlh);
}

/* A cookie is a number that can be guessed: it names nothing outside of its namespace. */
TEST_F(pair, cookie_of_another_namespace)
{
	struct genl here, there;
	u64 cookie;
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, genl_open(&here, self->net.ns[XNET_NEAR]));
	ASSERT_EQ(0, genl_open(&there, self->net.ns[XNET_FAR]));
	cookie = genl_cookie(fd[XNET_NEAR]);
	EXPECT_EQ(0, ask(&here, XTCP_CMD_CONN_GET, cookie));
	EXPECT_GT(0, ask(&there, XTCP_CMD_CONN_GET, cookie));
	EXPECT_GT(0, ask(&there, XTCP_CMD_CONN_ABORT, cookie));
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd[XNET_NEAR]));
	EXPECT_EQ(0, ask(&here, XTCP_CMD_CONN_ABORT, cookie));
	EXPECT_TRUE(xnet_await_state(fd[XNET_NEAR], TCP_CLOSE));
	genl_close(&here);
	genl_close(&there);
}

XNET_MAIN
