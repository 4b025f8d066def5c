/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every test program stands on: two hosts made of network namespaces and a veth pair, sockets of either stack on
 * either host, and waiting for conditions instead of sleeping.
 *
 *      namespace NEAR                                     namespace FAR
 *   +------------------------+                         +------------------------+
 *   |  the stack under test  |                         |  its peer: kernel TCP  |
 *   |                        |      veth, 1500 MTU     |  or the same stack     |
 *   |  192.0.2.1       veth0 +-------------------------+ veth0       192.0.2.2  |
 *   |  2001:db8::1           |                         |           2001:db8::2  |
 *   +------------------------+                         +------------------------+
 *
 * The stack under test is AF_XTCP; with XTCP_TEST_STACK=tcp in the environment it is the kernel's TCP, so that each
 * program can be checked against the reference, and a difference between two runs is a difference between the stacks.
 *
 * One process holds the sockets of both hosts: a socket belongs to the namespace it was made in. Functions return -1
 * and set errno unless they say otherwise; they log what they saw as TAP comments.
 */
#ifndef XNET_H
#define XNET_H

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <linux/sockios.h>
#include <linux/tcp.h>

#include "ints.h"

#define AF_XTCP		18
#define IPPROTO_XTCP	253

/* The states of RFC 9293 3.3.2 by the kernel's numbers, as tcpi_state has them. */
enum xnet_state {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
};

enum xnet_stack {
	XNET_XTCP,	/* the stack under test */
	XNET_TCP,	/* always the kernel's TCP */
};

enum xnet_side {
	XNET_NEAR,
	XNET_FAR,
};

/* A patient deadline: reached only by what has failed. Milliseconds. */
#define XNET_PATIENCE_MS	20000

/* The port where a case's listener is, unless the case is about ports. */
#define XNET_PORT		7000

struct xnet_variant {
	int family;
	enum xnet_stack far;
};

struct xnet {
	int family;
	int ns[2];
	enum xnet_stack stack[2];
};

/* What tc-netem(8) does to each packet; chances in percent. */
struct netem {
	int delay_ms;
	int jitter_ms;
	int loss;
	int duplicate;
	int corrupt;
	int reorder;	/* so many overtake the delayed ones */
};

struct xnet_addr {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage ss;
	};
};

/* --- the environment */
void xnet_start(void);
void xnet_require(void);
bool xnet_skips_fail(void);
bool xnet_filtered(const char *fixture, const char *test);
bool xnet_under_test(void);
bool xnet_virtual_time(void);
bool xnet_have_netem(void);
u64 xnet_now_ms(void);
void xnet_sleep_ms(int ms);
__printf(1, 2) void xnet_log(const char *format, ...);

/* --- namespaces */
int xnet_ns_new(void);
void xnet_ns_enter(int ns);
void xnet_ns_leave(void);
__printf(2, 3) int xnet_run(int ns, const char *format, ...);
int xnet_sysctl(int ns, const char *name, const char *value);
long xnet_sysctl_read(int ns, const char *name);

int xnet_open(struct xnet *net, const struct xnet_variant *variant);
void xnet_leave(struct xnet *net, enum xnet_side side);
void xnet_close(struct xnet *net);
int xnet_segmentation_off(const struct xnet *net);
int xnet_netem_side(const struct xnet *net, enum xnet_side side, const struct netem *netem);
int xnet_netem(const struct xnet *net, const struct netem *netem);

/* --- addresses */
struct xnet_addr xnet_address(int family, enum xnet_side side, int port);
struct xnet_addr xnet_loopback(int family, int port);
struct xnet_addr xnet_any(int family, int port);
struct xnet_addr xnet_parse(const char *text, int port);
struct xnet_addr xnet_name(int fd);
struct xnet_addr xnet_peer_name(int fd);
int xnet_port(const struct xnet_addr *addr);
void xnet_set_port(struct xnet_addr *addr, int port);
bool xnet_same(const struct xnet_addr *a, const struct xnet_addr *b);

/* --- sockets. All of them are close-on-exec and blocking. */
int xnet_socket(int ns, enum xnet_stack stack, int family);
int xnet_bind(int fd, const struct xnet_addr *addr);
int xnet_connect(int fd, const struct xnet_addr *addr);
int xnet_listen(const struct xnet *net, enum xnet_side side, int port);
int xnet_dial(const struct xnet *net, enum xnet_side side, int port);
int xnet_pair(const struct xnet *net, enum xnet_side client, int fd[2]);
int xnet_int(int fd, int level, int option);
int xnet_set_int(int fd, int level, int option, int value);
int xnet_linger(int fd, int on, int seconds);
int xnet_nonblock(int fd, bool on);
/* Writes to tx what there is room for, and reads it from rx, for MS. Both are non-blocking then. */
void xnet_move(int tx, int rx, int ms);
int xnet_ioctl_int(int fd, unsigned long request);

/* --- what can be seen, and waiting for it */
int xnet_info(int fd, struct tcp_info *info);
int xnet_state(int fd);
const char *xnet_state_name(int state);
bool xnet_await_state(int fd, int state);
bool xnet_await_ioctl(int fd, unsigned long request, int value);
short xnet_await(int fd, short events);
int xnet_accept(int listener);
long xnet_sockstat(int ns, enum xnet_stack stack, const char *name);
bool xnet_await_sockstat(int ns, enum xnet_stack stack, const char *name, long value);
long xnet_counter(int ns, enum xnet_stack stack, const char *name);

/* --- exactly so many bytes; the count, or -1 */
ssize_t xnet_write_all(int fd, const void *data, size_t len);
ssize_t xnet_read_all(int fd, void *data, size_t len);

/*
 * The harness's parts. A test program is: XNET_FIXTURE(name); its TEST_F()s; and XNET_MAIN. A fixture that has more
 * than two hosts takes XNET_VARIANTS() and XNET_FILTER().
 */
#define XNET_VARIANTS(type) \
	struct xnet; \
	FIXTURE_VARIANT(type) { struct xnet_variant v; }; \
	FIXTURE_VARIANT_ADD(type, ipv4_stock) { .v = { AF_INET, XNET_TCP } }; \
	FIXTURE_VARIANT_ADD(type, ipv6_stock) { .v = { AF_INET6, XNET_TCP } }; \
	FIXTURE_VARIANT_ADD(type, ipv4_self) { .v = { AF_INET, XNET_XTCP } }; \
	FIXTURE_VARIANT_ADD(type, ipv6_self) { .v = { AF_INET6, XNET_XTCP } }

#define XNET_STOCK_VARIANTS(type) \
	struct xnet; \
	FIXTURE_VARIANT(type) { struct xnet_variant v; }; \
	FIXTURE_VARIANT_ADD(type, ipv4) { .v = { AF_INET, XNET_TCP } }; \
	FIXTURE_VARIANT_ADD(type, ipv6) { .v = { AF_INET6, XNET_TCP } }

/* Leaves a case that XTCP_ONLY=TEXT does not name; the harness of some kernels has no filter of its own. */
#define XNET_FILTER() \
	do { \
		if (xnet_filtered(_metadata->fixture->name, _metadata->name)) \
			_exit(255); \
	} while (0)

#define XNET_FIXTURE_OF(type, variants) \
	struct xnet; \
	FIXTURE(type) { struct xnet net; }; \
	variants(type); \
	FIXTURE_SETUP(type) \
	{ \
		XNET_FILTER(); \
		ASSERT_EQ(0, xnet_open(&self->net, &variant->v)); \
	} \
	FIXTURE_TEARDOWN(type) \
	{ \
		xnet_close(&self->net); \
	} \
	struct xnet

/* Two hosts and nothing else, for every kind of peer or for the kernel's TCP alone. */
#define XNET_FIXTURE(type)		XNET_FIXTURE_OF(type, XNET_VARIANTS)
#define XNET_STOCK_FIXTURE(type)	XNET_FIXTURE_OF(type, XNET_STOCK_VARIANTS)

/* A skip that XTCP_SKIP_FAILS=1 turns into a failure. */
#define XNET_SKIP(statement, ...) \
	do { \
		ASSERT_FALSE(xnet_skips_fail()) \
			TH_LOG(__VA_ARGS__); \
		SKIP(statement, __VA_ARGS__); \
	} while (0)

#define XNET_MAIN \
	static void __attribute__((constructor)) xnet_main_require(void) \
	{ \
		xnet_require(); \
	} \
	TEST_HARNESS_MAIN

#endif /* XNET_H */
