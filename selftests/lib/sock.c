// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, sockets of either stack on either host, connections between them, and waiting for what a socket shows.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xnet.h"

/* --- addresses */

struct xnet_addr xnet_parse(const char *text, int port)
{
	struct xnet_addr addr = { 0 };

	if (strchr(text, ':')) {
		addr.len = sizeof(addr.in6);
		addr.in6.sin6_family = AF_INET6;
		inet_pton(AF_INET6, text, &addr.in6.sin6_addr);
	} else {
		addr.len = sizeof(addr.in);
		addr.in.sin_family = AF_INET;
		inet_pton(AF_INET, text, &addr.in.sin_addr);
	}
	xnet_set_port(&addr, port);
	return addr;
}

/* The address of a host on the link. */
struct xnet_addr xnet_address(int family, enum xnet_side side, int port)
{
	if (family == AF_INET6)
		return xnet_parse(side == XNET_NEAR ? "2001:db8::1" : "2001:db8::2", port);
	return xnet_parse(side == XNET_NEAR ? "192.0.2.1" : "192.0.2.2", port);
}

struct xnet_addr xnet_loopback(int family, int port)
{
	return xnet_parse(family == AF_INET6 ? "::1" : "127.0.0.1", port);
}

struct xnet_addr xnet_any(int family, int port)
{
	return xnet_parse(family == AF_INET6 ? "::" : "0.0.0.0", port);
}

/* What getsockname() says; of length 0 when it fails. */
struct xnet_addr xnet_name(int fd)
{
	struct xnet_addr addr = { .len = sizeof(addr.ss) };

	if (getsockname(fd, &addr.sa, &addr.len))
		addr.len = 0;
	return addr;
}

struct xnet_addr xnet_peer_name(int fd)
{
	struct xnet_addr addr = { .len = sizeof(addr.ss) };

	if (getpeername(fd, &addr.sa, &addr.len))
		addr.len = 0;
	return addr;
}

int xnet_port(const struct xnet_addr *addr)
{
	return ntohs(addr->sa.sa_family == AF_INET6 ? addr->in6.sin6_port : addr->in.sin_port);
}

void xnet_set_port(struct xnet_addr *addr, int port)
{
	if (addr->sa.sa_family == AF_INET6)
		addr->in6.sin6_port = htons(port);
	else
		addr->in.sin_port = htons(port);
}

bool xnet_same(const struct xnet_addr *a, const struct xnet_addr *b)
{
	if (a->len != b->len || a->sa.sa_family != b->sa.sa_family || xnet_port(a) != xnet_port(b))
		return false;
	if (a->sa.sa_family == AF_INET6)
		return !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr));
	return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
}

/* --- sockets */

/* NS is the namespace of the new socket; -1: the caller's. */
int xnet_socket(int ns, enum xnet_stack stack, int family)
{
	int fd, error;

	xnet_ns_enter(ns);
	if (stack == XNET_XTCP && xnet_under_test())
		fd = socket(AF_XTCP, SOCK_STREAM | SOCK_CLOEXEC, family == AF_INET6);
	else
		fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	error = errno;
	if (ns >= 0)
		xnet_ns_leave();
	errno = error;
	return fd;
}

int xnet_bind(int fd, const struct xnet_addr *addr)
{
	return bind(fd, &addr->sa, addr->len);
}

int xnet_connect(int fd, const struct xnet_addr *addr)
{
	return connect(fd, &addr->sa, addr->len);
}

static int xnet_close_error(int fd, const char *what)
{
	int error = errno;

	xnet_log("%s: %s", what, strerror(error));
	close(fd);
	errno = error;
	return -1;
}

/* A listener of a host's stack on all its addresses of the case's family. */
int xnet_listen(const struct xnet *net, enum xnet_side side, int port)
{
	struct xnet_addr addr = xnet_any(net->family, port);
	int fd;

	fd = xnet_socket(net->ns[side], net->stack[side], net->family);
	if (fd < 0)
		return -1;
	xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (xnet_bind(fd, &addr))
		return xnet_close_error(fd, "bind");
	if (listen(fd, SOMAXCONN))
		return xnet_close_error(fd, "listen");
	return fd;
}

/* A connection from a host to the PORT of the other. */
int xnet_dial(const struct xnet *net, enum xnet_side side, int port)
{
	struct xnet_addr addr = xnet_address(net->family, side ^ 1, port);
	int fd;

	fd = xnet_socket(net->ns[side], net->stack[side], net->family);
	if (fd < 0)
		return -1;
	if (xnet_connect(fd, &addr))
		return xnet_close_error(fd, "connect");
	return fd;
}

/* An established connection, its ends in fd[XNET_NEAR] and fd[XNET_FAR]; CLIENT opened it actively. */
int xnet_pair(const struct xnet *net, enum xnet_side client, int fd[2])
{
	int listener, error;

	fd[XNET_NEAR] = -1;
	fd[XNET_FAR] = -1;
	listener = xnet_listen(net, client ^ 1, XNET_PORT);
	if (listener < 0)
		return -1;
	fd[client] = xnet_dial(net, client, XNET_PORT);
	if (fd[client] >= 0)
		fd[client ^ 1] = xnet_accept(listener);
	error = errno;
	close(listener);
	errno = error;
	return fd[client ^ 1] < 0 ? -1 : 0;
}

/* Waits; a listener that stays empty is ETIMEDOUT. */
int xnet_accept(int listener)
{
	if (!(xnet_await(listener, POLLIN) & POLLIN)) {
		xnet_log("nothing to accept");
		errno = ETIMEDOUT;
		return -1;
	}
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

/* The value of an integer option; -1 and errno when getsockopt() fails. */
int xnet_int(int fd, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, option, &value, &len) ? -1 : value;
}

int xnet_set_int(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

int xnet_linger(int fd, int on, int seconds)
{
	struct linger linger = { .l_onoff = on, .l_linger = seconds };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

int xnet_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

void xnet_move(int tx, int rx, int ms)
{
	static char data[65536];
	u64 end = xnet_now_ms() + ms;

	xnet_nonblock(tx, true);
	xnet_nonblock(rx, true);
	while (xnet_now_ms() < end) {
		struct pollfd pfd[] = { { .fd = tx, .events = POLLOUT }, { .fd = rx, .events = POLLIN } };

		if (poll(pfd, 2, end - xnet_now_ms()) <= 0)
			break;
		if (pfd[0].revents & POLLOUT && write(tx, data, sizeof(data)) < 0 && errno != EAGAIN)
			break;
		if (pfd[1].revents & POLLIN && read(rx, data, sizeof(data)) <= 0)
			break;
	}
}

int xnet_ioctl_int(int fd, unsigned long request)
{
	int value = -1;

	return ioctl(fd, request, &value) ? -1 : value;
}

/* --- what can be seen */

int xnet_info(int fd, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len);
}

int xnet_state(int fd)
{
	struct tcp_info info;

	return xnet_info(fd, &info) ? -1 : info.tcpi_state;
}

const char *xnet_state_name(int state)
{
	static const char * const names[] = {
		[TCP_ESTABLISHED] = "ESTABLISHED", [TCP_SYN_SENT] = "SYN-SENT", [TCP_SYN_RECV] = "SYN-RECEIVED",
		[TCP_FIN_WAIT1] = "FIN-WAIT-1", [TCP_FIN_WAIT2] = "FIN-WAIT-2", [TCP_TIME_WAIT] = "TIME-WAIT",
		[TCP_CLOSE] = "CLOSED", [TCP_CLOSE_WAIT] = "CLOSE-WAIT", [TCP_LAST_ACK] = "LAST-ACK",
		[TCP_LISTEN] = "LISTEN", [TCP_CLOSING] = "CLOSING",
	};

	if (state < TCP_ESTABLISHED || state > TCP_CLOSING)
		return "?";
	return names[state];
}

bool xnet_await_state(int fd, int state)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	int now;

	while ((now = xnet_state(fd)) != state) {
		if (xnet_now_ms() > deadline) {
			xnet_log("state %s, not %s", xnet_state_name(now), xnet_state_name(state));
			return false;
		}
		xnet_sleep_ms(1);
	}
	return true;
}

/* For SIOCINQ, SIOCOUTQ and their like. */
bool xnet_await_ioctl(int fd, unsigned long request, int value)
{
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	int now;

	while ((now = xnet_ioctl_int(fd, request)) != value) {
		if (xnet_now_ms() > deadline) {
			xnet_log("ioctl %#lx: %d, not %d", request, now, value);
			return false;
		}
		xnet_sleep_ms(1);
	}
	return true;
}

/* What poll() reports, once it reports anything asked for; 0 when patience ends. */
short xnet_await(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, XNET_PATIENCE_MS) == 1 ? pfd.revents : 0;
}

/* --- exactly so many bytes */

ssize_t xnet_write_all(int fd, const void *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = send(fd, (const char *)data + done, len - done, MSG_NOSIGNAL);

		if (n <= 0)
			return -1;
		done += n;
	}
	return done;
}

/* Fewer only at the end of the stream. */
ssize_t xnet_read_all(int fd, void *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = -1;

		if (!xnet_await(fd, POLLIN))
			errno = ETIMEDOUT;
		else
			n = recv(fd, (char *)data + done, len - done, MSG_DONTWAIT);
		if (n < 0)
			return -1;
		if (!n)
			break;
		done += n;
	}
	return done;
}
