// SPDX-License-Identifier: GPL-2.0
/*
 * For test scripts: makes one socket, says "ready" and the port on stdout, and keeps the socket until stdin ends.
 *
 *   hold STACK listen ADDRESS PORT [echo]   with echo: accepts one connection after another and sends back what comes
 *   hold STACK connect ADDRESS PORT         connects; a line on stdin is sent, what comes back is printed
 *   hold STACK bind ADDRESS PORT            binds only
 *   hold STACK socket ADDRESS 0             makes the socket only
 *
 * STACK is tcp, xtcp (the stack under test: see xnet.h) or a family number.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xnet.h"

static int fail(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	return 2;
}

static int hold_socket(const char *stack, int family)
{
	if (!strcmp(stack, "tcp"))
		return xnet_socket(-1, XNET_TCP, family);
	if (!strcmp(stack, "xtcp"))
		return xnet_socket(-1, XNET_XTCP, family);
	return socket(atoi(stack), SOCK_STREAM | SOCK_CLOEXEC, family == AF_INET6);
}

/* Whether stdin still is open; waits until it is not, or FD has something. */
static bool hold_wait(int fd)
{
	struct pollfd pfd[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
	char data[4096];

	for (;;) {
		if (poll(pfd, 2, -1) < 0)
			return false;
		if (pfd[0].revents && read(STDIN_FILENO, data, sizeof(data)) <= 0)
			return false;
		if (pfd[1].revents)
			return true;
	}
}

static void hold_echo(int fd)
{
	char data[4096];

	while (hold_wait(fd)) {
		ssize_t n = recv(fd, data, sizeof(data), 0);

		if (n <= 0 || xnet_write_all(fd, data, n) < 0)
			break;
	}
	close(fd);
}

/* Until stdin ends; a listener echoes meanwhile. */
static void hold_listener(int fd, bool echo)
{
	while (hold_wait(echo ? fd : -1))
		hold_echo(accept4(fd, NULL, NULL, SOCK_CLOEXEC));
}

/* Each line that stdin brings goes out, and its answer to stdout. */
static int hold_connection(int fd)
{
	char data[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, data, sizeof(data))) > 0) {
		if (xnet_write_all(fd, data, n) < 0)
			return fail("write");
		if (xnet_read_all(fd, data, n) != n)
			return fail("read");
		fwrite(data, 1, n, stdout);
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct xnet_addr addr, name;
	bool listens, connects;
	int fd;

	if (argc < 5) {
		fprintf(stderr, "usage: hold STACK listen|connect|bind|socket ADDRESS PORT [echo]\n");
		return 1;
	}
	addr = xnet_parse(argv[3], atoi(argv[4]));
	listens = !strcmp(argv[2], "listen");
	connects = !strcmp(argv[2], "connect");
	fd = hold_socket(argv[1], addr.sa.sa_family);
	if (fd < 0)
		return fail("socket");
	if (listens)
		xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if ((listens || !strcmp(argv[2], "bind")) && xnet_bind(fd, &addr))
		return fail("bind");
	if (listens && listen(fd, 16))
		return fail("listen");
	if (connects && xnet_connect(fd, &addr))
		return fail("connect");
	name = xnet_name(fd);
	printf("ready %d\n", xnet_port(&name));
	fflush(stdout);
	if (connects)
		return hold_connection(fd);
	hold_listener(fd, argc > 5);
	return 0;
}
