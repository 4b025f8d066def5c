// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to a host under load: its route goes and comes, its link goes down, its MTU changes, its address is
 * taken away, its clock is set, its memory is used up, its CPUs go and come, its module is to be unloaded, its
 * processes die. Every byte arrives, or there is an error for which there is a reason; nothing stays behind.
 * XTCP_FAULTS=N: so many (25), XTCP_SEED=N: others.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "rnd.h"
#include "stream.h"
#include "xnet.h"

#define CONNECTIONS	3
#define LOAD_BYTES	400000u

XNET_FIXTURE(pair);

struct load {
	int fd[CONNECTIONS][2];
	pid_t child;
};

/* Connections that carry data both ways in another process; its exit status is whether all came. */
static bool load_start(const struct xnet *net, struct load *l, u64 seed)
{
	for (int i = 0; i < CONNECTIONS; i++)
		if (xnet_pair(net, i % 2, l->fd[i]))
			return false;
	fflush(NULL);
	l->child = fork();
	if (!l->child) {
		struct stream s[2 * CONNECTIONS];

		memset(s, 0, sizeof(s));
		for (int i = 0; i < 2 * CONNECTIONS; i++) {
			s[i].tx = l->fd[i / 2][i % 2];
			s[i].rx = l->fd[i / 2][!(i % 2)];
			s[i].bytes = LOAD_BYTES;
			s[i].seed = seed + i;
			s[i].end = true;
		}
		_exit(!!stream_run(s, 2 * CONNECTIONS, 300000));
	}
	for (int i = 0; i < CONNECTIONS; i++) {
		close(l->fd[i][0]);
		close(l->fd[i][1]);
	}
	return l->child > 0;
}

/* For as long as the load moves: some milliseconds on the link of the test. */
static void a_moment(struct rnd *r)
{
	xnet_sleep_ms(1 + rnd_below(r, 60));
}

static const char *near_address(const struct xnet *net)
{
	return net->family == AF_INET6 ? "2001:db8::1/64" : "192.0.2.1/24";
}

static int near_ip(const struct xnet *net, const char *what, const char *which)
{
	return xnet_run(net->ns[XNET_NEAR], "ip %s %s %s", net->family == AF_INET6 ? "-6" : "-4", what, which);
}

static void set_clock(int seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += seconds;
	clock_settime(CLOCK_REALTIME, &now);
}

static bool write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, value, strlen(value)) > 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static void read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = 0;
	if (fd >= 0)
		close(fd);
}

/* The file that another CPU is taken off and on by; there is none where there is one CPU, or it cannot go. */
#define OTHER_CPU	"/sys/devices/system/cpu/cpu1/online"

static bool has_other_cpu(void)
{
	return !access(OTHER_CPU, W_OK);
}

/* Off, or on again; somebody else may be about it at this moment, so it is tried for a while. */
static bool set_other_cpu(bool on)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;

	while (!write_file(OTHER_CPU, on ? "1" : "0")) {
		if (xnet_now_ms() > deadline)
			return false;
		xnet_sleep_ms(10);
	}
	return true;
}

/* Each takes something away and gives it back. */
static const char *fault(const struct xnet *net, struct rnd *r, int which)
{
	static const int mtus[] = { 1280, 1281, 1400, 1499, 1500, 1400 };
	int mtu = mtus[rnd_below(r, ARRAY_SIZE(mtus))], side = rnd_below(r, 2);
	bool v6 = net->family == AF_INET6;
	char old[64], text[64];

	switch (which) {
	case 0:
		near_ip(net, "route del", v6 ? "2001:db8::/64 dev veth0" : "192.0.2.0/24 dev veth0");
		a_moment(r);
		near_ip(net, "route add", v6 ? "2001:db8::/64 dev veth0" : "192.0.2.0/24 dev veth0");
		return "route lost";
	case 1:
		near_ip(net, "route add unreachable", v6 ? "2001:db8::2" : "192.0.2.2");
		a_moment(r);
		near_ip(net, "route del unreachable", v6 ? "2001:db8::2" : "192.0.2.2");
		return "unreachable";
	case 2:
		/* IPv6 loses its addresses with the link */
		xnet_sysctl(net->ns[XNET_NEAR], "net/ipv6/conf/all/keep_addr_on_down", "1");
		xnet_run(net->ns[XNET_NEAR], "ip link set veth0 down");
		a_moment(r);
		xnet_run(net->ns[XNET_NEAR], "ip link set veth0 up");
		return "link down";
	case 3:
		/* at both ends: one that takes less than the other sends is a black hole, which nobody has to find */
		xnet_run(net->ns[side], "ip link set veth0 mtu %d", mtu);
		xnet_run(net->ns[!side], "ip link set veth0 mtu %d", mtu);
		return "MTU";
	case 4:
		xnet_run(net->ns[XNET_NEAR], "ip addr del %s dev veth0", near_address(net));
		a_moment(r);
		xnet_run(net->ns[XNET_NEAR], "ip addr add %s dev veth0 %s", near_address(net),
			 net->family == AF_INET6 ? "nodad" : "");
		return "address lost";
	case 5:
		set_clock(3600);
		a_moment(r);
		set_clock(-7200);
		a_moment(r);
		set_clock(3600);
		return "clock set";
	case 6:
		read_file("/proc/sys/net/ipv4/tcp_mem", old, sizeof(old));
		snprintf(text, sizeof(text), "1 2 %u", 3 + rnd_below(r, 4));
		write_file("/proc/sys/net/ipv4/tcp_mem", text);
		a_moment(r);
		write_file("/proc/sys/net/ipv4/tcp_mem", old);
		return "memory pressure";
	case 7:
		if (xnet_under_test() && !syscall(SYS_delete_module, "xtcp", O_NONBLOCK))
			return NULL;
		return "unload refused";
	case 8:
		xnet_sysctl(net->ns[side], "net/ipv4/tcp_sack", rnd_chance(r, 1, 2) ? "0" : "1");
		xnet_sysctl(net->ns[side], "net/ipv4/tcp_timestamps", rnd_chance(r, 1, 2) ? "0" : "1");
		xnet_sysctl(net->ns[side], "net/ipv4/tcp_congestion_control", rnd_chance(r, 1, 2) ? "reno" : "cubic");
		return "sysctls";
	case 9:
		if (!has_other_cpu())
			return "one CPU";
		if (!set_other_cpu(false))
			return "CPU stays";
		a_moment(r);
		return set_other_cpu(true) ? "CPU off and on" : NULL;
	default:
		xnet_run(net->ns[side], "ip neigh flush dev veth0");
		return "neighbours forgotten";
	}
}

#define FAULTS 11

TEST_F_TIMEOUT(pair, under_load, 3000)
{
	int most = rnd_environment("XTCP_FAULTS", 25), counts[FAULTS] = {}, status, loads = 0;
	struct rnd r = rnd_seed(rnd_environment("XTCP_SEED", 1), variant->v.family + variant->v.far);
	struct xnet *net = &self->net;
	struct load l = {};

	for (int n = 0; n < most; n++) {
		int which = rnd_below(&r, FAULTS);
		const char *what;

		if (!l.child || waitpid(l.child, &status, WNOHANG) == l.child) {
			if (l.child)
				ASSERT_EQ(0, status);
			ASSERT_EQ(0, xnet_netem(net, &(struct netem) { .delay_ms = 10, .loss = loads % 2 }));
			ASSERT_TRUE(load_start(net, &l, ++loads * 100));
		}
		a_moment(&r);
		what = fault(net, &r, which);
		ASSERT_NE(NULL, what)
			TH_LOG("fault %d: the module was unloaded under load (7), a CPU did not come back (9)", which);
		counts[which]++;
	}
	ASSERT_EQ(l.child, waitpid(l.child, &status, 0));
	EXPECT_EQ(0, status);
	xnet_log("%d faults, %d loads", most, loads);
	xnet_log("routes %d and %d, link %d, MTU %d, address %d, clock %d", counts[0], counts[1], counts[2], counts[3],
		 counts[4], counts[5]);
	xnet_log("memory %d, unload %d, sysctls %d, CPU %d", counts[6], counts[7], counts[8], counts[9]);
	EXPECT_TRUE(xnet_await_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets", 0));
}

/*
 * A CPU goes and comes, again and again, while segments, timers and tasklets of connections are on it: every byte
 * arrives, and what that CPU has counted stays counted. Where there is one CPU alone there is nothing to do.
 */
TEST_F_TIMEOUT(pair, cpu_off_and_on, 3000)
{
	struct rnd r = rnd_seed(rnd_environment("XTCP_SEED", 1), 9);
	struct xnet *net = &self->net;
	int times = 0, loads = 0, status;
	long before = 0, now;
	struct load l = {};

	while (has_other_cpu() && times < 20) {
		if (!l.child || waitpid(l.child, &status, WNOHANG) == l.child) {
			if (l.child)
				ASSERT_EQ(0, status);
			ASSERT_EQ(0, xnet_netem(net, &(struct netem) { .delay_ms = 2, .loss = loads % 2 }));
			ASSERT_TRUE(load_start(net, &l, ++loads * 100));
		}
		for (int on = 0; on < 2; on++) {
			ASSERT_TRUE(set_other_cpu(on));
			now = xnet_counter(net->ns[XNET_NEAR], XNET_XTCP, "OutSegs");
			EXPECT_GE(now, before);
			before = now;
			xnet_sleep_ms(rnd_below(&r, 20));
		}
		times++;
	}
	if (l.child) {
		ASSERT_EQ(l.child, waitpid(l.child, &status, 0));
		EXPECT_EQ(0, status);
	}
	xnet_log("%d times, %d loads", times, loads);
}

/* The load's process is killed at any moment: the sockets go by themselves. */
TEST_F_TIMEOUT(pair, killed_under_load, 3000)
{
	struct rnd r = rnd_seed(rnd_environment("XTCP_SEED", 1), 5);
	struct xnet *net = &self->net;
	struct load l;

	for (int n = 0; n < 10; n++) {
		ASSERT_EQ(0, xnet_netem(net, &(struct netem) { .delay_ms = rnd_below(&r, 10) }));
		ASSERT_TRUE(load_start(net, &l, n));
		a_moment(&r);
		kill(l.child, SIGKILL);
		waitpid(l.child, NULL, 0);
	}
	for (int i = 0; i < 300 && xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets"); i++)
		xnet_sleep_ms(1000);
	EXPECT_EQ(0, xnet_sockstat(net->ns[XNET_NEAR], XNET_XTCP, "sockets"));
}

XNET_MAIN
