/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run: a seed's parameters, the link, the workload, and the loop that drives them.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "link.h"
#include "params.h"
#include "pcap.h"
#include "scenario.h"
#include "workload.h"
#include "world.h"

/* What an epoll event is about: the upper half of its data; the lower half says which. */
enum source {
	SOURCE_TIMER,
	SOURCE_TUN,		/* 2 * side + IPv6 */
	SOURCE_LISTENER,
	SOURCE_END,		/* 2 * connection + side */
};

/**
 * struct run - a run; most of it serves many runs, one after the other
 * @p: its parameters
 * @world: hosts
 * @link: link
 * @load: workload
 * @pcap: capture
 * @epoll: descriptor
 * @timer: descriptor, part of @epoll
 * @armed_for: what @timer is set to, NEVER = it has gone off
 * @start: CLOCK_MONOTONIC at the run's start, ns
 * @clock: ns since @start, as last read
 * @now: ns since @start, as the run understands it
 * @virtual_time: runs repeat
 * @again: some end has more to do at once
 * @verbose: log everything
 * @scenario: in place of a drawn network, or NULL
 * @bytes: to transfer in a scenario
 * @done_at: when the last end was over, ns since @start
 * @failures: of this run
 */
struct run {
	struct params p;
	struct world *world;
	struct link link;
	struct workload load;
	struct pcap pcap;
	int epoll;
	int timer;
	__u64 armed_for;
	__u64 start;
	__u64 clock;
	__u64 now;
	bool virtual_time;
	bool again;
	bool verbose;
	const struct scenario *scenario;
	__u64 bytes;
	__u64 done_at;
	int failures;
};

int run_open(struct run *run);
void run_close(struct run *run);
int run_seed(struct run *run, __u64 seed, enum pair pair);
__u64 run_clock(void);
int run_watch(struct run *run, int op, int fd, unsigned int events, enum source source, unsigned int which);
[[gnu::format(printf, 2, 3)]] void run_fail(struct run *run, const char *format, ...);
[[gnu::format(printf, 2, 3)]] void run_log(struct run *run, const char *format, ...);

#endif
