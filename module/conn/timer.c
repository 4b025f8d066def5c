// SPDX-License-Identifier: GPL-2.0
/*
 * A connection's timers: retransmission, tail loss probe, reordering or persist (one timer, four modes), delayed ACK,
 * and keepalive. Handlers run in softirq; if a process owns the socket they leave a bit in sk_tsq_flags and
 * release_sock() does the work. Each pending timer holds a reference. RFC 6298 5, RFC 8985 6.2 and 7.2, RFC 9293 3.8.3,
 * 3.8.4, 3.8.6.1.
 */
#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

#define XTCP_TIMER_ORPHAN_RETRIES	8

/* ------------------------------------------------------------ starting and stopping */

/*
 * A timer that runs already, and no later, stays as it is: its handler finds that it came too early, and waits for the
 * rest. Most deadlines are moved by the next segment, so this spares each of them the timer wheel.
 */
static void xtcp_timer_expire_by(struct sock *sk, struct timer_list *timer, unsigned long at)
{
	if (!timer_pending(timer) || time_before(at, timer->expires))
		sk_reset_timer(sk, timer, at);
}

/** xtcp_timer_rtx_start() - (re)start the retransmission timer in @mode, @us from now */
void xtcp_timer_rtx_start(struct sock *sk, enum xtcp_rtx_mode mode, u32 us)
{
	/* what ss shows */
	static const u8 pending[] = {
		[XTCP_RTX_RETRANS] = ICSK_TIME_RETRANS,
		[XTCP_RTX_PROBE] = ICSK_TIME_PROBE0,
		[XTCP_RTX_TLP] = ICSK_TIME_LOSS_PROBE,
		[XTCP_RTX_REO] = ICSK_TIME_REO_TIMEOUT,
	};
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	unsigned long at;

	xs->rtx_mode = mode;
	icsk->icsk_pending = pending[mode];
	at = jiffies + max_t(unsigned long, usecs_to_jiffies(us), 1);
	xs->rtx_at = at;
	if (xtcp_compat_show_timeout(sk, at))
		xtcp_timer_expire_by(sk, xtcp_compat_rtx_timer(sk), at);
	else
		sk_reset_timer(sk, xtcp_compat_rtx_timer(sk), at);
}

/** xtcp_timer_rtx_stop() - nothing to wait for; the timer may expire in vain, which is cheaper */
void xtcp_timer_rtx_stop(struct sock *sk)
{
	xtcp_sk(sk)->rtx_mode = XTCP_RTX_NONE;
	inet_csk(sk)->icsk_pending = 0;
}

/** xtcp_timer_rto_min_us() - lower bound of the RTO's variance term: the route's, the socket's, or 200 ms */
u32 xtcp_timer_rto_min_us(const struct sock *sk)
{
	const struct dst_entry *dst = __sk_dst_get((struct sock *)sk);

	if (dst && dst_metric_locked(dst, RTAX_RTO_MIN))
		return dst_metric(dst, RTAX_RTO_MIN) * USEC_PER_MSEC;
	return jiffies_to_usecs(inet_csk(sk)->icsk_rto_min);
}

/* The RTO with back-off; never later than TCP_USER_TIMEOUT ends the connection. */
static u32 xtcp_timer_rto(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct xtcp_sock *xs = xtcp_sk(sk);
	u32 rto = xtcp_rtt_backoff(xs->rto_us, icsk->icsk_backoff, xs->rto_max_us);
	u32 since_ms;

	if (!icsk->icsk_user_timeout || !xs->tp.retrans_stamp)
		return rto;
	since_ms = xtcp_clock_ts(xs->tp.tcp_mstamp) - xs->tp.retrans_stamp;
	if (since_ms >= icsk->icsk_user_timeout)
		return 1;
	return min_t(u64, rto, (u64)(icsk->icsk_user_timeout - since_ms) * USEC_PER_MSEC);
}

/* RFC 8985 7.1 and 7.2: is a probe worth sending when ACKs stop coming? */
static bool xtcp_timer_may_probe(const struct sock *sk)
{
	const struct xtcp_sock *xs = xtcp_sk(sk);
	u8 early = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_early_retrans), state = inet_csk(sk)->icsk_ca_state;

	return (early == 3 || early == 4) && xs->tx && !xs->tx->tlp.active &&
	       xs->tp.rx_opt.sack_ok && !xs->tp.sacked_out &&
	       (state == TCP_CA_Open || state == TCP_CA_CWR) &&
	       !((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV));
}

static void xtcp_timer_tlp_start(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	u32 left = max_t(s64, (s64)(xs->tx->rto_at_us - xs->tp.tcp_mstamp), 1);

	xtcp_timer_rtx_start(sk, XTCP_RTX_TLP, xtcp_tlp_timeout(xs->tp.srtt_us >> 3, xs->tp.packets_out, left));
}

/**
 * xtcp_timer_rtx_rearm() - an ACK brought news, or a flight begins: wait for the next ACK as long as is right
 * @sk: connection, clock refreshed
 *
 * For the reordering window while something may yet prove lost by time, for a tail loss probe, or for the RTO, which
 * starts anew (RFC 6298 5.1-5.3).
 */
void xtcp_timer_rtx_rearm(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	u32 rto;

	if (!xs->tp.packets_out) {
		if (xs->rtx_mode != XTCP_RTX_PROBE)
			xtcp_timer_rtx_stop(sk);
		return;
	}
	rto = xtcp_timer_rto(sk);
	if (xs->tx)
		xs->tx->rto_at_us = xs->tp.tcp_mstamp + rto;
	if (xs->tx && xs->tx->reo_wait_us && xs->tx->reo_wait_us < rto)
		xtcp_timer_rtx_start(sk, XTCP_RTX_REO, xs->tx->reo_wait_us);
	else if (xtcp_timer_may_probe(sk))
		xtcp_timer_tlp_start(sk);
	else
		xtcp_timer_rtx_start(sk, XTCP_RTX_RETRANS, rto);
}

/** xtcp_timer_rtx_sent() - new data left: start the timer if it is not running; a tail loss probe waits for the last */
void xtcp_timer_rtx_sent(struct sock *sk)
{
	switch (xtcp_sk(sk)->rtx_mode) {
	case XTCP_RTX_NONE:
	case XTCP_RTX_PROBE:
		xtcp_timer_rtx_rearm(sk);
		break;
	case XTCP_RTX_TLP:
		xtcp_timer_tlp_start(sk);
		break;
	default:
		break;
	}
}

/** xtcp_timer_delack_start() - acknowledge @us from now at the latest */
void xtcp_timer_delack_start(struct sock *sk, u32 us)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	unsigned long at = jiffies + max_t(unsigned long, usecs_to_jiffies(us), 1);

	xs->delack_waits = true;
	xs->delack_at = at;
	xtcp_timer_expire_by(sk, &inet_csk(sk)->icsk_delack_timer, at);
}

/** xtcp_timer_delack_stop() - an ACK left; the timer may expire in vain, which is cheaper */
void xtcp_timer_delack_stop(struct sock *sk)
{
	xtcp_sk(sk)->delack_waits = false;
}

/** xtcp_timer_keep_start() - look after the peer @delta jiffies from now */
void xtcp_timer_keep_start(struct sock *sk, unsigned long delta)
{
	sk_reset_timer(sk, xtcp_compat_keep_timer(sk), jiffies + delta);
}

/** xtcp_timer_keep_stop() - keepalive was switched off */
void xtcp_timer_keep_stop(struct sock *sk)
{
	sk_stop_timer(sk, xtcp_compat_keep_timer(sk));
}

/** xtcp_timer_set_keepalive() - proto.keepalive: SO_KEEPALIVE; lock held */
void xtcp_timer_set_keepalive(struct sock *sk, int on)
{
	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return;
	if (on && !sock_flag(sk, SOCK_KEEPOPEN))
		xtcp_timer_keep_start(sk, keepalive_time_when(tcp_sk(sk)));
	else if (!on)
		xtcp_timer_keep_stop(sk);
}

/* ------------------------------------------------------------ giving up */

/* Milliseconds that @retries doublings of @base_us take: what "tcp_retries2 retransmissions" means as a time. */
static u64 xtcp_timer_retries_ms(unsigned int retries, u32 base_us)
{
	u64 total = 0;
	unsigned int i;

	for (i = 0; i <= min(retries, 255u); i++)
		total += xtcp_rtt_backoff(base_us, min(i, 31u), XTCP_RTO_MAX_US);
	return div_u64(total, USEC_PER_MSEC);
}

static bool xtcp_timer_timed_out(struct sock *sk, unsigned int retries)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 since_ms;
	u64 limit_ms;

	if (!icsk->icsk_retransmits || !tp->retrans_stamp)
		return false;
	since_ms = xtcp_clock_ts(xtcp_clock_us()) - tp->retrans_stamp;
	/* patience is not a matter of the path: a smaller RTO makes more retransmissions, not an earlier end (R2) */
	limit_ms = icsk->icsk_user_timeout ? :
		   xtcp_timer_retries_ms(retries, max(xtcp_timer_rto_min_us(sk), XTCP_RTO_MIN_US));
	return since_ms >= limit_ms;
}

/* RFC 9293 3.8.3 R2: the peer has been silent for too long. True if the connection was ended. */
static bool xtcp_timer_give_up(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct net *net = sock_net(sk);
	unsigned int retries;
	bool over;

	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) {
		retries = icsk->icsk_syn_retries ? :
			  (xtcp_sk(sk)->fastopen_child ? READ_ONCE(net->ipv4.sysctl_tcp_synack_retries) :
			   READ_ONCE(net->ipv4.sysctl_tcp_syn_retries));
		over = icsk->icsk_retransmits >= retries ||
		       (icsk->icsk_user_timeout && xtcp_timer_timed_out(sk, retries));
	} else {
		retries = READ_ONCE(net->ipv4.sysctl_tcp_retries2);
		if (sock_flag(sk, SOCK_DEAD)) {
			unsigned int orphan = READ_ONCE(net->ipv4.sysctl_tcp_orphan_retries);

			retries = orphan ? : XTCP_TIMER_ORPHAN_RETRIES;
		}
		over = xtcp_timer_timed_out(sk, retries);
	}
	if (!over)
		return sock_flag(sk, SOCK_DEAD) && xtcp_close_crowded(sk);
	xtcp_mib_inc(net, XTCP_MIB_TCPAbortOnTimeout);
	xtcp_why_ends(sk, icsk->icsk_user_timeout ? XTCP_REASON_USER_TIMEOUT : XTCP_REASON_TIMEOUT);
	xtcp_close_reset(sk, READ_ONCE(sk->sk_err_soft) ? : ETIMEDOUT);
	return true;
}

/* ------------------------------------------------------------ the work, lock held */

/* An orphan has waited for its window through all of the back-off: nobody's memory is the peer's to keep. */
static bool xtcp_timer_probed_out(const struct sock *sk, unsigned int most)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct xtcp_sock *xs = xtcp_sk(sk);

	return icsk->icsk_backoff >= most &&
	       xtcp_rtt_backoff(xs->rto_us, icsk->icsk_backoff, xs->rto_max_us) >= xs->rto_max_us;
}

/* RFC 9293 3.8.6.1: probe a closed window, for ever as long as the peer answers and somebody waits for it */
static void xtcp_timer_probe(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct net *net = sock_net(sk);
	unsigned int most = READ_ONCE(net->ipv4.sysctl_tcp_retries2);
	u32 now_ms = max_t(u32, jiffies_to_msecs(jiffies), 1);
	int err;

	if (xs->tp.packets_out || skb_queue_empty(xtcp_unsent(sk))) {
		icsk->icsk_probes_out = 0;
		icsk->icsk_probes_tstamp = 0;
		xtcp_timer_rtx_stop(sk);
		return;
	}
	if (!icsk->icsk_probes_tstamp)
		icsk->icsk_probes_tstamp = now_ms;
	if (sock_flag(sk, SOCK_DEAD)) {
		most = READ_ONCE(net->ipv4.sysctl_tcp_orphan_retries) ? : XTCP_TIMER_ORPHAN_RETRIES;
		if (xtcp_close_crowded(sk))
			return;
	}
	if (icsk->icsk_probes_out >= most || (sock_flag(sk, SOCK_DEAD) && xtcp_timer_probed_out(sk, most)) ||
	    (icsk->icsk_user_timeout && now_ms - icsk->icsk_probes_tstamp >= icsk->icsk_user_timeout)) {
		xtcp_mib_inc(net, XTCP_MIB_TCPAbortOnTimeout);
		xtcp_why_ends(sk, XTCP_REASON_PROBE);
		xtcp_close_reset(sk, READ_ONCE(sk->sk_err_soft) ? : ETIMEDOUT);
		return;
	}
	err = xtcp_control_wakeup(sk);
	icsk->icsk_probes_out++;
	xtcp_event_stalled(sk);
	if (xs->tp.packets_out) {
		/* the window was open: that was data */
		icsk->icsk_backoff = 0;
		xtcp_timer_rtx_rearm(sk);
		return;
	}
	/* a probe that could not leave says nothing about the peer: try again soon */
	if (!err && icsk->icsk_backoff < 31)
		icsk->icsk_backoff++;
	xtcp_timer_rtx_start(sk, XTCP_RTX_PROBE, xtcp_rtt_backoff(xs->rto_us, icsk->icsk_backoff, xs->rto_max_us));
}

static void xtcp_timer_timeout(struct sock *sk)
{
	xtcp_clock_refresh(tcp_sk(sk));
	xtcp_why_timeout(sk);
	if (!inet_csk(sk)->icsk_retransmits && inet_csk(sk)->icsk_ca_state == TCP_CA_Loss)
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPLossFailures);
	xtcp_retransmit_timeout(sk);
	xtcp_event_stalled(sk);
}

/* A time kept in 32 bits, not longer away than half of their range */
static unsigned long xtcp_timer_jiffies(u32 at)
{
	return jiffies + (s32)(at - tcp_jiffies32);
}

static void xtcp_timer_rtx_work(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN) || xs->rtx_mode == XTCP_RTX_NONE)
		return;
	if (time_after32(xs->rtx_at, tcp_jiffies32)) {
		sk_reset_timer(sk, xtcp_compat_rtx_timer(sk), xtcp_timer_jiffies(xs->rtx_at));
		return;
	}
	switch (xs->rtx_mode) {
	case XTCP_RTX_PROBE:
		xtcp_timer_probe(sk);
		break;
	case XTCP_RTX_TLP:
		xtcp_probe_send(sk);
		break;
	case XTCP_RTX_REO:
		xtcp_recover_overdue(sk);
		break;
	default:
		if (!xtcp_timer_give_up(sk))
			xtcp_timer_timeout(sk);
	}
}

static void xtcp_timer_delack_work(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT) || !xs->delack_waits)
		return;
	if (time_after32(xs->delack_at, tcp_jiffies32)) {
		sk_reset_timer(sk, &inet_csk(sk)->icsk_delack_timer, xtcp_timer_jiffies(xs->delack_at));
		return;
	}
	xs->delack_waits = false;
	if (xs->last_ack_sent == xs->tp.rcv_nxt && !xs->ack_now)
		return;
	/* waiting for the application to answer was in vain */
	xs->pingpong = false;
	xs->turns = 0;
	xtcp_clock_refresh(&xs->tp);
	xtcp_control_ack(sk);
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_DelayedACKs);
}

/* RFC 9293 3.8.4: probe an idle peer; end the connection when it stays silent */
static void xtcp_timer_keepalive(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 elapsed = keepalive_time_elapsed(tp);
	unsigned long next = keepalive_time_when(tp);
	bool dead;

	/* what is being sent proves liveness by itself */
	if (tp->packets_out || !skb_queue_empty(xtcp_unsent(sk)))
		goto again;
	if (elapsed < next) {
		next -= elapsed;
		goto again;
	}
	if (icsk->icsk_user_timeout)
		dead = elapsed >= msecs_to_jiffies(icsk->icsk_user_timeout) && icsk->icsk_probes_out;
	else
		dead = icsk->icsk_probes_out >= keepalive_probes(tp);
	if (dead) {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPAbortOnTimeout);
		xtcp_why_ends(sk, XTCP_REASON_KEEPALIVE);
		xtcp_close_abort(sk, READ_ONCE(sk->sk_err_soft) ? : ETIMEDOUT);
		return;
	}
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPKeepAlive);
	xtcp_control_probe(sk);
	icsk->icsk_probes_out++;
	next = keepalive_intvl_when(tp);
again:
	xtcp_timer_keep_start(sk, next);
}

static void xtcp_timer_keep_work(struct sock *sk)
{
	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT))
		return;
	if (sock_flag(sk, SOCK_KEEPOPEN))
		xtcp_timer_keepalive(sk);
}

/** xtcp_timer_deferred() - release_sock(): do what met an owned socket; @work: XTCP_DEFER_* bits, a reference each */
void xtcp_timer_deferred(struct sock *sk, unsigned long work)
{
	static const struct {
		int bit;
		void (*fn)(struct sock *sk);
	} todo[] = {
		{ XTCP_DEFER_RTX, xtcp_timer_rtx_work },
		{ XTCP_DEFER_DELACK, xtcp_timer_delack_work },
		{ XTCP_DEFER_KEEP, xtcp_timer_keep_work },
		{ XTCP_DEFER_TSQ, xtcp_output_push_pending },
		{ XTCP_DEFER_MTU, xtcp_icmp_mtu },
		{ XTCP_DEFER_DUPACK, xtcp_dupack_deferred },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(todo); i++) {
		if (!(work & BIT(todo[i].bit)))
			continue;
		todo[i].fn(sk);
		__sock_put(sk);
	}
}

/* ------------------------------------------------------------ handlers */

static void xtcp_timer_run(struct sock *sk, int bit, void (*fn)(struct sock *sk))
{
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		fn(sk);
	else if (!test_and_set_bit(bit, &sk->sk_tsq_flags))
		sock_hold(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
}

static void xtcp_timer_rtx_expired(struct timer_list *t)
{
	xtcp_timer_run(xtcp_compat_rtx_timer_sk(t), XTCP_DEFER_RTX, xtcp_timer_rtx_work);
}

static void xtcp_timer_delack_expired(struct timer_list *t)
{
	struct inet_connection_sock *icsk = xtcp_compat_timer_of(icsk, t, icsk_delack_timer);

	xtcp_timer_run((struct sock *)icsk, XTCP_DEFER_DELACK, xtcp_timer_delack_work);
}

static void xtcp_timer_keep_expired(struct timer_list *t)
{
	xtcp_timer_run(xtcp_compat_keep_sock(t), XTCP_DEFER_KEEP, xtcp_timer_keep_work);
}

/** xtcp_timer_init() - new socket or child */
void xtcp_timer_init(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	timer_setup(xtcp_compat_rtx_timer(sk), xtcp_timer_rtx_expired, 0);
	timer_setup(&inet_csk(sk)->icsk_delack_timer, xtcp_timer_delack_expired, 0);
	/* the kernel's field: a BPF program that sets TCP_KEEPIDLE starts it */
	timer_setup(xtcp_compat_keep_timer(sk), xtcp_timer_keep_expired, 0);
	xs->rtx_mode = XTCP_RTX_NONE;
	xs->delack_waits = false;
}

/** xtcp_timer_clear() - the connection is over: stop them all; a handler already running finds TCP_CLOSE */
void xtcp_timer_clear(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xs->rtx_mode = XTCP_RTX_NONE;
	xs->delack_waits = false;
	inet_csk(sk)->icsk_pending = 0;
	sk_stop_timer(sk, xtcp_compat_rtx_timer(sk));
	sk_stop_timer(sk, &inet_csk(sk)->icsk_delack_timer);
	sk_stop_timer(sk, xtcp_compat_keep_timer(sk));
	xtcp_pace_stop(sk);
	xtcp_dupack_stop(sk);
}
