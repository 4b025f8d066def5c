// SPDX-License-Identifier: GPL-2.0
/*
 * Why is it slow? A connection's life is divided among what it waited for: one account for its sender, one for its
 * receiver. core/limit.c says what is waited for; here the time between two answers is added up. Called at the end of
 * each step (a segment was processed, output stopped, a reader or a writer was served) with the socket lock held; the
 * usual step changes no answer and costs a few compares. TCP_INFO's busy, rwnd-limited and sndbuf-limited times, which
 * the kernel's tcp_get_info() computes, are kept true as well. Never changes what a connection does.
 */
#include "xtcp.h"
#include "ctl/ctl.h"

static_assert(XTCP_BYS == (int)__XTCP_LIMIT_MAX);
static_assert(XTCP_BY_DELAYED_ACK == (int)XTCP_LIMIT_DELAYED_ACK && XTCP_BY_RX_HOLE == (int)XTCP_LIMIT_RX_HOLE);

/** xtcp_why_begin() - a connection is opened, or a child was made; socket lock held or nobody knows the socket */
void xtcp_why_begin(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_why *w = xtcp_why(sk);

	memset(w, 0, sizeof(*w));
	xtcp_clock_refresh(&xs->tp);
	w->begin_us = xs->tp.tcp_mstamp;
	w->rx_since_us = w->begin_us;
	xs->why_rx = XTCP_BY_RX_PEER;
	xs->why_reason = 0;
	if (!xs->tx)
		return;
	memset(xs->tx->why_us, 0, sizeof(xs->tx->why_us));
	xs->tx->why = XTCP_BY_APPLICATION;
	xs->tx->why_since_us = w->begin_us;
}

/* Is trouble under way? As xtcp_limit_in.recovering. */
static bool xtcp_why_recovering(const struct xtcp_sock *xs)
{
	const struct inet_connection_sock *icsk = &xs->tp.inet_conn;

	/* a tail loss probe is out since the ACKs stopped coming: what it repairs never enters recovery */
	return icsk->icsk_ca_state >= TCP_CA_Recovery || icsk->icsk_retransmits || (xs->tx && xs->tx->tlp.active);
}

static bool xtcp_why_full(const struct sock *sk)
{
	return sk->sk_socket && test_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
}

/* Nothing is queued, nobody wants to write more: the usual case, in which core/limit.c looks at nothing else */
static bool xtcp_why_tx_idle(const struct sock *sk)
{
	const struct xtcp_sock *xs = xtcp_sk(sk);

	return skb_queue_empty(xtcp_unsent(sk)) &&
	       (!xs->tp.packets_out || (!xtcp_why_recovering(xs) && !xtcp_why_full(sk)));
}

static enum xtcp_limit_kind xtcp_why_tx(const struct sock *sk, u32 queued)
{
	const struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcp_sock *tp = &xs->tp;
	const struct xtcp_limit_in in = {
		.queued = queued,
		.mss = tp->mss_cache,
		.usable = xtcp_window_usable(tp->snd_una, tp->snd_wnd, tp->snd_nxt),
		.in_flight = tcp_packets_in_flight(tp),
		.cwnd = tp->snd_cwnd,
		.unacked = tp->packets_out,
		.recovering = xtcp_why_recovering(xs),
		.full = xtcp_why_full(sk),
		.paced = hrtimer_is_queued((struct hrtimer *)&tp->pacing_timer),
		.throttled = test_bit(XTCP_TSQ_THROTTLED, &sk->sk_tsq_flags),
		.capped = sk->sk_pacing_status == SK_PACING_FQ && sk->sk_max_pacing_rate != ~0UL,
	};

	return xtcp_limit_tx(&in);
}

/* The kernel's three accounts, in jiffies: busy, of that limited by the peer's window, by the send buffer. */
static void xtcp_why_chrono(struct tcp_sock *tp, enum xtcp_limit_kind tx, bool busy)
{
	enum tcp_chrono type = TCP_CHRONO_BUSY;

	if (!busy)
		type = TCP_CHRONO_UNSPEC;
	else if (tx == XTCP_BY_PEER_WINDOW)
		type = TCP_CHRONO_RWND_LIMITED;
	else if (tx == XTCP_BY_SEND_BUFFER)
		type = TCP_CHRONO_SNDBUF_LIMITED;
	if (type == tp->chrono_type)
		return;
	if (tp->chrono_type > TCP_CHRONO_UNSPEC)
		tp->chrono_stat[tp->chrono_type - 1] += tcp_jiffies32 - tp->chrono_start;
	tp->chrono_start = tcp_jiffies32;
	tp->chrono_type = type;
}

/* A small segment was held back for an ACK: what the path did not need for it was the peer's delay. */
static void xtcp_why_end_nagle(struct xtcp_sock *xs, u64 waited_us)
{
	u64 delay = xtcp_limit_ack_delay(waited_us, tcp_min_rtt(&xs->tp));

	xs->tx->why_us[XTCP_BY_DELAYED_ACK] += delay;
	xs->tx->why_us[XTCP_BY_NAGLE] += waited_us - delay;
}

static void xtcp_why_turn_tx(struct xtcp_sock *xs, enum xtcp_limit_kind tx)
{
	struct xtcp_sender *s = xs->tx;
	u64 waited = xs->tp.tcp_mstamp - s->why_since_us;

	/* a cork is the application's own doing, however long it takes */
	if (s->why == XTCP_BY_NAGLE && !(xs->tp.nonagle & TCP_NAGLE_CORK))
		xtcp_why_end_nagle(xs, waited);
	else
		s->why_us[s->why] += waited;
	s->why = tx;
	s->why_since_us = xs->tp.tcp_mstamp;
}

static void xtcp_why_update_rx(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	enum xtcp_limit_kind rx = xtcp_limit_rx(!RB_EMPTY_ROOT(&tp->out_of_order_queue), xtcp_readable(sk));
	struct xtcp_why *w = xtcp_why(sk);
	u8 *waits = &xtcp_sk(sk)->why_rx;

	if (rx == *waits)
		return;
	if (*waits != XTCP_BY_RX_PEER)
		w->rx_us[*waits - XTCP_BY_RX_PEER - 1] += tp->tcp_mstamp - w->rx_since_us;
	*waits = rx;
	w->rx_since_us = tp->tcp_mstamp;
}

/**
 * xtcp_why_update() - a step is done: what does the connection wait for now?
 * @sk: connection, locked, clock refreshed
 */
void xtcp_why_update(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 queued = skb_queue_empty(xtcp_unsent(sk)) ? 0 : tp->write_seq - tp->snd_nxt;
	enum xtcp_limit_kind tx;

	if (!xtcp_why(sk)->begin_us)
		return;
	tx = xtcp_why_tx_idle(sk) ? XTCP_BY_APPLICATION : xtcp_why_tx(sk, queued);
	xtcp_why_chrono(tp, tx, tp->packets_out || queued);
	/* who never queued anything waits for the application, but for a lost SYN (xtcp_why_in_vain()) */
	if (xs->tx && unlikely(tx != xs->tx->why))
		xtcp_why_turn_tx(xs, tx);
	xtcp_why_update_rx(sk);
}

/** xtcp_why_read() - the same after a reader was served, which changes nothing for the sender */
void xtcp_why_read(struct sock *sk)
{
	if (xtcp_why(sk)->begin_us)
		xtcp_why_update_rx(sk);
}

/** xtcp_why_refresh() - the same where no segment was sent or received just now: the clock is read first */
void xtcp_why_refresh(struct sock *sk)
{
	xtcp_clock_refresh(tcp_sk(sk));
	xtcp_why_update(sk);
}

/* The last @us of the wait were spent on an ACK that did not come: whatever they were taken for, it was recovery. */
static void xtcp_why_in_vain(struct sock *sk, u64 us)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_sender *s;
	u64 waited;

	/* a SYN: without memory this time is missing in the account, and nothing else */
	if (!xtcp_why(sk)->begin_us || !xtcp_sender_get(sk, GFP_ATOMIC | __GFP_NOWARN))
		return;
	s = xs->tx;
	waited = xs->tp.tcp_mstamp - s->why_since_us;
	us = min(us, waited);
	s->why_us[s->why] += waited - us;
	s->why_us[XTCP_BY_RECOVERY] += us;
	s->why = XTCP_BY_RECOVERY;
	s->why_since_us = xs->tp.tcp_mstamp;
}

/**
 * xtcp_why_timeout() - the retransmission timer expired: the time since the last news was lost on it
 * @sk: connection, locked, clock refreshed; before the RTO is backed off
 *
 * Until it expires nothing tells a lost tail from a long path, so it is put right afterwards.
 */
void xtcp_why_timeout(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xtcp_why_in_vain(sk, xtcp_rtt_backoff(xs->rto_us, inet_csk(sk)->icsk_backoff, xs->rto_max_us));
}

/** xtcp_why_probe() - a tail loss probe leaves: as xtcp_why_timeout(), for the time-out before it (RFC 8985 7.2) */
void xtcp_why_probe(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xtcp_why_in_vain(sk, xtcp_tlp_timeout(xs->tp.srtt_us >> 3, xs->tp.packets_out, xs->rto_us));
}

/**
 * xtcp_why_sum() - the account with what is being waited for now
 * @xs: connection, locked
 * @now_us: now, or the end
 * @us: filled, by enum xtcp_limit_kind
 */
void xtcp_why_sum(const struct xtcp_sock *xs, u64 now_us, u64 us[XTCP_BYS])
{
	const struct xtcp_why *w = xtcp_why((const struct sock *)xs);
	const struct xtcp_sender *s = xs->tx;
	u64 all = w->begin_us && now_us > w->begin_us ? now_us - w->begin_us : 0, other = 0;
	unsigned int i;

	memset(us, 0, XTCP_BYS * sizeof(*us));
	if (s)
		memcpy(us, s->why_us, sizeof(s->why_us));
	memcpy(&us[XTCP_BY_RX_PEER + 1], w->rx_us, sizeof(w->rx_us));
	if (!w->begin_us)
		return;
	if (!s)
		us[XTCP_BY_APPLICATION] = all;
	else if (now_us > s->why_since_us)
		us[s->why] += now_us - s->why_since_us;
	if (xs->why_rx != XTCP_BY_RX_PEER && now_us > w->rx_since_us)
		us[xs->why_rx] += now_us - w->rx_since_us;
	for (i = XTCP_BY_RX_PEER + 1; i < XTCP_BYS; i++)
		other += us[i];
	us[XTCP_BY_RX_PEER] = all > other ? all - other : 0;
}

/** xtcp_why_ends() - note why the connection is about to end; the first reason given counts. Lock held */
void xtcp_why_ends(struct sock *sk, u8 reason)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (!xs->why_reason)
		xs->why_reason = reason;
}
