// SPDX-License-Identifier: GPL-2.0
/*
 * libxtcp-preload.so: the socket() that xtcp-run(8) puts in front of the C library's.
 *
 * socket(AF_INET or AF_INET6, SOCK_STREAM, 0 or IPPROTO_TCP) opens an XTCP socket. All other calls pass through as they
 * are. Where the kernel has no XTCP for this process, the program gets the TCP socket that it asked for (or, under
 * xtcp-run --require, the error).
 *
 * socket() is async-signal-safe and thread-safe, so this one is: no lock, no allocation, no stdio. The environment is
 * read once, before main(), because programs such as nginx overwrite theirs. Without --verbose it never writes to file
 * descriptor 2, which may by then be a connection of the program.
 */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/xtcp.h>

/* The kernel's SOCK_TYPE_MASK: what lies above are flags (SOCK_NONBLOCK, SOCK_CLOEXEC). */
#define TYPE_MASK	0xf

/* How long, in seconds, a missing XTCP is not asked for again: each such socket() makes the kernel start modprobe. */
#define RETRY_SECS	1

/* Set before main(). The values here serve a socket() in the constructor of another library. */
static struct {
	int family;
	bool require;
	bool verbose;
} config = { .family = AF_XTCP };

/* The next socket() in the search order; NULL until the constructor ran. */
static int (*next_socket)(int domain, int type, int protocol);

/* Per XTCP protocol: the second (CLOCK_MONOTONIC) from which XTCP is tried again. */
static atomic_long retry_at[2];

__attribute__((constructor)) static void preload_init(void)
{
	const char *family = getenv("XTCP_RUN_FAMILY");

	if (family && atoi(family) > 0)
		config.family = atoi(family);
	config.require = getenv("XTCP_RUN_REQUIRE");
	config.verbose = getenv("XTCP_RUN_VERBOSE");

	/* ISO C has no cast from an object pointer to a function pointer. */
	*(void **)&next_socket = dlsym(RTLD_NEXT, "socket");
}

static int call_socket(int domain, int type, int protocol)
{
	if (next_socket)
		return next_socket(domain, type, protocol);
	return (int)syscall(SYS_socket, domain, type, protocol);
}

static char *put_text(char *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length);
	return at + length;
}

static char *put_number(char *at, unsigned int number)
{
	if (number >= 10)
		at = put_number(at, number / 10);
	*at = '0' + number % 10;
	return at + 1;
}

/* One write(2), so that the lines of several threads do not mix. */
static void tell(int domain, int fd, const char *stack)
{
	char line[128], *at = line;

	if (!config.verbose || fd < 0)
		return;
	at = put_text(at, "xtcp-run: process ");
	at = put_number(at, (unsigned int)getpid());
	at = put_text(at, ": descriptor ");
	at = put_number(at, (unsigned int)fd);
	at = put_text(at, domain == AF_INET6 ? " (IPv6) is " : " (IPv4) is ");
	at = put_text(at, stack);
	at = put_text(at, "\n");
	if (write(STDERR_FILENO, line, at - line) < 0)
		return;		/* nobody listens */
}

static bool is_tcp(int domain, int type, int protocol)
{
	return (domain == AF_INET || domain == AF_INET6) &&
	       (type & TYPE_MASK) == SOCK_STREAM &&
	       (protocol == 0 || protocol == IPPROTO_TCP);
}

/*
 * Does this error say that XTCP is not to be had here? The module is absent, has no IPv6, or a sandbox forbids it. All
 * others (EMFILE, ENOBUFS, ...) a TCP socket would meet too, and they are the program's.
 */
static bool is_absent(int error)
{
	return error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == ESOCKTNOSUPPORT ||
	       error == EPERM || error == EACCES;
}

static long now_secs(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

__attribute__((visibility("default"))) int socket(int domain, int type, int protocol)
{
	int xtcp_protocol = domain == AF_INET6 ? XTCPPROTO_IPV6 : XTCPPROTO_IPV4;
	atomic_long *retry = &retry_at[xtcp_protocol];
	int entry_errno = errno;
	int fd;

	if (!is_tcp(domain, type, protocol))
		return call_socket(domain, type, protocol);

	if (config.require || atomic_load_explicit(retry, memory_order_relaxed) <= now_secs()) {
		fd = call_socket(config.family, type, xtcp_protocol);
		if (fd >= 0 || config.require || !is_absent(errno)) {
			tell(domain, fd, "XTCP");
			return fd;
		}
		atomic_store_explicit(retry, now_secs() + RETRY_SECS, memory_order_relaxed);
		errno = entry_errno;
	}

	fd = call_socket(domain, type, protocol);
	tell(domain, fd, "TCP (XTCP is not available)");
	return fd;
}
