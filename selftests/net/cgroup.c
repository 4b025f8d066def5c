// SPDX-License-Identifier: GPL-2.0
/*
 * Whom a socket is charged to: what it holds is its memory cgroup's, as much as the kernel's TCP is charged, and is
 * given back. Each case does the same with both stacks and compares. cgroups(7),
 * Documentation/admin-guide/cgroup-v2.rst. Beside this: api (programs of cgroups, accept()), policy (settings by
 * cgroup). Limits are no part of it: where a group has no process left to kill, memory.max makes the kernel report that
 * for each buffer that either stack asks for, and what comes by a softirq is charged whatever the limit.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "stream.h"
#include "xnet.h"

#define BUFFER		(1024 * 1024)	/* of the socket; the kernel doubles it */
#define FAR_BUFFER	(64 * 1024)	/* of its peer, which is not counted */
/* How long nothing has moved when nothing will, ms. */
#define QUIET_MS	1000

FIXTURE(group) {
	struct xnet net;
	char root[64];
	char path[96];
};

XNET_STOCK_VARIANTS(group);

static int put(const char *directory, const char *file, const char *text)
{
	char path[160];
	int fd, err;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;
	if (err)
		xnet_log("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return err;
}

FIXTURE_SETUP(group)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	strcpy(self->root, "/tmp/xtcp-cgroup-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	ASSERT_EQ(0, mount("none", self->root, "cgroup2", 0, NULL));
	ASSERT_EQ(0, put(self->root, "cgroup.subtree_control", "+memory"));
	snprintf(self->path, sizeof(self->path), "%s/xtcp-%d", self->root, getpid());
	ASSERT_EQ(0, mkdir(self->path, 0755));
}

FIXTURE_TEARDOWN(group)
{
	put(self->root, "cgroup.procs", "0");
	if (rmdir(self->path))
		xnet_log("%s: %s", self->path, strerror(errno));
	umount2(self->root, MNT_DETACH);
	rmdir(self->root);
	xnet_close(&self->net);
}

/* Bytes of sockets that the group pays for. */
static long charged(const char *group)
{
	char path[160], word[64];
	long value, found = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/memory.stat", group);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fscanf(file, "%63s %ld", word, &value) == 2) {
		if (!strcmp(word, "sock"))
			found = value;
	}
	fclose(file);
	return found;
}

/* The kernel's sums follow after a while. */
static bool await_charged(const char *group, long least, long most)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	long now;

	while ((now = charged(group)) < least || now > most) {
		if (xnet_now_ms() > deadline) {
			xnet_log("charged %ld, not %ld to %ld", now, least, most);
			return false;
		}
		xnet_sleep_ms(50);
	}
	return true;
}

/*
 * A connection from the near host, of STACK, opened within the group, or accepted there; the process is elsewhere again
 * afterwards, so that the group pays for the socket alone. The far end is the kernel's.
 */
static bool connection(struct xnet *net, const char *root, const char *group, enum xnet_stack stack, bool accepted,
		       int fd[2])
{
	enum xnet_side server = accepted ? XNET_NEAR : XNET_FAR;
	struct xnet_addr to = xnet_address(net->family, server, XNET_PORT);
	int stacks[2] = { stack, XNET_TCP }, listener;

	listener = xnet_socket(net->ns[server], stacks[server], net->family);
	xnet_set_int(listener, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!accepted)
		xnet_set_int(listener, SOL_SOCKET, SO_RCVBUF, FAR_BUFFER);
	if (listener < 0 || xnet_bind(listener, &to) || listen(listener, 1))
		return false;
	if (!accepted && put(group, "cgroup.procs", "0"))
		return false;
	fd[!server] = xnet_socket(net->ns[!server], stacks[!server], net->family);
	if (!accepted && put(root, "cgroup.procs", "0"))
		return false;
	if (accepted)
		xnet_set_int(fd[!server], SOL_SOCKET, SO_SNDBUF, FAR_BUFFER);
	if (fd[!server] < 0 || xnet_connect(fd[!server], &to))
		return false;
	if (accepted && put(group, "cgroup.procs", "0"))
		return false;
	fd[server] = xnet_accept(listener);
	if (accepted && put(root, "cgroup.procs", "0"))
		return false;
	close(listener);
	xnet_set_int(fd[XNET_NEAR], SOL_SOCKET, SO_SNDBUFFORCE, BUFFER);
	xnet_set_int(fd[XNET_NEAR], SOL_SOCKET, SO_RCVBUFFORCE, BUFFER);
	return fd[server] >= 0 && !xnet_nonblock(fd[0], true) && !xnet_nonblock(fd[1], true);
}

static const u64 SEED = 7;

/* Writes until nothing has moved for a while; how many bytes. */
static long fill(int fd)
{
	static char data[1 << 16];
	long sent = 0;

	while (sent < 4l * BUFFER) {
		struct pollfd p = { .fd = fd, .events = POLLOUT };
		ssize_t n;

		stream_fill(SEED, sent, data, sizeof(data));
		n = send(fd, data, sizeof(data), MSG_NOSIGNAL);
		if (n > 0)
			sent += n;
		else if (n == 0 || errno != EAGAIN || poll(&p, 1, QUIET_MS) <= 0)
			break;
	}
	return sent;
}

/* Reads as many; whether all of them came, and were those that were sent. */
static bool drain(int fd, long bytes)
{
	static char data[1 << 16];
	long got = 0;

	while (got < bytes) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n = recv(fd, data, sizeof(data), 0);

		if (n > 0 && !stream_check(SEED, got, data, n))
			return false;
		if (n > 0)
			got += n;
		else if (n == 0 || errno != EAGAIN || poll(&p, 1, 6 * XNET_PATIENCE_MS) <= 0)
			break;
	}
	if (got != bytes)
		xnet_log("%ld of %ld bytes came", got, bytes);
	return got == bytes;
}

/* What one connection holds when nobody reads: bytes that the writer got rid of, and that the group was charged. */
struct held {
	long bytes;
	long charged;
};

static bool hold(struct xnet *net, const char *root, const char *group, enum xnet_stack stack, bool accepted,
		 struct held *h)
{
	int fd[2] = { -1, -1 }, tx = accepted ? XNET_FAR : XNET_NEAR;
	bool ok;

	memset(h, 0, sizeof(*h));
	if (!connection(net, root, group, stack, accepted, fd))
		return false;
	h->bytes = fill(fd[tx]);
	/* memory.stat is brought up to date every two seconds */
	xnet_sleep_ms(2500);
	h->charged = charged(group);
	ok = drain(fd[!tx], h->bytes);
	xnet_linger(fd[XNET_NEAR], 1, 0);
	close(fd[XNET_NEAR]);
	close(fd[XNET_FAR]);
	return await_charged(group, 0, 0) && ok;
}

/* XTCP's socket and the kernel's: all that waits is paid for, and about as much by either. */
static void compare(struct __test_metadata *_metadata, struct xnet *net, const char *root, const char *path,
		    bool accepted)
{
	struct held xtcp, tcp;

	ASSERT_TRUE(hold(net, root, path, XNET_XTCP, accepted, &xtcp));
	ASSERT_TRUE(hold(net, root, path, XNET_TCP, accepted, &tcp));
	xnet_log("%s: XTCP %ld bytes, %ld charged; TCP %ld, %ld", accepted ? "receiver" : "sender", xtcp.bytes,
		 xtcp.charged, tcp.bytes, tcp.charged);
	EXPECT_GE(xtcp.bytes, BUFFER / 2);
	EXPECT_GE(xtcp.charged, xtcp.bytes - 4 * FAR_BUFFER);
	EXPECT_GE(xtcp.charged, tcp.charged / 2);
	EXPECT_LE(xtcp.charged, tcp.charged * 2);
}

TEST_F_TIMEOUT(group, memory_of_a_sender, 600)
{
	compare(_metadata, &self->net, self->root, self->path, false);
}

TEST_F_TIMEOUT(group, memory_of_a_receiver, 600)
{
	compare(_metadata, &self->net, self->root, self->path, true);
}

XNET_MAIN
