// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes: flags of recv() in combination, bad pointers, ends of the stream, partial writes, time-outs; sendfile() and
 * splice(). recv(2), send(2), splice(2).
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include "api.h"

#define API_GROUP	"data"

/* --- receiving */

CASE(peek_and_waitall)
{
	struct timeval tv = { .tv_usec = 200000 };
	char data[32];
	int fd[2];

	api_pair(a, true, fd);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK)));
	note_bytes(a, "peek all", data, CALL(a, recv(fd[0], data, 20, MSG_PEEK | MSG_WAITALL)));
	note_bytes(a, "all", data, CALL(a, recv(fd[0], data, 20, MSG_WAITALL)));
	CALL(a, recv(fd[0], data, 20, MSG_WAITALL));
	CALL(a, recv(fd[0], data, 20, MSG_PEEK | MSG_WAITALL | MSG_DONTWAIT));
}

CASE(peek_off)
{
	char data[32];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, xnet_set_int(fd[0], SOL_SOCKET, SO_PEEK_OFF, 3));
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK | MSG_DONTWAIT)));
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK | MSG_DONTWAIT)));
	note_bytes(a, "read", data, CALL(a, recv(fd[0], data, 2, MSG_DONTWAIT)));
	note_bytes(a, "peek", data, CALL(a, recv(fd[0], data, 4, MSG_PEEK | MSG_DONTWAIT)));
	note_int(a, "offset", fd[0], SOL_SOCKET, SO_PEEK_OFF);
}

CASE(trunc_mixes)
{
	char data[32] = "";
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, recv(fd[0], NULL, 3, MSG_TRUNC));
	CALL(a, recv(fd[0], (void *)8, 2, MSG_TRUNC));
	CALL(a, recv(fd[0], NULL, 2, MSG_TRUNC | MSG_PEEK));
	note_bytes(a, "rest", data, CALL(a, recv(fd[0], data, 32, 0)));
	CALL(a, recv(fd[0], NULL, 3, MSG_TRUNC | MSG_DONTWAIT));
}

CASE(partial_fault)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec iov[2] = { { page, 4 }, { (void *)8, 6 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	char data[32];
	int fd[2];

	api_pair(a, true, fd);
	mprotect(page + 4096, 4096, PROT_NONE);
	xnet_nonblock(fd[0], true);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, recv(fd[0], page + 4096 - 3, 8, 0));
	note_bytes(a, "rest", data, CALL(a, recv(fd[0], data, 32, MSG_PEEK)));
	CALL(a, recvmsg(fd[0], &msg, 0));
	note_bytes(a, "rest", data, CALL(a, recv(fd[0], data, 32, MSG_DONTWAIT)));
	memset(page, 'x', 4096);
	CALL(a, send(fd[0], page + 4090, 4096, 0));
	CALL(a, send(fd[0], page + 4096, 10, 0));
	munmap(page, 8192);
	xnet_nonblock(fd[1], true);
	await_outq(a, fd[0], 0);
	note_bytes(a, "sent", data, CALL(a, read(fd[1], data, 32)));
}

CASE(huge_iovec)
{
	struct iovec iov[1024], many[1025];
	static char byte[1024], got[1024];
	struct msghdr msg = { .msg_iov = many, .msg_iovlen = 1025 };
	int fd[2];

	api_pair(a, false, fd);
	for (int i = 0; i < 1024; i++) {
		byte[i] = i;
		iov[i] = (struct iovec) { byte + i, 1 };
	}
	memcpy(many, iov, sizeof(iov));
	many[1024] = iov[0];
	CALL(a, writev(fd[0], iov, 1024));
	await_inq(a, fd[1], 1024);
	for (int i = 0; i < 1024; i++)
		iov[i].iov_base = got + i;
	CALL(a, readv(fd[1], iov, 1024));
	note(a, "same: %d", !memcmp(byte, got, 1024));
	CALL(a, sendmsg(fd[0], &msg, 0));
	CALL(a, recvmsg(fd[0], &msg, MSG_DONTWAIT));
	iov[0].iov_len = -1;
	CALL(a, writev(fd[0], iov, 2));
	CALL(a, syscall(SYS_writev, fd[0], iov, -1));
	CALL(a, readv(fd[0], iov, 0));
}

CASE(data_before_fin_and_reset)
{
	char data[16];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	note_poll(a, fd[0]);
	note_bytes(a, "data", data, CALL(a, read(fd[0], data, 16)));
	CALL(a, read(fd[0], data, 16));
	CALL(a, write(fd[0], "abc", 3));
	await_inq(a, fd[1], 3);
	CALL(a, close(fd[1]));
	await_events(a, fd[0], POLLERR);
	note_poll(a, fd[0]);
	CALL(a, write(fd[0], "abc", 3));
	CALL(a, write(fd[0], "abc", 3));
	CALL(a, read(fd[0], data, 16));
	note_after(a, fd[0]);
}

CASE(write_to_closed_peer)
{
	char data[4];
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, close(fd[1]));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	note_poll(a, fd[0]);
	CALL(a, write(fd[0], "a", 1));
	await_events(a, fd[0], POLLERR);
	note_poll(a, fd[0]);
	CALL(a, read(fd[0], data, 4));
	CALL(a, write(fd[0], "a", 1));
	CALL(a, read(fd[0], data, 4));
	note_after(a, fd[0]);
}

CASE(close_with_unread_data)
{
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[0], "abc", 3));
	await_inq(a, fd[1], 3);
	CALL(a, close(fd[1]));
	await_events(a, fd[0], POLLERR);
	note_poll(a, fd[0]);
	CALL(a, read(fd[0], data, 4));
	CALL(a, read(fd[0], data, 4));
	note_after(a, fd[0]);
}

CASE(near_closes_with_unread_data)
{
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "abc", 3));
	await_inq(a, fd[0], 3);
	CALL(a, close(fd[0]));
	await_events(a, fd[1], POLLERR);
	CALL(a, read(fd[1], data, 4));
	note_after(a, fd[1]);
}

CASE(shutdown_rd_keeps_receiving)
{
	char data[16];
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, write(fd[1], "ab", 2));
	await_inq(a, fd[0], 2);
	CALL(a, shutdown(fd[0], SHUT_RD));
	CALL(a, write(fd[1], "cd", 2));
	await_outq(a, fd[1], 0);
	note_bytes(a, "data", data, CALL(a, read(fd[0], data, 16)));
	CALL(a, read(fd[0], data, 16));
	CALL(a, write(fd[1], "ef", 2));
	await_outq(a, fd[1], 0);
	note_poll(a, fd[0]);
	note_bytes(a, "data", data, CALL(a, read(fd[0], data, 16)));
	CALL(a, write(fd[0], "gh", 2));
	await_inq(a, fd[1], 2);
	note_after(a, fd[0]);
}

CASE(readers_see_error_once)
{
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	api_reset(fd[1]);
	await_events(a, fd[0], POLLERR);
	note_int(a, "SO_ERROR", fd[0], SOL_SOCKET, SO_ERROR);
	note_int(a, "SO_ERROR", fd[0], SOL_SOCKET, SO_ERROR);
	CALL(a, read(fd[0], data, 4));
	CALL(a, write(fd[0], data, 4));
	CALL(a, send(fd[0], data, 4, MSG_NOSIGNAL));
	note_after(a, fd[0]);
}

/* --- sending */

CASE(partial_write)
{
	static char data[3000000];
	int fd[2];

	api_pair(a, false, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 10000);
	xnet_nonblock(fd[0], true);
	OK(a, write(fd[0], data, sizeof(data)));
	xnet_sleep_ms(300);
	while (write(fd[0], data, sizeof(data)) > 0)
		;
	note(a, "%s", strerrorname_np(errno));
	note_poll(a, fd[0]);
	CALL(a, send(fd[0], data, 1, MSG_NOSIGNAL));
}

CASE(send_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	static char data[3000000];
	int fd[2];

	api_pair(a, true, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 10000);
	setsockopt(fd[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	OK(a, send(fd[0], data, sizeof(data), 0));
	while (send(fd[0], data, sizeof(data), 0) > 0)
		;
	CALL(a, send(fd[0], data, sizeof(data), 0));
}

CASE(recv_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	char data[4];
	int fd[2];

	api_pair(a, true, fd);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	CALL(a, read(fd[0], data, 4));
	CALL(a, recv(fd[0], data, 4, MSG_PEEK));
	CALL(a, write(fd[1], "a", 1));
	CALL(a, recv(fd[0], data, 4, MSG_WAITALL));
}

CASE(accept_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	int fd = api_listener(a, XNET_NEAR, a->port);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	CALL(a, accept(fd, NULL, NULL));
}

CASE(connect_timeout)
{
	struct timeval tv = { .tv_usec = 100000 };
	struct xnet_addr to = api_nowhere(a);
	int fd = api_socket(a, XNET_NEAR);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	CALL(a, xnet_connect(fd, &to));
	CALL(a, xnet_connect(fd, &to));
	note_poll(a, fd);
}

CASE(connect_unreachable_host)
{
	struct xnet_addr to = api_nowhere(a);
	int fd = api_socket(a, XNET_NEAR);

	CALL(a, xnet_connect(fd, &to));
	note_after(a, fd);
	CALL(a, xnet_connect(fd, &to));
}

CASE(cork_and_more)
{
	char data[64];
	int fd[2];

	api_pair(a, false, fd);
	CALL(a, xnet_set_int(fd[0], IPPROTO_TCP, TCP_CORK, 1));
	CALL(a, write(fd[0], "abc", 3));
	note(a, "unsent %d", xnet_ioctl_int(fd[0], SIOCOUTQNSD));
	CALL(a, xnet_set_int(fd[0], IPPROTO_TCP, TCP_CORK, 0));
	await_inq(a, fd[1], 3);
	CALL(a, send(fd[0], "def", 3, MSG_MORE));
	note(a, "unsent %d", xnet_ioctl_int(fd[0], SIOCOUTQNSD));
	CALL(a, send(fd[0], "ghi", 3, 0));
	await_inq(a, fd[1], 9);
	CALL(a, send(fd[0], "jkl", 3, MSG_MORE));
	CALL(a, shutdown(fd[0], SHUT_WR));
	await_inq(a, fd[1], 12);
	note_bytes(a, "data", data, CALL(a, read(fd[1], data, 64)));
}

CASE(sigpipe)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, shutdown(fd[0], SHUT_WR));
	CALL(a, write(fd[0], "x", 1));
	CALL(a, send(fd[0], "x", 1, MSG_NOSIGNAL));
	CALL(a, send(fd[0], "", 0, 0));
	CALL(a, write(fd[0], "", 0));
}

/* --- sendfile and splice */

CASE(sendfile_forms)
{
	int file = memfd_create("api", 0), fd[2];
	static char data[20000], got[20000];
	off_t offset = 5;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = i * 7;
	CALL(a, write(file, data, sizeof(data)));
	api_pair(a, false, fd);
	CALL(a, sendfile(fd[0], file, &offset, 100));
	note(a, "offset %ld", (long)offset);
	CALL(a, sendfile(fd[0], file, NULL, 100));
	offset = sizeof(data) - 10;
	CALL(a, sendfile(fd[0], file, &offset, 100));
	offset = 0;
	CALL(a, sendfile(fd[0], file, &offset, 8000));
	CALL(a, sendfile(fd[0], fd[1], NULL, 10));
	CALL(a, sendfile(file, fd[0], NULL, 10));
	CALL(a, xnet_read_all(fd[1], got, 8110));
	note(a, "same: %d %d %d", !memcmp(got, data + 5, 100), !memcmp(got + 100, data + sizeof(data) - 10, 10),
	     !memcmp(got + 110, data, 8000));
}

CASE(splice_forms)
{
	char data[32];
	loff_t offset = 0;
	int fd[2], p[2];

	api_pair(a, true, fd);
	CALL(a, pipe(p));
	CALL(a, write(fd[1], "0123456789", 10));
	await_inq(a, fd[0], 10);
	CALL(a, splice(fd[0], NULL, p[1], NULL, 4, 0));
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, SPLICE_F_MORE));
	xnet_nonblock(fd[0], true);
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, SPLICE_F_NONBLOCK));
	CALL(a, splice(fd[0], &offset, p[1], NULL, 100, SPLICE_F_NONBLOCK));
	CALL(a, splice(fd[0], NULL, fd[1], NULL, 100, 0));
	CALL(a, splice(p[0], NULL, fd[0], NULL, 6, SPLICE_F_MORE));
	CALL(a, splice(p[0], NULL, fd[0], NULL, 100, 0));
	await_inq(a, fd[1], 10);
	note_bytes(a, "back", data, CALL(a, read(fd[1], data, 32)));
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, 0));
	CALL(a, splice(fd[0], NULL, p[1], NULL, 100, 0));
	CALL(a, write(p[1], "tee", 3));
	CALL(a, vmsplice(p[1], &(struct iovec) { "xyz", 3 }, 1, 0));
	CALL(a, splice(p[0], NULL, fd[0], NULL, 6, 0));
	await_inq(a, fd[1], 6);
}

CASE(splice_full_pipe)
{
	static char data[200000];
	int fd[2], p[2];
	long n;

	api_pair(a, false, fd);
	CALL(a, pipe2(p, O_NONBLOCK));
	xnet_nonblock(fd[0], true);
	xnet_nonblock(fd[1], true);
	n = write(fd[1], data, sizeof(data));
	await_events(a, fd[0], POLLIN);
	xnet_sleep_ms(50);
	while (n > 0)
		n = splice(fd[0], NULL, p[1], NULL, 1 << 20, SPLICE_F_NONBLOCK);
	note(a, "%s", strerrorname_np(errno));
	note_poll(a, fd[0]);
}
