// SPDX-License-Identifier: GPL-2.0
/*
 * Reaching programs that do not call the C library's socket(). A seccomp filter hands this one call, for TCP, to a
 * helper, which opens an XTCP socket and puts it into the program as the call's result (seccomp_unotify(2)). No other
 * call is looked at, no memory of the program is read.
 *
 *      xtcp-run --- fork --- (ends) --- fork --- helper: answers until the last process with the filter has ended
 *         |                                        ^
 *      filter, exec: PROGRAM, same process id -----'  socket(AF_INET or AF_INET6, SOCK_STREAM, 0 or IPPROTO_TCP)
 *
 * The helper is nobody's child that would notice. It takes on the network namespace and the user of whoever asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/xtcp.h>

#include "xtcp-run.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV	32UL
#endif

#if defined(__x86_64__)
#define NATIVE_ARCH	AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH	AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCH	AUDIT_ARCH_RISCV64
#else
#error "the filter does not know this architecture"
#endif

/* The kernel's SOCK_TYPE_MASK. */
#define TYPE_MASK	0xf

/* --- the filter */

/* Arguments are 64 bits wide and int here: the low half. */
#define ARG(n)	(offsetof(struct seccomp_data, args[n]) + (htonl(1) == 1 ? 4 : 0))

static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 0, 12),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 10),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG(0)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG(1)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TYPE_MASK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG(2)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	int fd;

	/* The signals that a runtime sends to itself shall not interrupt the call; older kernels cannot. */
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	return fd;
}

/* --- the helper */

static bool is_absent(int error)
{
	return error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == ESOCKTNOSUPPORT ||
	       error == EPERM || error == EACCES;
}

/* Into the network namespace of process @pid, if it is another one; -1: cannot. *back: to return by, or -1. */
static int enter_namespace(pid_t pid, int *back)
{
	struct stat theirs, ours;
	char path[64];
	int fd, err = -1;

	*back = -1;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	if (stat(path, &theirs) || stat("/proc/self/ns/net", &ours))
		return -1;
	if (theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev)
		return 0;
	*back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*back >= 0 && fd >= 0)
		err = setns(fd, CLONE_NEWNET);
	if (fd >= 0)
		close(fd);
	if (err && *back >= 0) {
		close(*back);
		*back = -1;
	}
	return err;
}

static void leave_namespace(int back)
{
	if (back < 0)
		return;
	/* in a foreign namespace it would open sockets for the wrong programs from now on */
	if (setns(back, CLONE_NEWNET))
		_exit(1);
	close(back);
}

/* The user whose socket it will be: what the process uses for files. */
static uid_t user_of(pid_t pid)
{
	uid_t uid = geteuid();
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	if (!file)
		return uid;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Uid: %*u %*u %*u %u", &uid) == 1)
			break;
	}
	fclose(file);
	return uid;
}

/* An XTCP socket as process @pid would have opened it; -errno. */
static int open_for(const struct settings *s, const struct seccomp_notif *ask)
{
	int protocol = (int)ask->data.args[0] == AF_INET6 ? XTCPPROTO_IPV6 : XTCPPROTO_IPV4;
	int fd, error, back;

	if (enter_namespace(ask->pid, &back))
		return -EACCES;
	setfsuid(user_of(ask->pid));
	fd = socket(s->family, (int)ask->data.args[1] | SOCK_CLOEXEC, protocol);
	error = errno;
	setfsuid(geteuid());
	leave_namespace(back);
	return fd < 0 ? -error : fd;
}

static void tell(const struct settings *s, const struct seccomp_notif *ask, const char *stack)
{
	if (s->verbose)
		fprintf(stderr, "xtcp-run: process %d: a socket (%s) is %s\n", ask->pid,
			(int)ask->data.args[0] == AF_INET6 ? "IPv6" : "IPv4", stack);
}

/* Puts @fd into the process as the result of its call. 0, or -errno of what the program is told then. */
static int give(int listener, const struct seccomp_notif *ask, int fd)
{
	struct seccomp_notif_addfd add = {
		.id = ask->id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = fd,
		.newfd_flags = ask->data.args[1] & SOCK_CLOEXEC ? O_CLOEXEC : 0,
	};

	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 ? -errno : 0;
}

static void answer(int listener, const struct settings *s, const struct seccomp_notif *ask)
{
	struct seccomp_notif_resp resp = { .id = ask->id };
	int fd = open_for(s, ask), err;

	if (fd >= 0) {
		err = give(listener, ask, fd);
		close(fd);
		if (!err) {
			tell(s, ask, "XTCP");
			return;
		}
		/* ENOENT: a signal, or its end, took the process out of the call */
		if (err == -ENOENT)
			return;
		resp.error = err;
	} else if (!s->require && is_absent(-fd)) {
		tell(s, ask, "TCP (XTCP is not available)");
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	} else {
		resp.error = fd;
	}
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp) && errno != ENOENT)
		_exit(1);
}

/* Until nobody has the filter any more. */
static void serve(int listener, const struct settings *s)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct seccomp_notif_sizes sizes;
	struct seccomp_notif *ask;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes))
		_exit(1);
	ask = malloc(sizes.seccomp_notif > sizeof(*ask) ? sizes.seccomp_notif : sizeof(*ask));
	if (!ask)
		_exit(1);
	for (;;) {
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			_exit(1);
		if (p.revents & (POLLHUP | POLLERR) && !(p.revents & POLLIN))
			_exit(0);
		if (!(p.revents & POLLIN))
			continue;
		memset(ask, 0, sizes.seccomp_notif > sizeof(*ask) ? sizes.seccomp_notif : sizeof(*ask));
		if (!ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, ask))
			answer(listener, s, ask);
	}
}

/* --- between the two */

static int pass_descriptor(int channel, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {
		.head = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS },
	};
	struct iovec iov = { .iov_base = "", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	return sendmsg(channel, &msg, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int take_descriptor(int channel)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* Nothing of the program's stays open here: pipes and connections end when it ends them. */
static void become_helper(int channel, const struct settings *s)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), listener;

	setsid();
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, sig == SIGCHLD ? SIG_DFL : SIG_IGN);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		if (!s->verbose)
			dup2(null, STDERR_FILENO);
	}
	dup3(channel, 3, O_CLOEXEC);
	close_range(4, ~0U, 0);
	prctl(PR_SET_NAME, "xtcp-run-helper");
	listener = take_descriptor(3);
	if (listener < 0)
		_exit(1);
	/* what the program's folder was may be unmounted */
	if (chdir("/"))
		_exit(1);
	serve(listener, s);
}

static int start_helper(const struct settings *s)
{
	int channel[2], status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel))
		return -1;
	child = fork();
	if (!child) {
		close(channel[0]);
		child = fork();
		if (child)
			_exit(child < 0);
		become_helper(channel[1], s);
		_exit(1);
	}
	close(channel[1]);
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		close(channel[0]);
		return -1;
	}
	return channel[0];
}

int seccomp_attach(const struct settings *s)
{
	int channel = start_helper(s), listener;

	if (channel < 0) {
		perror("xtcp-run: helper");
		return -1;
	}
	listener = install_filter();
	/* without privilege a filter is allowed only to who gives up gaining any */
	if (listener < 0 && errno == EACCES && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		listener = install_filter();
	if (listener < 0) {
		fprintf(stderr, "xtcp-run: seccomp: %s%s\n", strerror(errno),
			errno == EBUSY ? " (something else answers this process's calls already)" : "");
		close(channel);
		return -1;
	}
	/* the filter is there for good: without the helper the program's calls would wait for ever */
	if (pass_descriptor(channel, listener)) {
		perror("xtcp-run: helper");
		_exit(EXIT_LAUNCHER);
	}
	close(channel);
	close(listener);
	return 0;
}
