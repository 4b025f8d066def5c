// SPDX-License-Identifier: GPL-2.0
/*
 * Random system calls on AF_XTCP sockets, by several processes of several threads that share them. What is right is
 * done, what is wrong is refused; nothing hangs for good, nothing stays behind, and nothing shows on the kernel's
 * log, which the bed judges. XTCP_FUZZ_CALLS=N: so many for each address family (6000), XTCP_SEED=N: others,
 * XTCP_FUZZ_WORKERS=N: so many processes (4).
 *
 * The processes share a namespace whose sockets meet each other over its loopback on few ports; some of a process's
 * sockets are in a namespace of its own, which is deleted with it. Each process ends itself or is killed, in the
 * middle of whatever its threads do, after some hundred calls, and another takes its place.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/xtcp.h>

#include "kselftest_harness.h"
#include "rnd.h"
#include "rtnl.h"
#include "xnet.h"

#define SLOTS		16	/* descriptors that a process's threads share */
#define THREADS		3
#define PORTS		6
#define FIRST_PORT	7100
#define LIFE_CALLS	1500	/* of a process, at most */

/* What all processes see. */
struct shared {
	_Atomic u64 calls;
	_Atomic u64 good;
	_Atomic u64 connected;
	_Atomic u64 accepted;
	_Atomic u64 received;
	_Atomic u32 births;
};

struct worker {
	struct shared *shared;
	int family;
	int ns[2];		/* the common one, this process's own */
	_Atomic int fd[SLOTS];
	int carrier[2];		/* passes descriptors */
	int pipe[2];
	int epoll;
	u64 goal;
	int life;
};

static char buffer[1 << 16];

static struct xnet_addr some_address(struct rnd *r, const struct worker *w)
{
	struct xnet_addr addr = xnet_loopback(w->family, FIRST_PORT + rnd_below(r, PORTS));

	switch (rnd_below(r, 24)) {
	case 0:
		addr = xnet_any(w->family, FIRST_PORT + rnd_below(r, PORTS));
		break;
	case 1:
		/* nobody answers */
		addr = xnet_parse(w->family == AF_INET6 ? "2001:db8::77" : "192.0.2.77", FIRST_PORT);
		break;
	case 2:
		addr.len = rnd_below(r, sizeof(addr.ss) + 1);
		break;
	case 3:
		addr.sa.sa_family = rnd_below(r, 20);
		break;
	case 4:
		addr = xnet_parse("::ffff:127.0.0.1", FIRST_PORT + rnd_below(r, PORTS));
		break;
	case 5:
		xnet_set_port(&addr, 0);
		break;
	}
	return addr;
}

/* One that is open, nearly always. */
static int some_fd(struct rnd *r, struct worker *w)
{
	int fd = -1;

	for (int tries = 0; fd < 0 && tries < 6; tries++)
		fd = w->fd[rnd_below(r, SLOTS)];
	return fd;
}

/* Into a random place; what was there is closed. */
static void keep(struct rnd *r, struct worker *w, int fd)
{
	int old;

	if (fd < 0)
		return;
	old = atomic_exchange(&w->fd[rnd_below(r, SLOTS)], fd);
	if (old >= 0)
		close(old);
}

static int some_message_flags(struct rnd *r)
{
	static const int flags[] = { MSG_PEEK, MSG_OOB, MSG_TRUNC, MSG_WAITALL, MSG_MORE, MSG_ERRQUEUE, MSG_ZEROCOPY,
				     MSG_FASTOPEN, MSG_DONTROUTE, MSG_CTRUNC, MSG_EOR, MSG_CMSG_CLOEXEC };
	int out = MSG_NOSIGNAL | (rnd_chance(r, 5, 6) ? MSG_DONTWAIT : 0);

	while (rnd_chance(r, 1, 3))
		out |= flags[rnd_below(r, ARRAY_SIZE(flags))];
	return rnd_chance(r, 1, 100) ? (int)rnd_u32(r) | MSG_DONTWAIT : out;
}

static u32 some_value(struct rnd *r)
{
	static const u32 edges[] = { 0, 1, 2, 3, 4, 5, 7, 88, 100, 536, 1000, 1460, 2048, 4096, 65535, 65536, 1 << 20,
				     0x7fffffff, 0x80000000, -1, -2 };

	return rnd_chance(r, 9, 10) ? edges[rnd_below(r, ARRAY_SIZE(edges))] : rnd_u32(r);
}

static int some_level(struct rnd *r, int *name)
{
	static const int levels[] = { SOL_SOCKET, IPPROTO_TCP, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6 };
	int level = levels[rnd_below(r, ARRAY_SIZE(levels))];

	*name = rnd_below(r, 80);
	if (level == IPPROTO_TCP && rnd_chance(r, 1, 6))
		*name = TCP_XTCP_TIME_WAIT_MS + rnd_below(r, 8);
	return rnd_chance(r, 1, 60) ? (int)some_value(r) : level;
}

/* --- the calls. Each returns what the system call did. */

/* Into a random place too. */
static int new_socket(struct rnd *r, struct worker *w)
{
	int stack = rnd_chance(r, 1, 12) ? XNET_TCP : XNET_XTCP;
	int type = SOCK_STREAM | SOCK_CLOEXEC | (rnd_chance(r, 2, 3) ? SOCK_NONBLOCK : 0);
	struct timeval limit = { .tv_usec = 50000 };
	int fd, own = rnd_chance(r, 1, 6);

	if (setns(w->ns[own], CLONE_NEWNET))
		return -1;
	if (stack == XNET_TCP)
		fd = socket(w->family, type, 0);
	else if (rnd_chance(r, 1, 6))
		fd = socket(w->family, type, IPPROTO_XTCP);
	else
		fd = socket(AF_XTCP, rnd_chance(r, 1, 40) ? (int)rnd_below(r, 8) : type,
			    rnd_chance(r, 1, 20) ? rnd_below(r, 8) : w->family == AF_INET6);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
		xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	}
	keep(r, w, fd);
	return fd;
}

static long call_socket(struct rnd *r, struct worker *w)
{
	return new_socket(r, w);
}

/* Often a new one, whose state fits what is done to it. */
static int fresh_fd(struct rnd *r, struct worker *w)
{
	return rnd_chance(r, 1, 2) ? new_socket(r, w) : some_fd(r, w);
}

static long call_bind(struct rnd *r, struct worker *w)
{
	struct xnet_addr addr = some_address(r, w);

	return bind(some_fd(r, w), &addr.sa, addr.len);
}

static long call_listen(struct rnd *r, struct worker *w)
{
	struct xnet_addr addr = xnet_loopback(w->family, FIRST_PORT + rnd_below(r, PORTS));
	int fd = fresh_fd(r, w);

	if (rnd_chance(r, 3, 4))
		bind(fd, &addr.sa, addr.len);
	return listen(fd, rnd_chance(r, 1, 10) ? some_value(r) : rnd_below(r, 8));
}

static long call_connect(struct rnd *r, struct worker *w)
{
	struct xnet_addr addr = some_address(r, w);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	long ret;

	if (rnd_chance(r, 1, 10))
		return connect(some_fd(r, w), &none, sizeof(none));
	ret = connect(fresh_fd(r, w), &addr.sa, addr.len);
	if (!ret)
		w->shared->connected++;
	return ret;
}

static long call_accept(struct rnd *r, struct worker *w)
{
	struct xnet_addr addr = { .len = rnd_chance(r, 1, 8) ? rnd_below(r, 40) : sizeof(addr.ss) };
	int fd = some_fd(r, w), child;

	if (rnd_chance(r, 4, 5))
		fcntl(fd, F_SETFL, O_NONBLOCK);
	child = accept4(fd, rnd_chance(r, 1, 4) ? NULL : &addr.sa, &addr.len, rnd_chance(r, 1, 2) ? SOCK_NONBLOCK : 0);
	if (child >= 0)
		w->shared->accepted++;
	keep(r, w, child);
	return child;
}

static long call_send(struct rnd *r, struct worker *w)
{
	return send(some_fd(r, w), buffer, rnd_below(r, rnd_chance(r, 1, 2) ? 100 : sizeof(buffer)),
		    some_message_flags(r));
}

static long call_sendmsg(struct rnd *r, struct worker *w)
{
	struct xnet_addr addr = some_address(r, w);
	struct iovec iov[4];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = rnd_below(r, 5) };
	char control[64];

	for (size_t i = 0; i < ARRAY_SIZE(iov); i++)
		iov[i] = (struct iovec) { rnd_chance(r, 1, 40) ? (void *)8 : buffer, rnd_below(r, 20000) };
	if (rnd_chance(r, 1, 3)) {
		msg.msg_name = &addr;
		msg.msg_namelen = addr.len;
	}
	if (rnd_chance(r, 1, 4)) {
		struct cmsghdr *c = (void *)control;

		msg.msg_control = control;
		msg.msg_controllen = rnd_below(r, sizeof(control));
		c->cmsg_len = rnd_chance(r, 1, 2) ? CMSG_LEN(4) : rnd_below(r, 80);
		c->cmsg_level = rnd_chance(r, 1, 2) ? SOL_SOCKET : IPPROTO_IP;
		c->cmsg_type = rnd_below(r, 70);
	}
	return sendmsg(some_fd(r, w), &msg, some_message_flags(r));
}

static long call_recv(struct rnd *r, struct worker *w)
{
	long n = recv(some_fd(r, w), buffer, rnd_below(r, sizeof(buffer)), some_message_flags(r));

	if (n > 0)
		w->shared->received += n;
	return n;
}

static long call_recvmsg(struct rnd *r, struct worker *w)
{
	struct mmsghdr msgs[3];
	struct xnet_addr addr = { 0 };
	char control[3][200];
	struct iovec iov = { buffer, rnd_below(r, sizeof(buffer)) };

	for (size_t i = 0; i < ARRAY_SIZE(msgs); i++)
		msgs[i].msg_hdr = (struct msghdr) {
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control[i], .msg_controllen = rnd_below(r, 200),
			.msg_name = rnd_chance(r, 1, 2) ? &addr : NULL, .msg_namelen = sizeof(addr.ss),
		};
	if (rnd_chance(r, 1, 2))
		return recvmsg(some_fd(r, w), &msgs[0].msg_hdr, some_message_flags(r));
	return recvmmsg(some_fd(r, w), msgs, 3, some_message_flags(r) | MSG_DONTWAIT, NULL);
}

static long call_setsockopt(struct rnd *r, struct worker *w)
{
	static const char *const names[] = { "cubic", "reno", "xtcp", "bbr", "dctcp", "vegas", "nosuch", "" };
	struct sock_filter ret[] = { { BPF_RET | BPF_K, 0, 0, 0xffff } };
	struct sock_fprog prog = { 1, ret };
	u32 value[8];
	int name, level = some_level(r, &name);

	for (size_t i = 0; i < ARRAY_SIZE(value); i++)
		value[i] = some_value(r);
	if (rnd_chance(r, 1, 12)) {
		const char *text = names[rnd_below(r, ARRAY_SIZE(names))];

		return setsockopt(some_fd(r, w), IPPROTO_TCP, 13 /* TCP_CONGESTION */, text, strlen(text));
	}
	if (rnd_chance(r, 1, 20))
		return setsockopt(some_fd(r, w), SOL_SOCKET,
				  rnd_chance(r, 1, 2) ? SO_ATTACH_FILTER : SO_ATTACH_REUSEPORT_CBPF, &prog,
				  sizeof(prog));
	if (rnd_chance(r, 1, 12))
		return xnet_set_int(some_fd(r, w), SOL_SOCKET, SO_REUSEPORT, rnd_below(r, 2));
	if (rnd_chance(r, 1, 12))
		return xnet_linger(some_fd(r, w), 1, 0);
	return setsockopt(some_fd(r, w), level, name, rnd_chance(r, 1, 50) ? (void *)8 : value,
			  rnd_chance(r, 1, 4) ? rnd_below(r, sizeof(value) + 1) : 4);
}

static long call_getsockopt(struct rnd *r, struct worker *w)
{
	int name, level = some_level(r, &name);
	char value[600];
	socklen_t len = rnd_chance(r, 1, 2) ? 4 : rnd_below(r, sizeof(value));

	return getsockopt(some_fd(r, w), level, name, value, &len);
}

static long call_zerocopy_receive(struct rnd *r, struct worker *w)
{
	struct { u64 address; u32 length, skip, inq; s32 err; u64 copy[4]; } z = { .length = rnd_below(r, 8) * 4096 };
	int fd = some_fd(r, w);
	socklen_t len = rnd_chance(r, 1, 4) ? rnd_below(r, sizeof(z)) : sizeof(z);
	void *area = mmap(NULL, 8 * 4096, PROT_READ, MAP_SHARED, fd, 0);
	long ret;

	if (area == MAP_FAILED)
		return -1;
	z.address = (unsigned long)area;
	ret = getsockopt(fd, IPPROTO_TCP, 35 /* TCP_ZEROCOPY_RECEIVE */, &z, &len);
	munmap(area, 8 * 4096);
	return ret;
}

static long call_ioctl(struct rnd *r, struct worker *w)
{
	static const unsigned long requests[] = { FIONREAD, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK, FIONBIO, FIOASYNC,
						  SIOCSPGRP, SIOCGPGRP, 0x8906, 0x8907, 0x8912, 0x89e0 };
	int value[32] = { rnd_below(r, 2) };

	return ioctl(some_fd(r, w), requests[rnd_below(r, ARRAY_SIZE(requests))], value);
}

static long call_poll(struct rnd *r, struct worker *w)
{
	struct epoll_event ev = { .events = rnd_u32(r) & (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET | EPOLLONESHOT) };
	struct pollfd p[4];

	switch (rnd_below(r, 3)) {
	case 0:
		return epoll_ctl(w->epoll, rnd_chance(r, 1, 2) ? EPOLL_CTL_ADD : 1 + rnd_below(r, 3), some_fd(r, w),
				 &ev);
	case 1:
		return epoll_wait(w->epoll, &ev, 1, rnd_below(r, 3));
	}
	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = (struct pollfd) { some_fd(r, w), rnd_u32(r), 0 };
	return poll(p, 4, rnd_below(r, 3));
}

static long call_shutdown(struct rnd *r, struct worker *w)
{
	return shutdown(some_fd(r, w), rnd_below(r, 4));
}

static long call_close(struct rnd *r, struct worker *w)
{
	int fd = atomic_exchange(&w->fd[rnd_below(r, SLOTS)], -1);

	return fd < 0 ? -1 : close(fd);
}

static long call_dup(struct rnd *r, struct worker *w)
{
	int fd = dup(some_fd(r, w));

	keep(r, w, fd);
	return fd;
}

static long call_splice(struct rnd *r, struct worker *w)
{
	off_t at = 0;

	switch (rnd_below(r, 4)) {
	case 0:
		return splice(some_fd(r, w), NULL, w->pipe[1], NULL, 5000, SPLICE_F_NONBLOCK);
	case 1:
		return splice(w->pipe[0], NULL, some_fd(r, w), NULL, 5000,
			      SPLICE_F_NONBLOCK | rnd_below(r, 2) * SPLICE_F_MORE);
	case 2:
		fcntl(w->pipe[1], F_SETFL, O_NONBLOCK);
		return write(w->pipe[1], buffer, 3000);
	}
	return sendfile(some_fd(r, w), STDIN_FILENO, &at, 20000);
}

/* A descriptor leaves through a socket, and another one may be dropped there. */
static long call_pass(struct rnd *r, struct worker *w)
{
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { buffer, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fd;

	if (rnd_chance(r, 1, 2)) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		fd = some_fd(r, w);
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
		return sendmsg(w->carrier[0], &msg, MSG_DONTWAIT);
	}
	if (recvmsg(w->carrier[1], &msg, MSG_DONTWAIT) < 0 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	keep(r, w, fd);
	return 0;
}

static long call_name(struct rnd *r, struct worker *w)
{
	struct xnet_addr addr;
	socklen_t len = rnd_below(r, sizeof(addr.ss));

	if (rnd_chance(r, 1, 2))
		return getsockname(some_fd(r, w), &addr.sa, &len);
	return getpeername(some_fd(r, w), &addr.sa, &len);
}

/* What others look at meanwhile. */
static long call_look(struct rnd *r, struct worker *w)
{
	static const char *const files[] = { "/proc/self/net/tcp", "/proc/self/net/tcp6", "/proc/self/net/xtcp/snmp",
					     "/proc/self/net/xtcp/sockstat" };
	int fd = open(files[rnd_below(r, ARRAY_SIZE(files))], O_RDONLY | O_CLOEXEC);
	char text[2000];
	long n;

	(void)w;
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text));
	close(fd);
	return n;
}

static long call_fork(struct rnd *r, struct worker *w)
{
	pid_t child = fork();

	if (child < 0)
		return -1;
	if (!child) {
		for (int n = rnd_below(r, 10); n--;)
			close(atomic_exchange(&w->fd[rnd_below(r, SLOTS)], -1));
		_exit(0);
	}
	kill(child, rnd_chance(r, 1, 3) ? SIGKILL : 0);
	return waitpid(child, NULL, 0);
}

static long call_signal(struct rnd *r, struct worker *w)
{
	(void)r;
	(void)w;
	return kill(getpid(), SIGUSR1);
}

static const struct {
	long (*call)(struct rnd *r, struct worker *w);
	int weight;
} calls[] = {
	{ call_socket, 4 }, { call_bind, 3 }, { call_listen, 8 }, { call_connect, 14 }, { call_accept, 14 },
	{ call_send, 12 }, { call_sendmsg, 6 }, { call_recv, 10 }, { call_recvmsg, 5 }, { call_setsockopt, 12 },
	{ call_getsockopt, 6 }, { call_zerocopy_receive, 2 }, { call_ioctl, 3 }, { call_poll, 5 }, { call_shutdown, 2 },
	{ call_close, 4 }, { call_dup, 1 }, { call_splice, 4 }, { call_pass, 2 }, { call_name, 2 }, { call_look, 1 },
	{ call_fork, 1 }, { call_signal, 1 },
};

/* --- processes */

struct thread {
	struct worker *worker;
	struct rnd r;
};

static void *thread_run(void *arg)
{
	struct thread *t = arg;
	struct worker *w = t->worker;
	int total = 0;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		total += calls[i].weight;
	for (int n = 0; n < w->life && w->shared->calls < w->goal; n++) {
		int at = rnd_below(&t->r, total);
		size_t i = 0;

		while ((at -= calls[i].weight) >= 0)
			i++;
		w->shared->good += calls[i].call(&t->r, w) >= 0;
		w->shared->calls++;
		/* User-Mode Linux has no other preemption */
		if (rnd_chance(&t->r, 1, 3))
			sched_yield();
	}
	/* while the others go on */
	if (rnd_chance(&t->r, 2, 3))
		kill(getpid(), SIGKILL);
	return NULL;
}

static void on_signal(int number)
{
	(void)number;
}

static void worker_run(struct shared *shared, int family, int ns, u64 goal, u64 seed)
{
	struct sigaction act = { .sa_handler = on_signal };
	struct worker w = { .shared = shared, .family = family, .goal = goal, .ns[0] = ns };
	struct thread t[THREADS];
	pthread_t id[THREADS];
	struct rnd r = rnd_seed(seed, 77);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGUSR1, &act, NULL);
	/* sendfile() and splice() cannot be told not to */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	signal(SIGURG, SIG_IGN);
	for (int i = 0; i < SLOTS; i++)
		w.fd[i] = -1;
	w.life = 1 + rnd_below(&r, LIFE_CALLS);
	if (unshare(CLONE_NEWNET) || rtnl_up("lo"))
		_exit(1);
	w.ns[1] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	w.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, w.carrier) || pipe2(w.pipe, O_CLOEXEC | O_NONBLOCK))
		_exit(1);
	for (int i = 0; i < THREADS; i++) {
		t[i] = (struct thread) { &w, rnd_seed(seed, i) };
		if (pthread_create(&id[i], NULL, thread_run, &t[i]))
			_exit(1);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(id[i], NULL);
	_exit(0);
}

FIXTURE(callfuzz) { int ns; struct shared *shared; };
FIXTURE_VARIANT(callfuzz) { int family; };
FIXTURE_VARIANT_ADD(callfuzz, ipv4) { .family = AF_INET };
FIXTURE_VARIANT_ADD(callfuzz, ipv6) { .family = AF_INET6 };

FIXTURE_SETUP(callfuzz)
{
	XNET_FILTER();
	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->shared);
	self->ns = xnet_ns_new();
	ASSERT_LE(0, self->ns);
	ASSERT_EQ(0, xnet_sysctl(self->ns, "net/ipv4/tcp_fastopen", "1027"));
	ASSERT_EQ(0, xnet_sysctl(self->ns, "net/ipv4/tcp_orphan_retries", "1"));
}

FIXTURE_TEARDOWN(callfuzz)
{
	close(self->ns);
}

static pid_t start(struct shared *shared, int family, int ns, u64 goal, u64 seed)
{
	u32 number = ++shared->births;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child)
		worker_run(shared, family, ns, goal, seed * 1000003 + number);
	return child;
}

TEST_F_TIMEOUT(callfuzz, anything, 7000)
{
	u64 goal = rnd_environment("XTCP_FUZZ_CALLS", 6000), seed = rnd_environment("XTCP_SEED", 1);
	int workers = rnd_environment("XTCP_FUZZ_WORKERS", 4), running = 0, status, fd[3];
	struct xnet net = { .family = variant->family, .ns = { self->ns, self->ns } };
	struct shared *shared = self->shared;
	struct xnet_addr addr = xnet_loopback(variant->family, XNET_PORT);
	u64 begun = xnet_now_ms();
	char byte;

	seed += variant->family;
	while (running < workers && ++running)
		ASSERT_LT(0, start(shared, variant->family, self->ns, goal, seed));
	while (running) {
		ASSERT_LT(0, wait(&status));
		EXPECT_TRUE(WIFSIGNALED(status) || !WEXITSTATUS(status));
		EXPECT_TRUE(!WIFSIGNALED(status) || WTERMSIG(status) == SIGKILL)
			TH_LOG("a process ended by signal %d", WTERMSIG(status));
		running--;
		if (shared->calls < goal) {
			ASSERT_LT(0, start(shared, variant->family, self->ns, goal, seed));
			running++;
		}
	}
	xnet_log("seed %llu: %llu calls by %u processes, %llu succeeded, %llu ms", seed, shared->calls, shared->births,
		 shared->good, xnet_now_ms() - begun);
	xnet_log("%llu connects, %llu accepts, %llu bytes read", shared->connected, shared->accepted,
		 shared->received);
	EXPECT_LT(goal / 20, shared->good);
	EXPECT_LT(0, shared->accepted);
	/* it still works */
	fd[0] = xnet_listen(&net, XNET_NEAR, XNET_PORT);
	ASSERT_LE(0, fd[0]);
	fd[1] = xnet_socket(self->ns, XNET_XTCP, variant->family);
	ASSERT_EQ(0, xnet_connect(fd[1], &addr));
	fd[2] = xnet_accept(fd[0]);
	EXPECT_EQ(1, write(fd[1], "x", 1));
	EXPECT_EQ(1, read(fd[2], &byte, 1));
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	/* orphans end by themselves, by the time-outs at most */
	for (int i = 0; i < 300 && xnet_sockstat(self->ns, XNET_XTCP, "sockets"); i++)
		xnet_sleep_ms(1000);
	EXPECT_EQ(0, xnet_sockstat(self->ns, XNET_XTCP, "sockets"));
}

XNET_MAIN
