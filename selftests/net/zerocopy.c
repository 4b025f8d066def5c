// SPDX-License-Identifier: GPL-2.0
/*
 * MSG_ZEROCOPY really without a copy: what its notice says when the data went no farther than a queue, and when a
 * device of this machine took it. The rest of it is compared with the kernel's TCP in api/effect.c.
 * Documentation/networking/msg_zerocopy.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "peer.h"
#include "xnet.h"

#define BYTES	8192

PEER_FIXTURE(scripted);

/* One notice from the error queue. */
static int read_notice(int fd, struct sock_extended_err *ee)
{
	char control[256];
	struct msghdr msg = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;

	if (!(xnet_await(fd, POLLERR) & POLLERR) || recvmsg(fd, &msg, MSG_ERRQUEUE) < 0)
		return -1;
	c = CMSG_FIRSTHDR(&msg);
	if (!c)
		return -1;
	memcpy(ee, CMSG_DATA(c), sizeof(*ee));
	return 0;
}

/* All segments end in a queue below the socket; the peer acknowledges them unseen. Nobody has touched the pages. */
TEST_F(scripted, nobody_copied)
{
	struct peer *peer = &self->peer;
	struct sock_extended_err ee = { 0 };
	struct msghdr none = { 0 };
	char *page;
	int fd;

	page = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, SOL_SOCKET, SO_ZEROCOPY, 1));
	ASSERT_EQ(0, xnet_run(peer->ns, "tc qdisc add dev tun0 root netem loss 100%%"));
	for (unsigned int call = 0; call < 3; call++) {
		ASSERT_EQ(BYTES, send(fd, page, BYTES, MSG_ZEROCOPY));
		/* not before the peer has all of it: so long the pages are pinned */
		EXPECT_EQ(-1, recvmsg(fd, &none, MSG_ERRQUEUE));
		EXPECT_EQ(EAGAIN, errno);
		peer->rcv_nxt += BYTES;
		peer_send(peer, ACK);
		ASSERT_EQ(0, read_notice(fd, &ee));
		EXPECT_EQ(SO_EE_ORIGIN_ZEROCOPY, ee.ee_origin);
		EXPECT_EQ(call, ee.ee_info);
		EXPECT_EQ(call, ee.ee_data);
		EXPECT_EQ(0, ee.ee_code);
	}
	munmap(page, BYTES);
}

/* A TUN device gives the segments to a process, and so has to copy: the notice says so. */
TEST_F(scripted, device_copied)
{
	struct peer *peer = &self->peer;
	struct sock_extended_err ee = { 0 };
	static char data[BYTES];
	int fd;

	fd = peer_connected(peer);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, xnet_set_int(fd, SOL_SOCKET, SO_ZEROCOPY, 1));
	ASSERT_EQ(BYTES, send(fd, data, BYTES, MSG_ZEROCOPY));
	peer->rcv_nxt += BYTES;
	peer_send(peer, ACK);
	ASSERT_EQ(0, read_notice(fd, &ee));
	EXPECT_EQ(SO_EE_CODE_ZEROCOPY_COPIED, ee.ee_code);
}

XNET_MAIN
