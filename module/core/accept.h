/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which segments a connection accepts: RFC 9293 3.10.7.4 first, second, fourth and fifth check, RFC 5961 for RST,
 * SYN and old ACKs, RFC 7323 section 5 (PAWS).
 */
#ifndef XTCP_CORE_ACCEPT_H
#define XTCP_CORE_ACCEPT_H

#include "options.h"
#include "segment.h"

/** enum xtcp_verdict - what to do with a segment in a synchronized state or SYN-RECEIVED */
enum xtcp_verdict {
	XTCP_ACCEPT,		/* go on with the ACK field */
	XTCP_DROP_SILENT,	/* drop, answer nothing (an unacceptable RST) */
	XTCP_DROP_ACK,		/* drop, answer with an ACK, subject to the limit on such answers (RFC 9293 3.10.7.4) */
	XTCP_DROP_PAWS,		/* like DROP_ACK: the timestamp is old (RFC 7323 5.3) */
	XTCP_DROP_DUP,		/* like DROP_ACK: wholly old data, worth a DSACK; its ACK may be news */
	XTCP_CHALLENGE,		/* drop, send a challenge ACK (RFC 5961 3.2, 4.2, 5.2) */
	XTCP_RESET,		/* the RST is genuine: tear the connection down */
};

/**
 * struct xtcp_accept_in - the receive side of a connection as acceptance sees it
 * @rcv_nxt: RCV.NXT
 * @rcv_wnd: RCV.WND in bytes: what may still arrive, from @rcv_nxt on (may be 0)
 * @rcv_old: bytes below @rcv_nxt that the peer may still repeat: the largest window it was offered. Older text is
 *	somebody's guess (the idea of RFC 5961 5.2, for the other number), and brings no ACK
 * @ts_recent: RFC 7323 TS.Recent
 * @ts_recent_age_s: seconds since TS.Recent was updated
 * @ts_ok: timestamps were negotiated; a segment without them is then treated as RFC 7323 3.2 says: dropped unless RST
 *	(a middlebox that strips timestamps mid-connection must not hang it: accept such a segment if it passes the
 *	sequence check, as deployed stacks do)
 * @fin_received: the peer's FIN was taken; @rcv_nxt lies behind it
 */
struct xtcp_accept_in {
	u32 rcv_nxt;
	u32 rcv_wnd;
	u32 rcv_old;
	u32 ts_recent;
	u32 ts_recent_age_s;
	bool ts_ok;
	bool fin_received;
};

/**
 * xtcp_accept_sequence() - the four-case test of RFC 9293 table 6: does any of the segment lie in the window?
 *
 * More than the table lets in: a segment that covers the whole window, and one without text exactly at the right edge
 * (the ACK of a peer whose data fills the window).
 */
bool xtcp_accept_sequence(const struct xtcp_accept_in *in, const struct xtcp_segment *seg);

/** xtcp_accept_paws() - true if RFC 7323 5.3 R1 says the segment is an old duplicate (24-day exception included) */
bool xtcp_accept_paws(const struct xtcp_accept_in *in, const struct xtcp_options *o);

/**
 * xtcp_accept_segment() - RST check, PAWS, SYN check and sequence check, in this order
 * @in: the connection
 * @seg: the segment
 * @o: its options
 *
 * PAWS does not apply to RST (RFC 7323 5.2). A RST counts only at exactly RCV.NXT, elsewhere in the window (its right
 * edge included) it is challenged (RFC 5961 3.2). A SYN is challenged whatever its sequence number (RFC 5961 4.2).
 */
enum xtcp_verdict xtcp_accept_segment(const struct xtcp_accept_in *in, const struct xtcp_segment *seg,
				      const struct xtcp_options *o);

/** enum xtcp_ack_verdict - what SEG.ACK means in a synchronized state */
enum xtcp_ack_verdict {
	XTCP_ACK_NEW,		/* SND.UNA < SEG.ACK <= SND.NXT */
	XTCP_ACK_SAME,		/* SEG.ACK == SND.UNA */
	XTCP_ACK_OLD,		/* SEG.ACK < SND.UNA, within MAX.SND.WND: process the text, ignore the ACK */
	XTCP_ACK_TOO_OLD,	/* older than SND.UNA - MAX.SND.WND: challenge (RFC 5961 5.2) */
	XTCP_ACK_FUTURE,	/* acknowledges what was never sent: answer with an ACK, drop (RFC 9293 3.10.7.4) */
};

/** xtcp_accept_ack() - judge SEG.ACK; @max_wnd is the largest window the peer ever offered, in bytes */
enum xtcp_ack_verdict xtcp_accept_ack(u32 ack, u32 snd_una, u32 snd_nxt, u32 max_wnd);

/** xtcp_accept_ts_update() - RFC 7323 4.3: may TS.Recent take this segment's TSval? @last_ack_sent is Last.ACK.sent */
bool xtcp_accept_ts_update(const struct xtcp_accept_in *in, const struct xtcp_segment *seg,
			   const struct xtcp_options *o, u32 last_ack_sent);

/**
 * xtcp_accept_reuse() - RFC 6191: may a SYN open a new incarnation of a connection in TIME-WAIT?
 * @rcv_nxt: RCV.NXT of the old incarnation
 * @ts_recent: its TS.Recent
 * @ts_ok: it used timestamps
 * @seg: the SYN
 * @o: its options
 *
 * With timestamps on both: TSval greater than TS.Recent, or equal with SEG.SEQ > RCV.NXT; else SEG.SEQ > RCV.NXT.
 */
bool xtcp_accept_reuse(u32 rcv_nxt, u32 ts_recent, bool ts_ok, const struct xtcp_segment *seg,
		       const struct xtcp_options *o);

#endif
