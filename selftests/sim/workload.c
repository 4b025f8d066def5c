// SPDX-License-Identifier: GPL-2.0
/*
 * Opens the connections of a run when their time comes, on both hosts, without ever blocking; io.c works on them once
 * they are open, verdict.c judges how they ended.
 *
 * A connection of kind "refused" goes to a port where nobody listens; "simultaneous" has no listener either: both ends
 * call connect() in the same instant, so their SYNs cross.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "packet.h"
#include "run.h"

/* A connection on a link that is not cut for good ends within that time; at 30 % loss some need hours. */
#define DEADLINE_NS (12 * 3600 * NS_PER_S)
/* Nothing in flight can outlive that on a dead link: 15 retransmissions, each at most 120 s after the other. */
#define DEAD_DEADLINE_NS (5400 * NS_PER_S)
/* When the peer is gone without a word, an end waits that long for the RST it might still provoke. */
#define GRACE_NS (600 * NS_PER_S)

static void set_option(int fd, int level, int option, int value)
{
	/* Best effort: an option that a stack lacks must not change what arrives. */
	setsockopt(fd, level, option, &value, sizeof(value));
}

static void set_options(struct run *run, struct end *e)
{
	const struct end_params *p = e->p;
	const char *cc = run->p.cc[e->side];

	if (p->sndbuf)
		set_option(e->fd, SOL_SOCKET, SO_SNDBUF, p->sndbuf);
	if (p->rcvbuf)
		set_option(e->fd, SOL_SOCKET, SO_RCVBUF, p->rcvbuf);
	if (p->nodelay)
		set_option(e->fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (p->keepalive_s) {
		set_option(e->fd, SOL_SOCKET, SO_KEEPALIVE, 1);
		set_option(e->fd, IPPROTO_TCP, TCP_KEEPIDLE, p->keepalive_s);
		set_option(e->fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
		set_option(e->fd, IPPROTO_TCP, TCP_KEEPCNT, 9);
	}
	if (*cc)
		setsockopt(e->fd, IPPROTO_TCP, TCP_CONGESTION, cc, strlen(cc));
}

static unsigned int end_index(struct run *run, const struct end *e)
{
	return 2 * (e->conn - run->load.conn) + e->side;
}

/* Makes epoll watch what the end waits for. */
static void watch(struct run *run, struct end *e)
{
	unsigned int events = 0;

	if (e->state == END_CONNECTING)
		events = EPOLLOUT;
	else if (e->state == END_OPEN)
		events = (end_may_read(run, e) ? EPOLLIN : 0) | (end_may_write(run, e) ? EPOLLOUT : 0);
	if (run->p.edge && e->state != END_LEAVING)
		events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
	if (e->fd < 0 || events == e->events)
		return;
	/* Watched for nothing, a dead connection would still report EPOLLHUP, for ever. */
	run_watch(run, !events ? EPOLL_CTL_DEL : e->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, e->fd, events, SOURCE_END,
		  end_index(run, e));
	e->events = events;
}

static void opened(struct run *run, struct end *e)
{
	e->state = END_OPEN;
	e->readable = true;
	e->writable = true;
	run->load.progress++;
	run_log(run, "#%d %c: open", e->conn->ledger.index, 'A' + e->side);
	end_work(run, e);
	watch(run, e);
}

static void connect_end(struct run *run, struct end *e)
{
	struct conn *c = e->conn;
	__u16 own = e->side == SIDE_A ? c->p->client_port : c->p->server_port;
	__u16 other = e->side == SIDE_A ? c->p->server_port : c->client_port;
	struct sockaddr_storage addr;
	socklen_t len;

	e->fd = world_socket(run->world, &run->p, e->side);
	if (e->fd < 0) {
		run_fail(run, "connection %d, %c: no socket: %s", c->ledger.index, 'A' + e->side, strerror(-e->fd));
		end_over(run, e, OUTCOME_GIVEN_UP);
		return;
	}
	set_options(run, e);
	if (own) {
		len = world_address(&run->p, e->side, false, e->side, own, &addr);
		if (bind(e->fd, (struct sockaddr *)&addr, len)) {
			end_error(run, e, errno, "bind");
			return;
		}
	}
	if (e->p->abort == ABORT_CONNECT)
		e->act_at = run->now + e->p->abort_at;
	e->state = END_CONNECTING;
	len = world_address(&run->p, !e->side, false, e->side, other, &addr);
	if (connect(e->fd, (struct sockaddr *)&addr, len) && errno != EINPROGRESS) {
		end_error(run, e, errno, "connect");
		return;
	}
	len = sizeof(addr);
	if (e->side == SIDE_A && !getsockname(e->fd, (struct sockaddr *)&addr, &len))
		c->client_port = world_port(&addr);
	watch(run, e);
}

static void start(struct run *run, struct conn *c)
{
	int side;

	c->started = true;
	run_log(run, "#%d: starts", c->ledger.index);
	for (side = 0; side < SIDES; side++)
		c->ledger.delivered_at[side] = run->now;
	connect_end(run, &c->end[SIDE_A]);
	if (c->p->kind == CONN_SIMULTANEOUS)
		connect_end(run, &c->end[SIDE_B]);
	else if (c->p->kind == CONN_REFUSED)
		c->end[SIDE_B].state = END_DONE;
}

/* Something happened to a connecting socket. */
static void connected(struct run *run, struct end *e)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(e->fd, SOL_SOCKET, SO_ERROR, &error, &len))
		error = errno;
	if (error) {
		end_error(run, e, error, "connect");
		return;
	}
	len = sizeof(addr);
	if (!getpeername(e->fd, (struct sockaddr *)&addr, &len))
		opened(run, e);
}

static struct conn *conn_by_port(struct run *run, __u16 client_port)
{
	int i;

	/* The latest first: a port that a failed connection had may be another's now. */
	for (i = run->load.conns - 1; i >= 0; i--) {
		struct conn *c = &run->load.conn[i];

		if (c->started && c->p->kind == CONN_NORMAL && c->client_port == client_port &&
		    c->end[SIDE_B].state == END_WAITING)
			return c;
	}
	return NULL;
}

/**
 * workload_accept() - accepts what has arrived at the listener
 * @run: the run
 */
void workload_accept(struct run *run)
{
	struct sockaddr_storage addr;
	struct conn *c;
	struct end *e;
	socklen_t len;
	int fd;

	if (run->now < run->p.accept_pause_ns)
		return;
	for (;;) {
		len = sizeof(addr);
		fd = accept4(run->load.listener, (struct sockaddr *)&addr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		/* A stack may tell of a connection that was reset before it was accepted, or not. */
		if (fd < 0 && errno == ECONNABORTED)
			continue;
		if (fd < 0) {
			if (errno != EAGAIN)
				run_fail(run, "accept: %s", strerror(errno));
			return;
		}
		c = conn_by_port(run, world_port(&addr));
		if (!c) {
			run_fail(run, "accepted a connection from port %u, which nobody opened", world_port(&addr));
			close(fd);
			continue;
		}
		e = &c->end[SIDE_B];
		e->fd = fd;
		set_options(run, e);
		opened(run, e);
	}
}

static int open_listener(struct run *run)
{
	struct workload *load = &run->load;
	struct sockaddr_storage addr;
	socklen_t len = world_address(&run->p, SIDE_B, run->p.listen_any, SIDE_B, run->p.listen_port, &addr);

	load->listener = world_socket(run->world, &run->p, SIDE_B);
	if (load->listener < 0) {
		run_fail(run, "no listening socket: %s", strerror(-load->listener));
		return -1;
	}
	if (run->p.listen_rcvbuf)
		set_option(load->listener, SOL_SOCKET, SO_RCVBUF, run->p.listen_rcvbuf);
	if (bind(load->listener, (struct sockaddr *)&addr, len) || listen(load->listener, run->p.backlog)) {
		run_fail(run, "listen at port %u: %s", run->p.listen_port, strerror(errno));
		return -1;
	}
	load->listening = !run->p.accept_pause_ns;
	if (load->listening)
		run_watch(run, EPOLL_CTL_ADD, load->listener, EPOLLIN, SOURCE_LISTENER, 0);
	return 0;
}

/**
 * workload_open() - makes a run's connections ready to start, and the listener
 * @run: the run, its parameters drawn
 *
 * Return: 0, or -1 after a failure that has been reported.
 */
int workload_open(struct run *run)
{
	struct workload *load = &run->load;
	struct workload_stats stats = load->stats;
	int i, side;

	memset(load, 0, sizeof(*load));
	load->stats = stats;
	load->stats.conns += run->p.conns;
	load->conns = run->p.conns;
	for (i = 0; i < load->conns; i++) {
		struct conn *c = &load->conn[i];

		c->p = &run->p.conn[i];
		c->ledger.index = i;
		c->ledger.last_fault = NEVER;
		c->client_port = c->p->client_port;
		for (side = 0; side < SIDES; side++) {
			c->end[side].conn = c;
			c->end[side].side = side;
			c->end[side].p = &c->p->end[side];
			c->end[side].fd = -1;
			c->end[side].act_at = NEVER;
			rng_seed(&c->end[side].rng, run->p.seed, STREAM_END + 2 * i + side);
		}
	}
	return open_listener(run);
}

void workload_close_listener(struct run *run)
{
	if (run->load.listener >= 0)
		close(run->load.listener);
	run->load.listener = -1;
}

/**
 * workload_close() - closes whatever is still open, after a failure
 * @run: the run
 */
void workload_close(struct run *run)
{
	int i, side;

	workload_close_listener(run);
	for (i = 0; i < run->load.conns; i++)
		for (side = 0; side < SIDES; side++)
			if (run->load.conn[i].end[side].fd >= 0)
				close(run->load.conn[i].end[side].fd);
}

/* The peer is gone: should this end have noticed by now? */
static void tick_grace(struct run *run, struct end *e)
{
	const struct end *peer = end_peer(e);

	if (peer->state != END_DONE || peer->outcome == OUTCOME_EXACT || !peer->ended ||
	    run->now < peer->left_at + GRACE_NS)
		return;
	if (!verdict_may_wait(run, e))
		run_fail(run, "connection %d, %c: still open %llu s after the peer was gone", e->conn->ledger.index,
			 'A' + e->side, GRACE_NS / NS_PER_S);
	end_over(run, e, OUTCOME_GIVEN_UP);
}

static void tick_end(struct run *run, struct end *e)
{
	if (e->state == END_WAITING || e->state == END_DONE)
		return;
	if (run->now >= e->act_at) {
		e->act_at = NEVER;
		end_leave(run, e);
	}
	if (e->state == END_OPEN && (e->again || (e->read_after && run->now >= e->read_after) ||
				     (e->write_after && run->now >= e->write_after))) {
		if (run->now >= e->read_after)
			e->read_after = 0;
		if (run->now >= e->write_after)
			e->write_after = 0;
		end_work(run, e);
	}
	if (e->state != END_DONE)
		tick_grace(run, e);
	watch(run, e);
}

/**
 * workload_tick() - does what is due by the clock
 * @run: the run
 */
void workload_tick(struct run *run)
{
	struct workload *load = &run->load;
	int i;

	if (!load->listening && load->listener >= 0 && run->now >= run->p.accept_pause_ns) {
		load->listening = true;
		run_watch(run, EPOLL_CTL_ADD, load->listener, EPOLLIN, SOURCE_LISTENER, 0);
	}
	run->again = false;
	for (i = 0; i < load->conns; i++) {
		struct conn *c = &load->conn[i];

		if (!c->started && run->now >= c->p->start_ns)
			start(run, c);
		tick_end(run, &c->end[SIDE_A]);
		tick_end(run, &c->end[SIDE_B]);
		run->again |= c->end[SIDE_A].again | c->end[SIDE_B].again;
	}
}

static __u64 earlier(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static __u64 end_due(const struct end *e)
{
	const struct end *peer = end_peer_const(e);
	__u64 due = e->act_at;

	if (e->state == END_WAITING || e->state == END_DONE)
		return NEVER;
	if (e->state == END_OPEN && e->read_after)
		due = earlier(due, e->read_after);
	if (e->state == END_OPEN && e->write_after)
		due = earlier(due, e->write_after);
	if (peer->state == END_DONE && peer->outcome != OUTCOME_EXACT && peer->ended)
		due = earlier(due, peer->left_at + GRACE_NS);
	return due;
}

static __u64 deadline(const struct run *run)
{
	__u64 dead_at = params_dead_at(&run->p);

	return dead_at == NEVER ? DEADLINE_NS : dead_at + DEAD_DEADLINE_NS;
}

/**
 * workload_due() - when workload_tick() has something to do
 * @run: the run
 *
 * Return: ns since the run's start, or NEVER.
 */
__u64 workload_due(struct run *run)
{
	struct workload *load = &run->load;
	__u64 due = run->now < deadline(run) ? deadline(run) : NEVER;
	int i;

	if (!load->listening && load->listener >= 0)
		due = earlier(due, run->p.accept_pause_ns);
	for (i = 0; i < load->conns; i++) {
		struct conn *c = &load->conn[i];

		if (!c->started)
			due = earlier(due, c->p->start_ns);
		due = earlier(due, end_due(&c->end[SIDE_A]));
		due = earlier(due, end_due(&c->end[SIDE_B]));
	}
	return due;
}

/**
 * workload_event() - epoll has something for an end
 * @run: the run
 * @which: 2 * connection + side
 * @events: EPOLL*
 */
void workload_event(struct run *run, unsigned int which, unsigned int events)
{
	struct end *e = &run->load.conn[which / 2].end[which % 2];

	if (run->verbose)
		run_log(run, "#%u %c: events %#x", which / 2, 'A' + which % 2, events);
	/* EPOLLHUP and EPOLLERR mean both. */
	if (events & ~EPOLLOUT)
		e->readable = true;
	if (events & ~(EPOLLIN | EPOLLRDHUP))
		e->writable = true;
	if (e->state == END_CONNECTING)
		connected(run, e);
	else if (e->state == END_OPEN)
		end_work(run, e);
	if (e->state != END_DONE)
		watch(run, e);
}

/**
 * workload_done() - is every connection over?
 * @run: the run
 *
 * Return: true if all ends are, but for those that could not be accepted since the client had left.
 */
bool workload_done(struct run *run)
{
	int i;

	for (i = 0; i < run->load.conns; i++) {
		const struct conn *c = &run->load.conn[i];
		const struct end *a = &c->end[SIDE_A], *b = &c->end[SIDE_B];

		if (!c->started || a->state != END_DONE)
			return false;
		if (b->state != END_DONE && (b->state != END_WAITING || a->outcome == OUTCOME_EXACT))
			return false;
	}
	return true;
}

static void expire_end(struct run *run, struct end *e)
{
	int left = 0;

	if (e->state == END_DONE)
		return;
	if (params_dead_at(&run->p) == NEVER || e->state == END_CONNECTING)
		run_fail(run, "connection %d, %c: not over after %llu s: state %d, sent %llu of %llu, received %llu",
			 e->conn->ledger.index, 'A' + e->side, run->now / NS_PER_S, e->state, e->sent, e->p->total,
			 e->received);
	else if (e->fd >= 0 && !ioctl(e->fd, TIOCOUTQ, &left) && left)
		run_fail(run, "connection %d, %c: the link is dead, %d bytes are unacknowledged, and no error came",
			 e->conn->ledger.index, 'A' + e->side, left);
	end_over(run, e, OUTCOME_GIVEN_UP);
}

/**
 * workload_expire() - when the deadline has passed, ends what is left
 * @run: the run
 *
 * On a dead link an end with nothing in flight may wait for ever; anything else is a failure.
 */
void workload_expire(struct run *run)
{
	int i;

	if (run->now < deadline(run))
		return;
	for (i = 0; i < run->load.conns; i++) {
		expire_end(run, &run->load.conn[i].end[SIDE_A]);
		expire_end(run, &run->load.conn[i].end[SIDE_B]);
	}
}

/**
 * workload_ledger() - the books of the connection that a segment belongs to
 * @run: the run
 * @from: its sender
 * @v: its headers
 *
 * Return: NULL if there is none.
 */
struct ledger *workload_ledger(struct run *run, enum host from, const struct packet_view *v)
{
	__u16 client = from == SIDE_A ? v->sport : v->dport, server = from == SIDE_A ? v->dport : v->sport;
	int i;

	for (i = run->load.conns - 1; i >= 0; i--) {
		struct conn *c = &run->load.conn[i];

		if (c->started && c->client_port == client && c->p->server_port == server)
			return &c->ledger;
	}
	return NULL;
}
