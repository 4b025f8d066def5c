// SPDX-License-Identifier: GPL-2.0
/*
 * Delivery rate samples for model-based congestion control: draft-cheng-iccrg-delivery-rate-estimation. Each
 * transmission notes how much had been delivered by then; its ACK gives delivered / max(send interval, ACK interval).
 */
#include "xtcp.h"

/** xtcp_rate_sent() - @skb is about to leave: note the state of delivery in it */
void xtcp_rate_sent(struct sock *sk, struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);
	u64 now = tcp_skb_timestamp_us(skb);

	if (!tp->packets_out) {
		/* a new flight after silence: its send interval starts now */
		tp->first_tx_mstamp = now;
		tp->delivered_mstamp = now;
	}
	cb->tx.first_tx_us = tp->first_tx_mstamp;
	cb->tx.delivered_us = tp->delivered_mstamp;
	cb->tx.delivered = tp->delivered;
	cb->tx.delivered_ce = tp->delivered_ce;
	cb->tx.app_limited = !!tp->app_limited;
}

/** xtcp_rate_delivered() - @skb was (S)ACKed: the sample is taken from the newest transmission among those reported */
void xtcp_rate_delivered(struct sock *sk, struct sk_buff *skb, struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_cb *cb = XTCP_CB(skb);
	u64 sent = tcp_skb_timestamp_us(skb);

	if (!cb->tx.delivered_us)
		return;
	if (!rs->prior_delivered || sent > tp->first_tx_mstamp ||
	    (sent == tp->first_tx_mstamp && xtcp_seq_gt(cb->end_seq, rs->last_end_seq))) {
		rs->prior_delivered_ce = cb->tx.delivered_ce;
		rs->prior_delivered = cb->tx.delivered;
		rs->prior_mstamp = cb->tx.delivered_us;
		rs->is_app_limited = cb->tx.app_limited;
		rs->is_retrans = !!(cb->state & XTCP_SKB_EVER_RETRANS);
		rs->last_end_seq = cb->end_seq;
		tp->first_tx_mstamp = sent;
		rs->interval_us = sent - cb->tx.first_tx_us;
	}
}

/** xtcp_rate_generate() - one ACK is digested: finish the sample; @delivered and @lost are this ACK's, packets */
void xtcp_rate_generate(struct sock *sk, u32 delivered, u32 lost, struct rate_sample *rs)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 snd_us, ack_us;

	if (tp->app_limited && (s32)(tp->delivered - tp->app_limited) > 0)
		tp->app_limited = 0;
	if (delivered)
		tp->delivered_mstamp = tp->tcp_mstamp;
	rs->acked_sacked = delivered;
	rs->losses = lost;
	if (!rs->prior_mstamp) {
		rs->delivered = -1;
		rs->interval_us = -1;
		return;
	}
	rs->delivered = tp->delivered - rs->prior_delivered;
	rs->delivered_ce = tp->delivered_ce - rs->prior_delivered_ce;
	snd_us = rs->interval_us;
	ack_us = tp->tcp_mstamp - rs->prior_mstamp;
	rs->interval_us = max(snd_us, ack_us);
	rs->snd_interval_us = snd_us;
	rs->rcv_interval_us = ack_us;
	/* faster than the path can be: an artefact of a reneged or reordered ACK */
	if (rs->interval_us < (long)tcp_min_rtt(tp)) {
		rs->interval_us = -1;
		return;
	}
	if (!rs->is_app_limited || ((u64)rs->delivered * tp->rate_interval_us >=
				    (u64)tp->rate_delivered * rs->interval_us)) {
		tp->rate_delivered = rs->delivered;
		tp->rate_interval_us = rs->interval_us;
		tp->rate_app_limited = rs->is_app_limited;
	}
}

/** xtcp_rate_app_limited() - the application left room in cwnd: samples until then are low */
void xtcp_rate_app_limited(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (skb_queue_empty(xtcp_unsent(sk)) && sk_wmem_alloc_get(sk) < SKB_TRUESIZE(1) &&
	    tcp_packets_in_flight(tp) < tp->snd_cwnd && tp->lost_out <= tp->retrans_out)
		tp->app_limited = max_t(u32, tp->delivered + tcp_packets_in_flight(tp), 1);
}
