// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTU discovery without ICMP: sends a probe, one larger segment of ordinary data, judges what became of it, and
 * makes segments smaller when nothing gets through (net.ipv4.tcp_mtu_probing 2, and 1 once a black hole showed). The
 * search is core/plpmtu.c's. Called by tx/output.c, rx/recover.c and the retransmission timer, socket lock held.
 * RFC 4821, RFC 2923.
 */
#include "xtcp.h"

#define XTCP_MTUPROBE_CWND_MIN	11u	/* a probe's loss must not stall a small flight (RFC 4821 7.4) */

static u32 xtcp_mtuprobe_headers(const struct sock *sk)
{
	return xtcp_out_ip_header(sk) + max_t(u32, tcp_sk(sk)->tcp_header_len, sizeof(struct tcphdr));
}

/** xtcp_mtuprobe_init() - established, or the first text is to be sent: begin the search if it is always on */
void xtcp_mtuprobe_init(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	const struct net *net = sock_net(sk);

	if (!xs->tx)
		return;
	memset(&xs->tx->mtup, 0, sizeof(xs->tx->mtup));
	if (READ_ONCE(net->ipv4.sysctl_tcp_mtu_probing) > 1)
		xtcp_plpmtu_begin(&xs->tx->mtup, READ_ONCE(net->ipv4.sysctl_tcp_base_mss) + xtcp_mtuprobe_headers(sk),
				  min_t(u32, inet_csk(sk)->icsk_pmtu_cookie,
					xs->tp.rx_opt.mss_clamp + xtcp_mtuprobe_headers(sk)));
}

/** xtcp_mtuprobe_limit() - packets no larger than @pmtu, and no larger than what is known to arrive */
u32 xtcp_mtuprobe_limit(const struct sock *sk, u32 pmtu)
{
	const struct xtcp_sender *tx = xtcp_sk(sk)->tx;

	return tx && tx->mtup.enabled ? min(pmtu, tx->mtup.low) : pmtu;
}

/* Is this a moment at which a probe costs nothing but itself? RFC 4821 7.4 */
static bool xtcp_mtuprobe_quiet(const struct sock *sk)
{
	const struct xtcp_sock *xs = xtcp_sk(sk);

	return inet_csk(sk)->icsk_ca_state == TCP_CA_Open && xs->tp.snd_cwnd >= XTCP_MTUPROBE_CWND_MIN &&
	       !xs->tp.rx_opt.num_sacks && xs->tp.rx_opt.sack_ok;
}

/**
 * xtcp_mtuprobe_try() - may the first unsent buffer begin with a probe?
 * @sk: connection, about to send
 * @skb: first unsent buffer
 * @quota: segments that cwnd has room for
 *
 * Return: payload bytes of the probe, which is more than one MSS, or 0. The caller sends it as a single segment.
 */
u32 xtcp_mtuprobe_try(struct sock *sk, const struct sk_buff *skb, u32 quota)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	struct net *net = sock_net(sk);
	const struct dst_entry *dst = __sk_dst_get(sk);
	u32 size, len;

	if (likely(!xs->tx->mtup.enabled) || !dst || !xtcp_mtuprobe_quiet(sk) || quota < 2)
		return 0;
	size = xtcp_plpmtu_next(&xs->tx->mtup, READ_ONCE(net->ipv4.sysctl_tcp_probe_threshold), xtcp_clock_s(),
				READ_ONCE(net->ipv4.sysctl_tcp_probe_interval),
				min_t(u32, dst_mtu(dst), tp->rx_opt.mss_clamp + xtcp_mtuprobe_headers(sk)));
	if (!size)
		return 0;
	len = size - xtcp_mtuprobe_headers(sk);
	/* enough behind it for duplicate ACKs to tell of its loss */
	if (len <= tp->mss_cache || skb->len < len + tp->mss_cache ||
	    tp->write_seq - XTCP_CB(skb)->seq < len + (tp->reordering + 1) * tp->mss_cache ||
	    xtcp_seq_gt(XTCP_CB(skb)->seq + len, tp->snd_una + tp->snd_wnd))
		return 0;
	return len;
}

/** xtcp_mtuprobe_sent() - the probe [@seq, @seq + @len) has left */
void xtcp_mtuprobe_sent(struct sock *sk, u32 seq, u32 len)
{
	struct xtcp_plpmtu *m = &xtcp_sk(sk)->tx->mtup;

	m->probe = len + xtcp_mtuprobe_headers(sk);
	m->probe_start = seq;
	m->probe_end = seq + len;
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPMTUPProbes);
}

/* Segments are larger now: as many bytes in flight as before (RFC 4821 7.6.1's last paragraph) */
static void xtcp_mtuprobe_arrived(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	u32 mss = tp->mss_cache;

	xtcp_plpmtu_arrived(&xs->tx->mtup);
	xtcp_output_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
	if (tp->mss_cache > mss) {
		tp->snd_cwnd = max_t(u32, 1, div_u64((u64)tp->snd_cwnd * mss, tp->mss_cache));
		tp->snd_cwnd_cnt = 0;
		tp->snd_cwnd_stamp = tcp_jiffies32;
		tp->snd_ssthresh = tcp_current_ssthresh(sk);
	}
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPMTUPSuccess);
}

/**
 * xtcp_mtuprobe_ack() - an ACK came, losses are marked: what became of the probe?
 * @sk: connection
 *
 * A probe that is lost alone was too large, which is no sign of congestion: the caller need not reduce cwnd.
 *
 * Return: true if that is so: what is marked lost is the probe and nothing else.
 */
bool xtcp_mtuprobe_ack(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	const struct sk_buff *skb = tcp_rtx_queue_head(sk);

	if (likely(!xs->tx->mtup.probe))
		return false;
	if (!xtcp_seq_lt(tp->snd_una, xs->tx->mtup.probe_end)) {
		xtcp_mtuprobe_arrived(sk);
		return false;
	}
	if (!tp->lost_out || !skb || XTCP_CB(skb)->seq != xs->tx->mtup.probe_start ||
	    !(XTCP_CB(skb)->state & XTCP_SKB_LOST))
		return false;
	xtcp_plpmtu_lost(&xs->tx->mtup);
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPMTUPFail);
	return tp->lost_out == XTCP_CB(skb)->segs && inet_csk(sk)->icsk_ca_state < TCP_CA_CWR;
}

/** xtcp_mtuprobe_black_hole() - time-outs in a row: perhaps packets are too large and nobody says so (RFC 2923 2.1) */
void xtcp_mtuprobe_black_hole(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	const struct net *net = sock_net(sk);
	u32 headers = xtcp_mtuprobe_headers(sk);

	if (!READ_ONCE(net->ipv4.sysctl_tcp_mtu_probing))
		return;
	xs->tx->mtup.probe = 0;
	xtcp_plpmtu_black_hole(&xs->tx->mtup, READ_ONCE(net->ipv4.sysctl_tcp_base_mss) + headers,
			       max(READ_ONCE(net->ipv4.sysctl_tcp_mtu_probe_floor),
				   READ_ONCE(net->ipv4.sysctl_tcp_min_snd_mss)) + headers,
			       xs->tp.mss_cache + headers);
	xtcp_output_sync_mss(sk, inet_csk(sk)->icsk_pmtu_cookie);
}
