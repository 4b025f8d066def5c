// SPDX-License-Identifier: GPL-2.0
/*
 * One socket, several users: copies of the descriptor, other processes, signals, several calls at once. dup(2),
 * fork(2), unix(7), signal(7).
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "api.h"

#define API_GROUP	"share"

/* --- descriptors */

CASE(dup_keeps_it_open)
{
	char data[8];
	int fd[2], copy;

	api_pair(a, true, fd);
	copy = dup(fd[0]);
	CALL(a, close(fd[0]));
	CALL(a, write(copy, "abc", 3));
	await_inq(a, fd[1], 3);
	CALL(a, shutdown(copy, SHUT_WR));
	CALL(a, read(fd[1], data, 8));
	CALL(a, read(fd[1], data, 8));
	CALL(a, close(copy));
}

CASE(fork_shares_it)
{
	char data[8];
	int fd[2], status;

	api_pair(a, false, fd);
	if (!fork()) {
		status = write(fd[0], "child", 5);
		_exit(status);
	}
	CALL(a, wait(&status) > 0);
	note(a, "child wrote %d", WEXITSTATUS(status));
	await_inq(a, fd[1], 5);
	CALL(a, write(fd[0], "me", 2));
	await_inq(a, fd[1], 7);
	note_bytes(a, "data", data, CALL(a, read(fd[1], data, 8)));
}

CASE(scm_rights)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .h = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	char byte, data[8];
	int fd[2], pair[2], moved;

	api_pair(a, true, fd);
	CALL(a, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	memcpy(CMSG_DATA(&control.h), &fd[0], sizeof(int));
	CALL(a, sendmsg(pair[0], &msg, 0));
	CALL(a, close(fd[0]));
	iov.iov_base = &byte;
	CALL(a, recvmsg(pair[1], &msg, MSG_CMSG_CLOEXEC));
	memcpy(&moved, CMSG_DATA(&control.h), sizeof(int));
	note(a, "flags %x", fcntl(moved, F_GETFD));
	CALL(a, write(moved, "moved", 5));
	await_inq(a, fd[1], 5);
	note_bytes(a, "data", data, CALL(a, read(fd[1], data, 8)));
	/* a stream of TCP itself passes none */
	msg.msg_controllen = sizeof(control);
	control.h.cmsg_len = CMSG_LEN(sizeof(int));
	control.h.cmsg_level = SOL_SOCKET;
	control.h.cmsg_type = SCM_RIGHTS;
	CALL(a, sendmsg(moved, &msg, 0));
	control.h.cmsg_level = 77;
	CALL(a, sendmsg(moved, &msg, 0));
	control.h.cmsg_len = 3;
	CALL(a, sendmsg(moved, &msg, 0));
}

CASE(async_signals)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, fcntl(fd[0], F_SETOWN, getpid()));
	CALL(a, fcntl(fd[0], F_SETSIG, SIGPIPE));
	CALL(a, fcntl(fd[0], F_SETFL, O_ASYNC));
	CALL(a, write(fd[1], "x", 1));
	await_inq(a, fd[0], 1);
	CALL(a, getppid() < 0);
	CALL(a, shutdown(fd[1], SHUT_WR));
	await_state(a, fd[0], TCP_CLOSE_WAIT);
	CALL(a, getppid() < 0);
}

/* --- signals */

static void interrupt(struct api *a, int fd, int restart, int what)
{
	struct sigaction action = { .sa_flags = restart ? SA_RESTART : 0 };
	static char data[300000];
	pid_t me = getpid(), child;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct xnet_addr to = api_nowhere(a);

	action.sa_handler = SIG_IGN;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = (void (*)(int))exit;
	child = fork();
	if (!child) {
		for (int i = 0; i < 4; i++) {
			xnet_sleep_ms(50);
			kill(me, SIGALRM);
		}
		_exit(0);
	}
	switch (what) {
	case 0:
		CALL(a, read(fd, data, 4));
		break;
	case 1:
		CALL(a, recv(fd, data, 4, MSG_WAITALL));
		break;
	case 2:
		OK(a, write(fd, data, sizeof(data)));
		break;
	case 3:
		CALL(a, accept(fd, (struct sockaddr *)&ss, &len));
		break;
	case 4:
		CALL(a, xnet_connect(fd, &to));
		CALL(a, xnet_connect(fd, &to));
		break;
	}
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

CASE(interrupted_read)
{
	int fd[2];

	api_pair(a, true, fd);
	interrupt(a, fd[0], 0, 0);
}

CASE(interrupted_waitall)
{
	int fd[2];

	api_pair(a, true, fd);
	CALL(a, write(fd[1], "ab", 2));
	await_inq(a, fd[0], 2);
	interrupt(a, fd[0], 0, 1);
}

CASE(interrupted_write)
{
	int fd[2];

	api_pair(a, true, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 5000);
	interrupt(a, fd[0], 0, 2);
}

CASE(interrupted_accept)
{
	interrupt(a, api_listener(a, XNET_NEAR, a->port), 0, 3);
}

CASE(interrupted_connect)
{
	interrupt(a, api_socket(a, XNET_NEAR), 0, 4);
}

/* A timeout set makes an interrupted call one that is never restarted: signal(7). */
CASE(interrupted_read_with_timeout)
{
	struct timeval tv = { .tv_sec = 5 };
	int fd[2];

	api_pair(a, true, fd);
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	interrupt(a, fd[0], 1, 0);
}

/* --- a socket used by several */

CASE(close_wakes_nobody_shutdown_does)
{
	char data[4];
	int fd[2], status;

	api_pair(a, true, fd);
	if (!fork()) {
		xnet_sleep_ms(50);
		shutdown(fd[0], SHUT_RD);
		_exit(0);
	}
	CALL(a, read(fd[0], data, 4));
	wait(&status);
}

CASE(shutdown_wakes_accept)
{
	int fd = api_listener(a, XNET_NEAR, a->port), status;

	if (!fork()) {
		xnet_sleep_ms(50);
		shutdown(fd, SHUT_RDWR);
		_exit(0);
	}
	CALL(a, accept(fd, NULL, NULL));
	wait(&status);
	note_after(a, fd);
}

CASE(shutdown_wakes_writer)
{
	static char data[300000];
	int fd[2], status;

	api_pair(a, true, fd);
	xnet_set_int(fd[0], SOL_SOCKET, SO_SNDBUF, 20000);
	xnet_set_int(fd[1], SOL_SOCKET, SO_RCVBUF, 5000);
	if (!fork()) {
		xnet_sleep_ms(500);
		shutdown(fd[0], SHUT_WR);
		_exit(0);
	}
	OK(a, write(fd[0], data, sizeof(data)));
	wait(&status);
	CALL(a, write(fd[0], data, sizeof(data)));
}

CASE(accept_storm)
{
	int fd = api_listener(a, XNET_NEAR, a->port), n = 0, good = 0;
	char data[4];

	listen(fd, 128);
	for (int i = 0; i < 100; i++) {
		int client = api_dial(a, XNET_FAR, a->port);

		good += write(client, "x", 1) == 1;
	}
	xnet_nonblock(fd, true);
	for (int i = 0; i < 200 && n < 100; i++) {
		int child = accept(fd, NULL, NULL);

		if (child < 0) {
			await_events(a, fd, POLLIN);
			continue;
		}
		n++;
		good += read(child, data, 4) == 1;
	}
	note(a, "accepted %d, good %d", n, good);
	CALL(a, accept(fd, NULL, NULL));
}
