/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The differential suite: a case is a function that does something with sockets of the near host and writes down what
 * it saw. It runs on the kernel's TCP first, and that record is what XTCP must give, line for line: return values,
 * errno, signals, revents, bytes. No expectation is written in a case, so none can be wrong.
 *
 * Cases come from tables (every call in every state, every option in several) and from single functions: CASE(name).
 * A name's case is one line of TAP; it passes when XTCP's records, IPv4 and IPv6, with the kernel's TCP as peer and
 * with XTCP, are the kernel's.
 */
#ifndef API_H
#define API_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "xnet.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))
#endif

#define API_RECORD	32768

struct api_case;

struct api {
	int family;
	enum xnet_stack stack;	/* of the near host */
	struct xnet *net;
	int port;		/* four ports of this case's own */
	const struct api_case *c;
	size_t len;
	char record[API_RECORD];
};

/**
 * struct api_case - one case
 * @name: of its group
 * @run: what it does
 * @a: of the group's table, or 0
 * @b: of the group's table, or 0
 * @family: AF_INET or AF_INET6 if it makes sense for one of them only, 0: both
 * @suffix: of the name, for a case of a table
 */
struct api_case {
	const char *group;
	const char *name;
	const char *suffix;
	void (*run)(struct api *a);
	int row;
	int column;
	int family;
};

void api_add(const struct api_case *c);

/* A case by itself; the group is the file's. */
#define CASE_OF(the_family, the_name) \
	static void case_##the_name(struct api *a); \
	__attribute__((constructor(200))) static void add_##the_name(void) \
	{ \
		api_add(&(struct api_case) { \
			.group = API_GROUP, .name = #the_name, .run = case_##the_name, .family = the_family, \
		}); \
	} \
	static void case_##the_name(struct api *a)
#define CASE(the_name)		CASE_OF(0, the_name)

/* --- writing down */
__printf(2, 3) void note(struct api *a, const char *format, ...);
long note_call(struct api *a, const char *call, long result);
void note_bytes(struct api *a, const char *what, const void *data, long len);
void note_events(struct api *a, const char *what, unsigned int events);
void note_addr(struct api *a, const char *what, const struct sockaddr_storage *ss, socklen_t len);
void note_poll(struct api *a, int fd);		/* what poll() says now, all events asked for */
void note_after(struct api *a, int fd);		/* poll(), SO_ERROR, state, poll() again */
void note_int(struct api *a, const char *what, int fd, int level, int option);

/* The call as it is written, its result and errno. */
#define CALL(a, call)	note_call(a, #call, (errno = 0, (long)(call)))
/* The same when only success counts: a count of bytes that timing decides. */
#define OK(a, call)	note_call(a, #call, (errno = 0, (long)(call)) < 0 ? -1 : 0)

/* --- sockets; closed when the case ends */
int api_socket(struct api *a, enum xnet_side side);
int api_listener(struct api *a, enum xnet_side side, int port);
int api_dial(struct api *a, enum xnet_side side, int port);
/* Connected: fd[XNET_NEAR], fd[XNET_FAR]; by near's connect() (@passive false) or near's accept(). */
void api_pair(struct api *a, bool passive, int fd[2]);
struct xnet_addr api_far(struct api *a, int port);
struct xnet_addr api_near(struct api *a, int port);
struct xnet_addr api_nowhere(struct api *a);	/* nobody answers there, for seconds */
void api_reset(int fd);				/* close with a RST */

/* --- waiting; what did not come is written down */
void await_events(struct api *a, int fd, short events);
void await_state(struct api *a, int fd, int state);
void await_inq(struct api *a, int fd, int bytes);
void await_outq(struct api *a, int fd, int bytes);

#endif /* API_H */
