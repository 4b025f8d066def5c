// SPDX-License-Identifier: GPL-2.0
/*
 * Opening and closing: connect() again and elsewhere, who may bind what beside whom, what an accepted socket inherits,
 * SO_LINGER. connect(2), bind(2), listen(2), close(2).
 */
#define _GNU_SOURCE
#include <linux/net_tstamp.h>
#include <sys/wait.h>

#include "api.h"

#define API_GROUP	"place"

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
	static const char * const v4[] = {
		"192.0.2.1", "192.0.2.9", "192.0.2.255", "224.0.0.1", "127.5.5.5", "255.255.255.255",
	};
	static const char * const v6[] = {
		"2001:db8::1", "2001:db8::9", "ff02::1", "fe80::1", "::ffff:192.0.2.1", "::ffff:192.0.2.9",
		"::192.0.2.1",
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
		{ IPPROTO_IP, IP_FREEBIND, 1 }, { IPPROTO_IP, IP_TRANSPARENT, 1 }, { IPPROTO_IP, IP_MTU_DISCOVER, 3 },
		{ IPPROTO_IP, IP_RECVTTL, 1 }, { IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1 },
		{ IPPROTO_TCP, TCP_FASTOPEN, 5 }, { IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1 },
		{ IPPROTO_TCP, TCP_DEFER_ACCEPT, 0 },
		{ IPPROTO_TCP, TCP_TX_DELAY, 0 }, { SOL_SOCKET, SO_PREFER_BUSY_POLL, 1 },
		{ SOL_SOCKET, SO_BUSY_POLL_BUDGET, 9 },
		{ SOL_SOCKET, SO_LOCK_FILTER, 1 }, { SOL_SOCKET, SO_RCVMARK, 1 },
		{ SOL_SOCKET, SO_BROADCAST, 1 }, { SOL_SOCKET, SO_DEBUG, 1 }, { SOL_SOCKET, SO_DONTROUTE, 1 },
		{ SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE },
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

CASE(window_clamp_bounds)
{
	static const int values[] = { 1, -1, 1151, 1153, 70000, 1 << 30, 0x80000000, 0 };
	int fd = api_socket(a, XNET_NEAR);

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		CALL(a, xnet_set_int(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, values[i]));
		note_int(a, "clamp", fd, IPPROTO_TCP, TCP_WINDOW_CLAMP);
	}
}

CASE(fastopen_keys)
{
	static const socklen_t lengths[] = { 0, 1, 15, 16, 17, 31, 32, 33, 64 };
	int fd = api_listener(a, XNET_NEAR, a->port);
	unsigned char keys[64], got[64];

	for (size_t i = 0; i < sizeof(keys); i++)
		keys[i] = i;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		note(a, "length %u", lengths[i]);
		CALL(a, setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, keys, lengths[i]));
		CALL(a, setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, (void *)8, lengths[i]));
		if (lengths[i] < 16)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(lengths); j++) {
			socklen_t len = lengths[j];

			memset(got, 0x55, sizeof(got));
			if (!CALL(a, getsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len)))
				note_bytes(a, "keys", got, 40);
			note(a, "length %u", len);
		}
	}
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
