// SPDX-License-Identifier: GPL-2.0
/*
 * One row of the performance table, XTCP and the kernel's TCP in turns: A B A B, in one pair of namespaces.
 *
 *   load ROW [ROUNDS [STACKS [NUMBER [AMOUNT]]]]
 *
 * ROUNDS (5) of each stack in STACKS ("tcp,xtcp"); a stack may be given a name for the output: tcp=not-loaded. "+held"
 * behind it holds an XTCP connection and a listener open meanwhile. NUMBER and AMOUNT take the place of the row's own,
 * 0 for leaving it. Prints "sample ROW METRIC NAME VALUE". `load` alone lists the rows. bench/rows.sh calls it. With
 * BENCH_PROFILE set, what is timed is marked for the plugin that counts instructions (insns.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "insns.h"
#include "load.h"

#define MIB		(1024 * 1024ull)
#define LOAD_PORT	7100
#define BACKLOG		4096

static const struct load_row rows[] = {
	{ "bulk1", transfer_bulk, 1, 48 * MIB, "copy", false },
	{ "bulk8", transfer_bulk, 8, 48 * MIB, "copy", false },
	{ "bulk64", transfer_bulk, 64, 64 * MIB, "copy", false },
	{ "loopback", transfer_bulk, 1, 48 * MIB, "copy", true },
	{ "sendfile", transfer_bulk, 1, 48 * MIB, "sendfile", false },
	{ "splice", transfer_bulk, 1, 48 * MIB, "splice", false },
	{ "zerocopy", transfer_bulk, 1, 48 * MIB, "zerocopy", false },
	{ "rr1", transfer_rr, 1, 2000, NULL, false },
	{ "rr100", transfer_rr, 100, 4000, NULL, false },
	{ "crr", many_crr, 1, 500, NULL, false },
	{ "storm", many_storm, 1000, 0, NULL, false },
	{ "idle", many_idle, 20000, 0, NULL, false },
	{ "timewait", many_timewait, 5000, 0, "client", false },
	{ "timewait-server", many_timewait, 5000, 0, "server", false },
	{ "flood", many_flood, 100, 10, NULL, false },
	{ "scale", many_scale, 50000, 500, NULL, false },
};

static const char *row_name, *stack_name;

/* --- what the scenarios use */

u64 load_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* All CPUs together; in ticks of 10 ms, so 0 while there is always something to do. */
static u64 idle_ns(void)
{
	unsigned long long user, nice, system, idle, wait;
	FILE *file = fopen("/proc/stat", "re");
	u64 ns = 0;

	if (file && fscanf(file, "cpu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait) == 5)
		ns = (idle + wait) * (1000000000ull / sysconf(_SC_CLK_TCK));
	if (file)
		fclose(file);
	return ns;
}

/* Calls an address that the plugin knows; what is there returns at once. */
static void mark(u64 address)
{
	static void *page;

	if (!getenv("BENCH_PROFILE"))
		return;
	if (!page) {
		page = mmap((void *)INSNS_PAGE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (page == MAP_FAILED)
			abort();
		memset(page, 0xc3, 4096);	/* ret, of x86 */
	}
	((void (*)(void))address)();
}

void load_begin(struct load_clock *clock)
{
	clock->idle_ns = idle_ns();
	mark(INSNS_BEGIN);
	clock->ns = load_now_ns();
}

u64 load_end(const struct load_clock *clock, u64 *busy)
{
	u64 ns = load_now_ns() - clock->ns, idle;

	mark(INSNS_END);
	if (busy) {
		idle = idle_ns() - clock->idle_ns;
		*busy = idle < ns ? ns - idle : 0;
	}
	return ns;
}

void load_pause(bool on)
{
	mark(on ? INSNS_PAUSE : INSNS_RESUME);
}

void load_print(const char *metric, double value)
{
	printf("sample %s %s %s %.6g\n", row_name, metric, stack_name, value);
	fflush(stdout);
}

void load_units(double number)
{
	if (getenv("BENCH_PROFILE"))
		load_print("units", number);
}

int load_fail(const char *what)
{
	fprintf(stderr, "load: %s, %s: %s: %s\n", row_name, stack_name, what, strerror(errno));
	return -1;
}

double load_slab_bytes(void)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	unsigned long active, all, size;
	double sum = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %lu %lu %lu", &active, &all, &size) == 3)
			sum += (double)active * size;
	if (file)
		fclose(file);
	return sum;
}

int load_wait(int child)
{
	int status = -1;

	if (child < 0)
		return -1;
	waitpid(child, &status, 0);
	return status ? -1 : 0;
}

int load_listen(const struct xnet *net, enum xnet_stack stack, bool loopback, int port, struct xnet_addr *addr)
{
	int fd = xnet_socket(net->ns[loopback ? XNET_NEAR : XNET_FAR], stack, net->family), one = 1;

	*addr = loopback ? xnet_loopback(net->family, port) : xnet_address(net->family, XNET_FAR, port);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &addr->sa, addr->len) || listen(fd, BACKLOG)) {
		close(fd);
		return -1;
	}
	return fd;
}

int load_connect(const struct xnet *net, enum xnet_stack stack, bool loopback, int n, int *near, int *far)
{
	struct xnet_addr addr;
	int listener = load_listen(net, stack, loopback, LOAD_PORT, &addr);

	if (listener < 0)
		return load_fail("listen");
	for (int i = 0; i < n; i++) {
		near[i] = xnet_socket(net->ns[XNET_NEAR], stack, net->family);
		if (near[i] < 0 || connect(near[i], &addr.sa, addr.len))
			return load_fail("connect");
		far[i] = accept(listener, NULL, NULL);
		if (far[i] < 0)
			return load_fail("accept");
	}
	close(listener);
	return 0;
}

/* Without TIME-WAIT, so that a sample leaves nothing to the next one. */
void load_close(int *fd, int n)
{
	for (int i = 0; i < n; i++) {
		xnet_linger(fd[i], 1, 0);
		close(fd[i]);
	}
}

/* --- rows */

static int sample(const struct load_row *row, struct xnet *net, const char *spec)
{
	char text[64], *name, *held;
	int other[2] = { -1, -1 }, ret;
	enum xnet_stack stack;
	struct xnet_addr addr;
	int listener = -1;

	snprintf(text, sizeof(text), "%s", spec);
	held = strchr(text, '+');
	if (held)
		*held++ = 0;
	name = strchr(text, '=');
	if (name)
		*name++ = 0;
	stack = strcmp(text, "tcp") ? XNET_XTCP : XNET_TCP;
	stack_name = name ? name : text;
	if (held) {
		if (load_connect(net, XNET_XTCP, false, 1, &other[0], &other[1]))
			return -1;
		listener = load_listen(net, XNET_XTCP, false, LOAD_PORT + 1, &addr);
	}
	ret = row->run(row, net, stack);
	if (held) {
		load_close(other, 2);
		close(listener);
	}
	return ret;
}

static int run(const struct load_row *row, int rounds, char *stacks)
{
	struct xnet_variant variant = { .family = AF_INET, .far = XNET_TCP };
	struct rlimit files = { 400000, 400000 };
	char *spec[8], *end;
	struct xnet net;
	int n = 0;

	for (end = strtok(stacks, ","); end && n < 8; end = strtok(NULL, ","))
		spec[n++] = end;
	xnet_start();
	setrlimit(RLIMIT_NOFILE, &files);
	if (xnet_open(&net, &variant))
		return load_fail("namespaces");
	for (int side = 0; side < 2; side++) {
		xnet_sysctl(net.ns[side], "net/ipv4/ip_local_port_range", "8192 60999");
		xnet_sysctl(net.ns[side], "net/ipv4/tcp_fin_timeout", "5");
	}
	for (int i = 0; i < rounds; i++)
		for (int k = 0; k < n; k++)
			if (sample(row, &net, spec[k]))
				return -1;
	xnet_close(&net);
	return 0;
}

int main(int argc, char **argv)
{
	char both[] = "tcp,xtcp";

	if (argc < 2) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			puts(rows[i].name);
		return 0;
	}
	row_name = argv[1];
	stack_name = "setup";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct load_row row = rows[i];

		if (strcmp(row.name, row_name))
			continue;
		if (argc > 4 && atoi(argv[4]))
			row.number = atoi(argv[4]);
		if (argc > 5 && atoi(argv[5]))
			row.amount = strtoull(argv[5], NULL, 0);
		return !!run(&row, argc > 2 ? atoi(argv[2]) : 5, argc > 3 ? argv[3] : both);
	}
	fprintf(stderr, "load: no row '%s'\n", row_name);
	return 2;
}
