// SPDX-License-Identifier: GPL-2.0
/*
 * An open end at work: writes what it may, reads and checks what has come, closes as the workload says.
 *
 * What is checked here: every byte received is the byte sent; no more arrives than was sent; end of file comes only
 * after the peer closed its direction, and after exactly its bytes; MSG_PEEK shows what the read then returns; FIONREAD
 * promises no more than a read returns.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "run.h"

/* Calls in a row before others get their turn. */
#define BUDGET 16
#define IO_MAX (256 << 10)

static unsigned char buffer[IO_MAX];

/* Both ends know the key of the bytes that go each way. */
static __u64 stream_key(const struct run *run, const struct conn *c, enum host from)
{
	return rng_mix(run->p.seed) ^ rng_mix(STREAM_BYTES + 2 * c->ledger.index + from);
}

/* How far it may send for now: in request and response, each waits for the other. */
static __u64 allowed(const struct end *e)
{
	const struct conn_params *p = e->conn->p;
	__u64 limit;

	if (!p->request)
		return e->p->total;
	if (e->side == SIDE_A)
		limit = (e->received / p->response + 1) * p->request;
	else
		limit = e->received / p->request * p->response;
	return limit < e->p->total ? limit : e->p->total;
}

bool end_may_write(const struct run *run, const struct end *e)
{
	return run->now >= e->write_after && e->sent < allowed(e);
}

bool end_may_read(const struct run *run, const struct end *e)
{
	return run->now >= e->read_after && !e->eof;
}

/**
 * end_over() - an end's last moment: closes its socket
 * @run: the run
 * @e: end
 * @outcome: why
 */
void end_over(struct run *run, struct end *e, enum outcome outcome)
{
	run_log(run, "#%d %c: over, outcome %d, sent %llu, received %llu", e->conn->ledger.index, 'A' + e->side,
		outcome, e->sent, e->received);
	if (e->fd >= 0)
		close(e->fd);
	e->fd = -1;
	e->fin |= outcome != OUTCOME_ERROR;
	if (e->state != END_LEAVING)
		e->left_at = run->now;
	e->state = END_DONE;
	e->outcome = outcome;
	e->ended = ++run->load.ended;
	e->again = false;
	e->act_at = NEVER;
	run->load.progress++;
}

void end_error(struct run *run, struct end *e, int error, const char *call)
{
	run_log(run, "#%d %c: %s: %s", e->conn->ledger.index, 'A' + e->side, call, strerror(error));
	e->error = error;
	e->failed_in = call;
	end_over(run, e, OUTCOME_ERROR);
}

static void cork(struct end *e, int on)
{
	if (e->corked == on)
		return;
	setsockopt(e->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	e->corked = on;
}

/* Cuts @len bytes of the buffer into up to three pieces. */
static int pieces(struct end *e, struct iovec *iov, size_t len)
{
	size_t at = 0;
	int n;

	for (n = 0; n < 2 && len - at > 1 && rng_chance(&e->rng, 30 * RNG_PERCENT); n++) {
		iov[n].iov_base = buffer + at;
		iov[n].iov_len = rng_range(&e->rng, 1, len - at - 1);
		at += iov[n].iov_len;
	}
	iov[n].iov_base = buffer + at;
	iov[n].iov_len = len - at;
	return n + 1;
}

/* How much of @len bytes to move now so as to stop exactly where a pause begins. */
static size_t until_pause(__u64 at, bool done, __u64 moved, size_t len)
{
	return !done && at > moved && len > at - moved ? at - moved : len;
}

static bool end_write(struct run *run, struct end *e)
{
	struct iovec iov[3];
	struct msghdr msg = { .msg_iov = iov };
	int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
	__u64 limit = allowed(e);
	ssize_t done;
	size_t len;

	if (!e->writable || !end_may_write(run, e))
		return false;
	len = rng_range(&e->rng, 1, e->p->write_max);
	if (len > limit - e->sent)
		len = limit - e->sent;
	len = until_pause(e->p->write_pause_at, e->write_pause_done, e->sent, len);
	rng_bytes_fill(buffer, stream_key(run, e->conn, e->side), e->sent, len);
	msg.msg_iovlen = pieces(e, iov, len);
	if (e->p->cork)
		cork(e, true);
	if (e->p->more && e->sent + len < limit)
		flags |= MSG_MORE;
	done = sendmsg(e->fd, &msg, flags);
	if (done < 0) {
		e->writable = false;
		if (errno != EAGAIN)
			end_error(run, e, errno, "sendmsg");
		return false;
	}
	if (!done || (size_t)done > len)
		run_fail(run, "connection %d, %c: sendmsg of %zu bytes returned %zd", e->conn->ledger.index,
			 'A' + e->side, len, done);
	e->sent += done;
	run->load.progress++;
	if (e->sent == limit)
		cork(e, false);
	return true;
}

/* Are these the bytes that the peer sent? */
static bool check(struct run *run, struct end *e, size_t len, const char *what)
{
	const struct end *peer = end_peer(e);
	size_t at = rng_bytes_differ(buffer, stream_key(run, e->conn, peer->side), e->received, len);

	if (at < len) {
		run_fail(run, "connection %d, %c: %s: byte %llu differs from what was sent (%02x)",
			 e->conn->ledger.index, 'A' + e->side, what, e->received + at, buffer[at]);
		return false;
	}
	if (e->received + len > peer->sent) {
		run_fail(run, "connection %d, %c: %s: received %llu bytes, %llu were sent", e->conn->ledger.index,
			 'A' + e->side, what, e->received + len, peer->sent);
		return false;
	}
	return true;
}

static void end_of_file(struct run *run, struct end *e)
{
	const struct end *peer = end_peer(e);

	e->eof = true;
	run->load.progress++;
	run_log(run, "#%d %c: end of file at %llu", e->conn->ledger.index, 'A' + e->side, e->received);
	if (!peer->fin || e->received != peer->sent)
		run_fail(run, "connection %d, %c: end of file at %llu; the peer has sent %llu of %llu and %s",
			 e->conn->ledger.index, 'A' + e->side, e->received, peer->sent, peer->p->total,
			 peer->fin ? "closed" : "not closed");
	else if (peer->sent != peer->p->total)
		end_over(run, e, OUTCOME_SHORT);
}

/* Looks before it reads: how much is there, and what. Return: the least that a read of @len bytes must give. */
static size_t look(struct run *run, struct end *e, size_t len)
{
	size_t least = 0;
	ssize_t peeked;
	int queued;

	if (e->p->inq && rng_chance(&e->rng, 25 * RNG_PERCENT) && !ioctl(e->fd, FIONREAD, &queued))
		least = queued < 0 ? 0 : (size_t)queued < len ? (size_t)queued : len;
	if (e->p->peek && rng_chance(&e->rng, 25 * RNG_PERCENT)) {
		peeked = recv(e->fd, buffer, len, MSG_PEEK | MSG_DONTWAIT);
		if (peeked < 0 && errno != EAGAIN)
			end_error(run, e, errno, "peek");
		else if (peeked > 0 && check(run, e, peeked, "peek") && (size_t)peeked > least)
			least = peeked;
	}
	return least;
}

static bool end_read(struct run *run, struct end *e)
{
	size_t len, least;
	ssize_t done;

	if (!e->readable || !end_may_read(run, e))
		return false;
	len = rng_range(&e->rng, 1, e->p->read_max);
	len = until_pause(e->p->read_pause_at, e->read_pause_done, e->received, len);
	least = look(run, e, len);
	/* An error is reported once: if a peek has got it, no read will. */
	if (e->state != END_OPEN)
		return false;
	done = recv(e->fd, buffer, len, MSG_DONTWAIT);
	if (least && done < (ssize_t)least)
		run_fail(run, "connection %d, %c: a read of %zu bytes, of which %zu were there, returned %zd",
			 e->conn->ledger.index, 'A' + e->side, len, least, done);
	if (done < 0) {
		e->readable = false;
		if (errno != EAGAIN)
			end_error(run, e, errno, "recv");
		return false;
	}
	if (!done) {
		end_of_file(run, e);
		return true;
	}
	if (!check(run, e, done, "recv"))
		end_over(run, e, OUTCOME_GIVEN_UP);
	/* Level-triggered epoll tells again if there is more. */
	if ((size_t)done < len && !run->p.edge)
		e->readable = false;
	e->received += done;
	run->load.progress++;
	run->load.stats.bytes += done;
	return true;
}

static void pause_here(struct run *run, struct end *e)
{
	if (!e->write_pause_done && e->sent >= e->p->write_pause_at) {
		e->write_pause_done = true;
		e->write_after = run->now + e->p->write_pause_ns;
	}
	if (!e->read_pause_done && e->received >= e->p->read_pause_at) {
		e->read_pause_done = true;
		e->read_after = run->now + e->p->read_pause_ns;
	}
}

static int unread(const struct end *e)
{
	int queued = 0;

	ioctl(e->fd, FIONREAD, &queued);
	return queued;
}

static void leave_now(struct run *run, struct end *e)
{
	bool fin = e->fin || (e->p->abort != ABORT_LINGER && !unread(e));

	end_over(run, e, OUTCOME_ABORTED);
	/* With data unread, or without lingering, close() sends a RST and no FIN (RFC 1122 4.2.2.13). */
	e->fin = fin;
}

/**
 * end_leave() - an end leaves too early, or completes that
 * @run: the run
 * @e: end, connecting, open or leaving
 */
void end_leave(struct run *run, struct end *e)
{
	static const struct linger at_once = { .l_onoff = 1 };

	run_log(run, "#%d %c: leaves, kind %d", e->conn->ledger.index, 'A' + e->side, e->p->abort);
	if (e->state == END_LEAVING || e->p->abort == ABORT_CLOSE || e->p->abort == ABORT_CONNECT) {
		leave_now(run, e);
		return;
	}
	if (e->p->abort == ABORT_LINGER) {
		setsockopt(e->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		leave_now(run, e);
		return;
	}
	if (e->p->abort == ABORT_SHUTDOWN) {
		shutdown(e->fd, SHUT_RDWR);
		e->fin = true;
	}
	e->state = END_LEAVING;
	e->left_at = run->now;
	e->again = false;
	e->act_at = run->now + e->p->abort_wait_ns;
}

static bool leaves_here(const struct end *e)
{
	return e->p->abort != ABORT_NONE && e->p->abort != ABORT_CONNECT && e->sent + e->received >= e->p->abort_at;
}

/* Of a connection that was reset meanwhile, shutdown() says ENOTCONN; the reason is still to be fetched. */
static void shutdown_error(struct run *run, struct end *e, int error)
{
	socklen_t len = sizeof(int);
	int pending = 0;

	if (error == ENOTCONN && !getsockopt(e->fd, SOL_SOCKET, SO_ERROR, &pending, &len) && pending)
		error = pending;
	end_error(run, e, error, "shutdown");
}

/* Closes what is complete, as the end's way to finish says. */
static void finish(struct run *run, struct end *e)
{
	bool all_sent = e->sent == e->p->total, all_received = e->received == end_peer(e)->p->total;

	if (!all_sent || run->now < e->write_after)
		return;
	if (e->p->finish == FINISH_FIRST && all_received) {
		end_over(run, e, OUTCOME_EXACT);
		return;
	}
	if (!e->fin && (e->p->finish == FINISH_HALF_CLOSE || e->p->finish == FINISH_SHUT_BOTH)) {
		run_log(run, "#%d %c: closes its direction", e->conn->ledger.index, 'A' + e->side);
		if (shutdown(e->fd, SHUT_WR)) {
			shutdown_error(run, e, errno);
			return;
		}
		e->fin = true;
		run->load.progress++;
	}
	if (!e->eof)
		return;
	if (e->p->finish == FINISH_SHUT_BOTH)
		shutdown(e->fd, SHUT_RDWR);
	end_over(run, e, OUTCOME_EXACT);
}

/**
 * end_work() - does all that an open end can do now
 * @run: the run
 * @e: end, open
 */
void end_work(struct run *run, struct end *e)
{
	bool moved = true;
	int i;

	e->again = false;
	for (i = 0; i < BUDGET && moved; i++) {
		pause_here(run, e);
		if (leaves_here(e)) {
			end_leave(run, e);
			return;
		}
		moved = end_write(run, e);
		if (e->state == END_OPEN)
			moved |= end_read(run, e);
		if (e->state == END_OPEN)
			finish(run, e);
		if (e->state != END_OPEN)
			return;
	}
	e->again = moved;
}
