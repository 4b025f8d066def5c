// SPDX-License-Identifier: GPL-2.0
/*
 * The congestion control "xtcp" for sockets: the kernel's TCP (TCP_CONGESTION, net.ipv4.tcp_congestion_control, a
 * route's congctl) and XTCP's own use it through one tcp_congestion_ops. All decisions are core/cong.c's; here its
 * questions are answered from a tcp_sock, and its answers put there. The state is larger than a socket's private area,
 * so that holds a pointer. Called with the socket lock held, in process context or softirq; never sleeps.
 *
 * RFC 5681 (the frame), RFC 9406 and RFC 9438 (parts of the law).
 */
#include <linux/inet_diag.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "xtcp.h"
#include "core/cong.h"

#define CREATE_TRACE_POINTS
#include <trace/events/xtcp_cong.h>

/**
 * struct xtcp_cong_priv - what lies in the socket's private area
 * @law: the state; NULL: there was no memory, the connection is Reno's
 * @delivered_ce: marked packets that the law has been told of
 */
struct xtcp_cong_priv {
	struct xtcp_law *law;
	u32 delivered_ce;
};

static struct xtcp_cong_priv *xtcp_cong_priv(const struct sock *sk)
{
	BUILD_BUG_ON(sizeof(struct xtcp_cong_priv) > ICSK_CA_PRIV_SIZE);
	return inet_csk_ca(sk);
}

/* The kernel asks for this name when somebody chooses "xtcp" before the module is there. */
MODULE_ALIAS("tcp_xtcp");

/*
 * What was retransmitted, a SYN too, may have its RTT from the echoed timestamp, whose clock ticks in ms: it may have
 * been almost one more. As a base RTT it would make a queue that never drains of the rest.
 */
static s32 xtcp_cong_rtt_us(long us, bool retransmitted)
{
	us = clamp_t(long, us, -1, XTCP_LAW_RTT_MAX_US);
	return retransmitted && us > 0 && us % USEC_PER_MSEC == 0 ? us + USEC_PER_MSEC : us;
}

/* ------------------------------------------------------------ life */

static void xtcp_cong_law_init(struct sock *sk)
{
	struct xtcp_cong_priv *priv = xtcp_cong_priv(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	priv->delivered_ce = tp->delivered_ce;
	priv->law = kmalloc(sizeof(*priv->law), GFP_ATOMIC | __GFP_NOWARN);
	if (!priv->law)
		return;
	xtcp_law_init(priv->law, tcp_clock_us(), tp->snd_cwnd,
		      xtcp_cong_rtt_us(tp->srtt_us >> 3, tp->total_retrans), tp->delivered, get_random_u32());
	cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
	WRITE_ONCE(sk->sk_pacing_rate, min_t(u64, (u64)priv->law->pace * tp->mss_cache, sk->sk_max_pacing_rate));
}

static void xtcp_cong_law_release(struct sock *sk)
{
	struct xtcp_cong_priv *priv = xtcp_cong_priv(sk);

	kfree(priv->law);
	priv->law = NULL;
}

/* ------------------------------------------------------------ without memory: Reno, RFC 5681 */

static void xtcp_cong_reno_control(struct sock *sk, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u8 state = inet_csk(sk)->icsk_ca_state;

	if (state == TCP_CA_Recovery || state == TCP_CA_CWR)
		tp->snd_cwnd = max(2u, min(tp->snd_cwnd, tp->snd_ssthresh));
	else
		tcp_reno_cong_avoid(sk, 0, acked);
}

/* ------------------------------------------------------------ operations */

static void xtcp_cong_law_control(struct sock *sk, const struct rate_sample *rs)
{
	struct xtcp_cong_priv *priv = xtcp_cong_priv(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_law *l = priv->law;
	struct xtcp_law_ack a = {
		.now_us = tp->tcp_mstamp,
		.delivered = tp->delivered,
		.prior_delivered = rs->prior_delivered,
		.has_sample = rs->delivered >= 0 && rs->prior_mstamp,
		.acked = rs->acked_sacked,
		.lost = max(rs->losses, 0),
		.ce = tp->delivered_ce - priv->delivered_ce,
		.in_flight = tcp_packets_in_flight(tp),
		/* a delayed ACK tells the peer's patience, not the path's length */
		.rtt_us = rs->is_ack_delayed ? -1 : xtcp_cong_rtt_us(rs->rtt_us, rs->is_retrans),
		.app_limited = rs->is_app_limited,
	};
	u64 begin_us;

	if (!l) {
		xtcp_cong_reno_control(sk, a.acked);
		return;
	}
	begin_us = l->ep.begin_us;
	priv->delivered_ce = tp->delivered_ce;
	xtcp_law_ack(l, &xtcp_net(sock_net(sk))->law, &a);
	tp->snd_cwnd = min(l->cwnd, tp->snd_cwnd_clamp);
	WRITE_ONCE(sk->sk_pacing_rate, min_t(u64, (u64)l->pace * tp->mss_cache, sk->sk_max_pacing_rate));
	if (trace_xtcp_cong_epoch_enabled() && l->ep.begin_us != begin_us)
		trace_xtcp_cong_epoch(sk, l);
}

static u32 xtcp_cong_law_ssthresh(struct sock *sk)
{
	/* the law does not work by ssthresh */
	return xtcp_cong_priv(sk)->law ? tcp_sk(sk)->snd_ssthresh : tcp_reno_ssthresh(sk);
}

static u32 xtcp_cong_law_undo(struct sock *sk)
{
	struct xtcp_law *l = xtcp_cong_priv(sk)->law;

	if (!l)
		return tcp_reno_undo_cwnd(sk);
	xtcp_law_undo(l);
	return max(tcp_sk(sk)->snd_cwnd, l->cwnd);
}

static void xtcp_cong_law_set_state(struct sock *sk, u8 state)
{
	struct xtcp_law *l = xtcp_cong_priv(sk)->law;

	if (l && state == TCP_CA_Loss && inet_csk(sk)->icsk_ca_state != TCP_CA_Loss)
		xtcp_law_timeout(l, tcp_packets_in_flight(tcp_sk(sk)) + 1);
}

/* the first transmission since the network was empty */
static void xtcp_cong_law_begins(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_law *l = xtcp_cong_priv(sk)->law;
	u32 idle;

	if (!l || !tp->lsndtime)
		return;
	idle = tcp_jiffies32 - tp->lsndtime;
	if (idle > 1)
		xtcp_law_restart(l, tcp_clock_us(), (u64)jiffies_to_usecs(min_t(u32, idle, 3600 * HZ)));
}

static u32 xtcp_cong_law_sndbuf_expand(struct sock *sk)
{
	return 3;
}

static u32 xtcp_cong_law_min_tso(struct sock *sk)
{
	/* below 1.2 Mbit/s two segments in a row are a queue of their own */
	return READ_ONCE(sk->sk_pacing_rate) < 150000 ? 1 : 2;
}

/* As BBR's, which tools know: bandwidth, base RTT, pacing and window as multiples (1/256) of what the path carries. */
static size_t xtcp_cong_law_info(struct sock *sk, u32 ext, int *attr, union tcp_cc_info *info)
{
	struct xtcp_law *l = xtcp_cong_priv(sk)->law;
	u64 bw;

	if (!l || !(ext & (1 << (INET_DIAG_BBRINFO - 1)) || ext & (1 << (INET_DIAG_VEGASINFO - 1))))
		return 0;
	bw = (u64)l->view.rate * tcp_sk(sk)->mss_cache;
	memset(&info->bbr, 0, sizeof(info->bbr));
	info->bbr.bbr_bw_lo = bw;
	info->bbr.bbr_bw_hi = bw >> 32;
	info->bbr.bbr_min_rtt = l->base_us;
	info->bbr.bbr_pacing_gain = div_u64((u64)l->pace * 256, max(l->view.rate, 1u));
	info->bbr.bbr_cwnd_gain = div_u64((u64)l->cwnd * 65536, max(xtcp_law_window(l->view.rate, l->base_us), 256u));
	*attr = INET_DIAG_BBRINFO;
	return sizeof(info->bbr);
}

XTCP_COMPAT_CONG_CONTROL(xtcp_cong_law_on_ack, xtcp_cong_law_control)
XTCP_COMPAT_TX_START(xtcp_cong_law_tx_start, xtcp_cong_law_begins)

struct tcp_congestion_ops xtcp_cong_ops __read_mostly = {
	.flags = TCP_CONG_NON_RESTRICTED,
	.name = "xtcp",
	.owner = THIS_MODULE,
	.init = xtcp_cong_law_init,
	.release = xtcp_cong_law_release,
	.cong_control = xtcp_cong_law_on_ack,
	.ssthresh = xtcp_cong_law_ssthresh,
	.undo_cwnd = xtcp_cong_law_undo,
	.set_state = xtcp_cong_law_set_state,
	XTCP_COMPAT_TX_START_OP = xtcp_cong_law_tx_start,
	.sndbuf_expand = xtcp_cong_law_sndbuf_expand,
	.min_tso_segs = xtcp_cong_law_min_tso,
	.get_info = xtcp_cong_law_info,
};

/** xtcp_cong_register() - module load: offer the algorithm to the kernel's TCP; -EEXIST: there is one of this name */
int xtcp_cong_register(void)
{
	return tcp_register_congestion_control(&xtcp_cong_ops);
}

/** xtcp_cong_unregister() - module unload: nobody uses it any more, for every user keeps the module */
void xtcp_cong_unregister(void)
{
	tcp_unregister_congestion_control(&xtcp_cong_ops);
}
