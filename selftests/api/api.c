// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the cases of the differential suite and compares their records: see api.h.
 *
 *   api [TEXT...]        cases whose name contains a TEXT; XTCP_ONLY=TEXT does the same
 *   api --record TEXT    prints the kernel's record of them, compares nothing
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/utsname.h>

#include "api.h"

#define API_CASES	4096
#define API_WATCHDOG_S	20
#define API_SLOW_MS	3000

static struct api_case cases[API_CASES];
static int case_count;
static volatile sig_atomic_t pipes;

void api_add(const struct api_case *c)
{
	if (case_count == API_CASES)
		abort();
	cases[case_count++] = *c;
}

/* --- writing down */

void note(struct api *a, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(a->record + a->len, sizeof(a->record) - a->len, format, args);
	va_end(args);
	if (n > 0)
		a->len += n;
	if (a->len >= sizeof(a->record) - 1)
		a->len = sizeof(a->record) - 1;
	else
		a->record[a->len++] = '\n';
	a->record[a->len] = 0;
}

long note_call(struct api *a, const char *call, long result)
{
	const char *signal = pipes ? " SIGPIPE" : "";
	int error = errno;

	pipes = 0;
	if (result < 0 && error)
		note(a, "%s = %ld %s%s", call, result, strerrorname_np(error) ?: "?", signal);
	else
		note(a, "%s = %ld%s", call, result, signal);
	errno = error;
	return result;
}

void note_bytes(struct api *a, const char *what, const void *data, long len)
{
	char hex[3 * 48 + 1] = "";

	for (long i = 0; i < len && i < 48; i++)
		sprintf(hex + 3 * i, "%02x ", ((const unsigned char *)data)[i]);
	note(a, "%s: %s", what, hex);
}

void note_events(struct api *a, const char *what, unsigned int events)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ EPOLLIN, "IN" }, { EPOLLPRI, "PRI" }, { EPOLLOUT, "OUT" }, { EPOLLERR, "ERR" }, { EPOLLHUP, "HUP" },
		{ POLLNVAL, "NVAL" }, { EPOLLRDNORM, "RDNORM" }, { EPOLLRDBAND, "RDBAND" },
		{ EPOLLWRNORM, "WRNORM" }, { EPOLLWRBAND, "WRBAND" }, { EPOLLMSG, "MSG" }, { EPOLLRDHUP, "RDHUP" },
	};
	char text[256] = "";

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(events & names[i].bit))
			continue;
		strcat(text, " ");
		strcat(text, names[i].name);
		events &= ~names[i].bit;
	}
	note(a, "%s:%s%s", what, text, events ? " and others" : "");
}

/* A port that the kernel chose is any port. */
void note_addr(struct api *a, const char *what, const struct sockaddr_storage *ss, socklen_t len)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;
	const struct sockaddr_in *in = (const void *)ss;
	char port[16], hex[33] = "";
	int number;

	if (!len || (ss->ss_family != AF_INET && ss->ss_family != AF_INET6)) {
		note(a, "%s: family %d length %u", what, len ? ss->ss_family : -1, len);
		return;
	}
	number = ntohs(in->sin_port);
	if (number >= a->port && number < a->port + 4)
		snprintf(port, sizeof(port), "own+%d", number - a->port);
	else
		strcpy(port, !number ? "0" : number < 1024 ? "privileged" : "chosen");
	if (ss->ss_family == AF_INET) {
		sprintf(hex, "%08x", ntohl(in->sin_addr.s_addr));
	} else {
		for (int i = 0; i < 16; i++)
			sprintf(hex + 2 * i, "%02x", in6->sin6_addr.s6_addr[i]);
	}
	note(a, "%s: %s port %s length %u", what, hex, port, len);
	if (ss->ss_family == AF_INET6)
		note(a, "  scope %u flow %x", in6->sin6_scope_id, ntohl(in6->sin6_flowinfo));
}

void note_poll(struct api *a, int fd)
{
	struct pollfd p = {
		.fd = fd,
		.events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLWRBAND,
	};

	poll(&p, 1, 0);
	note_events(a, "poll", p.revents);
}

void note_int(struct api *a, const char *what, int fd, int level, int option)
{
	socklen_t len = sizeof(int);
	int value = -77;

	if (getsockopt(fd, level, option, &value, &len))
		note(a, "%s: %s", what, strerrorname_np(errno));
	else
		note(a, "%s: %d length %u", what, value, len);
}

void note_after(struct api *a, int fd)
{
	note_poll(a, fd);
	note_int(a, "SO_ERROR", fd, SOL_SOCKET, SO_ERROR);
	note(a, "state %s", xnet_state_name(xnet_state(fd)));
	note_poll(a, fd);
}

/* --- sockets */

static enum xnet_stack api_stack(const struct api *a, enum xnet_side side)
{
	return side == XNET_NEAR ? a->stack : a->net->stack[XNET_FAR];
}

int api_socket(struct api *a, enum xnet_side side)
{
	int fd = xnet_socket(a->net->ns[side], api_stack(a, side), a->family);

	if (fd < 0)
		note(a, "no socket: %s", strerrorname_np(errno));
	return fd;
}

struct xnet_addr api_far(struct api *a, int port)
{
	return xnet_address(a->family, XNET_FAR, port);
}

struct xnet_addr api_near(struct api *a, int port)
{
	return xnet_address(a->family, XNET_NEAR, port);
}

struct xnet_addr api_nowhere(struct api *a)
{
	return xnet_parse(a->family == AF_INET6 ? "2001:db8::77" : "192.0.2.77", a->port);
}

int api_listener(struct api *a, enum xnet_side side, int port)
{
	struct xnet_addr any = xnet_any(a->family, port);
	int fd = api_socket(a, side);

	xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (xnet_bind(fd, &any) || listen(fd, 8))
		note(a, "no listener: %s", strerrorname_np(errno));
	return fd;
}

int api_dial(struct api *a, enum xnet_side side, int port)
{
	struct xnet_addr to = xnet_address(a->family, side ^ 1, port);
	int fd = api_socket(a, side);

	if (xnet_connect(fd, &to))
		note(a, "no connection: %s", strerrorname_np(errno));
	return fd;
}

void api_pair(struct api *a, bool passive, int fd[2])
{
	enum xnet_side server = passive ? XNET_NEAR : XNET_FAR;
	int listener = api_listener(a, server, a->port);

	fd[server ^ 1] = api_dial(a, server ^ 1, a->port);
	fd[server] = xnet_accept(listener);
	if (fd[server] < 0)
		note(a, "nothing accepted: %s", strerrorname_np(errno));
	close(listener);
}

void api_reset(int fd)
{
	xnet_linger(fd, 1, 0);
	close(fd);
}

/* --- waiting */

void await_events(struct api *a, int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (poll(&p, 1, XNET_PATIENCE_MS) != 1)
		note_events(a, "nothing came of", events);
}

void await_state(struct api *a, int fd, int state)
{
	if (!xnet_await_state(fd, state))
		note(a, "state %s, not %s", xnet_state_name(xnet_state(fd)), xnet_state_name(state));
}

void await_inq(struct api *a, int fd, int bytes)
{
	if (!xnet_await_ioctl(fd, SIOCINQ, bytes))
		note(a, "SIOCINQ never %d", bytes);
}

void await_outq(struct api *a, int fd, int bytes)
{
	if (!xnet_await_ioctl(fd, SIOCOUTQ, bytes))
		note(a, "SIOCOUTQ never %d", bytes);
}

/* --- running */

static void on_signal(int sig)
{
	if (sig == SIGPIPE)
		pipes = 1;
}

/* What a case may have left behind: descriptors, children, signals. */
static void clean(int first_fd)
{
	close_range(first_fd, ~0U, 0);
	pipes = 0;
	errno = 0;
}

static void run(struct api *a, const struct api_case *c, int number, struct xnet *net, enum xnet_stack stack,
		int first_fd)
{
	struct itimerval watchdog = { { API_WATCHDOG_S, 0 }, { API_WATCHDOG_S, 0 } }, off = { 0 };

	a->family = net->family;
	a->stack = stack;
	a->net = net;
	a->port = 2000 + 4 * number;
	a->c = c;
	a->len = 0;
	a->record[0] = 0;
	setitimer(ITIMER_REAL, &watchdog, NULL);
	c->run(a);
	setitimer(ITIMER_REAL, &off, NULL);
	clean(first_fd);
}

/* The first line in which two records differ, and two lines before it. */
static void show_difference(const struct api *want, const struct api *got, const char *where)
{
	const char *w = want->record, *g = got->record, *before = NULL, *line = w;

	while (*w && *w == *g) {
		if (*w == '\n') {
			before = line;
			line = w + 1;
		}
		w++;
		g++;
	}
	g = got->record + (line - want->record);
	printf("# %s, after: %.*s\n", where, before ? (int)(line - before) - 1 : 0, before ?: "");
	printf("#   TCP:  %.*s\n", (int)strcspn(line, "\n"), line);
	printf("#   XTCP: %.*s\n", (int)strcspn(g, "\n"), g);
}

struct world {
	struct xnet reference;
	struct xnet test[2];
};

static bool compare(const struct api_case *c, int number, struct world worlds[2], int first_fd, bool record)
{
	static struct api want, got;
	bool same = true;

	for (int v6 = 0; v6 < 2; v6++) {
		struct world *w = &worlds[v6];

		if (c->family && c->family != w->reference.family)
			continue;
		run(&want, c, number, &w->reference, XNET_TCP, first_fd);
		if (record) {
			printf("--- %s\n%s", v6 ? "IPv6" : "IPv4", want.record);
			continue;
		}
		for (int self = 0; self < 2; self++) {
			char where[64];

			run(&got, c, number, &w->test[self], XNET_XTCP, first_fd);
			if (!strcmp(want.record, got.record))
				continue;
			snprintf(where, sizeof(where), "IPv%d, peer %s", v6 ? 6 : 4, self ? "XTCP" : "TCP");
			show_difference(&want, &got, where);
			same = false;
		}
	}
	return same;
}

/* Where XTCP is meant to differ; Documentation/socket-api.rst gives the reasons at length. */
static const struct {
	const char *part;	/* the end of a name */
	const char *reason;
} intended[] = {
	{ "call.refused.ioctl", "SIOCOUTQ does not count a SYN" },
	{ "call.disconnected.ioctl", "SIOCOUTQ forgets what was never acknowledged once the connection is gone" },
	{ "SO_PEEK_OFF", "offered, as by Linux 6.9 and later" },
	{ "data.peek_off", "offered, as by Linux 6.9 and later" },
	{ "TCP_MD5SIG", "refused, as by a kernel without CONFIG_TCP_MD5SIG" },
	{ "TCP_RTO_MAX_MS", "offered, as by Linux 6.15 and later" },
	{ "TCP_RTO_MIN_US", "offered, as by Linux 6.15 and later" },
	{ "TCP_DELACK_MAX_US", "offered, as by Linux 6.15 and later" },
	{ "TCP_ULP", "reading tells XTCP from TCP, setting finds no upper layer" },
	{ "TCP_REPAIR", "refused even to root" },
	{ "IPV6_ADDRFORM", "refused: it would make it a socket of the kernel's TCP" },
	{ "TCP_MD5SIG_EXT", "refused, as by a kernel without CONFIG_TCP_MD5SIG" },
	{ "SO_PEERSEC", "SELinux has another class for the socket" },
	{ "place.connect_families", "SELinux has another class for the socket" },
	{ "data.connect_unreachable_host", "nothing on the error queue that was not asked for by IP_RECVERR" },
};

/* What newer kernels' TCP does; XTCP does as 6.1's does on every kernel. Documentation/kernels.rst has them. */
static const struct {
	const char *part;
	const char *reason;
	int since;		/* from this kernel on: 1000 * major + minor */
} newer[] = {
	{ "TCP_AO_ADD_KEY", "refused, as by a kernel without CONFIG_TCP_AO", 6007 },
	{ "TCP_AO_DEL_KEY", "refused, as by a kernel without CONFIG_TCP_AO", 6007 },
	{ "TCP_AO_INFO", "refused, as by a kernel without CONFIG_TCP_AO", 6007 },
	{ "TCP_AO_GET_KEYS", "refused, as by a kernel without CONFIG_TCP_AO", 6007 },
	{ "TCP_AO_REPAIR", "refused, as by a kernel without CONFIG_TCP_AO", 6007 },
	{ "TCP_IS_MPTCP", "not offered, as by Linux 6.1", 6007 },
	{ "TCP_TX_DELAY", "without the bounds that Linux got after 6.12", 6013 },
	{ "place.window_clamp_bounds", "a clamp below 0 is a large one, as in Linux 6.1", 6013 },
};

static int kernel(void)
{
	static int version;
	struct utsname name;
	int major, minor;

	if (!version && !uname(&name) && sscanf(name.release, "%d.%d", &major, &minor) == 2)
		version = 1000 * major + minor;
	return version;
}

static bool ends_with(const char *name, const char *part)
{
	size_t len = strlen(name), tail = strlen(part);

	return len >= tail && !strcmp(name + len - tail, part);
}

static const char *intended_reason(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(intended); i++) {
		if (ends_with(name, intended[i].part))
			return intended[i].reason;
	}
	for (size_t i = 0; i < ARRAY_SIZE(newer); i++) {
		if (kernel() >= newer[i].since && ends_with(name, newer[i].part))
			return newer[i].reason;
	}
	return NULL;
}

static void name_of(const struct api_case *c, char *name, size_t size)
{
	snprintf(name, size, "%s.%s%s%s", c->group, c->name, c->suffix ? "." : "", c->suffix ?: "");
}

static bool wanted(const char *name, char **texts)
{
	const char *only = getenv("XTCP_ONLY");

	if (only && !strstr(name, only))
		return false;
	if (!*texts)
		return true;
	for (; *texts; texts++) {
		if (strstr(name, *texts))
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	bool record = argc > 1 && !strcmp(argv[1], "--record");
	struct sigaction action = { .sa_handler = on_signal };
	struct world worlds[2] = { 0 };
	int count = 0, failed = 0, intentions = 0, first_fd;
	char **texts = argv + 1 + record, name[256];

	xnet_require();
	/* Without SA_RESTART: a call that never returns is interrupted, and its record says so. */
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
	for (int v6 = 0; v6 < 2; v6++) {
		int family = v6 ? AF_INET6 : AF_INET;

		if (xnet_open(&worlds[v6].reference, &(struct xnet_variant) { family, XNET_TCP }) ||
		    xnet_open(&worlds[v6].test[0], &(struct xnet_variant) { family, XNET_TCP }) ||
		    xnet_open(&worlds[v6].test[1], &(struct xnet_variant) { family, XNET_XTCP })) {
			printf("Bail out! no network namespaces\n");
			return 1;
		}
	}
	first_fd = dup(0);
	close(first_fd);

	if (!record)
		printf("TAP version 13\n");
	for (int i = 0; i < case_count; i++) {
		const char *reason = NULL;
		u64 begin = xnet_now_ms();
		bool ok;

		name_of(&cases[i], name, sizeof(name));
		if (!wanted(name, texts))
			continue;
		ok = compare(&cases[i], i, worlds, first_fd, record);
		if (xnet_now_ms() - begin > API_SLOW_MS)
			printf("# %s took %llu ms\n", name, (unsigned long long)(xnet_now_ms() - begin));
		if (!ok)
			reason = intended_reason(name);
		count++;
		intentions += !!reason;
		failed += !ok && !reason;
		if (!record)
			printf("%sok %d %s%s%s\n", ok || reason ? "" : "not ", count, name,
			       reason ? " # differs on purpose: " : "", reason ?: "");
		fflush(stdout);
	}
	if (!record)
		printf("1..%d\n# %d of %d cases differ from the kernel's TCP, %d more on purpose\n",
		       count, failed, count, intentions);
	return failed ? 1 : 0;
}
