// SPDX-License-Identifier: GPL-2.0
/*
 * Captures of what the hosts of a test send and receive, for selftests/expert. XTCP_CAPTURE in the environment names
 * the socket of expert/capture.py; it gets a packet socket of each namespace that runs the stack under test, and writes
 * what that sees.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "capture.h"
#include "xnet.h"

#define CAPTURE_HEADERS	256		/* bytes of a packet: the headers and a little text */
#define CAPTURE_BUFFER	(64 << 20)
#define CAPTURE_HOSTS	64

/* The connection to the collector that stands for a namespace's capture; a slot is free when it is 0. */
static struct {
	int ns;
	int connection;
} capture_hosts[CAPTURE_HOSTS];

static char capture_case[128];

/* A packet socket on all devices of the namespace; -1. */
static int capture_open(int ns)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, CAPTURE_HEADERS);
	struct sock_fprog headers = { .len = 1, .filter = &code };
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd, bytes = CAPTURE_BUFFER, on = 1;

	xnet_ns_enter(ns);
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	xnet_ns_leave();
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &headers, sizeof(headers)) ||
	    bind(fd, (struct sockaddr *)&all, sizeof(all))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int capture_connect(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int capture_hand_over(int to, int fd)
{
	char text[256], control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { .iov_base = text };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	iov.iov_len = snprintf(text, sizeof(text), "%s %s", program_invocation_short_name, capture_case);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(to, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* The case that runs, for the comments in the capture. */
void capture_name(const char *fixture, const char *test)
{
	snprintf(capture_case, sizeof(capture_case), "%s.%s", fixture, test);
}

/*
 * From now on what namespace NS sends and receives is captured, if that is wanted, until capture_end() or the end of
 * the process and its children. A failure ends the test.
 */
void capture_begin(int ns)
{
	const char *path = getenv("XTCP_CAPTURE");
	int fd, to, i = 0;

	if (!path || !*path || ns < 0)
		return;
	to = capture_connect(path);
	fd = capture_open(ns);
	if (to < 0 || fd < 0 || capture_hand_over(to, fd)) {
		xnet_log("capture: %s", strerror(errno));
		abort();
	}
	close(fd);
	while (i < CAPTURE_HOSTS - 1 && capture_hosts[i].connection)
		i++;
	capture_hosts[i].ns = ns;
	capture_hosts[i].connection = to;
}

/*
 * What comes now is not to be captured: netem spoils it, or nothing but the sockets holds the namespace any longer.
 * Returns when the collector has let go of it.
 */
void capture_end(int ns)
{
	char byte;

	for (int i = 0; i < CAPTURE_HOSTS; i++) {
		int fd = capture_hosts[i].connection;

		if (!fd || capture_hosts[i].ns != ns)
			continue;
		shutdown(fd, SHUT_WR);
		if (read(fd, &byte, 1))
			xnet_log("capture: %s", strerror(errno));
		close(fd);
		capture_hosts[i].connection = 0;
	}
}
