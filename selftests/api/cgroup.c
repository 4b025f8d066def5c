// SPDX-License-Identifier: GPL-2.0
/*
 * Programs of a cgroup that refuse or rewrite what a socket does, and the memory cgroup that an accepted connection is
 * charged to. cgroups(7), bpf(2).
 */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "api.h"

#define API_GROUP	"cgroup"
#define CGROUPS		"/tmp/xtcp-api-cgroup"
#define PORT_OFFSET	((int)offsetof(struct bpf_sock_addr, user_port))

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* The root of the cgroups, mounted once. */
static int root(struct api *a)
{
	static bool mounted;
	int fd;

	if (!mounted) {
		mkdir(CGROUPS, 0755);
		mounted = !mount("none", CGROUPS, "cgroup2", 0, NULL);
	}
	fd = open(CGROUPS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || !mounted)
		note(a, "no cgroups: %s", strerrorname_np(errno));
	return fd;
}

/* A program that writes @port, unless it is 0, and returns @verdict, attached to all processes. */
static int attach(struct api *a, int cgroup, int program_type, int attach_type, int port, int verdict)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = htons(port) },
		{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = 1, .src_reg = 2, .off = PORT_OFFSET },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = verdict },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int skip = port ? 0 : 2;
	union bpf_attr load = {
		.prog_type = program_type, .expected_attach_type = attach_type, .insn_cnt = ARRAY_SIZE(code) - skip,
		.insns = (u64)(long)(code + skip), .license = (u64)(long)"GPL",
	};
	int program = bpf(BPF_PROG_LOAD, &load);
	union bpf_attr to = { .target_fd = cgroup, .attach_bpf_fd = program, .attach_type = attach_type };

	if (program < 0 || bpf(BPF_PROG_ATTACH, &to))
		note(a, "not attached: %s", strerrorname_np(errno));
	return program;
}

static void detach(int cgroup, int program, int attach_type)
{
	union bpf_attr from = { .target_fd = cgroup, .attach_bpf_fd = program, .attach_type = attach_type };

	bpf(BPF_PROG_DETACH, &from);
	close(program);
}

static int type_of(const struct api *a, int v4, int v6)
{
	return a->family == AF_INET6 ? v6 : v4;
}

CASE(connect_rewritten)
{
	struct xnet_addr to = api_far(a, a->port);
	struct sockaddr_storage ss = { 0 };
	int type = type_of(a, BPF_CGROUP_INET4_CONNECT, BPF_CGROUP_INET6_CONNECT);
	int cgroup = root(a), fd = api_socket(a, XNET_NEAR), program;
	socklen_t len = sizeof(ss);

	api_listener(a, XNET_FAR, a->port + 1);
	program = attach(a, cgroup, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, type, a->port + 1, 1);
	CALL(a, xnet_connect(fd, &to));
	detach(cgroup, program, type);
	getpeername(fd, (struct sockaddr *)&ss, &len);
	note_addr(a, "peer", &ss, len);
}

CASE(connect_refused)
{
	struct xnet_addr to = api_far(a, a->port);
	int type = type_of(a, BPF_CGROUP_INET4_CONNECT, BPF_CGROUP_INET6_CONNECT);
	int cgroup = root(a), fd = api_socket(a, XNET_NEAR), program;

	api_listener(a, XNET_FAR, a->port);
	program = attach(a, cgroup, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, type, 0, 0);
	CALL(a, xnet_connect(fd, &to));
	detach(cgroup, program, type);
	note_after(a, fd);
	CALL(a, xnet_connect(fd, &to));
}

CASE(bind_rewritten)
{
	struct xnet_addr any = xnet_any(a->family, a->port);
	struct sockaddr_storage ss = { 0 };
	int type = type_of(a, BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_BIND);
	int cgroup = root(a), fd = api_socket(a, XNET_NEAR), program;
	socklen_t len = sizeof(ss);

	program = attach(a, cgroup, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, type, a->port + 2, 1);
	CALL(a, xnet_bind(fd, &any));
	detach(cgroup, program, type);
	getsockname(fd, (struct sockaddr *)&ss, &len);
	note_addr(a, "name", &ss, len);
}

CASE(bind_refused)
{
	struct xnet_addr any = xnet_any(a->family, a->port);
	int cgroup = root(a), fd, program, i;
	static const int types[][2] = {
		{ BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_BIND },
		{ BPF_CGROUP_INET4_POST_BIND, BPF_CGROUP_INET6_POST_BIND },
	};

	for (i = 0; i < 2; i++) {
		int type = type_of(a, types[i][0], types[i][1]);

		fd = api_socket(a, XNET_NEAR);
		program = attach(a, cgroup, i ? BPF_PROG_TYPE_CGROUP_SOCK : BPF_PROG_TYPE_CGROUP_SOCK_ADDR, type, 0, 0);
		CALL(a, xnet_bind(fd, &any));
		detach(cgroup, program, type);
		CALL(a, xnet_bind(fd, &any));
		close(fd);
	}
}

CASE(names_rewritten)
{
	struct sockaddr_storage ss = { 0 };
	int peer = type_of(a, BPF_CGROUP_INET4_GETPEERNAME, BPF_CGROUP_INET6_GETPEERNAME);
	int name = type_of(a, BPF_CGROUP_INET4_GETSOCKNAME, BPF_CGROUP_INET6_GETSOCKNAME);
	int cgroup = root(a), fd[2], program[2];
	socklen_t len = sizeof(ss);

	api_pair(a, false, fd);
	program[0] = attach(a, cgroup, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, peer, a->port + 3, 1);
	program[1] = attach(a, cgroup, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, name, a->port + 2, 1);
	CALL(a, getpeername(fd[0], (struct sockaddr *)&ss, &len));
	note_addr(a, "peer", &ss, len);
	len = sizeof(ss);
	CALL(a, getsockname(fd[0], (struct sockaddr *)&ss, &len));
	note_addr(a, "name", &ss, len);
	detach(cgroup, program[0], peer);
	detach(cgroup, program[1], name);
}

CASE(socket_refused)
{
	int cgroup = root(a), program;

	program = attach(a, cgroup, BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE, 0, 0);
	api_socket(a, XNET_NEAR);
	detach(cgroup, program, BPF_CGROUP_INET_SOCK_CREATE);
	OK(a, api_socket(a, XNET_NEAR));
}

/* A program at fd[0]'s host drops each packet of one way: the connection stands still, and goes on without it. */
static void dropped(struct api *a, int hook, int from, int to)
{
	int cgroup = root(a), fd[2], program;

	api_pair(a, true, fd);
	program = attach(a, cgroup, BPF_PROG_TYPE_CGROUP_SKB, hook, 0, 0);
	CALL(a, write(fd[from], "abc", 3));
	xnet_sleep_ms(50);
	note(a, "waiting %d", xnet_ioctl_int(fd[to], SIOCINQ));
	detach(cgroup, program, hook);
	await_inq(a, fd[to], 3);
}

CASE(ingress_dropped)
{
	dropped(a, BPF_CGROUP_INET_INGRESS, 1, 0);
}

CASE(egress_dropped)
{
	dropped(a, BPF_CGROUP_INET_EGRESS, 0, 1);
}

/* --- memory */

static long charged(const char *group)
{
	char path[128], word[64];
	long value, found = -1;
	FILE *file;

	snprintf(path, sizeof(path), CGROUPS "/%s/memory.stat", group);
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

	while (charged(group) < least || charged(group) > most) {
		if (xnet_now_ms() > deadline)
			return false;
		xnet_sleep_ms(20);
	}
	return true;
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 || write(fd, text, strlen(text)) < 0;

	close(fd);
	return err;
}

/* What waited before accept(), and what comes after it, is the accepting process's cgroup's. */
CASE(accepted_memory)
{
	static char data[100000];
	int listener = api_listener(a, XNET_NEAR, a->port), client, child, status = -1;
	char group[32];
	pid_t pid;

	root(a);
	snprintf(group, sizeof(group), "port-%d", a->port);
	note(a, "controller %d", put(CGROUPS "/cgroup.subtree_control", "+memory"));
	client = api_dial(a, XNET_FAR, a->port);
	await_events(a, listener, POLLIN);
	CALL(a, write(client, data, 20000));
	xnet_sleep_ms(50);
	pid = fork();
	if (!pid) {
		char path[128];

		snprintf(path, sizeof(path), CGROUPS "/%s", group);
		mkdir(path, 0755);
		strcat(path, "/cgroup.procs");
		if (put(path, "0") || charged(group))
			_exit(1);
		child = accept(listener, NULL, NULL);
		if (!await_charged(group, 20000, 1 << 30))
			_exit(2);
		xnet_set_int(child, SOL_SOCKET, SO_RCVBUFFORCE, 1000000);
		if (xnet_write_all(client, data, 40000) != 40000)
			_exit(3);
		await_inq(a, child, 60000);
		if (!await_charged(group, 60000, 1 << 30))
			_exit(4);
		if (xnet_read_all(child, data, 60000) != 60000)
			_exit(5);
		close(child);
		close(client);
		_exit(await_charged(group, 0, 20000) ? 0 : 6);
	}
	close(client);
	/* the watchdog may interrupt it; nobody else shall find the child */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	note(a, "child: %d", WEXITSTATUS(status));
}
