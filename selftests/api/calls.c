// SPDX-License-Identifier: GPL-2.0
/*
 * Every call in every state: a table of states a socket can be brought to, a table of calls, and a case for each pair.
 * After the call the record goes on with poll(), SO_ERROR and the state. Sockets do not block here.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>

#include "api.h"

/* --- states: each makes the near socket, and leaves the far one in *peer */

static int state_new(struct api *a, int *peer)
{
	(void)peer;
	return api_socket(a, XNET_NEAR);
}

static int state_bound(struct api *a, int *peer)
{
	struct xnet_addr any = xnet_any(a->family, a->port + 1);
	int fd = api_socket(a, XNET_NEAR);

	(void)peer;
	CALL(a, xnet_bind(fd, &any));
	return fd;
}

static int state_listening(struct api *a, int *peer)
{
	(void)peer;
	return api_listener(a, XNET_NEAR, a->port + 1);
}

static int state_backlogged(struct api *a, int *peer)
{
	int fd = api_listener(a, XNET_NEAR, a->port + 1);

	*peer = api_dial(a, XNET_FAR, a->port + 1);
	await_events(a, fd, POLLIN);
	return fd;
}

static int state_connecting(struct api *a, int *peer)
{
	struct xnet_addr to = api_nowhere(a);
	int fd = api_socket(a, XNET_NEAR);

	(void)peer;
	xnet_nonblock(fd, true);
	CALL(a, xnet_connect(fd, &to));
	return fd;
}

static int state_refused(struct api *a, int *peer)
{
	struct xnet_addr to = api_far(a, a->port + 2);
	int fd = api_socket(a, XNET_NEAR);

	(void)peer;
	xnet_nonblock(fd, true);
	CALL(a, xnet_connect(fd, &to));
	await_events(a, fd, POLLERR);
	return fd;
}

static int pair(struct api *a, int *peer)
{
	int fd[2];

	api_pair(a, a->c->column % 2, fd);
	*peer = fd[XNET_FAR];
	return fd[XNET_NEAR];
}

static int state_readable(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, write(*peer, "0123456789", 10));
	await_inq(a, fd, 10);
	return fd;
}

static int state_shut_wr(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, shutdown(fd, SHUT_WR));
	await_state(a, fd, TCP_FIN_WAIT2);
	return fd;
}

static int state_shut_rd(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, shutdown(fd, SHUT_RD));
	return fd;
}

static int state_shut_both(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, shutdown(fd, SHUT_RDWR));
	await_state(a, fd, TCP_FIN_WAIT2);
	return fd;
}

static int state_half_closed(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, shutdown(*peer, SHUT_WR));
	await_state(a, fd, TCP_CLOSE_WAIT);
	return fd;
}

static int state_half_closed_readable(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, write(*peer, "0123456789", 10));
	CALL(a, shutdown(*peer, SHUT_WR));
	await_state(a, fd, TCP_CLOSE_WAIT);
	return fd;
}

static int state_last_ack_done(struct api *a, int *peer)
{
	int fd = state_half_closed(a, peer);

	CALL(a, shutdown(fd, SHUT_WR));
	await_state(a, fd, TCP_CLOSE);
	return fd;
}

static int state_time_wait(struct api *a, int *peer)
{
	int fd = state_shut_wr(a, peer);

	CALL(a, shutdown(*peer, SHUT_WR));
	await_state(a, fd, TCP_CLOSE);
	return fd;
}

static int state_reset(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	api_reset(*peer);
	await_events(a, fd, POLLERR);
	return fd;
}

static int state_reset_readable(struct api *a, int *peer)
{
	int fd = state_readable(a, peer);

	api_reset(*peer);
	await_events(a, fd, POLLERR);
	return fd;
}

static int state_reset_after_fin(struct api *a, int *peer)
{
	int fd = state_half_closed(a, peer);

	api_reset(*peer);
	await_events(a, fd, POLLERR);
	return fd;
}

static int state_disconnected(struct api *a, int *peer)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = pair(a, peer);

	CALL(a, connect(fd, &none, sizeof(none)));
	return fd;
}

static int state_full(struct api *a, int *peer)
{
	static char data[65536];
	int fd = pair(a, peer), refused = 0;

	xnet_set_int(fd, SOL_SOCKET, SO_SNDBUF, 10000);
	xnet_nonblock(fd, true);
	/* what is on its way makes room once more when it has arrived */
	while (refused < 3) {
		refused = write(fd, data, sizeof(data)) > 0 ? 0 : refused + 1;
		xnet_sleep_ms(20);
	}
	return fd;
}

/* "abc", the urgent byte X, "def" */
static int state_urgent(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, send(*peer, "abcX", 4, MSG_OOB));
	CALL(a, write(*peer, "def", 3));
	await_outq(a, *peer, 0);
	return fd;
}

static int state_urgent_inline(struct api *a, int *peer)
{
	int fd = state_urgent(a, peer);

	CALL(a, xnet_set_int(fd, SOL_SOCKET, SO_OOBINLINE, 1));
	return fd;
}

static int state_at_mark(struct api *a, int *peer)
{
	int fd = state_urgent(a, peer);
	char data[16];

	CALL(a, recv(fd, data, sizeof(data), 0));
	return fd;
}

static int state_urgent_read(struct api *a, int *peer)
{
	int fd = state_at_mark(a, peer);
	char data[4];

	CALL(a, recv(fd, data, sizeof(data), MSG_OOB));
	return fd;
}

/* Nothing but the urgent byte, and no more will come */
static int state_urgent_half_closed(struct api *a, int *peer)
{
	int fd = pair(a, peer);

	CALL(a, send(*peer, "X", 1, MSG_OOB));
	CALL(a, shutdown(*peer, SHUT_WR));
	await_state(a, fd, TCP_CLOSE_WAIT);
	return fd;
}

static int state_urgent_reset(struct api *a, int *peer)
{
	int fd = state_urgent(a, peer);

	api_reset(*peer);
	await_events(a, fd, POLLERR);
	return fd;
}

static const struct {
	const char *name;
	int (*make)(struct api *a, int *peer);
} states[] = {
	{ "new", state_new },
	{ "bound", state_bound },
	{ "listening", state_listening },
	{ "backlogged", state_backlogged },
	{ "connecting", state_connecting },
	{ "refused", state_refused },
	{ "connected", pair },
	{ "readable", state_readable },
	{ "shut_wr", state_shut_wr },
	{ "shut_rd", state_shut_rd },
	{ "shut_both", state_shut_both },
	{ "half_closed", state_half_closed },
	{ "half_closed_readable", state_half_closed_readable },
	{ "last_ack_done", state_last_ack_done },
	{ "time_wait", state_time_wait },
	{ "reset", state_reset },
	{ "reset_readable", state_reset_readable },
	{ "reset_after_fin", state_reset_after_fin },
	{ "disconnected", state_disconnected },
	{ "full", state_full },
	{ "urgent", state_urgent },
	{ "urgent_inline", state_urgent_inline },
	{ "at_mark", state_at_mark },
	{ "urgent_read", state_urgent_read },
	{ "urgent_half_closed", state_urgent_half_closed },
	{ "urgent_reset", state_urgent_reset },
};

/* --- calls */

static void receive(struct api *a, int fd, int flags)
{
	char data[16] = "";

	note_bytes(a, "data", data, CALL(a, recv(fd, data, 4, flags | MSG_DONTWAIT)));
}

static void call_recv(struct api *a, int fd)
{
	receive(a, fd, 0);
	receive(a, fd, 0);
}

static void call_read_all(struct api *a, int fd)
{
	char data[64];

	xnet_nonblock(fd, true);
	note_bytes(a, "data", data, CALL(a, read(fd, data, sizeof(data))));
	note_bytes(a, "data", data, CALL(a, read(fd, data, sizeof(data))));
}

static void call_peek(struct api *a, int fd)
{
	receive(a, fd, MSG_PEEK);
	receive(a, fd, MSG_PEEK);
}

static void call_waitall(struct api *a, int fd)
{
	receive(a, fd, MSG_WAITALL);
}

static void call_trunc(struct api *a, int fd)
{
	receive(a, fd, MSG_TRUNC);
	receive(a, fd, 0);
}

static void call_errqueue(struct api *a, int fd)
{
	receive(a, fd, MSG_ERRQUEUE);
}

static void call_recv_oob(struct api *a, int fd)
{
	receive(a, fd, MSG_OOB | MSG_PEEK);
	receive(a, fd, MSG_OOB);
	receive(a, fd, MSG_OOB);
	receive(a, fd, 0);
}

static void call_recv_nothing(struct api *a, int fd)
{
	CALL(a, recv(fd, NULL, 0, MSG_DONTWAIT));
	CALL(a, recv(fd, NULL, 0, MSG_DONTWAIT | MSG_PEEK));
	CALL(a, read(fd, NULL, 0));
}

static void call_recvfrom(struct api *a, int fd)
{
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	char data[4];

	CALL(a, recvfrom(fd, data, sizeof(data), MSG_DONTWAIT, (struct sockaddr *)&from, &len));
	note(a, "length %u family %d", len, from.ss_family);
}

static void call_recvmsg(struct api *a, int fd)
{
	char data[8], control[128];
	struct sockaddr_storage from = { 0 };
	struct iovec iov[2] = { { data, 3 }, { data + 3, 5 } };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = iov, .msg_iovlen = 2,
		.msg_control = control, .msg_controllen = sizeof(control),
	};

	note_bytes(a, "data", data, CALL(a, recvmsg(fd, &msg, MSG_DONTWAIT)));
	note(a, "flags %x namelen %u controllen %zu", msg.msg_flags, msg.msg_namelen, msg.msg_controllen);
}

static void call_recvmmsg(struct api *a, int fd)
{
	char data[2][4];
	struct iovec iov[2] = { { data[0], 4 }, { data[1], 4 } };
	struct mmsghdr msg[2] = {
		{ .msg_hdr = { .msg_iov = &iov[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &iov[1], .msg_iovlen = 1 } },
	};

	CALL(a, recvmmsg(fd, msg, 2, MSG_DONTWAIT, NULL));
	note(a, "%u %u", msg[0].msg_len, msg[1].msg_len);
}

static void call_send(struct api *a, int fd)
{
	CALL(a, send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL));
	CALL(a, send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static void call_write(struct api *a, int fd)
{
	xnet_nonblock(fd, true);
	CALL(a, write(fd, "x", 1));
}

static void call_send_nothing(struct api *a, int fd)
{
	CALL(a, send(fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL));
	CALL(a, write(fd, NULL, 0));
}

static void call_send_more(struct api *a, int fd)
{
	CALL(a, send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE));
}

static void call_send_oob(struct api *a, int fd)
{
	CALL(a, send(fd, "xy", 2, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_OOB));
	CALL(a, send(fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_OOB));
}

/* Nobody there keeps cookies, so no data goes with a SYN; whether the call is possible is what counts. */
static void call_send_fastopen(struct api *a, int fd)
{
	struct xnet_addr to = api_nowhere(a);
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	CALL(a, sendto(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_FASTOPEN, &none, sizeof(none)));
	CALL(a, send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_FASTOPEN));
	CALL(a, sendto(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_FASTOPEN, &to.sa, to.len));
	CALL(a, sendto(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_FASTOPEN, &to.sa, to.len));
}

static void call_sendto(struct api *a, int fd)
{
	struct xnet_addr to = api_nowhere(a);

	CALL(a, sendto(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL, &to.sa, to.len));
}

static void call_sendmsg(struct api *a, int fd)
{
	struct iovec iov[3] = { { "ab", 2 }, { NULL, 0 }, { "c", 1 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 3 };

	CALL(a, sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static void call_sendmmsg(struct api *a, int fd)
{
	struct iovec iov = { "ab", 2 };
	struct mmsghdr msg[2] = {
		{ .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } },
	};

	CALL(a, sendmmsg(fd, msg, 2, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static void call_sendfile(struct api *a, int fd)
{
	int file = memfd_create("api", 0);

	if (write(file, "file", 4) != 4)
		note(a, "no file");
	lseek(file, 0, SEEK_SET);
	xnet_nonblock(fd, true);
	CALL(a, sendfile(fd, file, NULL, 4));
}

static void call_splice_out(struct api *a, int fd)
{
	int pipe[2];

	if (pipe2(pipe, O_NONBLOCK) || write(pipe[1], "pipe", 4) != 4)
		note(a, "no pipe");
	xnet_nonblock(fd, true);
	CALL(a, splice(pipe[0], NULL, fd, NULL, 4, SPLICE_F_NONBLOCK));
}

static void call_splice_in(struct api *a, int fd)
{
	int pipe[2];
	char data[16];

	if (pipe2(pipe, O_NONBLOCK))
		note(a, "no pipe");
	xnet_nonblock(fd, true);
	CALL(a, splice(fd, NULL, pipe[1], NULL, 7, SPLICE_F_NONBLOCK));
	note_bytes(a, "pipe", data, read(pipe[0], data, sizeof(data)));
}

static void call_bind(struct api *a, int fd)
{
	struct xnet_addr any = xnet_any(a->family, a->port + 3);

	CALL(a, xnet_bind(fd, &any));
}

static void call_listen(struct api *a, int fd)
{
	CALL(a, listen(fd, 3));
	CALL(a, listen(fd, 4));
}

static void call_accept(struct api *a, int fd)
{
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	int child;

	xnet_nonblock(fd, true);
	child = accept4(fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	note_call(a, "accept4", child < 0 ? -1 : 0);
	if (child < 0)
		return;
	note_addr(a, "from", &from, len);
	note(a, "flags %x %x", fcntl(child, F_GETFL), fcntl(child, F_GETFD));
	note_after(a, child);
}

static void call_connect(struct api *a, int fd)
{
	struct xnet_addr to = api_far(a, a->port + 3);
	int listener = api_listener(a, XNET_FAR, a->port + 3);

	(void)listener;
	xnet_nonblock(fd, true);
	if (CALL(a, xnet_connect(fd, &to)) && errno == EINPROGRESS && a->c->row != 4) {
		await_events(a, fd, POLLOUT);
		CALL(a, xnet_connect(fd, &to));
		CALL(a, xnet_connect(fd, &to));
	}
}

static void call_connect_again(struct api *a, int fd)
{
	struct xnet_addr to = api_far(a, a->port + 3);

	xnet_nonblock(fd, true);
	for (int i = 0; i < 3; i++) {
		if (CALL(a, xnet_connect(fd, &to)) && errno == EINPROGRESS)
			await_events(a, fd, POLLERR);
	}
}

static void call_unspec(struct api *a, int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	CALL(a, connect(fd, &none, sizeof(none)));
	note_poll(a, fd);
	CALL(a, connect(fd, &none, sizeof(none)));
	CALL(a, connect(fd, &none, 1));
}

static void call_shutdown_rd(struct api *a, int fd)
{
	CALL(a, shutdown(fd, SHUT_RD));
	CALL(a, shutdown(fd, SHUT_RD));
}

/* There is a connection, and it takes what is sent. */
static bool connection_lasts(const struct api *a)
{
	return a->c->row >= 6 && a->c->row != 18 && a->c->row != 19;
}

static void call_shutdown_wr(struct api *a, int fd)
{
	CALL(a, shutdown(fd, SHUT_WR));
	/* until its FIN is acknowledged the state is between two */
	if (connection_lasts(a))
		await_outq(a, fd, 0);
}

static void call_shutdown_both(struct api *a, int fd)
{
	CALL(a, shutdown(fd, SHUT_RDWR));
	if (connection_lasts(a))
		await_outq(a, fd, 0);
	CALL(a, shutdown(fd, SHUT_RDWR));
}

static void call_shutdown_odd(struct api *a, int fd)
{
	CALL(a, shutdown(fd, 3));
	CALL(a, shutdown(fd, -1));
}

static void call_names(struct api *a, int fd)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	CALL(a, getsockname(fd, (struct sockaddr *)&ss, &len));
	note_addr(a, "name", &ss, len);
	len = sizeof(ss);
	if (!CALL(a, getpeername(fd, (struct sockaddr *)&ss, &len)))
		note_addr(a, "peer", &ss, len);
	len = 3;
	CALL(a, getsockname(fd, (struct sockaddr *)&ss, &len));
	note(a, "length %u", len);
	len = -1;
	CALL(a, getsockname(fd, (struct sockaddr *)&ss, &len));
	CALL(a, getsockname(fd, (struct sockaddr *)&ss, NULL));
}

static void call_select(struct api *a, int fd)
{
	struct timeval tv = { 0 };
	fd_set sets[3];

	for (int i = 0; i < 3; i++) {
		FD_ZERO(&sets[i]);
		FD_SET(fd, &sets[i]);
	}
	CALL(a, select(fd + 1, &sets[0], &sets[1], &sets[2], &tv));
	note(a, "%d %d %d", !!FD_ISSET(fd, &sets[0]), !!FD_ISSET(fd, &sets[1]), !!FD_ISSET(fd, &sets[2]));
}

static void epoll(struct api *a, int fd, unsigned int flags)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | flags };
	int ep = epoll_create1(0);

	CALL(a, epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	for (int i = 0; i < 2; i++) {
		e.events = 0;
		CALL(a, epoll_wait(ep, &e, 1, 0));
		note_events(a, "events", e.events);
	}
}

static void call_epoll(struct api *a, int fd)
{
	epoll(a, fd, 0);
	epoll(a, fd, EPOLLET);
	epoll(a, fd, EPOLLONESHOT);
}

static void call_ioctl(struct api *a, int fd)
{
	int value = -7;

	CALL(a, ioctl(fd, SIOCINQ, &value));
	/* how much of a full buffer is in flight is timing */
	if (a->c->row != 19) {
		note(a, "%d", value);
		CALL(a, ioctl(fd, SIOCOUTQ, &value));
		note(a, "%d", value);
		CALL(a, ioctl(fd, SIOCOUTQNSD, &value));
		note(a, "%d", value);
	}
	CALL(a, ioctl(fd, SIOCATMARK, &value));
	note(a, "%d", value);
	CALL(a, ioctl(fd, SIOCATMARK, (void *)8));
	CALL(a, ioctl(fd, SIOCINQ, (void *)8));
	CALL(a, ioctl(fd, 0x1234, &value));
	value = 1;
	CALL(a, ioctl(fd, FIONBIO, &value));
	note(a, "flags %x", fcntl(fd, F_GETFL));
}

static void call_faults(struct api *a, int fd)
{
	xnet_nonblock(fd, true);
	CALL(a, send(fd, (void *)8, 10, MSG_NOSIGNAL));
	CALL(a, recv(fd, (void *)8, 10, 0));
	CALL(a, recvmsg(fd, (void *)8, 0));
	CALL(a, sendmsg(fd, (void *)8, MSG_NOSIGNAL));
	CALL(a, connect(fd, (void *)8, 16));
	CALL(a, bind(fd, (void *)8, 16));
	CALL(a, getsockname(fd, (void *)8, (socklen_t [1]) { 16 }));
	CALL(a, getsockopt(fd, SOL_SOCKET, SO_TYPE, (void *)8, (socklen_t [1]) { 4 }));
	CALL(a, setsockopt(fd, IPPROTO_TCP, TCP_CORK, (void *)8, 4));
}

static void call_nothing(struct api *a, int fd)
{
	(void)a;
	(void)fd;
}

static void call_descriptor(struct api *a, int fd)
{
	char data[4];

	CALL(a, lseek(fd, 0, SEEK_SET));
	CALL(a, pread(fd, data, 1, 0));
	CALL(a, pwrite(fd, data, 1, 0));
	CALL(a, fsync(fd));
	CALL(a, ftruncate(fd, 1));
	CALL(a, fallocate(fd, 0, 0, 1));
}

static const struct {
	const char *name;
	void (*call)(struct api *a, int fd);
} calls[] = {
	{ "nothing", call_nothing },
	{ "recv", call_recv },
	{ "read_all", call_read_all },
	{ "peek", call_peek },
	{ "waitall", call_waitall },
	{ "trunc", call_trunc },
	{ "errqueue", call_errqueue },
	{ "recv_oob", call_recv_oob },
	{ "recv_nothing", call_recv_nothing },
	{ "recvfrom", call_recvfrom },
	{ "recvmsg", call_recvmsg },
	{ "recvmmsg", call_recvmmsg },
	{ "send", call_send },
	{ "write", call_write },
	{ "send_nothing", call_send_nothing },
	{ "send_more", call_send_more },
	{ "send_oob", call_send_oob },
	{ "send_fastopen", call_send_fastopen },
	{ "sendto", call_sendto },
	{ "sendmsg", call_sendmsg },
	{ "sendmmsg", call_sendmmsg },
	{ "sendfile", call_sendfile },
	{ "splice_out", call_splice_out },
	{ "splice_in", call_splice_in },
	{ "bind", call_bind },
	{ "listen", call_listen },
	{ "accept", call_accept },
	{ "connect", call_connect },
	{ "connect_again", call_connect_again },
	{ "unspec", call_unspec },
	{ "shutdown_rd", call_shutdown_rd },
	{ "shutdown_wr", call_shutdown_wr },
	{ "shutdown_both", call_shutdown_both },
	{ "shutdown_odd", call_shutdown_odd },
	{ "names", call_names },
	{ "select", call_select },
	{ "epoll", call_epoll },
	{ "ioctl", call_ioctl },
	{ "faults", call_faults },
	{ "descriptor", call_descriptor },
};

/* A send into a connection that the peer has reset or closed is answered later: only what the call says is compared. */
static bool answered_later(int state, int call)
{
	const char *s = states[state].name, *c = calls[call].name;

	return (!strcmp(s, "shut_rd") || !strcmp(s, "full") || !strcmp(s, "time_wait")) && strstr(c, "send");
}

static void run_call(struct api *a)
{
	int peer = -1, fd = states[a->c->row].make(a, &peer);

	calls[a->c->column].call(a, fd);
	if (!answered_later(a->c->row, a->c->column))
		note_after(a, fd);
	CALL(a, close(fd));
}

__attribute__((constructor(150))) static void add_calls(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(states); s++) {
		for (size_t c = 0; c < ARRAY_SIZE(calls); c++)
			api_add(&(struct api_case) {
				.group = "call", .name = states[s].name, .suffix = calls[c].name,
				.run = run_call, .row = s, .column = c,
			});
	}
}
