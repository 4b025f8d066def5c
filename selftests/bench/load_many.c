// SPDX-License-Identifier: GPL-2.0
/* Rows about many connections: how fast they come and go, what they cost, and a flood of SYNs. See load.h. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

#define MANY_PORT	7200
#define LISTENERS	4
#define WARM_UP		600	/* more than the records of closed connections that are kept */
#define FIN_WAIT_S	5	/* tcp_fin_timeout of the namespaces */

static int dial(const struct xnet *net, enum xnet_stack stack, const struct xnet_addr *addr)
{
	int fd = xnet_socket(net->ns[XNET_NEAR], stack, net->family);

	if (fd >= 0 && connect(fd, &addr->sa, addr->len)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* --- connect, request, close */

static int crr_server(int listener)
{
	char c;

	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			return 1;
		if (recv(fd, &c, 1, 0) == 1 && send(fd, &c, 1, MSG_NOSIGNAL) == 1)
			recv(fd, &c, 1, 0);
		close(fd);
	}
}

int many_crr(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	struct load_clock clock;
	struct xnet_addr addr;
	int listener = load_listen(net, stack, false, MANY_PORT, &addr), child;
	struct tcp_info info = { 0 };
	u64 ns, busy;
	char c = 'x';

	if (listener < 0)
		return load_fail("listen");
	child = fork();
	if (!child)
		_exit(crr_server(listener));
	load_begin(&clock);
	for (u64 i = 0; i < row->amount; i++) {
		int fd = dial(net, stack, &addr);

		if (fd < 0 || send(fd, &c, 1, MSG_NOSIGNAL) != 1 || recv(fd, &c, 1, 0) != 1)
			return load_fail("transaction");
		if (i + 1 == row->amount)
			xnet_info(fd, &info);
		close(fd);
	}
	ns = load_end(&clock, &busy);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(listener);
	load_units(row->amount);
	load_print("per_second", row->amount * 1e9 / ns);
	load_print("ns_each", (double)busy / row->amount);
	load_print("segments", info.tcpi_segs_in + info.tcpi_segs_out);
	return 0;
}

/* --- an accept storm */

int many_storm(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	struct xnet_addr addr;
	int listener = load_listen(net, stack, false, MANY_PORT, &addr), n = row->number;
	int *near = calloc(n, sizeof(int)), *far = calloc(n, sizeof(int));
	struct load_clock clock;

	if (listener < 0 || !near || !far)
		return load_fail("listen");
	for (int i = 0; i < n; i++) {
		near[i] = xnet_socket(net->ns[XNET_NEAR], stack, net->family);
		if (near[i] < 0)
			return load_fail("socket");
		xnet_nonblock(near[i], true);
	}
	load_begin(&clock);
	for (int i = 0; i < n; i++)
		if (connect(near[i], &addr.sa, addr.len) && errno != EINPROGRESS)
			return load_fail("connect");
	for (int i = 0; i < n; i++) {
		far[i] = accept(listener, NULL, NULL);
		if (far[i] < 0)
			return load_fail("accept");
	}
	for (int i = 0; i < n; i++)
		if (!(xnet_await(near[i], POLLOUT) & POLLOUT))
			return load_fail("not established");
	load_print("ms", load_end(&clock, NULL) / 1e6);
	load_units(n);
	load_close(near, n);
	load_close(far, n);
	close(listener);
	free(near);
	free(far);
	return 0;
}

/* --- many at a time */

struct crowd {
	int listener[LISTENERS];
	struct xnet_addr addr[LISTENERS];
	int *near, *far;
	int size;
};

static int crowd_open(struct crowd *crowd, const struct xnet *net, enum xnet_stack stack, int most)
{
	crowd->near = calloc(most + WARM_UP, sizeof(int));
	crowd->far = calloc(most + WARM_UP, sizeof(int));
	crowd->size = 0;
	for (int i = 0; i < LISTENERS; i++) {
		crowd->listener[i] = load_listen(net, stack, false, MANY_PORT + i, &crowd->addr[i]);
		if (crowd->listener[i] < 0)
			return load_fail("listen");
	}
	return 0;
}

static int crowd_grow(struct crowd *crowd, const struct xnet *net, enum xnet_stack stack, int to)
{
	for (; crowd->size < to; crowd->size++) {
		int i = crowd->size, k = i % LISTENERS;

		crowd->near[i] = dial(net, stack, &crowd->addr[k]);
		if (crowd->near[i] < 0)
			return load_fail("connect");
		crowd->far[i] = accept(crowd->listener[k], NULL, NULL);
		if (crowd->far[i] < 0)
			return load_fail("accept");
	}
	return 0;
}

static void crowd_close(struct crowd *crowd)
{
	for (int i = 0; i < LISTENERS; i++)
		close(crowd->listener[i]);
	free(crowd->near);
	free(crowd->far);
}

/* What RCU and per-CPU caches still hold is given back. */
static void settle(int seconds)
{
	xnet_sleep_ms(seconds * 1000 + 500);
}

/*
 * N connections, and in BEFORE the memory without them: what the first ones bring is no part of each, nor are the
 * records that are kept of some that ended, so others came and went, and SECONDS passed.
 */
static int crowd_measured(struct crowd *crowd, const struct xnet *net, enum xnet_stack stack, int n, int seconds,
			  double *before)
{
	if (crowd_open(crowd, net, stack, n) || crowd_grow(crowd, net, stack, WARM_UP))
		return -1;
	load_close(crowd->near, WARM_UP);
	load_close(crowd->far, WARM_UP);
	settle(seconds);
	*before = load_slab_bytes();
	crowd->size = 0;
	return crowd_grow(crowd, net, stack, n);
}

/*
 * Memory of connections that do nothing. To tell the ends apart, the server closes its own; what stays behind of them,
 * FIN-WAIT-2, ends after tcp_fin_timeout, and the client's ends stay. They read the end of the stream, or the kernel's
 * TCP keeps the buffer with the FIN.
 */
int many_idle(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	struct crowd crowd;
	double before, both, client;
	int n = row->number;
	char c;

	if (crowd_measured(&crowd, net, stack, n, 1, &before))
		return -1;
	settle(1);
	both = load_slab_bytes();
	for (int i = 0; i < n; i++)
		close(crowd.far[i]);
	settle(3 * FIN_WAIT_S);
	for (int i = 0; i < n; i++)
		recv(crowd.near[i], &c, 1, MSG_DONTWAIT);
	settle(1);
	client = load_slab_bytes();
	load_print("client_bytes", (client - before) / n);
	load_print("server_bytes", (both - client) / n);
	load_print("both_bytes", (both - before) / n);
	load_close(crowd.near, n);
	crowd_close(&crowd);
	settle(1);
	return 0;
}

/* Whose end closes first, and so has the TIME-WAIT: the client has a port of its own in each, the server one in all. */
int many_timewait(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	struct crowd crowd;
	int n = row->number;
	bool client = !strcmp(row->how, "client");
	double before;

	if (xnet_sysctl(net->ns[XNET_NEAR], "net/ipv4/tcp_max_tw_buckets", "100000") ||
	    xnet_sysctl(net->ns[XNET_FAR], "net/ipv4/tcp_max_tw_buckets", "100000"))
		return load_fail("tcp_max_tw_buckets");
	if (stack == XNET_XTCP && (xnet_sysctl(net->ns[XNET_NEAR], "net/xtcp/time_wait_max", "100000") ||
				   xnet_sysctl(net->ns[XNET_FAR], "net/xtcp/time_wait_max", "100000")))
		return load_fail("time_wait_max");
	if (crowd_measured(&crowd, net, stack, n, 2, &before))
		return -1;
	for (int i = 0; i < n; i++) {
		close(client ? crowd.near[i] : crowd.far[i]);
		close(client ? crowd.far[i] : crowd.near[i]);
	}
	settle(2);
	load_print("bytes", (load_slab_bytes() - before) / n);
	crowd_close(&crowd);
	/* all of them end before the next sample */
	settle(62);
	return 0;
}

/* --- cost by number */

/* Requests over connections picked all over the crowd; nanoseconds of one. */
static double scale_rr(const struct crowd *crowd, u64 count)
{
	u64 begin = load_now_ns();
	u32 at = 1;
	char c = 'x';

	for (u64 i = 0; i < count; i++) {
		int k;

		at = at * 1664525 + 1013904223;
		k = (at >> 8) % crowd->size;
		if (send(crowd->near[k], &c, 1, MSG_NOSIGNAL) != 1 || recv(crowd->far[k], &c, 1, 0) != 1 ||
		    send(crowd->far[k], &c, 1, MSG_NOSIGNAL) != 1 || recv(crowd->near[k], &c, 1, 0) != 1)
			return -1;
	}
	return (double)(load_now_ns() - begin) / count;
}

int many_scale(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	static const int steps[] = { 1000, 2000, 5000, 10000, 20000, 50000 };
	struct crowd crowd;
	char metric[64];

	if (crowd_open(&crowd, net, stack, row->number))
		return -1;
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]) && steps[s] <= row->number; s++) {
		/* the last five hundred of each step are timed */
		int timed = 500;
		u64 begin;

		if (crowd_grow(&crowd, net, stack, steps[s] - timed))
			return -1;
		begin = load_now_ns();
		if (crowd_grow(&crowd, net, stack, steps[s]))
			return -1;
		snprintf(metric, sizeof(metric), "open_ns_at_%d", steps[s]);
		load_print(metric, (double)(load_now_ns() - begin) / timed);
		scale_rr(&crowd, row->amount / 4);
		snprintf(metric, sizeof(metric), "rr_ns_at_%d", steps[s]);
		load_print(metric, scale_rr(&crowd, row->amount));
	}
	load_close(crowd.near, crowd.size);
	load_close(crowd.far, crowd.size);
	crowd_close(&crowd);
	settle(1);
	return 0;
}

/* --- a flood */

static u32 sum16(u32 sum, const void *data, size_t len)
{
	const u8 *p = data;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	return sum;
}

static u16 fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* A SYN from 10.x.x.x, a new one each time, by a raw socket that lets us write the IP header. */
static int flood_one(int raw, const struct xnet_addr *to, u32 number)
{
	u8 packet[44] = { 0x45, 0, 0, sizeof(packet), 0, 0, 0, 0, 64, IPPROTO_TCP };
	u8 *tcp = packet + 20, options[4] = { 2, 4, 0x05, 0xb4 };
	u32 source = htonl(0x0a000000 | (number * 2654435761u >> 8));
	u16 port = htons(1024 + number % 60000), check;

	memcpy(packet + 12, &source, 4);
	memcpy(packet + 16, &to->in.sin_addr, 4);
	memcpy(tcp, &port, 2);
	memcpy(tcp + 2, &to->in.sin_port, 2);
	memcpy(tcp + 4, &number, 4);
	tcp[12] = (sizeof(options) + 20) / 4 << 4;
	tcp[13] = 2;
	tcp[14] = 0xff;
	memcpy(tcp + 20, options, sizeof(options));
	check = htons(fold(sum16(sum16(IPPROTO_TCP + 24, packet + 12, 8), tcp, 24)));
	memcpy(tcp + 16, &check, 2);
	return sendto(raw, packet, sizeof(packet), 0, &to->sa, to->len) == sizeof(packet) ? 0 : -1;
}

/* Answers to honest clients; the exit status of a process. */
static int flood_server(int listener)
{
	return crr_server(listener);
}

/*
 * Before each honest connection as many bursts of the listener's whole SYN queue as the row says come in: it is full
 * at all times. An honest client succeeds if it is served within its first SYN's time-out.
 */
int many_flood(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	struct xnet_addr addr;
	int listener = load_listen(net, stack, false, MANY_PORT, &addr), raw, child, honest = 0;
	struct load_clock clock;
	u64 spent = 0;
	u32 number = 0;
	char c = 'x';

	if (listener < 0 || listen(listener, 128))
		return load_fail("listen");
	xnet_ns_enter(net->ns[XNET_NEAR]);
	raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	xnet_ns_leave();
	xnet_run(net->ns[XNET_FAR], "ip route replace 10.0.0.0/8 via 192.0.2.1");
	if (raw < 0)
		return load_fail("raw socket");
	child = fork();
	if (!child)
		_exit(flood_server(listener));
	while (number < 1024)
		if (flood_one(raw, &addr, number++))
			return load_fail("flood");
	load_begin(&clock);
	for (int i = 0; i < row->number; i++) {
		u64 begin;
		int fd;

		load_pause(true);
		for (u64 k = 0; k < row->amount; k++)
			flood_one(raw, &addr, number++);
		load_pause(false);
		begin = load_now_ns();
		fd = dial(net, stack, &addr);
		if (fd >= 0 && send(fd, &c, 1, MSG_NOSIGNAL) == 1 && recv(fd, &c, 1, 0) == 1 &&
		    load_now_ns() - begin < 1000000000ull)
			honest++;
		spent += load_now_ns() - begin;
		if (fd >= 0)
			close(fd);
	}
	load_end(&clock, NULL);
	load_units(row->number);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(listener);
	close(raw);
	load_print("honest_percent", 100.0 * honest / row->number);
	load_print("honest_us", spent / 1e3 / row->number);
	/* requests that nobody completes are gone before the next sample */
	settle(130);
	return 0;
}
