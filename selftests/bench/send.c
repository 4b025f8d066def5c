// SPDX-License-Identifier: GPL-2.0
/* The ways a program has to send much. See send.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "send.h"
#include "xnet.h"

char send_buffer[SEND_CHUNK] __attribute__((aligned(4096)));

/* Notices of MSG_ZEROCOPY, so that they do not fill the error queue. */
static void drain_notices(int fd)
{
	struct msghdr msg = { 0 };

	while (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		msg.msg_flags = 0;
}

/* The file's pages through a pipe into the socket: as many as the pipe took. */
static ssize_t splice_file(int fd, int file, off_t *at, size_t len, int pipe[2])
{
	ssize_t n = splice(file, at, pipe[1], NULL, len, SPLICE_F_MOVE), left = n;

	while (left > 0) {
		ssize_t out = splice(pipe[0], NULL, fd, NULL, left, SPLICE_F_MOVE | SPLICE_F_MORE);

		if (out <= 0)
			return -1;
		left -= out;
	}
	return n;
}

int send_bytes(int fd, const char *how, u64 bytes)
{
	bool by_sendfile = !strcmp(how, "sendfile"), by_splice = !strcmp(how, "splice");
	int zerocopy = !strcmp(how, "zerocopy") ? MSG_ZEROCOPY : 0, file = -1, pipe[2] = { -1, -1 }, ret = -1;

	if (zerocopy)
		xnet_set_int(fd, SOL_SOCKET, SO_ZEROCOPY, 1);
	if (by_sendfile || by_splice) {
		file = memfd_create("bench", MFD_CLOEXEC);
		if (write(file, send_buffer, SEND_CHUNK) != SEND_CHUNK)
			goto out;
	}
	if (by_splice && pipe2(pipe, O_CLOEXEC))
		goto out;
	while (bytes) {
		size_t chunk = bytes < SEND_CHUNK ? bytes : SEND_CHUNK;
		off_t at = 0;
		ssize_t n;

		n = by_sendfile ? sendfile(fd, file, &at, chunk) :
		    by_splice ? splice_file(fd, file, &at, chunk, pipe) :
		    send(fd, send_buffer, chunk, MSG_NOSIGNAL | zerocopy);
		if (zerocopy)
			drain_notices(fd);
		if (n < 0 && errno == ENOBUFS)
			continue;
		if (n <= 0)
			goto out;
		bytes -= n;
	}
	ret = 0;
out:
	for (int i = 0; i < 2; i++)
		if (pipe[i] >= 0)
			close(pipe[i]);
	if (file >= 0)
		close(file);
	return ret;
}
