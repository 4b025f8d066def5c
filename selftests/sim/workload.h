/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connections of a run, and the verdict on how they ended.
 */
#ifndef SIM_WORKLOAD_H
#define SIM_WORKLOAD_H

#include "link.h"
#include "params.h"
#include "rng.h"

struct packet_view;
struct run;

enum end_state {
	END_WAITING,		/* not connected, not accepted yet */
	END_CONNECTING,
	END_OPEN,
	END_LEAVING,		/* aborting, its descriptor still open */
	END_DONE,
};

enum outcome {
	OUTCOME_NONE,		/* not over, or never accepted */
	OUTCOME_EXACT,		/* all sent, all received */
	OUTCOME_SHORT,		/* end of file after a part */
	OUTCOME_ABORTED,	/* it closed early, as the workload says */
	OUTCOME_ERROR,
	OUTCOME_GIVEN_UP,	/* waited in vain, and may have */
	OUTCOMES,
};

/**
 * struct end - one end of a connection
 * @conn: its connection
 * @side: where it is
 * @p: what it does
 * @fd: socket, or -1
 * @state: -
 * @outcome: once END_DONE
 * @error: errno, for OUTCOME_ERROR
 * @failed_in: the call that reported it
 * @sent: bytes
 * @received: bytes, all checked
 * @fin: it has closed its direction
 * @eof: it has seen the peer's end of file
 * @readable: epoll says so, and no read has found nothing since
 * @writable: the same of writes
 * @corked: TCP_CORK is on
 * @write_pause_done: -
 * @read_pause_done: -
 * @write_after: nothing is written before, ns
 * @read_after: nothing is read before, ns
 * @act_at: second half of an abort, or close() while connecting, ns
 * @left_at: when an abort began, or the end was over, ns
 * @ended: order in which ends ended, from 1
 * @again: it stopped for the others' sake
 * @events: what epoll watches, 0 = not watched
 * @rng: its chances
 */
struct end {
	struct conn *conn;
	enum host side;
	const struct end_params *p;
	int fd;
	enum end_state state;
	enum outcome outcome;
	int error;
	const char *failed_in;
	__u64 sent;
	__u64 received;
	bool fin;
	bool eof;
	bool readable;
	bool writable;
	bool corked;
	bool write_pause_done;
	bool read_pause_done;
	__u64 write_after;
	__u64 read_after;
	__u64 act_at;
	__u64 left_at;
	unsigned int ended;
	bool again;
	unsigned int events;
	struct rng rng;
};

/**
 * struct conn - one connection
 * @p: what it does
 * @ledger: what the link did to it
 * @started: -
 * @client_port: A's port
 * @end: by side
 */
struct conn {
	const struct conn_params *p;
	struct ledger ledger;
	bool started;
	__u16 client_port;
	struct end end[SIDES];
};

/**
 * struct workload_stats - counts over all runs
 * @conns: connections
 * @bytes: received and found right
 * @outcome: ends, by how they ended
 */
struct workload_stats {
	__u64 conns;
	__u64 bytes;
	__u64 outcome[OUTCOMES];
};

/**
 * struct workload - the connections of a run
 * @listener: B's listening socket, or -1
 * @listening: epoll watches it
 * @conn: -
 * @conns: how many
 * @ended: ends that are over
 * @progress: counts whatever moves; a standstill in a busy loop shows here
 * @stats: over all runs
 */
struct workload {
	int listener;
	bool listening;
	struct conn conn[PARAMS_CONNS_MAX];
	int conns;
	unsigned int ended;
	__u64 progress;
	struct workload_stats stats;
};

int workload_open(struct run *run);
void workload_close_listener(struct run *run);
void workload_close(struct run *run);
void workload_tick(struct run *run);
__u64 workload_due(struct run *run);
void workload_accept(struct run *run);
void workload_event(struct run *run, unsigned int which, unsigned int events);
bool workload_done(struct run *run);
void workload_expire(struct run *run);
struct ledger *workload_ledger(struct run *run, enum host from, const struct packet_view *v);

/* io.c: an open end at work */
void end_work(struct run *run, struct end *e);
void end_over(struct run *run, struct end *e, enum outcome outcome);
void end_error(struct run *run, struct end *e, int error, const char *call);
void end_leave(struct run *run, struct end *e);
bool end_may_write(const struct run *run, const struct end *e);
bool end_may_read(const struct run *run, const struct end *e);

/* verdict.c */
void verdict_conn(struct run *run, const struct conn *c);
bool verdict_may_wait(const struct run *run, const struct end *e);
bool verdict_silence(const struct run *run, const struct ledger *ledger, enum host side);

/* The other end. */
static inline struct end *end_peer(struct end *e)
{
	return &e->conn->end[!e->side];
}

static inline const struct end *end_peer_const(const struct end *e)
{
	return &e->conn->end[!e->side];
}

#endif
