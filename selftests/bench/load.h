/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scenarios of bench/load: each runs once for one stack and prints what it measured. Everything that one sample
 * needs is made anew, so that samples of both stacks can alternate.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "ints.h"
#include "xnet.h"

/* One row of the table, with what its sample is to do. */
struct load_row {
	const char *name;
	int (*run)(const struct load_row *row, struct xnet *net, enum xnet_stack stack);
	int number;		/* flows, connections */
	u64 amount;		/* bytes, transactions */
	const char *how;
	bool loopback;
};

/* Time and CPU time of a part: begin, then what is printed and returned are nanoseconds between the two. */
struct load_clock {
	u64 ns;
	u64 idle_ns;
};

void load_begin(struct load_clock *clock);
/* @busy gets the part of it in which the CPU had work; NULL: do not care. */
u64 load_end(const struct load_clock *clock, u64 *busy);
void load_pause(bool on);	/* a profile leaves out what follows, until it is off */
u64 load_now_ns(void);
/* One line of output: METRIC of this stack is VALUE. */
void load_print(const char *metric, double value);
/* A profile's figures are for each of so many transactions, or MiB. */
void load_units(double number);
int load_fail(const char *what);
/* Bytes of kernel objects in all slab caches. */
double load_slab_bytes(void);
/* A child that runs FN and exits with what that returns; 0 when it ended well. */
int load_wait(int child);
/* A listener on the far host, or on the near one's loopback, and its address. */
int load_listen(const struct xnet *net, enum xnet_stack stack, bool loopback, int port, struct xnet_addr *addr);
/* N connections to it; the accepted ends in far[]. */
int load_connect(const struct xnet *net, enum xnet_stack stack, bool loopback, int n, int *near, int *far);
void load_close(int *fd, int n);

int transfer_bulk(const struct load_row *row, struct xnet *net, enum xnet_stack stack);
int transfer_rr(const struct load_row *row, struct xnet *net, enum xnet_stack stack);

int many_crr(const struct load_row *row, struct xnet *net, enum xnet_stack stack);
int many_storm(const struct load_row *row, struct xnet *net, enum xnet_stack stack);
int many_idle(const struct load_row *row, struct xnet *net, enum xnet_stack stack);
int many_timewait(const struct load_row *row, struct xnet *net, enum xnet_stack stack);
int many_flood(const struct load_row *row, struct xnet *net, enum xnet_stack stack);
int many_scale(const struct load_row *row, struct xnet *net, enum xnet_stack stack);

#endif
