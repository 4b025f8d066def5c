// SPDX-License-Identifier: GPL-2.0
/* Rows that move data over connections that are there: bulk in every way, and requests of a byte. See load.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"
#include "send.h"

#define FLOWS_MAX	1024
#define EVENTS		64

static int epoll_all(const int *fd, int n, u32 events)
{
	int ep = epoll_create1(EPOLL_CLOEXEC);

	for (int i = 0; i < n; i++) {
		struct epoll_event e = { .events = events, .data.u32 = i };

		xnet_nonblock(fd[i], true);
		if (epoll_ctl(ep, EPOLL_CTL_ADD, fd[i], &e))
			return -1;
	}
	return ep;
}

/* --- bulk */

/* So many bytes on each. */
static int send_flows(const int *fd, int n, const char *how, u64 each)
{
	struct epoll_event events[EVENTS];
	u64 left[FLOWS_MAX];
	int ep, open = n;

	if (n == 1)
		return send_bytes(fd[0], how, each);
	ep = epoll_all(fd, n, EPOLLOUT);
	for (int i = 0; i < n; i++)
		left[i] = each;
	while (open && ep >= 0) {
		int got = epoll_wait(ep, events, EVENTS, -1);

		for (int k = 0; k < got; k++) {
			int i = events[k].data.u32;
			size_t chunk = left[i] < SEND_CHUNK ? left[i] : SEND_CHUNK;
			ssize_t sent = send(fd[i], send_buffer, chunk, MSG_NOSIGNAL);

			if (sent < 0 && errno != EAGAIN)
				return -1;
			left[i] -= sent > 0 ? sent : 0;
			if (!left[i]) {
				epoll_ctl(ep, EPOLL_CTL_DEL, fd[i], NULL);
				open--;
			}
		}
	}
	close(ep);
	return ep < 0 ? -1 : 0;
}

/* So many bytes from all together. */
static int receive_flows(const int *fd, int n, int ep, u64 bytes)
{
	struct epoll_event events[EVENTS];

	while (bytes) {
		int got = n == 1 ? 1 : epoll_wait(ep, events, EVENTS, -1);

		for (int k = 0; k < got; k++) {
			ssize_t len = recv(fd[n == 1 ? 0 : events[k].data.u32], send_buffer, SEND_CHUNK, 0);

			if (!len || (len < 0 && errno != EAGAIN))
				return -1;
			bytes -= len > 0 ? len : 0;
		}
	}
	return 0;
}

/* The sender's part: once to open the windows, which does not count, and once more when told so. */
static int bulk_sender(const struct load_row *row, const int *fd, int go, u64 each)
{
	char c;

	if (send_flows(fd, row->number, row->how, each / 4 + 1) || read(go, &c, 1) != 1)
		return 1;
	return !!send_flows(fd, row->number, row->how, each);
}

int transfer_bulk(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	u64 each = row->amount / row->number, ns, busy;
	int near[FLOWS_MAX], far[FLOWS_MAX], go[2], ep = -1, child;
	struct load_clock clock;
	struct tcp_info info;

	if (row->number > FLOWS_MAX || load_connect(net, stack, row->loopback, row->number, near, far) ||
	    pipe2(go, O_CLOEXEC))
		return load_fail("flows");
	if (row->number > 1)
		ep = epoll_all(far, row->number, EPOLLIN);
	child = fork();
	if (!child)
		_exit(bulk_sender(row, near, go[0], each));
	if (receive_flows(far, row->number, ep, (each / 4 + 1) * row->number))
		return load_fail("warming up");
	load_begin(&clock);
	if (write(go[1], "x", 1) != 1 || receive_flows(far, row->number, ep, each * row->number))
		return load_fail("receive");
	ns = load_end(&clock, &busy);
	if (load_wait(child))
		return load_fail("sender");
	load_units(each * row->number / 1048576.0);
	load_print("mbps", each * row->number * 1e3 / ns);
	load_print("ns_per_kib", busy / (each * row->number / 1024.0));
	/* with the warming up; those of the first flow */
	if (!xnet_info(near[0], &info))
		load_print("acks_per_mib", info.tcpi_segs_in / (each * 1.25 / (1 << 20)));
	load_close(near, row->number);
	load_close(far, row->number);
	close(go[0]);
	close(go[1]);
	if (ep >= 0)
		close(ep);
	return 0;
}

/* --- request and response */

/* Answers each byte until the other end closes; the exit status of a process. */
static int rr_server(const int *fd, int n)
{
	struct epoll_event events[EVENTS];
	int ep = n > 1 ? epoll_all(fd, n, EPOLLIN) : -1;
	char c;

	for (;;) {
		int got = n == 1 ? 1 : epoll_wait(ep, events, EVENTS, -1);

		for (int k = 0; k < got; k++) {
			int at = fd[n == 1 ? 0 : events[k].data.u32];

			if (recv(at, &c, 1, 0) != 1)
				return 0;
			if (send(at, &c, 1, MSG_NOSIGNAL) != 1)
				return 1;
		}
	}
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* COUNT transactions, one under way on each connection; how long each took in took[]. */
static int rr_client(const int *fd, int n, int ep, u64 count, u64 *took)
{
	static u64 since[FLOWS_MAX];
	struct epoll_event events[EVENTS];
	u64 begun = 0, done = 0;
	char c = 'x';

	for (int i = 0; i < n; i++, begun++) {
		since[i] = load_now_ns();
		if (send(fd[i], &c, 1, MSG_NOSIGNAL) != 1)
			return -1;
	}
	while (done < begun) {
		int got = n == 1 ? 1 : epoll_wait(ep, events, EVENTS, -1);

		for (int k = 0; k < got; k++) {
			int i = n == 1 ? 0 : events[k].data.u32;
			u64 now;

			if (recv(fd[i], &c, 1, 0) != 1)
				return -1;
			now = load_now_ns();
			took[done++] = now - since[i];
			if (begun >= count)
				continue;
			since[i] = now;
			begun++;
			if (send(fd[i], &c, 1, MSG_NOSIGNAL) != 1)
				return -1;
		}
	}
	return 0;
}

int transfer_rr(const struct load_row *row, struct xnet *net, enum xnet_stack stack)
{
	int near[FLOWS_MAX], far[FLOWS_MAX], n = row->number, ep = -1, child;
	u64 *took = calloc(row->amount + FLOWS_MAX, sizeof(u64)), ns, busy;
	struct load_clock clock;
	struct tcp_info info;

	if (!took || n > FLOWS_MAX || load_connect(net, stack, row->loopback, n, near, far))
		return load_fail("connections");
	for (int i = 0; i < n; i++) {
		xnet_set_int(near[i], IPPROTO_TCP, TCP_NODELAY, 1);
		xnet_set_int(far[i], IPPROTO_TCP, TCP_NODELAY, 1);
	}
	child = fork();
	if (!child) {
		/* nothing of the other end may stay open here, or its end is never seen */
		for (int i = 0; i < n; i++)
			close(near[i]);
		_exit(rr_server(far, n));
	}
	if (n > 1)
		ep = epoll_all(near, n, EPOLLIN);
	if (rr_client(near, n, ep, row->amount / 10 + n, took))
		return load_fail("warming up");
	load_begin(&clock);
	if (rr_client(near, n, ep, row->amount, took))
		return load_fail("transactions");
	ns = load_end(&clock, &busy);
	load_units(row->amount);
	qsort(took, row->amount, sizeof(u64), by_value);
	load_print("per_second", row->amount * 1e9 / ns);
	load_print("p99_us", took[row->amount * 99 / 100] / 1e3);
	load_print("ns_each", (double)busy / row->amount);
	if (n == 1 && !xnet_info(near[0], &info))
		load_print("segments", (double)(info.tcpi_segs_in + info.tcpi_segs_out) / (row->amount * 1.1 + 1));
	load_close(near, n);
	if (load_wait(child))
		return load_fail("server");
	load_close(far, n);
	if (ep >= 0)
		close(ep);
	free(took);
	return 0;
}
