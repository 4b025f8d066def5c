// SPDX-License-Identifier: GPL-2.0
/*
 * sysctls: each of net.xtcp has its bounds, its effect, and its inheritance; each of net.ipv4 that governs AF_XTCP
 * has its effect, here or in the program that is about the same thing. Documentation/sysctl.rst.
 *
 * Elsewhere: ip_local_port_range, ip_local_reserved_ports, ip_unprivileged_port_start (bind.c), tcp_abort_on_overflow,
 * tcp_syncookies, tcp_synack_retries (listener.c), tcp_fin_timeout, tcp_orphan_retries (life.c), tcp_invalid_ratelimit,
 * tcp_rfc1337 (reset.c), tcp_retries2, tcp_syn_retries (errors.c), tcp_rmem (window.c), tcp_sack, tcp_timestamps,
 * tcp_window_scaling (open.c), tcp_tw_reuse (timewait.c), tcp_congestion_control (sockopt.c), tcp_mem (machine.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "genl.h"
#include "kselftest_harness.h"
#include "peer.h"
#include "xnet.h"

/* ------------------------------------------------------------ net.xtcp */

static const struct knob {
	const char *name;
	long low, high, value;	/* value: the default */
} knobs[] = {
	{ "time_wait_ms", 0, 600000, 60000 },
	{ "init_cwnd", 1, 1000, 10 },
	{ "rto_min_us", 1000, 120000000, 200000 },
	{ "rto_max_ms", 1000, 120000, 120000 },
	{ "delack_max_ms", 1, 200, 200 },
	{ "quickack", 0, 1, 0 },
	{ "closed_max", 0, 65536, 256 },
	{ "event_rate", 0, 1000000, 1000 },
	{ "stall_retries", 1, 255, 3 },
	{ "listen_alarm_percent", 0, 100, 0 },
	{ "policy_max", 0, 65536, 16384 },
};

FIXTURE(knob) { struct xnet net; struct genl g; };
XNET_STOCK_VARIANTS(knob);

FIXTURE_SETUP(knob)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
}

FIXTURE_TEARDOWN(knob)
{
	genl_close(&self->g);
	xnet_close(&self->net);
}

static const char *path(const char *name)
{
	static char text[64];

	snprintf(text, sizeof(text), "net/xtcp/%s", name);
	return text;
}

static int set(int ns, const char *name, long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", value);
	return xnet_sysctl(ns, path(name), text);
}

/* Defaults; both bounds can be set; what lies beyond is refused and changes nothing; so is what is no number. */
TEST_F(knob, bounds)
{
	int ns = self->net.ns[XNET_NEAR];

	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
		const struct knob *k = &knobs[i];

		EXPECT_EQ(k->value, xnet_sysctl_read(ns, path(k->name))) TH_LOG("%s", k->name);
		EXPECT_EQ(0, set(ns, k->name, k->low));
		EXPECT_EQ(0, set(ns, k->name, k->high));
		EXPECT_NE(0, set(ns, k->name, k->high + 1)) TH_LOG("%s", k->name);
		EXPECT_NE(0, set(ns, k->name, k->low - 1)) TH_LOG("%s", k->name);
		EXPECT_NE(0, xnet_sysctl(ns, path(k->name), "many"));
		EXPECT_EQ(k->high, xnet_sysctl_read(ns, path(k->name)));
		EXPECT_EQ(k->value, xnet_sysctl_read(self->net.ns[XNET_FAR], path(k->name)));
	}
}

/* A new namespace begins with the host's values; later changes of those are not its own. */
TEST_F(knob, inherited)
{
	char name[16];
	int ns, fd;
	socklen_t len = sizeof(name);

	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++)
		ASSERT_EQ(0, set(-1, knobs[i].name, knobs[i].low + 1 - (knobs[i].low == knobs[i].high)));
	ASSERT_EQ(0, xnet_sysctl(-1, "net/xtcp/congestion_control", "reno"));
	ns = xnet_ns_new();
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
		EXPECT_EQ(knobs[i].low + 1, xnet_sysctl_read(ns, path(knobs[i].name))) TH_LOG("%s", knobs[i].name);
		ASSERT_EQ(0, set(-1, knobs[i].name, knobs[i].value));
		EXPECT_EQ(knobs[i].low + 1, xnet_sysctl_read(ns, path(knobs[i].name)));
	}
	ASSERT_EQ(0, xnet_sysctl(-1, "net/xtcp/congestion_control", "\n"));
	fd = xnet_socket(ns, XNET_XTCP, self->net.family);
	ASSERT_EQ(0, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("reno", name);
	close(fd);
	close(ns);
}

TEST_F(knob, congestion_control)
{
	int ns = self->net.ns[XNET_NEAR], fd[2];
	char name[16];
	socklen_t len = sizeof(name);

	EXPECT_NE(0, xnet_sysctl(ns, "net/xtcp/congestion_control", "nosuch"));
	ASSERT_EQ(0, xnet_sysctl(ns, "net/xtcp/congestion_control", "reno"));
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		ASSERT_EQ(0, xnet_pair(&self->net, side, fd));
		ASSERT_EQ(0, getsockopt(fd[XNET_NEAR], IPPROTO_TCP, TCP_CONGESTION, name, &len));
		EXPECT_STREQ("reno", name);
	}
	ASSERT_EQ(0, xnet_sysctl(ns, "net/xtcp/congestion_control", "\n"));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, getsockopt(fd[XNET_NEAR], IPPROTO_TCP, TCP_CONGESTION, name, &len));
	EXPECT_STREQ("cubic", name);
}

TEST_F(knob, time_wait_max)
{
	int ns = self->net.ns[XNET_NEAR], fd[2];

	EXPECT_EQ(xnet_sysctl_read(ns, "net/ipv4/tcp_max_tw_buckets"), xnet_sysctl_read(ns, "net/xtcp/time_wait_max"));
	ASSERT_EQ(0, set(ns, "time_wait_max", 2));
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
		close(fd[XNET_NEAR]);
		close(fd[XNET_FAR]);
	}
	EXPECT_TRUE(xnet_await_sockstat(ns, XNET_XTCP, "sockets", 0));
	EXPECT_EQ(2, xnet_sockstat(ns, XNET_XTCP, "timewait"));
	EXPECT_EQ(2, xnet_counter(ns, XNET_XTCP, "TCPTimeWaitOverflow"));
}

static int cut(const struct xnet *net)
{
	return xnet_netem(net, &(struct netem){ .loss = 100 });
}

/* RTO: its least, and how far it is backed off. */
TEST_F(knob, rto)
{
	int ns = self->net.ns[XNET_NEAR], fd[2];
	struct tcp_info info;

	ASSERT_EQ(0, set(ns, "rto_min_us", 50000));
	ASSERT_EQ(0, set(ns, "rto_max_ms", 1000));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, xnet_info(fd[XNET_NEAR], &info));
	EXPECT_LE(50000, (int)info.tcpi_rto);
	/* SRTT, and four times RTTVAR where that is more than the least; a slow machine's is not 0 */
	EXPECT_GE(70000 + 3 * info.tcpi_rtt, info.tcpi_rto);
	ASSERT_EQ(0, cut(&self->net));
	ASSERT_EQ(1, write(fd[XNET_NEAR], "x", 1));
	xnet_sleep_ms(20000);
	ASSERT_EQ(0, xnet_info(fd[XNET_NEAR], &info));
	EXPECT_LE(18, (int)info.tcpi_total_retrans);
	EXPECT_GE(26, (int)info.tcpi_total_retrans);
}

TEST_F(knob, init_cwnd)
{
	struct tcp_info info;
	int fd[2];

	ASSERT_EQ(0, set(self->net.ns[XNET_NEAR], "init_cwnd", 25));
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		ASSERT_EQ(0, xnet_pair(&self->net, side, fd));
		ASSERT_EQ(0, xnet_info(fd[XNET_NEAR], &info));
		EXPECT_EQ(25, (int)info.tcpi_snd_cwnd);
	}
}

TEST_F(knob, stall_retries)
{
	int fd[2];

	ASSERT_EQ(0, set(self->net.ns[XNET_NEAR], "stall_retries", 1));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, fd));
	ASSERT_EQ(0, genl_listen(&self->g));
	ASSERT_EQ(0, cut(&self->net));
	ASSERT_EQ(1, write(fd[XNET_NEAR], "x", 1));
	EXPECT_TRUE(genl_await(&self->g, XTCP_CMD_STALLED_NTF, 600));
}

/* ------------------------------------------------------------ net.ipv4 */

/*
 * In virtual time a second on a quick path is as many bytes as the windows allow, and each of them costs real time: the
 * windows are small where the case is not about them.
 */
#define MODEST_WMEM	"4096 16384 300000"

FIXTURE(ipv4) { struct xnet net; struct genl g; int fd[2]; };
XNET_STOCK_VARIANTS(ipv4);

FIXTURE_SETUP(ipv4)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	for (int side = XNET_NEAR; side <= XNET_FAR; side++)
		ASSERT_EQ(0, xnet_sysctl(self->net.ns[side], "net/ipv4/tcp_wmem", MODEST_WMEM));
	ASSERT_EQ(0, genl_open(&self->g, self->net.ns[XNET_NEAR]));
}

FIXTURE_TEARDOWN(ipv4)
{
	genl_close(&self->g);
	xnet_close(&self->net);
}

static int ipv4(const struct xnet *net, const char *name, const char *value)
{
	char text[64];

	snprintf(text, sizeof(text), "net/ipv4/%s", name);
	return xnet_sysctl(net->ns[XNET_NEAR], text, value);
}

static int delay(const struct xnet *net, int ms)
{
	return xnet_netem(net, &(struct netem){ .delay_ms = ms });
}

TEST_F(ipv4, tcp_wmem)
{
	int fd;

	ASSERT_EQ(0, ipv4(&self->net, "tcp_wmem", "4096 40000 50000"));
	ASSERT_EQ(0, ipv4(&self->net, "tcp_rmem", "4096 60000 70000"));
	fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
	EXPECT_EQ(40000, xnet_int(fd, SOL_SOCKET, SO_SNDBUF));
	EXPECT_EQ(60000, xnet_int(fd, SOL_SOCKET, SO_RCVBUF));
	close(fd);
	ASSERT_EQ(0, delay(&self->net, 20));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 1000);
	EXPECT_GE(50000, xnet_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_SNDBUF));
}

TEST_F(ipv4, tcp_moderate_rcvbuf)
{
	int size[2];

	ASSERT_EQ(0, delay(&self->net, 20));
	for (int on = 0; on < 2; on++) {
		ASSERT_EQ(0, ipv4(&self->net, "tcp_moderate_rcvbuf", on ? "1" : "0"));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
		xnet_move(self->fd[XNET_FAR], self->fd[XNET_NEAR], 1500);
		size[on] = xnet_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_RCVBUF);
	}
	EXPECT_EQ(131072, size[0]);
	EXPECT_LT(131072, size[1]);
}

/* Corked, so that what is written stays unsent. */
TEST_F(ipv4, tcp_notsent_lowat)
{
	char data[100] = "";

	for (int low = 1; low >= 0; low--) {
		ASSERT_EQ(0, ipv4(&self->net, "tcp_notsent_lowat", low ? "50" : "4294967295"));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
		ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_CORK, 1));
		ASSERT_EQ(5, write(self->fd[XNET_NEAR], "abcde", 5));
		struct pollfd pfd = { .fd = self->fd[XNET_NEAR], .events = POLLOUT };

		EXPECT_EQ(1, poll(&pfd, 1, 0));
		ASSERT_EQ(100, write(self->fd[XNET_NEAR], data, 100));
		EXPECT_EQ(!low, poll(&pfd, 1, 0));
	}
}

/*
 * Over a device that sends next to nothing. With the limit at its least, one segment is in its queue and the others
 * wait in the socket, for the device; with the default there are more in the queue.
 */
TEST_F(ipv4, tcp_limit_output_bytes)
{
	int near = self->net.ns[XNET_NEAR], unsent[2];
	u64 us[__XTCP_LIMIT_MAX] = {};
	char data[1000] = "";

	/* later than the look at what it waits for: an ACK, or a probe for one */
	ASSERT_EQ(0, xnet_run(self->net.ns[XNET_FAR], "tc qdisc replace dev veth0 root netem delay 200ms"));
	for (int least = 0; least < 2; least++) {
		if (least)
			ASSERT_EQ(0, ipv4(&self->net, "tcp_limit_output_bytes", "1"));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
		ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], IPPROTO_TCP, TCP_NODELAY, 1));
		ASSERT_EQ(0, xnet_run(near, "tc qdisc add dev veth0 root tbf rate 10kbit burst 4kb limit 4mb"));
		for (int i = 0; i < 9; i++)
			ASSERT_EQ(1000, write(self->fd[XNET_NEAR], data, sizeof(data)));
		unsent[least] = xnet_ioctl_int(self->fd[XNET_NEAR], SIOCOUTQNSD);
		xnet_sleep_ms(100);
		ASSERT_EQ(0, genl_limits(&self->g, self->fd[XNET_NEAR], us));
		ASSERT_EQ(0, xnet_run(near, "tc qdisc del dev veth0 root"));
		close(self->fd[XNET_NEAR]);
		close(self->fd[XNET_FAR]);
	}
	EXPECT_LT(unsent[0], unsent[1]);
	EXPECT_LT(50000, us[XTCP_LIMIT_DEVICE]);
}

TEST_F(ipv4, tcp_reordering)
{
	struct tcp_info info;

	ASSERT_EQ(0, ipv4(&self->net, "tcp_reordering", "7"));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	ASSERT_EQ(0, xnet_info(self->fd[XNET_NEAR], &info));
	EXPECT_EQ(7, (int)info.tcpi_reordering);
}

TEST_F(ipv4, tcp_max_reordering)
{
	struct netem netem = { .delay_ms = 20, .reorder = 10 };
	struct tcp_info info;
	u32 seen[2];

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, ipv4(&self->net, "tcp_max_reordering", i ? "300" : "4"));
		ASSERT_EQ(0, xnet_netem(&self->net, &(struct netem){}));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
		ASSERT_EQ(0, xnet_netem(&self->net, &netem));
		xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 2000);
		ASSERT_EQ(0, xnet_info(self->fd[XNET_NEAR], &info));
		seen[i] = info.tcpi_reordering;
	}
	EXPECT_GE(4, seen[0]);
	EXPECT_LT(4, seen[1]);
}

TEST_F(ipv4, tcp_slow_start_after_idle)
{
	struct tcp_info info;

	ASSERT_EQ(0, delay(&self->net, 10));
	for (int on = 0; on < 2; on++) {
		ASSERT_EQ(0, ipv4(&self->net, "tcp_slow_start_after_idle", on ? "1" : "0"));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
		xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 500);
		xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 0);
		while (xnet_ioctl_int(self->fd[XNET_NEAR], SIOCOUTQ) > 0) {
			char data[65536];

			if (read(self->fd[XNET_FAR], data, sizeof(data)) < 0)
				xnet_sleep_ms(1);
		}
		xnet_sleep_ms(10000);
		ASSERT_EQ(1, write(self->fd[XNET_NEAR], "x", 1));
		ASSERT_EQ(0, xnet_info(self->fd[XNET_NEAR], &info));
		EXPECT_EQ(on, info.tcpi_snd_cwnd <= 10);
	}
}

/* Percent of cwnd per round trip, in slow start and after it. */
static int ratio(int fd)
{
	struct tcp_info info;

	if (xnet_info(fd, &info) || !info.tcpi_snd_cwnd)
		return -1;
	return info.tcpi_pacing_rate * 100 / ((u64)info.tcpi_snd_cwnd * info.tcpi_snd_mss * 1000000 / info.tcpi_rtt);
}

static bool recovering(int fd)
{
	struct tcp_info info;

	return !xnet_info(fd, &info) && info.tcpi_ca_state >= TCP_CA_Recovery;
}

TEST_F(ipv4, tcp_pacing_ss_ratio)
{
	ASSERT_EQ(0, delay(&self->net, 50));
	ASSERT_EQ(0, ipv4(&self->net, "tcp_pacing_ss_ratio", "400"));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 250);
	EXPECT_LE(380, ratio(self->fd[XNET_NEAR]));
	EXPECT_GE(420, ratio(self->fd[XNET_NEAR]));
}

TEST_F(ipv4, tcp_pacing_ca_ratio)
{
	ASSERT_EQ(0, ipv4(&self->net, "tcp_pacing_ca_ratio", "700"));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	/* losses lower ssthresh, then the path heals */
	ASSERT_EQ(0, xnet_netem(&self->net, &(struct netem){ .delay_ms = 50, .loss = 10 }));
	xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 3000);
	ASSERT_EQ(0, delay(&self->net, 50));
	/* the last loss may have left a long time-out behind */
	for (int i = 0; i < 40 && (!i || recovering(self->fd[XNET_NEAR])); i++)
		xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 3000);
	EXPECT_LE(600, ratio(self->fd[XNET_NEAR]));
	EXPECT_GE(800, ratio(self->fd[XNET_NEAR]));
}

/* With a low rate a burst has the least number of segments: seen at the other end, where they arrive at once. */
TEST_F(ipv4, tcp_min_tso_segs)
{
	int most[2] = {};

	/* a segment every 70 ms: two reads are never that far apart */
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, ipv4(&self->net, "tcp_min_tso_segs", i ? "8" : "1"));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
		ASSERT_EQ(0, xnet_set_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_MAX_PACING_RATE, 20000));
		xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 1000);
		for (int k = 0; k < 400; k++) {
			static char data[65536];
			int n;

			xnet_sleep_ms(5);
			n = read(self->fd[XNET_FAR], data, sizeof(data));
			most[i] = n > most[i] ? n : most[i];
		}
	}
	EXPECT_GE(1500, most[0]);
	EXPECT_LE(8 * 1400, most[1]);
}

TEST_F(ipv4, tcp_min_rtt_wlen)
{
	struct tcp_info info;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, ipv4(&self->net, "tcp_min_rtt_wlen", i ? "1" : "300"));
		ASSERT_EQ(0, delay(&self->net, 0));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
		ASSERT_EQ(0, delay(&self->net, 100));
		xnet_move(self->fd[XNET_NEAR], self->fd[XNET_FAR], 5000);
		ASSERT_EQ(0, xnet_info(self->fd[XNET_NEAR], &info));
		EXPECT_EQ(i, info.tcpi_min_rtt >= 190000);
	}
}

TEST_F(ipv4, tcp_keepalive)
{
	int fd;

	ASSERT_EQ(0, ipv4(&self->net, "tcp_keepalive_time", "9"));
	ASSERT_EQ(0, ipv4(&self->net, "tcp_keepalive_intvl", "3"));
	ASSERT_EQ(0, ipv4(&self->net, "tcp_keepalive_probes", "2"));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	fd = self->fd[XNET_NEAR];
	EXPECT_EQ(9, xnet_int(fd, IPPROTO_TCP, TCP_KEEPIDLE));
	EXPECT_EQ(3, xnet_int(fd, IPPROTO_TCP, TCP_KEEPINTVL));
	EXPECT_EQ(2, xnet_int(fd, IPPROTO_TCP, TCP_KEEPCNT));
	ASSERT_EQ(0, cut(&self->net));
	ASSERT_EQ(0, xnet_set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	xnet_sleep_ms(9000);
	EXPECT_EQ(TCP_ESTABLISHED, xnet_state(fd));
	xnet_sleep_ms(9000);
	EXPECT_EQ(TCP_CLOSE, xnet_state(fd));
}

static int choose_as_nobody(int fd, const char *name)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(255);
		_exit(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)) ? errno : 0);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

TEST_F(ipv4, tcp_allowed_congestion_control)
{
	int fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);

	ASSERT_EQ(0, xnet_sysctl(-1, "net/ipv4/tcp_allowed_congestion_control", "cubic"));
	EXPECT_EQ(EPERM, choose_as_nobody(fd, "reno"));
	ASSERT_EQ(0, xnet_sysctl(-1, "net/ipv4/tcp_allowed_congestion_control", "reno cubic"));
	EXPECT_EQ(0, choose_as_nobody(fd, "reno"));
}

TEST_F(ipv4, tcp_fwmark_accept)
{
	ASSERT_EQ(0, xnet_run(self->net.ns[XNET_NEAR], "nft add table inet t"));
	ASSERT_EQ(0, xnet_run(self->net.ns[XNET_NEAR],
			      "nft add chain inet t c '{ type filter hook prerouting priority -150; }'"));
	ASSERT_EQ(0, xnet_run(self->net.ns[XNET_NEAR], "nft add rule inet t c meta l4proto tcp meta mark set 77"));
	for (int on = 0; on < 2; on++) {
		ASSERT_EQ(0, ipv4(&self->net, "tcp_fwmark_accept", on ? "1" : "0"));
		ASSERT_EQ(0, xnet_pair(&self->net, XNET_FAR, self->fd));
		EXPECT_EQ(on ? 77 : 0, xnet_int(self->fd[XNET_NEAR], SOL_SOCKET, SO_MARK));
	}
}

/* ------------------------------------------------------------ against a scripted peer */

PEER_FIXTURE(scripted);

/* Linux 6.6 and later have it and look at it no more: the share is the socket's. */
static bool win_scale_counts(void)
{
	struct utsname name;
	int major, minor;

	return uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2 || 1000 * major + minor < 6006;
}

TEST_F(scripted, tcp_adv_win_scale)
{
	int win[2], fd;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, xnet_sysctl(self->peer.ns, "net/ipv4/tcp_adv_win_scale", i ? "-3" : "1"));
		peer_reset_variables(&self->peer, 9000 + i);
		fd = peer_start_connect(&self->peer);
		ASSERT_LE(0, fd);
		win[i] = self->peer.last.win;
		close(fd);
	}
	EXPECT_LT(60000, win[0]);
	EXPECT_TRUE(win_scale_counts() ? win[1] <= 20000 : win[1] == win[0]);
}

TEST_F(scripted, tcp_min_snd_mss)
{
	struct tcp_info info;
	int fd;

	ASSERT_EQ(0, xnet_sysctl(self->peer.ns, "net/ipv4/tcp_min_snd_mss", "400"));
	self->peer.mss = 100;
	fd = peer_connected(&self->peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_info(fd, &info));
	EXPECT_EQ(400, (int)info.tcpi_snd_mss);
}

TEST_F(scripted, tcp_dsack)
{
	for (int on = 0; on < 2; on++) {
		ASSERT_EQ(0, xnet_sysctl(self->peer.ns, "net/ipv4/tcp_dsack", on ? "1" : "0"));
		peer_reset_variables(&self->peer, 9000 + on);
		self->peer.sack_on = true;
		ASSERT_LE(0, peer_connected(&self->peer));
		struct segment seg = peer_segment(&self->peer, ACK);

		memcpy(seg.data, "twice", 5);
		seg.len = 5;
		peer_inject(&self->peer, &seg);
		ASSERT_TRUE(peer_await(&self->peer, ACK, 1000));
		peer_drain(&self->peer);
		peer_inject(&self->peer, &seg);
		ASSERT_TRUE(peer_await(&self->peer, ACK, 1000));
		EXPECT_EQ(on, self->peer.last.sacks);
	}
}

TEST_F(scripted, tcp_challenge_ack_limit)
{
	for (int on = 0; on < 2; on++) {
		ASSERT_EQ(0, xnet_sysctl(self->peer.ns, "net/ipv4/tcp_challenge_ack_limit", on ? "100" : "0"));
		peer_reset_variables(&self->peer, 9000 + on);
		ASSERT_LE(0, peer_connected(&self->peer));
		xnet_sleep_ms(1100);
		peer_drain(&self->peer);
		peer_send(&self->peer, SYN);
		EXPECT_EQ(on, peer_await(&self->peer, ACK, 500));
	}
}

/* How long an ACK of one small segment is waited for, once the quick ones at the beginning are spent. ms */
static int ack_delay(struct peer *peer)
{
	u64 begin;

	for (int i = 0; i < 30; i++) {
		peer_send_data(peer, ACK, "x", 1);
		peer_await(peer, ACK, 1000);
	}
	begin = xnet_now_ms();
	peer_send_data(peer, ACK, "x", 1);
	return peer_await(peer, ACK, 1000) ? (int)(xnet_now_ms() - begin) : 9999;
}

TEST_F(scripted, delayed_ack)
{
	static const char *const values[][2] = { { "200", "0" }, { "8", "0" }, { "200", "1" } };
	int ms[3];

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, xnet_sysctl(self->peer.ns, "net/xtcp/delack_max_ms", values[i][0]));
		ASSERT_EQ(0, xnet_sysctl(self->peer.ns, "net/xtcp/quickack", values[i][1]));
		peer_reset_variables(&self->peer, 9000 + i);
		ASSERT_LE(0, peer_connected(&self->peer));
		ms[i] = ack_delay(&self->peer);
	}
	EXPECT_LE(30, ms[0]);
	EXPECT_GE(16, ms[1]);
	EXPECT_LE(1, ms[1]);
	EXPECT_GE(xnet_virtual_time() ? 0 : 15, ms[2]);
}

XNET_MAIN
