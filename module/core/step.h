/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state diagram: which state follows which (RFC 9293 3.3.2, figure 5), and what a state means for text, FIN, RST.
 */
#ifndef XTCP_CORE_STEP_H
#define XTCP_CORE_STEP_H

#include "segment.h"

/* States are TCP_ESTABLISHED ... Each of these three returns @state itself where the event means nothing. */

/** xtcp_step_close() - the user will send no more (RFC 9293 3.10.4); a FIN is due if the new state is not CLOSE */
u8 xtcp_step_close(u8 state);

/** xtcp_step_fin_acked() - the peer has our FIN (RFC 9293 3.10.7.4, fifth check) */
u8 xtcp_step_fin_acked(u8 state);

/** xtcp_step_fin() - the peer's FIN was taken in order (RFC 9293 3.10.7.4, eighth check) */
u8 xtcp_step_fin(u8 state);

/** xtcp_step_hears() - may text still arrive, the peer's FIN not being here yet? */
bool xtcp_step_hears(u8 state);

/** xtcp_step_heard_fin() - was the peer's FIN taken? The connection is not over yet */
bool xtcp_step_heard_fin(u8 state);

/** xtcp_step_owes_reset() - must the peer be told by a RST that a connection is aborted (RFC 9293 3.10.5)? */
bool xtcp_step_owes_reset(u8 state);

/* enum xtcp_open_verdict - what a segment is to a connection in SYN-SENT */
enum xtcp_open_verdict {
	XTCP_OPEN_SYNACK,	/* go on to ESTABLISHED */
	XTCP_OPEN_SYN,		/* simultaneous open: go on to SYN-RECEIVED */
	XTCP_OPEN_REFUSED,	/* the peer knows our SYN, and resets it */
	XTCP_OPEN_DROP_ACK,	/* acknowledges what was never sent: drop, answer with a RST unless it is one */
	XTCP_OPEN_DROP_RST,	/* a RST that proves nothing: drop */
	XTCP_OPEN_DROP,		/* no SYN: drop */
};

/** xtcp_step_syn_sent() - RFC 9293 3.10.7.3, first, second and fourth check; @seg's seq, ack and flags count */
enum xtcp_open_verdict xtcp_step_syn_sent(const struct xtcp_segment *seg, u32 snd_una, u32 snd_nxt);

#endif
