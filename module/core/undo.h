/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Was a retransmission needed? Three ways to find out that it was not: every copy is reported as a duplicate (DSACK,
 * RFC 3708), the ACK echoes a timestamp from before the retransmission (Eifel, RFC 3522), or after a time-out the peer
 * acknowledges data that was never retransmitted (F-RTO, RFC 5682). The answer, RFC 4015's, is the caller's.
 */
#ifndef XTCP_CORE_UNDO_H
#define XTCP_CORE_UNDO_H

#include "platform.h"

/**
 * struct xtcp_undo - one episode: from the reduction of cwnd to its end
 * @marker: SND.UNA when it began, valid if @active
 * @copies: retransmitted segments that no DSACK has reported yet
 * @stamp: our timestamp clock (offset included) at the first retransmission, valid if @stamped
 * @active: there is a reduction that could be undone
 * @counted: @copies is exact: nothing was retransmitted before, and no DSACK went beyond the books
 * @stamped: something was retransmitted
 * @older: so was something before the episode began, whose ACK echoes an older timestamp and proves nothing
 */
struct xtcp_undo {
	u32 marker;
	u32 copies;
	u32 stamp;
	bool active;
	bool counted;
	bool stamped;
	bool older;
};

/** xtcp_undo_begin() - cwnd is about to be reduced; @in_flight: retransmissions of an earlier episode still out */
void xtcp_undo_begin(struct xtcp_undo *u, u32 snd_una, u32 in_flight);

/** xtcp_undo_end() - the reduction stays, or was taken back */
void xtcp_undo_end(struct xtcp_undo *u);

/** xtcp_undo_retransmitted() - @segs segments ending at @end_seq are sent again at timestamp @ts */
void xtcp_undo_retransmitted(struct xtcp_undo *u, u32 end_seq, u32 segs, u32 ts);

/** xtcp_undo_dsack() - [@start, @end), @segs segments, arrived twice; @prior_una: SND.UNA before this ACK */
void xtcp_undo_dsack(struct xtcp_undo *u, u32 start, u32 end, u32 segs, u32 prior_una);

/** xtcp_undo_all_duplicates() - did every retransmission prove needless by DSACK? */
bool xtcp_undo_all_duplicates(const struct xtcp_undo *u);

/** xtcp_undo_eifel() - RFC 3522 3.2 step 5: does the echo @tsecr stem from before the first retransmission? */
bool xtcp_undo_eifel(const struct xtcp_undo *u, bool has_ts, u32 tsecr);

/**
 * struct xtcp_frto - F-RTO after a retransmission time-out
 * @step: 0 = not running, 1 = the head was resent, waiting for its ACK, 2 = new data was sent after that ACK
 */
struct xtcp_frto {
	u8 step;
};

/* enum xtcp_frto_verdict - what to do after an ACK */
enum xtcp_frto_verdict {
	XTCP_FRTO_NOTHING,	/* not running, or nothing to tell yet */
	XTCP_FRTO_SPURIOUS,	/* the time-out was needless: take it back */
	XTCP_FRTO_SEND_NEW,	/* step 2b: send up to two new segments, retransmit nothing */
	XTCP_FRTO_GENUINE,	/* the time-out was right: retransmit conventionally */
};

/**
 * struct xtcp_frto_in - one ACK after the time-out
 * @advanced: SND.UNA moved
 * @dup: a duplicate ACK
 * @sacked_new: it SACKed something for the first time
 * @original: it newly acknowledges (or SACKs) data sent once only, before the time-out
 * @complete: SND.UNA reached what had been sent at the time-out
 * @sack: the peer sends SACK: what it had before the time-out is known
 * @new_data: unsent data is at hand, and the peer's window has room for it
 */
struct xtcp_frto_in {
	bool advanced;
	bool dup;
	bool sacked_new;
	bool original;
	bool complete;
	bool sack;
	bool new_data;
};

/** xtcp_frto_begin() - the retransmission timer expired; @enabled: by sysctl, and it is the flight's first one */
void xtcp_frto_begin(struct xtcp_frto *f, bool enabled);

/** xtcp_frto_ack() - RFC 5682 2.1, and 3.1 where the peer sends SACK */
enum xtcp_frto_verdict xtcp_frto_ack(struct xtcp_frto *f, const struct xtcp_frto_in *in);

#endif
