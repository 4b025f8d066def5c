// SPDX-License-Identifier: GPL-2.0
/*
 * Data out: which bytes of the send queue leave now, and the header they leave with. Called with the socket lock held
 * by sendmsg(), by ACK processing and by the timers. What may be sent is decided by core/window.c (SWS avoidance,
 * Nagle), the congestion window, pacing, and the amount already waiting in the device queue.
 * RFC 9293 3.8.6, RFC 1122 4.2.3.4, RFC 7323 3, RFC 2018 4.
 */
#include "xtcp.h"

#define XTCP_OUTPUT_TURNS	3	/* answers in a row that make a connection interactive */
#define XTCP_OUTPUT_SMALL_BURST	2	/* segments */

/* ------------------------------------------------------------ segment size */

/** xtcp_output_sync_mss() - the path MTU is @pmtu bytes: derive the segment size (RFC 9293 3.7.1) */
void xtcp_output_sync_mss(struct sock *sk, u32 pmtu)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 fixed = tp->tcp_header_len ? tp->tcp_header_len : sizeof(struct tcphdr);
	u32 headers = xtcp_out_ip_header(sk) + sizeof(struct tcphdr);
	u32 mtu = xtcp_mtuprobe_limit(sk, pmtu);
	u32 mss = mtu > headers ? mtu - headers : 0;

	mss = min_t(u32, mss, tp->rx_opt.mss_clamp);
	if (tp->rx_opt.user_mss)
		mss = min_t(u32, mss, tp->rx_opt.user_mss);
	/* the peer's MSS counts no options (RFC 6691), so they come out of it here */
	mss -= min_t(u32, mss, fixed - sizeof(struct tcphdr));
	/* a segment should not take more than half of what the peer can hold */
	if (tp->max_window > TCP_MSS_DEFAULT)
		mss = min(mss, tp->max_window / 2);
	mss = max_t(u32, mss, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_min_snd_mss));
	inet_csk(sk)->icsk_pmtu_cookie = pmtu;
	tp->mss_cache = mss;
}

static unsigned int xtcp_output_sack_bytes(struct xtcp_sock *xs)
{
	unsigned int n = xs->tp.rx_opt.num_sacks + (xtcp_dsack(xs)->start != xtcp_dsack(xs)->end);
	unsigned int room = xs->tp.rx_opt.tstamp_ok ? 3 : 4;

	n = min(n, room);
	return n ? 4 + 8 * n : 0;
}

/** xtcp_output_mss() - payload bytes of a full segment sent now; follows the route's MTU */
unsigned int xtcp_output_mss(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct dst_entry *dst = __sk_dst_get(sk);
	unsigned int sacks;

	if (dst) {
		u32 mtu = dst_mtu(dst);

		if (mtu != inet_csk(sk)->icsk_pmtu_cookie)
			xtcp_output_sync_mss(sk, mtu);
	}
	sacks = xtcp_output_sack_bytes(xtcp_sk(sk));
	return tp->mss_cache > sacks + XTCP_ADVERTISED_MSS_MIN / 2 ? tp->mss_cache - sacks : tp->mss_cache;
}

/* ------------------------------------------------------------ receive window */

static u32 xtcp_output_rcv_wnd_left(const struct tcp_sock *tp)
{
	s32 left = tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt;

	return left > 0 ? left : 0;
}

/** xtcp_output_would_advertise() - the window, in bytes, that a segment sent now would offer */
u32 xtcp_output_would_advertise(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_window_in in = {
		.space = max(tcp_space(sk), 0),
		.full_space = max(tcp_full_space(sk), 0),
		.current_wnd = xtcp_output_rcv_wnd_left(tp),
		.mss = max_t(u32, inet_csk(sk)->icsk_ack.rcv_mss, 1),
		.clamp = tp->window_clamp,
		.wscale = tp->rx_opt.rcv_wscale,
		.pressure = tcp_under_memory_pressure(sk),
	};

	return xtcp_window_select(&in);
}

/** xtcp_output_advertised_wnd() - choose RCV.WND, record it, and return the header field's value (scaled) */
u32 xtcp_output_advertised_wnd(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 old = tp->rcv_wnd;
	u32 wnd = xtcp_output_would_advertise(sk);

	tp->rcv_wnd = wnd;
	tp->rcv_wup = tp->rcv_nxt;
	if (wnd > tp->rcv_ssthresh) {
		xtcp_sk(sk)->grown += wnd - tp->rcv_ssthresh;
		tp->rcv_ssthresh = wnd;
	}
	/* what was promised is not taken back, although there is no room */
	if (wnd && tcp_space(sk) <= 0)
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPWantZeroWindowAdv);
	if (!wnd && old)
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPToZeroWindowAdv);
	else if (wnd && !old)
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPFromZeroWindowAdv);
	return wnd >> tp->rx_opt.rcv_wscale;
}

/* ------------------------------------------------------------ the header */

static void xtcp_output_syn_options(struct sock *sk, u8 flags, struct xtcp_options *o)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct net *net = sock_net(sk);
	bool answer = flags & XTCP_ACK;

	o->mss = tp->advmss;
	o->has_ts = answer ? tp->rx_opt.tstamp_ok : READ_ONCE(net->ipv4.sysctl_tcp_timestamps) != 0;
	o->has_wscale = answer ? tp->rx_opt.wscale_ok : READ_ONCE(net->ipv4.sysctl_tcp_window_scaling) != 0;
	o->wscale = tp->rx_opt.rcv_wscale;
	o->sack_ok = answer ? tp->rx_opt.sack_ok != 0 : READ_ONCE(net->ipv4.sysctl_tcp_sack) != 0;
	if (!answer)
		xtcp_fastopen_option(sk, o);
}

static void xtcp_output_sack_options(struct xtcp_sock *xs, struct xtcp_options *o)
{
	unsigned int i, room = o->has_ts ? 3 : 4;

	if (xtcp_dsack(xs)->start != xtcp_dsack(xs)->end)
		o->sack[o->nr_sack++] = *xtcp_dsack(xs);
	for (i = 0; i < xs->tp.rx_opt.num_sacks && o->nr_sack < room; i++)
		o->sack[o->nr_sack++] = xtcp_sacks(xs)[i];
}

static void xtcp_output_options(struct sock *sk, u8 flags, struct xtcp_options *o)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcp_sock *tp = &xs->tp;

	memset(o, 0, offsetof(struct xtcp_options, sack));
	if (flags & XTCP_SYN) {
		xtcp_output_syn_options(sk, flags, o);
	} else {
		o->has_ts = tp->rx_opt.tstamp_ok;
		if (unlikely(xs->tp.rx_opt.num_sacks || xtcp_dsack(xs)->start != xtcp_dsack(xs)->end))
			xtcp_output_sack_options(xs, o);
	}
	if (o->has_ts) {
		o->tsval = xtcp_clock_ts(tp->tcp_mstamp) + tp->tsoffset;
		o->tsecr = tp->rx_opt.ts_recent;
	}
}

/* Is there urgent data that the peer has not acknowledged? */
static bool xtcp_output_urgent(const struct tcp_sock *tp)
{
	return xtcp_seq_gt(tp->snd_up, tp->snd_una);
}

/* An ACK leaves with this segment: nothing is owed any more. */
static void xtcp_output_ack_sent(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	xs->last_ack_sent = xs->tp.rcv_nxt;
	xs->ack_now = false;
	xs->ack_dup = false;
	xtcp_dupack_sent(sk);
	xtcp_dsack(xs)->end = xtcp_dsack(xs)->start;
	if (xs->quick)
		xs->quick--;
	xtcp_timer_delack_stop(sk);
}

/*
 * The clone or copy has been given to the device and is freed: give its memory back, and resume a socket that stopped
 * because too much of its data waited there. One byte of sk_wmem_alloc stays behind as the resume work's reference.
 */
static void xtcp_output_wfree(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	WARN_ON(refcount_sub_and_test(skb->truesize - 1, &sk->sk_wmem_alloc));
	if (test_bit(XTCP_TSQ_THROTTLED, &sk->sk_tsq_flags) &&
	    !test_and_set_bit(XTCP_TSQ_QUEUED, &sk->sk_tsq_flags)) {
		clear_bit(XTCP_TSQ_THROTTLED, &sk->sk_tsq_flags);
		xtcp_output_tsq_resume(sk);
		return;
	}
	sk_free(sk);
}

/* xtcp_output_header() - put the TCP header in front of the payload of @skb, which is ours alone */
static void xtcp_output_header(struct sock *sk, struct sk_buff *skb, const struct xtcp_cb *cb, u32 seq)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct xtcp_options opt;
	struct tcphdr *th;
	unsigned int hlen;
	u32 wnd;
	u16 urg;

	xtcp_output_options(sk, cb->flags, &opt);
	hlen = sizeof(*th) + xtcp_options_size(&opt);
	if (cb->flags & XTCP_SYN)
		wnd = min(xtcp_output_rcv_wnd_left(tcp_sk(sk)), 65535u);
	else
		wnd = xtcp_output_advertised_wnd(sk);

	skb_push(skb, hlen);
	skb_reset_transport_header(skb);
	th = tcp_hdr(skb);
	th->source = inet->inet_sport;
	th->dest = inet->inet_dport;
	th->seq = htonl(seq);
	th->ack_seq = cb->flags & XTCP_ACK ? htonl(tcp_sk(sk)->rcv_nxt) : 0;
	((u8 *)th)[12] = hlen / 4 << 4;
	((u8 *)th)[13] = cb->flags;
	th->window = htons(min(wnd, 65535u));
	th->check = 0;
	th->urg_ptr = 0;
	if (unlikely(xtcp_output_urgent(tcp_sk(sk))) && !(cb->flags & (XTCP_SYN | XTCP_RST)) &&
	    xtcp_urgent_field(seq, tcp_sk(sk)->snd_up, tcp_sk(sk)->snd_nxt, &urg)) {
		th->urg = 1;
		th->urg_ptr = htons(urg);
	}
	xtcp_options_write((u8 *)(th + 1), &opt);
}

static void xtcp_output_set_gso(const struct sock *sk, struct sk_buff *skb, const struct xtcp_cb *cb)
{
	struct skb_shared_info *si = skb_shinfo(skb);

	if (cb->segs > 1) {
		si->gso_size = cb->mss;
		si->gso_segs = cb->segs;
		/* the device repeats CWR on the first segment only */
		si->gso_type = sk->sk_gso_type | (cb->flags & XTCP_CWR ? SKB_GSO_TCP_ECN : 0);
	} else {
		si->gso_size = 0;
		si->gso_segs = 0;
		si->gso_type = 0;
	}
}

/*
 * Give one segment to IP. Consumes @skb. A congested or dropping device queue is a sign of congestion, not an error
 * that the caller has to see, unless the segment did not leave at all.
 */
static int xtcp_output_emit(struct sock *sk, struct sk_buff *skb, struct xtcp_cb *cb, bool retrans)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 len = skb->len;
	int err;

	cb->flags = xtcp_ecn_send(sk, skb, cb, retrans);
	xtcp_output_header(sk, skb, cb, cb->seq);
	xtcp_output_set_gso(sk, skb, cb);
	if (cb->flags & XTCP_ACK)
		xtcp_output_ack_sent(sk);
	/* below us it is IP's control block, and IP believes what it finds there */
	memset(skb->cb, 0, sizeof(skb->cb));
	skb->sk = sk;
	skb->destructor = xtcp_output_wfree;
	refcount_add(skb->truesize, &sk->sk_wmem_alloc);
	skb_set_hash_from_sk(skb, sk);
	skb_set_dst_pending_confirm(skb, READ_ONCE(sk->sk_dst_pending_confirm));
	xtcp_out_checksum_sk(sk, skb);

	tp->segs_out += cb->segs;
	if (len) {
		tp->data_segs_out += cb->segs;
		tp->bytes_sent += len;
	}
	xtcp_mib_sk_add(sk, XTCP_MIB_OutSegs, cb->segs);
	err = xtcp_out_xmit(sk, skb);
	return err > 0 ? net_xmit_eval(err) : err;
}

/*
 * Text leaves soon after text arrived: after a few such turns the application is taken for one that answers, and ACKs
 * wait for its answers.
 */
static void xtcp_output_note_turn(struct xtcp_sock *xs)
{
	if (xs->pingpong || xs->answered || !xs->last_data_us ||
	    xs->tp.tcp_mstamp - xs->last_data_us >= max(xs->ato_us, XTCP_DELACK_MIN_US))
		return;
	xs->answered = true;
	if (++xs->turns >= XTCP_OUTPUT_TURNS)
		xs->pingpong = true;
}

/**
 * xtcp_output_transmit() - send one buffer of the send queue, first time or again
 * @sk: connection, locked, clock refreshed
 * @skb: stays on its queue; XTCP_CB()->segs and ->mss are set
 * @retrans: it was sent before
 * @gfp: allocation context
 *
 * Return: 0, or a negative errno or positive NET_XMIT_ code if it did not leave.
 */
int xtcp_output_transmit(struct sock *sk, struct sk_buff *skb, bool retrans, gfp_t gfp)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb cb = *XTCP_CB(skb);
	u64 prior_ns = tp->tcp_wstamp_ns;
	struct sk_buff *out;
	int err;

	tp->tcp_wstamp_ns = max(tp->tcp_wstamp_ns, tp->tcp_clock_cache);
	skb_set_delivery_time(skb, tp->tcp_wstamp_ns, true);
	xtcp_rate_sent(sk, skb);
	/* an earlier clone may still be in a device queue with its header in the shared head: then copy the head */
	tcp_skb_tsorted_save(skb) {
		out = skb_cloned(skb) ? pskb_copy(skb, gfp) : skb_clone(skb, gfp);
	} tcp_skb_tsorted_restore(skb);
	if (unlikely(!out))
		return -ENOBUFS;
	if (cb.flags & XTCP_SYN) {
		cb.segs = 1;
		cb.flags = xtcp_ecn_syn_flags(sk, cb.flags, retrans);
	}
	out->dev = NULL;
	if (unlikely(tp->tcp_tx_delay))
		skb_set_delivery_time(out, skb->skb_mstamp_ns + (u64)tp->tcp_tx_delay * NSEC_PER_USEC, true);
	err = xtcp_output_emit(sk, out, &cb, retrans);
	if (likely(!err)) {
		if (skb->len) {
			tp->lsndtime = tcp_jiffies32;
			xtcp_output_note_turn(xtcp_sk(sk));
		}
		if (inet_csk(sk)->icsk_ca_state == TCP_CA_Recovery || inet_csk(sk)->icsk_ca_state == TCP_CA_CWR)
			xtcp_sk(sk)->tx->prr.out += cb.segs;
		xtcp_pace_sent(sk, skb, prior_ns);
	}
	return err;
}

/**
 * xtcp_output_syn_text() - send SYN and text in one segment (RFC 7413 4.2.1)
 * @sk: in SYN-SENT, locked, clock refreshed
 * @syn: first unsent buffer
 * @text: the one after it
 *
 * Return: as xtcp_output_transmit(); the buffers stay where they are.
 */
int xtcp_output_syn_text(struct sock *sk, struct sk_buff *syn, struct sk_buff *text)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb cb = *XTCP_CB(syn);
	struct sk_buff *out;

	tp->tcp_wstamp_ns = max(tp->tcp_wstamp_ns, tp->tcp_clock_cache);
	skb_set_delivery_time(syn, tp->tcp_wstamp_ns, true);
	skb_set_delivery_time(text, tp->tcp_wstamp_ns, true);
	xtcp_rate_sent(sk, syn);
	xtcp_rate_sent(sk, text);
	out = pskb_copy(text, sk_gfp_mask(sk, GFP_ATOMIC));
	if (!out)
		return -ENOBUFS;
	out->dev = NULL;
	return xtcp_output_emit(sk, out, &cb, false);
}

/**
 * xtcp_output_control() - send a segment without payload that needs no retransmission
 * @sk: connection, locked
 * @flags: XTCP_ACK and others
 * @seq: SEG.SEQ
 * @gfp: allocation context
 *
 * Return: 0, -ENOBUFS, or what IP said.
 */
int xtcp_output_control(struct sock *sk, u8 flags, u32 seq, gfp_t gfp)
{
	struct xtcp_cb cb = { .seq = seq, .flags = flags, .segs = 1 };
	unsigned int room = xtcp_out_headroom(__sk_dst_get(sk), xtcp_out_ip_header(sk));
	struct sk_buff *skb = alloc_skb(room, sk_gfp_mask(sk, gfp | __GFP_NOWARN));

	if (!skb)
		return -ENOBUFS;
	skb_reserve(skb, room);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb_set_delivery_time(skb, tcp_sk(sk)->tcp_clock_cache, true);
	return xtcp_output_emit(sk, skb, &cb, false);
}

/* ------------------------------------------------------------ what may be sent */

/*
 * Segments that one super-segment may have: a millisecond's worth at the pacing rate, at least two, at most the
 * device's.
 */
static u32 xtcp_output_burst_segs(const struct sock *sk, u32 mss)
{
	unsigned long bytes = READ_ONCE(sk->sk_pacing_rate) >> READ_ONCE(sk->sk_pacing_shift);
	const struct tcp_congestion_ops *ops = inet_csk(sk)->icsk_ca_ops;
	/* room for headers is taken off sk_gso_max_size already */
	u32 most = max_t(u32, 1, min_t(u32, sk->sk_gso_max_size, 65535 - MAX_TCP_HEADER) / mss);
	u32 least = ops->min_tso_segs ? ops->min_tso_segs((struct sock *)sk) :
		    READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_min_tso_segs);

	/* the urgent pointer counts from each segment's own number */
	if (!sk_can_gso(sk) || xtcp_output_urgent(tcp_sk(sk)))
		return 1;
	most = min_t(u32, most, sk->sk_gso_max_segs);
	bytes = min_t(unsigned long, bytes, sk->sk_gso_max_size);
	return clamp_t(u32, bytes / mss, min(least, most), most);
}

/* Enough of this socket's data already waits in queues below: stop until some of it has left. */
static bool xtcp_output_throttled(struct sock *sk, const struct sk_buff *skb)
{
	unsigned long limit = max_t(unsigned long, 2 * skb->truesize,
				    READ_ONCE(sk->sk_pacing_rate) >> READ_ONCE(sk->sk_pacing_shift));

	if (sk->sk_pacing_status == SK_PACING_NONE)
		limit = min_t(unsigned long, limit, READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_limit_output_bytes));
	if (refcount_read(&sk->sk_wmem_alloc) <= limit)
		return false;
	/* nothing outstanding means no destructor will ever resume us */
	if (RB_EMPTY_ROOT(&sk->tcp_rtx_queue))
		return false;
	set_bit(XTCP_TSQ_THROTTLED, &sk->sk_tsq_flags);
	/* the last buffer may have left just before the bit was set: look again, paired with xtcp_output_wfree() */
	smp_mb__after_atomic();
	return refcount_read(&sk->sk_wmem_alloc) > limit;
}

/*
 * How many bytes of the first unsent buffer may leave now: whole segments, and a small tail only if core/window.c says
 * so. A buffer that holds nothing but FIN counts as allowed with 0 bytes: *fin_only tells.
 */
static u32 xtcp_output_sendable(struct sock *sk, const struct sk_buff *skb, u32 mss, u32 quota, bool force,
				bool *fin_only)
{
	const struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcp_sock *tp = &xs->tp;
	u32 usable = xtcp_window_usable(tp->snd_una, tp->snd_wnd, XTCP_CB(skb)->seq);
	u32 most = min_t(u64, usable, (u64)quota * mss);
	u32 whole, tail;
	bool last = skb_queue_is_last(xtcp_unsent(sk), skb);

	*fin_only = !skb->len;
	if (!skb->len)
		return 0;
	/* all but a small tail needs no thought */
	whole = min(most, skb->len);
	tail = whole % mss;
	if (!tail)
		return whole;
	{
		struct xtcp_nagle_in in = {
			.len = tail,
			.mss = mss,
			.usable = usable - (whole - tail),
			.max_wnd = tp->max_window,
			.unacked = tp->snd_nxt - tp->snd_una,
			.nodelay = force || (tp->nonagle & (TCP_NAGLE_OFF | TCP_NAGLE_PUSH)) || xtcp_output_urgent(tp),
			.cork = !force && (tp->nonagle & TCP_NAGLE_CORK),
			.small_unacked = whole > tail ? false :
					 xtcp_seq_gt(tp->snd_sml, tp->snd_una) && xtcp_seq_le(tp->snd_sml, tp->snd_nxt),
			.fin = (XTCP_CB(skb)->flags & XTCP_FIN) && whole == skb->len,
			.more_queued = whole < skb->len,
		};

		/* a short buffer in the middle of the queue is not the end of what the user wrote */
		if (!last && whole == skb->len)
			return whole;
		return xtcp_window_nagle(&in) ? whole : whole - tail;
	}
}

/*
 * A window that opens by a segment or two per ACK would cut everything into small super-segments. Wait for more of it,
 * if the next ACK is near: not when a third of the window is open already, when ACKs bring trouble (RFC 3042: each of
 * the first duplicate ACKs lets a segment go, RFC 6937: each ACK of a reduction its share), or at the end of the
 * stream.
 */
static bool xtcp_output_defer(struct sock *sk, const struct sk_buff *skb, u32 len, u32 burst, u32 mss)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct sk_buff *head = tcp_rtx_queue_head(sk);
	u32 window = min_t(u64, tp->snd_wnd, (u64)tp->snd_cwnd * mss);

	/* where a millisecond holds a segment or two there is nothing to gain */
	if (len >= skb->len || len >= burst * mss || len >= window / 3 || burst <= XTCP_OUTPUT_SMALL_BURST || !head)
		return false;
	if (inet_csk(sk)->icsk_ca_state != TCP_CA_Open || XTCP_CB(skb)->flags & XTCP_FIN)
		return false;
	/* a sender that was silent has no rhythm of ACKs to wait for; and duplicate ACKs let single segments go */
	if ((s64)(tp->tcp_clock_cache - tp->tcp_wstamp_ns) > NSEC_PER_MSEC || tp->sacked_out)
		return false;
	/* the oldest segment left less than half a round trip ago: its ACK is too far off */
	return tp->tcp_mstamp - tcp_skb_timestamp_us(head) >= tp->srtt_us >> 4;
}

/* The next page of a sendfile() is about to be put into @skb: then it leaves in one piece. */
static bool xtcp_output_fed(const struct sock *sk, const struct sk_buff *skb)
{
	u16 until = xtcp_sk(sk)->fed;

	return until && (s16)(until - (u16)jiffies) >= 0 && skb_queue_is_last(xtcp_unsent(sk), skb) &&
	       !(XTCP_CB(skb)->flags & XTCP_FIN);
}

/* Cut off what must stay behind and send the first unsent buffer. */
static int xtcp_output_send_head(struct sock *sk, struct sk_buff *skb, u32 len, u32 mss, gfp_t gfp)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int err;

	if (len < skb->len) {
		xtcp_queue_set_segs(skb, mss);
		err = xtcp_queue_split(sk, skb, len, false, gfp);
		if (err)
			return err;
	}
	xtcp_queue_set_segs(skb, mss);
	if (skb->len && skb->len % mss && !(XTCP_CB(skb)->flags & XTCP_FIN))
		tp->snd_sml = XTCP_CB(skb)->end_seq;
	err = xtcp_output_transmit(sk, skb, false, gfp);
	if (err)
		return err;
	xtcp_queue_sent(sk, skb);
	xtcp_mib_sk_add(sk, XTCP_MIB_TCPOrigDataSent, XTCP_CB(skb)->segs);
	return 0;
}

/* Was the flight limited by cwnd? Congestion control may only grow a window that is used (RFC 7661's concern). */
static void xtcp_output_validate_cwnd(struct tcp_sock *tp, bool limited)
{
	if (!xtcp_seq_lt(tp->snd_una, tp->cwnd_usage_seq) || limited ||
	    (!tp->is_cwnd_limited && tp->packets_out > tp->max_packets_out)) {
		tp->is_cwnd_limited = limited;
		tp->max_packets_out = tp->packets_out;
		tp->cwnd_usage_seq = tp->snd_nxt;
	}
	if (limited || tp->packets_out > tp->snd_cwnd_used)
		tp->snd_cwnd_used = tp->packets_out;
}

/* RFC 5681 4.1: after an RTO of silence the old cwnd says nothing about the path any more. */
static void xtcp_output_idle_restart(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	const struct inet_connection_sock *icsk = inet_csk(sk);
	s32 idle = tcp_jiffies32 - tp->lsndtime;
	u32 cwnd, restart;

	if (tp->packets_out || !tp->lsndtime)
		return;
	xtcp_cong_event(sk, CA_EVENT_TX_START);
	if (!READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_slow_start_after_idle) || icsk->icsk_ca_ops->cong_control ||
	    idle <= (s32)icsk->icsk_rto)
		return;
	restart = min_t(u32, TCP_INIT_CWND, tp->snd_cwnd);
	xtcp_cong_event(sk, CA_EVENT_CWND_RESTART);
	tp->snd_ssthresh = max(tp->snd_ssthresh, (tp->snd_cwnd >> 1) + (tp->snd_cwnd >> 2));
	for (cwnd = tp->snd_cwnd; idle > (s32)icsk->icsk_rto && cwnd > restart; idle -= icsk->icsk_rto)
		cwnd >>= 1;
	tp->snd_cwnd = max(cwnd, restart);
	tp->snd_cwnd_stamp = tcp_jiffies32;
	tp->snd_cwnd_used = 0;
}

/* Nothing in flight and something to send: only a probe can find out that the window opened (RFC 9293 3.8.6.1). */
static void xtcp_output_check_persist(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (!xs->tp.packets_out && !skb_queue_empty(xtcp_unsent(sk)) && xs->rtx_mode == XTCP_RTX_NONE &&
	    !hrtimer_is_queued(&xs->tp.pacing_timer))
		xtcp_timer_rtx_start(sk, XTCP_RTX_PROBE, xtcp_rtt_backoff(xs->rto_us, inet_csk(sk)->icsk_backoff,
									  xs->rto_max_us));
}

/**
 * xtcp_output_push() - send as much of the send queue as the windows allow
 * @sk: connection, locked
 * @force: a small last segment may leave in spite of Nagle and cork
 */
void xtcp_output_push(struct sock *sk, bool force)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_sock *tp = &xs->tp;
	gfp_t gfp = sk_gfp_mask(sk, GFP_ATOMIC);
	bool limited = false, sent = false, fin_only;
	u32 mss = xtcp_output_mss(sk), probe;
	struct sk_buff *skb;

	sock_owned_by_me(sk);
	if (unlikely((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN) || xtcp_opening(sk)))
		return;
	xtcp_clock_refresh(tp);
	if (!skb_queue_empty(xtcp_unsent(sk)))
		xtcp_output_idle_restart(sk);

	while ((skb = skb_peek(xtcp_unsent(sk)))) {
		u32 in_flight = tcp_packets_in_flight(tp);
		u32 quota = tp->snd_cwnd > in_flight ? tp->snd_cwnd - in_flight : 0;
		u32 len, burst;

		if (xtcp_pace_blocked(sk) || (!force && xtcp_output_fed(sk, skb)))
			break;
		/* a FIN alone may pass a full cwnd: it carries no load */
		if (!quota && skb->len) {
			limited = true;
			break;
		}
		probe = xtcp_mtuprobe_try(sk, skb, quota);
		if (unlikely(probe)) {
			if (xtcp_output_throttled(sk, skb) || xtcp_output_send_head(sk, skb, probe, probe, gfp))
				break;
			xtcp_mtuprobe_sent(sk, XTCP_CB(skb)->seq, probe);
			sent = true;
			continue;
		}
		burst = xtcp_output_burst_segs(sk, mss);
		len = xtcp_output_sendable(sk, skb, mss, min(quota, burst), force, &fin_only);
		if (!len && !fin_only)
			break;
		if (!force && xtcp_output_defer(sk, skb, len, burst, mss)) {
			limited |= len / mss >= quota;
			break;
		}
		if (fin_only && !xtcp_seq_le(XTCP_CB(skb)->end_seq, tp->snd_una + tp->snd_wnd) && tp->packets_out)
			break;
		if (xtcp_output_throttled(sk, skb))
			break;
		if (xtcp_output_send_head(sk, skb, len, mss, gfp))
			break;
		sent = true;
	}
	if (sent) {
		if (tp->snd_cwnd <= tcp_packets_in_flight(tp))
			limited = true;
		xtcp_output_validate_cwnd(tp, limited);
		xtcp_timer_rtx_sent(sk);
	} else {
		tp->is_cwnd_limited |= limited;
	}
	xtcp_output_check_persist(sk);
	xtcp_why_update(sk);
}

/** xtcp_output_push_pending() - the same, if anything waits to be sent or resent */
void xtcp_output_push_pending(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (tp->lost_out > tp->retrans_out)
		xtcp_retransmit_push(sk);
	if (!skb_queue_empty(xtcp_unsent(sk)))
		xtcp_output_push(sk, false);
}

/* ------------------------------------------------------------ resuming throttled sockets */

/*
 * Sockets that this CPU resumes. The lock is for a CPU that goes off: its tasklet runs on another one, and it may be
 * back, and add to its list, before that has happened.
 */
struct xtcp_tsq {
	struct tasklet_struct tasklet;
	spinlock_t lock;	/* socks */
	struct list_head socks;
};

static DEFINE_PER_CPU(struct xtcp_tsq, xtcp_tsq);

static void xtcp_output_tsq_one(struct sock *sk)
{
	/* from here on it may be queued again; what made that necessary is seen by the push below */
	clear_bit(XTCP_TSQ_QUEUED, &sk->sk_tsq_flags);
	/* paired with the test in xtcp_output_wfree() */
	smp_mb__after_atomic();
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk)) {
		xtcp_output_push_pending(sk);
	} else if (!test_and_set_bit(XTCP_DEFER_TSQ, &sk->sk_tsq_flags)) {
		/* release_sock() does it and drops this reference */
		sock_hold(sk);
	}
	bh_unlock_sock(sk);
	/* the byte that xtcp_output_wfree() left behind */
	sk_free(sk);
}

static void xtcp_output_tsq_run(struct tasklet_struct *t)
{
	struct xtcp_tsq *tsq = from_tasklet(tsq, t, tasklet);
	struct tcp_sock *tp, *next;
	LIST_HEAD(list);

	spin_lock_irq(&tsq->lock);
	list_splice_init(&tsq->socks, &list);
	spin_unlock_irq(&tsq->lock);
	list_for_each_entry_safe(tp, next, &list, tsq_node) {
		/* it may be on a list again as soon as it is not QUEUED any more */
		list_del(&tp->tsq_node);
		xtcp_output_tsq_one((struct sock *)tp);
	}
}

/** xtcp_output_tsq_resume() - have @sk send again, from a softirq of this CPU; any context */
void xtcp_output_tsq_resume(struct sock *sk)
{
	struct xtcp_tsq *tsq;
	unsigned long flags;

	local_irq_save(flags);
	tsq = this_cpu_ptr(&xtcp_tsq);
	spin_lock(&tsq->lock);
	if (list_empty(&tsq->socks))
		tasklet_schedule(&tsq->tasklet);
	list_add_tail(&tcp_sk(sk)->tsq_node, &tsq->socks);
	spin_unlock(&tsq->lock);
	local_irq_restore(flags);
}

/** xtcp_output_tsq_init() - module load */
void xtcp_output_tsq_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct xtcp_tsq *tsq = per_cpu_ptr(&xtcp_tsq, cpu);

		spin_lock_init(&tsq->lock);
		INIT_LIST_HEAD(&tsq->socks);
		tasklet_setup(&tsq->tasklet, xtcp_output_tsq_run);
	}
}

/** xtcp_output_tsq_exit() - module unload, when no socket is left */
void xtcp_output_tsq_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		tasklet_kill(&per_cpu_ptr(&xtcp_tsq, cpu)->tasklet);
}
