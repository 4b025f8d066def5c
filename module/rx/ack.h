/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that digest an ACK share: rx/ack.c (the ACK field, RTT), rx/sack.c (the scoreboard), rx/loss.c (what
 * is lost), rx/recover.c (what follows from that). Nobody else needs it. Socket lock held in all of them.
 */
#ifndef XTCP_RX_ACK_H
#define XTCP_RX_ACK_H

/**
 * struct xtcp_ack_news - what one ACK told
 * @prior_una: SND.UNA before it
 * @prior_in_flight: packets in flight before it
 * @prior_lost: tp->lost before it
 * @prior_fack: highest sequence number known to have arrived before it
 * @delivered: packets newly known to be with the peer
 * @acked: of those, packets below the new SND.UNA
 * @first_us: send time of the earliest never-retransmitted packet newly ACKed, 0 if none
 * @last_us: the same of the latest
 * @sack_us: the same of the latest newly SACKed
 * @sacked_high: end of the highest SACKed byte before it, if @had_sacked
 * @tsecr: timestamp echo, if @has_ts
 * @has_ts: it carries an agreed timestamp
 * @advanced: SND.UNA moved
 * @sacked: something was newly SACKed
 * @had_sacked: something was SACKed before
 * @retrans_acked: a retransmitted packet was among those ACKed (Karn)
 * @original: data sent once, before the recovery point, was newly acknowledged or SACKed (F-RTO)
 * @dsack: it reports data received twice
 * @dup: it is a duplicate ACK
 * @bare: of those, one without text, SACK or window news
 * @ece: the peer echoes congestion (RFC 3168)
 * @rs: delivery rate sample
 */
struct xtcp_ack_news {
	u32 prior_una;
	u32 prior_in_flight;
	u32 prior_lost;
	u32 prior_fack;
	u32 delivered;
	u32 acked;
	u64 first_us;
	u64 last_us;
	u64 sack_us;
	u32 sacked_high;
	u32 tsecr;
	bool has_ts;
	bool advanced;
	bool sacked;
	bool had_sacked;
	bool retrans_acked;
	bool original;
	bool dsack;
	bool dup;
	bool bare;
	bool ece;
	struct rate_sample rs;
};

void xtcp_ack_delivered(struct sock *sk, struct sk_buff *skb, struct xtcp_ack_news *n);	/* one buffer newly arrived */
u32 xtcp_ack_dupthresh(const struct tcp_sock *tp);	/* SACKed packets above a hole that make it a loss */

void xtcp_sack_rcv(struct sock *sk, u32 ack, const struct xtcp_options *o, struct xtcp_ack_news *n);
bool xtcp_sack_reneged(struct sock *sk);		/* the peer dropped what it had SACKed: scoreboard cleared */

void xtcp_loss_by_sack(struct sock *sk);		/* RFC 6675 */
void xtcp_loss_head(struct sock *sk);			/* RFC 6582: the first segment out is missing */

void xtcp_recover_ack(struct sock *sk, struct xtcp_ack_news *n);	/* open, disorder, CWR, recovery, loss */

#endif
