// SPDX-License-Identifier: GPL-2.0
/*
 * The loop that drives one run: deliver what is due, do what is due, sleep until something happens.
 *
 * Everything is done by one thread that never blocks but in epoll_wait(), and in virtual time nothing takes time but
 * sleeping: so a run repeats. The program must not wait for the clock in a loop: it would stand still.
 *
 * When all connections are over, both hosts must get rid of their sockets by themselves, whatever the link still loses;
 * only TIME_WAIT may stay.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "packet.h"
#include "run.h"

/* Events without any progress, after which a poll that reports what is not there is blamed. */
#define STORM 5000
/* Orphans and handshakes that nobody completes have that long to vanish. */
#define QUIET_DEADLINE_NS (7200 * NS_PER_S)
/* Kernel timers round up to a grid that grows with their length; runs begin at the same place in it. */
#define ALIGN_NS (4096 * 4 * NS_PER_MS)
#define GRID_NS NS_PER_MS
#define FAILURES_SHOWN 8
/* More than there are descriptors, so that none is left for another turn. */
#define EVENTS 32

/**
 * run_clock() - CLOCK_MONOTONIC
 *
 * Return: ns.
 */
__u64 run_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Sleeps until the kernel's timers are where they are at the start of every run. */
static void align(void)
{
	__u64 target = (run_clock() / ALIGN_NS + 1) * ALIGN_NS;
	struct timespec t = { .tv_sec = target / NS_PER_S, .tv_nsec = target % NS_PER_S };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/**
 * run_log() - one line about what happens, if anybody wants it
 * @run: the run
 * @format: as printf, without a line's end
 */
void run_log(struct run *run, const char *format, ...)
{
	va_list args;

	if (!run->verbose)
		return;
	printf("%12.6f ", (double)run->now / NS_PER_S);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/**
 * run_fail() - what must not be, is
 * @run: the run
 * @format: as printf, without a line's end
 */
void run_fail(struct run *run, const char *format, ...)
{
	va_list args;

	if (run->failures++ >= FAILURES_SHOWN)
		return;
	fflush(stdout);
	fprintf(stderr, "seed %llu: FAILED at %.6f s: ", run->p.seed, (double)run->now / NS_PER_S);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/**
 * run_watch() - tells epoll about a descriptor
 * @run: the run
 * @op: EPOLL_CTL_*
 * @fd: descriptor
 * @events: EPOLL*
 * @source: what it is
 * @which: which one of these
 *
 * Return: 0 or -1.
 */
int run_watch(struct run *run, int op, int fd, unsigned int events, enum source source, unsigned int which)
{
	struct epoll_event event = { .events = events, .data.u64 = (__u64)source << 32 | which };

	if (epoll_ctl(run->epoll, op, fd, &event)) {
		run_fail(run, "epoll_ctl: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/**
 * run_open() - makes what all runs share
 * @run: zeroed
 *
 * Return: 0 or -errno.
 */
int run_open(struct run *run)
{
	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	run->virtual_time = world_is_virtual();
	run->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	run->armed_for = NEVER;
	if (run->epoll < 0 || run->timer < 0 ||
	    run_watch(run, EPOLL_CTL_ADD, run->timer, EPOLLIN | EPOLLET, SOURCE_TIMER, 0))
		return -errno;
	return 0;
}

void run_close(struct run *run)
{
	close(run->epoll);
	close(run->timer);
	link_free(&run->link);
	pcap_free(&run->pcap);
}

/* Takes all that a device has; a run that is over takes it to throw it away. */
static void drain(struct run *run, enum host side, bool ipv6, bool keep)
{
	static unsigned char data[PACKET_MAX];
	struct virtio_net_hdr vnet = { 0 };
	ssize_t len;

	for (;;) {
		len = world_read(run->world, side, ipv6, &vnet, data, sizeof(data));
		if (len <= 0)
			break;
		if (keep)
			link_send(run, side, &vnet, data, len);
	}
	if (len < 0)
		run_fail(run, "TUN device: %s", strerror(-len));
}

static void handle(struct run *run, const struct epoll_event *event)
{
	unsigned int which = event->data.u64;

	switch ((enum source)(event->data.u64 >> 32)) {
	case SOURCE_TIMER:
		/* Edge-triggered, so never read. */
		run->armed_for = NEVER;
		break;
	case SOURCE_TUN:
		drain(run, which / 2, which % 2, true);
		break;
	case SOURCE_LISTENER:
		workload_accept(run);
		break;
	case SOURCE_END:
		workload_event(run, which, event->events);
		break;
	}
}

/* epoll's order depends on the past, ours must not. */
static int compare_events(const void *a, const void *b)
{
	const struct epoll_event *x = a, *y = b;

	return x->data.u64 < y->data.u64 ? -1 : x->data.u64 > y->data.u64;
}

/* Does what is due by the clock. */
static void do_due(struct run *run)
{
	link_deliver(run);
	workload_tick(run);
	workload_expire(run);
}

/* Sets the timer, for ns since the run's start. epoll's own time-outs may be late by a thousandth. */
static void arm(struct run *run, __u64 due)
{
	__u64 at = due == NEVER ? NEVER >> 1 : run->start + due;
	struct itimerspec t = { .it_value = { .tv_sec = at / NS_PER_S, .tv_nsec = at % NS_PER_S } };

	if (run->armed_for == at)
		return;
	run->armed_for = at;
	timerfd_settime(run->timer, TFD_TIMER_ABSTIME, &t, NULL);
}

/*
 * The run's time. Reading the guest's clock takes 256 ns of virtual time, whoever reads it, so what it says after some
 * work is not quite what it says in another boot. Times that the program chose are taken as chosen, others are rounded.
 */
static void advance(struct run *run, __u64 due)
{
	run->clock = run_clock() - run->start;
	if (!due)
		due = run->clock - run->clock % GRID_NS;
	if (due > run->now)
		run->now = due;
}

/* Sleeps until something happens or is due, and handles what has happened. @until: come back then at the latest. */
static void do_next(struct run *run, __u64 until)
{
	struct epoll_event events[EVENTS];
	__u64 due = workload_due(run);
	int i, n;

	if (link_due(&run->link) < due)
		due = link_due(&run->link);
	if (until < due)
		due = until;
	if (!run->again)
		arm(run, due);
	n = epoll_wait(run->epoll, events, EVENTS, run->again ? 0 : -1);
	advance(run, n == 1 && events[0].data.u64 == (__u64)SOURCE_TIMER << 32 ? due : 0);
	if (n > 1)
		qsort(events, n, sizeof(events[0]), compare_events);
	for (i = 0; i < n; i++)
		handle(run, &events[i]);
}

/* How often the loop has turned since anything changed. */
struct standstill {
	__u64 progress;
	__u64 now;
	unsigned int turns;
};

/* Everything stands still while the loop turns: some poll reports what is not there. */
static bool storm(struct run *run, struct standstill *s)
{
	if (run->load.progress != s->progress || run->now != s->now) {
		s->progress = run->load.progress;
		s->now = run->now;
		s->turns = 0;
	}
	if (++s->turns < STORM)
		return false;
	run_fail(run, "%d events at one moment, and nothing moves: poll reports what is not there", STORM);
	return true;
}

static void drive(struct run *run)
{
	struct standstill standstill = { 0 };

	do_due(run);
	while (!workload_done(run) && !run->failures && !storm(run, &standstill)) {
		do_next(run, NEVER);
		do_due(run);
	}
}

/* Sockets of a host that are neither the listener nor in TIME_WAIT. */
static unsigned int busy(struct run *run, enum host side, struct world_census *census)
{
	unsigned int count;
	int state;

	if (world_count(run->world, side, census))
		return 1;
	count = census->requests;
	for (state = 0; state < WORLD_STATES; state++)
		if (state != WORLD_TIME_WAIT && state != WORLD_LISTEN)
			count += census->state[state];
	return count;
}

static bool is_quiet(struct run *run)
{
	struct world_census census;
	unsigned int a = busy(run, SIDE_A, &census), b = busy(run, SIDE_B, &census);

	if (run->verbose)
		run_log(run, "A has %u sockets, B %u, the link %zu packets", a, b, run->link.packets);
	return !a && !b && !run->link.packets && workload_done(run);
}

/* Lets the hosts finish what the applications no longer care for. */
static void settle(struct run *run)
{
	__u64 begin = run->now, next = run->now, step = 50 * NS_PER_MS;
	struct standstill standstill = { 0 };

	while (!run->failures) {
		if (run->now >= next) {
			if (is_quiet(run))
				return;
			next = run->now + step;
			step += step / 2;
		}
		do_next(run, next);
		do_due(run);
		if (storm(run, &standstill))
			return;
		if (run->now > begin + QUIET_DEADLINE_NS) {
			run_fail(run, "%llu s after the last connection was over, sockets remain",
				 QUIET_DEADLINE_NS / NS_PER_S);
			return;
		}
	}
}

static const char *const state_names[WORLD_STATES] = {
	"?", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT",
	"LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV",
};

static void report_sockets(struct run *run, enum host side, const struct world_census *census, unsigned int xtcp)
{
	char text[256];
	int state, used = 0;

	for (state = 0; state < WORLD_STATES; state++)
		if (census->state[state] && used < (int)sizeof(text) - 32)
			used += snprintf(text + used, sizeof(text) - used, " %u %s", census->state[state],
					 state_names[state] ? state_names[state] : "?");
	text[used] = 0;
	run_fail(run, "host %c still has sockets:%s; XTCP counts %u sockets, %u requests, before the run %u sockets",
		 'A' + side, text, census->xtcp, census->requests, xtcp);
}

/* The listener is closed: now nothing but TIME_WAIT may be left. Freeing is asynchronous, so look more than once. */
static void check_clean(struct run *run, const unsigned int xtcp[SIDES])
{
	struct timespec wait = { .tv_nsec = 20 * NS_PER_MS };
	struct world_census census;
	int side, tries;

	for (side = 0; side < SIDES; side++) {
		for (tries = 0; tries < 50; tries++) {
			if (!busy(run, side, &census) && !census.state[WORLD_LISTEN] && census.xtcp <= xtcp[side])
				break;
			nanosleep(&wait, NULL);
		}
		if (tries == 50)
			report_sockets(run, side, &census, xtcp[side]);
	}
}

static void watch_devices(struct run *run, bool on)
{
	int side, which = run->p.ipv6;

	for (side = 0; side < SIDES; side++) {
		drain(run, side, which, false);
		run_watch(run, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, run->world->tun[side][which], EPOLLIN, SOURCE_TUN,
			  2 * side + which);
	}
}

/**
 * run_seed() - one run
 * @run: shared by all runs; its world is open and keeps what run_fail() has not spoilt
 * @seed: -
 * @pair: see params_draw()
 *
 * Return: 0, or -1 after failures, which have been reported; the world should then be made anew.
 */
int run_seed(struct run *run, __u64 seed, enum pair pair)
{
	struct world_census census;
	unsigned int xtcp[SIDES];
	int i, side;

	run->failures = 0;
	run->now = 0;
	run->clock = 0;
	if (run->scenario)
		scenario_fill(run->scenario, &run->p, seed, pair, run->bytes);
	else
		params_draw(&run->p, seed, pair);
	link_reset(&run->link, &run->p);
	pcap_reset(&run->pcap, run->p.ipv6);
	if (run->verbose)
		params_print(&run->p, stdout);
	if (world_tune(run->world, &run->p))
		run_fail(run, "the hosts cannot be set up");
	for (side = 0; side < SIDES; side++) {
		world_count(run->world, side, &census);
		xtcp[side] = census.xtcp;
	}
	watch_devices(run, true);
	if (run->virtual_time)
		align();
	run->start = run_clock();
	if (!run->failures && !workload_open(run)) {
		drive(run);
		run->done_at = run->now;
		settle(run);
		for (i = 0; i < run->load.conns && !run->failures; i++)
			verdict_conn(run, &run->load.conn[i]);
	}
	workload_close(run);
	watch_devices(run, false);
	if (!run->failures)
		check_clean(run, xtcp);
	return run->failures ? -1 : 0;
}
