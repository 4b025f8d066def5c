// SPDX-License-Identifier: GPL-2.0
/*
 * Captures of what the hosts of a test send and receive, for selftests/expert. XTCP_CAPTURE in the environment names the
 * socket of expert/capture.py; it gets a packet socket of each namespace that runs the stack under test, and writes what
 * that sees until the process ends. Nothing here waits for it.
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

/* Which packet socket is whose; a slot is free when its socket is 0. */
static struct {
	int ns;
	int socket;
} capture_hosts[CAPTURE_HOSTS];

static char capture_case[128];

/* Of each packet so many bytes are kept, none of it with 0. */
static int capture_keep(int fd, unsigned int bytes)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, bytes);
	struct sock_fprog program = { .len = 1, .filter = &code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

/* A packet socket on all devices of the namespace; -1. */
static int capture_open(int ns)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd, bytes = CAPTURE_BUFFER, on = 1;

	xnet_ns_enter(ns);
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	xnet_ns_leave();
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) || capture_keep(fd, CAPTURE_HEADERS) ||
	    bind(fd, (struct sockaddr *)&all, sizeof(all))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The connection to the collector, one a process: its end is the end of the process's captures. */
static int capture_collector(const char *path)
{
	static int fd = -1, owner;
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (fd >= 0 && owner == getpid())
		return fd;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		close(fd);
		fd = -1;
	}
	owner = getpid();
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

/* From now on what namespace NS sends and receives is captured, if that is wanted. A failure ends the test. */
void capture_begin(int ns)
{
	const char *path = getenv("XTCP_CAPTURE");
	int fd, to, i = 0;

	if (!path || !*path || ns < 0)
		return;
	to = capture_collector(path);
	fd = capture_open(ns);
	if (to < 0 || fd < 0 || capture_hand_over(to, fd)) {
		xnet_log("capture: %s", strerror(errno));
		abort();
	}
	while (i < CAPTURE_HOSTS && capture_hosts[i].socket)
		i++;
	if (i == CAPTURE_HOSTS) {
		close(fd);
		return;
	}
	capture_hosts[i].ns = ns;
	capture_hosts[i].socket = fd;
}

/* What comes now is not the stack's doing (netem spoils it, or the namespace is closed). */
void capture_end(int ns)
{
	for (int i = 0; i < CAPTURE_HOSTS; i++) {
		if (!capture_hosts[i].socket || capture_hosts[i].ns != ns)
			continue;
		capture_keep(capture_hosts[i].socket, 0);
		close(capture_hosts[i].socket);
		capture_hosts[i].socket = 0;
	}
}
