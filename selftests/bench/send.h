/* SPDX-License-Identifier: GPL-2.0 */
/* The ways a program has to send much: copy, sendfile, splice, zerocopy. For the programs of this folder. */
#ifndef BENCH_SEND_H
#define BENCH_SEND_H

#include "ints.h"

#define SEND_CHUNK	(128 * 1024)

/* What is sent, and where what is received goes. */
extern char send_buffer[SEND_CHUNK];

/* Sends so many bytes over FD, in chunks. 0, or -1 with errno. */
int send_bytes(int fd, const char *how, u64 bytes);

#endif
