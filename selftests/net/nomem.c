// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is not there. For each call the first, second, ... allocation within it fails, until the call needs no
 * more: it says so (ENOMEM, ENOBUFS ...) or does without, works the next time, and leaks nothing (the bed looks).
 * Then the same for everything that a connection's life allocates on both sides, softirqs included: the bytes arrive
 * all the same, or there is a clean error. For loading, and for a namespace, net/module.sh does it.
 *
 * Copies from and to the program fail too (fail_usercopy), as of a page that is not there: EFAULT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "fault.h"
#include "genl.h"
#include "kselftest_harness.h"
#include "rnd.h"
#include "stream.h"
#include "xnet.h"

#define MOST	2000	/* allocations in one call */
#define PLENTY	1000000000	/* bytes; no life needs so many */

FIXTURE(nomem) { struct xnet net; int ns; };
FIXTURE_VARIANT(nomem) { int family; };
FIXTURE_VARIANT_ADD(nomem, ipv4) { .family = AF_INET };
FIXTURE_VARIANT_ADD(nomem, ipv6) { .family = AF_INET6 };

FIXTURE_SETUP(nomem)
{
	XNET_FILTER();
	if (!fault_open())
		XNET_SKIP(return, "the kernel has no fault injection");
	self->ns = xnet_ns_new();
	ASSERT_LE(0, self->ns);
	self->net = (struct xnet) { .family = variant->family, .ns = { self->ns, self->ns } };
}

FIXTURE_TEARDOWN(nomem)
{
	close(self->ns);
}

/* What a call works on. */
struct place {
	const struct xnet *net;
	int family;
	int listener;
	int fd[2];		/* a connection; fd[0] is the client */
	int fresh;
	struct genl *g;
};

static char data[1 << 17];

static int place_open(struct place *p)
{
	const struct xnet here = { .family = p->family, .ns = { -1, -1 } };
	struct xnet_addr addr = xnet_loopback(p->family, XNET_PORT);

	xnet_ns_enter(p->net->ns[0]);
	p->listener = xnet_listen(&here, XNET_NEAR, XNET_PORT);
	p->fd[0] = xnet_socket(-1, XNET_XTCP, p->family);
	p->fresh = xnet_socket(-1, XNET_XTCP, p->family);
	if (p->listener < 0 || p->fd[0] < 0 || p->fresh < 0 || xnet_connect(p->fd[0], &addr))
		return -1;
	p->fd[1] = xnet_accept(p->listener);
	return p->fd[1] < 0 ? -1 : 0;
}

static void place_close(struct place *p)
{
	xnet_linger(p->fd[0], 1, 0);
	close(p->fd[0]);
	xnet_linger(p->fd[1], 1, 0);
	close(p->fd[1]);
	close(p->listener);
	if (p->fresh >= 0)
		close(p->fresh);
}

/* --- calls: 0 or more is success */

static long do_socket(struct place *p)
{
	int fd = xnet_socket(-1, XNET_XTCP, p->family);

	return fd < 0 ? -1 : close(fd);
}

static long do_socket_door(struct place *p)
{
	int fd = socket(p->family, SOCK_STREAM, IPPROTO_XTCP);

	return fd < 0 ? -1 : close(fd);
}

static long do_bind(struct place *p)
{
	struct xnet_addr addr = xnet_any(p->family, 0);

	return xnet_bind(p->fresh, &addr);
}

static long do_listen(struct place *p)
{
	return listen(p->fresh, 10);
}

static long do_connect(struct place *p)
{
	struct xnet_addr addr = xnet_loopback(p->family, XNET_PORT);

	return xnet_connect(p->fresh, &addr);
}

static long do_connect_accept(struct place *p)
{
	struct xnet_addr addr = xnet_loopback(p->family, XNET_PORT);
	int fd;

	if (xnet_connect(p->fresh, &addr))
		return -1;
	fd = accept4(p->listener, NULL, NULL, SOCK_NONBLOCK);
	return fd < 0 ? -1 : close(fd);
}

static long do_fastopen(struct place *p)
{
	struct xnet_addr addr = xnet_loopback(p->family, XNET_PORT);

	return sendto(p->fresh, data, 1000, MSG_FASTOPEN, &addr.sa, addr.len);
}

static long do_refused(struct place *p)
{
	struct xnet_addr addr = xnet_loopback(p->family, XNET_PORT + 1);

	return xnet_connect(p->fresh, &addr) && errno != ECONNREFUSED ? -1 : 0;
}

static long do_send(struct place *p)
{
	return send(p->fd[0], data, sizeof(data), MSG_DONTWAIT);
}

static long do_send_zerocopy(struct place *p)
{
	xnet_set_int(p->fd[0], SOL_SOCKET, SO_ZEROCOPY, 1);
	return send(p->fd[0], data, sizeof(data), MSG_DONTWAIT | MSG_ZEROCOPY);
}

static long do_send_urgent(struct place *p)
{
	return send(p->fd[0], data, 1, MSG_OOB);
}

static long do_sendfile(struct place *p)
{
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	long n = file < 0 ? -1 : sendfile(p->fd[0], file, NULL, 60000);

	if (file >= 0)
		close(file);
	return n;
}

static long do_receive(struct place *p)
{
	if (send(p->fd[1], data, 50000, MSG_DONTWAIT) < 0)
		return -1;
	return recv(p->fd[0], data, sizeof(data), MSG_DONTWAIT);
}

static long do_splice(struct place *p)
{
	int pipes[2];
	long n;

	if (send(p->fd[1], data, 30000, MSG_DONTWAIT) < 0 || pipe(pipes))
		return -1;
	n = splice(p->fd[0], NULL, pipes[1], NULL, 30000, SPLICE_F_NONBLOCK);
	if (n > 0)
		n = splice(pipes[0], NULL, p->fd[0], NULL, n, SPLICE_F_NONBLOCK);
	close(pipes[0]);
	close(pipes[1]);
	return n;
}

static long do_shutdown(struct place *p)
{
	return shutdown(p->fd[0], SHUT_WR);
}

static long do_close(struct place *p)
{
	int fd = dup(p->fd[0]);

	send(p->fd[0], data, 5000, MSG_DONTWAIT);
	close(p->fd[0]);
	p->fd[0] = fd;
	if (fd >= 0)
		close(fd);
	p->fd[0] = xnet_socket(-1, XNET_XTCP, p->family);
	return 0;
}

static long do_disconnect(struct place *p)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(p->fd[0], &none, sizeof(none));
}

static long do_congestion(struct place *p)
{
	static const char *const names[] = { "reno", "cubic", "xtcp" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (setsockopt(p->fd[0], IPPROTO_TCP, TCP_CONGESTION, names[i], strlen(names[i])))
			return -1;
	return 0;
}

/* Not those that load a program: vmalloc() tells of each failure on the log. */
static long do_options(struct place *p)
{
	u8 key[16] = {};

	if (xnet_set_int(p->fresh, SOL_SOCKET, SO_REUSEPORT, 1) ||
	    xnet_set_int(p->fresh, IPPROTO_TCP, TCP_SAVE_SYN, 1) ||
	    setsockopt(p->fresh, IPPROTO_TCP, TCP_FASTOPEN_KEY, key, sizeof(key)) || listen(p->fresh, 3))
		return -1;
	return 0;
}

static long do_look(struct place *p)
{
	char text[400];
	socklen_t len = sizeof(text);
	int fd = open("/proc/thread-self/net/xtcp/snmp", O_RDONLY | O_CLOEXEC);
	long n;

	if (getsockopt(p->fd[0], IPPROTO_TCP, TCP_INFO, text, &len) || fd < 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	n = read(fd, text, sizeof(text));
	close(fd);
	return n;
}

static long do_sysctl(struct place *p)
{
	(void)p;
	for (int i = 0; i < 2; i++) {
		int fd = open("/proc/sys/net/xtcp/congestion_control", O_WRONLY | O_CLOEXEC);
		long n = fd < 0 ? -1 : write(fd, i ? "\n" : "reno", i ? 1 : 4);

		if (fd >= 0)
			close(fd);
		if (n < 0)
			return -1;
	}
	return 0;
}

static void fill_policy(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *nest;

	(void)arg;
	mnl_attr_put_u16(nlh, XTCP_A_POLICY_REMOTE_PORT, 99);
	nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_PARAM);
	mnl_attr_put_u32(nlh, XTCP_A_PARAM_INIT_CWND, 20);
	mnl_attr_nest_end(nlh, nest);
}

static long do_policy(struct place *p)
{
	u32 id;

	if (genl_policy_add(p->g, fill_policy, NULL, &id) < 0)
		return -1;
	return genl_policy_flush(p->g);
}

static long do_dump(struct place *p)
{
	return genl_count(p->g, NULL, NULL);
}

static long do_zerocopy_receive(struct place *p)
{
	struct { u64 address; u32 length, skip, inq; s32 err; u64 more[4]; } z = { .length = 8 * 4096 };
	socklen_t len = sizeof(z);
	void *area;
	long ret;

	if (send(p->fd[1], data, 40000, MSG_DONTWAIT) < 0)
		return -1;
	area = mmap(NULL, 8 * 4096, PROT_READ, MAP_SHARED, p->fd[0], 0);
	if (area == MAP_FAILED)
		return -1;
	z.address = (unsigned long)area;
	ret = getsockopt(p->fd[0], IPPROTO_TCP, 35 /* TCP_ZEROCOPY_RECEIVE */, &z, &len);
	/* that may be what fails, and a mapping keeps the socket */
	while (munmap(area, 8 * 4096))
		;
	return ret;
}

static const struct {
	const char *name;
	long (*call)(struct place *p);
	bool netlink;
} calls[] = {
	{ .name = "socket", .call = do_socket },
	{ .name = "socket by IPPROTO_XTCP", .call = do_socket_door },
	{ .name = "bind", .call = do_bind },
	{ .name = "listen", .call = do_listen },
	{ .name = "connect", .call = do_connect },
	{ .name = "connect and accept", .call = do_connect_accept },
	{ .name = "connect, refused", .call = do_refused },
	{ .name = "Fast Open", .call = do_fastopen },
	{ .name = "send", .call = do_send },
	{ .name = "send with MSG_ZEROCOPY", .call = do_send_zerocopy },
	{ .name = "send with MSG_OOB", .call = do_send_urgent },
	{ .name = "sendfile", .call = do_sendfile },
	{ .name = "recv", .call = do_receive },
	{ .name = "splice", .call = do_splice },
	{ .name = "TCP_ZEROCOPY_RECEIVE", .call = do_zerocopy_receive },
	{ .name = "shutdown", .call = do_shutdown },
	{ .name = "close", .call = do_close },
	{ .name = "disconnect", .call = do_disconnect },
	{ .name = "TCP_CONGESTION", .call = do_congestion },
	{ .name = "options of a listener", .call = do_options },
	{ .name = "TCP_INFO and /proc", .call = do_look },
	{ .name = "a sysctl", .call = do_sysctl },
	{ .name = "a policy", .call = do_policy, .netlink = true },
	{ .name = "a dump", .call = do_dump, .netlink = true },
};

static bool excused(int error)
{
	switch (error) {
	case ENOMEM:
	case ENOBUFS:
	case ENFILE:	/* of socket() and accept4(), as with every family */
	case EFAULT:
	case EAGAIN:	/* the child, the data or the pipe is not there */
	case ENOSPC:
		return true;
	case EADDRINUSE:
	case EADDRNOTAVAIL:	/* the bind table has no memory for one more port, on any of those it tried */
		return true;
	case EMSGSIZE:		/* of netlink: the answer found no room */
	case ENOENT:		/* /proc has no memory for a name */
	case EINPROGRESS:
	case ETIMEDOUT:
		return true;
	}
	return false;
}

/* Orphans go too, after their time. */
static bool all_gone(int ns)
{
	for (int i = 0; i < 300 && xnet_sockstat(ns, XNET_XTCP, "sockets"); i++)
		xnet_sleep_ms(1000);
	return !xnet_sockstat(ns, XNET_XTCP, "sockets");
}

TEST_F_TIMEOUT(nomem, every_call, 3000)
{
	struct place p = { .net = &self->net, .family = variant->family };
	const struct timeval limit = { .tv_sec = 5 };
	long injected = 0, failed = 0;
	struct genl g;

	ASSERT_EQ(0, xnet_sysctl(self->ns, "net/ipv4/tcp_fastopen", "1027"));
	p.g = &g;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		int n = 0, errors = 0;
		bool hit = true;

		for (n = 1; hit && n < MOST; n++) {
			long ret;
			int error;

			ASSERT_EQ(0, place_open(&p))
				TH_LOG("%s: after allocation %d had failed", calls[i].name, n - 1);
			/* a dial that nobody answers must not wait for long */
			setsockopt(p.fresh, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
			/* a new one each time: an answer that was lost leaves the old one out of step */
			if (calls[i].netlink)
				ASSERT_EQ(0, genl_open(&g, self->ns));
			xnet_ns_enter(self->ns);
			fault_arm(n);
			ret = calls[i].call(&p);
			error = errno;
			hit = fault_disarm();
			xnet_ns_leave();
			if (calls[i].netlink) {
				genl_close(&g);
				ASSERT_EQ(0, genl_open(&g, self->ns));
				EXPECT_EQ(0, genl_policy_flush(&g));
				genl_close(&g);
			}
			errors += ret < 0;
			EXPECT_TRUE(ret >= 0 || excused(error))
				TH_LOG("%s: allocation %d: %s", calls[i].name, n, strerror(error));
			EXPECT_TRUE(ret >= 0 || hit)
				TH_LOG("%s: without a fault: %s", calls[i].name, strerror(error));
			place_close(&p);
		}
		EXPECT_GT(MOST, n);
		injected += n - 2;
		failed += errors;
		xnet_log("%-26s %4d allocations failed, %4d calls with them", calls[i].name, n - 2, errors);
		EXPECT_TRUE(all_gone(self->ns))
			TH_LOG("%s: a socket stays", calls[i].name);
	}
	xnet_log("%ld faults, %ld calls failed", injected, failed);
}

/* A connection's whole life; an allocation fails anywhere in it. 1: an error that tells so; -1: wrong */
static int life(const struct xnet *net)
{
	struct xnet_addr addr = xnet_loopback(net->family, XNET_PORT);
	int listener = xnet_listen(net, XNET_NEAR, XNET_PORT), fd[2] = { -1, -1 }, ret = 1;

	if (listener < 0)
		return 1;
	fd[0] = xnet_socket(net->ns[0], XNET_XTCP, net->family);
	if (fd[0] < 0 || xnet_connect(fd[0], &addr))
		goto out;
	fd[1] = xnet_accept(listener);
	if (fd[1] >= 0) {
		struct stream streams[] = {
			{ .tx = fd[0], .rx = fd[1], .bytes = 40000, .seed = 1, .end = true },
			{ .tx = fd[1], .rx = fd[0], .bytes = 20000, .seed = 2, .end = true },
		};

		/* an end that has no memory for its FIN aborts, and resets the other one; nobody is left waiting */
		ret = 0;
		if (stream_run(streams, 2, 100000) &&
		    (errno == ETIMEDOUT || (!excused(errno) && errno != ECONNRESET)))
			ret = -1;
	}
out:
	if (ret > 0 && !excused(errno))
		ret = -1;
	if (ret < 0)
		xnet_log("%s", strerror(errno));
	close(listener);
	if (fd[0] >= 0)
		close(fd[0]);
	if (fd[1] >= 0)
		close(fd[1]);
	return ret;
}

TEST_F_TIMEOUT(nomem, every_allocation_of_a_life, 3000)
{
	int most = rnd_environment("XTCP_FAULTS", 100), failed = 0, hits = 0, bytes;
	const struct xnet here = { .family = variant->family, .ns = { -1, -1 } };
	struct rnd r = rnd_seed(rnd_environment("XTCP_SEED", 1), variant->family);

	/* setns() may not be what fails */
	xnet_ns_enter(self->ns);

	/* the first life makes what all share, the second is measured */
	ASSERT_EQ(0, life(&here));
	fault_slab(PLENTY);
	ASSERT_EQ(0, life(&here));
	bytes = fault_slab_bytes(PLENTY);
	for (int i = 0; i < most; i++) {
		int at = (u64)bytes * i / most + rnd_below(&r, bytes / most + 1), ret;

		fault_slab(at);
		ret = life(&here);
		hits += fault_slab_off();
		ASSERT_LE(0, ret)
			TH_LOG("after %d of %d bytes", at, bytes);
		failed += ret;
	}
	xnet_log("each life has %d bytes of objects", bytes);
	xnet_log("%d lives, in %d of them an allocation failed, %d ended with an error", most, hits, failed);
	EXPECT_LT(most / 2, hits);
	ASSERT_EQ(0, life(&here));
	xnet_ns_leave();
	EXPECT_TRUE(all_gone(self->ns));
}

XNET_MAIN
