// SPDX-License-Identifier: GPL-2.0
/*
 * Was that end clean? An end that is neither exact nor the one that aborted must have a reason that the workload or the
 * link's books give:
 *
 *	ECONNREFUSED	nobody listens there, or the other end of a simultaneous open has left
 *	ECONNRESET, EPIPE	the peer left early, or ended with an error of its own that has a reason, before; or
 *			the handshake died on the other side, since the link destroyed its segments
 *	ETIMEDOUT, EHOSTUNREACH, ENETUNREACH	for SILENCE_NS nothing reached this end, and the link destroyed at least
 *			SILENCE_PACKETS of the connection's packets in that time; or the link said so by ICMP
 */
#include <errno.h>
#include <string.h>

#include "run.h"

#define SILENCE_NS (10 * NS_PER_S)
#define SILENCE_PACKETS 3

static bool is_timeout(int error)
{
	return error == ETIMEDOUT || error == EHOSTUNREACH || error == ENETUNREACH;
}

static bool is_reset(int error)
{
	return error == ECONNRESET || error == EPIPE || error == ECONNABORTED;
}

/**
 * verdict_silence() - has the link kept a side from hearing the other for so long that it may give up?
 * @run: the run
 * @ledger: the connection's
 * @side: which
 *
 * Return: as of now.
 */
bool verdict_silence(const struct run *run, const struct ledger *ledger, enum host side)
{
	return ledger->destroyed[side] >= SILENCE_PACKETS && run->now >= ledger->delivered_at[side] + SILENCE_NS;
}

static bool silent(const struct run *run, const struct end *e)
{
	const struct ledger *ledger = &e->conn->ledger;

	return ledger->silent[e->side] || verdict_silence(run, ledger, e->side);
}

static bool explained(const struct run *run, const struct end *e);

/* Did the peer go in a way that makes its host answer with RST? */
static bool peer_left(const struct run *run, const struct end *e)
{
	const struct end *peer = end_peer_const(e);

	switch (peer->outcome) {
	case OUTCOME_ABORTED:
	case OUTCOME_GIVEN_UP:
		return true;
	case OUTCOME_SHORT:
		return peer->ended < e->ended;
	case OUTCOME_ERROR:
		/* Strictly before, so that two resets do not explain each other. */
		return peer->ended < e->ended && explained(run, peer);
	case OUTCOME_NONE:
		return silent(run, peer);
	default:
		return false;
	}
}

static bool explained(const struct run *run, const struct end *e)
{
	if (is_timeout(e->error))
		return silent(run, e) || e->conn->ledger.icmp[e->side];
	if (e->error == ECONNREFUSED)
		return e->conn->p->kind == CONN_REFUSED ||
		       (e->conn->p->kind == CONN_SIMULTANEOUS && peer_left(run, e));
	return is_reset(e->error) && peer_left(run, e);
}

/**
 * verdict_may_wait() - the peer is gone without having said so: may an end not know?
 * @run: the run
 * @e: an end that is open
 *
 * Return: true if the word was lost, or came out of order (then it takes a challenge ACK, RFC 5961 3.2, which may be
 * lost or limited), or if there was none since the peer had timed out.
 */
bool verdict_may_wait(const struct run *run, const struct end *e)
{
	const struct end *peer = end_peer_const(e);
	const struct ledger *ledger = &e->conn->ledger;

	if (params_dead_at(&run->p) <= run->now)
		return true;
	if (peer->outcome == OUTCOME_ERROR && is_timeout(peer->error))
		return true;
	return ledger->last_fault != NEVER && ledger->last_fault + SILENCE_NS >= peer->left_at;
}

static void verdict_end(struct run *run, const struct end *e)
{
	const struct end *peer = end_peer_const(e);
	int index = e->conn->ledger.index;

	run->load.stats.outcome[e->outcome]++;
	if (e->outcome == OUTCOME_EXACT) {
		if (e->conn->p->kind == CONN_REFUSED)
			run_fail(run, "connection %d was accepted where nobody listens", index);
		else if (e->sent != e->p->total || e->received != peer->p->total)
			run_fail(run, "connection %d, %c: closed having sent %llu of %llu, received %llu of %llu",
				 index, 'A' + e->side, e->sent, e->p->total, e->received, peer->p->total);
	} else if (e->outcome == OUTCOME_ERROR && !explained(run, e)) {
		run_fail(run, "connection %d, %c: %s: %s, without a reason (sent %llu of %llu, received %llu of %llu)",
			 index, 'A' + e->side, e->failed_in, strerror(e->error), e->sent, e->p->total, e->received,
			 peer->p->total);
	}
}

/**
 * verdict_conn() - judges a connection that is over
 * @run: the run
 * @c: connection
 */
void verdict_conn(struct run *run, const struct conn *c)
{
	verdict_end(run, &c->end[SIDE_A]);
	if (c->p->kind != CONN_REFUSED)
		verdict_end(run, &c->end[SIDE_B]);
}
