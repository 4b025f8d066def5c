// SPDX-License-Identifier: GPL-2.0
/*
 * Readiness: epoll in each of its modes, low water marks. epoll(7), poll(2), socket(7).
 */
#define _GNU_SOURCE

#include "api.h"

#define API_GROUP	"ready"

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
