// SPDX-License-Identifier: GPL-2.0
/*
 * For test scripts: loads a module again and again, each time without one of the allocations that this takes; it is
 * there whole, or not at all, and the next try finds nothing in its way.
 *
 *   nthload FILE.ko NAME MOST
 *
 * The last MOST allocations, among which are those of the module's own init, come one by one; what fails without a
 * fault, or for another reason than want of memory, ends it with status 1. At the end the module is not loaded.
 * Status 4: the kernel has no fault injection.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault.h"

#define NEVER	1000000

static long load(int fd)
{
	return syscall(SYS_finit_module, fd, "", 0);
}

/* Work that the kernel does a moment later may keep it. */
static int unload(const char *name)
{
	for (int i = 0; i < 1000; i++) {
		if (!syscall(SYS_delete_module, name, O_NONBLOCK))
			return 0;
		usleep(10000);
	}
	return -1;
}

int main(int argc, char **argv)
{
	int fd = argc == 4 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1, count, n, failed = 0, most;

	if (fd < 0) {
		fprintf(stderr, "nthload FILE.ko NAME MOST\n");
		return 2;
	}
	if (!fault_open())
		return 4;
	most = atoi(argv[3]);
	fault_arm(NEVER);
	if (load(fd)) {
		perror("nthload: without a fault");
		return 1;
	}
	count = fault_count(NEVER);
	if (unload(argv[2])) {
		perror("nthload: unload");
		return 1;
	}
	for (n = count > most ? count - most + 1 : 1; n <= count; n++) {
		long ret;
		int error;
		bool hit;

		fault_arm(n);
		ret = load(fd);
		error = errno;
		hit = fault_disarm();
		failed += !!ret;
		if ((ret && (!hit || (error != ENOMEM && error != ENOBUFS))) || (!ret && unload(argv[2]))) {
			fprintf(stderr, "nthload: allocation %d of %d: %s\n", n, count, strerror(error));
			return 1;
		}
	}
	printf("nthload: %d allocations, the last %d failed, %d loads with them\n", count, most < count ? most : count,
	       failed);
	return 0;
}
