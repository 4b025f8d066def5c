// SPDX-License-Identifier: GPL-2.0
/*
 * Fault injection by the kernel's debugfs and /proc/thread-self/fail-nth: see fault.h.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "xnet.h"

#define FAULT_DIR "/sys/kernel/debug/"

static int fault_fd = -1;

static bool fault_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return ok;
}

bool fault_open(void)
{
	/* Each injection would print a call trace otherwise. */
	static const char *const quiet[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char path[128];

	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++) {
		snprintf(path, sizeof(path), FAULT_DIR "%s/verbose", quiet[i]);
		if (!fault_write(path, "0"))
			return false;
	}
	if (!fault_write(FAULT_DIR "failslab/ignore-gfp-wait", "N") ||
	    !fault_write(FAULT_DIR "fail_page_alloc/ignore-gfp-wait", "N") ||
	    !fault_write(FAULT_DIR "fail_page_alloc/ignore-gfp-highmem", "N") ||
	    !fault_write(FAULT_DIR "fail_page_alloc/min-order", "0"))
		return false;
	fault_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return fault_fd >= 0;
}

void fault_arm(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(fault_fd, text, len, 0) != len)
		abort();
}

bool fault_disarm(void)
{
	char text[16] = "";
	/* the copy to here may be what fails: then no allocation did */
	bool hit = pread(fault_fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;

	while (pwrite(fault_fd, "0", 1, 0) != 1)
		;
	return hit;
}

int fault_count(int n)
{
	char text[16] = "";
	int left = pread(fault_fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;

	fault_disarm();
	return n - left;
}

void fault_slab(int bytes)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", bytes);
	fault_write(FAULT_DIR "failslab/probability", "0");
	fault_write(FAULT_DIR "failslab/interval", "1");
	fault_write(FAULT_DIR "failslab/times", "1");
	fault_write(FAULT_DIR "failslab/space", text);
	fault_write(FAULT_DIR "failslab/probability", "100");
}

static int fault_read(const char *path)
{
	char text[16] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int value = fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 ? atoi(text) : -1;

	if (fd >= 0)
		close(fd);
	return value;
}

bool fault_slab_off(void)
{
	fault_write(FAULT_DIR "failslab/probability", "0");
	fault_write(FAULT_DIR "failslab/space", "0");
	return !fault_read(FAULT_DIR "failslab/times");
}

int fault_slab_bytes(int bytes)
{
	fault_write(FAULT_DIR "failslab/probability", "0");
	return bytes - fault_read(FAULT_DIR "failslab/space");
}
