/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tail loss probe: when ACKs stop coming, one more segment is sent well before the retransmission time-out, so that a
 * lost tail is found by SACK. RFC 8985 section 7. Times in microseconds.
 */
#ifndef XTCP_CORE_TLP_H
#define XTCP_CORE_TLP_H

#include "platform.h"

#define XTCP_TLP_DELACK_US	200000u	/* worst case delayed ACK of a peer (RFC 8985 7.2: WCDelAckT) */

/**
 * xtcp_tlp_timeout() - RFC 8985 7.2: how long to wait for an ACK before probing
 * @srtt_us: smoothed RTT, unscaled; 0 = none measured yet
 * @in_flight: segments outstanding
 * @rto_left_us: when the retransmission timer would expire; the probe never comes later
 */
u32 xtcp_tlp_timeout(u32 srtt_us, u32 in_flight, u32 rto_left_us);

/**
 * struct xtcp_tlp - the episode of a probe, from its transmission to the verdict
 * @end_seq: TLP.end_seq: SND.NXT after the probe
 * @active: an episode is under way
 * @is_retrans: TLP.is_retrans: the probe repeated old data
 */
struct xtcp_tlp {
	u32 end_seq;
	bool active;
	bool is_retrans;
};

/* enum xtcp_tlp_verdict - what an ACK says about a probe */
enum xtcp_tlp_verdict {
	XTCP_TLP_WAIT,		/* nothing yet */
	XTCP_TLP_DONE,		/* no loss: the episode is over */
	XTCP_TLP_REPAIRED,	/* the probe itself repaired a loss: congestion control must know */
};

/**
 * xtcp_tlp_ack() - RFC 8985 7.4.2
 * @t: episode; ended unless the verdict is XTCP_TLP_WAIT
 * @ack: SEG.ACK
 * @advanced: SND.UNA moved
 * @dsack: this ACK reports something below @end_seq as received twice
 * @bare: a pure duplicate ACK: no data, no SACK, same window
 */
enum xtcp_tlp_verdict xtcp_tlp_ack(struct xtcp_tlp *t, u32 ack, bool advanced, bool dsack, bool bare);

#endif
