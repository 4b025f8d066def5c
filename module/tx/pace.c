// SPDX-License-Identifier: GPL-2.0
/*
 * Pacing: spreading segments over time at sk_pacing_rate. With fq below, every segment carries its departure time and
 * fq holds it; else, when the congestion control asks for pacing, output stops and a timer of ours resumes it.
 */
#include "xtcp.h"

static enum hrtimer_restart xtcp_pace_expired(struct hrtimer *timer)
{
	struct xtcp_sock *xs = container_of(timer, struct xtcp_sock, tp.pacing_timer);
	struct sock *sk = (struct sock *)xs;

	/* resume the way throttled sockets do; that work's reference is a byte of sk_wmem_alloc */
	if (!test_and_set_bit(XTCP_TSQ_QUEUED, &sk->sk_tsq_flags)) {
		refcount_add(1, &sk->sk_wmem_alloc);
		xtcp_output_tsq_resume(sk);
	}
	sock_put(sk);
	return HRTIMER_NORESTART;
}

/** xtcp_pace_init() - new socket */
void xtcp_pace_init(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xtcp_compat_hrtimer_setup(&xs->tp.pacing_timer, xtcp_pace_expired, HRTIMER_MODE_ABS_PINNED_SOFT);
	sk->sk_pacing_shift = 10;
	sk->sk_pacing_rate = ~0UL;
	sk->sk_pacing_status = SK_PACING_NONE;
}

/**
 * xtcp_pace_blocked() - is it too early for the next segment?
 * @sk: connection, clock refreshed
 *
 * Return: true if output must stop; the timer is then running.
 */
bool xtcp_pace_blocked(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;

	if (READ_ONCE(sk->sk_pacing_status) != SK_PACING_NEEDED || tp->tcp_wstamp_ns <= tp->tcp_clock_cache)
		return false;
	if (!hrtimer_is_queued(&xs->tp.pacing_timer)) {
		sock_hold(sk);
		hrtimer_start(&xs->tp.pacing_timer, ns_to_ktime(tp->tcp_wstamp_ns), HRTIMER_MODE_ABS_PINNED_SOFT);
	}
	return true;
}

/**
 * xtcp_pace_sent() - a segment left: set the next one's departure time
 * @sk: connection
 * @skb: what was sent
 * @prior_ns: departure time before it; credit for having been late is capped at half the segment's own time
 */
void xtcp_pace_sent(struct sock *sk, struct sk_buff *skb, u64 prior_ns)
{
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned long rate = READ_ONCE(sk->sk_pacing_rate);
	u64 len_ns, credit;

	if (sk->sk_pacing_status == SK_PACING_NONE || rate == ~0UL || !rate || tp->data_segs_out < TCP_INIT_CWND)
		return;
	len_ns = div64_ul((u64)skb->len * NSEC_PER_SEC, rate);
	credit = tp->tcp_wstamp_ns - prior_ns;
	tp->tcp_wstamp_ns += len_ns - min(len_ns / 2, credit);
}

/** xtcp_pace_stop() - the connection is over */
void xtcp_pace_stop(struct sock *sk)
{
	if (hrtimer_try_to_cancel(&tcp_sk(sk)->pacing_timer) == 1)
		__sock_put(sk);
}

/**
 * xtcp_pace_rate_update() - for algorithms that do not set it: twice (slow start) or 1.2 times cwnd per SRTT, bytes/s
 * @sk: connection
 *
 * Used by fq, by the sizing of super-segments, and by the limit on data in the device queue.
 */
void xtcp_pace_rate_update(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct net *net = sock_net(sk);
	u64 rate = (u64)tp->mss_cache * ((USEC_PER_SEC / 100) << 3);

	if (tp->snd_cwnd < tp->snd_ssthresh / 2)
		rate *= READ_ONCE(net->ipv4.sysctl_tcp_pacing_ss_ratio);
	else
		rate *= READ_ONCE(net->ipv4.sysctl_tcp_pacing_ca_ratio);
	rate *= max(tp->snd_cwnd, tp->packets_out);
	if (likely(tp->srtt_us))
		rate = div_u64(rate, tp->srtt_us);
	WRITE_ONCE(sk->sk_pacing_rate, min_t(u64, rate, READ_ONCE(sk->sk_max_pacing_rate)));
}
