// SPDX-License-Identifier: GPL-2.0
/*
 * Where the urgent byte is.
 *
 * For: module/sock/urgent.c and module/tx/output.c. Never: touches a queue or wakes anybody.
 *
 * RFC 9293 3.8.5 and 3.10.7.4 sixth check, RFC 6093.
 */
#include "seq.h"
#include "urgent.h"

bool xtcp_urgent_field(u32 seq, u32 snd_up, u32 snd_nxt, u16 *field)
{
	u32 ahead = snd_up - seq;

	if (!xtcp_seq_lt(seq, snd_up))
		return false;
	if (ahead <= 0xffff) {
		*field = ahead;
		return true;
	}
	/* it lies beyond the field's reach: say so only where nobody sent it can be left in doubt */
	if (!xtcp_seq_gt(seq + 0xffff, snd_nxt))
		return false;
	*field = 0xffff;
	return true;
}

bool xtcp_urgent_news(const struct xtcp_urgent_in *in, u32 *at)
{
	u32 ptr = in->field;

	if (ptr && !in->stdurg)
		ptr--;
	ptr += in->seq;
	/* read, or passed already */
	if (xtcp_seq_gt(in->copied_seq, ptr) || xtcp_seq_lt(ptr, in->rcv_nxt))
		return false;
	if (in->known && !xtcp_seq_gt(ptr, in->urg_seq))
		return false;
	*at = ptr;
	return true;
}
