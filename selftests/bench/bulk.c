// SPDX-License-Identifier: GPL-2.0
/*
 * Bulk throughput between two namespaces joined by a veth pair: one flow, sender and receiver of the same stack in two
 * processes. Prints bytes a second of each run, one a line. See run.sh.
 *
 *   bulk STACK MIB RUNS [IPV6 [HOW]]  STACK is tcp or xtcp; IPV6 is 1 for IPv6; HOW is copy, sendfile, splice or
 *                                   zerocopy
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "send.h"
#include "xnet.h"

static const char *how = "copy";

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int fail(const char *what)
{
	fprintf(stderr, "bulk: %s: %s\n", what, strerror(errno));
	return 2;
}

/* From the first byte asked for to the last received: seconds, or a negative number. */
static double run(int tx, int rx, u64 bytes)
{
	double begin = now();
	u64 got = 0;
	int status;
	pid_t child;

	child = fork();
	if (child < 0)
		return -1;
	if (!child)
		_exit(send_bytes(tx, how, bytes) ? fail("send") : 0);
	while (got < bytes) {
		ssize_t n = recv(rx, send_buffer, SEND_CHUNK, 0);

		if (n <= 0)
			return -1;
		got += n;
	}
	begin = now() - begin;
	waitpid(child, &status, 0);
	return status ? -1 : begin;
}

int main(int argc, char **argv)
{
	struct xnet_variant variant = { .family = argc > 4 && atoi(argv[4]) ? AF_INET6 : AF_INET };
	enum xnet_stack stack;
	struct xnet net;
	u64 bytes;
	int runs, fd[2];

	if (argc < 4) {
		fprintf(stderr, "usage: bulk tcp|xtcp MIB RUNS [IPV6 [copy|sendfile|splice|zerocopy]]\n");
		return 1;
	}
	stack = strcmp(argv[1], "tcp") ? XNET_XTCP : XNET_TCP;
	bytes = strtoull(argv[2], NULL, 0) << 20;
	runs = atoi(argv[3]);
	if (argc > 5)
		how = argv[5];
	variant.far = stack;
	xnet_start();
	if (xnet_open(&net, &variant))
		return fail("namespaces");
	net.stack[XNET_NEAR] = stack;
	if (xnet_pair(&net, XNET_NEAR, fd))
		return fail("connection");
	/* One connection for all runs; the first, which opens the windows, does not count. */
	for (int i = -1; i < runs; i++) {
		double seconds = run(fd[XNET_NEAR], fd[XNET_FAR], i < 0 ? bytes / 4 + 1 : bytes);

		if (seconds < 0)
			return fail("transfer");
		if (i >= 0)
			printf("%.0f\n", bytes / seconds);
	}
	return 0;
}
