// SPDX-License-Identifier: GPL-2.0
/*
 * Opening a connection from this side: the SYN, what comes back in SYN-SENT, simultaneous open, and what every
 * connection does when it becomes established, whichever side opened it. Also the keyed numbers a connection starts
 * from. RFC 9293 3.5, 3.10.1, 3.10.7.3; RFC 6528; RFC 7323 2, 5.4.
 */
#include <uapi/linux/xtcp_netlink.h>

#include "ip/tuple.h"
#include "xtcp.h"

#define XTCP_CONNECT_ISN_TICK_SHIFT	6	/* the ISN clock ticks every 64 ns (RFC 6528: about 4 us or faster) */

static siphash_aligned_key_t xtcp_connect_key;

/** xtcp_connect_hash() - keyed hash of a 4-tuple; @salt separates its uses */
u32 xtcp_connect_hash(const struct xtcp_tuple *t, u32 salt)
{
	net_get_random_once(&xtcp_connect_key, sizeof(xtcp_connect_key));
	return xtcp_tuple_hash(t, salt, &xtcp_connect_key);
}

enum {
	XTCP_SALT_ISN = 1,
	XTCP_SALT_TS,
};

/** xtcp_connect_isn() - RFC 6528: ISN = M + F(4-tuple, key) */
u32 xtcp_connect_isn(struct net *net, const struct xtcp_tuple *t)
{
	return xtcp_connect_hash(t, XTCP_SALT_ISN + net_hash_mix(net) * 16) +
	       (u32)(ktime_get_real_ns() >> XTCP_CONNECT_ISN_TICK_SHIFT);
}

/** xtcp_connect_ts_offset() - RFC 7323 5.4: keyed, per pair of hosts, hides the uptime; 0 if tcp_timestamps is 2 */
u32 xtcp_connect_ts_offset(struct net *net, const struct xtcp_tuple *t)
{
	struct xtcp_tuple hosts = *t;

	if (READ_ONCE(net->ipv4.sysctl_tcp_timestamps) != 1)
		return 0;
	hosts.lport = 0;
	hosts.rport = 0;
	return xtcp_connect_hash(&hosts, XTCP_SALT_TS + net_hash_mix(net) * 16);
}

/** xtcp_connect_fill_tuple() - a socket's addresses as a tuple */
void xtcp_connect_fill_tuple(const struct sock *sk, struct xtcp_tuple *t)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (xtcp_sk(sk)->v4) {
		ipv6_addr_set_v4mapped(inet->inet_saddr ? : inet->inet_rcv_saddr, &t->laddr);
		ipv6_addr_set_v4mapped(inet->inet_daddr, &t->raddr);
	} else {
		t->laddr = inet6_sk(sk)->saddr;
		t->raddr = sk->sk_v6_daddr;
	}
	t->lport = inet->inet_sport;
	t->rport = inet->inet_dport;
}

/**
 * xtcp_connect_rcv_wnd_init() - the first receive window and our window scale (RFC 7323 2.2)
 * @sk: socket or listener: its buffer and clamp apply
 * @space: payload bytes its buffer holds now
 * @mss: MSS we advertise
 * @wscale_ok: scaling may be offered
 * @rcv_wnd: out: bytes
 * @wscale: out: shift
 */
void xtcp_connect_rcv_wnd_init(const struct sock *sk, int space, u32 mss, bool wscale_ok, u32 *rcv_wnd, u8 *wscale)
{
	struct net *net = sock_net(sk);
	u32 clamp = READ_ONCE(tcp_sk(sk)->window_clamp);
	u32 most = max_t(u32, space, READ_ONCE(net->ipv4.sysctl_tcp_rmem[2]));

	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK)
		most = space;
	most = max_t(u32, most, READ_ONCE(sysctl_rmem_max));
	if (clamp)
		most = min(most, clamp);
	*wscale = wscale_ok ? xtcp_window_scale(most) : 0;
	*rcv_wnd = min_t(u32, max(space, 0), 65535u);
	if (clamp)
		*rcv_wnd = min(*rcv_wnd, clamp);
	if (*rcv_wnd > mss)
		*rcv_wnd = rounddown(*rcv_wnd, mss);
}

/**
 * xtcp_connect_start() - addresses, port and route are set, the state is SYN-SENT: send the SYN
 * @sk: socket, locked
 *
 * Return: 0 or a negative errno. Process context, socket locked.
 */
int xtcp_connect_start(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct net *net = sock_net(sk);
	struct dst_entry *dst = __sk_dst_get(sk);
	struct xtcp_tuple t;
	u8 wscale;

	if (!dst)
		return -EHOSTUNREACH;
	xtcp_connect_fill_tuple(sk, &t);
	/* a TIME-WAIT that is being reused has set write_seq above its own sequence space (RFC 6191) */
	if (!tp->write_seq)
		WRITE_ONCE(tp->write_seq, xtcp_connect_isn(net, &t));
	if (!tp->rx_opt.ts_recent_stamp)
		tp->tsoffset = xtcp_connect_ts_offset(net, &t);
	xs->isn = tp->write_seq;
	tp->snd_una = tp->write_seq;
	tp->snd_sml = tp->write_seq;
	tp->high_seq = tp->write_seq;
	tp->snd_up = tp->write_seq;
	WRITE_ONCE(tp->snd_nxt, tp->write_seq);
	tp->rcv_nxt = 0;
	tp->rcv_wup = 0;
	tp->copied_seq = 0;
	tp->snd_wnd = 0;
	tp->max_window = 0;
	tp->rx_opt.mss_clamp = TCP_MSS_DEFAULT;
	if (tp->rx_opt.user_mss)
		tp->rx_opt.mss_clamp = tp->rx_opt.user_mss;
	tp->tcp_header_len = sizeof(struct tcphdr);
	tp->advmss = dst_metric_advmss(dst);
	if (tp->rx_opt.user_mss && tp->rx_opt.user_mss < tp->advmss)
		tp->advmss = tp->rx_opt.user_mss;
	xtcp_cong_route(sk, dst);
	xtcp_output_sync_mss(sk, dst_mtu(dst));
	xtcp_connect_rcv_wnd_init(sk, tcp_full_space(sk), tp->advmss,
				  READ_ONCE(net->ipv4.sysctl_tcp_window_scaling), &tp->rcv_wnd, &wscale);
	tp->rx_opt.rcv_wscale = wscale;
	sk->sk_err = 0;
	sock_reset_flag(sk, SOCK_DONE);
	inet_csk(sk)->icsk_retransmits = 0;
	inet_csk(sk)->icsk_backoff = 0;
	xtcp_why_begin(sk);
	xtcp_policy_apply(sk, false);
	xs->rto_us = XTCP_RTO_INITIAL_US;
	inet_csk(sk)->icsk_rto = usecs_to_jiffies(xs->rto_us);
	xtcp_mib_inc(net, XTCP_MIB_ActiveOpens);
	/* TCP_FASTOPEN_CONNECT with a cookie at hand: the SYN waits for the first write */
	if (xtcp_fastopen_wanted(sk)) {
		xtcp_compat_set_deferred(sk, true);
		return 0;
	}
	return xtcp_control_syn(sk);
}

/* The peer's SYN, alone or with an ACK: take over what it offers. */
static void xtcp_connect_take_syn(struct sock *sk, const struct xtcp_cb *cb, const struct xtcp_options *o)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct net *net = sock_net(sk);
	u16 mss = o->mss ? : xtcp_default_mss(xs->v4);

	xs->peer_isn = cb->seq;
	WRITE_ONCE(tp->rcv_nxt, cb->seq + 1);
	WRITE_ONCE(tp->copied_seq, cb->seq + 1);
	tp->rcv_wup = cb->seq + 1;
	xs->last_ack_sent = cb->seq + 1;
	tp->snd_wl1 = cb->seq;
	tp->snd_wnd = cb->wnd;		/* a SYN's window is never scaled */
	tp->max_window = cb->wnd;

	tp->rx_opt.sack_ok = o->sack_ok && READ_ONCE(net->ipv4.sysctl_tcp_sack);
	tp->rx_opt.wscale_ok = o->has_wscale && READ_ONCE(net->ipv4.sysctl_tcp_window_scaling);
	if (tp->rx_opt.wscale_ok) {
		tp->rx_opt.snd_wscale = o->wscale;
	} else {
		tp->rx_opt.snd_wscale = 0;
		tp->rx_opt.rcv_wscale = 0;
	}
	tp->rx_opt.tstamp_ok = o->has_ts && READ_ONCE(net->ipv4.sysctl_tcp_timestamps);
	if (tp->rx_opt.tstamp_ok) {
		tp->rx_opt.ts_recent = o->tsval;
		tp->rx_opt.ts_recent_stamp = xtcp_clock_s();
		tp->tcp_header_len = sizeof(struct tcphdr) + XTCP_OPTIONS_TS_BYTES;
		tp->advmss -= XTCP_OPTIONS_TS_BYTES;
	} else {
		tp->rx_opt.ts_recent_stamp = 0;
		tp->tcp_header_len = sizeof(struct tcphdr);
	}
	mss = max_t(u16, mss, XTCP_ADVERTISED_MSS_MIN - 40);
	if (tp->rx_opt.user_mss)
		mss = min(mss, tp->rx_opt.user_mss);
	tp->rx_opt.mss_clamp = mss;
	inet_csk(sk)->icsk_ack.rcv_mss = min_t(u32, min_t(u32, tp->advmss, mss), TCP_MSS_DEFAULT);
	xtcp_output_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
}

/* Our SYN was acknowledged: it leaves the retransmit queue, and gives the first RTT sample if it was sent once. */
static void xtcp_connect_syn_acked(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (skb && XTCP_CB(skb)->flags & XTCP_SYN) {
		if (!(XTCP_CB(skb)->state & XTCP_SKB_EVER_RETRANS))
			xtcp_ack_rtt(sk, tp->tcp_mstamp - tcp_skb_timestamp_us(skb));
		tp->packets_out -= XTCP_CB(skb)->segs;
		xtcp_queue_acked(sk, skb);
	}
	/* what else is out is text that Fast Open sent: it was sent once */
	tp->retrans_out = 0;
	tp->lost_out = 0;
	tp->snd_una = xs->isn + 1;
	tp->snd_sml = tp->snd_una;
	tp->high_seq = tp->snd_una;
	tp->snd_up = tp->snd_una;
	if (xs->tx) {
		xs->tx->lost_below = tp->snd_una;
		xs->tx->rack.fack = tp->snd_una;
	}
	inet_csk(sk)->icsk_retransmits = 0;
	inet_csk(sk)->icsk_backoff = 0;
	xtcp_timer_rtx_rearm(sk);
}

/** xtcp_connect_established() - what every new connection does; state is set by the caller */
void xtcp_connect_established(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct dst_entry *dst = __sk_dst_get(sk);
	u32 cwnd = xs->init_cwnd ? : dst ? dst_metric(dst, RTAX_INITCWND) : 0;

	tp->snd_cwnd = cwnd ? : READ_ONCE(xtcp_sk_net(sk)->knobs.init_cwnd);
	/* RFC 5681 3.1: a lost SYN means a congested path */
	if (tp->total_retrans > 1)
		tp->snd_cwnd = 1;
	tp->snd_cwnd_stamp = tcp_jiffies32;
	tp->rcv_tstamp = tcp_jiffies32;
	tp->lsndtime = tcp_jiffies32;
	icsk->icsk_ack.lrcvtime = tcp_jiffies32;
	tp->delivered = 0;
	tp->max_window = max(tp->max_window, tp->snd_wnd);
	/* what the SYN carries unscaled, the connection offers scaled from now on */
	xtcp_mem_rcvbuf_init(sk);
	xtcp_mtuprobe_init(sk);
	xtcp_output_sync_mss(sk, icsk->icsk_pmtu_cookie);
	xtcp_pace_rate_update(sk);
	xtcp_cong_start(sk);
	xs->quick = 16;
	xs->pingpong = false;
	if (sock_flag(sk, SOCK_KEEPOPEN))
		xtcp_timer_keep_start(sk, keepalive_time_when(tp));
	xtcp_event_established(sk);
}

/** xtcp_connect_finish() - the ACK of our SYN is here: ESTABLISHED (client or simultaneous open) */
void xtcp_connect_finish(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xtcp_connect_syn_acked(sk);
	xtcp_state_set(sk, TCP_ESTABLISHED);
	if (!xs->fastopen_child)
		xtcp_connect_established(sk);
	/* the window in this segment may be scaled where the SYN's was not */
	xs->tp.snd_wl1 = xs->peer_isn;
	/* close() or shutdown() during the open: its FIN is waiting */
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_state_change(sk);
		sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	}
}

/* RFC 9293 3.10.7.3 first to fourth check. Returns true if the segment goes on to its SYN. */
static bool xtcp_connect_check(struct sock *sk, struct sk_buff *skb)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct xtcp_cb *cb = XTCP_CB(skb);
	struct xtcp_segment seg = { .seq = cb->seq, .ack = cb->rx.ack, .flags = cb->flags };
	enum xtcp_drop why = XTCP_DropFlags;
	struct xtcp_tuple t;

	switch (xtcp_step_syn_sent(&seg, tp->snd_una, tp->snd_nxt)) {
	case XTCP_OPEN_SYNACK:
	case XTCP_OPEN_SYN:
		return true;
	case XTCP_OPEN_DROP_ACK:
		if (!(cb->flags & XTCP_RST)) {
			xtcp_connect_fill_tuple(sk, &t);
			xtcp_control_stateless_reset(sock_net(sk), skb, &t, sk->sk_bound_dev_if);
		}
		why = XTCP_DropAck;
		break;
	case XTCP_OPEN_REFUSED:
		xtcp_why_ends(sk, XTCP_REASON_REFUSED);
		xtcp_close_reset(sk, ECONNREFUSED);
		why = XTCP_DropReset;
		break;
	case XTCP_OPEN_DROP_RST:
		why = XTCP_DropReset;
		break;
	case XTCP_OPEN_DROP:
		break;
	}
	xtcp_mib_drop(sock_net(sk), skb, why);
	return false;
}

/**
 * xtcp_connect_rcv() - a segment in SYN-SENT (RFC 9293 3.10.7.3)
 * @sk: connection, locked
 * @skb: the segment
 * @o: its options; read again here
 *
 * Consumes @skb. Text in a SYN is left to be sent again: it is legal and rare.
 */
int xtcp_connect_rcv(struct sock *sk, struct sk_buff *skb, struct xtcp_options *o)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcphdr *th = tcp_hdr(skb);
	struct xtcp_cb *cb = XTCP_CB(skb);

	if (!xtcp_connect_check(sk, skb))
		return 0;
	/* SACK is being agreed only now, so the options are read once more, whole */
	xtcp_options_parse(o, (const u8 *)(th + 1), th->doff * 4 - sizeof(*th), true);
	xtcp_connect_take_syn(sk, cb, o);
	if (!(cb->flags & XTCP_ACK)) {
		/* fourth check: simultaneous open */
		xtcp_ecn_syn_rcv(sk, cb->flags);
		xtcp_state_set(sk, TCP_SYN_RECV);
		xtcp_control_synack(sk);
		consume_skb(skb);
		return 0;
	}
	security_inet_conn_established(sk, skb);
	xtcp_ecn_synack_rcv(sk, cb->flags);
	xtcp_connect_finish(sk);
	xtcp_fastopen_answered(sk, cb->rx.ack, o);
	/*
	 * an application that will write at once can let its data carry the ACK; else the peer is waiting for this
	 * one
	 */
	xs->ack_now = true;
	if (!skb_queue_empty(xtcp_unsent(sk)))
		xtcp_output_push(sk, false);
	if (xs->ack_now)
		xtcp_control_ack(sk);
	consume_skb(skb);
	return 0;
}
