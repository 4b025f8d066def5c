// SPDX-License-Identifier: GPL-2.0
/*
 * Timestamps of data: when it was sent, scheduled and acknowledged (SO_TIMESTAMPING, on the error queue), and when what
 * is being read came in (SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING, as control messages). The device and the core
 * stamp what is marked here; a stamp belongs to the last byte of a call. Socket lock held.
 * Documentation/networking/timestamping.rst.
 */
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "xtcp.h"

/* ------------------------------------------------------------ sending */

/**
 * xtcp_tstamp_sent() - a call has queued its data: mark the last byte as its socket or its control message asks
 * @sk: connection, locked
 * @tsflags: SOF_TIMESTAMPING_*, of sk_tsflags or SCM
 */
void xtcp_tstamp_sent(struct sock *sk, u16 tsflags)
{
	struct sk_buff *skb = skb_peek_tail(xtcp_unsent(sk));
	struct skb_shared_info *info;

	if (!(tsflags & SOF_TIMESTAMPING_TX_RECORD_MASK))
		return;
	if (!skb)
		skb = skb_rb_last(&sk->tcp_rtx_queue);
	if (!skb || !skb->len)
		return;
	info = skb_shinfo(skb);
	__sock_tx_timestamp(tsflags, &info->tx_flags);
	if (tsflags & SOF_TIMESTAMPING_TX_ACK)
		XTCP_CB(skb)->stamp_ack = 1;
	info->tskey = XTCP_CB(skb)->seq + skb->len - 1;
}

/** xtcp_tstamp_split() - @tail was cut off @skb: the mark goes with its byte */
void xtcp_tstamp_split(struct sk_buff *skb, struct sk_buff *tail)
{
	struct skb_shared_info *from = skb_shinfo(skb), *to = skb_shinfo(tail);
	u8 flags = from->tx_flags & SKBTX_ANY_TSTAMP;

	XTCP_CB(tail)->stamp_ack = 0;
	if (!flags && !XTCP_CB(skb)->stamp_ack)
		return;
	if (xtcp_seq_lt(from->tskey, XTCP_CB(tail)->seq))
		return;
	to->tx_flags |= flags;
	to->tskey = from->tskey;
	from->tx_flags &= ~flags;
	XTCP_CB(tail)->stamp_ack = XTCP_CB(skb)->stamp_ack;
	XTCP_CB(skb)->stamp_ack = 0;
}

/** xtcp_tstamp_acked() - @skb, which wants to know, leaves the retransmit queue; SND.UNA was @prior_una before */
void xtcp_tstamp_acked(struct sock *sk, struct sk_buff *skb, u32 prior_una)
{
	u32 key = skb_shinfo(skb)->tskey;

	if (xtcp_seq_ge(key, prior_una) && xtcp_seq_lt(key, tcp_sk(sk)->snd_una))
		xtcp_compat_stamp_acked(sk, skb);
}

/* ------------------------------------------------------------ receiving */

/** xtcp_tstamp_wanted() - does the reader ask when its data came? */
bool xtcp_tstamp_wanted(const struct sock *sk)
{
	return sock_flag(sk, SOCK_RCVTSTAMP) ||
	       READ_ONCE(sk->sk_tsflags) & (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RAW_HARDWARE);
}

/** xtcp_tstamp_coalesced() - @skb was appended to @to: the newest byte's time counts */
void xtcp_tstamp_coalesced(struct sk_buff *to, const struct sk_buff *skb)
{
	if (!skb->tstamp)
		return;
	to->tstamp = skb->tstamp;
	skb_hwtstamps(to)->hwtstamp = skb_hwtstamps((struct sk_buff *)skb)->hwtstamp;
}

/** xtcp_tstamp_read() - part of @skb was handed to the reader */
void xtcp_tstamp_read(const struct sk_buff *skb, struct scm_timestamping_internal *ts)
{
	ktime_t hw = skb_hwtstamps((struct sk_buff *)skb)->hwtstamp;

	memset(ts, 0, sizeof(*ts));
	xtcp_compat_tstamp_set(ts, 0, skb->tstamp);
	xtcp_compat_tstamp_set(ts, 2, hw);
}

static void xtcp_tstamp_put_ns(struct msghdr *msg, const struct timespec64 *t, bool wide)
{
	struct __kernel_timespec ts = { .tv_sec = t->tv_sec, .tv_nsec = t->tv_nsec };
	struct __kernel_old_timespec old = { .tv_sec = t->tv_sec, .tv_nsec = t->tv_nsec };

	if (wide)
		put_cmsg(msg, SOL_SOCKET, SO_TIMESTAMPNS_NEW, sizeof(ts), &ts);
	else
		put_cmsg(msg, SOL_SOCKET, SO_TIMESTAMPNS_OLD, sizeof(old), &old);
}

static void xtcp_tstamp_put_us(struct msghdr *msg, const struct timespec64 *t, bool wide)
{
	struct __kernel_sock_timeval tv = { .tv_sec = t->tv_sec, .tv_usec = t->tv_nsec / NSEC_PER_USEC };
	struct __kernel_old_timeval old = { .tv_sec = t->tv_sec, .tv_usec = t->tv_nsec / NSEC_PER_USEC };

	if (wide)
		put_cmsg(msg, SOL_SOCKET, SO_TIMESTAMP_NEW, sizeof(tv), &tv);
	else
		put_cmsg(msg, SOL_SOCKET, SO_TIMESTAMP_OLD, sizeof(old), &old);
}

/**
 * xtcp_tstamp_report() - put the time of what was read into control messages, in the forms that are switched on
 * @msg: the reader's
 * @sk: connection
 * @ts: from xtcp_tstamp_read(); all zero: no time is known
 */
void xtcp_tstamp_report(struct msghdr *msg, const struct sock *sk, struct scm_timestamping_internal *ts)
{
	bool wide = sock_flag(sk, SOCK_TSTAMP_NEW);
	u16 flags = READ_ONCE(sk->sk_tsflags);
	struct timespec64 soft = xtcp_compat_tstamp(ts, 0);

	if (sock_flag(sk, SOCK_RCVTSTAMP) && soft.tv_sec) {
		if (sock_flag(sk, SOCK_RCVTSTAMPNS))
			xtcp_tstamp_put_ns(msg, &soft, wide);
		else
			xtcp_tstamp_put_us(msg, &soft, wide);
	}
	if (!(flags & SOF_TIMESTAMPING_SOFTWARE))
		xtcp_compat_tstamp_set(ts, 0, 0);
	if (!(flags & SOF_TIMESTAMPING_RAW_HARDWARE))
		xtcp_compat_tstamp_set(ts, 2, 0);
	if (!xtcp_compat_tstamp(ts, 0).tv_sec && !xtcp_compat_tstamp(ts, 2).tv_sec)
		return;
	if (wide)
		put_cmsg_scm_timestamping64(msg, ts);
	else
		put_cmsg_scm_timestamping(msg, ts);
}
