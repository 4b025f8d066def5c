// SPDX-License-Identifier: GPL-2.0
/*
 * Duplicate ACKs for text out of order: the first few at once, as RFC 5681 4.2 wants them, then with SACK one for
 * several segments, a twentieth of a round trip later at most. A burst behind a hole then costs a few ACKs, not one per
 * segment, and the sender's scoreboard loses nothing. net.ipv4.tcp_comp_sack_delay_ns, _slack_ns and _nr bound it.
 * Called by rx/data.c, socket lock held; the timer is a softirq.
 */
#include "xtcp.h"

#define XTCP_DUPACK_AT_ONCE	3u	/* what a fast retransmission takes */
#define XTCP_DUPACK_RTT_PART	20u

static enum hrtimer_restart xtcp_dupack_expired(struct hrtimer *timer)
{
	struct xtcp_sock *xs = container_of(timer, struct xtcp_sock, tp.compressed_ack_timer);
	struct sock *sk = (struct sock *)xs;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk)) {
		if (xs->dupacks_held) {
			xtcp_clock_refresh(&xs->tp);
			xtcp_control_ack(sk);
		}
	} else if (!test_and_set_bit(XTCP_DEFER_DUPACK, &sk->sk_tsq_flags)) {
		/* release_sock() does it and drops this reference */
		sock_hold(sk);
	}
	bh_unlock_sock(sk);
	sock_put(sk);
	return HRTIMER_NORESTART;
}

/** xtcp_dupack_init() - new socket or child */
void xtcp_dupack_init(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xtcp_compat_hrtimer_setup(&xs->tp.compressed_ack_timer, xtcp_dupack_expired, HRTIMER_MODE_REL_PINNED_SOFT);
}

/** xtcp_dupack_deferred() - release_sock(): the timer met an owned socket */
void xtcp_dupack_deferred(struct sock *sk)
{
	if (sk->sk_state == TCP_CLOSE || !xtcp_sk(sk)->dupacks_held)
		return;
	xtcp_clock_refresh(tcp_sk(sk));
	xtcp_control_ack(sk);
}

/** xtcp_dupack_stop() - the connection is over */
void xtcp_dupack_stop(struct sock *sk)
{
	xtcp_sk(sk)->dupacks_held = 0;
	if (hrtimer_try_to_cancel(&tcp_sk(sk)->compressed_ack_timer) == 1)
		__sock_put(sk);
}

/** xtcp_dupack_sent() - an ACK left: it says all that was held back */
void xtcp_dupack_sent(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (likely(!xs->dupacks_held))
		return;
	xtcp_mib_add(sock_net(sk), XTCP_MIB_TCPAckCompressed, xs->dupacks_held - 1);
	xtcp_dupack_stop(sk);
}

/* How long a duplicate ACK may wait, ns */
static u64 xtcp_dupack_delay(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 rtt_us = tp->rcv_rtt_est.rtt_us >> 3, srtt_us = tp->srtt_us >> 3;

	if (!rtt_us || (srtt_us && srtt_us < rtt_us))
		rtt_us = srtt_us;
	return min_t(u64, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_comp_sack_delay_ns),
		     (u64)rtt_us * (NSEC_PER_USEC / XTCP_DUPACK_RTT_PART));
}

/*
 * A window that grows means a sender that sends more every round trip. In slow start it needs each ACK: to tell the
 * queue that it builds (HyStart), and to send evenly. So what fills the new window is acknowledged segment by segment.
 */
static bool xtcp_dupack_growing(struct xtcp_sock *xs)
{
	u32 cost = 2u * inet_csk((struct sock *)xs)->icsk_ack.rcv_mss;

	if (likely(!xs->grown))
		return false;
	xs->grown -= min(xs->grown, cost);
	return true;
}

/**
 * xtcp_dupack_hold() - text came out of order: may its ACK wait?
 * @sk: connection
 *
 * Return: true if it is left to the timer, or to the next segment that is acknowledged at once.
 */
bool xtcp_dupack_hold(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	const struct net *net = sock_net(sk);
	u64 delay;

	if (xs->dupack_seq != xs->tp.rcv_nxt) {
		xs->dupack_seq = xs->tp.rcv_nxt;
		xs->dupacks_sent = 0;
	}
	if (!xs->tp.rx_opt.sack_ok || xs->dupacks_sent < XTCP_DUPACK_AT_ONCE ||
	    xs->dupacks_held >= READ_ONCE(net->ipv4.sysctl_tcp_comp_sack_nr)) {
		if (xs->dupacks_sent < XTCP_DUPACK_AT_ONCE)
			xs->dupacks_sent++;
		return false;
	}
	if (xtcp_dupack_growing(xs))
		return false;
	delay = xtcp_dupack_delay(sk);
	if (!delay)
		return false;
	xs->dupacks_held++;
	if (!hrtimer_is_queued(&xs->tp.compressed_ack_timer)) {
		sock_hold(sk);
		hrtimer_start_range_ns(&xs->tp.compressed_ack_timer, ns_to_ktime(delay),
				       READ_ONCE(net->ipv4.sysctl_tcp_comp_sack_slack_ns),
				       HRTIMER_MODE_REL_PINNED_SOFT);
	}
	return true;
}
