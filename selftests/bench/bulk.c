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
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "xnet.h"

#define CHUNK	(128 * 1024)

static char buffer[CHUNK] __attribute__((aligned(4096)));
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

/* Notices of MSG_ZEROCOPY, so that they do not fill the error queue. */
static void drain_notices(int fd)
{
	struct msghdr msg = { 0 };

	while (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		msg.msg_flags = 0;
}

/* The file's pages through a pipe into the socket: as many as the pipe took. */
static ssize_t splice_file(int fd, int file, off_t *at, size_t len, int pipe[2])
{
	ssize_t n = splice(file, at, pipe[1], NULL, len, SPLICE_F_MOVE), left = n;

	while (left > 0) {
		ssize_t out = splice(pipe[0], NULL, fd, NULL, left, SPLICE_F_MOVE | SPLICE_F_MORE);

		if (out <= 0)
			return -1;
		left -= out;
	}
	return n;
}

static void send_all(int fd, u64 bytes)
{
	int file = memfd_create("bulk", 0), zerocopy = !strcmp(how, "zerocopy") ? MSG_ZEROCOPY : 0, pipe[2];
	bool by_sendfile = !strcmp(how, "sendfile"), by_splice = !strcmp(how, "splice");

	if (zerocopy)
		xnet_set_int(fd, SOL_SOCKET, SO_ZEROCOPY, 1);
	if ((by_sendfile || by_splice) && write(file, buffer, CHUNK) != CHUNK)
		_exit(fail("file"));
	if (by_splice && pipe2(pipe, O_CLOEXEC))
		_exit(fail("pipe"));
	while (bytes) {
		size_t chunk = bytes < CHUNK ? bytes : CHUNK;
		off_t at = 0;
		ssize_t n;

		n = by_sendfile ? sendfile(fd, file, &at, chunk) :
		    by_splice ? splice_file(fd, file, &at, chunk, pipe) :
		    send(fd, buffer, chunk, MSG_NOSIGNAL | zerocopy);
		if (zerocopy)
			drain_notices(fd);
		if (n < 0 && errno == ENOBUFS)
			continue;
		if (n <= 0)
			_exit(fail("send"));
		bytes -= n;
	}
	_exit(0);
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
		send_all(tx, bytes);
	while (got < bytes) {
		ssize_t n = recv(rx, buffer, CHUNK, 0);

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
