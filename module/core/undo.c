// SPDX-License-Identifier: GPL-2.0
/*
 * The books of a reduction that may have been needless.
 *
 * For: module/rx/recovery.c and module/tx/retransmit.c. Never: touches cwnd, ssthresh, or a queue.
 *
 * RFC 3522 3.2, RFC 3708 3, RFC 5682 2.1 and 3.1.
 */
#include "seq.h"
#include "undo.h"

void xtcp_undo_begin(struct xtcp_undo *u, u32 snd_una, u32 in_flight)
{
	*u = (struct xtcp_undo){ .marker = snd_una, .active = true, .counted = !in_flight, .older = in_flight };
}

void xtcp_undo_end(struct xtcp_undo *u)
{
	*u = (struct xtcp_undo){ 0 };
}

void xtcp_undo_retransmitted(struct xtcp_undo *u, u32 end_seq, u32 segs, u32 ts)
{
	if (!u->stamped) {
		u->stamped = true;
		u->stamp = ts;
	}
	if (u->active && xtcp_seq_gt(end_seq, u->marker))
		u->copies += segs;
}

void xtcp_undo_dsack(struct xtcp_undo *u, u32 start, u32 end, u32 segs, u32 prior_una)
{
	if (!u->active || xtcp_seq_lt(start, u->marker) || xtcp_seq_gt(end, prior_una))
		return;
	/* more duplicates than copies: the network duplicates, so DSACKs prove nothing (RFC 3708 3) */
	if (segs > u->copies)
		u->counted = false;
	u->copies -= min(segs, u->copies);
}

bool xtcp_undo_all_duplicates(const struct xtcp_undo *u)
{
	return u->active && u->stamped && u->counted && !u->copies;
}

bool xtcp_undo_eifel(const struct xtcp_undo *u, bool has_ts, u32 tsecr)
{
	return u->active && u->stamped && !u->older && has_ts && tsecr && xtcp_seq_lt(tsecr, u->stamp);
}

void xtcp_frto_begin(struct xtcp_frto *f, bool enabled)
{
	f->step = enabled;
}

enum xtcp_frto_verdict xtcp_frto_ack(struct xtcp_frto *f, const struct xtcp_frto_in *in)
{
	if (!f->step)
		return XTCP_FRTO_NOTHING;
	/* step 3b, and with SACK already in step 2: what was sent before the time-out and not again arrives now */
	if (in->original && (f->step == 2 || (in->sack && !in->complete))) {
		f->step = 0;
		return XTCP_FRTO_SPURIOUS;
	}
	if (in->complete) {
		f->step = 0;
		return XTCP_FRTO_NOTHING;
	}
	if (f->step == 2) {
		/* step 3a: the new segments arrive, what lies before them does not */
		if (!in->dup && !in->sacked_new)
			return XTCP_FRTO_NOTHING;
	} else if (in->advanced) {
		/* step 2b: the head arrived; what it is that the peer has now, new data will show */
		if (in->new_data) {
			f->step = 2;
			return XTCP_FRTO_SEND_NEW;
		}
	} else if (!in->dup) {
		return XTCP_FRTO_NOTHING;
	}
	/* step 2a or 3a, or no new data to find out with */
	f->step = 0;
	return XTCP_FRTO_GENUINE;
}
