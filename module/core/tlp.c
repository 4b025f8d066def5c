// SPDX-License-Identifier: GPL-2.0
/*
 * Tail loss probes: their time-out, and what the ACKs that follow say about them.
 *
 * For: module/tx/probe.c and module/rx/recovery.c. Never: sends, or arms a timer.
 *
 * RFC 8985 7.2, 7.4.
 */
#include "seq.h"
#include "tlp.h"

#define TLP_INITIAL_US	1000000u

u32 xtcp_tlp_timeout(u32 srtt_us, u32 in_flight, u32 rto_left_us)
{
	u64 pto = srtt_us ? 2ull * srtt_us : TLP_INITIAL_US;

	/* a lone segment may wait for a delayed ACK */
	if (srtt_us && in_flight <= 1)
		pto += XTCP_TLP_DELACK_US;
	return min_t(u64, pto, rto_left_us);
}

enum xtcp_tlp_verdict xtcp_tlp_ack(struct xtcp_tlp *t, u32 ack, bool advanced, bool dsack, bool bare)
{
	if (!t->active || xtcp_seq_lt(ack, t->end_seq))
		return XTCP_TLP_WAIT;
	if (!t->is_retrans || dsack) {
		/* a probe of new data, or both copies arrived: nothing was lost */
		t->active = false;
		return XTCP_TLP_DONE;
	}
	if (xtcp_seq_gt(ack, t->end_seq)) {
		/* beyond the probe without a DSACK: the original was lost, the probe took its place */
		t->active = false;
		return XTCP_TLP_REPAIRED;
	}
	if (bare && !advanced) {
		/* a duplicate ACK for the copy: both arrived */
		t->active = false;
		return XTCP_TLP_DONE;
	}
	return XTCP_TLP_WAIT;
}
