// SPDX-License-Identifier: GPL-2.0
/*
 * open-sockets [--clear] DOMAIN TYPE PROTOCOL...: calls socket() with each three numbers and prints "ok" or the error
 * number, with errno's value when the call succeeded behind it (it starts as 0). --clear empties the environment first,
 * as nginx does, and makes the calls in a child.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void call(char **three)
{
	int fd;

	errno = 0;
	fd = socket(atoi(three[0]), atoi(three[1]), atoi(three[2]));
	if (fd < 0)
		printf("error %d\n", errno);
	else
		printf("ok %d\n", errno);
}

int main(int argc, char **argv)
{
	int first = 1, status = 0;

	if (argc > 1 && !strcmp(argv[1], "--clear")) {
		clearenv();
		first = 2;
		if (fork())
			return wait(&status) < 0 || status;
	}
	for (; first + 2 < argc; first += 3)
		call(argv + first);
	return 0;
}
