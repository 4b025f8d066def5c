// SPDX-License-Identifier: GPL-2.0
/*
 * The hosts of a test: what the environment offers, namespaces, the link between them. See xnet.h for the picture.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "rtnl.h"
#include "xnet.h"

#define XNET_LINK	"veth0"
#define EXIT_SKIP	4
#define EXIT_FAIL	1

/* The namespace the program was started in. */
static int xnet_home = -1;

void xnet_log(const char *format, ...)
{
	va_list args;

	fputs("#      ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* --- the environment */

static bool xnet_flag(const char *name)
{
	const char *value = getenv(name);

	return value && *value && strcmp(value, "0");
}

/* XTCP_SKIP_FAILS=1: what cannot be tested is a failure. */
bool xnet_skips_fail(void)
{
	return xnet_flag("XTCP_SKIP_FAILS");
}

/* XTCP_ONLY=TEXT: only the cases whose fixture.name contains TEXT. */
bool xnet_filtered(const char *fixture, const char *test)
{
	const char *only = getenv("XTCP_ONLY");
	char name[256];

	snprintf(name, sizeof(name), "%s.%s", fixture, test);
	capture_name(fixture, test);
	return only && !strstr(name, only);
}

/* Whether XNET_XTCP means XTCP, so that what only XTCP has can be looked at. */
bool xnet_under_test(void)
{
	const char *stack = getenv("XTCP_TEST_STACK");

	return !stack || strcmp(stack, "tcp");
}

/* Whether waiting is free: the clock of User-Mode Linux's time travel skips idle time. */
bool xnet_virtual_time(void)
{
	static int cached = -1;
	char line[4096] = "";
	FILE *file;

	if (cached >= 0)
		return cached;
	file = fopen("/proc/cmdline", "re");
	if (file) {
		if (!fgets(line, sizeof(line), file))
			line[0] = 0;
		fclose(file);
	}
	cached = !!strstr(line, "time-travel");
	return cached;
}

u64 xnet_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

void xnet_sleep_ms(int ms)
{
	poll(NULL, 0, ms);
}

static void xnet_give_up(const char *reason)
{
	printf("TAP version 13\n");
	if (xnet_skips_fail()) {
		printf("1..1\nnot ok 1 %s\n", reason);
		exit(EXIT_FAIL);
	}
	printf("1..0 # SKIP %s\n", reason);
	exit(EXIT_SKIP);
}

/* What every program needs, whatever the stack; ends it, as skipped, where that is missing. */
void xnet_start(void)
{
	struct rlimit files;

	if (geteuid())
		xnet_give_up("needs root");
	xnet_home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (xnet_home < 0)
		xnet_give_up("needs network namespaces and /proc");
	/* Hundreds of connections, both ends here. */
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* Called before main() of a test: the same, and the stack under test must be there. */
void xnet_require(void)
{
	int fd;

	xnet_start();
	fd = xnet_socket(-1, XNET_XTCP, AF_INET);
	if (fd < 0)
		xnet_give_up("no AF_XTCP: the module is not loaded");
	close(fd);
}

/* --- namespaces */

void xnet_ns_enter(int ns)
{
	if (ns >= 0 && setns(ns, CLONE_NEWNET)) {
		xnet_log("setns: %s", strerror(errno));
		abort();
	}
}

void xnet_ns_leave(void)
{
	xnet_ns_enter(xnet_home);
}

/* What the cases rely on, whatever the kernel's defaults are; a sysctl that a kernel lacks needs no pinning. */
static void xnet_pin_sysctls(void)
{
	static const char * const pins[][2] = {
		{ "net/ipv4/tcp_syn_linear_timeouts", "0" },
		{ "net/ipv4/tcp_congestion_control", "cubic" },
		{ "net/ipv4/tcp_fin_timeout", "60" },
		{ "net/ipv4/tcp_orphan_retries", "3" },
		{ "net/ipv4/tcp_rfc1337", "0" },
		{ "net/ipv4/tcp_syncookies", "1" },
		{ "net/ipv4/tcp_tw_reuse", "2" },
	};

	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++) {
		char path[128];
		FILE *file;

		snprintf(path, sizeof(path), "/proc/sys/%s", pins[i][0]);
		file = fopen(path, "we");
		if (!file)
			continue;
		fputs(pins[i][1], file);
		fclose(file);
	}
}

static int xnet_ns_make(void)
{
	int ns = -1;

	if (unshare(CLONE_NEWNET))
		return -1;
	xnet_pin_sysctls();
	if (!rtnl_up("lo"))
		ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	xnet_ns_leave();
	return ns;
}

/* A new namespace with its loopback up; the descriptor that keeps it. The caller stays where it was. */
int xnet_ns_new(void)
{
	int ns = xnet_ns_make();

	capture_begin(ns);
	return ns;
}

/* Runs a shell command in a namespace; its exit status. */
int xnet_run(int ns, const char *format, ...)
{
	char command[512];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	fflush(NULL);
	xnet_ns_enter(ns);
	status = system(command);
	xnet_ns_leave();
	return status;
}

static FILE *xnet_proc(int ns, const char *directory, const char *name, const char *mode)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	xnet_ns_enter(ns);
	file = fopen(path, mode);
	xnet_ns_leave();
	return file;
}

/* NAME as below /proc/sys: "net/ipv4/tcp_sack". */
int xnet_sysctl(int ns, const char *name, const char *value)
{
	FILE *file;
	int err = 0;

	file = xnet_proc(ns, "/proc/sys", name, "we");
	if (!file) {
		xnet_log("sysctl %s: %s", name, strerror(errno));
		return -1;
	}
	if (fputs(value, file) < 0)
		err = -1;
	if (fclose(file))
		err = -1;
	if (err)
		xnet_log("sysctl %s=%s: %s", name, value, strerror(errno));
	return err;
}

long xnet_sysctl_read(int ns, const char *name)
{
	long value = -1;
	FILE *file;

	file = xnet_proc(ns, "/proc/sys", name, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

/* --- counts: sockets and events of a namespace */

static long xnet_own_sockstat(int ns, const char *name)
{
	char line[256], word[64];
	long n, value = -1;
	FILE *file;

	file = xnet_proc(ns, "/proc/net", "xtcp/sockstat", "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63[a-z]%*[: ]%ld", word, &n) == 2 && !strcmp(word, name))
			value = n;
	}
	fclose(file);
	return value;
}

static long xnet_kernel_sockstat(int ns, const char *name)
{
	long v4 = 0, v6 = 0, tw = 0;
	char line[256];

	for (int i = 0; i < 2; i++) {
		FILE *file = xnet_proc(ns, "/proc/net", i ? "sockstat6" : "sockstat", "re");

		if (!file)
			continue;
		while (fgets(line, sizeof(line), file)) {
			sscanf(line, "TCP: inuse %ld orphan %*d tw %ld", &v4, &tw);
			sscanf(line, "TCP6: inuse %ld", &v6);
		}
		fclose(file);
	}
	return strcmp(name, "timewait") ? v4 + v6 : tw;
}

/*
 * How many "sockets" and "timewait"s of a stack a namespace has: /proc/net/xtcp/sockstat has one name a line, the
 * kernel's /proc/net/sockstat and sockstat6 a line for each protocol.
 */
long xnet_sockstat(int ns, enum xnet_stack stack, const char *name)
{
	if (stack == XNET_XTCP && xnet_under_test())
		return xnet_own_sockstat(ns, name);
	return xnet_kernel_sockstat(ns, name);
}

bool xnet_await_sockstat(int ns, enum xnet_stack stack, const char *name, long value)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	long now;

	while ((now = xnet_sockstat(ns, stack, name)) != value) {
		if (xnet_now_ms() > deadline) {
			xnet_log("%s: %ld, not %ld", name, now, value);
			return false;
		}
		xnet_sleep_ms(2);
	}
	return true;
}

/* The value of NAME in a file of pairs of lines, "Prefix: name name", "Prefix: value value". */
static long xnet_pair_of_lines(FILE *file, const char *name)
{
	char names[8192], values[8192];

	while (fgets(names, sizeof(names), file) && fgets(values, sizeof(values), file)) {
		char *in_names, *in_values, *n, *v;

		n = strtok_r(names, "\n ", &in_names);
		v = strtok_r(values, "\n ", &in_values);
		while (n && v) {
			if (!strcmp(n, name))
				return atol(v);
			n = strtok_r(NULL, "\n ", &in_names);
			v = strtok_r(NULL, "\n ", &in_values);
		}
	}
	return -1;
}

/* A counter by its MIB name ("TCPTimeouts"): of XTCP in /proc/net/xtcp/snmp, of the kernel's TCP in snmp or netstat. */
long xnet_counter(int ns, enum xnet_stack stack, const char *name)
{
	static const char * const files[] = { "snmp", "netstat" };
	bool own = stack == XNET_XTCP && xnet_under_test();
	long value = -1;

	for (int i = 0; i < (own ? 1 : 2) && value < 0; i++) {
		FILE *file = xnet_proc(ns, "/proc/net", own ? "xtcp/snmp" : files[i], "re");

		if (!file)
			continue;
		value = xnet_pair_of_lines(file, name);
		fclose(file);
	}
	return value;
}

/* --- the two hosts */

static int xnet_host(const struct xnet *net, enum xnet_side side)
{
	struct xnet_addr v4 = xnet_address(AF_INET, side, 0);
	struct xnet_addr v6 = xnet_address(AF_INET6, side, 0);
	int err;

	xnet_ns_enter(net->ns[side]);
	err = rtnl_up(XNET_LINK) || rtnl_address(XNET_LINK, &v4, 24) || rtnl_address(XNET_LINK, &v6, 64);
	xnet_ns_leave();
	return err ? -1 : 0;
}

static int xnet_await_link(int ns)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	bool running;

	xnet_ns_enter(ns);
	while (!(running = rtnl_running(XNET_LINK)) && xnet_now_ms() < deadline)
		xnet_sleep_ms(1);
	xnet_ns_leave();
	return running ? 0 : -1;
}

/* Both hosts with both addresses, linked; nothing of it outlives xnet_close() or the process. */
int xnet_open(struct xnet *net, const struct xnet_variant *variant)
{
	int err;

	*net = (struct xnet) {
		.family = variant->family,
		.ns = { -1, -1 },
		.stack = { XNET_XTCP, variant->far },
	};
	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		net->ns[side] = xnet_ns_make();
		if (net->ns[side] < 0)
			return -1;
		if (net->stack[side] == XNET_XTCP)
			capture_begin(net->ns[side]);
	}
	xnet_ns_enter(net->ns[XNET_NEAR]);
	err = rtnl_veth(XNET_LINK, XNET_LINK, net->ns[XNET_FAR]);
	xnet_ns_leave();
	if (err || xnet_host(net, XNET_NEAR) || xnet_host(net, XNET_FAR))
		return -1;
	if (xnet_await_link(net->ns[XNET_NEAR]))
		return -1;
	return xnet_await_link(net->ns[XNET_FAR]);
}

/* From here on the host lives as long as its sockets. */
void xnet_leave(struct xnet *net, enum xnet_side side)
{
	if (net->ns[side] < 0)
		return;
	capture_end(net->ns[side]);
	close(net->ns[side]);
	net->ns[side] = -1;
}

void xnet_close(struct xnet *net)
{
	for (int side = XNET_NEAR; side <= XNET_FAR; side++)
		xnet_leave(net, side);
}

/* Whether netem is there to spoil a link. */
bool xnet_have_netem(void)
{
	int ns = xnet_ns_make();
	bool have;

	xnet_ns_enter(ns);
	have = !rtnl_netem("lo", &(struct netem) { 0 });
	xnet_ns_leave();
	close(ns);
	return have;
}

/*
 * Connections opened from here on send one segment a packet, so that what netem does to a packet it does to a segment;
 * otherwise it is done to whole super-segments.
 */
int xnet_segmentation_off(const struct xnet *net)
{
	int err = 0;

	for (int side = XNET_NEAR; side <= XNET_FAR; side++) {
		xnet_ns_enter(net->ns[side]);
		err |= rtnl_segmentation_off(XNET_LINK);
		xnet_ns_leave();
	}
	return err;
}

/*
 * A link that loses some packets loses ARP's and neighbour discovery's, too, and after three of them in a row the host
 * is "unreachable". That is not what a case is about, so they are asked more often there.
 */
static int xnet_patient_neighbours(const struct xnet *net, enum xnet_side side)
{
	static const char *const names[] = {
		"net/ipv4/neigh/" XNET_LINK "/mcast_solicit", "net/ipv4/neigh/" XNET_LINK "/ucast_solicit",
		"net/ipv6/neigh/" XNET_LINK "/mcast_solicit", "net/ipv6/neigh/" XNET_LINK "/ucast_solicit",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (xnet_sysctl(net->ns[side], names[i], "30"))
			return -1;
	}
	return 0;
}

/* What a host sends passes through netem; NULL: no more. */
int xnet_netem_side(const struct xnet *net, enum xnet_side side, const struct netem *netem)
{
	int err;

	if (netem && (netem->corrupt || (netem->loss && netem->loss < 100)) && xnet_patient_neighbours(net, side))
		return -1;
	if (netem && netem->corrupt)
		capture_end(net->ns[side]);
	xnet_ns_enter(net->ns[side]);
	err = rtnl_netem(XNET_LINK, netem);
	xnet_ns_leave();
	return err;
}

/* The same for both directions. */
int xnet_netem(const struct xnet *net, const struct netem *netem)
{
	return xnet_netem_side(net, XNET_NEAR, netem) || xnet_netem_side(net, XNET_FAR, netem) ? -1 : 0;
}
