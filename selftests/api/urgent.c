// SPDX-License-Identifier: GPL-2.0
/*
 * Urgent data as the reader meets it, step by step: the mark, the byte beside the stream and in it, with every way of
 * reading; what poll(), epoll, select(), SIOCATMARK and SIOCINQ say in between. What the calls do in each state is in
 * calls.c. tcp(7), recv(2), RFC 6093.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/select.h>

#include "api.h"

#define API_GROUP	"urgent"

/* Where the reader is, and what is asked of it next. */
static void note_where(struct api *a, int fd)
{
	note(a, "mark %d, inq %d", xnet_ioctl_int(fd, SIOCATMARK), xnet_ioctl_int(fd, SIOCINQ));
	note_poll(a, fd);
}

static void take(struct api *a, int fd, int len, int flags)
{
	char data[32] = "", what[32];
	long n;

	errno = 0;
	n = recv(fd, data, len, flags | MSG_DONTWAIT);
	snprintf(what, sizeof(what), "recv %d flags %x", len, flags);
	note_bytes(a, "data", data, note_call(a, what, n));
	note_where(a, fd);
}

static void take_oob(struct api *a, int fd, int flags)
{
	take(a, fd, 1, MSG_OOB | flags);
}

static void put(struct api *a, int fd, const char *text, int flags)
{
	note_call(a, text, (errno = 0, send(fd, text, strlen(text), flags | MSG_NOSIGNAL)));
	await_outq(a, fd, 0);
}

/* The near host reads what the far one said: "abc", the urgent byte X, "def". */
static int hear(struct api *a, int fd[2], bool passive)
{
	api_pair(a, passive, fd);
	put(a, fd[XNET_FAR], "abc", 0);
	put(a, fd[XNET_FAR], "X", MSG_OOB);
	put(a, fd[XNET_FAR], "def", 0);
	note_where(a, fd[XNET_NEAR]);
	return fd[XNET_NEAR];
}

CASE(byte_first)
{
	int fd[2], rx = hear(a, fd, false);

	take_oob(a, rx, MSG_PEEK);
	take_oob(a, rx, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
}

CASE(byte_last)
{
	int fd[2], rx = hear(a, fd, true);

	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
}

CASE(byte_too_late)
{
	int fd[2], rx = hear(a, fd, true);

	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
}

CASE(byte_one_at_a_time)
{
	int fd[2], rx = hear(a, fd, false);

	for (int i = 0; i < 8; i++)
		take(a, rx, 1, 0);
}

CASE(flags_of_the_byte)
{
	static const int flags[] = { MSG_TRUNC, MSG_PEEK | MSG_TRUNC, MSG_WAITALL, 0 };
	int fd[2], rx;
	char data[4];

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		rx = hear(a, fd, false);
		take(a, rx, 0, MSG_OOB | MSG_PEEK | flags[i]);
		take(a, rx, 5, MSG_OOB | flags[i]);
		CALL(a, recv(rx, (void *)8, 1, MSG_OOB | MSG_PEEK));
		CALL(a, recv(rx, (void *)8, 1, MSG_OOB));
		CALL(a, recv(rx, data, 1, MSG_OOB));
		close(fd[0]);
		close(fd[1]);
	}
}

CASE(msg_flags_of_the_byte)
{
	char data[4], control[64];
	struct iovec iov = { data, 4 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 64 };
	int fd[2], rx = hear(a, fd, false);

	CALL(a, recvmsg(rx, &msg, MSG_OOB));
	note(a, "flags %x control %zu", msg.msg_flags, msg.msg_controllen);
	iov.iov_len = 0;
	put(a, fd[XNET_FAR], "Y", MSG_OOB);
	msg.msg_flags = 0;
	CALL(a, recvmsg(rx, &msg, MSG_OOB));
	note(a, "flags %x", msg.msg_flags);
	note_where(a, rx);
}

CASE(peek_stops_at_the_mark)
{
	int fd[2], rx = hear(a, fd, false);

	take(a, rx, 32, MSG_PEEK);
	take(a, rx, 2, 0);
	take(a, rx, 32, MSG_PEEK);
	take(a, rx, 32, 0);
	take(a, rx, 32, MSG_PEEK);
	take(a, rx, 2, MSG_PEEK);
	take(a, rx, 32, 0);
}

CASE(trunc_stops_at_the_mark)
{
	int fd[2], rx = hear(a, fd, false);

	take(a, rx, 32, MSG_TRUNC);
	take(a, rx, 32, MSG_TRUNC);
	take(a, rx, 32, MSG_TRUNC);
}

CASE(waitall_stops_at_the_mark)
{
	int fd[2], rx = hear(a, fd, true);
	char data[8];

	CALL(a, recv(rx, data, 7, MSG_WAITALL));
	note_where(a, rx);
	CALL(a, recv(rx, data, 3, MSG_WAITALL));
	note_bytes(a, "data", data, 3);
	note_where(a, rx);
}

CASE(readv_stops_at_the_mark)
{
	char data[8];
	struct iovec iov[2] = { { data, 2 }, { data + 2, 6 } };
	int fd[2], rx = hear(a, fd, true);

	xnet_nonblock(rx, true);
	for (int i = 0; i < 3; i++) {
		note_bytes(a, "data", data, CALL(a, readv(rx, iov, 2)));
		note_where(a, rx);
	}
}

static void splice_some(struct api *a, int fd)
{
	char data[32];
	int pipe[2];

	if (pipe2(pipe, O_NONBLOCK))
		note(a, "no pipe");
	xnet_nonblock(fd, true);
	CALL(a, splice(fd, NULL, pipe[1], NULL, 32, SPLICE_F_NONBLOCK));
	note_bytes(a, "pipe", data, read(pipe[0], data, sizeof(data)));
	note_where(a, fd);
	close(pipe[0]);
	close(pipe[1]);
}

CASE(splice_stops_at_the_mark)
{
	int fd[2], rx = hear(a, fd, false);

	splice_some(a, rx);
	splice_some(a, rx);
	take_oob(a, rx, 0);
	splice_some(a, rx);
	take(a, rx, 1, 0);
	splice_some(a, rx);
}

CASE(splice_inline)
{
	int fd[2], rx = hear(a, fd, false);

	CALL(a, xnet_set_int(rx, SOL_SOCKET, SO_OOBINLINE, 1));
	splice_some(a, rx);
	splice_some(a, rx);
	take(a, rx, 1, 0);
	splice_some(a, rx);
}

CASE(splice_waits_at_the_mark)
{
	int fd[2], rx, pipe[2];

	api_pair(a, true, fd);
	rx = fd[XNET_NEAR];
	put(a, fd[XNET_FAR], "X", MSG_OOB);
	if (pipe2(pipe, O_NONBLOCK))
		note(a, "no pipe");
	CALL(a, splice(rx, NULL, pipe[1], NULL, 32, 0));
	note_where(a, rx);
}

CASE(zerocopy_receive)
{
	int fd[2], rx = hear(a, fd, false);
	static char copy[64];
	struct tcp_zerocopy_receive zc = { 0 };
	socklen_t len = sizeof(zc);

	for (int i = 0; i < 2; i++) {
		zc.copybuf_address = (u64)(long)copy;
		zc.copybuf_len = sizeof(copy);
		CALL(a, getsockopt(rx, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
		note(a, "mapped %u copied %d skip %u", zc.length, zc.copybuf_len, zc.recv_skip_hint);
		note_where(a, rx);
	}
	take(a, rx, 32, 0);
}

CASE(inline)
{
	int fd[2], rx;

	api_pair(a, false, fd);
	rx = fd[XNET_NEAR];
	CALL(a, xnet_set_int(rx, SOL_SOCKET, SO_OOBINLINE, 1));
	put(a, fd[XNET_FAR], "abcX", MSG_OOB);
	put(a, fd[XNET_FAR], "def", 0);
	note_where(a, rx);
	take_oob(a, rx, 0);
	take(a, rx, 32, MSG_PEEK);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, MSG_PEEK);
	take(a, rx, 1, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
}

CASE(inline_on_the_way)
{
	int fd[2], rx = hear(a, fd, true);

	CALL(a, xnet_set_int(rx, SOL_SOCKET, SO_OOBINLINE, 1));
	note_where(a, rx);
	take_oob(a, rx, 0);
	CALL(a, xnet_set_int(rx, SOL_SOCKET, SO_OOBINLINE, 0));
	take_oob(a, rx, 0);
	CALL(a, xnet_set_int(rx, SOL_SOCKET, SO_OOBINLINE, 1));
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
}

CASE(twice)
{
	int fd[2], rx = hear(a, fd, false);

	put(a, fd[XNET_FAR], "gY", MSG_OOB);
	note_where(a, rx);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
}

CASE(twice_at_the_mark)
{
	int fd[2], rx = hear(a, fd, false);

	take(a, rx, 32, 0);
	put(a, fd[XNET_FAR], "gY", MSG_OOB);
	note_where(a, rx);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
}

CASE(twice_running)
{
	int fd[2], rx;

	api_pair(a, true, fd);
	rx = fd[XNET_NEAR];
	put(a, fd[XNET_FAR], "X", MSG_OOB);
	note_where(a, rx);
	put(a, fd[XNET_FAR], "Y", MSG_OOB);
	note_where(a, rx);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
	put(a, fd[XNET_FAR], "Z", MSG_OOB);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
}

/* A byte that was read already, and what poll() says of data behind it */
CASE(readable_behind_the_byte)
{
	int fd[2], rx;

	api_pair(a, true, fd);
	rx = fd[XNET_NEAR];
	put(a, fd[XNET_FAR], "X", MSG_OOB);
	take_oob(a, rx, 0);
	put(a, fd[XNET_FAR], "a", 0);
	note_where(a, rx);
	take(a, rx, 32, 0);
}

CASE(low_water_mark)
{
	int fd[2], rx;

	api_pair(a, true, fd);
	rx = fd[XNET_NEAR];
	CALL(a, xnet_set_int(rx, SOL_SOCKET, SO_RCVLOWAT, 4));
	put(a, fd[XNET_FAR], "X", MSG_OOB);
	for (int i = 0; i < 5; i++) {
		put(a, fd[XNET_FAR], "a", 0);
		note_where(a, rx);
	}
}

CASE(then_the_end)
{
	int fd[2], rx = hear(a, fd, true);

	CALL(a, shutdown(fd[XNET_FAR], SHUT_WR));
	await_state(a, rx, TCP_CLOSE_WAIT);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
}

CASE(last_byte_then_the_end)
{
	int fd[2], rx;

	api_pair(a, true, fd);
	rx = fd[XNET_NEAR];
	put(a, fd[XNET_FAR], "aX", MSG_OOB);
	CALL(a, shutdown(fd[XNET_FAR], SHUT_WR));
	await_state(a, rx, TCP_CLOSE_WAIT);
	note_where(a, rx);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
}

CASE(then_a_reset)
{
	int fd[2], rx = hear(a, fd, true);

	api_reset(fd[XNET_FAR]);
	await_events(a, rx, POLLERR);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
}

CASE(then_shut_rd)
{
	int fd[2], rx = hear(a, fd, true);

	CALL(a, shutdown(rx, SHUT_RD));
	note_where(a, rx);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
}

CASE(then_disconnected)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct xnet_addr to = api_far(a, a->port + 1);
	int fd[2], rx = hear(a, fd, false), listener = api_listener(a, XNET_FAR, a->port + 1), far;

	CALL(a, connect(rx, &none, sizeof(none)));
	note_where(a, rx);
	take_oob(a, rx, 0);
	CALL(a, xnet_connect(rx, &to));
	far = xnet_accept(listener);
	note_where(a, rx);
	take_oob(a, rx, 0);
	put(a, far, "abc", 0);
	take(a, rx, 32, 0);
}

CASE(epoll_priority)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLPRI | EPOLLET };
	int fd[2], ep = epoll_create1(0), rx;

	api_pair(a, true, fd);
	rx = fd[XNET_NEAR];
	CALL(a, epoll_ctl(ep, EPOLL_CTL_ADD, rx, &e));
	for (int i = 0; i < 6; i++) {
		if (i < 4)
			put(a, fd[XNET_FAR], i % 2 ? "X" : "a", i % 2 ? MSG_OOB : 0);
		else
			take(a, rx, 1, i == 4 ? MSG_OOB : 0);
		for (int j = 0; j < 2; j++) {
			e.events = 0;
			CALL(a, epoll_wait(ep, &e, 1, 0));
			note_events(a, "event", e.events);
		}
	}
}

CASE(select_exceptional)
{
	int fd[2], rx = hear(a, fd, false);

	for (int i = 0; i < 3; i++) {
		struct timeval tv = { 0 };
		fd_set in, ex;

		FD_ZERO(&in);
		FD_ZERO(&ex);
		FD_SET(rx, &in);
		FD_SET(rx, &ex);
		CALL(a, select(rx + 1, &in, NULL, &ex, &tv));
		note(a, "%d %d", !!FD_ISSET(rx, &in), !!FD_ISSET(rx, &ex));
		if (i)
			take(a, rx, 32, 0);
		else
			take_oob(a, rx, 0);
	}
}

static volatile sig_atomic_t signals;

static void on_sigurg(int sig)
{
	(void)sig;
	signals++;
}

CASE(sigurg)
{
	struct sigaction action = { .sa_handler = on_sigurg }, before;
	int fd[2], rx;

	api_pair(a, true, fd);
	rx = fd[XNET_NEAR];
	sigaction(SIGURG, &action, &before);
	signals = 0;
	put(a, fd[XNET_FAR], "X", MSG_OOB);
	note(a, "%d signals without an owner", signals);
	CALL(a, fcntl(rx, F_SETOWN, getpid()));
	put(a, fd[XNET_FAR], "Y", MSG_OOB);
	await_events(a, rx, POLLPRI);
	note(a, "%d signals", signals);
	put(a, fd[XNET_FAR], "abc", 0);
	note(a, "%d signals", signals);
	sigaction(SIGURG, &before, NULL);
}

/* What is sent: the last byte of a call is the urgent one, whatever else the call says. */
CASE(sent)
{
	int fd[2], rx;

	api_pair(a, true, fd);
	rx = fd[XNET_FAR];
	put(a, fd[XNET_NEAR], "abX", MSG_OOB);
	note_where(a, rx);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
	CALL(a, send(fd[XNET_NEAR], "", 0, MSG_OOB));
	CALL(a, xnet_set_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_CORK, 1));
	CALL(a, send(fd[XNET_NEAR], "cdY", 3, MSG_OOB));
	CALL(a, send(fd[XNET_NEAR], "e", 1, MSG_OOB | MSG_MORE));
	CALL(a, xnet_set_int(fd[XNET_NEAR], IPPROTO_TCP, TCP_CORK, 0));
	await_outq(a, fd[XNET_NEAR], 0);
	note_where(a, rx);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
	take(a, rx, 32, 0);
}

CASE(sent_before_the_connection)
{
	struct xnet_addr to = api_far(a, a->port);
	int fd = api_socket(a, XNET_NEAR), listener = api_listener(a, XNET_FAR, a->port), rx;

	CALL(a, send(fd, "X", 1, MSG_OOB | MSG_NOSIGNAL));
	CALL(a, xnet_connect(fd, &to));
	rx = xnet_accept(listener);
	put(a, fd, "aY", MSG_OOB);
	note_where(a, rx);
	take(a, rx, 32, 0);
	take_oob(a, rx, 0);
}
