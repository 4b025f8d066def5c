// SPDX-License-Identifier: GPL-2.0
/*
 * The congestion control "xtcp" as an algorithm of the system: chosen by TCP_CONGESTION, by the namespace's default and
 * by a route, by XTCP's sockets and the kernel's TCP alike, by anybody; what it says of itself; its parameters' bounds.
 * How well it does is measured in selftests/cong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <sched.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "stream.h"
#include "xnet.h"

#define PARAMETERS	"/sys/module/xtcp/parameters/cong_"

XNET_FIXTURE(path);

static const char *algorithm(int fd)
{
	static char name[16];
	socklen_t len = sizeof(name);

	return getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len) ? strerror(errno) : name;
}

static int choose(int fd, const char *name)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name));
}

/* A megabyte over a path with loss arrives, and TCP_CC_INFO tells of bandwidth and RTT. */
static int transfer(const struct xnet *net, int stack, struct tcp_bbr_info *info)
{
	struct xnet_addr far = xnet_address(net->family, XNET_FAR, XNET_PORT);
	int listener = xnet_listen(net, XNET_FAR, XNET_PORT), fd, child, err;
	socklen_t len = sizeof(*info);

	fd = xnet_socket(net->ns[XNET_NEAR], stack, net->family);
	if (listener < 0 || choose(fd, "xtcp") || xnet_connect(fd, &far))
		return -1;
	child = xnet_accept(listener);
	struct stream stream = { .tx = fd, .rx = child, .bytes = 1000000, .seed = 1, .end = true };

	err = stream_run(&stream, 1, XNET_PATIENCE_MS);
	memset(info, 0, sizeof(*info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_CC_INFO, info, &len) || len != sizeof(*info))
		err = -1;
	close(fd);
	close(child);
	close(listener);
	return err;
}

TEST_F(path, transfers_and_tells)
{
	struct netem netem = { .delay_ms = 10, .loss = 1 };
	struct tcp_bbr_info info;

	ASSERT_EQ(0, xnet_netem(&self->net, &netem));
	for (int stack = XNET_XTCP; stack <= XNET_TCP; stack++) {
		ASSERT_EQ(0, transfer(&self->net, stack, &info));
		EXPECT_LT(0, info.bbr_bw_lo);
		EXPECT_LE(10000, info.bbr_min_rtt);
		EXPECT_GT(60000, info.bbr_min_rtt);
	}
}

/* Not restricted: no privilege is needed. */
TEST_F(path, anybody_may_choose_it)
{
	int fds[] = { xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family),
		      xnet_socket(self->net.ns[XNET_NEAR], XNET_TCP, self->net.family) };

	ASSERT_EQ(0, seteuid(65534));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, choose(fds[i], "xtcp"));
		EXPECT_STREQ("xtcp", algorithm(fds[i]));
	}
	ASSERT_EQ(0, seteuid(0));
}

TEST_F(path, default_of_the_namespace)
{
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/ipv4/tcp_congestion_control", "xtcp"));
	for (int stack = XNET_XTCP; stack <= XNET_TCP; stack++)
		EXPECT_STREQ("xtcp", algorithm(xnet_socket(self->net.ns[XNET_NEAR], stack, self->net.family)));
	/* the namespace would keep the module */
	ASSERT_EQ(0, xnet_sysctl(self->net.ns[XNET_NEAR], "net/ipv4/tcp_congestion_control", "reno"));
}

/* From one algorithm to another in the middle of a connection, many times: what it keeps is freed each time. */
TEST_F(path, to_and_fro)
{
	int fd[2];

	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	for (int i = 0; i < 20; i++) {
		struct stream stream = { .tx = fd[XNET_NEAR], .rx = fd[XNET_FAR], .bytes = 50000, .seed = i };

		ASSERT_EQ(0, choose(fd[XNET_NEAR], i % 2 ? "reno" : "xtcp"));
		ASSERT_EQ(0, stream_run(&stream, 1, XNET_PATIENCE_MS));
	}
}

/* One number into a file, by the network namespace of the caller; errno or 0. */
static int write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;

	err = fd < 0 || write(fd, value, strlen(value)) < 0 ? errno : 0;
	close(fd);
	return err;
}

static long read_file(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	close(fd);
	return strtol(text, NULL, 10);
}

static int set_parameter(const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	return write_file(path, value);
}

/* A route's algorithm, for XTCP as for the kernel's TCP; one that the namespace has not met before, too. */
TEST_F(path, route_decides)
{
	static const char * const names[] = { "xtcp", "reno", "cubic" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int fd[2];

		ASSERT_EQ(0, xnet_run(self->net.ns[XNET_NEAR], "ip route replace %s dev veth0 congctl lock %s",
				      self->net.family == AF_INET6 ? "2001:db8::2/128" : "192.0.2.2/32", names[i]));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
		EXPECT_STREQ(names[i], algorithm(fd[XNET_NEAR]));
		/* locked */
		EXPECT_EQ(-1, choose(fd[XNET_NEAR], "vegas"));
		close(fd[XNET_NEAR]);
		close(fd[XNET_FAR]);
	}
}

TEST(parameters__bounded)
{
	EXPECT_EQ(ERANGE, set_parameter("target_q8", "0"));
	EXPECT_EQ(ERANGE, set_parameter("dip_ms", "1"));
	EXPECT_EQ(ERANGE, set_parameter("loss_permille", "1000"));
	EXPECT_EQ(ERANGE, set_parameter("compete", "2"));
	EXPECT_EQ(EINVAL, set_parameter("floor_us", "much"));
	EXPECT_EQ(0, set_parameter("dip_ms", "5000"));
	EXPECT_EQ(5000, read_file("/sys/kernel/xtcp/congestion/dip_ms"));
	EXPECT_EQ(5000, read_file("/proc/sys/net/xtcp/cong_dip_ms"));
	EXPECT_EQ(0, set_parameter("dip_ms", "4000"));
	EXPECT_EQ(500, read_file("/sys/kernel/xtcp/congestion/dip_ms_min"));
	EXPECT_EQ(60000, read_file("/sys/kernel/xtcp/congestion/dip_ms_max"));
}

/* A namespace has its own, and begins with the host's. */
TEST(parameters__of_a_namespace)
{
	ASSERT_EQ(0, set_parameter("floor_us", "200"));
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	EXPECT_EQ(200, read_file("/proc/sys/net/xtcp/cong_floor_us"));
	EXPECT_EQ(0, write_file("/proc/sys/net/xtcp/cong_floor_us", "300"));
	EXPECT_EQ(300, read_file("/proc/sys/net/xtcp/cong_floor_us"));
	EXPECT_EQ(ERANGE, write_file("/proc/sys/net/xtcp/cong_floor_us", "100001"));
	EXPECT_EQ(200, read_file("/sys/kernel/xtcp/congestion/floor_us"));
	EXPECT_EQ(0, set_parameter("floor_us", "100"));
	EXPECT_EQ(300, read_file("/proc/sys/net/xtcp/cong_floor_us"));
}

XNET_MAIN
