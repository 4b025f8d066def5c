// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel with AF_XTCP, played by a library: it stands behind libxtcp-preload.so in LD_PRELOAD, writes down each
 * socket() that arrives, in the file FAKE_LOG, and answers those of AF_XTCP with a TCP socket, or with the error number
 * in FAKE_ERRNO. All others go to the C library. Both variables are read before main().
 */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/xtcp.h>

static FILE *log_file;
static int fake_errno;

__attribute__((constructor)) static void fake_init(void)
{
	const char *path = getenv("FAKE_LOG");
	const char *error = getenv("FAKE_ERRNO");

	log_file = path ? fopen(path, "ae") : NULL;
	fake_errno = error ? atoi(error) : 0;
}

static void write_down(int domain, int type, int protocol)
{
	if (!log_file)
		return;
	fprintf(log_file, "%d %d %d\n", domain, type, protocol);
	fflush(log_file);
}

int socket(int domain, int type, int protocol)
{
	int (*next)(int domain, int type, int protocol);

	*(void **)&next = dlsym(RTLD_NEXT, "socket");
	write_down(domain, type, protocol);
	if (domain != AF_XTCP)
		return next(domain, type, protocol);
	if (fake_errno) {
		errno = fake_errno;
		return -1;
	}
	return next(protocol == XTCPPROTO_IPV6 ? AF_INET6 : AF_INET, type, IPPROTO_TCP);
}
