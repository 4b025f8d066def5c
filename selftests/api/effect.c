// SPDX-License-Identifier: GPL-2.0
/*
 * What options and flags do: timestamps, notices on the error queue, pages that are not copied, groups of listeners and
 * their programs, what is kept of a SYN, io_uring, limits of a memory cgroup.
 */
#define _GNU_SOURCE
#include <time.h>

#include <linux/bpf.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/net_tstamp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "api.h"

#define API_GROUP	"effect"

/* --- control messages */

static void note_control(struct api *a, struct msghdr *msg)
{
	note(a, "flags %x", msg->msg_flags);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		const struct scm_timestamping *ts = (const void *)CMSG_DATA(c);
		const struct sock_extended_err *e = (const void *)CMSG_DATA(c);
		bool is_error = (c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) ||
				(c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR);

		note(a, "control %d %d length %zu", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
		if (is_error)
			note(a, "  errno %u origin %u type %u code %u info %u data %u", e->ee_errno, e->ee_origin,
			     e->ee_type, e->ee_code, e->ee_info, e->ee_data);
		else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING)
			note(a, "  software %d hardware %d", !!ts->ts[0].tv_sec, !!ts->ts[2].tv_sec);
		else if (c->cmsg_level == SOL_SOCKET)
			note(a, "  time %d", !!*(const long *)CMSG_DATA(c));
		else
			note_bytes(a, "  value", CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	}
}

static long receive(struct api *a, int fd, size_t len, int flags)
{
	char data[64], control[512];
	struct iovec iov = { data, len };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
	};
	long n = recvmsg(fd, &msg, flags | MSG_DONTWAIT);

	note_call(a, "recvmsg", n);
	if (n >= 0) {
		note_bytes(a, "data", data, n);
		note_control(a, &msg);
	}
	return n;
}

/* Everything on the error queue, in its order. */
static void drain_errors(struct api *a, int fd)
{
	for (int i = 0; i < 16; i++) {
		if (receive(a, fd, 0, MSG_ERRQUEUE) < 0)
			break;
	}
	note_poll(a, fd);
}

CASE(inq)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, xnet_set_int(fd[0], IPPROTO_TCP, TCP_INQ, 1));
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	receive(a, fd[0], 4, 0);
	receive(a, fd[0], 4, MSG_PEEK);
	receive(a, fd[0], 4, 0);
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	receive(a, fd[0], 4, 0);
	receive(a, fd[0], 4, 0);
}

CASE(receive_times)
{
	static const int options[] = { SO_TIMESTAMP_OLD, SO_TIMESTAMPNS_OLD, SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW };

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		int fd[2];

		api_pair(a, true, fd);
		CALL(a, xnet_set_int(fd[0], SOL_SOCKET, options[i], 1));
		/* the kernel begins to stamp packets a little later */
		xnet_sleep_ms(100);
		CALL(a, write(fd[1], "abcdef", 6));
		await_inq(a, fd[0], 6);
		receive(a, fd[0], 3, 0);
		receive(a, fd[0], 3, 0);
		close(fd[0]);
		close(fd[1]);
	}
}

CASE(receive_timestamping)
{
	static const int flags[] = {
		SOF_TIMESTAMPING_RX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE,
		SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE,
		SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RAW_HARDWARE,
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		int fd[2];

		api_pair(a, false, fd);
		CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_TIMESTAMPING, flags[i]));
		/* the kernel begins to stamp packets a little later */
		xnet_sleep_ms(100);
		CALL(a, write(fd[1], "abcdef", 6));
		await_inq(a, fd[0], 6);
		receive(a, fd[0], 6, 0);
		close(fd[0]);
		close(fd[1]);
	}
}

static void send_times(struct api *a, int flags, bool passive)
{
	int fd[2];

	api_pair(a, passive, fd);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_TIMESTAMPING, flags | SOF_TIMESTAMPING_SOFTWARE));
	for (int i = 0; i < 3; i++) {
		CALL(a, write(fd[0], "abcd", 4));
		await_outq(a, fd[0], 0);
		note_poll(a, fd[0]);
		drain_errors(a, fd[0]);
	}
}

CASE(send_time_software)
{
	send_times(a, SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY, false);
}

CASE(send_time_scheduled)
{
	send_times(a, SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_OPT_TSONLY, true);
}

CASE(send_time_acknowledged)
{
	send_times(a, SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_OPT_TSONLY, true);
}

CASE(send_time_with_id)
{
	send_times(a, SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE |
		      SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY, false);
}

/* Longer than any segment: the stamp is the last byte's, though the buffer is cut. */
CASE(send_time_of_a_long_write)
{
	static char data[150000];
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_SOFTWARE |
			     SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY));
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 400000);
	CALL(a, write(fd[0], data, sizeof(data)));
	note(a, "read %d", (int)xnet_read_all(fd[1], data, sizeof(data)));
	await_outq(a, fd[0], 0);
	drain_errors(a, fd[0]);
}

CASE(send_time_by_control_message)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(u32))];
	} control = {
		.h = { .cmsg_len = CMSG_LEN(sizeof(u32)), .cmsg_level = SOL_SOCKET, .cmsg_type = SO_TIMESTAMPING },
	};
	struct iovec iov = { "abcd", 4 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	u32 flags = SOF_TIMESTAMPING_TX_ACK;
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_TIMESTAMPING,
			     SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY | SOF_TIMESTAMPING_OPT_ID));
	memcpy(CMSG_DATA(&control.h), &flags, sizeof(flags));
	CALL(a, sendmsg(fd[0], &msg, 0));
	await_outq(a, fd[0], 0);
	drain_errors(a, fd[0]);
	CALL(a, write(fd[0], "efgh", 4));
	await_outq(a, fd[0], 0);
	drain_errors(a, fd[0]);
	flags = 1 << 30;
	memcpy(CMSG_DATA(&control.h), &flags, sizeof(flags));
	CALL(a, sendmsg(fd[0], &msg, 0));
}

CASE(packet_options)
{
	char control[512];
	struct msghdr msg = { .msg_control = control };
	struct xnet_addr to = api_near(a, a->port);
	socklen_t len = sizeof(control);
	int fd = api_listener(a, XNET_NEAR, a->port), client, child;

	client = api_socket(a, XNET_FAR);
	if (a->family == AF_INET6) {
		xnet_set_int(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
		xnet_set_int(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
		xnet_set_int(client, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 44);
		xnet_set_int(client, IPPROTO_IPV6, IPV6_TCLASS, 0x28);
	} else {
		xnet_set_int(fd, IPPROTO_IP, IP_RECVTTL, 1);
		xnet_set_int(fd, IPPROTO_IP, IP_RECVTOS, 1);
		xnet_set_int(fd, IPPROTO_IP, IP_PKTINFO, 1);
		xnet_set_int(client, IPPROTO_IP, IP_TTL, 44);
		xnet_set_int(client, IPPROTO_IP, IP_TOS, 0x28);
	}
	CALL(a, xnet_connect(client, &to));
	child = xnet_accept(fd);
	if (a->family == AF_INET)
		CALL(a, getsockopt(child, IPPROTO_IP, IP_PKTOPTIONS, control, &len));
	else
		CALL(a, getsockopt(child, IPPROTO_IPV6, IPV6_2292PKTOPTIONS, control, &len));
	msg.msg_controllen = len;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		note(a, "control %d %d length %zu", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
		if (c->cmsg_type != IP_PKTINFO || a->family == AF_INET6)
			note_bytes(a, "value", CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	}
}

/* --- pages by reference: what changes after the call is what the peer reads */

CASE(sendfile_copies_nothing)
{
	int file = memfd_create("api", 0), fd[2], p[2];
	char page[4096], got[4096];
	off_t offset = 0;

	memset(page, 'a', sizeof(page));
	CALL(a, write(file, page, sizeof(page)));
	api_pair(a, false, fd);
	CALL(a, sendfile(fd[0], file, &offset, sizeof(page)));
	await_inq(a, fd[1], sizeof(page));
	CALL(a, pwrite(file, "B", 1, 100));
	CALL(a, recv(fd[1], got, sizeof(got), MSG_PEEK));
	note(a, "sender: %c %c", got[99], got[100]);
	CALL(a, pipe(p));
	CALL(a, splice(fd[1], NULL, p[1], NULL, sizeof(page), 0));
	CALL(a, pwrite(file, "C", 1, 200));
	CALL(a, read(p[0], got, sizeof(got)));
	note(a, "receiver: %c %c", got[100], got[200]);
}

/* The same with near as the one that splices what it received. */
CASE(splice_copies_nothing)
{
	int file = memfd_create("api", 0), fd[2], p[2];
	char page[8192], got[8192];
	off_t offset = 0;

	memset(page, 'a', sizeof(page));
	CALL(a, write(file, page, sizeof(page)));
	api_pair(a, true, fd);
	CALL(a, sendfile(fd[1], file, &offset, sizeof(page)));
	await_inq(a, fd[0], sizeof(page));
	CALL(a, pipe(p));
	CALL(a, splice(fd[0], NULL, p[1], NULL, sizeof(page), 0));
	CALL(a, pwrite(file, "C", 1, 200));
	CALL(a, pwrite(file, "D", 1, 5000));
	CALL(a, xnet_ioctl_int(fd[0], SIOCINQ));
	CALL(a, read(p[0], got, sizeof(got)));
	note(a, "%c %c", got[200], got[5000]);
}

CASE(zerocopy_needs_the_option)
{
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, send(fd[0], "abcd", 4, MSG_ZEROCOPY));
	await_outq(a, fd[0], 0);
	drain_errors(a, fd[0]);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_ZEROCOPY, 1));
	CALL(a, send(fd[0], "abcd", 4, 0));
	CALL(a, send(fd[0], "", 0, MSG_ZEROCOPY));
	await_outq(a, fd[0], 0);
	drain_errors(a, fd[0]);
}

CASE(zerocopy_notices)
{
	static char data[60000] __attribute__((aligned(4096)));
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_ZEROCOPY, 1));
	for (int i = 0; i < 3; i++) {
		CALL(a, send(fd[0], data, 20000, MSG_ZEROCOPY));
		note(a, "read %d", (int)xnet_read_all(fd[1], data + 30000, 20000));
		await_outq(a, fd[0], 0);
		await_events(a, fd[0], POLLERR);
		drain_errors(a, fd[0]);
	}
	/* several before they are read: one notice for all */
	for (int i = 0; i < 3; i++) {
		CALL(a, send(fd[0], data, 1000, MSG_ZEROCOPY));
		note(a, "read %d", (int)xnet_read_all(fd[1], data + 30000, 1000));
		await_outq(a, fd[0], 0);
	}
	await_events(a, fd[0], POLLERR);
	drain_errors(a, fd[0]);
	CALL(a, send(fd[0], (void *)8, 1000, MSG_ZEROCOPY));
	drain_errors(a, fd[0]);
}

/* The peer's window is closed: what waits is the user's page, not a copy of it. */
CASE(zerocopy_copies_nothing)
{
	static char fill[400000], data[8192] __attribute__((aligned(4096)));
	int fd[2], n = 0, got;
	char last[8192];

	api_pair(a, true, fd);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_ZEROCOPY, 1));
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, 1000000));
	CALL(a, xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 20000));
	CALL(a, write(fd[0], fill, sizeof(fill)));
	xnet_sleep_ms(100);
	memset(data, 'a', sizeof(data));
	CALL(a, send(fd[0], data, sizeof(data), MSG_ZEROCOPY));
	data[5000] = 'B';
	while (n < (int)sizeof(fill)) {
		got = read(fd[1], fill, sizeof(fill) - n);
		if (got <= 0)
			break;
		n += got;
	}
	note(a, "read %d", (int)xnet_read_all(fd[1], last, sizeof(last)));
	note(a, "%c %c", last[4999], last[5000]);
	await_outq(a, fd[0], 0);
	await_events(a, fd[0], POLLERR);
	drain_errors(a, fd[0]);
}

CASE(zerocopy_closed_before_its_end)
{
	static char fill[400000];
	int fd[2];

	api_pair(a, true, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_ZEROCOPY, 1);
	xnet_nonblock(fd[0], true);
	while (send(fd[0], fill, sizeof(fill), MSG_ZEROCOPY) > 0)
		;
	note(a, "%s", strerrorname_np(errno));
	api_reset(fd[0]);
	await_events(a, fd[1], POLLERR);
}

/* --- listeners in a group */

static int member(struct api *a, int port)
{
	struct xnet_addr any = xnet_any(a->family, port);
	int fd = api_socket(a, XNET_NEAR);

	xnet_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (xnet_bind(fd, &any) || listen(fd, 64))
		note(a, "no member: %s", strerrorname_np(errno));
	xnet_nonblock(fd, true);
	return fd;
}

static int accepted(int fd)
{
	int n = 0;

	while (accept(fd, NULL, NULL) >= 0)
		n++;
	return n;
}

/* A classic program: the index of the member is in the first two bytes after the TCP header's source port. */
static int attach(int fd, int index)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, index) };
	struct sock_fprog program = { .len = 1, .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program));
}

CASE(reuseport_spreads)
{
	int fd[4], n[4], sum = 0, used = 0;

	for (int i = 0; i < 4; i++)
		fd[i] = member(a, a->port);
	for (int i = 0; i < 48; i++)
		api_dial(a, XNET_FAR, a->port);
	xnet_sleep_ms(20);
	for (int i = 0; i < 4; i++) {
		n[i] = accepted(fd[i]);
		sum += n[i];
		used += n[i] > 0;
	}
	note(a, "accepted %d by %d", sum, used);
}

CASE(reuseport_classic_program)
{
	int fd[3], none = api_socket(a, XNET_NEAR);

	CALL(a, attach(none, 0));
	for (int i = 0; i < 3; i++)
		fd[i] = member(a, a->port);
	for (int index = 0; index < 4; index++) {
		CALL(a, attach(fd[0], index));
		for (int i = 0; i < 6; i++)
			api_dial(a, XNET_FAR, a->port);
		xnet_sleep_ms(20);
		if (index < 3)
			note(a, "index %d: %d %d %d", index, accepted(fd[0]), accepted(fd[1]), accepted(fd[2]));
		else
			note(a, "beyond: %d", accepted(fd[0]) + accepted(fd[1]) + accepted(fd[2]));
	}
	CALL(a, close(fd[1]));
	CALL(a, attach(fd[0], 1));
	for (int i = 0; i < 6; i++)
		api_dial(a, XNET_FAR, a->port);
	xnet_sleep_ms(20);
	note(a, "after close: %d %d", accepted(fd[0]), accepted(fd[2]));
	CALL(a, setsockopt(fd[0], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, NULL, 0));
	CALL(a, setsockopt(fd[0], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &fd[0], sizeof(int)));
	CALL(a, setsockopt(fd[0], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &fd[0], sizeof(int)));
}

/* --- eBPF: BPF_MAP_TYPE_REUSEPORT_SOCKARRAY and a program that selects from it */

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int socket_array(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, .key_size = 4, .value_size = 8, .max_entries = 4,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

static int array_set(int map, u32 key, int fd)
{
	u64 value = fd;
	union bpf_attr attr = { .map_fd = map, .key = (u64)(long)&key, .value = (u64)(long)&value };

	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

/* r1 = context: bpf_sk_select_reuseport(context, map, &key, 0); return SK_PASS, or SK_DROP if it failed */
static int selector(int map, int key)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = key },
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 2, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -4 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_sk_select_reuseport },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = SK_DROP },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = SK_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SK_REUSEPORT, .insn_cnt = ARRAY_SIZE(code), .insns = (u64)(long)code,
		.license = (u64)(long)"GPL", .expected_attach_type = BPF_SK_REUSEPORT_SELECT,
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

CASE(reuseport_ebpf_program)
{
	int map = socket_array(), fd[2], idle = api_socket(a, XNET_NEAR);

	OK(a, map);
	CALL(a, array_set(map, 0, idle));
	for (int i = 0; i < 2; i++) {
		fd[i] = member(a, a->port);
		CALL(a, array_set(map, i, fd[i]));
	}
	for (int key = 0; key < 3; key++) {
		int program = selector(map, key);

		OK(a, program);
		CALL(a, setsockopt(fd[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &program, sizeof(program)));
		for (int i = 0; i < 6 && key < 2; i++)
			api_dial(a, XNET_FAR, a->port);
		if (key == 2) {
			struct xnet_addr to = api_near(a, a->port);
			int client = api_socket(a, XNET_FAR);

			CALL(a, xnet_connect(client, &to));
		}
		xnet_sleep_ms(20);
		note(a, "key %d: %d %d", key, accepted(fd[0]), accepted(fd[1]));
		close(program);
	}
}

/* --- what is kept of a SYN */

CASE(saved_syn)
{
	int fd = api_listener(a, XNET_NEAR, a->port), child;
	unsigned char syn[256];
	socklen_t len = 4;

	for (int mode = 0; mode < 3; mode++) {
		CALL(a, xnet_set_int(fd, IPPROTO_TCP, TCP_SAVE_SYN, mode));
		api_dial(a, XNET_FAR, a->port);
		child = xnet_accept(fd);
		len = 4;
		CALL(a, getsockopt(child, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len));
		note(a, "length %u", len);
		len = sizeof(syn);
		CALL(a, getsockopt(child, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len));
		note(a, "length %u", len);
		if (len > 40 && mode == 1)
			note(a, "version %d, SYN %d", syn[0] >> 4, syn[(a->family == AF_INET6 ? 40 : 20) + 13]);
		len = sizeof(syn);
		CALL(a, getsockopt(child, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len));
		note(a, "length %u", len);
	}
	len = sizeof(syn);
	CALL(a, getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len));
}

/* --- filters */

CASE(socket_filter_drops)
{
	struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog program = { .len = 1, .filter = none };
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, setsockopt(fd[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
	CALL(a, write(fd[1], "abc", 3));
	xnet_sleep_ms(50);
	note(a, "waiting %d", xnet_ioctl_int(fd[0], SIOCINQ));
	CALL(a, setsockopt(fd[0], SOL_SOCKET, SO_DETACH_FILTER, &fd[0], sizeof(int)));
	await_inq(a, fd[0], 3);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_LOCK_FILTER, 1));
	CALL(a, setsockopt(fd[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
}

CASE(filter_on_a_listener)
{
	struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog program = { .len = 1, .filter = none };
	int fd = api_listener(a, XNET_NEAR, a->port), client = api_socket(a, XNET_FAR);
	struct timeval tv = { .tv_usec = 200000 };
	struct xnet_addr to = api_near(a, a->port);

	CALL(a, setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
	setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	CALL(a, xnet_connect(client, &to));
}

/* --- ICMP on the error queue */

CASE(refused_with_recverr)
{
	struct xnet_addr to = api_nowhere(a);
	int fd = api_socket(a, XNET_NEAR);

	CALL(a, xnet_set_int(fd, a->family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
			     a->family == AF_INET6 ? IPV6_RECVERR : IP_RECVERR, 1));
	xnet_nonblock(fd, true);
	CALL(a, xnet_connect(fd, &to));
	await_events(a, fd, POLLERR);
	note_int(a, "SO_ERROR", fd, SOL_SOCKET, SO_ERROR);
	note_poll(a, fd);
	if (a->family == AF_INET)
		receive(a, fd, 0, MSG_ERRQUEUE);
}

/* --- TCP_INFO: which fields say something after data went both ways */

CASE(info_fields)
{
	static char data[100000];
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	int fd[2];

	api_pair(a, true, fd);
	for (int i = 0; i < 4; i++) {
		CALL(a, xnet_write_all(fd[0], data, 10000));
		CALL(a, xnet_read_all(fd[1], data, 10000));
		CALL(a, xnet_write_all(fd[1], data, 10000));
		CALL(a, xnet_read_all(fd[0], data, 10000));
		xnet_sleep_ms(5);
	}
	CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_INFO, &info, &len));
	note(a, "length %u", len);
	note(a, "state %u ca %u options %x wscale %u %u", info.tcpi_state, info.tcpi_ca_state, info.tcpi_options & 7,
	     !!info.tcpi_snd_wscale, !!info.tcpi_rcv_wscale);
	note(a, "mss %u %u pmtu %u advmss %u", info.tcpi_snd_mss, info.tcpi_rcv_mss > 0, info.tcpi_pmtu,
	     info.tcpi_advmss);
	note(a, "bytes %llu %llu %llu retrans %llu", info.tcpi_bytes_acked, info.tcpi_bytes_received,
	     info.tcpi_bytes_sent, info.tcpi_bytes_retrans);
	note(a, "zero or not:%s%s%s%s%s%s%s%s%s%s%s%s", info.tcpi_rto ? " rto" : "", info.tcpi_ato ? " ato" : "",
	     info.tcpi_rcv_ssthresh ? " rcv_ssthresh" : "", info.tcpi_snd_cwnd ? " cwnd" : "",
	     info.tcpi_snd_ssthresh ? " ssthresh" : "", info.tcpi_reordering ? " reordering" : "",
	     info.tcpi_rcv_space ? " rcv_space" : "", info.tcpi_segs_in ? " in" : "", info.tcpi_segs_out ? " out" : "",
	     info.tcpi_delivered ? " delivered" : "", info.tcpi_snd_wnd ? " wnd" : "",
	     info.tcpi_data_segs_in && info.tcpi_data_segs_out ? " data" : "");
	note(a, "unacked %u sacked %u lost %u retrans %u unsent %u", info.tcpi_unacked, info.tcpi_sacked,
	     info.tcpi_lost, info.tcpi_retrans, info.tcpi_notsent_bytes);
	for (socklen_t short_of = 0; short_of < 12; short_of += 4) {
		len = 8 + short_of;
		CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_INFO, &info, &len));
		note(a, "length %u", len);
	}
}

CASE(cc_info)
{
	unsigned char info[64];
	socklen_t len;
	int fd[2];

	api_pair(a, false, fd);
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "reno" : "cubic";

		CALL(a, setsockopt(fd[0], IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)));
		len = sizeof(info);
		CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_CC_INFO, info, &len));
		note(a, "length %u", len);
		len = sizeof(info);
		CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_CONGESTION, info, &len));
		note(a, "length %u, %.16s", len, info);
	}
	CALL(a, setsockopt(fd[0], IPPROTO_TCP, TCP_CONGESTION, "no-such", 7));
}

CASE(meminfo)
{
	u32 mem[16] = { 0 };
	socklen_t len = sizeof(mem);
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "abc", 3));
	await_inq(a, fd[0], 3);
	CALL(a, getsockopt(fd[0], SOL_SOCKET, SO_MEMINFO, mem, &len));
	note(a, "length %u receive %d", len, mem[0] > 0);
	CALL(a, getsockopt(fd[0], SOL_SOCKET, SO_MEMINFO, mem, (socklen_t [1]) { 7 }));
}

/* --- refused as by Linux */

CASE(upper_layers)
{
	int fd[2], new = api_socket(a, XNET_NEAR);

	CALL(a, setsockopt(new, IPPROTO_TCP, TCP_ULP, "no-such", 7));
	CALL(a, setsockopt(new, IPPROTO_TCP, TCP_ULP, "", 0));
	CALL(a, setsockopt(new, IPPROTO_TCP, TCP_ULP, (void *)8, 4));
	api_pair(a, false, fd);
	CALL(a, setsockopt(fd[0], IPPROTO_TCP, TCP_ULP, "no-such", 7));
}

/* --- io_uring */

struct ring {
	int fd;
	struct io_uring_params p;
	char *sq, *cq;
	struct io_uring_sqe *sqe;
};

static int ring_open(struct ring *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = syscall(SYS_io_uring_setup, 8, &r->p);
	if (r->fd < 0)
		return -1;
	r->sq = mmap(NULL, r->p.sq_off.array + 8 * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
		     IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, r->p.cq_off.cqes + 16 * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_CQ_RING);
	r->sqe = mmap(NULL, 8 * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
		      IORING_OFF_SQES);
	return r->sq == MAP_FAILED || r->cq == MAP_FAILED || r->sqe == MAP_FAILED ? -1 : 0;
}

/* One request, begun to end; its result. */
static int ring_do(struct ring *r, const struct io_uring_sqe *sqe, unsigned int *flags)
{
	unsigned int *tail = (unsigned int *)(r->sq + r->p.sq_off.tail);
	unsigned int mask = *(unsigned int *)(r->sq + r->p.sq_off.ring_mask);
	unsigned int *head = (unsigned int *)(r->cq + r->p.cq_off.head);
	unsigned int cmask = *(unsigned int *)(r->cq + r->p.cq_off.ring_mask);
	struct io_uring_cqe *cqe;
	int res;

	r->sqe[*tail & mask] = *sqe;
	((unsigned int *)(r->sq + r->p.sq_off.array))[*tail & mask] = *tail & mask;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	cqe = (struct io_uring_cqe *)(r->cq + r->p.cq_off.cqes) + (*head & cmask);
	res = cqe->res;
	if (flags)
		*flags = cqe->flags;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

static void note_ring(struct api *a, struct ring *r, const char *what, const struct io_uring_sqe *sqe)
{
	int res = ring_do(r, sqe, NULL);

	note(a, "%s: %d %s", what, res, res < 0 ? strerrorname_np(-res) : "");
}

CASE(io_uring)
{
	static char data[64];
	struct io_uring_sqe sqe;
	struct xnet_addr to = api_far(a, a->port);
	int fd = api_socket(a, XNET_NEAR), listener = api_listener(a, XNET_FAR, a->port), far;
	struct ring r;

	if (ring_open(&r)) {
		note(a, "no ring: %s", strerrorname_np(errno));
		return;
	}
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_CONNECT, .fd = fd, .addr = (u64)(long)&to.sa, .off = to.len };
	note_ring(a, &r, "connect", &sqe);
	far = xnet_accept(listener);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_SEND, .fd = fd, .addr = (u64)(long)"hello", .len = 5 };
	note_ring(a, &r, "send", &sqe);
	await_inq(a, far, 5);
	CALL(a, write(far, "answer", 6));
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_RECV, .fd = fd, .addr = (u64)(long)data, .len = 64 };
	note_ring(a, &r, "recv", &sqe);
	note_bytes(a, "data", data, 6);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_RECV, .fd = fd, .addr = (u64)(long)data, .len = 64,
				      .msg_flags = MSG_DONTWAIT };
	note_ring(a, &r, "recv nothing", &sqe);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_POLL_ADD, .fd = fd, .poll32_events = POLLOUT };
	note_ring(a, &r, "poll", &sqe);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_WRITE, .fd = fd, .addr = (u64)(long)"write", .len = 5 };
	note_ring(a, &r, "write", &sqe);
	await_inq(a, far, 10);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_SHUTDOWN, .fd = fd, .len = SHUT_WR };
	note_ring(a, &r, "shutdown", &sqe);
	await_state(a, far, TCP_CLOSE_WAIT);
	CALL(a, shutdown(far, SHUT_WR));
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_RECV, .fd = fd, .addr = (u64)(long)data, .len = 64 };
	note_ring(a, &r, "recv end", &sqe);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_CLOSE, .fd = fd };
	note_ring(a, &r, "close", &sqe);
}

CASE(io_uring_accept_and_zerocopy)
{
	static char data[8192] __attribute__((aligned(4096))), got[8192];
	int listener = api_listener(a, XNET_NEAR, a->port), far, fd;
	struct io_uring_sqe sqe;
	unsigned int flags = 0;
	struct ring r;

	if (ring_open(&r)) {
		note(a, "no ring: %s", strerrorname_np(errno));
		return;
	}
	far = api_dial(a, XNET_FAR, a->port);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_ACCEPT, .fd = listener };
	fd = ring_do(&r, &sqe, NULL);
	OK(a, fd);
	memset(data, 'z', sizeof(data));
	sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_SEND_ZC, .fd = fd, .addr = (u64)(long)data, .len = sizeof(data),
	};
	note(a, "send_zc: %d", ring_do(&r, &sqe, &flags));
	note(a, "more: %d", !!(flags & IORING_CQE_F_MORE));
	note(a, "read: %d", (int)xnet_read_all(far, got, sizeof(got)));
	note(a, "same: %d", !memcmp(data, got, sizeof(got)));
	await_outq(a, fd, 0);
	sqe = (struct io_uring_sqe) { .opcode = IORING_OP_NOP };
	note(a, "next: %d", ring_do(&r, &sqe, &flags));
}

/* --- mapping what was received */

CASE(mmap_of_a_socket)
{
	int fd[2];
	void *p;

	api_pair(a, true, fd);
	p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd[0], 0);
	note(a, "mmap: %d", p != MAP_FAILED);
	note(a, "write: %s", mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd[0], 0) == MAP_FAILED ?
	     strerrorname_np(errno) : "mapped");
}

/* Data that came in a sendfile()d page of the page cache cannot be mapped; small data is copied. */
CASE(zerocopy_receive)
{
	struct tcp_zerocopy_receive zc = { 0 };
	static char copy[4096];
	socklen_t len = sizeof(zc);
	int fd[2];
	void *p;

	api_pair(a, true, fd);
	p = mmap(NULL, 16384, PROT_READ, MAP_SHARED, fd[0], 0);
	zc.address = (u64)(long)p;
	zc.length = 16384;
	CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
	note(a, "mapped %u skip %u inq %u", zc.length, zc.recv_skip_hint, zc.inq);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	zc.length = 16384;
	CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
	note(a, "mapped %u skip %u inq %u", zc.length, zc.recv_skip_hint, zc.inq);
	zc.length = 16384;
	zc.copybuf_address = (u64)(long)copy;
	zc.copybuf_len = sizeof(copy);
	CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
	note(a, "mapped %u copied %d inq %u", zc.length, zc.copybuf_len, zc.inq);
	note_bytes(a, "copy", copy, 10);
	zc.address++;
	CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
	zc.address = 4096;
	zc.copybuf_len = 0;
	for (int i = 0; i < 5; i++)
		CALL(a, write(fd[1], copy, sizeof(copy)));
	await_inq(a, fd[0], 5 * sizeof(copy));
	CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	CALL(a, recv(fd[0], NULL, 5 * sizeof(copy), MSG_TRUNC));
	zc.address = (u64)(long)p;
	CALL(a, getsockopt(fd[0], IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
}
