// SPDX-License-Identifier: GPL-2.0
/*
 * Small programs: sequences of calls whose order and readiness matter. epoll(7), connect(2), bind(2), recv(2), close(2),
 * fork(2), unix(7).
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "api.h"

#define API_GROUP	"script"

/* --- epoll */

static int watch(int fd, unsigned int events)
{
	struct epoll_event e = { .events = events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) ? -1 : ep;
}

static void note_watched(struct api *a, int ep)
{
	struct epoll_event e[4] = { 0 };
	int n = epoll_wait(ep, e, 4, 0);

	note_events(a, n == 1 ? "event" : n ? "events" : "no event", n > 0 ? e[0].events : 0);
}

CASE(epoll_edge_rearms_with_data)
{
	int fd[2], ep;
	char data[16];

	api_pair(a, true, fd);
	ep = watch(fd[0], EPOLLIN | EPOLLET);
	note_watched(a, ep);
	for (int i = 0; i < 3; i++) {
		CALL(a, write(fd[1], "abcd", 4));
		await_inq(a, fd[0], 4 + 3 * i);
		note_watched(a, ep);
		note_watched(a, ep);
		CALL(a, read(fd[0], data, 1));
		note_watched(a, ep);
	}
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	note_watched(a, ep);
	note_watched(a, ep);
}

CASE(epoll_edge_out)
{
	static char data[65536];
	int fd[2], ep;

	api_pair(a, false, fd);
	xnet_nonblock(fd[0], true);
	ep = watch(fd[0], EPOLLOUT | EPOLLET);
	note_watched(a, ep);
	note_watched(a, ep);
	while (write(fd[0], data, sizeof(data)) > 0)
		;
	note_watched(a, ep);
	xnet_nonblock(fd[1], true);
	for (int i = 0; i < 400; i++) {
		while (read(fd[1], data, sizeof(data)) > 0)
			;
		xnet_sleep_ms(1);
		if (xnet_ioctl_int(fd[0], SIOCOUTQ) == 0)
			break;
	}
	note_watched(a, ep);
	note_watched(a, ep);
}

CASE(epoll_level)
{
	int fd[2], ep;
	char data[16];

	api_pair(a, true, fd);
	ep = watch(fd[0], EPOLLIN | EPOLLRDHUP);
	CALL(a, write(fd[1], "abcd", 4));
	await_inq(a, fd[0], 4);
	note_watched(a, ep);
	note_watched(a, ep);
	CALL(a, read(fd[0], data, 4));
	note_watched(a, ep);
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	note_watched(a, ep);
	CALL(a, read(fd[0], data, 4));
	note_watched(a, ep);
	CALL(a, shutdown(fd[0], SHUT_RD));
	note_watched(a, ep);
	CALL(a, shutdown(fd[0], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE);
	note_watched(a, ep);
}

CASE(epoll_oneshot)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLONESHOT };
	int fd[2], ep;

	api_pair(a, false, fd);
	ep = watch(fd[0], EPOLLIN | EPOLLONESHOT);
	CALL(a, write(fd[1], "abcd", 4));
	await_inq(a, fd[0], 4);
	note_watched(a, ep);
	CALL(a, write(fd[1], "abcd", 4));
	await_inq(a, fd[0], 8);
	note_watched(a, ep);
	CALL(a, epoll_ctl(ep, EPOLL_CTL_MOD, fd[0], &e));
	note_watched(a, ep);
	note_watched(a, ep);
}

CASE(epoll_connecting)
{
	struct xnet_addr to = api_far(a, a->port);
	int fd, listener, ep;

	listener = api_listener(a, XNET_FAR, a->port);
	fd = api_socket(a, XNET_NEAR);
	xnet_nonblock(fd, true);
	ep = watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	note_watched(a, ep);
	CALL(a, xnet_connect(fd, &to));
	await_events(a, fd, POLLOUT);
	note_watched(a, ep);
	note_watched(a, ep);
	close(listener);
	await_events(a, fd, POLLERR);
	note_watched(a, ep);
	note_watched(a, ep);
	note_after(a, fd);
	note_watched(a, ep);
}

CASE(epoll_refused)
{
	struct xnet_addr to = api_far(a, a->port);
	int fd = api_socket(a, XNET_NEAR), ep;

	xnet_nonblock(fd, true);
	ep = watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
	note_watched(a, ep);
	CALL(a, xnet_connect(fd, &to));
	await_events(a, fd, POLLERR);
	note_watched(a, ep);
	note_int(a, "SO_ERROR", fd, SOL_SOCKET, SO_ERROR);
	note_watched(a, ep);
	CALL(a, xnet_connect(fd, &to));
	note_watched(a, ep);
}

CASE(epoll_reset)
{
	char data[4];
	int fd[2], ep;

	api_pair(a, true, fd);
	ep = watch(fd[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	note_watched(a, ep);
	api_reset(fd[1]);
	await_events(a, fd[0], POLLERR);
	note_watched(a, ep);
	note_watched(a, ep);
	CALL(a, read(fd[0], data, 4));
	CALL(a, read(fd[0], data, 4));
	note_watched(a, ep);
	note_poll(a, fd[0]);
}

CASE(epoll_listener)
{
	int fd = api_listener(a, XNET_NEAR, a->port), client[2], ep;

	ep = watch(fd, EPOLLIN | EPOLLET);
	note_watched(a, ep);
	for (int i = 0; i < 2; i++) {
		client[i] = api_dial(a, XNET_FAR, a->port);
		await_events(a, fd, POLLIN);
		note_watched(a, ep);
	}
	for (int i = 0; i < 2; i++) {
		OK(a, accept(fd, NULL, NULL));
		note_watched(a, ep);
		note_poll(a, fd);
	}
	CALL(a, shutdown(fd, SHUT_RD));
	note_watched(a, ep);
	note_after(a, fd);
	(void)client;
}

CASE(epoll_exclusive)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int fd = api_listener(a, XNET_NEAR, a->port), ep[2];

	for (int i = 0; i < 2; i++) {
		ep[i] = epoll_create1(0);
		CALL(a, epoll_ctl(ep[i], EPOLL_CTL_ADD, fd, &e));
		CALL(a, epoll_ctl(ep[i], EPOLL_CTL_MOD, fd, &e));
	}
	api_dial(a, XNET_FAR, a->port);
	await_events(a, fd, POLLIN);
	for (int i = 0; i < 2; i++)
		note_watched(a, ep[i]);
}

CASE(epoll_mod_shows_again)
{
	struct epoll_event e = { .events = EPOLLOUT | EPOLLET };
	int fd[2], ep;

	api_pair(a, false, fd);
	ep = watch(fd[0], EPOLLOUT | EPOLLET);
	note_watched(a, ep);
	note_watched(a, ep);
	CALL(a, epoll_ctl(ep, EPOLL_CTL_MOD, fd[0], &e));
	note_watched(a, ep);
	CALL(a, epoll_ctl(ep, EPOLL_CTL_DEL, fd[0], NULL));
	note_watched(a, ep);
	CALL(a, epoll_ctl(ep, EPOLL_CTL_DEL, fd[0], NULL));
}

CASE(epoll_shutdown_by_steps)
{
	int fd[2], ep;

	api_pair(a, false, fd);
	ep = watch(fd[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	note_watched(a, ep);
	CALL(a, shutdown(fd[0], SHUT_WR));
	await_state(a, fd[0], TCP_FIN_WAIT2);
	note_watched(a, ep);
	CALL(a, shutdown(fd[0], SHUT_RD));
	note_watched(a, ep);
	CALL(a, close(fd[1]));
	await_state(a, fd[0], TCP_CLOSE);
	note_watched(a, ep);
	note_poll(a, fd[0]);
}

CASE(rcvlowat)
{
	int fd[2], ep;

	api_pair(a, true, fd);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_RCVLOWAT, 10));
	ep = watch(fd[0], EPOLLIN | EPOLLET);
	for (int i = 1; i <= 4; i++) {
		CALL(a, write(fd[1], "abcd", 4));
		await_inq(a, fd[0], 4 * i);
		note_poll(a, fd[0]);
		note_watched(a, ep);
	}
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_RCVLOWAT, 100));
	note_poll(a, fd[0]);
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	note_poll(a, fd[0]);
	note_watched(a, ep);
}

CASE(rcvlowat_recv_waits)
{
	struct timeval tv = { .tv_usec = 300000 };
	char data[64];
	int fd[2];

	api_pair(a, false, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_RCVLOWAT, 10);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	CALL(a, write(fd[1], "abcd", 4));
	CALL(a, recv(fd[0], data, sizeof(data), 0));
	CALL(a, recv(fd[0], data, sizeof(data), 0));
	CALL(a, write(fd[1], "0123456789ab", 12));
	CALL(a, recv(fd[0], data, sizeof(data), 0));
	CALL(a, write(fd[1], "abcd", 4));
	CALL(a, recv(fd[0], data, 3, 0));
}

CASE(notsent_lowat)
{
	static char data[200000];
	int fd[2], ep;

	api_pair(a, false, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 400000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 5000);
	CALL(a, xnet_set_int(fd[0], IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1));
	xnet_nonblock(fd[0], true);
	ep = watch(fd[0], EPOLLOUT);
	note_watched(a, ep);
	OK(a, write(fd[0], data, sizeof(data)));
	note_watched(a, ep);
	CALL(a, xnet_set_int(fd[0], IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1 << 20));
	note_watched(a, ep);
}

/* --- receiving */

CASE(peek_and_waitall)
{
	struct timeval tv = { .tv_usec = 200000 };
	char data[32];
	int fd[2];

	api_pair(a, true, fd);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK)));
	note_bytes(a, "peek all", data, CALL(a, recv(fd[0], data, 20, MSG_PEEK | MSG_WAITALL)));
	note_bytes(a, "all", data, CALL(a, recv(fd[0], data, 20, MSG_WAITALL)));
	CALL(a, recv(fd[0], data, 20, MSG_WAITALL));
	CALL(a, recv(fd[0], data, 20, MSG_PEEK | MSG_WAITALL | MSG_DONTWAIT));
}

CASE(peek_off)
{
	char data[32];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_PEEK_OFF, 3));
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK | MSG_DONTWAIT)));
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK | MSG_DONTWAIT)));
	note_bytes(a, "read", data, CALL(a, recv(fd[0], data, 2, MSG_DONTWAIT)));
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK | MSG_DONTWAIT)));
	note_int(a, "offset", fd[0], SOL_SOCKET, SO_PEEK_OFF);
}

CASE(trunc_mixes)
{
	char data[32] = "";
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, recv(fd[0], NULL, 3, MSG_TRUNC));
	CALL(a, recv(fd[0], (void *)8, 2, MSG_TRUNC));
	CALL(a, recv(fd[0], NULL, 2, MSG_TRUNC | MSG_PEEK));
	note_bytes(a, "rest", data, CALL(a, recv(fd[0], data, 32, 0)));
	CALL(a, recv(fd[0], NULL, 3, MSG_TRUNC | MSG_DONTWAIT));
}

CASE(partial_fault)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec iov[2] = { { page, 4 }, { (void *)8, 6 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	char data[32];
	int fd[2];

	api_pair(a, true, fd);
	mprotect(page + 4096, 4096, PROT_NONE);
	xnet_nonblock(fd[0], true);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, recv(fd[0], page + 4096 - 3, 8, 0));
	note_bytes(a, "rest", data, CALL(a, recv(fd[0], data, 32, MSG_PEEK)));
	CALL(a, recvmsg(fd[0], &msg, 0));
	note_bytes(a, "rest", data, CALL(a, recv(fd[0], data, 32, MSG_DONTWAIT)));
	memset(page, 'x', 4096);
	CALL(a, send(fd[0], page + 4090, 4096, 0));
	CALL(a, send(fd[0], page + 4096, 10, 0));
	munmap(page, 8192);
	xnet_nonblock(fd[1], true);
	await_events(a, fd[1], POLLIN);
	note_bytes(a, "sent", data, CALL(a, read(fd[1], data, 32)));
}

CASE(huge_iovec)
{
	struct iovec iov[1024], many[1025];
	static char byte[1024], got[1024];
	struct msghdr msg = { .msg_iov = many, .msg_iovlen = 1025 };
	int fd[2];

	api_pair(a, false, fd);
	for (int i = 0; i < 1024; i++) {
		byte[i] = i;
		iov[i] = (struct iovec) { byte + i, 1 };
	}
	memcpy(many, iov, sizeof(iov));
	many[1024] = iov[0];
	CALL(a, writev(fd[0], iov, 1024));
	await_inq(a, fd[1], 1024);
	for (int i = 0; i < 1024; i++)
		iov[i].iov_base = got + i;
	CALL(a, readv(fd[1], iov, 1024));
	note(a, "same: %d", !memcmp(byte, got, 1024));
	CALL(a, sendmsg(fd[0], &msg, 0));
	CALL(a, recvmsg(fd[0], &msg, MSG_DONTWAIT));
	iov[0].iov_len = -1;
	CALL(a, writev(fd[0], iov, 2));
	CALL(a, syscall(SYS_writev, fd[0], iov, -1));
	CALL(a, readv(fd[0], iov, 0));
}

CASE(data_before_fin_and_reset)
{
	char data[16];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	note_poll(a, fd[0]);
	note_bytes(a, "data", data, CALL(a, read(fd[0], data, 16)));
	CALL(a, read(fd[0], data, 16));
	CALL(a, write(fd[0], "abc", 3));
	await_inq(a, fd[1], 3);
	CALL(a, close(fd[1]));
	await_events(a, fd[0], POLLERR);
	note_poll(a, fd[0]);
	CALL(a, write(fd[0], "abc", 3));
	CALL(a, write(fd[0], "abc", 3));
	CALL(a, read(fd[0], data, 16));
	note_after(a, fd[0]);
}

CASE(write_to_closed_peer)
{
	char data[4];
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, close(fd[1]));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	note_poll(a, fd[0]);
	CALL(a, write(fd[0], "a", 1));
	await_events(a, fd[0], POLLERR);
	note_poll(a, fd[0]);
	CALL(a, read(fd[0], data, 4));
	CALL(a, write(fd[0], "a", 1));
	CALL(a, read(fd[0], data, 4));
	note_after(a, fd[0]);
}

CASE(close_with_unread_data)
{
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[0], "abc", 3));
	await_inq(a, fd[1], 3);
	CALL(a, close(fd[1]));
	await_events(a, fd[0], POLLERR);
	note_poll(a, fd[0]);
	CALL(a, read(fd[0], data, 4));
	CALL(a, read(fd[0], data, 4));
	note_after(a, fd[0]);
}

CASE(near_closes_with_unread_data)
{
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "abc", 3));
	await_inq(a, fd[0], 3);
	CALL(a, close(fd[0]));
	await_events(a, fd[1], POLLERR);
	CALL(a, read(fd[1], data, 4));
	note_after(a, fd[1]);
}

CASE(shutdown_rd_keeps_receiving)
{
	char data[16];
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, write(fd[1], "ab", 2));
	await_inq(a, fd[0], 2);
	CALL(a, shutdown(fd[0], SHUT_RD));
	CALL(a, write(fd[1], "cd", 2));
	await_outq(a, fd[1], 0);
	note_bytes(a, "data", data, CALL(a, read(fd[0], data, 16)));
	CALL(a, read(fd[0], data, 16));
	CALL(a, write(fd[1], "ef", 2));
	await_outq(a, fd[1], 0);
	note_poll(a, fd[0]);
	note_bytes(a, "data", data, CALL(a, read(fd[0], data, 16)));
	CALL(a, write(fd[0], "gh", 2));
	await_inq(a, fd[1], 2);
	note_after(a, fd[0]);
}

CASE(readers_see_error_once)
{
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	api_reset(fd[1]);
	await_events(a, fd[0], POLLERR);
	note_int(a, "SO_ERROR", fd[0], SOL_SOCKET, SO_ERROR);
	note_int(a, "SO_ERROR", fd[0], SOL_SOCKET, SO_ERROR);
	CALL(a, read(fd[0], data, 4));
	CALL(a, write(fd[0], data, 4));
	CALL(a, send(fd[0], data, 4, MSG_NOSIGNAL));
	note_after(a, fd[0]);
}

/* --- sending */

CASE(partial_write)
{
	static char data[3000000];
	int fd[2];

	api_pair(a, false, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 10000);
	xnet_nonblock(fd[0], true);
	OK(a, write(fd[0], data, sizeof(data)));
	xnet_sleep_ms(300);
	while (write(fd[0], data, sizeof(data)) > 0)
		;
	note(a, "%s", strerrorname_np(errno));
	note_poll(a, fd[0]);
	CALL(a, send(fd[0], data, 1, MSG_NOSIGNAL));
}

CASE(send_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	static char data[3000000];
	int fd[2];

	api_pair(a, true, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 10000);
	setsockopt(fd[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	OK(a, send(fd[0], data, sizeof(data), 0));
	while (send(fd[0], data, sizeof(data), 0) > 0)
		;
	CALL(a, send(fd[0], data, sizeof(data), 0));
}

CASE(recv_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	CALL(a, read(fd[0], data, 4));
	CALL(a, recv(fd[0], data, 4, MSG_PEEK));
	CALL(a, write(fd[1], "a", 1));
	CALL(a, recv(fd[0], data, 4, MSG_WAITALL));
}

CASE(accept_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	int fd = api_listener(a, XNET_NEAR, a->port);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	CALL(a, accept(fd, NULL, NULL));
}

CASE(connect_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	struct xnet_addr to = api_nowhere(a);
	int fd = api_socket(a, XNET_NEAR);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	CALL(a, xnet_connect(fd, &to));
	CALL(a, xnet_connect(fd, &to));
	note_poll(a, fd);
}

CASE(connect_unreachable_host)
{
	struct xnet_addr to = api_nowhere(a);
	int fd = api_socket(a, XNET_NEAR);

	CALL(a, xnet_connect(fd, &to));
	note_after(a, fd);
	CALL(a, xnet_connect(fd, &to));
}

CASE(cork_and_more)
{
	char data[64];
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, xnet_set_int(fd[0], IPPROTO_TCP, TCP_CORK, 1));
	CALL(a, write(fd[0], "abc", 3));
	note(a, "unsent %d", xnet_ioctl_int(fd[0], SIOCOUTQNSD));
	CALL(a, xnet_set_int(fd[0], IPPROTO_TCP, TCP_CORK, 0));
	await_inq(a, fd[1], 3);
	CALL(a, send(fd[0], "def", 3, MSG_MORE));
	note(a, "unsent %d", xnet_ioctl_int(fd[0], SIOCOUTQNSD));
	CALL(a, send(fd[0], "ghi", 3, 0));
	await_inq(a, fd[1], 9);
	CALL(a, send(fd[0], "jkl", 3, MSG_MORE));
	CALL(a, shutdown(fd[0], SHUT_WR));
	await_inq(a, fd[1], 12);
	note_bytes(a, "data", data, CALL(a, read(fd[1], data, 64)));
}

CASE(sigpipe)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, shutdown(fd[0], SHUT_WR));
	CALL(a, write(fd[0], "x", 1));
	CALL(a, send(fd[0], "x", 1, MSG_NOSIGNAL));
	CALL(a, send(fd[0], "", 0, 0));
	CALL(a, write(fd[0], "", 0));
}

/* --- connect */

CASE(connect_twice)
{
	struct xnet_addr to = api_far(a, a->port);
	int fd = api_socket(a, XNET_NEAR);

	api_listener(a, XNET_FAR, a->port);
	CALL(a, xnet_connect(fd, &to));
	CALL(a, xnet_connect(fd, &to));
	note_after(a, fd);
}

CASE(refused_then_accepted)
{
	struct xnet_addr to = api_far(a, a->port);
	int fd = api_socket(a, XNET_NEAR);

	CALL(a, xnet_connect(fd, &to));
	note_after(a, fd);
	api_listener(a, XNET_FAR, a->port);
	CALL(a, xnet_connect(fd, &to));
	note_after(a, fd);
}

CASE(reused_after_disconnect)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct xnet_addr to = api_far(a, a->port), any = xnet_any(a->family, a->port + 1);
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	int fd = api_socket(a, XNET_NEAR), listener = api_listener(a, XNET_FAR, a->port);
	char data[8];

	CALL(a, xnet_bind(fd, &any));
	for (int i = 0; i < 2; i++) {
		CALL(a, xnet_connect(fd, &to));
		CALL(a, connect(fd, &none, sizeof(none)));
		note_after(a, fd);
		len = sizeof(ss);
		getsockname(fd, (struct sockaddr *)&ss, &len);
		note_addr(a, "name", &ss, len);
		CALL(a, read(fd, data, 8));
	}
	CALL(a, listen(fd, 3));
	CALL(a, connect(fd, &none, sizeof(none)));
	note_after(a, fd);
	(void)listener;
}

CASE(reused_after_reset)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct xnet_addr to = api_far(a, a->port + 1);
	int fd[2];

	api_pair(a, false, fd);
	api_reset(fd[1]);
	await_events(a, fd[0], POLLERR);
	api_listener(a, XNET_FAR, a->port + 1);
	CALL(a, xnet_connect(fd[0], &to));
	CALL(a, xnet_connect(fd[0], &to));
	CALL(a, connect(fd[0], &none, sizeof(none)));
	CALL(a, xnet_connect(fd[0], &to));
	note_after(a, fd[0]);
}

CASE(listener_connects_after_shutdown)
{
	struct xnet_addr to = api_far(a, a->port + 1);
	int fd = api_listener(a, XNET_NEAR, a->port);

	api_listener(a, XNET_FAR, a->port + 1);
	CALL(a, xnet_connect(fd, &to));
	CALL(a, shutdown(fd, SHUT_RD));
	note_after(a, fd);
	CALL(a, xnet_connect(fd, &to));
	note_after(a, fd);
}

CASE(self_connect)
{
	struct xnet_addr me = xnet_loopback(a->family, a->port);
	char data[8];
	int fd = api_socket(a, XNET_NEAR);

	CALL(a, xnet_bind(fd, &me));
	CALL(a, xnet_connect(fd, &me));
	CALL(a, write(fd, "self", 4));
	note_bytes(a, "data", data, CALL(a, read(fd, data, 8)));
	CALL(a, shutdown(fd, SHUT_WR));
	CALL(a, read(fd, data, 8));
	note_poll(a, fd);
}

CASE(connect_lengths)
{
	struct xnet_addr to = api_far(a, a->port);
	int fd = api_socket(a, XNET_NEAR);

	for (int len = -1; len <= 40; len++) {
		note(a, "length %d", len);
		CALL(a, connect(fd, &to.sa, len));
	}
	CALL(a, connect(fd, &to.sa, sizeof(struct sockaddr_storage) + 1));
}

CASE(connect_families)
{
	struct xnet_addr to = api_far(a, a->port);
	int fd = api_socket(a, XNET_NEAR);

	for (int family = 1; family < 46; family++) {
		if (family == a->family)
			continue;
		to.sa.sa_family = family;
		note(a, "family %d", family);
		CALL(a, xnet_connect(fd, &to));
	}
}

CASE(connect_odd_addresses)
{
	static const char * const v4[] = {
		"0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.255", "240.0.0.1", "203.0.113.1", "127.9.9.9",
	};
	static const char * const v6[] = {
		"::", "ff02::1", "fe80::1", "::ffff:192.0.2.77", "2001:db8:1::1", "::192.0.2.1", "::ffff:224.0.0.1",
		"::ffff:0.0.0.0",
	};
	bool is6 = a->family == AF_INET6;

	for (size_t i = 0; i < (is6 ? ARRAY_SIZE(v6) : ARRAY_SIZE(v4)); i++) {
		struct xnet_addr to = xnet_parse(is6 ? v6[i] : v4[i], a->port);
		int fd = api_socket(a, XNET_NEAR);

		xnet_nonblock(fd, true);
		note(a, "to %s", is6 ? v6[i] : v4[i]);
		if (CALL(a, xnet_connect(fd, &to)) && errno == EINPROGRESS && i != 3)
			await_events(a, fd, POLLERR);
		close(fd);
	}
}

CASE(port_zero)
{
	struct xnet_addr to = api_far(a, 0);
	int fd = api_socket(a, XNET_NEAR);

	CALL(a, xnet_connect(fd, &to));
	note_after(a, fd);
}

/* --- bind and listen */

static int try_bind(struct api *a, enum xnet_side side, const char *addr, int port, int reuse, bool then_listen)
{
	struct xnet_addr to = addr ? xnet_parse(addr, port) : xnet_any(a->family, port);
	int fd = api_socket(a, side);

	if (reuse & 1)
		xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (reuse & 2)
		xnet_set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	note(a, "bind %s reuse %d", addr ?: "any", reuse);
	if (!CALL(a, xnet_bind(fd, &to)) && then_listen)
		CALL(a, listen(fd, 2));
	return fd;
}

CASE(bind_conflicts)
{
	const char *one = a->family == AF_INET6 ? "2001:db8::1" : "192.0.2.1";
	const char *lo = a->family == AF_INET6 ? "::1" : "127.0.0.1";

	for (int first = 0; first < 4; first++) {
		for (int second = 0; second < 4; second++) {
			for (int listening = 0; listening < 2; listening++) {
				int fd[5];

				note(a, "first %d second %d listening %d", first, second, listening);
				fd[0] = try_bind(a, XNET_NEAR, one, a->port, first, listening);
				fd[1] = try_bind(a, XNET_NEAR, one, a->port, second, listening);
				fd[2] = try_bind(a, XNET_NEAR, NULL, a->port, second, listening);
				fd[3] = try_bind(a, XNET_NEAR, lo, a->port, second, listening);
				fd[4] = try_bind(a, XNET_NEAR, lo, a->port, 0, listening);
				for (int i = 0; i < 5; i++)
					close(fd[i]);
			}
		}
	}
}

CASE(bind_beside_connection)
{
	int fd[2];

	api_pair(a, true, fd);
	for (int reuse = 0; reuse < 4; reuse++)
		close(try_bind(a, XNET_NEAR, NULL, a->port, reuse, true));
}

CASE(bind_beside_time_wait)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, close(fd[0]));
	CALL(a, close(fd[1]));
	for (int reuse = 0; reuse < 4; reuse++)
		close(try_bind(a, XNET_NEAR, NULL, a->port, reuse, true));
}

CASE(bind_addresses)
{
	static const char * const v4[] = { "192.0.2.1", "192.0.2.9", "192.0.2.255", "224.0.0.1", "127.5.5.5", "255.255.255.255" };
	static const char * const v6[] = {
		"2001:db8::1", "2001:db8::9", "ff02::1", "fe80::1", "::ffff:192.0.2.1", "::ffff:192.0.2.9", "::192.0.2.1",
	};
	bool is6 = a->family == AF_INET6;

	for (size_t i = 0; i < (is6 ? ARRAY_SIZE(v6) : ARRAY_SIZE(v4)); i++) {
		struct sockaddr_storage ss = { 0 };
		socklen_t len = sizeof(ss);
		int fd = try_bind(a, XNET_NEAR, is6 ? v6[i] : v4[i], a->port, 0, true);

		getsockname(fd, (struct sockaddr *)&ss, &len);
		note_addr(a, "name", &ss, len);
		close(fd);
	}
}

CASE(bind_freebind_and_transparent)
{
	const char *foreign = a->family == AF_INET6 ? "2001:db8::9" : "192.0.2.9";
	struct xnet_addr to = xnet_parse(foreign, a->port);

	for (int i = 0; i < 2; i++) {
		int fd = api_socket(a, XNET_NEAR);

		CALL(a, xnet_set_int(fd, IPPROTO_IP, i ? IP_TRANSPARENT : IP_FREEBIND, 1));
		CALL(a, xnet_bind(fd, &to));
		CALL(a, listen(fd, 1));
		close(fd);
	}
}

CASE(bind_lengths)
{
	struct xnet_addr any = xnet_any(a->family, a->port);

	for (int len = -1; len <= 40; len++) {
		int fd = api_socket(a, XNET_NEAR);

		note(a, "length %d", len);
		CALL(a, bind(fd, &any.sa, len));
		close(fd);
	}
}

CASE(bind_families)
{
	struct xnet_addr any = xnet_any(a->family, a->port);

	for (int family = 0; family < 46; family++) {
		int fd = api_socket(a, XNET_NEAR);

		any.sa.sa_family = family;
		note(a, "family %d", family);
		CALL(a, xnet_bind(fd, &any));
		close(fd);
	}
}

CASE(bind_twice)
{
	struct xnet_addr any = xnet_any(a->family, a->port), other = xnet_any(a->family, a->port + 1);
	int fd = api_socket(a, XNET_NEAR);

	CALL(a, xnet_bind(fd, &any));
	CALL(a, xnet_bind(fd, &any));
	CALL(a, xnet_bind(fd, &other));
}

CASE(bind_privileged)
{
	struct xnet_addr low = xnet_any(a->family, 80);
	int fd = api_socket(a, XNET_NEAR);
	int status = -1;

	if (!fork()) {
		if (setresuid(65534, 65534, 65534))
			_exit(99);
		_exit(xnet_bind(fd, &low) ? errno : 0);
	}
	wait(&status);
	note(a, "nobody: %d", WEXITSTATUS(status));
	CALL(a, xnet_bind(fd, &low));
}

CASE(bind_no_port_then_connect)
{
	struct xnet_addr from = api_near(a, 0), to = api_far(a, a->port);
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	int fd = api_socket(a, XNET_NEAR);

	api_listener(a, XNET_FAR, a->port);
	CALL(a, xnet_set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
	CALL(a, xnet_bind(fd, &from));
	getsockname(fd, (struct sockaddr *)&ss, &len);
	note_addr(a, "bound", &ss, len);
	CALL(a, xnet_connect(fd, &to));
	len = sizeof(ss);
	getsockname(fd, (struct sockaddr *)&ss, &len);
	note_addr(a, "connected", &ss, len);
}

CASE_OF(AF_INET6, v6only_beside_v4)
{
	struct xnet_addr any4 = xnet_any(AF_INET, a->port), any6 = xnet_any(AF_INET6, a->port);

	for (int only = 0; only < 2; only++) {
		int v6 = api_socket(a, XNET_NEAR), v4 = xnet_socket(a->net->ns[XNET_NEAR], a->stack, AF_INET);

		note(a, "only %d", only);
		CALL(a, xnet_set_int(v6, IPPROTO_IPV6, IPV6_V6ONLY, only));
		CALL(a, xnet_bind(v6, &any6));
		CALL(a, xnet_bind(v4, &any4));
		CALL(a, listen(v6, 1));
		CALL(a, listen(v4, 1));
		close(v4);
		close(v6);
	}
}

CASE(listen_backlog)
{
	int fd = api_socket(a, XNET_NEAR), n = 0;
	struct xnet_addr any = xnet_any(a->family, a->port), to = api_near(a, a->port);

	CALL(a, xnet_bind(fd, &any));
	CALL(a, listen(fd, 2));
	for (int i = 0; i < 6; i++) {
		int client = api_socket(a, XNET_FAR);
		struct pollfd p = { .fd = client, .events = POLLOUT };

		xnet_nonblock(client, true);
		xnet_connect(client, &to);
		n += poll(&p, 1, 300);
	}
	xnet_nonblock(fd, true);
	for (n = 0; accept(fd, NULL, NULL) >= 0; n++)
		;
	note(a, "accepted %d", n);
}

CASE(listen_negative_and_zero)
{
	int fd = api_socket(a, XNET_NEAR);
	struct tcp_info info;

	CALL(a, listen(fd, -1));
	xnet_info(fd, &info);
	note(a, "backlog %u", info.tcpi_sacked);
	CALL(a, listen(fd, 0));
	xnet_info(fd, &info);
	note(a, "backlog %u queue %u", info.tcpi_sacked, info.tcpi_unacked);
}

CASE(accept_after_peer_is_gone)
{
	int fd = api_listener(a, XNET_NEAR, a->port), child;
	char data[8];

	child = api_dial(a, XNET_FAR, a->port);
	await_events(a, fd, POLLIN);
	CALL(a, write(child, "abc", 3));
	CALL(a, close(child));
	xnet_sleep_ms(50);
	child = accept(fd, NULL, NULL);
	note_poll(a, child);
	CALL(a, read(child, data, 8));
	CALL(a, read(child, data, 8));
	close(child);

	child = api_dial(a, XNET_FAR, a->port);
	await_events(a, fd, POLLIN);
	api_reset(child);
	xnet_sleep_ms(50);
	note_poll(a, fd);
	child = accept(fd, NULL, NULL);
	note_poll(a, child);
	CALL(a, read(child, data, 8));
	note_after(a, child);
}

CASE(accept_inherits)
{
	static const struct {
		int level;
		int option;
		int value;
	} inherited[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 }, { SOL_SOCKET, SO_OOBINLINE, 1 }, { SOL_SOCKET, SO_RCVLOWAT, 5 },
		{ SOL_SOCKET, SO_PRIORITY, 3 }, { SOL_SOCKET, SO_MARK, 9 }, { SOL_SOCKET, SO_SNDBUF, 30000 },
		{ SOL_SOCKET, SO_RCVBUF, 30000 }, { SOL_SOCKET, SO_ZEROCOPY, 1 }, { SOL_SOCKET, SO_TIMESTAMP, 1 },
		{ SOL_SOCKET, SO_BUSY_POLL, 5 }, { SOL_SOCKET, SO_TXREHASH, 0 }, { SOL_SOCKET, SO_REUSEPORT, 1 },
		{ SOL_SOCKET, SO_PASSCRED, 1 }, { SOL_SOCKET, SO_MAX_PACING_RATE, 99999 },
		{ IPPROTO_TCP, TCP_NODELAY, 1 }, { IPPROTO_TCP, TCP_CORK, 1 }, { IPPROTO_TCP, TCP_KEEPIDLE, 11 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 12 }, { IPPROTO_TCP, TCP_KEEPCNT, 13 }, { IPPROTO_TCP, TCP_SYNCNT, 14 },
		{ IPPROTO_TCP, TCP_LINGER2, 15 }, { IPPROTO_TCP, TCP_USER_TIMEOUT, 16000 },
		{ IPPROTO_TCP, TCP_NOTSENT_LOWAT, 17 }, { IPPROTO_TCP, TCP_INQ, 1 }, { IPPROTO_TCP, TCP_MAXSEG, 1000 },
		{ IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1 }, { IPPROTO_TCP, TCP_SAVE_SYN, 1 },
		{ IPPROTO_IP, IP_TOS, 0x10 }, { IPPROTO_IP, IP_TTL, 33 }, { IPPROTO_IP, IP_RECVERR, 1 },
		{ IPPROTO_IP, IP_RECVTOS, 1 }, { IPPROTO_IP, IP_MINTTL, 2 },
	};
	int fd = api_listener(a, XNET_NEAR, a->port), child;
	struct linger linger = { 1, 7 }, got = { 0 };
	struct timeval tv = { 3, 0 }, got_tv = { 0 };
	socklen_t len = sizeof(got);

	for (size_t i = 0; i < ARRAY_SIZE(inherited); i++)
		CALL(a, xnet_set_int(fd, inherited[i].level, inherited[i].option, inherited[i].value));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	xnet_nonblock(fd, true);
	api_dial(a, XNET_FAR, a->port);
	await_events(a, fd, POLLIN);
	child = accept(fd, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(inherited); i++) {
		note(a, "option %d of %d", inherited[i].option, inherited[i].level);
		if (inherited[i].option == TCP_MAXSEG && inherited[i].level == IPPROTO_TCP)
			continue;
		note_int(a, "value", child, inherited[i].level, inherited[i].option);
	}
	getsockopt(child, SOL_SOCKET, SO_LINGER, &got, &len);
	note(a, "linger %d %d", got.l_onoff, got.l_linger);
	len = sizeof(got_tv);
	getsockopt(child, SOL_SOCKET, SO_RCVTIMEO, &got_tv, &len);
	note(a, "timeout %ld, flags %x", (long)got_tv.tv_sec, fcntl(child, F_GETFL));
}

CASE(defer_accept)
{
	int fd = api_listener(a, XNET_NEAR, a->port), client;

	CALL(a, xnet_set_int(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5));
	client = api_dial(a, XNET_FAR, a->port);
	xnet_sleep_ms(100);
	note_poll(a, fd);
	CALL(a, write(client, "x", 1));
	await_events(a, fd, POLLIN);
	note_poll(a, fd);
	note_after(a, accept(fd, NULL, NULL));
}

/* --- closing */

CASE(linger_matrix)
{
	for (int on = 0; on < 2; on++) {
		for (int seconds = 0; seconds < 3; seconds++) {
			for (int data = 0; data < 3; data++) {
				char got[8];
				int fd[2];

				note(a, "on %d seconds %d data %d", on, seconds, data);
				api_pair(a, data & 1, fd);
				CALL(a, xnet_linger(fd[0], on, seconds));
				if (data == 1)
					CALL(a, write(fd[0], "abc", 3));
				if (data == 2) {
					CALL(a, write(fd[1], "abc", 3));
					await_inq(a, fd[0], 3);
				}
				if (data == 1)
					await_inq(a, fd[1], 3);
				CALL(a, close(fd[0]));
				await_events(a, fd[1], POLLRDHUP);
				note_poll(a, fd[1]);
				CALL(a, recv(fd[1], got, 8, MSG_DONTWAIT));
				CALL(a, recv(fd[1], got, 8, MSG_DONTWAIT));
				close(fd[1]);
				a->port++;
				if (a->port > 60000)
					a->port = 50000;
			}
		}
	}
}

CASE(linger_waits_for_a_stalled_peer)
{
	static char data[500000];
	u64 begin;
	int fd[2];

	api_pair(a, false, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 400000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 5000);
	xnet_nonblock(fd[0], true);
	OK(a, write(fd[0], data, sizeof(data)));
	xnet_nonblock(fd[0], false);
	CALL(a, xnet_linger(fd[0], 1, 1));
	begin = xnet_now_ms();
	CALL(a, close(fd[0]));
	note(a, "waited: %d", xnet_now_ms() - begin >= 900);
}

CASE(close_a_listener_with_children)
{
	int fd = api_listener(a, XNET_NEAR, a->port), client[2];
	char data[4];

	for (int i = 0; i < 2; i++)
		client[i] = api_dial(a, XNET_FAR, a->port);
	await_events(a, fd, POLLIN);
	xnet_sleep_ms(20);
	CALL(a, close(fd));
	for (int i = 0; i < 2; i++) {
		await_events(a, client[i], POLLERR);
		CALL(a, read(client[i], data, 4));
	}
}

/* --- descriptors */

CASE(dup_keeps_it_open)
{
	char data[8];
	int fd[2], copy;

	api_pair(a, true, fd);
	copy = dup(fd[0]);
	CALL(a, close(fd[0]));
	CALL(a, write(copy, "abc", 3));
	await_inq(a, fd[1], 3);
	CALL(a, shutdown(copy, SHUT_WR));
	CALL(a, read(fd[1], data, 8));
	CALL(a, read(fd[1], data, 8));
	CALL(a, close(copy));
}

CASE(fork_shares_it)
{
	char data[8];
	int fd[2], status;

	api_pair(a, false, fd);
	if (!fork()) {
		status = write(fd[0], "child", 5);
		_exit(status);
	}
	CALL(a, wait(&status) > 0);
	note(a, "child wrote %d", WEXITSTATUS(status));
	await_inq(a, fd[1], 5);
	CALL(a, write(fd[0], "me", 2));
	await_inq(a, fd[1], 7);
	note_bytes(a, "data", data, CALL(a, read(fd[1], data, 8)));
}

CASE(scm_rights)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .h = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	char byte, data[8];
	int fd[2], pair[2], moved;

	api_pair(a, true, fd);
	CALL(a, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	memcpy(CMSG_DATA(&control.h), &fd[0], sizeof(int));
	CALL(a, sendmsg(pair[0], &msg, 0));
	CALL(a, close(fd[0]));
	iov.iov_base = &byte;
	CALL(a, recvmsg(pair[1], &msg, MSG_CMSG_CLOEXEC));
	memcpy(&moved, CMSG_DATA(&control.h), sizeof(int));
	note(a, "flags %x", fcntl(moved, F_GETFD));
	CALL(a, write(moved, "moved", 5));
	await_inq(a, fd[1], 5);
	note_bytes(a, "data", data, CALL(a, read(fd[1], data, 8)));
	/* a stream of TCP itself passes none */
	msg.msg_controllen = sizeof(control);
	control.h = (struct cmsghdr) { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	CALL(a, sendmsg(moved, &msg, 0));
	control.h.cmsg_level = 77;
	CALL(a, sendmsg(moved, &msg, 0));
	control.h.cmsg_len = 3;
	CALL(a, sendmsg(moved, &msg, 0));
}

CASE(async_signals)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, fcntl(fd[0], F_SETOWN, getpid()));
	CALL(a, fcntl(fd[0], F_SETSIG, SIGPIPE));
	CALL(a, fcntl(fd[0], F_SETFL, O_ASYNC));
	CALL(a, write(fd[1], "x", 1));
	await_inq(a, fd[0], 1);
	CALL(a, getppid() < 0);
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	CALL(a, getppid() < 0);
}

/* --- signals */

static void interrupt(struct api *a, int fd, int restart, int what)
{
	struct sigaction action = { .sa_flags = restart ? SA_RESTART : 0 };
	static char data[300000];
	pid_t me = getpid(), child;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct xnet_addr to = api_nowhere(a);

	action.sa_handler = SIG_IGN;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = (void (*)(int))exit;
	child = fork();
	if (!child) {
		for (int i = 0; i < 4; i++) {
			xnet_sleep_ms(50);
			kill(me, SIGALRM);
		}
		_exit(0);
	}
	switch (what) {
	case 0:
		CALL(a, read(fd, data, 4));
		break;
	case 1:
		CALL(a, recv(fd, data, 4, MSG_WAITALL));
		break;
	case 2:
		OK(a, write(fd, data, sizeof(data)));
		CALL(a, write(fd, data, sizeof(data)));
		break;
	case 3:
		CALL(a, accept(fd, (struct sockaddr *)&ss, &len));
		break;
	case 4:
		CALL(a, xnet_connect(fd, &to));
		CALL(a, xnet_connect(fd, &to));
		break;
	}
	waitpid(child, NULL, 0);
}

CASE(interrupted_read)
{
	int fd[2];

	api_pair(a, true, fd);
	interrupt(a, fd[0], 0, 0);
}

CASE(interrupted_waitall)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "ab", 2));
	await_inq(a, fd[0], 2);
	interrupt(a, fd[0], 0, 1);
}

CASE(interrupted_write)
{
	int fd[2];

	api_pair(a, true, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 5000);
	interrupt(a, fd[0], 0, 2);
}

CASE(interrupted_accept)
{
	interrupt(a, api_listener(a, XNET_NEAR, a->port), 0, 3);
}

CASE(interrupted_connect)
{
	interrupt(a, api_socket(a, XNET_NEAR), 0, 4);
}

/* A timeout set makes an interrupted call one that is never restarted: signal(7). */
CASE(interrupted_read_with_timeout)
{
	struct timeval tv = { .tv_sec = 5 };
	int fd[2];

	api_pair(a, true, fd);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	interrupt(a, fd[0], 1, 0);
}

/* --- a socket used by several */

CASE(close_wakes_nobody_shutdown_does)
{
	char data[4];
	int fd[2], status;

	api_pair(a, true, fd);
	if (!fork()) {
		xnet_sleep_ms(50);
		shutdown(fd[0], SHUT_RD);
		_exit(0);
	}
	CALL(a, read(fd[0], data, 4));
	wait(&status);
}

CASE(shutdown_wakes_accept)
{
	int fd = api_listener(a, XNET_NEAR, a->port), status;

	if (!fork()) {
		xnet_sleep_ms(50);
		shutdown(fd, SHUT_RDWR);
		_exit(0);
	}
	CALL(a, accept(fd, NULL, NULL));
	wait(&status);
	note_after(a, fd);
}

CASE(shutdown_wakes_writer)
{
	static char data[300000];
	int fd[2], status;

	api_pair(a, true, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 5000);
	if (!fork()) {
		xnet_sleep_ms(500);
		shutdown(fd[0], SHUT_WR);
		_exit(0);
	}
	OK(a, write(fd[0], data, sizeof(data)));
	wait(&status);
	CALL(a, write(fd[0], data, sizeof(data)));
}

CASE(accept_storm)
{
	int fd = api_listener(a, XNET_NEAR, a->port), n = 0, good = 0;
	char data[4];

	listen(fd, 128);
	for (int i = 0; i < 100; i++) {
		int client = api_dial(a, XNET_FAR, a->port);

		good += write(client, "x", 1) == 1;
	}
	xnet_nonblock(fd, true);
	for (int i = 0; i < 200 && n < 100; i++) {
		int child = accept(fd, NULL, NULL);

		if (child < 0) {
			await_events(a, fd, POLLIN);
			continue;
		}
		n++;
		good += read(child, data, 4) == 1;
	}
	note(a, "accepted %d, good %d", n, good);
	CALL(a, accept(fd, NULL, NULL));
}

/* --- sendfile and splice */

CASE(sendfile_forms)
{
	int file = memfd_create("api", 0), fd[2];
	static char data[20000], got[20000];
	off_t offset = 5;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = i * 7;
	CALL(a, write(file, data, sizeof(data)));
	api_pair(a, false, fd);
	CALL(a, sendfile(fd[0], file, &offset, 100));
	note(a, "offset %ld", (long)offset);
	CALL(a, sendfile(fd[0], file, NULL, 100));
	offset = sizeof(data) - 10;
	CALL(a, sendfile(fd[0], file, &offset, 100));
	offset = 0;
	CALL(a, sendfile(fd[0], file, &offset, 8000));
	CALL(a, sendfile(fd[0], fd[1], NULL, 10));
	CALL(a, sendfile(file, fd[0], NULL, 10));
	CALL(a, xnet_read_all(fd[1], got, 8110));
	note(a, "same: %d %d %d", !memcmp(got, data + 5, 100), !memcmp(got + 100, data + sizeof(data) - 10, 10),
	     !memcmp(got + 110, data, 8000));
}

CASE(splice_forms)
{
	char data[32];
	loff_t offset = 0;
	int fd[2], p[2];

	api_pair(a, true, fd);
	CALL(a, pipe(p));
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, splice(fd[0], NULL, p[1], NULL, 4, 0));
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, SPLICE_F_MORE));
	xnet_nonblock(fd[0], true);
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, SPLICE_F_NONBLOCK));
	CALL(a, splice(fd[0], &offset, p[1], NULL, 100, SPLICE_F_NONBLOCK));
	CALL(a, splice(fd[0], NULL, fd[1], NULL, 100, 0));
	CALL(a, splice(p[0], NULL, fd[0], NULL, 6, SPLICE_F_MORE));
	CALL(a, splice(p[0], NULL, fd[0], NULL, 100, 0));
	await_inq(a, fd[1], 10);
	note_bytes(a, "back", data, CALL(a, read(fd[1], data, 32)));
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, 0));
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, 0));
	CALL(a, write(p[1], "tee", 3));
	CALL(a, vmsplice(p[1], &(struct iovec) { "xyz", 3 }, 1, 0));
	CALL(a, splice(p[0], NULL, fd[0], NULL, 6, 0));
	await_inq(a, fd[1], 6);
}

CASE(splice_full_pipe)
{
	static char data[200000];
	int fd[2], p[2];
	long n;

	api_pair(a, false, fd);
	CALL(a, pipe2(p, O_NONBLOCK));
	xnet_nonblock(fd[0], true);
	xnet_nonblock(fd[1], true);
	n = write(fd[1], data, sizeof(data));
	await_events(a, fd[0], POLLIN);
	xnet_sleep_ms(50);
	while (n > 0)
		n = splice(fd[0], NULL, p[1], NULL, 1 << 20, SPLICE_F_NONBLOCK);
	note(a, "%s", strerrorname_np(errno));
	note_poll(a, fd[0]);
}
