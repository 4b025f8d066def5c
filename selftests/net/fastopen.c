// SPDX-License-Identifier: GPL-2.0
/*
 * Fast Open as programs set it: whose cookies a listener takes, and how it is done without any. The segments are
 * wire/fastopen's. RFC 7413, tcp(7).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "xnet.h"

#ifndef MSG_FASTOPEN
#define MSG_FASTOPEN		0x20000000
#endif
#define CLIENT_AND_SERVER	"3"

FIXTURE(fastopen) { struct xnet net; };
XNET_STOCK_VARIANTS(fastopen);

FIXTURE_SETUP(fastopen)
{
	XNET_FILTER();
	ASSERT_EQ(0, xnet_open(&self->net, &variant->v));
	for (int side = XNET_NEAR; side <= XNET_FAR; side++)
		ASSERT_EQ(0, xnet_sysctl(self->net.ns[side], "net/ipv4/tcp_fastopen", CLIENT_AND_SERVER));
}

FIXTURE_TEARDOWN(fastopen)
{
	xnet_close(&self->net);
}

static int listener(const struct xnet *net, int port, const void *key, int key_len)
{
	int fd = xnet_socket(net->ns[XNET_NEAR], XNET_XTCP, net->family);
	struct xnet_addr addr = xnet_any(net->family, port);

	if (fd < 0 || xnet_bind(fd, &addr) || xnet_set_int(fd, IPPROTO_TCP, TCP_FASTOPEN, 16) ||
	    (key && setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_KEY, key, key_len)) || listen(fd, 16))
		return -1;
	return fd;
}

/* Opens a connection of the kernel's TCP to @port with a byte in the SYN, if there is a cookie. 0, or -1 */
static int open_one(const struct xnet *net, int port, int listening)
{
	int fd = xnet_socket(net->ns[XNET_FAR], XNET_TCP, net->family), child;
	struct xnet_addr to = xnet_address(net->family, XNET_NEAR, port);
	char byte = 0;

	if (fd < 0 || sendto(fd, "x", 1, MSG_FASTOPEN, &to.sa, to.len) != 1)
		return -1;
	child = xnet_accept(listening);
	if (child < 0 || xnet_read_all(child, &byte, 1) != 1 || byte != 'x')
		return -1;
	close(child);
	close(fd);
	return 0;
}

static int far_listener(const struct xnet *net, int port)
{
	int fd = xnet_socket(net->ns[XNET_FAR], XNET_TCP, net->family);
	struct xnet_addr addr = xnet_any(net->family, port);

	if (fd < 0 || xnet_bind(fd, &addr) || xnet_set_int(fd, IPPROTO_TCP, TCP_FASTOPEN, 16) || listen(fd, 16))
		return -1;
	return fd;
}

static long counted(const struct xnet *net, const char *name)
{
	return xnet_counter(net->ns[XNET_NEAR], XNET_XTCP, name);
}

/* A cookie is good for every listener with the same key, the second one too; for no other. */
TEST_F(fastopen, key)
{
	static const char keys[33] = "0123456789abcdefFEDCBA9876543210";
	int first = listener(&self->net, 7001, keys, 16), turned, other;
	char got[40] = "";
	socklen_t len = sizeof(got);

	ASSERT_LE(0, first);
	ASSERT_EQ(0, getsockopt(first, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len));
	EXPECT_EQ(16, len);
	EXPECT_EQ(0, memcmp(got, keys, 16));
	EXPECT_EQ(-1, setsockopt(first, IPPROTO_TCP, TCP_FASTOPEN_KEY, keys, 15));
	EXPECT_EQ(EINVAL, errno);

	/* the new key first, the one of the cookies that are out there behind it */
	turned = listener(&self->net, 7002, "FEDCBA98765432100123456789abcdef", 32);
	other = listener(&self->net, 7003, keys + 8, 16);
	ASSERT_LE(0, turned);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, open_one(&self->net, 7001, first));
	EXPECT_EQ(1, counted(&self->net, "TCPFastOpenCookieReqd"));
	EXPECT_EQ(0, counted(&self->net, "TCPFastOpenPassive"));
	ASSERT_EQ(0, open_one(&self->net, 7001, first));
	EXPECT_EQ(1, counted(&self->net, "TCPFastOpenPassive"));
	ASSERT_EQ(0, open_one(&self->net, 7002, turned));
	EXPECT_EQ(2, counted(&self->net, "TCPFastOpenPassive"));
	ASSERT_EQ(0, open_one(&self->net, 7003, other));
	EXPECT_EQ(2, counted(&self->net, "TCPFastOpenPassive"));
	EXPECT_EQ(1, counted(&self->net, "TCPFastOpenPassiveFail"));
}

/* TCP_FASTOPEN_NO_COOKIE: none is asked for, at either end. */
TEST_F(fastopen, no_cookie)
{
	int fd = xnet_socket(self->net.ns[XNET_FAR], XNET_TCP, self->net.family);
	int near = listener(&self->net, 7001, NULL, 0);
	struct xnet_addr to = xnet_address(self->net.family, XNET_NEAR, 7001);

	ASSERT_LE(0, near);
	ASSERT_EQ(0, xnet_set_int(near, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1));
	EXPECT_EQ(1, xnet_int(near, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE));
	ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1));
	ASSERT_EQ(1, sendto(fd, "x", 1, MSG_FASTOPEN, &to.sa, to.len));
	ASSERT_LE(0, xnet_accept(near));
	EXPECT_EQ(1, counted(&self->net, "TCPFastOpenPassive"));
	EXPECT_EQ(0, counted(&self->net, "TCPFastOpenCookieReqd"));
}

/* TCP_FASTOPEN_CONNECT: with a cookie connect() returns at once, and the first write goes with the SYN. */
TEST_F(fastopen, connect)
{
	struct xnet_addr to = xnet_address(self->net.family, XNET_FAR, 7001);
	int far = far_listener(&self->net, 7001), fd, child;
	char byte = 0;

	ASSERT_LE(0, far);
	for (int cookie = 0; cookie < 2; cookie++) {
		fd = xnet_socket(self->net.ns[XNET_NEAR], XNET_XTCP, self->net.family);
		ASSERT_EQ(0, xnet_set_int(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
		EXPECT_EQ(1, xnet_int(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT));
		ASSERT_EQ(0, xnet_connect(fd, &to));
		ASSERT_EQ(1, write(fd, "x", 1));
		child = xnet_accept(far);
		ASSERT_EQ(1, xnet_read_all(child, &byte, 1));
		EXPECT_EQ('x', byte);
		EXPECT_EQ(cookie, counted(&self->net, "TCPFastOpenActive"));
		close(fd);
		close(child);
	}
}

XNET_MAIN
