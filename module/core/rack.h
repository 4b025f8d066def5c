/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RACK: loss detection by time. What was sent before something that has been delivered since, and has not arrived
 * within a reordering window of its own, is lost. RFC 8985 section 6. Times are in microseconds of the caller's clock;
 * the queue in order of transmission is the caller's, too.
 */
#ifndef XTCP_CORE_RACK_H
#define XTCP_CORE_RACK_H

#include "platform.h"

#define XTCP_RACK_PERSIST	16u	/* recoveries for which a widened window stays (RFC 8985 6.2 step 4) */
#define XTCP_RACK_MULT_MAX	254u	/* window multipliers */

/**
 * struct xtcp_rack - RFC 8985 5.3; all zero but @fack, which starts at SND.UNA
 * @xmit_us: RACK.xmit_ts: when the most recently sent of the delivered segments left, 0 = none was delivered yet
 * @rtt_us: RACK.rtt: of that segment
 * @end_seq: RACK.end_seq: of that segment
 * @fack: RACK.fack: the highest sequence number known to have arrived
 * @late_us: how much longer than @rtt_us a segment sent once has taken to arrive after later ones; decays
 * @round_end: RACK.dsack_round: a DSACK above it widens the window again, if @in_round
 * @mult: RACK.reo_wnd_mult - 1
 * @persist: RACK.reo_wnd_persist: recoveries left before the window narrows
 * @in_round: @round_end is valid
 * @reordering_seen: RACK.reordering_seen
 */
struct xtcp_rack {
	u64 xmit_us;
	u32 rtt_us;
	u32 end_seq;
	u32 fack;
	u32 late_us;
	u32 round_end;
	u8 mult;
	u8 persist;
	bool in_round;
	bool reordering_seen;
};

/**
 * struct xtcp_rack_seg - a segment that was delivered
 * @xmit_us: when it left last
 * @end_seq: the sequence number after it
 * @retransmitted: more than once
 * @prior_fack: RACK.fack before this ACK: what one ACK reports at once has no order
 * @echo_older: it was retransmitted, and the ACK's timestamp echo is older than the retransmission
 */
struct xtcp_rack_seg {
	u64 xmit_us;
	u32 end_seq;
	u32 prior_fack;
	bool retransmitted;
	bool echo_older;
};

/** xtcp_rack_sent_after() - RFC 8985 5.2: was (@t1, @end1) sent after (@t2, @end2)? */
bool xtcp_rack_sent_after(u64 t1, u32 end1, u64 t2, u32 end2);

/**
 * xtcp_rack_delivered() - RFC 8985 6.2 steps 2 and 3: take note of one newly delivered segment
 * @r: state
 * @seg: the segment
 * @now_us: the clock
 * @min_rtt_us: lowest RTT of the path
 *
 * Return: true if it shows reordering: it was sent once and arrived after later ones.
 */
bool xtcp_rack_delivered(struct xtcp_rack *r, const struct xtcp_rack_seg *seg, u64 now_us, u32 min_rtt_us);

/** xtcp_rack_dsack() - the peer got something twice: the window was too narrow; at most once per round trip */
void xtcp_rack_dsack(struct xtcp_rack *r, u32 snd_una, u32 snd_nxt);

/**
 * xtcp_rack_spurious() - a retransmission proved needless: what it repeated was only late
 * @r: state
 * @took_us: from the original's departure until the news of its arrival, 0 if that is not known
 */
void xtcp_rack_spurious(struct xtcp_rack *r, u32 took_us);

/** xtcp_rack_recovered() - a recovery ended: after enough of them without a DSACK the window narrows */
void xtcp_rack_recovered(struct xtcp_rack *r);

/**
 * struct xtcp_rack_wnd_in - what the reordering window depends on
 * @min_rtt_us: lowest RTT of the path
 * @srtt_us: smoothed RTT, unscaled: the upper bound of what is guessed
 * @sacked: segments SACKed above SND.UNA
 * @dupthresh: so many of them mean loss where no reordering was ever seen
 * @recovering: fast recovery or a time-out's recovery is under way
 */
struct xtcp_rack_wnd_in {
	u32 min_rtt_us;
	u32 srtt_us;
	u32 sacked;
	u32 dupthresh;
	bool recovering;
};

/**
 * xtcp_rack_window() - RFC 8985 6.2 step 4: the reordering window, us
 *
 * Beyond the RFC the window is at least what reordering was measured to take (@late_us), up to four times SRTT, so that
 * a path that reorders by more than a quarter of its RTT costs one wrong retransmission, not one per quarter.
 */
u32 xtcp_rack_window(const struct xtcp_rack *r, const struct xtcp_rack_wnd_in *in);

/**
 * xtcp_rack_remaining() - RFC 8985 6.2 step 5: how long may this segment still take, us?
 * @r: state
 * @xmit_us: when it left last
 * @wnd_us: reordering window
 * @now_us: the clock
 *
 * Return: 0 or less if it is lost. Only for segments sent before the one in @r (xtcp_rack_sent_after()).
 */
s64 xtcp_rack_remaining(const struct xtcp_rack *r, u64 xmit_us, u32 wnd_us, u64 now_us);

#endif
