// SPDX-License-Identifier: GPL-2.0
/*
 * Settings that all the machine has in common: what is done here would disturb any other program, so this one runs
 * alone (lib/run.sh). Those of a namespace are in sysctl.c.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "xnet.h"

FIXTURE(machine) { struct xnet net; int fd[2]; };
XNET_STOCK_VARIANTS(machine);

FIXTURE_SETUP(machine)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
}

FIXTURE_TEARDOWN(machine)
{
	xnet_close(&self->net);
}

/* As much as goes into the send buffer while nobody reads. */
static long stuff(int fd)
{
	static char data[65536];
	long sum = 0, n;

	xnet_nonblock(fd, true);
	while ((n = write(fd, data, sizeof(data))) > 0)
		sum += n;
	return sum;
}

/*
 * While it is low no connection of the machine gets memory. The kernel's account does not see the first MiB of each
 * processor.
 */
TEST_F(machine, tcp_mem)
{
	char before[64] = "";
	int fd = open("/proc/sys/net/ipv4/tcp_mem", O_RDWR), tx;

	ASSERT_LT(0, read(fd, before, sizeof(before) - 1));
	ASSERT_EQ(0, xnet_pair(&self->net, XNET_NEAR, self->fd));
	tx = self->fd[XNET_NEAR];
	ASSERT_EQ(0, xnet_set_int(tx, SOL_SOCKET, SO_SNDBUFFORCE, 4000000));
	ASSERT_LT(2000000, stuff(tx));
	EXPECT_EQ(0, xnet_counter(self->net.ns[XNET_NEAR], XNET_XTCP, "TCPMemoryPressures"));
	ASSERT_LT(0, pwrite(fd, "1 2 3", 5, 0));
	ASSERT_EQ(0, xnet_set_int(tx, SOL_SOCKET, SO_SNDBUFFORCE, 8000000));
	stuff(tx);
	ASSERT_LT(0, pwrite(fd, before, strlen(before), 0));
	EXPECT_LT(0, xnet_counter(self->net.ns[XNET_NEAR], XNET_XTCP, "TCPMemoryPressures"));
	close(fd);
}

XNET_MAIN
